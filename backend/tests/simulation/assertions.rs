//! What must hold after every step, checked over the log as it was committed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use baton::routing::{OpenWork, RoutingState, Subject};
use baton_shared::*;

use crate::disk::Kept;
use crate::reference::Holding;
use crate::{bounds, reference, ways};

/// The shortest time of silence that a policy of the simulation has.
const SILENCE_SECS_LEAST: u64 = 30;

/// Reads the log once, event by event, beside a state of its own.
#[derive(Default)]
pub struct Checker {
    replayed: RoutingState,
    read: usize,
    owners: BTreeMap<ConversationId, (Owner, u32)>,
    offers_open: BTreeSet<OfferId>,
    offers_ended: BTreeSet<OfferId>,
    messages: BTreeMap<ConversationId, u32>,
    /// Conversations that entered a workflow and are in none of its steps so far.
    entering: BTreeSet<ConversationId>,
    /// Conversations that begin in a queue without room and are to end with a request at once, or that are to begin in a
    /// flow.
    deflecting: BTreeSet<ConversationId>,
    /// A queue whose rules were just set, and that was closed by the same hours before.
    closed_already: Option<QueueId>,
    /// Conversations that wait without a limit because nowhere is room.
    lifted: BTreeSet<ConversationId>,
    /// Who said something last in each conversation, and when.
    said: BTreeMap<ConversationId, (Author, Timestamp)>,
    /// What was passed on last and when, by whom, and how much they held with it.
    passing_on: Option<(ConversationId, Timestamp, AgentId, Holding)>,
    /// What left a queue last and when, which queue, and since when it had waited there.
    left: Option<(ConversationId, Timestamp, QueueId, Timestamp)>,
    /// Who served each customer.
    served: BTreeMap<ContactId, BTreeSet<AgentId>>,
    /// People to whom a policy or a return gave more than they have room for.
    stretched: BTreeSet<AgentId>,
}

impl Checker {
    /// Checks the events that were committed since the last call.
    pub fn read_on(&mut self, kept: &Kept) {
        for recorded in &kept.log[self.read..] {
            self.check_event(recorded);
            self.check_way(recorded, kept);
            self.replayed.apply(recorded);
        }
        self.read = kept.log.len();
    }

    /// Checks that a conversation goes through a workflow as the reference says: the filter that matches, the first step
    /// that may begin, none before its time, and the fallback queue at the end.
    fn check_way(&mut self, recorded: &Recorded, kept: &Kept) {
        let (state, at) = (&self.replayed, recorded.at);
        if let Event::WorkflowEntered { conversation, workflow, filter, .. } = &recorded.event {
            let definition = &kept.loaded.definitions[workflow];
            let expected = ways::matching(definition, &kept.attributes[conversation]);
            assert_eq!(*filter, expected, "the first filter that matches decides");
            self.entering.insert(*conversation);
        }
        let (id, begun) = if let Event::StepEntered { conversation, step, deadline, .. } = &recorded.event {
            (conversation, Some((usize::from(*step), *deadline)))
        } else if let Event::StepsEnded { conversation, .. } = &recorded.event {
            (conversation, None)
        } else {
            return;
        };
        let conversation = &state.conversations[id];
        let waiting = conversation.waiting().unwrap();
        let route = waiting.route.as_ref().unwrap();
        let entering = self.entering.remove(id);
        let from = if entering { 0 } else { usize::from(route.step) + 1 };
        let excluded = waiting.search.passed.keys().copied().collect();
        // Whoever passes it on has it still while its way is looked for.
        let passing_on = self.passing_on.filter(|(passed, since, ..)| passed == id && *since == at);
        let passing_on = passing_on.filter(|_| entering).map(|(_, _, sender, held)| (sender, held));
        // What goes on to another queue has left the one in which it waited while its way was looked for.
        let left = self.left.filter(|(left, since, ..)| left == id && *since == at);
        let left =
            left.map_or((conversation.queue, waiting.search.since), |(.., queue, since)| (queue, since));
        let relaxed = |step: &PlannedStep| {
            let waits_on = !entering && left.0 == step.queue;
            bounds::relaxed(
                &state.queues[&step.queue],
                if waits_on { at.since(left.1) } else { Duration::ZERO },
            )
        };
        let may_begin = |place: &usize| {
            let step = &route.steps[*place];
            ways::may_begin(state, step, &excluded, passing_on, relaxed(step), at)
        };
        let expected = (from..route.steps.len()).find(may_begin);
        assert_eq!(begun.map(|(place, _)| place), expected, "the first step that may begin begins");
        let queue = expected.map_or(route.fallback, |place| route.steps[place].queue);
        assert_eq!(conversation.owner(), Some(Owner::Queue(queue)), "its queue is the owner");
        if !entering && route.current().is_some_and(|step| step.agent.is_none()) {
            assert!(route.deadline.is_some_and(|deadline| deadline <= at), "a step has its whole time");
        }
        if let Some((place, deadline)) = begun {
            let lasts = route.steps[place].timeout_secs.map(|secs| Duration::from_secs(u64::from(secs)));
            assert_eq!(deadline, lasts.map(|lasts| at.plus(lasts)));
        }
    }

