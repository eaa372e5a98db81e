//! An ordered set for things that mostly come in their order and leave from the front, as conversations do in a line.

use std::collections::{BTreeSet, VecDeque};

/// A set whose first thing, and each that comes last, cost the same however many there are.
///
/// What comes in order stands in a list; what comes out of order stands in a tree beside it. What leaves from the middle of
/// the list only is marked, until so much is that the list is written anew.
#[derive(Clone, Debug)]
pub(super) struct Sequence<Thing> {
    /// In order; neither the first nor the last is gone.
    arrived: VecDeque<Arrived<Thing>>,
    /// How many of them are gone.
    gone: usize,
    others: BTreeSet<Thing>,
}

#[derive(Clone, Copy, Debug)]
struct Arrived<Thing> {
    thing: Thing,
    gone: bool,
}

impl<Thing> Default for Sequence<Thing> {
    fn default() -> Self {
        Self { arrived: VecDeque::new(), gone: 0, others: BTreeSet::new() }
    }
}

impl<Thing: Copy + Ord> Sequence<Thing> {
    /// Puts a thing in.
    pub(super) fn insert(&mut self, thing: Thing) {
        if self.arrived.back().is_none_or(|last| last.thing < thing) {
            if self.others.is_empty() || !self.others.contains(&thing) {
                self.arrived.push_back(Arrived { thing, gone: false });
            }
        } else {
            self.insert_before_the_last(thing);
        }
    }

    /// Takes a thing out, if it is there.
    pub(super) fn remove(&mut self, thing: &Thing) {
        if self.arrived.front().is_some_and(|first| first.thing == *thing) {
            self.arrived.pop_front();
            self.drop_ends();
        } else if !self.mark(thing) {
            self.others.remove(thing);
        }
    }

    /// Returns the first thing.
    pub(super) fn first(&self) -> Option<Thing> {
        let arrived = self.arrived.front().map(|first| first.thing);
        match (arrived, self.others.first()) {
            (Some(arrived), Some(other)) => Some(arrived.min(*other)),
            (arrived, other) => arrived.or(other.copied()),
        }
    }

    /// Returns all things in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Thing> {
        let arrived = self.arrived.iter().filter(|arrived| !arrived.gone).map(|arrived| &arrived.thing);
        let (mut arrived, mut others) = (arrived.peekable(), self.others.iter().peekable());
        std::iter::from_fn(move || match (arrived.peek(), others.peek()) {
            (Some(one), Some(other)) if other < one => others.next(),
            (Some(_), _) => arrived.next(),
            (None, _) => others.next(),
        })
    }

    #[inline(never)]
    fn insert_before_the_last(&mut self, thing: Thing) {
        match self.place(&thing) {
            Some(place) => {
                let gone = std::mem::replace(&mut self.arrived[place].gone, false);
                self.gone -= usize::from(gone);
            }
            None => {
                self.others.insert(thing);
            }
        }
    }

    fn place(&self, thing: &Thing) -> Option<usize> {
        self.arrived.binary_search_by(|arrived| arrived.thing.cmp(thing)).ok()
    }

    /// Marks a thing as gone, and says whether it was in the list.
    #[inline(never)]
    fn mark(&mut self, thing: &Thing) -> bool {
        let Some(place) = self.place(thing) else { return false };
        if std::mem::replace(&mut self.arrived[place].gone, true) {
            return false;
        }
        self.gone += 1;
        self.drop_ends();
        if self.gone > self.arrived.len() / 2 {
            self.arrived.retain(|arrived| !arrived.gone);
            self.gone = 0;
        }
        true
    }

    fn drop_ends(&mut self) {
        while self.gone > 0 && self.arrived.front().is_some_and(|first| first.gone) {
            self.arrived.pop_front();
            self.gone -= 1;
        }
        while self.gone > 0 && self.arrived.back().is_some_and(|last| last.gone) {
            self.arrived.pop_back();
            self.gone -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_sequence_is_an_ordered_set(steps in proptest::collection::vec((0..3u8, 0..24u8), 0..200)) {
            let (mut sequence, mut tree) = (Sequence::default(), BTreeSet::new());
            for (step, thing) in steps {
                match step {
                    0 => {
                        sequence.insert(thing);
                        tree.insert(thing);
                    }
                    1 => {
                        sequence.remove(&thing);
                        tree.remove(&thing);
                    }
                    _ => {
                        let first = tree.pop_first();
                        prop_assert_eq!(sequence.first(), first);
                        first.iter().for_each(|first| sequence.remove(first));
                    }
                }
                prop_assert_eq!(sequence.first(), tree.first().copied());
                prop_assert!(sequence.iter().eq(tree.iter()));
            }
        }
    }
}
