//! What customers said of conversations that had ended: how many gave which score, by agent, queue and number of transfers.

use std::sync::Arc;

use baton_shared::api::{RatingCut, RatingsReport};
use leptos::prelude::*;

use super::asked::{List, Mark, Rows};
use super::cuts::{Cut, cuts};
use super::figures::{Figure, Head, Line, number_head, text_head, tile};
use super::pictures::columns::{Column, ColumnPicture};
use super::pictures::{Paint, Series};
use super::state::{Fetched, Insights};
use super::{Answered, section};

const SERIES: &[Series] = &[Series { name: "Ratings", paint: Paint::First }];

/// What the scores mean, from 1 on, as the customer reads it.
const SCORES: [&str; 5] = ["1, very bad", "2", "3", "4", "5, very good"];

/// The report.
#[component]
pub fn RatingsView(
    /// The reports.
    insights: Insights,
) -> impl IntoView {
    let fetched = insights.fetch::<RatingsReport>(move || insights.path("ratings", &[]));
    let columns = Memo::new(move |_| {
        let column = |(name, count): (&str, u64)| Column { name: name.to_owned(), counts: vec![count] };
        let counts =
            fetched.found.with(|found| found.as_ref().map(|answer| scores(answer)).unwrap_or_default());
        Arc::new(SCORES.into_iter().zip(counts).map(column).collect::<Vec<_>>())
    });
    view! {
        <Answered fetched=fetched>
            {tiles(insights, fetched)}
            {section(
                "Ratings by score",
                view! { <ColumnPicture id="scores" name="Ratings by score" series=SERIES columns=columns /> }
                    .into_any(),
            )} {section("By agent", cuts(insights, fetched, &BY_AGENT))}
            {section("By queue", cuts(insights, fetched, &BY_QUEUE))}
            {section("By number of transfers", cuts(insights, fetched, &BY_TRANSFERS))}
        </Answered>
    }
}

const fn scores(report: &RatingsReport) -> [u64; 5] {
    [report.score_1, report.score_2, report.score_3, report.score_4, report.score_5]
}

fn ratings() -> Rows {
    Rows::of(List::Ratings)
}

/// Returns conversations whose customers were asked, or answered.
fn surveys(word: &str) -> Rows {
    Rows::of(List::Conversations).with(Mark::Only, word)
}

fn tiles(insights: Insights, fetched: Fetched<RatingsReport>) -> AnyView {
    let rated = |report: &RatingsReport| Figure::count(report.rated).behind(ratings());
    let average = |report: &RatingsReport| Figure::tenths(report.average).behind(ratings());
    let by_score = SCORES.into_iter().zip(1_u64..).map(|(name, score)| {
        let figure = move |report: &RatingsReport| {
            let counts = scores(report).into_iter().zip(1..).find(|(_, of)| *of == score);
            let count = counts.map_or(0, |(count, _)| count);
            Figure::count(count).behind(ratings().with(Mark::Score, score.to_string()))
        };
        tile(insights, name, fetched.figure(figure), "")
    });
    view! {
        <dl class="tiles tiles--large">
            {tile(insights, "Rated", fetched.figure(rated), "Conversations that customers rated")}
            {tile(insights, "Average", fetched.figure(average), "From 1, very bad, to 5, very good")}
            {by_score.collect_view()}
            {tile(
                insights,
                "Asked",
                fetched.figure(|report| Figure::count(report.asked).behind(surveys("surveyed"))),
                "Customers of conversations that began in this time",
            )}
            {tile(
                insights,
                "Answered",
                fetched.figure(|report| Figure::count(report.answered).behind(surveys("rated"))),
                "Of these",
            )}
            {tile(
                insights,
                "Share that answered",
                fetched.figure(|report| Figure::share(report.answered_share).behind(surveys("surveyed"))),
                "",
            )}
        </dl>
    }
    .into_any()
}

const NOTHING: &str = "Nobody rated a conversation in this time.";

const fn heads(of: &'static str) -> [Head; 8] {
    [
        text_head(of),
        number_head("Rated"),
        number_head("Average"),
        number_head("1"),
        number_head("2"),
        number_head("3"),
        number_head("4"),
        number_head("5"),
    ]
}

static BY_AGENT: Cut<RatingsReport> = Cut {
    name: "Ratings by agent",
    heads: &heads("Last agent"),
    lines: |report| report.by_agent.iter().map(|cut| of_thing(cut, Mark::Agent)).collect(),
    report: "ratings",
    table: "by_agent",
    nothing: NOTHING,
};

static BY_QUEUE: Cut<RatingsReport> = Cut {
    name: "Ratings by queue",
    heads: &heads("Queue"),
    lines: |report| report.by_queue.iter().map(|cut| of_thing(cut, Mark::Queue)).collect(),
    report: "ratings",
    table: "by_queue",
    nothing: NOTHING,
};

static BY_TRANSFERS: Cut<RatingsReport> = Cut {
    name: "Ratings by number of transfers",
    heads: &heads("Transfers"),
    lines: |report| {
        let line = |one: &baton_shared::api::TransfersRated| {
            let counts = [one.score_1, one.score_2, one.score_3, one.score_4, one.score_5];
            let name = Figure::text_at(one.transfers.to_string(), one.transfers.into());
            let rows = Some(ratings().with(Mark::Transfers, one.transfers.to_string()));
            line(one.transfers.to_string(), name, (one.rated, one.average, counts), rows.as_ref())
        };
        report.by_transfers.iter().map(line).collect()
    },
    report: "ratings",
    table: "by_transfers",
    nothing: NOTHING,
};

fn of_thing(cut: &RatingCut, mark: Mark) -> Line {
    let counts = [cut.score_1, cut.score_2, cut.score_3, cut.score_4, cut.score_5];
    let of = (cut.rated, cut.average, counts);
    match &cut.thing {
        Some(thing) => {
            let rows = ratings().with(mark, thing.id.clone());
            line(thing.id.clone(), Figure::text(thing.name.clone()), of, Some(&rows))
        }
        None => line(String::new(), Figure::text("Nobody"), of, None),
    }
}

fn line(
    key: String,
    name: Figure,
    (rated, average, counts): (u64, Option<f64>, [u64; 5]),
    rows: Option<&Rows>,
) -> Line {
    let behind = |figure: Figure, narrow: &dyn Fn(Rows) -> Rows| match rows {
        Some(rows) => figure.behind(narrow(rows.clone())),
        None => figure,
    };
    let mut figures =
        vec![name, behind(Figure::count(rated), &|rows| rows), behind(Figure::tenths(average), &|rows| rows)];
    figures.extend(counts.into_iter().zip(1_u64..).map(|(count, score)| {
        behind(Figure::count(count), &|rows| rows.with(Mark::Score, score.to_string()))
    }));
    Line { key, figures }
}
