//! The passing of a conversation from one owner to another.
//!
//! A transfer to a named person leaves the sender owner until it is accepted, unless its policy releases them sooner.
//! A transfer to a queue or a group is complete for the sender as soon as it is enqueued: the queue or group is the owner
//! from then on, and the transfer stays on record until an agent accepts (successful) or the customer leaves (failed).

use serde::{Deserialize, Serialize};

use crate::agent::Work;
use crate::conversation::Owner;
use crate::ids::{
    AgentId, ConversationId, ExternalId, FlowId, GroupId, InvalidId, NotTagged, QueueId, Tagged, TransferId,
    WorkflowId,
};
use crate::policy::TransferPolicy;
use crate::search::{Pool, Search};
use crate::time::Timestamp;

/// In which way a conversation is passed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The receiver takes over.
    #[default]
    Cold,
    /// The receiver is consulted first, aside; then the sender hands over or takes back.
    Warm,
    /// The receiver joins and the sender stays.
    Invite,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Cold, Self::Warm, Self::Invite];
}

/// The kinds of target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// A named person.
    Agent,
    /// A skill-named group.
    Group,
    /// A queue.
    Queue,
    /// A workflow, which chooses the queue.
    Workflow,
    /// A scripted bot.
    Flow,
    /// Someone outside, over a webhook.
    External,
}

impl TargetKind {
    /// Every kind, in the order of the tabs.
    pub const ALL: [Self; 6] =
        [Self::Agent, Self::Group, Self::Queue, Self::Workflow, Self::Flow, Self::External];
}

/// To whom a conversation is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "id", rename_all = "snake_case", try_from = "Tagged")]
pub enum Target {
    /// A named person.
    Agent(AgentId),
    /// A group, whose members are offered it.
    Group(GroupId),
    /// A queue, whose members are offered it in turn.
    Queue(QueueId),
    /// A workflow, which chooses the queue.
    Workflow(WorkflowId),
    /// A scripted bot.
    Flow(FlowId),
    /// A partner outside, who is asked over a webhook.
    External(ExternalId),
}

/// By whom a conversation is passed on; written as the id alone, whose prefix says of which kind it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Sender {
    /// A person.
    Agent(AgentId),
    /// A scripted bot.
    Flow(FlowId),
    /// A partner outside, who gives it back.
    External(ExternalId),
}

impl Sender {
    /// Returns the person, if it is one.
    pub const fn agent(self) -> Option<AgentId> {
        match self {
            Self::Agent(agent) => Some(agent),
            Self::Flow(_) | Self::External(_) => None,
        }
    }

    /// Returns the owner that it is.
    pub const fn owner(self) -> Owner {
        match self {
            Self::Agent(agent) => Owner::Agent(agent),
            Self::Flow(flow) => Owner::Flow(flow),
            Self::External(external) => Owner::External(external),
        }
    }
}

impl From<Sender> for String {
    fn from(sender: Sender) -> Self {
        match sender {
            Sender::Agent(agent) => agent.to_string(),
            Sender::Flow(flow) => flow.to_string(),
            Sender::External(external) => external.to_string(),
        }
    }
}

impl TryFrom<String> for Sender {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        if let Ok(flow) = text.parse() {
            return Ok(Self::Flow(flow));
        }
        if let Ok(external) = text.parse() {
            return Ok(Self::External(external));
        }
        text.parse().map(Self::Agent)
    }
}

impl TryFrom<Tagged> for Target {
    type Error = NotTagged;

    fn try_from(tagged: Tagged) -> Result<Self, NotTagged> {
        Ok(match tagged.kind.as_str() {
            "agent" => Self::Agent(tagged.id()?),
            "group" => Self::Group(tagged.id()?),
            "queue" => Self::Queue(tagged.id()?),
            "workflow" => Self::Workflow(tagged.id()?),
            "flow" => Self::Flow(tagged.id()?),
            "external" => Self::External(tagged.id()?),
            _ => {
                return Err(NotTagged::Kind(&["agent", "group", "queue", "workflow", "flow", "external"]));
            }
        })
    }
}

impl Target {
    /// Returns which kind it is.
    pub const fn kind(self) -> TargetKind {
        match self {
            Self::Agent(_) => TargetKind::Agent,
            Self::Group(_) => TargetKind::Group,
            Self::Queue(_) => TargetKind::Queue,
            Self::Workflow(_) => TargetKind::Workflow,
            Self::Flow(_) => TargetKind::Flow,
            Self::External(_) => TargetKind::External,
        }
    }

