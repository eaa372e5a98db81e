//! What happened in queues in the last day, one entry each, from which counts for any time are made.
//!
//! What an agent had counts from when they had it no more on, with its filing as soon as that is over: so both are counted in
//! the same time, and an average of them is that of the reports.

use std::collections::{BTreeMap, VecDeque};

use baton_shared::conversation::EndedBy;
use baton_shared::segment::OwnerCause;
use baton_shared::wall::{Counts, RECENT};
use baton_shared::*;

use super::counting::{Counting, DAY_MAX};
use crate::routing::{Filed, NoAnswer, RoutingState};
use crate::store::{Fact, Happening};

/// What happened in a queue, oldest first.
type Happened = VecDeque<(Timestamp, Happening)>;

/// What happened in the last [`DAY_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    of_queues: BTreeMap<QueueId, Happened>,
    missed: BTreeMap<AgentId, VecDeque<Timestamp>>,
}

impl Facts {
    /// Adds something that happened, not before what was added already.
    pub fn note(&mut self, fact: &Fact) {
        if let Happening::Missed { agent } = fact.what {
            self.missed.entry(agent).or_default().push_back(fact.at);
        }
        self.of_queues.entry(fact.queue).or_default().push_back((fact.at, fact.what));
    }

    /// Notes that what an agent had was filed.
    pub fn note_filed(&mut self, filed: &Filed) {
        for happened in self.of_queues.values_mut() {
            let place = happened.partition_point(|(at, _)| *at < filed.ended_at);
            let together = happened.range_mut(place..).take_while(|(at, _)| *at == filed.ended_at);
            for (_, what) in together {
                if let Happening::Talked { segment, wrap_up_ms, .. } = what
                    && *segment == filed.segment
                {
                    *wrap_up_ms = Some(millis(filed.filed_at, filed.ended_at));
                }
            }
        }
    }

    /// Forgets what is older than any day.
    pub fn forget(&mut self, now: Timestamp) {
        let first = now.minus(DAY_MAX);
        for happened in self.of_queues.values_mut() {
            while happened.pop_front_if(|(at, _)| *at < first).is_some() {}
        }
        for missed in self.missed.values_mut() {
            while missed.pop_front_if(|at| *at < first).is_some() {}
        }
    }

    /// Returns how many offers a person missed from a time on.
    pub fn missed_by(&self, agent: AgentId, from: Timestamp) -> u32 {
        let missed = self.missed.get(&agent);
        let number = missed.map_or(0, |missed| missed.len() - missed.partition_point(|at| *at < from));
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// Returns what is counted of a queue: in the last [`RECENT`], and from a time on.
    pub fn counts(
        &self,
        queue: &Queue,
        counting: &Counting,
        (from, now): (Timestamp, Timestamp),
    ) -> (Counts, Counts) {
        let (mut recent, mut today) = (Counts::default(), Counts::default());
        let Some(happened) = self.of_queues.get(&queue.id) else { return (recent, today) };
        let began = from.min(now.minus(RECENT));
        let first = happened.partition_point(|(at, _)| *at < began);
        for (at, what) in happened.range(first..) {
            if *at >= from {
                count(&mut today, *what, queue, counting);
            }
            if is_recent(*at, now) {
                count(&mut recent, *what, queue, counting);
            }
        }
        (recent, today)
    }

    /// Returns when something that counts as recent at a time ceases to.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let first = |list: &Happened| {
            let place = list.partition_point(|(at, _)| !is_recent(*at, now));
            list.get(place).map(|(at, _)| at.plus(RECENT))
        };
        self.of_queues.values().filter_map(first).min()
    }
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at.plus(RECENT) > now
}

fn millis(at: Timestamp, since: Timestamp) -> u64 {
    u64::try_from(at.since(since).as_millis()).unwrap_or(u64::MAX)
}

fn count(counts: &mut Counts, what: Happening, queue: &Queue, counting: &Counting) {
    let target_ms = counting.target_ms(queue);
    match what {
        Happening::Entered => counts.entered += 1,
        Happening::Accepted { waited_ms } => {
            counts.accepted += 1;
            counts.answer_ms += waited_ms;
            counts.level_counted += u32::from(target_ms.is_some());
            counts.in_target += u32::from(target_ms.is_some_and(|target_ms| waited_ms <= target_ms));
        }
        Happening::Abandoned { waited_ms } => {
            let short = counting.is_short(waited_ms);
            counts.abandoned += 1;
            counts.abandon_ms += waited_ms;
            counts.short_abandoned += u32::from(short);
            counts.level_counted += u32::from(target_ms.is_some() && !short);
        }
        Happening::Missed { .. } => counts.missed += 1,
        Happening::Rejected => counts.rejected += 1,
        Happening::Talked { talk_ms, wrap_up_ms, .. } => {
            counts.completed += 1;
            counts.talk_ms += talk_ms;
            counts.filed += u32::from(wrap_up_ms.is_some());
            counts.wrap_up_ms += wrap_up_ms.unwrap_or(0);
        }
    }
}

