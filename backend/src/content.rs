//! What a decision writes beside its events: people's words and names, and how far they have read.
//!
//! The log never holds these, so that redaction and erasure never touch it.

use std::collections::BTreeMap;

use baton_shared::*;

/// What people wrote and who they are; it is written after the rows of the same batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A person's name and address, and their password's hash.
    Profile {
        /// Whose.
        agent: AgentId,
        /// What they are called.
        name: String,
        /// Their address and their password's hash; nothing leaves both as they are.
        credentials: Option<(String, String)>,
    },
    /// What a skill is called.
    SkillName(SkillId, String),
    /// What a queue is called.
    QueueName(QueueId, String),
    /// What a group is called.
    GroupName(GroupId, String),
    /// What a team is called.
    TeamName(TeamId, String),
    /// A workflow's name and all that is written in it.
    Workflow(WorkflowId, Box<Definition>),
    /// A flow's name and all that is written in it.
    Flow(FlowId, Box<FlowDefinition>),
    /// What an external contact is.
    External {
        /// Which.
        external: ExternalId,
        /// What it is called.
        name: String,
        /// Where it is asked.
        url: String,
        /// What both sides sign with; nothing leaves it as it is.
        secret: Option<String>,
    },
    /// What a scheduled report is.
    Schedule {
        /// Which.
        schedule: ScheduleId,
        /// All of it but the secret.
        settings: Box<ReportSchedule>,
        /// What a webhook is signed with; nothing leaves it as it is.
        secret: Option<String>,
    },
    /// What a customer is called.
    Contact(ContactId, String),
    /// What is known about a conversation.
    Attributes(ConversationId, BTreeMap<String, String>),
    /// What was said.
    Message {
        /// In which conversation.
        conversation: ConversationId,
        /// Its number there.
        seq: u32,
        /// Which.
        id: MessageId,
        /// Who said it.
        author: Author,
        /// What was said.
        text: String,
        /// When.
        at: Timestamp,
        /// The idempotency key it was sent with.
        client_key: Option<String>,
    },
    /// A transfer's note.
    Note(TransferId, String),
    /// Why a partner outside did not take what was transferred.
    TransferReason(TransferId, String),
    /// A transfer's summary.
    Summary(TransferId, String),
    /// What was said aside, about a transfer.
    Aside {
        /// About which.
        transfer: TransferId,
        /// Its number there.
        seq: u32,
        /// Which.
        id: MessageId,
        /// Who said it.
        author: AgentId,
        /// What was said.
        text: String,
        /// When.
        at: Timestamp,
        /// The idempotency key it was sent with.
        client_key: Option<String>,
    },
    /// What was whispered about a conversation.
    Whisper {
        /// About which.
        conversation: ConversationId,
        /// Its number there.
        seq: u32,
        /// The segment of the owner to whom, or by whom, it was said.
        segment: SegmentId,
        /// Which.
        id: MessageId,
        /// Who said it.
        author: AgentId,
        /// What was said.
        text: String,
        /// When.
        at: Timestamp,
        /// The idempotency key it was sent with.
        client_key: Option<String>,
    },
    /// What an agent wrote with the flag that they raised at a time.
    Flag {
        /// About which conversation.
        conversation: ConversationId,
        /// When it was raised.
        at: Timestamp,
        /// Who raised it.
        agent: AgentId,
        /// What they wrote.
        text: String,
    },
    /// An invitation's note.
    InviteNote(InviteId, String),
    /// What the agent wrote to a request.
    RequestNote(RequestId, String),
    /// The answer to a request.
    RequestAnswer(RequestId, String),
    /// Where a customer can be reached.
    Address(ContactId, String),
    /// The reason of a rejection.
    Reason(OfferId, String),
    /// What the receiver of a transfer asked its sender.
    Question(OfferId, String),
    /// What the sender answered.
    QuestionAnswer(OfferId, String),
    /// An agent's notes on a segment.
    WrapUpNotes(SegmentId, String),
    /// What a customer said about a conversation that they rated.
    RatingComment(ConversationId, String),
}

/// How far a conversation has been received and read; each number only rises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadMarks {
    /// How far its owner has read.
    pub agent_read: u32,
    /// How far the customer's page has received.
    pub customer_delivered: u32,
    /// How far the customer has read.
    pub customer_read: u32,
}

impl ReadMarks {
    /// Raises each number to at least that of `other`.
    pub fn raise(&mut self, other: Self) {
        self.agent_read = self.agent_read.max(other.agent_read);
        self.customer_delivered = self.customer_delivered.max(other.customer_delivered);
        self.customer_read = self.customer_read.max(other.customer_read);
    }
}

/// Whose an earlier conversation was, who served it last, and whether it was rated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Former {
    /// The customer.
    pub contact: ContactId,
    /// Who had it last.
    pub agent: Option<AgentId>,
    /// Whether the customer is asked how good it was.
    pub surveyed: bool,
    /// Whether the customer has rated it.
    pub rated: bool,
}

impl Former {
    /// Returns what is to be known of a conversation that nobody has rated, open or closed.
    pub fn of(conversation: &Conversation) -> Self {
        let owner = match conversation.owner() {
            Some(Owner::Agent(agent)) => Some(agent),
            Some(Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_)) | None => None,
        };
        Self {
            contact: conversation.contact,
            agent: owner.or(conversation.last_agent),
            surveyed: conversation.is_surveyed(),
            rated: false,
        }
    }
}