    /// Returns where its next owner is looked for; nothing where that is decided later, or nobody is looked for.
    pub const fn pool(self) -> Option<Pool> {
        match self {
            Self::Agent(agent) => Some(Pool::Agent(agent)),
            Self::Group(group) => Some(Pool::Group(group)),
            Self::Queue(queue) => Some(Pool::Queue(queue)),
            Self::Workflow(_) | Self::Flow(_) | Self::External(_) => None,
        }
    }
}

/// How a transfer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransferEnd {
    /// Another participant became owner.
    Completed,
    /// The receiver rejected it or went away: the sender has the conversation.
    Returned,
    /// The sender took it back.
    Cancelled,
    /// Nobody answered in time; the policy says who has the conversation.
    Expired,
    /// The customer left first.
    Abandoned,
    /// A supervisor decided otherwise.
    Superseded,
    /// A supervisor called it off: the sender has the conversation.
    CalledOff,
    /// It could not be carried out: the sender has the conversation.
    Failed,
}

impl TransferEnd {
    /// Returns the stable word for it, the same as in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Abandoned => "abandoned",
            Self::Superseded => "superseded",
            Self::CalledOff => "called_off",
            Self::Failed => "failed",
        }
    }
}

/// Where a transfer stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferState {
    /// Requested; where it goes follows in the same turn.
    Requested,
    /// The sender is owner while someone is looked for: waiting while no offer is out, offered while one is.
    Seeking {
        /// Whom it is or was offered to.
        search: Search,
        /// When it expires; nothing if it does not.
        deadline: Option<Timestamp>,
    },
    /// The policy released the sender: the conversation waits in its queue for the one it was meant for.
    Released {
        /// When its queue gets it, or it comes back.
        deadline: Timestamp,
    },
    /// In a queue or group, which is owner; complete for the sender, undecided for reports.
    Enqueued {
        /// Until when the sender may take it back.
        undo_until: Timestamp,
        /// When it expires; nothing where the queue's own limits hold.
        #[serde(default)]
        deadline: Option<Timestamp>,
    },
    /// A partner outside is asked whether they take it; the sender is owner.
    Calling {
        /// When it expires.
        deadline: Timestamp,
    },
    /// Sender and receiver talk aside; the sender is owner.
    Consulting {
        /// Whom the sender consults.
        agent: AgentId,
        /// Since when.
        since: Timestamp,
        /// When it ends by itself.
        deadline: Timestamp,
        /// The number of the last message aside; they count from 1 without gaps.
        last_seq: u32,
    },
    /// It is over.
    Ended {
        /// When.
        at: Timestamp,
        /// How.
        end: TransferEnd,
    },
}

/// What goes with a transfer besides the conversation; the words themselves are elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Carried {
    /// Whether there is a note.
    #[serde(default)]
    pub note: bool,
    /// Whether there is a summary.
    #[serde(default)]
    pub summary: bool,
    /// Whether the sender changed the summary that was made for it; nothing where none was made, or none goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<bool>,
}

impl Carried {
    /// Says whether nothing goes with it.
    pub const fn is_nothing(&self) -> bool {
        !self.note && !self.summary
    }
}

/// The passing of a conversation from one owner to another; its note, summary and reason are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Transfer {
    /// Which.
    pub id: TransferId,
    /// What is passed.
    pub conversation: ConversationId,
    /// By whom.
    pub from: Sender,
    /// The supervisor who asked for it in the sender's place, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AgentId>,
    /// To whom.
    pub target: Target,
    /// In which way.
    pub mode: Mode,
    /// The queue the conversation was of when it was requested, and is of again if it comes back.
    pub queue: QueueId,
    /// Which capacity the conversation took up then, and takes up again if it comes back.
    #[serde(default, skip_serializing_if = "Work::is_primary")]
    pub work: Work,
    /// The policy of the moment it was requested.
    pub policy: TransferPolicy,
    /// When it was requested.
    pub requested_at: Timestamp,
    /// The number of the last message before it.
    pub after_seq: u32,
    /// Where it stands.
    pub state: TransferState,
}

impl Transfer {
    /// Returns the stable word for where it stands.
    pub fn word(&self) -> &'static str {
        match &self.state {
            TransferState::Requested => "requested",
            TransferState::Seeking { search, .. } if search.offers.is_empty() => "waiting",
            TransferState::Seeking { .. } => "offered",
            TransferState::Released { .. } => "waiting",
            TransferState::Enqueued { .. } => "enqueued",
            TransferState::Calling { .. } => "calling",
            TransferState::Consulting { .. } => "consulting",
            TransferState::Ended { .. } => "ended",
        }
    }
}
