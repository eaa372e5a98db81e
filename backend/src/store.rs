//! Where everything is kept: one narrow trait, one plain implementation per database, one contract suite.
//!
//! The log is the truth. The rows for reading are written in the same transaction as the events that change them, and
//! what people wrote or who they are stands only in rows, so that erasing it never touches the log.
//! Nothing above this module knows which database runs.

pub mod contract;
pub(crate) mod rows;
pub mod sqlite;

use std::collections::BTreeMap;

use baton_shared::api::{
    ExternalView, FlowView, GroupView, Person, QueueView, RequestView, Skill, TeamView, WhyOffer,
    WorkflowView,
};
use baton_shared::desk::{Colleague, Consult, Me, OfferCard, Thread, WrapUpCard};
use baton_shared::schedule::ScheduleRun;
use baton_shared::*;

pub use crate::content::{Content, Former, ReadMarks};
use crate::history::Texts;
use crate::routing::{Filed, OpenWork, Talk, Unanswered};

/// Everything that one turn decided, committed together or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The writer that commits; a commit of an older writer than the store knows is refused.
    pub writer_epoch: u64,
    /// What happened, in the order of the positions; the first follows the last one in the log.
    pub recorded: Vec<Recorded>,
    /// The things that changed, as they are after the turn.
    pub rows: Vec<Row>,
    /// What people wrote and who they are.
    pub content: Vec<Content>,
    /// The answers to the turn's commands, by their idempotency keys.
    pub answers: Vec<StoredAnswer>,
    /// How far conversations have been received and read.
    pub marks: Vec<Marks>,
    /// The number of the last event on the streams after this turn.
    pub head: u64,
    /// When the turn was taken.
    pub at: Timestamp,
}

/// A thing as it is after a turn; writing it replaces what was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A person; the sign-ins of one who may not sign in end with it.
    Agent(Agent),
    /// A skill.
    Skill(SkillId),
    /// A queue.
    Queue(Queue),
    /// A transfer group.
    Group(Group),
    /// A transfer group that is no more; its name is kept for what happened before.
    GroupRemoved(GroupId),
    /// A team.
    Team(Team),
    /// A team that is no more, its name included.
    TeamRemoved(TeamId),
    /// A workflow.
    Workflow(Workflow),
    /// A workflow that is no more; its name is kept for what happened before.
    WorkflowRemoved(WorkflowId),
    /// A flow.
    Flow(Flow),
    /// A flow that is no more; its name is kept for what happened before.
    FlowRemoved(FlowId),
    /// An external contact.
    External(ExternalId),
    /// An external contact that is no more; its name is kept for what happened before.
    ExternalRemoved(ExternalId),
    /// A scheduled report, and whose it is.
    Schedule {
        /// Which.
        schedule: ScheduleId,
        /// Whose.
        owner: AgentId,
    },
    /// A scheduled report that is no more; its name is kept for what happened before.
    ScheduleRemoved(ScheduleId),
    /// How transfers go.
    Policies(Policies),
    /// Whether a former owner reads on, or a supervisor listens in.
    Listener {
        /// In which conversation.
        conversation: ConversationId,
        /// Who.
        agent: AgentId,
        /// Whether they do.
        listens: bool,
    },
    /// What was whispered about a conversation is not kept; takes effect after the texts of the batch.
    WhispersForgotten(ConversationId),
    /// A request.
    Request(Request),
    /// An invitation.
    Invite(Invite),
    /// A conversation; refused as [`StoreError::Conflict`] where the stored epoch is higher.
    Conversation(Conversation),
    /// A segment.
    Segment(Segment),
    /// What an agent had.
    Talk(Talk),
    /// The filing of what an agent had; nothing where that is not known.
    Filed(Filed),
    /// An offer.
    Offer(Offer),
    /// An offer that was not answered.
    Unanswered(Unanswered),
    /// A transfer.
    Transfer(Transfer),
    /// What a customer said of a conversation; the first they said stays.
    Rating(Rating),
}

/// How much of a conversation someone may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All of it, with what was whispered to its owner.
    Whispered,
    /// All of it but that.
    Whole,
    /// What there was until their part of it ended.
    Until {
        /// The last message of that part.
        last_seq: u32,
        /// When it ended.
        at: Timestamp,
    },
}

