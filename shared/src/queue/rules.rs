//! How a queue keeps its customers' waits within bounds.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::hours::{AtClosing, OpeningHours};
use crate::agent::Work;
use crate::ids::{QueueId, SkillId};
use crate::skill::Level;

/// What a queue without a target counts as, where the lines of several queues are compared.
pub const TARGET_ASSUMED: Duration = Duration::from_secs(300);

/// How many seconds a time of a queue may have at most: a day.
pub const RULE_SECS_MAX: u32 = 86_400;

/// How often a queue may ask for less while a conversation waits.
pub const RELAXATIONS_MAX: usize = 20;

/// Where a conversation goes for which a queue's limits leave no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Overflow {
    /// To another queue, at its age.
    Queue(QueueId),
    /// It ends with a request, whose number the customer is told.
    #[default]
    Request,
    /// A new one is refused, and the customer may leave a request; one that waits ends with a request.
    Refuse,
}

/// How soon a queue's conversations should be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceTarget {
    /// Within how many seconds.
    pub secs: u32,
    /// How many of a hundred.
    pub percent: u8,
}

/// Which of the people who are free is asked first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AskedFirst {
    /// Whoever has been idle longest.
    #[default]
    LongestIdle,
    /// Whoever has the least share of their room taken; among equals, whoever has been idle longest.
    LeastLoaded,
}

/// Something that a queue asks less for once a conversation has waited for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Relaxation {
    /// After how many seconds in the queue.
    pub after_secs: u32,
    /// Which skill.
    pub skill: SkillId,
    /// At which level it is asked for from then on; nothing for no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

impl Relaxation {
    /// Returns how long a conversation has waited when it holds.
    pub fn waited(&self) -> Duration {
        Duration::from_secs(u64::from(self.after_secs))
    }
}

/// How a queue keeps its customers' waits within bounds; the default sets no bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct QueueRules {
    /// How many conversations may wait; nothing for any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_max: Option<u32>,
    /// How many seconds a conversation may wait; nothing for any time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_secs: Option<u32>,
    /// Where those go for which that leaves no room.
    pub overflow: Overflow,
    /// How soon its conversations should be accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<ServiceTarget>,
    /// When it is open; nothing for always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<OpeningHours>,
    /// What becomes of those who wait when it closes.
    pub at_closing: AtClosing,
    /// For how many seconds a customer who returns is offered to whoever served them last alone; nothing for not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_agent_secs: Option<u32>,
    /// Which of the people who are free is asked first.
    pub asked_first: AskedFirst,
    /// Whether its conversations are interruptible work.
    #[serde(skip_serializing_if = "is_not")]
    pub interruptible: bool,
    /// What the queue asks less for while a conversation waits, by the time after which it does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relax: Vec<Relaxation>,
    /// Whether customers are asked how good a conversation was that has ended.
    #[serde(skip_serializing_if = "is_not")]
    pub survey: bool,
    /// Whether customers find the offline form instead of a line while nobody who serves it is available.
    #[serde(skip_serializing_if = "is_not")]
    pub unattended_form: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
const fn is_not(set: &bool) -> bool {
    !*set
}

impl QueueRules {
    /// Returns which capacity its conversations take up.
    pub const fn work(&self) -> Work {
        if self.interruptible { Work::Interruptible } else { Work::Primary }
    }

    /// Says whether time changes something for a conversation that waits.
    pub const fn bound_waits(&self) -> bool {
        self.wait_secs.is_some() || !self.relax.is_empty()
    }

    /// Says whether they are the default.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Returns how long after it began to count as waiting a conversation should be accepted, to compare it with those of
    /// other queues.
    pub fn target_lasts(&self) -> Duration {
        self.target.map_or(TARGET_ASSUMED, |target| Duration::from_secs(u64::from(target.secs)))
    }

    /// Returns how many relaxations hold for a conversation that has waited for a time.
    pub fn relaxed_after(&self, waited: Duration) -> u8 {
        let count = self.relax.iter().take_while(|relaxation| relaxation.waited() <= waited).count();
        u8::try_from(count).unwrap_or(u8::MAX)
    }

    /// Returns at which level a skill is asked for, or that it is no more, if one of so many relaxations is about it.
    pub fn relaxed_level(&self, skill: SkillId, relaxed: u8) -> Option<Option<Level>> {
        let mut holding = self.relax.iter().take(usize::from(relaxed)).rev();
        holding.find(|relaxation| relaxation.skill == skill).map(|relaxation| relaxation.level)
    }

