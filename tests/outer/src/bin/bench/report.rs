//! Rows: what was measured, beside its reference, and what it must reach.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;

/// How often both sides are measured in turn; the median of the ratios counts.
pub const PAIRS: usize = 5;

/// One measured pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// What was measured of Baton.
    pub ours: f64,
    /// What was measured of the reference, right after it.
    pub reference: f64,
}

impl Pair {
    /// Returns ours / reference.
    pub fn ratio(&self) -> f64 {
        self.ours / self.reference
    }
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// One row of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    name: String,
    unit: &'static str,
    pair: Pair,
    reference_version: String,
    must: f64,
    aim: f64,
    command: String,
}

/// What the rows of a benchmark have in common.
#[derive(Clone, Debug)]
pub struct Goal {
    /// The benchmark.
    pub name: &'static str,
    /// What is counted.
    pub unit: &'static str,
    /// Which way is better.
    pub better: Better,
    /// The ratio that must be reached.
    pub must: f64,
    /// The ratio to aim at.
    pub aim: f64,
    /// What is compared with, and in which version.
    pub reference_version: String,
}

impl Goal {
    /// Makes a row of the pair whose ratio is the median.
    pub fn row(&self, name: impl Into<String>, pairs: &[Pair]) -> anyhow::Result<Row> {
        let name = name.into();
        let mut sorted = pairs.to_vec();
        sorted.sort_by(|one, other| one.ratio().total_cmp(&other.ratio()));
        let pair = *sorted.get(sorted.len() / 2).context("nothing was measured")?;
        let (least, most) = (sorted.first().map_or(0.0, Pair::ratio), sorted.last().map_or(0.0, Pair::ratio));
        say(&format!(
            "  {name}: ours {:.0}, reference {:.0} {}, ratio {:.3} ({least:.3} to {most:.3} in {} pairs), must {}, aim {}",
            pair.ours,
            pair.reference,
            self.unit,
            pair.ratio(),
            pairs.len(),
            self.must,
            self.aim
        ))?;
        Ok(Row {
            name,
            unit: self.unit,
            pair,
            reference_version: self.reference_version.clone(),
            must: self.must,
            aim: self.aim,
            command: format!("cargo xtask bench {}", self.name),
        })
    }

    /// Returns the worst of several rows under the benchmark's own name, and then the rows.
    pub fn worst_first(&self, rows: Vec<Row>) -> anyhow::Result<Vec<Row>> {
        let order = |one: &&Row, other: &&Row| one.pair.ratio().total_cmp(&other.pair.ratio());
        let worst = match self.better {
            Better::Higher => rows.iter().min_by(order),
            Better::Lower => rows.iter().max_by(order),
        };
        let worst = Row { name: self.name.to_owned(), ..worst.context("nothing was measured")?.clone() };
        Ok(std::iter::once(worst).chain(rows).collect())
    }
}

/// Writes the rows to `target/bench/NAME.json` below the working directory.
pub fn write(name: &str, rows: &[Row]) -> anyhow::Result<()> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "name": row.name,
                "unit": row.unit,
                "ours": rounded(row.pair.ours),
                "reference": rounded(row.pair.reference),
                "reference_version": row.reference_version,
                "ratio": (row.pair.ratio() * 1000.0).round() / 1000.0,
                "must": row.must,
                "aim": row.aim,
                "command": row.command,
            })
        })
        .collect();
    let path = Path::new("target/bench").join(format!("{name}.json"));
    let folder = path.parent().context("the path was put together above")?;
    std::fs::create_dir_all(folder).with_context(|| format!("could not create `{}`", folder.display()))?;
    let text = serde_json::to_string_pretty(&rows)?;
    std::fs::write(&path, text + "\n").with_context(|| format!("could not write `{}`", path.display()))?;
    say(&format!("bench: wrote {}", path.display()))
}

/// Says something on standard output at once.
pub fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).context("nobody reads the output")
}

/// Returns how many there are in a second.
pub fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
