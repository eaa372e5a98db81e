//! Scheduled reports: which report is made when, of what time, and where it is sent.
//!
//! Routing knows only that there is one and whose it is. What it is stands in rows; the clock, time zones and the sending
//! are beside the core.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::external::{URL_CHARS_MAX, secret_fault, url_fault};
use crate::queue::{DAY_MINUTES, Weekday};
use crate::time::Timestamp;

/// How many scheduled reports there may be.
pub const SCHEDULES_MAX: usize = 500;

/// How many scheduled reports one person may have.
pub const SCHEDULES_EACH_MAX: usize = 20;

/// How many addresses one report may be mailed to.
pub const ADDRESSES_MAX: usize = 20;

/// How many filters a report may have.
pub const FILTERS_MAX: usize = 16;

/// How many characters the value of a filter, and the name of a time zone, may have.
pub const FILTER_CHARS_MAX: usize = 100;

/// How many characters a mail address may have. Source: RFC 5321, 4.5.3.1.3, without the angle brackets.
pub const MAIL_CHARS_MAX: usize = 254;

/// Which report: what follows `/api/insights/` in its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ReportKind {
    /// What became of transfers.
    #[serde(rename = "transfers")]
    Transfers,
    /// The transfers themselves.
    #[serde(rename = "transfers/list")]
    TransferList,
    /// The segments themselves.
    #[serde(rename = "segments")]
    Segments,
    /// What happened in queues.
    #[serde(rename = "queues")]
    Queues,
    /// What agents did.
    #[serde(rename = "agents")]
    Agents,
    /// What became of conversations.
    #[serde(rename = "conversations")]
    Conversations,
    /// The conversations themselves.
    #[serde(rename = "conversations/list")]
    ConversationList,
    /// How long customers waited.
    #[serde(rename = "waits")]
    Waits,
    /// What customers said afterwards.
    #[serde(rename = "ratings")]
    Ratings,
    /// The ratings themselves.
    #[serde(rename = "ratings/list")]
    RatingList,
    /// How conversations moved.
    #[serde(rename = "flows-between")]
    FlowsBetween,
    /// What happened over time.
    #[serde(rename = "trend")]
    Trend,
}

impl ReportKind {
    /// Every report.
    pub const ALL: [Self; 12] = [
        Self::Transfers,
        Self::TransferList,
        Self::Segments,
        Self::Queues,
        Self::Agents,
        Self::Conversations,
        Self::ConversationList,
        Self::Waits,
        Self::Ratings,
        Self::RatingList,
        Self::FlowsBetween,
        Self::Trend,
    ];

    /// Returns what follows `/api/insights/` in its address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Transfers => "transfers",
            Self::TransferList => "transfers/list",
            Self::Segments => "segments",
            Self::Queues => "queues",
            Self::Agents => "agents",
            Self::Conversations => "conversations",
            Self::ConversationList => "conversations/list",
            Self::Waits => "waits",
            Self::Ratings => "ratings",
            Self::RatingList => "ratings/list",
            Self::FlowsBetween => "flows-between",
            Self::Trend => "trend",
        }
    }

    /// Returns what it is called for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Transfers => "Transfers",
            Self::TransferList => "List of transfers",
            Self::Segments => "List of segments",
            Self::Queues => "Queues and groups",
            Self::Agents => "Agents",
            Self::Conversations => "Conversations",
            Self::ConversationList => "List of conversations",
            Self::Waits => "Customers’ waits",
            Self::Ratings => "Ratings",
            Self::RatingList => "List of ratings",
            Self::FlowsBetween => "Moves",
            Self::Trend => "Trend",
        }
    }
}

/// Of which time a report is, seen from the day on which it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportPeriod {
    /// The day before.
    Yesterday,
    /// The week before, from Monday to Sunday.
    LastWeek,
    /// The month before.
    LastMonth,
}

impl ReportPeriod {
    /// Every period, the shortest first.
    pub const ALL: [Self; 3] = [Self::Yesterday, Self::LastWeek, Self::LastMonth];

