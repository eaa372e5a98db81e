//! Things by their ids, many of them and never in one place for long: found by hash, listed in the order of their ids.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;
use std::ops::Index;
use std::sync::atomic::{AtomicU32, Ordering};

use baton_shared::*;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxBuildHasher;
use serde::{Serialize, Serializer};

/// A thing that knows its id.
pub trait Identified<Id> {
    /// Returns it.
    fn id(&self) -> &Id;
}

/// A map from ids to things whose look-ups cost the same however many there are.
///
/// The things stand side by side in one list, in which a removed one leaves room for the next; what is hashed holds only
/// their places in it, so that it is small enough to stay near the processor. Listing them in the order
/// of their ids sorts, so whoever looks for a few of many uses [`Table::matching`].
#[derive(Clone, Debug)]
pub struct Table<Id, Thing> {
    places: HashTable<u32>,
    slots: Vec<Option<Thing>>,
    vacant: Vec<u32>,
    recent: Recent,
    ids: PhantomData<Id>,
}

/// The place that was looked up last: events come in groups about the same thing, and then nothing has to be hashed.
///
/// It is only ever a guess that is checked, so that it does not matter who writes it when.
#[derive(Debug, Default)]
struct Recent(AtomicU32);

impl Recent {
    fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, place: u32) {
        self.0.store(place, Ordering::Relaxed);
    }
}

impl Clone for Recent {
    fn clone(&self) -> Self {
        Self(AtomicU32::new(self.get()))
    }
}

impl<Id, Thing> Default for Table<Id, Thing> {
    fn default() -> Self {
        Self {
            places: HashTable::new(),
            slots: Vec::new(),
            vacant: Vec::new(),
            recent: Recent::default(),
            ids: PhantomData,
        }
    }
}

impl<Id: Copy + Ord + Hash, Thing: Identified<Id>> Table<Id, Thing> {
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
        let recent = self.recent.get();
        if self.at(recent).is_some_and(|known| known.id() == id) {
            return Some(recent);
        }
        self.search(id)
    }

    // One copy for all who call it: decisions are short, and their code has to stay near the processor.
    #[inline(never)]
    fn search(&self, id: &Id) -> Option<u32> {
        let is_it = |place: &u32| self.slots[*place as usize].as_ref().is_some_and(|known| known.id() == id);
        let place = self.places.find(FxBuildHasher.hash_one(id), is_it).copied()?;
        self.recent.set(place);
        Some(place)
    }

    /// Notes that the next look-ups are for the one at a place.
    pub(super) fn expect(&self, place: u32) {
        self.recent.set(place);
    }

    /// Returns the one at a place.
    pub(super) fn at(&self, place: u32) -> Option<&Thing> {
        self.slots.get(place as usize)?.as_ref()
    }

    /// Returns the one at a place, for writing.
    pub(super) fn at_mut(&mut self, place: u32) -> Option<&mut Thing> {
        self.slots.get_mut(place as usize)?.as_mut()
    }

    /// Returns the one with an id.
    pub fn get(&self, id: &Id) -> Option<&Thing> {
        self.slots[self.place(id)? as usize].as_ref()
    }

    /// Returns the one with an id, for writing.
    pub fn get_mut(&mut self, id: &Id) -> Option<&mut Thing> {
        let place = self.place(id)?;
        self.slots[place as usize].as_mut()
    }

    /// Puts one in, and returns the one that had its id.
    pub fn insert(&mut self, thing: Thing) -> Option<Thing> {
        self.put(*thing.id(), || thing).1
    }

    /// Puts the one with an id in, made where it is to stand, and returns its place and the one that had its id.
    pub(super) fn put(&mut self, id: Id, make: impl FnOnce() -> Thing) -> (u32, Option<Thing>) {
        let slots = &self.slots;
        let is_it = |place: &u32| slots[*place as usize].as_ref().is_some_and(|known| *known.id() == id);
        let hash_of = |place: &u32| {
            slots[*place as usize].as_ref().map_or(0, |thing| FxBuildHasher.hash_one(thing.id()))
        };
        match self.places.entry(FxBuildHasher.hash_one(id), is_it, hash_of) {
            Entry::Occupied(known) => {
                let place = *known.get();
                (place, self.slots[place as usize].replace(make()))
            }
            Entry::Vacant(free) => {
                let place = self.vacant.pop().unwrap_or_else(|| {
                    u32::try_from(slots.len()).expect("there are fewer things than numbers for their places")
                });
                free.insert(place);
                if self.slots.len() == place as usize {
                    self.slots.push(None);
                }
                self.slots[place as usize].get_or_insert_with(make);
                (place, None)
            }
        }
    }

    /// Takes one out.
    pub fn remove(&mut self, id: &Id) -> Option<Thing> {
        let slots = &self.slots;
        let is_it = |place: &u32| slots[*place as usize].as_ref().is_some_and(|known| known.id() == id);
        let (place, _) = self.places.find_entry(FxBuildHasher.hash_one(id), is_it).ok()?.remove();
        self.vacant.push(place);
        self.slots[place as usize].take()
    }

    /// Returns those for which `holds` is true, in the order of their ids.
    pub fn matching(&self, holds: impl Fn(&Thing) -> bool) -> Vec<&Thing> {
        let mut found: Vec<&Thing> = self.slots.iter().flatten().filter(|thing| holds(thing)).collect();
        found.sort_unstable_by_key(|thing| *thing.id());
        found
    }

    /// Returns all of them, in the order of their ids.
    pub fn values(&self) -> impl Iterator<Item = &Thing> {
        self.matching(|_| true).into_iter()
    }

    /// Returns all of them for writing, in the order of their places.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Thing> {
        self.slots.iter_mut().flatten()
    }

    /// Returns all ids, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &Id> {
        self.ordered().into_keys()
    }

    fn ordered(&self) -> BTreeMap<&Id, &Thing> {
        self.slots.iter().flatten().map(|thing| (thing.id(), thing)).collect()
    }
}

impl<Id: Copy + Ord + Hash, Thing: Identified<Id>> FromIterator<Thing> for Table<Id, Thing> {
    fn from_iter<Things: IntoIterator<Item = Thing>>(things: Things) -> Self {
        let mut table = Self::default();
        things.into_iter().for_each(|thing| drop(table.insert(thing)));
        table
    }
}

impl<Id: Copy + Ord + Hash, Thing: Identified<Id>> Index<&Id> for Table<Id, Thing> {
    type Output = Thing;

    fn index(&self, id: &Id) -> &Thing {
        self.get(id).expect("the one that is asked for is there")
    }
}

impl<Id: Copy + Ord + Hash + Serialize, Thing: Identified<Id> + Serialize> Serialize for Table<Id, Thing> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.ordered().serialize(serializer)
    }
}

impl Identified<AgentId> for Agent {
    fn id(&self) -> &AgentId {
        &self.id
    }
}

impl Identified<QueueId> for Queue {
    fn id(&self) -> &QueueId {
        &self.id
    }
}

impl Identified<SegmentId> for Segment {
    fn id(&self) -> &SegmentId {
        &self.id
    }
}

impl Identified<OfferId> for Offer {
    fn id(&self) -> &OfferId {
        &self.id
    }
}
