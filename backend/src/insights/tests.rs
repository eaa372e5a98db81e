mod definitions;
mod live;
mod outcomes;
mod reference;
mod story;
mod sums;

use std::sync::Arc;
use std::time::Duration;

use baton_shared::*;
use tempfile::TempDir;

use self::story::{NOW, Story};
use super::*;
use crate::clock::ManualClock;
use crate::content::Content;
use crate::store::sqlite::SqliteStore;
use crate::store::{Batch, Row};

/// How long anything in the background may take before a test fails; nothing waits this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reports on a log of their own.
struct Scene {
    store: Arc<SqliteStore>,
    clock: Arc<ManualClock>,
    head: Head,
    insights: Insights,
    data: TempDir,
}

impl Scene {
    /// Commits a story and makes reports of it.
    fn of(story: &Story) -> Self {
        let scene = Self::empty();
        scene.tell(&story.recorded);
        scene
    }

    fn empty() -> Self {
        let data = TempDir::new().unwrap();
        let store = Arc::new(SqliteStore::open(data.path()).unwrap());
        let clock = Arc::new(ManualClock::at(NOW));
        let head = Head::default();
        let insights = Insights::start(data.path(), store.clone(), clock.clone(), &head).unwrap();
        Self { store, clock, head, insights, data }
    }

    /// Commits the next part of a story, and waits until reports know it.
    fn tell(&self, recorded: &[Recorded]) {
        self.tell_with(recorded, Vec::new(), Vec::new());
    }

    /// Commits the next part of a story with what changed and what was written.
    fn tell_with(&self, recorded: &[Recorded], rows: Vec<Row>, content: Vec<Content>) {
        let Some(last) = recorded.last() else { return };
        let writer_epoch = self.store.load().unwrap().writer_epoch;
        let (recorded, at) = (recorded.to_vec(), last.at);
        self.store.commit(&Batch { writer_epoch, recorded, rows, content, at, ..Batch::default() }).unwrap();
        self.clock.advance(last.at.since(self.clock.now()));
        self.head.committed(last.position, last.at);
        assert!(self.insights.catch_up(PATIENCE));
    }

    /// Ends what follows the log, and begins again with the same files.
    fn restart(&mut self) {
        self.head.stop();
        self.insights.follower().wait_for_end();
        self.head = Head::default();
        let (store, clock) = (self.store.clone(), self.clock.clone());
        self.insights = Insights::start(self.data.path(), store, clock, &self.head).unwrap();
    }
}

/// Returns a filter for everything in a story.
fn all() -> Filter {
    Filter::all(NOW.minus(Duration::from_secs(1)), NOW.plus(Duration::from_secs(1_000_000)))
}

/// Returns every segment of a kind.
fn segments(scene: &Scene, kind: &str) -> Vec<baton_shared::api::SegmentItem> {
    let filter = Filter { kind: Some(kind.to_owned()), ..all() };
    scene.insights.segments(&filter, Page { after: None, limit: 10_000 }).unwrap().segments
}
