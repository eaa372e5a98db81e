//! Queues as administrators set them up, and what their hours mean to customers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::*;
use crate::queue::{Priority, QueueRules, Standing};
use crate::skill::Skills;
use crate::time::Timestamp;

bodies! {
    /// A queue, as administrators see it.
    QueueView {
        /// Which.
        id: QueueId,
        /// What it is called.
        name: String,
        /// What its conversations ask of an agent at least: each skill as its id, or with its level where that is above 1.
        skills: Skills,
        /// The priority its conversations begin with.
        priority: Priority,
        /// Whose work it is.
        members: BTreeSet<AgentId>,
        /// How it keeps waits within bounds.
        #[serde(default)]
        rules: QueueRules,
        /// Whether it is open, and until when; nothing where it has no hours.
        #[serde(default)]
        standing: Option<Standing>,
    }
    /// A queue to add.
    NewQueue {
        /// What it is called.
        name: String,
        /// What its conversations ask of an agent at least: each skill as its id, or with its level where that is above 1.
        skills: Skills,
        /// The priority its conversations begin with.
        priority: Priority,
    }
    /// What a queue is to be.
    QueueSettings {
        /// What it is called.
        name: String,
        /// What its conversations ask of an agent at least: each skill as its id, or with its level where that is above 1.
        skills: Skills,
        /// The priority its conversations begin with.
        priority: Priority,
        /// How it keeps waits within bounds; without them those that hold stay.
        #[serde(default)]
        rules: Option<Box<QueueRules>>,
    }
    /// Whether customers can open conversations.
    ChatOpening {
        /// Whether they can, by the hours of the queues in which one might begin.
        open: bool,
        /// When they can again, where they cannot and it is known.
        opens_at: Option<Timestamp>,
    }
    /// A question that is left to be answered later.
    NewLeftRequest {
        /// What the customer is called.
        name: String,
        /// The e-mail address at which they can be reached.
        address: String,
        /// Their question.
        text: String,
    }
}
