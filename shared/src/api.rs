//! Request and response bodies that are not domain types. Unknown fields are refused in requests.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::agent::{Presence, Role, Status};
use crate::channel::Channel;
use crate::chat::{ChatMessage, ChatView};
use crate::desk::{Desk, Thread};
use crate::ids::*;
use crate::message::Message;
use crate::offer::ShortReply;
use crate::policy::{PolicyOverride, Preset, TransferPolicy};
use crate::queue::{Membership, Priority};
use crate::segment::Disposition;
use crate::skill::{Level, Skills};
use crate::time::Timestamp;
use crate::transfer::{Mode, Target};

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

mod flows;
mod history;
mod insights;
mod outcomes;
mod past;
mod queues;
mod schedules;
mod supervision;
mod what_if;
mod workflows;

pub use flows::*;
pub use history::*;
pub use insights::*;
pub use outcomes::*;
pub use past::*;
pub use queues::*;
pub use schedules::*;
pub use supervision::*;
pub use what_if::*;
pub use workflows::*;

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
    /// What the receiver of a transfer lets its sender know.
    NewReply {
        /// Seen, reading or soon.
        reply: ShortReply,
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
        /// In which way; `cold` if it is not said.
        #[serde(default)]
        mode: Mode,
        /// What the receiver should know.
        #[serde(default)]
        note: Option<String>,
        /// What was talked about so far.
        #[serde(default)]
        summary: Option<String>,
        /// Whether it may wait for a named person who is full or away.
        #[serde(default)]
        park: bool,
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
        /// Groups.
        groups: Vec<GroupTarget>,
        /// Queues.
        queues: Vec<QueueTarget>,
        /// Workflows.
        #[serde(default)]
        workflows: Vec<WorkflowTarget>,
        /// Flows.
        #[serde(default)]
        flows: Vec<OtherTarget>,
        /// External contacts.
        #[serde(default)]
        externals: Vec<OtherTarget>,
    }
    /// A flow or an external contact to which a conversation could be transferred.
    OtherTarget {
        /// Which.
        target: Target,
        /// What it is called.
        name: String,
        /// What will happen, in a sentence.
        outcome: String,
    }
    /// A workflow to which a conversation could be transferred.
    WorkflowTarget {
        /// Which.
        id: WorkflowId,
        /// What it is called.
        name: String,
        /// The name of the queue to which it would go now.
        goes_to: String,
        /// Why it cannot take it, in a sentence; nothing if it can.
        why_not: Option<String>,
        /// What will happen, in a sentence.
        outcome: String,
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
        /// Whether it may be left to wait for them all the same.
        may_park: bool,
        /// What will happen, in a sentence.
        outcome: String,
    }
    /// A group to which a conversation could be transferred.
    GroupTarget {
        /// Which.
        id: GroupId,
        /// What it is called.
        name: String,
        /// The names of the skills it is made of.
        skills: Vec<String>,
        /// How many wait for it.
        waiting: u32,
        /// How many of its members are available.
        available: u32,
        /// How many units its available members could still take.
        free: u32,
        /// Why it cannot take it, in a sentence; nothing if it can.
        why_not: Option<String>,
        /// What will happen, in a sentence.
        outcome: String,
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
        /// What will happen, in a sentence.
        outcome: String,
    }
    /// An invitation to make.
    NewInvite {
        /// Whom.
        target: Target,
        /// What they should know.
        #[serde(default)]
        note: Option<String>,
    }
    /// An invitation that was made.
    InviteMade {
        /// Which.
        invite: InviteId,
    }
    /// Something to say aside.
    NewAside {
        /// As plain text.
        text: String,
    }
    /// A piece of a summary, to be appended to those before it.
    SummaryPart {
        /// What to append.
        text: String,
    }
    /// A summary that is complete.
    SummaryDone {
        /// What made it.
        made_by: SummaryMaker,
        /// The whole, in place of what was appended.
        text: String,
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
        /// Up to how many chats in all they are given interruptible ones; nothing for as many as `capacity` says.
        #[serde(default)]
        interruptible_capacity: Option<u32>,
        /// What they can do: each skill as its id, or with its level where that is above 1.
        skills: Skills,
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
        /// Up to how many chats in all they are given interruptible ones; nothing for as many as `capacity` says.
        #[serde(default)]
        interruptible_capacity: Option<u32>,
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
        /// Up to how many chats in all they are given interruptible ones; nothing for as many as `capacity` says.
        #[serde(default)]
        interruptible_capacity: Option<u32>,
    }
    /// A skill.
    Skill {
        /// Which.
        id: SkillId,
        /// What it is called.
        name: String,
    }
    /// How well a person can do something.
    SkillGrant {
        /// The level, 1 to 10; without it 1.
        #[serde(default)]
        level: Level,
    }
    /// A skill to add.
    NewSkill {
        /// What it is called.
        name: String,
    }
    /// A transfer group.
    GroupView {
        /// Which.
        id: GroupId,
        /// What it is called.
        name: String,
        /// What its members can do.
        skills: BTreeSet<SkillId>,
        /// Whether they need every skill or any.
        membership: Membership,
        /// The least priority that a conversation has while it waits for the group.
        priority: Priority,
        /// The team whose agents alone belong to it, if it is a team's.
        team: Option<TeamId>,
    }
    /// A transfer group to add, or what a group is to be.
    GroupSettings {
        /// What it is called.
        name: String,
        /// What its members can do.
        skills: BTreeSet<SkillId>,
        /// Whether they need every skill or any.
        #[serde(default)]
        membership: Membership,
        /// The least priority that a conversation has while it waits for the group.
        #[serde(default)]
        priority: Priority,
        /// The team whose agents alone belong to it; supervisors name one that they lead.
        #[serde(default)]
        team: Option<TeamId>,
    }
    /// A request, as staff see it.
    RequestView {
        /// Which.
        id: RequestId,
        /// The number that people call it by.
        number: u32,
        /// The conversation it came from.
        conversation: ConversationId,
        /// The customer's name.
        customer: String,
        /// Where the customer can be reached, if they said so.
        address: Option<String>,
        /// The name of the queue that owns it.
        queue: String,
        /// What the agent wrote to it.
        note: Option<String>,
        /// When it was created.
        created_at: Timestamp,
        /// When it was answered.
        answered_at: Option<Timestamp>,
        /// By whom.
        answered_by: Option<String>,
        /// The answer.
        answer: Option<String>,
    }
    /// What to note with a request.
    NewRequest {
        /// What whoever answers it should know.
        #[serde(default)]
        note: Option<String>,
    }
    /// The answer to a request.
    RequestAnswer {
        /// As plain text.
        text: String,
    }
    /// Where a customer can be reached.
    ChatAddress {
        /// An e-mail address.
        address: String,
    }
    /// Why a conversation is where it is.
    WhyView {
        /// The rule by which its next owner is looked for.
        rule: String,
        /// How many are asked for before it.
        ahead: u32,
        /// Those among whom someone is looked for, whoever could take it first; at most 50.
        people: Vec<WhyPerson>,
        /// How many more there are.
        more: u32,
        /// Whom it was offered to, oldest first.
        offers: Vec<WhyOffer>,
    }
    /// A person, as far as a conversation's next owner is looked for.
    WhyPerson {
        /// What they are called.
        name: String,
        /// Whether they could take it, or are asked now.
        eligible: bool,
        /// What they are to it, in words.
        reason: String,
    }
    /// An offer of a conversation, past or present.
    WhyOffer {
        /// To whom.
        to: String,
        /// By which rule it was made, in a few words.
        rule: String,
        /// When.
        at: Timestamp,
        /// Until when it would have lasted; nothing if it had no time of its own.
        deadline: Option<Timestamp>,
        /// How it ended; nothing while it is open.
        end: Option<String>,
        /// When it ended.
        ended_at: Option<Timestamp>,
        /// The reason given.
        reason: Option<String>,
    }
    /// The id of what was added.
    Added {
        /// Its id.
        id: String,
    }
}

/// A preset and its values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PresetView {
    /// Which.
    pub preset: Preset,
    /// What it is called.
    pub label: String,
    /// Its values.
    pub policy: TransferPolicy,
}

/// What queues and channels set differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyOverrides {
    /// By queue.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, PolicyOverride>))]
    pub queues: BTreeMap<QueueId, PolicyOverride>,
    /// By channel.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, PolicyOverride>))]
    pub channels: BTreeMap<Channel, PolicyOverride>,
}

/// What makes a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SummaryMaker {
    /// The server itself, from sentences that were said.
    Extract,
    /// A language model, in words of its own.
    Model,
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
