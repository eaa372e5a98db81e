//! How long customers waited.

use baton_shared::api::{InsightsLag, WaitBucket, WaitsReport};
use rusqlite::Connection;

use crate::insights::asking::{self, Filter, Mean, followed, length};
use crate::insights::rows::{Followed, Kind};
use crate::store::StoreError;

/// The bounds of the buckets, in milliseconds.
const BOUNDS_MS: [u64; 10] =
    [5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000];

/// From when a wait is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Since {
    /// From when it came to where it waited.
    #[default]
    Queue,
    /// From when the conversation was opened.
    Creation,
    /// From when the transfer was asked for that led there; other waits do not count.
    Transfer,
}

impl Since {
    /// Returns what a word stands for.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Queue, Self::Creation, Self::Transfer].into_iter().find(|since| since.word() == word)
    }

    /// Returns the word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Creation => "creation",
            Self::Transfer => "transfer",
        }
    }

    /// Returns the column from which it counts.
    pub(in crate::insights) const fn column(self) -> &'static str {
        match self {
            Self::Queue => "started_at",
            Self::Creation => "created_at",
            Self::Transfer => "transfer_at",
        }
    }
}

/// What was expected of waits, and how long they were.
#[derive(Default)]
struct Expected {
    expected: Mean,
    actual: Mean,
    off: Mean,
    longer: u64,
}

impl Expected {
    fn take(&mut self, expected_ms: Option<u64>, lasted_ms: Option<u64>) {
        let (Some(expected_ms), Some(lasted_ms)) = (expected_ms, lasted_ms) else { return };
        self.expected.take(Some(expected_ms));
        self.actual.take(Some(lasted_ms));
        self.off.take(Some(expected_ms.abs_diff(lasted_ms)));
        self.longer += u64::from(lasted_ms > expected_ms);
    }
}

/// Returns how long those waited who were accepted or left.
pub(in crate::insights) fn report(
    connection: &Connection,
    filter: &Filter,
    since: Since,
    lag: InsightsLag,
) -> Result<WaitsReport, StoreError> {
    let (mut accepted, mut abandoned) = (Vec::new(), Vec::new());
    let mut expected = Expected::default();
    let waits = asking::segments(connection, filter, &[Kind::Wait])?;
    let columns = format!("ended_at - {}, followed_by, expected_ms, ended_at - started_at", since.column());
    waits.visit(connection, (&columns, asking::WAITS, ""), |row| {
        let Some(ms) = length(row, 0)? else { return Ok(()) };
        match followed(row, 1)? {
            Some(Followed::Accepted) => {
                accepted.push(ms);
                expected.take(length(row, 2)?, length(row, 3)?);
            }
            Some(Followed::Abandon) => abandoned.push(ms),
            Some(_) | None => {}
        }
        Ok(())
    })?;
    accepted.sort_unstable();
    let number = accepted.len() as u64;
    let sum: u64 = accepted.iter().sum();
    Ok(WaitsReport {
        since: since.word().to_owned(),
        buckets: buckets(&accepted, &abandoned),
        accepted: number,
        abandoned: abandoned.len() as u64,
        average_ms: (sum + number / 2).checked_div(number),
        median_ms: part(&accepted, 50),
        p90_ms: part(&accepted, 90),
        p95_ms: part(&accepted, 95),
        longest_ms: accepted.last().copied(),
        expected_counted: expected.expected.number(),
        expected_ms: expected.expected.average(),
        expected_actual_ms: expected.actual.average(),
        expected_off_ms: expected.off.average(),
        longer_than_expected: expected.longer,
        lag,
    })
}

/// Returns the smallest of sorted values that so many of a hundred do not exceed.
fn part(sorted: &[u64], of_hundred: usize) -> Option<u64> {
    let place = (sorted.len() * of_hundred).div_ceil(100);
    sorted.get(place.saturating_sub(1)).copied()
}

fn buckets(accepted: &[u64], abandoned: &[u64]) -> Vec<WaitBucket> {
    let mut buckets: Vec<WaitBucket> = (0..=BOUNDS_MS.len())
        .map(|place| WaitBucket {
            from_ms: place.checked_sub(1).map_or(0, |before| BOUNDS_MS[before]),
            below_ms: BOUNDS_MS.get(place).copied(),
            accepted: 0,
            abandoned: 0,
        })
        .collect();
    let place = |ms: &u64| BOUNDS_MS.partition_point(|bound| bound <= ms);
    accepted.iter().for_each(|ms| buckets[place(ms)].accepted += 1);
    abandoned.iter().for_each(|ms| buckets[place(ms)].abandoned += 1);
    buckets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_buckets_are_those_of_the_values() {
        let waits = [1_000, 5_000, 9_999, 60_000];
        assert_eq!([part(&waits, 50), part(&waits, 90), part(&[], 50)], [Some(5_000), Some(60_000), None]);
        let found = buckets(&waits, &[4_999, 7_200_000]);
        let counts: Vec<_> = found.iter().map(|bucket| (bucket.accepted, bucket.abandoned)).collect();
        let mut expected = vec![(0, 0); 11];
        (expected[0], expected[1], expected[5], expected[10]) = ((1, 1), (2, 0), (1, 0), (0, 1));
        assert_eq!(counts, expected);
        assert_eq!((found[5].from_ms, found[5].below_ms, found[10].below_ms), (60_000, Some(120_000), None));
    }
}
