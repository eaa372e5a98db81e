//! What reports are made of, one row for each thing that happened.

use baton_shared::conversation::EndedBy;
use baton_shared::*;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub(super) enum $name {
            $(#[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Returns the word that stands for it in tables and answers.
            pub(super) const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    )*};
}

/// Makes words that are read again too.
macro_rules! words_to_read {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)* })*) => {
        words! { $($(#[$doc])* $name { $($variant = $word,)* })* }

        $(impl $name {
            /// Returns what a word stands for.
            pub(super) fn of_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        })*
    };
}

words! {
    /// In which way a conversation was passed on.
    TransferType {
        Cold = "cold",
        Warm = "warm",
        Invite = "invite",
        External = "external",
        Takeover = "takeover",
        Redirect = "redirect",
        Return = "return",
        BotHandoff = "bot_handoff",
    }
    /// What came before a segment.
    Preceded {
        Nothing = "none",
        Queue = "queue",
        ColdTransfer = "cold_transfer",
        WarmTransfer = "warm_transfer",
        Bot = "bot",
        Return = "return",
        Takeover = "takeover",
        Redirect = "redirect",
        Invite = "invite",
        Expired = "expired",
        Lost = "lost",
        Released = "released",
        Routed = "routed",
        Overflow = "overflow",
    }
}

words_to_read! {
    /// What came after a segment.
    Followed {
        ToAgent = "transfer_to_agent",
        ToQueue = "transfer_to_queue",
        ToGroup = "transfer_to_group",
        ToWorkflow = "transfer_to_workflow",
        ToBot = "transfer_to_bot",
        ToExternal = "transfer_to_external",
        Accepted = "accepted",
        End = "end",
        Abandon = "abandon",
        Return = "return",
        Takeover = "takeover",
        Redirect = "redirect",
        Invite = "invite",
        Expired = "expired",
        Lost = "lost",
        Released = "released",
        Routed = "routed",
        Overflow = "overflow",
        Bot = "bot",
        Open = "open",
        Successful = "successful",
        Failed = "failed",
        Cancelled = "cancelled",
        Available = "available",
        Busy = "busy",
        Away = "away",
        Offline = "offline",
    }
    /// Where a transfer stands.
    Outcome {
        Open = "open",
        Successful = "successful",
        Failed = "failed",
        Cancelled = "cancelled",
    }
    /// Why a transfer failed or was called off.
    Reason {
        Rejected = "rejected",
        Returned = "returned",
        Expired = "expired",
        Abandoned = "abandoned",
        Other = "other",
        Sender = "sender",
        Supervisor = "supervisor",
        System = "system",
    }
    /// What became of a conversation: each is one of them.
    Ending {
        InProgress = "in_progress",
        Successful = "successful",
        Transferred = "transferred",
        NoInteraction = "no_interaction",
        Cancelled = "cancelled",
        Abandoned = "abandoned",
        Dissuaded = "dissuaded",
        Unfinalized = "unfinalized",
    }
}

/// What kind of slice a segment is; the number stands for it in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Kind {
    Wait = 1,
    Talk = 2,
    Missed = 3,
    Rejected = 4,
    Revoked = 5,
    Bot = 6,
    External = 7,
    Transfer = 8,
    Presence = 9,
}

impl Kind {
    /// Every kind, by its number.
    pub(super) const ALL: [Self; 9] = [
        Self::Wait,
        Self::Talk,
        Self::Missed,
        Self::Rejected,
        Self::Revoked,
        Self::Bot,
        Self::External,
        Self::Transfer,
        Self::Presence,
    ];

    /// Returns the word for a segment of it, which may go on.
    pub(super) const fn word(self, ended: bool) -> &'static str {
        match self {
            Self::Wait => "queue",
            Self::Talk if ended => "conversation",
            Self::Talk => "conversation_in_progress",
            Self::Missed => "missed",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
            Self::Bot => "bot",
            Self::External => "external",
            Self::Transfer => "transfer",
            Self::Presence if ended => "agent_status",
            Self::Presence => "agent_status_in_progress",
        }
    }
}

