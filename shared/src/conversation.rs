//! A customer's thread, and the one owner it has at every moment while it is open.
//!
//! An offer, a transfer and a wrap-up are things of their own: an agent can wrap up an old segment of a conversation
//! while being offered the same conversation again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::agent::Work;
use crate::channel::Channel;
use crate::few::{FewSet, Rare};
use crate::flow::Run;
use crate::ids::{
    AgentId, ContactId, ConversationId, ExternalId, FlowId, GroupId, InviteId, QueueId, SegmentId, TransferId,
};
use crate::queue::Priority;
use crate::search::{Pool, Search};
use crate::time::Timestamp;
use crate::workflow::Route;

/// Rises by one with each change of owner; storage refuses a write whose epoch is not the next one.
pub type Epoch = u32;

/// Who answers for a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Owner {
    /// A person.
    Agent(AgentId),
    /// A queue, in which the conversation waits.
    Queue(QueueId),
    /// A group, for which the conversation waits.
    Group(GroupId),
    /// A scripted bot.
    Flow(FlowId),
    /// A partner outside.
    External(ExternalId),
}

impl Owner {
    /// Says whether the conversation waits in line there.
    pub const fn waits(self) -> bool {
        match self {
            Self::Queue(_) | Self::Group(_) => true,
            Self::Agent(_) | Self::Flow(_) | Self::External(_) => false,
        }
    }
}

/// A conversation's place in line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Waiting {
    /// The search for its next owner.
    pub search: Search,
    /// The transfer that brought it here, if one did, which is rare.
    pub transfer: Option<Box<TransferId>>,
    /// The way through a workflow that it is on, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Box<Route>>,
    /// What a queue's limits have to do with it, if they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Box<WaitLimit>>,
}

/// What the limits of queues have to do with a conversation that waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WaitLimit {
    /// When it has waited too long where it is.
    pub overflows_at: Option<Timestamp>,
    /// The queues in which it waited too long: it does not come back to them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub left: BTreeSet<QueueId>,
    /// Until when whoever served the customer last is asked alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alone_until: Option<Timestamp>,
    /// When its queue asks for less of whoever takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relaxes_at: Option<Timestamp>,
}

impl Waiting {
    /// Returns until when whoever served the customer last is asked alone.
    pub fn alone_until(&self) -> Option<Timestamp> {
        self.limit.as_ref()?.alone_until
    }

    /// Returns when its queue asks for less of whoever takes it.
    pub fn relaxes_at(&self) -> Option<Timestamp> {
        self.limit.as_ref()?.relaxes_at
    }

    /// Returns when it has waited too long where it is.
    pub fn overflows_at(&self) -> Option<Timestamp> {
        self.limit.as_ref()?.overflows_at
    }

    /// Begins a place in line that is on no way through a workflow.
    pub fn begin(search: Search, transfer: Option<TransferId>) -> Self {
        Self { search, transfer: transfer.map(Box::new), route: None, limit: None }
    }

    /// Returns the transfer that brought it here, if one did.
    pub fn transfer(&self) -> Option<TransferId> {
        self.transfer.as_deref().copied()
    }
}

/// Who holds an open conversation, with what only that kind of owner knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// By a person, since when, and the transfer away from them that is open, if one is.
    Agent {
        /// Who.
        agent: AgentId,
        /// Since when.
        since: Timestamp,
        /// The open transfer away from them.
        transfer: Option<TransferId>,
    },
    /// By a queue or group.
    Queue(Waiting),
    /// By a scripted bot.
    Flow(Box<Run>),
    /// By a partner outside.
    External {
        /// Which.
        external: ExternalId,
        /// Since when.
        since: Timestamp,
        /// When it is taken back from them if the customer has no answer; nothing while nobody waits for one.
        answer_by: Option<Timestamp>,
    },
}

/// Who ended a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// The agent, or the partner outside, who owned it.
    Agent,
    /// The customer.
    Customer,
    /// The server, by a rule.
    System,
}

