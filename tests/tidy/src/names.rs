//! What files are called, how long they are, and that the tree is whole.

use std::collections::BTreeSet;

use crate::tree::{all_paths, exists, files, refuse};

/// Names that say nothing, so that everything fits under them.
const EMPTY_NAMES: [&str; 4] = ["utils", "helpers", "common", "misc"];

/// At this length a file holds a second concept.
const LINES_MAX: usize = 600;

/// Files over the limit; this list only shrinks.
const LONG_FILES: [&str; 0] = [];

/// What the checkout must hold; each entry lists the places of which one is enough.
const TREE: [&[&str]; 11] = [
    &["shared/src/lib.rs"],
    &["backend/src/main.rs"],
    &["backend/src/lib.rs"],
    &["backend/tests/sync.rs", "backend/tests/sync"],
    &["frontend/index.html"],
    &["frontend/admin.html"],
    &["frontend/supervisor.html"],
    &["frontend/src"],
    &["frontend/chat/package.json"],
    &["style/tokens.css"],
    &["tests/e2e/package.json"],
];

#[test]
fn the_tree_is_whole() {
    let missing = TREE
        .iter()
        .filter(|places| !places.iter().any(|place| exists(place)))
        .map(|places| format!("{} is missing", places.join(" or ")))
        .collect::<Vec<_>>();
    refuse("every part of the tree is there, or the rules about it check nothing", &missing);
}

#[test]
fn no_file_or_folder_has_a_name_that_says_nothing() {
    let breaches = all_paths()
        .into_iter()
        .filter(|path| {
            path.ends_with("/mod.rs")
                || path.split('/').any(|part| {
                    let stem = part.split('.').next().unwrap_or(part);
                    EMPTY_NAMES.contains(&stem)
                })
        })
        .collect::<Vec<_>>();
    refuse("a file is named by what it knows, and `x.rs` lies beside `x/`", &breaches);
}

#[test]
fn a_file_is_one_concept() {
    let mut breaches = Vec::new();
    let mut still_long = BTreeSet::new();
    for file in files(&["."], &["rs"]) {
        let lines = file.text.lines().count();
        if lines <= LINES_MAX {
            continue;
        }
        match LONG_FILES.iter().find(|name| **name == file.path) {
            Some(name) => {
                still_long.insert(*name);
            }
            None => breaches.push(format!("{} has {lines} lines; the limit is {LINES_MAX}", file.path)),
        }
    }
    for name in LONG_FILES {
        if !still_long.contains(name) {
            breaches.push(format!("{name} is short enough: take it off the list of exceptions"));
        }
    }
    refuse("a file is one concept", &breaches);
}