/// Who or what a report can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Thing {
    Agent(AgentId),
    Queue(QueueId),
    Group(GroupId),
    Workflow(WorkflowId),
    Flow(FlowId),
    External(ExternalId),
}

impl Thing {
    /// Returns the word for its kind.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Agent(_) => "agent",
            Self::Queue(_) => "queue",
            Self::Group(_) => "group",
            Self::Workflow(_) => "workflow",
            Self::Flow(_) => "bot",
            Self::External(_) => "external",
        }
    }

    /// Returns its id as text.
    pub(super) fn id(self) -> String {
        match self {
            Self::Agent(id) => id.to_string(),
            Self::Queue(id) => id.to_string(),
            Self::Group(id) => id.to_string(),
            Self::Workflow(id) => id.to_string(),
            Self::Flow(id) => id.to_string(),
            Self::External(id) => id.to_string(),
        }
    }
}

impl From<Owner> for Thing {
    fn from(owner: Owner) -> Self {
        match owner {
            Owner::Agent(id) => Self::Agent(id),
            Owner::Queue(id) => Self::Queue(id),
            Owner::Group(id) => Self::Group(id),
            Owner::Flow(id) => Self::Flow(id),
            Owner::External(id) => Self::External(id),
        }
    }
}

impl From<Target> for Thing {
    fn from(target: Target) -> Self {
        match target {
            Target::Agent(id) => Self::Agent(id),
            Target::Queue(id) => Self::Queue(id),
            Target::Group(id) => Self::Group(id),
            Target::Workflow(id) => Self::Workflow(id),
            Target::Flow(id) => Self::Flow(id),
            Target::External(id) => Self::External(id),
        }
    }
}

/// A time slice: of a conversation with one owner, of an offer that was not accepted, of a transfer, of a presence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SegmentRow {
    /// Rises with each segment.
    pub(super) number: u64,
    pub(super) kind: Kind,
    pub(super) id: Option<String>,
    /// The number of its conversation.
    pub(super) conversation: Option<u64>,
    pub(super) started_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
    /// Who owned the conversation, was asked, passed it on or is present.
    pub(super) place: Thing,
    /// Of which queue the conversation was.
    pub(super) queue: Option<QueueId>,
    pub(super) channel: Option<Channel>,
    /// Where the conversation was before; nothing where it began.
    pub(super) came_from: Option<Thing>,
    /// Whether the conversation ended with it.
    pub(super) closes: bool,
    pub(super) transfer_type: Option<TransferType>,
    pub(super) began_from_transfer: bool,
    pub(super) ended_by_transfer: bool,
    pub(super) destination: Option<Thing>,
    pub(super) preceded_by: Option<Preceded>,
    pub(super) followed_by: Option<Followed>,
    pub(super) ring_ms: Option<u64>,
    pub(super) first_response_ms: Option<u64>,
    pub(super) responses: u32,
    pub(super) response_ms: u64,
    pub(super) response_max_ms: u64,
    pub(super) agent_messages: u32,
    pub(super) customer_messages: u32,
    pub(super) wrap_up_ms: Option<u64>,
    /// Within how long the queue was to be answered when the wait began.
    pub(super) target_ms: Option<u64>,
    /// When the conversation began.
    pub(super) created_at: Option<Timestamp>,
    /// When the transfer was asked for that it began from.
    pub(super) transfer_at: Option<Timestamp>,
    /// How long the wait was expected to be when it began.
    pub(super) expected_ms: Option<u64>,
    /// How often more time was taken for filing it.
    pub(super) extensions: u32,
    /// How often the customer answered its agent, and how long that took.
    pub(super) customer_responses: u32,
    pub(super) customer_response_ms: u64,
    pub(super) customer_response_max_ms: u64,
    /// Of a wait: how many waited there already.
    pub(super) ahead: Option<u64>,
    /// Of an offer that was not accepted: what its agent had in use.
    pub(super) load: Option<Load>,
    /// Of such an offer: the number of the transfer it was for.
    pub(super) for_transfer: Option<u64>,
    /// Of an offer that was refused: what stands for the reason.
    pub(super) reason: Option<i64>,
}

