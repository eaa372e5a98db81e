//! How somebody wants a wall to count: from which moment of the day on, and by which times.

use std::sync::Arc;

use baton_shared::wall::SHORT_ABANDON;
use baton_shared::*;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

/// How long a day lasts at most; clocks that are set make one of 25 hours, and where they are set most one of 26.
///
/// What happened is kept for as long. A day that a government makes longer shows the last of it.
pub const DAY_MAX: core::time::Duration = core::time::Duration::from_secs(26 * 60 * 60);

/// How somebody wants a wall to count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counting {
    zone: Arc<str>,
    /// At which minute of the day counting begins anew.
    minute: u16,
    target_ms: Option<u64>,
    short_ms: u64,
}

/// A time that is counted together; what happens at its end is of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// When it began.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

impl Default for Counting {
    /// Days of UTC, each queue's own target, and [`SHORT_ABANDON`].
    fn default() -> Self {
        Self { zone: "UTC".into(), minute: 0, target_ms: None, short_ms: SHORT_ABANDON.as_millis() as u64 }
    }
}

impl Counting {
    /// Begins a day at a minute of it, by the clocks of a zone; nothing where there is no such zone.
    pub fn in_zone(self, zone: &str, minute: u16) -> Option<Self> {
        TimeZone::get(zone).ok()?;
        Some(Self { zone: zone.into(), minute, ..self })
    }

    /// Takes a target in the place of those of the queues.
    pub fn with_target(self, secs: Option<u32>) -> Self {
        Self { target_ms: secs.map(|secs| u64::from(secs) * 1_000), ..self }
    }

    /// Does not count who leaves sooner against the service level.
    pub fn with_short(self, secs: u32) -> Self {
        Self { short_ms: u64::from(secs) * 1_000, ..self }
    }

    /// Returns within how many milliseconds a queue is to be answered; nothing where that is not set.
    pub(super) fn target_ms(&self, queue: &Queue) -> Option<u64> {
        self.target_ms.or_else(|| queue.rules.target.map(|target| u64::from(target.secs) * 1_000))
    }

    /// Says whether a wait that was abandoned does not count against the service level.
    pub(super) const fn is_short(&self, waited_ms: u64) -> bool {
        waited_ms < self.short_ms
    }

    /// Returns the day in which a moment is.
    pub fn day(&self, now: Timestamp) -> Day {
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        let began = Day { from: now.minus(DAY_MAX), until: now.plus(DAY_MAX) };
        let Ok(moment) = jiff::Timestamp::from_millisecond(now.as_millis()) else { return began };
        let today = moment.to_zoned(zone.clone()).date();
        let dates = [today.yesterday().ok(), Some(today), today.tomorrow().ok()];
        let begins = dates.into_iter().flatten().filter_map(|date| self.begin(date, &zone));
        // Where clocks leap over a whole day, two of them begin together.
        begins.fold(began, |day, begin| {
            if begin <= now {
                Day { from: day.from.max(begin), ..day }
            } else {
                Day { until: day.until.min(begin), ..day }
            }
        })
    }

    fn begin(&self, date: Date, zone: &TimeZone) -> Option<Timestamp> {
        let midnight = date.to_datetime(Time::midnight());
        let clock = midnight.checked_add(i64::from(self.minute).minutes()).ok()?;
        let begin: Zoned = clock.to_zoned(zone.clone()).ok()?;
        Some(Timestamp::from_millis(begin.timestamp().as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn day(zone: &str, minute: u16, now: &str) -> (String, String) {
        let Day { from, until } = Counting::default().in_zone(zone, minute).unwrap().day(at(now));
        let text = |time: Timestamp| time.to_string().replace(":00.000Z", "");
        (text(from), text(until))
    }

    #[test]
    fn a_day_begins_at_a_minute_of_the_clocks_of_a_zone() {
        for (zone, minute, now, from, until) in [
            ("UTC", 0, "2026-11-21T08:15:30.120Z", "2026-11-21T00:00", "2026-11-22T00:00"),
            ("UTC", 0, "2026-11-21T00:00:00Z", "2026-11-21T00:00", "2026-11-22T00:00"),
            ("UTC", 540, "2026-11-21T08:15:30Z", "2026-11-20T09:00", "2026-11-21T09:00"),
            ("Europe/Madrid", 0, "2026-11-21T23:30:00Z", "2026-11-21T23:00", "2026-11-22T23:00"),
            ("America/Los_Angeles", 360, "2026-11-21T08:00:00Z", "2026-11-20T14:00", "2026-11-21T14:00"),
            ("Asia/Kathmandu", 0, "2026-11-21T20:00:00Z", "2026-11-21T18:15", "2026-11-22T18:15"),
        ] {
            assert_eq!(day(zone, minute, now), (from.to_owned(), until.to_owned()), "{zone} {minute} {now}");
        }
    }

    #[test]
    fn a_day_on_which_clocks_are_set_is_shorter_or_longer() {
        // 25 hours in Madrid, 23 in the spring; a beginning that a day has twice is its first, and one that it has not is
        // as much later.
        for (zone, minute, now, from, until) in [
            ("Europe/Madrid", 0, "2026-10-25T12:00:00Z", "2026-10-24T22:00", "2026-10-25T23:00"),
            ("Europe/Madrid", 0, "2026-03-29T12:00:00Z", "2026-03-28T23:00", "2026-03-29T22:00"),
            ("Europe/Madrid", 150, "2026-10-25T00:40:00Z", "2026-10-25T00:30", "2026-10-26T01:30"),
            ("Europe/Madrid", 150, "2026-03-29T02:00:00Z", "2026-03-29T01:30", "2026-03-30T00:30"),
            ("Antarctica/Troll", 0, "2026-10-25T12:00:00Z", "2026-10-24T22:00", "2026-10-26T00:00"),
        ] {
            assert_eq!(day(zone, minute, now), (from.to_owned(), until.to_owned()), "{zone} {minute} {now}");
        }
    }

    #[test]
    fn every_moment_is_in_a_day_that_is_kept() {
        // Hourly through two years: a day holds the moment, lasts at most as long as what happened is kept, and the next one
        // begins where it ends.
        for zone in ["UTC", "Australia/Lord_Howe", "America/Santiago", "Antarctica/Troll", "Pacific/Apia"] {
            let counting = Counting::default().in_zone(zone, 90).unwrap();
            let mut now = at("2026-01-01T00:10:00Z");
            let mut before = counting.day(now);
            for _ in 0..2 * 366 * 24 {
                now = now.plus(core::time::Duration::from_secs(3_600));
                let day = counting.day(now);
                assert!(day.from <= now && now < day.until, "{zone} {now}");
                assert!(day.until.since(day.from) <= DAY_MAX, "{zone} {now}");
                assert!(day == before || day.from == before.until, "{zone} {now}");
                before = day;
            }
        }
    }

    #[test]
    fn a_zone_that_nobody_knows_is_refused() {
        assert_eq!(Counting::default().in_zone("Mars/Olympus", 0), None);
    }
}
