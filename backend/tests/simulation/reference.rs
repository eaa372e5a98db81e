//! What routing should do, said slowly: try everyone with everything, in order, and take the first that fits.

use core::time::Duration;
use std::collections::BTreeSet;

use baton::routing::{RoutingState, Subject};
use baton_shared::offer::OFFER_REST;
use baton_shared::*;

/// Counts what an agent holds: owned, offered unless the policy says that offers take no room, consulted about, or passed
/// to a queue so lately that it can be taken back.
pub fn held(state: &RoutingState, agent: AgentId, now: Timestamp) -> u32 {
    let owned = state.conversations.values().filter(|open| open.owner() == Some(Owner::Agent(agent))).count();
    let takes_room = |offer: &&Offer| match offer.cause {
        OfferCause::Queue(_) | OfferCause::Invite(_) => true,
        OfferCause::Transfer(transfer) => state.transfers[&transfer].policy.reserve_capacity,
    };
    let offered = state.offers.values().filter(|offer| offer.agent == agent).filter(takes_room).count();
    let kept = state.transfers.values().filter(|transfer| match transfer.state {
        TransferState::Enqueued { undo_until, .. } => transfer.from == agent && undo_until > now,
        TransferState::Consulting { agent: consulted, .. } => consulted == agent,
        TransferState::Requested
        | TransferState::Seeking { .. }
        | TransferState::Released { .. }
        | TransferState::Ended { .. } => false,
    });
    let takes_part = state.invites.values().filter(|invite| invite.participant() == Some(agent));
    (owned + offered + kept.count() + takes_part.count()) as u32
}

/// Someone is looked for: to own a conversation, or to take part in one.
struct Wanted<'a> {
    subject: Subject,
    conversation: &'a Conversation,
    search: &'a Search,
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
                    | TransferState::Consulting { .. }
                    | TransferState::Ended { .. } => None,
                }
            }
            ConversationState::Open { held: Held::Agent { transfer: None, .. }, .. }
            | ConversationState::Closed { .. } => None,
        };
        wanted.extend(search.map(|search| Wanted {
            subject: Subject::Conversation(conversation.id),
            conversation,
            search,
            accept_by: accept_by(state, search.pool, conversation.ranked_at),
        }));
    }
    for invite in state.invites.values() {
        if let InviteState::Open { search, .. } = &invite.state {
            wanted.push(Wanted {
                subject: Subject::Invite(invite.id),
                conversation: &state.conversations[&invite.conversation],
                search,
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

/// Says whether fewer conversations wait in a queue than may.
pub fn has_room(state: &RoutingState, queue: QueueId) -> bool {
    let waiting = waiting_in(state, queue).count();
    state.queues[&queue].rules.waiting_max.is_none_or(|max| waiting < max as usize)
}

/// Returns what waits in a queue for everyone who serves it.
pub fn waiting_in(state: &RoutingState, queue: QueueId) -> impl Iterator<Item = ConversationId> {
    let waits = move |open: &&Conversation| {
        open.waiting().is_some_and(|waiting| waiting.search.pool == Pool::Queue(queue))
    };
    state.conversations.values().filter(waits).map(|open| open.id)
}

/// Says whether hours in UTC without closed days hold at a time: the simulation's clock begins on a Saturday.
pub fn is_open(hours: &queue::OpeningHours, now: Timestamp) -> bool {
    let minutes = now.as_millis() / 60_000;
    // 1 January 1970 was a Thursday.
    let (day, minute) = ((minutes / 1_440 + 3) % 7, minutes % 1_440);
    let today = queue::Weekday::ALL[day as usize];
    let holds = |opening: &queue::Opening| {
        opening.day == today && (i64::from(opening.from)..i64::from(opening.to)).contains(&minute)
    };
    hours.weekly.iter().any(holds)
}

/// Returns where a conversation goes that a queue does not keep: each queue along the overflow is tried once.
pub fn beyond(state: &RoutingState, from: QueueId, left: &BTreeSet<QueueId>) -> Option<queue::Overflow> {
    let mut tried: Vec<QueueId> = left.iter().copied().chain([from]).collect();
    let mut overflow = state.queues[&from].rules.overflow;
    while let queue::Overflow::Queue(next) = overflow {
        if tried.contains(&next) {
            return None;
        }
        if has_room(state, next) && state.queues[&next].is_open() {
            break;
        }
        tried.push(next);
        overflow = state.queues[&next].rules.overflow;
    }
    Some(overflow)
}

/// Says whether the limit of a queue runs for something that waits.
pub fn limited(state: &RoutingState, waiting: &Waiting) -> bool {
    let Pool::Queue(queue) = waiting.search.pool else { return false };
    let released = waiting
        .transfer
        .is_some_and(|transfer| matches!(state.transfers[&transfer].state, TransferState::Released { .. }));
    state.queues[&queue].rules.wait_secs.is_some() && waiting.route.is_none() && !released
}

/// Says whether an agent may be offered something at all.
fn eligible(state: &RoutingState, agent: &Agent, wanted: &Wanted<'_>, now: Timestamp) -> bool {
    let belongs = match wanted.search.pool {
        Pool::Queue(queue) => {
            agent.queues.contains(&queue) && state.queues[&queue].skills.is_subset(&agent.skills)
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
    let limit = agent.capacity.get(&wanted.conversation.channel).copied().unwrap_or(0);
    belongs
        && wanted.search.skills.iter().all(|skill| agent.skills.contains(skill))
        && agent.enabled
        && agent.presence.reachable
        && agent.presence.status == Status::Available
        && wanted.conversation.owner() != Some(Owner::Agent(agent.id))
        && !takes_part
        && !wanted.search.offers.contains_key(&agent.id)
        && held(state, agent.id, now) < limit
}

/// Returns who should be offered something, or nothing if nobody may be.
fn agent_for(state: &RoutingState, wanted: &Wanted<'_>, now: Timestamp) -> Option<AgentId> {
    let passed = &wanted.search.passed;
    let mut free: Vec<&Agent> =
        state.agents.values().filter(|agent| eligible(state, agent, wanted, now)).collect();
    free.sort_by_key(|agent| (agent.idle_since, agent.id));
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
