//! What happened over time, in the hours, days, weeks or months of a time zone.

use baton_shared::Timestamp;
use baton_shared::api::{InsightsLag, TrendPoint, TrendReport};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use rusqlite::Connection;

use crate::insights::asking::{self, Filter, Mean, followed, length};
use crate::insights::rows::{Followed, Kind, Outcome};
use crate::store::StoreError;

/// How many stretches of time a trend may have.
pub const POINTS_MAX: usize = 1_000;

/// How long the stretches of a trend are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bucket {
    /// An hour.
    Hour,
    /// From midnight to midnight.
    #[default]
    Day,
    /// From Monday to Sunday.
    Week,
    /// A month.
    Month,
}

impl Bucket {
    /// Returns what a word stands for.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Hour, Self::Day, Self::Week, Self::Month].into_iter().find(|bucket| bucket.word() == word)
    }

    /// Returns the word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// Returns when each stretch of time begins from the one that holds `from` to before `to`; nothing where those are too
/// many, or the times are none that a calendar has.
pub fn starts(from: Timestamp, to: Timestamp, bucket: Bucket, zone: &TimeZone) -> Option<Vec<Timestamp>> {
    let zoned = |time: Timestamp| {
        let time = jiff::Timestamp::from_millisecond(time.as_millis()).ok()?;
        Some(time.to_zoned(zone.clone()))
    };
    let (mut start, end) = (begin(&zoned(from)?, bucket)?, zoned(to)?);
    let mut starts = Vec::new();
    while start < end {
        if starts.len() == POINTS_MAX {
            return None;
        }
        starts.push(Timestamp::from_millis(start.timestamp().as_millisecond()));
        start = next(&start, bucket)?;
    }
    Some(starts)
}

/// Returns when the stretch began that a time lies in.
fn begin(time: &Zoned, bucket: Bucket) -> Option<Zoned> {
    let day = time.start_of_day().ok()?;
    match bucket {
        Bucket::Hour => {
            // The last whole hour of the clock, also where an hour comes twice.
            let into = i64::from(time.minute()) * 60_000
                + i64::from(time.second()) * 1_000
                + i64::from(time.millisecond());
            time.checked_sub(into.milliseconds()).ok()
        }
        Bucket::Day => Some(day),
        Bucket::Week => {
            let days = i64::from(day.weekday().to_monday_zero_offset());
            day.checked_sub(days.days()).ok()?.start_of_day().ok()
        }
        Bucket::Month => day.first_of_month().ok()?.start_of_day().ok(),
    }
}

fn next(start: &Zoned, bucket: Bucket) -> Option<Zoned> {
    match bucket {
        Bucket::Hour => start.checked_add(1.hour()).ok(),
        Bucket::Day => start.checked_add(1.day()).ok()?.start_of_day().ok(),
        Bucket::Week => start.checked_add(1.week()).ok()?.start_of_day().ok(),
        Bucket::Month => start.checked_add(1.month()).ok()?.start_of_day().ok(),
    }
}

/// Returns what happened in each stretch of time; `starts` are theirs, the first not after the range.
pub(in crate::insights) fn report(
    connection: &Connection,
    filter: &Filter,
    (zone, bucket, starts): (&str, Bucket, &[Timestamp]),
    lag: InsightsLag,
) -> Result<TrendReport, StoreError> {
    let mut points: Vec<TrendPoint> = starts.iter().map(|start| empty(*start)).collect();
    let mut answers = vec![Mean::default(); points.len()];
    let place = |at: i64| starts.partition_point(|start| start.as_millis() <= at).checked_sub(1);
    let waits = asking::segments(connection, filter, &[Kind::Wait])?;
    let columns = "started_at, ended_at - started_at, followed_by";
    waits.visit(connection, (columns, asking::WAITS, ""), |row| {
        let Some(place) = place(row.get(0)?) else { return Ok(()) };
        let point = &mut points[place];
        point.entered += 1;
        match followed(row, 2)? {
            Some(Followed::Accepted) => {
                point.accepted += 1;
                answers[place].take(length(row, 1)?);
            }
            Some(Followed::Abandon) => point.abandoned += 1,
            Some(_) | None => {}
        }
        Ok(())
    })?;
    let transfers = asking::transfers(connection, filter)?;
    transfers.visit(connection, ("requested_at, outcome", "transfer_rows", ""), |row| {
        let Some(point) = place(row.get(0)?).and_then(|place| points.get_mut(place)) else { return Ok(()) };
        point.transfers += 1;
        match Outcome::of_word(row.get_ref(1)?.as_str()?) {
            Some(Outcome::Successful) => point.transfers_successful += 1,
            Some(Outcome::Failed) => point.transfers_failed += 1,
            Some(Outcome::Open | Outcome::Cancelled) | None => {}
        }
        Ok(())
    })?;
    for (point, answer) in points.iter_mut().zip(&answers) {
        point.answer_ms = answer.average();
    }
    Ok(TrendReport { zone: zone.to_owned(), bucket: bucket.word().to_owned(), points, lag })
}

const fn empty(start: Timestamp) -> TrendPoint {
    TrendPoint {
        start,
        entered: 0,
        accepted: 0,
        abandoned: 0,
        answer_ms: None,
        transfers: 0,
        transfers_successful: 0,
        transfers_failed: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn texts(starts: &[Timestamp]) -> Vec<String> {
        starts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn days_are_those_of_the_time_zone_also_when_clocks_change() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let found =
            starts(at("2026-10-24T10:00:00Z"), at("2026-10-26T12:00:00Z"), Bucket::Day, &berlin).unwrap();
        let days = ["2026-10-23T22:00:00.000Z", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"];
        assert_eq!(texts(&found), days);
        let hours =
            starts(at("2026-10-25T00:10:00Z"), at("2026-10-25T02:00:00Z"), Bucket::Hour, &berlin).unwrap();
        assert_eq!(texts(&hours), ["2026-10-25T00:00:00.000Z", "2026-10-25T01:00:00.000Z"]);
    }

    #[test]
    fn weeks_begin_on_mondays_and_months_on_the_first() {
        let utc = TimeZone::UTC;
        let (from, to) = (at("2026-11-21T10:00:00Z"), at("2026-12-01T00:00:00Z"));
        let weeks = starts(from, to, Bucket::Week, &utc).unwrap();
        let mondays = ["2026-11-16T00:00:00.000Z", "2026-11-23T00:00:00.000Z", "2026-11-30T00:00:00.000Z"];
        assert_eq!(texts(&weeks), mondays);
        assert_eq!(texts(&starts(from, to, Bucket::Month, &utc).unwrap()), ["2026-11-01T00:00:00.000Z"]);
        assert!(starts(at("2000-01-01T00:00:00Z"), to, Bucket::Hour, &utc).is_none(), "too many");
    }
}
