//! What happened over time: a picture of columns, and its table.

use std::sync::Arc;

use baton_shared::api::{TrendPoint, TrendReport};
use leptos::prelude::*;

use super::figures::{Figure, FigureTable, Head, Line, number_head, text_head};
use super::pictures::columns::{Column, ColumnPicture};
use super::pictures::{Paint, Series};
use super::state::Insights;
use super::{Answered, section};
use crate::browser::zones::{self, Style};
use crate::screens::supervisor::table::Order;

/// What of a trend is shown.
pub struct Trend {
    id: &'static str,
    title: &'static str,
    series: &'static [Series],
    heads: &'static [Head],
    /// What counts in each series.
    counts: fn(&TrendPoint) -> Vec<u64>,
    /// What stands in a row after its time.
    figures: fn(&TrendPoint) -> Vec<Figure>,
}

/// Transfers by what became of them.
pub static TRANSFERS: Trend = Trend {
    id: "transfer-trend",
    title: "Transfers over time",
    series: &[
        Series { name: "Successful", paint: Paint::Good },
        Series { name: "Failed", paint: Paint::Bad },
        Series { name: "Cancelled or open", paint: Paint::Hollow },
    ],
    heads: &[
        text_head("Time"),
        number_head("Transfers"),
        number_head("Successful"),
        number_head("Failed"),
        number_head("Cancelled or open"),
    ],
    counts: |point| {
        let (successful, failed) = (point.transfers_successful, point.transfers_failed);
        vec![successful, failed, point.transfers.saturating_sub(successful + failed)]
    },
    figures: |point| {
        let (successful, failed) = (point.transfers_successful, point.transfers_failed);
        let others = point.transfers.saturating_sub(successful + failed);
        [point.transfers, successful, failed, others].map(Figure::count).to_vec()
    },
};

/// Conversations that came to wait, by what became of them.
pub static WAITS: Trend = Trend {
    id: "wait-trend",
    title: "Conversations over time",
    series: &[
        Series { name: "Accepted", paint: Paint::Good },
        Series { name: "Abandoned", paint: Paint::Bad },
        Series { name: "Left otherwise or waiting", paint: Paint::Hollow },
    ],
    heads: &[
        text_head("Time"),
        number_head("Entered"),
        number_head("Accepted"),
        number_head("Abandoned"),
        number_head("Average answer"),
    ],
    counts: |point| {
        let (accepted, abandoned) = (point.accepted, point.abandoned);
        vec![accepted, abandoned, point.entered.saturating_sub(accepted + abandoned)]
    },
    figures: |point| {
        let mut figures = [point.entered, point.accepted, point.abandoned].map(Figure::count).to_vec();
        figures.push(Figure::lasted(point.answer_ms));
        figures
    },
};

/// The picture, with its table behind a disclosure.
#[component]
pub fn TrendSection(
    /// The reports.
    insights: Insights,
    /// What of it is shown.
    trend: &'static Trend,
) -> impl IntoView {
    let source = move || insights.path("trend", &[("bucket", insights.bucket())]);
    let fetched = insights.fetch::<TrendReport>(source);
    let columns = Memo::new(move |_| {
        let zone = insights.zone();
        let style = if insights.bucket() == "hour" { Style::Hour } else { Style::Day };
        let column = |point: &TrendPoint| Column {
            name: zones::written(&zone, style, point.start),
            counts: (trend.counts)(point),
        };
        let found = fetched.found.get();
        Arc::new(found.map(|report| report.points.iter().map(column).collect::<Vec<_>>()).unwrap_or_default())
    });
    let lines = Memo::new(move |_| {
        let zone = insights.zone();
        let by_hour = insights.bucket() == "hour";
        let line = |point: &TrendPoint| {
            let day = zones::written(&zone, Style::Date, point.start);
            let time = if by_hour { zones::written(&zone, Style::Hour, point.start) } else { String::new() };
            let name = Figure::text_at(format!("{day} {time}").trim().to_owned(), point.start.as_millis());
            let mut figures = vec![name];
            figures.extend((trend.figures)(point));
            Line { key: point.start.to_string(), figures }
        };
        let found = fetched.found.get();
        Arc::new(found.map(|report| report.points.iter().map(line).collect::<Vec<_>>()).unwrap_or_default())
    });
    let content = view! {
        <Answered fetched=fetched>
            <ColumnPicture id=trend.id name=trend.title series=trend.series columns=columns />
            <details class="as-table">
                <summary>"Show as table"</summary>
                <FigureTable
                    insights=insights
                    name=trend.title
                    heads=trend.heads
                    lines=lines
                    first=Order { column: 0, down: false }
                    nothing="Nothing happened in this time."
                    source=Signal::derive(source)
                />
            </details>
        </Answered>
    };
    section(trend.title, content.into_any())
}
