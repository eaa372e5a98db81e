//! Sums of each day beside the rows: a report on a long time counts whole days by them, and the rest by rows.
//!
//! Days are those of UTC. A segment counts for the day on which it began, whatever comes of it later: where a row is
//! written again, what it adds now takes the place of what it added before. What is summed up for each agent, queue,
//! group and channel is as exact as the rows are.

use std::collections::BTreeMap;

use baton_shared::Channel;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

use super::asking::{followed, length};
use super::rows::{Followed, Kind, SegmentRow};
use crate::store::StoreError;

/// How long a day is, in milliseconds.
pub(super) const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Who leaves sooner does not count against the service level, in milliseconds, unless it is asked otherwise.
pub const SHORT_MS: u64 = 10_000;

/// Stands for every agent where it says where conversations came from: that keeps the rows few.
pub(super) const FROM_AGENTS: i64 = 0;

/// Says that a conversation came from nowhere.
pub(super) const FROM_OUTSIDE: i64 = -1;

macro_rules! sums {
    (added { $($(#[$added_doc:meta])* $added:ident,)* } greatest { $($(#[$greatest_doc:meta])* $greatest:ident,)* }) => {
        /// What segments of a day come to; times are in milliseconds.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(super) struct Sums {
            $($(#[$added_doc])* pub(super) $added: u64,)*
            $($(#[$greatest_doc])* pub(super) $greatest: u64,)*
        }

        impl Sums {
            /// The columns, in their order.
            pub(super) const COLUMNS: &[&str] = &[$(stringify!($added),)* $(stringify!($greatest),)*];

            /// How each column takes a further value, in their order.
            const TAKING: &[&str] = &[
                $(concat!(stringify!($added), " = ", stringify!($added), " + excluded.", stringify!($added)),)*
                $(concat!(stringify!($greatest), " = max(", stringify!($greatest), ", excluded.", stringify!($greatest), ")"),)*
            ];

            /// Reads the columns, from a place on.
            pub(super) fn read(row: &Row<'_>, mut place: usize) -> rusqlite::Result<Self> {
                let mut next = || {
                    place += 1;
                    row.get::<_, i64>(place - 1).map(i64::cast_unsigned)
                };
                Ok(Self { $($added: next()?,)* $($greatest: next()?,)* })
            }

            /// Takes what is to be added; what is to be taken away has gone below zero, and comes back to it.
            const fn add(&mut self, other: &Self) {
                $(self.$added = self.$added.wrapping_add(other.$added);)*
                $(if other.$greatest > self.$greatest { self.$greatest = other.$greatest; })*
            }

            /// Takes away what was added; what was greatest stays.
            const fn take_away(&mut self, other: &Self) {
                $(self.$added = self.$added.wrapping_sub(other.$added);)*
            }

            fn values(&self) -> impl Iterator<Item = i64> {
                [$(self.$added,)* $(self.$greatest,)*].map(u64::cast_signed).into_iter()
            }
        }
    };
}

sums! {
    added {
        /// Segments.
        number,
        /// With which their conversation ended.
        closes,
        /// That ended.
        ended,
        /// How long those lasted.
        lasted_ms,
        /// Waits that an agent ended by accepting.
        accepted,
        /// How long those lasted.
        answer_ms,
        /// Waits that the customer ended by leaving.
        abandoned,
        /// How long those lasted.
        abandon_ms,
        /// Those that lasted less than [`SHORT_MS`].
        short,
        /// Waits that ended in another queue because they were too long.
        overflowed,
        /// Waits that the service level counts.
        counted,
        /// Those of them that were accepted in time.
        in_target,
        /// Segments that were filed.
        filed,
        /// How long that took.
        wrap_up_ms,
        /// Segments whose agent was asked.
        rung,
        /// For how long.
        ring_ms,
        /// Segments in which the agent wrote.
        first,
        /// How long the first message took.
        first_response_ms,
        /// Answers.
        responses,
        /// How long customers waited for them.
        response_ms,
        /// Messages of their agents.
        agent_messages,
        /// How often more time was taken for filing.
        extensions,
        /// Segments whose agent was asked and wrote.
        routed,
        /// From when they were asked to what they first wrote.
        routed_response_ms,
        /// Messages of their customers.
        customer_messages,
        /// Answers of customers.
        customer_responses,
        /// How long agents waited for them.
        customer_response_ms,
        /// How many waited already, for each wait.
        ahead,
        /// What was in use when offers were refused or missed.
        load_used,
        /// Of how much.
        load_limit,
    }
    greatest {
        /// The longest wait that was accepted.
        answer_max_ms,
        /// The longest time that a customer waited for an answer.
        response_max_ms,
        /// The longest time that an agent waited for an answer.
        customer_response_max_ms,
        /// The most who waited already.
        ahead_max,
    }
}

/// What is summed up apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    kind: Kind,
    /// How many days after 1970-01-01.
    day: i64,
    place: i64,
    came_from: i64,
    queue: i64,
    channel: Option<Channel>,
}

/// What of a segment is summed up.
struct Counted {
    kind: Kind,
    closes: bool,
    lasted_ms: Option<u64>,
    followed: Option<Followed>,
    target_ms: Option<u64>,
    wrap_up_ms: Option<u64>,
    ring_ms: Option<u64>,
    first_response_ms: Option<u64>,
    responses: u64,
    response_ms: u64,
    response_max_ms: u64,
    agent_messages: u64,
    extensions: u64,
    customer_messages: u64,
    customer_responses: u64,
    customer_response_ms: u64,
    customer_response_max_ms: u64,
    ahead: Option<u64>,
    load: Option<(u64, u64)>,
}

impl From<&SegmentRow> for Counted {
    fn from(row: &SegmentRow) -> Self {
        let lasted = row.ended_at.map(|ended| ended.since(row.started_at).as_millis());
        Self {
            kind: row.kind,
            closes: row.closes,
            lasted_ms: lasted.map(|ms| u64::try_from(ms).unwrap_or(u64::MAX)),
            followed: row.followed_by,
            target_ms: row.target_ms,
            wrap_up_ms: row.wrap_up_ms,
            ring_ms: row.ring_ms,
            first_response_ms: row.first_response_ms,
            responses: row.responses.into(),
            response_ms: row.response_ms,
            response_max_ms: row.response_max_ms,
            agent_messages: row.agent_messages.into(),
            extensions: row.extensions.into(),
            customer_messages: row.customer_messages.into(),
            customer_responses: row.customer_responses.into(),
            customer_response_ms: row.customer_response_ms,
            customer_response_max_ms: row.customer_response_max_ms,
            ahead: row.ahead,
            load: row.load.map(|load| (load.used.into(), load.limit.into())),
        }
    }
}

impl Counted {
    /// Reads a row as it was written before, if it was.
    fn written(connection: &Connection, row: &SegmentRow) -> Result<Option<Self>, StoreError> {
        let mut find = connection.prepare_cached(
            "select ended_at - started_at, followed_by, target_ms, wrap_up_ms, ring_ms, first_response_ms, responses,
                 response_ms, response_max_ms, agent_messages, closes, extensions, customer_messages, customer_responses,
                 customer_response_ms, customer_response_max_ms, ahead, load_used, load_limit
             from segment_rows where kind = ?1 and started_at = ?2 and number = ?3",
        )?;
        let mut rows =
            find.query(params![row.kind as i64, row.started_at.as_millis(), row.number.cast_signed()])?;
        let Some(found) = rows.next()? else { return Ok(None) };
        let count = |column| found.get::<_, i64>(column).map(i64::cast_unsigned);
        Ok(Some(Self {
            kind: row.kind,
            lasted_ms: length(found, 0)?,
            followed: followed(found, 1)?,
            target_ms: length(found, 2)?,
            wrap_up_ms: length(found, 3)?,
            ring_ms: length(found, 4)?,
            first_response_ms: length(found, 5)?,
            responses: count(6)?,
            response_ms: count(7)?,
            response_max_ms: count(8)?,
            agent_messages: count(9)?,
            closes: found.get(10)?,
            extensions: count(11)?,
            customer_messages: count(12)?,
            customer_responses: count(13)?,
            customer_response_ms: count(14)?,
            customer_response_max_ms: count(15)?,
            ahead: length(found, 16)?,
            load: length(found, 17)?.zip(length(found, 18)?),
        }))
    }

    fn sums(&self) -> Sums {
        let one = |ms: Option<u64>| u64::from(ms.is_some());
        let routed_ms = self.ring_ms.zip(self.first_response_ms).map(|(rang, wrote)| rang + wrote);
        let (load_used, load_limit) = self.load.unwrap_or_default();
        let mut sums = Sums {
            number: 1,
            closes: self.closes.into(),
            ended: one(self.lasted_ms),
            lasted_ms: self.lasted_ms.unwrap_or(0),
            filed: one(self.wrap_up_ms),
            wrap_up_ms: self.wrap_up_ms.unwrap_or(0),
            rung: one(self.ring_ms),
            ring_ms: self.ring_ms.unwrap_or(0),
            first: one(self.first_response_ms),
            first_response_ms: self.first_response_ms.unwrap_or(0),
            responses: self.responses,
            response_ms: self.response_ms,
            agent_messages: self.agent_messages,
            extensions: self.extensions,
            routed: one(routed_ms),
            routed_response_ms: routed_ms.unwrap_or(0),
            customer_messages: self.customer_messages,
            customer_responses: self.customer_responses,
            customer_response_ms: self.customer_response_ms,
            ahead: self.ahead.unwrap_or(0),
            load_used,
            load_limit,
            response_max_ms: self.response_max_ms,
            customer_response_max_ms: self.customer_response_max_ms,
            ahead_max: self.ahead.unwrap_or(0),
            ..Sums::default()
        };
        if let (Kind::Wait, Some(ms)) = (self.kind, self.lasted_ms) {
            self.waited(&mut sums, ms);
        }
        sums
    }

    fn waited(&self, sums: &mut Sums, ms: u64) {
        if self.followed == Some(Followed::Accepted) {
            (sums.accepted, sums.answer_ms, sums.answer_max_ms) = (1, ms, ms);
            sums.counted = self.target_ms.is_some().into();
            sums.in_target = self.target_ms.is_some_and(|target| ms <= target).into();
        } else if self.followed == Some(Followed::Abandon) {
            (sums.abandoned, sums.abandon_ms) = (1, ms);
            sums.short = (ms < SHORT_MS).into();
            sums.counted = (self.target_ms.is_some() && ms >= SHORT_MS).into();
        } else if self.followed == Some(Followed::Overflow) {
            sums.overflowed = 1;
        }
    }
}

/// What a page of events adds to the sums.
#[derive(Debug, Default)]
pub(super) struct Added(BTreeMap<Key, Sums>);

impl Added {
    /// Takes a row that is about to be written; the numbers are those of its place, of where its conversation came
    /// from and of its queue.
    pub(super) fn take(
        &mut self,
        connection: &Connection,
        row: &SegmentRow,
        (place, came_from, queue): (i64, i64, i64),
    ) -> Result<(), StoreError> {
        if matches!(row.kind, Kind::Transfer | Kind::Presence) {
            return Ok(());
        }
        let day = row.started_at.as_millis().div_euclid(DAY_MS);
        let key = Key { kind: row.kind, day, place, came_from, queue, channel: row.channel };
        let sums = self.0.entry(key).or_default();
        if let Some(before) = Counted::written(connection, row)? {
            sums.take_away(&before.sums());
        }
        sums.add(&Counted::from(row).sums());
        Ok(())
    }

    /// Writes what was taken.
    pub(super) fn write(self, connection: &Connection) -> Result<(), StoreError> {
        let marks = vec!["?"; 6 + Sums::COLUMNS.len()].join(", ");
        let (columns, taking) = (Sums::COLUMNS.join(", "), Sums::TAKING.join(", "));
        let mut write = connection.prepare_cached(&format!(
            "insert into segment_days (kind, day, place, came_from, queue, channel, {columns}) values ({marks})
             on conflict do update set {taking}"
        ))?;
        for (key, sums) in self.0.iter().filter(|(_, sums)| **sums != Sums::default()) {
            let channel = key.channel.map_or("", crate::store::rows::channel);
            let [kind, day, place, came_from, queue] =
                [key.kind as i64, key.day, key.place, key.came_from, key.queue].map(Value::Integer);
            let of = [kind, day, place, came_from, queue, Value::Text(channel.to_owned())];
            write.execute(params_from_iter(of.into_iter().chain(sums.values().map(Value::Integer))))?;
        }
        Ok(())
    }
}

/// Makes the sums of every day anew from the rows, for a file whose rows nothing that follows the log has written.
pub fn sum_up(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.execute_batch(include_str!("sums.sql"))?)
}