    fn check_event(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::ConversationOpened { conversation, channel, queue, .. } => {
                self.check_beginning(*conversation, *channel, *queue);
                let before = self.owners.insert(*conversation, (Owner::Queue(*queue), 1));
                assert_eq!(before, None, "a conversation is opened once");
            }
            Event::OwnerChanged { conversation, from, to, epoch, cause, .. } => {
                let (owner, last) = self.owners[conversation];
                assert_eq!(owner, *from, "ownership passes from the owner");
                assert_eq!(*epoch, last + 1, "the epoch rises by one with each owner");
                self.owners.insert(*conversation, (*to, *epoch));
                if let (Owner::Agent(agent), Some(Silence::Idle)) =
                    (from, self.replayed.conversations[conversation].silence.as_deref())
                {
                    // A place is kept for taking it back that it did not take.
                    self.stretched.insert(*agent);
                }
                if let (Owner::Agent(agent), segment::OwnerCause::Transferred(_)) = (from, cause) {
                    let held = reference::holding(&self.replayed, *agent, recorded.at);
                    self.passing_on = Some((*conversation, recorded.at, *agent, held));
                }
                if let segment::OwnerCause::Routed(_) = cause {
                    let open = &self.replayed.conversations[conversation];
                    let since = open.waiting().unwrap().search.since;
                    self.left = Some((*conversation, recorded.at, open.queue, since));
                }
                if let segment::OwnerCause::Overflowed(left) = cause {
                    self.check_overflow(*conversation, *left, recorded.at, Some(*to));
                }
                if let segment::OwnerCause::Entered(_) = cause {
                    self.deflecting.remove(conversation);
                }
                self.lifted.remove(conversation);
                if let Owner::Agent(agent) = to {
                    let contact = self.replayed.conversations[conversation].contact;
                    self.served.entry(contact).or_default().insert(*agent);
                }
                let open = &self.replayed.conversations[conversation];
                if let (Owner::Agent(heir), segment::OwnerCause::Left(invite)) = (to, cause)
                    && self.replayed.invites.get(invite).is_some_and(|invite| invite.work != open.work)
                {
                    // The conversation came into another queue while they took part.
                    self.stretched.insert(*heir);
                }
                if let (
                    Owner::Agent(agent),
                    segment::OwnerCause::Returned(_)
                    | segment::OwnerCause::TakenBack(_)
                    | segment::OwnerCause::TakenOver(_),
                ) = (to, cause)
                {
                    self.stretched.insert(*agent);
                }
            }
            Event::ConversationClosed { conversation, from, .. } => {
                let owner = self.owners.remove(conversation).map(|(owner, _)| owner);
                assert_eq!(owner, Some(*from), "the owner's conversation ends");
            }
            // What waited without a limit is measured anew.
            Event::QueueRulesSet { queue, rules, .. } => {
                let before = &self.replayed.queues[queue];
                let same = before.rules.hours == rules.hours && before.rules.at_closing == rules.at_closing;
                self.closed_already = (!before.is_open() && same).then_some(*queue);
                for conversation in bounds::waiting_in(&self.replayed, *queue) {
                    self.lifted.remove(&conversation);
                }
            }
            Event::QueueClosed { queue, .. } => {
                let closes = self.closed_already.take() != Some(*queue);
                if closes && self.replayed.queues[queue].rules.at_closing == queue::AtClosing::Request {
                    self.deflecting.extend(bounds::waiting_for(&self.replayed, *queue));
                }
            }
            Event::LastAgentAsked { conversation, agent, until } => {
                let open = &self.replayed.conversations[conversation];
                let served = self.served.get(&open.contact);
                assert!(served.is_some_and(|served| served.contains(agent)), "they served the customer");
                let secs = self.replayed.queues[&open.queue].rules.last_agent_secs.unwrap();
                assert_eq!(*until, recorded.at.plus(Duration::from_secs(u64::from(secs))));
                let asked = &self.replayed.agents[agent];
                assert!(asked.presence.available() && asked.queues.contains(&open.queue));
            }
            Event::EveryoneAsked { conversation } => {
                let waiting = self.replayed.conversations[conversation].waiting().unwrap();
                let over = waiting.alone_until().is_some_and(|until| until <= recorded.at);
                assert!(over || waiting.search.offers.is_empty(), "they are asked alone for their time");
            }
            Event::LimitLifted { conversation } => {
                let queue = self.replayed.conversations[conversation].queue;
                self.check_overflow(*conversation, queue, recorded.at, None);
                self.lifted.insert(*conversation);
            }
            Event::QueueRelaxed { conversation, queue, relaxed } => {
                let search = &self.replayed.conversations[conversation].waiting().unwrap().search;
                assert_eq!(search.pool, Pool::Queue(*queue));
                let waited = recorded.at.since(search.since);
                let expected = bounds::relaxed(&self.replayed.queues[queue], waited);
                assert!(*relaxed == expected && expected > search.relaxed, "it asks for less in time");
            }
            Event::RequestCreated { conversation, .. } => {
                self.deflecting.remove(conversation);
            }
            Event::MessageSent { conversation, seq, author, .. } => {
                let last = self.messages.entry(*conversation).or_default();
                assert_eq!(*seq, *last + 1, "messages count without gaps, each once");
                *last = *seq;
                let open = &self.replayed.conversations[conversation];
                if let (Author::Customer, Some(Owner::Agent(agent))) = (author, open.owner())
                    && open.silence.as_deref() == Some(&Silence::Idle)
                {
                    self.stretched.insert(agent);
                }
                self.said.insert(*conversation, (*author, recorded.at));
            }
            Event::ConversationIdled { conversation, agent } => {
                let open = &self.replayed.conversations[conversation];
                assert_eq!(open.owner(), Some(Owner::Agent(*agent)));
                assert!(open.idle_from().is_some_and(|time| time <= recorded.at), "silence is waited for");
                let least = Duration::from_secs(SILENCE_SECS_LEAST);
                let (author, said) = self.said[conversation];
                assert!(matches!(author, Author::Agent(_)), "the customer waits for no answer");
                assert!(recorded.at.since(said) >= least, "the customer was silent");
            }
            Event::OfferMade { offer, conversation, agent, cause, .. } => {
                assert!(self.offers_open.insert(*offer), "an offer is made once");
                self.check_offer(*conversation, *agent, *cause, recorded.at);
            }
            Event::OfferEnded { offer, .. } => {
                assert!(self.offers_open.remove(offer), "an open offer ends");
                assert!(self.offers_ended.insert(*offer), "an offer ends once");
            }
            // A flow looks for its way on while whoever gave it the conversation can still take it back.
            Event::TransferEnded { conversation, from, .. } => {
                if self.replayed.conversations[conversation].run().is_some() {
                    self.passing_on = from.agent().map(|sender| {
                        let held = reference::holding(&self.replayed, sender, recorded.at);
                        (*conversation, recorded.at, sender, held)
                    });
                }
            }
            Event::OfferReplied { offer, .. } => {
                assert!(self.offers_open.contains(offer), "a reply is about an open offer");
            }
            Event::ServerStarted { .. }
            | Event::PersonAdded { .. }
            | Event::PersonChanged { .. }
            | Event::SkillAdded { .. }
            | Event::SkillGranted { .. }
            | Event::SkillRevoked { .. }
            | Event::QueueAdded { .. }
            | Event::QueueChanged { .. }
            | Event::QueueOpened { .. }
            | Event::MemberAdded { .. }
            | Event::MemberRemoved { .. }
            | Event::GroupAdded { .. }
            | Event::GroupChanged { .. }
            | Event::GroupRemoved { .. }
            | Event::WorkflowAdded { .. }
            | Event::WorkflowChanged { .. }
            | Event::WorkflowRemoved { .. }
            | Event::WorkflowEntered { .. }
            | Event::StepEntered { .. }
            | Event::SkillsDropped { .. }
            | Event::SkillsLowered { .. }
            | Event::StepsEnded { .. }
            | Event::FlowAdded { .. }
            | Event::FlowChanged { .. }
            | Event::FlowRemoved { .. }
            | Event::ExternalAdded { .. }
            | Event::ExternalChanged { .. }
            | Event::ExternalRemoved { .. }
            | Event::ScheduleAdded { .. }
            | Event::ScheduleChanged { .. }
            | Event::ScheduleRemoved { .. }
            | Event::FlowAsked { .. }
            | Event::FlowEnded { .. }
            | Event::TeamAdded { .. }
            | Event::TeamChanged { .. }
            | Event::TeamRemoved { .. }
            | Event::PolicySet { .. }
            | Event::PolicyOverridden { .. }
            | Event::TransferRerouted { .. }
            | Event::ConsultBegan { .. }
            | Event::AsideSent { .. }
            | Event::InviteMade { .. }
            | Event::ParticipantJoined { .. }
            | Event::InviteEnded { .. }
            | Event::ListenedIn { .. }
            | Event::Whispered { .. }
            | Event::Redirected { .. }
            | Event::TransferDirected { .. }
            | Event::FlagRaised { .. }
            | Event::FlagLowered { .. }
            | Event::PersonDirected { .. }
            | Event::ListeningBegan { .. }
            | Event::ListeningEnded { .. }
            | Event::WrapUpExtended { .. }
            | Event::RequestAnswered { .. }
            | Event::StatusChanged { .. }
            | Event::AgentReached { .. }
            | Event::AgentLost { .. }
            | Event::TransferRequested { .. }
            | Event::TransferEnqueued { .. }
            | Event::WrapUpEnded { .. }
            | Event::ConversationRated { .. } => {}
        }
    }

    /// Checks that a conversation begins in a flow or where there is room, ends with a request at once, or has nowhere else
    /// to go.
    fn check_beginning(&mut self, conversation: ConversationId, channel: Channel, queue: QueueId) {
        let state = &self.replayed;
        if !state.queues[&queue].is_open() || state.flow_entrance(channel).is_some() {
            // Nobody is let in, but a flow may have it, or a question may be left.
            self.deflecting.insert(conversation);
            return;
        }
        if bounds::has_room(state, queue) {
            return;
        }
        match bounds::beyond(state, queue, channel, &BTreeSet::new()) {
            Some(queue::Overflow::Request) => drop(self.deflecting.insert(conversation)),
            Some(queue::Overflow::Queue(_) | queue::Overflow::Refuse) => {
                panic!("a conversation began in a queue without room")
            }
            None => {}
        }
    }

    /// Checks that a conversation leaves a queue after its time, for the first with room along the overflow.
    fn check_overflow(&self, conversation: ConversationId, left: QueueId, at: Timestamp, to: Option<Owner>) {
        let waits = &self.replayed.conversations[&conversation];
        let waiting = waits.waiting().unwrap();
        assert_eq!(waiting.search.pool, Pool::Queue(left));
        assert!(waiting.overflows_at().is_some_and(|due| due <= at), "a queue's limit is waited for");
        let before = waiting.limit.as_ref().map(|limit| limit.left.clone()).unwrap_or_default();
        let expected = match bounds::beyond(&self.replayed, left, waits.channel, &before) {
            Some(queue::Overflow::Queue(next)) => Some(Owner::Queue(next)),
            Some(queue::Overflow::Request | queue::Overflow::Refuse) => panic!("it should have ended"),
            None => None,
        };
        assert_eq!(to, expected, "the first queue with room along the overflow");
    }

    /// Checks that nothing waits longer than its queue lets it, and that what should have ended has.
    fn check_limits(&self, state: &RoutingState, now: Timestamp) {
        for queue in state.queues.values() {
            let expected = queue.rules.hours.as_ref().map(|hours| bounds::is_open(hours, now));
            assert_eq!(queue.standing.map(|standing| standing.open), expected, "it is open by its hours");
        }
        assert!(
            self.deflecting.is_empty(),
            "what finds no room ends with a request or has a flow in the same turn"
        );
        for conversation in state.conversations.values() {
            let Some(waiting) = conversation.waiting() else { continue };
            let expected = bounds::limited(state, waiting) && !self.lifted.contains(&conversation.id);
            assert_eq!(waiting.overflows_at().is_some(), expected, "a limit runs where one is set");
            assert!(
                waiting.alone_until().is_none_or(|until| until > now),
                "nobody is asked alone for longer"
            );
            if let (Some(_), Pool::Agent(alone)) = (waiting.alone_until(), waiting.search.pool) {
                let alone = &state.agents[&alone];
                let there = alone.presence.reachable && alone.presence.status.takes_work();
                assert!(
                    there && alone.queues.contains(&conversation.queue),
                    "nobody waits for one who is gone"
                );
            }
            assert!(waiting.overflows_at().is_none_or(|due| due > now), "nobody waits beyond the limit");
            assert!(waiting.relaxes_at().is_none_or(|due| due > now), "it asks for less in time");
            let (relaxed, relaxations, waited) = match waiting.search.pool {
                Pool::Queue(queue) => {
                    let queue = &state.queues[&queue];
                    let waited = bounds::relaxed(queue, now.since(waiting.search.since));
                    (waiting.search.relaxed, queue.rules.relax.len(), waited)
                }
                Pool::Group(_) | Pool::Agent(_) => (waiting.search.relaxed, 0, 0),
            };
            // After a start it asks for more for a while, as every deadline is held.
            assert!(relaxed <= waited, "it asks for less in time only");
            assert_eq!(waiting.relaxes_at().is_some(), usize::from(relaxed) < relaxations);
        }
    }

    fn check_offer(
        &mut self,
        conversation: ConversationId,
        agent: AgentId,
        cause: OfferCause,
        at: Timestamp,
    ) {
        if let OfferCause::Transfer(transfer) = cause {
            let transfer = &self.replayed.transfers[&transfer];
            let roomy = transfer.policy.full_target == policy::FullTarget::Offer;
            if roomy || !transfer.policy.reserve_capacity {
                self.stretched.insert(agent);
            }
            // The one it is meant for is offered it with the request, before anything that waits.
            if transfer.requested_at == at && transfer.target == Target::Agent(agent) {
                let target = &self.replayed.agents[&agent];
                assert!(target.presence.available(), "a transfer is offered to someone who is there");
                return;
            }
        }
        let subject = match cause {
            OfferCause::Invite(invite) => Subject::Invite(invite),
            OfferCause::Queue(_) | OfferCause::Transfer(_) => Subject::Conversation(conversation),
        };
        if let OfferCause::Invite(invite) = cause {
            let invite = &self.replayed.invites[&invite];
            if invite.policy.full_target == policy::FullTarget::Offer {
                self.stretched.insert(agent);
            }
            if invite.made_at == at && invite.target == Target::Agent(agent) {
                return;
            }
        }
        let expected = reference::next(&self.replayed, at);
        assert_eq!(expected, Some((subject, agent)), "the reference would have chosen otherwise");
    }

    /// Checks what must hold between turns.
    pub fn check_rest(&self, state: &RoutingState, now: Timestamp, lowered: &BTreeSet<AgentId>) {
        assert_eq!(reference::next(state, now), None, "somebody free could take something that waits");
        self.check_limits(state, now);
        for agent in state.agents.values().filter(|agent| !lowered.contains(&agent.id)) {
            if self.stretched.contains(&agent.id) {
                continue;
            }
            let held = reference::holding(state, agent.id, now);
            let [primary, interruptible] = Work::ALL.map(|work| agent.limit(Channel::WebChat, work));
            assert!(held.primary <= primary, "{:?} holds {held:?} of {primary}", agent.id);
            let others = held.all - held.primary;
            assert!(others <= interruptible, "{:?} holds {held:?} of {interruptible}", agent.id);
        }
        for conversation in state.conversations.values() {
            assert!(conversation.idle_from().is_none_or(|time| time > now), "silence counts in time");
            let known = self.owners.get(&conversation.id).map(|(owner, _)| *owner);
            assert_eq!(conversation.owner(), known, "every open conversation has the owner the log says");
            check_clock(state, conversation);
        }
        for agent in state.agents.values() {
            let owned =
                state.conversations.values().filter(|open| open.owner() == Some(Owner::Agent(agent.id)));
            assert_eq!(owned.count(), state.owned_by(agent.id).count(), "capacity is released once");
            let offered = state.offers.values().filter(|offer| offer.agent == agent.id).count();
            assert_eq!(offered, state.offers_to(agent.id).count());
        }
    }

    /// Checks that the log from its beginning gives the state, byte for byte, and that the rows do too.
    pub fn check_replay(&self, state: &RoutingState, from_rows: OpenWork) {
        let canonical = |state: &RoutingState| String::from_utf8(state.canonical()).unwrap();
        assert_eq!(canonical(&self.replayed), canonical(state), "the log gives the state");
        assert_eq!(
            canonical(&RoutingState::from_open_work(from_rows)),
            canonical(state),
            "the rows give it too"
        );
    }

    /// Says whether every conversation that was opened is closed.
    pub fn all_closed(&self) -> bool {
        self.owners.is_empty()
    }
}

