//! The reference: an index and nothing else. For each queue an ordered set of what waits and one of who is free, known by
//! the same ids; no offers, no owners, no segments, no deadlines.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use baton_shared::queue::Priority;
use baton_shared::{AgentId, ConversationId, QueueId, Timestamp};

use super::ids;
use super::workspace::{CAPACITY, Matched, Routes, Step, Workspace};

#[derive(Clone, Debug)]
struct Line {
    priority: Priority,
    waiting: BTreeSet<(Reverse<Priority>, Timestamp, ConversationId)>,
    free: BTreeSet<(Timestamp, AgentId)>,
}

#[derive(Clone, Debug)]
struct Seat {
    /// The places of their queues in the list of lines.
    queues: Vec<usize>,
    held: usize,
    idle_since: Timestamp,
    listed: bool,
}

/// The bare index.
#[derive(Clone, Debug)]
pub struct Bare {
    queues: BTreeMap<QueueId, usize>,
    lines: Vec<Line>,
    seats: BTreeMap<AgentId, Seat>,
}

impl Bare {
    /// Seats everyone who takes work.
    pub fn of(workspace: &Workspace) -> Self {
        let line = |line: &super::workspace::Line| Line {
            priority: line.priority,
            waiting: BTreeSet::new(),
            free: BTreeSet::new(),
        };
        let mut bare = Self {
            queues: (0..)
                .zip(&workspace.lines)
                .map(|(queue, _)| (ids::queue(queue), queue as usize))
                .collect(),
            lines: workspace.lines.iter().map(line).collect(),
            seats: BTreeMap::new(),
        };
        for (number, person) in (0..).zip(&workspace.people) {
            let queues = person.queues.iter().map(|queue| *queue as usize).collect();
            let idle_since = ids::first_idle_since(number);
            let agent = ids::agent(number);
            bare.seats.insert(agent, Seat { queues, held: 0, idle_since, listed: false });
            if person.available {
                bare.list(agent);
            }
        }
        bare
    }

    fn list(&mut self, agent: AgentId) {
        let Some(seat) = self.seats.get_mut(&agent) else { return };
        seat.listed = true;
        for queue in &seat.queues {
            self.lines[*queue].free.insert((seat.idle_since, agent));
        }
    }

    fn give(&mut self, conversation: ConversationId, agent: AgentId, at: Timestamp) -> Option<Matched> {
        let seat = self.seats.get_mut(&agent)?;
        let still_free = seat.held + 1 < CAPACITY;
        for queue in &seat.queues {
            let free = &mut self.lines[*queue].free;
            if seat.listed {
                free.remove(&(seat.idle_since, agent));
            }
            if still_free {
                free.insert((at, agent));
            }
        }
        seat.held += 1;
        seat.idle_since = at;
        seat.listed = still_free;
        Some(Matched { conversation, agent })
    }
}

impl Routes for Bare {
    fn take(&mut self, step: Step, at: Timestamp) -> Option<Matched> {
        match step {
            Step::Arrives { conversation, queue } => {
                let line = &mut self.lines[*self.queues.get(&queue)?];
                let Some((_, agent)) = line.free.first().copied() else {
                    line.waiting.insert((Reverse(line.priority), at, conversation));
                    return None;
                };
                self.give(conversation, agent, at)
            }
            Step::Ends { agent, .. } => {
                let seat = self.seats.get_mut(&agent)?;
                seat.held -= 1;
                let heads = seat
                    .queues
                    .iter()
                    .filter_map(|queue| Some((*self.lines[*queue].waiting.first()?, *queue)));
                let Some((first, queue)) = heads.min() else {
                    if !seat.listed {
                        self.list(agent);
                    }
                    return None;
                };
                self.lines[queue].waiting.remove(&first);
                self.give(first.2, agent, at)
            }
        }
    }
}
