//! Where conversations wait, and the groups that can be named instead of a person.

mod hours;
mod rules;

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{GroupId, QueueId, SkillId, TeamId};
use crate::skill::{Level, Skills};
use crate::time::Timestamp;

pub use hours::{
    AtClosing, CLOSED_DAYS_MAX, DAY_MINUTES, OPENINGS_MAX, Opening, OpeningHours, Standing, Weekday,
};
pub use rules::{
    AskedFirst, Overflow, QueueRules, RELAXATIONS_MAX, RULE_SECS_MAX, Relaxation, ServiceTarget,
    TARGET_ASSUMED,
};

/// How many accepted waits the estimate looks back on.
/// Source: Salesforce, "Estimated Wait Time in Omni-Channel", KB 003817179.
pub const WAIT_SAMPLES: usize = 10;

/// How far the estimate looks back. Source: as [`WAIT_SAMPLES`].
pub const WAIT_WINDOW: Duration = Duration::from_secs(600);

/// How soon work is offered; a higher level goes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// After everything else.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Before the usual.
    High,
    /// Before everything else.
    Urgent,
}

/// One accepted conversation, as the estimate of the wait remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AcceptedWait {
    /// When it was accepted.
    pub at: Timestamp,
    /// How long it had waited, in milliseconds.
    pub waited_ms: u64,
}

/// A line of waiting conversations, as routing sees it; its name is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Queue {
    /// Which.
    pub id: QueueId,
    /// What its conversations ask of an agent at least.
    pub skills: Skills,
    /// The priority its conversations begin with.
    pub priority: Priority,
    /// The last accepted waits, oldest first, at most [`WAIT_SAMPLES`].
    pub accepted: VecDeque<AcceptedWait>,
    /// How it keeps waits within bounds.
    #[serde(default, skip_serializing_if = "QueueRules::is_default")]
    pub rules: QueueRules,
    /// Whether it is open, if it has hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
}

impl Queue {
    /// Returns a queue of which nothing was accepted yet and that sets no bounds.
    pub fn new(id: QueueId, skills: Skills, priority: Priority) -> Self {
        Self { id, skills, priority, accepted: VecDeque::new(), rules: QueueRules::default(), standing: None }
    }

    /// Says whether customers may come.
    pub fn is_open(&self) -> bool {
        self.standing.is_none_or(|standing| standing.open)
    }

    /// Returns what it asks for once so many of its relaxations hold, each skill at its least level.
    pub fn asks(&self, relaxed: u8) -> impl Iterator<Item = (SkillId, Level)> {
        self.skills.iter().filter_map(move |(skill, level)| {
            let asked = self.rules.relaxed_level(skill, relaxed).unwrap_or(Some(level))?;
            Some((skill, asked.min(level)))
        })
    }

    /// Says whether someone with these skills can do what it asks for once so many of its relaxations hold.
    pub fn is_met_by(&self, skills: &Skills, relaxed: u8) -> bool {
        self.asks(relaxed).all(|(skill, level)| skills.meets(skill, level))
    }

    /// Remembers an accepted wait and forgets the oldest beyond [`WAIT_SAMPLES`].
    pub fn remember(&mut self, wait: AcceptedWait) {
        self.accepted.push_back(wait);
        while self.accepted.len() > WAIT_SAMPLES {
            self.accepted.pop_front();
        }
    }

    /// Returns the estimated wait, or nothing where fewer than [`WAIT_SAMPLES`] were accepted in [`WAIT_WINDOW`].
    ///
    /// It is the weighted mean Σ(wait × weight) / Σ weight with weights 10 (newest) down to 1.
    /// Source: as [`WAIT_SAMPLES`].
    pub fn estimated_wait(&self, now: Timestamp) -> Option<Duration> {
        let recent = || self.accepted.iter().filter(|wait| now.since(wait.at) <= WAIT_WINDOW);
        if recent().count() < WAIT_SAMPLES {
            return None;
        }
        let weighted: u64 = recent().zip(1u64..).map(|(wait, weight)| wait.waited_ms * weight).sum();
        let weights: u64 = (1..=WAIT_SAMPLES as u64).sum();
        Some(Duration::from_millis(weighted / weights))
    }

