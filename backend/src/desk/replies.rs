//! What the receiver of a transfer lets its sender know before they decide, and what the sender answers.

use baton_shared::command::{Actor, QUESTION_CHARS_MAX};
use baton_shared::offer::{OfferState, SOON};
use baton_shared::*;

use super::{Circumstances, Decided, checked_text, offers, person};
use crate::content::Content;
use crate::routing::RoutingState;

/// Returns the transfer that an offer belongs to.
fn transfer_of<'a>(state: &'a RoutingState, offer: &Offer) -> Option<&'a Transfer> {
    match offer.cause {
        OfferCause::Transfer(transfer) => state.transfers.get(&transfer),
        OfferCause::Queue(_) | OfferCause::Invite(_) => None,
    }
}

fn check(state: &RoutingState, offer: &Offer, reply: Reply) -> Result<(), Refusal> {
    let open = offer.may_reply(transfer_of(state, offer));
    if open.contains(&reply) {
        Ok(())
    } else if offer.replies.contains(&reply) {
        Err(Refusal::RepliedAlready)
    } else {
        Err(Refusal::SenderReleased)
    }
}

pub(super) fn reply(
    with: &mut Circumstances<'_>,
    actor: Actor,
    offer: OfferId,
    said: ShortReply,
) -> Result<Decided, Refusal> {
    let reply = Reply::from(said);
    let offer = match (offers::offered(with.state, offer, person(actor)?), said) {
        (Ok(offer), _) => offer,
        // A page tells these by itself, and may do so just as the offer ends.
        (Err(Refusal::OfferClosed { .. }), ShortReply::Seen | ShortReply::Reading) => {
            return Ok(Decided::done(Vec::new()));
        }
        (Err(refusal), _) => return Err(refusal),
    };
    let again = offer.replies.contains(&reply);
    match said {
        // Several pages of the same person may say so.
        ShortReply::Seen | ShortReply::Reading if again => return Ok(Decided::done(Vec::new())),
        ShortReply::Seen | ShortReply::Reading | ShortReply::Soon => check(with.state, offer, reply)?,
    }
    let until = match (said, offer.state) {
        (ShortReply::Soon, OfferState::Open { deadline: Some(deadline) }) => {
            Some(deadline.max(with.now.plus(SOON)))
        }
        (_, OfferState::Open { .. } | OfferState::Ended { .. }) => None,
    };
    Ok(Decided::done(vec![replied(offer, reply, until)]))
}

pub(super) fn ask(
    with: &mut Circumstances<'_>,
    actor: Actor,
    offer: OfferId,
    text: &str,
) -> Result<Decided, Refusal> {
    let text = checked_text("text", text, QUESTION_CHARS_MAX)?;
    let offer = offers::offered(with.state, offer, person(actor)?)?;
    check(with.state, offer, Reply::Asked)?;
    let mut decided = Decided::done(vec![replied(offer, Reply::Asked, None)]);
    decided.content.push(Content::Question(offer.id, text));
    Ok(decided)
}

pub(super) fn answer(
    with: &mut Circumstances<'_>,
    actor: Actor,
    offer: OfferId,
    text: &str,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let text = checked_text("text", text, QUESTION_CHARS_MAX)?;
    let offer = with.state.offers.get(&offer).ok_or(Refusal::OfferClosed { end: None })?;
    let transfer = transfer_of(with.state, offer).filter(|transfer| transfer.from.agent() == Some(agent));
    let transfer = transfer.ok_or(Refusal::NotFound { what: "offer" })?;
    if super::open(with.state, transfer.conversation)?.owner() != Some(Owner::Agent(agent)) {
        return Err(Refusal::NotOwner);
    }
    if !offer.replies.contains(&Reply::Asked) || offer.replies.contains(&Reply::Answered) {
        return Err(Refusal::NothingAsked);
    }
    let mut decided = Decided::done(vec![replied(offer, Reply::Answered, None)]);
    decided.content.push(Content::QuestionAnswer(offer.id, text));
    Ok(decided)
}

fn replied(offer: &Offer, reply: Reply, until: Option<Timestamp>) -> Event {
    let (conversation, agent) = (offer.conversation, offer.agent);
    Event::OfferReplied { offer: offer.id, conversation, agent, reply, until }
}
