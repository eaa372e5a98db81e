//! How a sentence is retold so that it can stand alone: who says it, and in English in the third person.
//!
//! `I have not received my invoice` becomes `Carla has not received Carla's invoice`, and `Where can I see it?`
//! becomes `Carla asks where Carla can see it`. Pronouns are replaced and verbs made to agree, nothing else; a sentence
//! in which that is not safe is quoted behind its speaker's name, as every sentence in other languages is.
//! `you` is only replaced in questions and beside `I`: elsewhere it often means anyone.

use super::language::Language;

/// Who says a sentence, and to whom.
#[derive(Clone, Copy, Debug)]
pub struct Voices<'a> {
    /// What the one is called who says it.
    pub speaker: &'a str,
    /// What the one is called who hears it.
    pub listener: &'a str,
}

/// Returns a sentence as told by someone else.
pub fn retold(sentence: &str, voices: Voices<'_>, language: Language) -> Retold {
    if language != Language::English {
        return Retold::quoted(voices.speaker, sentence);
    }
    let is_question = sentence.ends_with('?');
    let mut words = Words::of(sentence);
    if is_question && let Some(clause) = words.as_clause(voices) {
        return Retold {
            label: String::new(),
            text: capitalised(&format!("{} asks {clause}", voices.speaker)),
        };
    }
    if (is_question || words.has(&FIRST)) && words.is_safe() {
        words.replace(voices);
    }
    let text = words.text();
    if is_question {
        return Retold { label: capitalised(&format!("{} asks:", voices.speaker)), text: capitalised(&text) };
    }
    if words.begins_with(voices.speaker) {
        return Retold { label: String::new(), text: capitalised(&text) };
    }
    Retold::quoted(voices.speaker, &text)
}

/// A sentence as someone else tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retold {
    /// Who says it, with a colon; nothing where the text says so.
    pub label: String,
    /// What.
    pub text: String,
}

impl Retold {
    fn quoted(speaker: &str, text: &str) -> Self {
        Self { label: capitalised(&format!("{speaker}:")), text: capitalised(text) }
    }

    /// Returns label and text in one.
    pub fn whole(&self) -> String {
        if self.label.is_empty() { self.text.clone() } else { format!("{} {}", self.label, self.text) }
    }
}

/// Returns a text that begins with a capital letter.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + characters.as_str()
}

const FIRST: [&str; 11] = ["i", "i'm", "i've", "i'll", "i'd", "me", "my", "mine", "myself", "i'am", "im"];
const AUXILIARIES: [&str; 12] =
    ["am", "are", "have", "do", "was", "were", "don't", "haven't", "aren't", "weren't", "has", "is"];
const MODALS: [&str; 17] = [
    "can",
    "could",
    "will",
    "would",
    "should",
    "may",
    "might",
    "must",
    "shall",
    "did",
    "had",
    "can't",
    "couldn't",
    "won't",
    "wouldn't",
    "shouldn't",
    "didn't",
];
const QUESTION_WORDS: [&str; 7] = ["what", "where", "when", "why", "how", "who", "which"];
/// Words after which `you` is the object and no verb follows that must agree.
const BEFORE_OBJECTS: [&str; 41] = [
    "to", "for", "with", "of", "about", "at", "on", "from", "by", "than", "like", "see", "tell", "give",
    "help", "show", "let", "thank", "call", "send", "meet", "hear", "ask", "want", "wish", "need", "get",
    "remind", "bring", "offer", "told", "gave", "sent", "called", "asked", "buy", "lend", "pay", "and",
    "make", "email",
];
const ADVERBS: [&str; 17] = [
    "just",
    "also",
    "still",
    "already",
    "always",
    "never",
    "even",
    "often",
    "now",
    "then",
    "almost",
    "ever",
    "only",
    "sometimes",
    "both",
    "not",
    "currently",
];
/// Verbs that look the same for everyone, because they are past or modal.
const SAME_FOR_ALL: [&str; 78] = [
    "had",
    "did",
    "came",
    "went",
    "saw",
    "got",
    "took",
    "made",
    "said",
    "told",
    "thought",
    "knew",
    "found",
    "gave",
    "left",
    "felt",
    "brought",
    "bought",
    "kept",
    "began",
    "wrote",
    "paid",
    "met",
    "heard",
    "held",
    "stood",
    "lost",
    "sent",
    "spent",
    "built",
    "fell",
    "ran",
    "sat",
    "spoke",
    "led",
    "grew",
    "won",
    "taught",
    "caught",
    "broke",
    "chose",
    "drove",
    "ate",
    "forgot",
    "slept",
    "understood",
    "wore",
    "woke",
    "put",
    "set",
    "cut",
    "hit",
    "read",
    "let",
    "cost",
    "hurt",
    "shut",
    "quit",
    "ought",
    "used",
    "became",
    "drank",
    "rode",
    "threw",
    "sold",
    "swam",
    "can",
    "could",
    "will",
    "would",
    "should",
    "may",
    "might",
    "must",
    "shall",
    "cannot",
    "didn't",
    "hadn't",
];

