//! Why a command was refused: a stable code for programs, and a sentence that says what to do for people.
//!
//! A refusal changed nothing.

use core::fmt;

use crate::agent::{Role, Status};
use crate::offer::OfferEnd;
use crate::transfer::{Mode, TransferEnd};

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
    /// Whoever passed the conversation on cannot have it back.
    SenderGone,
    /// The conversation is there already.
    TargetIsOwner,
    /// The person cannot be reached or takes no new work.
    TargetUnavailable { status: Status, reachable: bool },
    /// The person holds as much as they can.
    TargetFull { held: u32, limit: u32 },
    /// Transfers are turned off.
    TransfersOff,
    /// The policy has no such mode.
    ModeNotAllowed { mode: Mode },
    /// The policy has no such target.
    TargetNotAllowed,
    /// The policy lets nobody take a transfer back, or not any more.
    MayNotCancel,
    /// The policy lets nobody refuse a transfer.
    MayNotDecline,
    /// The conversation was passed on as often as the policy allows.
    HopLimit { hops_max: u8 },
    /// The person takes part already.
    TargetTakesPart,
    /// The policy lets nobody take this conversation over.
    MayNotTakeOver,
    /// Nobody whispered to this owner, so there is nobody to answer.
    NobodyWhispered,
    /// Only people are whispered to and joined.
    NotWithAgent,
    /// A flag is up already.
    FlagUp,
    /// The receiver has told the sender this already.
    RepliedAlready,
    /// The sender of the transfer has let go of the conversation, so nobody reads a reply.
    SenderReleased,
    /// Nothing was asked that is not answered.
    NothingAsked,
    /// As many invitations are open as the policy allows.
    InviteLimit { invites_max: u8 },
    /// Someone is invited whom the sender, who would be released at once, could not await.
    InviteOpen,
    /// The invitation is over.
    InviteClosed,
    /// Nobody else takes part who could become the owner.
    LastParticipant,
    /// No one belongs to the queue or group who can do what it asks.
    NobodyServes,
    /// The request is answered already.
    RequestClosed,
    /// Nobody is being consulted.
    NotConsulting,
    /// A workflow, a flow or an external contact cannot be consulted or invited.
    NotOnePlace,
    /// A workflow cannot be used as it is written.
    WorkflowUnusable { fault: String },
    /// A flow cannot be used as it is written.
    FlowUnusable { fault: String },
    /// An external contact cannot be used as it is written.
    ExternalUnusable { fault: &'static str },
    /// A scheduled report cannot be used as it is written.
    ScheduleUnusable { fault: &'static str },
    /// The values of a policy cannot be used.
    PolicyUnusable { fault: &'static str },
    /// The values of a queue's rules cannot be used.
    QueueUnusable { fault: &'static str },
    /// As many conversations wait in the queue as may.
    QueueFull,
    /// The queue is closed by its hours.
    QueueClosed,
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
    /// It is not the work of a team that they lead.
    OutsideTeams,
    /// Someone who is to lead a team is no supervisor.
    NotSupervisor,
    /// Transfer groups of the team are left.
    TeamHasGroups,
    /// The last enabled administrator cannot be disabled or demoted.
    LastAdministrator,
    /// The conversation has not ended.
    NotEnded,
    /// The customer has said what they say of the conversation.
    RatedAlready,
    /// The customer of this conversation is not asked about it.
    SurveyOff,
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
            Self::SenderGone => "sender_gone",
            Self::TargetIsOwner => "target_is_owner",
            Self::TargetUnavailable { .. } => "target_unavailable",
            Self::TargetFull { .. } => "target_full",
            Self::TransfersOff => "transfers_off",
            Self::ModeNotAllowed { .. } => "mode_not_allowed",
            Self::TargetNotAllowed => "target_not_allowed",
            Self::MayNotCancel => "may_not_cancel",
            Self::MayNotDecline => "may_not_decline",
            Self::HopLimit { .. } => "hop_limit",
            Self::TargetTakesPart => "target_takes_part",
            Self::MayNotTakeOver => "may_not_take_over",
            Self::NobodyWhispered => "nobody_whispered",
            Self::NotWithAgent => "not_with_agent",
            Self::FlagUp => "flag_up",
            Self::RepliedAlready => "replied_already",
            Self::SenderReleased => "sender_released",
            Self::NothingAsked => "nothing_asked",
            Self::InviteLimit { .. } => "invite_limit",
            Self::InviteOpen => "invite_open",
            Self::InviteClosed => "invite_closed",
            Self::LastParticipant => "last_participant",
            Self::NobodyServes => "nobody_serves",
            Self::RequestClosed => "request_closed",
            Self::NotConsulting => "not_consulting",
            Self::NotOnePlace => "not_one_place",
            Self::WorkflowUnusable { .. } => "workflow_unusable",
            Self::FlowUnusable { .. } => "flow_unusable",
            Self::ExternalUnusable { .. } => "external_unusable",
            Self::ScheduleUnusable { .. } => "schedule_unusable",
            Self::PolicyUnusable { .. } => "policy_unusable",
            Self::QueueUnusable { .. } => "queue_unusable",
            Self::QueueFull => "queue_full",
            Self::QueueClosed => "queue_closed",
            Self::WrapUpClosed => "wrap_up_closed",
            Self::TextEmpty { .. } => "text_empty",
            Self::TextTooLong { .. } => "text_too_long",
            Self::TooMany { .. } => "too_many",
            Self::EmailTaken => "email_taken",
            Self::EmailInvalid => "email_invalid",
            Self::RoleTooLow { .. } => "role_too_low",
            Self::OutsideTeams => "outside_teams",
            Self::NotSupervisor => "not_supervisor",
            Self::TeamHasGroups => "team_has_groups",
            Self::LastAdministrator => "last_administrator",
            Self::NotEnded => "not_ended",
            Self::RatedAlready => "rated_already",
            Self::SurveyOff => "survey_off",
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
            Self::SenderGone => f.write_str(
                "Whoever transferred it is not there to have it back. Transfer the conversation elsewhere.",
            ),
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
            Self::TransfersOff => {
                f.write_str("Transfers are turned off. An administrator can turn them on.")
            }
            Self::ModeNotAllowed { mode } => {
                let mode = match mode {
                    Mode::Cold => "passed on directly",
                    Mode::Warm => "passed on after a consultation",
                    Mode::Invite => "shared with someone who is invited",
                };
                write!(f, "By the transfer policy a conversation is not {mode}. Choose another way.")
            }
            Self::TargetNotAllowed => {
                f.write_str("The transfer policy does not allow this target. Choose another one.")
            }
            Self::MayNotCancel => {
                f.write_str("By the transfer policy this transfer can be taken back no more.")
            }
            Self::MayNotDecline => f.write_str("By the transfer policy a transfer cannot be refused. Accept it."),
            Self::HopLimit { hops_max } => {
                write!(f, "This conversation was passed on {hops_max} times, which is the limit. Answer it yourself.")
            }
            Self::TargetTakesPart => f.write_str("This person takes part in the conversation already."),
            Self::MayNotTakeOver => f.write_str(
                "By the transfer policy this conversation is not taken over. Ask its agent to transfer it.",
            ),
            Self::NobodyWhispered => {
                f.write_str("No supervisor has whispered to you here. Raise a flag to ask for help.")
            }
            Self::NotWithAgent => {
                f.write_str("No agent has this conversation. Take it over, or pass it on to someone.")
            }
            Self::FlagUp => f.write_str("A flag is up already. Lower it to raise another."),
            Self::RepliedAlready => {
                f.write_str("You have told the sender this already. Accept the transfer or reject it.")
            }
            Self::SenderReleased => f.write_str(
                "The sender has let go of this conversation and is not asked any more. Accept it or reject it.",
            ),
            Self::NothingAsked => {
                f.write_str("Nothing was asked about this transfer, or it is answered already.")
            }
            Self::InviteLimit { invites_max: 0 } => {
                f.write_str("By the transfer policy nobody is invited to join. Transfer the conversation instead.")
            }
            Self::InviteLimit { invites_max } => {
                write!(f, "{invites_max} invitations are open, which is the limit. Take one back first.")
            }
            Self::InviteOpen => f.write_str(
                "Someone is invited and has not answered. Take the invitation back first, or wait for the answer.",
            ),
            Self::InviteClosed => f.write_str("This invitation is not open any more."),
            Self::LastParticipant => f.write_str(
                "Nobody else takes part, and a conversation needs an owner. Transfer it, or end it.",
            ),
            Self::NobodyServes => f.write_str(
                "No one belongs to it who can do what it asks, so nobody would ever answer. Choose another target, or ask an administrator to add someone.",
            ),
            Self::RequestClosed => f.write_str("This request is answered already, or there is no such request."),
            Self::NotConsulting => f.write_str("Nobody is being consulted about this conversation any more."),
            Self::NotOnePlace => f.write_str(
                "It can take a conversation over, but cannot be consulted or join. Choose a person, a group or a queue.",
            ),
            Self::WorkflowUnusable { fault } | Self::FlowUnusable { fault } => f.write_str(fault),
            Self::ExternalUnusable { fault }
            | Self::ScheduleUnusable { fault }
            | Self::PolicyUnusable { fault }
            | Self::QueueUnusable { fault } => f.write_str(fault),
            Self::QueueClosed => f.write_str(
                "We are closed at the moment. Leave a message, and it will be answered under a number.",
            ),
            Self::QueueFull => f.write_str(
                "Many people are waiting already. Leave a message, and it will be answered under a number.",
            ),
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
            Self::OutsideTeams => f.write_str(
                "This is not the work of a team that you lead. Ask a supervisor of that team, or an administrator.",
            ),
            Self::TeamHasGroups => f.write_str(
                "Transfer groups of this team are left. Remove them, or give them to another team, first.",
            ),
            Self::NotSupervisor => {
                f.write_str("Only supervisors and administrators lead a team. Change the person's role first.")
            }
            Self::LastAdministrator => {
                f.write_str("This is the last administrator. Make someone else administrator first.")
            }
            Self::NotEnded => f.write_str("The conversation has not ended. End it first."),
            Self::RatedAlready => f.write_str("You have rated this conversation already. Thank you."),
            Self::SurveyOff => f.write_str("No rating is asked for this conversation."),
        }
    }
}

impl core::error::Error for Refusal {}
