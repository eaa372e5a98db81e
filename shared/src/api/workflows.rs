//! Workflows as administrators see and try them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::*;
use crate::workflow::{Definition, FilterDefinition, StepDefinition};

bodies! {
    /// A conversation to try a workflow with: one that there is, or one that is made up.
    DryRun {
        /// One that there is; what is given beside it is taken instead of what is known about it.
        #[serde(default)]
        conversation: Option<ConversationId>,
        /// What is known about it.
        #[serde(default)]
        attributes: Option<BTreeMap<String, String>>,
        /// How the customer writes; `web_chat` if it is not said.
        #[serde(default)]
        channel: Option<Channel>,
        /// The queue it is in, or would begin in.
        #[serde(default)]
        queue: Option<QueueId>,
        /// How long ago it was opened, in seconds.
        #[serde(default)]
        waiting_secs: Option<u64>,
    }
    /// What a workflow would do.
    DryRunView {
        /// The filter that matched, from 1; nothing where the default is taken.
        filter: Option<u16>,
        /// Every filter, and how it came out.
        filters: Vec<FilterTrial>,
        /// Every step of the filter that matched, or of the default.
        steps: Vec<StepTrial>,
        /// What would happen first, in a sentence.
        outcome: String,
        /// What can never match, whatever the conversation, in a sentence each.
        warnings: Vec<String>,
    }
    /// A filter, tried out.
    FilterTrial {
        /// Its place, from 1.
        number: u16,
        /// What it is called.
        name: String,
        /// Whether it matched; nothing if it was not asked, because one before it matched.
        matched: Option<bool>,
        /// Why it came out as it did, in a sentence.
        why: String,
    }
    /// A step, tried out.
    StepTrial {
        /// Its place, from 1.
        number: u16,
        /// The name of the queue that would own the conversation.
        queue: String,
        /// Whether it would begin at once.
        begins: bool,
        /// What would become of it, in a sentence.
        why: String,
        /// Who could be offered the conversation now.
        eligible: Vec<PersonTrial>,
        /// Who could not, and why; at most 200.
        others: Vec<PersonTrial>,
    }
    /// Someone whom a step asks, or not.
    PersonTrial {
        /// Who.
        id: AgentId,
        /// What they are called.
        name: String,
        /// Why they could not be offered it now, in a sentence; nothing if they could.
        why_not: Option<String>,
    }
}

/// A workflow, as administrators see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkflowView {
    /// Which.
    pub id: WorkflowId,
    /// What it is called.
    pub name: String,
    /// The channel whose new conversations begin in it.
    pub entrance: Option<Channel>,
    /// From the first to the last; the first that matches decides.
    pub filters: Vec<FilterDefinition>,
    /// The steps where no filter matches.
    pub default: Vec<StepDefinition>,
    /// The queue after the last step.
    pub fallback: QueueId,
}

impl WorkflowView {
    /// Shows what is written in a workflow.
    pub fn new(id: WorkflowId, definition: Definition) -> Self {
        let Definition { name, entrance, filters, default, fallback } = definition;
        Self { id, name, entrance, filters, default, fallback }
    }

    /// Returns what is written in it.
    pub fn into_definition(self) -> Definition {
        let Self { name, entrance, filters, default, fallback, .. } = self;
        Definition { name, entrance, filters, default, fallback }
    }
}
