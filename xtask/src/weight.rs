//! What a browser downloads before the first page works, in bytes of brotli-11.
//!
//! Counted are a page and every script, stylesheet and WebAssembly file that it names or that one
//! of its scripts imports; images, sounds and whatever is fetched later are not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::brotli;
use crate::checkout::Checkout;
use crate::fingerprint::files_in;

const COUNTED: [&str; 4] = ["js", "mjs", "css", "wasm"];

/// The most that a page may weigh, and the weight to aim at.
pub struct Limits {
    /// More than this fails the tests.
    pub must: u64,
    /// The weight to aim at.
    pub aim: u64,
}

/// The limits of the agent's desk.
pub const DESK_LIMITS: Limits = Limits { must: 350_000, aim: 220_000 };
/// The limits of the customer's chat, its loader included.
pub const CHAT_LIMITS: Limits = Limits { must: 25_000, aim: 12_000 };

/// A page with all it loads.
pub struct Weight {
    /// The sum in bytes.
    pub total: u64,
    /// Each file with its size, largest first.
    pub files: Vec<(String, u64)>,
}

/// Weighs the desk in `dist/`.
pub fn of_desk(checkout: &Checkout) -> Result<Weight> {
    let weight = of_page(&checkout.path("dist"), "index.html", &[])?;
    if !weight.files.iter().any(|(name, _)| name.ends_with(".wasm")) {
        bail!("`dist/index.html` names no WebAssembly file, so its weight cannot be told");
    }
    Ok(weight)
}

/// Weighs the administration in `dist/`; there is no limit to it.
pub fn of_admin(checkout: &Checkout) -> Result<Weight> {
    of_page(&checkout.path("dist"), "admin.html", &[])
}

/// Weighs the customer's chat in `dist/chat/`, with the loader that puts it on a site.
pub fn of_chat(checkout: &Checkout) -> Result<Weight> {
    of_page(&checkout.path("dist/chat"), "chat.html", &["widget.js"])
}

/// Returns one sentence per page, or refuses with the pages that weigh too much.
pub fn check(checkout: &Checkout) -> Result<Vec<String>> {
    let pages = [
        ("the desk", of_desk(checkout)?, DESK_LIMITS),
        ("the customer's chat", of_chat(checkout)?, CHAT_LIMITS),
    ];
    let mut sentences = Vec::new();
    let mut too_heavy = Vec::new();
    for (name, weight, limits) in pages {
        let sentence =
            format!("{name} weighs {} bytes in brotli-11; the limit is {}", weight.total, limits.must);
        if weight.total > limits.must {
            let files: Vec<String> =
                weight.files.iter().map(|(file, bytes)| format!("  {bytes:>8}  {file}")).collect();
            too_heavy.push(format!("{sentence}:\n{}", files.join("\n")));
        }
        sentences.push(sentence);
    }
    let admin = of_admin(checkout)?.total;
    sentences.push(format!("the administration weighs {admin} bytes in brotli-11; it has no limit"));
    if too_heavy.is_empty() { Ok(sentences) } else { bail!("{}", too_heavy.join("\n")) }
}

fn of_page(folder: &Path, page: &str, also: &[&str]) -> Result<Weight> {
    let mut candidates = Vec::new();
    files_in(folder, &mut candidates)?;
    candidates.retain(|file| {
        file.extension().is_some_and(|extension| COUNTED.iter().any(|kind| extension == *kind))
    });

    let mut counted = BTreeSet::from([folder.join(page)]);
    counted.extend(also.iter().map(|name| folder.join(name)));
    let mut unread: Vec<PathBuf> = counted.iter().cloned().collect();
    while let Some(file) = unread.pop() {
        for reference in references_of(&file)? {
            if let Some(found) = candidates.iter().find(|candidate| is_meant(folder, candidate, &reference))
                && counted.insert(found.clone())
            {
                unread.push(found.clone());
            }
        }
    }

    let mut files = Vec::new();
    for file in counted {
        let compressed = brotli::beside(&file);
        let bytes = std::fs::metadata(&compressed)
            .with_context(|| format!("`{}` is missing: run `cargo xtask build`", compressed.display()))?
            .len();
        let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().into_owned();
        files.push((name, bytes));
    }
    files.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    Ok(Weight { total: files.iter().map(|(_, bytes)| bytes).sum(), files })
}

/// Returns what a page names in any attribute, or a script in its static imports.
fn references_of(file: &Path) -> Result<Vec<String>> {
    let kind = file.extension().unwrap_or_default();
    if kind == "wasm" || kind == "css" {
        return Ok(Vec::new());
    }
    let text =
        std::fs::read_to_string(file).with_context(|| format!("could not read `{}`", file.display()))?;
    let only_imports = kind != "html";
    Ok(quoted_in(&text)
        .filter(|(before, _)| {
            let before = before.trim_end();
            !only_imports || before.ends_with("from") || before.ends_with("import")
        })
        .map(|(_, quoted)| quoted.to_owned())
        .collect())
}

/// Yields every quoted text together with all that stands before it.
fn quoted_in(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.char_indices().filter(|(_, character)| matches!(character, '"' | '\'')).filter_map(
        move |(start, quote)| {
            let inside = &text[start + 1..];
            inside.find(quote).map(|end| (&text[..start], &inside[..end]))
        },
    )
}

/// Tells whether a reference such as `/chat/chat.js?v=1` means a file of the folder.
fn is_meant(folder: &Path, file: &Path, reference: &str) -> bool {
    let reference = reference.split(['?', '#']).next().unwrap_or_default();
    let reference = reference.trim_start_matches("./").trim_start_matches('/');
    let name = file.strip_prefix(folder).unwrap_or(file).to_string_lossy();
    reference == name || reference.strip_suffix(name.as_ref()).is_some_and(|rest| rest.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_weighs_what_it_names_and_what_that_imports() {
        let folder = std::env::temp_dir().join(format!("baton-weight-{}", std::process::id()));
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            std::fs::write(brotli::beside(&path), vec![0; text.len()]).unwrap();
        };
        write("index.html", "<script src='/boot.js'></script><link href=\"/app_bg.wasm?v=1\">");
        write("boot.js", "import start from \"./app.js\"; import(\"./later.js\")");
        write("app.js", "import{x}from'./snippets/a/inline0.js'");
        write("snippets/a/inline0.js", "1");
        write("snippets/b/inline0.js", "22");
        write("later.js", "333");
        write("app_bg.wasm", "4444");

        let weight = of_page(&folder, "index.html", &[]).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();

        let names: BTreeSet<&str> = weight.files.iter().map(|(name, _)| name.as_str()).collect();
        let expected =
            BTreeSet::from(["index.html", "boot.js", "app.js", "snippets/a/inline0.js", "app_bg.wasm"]);
        assert_eq!(names, expected);
        assert_eq!(weight.total, weight.files.iter().map(|(_, bytes)| bytes).sum::<u64>());
    }
}
