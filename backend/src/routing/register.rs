//! People and queues by their ids: found by hash, listed in the order of their ids, never taken out.

use std::hash::Hash;
use std::ops::Index;

use hashbrown::HashTable;
use serde::{Serialize, Serializer};

use super::recent::Recent;
use super::table::{Identified, hash};

/// A map from ids to things that are never taken out, whose look-ups cost the same however many there are.
///
/// Each thing has a number, counted from 0 in the order in which they were put in, by which an index can keep what it knows
/// of them in a list. The ids stand side by side, so that finding a number reads nothing of the thing.
#[derive(Clone, Debug)]
pub struct Register<Id, Thing> {
    numbers: HashTable<u32>,
    ids: Vec<Id>,
    things: Vec<Thing>,
    /// The numbers, in the order of the ids.
    order: Vec<u32>,
    recent: Recent,
}

impl<Id, Thing> Default for Register<Id, Thing> {
    fn default() -> Self {
        Self {
            numbers: HashTable::new(),
            ids: Vec::new(),
            things: Vec::new(),
            order: Vec::new(),
            recent: Recent::default(),
        }
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
        self.number(id).is_some()
    }

    /// Returns the number of the one with an id.
    pub(super) fn number(&self, id: &Id) -> Option<u32> {
        let recent = self.recent.get();
        if self.ids.get(recent as usize) == Some(id) {
            return Some(recent);
        }
        self.search(id)
    }

    /// Asks for the memory of the one with a number.
    pub(super) fn prefetch(&self, number: u32) {
        self.things.get(number as usize).into_iter().for_each(Identified::prefetch);
    }

    // One copy for all who call it: decisions are short, and their code has to stay near the processor.
    #[inline(never)]
    fn search(&self, id: &Id) -> Option<u32> {
        let number = *self.numbers.find(hash(id), |number| self.ids[*number as usize] == *id)?;
        self.recent.set(number);
        Some(number)
    }

    /// Returns the one with a number.
    pub(super) fn numbered(&self, number: u32) -> Option<&Thing> {
        self.things.get(number as usize)
    }

    /// Returns the one with a number, for writing.
    pub(super) fn numbered_mut(&mut self, number: u32) -> Option<&mut Thing> {
        self.things.get_mut(number as usize)
    }

    /// Returns the one with an id.
    pub fn get(&self, id: &Id) -> Option<&Thing> {
        self.numbered(self.number(id)?)
    }

    /// Returns the one with an id, for writing.
    pub fn get_mut(&mut self, id: &Id) -> Option<&mut Thing> {
        self.numbered_mut(self.number(id)?)
    }

    /// Puts one in, and returns the one that had its id.
    pub fn insert(&mut self, thing: Thing) -> Option<Thing> {
        let id = *thing.id();
        if let Some(known) = self.get_mut(&id) {
            return Some(std::mem::replace(known, thing));
        }
        let number = u32::try_from(self.ids.len()).expect("there are fewer things than numbers for them");
        let place = self.order.partition_point(|other| self.ids[*other as usize] < id);
        self.order.insert(place, number);
        self.ids.push(id);
        self.things.push(thing);
        let ids = &self.ids;
        self.numbers.insert_unique(hash(&id), number, |number| hash(&ids[*number as usize]));
        None
    }

    /// Returns all of them with their ids, in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &Thing)> {
        self.order.iter().map(|number| (&self.ids[*number as usize], &self.things[*number as usize]))
    }

    /// Returns all of them, in the order of their ids.
    pub fn values(&self) -> impl Iterator<Item = &Thing> {
        self.iter().map(|(_, thing)| thing)
    }

    /// Returns all of them for writing, in the order in which they were put in.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Thing> {
        self.things.iter_mut()
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
