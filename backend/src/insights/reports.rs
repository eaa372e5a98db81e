//! Each report: rows as they are found, one after the other, and what is counted of them.
//!
//! Rows are counted here and not by SQLite: a row that is only handed over costs less than one that is grouped.

pub(super) mod agents;
pub(super) mod conversations;
pub(super) mod lists;
pub(super) mod moves;
pub(super) mod queues;
pub(super) mod ratings;
pub(super) mod transfers;
pub(super) mod trend;
pub(super) mod waits;

use std::collections::BTreeMap;

use baton_shared::api::InsightsThing;

use super::asking::{Mean, Things};

/// Returns what a number stands for.
fn thing(things: &Things, number: i64) -> InsightsThing {
    let unknown = || InsightsThing { kind: String::new(), id: String::new(), name: String::new() };
    things.get(&number).cloned().unwrap_or_else(unknown)
}

/// Returns how many of a number something is, from 0 to 1, to four places; nothing of none.
fn share(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| (part as f64 / of as f64 * 10_000.0).round() / 10_000.0)
}

/// Returns an average, to two places; nothing of nothing.
fn average(sum: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| (sum as f64 / of as f64 * 100.0).round() / 100.0)
}

/// Returns an average of what was added up before, and the greatest of it; nothing of nothing.
fn average_and_most((sum, of): (u64, u64), most: u64) -> (Option<u64>, Option<u64>) {
    let mut mean = Mean::default();
    mean.take_sum(sum, of);
    (mean.average(), (of > 0).then_some(most))
}

/// Returns a line for each thing that something was counted of, the most first and then by name; a number of none stands
/// for nobody.
fn cuts<Counted, Cut>(
    found: BTreeMap<Option<i64>, Counted>,
    things: &Things,
    total: impl Fn(&Counted) -> u64,
    line: impl Fn(Option<InsightsThing>, Counted) -> Cut,
) -> Vec<Cut> {
    let named =
        |(number, counted): (Option<i64>, Counted)| (number.map(|number| thing(things, number)), counted);
    let mut found: Vec<_> = found.into_iter().map(named).collect();
    found.sort_by_cached_key(|(thing, counted)| {
        let name = thing.as_ref().map(|thing| (thing.name.clone(), thing.id.clone()));
        (std::cmp::Reverse(total(counted)), name)
    });
    found.into_iter().map(|(thing, counted)| line(thing, counted)).collect()
}
