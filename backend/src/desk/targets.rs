//! To whom a conversation could be passed, who cannot take it and why, and what would happen.
//!
//! The rules are those by which a request is decided, so that the list and the decision cannot differ. What would happen
//! is put in words in `outcomes`.

use core::cmp::Reverse;
use core::time::Duration;
use std::collections::BTreeSet;

use baton_shared::command::Actor;
use baton_shared::policy::{Age, Listed, SAFETY};
use baton_shared::queue::{AtClosing, Overflow, Priority};
use baton_shared::*;

use super::outcomes::{Whose, unaccepted};
use super::supervision::overseen;
use super::transfers::{Placement, check_pool, placement};
use super::workflows::{self, Judgement};
use super::{flows, overflow};
use crate::routing::RoutingState;

/// A person, as a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentStanding {
    /// Who.
    pub id: AgentId,
    /// What they chose, and whether they can be reached.
    pub presence: Presence,
    /// How many units they hold of what counts against it.
    pub held: u32,
    /// How many of these they can hold.
    pub limit: u32,
    /// Where the search would begin, or why it would not.
    pub placement: Result<Placement, Refusal>,
    /// Whether it may be left to wait for them.
    pub may_park: bool,
}

/// A queue or a group, as a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolStanding<Id> {
    /// Which.
    pub id: Id,
    /// How many wait in it.
    pub waiting: u32,
    /// How many of these would be asked for before it.
    pub ahead: u32,
    /// How many of those who serve it have room.
    pub available: u32,
    /// How many units those could still take.
    pub free: u32,
    /// The estimated wait in seconds; nothing means that there is not enough data.
    pub wait_secs: Option<u64>,
    /// Why it could not take it.
    pub refusal: Option<Refusal>,
    /// What becomes of what nobody accepts there, and when; nothing where it waits for any time.
    pub ends: Option<(Duration, Unaccepted)>,
    /// What its hours have to do with it.
    pub hours: Hours,
}

/// What becomes of a conversation that nobody accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unaccepted {
    /// Its sender has it again, or still.
    Returns,
    /// A queue gets it.
    Queue(QueueId),
    /// It ends with a request.
    Request,
}

/// What opening hours have to do with a conversation that is passed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hours {
    /// Nothing.
    #[default]
    Open,
    /// The queue is open, and what waits when it closes ends with a request.
    EndAtClosing,
    /// The queue is closed: nothing is turned away, but few may be there.
    Closed,
}

/// Everyone and everything a conversation could be passed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standings {
    /// The policy that holds for the conversation.
    pub policy: TransferPolicy,
    /// The queue it is of.
    pub queue: QueueId,
    /// Whose it is for the one who asks.
    pub whose: Whose,
    /// People.
    pub agents: Vec<AgentStanding>,
    /// Groups.
    pub groups: Vec<PoolStanding<GroupId>>,
    /// Queues.
    pub queues: Vec<PoolStanding<QueueId>>,
    /// Flows.
    pub flows: Vec<FlowId>,
    /// External contacts.
    pub externals: Vec<ExternalId>,
}

