//! What comments and tests must not say.

use crate::tree::{files, has_word, refuse};

/// Words about the change or about work left undone; a comment describes the code as it is.
const BANNED: [&str; 6] = ["no longer", "previously", "now we", "TODO", "FIXME", "XXX"];

/// Ways to wait for time to pass.
const SLEEPS: [&str; 2] = ["sleep(", "waitForTimeout"];

#[test]
fn comments_describe_the_code_as_it_is() {
    let mut breaches = Vec::new();
    for file in files(&["."], &["rs", "ts", "js", "mjs", "css", "html"]) {
        for (index, line) in file.text.lines().enumerate() {
            let Some(comment) = comment_in(line) else { continue };
            for word in BANNED {
                let found = match word.chars().all(char::is_uppercase) {
                    true => has_word(comment, word),
                    false => has_word(&comment.to_lowercase(), word),
                };
                if found {
                    breaches.push(format!("{}:{} says \"{word}\"", file.path, index + 1));
                }
            }
        }
    }
    refuse("a comment describes the code, never its history", &breaches);
}

#[test]
fn tests_wait_for_states_and_never_for_time() {
    let mut breaches = Vec::new();
    for file in
        files(&["backend/tests", "shared/tests", "tests", "frontend/chat"], &["rs", "ts", "js", "mjs"])
    {
        let is_test =
            !file.path.starts_with("frontend/chat/src/") && !file.path.starts_with("tests/outer/src/");
        for (index, line) in file.text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if is_test && SLEEPS.iter().any(|sleep| code.contains(sleep)) {
                breaches.push(format!("{}:{}", file.path, index + 1));
            }
        }
    }
    refuse("a test advances the clock or waits for a state", &breaches);
}

#[test]
fn no_test_is_ignored() {
    let mut breaches = Vec::new();
    for file in files(&["."], &["rs"]) {
        for (index, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with("#[ignore") {
                breaches.push(format!("{}:{}", file.path, index + 1));
            }
        }
    }
    refuse("a test runs, or it is not there", &breaches);
}

/// Returns the comment of a line, with its marker; a `//` inside an address is none.
fn comment_in(line: &str) -> Option<&str> {
    let trimmed = line.trim_start();
    if trimmed.starts_with("* ") {
        return Some(trimmed);
    }
    let slashes = line
        .match_indices("//")
        .find(|(start, _)| !line[..*start].ends_with([':', '"', '\'', '`']))
        .map(|(start, _)| start);
    let start = [slashes, line.find("/*"), line.find("<!--")].into_iter().flatten().min()?;
    Some(&line[start..])
}

#[test]
fn a_comment_is_told_from_an_address() {
    assert_eq!(comment_in("let a = \"https://example.com\";"), None);
    assert_eq!(comment_in("a(); // why"), Some("// why"));
    assert_eq!(comment_in("  color: red; /* why */"), Some("/* why */"));
}
