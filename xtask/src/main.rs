//! The project's own commands, so that a clean clone needs only `cargo` to start.
//!
//! Each command sets up what it needs, says what it is doing before anything slow, and prints how
//! long it took.
//! No rule of the product is here: these commands only call the tools that build and test it.

#![expect(clippy::print_stdout, reason = "a command-line program speaks on standard output")]

mod checkout;
mod console;

mod setup;
mod wasm_target;

mod brotli;
mod fingerprint;
mod web;

mod checks;
mod tally;

mod bench;
mod weight;

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;
use crate::console::{Console, Stopwatch};

const HELP: &str = "\
cargo xtask COMMAND

  setup            install whatever is missing; costs nothing when run again
  run [-- ARGS]    set up, build, and start the demo; ARGS go to `baton serve`
  build            leave target/release/baton with the web application inside
  test [--fast]    set up and run every test; --fast leaves out builds and browsers
  ci               the same as test
  bench [NAME…]    routing, routing-full, durable, fanout, memory, app-weight (all of
                   them without a NAME); writes target/bench/NAME.json
  bench summary -- --dialogues PATH
                   how near summaries come to those that people wrote
  help             this text

Tools are kept in $BATON_CACHE, or $XDG_CACHE_HOME/baton, or ~/.cache/baton.
The first run installs and compiles everything: about 15 minutes on 2 cores.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", arguments),
    };
    if command == "help" || command == "--help" || command == "-h" {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }

    let checkout = Checkout::locate()?;
    let console = Console::terminal();
    let stopwatch = Stopwatch::start();
    match command {
        "setup" => {
            refuse_arguments(command, rest)?;
            setup::ensure(&checkout, &console, setup::EVERYTHING)?;
        }
        "build" => {
            refuse_arguments(command, rest)?;
            setup::ensure(&checkout, &console, setup::FOR_BUILDING)?;
            web::build(&checkout, &console)?;
        }
        "run" => {
            setup::ensure(&checkout, &console, setup::FOR_BUILDING)?;
            web::build(&checkout, &console)?;
            console.say(&format!("ready in {stopwatch}"));
            serve_demo(&checkout, rest)?;
        }
        "test" | "ci" => return checks::run(&checkout, checks::Extent::parse(rest)?),
        "bench" => bench::run(&checkout, &console, rest)?,
        unknown => bail!("there is no command `{unknown}`: `cargo xtask help` lists them"),
    }
    console.say(&format!("{command} finished in {stopwatch}"));
    Ok(ExitCode::SUCCESS)
}

fn refuse_arguments(command: &str, rest: &[String]) -> Result<()> {
    match rest.first() {
        Some(argument) => bail!("`{command}` takes no argument, and got `{argument}`"),
        None => Ok(()),
    }
}

/// Becomes the server, so that signals reach it and its exit status is this command's.
fn serve_demo(checkout: &Checkout, arguments: &[String]) -> Result<()> {
    let arguments = match arguments.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => arguments,
    };
    let mut server = Command::new(checkout.server());
    server.arg("serve").arg("--demo").args(arguments).current_dir(&checkout.root);

    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        let error = server.exec();
        Err(error).with_context(|| format!("could not start `{}`", checkout.server().display()))
    }
    #[cfg(not(unix))]
    {
        let status =
            server.status().with_context(|| format!("could not start `{}`", checkout.server().display()))?;
        if status.success() { Ok(()) } else { bail!("the server ended with {status}") }
    }
}
