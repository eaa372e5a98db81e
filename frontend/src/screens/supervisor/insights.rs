//! Insights: reports about what happened, each number with the rows that it was counted from.
//!
//! What is asked stands in the page's address; answers stay current as long as something happens, and nothing is asked
//! for while nothing does.

use leptos::prelude::*;

use crate::app::DeskContext;
use crate::browser::page;
use crate::live_wall::LiveWall;

pub mod asked;
pub mod days;
pub mod figures;
pub mod pictures;
pub mod range_bar;
pub mod state;
pub mod words;

mod agents;
mod conversations;
mod cuts;
mod flow;
mod queues;
mod ratings;
mod rows;
mod schedules;
mod transfers;
mod trend;
mod waits;
mod what_if;

use agents::AgentsView;
use asked::{Asked, Report};
use conversations::ConversationsView;
use figures::AskLink;
use flow::FlowView;
use queues::QueuesView;
use range_bar::RangeBar;
use ratings::RatingsView;
use rows::RowsView;
use schedules::SchedulesPart;
use state::{Fetched, Insights};
use transfers::TransfersView;
use waits::WaitsView;
use what_if::WhatIfView;

/// Says whether the page's address asks for a report.
pub fn is_asked_for() -> bool {
    Asked::read(&page::query()).is_some()
}

/// The tab.
#[component]
pub fn InsightsPart(
    /// Whose queues and people can be chosen, and what tells that something has happened.
    live: LiveWall,
) -> impl IntoView {
    let insights = Insights::follow(DeskContext::here(), live);
    on_cleanup(|| {
        // An address that asks for a report belongs to this tab.
        if is_asked_for() {
            page::go_to(super::PATH);
        }
    });
    let report = Memo::new(move |_| insights.asked.with(|asked| asked.report));
    let rows = Memo::new(move |_| insights.asked.with(|asked| asked.rows.clone()));
    let links = Report::ALL.map(|named| {
        let asked = Memo::new(move |_| insights.asked.with(|asked| asked.in_report(named)));
        view! {
            <AskLink
                insights=insights
                asked=asked
                class="report__link"
                current=Signal::derive(move || report.get() == named)
            >
                {named.name()}
            </AskLink>
        }
    });
    view! {
        <div class="insights">
            <div class="insights__head">
                <nav class="report__links" aria-label="Reports">
                    {links.into_iter().collect_view()}
                </nav>
                <LagNote insights=insights />
            </div>
            <Show when=move || report.get() != Report::Schedules>
                <RangeBar insights=insights />
            </Show>
            {move || match (rows.get(), report.get()) {
                (Some(rows), _) => view! { <RowsView insights=insights rows=rows /> }.into_any(),
                (None, Report::Transfers) => view! { <TransfersView insights=insights /> }.into_any(),
                (None, Report::Queues) => view! { <QueuesView insights=insights /> }.into_any(),
                (None, Report::Agents) => view! { <AgentsView insights=insights /> }.into_any(),
                (None, Report::Conversations) => view! { <ConversationsView insights=insights /> }.into_any(),
                (None, Report::Waits) => view! { <WaitsView insights=insights /> }.into_any(),
                (None, Report::Ratings) => view! { <RatingsView insights=insights /> }.into_any(),
                (None, Report::Flow) => view! { <FlowView insights=insights /> }.into_any(),
                (None, Report::Schedules) => view! { <SchedulesPart insights=insights /> }.into_any(),
                (None, Report::WhatIf) => view! { <WhatIfView insights=insights /> }.into_any(),
            }}
        </div>
    }
}

/// How current the report is.
#[component]
fn LagNote(insights: Insights) -> impl IntoView {
    let said = Memo::new(move |_| {
        insights.lag.with(|lag| lag.as_ref().map(|lag| (words::lag(lag.events, lag.stopped), lag.stopped)))
    });
    view! {
        <p class="insights__lag" data-tone=move || said.with(|said| said.as_ref().is_some_and(|(_, stopped)| *stopped).then_some("critical"))>
            {move || said.with(|said| said.as_ref().map(|(text, _)| text.clone()))}
        </p>
    }
}

/// A part of a report under its title.
fn section(title: &'static str, content: AnyView) -> AnyView {
    view! {
        <section class="report__section" aria-label=title>
            <h2>{title}</h2>
            {content}
        </section>
    }
    .into_any()
}

/// What is shown once there is an answer, and before it or without it what to do.
#[component]
fn Answered<Found: Send + Sync + 'static>(fetched: Fetched<Found>, children: ChildrenFn) -> impl IntoView {
    let there = Memo::new(move |_| fetched.found.with(Option::is_some));
    let failure = move || {
        fetched.failure.get().map(|sentence| view! { <p class="refusal" role="alert">{sentence}</p> })
    };
    view! {
        {failure}
        {move || {
            if there.get() {
                view! {
                    <div class="report" aria-busy=move || fetched.old.get().to_string()>
                        {children()}
                    </div>
                }
                    .into_any()
            } else {
                fetched.failure.with(Option::is_none).then(|| view! { <p class="hint">"Loading…"</p> }).into_any()
            }
        }}
    }
}
