//! Columns side by side, each of parts on top of each other: what happened over time, how waits are distributed.

use std::sync::Arc;

use leptos::prelude::*;

use super::{Series, hundredths, patterns, swatch};
use crate::screens::supervisor::insights::words;

/// Up to so many columns have their names beneath them; of more every so-manyeth has.
const NAMES_MAX: usize = 12;

/// What part of its place a column takes, in hundredths.
const COLUMN_WIDTH: f64 = 72.0;

/// A column: its name, and how many of each kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it is called, short.
    pub name: String,
    /// How many of each series, from the bottom up.
    pub counts: Vec<u64>,
}

impl Column {
    fn total(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// A part of a column, in hundredths of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    /// Which series.
    pub series: usize,
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// To the right of that.
    pub width: f64,
    /// Down from that.
    pub height: f64,
}

/// Returns the blocks of columns in a picture whose top stands for so many.
pub fn blocks(columns: &[Column], top: u64) -> Vec<Block> {
    let place = 100.0 / columns.len().max(1) as f64;
    let width = place * COLUMN_WIDTH / 100.0;
    let mut blocks = Vec::new();
    for (number, column) in columns.iter().enumerate() {
        let mut below = 0;
        for (series, count) in column.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            below += count;
            blocks.push(Block {
                series,
                x: place * number as f64 + (place - width) / 2.0,
                y: 100.0 - hundredths(below, top),
                width,
                height: hundredths(*count, top),
            });
        }
    }
    blocks
}

/// Returns the least round number that is not below a count: 1, 2, 5, 10, 20, 50 and so on.
pub fn round_top(count: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for step in [1, 2, 5] {
            if unit.saturating_mul(step) >= count {
                return unit.saturating_mul(step);
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// Returns every how-many-eth of so many columns has its name beneath it.
pub const fn name_step(columns: usize) -> usize {
    let step = columns.div_ceil(NAMES_MAX);
    if step == 0 { 1 } else { step }
}

/// Says what a picture shows: how many in all, and where most are.
pub fn said(name: &str, columns: &[Column]) -> String {
    let total: u64 = columns.iter().map(Column::total).sum();
    let most = columns.iter().rev().max_by_key(|column| column.total()).filter(|column| column.total() > 0);
    match most {
        None => format!("{name}: nothing to show"),
        Some(most) => {
            let (total, highest) = (words::count(total), words::count(most.total()));
            format!("{name}: {total} in {} columns; the highest, {highest}, at {}", columns.len(), most.name)
        }
    }
}

/// The columns, their names beneath them, and what the kinds are called.
#[component]
pub fn ColumnPicture(
    /// Its id in the page.
    id: &'static str,
    /// What it shows.
    name: &'static str,
    /// What is counted, from the bottom up.
    series: &'static [Series],
    /// The columns.
    columns: Memo<Arc<Vec<Column>>>,
) -> impl IntoView {
    let top = Memo::new(move |_| {
        round_top(columns.with(|columns| columns.iter().map(Column::total).max().unwrap_or(0)).max(1))
    });
    let drawn = move || {
        columns.with(|columns| {
            let blocks = blocks(columns, top.get()).into_iter();
            let rects = blocks.map(|Block { series: kind, x, y, width, height }| {
                let paint = series[kind].paint;
                view! {
                    <rect
                        class=format!("mark mark--{}", paint.word())
                        x=format!("{x:.2}%")
                        y=format!("{y:.2}%")
                        width=format!("{width:.2}%")
                        height=format!("{height:.2}%")
                        fill=paint.fill(id)
                    ></rect>
                }
            });
            rects.collect_view()
        })
    };
    let names = move || {
        columns.with(|columns| {
            let step = name_step(columns.len());
            // Each column has its place, so that a name stands beneath its own.
            let name = |(place, column): (usize, &Column)| {
                let name = place.is_multiple_of(step).then(|| column.name.clone());
                view! { <span>{name}</span> }
            };
            columns.iter().enumerate().map(name).collect_view()
        })
    };
    view! {
        <div class="chart">
            <p class="chart__top" aria-hidden="true">
                {move || words::count(top.get())}
            </p>
            <svg class="chart__plot" role="img" aria-label=move || columns.with(|columns| said(name, columns))>
                {patterns(id)}
                <line class="chart__line" x1="0" x2="100%" y1="0.5" y2="0.5"></line>
                <line class="chart__line" x1="0" x2="100%" y1="50%" y2="50%"></line>
                {drawn}
                <line class="chart__base" x1="0" x2="100%" y1="100%" y2="100%"></line>
            </svg>
            <div class="chart__names" aria-hidden="true">
                {names}
            </div>
        </div>
        <ul class="legend">
            {series
                .iter()
                .map(|kind| view! { <li>{swatch(id, kind.paint)} " " {kind.name}</li> })
                .collect_view()}
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, counts: &[u64]) -> Column {
        Column { name: name.to_owned(), counts: counts.to_vec() }
    }

    #[test]
    fn parts_of_a_column_stand_on_each_other() {
        let blocks = blocks(&[column("a", &[1, 0, 3]), column("b", &[0, 0, 0])], 10);
        assert_eq!(blocks.iter().map(|block| block.series).collect::<Vec<_>>(), [0, 2]);
        assert_eq!((blocks[0].y, blocks[0].height), (90.0, 10.0));
        assert_eq!((blocks[1].y, blocks[1].height), (60.0, 30.0));
        assert_eq!((blocks[0].x, blocks[0].width), (7.0, 36.0));
    }

    #[test]
    fn the_top_is_a_round_number() {
        assert_eq!([0, 1, 3, 5, 6, 11, 21, 501].map(round_top), [1, 1, 5, 5, 10, 20, 50, 1_000]);
    }

    #[test]
    fn no_more_names_are_written_than_fit() {
        assert_eq!([0, 1, 12, 13, 24, 30, 92].map(name_step), [1, 1, 1, 2, 2, 3, 8]);
    }

    #[test]
    fn the_text_says_how_many_and_where_most_are() {
        let columns = [column("09:00", &[1, 1]), column("10:00", &[4]), column("11:00", &[0, 4])];
        let text = said("Transfers", &columns);
        assert_eq!(text, "Transfers: 10 in 3 columns; the highest, 4, at 10:00");
        assert_eq!(said("Transfers", &[column("09:00", &[0])]), "Transfers: nothing to show");
    }
}
