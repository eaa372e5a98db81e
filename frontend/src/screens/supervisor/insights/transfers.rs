//! What became of transfers.

use baton_shared::api::{RejectionReason, TransferCut, TransfersReport};
use leptos::prelude::*;

use super::asked::{List, Mark, Rows};
use super::cuts::{Cut, cuts};
use super::figures::{Figure, Head, Line, number_head, text_head, tile};
use super::pictures::Paint;
use super::pictures::parts::{Part, PartsPicture, Whole};
use super::state::{Fetched, Insights};
use super::trend::{TRANSFERS, TrendSection};
use super::{Answered, section};

/// The report.
#[component]
pub fn TransfersView(
    /// The reports.
    insights: Insights,
) -> impl IntoView {
    let fetched = insights.fetch::<TransfersReport>(move || insights.path("transfers", &[]));
    view! {
        <Answered fetched=fetched>
            {tiles(insights, fetched)} <div class="report__pair">
                {section("What became of them", outcomes(insights, fetched))}
                {section("Where they went", destinations(insights, fetched))}
            </div> <div class="report__pair">
                {section("Why they failed", failures(insights, fetched))}
                {section("Chains and returns", chains(insights, fetched))}
            </div> <div class="report__pair">
                {section("Who called them off", cancelled(insights, fetched))}
                {section("What went with them", carried(insights, fetched))}
            </div> {section("How long they took", times(insights, fetched))}
            <TrendSection insights=insights trend=&TRANSFERS />
            {section("By sender", cuts(insights, fetched, &BY_SENDER))}
            {section("By receiver", cuts(insights, fetched, &BY_RECEIVER))}
            {section("Reasons of rejections", cuts(insights, fetched, &REASONS))}
        </Answered>
    }
}

fn rows() -> Rows {
    Rows::of(List::Transfers)
}

fn with_outcome(word: &str) -> Rows {
    rows().with(Mark::Outcome, word)
}

fn only(word: &str) -> Rows {
    rows().with(Mark::Only, word)
}

/// The six figures that a team asks for first.
fn tiles(insights: Insights, fetched: Fetched<TransfersReport>) -> AnyView {
    let figure = |read: fn(&TransfersReport) -> u64, rows: Rows| {
        fetched.figure(move |report| Figure::count(read(report)).behind(rows.clone()))
    };
    let conversations = figure(|report| report.conversations_with_transfers, rows());
    let total = figure(|report| report.transfer_segments_total, rows());
    let successful = figure(|report| report.transfer_segments_successful, with_outcome("successful"));
    let failed = figure(|report| report.transfer_segments_failed, with_outcome("failed"));
    let to_agent = figure(|report| report.transfer_segments_to_agent, only("to_agent"));
    let to_queue = figure(|report| report.transfer_segments_to_queue, only("to_queue"));
    view! {
        <dl class="tiles tiles--large">
            {tile(insights, "Conversations with transfers", conversations, "")}
            {tile(insights, "Transfers", total, "")} {tile(insights, "Successful transfers", successful, "")}
            {tile(insights, "Failed transfers", failed, "")} {tile(insights, "Transfers to agents", to_agent, "")}
            {tile(insights, "Transfers to queues", to_queue, "")}
        </dl>
    }
    .into_any()
}

fn part(name: &'static str, paint: Paint, count: u64, rows: Rows) -> Part {
    Part { name, paint, count, figure: Figure::count(count).behind(rows) }
}

fn whole(
    insights: Insights,
    fetched: Fetched<TransfersReport>,
    (id, name): (&'static str, &'static str),
    read: fn(&TransfersReport) -> Whole,
) -> AnyView {
    let empty = || Whole { parts: Vec::new(), total: Figure::nothing() };
    let found = fetched.read(read);
    let whole = Memo::new(move |_| found.get().unwrap_or_else(empty));
    view! { <PartsPicture insights=insights id=id name=name whole=whole /> }.into_any()
}

fn outcomes(insights: Insights, fetched: Fetched<TransfersReport>) -> AnyView {
    whole(insights, fetched, ("outcomes", "What became of transfers"), |report| Whole {
        parts: vec![
            part("Successful", Paint::Good, report.transfer_segments_successful, with_outcome("successful")),
            part("Failed", Paint::Bad, report.transfer_segments_failed, with_outcome("failed")),
            part("Cancelled", Paint::Aside, report.transfer_segments_cancelled, with_outcome("cancelled")),
            part("Open", Paint::Hollow, report.transfer_segments_open, with_outcome("open")),
        ],
        total: Figure::count(report.transfer_segments_total).behind(rows()),
    })
}