/// Open with one owner, or closed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationState {
    /// Someone answers for it.
    Open {
        /// Who.
        held: Held,
        /// How often the owner changed.
        epoch: Epoch,
    },
    /// It has ended.
    Closed {
        /// When.
        at: Timestamp,
        /// By whom.
        by: EndedBy,
        /// How often the owner had changed.
        epoch: Epoch,
        /// Whether the customer is asked how good it was: an agent served them, and their queue asked at the time.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        surveyed: bool,
    },
}

/// A customer's thread with the contact centre.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Conversation {
    /// Which.
    pub id: ConversationId,
    /// With whom.
    pub contact: ContactId,
    /// How they write.
    pub channel: Channel,
    /// The queue it waits in or came from last.
    pub queue: QueueId,
    /// How soon it is offered.
    pub priority: Priority,
    /// Which capacity it takes up, by the queue that it came into last.
    #[serde(default, skip_serializing_if = "Work::is_primary")]
    pub work: Work,
    /// When the customer opened it.
    pub enqueued_at: Timestamp,
    /// From when it counts as waiting, in every line it passes through, unless a policy says otherwise.
    pub ranked_at: Timestamp,
    /// The segment that is running, or ran last.
    pub segment: SegmentId,
    /// The number of the last message; messages count from 1 without gaps.
    pub last_seq: u32,
    /// Everyone who has owned it.
    pub owners: FewSet<AgentId>,
    /// The agent who gave it up last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_agent: Option<AgentId>,
    /// The invitations to it that have not ended.
    pub invites: Rare<BTreeSet<InviteId>>,
    /// Former owners who read on.
    pub listeners: Rare<BTreeSet<AgentId>>,
    /// How often it was passed on.
    pub hops: u8,
    /// What supervisors have to do with it, if they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oversight: Option<Box<Oversight>>,
    /// How its customer's silence counts, while an agent owns it and silence does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Box<Silence>>,
    /// Open or closed.
    pub state: ConversationState,
}

/// What supervisors have to do with a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Oversight {
    /// Supervisors who listen in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub listeners: BTreeSet<AgentId>,
    /// The flag that is up, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<Flag>,
    /// The number of the last whisper; they count from 1 without gaps.
    #[serde(default)]
    pub whispers: u32,
    /// The segment of the owner to whom it was whispered last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whispered_in: Option<SegmentId>,
}

/// A flag by which an agent asks supervisors for help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Flag {
    /// Who raised it.
    pub agent: AgentId,
    /// When.
    pub at: Timestamp,
}

/// How the silence of a customer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// Without another message of theirs the conversation is idle from then on.
    From(Timestamp),
    /// The conversation is idle: it takes no room until the customer writes again.
    Idle,
}

impl Conversation {
    /// Says whether it has ended and the customer is asked how good it was.
    pub const fn is_surveyed(&self) -> bool {
        matches!(self.state, ConversationState::Closed { surveyed: true, .. })
    }

    /// Says whether a supervisor listens in.
    pub fn is_overheard_by(&self, agent: AgentId) -> bool {
        self.oversight.as_ref().is_some_and(|oversight| oversight.listeners.contains(&agent))
    }

    /// Returns the supervisors who listen in.
    pub fn overheard_by(&self) -> impl Iterator<Item = AgentId> {
        self.oversight.iter().flat_map(|oversight| oversight.listeners.iter().copied())
    }

    /// Returns the flag that is up, if one is.
    pub fn flag(&self) -> Option<Flag> {
        self.oversight.as_ref()?.flag
    }

    /// Returns the number of the last whisper, 0 if there was none.
    pub fn whispers(&self) -> u32 {
        self.oversight.as_ref().map_or(0, |oversight| oversight.whispers)
    }

    /// Says whether a supervisor whispered to its owner of now.
    pub fn is_whispered_to(&self) -> bool {
        self.oversight.as_ref().is_some_and(|oversight| oversight.whispered_in == Some(self.segment))
    }

    /// Changes what supervisors have to do with it.
    pub fn oversee(&mut self, change: impl FnOnce(&mut Oversight)) {
        let mut oversight = self.oversight.take().map(|oversight| *oversight).unwrap_or_default();
        change(&mut oversight);
        self.oversight = (oversight != Oversight::default()).then(|| Box::new(oversight));
    }

