//! What happened, as the log keeps it: ids, states, times and numbers, never what people wrote or who they are.
//!
//! Events are facts in the past tense; applying them never fails. They are never rewritten: a new meaning is a new
//! version, read through an upcast.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::agent::{Role, Status};
use crate::channel::Channel;
use crate::conversation::{EndedBy, Epoch, Owner};
use crate::ids::*;
use crate::message::Author;
use crate::offer::{OfferCause, OfferEnd};
use crate::queue::Priority;
use crate::segment::{Disposition, OwnerCause, WrapUp};
use crate::time::Timestamp;
use crate::transfer::{Target, TransferEnd};

/// The version in which events are written today.
pub const EVENT_VERSION: u32 = 1;

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its place in the log, from 1, without gaps.
    pub position: u64,
    /// When it was decided; never before the event at the position before.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are named after what they are; the variants say what happened")]
pub enum Event {
    /// The server started; deadlines that were running end no sooner than `held_until`.
    ServerStarted { held_until: Timestamp },
    /// A person was added, at first offline.
    PersonAdded { agent: AgentId, role: Role, capacity: BTreeMap<Channel, u32> },
    /// A person's role, right to sign in or capacity was set.
    PersonChanged { agent: AgentId, role: Role, enabled: bool, capacity: BTreeMap<Channel, u32> },
    /// A skill can be granted and asked for.
    SkillAdded { skill: SkillId },
    /// A person has a skill.
    SkillGranted { agent: AgentId, skill: SkillId },
    /// A person has a skill no more.
    SkillRevoked { agent: AgentId, skill: SkillId },
    /// A queue was added.
    QueueAdded { queue: QueueId, skills: BTreeSet<SkillId>, priority: Priority },
    /// What a queue asks for was set.
    QueueChanged { queue: QueueId, skills: BTreeSet<SkillId>, priority: Priority },
    /// A person may be offered a queue's work.
    MemberAdded { queue: QueueId, agent: AgentId },
    /// A person is offered a queue's work no more.
    MemberRemoved { queue: QueueId, agent: AgentId },
    /// A transfer group was added.
    GroupAdded { group: GroupId, skills: BTreeSet<SkillId> },
    /// A person chose a status.
    StatusChanged { agent: AgentId, status: Status },
    /// A browser of this person answers heartbeats.
    AgentReached { agent: AgentId },
    /// No browser of this person answers any more, or they signed out.
    AgentLost { agent: AgentId },
    /// A customer opened a conversation, which waits in a queue.
    ConversationOpened {
        conversation: ConversationId,
        contact: ContactId,
        channel: Channel,
        queue: QueueId,
        segment: SegmentId,
    },
    /// Someone said something.
    MessageSent { conversation: ConversationId, message: MessageId, seq: u32, author: Author },
    /// A conversation was offered.
    OfferMade {
        offer: OfferId,
        conversation: ConversationId,
        agent: AgentId,
        cause: OfferCause,
        deadline: Timestamp,
    },
    /// An offer ended.
    OfferEnded { offer: OfferId, conversation: ConversationId, agent: AgentId, end: OfferEnd },
    /// An agent asked for a transfer.
    TransferRequested { transfer: TransferId, conversation: ConversationId, from: AgentId, target: Target },
    /// A transfer reached its queue.
    TransferEnqueued { transfer: TransferId, conversation: ConversationId, undo_until: Timestamp },
    /// A transfer ended.
    TransferEnded { transfer: TransferId, conversation: ConversationId, from: AgentId, end: TransferEnd },
    /// Another owner answers for the conversation: `ended` is the segment before, `segment` the new one.
    OwnerChanged {
        conversation: ConversationId,
        from: Owner,
        to: Owner,
        epoch: Epoch,
        cause: OwnerCause,
        ended: SegmentId,
        wrap_up: WrapUp,
        segment: SegmentId,
    },
    /// The conversation ended.
    ConversationClosed {
        conversation: ConversationId,
        from: Owner,
        by: EndedBy,
        ended: SegmentId,
        wrap_up: WrapUp,
    },
    /// A segment is filed, or needs no filing because its agent has the conversation again.
    WrapUpEnded {
        segment: SegmentId,
        conversation: ConversationId,
        agent: AgentId,
        disposition: Option<Disposition>,
    },
}

impl Event {
    /// Returns the stable name under which the log keeps it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ServerStarted { .. } => "server_started",
            Self::PersonAdded { .. } => "person_added",
            Self::PersonChanged { .. } => "person_changed",
            Self::SkillAdded { .. } => "skill_added",
            Self::SkillGranted { .. } => "skill_granted",
            Self::SkillRevoked { .. } => "skill_revoked",
            Self::QueueAdded { .. } => "queue_added",
            Self::QueueChanged { .. } => "queue_changed",
            Self::MemberAdded { .. } => "member_added",
            Self::MemberRemoved { .. } => "member_removed",
            Self::GroupAdded { .. } => "group_added",
            Self::StatusChanged { .. } => "status_changed",
            Self::AgentReached { .. } => "agent_reached",
            Self::AgentLost { .. } => "agent_lost",
            Self::ConversationOpened { .. } => "conversation_opened",
            Self::MessageSent { .. } => "message_sent",
            Self::OfferMade { .. } => "offer_made",
            Self::OfferEnded { .. } => "offer_ended",
            Self::TransferRequested { .. } => "transfer_requested",
            Self::TransferEnqueued { .. } => "transfer_enqueued",
            Self::TransferEnded { .. } => "transfer_ended",
            Self::OwnerChanged { .. } => "owner_changed",
            Self::ConversationClosed { .. } => "conversation_closed",
            Self::WrapUpEnded { .. } => "wrap_up_ended",
        }
    }
}
