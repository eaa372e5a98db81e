//! Every test of the project, cheap ones first, each step with its time and the whole with a count.
//!
//! A step that fails shows its output and does not stop the others, except those that need what it
//! should have left behind.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;
use crate::console::{Console, Stopwatch, time_text};
use crate::setup::{self, BROWSER_ONLY_PACKAGES, Need};
use crate::tally::Tally;
use crate::wasm_target;
use crate::web;
use crate::weight;

/// How much is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything.
    Whole,
    /// What needs neither a release build nor a browser.
    Fast,
}

impl Extent {
    /// Reads the arguments of `test`.
    pub fn parse(arguments: &[String]) -> Result<Self> {
        match arguments {
            [] => Ok(Self::Whole),
            [only] if only == "--fast" => Ok(Self::Fast),
            _ => bail!("`test` takes only --fast, and got `{}`", arguments.join(" ")),
        }
    }
}

/// One step.
struct Check {
    name: &'static str,
    needs: &'static [Need],
    /// The step whose result this one uses.
    after: Option<&'static str>,
    extent: Extent,
    work: fn(&Checkout, &Console) -> Result<Tally>,
}

const BUILD: &str = "release build";

const CHECKS: [Check; 13] = [
    Check { name: "format", needs: &[], after: None, extent: Extent::Fast, work: format },
    Check { name: "clippy", needs: &[], after: None, extent: Extent::Fast, work: clippy },
    Check {
        name: "clippy for the browser",
        needs: &[Need::WasmTarget],
        after: None,
        extent: Extent::Fast,
        work: clippy_for_the_browser,
    },
    Check {
        name: "chat: types",
        needs: &[Need::ChatPackages],
        after: None,
        extent: Extent::Fast,
        work: chat_types,
    },
    Check {
        name: "chat: tests",
        needs: &[Need::ChatPackages],
        after: None,
        extent: Extent::Fast,
        work: chat_tests,
    },
    Check { name: "tests in process", needs: &[], after: None, extent: Extent::Fast, work: tests_in_process },
    Check { name: "desk: tests", needs: &[], after: None, extent: Extent::Fast, work: desk_tests },
    Check {
        name: BUILD,
        needs: setup::FOR_BUILDING,
        after: None,
        extent: Extent::Whole,
        work: |checkout, console| web::build(checkout, console).map(|()| Tally::DONE),
    },
    Check { name: "weight", needs: &[], after: Some(BUILD), extent: Extent::Whole, work: weights },
    Check {
        name: "tests of the process",
        needs: &[],
        after: Some(BUILD),
        extent: Extent::Whole,
        work: tests_of_the_process,
    },
    Check {
        name: "components in Chromium",
        needs: &[Need::WasmTarget, Need::WasmBindgen, Need::Chromium],
        after: None,
        extent: Extent::Whole,
        work: components_in_chromium,
    },
    Check {
        name: "journeys in Chromium",
        needs: &[Need::BrowserTestPackages, Need::Chromium],
        after: Some(BUILD),
        extent: Extent::Whole,
        work: journeys_in_chromium,
    },
    Check { name: "documentation", needs: &[], after: None, extent: Extent::Fast, work: documentation },
];

/// What became of a step.
struct Outcome {
    name: &'static str,
    tally: Tally,
    time: String,
    verdict: &'static str,
}

