//! Every switch of the transfer policy: its label, its control, and what each value makes happen.
//!
//! The page is made from this one table, and values stay as JSON under their names: a control knows what it may write,
//! and the server checks the whole. Tests hold the table to the types of `baton_shared::policy`.

use serde_json::{Map, Value};

mod table;

pub use table::SWITCHES;

/// The values of switches by their names.
pub type Values = Map<String, Value>;

/// A part of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Whether there are transfers.
    OnOff,
    /// To whom, and in which way.
    WhoAndHow,
    /// When the sender lets go, and when a conversation comes back.
    ReleaseAndReturn,
    /// How it is offered.
    Offers,
    /// How long things last.
    Timers,
    /// What is written along.
    Notes,
    /// What customers are told.
    Customer,
    /// What supervisors may do.
    Supervisors,
}

impl Section {
    /// Every section, in the order of the page.
    pub const ALL: [Self; 8] = [
        Self::OnOff,
        Self::WhoAndHow,
        Self::ReleaseAndReturn,
        Self::Offers,
        Self::Timers,
        Self::Notes,
        Self::Customer,
        Self::Supervisors,
    ];

    /// Returns the heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::OnOff => "On or off",
            Self::WhoAndHow => "Who and how",
            Self::ReleaseAndReturn => "Release and return",
            Self::Offers => "Offers",
            Self::Timers => "Timers",
            Self::Notes => "Notes and summaries",
            Self::Customer => "Customer",
            Self::Supervisors => "Supervisors",
        }
    }

    /// Returns the id of the section in the page.
    pub const fn id(self) -> &'static str {
        match self {
            Self::OnOff => "on-or-off",
            Self::WhoAndHow => "who-and-how",
            Self::ReleaseAndReturn => "release-and-return",
            Self::Offers => "offers",
            Self::Timers => "timers",
            Self::Notes => "notes",
            Self::Customer => "customer",
            Self::Supervisors => "supervisors",
        }
    }
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Secs,
    /// Things with these names: one, several.
    Things(&'static str, &'static str),
}

impl Unit {
    /// Returns the word that stands behind the field.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Secs => "seconds",
            Self::Things(_, several) => several,
        }
    }

    /// Returns a number in words: "1 minute 30 seconds", "2 people".
    pub fn words(self, number: u64) -> String {
        match self {
            Self::Secs => duration(number),
            Self::Things(one, several) => counted(number, one, several),
        }
    }
}

/// A number that may be entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// What it counts.
    pub unit: Unit,
    /// The least.
    pub min: u64,
    /// The most.
    pub max: u64,
    /// What will happen, with `{}` for the number in words.
    pub sentence: &'static str,
    /// What will happen at 0, where that is a case of its own.
    pub zero: Option<&'static str>,
    /// The label of the box that takes the number away, and what will happen then.
    pub none: Option<(&'static str, &'static str)>,
}

/// How a switch is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// A box; what will happen without and with its tick.
    Flag(&'static str, &'static str),
    /// One of several: value, label, what will happen.
    Choice(&'static [(&'static str, &'static str, &'static str)]),
    /// Any of several: the options with value and label, the sentence with `{}` for those chosen, and the one for none.
    Several(&'static [(&'static str, &'static str)], &'static str, &'static str),
    /// A number.
    Number(Number),
    /// Which targets may be chosen.
    Targets,
}

/// A switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Its name in the policy.
    pub name: &'static str,
    /// Its name on the page.
    pub label: &'static str,
    /// Where it stands.
    pub section: Section,
    /// How it is set.
    pub control: Control,
}

impl Switch {
    /// Returns what will happen with this value, or what is wrong with it.
    pub fn sentence(&self, value: &Value) -> String {
        match &self.control {
            Control::Flag(off, on) => if value.as_bool().unwrap_or(false) { *on } else { *off }.to_owned(),
            Control::Choice(options) => {
                let chosen = options.iter().find(|(word, ..)| value.as_str() == Some(*word));
                chosen.map_or_else(|| "Choose one.".to_owned(), |(.., sentence)| (*sentence).to_owned())
            }
            Control::Several(options, some, none) => {
                let chosen = options.iter().filter(|(word, _)| holds(value, word)).map(|(_, label)| *label);
                let chosen: Vec<_> = chosen.collect();
                match chosen.is_empty() {
                    true => (*none).to_owned(),
                    false => some.replace("{}", &listed(&chosen)),
                }
            }
            Control::Number(number) => number.sentence(value),
            Control::Targets => match (value.as_str(), only(value).map_or(0, <[Value]>::len)) {
                (Some("queue_members"), _) => {
                    "A named person must be a member of the conversation's queue; groups and queues are free to choose."
                }
                (Some(_), _) => "Every target of the kinds above can be chosen.",
                (None, 0) => "Nobody is ticked, so nothing can be chosen: tick at least one.",
                (None, _) => "Only the targets that are ticked can be chosen.",
            }
            .to_owned(),
        }
    }

