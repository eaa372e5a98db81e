//! That nothing can be added without its test.

use std::collections::BTreeSet;

use crate::tree::{File, files, has_word, refuse};

/// Enums whose every variant has a test that snapshot and events agree.
const SYNCED: [&str; 4] = ["Command", "Event", "DeskEvent", "WallEvent"];

/// Pages that are not routes of the web application.
const OTHER_PAGES: [&str; 1] = ["/chat"];

#[test]
fn every_command_and_every_event_has_a_sync_test() {
    let sources = files(&["shared/src", "backend/src"], &["rs"]);
    let tests = text_of(&files(&["backend/tests/sync.rs", "backend/tests/sync"], &["rs"]));
    let mut breaches = Vec::new();
    for name in SYNCED {
        let declared = sources.iter().find_map(|file| variants_of(&file.text, name));
        let Some(variants) = declared else {
            breaches.push(format!("`pub enum {name}` is not declared in shared/src or backend/src"));
            continue;
        };
        for variant in variants {
            let variant = format!("{name}::{variant}");
            if !has_word(&tests, &variant) {
                breaches.push(format!("{variant} is not named in backend/tests/sync"));
            }
        }
    }
    refuse("for every command and every event, snapshot and events equal a fresh snapshot", &breaches);
}

#[test]
fn every_page_is_examined_by_axe() {
    let journeys = files(&["tests/e2e"], &["ts", "js", "mjs"])
        .into_iter()
        .filter(|file| file.text.contains("axe"))
        .collect::<Vec<_>>();
    let text = text_of(&journeys);
    let mut pages: BTreeSet<String> = OTHER_PAGES.iter().map(|page| (*page).to_owned()).collect();
    pages.insert("/".to_owned());
    for file in files(&["frontend/src"], &["rs"]) {
        pages.extend(routes_in(&file.text));
    }
    let breaches = pages
        .into_iter()
        .filter(|page| !names_page(&text, page))
        .map(|page| format!("`{page}` is not opened by a test under tests/e2e that runs axe"))
        .collect::<Vec<_>>();
    refuse("every page is examined for barriers", &breaches);
}

fn text_of(files: &[File]) -> String {
    files.iter().map(|file| file.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Returns the names of an enum's variants, where the text declares it.
fn variants_of(text: &str, name: &str) -> Option<Vec<String>> {
    let declaration = format!("pub enum {name} {{");
    let (_, body) = text.split_once(&declaration)?;
    let mut variants = Vec::new();
    let mut depth = 0_usize;
    for line in body.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        if depth == 0 {
            if line.starts_with('}') {
                break;
            }
            let variant: String = line.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if variant.starts_with(char::is_uppercase) {
                variants.push(variant);
            }
        }
        depth += line.matches(['{', '(', '[']).count();
        depth = depth.saturating_sub(line.matches(['}', ')', ']']).count());
    }
    Some(variants)
}

/// Returns the fixed addresses of the router's `path!` macro.
fn routes_in(text: &str) -> Vec<String> {
    text.split("path!(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|route| route.starts_with('/') && !route.contains([':', '*']))
        .map(str::to_owned)
        .collect()
}

/// Tells whether a text names an address in quotes, alone or with a query.
fn names_page(text: &str, page: &str) -> bool {
    ['"', '\'', '`']
        .iter()
        .any(|quote| [*quote, '?', '#'].iter().any(|end| text.contains(&format!("{quote}{page}{end}"))))
}

#[test]
fn variants_are_read_without_their_data() {
    let text = "/// Doc.\n#[derive(Debug)]\npub enum Command {\n    /// One.\n    #[serde(rename = \"a\")]\n    \
        Accept {\n        offer: OfferId,\n    },\n    Send(Text), // said\n    End,\n}\nstruct Other;\n";
    assert_eq!(variants_of(text, "Command").expect("it is declared"), ["Accept", "Send", "End"]);
    assert!(variants_of(text, "Event").is_none());
}
