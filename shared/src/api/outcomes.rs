//! Reports about conversations as wholes: what each came to, how often it was passed on, what was written in it, and what
//! customers said of it.

use serde::{Deserialize, Serialize};

use super::{InsightsLag, InsightsThing};
use crate::ids::*;
use crate::time::Timestamp;

bodies! {
    /// What became of conversations, counted by when they were opened: each is one of those from `in_progress` to
    /// `unfinalized`.
    ConversationsReport {
        /// All of them.
        conversations: u64,
        /// Those that are open.
        in_progress: u64,
        /// Three messages at least, from both sides.
        successful: u64,
        /// The same, but a transfer brought it to another owner.
        transferred: u64,
        /// Someone had it, but there were fewer messages, or one side wrote nothing.
        no_interaction: u64,
        /// The customer left a wait within 10 seconds.
        cancelled: u64,
        /// The customer left a wait later.
        abandoned: u64,
        /// The server ended the wait, or a bot took a request: the customer was turned away with a form or by a limit.
        dissuaded: u64,
        /// An agent had it at its end and has not filed it, or not in time.
        unfinalized: u64,
        /// Those for which no transfer was asked.
        transfers_0: u64,
        /// Those with one transfer.
        transfers_1: u64,
        /// Those with two.
        transfers_2: u64,
        /// Those with three or more.
        transfers_3_or_more: u64,
        /// Transfers for each of them, on average, to two places.
        transfers_per_conversation: Option<f64>,
        /// Messages of agents, bots and partners for each that ended, on average, to two places.
        agent_messages: Option<f64>,
        /// Messages of customers for each that ended, on average, to two places.
        customer_messages: Option<f64>,
        /// How long customers waited for answers in those that ended, on average, in milliseconds.
        response_ms: Option<u64>,
        /// The slowest of these, in milliseconds.
        response_max_ms: Option<u64>,
        /// How long it took customers to answer in those that ended, on average, in milliseconds.
        customer_response_ms: Option<u64>,
        /// The slowest of these, in milliseconds.
        customer_response_max_ms: Option<u64>,
        /// How current this is.
        lag: InsightsLag,
    }
    /// One conversation; what was written in it is counted once it has ended.
    ConversationItem {
        /// Which.
        conversation: ConversationId,
        /// When it was opened.
        opened_at: Timestamp,
        /// When it ended.
        ended_at: Option<Timestamp>,
        /// `in_progress`, `successful`, `transferred`, `no_interaction`, `cancelled`, `abandoned`, `dissuaded` or `unfinalized`.
        outcome: String,
        /// The last agent who had it.
        agent: Option<InsightsThing>,
        /// Of which queue it is, or was at its end.
        queue: InsightsThing,
        /// How the customer wrote.
        channel: String,
        /// How many transfers were asked for.
        transfers: u32,
        /// Messages of agents, bots and partners.
        agent_messages: Option<u32>,
        /// Messages of the customer.
        customer_messages: Option<u32>,
        /// How long the customer waited for answers, on average, in milliseconds.
        response_ms: Option<u64>,
        /// The slowest of these, in milliseconds.
        response_max_ms: Option<u64>,
        /// How long it took the customer to answer, on average, in milliseconds.
        customer_response_ms: Option<u64>,
        /// The slowest of these, in milliseconds.
        customer_response_max_ms: Option<u64>,
        /// Whether the customer was asked how good it was.
        surveyed: bool,
        /// Whether they said so.
        rated: bool,
    }
    /// Conversations, the first that was opened first.
    ConversationsPage {
        /// At most as many as were asked for.
        conversations: Vec<ConversationItem>,
        /// What to send as `after` for the rest; nothing at the end.
        next: Option<String>,
        /// How current this is.
        lag: InsightsLag,
    }
    /// What customers said of conversations that had ended, counted by when they said so.
    RatingsReport {
        /// How many said something.
        rated: u64,
        /// The average score, to two places.
        average: Option<f64>,
        /// How many gave 1, very bad.
        score_1: u64,
        /// How many gave 2, bad.
        score_2: u64,
        /// How many gave 3, neither.
        score_3: u64,
        /// How many gave 4, good.
        score_4: u64,
        /// How many gave 5, very good.
        score_5: u64,
        /// Conversations opened in the time whose customers were asked at their end.
        asked: u64,
        /// Those of them who answered.
        answered: u64,
        /// `answered` for each of `asked`, from 0 to 1.
        answered_share: Option<f64>,
        /// By the last agent who had the conversation.
        by_agent: Vec<RatingCut>,
        /// By the queue that it was of at its end.
        by_queue: Vec<RatingCut>,
        /// By how often it was passed on, from 0.
        by_transfers: Vec<TransfersRated>,
        /// How current this is.
        lag: InsightsLag,
    }
    /// What customers said of the conversations of an agent or a queue.
    RatingCut {
        /// Of whom or what; nothing where no agent had it.
        thing: Option<InsightsThing>,
        /// How many said something.
        rated: u64,
        /// The average score, to two places.
        average: Option<f64>,
        /// How many gave 1, very bad.
        score_1: u64,
        /// How many gave 2, bad.
        score_2: u64,
        /// How many gave 3, neither.
        score_3: u64,
        /// How many gave 4, good.
        score_4: u64,
        /// How many gave 5, very good.
        score_5: u64,
    }
    /// What customers said of conversations that were passed on so often.
    TransfersRated {
        /// How often.
        transfers: u32,
        /// How many said something.
        rated: u64,
        /// The average score, to two places.
        average: Option<f64>,
        /// How many gave 1, very bad.
        score_1: u64,
        /// How many gave 2, bad.
        score_2: u64,
        /// How many gave 3, neither.
        score_3: u64,
        /// How many gave 4, good.
        score_4: u64,
        /// How many gave 5, very good.
        score_5: u64,
    }
    /// What a customer said of a conversation.
    RatingItem {
        /// Of which.
        conversation: ConversationId,
        /// When.
        rated_at: Timestamp,
        /// How good it was, from 1 to 5.
        score: u8,
        /// The last agent who had it.
        agent: Option<InsightsThing>,
        /// Of which queue it was at its end.
        queue: InsightsThing,
        /// How the customer wrote.
        channel: String,
        /// How often it was passed on.
        transfers: u32,
    }
    /// Ratings, the first that was given first.
    RatingsPage {
        /// At most as many as were asked for.
        ratings: Vec<RatingItem>,
        /// What to send as `after` for the rest; nothing at the end.
        next: Option<String>,
        /// How current this is.
        lag: InsightsLag,
    }
}
