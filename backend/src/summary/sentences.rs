//! What was said, in sentences without what only opens or fills them.

use super::cues::Cues;
use super::{Said, Speaker};

/// A sentence of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The place of its message in the conversation, from 0.
    pub message: usize,
    /// On which side its author is.
    pub by: Speaker,
    /// What was said, beginning with a capital letter and ending with a mark.
    pub text: String,
    /// The same in small letters, words separated by single spaces, with a space before and after.
    pub words: String,
}

impl Sentence {
    /// Says whether it asks something.
    pub fn is_question(&self) -> bool {
        self.text.ends_with('?')
    }

    /// Returns how many words it has.
    pub fn len(&self) -> usize {
        self.text.split_whitespace().count()
    }

    /// Says whether it has no words.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Splits messages into sentences; one that is nothing but an opening is left out.
pub fn split(said: &[Said], cues: &Cues) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    for (message, one) in said.iter().enumerate() {
        for text in pieces(&one.text) {
            let bare = without_openings(&text, cues);
            if bare.contains(char::is_alphanumeric) {
                let text = dressed(bare);
                sentences.push(Sentence { message, by: one.by, words: words_of(&text), text });
            }
        }
    }
    sentences
}

/// Returns a text in small letters with single spaces between its words and around it; `’` becomes `'`.
pub fn words_of(text: &str) -> String {
    let lower = text.to_lowercase().replace('’', "'");
    let words = lower.split(|character: char| !(character.is_alphanumeric() || character == '\''));
    let mut spaced = String::from(" ");
    for word in words.filter(|word| !word.is_empty()) {
        spaced.push_str(word);
        spaced.push(' ');
    }
    spaced
}

/// Abbreviations that end in a full stop inside a sentence, in the languages that are known.
const ABBREVIATIONS: [&str; 30] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "vs", "e.g", "i.e", "a.m", "p.m", "sr", "sra", "srta",
    "ud", "uds", "núm", "mme", "hr", "fr", "bzw", "z.b", "ca", "sig", "dott", "exmo", "tel", "approx",
];

fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut piece = String::new();
        for word in line.split_whitespace() {
            if !piece.is_empty() {
                piece.push(' ');
            }
            piece.push_str(word);
            if ends_sentence(word) {
                pieces.push(std::mem::take(&mut piece));
            }
        }
        if !piece.is_empty() {
            pieces.push(piece);
        }
    }
    pieces
}

fn ends_sentence(word: &str) -> bool {
    let bare = word.trim_end_matches(['"', '\'', ')', '»', '”', '’']);
    if bare.ends_with(['!', '?', '…', '。', '！', '？']) {
        return true;
    }
    let Some(stem) = bare.strip_suffix('.') else { return false };
    let stem = stem.trim_start_matches(['(', '"', '¿', '¡', '«']).to_lowercase();
    // An initial, or an ordinal as in `3. Mai`; a year ends a sentence.
    let is_initial = stem.chars().count() == 1 && stem.chars().all(char::is_alphanumeric);
    let is_ordinal = stem.len() <= 2 && stem.bytes().all(|byte| byte.is_ascii_digit());
    !(is_initial || is_ordinal || ABBREVIATIONS.contains(&stem.as_str()))
}

/// Takes away what a sentence opens with and what says nothing: interjections, greetings, `and`.
fn without_openings<'a>(text: &'a str, cues: &Cues) -> &'a str {
    let mut rest = text.trim_start_matches(['-', '–', '*', '•', ' ']);
    while let Some(shorter) = without_opening(rest, cues) {
        rest = shorter;
    }
    rest
}

fn without_opening<'a>(text: &'a str, cues: &Cues) -> Option<&'a str> {
    let bare = text.trim_start_matches(['"', '\'']);
    let after = |opening: &&str| {
        let head = bare.get(..opening.len())?;
        let is_it = head.to_lowercase() == **opening;
        is_it.then(|| &bare[opening.len()..])
    };
    // With a mark after it, or the whole sentence.
    let closed = cues.interjections.iter().filter_map(after).find_map(|rest| {
        let marked = rest.trim_start();
        let ends = marked.is_empty() || marked.starts_with([',', '.', '!', '?', ';', ':', '-', '–', '…']);
        ends.then(|| marked.trim_start_matches([',', '.', '!', '?', ';', ':', '-', '–', '…', ' ']))
    });
    closed.or_else(|| {
        let rest = cues.connectives.iter().filter_map(after).find(|rest| rest.starts_with(' '))?;
        Some(rest.trim_start())
    })
}

/// Gives a sentence a capital letter and a mark at its end.
fn dressed(text: &str) -> String {
    let mut dressed = String::with_capacity(text.len() + 2);
    if let Some(rest) = text.strip_prefix(['¿', '¡']) {
        dressed.push_str(&text[..text.len() - rest.len()]);
    }
    let text = &text[dressed.len()..];
    let mut characters = text.chars();
    if let Some(first) = characters.next() {
        // An address or a code keeps its letters as they are.
        let word = text.split_whitespace().next().unwrap_or_default();
        if word.contains(['@', '/', '_']) {
            dressed.push(first);
        } else {
            dressed.extend(first.to_uppercase());
        }
    }
    dressed.push_str(characters.as_str());
    while dressed.ends_with([',', ';', ':', ' ', '-']) {
        dressed.pop();
    }
    if !dressed.ends_with(['.', '!', '?', '…', '。', '！', '？', '"', ')', '»', '”']) {
        dressed.push('.');
    }
    dressed
}

#[cfg(test)]
mod tests {
    use super::super::cues;
    use super::super::language::Language;
    use super::*;

    fn texts(language: Language, text: &str) -> Vec<String> {
        let said = Said { by: Speaker::Customer, name: "Carla".to_owned(), text: text.to_owned() };
        split(&[said], cues::of(language)).into_iter().map(|sentence| sentence.text).collect()
    }

    #[test]
    fn sentences_end_at_marks_and_lines_and_not_at_abbreviations() {
        let text = "Mr. Smith called at 3 p.m. about it. Nothing happened\nmail me: a.b@example.com";
        assert_eq!(
            texts(Language::English, text),
            ["Mr. Smith called at 3 p.m. about it.", "Nothing happened.", "Mail me: a.b@example.com."]
        );
        let german = "Die Lieferung kam am 3. Mai. Sie war z.B. nicht vollständig!";
        assert_eq!(
            texts(Language::German, german),
            ["Die Lieferung kam am 3. Mai.", "Sie war z.B. nicht vollständig!"]
        );
    }

    #[test]
    fn openings_that_say_nothing_are_left_out() {
        assert_eq!(texts(Language::English, "Hi! Well, so the router is dead"), ["The router is dead."]);
        assert_eq!(texts(Language::English, "Yes. OK, thanks."), Vec::<String>::new());
        assert_eq!(texts(Language::English, "Android does not start"), ["Android does not start."]);
        assert_eq!(texts(Language::Spanish, "Hola, ¿dónde está mi pedido?"), ["¿Dónde está mi pedido?"]);
        assert_eq!(texts(Language::French, "Oui, mais le colis est vide"), ["Le colis est vide."]);
    }
}