/// Why a segment ended, as far as it is counted.
#[derive(Clone, Copy)]
enum Leaving {
    /// An agent accepted the conversation.
    Accepted,
    /// The customer ended it.
    Abandoned,
    /// It came elsewhere, or was ended by others.
    Otherwise,
}

/// Returns what an event adds, on the state as it was before it.
pub fn facts_of(before: &RoutingState, event: &Event, at: Timestamp) -> Vec<Fact> {
    if let Event::ConversationOpened { queue, .. } = event {
        return vec![Fact { at, queue: *queue, what: Happening::Entered }];
    }
    if let Event::OfferEnded { conversation, agent, end, .. } = event {
        let open = before.conversations.get(conversation);
        let what = NoAnswer::of(*end).map(|answer| match answer {
            NoAnswer::Missed => Happening::Missed { agent: *agent },
            NoAnswer::Rejected => Happening::Rejected,
        });
        return open.zip(what).map(|(open, what)| Fact { at, queue: open.queue, what }).into_iter().collect();
    }
    if let Event::ConversationClosed { conversation, by, .. } = event {
        let leaving = match by {
            EndedBy::Customer => Leaving::Abandoned,
            EndedBy::Agent | EndedBy::System => Leaving::Otherwise,
        };
        return segment_ended(before, *conversation, leaving, at).into_iter().collect();
    }
    let Event::OwnerChanged { conversation, to, cause, .. } = event else { return Vec::new() };
    let leaving = if let OwnerCause::Accepted(_) | OwnerCause::Transferred(_) = cause {
        Leaving::Accepted
    } else {
        Leaving::Otherwise
    };
    let mut facts = Vec::from_iter(segment_ended(before, *conversation, leaving, at));
    if let Owner::Queue(queue) = to {
        facts.push(Fact { at, queue: *queue, what: Happening::Entered });
    }
    facts
}

/// Returns what the end of the segment adds that runs in a conversation.
fn segment_ended(
    before: &RoutingState,
    conversation: ConversationId,
    leaving: Leaving,
    at: Timestamp,
) -> Option<Fact> {
    let open = before.conversations.get(&conversation)?;
    let segment = before.conversations.running(&conversation)?;
    let lasted_ms = millis(at, segment.started_at);
    let (queue, what) = match (segment.owner, leaving) {
        (Owner::Agent(_), _) => {
            let (segment, talk_ms, wrap_up_ms) = (segment.id, lasted_ms, None);
            (open.queue, Happening::Talked { segment, talk_ms, wrap_up_ms })
        }
        (Owner::Queue(queue), Leaving::Accepted) => (queue, Happening::Accepted { waited_ms: lasted_ms }),
        (Owner::Queue(queue), Leaving::Abandoned) => (queue, Happening::Abandoned { waited_ms: lasted_ms }),
        (Owner::Queue(_), Leaving::Otherwise)
        | (Owner::Group(_) | Owner::Flow(_) | Owner::External(_), _) => return None,
    };
    Some(Fact { at, queue, what })
}

