//! The only clock: the later of wall time and the log's last time at the start, plus monotonic time since, so that it
//! never jumps and never runs behind what is logged.

use std::sync::{Arc, Mutex};
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

/// A clock that runs ahead of another one, always by the same.
struct Ahead {
    of: Arc<dyn Clock>,
    by: Duration,
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        self.of.now().plus(self.by)
    }

    fn until(&self, deadline: Timestamp) -> Option<Duration> {
        self.of.until(deadline.minus(self.by))
    }
}

/// Returns a clock that shows `at` or later: where this one is behind, as after the machine's was set back, it goes on
/// from `at` as fast as ever.
pub fn from_no_earlier_than(at: Timestamp, clock: Arc<dyn Clock>) -> Arc<dyn Clock> {
    let by = at.since(clock.now());
    if by.is_zero() { clock } else { Arc::new(Ahead { of: clock, by }) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_behind_goes_on_from_the_last_time_and_does_not_stand_still() {
        let (wall, last) = (Timestamp::from_millis(1_000), Timestamp::from_millis(61_000));
        let machine = Arc::new(ManualClock::at(wall));
        let clock = from_no_earlier_than(last, machine.clone());
        assert_eq!(clock.now(), last);
        machine.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), last.plus(Duration::from_secs(1)));
    }

    #[test]
    fn a_clock_that_is_not_behind_stays_what_it_is() {
        let wall = Timestamp::from_millis(61_000);
        let clock = from_no_earlier_than(Timestamp::from_millis(1_000), Arc::new(ManualClock::at(wall)));
        assert_eq!(clock.now(), wall);
    }

    #[test]
    fn waiting_for_a_deadline_is_counted_by_the_clock_that_is_ahead() {
        let machine = Arc::new(SystemClock::start());
        let clock = from_no_earlier_than(machine.now().plus(Duration::from_secs(3_600)), machine);
        let wait = clock.until(clock.now().plus(Duration::from_secs(30))).expect("time passes");
        assert!(wait <= Duration::from_millis(30_001), "{wait:?}");
    }
}
