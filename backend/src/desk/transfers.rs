//! Offers and transfers: accept, reject, pass on, take back.

use baton_shared::command::{Actor, NOTE_CHARS_MAX, REASON_CHARS_MAX};
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::transfer::{TRANSFER_LASTS, TransferState, UNDO_LASTS};
use baton_shared::*;

use super::{Answer, Circumstances, Decided, optional_text, owned, person};
use crate::content::Content;
use crate::routing::RoutingState;

/// Returns an open offer made to this person.
fn offered(state: &RoutingState, offer: OfferId, agent: AgentId) -> Result<&Offer, Refusal> {
    let offer = state.offers.get(&offer).ok_or(Refusal::OfferClosed { end: None })?;
    if offer.agent == agent { Ok(offer) } else { Err(Refusal::NotYourOffer) }
}

pub(super) fn accept(with: &mut Circumstances<'_>, actor: Actor, offer: OfferId) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let offer = offered(with.state, offer, agent)?;
    let conversation = super::open(with.state, offer.conversation)?;
    let from = conversation.owner().ok_or(Refusal::ConversationClosed)?;
    let mut events = vec![offer_ended(offer, OfferEnd::Accepted)];
    let (cause, transfer, wrap_up) = match offer.cause {
        OfferCause::Queue(_) => (OwnerCause::Accepted(offer.id), conversation.transfer(), WrapUp::None),
        OfferCause::Transfer(transfer) => {
            (OwnerCause::Transferred(transfer), Some(transfer), WrapUp::ByItsAgent)
        }
    };
    let transfer = transfer.and_then(|transfer| with.state.transfers.get(&transfer));
    events.extend(transfer.map(|transfer| transfer_ended(transfer, TransferEnd::Completed)));
    let segment = with.ids.segment();
    events.push(owner_changed(conversation, from, Owner::Agent(agent), cause, wrap_up, segment));
    let answer = Answer::Accepted { conversation: conversation.id };
    Ok(Decided { events, ..Decided::new(answer) })
}

pub(super) fn reject(
    with: &Circumstances<'_>,
    actor: Actor,
    offer: OfferId,
    reason: String,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let reason = optional_text("reason", &reason, REASON_CHARS_MAX)?;
    let offer = offered(with.state, offer, agent)?;
    let mut decided = Decided::done(end_offer(offer, OfferEnd::Declined, TransferEnd::Returned, with.state));
    decided.content.extend(reason.map(|reason| Content::Reason(offer.id, reason)));
    Ok(decided)
}

pub(super) fn request(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    target: Target,
    note: Option<String>,
) -> Result<Decided, Refusal> {
    let from = person(actor)?;
    let note = optional_text("note", note.as_deref().unwrap_or(""), NOTE_CHARS_MAX)?;
    let passed_on = owned(with.state, conversation, from)?;
    if passed_on.transfer().is_some() {
        return Err(Refusal::TransferOpen);
    }
    let transfer = with.ids.transfer();
    let mut events = vec![Event::TransferRequested { transfer, conversation, from, target }];
    match target {
        Target::Agent(agent) => {
            check_agent(with.state, passed_on, from, agent)?;
            events.push(Event::OfferMade {
                offer: with.ids.offer(),
                conversation,
                agent,
                cause: OfferCause::Transfer(transfer),
                deadline: with.now.plus(TRANSFER_LASTS),
            });
        }
        Target::Queue(queue) => {
            if !with.state.queues.contains_key(&queue) {
                return Err(Refusal::NotFound { what: "queue" });
            }
            let cause = OwnerCause::Transferred(transfer);
            let (owner, to) = (Owner::Agent(from), Owner::Queue(queue));
            let segment = with.ids.segment();
            events.push(owner_changed(passed_on, owner, to, cause, WrapUp::ByItsAgent, segment));
            let undo_until = with.now.plus(UNDO_LASTS);
            events.push(Event::TransferEnqueued { transfer, conversation, undo_until });
        }
    }
    let content = note.map(|note| Content::Note(transfer, note)).into_iter().collect();
    Ok(Decided { events, content, ..Decided::new(Answer::Transfer { transfer }) })
}

/// Refuses a person who has it, cannot be reached, takes no work, or holds as much as they can.
fn check_agent(
    state: &RoutingState,
    conversation: &Conversation,
    from: AgentId,
    target: AgentId,
) -> Result<(), Refusal> {
    if target == from {
        return Err(Refusal::TargetIsOwner);
    }
    let agent = state.agents.get(&target).filter(|agent| agent.enabled);
    let agent = agent.ok_or(Refusal::NotFound { what: "person" })?;
    let Presence { status, reachable } = agent.presence;
    if !agent.presence.available() {
        return Err(Refusal::TargetUnavailable { status, reachable });
    }
    let channel = conversation.channel;
    let held = state.held(target, channel);
    let limit = agent.capacity.get(&channel).copied().unwrap_or(0);
    if held + channel.units() > limit {
        return Err(Refusal::TargetFull { held, limit });
    }
    Ok(())
}

