//! What agents did.

use baton_shared::api::{AgentFigures, AgentsReport};
use leptos::prelude::*;

use super::asked::{List, Mark, Rows};
use super::figures::{Figure, FigureTable, Head, Line, number_head, text_head};
use super::state::Insights;
use super::{Answered, section};
use crate::screens::supervisor::table::Order;

const WORK: &[Head] = &[
    text_head("Agent"),
    number_head("Conversations"),
    number_head("In progress"),
    number_head("Missed"),
    number_head("Rejected"),
    number_head("Average ringing"),
    number_head("First response"),
    number_head("Average response"),
    number_head("Slowest response"),
    number_head("Average talk"),
    number_head("Average wrap-up"),
    number_head("Average handling"),
    number_head("Messages"),
    number_head("Transfers sent"),
    number_head("Transfers to them"),
    number_head("Transfers accepted"),
    number_head("Available"),
    number_head("Busy"),
    number_head("Away"),
];

/// The report.
#[component]
pub fn AgentsView(
    /// The reports.
    insights: Insights,
) -> impl IntoView {
    let fetched = insights.fetch::<AgentsReport>(move || insights.path("agents", &[]));
    let lines = fetched.lines(|report| report.agents.iter().map(line).collect());
    let source = Signal::derive(move || insights.path("agents", &[]));
    let table = move || {
        view! {
            <FigureTable
                insights=insights
                name="Agents"
                heads=WORK
                lines=lines
                first=Order { column: 1, down: true }
                nothing="Nobody of your teams was at work in this time. Choose a longer one, or clear the filters."
                source=source
            />
        }
    };
    view! { <Answered fetched=fetched>{section("Agents", table().into_any())}</Answered> }
}

fn line(figures: &AgentFigures) -> Line {
    let id = &figures.thing.id;
    let of = |kind: &str| Rows::of(List::Segments).with(Mark::Agent, id.clone()).with(Mark::Kind, kind);
    let transfers = |mark: Mark| Rows::of(List::Transfers).with(mark, id.clone());
    let had = || Rows::of(List::Segments).with(Mark::Agent, id.clone()).with(Mark::Only, "had");
    let lasted = |ms: Option<u64>, rows: Rows| Figure::lasted(ms).behind(rows);
    let present = |ms: u64, status: &str| {
        Figure::lasted(Some(ms)).behind(
            Rows::of(List::Segments)
                .with(Mark::Agent, id.clone())
                .with(Mark::Only, format!("status_{status}")),
        )
    };
    Line {
        key: id.clone(),
        figures: vec![
            Figure::text(figures.thing.name.clone()),
            Figure::count(figures.conversations).behind(had()),
            Figure::count(figures.in_progress).behind(of("conversation_in_progress")),
            Figure::count(figures.missed).behind(of("missed")),
            Figure::count(figures.rejected).behind(of("rejected")),
            lasted(figures.ring_ms, had()),
            lasted(figures.first_response_ms, had()),
            lasted(figures.response_ms, had()),
            lasted(figures.response_max_ms, had()),
            lasted(figures.talk_ms, of("conversation")),
            lasted(figures.wrap_up_ms, of("conversation")),
            lasted(figures.handle_ms, of("conversation")),
            Figure::count(figures.messages).behind(had()),
            Figure::count(figures.transfers_sent).behind(transfers(Mark::Sender)),
            Figure::count(figures.transfers_to).behind(transfers(Mark::Receiver)),
            Figure::count(figures.transfers_accepted).behind(transfers(Mark::AcceptedBy)),
            present(figures.available_ms, "available"),
            present(figures.busy_ms, "busy"),
            present(figures.away_ms, "away"),
        ],
    }
}
