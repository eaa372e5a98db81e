//! What happened in queues today, one entry each, from which counts for any time are made.

use std::collections::{BTreeMap, VecDeque};

use baton_shared::conversation::EndedBy;
use baton_shared::segment::OwnerCause;
use baton_shared::wall::{Counts, RECENT, SHORT_ABANDON};
use baton_shared::*;

use crate::routing::RoutingState;
use crate::store::{Fact, Happening};

/// How long a day is, in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// Returns the last midnight in UTC.
pub fn midnight(now: Timestamp) -> Timestamp {
    Timestamp::from_millis(now.as_millis().div_euclid(DAY_MS) * DAY_MS)
}

/// What happened since a midnight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    of_queues: BTreeMap<QueueId, VecDeque<(Timestamp, Happening)>>,
    missed: BTreeMap<AgentId, u32>,
}

impl Facts {
    /// Adds something that happened, not before what was added already.
    pub fn note(&mut self, fact: &Fact) {
        if let Happening::Missed { agent } = fact.what {
            *self.missed.entry(agent).or_default() += 1;
        }
        if let Some(queue) = fact.queue {
            self.of_queues.entry(queue).or_default().push_back((fact.at, fact.what));
        }
    }

    /// Returns how many offers a person missed.
    pub fn missed_by(&self, agent: AgentId) -> u32 {
        self.missed.get(&agent).copied().unwrap_or(0)
    }

    /// Returns what is counted of a queue: in the last [`RECENT`], and altogether.
    pub fn counts(&self, queue: &Queue, now: Timestamp) -> (Counts, Counts) {
        let (mut recent, mut today) = (Counts::default(), Counts::default());
        let target_ms = queue.rules.target.map(|target| u64::from(target.secs) * 1_000);
        for (at, what) in self.of_queues.get(&queue.id).into_iter().flatten() {
            count(&mut today, *what, target_ms);
            if is_recent(*at, now) {
                count(&mut recent, *what, target_ms);
            }
        }
        (recent, today)
    }

    /// Returns when something that counts as recent at a time ceases to.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let first = |list: &VecDeque<(Timestamp, Happening)>| {
            let place = list.partition_point(|(at, _)| !is_recent(*at, now));
            list.get(place).map(|(at, _)| at.plus(RECENT))
        };
        self.of_queues.values().filter_map(first).min()
    }
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at.plus(RECENT) > now
}

const fn count(counts: &mut Counts, what: Happening, target_ms: Option<u64>) {
    match what {
        Happening::Entered => counts.entered += 1,
        Happening::Accepted { waited_ms } => {
            counts.accepted += 1;
            counts.answer_ms += waited_ms;
            if let Some(target_ms) = target_ms
                && waited_ms <= target_ms
            {
                counts.in_target += 1;
            }
        }
        Happening::Abandoned { waited_ms } => {
            counts.abandoned += 1;
            counts.abandon_ms += waited_ms;
            if waited_ms < SHORT_ABANDON.as_millis() as u64 {
                counts.short_abandoned += 1;
            }
        }
        Happening::Missed { .. } => counts.missed += 1,
        Happening::Rejected => counts.rejected += 1,
    }
}

/// Returns what an event adds, on the state as it was before it.
pub fn facts_of(before: &RoutingState, event: &Event, at: Timestamp) -> Vec<Fact> {
    let fact = |queue, what| Fact { at, queue, what };
    if let Event::ConversationOpened { queue, .. } = event {
        return vec![fact(Some(*queue), Happening::Entered)];
    }
    let waited_ms = |conversation: &ConversationId| {
        let began = before.conversations.running(conversation).map_or(at, |segment| segment.started_at);
        u64::try_from(at.since(began).as_millis()).unwrap_or(u64::MAX)
    };
    if let Event::ConversationClosed {
        conversation, from: Owner::Queue(queue), by: EndedBy::Customer, ..
    } = event
    {
        return vec![fact(Some(*queue), Happening::Abandoned { waited_ms: waited_ms(conversation) })];
    }
    if let Event::OfferEnded { offer, agent, end, .. } = event {
        let queue = before.offers.get(offer).and_then(|offer| match offer.cause {
            OfferCause::Queue(queue) => Some(queue),
            OfferCause::Transfer(_) | OfferCause::Invite(_) => None,
        });
        return match end {
            OfferEnd::TimedOut => vec![fact(queue, Happening::Missed { agent: *agent })],
            OfferEnd::Declined => vec![fact(queue, Happening::Rejected)],
            OfferEnd::Accepted | OfferEnd::Cancelled | OfferEnd::Rescinded | OfferEnd::TargetGone => {
                Vec::new()
            }
        };
    }
    let Event::OwnerChanged { conversation, from, to, cause, .. } = event else { return Vec::new() };
    let mut facts = Vec::new();
    if let (Owner::Queue(queue), OwnerCause::Accepted(_) | OwnerCause::Transferred(_)) = (from, cause) {
        facts.push(fact(Some(*queue), Happening::Accepted { waited_ms: waited_ms(conversation) }));
    }
    if let Owner::Queue(queue) = to {
        facts.push(fact(Some(*queue), Happening::Entered));
    }
    facts
}

#[cfg(test)]
mod tests {
    use baton_shared::queue::ServiceTarget;

    use super::*;

    const BILLING: QueueId = QueueId::from_bits(1);

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_millis(1_795_248_000_000 + secs * 1_000)
    }

    #[test]
    fn counts_look_back_half_an_hour_and_to_the_beginning() {
        let mut facts = Facts::default();
        for (secs, what) in [
            (0, Happening::Entered),
            (10, Happening::Accepted { waited_ms: 10_000 }),
            (1_000, Happening::Entered),
            (1_030, Happening::Accepted { waited_ms: 30_000 }),
            (1_040, Happening::Missed { agent: AgentId::from_bits(1) }),
            (1_050, Happening::Rejected),
            (1_060, Happening::Abandoned { waited_ms: 9_999 }),
            (1_070, Happening::Abandoned { waited_ms: 40_001 }),
        ] {
            facts.note(&Fact { at: at(secs), queue: Some(BILLING), what });
        }
        let mut queue = Queue::new(BILLING, Default::default(), Default::default());
        queue.rules.target = Some(ServiceTarget { secs: 20, percent: 80 });
        let (recent, today) = facts.counts(&queue, at(1_900));
        let all = Counts {
            entered: 2,
            accepted: 2,
            in_target: 1,
            missed: 1,
            rejected: 1,
            abandoned: 2,
            short_abandoned: 1,
            abandon_ms: 50_000,
            answer_ms: 40_000,
        };
        assert_eq!(today, all);
        let late = Counts { entered: 1, accepted: 1, in_target: 0, answer_ms: 30_000, ..all };
        assert_eq!(recent, late);
        assert_eq!(facts.next_change(at(1_900)), Some(at(1_000 + 1_800)));
        assert_eq!(facts.counts(&queue, at(2_800)).0.entered, 0);
        assert_eq!(facts.next_change(at(5_000)), None);
        assert_eq!(facts.missed_by(AgentId::from_bits(1)), 1);
    }

    #[test]
    fn a_day_begins_at_midnight() {
        assert_eq!(
            midnight(Timestamp::from_millis(1_795_248_930_120)).to_string(),
            "2026-11-21T00:00:00.000Z"
        );
    }
}