pub(super) fn cancel(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    transfer: TransferId,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let transfer = with.state.transfers.get(&transfer).ok_or(Refusal::TransferClosed { end: None })?;
    if transfer.conversation != conversation {
        return Err(Refusal::NotFound { what: "transfer" });
    }
    if transfer.from != agent {
        return Err(Refusal::NotOwner);
    }
    match transfer.state {
        TransferState::Enqueued { undo_until } => take_back(with, transfer, undo_until),
        TransferState::Offered { offer, .. } => {
            let offer = with.state.offers.get(&offer);
            let mut events: Vec<Event> =
                offer.map(|offer| offer_ended(offer, OfferEnd::Cancelled)).into_iter().collect();
            events.push(transfer_ended(transfer, TransferEnd::Cancelled));
            Ok(Decided::done(events))
        }
        TransferState::Requested => Ok(Decided::done(vec![transfer_ended(transfer, TransferEnd::Cancelled)])),
        TransferState::Ended { end, .. } => Err(Refusal::TransferClosed { end: Some(end) }),
    }
}

/// Gives a conversation that waits in a queue back to the sender; what they had to file is theirs to go on with.
fn take_back(
    with: &mut Circumstances<'_>,
    transfer: &Transfer,
    undo_until: Timestamp,
) -> Result<Decided, Refusal> {
    if with.now >= undo_until {
        return Err(Refusal::UndoOver);
    }
    let conversation = super::open(with.state, transfer.conversation)?;
    let from = conversation.owner().ok_or(Refusal::ConversationClosed)?;
    let offer = with.state.open_offer(conversation);
    let mut events: Vec<Event> =
        offer.map(|offer| offer_ended(offer, OfferEnd::Rescinded)).into_iter().collect();
    events.push(transfer_ended(transfer, TransferEnd::Cancelled));
    let to = Owner::Agent(transfer.from);
    let cause = OwnerCause::TakenBack(transfer.id);
    events.push(owner_changed(conversation, from, to, cause, WrapUp::None, with.ids.segment()));
    let filed = with.state.segments.values().filter(|segment| {
        let SegmentState::WrapUp { followed_by, .. } = segment.state else { return false };
        let passed_on = OwnerCause::Transferred(transfer.id);
        followed_by == segment::FollowedBy::Owner(passed_on)
    });
    events.extend(filed.map(|segment| Event::WrapUpEnded {
        segment: segment.id,
        conversation: conversation.id,
        agent: transfer.from,
        disposition: None,
    }));
    Ok(Decided::done(events))
}

/// Ends an offer; where it was a transfer's, the transfer ends with it and the sender stays owner.
pub(super) fn end_offer(
    offer: &Offer,
    end: OfferEnd,
    transfer_end: TransferEnd,
    state: &RoutingState,
) -> Vec<Event> {
    let mut events = vec![offer_ended(offer, end)];
    match offer.cause {
        OfferCause::Queue(_) => {}
        OfferCause::Transfer(transfer) => {
            let transfer = state.transfers.get(&transfer);
            events.extend(transfer.map(|transfer| transfer_ended(transfer, transfer_end)));
        }
    }
    events
}

/// Ends whatever is under way for a conversation whose customer leaves.
pub(super) fn abandon(state: &RoutingState, conversation: &Conversation) -> Vec<Event> {
    let mut events = Vec::new();
    if let Some(offer) = state.open_offer(conversation) {
        events.push(offer_ended(offer, OfferEnd::Rescinded));
    }
    let transfer = conversation.transfer().and_then(|transfer| state.transfers.get(&transfer));
    events.extend(transfer.map(|transfer| transfer_ended(transfer, TransferEnd::Abandoned)));
    events
}

pub(super) fn offer_ended(offer: &Offer, end: OfferEnd) -> Event {
    Event::OfferEnded { offer: offer.id, conversation: offer.conversation, agent: offer.agent, end }
}

pub(super) fn transfer_ended(transfer: &Transfer, end: TransferEnd) -> Event {
    Event::TransferEnded {
        transfer: transfer.id,
        conversation: transfer.conversation,
        from: transfer.from,
        end,
    }
}

pub(super) fn owner_changed(
    conversation: &Conversation,
    from: Owner,
    to: Owner,
    cause: OwnerCause,
    wrap_up: WrapUp,
    segment: SegmentId,
) -> Event {
    Event::OwnerChanged {
        conversation: conversation.id,
        from,
        to,
        epoch: conversation.epoch() + 1,
        cause,
        ended: conversation.segment,
        wrap_up,
        segment,
    }
}
