//! What is asked of reports, and how rows are found for it.

pub(super) mod marks;

use std::collections::{BTreeSet, HashMap};

use baton_shared::api::InsightsThing;
use baton_shared::rating::Score;
use baton_shared::*;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, Statement, params, params_from_iter};

use super::reports::queues::Levels;
use super::reports::waits::Since;
use super::rows::{Followed, Kind};
use super::sums::DAY_MS;
use crate::routing::Scope;
use crate::store::StoreError;

/// Which rows a report is of.
#[derive(Clone, Debug)]
pub struct Filter {
    /// What began from then on.
    pub from: Timestamp,
    /// What began before then.
    pub to: Timestamp,
    /// Conversations of this queue.
    pub queue: Option<QueueId>,
    /// What this agent did, was asked or was to be given.
    pub agent: Option<AgentId>,
    /// What waited for this group, or was to.
    pub group: Option<GroupId>,
    /// Conversations of this channel.
    pub channel: Option<Channel>,
    /// Segments of this kind, by its word.
    pub kind: Option<String>,
    /// Segments followed by this; transfers of this outcome or reason.
    pub outcome: Option<String>,
    /// Transfers by whoever has this id.
    pub sender: Option<String>,
    /// Transfers to whoever has this id.
    pub receiver: Option<String>,
    /// Transfers that this agent accepted.
    pub accepted_by: Option<AgentId>,
    /// What is of this conversation.
    pub conversation: Option<ConversationId>,
    /// Of lists: rows that a figure counts, by its words.
    pub only: Vec<String>,
    /// Of lists of segments: those that ended and lasted at least and less than so many milliseconds.
    pub lasted: (Option<u64>, Option<u64>),
    /// Of lists of segments: from when they count as lasting.
    pub since: Since,
    /// Of lists of segments: what counts as in time.
    pub levels: Levels,
    /// Ratings with this score.
    pub score: Option<Score>,
    /// Conversations with so many transfers, and ratings of such.
    pub transfers: Option<u32>,
    /// Of lists of segments: offers that were refused for the reason that this stands for.
    pub reason: Option<i64>,
    /// What whoever asks may see.
    pub scope: Scope,
}

impl Filter {
    /// Returns a filter for everything in a stretch of time.
    pub const fn all(from: Timestamp, to: Timestamp) -> Self {
        Self {
            from,
            to,
            queue: None,
            agent: None,
            group: None,
            channel: None,
            kind: None,
            outcome: None,
            sender: None,
            receiver: None,
            accepted_by: None,
            conversation: None,
            only: Vec::new(),
            lasted: (None, None),
            since: Since::Queue,
            levels: Levels::USUAL,
            score: None,
            transfers: None,
            reason: None,
            scope: Scope::Everything,
        }
    }
}

/// What rows name, by their numbers.
pub(super) type Things = HashMap<i64, InsightsThing>;

