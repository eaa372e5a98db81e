//! Workflows: ordered filters over what is known about a conversation, and steps through queues for each.
//!
//! What administrators write is a [`Definition`]: it has names and expressions, which are words, so it stands in a row
//! beside its event and never in the log. What the log and routing keep of it is a [`Workflow`]: queues, skills and times.
//! When a conversation enters a workflow, its expressions are judged once, and the conversation takes its steps along as a
//! [`Route`]: a change governs the conversations that enter later, a removal strands nobody, and replaying the log
//! needs no expression.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::{AgentId, QueueId, SkillId, WorkflowId};
use crate::queue::Priority;
use crate::skill::Level;
use crate::time::Timestamp;

/// How many filters a workflow may have.
pub const FILTERS_MAX: usize = 50;

/// How many steps a filter may have.
pub const STEPS_MAX: usize = 10;

/// How many skills a step may ask for beyond its queue's.
pub const STEP_SKILLS_MAX: usize = 20;

/// How many characters an expression may have.
pub const EXPRESSION_CHARS_MAX: usize = 500;

/// How long a step may last at most, in seconds: a day.
pub const STEP_SECS_MAX: u32 = 86_400;

/// A workflow, as administrators write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// What it is called.
    pub name: String,
    /// The channel whose new conversations begin in it; at most one workflow has a channel.
    #[serde(default)]
    pub entrance: Option<Channel>,
    /// From the first to the last; the first that matches decides.
    #[serde(default)]
    pub filters: Vec<FilterDefinition>,
    /// The steps where no filter matches.
    #[serde(default)]
    pub default: Vec<StepDefinition>,
    /// The queue after the last step, and where there is none: everyone in it, without a limit.
    pub fallback: QueueId,
}

/// A filter, as administrators write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FilterDefinition {
    /// What it is called.
    pub name: String,
    /// The expression that says which conversations it is for.
    pub when: String,
    /// Where they go, in order.
    #[serde(default)]
    pub steps: Vec<StepDefinition>,
}

/// A step, as administrators write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StepDefinition {
    /// The queue that owns the conversation in this step.
    pub queue: QueueId,
    /// What it asks of an agent beyond what the queue asks.
    #[serde(default)]
    pub skills: Vec<StepSkill>,
    /// The priority from this step on; nothing leaves it as it is.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// After how many seconds the next step begins; nothing for a last step without a limit.
    #[serde(default)]
    pub timeout_secs: Option<u32>,
    /// When it is passed over.
    #[serde(default)]
    pub skip_if: Option<SkipIf>,
    /// The one person who is asked in this step; nothing for everyone in the queue.
    #[serde(default)]
    pub known_agent: Option<KnownAgent>,
}

/// Something that a step asks of an agent beyond what its queue asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StepSkill {
    /// Which skill.
    pub skill: SkillId,
    /// At which level at least.
    #[serde(default, skip_serializing_if = "Level::is_least")]
    pub level: Level,
    /// Where it is asked for at lower levels in time, the soonest first and each lower than the one before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relax: Vec<Lowering>,
    /// After how many seconds in the step it is asked for no more; nothing for never.
    #[serde(default)]
    pub drop_after_secs: Option<u32>,
}

/// A lower level at which a step asks for a skill after a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Lowering {
    /// After how many seconds in the step.
    pub after_secs: u32,
    /// At which level it is asked for from then on.
    pub level: Level,
}

/// When a step is passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SkipIf {
    /// When nobody whom it asks is free as the step begins.
    NobodyAvailable,
    /// When this is true of the conversation as it enters the workflow.
    When {
        /// The expression.
        expression: String,
    },
}

/// The one person who is asked in a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum KnownAgent {
    /// The agent who had the conversation last, before the one who passes it on.
    Last,
    /// The one whose id or address stands in an attribute of the conversation.
    Attribute {
        /// The attribute's name.
        name: String,
    },
}

/// A workflow, as routing sees it; its name, its filters' names and its expressions are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Workflow {
    /// Which.
    pub id: WorkflowId,
    /// The channel whose new conversations begin in it.
    pub entrance: Option<Channel>,
    /// The steps of each filter.
    pub filters: Vec<Vec<Step>>,
    /// The steps where no filter matches.
    pub default: Vec<Step>,
    /// The queue after the last step.
    pub fallback: QueueId,
}

/// A step, as routing sees it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Step {
    /// The queue that owns the conversation in this step.
    pub queue: QueueId,
    /// What it asks of an agent beyond what the queue asks.
    pub skills: Vec<StepSkill>,
    /// The priority from this step on.
    pub priority: Option<Priority>,
    /// After how many seconds the next step begins.
    pub timeout_secs: Option<u32>,
    /// Whether it is passed over when nobody whom it asks is free.
    pub skip_if_nobody: bool,
    /// Whether one person is asked, and how they are found.
    pub known_agent: Option<KnownBy>,
}

/// How the one person who is asked in a step is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// They had the conversation last.
    Last,
    /// An attribute names them.
    Attribute,
}

