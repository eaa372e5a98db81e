//! Routing in memory: conversations arrive and end, and what waits goes to whoever is free; the state that the server
//! runs on beside a bare index that makes the same decisions, and beside a scan.
//!
//! Everyone replays the same trace, and every match is compared with the trace's. Reading order: [`workspace`], [`engine`]
//! (ours), [`bare`] and [`scan`] (the references), [`oracle`].

mod bare;
mod engine;
mod ids;
mod oracle;
mod scan;
mod workspace;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::ensure;
use outer::random::Random;

use self::bare::Bare;
use self::engine::Engine;
use self::scan::Scan;
use self::workspace::{Asking, Matched, Routes, Size, Step, Trace, Workspace};
use crate::machine;
use crate::report::{Better, Goal, PAIRS, Pair, Row, per_second, say};

/// How many decisions a measurement consists of; one is a conversation that arrives or ends, with all that follows.
const DECISIONS: usize = 100_000;

/// How many decisions go before each measurement that do not count: whoever was measured before emptied the processor's
/// caches, and a router that is at work has its own in them.
const WARMING: usize = 50_000;

/// How many decisions are measured at a time where something else runs beside them.
const BESIDE: usize = 300_000;

/// How many decisions of the scan are measured at a time, which is a hundred times as slow.
const SCANNED: usize = 2_000;

/// Of how many plans one is compared with the oracle.
const CHECKED_EVERY: u32 = 1_000;

/// The slowest hundredth of decisions may take so many microseconds.
const SLOWEST_MICROS: f64 = 10.0;

/// How much memory the full workspace may take, in MiB.
const MEMORY_MIB: f64 = 1_536.0;

/// The workspace of `routing`.
const USUAL: Size = Size {
    agents: 10_000,
    available: 10_000,
    asking: &[Asking { queues: 64, skills: 1 }, Asking { queues: 236, skills: 2 }],
    waiting: 100_000,
};

/// The workspace of `routing-full`: every documented limit of a TaskRouter workspace. Source: Twilio, "TaskRouter limits",
/// twilio.com/docs/taskrouter/limits.
const FULL: Size = Size {
    agents: 15_000,
    available: 7_500,
    asking: &[Asking { queues: 1_000, skills: 2 }, Asking { queues: 4_000, skills: 3 }],
    waiting: 470_000,
};

/// Someone who routes, and how far they are in the trace.
struct Replay<'a, Who> {
    who: Who,
    trace: &'a Trace,
    next: usize,
}

impl<'a, Who: Routes> Replay<'a, Who> {
    /// Lets someone take the steps that fill the workspace.
    fn filled(who: Who, trace: &'a Trace) -> anyhow::Result<Self> {
        let mut replay = Self { who, trace, next: 0 };
        replay.run(trace.filling)?;
        Ok(replay)
    }

    /// Takes so many steps, and returns how much of the processor's time they took.
    fn run(&mut self, steps: usize) -> anyhow::Result<Duration> {
        let taken = &self.trace.steps[self.next..self.next + steps];
        let mut wrong = 0;
        let began = machine::worked();
        for ((step, expected), number) in taken.iter().zip(self.next..) {
            wrong += usize::from(self.who.take(*step, ids::time_of(number)) != *expected);
        }
        let time = machine::worked() - began;
        self.next += steps;
        ensure!(wrong == 0, "{wrong} of {steps} decisions were others than the bare index's");
        Ok(time)
    }

    /// Takes so many steps, and returns how many it took in a second of the processor's time.
    fn rate(&mut self, steps: usize) -> anyhow::Result<f64> {
        Ok(per_second(steps as u64, self.run(steps)?))
    }

    /// Returns how many decisions it takes in a second of the processor's time once it is warm.
    fn warm_rate(&mut self) -> anyhow::Result<f64> {
        self.run(WARMING)?;
        self.rate(DECISIONS)
    }

