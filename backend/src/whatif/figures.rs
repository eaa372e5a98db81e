//! Figures of what happened, of each queue and of all.

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::api::WhatIfFigures;
use baton_shared::*;

use super::story::millis;
use crate::insights::counting::{Counted, Offered, Passed, Stretch, WaitEnd};

/// Who leaves sooner does not count against the service level, in milliseconds.
const SHORT_MS: u64 = 10_000;

/// What is counted of what happened.
pub(super) struct Cut<'a> {
    /// Of these queues; of all without it.
    pub(super) queues: Option<&'a BTreeSet<QueueId>>,
    /// Of these people; of all without it.
    pub(super) people: Option<&'a BTreeSet<AgentId>>,
    /// Since when someone was busy or there.
    pub(super) from: Timestamp,
    /// Until when.
    pub(super) to: Timestamp,
}

impl Cut<'_> {
    /// Returns the figures of what happened.
    pub(super) fn figures(&self, counted: &Counted) -> WhatIfFigures {
        let of = |queue: &QueueId| self.queues.is_none_or(|queues| queues.contains(queue));
        let mut figures = WhatIfFigures::none();
        for (_, open) in counted.conversations.iter().filter(|(queue, _)| of(queue)) {
            figures.conversations += 1;
            figures.unfinished += u64::from(*open);
        }
        self.waits(counted, &mut figures);
        for (_, passed) in counted.transfers.iter().filter(|(queue, _)| of(queue)) {
            figures.transfers += 1;
            match passed {
                Passed::Open => {}
                Passed::Successful => figures.transfers_successful += 1,
                Passed::Failed { back } => {
                    figures.transfers_failed += 1;
                    figures.returns += u64::from(*back);
                }
                Passed::Cancelled => figures.transfers_cancelled += 1,
            }
        }
        for (_, offered) in counted.offers.iter().filter(|(queue, _)| of(queue)) {
            match offered {
                Offered::Made => figures.offers += 1,
                Offered::Missed => figures.offers_missed += 1,
                Offered::Rejected => figures.offers_rejected += 1,
            }
        }
        figures.offers_per_conversation = share(figures.offers, figures.conversations);
        self.load(counted, &mut figures);
        figures
    }

    fn waits(&self, counted: &Counted, figures: &mut WhatIfFigures) {
        let mut lasted = Vec::new();
        for wait in &counted.waits {
            if self.queues.is_some_and(|queues| !queues.contains(&wait.queue)) {
                continue;
            }
            let Some(ms) = wait.lasted_ms else { continue };
            match wait.end {
                WaitEnd::Accepted => {
                    figures.accepted += 1;
                    figures.level_counted += u64::from(wait.target_ms.is_some());
                    figures.accepted_in_target +=
                        u64::from(wait.target_ms.is_some_and(|target| ms <= target));
                }
                WaitEnd::Abandoned => {
                    figures.abandoned += 1;
                    figures.level_counted += u64::from(wait.target_ms.is_some() && ms >= SHORT_MS);
                }
                WaitEnd::Otherwise => continue,
            }
            lasted.push(ms);
        }
        lasted.sort_unstable();
        figures.wait_ms = lasted.iter().sum::<u64>().checked_div(lasted.len() as u64);
        figures.wait_median_ms = rank(&lasted, 50);
        figures.wait_p95_ms = rank(&lasted, 95);
        figures.abandoned_share = share(figures.abandoned, figures.accepted + figures.abandoned);
        figures.service_level = share(figures.accepted_in_target, figures.level_counted);
    }

    fn load(&self, counted: &Counted, figures: &mut WhatIfFigures) {
        let mine = |stretch: &&Stretch| self.people.is_none_or(|people| people.contains(&stretch.agent));
        let mut busy: BTreeMap<AgentId, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
        let mut either = busy.clone();
        for stretch in counted.busy.iter().filter(mine) {
            let within = self.within(stretch);
            busy.entry(stretch.agent).or_default().extend(within);
            either.entry(stretch.agent).or_default().extend(within);
        }
        for stretch in counted.there.iter().filter(mine) {
            either.entry(stretch.agent).or_default().extend(self.within(stretch));
        }
        let shares: Vec<f64> = either
            .into_iter()
            .filter_map(|(agent, either)| {
                share(covered(busy.remove(&agent).unwrap_or_default()), covered(either))
            })
            .collect();
        figures.people = shares.len() as u64;
        figures.busy_share = (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64);
        figures.busy_share_max = shares.into_iter().max_by(f64::total_cmp);
    }

    /// Returns the part of a stretch that lies within the days.
    fn within(&self, stretch: &Stretch) -> Option<(Timestamp, Timestamp)> {
        let (from, to) = (stretch.from.max(self.from), stretch.to.unwrap_or(self.to).min(self.to));
        (from < to).then_some((from, to))
    }
}

/// Returns for how many milliseconds at least one of the stretches holds.
fn covered(mut stretches: Vec<(Timestamp, Timestamp)>) -> u64 {
    stretches.sort_unstable();
    let (mut covered, mut until) = (0, Timestamp::default());
    for (from, to) in stretches {
        covered += millis(to, from.max(until));
        until = until.max(to);
    }
    covered
}

/// Returns what a share of a hundred of the values do not exceed: the value of the nearest rank.
fn rank(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn time_that_overlaps_counts_once() {
        assert_eq!(covered(vec![(at(50), at(70)), (at(0), at(20)), (at(10), at(30)), (at(60), at(65))]), 50);
        assert_eq!(covered(Vec::new()), 0);
    }

    #[test]
    fn a_rank_is_the_nearest_one() {
        assert_eq!(rank(&[1, 2, 3, 4], 50), Some(2));
        assert_eq!(rank(&[1, 2, 3, 4], 95), Some(4));
        assert_eq!(rank(&[], 50), None);
    }

    #[test]
    fn waits_of_all_ends_but_those_that_go_on_elsewhere_are_counted_once() {
        let queue = QueueId::from_bits(1);
        let wait = |ms, end| crate::insights::counting::Waited {
            queue,
            lasted_ms: Some(ms),
            target_ms: Some(20_000),
            end,
        };
        let counted = Counted {
            waits: vec![
                wait(10_000, WaitEnd::Accepted),
                wait(30_000, WaitEnd::Accepted),
                wait(50_000, WaitEnd::Abandoned),
                wait(2_000, WaitEnd::Abandoned),
                wait(900_000, WaitEnd::Otherwise),
            ],
            ..Counted::default()
        };
        let cut = Cut { queues: None, people: None, from: at(0), to: at(1) };
        let figures = cut.figures(&counted);
        assert_eq!((figures.accepted, figures.abandoned), (2, 2));
        // (10 + 30 + 50 + 2) / 4 = 23 s; sorted 2, 10, 30, 50: the median is the second, p95 the fourth.
        assert_eq!(figures.wait_ms, Some(23_000));
        assert_eq!((figures.wait_median_ms, figures.wait_p95_ms), (Some(10_000), Some(50_000)));
        // One of two accepted is in time; of those who left the one after 2 s does not count: 1 of 3.
        assert_eq!((figures.accepted_in_target, figures.level_counted), (1, 3));
    }
}
