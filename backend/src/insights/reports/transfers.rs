//! What became of transfers.

use std::collections::BTreeMap;

use baton_shared::api::{InsightsLag, TransferCut, TransfersReport};
use rusqlite::{Connection, Row};

use super::{share, thing};
use crate::insights::asking::{self, Filter, Mean, Things, count, length};
use crate::insights::rows::{Outcome, Reason, TransferType};
use crate::store::StoreError;

const COLUMNS: &str =
    "conversation, outcome, reason, transfer_type, receiver_kind, sender, receiver, hop, early,
    ping_pong, bounce_back, offers, offers_rejected, offers_missed, to_offer_ms, to_accept_ms,
    request_to_accept_ms, request_to_reply_ms, customer_messages";

#[derive(Default)]
struct Tally {
    /// Each as often as it was passed on.
    conversations: Vec<i64>,
    cut: Cut,
    kinds: BTreeMap<String, u64>,
    reasons: BTreeMap<Reason, u64>,
    warm: u64,
    ping_pongs: u64,
    bounce_backs: u64,
    early: u64,
    chain_longest: u64,
    chained: u64,
    offers: u64,
    offers_rejected: u64,
    offers_missed: u64,
    customer_messages: u64,
    to_offer: Mean,
    to_accept: Mean,
    request_to_accept: Mean,
    request_to_reply: Mean,
    by_sender: BTreeMap<i64, Cut>,
    by_receiver: BTreeMap<i64, Cut>,
}

#[derive(Clone, Copy, Default)]
struct Cut {
    total: u64,
    successful: u64,
    failed: u64,
    cancelled: u64,
    open: u64,
}

impl Cut {
    const fn take(&mut self, outcome: Outcome) {
        self.total += 1;
        match outcome {
            Outcome::Successful => self.successful += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Cancelled => self.cancelled += 1,
            Outcome::Open => self.open += 1,
        }
    }
}

impl Tally {
    fn take(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        self.conversations.push(row.get(0)?);
        let outcome = Outcome::of_word(row.get_ref(1)?.as_str()?).unwrap_or(Outcome::Open);
        self.cut.take(outcome);
        if let Some(word) = row.get_ref(2)?.as_str_or_null()? {
            *self.reasons.entry(Reason::of_word(word).unwrap_or(Reason::Other)).or_default() += 1;
        }
        self.warm += u64::from(row.get_ref(3)?.as_str()? == TransferType::Warm.word());
        let kind = row.get_ref(4)?.as_str()?;
        match self.kinds.get_mut(kind) {
            Some(found) => *found += 1,
            None => drop(self.kinds.insert(kind.to_owned(), 1)),
        }
        self.by_sender.entry(row.get(5)?).or_default().take(outcome);
        self.by_receiver.entry(row.get(6)?).or_default().take(outcome);
        let hop = count(row, 7)?;
        self.chain_longest = self.chain_longest.max(hop);
        self.chained += u64::from(hop > 1);
        self.early += count(row, 8)?;
        self.ping_pongs += count(row, 9)?;
        self.bounce_backs += count(row, 10)?;
        self.offers += count(row, 11)?;
        self.offers_rejected += count(row, 12)?;
        self.offers_missed += count(row, 13)?;
        self.to_offer.take(length(row, 14)?);
        self.to_accept.take(length(row, 15)?);
        self.request_to_accept.take(length(row, 16)?);
        self.request_to_reply.take(length(row, 17)?);
        self.customer_messages += count(row, 18)?;
        Ok(())
    }

    fn report(mut self, things: &Things, lag: InsightsLag) -> TransfersReport {
        self.conversations.sort_unstable();
        self.conversations.dedup();
        let to = |kind: &str| self.kinds.get(kind).copied().unwrap_or(0);
        let failed = |reason| self.reasons.get(&reason).copied().unwrap_or(0);
        let total = self.cut.total;
        TransfersReport {
            conversations_with_transfers: self.conversations.len() as u64,
            transfer_segments_total: total,
            transfer_segments_successful: self.cut.successful,
            transfer_segments_failed: self.cut.failed,
            transfer_segments_to_agent: to("agent"),
            transfer_segments_to_queue: to("queue"),
            transfer_segments_to_group: to("group"),
            transfer_segments_to_workflow: to("workflow"),
            transfer_segments_to_bot: to("bot"),
            transfer_segments_to_external: to("external"),
            transfer_segments_cancelled: self.cut.cancelled,
            transfer_segments_open: self.cut.open,
            failed_rejected: failed(Reason::Rejected),
            failed_returned: failed(Reason::Returned),
            failed_expired: failed(Reason::Expired),
            failed_abandoned: failed(Reason::Abandoned),
            failed_other: failed(Reason::Other),
            mode_cold: total - self.warm,
            mode_warm: self.warm,
            ping_pongs: self.ping_pongs,
            bounce_backs: self.bounce_backs,
            within_two_minutes: self.early,
            chain_longest: self.chain_longest,
            chained: self.chained,
            offers: self.offers,
            offers_rejected: self.offers_rejected,
            offers_missed: self.offers_missed,
            customer_messages: self.customer_messages,
            offers_per_transfer: share(self.offers, total),
            to_offer_ms: self.to_offer.average(),
            to_accept_ms: self.to_accept.average(),
            request_to_accept_ms: self.request_to_accept.average(),
            request_to_reply_ms: self.request_to_reply.average(),
            by_sender: cuts(&self.by_sender, things),
            by_receiver: cuts(&self.by_receiver, things),
            lag,
        }
    }
}

fn cuts(found: &BTreeMap<i64, Cut>, things: &Things) -> Vec<TransferCut> {
    let mut cuts: Vec<TransferCut> = found
        .iter()
        .map(|(number, cut)| TransferCut {
            thing: thing(things, *number),
            total: cut.total,
            successful: cut.successful,
            failed: cut.failed,
            cancelled: cut.cancelled,
            open: cut.open,
        })
        .collect();
    cuts.sort_by(|one, other| (other.total, &one.thing.name).cmp(&(one.total, &other.thing.name)));
    cuts
}

/// Returns what became of transfers.
pub(in crate::insights) fn report(
    connection: &Connection,
    filter: &Filter,
    lag: InsightsLag,
) -> Result<TransfersReport, StoreError> {
    let mut tally = Tally::default();
    let found = asking::transfers(connection, filter)?;
    found.visit(connection, (COLUMNS, "transfer_rows", ""), |row| tally.take(row))?;
    Ok(tally.report(&asking::things(connection)?, lag))
}