impl Sight {
    /// Returns the number of the last message that may be seen.
    pub const fn last_seq(self) -> u32 {
        match self {
            Self::Whispered | Self::Whole => u32::MAX,
            Self::Until { last_seq, .. } => last_seq,
        }
    }

    /// Says whether something that happened at a time may be seen.
    pub fn reaches(self, then: Timestamp) -> bool {
        match self {
            Self::Whispered | Self::Whole => true,
            Self::Until { at, .. } => then <= at,
        }
    }
}

/// What people, groups, queues, skills, workflows, flows and external contacts are called, removed ones included.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// People.
    pub agents: BTreeMap<AgentId, String>,
    /// Transfer groups.
    pub groups: BTreeMap<GroupId, String>,
    /// Queues.
    pub queues: BTreeMap<QueueId, String>,
    /// Skills.
    pub skills: BTreeMap<SkillId, String>,
    /// Workflows.
    pub workflows: BTreeMap<WorkflowId, String>,
    /// Flows.
    pub flows: BTreeMap<FlowId, String>,
    /// External contacts.
    pub externals: BTreeMap<ExternalId, String>,
    /// Scheduled reports.
    pub schedules: BTreeMap<ScheduleId, String>,
}

/// Where an external contact is asked, and what both sides sign with.
#[derive(Clone, PartialEq, Eq)]
pub struct Partner {
    /// What it is called.
    pub name: String,
    /// Where it is asked.
    pub url: String,
    /// What both sides sign with.
    pub secret: String,
}

/// A scheduled report, and what became of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Scheduled {
    /// Which.
    pub id: ScheduleId,
    /// Whose.
    pub owner: AgentId,
    /// What it is, without its secret.
    pub settings: ReportSchedule,
    /// What a webhook is signed with.
    pub secret: Option<String>,
    /// Since when it is as it is.
    pub since: Timestamp,
    /// The run that was tried last.
    pub last: Option<ScheduleRun>,
    /// The last run whose time had come.
    pub last_due: Option<ScheduleRun>,
}

/// How many runs of each scheduled report are kept: those that were asked for, and those whose time had come.
pub const RUNS_KEPT: usize = 20;

/// A conversation's marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Which conversation.
    pub conversation: ConversationId,
    /// How far.
    pub marks: ReadMarks,
}

/// Whose idempotency key it is: keys of different people do not meet.
pub type KeyScope = String;

/// How long what walls count is kept: longer than any day that they show.
pub const COUNTED_KEPT: std::time::Duration = std::time::Duration::from_secs(48 * 60 * 60);

/// The answer to a command, kept by the command's idempotency key for [`ANSWER_KEPT`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Whose key.
    pub scope: KeyScope,
    /// The key.
    pub key: String,
    /// The hash of the command's body.
    pub body_hash: [u8; 32],
    /// The answer, as JSON.
    pub answer: String,
    /// When it was given.
    pub at: Timestamp,
}

/// How long an answer is kept.
pub const ANSWER_KEPT: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// What a start needs to know: the open work, and where the log and the streams stand.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The number of the last event on the streams.
    pub head: u64,
    /// The epoch that this store's writer got when it was opened.
    pub writer_epoch: u64,
    /// The open work.
    pub work: OpenWork,
    /// What is written in the workflows.
    pub definitions: BTreeMap<WorkflowId, Definition>,
    /// What is written in the flows.
    pub flows: BTreeMap<FlowId, FlowDefinition>,
    /// What the queues are called.
    pub queue_names: BTreeMap<QueueId, String>,
}

/// A sign-in that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The hash of its token; the token itself is kept nowhere.
    pub token_hash: [u8; 32],
    /// Whose.
    pub agent: AgentId,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
}

/// What a sign-in is checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Who.
    pub agent: AgentId,
    /// The password's hash, in PHC form.
    pub password_hash: String,
    /// Whether they may sign in.
    pub enabled: bool,
}

