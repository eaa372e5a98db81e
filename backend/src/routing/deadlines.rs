//! What is due when. Deadlines are data of the things they belong to; this is their order.

use core::time::Duration;
use std::collections::BTreeSet;

use baton_shared::offer::{OFFER_REST, OfferState};
use baton_shared::transfer::TransferState;
use baton_shared::*;

use super::RoutingState;

/// How long after a start no deadline that was running fires and nobody's lease ends.
pub const DEADLINES_HELD: Duration = Duration::from_secs(45);

/// Something that is due at a time. The order of the variants is the order in which equal times are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deadline {
    /// An offer times out.
    Offer(OfferId),
    /// A transfer to a queue can be taken back no more; the sender's place is free.
    Undo(TransferId),
    /// An agent who passed a conversation may be offered it again.
    Rest(ConversationId),
}

/// Deadlines in the order of (due, kind, id).
///
/// Those that ask for no event, but only free an agent or a conversation, are kept apart: all that are due come before
/// the first that asks for one, so that a decision sees everyone who is free at its time.
#[derive(Clone, Debug, Default)]
pub(super) struct Deadlines {
    deciding: BTreeSet<(Timestamp, Deadline)>,
    freeing: BTreeSet<(Timestamp, Deadline)>,
}

impl Deadlines {
    /// Returns when something is due next.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let first = |order: &BTreeSet<(Timestamp, Deadline)>| order.first().map(|(due, _)| *due);
        first(&self.deciding).into_iter().chain(first(&self.freeing)).min()
    }

    /// Returns what comes next of what is due at `now`.
    pub(super) fn first_due(&self, now: Timestamp) -> Option<(Timestamp, Deadline)> {
        let due =
            |order: &BTreeSet<(Timestamp, Deadline)>| order.first().copied().filter(|(due, _)| *due <= now);
        due(&self.freeing).or_else(|| due(&self.deciding))
    }

    pub(super) fn add(&mut self, due: Timestamp, deadline: Deadline) {
        self.order(deadline).insert((due, deadline));
    }

    pub(super) fn remove(&mut self, due: Timestamp, deadline: Deadline) {
        self.order(deadline).remove(&(due, deadline));
    }

    const fn order(&mut self, deadline: Deadline) -> &mut BTreeSet<(Timestamp, Deadline)> {
        match deadline {
            Deadline::Offer(_) => &mut self.deciding,
            Deadline::Undo(_) | Deadline::Rest(_) => &mut self.freeing,
        }
    }
}

impl RoutingState {
    pub(super) fn rebuild_deadlines(&mut self) {
        let deadlines = &mut self.index.deadlines;
        *deadlines = Deadlines::default();
        for offer in self.offers.values() {
            if let OfferState::Open { deadline } = offer.state {
                deadlines.add(deadline, Deadline::Offer(offer.id));
            }
        }
        for transfer in self.transfers.values() {
            if let TransferState::Enqueued { undo_until } = transfer.state {
                deadlines.add(undo_until, Deadline::Undo(transfer.id));
            }
        }
        for conversation in self.conversations.values() {
            for passed_at in conversation.waiting().into_iter().flat_map(|waiting| waiting.passed.values()) {
                deadlines.add(passed_at.plus(OFFER_REST), Deadline::Rest(conversation.id));
            }
        }
    }

    /// Moves every running offer's deadline to `held_until` where it would fire sooner.
    pub(super) fn hold_deadlines(&mut self, held_until: Timestamp) {
        for offer in self.offers.values_mut() {
            if let OfferState::Open { deadline } = &mut offer.state
                && *deadline < held_until
            {
                *deadline = held_until;
                self.index.touched.offers.insert(offer.id);
            }
        }
        for transfer in self.transfers.values_mut() {
            if let TransferState::Offered { deadline, .. } = &mut transfer.state
                && *deadline < held_until
            {
                *deadline = held_until;
                self.index.touched.transfers.insert(transfer.id);
            }
        }
        self.rebuild_deadlines();
    }
}
