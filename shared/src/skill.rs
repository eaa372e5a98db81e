//! What someone can do, and how well: skills, each at a level.

use core::fmt;
use std::collections::BTreeMap;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::few::Rare;
use crate::ids::SkillId;

/// How well someone can do something: 1, which is having the skill at all, to 10.
///
/// Whole numbers, because what compares people is a judgement of people: finer steps would say more than anyone knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(u8);

impl Level {
    /// The least there is: having the skill at all.
    pub const LEAST: Self = Self(1);

    /// The highest there is.
    pub const MOST: Self = Self(10);

    /// Returns the level of a number, if there is one: 1 to 10.
    pub const fn new(number: u8) -> Option<Self> {
        if number >= Self::LEAST.0 && number <= Self::MOST.0 { Some(Self(number)) } else { None }
    }

    /// Says whether it is the least, which need not be written.
    pub const fn is_least(&self) -> bool {
        self.0 == Self::LEAST.0
    }
}

impl Default for Level {
    fn default() -> Self {
        Self::LEAST
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.0
    }
}

impl TryFrom<u8> for Level {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("a level is a whole number from 1 to 10")
    }
}

/// A skill at a level, as it is written: an id alone stands for the least level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum SkillAtLevel {
    /// At the least level.
    Least(SkillId),
    /// At a level.
    At(SkillLevel),
}

/// A skill and a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SkillLevel {
    /// Which skill.
    pub skill: SkillId,
    /// At which level.
    #[serde(default)]
    pub level: Level,
}

/// Skills, each at a level: what someone can do, or the least that is asked of them.
///
/// In JSON it is a list; a skill at the least level is its id alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Skills(Rare<BTreeMap<SkillId, Level>>);

impl Skills {
    /// Returns no skills.
    pub const fn new() -> Self {
        Self(Rare::new())
    }

    /// Says whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns at which level a skill is there, if it is.
    pub fn level(&self, skill: SkillId) -> Option<Level> {
        self.0.get(&skill).copied()
    }

    /// Says whether a skill is there, at any level.
    pub fn contains(&self, skill: &SkillId) -> bool {
        self.0.contains_key(skill)
    }

    /// Puts a skill in, in the place of the same at another level.
    pub fn insert(&mut self, skill: SkillId, level: Level) {
        self.0.change(|skills| skills.insert(skill, level));
    }

    /// Takes a skill out, if it is there.
    pub fn remove(&mut self, skill: &SkillId) {
        self.0.change(|skills| skills.remove(skill));
    }

    /// Returns the skills with their levels, in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = (SkillId, Level)> {
        self.0.iter().map(|(skill, level)| (*skill, *level))
    }

    /// Returns the skills, in the order of their ids.
    pub fn ids(&self) -> impl Iterator<Item = SkillId> {
        self.0.keys().copied()
    }

    /// Says whether each that is asked for is there, at its level or above.
    pub fn meet(&self, asked: &Self) -> bool {
        asked.iter().all(|(skill, level)| self.meets(skill, level))
    }

    /// Says whether a skill is there at a level or above.
    pub fn meets(&self, skill: SkillId, level: Level) -> bool {
        self.level(skill).is_some_and(|held| held >= level)
    }
}

impl FromIterator<(SkillId, Level)> for Skills {
    fn from_iter<All: IntoIterator<Item = (SkillId, Level)>>(all: All) -> Self {
        Self(all.into_iter().collect())
    }
}

impl FromIterator<SkillId> for Skills {
    /// Takes each at the least level.
    fn from_iter<All: IntoIterator<Item = SkillId>>(all: All) -> Self {
        all.into_iter().map(|skill| (skill, Level::LEAST)).collect()
    }
}

impl<const COUNT: usize> From<[SkillId; COUNT]> for Skills {
    /// Takes each at the least level.
    fn from(skills: [SkillId; COUNT]) -> Self {
        skills.into_iter().collect()
    }
}

impl Serialize for Skills {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for (skill, level) in self.iter() {
            list.serialize_element(&if level.is_least() {
                SkillAtLevel::Least(skill)
            } else {
                SkillAtLevel::At(SkillLevel { skill, level })
            })?;
        }
        list.end()
    }
}

