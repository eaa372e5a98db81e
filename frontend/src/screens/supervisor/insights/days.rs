//! Days of the calendar; when they begin in a time zone is the server's to know.

use core::fmt;
use core::str::FromStr;

use baton_shared::Timestamp;

const MS_PER_DAY: i64 = 86_400_000;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// How many days it lies after 1 January 1970.
    number: i64,
}

impl Day {
    /// Returns the day that a time falls on where clocks are this many milliseconds ahead of UTC.
    pub fn at(time: Timestamp, offset_ms: i64) -> Self {
        Self { number: (time.as_millis() + offset_ms).div_euclid(MS_PER_DAY) }
    }

    /// Returns the day so many days later, or earlier where that is negative.
    pub const fn plus(self, days: i64) -> Self {
        Self { number: self.number + days }
    }

    /// Returns how many days it lies after another one.
    pub const fn since(self, other: Self) -> i64 {
        self.number - other.number
    }

    /// Returns when it begins where clocks show UTC.
    pub const fn begin_in_utc(self) -> Timestamp {
        Timestamp::from_millis(self.number * MS_PER_DAY)
    }

    /// Returns how many days it lies after the Monday of its week.
    pub const fn from_monday(self) -> usize {
        // The first day of all was a Thursday.
        (self.number + 3).rem_euclid(7) as usize
    }

    /// Returns which day of its month it is, from 1.
    pub const fn month_day(self) -> i64 {
        self.civil().2
    }

    /// Returns year, month and day of the month.
    const fn civil(self) -> (i64, i64, i64) {
        // Years begin in March here, so that a leap day is a year's last.
        let from_march = self.number + 719_468;
        let era = from_march.div_euclid(146_097);
        let of_era = from_march.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, day)
    }

    const fn of_civil(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let month_from_march = (month + 9) % 12;
        let of_year = (153 * month_from_march + 2) / 5 + day - 1;
        let number = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        Self { number }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// Says that a text is no day written as "2026-11-21".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDay;

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        let mut parts = text.splitn(3, '-').map(str::parse::<i64>);
        let mut next = || parts.next().and_then(Result::ok).ok_or(NoDay);
        let (year, month, day) = (next()?, next()?, next()?);
        if !(1_970..=9_998).contains(&year) {
            return Err(NoDay);
        }
        let found = Self::of_civil(year, month, day);
        // What is no day of its month comes out as another one.
        if found.civil() == (year, month, day) { Ok(found) } else { Err(NoDay) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn a_day_is_read_as_it_is_written() {
        for text in ["1970-01-01", "2024-02-29", "2026-11-21", "2026-12-31", "2027-01-01", "2000-02-29"] {
            assert_eq!(day(text).to_string(), text);
        }
        for text in
            ["2026-02-30", "2026-13-01", "2026-00-10", "2026-01-00", "", "2026-11", "1900-01-01", "x-y-z"]
        {
            assert_eq!(text.parse::<Day>(), Err(NoDay), "{text}");
        }
    }

    #[test]
    fn days_are_counted_over_months() {
        assert_eq!(day("2026-02-27").plus(3).to_string(), "2026-03-02");
        assert_eq!(day("2026-03-02").since(day("2026-02-27")), 3);
    }

    #[test]
    fn a_day_knows_its_place_in_week_and_month() {
        let places = |text| (day(text).from_monday(), day(text).month_day());
        assert_eq!(
            [places("2026-11-23"), places("2026-11-22"), places("1970-01-01")],
            [(0, 23), (6, 22), (3, 1)]
        );
        assert_eq!(Day::at(day("2026-11-22").begin_in_utc(), 0), day("2026-11-22"));
    }

    #[test]
    fn a_day_is_that_of_the_clocks_there() {
        let time: Timestamp = "2026-11-21T23:30:00Z".parse().expect("a time");
        let named = |offset_ms| Day::at(time, offset_ms).to_string();
        assert_eq!([named(0), named(HOUR), named(-24 * HOUR)], ["2026-11-21", "2026-11-22", "2026-11-20"]);
    }
}
