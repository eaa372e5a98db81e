//! Every kind of id, each with its own type and a visible prefix.
//!
//! An id is 128 bits: 48 of milliseconds, 80 that its source chose, as in the ULID specification
//! (<https://github.com/ulid/spec>), written as the prefix and 26 characters of Crockford's base 32 in lower case.
//! Ids are made only by an injected source, so a run with the same source makes the same ids.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS: usize = 26;

/// Says that a text is not an id of the kind asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    /// The prefix that the text should have had, without the underscore.
    pub expected: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not an id of the form `{}_` and 26 characters", self.expected)
    }
}

impl core::error::Error for InvalidId {}

fn write_id(prefix: &str, value: u128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut digits = [0u8; DIGITS];
    for (place, digit) in digits.iter_mut().enumerate() {
        let shift = 5 * (DIGITS - 1 - place);
        *digit = ALPHABET[(value >> shift) as usize & 31];
    }
    f.write_str(prefix)?;
    f.write_str("_")?;
    f.write_str(core::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
}

fn read_id(prefix: &'static str, text: &str) -> Result<u128, InvalidId> {
    let invalid = InvalidId { expected: prefix };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(invalid.clone())?;
    // The first of the 26 digits holds three bits, so anything above 7 would not fit.
    if digits.len() != DIGITS || !matches!(digits.as_bytes()[0], b'0'..=b'7') {
        return Err(invalid);
    }
    digits.bytes().try_fold(0u128, |value, byte| {
        let digit = ALPHABET.iter().position(|known| *known == byte).ok_or(invalid.clone())?;
        Ok((value << 5) | digit as u128)
    })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        // Aligned as two words: an id or nothing takes three of them and not four, of which the server keeps millions.
        // A browser keeps few, and what it downloads stays as it is.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(not(target_arch = "wasm32"), repr(Rust, packed(8)))]
        pub struct $name(u128);

        impl $name {
            /// The visible prefix, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps the 128 bits that an id source made.
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// Returns the 128 bits, for an index or a store.
            pub const fn bits(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_id($prefix, self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_id($prefix, self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                read_id($prefix, text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(IdVisitor::<$name>(core::marker::PhantomData))
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$")))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    )*};
}

struct IdVisitor<Id>(core::marker::PhantomData<Id>);

impl<Id: FromStr<Err = InvalidId>> de::Visitor<'_> for IdVisitor<Id> {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
        text.parse().map_err(E::custom)
    }
}

/// Who or what is meant, as it is written: its kind, and an id where the kind has one.
///
/// Enums are read through this because serde's own reader of them is many times its size in the browser.
#[derive(Deserialize)]
pub(crate) struct Tagged {
    /// The name of the variant.
    pub(crate) kind: String,
    /// The id, with its prefix.
    pub(crate) id: Option<String>,
}

/// Says that something that was read names no kind that there is, or no id.
#[derive(Debug)]
pub enum NotTagged {
    /// These kinds there are.
    Kind(&'static [&'static str]),
    /// The id is not of its kind.
    Id(InvalidId),
}

impl fmt::Display for NotTagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kinds) => write!(f, "`kind` is one of {}", kinds.join(", ")),
            Self::Id(invalid) => invalid.fmt(f),
        }
    }
}

impl From<InvalidId> for NotTagged {
    fn from(invalid: InvalidId) -> Self {
        Self::Id(invalid)
    }
}

impl Tagged {
    /// Reads the id of the kind that goes with the variant.
    pub(crate) fn id<Id: FromStr<Err = InvalidId>>(&self) -> Result<Id, InvalidId> {
        self.id.as_deref().unwrap_or_default().parse()
    }
}

ids! {
    /// A person who signs in: an agent, a supervisor or an administrator.
    AgentId = "agt";
    /// A customer.
    ContactId = "con";
    /// A customer's thread with the contact centre.
    ConversationId = "cnv";
    /// A partner outside.
    ExternalId = "ext";
    /// A scripted bot.
    FlowId = "flw";
    /// A skill-named transfer target.
    GroupId = "grp";
    /// An invitation to join a conversation.
    InviteId = "inv";
    /// Something said inside a conversation.
    MessageId = "msg";
    /// A conversation held out to one agent until a deadline.
    OfferId = "ofr";
    /// A line of waiting conversations.
    QueueId = "que";
    /// Something to be answered later.
    RequestId = "req";
    /// A report that is sent again and again.
    ScheduleId = "sch";
    /// A time slice of a conversation with one owner.
    SegmentId = "seg";
    /// Something an agent must be able to do to be offered a conversation.
    SkillId = "skl";
    /// Agents and the supervisors who lead them.
    TeamId = "tea";
    /// The passing of a conversation from one owner to another.
    TransferId = "trf";
    /// A way through queues, chosen by what is known about a conversation.
    WorkflowId = "wfl";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        for bits in [0, 1, u128::MAX, 0x0192_8374_6556_4738_2910_abcd_ef01_2345] {
            let id = ConversationId::from_bits(bits);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let text = AgentId::from_bits(7).to_string();
        assert_eq!(text.parse::<QueueId>(), Err(InvalidId { expected: "que" }));
    }

    #[test]
    fn a_text_that_would_not_fit_128_bits_is_refused() {
        assert!(format!("agt_{}", "z".repeat(26)).parse::<AgentId>().is_err());
        assert!("agt_".parse::<AgentId>().is_err());
        assert!("agt_é0000000000000000000000000".parse::<AgentId>().is_err());
    }
}
