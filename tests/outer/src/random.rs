//! Choices that a seed repeats.

/// A generator with a seed: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// Makes a generator that gives the same numbers for the same seed.
    pub const fn from_seed(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Makes a generator of its own for one of many who choose at the same time.
    pub fn branch(&mut self) -> Self {
        Self::from_seed(self.next())
    }

    /// Returns any number.
    pub const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`, which is not 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
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
