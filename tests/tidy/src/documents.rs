//! Markdown: one title per file, and links that lead somewhere.

use std::path::Path;

use crate::tree::{File, files, refuse, root};

#[test]
fn a_document_has_one_title() {
    let breaches = files(&["."], &["md"])
        .into_iter()
        .map(|file| {
            let titles = prose_of(&file).filter(|(_, line)| line.starts_with("# ")).count();
            (file.path, titles)
        })
        .filter(|(_, titles)| *titles != 1)
        .map(|(path, titles)| format!("{path} has {titles}"))
        .collect::<Vec<_>>();
    refuse("a markdown file has exactly one `# ` heading", &breaches);
}

#[test]
fn links_lead_somewhere() {
    let mut breaches = Vec::new();
    for file in files(&["."], &["md"]) {
        for (number, line) in prose_of(&file) {
            for link in links_in(line) {
                if !leads_somewhere(&file.path, link) {
                    breaches.push(format!("{}:{number} links to `{link}`", file.path));
                }
            }
        }
    }
    refuse("a relative link names a file of the checkout", &breaches);
}

/// Yields the numbered lines outside blocks of code.
fn prose_of(file: &File) -> impl Iterator<Item = (usize, &str)> {
    let mut inside_code = false;
    file.text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            inside_code = !inside_code;
            return None;
        }
        (!inside_code).then_some((index + 1, line))
    })
}

fn links_in(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next())
}

fn leads_somewhere(from: &str, link: &str) -> bool {
    let elsewhere = ["http://", "https://", "mailto:"].iter().any(|scheme| link.starts_with(scheme));
    let path = link.split('#').next().unwrap_or_default();
    if elsewhere || path.is_empty() {
        return true;
    }
    let folder = Path::new(from).parent().unwrap_or(Path::new(""));
    root().join(folder).join(path).exists()
}
