//! Flows, played: from what a customer said and what is known to what is said next, and where the conversation goes.
//!
//! It is a function of a script, of how far a conversation came, and of words; what comes out becomes events elsewhere.
//! The words stay out of the log, as those of workflows do, so that it can be replayed without any script.

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::command::{ATTRIBUTE_CHARS_MAX, ATTRIBUTES_MAX};
use baton_shared::flow::{Canned, Check, Does, FlowStep, STEPS_TAKEN_MAX};
use baton_shared::message::MESSAGE_CHARS_MAX;
use baton_shared::{FlowDefinition, FlowEnd, Run, Stand, Target};

use crate::conditions::{Condition, Facts};

/// A flow with its expressions compiled.
#[derive(Debug)]
pub struct Script {
    definition: FlowDefinition,
    /// The expressions of its steps that branch.
    conditions: Vec<Option<Result<Condition, String>>>,
}

/// What a flow does until it waits for someone or is through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// What it says, in order.
    pub says: Vec<String>,
    /// What is known now; nothing where that is what was known before.
    pub attributes: Option<BTreeMap<String, String>>,
    /// How many steps the conversation was taken through by now.
    pub taken: u16,
    /// What it comes to.
    pub comes_to: ComesTo,
    /// What was collected, for whoever gets the conversation next.
    pub note: Option<String>,
}

/// What a flow comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComesTo {
    /// It asks, and waits for the answer.
    Asks {
        /// In which step, from 0.
        step: u16,
        /// For the how-many-eth time.
        tries: u8,
    },
    /// It passes the conversation on.
    Transfers {
        /// To whom.
        target: Target,
    },
    /// It ends the conversation.
    Ends,
    /// It leaves the conversation to its fallback queue.
    GivesUp {
        /// Why.
        end: FlowEnd,
    },
}

/// What a flow goes by.
#[derive(Clone, Debug)]
pub struct Heard<'a> {
    /// What is known about the conversation, and what expressions may ask beside it.
    pub facts: Facts<'a>,
    /// What the customer said last.
    pub last: &'a str,
    /// What the customer answered; nothing where nothing is asked.
    pub answer: Option<&'a str>,
}

/// What is put together while a flow is played.
struct Playing<'a> {
    script: &'a Script,
    heard: &'a Heard<'a>,
    attributes: BTreeMap<String, String>,
    says: Vec<String>,
    taken: u16,
    note: Option<String>,
}

/// What comes after a step.
enum After {
    Step(usize),
    Stop(ComesTo),
}

impl Script {
    /// Compiles what is written in a flow.
    pub fn new(definition: FlowDefinition) -> Self {
        let condition = |step: &FlowStep| match &step.does {
            Does::Branch { when, .. } => Some(Condition::compile(when)),
            Does::Say { .. }
            | Does::Ask { .. }
            | Does::Set { .. }
            | Does::Answer { .. }
            | Does::Transfer { .. }
            | Does::End { .. } => None,
        };
        let conditions = definition.steps.iter().map(condition).collect();
        Self { definition, conditions }
    }

    /// Says whether a step looks at what the customer said last.
    pub fn listens(&self) -> bool {
        self.definition.steps.iter().any(|step| matches!(step.does, Does::Answer { .. }))
    }

    /// Plays it from where it stands.
    pub fn play(&self, run: &Run, heard: &Heard<'_>) -> Played {
        let mut playing = Playing {
            script: self,
            heard,
            attributes: heard.facts.attributes.clone(),
            says: Vec::new(),
            taken: run.taken,
            note: None,
        };
        let comes_to = playing.from(run.stand);
        let Playing { attributes, says, taken, note, .. } = playing;
        let end = match comes_to {
            ComesTo::GivesUp { end } => end.in_words(),
            ComesTo::Asks { .. } | ComesTo::Transfers { .. } | ComesTo::Ends => None,
        };
        let collected = collected(&self.definition.collects(), &attributes);
        // Why it stopped comes first: what is too long is cut at the end.
        let note = [end.map(str::to_owned), note, collected].into_iter().flatten().collect::<Vec<_>>();
        let changed = attributes != *heard.facts.attributes;
        Played {
            says,
            attributes: changed.then_some(attributes),
            taken,
            comes_to,
            note: (!note.is_empty()).then(|| note.join("\n")),
        }
    }
}

/// Writes down what a flow collected, in the order of the names.
fn collected(names: &BTreeSet<&str>, attributes: &BTreeMap<String, String>) -> Option<String> {
    let known = attributes.iter().filter(|(name, _)| names.contains(name.as_str()));
    let parts: Vec<String> = known.map(|(name, value)| format!("{name} = {value}")).collect();
    (!parts.is_empty()).then(|| format!("Collected: {}", parts.join("; ")))
}

