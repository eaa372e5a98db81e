//! Why a command was refused: a stable code for programs, and a sentence that says what to do for people.
//!
//! A refusal changed nothing.

use core::fmt;

use crate::agent::{Role, Status};
use crate::offer::OfferEnd;
use crate::transfer::TransferEnd;

/// Why a command was refused: the rule, and the state that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named after what they are; the variants say what was found")]
pub enum Refusal {
    /// There is no such thing, or the one who asks may not know of it.
    NotFound { what: &'static str },
    /// The conversation belongs to someone else.
    NotOwner,
    /// The conversation has ended.
    ConversationClosed,
    /// The offer was made to someone else.
    NotYourOffer,
    /// The offer is over.
    OfferClosed { end: Option<OfferEnd> },
    /// The conversation is being transferred.
    TransferOpen,
    /// The transfer is over.
    TransferClosed { end: Option<TransferEnd> },
    /// The time to take a transfer to a queue back is over.
    UndoOver,
    /// The conversation is there already.
    TargetIsOwner,
    /// The person cannot be reached or takes no new work.
    TargetUnavailable { status: Status, reachable: bool },
    /// The person holds as much as they can.
    TargetFull { held: u32, limit: u32 },
    /// The segment is filed already, or is not in wrap-up.
    WrapUpClosed,
    /// A text is empty that must not be.
    TextEmpty { field: &'static str },
    /// A text is too long.
    TextTooLong { field: &'static str, chars: usize, chars_max: usize },
    /// Too many of something.
    TooMany { what: &'static str, max: usize },
    /// An address that someone else signs in with.
    EmailTaken,
    /// An address without an at sign.
    EmailInvalid,
    /// The role does not allow it.
    RoleTooLow { needed: Role },
    /// The last enabled administrator cannot be disabled or demoted.
    LastAdministrator,
    /// It is so already.
    AlreadySo { what: &'static str },
}

impl Refusal {
    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::NotOwner => "not_owner",
            Self::ConversationClosed => "conversation_closed",
            Self::NotYourOffer => "not_your_offer",
            Self::OfferClosed { .. } => "offer_closed",
            Self::TransferOpen => "transfer_open",
            Self::TransferClosed { .. } => "transfer_closed",
            Self::UndoOver => "undo_over",
            Self::TargetIsOwner => "target_is_owner",
            Self::TargetUnavailable { .. } => "target_unavailable",
            Self::TargetFull { .. } => "target_full",
            Self::WrapUpClosed => "wrap_up_closed",
            Self::TextEmpty { .. } => "text_empty",
            Self::TextTooLong { .. } => "text_too_long",
            Self::TooMany { .. } => "too_many",
            Self::EmailTaken => "email_taken",
            Self::EmailInvalid => "email_invalid",
            Self::RoleTooLow { .. } => "role_too_low",
            Self::LastAdministrator => "last_administrator",
            Self::AlreadySo { .. } => "already_so",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { what } => write!(f, "There is no such {what}."),
            Self::NotOwner => {
                f.write_str("Only the owner of a conversation may do this, and it belongs to someone else.")
            }
            Self::ConversationClosed => {
                f.write_str("The conversation has ended. The customer can start a new one.")
            }
            Self::NotYourOffer => f.write_str("This conversation was offered to someone else."),
            Self::OfferClosed { end: Some(OfferEnd::TimedOut) } => {
                f.write_str("The time to accept is over; the conversation went on to someone else.")
            }
            Self::OfferClosed { end: Some(OfferEnd::Cancelled) } => {
                f.write_str("The sender took this transfer back.")
            }
            Self::OfferClosed { end } => {
                let found = end.map_or("over", OfferEnd::word);
                write!(f, "This offer is not open: it is {found}.")
            }
            Self::TransferOpen => {
                f.write_str("The conversation is being transferred. Cancel the transfer first.")
            }
            Self::TransferClosed { end } => {
                let found = end.map_or("over", TransferEnd::word);
                write!(f, "This transfer is not open: it is {found}.")
            }
            Self::UndoOver => {
                f.write_str("The queue has the conversation now; it can be taken back no more.")
            }
            Self::TargetIsOwner => f.write_str("The conversation is there already. Choose someone else."),
            Self::TargetUnavailable { status, reachable } => {
                let found = if *reachable { status.label() } else { "not connected" };
                write!(
                    f,
                    "This person is {found} and takes no conversations. Choose someone who is Available."
                )
            }
            Self::TargetFull { held, limit } => {
                write!(
                    f,
                    "This person holds {held} of {limit} conversations. Choose someone else, or a queue."
                )
            }
            Self::WrapUpClosed => f.write_str("This segment is not in wrap-up; nothing is left to file."),
            Self::TextEmpty { field } => write!(f, "Fill in the {field}."),
            Self::TextTooLong { field, chars, chars_max } => {
                write!(f, "The {field} has {chars} characters; shorten it to {chars_max}.")
            }
            Self::TooMany { what, max } => write!(f, "There are too many {what}; at most {max} are taken."),
            Self::EmailTaken => f.write_str("Someone else signs in with this address. Choose another."),
            Self::EmailInvalid => f.write_str("An address looks like `name@example.com`."),
            Self::RoleTooLow { needed } => {
                let needed = match needed {
                    Role::Agent => "an agent",
                    Role::Supervisor => "a supervisor",
                    Role::Administrator => "an administrator",
                };
                write!(f, "Only {needed} may do this. Ask one, or sign in as one.")
            }
            Self::LastAdministrator => {
                f.write_str("This is the last administrator. Make someone else administrator first.")
            }
            Self::AlreadySo { what } => write!(f, "This {what} already."),
        }
    }
}

impl core::error::Error for Refusal {}
