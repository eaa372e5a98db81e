//! The files of the checkout, as the rules read them.

use std::path::{Path, PathBuf};

/// Folders whose content is installed or generated.
const SKIPPED_FOLDERS: [&str; 9] = [
    ".git",
    "baton-data",
    "dist",
    "dist-tests",
    "node_modules",
    "playwright-report",
    "proptest-regressions",
    "target",
    "test-results",
];

/// The rules themselves, which name what they forbid.
const RULES: &str = "tests/tidy/";

/// One file of the checkout.
pub struct File {
    /// The path from the root, with `/` between its parts.
    pub path: String,
    /// The content.
    pub text: String,
}

/// Returns the text files below the given paths that have one of the given extensions, sorted; the
/// rules themselves are left out, and a path that is not there holds no files.
pub fn files(below: &[&str], extensions: &[&str]) -> Vec<File> {
    let mut paths = Vec::new();
    for start in below {
        collect(&root().join(start), &mut paths);
    }
    paths.sort();
    paths.dedup();
    paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted)))
        .map(|path| (relative(&path), path))
        .filter(|(name, _)| !name.starts_with(RULES))
        .map(|(name, path)| {
            let text = std::fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("could not read `{name}`: {error}"));
            File { path: name, text }
        })
        .collect()
}

/// Returns the paths from the root of every file and folder.
pub fn all_paths() -> Vec<String> {
    let mut paths = Vec::new();
    collect(&root(), &mut paths);
    paths.iter().map(|path| relative(path)).collect()
}

/// Tells whether something is at a path from the root.
pub fn exists(path: &str) -> bool {
    root().join(path).exists()
}

/// Returns the root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Fails with every breach of a rule in one message.
pub fn refuse(rule: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{rule}:\n  {}\n", breaches.join("\n  "));
}

/// Tells whether a text holds a word that is not part of a longer name.
pub fn has_word(text: &str, word: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

fn collect(path: &Path, paths: &mut Vec<PathBuf>) {
    if path.is_file() {
        paths.push(path.to_path_buf());
        return;
    }
    let Ok(entries) = std::fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        if !SKIPPED_FOLDERS.iter().any(|folder| entry.file_name() == *folder) {
            collect(&entry.path(), paths);
        }
    }
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap_or(path);
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