/// Says why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Someone else wrote in between: another writer, or a higher epoch.
    #[error("someone else wrote in between: {what}")]
    Conflict {
        /// What was found.
        what: String,
    },
    /// The store cannot be reached or is full; nothing was written.
    #[error("the store cannot do it at the moment")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A write may or may not have become durable; the process must end.
    #[error("a write may or may not have become durable")]
    DurabilityUnknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What is stored makes no sense.
    #[error("what is stored makes no sense: {what}")]
    Corrupt {
        /// Where, and what was found.
        what: String,
    },
    /// The store cannot be opened, and what to do about it.
    #[error("{what}")]
    Refused {
        /// A sentence.
        what: String,
    },
}

/// Something that is counted of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// When it happened.
    pub at: Timestamp,
    /// In which queue, or of which queue the conversation was.
    pub queue: QueueId,
    /// What happened.
    pub what: Happening,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A conversation came to the queue.
    Entered,
    /// An agent accepted one from it.
    Accepted {
        /// How long it had waited there, in milliseconds.
        waited_ms: u64,
    },
    /// The customer ended one that waited there.
    Abandoned {
        /// How long it had waited there, in milliseconds.
        waited_ms: u64,
    },
    /// An offer was not answered in time, or was taken back.
    Missed {
        /// By whom.
        agent: AgentId,
    },
    /// An offer was refused, or whoever was asked went away.
    Rejected,
    /// An agent had a conversation, and has it no more.
    Talked {
        /// In which segment.
        segment: SegmentId,
        /// For how long, in milliseconds.
        talk_ms: u64,
        /// How long they filed it, in milliseconds; nothing unless they did.
        wrap_up_ms: Option<u64>,
    },
}

/// What a wall shows beside the open work.
#[derive(Clone, Debug, Default)]
pub struct WallRows {
    /// Each open conversation with the customer's name and when something was said last.
    pub spoken: Vec<(ConversationId, String, Timestamp)>,
    /// Since when each person's presence is as it is.
    pub present_since: Vec<(AgentId, Timestamp)>,
    /// What is counted, oldest first.
    pub facts: Vec<Fact>,
}

/// Where everything is kept. Every call blocks.
pub trait Store: Send + Sync + 'static {
    /// Returns the open work.
    fn load(&self) -> Result<Loaded, StoreError>;

    /// Writes a batch, durably, in one transaction.
    fn commit(&self, batch: &Batch) -> Result<(), StoreError>;

    /// Returns the answer kept under a key, if it is younger than [`ANSWER_KEPT`] at `now`.
    fn answer(&self, scope: &str, key: &str, now: Timestamp) -> Result<Option<StoredAnswer>, StoreError>;

    /// Returns the answers kept under several keys, each as [`Store::answer`] does.
    fn answers(
        &self,
        keys: &[(KeyScope, String)],
        now: Timestamp,
    ) -> Result<Vec<Option<StoredAnswer>>, StoreError> {
        keys.iter().map(|(scope, key)| self.answer(scope, key, now)).collect()
    }

    /// Returns what is known about a conversation.
    fn attributes(&self, conversation: ConversationId) -> Result<BTreeMap<String, String>, StoreError>;

    /// Returns whose a conversation was, open or closed, who served it last, and whether it was rated.
    fn former(&self, conversation: ConversationId) -> Result<Option<Former>, StoreError>;

    /// Reads the log from a position on and hands each event to `visit`.
    fn replay(&self, from: u64, visit: &mut dyn FnMut(Recorded)) -> Result<(), StoreError>;

    /// Returns at most `limit` events of the log after a position, in order.
    fn log_page(&self, after: u64, limit: usize) -> Result<Vec<Recorded>, StoreError> {
        let mut page = Vec::new();
        self.replay(after + 1, &mut |recorded| {
            if page.len() < limit {
                page.push(recorded);
            }
        })?;
        Ok(page)
    }

    /// Returns at most `limit` events of the log after a position that are about no conversation, in order.
    fn set_up_page(&self, after: u64, limit: usize) -> Result<Vec<Recorded>, StoreError> {
        let mut page = Vec::new();
        self.replay(after + 1, &mut |recorded| {
            if page.len() < limit && recorded.event.conversation().is_none() {
                page.push(recorded);
            }
        })?;
        Ok(page)
    }

    /// Begins a read transaction: all its answers are of one moment.
    fn read(&self) -> Result<Box<dyn Reading + '_>, StoreError>;

    /// Returns what a sign-in with this address is checked against; the address is compared without case.
    fn credentials(&self, email: &str) -> Result<Option<Credentials>, StoreError>;

    /// Keeps a sign-in.
    fn add_session(&self, session: &Session) -> Result<(), StoreError>;

    /// Returns a sign-in by the hash of its token.
    fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError>;

    /// Remembers when a sign-in was last used.
    fn touch_session(&self, token_hash: &[u8; 32], seen_at: Timestamp) -> Result<(), StoreError>;

    /// Ends a sign-in.
    fn remove_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError>;

    /// Ends every sign-in of a person.
    fn remove_sessions(&self, agent: AgentId) -> Result<(), StoreError>;

    /// Keeps what became of a run of a scheduled report, in place of what was known of it; at most [`RUNS_KEPT`] are.
    fn record_run(&self, schedule: ScheduleId, run: &ScheduleRun) -> Result<(), StoreError>;

    /// Returns a secret of this name, made from `fresh` at the first call and the same ever after.
    fn secret(&self, name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError>;
}