impl Playing<'_> {
    fn from(&mut self, stand: Stand) -> ComesTo {
        let mut after = match (stand, self.heard.answer) {
            (Stand::Stopped { end }, _) => return ComesTo::GivesUp { end },
            (Stand::Calls, _) => return ComesTo::GivesUp { end: FlowEnd::TargetRefused },
            (Stand::Begins, _) => After::Step(0),
            (Stand::Asks { .. }, None) => return ComesTo::GivesUp { end: FlowEnd::Unreadable },
            (Stand::Asks { step, tries, .. }, Some(answer)) => {
                self.answered(usize::from(step), tries, answer)
            }
        };
        loop {
            let place = match after {
                After::Step(place) => place,
                After::Stop(comes_to) => return comes_to,
            };
            if self.taken >= STEPS_TAKEN_MAX {
                return ComesTo::GivesUp { end: FlowEnd::TooManySteps };
            }
            if place >= self.script.definition.steps.len() {
                return ComesTo::GivesUp { end: FlowEnd::Through };
            }
            self.taken += 1;
            after = self.step(place);
        }
    }

    fn step(&mut self, place: usize) -> After {
        let Some(step) = self.script.definition.steps.get(place) else {
            return After::Stop(ComesTo::GivesUp { end: FlowEnd::NoSuchStep });
        };
        let next = || self.named(step.next.as_deref(), place);
        match &step.does {
            Does::Say { text } => {
                let next = next();
                self.say(text);
                next
            }
            Does::Ask { text, .. } => {
                self.say(text);
                asks(place, 1)
            }
            Does::Set { attribute, value } => {
                let next = next();
                let value = self.filled(value);
                if self.know(attribute, value) { next } else { unreadable() }
            }
            Does::Branch { then, otherwise, .. } => {
                let condition = self.script.conditions.get(place).and_then(Option::as_ref);
                let facts = Facts { attributes: &self.attributes, ..self.heard.facts.clone() };
                let holds = condition.is_some_and(|condition| match condition {
                    Ok(condition) => condition.holds(&facts) == Ok(true),
                    Err(_) => false,
                });
                if holds {
                    self.named(Some(then), place)
                } else {
                    self.named(otherwise.as_deref().or(step.next.as_deref()), place)
                }
            }
            Does::Answer { answers, otherwise } => match canned(answers, self.heard.last) {
                Some(canned) => {
                    let next = next();
                    self.say(&canned.text);
                    next
                }
                None => self.named(otherwise.as_deref().or(step.next.as_deref()), place),
            },
            Does::Transfer { target, note } => {
                self.note = note.as_ref().map(|note| self.filled(note));
                After::Stop(ComesTo::Transfers { target: *target })
            }
            Does::End { text } => {
                text.iter().for_each(|text| self.say(text));
                After::Stop(ComesTo::Ends)
            }
        }
    }

    /// Takes an answer in, or asks again.
    fn answered(&mut self, place: usize, tried: u8, answer: &str) -> After {
        let step = self.script.definition.steps.get(place);
        let Some(FlowStep {
            does: Does::Ask { text, attribute, check, again, tries, otherwise }, next, ..
        }) = step
        else {
            return After::Stop(ComesTo::GivesUp { end: FlowEnd::NoSuchStep });
        };
        if let Some(value) = checked(check.as_ref(), answer) {
            let next = self.named(next.as_deref(), place);
            return if self.know(attribute, value) { next } else { unreadable() };
        }
        if tried < *tries {
            self.taken = self.taken.saturating_add(1);
            self.say(again.as_ref().unwrap_or(text));
            return asks(place, tried + 1);
        }
        match otherwise {
            Some(otherwise) => self.named(Some(otherwise), place),
            None => After::Stop(ComesTo::GivesUp { end: FlowEnd::NotUnderstood }),
        }
    }

    /// Returns the step of a name, or the one after a place.
    fn named(&self, name: Option<&str>, place: usize) -> After {
        match name {
            None => After::Step(place + 1),
            Some(name) => match self.script.definition.place(name) {
                Some(place) => After::Step(place),
                None => After::Stop(ComesTo::GivesUp { end: FlowEnd::NoSuchStep }),
            },
        }
    }

    fn say(&mut self, text: &str) {
        let filled: String = self.filled(text).chars().take(MESSAGE_CHARS_MAX).collect();
        // A text of placeholders alone may have come to nothing, which nobody says.
        if !filled.trim().is_empty() {
            self.says.push(filled);
        }
    }

    /// Notes something, unless as much is known as may be.
    fn know(&mut self, attribute: &str, value: String) -> bool {
        if self.attributes.len() >= ATTRIBUTES_MAX && !self.attributes.contains_key(attribute) {
            return false;
        }
        let value = value.chars().take(ATTRIBUTE_CHARS_MAX).collect();
        self.attributes.insert(attribute.to_owned(), value);
        true
    }

    /// Puts what is known in the place of the names in braces; a name of which nothing is known stands for nothing.
    fn filled(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                filled.push('{');
                rest = after;
                continue;
            };
            filled.push_str(self.attributes.get(name).map_or("", String::as_str));
            rest = behind;
        }
        filled.push_str(rest);
        filled
    }
}

