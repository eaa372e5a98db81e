//! A conversation held out to one agent until a deadline; it ends exactly once.

use core::time::Duration;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::agent::Work;
use crate::ids::{AgentId, ConversationId, InviteId, OfferId, QueueId, TransferId};
use crate::time::Timestamp;
use crate::transfer::{Transfer, TransferState};

/// How long an agent who declined or missed a conversation is left alone with it, if nobody else is eligible.
pub const OFFER_REST: Duration = Duration::from_secs(30);

/// How much earlier than the real deadline people are shown it, so that a click in the last second wins.
pub const DEADLINE_MARGIN: Duration = Duration::from_secs(2);

/// Why a conversation is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum OfferCause {
    /// It waits in a queue.
    Queue(QueueId),
    /// Another agent transfers it to this one.
    Transfer(TransferId),
    /// Another agent invites this one to join.
    Invite(InviteId),
}

/// How an offer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    /// The agent took it.
    Accepted,
    /// The agent refused it.
    Declined,
    /// The deadline passed.
    TimedOut,
    /// The sender took the transfer back.
    Cancelled,
    /// It is not to be had any more: the customer left, or another rule took it away.
    Rescinded,
    /// The agent can be reached no more, or takes no new work.
    TargetGone,
}

impl OfferEnd {
    /// Returns the stable word for it, the same as in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
            Self::Rescinded => "rescinded",
            Self::TargetGone => "target_gone",
        }
    }
}

/// How much of their capacity someone has in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Load {
    /// Units in use.
    pub used: u32,
    /// How many there are.
    pub limit: u32,
}

/// How much longer a receiver who says "in 2 minutes" has to answer.
pub const SOON: Duration = Duration::from_secs(120);

/// What the receiver of a transfer lets its sender know before they decide; each once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// They have it on their screen.
    Seen,
    /// They are reading what was written to them.
    Reading,
    /// They decide within [`SOON`].
    Soon,
    /// They asked a question.
    Asked,
    /// The sender answered it.
    Answered,
}

/// A [`Reply`] that needs no words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShortReply {
    /// I have it on my screen.
    Seen,
    /// I am reading what was written to me.
    Reading,
    /// I decide within [`SOON`].
    Soon,
}

impl From<ShortReply> for Reply {
    fn from(short: ShortReply) -> Self {
        match short {
            ShortReply::Seen => Self::Seen,
            ShortReply::Reading => Self::Reading,
            ShortReply::Soon => Self::Soon,
        }
    }
}

/// A conversation held out to one agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Offer {
    /// Which.
    pub id: OfferId,
    /// What is offered.
    pub conversation: ConversationId,
    /// To whom.
    pub agent: AgentId,
    /// Why.
    pub cause: OfferCause,
    /// Which capacity it takes up, and so does the conversation of whoever accepts it.
    #[serde(default, skip_serializing_if = "Work::is_primary")]
    pub work: Work,
    /// When it was made.
    pub made_at: Timestamp,
    /// Open or ended.
    pub state: OfferState,
    /// What the receiver has let the sender know.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub replies: BTreeSet<Reply>,
}

impl Offer {
    /// Returns what the receiver may still let the sender of this transfer know: nothing unless the sender owns the
    /// conversation and waits.
    pub fn may_reply(&self, transfer: Option<&Transfer>) -> Vec<Reply> {
        let waits = transfer.is_some_and(|transfer| match transfer.state {
            TransferState::Seeking { .. } => true,
            TransferState::Requested
            | TransferState::Released { .. }
            | TransferState::Enqueued { .. }
            | TransferState::Calling { .. }
            | TransferState::Consulting { .. }
            | TransferState::Ended { .. } => false,
        });
        // Without a time of its own an offer cannot end later.
        let timed = matches!(self.state, OfferState::Open { deadline: Some(_) });
        let all = [Reply::Seen, Reply::Reading, Reply::Soon, Reply::Asked];
        let possible = |reply: &Reply| !self.replies.contains(reply) && (*reply != Reply::Soon || timed);
        all.into_iter().filter(|reply| waits && possible(reply)).collect()
    }
}

/// Open until a deadline, or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// The agent may still answer.
    Open {
        /// When it times out; nothing if it lasts until it is answered.
        deadline: Option<Timestamp>,
    },
    /// It is over.
    Ended {
        /// When.
        at: Timestamp,
        /// How.
        end: OfferEnd,
    },
}
