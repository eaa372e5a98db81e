//! Sets and maps that most often hold nothing or one thing, which then takes no memory of its own.
//!
//! A server keeps hundreds of thousands of conversations, each with a few of these: what a tree would set aside for them is
//! several times what they hold. In JSON they look like any set and map.

use core::hash::Hash;
use core::ops::Deref;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A map in the order of its keys, without memory of its own for one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum FewMap<Key, Thing> {
    /// Empty.
    #[default]
    None,
    /// One entry.
    One(Key, Thing),
    /// Two entries or more.
    Many(Box<BTreeMap<Key, Thing>>),
}

impl<Key: Ord, Thing> FewMap<Key, Thing> {
    /// Returns how many entries there are.
    pub fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(..) => 1,
            Self::Many(many) => many.len(),
        }
    }

    /// Says whether there is nothing.
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Returns a thing, if it is there.
    pub fn get(&self, key: &Key) -> Option<&Thing> {
        match self {
            Self::None => None,
            Self::One(known, thing) => (known == key).then_some(thing),
            Self::Many(many) => many.get(key),
        }
    }

    /// Says whether there is a thing with this key.
    pub fn contains_key(&self, key: &Key) -> bool {
        self.get(key).is_some()
    }

    /// Puts a thing in, in the place of what has the same key, and returns that.
    pub fn insert(&mut self, key: Key, thing: Thing) -> Option<Thing> {
        match self {
            Self::None => {
                *self = Self::One(key, thing);
                None
            }
            Self::One(known, before) if *known == key => Some(core::mem::replace(before, thing)),
            Self::One(..) => {
                let mut many: BTreeMap<Key, Thing> = core::mem::take(self).into_entries().collect();
                many.insert(key, thing);
                *self = Self::Many(Box::new(many));
                None
            }
            Self::Many(many) => many.insert(key, thing),
        }
    }

    /// Takes a thing out, if it is there.
    pub fn remove(&mut self, key: &Key) -> Option<Thing> {
        match self {
            Self::One(known, _) if known == key => match core::mem::take(self) {
                Self::One(_, thing) => Some(thing),
                Self::None | Self::Many(_) => None,
            },
            Self::None | Self::One(..) => None,
            Self::Many(many) => {
                let removed = many.remove(key);
                // One entry always looks the same, so that equal maps are equal.
                if many.len() == 1
                    && let Some((key, thing)) = many.pop_first()
                {
                    *self = Self::One(key, thing);
                }
                removed
            }
        }
    }

    /// Returns keys with things, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Thing)> {
        let (one, many) = match self {
            Self::None => (None, None),
            Self::One(key, thing) => (Some((key, thing)), None),
            Self::Many(many) => (None, Some(many.iter())),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }

    /// Returns the keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.iter().map(|(key, _)| key)
    }

    /// Returns the things in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &Thing> {
        self.iter().map(|(_, thing)| thing)
    }

    fn into_entries(self) -> impl Iterator<Item = (Key, Thing)> {
        let (one, many) = match self {
            Self::None => (None, None),
            Self::One(key, thing) => (Some((key, thing)), None),
            Self::Many(many) => (None, Some(many.into_iter())),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}

impl<Key: Ord, Thing> Extend<(Key, Thing)> for FewMap<Key, Thing> {
    fn extend<Entries: IntoIterator<Item = (Key, Thing)>>(&mut self, entries: Entries) {
        entries.into_iter().for_each(|(key, thing)| drop(self.insert(key, thing)));
    }
}

impl<Key: Ord, Thing> FromIterator<(Key, Thing)> for FewMap<Key, Thing> {
    fn from_iter<Entries: IntoIterator<Item = (Key, Thing)>>(entries: Entries) -> Self {
        let mut map = Self::None;
        map.extend(entries);
        map
    }
}

impl<Key: Ord + Serialize, Thing: Serialize> Serialize for FewMap<Key, Thing> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, Key: Ord + Deserialize<'de>, Thing: Deserialize<'de>> Deserialize<'de> for FewMap<Key, Thing> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::deserialize(deserializer)?.into_iter().collect())
    }
}

/// A set in the order of its things, without memory of its own for one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FewSet<Thing>(FewMap<Thing, ()>);

impl<Thing> Default for FewSet<Thing> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Thing> FewSet<Thing> {
    /// Returns an empty set.
    pub const fn new() -> Self {
        Self(FewMap::None)
    }
}

impl<Thing: Ord> FewSet<Thing> {
    /// Says whether there is nothing.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says whether a thing is there.
    pub fn contains(&self, thing: &Thing) -> bool {
        self.0.contains_key(thing)
    }

    /// Puts a thing in, and says whether it was not there.
    pub fn insert(&mut self, thing: Thing) -> bool {
        self.0.insert(thing, ()).is_none()
    }

    /// Takes a thing out, and says whether it was there.
    pub fn remove(&mut self, thing: &Thing) -> bool {
        self.0.remove(thing).is_some()
    }

    /// Returns the things in order.
    pub fn iter(&self) -> impl Iterator<Item = &Thing> {
        self.0.keys()
    }
}

