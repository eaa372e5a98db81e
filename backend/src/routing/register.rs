//! People and queues by their ids: found by hash, listed in the order of their ids, never taken out.

use std::hash::Hash;
use std::ops::Index;

use serde::{Serialize, Serializer};

use super::table::{Identified, Table};

/// A map from ids to things that are never taken out, whose look-ups cost the same however many there are.
///
/// Each thing has a number, counted from 0 in the order in which they were put in, by which an index can keep what it knows
/// of them in a list.
#[derive(Clone, Debug)]
pub struct Register<Id, Thing> {
    table: Table<Id, Thing>,
    /// The numbers, in the order of the ids.
    order: Vec<u32>,
}

impl<Id, Thing> Default for Register<Id, Thing> {
    fn default() -> Self {
        Self { table: Table::default(), order: Vec::new() }
    }
}

impl<Id: Copy + Ord + Hash, Thing: Identified<Id>> Register<Id, Thing> {
    /// Returns how many there are.
    pub const fn len(&self) -> usize {
        self.order.len()
    }

    /// Says whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Says whether there is one with an id.
    pub fn contains_key(&self, id: &Id) -> bool {
        self.table.contains_key(id)
    }

    /// Returns the number of the one with an id.
    pub(super) fn number(&self, id: &Id) -> Option<u32> {
        self.table.place(id)
    }

    /// Returns the one with a number.
    pub(super) fn numbered(&self, number: u32) -> Option<&Thing> {
        self.table.at(number)
    }

    /// Returns the one with a number, for writing.
    pub(super) fn numbered_mut(&mut self, number: u32) -> Option<&mut Thing> {
        self.table.at_mut(number)
    }

    /// Returns the one with an id.
    pub fn get(&self, id: &Id) -> Option<&Thing> {
        self.table.get(id)
    }

    /// Returns the one with an id, for writing.
    pub fn get_mut(&mut self, id: &Id) -> Option<&mut Thing> {
        self.table.get_mut(id)
    }

    /// Puts one in, and returns the one that had its id.
    pub fn insert(&mut self, thing: Thing) -> Option<Thing> {
        let id = *thing.id();
        let before = self.table.insert(thing);
        if before.is_none() {
            let sooner = |number: &u32| self.table.at(*number).is_some_and(|known| *known.id() < id);
            let place = self.order.partition_point(sooner);
            self.order.extend(self.table.place(&id));
            self.order[place..].rotate_right(1);
        }
        before
    }

    /// Returns all of them with their ids, in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &Thing)> {
        self.order.iter().filter_map(|number| self.table.at(*number)).map(|thing| (thing.id(), thing))
    }

    /// Returns all of them, in the order of their ids.
    pub fn values(&self) -> impl Iterator<Item = &Thing> {
        self.iter().map(|(_, thing)| thing)
    }

    /// Returns all of them for writing, in the order in which they were put in.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Thing> {
        self.table.values_mut()
    }

    /// Returns all ids, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &Id> {
        self.iter().map(|(id, _)| id)
    }
}

impl<Id: Copy + Ord + Hash, Thing: Identified<Id>> FromIterator<Thing> for Register<Id, Thing> {
    fn from_iter<Things: IntoIterator<Item = Thing>>(things: Things) -> Self {
        let mut register = Self::default();
        things.into_iter().for_each(|thing| drop(register.insert(thing)));
        register
    }
}

impl<Id: Copy + Ord + Hash, Thing: Identified<Id>> Index<&Id> for Register<Id, Thing> {
    type Output = Thing;

    fn index(&self, id: &Id) -> &Thing {
        self.get(id).expect("the one that is asked for is there")
    }
}

impl<Id: Copy + Ord + Hash + Serialize, Thing: Identified<Id> + Serialize> Serialize for Register<Id, Thing> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Named = (u32, &'static str);

    impl Identified<u32> for Named {
        fn id(&self) -> &u32 {
            &self.0
        }
    }

    #[test]
    fn things_are_listed_by_id_and_numbered_by_when_they_came() {
        let register: Register<u32, Named> = [(7, "g"), (2, "b"), (9, "i"), (2, "B")].into_iter().collect();
        assert_eq!(register.values().copied().collect::<Vec<_>>(), [(2, "B"), (7, "g"), (9, "i")]);
        assert_eq!([7, 2, 9, 1].map(|id| register.number(&id)), [Some(0), Some(1), Some(2), None]);
        assert_eq!(register.numbered(1), Some(&(2, "B")));
    }
}
