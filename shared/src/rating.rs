//! What customers say of a conversation that has ended, where their queue asks them.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::ConversationId;
use crate::time::Timestamp;

/// How many characters the comment to a rating may have.
pub const COMMENT_CHARS_MAX: usize = 1_000;

/// How good a conversation was, from 1, very bad, to 5, very good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Score(u8);

impl Score {
    /// The worst there is.
    pub const WORST: Self = Self(1);

    /// The best there is.
    pub const BEST: Self = Self(5);

    /// Returns the score of a number, if there is one: 1 to 5.
    pub const fn new(number: u8) -> Option<Self> {
        if number >= Self::WORST.0 && number <= Self::BEST.0 { Some(Self(number)) } else { None }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl From<Score> for u8 {
    fn from(score: Score) -> Self {
        score.0
    }
}

impl TryFrom<u8> for Score {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("a score is a whole number from 1 to 5")
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Score {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Integer)
            .minimum(Some(Self::WORST.0))
            .maximum(Some(Self::BEST.0))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Score {}

/// What a customer said of a conversation; the comment is kept apart from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rating {
    /// Of which.
    pub conversation: ConversationId,
    /// How good it was.
    pub score: Score,
    /// When they said so.
    pub at: Timestamp,
}

/// How far a customer is asked what they say of a conversation that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Survey {
    /// They are asked.
    Asked,
    /// They have said it.
    Answered,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_a_number_from_one_to_five() {
        assert_eq!(serde_json::from_str::<Score>("5").ok(), Some(Score::BEST));
        assert_eq!(serde_json::to_string(&Score::WORST).ok().as_deref(), Some("1"));
        for wrong in ["0", "6", "2.5", "\"3\"", "null"] {
            assert!(serde_json::from_str::<Score>(wrong).is_err(), "{wrong}");
        }
    }
}
