//! Flows: scripted bots that greet, ask, answer from canned texts, and pass conversations on.
//!
//! What administrators write is a [`FlowDefinition`]: it has texts, names and expressions, which are words, so it stands
//! in a row beside its event and never in the log. What the log and routing keep of it is a [`Flow`]: where it begins,
//! how long it may take, and where conversations go that it cannot go on with. A conversation that a flow has carries a
//! [`Run`]: how far it came, by the number of a step.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::{FlowId, QueueId, TransferId};
use crate::time::Timestamp;
use crate::transfer::Target;

/// How many steps a flow may have.
pub const FLOW_STEPS_MAX: usize = 100;

/// How many steps one conversation is taken through at most, in this flow and in those that it is passed on to.
pub const STEPS_TAKEN_MAX: u16 = 100;

/// How long a flow may have a conversation at most, in seconds: a day.
pub const FLOW_SECS_MAX: u32 = 86_400;

/// How long a flow may have a conversation where it does not say otherwise, in seconds.
pub const FLOW_SECS: u32 = 900;

/// How often a question may be asked at most.
pub const TRIES_MAX: u8 = 5;

/// How often a question is asked where it does not say otherwise.
pub const TRIES: u8 = 3;

/// How many canned answers a step may have.
pub const CANNED_MAX: usize = 50;

/// How many choices a question, or keywords a canned answer, may have.
pub const CHOICES_MAX: usize = 20;

/// A flow, as administrators write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FlowDefinition {
    /// What it is called; customers see it as the author of what it says.
    pub name: String,
    /// The channel whose new conversations begin in it; at most one flow or workflow has a channel.
    #[serde(default)]
    pub entrance: Option<Channel>,
    /// How long it may have a conversation, in seconds.
    #[serde(default = "flow_secs")]
    pub lasts_secs: u32,
    /// The queue of what it cannot go on with, and of what is through its last step.
    pub fallback: QueueId,
    /// From the first to the last, unless one says which is next.
    pub steps: Vec<FlowStep>,
}

/// A step of a flow, as administrators write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FlowStep {
    /// By which other steps name it.
    pub name: String,
    /// What is done in it.
    pub does: Does,
    /// The step after it; nothing for the one that stands below it.
    #[serde(default)]
    pub next: Option<String>,
}

/// What a flow does in a step. In texts and values `{name}` stands for the attribute of that name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Does {
    /// Says something.
    Say {
        /// What.
        text: String,
    },
    /// Asks something, and waits for the answer.
    Ask {
        /// The question.
        text: String,
        /// The attribute that the answer goes to.
        attribute: String,
        /// What an answer must be; nothing for anything.
        #[serde(default)]
        check: Option<Check>,
        /// What is said to an answer that it must not be, before it is asked again; nothing for the question alone.
        #[serde(default)]
        again: Option<String>,
        /// How often it is asked.
        #[serde(default = "tries")]
        tries: u8,
        /// The step after as many answers that it must not be; nothing hands over to the fallback queue.
        #[serde(default)]
        otherwise: Option<String>,
    },
    /// Notes something about the conversation.
    Set {
        /// The attribute.
        attribute: String,
        /// Its value.
        value: String,
    },
    /// Goes on elsewhere where an expression is true.
    Branch {
        /// The expression.
        when: String,
        /// The step where it is true.
        then: String,
        /// The step where it is not; nothing for the next.
        #[serde(default)]
        otherwise: Option<String>,
    },
    /// Says the first canned text of which a keyword stands in what the customer said last.
    Answer {
        /// From the first to the last.
        answers: Vec<Canned>,
        /// The step where no keyword does; nothing for the next.
        #[serde(default)]
        otherwise: Option<String>,
    },
    /// Passes the conversation on.
    Transfer {
        /// To whom.
        target: Target,
        /// The note, before what was collected.
        #[serde(default)]
        note: Option<String>,
    },
    /// Ends the conversation.
    End {
        /// What is said before.
        #[serde(default)]
        text: Option<String>,
    },
}

/// What an answer must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Check {
    /// One of these, in any case; it is kept as it is written here.
    Choice {
        /// The choices.
        of: Vec<String>,
    },
    /// An address such as `name@example.com`.
    Email,
    /// A number, with a point or a comma before its fraction.
    Number,
}

/// A canned answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Canned {
    /// What it is the answer to, if one of them was said, in any case.
    pub keywords: Vec<String>,
    /// The answer.
    pub text: String,
}

