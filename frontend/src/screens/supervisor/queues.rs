//! The queues: who waits, who could take it, and how it went.

use core::time::Duration;

use baton_shared::Timestamp;
use baton_shared::wall::{Counts, QueueRow};
use leptos::prelude::*;

use super::table::{Cell, Column, Order, Rank, RowTable, SearchField, Tone, fits, span};
use super::thresholds::{Thresholds, ThresholdsDialog};
use super::views::WallView;
use crate::app::DeskContext;
use crate::live_wall::LiveWall;

/// How far back is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Period {
    Recent,
    Today,
}

/// A queue with what is counted of it, and from where on it is to be looked at.
#[derive(Clone, Debug, PartialEq)]
struct Counted {
    queue: QueueRow,
    counts: Counts,
    thresholds: Thresholds,
}

const COLUMNS: &[Column<Counted>] = &[
    Column {
        title: "Queue",
        timed: false,
        number: false,
        rank: |row| Rank::text(&row.queue.name),
        cell: |row, _| {
            if row.queue.open { row.queue.name.clone() } else { format!("{} (closed)", row.queue.name) }
                .into()
        },
    },
    Column {
        title: "Waiting",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.queue.waiting),
        cell: |row, _| row.thresholds.waiting.judged(row.queue.waiting.to_string(), row.queue.waiting),
    },
    Column {
        title: "Longest wait",
        timed: true,
        number: true,
        rank: |row| Rank::age(row.queue.longest_since),
        cell: longest_wait,
    },
    Column {
        title: "Expected wait",
        timed: false,
        number: true,
        rank: |row| Rank::Number(row.queue.expected_secs.map(i64::from)),
        cell: |row, _| {
            let expected = row.queue.expected_secs.map(|secs| span(Duration::from_secs(u64::from(secs))));
            expected.unwrap_or_else(|| "not enough data".to_owned()).into()
        },
    },
    Column {
        title: "Active",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.queue.active),
        cell: |row, _| row.queue.active.into(),
    },
    Column {
        title: "Available",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.queue.available),
        cell: |row, _| {
            let nobody = row.queue.waiting > 0 && row.queue.available == 0;
            let tone = if nobody { Tone::Critical } else { Tone::Plain };
            Cell { text: if nobody { "nobody".to_owned() } else { row.queue.available.to_string() }, tone }
        },
    },
    Column {
        title: "Unavailable",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.queue.unavailable),
        cell: |row, _| row.queue.unavailable.into(),
    },
    Column {
        title: "Offline",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.queue.offline),
        cell: |row, _| row.queue.offline.into(),
    },
    Column {
        title: "Entered",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.counts.entered),
        cell: |row, _| row.counts.entered.into(),
    },
    Column {
        title: "Accepted",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.counts.accepted),
        cell: |row, _| row.counts.accepted.into(),
    },
    Column {
        title: "Missed",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.counts.missed),
        cell: |row, _| row.counts.missed.into(),
    },
    Column {
        title: "Rejected",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.counts.rejected),
        cell: |row, _| row.counts.rejected.into(),
    },
    Column {
        title: "Abandoned",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.counts.abandoned),
        cell: |row, _| match row.counts.abandoned_share() {
            Some(share) if row.counts.abandoned > 0 => {
                let text = format!("{} ({share} %)", row.counts.abandoned);
                row.thresholds.abandoned.judged(text, share)
            }
            Some(_) | None => row.counts.abandoned.into(),
        },
    },
    Column {
        title: "Short abandons",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.counts.short_abandoned),
        cell: |row, _| match row.counts.short_abandoned_share() {
            Some(share) if row.counts.short_abandoned > 0 => {
                format!("{} ({share} %)", row.counts.short_abandoned).into()
            }
            Some(_) | None => row.counts.short_abandoned.into(),
        },
    },
    Column {
        title: "Average abandon",
        timed: false,
        number: true,
        rank: |row| Rank::Number(row.counts.abandon_time().and_then(|time| time.as_millis().try_into().ok())),
        cell: |row, _| row.counts.abandon_time().map_or("–".to_owned(), span).into(),
    },
    Column {
        title: "In target",
        timed: false,
        number: true,
        rank: |row| Rank::Number(row.queue.target.map(|_| i64::from(row.counts.in_target))),
        cell: |row, _| match row.queue.target {
            Some(_) => row.counts.in_target.into(),
            None => "–".to_owned().into(),
        },
    },
    Column {
        title: "Service level",
        timed: false,
        number: true,
        rank: |row| Rank::Number(service_level(row).map(i64::from)),
        cell: |row, _| match (service_level(row), row.queue.target) {
            (Some(level), Some(target)) if level < u32::from(target.percent) => {
                Cell { text: format!("{level} % of {} %", target.percent), tone: Tone::Critical }
            }
            (Some(level), _) => row.thresholds.level.judged(format!("{level} %"), level),
            (None, _) => "–".to_owned().into(),
        },
    },
    Column {
        title: "Average answer",
        timed: false,
        number: true,
        rank: |row| {
            Rank::Number(row.counts.answer_speed().and_then(|speed| speed.as_millis().try_into().ok()))
        },
        cell: |row, _| row.counts.answer_speed().map_or("–".to_owned(), span).into(),
    },
];