/// Returns to whom a conversation could be passed by its owner; nothing if that is not this person.
pub fn standings(
    state: &RoutingState,
    conversation: ConversationId,
    viewer: AgentId,
    now: Timestamp,
) -> Option<Standings> {
    let (conversation, owner) = passed_on_by(state, conversation, viewer)?;
    let whose = match conversation.owner() {
        Some(Owner::Agent(agent)) if agent == viewer => Whose::Own,
        Some(Owner::Agent(_)) => Whose::Agents,
        Some(Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_)) | None => {
            Whose::Nobodys
        }
    };
    let policy = state.policy(conversation);
    let channel = conversation.channel;
    let listed = |agent: &&Agent| {
        let shown = match policy.listed {
            Listed::Everyone => true,
            Listed::Connected => agent.presence.reachable,
            Listed::Available => agent.presence.available(),
        };
        shown
            && agent.enabled
            && agent.id != owner
            && agent.capacity.get(&channel).is_some_and(|units| *units > 0)
    };
    let agents = state.agents.values().filter(listed).map(|agent| AgentStanding {
        id: agent.id,
        presence: agent.presence,
        held: state.taken(agent.id, channel, conversation.work),
        limit: agent.limit(channel, conversation.work),
        placement: placement(state, conversation, owner, agent.id, &policy, false),
        may_park: placement(state, conversation, owner, agent.id, &policy, true) == Ok(Placement::Wait),
    });
    let agents = agents.filter(|standing| standing.placement != Err(Refusal::TargetNotAllowed)).collect();
    let pools = |target: Target| {
        let refusal = check_pool(state, conversation, target).err();
        let pool = target.pool();
        let load = pool.map_or(PoolLoad::default(), |pool| pool_load(state, pool, conversation, owner, now));
        (refusal, load)
    };
    // A group has no limits of its own, so the transfer's go on.
    let group_ends =
        Some((policy.transfer_lasts().unwrap_or(SAFETY), unaccepted(&policy, conversation.queue)));
    let groups = state.groups.keys().map(|group| {
        let (refusal, load) = pools(Target::Group(*group));
        PoolStanding { ends: group_ends, ..standing(*group, refusal, load) }
    });
    let queues = state.queues.values().map(|queue| {
        let (refusal, load) = pools(Target::Queue(queue.id));
        PoolStanding {
            wait_secs: queue.estimated_wait(now).map(|wait| wait.as_secs()),
            ends: queue_ends(state, queue, channel),
            hours: hours_of(queue),
            ..standing(queue.id, refusal, load)
        }
    });
    let may = |target| flows::check(state, conversation, target).is_ok();
    let allowed = |refusal: &Option<Refusal>| *refusal != Some(Refusal::TargetNotAllowed);
    Some(Standings {
        queue: conversation.queue,
        whose,
        agents,
        groups: groups.filter(|group| allowed(&group.refusal)).collect(),
        queues: queues.filter(|queue| allowed(&queue.refusal)).collect(),
        flows: state.flows.keys().copied().filter(|id| may(Target::Flow(*id))).collect(),
        externals: state.externals.iter().copied().filter(|id| may(Target::External(*id))).collect(),
        policy,
    })
}

/// A workflow, as a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowStanding {
    /// The one person who would be asked first.
    pub asks: Option<AgentId>,
    /// The queue that would own the conversation first.
    pub place: PoolStanding<QueueId>,
}

/// Returns where a conversation would go now that its owner passes on to a workflow.
pub fn workflow_standing(
    state: &RoutingState,
    conversation: &Conversation,
    owner: AgentId,
    workflow: &Workflow,
    judged: &Judgement,
    now: Timestamp,
) -> WorkflowStanding {
    let seeker = workflows::seeker_for(conversation, owner, &state.policy(conversation));
    let refusal = workflows::check(state, conversation, workflow.id, judged, &seeker).err();
    let steps = workflows::planned(workflow, judged, &seeker);
    let first = workflows::first_step(state, &steps, 0, &seeker).map(|place| &steps[place]);
    let queue = first.map_or(workflow.fallback, |step| step.queue);
    let load = pool_load(state, Pool::Queue(queue), conversation, owner, now);
    let found = state.queues.get(&queue);
    // As long as it is on its way through the workflow, the steps' times hold and not the queue's.
    let limited = found.filter(|_| first.is_none());
    let place = PoolStanding {
        ends: limited.and_then(|queue| queue_ends(state, queue, conversation.channel)),
        hours: found.map(hours_of).unwrap_or_default(),
        ..standing(queue, refusal, load)
    };
    WorkflowStanding { asks: first.and_then(|step| step.agent), place }
}

/// Returns for how long a queue keeps a conversation, and what becomes of it then.
fn queue_ends(state: &RoutingState, queue: &Queue, channel: Channel) -> Option<(Duration, Unaccepted)> {
    let lasts = Duration::from_secs(u64::from(queue.rules.wait_secs?));
    let then = match overflow::beyond(state, queue.id, channel, &BTreeSet::new())? {
        Overflow::Queue(next) => Unaccepted::Queue(next),
        Overflow::Request | Overflow::Refuse => Unaccepted::Request,
    };
    Some((lasts, then))
}

fn hours_of(queue: &Queue) -> Hours {
    let closes = queue.standing.is_some_and(|standing| standing.until.is_some());
    match (queue.is_open(), queue.rules.at_closing) {
        (false, _) => Hours::Closed,
        (true, AtClosing::Request) if closes => Hours::EndAtClosing,
        (true, AtClosing::Request | AtClosing::Keep) => Hours::Open,
    }
}

