//! What routing should do, said slowly: try everyone with everything, in order, and take the first that fits.

use core::time::Duration;

use baton::routing::{RoutingState, Subject};
use baton_shared::offer::OFFER_REST;
use baton_shared::*;

/// What an agent holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// How many conversations in all.
    pub all: u32,
    /// How many of them are primary work.
    pub primary: u32,
}

impl Holding {
    /// Says whether an agent who holds so much has room for one more of a kind.
    pub fn leaves_room(self, agent: &Agent, work: Work) -> bool {
        let primary_limit = agent.capacity.get(&Channel::WebChat).copied().unwrap_or(0);
        let other_limit = agent.interruptible.get(&Channel::WebChat).copied().unwrap_or(primary_limit);
        match work {
            Work::Primary => self.primary < primary_limit,
            Work::Interruptible => self.all < other_limit,
        }
    }
}

/// Counts what an agent holds: owned unless it is idle, offered unless the policy says that offers take no room, consulted
/// about, or passed to a queue so lately that it can be taken back.
pub fn holding(state: &RoutingState, agent: AgentId, now: Timestamp) -> Holding {
    let idle = |open: &Conversation| open.silence.as_deref() == Some(&Silence::Idle);
    let owned = state.conversations.values().filter(|open| open.owner() == Some(Owner::Agent(agent)));
    let owned = owned.filter(|open| !idle(open)).map(|open| open.work);
    let takes_room = |offer: &&Offer| match offer.cause {
        OfferCause::Queue(_) | OfferCause::Invite(_) => true,
        OfferCause::Transfer(transfer) => state.transfers[&transfer].policy.reserve_capacity,
    };
    let offered = state.offers.values().filter(|offer| offer.agent == agent).filter(takes_room);
    let kept = state.transfers.values().filter(|transfer| match transfer.state {
        TransferState::Enqueued { undo_until, .. } => {
            transfer.from == Sender::Agent(agent) && undo_until > now
        }
        TransferState::Consulting { agent: consulted, .. } => consulted == agent,
        TransferState::Requested
        | TransferState::Seeking { .. }
        | TransferState::Released { .. }
        | TransferState::Calling { .. }
        | TransferState::Ended { .. } => false,
    });
    let takes_part = state.invites.values().filter(|invite| invite.participant() == Some(agent));
    let works = owned
        .chain(offered.map(|offer| offer.work))
        .chain(kept.map(|transfer| transfer.work))
        .chain(takes_part.map(|invite| invite.work));
    works.fold(Holding::default(), |held, work| Holding {
        all: held.all + 1,
        primary: held.primary + u32::from(work == Work::Primary),
    })
}

/// Returns at which levels a queue asks for its skills once so many of its relaxations hold.
pub fn asked(queue: &Queue, relaxed: u8) -> Vec<(SkillId, u8)> {
    let mut asked: Vec<(SkillId, u8)> =
        queue.skills.iter().map(|(skill, level)| (skill, u8::from(level))).collect();
    for relaxation in &queue.rules.relax[..usize::from(relaxed)] {
        match relaxation.level {
            Some(lower) => asked
                .iter_mut()
                .filter(|(skill, level)| *skill == relaxation.skill && *level > u8::from(lower))
                .for_each(|(_, level)| *level = lower.into()),
            None => asked.retain(|(skill, _)| *skill != relaxation.skill),
        }
    }
    asked
}

/// Says whether an agent has a skill at a level or above.
pub fn can(agent: &Agent, skill: SkillId, level: u8) -> bool {
    agent.skills.level(skill).is_some_and(|has| u8::from(has) >= level)
}

/// Someone is looked for: to own a conversation, or to take part in one.
struct Wanted<'a> {
    subject: Subject,
    conversation: &'a Conversation,
    search: &'a Search,
    work: Work,
    accept_by: Timestamp,
}

/// Returns everything that someone is looked for at the moment.
fn wanted(state: &RoutingState) -> Vec<Wanted<'_>> {
    let mut wanted = Vec::new();
    for conversation in state.conversations.values() {
        let search = match &conversation.state {
            ConversationState::Open { held: Held::Queue(waiting), .. } => Some(&waiting.search),
            ConversationState::Open { held: Held::Agent { transfer: Some(transfer), .. }, .. } => {
                match &state.transfers[transfer].state {
                    TransferState::Seeking { search, .. } => Some(search),
                    TransferState::Requested
                    | TransferState::Released { .. }
                    | TransferState::Enqueued { .. }
                    | TransferState::Calling { .. }
                    | TransferState::Consulting { .. }
                    | TransferState::Ended { .. } => None,
                }
            }
            ConversationState::Open {
                held: Held::Agent { transfer: None, .. } | Held::Flow(_) | Held::External { .. },
                ..
            }
            | ConversationState::Closed { .. } => None,
        };
        wanted.extend(search.map(|search| Wanted {
            subject: Subject::Conversation(conversation.id),
            conversation,
            search,
            work: conversation.work,
            accept_by: accept_by(state, search.pool, conversation.ranked_at),
        }));
    }
    for invite in state.invites.values() {
        if let InviteState::Open { search, .. } = &invite.state {
            wanted.push(Wanted {
                subject: Subject::Invite(invite.id),
                conversation: &state.conversations[&invite.conversation],
                search,
                work: invite.work,
                accept_by: accept_by(state, search.pool, search.since),
            });
        }
    }
    wanted
}

