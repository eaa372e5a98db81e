//! A queue's rules as people write and read them.

use std::collections::BTreeSet;

use baton_shared::queue::{
    AskedFirst, AtClosing, DAY_MINUTES, Opening, OpeningHours, Overflow, QueueRules, RULE_SECS_MAX,
    ServiceTarget, Weekday,
};

/// The label of the field for how many may wait.
pub const WAITING_MAX: &str = "Most who wait";

/// The label of the field for how long anybody may wait.
pub const WAIT_SECS: &str = "Longest wait, in seconds";

/// The label of the field for the time of the service level.
pub const TARGET_SECS: &str = "Accepted within, in seconds";

/// The label of the field for the share of the service level.
pub const TARGET_PERCENT: &str = "Share, in percent";

/// The label of the field for how long a conversation is offered to its last agent alone.
pub const LAST_AGENT_SECS: &str = "Whoever served them last alone, for seconds";

/// The label of the field for the time zone of the hours.
pub const ZONE: &str = "Time zone";

/// The label of the field for the days on which it is closed.
pub const CLOSED_ON: &str = "Closed on";

/// The label of the field for what is asked less for in time.
pub const RELAX: &str = "Ask for less in time";

/// What is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The label of the field that it is about.
    pub field: &'static str,
    /// What to do, in a sentence.
    pub sentence: String,
}

impl Fault {
    /// Returns a fault of a field.
    pub fn of(field: &'static str, sentence: impl Into<String>) -> Self {
        Self { field, sentence: sentence.into() }
    }
}

/// Returns the label of the field that a sentence of the server is about: only it knows zones and the calendar.
pub fn field_of(sentence: &str) -> Option<&'static str> {
    let about = [("time zone", ZONE), ("closed day", CLOSED_ON)];
    about.into_iter().find(|(words, _)| sentence.contains(words)).map(|(_, field)| field)
}

const BOTH_OR_NEITHER: &str = "Give both the time and the share of the service level, or neither.";

/// A queue's rules as they stand in the fields of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named after the fields of the form")]
pub struct Written {
    pub waiting_max: String,
    pub wait_secs: String,
    pub overflow: Overflow,
    pub target_secs: String,
    pub target_percent: String,
    pub has_hours: bool,
    pub zone: String,
    /// The times of each day, from Monday.
    pub days: [String; 7],
    pub closed_on: String,
    pub at_closing: AtClosing,
    pub last_agent_secs: String,
    pub asked_first: AskedFirst,
    pub interruptible: bool,
    pub survey: bool,
    pub unattended_form: bool,
}

impl Written {
    /// Returns how rules stand in a form; `zone` is proposed where there are no hours yet.
    pub fn of(rules: &QueueRules, zone: &str) -> Self {
        let number = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
        let hours = rules.hours.as_ref();
        Self {
            waiting_max: number(rules.waiting_max),
            wait_secs: number(rules.wait_secs),
            overflow: rules.overflow,
            target_secs: number(rules.target.map(|target| target.secs)),
            target_percent: number(rules.target.map(|target| u32::from(target.percent))),
            has_hours: hours.is_some(),
            zone: hours.map_or(zone, |hours| &hours.zone).to_owned(),
            days: Weekday::ALL.map(|day| match hours {
                Some(hours) => times(hours.weekly.iter().filter(|opening| opening.day == day)),
                None if day < Weekday::Saturday => "09:00-17:00".to_owned(),
                None => String::new(),
            }),
            closed_on: hours.map_or_else(String::new, |hours| {
                let days: Vec<&str> = hours.closed_on.iter().map(String::as_str).collect();
                days.join(", ")
            }),
            at_closing: rules.at_closing,
            last_agent_secs: number(rules.last_agent_secs),
            asked_first: rules.asked_first,
            interruptible: rules.interruptible,
            survey: rules.survey,
            unattended_form: rules.unattended_form,
        }
    }

