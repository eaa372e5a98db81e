//! Counts passed and failed tests in what test runners print.

use anyhow::{Context, Result};
use serde_json::Value;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
}

impl Tally {
    /// The count of a step that is not made of tests and went well.
    pub const DONE: Self = Self { passed: 1, failed: 0 };
    /// The count of a step that failed before anything was counted.
    pub const BROKEN: Self = Self { passed: 0, failed: 1 };

    /// Adds another count.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Counts the lines `test result: ok. 5 passed; 0 failed; …` of Rust's test runners.
    pub fn of_rust(output: &str) -> Self {
        let mut tally = Self::default();
        for line in output.lines() {
            if let Some(result) = line.trim_start().strip_prefix("test result:") {
                tally.passed += number_before(result, "passed");
                tally.failed += number_before(result, "failed");
            }
        }
        tally
    }

    /// Counts the lines `# pass 5` or `ℹ fail 0` of Node's test runner.
    pub fn of_node(output: &str) -> Self {
        let mut tally = Self::default();
        for line in output.lines() {
            let mut words = line.split_whitespace().skip_while(|word| *word == "#" || *word == "ℹ");
            match (words.next(), words.next().and_then(|word| word.parse::<u64>().ok())) {
                (Some("pass"), Some(number)) => tally.passed += number,
                (Some("fail"), Some(number)) => tally.failed += number,
                _ => {}
            }
        }
        tally
    }

    /// Counts Playwright's JSON report; a test that passed only when repeated has failed.
    pub fn of_playwright(report: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report).context("Playwright's report is not JSON")?;
        let stats = report.get("stats").context("Playwright's report has no `stats`")?;
        let number = |key: &str| stats.get(key).and_then(Value::as_u64).unwrap_or(0);
        Ok(Self { passed: number("expected"), failed: number("unexpected") + number("flaky") })
    }
}

fn number_before(text: &str, word: &str) -> u64 {
    let words: Vec<&str> = text.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_line_of_a_rust_run_counts() {
        let output = "running 2 tests\n\
            test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s\n\
            noise about 3 passed\n\
            test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured; 1 filtered out; finished in 1.00s\n";
        assert_eq!(Tally::of_rust(output), Tally { passed: 19, failed: 2 });
    }

    #[test]
    fn both_reporters_of_node_count() {
        let expected = Tally { passed: 4, failed: 1 };
        assert_eq!(Tally::of_node("ok 1 - a pass 9\n# tests 5\n# pass 4\n# fail 1\n"), expected);
        assert_eq!(Tally::of_node("ℹ tests 5\nℹ pass 4\nℹ fail 1\n"), expected);
    }

    #[test]
    fn a_flaky_browser_test_has_failed() {
        let report = r#"{"stats":{"expected":8,"unexpected":1,"flaky":2,"skipped":0}}"#;
        assert_eq!(Tally::of_playwright(report).unwrap(), Tally { passed: 8, failed: 3 });
    }
}
