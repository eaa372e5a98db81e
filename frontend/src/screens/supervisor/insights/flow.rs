//! How conversations moved between queues, groups and agents: a picture of ribbons, and its table.

use std::sync::Arc;

use baton_shared::api::{FlowBetween, FlowsBetweenReport, InsightsThing};
use leptos::prelude::*;

use super::asked::{List, Mark, Rows};
use super::figures::{Figure, FigureTable, Head, Line, number_head, text_head};
use super::pictures::ribbons::{RibbonPicture, Way};
use super::state::Insights;
use super::{Answered, section};
use crate::screens::supervisor::table::Order;

/// How many ways the picture shows: more of them would be too thin to see.
const WAYS_MAX: usize = 40;

const HEADS: &[Head] = &[text_head("From"), text_head("To"), number_head("How often")];

/// The report.
#[component]
pub fn FlowView(
    /// The reports.
    insights: Insights,
) -> impl IntoView {
    let fetched = insights.fetch::<FlowsBetweenReport>(move || insights.path("flows-between", &[]));
    let source = Signal::derive(move || insights.path("flows-between", &[]));
    let ways = Memo::new(move |_| {
        let found = fetched.found.get();
        let ways = found.map(|report| report.flows.iter().take(WAYS_MAX).map(way).collect::<Vec<_>>());
        Arc::new(ways.unwrap_or_default())
    });
    let lines = fetched.lines(|report| report.flows.iter().map(line).collect());
    let some = Memo::new(move |_| ways.with(|ways| !ways.is_empty()));
    let more = fetched.read(|report| report.flows.len() > WAYS_MAX);
    let picture = move || {
        view! {
            <Show
                when=move || some.get()
                fallback=|| {
                    view! {
                        <p class="hint">
                            "No conversation began or moved in this time. Choose a longer one, or clear the filters."
                        </p>
                    }
                }
            >
                <p class="ribbons__heads" aria-hidden="true">
                    <span>"From"</span>
                    <span>"To"</span>
                </p>
                <RibbonPicture name="How conversations moved" ways=ways />
                <Show when=move || more.get().unwrap_or(false)>
                    <p class="hint">{format!("The {WAYS_MAX} ways that were gone most often; all of them are in the table.")}</p>
                </Show>
            </Show>
        }
    };
    let table = move || {
        view! {
            <FigureTable
                insights=insights
                name="Ways between places"
                heads=HEADS
                lines=lines
                first=Order { column: 2, down: true }
                nothing="No conversation began or moved in this time."
                source=source
            />
        }
    };
    view! {
        <Answered fetched=fetched>
            {section("How conversations moved", picture().into_any())}
            {section("Ways between places", table().into_any())}
        </Answered>
    }
}

/// Returns what a place is called; where conversations come from and where they end have no name of their own.
fn name(thing: Option<&InsightsThing>, outside: &str) -> String {
    match thing {
        None => outside.to_owned(),
        Some(thing) if thing.kind == "group" => format!("{} (group)", thing.name),
        Some(thing) if thing.kind == "bot" => format!("{} (flow)", thing.name),
        Some(thing) if thing.kind == "external" => format!("{} (outside)", thing.name),
        Some(thing) => thing.name.clone(),
    }
}

fn way(flow: &FlowBetween) -> Way {
    Way {
        from: name(flow.from.as_ref(), "Customers"),
        to: name(flow.to.as_ref(), "Ended"),
        count: flow.count,
    }
}

/// Returns the segments at the place that a way leads to, or where it comes from where it leads to the end.
fn segments(flow: &FlowBetween) -> Option<Rows> {
    let thing = flow.to.as_ref().or(flow.from.as_ref())?;
    let rows = Rows::of(List::Segments);
    Some(match thing.kind.as_str() {
        "queue" => {
            rows.with(Mark::Kind, "queue").with(Mark::Queue, thing.id.clone()).with(Mark::Only, "in_queue")
        }
        "group" => rows.with(Mark::Kind, "queue").with(Mark::Group, thing.id.clone()),
        "agent" => rows.with(Mark::Only, "had"),
        kind => rows.with(Mark::Kind, kind),
    })
}

fn line(flow: &FlowBetween) -> Line {
    let Way { from, to, count } = way(flow);
    let id = |thing: &Option<InsightsThing>| {
        thing.as_ref().map_or_else(String::new, |thing| format!("{}{}", thing.kind, thing.id))
    };
    let place = Figure::text(to);
    let place = match segments(flow) {
        Some(rows) => place.behind(rows),
        None => place,
    };
    Line {
        key: format!("{} {}", id(&flow.from), id(&flow.to)),
        figures: vec![Figure::text(from), place, Figure::count(count)],
    }
}
