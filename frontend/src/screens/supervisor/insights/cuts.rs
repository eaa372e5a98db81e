//! Tables of a report by what its rows have in common: by sender, by reason, by score.

use leptos::prelude::*;

use super::figures::{FigureTable, Head, Line};
use super::state::{Fetched, Insights};
use crate::screens::supervisor::table::Order;

/// A table of a report, the most first.
pub struct Cut<Report: 'static> {
    /// What it is called.
    pub name: &'static str,
    /// Its columns; the second holds how many.
    pub heads: &'static [Head],
    /// Its rows.
    pub lines: fn(&Report) -> Vec<Line>,
    /// What follows the address of reports in that of this one.
    pub report: &'static str,
    /// Which of its tables it is.
    pub table: &'static str,
    /// What is said where there is no row.
    pub nothing: &'static str,
}

/// Shows a table of a report.
pub fn cuts<Report: Send + Sync + 'static>(
    insights: Insights,
    fetched: Fetched<Report>,
    cut: &'static Cut<Report>,
) -> AnyView {
    let lines = fetched.lines(cut.lines);
    let source = Signal::derive(move || insights.path(cut.report, &[("table", cut.table)]));
    view! {
        <FigureTable
            insights=insights
            name=cut.name
            heads=cut.heads
            lines=lines
            first=Order { column: 1, down: true }
            nothing=cut.nothing
            source=source
        />
    }
    .into_any()
}