    /// Returns what it is called for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Yesterday => "Yesterday",
            Self::LastWeek => "Last week",
            Self::LastMonth => "Last month",
        }
    }
}

/// On which days a report is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReportDays {
    /// On every day.
    Day,
    /// On some days of each week.
    Week {
        /// Which.
        days: BTreeSet<Weekday>,
    },
    /// On one day of each month.
    Month {
        /// Which, 1 to 31; in a shorter month its last day.
        day: u8,
    },
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportForm {
    /// As a table.
    Csv,
    /// As JSON.
    Json,
}

/// Where a report is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReportTarget {
    /// By mail.
    Mail {
        /// To these addresses.
        addresses: Vec<String>,
    },
    /// To a program, signed as in Standard Webhooks.
    Webhook {
        /// Its address.
        url: String,
        /// What is signed with: `whsec_` and 24 to 64 bytes in base 64. It is never shown; without it the one that there is
        /// stays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret: Option<String>,
    },
}

/// A report that is sent again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReportSchedule {
    /// What it is called.
    pub name: String,
    /// Which report.
    pub report: ReportKind,
    /// The report's own parameters, as its address takes them, but `from`, `to`, `zone`, `after` and `limit`.
    #[serde(default)]
    pub filters: BTreeMap<String, String>,
    /// Of which time it is.
    pub period: ReportPeriod,
    /// In which time zone its days are, by its name in the IANA database, such as `Europe/Madrid`.
    pub zone: String,
    /// On which days it is due.
    pub days: ReportDays,
    /// At which minute of the day it is due, 0 for midnight to 1439.
    pub minute: u16,
    /// How it is written.
    pub form: ReportForm,
    /// Where it is sent.
    pub target: ReportTarget,
}

/// What became of an attempt to send a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RunOutcome {
    /// It was taken.
    Sent,
    /// It was not, and is tried again.
    Retrying {
        /// Why, in a sentence.
        reason: String,
        /// When it is tried again.
        next_at: Timestamp,
    },
    /// It was not, and is not tried again.
    Failed {
        /// Why, in a sentence.
        reason: String,
    },
}

/// One run of a scheduled report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleRun {
    /// When it was due.
    pub due_at: Timestamp,
    /// Whether someone asked for it at once, instead of its time having come.
    pub asked: bool,
    /// How often it was tried.
    pub tries: u32,
    /// When it was tried last.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: RunOutcome,
}

/// The parameters of reports that a schedule sets itself.
const OWN_FILTERS: [&str; 5] = ["from", "to", "zone", "after", "limit"];

impl ReportSchedule {
    /// Says what is wrong with it, in a sentence; whether the zone and the filters exist is for the server to say.
    pub fn fault(&self) -> Option<&'static str> {
        if self.minute >= DAY_MINUTES {
            return Some("Give the time as a minute of the day, from 0 to 1439.");
        }
        match &self.days {
            ReportDays::Day => {}
            ReportDays::Week { days } if days.is_empty() => {
                return Some("Choose at least one day of the week.");
            }
            ReportDays::Week { .. } => {}
            ReportDays::Month { day } if !(1..=31).contains(day) => {
                return Some("Give the day of the month as a number from 1 to 31.");
            }
            ReportDays::Month { .. } => {}
        }
        if self.zone.chars().count() > FILTER_CHARS_MAX {
            return Some("There is no such time zone. Give a name such as `Europe/Madrid`.");
        }
        let too_long = |text: &String| text.chars().count() > FILTER_CHARS_MAX;
        if self.filters.len() > FILTERS_MAX
            || self.filters.iter().any(|(name, value)| too_long(name) || too_long(value))
        {
            return Some("Give at most 16 filters of at most 100 characters each.");
        }
        if self.filters.keys().any(|name| OWN_FILTERS.contains(&name.as_str())) {
            return Some("Leave out `from`, `to`, `zone`, `after` and `limit`: the schedule sets them.");
        }
        self.target.fault()
    }
}

