//! The release build: the customer's chat, the web application, and the server that carries both.
//!
//! A step whose inputs have not changed since it last succeeded is skipped.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::brotli;
use crate::checkout::Checkout;
use crate::console::{Console, Stopwatch};
use crate::fingerprint::{self, Stamp, files_in};
use crate::wasm_target;

const CHAT_INPUTS: [&str; 1] = ["frontend/chat"];
const RUST_INPUTS: [&str; 5] = ["Cargo.lock", "Cargo.toml", "Trunk.toml", "shared", "style"];

/// The programs beside the desk, each with a page of its own: its name, its page, and what it is called.
const OTHERS: [(&str, &str, &str); 2] =
    [("admin", "admin.html", "administration"), ("supervisor", "supervisor.html", "wall")];

/// Kinds of file that are served compressed.
const COMPRESSED: [&str; 4] = ["wasm", "js", "css", "html"];

/// Leaves `target/release/baton` in the checkout, with the web application inside.
pub fn build(checkout: &Checkout, console: &Console) -> Result<()> {
    let fingerprint = build_pages(checkout, console)?;
    build_server(checkout, console, &fingerprint)
}

/// Leaves the desk, the other programs and the customer's chat in `dist/`, and returns the fingerprint of their sources.
pub fn build_pages(checkout: &Checkout, console: &Console) -> Result<String> {
    let chat = Part { name: "chat", result: checkout.path("frontend/chat/dist/chat.html") };
    let chat_fingerprint = fingerprint::of(&checkout.root, &CHAT_INPUTS, &[])?;
    chat.build_when_changed(checkout, console, &chat_fingerprint, || build_chat(checkout, console))?;

    let rust_fingerprint = rust_fingerprint(checkout)?;
    let desk = Part { name: "desk", result: checkout.path("dist/index.html") };
    desk.build_when_changed(checkout, console, &rust_fingerprint, || build_desk(checkout, console))?;
    for (name, page, words) in OTHERS {
        let other = Part { name, result: folder_of(checkout, name).join(page) };
        let build = || build_other(checkout, console, name, page, words);
        other.build_when_changed(checkout, console, &rust_fingerprint, build)?;
    }

    let whole = Part { name: "dist", result: checkout.path("dist/chat") };
    let whole_fingerprint =
        fingerprint::of(&checkout.root, &[], &[chat_fingerprint.as_str(), rust_fingerprint.as_str()])?;
    whole.build_when_changed(checkout, console, &whole_fingerprint, || assemble(checkout, console))?;
    Ok(whole_fingerprint)
}

/// One step that leaves files behind.
struct Part {
    name: &'static str,
    /// Something that is there after a success.
    result: PathBuf,
}

impl Part {
    fn build_when_changed(
        &self,
        checkout: &Checkout,
        console: &Console,
        fingerprint: &str,
        work: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let stamp = Stamp::at(checkout.state().join(format!("{}.stamp", self.name)));
        if stamp.holds(fingerprint) && self.result.exists() {
            console.say(&format!("build: {} is unchanged", self.name));
            return Ok(());
        }
        stamp.clear()?;
        let stopwatch = Stopwatch::start();
        work()?;
        if !self.result.exists() {
            bail!("building {} left no `{}`", self.name, self.result.display());
        }
        console.say(&format!("build: {} took {stopwatch}", self.name));
        stamp.write(fingerprint)
    }
}

/// Returns the fingerprint of what the programs for the browser are made from.
fn rust_fingerprint(checkout: &Checkout) -> Result<String> {
    let toolchain = wasm_target::remembered_toolchain(checkout).unwrap_or_default();
    let mut inputs: Vec<String> = RUST_INPUTS.iter().map(|input| (*input).to_owned()).collect();
    for path in entries_of(&checkout.path("frontend"))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name != "chat" && name != "dist" {
            inputs.push(format!("frontend/{name}"));
        }
    }
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    fingerprint::of(&checkout.root, &inputs, &[&toolchain])
}

fn build_chat(checkout: &Checkout, console: &Console) -> Result<()> {
    console.say("build: the customer's chat, some seconds");
    console.run(Command::new("npm").args(["run", "build"]).current_dir(checkout.path("frontend/chat")))
}

