//! What is asked of the reports, and how it stands in the page's address.
//!
//! All that was chosen is in the address, so that a report can be shared, reloaded and gone back to.

use std::collections::BTreeMap;

use super::days::Day;
use crate::screens::supervisor::PATH;

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// What became of transfers.
    Transfers,
    /// What happened in queues and for groups.
    Queues,
    /// What agents did.
    Agents,
    /// What became of conversations.
    Conversations,
    /// How long customers waited.
    Waits,
    /// What customers said afterwards.
    Ratings,
    /// How conversations moved.
    Flow,
    /// Those that are sent by themselves.
    Schedules,
    /// What past days would have been like under a change.
    WhatIf,
}

impl Report {
    /// Every report, in the order in which they are listed.
    pub const ALL: [Self; 9] = [
        Self::Transfers,
        Self::Queues,
        Self::Agents,
        Self::Conversations,
        Self::Waits,
        Self::Ratings,
        Self::Flow,
        Self::WhatIf,
        Self::Schedules,
    ];

    /// Returns what it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transfers => "Messaging transfers",
            Self::Queues => "Queues",
            Self::Agents => "Agents",
            Self::Conversations => "Conversations",
            Self::Waits => "Customers’ waits",
            Self::Ratings => "Ratings",
            Self::Flow => "Flow",
            Self::Schedules => "Scheduled reports",
            Self::WhatIf => "What if",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Transfers => "transfers",
            Self::Queues => "queues",
            Self::Agents => "agents",
            Self::Conversations => "conversations",
            Self::Waits => "waits",
            Self::Ratings => "ratings",
            Self::Flow => "flow",
            Self::Schedules => "schedules",
            Self::WhatIf => "what-if",
        }
    }
}

/// A stretch of days; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// The day that it is.
    Today,
    /// The day before.
    Yesterday,
    /// Seven days, today the last.
    Week,
    /// Thirty days, today the last.
    Month,
    /// From one day to another.
    Own(Day, Day),
}

impl Range {
    /// The ranges that can be chosen by name: the word, and what it is called.
    pub const NAMED: [(Self, &'static str, &'static str); 4] = [
        (Self::Today, "today", "Today"),
        (Self::Yesterday, "yesterday", "Yesterday"),
        (Self::Week, "7d", "Last 7 days"),
        (Self::Month, "30d", "Last 30 days"),
    ];

    /// Returns its first day and its last.
    pub const fn days(self, today: Day) -> (Day, Day) {
        match self {
            Self::Today => (today, today),
            Self::Yesterday => (today.plus(-1), today.plus(-1)),
            Self::Week => (today.plus(-6), today),
            Self::Month => (today.plus(-29), today),
            Self::Own(first, last) => (first, last),
        }
    }
}

/// By what a report can be narrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The queue that conversations are of.
    Queue,
    /// Someone who did it, was asked or was to be given it.
    Agent,
    /// The group that it waited for.
    Group,
    /// How the customer wrote.
    Channel,
    /// What became of transfers.
    Outcome,
}

impl By {
    /// Everything to narrow by, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Queue, Self::Agent, Self::Group, Self::Channel, Self::Outcome];

    /// Returns its name in addresses, of pages as of the server.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Agent => "agent",
            Self::Group => "group",
            Self::Channel => "channel",
            Self::Outcome => "outcome",
        }
    }
}

/// Which rows are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Transfers.
    Transfers,
    /// Segments.
    Segments,
    /// Ratings.
    Ratings,
    /// Conversations.
    Conversations,
}

impl List {
    const ALL: [Self; 4] = [Self::Transfers, Self::Segments, Self::Ratings, Self::Conversations];

    const fn word(self) -> &'static str {
        match self {
            Self::Transfers => "transfers",
            Self::Segments => "segments",
            Self::Ratings => "ratings",
            Self::Conversations => "conversations",
        }
    }
}

