//! Past days played again through the shipped engine: under another policy or with other people.
//!
//! `days` reads what happened from the log, `story` what each conversation was; `staffing` makes of it what the
//! change asks for; `play` plays it in virtual time, once as it was, so that the model's own error is seen, and once
//! under the change; `figures` counts what the log, and each of the two, came to, by the definitions of reports.
//! What the log cannot tell is assumed, and said with the answer.
//! Deliberately absent: anything that touches the running state. The turns that play stand on a store in memory.

mod chance;
mod days;
mod figures;
mod habits;
mod patience;
mod play;
mod slate;
mod staffing;
mod story;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use baton_shared::api::{InsightsThing, WhatIfChange, WhatIfLine, WhatIfReport};
use baton_shared::*;

use self::chance::Chance;
use self::days::Days;
use self::figures::Cut;
use self::staffing::Setting;
use crate::clock::Clock;
use crate::insights::counting::Counted;
use crate::routing::Scope;
use crate::store::{Names, Store, StoreError};

/// How many conversations are played again at most.
pub const CONVERSATIONS_MAX: usize = 100_000;

/// How many people a change adds at most.
pub const PEOPLE_MAX: usize = 500;

/// How long an answer takes at most.
pub const LASTS_MAX: Duration = Duration::from_secs(90);

/// What is taken for granted, said with each answer.
const ASSUMPTIONS: [&str; 9] = [
    "A conversation takes as much work as it took, whoever has it and however many others they have.",
    "Whoever left while waiting is as patient as they were; whoever was answered is at least as patient as they showed, and beyond that as customers of the queue are by the Kaplan–Meier estimate, which goes on exponentially after the longest wait seen.",
    "Whoever was never served takes as much work as someone drawn from those who were served out of the same queue.",
    "People answer offers as they did in these days: how often they accept, refuse or miss, and how soon is drawn from their own answers, of everyone together with fewer than five.",
    "Who may not refuse accepts instead, and an offer that never ends is accepted in the end.",
    "People are there when they were; copies are there with the person whom they copy. Whom an unanswered offer sends away comes back after as long as people did.",
    "Agents pass on after as much work as they did and to the same place; where the policy refuses that, they wait for the person or pass it on in the other way, else they go on themselves.",
    "People, queues and, without a change, the policy are as they were set up when the days ended, workflows as they are written today.",
    "Bots and partners outside are not played: customers come when a bot passed them on, and what goes to one is over.",
];

/// Which days are to be played again, for whom, and what is to be different.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What customers opened from then on.
    pub from: Timestamp,
    /// What they opened before then.
    pub to: Timestamp,
    /// Only the figures of this queue.
    pub queue: Option<QueueId>,
    /// What is to be different.
    pub change: WhatIfChange,
    /// What chance is drawn from.
    pub seed: u32,
    /// What whoever asks may see.
    pub scope: Scope,
}

/// Why days are not played again.
#[derive(Debug, thiserror::Error)]
pub enum WhatIfError {
    /// The log could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is asked for makes no sense; a sentence that says what to do.
    #[error("{0}")]
    Refused(String),
    /// There is no such thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// More conversations than are played at once.
    #[error("there are more than {CONVERSATIONS_MAX} conversations")]
    TooMany,
    /// It lasted too long.
    #[error("it lasted longer than {} s", LASTS_MAX.as_secs())]
    TooLong,
    /// Whoever asked went away.
    #[error("whoever asked went away")]
    Stopped,
}

impl WhatIfError {
    fn refused(sentence: &str) -> Self {
        Self::Refused(sentence.to_owned())
    }
}

/// The one place in which days are played: a second one who asks is refused.
#[derive(Clone, Debug, Default)]
pub struct Stage(Arc<AtomicBool>);

/// Holds the stage until it is dropped.
#[derive(Debug)]
pub struct OnStage(Arc<AtomicBool>);

impl Stage {
    /// Takes the stage; nothing while someone else has it.
    pub fn enter(&self) -> Option<OnStage> {
        let free = self.0.compare_exchange(false, true, Ordering::AcqRel, Ordering::Acquire);
        free.is_ok().then(|| OnStage(self.0.clone()))
    }
}

impl Drop for OnStage {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Says when to stop: nobody waits any more, or it lasted too long.
pub struct Halt {
    clock: Arc<dyn Clock>,
    until: Timestamp,
    unwanted: Arc<AtomicBool>,
}

/// Whoever waits for an answer; once it is dropped the play stops.
#[derive(Debug)]
pub struct Waiter(Arc<AtomicBool>);

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Halt {
    /// Begins to count the time; the play stops when the waiter is dropped.
    pub fn begin(clock: Arc<dyn Clock>) -> (Self, Waiter) {
        let unwanted = Arc::new(AtomicBool::new(false));
        let until = clock.now().plus(LASTS_MAX);
        (Self { clock, until, unwanted: unwanted.clone() }, Waiter(unwanted))
    }

    fn check(&self) -> Result<(), WhatIfError> {
        if self.unwanted.load(Ordering::Acquire) {
            return Err(WhatIfError::Stopped);
        }
        if self.clock.now() > self.until { Err(WhatIfError::TooLong) } else { Ok(()) }
    }
}

/// Says what queues and teams are called.
trait Named {
    fn queue(&self, queue: QueueId) -> String;
    fn team(&self, team: TeamId) -> String;
}

/// The names of queues, and of teams by their ids.
struct Called {
    names: Names,
    teams: Vec<(TeamId, String)>,
}

impl Named for Called {
    fn queue(&self, queue: QueueId) -> String {
        self.names.queues.get(&queue).cloned().unwrap_or_else(|| queue.to_string())
    }

