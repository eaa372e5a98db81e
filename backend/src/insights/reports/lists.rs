//! The rows behind the figures, page by page.

use baton_shared::Timestamp;
use baton_shared::api::{InsightsLag, InsightsThing, SegmentItem, SegmentsPage, TransferItem, TransfersPage};
use rusqlite::{Connection, Row};
use serde::de::DeserializeOwned;

use super::{average_and_most, thing};
use crate::insights::asking::{self, Filter, Things, count, length};
use crate::insights::rows::Kind;
use crate::store::StoreError;

/// Which rows of a list are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// When the last row of the page before began, and its number.
    pub after: Option<(i64, i64)>,
    /// How many rows at most.
    pub limit: usize,
}

impl Page {
    /// Reads what a page before said as `next`; nothing where it is none.
    pub fn place(text: &str) -> Option<(i64, i64)> {
        let (at, number) = text.split_once('-')?;
        Some((at.parse().ok()?, number.parse().ok()?))
    }

    /// Returns the filter for the rows of this page and of those after it.
    pub(super) fn narrow(self, filter: &Filter) -> Filter {
        let after = self.after.map_or(filter.from, |(at, _)| Timestamp::from_millis(at));
        Filter { from: filter.from.max(after), ..filter.clone() }
    }

    /// Returns what leads to the rows after the last one of a page that may have more behind it.
    pub(super) fn next(self, places: &[(i64, i64)]) -> Option<String> {
        let (at, number) = places.get(self.limit.checked_sub(1)?)?;
        Some(format!("{at}-{number}"))
    }
}

const SEGMENT: &str = "started_at, number, kind, ended_at, id,
    (select c.id from conversations c where c.number = conversation), place, queue, channel, transfer_type, began_from_transfer, ended_by_transfer, destination,
    destination_name, preceded_by, followed_by, ring_ms, first_response_ms, responses, response_ms, response_max_ms,
    agent_messages, customer_messages, wrap_up_ms, expected_ms, extensions, customer_responses, customer_response_ms,
    customer_response_max_ms, ahead, load_used, load_limit";

/// Returns segments of every kind, the first that began first; those that go on last until `now`.
pub(in crate::insights) fn segments(
    connection: &Connection,
    filter: &Filter,
    page: Page,
    now: Timestamp,
    lag: InsightsLag,
) -> Result<SegmentsPage, StoreError> {
    let (filter, things) = (&page.narrow(filter), asking::things(connection)?);
    let mut found: Vec<((i64, i64), SegmentItem)> = Vec::new();
    let index = filter.conversation.map_or("", |_| "indexed by segments_of_conversations");
    let table = format!("segment_rows {index}");
    let end = format!("order by started_at, number limit {}", page.limit);
    let wanted = |kind: &&Kind| {
        filter.kind.as_deref().is_none_or(|word| [true, false].map(|ended| kind.word(ended)).contains(&word))
    };
    // The rows of each kind are in order, those of all kinds are not.
    for kind in Kind::ALL.iter().filter(wanted) {
        let mut conditions = asking::segments(connection, filter, &[*kind])?;
        if let Some(word) = filter.kind.as_deref().filter(|_| kind.word(true) != kind.word(false)) {
            conditions
                .add(if word == kind.word(true) { "ended_at is not null" } else { "ended_at is null" }, &[]);
        }
        asking::narrow_segments(connection, filter, &mut conditions)?;
        if let Some((at, number)) = page.after {
            asking::after(&mut conditions, "started_at, number", &[at, number]);
        }
        conditions.visit(connection, (SEGMENT, &table, &end), |row| {
            found.push(((row.get(0)?, row.get(1)?), segment(row, *kind, &things, now)?));
            Ok(())
        })?;
    }
    found.sort_by_key(|(place, _)| *place);
    found.truncate(page.limit);
    let (places, segments): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    Ok(SegmentsPage { segments, next: page.next(&places), lag })
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
}

fn named(row: &Row<'_>, column: usize, things: &Things) -> rusqlite::Result<Option<InsightsThing>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(|number| thing(things, number)))
}

/// Reads an id that is kept as text.
pub(super) fn id<Id: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<Id> {
    let text: String = row.get(column)?;
    serde_json::from_value(serde_json::Value::String(text)).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error.into())
    })
}