fn failures(insights: Insights, fetched: Fetched<TransfersReport>) -> AnyView {
    whole(insights, fetched, ("failures", "Why transfers failed"), |report| Whole {
        parts: vec![
            part("Rejected to the end", Paint::First, report.failed_rejected, with_outcome("rejected")),
            part("Returned", Paint::Second, report.failed_returned, with_outcome("returned")),
            part("Not answered in time", Paint::Third, report.failed_expired, with_outcome("expired")),
            part("The customer left", Paint::Fourth, report.failed_abandoned, with_outcome("abandoned")),
            part("Otherwise", Paint::Aside, report.failed_other, with_outcome("other")),
        ],
        total: Figure::count(report.transfer_segments_failed).behind(with_outcome("failed")),
    })
}

fn cancelled(insights: Insights, fetched: Fetched<TransfersReport>) -> AnyView {
    whole(insights, fetched, ("cancelled", "Who called transfers off"), |report| Whole {
        parts: vec![
            part("The sender", Paint::First, report.cancelled_by_sender, with_outcome("sender")),
            part("A supervisor", Paint::Second, report.cancelled_by_supervisor, with_outcome("supervisor")),
            part("The server", Paint::Aside, report.cancelled_by_system, with_outcome("system")),
        ],
        total: Figure::count(report.transfer_segments_cancelled).behind(with_outcome("cancelled")),
    })
}

/// Note and summary.
fn carried(insights: Insights, fetched: Fetched<TransfersReport>) -> AnyView {
    let count = |read: fn(&TransfersReport) -> u64, word: &'static str| {
        fetched.figure(move |report| Figure::count(read(report)).behind(only(word)))
    };
    view! {
        <dl class="tiles">
            {tile(insights, "With a note", count(|report| report.with_note, "with_note"), "")}
            {tile(insights, "With a summary", count(|report| report.with_summary, "with_summary"), "")}
            {tile(
                insights,
                "Summary changed",
                count(|report| report.summaries_edited, "summary_edited"),
                "By the sender, after it was made",
            )}
            {tile(
                insights,
                "Opened",
                count(|report| report.notes_opened, "note_opened"),
                "Read before the answer by whoever was asked",
            )}
        </dl>
    }
    .into_any()
}

fn destinations(insights: Insights, fetched: Fetched<TransfersReport>) -> AnyView {
    whole(insights, fetched, ("destinations", "Where transfers went"), |report| Whole {
        parts: vec![
            part("To agents", Paint::First, report.transfer_segments_to_agent, only("to_agent")),
            part("To queues", Paint::Second, report.transfer_segments_to_queue, only("to_queue")),
            part("To groups", Paint::Third, report.transfer_segments_to_group, only("to_group")),
            part("To workflows", Paint::Fourth, report.transfer_segments_to_workflow, only("to_workflow")),
            part("To flows", Paint::Hollow, report.transfer_segments_to_bot, only("to_bot")),
            part(
                "To contacts outside",
                Paint::Aside,
                report.transfer_segments_to_external,
                only("to_external"),
            ),
        ],
        total: Figure::count(report.transfer_segments_total).behind(rows()),
    })
}

fn chains(insights: Insights, fetched: Fetched<TransfersReport>) -> AnyView {
    let figure = |read: fn(&TransfersReport) -> Figure| fetched.figure(read);
    let count = |read: fn(&TransfersReport) -> u64, word: &'static str| {
        fetched.figure(move |report| Figure::count(read(report)).behind(only(word)))
    };
    view! {
        <dl class="tiles">
            {tile(insights, "After an earlier transfer", count(|report| report.chained, "chained"), "")}
            {tile(
                insights,
                "Longest chain",
                figure(|report| Figure::count(report.chain_longest).behind(only("chained"))),
                "Most transfers of one conversation",
            )}
            {tile(
                insights,
                "Ping-pong",
                count(|report| report.ping_pongs, "ping_pong"),
                "Back to whoever had it before the sender",
            )}
            {tile(
                insights,
                "Bounce-backs",
                count(|report| report.bounce_backs, "bounce_back"),
                "Failed, and with the sender again",
            )}
            {tile(
                insights,
                "Within 2 minutes",
                count(|report| report.within_two_minutes, "early"),
                "Asked for soon after the sender got it",
            )}
            {tile(
                insights,
                "Offers per transfer",
                figure(|report| Figure::tenths(report.offers_per_transfer).behind(only("offered"))),
                "",
            )}
            {tile(insights, "Offers rejected", count(|report| report.offers_rejected, "offers_rejected"), "")}
            {tile(insights, "Offers missed", count(|report| report.offers_missed, "offers_missed"), "")}
            {tile(insights, "Consulted first", count(|report| report.mode_warm, "warm"), "")}
        </dl>
    }
    .into_any()
}