/// Returns the service level, where a target is set.
fn service_level(row: &Counted) -> Option<u32> {
    row.queue.target.and_then(|_| row.counts.service_level())
}

fn longest_wait(row: &Counted, now: Timestamp) -> Cell {
    let Some(since) = row.queue.longest_since else { return "–".to_owned().into() };
    let waited = now.since(since);
    let limit = row.queue.target.map(|target| Duration::from_secs(u64::from(target.secs)));
    match limit.filter(|limit| waited > *limit) {
        Some(limit) => Cell { text: format!("{}, over {}", span(waited), span(limit)), tone: Tone::Critical },
        None => {
            let secs = u32::try_from(waited.as_secs()).unwrap_or(u32::MAX);
            row.thresholds.longest.judged(span(waited), secs)
        }
    }
}

/// The queues.
#[component]
pub fn QueuesTable(
    /// Where they are read.
    live: LiveWall,
    /// What is searched.
    search: RwSignal<String>,
) -> impl IntoView {
    let view = WallView::here();
    let (thresholds, asked) = (RwSignal::new(Thresholds::load()), RwSignal::new(false));
    let period = move || if view.today.get() { Period::Today } else { Period::Recent };
    let rows = Memo::new(move |_| {
        let (period, search, thresholds) = (period(), search.get(), thresholds.get());
        let counted = |queue: &QueueRow| Counted {
            queue: queue.clone(),
            counts: match period {
                Period::Recent => queue.recent,
                Period::Today => queue.today,
            },
            thresholds,
        };
        live.read(|wall| {
            let queues = wall.queues.values().filter(|queue| fits(&search, &[&queue.name]));
            queues.map(counted).collect::<Vec<_>>()
        })
        .unwrap_or_default()
    });
    let chosen = move |event| view.today.set(event_target_value(&event) == "today");
    view! {
        <div class="wall__tools">
            <SearchField search=search label="Search queues" />
            <label class="wall__period">
                <span class="field__label">"Counted over"</span>
                <select class="field__input" on:change=chosen>
                    <option value="recent" prop:selected=move || !view.today.get()>
                        "the last 30 minutes"
                    </option>
                    <option value="today" prop:selected=move || view.today.get()>
                        "today (UTC)"
                    </option>
                </select>
            </label>
            <button class="button button--small" type="button" on:click=move |_| asked.set(true)>
                "Thresholds"
            </button>
        </div>
        <ThresholdsDialog thresholds=thresholds asked=asked />
        <RowTable
            name="Queues"
            columns=COLUMNS
            rows=rows
            key=|row: &Counted| row.queue.id
            clock=DeskContext::here().clock
            first=Order { column: 0, down: false }
            nothing="There is no such queue in your teams."
        />
    }
}
