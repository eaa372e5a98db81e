//! Benchmarks, each beside its reference in the same run: `bench durable`, `bench fanout`, `bench memory`.
//!
//! `cargo xtask bench` builds the server and calls this; the rows go to `target/bench/NAME.json`.
//! Reading order: [`report`] (rows and ratios), [`machine`] (what it ran on), then the benchmarks:
//! [`durable`] with [`recording`] and [`raw_sqlite`]; [`fanout`] and [`memory`] with [`centre`] (a server full of
//! people), [`nchan`] (the reference) and [`readers`] (those who listen).

mod centre;
mod durable;
mod fanout;
mod machine;
mod memory;
mod nchan;
mod raw_sqlite;
mod readers;
mod recording;
mod report;

use std::process::ExitCode;

use anyhow::bail;

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
    let [name] = arguments else { bail!("name one of durable, fanout, memory") };
    machine::describe()?;
    let rows = match name.as_str() {
        "durable" => durable::run()?,
        "fanout" => fanout::run()?,
        "memory" => memory::run()?,
        other => bail!("there is no benchmark `{other}`: there are durable, fanout, memory"),
    };
    report::write(name, &rows)
}
