//! Installs what is missing, each thing on its own and once.
//!
//! Tools live in a cache outside the clone, so that a second clone starts fast and `cargo clean`
//! costs nothing.
//! Nothing here touches what is already good enough: a second run only looks.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::checkout::{Checkout, environment, find_program};
use crate::console::{Console, Stopwatch, answer_of};
use crate::fingerprint::{self, Stamp};
use crate::wasm_target;

/// The packages that build for the browser alone.
pub const BROWSER_ONLY_PACKAGES: [&str; 2] = ["baton-frontend", "components"];

const TRUNK_VERSION: &str = "0.21.14";
const BINARYEN_VERSION: &str = "132.0.0";
/// The oldest Node.js that the packages ask for.
const NODE_MAJOR_MIN: u32 = 20;

/// One thing that commands may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The standard library for `wasm32-unknown-unknown`.
    WasmTarget,
    /// Trunk, which builds the web application.
    Trunk,
    /// The command-line tool and test runner of wasm-bindgen.
    WasmBindgen,
    /// The optimiser of WebAssembly files.
    WasmOpt,
    /// The packages that build the customer's chat.
    ChatPackages,
    /// The packages of the browser tests.
    BrowserTestPackages,
    /// Chromium and its driver.
    Chromium,
    /// nginx with nchan, which benchmarks compare with.
    Nchan,
}

/// What `build` and `run` need.
pub const FOR_BUILDING: &[Need] =
    &[Need::WasmTarget, Need::Trunk, Need::WasmBindgen, Need::WasmOpt, Need::ChatPackages];

/// What the tests need.
pub const EVERYTHING: &[Need] = &[
    Need::WasmTarget,
    Need::Trunk,
    Need::WasmBindgen,
    Need::WasmOpt,
    Need::ChatPackages,
    Need::BrowserTestPackages,
    Need::Chromium,
];

/// Installs what is missing of a list, and stops at the first that cannot be had.
pub fn ensure(checkout: &Checkout, console: &Console, needs: &[Need]) -> Result<()> {
    needs.iter().try_for_each(|need| need.ensure(checkout, console))
}

impl Need {
    /// Installs this where it is missing.
    pub fn ensure(self, checkout: &Checkout, console: &Console) -> Result<()> {
        match self {
            Self::WasmTarget => wasm_target::ensure(checkout, console),
            Self::Trunk => ensure_trunk(checkout, console),
            Self::WasmBindgen => ensure_wasm_bindgen(checkout, console),
            Self::WasmOpt => ensure_wasm_opt(checkout, console),
            Self::ChatPackages => ensure_packages(checkout, console, "frontend/chat"),
            Self::BrowserTestPackages => ensure_packages(checkout, console, "tests/e2e"),
            Self::Chromium => ensure_chromium(console),
            Self::Nchan => ensure_nchan(console),
        }
    }
}

/// Returns the folders of the cache's tools, for the front of PATH.
pub fn tool_folders(checkout: &Checkout) -> Result<Vec<PathBuf>> {
    Ok(vec![
        trunk_folder(checkout).join("bin"),
        wasm_bindgen_folder(checkout, &checkout.locked_version("wasm-bindgen")?).join("bin"),
        binaryen_folder(checkout).join("node_modules/.bin"),
    ])
}

fn trunk_folder(checkout: &Checkout) -> PathBuf {
    checkout.cache.join(format!("tools/trunk-{TRUNK_VERSION}"))
}

fn wasm_bindgen_folder(checkout: &Checkout, version: &str) -> PathBuf {
    checkout.cache.join(format!("tools/wasm-bindgen-{version}"))
}

fn binaryen_folder(checkout: &Checkout) -> PathBuf {
    checkout.cache.join(format!("tools/binaryen-{BINARYEN_VERSION}"))
}

fn ensure_trunk(checkout: &Checkout, console: &Console) -> Result<()> {
    let folder = trunk_folder(checkout);
    if is_installed(&folder.join("bin"), "trunk", TRUNK_VERSION) {
        return Ok(());
    }
    let mut install = cargo_install(checkout, &folder)?;
    // An unoptimised Trunk does all that is asked of it and compiles in a quarter of the time.
    install
        .args(["--locked", "trunk", "--version", TRUNK_VERSION])
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "64");
    let what = format!("installing Trunk {TRUNK_VERSION}: compiling, about 3 minutes");
    slowly(console, &what, || {
        console.run(&mut install).context(format!(
            "Trunk {TRUNK_VERSION} cannot be had: check that crates.io can be reached, then run this again"
        ))
    })
}

fn ensure_wasm_bindgen(checkout: &Checkout, console: &Console) -> Result<()> {
    let version = checkout.locked_version("wasm-bindgen")?;
    let folder = wasm_bindgen_folder(checkout, &version);
    if is_installed(&folder.join("bin"), "wasm-bindgen", &version) {
        return Ok(());
    }
    let mut install = cargo_install(checkout, &folder)?;
    // Its own lock file has named versions that not every registry mirror serves.
    install.args(["wasm-bindgen-cli", "--version", &version]);
    let what = format!("installing wasm-bindgen-cli {version}: compiling, about 4 minutes");
    slowly(console, &what, || {
        console.run(&mut install).context(format!(
            "wasm-bindgen-cli {version} cannot be had: check that crates.io can be reached, then run this again"
        ))
    })
}

