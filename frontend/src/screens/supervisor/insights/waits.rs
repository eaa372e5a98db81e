//! How long customers waited: the figures, and how the waits are distributed.

use std::sync::Arc;

use baton_shared::api::{WaitBucket, WaitsReport};
use leptos::prelude::*;

use super::asked::{List, Mark, Rows};
use super::figures::{Figure, FigureTable, Head, Line, number_head, text_head, tile};
use super::pictures::columns::{Column, ColumnPicture};
use super::pictures::{Paint, Series};
use super::state::{Fetched, Insights};
use super::{Answered, section, words};
use crate::screens::supervisor::table::Order;

const SERIES: &[Series] =
    &[Series { name: "Accepted", paint: Paint::Good }, Series { name: "Abandoned", paint: Paint::Bad }];

const HEADS: &[Head] = &[text_head("Wait"), number_head("Accepted"), number_head("Abandoned")];

/// From when waits are counted: the word, nothing where it goes without saying, and what it is called.
const SINCE: [(Option<&str>, &str); 3] = [
    (None, "Since they came to the queue or group"),
    (Some("creation"), "Since the conversation began"),
    (Some("transfer"), "Since the transfer was asked for"),
];

/// The report.
#[component]
pub fn WaitsView(
    /// The reports.
    insights: Insights,
) -> impl IntoView {
    let fetched = insights.fetch::<WaitsReport>(move || insights.path("waits", &[]));
    let source = Signal::derive(move || insights.path("waits", &[]));
    let columns = Memo::new(move |_| {
        let column = |bucket: &WaitBucket| Column {
            name: bucket.below_ms.map_or_else(|| "longer".to_owned(), words::lasted),
            counts: vec![bucket.accepted, bucket.abandoned],
        };
        let found = fetched.found.get();
        Arc::new(
            found.map(|report| report.buckets.iter().map(column).collect::<Vec<_>>()).unwrap_or_default(),
        )
    });
    let lines = fetched.lines(|report| report.buckets.iter().map(|bucket| line(report, bucket)).collect());
    let picture = move || {
        view! {
            <p class="hint">"How many waited less than what stands beneath a column, and not less than the one before."</p>
            <ColumnPicture id="waits" name="Waits by their length" series=SERIES columns=columns />
            <details class="as-table">
                <summary>"Show as table"</summary>
                <FigureTable
                    insights=insights
                    name="Waits by their length"
                    heads=HEADS
                    lines=lines
                    first=Order { column: 0, down: false }
                    nothing="Nobody waited in this time."
                    source=source
                />
            </details>
        }
    };
    view! {
        <SinceField insights=insights />
        <Answered fetched=fetched>
            {tiles(insights, fetched)} {section("Expected and actual", expected(insights, fetched))}
            {section("Waits by their length", picture().into_any())}
        </Answered>
    }
}

/// The choice from when waits are counted.
#[component]
fn SinceField(insights: Insights) -> impl IntoView {
    let choices = SINCE.map(|(word, label)| {
        let chosen = move || insights.asked.with(|asked| asked.since.as_deref() == word);
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="since"
                    prop:checked=chosen
                    on:change=move |_| insights.change(|asked| asked.since = word.map(str::to_owned))
                />
                {label}
            </label>
        }
    });
    view! {
        <fieldset class="choices since">
            <legend>"Waits are counted"</legend>
            {choices.into_iter().collect_view()}
        </fieldset>
    }
}

fn ended(end: &str) -> Rows {
    Rows::of(List::Segments).with(Mark::Kind, "queue").with(Mark::Outcome, end)
}

/// Returns the waits of a report that ended so.
fn behind(report: &WaitsReport, end: &str) -> Rows {
    // Waits that no transfer led to do not count from one.
    if report.since == "transfer" { ended(end).with(Mark::Only, "after_transfer") } else { ended(end) }
}

