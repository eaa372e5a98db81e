//! The walls that are watched, and what each is sent.

use core::time::Duration;
use std::collections::BTreeMap;

use baton_shared::*;

use super::{Published, What};
use crate::routing::Scope;
use crate::store::{Reading, Store, StoreError};
use crate::wall::Board;

/// How often a wall is told what changed at most.
pub const WALL_EVERY: Duration = Duration::from_secs(1);

/// How long a wall that nobody watches is kept up to date, so that a lost connection is not a new beginning.
pub const WALL_KEPT: Duration = Duration::from_secs(60);

/// What one supervisor was shown.
#[derive(Debug)]
struct Watched {
    scope: Scope,
    shown: Wall,
    /// The number of the last event that the first of it stood for: whoever knows less begins anew.
    since: u64,
    /// When the last stream ended, or the snapshot was asked for.
    left_at: Timestamp,
}

/// Every wall that is watched; nothing is read or kept while none is.
#[derive(Debug, Default)]
pub(super) struct Walls {
    board: Option<Board>,
    watched: BTreeMap<AgentId, Watched>,
    streams: BTreeMap<AgentId, Vec<u64>>,
    told_at: Timestamp,
    /// When someone watched last.
    used_at: Timestamp,
    renamed: bool,
}

/// What becomes of the walls with what was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// They go on.
    GoOn,
    /// Who oversees what, or what things are called, changed: they begin anew.
    BeginAnew,
}

impl Walls {
    /// Returns all that a person sees, which is watched from then on.
    pub(super) fn show(
        &mut self,
        agent: AgentId,
        tail: u64,
        now: Timestamp,
        store: &dyn Store,
    ) -> Result<Wall, StoreError> {
        let board = match &mut self.board {
            Some(board) => board,
            None => self.board.insert(Board::load(store, now)?),
        };
        if std::mem::take(&mut self.renamed) {
            board.read_names(store.read()?.as_ref())?;
        }
        self.used_at = now;
        let scope = board.scope(agent);
        let wall = board.wall(&scope, now);
        match self.watched.get_mut(&agent) {
            Some(watched) => watched.left_at = now,
            None => {
                let shown = wall.clone();
                self.watched.insert(agent, Watched { scope, shown, since: tail, left_at: now });
            }
        }
        Ok(wall)
    }

    /// Takes what was committed.
    pub(super) fn take(
        &mut self,
        published: &Published,
        reading: &dyn Reading,
    ) -> Result<Outcome, StoreError> {
        let (Some(board), What::Happened(event)) = (&mut self.board, &published.what) else {
            return Ok(Outcome::GoOn);
        };
        board.take(published.seq, event, published.at, reading)?;
        if changes_scopes(event) {
            self.renamed = true;
            return Ok(Outcome::BeginAnew);
        }
        Ok(Outcome::GoOn)
    }

    /// Forgets what everyone was shown.
    pub(super) fn begin_anew(&mut self) {
        self.watched.clear();
    }

    /// Forgets everything but who listens.
    pub(super) fn clear(&mut self) {
        let streams = std::mem::take(&mut self.streams);
        *self = Self { streams, ..Self::default() };
    }

    /// Returns when someone is to be told something, or something to be forgotten.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let board = self.board.as_ref()?;
        let told = self.told_at.plus(WALL_EVERY);
        let unwatched = self.watched.iter().filter(|(agent, _)| !self.streams.contains_key(agent));
        let forgotten = unwatched.map(|(_, watched)| watched.left_at.plus(WALL_KEPT)).min();
        let idle = self.watched.is_empty().then_some(self.used_at.plus(WALL_KEPT));
        let slid = board.next_change(self.told_at).map(|change| change.max(told));
        let changed = board.changed().then_some(told);
        [forgotten, slid, idle, changed].into_iter().flatten().min()
    }

    /// Says whether the day is over, so that everything is to be read anew.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.board.as_ref().is_some_and(|board| board.is_over(now))
    }

    /// Returns how each watched wall changed since the last call, if it is time.
    pub(super) fn tell(&mut self, now: Timestamp) -> Vec<(AgentId, Vec<WallEvent>)> {
        if self.due().is_none_or(|due| due > now) {
            return Vec::new();
        }
        let streams = &self.streams;
        self.watched
            .retain(|agent, watched| streams.contains_key(agent) || watched.left_at.plus(WALL_KEPT) > now);
        if !self.watched.is_empty() {
            self.used_at = now;
        } else if self.used_at.plus(WALL_KEPT) <= now {
            self.clear();
        }
        let Some(board) = &mut self.board else { return Vec::new() };
        self.told_at = now;
        let stirred = board.stirred();
        let queues = board.queues(now);
        let mut told = Vec::new();
        for (agent, watched) in &mut self.watched {
            let events = board.update(&mut watched.shown, &watched.scope, &stirred, &queues);
            told.push((*agent, events));
        }
        told
    }

    /// Returns what a reader is sent who comes back, beside what they missed: the rows that change without an event.
    /// Nothing if they have to begin anew.
    pub(super) fn resume(&self, agent: AgentId, after: u64) -> Option<Vec<WallEvent>> {
        let watched = self.watched.get(&agent).filter(|watched| watched.since <= after)?;
        let queues = watched.shown.queues.values();
        Some(queues.map(|queue| WallEvent::QueueShown { queue: queue.clone() }).collect())
    }

    /// Notes a stream.
    pub(super) fn add_stream(&mut self, agent: AgentId, stream: u64) {
        self.streams.entry(agent).or_default().push(stream);
    }

    /// Forgets a stream.
    pub(super) fn remove_stream(&mut self, agent: AgentId, stream: u64, now: Timestamp) {
        super::streams::remove_listener(&mut self.streams, agent, stream);
        if let Some(watched) = self.watched.get_mut(&agent) {
            watched.left_at = now;
        }
    }

    /// Returns the streams on which someone watches.
    pub(super) fn streams_of(&self, agent: AgentId) -> Vec<u64> {
        self.streams.get(&agent).cloned().unwrap_or_default()
    }
}

/// Says whether an event may change who oversees what, how things are called, or which rows there are.
fn changes_scopes(event: &Event) -> bool {
    matches!(
        event,
        Event::PersonAdded { .. }
            | Event::PersonChanged { .. }
            | Event::SkillGranted { .. }
            | Event::SkillRevoked { .. }
            | Event::QueueAdded { .. }
            | Event::QueueChanged { .. }
            | Event::MemberAdded { .. }
            | Event::MemberRemoved { .. }
            | Event::GroupAdded { .. }
            | Event::GroupChanged { .. }
            | Event::GroupRemoved { .. }
            | Event::WorkflowAdded { .. }
            | Event::WorkflowChanged { .. }
            | Event::FlowAdded { .. }
            | Event::FlowChanged { .. }
            | Event::ExternalAdded { .. }
            | Event::ExternalChanged { .. }
            | Event::ScheduleAdded { .. }
            | Event::ScheduleChanged { .. }
            | Event::ScheduleRemoved { .. }
            | Event::TeamAdded { .. }
            | Event::TeamChanged { .. }
            | Event::TeamRemoved { .. }
            | Event::PolicySet { .. }
            | Event::PolicyOverridden { .. }
    )
}
