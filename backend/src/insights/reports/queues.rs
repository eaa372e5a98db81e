//! What happened in queues and to what waited for groups.

use std::collections::BTreeMap;

use baton_shared::api::{InsightsLag, InsightsThing, QueueFigures, QueuesReport};
use rusqlite::Connection;

use super::{share, thing};
use crate::insights::asking::{self, Filter, Mean, followed, length};
use crate::insights::rows::{Followed, Kind};
use crate::store::StoreError;

/// How a report on queues counts.
#[derive(Clone, Copy, Debug)]
pub struct Levels {
    /// Within how many milliseconds a wait is to be answered; nothing for what each queue asked for.
    pub target_ms: Option<u64>,
    /// Who leaves sooner does not count against the service level, in milliseconds.
    pub short_ms: u64,
}

#[derive(Clone, Copy, Default)]
struct Tally {
    entered: u64,
    accepted: u64,
    abandoned: u64,
    short: u64,
    overflowed: u64,
    otherwise: u64,
    waiting: u64,
    in_target: u64,
    counted: u64,
    answer: Mean,
    answer_max: Option<u64>,
    abandon: Mean,
    missed: u64,
    rejected: u64,
    handle: Mean,
    talk: Mean,
    wrap_up: Mean,
}

/// A wait that began and perhaps ended.
struct Wait {
    lasted_ms: Option<u64>,
    target_ms: Option<u64>,
    followed: Option<Followed>,
}

impl Tally {
    fn wait(&mut self, wait: &Wait, levels: Levels) {
        self.entered += 1;
        let Some(lasted_ms) = wait.lasted_ms else {
            self.waiting += 1;
            return;
        };
        let target = levels.target_ms.or(wait.target_ms);
        match wait.followed {
            Some(Followed::Accepted) => {
                self.accepted += 1;
                self.answer.take(Some(lasted_ms));
                self.answer_max = self.answer_max.max(Some(lasted_ms));
                self.counted += u64::from(target.is_some());
                self.in_target += u64::from(target.is_some_and(|target| lasted_ms <= target));
            }
            Some(Followed::Abandon) => {
                self.abandoned += 1;
                self.abandon.take(Some(lasted_ms));
                let short = lasted_ms < levels.short_ms;
                self.short += u64::from(short);
                self.counted += u64::from(target.is_some() && !short);
            }
            Some(Followed::Overflow) => self.overflowed += 1,
            Some(_) | None => self.otherwise += 1,
        }
    }

    fn talk(&mut self, talk_ms: u64, wrap_up_ms: Option<u64>) {
        self.talk.take(Some(talk_ms));
        self.wrap_up.take(wrap_up_ms);
        self.handle.take(Some(talk_ms + wrap_up_ms.unwrap_or(0)));
    }

    fn add(&mut self, other: &Self) {
        self.entered += other.entered;
        self.accepted += other.accepted;
        self.abandoned += other.abandoned;
        self.short += other.short;
        self.overflowed += other.overflowed;
        self.otherwise += other.otherwise;
        self.waiting += other.waiting;
        self.in_target += other.in_target;
        self.counted += other.counted;
        self.answer.add(other.answer);
        self.answer_max = self.answer_max.max(other.answer_max);
        self.abandon.add(other.abandon);
        self.missed += other.missed;
        self.rejected += other.rejected;
        self.handle.add(other.handle);
        self.talk.add(other.talk);
        self.wrap_up.add(other.wrap_up);
    }

    fn figures(&self, thing: Option<InsightsThing>) -> QueueFigures {
        QueueFigures {
            thing,
            entered: self.entered,
            accepted: self.accepted,
            abandoned: self.abandoned,
            short_abandoned: self.short,
            overflowed: self.overflowed,
            left_otherwise: self.otherwise,
            waiting: self.waiting,
            accepted_in_target: self.in_target,
            level_counted: self.counted,
            service_level: share(self.in_target, self.counted),
            answer_ms: self.answer.average(),
            answer_max_ms: self.answer_max,
            abandon_ms: self.abandon.average(),
            abandoned_share: share(self.abandoned, self.entered),
            short_abandoned_share: share(self.short, self.entered),
            missed: self.missed,
            rejected: self.rejected,
            completed: self.talk.number(),
            handle_ms: self.handle.average(),
            talk_ms: self.talk.average(),
            wrap_up_ms: self.wrap_up.average(),
        }
    }
}

/// Returns what happened in each queue and for each group, and altogether.
pub(in crate::insights) fn report(
    connection: &Connection,
    filter: &Filter,
    levels: Levels,
    lag: InsightsLag,
) -> Result<QueuesReport, StoreError> {
    let mut tallies: BTreeMap<i64, Tally> = BTreeMap::new();
    let waits = asking::segments(connection, filter, &[Kind::Wait])?;
    let columns = "place, ended_at - started_at, target_ms, followed_by";
    waits.visit(connection, (columns, "segment_rows", ""), |row| {
        let wait =
            Wait { lasted_ms: length(row, 1)?, target_ms: length(row, 2)?, followed: followed(row, 3)? };
        tallies.entry(row.get(0)?).or_default().wait(&wait, levels);
        Ok(())
    })?;
    let offers = asking::segments(connection, filter, &[Kind::Missed, Kind::Rejected])?;
    offers.visit(connection, ("queue, kind", "segment_rows", ""), |row| {
        let tally = tallies.entry(row.get(0)?).or_default();
        let missed = row.get::<_, i64>(1)? == Kind::Missed as i64;
        tally.missed += u64::from(missed);
        tally.rejected += u64::from(!missed);
        Ok(())
    })?;
    let talks = asking::segments(connection, filter, &[Kind::Talk])?;
    let columns = "queue, ended_at - started_at, wrap_up_ms";
    talks.visit(connection, (columns, "segment_rows", ""), |row| {
        if let Some(talk_ms) = length(row, 1)? {
            tallies.entry(row.get(0)?).or_default().talk(talk_ms, length(row, 2)?);
        }
        Ok(())
    })?;
    let things = asking::things(connection)?;
    let mut all = Tally::default();
    tallies.values().for_each(|tally| all.add(tally));
    let mut queues: Vec<QueueFigures> =
        tallies.iter().map(|(number, tally)| tally.figures(Some(thing(&things, *number)))).collect();
    let name =
        |figures: &QueueFigures| figures.thing.as_ref().map(|thing| (thing.name.clone(), thing.id.clone()));
    queues.sort_by_cached_key(name);
    Ok(QueuesReport { all: all.figures(None), queues, lag })
}
