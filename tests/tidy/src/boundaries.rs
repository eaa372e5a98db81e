//! Which part may know of which.

use crate::tree::{File, files, has_word, refuse};

/// What the core must not name: clocks, randomness, runtimes, storage, HTTP, the machine.
const FOREIGN_TO_THE_CORE: [&str; 13] = [
    "tokio",
    "axum",
    "rusqlite",
    "getrandom",
    "rand",
    "Instant",
    "SystemTime",
    "crate::store",
    "crate::http",
    "std::env",
    "std::fs",
    "std::net",
    "std::thread",
];

/// Where the core is.
const CORE: [&str; 4] = ["shared/src/", "backend/src/desk", "backend/src/routing", "backend/src/workspace"];

#[test]
fn the_core_knows_no_clock_no_randomness_no_runtime_no_storage_and_no_http() {
    let core = files(&["shared/src", "backend/src"], &["rs"])
        .into_iter()
        .filter(|file| CORE.iter().any(|start| file.path.starts_with(start)))
        .collect::<Vec<_>>();
    let breaches = lines_of_code(&core)
        .flat_map(|(place, line)| {
            FOREIGN_TO_THE_CORE
                .iter()
                .filter(move |name| has_word(line, name))
                .map(move |name| format!("{place} names `{name}`"))
        })
        .collect::<Vec<_>>();
    refuse("the core takes `now` and ids as arguments and knows nothing of its surroundings", &breaches);
}

#[test]
fn browser_interfaces_appear_only_in_browser_and_controls() {
    let frontend = files(&["frontend/src"], &["rs"])
        .into_iter()
        .filter(|file| {
            !["frontend/src/browser", "frontend/src/controls"]
                .iter()
                .any(|allowed| is_module(&file.path, allowed))
        })
        .collect::<Vec<_>>();
    let breaches = lines_of_code(&frontend)
        .filter(|(_, line)| has_word(line, "web_sys"))
        .map(|(place, _)| place)
        .collect::<Vec<_>>();
    refuse("`web_sys` is named only under frontend/src/browser and frontend/src/controls", &breaches);
}

#[test]
fn no_markup_is_made_from_text() {
    let pages = files(&["frontend"], &["rs", "ts", "js"]);
    let breaches = lines_of_code(&pages)
        .filter(|(_, line)| ["inner_html", "innerHTML"].iter().any(|name| has_word(line, name)))
        .map(|(place, _)| place)
        .collect::<Vec<_>>();
    refuse("what people write is shown as text, never as markup", &breaches);
}

/// Tells whether a file is the module at a path, or lies below it.
fn is_module(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
}

/// Yields every line that is not a comment, with its place.
fn lines_of_code(files: &[File]) -> impl Iterator<Item = (String, &str)> {
    files.iter().flat_map(|file| {
        file.text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(index, line)| (format!("{}:{}", file.path, index + 1), line))
    })
}
