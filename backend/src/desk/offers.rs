//! Offers: accept, reject, miss, and what follows for the transfer they belong to.

use baton_shared::command::{Actor, REASON_CHARS_MAX};
use baton_shared::policy::{AfterRelease, Decline, Exclude, OnDecline, OnMissed, OnNoAnswer};
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::{Answer, Circumstances, Decided, invites, optional_text, person, returning, returns, workflows};
use crate::content::Content;
use crate::routing::RoutingState;

/// What follows when someone does not take a conversation that is being transferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// It comes back.
    Return,
    /// Someone else is asked.
    Another,
    /// Others who are asked may still take it.
    Others,
}

/// Returns an open offer made to this person.
pub(super) fn offered(state: &RoutingState, offer: OfferId, agent: AgentId) -> Result<&Offer, Refusal> {
    let offer = state.offers.get(&offer).ok_or(Refusal::OfferClosed { end: None })?;
    if offer.agent == agent { Ok(offer) } else { Err(Refusal::NotYourOffer) }
}

pub(super) fn accept(with: &mut Circumstances<'_>, actor: Actor, offer: OfferId) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let offer = offered(with.state, offer, agent)?;
    let conversation = super::open(with.state, offer.conversation)?;
    let from = conversation.owner().ok_or(Refusal::ConversationClosed)?;
    if let OfferCause::Invite(invite) = offer.cause {
        let events = invites::join(with.state, offer, invite);
        return Ok(Decided { events, ..Decided::new(Answer::Accepted { conversation: conversation.id }) });
    }
    let mut events = vec![offer_ended(offer, OfferEnd::Accepted)];
    let others = with.state.open_offers(conversation).filter(|other| other.id != offer.id);
    events.extend(others.map(|other| offer_ended(other, OfferEnd::Rescinded)));
    let transfer = conversation.transfer().and_then(|transfer| with.state.transfers.get(&transfer));
    let answer = Answer::Accepted { conversation: conversation.id };
    if let (Some(transfer), Owner::Agent(from)) = (transfer, from)
        && transfer.mode == Mode::Warm
    {
        let lasts = core::time::Duration::from_secs(u64::from(transfer.policy.consult_secs));
        let deadline = with.now.plus(lasts);
        let (transfer, conversation) = (transfer.id, conversation.id);
        events.push(Event::ConsultBegan { transfer, conversation, from, agent, deadline });
        return Ok(Decided { events, ..Decided::new(answer) });
    }
    events.extend(transfer.map(|transfer| transfer_ended(transfer, TransferEnd::Completed)));
    let to = Owner::Agent(agent);
    match (from, transfer) {
        (Owner::Agent(sender), Some(transfer)) => {
            events.extend(passed_on(with, conversation, sender, agent, transfer));
        }
        (
            Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) | Owner::Agent(_),
            transfer,
        ) => {
            let meant = transfer.filter(|transfer| returns::released(transfer));
            let cause =
                meant.map_or(OwnerCause::Accepted(offer.id), |meant| OwnerCause::Transferred(meant.id));
            let segment = with.ids.segment();
            events.extend(invites::end_for(with.state, conversation, agent, None));
            events.push(owner_changed(conversation, from, to, cause, WrapUp::None, segment));
        }
    }
    Ok(Decided { events, ..Decided::new(answer) })
}

/// Gives a conversation from its sender to the receiver, with what the policy leaves to the sender.
pub(super) fn passed_on(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    sender: AgentId,
    receiver: AgentId,
    transfer: &Transfer,
) -> Vec<Event> {
    let (from, to) = (Owner::Agent(sender), Owner::Agent(receiver));
    let cause = OwnerCause::Transferred(transfer.id);
    let wrap_up = wrap_up_by(&transfer.policy);
    let segment = with.ids.segment();
    let mut events = invites::end_for(with.state, conversation, receiver, None);
    events.push(owner_changed(conversation, from, to, cause, wrap_up, segment));
    events.extend(listening(conversation.id, sender, &transfer.policy));
    events
}

/// Returns what a sender's segment ends with.
pub(super) const fn wrap_up_by(policy: &TransferPolicy) -> WrapUp {
    if policy.wrap_up { WrapUp::ByItsAgent } else { WrapUp::None }
}

/// Lets a sender who was released read on, where the policy says so.
pub(super) fn listening(
    conversation: ConversationId,
    agent: AgentId,
    policy: &TransferPolicy,
) -> Option<Event> {
    match policy.after_release {
        AfterRelease::Listen => Some(Event::ListeningBegan { conversation, agent }),
        AfterRelease::Close => None,
    }
}

