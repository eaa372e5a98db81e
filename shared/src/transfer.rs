//! The passing of a conversation from one owner to another.
//!
//! A transfer to an agent leaves the sender owner until it is accepted.
//! A transfer to a queue is complete for the sender as soon as it is enqueued: the queue is the owner from then on,
//! and the transfer stays on record until an agent accepts (successful) or the customer leaves (failed).

use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, ConversationId, OfferId, QueueId, TransferId};
use crate::time::Timestamp;

/// How long the receiving agent has to answer. Source: Vivocha, "How to transfer a contact", transfer timeout.
pub const TRANSFER_LASTS: Duration = Duration::from_secs(60);

/// How long a transfer to a queue can be taken back, as long as nobody accepted it.
pub const UNDO_LASTS: Duration = Duration::from_secs(5);

/// To whom a conversation is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Target {
    /// A named person, who may accept or reject.
    Agent(AgentId),
    /// A queue, whose members are offered it in turn.
    Queue(QueueId),
}

/// How a transfer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransferEnd {
    /// Another participant became owner.
    Completed,
    /// The receiver rejected it or went away: the sender is owner still.
    Returned,
    /// The sender took it back.
    Cancelled,
    /// Nobody answered in time: the sender is owner still.
    Expired,
    /// The customer left first.
    Abandoned,
}

impl TransferEnd {
    /// Returns the stable word for it, the same as in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Abandoned => "abandoned",
        }
    }
}

/// Where a transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferState {
    /// Requested, and about to be offered or enqueued in the same turn.
    Requested,
    /// Offered to the named agent; the sender is owner.
    Offered {
        /// The offer that is out.
        offer: OfferId,
        /// When it comes back to the sender.
        deadline: Timestamp,
    },
    /// In the queue, which is owner; complete for the sender, undecided for reports.
    Enqueued {
        /// Until when the sender may take it back.
        undo_until: Timestamp,
    },
    /// It is over.
    Ended {
        /// When.
        at: Timestamp,
        /// How.
        end: TransferEnd,
    },
}

/// The passing of a conversation from one owner to another; its note and reason are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Transfer {
    /// Which.
    pub id: TransferId,
    /// What is passed.
    pub conversation: ConversationId,
    /// By whom.
    pub from: AgentId,
    /// To whom.
    pub target: Target,
    /// When it was requested.
    pub requested_at: Timestamp,
    /// Where it stands.
    pub state: TransferState,
}