fn tiles(insights: Insights, fetched: Fetched<WaitsReport>) -> AnyView {
    let lasted = |read: fn(&WaitsReport) -> Option<u64>| {
        fetched.figure(move |report| Figure::lasted(read(report)).behind(behind(report, "accepted")))
    };
    let accepted = |report: &WaitsReport| Figure::count(report.accepted).behind(behind(report, "accepted"));
    let abandoned = |report: &WaitsReport| Figure::count(report.abandoned).behind(behind(report, "abandon"));
    view! {
        <dl class="tiles tiles--large">
            {tile(insights, "Accepted", fetched.figure(accepted), "")}
            {tile(insights, "Abandoned", fetched.figure(abandoned), "")}
            {tile(insights, "Average wait", lasted(|report| report.average_ms), "Of those accepted")}
            {tile(insights, "Half waited at most", lasted(|report| report.median_ms), "Median")}
            {tile(insights, "9 of 10 waited at most", lasted(|report| report.p90_ms), "90th percentile")}
            {tile(insights, "95 of 100 waited at most", lasted(|report| report.p95_ms), "95th percentile")}
            {tile(insights, "Longest wait", lasted(|report| report.longest_ms), "Of those accepted")}
        </dl>
    }
    .into_any()
}

/// What customers were told to expect, and how long they waited.
fn expected(insights: Insights, fetched: Fetched<WaitsReport>) -> AnyView {
    let rows = |word: &str| Rows::of(List::Segments).with(Mark::Kind, "queue").with(Mark::Only, word);
    let count = |read: fn(&WaitsReport) -> u64, word: &'static str| {
        fetched.figure(move |report| Figure::count(read(report)).behind(rows(word)))
    };
    let lasted = |read: fn(&WaitsReport) -> Option<u64>| {
        fetched.figure(move |report| Figure::lasted(read(report)).behind(rows("expected")))
    };
    view! {
        <p class="hint">
            "Of those accepted whose queue knew, when they came there, how long they would wait. Counted from there."
        </p>
        <dl class="tiles">
            {tile(insights, "With an expected wait", count(|report| report.expected_counted, "expected"), "")}
            {tile(insights, "Expected", lasted(|report| report.expected_ms), "On average")}
            {tile(insights, "Actual", lasted(|report| report.expected_actual_ms), "On average")}
            {tile(insights, "Off by", lasted(|report| report.expected_off_ms), "One way or the other, on average")}
            {tile(
                insights,
                "Longer than expected",
                count(|report| report.longer_than_expected, "longer_than_expected"),
                "",
            )}
        </dl>
    }
    .into_any()
}

/// Returns what a stretch of waits is called: "5 s to 10 s".
fn stretch(bucket: &WaitBucket) -> String {
    match (bucket.from_ms, bucket.below_ms) {
        (0, Some(below)) => format!("Less than {}", words::lasted(below)),
        (from, Some(below)) => format!("{} to {}", words::lasted(from), words::lasted(below)),
        (from, None) => format!("{} or longer", words::lasted(from)),
    }
}

fn line(report: &WaitsReport, bucket: &WaitBucket) -> Line {
    let counted = |count: u64, end: &str| {
        let rows = behind(report, end).with(Mark::From, bucket.from_ms.to_string());
        let rows = match bucket.below_ms {
            Some(below_ms) => rows.with(Mark::Below, below_ms.to_string()),
            None => rows,
        };
        Figure::count(count).behind(rows)
    };
    let place = i64::try_from(bucket.from_ms).unwrap_or(i64::MAX);
    Line {
        key: bucket.from_ms.to_string(),
        figures: vec![
            Figure::text_at(stretch(bucket), place),
            counted(bucket.accepted, "accepted"),
            counted(bucket.abandoned, "abandon"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_says_where_it_begins_and_ends() {
        let bucket =
            |from_ms, below_ms| stretch(&WaitBucket { from_ms, below_ms, accepted: 0, abandoned: 0 });
        assert_eq!(bucket(0, Some(5_000)), "Less than 5 s");
        assert_eq!(bucket(30_000, Some(60_000)), "30 s to 1 min");
        assert_eq!(bucket(3_600_000, None), "1 h or longer");
    }
}