/// A sentence in words and what stands between them.
struct Words {
    parts: Vec<String>,
}

impl Words {
    fn of(sentence: &str) -> Self {
        let mut parts: Vec<String> = Vec::new();
        let mut inside = false;
        for character in sentence.replace('’', "'").chars() {
            let is_part = character.is_alphanumeric() || character == '\'' || (inside && character == '-');
            match parts.last_mut() {
                Some(last) if inside == is_part => last.push(character),
                Some(_) | None => parts.push(character.into()),
            }
            inside = is_part;
        }
        Self { parts }
    }

    fn text(&self) -> String {
        self.parts.concat()
    }

    fn begins_with(&self, name: &str) -> bool {
        let first = self.parts.iter().find(|part| is_word(part));
        first.is_some_and(|first| {
            first == name || first.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '\'']))
        })
    }

    fn lower(&self, place: usize) -> String {
        self.parts.get(place).map(|part| part.to_lowercase()).unwrap_or_default()
    }

    fn has(&self, words: &[&str]) -> bool {
        (0..self.parts.len()).any(|place| words.contains(&self.lower(place).as_str()))
    }

    /// Says whether every pronoun can be replaced: `we` may or may not mean the listener too, what others are quoted
    /// as saying has pronouns of its own, `let me` is no subject, and a tag, `don't you?`, asks for nothing.
    fn is_safe(&self) -> bool {
        let quotes = self.parts.iter().any(|part| part.contains(['"', '“', '«']));
        let comma = self.parts.iter().rposition(|part| part.contains(','));
        let is_tag = |comma: usize| self.parts[comma..].iter().filter(|part| is_word(part)).count() <= 3;
        let has_tag = self.text().ends_with('?') && comma.is_some_and(is_tag);
        let lets = (0..self.parts.len()).any(|place| {
            self.lower(place) == "let" && self.after(place).is_some_and(|next| self.lower(next) == "me")
        });
        let together = ["we", "us", "our", "ours", "we're", "we'll", "we've", "we'd", "let's"];
        !quotes && !has_tag && !lets && !self.has(&together)
    }

    /// Returns the place of the next word, if only spaces are between.
    fn after(&self, place: usize) -> Option<usize> {
        let between = self.parts.get(place + 1)?;
        (between.trim().is_empty() && place + 2 < self.parts.len()).then_some(place + 2)
    }

    /// Returns the word before, if only spaces are between.
    fn before(&self, place: usize) -> Option<usize> {
        let before = place.checked_sub(2)?;
        self.parts[place - 1].trim().is_empty().then_some(before)
    }

    /// Returns a question as a clause, `where Carla can see it.`, where only the auxiliary has to change its place.
    fn as_clause(&mut self, voices: Voices<'_>) -> Option<String> {
        let first = self.parts.iter().position(|part| is_word(part))?;
        let asks_what = QUESTION_WORDS.contains(&self.lower(first).as_str());
        let auxiliary = if asks_what { self.after(first)? } else { first };
        let pronoun = self.after(auxiliary)?;
        let verb = self.after(pronoun)?;
        let who = match self.lower(pronoun).as_str() {
            "i" => voices.speaker,
            "you" => voices.listener,
            _ => return None,
        };
        // A second clause may be a question too.
        let plain =
            self.parts[verb..self.parts.len() - 1].iter().all(|part| is_word(part) || part.trim().is_empty());
        let joined =
            (verb..self.parts.len()).any(|place| matches!(self.lower(place).as_str(), "or" | "and" | "but"));
        if !plain || joined || !self.is_safe() {
            return None;
        }
        let lead = if asks_what { self.lower(first) } else { "whether".to_owned() };
        let moved = match self.lower(auxiliary).as_str() {
            "do" => {
                self.agree_after(pronoun);
                String::new()
            }
            "are" | "am" => "is ".to_owned(),
            "have" => "has ".to_owned(),
            "were" | "was" => "was ".to_owned(),
            modal @ ("can" | "could" | "will" | "would" | "should" | "may" | "must") => format!("{modal} "),
            _ => return None,
        };
        let mut rest = Self { parts: self.parts.split_off(verb) };
        rest.replace(voices);
        let rest = rest.text();
        Some(format!("{lead} {who} {moved}{}.", rest.trim_end_matches(['?', '!', ' '])))
    }

    /// Puts names in place of the pronouns, and makes the verbs agree.
    fn replace(&mut self, voices: Voices<'_>) {
        for place in 0..self.parts.len() {
            let word = self.lower(place);
            let (head, tail) = word.split_once('\'').unwrap_or((word.as_str(), ""));
            let name = match head {
                "i" | "im" => voices.speaker,
                "you" => voices.listener,
                _ => {
                    self.replace_other(place, &word, voices);
                    continue;
                }
            };
            let contracted = match tail {
                "" if head != "im" => {
                    self.agree_around(place);
                    ""
                }
                "" | "m" | "re" | "am" => " is",
                "ve" => " has",
                "ll" => " will",
                "d" => " would",
                _ => continue,
            };
            // `I'd better` and `you'd been` are what `would` does not fit.
            let next = self.after(place).map(|next| self.lower(next)).unwrap_or_default();
            let had = tail == "d" && (next == "better" || next == "been" || next.ends_with("ed"));
            self.parts[place] = format!("{name}{}", if had { " had" } else { contracted });
        }
    }

    fn replace_other(&mut self, place: usize, word: &str, voices: Voices<'_>) {
        let replaced = match word {
            "my" | "mine" => format!("{}'s", voices.speaker),
            "your" | "yours" => format!("{}'s", voices.listener),
            "me" | "myself" => voices.speaker.to_owned(),
            "yourself" => voices.listener.to_owned(),
            _ => return,
        };
        self.parts[place] = replaced;
    }

    /// Makes the verb that belongs to the pronoun at a place agree with a name in its stead.
    fn agree_around(&mut self, pronoun: usize) {
        let is_you = self.lower(pronoun) == "you";
        if let Some(before) = self.before(pronoun) {
            let word = self.lower(before);
            if AUXILIARIES.contains(&word.as_str()) {
                let is_capital = self.parts[before].starts_with(char::is_uppercase);
                let verb = third_person(&word);
                self.parts[before] = if is_capital { capitalised(&verb) } else { verb };
                return;
            }
            let stem = word.strip_suffix('s').unwrap_or(&word);
            let is_object = BEFORE_OBJECTS.contains(&stem) || word.ends_with("ing");
            if MODALS.contains(&word.as_str()) || (is_you && is_object) {
                return;
            }
        }
        self.agree_after(pronoun);
    }

    /// Makes the next verb after a pronoun agree with a name in its stead.
    fn agree_after(&mut self, pronoun: usize) {
        let mut verb = self.after(pronoun);
        while let Some(place) = verb {
            let word = self.lower(place);
            if !(ADVERBS.contains(&word.as_str()) || word.ends_with("ly") && word != "reply") {
                self.agree(place);
                return;
            }
            verb = self.after(place);
        }
    }

    fn agree(&mut self, verb: usize) {
        let word = self.lower(verb);
        // After `you`, what is not a verb is no reason to change it.
        let is_verb = word.chars().all(|character| character.is_alphabetic() || character == '\'')
            && !["to", "in", "on", "at", "for", "a", "the", "with", "and", "or", "all", "guys"]
                .contains(&word.as_str());
        if is_verb {
            self.parts[verb] = third_person(&word);
        }
    }
}

