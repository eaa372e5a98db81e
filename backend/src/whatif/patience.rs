//! How long customers would have waited, where only some of them showed it by leaving.
//!
//! Whoever was answered was patient for at least as long as they waited: their patience is censored on the right. The
//! share who are still there after a time is estimated by the product limit, which uses both kinds.
//! Source: Kaplan and Meier, "Nonparametric estimation from incomplete observations", Journal of the American Statistical
//! Association 53, 1958. Beyond the longest wait that was seen it goes on as the exponential curve through its last point.
//! Source: Brown, Hollander and Korwar, "Nonparametric tests of independence for censored data", 1974.

/// A wait that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    /// How long, in milliseconds.
    pub(super) ms: u64,
    /// Whether the customer ended it; else their patience was longer.
    pub(super) left: bool,
}

/// The share of customers who are still there after a time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Patience {
    /// When someone left, and the share who were there after it.
    steps: Vec<(u64, f64)>,
    /// The longest wait that was seen.
    longest_ms: u64,
}

impl Patience {
    /// Estimates it from waits.
    pub(super) fn estimate(mut seen: Vec<Seen>) -> Self {
        seen.sort_unstable_by_key(|seen| seen.ms);
        let (mut steps, mut share) = (Vec::new(), 1.0);
        let mut there = seen.len();
        for same in seen.chunk_by(|one, next| one.ms == next.ms) {
            let left = same.iter().filter(|seen| seen.left).count();
            if left > 0 {
                // Whoever is answered at the moment at which others leave was there until then.
                share *= 1.0 - left as f64 / there as f64;
                steps.push((same[0].ms, share));
            }
            there -= same.len();
        }
        Self { steps, longest_ms: seen.last().map_or(0, |seen| seen.ms) }
    }

    /// Returns how many waits ended with the customer leaving, at different times.
    pub(super) const fn steps(&self) -> usize {
        self.steps.len()
    }

    /// Returns the share who are still there after a time.
    pub(super) fn share(&self, ms: u64) -> f64 {
        if ms > self.longest_ms
            && let Some(rate) = self.tail()
        {
            return (-rate * ms as f64).exp();
        }
        let before = self.steps.partition_point(|(at, _)| *at <= ms);
        before.checked_sub(1).map_or(1.0, |last| self.steps[last].1)
    }

    /// Returns the patience of someone who is still there after `waited_ms`, for a draw above 0 and up to 1; nothing for
    /// one without an end.
    pub(super) fn of_who_waited(&self, waited_ms: u64, draw: f64) -> Option<u64> {
        let wanted = self.share(waited_ms) * draw;
        let step = self.steps.iter().find(|(at, share)| *at > waited_ms && *share <= wanted);
        if let Some((at, _)) = step {
            return Some(*at);
        }
        let at_most = self.longest_ms.max(waited_ms);
        match self.tail() {
            Some(rate) => Some(((-wanted.ln() / rate).round() as u64).max(at_most)),
            // Nobody was ever seen to wait longer than the last one, who left.
            None => self.steps.last().map(|_| at_most),
        }
    }

    /// Returns the rate of the exponential curve through the last point; nothing where nobody left or nobody stayed.
    fn tail(&self) -> Option<f64> {
        let (_, share) = self.steps.last().filter(|(_, share)| *share > 0.0)?;
        Some(-share.ln() / (self.longest_ms.max(1) as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(waits: &[(u64, bool)]) -> Patience {
        Patience::estimate(waits.iter().map(|(ms, left)| Seen { ms: *ms, left: *left }).collect())
    }

    fn close(found: f64, right: f64) {
        assert!((found - right).abs() < 0.000_5, "{found} is not {right}");
    }

    #[test]
    fn the_estimate_is_the_published_one() {
        // The treated patients of Freireich et al., 1963, in weeks, a textbook example of the product limit:
        // 6, 6, 6, 7, 10, 13, 16, 22 and 23 are ends; 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34 and 35 are censored.
        let ends = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|week| (week, true));
        let censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|week| (week, false));
        let all: Vec<(u64, bool)> = ends.into_iter().chain(censored).collect();
        let patience = seen(&all);
        let right = [
            (5, 1.0),
            (6, 0.857),
            (7, 0.807),
            (10, 0.753),
            (13, 0.690),
            (16, 0.627),
            (22, 0.538),
            (23, 0.448),
        ];
        for (week, share) in right {
            close(patience.share(week), share);
        }
    }

    #[test]
    fn whoever_has_waited_is_drawn_from_those_who_waited_as_long() {
        let patience = seen(&[(10, true), (20, true), (30, true), (40, true)]);
        // After 20 half of them are left, one of whom leaves at 30 and one at 40.
        assert_eq!(patience.of_who_waited(20, 0.9), Some(30));
        assert_eq!(patience.of_who_waited(20, 0.5), Some(30));
        assert_eq!(patience.of_who_waited(20, 0.4), Some(40));
        assert_eq!(patience.of_who_waited(0, 0.75), Some(10));
    }

    #[test]
    fn where_nobody_left_patience_has_no_end() {
        let patience = seen(&[(10, false), (60, false)]);
        assert_eq!(patience.of_who_waited(0, 0.001), None);
        assert_eq!(Patience::default().of_who_waited(0, 0.5), None);
        assert_eq!(patience.steps(), 0);
    }

    #[test]
    fn beyond_the_longest_wait_the_curve_goes_on_as_fast_as_it_fell_until_there() {
        // Half left at 10, the others were answered at 100: the curve halves every 100.
        let patience = seen(&[(10, true), (100, false)]);
        close(patience.share(200), 0.25);
        assert_eq!(patience.of_who_waited(100, 0.5), Some(200));
    }
}