    /// Returns until when there is an estimated wait, if there is one.
    pub fn estimated_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.estimated_wait(now)?;
        Some(self.accepted.front()?.at.plus(WAIT_WINDOW))
    }
}

/// Which of a group's skills its members have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// Every one of them.
    #[default]
    All,
    /// At least one.
    Any,
}

/// A skill-named transfer target, as routing sees it; its name is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Group {
    /// Which.
    pub id: GroupId,
    /// What its members can do.
    pub skills: BTreeSet<SkillId>,
    /// Whether they need every skill or any.
    pub membership: Membership,
    /// The least priority that a conversation has while it waits for the group.
    pub priority: Priority,
    /// The team whose agents alone belong to it, if it is a team's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
}

impl Group {
    /// Says whether someone with these skills belongs to it, if they are of its team; a group without skills asks for none.
    pub fn asks_no_more_than(&self, skills: &Skills) -> bool {
        let mut each = self.skills.iter().map(|skill| skills.contains(skill));
        match self.membership {
            Membership::All => each.all(|had| had),
            Membership::Any => self.skills.is_empty() || each.any(|had| had),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue_with_waits(waits_ms: &[u64]) -> Queue {
        let mut queue = Queue::new(QueueId::from_bits(1), Skills::new(), Priority::Normal);
        for waited_ms in waits_ms {
            queue.remember(AcceptedWait { at: Timestamp::from_millis(0), waited_ms: *waited_ms });
        }
        queue
    }

    #[test]
    fn a_queue_asks_for_less_with_each_of_its_relaxations_that_holds() {
        let [french, german] = [1, 2].map(SkillId::from_bits);
        let level = |number| Level::new(number).expect("it is one");
        let skills = [(french, level(3)), (german, level(7))].into_iter().collect();
        let mut queue = Queue::new(QueueId::from_bits(1), skills, Priority::Normal);
        let relax = |after_secs, skill, level| Relaxation { after_secs, skill, level };
        queue.rules.relax = vec![
            relax(10, german, Some(level(4))),
            // It asks for less already.
            relax(20, french, Some(level(5))),
            relax(30, german, None),
        ];
        let asked = |relaxed| queue.asks(relaxed).collect::<Vec<_>>();
        assert_eq!(asked(0), [(french, level(3)), (german, level(7))]);
        assert_eq!(asked(1), [(french, level(3)), (german, level(4))]);
        assert_eq!(asked(2), asked(1));
        assert_eq!(asked(3), [(french, level(3))]);
        let knows: Skills = [(french, level(3)), (german, level(4))].into_iter().collect();
        assert!(!queue.is_met_by(&knows, 0) && queue.is_met_by(&knows, 1));
        assert!(queue.is_met_by(&[(french, level(9))].into_iter().collect(), 3));
    }

    #[test]
    fn nine_accepted_waits_give_no_estimate() {
        let queue = queue_with_waits(&[1_000; 9]);
        assert_eq!(queue.estimated_wait(Timestamp::from_millis(1)), None);
    }

    #[test]
    fn the_newest_of_ten_waits_weighs_ten_times_the_oldest() {
        let queue = queue_with_waits(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 5_500]);
        let estimate = queue.estimated_wait(Timestamp::from_millis(1));
        assert_eq!(estimate, Some(Duration::from_millis(1_000)));
    }

    #[test]
    fn waits_older_than_ten_minutes_do_not_count() {
        let queue = queue_with_waits(&[1_000; 10]);
        assert_eq!(queue.estimated_wait(Timestamp::from_millis(600_001)), None);
        assert!(queue.estimated_wait(Timestamp::from_millis(600_000)).is_some());
        assert_eq!(queue.estimated_until(Timestamp::from_millis(1)), Some(Timestamp::from_millis(600_000)));
        assert_eq!(queue.estimated_until(Timestamp::from_millis(600_001)), None);
    }
}