    /// Reads the form, or says what is wrong with the first field that is; what is asked less for stands elsewhere.
    pub fn rules(&self) -> Result<QueueRules, Fault> {
        let waiting_max = number(WAITING_MAX, &self.waiting_max, u32::MAX)?;
        let wait_secs = number(WAIT_SECS, &self.wait_secs, RULE_SECS_MAX)?;
        let secs = number(TARGET_SECS, &self.target_secs, RULE_SECS_MAX)?;
        let percent = number(TARGET_PERCENT, &self.target_percent, 100)?;
        let target = match (secs, percent) {
            (None, None) => None,
            (Some(secs), Some(percent)) => {
                Some(ServiceTarget { secs, percent: u8::try_from(percent).unwrap_or(100) })
            }
            (Some(_), None) => return Err(Fault::of(TARGET_PERCENT, BOTH_OR_NEITHER)),
            (None, Some(_)) => return Err(Fault::of(TARGET_SECS, BOTH_OR_NEITHER)),
        };
        let last_agent_secs = number(LAST_AGENT_SECS, &self.last_agent_secs, RULE_SECS_MAX)?;
        Ok(QueueRules {
            waiting_max,
            wait_secs,
            overflow: self.overflow,
            target,
            hours: if self.has_hours { Some(self.hours()?) } else { None },
            at_closing: self.at_closing,
            last_agent_secs,
            asked_first: self.asked_first,
            interruptible: self.interruptible,
            relax: Vec::new(),
            survey: self.survey,
            unattended_form: self.unattended_form,
        })
    }

    fn hours(&self) -> Result<OpeningHours, Fault> {
        let mut weekly = BTreeSet::new();
        for (day, times) in Weekday::ALL.into_iter().zip(&self.days) {
            for (from, to) in spans(times).ok_or_else(|| wrong_times(day))? {
                if from >= to {
                    let sentence = format!("{}: each opening time ends after it begins.", day.label());
                    return Err(Fault::of(day.label(), sentence));
                }
                weekly.insert(Opening { day, from, to });
            }
        }
        if weekly.is_empty() {
            let sentence = "Give at least one opening time, or no hours at all.";
            return Err(Fault::of(Weekday::Monday.label(), sentence));
        }
        let closed_on = self.closed_on.split([',', ' ']).filter(|day| !day.is_empty());
        let closed_on = closed_on.map(str::to_owned).collect();
        Ok(OpeningHours { zone: self.zone.trim().to_owned(), weekly, closed_on })
    }
}

fn wrong_times(day: Weekday) -> Fault {
    let sentence =
        format!("Write the times of {} as “09:00-12:30, 14:00-18:00”, or leave them empty.", day.label());
    Fault::of(day.label(), sentence)
}

/// Reads the number, from 1 to `most`, in the field with this label.
fn number(label: &'static str, text: &str, most: u32) -> Result<Option<u32>, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let found = text.parse().ok().filter(|number| (1..=most).contains(number));
    let up_to = if most == u32::MAX { String::new() } else { format!(" to {most}") };
    let wrong = || Fault::of(label, format!("{label}: write a whole number from 1{up_to}, not “{text}”."));
    found.map(Some).ok_or_else(wrong)
}

/// Reads spans of a day such as `09:00-12:30, 14:00-18:00` as minutes; none where the text is empty.
fn spans(text: &str) -> Option<Vec<(u16, u16)>> {
    let minute = |text: &str| {
        let (hours, minutes) = text.trim().split_once(':')?;
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        let of_day = hours.checked_mul(60)?.checked_add(minutes)?;
        (minutes < 60 && of_day <= DAY_MINUTES).then_some(of_day)
    };
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let span = |part: &str| {
        let (from, to) = part.split_once(['-', '–'])?;
        Some((minute(from)?, minute(to)?))
    };
    parts.map(span).collect()
}

fn times<'a>(openings: impl Iterator<Item = &'a Opening>) -> String {
    let minute = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let spans: Vec<String> =
        openings.map(|Opening { from, to, .. }| format!("{}-{}", minute(*from), minute(*to))).collect();
    spans.join(", ")
}

/// Says what limits a queue's waits, in a few words; `name` gives the name of another queue.
pub fn limits(rules: &QueueRules, name: impl Fn(baton_shared::QueueId) -> String) -> String {
    let mut parts = Vec::new();
    parts.extend(rules.waiting_max.map(|max| format!("{max} waiting")));
    parts.extend(rules.wait_secs.map(|secs| format!("{secs} s")));
    if parts.is_empty() {
        return "None".to_owned();
    }
    let then = match rules.overflow {
        Overflow::Queue(queue) => name(queue),
        Overflow::Request => "a request".to_owned(),
        Overflow::Refuse => "refused".to_owned(),
    };
    format!("{}, then {then}", parts.join(" or "))
}

