//! The queues: who waits, who could take it, and how it went.

use core::time::Duration;
use std::collections::BTreeSet;

use baton_shared::wall::{AllQueues, Counts, QueueRow};
use baton_shared::{QueueId, Timestamp};
use leptos::prelude::*;

use super::counting::CountingDialog;
use super::table::{Cell, Column, Order, Rank, RowTable, SearchField, Tone, fits, span};
use super::thresholds::{Thresholds, ThresholdsDialog};
use super::views::WallView;
use crate::app::DeskContext;
use crate::controls::dialog::Dialog;
use crate::live_wall::LiveWall;

/// How far back is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Period {
    Recent,
    Today,
}

/// What a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    One,
    /// All queues together; nobody is told what to expect of them.
    All,
}

/// A queue with what is counted of it, and from where on it is to be looked at.
#[derive(Clone, Debug, PartialEq)]
struct Counted {
    of: Of,
    queue: QueueRow,
    counts: Counts,
    /// Within how many seconds is in time.
    target_secs: Option<u32>,
    thresholds: Thresholds,
}

/// The columns that are shown unless others are chosen: they fit a small screen beside each other.
const USUAL: [&str; 10] = [
    "Waiting",
    "Longest wait",
    "Expected wait",
    "Active",
    "Available",
    "Unavailable",
    "Accepted",
    "Abandoned",
    "Service level",
    "Average handle",
];

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
            let unknown = match row.of {
                Of::One => "not enough data",
                Of::All => "–",
            };
            expected.unwrap_or_else(|| unknown.to_owned()).into()
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
            Cell::toned(if nobody { "nobody".to_owned() } else { row.queue.available.to_string() }, tone)
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
        rank: |row| duration(row.counts.abandon_time()),
        cell: |row, _| average(row.counts.abandon_time()),
    },
    Column {
        title: "In target",
        timed: false,
        number: true,
        rank: |row| Rank::Number(row.has_target().then_some(i64::from(row.counts.in_target))),
        cell: |row, _| {
            if row.has_target() { row.counts.in_target.into() } else { "–".to_owned().into() }
        },
    },
    Column {
        title: "Service level",
        timed: false,
        number: true,
        rank: |row| Rank::Number(row.counts.service_level().map(i64::from)),
        cell: |row, _| match (row.counts.service_level(), row.queue.target) {
            (Some(level), Some(target)) if level < u32::from(target.percent) => {
                Cell::toned(format!("{level} % of {} %", target.percent), Tone::Critical)
            }
            (Some(level), _) => row.thresholds.level.judged(format!("{level} %"), level),
            (None, _) => "–".to_owned().into(),
        },
    },
    Column {
        title: "Average answer",
        timed: false,
        number: true,
        rank: |row| duration(row.counts.answer_speed()),
        cell: |row, _| average(row.counts.answer_speed()),
    },
    Column {
        title: "Average handle",
        timed: false,
        number: true,
        rank: |row| duration(row.counts.handle_time()),
        cell: |row, _| average(row.counts.handle_time()),
    },
    Column {
        title: "Average talk",
        timed: false,
        number: true,
        rank: |row| duration(row.counts.talk_time()),
        cell: |row, _| average(row.counts.talk_time()),
    },
    Column {
        title: "Average wrap-up",
        timed: false,
        number: true,
        rank: |row| duration(row.counts.wrap_up_time()),
        cell: |row, _| average(row.counts.wrap_up_time()),
    },
    Column {
        title: "Completed",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.counts.completed),
        cell: |row, _| row.counts.completed.into(),
    },
];

impl Counted {
    /// Says whether anything is judged by a target: of all queues, where one of them has one.
    fn has_target(&self) -> bool {
        self.target_secs.is_some() || self.counts.level_counted > 0
    }
}

fn duration(time: Option<Duration>) -> Rank {
    Rank::Number(time.and_then(|time| time.as_millis().try_into().ok()))
}

fn average(time: Option<Duration>) -> Cell {
    time.map_or("–".to_owned(), span).into()
}