/// Runs the steps, prints the table and, as the last line, the count.
pub fn run(checkout: &Checkout, extent: Extent) -> Result<ExitCode> {
    let stopwatch = Stopwatch::start();
    let mut outcomes: Vec<Outcome> = Vec::new();
    for check in CHECKS.iter().filter(|check| extent == Extent::Whole || check.extent == Extent::Fast) {
        let outcome = check.run(checkout, &outcomes)?;
        outcomes.push(outcome);
    }

    let mut total = Tally::default();
    println!();
    for outcome in &outcomes {
        total.add(outcome.tally);
        println!(
            "{:<24} {:>14}  {:<7} {:>6} passed {:>4} failed",
            outcome.name, outcome.time, outcome.verdict, outcome.tally.passed, outcome.tally.failed
        );
    }
    println!("{:<24} {:>14}", "together", time_text(stopwatch.elapsed()));
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Check {
    fn run(&self, checkout: &Checkout, earlier: &[Outcome]) -> Result<Outcome> {
        let stopwatch = Stopwatch::start();
        println!("── {}", self.name);
        let broken = |error: &str| {
            println!("   {error}");
            Outcome {
                name: self.name,
                tally: Tally::BROKEN,
                time: time_text(stopwatch.elapsed()),
                verdict: "FAILED",
            }
        };
        if let Some(failed) = earlier.iter().find(|outcome| self.after == Some(outcome.name))
            && failed.tally.failed > 0
        {
            return Ok(broken(&format!("left out, because `{}` failed", failed.name)));
        }
        if let Err(error) = setup::ensure(checkout, &Console::terminal(), self.needs) {
            return Ok(broken(&format!("{error:#}")));
        }

        let console = Console::to_file(&self.log(checkout))?;
        let tally = match (self.work)(checkout, &console) {
            Ok(tally) => tally,
            Err(error) => {
                console.say(&format!("{error:#}"));
                Tally::BROKEN
            }
        };
        let time = time_text(stopwatch.elapsed());
        let verdict = if tally.failed == 0 { "passed" } else { "FAILED" };
        if tally.failed > 0 {
            println!("{}", console.captured()?);
        }
        println!("   {verdict} in {time}: {} passed, {} failed", tally.passed, tally.failed);
        Ok(Outcome { name: self.name, tally, time, verdict })
    }

    fn log(&self, checkout: &Checkout) -> PathBuf {
        let name: String =
            self.name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
        checkout.state().join("logs").join(format!("{name}.log"))
    }
}

fn format(checkout: &Checkout, console: &Console) -> Result<Tally> {
    done(console, cargo(checkout).args(["fmt", "--all", "--check"]))
}

fn clippy(checkout: &Checkout, console: &Console) -> Result<Tally> {
    done(
        console,
        on_the_host(cargo(checkout).arg("clippy")).args(["--all-targets", "--", "--deny", "warnings"]),
    )
}

fn clippy_for_the_browser(checkout: &Checkout, console: &Console) -> Result<Tally> {
    // Debian's compiler comes without clippy.
    let linter = if wasm_target::remembered_toolchain(checkout).is_some() { "check" } else { "clippy" };
    let mut command = checkout.web_command("cargo")?;
    command.args([linter, "--target", "wasm32-unknown-unknown", "--all-targets"]);
    for package in BROWSER_ONLY_PACKAGES {
        command.args(["--package", package]);
    }
    if linter == "clippy" {
        command.args(["--", "--deny", "warnings"]);
    }
    done(console, &mut command)
}

fn chat_types(checkout: &Checkout, console: &Console) -> Result<Tally> {
    done(console, Command::new("npm").args(["run", "check"]).current_dir(checkout.path("frontend/chat")))
}

fn chat_tests(checkout: &Checkout, console: &Console) -> Result<Tally> {
    let mut command = Command::new("npm");
    command.arg("test").current_dir(checkout.path("frontend/chat"));
    counted(console, &mut command, Tally::of_node)
}

/// Runs every test that links the code it tests.
///
/// The tests of the process belong to the same selection of packages and are left out by name:
/// with another selection cargo would choose other features and compile the dependencies twice.
fn tests_in_process(checkout: &Checkout, console: &Console) -> Result<Tally> {
    let mut command = cargo(checkout);
    on_the_host(command.arg("test")).args(["--no-fail-fast", "--lib", "--bins"]);
    for test in checkout.integration_tests()?.inner {
        command.args(["--test", &test]);
    }
    counted(console, &mut command, Tally::of_rust)
}

/// The desk's decisions are plain structs, so their tests need no browser.
fn desk_tests(checkout: &Checkout, console: &Console) -> Result<Tally> {
    counted(console, cargo(checkout).args(["test", "--package", "baton-frontend", "--lib"]), Tally::of_rust)
}

fn weights(checkout: &Checkout, _console: &Console) -> Result<Tally> {
    for sentence in weight::check(checkout)? {
        println!("   {sentence}");
    }
    Ok(Tally::DONE)
}

fn tests_of_the_process(checkout: &Checkout, console: &Console) -> Result<Tally> {
    let mut command = cargo(checkout);
    on_the_host(command.arg("test")).arg("--no-fail-fast").env("BATON_BIN", checkout.server());
    for test in checkout.integration_tests()?.outer {
        command.args(["--test", &test]);
    }
    let tally = counted(console, command.args(["--", "--nocapture"]), Tally::of_rust)?;
    let tells = |line: &&str| line.contains("kills") && line.contains("lost") || line.contains(" rounds");
    for line in console.captured()?.lines().filter(tells) {
        println!("   {}", line.trim());
    }
    Ok(tally)
}

fn components_in_chromium(checkout: &Checkout, console: &Console) -> Result<Tally> {
    let mut command = checkout.web_command("cargo")?;
    command
        .args(["test", "--package", "components", "--target", "wasm32-unknown-unknown"])
        .env("CHROMEDRIVER", setup::chromedriver()?)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    counted(console, &mut command, Tally::of_rust)
}

fn journeys_in_chromium(checkout: &Checkout, console: &Console) -> Result<Tally> {
    let report = checkout.state().join("logs/journeys.json");
    // A report of an earlier run must not be counted.
    drop(std::fs::remove_file(&report));
    let mut command = Command::new("npx");
    command
        .args(["--no-install", "playwright", "test", "--reporter=line,json"])
        .current_dir(checkout.path("tests/e2e"))
        .env("CI", "1")
        .env("BATON_BIN", checkout.server())
        .env("BATON_CHROMIUM", setup::chromium().context("Chromium was found a moment ago")?)
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
    let ended = console.run(&mut command);
    let tally = match std::fs::read_to_string(&report) {
        Ok(report) => Tally::of_playwright(&report)?,
        Err(_) => Tally::default(),
    };
    judged(console, ended, tally)
}

fn documentation(checkout: &Checkout, console: &Console) -> Result<Tally> {
    done(
        console,
        cargo(checkout)
            .args(["doc", "--no-deps", "--package", "baton", "--package", "baton-shared"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

fn cargo(checkout: &Checkout) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(&checkout.root);
    command
}

fn on_the_host(command: &mut Command) -> &mut Command {
    command.arg("--workspace");
    for package in BROWSER_ONLY_PACKAGES {
        command.args(["--exclude", package]);
    }
    command
}

/// Runs a step that is not made of tests.
fn done(console: &Console, command: &mut Command) -> Result<Tally> {
    console.run(command).map(|()| Tally::DONE)
}

/// Runs a step that is made of tests, and counts them.
fn counted(console: &Console, command: &mut Command, count: fn(&str) -> Tally) -> Result<Tally> {
    let ended = console.run(command);
    let tally = count(&console.captured()?);
    judged(console, ended, tally)
}

/// Fails a run that ended badly without a failed test, and one that ended well without any test.
fn judged(console: &Console, ended: Result<()>, mut tally: Tally) -> Result<Tally> {
    match ended {
        Ok(()) if tally == Tally::default() => bail!("no test was run"),
        Ok(()) => {}
        Err(error) => {
            console.say(&format!("{error:#}"));
            tally.failed = tally.failed.max(1);
        }
    }
    Ok(tally)
}