fn asks(place: usize, tries: u8) -> After {
    let step = u16::try_from(place).unwrap_or(u16::MAX);
    After::Stop(ComesTo::Asks { step, tries })
}

const fn unreadable() -> After {
    After::Stop(ComesTo::GivesUp { end: FlowEnd::Unreadable })
}

/// Returns an answer as it is kept; nothing if it is not what it must be.
fn checked(check: Option<&Check>, answer: &str) -> Option<String> {
    let answer = answer.trim();
    match check {
        None => Some(answer.to_owned()),
        Some(Check::Choice { of }) => {
            of.iter().find(|choice| choice.trim().to_lowercase() == answer.to_lowercase()).cloned()
        }
        Some(Check::Email) => is_address(answer).then(|| answer.to_owned()),
        Some(Check::Number) => {
            let number = answer.replace(',', ".");
            number.parse::<f64>().is_ok_and(f64::is_finite).then_some(number)
        }
    }
}

/// Returns the first canned answer of which a keyword stands in what was said.
fn canned<'a>(answers: &'a [Canned], said: &str) -> Option<&'a Canned> {
    let said = said.to_lowercase();
    let stands = |keyword: &String| said.contains(keyword.trim().to_lowercase().as_str());
    answers.iter().find(|canned| canned.keywords.iter().any(stands))
}

