//! A time slice of a conversation with one owner, and the wrap-up that an agent's slice ends with.

use serde::{Deserialize, Serialize};

use crate::conversation::{EndedBy, Owner};
use crate::ids::{
    AgentId, ConversationId, FlowId, InviteId, OfferId, QueueId, SegmentId, TransferId, WorkflowId,
};
use crate::time::Timestamp;

/// Why an owner got a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum OwnerCause {
    /// The customer opened it.
    Opened,
    /// An agent accepted an offer from the queue.
    Accepted(OfferId),
    /// A transfer passed it on.
    Transferred(TransferId),
    /// The sender took a transfer to a queue back.
    TakenBack(TransferId),
    /// The agent who owned it may sign in no more.
    Released,
    /// A transfer's policy released the sender before anyone accepted.
    Parked(TransferId),
    /// A transfer whose sender was released came back to them.
    Returned(TransferId),
    /// Nobody accepted a transfer in time.
    Expired(TransferId),
    /// The agent who owned it was not reachable for too long.
    Lost,
    /// The agent who owned it left it to a participant.
    Left(InviteId),
    /// A supervisor took it over: this one, of which a log of former times says nothing.
    TakenOver(Option<AgentId>),
    /// A supervisor put what waited in another line.
    Redirected,
    /// A workflow's next step is in another queue.
    Routed(WorkflowId),
    /// It waited too long in this queue.
    Overflowed(QueueId),
    /// The customer's new conversation begins in a flow.
    Entered(FlowId),
}

/// How much longer a wrap-up lasts each time it is extended.
pub const WRAP_UP_EXTENSION: core::time::Duration = core::time::Duration::from_secs(60);

/// Whether an agent has to file the segment that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrapUp {
    /// Nothing is to be filed.
    None,
    /// The segment's agent files it.
    ByItsAgent,
}

/// How an agent files what a segment was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// The customer has what they wanted.
    Resolved,
    /// Something is still to be done.
    FollowUp,
    /// Someone else goes on with it.
    PassedOn,
    /// The customer answered no more.
    NoReply,
    /// Not a customer's question.
    Spam,
}

impl Disposition {
    /// Every disposition, in the order of the list.
    pub const ALL: [Self; 5] = [Self::Resolved, Self::FollowUp, Self::PassedOn, Self::NoReply, Self::Spam];

    /// Returns the words shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Resolved => "Resolved",
            Self::FollowUp => "Follow-up needed",
            Self::PassedOn => "Passed on",
            Self::NoReply => "No reply from customer",
            Self::Spam => "Spam",
        }
    }
}

/// What ended a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum FollowedBy {
    /// Another owner, and why they got it.
    Owner(OwnerCause),
    /// The end of the conversation.
    End(EndedBy),
}

/// Running, in wrap-up, or over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentState {
    /// Its owner owns the conversation.
    Active,
    /// Its agent files it.
    WrapUp {
        /// When the agent stopped being the owner.
        ended_at: Timestamp,
        /// What came next.
        followed_by: FollowedBy,
        /// When it ends by itself; nothing for never.
        until: Option<Timestamp>,
    },
    /// Nothing is left to be done.
    Ended {
        /// When the owner stopped being the owner.
        ended_at: Timestamp,
        /// What came next.
        followed_by: FollowedBy,
        /// What the agent filed, if it was an agent's segment that was filed.
        disposition: Option<Disposition>,
    },
}

/// A time slice of a conversation with one owner.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Segment {
    /// Which.
    pub id: SegmentId,
    /// Of what.
    pub conversation: ConversationId,
    /// Whose.
    pub owner: Owner,
    /// Since when.
    pub started_at: Timestamp,
    /// Why the owner got it.
    pub preceded_by: OwnerCause,
    /// The last message in it; nothing after it belongs to this owner.
    pub last_seq: u32,
    /// Running, in wrap-up, or over.
    pub state: SegmentState,
}
