//! The walls that are watched, and what each is sent.

use core::time::Duration;
use std::collections::BTreeMap;

use baton_shared::wall::QueueRow;
use baton_shared::*;

use super::{Published, Watcher, What};
use crate::store::{Reading, Store, StoreError};
use crate::wall::{Board, Counting, Day, View};

/// How often a wall is told what changed at most.
pub const WALL_EVERY: Duration = Duration::from_secs(1);

/// How long a wall that nobody watches is kept up to date, so that a lost connection is not a new beginning.
pub const WALL_KEPT: Duration = Duration::from_secs(60);

/// How many walls that nobody watches any more are kept for one person at most: counted otherwise, each is another.
const WALLS_KEPT_MAX: usize = 4;

/// What one supervisor was shown.
#[derive(Debug)]
struct Watched {
    view: View,
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
    watched: BTreeMap<Watcher, Watched>,
    streams: BTreeMap<Watcher, Vec<u64>>,
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
        watcher: Watcher,
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
        let view = board.view(watcher.agent, &watcher.counting, now);
        let wall = board.wall(&view, now);
        match self.watched.get_mut(&watcher) {
            Some(watched) => watched.left_at = now,
            None => {
                self.make_room(watcher.agent);
                let shown = wall.clone();
                self.watched.insert(watcher, Watched { view, shown, since: tail, left_at: now });
            }
        }
        Ok(wall)
    }

    /// Forgets the wall that a person left first where too many that they left are kept.
    fn make_room(&mut self, agent: AgentId) {
        let left = |(watcher, _): &(&Watcher, &Watched)| {
            watcher.agent == agent && !self.streams.contains_key(*watcher)
        };
        if self.watched.iter().filter(left).count() < WALLS_KEPT_MAX {
            return;
        }
        let first = self.watched.iter().filter(left).min_by_key(|(_, watched)| watched.left_at);
        if let Some(first) = first.map(|(watcher, _)| watcher.clone()) {
            self.watched.remove(&first);
        }
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
        let over = self.watched.values().map(|watched| watched.view.day.until).min();
        let unwatched = self.watched.iter().filter(|(watcher, _)| !self.streams.contains_key(*watcher));
        let forgotten = unwatched.map(|(_, watched)| watched.left_at.plus(WALL_KEPT)).min();
        let idle = self.watched.is_empty().then_some(self.used_at.plus(WALL_KEPT));
        let slid = board.next_change(self.told_at).map(|change| change.max(told));
        let changed = board.changed().then_some(told);
        [forgotten, over, slid, idle, changed].into_iter().flatten().min()
    }

    /// Forgets the walls whose day is over, and returns who has to begin anew.
    pub(super) fn take_over(&mut self, now: Timestamp) -> Vec<Watcher> {
        let over = self.watched.extract_if(.., |_, watched| watched.view.day.until <= now);
        over.map(|(watcher, _)| watcher).collect()
    }

    /// Returns how each watched wall changed since the last call, if it is time.
    pub(super) fn tell(&mut self, now: Timestamp) -> Vec<(Watcher, Vec<WallEvent>)> {
        if self.due().is_none_or(|due| due > now) {
            return Vec::new();
        }
        let streams = &self.streams;
        self.watched.retain(|watcher, watched| {
            streams.contains_key(watcher) || watched.left_at.plus(WALL_KEPT) > now
        });
        if !self.watched.is_empty() {
            self.used_at = now;
        } else if self.used_at.plus(WALL_KEPT) <= now {
            self.clear();
        }
        self.tell_now(now)
    }

    /// Says whether what someone was shown is kept.
    pub(super) fn knows(&self, watcher: &Watcher) -> bool {
        self.watched.contains_key(watcher)
    }

    /// Returns how each watched wall changed since the last call.
    pub(super) fn tell_now(&mut self, now: Timestamp) -> Vec<(Watcher, Vec<WallEvent>)> {
        let Some(board) = &mut self.board else { return Vec::new() };
        self.told_at = now;
        let stirred = board.stirred(now);
        // Who counts alike is shown the same queues.
        let mut queues: BTreeMap<(Counting, Day), Vec<QueueRow>> = BTreeMap::new();
        let mut told = Vec::new();
        for (watcher, watched) in &mut self.watched {
            let View { counting, day, .. } = &watched.view;
            let alike = queues.entry((counting.clone(), *day));
            let queues = alike.or_insert_with(|| board.queues(counting, *day, now));
            let events = board.update(&mut watched.shown, &watched.view, &stirred, queues);
            told.push((watcher.clone(), events));
        }
        told
    }

    /// Returns what a reader is sent who comes back, beside what they missed: the rows that change without an event.
    /// Nothing if they have to begin anew.
    pub(super) fn resume(&self, watcher: &Watcher, after: u64) -> Option<Vec<WallEvent>> {
        let watched = self.watched.get(watcher).filter(|watched| watched.since <= after)?;
        let queues = watched.shown.queues.values();
        let queues = queues.map(|queue| WallEvent::QueueShown { queue: queue.clone() });
        let all_queues = watched.shown.all_queues;
        Some(queues.chain([WallEvent::AllQueuesShown { all_queues }]).collect())
    }

    /// Notes a stream.
    pub(super) fn add_stream(&mut self, watcher: &Watcher, stream: u64) {
        self.streams.entry(watcher.clone()).or_default().push(stream);
    }

    /// Forgets a stream.
    pub(super) fn remove_stream(&mut self, watcher: &Watcher, stream: u64, now: Timestamp) {
        super::streams::remove_listener(&mut self.streams, watcher, stream);
        if let Some(watched) = self.watched.get_mut(watcher) {
            watched.left_at = now;
        }
    }

    /// Returns the streams on which someone watches.
    pub(super) fn streams_of(&self, watcher: &Watcher) -> Vec<u64> {
        self.streams.get(watcher).cloned().unwrap_or_default()
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
