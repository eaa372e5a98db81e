//! What became of a conversation: one of the endings that reports count.

use baton_shared::Timestamp;
use baton_shared::conversation::EndedBy;

use super::{Live, millis};
use crate::insights::rows::{Ending, Kind, SegmentRow};
use crate::insights::sums::SHORT_MS;

/// How many messages a conversation has at least that counts as one.
const MESSAGES_MIN: u32 = 3;

/// Returns what a conversation is that ends now with a segment.
pub(super) fn of(live: &Live, last: &SegmentRow, by: EndedBy, at: Timestamp) -> Ending {
    match last.kind {
        Kind::Wait if by == EndedBy::Customer && millis(at, last.started_at) < SHORT_MS => Ending::Cancelled,
        Kind::Wait if by == EndedBy::Customer => Ending::Abandoned,
        Kind::Wait => Ending::Dissuaded,
        Kind::Bot if live.requested => Ending::Dissuaded,
        Kind::Talk if live.last.is_some() => Ending::Unfinalized,
        Kind::Talk
        | Kind::Bot
        | Kind::External
        | Kind::Missed
        | Kind::Rejected
        | Kind::Revoked
        | Kind::Transfer
        | Kind::Presence => served(live),
    }
}

/// Returns what a conversation is that someone had at its end, and that was filed where it had to be.
pub(super) const fn served(live: &Live) -> Ending {
    let (ours, theirs) = (live.row.agent_messages, live.row.customer_messages);
    if ours == 0 || theirs == 0 || ours + theirs < MESSAGES_MIN {
        Ending::NoInteraction
    } else if live.passed_on {
        Ending::Transferred
    } else {
        Ending::Successful
    }
}