impl<Thing: Ord> FromIterator<Thing> for FewSet<Thing> {
    fn from_iter<Things: IntoIterator<Item = Thing>>(things: Things) -> Self {
        Self(things.into_iter().map(|thing| (thing, ())).collect())
    }
}

impl<Thing: Ord + Serialize> Serialize for FewSet<Thing> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de, Thing: Ord + Deserialize<'de>> Deserialize<'de> for FewSet<Thing> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

/// A tree that most often is empty, which then takes one word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rare<Tree>(Option<Box<Tree>>);

/// A tree that can be empty.
pub trait CanBeEmpty: Default + 'static {
    /// An empty one.
    const EMPTY: &'static Self;

    /// Says whether there is nothing in it.
    fn is_empty(&self) -> bool;
}

impl<Thing: 'static> CanBeEmpty for BTreeSet<Thing> {
    const EMPTY: &'static Self = &Self::new();

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl<Key: 'static, Thing: 'static> CanBeEmpty for BTreeMap<Key, Thing> {
    const EMPTY: &'static Self = &Self::new();

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl<Tree> Rare<Tree> {
    /// Returns an empty tree.
    pub const fn new() -> Self {
        Self(None)
    }
}

impl<Tree> Default for Rare<Tree> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Tree: CanBeEmpty> Rare<Tree> {
    /// Changes the tree, and returns what the change returns.
    pub fn change<Returned>(&mut self, change: impl FnOnce(&mut Tree) -> Returned) -> Returned {
        let returned = change(self.0.get_or_insert_default());
        // An empty tree always looks the same, so that equal ones are equal.
        self.0.take_if(|tree| tree.is_empty());
        returned
    }
}

impl<Tree: CanBeEmpty> Deref for Rare<Tree> {
    type Target = Tree;

    fn deref(&self) -> &Tree {
        self.0.as_deref().unwrap_or(Tree::EMPTY)
    }
}

impl<Tree: CanBeEmpty> From<Tree> for Rare<Tree> {
    fn from(tree: Tree) -> Self {
        Self((!tree.is_empty()).then(|| Box::new(tree)))
    }
}

impl<Tree: CanBeEmpty + FromIterator<Thing>, Thing> FromIterator<Thing> for Rare<Tree> {
    fn from_iter<Things: IntoIterator<Item = Thing>>(things: Things) -> Self {
        things.into_iter().collect::<Tree>().into()
    }
}

impl<Tree: CanBeEmpty + Serialize> Serialize for Rare<Tree> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, Tree: CanBeEmpty + Deserialize<'de>> Deserialize<'de> for Rare<Tree> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Tree::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_map_of_few_is_a_map(steps in proptest::collection::vec((any::<bool>(), 0..4u8, any::<u8>()), 0..24)) {
            let (mut few, mut tree) = (FewMap::default(), BTreeMap::new());
            for (puts_in, key, thing) in steps {
                if puts_in {
                    prop_assert_eq!(few.insert(key, thing), tree.insert(key, thing));
                } else {
                    prop_assert_eq!(few.remove(&key), tree.remove(&key));
                }
                prop_assert_eq!(few.len(), tree.len());
                prop_assert_eq!(few.is_empty(), tree.is_empty());
                prop_assert_eq!(few.get(&key), tree.get(&key));
                prop_assert!(few.iter().eq(tree.iter()));
                prop_assert_eq!(&few, &tree.iter().map(|(key, thing)| (*key, *thing)).collect());
            }
        }

        #[test]
        fn a_rare_tree_is_a_tree(steps in proptest::collection::vec((any::<bool>(), 0..4u8), 0..24)) {
            let (mut rare, mut tree): (Rare<BTreeSet<u8>>, _) = (Rare::new(), BTreeSet::new());
            for (puts_in, thing) in steps {
                let change = |tree: &mut BTreeSet<u8>| if puts_in { tree.insert(thing) } else { tree.remove(&thing) };
                prop_assert_eq!(rare.change(change), change(&mut tree));
                prop_assert_eq!(&*rare, &tree);
                prop_assert_eq!(&rare, &tree.iter().copied().collect());
                prop_assert_eq!(rare.0.is_none(), tree.is_empty());
                let json = serde_json::to_string(&rare).expect("it is JSON");
                prop_assert_eq!(&json, &serde_json::to_string(&tree).expect("it is JSON"));
                prop_assert_eq!(&rare, &serde_json::from_str(&json).expect("it reads back"));
            }
        }

        #[test]
        fn in_json_it_is_a_set(things in proptest::collection::btree_set(any::<u8>(), 0..4)) {
            let few: FewSet<u8> = things.iter().copied().collect();
            let json = serde_json::to_string(&few).expect("it is JSON");
            prop_assert_eq!(&json, &serde_json::to_string(&things).expect("it is JSON"));
            prop_assert_eq!(&few, &serde_json::from_str(&json).expect("it reads back"));
            prop_assert_eq!(few.iter().copied().collect::<BTreeSet<u8>>(), things);
        }
    }
}
