use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use baton_shared::{AgentId, Event};
use tempfile::TempDir;

use super::*;
use crate::clock::ManualClock;
use crate::store::Batch;
use crate::store::sqlite::SqliteStore;

const NOW: Timestamp = Timestamp::from_millis(1_795_248_930_120);

/// How long anything in the background may take before a test fails; nothing waits this long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A projection that tells what it takes, and fails when it is told to.
struct Told {
    place: Place,
    tell: Sender<u64>,
    fails_at: u64,
    discarded: Arc<AtomicUsize>,
}

impl Projection for Told {
    fn name(&self) -> &'static str {
        "told"
    }

    fn place(&self) -> Place {
        self.place
    }

    fn take(&mut self, events: &[Recorded], _store: &dyn Store) -> Result<(), StoreError> {
        if events.iter().any(|one| one.position == self.fails_at) {
            return Err(StoreError::Corrupt { what: "a test wanted it".to_owned() });
        }
        for event in events {
            self.place = Place { position: event.position, at: event.at };
            self.tell.send(event.position).unwrap();
        }
        Ok(())
    }

    fn discard(&mut self) {
        self.discarded.fetch_add(1, Ordering::Relaxed);
    }
}

struct Scene {
    store: Arc<SqliteStore>,
    clock: Arc<ManualClock>,
    head: Head,
    last: u64,
    _data: TempDir,
}

impl Scene {
    fn new() -> Self {
        let data = TempDir::new().unwrap();
        let store = Arc::new(SqliteStore::open(data.path()).unwrap());
        let clock = Arc::new(ManualClock::at(NOW));
        Self { store, clock, head: Head::default(), last: 0, _data: data }
    }

    fn commit(&mut self, events: u64) {
        let event = Event::AgentLost { agent: AgentId::from_bits(1) };
        let recorded = (1..=events)
            .map(|number| Recorded {
                position: self.last + number,
                at: self.clock.now(),
                event: event.clone(),
            })
            .collect();
        let epoch = self.store.load().unwrap().writer_epoch;
        let batch = Batch { writer_epoch: epoch, recorded, at: self.clock.now(), ..Batch::default() };
        self.store.commit(&batch).unwrap();
        self.last += events;
        self.head.committed(self.last, self.clock.now());
    }

    fn follow(&self, from: u64, fails_at: u64) -> (Follower, Receiver<u64>, Arc<AtomicUsize>) {
        let (tell, told) = channel();
        let discarded = Arc::new(AtomicUsize::new(0));
        let place = Place { position: from, at: NOW };
        let projection = Told { place, tell, fails_at, discarded: discarded.clone() };
        let follower =
            Follower::start(projection, self.store.clone(), self.clock.clone(), &self.head).unwrap();
        (follower, told, discarded)
    }
}

#[test]
fn everything_is_taken_once_and_in_order_from_the_place_on() {
    let mut scene = Scene::new();
    scene.commit(2_500);
    let (follower, told, _) = scene.follow(700, 0);
    assert!(follower.catch_up(PATIENCE));
    scene.commit(3);
    assert!(follower.catch_up(PATIENCE));
    assert_eq!(told.try_iter().collect::<Vec<_>>(), (701..=2_503).collect::<Vec<_>>());
    assert_eq!(follower.lag(), Lag::default());
    scene.head.stop();
    follower.wait_for_end();
}

#[test]
fn what_fails_stops_following_and_says_how_far_it_is_behind() {
    let mut scene = Scene::new();
    scene.commit(3);
    let (follower, told, discarded) = scene.follow(0, 4);
    assert!(follower.catch_up(PATIENCE));
    scene.commit(2);
    scene.clock.advance(Duration::from_secs(3));
    follower.wait_for_end();
    assert!(!follower.catch_up(PATIENCE), "it does not wait for what has stopped");
    assert_eq!(follower.lag(), Lag { events: 2, ms: 3_000, stopped: true });
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(discarded.load(Ordering::Relaxed), 1, "what is damaged is thrown away");
}

#[test]
fn a_follower_that_waits_ends_when_it_is_told_to() {
    let scene = Scene::new();
    let (follower, _told, _) = scene.follow(0, 0);
    scene.head.stop();
    follower.wait_for_end();
    assert!(follower.lag().stopped);
}
