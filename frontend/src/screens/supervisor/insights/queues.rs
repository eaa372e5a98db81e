//! What happened in queues and to what waited for groups.

use baton_shared::api::{InsightsThing, QueueFigures, QueuesReport};
use leptos::prelude::*;

use super::asked::{List, Mark, Rows};
use super::figures::{Figure, FigureTable, Head, Line, number_head, text_head, tile};
use super::state::{Fetched, Insights};
use super::trend::{TrendSection, WAITS};
use super::{Answered, section};
use crate::screens::supervisor::table::Order;

const HEADS: &[Head] = &[
    text_head("Queue or group"),
    number_head("Entered"),
    number_head("Accepted"),
    number_head("Abandoned"),
    number_head("Abandoned share"),
    number_head("Short abandoned"),
    number_head("Overflowed"),
    number_head("Left otherwise"),
    number_head("Waiting"),
    number_head("Service level"),
    number_head("Average answer"),
    number_head("Longest answer"),
    number_head("Average abandon"),
    number_head("Missed"),
    number_head("Rejected"),
    number_head("Completed"),
    number_head("Average handling"),
    number_head("Average talk"),
    number_head("Average wrap-up"),
    number_head("Wrap-ups extended"),
    number_head("Waiting before, average"),
    number_head("Waiting before, most"),
    number_head("In use when declined"),
];

/// The report.
#[component]
pub fn QueuesView(
    /// The reports.
    insights: Insights,
) -> impl IntoView {
    let fetched = insights.fetch::<QueuesReport>(move || insights.path("queues", &[]));
    let lines = fetched.lines(|report| report.queues.iter().map(line).collect());
    let source = Signal::derive(move || insights.path("queues", &[]));
    let table = move || {
        view! {
            <FigureTable
                insights=insights
                name="Queues and groups"
                heads=HEADS
                lines=lines
                first=Order { column: 1, down: true }
                nothing="Nothing came to wait in this time. Choose a longer one, or clear the filters."
                source=source
            />
        }
    };
    view! {
        <Answered fetched=fetched>
            {tiles(insights, fetched)} <TrendSection insights=insights trend=&WAITS />
            {section("Queues and groups", table().into_any())}
        </Answered>
    }
}

fn tiles(insights: Insights, fetched: Fetched<QueuesReport>) -> AnyView {
    let figure = |read: fn(&QueueFigures) -> Figure| fetched.figure(move |report| read(&report.all));
    view! {
        <dl class="tiles tiles--large">
            {tile(insights, "Entered", figure(|all| Figure::count(all.entered).behind(waits(all, None))), "")}
            {tile(
                insights,
                "Accepted",
                figure(|all| Figure::count(all.accepted).behind(waits(all, Some("accepted")))),
                "",
            )}
            {tile(
                insights,
                "Abandoned",
                figure(|all| Figure::count(all.abandoned).behind(waits(all, Some("abandon")))),
                "",
            )}
            {tile(
                insights,
                "Service level",
                figure(|all| Figure::share(all.service_level).behind(only(all, "counted"))),
                "Accepted within the target",
            )}
            {tile(
                insights,
                "Average answer",
                figure(|all| Figure::lasted(all.answer_ms).behind(waits(all, Some("accepted")))),
                "Ringing included",
            )}
            {tile(
                insights,
                "Average handling",
                figure(|all| Figure::lasted(all.handle_ms).behind(talks(all))),
                "Talking and filing",
            )}
        </dl>
    }
    .into_any()
}

/// Returns segments of a kind at a place; at any without one.
fn segments(kind: &str, thing: Option<&InsightsThing>) -> Rows {
    let rows = Rows::of(List::Segments).with(Mark::Kind, kind);
    match thing {
        None => rows,
        Some(thing) if thing.kind == "group" => rows.with(Mark::Group, thing.id.clone()),
        Some(thing) => rows.with(Mark::Queue, thing.id.clone()),
    }
}

/// Returns offers of conversations there that were refused or missed with something in use.
fn declined(thing: Option<&InsightsThing>) -> Rows {
    let rows = Rows::of(List::Segments).with(Mark::Only, "with_load");
    match thing {
        None => rows,
        Some(thing) => rows.with(Mark::Queue, thing.id.clone()),
    }
}

/// Returns waits there that ended so; all of them without an end.
fn waits(figures: &QueueFigures, end: Option<&str>) -> Rows {
    let rows = segments("queue", figures.thing.as_ref());
    // What waits for a group is of a queue as well, but does not wait in it.
    let rows = match &figures.thing {
        Some(thing) if thing.kind == "queue" => rows.with(Mark::Only, "in_queue"),
        Some(_) | None => rows,
    };
    match end {
        None => rows,
        Some(end) => rows.with(Mark::Outcome, end),
    }
}

/// Returns waits there that a word of the server stands for.
fn only(figures: &QueueFigures, word: &str) -> Rows {
    waits(figures, None).with(Mark::Only, word)
}

fn talks(figures: &QueueFigures) -> Rows {
    segments("conversation", figures.thing.as_ref())
}

fn line(figures: &QueueFigures) -> Line {
    let thing = figures.thing.as_ref();
    let name = thing.map_or_else(String::new, |thing| match thing.kind.as_str() {
        "group" => format!("{} (group)", thing.name),
        _ => thing.name.clone(),
    });
    let of = |end: &str| waits(figures, Some(end));
    Line {
        key: thing.map(|thing| thing.id.clone()).unwrap_or_default(),
        figures: vec![
            Figure::text(name),
            Figure::count(figures.entered).behind(waits(figures, None)),
            Figure::count(figures.accepted).behind(of("accepted")),
            Figure::count(figures.abandoned).behind(of("abandon")),
            Figure::share(figures.abandoned_share).behind(of("abandon")),
            Figure::count(figures.short_abandoned).behind(only(figures, "short")),
            Figure::count(figures.overflowed).behind(of("overflow")),
            Figure::count(figures.left_otherwise).behind(only(figures, "left_otherwise")),
            Figure::count(figures.waiting).behind(only(figures, "waiting")),
            Figure::share(figures.service_level).behind(only(figures, "counted")),
            Figure::lasted(figures.answer_ms).behind(of("accepted")),
            Figure::lasted(figures.answer_max_ms).behind(of("accepted")),
            Figure::lasted(figures.abandon_ms).behind(of("abandon")),
            Figure::count(figures.missed).behind(segments("missed", thing)),
            Figure::count(figures.rejected).behind(segments("rejected", thing)),
            Figure::count(figures.completed).behind(talks(figures)),
            Figure::lasted(figures.handle_ms).behind(talks(figures)),
            Figure::lasted(figures.talk_ms).behind(talks(figures)),
            Figure::lasted(figures.wrap_up_ms).behind(talks(figures)),
            Figure::count(figures.wrap_up_extensions).behind(talks(figures).with(Mark::Only, "extended")),
            Figure::tenths(figures.ahead).behind(waits(figures, None)),
            Figure::maybe(figures.ahead_max).behind(waits(figures, None)),
            Figure::share(figures.load_when_declined).behind(declined(thing)),
        ],
    }
}
