//! How the last offers and transfers ended, so that a refusal can say what was found instead of just that it is over.

use std::collections::{BTreeMap, VecDeque};

use baton_shared::*;

/// How many endings are remembered; older ones are just over.
const ENDINGS_KEPT: usize = 8_192;

/// Something that ends once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Offer(OfferId),
    Transfer(TransferId),
}

impl Subject {
    /// Returns what a command would answer or end.
    pub(super) fn of(command: &Command) -> Option<Self> {
        if let Command::AcceptOffer { offer }
        | Command::RejectOffer { offer, .. }
        | Command::ReplyToOffer { offer, .. }
        | Command::AskSender { offer, .. }
        | Command::AnswerReceiver { offer, .. } = command
        {
            return Some(Self::Offer(*offer));
        }
        if let Command::CancelTransfer { transfer, .. }
        | Command::HandOver { transfer, .. }
        | Command::LeaveConsult { transfer }
        | Command::SendAside { transfer, .. } = command
        {
            return Some(Self::Transfer(*transfer));
        }
        None
    }
}

/// The last endings.
#[derive(Debug, Default)]
pub(super) struct Endings {
    offers: BTreeMap<OfferId, OfferEnd>,
    transfers: BTreeMap<TransferId, TransferEnd>,
    order: VecDeque<Subject>,
}

impl Endings {
    pub(super) fn note(&mut self, event: &Event) {
        if let Event::OfferEnded { offer, end, .. } = event {
            self.offers.insert(*offer, *end);
            self.order.push_back(Subject::Offer(*offer));
        } else if let Event::TransferEnded { transfer, end, .. } = event {
            self.transfers.insert(*transfer, *end);
            self.order.push_back(Subject::Transfer(*transfer));
        }
        while self.order.len() > ENDINGS_KEPT {
            match self.order.pop_front() {
                Some(Subject::Offer(offer)) => drop(self.offers.remove(&offer)),
                Some(Subject::Transfer(transfer)) => drop(self.transfers.remove(&transfer)),
                None => return,
            }
        }
    }

    /// Returns the refusal with what was found, where that is remembered.
    pub(super) fn explain(&self, about: Option<Subject>, refusal: Refusal) -> Refusal {
        match about {
            Some(Subject::Offer(offer)) if refusal == (Refusal::OfferClosed { end: None }) => {
                Refusal::OfferClosed { end: self.offers.get(&offer).copied() }
            }
            Some(Subject::Transfer(transfer)) if refusal == (Refusal::TransferClosed { end: None }) => {
                Refusal::TransferClosed { end: self.transfers.get(&transfer).copied() }
            }
            Some(_) | None => refusal,
        }
    }
}
