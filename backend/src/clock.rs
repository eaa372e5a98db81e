//! The only clock: wall time at the start plus monotonic time since, so that it never jumps.

use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use baton_shared::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// Returns the present.
    fn now(&self) -> Timestamp;

    /// Returns how long a thread may wait for `deadline`; nothing where time passes only by hand.
    fn until(&self, deadline: Timestamp) -> Option<Duration>;
}

/// The machine's clock, read once; after that only monotonic time is added.
#[derive(Debug)]
pub struct SystemClock {
    wall_at_start: Timestamp,
    started: Instant,
}

impl SystemClock {
    /// Reads the machine's clock.
    #[expect(clippy::disallowed_methods, reason = "this is the only clock")]
    pub fn start() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self { wall_at_start: Timestamp::from_millis(0).plus(wall), started: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.wall_at_start.plus(self.started.elapsed())
    }

    fn until(&self, deadline: Timestamp) -> Option<Duration> {
        // A millisecond more, so that the clock has passed the deadline when the wait is over.
        Some(deadline.since(self.now()) + Duration::from_millis(1))
    }
}

/// A clock that stands still until it is moved, for tests and simulations.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
}

impl ManualClock {
    /// Makes a clock that shows `now`.
    pub const fn at(now: Timestamp) -> Self {
        Self { now: Mutex::new(now) }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut now = self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = now.plus(by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn until(&self, _deadline: Timestamp) -> Option<Duration> {
        None
    }
}