/// Reads what rows name.
pub(super) fn things(connection: &Connection) -> Result<Things, StoreError> {
    let mut find = connection.prepare_cached("select number, kind, id, name from things")?;
    let found = find.query_map([], |row| {
        Ok((row.get(0)?, InsightsThing { kind: row.get(1)?, id: row.get(2)?, name: row.get(3)? }))
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// A stretch of time of a report, and by what it is counted.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// By rows.
    Rows(Filter),
    /// By the sums of whole days.
    Days(Filter),
}

/// Takes a stretch of time apart: whole days, where sums tell what is asked for, and what is left at both ends.
pub(super) fn parts(filter: &Filter) -> Vec<Part> {
    let (from, to) = (filter.from.as_millis(), filter.to.as_millis());
    let first = from.saturating_add(DAY_MS - 1).div_euclid(DAY_MS).saturating_mul(DAY_MS);
    let end = to.div_euclid(DAY_MS).saturating_mul(DAY_MS);
    if first >= end || filter.outcome.is_some() || filter.conversation.is_some() {
        return vec![Part::Rows(filter.clone())];
    }
    let between = |from, to| Filter {
        from: Timestamp::from_millis(from),
        to: Timestamp::from_millis(to),
        ..filter.clone()
    };
    let (before, days, after) = (between(from, first), between(first, end), between(end, to));
    vec![Part::Rows(before), Part::Days(days), Part::Rows(after)]
}

/// Conditions on rows, joined with `and`, with their parameters.
#[derive(Debug)]
pub(super) struct Conditions {
    text: String,
    values: Vec<Value>,
}

impl Conditions {
    fn new() -> Self {
        Self { text: "1".to_owned(), values: Vec::new() }
    }

    /// Adds a condition; `?` stands for each value, in their order.
    pub(super) fn add(&mut self, text: &str, values: &[Value]) {
        self.text.push_str(" and (");
        let mut next = values.iter();
        for part in text.split_inclusive('?') {
            match part.strip_suffix('?') {
                Some(before) => {
                    self.text.push_str(before);
                    self.values.extend(next.next().cloned());
                    self.text.push_str(&format!("?{}", self.values.len()));
                }
                None => self.text.push_str(part),
            }
        }
        self.text.push(')');
    }

    /// Asks for columns of the rows that fulfil the conditions, and hands each to `visit`.
    pub(super) fn visit(
        &self,
        connection: &Connection,
        (columns, table, end): (&str, &str, &str),
        mut visit: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let sql = format!("select {columns} from {table} where {} {end}", self.text);
        let mut find: Statement<'_> = connection.prepare(&sql)?;
        let mut rows = find.query(params_from_iter(&self.values))?;
        while let Some(row) = rows.next()? {
            visit(row)?;
        }
        Ok(())
    }
}

/// Returns the number of what an id names; one that no row has where it is unknown.
fn number(connection: &Connection, id: &str) -> Result<Value, StoreError> {
    let mut find = connection.prepare_cached("select number from things where id = ?1")?;
    Ok(Value::Integer(find.query_row(params![id], |row| row.get(0)).optional()?.unwrap_or(-1)))
}

fn conversation_number(connection: &Connection, id: ConversationId) -> Result<Value, StoreError> {
    let mut find = connection.prepare_cached("select number from conversations where id = ?1")?;
    let found = find.query_row(params![id.to_string()], |row| row.get(0)).optional()?;
    Ok(Value::Integer(found.unwrap_or(-1)))
}

/// Returns the numbers of those who are in a scope, as lists in JSON: everything there, and its queues.
fn overseen(connection: &Connection, scope: &Scope) -> Result<Option<(Value, Value)>, StoreError> {
    let Scope::Teams { people, queues, groups } = scope else { return Ok(None) };
    let queue_ids: BTreeSet<String> = queues.iter().map(ToString::to_string).collect();
    let mut ids: BTreeSet<String> = people.iter().map(ToString::to_string).collect();
    ids.extend(groups.iter().map(ToString::to_string));
    let (mut all, mut of_queues) = (Vec::new(), Vec::new());
    let mut find = connection.prepare_cached("select number, id from things")?;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        let (number, id): (i64, String) = (row.get(0)?, row.get(1)?);
        if queue_ids.contains(&id) {
            of_queues.push(number);
            all.push(number);
        } else if ids.contains(&id) {
            all.push(number);
        }
    }
    let list = |numbers: &[i64]| Value::Text(format!("{numbers:?}"));
    Ok(Some((list(&all), list(&of_queues))))
}

fn integer(time: Timestamp) -> Value {
    Value::Integer(time.as_millis())
}

/// Returns the conditions on segments of some kinds.
pub(super) fn segments(
    connection: &Connection,
    filter: &Filter,
    kinds: &[Kind],
) -> Result<Conditions, StoreError> {
    let mut found = of_kinds(kinds);
    found.add("started_at >= ? and started_at < ?", &[integer(filter.from), integer(filter.to)]);
    of_segments(connection, filter, kinds, &mut found)?;
    if let Some(outcome) = &filter.outcome {
        found.add("followed_by = ?", &[Value::Text(outcome.clone())]);
    }
    if let Some(conversation) = filter.conversation {
        found.add("conversation = ?", &[conversation_number(connection, conversation)?]);
    }
    Ok(found)
}

/// Returns the conditions on the sums of whole days of segments of some kinds, which are neither transfers nor
/// presences.
pub(super) fn days(
    connection: &Connection,
    filter: &Filter,
    kinds: &[Kind],
) -> Result<Conditions, StoreError> {
    let mut found = of_kinds(kinds);
    let day = |time: Timestamp| Value::Integer(time.as_millis().div_euclid(DAY_MS));
    found.add("day >= ? and day < ?", &[day(filter.from), day(filter.to)]);
    of_segments(connection, filter, kinds, &mut found)?;
    Ok(found)
}

fn of_kinds(kinds: &[Kind]) -> Conditions {
    let mut found = Conditions::new();
    match kinds {
        [kind] => found.add(&format!("kind = {}", *kind as i64), &[]),
        _ => {
            let numbers: Vec<String> = kinds.iter().map(|kind| (*kind as i64).to_string()).collect();
            found.add(&format!("kind in ({})", numbers.join(", ")), &[]);
        }
    }
    found
}

/// Returns the conditions on the agents whose presence is asked for, as rows of `things`.
pub(super) fn present(connection: &Connection, filter: &Filter) -> Result<Conditions, StoreError> {
    let mut found = Conditions::new();
    found.add("things.kind = 'agent'", &[]);
    if let Some(agent) = filter.agent {
        found.add("things.number = ?", &[number(connection, &agent.to_string())?]);
    }
    if let Some((all, _)) = overseen(connection, &filter.scope)? {
        found.add("things.number in (select value from json_each(?))", &[all]);
    }
    // The last one that began before goes on into the stretch of time.
    let touches = "p.started_at < ? and p.started_at >= coalesce((
        select max(b.started_at) from segment_rows b
        where b.kind = 9 and b.place = things.number and b.started_at <= ?), ?)";
    found.add(touches, &[integer(filter.to), integer(filter.from), integer(filter.from)]);
    Ok(found)
}

