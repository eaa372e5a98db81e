//! Teams as administrators set them up, and what their supervisors see.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::agent::Status;
use crate::ids::*;
use crate::skill::Level;
use crate::time::Timestamp;
use crate::transfer::Target;
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
    /// What only the owner of a conversation and supervisors see.
    NewWhisper {
        /// As plain text.
        text: String,
    }
    /// A flag to raise.
    NewFlag {
        /// What help is asked for.
        text: String,
    }
    /// Where a conversation is to go that someone else has or that waits.
    Redirection {
        /// To whom.
        target: Target,
        /// What the receiver should know; given to them where an agent has the conversation.
        #[serde(default)]
        note: Option<String>,
    }
    /// What of a person their supervisors can change.
    DirectedPerson {
        /// Who.
        id: AgentId,
        /// What they are called.
        name: String,
        /// What they chose.
        status: Status,
        /// Every skill, by name.
        skills: Vec<SkillChoice>,
        /// The queues that one oversees, by name.
        queues: Vec<QueueChoice>,
    }
    /// A skill that a person can be given or has.
    SkillChoice {
        /// Which.
        id: SkillId,
        /// What it is called.
        name: String,
        /// How well they have it; nothing if they have it not.
        level: Option<Level>,
    }
    /// A queue that a person can belong to or belongs to.
    QueueChoice {
        /// Which.
        id: QueueId,
        /// What it is called.
        name: String,
        /// Whether they are offered its work.
        member: bool,
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
