//! Who leads whom.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, TeamId};

/// How many people a team has at most.
pub const TEAM_PEOPLE_MAX: usize = 2_000;

/// Agents and the supervisors who lead them, as routing sees them; the name is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Team {
    /// Which.
    pub id: TeamId,
    /// Those who are led.
    pub agents: BTreeSet<AgentId>,
    /// Those who lead.
    pub supervisors: BTreeSet<AgentId>,
}

impl Team {
    /// Returns everyone in it.
    pub fn people(&self) -> impl Iterator<Item = AgentId> {
        self.agents.union(&self.supervisors).copied()
    }
}
