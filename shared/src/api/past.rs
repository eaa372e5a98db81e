//! What is known of conversations once they have ended: what customers say of them.

use serde::{Deserialize, Serialize};

use crate::rating::Score;

bodies! {
    /// What a customer says of a conversation that has ended.
    NewRating {
        /// How good it was.
        score: Score,
        /// What they say about it, if anything; at most 1,000 characters.
        #[serde(default)]
        comment: Option<String>,
    }
}
