//! What is made from the log beside the work: reports, an index of words.
//!
//! A follower is a thread with a place of its own in the log. It is woken after commits, reads what was committed since
//! in pages, each with a reading transaction that ends before anything is written, and hands them to its projection,
//! which writes them and the new place in one transaction into a file of its own. Nothing of it is part of a commit, and
//! a projection that fails stops following and nothing else.
//! Deliberately absent: a second projection in the same thread, so that one that is slow holds up nobody.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_shared::{Recorded, Timestamp};

use crate::clock::Clock;
use crate::store::{Store, StoreError};
use crate::telemetry::chain;

/// How many events are read and written at once.
pub const EVENTS_PER_PAGE: usize = 1_000;

/// How long a follower gathers what is committed before it writes: many small commits become one transaction. Whoever
/// waits for it ends the gathering.
pub const GATHERED_FOR: Duration = Duration::from_millis(200);

/// A place in the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The position of the last event that was taken; 0 before the first.
    pub position: u64,
    /// When that event was decided.
    pub at: Timestamp,
}

/// What follows the log.
pub trait Projection: Send + 'static {
    /// Returns what it is called in logs and metrics.
    fn name(&self) -> &'static str;

    /// Returns how far it has followed.
    fn place(&self) -> Place;

    /// Takes the next events of the log, never none, and writes what it makes of them together with the new place, or
    /// nothing. Texts and rows are read from `store` as they are now, which may be later than the events.
    fn take(&mut self, events: &[Recorded], store: &dyn Store) -> Result<(), StoreError>;

    /// Does some of what is left to do once no event is to be taken; false where nothing is left.
    fn go_on(&mut self, _store: &dyn Store) -> Result<bool, StoreError> {
        Ok(false)
    }

    /// Throws away what it has written, because it is damaged: the next start begins with the first event.
    fn discard(&mut self);
}

/// How far something is behind the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    /// How many events were committed and not taken.
    pub events: u64,
    /// How long ago the first of them was decided, in milliseconds; 0 where there is none.
    pub ms: u64,
    /// Whether it follows still: after an error it does not, and falls behind.
    pub stopped: bool,
}

/// The end of the log, as followers are told of it; cheap to clone.
#[derive(Clone, Default)]
pub struct Head(Arc<Ends>);

#[derive(Default)]
struct Ends {
    position: Mutex<Known>,
    moved: Condvar,
}

#[derive(Default)]
struct Known {
    position: u64,
    stopping: bool,
    followers: Vec<Arc<Following>>,
}

impl Head {
    /// Tells that the log goes up to a position now, after the commit.
    pub fn committed(&self, position: u64, at: Timestamp) {
        let mut known = self.known();
        if position <= known.position {
            return;
        }
        known.position = position;
        for follower in &known.followers {
            follower.fell_behind(at);
        }
        drop(known);
        self.0.moved.notify_all();
    }

    /// Ends every follower once it has written the page that it is at.
    pub fn stop(&self) {
        self.known().stopping = true;
        self.0.moved.notify_all();
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the log goes beyond a place and a little more has gathered; false at the end.
    fn wait_beyond(&self, following: &Following, position: u64) -> bool {
        let waits = |known: &mut Known| !known.stopping && known.position <= position;
        let known = self.known();
        let known = self.0.moved.wait_while(known, waits).unwrap_or_else(PoisonError::into_inner);
        let gathers = |known: &mut Known| !known.stopping && !following.is_awaited();
        let gathered = self.0.moved.wait_timeout_while(known, GATHERED_FOR, gathers);
        !gathered.unwrap_or_else(PoisonError::into_inner).0.stopping
    }
}

/// What is known of a follower.
#[derive(Default)]
struct Following {
    state: Mutex<FollowState>,
    moved: Condvar,
}

#[derive(Default)]
struct FollowState {
    place: Place,
    /// When the first event was decided that it has not taken.
    behind_since: Option<Timestamp>,
    /// How many wait for it.
    awaited: usize,
    stopped: bool,
}

impl Following {
    fn state(&self) -> MutexGuard<'_, FollowState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fell_behind(&self, at: Timestamp) {
        self.state().behind_since.get_or_insert(at);
    }

    fn is_awaited(&self) -> bool {
        self.state().awaited > 0
    }
}

