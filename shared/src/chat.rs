//! All that a customer sees of their conversation: no notes, no staff ids, no presence.

use serde::{Deserialize, Serialize};

use crate::conversation::EndedBy;
use crate::ids::{ConversationId, MessageId};
use crate::rating::Survey;
use crate::time::Timestamp;

/// All that a customer sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatView {
    /// Which conversation.
    pub conversation: ConversationId,
    /// The customer's name.
    pub name: String,
    /// What is happening.
    pub phase: Phase,
    /// The last messages, at most [`crate::message::MESSAGES_SHOWN`] in a snapshot.
    pub messages: Vec<ChatMessage>,
    /// Whether there are earlier messages.
    pub more: bool,
    /// How far the agent has read.
    pub read: u32,
}

/// What is happening to a customer's conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Phase {
    /// It waits in a queue.
    Waiting {
        /// The queue's name.
        queue: String,
        /// The place in line, from 1.
        position: Option<u32>,
        /// The estimated wait in seconds, where it is known.
        wait_secs: Option<u64>,
    },
    /// An agent answers.
    Active {
        /// The agent's name.
        agent: String,
    },
    /// An agent answers, and is passing it on.
    Transferring {
        /// The agent's name.
        agent: String,
        /// The name of the person it is passed to.
        to: String,
    },
    /// It has ended.
    Closed {
        /// Who ended it.
        by: EndedBy,
        /// The number of the request that is answered later, if it ended with one.
        #[serde(default)]
        request: Option<u32>,
        /// The answer to the request, once there is one.
        #[serde(default)]
        answer: Option<String>,
        /// How far the customer is asked how good it was, where they are asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        survey: Option<Survey>,
    },
}

/// Who wrote a message, as the customer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChatAuthor {
    /// The customer.
    Customer,
    /// Someone of the contact centre.
    Agent,
    /// A scripted bot.
    Bot,
}

/// A message as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatMessage {
    /// Its number in the conversation, from 1, without gaps.
    pub seq: u32,
    /// Which.
    pub id: MessageId,
    /// Who wrote it.
    pub from: ChatAuthor,
    /// The author's name.
    pub name: String,
    /// What was written, as plain text.
    pub text: String,
    /// When the server took it.
    pub at: Timestamp,
    /// The idempotency key it was sent with, by which a page recognises its own message.
    pub client_key: Option<String>,
}

/// How a customer's view changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are named after what they are; the variants say what changed")]
pub enum ChatEvent {
    /// Someone wrote.
    MessageAdded { message: ChatMessage },
    /// Something else is happening; the notice says so in a sentence.
    PhaseChanged { phase: Phase, notice: Option<String> },
    /// The agent has read so far.
    MarksChanged { read: u32 },
}

impl ChatView {
    /// Changes the view as the event says; applying an event twice changes nothing.
    pub fn apply(&mut self, event: &ChatEvent) {
        match event {
            ChatEvent::MessageAdded { message } => {
                match self.messages.binary_search_by_key(&message.seq, |known| known.seq) {
                    Ok(known) => self.messages[known] = message.clone(),
                    Err(place) => self.messages.insert(place, message.clone()),
                }
            }
            ChatEvent::PhaseChanged { phase, .. } => self.phase = phase.clone(),
            ChatEvent::MarksChanged { read } => self.read = *read,
        }
    }
}
