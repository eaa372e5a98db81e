//! Where a conversation goes that nobody accepted, whose sender takes it back, or whose agent is lost.

use baton_shared::policy::{Fallback, OnExpiry};
use baton_shared::segment::{FollowedBy, OwnerCause, WrapUp};
use baton_shared::*;

use super::offers::{offer_ended, offer_not_taken, owner_changed, passed_on, transfer_ended, wrap_up_by};
use super::{Circumstances, externals, invites, requests};
use crate::routing::RoutingState;

/// Says whether a transfer's policy released its sender before anyone accepted.
pub(super) const fn released(transfer: &Transfer) -> bool {
    matches!(transfer.state, TransferState::Released { .. })
}

/// Says whether who gets a conversation is still up to the transfer's policy, not to a queue.
pub(super) const fn undecided(transfer: &Transfer) -> bool {
    matches!(transfer.state, TransferState::Seeking { .. } | TransferState::Released { .. })
}

/// Ends whatever is under way for a conversation: its offers and its transfer.
pub(super) fn end_all(
    state: &RoutingState,
    conversation: &Conversation,
    offers_end: OfferEnd,
    transfer_end: TransferEnd,
) -> Vec<Event> {
    let mut events: Vec<Event> =
        state.open_offers(conversation).map(|offer| offer_ended(offer, offers_end)).collect();
    let transfer = conversation.transfer().and_then(|transfer| state.transfers.get(&transfer));
    events.extend(transfer.map(|transfer| transfer_ended(transfer, transfer_end)));
    events
}

/// Says whether a sender can be given a conversation back.
pub(super) fn can_take_back(state: &RoutingState, transfer: &Transfer) -> bool {
    let sender = transfer.from.agent().and_then(|sender| state.agents.get(&sender));
    sender.is_some_and(|agent| agent.enabled && agent.presence.reachable)
}

/// Begins the grace of someone who takes a conversation without being connected, so that it is not theirs for ever.
pub(super) fn grace_anew(with: &Circumstances<'_>, agent: AgentId) -> Option<Event> {
    (!with.state.waits_for(agent, with.now)).then_some(Event::AgentLost { agent })
}

/// Says whether a released sender gets back what nobody accepts: the policy says so, and they are there.
pub(super) fn would_return(state: &RoutingState, transfer: &Transfer) -> bool {
    transfer.policy.return_to_sender && can_take_back(state, transfer)
}

/// Ends a transfer that was not accepted: a sender who still owns the conversation keeps it; one who was released gets it
/// back where the policy says so and they are there; otherwise it goes where the policy's fallback says.
pub(super) fn come_back(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    transfer: &Transfer,
    end: TransferEnd,
) -> Vec<Event> {
    let ended = transfer_ended(transfer, end);
    let from = match conversation.owner() {
        None | Some(Owner::Agent(_)) => return vec![ended],
        Some(from @ (Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_))) => from,
    };
    if would_return(with.state, transfer) {
        let cause = OwnerCause::Returned(transfer.id);
        let mut events = back_to_sender(with, conversation, from, transfer, cause);
        events.push(ended);
        return events;
    }
    match transfer.policy.fallback {
        Fallback::Request => to_request(with, conversation, transfer, end),
        Fallback::Queue => to_queue(with, conversation, from, transfer, end),
    }
}

/// Ends a transfer and the conversation, of which a request remains.
fn to_request(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    transfer: &Transfer,
    end: TransferEnd,
) -> Vec<Event> {
    let mut events = vec![transfer_ended(transfer, end)];
    events.extend(requests::deflect(with, conversation, with.state.requests_made + 1));
    events
}

/// Ends a transfer and leaves the conversation to its queue.
fn to_queue(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    from: Owner,
    transfer: &Transfer,
    end: TransferEnd,
) -> Vec<Event> {
    let to = Owner::Queue(conversation.queue);
    let cause = OwnerCause::Expired(transfer.id);
    let wrap_up = match from {
        Owner::Agent(_) => wrap_up_by(&transfer.policy),
        Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => WrapUp::None,
    };
    let segment = with.ids.segment();
    vec![transfer_ended(transfer, end), owner_changed(conversation, from, to, cause, wrap_up, segment)]
}

/// Gives a conversation back to the sender; what they had to file of it is theirs to go on with. The transfer ends after
/// it, because it knows which queue the conversation was of.
pub(super) fn back_to_sender(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    from: Owner,
    transfer: &Transfer,
    cause: OwnerCause,
) -> Vec<Event> {
    // Only people are given something back: what a bot passed on goes to a queue.
    let Some(sender) = transfer.from.agent() else { return Vec::new() };
    let to = Owner::Agent(sender);
    let segment = with.ids.segment();
    let mut events = invites::end_for(with.state, conversation, sender, None);
    events.push(owner_changed(conversation, from, to, cause, WrapUp::None, segment));
    let passed_on = |cause: OwnerCause| {
        cause == OwnerCause::Transferred(transfer.id) || cause == OwnerCause::Parked(transfer.id)
    };
    let unfiled = with.state.wrap_ups.matching(|segment| match segment.state {
        SegmentState::WrapUp { followed_by: FollowedBy::Owner(cause), .. } => passed_on(cause),
        SegmentState::WrapUp { followed_by: FollowedBy::End(_), .. }
        | SegmentState::Active
        | SegmentState::Ended { .. } => false,
    });
    events.extend(unfiled.into_iter().map(|segment| Event::WrapUpEnded {
        segment: segment.id,
        conversation: conversation.id,
        agent: sender,
        disposition: None,
    }));
    events
}