/// What marks the rows behind a number, besides what the whole report is narrowed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// What became of a transfer or of a conversation, or followed a segment.
    Outcome,
    /// Of which kind a segment is.
    Kind,
    /// Whose segments they are, or who waited.
    Agent,
    /// Of which queue.
    Queue,
    /// For which group.
    Group,
    /// Who passed on.
    Sender,
    /// To whom it was passed on.
    Receiver,
    /// Who accepted a transfer.
    AcceptedBy,
    /// What the server has words for, separated by commas: `ping_pong`, `to_agent`, `in_queue,short`.
    Only,
    /// Waits of at least so many milliseconds.
    From,
    /// Waits below so many milliseconds.
    Below,
    /// Ratings with this score.
    Score,
    /// Conversations that were passed on so often, and ratings of such.
    Transfers,
    /// Offers that were refused for a reason.
    Reason,
}

impl Mark {
    const ALL: [Self; 14] = [
        Self::Outcome,
        Self::Kind,
        Self::Agent,
        Self::Queue,
        Self::Group,
        Self::Sender,
        Self::Receiver,
        Self::AcceptedBy,
        Self::Only,
        Self::From,
        Self::Below,
        Self::Score,
        Self::Transfers,
        Self::Reason,
    ];

    /// Returns its name in the page's address.
    const fn key(self) -> &'static str {
        match self {
            Self::Outcome => "row-outcome",
            Self::Kind => "row-kind",
            Self::Agent => "row-agent",
            Self::Queue => "row-queue",
            Self::Group => "row-group",
            Self::Sender => "row-sender",
            Self::Receiver => "row-receiver",
            Self::AcceptedBy => "row-accepted_by",
            Self::Only => "row-only",
            Self::From => "row-from",
            Self::Below => "row-below",
            Self::Score => "row-score",
            Self::Transfers => "row-transfers",
            Self::Reason => "row-reason",
        }
    }

    /// Returns what the server calls it.
    const fn parameter(self) -> &'static str {
        match self {
            Self::Outcome => "outcome",
            Self::Kind => "kind",
            Self::Agent => "agent",
            Self::Queue => "queue",
            Self::Group => "group",
            Self::Sender => "sender",
            Self::Receiver => "receiver",
            Self::AcceptedBy => "accepted_by",
            Self::Only => "only",
            Self::From => "at_least_ms",
            Self::Below => "below_ms",
            Self::Score => "score",
            Self::Transfers => "transfers",
            Self::Reason => "reason",
        }
    }
}

/// The rows behind a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Which.
    pub list: List,
    /// What marks them.
    pub marks: BTreeMap<Mark, String>,
}

impl Rows {
    /// Returns every row of a list.
    pub const fn of(list: List) -> Self {
        Self { list, marks: BTreeMap::new() }
    }

    /// Returns only those of them with a mark; words of the server add up.
    #[must_use]
    pub fn with(mut self, mark: Mark, value: impl Into<String>) -> Self {
        let mut value = value.into();
        if let (Mark::Only, Some(before)) = (mark, self.marks.get(&mark)) {
            value = format!("{before},{value}");
        }
        self.marks.insert(mark, value);
        self
    }

    /// Returns what a mark asks for.
    pub fn mark(&self, mark: Mark) -> Option<&str> {
        self.marks.get(&mark).map(String::as_str)
    }
}

/// All that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The report.
    pub report: Report,
    /// Of which days.
    pub range: Range,
    /// In which time zone; nothing for the browser's own.
    pub zone: Option<String>,
    /// What it is narrowed by.
    pub filter: BTreeMap<By, String>,
    /// From when waits are counted: `creation` or `transfer`; nothing for when they came to where they waited.
    pub since: Option<String>,
    /// The rows that are listed in the place of the report.
    pub rows: Option<Rows>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            report: Report::Transfers,
            range: Range::Today,
            zone: None,
            filter: BTreeMap::new(),
            since: None,
            rows: None,
        }
    }
}

impl Asked {
    /// Reads what an address's query asks; nothing where it asks for no report. What is unknown in it is passed over.
    pub fn read(query: &str) -> Option<Self> {
        let given: BTreeMap<String, String> = query
            .trim_start_matches('?')
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let word = given.get("report")?;
        let report = Report::ALL.into_iter().find(|report| report.word() == word)?;
        let filter = By::ALL.into_iter().filter_map(|by| Some((by, given.get(by.word())?.clone()))).collect();
        let list = given.get("rows");
        let list = list.and_then(|word| List::ALL.into_iter().find(|list| list.word() == word));
        let rows = list.map(|list| {
            let marks = Mark::ALL.into_iter().filter_map(|mark| Some((mark, given.get(mark.key())?.clone())));
            Rows { list, marks: marks.collect() }
        });
        Some(Self {
            report,
            range: range(&given),
            zone: given.get("zone").cloned(),
            filter,
            since: given.get("since").cloned(),
            rows,
        })
    }