fn times(insights: Insights, fetched: Fetched<TransfersReport>) -> AnyView {
    let figure = |read: fn(&TransfersReport) -> Option<u64>, word: &'static str| {
        fetched.figure(move |report| Figure::lasted(read(report)).behind(only(word)))
    };
    view! {
        <dl class="tiles">
            {tile(
                insights,
                "To the first offer",
                figure(|report| report.to_offer_ms, "offered"),
                "From the request, on average",
            )}
            {tile(
                insights,
                "To the answer",
                figure(|report| report.to_accept_ms, "accepted"),
                "From the offer that was accepted, on average",
            )}
            {tile(
                insights,
                "Until accepted",
                figure(|report| report.request_to_accept_ms, "accepted"),
                "From the request, on average",
            )}
            {tile(
                insights,
                "Until the customer read on",
                figure(|report| report.request_to_reply_ms, "replied"),
                "From the request to the next owner’s first words",
            )}
            {tile(
                insights,
                "Customers wrote meanwhile",
                fetched.figure(|report| Figure::count(report.customer_messages).behind(only("written"))),
                "Messages while a transfer was under way",
            )}
            {tile(
                insights,
                "Customers wrote to nobody",
                fetched.figure(|report| Figure::count(report.unowned_messages).behind(only("written_unowned"))),
                "Of these, while the conversation waited in a line",
            )}
            {tile(
                insights,
                "Conversations with such",
                fetched.figure(|report| Figure::count(report.unowned_conversations).behind(only("written_unowned"))),
                "In which the customer wrote to nobody",
            )}
        </dl>
    }
    .into_any()
}

const fn heads(end: &'static str) -> [Head; 6] {
    [
        text_head(end),
        number_head("Transfers"),
        number_head("Successful"),
        number_head("Failed"),
        number_head("Cancelled"),
        number_head("Open"),
    ]
}

const NOTHING: &str = "Nobody passed anything on in this time.";

static BY_SENDER: Cut<TransfersReport> = Cut {
    name: "Transfers by sender",
    heads: &heads("Sender"),
    lines: |report| report.by_sender.iter().map(|one| line(Mark::Sender, one)).collect(),
    report: "transfers",
    table: "by_sender",
    nothing: NOTHING,
};

static BY_RECEIVER: Cut<TransfersReport> = Cut {
    name: "Transfers by receiver",
    heads: &heads("Receiver"),
    lines: |report| report.by_receiver.iter().map(|one| line(Mark::Receiver, one)).collect(),
    report: "transfers",
    table: "by_receiver",
    nothing: NOTHING,
};

static REASONS: Cut<TransfersReport> = Cut {
    name: "Reasons of rejections",
    heads: &[text_head("Reason"), number_head("Rejections")],
    lines: |report| report.reasons.iter().map(reason).collect(),
    report: "transfers",
    table: "reasons",
    nothing: "Nobody rejected a transfer in this time.",
};

fn reason(one: &RejectionReason) -> Line {
    let refused = Rows::of(List::Segments).with(Mark::Kind, "rejected").with(Mark::Only, "of_transfer");
    let (name, rows) = match (&one.reason, &one.key) {
        (Some(words), Some(key)) => (words.clone(), refused.with(Mark::Reason, key.clone())),
        (None, Some(key)) => {
            ("Words that are not kept any more".to_owned(), refused.with(Mark::Reason, key.clone()))
        }
        (_, None) => ("No reason given".to_owned(), refused.with(Mark::Only, "without_reason")),
    };
    let key = one.key.clone().unwrap_or_default();
    Line { key, figures: vec![Figure::text(name), Figure::count(one.count).behind(rows)] }
}

fn line(mark: Mark, one: &TransferCut) -> Line {
    let of = || rows().with(mark, one.thing.id.clone());
    let counted = |count: u64, word: &str| Figure::count(count).behind(of().with(Mark::Outcome, word));
    Line {
        key: one.thing.id.clone(),
        figures: vec![
            Figure::text(one.thing.name.clone()),
            Figure::count(one.total).behind(of()),
            counted(one.successful, "successful"),
            counted(one.failed, "failed"),
            counted(one.cancelled, "cancelled"),
            counted(one.open, "open"),
        ],
    }
}
