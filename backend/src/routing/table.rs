//! Things by their ids, many of them and never in one place for long: found by hash, listed in the order of their ids.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;
use std::ops::Index;

use baton_shared::*;
use hashbrown::HashTable;
use prefetch_index::prefetch_index;
use rustc_hash::FxBuildHasher;
use serde::{Serialize, Serializer};

use super::recent::Recent;

/// A thing that knows its id.
pub trait Identified<Id> {
    /// Returns it.
    fn id(&self) -> &Id;

    /// Asks for all of its memory, where that is so much that waiting for one part after the other takes long.
    fn prefetch(&self) {}
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
        self.len() == 0
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
        let place = *self.places.find(hash(id), is_in(&self.slots, id))?;
        self.recent.set(place);
        self.slots[place as usize].iter().for_each(Identified::prefetch);
        Some(place)
    }

    /// Asks for the first memory of the one at a place, which is looked at later.
    pub(super) fn prefetch_at(&self, place: u32) {
        prefetch_index(&self.slots, place as usize);
    }

    /// Asks for all memory of the one at a place, which is looked at next.
    pub(super) fn prefetch_all_at(&self, place: u32) {
        self.at(place).into_iter().for_each(Identified::prefetch);
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
        let hashed = hash(&id);
        if let Some(place) = self.places.find(hashed, is_in(&self.slots, &id)).copied() {
            return (place, self.slots[place as usize].replace(make()));
        }
        let place = self.vacant.pop().unwrap_or_else(|| {
            u32::try_from(self.slots.len()).expect("there are fewer things than numbers for their places")
        });
        if self.slots.len() == place as usize {
            self.slots.push(None);
        }
        // The thing is written first: a write that waits for its memory would hold up the one of a whole thing behind it.
        self.slots[place as usize].get_or_insert_with(make);
        let slots = &self.slots;
        let hash_of = |place: &u32| slots[*place as usize].as_ref().map_or(0, |thing| hash(thing.id()));
        self.places.insert_unique(hashed, place, hash_of);
        (place, None)
    }

    /// Takes one out.
    pub fn remove(&mut self, id: &Id) -> Option<Thing> {
        let found = self.places.find_entry(hash(id), is_in(&self.slots, id)).ok()?;
        let (place, _) = found.remove();
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

/// Returns what an id hashes to.
pub(super) fn hash<Id: Hash>(id: &Id) -> u64 {
    FxBuildHasher.hash_one(id)
}

/// Says whether what stands at a place has an id.
fn is_in<Id: PartialEq, Thing: Identified<Id>>(slots: &[Option<Thing>], id: &Id) -> impl Fn(&u32) -> bool {
    move |place| slots[*place as usize].as_ref().is_some_and(|known| known.id() == id)
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

    fn prefetch(&self) {
        prefetch_index(std::slice::from_ref(&self.idle_since), 0);
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
