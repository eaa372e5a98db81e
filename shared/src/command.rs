//! What people may ask for; each is decided, and either refused or turned into events.

use std::collections::{BTreeMap, BTreeSet};

use crate::agent::{Role, Status};
use crate::channel::Channel;
use crate::ids::*;
use crate::queue::Priority;
use crate::segment::Disposition;
use crate::transfer::Target;

/// How many characters a transfer's note may have.
pub const NOTE_CHARS_MAX: usize = 2_000;

/// How many characters the reason of a rejection may have.
pub const REASON_CHARS_MAX: usize = 500;

/// How many characters a name may have.
pub const NAME_CHARS_MAX: usize = 100;

/// How many attributes a conversation may begin with.
pub const ATTRIBUTES_MAX: usize = 32;

/// How many characters an attribute's value may have.
pub const ATTRIBUTE_CHARS_MAX: usize = 1_000;

/// What someone asks for; who asks is told apart from it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named after what they are; the variants say what is asked")]
pub enum Command {
    /// Open a conversation with its first message.
    StartConversation {
        name: String,
        text: String,
        channel: Channel,
        queue: QueueId,
        attributes: BTreeMap<String, String>,
    },
    /// Say something.
    SendMessage { conversation: ConversationId, text: String },
    /// End a conversation; an agent who gives a disposition files the segment at once.
    EndConversation { conversation: ConversationId, disposition: Option<Disposition>, notes: Option<String> },
    /// Choose a status.
    SetStatus { status: Status },
    /// Take what is offered.
    AcceptOffer { offer: OfferId },
    /// Refuse what is offered.
    RejectOffer { offer: OfferId, reason: String },
    /// Pass a conversation on.
    RequestTransfer { conversation: ConversationId, target: Target, note: Option<String> },
    /// Take back what was passed on and not yet accepted.
    CancelTransfer { conversation: ConversationId, transfer: TransferId },
    /// File a segment.
    CompleteWrapUp { segment: SegmentId, disposition: Disposition, notes: Option<String> },
    /// Say how far one has received and read a conversation.
    Mark { conversation: ConversationId, delivered: u32, read: u32 },
    /// Add a person; the password is hashed already.
    AddPerson {
        name: String,
        email: String,
        password_hash: String,
        role: Role,
        capacity: BTreeMap<Channel, u32>,
    },
    /// Set what a person is and may do.
    ChangePerson { agent: AgentId, name: String, role: Role, enabled: bool, capacity: BTreeMap<Channel, u32> },
    /// Add a skill.
    AddSkill { name: String },
    /// Give a person a skill.
    GrantSkill { agent: AgentId, skill: SkillId },
    /// Take a skill from a person.
    RevokeSkill { agent: AgentId, skill: SkillId },
    /// Add a queue.
    AddQueue { name: String, skills: BTreeSet<SkillId>, priority: Priority },
    /// Set a queue's name and what it asks for.
    ChangeQueue { queue: QueueId, name: String, skills: BTreeSet<SkillId>, priority: Priority },
    /// Let a person be offered a queue's work.
    AddMember { queue: QueueId, agent: AgentId },
    /// Offer a person a queue's work no more.
    RemoveMember { queue: QueueId, agent: AgentId },
    /// Add a transfer group.
    AddGroup { name: String, skills: BTreeSet<SkillId> },
    /// Begin a person's lease: a browser of theirs answered a heartbeat.
    BeginLease { agent: AgentId },
    /// End a person's lease: no browser of theirs answered in time, or they signed out.
    EndLease { agent: AgentId },
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// A person who signed in.
    Person(AgentId),
    /// The customer of this conversation.
    Customer(ConversationId),
    /// Someone who is about to become a customer.
    Visitor,
    /// The server itself: a lease, the demo, the first administrator.
    System,
}
