//! Choices that a seed repeats.

use baton::seeded::Seeded;

/// A generator with a seed.
#[derive(Clone, Debug)]
pub struct Random(Seeded);

impl Random {
    /// Makes a generator that gives the same numbers for the same seed.
    pub const fn from_seed(seed: u64) -> Self {
        Self(Seeded::from_seed(seed))
    }

    /// Makes a generator of its own for one of many who choose at the same time.
    pub fn branch(&mut self) -> Self {
        Self::from_seed(self.next())
    }

    /// Returns any number.
    pub const fn next(&mut self) -> u64 {
        self.0.next()
    }

    /// Returns a number below `end`, which is not 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.0.below(end)
    }

    /// Says yes so many times in a hundred.
    pub const fn percent(&mut self, yes: u64) -> bool {
        self.below(100) < yes
    }

    /// Chooses one of several; nothing of none.
    pub fn one_of<'a, T>(&mut self, several: &'a [T]) -> Option<&'a T> {
        let count = several.len() as u64;
        if count == 0 { None } else { several.get(self.below(count) as usize) }
    }
}
