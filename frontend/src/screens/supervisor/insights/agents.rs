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

const MORE: &[Head] = &[
    text_head("Agent"),
    number_head("Successes"),
    number_head("Signed in"),
    number_head("Available share"),
    number_head("Asked to first response"),
    number_head("Customers’ messages"),
    number_head("Customers’ average response"),
    number_head("Customers’ slowest response"),
    number_head("Wrap-ups extended"),
    number_head("In use when declined"),
];

const NOTHING: &str =
    "Nobody of your teams was at work in this time. Choose a longer one, or clear the filters.";

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
                nothing=NOTHING
                source=source
            />
        }
    };
    let more = fetched.lines(|report| report.agents.iter().map(more).collect());
    let further = move || {
        view! {
            <FigureTable
                insights=insights
                name="Presence, answers and filing"
                heads=MORE
                lines=more
                first=Order { column: 1, down: true }
                nothing=NOTHING
            />
        }
    };
    view! {
        <Answered fetched=fetched>
            {section("Agents", table().into_any())}
            {section("Presence, answers and filing", further().into_any())}
        </Answered>
    }
}

/// What the download of the first table holds too.
fn more(figures: &AgentFigures) -> Line {
    let id = &figures.thing.id;
    let segments = |word: &str| Rows::of(List::Segments).with(Mark::Agent, id.clone()).with(Mark::Only, word);
    let present = || Rows::of(List::Segments).with(Mark::Agent, id.clone()).with(Mark::Only, "status_there");
    let successes = Rows::of(List::Conversations).with(Mark::Agent, id.clone()).with(Mark::Only, "success");
    let talks = |word: &str| segments("had").with(Mark::Only, word);
    let answers = || talks("customer_responded");
    Line {
        key: id.clone(),
        figures: vec![
            Figure::text(figures.thing.name.clone()),
            Figure::count(figures.successes).behind(successes),
            Figure::lasted(Some(figures.signed_in_ms)).behind(present()),
            Figure::share(figures.available_share).behind(present()),
            Figure::lasted(figures.routed_response_ms).behind(talks("routed")),
            Figure::count(figures.customer_messages).behind(segments("had")),
            Figure::lasted(figures.customer_response_ms).behind(answers()),
            Figure::lasted(figures.customer_response_max_ms).behind(answers()),
            Figure::count(figures.wrap_up_extensions).behind(talks("extended")),
            Figure::share(figures.load_when_declined).behind(segments("with_load")),
        ],
    }
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