impl ReportTarget {
    fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Mail { addresses } if addresses.is_empty() => Some("Give at least one mail address."),
            Self::Mail { addresses } if addresses.len() > ADDRESSES_MAX => {
                Some("Give at most 20 mail addresses.")
            }
            Self::Mail { addresses } => addresses.iter().find_map(|address| mail_fault(address)),
            Self::Webhook { url, .. } if url.chars().count() > URL_CHARS_MAX => {
                Some("Give an address of at most 500 characters.")
            }
            Self::Webhook { url, secret } => {
                url_fault(url).or_else(|| secret.as_deref().and_then(secret_fault))
            }
        }
    }
}

/// Says in a sentence why a text is no mail address that is written to; nothing if it is.
pub fn mail_fault(address: &str) -> Option<&'static str> {
    let (name, domain) = address.rsplit_once('@').unwrap_or_default();
    let strange = |one: char| one.is_whitespace() || one.is_control() || "<>,;:\\\"()[]".contains(one);
    let usable = !name.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && address.len() <= MAIL_CHARS_MAX
        && !address.contains(strange);
    (!usable).then_some("A mail address looks like `name@example.com`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule() -> ReportSchedule {
        ReportSchedule {
            name: "Daily transfers".to_owned(),
            report: ReportKind::Transfers,
            filters: BTreeMap::new(),
            period: ReportPeriod::Yesterday,
            zone: "Europe/Madrid".to_owned(),
            days: ReportDays::Day,
            minute: 480,
            form: ReportForm::Csv,
            target: ReportTarget::Mail { addresses: vec!["lead@example.com".to_owned()] },
        }
    }

    #[test]
    fn a_schedule_that_makes_no_sense_is_told_apart() {
        assert_eq!(schedule().fault(), None);
        let filters = |name: &str| [(name.to_owned(), "1".to_owned())].into();
        let webhook = |url: &str| ReportTarget::Webhook { url: url.to_owned(), secret: None };
        for wrong in [
            ReportSchedule { minute: DAY_MINUTES, ..schedule() },
            ReportSchedule { days: ReportDays::Week { days: [].into() }, ..schedule() },
            ReportSchedule { days: ReportDays::Month { day: 0 }, ..schedule() },
            ReportSchedule { days: ReportDays::Month { day: 32 }, ..schedule() },
            ReportSchedule { filters: filters("from"), ..schedule() },
            ReportSchedule { filters: filters(&"a".repeat(101)), ..schedule() },
            ReportSchedule { zone: "a".repeat(101), ..schedule() },
            ReportSchedule { target: ReportTarget::Mail { addresses: Vec::new() }, ..schedule() },
            ReportSchedule {
                target: ReportTarget::Mail { addresses: vec!["a@b.example".to_owned(); 21] },
                ..schedule()
            },
            ReportSchedule { target: webhook("http://example.com"), ..schedule() },
            ReportSchedule { target: webhook("file:///etc/passwd"), ..schedule() },
        ] {
            assert!(wrong.fault().is_some(), "{wrong:?}");
        }
    }

    #[test]
    fn mail_goes_to_plain_addresses_only() {
        assert_eq!(mail_fault("ada.l+reports@sub.example.com"), None);
        for wrong in [
            "",
            "ada",
            "@example.com",
            "ada@localhost",
            "ada@.com",
            "ada@example.com.",
            "a b@example.com",
            "ada@example.com, eve@example.com",
            "Ada <ada@example.com>",
            "ada@example.com\r\nBcc: eve@example.com",
        ] {
            assert!(mail_fault(wrong).is_some(), "{wrong:?}");
        }
    }

    #[test]
    fn a_report_is_named_as_in_its_address() {
        for kind in ReportKind::ALL {
            let written = serde_json::to_value(kind).expect("a word is JSON");
            assert_eq!(written, kind.word());
        }
    }
}
