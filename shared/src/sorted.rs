//! A map in one list, sorted by key.
//!
//! A desk holds tens of things of each kind, and its map is compiled once for every kind into what a browser downloads:
//! a list with a binary search takes a fraction of the code of a tree. In JSON it is an object, like any map.

use core::fmt;
use core::marker::PhantomData;
use core::ops::Index;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A map in one list, sorted by key; putting in and taking out move what lies behind.
#[derive(Clone, PartialEq, Eq)]
pub struct SortedMap<Key, Thing> {
    entries: Vec<(Key, Thing)>,
}

impl<Key: Ord, Thing> SortedMap<Key, Thing> {
    /// Returns an empty map.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    fn place(&self, key: &Key) -> Result<usize, usize> {
        self.entries.binary_search_by(|(known, _)| known.cmp(key))
    }

    /// Puts a thing in, in the place of what has the same key, and returns that.
    pub fn insert(&mut self, key: Key, thing: Thing) -> Option<Thing> {
        match self.place(&key) {
            Ok(place) => Some(core::mem::replace(&mut self.entries[place].1, thing)),
            Err(place) => {
                self.entries.insert(place, (key, thing));
                None
            }
        }
    }

    /// Takes a thing out, if it is there.
    pub fn remove(&mut self, key: &Key) -> Option<Thing> {
        self.place(key).ok().map(|place| self.entries.remove(place).1)
    }

    /// Returns a thing, if it is there.
    pub fn get(&self, key: &Key) -> Option<&Thing> {
        self.place(key).ok().map(|place| &self.entries[place].1)
    }

    /// Returns a thing to change, if it is there.
    pub fn get_mut(&mut self, key: &Key) -> Option<&mut Thing> {
        self.place(key).ok().map(|place| &mut self.entries[place].1)
    }

    /// Says whether there is a thing with this key.
    pub fn contains_key(&self, key: &Key) -> bool {
        self.place(key).is_ok()
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Returns how many things there are.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Says whether there is nothing.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns keys with things, in the order of the keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Key, &Thing)> + ExactSizeIterator {
        self.entries.iter().map(|(key, thing)| (key, thing))
    }

    /// Returns the keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Key> + ExactSizeIterator {
        self.entries.iter().map(|(key, _)| key)
    }

    /// Returns the things in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Thing> + ExactSizeIterator {
        self.entries.iter().map(|(_, thing)| thing)
    }

    /// Returns the things to change, in the order of their keys.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Thing> + ExactSizeIterator {
        self.entries.iter_mut().map(|(_, thing)| thing)
    }

    /// Returns the keys in order, without the things.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = Key> + ExactSizeIterator {
        self.entries.into_iter().map(|(key, _)| key)
    }

    /// Returns the things in the order of their keys, without the keys.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = Thing> + ExactSizeIterator {
        self.entries.into_iter().map(|(_, thing)| thing)
    }
}

impl<Key: Ord, Thing> Default for SortedMap<Key, Thing> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Key: fmt::Debug, Thing: fmt::Debug> fmt::Debug for SortedMap<Key, Thing> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.entries.iter().map(|(key, thing)| (key, thing))).finish()
    }
}

impl<Key: Ord, Thing> Index<&Key> for SortedMap<Key, Thing> {
    type Output = Thing;

    fn index(&self, key: &Key) -> &Thing {
        self.get(key).expect("whoever indexes knows that it is there")
    }
}

impl<Key: Ord, Thing> Extend<(Key, Thing)> for SortedMap<Key, Thing> {
    fn extend<Entries: IntoIterator<Item = (Key, Thing)>>(&mut self, entries: Entries) {
        for (key, thing) in entries {
            self.insert(key, thing);
        }
    }
}

impl<Key: Ord, Thing> FromIterator<(Key, Thing)> for SortedMap<Key, Thing> {
    fn from_iter<Entries: IntoIterator<Item = (Key, Thing)>>(entries: Entries) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<Key, Thing> IntoIterator for SortedMap<Key, Thing> {
    type Item = (Key, Thing);
    type IntoIter = std::vec::IntoIter<(Key, Thing)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<Key: Serialize, Thing: Serialize> Serialize for SortedMap<Key, Thing> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries.iter().map(|(key, thing)| (key, thing)))
    }
}

impl<'de, Key, Thing> Deserialize<'de> for SortedMap<Key, Thing>
where
    Key: Deserialize<'de> + Ord,
    Thing: Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor(PhantomData))
    }
}

struct MapVisitor<Key, Thing>(PhantomData<(Key, Thing)>);

impl<'de, Key, Thing> de::Visitor<'de> for MapVisitor<Key, Thing>
where
    Key: Deserialize<'de> + Ord,
    Thing: Deserialize<'de>,
{
    type Value = SortedMap<Key, Thing>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = SortedMap::new();
        while let Some(key) = entries.next_key()? {
            map.insert(key, entries.next_value()?);
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_map_in_the_order_of_its_keys() {
        let mut map: SortedMap<u8, &str> = [(3, "c"), (1, "a"), (2, "b")].into_iter().collect();
        assert_eq!(map.iter().collect::<Vec<_>>(), [(&1, &"a"), (&2, &"b"), (&3, &"c")]);
        assert_eq!(map.insert(2, "B"), Some("b"));
        assert_eq!((map.get(&2), map.get(&4), map.len()), (Some(&"B"), None, 3));
        assert_eq!((map.remove(&1), map.remove(&1)), (Some("a"), None));
        assert_eq!(map.into_values().collect::<Vec<_>>(), ["B", "c"]);
    }

    #[test]
    fn in_json_it_is_an_object_that_may_come_in_any_order() {
        let map: SortedMap<String, u8> = serde_json::from_str(r#"{"b":2,"a":1}"#).expect("it is an object");
        assert_eq!(serde_json::to_string(&map).expect("it can be written"), r#"{"a":1,"b":2}"#);
    }
}