/// A conversation whose sender was released before anyone accepted always has a running clock, and an open transfer is
/// always the one its conversation knows of.
fn check_clock(state: &RoutingState, conversation: &Conversation) {
    let open = state.transfers.values().filter(|transfer| transfer.conversation == conversation.id);
    let open: Vec<&Transfer> = open.collect();
    assert!(open.len() <= 1, "at most one transfer is open");
    assert_eq!(open.first().map(|transfer| transfer.id), conversation.transfer());
    for invite in state.invites.values().filter(|invite| invite.conversation == conversation.id) {
        assert!(conversation.invites.contains(&invite.id), "a conversation knows its invitations");
        let owner = invite.participant().map(Owner::Agent);
        assert!(owner.is_none() || owner != conversation.owner(), "the owner is not a participant too");
    }
    let named = conversation.waiting().is_some_and(|waiting| matches!(waiting.search.pool, Pool::Agent(_)));
    if named {
        let route = conversation.waiting().and_then(|waiting| waiting.route.as_ref());
        let clock =
            open.first().is_some_and(|transfer| matches!(transfer.state, TransferState::Released { .. }))
                || route.is_some_and(|route| route.deadline.is_some())
                || conversation.waiting().and_then(Waiting::alone_until).is_some();
        assert!(clock, "nobody waits for one person without a clock");
    }
}
