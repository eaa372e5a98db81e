//! What becomes of conversations for which a queue's limits leave no room.

use std::collections::BTreeSet;

use baton_shared::queue::Overflow;
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::offers::{owner_changed, transfer_ended};
use super::{Circumstances, requests, returns};
use crate::routing::RoutingState;

/// Returns where a conversation goes that a queue does not keep: along the overflow to the first queue with room, or to its
/// end; nothing where that leads only to queues that it left or that lead back.
pub(super) fn beyond(state: &RoutingState, queue: QueueId, left: &BTreeSet<QueueId>) -> Option<Overflow> {
    let (mut passed, mut at) = (left.clone(), queue);
    loop {
        passed.insert(at);
        match state.queues.get(&at)?.rules.overflow {
            Overflow::Queue(next) if passed.contains(&next) => return None,
            Overflow::Queue(next) if state.has_room(next) => return Some(Overflow::Queue(next)),
            Overflow::Queue(next) => at = next,
            end @ (Overflow::Request | Overflow::Refuse) => return Some(end),
        }
    }
}

/// Decides what becomes of a conversation that has waited too long in its queue.
pub(super) fn due(with: &mut Circumstances<'_>, conversation: ConversationId) -> Vec<Event> {
    let state = with.state;
    let Some(waits) = state.conversations.get(&conversation) else { return Vec::new() };
    let (Some(waiting), Some(from)) = (waits.waiting(), waits.owner()) else { return Vec::new() };
    let left = waiting.limit.as_ref().map(|limit| limit.left.clone()).unwrap_or_default();
    match beyond(state, waits.queue, &left) {
        Some(Overflow::Queue(next)) => {
            let transfer = waiting.transfer.and_then(|transfer| state.transfers.get(&transfer));
            let mut events: Vec<Event> =
                transfer.map(|transfer| transfer_ended(transfer, TransferEnd::Failed)).into_iter().collect();
            let (to, cause) = (Owner::Queue(next), OwnerCause::Overflowed(waits.queue));
            let segment = with.ids.segment();
            events.push(owner_changed(waits, from, to, cause, WrapUp::None, segment));
            events
        }
        Some(Overflow::Request | Overflow::Refuse) => {
            let mut events = returns::end_all(state, waits, OfferEnd::Rescinded, TransferEnd::Failed);
            events.extend(requests::deflect(with, waits));
            events
        }
        None => vec![Event::LimitLifted { conversation }],
    }
}