fn is_word(part: &str) -> bool {
    part.starts_with(|character: char| character.is_alphanumeric() || character == '\'')
}

/// Returns the third person of an English verb: `want`, `wants`; what is past or modal stays.
fn third_person(verb: &str) -> String {
    let irregular = match verb {
        "am" | "are" => "is",
        "aren't" => "isn't",
        "were" => "was",
        "weren't" => "wasn't",
        "have" => "has",
        "haven't" => "hasn't",
        "do" => "does",
        "don't" => "doesn't",
        _ => "",
    };
    if !irregular.is_empty() {
        return irregular.to_owned();
    }
    let same = SAME_FOR_ALL.contains(&verb)
        || MODALS.contains(&verb)
        || ["is", "has", "was", "wasn't", "does"].contains(&verb)
        || verb.ends_with("ed") && verb != "need";
    if same {
        return verb.to_owned();
    }
    let before_y = verb.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    if let Some(stem) = before_y {
        return format!("{stem}ies");
    }
    let sibilant = ["s", "x", "z", "ch", "sh", "o"].iter().any(|end| verb.ends_with(end));
    if sibilant { format!("{verb}es") } else { format!("{verb}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retold_by_carla(sentence: &str) -> String {
        let voices = Voices { speaker: "Carla", listener: "Ada" };
        retold(sentence, voices, Language::English).whole()
    }

    #[test]
    fn the_first_person_becomes_a_name() {
        for (said, told) in [
            ("I want to return my phone.", "Carla wants to return Carla's phone."),
            ("I'm still waiting, and nobody called me.", "Carla is still waiting, and nobody called Carla."),
            ("I already tried it.", "Carla already tried it."),
            ("I have not received it.", "Carla has not received it."),
            ("I’ll send you a picture.", "Carla will send Ada a picture."),
            ("The parcel that I bought is empty.", "Carla: The parcel that Carla bought is empty."),
            ("I don't know what you need.", "Carla doesn't know what Ada needs."),
            ("I'd better go.", "Carla had better go."),
            ("I hope telling you helps you find it.", "Carla hopes telling Ada helps Ada find it."),
        ] {
            assert_eq!(retold_by_carla(said), told);
        }
    }

    #[test]
    fn a_question_becomes_a_clause_where_only_the_auxiliary_moves() {
        for (said, told) in [
            ("Can you send me the invoice?", "Carla asks whether Ada can send Carla the invoice."),
            ("Where can I see my order?", "Carla asks where Carla can see Carla's order."),
            ("Do you have a receipt?", "Carla asks whether Ada has a receipt."),
            ("How do you usually send it?", "Carla asks how Ada usually sends it."),
            ("What do you need?", "Carla asks what Ada needs."),
            ("Where is my parcel?", "Carla asks: Where is Carla's parcel?"),
            ("Did you get it?", "Carla asks: Did Ada get it?"),
            (
                "Can you fix it, or do I get a refund?",
                "Carla asks: Can Ada fix it, or does Carla get a refund?",
            ),
        ] {
            assert_eq!(retold_by_carla(said), told);
        }
    }

    #[test]
    fn what_cannot_be_replaced_safely_is_quoted() {
        for (said, told) in [
            ("We want our money.", "Carla: We want our money."),
            ("He said \"I will call you\".", "Carla: He said \"I will call you\"."),
            ("You never know.", "Carla: You never know."),
            ("Let me look at my list.", "Carla: Let me look at my list."),
            ("I am late, you know?", "Carla asks: I am late, you know?"),
            ("The screen is black.", "Carla: The screen is black."),
        ] {
            assert_eq!(retold_by_carla(said), told);
        }
        let voices = Voices { speaker: "der Kunde", listener: "der Agent" };
        let german = retold("Ich warte.", voices, Language::German);
        assert_eq!(german.whole(), "Der Kunde: Ich warte.");
    }
}
