//! A numbered request: what could not be answered in a conversation and is answered later.

use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, ContactId, ConversationId, QueueId, RequestId};
use crate::time::Timestamp;

/// Open, or answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Nobody has answered yet.
    Open,
    /// Someone has.
    Answered {
        /// When.
        at: Timestamp,
        /// Who.
        by: AgentId,
    },
}

/// What could not be answered in a conversation; its note, its answer and the customer's address are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Request {
    /// Which.
    pub id: RequestId,
    /// The number that people call it by, from 1, without gaps.
    pub number: u32,
    /// The conversation it came from.
    pub conversation: ConversationId,
    /// Whose it is.
    pub contact: ContactId,
    /// The queue that owns it.
    pub queue: QueueId,
    /// When it was created.
    pub created_at: Timestamp,
    /// Open or answered.
    pub state: RequestState,
}
