//! Benchmarks, each beside its reference in the same run: `bench routing`, `bench routing-full`, `bench durable`,
//! `bench fanout`, `bench memory`, `bench insights`, `bench search`, and `bench summary --dialogues PATH`.
//!
//! `cargo xtask bench` builds the server and calls this; the rows go to `target/bench/NAME.json`.
//! Reading order: [`report`] (rows and ratios), [`machine`] (what it ran on), then the benchmarks:
//! [`routing`] (both of its benchmarks); [`durable`] with [`recording`] and [`raw_sqlite`]; [`fanout`] and [`memory`]
//! with [`centre`] (a server full of people), [`nchan`] (the reference) and [`readers`] (those who listen);
//! [`insights`]; [`search`]; [`summary`] with [`rouge`].

mod centre;
mod durable;
mod fanout;
mod insights;
mod machine;
mod memory;
mod nchan;
mod raw_sqlite;
mod readers;
mod recording;
mod report;
mod rouge;
mod routing;
mod search;
mod summary;

use std::process::ExitCode;

use anyhow::bail;

const NAMES: &str = "routing, routing-full, durable, fanout, memory, insights, search, summary";

// The server's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<()> {
    let Some((name, rest)) = arguments.split_first() else { bail!("name one of {NAMES}") };
    if name == "summary" {
        let file = summary::file(rest)?;
        machine::describe()?;
        return report::write(name, &summary::run(&file)?);
    }
    if name == "search" {
        let conversations = rest.first().map(|number| number.parse()).transpose()?;
        machine::describe()?;
        return report::write(name, &search::run(conversations)?);
    }
    if let Some(unknown) = rest.first() {
        bail!("`{name}` takes no argument, and got `{unknown}`");
    }
    machine::describe()?;
    let rows = match name.as_str() {
        "routing" => routing::run()?,
        "routing-full" => routing::run_full()?,
        "durable" => durable::run()?,
        "fanout" => fanout::run()?,
        "memory" => memory::run()?,
        "insights" => insights::run()?,
        other => bail!("there is no benchmark `{other}`: there are {NAMES}"),
    };
    report::write(name, &rows)
}
