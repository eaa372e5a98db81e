//! Workflows' expressions, asked about a conversation: which filter matches, which steps are passed over, who is known.
//! Flows' scripts stand beside them, ready to be played.

use std::collections::BTreeMap;

use baton_shared::workflow::{KnownAgent, SkipIf, StepDefinition};
use baton_shared::{AgentId, Definition, FlowDefinition, FlowId, QueueId, WorkflowId};

use crate::conditions::{Condition, Facts};
use crate::desk::Judgement;
use crate::scripts::Script;

/// A workflow with its expressions compiled.
#[derive(Debug)]
pub struct Judge {
    definition: Definition,
    filters: Vec<Result<Condition, String>>,
    /// What passes over the steps of each filter, and of the default last.
    skips: Vec<Vec<Option<Result<Condition, String>>>>,
}

/// How the expressions of a workflow came out, with what is needed to explain it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// What decides.
    pub judgement: Judgement,
    /// How each filter came out, up to the one that matched.
    pub filters: Vec<Result<bool, String>>,
    /// How the expressions came out that pass over the steps of the filter that matched.
    pub skips: BTreeMap<u16, Result<bool, String>>,
}

impl Judge {
    /// Compiles what is written in a workflow.
    pub fn new(definition: Definition) -> Self {
        let skip = |step: &StepDefinition| match &step.skip_if {
            Some(SkipIf::When { expression }) => Some(Condition::compile(expression)),
            Some(SkipIf::NobodyAvailable) | None => None,
        };
        let skips = definition.branches().map(|(_, steps)| steps.iter().map(skip).collect()).collect();
        let filters = definition.filters.iter().map(|filter| Condition::compile(&filter.when)).collect();
        Self { definition, filters, skips }
    }

    /// Returns what is written in it.
    pub const fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Returns the expressions of its filters, or why they cannot be asked.
    pub fn filters(&self) -> &[Result<Condition, String>] {
        &self.filters
    }

    /// Asks about a conversation; `person` finds the one whom an id or an address names.
    pub fn judge(&self, facts: &Facts<'_>, person: &dyn Fn(&str) -> Option<AgentId>) -> Judged {
        let mut filters: Vec<Result<bool, String>> = Vec::new();
        for condition in &self.filters {
            filters.push(ask(condition, facts));
            if filters.last() == Some(&Ok(true)) {
                break;
            }
        }
        let matched = (filters.last() == Some(&Ok(true))).then(|| filters.len() - 1);
        let conditions = &self.skips[matched.unwrap_or(self.filters.len())];
        let asked = (0..)
            .zip(conditions)
            .filter_map(|(place, condition)| Some((place, ask(condition.as_ref()?, facts))));
        let skips: BTreeMap<u16, Result<bool, String>> = asked.collect();
        let known = |(place, step): (u16, &StepDefinition)| match &step.known_agent {
            Some(KnownAgent::Attribute { name }) => Some((place, person(facts.attributes.get(name)?)?)),
            Some(KnownAgent::Last) | None => None,
        };
        let judgement = Judgement {
            filter: matched.and_then(|matched| u16::try_from(matched).ok()),
            skips: skips.iter().filter(|(_, skips)| **skips == Ok(true)).map(|(place, _)| *place).collect(),
            known: (0..).zip(self.definition.steps(matched)).filter_map(known).collect(),
        };
        Judged { judgement, filters, skips }
    }
}

fn ask(condition: &Result<Condition, String>, facts: &Facts<'_>) -> Result<bool, String> {
    condition.as_ref().map_err(Clone::clone)?.holds(facts)
}

/// Every workflow, ready to be asked, every flow, ready to be played, and what the queues are called.
#[derive(Debug, Default)]
pub struct Judges {
    workflows: BTreeMap<WorkflowId, Judge>,
    flows: BTreeMap<FlowId, Script>,
    queue_names: BTreeMap<QueueId, String>,
}

impl Judges {
    /// Compiles every workflow and every flow.
    pub fn new(
        definitions: BTreeMap<WorkflowId, Definition>,
        flows: BTreeMap<FlowId, FlowDefinition>,
        queue_names: BTreeMap<QueueId, String>,
    ) -> Self {
        let workflows =
            definitions.into_iter().map(|(id, definition)| (id, Judge::new(definition))).collect();
        let flows = flows.into_iter().map(|(id, definition)| (id, Script::new(definition))).collect();
        Self { workflows, flows, queue_names }
    }

    /// Returns a workflow.
    pub fn workflow(&self, id: WorkflowId) -> Option<&Judge> {
        self.workflows.get(&id)
    }

    /// Returns a flow; one that was removed since the start is there still.
    pub fn flow(&self, id: FlowId) -> Option<&Script> {
        self.flows.get(&id)
    }

    /// Returns every workflow.
    pub fn every(&self) -> impl Iterator<Item = &Judge> {
        self.workflows.values()
    }

    /// Returns what a queue is called.
    pub fn queue_name(&self, id: QueueId) -> &str {
        self.queue_names.get(&id).map_or("", String::as_str)
    }

    /// Takes in what was written in a workflow.
    pub fn set_workflow(&mut self, id: WorkflowId, definition: Definition) {
        self.workflows.insert(id, Judge::new(definition));
    }

    /// Takes in what was written in a flow.
    pub fn set_flow(&mut self, id: FlowId, definition: FlowDefinition) {
        self.flows.insert(id, Script::new(definition));
    }

    /// Takes in what a queue is called.
    pub fn set_queue_name(&mut self, id: QueueId, name: &str) {
        self.queue_names.insert(id, name.to_owned());
    }
}