/// A flow, as routing sees it; its name and all that it says are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Flow {
    /// Which.
    pub id: FlowId,
    /// The channel whose new conversations begin in it.
    pub entrance: Option<Channel>,
    /// How long it may have a conversation, in seconds.
    pub lasts_secs: u32,
    /// The queue of what it cannot go on with.
    pub fallback: QueueId,
}

/// How far a conversation came in a flow that has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Run {
    /// Which flow.
    pub flow: FlowId,
    /// The queue of what it cannot go on with.
    pub fallback: QueueId,
    /// When its time is over.
    pub deadline: Timestamp,
    /// How many steps the conversation was taken through.
    pub taken: u16,
    /// The transfer that brought the conversation, or the one to someone who has not answered yet.
    pub transfer: Option<TransferId>,
    /// What it stands at.
    pub stand: Stand,
}

/// What a flow stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// It begins, within the turn.
    Begins,
    /// It asked something.
    Asks {
        /// In which step, from 0.
        step: u16,
        /// How often.
        tries: u8,
        /// The number of the message that answers, once there is one: it goes on within the turn.
        answer: Option<u32>,
    },
    /// It asked someone outside to take the conversation.
    Calls,
    /// It goes no further, and gives the conversation up within the turn.
    Stopped {
        /// Why.
        end: FlowEnd,
    },
}

/// Why a flow has a conversation no more, or could not go on with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowEnd {
    /// It passed it on as it was written.
    PassedOn,
    /// It ended it as it was written.
    Ended,
    /// Its last step is through.
    Through,
    /// A step was to be next that is not there.
    NoSuchStep,
    /// As many steps were taken as may be.
    TooManySteps,
    /// Its time was over.
    TimeOver,
    /// A question was answered wrongly as often as may be.
    NotUnderstood,
    /// The target took nothing.
    TargetRefused,
    /// It was changed on the way.
    Changed,
    /// It was removed on the way.
    Removed,
    /// What it needs could not be read or kept.
    Unreadable,
}

impl FlowEnd {
    /// Returns what the note says of it to whoever gets the conversation next; nothing where all went as written.
    pub const fn in_words(self) -> Option<&'static str> {
        match self {
            Self::PassedOn | Self::Ended | Self::Through => None,
            Self::NoSuchStep => Some("The flow stopped: a step of it is missing."),
            Self::TooManySteps => Some("The flow stopped: it took too many steps."),
            Self::TimeOver => Some("The flow stopped: its time was over."),
            Self::NotUnderstood => Some("The flow stopped: it did not understand an answer."),
            Self::TargetRefused => Some("The flow stopped: its target did not take the conversation."),
            Self::Changed => Some("The flow stopped: it was changed meanwhile."),
            Self::Removed => Some("The flow stopped: it was removed meanwhile."),
            Self::Unreadable => Some("The flow stopped: something could not be read."),
        }
    }
}

impl Run {
    /// Returns when its time is over; nothing once it is stopped.
    pub const fn due(&self) -> Option<Timestamp> {
        match self.stand {
            Stand::Begins | Stand::Asks { .. } | Stand::Calls => Some(self.deadline),
            Stand::Stopped { .. } => None,
        }
    }

    /// Says whether the flow goes on without waiting for anyone.
    pub const fn goes_on(&self) -> bool {
        match self.stand {
            Stand::Begins | Stand::Stopped { .. } | Stand::Asks { answer: Some(_), .. } => true,
            Stand::Calls | Stand::Asks { answer: None, .. } => false,
        }
    }
}

const fn flow_secs() -> u32 {
    FLOW_SECS
}

const fn tries() -> u8 {
    TRIES
}

impl FlowDefinition {
    /// Returns what routing keeps of it.
    pub const fn compiled(&self, id: FlowId) -> Flow {
        let Self { entrance, lasts_secs, fallback, .. } = self;
        Flow { id, entrance: *entrance, lasts_secs: *lasts_secs, fallback: *fallback }
    }

