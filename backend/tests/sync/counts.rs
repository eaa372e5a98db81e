//! What a wall counts, beside what reports count of the same log.

use std::time::Duration;

use baton::following::Head;
use baton::insights::{Filter, Insights, Levels};
use baton::wall::{Board, Counting, DAY_MAX, Day};
use baton_shared::api::QueueFigures;
use baton_shared::wall::QueueRow;

use super::stage::Stage;

/// What a wall counts of each queue is what a report says of it, made of the same log.
pub fn check(stage: &Stage) {
    let head = Head::default();
    let insights =
        Insights::start(stage.folder.path(), stage.store.clone(), stage.clock.clone(), &head).unwrap();
    let log = stage.log();
    let (first, last) = (log.first().unwrap().at, log.last().unwrap());
    head.committed(last.position, last.at);
    assert!(insights.catch_up(Duration::from_secs(60)));
    let until = last.at.plus(Duration::from_secs(1));
    assert!(until.since(first) < DAY_MAX, "a wall counts all of it");
    let report = insights.queues(&Filter::all(first, until), Levels::USUAL).unwrap().queues;
    let board = Board::load(stage.store.as_ref(), until).unwrap();
    let rows = board.queues(&Counting::default(), Day { from: first, until }, until);
    for row in &rows {
        let same = |figures: &&QueueFigures| {
            figures.thing.as_ref().is_some_and(|thing| thing.id == row.id.to_string())
        };
        let figures = report.iter().find(same);
        assert_eq!(counted(row), figures.map(reported).unwrap_or_default(), "{}", row.name);
    }
    head.stop();
}

/// The counts of a queue, and its averages in milliseconds.
type Counted = ([u64; 9], [Option<u64>; 5]);

fn counted(row: &QueueRow) -> Counted {
    let today = row.today;
    let counts = [
        today.entered,
        today.accepted,
        today.abandoned,
        today.short_abandoned,
        today.in_target,
        today.level_counted,
        today.missed,
        today.rejected,
        today.completed,
    ];
    let averages = [
        today.answer_speed(),
        today.abandon_time(),
        today.handle_time(),
        today.talk_time(),
        today.wrap_up_time(),
    ];
    (counts.map(u64::from), averages.map(|time| time.map(|time| time.as_millis() as u64)))
}

fn reported(figures: &QueueFigures) -> Counted {
    let counts = [
        figures.entered,
        figures.accepted,
        figures.abandoned,
        figures.short_abandoned,
        figures.accepted_in_target,
        figures.level_counted,
        figures.missed,
        figures.rejected,
        figures.completed,
    ];
    let averages =
        [figures.answer_ms, figures.abandon_ms, figures.handle_ms, figures.talk_ms, figures.wrap_up_ms];
    (counts, averages)
}