    /// Returns what is wrong with this value, in a sentence; nothing if it can be saved.
    pub fn fault(&self, value: &Value) -> Option<String> {
        match &self.control {
            Control::Number(number) => number.fault(value).map(|fault| format!("{}: {fault}", self.label)),
            Control::Targets if only(value).is_some_and(<[Value]>::is_empty) => {
                Some(format!("{}: tick at least one target, or allow all.", self.label))
            }
            Control::Flag(..) | Control::Choice(_) | Control::Several(..) | Control::Targets => None,
        }
    }
}

impl Number {
    fn sentence(&self, value: &Value) -> String {
        match (value.as_u64(), self.none, self.zero) {
            _ if self.fault(value).is_some() => self.fault(value).unwrap_or_default(),
            (None, Some((_, never)), _) => never.to_owned(),
            (Some(0), _, Some(zero)) => zero.to_owned(),
            (number, ..) => self.sentence.replace("{}", &self.unit.words(number.unwrap_or_default())),
        }
    }

    fn fault(&self, value: &Value) -> Option<String> {
        let fits = match value {
            Value::Null => self.none.is_some(),
            Value::Number(_) => value.as_u64().is_some_and(|number| (self.min..=self.max).contains(&number)),
            Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => false,
        };
        (!fits).then(|| format!("Enter a whole number from {} to {}.", self.min, self.max))
    }
}

/// Returns the targets of a value that names some.
pub fn only(value: &Value) -> Option<&[Value]> {
    value.get("only").and_then(Value::as_array).map(Vec::as_slice)
}

/// Says whether a list holds a word.
pub fn holds(value: &Value, word: &str) -> bool {
    value.as_array().is_some_and(|list| list.iter().any(|each| each.as_str() == Some(word)))
}

/// Returns the switch with this name.
pub fn switch(name: &str) -> Option<&'static Switch> {
    SWITCHES.iter().find(|switch| switch.name == name)
}

/// Returns what is wrong with these values, first things first; nothing if they can be saved.
pub fn fault(values: &Values) -> Option<(&'static Switch, String)> {
    SWITCHES.iter().find_map(|switch| Some((switch, switch.fault(values.get(switch.name)?)?)))
}

/// Returns the switches that differ between two sets of values.
pub fn changed<'a>(values: &'a Values, from: &'a Values) -> impl Iterator<Item = &'static Switch> + 'a {
    SWITCHES.iter().filter(|switch| {
        let (value, before) = (values.get(switch.name), from.get(switch.name));
        // Several may be ticked in any order.
        match (value.and_then(Value::as_array), before.and_then(Value::as_array)) {
            (Some(value), Some(before)) => {
                value.len() != before.len() || value.iter().any(|each| !before.contains(each))
            }
            (Some(_), None) | (None, Some(_) | None) => value != before,
        }
    })
}

/// Returns "1 switch", "2 switches".
pub fn counted(number: u64, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

/// Returns "a", "a and b", "a, b and c".
pub fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

fn duration(secs: u64) -> String {
    if secs == 0 {
        return counted(0, "second", "seconds");
    }
    let parts = [(secs / 3600, "hour"), (secs / 60 % 60, "minute"), (secs % 60, "second")];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    parts.map(|(number, unit)| counted(number, unit, &format!("{unit}s"))).collect::<Vec<_>>().join(" ")
}

const DAY_SECS: u64 = 86_400;

const fn secs(min: u64, sentence: &'static str) -> Number {
    Number { unit: Unit::Secs, min, max: DAY_SECS, sentence, zero: None, none: None }
}

const fn count(
    one: &'static str,
    several: &'static str,
    min: u64,
    max: u64,
    sentence: &'static str,
) -> Number {
    Number { unit: Unit::Things(one, several), min, max, sentence, zero: None, none: None }
}

impl Number {
    const fn or_zero(self, zero: &'static str) -> Self {
        Self { zero: Some(zero), ..self }
    }

    const fn or_none(self, label: &'static str, sentence: &'static str) -> Self {
        Self { none: Some((label, sentence)), ..self }
    }
}

const fn flag(
    section: Section,
    name: &'static str,
    label: &'static str,
    off: &'static str,
    on: &'static str,
) -> Switch {
    Switch { name, label, section, control: Control::Flag(off, on) }
}

const fn choice(
    section: Section,
    name: &'static str,
    label: &'static str,
    options: &'static [(&'static str, &'static str, &'static str)],
) -> Switch {
    Switch { name, label, section, control: Control::Choice(options) }
}

