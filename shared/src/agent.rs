//! The people who sign in: what they may do, what they can take, and whether they can be reached.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::{AgentId, QueueId};
use crate::skill::Skills;
use crate::time::Timestamp;

/// What a person may do; each role includes those before it, except that only members of a queue are offered its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers customers.
    Agent,
    /// Leads agents.
    Supervisor,
    /// Sets up people, queues and skills.
    Administrator,
}

/// What a person intends: chosen in the status menu, kept over sign-outs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Takes new work.
    Available,
    /// Works on, takes nothing new.
    Busy,
    /// Is away for a while.
    Away,
    /// Takes nothing new, and is Offline once what they have is done.
    Finishing,
    /// Has finished; also the status before the first choice.
    Offline,
}

impl Status {
    /// Every status, in the order of the menu.
    pub const ALL: [Self; 5] = [Self::Available, Self::Busy, Self::Away, Self::Finishing, Self::Offline];

    /// Returns the word shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Available => "Available",
            Self::Busy => "Busy",
            Self::Away => "Away",
            Self::Finishing => "Finishing",
            Self::Offline => "Offline",
        }
    }

    /// Says whether new work may be offered in this status: a list of those that may, not of those that may not.
    pub const fn takes_work(self) -> bool {
        match self {
            Self::Available => true,
            Self::Busy | Self::Away | Self::Finishing | Self::Offline => false,
        }
    }
}

/// Intent and reachability together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Presence {
    /// What the person chose.
    pub status: Status,
    /// Whether a browser of theirs answers heartbeats.
    pub reachable: bool,
}

impl Presence {
    /// Says whether new work reaches this person.
    pub const fn available(self) -> bool {
        self.status.takes_work() && self.reachable
    }
}

/// Which of a person's capacities a conversation takes up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// The primary one: it finds room beside interruptible work, however much of that there is.
    #[default]
    Primary,
    /// The interruptible one, which everything they hold takes up.
    Interruptible,
}

impl Work {
    /// Every kind, in the order of the variants.
    pub const ALL: [Self; 2] = [Self::Primary, Self::Interruptible];

    /// Says whether it is primary, which need not be written.
    pub const fn is_primary(&self) -> bool {
        matches!(self, Self::Primary)
    }
}

/// A person as routing sees them; name, address and password are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Agent {
    /// Who.
    pub id: AgentId,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in and be offered work.
    pub enabled: bool,
    /// Intent and reachability.
    pub presence: Presence,
    /// Units of primary work they can hold, per channel; a channel that is absent is not theirs.
    pub capacity: BTreeMap<Channel, u32>,
    /// Up to how many units in all they are given interruptible work, per channel, where that is another number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub interruptible: BTreeMap<Channel, u32>,
    /// What they can do, and how well.
    pub skills: Skills,
    /// The queues whose work they may be offered.
    pub queues: BTreeSet<QueueId>,
    /// When they last accepted an offer or became available, whichever is later.
    pub idle_since: Timestamp,
    /// Since when they cannot be reached, once they could.
    pub lost_at: Option<Timestamp>,
}

impl Agent {
    /// Returns how many units they can hold of what counts against a kind of work; none of a channel that is not theirs.
    pub fn limit(&self, channel: Channel, work: Work) -> u32 {
        let Some(primary) = self.capacity.get(&channel).copied() else { return 0 };
        match work {
            Work::Primary => primary,
            Work::Interruptible => self.interruptible.get(&channel).copied().unwrap_or(primary),
        }
    }
}