// Not derived, so that what is wrong with one is said and not only that nothing fits.
impl<'de> Deserialize<'de> for SkillAtLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = SkillAtLevel;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a skill's id, or an object with `skill` and `level`")
            }

            fn visit_str<E: de::Error>(self, id: &str) -> Result<SkillAtLevel, E> {
                id.parse().map(SkillAtLevel::Least).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SkillAtLevel, A::Error> {
                SkillLevel::deserialize(MapAccessDeserializer::new(map)).map(SkillAtLevel::At)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Skills {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = Skills;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of skills")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Skills, A::Error> {
                let mut skills = BTreeMap::new();
                while let Some(next) = list.next_element()? {
                    let (skill, level) = match next {
                        SkillAtLevel::Least(skill) => (skill, Level::LEAST),
                        SkillAtLevel::At(SkillLevel { skill, level }) => (skill, level),
                    };
                    if skills.insert(skill, level).is_some_and(|before| before != level) {
                        return Err(de::Error::custom(format!("`{skill}` stands there at two levels")));
                    }
                }
                Ok(Skills(skills.into()))
            }
        }

        deserializer.deserialize_seq(List)
    }
}

#[cfg(feature = "openapi")]
mod schema {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
    use utoipa::openapi::{Ref, RefOr, Schema};
    use utoipa::{PartialSchema, ToSchema};

    use super::{Level, SkillAtLevel, Skills};

    impl PartialSchema for Level {
        fn schema() -> RefOr<Schema> {
            let number = ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer));
            number.minimum(Some(Self::LEAST.0)).maximum(Some(Self::MOST.0)).into()
        }
    }

    impl ToSchema for Level {}

    impl PartialSchema for Skills {
        fn schema() -> RefOr<Schema> {
            ArrayBuilder::new().items(Ref::from_schema_name(SkillAtLevel::name())).into()
        }
    }

    impl ToSchema for Skills {
        fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            schemas.push((SkillAtLevel::name().into_owned(), SkillAtLevel::schema()));
            SkillAtLevel::schemas(schemas);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRENCH: SkillId = SkillId::from_bits(1);
    const GERMAN: SkillId = SkillId::from_bits(2);

    fn level(number: u8) -> Level {
        Level::new(number).expect("it is one")
    }

    #[test]
    fn a_skill_without_a_level_is_read_and_written_as_it_always_was() {
        let old = format!(r#"["{FRENCH}","{GERMAN}"]"#);
        let skills: Skills = serde_json::from_str(&old).expect("they are skills");
        assert_eq!(skills, Skills::from([FRENCH, GERMAN]));
        assert_eq!(serde_json::to_string(&skills).expect("they are written"), old);
    }

    #[test]
    fn a_skill_with_a_level_is_read_as_it_is_written() {
        let skills: Skills = [(FRENCH, level(1)), (GERMAN, level(7))].into_iter().collect();
        let written = serde_json::to_string(&skills).expect("they are written");
        assert_eq!(written, format!(r#"["{FRENCH}",{{"skill":"{GERMAN}","level":7}}]"#));
        assert_eq!(serde_json::from_str::<Skills>(&written).expect("they are read"), skills);
    }

    #[test]
    fn levels_beyond_ten_none_and_two_of_one_skill_are_refused() {
        for wrong in [
            format!(r#"[{{"skill":"{GERMAN}","level":0}}]"#),
            format!(r#"[{{"skill":"{GERMAN}","level":11}}]"#),
            format!(r#"[{{"skill":"{GERMAN}","level":2.5}}]"#),
            format!(r#"[{{"skill":"{GERMAN}","level":3}},"{GERMAN}"]"#),
        ] {
            assert!(serde_json::from_str::<Skills>(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn skills_meet_what_is_asked_at_its_level_or_above() {
        let held: Skills = [(FRENCH, level(4)), (GERMAN, level(7))].into_iter().collect();
        let asked = |number| [(GERMAN, level(number))].into_iter().collect::<Skills>();
        assert!(held.meet(&Skills::new()));
        assert!(held.meet(&asked(6)) && held.meet(&asked(7)) && !held.meet(&asked(8)));
        assert!(!held.meet(&Skills::from([SkillId::from_bits(3)])));
    }
}