/// A read transaction: everything that people are shown is built here, for snapshots and events alike.
pub trait Reading {
    /// Returns the number of the last event on the streams at this moment.
    fn head(&self) -> Result<u64, StoreError>;

    /// Returns all that a person sees; nothing if there is no such person.
    fn desk(&self, agent: AgentId) -> Result<Option<Desk>, StoreError>;

    /// Returns a person's own part of their desk.
    fn me(&self, agent: AgentId) -> Result<Option<Me>, StoreError>;

    /// Returns a person as others see them; nothing if they cannot sign in.
    fn colleague(&self, agent: AgentId) -> Result<Option<Colleague>, StoreError>;

    /// Returns a conversation as staff see it, open or closed, with its last messages, as far as `sight` goes.
    fn thread(&self, conversation: ConversationId, sight: Sight) -> Result<Option<Thread>, StoreError>;

    /// Returns an open offer; nothing once it has ended.
    fn offer(&self, offer: OfferId) -> Result<Option<OfferCard>, StoreError>;

    /// Returns why an offer was refused, in the words of whoever did; nothing where they gave none.
    fn reason(&self, offer: OfferId) -> Result<Option<String>, StoreError>;

    /// Returns a segment that is to be filed; nothing once it is filed.
    fn wrap_up(&self, segment: SegmentId) -> Result<Option<WrapUpCard>, StoreError>;

    /// Returns a conversation's marks.
    fn marks(&self, conversation: ConversationId) -> Result<ReadMarks, StoreError>;

    /// Returns one message as staff see it.
    fn message(&self, conversation: ConversationId, seq: u32) -> Result<Option<Message>, StoreError>;

