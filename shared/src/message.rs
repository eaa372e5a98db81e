//! What is said inside a conversation.

use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, ExternalId, FlowId, MessageId, NotTagged, Tagged};
use crate::time::Timestamp;

/// How many characters a message may have.
pub const MESSAGE_CHARS_MAX: usize = 8_000;

/// How many of the last messages come with a conversation; earlier ones come by page.
pub const MESSAGES_SHOWN: usize = 50;

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "id", rename_all = "snake_case", try_from = "Tagged")]
pub enum Author {
    /// The customer.
    Customer,
    /// An agent.
    Agent(AgentId),
    /// A scripted bot.
    Flow(FlowId),
    /// A partner outside.
    External(ExternalId),
}

impl TryFrom<Tagged> for Author {
    type Error = NotTagged;

    fn try_from(tagged: Tagged) -> Result<Self, NotTagged> {
        Ok(match tagged.kind.as_str() {
            "customer" => Self::Customer,
            "agent" => Self::Agent(tagged.id()?),
            "flow" => Self::Flow(tagged.id()?),
            "external" => Self::External(tagged.id()?),
            _ => return Err(NotTagged::Kind(&["customer", "agent", "flow", "external"])),
        })
    }
}

/// A message as staff see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Its number in the conversation, from 1, without gaps.
    pub seq: u32,
    /// Which.
    pub id: MessageId,
    /// Who said it.
    pub author: Author,
    /// The author's name.
    pub name: String,
    /// What was said, as plain text.
    pub text: String,
    /// When the server took it.
    pub at: Timestamp,
    /// The idempotency key it was sent with, by which a page recognises its own message.
    pub client_key: Option<String>,
}

/// Adds a message to messages in the order of their numbers, once.
pub(crate) fn insert_by_seq(messages: &mut Vec<Message>, message: Message) {
    match messages.binary_search_by_key(&message.seq, |known| known.seq) {
        Ok(known) => messages[known] = message,
        Err(place) => messages.insert(place, message),
    }
}
