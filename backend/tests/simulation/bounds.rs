//! How queues should keep waits within bounds, said slowly: everything that waits is counted each time.

use std::collections::BTreeSet;
use std::time::Duration;

use baton::routing::RoutingState;
use baton_shared::*;

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

/// Returns what a queue owns, save what a transfer is still to bring to somebody.
pub fn waiting_for(state: &RoutingState, queue: QueueId) -> impl Iterator<Item = ConversationId> {
    let waits = move |open: &&Conversation| {
        let released = |waiting: &Waiting| {
            waiting.transfer().is_some_and(|transfer| {
                matches!(state.transfers[&transfer].state, TransferState::Released { .. })
            })
        };
        open.owner() == Some(Owner::Queue(queue)) && !open.waiting().is_some_and(released)
    };
    state.conversations.values().filter(waits).map(|open| open.id)
}

/// Says whether anybody could be offered a queue's work when they are free.
fn is_served(state: &RoutingState, queue: &Queue, channel: Channel) -> bool {
    state.agents.values().any(|agent| {
        agent.enabled
            && agent.queues.contains(&queue.id)
            && queue.is_met_by(&agent.skills, u8::MAX)
            && agent.capacity.contains_key(&channel)
    })
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
pub fn beyond(
    state: &RoutingState,
    from: QueueId,
    channel: Channel,
    left: &BTreeSet<QueueId>,
) -> Option<queue::Overflow> {
    let mut tried: Vec<QueueId> = left.iter().copied().chain([from]).collect();
    let mut overflow = state.queues[&from].rules.overflow;
    while let queue::Overflow::Queue(next) = overflow {
        if tried.contains(&next) {
            return None;
        }
        let queue = &state.queues[&next];
        if has_room(state, next) && queue.is_open() && is_served(state, queue, channel) {
            break;
        }
        tried.push(next);
        overflow = state.queues[&next].rules.overflow;
    }
    Some(overflow)
}

/// Returns how many of a queue's relaxations hold for what has waited there for a time.
pub fn relaxed(queue: &Queue, waited: Duration) -> u8 {
    let holds = |relaxation: &&queue::Relaxation| u64::from(relaxation.after_secs) <= waited.as_secs();
    queue.rules.relax.iter().filter(holds).count() as u8
}

/// Says whether the limit of a queue runs for something that waits.
pub fn limited(state: &RoutingState, waiting: &Waiting) -> bool {
    let Pool::Queue(queue) = waiting.search.pool else { return false };
    let released = waiting
        .transfer
        .as_ref()
        .is_some_and(|transfer| matches!(state.transfers[transfer].state, TransferState::Released { .. }));
    state.queues[&queue].rules.wait_secs.is_some() && waiting.route.is_none() && !released
}
