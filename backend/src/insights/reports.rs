//! Each report: rows as they are found, one after the other, and what is counted of them.
//!
//! Rows are counted here and not by SQLite: a row that is only handed over costs less than one that is grouped.

pub(super) mod agents;
pub(super) mod lists;
pub(super) mod moves;
pub(super) mod queues;
pub(super) mod ratings;
pub(super) mod transfers;
pub(super) mod trend;
pub(super) mod waits;

use baton_shared::api::InsightsThing;

use super::asking::Things;

/// Returns what a number stands for.
fn thing(things: &Things, number: i64) -> InsightsThing {
    let unknown = || InsightsThing { kind: String::new(), id: String::new(), name: String::new() };
    things.get(&number).cloned().unwrap_or_else(unknown)
}

/// Returns how many of a number something is, from 0 to 1, to four places; nothing of none.
fn share(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| (part as f64 / of as f64 * 10_000.0).round() / 10_000.0)
}
