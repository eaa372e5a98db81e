//! What offers and transfers become in reports.

use baton_shared::*;

use super::owners::lasted;
use super::{Fold, Live, LiveOffer, millis};
use crate::insights::rows::{Followed, Kind, Outcome, Reason, SegmentRow, Thing, TransferRow, TransferType};
use crate::routing::NoAnswer;

/// How soon after the sender got it a conversation is passed on early, in milliseconds.
pub(crate) const EARLY_MS: u64 = 120_000;

impl Fold {
    pub(super) fn offered(
        &mut self,
        live: &mut Live,
        offer: OfferId,
        agent: AgentId,
        cause: OfferCause,
        at: Timestamp,
    ) {
        let transfer = match cause {
            OfferCause::Invite(_) => None,
            OfferCause::Transfer(transfer) => Some(transfer),
            // What a transfer led into a line is offered from there.
            OfferCause::Queue(_) => live
                .last_transfer
                .filter(|id| live.transfers.get(id).is_some_and(|transfer| transfer.ended_at.is_none())),
        };
        live.offers.insert(offer, LiveOffer { agent, made_at: at, transfer });
        let Some(row) = transfer.and_then(|id| live.transfers.get_mut(&id)) else { return };
        row.offers += 1;
        row.to_offer_ms.get_or_insert(millis(at, row.requested_at));
        let row = row.clone();
        self.write_transfer(&row);
    }

    /// Notes that someone who was asked opened what goes with a transfer.
    pub(super) fn note_opened(&mut self, live: &mut Live, offer: OfferId) {
        let transfer = live.offers.get(&offer).and_then(|offer| offer.transfer);
        let Some(row) = transfer.and_then(|id| live.transfers.get_mut(&id)) else { return };
        row.opened |= !row.carried.is_nothing();
        let row = row.clone();
        self.write_transfer(&row);
    }

    pub(super) fn offer_ended(
        &mut self,
        live: &mut Live,
        id: OfferId,
        (end, load): (OfferEnd, Option<Load>),
        at: Timestamp,
    ) {
        let Some(offer) = live.offers.remove(&id) else { return };
        let rang_ms = millis(at, offer.made_at);
        if end == OfferEnd::Accepted {
            live.rung = Some((offer.agent, rang_ms));
        }
        let kind = match NoAnswer::of(end) {
            Some(NoAnswer::Missed) => Some(Kind::Missed),
            Some(NoAnswer::Rejected) => Some(Kind::Rejected),
            None => (end == OfferEnd::Rescinded).then_some(Kind::Revoked),
        };
        if let Some(kind) = kind {
            let row = self.slice(live, kind, Thing::Agent(offer.agent), offer.made_at);
            let (id, ended_at) = (Some(id.to_string()), Some(at));
            let asked_for = offer.transfer.and_then(|id| live.transfers.get(&id));
            let for_transfer = asked_for.map(|transfer| transfer.number);
            // The words of a reason are not in the log: whoever writes the row knows whether there are any.
            let reason = (end == OfferEnd::Declined).then_some(0);
            let ring_ms = Some(rang_ms);
            self.write(&SegmentRow { id, ended_at, ring_ms, load, for_transfer, reason, ..row });
        }
        let Some(row) = offer.transfer.and_then(|id| live.transfers.get_mut(&id)) else { return };
        row.last_end = Some(end);
        match end {
            OfferEnd::Accepted => {
                row.accepted_by = Some(offer.agent);
                row.to_accept_ms = Some(rang_ms);
                row.request_to_accept_ms = Some(millis(at, row.requested_at));
            }
            OfferEnd::Declined => row.offers_rejected += 1,
            OfferEnd::TimedOut => row.offers_missed += 1,
            OfferEnd::Cancelled | OfferEnd::Rescinded | OfferEnd::TargetGone => {}
        }
        let row = row.clone();
        self.write_transfer(&row);
    }