pub(super) fn reject(
    with: &mut Circumstances<'_>,
    actor: Actor,
    offer: OfferId,
    reason: String,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let reason = optional_text("reason", &reason, REASON_CHARS_MAX)?;
    let offer = offered(with.state, offer, agent)?;
    match decline_rule(with.state, offer) {
        Decline::No => return Err(Refusal::MayNotDecline),
        Decline::NeedReason if reason.is_none() => return Err(Refusal::TextEmpty { field: "reason" }),
        Decline::Yes | Decline::AskReason | Decline::NeedReason => {}
    }
    let mut decided = Decided::done(end_offer(with, offer, OfferEnd::Declined));
    decided.content.extend(reason.map(|reason| Content::Reason(offer.id, reason)));
    Ok(decided)
}

/// Returns whether an offer may be refused: one of what is being passed on by its transfer's policy, to a queue or a group
/// too; every other always.
pub fn decline_rule(state: &RoutingState, offer: &Offer) -> Decline {
    let transfer = match offer.cause {
        OfferCause::Invite(_) => None,
        OfferCause::Queue(_) => state.conversations.get(&offer.conversation).and_then(Conversation::transfer),
        OfferCause::Transfer(transfer) => Some(transfer),
    };
    let transfer = transfer.and_then(|transfer| state.transfers.get(&transfer));
    transfer.map_or(Decline::Yes, |transfer| transfer.policy.decline)
}

/// Ends an offer that was not accepted, with all that follows.
pub(super) fn end_offer(with: &mut Circumstances<'_>, offer: &Offer, end: OfferEnd) -> Vec<Event> {
    if let OfferCause::Invite(invite) = offer.cause {
        return invites::not_joined(with.state, offer, invite, end);
    }
    let mut events = vec![offer_not_taken(with.state, offer, end)];
    let Some(conversation) = with.state.conversations.get(&offer.conversation) else { return events };
    if end == OfferEnd::TimedOut {
        events.extend(missed(with, conversation, offer));
    }
    let transfer = conversation.transfer().and_then(|transfer| with.state.transfers.get(&transfer));
    let Some(transfer) = transfer.filter(|transfer| returns::undecided(transfer)) else {
        let back = transfer.filter(|transfer| in_vain(with.state, conversation, transfer, offer, end));
        if let Some(back) = back {
            events.extend(returns::come_back(with, conversation, back, transfer_end(end)));
            return events;
        }
        events.extend(workflows::refused(with, conversation, offer.agent));
        events.extend(returning::refused(conversation));
        return events;
    };
    match next(with.state, conversation, transfer, offer, end) {
        Next::Others => {}
        // An offer that lasts as long as its transfer takes the transfer's time with it.
        Next::Return if end == OfferEnd::TimedOut && transfer.policy.on_no_answer == OnNoAnswer::Return => {
            events.extend(returns::over(with, conversation, transfer));
        }
        Next::Return => {
            events.extend(returns::come_back(with, conversation, transfer, transfer_end(end)));
        }
        Next::Another => {
            let pool = Pool::Queue(conversation.queue);
            let elsewhere = with.state.search(conversation).is_some_and(|search| search.pool != pool);
            if elsewhere {
                let (transfer, conversation) = (transfer.id, conversation.id);
                events.push(Event::TransferRerouted { transfer, conversation, pool });
            }
        }
    }
    events
}

/// Says what follows for a transfer when one of its offers ends without being accepted.
fn next(
    state: &RoutingState,
    conversation: &Conversation,
    transfer: &Transfer,
    offer: &Offer,
    end: OfferEnd,
) -> Next {
    let Some(search) = state.search(conversation) else { return Next::Others };
    if search.offers.keys().any(|agent| *agent != offer.agent) {
        return Next::Others;
    }
    let policy = &transfer.policy;
    let another = match end {
        OfferEnd::TimedOut => match policy.on_no_answer {
            OnNoAnswer::Next => true,
            OnNoAnswer::Return | OnNoAnswer::Keep => false,
        },
        OfferEnd::Declined
        | OfferEnd::TargetGone
        | OfferEnd::Accepted
        | OfferEnd::Cancelled
        | OfferEnd::Rescinded => match policy.on_decline {
            OnDecline::Next => true,
            OnDecline::Return | OnDecline::Stay => false,
        },
    };
    if another && !asked_enough(conversation, search, transfer, offer) { Next::Another } else { Next::Return }
}

/// Returns how a transfer ends when the last of its offers ended like this.
const fn transfer_end(end: OfferEnd) -> TransferEnd {
    match end {
        OfferEnd::TimedOut => TransferEnd::Expired,
        OfferEnd::Declined
        | OfferEnd::TargetGone
        | OfferEnd::Accepted
        | OfferEnd::Cancelled
        | OfferEnd::Rescinded => TransferEnd::Returned,
    }
}

