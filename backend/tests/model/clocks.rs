//! Whether the clock that the state keeps knows every deadline that is written down, and no other.

use std::collections::BTreeSet;
use std::time::Duration;

use baton::routing::{Deadline, RoutingState, Subject};
use baton_shared::offer::{OFFER_REST, OfferState};
use baton_shared::*;

use crate::reference;

/// Says whether every deadline that is written down is waited for, and nothing that is gone: time is let pass until
/// nothing is due any more, and whatever comes due is ended. Places that are kept are free then, and who rested is asked.
pub fn all_waited_for(state: &RoutingState, now: Timestamp) -> bool {
    let offers = state.offers.values().filter_map(|offer| match offer.state {
        OfferState::Open { deadline } => deadline.map(|_| Deadline::Offer(offer.id)),
        OfferState::Ended { .. } => None,
    });
    let transfers = state.transfers.values().filter_map(|transfer| match transfer.state {
        TransferState::Seeking { deadline, .. } | TransferState::Enqueued { deadline, .. } => {
            deadline.map(|_| Deadline::Transfer(transfer.id))
        }
        TransferState::Released { .. } | TransferState::Calling { .. } | TransferState::Consulting { .. } => {
            Some(Deadline::Transfer(transfer.id))
        }
        TransferState::Requested | TransferState::Ended { .. } => None,
    });
    let invites = state.invites.values().filter_map(|invite| match invite.state {
        InviteState::Open { .. } => Some(Deadline::Invite(invite.id)),
        InviteState::Joined { .. } | InviteState::Ended { .. } => None,
    });
    let grace = Duration::from_secs(u64::from(state.policies.workspace.grace_secs));
    let lost = state.agents.values().filter(|agent| agent.lost_at.is_some_and(|at| at.plus(grace) > now));
    let lost = lost.map(|agent| Deadline::Grace(agent.id));
    let filed = state.wrap_ups.values().filter_map(|segment| match segment.state {
        SegmentState::WrapUp { until: Some(_), .. } => Some(Deadline::WrapUp(segment.id)),
        SegmentState::WrapUp { until: None, .. } | SegmentState::Active | SegmentState::Ended { .. } => None,
    });
    let written: BTreeSet<Deadline> =
        offers.chain(transfers).chain(invites).chain(lost).chain(filed).collect();
    if !frees_in_time(state, now) {
        return false;
    }
    let mut later = state.clone();
    let at = now.plus(A_DAY);
    let (mut met, mut along) = (BTreeSet::new(), BTreeSet::new());
    while let Some(deadline) = later.due(at) {
        // What comes twice was not ended by its end, or was of nothing that is there.
        if !met.insert(deadline) {
            return false;
        }
        // An offer ends with what it is for, also if it has no deadline or a later one.
        let offers: Vec<Offer> =
            later.offers.matching(|offer| ends_with(offer, deadline)).into_iter().cloned().collect();
        along.extend(offers.iter().map(|offer| Deadline::Offer(offer.id)));
        for event in offers.iter().map(timed_out).chain(ended(&later, deadline)) {
            later.apply(&Recorded { position: later.position + 1, at: later.at, event });
        }
    }
    let counted = later
        .agents
        .keys()
        .all(|id| later.held(*id, Channel::WebChat) == reference::holding(&later, *id, at).all);
    let next = reference::next(&later, at);
    let planned = later.plan(at).map(|found| (found.subject, found.agent)) == next;
    met.is_subset(&written)
        && written.iter().all(|one| met.contains(one) || along.contains(one))
        && counted
        && planned
}

/// Says whether the state looks again when the first rest ends and when the first place is kept no more.
fn frees_in_time(state: &RoutingState, now: Timestamp) -> bool {
    let subjects = state.conversations.keys().map(|id| Subject::Conversation(*id));
    let searches = subjects.chain(state.invites.keys().map(|id| Subject::Invite(*id)));
    let rests = searches.filter_map(|subject| state.search_of(subject));
    let rests = rests.flat_map(|search| search.passed.values().map(|at| at.plus(OFFER_REST)));
    let undos = state.transfers.values().filter_map(|transfer| match transfer.state {
        TransferState::Enqueued { undo_until, .. } => Some(undo_until),
        TransferState::Requested
        | TransferState::Seeking { .. }
        | TransferState::Released { .. }
        | TransferState::Calling { .. }
        | TransferState::Consulting { .. }
        | TransferState::Ended { .. } => None,
    });
    let first = rests.chain(undos).filter(|at| *at > now).min();
    first.is_none_or(|first| state.next_deadline().is_some_and(|next| next <= first))
}

/// Longer than any timer.
const A_DAY: Duration = Duration::from_secs(86_400);

fn timed_out(offer: &Offer) -> Event {
    let (conversation, agent) = (offer.conversation, offer.agent);
    Event::OfferEnded { offer: offer.id, conversation, agent, end: OfferEnd::TimedOut, load: None }
}

/// Says whether an offer is for what is due.
fn ends_with(offer: &Offer, deadline: Deadline) -> bool {
    match offer.cause {
        OfferCause::Transfer(transfer) => deadline == Deadline::Transfer(transfer),
        OfferCause::Invite(invite) => deadline == Deadline::Invite(invite),
        OfferCause::Queue(_) => false,
    }
}

/// Returns the event that takes away what is due.
fn ended(state: &RoutingState, deadline: Deadline) -> Option<Event> {
    match deadline {
        Deadline::Offer(offer) => state.offers.get(&offer).map(timed_out),
        Deadline::Transfer(transfer) => state.transfers.get(&transfer).map(|transfer| Event::TransferEnded {
            transfer: transfer.id,
            conversation: transfer.conversation,
            from: transfer.from,
            end: TransferEnd::Expired,
            consulted: None,
        }),
        Deadline::Invite(invite) => state.invites.get(&invite).map(|invite| Event::InviteEnded {
            invite: invite.id,
            conversation: invite.conversation,
            from: invite.from,
            agent: None,
            end: InviteEnd::Expired,
        }),
        Deadline::WrapUp(segment) => state.wrap_ups.get(&segment).and_then(|segment| match segment.owner {
            Owner::Agent(agent) => Some(Event::WrapUpEnded {
                segment: segment.id,
                conversation: segment.conversation,
                agent,
                disposition: None,
            }),
            Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => None,
        }),
        // The model has no workflows, no bots and no queues with bounds, and silence does not count: none of these is due.
        Deadline::Grace(_)
        | Deadline::Undo(_)
        | Deadline::Rest(_)
        | Deadline::Step(_)
        | Deadline::Limit(_)
        | Deadline::Relax(_)
        | Deadline::Alone(_)
        | Deadline::Silence(_)
        | Deadline::Hours(_)
        | Deadline::Held(_) => None,
    }
}