/// What is read of presences, with the agents that they are of.
pub(super) const PRESENCES: &str =
    "things cross join segment_rows p indexed by presences on p.kind = 9 and p.place = things.number";

/// What is read of conversations.
pub(super) const CONVERSATIONS: &str = "conversations indexed by conversations_opened";

/// What is read of conversations whose customers are asked how good they were.
pub(super) const SURVEYS: &str = "conversations indexed by surveys";

/// What is read of waits.
pub(super) const WAITS: &str = "segment_rows indexed by waits";

fn of_segments(
    connection: &Connection,
    filter: &Filter,
    kinds: &[Kind],
    found: &mut Conditions,
) -> Result<(), StoreError> {
    let transfers = kinds.contains(&Kind::Transfer);
    for id in
        [filter.agent.map(|id| id.to_string()), filter.group.map(|id| id.to_string())].into_iter().flatten()
    {
        let number = number(connection, &id)?;
        if transfers {
            found.add("place = ? or (kind = 8 and destination = ?)", &[number.clone(), number]);
        } else {
            found.add("place = ?", &[number]);
        }
    }
    if let Some(queue) = filter.queue {
        found.add("queue = ?", &[number(connection, &queue.to_string())?]);
    }
    if let Some(channel) = filter.channel {
        found.add("channel = ?", &[Value::Text(crate::store::rows::channel(channel).to_owned())]);
    }
    if let Some((all, queues)) = overseen(connection, &filter.scope)? {
        let mine = "place in (select value from json_each(?))
            or (kind in (6, 7) and queue in (select value from json_each(?)))";
        if transfers {
            let passed = format!("{mine} or (kind = 8 and destination in (select value from json_each(?)))");
            found.add(&passed, &[all.clone(), queues, all]);
        } else {
            found.add(mine, &[all, queues]);
        }
    }
    Ok(())
}

