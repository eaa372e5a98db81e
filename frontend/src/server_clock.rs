//! The server's time, counted on by a clock of the browser that nobody can set.

use core::time::Duration;

use baton_shared::Timestamp;
use leptos::prelude::*;

use crate::browser::{dates, page};

/// How often countdowns are shown anew: twice a second, so that no second is skipped.
const TICK: Duration = Duration::from_millis(500);

/// The server's time; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct ServerClock {
    now: RwSignal<Timestamp>,
    /// What to add to the monotonic clock, in milliseconds.
    ahead_ms: StoredValue<f64>,
}

impl ServerClock {
    /// Starts with the browser's time, which is good enough until the server is heard.
    pub fn start() -> Self {
        let now = dates::browser_now();
        let clock = Self { now: RwSignal::new(now), ahead_ms: StoredValue::new(0.0) };
        clock.set(now);
        every(TICK, move || clock.tick());
        clock
    }

    /// Takes the server's time over.
    pub fn set(self, now: Timestamp) {
        self.ahead_ms.set_value(now.as_millis() as f64 - page::monotonic_ms());
        self.tick();
    }

    /// Returns the time, and tracks it.
    pub fn get(self) -> Timestamp {
        self.now.get()
    }

    /// Returns the time.
    pub fn peek(self) -> Timestamp {
        Timestamp::from_millis((page::monotonic_ms() + self.ahead_ms.get_value()) as i64)
    }

    fn tick(self) {
        self.now.set(self.peek());
    }
}

/// Does something again and again, for as long as the owner lives.
pub fn every(interval: Duration, act: impl Fn() + 'static) {
    // It fails only where there is no window.
    if let Ok(handle) = set_interval_with_handle(act, interval) {
        on_cleanup(move || handle.clear());
    }
}

/// Returns the whole seconds left, rounded up, so that "1" is shown until the end.
pub fn secs_left(deadline: Timestamp, now: Timestamp) -> u64 {
    deadline.since(now).as_millis().div_ceil(1_000) as u64
}

/// Returns the part of a time span that is left, from 1 down to 0.
pub fn part_left(from: Timestamp, deadline: Timestamp, now: Timestamp) -> f64 {
    let whole = deadline.since(from).as_secs_f64();
    if whole <= 0.0 { 0.0 } else { (deadline.since(now).as_secs_f64() / whole).min(1.0) }
}

/// Returns a span of time in words that fit in a list: "now", "5 min", "3 h", "2 d".
pub fn brief(span: Duration) -> String {
    match span.as_secs() {
        0..60 => "now".to_owned(),
        secs @ 60..3_600 => format!("{} min", secs / 60),
        secs @ 3_600..86_400 => format!("{} h", secs / 3_600),
        secs => format!("{} d", secs / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_second_is_shown_until_the_deadline() {
        let deadline = Timestamp::from_millis(10_000);
        assert_eq!(secs_left(deadline, Timestamp::from_millis(9_999)), 1);
        assert_eq!(secs_left(deadline, Timestamp::from_millis(10_000)), 0);
        assert_eq!(secs_left(deadline, Timestamp::from_millis(11_000)), 0);
    }

    #[test]
    fn a_ring_empties_from_whole_to_nothing() {
        let at = Timestamp::from_millis;
        assert!((part_left(at(0), at(10), at(5)) - 0.5).abs() < 1e-9);
        assert!(part_left(at(0), at(10), at(20)).abs() < 1e-9);
        assert!(part_left(at(0), at(0), at(0)).abs() < 1e-9);
    }

    #[test]
    fn a_span_is_told_in_its_largest_unit() {
        let told = |secs| brief(Duration::from_secs(secs));
        assert_eq!([told(5), told(65), told(7_300), told(200_000)], ["now", "1 min", "2 h", "2 d"]);
    }
}