    /// Takes so many steps, and returns how long each took, in nanoseconds, ascending.
    fn run_timed(&mut self, steps: usize) -> Vec<u64> {
        let taken = &self.trace.steps[self.next..self.next + steps];
        let mut times = Vec::with_capacity(steps);
        for ((step, _), number) in taken.iter().zip(self.next..) {
            let began = machine::now();
            std::hint::black_box(self.who.take(*step, ids::time_of(number)));
            times.push(began.elapsed().as_nanos() as u64);
        }
        self.next += steps;
        times.sort_unstable();
        times
    }
}

fn trace_of(size: &Size) -> (Workspace, Trace) {
    // One measurement warms up, one is for the times of single decisions, one for the oracle.
    trace_of_steps(size, (PAIRS + 3) * (WARMING + DECISIONS))
}

fn trace_of_steps(size: &Size, steps: usize) -> (Workspace, Trace) {
    let mut random = Random::from_seed(20_261_121);
    let workspace = Workspace::of(size, &mut random);
    let trace = Trace::of(size, &workspace, steps, &mut random);
    (workspace, trace)
}

/// Measures decisions per second while something else runs again and again on another thread, and, as the reference, while
/// nothing does.
pub fn beside(other: &mut (dyn FnMut() -> anyhow::Result<()> + Send)) -> anyhow::Result<Vec<Pair>> {
    let (workspace, trace) = trace_of_steps(&USUAL, DECISIONS + PAIRS * 2 * BESIDE);
    let mut engine = Replay::filled(Engine::of(&workspace), &trace)?;
    // The first warms up.
    engine.rate(DECISIONS)?;
    let mut pairs = Vec::new();
    for _ in 0..PAIRS {
        let reference = engine.rate(BESIDE)?;
        let goes_on = AtomicBool::new(true);
        let ours = std::thread::scope(|threads| {
            let running = threads.spawn(|| {
                while goes_on.load(Ordering::Relaxed) {
                    other()?;
                }
                anyhow::Ok(())
            });
            let ours = engine.rate(BESIDE);
            goes_on.store(false, Ordering::Relaxed);
            running.join().map_err(|_| anyhow::anyhow!("what ran beside it failed"))??;
            ours
        })?;
        say(&format!("  alone {reference:.0}, beside something else {ours:.0} decisions/s"))?;
        pairs.push(Pair { ours, reference });
    }
    Ok(pairs)
}

/// Measures `routing`, and returns the rows.
pub fn run() -> anyhow::Result<Vec<Row>> {
    let bare_goal = Goal {
        name: "routing",
        unit: "decisions/s",
        better: Better::Higher,
        must: 0.35,
        aim: 0.6,
        reference_version: "a bare index of BTreeSets".to_owned(),
    };
    let scan_goal = Goal { must: 5.0, aim: 5.0, reference_version: "a scan".to_owned(), ..bare_goal.clone() };
    let (workspace, trace) = trace_of(&USUAL);
    describe(&USUAL, &workspace, &trace)?;
    let mut ours = Replay::filled(Engine::of(&workspace), &trace)?;
    let mut bare = Replay::filled(Bare::of(&workspace), &trace)?;
    let mut scan = Replay::filled(Scan::of(&workspace), &trace)?;
    let (mut with_bare, mut with_scan) = (Vec::new(), Vec::new());
    for pair in 0..=PAIRS {
        let ours = ours.warm_rate()?;
        let bare = bare.warm_rate()?;
        let scan = scan.rate(SCANNED)?;
        // The first warms up.
        if pair > 0 {
            with_bare.push(Pair { ours, reference: bare });
            with_scan.push(Pair { ours, reference: scan });
            say(&format!("  ours {ours:.0}, bare index {bare:.0}, scan {scan:.0} decisions/s"))?;
        }
    }
    let (times, bare_times) = (ours.run_timed(DECISIONS), bare.run_timed(DECISIONS));
    for (who, times) in [("ours", &times), ("bare index", &bare_times)] {
        let (half, most, slow) = (micros(times, 50.0), micros(times, 99.0), micros(times, 99.9));
        say(&format!(
            "  {who}: half of all decisions within {half:.2} µs, 99 % {most:.2}, 99.9 % {slow:.2}"
        ))?;
    }
    check(&mut ours)?;
    let slowest = Goal {
        unit: "µs",
        better: Better::Lower,
        must: 1.0,
        aim: 0.5,
        reference_version: "the limit".to_owned(),
        ..bare_goal.clone()
    };
    let slowest_pair = Pair { ours: micros(&times, 99.0), reference: SLOWEST_MICROS };
    Ok(vec![
        bare_goal.row("routing", &with_bare)?,
        scan_goal.row("routing-beside-a-scan", &with_scan)?,
        slowest.row("routing-slowest-hundredth", &[slowest_pair])?,
    ])
}