/// Returns the conditions on transfers.
pub(super) fn transfers(connection: &Connection, filter: &Filter) -> Result<Conditions, StoreError> {
    let mut found = Conditions::new();
    found.add("requested_at >= ? and requested_at < ?", &[integer(filter.from), integer(filter.to)]);
    if let Some(agent) = filter.agent {
        let number = number(connection, &agent.to_string())?;
        found.add("sender = ? or receiver = ?", &[number.clone(), number]);
    }
    if let Some(group) = filter.group {
        found.add("receiver = ?", &[number(connection, &group.to_string())?]);
    }
    if let Some(queue) = filter.queue {
        found.add("queue = ?", &[number(connection, &queue.to_string())?]);
    }
    for (column, id) in who_passed_on(filter) {
        found.add(&format!("{column} = ?"), &[number(connection, &id)?]);
    }
    if let Some(channel) = filter.channel {
        found.add("channel = ?", &[Value::Text(crate::store::rows::channel(channel).to_owned())]);
    }
    if let Some(outcome) = &filter.outcome {
        let word = Value::Text(outcome.clone());
        found.add("outcome = ? or reason = ?", &[word.clone(), word]);
    }
    if let Some(conversation) = filter.conversation {
        found.add("conversation = ?", &[conversation_number(connection, conversation)?]);
    }
    if let Some((all, _)) = overseen(connection, &filter.scope)? {
        let mine =
            "sender in (select value from json_each(?)) or receiver in (select value from json_each(?))";
        found.add(mine, &[all.clone(), all]);
    }
    Ok(found)
}

/// Returns who is named of those between whom conversations are passed on, by the columns that name them.
fn who_passed_on(filter: &Filter) -> impl Iterator<Item = (&'static str, String)> {
    let accepted_by = filter.accepted_by.map(|agent| agent.to_string());
    let named = [
        ("sender", filter.sender.clone()),
        ("receiver", filter.receiver.clone()),
        ("accepted_by", accepted_by),
    ];
    named.into_iter().filter_map(|(column, id)| Some((column, id?)))
}

/// Adds that the offers are of transfers between those who are named.
pub(super) fn narrow_offers(
    connection: &Connection,
    filter: &Filter,
    found: &mut Conditions,
) -> Result<(), StoreError> {
    for (column, id) in who_passed_on(filter) {
        let theirs = format!("for_transfer in (select t.number from transfer_rows t where t.{column} = ?)");
        found.add(&theirs, &[number(connection, &id)?]);
    }
    Ok(())
}

/// Says whether a word stands for some of the segments.
pub fn is_mark_of_segments(word: &str) -> bool {
    marks::of_segments(word, Levels::USUAL).is_some()
}

/// Says whether a word stands for some of the transfers.
pub fn is_mark_of_transfers(word: &str) -> bool {
    marks::of_transfers(word).is_some()
}

/// Adds what only some rows of a list of segments are.
pub(super) fn narrow_segments(
    connection: &Connection,
    filter: &Filter,
    found: &mut Conditions,
) -> Result<(), StoreError> {
    for word in &filter.only {
        let (text, values) = marks::of_segments(word, filter.levels).unwrap_or(("0", Vec::new()));
        found.add(text, &values);
    }
    if let Some(reason) = filter.reason {
        found.add("reason = ?", &[Value::Integer(reason)]);
        narrow_offers(connection, filter, found)?;
    }
    let since = filter.since.column();
    for (bound, sign) in [(filter.lasted.0, ">="), (filter.lasted.1, "<")] {
        if let Some(ms) = bound {
            found.add(&format!("ended_at - {since} {sign} ?"), &[Value::Integer(ms.cast_signed())]);
        }
    }
    Ok(())
}

/// Says whether a word stands for some of the conversations.
pub fn is_mark_of_conversations(word: &str) -> bool {
    marks::of_conversations(word).is_some()
}

/// Adds what only some rows of a list of conversations are.
pub(super) fn narrow_conversations(filter: &Filter, found: &mut Conditions) {
    for word in &filter.only {
        found.add(marks::of_conversations(word).unwrap_or("0"), &[]);
    }
}

/// Returns the conditions on conversations.
pub(super) fn conversations(connection: &Connection, filter: &Filter) -> Result<Conditions, StoreError> {
    let mut found = Conditions::new();
    found.add("opened_at >= ? and opened_at < ?", &[integer(filter.from), integer(filter.to)]);
    of_conversations(connection, filter, "number", &mut found)?;
    if let Some(outcome) = &filter.outcome {
        found.add("outcome = ?", &[Value::Text(outcome.clone())]);
    }
    if let Some(conversation) = filter.conversation {
        found.add("number = ?", &[conversation_number(connection, conversation)?]);
    }
    Ok(found)
}

