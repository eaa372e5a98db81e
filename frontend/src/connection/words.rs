//! What tabs say to each other, and what the server says beside changes of the desk.

use baton_shared::{ConversationId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::browser::event_source::Frame;

/// What tabs say to each other.
#[derive(Serialize, Deserialize)]
pub(super) enum Word {
    /// A tab asks for the leader.
    Ask,
    /// The leader has a desk, from this build: whoever has none, or an older one, takes a snapshot.
    Here { build: Option<String>, anew: bool },
    /// An event of the leader's stream.
    Frame(Frame),
    /// The leader has lost the stream.
    Lost { since: Timestamp, retry_at: Timestamp },
    /// Somebody signed in, or a session ended.
    SessionChanged,
    /// The person has signed out.
    Left,
}

/// The first word of a stream.
#[derive(Deserialize)]
pub(super) struct Hello {
    pub(super) build: String,
    pub(super) now: Timestamp,
}

/// The server is there.
#[derive(Deserialize)]
pub(super) struct Heartbeat {
    pub(super) now: Timestamp,
}

/// When to come again, so that desks that are sent away together do not come back together.
#[derive(Deserialize)]
pub(super) struct ComeAgain {
    pub(super) after_ms: u32,
}

/// A customer is writing.
#[derive(Deserialize)]
pub(super) struct Typing {
    pub(super) conversation: ConversationId,
}