    /// Returns the place of the step of a name, from 0.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.name == name)
    }

    /// Returns the attributes that it notes something in.
    pub fn collects(&self) -> BTreeSet<&str> {
        let attributes = self.steps.iter().filter_map(|step| match &step.does {
            Does::Ask { attribute, .. } | Does::Set { attribute, .. } => Some(attribute.as_str()),
            Does::Say { .. }
            | Does::Branch { .. }
            | Does::Answer { .. }
            | Does::Transfer { .. }
            | Does::End { .. } => None,
        });
        attributes.collect()
    }

    /// Returns the targets that it passes conversations on to.
    pub fn targets(&self) -> impl Iterator<Item = Target> {
        self.steps.iter().filter_map(|step| match &step.does {
            Does::Transfer { target, .. } => Some(*target),
            Does::Say { .. }
            | Does::Ask { .. }
            | Does::Set { .. }
            | Does::Branch { .. }
            | Does::Answer { .. }
            | Does::End { .. } => None,
        })
    }

    /// Says what is wrong with its shape, in a sentence; nothing if it can be used. Expressions and texts, and whether its
    /// queue and targets are there, are checked elsewhere.
    pub fn fault(&self) -> Option<String> {
        if self.steps.is_empty() {
            return Some("Give the flow a step.".to_owned());
        }
        if self.steps.len() > FLOW_STEPS_MAX {
            return Some(format!("A flow has at most {FLOW_STEPS_MAX} steps."));
        }
        if !(1..=FLOW_SECS_MAX).contains(&self.lasts_secs) {
            return Some(format!("Give `lasts_secs` as 1 to {FLOW_SECS_MAX} seconds."));
        }
        self.steps.iter().enumerate().find_map(|(place, step)| {
            let fault = self.step_fault(place, step)?;
            Some(format!("Step {} ({}): {fault}", place + 1, step.name))
        })
    }

    fn step_fault(&self, place: usize, step: &FlowStep) -> Option<String> {
        if self.place(&step.name) != Some(place) {
            return Some("Another step has the same name.".to_owned());
        }
        let missing = step.named().find(|name| self.place(name).is_none());
        if let Some(missing) = missing {
            return Some(format!("There is no step `{missing}`."));
        }
        match &step.does {
            Does::Ask { tries, .. } if !(1..=TRIES_MAX).contains(tries) => {
                Some(format!("Give `tries` as 1 to {TRIES_MAX}."))
            }
            Does::Ask { check: Some(Check::Choice { of }), .. }
                if of.is_empty() || of.len() > CHOICES_MAX =>
            {
                Some(format!("Give 1 to {CHOICES_MAX} choices."))
            }
            Does::Answer { answers, .. } if answers.is_empty() || answers.len() > CANNED_MAX => {
                Some(format!("Give 1 to {CANNED_MAX} canned answers."))
            }
            Does::Answer { answers, .. } => {
                let usable = |one: &Canned| (1..=CHOICES_MAX).contains(&one.keywords.len());
                (!answers.iter().all(usable))
                    .then(|| format!("Give each answer 1 to {CHOICES_MAX} keywords."))
            }
            Does::Transfer { .. } | Does::End { .. } if step.next.is_some() => {
                Some("Nothing comes after it, so leave `next` out.".to_owned())
            }
            Does::Say { .. }
            | Does::Ask { .. }
            | Does::Set { .. }
            | Does::Branch { .. }
            | Does::Transfer { .. }
            | Does::End { .. } => None,
        }
    }
}

impl FlowStep {
    /// Returns the steps that it names.
    fn named(&self) -> impl Iterator<Item = &str> {
        let (then, otherwise) = match &self.does {
            Does::Branch { then, otherwise, .. } => (Some(then), otherwise.as_ref()),
            Does::Ask { otherwise, .. } | Does::Answer { otherwise, .. } => (None, otherwise.as_ref()),
            Does::Say { .. } | Does::Set { .. } | Does::Transfer { .. } | Does::End { .. } => (None, None),
        };
        self.next.iter().chain(then).chain(otherwise).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(name: &str, next: Option<&str>) -> FlowStep {
        let does = Does::Say { text: "Hello".to_owned() };
        FlowStep { name: name.to_owned(), does, next: next.map(str::to_owned) }
    }

    fn flow(steps: Vec<FlowStep>) -> FlowDefinition {
        let fallback = QueueId::from_bits(1);
        FlowDefinition { name: "Hello".to_owned(), entrance: None, lasts_secs: FLOW_SECS, fallback, steps }
    }

    #[test]
    fn a_step_that_is_named_must_be_there_and_be_the_only_one_of_its_name() {
        assert_eq!(flow(vec![say("a", Some("b")), say("b", None)]).fault(), None);
        let missing = flow(vec![say("a", Some("c"))]).fault();
        assert_eq!(missing.as_deref(), Some("Step 1 (a): There is no step `c`."));
        let twice = flow(vec![say("a", None), say("a", None)]).fault();
        assert_eq!(twice.as_deref(), Some("Step 2 (a): Another step has the same name."));
        assert!(flow(Vec::new()).fault().is_some());
    }

    #[test]
    fn what_comes_after_the_end_is_refused() {
        let end = FlowStep { does: Does::End { text: None }, ..say("a", Some("a")) };
        assert!(flow(vec![end]).fault().is_some_and(|fault| fault.contains("leave `next` out")));
    }
}
