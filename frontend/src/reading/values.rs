//! Reads types from a [`Value`], with as little code as there can be.
//!
//! serde's derived readers take a struct from a list as well as from an object, a field's name as text, bytes or a
//! number, and an error with a sentence about what was found. What is never called is not in the program,
//! so this reader calls for each kind of type the one way in which the server writes it.

use core::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, Visitor};
use serde_json::{Map, Value};

/// Says what could not be read: the name of a field that is missing, or a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable(pub &'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl core::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<Message: fmt::Display>(_: Message) -> Self {
        Self("a value of another build")
    }

    fn missing_field(field: &'static str) -> Self {
        Self(field)
    }
}

const OTHER_KIND: Unreadable = Unreadable("a value of another kind");

/// Reads a type from a value.
pub struct Reader(pub Value);

impl Reader {
    fn text(self) -> Result<String, Unreadable> {
        match self.0 {
            Value::String(text) => Ok(text),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                Err(OTHER_KIND)
            }
        }
    }

    fn list(self) -> Result<List, Unreadable> {
        match self.0 {
            Value::Array(values) => Ok(List(values.into_iter())),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                Err(OTHER_KIND)
            }
        }
    }

    fn object(self) -> Result<Map<String, Value>, Unreadable> {
        match self.0 {
            Value::Object(fields) => Ok(fields),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(OTHER_KIND)
            }
        }
    }

    /// Returns a variant's name, and what it holds.
    fn variant(self) -> Result<Variant, Unreadable> {
        match self.0 {
            Value::String(name) => Ok(Variant { name, held: Value::Null }),
            Value::Object(fields) => {
                let (name, held) = fields.into_iter().next().ok_or(OTHER_KIND)?;
                Ok(Variant { name, held })
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => Err(OTHER_KIND),
        }
    }
}

/// Writes methods that take the value as one thing and give it to one method of the visitor.
macro_rules! ways {
    ($($method:ident: $take:expr => $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            visitor.$visit($take(self)?)
        }
    )*};
}

/// Writes methods for the kinds of numbers that are read as another.
macro_rules! numbers {
    ($($method:ident: $take:ident => $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            visitor.$visit(self.0.$take().ok_or(OTHER_KIND)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(truth) => visitor.visit_bool(truth),
            Value::Number(ref number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => visitor.visit_u64(number),
                (_, Some(number), _) => visitor.visit_i64(number),
                (.., number) => visitor.visit_f64(number.ok_or(OTHER_KIND)?),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(_) => visitor.visit_seq(self.list()?),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    numbers! {
        deserialize_bool: as_bool => visit_bool;
        deserialize_i8: as_i64 => visit_i64;
        deserialize_i16: as_i64 => visit_i64;
        deserialize_i32: as_i64 => visit_i64;
        deserialize_i64: as_i64 => visit_i64;
        deserialize_u8: as_u64 => visit_u64;
        deserialize_u16: as_u64 => visit_u64;
        deserialize_u32: as_u64 => visit_u64;
        deserialize_u64: as_u64 => visit_u64;
        deserialize_f32: as_f64 => visit_f64;
        deserialize_f64: as_f64 => visit_f64;
    }

    ways! {
        deserialize_string: Self::text => visit_string;
        deserialize_seq: Self::list => visit_seq;
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(&self.text()?)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(&self.text()?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(&self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(self.list()?)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(self.list()?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_map(Fields { left: self.object()?.into_iter(), value: Value::Null })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(self.variant()?)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
        Err(OTHER_KIND)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
        Err(OTHER_KIND)
    }
}

struct List(std::vec::IntoIter<Value>);

impl<'de> de::SeqAccess<'de> for List {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        self.0.next().map(|value| seed.deserialize(Reader(value))).transpose()
    }
}

struct Fields {
    left: serde_json::map::IntoIter,
    /// The value of the name that was read last.
    value: Value,
}

impl<'de> de::MapAccess<'de> for Fields {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        let Some((name, value)) = self.left.next() else { return Ok(None) };
        self.value = value;
        seed.deserialize(Reader(Value::String(name))).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(Reader(self.value.take()))
    }
}

struct Variant {
    name: String,
    held: Value,
}

impl<'de> de::EnumAccess<'de> for Variant {
    type Error = Unreadable;
    type Variant = Reader;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Reader), Unreadable> {
        Ok((seed.deserialize(Reader(Value::String(self.name)))?, Reader(self.held)))
    }
}

impl<'de> de::VariantAccess<'de> for Reader {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(self.list()?)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests {
    use baton_shared::{AgentId, Author, SortedMap, Status};
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        Alone,
        One(Author),
        Two(u8, String),
        Named { signed: i64, maybe: Option<f64> },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Whole {
        words: Vec<Word>,
        flags: SortedMap<String, bool>,
        pair: (u32, Status),
        loose: Value,
    }

    fn read(value: Value) -> Result<Whole, Unreadable> {
        Whole::deserialize(Reader(value))
    }

    #[test]
    fn every_kind_of_type_is_read() {
        let agent = AgentId::from_bits(5);
        let loose = json!({"a": [null, -1, 1.5, "x", true]});
        let whole = json!({
            "words": ["alone", {"one": {"kind": "agent", "id": agent}}, {"two": [7, "b"]},
                {"named": {"signed": -3, "maybe": 2, "not known here": []}}, {"named": {"signed": 4}}],
            "flags": {"b": true, "a": false},
            "pair": [9, "busy"],
            "loose": loose,
        });
        let expected = Whole {
            words: vec![
                Word::Alone,
                Word::One(Author::Agent(agent)),
                Word::Two(7, "b".to_owned()),
                Word::Named { signed: -3, maybe: Some(2.0) },
                Word::Named { signed: 4, maybe: None },
            ],
            flags: [("a".to_owned(), false), ("b".to_owned(), true)].into_iter().collect(),
            pair: (9, Status::Busy),
            loose,
        };
        assert_eq!(read(whole), Ok(expected));
    }

    #[test]
    fn what_is_missing_is_named_and_what_does_not_fit_is_refused() {
        assert_eq!(read(json!({"words": [], "flags": {}, "loose": 1})), Err(Unreadable("pair")));
        for words in [json!(7), json!(["none"]), json!([{"two": 7}]), json!([{"one": {"kind": "agent"}}])] {
            let value = json!({"words": words, "flags": {}, "pair": [9, "busy"], "loose": 1});
            assert!(read(value.clone()).is_err(), "{value}");
        }
    }
}