/// Measures `routing-full`, and returns the rows.
pub fn run_full() -> anyhow::Result<Vec<Row>> {
    let rate_goal = Goal {
        name: "routing-full",
        unit: "decisions/s",
        better: Better::Higher,
        must: 0.5,
        aim: 0.7,
        reference_version: "Baton in the workspace of `routing`".to_owned(),
    };
    let memory_goal = Goal {
        unit: "MiB",
        better: Better::Lower,
        must: 1.0,
        aim: 0.52,
        reference_version: "the limit".to_owned(),
        ..rate_goal.clone()
    };
    let (workspace, trace) = trace_of(&FULL);
    describe(&FULL, &workspace, &trace)?;
    let empty = machine::memory_of(std::process::id())?;
    let mut full = Replay::filled(Engine::of(&workspace), &trace)?;
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let taken = || anyhow::Ok(mebibytes(machine::memory_of(std::process::id())?.saturating_sub(empty)));
    let filled = taken()?;
    let warming = full.run(DECISIONS)?;
    let routed = taken()?;
    say(&format!(
        "  {} conversations open: {filled:.0} MiB, after {DECISIONS} decisions in {} ms {routed:.0} MiB",
        full.who.open(),
        warming.as_millis()
    ))?;
    let (usual_workspace, usual_trace) = trace_of(&USUAL);
    let mut usual = Replay::filled(Engine::of(&usual_workspace), &usual_trace)?;
    usual.run(DECISIONS)?;
    let mut pairs = Vec::new();
    for _ in 0..PAIRS {
        let pair = Pair { ours: full.warm_rate()?, reference: usual.warm_rate()? };
        say(&format!("  full {:.0}, usual {:.0} decisions/s", pair.ours, pair.reference))?;
        pairs.push(pair);
    }
    check(&mut full)?;
    Ok(vec![
        rate_goal.row("routing-full", &pairs)?,
        memory_goal
            .row("routing-full-memory", &[Pair { ours: filled.max(routed), reference: MEMORY_MIB }])?,
    ])
}

/// Compares plans with the oracle.
fn check(ours: &mut Replay<'_, Engine>) -> anyhow::Result<()> {
    ours.who.check_every(CHECKED_EVERY);
    ours.run(DECISIONS)?;
    say(&format!("  {} plans are the oracle's; every match is the bare index's", ours.who.checked))
}

fn describe(size: &Size, workspace: &Workspace, trace: &Trace) -> anyhow::Result<()> {
    let queues_each = workspace.people.iter().map(|person| person.queues.len()).sum::<usize>();
    let mixed = &trace.steps[trace.filling..];
    let arrivals = mixed.iter().filter(|(step, _)| matches!(step, Step::Arrives { .. })).count();
    let taken = mixed.iter().filter(|(_, matched): &&(Step, Option<Matched>)| matched.is_some()).count();
    let percent = |count: usize| 100.0 * count as f64 / mixed.len() as f64;
    say(&format!(
        "  {} agents, {} available, {:.1} queues each; {} queues; {} waiting; {:.0} % arrivals, {:.0} % of decisions matches",
        size.agents,
        size.available,
        queues_each as f64 / size.agents as f64,
        workspace.lines.len(),
        size.waiting,
        percent(arrivals),
        percent(taken),
    ))
}

/// Returns the time within which so many in a hundred were done, in microseconds.
fn micros(sorted: &[u64], percent: f64) -> f64 {
    let place = (sorted.len() as f64 * percent / 100.0) as usize;
    sorted.get(place).map_or(0.0, |nanos| *nanos as f64 / 1_000.0)
}