/// Returns when something should be accepted that has counted as waiting for so long, by the target of its queue.
fn accept_by(state: &RoutingState, pool: Pool, ranked_at: Timestamp) -> Timestamp {
    let target = match pool {
        Pool::Queue(queue) => state.queues[&queue].rules.target.map(|target| target.secs),
        Pool::Group(_) | Pool::Agent(_) => None,
    };
    let five_minutes = 300;
    ranked_at.plus(Duration::from_secs(u64::from(target.unwrap_or(five_minutes))))
}

/// Says whether an agent may be offered something at all.
fn eligible(state: &RoutingState, agent: &Agent, wanted: &Wanted<'_>, now: Timestamp) -> bool {
    let belongs = match wanted.search.pool {
        Pool::Queue(queue) => {
            agent.queues.contains(&queue)
                && asked(&state.queues[&queue], wanted.search.relaxed)
                    .into_iter()
                    .all(|(skill, level)| can(agent, skill, level))
        }
        Pool::Group(group) => match state.groups.get(&group) {
            Some(group) => match group.membership {
                queue::Membership::All => group.skills.iter().all(|skill| agent.skills.contains(skill)),
                queue::Membership::Any => {
                    group.skills.is_empty() || group.skills.iter().any(|skill| agent.skills.contains(skill))
                }
            },
            None => false,
        },
        Pool::Agent(named) => agent.id == named,
    };
    let takes_part = state.invites.values().any(|invite| {
        invite.conversation == wanted.conversation.id && invite.participant() == Some(agent.id)
    });
    belongs
        && wanted.search.skills.iter().all(|(skill, level)| can(agent, skill, level.into()))
        && agent.enabled
        && agent.presence.reachable
        && agent.presence.status == Status::Available
        && wanted.conversation.owner() != Some(Owner::Agent(agent.id))
        && !takes_part
        && !wanted.search.offers.contains_key(&agent.id)
        && agent.capacity.contains_key(&wanted.conversation.channel)
        && holding(state, agent.id, now).leaves_room(agent, wanted.work)
}

/// Returns who should be offered something, or nothing if nobody may be.
fn agent_for(state: &RoutingState, wanted: &Wanted<'_>, now: Timestamp) -> Option<AgentId> {
    let passed = &wanted.search.passed;
    let mut free: Vec<&Agent> =
        state.agents.values().filter(|agent| eligible(state, agent, wanted, now)).collect();
    let least_loaded = match wanted.search.pool {
        Pool::Queue(queue) => state.queues[&queue].rules.asked_first == queue::AskedFirst::LeastLoaded,
        Pool::Group(_) | Pool::Agent(_) => false,
    };
    let share = |agent: &Agent| {
        let held = holding(state, agent.id, now);
        let primary = agent.capacity[&wanted.conversation.channel];
        let (held, limit) = match wanted.work {
            Work::Primary => (held.primary, primary),
            Work::Interruptible => {
                (held.all, agent.interruptible.get(&wanted.conversation.channel).copied().unwrap_or(primary))
            }
        };
        if least_loaded { f64::from(held) / f64::from(limit) } else { 0.0 }
    };
    free.sort_by(|one, other| {
        let age = |agent: &Agent| (agent.idle_since, agent.id);
        share(one).total_cmp(&share(other)).then(age(one).cmp(&age(other)))
    });
    if let Some(fresh) = free.iter().find(|agent| !passed.contains_key(&agent.id)) {
        return Some(fresh.id);
    }
    let mut rested: Vec<&Agent> =
        free.into_iter().filter(|agent| passed[&agent.id].plus(OFFER_REST) <= now).collect();
    rested.sort_by_key(|agent| (passed[&agent.id], agent.id));
    rested.first().map(|agent| agent.id)
}

/// Returns what should be offered next, over all lines: the first by priority, target and id that somebody may take.
pub fn next(state: &RoutingState, now: Timestamp) -> Option<(Subject, AgentId)> {
    let mut waiting = wanted(state);
    waiting.retain(|wanted| wanted.search.offers.len() < usize::from(wanted.search.at_once));
    waiting.sort_by_key(|one| (core::cmp::Reverse(one.conversation.priority), one.accept_by, one.subject));
    waiting.iter().find_map(|one| Some((one.subject, agent_for(state, one, now)?)))
}
