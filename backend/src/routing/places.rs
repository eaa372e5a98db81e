//! Where things stand in a list, found by what their ids hash to.

use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU32, Ordering};

use prefetch_index::prefetch_index;
use rustc_hash::FxBuildHasher;

/// Nothing is there.
const VACANT: u64 = u64::MAX;

/// A table of places, in which a look-up most often reads one line of the processor's memory.
///
/// Each entry holds a mark, which is what an id hashes to, and beside it the place of whatever has this id. It stands where
/// its mark says, or in the next entry that was vacant; what is taken out is followed up by those that would have stood
/// there, so that nothing has to be cleaned up later. Source: linear probing with deletion by moving back, Knuth, "The Art of
/// Computer Programming", volume 3, section 6.4, algorithms L and R.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// None, or a power of two of them, of which a third is vacant at least.
    entries: Vec<u64>,
    taken: usize,
}

/// What an id hashes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark(u32);

impl Mark {
    #[inline]
    pub(super) fn of<Id: Hash>(id: &Id) -> Self {
        let hash = FxBuildHasher.hash_one(id);
        Self((hash ^ hash >> 32) as u32)
    }

    const fn of_entry(entry: u64) -> Self {
        Self((entry >> 32) as u32)
    }

    const fn entry(self, place: u32) -> u64 {
        (self.0 as u64) << 32 | place as u64
    }
}

impl Places {
    /// Returns how many there are.
    pub(super) const fn len(&self) -> usize {
        self.taken
    }

    /// Returns the place with a mark for which `is_it` is true.
    #[inline]
    pub(super) fn find(&self, mark: Mark, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        self.entry_of(mark, is_it).map(|entry| self.entries[entry] as u32)
    }

    /// Asks for the memory in which a mark is looked up soon.
    pub(super) fn prefetch(&self, mark: Mark) {
        prefetch_index(&self.entries, mark.0 as usize & self.entries.len().saturating_sub(1));
    }

    /// Puts in a place that is not there.
    pub(super) fn insert(&mut self, mark: Mark, place: u32) {
        if (self.taken + 1) * 3 > self.entries.len() * 2 {
            let room = (self.entries.len() * 2).max(8);
            let before = std::mem::replace(&mut self.entries, vec![VACANT; room]);
            for entry in before.into_iter().filter(|entry| *entry != VACANT) {
                self.settle(entry);
            }
        }
        self.taken += 1;
        self.settle(mark.entry(place));
    }

    /// Takes out the place with a mark for which `is_it` is true, and returns it.
    pub(super) fn remove(&mut self, mark: Mark, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mut hole = self.entry_of(mark, is_it)?;
        let place = self.entries[hole] as u32;
        let last = self.entries.len() - 1;
        let mut next = hole;
        loop {
            next = (next + 1) & last;
            let entry = self.entries[next];
            if entry == VACANT {
                break;
            }
            // It moves back unless that is before where its mark says.
            let home = Mark::of_entry(entry).0 as usize;
            if next.wrapping_sub(home) & last >= next.wrapping_sub(hole) & last {
                self.entries[hole] = entry;
                hole = next;
            }
        }
        self.entries[hole] = VACANT;
        self.taken -= 1;
        Some(place)
    }

    #[inline]
    fn entry_of(&self, mark: Mark, is_it: impl Fn(u32) -> bool) -> Option<usize> {
        let last = self.entries.len().checked_sub(1)?;
        let mut place = mark.0 as usize & last;
        loop {
            let entry = self.entries[place];
            if Mark::of_entry(entry) == mark && entry != VACANT && is_it(entry as u32) {
                return Some(place);
            }
            if entry == VACANT {
                return None;
            }
            place = (place + 1) & last;
        }
    }

    /// Puts an entry where its mark says, or in the next that is vacant.
    fn settle(&mut self, entry: u64) {
        let last = self.entries.len() - 1;
        let mut place = Mark::of_entry(entry).0 as usize & last;
        while self.entries[place] != VACANT {
            place = (place + 1) & last;
        }
        self.entries[place] = entry;
    }
}

/// The place that was looked up last: events come in groups about the same thing, and then nothing has to be hashed.
///
/// It is only ever a guess that is checked, so that it does not matter who writes it when.
#[derive(Debug, Default)]
pub(super) struct Recent(AtomicU32);

impl Recent {
    pub(super) fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self, place: u32) {
        self.0.store(place, Ordering::Relaxed);
    }
}

impl Clone for Recent {
    fn clone(&self) -> Self {
        Self(AtomicU32::new(self.get()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        // Few marks, so that many of them want the same entry, at the end of the table too.
        #[test]
        fn places_are_found_as_in_a_tree(
            steps in proptest::collection::vec((any::<bool>(), 0..6_u32, 0..40_u32), 0..200),
        ) {
            let (mut places, mut tree) = (Places::default(), BTreeMap::new());
            for (puts, mark, place) in steps {
                let mark = [Mark(0), Mark(1), Mark(7), Mark(8), Mark(15), Mark(u32::MAX)][mark as usize];
                let known = tree.get(&place).copied();
                if puts && known.is_none() {
                    places.insert(mark, place);
                    tree.insert(place, mark);
                } else if !puts {
                    let removed = places.remove(mark, |found| found == place);
                    prop_assert_eq!(removed, (known == Some(mark)).then_some(place));
                    if removed.is_some() {
                        tree.remove(&place);
                    }
                }
                prop_assert_eq!(places.len(), tree.len());
                for (place, mark) in &tree {
                    prop_assert_eq!(places.find(*mark, |found| found == *place), Some(*place));
                }
                prop_assert_eq!(places.find(Mark(3), |_| true), None);
            }
        }
    }
}
