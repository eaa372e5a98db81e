//! Brotli at its highest level, by Node's own implementation.
//!
//! Node is needed for the chat anyway, and its encoder is the C one that published sizes come from;
//! the Rust port comes out 0.1 % larger, and three times slower even when optimised.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::console::{Console, answer_of};

const SCRIPT: &str = include_str!("brotli.mjs");

/// Returns the path of a file's compressed form.
pub fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    PathBuf::from(name)
}

/// Writes the compressed form of each file next to it.
pub fn write_beside(console: &Console, files: &[PathBuf]) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    console.run(script("beside").args(files))
}

/// Returns the size of a file's compressed form in bytes.
pub fn size_of(file: &Path) -> Result<u64> {
    let Some(answer) = answer_of(script("size").arg(file)) else {
        bail!("could not compress `{}`: is Node.js 20 or newer installed?", file.display());
    };
    answer.parse().with_context(|| format!("`{answer}` is not a size"))
}

fn script(mode: &str) -> Command {
    let mut command = Command::new("node");
    command.args(["--input-type=module", "-e", SCRIPT, "--", mode]);
    command
}