/// Says what a queue's service level is, in a few words.
pub fn service_level(rules: &QueueRules) -> String {
    match rules.target {
        Some(ServiceTarget { secs, percent }) => format!("{percent} % within {secs} s"),
        None => "None".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> QueueRules {
        let opening = |day, from, to| Opening { day, from, to };
        QueueRules {
            waiting_max: Some(20),
            wait_secs: Some(300),
            overflow: Overflow::Refuse,
            target: Some(ServiceTarget { secs: 30, percent: 80 }),
            hours: Some(OpeningHours {
                zone: "Europe/Madrid".to_owned(),
                weekly: BTreeSet::from([
                    opening(Weekday::Monday, 540, 750),
                    opening(Weekday::Monday, 840, 1_080),
                    opening(Weekday::Sunday, 0, 1_440),
                ]),
                closed_on: BTreeSet::from(["2026-12-25".to_owned(), "2027-01-01".to_owned()]),
            }),
            at_closing: AtClosing::Request,
            last_agent_secs: Some(40),
            asked_first: AskedFirst::LeastLoaded,
            interruptible: true,
            relax: Vec::new(),
            survey: true,
            unattended_form: true,
        }
    }

    #[test]
    fn a_form_reads_back_as_the_rules_that_it_shows() {
        let written = Written::of(&rules(), "UTC");
        assert_eq!(written.days[0], "09:00-12:30, 14:00-18:00");
        assert_eq!(written.days[6], "00:00-24:00");
        assert_eq!(written.closed_on, "2026-12-25, 2027-01-01");
        assert_eq!(written.rules(), Ok(rules()));
        assert_eq!(Written::of(&QueueRules::default(), "UTC").rules(), Ok(QueueRules::default()));
    }

    #[test]
    fn what_cannot_be_read_is_said_by_its_field() {
        let form = Written::of(&rules(), "UTC");
        let fault = |form: Written| form.rules().unwrap_err();
        for wrong in ["five", "0", "86401", "-1"] {
            let told = fault(Written { wait_secs: wrong.to_owned(), ..form.clone() });
            let sentence =
                format!("Longest wait, in seconds: write a whole number from 1 to 86400, not “{wrong}”.");
            assert_eq!(told, Fault::of(WAIT_SECS, sentence));
        }
        assert_eq!(fault(Written { waiting_max: "0".to_owned(), ..form.clone() }).field, WAITING_MAX);
        let half = fault(Written { target_secs: String::new(), ..form.clone() });
        assert_eq!((half.field, half.sentence.contains("both")), (TARGET_SECS, true));
        assert_eq!(fault(Written { target_percent: String::new(), ..form.clone() }).field, TARGET_PERCENT);
        assert_eq!(fault(Written { target_percent: "101".to_owned(), ..form.clone() }).field, TARGET_PERCENT);
        for wrong in ["9", "09:00", "09:61-10:00", "24:01-25:00", "a-b", "10:00-09:00"] {
            let mut form = form.clone();
            wrong.clone_into(&mut form.days[2]);
            let told = fault(form);
            assert_eq!((told.field, told.sentence.contains("Wednesday")), ("Wednesday", true), "{wrong}");
        }
        assert_eq!(fault(Written { days: Default::default(), ..form }).field, "Monday");
        assert_eq!(field_of("There is no such time zone. Give a name such as `Europe/Madrid`."), Some(ZONE));
        assert_eq!(field_of("A queue cannot overflow into itself."), None);
    }

    #[test]
    fn a_queue_is_described_in_a_few_words() {
        let name = |_| "Sales".to_owned();
        assert_eq!(limits(&rules(), name), "20 waiting or 300 s, then refused");
        assert_eq!(limits(&QueueRules::default(), name), "None");
        let sent_on =
            QueueRules { overflow: Overflow::Queue(baton_shared::QueueId::from_bits(1)), ..rules() };
        assert_eq!(limits(&sent_on, name), "20 waiting or 300 s, then Sales");
        assert_eq!(service_level(&rules()), "80 % within 30 s");
    }
}
