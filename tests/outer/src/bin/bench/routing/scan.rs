//! The naive way: everyone is looked at for what arrives, everything that waits is looked at for whoever is free.

use std::cmp::Reverse;

use baton_shared::queue::Priority;
use baton_shared::{AgentId, ConversationId, Timestamp};

use super::ids;
use super::workspace::{CAPACITY, Matched, Person, Routes, Step, Workspace};

struct Waiting {
    rank: (Reverse<Priority>, Timestamp),
    skills: u64,
    conversation: ConversationId,
}

struct Seat {
    agent: AgentId,
    skills: u64,
    room: usize,
    idle_since: Timestamp,
}

/// Everyone and everything that waits, in no order.
pub struct Scan {
    lines: Vec<(u64, Priority)>,
    waiting: Vec<Waiting>,
    seats: Vec<Seat>,
}

impl Scan {
    /// Seats everyone who takes work.
    pub fn of(workspace: &Workspace) -> Self {
        let seat = |(number, person): (u32, &Person)| Seat {
            agent: ids::agent(number),
            skills: person.skills,
            room: if person.available { CAPACITY } else { 0 },
            idle_since: ids::first_idle_since(number),
        };
        Self {
            lines: workspace.lines.iter().map(|line| (line.skills, line.priority)).collect(),
            waiting: Vec::new(),
            seats: (0..).zip(&workspace.people).map(seat).collect(),
        }
    }

    fn give(&mut self, conversation: ConversationId, seat: usize, at: Timestamp) -> Option<Matched> {
        let seat = &mut self.seats[seat];
        seat.room -= 1;
        seat.idle_since = at;
        Some(Matched { conversation, agent: seat.agent })
    }
}

const fn can(has: u64, asked: u64) -> bool {
    has & asked == asked
}

impl Routes for Scan {
    fn take(&mut self, step: Step, at: Timestamp) -> Option<Matched> {
        match step {
            Step::Arrives { conversation, queue } => {
                let (skills, priority) = self.lines[ids::number(queue.bits())];
                let free = self.seats.iter().enumerate();
                let free = free.filter(|(_, seat)| seat.room > 0 && can(seat.skills, skills));
                let Some((seat, _)) = free.min_by_key(|(_, seat)| seat.idle_since) else {
                    self.waiting.push(Waiting { rank: (Reverse(priority), at), skills, conversation });
                    return None;
                };
                self.give(conversation, seat, at)
            }
            Step::Ends { agent, .. } => {
                let seat = ids::number(agent.bits());
                self.seats[seat].room += 1;
                let skills = self.seats[seat].skills;
                let able = self.waiting.iter().enumerate().filter(|(_, waiting)| can(skills, waiting.skills));
                let (place, _) = able.min_by_key(|(_, waiting)| waiting.rank)?;
                let taken = self.waiting.swap_remove(place);
                self.give(taken.conversation, seat, at)
            }
        }
    }
}
