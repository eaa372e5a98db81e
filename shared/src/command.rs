//! What people may ask for; each is decided, and either refused or turned into events.

use std::collections::{BTreeMap, BTreeSet};

use crate::agent::{Role, Status};
use crate::channel::Channel;
use crate::external::CallAnswer;
use crate::flow::FlowDefinition;
use crate::ids::*;
use crate::offer::ShortReply;
use crate::policy::{PolicyOverride, PolicyScope, Preset, TransferPolicy};
use crate::queue::{Membership, Priority, QueueRules};
use crate::rating::Score;
use crate::schedule::ReportSchedule;
use crate::segment::Disposition;
use crate::skill::{Level, Skills};
use crate::transfer::{Mode, Target};
use crate::workflow::Definition;

/// How many characters a transfer's note may have.
pub const NOTE_CHARS_MAX: usize = 2_000;

/// How many characters the message of a flag may have.
pub const FLAG_CHARS_MAX: usize = 300;

/// How many characters a transfer's summary may have.
pub const SUMMARY_CHARS_MAX: usize = 4_000;

/// How many characters the reason of a rejection may have.
pub const REASON_CHARS_MAX: usize = 500;

/// How many characters a customer's address may have.
pub const ADDRESS_CHARS_MAX: usize = 254;

/// How many characters a name may have.
pub const NAME_CHARS_MAX: usize = 100;

/// How many attributes a conversation may begin with.
pub const ATTRIBUTES_MAX: usize = 32;

/// How many characters a question to the sender of a transfer, and its answer, may have.
pub const QUESTION_CHARS_MAX: usize = 300;

/// How many characters an attribute's value may have.
pub const ATTRIBUTE_CHARS_MAX: usize = 1_000;

