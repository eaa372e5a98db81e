//! How customers write.

use serde::{Deserialize, Serialize};

/// A way in which customers write; capacity is counted per channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The chat window on a web page.
    WebChat,
}

impl Channel {
    /// Every channel, in the order of the variants.
    pub const ALL: [Self; 1] = [Self::WebChat];

    /// Returns how many units of an agent's capacity one conversation of this channel takes.
    pub const fn units(self) -> u32 {
        match self {
            Self::WebChat => 1,
        }
    }
}
