//! The machine: what it is, what it has to do besides, and which processor runs what.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::time::{ClockId, clock_gettime};

use crate::report::{per_second, say};

/// How long the disk is probed.
const PROBE_LASTS: Duration = Duration::from_secs(1);

/// How many bytes are written for each probe of the disk: about what a small commit writes.
const PROBE_BYTES: usize = 8 * 1024;

/// How many open files are asked for: both ends of the most streams, and some.
const OPEN_FILES: u64 = 65_536;

/// Returns the present, for measuring.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub fn now() -> Instant {
    Instant::now()
}

/// Returns how long this thread has had a processor so far, for measuring work that never waits: what else the machine
/// does counts less.
pub fn worked() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Says what the benchmark runs on.
pub fn describe() -> anyhow::Result<()> {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    say(&format!(
        "bench: {} processors of {}, Linux {}, load {}",
        processors(),
        model.trim_start_matches([' ', '\t', ':']),
        kernel.trim(),
        load.trim()
    ))
}

/// Returns how many processors there are.
pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Returns how often a second something small can be made durable in a folder.
pub fn durable_writes(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("probe");
    let mut file = fs::File::create(&path)?;
    let block = vec![7; PROBE_BYTES];
    let began = now();
    let mut count = 0;
    while began.elapsed() < PROBE_LASTS {
        file.write_all(&block)?;
        file.sync_data()?;
        count += 1;
    }
    let rate = per_second(count, began.elapsed());
    fs::remove_file(&path)?;
    Ok(rate)
}

/// Makes a command whose program runs on one processor of its own, where there are two or more.
pub fn on_the_servers_processor(program: &Path) -> Command {
    if processors_of_the_machine() < 2 || !has("taskset") {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", "0"]).arg(program);
    command
}

/// Moves this process to the other processor than the server's, where there are two or more; threads follow that are
/// started later.
pub fn move_to_the_clients_processor() -> anyhow::Result<()> {
    if processors_of_the_machine() < 2 || !has("taskset") {
        return say("bench: server and client share a processor");
    }
    let pid = std::process::id().to_string();
    let moved = Command::new("taskset").args(["-cp", "1", &pid]).output()?;
    anyhow::ensure!(moved.status.success(), "`taskset` failed: {}", String::from_utf8_lossy(&moved.stderr));
    say("bench: the servers have processor 0, the clients processor 1")
}

/// Lets this process and those it starts have as many open files as it may, at most [`OPEN_FILES`].
pub fn raise_open_files(needed: u64) -> anyhow::Result<()> {
    let pid = std::process::id().to_string();
    for limit in [OPEN_FILES, open_files_max()?] {
        let set = Command::new("prlimit")
            .args(["--pid", &pid, &format!("--nofile={limit}:{limit}")])
            .output()
            .context("`prlimit` of util-linux is needed")?;
        if set.status.success() {
            break;
        }
    }
    let allowed = open_files_max()?;
    anyhow::ensure!(
        allowed >= needed,
        "{needed} open files are needed and {allowed} allowed: raise `ulimit -Hn`"
    );
    Ok(())
}

/// Returns the memory that a process has to itself and its share of what it has in common with others, in bytes.
pub fn memory_of(pid: u32) -> anyhow::Result<u64> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = fs::read_to_string(&path).with_context(|| format!("`{path}` cannot be read"))?;
    let pss = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kib = pss.and_then(|rest| rest.split_whitespace().next()).and_then(|kib| kib.parse::<u64>().ok());
    Ok(kib.with_context(|| format!("`{path}` does not name the PSS"))? * 1024)
}

/// Returns a process and all that descend from it.
pub fn family_of(pid: u32) -> Vec<u32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let children = fs::read_to_string(path).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    std::iter::once(pid).chain(children.flat_map(family_of)).collect()
}

fn open_files_max() -> anyhow::Result<u64> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let hard = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|hard| hard.parse().ok());
    hard.context("`/proc/self/limits` does not name the open files")
}

/// The processors that this process may use shrink once it is moved; the machine keeps its own.
fn processors_of_the_machine() -> usize {
    let listed = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    listed.lines().filter(|line| line.starts_with("processor")).count().max(1)
}

fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}
