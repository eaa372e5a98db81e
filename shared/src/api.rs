//! Request and response bodies that are not domain types. Unknown fields are refused in requests.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::agent::{Presence, Role, Status};
use crate::chat::{ChatMessage, ChatView};
use crate::desk::{Desk, Thread};
use crate::ids::*;
use crate::message::Message;
use crate::queue::Priority;
use crate::segment::Disposition;
use crate::time::Timestamp;
use crate::transfer::Target;

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
        }
    )*};
}

bodies! {
    /// Who signs in.
    SignIn {
        /// The address.
        email: String,
        /// The password.
        password: String,
    }
    /// The person who is signed in.
    SignedIn {
        /// Who.
        id: AgentId,
        /// What they are called.
        name: String,
        /// Their address.
        email: String,
        /// What they may do.
        role: Role,
    }
    /// A desk, the place in the stream it stands for, and the server's time.
    DeskSnapshot {
        /// All that one person sees.
        desk: Desk,
        /// Where the stream goes on.
        cursor: String,
        /// The server's time.
        now: Timestamp,
    }
    /// The answer to a heartbeat.
    HeartbeatAnswer {
        /// The cursor of the last event that was applied.
        cursor: String,
    }
    /// A status to take.
    ChooseStatus {
        /// Which.
        status: Status,
    }
    /// A body without content.
    Nothing {}
    /// The conversation that an accepted offer was about.
    Accepted {
        /// Which.
        conversation: ConversationId,
    }
    /// Why an offer is refused.
    Rejection {
        /// In the agent's words; may be empty.
        reason: String,
    }
    /// Something to say.
    NewMessage {
        /// As plain text.
        text: String,
    }
    /// How far an agent has read.
    ReadMark {
        /// The number of the last message read.
        read: u32,
    }
    /// How far a customer's page has received and the customer has read.
    ChatMarks {
        /// The number of the last message received.
        delivered: u32,
        /// The number of the last message read.
        read: u32,
    }
    /// A page of messages as staff see them, oldest first.
    MessagePage {
        /// The messages.
        messages: Vec<Message>,
        /// Whether there are more before them.
        more: bool,
    }
    /// A page of messages as the customer sees them, oldest first.
    ChatMessagePage {
        /// The messages.
        messages: Vec<ChatMessage>,
        /// Whether there are more before them.
        more: bool,
    }
    /// A conversation that one may see.
    ConversationView {
        /// The conversation.
        thread: Thread,
        /// Whether it has ended.
        closed: bool,
        /// The name of its owner, unless it has ended.
        owner: Option<String>,
    }
    /// A transfer to make.
    NewTransfer {
        /// To whom.
        target: Target,
        /// What the receiver should know.
        note: Option<String>,
    }
    /// A transfer that was made.
    TransferMade {
        /// Which.
        transfer: TransferId,
    }
    /// To whom a conversation could be transferred.
    TransferTargets {
        /// People, those who can take it first.
        agents: Vec<AgentTarget>,
        /// Queues.
        queues: Vec<QueueTarget>,
    }
    /// A person to whom a conversation could be transferred.
    AgentTarget {
        /// Who.
        id: AgentId,
        /// What they are called.
        name: String,
        /// What they chose, and whether they can be reached.
        presence: Presence,
        /// How many units they hold, offers included.
        held: u32,
        /// How many they can hold.
        limit: u32,
        /// Why they cannot take it, in a sentence; nothing if they can.
        why_not: Option<String>,
    }
    /// A queue to which a conversation could be transferred.
    QueueTarget {
        /// Which.
        id: QueueId,
        /// What it is called.
        name: String,
        /// How many wait in it.
        waiting: u32,
        /// How many of its members are available.
        available: u32,
        /// The estimated wait in seconds; nothing means that there is not enough data.
        wait_secs: Option<u64>,
        /// Why it cannot take it, in a sentence; nothing if it can.
        why_not: Option<String>,
    }
    /// An end to a conversation.
    Closure {
        /// What it was about; with it the segment is filed at once.
        disposition: Option<Disposition>,
        /// Notes to file.
        notes: Option<String>,
    }
    /// A segment's filing.
    WrapUpCompletion {
        /// What it was about.
        disposition: Disposition,
        /// Notes to file.
        notes: Option<String>,
    }
    /// A disposition and its words.
    DispositionLabel {
        /// Which.
        code: Disposition,
        /// As shown to people.
        label: String,
    }
    /// A conversation to open.
    NewChat {
        /// What the customer is called.
        name: String,
        /// Their first message.
        text: String,
        /// What the page knows: where it is, in which language; at most 32.
        #[serde(default)]
        attributes: BTreeMap<String, String>,
    }
    /// A conversation that was opened.
    ChatStarted {
        /// What the customer's page proves itself with from then on.
        token: String,
        /// All that the customer sees.
        chat: ChatView,
        /// Where the stream goes on.
        cursor: String,
        /// The server's time.
        now: Timestamp,
    }
    /// A customer's view, the place in the stream it stands for, and the server's time.
    ChatSnapshot {
        /// All that the customer sees.
        chat: ChatView,
        /// Where the stream goes on.
        cursor: String,
        /// The server's time.
        now: Timestamp,
    }
    /// A person, as administrators see them.
    Person {
        /// Who.
        id: AgentId,
        /// What they are called.
        name: String,
        /// Their address.
        email: String,
        /// What they may do.
        role: Role,
        /// Whether they may sign in.
        enabled: bool,
        /// How many chats they can hold.
        capacity: u32,
        /// What they can do.
        skills: BTreeSet<SkillId>,
        /// The queues whose work they are offered.
        queues: BTreeSet<QueueId>,
        /// What they chose, and whether they can be reached.
        presence: Presence,
    }
    /// A person to add.
    NewPerson {
        /// What they are called.
        name: String,
        /// Their address.
        email: String,
        /// Their password: 8 to 256 characters.
        password: String,
        /// What they may do.
        role: Role,
        /// How many chats they can hold.
        capacity: u32,
    }
    /// What a person is to be.
    PersonSettings {
        /// What they are called.
        name: String,
        /// What they may do.
        role: Role,
        /// Whether they may sign in.
        enabled: bool,
        /// How many chats they can hold.
        capacity: u32,
    }
    /// A skill.
    Skill {
        /// Which.
        id: SkillId,
        /// What it is called.
        name: String,
    }
    /// A skill to add.
    NewSkill {
        /// What it is called.
        name: String,
    }
    /// A queue, as administrators see it.
    QueueView {
        /// Which.
        id: QueueId,
        /// What it is called.
        name: String,
        /// What its conversations ask of an agent.
        skills: BTreeSet<SkillId>,
        /// The priority its conversations begin with.
        priority: Priority,
        /// Whose work it is.
        members: BTreeSet<AgentId>,
    }
    /// A queue to add, or what a queue is to be.
    QueueSettings {
        /// What it is called.
        name: String,
        /// What its conversations ask of an agent.
        skills: BTreeSet<SkillId>,
        /// The priority its conversations begin with.
        priority: Priority,
    }
    /// A transfer group.
    GroupView {
        /// Which.
        id: GroupId,
        /// What it is called.
        name: String,
        /// What its members can do.
        skills: BTreeSet<SkillId>,
    }
    /// A transfer group to add.
    NewGroup {
        /// What it is called.
        name: String,
        /// What its members can do.
        skills: BTreeSet<SkillId>,
    }
    /// The id of what was added.
    Added {
        /// Its id.
        id: String,
    }
}

/// Problem details (RFC 9457): why a request was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Always `about:blank`: the code tells problems apart.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of problem, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// The rule, the state found, and what to do.
    pub detail: String,
}
