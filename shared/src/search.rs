//! The search for a conversation's next owner: among whom, who was asked, who passed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::few::{FewMap, Rare};
use crate::ids::{AgentId, GroupId, OfferId, QueueId};
use crate::skill::Skills;
use crate::time::Timestamp;

/// Among whom the next owner is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Pool {
    /// The members of a queue who can do what it asks.
    Queue(QueueId),
    /// Those who can do what a group is named after.
    Group(GroupId),
    /// One person.
    Agent(AgentId),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
const fn is_none(count: &u8) -> bool {
    *count == 0
}

/// The search for a conversation's next owner.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Search {
    /// Among whom.
    pub pool: Pool,
    /// What is asked of them beyond what their pool asks.
    #[serde(default, skip_serializing_if = "Skills::is_empty")]
    pub skills: Skills,
    /// How many of its queue's relaxations hold.
    #[serde(default, skip_serializing_if = "is_none")]
    pub relaxed: u8,
    /// Since when.
    pub since: Timestamp,
    /// To how many people at once it may be offered.
    pub at_once: u8,
    /// The offers that are out, by person.
    pub offers: FewMap<AgentId, OfferId>,
    /// Those who declined, missed or passed it on, and when.
    pub passed: Rare<BTreeMap<AgentId, Timestamp>>,
}

impl Search {
    /// Begins a search that asked nobody so far.
    pub const fn begin(pool: Pool, since: Timestamp, at_once: u8) -> Self {
        Self {
            pool,
            skills: Skills::new(),
            relaxed: 0,
            since,
            at_once,
            offers: FewMap::None,
            passed: Rare::new(),
        }
    }

    /// Says whether it may be offered to one more person.
    pub fn open(&self) -> bool {
        self.offers.len() < usize::from(self.at_once)
    }
}
