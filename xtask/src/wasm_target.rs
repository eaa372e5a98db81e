//! The standard library for `wasm32-unknown-unknown`, had in one of three ways.
//!
//! It is there already; or rustup brings it; or, where rustup's server cannot be reached, it is
//! built once from Debian's own source packages, whose compiler then builds the web application.
//! The last way is remembered in the cache by the name of the toolchain.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::checkout::{Checkout, find_program};
use crate::console::{Console, answer_of};
use crate::setup::{install_debian_packages, slowly};

const TARGET: &str = "wasm32-unknown-unknown";
/// The name under which rustup knows Debian's compiler.
const DEBIAN_TOOLCHAIN: &str = "debian";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";

/// Makes the standard library available.
pub fn ensure(checkout: &Checkout, console: &Console) -> Result<()> {
    if has_standard_library(Path::new("rustc")) {
        return forget_toolchain(checkout);
    }
    if remembered_toolchain(checkout).is_some() && has_standard_library(Path::new(DEBIAN_RUSTC)) {
        return Ok(());
    }
    if find_program("rustup").is_none() {
        bail!(
            "the standard library for {TARGET} is missing: install Rust from https://rustup.rs, then run this again"
        );
    }
    let added = slowly(console, &format!("adding the target {TARGET}: some seconds"), || {
        console.run(Command::new("rustup").args(["target", "add", TARGET]))
    });
    match added {
        Ok(()) => Ok(()),
        Err(error) => {
            console.say(&format!("setup: {error:#}"));
            build_from_debian(checkout, console).context(format!(
                "the standard library for {TARGET} cannot be had: run `rustup target add {TARGET}` where its server can be reached, then run this again"
            ))
        }
    }
}

/// Returns the toolchain that has the standard library, where it is not the default one.
pub fn remembered_toolchain(checkout: &Checkout) -> Option<String> {
    std::fs::read_to_string(memory(checkout)).ok().map(|name| name.trim().to_owned())
}

fn memory(checkout: &Checkout) -> PathBuf {
    checkout.cache.join("web-toolchain")
}

fn forget_toolchain(checkout: &Checkout) -> Result<()> {
    match std::fs::remove_file(memory(checkout)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove `{}`", memory(checkout).display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn has_standard_library(rustc: &Path) -> bool {
    let Some(folder) = answer_of(Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]))
    else {
        return false;
    };
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

fn build_from_debian(checkout: &Checkout, console: &Console) -> Result<()> {
    let packages = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];
    install_debian_packages(console, "installing Debian's Rust: 500 MB, about 1 minute", &packages)?;
    let lld = format!("lld-{}", llvm_major()?);
    install_debian_packages(console, &format!("installing {lld}: some seconds"), &[&lld])?;

    if !has_standard_library(Path::new(DEBIAN_RUSTC)) {
        let scratch = checkout.cache.join("build/wasm32-std");
        let what = format!("building the standard library for {TARGET}: about 1 minute");
        slowly(console, &what, || build_standard_library(console, &scratch))?;
        std::fs::remove_dir_all(&scratch)
            .with_context(|| format!("could not remove `{}`", scratch.display()))?;
    }
    console.run(Command::new("rustup").args(["toolchain", "link", DEBIAN_TOOLCHAIN, "/usr"]))?;
    std::fs::write(memory(checkout), DEBIAN_TOOLCHAIN)
        .with_context(|| format!("could not write `{}`", memory(checkout).display()))
}

/// Builds the library in a scratch folder with the flags that the compiler's own build uses, and
/// copies it to where the compiler looks for it.
fn build_standard_library(console: &Console, scratch: &Path) -> Result<()> {
    std::fs::create_dir_all(scratch).with_context(|| format!("could not create `{}`", scratch.display()))?;
    let sysroot = debian_sysroot()?;
    let source = scratch.join("library");
    console
        .run(Command::new("cp").arg("-rLT").arg(sysroot.join("lib/rustlib/src/rust/library")).arg(&source))?;
    let built = scratch.join("target");
    console.run(
        Command::new(DEBIAN_CARGO)
            .args(["build", "--release", "--target", TARGET])
            .args(["--manifest-path", "sysroot/Cargo.toml", "--features", "panic-unwind"])
            .arg("--target-dir")
            .arg(&built)
            .current_dir(&source)
            .env_remove("RUSTUP_TOOLCHAIN")
            .env("RUSTC", DEBIAN_RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes")
            .env("__CARGO_DEFAULT_LIB_METADATA", "stablestd")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    )?;

    let destination = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    std::fs::create_dir_all(&destination)
        .with_context(|| format!("could not create `{}`", destination.display()))?;
    let results = built.join(TARGET).join("release/deps");
    let entries =
        std::fs::read_dir(&results).with_context(|| format!("could not read `{}`", results.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("could not read `{}`", results.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "rlib") {
            let name = path.file_name().context("an entry of a folder has a name")?;
            std::fs::copy(&path, destination.join(name))
                .with_context(|| format!("could not copy `{}`", path.display()))?;
        }
    }
    Ok(())
}

fn debian_sysroot() -> Result<PathBuf> {
    answer_of(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]))
        .map(PathBuf::from)
        .with_context(|| format!("`{DEBIAN_RUSTC} --print sysroot` does not answer"))
}

/// Returns the major version of the compiler's LLVM, whose linker goes with it.
fn llvm_major() -> Result<String> {
    let answer = answer_of(Command::new(DEBIAN_RUSTC).arg("-vV"))
        .with_context(|| format!("`{DEBIAN_RUSTC} -vV` does not answer"))?;
    answer
        .lines()
        .find_map(|line| line.strip_prefix("LLVM version: "))
        .and_then(|version| version.split('.').next())
        .map(str::to_owned)
        .with_context(|| format!("`{DEBIAN_RUSTC} -vV` names no LLVM version"))
}
