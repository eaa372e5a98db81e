//! Teams as administrators set them up, and what their supervisors see.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::*;
use crate::time::Timestamp;
use crate::wall::Wall;

bodies! {
    /// A team.
    TeamView {
        /// Which.
        id: TeamId,
        /// What it is called.
        name: String,
        /// Those who are led.
        agents: BTreeSet<AgentId>,
        /// Those who lead.
        supervisors: BTreeSet<AgentId>,
    }
    /// A team to add, or what a team is to be.
    TeamSettings {
        /// What it is called.
        name: String,
        /// Those who are led.
        agents: BTreeSet<AgentId>,
        /// Those who lead; each is a supervisor or an administrator.
        supervisors: BTreeSet<AgentId>,
    }
    /// A wall, the place in the stream it stands for, and the server's time.
    WallSnapshot {
        /// All that one supervisor sees.
        wall: Wall,
        /// Where the stream goes on.
        cursor: String,
        /// The server's time.
        now: Timestamp,
    }
}
