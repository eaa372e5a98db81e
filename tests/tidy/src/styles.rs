//! Style sheets: colour and depth have names, and every sheet is linked.

use crate::tree::{File, files, refuse, root};

/// Ways to write a colour by value.
const COLOUR_FUNCTIONS: [&str; 6] = ["oklch(", "oklab(", "rgb(", "rgba(", "hsl(", "hsla("];

#[test]
fn only_tokens_know_the_value_of_a_colour() {
    let breaches = declarations()
        .filter(|declaration| {
            has_hex_colour(&declaration.value)
                || COLOUR_FUNCTIONS.iter().any(|name| declaration.value.contains(name))
        })
        .map(|declaration| declaration.place())
        .collect::<Vec<_>>();
    refuse("a colour is named by its meaning; its value is in tokens.css", &breaches);
}

#[test]
fn depth_has_names() {
    let breaches = declarations()
        .filter(|declaration| declaration.property == "z-index")
        .filter(|declaration| declaration.value.starts_with(|c: char| c.is_ascii_digit() || c == '-'))
        .map(|declaration| declaration.place())
        .collect::<Vec<_>>();
    refuse("`z-index` takes a name of tokens.css, never a bare number", &breaches);
}

#[test]
fn every_style_sheet_is_linked() {
    let pages = ["frontend/index.html", "frontend/admin.html", "frontend/supervisor.html"].map(|page| {
        std::fs::read_to_string(root().join(page)).expect("the pages are there: another rule checks the tree")
    });
    let breaches = files(&["style"], &["css"])
        .into_iter()
        .map(|file| file.path)
        .filter(|path| !pages.iter().any(|page| page.contains(&format!("../{path}\""))))
        .collect::<Vec<_>>();
    refuse("every style sheet under style/ is linked in a page of frontend/", &breaches);
}

/// One `property: value` of a style sheet.
struct Declaration {
    path: String,
    property: String,
    value: String,
}

impl Declaration {
    fn place(&self) -> String {
        format!("{}: `{}: {}`", self.path, self.property, self.value)
    }
}

/// Yields the declarations of every style sheet but those of tokens.
fn declarations() -> impl Iterator<Item = Declaration> {
    files(&["style", "frontend"], &["css"])
        .into_iter()
        .filter(|file| !file.path.ends_with("/tokens.css"))
        .flat_map(|file| declarations_in(&file))
}

fn declarations_in(file: &File) -> Vec<Declaration> {
    let text = without_comments(&file.text);
    let mut declarations = Vec::new();
    let mut piece = String::new();
    for character in text.chars() {
        match character {
            // What ends in a brace is a selector or an at-rule.
            '{' => piece.clear(),
            ';' | '}' => {
                if let Some((property, value)) = piece.split_once(':') {
                    declarations.push(Declaration {
                        path: file.path.clone(),
                        property: property.trim().to_owned(),
                        value: value.trim().to_owned(),
                    });
                }
                piece.clear();
            }
            other => piece.push(other),
        }
    }
    declarations
}

fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut code = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        code.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    code
}

fn has_hex_colour(value: &str) -> bool {
    value.split('#').skip(1).any(|after| {
        let digits = after.chars().take_while(char::is_ascii_hexdigit).count();
        let ends = after.chars().nth(digits).is_none_or(|next| !next.is_alphanumeric());
        matches!(digits, 3 | 4 | 6 | 8) && ends
    })
}

#[test]
fn a_colour_is_told_from_a_selector() {
    let file = File {
        path: "style/sample.css".to_owned(),
        text: "#add:hover { color: var(--ink); /* #fff */ }\na { border: 1px solid #fff }".to_owned(),
    };
    let found = declarations_in(&file)
        .into_iter()
        .filter(|declaration| has_hex_colour(&declaration.value))
        .map(|declaration| declaration.property)
        .collect::<Vec<_>>();
    assert_eq!(found, ["border"]);
}
