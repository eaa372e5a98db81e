//! What must not leave the machine, replaced by placeholders and put back into the answer.
//!
//! Replaced are e-mail addresses, telephone numbers, card numbers, IBANs and every run of six digits or more, each by
//! its kind and a number: `[EMAIL_1]`. The same text gets the same placeholder. Names and addresses in words stay,
//! because nothing recognises them reliably.

use super::identifiers::{Kind, find};

/// How many bytes a placeholder has at most; what is longer is none.
const PLACEHOLDER_BYTES_MAX: usize = 16;

/// What was replaced by what.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    /// What was replaced, with its kind's word and its number among that kind.
    replaced: Vec<(String, String)>,
}

impl Redaction {
    /// Returns a text with placeholders.
    pub fn redact(&mut self, text: &str) -> String {
        let mut redacted = String::with_capacity(text.len());
        let mut end = 0;
        for found in find(text) {
            let original = &text[found.range.clone()];
            let Some(word) = word_for(found.kind, original) else { continue };
            redacted.push_str(&text[end..found.range.start]);
            redacted.push_str(&self.placeholder(word, original));
            end = found.range.end;
        }
        redacted.push_str(&text[end..]);
        redacted
    }

    fn placeholder(&mut self, word: &str, original: &str) -> String {
        if let Some((_, known)) = self.replaced.iter().find(|(text, _)| text == original) {
            return known.clone();
        }
        let prefix = format!("[{word}_");
        let number = self.replaced.iter().filter(|(_, known)| known.starts_with(&prefix)).count() + 1;
        let placeholder = format!("{prefix}{number}]");
        self.replaced.push((original.to_owned(), placeholder.clone()));
        placeholder
    }

    fn original(&self, placeholder: &str) -> Option<&str> {
        self.replaced.iter().find(|(_, known)| known == placeholder).map(|(text, _)| text.as_str())
    }
}

/// Returns the word that stands for a kind; nothing for what may leave.
fn word_for(kind: Kind, original: &str) -> Option<&'static str> {
    match kind {
        Kind::Email => Some("EMAIL"),
        Kind::Iban => Some("IBAN"),
        Kind::Card => Some("CARD"),
        Kind::Phone => Some("PHONE"),
        Kind::Digits => Some("NUMBER"),
        Kind::Reference => {
            let digits = original.chars().filter(|character| character.is_numeric()).count();
            (digits >= 6).then_some("NUMBER")
        }
        Kind::Date | Kind::Amount => None,
    }
}

/// Puts what was replaced back into a text that comes in parts; a placeholder may be spread over several.
#[derive(Debug)]
pub struct Restoring {
    redaction: Redaction,
    held: String,
}

impl Restoring {
    /// Puts back what `redaction` replaced.
    pub const fn of(redaction: Redaction) -> Self {
        Self { redaction, held: String::new() }
    }

    /// Takes the next part, and returns what can be shown by now.
    pub fn push(&mut self, part: &str) -> String {
        self.held.push_str(part);
        let mut shown = String::new();
        while let Some(start) = self.held.find('[') {
            shown.push_str(&self.held[..start]);
            self.held.drain(..start);
            match self.held.find(']') {
                Some(end) => {
                    let bracketed: String = self.held.drain(..=end).collect();
                    // A bracket inside brackets may begin a placeholder of its own.
                    let inner = bracketed.rfind('[').unwrap_or(0);
                    shown.push_str(&bracketed[..inner]);
                    let placeholder = &bracketed[inner..];
                    shown.push_str(self.redaction.original(placeholder).unwrap_or(placeholder));
                }
                None if self.held.len() <= PLACEHOLDER_BYTES_MAX => return shown,
                None => {
                    shown.push('[');
                    self.held.drain(..1);
                }
            }
        }
        shown.push_str(&std::mem::take(&mut self.held));
        shown
    }

    /// Returns what is still held back, once nothing more comes.
    pub fn finish(self) -> String {
        self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "I am carla@example.com, call +44 20 7946 0018. My card 4111 1111 1111 1111 paid $20 on \
        2026-11-03 for order 99887766, IBAN DE89370400440532013000. Again: carla@example.com";

    #[test]
    fn nothing_that_identifies_leaves_and_everything_comes_back() {
        let mut redaction = Redaction::default();
        let redacted = redaction.redact(SAID);
        assert_eq!(
            redacted,
            "I am [EMAIL_1], call [PHONE_1]. My card [CARD_1] paid $20 on 2026-11-03 for order [NUMBER_1], \
             IBAN [IBAN_1]. Again: [EMAIL_1]"
        );
        let mut restoring = Restoring::of(redaction);
        let mut restored = restoring.push(&redacted);
        restored.push_str(&restoring.finish());
        assert_eq!(restored, SAID);
    }

    #[test]
    fn a_placeholder_in_pieces_is_put_back_and_other_brackets_stay() {
        let mut redaction = Redaction::default();
        redaction.redact(SAID);
        let mut restoring = Restoring::of(redaction);
        let parts =
            ["see [", "EMA", "IL_1] [x] [[CARD", "_1]] [PHONE_9] a[b and no end of it at all", " [EMAIL"];
        let shown: Vec<String> = parts.iter().map(|part| restoring.push(part)).collect();
        assert_eq!(
            shown.concat(),
            "see carla@example.com [x] [4111 1111 1111 1111] [PHONE_9] a[b and no end of it at all "
        );
        assert_eq!(restoring.finish(), "[EMAIL");
    }
}