/// Where something stands in a line: what is less goes first.
pub(super) type Turn = (Reverse<Priority>, Timestamp);

/// Returns where a conversation would stand in a pool's line if its owner passed it on now.
pub(super) fn turn_in(state: &RoutingState, conversation: &Conversation, pool: Pool, now: Timestamp) -> Turn {
    let policy = state.policy(conversation);
    let counts_from = match policy.age {
        Age::Original => conversation.enqueued_at,
        Age::Restart => now,
    };
    let least = match pool {
        Pool::Group(group) => state.groups.get(&group).map(|group| group.priority),
        Pool::Queue(_) | Pool::Agent(_) => None,
    };
    let lift = Duration::from_secs(u64::from(policy.lift_secs));
    (Reverse(conversation.priority.max(least.unwrap_or_default())), counts_from.minus(lift))
}

/// What a pool has to do, and with whom.
#[derive(Default)]
struct PoolLoad {
    waiting: u32,
    ahead: u32,
    available: u32,
    free: u32,
}

fn standing<Id>(id: Id, refusal: Option<Refusal>, load: PoolLoad) -> PoolStanding<Id> {
    let PoolLoad { waiting, ahead, available, free } = load;
    let (wait_secs, ends, hours) = (None, None, Hours::Open);
    PoolStanding { id, waiting, ahead, available, free, wait_secs, refusal, ends, hours }
}

fn pool_load(
    state: &RoutingState,
    pool: Pool,
    conversation: &Conversation,
    sender: AgentId,
    now: Timestamp,
) -> PoolLoad {
    let channel = conversation.channel;
    let work = match pool {
        Pool::Queue(queue) => state.work_in(queue),
        Pool::Group(_) | Pool::Agent(_) => conversation.work,
    };
    let waits = |conversation: &Conversation| {
        conversation.waiting().is_some_and(|waiting| waiting.search.pool == pool)
    };
    let waiting = state.conversations.matching(waits);
    let turn = turn_in(state, conversation, pool, now);
    let before = |other: &&&Conversation| (Reverse(other.priority), other.ranked_at) <= turn;
    let ahead = waiting.iter().filter(before).count();
    // Whoever passes it on is asked last of all.
    let others = state.agents.values().filter(|agent| agent.id != sender && agent.presence.available());
    let rooms = others.map(|agent| {
        let room = agent.limit(channel, work).saturating_sub(state.taken(agent.id, channel, work));
        if state.serves(agent, pool, channel) { room } else { 0 }
    });
    let (available, free) =
        rooms.filter(|room| *room > 0).fold((0, 0), |(people, units), room| (people + 1, units + room));
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    PoolLoad { waiting: count(waiting.len()), ahead: count(ahead), available, free }
}

