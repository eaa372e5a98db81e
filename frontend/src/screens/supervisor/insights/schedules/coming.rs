//! Which days a scheduled report will be of, told before it is sent; the server decides when it is due, and by the same rules.

use baton_shared::Timestamp;
use baton_shared::queue::Weekday;
use baton_shared::schedule::{ReportDays, ReportPeriod};

use super::super::days::Day;
use crate::browser::zones::{self, Style};

/// How many days are looked through: in as many every schedule is due at least once.
const DAYS_LOOKED: i64 = 40;

/// Returns the day on which a report is due next; a report whose time has passed today waits for the next of its days.
pub(super) fn due_next(days: &ReportDays, minute: u16, today: Day, now_minute: u16) -> Option<Day> {
    let from = i64::from(minute <= now_minute);
    (from..=DAYS_LOOKED).map(|later| today.plus(later)).find(|day| is_due_on(days, *day))
}

fn is_due_on(days: &ReportDays, day: Day) -> bool {
    match days {
        ReportDays::Day => true,
        ReportDays::Week { days } => {
            Weekday::ALL.get(day.from_monday()).is_some_and(|weekday| days.contains(weekday))
        }
        ReportDays::Month { day: wanted } => {
            let is_last = day.plus(1).month_day() == 1;
            day.month_day() == i64::from(*wanted) || is_last && day.month_day() < i64::from(*wanted)
        }
    }
}

/// Returns the first and the last day of a report that is due on a day.
pub(super) fn covered(period: ReportPeriod, due: Day) -> (Day, Day) {
    match period {
        ReportPeriod::Yesterday => (due.plus(-1), due.plus(-1)),
        ReportPeriod::LastWeek => {
            let monday = due.plus(-(due.from_monday() as i64));
            (monday.plus(-7), monday.plus(-1))
        }
        ReportPeriod::LastMonth => {
            let last = due.plus(-due.month_day());
            (last.plus(1 - last.month_day()), last)
        }
    }
}

/// Returns the days of a report that is due on a day, in words.
pub(super) fn covered_in_words(period: ReportPeriod, due: Day) -> String {
    match covered(period, due) {
        (first, last) if first == last => in_words(first),
        (first, last) => format!("{} to {}", in_words(first), in_words(last)),
    }
}

/// Returns a day as the person at the screen writes days.
pub(super) fn in_words(day: Day) -> String {
    zones::written("UTC", Style::Date, day.begin_in_utc())
}

/// Returns the day and the minute of the day that the clocks of a zone show at a time.
pub(super) fn shown_in(zone: &str, at: Timestamp) -> (Day, u16) {
    let offset_ms = zones::offset_ms(zone, at);
    let day = Day::at(at, offset_ms);
    let of_day_ms = at.as_millis() + offset_ms - day.begin_in_utc().as_millis();
    (day, u16::try_from(of_day_ms / 60_000).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn the_next_day_is_one_on_which_the_report_is_due() {
        let next = |days: &ReportDays, minute, today: &str| {
            due_next(days, minute, day(today), 600).map(|day| day.to_string())
        };
        let weekly = ReportDays::Week { days: [Weekday::Monday, Weekday::Friday].into() };
        let monthly = |day| ReportDays::Month { day };
        for (days, minute, today, expected) in [
            (&ReportDays::Day, 601, "2026-11-21", "2026-11-21"),
            (&ReportDays::Day, 600, "2026-11-21", "2026-11-22"),
            (&weekly, 480, "2026-11-21", "2026-11-23"),
            (&weekly, 480, "2026-11-23", "2026-11-27"),
            (&monthly(31), 480, "2026-11-21", "2026-11-30"),
            (&monthly(31), 480, "2026-11-30", "2026-12-31"),
            (&monthly(1), 480, "2026-11-21", "2026-12-01"),
        ] {
            assert_eq!(next(days, minute, today).as_deref(), Some(expected), "{days:?} {minute} {today}");
        }
        assert_eq!(next(&ReportDays::Week { days: [].into() }, 480, "2026-11-21"), None);
    }

    #[test]
    fn a_report_is_of_the_whole_days_before_it() {
        let days = |period, due: &str| {
            let (first, last) = covered(period, day(due));
            (first.to_string(), last.to_string())
        };
        let pair = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(days(ReportPeriod::Yesterday, "2026-03-01"), pair("2026-02-28", "2026-02-28"));
        assert_eq!(days(ReportPeriod::LastWeek, "2026-11-23"), pair("2026-11-16", "2026-11-22"));
        assert_eq!(days(ReportPeriod::LastWeek, "2026-11-22"), pair("2026-11-09", "2026-11-15"));
        assert_eq!(days(ReportPeriod::LastMonth, "2024-03-31"), pair("2024-02-01", "2024-02-29"));
    }
}
