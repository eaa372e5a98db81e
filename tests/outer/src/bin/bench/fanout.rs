//! Broadcast: one event to everyone who listens, beside nchan with as many listeners and events of the same size.

use anyhow::ensure;

use crate::centre::Centre;
use crate::machine;
use crate::nchan::{self, Nchan};
use crate::readers::{Publication, Readers};
use crate::report::{Better, Goal, PAIRS, Pair, Row, per_second, say};

/// How many listen.
const SIZES: [usize; 2] = [2_000, 8_000];

/// How many deliveries a measurement consists of.
const DELIVERIES: u64 = 240_000;

/// How many events are under way at the same time. With one, each is sent when everyone has the one before.
const WINDOWS: [u64; 2] = [1, 8];

/// How often a heartbeat is sent, as the server does.
const HEARTBEAT_SECS: u32 = 20;

/// The channel that everyone listens to.
const CHANNEL: &str = "everyone";

/// Measures, and returns the rows.
pub fn run() -> anyhow::Result<Vec<Row>> {
    let goal = Goal {
        name: "fanout",
        unit: "events delivered/s",
        better: Better::Higher,
        must: 0.7,
        aim: 1.0,
        reference_version: nchan::version()?,
    };
    machine::raise_open_files(SIZES.iter().max().map_or(0, |most| 2 * *most as u64 + 100))?;
    machine::move_to_the_clients_processor()?;
    let mut rows = Vec::new();
    for listeners in SIZES {
        rows.extend(measure_with(&goal, listeners)?);
    }
    goal.worst_first(rows)
}

fn measure_with(goal: &Goal, listeners: usize) -> anyhow::Result<Vec<Row>> {
    let centre = Centre::with_people(listeners)?;
    let server = centre.serve()?;
    let nchan = Nchan::start(HEARTBEAT_SECS)?;
    let mut ours = Readers::open(server.address, listeners, |person| centre.stream(person, server.address))?;
    let mut theirs = Readers::open(nchan.address, listeners, |_| nchan.stream(CHANNEL))?;
    let status = |person: usize, _: u64| centre.status(person, server.address);

    // The first events warm up both sides, and show how many bytes they have.
    let publish = |readers: &mut Readers, times, window, request: &dyn Fn(usize, u64) -> String| {
        readers.publish(&Publication { times, each_to: listeners as u64, window, request })
    };
    let per_event = |readers: &mut Readers, request: &dyn Fn(usize, u64) -> String| {
        let (times, before) = (4, readers.counted().bytes);
        publish(readers, times, 1, request)?;
        anyhow::Ok((readers.counted().bytes - before) / (times * listeners as u64))
    };
    let bytes = per_event(&mut ours, &status)?;
    let text = "x".repeat(64);
    let around = per_event(&mut theirs, &|_, _| nchan.publish(CHANNEL, &text))? - text.len() as u64;
    ensure!(bytes > around, "an event of {bytes} bytes is smaller than nchan's frame of {around}");
    let text = "x".repeat((bytes - around) as usize);
    let message = |_: usize, _: u64| nchan.publish(CHANNEL, &text);
    say(&format!("  {listeners} streams, {bytes} bytes an event on the wire"))?;

    let times = DELIVERIES / listeners as u64;
    let mut rows = Vec::new();
    for window in WINDOWS {
        let mut pairs = Vec::new();
        for _ in 0..PAIRS {
            let ours = publish(&mut ours, times, window, &status)?;
            let theirs = publish(&mut theirs, times, window, &message)?;
            let rate = |time| per_second(times * listeners as u64, time);
            pairs.push(Pair { ours: rate(ours), reference: rate(theirs) });
        }
        rows.push(goal.row(format!("fanout-{listeners}-window-{window}"), &pairs)?);
    }
    Ok(rows)
}