/// Returns a conversation that someone may pass on, and in whose name: its owner, or a supervisor for whoever owns it.
pub(super) fn passed_on_by(
    state: &RoutingState,
    conversation: ConversationId,
    viewer: AgentId,
) -> Option<(&Conversation, AgentId)> {
    let open = state.conversations.get(&conversation)?;
    if open.owner() == Some(Owner::Agent(viewer)) {
        return Some((open, viewer));
    }
    let (supervisor, open) = overseen(state, Actor::Person(viewer), conversation).ok()?;
    Some(match open.owner()? {
        Owner::Agent(owner) => (open, owner),
        Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => (open, supervisor),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use baton_shared::policy::{Allowed, FullTarget};
    use baton_shared::queue::{AcceptedWait, Membership, Priority};

    use super::*;
    use crate::routing::OpenWork;

    const OWNER: AgentId = AgentId::from_bits(1);
    const FREE: AgentId = AgentId::from_bits(2);
    const FULL: AgentId = AgentId::from_bits(3);
    const AWAY: AgentId = AgentId::from_bits(4);
    const LOST: AgentId = AgentId::from_bits(5);
    const DISABLED: AgentId = AgentId::from_bits(6);
    const WITHOUT_CHAT: AgentId = AgentId::from_bits(7);
    const BILLING: QueueId = QueueId::from_bits(1);
    const SALES: QueueId = QueueId::from_bits(2);
    const REFUNDS: GroupId = GroupId::from_bits(1);
    const EMPTY: GroupId = GroupId::from_bits(2);
    const SKILL: SkillId = SkillId::from_bits(1);
    const CONVERSATION: ConversationId = ConversationId::from_bits(1);
    const NOW: Timestamp = Timestamp::from_millis(1_795_248_000_000);

    fn agent(id: AgentId) -> Agent {
        Agent {
            id,
            role: Role::Agent,
            enabled: true,
            presence: Presence { status: Status::Available, reachable: true },
            capacity: [(Channel::WebChat, 2)].into(),
            interruptible: BTreeMap::new(),
            skills: Skills::new(),
            queues: [BILLING].into(),
            idle_since: NOW,
            lost_at: None,
        }
    }

    fn conversation(number: u128, held: Held) -> Conversation {
        Conversation {
            id: ConversationId::from_bits(number),
            contact: ContactId::from_bits(number),
            channel: Channel::WebChat,
            queue: BILLING,
            priority: Priority::Normal,
            enqueued_at: NOW,
            ranked_at: NOW,
            segment: SegmentId::from_bits(number),
            work: Work::default(),
            last_seq: 1,
            owners: FewSet::new(),
            last_agent: None,
            invites: Rare::new(),
            listeners: Rare::new(),
            oversight: None,
            hops: 0,
            silence: None,
            state: ConversationState::Open { held, epoch: 1 },
        }
    }

    fn owned_by(number: u128, agent: AgentId) -> Conversation {
        conversation(number, Held::Agent { agent, since: NOW, transfer: None })
    }

    fn waits_for(number: u128, pool: Pool) -> Conversation {
        conversation(number, Held::Queue(Waiting::begin(Search::begin(pool, NOW, 1), None)))
    }

    /// Everyone who could be asked, and everyone who could not; one waits in a queue and one for a group.
    fn centre(policy: TransferPolicy) -> RoutingState {
        let queue = |id, skills, accepted| Queue { accepted, ..Queue::new(id, skills, Priority::Normal) };
        let group = |id, skills| Group {
            id,
            skills,
            membership: Membership::Any,
            priority: Priority::Normal,
            team: None,
        };
        let waited = std::iter::repeat_n(AcceptedWait { at: NOW, waited_ms: 95_900 }, 10).collect();
        RoutingState::from_open_work(OpenWork {
            agents: vec![
                agent(OWNER),
                Agent { skills: [SKILL].into(), queues: [BILLING, SALES].into(), ..agent(FREE) },
                Agent { queues: [BILLING, SALES].into(), ..agent(FULL) },
                Agent { presence: Presence { status: Status::Away, reachable: true }, ..agent(AWAY) },
                Agent { presence: Presence { status: Status::Available, reachable: false }, ..agent(LOST) },
                Agent { enabled: false, ..agent(DISABLED) },
                Agent { capacity: BTreeMap::new(), ..agent(WITHOUT_CHAT) },
            ],
            queues: vec![
                queue(BILLING, Skills::new(), Default::default()),
                queue(SALES, [SKILL].into(), waited),
            ],
            groups: vec![group(REFUNDS, [SKILL].into()), group(EMPTY, [SkillId::from_bits(9)].into())],
            conversations: vec![
                owned_by(1, OWNER),
                owned_by(2, OWNER),
                owned_by(3, FULL),
                owned_by(4, FULL),
                owned_by(5, FREE),
                waits_for(6, Pool::Queue(SALES)),
                waits_for(7, Pool::Group(REFUNDS)),
            ],
            policies: Policies { workspace: policy, ..Policies::default() },
            ..OpenWork::default()
        })
    }

    fn found(policy: TransferPolicy) -> Standings {
        standings(&centre(policy), CONVERSATION, OWNER, NOW).expect("they own it")
    }

    fn ids(found: &Standings) -> Vec<AgentId> {
        found.agents.iter().map(|agent| agent.id).collect()
    }

    #[test]
    fn only_its_owner_learns_to_whom_a_conversation_could_go() {
        let state = centre(TransferPolicy::default());
        assert!(standings(&state, CONVERSATION, OWNER, NOW).is_some());
        for (conversation, agent) in [(1, FREE), (5, OWNER), (6, OWNER), (99, OWNER)] {
            assert_eq!(standings(&state, ConversationId::from_bits(conversation), agent, NOW), None);
        }
    }

    #[test]
    fn everyone_who_has_chats_is_listed_with_the_reason_why_not() {
        let found = found(TransferPolicy::default());
        assert_eq!(ids(&found), [FREE, FULL, AWAY, LOST]);
        let unavailable = |status, reachable| Err(Refusal::TargetUnavailable { status, reachable });
        let expected = [
            (1, Ok(Placement::Offer), false),
            (2, Err(Refusal::TargetFull { held: 2, limit: 2 }), true),
            (0, unavailable(Status::Away, true), true),
            (0, unavailable(Status::Available, false), true),
        ];
        for (agent, (held, placement, may_park)) in found.agents.iter().zip(expected) {
            assert_eq!((agent.held, agent.limit, agent.may_park), (held, 2, may_park), "{}", agent.id);
            assert_eq!(agent.placement, placement, "{}", agent.id);
        }
    }

    #[test]
    fn the_policy_says_who_is_listed() {
        for (listed, expected) in [
            (Listed::Everyone, vec![FREE, FULL, AWAY, LOST]),
            (Listed::Connected, vec![FREE, FULL, AWAY]),
            (Listed::Available, vec![FREE, FULL]),
        ] {
            assert_eq!(ids(&found(TransferPolicy { listed, ..Default::default() })), expected, "{listed:?}");
        }
        let only = |targets: &[Target]| TransferPolicy {
            allowed: Allowed::Only(targets.iter().copied().collect()),
            ..Default::default()
        };
        let chosen = found(only(&[Target::Agent(FULL), Target::Group(REFUNDS), Target::Queue(SALES)]));
        assert_eq!(ids(&chosen), [FULL]);
        assert_eq!(chosen.groups.iter().map(|group| group.id).collect::<Vec<_>>(), [REFUNDS]);
        assert_eq!(chosen.queues.iter().map(|queue| queue.id).collect::<Vec<_>>(), [SALES]);
        let mut members = centre(TransferPolicy { allowed: Allowed::QueueMembers, ..Default::default() });
        if let Some(free) = members.agents.get_mut(&FREE) {
            free.queues = [SALES].into();
        }
        let found = standings(&members, CONVERSATION, OWNER, NOW).expect("they own it");
        assert_eq!(ids(&found), [FULL, AWAY, LOST], "those who belong to the conversation's queue");
    }

    #[test]
    fn a_full_target_is_placed_as_the_policy_says() {
        for (full_target, full, away) in [
            (FullTarget::Wait, Ok(Placement::Wait), Ok(Placement::Wait)),
            (FullTarget::Next, Ok(Placement::Next), Ok(Placement::Next)),
            (
                FullTarget::Offer,
                Ok(Placement::Offer),
                Err(Refusal::TargetUnavailable { status: Status::Away, reachable: true }),
            ),
        ] {
            let found = found(TransferPolicy { full_target, ..Default::default() });
            assert_eq!((&found.agents[1].placement, &found.agents[2].placement), (&full, &away));
        }
    }

    #[test]
    fn queues_and_groups_say_who_waits_who_is_free_and_for_how_long() {
        let found = found(TransferPolicy::default());
        let [refunds, empty] = &found.groups[..] else { panic!("{:?}", found.groups) };
        assert_eq!((refunds.waiting, refunds.available, refunds.free), (1, 1, 1));
        assert_eq!((&refunds.refusal, refunds.wait_secs), (&None, None));
        assert_eq!((empty.waiting, empty.available, empty.free), (0, 0, 0));
        assert_eq!(empty.refusal, Some(Refusal::NobodyServes));
        let [billing, sales] = &found.queues[..] else { panic!("{:?}", found.queues) };
        // The owner is full, and so is another; two cannot be reached or take no work.
        assert_eq!((billing.waiting, billing.available, billing.free), (0, 1, 1));
        assert_eq!((&billing.refusal, billing.wait_secs), (&None, None));
        // Of the two who belong to it one has what it asks for.
        assert_eq!((sales.waiting, sales.available, sales.wait_secs), (1, 1, Some(95)));
        assert_eq!(found.queue, BILLING);
    }
}