fn segment(row: &Row<'_>, kind: Kind, things: &Things, now: Timestamp) -> rusqlite::Result<SegmentItem> {
    let started_at = Timestamp::from_millis(row.get(0)?);
    let ended_at = time(row, 3)?;
    let place = thing(things, row.get(6)?);
    let is = |wanted: &str| (place.kind == wanted).then(|| place.clone());
    let talks = kind == Kind::Talk || kind == Kind::Bot || kind == Kind::External;
    let responses = count(row, 18)?;
    let (customer_response_ms, customer_response_max_ms) =
        average_and_most((count(row, 27)?, count(row, 26)?), count(row, 28)?);
    let (began, ended): (bool, bool) = (row.get(10)?, row.get(11)?);
    let destination = named(row, 12, things)?;
    let messages = |column| Ok::<_, rusqlite::Error>(talks.then_some(row.get::<_, u32>(column)?));
    Ok(SegmentItem {
        id: row.get(4)?,
        conversation: row.get_ref(5)?.as_str_or_null()?.map(|_| id(row, 5)).transpose()?,
        kind: kind.word(ended_at.is_some()).to_owned(),
        started_at,
        ended_at,
        lasted_ms: u64::try_from(ended_at.unwrap_or(now).since(started_at).as_millis()).unwrap_or(u64::MAX),
        agent: is("agent"),
        queue: named(row, 7, things)?,
        group: is("group"),
        channel: row.get(8)?,
        transfer_type: row.get(9)?,
        transferred_segment: began || ended,
        began_from_transfer: began,
        ended_by_transfer: ended,
        destination_type: destination.as_ref().map(|thing| thing.kind.clone()),
        destination_id: destination.map(|thing| thing.id),
        destination: row.get(13)?,
        preceded_by: row.get(14)?,
        followed_by: row.get(15)?,
        ring_ms: length(row, 16)?,
        first_response_ms: length(row, 17)?,
        response_ms: (count(row, 19)? + responses / 2).checked_div(responses),
        response_max_ms: (responses > 0).then_some(count(row, 20)?),
        agent_messages: messages(21)?,
        customer_messages: row.get_ref(5)?.as_str_or_null()?.map(|_| row.get(22)).transpose()?,
        wrap_up_ms: length(row, 23)?,
        expected_ms: length(row, 24)?,
        extensions: (kind == Kind::Talk).then_some(row.get(25)?),
        customer_response_ms,
        customer_response_max_ms,
        ahead: length(row, 29)?,
        load_used: row.get(30)?,
        load_limit: row.get(31)?,
    })
}

const TRANSFER: &str = "requested_at, number, id,
    (select c.id from conversations c where c.number = conversation), ended_at, transfer_type, sender, receiver,
    receiver_name, queue, channel, outcome, reason, hop, ping_pong, bounce_back, offers, accepted_by, to_offer_ms,
    to_accept_ms, request_to_accept_ms, request_to_reply_ms, customer_messages, unowned_messages, note, summary, edited,
    opened";

/// Returns transfers, the first that was asked for first.
pub(in crate::insights) fn transfers(
    connection: &Connection,
    filter: &Filter,
    page: Page,
    lag: InsightsLag,
) -> Result<TransfersPage, StoreError> {
    let (filter, things) = (&page.narrow(filter), asking::things(connection)?);
    let mut conditions = asking::transfers(connection, filter)?;
    asking::narrow_transfers(filter, &mut conditions);
    if let Some((at, number)) = page.after {
        asking::after(&mut conditions, "requested_at, number", &[at, number]);
    }
    let index = filter.conversation.map_or("", |_| "indexed by transfers_of_conversations");
    let table = format!("transfer_rows {index}");
    let end = format!("order by requested_at, number limit {}", page.limit);
    let (mut places, mut transfers) = (Vec::new(), Vec::new());
    conditions.visit(connection, (TRANSFER, &table, &end), |row| {
        places.push((row.get(0)?, row.get(1)?));
        transfers.push(transfer(row, &things)?);
        Ok(())
    })?;
    Ok(TransfersPage { transfers, next: page.next(&places), lag })
}

fn transfer(row: &Row<'_>, things: &Things) -> rusqlite::Result<TransferItem> {
    let receiver = InsightsThing { name: row.get(8)?, ..thing(things, row.get(7)?) };
    Ok(TransferItem {
        id: id(row, 2)?,
        conversation: id(row, 3)?,
        requested_at: Timestamp::from_millis(row.get(0)?),
        ended_at: time(row, 4)?,
        transfer_type: row.get(5)?,
        sender: thing(things, row.get(6)?),
        receiver,
        queue: named(row, 9, things)?,
        channel: row.get(10)?,
        outcome: row.get(11)?,
        reason: row.get(12)?,
        hop: row.get(13)?,
        ping_pong: row.get(14)?,
        bounce_back: row.get(15)?,
        offers: row.get(16)?,
        accepted_by: named(row, 17, things)?,
        to_offer_ms: length(row, 18)?,
        to_accept_ms: length(row, 19)?,
        request_to_accept_ms: length(row, 20)?,
        request_to_reply_ms: length(row, 21)?,
        customer_messages: row.get(22)?,
        unowned_messages: row.get(23)?,
        note: row.get(24)?,
        summary: row.get(25)?,
        summary_edited: row.get(26)?,
        note_opened: row.get(27)?,
    })
}