/// A step that a conversation takes along when it enters a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlannedStep {
    /// Its place in its filter, from 1: those that an expression passed over are left out.
    pub number: u16,
    /// The queue that owns the conversation in this step.
    pub queue: QueueId,
    /// The one person who is asked.
    pub agent: Option<AgentId>,
    /// What it asks of an agent beyond what the queue asks.
    pub skills: Vec<StepSkill>,
    /// The priority from this step on.
    pub priority: Option<Priority>,
    /// After how many seconds the next step begins.
    pub timeout_secs: Option<u32>,
    /// Whether it is passed over when nobody whom it asks is free.
    pub skip_if_nobody: bool,
}

/// A lower level at which a step that began asks for a skill from a time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lowered {
    /// From when on.
    pub at: Timestamp,
    /// Which skill.
    pub skill: SkillId,
    /// At which level.
    pub level: Level,
}

/// A conversation's way through a workflow: fixed when it entered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Route {
    /// Which workflow.
    pub workflow: WorkflowId,
    /// Which filter matched, from 0; nothing for none.
    pub filter: Option<u16>,
    /// The steps it takes along.
    pub steps: Vec<PlannedStep>,
    /// The queue after the last of them.
    pub fallback: QueueId,
    /// Which of them it is in.
    pub step: u16,
    /// When the next one begins.
    pub deadline: Option<Timestamp>,
    /// The skills that are asked for no more at a time.
    pub dropping: BTreeMap<SkillId, Timestamp>,
    /// The levels that are asked for from a time on, the soonest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lowering: Vec<Lowered>,
}

impl Route {
    /// Returns when something about it is due: a skill that is asked for less or no more, or the next step.
    pub fn due(&self) -> Option<Timestamp> {
        let lowered = self.lowering.iter().map(|lowered| lowered.at);
        self.dropping.values().copied().chain(lowered).chain(self.deadline).min()
    }

    /// Returns the step it is in.
    pub fn current(&self) -> Option<&PlannedStep> {
        self.steps.get(usize::from(self.step))
    }
}

impl Definition {
    /// Returns every list of steps with the place of its filter; nothing stands for the default.
    pub fn branches(&self) -> impl Iterator<Item = (Option<usize>, &[StepDefinition])> {
        let filters = self.filters.iter().enumerate().map(|(place, filter)| (Some(place), &*filter.steps));
        filters.chain([(None, &*self.default)])
    }

    /// Returns the steps of a filter, or the default's.
    pub fn steps(&self, filter: Option<usize>) -> &[StepDefinition] {
        match filter {
            Some(filter) => self.filters.get(filter).map_or(&[], |filter| &filter.steps),
            None => &self.default,
        }
    }

    /// Returns what routing keeps of it.
    pub fn compiled(&self, id: WorkflowId) -> Workflow {
        let steps = |steps: &[StepDefinition]| steps.iter().map(StepDefinition::compiled).collect();
        Workflow {
            id,
            entrance: self.entrance,
            filters: self.filters.iter().map(|filter| steps(&filter.steps)).collect(),
            default: steps(&self.default),
            fallback: self.fallback,
        }
    }

    /// Says what is wrong with its shape, in a sentence; nothing if it can be used. Expressions, and whether its queues and
    /// skills are there, are checked elsewhere.
    pub fn fault(&self) -> Option<String> {
        if self.filters.len() > FILTERS_MAX {
            return Some(format!("A workflow has at most {FILTERS_MAX} filters."));
        }
        self.branches().find_map(|(filter, steps)| {
            let place = self.place(filter);
            if steps.len() > STEPS_MAX {
                return Some(format!("{place} has more than {STEPS_MAX} steps."));
            }
            let numbered = steps.iter().zip(1..);
            numbered.into_iter().find_map(|(step, number)| {
                let fault = step.fault(number == steps.len())?;
                Some(format!("{place}, step {number}: {fault}"))
            })
        })
    }

    /// Says which filter it is, or that it is the default.
    pub fn place(&self, filter: Option<usize>) -> String {
        match filter.and_then(|place| Some((place + 1, self.filters.get(place)?))) {
            Some((number, filter)) => format!("Filter {number} ({})", filter.name),
            None => "Default".to_owned(),
        }
    }
}

impl StepDefinition {
    fn compiled(&self) -> Step {
        Step {
            queue: self.queue,
            skills: self.skills.clone(),
            priority: self.priority,
            timeout_secs: self.timeout_secs,
            skip_if_nobody: self.skip_if == Some(SkipIf::NobodyAvailable),
            known_agent: self.known_agent.as_ref().map(|known| match known {
                KnownAgent::Last => KnownBy::Last,
                KnownAgent::Attribute { .. } => KnownBy::Attribute,
            }),
        }
    }