    fn team(&self, team: TeamId) -> String {
        let found = self.teams.iter().find(|(id, _)| *id == team);
        found.map_or_else(|| team.to_string(), |(_, name)| name.clone())
    }
}

/// Plays days again and says what came of it. It blocks, and takes long.
pub fn run(store: &dyn Store, asked: &Asked, halt: &Halt) -> Result<WhatIfReport, WhatIfError> {
    if asked.from >= asked.to {
        return Err(WhatIfError::refused("Choose days that begin before they end."));
    }
    let called = {
        let reading = store.read()?;
        let teams = reading.teams()?.into_iter().map(|team| (team.id, team.name)).collect();
        Called { names: reading.names()?, teams }
    };
    let mut days = Days::read(store, (asked.from, asked.to), Chance(asked.seed), halt)?;
    days.read_what_is_written(store, halt)?;
    let (changed, changes) = Setting::under(&days, &asked.change, &called)?;
    let as_it_was = play::play(&days, &Setting::as_it_was(&days), asked.seed, halt)?;
    let what_if = play::play(&days, &changed, asked.seed, halt)?;
    let all = Three { days: &days, changed: &changed, as_it_was: &as_it_was, what_if: &what_if };
    Ok(all.report(asked, changes, &called))
}

/// What the log and the two plays came to.
struct Three<'a> {
    days: &'a Days,
    changed: &'a Setting,
    as_it_was: &'a Counted,
    what_if: &'a Counted,
}

impl Three<'_> {
    fn report(&self, asked: &Asked, changes: Vec<String>, called: &Called) -> WhatIfReport {
        let counted = [&self.days.recorded, self.as_it_was, self.what_if];
        let began = counted.iter().flat_map(|counted| counted.conversations.iter().map(|(queue, _)| *queue));
        let waited = counted.iter().flat_map(|counted| counted.waits.iter().map(|wait| wait.queue));
        let seen = |queue: &QueueId| {
            asked.scope.has_queue(*queue) && asked.queue.is_none_or(|wanted| wanted == *queue)
        };
        let queues: BTreeSet<QueueId> = began.chain(waited).filter(seen).collect();
        let mut lines: Vec<WhatIfLine> =
            queues.iter().map(|queue| self.line(asked, Some(*queue), called)).collect();
        lines.sort_by_cached_key(|line| {
            line.queue.as_ref().map(|thing| (thing.name.clone(), thing.id.clone()))
        });
        WhatIfReport {
            from: asked.from,
            to: asked.to,
            seed: asked.seed,
            changes,
            assumptions: ASSUMPTIONS.iter().map(|sentence| (*sentence).to_owned()).collect(),
            not_played: self.days.not_played,
            all: self.line(asked, None, called),
            queues: lines,
        }
    }

    /// Returns the figures of one queue and its people, or of all that whoever asks may see.
    fn line(&self, asked: &Asked, queue: Option<QueueId>, called: &Called) -> WhatIfLine {
        let one: Option<BTreeSet<QueueId>> = queue.or(asked.queue).map(|queue| BTreeSet::from([queue]));
        let mine = match &asked.scope {
            Scope::Everything => None,
            Scope::Teams { queues, .. } => Some(queues.clone()),
        };
        let queues = one.or(mine);
        let people = |agents: &[Agent]| {
            let serves = |agent: &&Agent| {
                queues.as_ref().is_none_or(|queues| agent.queues.intersection(queues).next().is_some())
            };
            agents.iter().filter(serves).map(|agent| agent.id).collect::<BTreeSet<AgentId>>()
        };
        let figures = |counted: &Counted, agents: &[Agent]| {
            let people = queues.is_some().then(|| people(agents));
            let cut = Cut {
                queues: queues.as_ref(),
                people: people.as_ref(),
                from: self.days.from,
                to: self.days.to,
            };
            cut.figures(counted)
        };
        let (as_set_up, changed) = (&self.days.set_up.agents, &self.changed.set_up.agents);
        WhatIfLine {
            queue: queue.map(|queue| InsightsThing {
                kind: "queue".to_owned(),
                id: queue.to_string(),
                name: called.queue(queue),
            }),
            recorded: figures(&self.days.recorded, as_set_up),
            as_it_was: figures(self.as_it_was, as_set_up),
            what_if: figures(self.what_if, changed),
        }
    }
}

#[cfg(test)]
mod tests;
