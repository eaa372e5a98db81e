//! When a queue is open.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How many opening times a queue may have.
pub const OPENINGS_MAX: usize = 70;

/// How many closed days a queue may have.
pub const CLOSED_DAYS_MAX: usize = 400;

/// How many minutes a day has.
pub const DAY_MINUTES: u16 = 24 * 60;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the day it names")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// Every day, in the order of the week.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// Returns the word shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        }
    }
}

/// A time in each week at which a queue is open; past midnight it goes on with one of the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// On which day.
    pub day: Weekday,
    /// From which minute of the day, 0 for midnight.
    pub from: u16,
    /// Until before which minute of the day, 1440 for midnight.
    pub to: u16,
}

/// When a queue is open.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpeningHours {
    /// In which time zone, by its name in the IANA database, such as `Europe/Madrid`.
    pub zone: String,
    /// At which times of each week.
    pub weekly: BTreeSet<Opening>,
    /// On which days not at all, each as `2026-12-25`.
    #[serde(default)]
    pub closed_on: BTreeSet<String>,
}

impl OpeningHours {
    /// Says what is wrong with the times, in a sentence; whether zone and days exist is for the server to say.
    pub fn fault(&self) -> Option<&'static str> {
        if self.weekly.is_empty() {
            return Some("Give at least one opening time, or no hours at all.");
        }
        if self.weekly.len() > OPENINGS_MAX || self.closed_on.len() > CLOSED_DAYS_MAX {
            return Some("Give at most 70 opening times and 400 closed days.");
        }
        let wrong = |opening: &Opening| opening.from >= opening.to || opening.to > DAY_MINUTES;
        if self.weekly.iter().any(wrong) {
            return Some("Let each opening time end after it begins, at midnight at the latest.");
        }
        None
    }
}

/// Whether a queue with hours is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Standing {
    /// Whether it is.
    pub open: bool,
    /// Until when; nothing where no end of it is in sight.
    pub until: Option<Timestamp>,
}

/// What becomes of those who wait when a queue closes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AtClosing {
    /// They wait on.
    #[default]
    Keep,
    /// Each ends with a request, whose number the customer is told.
    Request,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_that_make_no_sense_are_told_apart() {
        let hours = |openings: &[(u16, u16)]| {
            let openings =
                openings.iter().map(|(from, to)| Opening { day: Weekday::Friday, from: *from, to: *to });
            OpeningHours { zone: "UTC".to_owned(), weekly: openings.collect(), closed_on: BTreeSet::new() }
        };
        assert_eq!(hours(&[(0, DAY_MINUTES)]).fault(), None);
        for wrong in [&[][..], &[(600, 600)], &[(600, 540)], &[(600, DAY_MINUTES + 1)]] {
            assert!(hours(wrong).fault().is_some(), "{wrong:?}");
        }
    }
}