    fn fault(&self, last: bool) -> Option<String> {
        let usable = |secs: u32| (1..=STEP_SECS_MAX).contains(&secs);
        let lowered = self.skills.iter().flat_map(|skill| &skill.relax).map(|lowering| lowering.after_secs);
        let dropped = self.skills.iter().filter_map(|skill| skill.drop_after_secs);
        let times = lowered.chain(dropped).chain(self.timeout_secs);
        if times.into_iter().any(|secs| !usable(secs)) {
            return Some(format!("Give each time as 1 to {STEP_SECS_MAX} seconds."));
        }
        if self.timeout_secs.is_none() && self.known_agent.is_some() {
            return Some("A step for one person needs a time after which others are asked.".to_owned());
        }
        if self.timeout_secs.is_none() && !last {
            return Some("Give it a time, or what stands after it is never reached.".to_owned());
        }
        if self.skills.len() > STEP_SKILLS_MAX {
            return Some(format!("A step asks for at most {STEP_SKILLS_MAX} skills."));
        }
        let twice = |one: &StepSkill| self.skills.iter().filter(|other| other.skill == one.skill).count() > 1;
        if self.skills.iter().any(twice) {
            return Some("It asks for the same skill twice.".to_owned());
        }
        let relaxes = self.skills.iter().all(StepSkill::relaxes);
        (!relaxes).then(|| "Let each level be lower and later than the one before it.".to_owned())
    }
}

impl StepSkill {
    /// Says whether it is asked for less and less, until it is asked for no more.
    fn relaxes(&self) -> bool {
        let (mut level, mut after_secs) = (self.level, 0);
        self.relax.iter().all(|lowering| {
            let less = lowering.level < level && lowering.after_secs > after_secs;
            (level, after_secs) = (lowering.level, lowering.after_secs);
            less
        }) && self.drop_after_secs.is_none_or(|secs| secs > after_secs)
    }

    /// Returns what is asked for in the end, of a step that lasts so long; nothing if that is nothing.
    pub fn in_the_end(&self, timeout_secs: Option<u32>) -> Option<Level> {
        let in_time = |secs: u32| timeout_secs.is_none_or(|timeout_secs| secs < timeout_secs);
        if self.drop_after_secs.is_some_and(in_time) {
            return None;
        }
        let lowered = self.relax.iter().rev().find(|lowering| in_time(lowering.after_secs));
        Some(lowered.map_or(self.level, |lowering| lowering.level))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(timeout_secs: Option<u32>) -> StepDefinition {
        StepDefinition {
            queue: QueueId::from_bits(1),
            skills: Vec::new(),
            priority: None,
            timeout_secs,
            skip_if: None,
            known_agent: None,
        }
    }

    fn definition(default: Vec<StepDefinition>) -> Definition {
        let fallback = QueueId::from_bits(1);
        Definition { name: "Sales".to_owned(), entrance: None, filters: Vec::new(), default, fallback }
    }

    #[test]
    fn only_the_last_step_may_go_without_a_time() {
        assert_eq!(definition(vec![step(Some(30)), step(None)]).fault(), None);
        let fault = definition(vec![step(None), step(Some(30))]).fault();
        assert!(fault.is_some_and(|fault| fault.starts_with("Default, step 1: ")));
    }

    #[test]
    fn one_person_is_never_asked_without_a_limit() {
        let known = StepDefinition { known_agent: Some(KnownAgent::Last), ..step(None) };
        assert!(definition(vec![known]).fault().is_some());
    }

    #[test]
    fn a_step_asks_for_less_and_less_of_a_skill() {
        let level = |number| Level::new(number).expect("it is one");
        let lowering = |after_secs, number| Lowering { after_secs, level: level(number) };
        let asked = |relax, drop_after_secs| StepSkill {
            skill: SkillId::from_bits(1),
            level: level(7),
            relax,
            drop_after_secs,
        };
        let fault =
            |skill| definition(vec![StepDefinition { skills: vec![skill], ..step(Some(60)) }]).fault();
        let relaxes = asked(vec![lowering(10, 4), lowering(20, 2)], Some(30));
        assert_eq!(fault(relaxes.clone()), None);
        for wrong in [
            asked(vec![lowering(10, 7)], None),
            asked(vec![lowering(10, 4), lowering(20, 4)], None),
            asked(vec![lowering(10, 4), lowering(10, 3)], None),
            asked(vec![lowering(10, 4)], Some(10)),
            asked(vec![lowering(0, 4)], None),
        ] {
            assert!(fault(wrong.clone()).is_some(), "{wrong:?}");
        }
        let ends = [None, Some(31), Some(30), Some(20), Some(5)].map(|secs| relaxes.in_the_end(secs));
        assert_eq!(ends, [None, None, Some(level(2)), Some(level(4)), Some(level(7))]);
    }

    #[test]
    fn what_is_due_first_is_the_skill_that_is_dropped_before_the_step_ends() {
        let at = Timestamp::from_millis;
        let mut route = Route {
            workflow: WorkflowId::from_bits(1),
            filter: None,
            steps: Vec::new(),
            fallback: QueueId::from_bits(1),
            step: 0,
            deadline: Some(at(30)),
            dropping: BTreeMap::from([(SkillId::from_bits(1), at(10))]),
            lowering: vec![Lowered { at: at(5), skill: SkillId::from_bits(1), level: Level::LEAST }],
        };
        assert_eq!(route.due(), Some(at(5)));
        route.lowering.clear();
        assert_eq!(route.due(), Some(at(10)));
        route.dropping.clear();
        assert_eq!(route.due(), Some(at(30)));
    }
}
