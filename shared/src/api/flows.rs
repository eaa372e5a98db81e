//! Flows and external contacts as administrators see them, and what partners send.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::flow::{FlowDefinition, FlowStep};
use crate::ids::*;
use crate::message::Message;

bodies! {
    /// An external contact to set up or to change.
    NewExternal {
        /// What it is called.
        name: String,
        /// Where it is asked: an address with `https`, or with `http` on this machine.
        url: String,
        /// What both sides sign with: `whsec_` and 24 to 64 bytes in base 64; without it the one that there is stays.
        #[serde(default)]
        secret: Option<String>,
    }
    /// An external contact, as administrators see it; its secret is never shown.
    ExternalView {
        /// Which.
        id: ExternalId,
        /// What it is called.
        name: String,
        /// Where it is asked.
        url: String,
    }
    /// A partner asks for what was said.
    ExternalRead {
        /// The conversation, as in the address.
        conversation: ConversationId,
        /// The number of the last message that is known already.
        #[serde(default)]
        after: u32,
    }
    /// What was said, to a partner.
    ExternalTranscript {
        /// At most 50 messages after the one that is known, oldest first.
        messages: Vec<Message>,
        /// Whether there are more.
        more: bool,
    }
    /// A partner says something to the customer.
    ExternalMessage {
        /// The conversation, as in the address.
        conversation: ConversationId,
        /// What is said, as plain text.
        text: String,
    }
    /// A partner gives a conversation back.
    ExternalReturn {
        /// The conversation, as in the address.
        conversation: ConversationId,
        /// The note for whoever gets it.
        #[serde(default)]
        note: Option<String>,
    }
    /// A partner ends a conversation.
    ExternalClosure {
        /// The conversation, as in the address.
        conversation: ConversationId,
    }
}

/// A flow, as administrators see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlowView {
    /// Which.
    pub id: FlowId,
    /// What it is called.
    pub name: String,
    /// The channel whose new conversations begin in it.
    pub entrance: Option<Channel>,
    /// How long it may have a conversation, in seconds.
    pub lasts_secs: u32,
    /// The queue of what it cannot go on with.
    pub fallback: QueueId,
    /// From the first to the last, unless one says which is next.
    pub steps: Vec<FlowStep>,
}

impl FlowView {
    /// Shows what is written in a flow.
    pub fn new(id: FlowId, definition: FlowDefinition) -> Self {
        let FlowDefinition { name, entrance, lasts_secs, fallback, steps } = definition;
        Self { id, name, entrance, lasts_secs, fallback, steps }
    }

    /// Returns what is written in it.
    pub fn into_definition(self) -> FlowDefinition {
        let Self { name, entrance, lasts_secs, fallback, steps, .. } = self;
        FlowDefinition { name, entrance, lasts_secs, fallback, steps }
    }
}
