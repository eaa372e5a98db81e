//! Whole days of conversations on a clock that is moved by hand, from a seed: the shipped turns on a disk that fails and
//! a process that crashes between any two steps. After every step the invariants are checked, and every offer is
//! compared with what a slow and obviously right reference would have chosen.
//!
//! A failing run prints its seed; `BATON_SEED=… cargo test -p baton --test simulation` plays it again. Seeds that failed
//! once stay in `regressions.txt`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod assertions;
mod disk;
mod reference;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use world::World;

/// How many steps a run of the short form takes: about a day of a busy small contact centre.
const STEPS: u32 = 4_000;

fn play(seed: u64, steps: u32) -> world::Tally {
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

#[expect(clippy::disallowed_methods, reason = "the seed of a run to repeat comes from outside")]
fn chosen(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn days_of_conversations_keep_every_invariant() {
    let first = chosen("BATON_SEED").unwrap_or(1);
    let runs = chosen("BATON_SIMULATION_RUNS").unwrap_or(8);
    let mut total = world::Tally::default();
    for seed in first..first + runs {
        total.add(&play(seed, STEPS));
    }
    eprintln!("{runs} runs from BATON_SEED={first}: {total:?}");
    total.assert_everything_happened();
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
