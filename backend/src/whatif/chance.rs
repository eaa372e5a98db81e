//! Chance that can be repeated: a number for a seed and what it is drawn for.
//!
//! What is drawn for a conversation does not depend on what was drawn before it, so that days played twice differ by
//! what was changed and not by chance: common random numbers.
//! Source: Law, "Simulation modeling and analysis", chapter on variance reduction.

use crate::seeded::Seeded;

/// Draws for one seed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chance(pub(super) u32);

impl Chance {
    /// Returns a number above 0 and up to 1 for what is named.
    pub(super) fn draw(self, what: &[u64]) -> f64 {
        ((self.bits(what) >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Returns a place in a list of `length`, which is not 0, for what is named.
    pub(super) fn place(self, length: usize, what: &[u64]) -> usize {
        (self.bits(what) % length as u64) as usize
    }

    fn bits(self, what: &[u64]) -> u64 {
        let begin = Seeded::from_seed(u64::from(self.0)).next();
        what.iter().fold(begin, |bits, part| Seeded::from_seed(bits ^ *part).next())
    }
}

/// Returns a number for an id, to draw by.
pub(super) const fn of_bits(bits: u128) -> u64 {
    (bits >> 64) as u64 ^ bits as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_drawn_for_the_same_and_something_else_for_something_else() {
        let chance = Chance(7);
        assert!((chance.draw(&[1, 2]) - chance.draw(&[1, 2])).abs() < f64::EPSILON);
        assert!((chance.draw(&[1, 2]) - chance.draw(&[2, 1])).abs() > f64::EPSILON);
        assert!((chance.draw(&[1, 2]) - Chance(8).draw(&[1, 2])).abs() > f64::EPSILON);
    }

    #[test]
    fn draws_are_spread_evenly() {
        let chance = Chance(1);
        let below = (0..10_000).filter(|number| chance.draw(&[*number]) <= 0.25).count();
        assert!((2_300..2_700).contains(&below), "{below} of 10,000 are in the first quarter");
    }
}
