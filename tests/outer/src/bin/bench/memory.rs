//! Memory: what one more connected agent costs the server, beside one more listener with a channel of its own on nchan.

use std::cell::Cell;

use crate::centre::Centre;
use crate::machine;
use crate::nchan::{self, Nchan};
use crate::readers::{Publication, Readers};
use crate::report::{Better, Goal, PAIRS, Pair, Row, say};

/// How many are connected, fewer first.
const SIZES: [usize; 2] = [2_000, 10_000];

/// How many were connected before, so that what is needed once is there.
const WARM_UP: usize = 100;

/// How often nchan sends a heartbeat: sooner than Baton, which sends one every 20 s, to wait less.
const HEARTBEAT_SECS: u32 = 5;

/// How many bytes of text an event of nchan has: with its frame it is as long as one of Baton.
const EVENT_BYTES: usize = 250;

/// Measures, and returns the rows.
pub fn run() -> anyhow::Result<Vec<Row>> {
    let goal = Goal {
        name: "memory",
        unit: "bytes of PSS per connected agent",
        better: Better::Lower,
        must: 1.5,
        aim: 0.8,
        reference_version: nchan::version()?,
    };
    machine::raise_open_files(SIZES[1] as u64 + 200)?;
    machine::move_to_the_clients_processor()?;
    let centre = Centre::with_people(WARM_UP + SIZES[1])?;
    let mut pairs = [const { Vec::new() }; 2];
    for _ in 0..PAIRS {
        let (ours, reference) = (of_baton(&centre)?, of_nchan()?);
        for (size, pairs) in pairs.iter_mut().enumerate() {
            let pair = Pair { ours: ours[size], reference: reference[size] };
            say(&format!("  {}: ours {:.0}, reference {:.0} bytes", SIZES[size], pair.ours, pair.reference))?;
            pairs.push(pair);
        }
    }
    let rows = SIZES.iter().zip(&pairs).map(|(size, pairs)| goal.row(format!("memory-{size}"), pairs));
    goal.worst_first(rows.collect::<anyhow::Result<_>>()?)
}

/// Returns what an agent costs after one event and one heartbeat, for each size.
fn of_baton(centre: &Centre) -> anyhow::Result<[f64; 2]> {
    // A fresh process each time: what an earlier one freed would be used again.
    let server = centre.serve()?;
    let memory = || machine::memory_of(server.pid());
    let open = |from: usize, count: usize| {
        Readers::open(server.address, count, |person| centre.stream(from + person, server.address))
    };
    let event_and_heartbeat = |readers: &mut Readers, count: usize| {
        let request = |person: usize, _: u64| centre.status(person, server.address);
        let each_to = count as u64;
        readers.publish(&Publication { times: 1, each_to, window: 1, request: &request })?;
        // The first heartbeat comes at once, the second when it is time: by then threads that had to do with opening
        // streams have gone.
        readers.wait_for_heartbeats(2 * each_to)
    };
    measure(memory, open, event_and_heartbeat)
}

/// Returns what a listener with a channel of its own costs after one event and one heartbeat, for each size.
fn of_nchan() -> anyhow::Result<[f64; 2]> {
    let nchan = Nchan::start(HEARTBEAT_SECS)?;
    let memory =
        || machine::family_of(nchan.pid()).into_iter().map(machine::memory_of).sum::<anyhow::Result<u64>>();
    let channel = |number: usize| format!("agent{number}");
    let first = Cell::new(0);
    let open = |from: usize, count: usize| {
        first.set(from);
        Readers::open(nchan.address, count, |number| nchan.stream(&channel(from + number)))
    };
    let text = "x".repeat(EVENT_BYTES);
    let event_and_heartbeat = |readers: &mut Readers, count: usize| {
        let request = |_: usize, number: u64| nchan.publish(&channel(first.get() + number as usize), &text);
        let times = count as u64;
        readers.publish(&Publication { times, each_to: 1, window: 8, request: &request })?;
        readers.wait_for_heartbeats(times)
    };
    measure(memory, open, event_and_heartbeat)
}

/// Opens streams up to each size, and returns what each of them costs.
fn measure(
    memory: impl Fn() -> anyhow::Result<u64>,
    open: impl Fn(usize, usize) -> anyhow::Result<Readers>,
    event_and_heartbeat: impl Fn(&mut Readers, usize) -> anyhow::Result<()>,
) -> anyhow::Result<[f64; 2]> {
    let mut all = vec![open(0, WARM_UP)?];
    event_and_heartbeat(&mut all[0], WARM_UP)?;
    let before = memory()?;
    let mut opened = 0;
    let mut each = [0.0; 2];
    for (size, each) in SIZES.into_iter().zip(&mut each) {
        let mut more = open(WARM_UP + opened, size - opened)?;
        event_and_heartbeat(&mut more, size - opened)?;
        all.push(more);
        opened = size;
        *each = memory()?.saturating_sub(before) as f64 / size as f64;
    }
    Ok(each)
}