    /// Returns how much room it takes of the agent who owns it.
    pub fn units(&self) -> u32 {
        match self.silence.as_deref() {
            Some(Silence::Idle) => 0,
            Some(Silence::From(_)) | None => self.channel.units(),
        }
    }

    /// Returns when it is idle unless the customer writes.
    pub fn idle_from(&self) -> Option<Timestamp> {
        match self.silence.as_deref() {
            Some(Silence::From(time)) => Some(*time),
            Some(Silence::Idle) | None => None,
        }
    }

    /// Returns the owner, unless it is closed.
    pub fn owner(&self) -> Option<Owner> {
        match &self.state {
            ConversationState::Open { held: Held::Agent { agent, .. }, .. } => Some(Owner::Agent(*agent)),
            ConversationState::Open { held: Held::Queue(waiting), .. } => Some(match waiting.search.pool {
                Pool::Queue(queue) => Owner::Queue(queue),
                Pool::Group(group) => Owner::Group(group),
                Pool::Agent(_) => Owner::Queue(self.queue),
            }),
            ConversationState::Open { held: Held::Flow(run), .. } => Some(Owner::Flow(run.flow)),
            ConversationState::Open { held: Held::External { external, .. }, .. } => {
                Some(Owner::External(*external))
            }
            ConversationState::Closed { .. } => None,
        }
    }

    /// Returns how often the owner has changed.
    pub const fn epoch(&self) -> Epoch {
        match &self.state {
            ConversationState::Open { epoch, .. } | ConversationState::Closed { epoch, .. } => *epoch,
        }
    }

    /// Returns the place in the queue, while a queue owns it.
    pub fn waiting(&self) -> Option<&Waiting> {
        match &self.state {
            ConversationState::Open { held: Held::Queue(waiting), .. } => Some(waiting),
            ConversationState::Open {
                held: Held::Agent { .. } | Held::Flow(_) | Held::External { .. },
                ..
            }
            | ConversationState::Closed { .. } => None,
        }
    }

    /// Returns the place in the queue for writing, while a queue owns it.
    pub fn waiting_mut(&mut self) -> Option<&mut Waiting> {
        match &mut self.state {
            ConversationState::Open { held: Held::Queue(waiting), .. } => Some(waiting),
            ConversationState::Open {
                held: Held::Agent { .. } | Held::Flow(_) | Held::External { .. },
                ..
            }
            | ConversationState::Closed { .. } => None,
        }
    }

    /// Returns how far it came in the flow that has it.
    pub fn run(&self) -> Option<&Run> {
        match &self.state {
            ConversationState::Open { held: Held::Flow(run), .. } => Some(run),
            ConversationState::Open {
                held: Held::Agent { .. } | Held::Queue(_) | Held::External { .. },
                ..
            }
            | ConversationState::Closed { .. } => None,
        }
    }

    /// Returns how far it came in the flow that has it, for writing.
    pub fn run_mut(&mut self) -> Option<&mut Run> {
        match &mut self.state {
            ConversationState::Open { held: Held::Flow(run), .. } => Some(run),
            ConversationState::Open {
                held: Held::Agent { .. } | Held::Queue(_) | Held::External { .. },
                ..
            }
            | ConversationState::Closed { .. } => None,
        }
    }

    /// Returns when a bot's or a partner's time with it is over.
    pub fn held_until(&self) -> Option<Timestamp> {
        match &self.state {
            ConversationState::Open { held: Held::Flow(run), .. } => run.due(),
            ConversationState::Open { held: Held::External { answer_by, .. }, .. } => *answer_by,
            ConversationState::Open { held: Held::Agent { .. } | Held::Queue(_), .. }
            | ConversationState::Closed { .. } => None,
        }
    }

    /// Returns the transfer that is open or that brought it to the queue it waits in.
    pub fn transfer(&self) -> Option<TransferId> {
        match &self.state {
            ConversationState::Open { held: Held::Agent { transfer, .. }, .. } => *transfer,
            ConversationState::Open { held: Held::Queue(waiting), .. } => waiting.transfer(),
            ConversationState::Open { held: Held::Flow(run), .. } => run.transfer,
            ConversationState::Open { held: Held::External { .. }, .. }
            | ConversationState::Closed { .. } => None,
        }
    }
}
