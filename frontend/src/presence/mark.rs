//! How presence looks and reads.

use baton_shared::{Presence, Status};

/// Returns the class of the mark of a status.
pub const fn status_class(status: Status) -> &'static str {
    match status {
        Status::Available => "presence presence--available",
        Status::Busy => "presence presence--busy",
        Status::Away | Status::Finishing => "presence presence--away",
        Status::Offline => "presence",
    }
}

/// Returns the class of the mark of a person.
pub const fn class(presence: Presence) -> &'static str {
    if presence.reachable { status_class(presence.status) } else { "presence" }
}

/// Returns the words for a person's presence.
pub const fn label(presence: Presence) -> &'static str {
    match (presence.reachable, presence.status) {
        (true, status) => status.label(),
        (false, Status::Offline) => "Offline",
        (false, _) => "Not connected",
    }
}