    /// Returns the address that asks the same.
    pub fn address(&self) -> String {
        let mut pairs = vec![("report", self.report.word().to_owned())];
        match self.range {
            Range::Own(first, last) => {
                pairs.extend([("from", first.to_string()), ("to", last.to_string())]);
            }
            Range::Today | Range::Yesterday | Range::Week | Range::Month => {
                let named = Range::NAMED.iter().find(|(range, ..)| *range == self.range);
                pairs.extend(named.map(|(_, word, _)| ("range", (*word).to_owned())));
            }
        }
        pairs.extend(self.zone.clone().map(|zone| ("zone", zone)));
        pairs.extend(self.filter.iter().map(|(by, value)| (by.word(), value.clone())));
        pairs.extend(self.since.clone().map(|since| ("since", since)));
        if let Some(rows) = &self.rows {
            pairs.push(("rows", rows.list.word().to_owned()));
            pairs.extend(rows.marks.iter().map(|(mark, value)| (mark.key(), value.clone())));
        }
        format!("{PATH}{}", query(&pairs))
    }

    /// Returns the same of another report; what only the last one could be narrowed by is left out.
    #[must_use]
    pub fn in_report(&self, report: Report) -> Self {
        let mut asked = Self { report, rows: None, since: None, ..self.clone() };
        if report != Report::Transfers {
            asked.filter.remove(&By::Outcome);
        }
        if report == Report::WhatIf {
            asked.filter.retain(|by, _| *by == By::Queue);
        }
        asked
    }

    /// Returns the rows behind a number of it.
    #[must_use]
    pub fn behind(&self, rows: Rows) -> Self {
        Self { rows: Some(rows), ..self.clone() }
    }

    /// Returns the report without the rows.
    #[must_use]
    pub fn without_rows(&self) -> Self {
        Self { rows: None, ..self.clone() }
    }

    /// Returns what is sent to the server for the report: what it is narrowed by, without times.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut sent: Vec<_> = self.filter.iter().map(|(by, value)| (by.word(), value.clone())).collect();
        if self.report == Report::Waits {
            sent.extend(self.since.clone().map(|since| ("since", since)));
        }
        sent
    }

    /// Returns what is sent to the server for rows. What the report is narrowed by comes first: a mark that asks for the
    /// same in another way is then looked for among the rows that come back.
    pub fn row_parameters(&self, rows: &Rows) -> Vec<(&'static str, String)> {
        let mut sent: BTreeMap<&'static str, String> = BTreeMap::new();
        for (mark, value) in &rows.marks {
            sent.insert(mark.parameter(), value.clone());
        }
        if self.report == Report::Waits {
            sent.extend(self.since.clone().map(|since| ("since", since)));
        }
        let narrowed =
            self.filter.iter().filter(|(by, _)| rows.list == List::Transfers || **by != By::Outcome);
        sent.extend(narrowed.map(|(by, value)| (by.word(), value.clone())));
        sent.into_iter().collect()
    }
}

fn range(given: &BTreeMap<String, String>) -> Range {
    let day = |name: &str| given.get(name).and_then(|text| text.parse::<Day>().ok());
    if let (Some(first), Some(last)) = (day("from"), day("to")) {
        return if first <= last { Range::Own(first, last) } else { Range::Own(last, first) };
    }
    let named =
        Range::NAMED.iter().find(|(_, word, _)| given.get("range").is_some_and(|given| given == word));
    named.map_or(Range::Today, |(range, ..)| *range)
}

/// Returns pairs as the query of an address.
pub fn query(pairs: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.~:/".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    text
}