/// Adds what holds of conversations and of what customers said of them: both name the last agent and the queue, and the
/// conversation in the column that is given.
fn of_conversations(
    connection: &Connection,
    filter: &Filter,
    conversation: &str,
    found: &mut Conditions,
) -> Result<(), StoreError> {
    if let Some(agent) = filter.agent {
        found.add("agent = ?", &[number(connection, &agent.to_string())?]);
    }
    if let Some(queue) = filter.queue {
        found.add("queue = ?", &[number(connection, &queue.to_string())?]);
    }
    if let Some(channel) = filter.channel {
        found.add("channel = ?", &[Value::Text(crate::store::rows::channel(channel).to_owned())]);
    }
    if let Some(group) = filter.group {
        let waited = format!(
            "{conversation} in (select s.conversation from segment_rows s where s.place = ? and s.kind = {})",
            Kind::Wait as i64
        );
        found.add(&waited, &[number(connection, &group.to_string())?]);
    }
    if let Some(transfers) = filter.transfers {
        found.add("transfers = ?", &[Value::Integer(transfers.into())]);
    }
    if let Some((all, _)) = overseen(connection, &filter.scope)? {
        let mine = "agent in (select value from json_each(?)) or queue in (select value from json_each(?))";
        found.add(mine, &[all.clone(), all]);
    }
    Ok(())
}

/// Adds what only some rows of a list of transfers are.
pub(super) fn narrow_transfers(filter: &Filter, found: &mut Conditions) {
    for word in &filter.only {
        found.add(marks::of_transfers(word).unwrap_or("0"), &[]);
    }
}

/// Returns the conditions on ratings.
pub(super) fn ratings(connection: &Connection, filter: &Filter) -> Result<Conditions, StoreError> {
    let mut found = Conditions::new();
    found.add("rated_at >= ? and rated_at < ?", &[integer(filter.from), integer(filter.to)]);
    of_conversations(connection, filter, "conversation", &mut found)?;
    if let Some(score) = filter.score {
        found.add("score = ?", &[Value::Integer(u8::from(score).into())]);
    }
    if let Some(conversation) = filter.conversation {
        found.add("conversation = ?", &[conversation_number(connection, conversation)?]);
    }
    Ok(found)
}

/// Adds what stands after a page.
pub(super) fn after(found: &mut Conditions, columns: &str, place: &[i64]) {
    let marks = vec!["?"; place.len()].join(", ");
    let values: Vec<Value> = place.iter().copied().map(Value::Integer).collect();
    found.add(&format!("({columns}) > ({marks})"), &values);
}

/// Reads a length of time.
pub(super) fn length(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(|ms| u64::try_from(ms).unwrap_or(0)))
}

/// Reads a count.
pub(super) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// Reads what followed.
pub(super) fn followed(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Followed>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(word) => std::str::from_utf8(word).ok().and_then(Followed::of_word),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => None,
    })
}

/// An average in the making.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mean {
    sum: u64,
    number: u64,
}

impl Mean {
    /// Takes a value, if there is one.
    pub(super) fn take(&mut self, value: Option<u64>) {
        if let Some(value) = value {
            self.sum += value;
            self.number += 1;
        }
    }

    /// Takes the sum of several values.
    pub(super) const fn take_sum(&mut self, sum: u64, number: u64) {
        self.sum += sum;
        self.number += number;
    }

    /// Takes what another one took.
    pub(super) const fn add(&mut self, other: Self) {
        self.take_sum(other.sum, other.number);
    }

    /// Returns how many values it took.
    pub(super) const fn number(self) -> u64 {
        self.number
    }

    /// Returns the average, rounded to the nearest; nothing of nothing.
    pub(super) fn average(self) -> Option<u64> {
        (self.sum + self.number / 2).checked_div(self.number)
    }
}
