//! ROUGE (Lin 2004, <https://aclanthology.org/W04-1013/>), as the Python package `rouge_score` computes it with a stemmer.
//!
//! Words are runs of `a-z0-9` in small letters; those of more than three letters are stemmed by Porter's algorithm
//! (Porter 1980), which Snowball publishes. That package's stemmer treats a few irregular words otherwise.

use std::collections::BTreeMap;

use snowball_stemmers_rs::{Algorithm, Stemmer};

/// The F1 of ROUGE-1, ROUGE-2 and ROUGE-L, each from 0 to 1.
pub type Scores = [f64; 3];

/// Returns how much of a reference a text has, and how little else.
pub fn scores(text: &str, reference: &str) -> Scores {
    let (text, reference) = (words(text), words(reference));
    let pairs = |size: usize| {
        let (ours, theirs) = (counted(&text, size), counted(&reference, size));
        let common: usize = ours.iter().filter_map(|(gram, n)| theirs.get(gram).map(|m| n.min(m))).sum();
        f1(common, ours.values().sum(), theirs.values().sum())
    };
    [pairs(1), pairs(2), f1(common_subsequence(&text, &reference), text.len(), reference.len())]
}

fn words(text: &str) -> Vec<String> {
    let stemmer = Stemmer::create(Algorithm::Porter);
    let lower = text.to_lowercase();
    let words =
        lower.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| if word.len() > 3 { stemmer.stem(word).into_owned() } else { word.to_owned() }).collect()
}

fn counted(words: &[String], size: usize) -> BTreeMap<&[String], usize> {
    let mut counts = BTreeMap::new();
    for gram in words.windows(size) {
        *counts.entry(gram).or_insert(0) += 1;
    }
    counts
}

fn f1(common: usize, ours: usize, theirs: usize) -> f64 {
    let (precision, recall) = (common as f64 / ours.max(1) as f64, common as f64 / theirs.max(1) as f64);
    if common == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
}

fn common_subsequence(one: &[String], other: &[String]) -> usize {
    let mut lengths = vec![0; other.len() + 1];
    for word in one {
        let mut diagonal = 0;
        for (place, against) in other.iter().enumerate() {
            let above = lengths[place + 1];
            lengths[place + 1] = if word == against { diagonal + 1 } else { above.max(lengths[place]) };
            diagonal = above;
        }
    }
    lengths.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_those_computed_by_hand() {
        // Of three words two are common, of two pairs one, and the order is kept.
        let [one, two, longest] = scores("the invoices arrived", "the invoice is");
        assert!(
            (one - 2.0 / 3.0).abs() < 1e-9 && (two - 0.5).abs() < 1e-9 && (longest - 2.0 / 3.0).abs() < 1e-9
        );
        // Common words in another order are worth one word to ROUGE-L.
        assert!((scores("a b", "b a")[2] - 0.5).abs() < 1e-9);
        assert_eq!(scores("", "x"), [0.0; 3]);
    }
}