/// Returns a `cargo install` into a folder of the cache, shielded from the checkout's settings.
fn cargo_install(checkout: &Checkout, folder: &Path) -> Result<Command> {
    std::fs::create_dir_all(&checkout.cache)
        .with_context(|| format!("could not create `{}`", checkout.cache.display()))?;
    let mut command = Command::new("cargo");
    command
        .arg("install")
        .arg("--root")
        .arg(folder)
        .current_dir(&checkout.cache)
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("RUSTFLAGS");
    Ok(command)
}

fn ensure_wasm_opt(checkout: &Checkout, console: &Console) -> Result<()> {
    let folder = binaryen_folder(checkout);
    // npm links a package's programs last.
    if folder.join("node_modules/.bin/wasm-opt").is_file() {
        return Ok(());
    }
    require_node()?;
    std::fs::create_dir_all(&folder).with_context(|| format!("could not create `{}`", folder.display()))?;
    let mut install = Command::new("npm");
    install
        .arg("install")
        .arg("--prefix")
        .arg(&folder)
        .args(["--no-audit", "--no-fund"])
        .arg(format!("binaryen@{BINARYEN_VERSION}"))
        .current_dir(&folder);
    let what = format!("installing wasm-opt (binaryen {BINARYEN_VERSION}): 100 MB, some seconds");
    slowly(console, &what, || {
        console.run(&mut install).context(
            "wasm-opt cannot be had: check that the npm registry can be reached, then run this again",
        )
    })
}

/// Installs the packages of one folder whenever its lock file has changed since the last time.
fn ensure_packages(checkout: &Checkout, console: &Console, relative: &str) -> Result<()> {
    let folder = checkout.path(relative);
    if !folder.join("package-lock.json").is_file() {
        bail!(
            "`{relative}/package-lock.json` is missing: run `npm install` in `{relative}` and keep the file"
        );
    }
    let fingerprint = fingerprint::of(&folder, &["package-lock.json"], &[])?;
    let stamp = Stamp::at(folder.join("node_modules/.baton-lock"));
    if stamp.holds(&fingerprint) {
        return Ok(());
    }
    require_node()?;
    let mut install = Command::new("npm");
    install
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&folder)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    let what = format!("installing the npm packages of {relative}: up to half a minute");
    slowly(console, &what, || {
        console.run(&mut install).with_context(|| {
            format!(
                "the npm packages of {relative} cannot be had: check that the npm registry can be reached, then run this again"
            )
        })
    })?;
    stamp.write(&fingerprint)
}

fn ensure_chromium(console: &Console) -> Result<()> {
    if find_program("chromedriver").is_some() && chromium().is_some() {
        return Ok(());
    }
    let what = "installing Chromium and its driver: 300 MB, about 1 minute";
    install_debian_packages(console, what, &["chromium", "chromium-driver"])
        .context("the browser tests need Chromium and its driver, and one of them is missing")
}

/// Returns where Chromium is.
pub fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| find_program(name))
}

fn ensure_nchan(console: &Console) -> Result<()> {
    let module = Path::new("/usr/lib/nginx/modules/ngx_nchan_module.so");
    if Path::new("/usr/sbin/nginx").is_file() && module.is_file() {
        return Ok(());
    }
    let what = "installing nginx with nchan, the reference of the benchmarks: some seconds";
    install_debian_packages(console, what, &["nginx", "libnginx-mod-nchan"])
        .context("the benchmarks compare with nginx and nchan, which are missing")
}

/// Installs packages of Debian, where this machine is one and this user may.
pub fn install_debian_packages(console: &Console, what: &str, packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if find_program("apt-get").is_none() {
        bail!("install `{names}` with this system's package manager, then run this again");
    }
    if answer_of(Command::new("id").arg("-u")).as_deref() != Some("0") {
        bail!("run `sudo apt-get install {names}`, then run this again");
    }
    slowly(console, what, || {
        // An outdated list often still serves, so a failed update alone is no reason to stop.
        drop(console.run(Command::new("apt-get").args(["-qq", "update"])));
        console.run(
            Command::new("apt-get")
                .args(["-qq", "install", "-y", "--no-install-recommends"])
                .args(packages)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )
    })
}

/// Says what is about to be done and how long it takes, does it, and says how long it took.
pub fn slowly(console: &Console, what: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    console.say(&format!("setup: {what}"));
    let stopwatch = Stopwatch::start();
    work()?;
    console.say(&format!("setup: done in {stopwatch}"));
    Ok(())
}

fn require_node() -> Result<()> {
    let version = answer_of(Command::new("node").arg("--version"));
    let Some(version) = version.filter(|_| find_program("npm").is_some()) else {
        bail!("Node.js with npm is missing: install Node.js {NODE_MAJOR_MIN} or newer, then run this again");
    };
    let major = version.trim_start_matches('v').split('.').next().and_then(|number| number.parse().ok());
    if major.is_none_or(|major: u32| major < NODE_MAJOR_MIN) {
        bail!("Node.js {version} is too old: install Node.js {NODE_MAJOR_MIN} or newer, then run this again");
    }
    Ok(())
}

fn is_installed(folder: &Path, program: &str, version: &str) -> bool {
    let path = folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    answer_of(Command::new(path).arg("--version"))
        .is_some_and(|answer| answer.split_whitespace().any(|word| word == version))
}

/// Returns the driver that steers Chromium.
pub fn chromedriver() -> Result<PathBuf> {
    environment("CHROMEDRIVER")
        .map(PathBuf::from)
        .or_else(|| find_program("chromedriver"))
        .context("chromedriver is missing: install it, then run this again")
}