/// Says whether as many different people as the policy says were asked in vain, whoever this offer was made to among them.
/// Who is left out because they had the conversation counts for nothing.
fn asked_enough(conversation: &Conversation, search: &Search, transfer: &Transfer, offer: &Offer) -> bool {
    let left_out = |agent: &AgentId| match transfer.policy.exclude {
        Exclude::Participants => conversation.owners.contains(agent),
        Exclude::Nobody | Exclude::Sender => false,
    };
    let counts = |agent: &AgentId| transfer.from.agent() != Some(*agent) && !left_out(agent);
    let earlier = search.passed.keys().filter(|agent| **agent != offer.agent && counts(agent));
    let asked = earlier.count() + usize::from(counts(&offer.agent));
    transfer.policy.misses_max > 0 && asked >= usize::from(transfer.policy.misses_max)
}

/// Says whether what was passed to a queue or a group goes back to its sender, because enough people were asked in vain and
/// the offer that ends was the last one out. Where the sender is not there it goes on waiting.
fn in_vain(
    state: &RoutingState,
    conversation: &Conversation,
    transfer: &Transfer,
    offer: &Offer,
    end: OfferEnd,
) -> bool {
    let answered = match end {
        OfferEnd::Declined | OfferEnd::TimedOut => true,
        OfferEnd::Accepted | OfferEnd::TargetGone | OfferEnd::Cancelled | OfferEnd::Rescinded => false,
    };
    let Some(search) = state.search(conversation) else { return false };
    let last = search.offers.keys().all(|agent| *agent == offer.agent);
    answered
        && last
        && returns::would_return(state, transfer)
        && asked_enough(conversation, search, transfer, offer)
}

/// Says what an unanswered offer does to the person who did not answer.
fn missed(with: &mut Circumstances<'_>, conversation: &Conversation, offer: &Offer) -> Vec<Event> {
    let agent = offer.agent;
    let meant = with.state.search(conversation).is_some_and(|search| search.pool == Pool::Agent(agent));
    let status = match offer_policy(with.state, conversation).on_missed {
        OnMissed::Stay => return Vec::new(),
        OnMissed::AwayIfMeant if !meant => return Vec::new(),
        OnMissed::Busy => Status::Busy,
        OnMissed::Away | OnMissed::AwayIfMeant => Status::Away,
        OnMissed::Offline => Status::Offline,
    };
    let takes_work = with.state.agents.get(&agent).is_some_and(|agent| agent.presence.status.takes_work());
    if !takes_work {
        return Vec::new();
    }
    let mut events = vec![Event::StatusChanged { agent, status }];
    let state = with.state;
    for other in state.offers_to(agent).filter(|other| other.id != offer.id) {
        events.extend(end_offer(with, other, OfferEnd::TargetGone));
    }
    events.extend(returning::gone(state, agent, |_| true));
    events
}

/// Returns the policy that an offer of a conversation follows: its transfer's, or the one that holds at the moment.
pub(super) fn offer_policy(state: &RoutingState, conversation: &Conversation) -> TransferPolicy {
    let transfer = conversation.transfer().and_then(|transfer| state.transfers.get(&transfer));
    transfer.map_or_else(|| state.policy(conversation), |transfer| transfer.policy.clone())
}

/// Ends every offer to an agent who takes no new work any more.
pub(super) fn withdraw(with: &mut Circumstances<'_>, agent: AgentId) -> Vec<Event> {
    let state = with.state;
    let offers = state.offers_to(agent);
    let ended = offers.flat_map(|offer| end_offer(with, offer, OfferEnd::TargetGone));
    let mut events: Vec<Event> = ended.collect();
    events.extend(returning::gone(state, agent, |_| true));
    events
}

pub(super) fn offer_ended(offer: &Offer, end: OfferEnd) -> Event {
    let Offer { id, conversation, agent, .. } = *offer;
    Event::OfferEnded { offer: id, conversation, agent, end, load: None }
}

/// Ends an offer that its agent refused or missed, with what they had in use at that moment.
pub(super) fn offer_not_taken(state: &RoutingState, offer: &Offer, end: OfferEnd) -> Event {
    let Offer { id, conversation, agent, work, .. } = *offer;
    let load = state.conversations.get(&conversation).and_then(|open| {
        let used = state.taken(agent, open.channel, work);
        Some(Load { used, limit: state.agents.get(&agent)?.limit(open.channel, work) })
    });
    Event::OfferEnded { offer: id, conversation, agent, end, load }
}

pub(super) fn transfer_ended(transfer: &Transfer, end: TransferEnd) -> Event {
    Event::TransferEnded {
        transfer: transfer.id,
        conversation: transfer.conversation,
        from: transfer.from,
        end,
        consulted: match transfer.state {
            TransferState::Consulting { agent, .. } => Some(agent),
            TransferState::Requested
            | TransferState::Seeking { .. }
            | TransferState::Released { .. }
            | TransferState::Enqueued { .. }
            | TransferState::Calling { .. }
            | TransferState::Ended { .. } => None,
        },
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