impl SegmentRow {
    /// Returns a row of which only the beginning is known.
    pub(super) const fn begin(number: u64, kind: Kind, place: Thing, started_at: Timestamp) -> Self {
        Self {
            number,
            kind,
            id: None,
            conversation: None,
            started_at,
            ended_at: None,
            place,
            queue: None,
            channel: None,
            came_from: None,
            closes: false,
            transfer_type: None,
            began_from_transfer: false,
            ended_by_transfer: false,
            destination: None,
            preceded_by: None,
            followed_by: None,
            ring_ms: None,
            first_response_ms: None,
            responses: 0,
            response_ms: 0,
            response_max_ms: 0,
            agent_messages: 0,
            customer_messages: 0,
            wrap_up_ms: None,
            target_ms: None,
            created_at: None,
            transfer_at: None,
            expected_ms: None,
            extensions: 0,
            customer_responses: 0,
            customer_response_ms: 0,
            customer_response_max_ms: 0,
            ahead: None,
            load: None,
            for_transfer: None,
            reason: None,
        }
    }
}

/// A transfer, from its request to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TransferRow {
    /// The number of its segment.
    pub(super) number: u64,
    pub(super) id: TransferId,
    /// The number of its conversation.
    pub(super) conversation: u64,
    pub(super) requested_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) transfer_type: TransferType,
    pub(super) sender: Thing,
    pub(super) receiver: Thing,
    pub(super) queue: QueueId,
    pub(super) channel: Channel,
    pub(super) outcome: Outcome,
    pub(super) reason: Option<Reason>,
    pub(super) hop: u32,
    /// Whether it was asked for soon after the sender got the conversation.
    pub(super) early: bool,
    /// Who had the conversation before the sender.
    pub(super) before: Option<AgentId>,
    pub(super) ping_pong: bool,
    pub(super) bounce_back: bool,
    pub(super) offers: u32,
    pub(super) offers_rejected: u32,
    pub(super) offers_missed: u32,
    /// How the last offer ended.
    pub(super) last_end: Option<OfferEnd>,
    pub(super) accepted_by: Option<AgentId>,
    pub(super) to_offer_ms: Option<u64>,
    pub(super) to_accept_ms: Option<u64>,
    pub(super) request_to_accept_ms: Option<u64>,
    pub(super) request_to_reply_ms: Option<u64>,
    pub(super) customer_messages: u32,
    pub(super) carried: Carried,
    /// Whether someone who was asked opened the note or the summary before they answered.
    pub(super) opened: bool,
    /// What the customer wrote while nobody had the conversation.
    pub(super) unowned_messages: u32,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ConversationRow {
    /// Rises with each conversation.
    pub(super) number: u64,
    pub(super) id: ConversationId,
    pub(super) opened_at: Timestamp,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) closed_by: Option<EndedBy>,
    pub(super) channel: Channel,
    /// Of which queue it is, or was at its end.
    pub(super) queue: QueueId,
    /// The last agent who had it.
    pub(super) agent: Option<AgentId>,
    /// How many transfers were asked for.
    pub(super) transfers: u32,
    pub(super) outcome: Ending,
    /// Messages of whoever served, and of the customer.
    pub(super) agent_messages: u32,
    pub(super) customer_messages: u32,
    /// How long each side waited for the other's answers.
    pub(super) responses: Answers,
    pub(super) customer_responses: Answers,
    /// Whether the customer is asked how good it was.
    pub(super) surveyed: bool,
}

/// Answers, and how long they took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answers {
    pub(super) number: u32,
    pub(super) sum_ms: u64,
    pub(super) max_ms: u64,
}

impl Answers {
    /// Takes one that took so long.
    pub(super) fn take(&mut self, ms: u64) {
        self.number += 1;
        self.sum_ms += ms;
        self.max_ms = self.max_ms.max(ms);
    }
}
