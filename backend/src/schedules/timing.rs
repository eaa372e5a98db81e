//! When a scheduled report is due, and of which time it is.
//!
//! Days and times are those of the schedule's own time zone. A time that a day does not have, because clocks are set
//! forward, is as much later; of one that a day has twice the first counts: so a day has one run.

use baton_shared::schedule::{ReportDays, ReportPeriod, RunOutcome};
use baton_shared::*;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use crate::hours::day;
use crate::store::Scheduled;

/// How many days are looked through: in as many every schedule is due at least once.
const DAYS_LOOKED: i32 = 40;

/// What is to be done about a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is to be sent now.
    Now {
        /// When it was due.
        due_at: Timestamp,
        /// How often it was tried.
        tries: u32,
    },
    /// It is to be sent at a time.
    At(Timestamp),
    /// It is never due.
    Never,
}

/// Returns what is to be done about a schedule; of several times that have passed only the last is made up for.
pub fn next(scheduled: &Scheduled, now: Timestamp) -> Next {
    let Ok(zone) = TimeZone::get(&scheduled.settings.zone) else { return Next::Never };
    let times = || due_times(&scheduled.settings, &zone, now);
    let known = scheduled.last_due.as_ref().map_or(scheduled.since, |run| run.due_at.max(scheduled.since));
    if let Some(due_at) = times().filter(|due| *due <= now && *due > known).last() {
        return Next::Now { due_at, tries: 0 };
    }
    if let Some(run) = &scheduled.last_due
        && let RunOutcome::Retrying { next_at, .. } = run.outcome
    {
        return match next_at <= now {
            true => Next::Now { due_at: run.due_at, tries: run.tries },
            false => Next::At(next_at),
        };
    }
    times().find(|due| *due > now).map_or(Next::Never, Next::At)
}

/// Returns the times around `now` at which it is due, in their order.
fn due_times(settings: &ReportSchedule, zone: &TimeZone, now: Timestamp) -> impl Iterator<Item = Timestamp> {
    let today = date_at(now, zone);
    let dates = (-DAYS_LOOKED..=DAYS_LOOKED).filter_map(move |days| today?.checked_add(days.days()).ok());
    dates.filter(|date| is_due_on(&settings.days, *date)).filter_map(move |date| {
        let minutes = Span::new().minutes(i64::from(settings.minute));
        let at = date.to_datetime(Time::midnight()).checked_add(minutes).ok()?.to_zoned(zone.clone()).ok()?;
        Some(Timestamp::from_millis(at.timestamp().as_millisecond()))
    })
}

fn is_due_on(days: &ReportDays, date: Date) -> bool {
    match days {
        ReportDays::Day => true,
        ReportDays::Week { days } => days.iter().any(|one| day(*one) == date.weekday()),
        ReportDays::Month { day } => date.day() == i8::try_from(*day).unwrap_or(1).min(date.days_in_month()),
    }
}

fn date_at(at: Timestamp, zone: &TimeZone) -> Option<Date> {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
    Some(at.to_zoned(zone.clone()).date())
}

/// A stretch of time, in milliseconds and in days of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// From then on.
    pub from: Timestamp,
    /// Before then.
    pub to: Timestamp,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

