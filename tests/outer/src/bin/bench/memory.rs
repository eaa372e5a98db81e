//! Memory: what one more connected agent costs the server, beside one more listener with a channel of its own on nchan.

use crate::centre::Centre;
use crate::machine;
use crate::nchan::{self, Nchan};
use crate::readers::{Publication, Readers};
use crate::report::{Better, Goal, PAIRS, Pair, Row, say};

/// How many are connected.
const SIZES: [usize; 2] = [2_000, 10_000];

/// How many were connected before, so that what is needed once is there.
const WARM_UP: usize = 100;

/// How often nchan sends a heartbeat: sooner than Baton, which sends one every 20 s, to wait less.
const HEARTBEAT_SECS: u32 = 5;

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
    machine::raise_open_files(SIZES.iter().max().map_or(0, |most| *most as u64 + 200))?;
    machine::move_to_the_clients_processor()?;
    let mut rows = Vec::new();
    for connected in SIZES {
        let centre = Centre::with_people(connected)?;
        let mut pairs = Vec::new();
        for _ in 0..PAIRS {
            let pair = Pair { ours: of_baton(&centre, connected)?, reference: of_nchan(connected)? };
            say(&format!("  {connected}: ours {:.0}, reference {:.0} bytes", pair.ours, pair.reference))?;
            pairs.push(pair);
        }
        rows.push(goal.row(format!("memory-{connected}"), &pairs)?);
    }
    goal.worst_first(rows)
}

/// Returns what an agent costs after one event and one heartbeat.
fn of_baton(centre: &Centre, connected: usize) -> anyhow::Result<f64> {
    // A fresh process each time: what an earlier one freed would be used again.
    let server = centre.serve()?;
    let memory = || machine::memory_of(server.pid());
    let open =
        |count: usize| Readers::open(server.address, count, |person| centre.stream(person, server.address));
    let event = |readers: &mut Readers, count: usize| {
        let request = |person: usize, _: u64| centre.status(person, server.address);
        readers.publish(&Publication { times: 1, each_to: count as u64, window: 1, request: &request })
    };
    let mut first = open(WARM_UP)?;
    event(&mut first, WARM_UP)?;
    let before = memory()?;
    let mut readers = open(connected - WARM_UP)?;
    event(&mut readers, connected - WARM_UP)?;
    // The first heartbeat comes at once, the second when it is time.
    readers.wait_for_heartbeats(2 * (connected - WARM_UP) as u64)?;
    Ok((memory()? - before) as f64 / (connected - WARM_UP) as f64)
}

/// Returns what a listener with a channel of its own costs after one event and one heartbeat.
fn of_nchan(connected: usize) -> anyhow::Result<f64> {
    let nchan = Nchan::start(HEARTBEAT_SECS)?;
    let memory =
        || machine::family_of(nchan.pid()).into_iter().map(machine::memory_of).sum::<anyhow::Result<u64>>();
    let open = |from: usize, count: usize| {
        Readers::open(nchan.address, count, |number| nchan.stream(&channel(from + number)))
    };
    let text = "x".repeat(250);
    let events = |readers: &mut Readers, from: usize, count: usize| {
        let request = |_: usize, number: u64| nchan.publish(&channel(from + number as usize), &text);
        readers.publish(&Publication { times: count as u64, each_to: 1, window: 8, request: &request })
    };
    let mut first = open(0, WARM_UP)?;
    events(&mut first, 0, WARM_UP)?;
    let before = memory()?;
    let mut readers = open(WARM_UP, connected - WARM_UP)?;
    events(&mut readers, WARM_UP, connected - WARM_UP)?;
    readers.wait_for_heartbeats((connected - WARM_UP) as u64)?;
    Ok((memory()? - before) as f64 / (connected - WARM_UP) as f64)
}

fn channel(number: usize) -> String {
    format!("agent{number}")
}