/// Returns a part of a query as it was before it was encoded.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let number = match (first, after) {
            (b'%', [high, low, ..]) => char::from(*high).to_digit(16).zip(char::from(*low).to_digit(16)),
            (..) => None,
        };
        match number {
            Some((high, low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            None => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn what_is_asked_is_read_back_from_its_address() {
        let asked = Asked {
            report: Report::Waits,
            range: Range::Own(day("2026-11-01"), day("2026-11-21")),
            zone: Some("America/Argentina/Buenos_Aires".to_owned()),
            filter: [(By::Queue, "7".to_owned()), (By::Channel, "wé b&=%".to_owned())].into_iter().collect(),
            since: Some("creation".to_owned()),
            rows: Some(Rows::of(List::Segments).with(Mark::Kind, "queue").with(Mark::Below, "5000")),
        };
        let address = asked.address();
        let (path, query) = address.split_once('?').expect("a query");
        assert_eq!(path, PATH);
        assert!(!query.contains([' ', 'é']), "{query}");
        assert_eq!(Asked::read(&format!("?{query}")), Some(asked));
    }

    #[test]
    fn every_named_range_is_read_back() {
        for (range, ..) in Range::NAMED {
            let asked = Asked { range, ..Asked::default() };
            let address = asked.address();
            assert_eq!(Asked::read(address.trim_start_matches(PATH)), Some(asked));
        }
    }

    #[test]
    fn an_address_without_a_report_asks_for_none_and_what_is_unknown_is_passed_over() {
        assert_eq!(Asked::read(""), None);
        assert_eq!(Asked::read("?tab=agents"), None);
        assert_eq!(Asked::read("?report=moon"), None);
        assert_eq!(
            Asked::read("?report=transfers&range=moon&from=x&rows=stars&q=%zz"),
            Some(Asked::default())
        );
    }

    #[test]
    fn days_given_the_wrong_way_round_are_turned() {
        let asked = Asked::read("?report=queues&from=2026-11-21&to=2026-11-01").expect("it asks");
        assert_eq!(asked.range, Range::Own(day("2026-11-01"), day("2026-11-21")));
    }

    #[test]
    fn named_ranges_end_today_or_yesterday() {
        let today = day("2026-11-21");
        let days = |range: Range| {
            let (first, last) = range.days(today);
            (first.to_string(), last.since(first) + 1)
        };
        assert_eq!(days(Range::Today), ("2026-11-21".to_owned(), 1));
        assert_eq!(days(Range::Yesterday), ("2026-11-20".to_owned(), 1));
        assert_eq!(days(Range::Week), ("2026-11-15".to_owned(), 7));
        assert_eq!(days(Range::Month), ("2026-10-23".to_owned(), 30));
    }

    #[test]
    fn what_a_report_is_narrowed_by_holds_for_its_rows() {
        let filter =
            [(By::Queue, "7".to_owned()), (By::Outcome, "rejected".to_owned())].into_iter().collect();
        let asked = Asked { filter, ..Asked::default() };
        let sent = |rows: &Rows| asked.row_parameters(rows);
        let failed = Rows::of(List::Transfers).with(Mark::Outcome, "failed").with(Mark::Only, "ping_pong");
        let expected = [("only", "ping_pong"), ("outcome", "rejected"), ("queue", "7")];
        assert_eq!(sent(&failed), expected.map(|(name, value)| (name, value.to_owned())));
        let short = Rows::of(List::Segments).with(Mark::Only, "in_queue").with(Mark::Only, "short");
        let expected = [("only", "in_queue,short"), ("queue", "7")];
        assert_eq!(sent(&short), expected.map(|(name, value)| (name, value.to_owned())));
        let waits = Rows::of(List::Segments).with(Mark::Outcome, "accepted").with(Mark::Kind, "queue");
        let expected = [("kind", "queue"), ("outcome", "accepted"), ("queue", "7")];
        assert_eq!(sent(&waits), expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn another_report_keeps_the_days_and_leaves_what_does_not_fit() {
        let filter = [(By::Queue, "7".to_owned()), (By::Outcome, "failed".to_owned())].into_iter().collect();
        let asked = Asked { filter, range: Range::Week, ..Asked::default() };
        let asked = asked.behind(Rows::of(List::Transfers)).in_report(Report::Queues);
        assert_eq!(asked.address(), format!("{PATH}?report=queues&range=7d&queue=7"));
    }
}