/// What someone asks for; who asks is told apart from it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named after what they are; the variants say what is asked")]
pub enum Command {
    /// Open a conversation with its first message; the customer of an earlier one stays the contact that they were.
    StartConversation {
        name: String,
        text: String,
        channel: Channel,
        queue: QueueId,
        attributes: BTreeMap<String, String>,
    },
    /// Leave a question that is answered later; the customer of an earlier one stays the contact that they were.
    LeaveRequest { name: String, address: String, text: String, channel: Channel, queue: QueueId },
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
    /// Let the sender of a transfer know that one has seen it, reads it, or decides soon.
    ReplyToOffer { offer: OfferId, reply: ShortReply },
    /// Ask the sender of a transfer before one decides.
    AskSender { offer: OfferId, text: String },
    /// Answer what the receiver of one's transfer asked.
    AnswerReceiver { offer: OfferId, text: String },
    /// Pass a conversation on; `park` lets it wait for a named person who is full or away, `edited` says whether the summary
    /// is another than was made for it.
    RequestTransfer {
        conversation: ConversationId,
        target: Target,
        mode: Mode,
        note: Option<String>,
        summary: Option<String>,
        edited: Option<bool>,
        park: bool,
    },
    /// Give the conversation to the person who was consulted.
    HandOver { conversation: ConversationId, transfer: TransferId },
    /// Stop being consulted.
    LeaveConsult { transfer: TransferId },
    /// Say something aside.
    SendAside { transfer: TransferId, text: String },
    /// Ask someone to join a conversation.
    Invite { conversation: ConversationId, target: Target, note: Option<String> },
    /// Take an invitation back, or end a participation.
    CancelInvite { conversation: ConversationId, invite: InviteId },
    /// Leave a conversation that one takes part in; its owner leaves it to a participant.
    LeaveConversation { conversation: ConversationId },
    /// Stop reading on in a conversation that one passed on.
    StopListening { conversation: ConversationId },
    /// Say for a partner whether they take the conversation that they were asked to take.
    AnswerCall { transfer: TransferId, answer: CallAnswer },
    /// Give a conversation back that a partner has.
    ReturnConversation { conversation: ConversationId, note: Option<String> },
    /// Take back what was passed on and not yet accepted.
    CancelTransfer { conversation: ConversationId, transfer: TransferId },
    /// End a conversation that cannot be answered now with a request that is answered later.
    CreateRequest { conversation: ConversationId, note: Option<String> },
    /// Answer a request.
    AnswerRequest { request: RequestId, text: String },
    /// Say where one can be reached.
    LeaveAddress { conversation: ConversationId, address: String },
    /// File a segment.
    CompleteWrapUp { segment: SegmentId, disposition: Disposition, notes: Option<String> },
    /// Take more time for filing a segment.
    ExtendWrapUp { segment: SegmentId },
    /// Take a conversation over from whoever has it.
    TakeOver { conversation: ConversationId },
    /// Read a conversation of one's teams unnoticed.
    ListenIn { conversation: ConversationId },
    /// Say something that only the owner and supervisors see: a supervisor to the owner, or the owner in answer.
    Whisper { conversation: ConversationId, text: String },
    /// Take part in a conversation of one's teams without being invited.
    Join { conversation: ConversationId },
    /// Pass a conversation of one's teams on that someone else has or that waits.
    Redirect { conversation: ConversationId, target: Target, note: Option<String> },
    /// Ask supervisors for help with a conversation.
    RaiseFlag { conversation: ConversationId, text: String },
    /// Ask for help no more, or say as a supervisor that it was heard.
    LowerFlag { conversation: ConversationId },
    /// Choose a status for someone of one's teams.
    SetStatusOf { agent: AgentId, status: Status },
    /// Sign someone of one's teams out everywhere.
    SignOut { agent: AgentId },
    /// Say how far one has received and read a conversation.
    Mark { conversation: ConversationId, delivered: u32, read: u32 },
    /// Add a person; the password is hashed already.
    AddPerson {
        name: String,
        email: String,
        password_hash: String,
        role: Role,
        capacity: BTreeMap<Channel, u32>,
        interruptible: BTreeMap<Channel, u32>,
    },
    /// Set what a person is and may do.
    ChangePerson {
        agent: AgentId,
        name: String,
        role: Role,
        enabled: bool,
        capacity: BTreeMap<Channel, u32>,
        interruptible: BTreeMap<Channel, u32>,
    },
    /// Add a skill.
    AddSkill { name: String },
    /// Give a person a skill at a level, in the place of the level that they have it at.
    GrantSkill { agent: AgentId, skill: SkillId, level: Level },
    /// Take a skill from a person.
    RevokeSkill { agent: AgentId, skill: SkillId },
    /// Add a queue.
    AddQueue { name: String, skills: Skills, priority: Priority },
    /// Set a queue's name and what it asks for.
    ///
    /// Without `rules` those that hold stay.
    ChangeQueue {
        queue: QueueId,
        name: String,
        skills: Skills,
        priority: Priority,
        rules: Option<Box<QueueRules>>,
    },
    /// Let a person be offered a queue's work.
    AddMember { queue: QueueId, agent: AgentId },
    /// Offer a person a queue's work no more.
    RemoveMember { queue: QueueId, agent: AgentId },
    /// Add a transfer group.
    AddGroup {
        name: String,
        skills: BTreeSet<SkillId>,
        membership: Membership,
        priority: Priority,
        team: Option<TeamId>,
    },
    /// Set a transfer group's name and what it asks for.
    ChangeGroup {
        group: GroupId,
        name: String,
        skills: BTreeSet<SkillId>,
        membership: Membership,
        priority: Priority,
        team: Option<TeamId>,
    },
    /// Remove a transfer group.
    RemoveGroup { group: GroupId },
    /// Add a workflow.
    AddWorkflow { definition: Box<Definition> },
    /// Set what a workflow is to be, for the conversations that enter it from then on.
    ChangeWorkflow { workflow: WorkflowId, definition: Box<Definition> },
    /// Remove a workflow; conversations that are on their way through it go on.
    RemoveWorkflow { workflow: WorkflowId },
    /// Add a flow.
    AddFlow { definition: Box<FlowDefinition> },
    /// Set what a flow is to be; conversations that are on their way through it go to its fallback queue.
    ChangeFlow { flow: FlowId, definition: Box<FlowDefinition> },
    /// Remove a flow; conversations that are on their way through it go to its fallback queue.
    RemoveFlow { flow: FlowId },
    /// Add an external contact.
    AddExternal { name: String, url: String, secret: String },
    /// Set an external contact's name and address, and its secret where one is given.
    ChangeExternal { external: ExternalId, name: String, url: String, secret: Option<String> },
    /// Remove an external contact; conversations that it has go back to their queues.
    RemoveExternal { external: ExternalId },
    /// Have a report sent again and again.
    AddSchedule { settings: Box<ReportSchedule> },
    /// Set what a scheduled report is to be; without a secret the one that there is stays.
    ChangeSchedule { schedule: ScheduleId, settings: Box<ReportSchedule> },
    /// Have a report sent no more.
    RemoveSchedule { schedule: ScheduleId },
    /// Add a team.
    AddTeam { name: String, agents: BTreeSet<AgentId>, supervisors: BTreeSet<AgentId> },
    /// Set a team's name, its agents and who leads them.
    ChangeTeam { team: TeamId, name: String, agents: BTreeSet<AgentId>, supervisors: BTreeSet<AgentId> },
    /// Remove a team.
    RemoveTeam { team: TeamId },
    /// Set how transfers go in the workspace.
    SetPolicy { preset: Preset, policy: Box<TransferPolicy> },
    /// Set how transfers go in a queue or a channel.
    OverridePolicy { scope: PolicyScope, set: Box<PolicyOverride> },
    /// Begin a person's lease: a browser of theirs answered a heartbeat.
    BeginLease { agent: AgentId },
    /// End a person's lease: no browser of theirs answered in time, or they signed out.
    EndLease { agent: AgentId },
    /// Say how good a conversation was that has ended.
    RateConversation { conversation: ConversationId, score: Score, comment: Option<String> },
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// A person who signed in.
    Person(AgentId),
    /// The customer of this conversation.
    Customer(ConversationId),
    /// A partner outside, by what they signed.
    External(ExternalId),
    /// Someone who is about to become a customer.
    Visitor,
    /// The server itself: a lease, the demo, the first administrator.
    System,
}
