//! What became of conversations, how often they were passed on, and what was written in them.

use baton_shared::api::ConversationsReport;
use leptos::prelude::*;

use super::asked::{List, Mark, Rows};
use super::figures::{Downloads, Figure, tile};
use super::pictures::Paint;
use super::pictures::parts::{Part, PartsPicture, Whole};
use super::state::{Fetched, Insights};
use super::{Answered, section};

/// The report.
#[component]
pub fn ConversationsView(
    /// The reports.
    insights: Insights,
) -> impl IntoView {
    let fetched = insights.fetch::<ConversationsReport>(move || insights.path("conversations", &[]));
    let source = Signal::derive(move || insights.path("conversations", &[]));
    view! {
        <Answered fetched=fetched>
            {section("What became of them", endings(insights, fetched))}
            {section("How often they were passed on", hops(insights, fetched))}
            {section("What was written in those that ended", written(insights, fetched))}
            <Downloads insights=insights name="Conversations" source=source />
        </Answered>
    }
}

fn rows() -> Rows {
    Rows::of(List::Conversations)
}

fn only(word: &str) -> Rows {
    rows().with(Mark::Only, word)
}

fn part(name: &'static str, paint: Paint, count: u64, rows: Rows) -> Part {
    Part { name, paint, count, figure: Figure::count(count).behind(rows) }
}

fn whole(
    insights: Insights,
    fetched: Fetched<ConversationsReport>,
    (id, name): (&'static str, &'static str),
    read: fn(&ConversationsReport) -> Whole,
) -> AnyView {
    let empty = || Whole { parts: Vec::new(), total: Figure::nothing() };
    let found = fetched.read(read);
    let whole = Memo::new(move |_| found.get().unwrap_or_else(empty));
    view! { <PartsPicture insights=insights id=id name=name whole=whole /> }.into_any()
}

fn endings(insights: Insights, fetched: Fetched<ConversationsReport>) -> AnyView {
    let picture = whole(insights, fetched, ("endings", "What became of conversations"), |report| {
        let ending =
            |name, paint, count, word: &str| part(name, paint, count, rows().with(Mark::Outcome, word));
        Whole {
            parts: vec![
                ending("Successful", Paint::Good, report.successful, "successful"),
                ending("Transferred", Paint::First, report.transferred, "transferred"),
                ending("No interaction", Paint::Second, report.no_interaction, "no_interaction"),
                ending("Cancelled", Paint::Third, report.cancelled, "cancelled"),
                ending("Abandoned", Paint::Bad, report.abandoned, "abandoned"),
                ending("Turned away", Paint::Fourth, report.dissuaded, "dissuaded"),
                ending("Not filed", Paint::Aside, report.unfinalized, "unfinalized"),
                ending("Open", Paint::Hollow, report.in_progress, "in_progress"),
            ],
            total: Figure::count(report.conversations).behind(rows()),
        }
    });
    view! {
        {picture}
        <p class="hint">
            "Successful: three messages at least, from both sides; transferred: the same, and a transfer brought it to another owner. \
            Cancelled: the customer left a wait within 10 seconds; abandoned: later. \
            Turned away: the server ended the wait with a form or by a limit. Not filed: ended, and its agent has not filed it."
        </p>
    }
    .into_any()
}

fn hops(insights: Insights, fetched: Fetched<ConversationsReport>) -> AnyView {
    let picture = whole(insights, fetched, ("hops", "How often conversations were passed on"), |report| {
        let often =
            |name, paint, count, times: &str| part(name, paint, count, rows().with(Mark::Transfers, times));
        Whole {
            parts: vec![
                often("Never", Paint::Hollow, report.transfers_0, "0"),
                often("Once", Paint::First, report.transfers_1, "1"),
                often("Twice", Paint::Second, report.transfers_2, "2"),
                part(
                    "Three times or more",
                    Paint::Third,
                    report.transfers_3_or_more,
                    only("transfers_3_or_more"),
                ),
            ],
            total: Figure::count(report.conversations).behind(rows()),
        }
    });
    let average = fetched.figure(|report| Figure::tenths(report.transfers_per_conversation).behind(rows()));
    view! {
        {picture}
        <dl class="tiles">
            {tile(insights, "Transfers per conversation", average, "Asked for, on average")}
        </dl>
    }
    .into_any()
}

fn written(insights: Insights, fetched: Fetched<ConversationsReport>) -> AnyView {
    let number = |read: fn(&ConversationsReport) -> Option<f64>| {
        fetched.figure(move |report| Figure::tenths(read(report)).behind(only("ended")))
    };
    let lasted = |read: fn(&ConversationsReport) -> Option<u64>, word: &'static str| {
        fetched.figure(move |report| Figure::lasted(read(report)).behind(only(word)))
    };
    view! {
        <dl class="tiles">
            {tile(
                insights,
                "Our messages",
                number(|report| report.agent_messages),
                "Of agents, flows and partners, for each conversation",
            )}
            {tile(
                insights,
                "Customers’ messages",
                number(|report| report.customer_messages),
                "For each conversation",
            )}
            {tile(
                insights,
                "Our average response",
                lasted(|report| report.response_ms, "responded"),
                "From what the customer wrote, or from having it",
            )}
            {tile(
                insights,
                "Our slowest response",
                lasted(|report| report.response_max_ms, "responded"),
                "",
            )}
            {tile(
                insights,
                "Customers’ average response",
                lasted(|report| report.customer_response_ms, "customer_responded"),
                "To whoever had it then",
            )}
            {tile(
                insights,
                "Customers’ slowest response",
                lasted(|report| report.customer_response_max_ms, "customer_responded"),
                "",
            )}
        </dl>
    }
    .into_any()
}