/// Decides what becomes of a transfer whose time is over.
pub(super) fn expire(with: &mut Circumstances<'_>, transfer: TransferId) -> Vec<Event> {
    let Some(transfer) = with.state.transfers.get(&transfer) else { return Vec::new() };
    let Some(conversation) = with.state.conversations.get(&transfer.conversation) else { return Vec::new() };
    if let TransferState::Consulting { .. } = transfer.state {
        return vec![transfer_ended(transfer, TransferEnd::Returned)];
    }
    if let TransferState::Calling { .. } = transfer.state {
        return externals::not_taken(with.state, transfer, TransferEnd::Expired);
    }
    let offers: Vec<&Offer> = with.state.open_offers(conversation).collect();
    let missed = |offer: &&Offer| offer_not_taken(with.state, offer, OfferEnd::TimedOut);
    let mut events: Vec<Event> = offers.iter().map(missed).collect();
    events.extend(over(with, conversation, transfer));
    events
}

/// Ends a transfer whose time is over and that is offered to nobody any more: it returns, or the policy says where it goes.
pub(super) fn over(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    transfer: &Transfer,
) -> Vec<Event> {
    let Some(owner) = conversation.owner() else { return Vec::new() };
    let policy = &transfer.policy;
    let sender_owns = matches!(owner, Owner::Agent(_));
    // Who only wants to consult someone never gives the conversation away by waiting.
    let consults = sender_owns && transfer.mode == Mode::Warm;
    let returns = policy.return_to_sender || policy.on_expiry == OnExpiry::Return || consults;
    if returns && (sender_owns || can_take_back(with.state, transfer)) {
        let mut events = Vec::new();
        if !sender_owns {
            let cause = OwnerCause::Returned(transfer.id);
            events.extend(back_to_sender(with, conversation, owner, transfer, cause));
        }
        events.push(transfer_ended(transfer, TransferEnd::Expired));
        return events;
    }
    let deflects = match (policy.on_expiry, policy.fallback) {
        (OnExpiry::Request, _) | (OnExpiry::Fallback | OnExpiry::Return, Fallback::Request) => true,
        (OnExpiry::Return | OnExpiry::Fallback, Fallback::Queue) => false,
    };
    match deflects {
        true => to_request(with, conversation, transfer, TransferEnd::Expired),
        false => to_queue(with, conversation, owner, transfer, TransferEnd::Expired),
    }
}

/// Ends a transfer that waits for someone who will not come any more.
pub(super) fn give_up(with: &mut Circumstances<'_>, transfer: &Transfer, gone: AgentId) -> Vec<Event> {
    let state = with.state;
    let Some(conversation) = state.conversations.get(&transfer.conversation) else { return Vec::new() };
    let waits = undecided(transfer)
        && transfer.from.agent() != Some(gone)
        && state
            .search(conversation)
            .is_some_and(|search| search.pool == Pool::Agent(gone) && search.offers.is_empty());
    if waits { come_back(with, conversation, transfer, TransferEnd::Failed) } else { Vec::new() }
}

/// Decides what becomes of the conversations of an agent who was not reachable for too long: a participant or whoever is
/// consulted gets theirs, a transfer that is under way goes on without them, and the rest goes to its queue at its original age.
pub(super) fn lose(with: &mut Circumstances<'_>, agent: AgentId) -> Vec<Event> {
    let state = with.state;
    let mut events = Vec::new();
    for conversation in state.owned_by(agent) {
        if let Some((invite, heir)) = invites::heir(state, conversation) {
            events.extend(end_all(state, conversation, OfferEnd::Rescinded, TransferEnd::Failed));
            events.extend(invites::leave_to(with, conversation, agent, invite, heir));
            continue;
        }
        let transfer = conversation.transfer().and_then(|transfer| state.transfers.get(&transfer));
        let cause = match transfer {
            None => OwnerCause::Lost,
            Some(transfer) => {
                if let Some(consulted) = state.consulted(conversation) {
                    events.push(transfer_ended(transfer, TransferEnd::Completed));
                    events.extend(passed_on(with, conversation, agent, consulted, transfer));
                    continue;
                }
                if undecided(transfer) {
                    OwnerCause::Parked(transfer.id)
                } else {
                    events.push(transfer_ended(transfer, TransferEnd::Failed));
                    OwnerCause::Lost
                }
            }
        };
        events.push(to_its_queue(with, conversation, agent, cause));
    }
    events
}

/// Puts a conversation whose agent cannot go on with it back in its queue, at its original age.
pub(super) fn to_its_queue(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    agent: AgentId,
    cause: OwnerCause,
) -> Event {
    // A search that goes on goes on where it is.
    let goes_on = with.state.search(conversation).filter(|_| matches!(cause, OwnerCause::Parked(_)));
    let to = match goes_on.map(|search| search.pool) {
        Some(Pool::Queue(queue)) => Owner::Queue(queue),
        Some(Pool::Group(group)) => Owner::Group(group),
        Some(Pool::Agent(_)) | None => Owner::Queue(conversation.queue),
    };
    owner_changed(conversation, Owner::Agent(agent), to, cause, WrapUp::None, with.ids.segment())
}
