//! What happened in queues and to what waited for groups.

use std::collections::BTreeMap;

use baton_shared::api::{InsightsLag, InsightsThing, QueueFigures, QueuesReport};
use rusqlite::Connection;

use super::{average, share, thing};
use crate::insights::asking::{self, Filter, Mean, Part, count, followed, length};
use crate::insights::rows::{Followed, Kind};
use crate::insights::sums::{SHORT_MS, Sums};
use crate::store::StoreError;

/// How a report on queues counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels {
    /// Within how many milliseconds a wait is to be answered; nothing for what each queue asked for.
    pub target_ms: Option<u64>,
    /// Who leaves sooner does not count against the service level, in milliseconds.
    pub short_ms: u64,
}

impl Levels {
    /// Those that count unless it is asked otherwise.
    pub const USUAL: Self = Self { target_ms: None, short_ms: SHORT_MS };
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
    extensions: u64,
    ahead: u64,
    ahead_max: u64,
    load: (u64, u64),
}

/// A wait that began and perhaps ended.
struct Wait {
    lasted_ms: Option<u64>,
    target_ms: Option<u64>,
    followed: Option<Followed>,
    ahead: u64,
}

impl Tally {
    fn wait(&mut self, wait: &Wait, levels: Levels) {
        self.entered += 1;
        self.ahead += wait.ahead;
        self.ahead_max = self.ahead_max.max(wait.ahead);
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

    fn waits(&mut self, sums: &Sums) {
        self.entered += sums.number;
        self.waiting += sums.number - sums.ended;
        self.accepted += sums.accepted;
        self.answer.take_sum(sums.answer_ms, sums.accepted);
        self.abandoned += sums.abandoned;
        self.abandon.take_sum(sums.abandon_ms, sums.abandoned);
        self.short += sums.short;
        self.overflowed += sums.overflowed;
        self.otherwise += sums.ended - sums.accepted - sums.abandoned - sums.overflowed;
        self.in_target += sums.in_target;
        self.counted += sums.counted;
        self.ahead += sums.ahead;
        self.ahead_max = self.ahead_max.max(sums.ahead_max);
        if sums.accepted > 0 {
            self.answer_max = self.answer_max.max(Some(sums.answer_max_ms));
        }
    }

    const fn talks(&mut self, sums: &Sums) {
        self.talk.take_sum(sums.lasted_ms, sums.ended);
        self.wrap_up.take_sum(sums.wrap_up_ms, sums.filed);
        self.handle.take_sum(sums.lasted_ms + sums.wrap_up_ms, sums.ended);
        self.extensions += sums.extensions;
    }

    /// Takes so many offers that were not accepted, with what was in use.
    const fn declined(&mut self, kind: Kind, number: u64, (used, limit): (u64, u64)) {
        if let Kind::Missed = kind {
            self.missed += number;
        } else {
            self.rejected += number;
        }
        self.load.0 += used;
        self.load.1 += limit;
    }

    fn talk(&mut self, talk_ms: u64, wrap_up_ms: Option<u64>, extensions: u64) {
        self.extensions += extensions;
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
        self.extensions += other.extensions;
        self.ahead += other.ahead;
        self.ahead_max = self.ahead_max.max(other.ahead_max);
        self.load.0 += other.load.0;
        self.load.1 += other.load.1;
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
            wrap_up_extensions: self.extensions,
            ahead: average(self.ahead, self.entered),
            ahead_max: (self.entered > 0).then_some(self.ahead_max),
            load_when_declined: share(self.load.0, self.load.1),
        }
    }
}

type Tallies = BTreeMap<i64, Tally>;

/// Returns what happened in each queue and for each group, and altogether.
pub(in crate::insights) fn report(
    connection: &Connection,
    parts: &[Part],
    levels: Levels,
    lag: InsightsLag,
) -> Result<QueuesReport, StoreError> {
    let mut tallies = Tallies::new();
    for part in parts {
        match part {
            Part::Rows(filter) => {
                count_waits(connection, filter, levels, &mut tallies)?;
                count_rows(connection, filter, &mut tallies)?;
            }
            Part::Days(filter) => {
                // Sums know each queue's own target.
                let kinds: &[Kind] = if levels == Levels::USUAL {
                    &[Kind::Wait, Kind::Talk, Kind::Missed, Kind::Rejected]
                } else {
                    count_waits(connection, filter, levels, &mut tallies)?;
                    &[Kind::Talk, Kind::Missed, Kind::Rejected]
                };
                count_days(connection, filter, kinds, &mut tallies)?;
            }
        }
    }
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

fn count_days(
    connection: &Connection,
    filter: &Filter,
    kinds: &[Kind],
    tallies: &mut Tallies,
) -> Result<(), StoreError> {
    for kind in kinds {
        let days = asking::days(connection, filter, &[*kind])?;
        let columns = format!("place, queue, {}", Sums::COLUMNS.join(", "));
        days.visit(connection, (&columns, "segment_days", ""), |row| {
            let (place, queue): (i64, i64) = (row.get(0)?, row.get(1)?);
            let sums = Sums::read(row, 2)?;
            if *kind == Kind::Talk && sums.ended == 0 {
                return Ok(());
            }
            let tally = tallies.entry(if *kind == Kind::Wait { place } else { queue }).or_default();
            if *kind == Kind::Wait {
                tally.waits(&sums);
            } else if *kind == Kind::Talk {
                tally.talks(&sums);
            } else {
                tally.declined(*kind, sums.number, (sums.load_used, sums.load_limit));
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn count_waits(
    connection: &Connection,
    filter: &Filter,
    levels: Levels,
    tallies: &mut Tallies,
) -> Result<(), StoreError> {
    let waits = asking::segments(connection, filter, &[Kind::Wait])?;
    let columns = "place, ended_at - started_at, target_ms, followed_by, ahead";
    waits.visit(connection, (columns, asking::WAITS, ""), |row| {
        let wait = Wait {
            lasted_ms: length(row, 1)?,
            target_ms: length(row, 2)?,
            followed: followed(row, 3)?,
            ahead: length(row, 4)?.unwrap_or(0),
        };
        tallies.entry(row.get(0)?).or_default().wait(&wait, levels);
        Ok(())
    })
}

fn count_rows(connection: &Connection, filter: &Filter, tallies: &mut Tallies) -> Result<(), StoreError> {
    for kind in [Kind::Missed, Kind::Rejected] {
        let offers = asking::segments(connection, filter, &[kind])?;
        offers.visit(connection, ("queue, load_used, load_limit", "segment_rows", ""), |row| {
            let load = (length(row, 1)?.unwrap_or(0), length(row, 2)?.unwrap_or(0));
            tallies.entry(row.get(0)?).or_default().declined(kind, 1, load);
            Ok(())
        })?;
    }
    let talks = asking::segments(connection, filter, &[Kind::Talk])?;
    let columns = "queue, ended_at - started_at, wrap_up_ms, extensions";
    talks.visit(connection, (columns, "segment_rows", ""), |row| {
        if let Some(talk_ms) = length(row, 1)? {
            tallies.entry(row.get(0)?).or_default().talk(talk_ms, length(row, 2)?, count(row, 3)?);
        }
        Ok(())
    })
}
