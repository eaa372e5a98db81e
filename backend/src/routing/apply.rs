//! How an event changes the state. Nothing here can refuse: an event about something unknown changes nothing.

mod conversations;
mod flows;
mod invites;
mod limits;
pub(super) mod oversight;
mod people;
mod silence;
mod transfers;
mod workflows;

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::offer::OfferState;
use baton_shared::*;

use self::conversations::{Change, Opening};
use self::oversight::moves_scopes;
use self::workflows::Begun;
use super::RoutingState;

impl RoutingState {
    /// Changes the state as the event says.
    pub fn apply(&mut self, recorded: &Recorded) {
        self.position = recorded.position;
        self.at = recorded.at;
        self.watching(&recorded.event, |state| state.change(recorded));
        self.index.unsure.all |= moves_scopes(&recorded.event);
    }

    fn change(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        match &recorded.event {
            Event::ServerStarted { held_until } => self.hold_deadlines(*held_until),
            Event::PersonAdded { agent, role, capacity, interruptible } => {
                self.person_added(*agent, *role, [capacity, interruptible], at);
            }
            Event::PersonChanged { agent, role, enabled, capacity, interruptible } => {
                self.change_agent(*agent, |changed| {
                    changed.role = *role;
                    changed.enabled = *enabled;
                    changed.capacity.clone_from(capacity);
                    changed.interruptible.clone_from(interruptible);
                });
            }
            Event::SkillAdded { skill } => {
                self.skills.insert(*skill);
                self.index.touched.skills.insert(*skill);
            }
            Event::SkillGranted { agent, skill, level } => self.change_agent(*agent, |changed| {
                changed.skills.insert(*skill, *level);
            }),
            Event::SkillRevoked { agent, skill } => self.change_agent(*agent, |changed| {
                changed.skills.remove(skill);
            }),
            Event::QueueAdded { queue, skills, priority }
            | Event::QueueChanged { queue, skills, priority } => {
                self.queue_set(*queue, skills, *priority);
            }
            Event::QueueRulesSet { queue, rules, .. } => self.queue_rules_set(*queue, rules),
            Event::QueueOpened { queue, until } => self.set_standing(*queue, true, *until),
            Event::QueueClosed { queue, until } => self.set_standing(*queue, false, *until),
            Event::MemberAdded { queue, agent } => self.change_agent(*agent, |changed| {
                changed.queues.insert(*queue);
            }),
            Event::MemberRemoved { queue, agent } => self.change_agent(*agent, |changed| {
                changed.queues.remove(queue);
            }),
            Event::GroupAdded { group, skills, membership, priority, team, .. }
            | Event::GroupChanged { group, skills, membership, priority, team, .. } => {
                self.group_set(Group {
                    id: *group,
                    skills: skills.clone(),
                    membership: *membership,
                    priority: *priority,
                    team: *team,
                })
            }
            Event::GroupRemoved { group, .. } => self.group_removed(*group),
            Event::WorkflowAdded { workflow, .. } | Event::WorkflowChanged { workflow, .. } => {
                self.workflow_set(workflow);
            }
            Event::WorkflowRemoved { workflow, .. } => self.workflow_removed(*workflow),
            Event::FlowAdded { flow, .. } | Event::FlowChanged { flow, .. } => self.flow_set(flow),
            Event::FlowRemoved { flow, .. } => self.flow_removed(*flow),
            Event::ExternalAdded { external, .. } | Event::ExternalChanged { external, .. } => {
                self.external_set(*external);
            }
            Event::ExternalRemoved { external, .. } => self.external_removed(*external),
            Event::ScheduleAdded { schedule, by } => {
                self.schedules.insert(*schedule, *by);
                self.index.touched.schedules.insert(*schedule);
            }
            Event::ScheduleChanged { schedule, .. } => self.index.touched.schedules.insert(*schedule),
            Event::ScheduleRemoved { schedule, .. } => {
                self.schedules.remove(schedule);
                self.index.touched.removed_schedules.insert(*schedule);
            }
            Event::TeamAdded { team, .. } | Event::TeamChanged { team, .. } => self.team_set(team),
            Event::TeamRemoved { team, .. } => self.team_removed(*team),
            Event::PolicySet { preset, policy, .. } => self.policy_set(*preset, policy),
            Event::PolicyOverridden { scope, set, .. } => self.policy_overridden(*scope, set),
            Event::StatusChanged { agent, status } => {
                self.change_presence(*agent, at, |presence| presence.status = *status);
            }
            Event::AgentReached { agent } => self.agent_reached(*agent, at),
            Event::AgentLost { agent } => self.agent_lost(*agent, at),
            Event::ConversationOpened { conversation, contact, channel, queue, segment } => {
                self.conversation_opened(Opening {
                    conversation: *conversation,
                    contact: *contact,
                    channel: *channel,
                    queue: *queue,
                    segment: *segment,
                    at,
                });
            }
            Event::MessageSent { conversation, seq, author, .. } => {
                if let Some(open) = self.conversations.get_mut(conversation) {
                    open.last_seq = *seq;
                    self.index.touched.conversations.insert(*conversation);
                }
                self.spoken(*conversation, *seq, *author, at);
                match author {
                    Author::Customer => self.customer_spoke(*conversation),
                    Author::Agent(_) => self.customer_answered(*conversation, at),
                    Author::Flow(_) | Author::External(_) => {}
                }
            }
            Event::ConversationIdled { conversation, .. } => self.conversation_idled(*conversation),
            Event::OfferMade { offer, conversation, agent, cause, deadline } => self.offer_made(Offer {
                id: *offer,
                conversation: *conversation,
                agent: *agent,
                cause: *cause,
                work: Work::default(),
                made_at: at,
                state: OfferState::Open { deadline: *deadline },
                replies: BTreeSet::new(),
            }),
            Event::OfferEnded { offer, end, .. } => self.offer_ended(*offer, *end, at),
            Event::OfferReplied { offer, reply, until, .. } => self.offer_replied(*offer, *reply, *until),
            Event::TransferRequested {
                transfer,
                conversation,
                from,
                target,
                mode,
                policy,
                pool,
                deadline,
                carried: _,
                by,
            } => {
                let search = match (target, mode) {
                    (Target::Agent(_), _) | (_, Mode::Warm) => pool.or(target.pool()),
                    (
                        Target::Group(_)
                        | Target::Queue(_)
                        | Target::Workflow(_)
                        | Target::Flow(_)
                        | Target::External(_),
                        Mode::Cold | Mode::Invite,
                    ) => None,
                };
                let state = match (search, target, deadline) {
                    (Some(pool), _, _) => TransferState::Seeking {
                        search: Search::begin(pool, at, policy.offers_at_once),
                        deadline: *deadline,
                    },
                    (None, Target::External(_), Some(deadline)) => {
                        TransferState::Calling { deadline: *deadline }
                    }
                    (None, _, _) => TransferState::Requested,
                };
                let Some(open) = self.conversations.get(conversation) else { return };
                let (queue, work, after_seq) = (open.queue, open.work, open.last_seq);
                self.transfer_requested(Transfer {
                    id: *transfer,
                    conversation: *conversation,
                    from: *from,
                    by: *by,
                    target: *target,
                    mode: *mode,
                    queue,
                    work,
                    policy: policy.as_ref().clone(),
                    requested_at: at,
                    after_seq,
                    state,
                });
            }
            Event::TransferEnqueued { transfer, undo_until, deadline, .. } => {
                let state = TransferState::Enqueued { undo_until: *undo_until, deadline: *deadline };
                self.set_transfer_state(*transfer, state);
            }
            Event::TransferRerouted { transfer, conversation, pool } => {
                self.transfer_rerouted(*transfer, *conversation, *pool);
            }
            Event::WorkflowEntered { conversation, workflow, filter, steps, fallback } => {
                self.workflow_entered(
                    *conversation,
                    Route {
                        workflow: *workflow,
                        filter: *filter,
                        steps: steps.clone(),
                        fallback: *fallback,
                        step: 0,
                        deadline: None,
                        dropping: BTreeMap::new(),
                        lowering: Vec::new(),
                    },
                );
            }
            Event::StepEntered {
                conversation,
                step,
                pool,
                skills,
                levels,
                lowering,
                priority,
                deadline,
                ..
            } => {
                let (step, pool, priority, deadline) = (*step, *pool, *priority, *deadline);
                let begun = Begun { step, pool, skills, levels, lowering, priority, deadline };
                self.step_entered(*conversation, &begun);
            }
            Event::FlowAsked { conversation, step, tries, taken, .. } => {
                self.flow_asked(*conversation, *step, *tries, *taken);
            }
            Event::FlowEnded { conversation, end, taken, .. } => {
                self.flow_ended(*conversation, *end, *taken);
            }
            Event::SkillsDropped { conversation, skills } => self.skills_dropped(*conversation, skills),
            Event::SkillsLowered { conversation, levels } => self.skills_lowered(*conversation, levels),
            Event::QueueRelaxed { conversation, relaxed, .. } => self.queue_relaxed(*conversation, *relaxed),
            Event::StepsEnded { conversation, .. } => self.steps_ended(*conversation),
            Event::LimitLifted { conversation } => self.lift_limit(*conversation),
            Event::LastAgentAsked { conversation, agent, until } => {
                self.ask_alone(*conversation, Some((*agent, *until)));
            }
            Event::EveryoneAsked { conversation } => self.ask_alone(*conversation, None),
            Event::ConsultBegan { transfer, agent, deadline, .. } => {
                let (agent, deadline) = (*agent, *deadline);
                let state = TransferState::Consulting { agent, since: at, deadline, last_seq: 0 };
                self.set_transfer_state(*transfer, state);
            }
            Event::AsideSent { transfer, seq, .. } => self.aside_sent(*transfer, *seq),
            Event::InviteMade { invite, conversation, from, target, policy, deadline } => {
                let Some(pool) = target.pool() else { return };
                let search = Search::begin(pool, at, policy.offers_at_once);
                self.invite_made(Invite {
                    id: *invite,
                    conversation: *conversation,
                    from: *from,
                    target: *target,
                    work: self.conversations.get(conversation).map(|open| open.work).unwrap_or_default(),
                    policy: policy.as_ref().clone(),
                    made_at: at,
                    state: InviteState::Open { search, deadline: *deadline },
                });
            }
            Event::ParticipantJoined { invite, agent, .. } => self.participant_joined(*invite, *agent, at),
            Event::InviteEnded { invite, end, .. } => self.invite_ended(*invite, *end, at),
            Event::ListeningBegan { conversation, agent } => {
                self.set_listener(*conversation, *agent, true);
            }
            Event::ListeningEnded { conversation, agent } => {
                self.set_listener(*conversation, *agent, false);
                self.listened_on(*conversation, *agent);
            }
            Event::ListenedIn { conversation, agent } => self.listened_in(*conversation, *agent),
            Event::Whispered { conversation, segment, seq, .. } => {
                self.whispered(*conversation, *segment, *seq);
            }
            Event::FlagRaised { conversation, agent } => {
                self.set_flag(*conversation, Some(Flag { agent: *agent, at }));
            }
            Event::FlagLowered { conversation, .. } => self.set_flag(*conversation, None),
            // What follows from them says what becomes of the state.
            Event::Redirected { .. } | Event::TransferDirected { .. } | Event::PersonDirected { .. } => {}
            Event::TransferEnded { transfer, end, .. } => self.transfer_ended(*transfer, *end, at),
            Event::OwnerChanged { conversation, from, to, epoch, cause, ended, wrap_up, segment } => {
                let change = Change {
                    conversation: *conversation,
                    from: *from,
                    to: *to,
                    epoch: *epoch,
                    cause: *cause,
                    ended: *ended,
                    wrap_up: *wrap_up,
                    segment: *segment,
                };
                self.owner_changed(&change, at);
            }
            Event::ConversationClosed { conversation, from, by, ended, wrap_up } => {
                self.conversation_closed(*conversation, *from, *by, *ended, *wrap_up, at);
            }
            Event::WrapUpExtended { segment, until, .. } => self.wrap_up_extended(*segment, *until),
            Event::RequestCreated { request, number, conversation, contact, queue } => {
                self.request_created(Request {
                    id: *request,
                    number: *number,
                    conversation: *conversation,
                    contact: *contact,
                    queue: *queue,
                    created_at: at,
                    state: RequestState::Open,
                });
            }
            Event::RequestAnswered { request, agent, .. } => {
                self.request_answered(*request, RequestState::Answered { at, by: *agent });
            }
            Event::WrapUpEnded { segment, disposition, .. } => self.wrap_up_ended(*segment, *disposition, at),
            Event::ConversationRated { conversation, score } => {
                self.index.touched.ratings.push(Rating { conversation: *conversation, score: *score, at });
            }
        }
    }
}