const fn number(section: Section, name: &'static str, label: &'static str, number: Number) -> Switch {
    Switch { name, label, section, control: Control::Number(number) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use baton_shared::policy::{self, Preset, TransferPolicy};
    use serde::Serialize;
    use serde_json::json;

    use super::*;

    fn values(policy: &TransferPolicy) -> Values {
        let Ok(Value::Object(values)) = serde_json::to_value(policy) else { panic!("a policy is an object") };
        values
    }

    fn words<Word: Serialize>(all: &[Word]) -> BTreeSet<String> {
        let word = |word| serde_json::to_value(word).ok()?.as_str().map(str::to_owned);
        all.iter().filter_map(word).collect()
    }

    fn options(name: &str) -> BTreeSet<String> {
        match switch(name).expect("it is in the table").control {
            Control::Choice(options) => options.iter().map(|(word, ..)| (*word).to_owned()).collect(),
            Control::Several(options, ..) => options.iter().map(|(word, _)| (*word).to_owned()).collect(),
            Control::Flag(..) | Control::Number(_) | Control::Targets => BTreeSet::new(),
        }
    }

    #[test]
    fn every_switch_of_the_policy_is_on_the_page_once() {
        let there: Vec<_> = SWITCHES.iter().map(|switch| switch.name).collect();
        let unique: BTreeSet<_> = there.iter().copied().collect();
        assert_eq!(there.len(), unique.len());
        assert_eq!(unique, policy::SWITCHES.iter().map(|(_, name)| *name).collect());
        for section in Section::ALL {
            assert!(SWITCHES.iter().any(|switch| switch.section == section), "{}", section.title());
        }
    }

    #[test]
    fn a_control_offers_every_value_that_its_switch_knows() {
        use baton_shared::transfer::{Mode, TargetKind};
        for (name, known) in [
            ("modes", words(&Mode::ALL)),
            ("targets", words(&TargetKind::ALL)),
            ("listed", words(policy::Listed::ALL)),
            ("full_target", words(policy::FullTarget::ALL)),
            ("release", words(policy::Release::ALL)),
            ("after_release", words(policy::AfterRelease::ALL)),
            ("decline", words(policy::Decline::ALL)),
            ("on_decline", words(policy::OnDecline::ALL)),
            ("on_no_answer", words(policy::OnNoAnswer::ALL)),
            ("on_expiry", words(policy::OnExpiry::ALL)),
            ("cancel", words(policy::Cancel::ALL)),
            ("exclude", words(policy::Exclude::ALL)),
            ("age", words(policy::Age::ALL)),
            ("note", words(policy::Need::ALL)),
            ("summary", words(policy::Need::ALL)),
            ("on_missed", words(policy::OnMissed::ALL)),
            ("take_over", words(policy::TakeOver::ALL)),
            ("fallback", words(policy::Fallback::ALL)),
        ] {
            assert_eq!(options(name), known, "{name}");
        }
    }

    #[test]
    fn every_value_of_every_preset_has_a_control_that_fits_and_a_sentence() {
        for preset in Preset::ALL {
            let values = values(&preset.policy());
            assert_eq!(fault(&values).map(|(_, fault)| fault), None, "{}", preset.label());
            for switch in SWITCHES {
                let value = &values[switch.name];
                let fits = match switch.control {
                    Control::Flag(..) => value.is_boolean(),
                    Control::Choice(_) => value.is_string(),
                    Control::Several(..) => value.is_array(),
                    Control::Number(number) => value.is_u64() || value.is_null() && number.none.is_some(),
                    Control::Targets => value.is_string() || only(value).is_some(),
                };
                assert!(fits, "{} is {value}", switch.name);
                let sentence = switch.sentence(value);
                assert!(sentence.ends_with('.') && !sentence.contains("{}"), "{}: {sentence}", switch.name);
            }
        }
    }

    #[test]
    fn what_the_page_lets_through_the_server_can_read() {
        for switch in SWITCHES {
            let Control::Number(number) = switch.control else { continue };
            let mut tried = vec![json!(number.min), json!(number.max)];
            tried.extend(number.none.map(|_| Value::Null));
            for value in tried {
                assert_eq!(switch.fault(&value), None, "{}", switch.name);
                let mut values = values(&Preset::Baton.policy());
                values.insert(switch.name.to_owned(), value);
                let policy: TransferPolicy = serde_json::from_value(values.into()).expect("it can be read");
                assert_eq!(policy.fault(), None, "{}", switch.name);
            }
            assert!(switch.fault(&json!(number.max + 1)).is_some(), "{}", switch.name);
            assert!(switch.fault(&json!("")).is_some(), "{}", switch.name);
        }
    }

    #[test]
    fn the_sentence_changes_with_the_value() {
        let undo = switch("undo_secs").expect("it is in the table");
        assert!(undo.sentence(&json!(90)).contains("1 minute 30 seconds"));
        assert_ne!(undo.sentence(&json!(0)), undo.sentence(&json!(5)));
        assert!(undo.sentence(&json!(90_000)).contains("86400"));
        let modes = switch("modes").expect("it is in the table");
        assert!(modes.sentence(&json!(["cold", "warm"])).contains(" and "));
        assert_ne!(modes.sentence(&json!([])), modes.sentence(&json!(["cold"])));
    }

    #[test]
    fn ticks_in_another_order_are_no_change() {
        let before = values(&Preset::Baton.policy());
        let mut after = before.clone();
        after["modes"].as_array_mut().expect("it is a list").reverse();
        assert_eq!(changed(&after, &before).count(), 0);
        after.insert("note".to_owned(), json!("off"));
        assert_eq!(changed(&after, &before).map(|switch| switch.name).collect::<Vec<_>>(), ["note"]);
    }
}
