//! An invitation to join a conversation beside its owner.
//!
//! Whoever accepts one takes part: they see the conversation and write to the customer, who sees them. The owner stays the
//! owner; leaves the owner, a participant becomes it.

use serde::{Deserialize, Serialize};

use crate::agent::Work;
use crate::ids::{AgentId, ConversationId, InviteId};
use crate::policy::TransferPolicy;
use crate::search::Search;
use crate::time::Timestamp;
use crate::transfer::Target;

/// How an invitation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InviteEnd {
    /// The participant left, or was not reachable any more.
    Left,
    /// The owner took it back, or ended the participation.
    Cancelled,
    /// Whoever was invited refused.
    Declined,
    /// Nobody answered in time.
    Expired,
    /// The participant became the owner.
    TookOver,
    /// The conversation ended.
    Closed,
}

/// Where an invitation stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteState {
    /// Someone is looked for.
    Open {
        /// Whom it is or was offered to.
        search: Search,
        /// When it expires.
        deadline: Timestamp,
    },
    /// Someone takes part.
    Joined {
        /// Who.
        agent: AgentId,
        /// Since when.
        since: Timestamp,
    },
    /// It is over.
    Ended {
        /// When.
        at: Timestamp,
        /// How.
        end: InviteEnd,
    },
}

/// An invitation to join a conversation; its note is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Invite {
    /// Which.
    pub id: InviteId,
    /// To which conversation.
    pub conversation: ConversationId,
    /// By whom.
    pub from: AgentId,
    /// Whom it is meant for.
    pub target: Target,
    /// Which capacity the conversation took up then: whoever takes part counts it so.
    #[serde(default, skip_serializing_if = "Work::is_primary")]
    pub work: Work,
    /// The policy of the moment it was made.
    pub policy: TransferPolicy,
    /// When it was made.
    pub made_at: Timestamp,
    /// Where it stands.
    pub state: InviteState,
}

impl Invite {
    /// Returns the stable word for where it stands.
    pub const fn word(&self) -> &'static str {
        match self.state {
            InviteState::Open { .. } => "open",
            InviteState::Joined { .. } => "joined",
            InviteState::Ended { .. } => "ended",
        }
    }

    /// Says whether it stands for a supervisor who joined without being invited.
    pub fn is_unasked(&self) -> bool {
        self.target == Target::Agent(self.from)
    }

    /// Returns who takes part by it.
    pub const fn participant(&self) -> Option<AgentId> {
        match self.state {
            InviteState::Joined { agent, .. } => Some(agent),
            InviteState::Open { .. } | InviteState::Ended { .. } => None,
        }
    }
}
