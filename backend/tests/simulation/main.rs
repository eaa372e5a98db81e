//! Whole days of conversations on a clock that is moved by hand, from a seed: the shipped turns on a disk that fails and
//! a process that crashes between any two steps. After every step the invariants are checked, and every offer is
//! compared with what a slow and obviously right reference would have chosen.
//!
//! A failing run prints its seed; `BATON_SEED=… cargo test -p baton --test simulation` plays it again. Seeds that failed
//! once stay in `regressions.txt`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod assertions;
mod bots;
mod bounds;
mod disk;
mod lines;
mod random;
mod reference;
mod tally;
mod ways;
mod workflows;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use tally::Tally;
use world::World;

/// How many steps a run of the short form takes: about a day of a busy small contact centre.
const STEPS: u32 = 4_000;

/// How many runs are added at most until everything has happened once.
const MORE_RUNS: u64 = 16;

fn play(seed: u64, steps: u32) -> Tally {
    let run = catch_unwind(AssertUnwindSafe(|| {
        let mut world = World::new(seed);
        for _ in 0..steps {
            world.step();
        }
        world.finish()
    }));
    run.unwrap_or_else(|failure| {
        eprintln!("the simulation failed with BATON_SEED={seed}");
        resume_unwind(failure)
    })
}

fn chosen(name: &str) -> Option<u64> {
    chosen_text(name)?.parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "the seed of a run to repeat comes from outside")]
fn chosen_text(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[test]
fn days_of_conversations_keep_every_invariant() {
    let first = chosen("BATON_SEED").unwrap_or(1);
    let runs = chosen("BATON_SIMULATION_RUNS").unwrap_or(8);
    let mut total = Tally::default();
    let mut played = 0;
    // What is rare may not happen in the runs asked for; it must in a few more.
    while played < runs || (played < runs + MORE_RUNS && !total.missing().is_empty()) {
        total.add(&play(first + played, STEPS));
        played += 1;
    }
    eprintln!("{played} runs from BATON_SEED={first}: {total:?}");
    assert_eq!(total.missing(), Vec::<&str>::new(), "what never happened");
}

#[test]
fn seeds_that_failed_once_hold() {
    for line in include_str!("regressions.txt").lines().filter(|line| !line.starts_with('#')) {
        play(line.trim().parse().expect("a regression is a seed"), STEPS);
    }
}

#[test]
fn the_same_seed_gives_the_same_log() {
    let log_of = |seed| {
        let mut world = World::new(seed);
        (0..500).for_each(|_| world.step());
        world.log()
    };
    assert_eq!(log_of(7), log_of(7), "the same seed gives the same run");
}

/// The log that release 0.1.0 leaves behind, and the state it gives: every later build must read the one into the other.
const GOLDEN_LOG: &str = include_str!("../golden/0.1.0.jsonl");

/// The state that [`GOLDEN_LOG`] gives, as canonical JSON.
const GOLDEN_STATE: &str = include_str!("../golden/0.1.0.state.json");

#[test]
fn the_log_of_release_0_1_0_still_gives_the_same_state() {
    let mut state = baton::routing::RoutingState::default();
    for line in GOLDEN_LOG.lines() {
        let recorded = serde_json::from_str(line).expect("an event of an older release is still read");
        state.apply(&recorded);
    }
    let canonical = String::from_utf8(state.canonical()).expect("JSON is UTF-8");
    // Both are too long to be shown.
    assert!(canonical == GOLDEN_STATE.trim_end(), "the old log gives another state than it did");
}

/// With `BATON_GOLDEN_FOLDER` it also leaves the log and its state there, for the next release to read.
#[test]
fn a_log_that_is_written_and_read_back_gives_the_state_that_it_gave() {
    let mut world = World::new(2_026);
    (0..250).for_each(|_| world.step());
    let log = world.log();
    let lines: Vec<String> =
        log.iter().map(|recorded| serde_json::to_string(recorded).expect("an event is JSON")).collect();
    let mut state = baton::routing::RoutingState::default();
    for line in &lines {
        state.apply(&serde_json::from_str(line).expect("an event that was written is read"));
    }
    assert_eq!(state.canonical(), world.canonical());
    if let Some(folder) = chosen_text("BATON_GOLDEN_FOLDER") {
        let release = env!("CARGO_PKG_VERSION");
        let write = |name: String, text: String| std::fs::write(format!("{folder}/{name}"), text);
        write(format!("{release}.jsonl"), lines.join("\n") + "\n").expect("the folder can be written");
        let state = String::from_utf8(state.canonical()).expect("JSON is UTF-8");
        write(format!("{release}.state.json"), state + "\n").expect("the folder can be written");
    }
}
