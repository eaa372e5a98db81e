//! Where things are: the checkout, cargo's target folder, and the cache of tools outside the clone.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::setup;
use crate::wasm_target;

/// The folders that every command works with.
pub struct Checkout {
    /// The root of the checkout.
    pub root: PathBuf,
    /// Where cargo puts what it builds; outside the checkout where its configuration says so.
    pub target: PathBuf,
    /// Tools that outlive a clone.
    pub cache: PathBuf,
}

impl Checkout {
    /// Finds the folders; changes nothing.
    pub fn locate() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask lies in a folder of the checkout")?
            .to_path_buf();
        let target = PathBuf::from(string_in(&metadata(&root)?, "target_directory")?);
        Ok(Self { root, target, cache: cache_folder()? })
    }

    /// Returns a path inside the checkout.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Returns the folder of stamps and logs of these commands.
    pub fn state(&self) -> PathBuf {
        self.path("target/xtask")
    }

    /// Returns where `build` leaves the server.
    pub fn server(&self) -> PathBuf {
        self.path("target/release").join(format!("baton{}", std::env::consts::EXE_SUFFIX))
    }

    /// Returns the names of the integration tests, split into those of package `outer`, which need
    /// the built server, and all others.
    pub fn integration_tests(&self) -> Result<IntegrationTests> {
        let metadata = metadata(&self.root)?;
        let mut tests = IntegrationTests { inner: Vec::new(), outer: Vec::new() };
        for package in array_in(&metadata, "packages")? {
            let package_name = string_in(package, "name")?;
            if setup::BROWSER_ONLY_PACKAGES.contains(&package_name) {
                continue;
            }
            for target in array_in(package, "targets")? {
                if array_in(target, "kind")?.iter().any(|kind| kind == "test") {
                    let list = if package_name == "outer" { &mut tests.outer } else { &mut tests.inner };
                    list.push(string_in(target, "name")?.to_owned());
                }
            }
        }
        Ok(tests)
    }

    /// Returns the version of a package in `Cargo.lock`.
    pub fn locked_version(&self, package: &str) -> Result<String> {
        let lock = std::fs::read_to_string(self.path("Cargo.lock")).context("could not read `Cargo.lock`")?;
        let entry = format!("name = \"{package}\"");
        lock.lines()
            .skip_while(|line| *line != entry)
            .find_map(|line| line.strip_prefix("version = "))
            .map(|version| version.trim_matches('"').to_owned())
            .with_context(|| format!("`Cargo.lock` does not name the package `{package}`"))
    }

    /// Returns a command that finds the cache's tools first and, where the wasm32 standard library
    /// belongs to another toolchain than the default, uses that one.
    pub fn web_command(&self, program: &str) -> Result<Command> {
        let folders = setup::tool_folders(self)?;
        let path = path_with(folders)?;
        let mut command = Command::new(program);
        // `NO_COLOR=1` is not a value that Trunk accepts.
        command.current_dir(&self.root).env("PATH", path).env_remove("NO_COLOR");
        if let Some(toolchain) = wasm_target::remembered_toolchain(self) {
            command.env("RUSTUP_TOOLCHAIN", toolchain);
        }
        Ok(command)
    }
}

/// Names of integration tests, by what they need.
pub struct IntegrationTests {
    /// Tests that link the code they test.
    pub inner: Vec<String>,
    /// Tests of the real server process.
    pub outer: Vec<String>,
}

/// Returns an environment variable that is set and not empty.
#[expect(clippy::disallowed_methods, reason = "the one place in these commands that reads the environment")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns where a program is on the search path.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = environment("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
        .find(|candidate| candidate.is_file())
}

fn path_with(folders: Vec<PathBuf>) -> Result<OsString> {
    let inherited = environment("PATH").unwrap_or_default();
    std::env::join_paths(folders.into_iter().chain(std::env::split_paths(&inherited)))
        .context("a folder of the tools cannot be named in PATH")
}

fn cache_folder() -> Result<PathBuf> {
    if let Some(folder) = environment("BATON_CACHE") {
        return std::path::absolute(&folder).with_context(|| format!("BATON_CACHE is `{folder}`"));
    }
    if let Some(folder) = environment("XDG_CACHE_HOME") {
        return Ok(PathBuf::from(folder).join("baton"));
    }
    match environment("HOME").or_else(|| environment("USERPROFILE")) {
        Some(home) => Ok(PathBuf::from(home).join(".cache/baton")),
        None => bail!("there is no home folder to keep tools in: set BATON_CACHE to a folder"),
    }
}

fn metadata(root: &Path) -> Result<Value> {
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("could not start `cargo metadata`")?;
    if !output.status.success() {
        bail!("`cargo metadata` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("`cargo metadata` wrote something that is not JSON")
}

fn string_in<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value.get(key).and_then(Value::as_str).with_context(|| format!("`cargo metadata` has no `{key}`"))
}

fn array_in<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value.get(key).and_then(Value::as_array).with_context(|| format!("`cargo metadata` has no `{key}`"))
}
