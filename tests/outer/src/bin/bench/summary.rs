//! Summaries: how near the extract comes to what people wrote about the same dialogue, beside its first three turns.
//!
//! The file has one dialogue a line, as DialogSum (Chen et al. 2021, <https://aclanthology.org/2021.findings-acl.449/>)
//! has them: `{"dialogue": "#Person1#: …\n#Person2#: …", "summary": "…"}`. It is not part of the project, because its
//! licence forbids that.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use baton::summary::{SUMMARY_WORDS_MAX, Said, Speaker, summarise};
use serde_json::Value;

use crate::report::{Better, Goal, Pair, Row, say};
use crate::rouge::{self, Scores};

const WITHOUT_DIALOGUES: &str = "name a file of dialogues: `cargo xtask bench summary -- --dialogues PATH`; \
    one JSON object a line with the texts `dialogue` and `summary`, as in DialogSum's \
    dialogsum.dev.jsonl (https://github.com/cylnlp/dialogsum)";

const ROWS: [&str; 3] = ["summary-rouge-1", "summary-rouge-2", "summary-rouge-l"];

/// How many turns the reference takes.
const LEADING_TURNS: usize = 3;

/// Returns the file that the arguments name.
pub fn file(arguments: &[String]) -> anyhow::Result<PathBuf> {
    match arguments {
        [flag, path] if flag == "--dialogues" => Ok(path.into()),
        _ => bail!("{WITHOUT_DIALOGUES}"),
    }
}

/// Measures, and returns the rows.
pub fn run(file: &Path) -> anyhow::Result<Vec<Row>> {
    let dialogues = read(file)?;
    let measured: Vec<Measured> = dialogues.iter().map(Measured::of).collect::<anyhow::Result<_>>()?;
    let words: usize = measured.iter().map(|one| one.words).sum();
    let most = measured.iter().map(|one| one.words).max().unwrap_or(0);
    say(&format!(
        "  {} dialogues; a summary has {:.1} words, at most {most}",
        measured.len(),
        words as f64 / measured.len() as f64
    ))?;
    for (half, parity) in [("even lines", 0), ("odd lines", 1)] {
        let of_half: Vec<&Measured> = measured.iter().skip(parity).step_by(2).collect();
        let (ours, lead) = (mean(&of_half, |one| one.ours), mean(&of_half, |one| one.lead));
        say(&format!("  {half}: ours {}, lead-3 {}", written(ours), written(lead)))?;
    }
    let all: Vec<&Measured> = measured.iter().collect();
    let (ours, lead) = (mean(&all, |one| one.ours), mean(&all, |one| one.lead));
    say(&format!("  all lines: ours {}, lead-3 {}", written(ours), written(lead)))?;
    let goal = Goal {
        name: "summary -- --dialogues PATH",
        unit: "percent, mean F1 with stemming",
        better: Better::Higher,
        must: 1.1,
        aim: 1.25,
        reference_version: format!("the first {LEADING_TURNS} turns of the same dialogues"),
    };
    let rows = ROWS.into_iter().zip(ours.into_iter().zip(lead));
    rows.map(|(name, (ours, reference))| goal.row(name, &[Pair { ours, reference }])).collect()
}

struct Dialogue {
    said: Vec<Said>,
    summary: String,
}

fn read(file: &Path) -> anyhow::Result<Vec<Dialogue>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("could not read `{}`; {WITHOUT_DIALOGUES}", file.display()))?;
    let dialogues: Vec<Dialogue> =
        text.lines().filter(|line| !line.trim().is_empty()).map(dialogue).collect::<anyhow::Result<_>>()?;
    if dialogues.is_empty() {
        bail!("`{}` has no dialogues; {WITHOUT_DIALOGUES}", file.display());
    }
    Ok(dialogues)
}

fn dialogue(line: &str) -> anyhow::Result<Dialogue> {
    let value: Value = serde_json::from_str(line).context("a line is no JSON")?;
    let text = |name: &str| value[name].as_str().with_context(|| format!("a line has no text `{name}`"));
    let mut said: Vec<Said> = Vec::new();
    for turn in text("dialogue")?.lines() {
        match turn.split_once(": ").filter(|(mark, _)| is_mark(mark)) {
            // Whoever writes first is the customer, as in a contact centre.
            Some((mark, text)) => said.push(Said {
                by: if mark == "#Person1#" { Speaker::Customer } else { Speaker::Agent },
                name: mark.to_owned(),
                text: joined(text),
            }),
            None => match said.last_mut() {
                Some(last) => last.text = format!("{} {}", last.text, joined(turn)),
                None => bail!("a dialogue begins without a speaker"),
            },
        }
    }
    Ok(Dialogue { said, summary: text("summary")?.to_owned() })
}

fn is_mark(text: &str) -> bool {
    text.strip_prefix("#Person")
        .and_then(|rest| rest.strip_suffix('#'))
        .is_some_and(|number| number.parse::<u8>().is_ok())
}

/// Returns a text whose apostrophes stand in their words: the file has them apart, `I ' m`.
fn joined(text: &str) -> String {
    text.replace(" ' ", "'").replace(" '", "'").replace("'Ve", "'ve").replace("'S", "'s")
}

/// Returns a text without speakers' marks.
fn unmarked(text: &str) -> String {
    let mut unmarked = text.to_owned();
    for number in 1..=9 {
        unmarked = unmarked.replace(&format!("#Person{number}#"), "");
    }
    unmarked
}

/// What one dialogue gave.
struct Measured {
    ours: Scores,
    lead: Scores,
    words: usize,
}

impl Measured {
    fn of(dialogue: &Dialogue) -> anyhow::Result<Self> {
        let ours = summarise(&dialogue.said, SUMMARY_WORDS_MAX).text;
        let words = ours.split_whitespace().count();
        if words > SUMMARY_WORDS_MAX {
            bail!("a summary has {words} words: {ours}");
        }
        let turns: Vec<&str> =
            dialogue.said.iter().take(LEADING_TURNS).map(|one| one.text.as_str()).collect();
        let reference = unmarked(&dialogue.summary);
        let scored = |text: &str| rouge::scores(&unmarked(text), &reference);
        Ok(Self { ours: scored(&ours), lead: scored(&turns.join(" ")), words })
    }
}

fn mean(measured: &[&Measured], scores: impl Fn(&Measured) -> Scores) -> Scores {
    let mut sums = [0.0; 3];
    for one in measured {
        sums.iter_mut().zip(scores(one)).for_each(|(sum, score)| *sum += score);
    }
    sums.map(|sum| 100.0 * sum / measured.len() as f64)
}

fn written(scores: Scores) -> String {
    scores.map(|score| format!("{score:.2}")).join(" ")
}