    pub(super) fn transfer_requested(
        &mut self,
        live: &mut Live,
        (id, from): (TransferId, Sender),
        (target, mode, carried): (Target, Mode, Carried),
        at: Timestamp,
    ) {
        live.transfers.retain(|_, transfer| transfer.ended_at.is_none());
        live.row.transfers += 1;
        self.changes.conversations.insert(live.row.number, live.row.clone());
        let transfer_type = match (from, target, mode) {
            (Sender::Flow(_), _, _) => TransferType::BotHandoff,
            (Sender::External(_), _, _) | (_, Target::External(_), _) => TransferType::External,
            (Sender::Agent(_), _, Mode::Warm) => TransferType::Warm,
            (Sender::Agent(_), _, Mode::Invite) => TransferType::Invite,
            (Sender::Agent(_), _, Mode::Cold) => TransferType::Cold,
        };
        let by_agent = from.agent().is_some();
        let early = by_agent && lasted(live.segment.as_ref(), at).is_some_and(|ms| ms <= EARLY_MS);
        let before = live.owners.iter().copied().find(|owner| Some(*owner) != from.agent());
        let segment = self.slice(live, Kind::Transfer, from.owner().into(), at);
        let row = TransferRow {
            number: segment.number,
            id,
            conversation: live.row.number,
            requested_at: at,
            ended_at: None,
            transfer_type,
            sender: from.owner().into(),
            receiver: target.into(),
            queue: live.row.queue,
            channel: live.row.channel,
            outcome: Outcome::Open,
            reason: None,
            hop: live.row.transfers,
            early,
            before: before.filter(|_| by_agent),
            ping_pong: false,
            bounce_back: false,
            offers: 0,
            offers_rejected: 0,
            offers_missed: 0,
            last_end: None,
            accepted_by: None,
            to_offer_ms: None,
            to_accept_ms: None,
            request_to_accept_ms: None,
            request_to_reply_ms: None,
            customer_messages: 0,
            carried,
            opened: false,
            unowned_messages: 0,
        };
        self.write_transfer(&row);
        live.transfers.insert(id, row);
        live.last_transfer = Some(id);
        self.write(&SegmentRow {
            id: Some(id.to_string()),
            transfer_type: Some(transfer_type),
            ended_by_transfer: true,
            destination: Some(target.into()),
            followed_by: Some(Followed::Open),
            ..segment
        });
    }

    pub(super) fn transfer_ended(
        &mut self,
        live: &mut Live,
        id: TransferId,
        end: TransferEnd,
        consulted: Option<AgentId>,
        at: Timestamp,
    ) {
        let owner = live.segment.as_ref().map(|segment| segment.place);
        let Some(row) = live.transfers.get_mut(&id) else { return };
        let (outcome, reason) = match end {
            TransferEnd::Completed => (Outcome::Successful, None),
            TransferEnd::Returned if row.last_end == Some(OfferEnd::Declined) => {
                (Outcome::Failed, Some(Reason::Rejected))
            }
            TransferEnd::Returned => (Outcome::Failed, Some(Reason::Returned)),
            TransferEnd::Expired => (Outcome::Failed, Some(Reason::Expired)),
            TransferEnd::Abandoned => (Outcome::Failed, Some(Reason::Abandoned)),
            TransferEnd::Failed => (Outcome::Failed, Some(Reason::Other)),
            TransferEnd::Cancelled => (Outcome::Cancelled, Some(Reason::Sender)),
            TransferEnd::Superseded | TransferEnd::CalledOff => {
                (Outcome::Cancelled, Some(Reason::Supervisor))
            }
        };
        row.ended_at = Some(at);
        (row.outcome, row.reason) = (outcome, reason);
        match outcome {
            Outcome::Successful => {
                row.accepted_by = consulted.or(row.accepted_by);
                live.passed_on = true;
                row.ping_pong = row.before.is_some() && row.accepted_by == row.before;
            }
            Outcome::Failed => {
                row.bounce_back = reason != Some(Reason::Abandoned) && owner == Some(row.sender);
            }
            Outcome::Open | Outcome::Cancelled => {}
        }
        let row = row.clone();
        self.write_transfer(&row);
        let kind = Kind::Transfer;
        let segment = SegmentRow::begin(row.number, kind, row.sender, row.requested_at);
        self.write(&SegmentRow {
            id: Some(row.id.to_string()),
            conversation: Some(row.conversation),
            ended_at: Some(at),
            queue: Some(row.queue),
            channel: Some(row.channel),
            transfer_type: Some(row.transfer_type),
            ended_by_transfer: true,
            destination: Some(row.receiver),
            followed_by: Some(match outcome {
                Outcome::Open => Followed::Open,
                Outcome::Successful => Followed::Successful,
                Outcome::Failed => Followed::Failed,
                Outcome::Cancelled => Followed::Cancelled,
            }),
            created_at: Some(live.row.opened_at),
            ..segment
        });
    }

    /// Notes the first words of whoever a transfer brought, or of whoever it came back to.
    pub(super) fn replied(&mut self, live: &mut Live, at: Timestamp) {
        let owner = live.segment.as_ref().map(|segment| segment.place);
        let Some(row) = live.last_transfer.and_then(|id| live.transfers.get_mut(&id)) else { return };
        if row.outcome != Outcome::Successful
            || row.request_to_reply_ms.is_some()
            || owner == Some(row.sender)
        {
            return;
        }
        row.request_to_reply_ms = Some(millis(at, row.requested_at));
        let row = row.clone();
        self.write_transfer(&row);
    }
}