/// A handle to what follows the log; cheap to clone.
#[derive(Clone)]
pub struct Follower {
    head: Head,
    clock: Arc<dyn Clock>,
    following: Arc<Following>,
}

impl Follower {
    /// Starts a thread that follows the log from where the projection stands.
    pub fn start(
        projection: impl Projection,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        head: &Head,
    ) -> std::io::Result<Self> {
        let following = Arc::new(Following::default());
        let place = projection.place();
        following.state().place = place;
        let mut known = head.known();
        if known.position > place.position && place.position > 0 {
            following.fell_behind(place.at);
        }
        known.followers.push(following.clone());
        drop(known);
        let follower = Self { head: head.clone(), clock, following };
        let (thread, name) = (follower.clone(), projection.name());
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let ended = Ended { follower: &thread, name };
            metrics::gauge!("baton_follower_running", "name" => name).set(1.0);
            // The projection and the store are closed before anyone is told of the end.
            thread.run(projection, store);
            drop(ended);
        })?;
        Ok(follower)
    }

    /// Returns how far it is behind.
    pub fn lag(&self) -> Lag {
        let head = self.head.known().position;
        let state = self.following.state();
        let ms = state.behind_since.map_or(0, |since| self.clock.now().since(since).as_millis());
        Lag {
            events: head.saturating_sub(state.place.position),
            ms: u64::try_from(ms).unwrap_or(u64::MAX),
            stopped: state.stopped,
        }
    }

    /// Waits until everything is taken that was committed before this call, at most for a time; says whether it is. It
    /// blocks.
    pub fn catch_up(&self, within: Duration) -> bool {
        let wanted = self.head.known().position;
        let mut state = self.following.state();
        state.awaited += 1;
        drop(state);
        // Under the lock of what is waited for, so that the word is not lost between a look and the wait.
        drop(self.head.known());
        self.head.0.moved.notify_all();
        let waits = |state: &mut FollowState| !state.stopped && state.place.position < wanted;
        let waited = self.following.moved.wait_timeout_while(self.following.state(), within, waits);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.awaited -= 1;
        state.place.position >= wanted
    }

    /// Waits until the thread has ended and what it wrote is closed. It blocks.
    pub fn wait_for_end(&self) {
        let runs = |state: &mut FollowState| !state.stopped;
        drop(self.following.moved.wait_while(self.following.state(), runs));
    }

    fn run(&self, mut projection: impl Projection, store: Arc<dyn Store>) {
        let name = projection.name();
        while self.head.wait_beyond(&self.following, projection.place().position) {
            loop {
                let before = projection.place().position;
                match self.take_page(&mut projection, store.as_ref()) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        tracing::error!(follower = name, position = before, error = %chain(&error),
                            "nothing follows the log here any more; start the server again");
                        if let StoreError::Corrupt { .. } = error {
                            projection.discard();
                        }
                        return;
                    }
                }
                if self.head.known().stopping {
                    return;
                }
            }
        }
    }

    /// Takes one page, or does what is left to do; false where there was neither.
    fn take_page(&self, projection: &mut impl Projection, store: &dyn Store) -> Result<bool, StoreError> {
        let page = store.log_page(projection.place().position, EVENTS_PER_PAGE)?;
        let Some(last) = page.last() else { return projection.go_on(store) };
        projection.take(&page, store)?;
        let place = Place { position: last.position, at: last.at };
        // The head's lock comes first wherever both are taken.
        let known = self.head.known();
        let mut state = self.following.state();
        state.place = place;
        state.behind_since = (known.position > place.position).then_some(place.at);
        drop(state);
        drop(known);
        self.following.moved.notify_all();
        let (name, lag) = (projection.name(), self.lag());
        metrics::gauge!("baton_follower_lag_events", "name" => name).set(lag.events as f64);
        metrics::gauge!("baton_follower_lag_ms", "name" => name).set(lag.ms as f64);
        Ok(true)
    }
}

/// Notes that a follower follows no more, also where its projection panicked.
struct Ended<'a> {
    follower: &'a Follower,
    name: &'static str,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        metrics::gauge!("baton_follower_running", "name" => self.name).set(0.0);
        self.follower.following.state().stopped = true;
        self.follower.following.moved.notify_all();
    }
}

#[cfg(test)]
mod tests;
