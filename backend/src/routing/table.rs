//! Things by their ids, many of them and never in one place for long: found by hash, listed in the order of their ids.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash};
use std::ops::Index;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxBuildHasher;
use serde::{Serialize, Serializer};

/// A map from ids to things whose look-ups cost the same however many there are.
///
/// The things stand side by side in one list, in which a removed one leaves room for the next; what is hashed holds only
/// their places in it, so that it is small enough to stay near the processor. Listing them in the order
/// of their ids sorts, so whoever looks for a few of many uses [`Table::matching`].
#[derive(Clone, Debug)]
pub struct Table<Id, Thing> {
    places: HashTable<u32>,
    slots: Vec<Option<(Id, Thing)>>,
    vacant: Vec<u32>,
}

impl<Id, Thing> Default for Table<Id, Thing> {
    fn default() -> Self {
        Self { places: HashTable::new(), slots: Vec::new(), vacant: Vec::new() }
    }
}

impl<Id: Copy + Ord + Hash, Thing> Table<Id, Thing> {
    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Says whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Says whether there is one with an id.
    pub fn contains_key(&self, id: &Id) -> bool {
        self.place(id).is_some()
    }

    /// Returns the place of the one with an id, which stays the same until it is taken out.
    pub(super) fn place(&self, id: &Id) -> Option<u32> {
        let is_it = |place: &u32| self.slots[*place as usize].as_ref().is_some_and(|(known, _)| known == id);
        self.places.find(FxBuildHasher.hash_one(id), is_it).copied()
    }

    /// Returns the one at a place, with its id.
    pub(super) fn at(&self, place: u32) -> Option<&(Id, Thing)> {
        self.slots.get(place as usize)?.as_ref()
    }

    /// Returns the one at a place, for writing.
    pub(super) fn at_mut(&mut self, place: u32) -> Option<&mut Thing> {
        self.slots.get_mut(place as usize)?.as_mut().map(|(_, thing)| thing)
    }

    /// Returns the one with an id.
    pub fn get(&self, id: &Id) -> Option<&Thing> {
        self.slots[self.place(id)? as usize].as_ref().map(|(_, thing)| thing)
    }

    /// Returns the one with an id, for writing.
    pub fn get_mut(&mut self, id: &Id) -> Option<&mut Thing> {
        let place = self.place(id)?;
        self.slots[place as usize].as_mut().map(|(_, thing)| thing)
    }

    /// Puts one in, and returns the one that had its id.
    pub fn insert(&mut self, id: Id, thing: Thing) -> Option<Thing> {
        self.put(id, thing).1
    }

    /// Puts one in, and returns its place and the one that had its id.
    pub(super) fn put(&mut self, id: Id, thing: Thing) -> (u32, Option<Thing>) {
        let slots = &self.slots;
        let is_it = |place: &u32| slots[*place as usize].as_ref().is_some_and(|(known, _)| *known == id);
        let hash_of =
            |place: &u32| slots[*place as usize].as_ref().map_or(0, |(id, _)| FxBuildHasher.hash_one(id));
        match self.places.entry(FxBuildHasher.hash_one(id), is_it, hash_of) {
            Entry::Occupied(known) => {
                let place = *known.get();
                (place, self.slots[place as usize].replace((id, thing)).map(|(_, before)| before))
            }
            Entry::Vacant(free) => {
                let place = self.vacant.pop().unwrap_or_else(|| {
                    u32::try_from(slots.len()).expect("there are fewer things than numbers for their places")
                });
                free.insert(place);
                match self.slots.get_mut(place as usize) {
                    Some(slot) => *slot = Some((id, thing)),
                    None => self.slots.push(Some((id, thing))),
                }
                (place, None)
            }
        }
    }

    /// Takes one out.
    pub fn remove(&mut self, id: &Id) -> Option<Thing> {
        let slots = &self.slots;
        let is_it = |place: &u32| slots[*place as usize].as_ref().is_some_and(|(known, _)| known == id);
        let (place, _) = self.places.find_entry(FxBuildHasher.hash_one(id), is_it).ok()?.remove();
        self.vacant.push(place);
        self.slots[place as usize].take().map(|(_, thing)| thing)
    }

    /// Returns those for which `holds` is true, in the order of their ids.
    pub fn matching(&self, holds: impl Fn(&Thing) -> bool) -> Vec<&Thing> {
        let mut found: Vec<&(Id, Thing)> =
            self.slots.iter().flatten().filter(|(_, thing)| holds(thing)).collect();
        found.sort_unstable_by_key(|(id, _)| *id);
        found.into_iter().map(|(_, thing)| thing).collect()
    }

    /// Returns all of them, in the order of their ids.
    pub fn values(&self) -> impl Iterator<Item = &Thing> {
        self.matching(|_| true).into_iter()
    }

    /// Returns all of them for writing, in the order of their places.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Thing> {
        self.slots.iter_mut().flatten().map(|(_, thing)| thing)
    }

    /// Returns all ids, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &Id> {
        self.ordered().into_keys()
    }

    fn ordered(&self) -> BTreeMap<&Id, &Thing> {
        self.slots.iter().flatten().map(|(id, thing)| (id, thing)).collect()
    }
}

impl<Id: Copy + Ord + Hash, Thing> FromIterator<(Id, Thing)> for Table<Id, Thing> {
    fn from_iter<Things: IntoIterator<Item = (Id, Thing)>>(things: Things) -> Self {
        let mut table = Self::default();
        things.into_iter().for_each(|(id, thing)| drop(table.insert(id, thing)));
        table
    }
}

impl<Id: Copy + Ord + Hash, Thing> Index<&Id> for Table<Id, Thing> {
    type Output = Thing;

    fn index(&self, id: &Id) -> &Thing {
        self.get(id).expect("the one that is asked for is there")
    }
}

impl<Id: Copy + Ord + Hash + Serialize, Thing: Serialize> Serialize for Table<Id, Thing> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.ordered().serialize(serializer)
    }
}