    /// Returns at most `limit` messages before `before` (or the last ones), oldest first.
    fn messages(
        &self,
        conversation: ConversationId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError>;

    /// Returns at most `limit` messages whose text contains `words` without regard to case, oldest first.
    fn search(
        &self,
        conversation: ConversationId,
        words: &str,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError>;

    /// Returns a conversation as routing sees it, open or closed.
    fn conversation(&self, conversation: ConversationId) -> Result<Option<Conversation>, StoreError>;

    /// Returns how much a person may see of a conversation: all while they own it, are offered it, are consulted about it,
    /// take part or read on in it, or may answer the request it ended with, their own part while they file it, nothing otherwise.
    fn sight(&self, agent: AgentId, conversation: ConversationId) -> Result<Option<Sight>, StoreError>;

    /// Returns all that a customer sees; nothing if there is no such conversation.
    fn chat(&self, conversation: ConversationId, now: Timestamp) -> Result<Option<ChatView>, StoreError>;

    /// Returns what is happening to a customer's conversation.
    fn phase(&self, conversation: ConversationId, now: Timestamp) -> Result<Option<Phase>, StoreError>;

    /// Returns a transfer's note and summary.
    fn transfer_notes(&self, transfer: TransferId) -> Result<(Option<String>, Option<String>), StoreError>;

    /// Returns a transfer, with the name of its target.
    fn transfer(&self, transfer: TransferId) -> Result<Option<(Transfer, String)>, StoreError>;

    /// Returns a consultation as one of the two who hold it sees it; nothing once it is over.
    fn consult(&self, transfer: TransferId, viewer: AgentId) -> Result<Option<Consult>, StoreError>;

    /// Returns one message that was said aside.
    fn aside(&self, transfer: TransferId, seq: u32) -> Result<Option<Message>, StoreError>;

    /// Returns one message that was whispered; nothing once it is forgotten.
    fn whisper(&self, conversation: ConversationId, seq: u32) -> Result<Option<Message>, StoreError>;

    /// Returns what was written with the last flag of a conversation.
    fn flag(&self, conversation: ConversationId) -> Result<Option<String>, StoreError>;

    /// Returns whom a conversation was offered to, oldest first.
    fn offers_of(&self, conversation: ConversationId) -> Result<Vec<WhyOffer>, StoreError>;

    /// Returns an invitation.
    fn invite(&self, invite: InviteId) -> Result<Option<Invite>, StoreError>;

    /// Returns what people, groups, queues and skills are called.
    fn names(&self) -> Result<Names, StoreError>;

    /// Returns how transfers go.
    fn policies(&self) -> Result<Policies, StoreError>;

    /// Returns the changes of how transfers go, oldest first, as the log has them.
    fn policy_changes(&self) -> Result<Vec<Recorded>, StoreError>;

    /// Returns the events of the log at some positions, in the order of these.
    fn events(&self, positions: &[u64]) -> Result<Vec<Recorded>, StoreError>;

    /// Returns what people wrote in and about a conversation, whose part of the log this is; nothing if there is no such
    /// conversation.
    fn texts(&self, conversation: ConversationId, events: &[Recorded]) -> Result<Option<Texts>, StoreError>;

    /// Returns the requests of the queues that a person belongs to, for supervisors those of every queue: the open ones
    /// first, then the newest; at most `limit`.
    fn requests(&self, agent: AgentId, limit: u32) -> Result<Vec<RequestView>, StoreError>;

    /// Returns what a wall shows beside the open work, with what is counted since a time.
    fn wall_rows(&self, since: Timestamp) -> Result<WallRows, StoreError>;

    /// Returns the name of a conversation's customer.
    fn customer(&self, conversation: ConversationId) -> Result<Option<String>, StoreError>;

    /// Returns a person as administrators see them.
    fn person(&self, agent: AgentId) -> Result<Option<Person>, StoreError>;

    /// Returns everyone, by name.
    fn people(&self) -> Result<Vec<Person>, StoreError>;

    /// Returns every queue, by name.
    fn queues(&self) -> Result<Vec<QueueView>, StoreError>;

    /// Returns every skill, by name.
    fn skills(&self) -> Result<Vec<Skill>, StoreError>;

    /// Returns every team, by name.
    fn teams(&self) -> Result<Vec<TeamView>, StoreError>;

    /// Returns every transfer group, by name.
    fn groups(&self) -> Result<Vec<GroupView>, StoreError>;

    /// Returns every workflow, by name.
    fn workflows(&self) -> Result<Vec<WorkflowView>, StoreError>;

    /// Returns a workflow; nothing if there is none, or no more.
    fn workflow(&self, workflow: WorkflowId) -> Result<Option<WorkflowView>, StoreError>;

    /// Returns every flow, by name.
    fn flows(&self) -> Result<Vec<FlowView>, StoreError>;

    /// Returns a flow; nothing if there is none, or no more.
    fn flow(&self, flow: FlowId) -> Result<Option<FlowView>, StoreError>;

    /// Returns every scheduled report, by name.
    fn schedules(&self) -> Result<Vec<Scheduled>, StoreError>;

    /// Returns every external contact, by name.
    fn externals(&self) -> Result<Vec<ExternalView>, StoreError>;

    /// Returns where an external contact is asked; nothing if there is none, or no more.
    fn partner(&self, external: ExternalId) -> Result<Option<Partner>, StoreError>;

    /// Returns what is known about a conversation.
    fn attributes(&self, conversation: ConversationId) -> Result<BTreeMap<String, String>, StoreError>;
}
