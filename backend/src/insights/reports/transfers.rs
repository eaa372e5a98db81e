//! What became of transfers.

use std::collections::BTreeMap;

use baton_shared::OfferId;
use baton_shared::api::{InsightsLag, InsightsThing, RejectionReason, TransferCut, TransfersReport};
use rusqlite::{Connection, Row};

use super::lists::id;
use super::{cuts, share};
use crate::insights::asking::{self, Filter, Mean, Things, count, length};
use crate::insights::reasons::NONE;
use crate::insights::rows::{Kind, Outcome, Reason, TransferType};
use crate::store::StoreError;

const COLUMNS: &str =
    "conversation, outcome, reason, transfer_type, receiver_kind, sender, receiver, hop, early,
    ping_pong, bounce_back, offers, offers_rejected, offers_missed, to_offer_ms, to_accept_ms,
    request_to_accept_ms, request_to_reply_ms, customer_messages, unowned_messages, note, summary, edited, opened";

/// How many reasons are named; those of the others are not.
const REASONS_MAX: usize = 50;

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
    unowned_messages: u64,
    /// Each as often as the customer wrote to nobody.
    unowned: Vec<i64>,
    notes: u64,
    summaries: u64,
    edited: u64,
    opened: u64,
    to_offer: Mean,
    to_accept: Mean,
    request_to_accept: Mean,
    request_to_reply: Mean,
    by_sender: BTreeMap<Option<i64>, Cut>,
    by_receiver: BTreeMap<Option<i64>, Cut>,
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
        let unowned_messages = count(row, 19)?;
        if unowned_messages > 0 {
            self.unowned_messages += unowned_messages;
            self.unowned.push(row.get(0)?);
        }
        self.notes += count(row, 20)?;
        self.summaries += count(row, 21)?;
        self.edited += length(row, 22)?.unwrap_or(0);
        self.opened += count(row, 23)?;
        Ok(())
    }

    fn report(self, things: &Things, reasons: Vec<RejectionReason>, lag: InsightsLag) -> TransfersReport {
        let to = |kind: &str| self.kinds.get(kind).copied().unwrap_or(0);
        let why = |reason| self.reasons.get(&reason).copied().unwrap_or(0);
        let total = self.cut.total;
        TransfersReport {
            conversations_with_transfers: different(self.conversations),
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
            failed_rejected: why(Reason::Rejected),
            failed_returned: why(Reason::Returned),
            failed_expired: why(Reason::Expired),
            failed_abandoned: why(Reason::Abandoned),
            failed_other: why(Reason::Other),
            cancelled_by_sender: why(Reason::Sender),
            cancelled_by_supervisor: why(Reason::Supervisor),
            cancelled_by_system: why(Reason::System),
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
            unowned_messages: self.unowned_messages,
            unowned_conversations: different(self.unowned),
            with_note: self.notes,
            with_summary: self.summaries,
            summaries_edited: self.edited,
            notes_opened: self.opened,
            offers_per_transfer: share(self.offers, total),
            to_offer_ms: self.to_offer.average(),
            to_accept_ms: self.to_accept.average(),
            request_to_accept_ms: self.request_to_accept.average(),
            request_to_reply_ms: self.request_to_reply.average(),
            by_sender: cuts(self.by_sender, things, |cut| cut.total, line),
            by_receiver: cuts(self.by_receiver, things, |cut| cut.total, line),
            reasons,
            lag,
        }
    }
}

/// Counts each number once.
fn different(mut numbers: Vec<i64>) -> u64 {
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len() as u64
}

fn line(thing: Option<InsightsThing>, cut: Cut) -> TransferCut {
    let Cut { total, successful, failed, cancelled, open } = cut;
    let nobody = || InsightsThing { kind: String::new(), id: String::new(), name: String::new() };
    TransferCut { thing: thing.unwrap_or_else(nobody), total, successful, failed, cancelled, open }
}

/// Returns how often offers for transfers were refused for each reason; `words` tells those of an offer.
fn reasons(
    connection: &Connection,
    filter: &Filter,
    words: impl Fn(OfferId) -> Result<Option<String>, StoreError>,
) -> Result<Vec<RejectionReason>, StoreError> {
    // What a transfer came to says nothing of an offer.
    let filter = Filter { outcome: None, ..filter.clone() };
    let mut refused = asking::segments(connection, &filter, &[Kind::Rejected])?;
    refused.add("reason is not null and for_transfer is not null", &[]);
    asking::narrow_offers(connection, &filter, &mut refused)?;
    // How often, and which was the last one.
    let mut found: BTreeMap<i64, (u64, [i64; 2])> = BTreeMap::new();
    refused.visit(connection, ("reason, started_at, number", "segment_rows", ""), |row| {
        let last = [row.get(1)?, row.get(2)?];
        let known = found.entry(row.get(0)?).or_insert((0, last));
        *known = (known.0 + 1, known.1.max(last));
        Ok(())
    })?;
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(number, (count, _))| (std::cmp::Reverse(*count), *number));
    found.truncate(REASONS_MAX);
    let mut find = connection
        .prepare_cached("select id from segment_rows where kind = ?1 and started_at = ?2 and number = ?3")?;
    let mut reason = |(number, (count, [at, last])): (i64, (u64, [i64; 2]))| {
        if number == NONE {
            return Ok(RejectionReason { reason: None, key: None, count });
        }
        let offer = find.query_row((Kind::Rejected as i64, at, last), |row| id(row, 0))?;
        Ok(RejectionReason { reason: words(offer)?, key: Some(format!("{number:016x}")), count })
    };
    found.into_iter().map(&mut reason).collect()
}

/// Returns what became of transfers; `words` tells why an offer was refused.
pub(in crate::insights) fn report(
    connection: &Connection,
    filter: &Filter,
    words: impl Fn(OfferId) -> Result<Option<String>, StoreError>,
    lag: InsightsLag,
) -> Result<TransfersReport, StoreError> {
    let mut tally = Tally::default();
    let found = asking::transfers(connection, filter)?;
    found.visit(connection, (COLUMNS, "transfer_rows", ""), |row| tally.take(row))?;
    let reasons = reasons(connection, filter, words)?;
    Ok(tally.report(&asking::things(connection)?, reasons, lag))
}
