//! Which language a conversation is held in, and how its words are compared.

use std::collections::HashSet;

use snowball_stemmers_rs::{Algorithm, Stemmer};
use whatlang::{Detector, Lang};

/// How many characters are looked at to recognise a language.
const DETECTION_CHARS_MAX: usize = 4_000;

/// A language as far as summaries know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// German.
    German,
    /// Portuguese.
    Portuguese,
    /// Italian.
    Italian,
    /// Any other: its words are compared as they are.
    Other,
}

const KNOWN: [(Lang, Language); 6] = [
    (Lang::Eng, Language::English),
    (Lang::Spa, Language::Spanish),
    (Lang::Fra, Language::French),
    (Lang::Deu, Language::German),
    (Lang::Por, Language::Portuguese),
    (Lang::Ita, Language::Italian),
];

impl Language {
    /// Recognises the language of what was said; where that is unclear, the likeliest of those that are known.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut sample = String::new();
        for text in texts {
            sample.extend(text.chars().take(DETECTION_CHARS_MAX - sample.len().min(DETECTION_CHARS_MAX)));
            sample.push('\n');
            if sample.len() >= DETECTION_CHARS_MAX {
                break;
            }
        }
        let known = |lang| KNOWN.iter().find(|(known, _)| *known == lang).map(|(_, language)| *language);
        let anything = whatlang::detect(&sample);
        if let Some(found) = anything
            && (found.is_reliable() || found.script() != whatlang::Script::Latin)
        {
            return known(found.lang()).unwrap_or(Self::Other);
        }
        // Short texts look like many languages: those that are served most are likelier.
        let likely = Detector::with_allowlist(KNOWN.iter().map(|(lang, _)| *lang).collect());
        likely.detect_lang(&sample).and_then(known).unwrap_or(Self::Other)
    }

    const fn code(self) -> Option<&'static str> {
        match self {
            Self::English => Some("en"),
            Self::Spanish => Some("es"),
            Self::French => Some("fr"),
            Self::German => Some("de"),
            Self::Portuguese => Some("pt"),
            Self::Italian => Some("it"),
            Self::Other => None,
        }
    }

    const fn algorithm(self) -> Option<Algorithm> {
        match self {
            Self::English => Some(Algorithm::English),
            Self::Spanish => Some(Algorithm::Spanish),
            Self::French => Some(Algorithm::French),
            Self::German => Some(Algorithm::German),
            Self::Portuguese => Some(Algorithm::Portuguese),
            Self::Italian => Some(Algorithm::Italian),
            Self::Other => None,
        }
    }
}

/// What reduces a text to the words that carry its meaning.
pub struct Vocabulary {
    stemmer: Option<Stemmer>,
    stop_words: HashSet<&'static str>,
}

impl Vocabulary {
    /// Knows a language's stop words, with those that mean nothing in a conversation, and its Snowball stemmer.
    pub fn of(language: Language) -> Self {
        let listed = language.code().and_then(stop_words::lookup).unwrap_or_default();
        let spoken = super::cues::of(language).empty_words;
        Self {
            stemmer: language.algorithm().map(Stemmer::create),
            stop_words: listed.iter().chain(spoken).copied().collect(),
        }
    }

    /// Returns the stems of the words that are no stop words, in order; a single letter is no word.
    pub fn stems(&self, text: &str) -> Vec<String> {
        let lower = text.to_lowercase();
        let words = lower.split(|character: char| !character.is_alphanumeric());
        let words = words.filter(|word| word.chars().nth(1).is_some() && !self.stop_words.contains(word));
        words
            .map(|word| match &self.stemmer {
                Some(stemmer) => stemmer.stem(word).into_owned(),
                None => word.to_owned(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_a_conversation_is_recognised() {
        let samples = [
            ("My bill is wrong, can you help me with the last invoice please?", Language::English),
            ("Hola, no me ha llegado el pedido que hice la semana pasada.", Language::Spanish),
            ("Bonjour, je n'ai toujours pas reçu ma commande de la semaine dernière.", Language::French),
            ("Guten Tag, meine Bestellung ist noch nicht angekommen.", Language::German),
            ("Olá, ainda não recebi a encomenda que fiz na semana passada.", Language::Portuguese),
            ("Buongiorno, non ho ancora ricevuto l'ordine della settimana scorsa.", Language::Italian),
            ("Здравствуйте, мой заказ до сих пор не пришёл, помогите пожалуйста.", Language::Other),
            ("", Language::Other),
        ];
        for (text, language) in samples {
            assert_eq!(Language::of([text].into_iter()), language, "{text}");
        }
    }

    #[test]
    fn words_of_one_stem_are_the_same() {
        let english = Vocabulary::of(Language::English);
        assert_eq!(english.stems("The invoices were refunded"), english.stems("an invoice, refunding"));
        let german = Vocabulary::of(Language::German);
        assert_eq!(german.stems("die Rechnungen"), german.stems("eine Rechnung"));
        let other = Vocabulary::of(Language::Other);
        assert_eq!(other.stems("Мой заказ"), ["мой", "заказ"]);
    }
}