/// Returns what an event says was filed, on the state as it was before it.
pub fn filed_of(before: &RoutingState, event: &Event, at: Timestamp) -> Option<Filed> {
    let Event::WrapUpEnded { segment, .. } = event else { return None };
    match before.wrap_ups.get(segment)?.state {
        SegmentState::WrapUp { ended_at, .. } => Some(Filed { segment: *segment, ended_at, filed_at: at }),
        SegmentState::Active | SegmentState::Ended { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use baton_shared::queue::ServiceTarget;
    use core::time::Duration;

    use super::*;

    const BILLING: QueueId = QueueId::from_bits(1);
    const ADA: AgentId = AgentId::from_bits(1);

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_millis(1_795_248_000_000 + secs * 1_000)
    }

    fn billing() -> Queue {
        let mut queue = Queue::new(BILLING, Default::default(), Default::default());
        queue.rules.target = Some(ServiceTarget { secs: 20, percent: 80 });
        queue
    }

    fn talked(segment: u128, secs: u64, filed_secs: Option<u64>) -> Happening {
        let wrap_up_ms = filed_secs.map(|secs| secs * 1_000);
        Happening::Talked { segment: SegmentId::from_bits(segment), talk_ms: secs * 1_000, wrap_up_ms }
    }

    fn facts(all: &[(i64, Happening)]) -> Facts {
        let mut facts = Facts::default();
        all.iter().for_each(|(secs, what)| facts.note(&Fact { at: at(*secs), queue: BILLING, what: *what }));
        facts
    }

    #[test]
    fn counts_look_back_half_an_hour_and_to_the_beginning_of_the_day() {
        let facts = facts(&[
            (-5, Happening::Entered),
            (0, Happening::Entered),
            (10, Happening::Accepted { waited_ms: 10_000 }),
            (1_000, Happening::Entered),
            (1_030, Happening::Accepted { waited_ms: 30_000 }),
            (1_040, Happening::Missed { agent: ADA }),
            (1_050, Happening::Rejected),
            (1_060, Happening::Abandoned { waited_ms: 9_999 }),
            (1_070, Happening::Abandoned { waited_ms: 40_001 }),
        ]);
        let (queue, counting) = (billing(), Counting::default());
        let (recent, today) = facts.counts(&queue, &counting, (at(0), at(1_900)));
        let all = Counts {
            entered: 2,
            accepted: 2,
            in_target: 1,
            level_counted: 3,
            missed: 1,
            rejected: 1,
            abandoned: 2,
            short_abandoned: 1,
            abandon_ms: 50_000,
            answer_ms: 40_000,
            ..Counts::default()
        };
        assert_eq!(today, all);
        let late =
            Counts { entered: 1, accepted: 1, in_target: 0, level_counted: 2, answer_ms: 30_000, ..all };
        assert_eq!(recent, late);
        assert_eq!(facts.next_change(at(1_900)), Some(at(1_000 + 1_800)));
        assert_eq!(facts.counts(&queue, &counting, (at(0), at(2_800))).0.entered, 0);
        assert_eq!(facts.next_change(at(5_000)), None);
        // Half an hour may reach back into the day before.
        let (recent, today) = facts.counts(&queue, &counting, (at(1_045), at(1_100)));
        assert_eq!((recent.entered, recent.missed, today.entered, today.missed), (3, 1, 0, 0));
        assert_eq!([at(1_040), at(1_041)].map(|from| facts.missed_by(ADA, from)), [1, 0]);
    }

    #[test]
    fn a_target_and_who_leaves_soon_are_as_somebody_wants_them() {
        let facts = facts(&[
            (10, Happening::Accepted { waited_ms: 10_000 }),
            (20, Happening::Accepted { waited_ms: 30_000 }),
            (30, Happening::Abandoned { waited_ms: 4_000 }),
            (40, Happening::Abandoned { waited_ms: 12_000 }),
        ]);
        let today = |queue: &Queue, counting: &Counting| {
            let today = facts.counts(queue, counting, (at(0), at(50))).1;
            (today.in_target, today.level_counted, today.short_abandoned)
        };
        assert_eq!(today(&billing(), &Counting::default()), (1, 3, 1));
        let free = Queue::new(BILLING, Default::default(), Default::default());
        assert_eq!(today(&free, &Counting::default()), (0, 0, 1), "no target");
        let strict = Counting::default().with_target(Some(5)).with_short(0);
        assert_eq!(today(&billing(), &strict), (0, 4, 0));
        let mild = Counting::default().with_target(Some(30)).with_short(15);
        assert_eq!(today(&free, &mild), (2, 2, 2));
    }

    #[test]
    fn what_an_agent_had_counts_with_its_filing_from_when_they_had_it_no_more() {
        // 100 s and 20 s of filing, 50 s that are being filed, 30 s that nobody has to file.
        let mut facts =
            facts(&[(100, talked(1, 100, Some(20))), (150, talked(2, 50, None)), (150, talked(3, 30, None))]);
        let (queue, counting) = (billing(), Counting::default());
        let today = |facts: &Facts, now| facts.counts(&queue, &counting, (at(0), at(now))).1;
        let counts = today(&facts, 160);
        assert_eq!(
            (counts.completed, counts.talk_ms, counts.filed, counts.wrap_up_ms),
            (3, 180_000, 1, 20_000)
        );
        assert_eq!(counts.handle_time(), Some(Duration::from_millis(66_667)), "(180 + 20) s by 3");
        let filed = Filed { segment: SegmentId::from_bits(2), ended_at: at(150), filed_at: at(190) };
        facts.note_filed(&filed);
        facts.note_filed(&Filed { segment: SegmentId::from_bits(9), ..filed });
        let counts = today(&facts, 200);
        assert_eq!((counts.filed, counts.wrap_up_ms), (2, 60_000));
        assert_eq!(counts.handle_time(), Some(Duration::from_secs(80)), "(180 + 60) s by 3");
        assert_eq!(counts.wrap_up_time(), Some(Duration::from_secs(30)));
        // Half an hour after the talk had ended, its filing goes with it.
        let recent = facts.counts(&queue, &counting, (at(0), at(1_900))).0;
        assert_eq!((recent.completed, recent.filed, recent.wrap_up_ms), (2, 1, 40_000));
    }

    #[test]
    fn what_is_older_than_any_day_is_forgotten() {
        let mut facts =
            facts(&[(0, Happening::Missed { agent: ADA }), (60, Happening::Missed { agent: ADA })]);
        facts.forget(at(30).plus(DAY_MAX));
        assert_eq!(facts.missed_by(ADA, at(-10)), 1);
        assert_eq!(facts.counts(&billing(), &Counting::default(), (at(-10), at(90))).1.missed, 1);
    }
}
