//! What is known of conversations, open or ended: where words were said, what happened, and what customers say of it.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::*;
use crate::rating::Score;
use crate::time::Timestamp;

bodies! {
    /// What a customer says of a conversation that has ended.
    NewRating {
        /// How good it was.
        score: Score,
        /// What they say about it, if anything; at most 1,000 characters.
        #[serde(default)]
        comment: Option<String>,
    }
    /// A page of conversations that were found, the newest first.
    FoundPage {
        /// The conversations.
        conversations: Vec<Found>,
        /// Where the next page begins, if there is one: to be sent as `before`.
        next: Option<u64>,
        /// How far the index is behind the log, in milliseconds.
        lag_ms: u64,
    }
    /// A conversation that was found.
    Found {
        /// Which.
        conversation: ConversationId,
        /// The customer's name.
        customer: String,
        /// The name of the queue that it waits in or came from last.
        queue: String,
        /// How the customer wrote.
        channel: Channel,
        /// The names of the agents who had it, in their order.
        agents: Vec<String>,
        /// When it was opened.
        opened_at: Timestamp,
        /// When it ended, if it has.
        closed_at: Option<Timestamp>,
        /// How many transfers of it were asked for.
        transfers: u32,
        /// How good the customer says it was, if they do.
        score: Option<Score>,
        /// Where the words stand, at most three places.
        snippets: Vec<Snippet>,
    }
    /// A place where words stand that were looked for.
    Snippet {
        /// What kind of text it is.
        kind: TimelineKind,
        /// When it was written.
        at: Timestamp,
        /// Whose it is, in a few words.
        sentence: String,
        /// The text around the words, cut into what was looked for and the rest.
        parts: Vec<SnippetPart>,
    }
    /// A piece of a text.
    SnippetPart {
        /// The piece, as plain text.
        text: String,
        /// Whether it was looked for.
        hit: bool,
    }
    /// All that happened to a conversation, in its order.
    Timeline {
        /// Which.
        conversation: ConversationId,
        /// The customer's name.
        customer: String,
        /// The name of the queue that it waits in or came from last.
        queue: String,
        /// How the customer wrote.
        channel: Channel,
        /// When it was opened.
        opened_at: Timestamp,
        /// When it ended, if it has.
        closed_at: Option<Timestamp>,
        /// How good the customer says it was, if they do.
        score: Option<Score>,
        /// What happened.
        entries: Vec<TimelineEntry>,
        /// How far this is behind the log, in milliseconds.
        lag_ms: u64,
    }
    /// Something that happened to a conversation.
    TimelineEntry {
        /// The place in the log; several entries of one event have the same.
        position: u64,
        /// When.
        at: Timestamp,
        /// What kind of thing.
        kind: TimelineKind,
        /// What happened, in a sentence without a full stop.
        sentence: String,
        /// What was written, where something was.
        text: Option<String>,
        /// Who of the staff was shown the text, and when first.
        seen_by: Vec<Seen>,
    }
    /// Someone who was shown a text.
    Seen {
        /// Who.
        agent: AgentId,
        /// Their name.
        name: String,
        /// When first.
        at: Timestamp,
    }
}

/// What kind of thing an entry of a timeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimelineKind {
    /// Something said to or by the customer.
    Message,
    /// Another owner answers for it, which begins a segment, or it ended.
    Owner,
    /// It was offered to someone, or such an offer ended.
    Offer,
    /// It is passed on.
    Transfer,
    /// A note or a summary that went with it.
    Note,
    /// What staff said to each other aside.
    Aside,
    /// Who takes part or reads on beside the owner.
    Company,
    /// How it was led on its way: by workflows, flows and the limits of queues.
    Routing,
    /// How a segment was filed.
    Filing,
    /// A request made of it, and its answer.
    Request,
    /// What the customer says of it.
    Rating,
}

impl TimelineKind {
    /// Every kind, in the order of a list.
    pub const ALL: [Self; 11] = [
        Self::Message,
        Self::Owner,
        Self::Offer,
        Self::Transfer,
        Self::Note,
        Self::Aside,
        Self::Company,
        Self::Routing,
        Self::Filing,
        Self::Request,
        Self::Rating,
    ];

    /// Returns the words shown to people, for several of the kind.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Message => "Messages",
            Self::Owner => "Owners",
            Self::Offer => "Offers",
            Self::Transfer => "Transfers",
            Self::Note => "Notes and summaries",
            Self::Aside => "Side conversations",
            Self::Company => "Who took part",
            Self::Routing => "Routing",
            Self::Filing => "Wrap-ups",
            Self::Request => "Requests",
            Self::Rating => "Ratings",
        }
    }
}
