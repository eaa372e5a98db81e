//! Benchmarks, each beside its reference in the same run, written to `target/bench/NAME.json`.
//!
//! `app-weight` is measured here; the others are measured by the program `bench` of package
//! `outer`, which starts the built server where one is needed.
//! `summary` needs a file that cannot be part of the project, so it is measured only when it is named.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::brotli;
use crate::checkout::Checkout;
use crate::console::{Console, Stopwatch};
use crate::setup::{self, Need};
use crate::web;
use crate::weight::{self, Limits, Weight};

const APP_WEIGHT: &str = "app-weight";
const SUMMARY: &str = "summary";
const NAMES: [&str; 8] =
    ["routing", "routing-full", "durable", "fanout", "memory", "insights", "search", APP_WEIGHT];

/// Those that run no server.
const ALONE: [&str; 4] = ["routing", "routing-full", "insights", "search"];

/// A published bundle that a page is compared with.
struct Reference {
    package: &'static str,
    version: &'static str,
    /// The bundle that its page loads.
    file: &'static str,
}

const DESK_REFERENCE: Reference =
    Reference { package: "@twilio/flex-ui", version: "2.17.1", file: "package/bundle/twilio-flex.prod.js" };

const CHAT_REFERENCE: Reference = Reference {
    package: "@twilio/flex-webchat-ui",
    version: "2.9.4",
    file: "package/bundle/twilio-flex-webchat.prod.browser.js",
};

/// Runs the named benchmarks, or all of them.
pub fn run(checkout: &Checkout, console: &Console, names: &[String]) -> Result<()> {
    if let Some((name, rest)) = names.split_first()
        && name == SUMMARY
    {
        return measure_summaries(checkout, console, rest);
    }
    if let Some(unknown) = names.iter().find(|name| !NAMES.contains(&name.as_str())) {
        bail!("there is no benchmark `{unknown}`: there are {}, and {SUMMARY} alone", NAMES.join(", "));
    }
    let chosen: Vec<&str> =
        NAMES.iter().copied().filter(|name| names.is_empty() || names.iter().any(|n| n == name)).collect();

    // What runs no server needs neither pages nor their tools.
    if chosen.iter().any(|name| !ALONE.contains(name)) {
        setup::ensure(checkout, console, setup::FOR_BUILDING)?;
    }
    if chosen.iter().any(|name| *name == "fanout" || *name == "memory") {
        Need::Nchan.ensure(checkout, console)?;
    }
    if chosen.iter().any(|name| *name != APP_WEIGHT && !ALONE.contains(name)) {
        web::build(checkout, console)?;
    } else if chosen.contains(&APP_WEIGHT) {
        web::build_pages(checkout, console)?;
    }
    for name in chosen {
        console.say(&format!("bench: {name}"));
        let stopwatch = Stopwatch::start();
        if name == APP_WEIGHT {
            weigh(checkout, console)?;
        } else {
            measure_outside(checkout, console, name)?;
        }
        console.say(&format!("bench: {name} took {stopwatch}"));
    }
    Ok(())
}

fn measure_outside(checkout: &Checkout, console: &Console, name: &str) -> Result<()> {
    console.run(
        Command::new("cargo")
            .args(["run", "--release", "--package", "outer", "--bin", "bench", "--", name])
            .current_dir(&checkout.root)
            .env("BATON_BIN", checkout.server()),
    )
}

/// Measures summaries, which needs neither the server, nor its pages, nor speed; the arguments name the file.
fn measure_summaries(checkout: &Checkout, console: &Console, arguments: &[String]) -> Result<()> {
    let arguments = match arguments.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => arguments,
    };
    console.run(
        Command::new("cargo")
            .args(["run", "--package", "outer", "--bin", "bench", "--", SUMMARY])
            .args(arguments)
            .current_dir(&checkout.root),
    )
}

fn weigh(checkout: &Checkout, console: &Console) -> Result<()> {
    let pages = [
        ("app-weight-desk", weight::of_desk(checkout)?, weight::DESK_LIMITS, DESK_REFERENCE),
        ("app-weight-chat", weight::of_chat(checkout)?, weight::CHAT_LIMITS, CHAT_REFERENCE),
    ];
    let mut rows = Vec::new();
    for (name, weight, limits, reference) in pages {
        for (file, bytes) in &weight.files {
            console.say(&format!("  {bytes:>8}  {file}"));
        }
        console.say(&format!("bench: compressing {} for comparison, some seconds", reference.name()));
        let size = match reference.size(checkout, console) {
            Ok(size) => Some(size),
            Err(error) => {
                console.say(&format!("bench: no comparison: {error:#}"));
                None
            }
        };
        rows.push(row(name, &weight, &limits, &reference, size));
    }
    write_rows(checkout, console, APP_WEIGHT, rows)
}

fn row(name: &str, weight: &Weight, limits: &Limits, reference: &Reference, size: Option<u64>) -> Value {
    let ratio = size.map(|size| {
        let thousandths = weight.total * 1000 / size.max(1);
        f64::from(u32::try_from(thousandths).unwrap_or(u32::MAX)) / 1000.0
    });
    json!({
        "name": name,
        "unit": "bytes of brotli-11 on first load",
        "ours": weight.total,
        "reference": size,
        "reference_version": reference.name(),
        "ratio": ratio,
        "must": limits.must,
        "aim": limits.aim,
        "command": format!("cargo xtask bench {APP_WEIGHT}"),
    })
}

fn write_rows(checkout: &Checkout, console: &Console, name: &str, rows: Vec<Value>) -> Result<()> {
    for row in &rows {
        console.say(&format!(
            "  {}: ours {}, reference {} ({}), must {}, aim {}",
            row["name"], row["ours"], row["reference"], row["reference_version"], row["must"], row["aim"]
        ));
    }
    let folder = checkout.path("target/bench");
    std::fs::create_dir_all(&folder).with_context(|| format!("could not create `{}`", folder.display()))?;
    let path = folder.join(format!("{name}.json"));
    let text =
        serde_json::to_string_pretty(&Value::Array(rows)).context("rows of text and numbers are JSON")?;
    std::fs::write(&path, text + "\n").with_context(|| format!("could not write `{}`", path.display()))?;
    console.say(&format!("bench: wrote {}", path.display()));
    Ok(())
}

impl Reference {
    fn name(&self) -> String {
        format!("{} {}", self.package, self.version)
    }

    /// Returns the compressed size of the bundle; only the package itself is kept between runs.
    fn size(&self, checkout: &Checkout, console: &Console) -> Result<u64> {
        let bundle = self.bundle(checkout, console)?;
        brotli::size_of(&bundle)
    }

    fn bundle(&self, checkout: &Checkout, console: &Console) -> Result<PathBuf> {
        let folder_name =
            format!("{}-{}", self.package.trim_start_matches('@').replace('/', "-"), self.version);
        let folder = checkout.cache.join("reference").join(&folder_name);
        let bundle = folder.join(self.file);
        if bundle.is_file() {
            return Ok(bundle);
        }
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("could not create `{}`", folder.display()))?;
        console.run(
            Command::new("npm")
                .args(["pack", "--silent", &format!("{}@{}", self.package, self.version)])
                .current_dir(&folder),
        )?;
        let archive = format!("{folder_name}.tgz");
        console.run(Command::new("tar").args(["-xzf", &archive]).arg(self.file).current_dir(&folder))?;
        remove(&folder.join(archive))?;
        Ok(bundle)
    }
}

fn remove(path: &Path) -> Result<()> {
    std::fs::remove_file(path).with_context(|| format!("could not remove `{}`", path.display()))
}