/// Says whether a text looks like `name@example.com`.
pub fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use baton_shared::flow::FLOW_SECS;
    use baton_shared::{Channel, FlowId, QueueId, Timestamp};
    use serde_json::{Value, json};

    use super::*;

    fn script(steps: Value) -> Script {
        let steps = serde_json::from_value(steps).expect("steps are written as they are read");
        let fallback = QueueId::from_bits(1);
        Script::new(FlowDefinition {
            name: "Reception".to_owned(),
            entrance: None,
            lasts_secs: FLOW_SECS,
            fallback,
            steps,
        })
    }

    fn run(stand: Stand) -> Run {
        let (flow, fallback) = (FlowId::from_bits(1), QueueId::from_bits(1));
        Run { flow, fallback, deadline: Timestamp::from_millis(9), taken: 0, transfer: None, stand }
    }

    fn play(script: &Script, stand: Stand, known: &[(&str, &str)], said: &str) -> Played {
        let pairs = known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let attributes: BTreeMap<String, String> = pairs.collect();
        let now = Timestamp::from_millis(0);
        let facts = Facts {
            attributes: &attributes,
            channel: Channel::WebChat,
            queue: "Sales",
            waiting_secs: 0,
            now,
        };
        let answer = matches!(stand, Stand::Asks { .. }).then_some(said);
        script.play(&run(stand), &Heard { facts, last: said, answer })
    }

    fn asked(step: u16, tries: u8) -> Stand {
        Stand::Asks { step, tries, answer: Some(2) }
    }

    fn tier() -> Script {
        script(json!([
            {"name": "hello", "does": {"kind": "say", "text": "Hello {name}!"}},
            {"name": "tier", "does": {
                "kind": "ask", "text": "Which tier?", "attribute": "tier", "again": "Gold or silver?",
                "check": {"kind": "choice", "of": ["Gold", "Silver"]}, "tries": 2,
            }},
            {"name": "gold?", "does": {"kind": "branch", "when": "attributes.tier == 'Gold'", "then": "gold"}},
            {"name": "bye", "does": {"kind": "end", "text": "Bye, {tier}."}},
            {"name": "gold", "does": {
                "kind": "transfer", "target": {"kind": "queue", "id": QueueId::from_bits(2)}, "note": "A {tier} one.",
            }},
        ]))
    }

    #[test]
    fn it_greets_asks_and_waits() {
        let played = play(&tier(), Stand::Begins, &[("name", "Carla")], "Hi");
        assert_eq!(played.says, ["Hello Carla!", "Which tier?"]);
        assert_eq!(played.comes_to, ComesTo::Asks { step: 1, tries: 1 });
        assert_eq!((played.taken, played.attributes, played.note), (2, None, None));
    }

    #[test]
    fn an_answer_is_kept_as_the_choice_is_written_and_decides_where_it_goes() {
        let played = play(&tier(), asked(1, 1), &[], " gold ");
        assert_eq!(played.attributes, Some([("tier".to_owned(), "Gold".to_owned())].into()));
        assert_eq!(played.comes_to, ComesTo::Transfers { target: Target::Queue(QueueId::from_bits(2)) });
        assert_eq!(played.note.as_deref(), Some("A Gold one.\nCollected: tier = Gold"));
        let played = play(&tier(), asked(1, 1), &[], "SILVER");
        assert_eq!((played.comes_to, &*played.says), (ComesTo::Ends, &["Bye, Silver.".to_owned()][..]));
    }

    #[test]
    fn a_wrong_answer_is_asked_again_as_often_as_may_be() {
        let played = play(&tier(), asked(1, 1), &[], "bronze");
        assert_eq!(
            (played.comes_to, &*played.says),
            (ComesTo::Asks { step: 1, tries: 2 }, &["Gold or silver?".to_owned()][..],)
        );
        let played = play(&tier(), asked(1, 2), &[], "bronze");
        assert_eq!(played.comes_to, ComesTo::GivesUp { end: FlowEnd::NotUnderstood });
        assert_eq!(played.note.as_deref(), FlowEnd::NotUnderstood.in_words());
    }

    #[test]
    fn addresses_and_numbers_are_told_from_other_words() {
        for (check, answer, kept) in [
            (Check::Email, "carla@example.com", Some("carla@example.com")),
            (Check::Email, "carla at example.com", None),
            (Check::Email, "@example.com", None),
            (Check::Number, " 3,5 ", Some("3.5")),
            (Check::Number, "three", None),
            (Check::Number, "inf", None),
        ] {
            assert_eq!(checked(Some(&check), answer).as_deref(), kept, "{check:?} of `{answer}`");
        }
    }

    #[test]
    fn a_canned_answer_is_found_by_a_word_in_what_was_said() {
        let script = script(json!([
            {"name": "faq", "does": {"kind": "answer", "otherwise": "more", "answers": [
                {"keywords": ["opening hours", "open"], "text": "From 9 to 5."},
                {"keywords": ["price"], "text": "Ten euros."},
            ]}},
            {"name": "bye", "does": {"kind": "end"}},
            {"name": "more", "does": {"kind": "set", "attribute": "faq", "value": "none"}},
        ]));
        let played = play(&script, Stand::Begins, &[], "When are you OPEN?");
        assert_eq!((played.comes_to, &*played.says), (ComesTo::Ends, &["From 9 to 5.".to_owned()][..]));
        let played = play(&script, Stand::Begins, &[], "My parcel is lost");
        assert_eq!(played.comes_to, ComesTo::GivesUp { end: FlowEnd::Through });
        assert_eq!(played.note.as_deref(), Some("Collected: faq = none"));
    }

    #[test]
    fn going_round_in_circles_ends_at_the_limit() {
        let script = script(json!([
            {"name": "a", "does": {"kind": "set", "attribute": "x", "value": "1"}},
            {"name": "b", "next": "a", "does": {"kind": "set", "attribute": "x", "value": "2"}},
        ]));
        let played = play(&script, Stand::Begins, &[], "");
        assert_eq!(played.comes_to, ComesTo::GivesUp { end: FlowEnd::TooManySteps });
        assert_eq!(played.taken, STEPS_TAKEN_MAX);
    }

    #[test]
    fn what_a_text_has_in_braces_is_filled_in_once() {
        let script = script(json!([{"name": "a", "does": {"kind": "say", "text": "{x}, {none} {open"}}]));
        let played = play(&script, Stand::Begins, &[("x", "{x}")], "");
        assert_eq!(played.says, ["{x},  {open"]);
    }

    #[test]
    fn a_flow_that_was_stopped_says_nothing_and_keeps_what_it_collected() {
        let played = play(&tier(), Stand::Stopped { end: FlowEnd::TimeOver }, &[("tier", "Gold")], "");
        assert_eq!(played.comes_to, ComesTo::GivesUp { end: FlowEnd::TimeOver });
        assert!(played.says.is_empty());
        let note = played.note.expect("there is something to say");
        assert_eq!(note, "The flow stopped: its time was over.\nCollected: tier = Gold");
    }
}
