//! When readers come again who are sent away together.

/// How far apart readers come again when the server stops, and over how long a time at most.
pub(super) const STOPPED: Spread = Spread { apart_ms: 50, over_ms: 10_000 };

/// How far apart readers start again who are all told to at once, and over how long a time at most: they miss what
/// happens meanwhile.
pub(super) const RESTARTED: Spread = Spread { apart_ms: 20, over_ms: 2_000 };

/// The moments at which readers come again who are sent away together.
pub(super) struct Spread {
    apart_ms: u64,
    over_ms: u64,
}

impl Spread {
    /// Returns after how many milliseconds the reader at this place of so many comes.
    pub(super) fn after_ms(&self, place: u64, count: u64) -> u64 {
        (place * self.apart_ms).min(place * self.over_ms / count.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_who_are_sent_away_together_come_back_one_after_the_other() {
        let all = |spread: Spread, count| -> Vec<u64> {
            (0..count).map(|place| spread.after_ms(place, count)).collect()
        };
        assert_eq!(all(STOPPED, 3), [0, 50, 100]);
        let many = all(STOPPED, 1_000);
        assert!(many.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(*many.last().unwrap() < STOPPED.over_ms);
        assert!(all(RESTARTED, 1_000).into_iter().max().unwrap() < RESTARTED.over_ms);
        assert_eq!(STOPPED.after_ms(0, 0), 0);
    }
}