/// Returns of which time a report is that is due at a time; nothing where the zone or the calendar has none.
pub fn stretch(settings: &ReportSchedule, due_at: Timestamp) -> Option<Stretch> {
    let zone = TimeZone::get(&settings.zone).ok()?;
    let today = date_at(due_at, &zone)?;
    let (first, end) = match settings.period {
        ReportPeriod::Yesterday => (today.checked_sub(1.day()).ok()?, today),
        ReportPeriod::LastWeek => {
            let monday = today.checked_sub(i32::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
            (monday.checked_sub(7.days()).ok()?, monday)
        }
        ReportPeriod::LastMonth => {
            let begin = today.first_of_month();
            (begin.checked_sub(1.month()).ok()?, begin)
        }
    };
    let begin = |date: Date| {
        let midnight = date.to_zoned(zone.clone()).ok()?;
        Some(Timestamp::from_millis(midnight.timestamp().as_millisecond()))
    };
    Some(Stretch { from: begin(first)?, to: begin(end)?, first, last: end.checked_sub(1.day()).ok()? })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use baton_shared::queue::Weekday;
    use baton_shared::schedule::{ReportForm, ReportKind, ScheduleRun};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("the test gives a time")
    }

    fn scheduled(zone: &str, days: ReportDays, minute: u16, since: &str) -> Scheduled {
        let settings = ReportSchedule {
            name: "Report".to_owned(),
            report: ReportKind::Transfers,
            filters: BTreeMap::new(),
            period: ReportPeriod::Yesterday,
            zone: zone.to_owned(),
            days,
            minute,
            form: ReportForm::Csv,
            target: ReportTarget::Mail { addresses: Vec::new() },
        };
        Scheduled {
            id: ScheduleId::from_bits(1),
            owner: AgentId::from_bits(1),
            settings,
            secret: None,
            since: at(since),
            last: None,
            last_due: None,
        }
    }

    /// Returns the next times at which it is due, one after the other.
    fn following(mut scheduled: Scheduled, count: usize) -> Vec<Timestamp> {
        let mut now = scheduled.since;
        let mut times = Vec::new();
        for _ in 0..count {
            let Next::At(due_at) = next(&scheduled, now) else { panic!("it is due at {now}") };
            assert_eq!(next(&scheduled, due_at), Next::Now { due_at, tries: 0 });
            let outcome = RunOutcome::Sent;
            scheduled.last_due = Some(ScheduleRun { due_at, asked: false, tries: 1, at: due_at, outcome });
            times.push(due_at);
            now = due_at;
        }
        times
    }

    fn times(expected: &[&str]) -> Vec<Timestamp> {
        expected.iter().map(|text| at(text)).collect()
    }

    #[test]
    fn a_daily_report_keeps_its_hour_when_clocks_are_set() {
        // Madrid is an hour ahead of UTC in winter and two in summer; clocks are set on 29 March and 25 October 2026.
        let spring = scheduled("Europe/Madrid", ReportDays::Day, 8 * 60, "2026-03-27T12:00:00.000Z");
        let expected = ["2026-03-28T07:00:00.000Z", "2026-03-29T06:00:00.000Z", "2026-03-30T06:00:00.000Z"];
        assert_eq!(following(spring, 3), times(&expected));
        let autumn = scheduled("Europe/Madrid", ReportDays::Day, 8 * 60, "2026-10-23T12:00:00.000Z");
        let expected = ["2026-10-24T06:00:00.000Z", "2026-10-25T07:00:00.000Z", "2026-10-26T07:00:00.000Z"];
        assert_eq!(following(autumn, 3), times(&expected));
    }

    #[test]
    fn a_time_that_a_day_does_not_have_is_as_much_later_and_one_it_has_twice_is_once() {
        // On 29 March 2026 there is no half past two in Madrid: half past three is an hour and a half after midnight UTC.
        let gap = scheduled("Europe/Madrid", ReportDays::Day, 150, "2026-03-27T12:00:00.000Z");
        let expected = ["2026-03-28T01:30:00.000Z", "2026-03-29T01:30:00.000Z", "2026-03-30T00:30:00.000Z"];
        assert_eq!(following(gap, 3), times(&expected));
        // On 25 October it is half past two twice: at half past midnight UTC first.
        let fold = scheduled("Europe/Madrid", ReportDays::Day, 150, "2026-10-23T12:00:00.000Z");
        let expected = ["2026-10-24T00:30:00.000Z", "2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"];
        assert_eq!(following(fold, 3), times(&expected));
        // In Chile clocks go from midnight to one on 6 September 2026: the day begins at one, which is four in UTC.
        let midnight = scheduled("America/Santiago", ReportDays::Day, 0, "2026-09-04T12:00:00.000Z");
        let expected = ["2026-09-05T04:00:00.000Z", "2026-09-06T04:00:00.000Z", "2026-09-07T03:00:00.000Z"];
        assert_eq!(following(midnight, 3), times(&expected));
    }

    #[test]
    fn a_day_that_a_zone_left_out_is_made_up_for_once() {
        // Samoa had no 30 December 2011: its 29th ended at ten in UTC, ten hours behind, and the 31st began there.
        let samoa = scheduled("Pacific/Apia", ReportDays::Day, 9 * 60, "2011-12-28T12:00:00.000Z");
        let expected = ["2011-12-28T19:00:00.000Z", "2011-12-29T19:00:00.000Z", "2011-12-30T19:00:00.000Z"];
        assert_eq!(following(samoa, 3), times(&expected));
    }

    #[test]
    fn weekly_and_monthly_reports_are_due_on_their_days() {
        // 23 November 2026 is a Monday.
        let days = BTreeSet::from([Weekday::Monday, Weekday::Friday]);
        let weekly = scheduled("UTC", ReportDays::Week { days }, 6 * 60, "2026-11-23T06:00:00.000Z");
        let expected = ["2026-11-27T06:00:00.000Z", "2026-11-30T06:00:00.000Z", "2026-12-04T06:00:00.000Z"];
        assert_eq!(following(weekly, 3), times(&expected));
        let monthly = scheduled("UTC", ReportDays::Month { day: 31 }, 0, "2027-01-01T00:00:00.000Z");
        let expected = [
            "2027-01-31T00:00:00.000Z",
            "2027-02-28T00:00:00.000Z",
            "2027-03-31T00:00:00.000Z",
            "2027-04-30T00:00:00.000Z",
        ];
        assert_eq!(following(monthly, 4), times(&expected));
    }

    #[test]
    fn of_what_was_due_meanwhile_only_the_last_is_made_up_for() {
        let mut daily = scheduled("UTC", ReportDays::Day, 6 * 60, "2026-11-20T12:00:00.000Z");
        let now = at("2026-11-24T09:00:00.000Z");
        let due_at = at("2026-11-24T06:00:00.000Z");
        assert_eq!(next(&daily, now), Next::Now { due_at, tries: 0 });
        daily.last_due =
            Some(ScheduleRun { due_at, asked: false, tries: 1, at: now, outcome: RunOutcome::Sent });
        assert_eq!(next(&daily, now), Next::At(at("2026-11-25T06:00:00.000Z")));
        // What was changed since is due from then on.
        daily.last_due = None;
        daily.since = at("2026-11-24T08:00:00.000Z");
        assert_eq!(next(&daily, now), Next::At(at("2026-11-25T06:00:00.000Z")));
    }

    #[test]
    fn what_failed_is_tried_again_until_something_newer_is_due() {
        let mut daily = scheduled("UTC", ReportDays::Day, 6 * 60, "2026-11-20T12:00:00.000Z");
        let (due_at, next_at) = (at("2026-11-21T06:00:00.000Z"), at("2026-11-21T06:05:00.000Z"));
        let outcome = RunOutcome::Retrying { reason: "It was not there.".to_owned(), next_at };
        daily.last_due = Some(ScheduleRun { due_at, asked: false, tries: 2, at: due_at, outcome });
        assert_eq!(next(&daily, due_at), Next::At(next_at));
        assert_eq!(next(&daily, next_at), Next::Now { due_at, tries: 2 });
        let newer = at("2026-11-22T06:00:00.000Z");
        assert_eq!(next(&daily, newer), Next::Now { due_at: newer, tries: 0 });
    }

    #[test]
    fn a_report_is_of_whole_days_of_its_zone() {
        let mut settings =
            scheduled("Europe/Madrid", ReportDays::Day, 0, "2026-01-01T00:00:00.000Z").settings;
        let mut of = |period, due_at: &str| {
            settings.period = period;
            let found = stretch(&settings, at(due_at)).expect("there is such a time");
            (found.from, found.to, found.first.to_string(), found.last.to_string())
        };
        let expected =
            |from, to, first: &str, last: &str| (at(from), at(to), first.to_owned(), last.to_owned());
        // The day on which clocks are set forward has 23 hours.
        assert_eq!(
            of(ReportPeriod::Yesterday, "2026-03-30T06:00:00.000Z"),
            expected("2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z", "2026-03-29", "2026-03-29")
        );
        // 1 April 2026 is a Wednesday; the week before it is that of 23 March.
        assert_eq!(
            of(ReportPeriod::LastWeek, "2026-04-01T06:00:00.000Z"),
            expected("2026-03-22T23:00:00.000Z", "2026-03-29T22:00:00.000Z", "2026-03-23", "2026-03-29")
        );
        assert_eq!(
            of(ReportPeriod::LastMonth, "2026-04-01T06:00:00.000Z"),
            expected("2026-02-28T23:00:00.000Z", "2026-03-31T22:00:00.000Z", "2026-03-01", "2026-03-31")
        );
        // It is January there already while it is December in UTC.
        assert_eq!(
            of(ReportPeriod::LastMonth, "2026-12-31T23:30:00.000Z"),
            expected("2026-11-30T23:00:00.000Z", "2026-12-31T23:00:00.000Z", "2026-12-01", "2026-12-31")
        );
    }
}