    /// Says whether what is asked for grows less with time, and never more.
    fn relaxes(&self) -> bool {
        let asks_less = |sooner: &Relaxation, later: &Relaxation| {
            sooner.level.is_some_and(|before| later.level.is_none_or(|after| after < before))
        };
        self.relax.iter().enumerate().all(|(place, later)| {
            let sooner = &self.relax[..place];
            sooner.last().is_none_or(|sooner| sooner.after_secs <= later.after_secs)
                && sooner.iter().filter(|sooner| sooner.skill == later.skill).all(|one| asks_less(one, later))
        })
    }

    /// Says what is wrong with the values, in a sentence; nothing if they can be used in this queue.
    pub fn fault(&self, queue: QueueId) -> Option<&'static str> {
        let times = [self.wait_secs, self.target.map(|target| target.secs), self.last_agent_secs];
        let relaxing = self.relax.iter().map(|relaxation| relaxation.after_secs);
        if times.into_iter().flatten().chain(relaxing).any(|secs| secs == 0 || secs > RULE_SECS_MAX) {
            return Some("Give each time as 1 to 86400 seconds.");
        }
        if self.waiting_max == Some(0) {
            return Some("Let at least one conversation wait, or set no limit.");
        }
        if self.target.is_some_and(|target| target.percent == 0 || target.percent > 100) {
            return Some("Give the share of the service level as 1 to 100 percent.");
        }
        if self.relax.len() > RELAXATIONS_MAX {
            return Some("Let a queue ask for less at most 20 times.");
        }
        if !self.relaxes() {
            return Some(
                "Let a queue ask for less and less of a skill, from the shortest wait to the longest.",
            );
        }
        if self.overflow == Overflow::Queue(queue) {
            return Some("A queue cannot overflow into itself. Choose another queue.");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: QueueId = QueueId::from_bits(1);

    #[test]
    fn rules_that_set_no_bounds_are_written_as_little_as_possible() {
        let written = serde_json::to_string(&QueueRules::default()).expect("they can be written");
        assert_eq!(
            written,
            r#"{"overflow":{"kind":"request"},"at_closing":"keep","asked_first":"longest_idle"}"#
        );
        assert_eq!(
            serde_json::from_str::<QueueRules>("{}").expect("all may be left out"),
            QueueRules::default()
        );
    }

    #[test]
    fn rules_that_make_no_sense_are_told_apart() {
        let rules = QueueRules::default();
        let target = |secs, percent| Some(ServiceTarget { secs, percent });
        let relax = |after_secs, skill, level: Option<u8>| Relaxation {
            after_secs,
            skill: SkillId::from_bits(skill),
            level: level.and_then(Level::new),
        };
        assert_eq!(rules.fault(QUEUE), None);
        let in_steps =
            vec![relax(10, 1, Some(7)), relax(10, 2, None), relax(20, 1, Some(3)), relax(30, 1, None)];
        assert_eq!(QueueRules { relax: in_steps, ..rules.clone() }.fault(QUEUE), None);
        for wrong in [
            QueueRules { wait_secs: Some(0), ..rules.clone() },
            QueueRules { wait_secs: Some(RULE_SECS_MAX + 1), ..rules.clone() },
            QueueRules { waiting_max: Some(0), ..rules.clone() },
            QueueRules { last_agent_secs: Some(0), ..rules.clone() },
            QueueRules { target: target(0, 80), ..rules.clone() },
            QueueRules { target: target(20, 0), ..rules.clone() },
            QueueRules { target: target(20, 101), ..rules.clone() },
            QueueRules { overflow: Overflow::Queue(QUEUE), ..rules.clone() },
            QueueRules { relax: vec![relax(0, 1, Some(3))], ..rules.clone() },
            QueueRules { relax: vec![relax(20, 1, Some(3)), relax(10, 2, None)], ..rules.clone() },
            QueueRules { relax: vec![relax(10, 1, Some(3)), relax(20, 1, Some(3))], ..rules.clone() },
            QueueRules { relax: vec![relax(10, 1, None), relax(20, 1, Some(1))], ..rules.clone() },
            QueueRules { relax: (0..21).map(|number| relax(9, number, None)).collect(), ..rules.clone() },
        ] {
            assert!(wrong.fault(QUEUE).is_some(), "{wrong:?}");
        }
        assert_eq!(
            QueueRules { overflow: Overflow::Queue(QUEUE), ..rules }.fault(QueueId::from_bits(2)),
            None
        );
    }
}
