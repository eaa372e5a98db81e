//! Opening hours against a clock: whether a queue is open, and until when.
//!
//! The zones are those of the IANA database that is built in, so that every machine says the same. What was judged stands in
//! the log, so that a replay needs neither the database nor the hours.

use baton_shared::queue::{Opening, OpeningHours, Standing, Weekday};
use baton_shared::*;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

/// How far ahead an opening or a closing is looked for, in days: every closed day that can be given passes by.
const DAYS_AHEAD: i32 = 450;

/// Says what is wrong with hours, in a sentence; nothing if they can be judged.
pub fn fault(hours: &OpeningHours) -> Option<&'static str> {
    if let Some(fault) = hours.fault() {
        return Some(fault);
    }
    if TimeZone::get(&hours.zone).is_err() {
        return Some("There is no such time zone. Give a name such as `Europe/Madrid`.");
    }
    // They are compared as text, so that only the one way to write a date will do.
    let is_date = |day: &String| day.parse::<Date>().is_ok_and(|date| date.to_string() == *day);
    if !hours.closed_on.iter().all(is_date) {
        return Some("Give each closed day as a date such as `2026-12-25`.");
    }
    None
}

/// Says whether a queue with these hours is open at a time, and until when that stays so.
///
/// Hours that cannot be judged, which [`fault`] would have found, count as open: nobody is turned away by mistake.
pub fn standing(hours: &OpeningHours, now: Timestamp) -> Standing {
    judged(hours, now).unwrap_or(Standing { open: true, until: None })
}

fn judged(hours: &OpeningHours, now: Timestamp) -> Option<Standing> {
    let zone = TimeZone::get(&hours.zone).ok()?;
    let today = jiff::Timestamp::from_millisecond(now.as_millis()).ok()?.to_zoned(zone.clone()).date();
    let mut until = None;
    for day in 0..DAYS_AHEAD {
        for (from, to) in openings_on(hours, &zone, today.checked_add(day.days()).ok()?)? {
            match until {
                // Two that touch are one.
                Some(end) if from <= end => until = Some(to.max(end)),
                Some(end) => return Some(Standing { open: true, until: Some(end) }),
                None if from > now => return Some(Standing { open: false, until: Some(from) }),
                None if to > now => until = Some(to),
                None => {}
            }
        }
    }
    Some(Standing { open: until.is_some(), until })
}

/// Returns the times at which it is open on a day, in their order; where clocks are set, the wall's time decides.
fn openings_on(hours: &OpeningHours, zone: &TimeZone, date: Date) -> Option<Vec<(Timestamp, Timestamp)>> {
    if hours.closed_on.contains(&date.to_string()) {
        return Some(Vec::new());
    }
    let at = |minute: u16| {
        let begins =
            date.to_datetime(Time::midnight()).checked_add(Span::new().minutes(i64::from(minute))).ok()?;
        let there = begins.to_zoned(zone.clone()).ok()?;
        Some(Timestamp::from_millis(there.timestamp().as_millisecond()))
    };
    let of_day = hours.weekly.iter().filter(|opening| day(opening.day) == date.weekday());
    of_day.map(|Opening { from, to, .. }| Some((at(*from)?, at(*to)?))).collect()
}

/// Returns a day of the week as the calendar has it.
pub const fn day(day: Weekday) -> jiff::civil::Weekday {
    match day {
        Weekday::Monday => jiff::civil::Weekday::Monday,
        Weekday::Tuesday => jiff::civil::Weekday::Tuesday,
        Weekday::Wednesday => jiff::civil::Weekday::Wednesday,
        Weekday::Thursday => jiff::civil::Weekday::Thursday,
        Weekday::Friday => jiff::civil::Weekday::Friday,
        Weekday::Saturday => jiff::civil::Weekday::Saturday,
        Weekday::Sunday => jiff::civil::Weekday::Sunday,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const WORKDAYS: [Weekday; 5] =
        [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

    fn hours(days: &[Weekday], times: &[(u16, u16)]) -> OpeningHours {
        let openings = days
            .iter()
            .flat_map(|day| times.iter().map(|(from, to)| Opening { day: *day, from: *from, to: *to }));
        OpeningHours {
            zone: "Europe/Madrid".to_owned(),
            weekly: openings.collect(),
            closed_on: BTreeSet::new(),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("the test gives a time")
    }

    fn stands(hours: &OpeningHours, now: &str, open: bool, until: &str) {
        assert_eq!(standing(hours, at(now)), Standing { open, until: Some(at(until)) }, "at {now}");
    }

    #[test]
    fn a_day_with_a_break_opens_and_closes_twice_by_the_local_clock() {
        // From nine to two and from four to eight, an hour ahead of UTC in winter; 23 November 2026 is a Monday.
        let hours = hours(&WORKDAYS, &[(540, 840), (960, 1200)]);
        stands(&hours, "2026-11-23T07:59:59.999Z", false, "2026-11-23T08:00:00.000Z");
        stands(&hours, "2026-11-23T08:00:00.000Z", true, "2026-11-23T13:00:00.000Z");
        stands(&hours, "2026-11-23T13:00:00.000Z", false, "2026-11-23T15:00:00.000Z");
        stands(&hours, "2026-11-23T18:59:00.000Z", true, "2026-11-23T19:00:00.000Z");
        stands(&hours, "2026-11-27T20:00:00.000Z", false, "2026-11-30T08:00:00.000Z");
    }

    #[test]
    fn summer_time_moves_them_with_the_wall_clock() {
        let hours = hours(&[Weekday::Sunday], &[(60, 240)]);
        // Clocks go from two to three on 29 March 2026, and from three to two on 25 October.
        stands(&hours, "2026-03-29T00:30:00.000Z", true, "2026-03-29T02:00:00.000Z");
        stands(&hours, "2026-10-25T00:30:00.000Z", true, "2026-10-25T03:00:00.000Z");
    }

    #[test]
    fn what_goes_on_past_midnight_is_one_opening() {
        let all_week = hours(&Weekday::ALL, &[(0, 360), (1320, 1440)]);
        stands(&all_week, "2026-11-23T22:00:00.000Z", true, "2026-11-24T05:00:00.000Z");
        let always = hours(&Weekday::ALL, &[(0, 1440)]);
        let Standing { open, until } = standing(&always, at("2026-11-23T22:00:00.000Z"));
        assert!(open && until.is_some_and(|until| until > at("2027-11-23T22:00:00.000Z")));
    }

    #[test]
    fn a_closed_day_is_passed_over() {
        let mut hours = hours(&WORKDAYS, &[(540, 1020)]);
        hours.closed_on = BTreeSet::from(["2026-12-25".to_owned(), "2026-12-28".to_owned()]);
        stands(&hours, "2026-12-25T10:00:00.000Z", false, "2026-12-29T08:00:00.000Z");
    }

    #[test]
    fn a_zone_or_a_day_that_does_not_exist_is_a_fault() {
        let usable = hours(&WORKDAYS, &[(540, 1020)]);
        assert_eq!(fault(&usable), None);
        assert!(fault(&OpeningHours { zone: "Europe/Atlantis".to_owned(), ..usable.clone() }).is_some());
        let closed_on = BTreeSet::from(["2026-02-30".to_owned()]);
        assert!(fault(&OpeningHours { closed_on, ..usable }).is_some());
    }
}