fn build_desk(checkout: &Checkout, console: &Console) -> Result<()> {
    console.say("build: the desk for the browser (about 4 minutes the first time)");
    // Trunk empties this folder, so what was assembled there is gone with it.
    Stamp::at(checkout.state().join("dist.stamp")).clear()?;
    console.run(&mut trunk_build(checkout)?)
}

fn build_other(checkout: &Checkout, console: &Console, name: &str, page: &str, words: &str) -> Result<()> {
    console.say(&format!("build: the {words} for the browser, a minute or two"));
    let mut trunk = trunk_build(checkout)?;
    trunk.arg("--dist").arg(folder_of(checkout, name)).args(["--html-output", page]);
    trunk.arg(format!("frontend/{page}"));
    console.run(&mut trunk)
}

fn trunk_build(checkout: &Checkout) -> Result<Command> {
    let mut trunk = checkout.web_command("trunk")?;
    // A backtrace of Trunk hides the compiler error that made it fail.
    trunk.args(["build", "--release", "--skip-version-check"]).env_remove("RUST_BACKTRACE");
    Ok(trunk)
}

/// Returns where Trunk leaves a program: it empties the folder of each build, so two cannot share one.
fn folder_of(checkout: &Checkout, name: &str) -> PathBuf {
    checkout.state().join(name)
}

/// Puts the other programs and the chat beside the desk and compresses everything that is served as text or WebAssembly.
fn assemble(checkout: &Checkout, console: &Console) -> Result<()> {
    let chat = checkout.path("dist/chat");
    if chat.exists() {
        std::fs::remove_dir_all(&chat).with_context(|| format!("could not remove `{}`", chat.display()))?;
    }
    copy_folder(&checkout.path("frontend/chat/dist"), &chat)?;
    for (name, ..) in OTHERS {
        copy_folder(&folder_of(checkout, name), &checkout.path("dist"))?;
    }

    console.say("build: compressing, some seconds");
    let mut files = Vec::new();
    for entry in entries_of(&checkout.path("dist"))? {
        files_in(&entry, &mut files)?;
    }
    files.retain(|file| is_compressed(file) && !brotli::beside(file).exists());
    brotli::write_beside(console, &files)
}

fn is_compressed(file: &Path) -> bool {
    file.extension().is_some_and(|extension| COMPRESSED.iter().any(|kind| extension == *kind))
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("could not create `{}`", to.display()))?;
    for path in entries_of(from)? {
        let copy = to.join(path.file_name().context("an entry of a folder has a name")?);
        if path.is_dir() {
            copy_folder(&path, &copy)?;
        } else {
            std::fs::copy(&path, &copy).with_context(|| format!("could not copy `{}`", path.display()))?;
        }
    }
    Ok(())
}

fn entries_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("could not read `{}`", folder.display()))?;
    for entry in entries {
        paths.push(entry.with_context(|| format!("could not read `{}`", folder.display()))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Compiles the server around `dist/`.
///
/// `BATON_WEB_BUILD` changes with the web application, so that cargo compiles the embedding file
/// again whenever it reads that variable.
fn build_server(checkout: &Checkout, console: &Console, web_fingerprint: &str) -> Result<()> {
    console.say("build: the server (about 4 minutes the first time)");
    let stopwatch = Stopwatch::start();
    let build_name: String = web_fingerprint.chars().take(16).collect();
    console.run(
        Command::new("cargo")
            .args(["build", "--release", "--package", "baton", "--features", "embed"])
            .current_dir(&checkout.root)
            .env("BATON_WEB_BUILD", build_name),
    )?;
    let server = checkout.server();
    let built = checkout.target.join("release").join(server.file_name().context("the server has a name")?);
    if built != server {
        place(&built, &server)?;
    }
    console.say(&format!("build: the server took {stopwatch}"));
    Ok(())
}

/// Puts a program where another may be running: by renaming, which leaves the running one alone.
fn place(built: &Path, server: &Path) -> Result<()> {
    let folder = server.parent().context("the server lies in a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("could not create `{}`", folder.display()))?;
    let arriving = server.with_extension("arriving");
    std::fs::copy(built, &arriving).with_context(|| format!("could not copy `{}`", built.display()))?;
    std::fs::rename(&arriving, server).with_context(|| format!("could not replace `{}`", server.display()))
}
