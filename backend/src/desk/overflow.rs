//! What becomes of conversations for which a queue's limits leave no room.

use std::collections::BTreeSet;

use baton_shared::queue::{AtClosing, Overflow, Standing};
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::offers::{owner_changed, transfer_ended};
use super::{Circumstances, requests, returns};
use crate::hours;
use crate::routing::RoutingState;

/// Returns where a conversation goes that a queue does not keep: along the overflow to the first queue with room, or to its
/// end; nothing where that leads only to queues that it left or that lead back.
pub(super) fn beyond(
    state: &RoutingState,
    queue: QueueId,
    channel: Channel,
    left: &BTreeSet<QueueId>,
) -> Option<Overflow> {
    let (mut passed, mut at) = (left.clone(), queue);
    loop {
        passed.insert(at);
        match state.queues.get(&at)?.rules.overflow {
            Overflow::Queue(next) if passed.contains(&next) => return None,
            Overflow::Queue(next) if takes(state, next, channel) => return Some(Overflow::Queue(next)),
            Overflow::Queue(next) => at = next,
            end @ (Overflow::Request | Overflow::Refuse) => return Some(end),
        }
    }
}

/// Says whether a queue takes one more conversation that waited elsewhere or found no room there: not where nobody could
/// ever answer it.
fn takes(state: &RoutingState, queue: QueueId, channel: Channel) -> bool {
    let served =
        || state.agents.values().any(|agent| state.serves_in_time(agent, Pool::Queue(queue), channel));
    state.has_room(queue) && state.queues.get(&queue).is_some_and(Queue::is_open) && served()
}

/// Says why a queue lets nobody begin at the moment: it is outside its hours, or nobody is there who serves it and its rules
/// ask for that; nothing where it does.
pub(super) fn shut(state: &RoutingState, queue: &Queue, channel: Channel) -> Option<Standing> {
    let attended = || {
        let serves = |agent: &Agent| state.serves_in_time(agent, Pool::Queue(queue.id), channel);
        state.agents.values().any(|agent| agent.presence.available() && serves(agent))
    };
    let closed = queue.standing.filter(|standing| !standing.open);
    let unattended = || queue.rules.unattended_form && !attended();
    closed.or_else(|| unattended().then_some(Standing { open: false, until: None }))
}

/// Says whether new conversations of a channel can be opened, by the hours and the people of the queues in which one might begin: those of
/// the workflow that the channel enters, or else the one given. A flow that the channel enters is there at all times.
pub fn chat_standing(state: &RoutingState, channel: Channel, queue: QueueId) -> Standing {
    if state.flow_entrance(channel).is_some() {
        return Standing { open: true, until: None };
    }
    let entered = state.entrance(channel);
    let steps = entered.into_iter().flat_map(|workflow| workflow.filters.iter().chain([&workflow.default]));
    let begins = steps.flatten().map(|step| step.queue).chain(entered.map(|workflow| workflow.fallback));
    let begins: BTreeSet<QueueId> = begins.collect();
    let begins = if begins.is_empty() { BTreeSet::from([queue]) } else { begins };
    let found = begins.iter().filter_map(|queue| state.queues.get(queue));
    let closed: Option<Vec<Standing>> = found.map(|queue| shut(state, queue, channel)).collect();
    match closed {
        Some(closed) if !closed.is_empty() => {
            Standing { open: false, until: closed.iter().filter_map(|standing| standing.until).min() }
        }
        Some(_) | None => Standing { open: true, until: None },
    }
}

/// Decides what follows when a queue opens or closes.
pub(super) fn hours_turned(with: &mut Circumstances<'_>, queue: QueueId) -> Vec<Event> {
    let Some(found) = with.state.queues.get(&queue) else { return Vec::new() };
    judge_hours(with, queue, &found.rules, true)
}

/// Judges a queue's hours by its rules; where it closes by them, what waits in it ends with requests if the rules say so.
pub(super) fn judge_hours(
    with: &mut Circumstances<'_>,
    queue: QueueId,
    rules: &QueueRules,
    closes: bool,
) -> Vec<Event> {
    let Some(hours) = &rules.hours else { return Vec::new() };
    let Standing { open, until } = hours::standing(hours, with.now);
    if open {
        return vec![Event::QueueOpened { queue, until }];
    }
    let mut events = vec![Event::QueueClosed { queue, until }];
    let (state, mut number) = (with.state, with.state.requests_made);
    let ended = match rules.at_closing {
        AtClosing::Request if closes => waiting_for(state, queue),
        AtClosing::Request | AtClosing::Keep => Vec::new(),
    };
    for waits in ended {
        number += 1;
        events.extend(returns::end_all(state, waits, OfferEnd::Rescinded, TransferEnd::Failed));
        events.extend(requests::deflect(with, waits, number));
    }
    events
}

/// Returns what waits in a queue, also for one person alone; what a transfer is to bring to somebody waits for them.
fn waiting_for(state: &RoutingState, queue: QueueId) -> Vec<&Conversation> {
    let undecided = |conversation: &Conversation| {
        let transfer = conversation.transfer().and_then(|transfer| state.transfers.get(&transfer));
        transfer.is_some_and(returns::undecided)
    };
    let waits = |conversation: &Conversation| {
        conversation.owner() == Some(Owner::Queue(queue)) && !undecided(conversation)
    };
    state.conversations.matching(waits)
}

/// Decides how much a queue asks of whoever takes a conversation that has waited for so long.
pub(super) fn relaxed(with: &Circumstances<'_>, conversation: ConversationId) -> Vec<Event> {
    let search = with.state.conversations.get(&conversation).and_then(Conversation::waiting);
    let Some(search) = search.map(|waiting| &waiting.search) else { return Vec::new() };
    let Pool::Queue(queue) = search.pool else { return Vec::new() };
    let Some(found) = with.state.queues.get(&queue) else { return Vec::new() };
    let relaxed = found.rules.relaxed_after(with.now.since(search.since));
    vec![Event::QueueRelaxed { conversation, queue, relaxed }]
}

/// Decides what becomes of a conversation that has waited too long in its queue.
pub(super) fn due(with: &mut Circumstances<'_>, conversation: ConversationId) -> Vec<Event> {
    let state = with.state;
    let Some(waits) = state.conversations.get(&conversation) else { return Vec::new() };
    let (Some(waiting), Some(from)) = (waits.waiting(), waits.owner()) else { return Vec::new() };
    let left = waiting.limit.as_ref().map(|limit| limit.left.clone()).unwrap_or_default();
    match beyond(state, waits.queue, waits.channel, &left) {
        Some(Overflow::Queue(next)) => {
            let transfer = waiting.transfer().and_then(|transfer| state.transfers.get(&transfer));
            let mut events: Vec<Event> =
                transfer.map(|transfer| transfer_ended(transfer, TransferEnd::Failed)).into_iter().collect();
            let (to, cause) = (Owner::Queue(next), OwnerCause::Overflowed(waits.queue));
            let segment = with.ids.segment();
            events.push(owner_changed(waits, from, to, cause, WrapUp::None, segment));
            events
        }
        Some(Overflow::Request | Overflow::Refuse) => {
            let mut events = returns::end_all(state, waits, OfferEnd::Rescinded, TransferEnd::Failed);
            events.extend(requests::deflect(with, waits, state.requests_made + 1));
            events
        }
        None => vec![Event::LimitLifted { conversation }],
    }
}