fn longest_wait(row: &Counted, now: Timestamp) -> Cell {
    let Some(since) = row.queue.longest_since else { return "–".to_owned().into() };
    let waited = now.since(since);
    let limit = row.target_secs.map(|secs| Duration::from_secs(u64::from(secs)));
    match limit.filter(|limit| waited > *limit) {
        Some(limit) => Cell::toned(format!("{}, over {}", span(waited), span(limit)), Tone::Critical),
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
    let (counting_asked, columns_asked) = (RwSignal::new(false), RwSignal::new(false));
    // Seconds that were chosen stand for those of every queue.
    let target = Memo::new(move |_| live.counting().target_secs);
    let rows = Memo::new(move |_| {
        let (period, search, thresholds) = (period(), search.get(), thresholds.get());
        let target = target.get();
        let counted = |queue: &QueueRow| Counted {
            of: Of::One,
            queue: queue.clone(),
            counts: period.of(queue.recent, queue.today),
            target_secs: target.or(queue.target.map(|target| target.secs)),
            thresholds,
        };
        live.read(|wall| {
            let queues = wall.queues.values().filter(|queue| fits(&search, &[&queue.name]));
            queues.map(counted).collect::<Vec<_>>()
        })
        .unwrap_or_default()
    });
    let total = Memo::new(move |_| {
        let all = live.read(|wall| wall.all_queues)?;
        let counts = period().of(all.recent, all.today);
        let queue = together(all);
        Some(Counted { of: Of::All, queue, counts, target_secs: target.get(), thresholds: thresholds.get() })
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
                        {move || live.counting().today()}
                    </option>
                </select>
            </label>
            <button class="button button--small" type="button" on:click=move |_| counting_asked.set(true)>
                "Counting"
            </button>
            <button class="button button--small" type="button" on:click=move |_| columns_asked.set(true)>
                "Columns"
            </button>
            <button class="button button--small" type="button" on:click=move |_| asked.set(true)>
                "Thresholds"
            </button>
        </div>
        <CountingDialog live=live asked=counting_asked />
        <ColumnsDialog view=view asked=columns_asked />
        <ThresholdsDialog thresholds=thresholds asked=asked />
        <RowTable
            name="Queues"
            columns=COLUMNS
            rows=rows
            key=|row: &Counted| row.queue.id
            clock=DeskContext::here().clock
            first=Order { column: 0, down: false }
            nothing="There is no such queue in your teams."
            total=total
            chosen=Signal::derive(move || shown_columns(view))
        />
    }
}

impl Period {
    const fn of(self, recent: Counts, today: Counts) -> Counts {
        match self {
            Self::Recent => recent,
            Self::Today => today,
        }
    }
}

/// Returns all queues as a row of the table.
fn together(all: AllQueues) -> QueueRow {
    QueueRow {
        id: QueueId::from_bits(0),
        name: "All queues".to_owned(),
        open: true,
        waiting: all.waiting,
        longest_since: all.longest_since,
        expected_secs: None,
        active: all.active,
        available: all.available,
        unavailable: all.unavailable,
        offline: all.offline,
        target: None,
        recent: all.recent,
        today: all.today,
    }
}

/// Returns the titles of the columns that are shown, and tracks them.
fn shown_columns(view: WallView) -> BTreeSet<String> {
    view.columns.get().unwrap_or_else(|| USUAL.map(str::to_owned).into())
}

/// Asks which columns are shown.
#[component]
fn ColumnsDialog(view: WallView, asked: RwSignal<bool>) -> impl IntoView {
    let close = Callback::new(move |()| asked.set(false));
    let choice = move |title: &'static str| {
        let set = move |event: leptos::ev::Event| {
            let mut columns = untrack(|| shown_columns(view));
            if event_target_checked(&event) {
                columns.insert(title.to_owned());
            } else {
                columns.remove(title);
            }
            view.choose_columns(Some(columns));
        };
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || shown_columns(view).contains(title)
                    on:change=set
                />
                {title}
            </label>
        }
    };
    view! {
        <Dialog name="Columns" open=asked on_close=close>
            <h2>"Columns"</h2>
            <p class="hint">"What is shown of queues. It holds in this browser, and a saved view has its own."</p>
            <div class="wall__columns">
                {COLUMNS.iter().skip(1).map(|column| choice(column.title)).collect_view()}
            </div>
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| view.choose_columns(None)>
                    "As at first"
                </button>
                <button class="button button--primary" type="button" on:click=move |_| close.run(())>
                    "Close"
                </button>
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_column_is_one_and_has_a_name_of_its_own() {
        let titles: BTreeSet<&str> = COLUMNS.iter().map(|column| column.title).collect();
        assert_eq!(titles.len(), COLUMNS.len());
        assert!(USUAL.iter().all(|title| titles.contains(title)));
    }

    fn said(row: &Counted, title: &str) -> Cell {
        let column = COLUMNS.iter().find(|column| column.title == title).expect("there is such a column");
        (column.cell)(row, Timestamp::from_millis(100_000))
    }

    #[test]
    fn all_queues_say_what_they_come_to() {
        let counts = Counts {
            accepted: 4,
            in_target: 3,
            level_counted: 4,
            completed: 2,
            talk_ms: 120_000,
            filed: 1,
            wrap_up_ms: 20_000,
            ..Counts::default()
        };
        let longest_since = Some(Timestamp::from_millis(58_000));
        let all =
            AllQueues { waiting: 2, longest_since, available: 1, today: counts, ..AllQueues::default() };
        let thresholds = Thresholds::default();
        let row = Counted { of: Of::All, queue: together(all), counts, target_secs: None, thresholds };
        let texts = ["Queue", "Waiting", "Longest wait", "Expected wait", "In target", "Service level"]
            .map(|title| said(&row, title).text);
        assert_eq!(texts, ["All queues", "2", "0:42", "–", "3", "75 % !"]);
        let times = ["Average handle", "Average talk", "Average wrap-up", "Completed"];
        assert_eq!(times.map(|title| said(&row, title).text), ["1:10", "1:00", "0:20", "2"]);
        let row = Counted { target_secs: Some(30), ..row };
        let longest = said(&row, "Longest wait");
        assert_eq!((longest.text.as_str(), longest.tone), ("0:42, over 0:30", Tone::Critical));
        let quiet = Counted { counts: Counts::default(), target_secs: None, ..row };
        let nothing = ["In target", "Service level", "Average handle"].map(|title| said(&quiet, title).text);
        assert_eq!(nothing, ["–", "–", "–"]);
    }
}
