//! Reports about what happened: figures, and the rows behind them.
//!
//! Every figure is of what began from `from` on and before `to`; times that last are in milliseconds. What a figure
//! counts is said here and nowhere else; a share or an average of nothing is absent.

use serde::{Deserialize, Serialize};

use crate::ids::*;
use crate::time::Timestamp;

bodies! {
    /// How current a report is.
    InsightsLag {
        /// How many events were committed that the report does not know.
        events: u64,
        /// How long ago the first of them was, in milliseconds; 0 where there is none.
        ms: u64,
        /// Whether reports are kept current; after an error they are not until the next start.
        stopped: bool,
    }
    /// Someone or something that a report names.
    InsightsThing {
        /// `agent`, `queue`, `group`, `workflow`, `bot` or `external`.
        kind: String,
        /// The id.
        id: String,
        /// What it is called.
        name: String,
    }
    /// What became of transfers: `transfer_segments_total` is the sum of the successful, failed, cancelled and open ones.
    TransfersReport {
        /// Conversations with at least one of the transfers.
        conversations_with_transfers: u64,
        /// Transfers that were asked for; one transfer is one transfer segment.
        transfer_segments_total: u64,
        /// Those by which another participant became owner; to a queue, a group or a workflow once an agent accepted.
        transfer_segments_successful: u64,
        /// Those that ended otherwise without being called off.
        transfer_segments_failed: u64,
        /// Those to a named agent.
        transfer_segments_to_agent: u64,
        /// Those to a queue.
        transfer_segments_to_queue: u64,
        /// Those to a group.
        transfer_segments_to_group: u64,
        /// Those to a workflow.
        transfer_segments_to_workflow: u64,
        /// Those to a flow.
        transfer_segments_to_bot: u64,
        /// Those to a partner outside.
        transfer_segments_to_external: u64,
        /// Those called off by the sender, or by a supervisor who decided otherwise, or by the server.
        transfer_segments_cancelled: u64,
        /// Those that are under way.
        transfer_segments_open: u64,
        /// Failed: the last one who was asked rejected it.
        failed_rejected: u64,
        /// Failed: it came back for another reason, such as a receiver who went away.
        failed_returned: u64,
        /// Failed: nobody answered in time.
        failed_expired: u64,
        /// Failed: the customer left first.
        failed_abandoned: u64,
        /// Failed: it overflowed, or could not be carried out.
        failed_other: u64,
        /// Cancelled by the sender.
        cancelled_by_sender: u64,
        /// Cancelled by a supervisor, who called it off, passed the conversation on or took it over.
        cancelled_by_supervisor: u64,
        /// Cancelled by the server, because the sender may not sign in any more.
        cancelled_by_system: u64,
        /// Those where the receiver takes over.
        mode_cold: u64,
        /// Those where the receiver is consulted first.
        mode_warm: u64,
        /// Successful ones to whoever had the conversation before the sender: A to B to A.
        ping_pongs: u64,
        /// Failed ones after which the sender had the conversation.
        bounce_backs: u64,
        /// Those asked for within 2 minutes after the sender got the conversation.
        within_two_minutes: u64,
        /// The most transfers of one conversation, those before the range included.
        chain_longest: u64,
        /// Transfers of conversations that had one before.
        chained: u64,
        /// Offers that were made for them.
        offers: u64,
        /// Offers that were refused.
        offers_rejected: u64,
        /// Offers that were not answered in time.
        offers_missed: u64,
        /// What the customer wrote while they were under way.
        customer_messages: u64,
        /// What the customer wrote of that while nobody had the conversation: it waited in a queue or for a group.
        unowned_messages: u64,
        /// Conversations with such messages.
        unowned_conversations: u64,
        /// Transfers with a note.
        with_note: u64,
        /// Transfers with a summary.
        with_summary: u64,
        /// Those of them whose summary the sender changed after it was made.
        summaries_edited: u64,
        /// Transfers whose note or summary was opened before an answer by someone who was asked.
        notes_opened: u64,
        /// Offers for each of them, on average.
        offers_per_transfer: Option<f64>,
        /// From the request to the first offer, on average, in milliseconds.
        to_offer_ms: Option<u64>,
        /// From the offer that was accepted to its acceptance, on average, in milliseconds.
        to_accept_ms: Option<u64>,
        /// From the request to the acceptance, on average, in milliseconds.
        request_to_accept_ms: Option<u64>,
        /// From the request to what the next owner said first, on average, in milliseconds.
        request_to_reply_ms: Option<u64>,
        /// By who passed on.
        by_sender: Vec<TransferCut>,
        /// By whom it was passed on to.
        by_receiver: Vec<TransferCut>,
        /// Why offers for transfers were refused, the most frequent reasons first, at most 50; counted by when they were made.
        reasons: Vec<RejectionReason>,
        /// How current this is.
        lag: InsightsLag,
    }
    /// How often offers were refused for a reason.
    RejectionReason {
        /// The words of whoever refused last for it; nothing for no reason, and for words that are not kept any more.
        reason: Option<String>,
        /// What stands for it in `reason` of lists of segments; nothing for no reason.
        key: Option<String>,
        /// How often.
        count: u64,
    }
    /// Transfers of one sender or receiver.
    TransferCut {
        /// Who.
        thing: InsightsThing,
        /// All of them.
        total: u64,
        /// Those that were successful.
        successful: u64,
        /// Those that failed.
        failed: u64,
        /// Those that were called off.
        cancelled: u64,
        /// Those that are under way.
        open: u64,
    }
    /// One transfer.
    TransferItem {
        /// Which.
        id: TransferId,
        /// Of what.
        conversation: ConversationId,
        /// When it was asked for.
        requested_at: Timestamp,
        /// When it ended.
        ended_at: Option<Timestamp>,
        /// `cold`, `warm`, `external` or `bot_handoff`.
        transfer_type: String,
        /// By whom.
        sender: InsightsThing,
        /// To whom, with the name of the time where it is kept.
        receiver: InsightsThing,
        /// Of which queue the conversation was.
        queue: Option<InsightsThing>,
        /// How the customer wrote.
        channel: String,
        /// `open`, `successful`, `failed` or `cancelled`.
        outcome: String,
        /// Of a failed one: `rejected`, `returned`, `expired`, `abandoned` or `other`; of a cancelled one: `sender` or `supervisor`.
        reason: Option<String>,
        /// The how-many-eth transfer of its conversation it is, from 1.
        hop: u32,
        /// Whoever accepted had the conversation before the sender.
        ping_pong: bool,
        /// The sender had the conversation after it failed.
        bounce_back: bool,
        /// How many offers were made for it.
        offers: u32,
        /// Who accepted.
        accepted_by: Option<InsightsThing>,
        /// From the request to the first offer, in milliseconds.
        to_offer_ms: Option<u64>,
        /// From the offer that was accepted to its acceptance, in milliseconds.
        to_accept_ms: Option<u64>,
        /// From the request to the acceptance, in milliseconds.
        request_to_accept_ms: Option<u64>,
        /// From the request to what the next owner said first, in milliseconds.
        request_to_reply_ms: Option<u64>,
        /// What the customer wrote while it was under way.
        customer_messages: u32,
        /// What they wrote of that while nobody had the conversation.
        unowned_messages: u32,
        /// Whether a note went with it.
        note: bool,
        /// Whether a summary went with it.
        summary: bool,
        /// Whether the sender changed the summary that was made; nothing where none was made, or none went with it.
        summary_edited: Option<bool>,
        /// Whether someone who was asked opened them before they answered.
        note_opened: bool,
    }
    /// Transfers, the first that was asked for first.
    TransfersPage {
        /// At most as many as were asked for.
        transfers: Vec<TransferItem>,
        /// What to send as `after` for the rest; nothing at the end.
        next: Option<String>,
        /// How current this is.
        lag: InsightsLag,
    }
    /// A time slice of a conversation, or of an agent's presence.
    SegmentItem {
        /// The segment, offer or transfer that it is; nothing for a presence.
        id: Option<String>,
        /// Of what; nothing for a presence.
        conversation: Option<ConversationId>,
        /// `queue`, `conversation`, `conversation_in_progress`, `missed`, `rejected`, `revoked`, `bot`, `external`,
        /// `transfer`, `agent_status` or `agent_status_in_progress`.
        kind: String,
        /// When it began.
        started_at: Timestamp,
        /// When it ended.
        ended_at: Option<Timestamp>,
        /// How long it lasted, until now where it goes on, in milliseconds.
        lasted_ms: u64,
        /// Whose it is or who was asked.
        agent: Option<InsightsThing>,
        /// Of which queue the conversation was.
        queue: Option<InsightsThing>,
        /// For which group it waited.
        group: Option<InsightsThing>,
        /// How the customer wrote.
        channel: Option<String>,
        /// `cold`, `warm`, `external`, `takeover`, `redirect`, `return` or `bot_handoff`: of the transfer that ended it, else of the
        /// one that it began from.
        transfer_type: Option<String>,
        /// Whether it ended by a transfer or began from one, or is one.
        transferred_segment: bool,
        /// Whether it began from a transfer.
        began_from_transfer: bool,
        /// Whether it ended by a transfer.
        ended_by_transfer: bool,
        /// `agent`, `queue`, `group`, `workflow`, `bot` or `external`: where that transfer went.
        destination_type: Option<String>,
        /// Where that transfer went: the id.
        destination_id: Option<String>,
        /// What that was called at the time.
        destination: Option<String>,
        /// `none`, `queue`, `cold_transfer`, `warm_transfer`, `bot`, `return`, `takeover`, `redirect`, `invite`, `expired`, `lost`,
        /// `released`, `routed` or `overflow`.
        preceded_by: Option<String>,
        /// `transfer_to_agent`, `transfer_to_queue`, `transfer_to_group`, `transfer_to_workflow`, `transfer_to_bot`,
        /// `transfer_to_external`, `accepted`, `end`, `abandon`, `return`, `takeover`, `redirect`, `invite`, `expired`, `lost`,
        /// `released`, `routed`, `overflow` or `bot`; of a transfer its outcome; of a presence its status.
        followed_by: Option<String>,
        /// How long whoever accepted it was asked before, in milliseconds.
        ring_ms: Option<u64>,
        /// From its beginning to the first message of its agent, in milliseconds.
        first_response_ms: Option<u64>,
        /// How long the customer waited for answers, on average, in milliseconds.
        response_ms: Option<u64>,
        /// How long the customer waited for the slowest answer, in milliseconds.
        response_max_ms: Option<u64>,
        /// How many messages its agent wrote.
        agent_messages: Option<u32>,
        /// How many messages the customer wrote.
        customer_messages: Option<u32>,
        /// How long it was filed, in milliseconds.
        wrap_up_ms: Option<u64>,
        /// Of a wait in a queue: how long it was expected to be when it began, in milliseconds.
        expected_ms: Option<u64>,
        /// How often more time was taken for filing it.
        extensions: Option<u32>,
        /// How long its agent waited for answers of the customer, on average, in milliseconds.
        customer_response_ms: Option<u64>,
        /// How long its agent waited for the slowest of them, in milliseconds.
        customer_response_max_ms: Option<u64>,
        /// Of a wait: how many waited there already when it began.
        ahead: Option<u64>,
        /// Of an offer that was refused or missed: units of capacity in use at that moment.
        load_used: Option<u32>,
        /// Of how many.
        load_limit: Option<u32>,
    }
    /// Segments, the first that began first.
    SegmentsPage {
        /// At most as many as were asked for.
        segments: Vec<SegmentItem>,
        /// What to send as `after` for the rest; nothing at the end.
        next: Option<String>,
        /// How current this is.
        lag: InsightsLag,
    }
    /// What happened in a queue or to what waited for a group, or in all of them.
    QueueFigures {
        /// Which; nothing for all together.
        thing: Option<InsightsThing>,
        /// How often a conversation came to wait.
        entered: u64,
        /// How often an agent accepted.
        accepted: u64,
        /// How often the customer left first, however soon.
        abandoned: u64,
        /// Those of them who left sooner than counts, which is `short_secs`.
        short_abandoned: u64,
        /// How often it left for another queue because it waited too long.
        overflowed: u64,
        /// How often it ended to wait otherwise: routed on, taken over, given back, ended with a request.
        left_otherwise: u64,
        /// How many wait still.
        waiting: u64,
        /// Accepted within the target: `target_secs` where it is asked for, else the queue's of the time.
        accepted_in_target: u64,
        /// Those that the service level counts: waits with a target that were accepted or abandoned, without short ones.
        level_counted: u64,
        /// `accepted_in_target` for each of `level_counted`, from 0 to 1.
        service_level: Option<f64>,
        /// How long those who were accepted waited, on average (ASA), in milliseconds; the ringing included.
        answer_ms: Option<u64>,
        /// The longest of these, in milliseconds.
        answer_max_ms: Option<u64>,
        /// How long those who left waited, on average, in milliseconds.
        abandon_ms: Option<u64>,
        /// `abandoned` for each of `entered`, from 0 to 1.
        abandoned_share: Option<f64>,
        /// `short_abandoned` for each of `entered`, from 0 to 1.
        short_abandoned_share: Option<f64>,
        /// Offers of its conversations that were not answered in time or taken back.
        missed: u64,
        /// Offers of its conversations that were refused, or whose agent went away.
        rejected: u64,
        /// Conversations that agents finished while they were of this queue.
        completed: u64,
        /// Talking and filing, on average (AHT), in milliseconds.
        handle_ms: Option<u64>,
        /// Talking, on average, in milliseconds.
        talk_ms: Option<u64>,
        /// Filing, on average, in milliseconds.
        wrap_up_ms: Option<u64>,
        /// How often more time was taken for filing.
        wrap_up_extensions: u64,
        /// How many waited there already when a conversation came to wait, on average, to two places.
        ahead: Option<f64>,
        /// The most who did.
        ahead_max: Option<u64>,
        /// Units that were in use when offers were refused or missed, for each that there was; above 1 where someone had more
        /// than their capacity, as when something came back to them.
        load_when_declined: Option<f64>,
    }
    /// Queues and groups, with what happened there.
    QueuesReport {
        /// All together.
        all: QueueFigures,
        /// Each, by name.
        queues: Vec<QueueFigures>,
        /// How current this is.
        lag: InsightsLag,
    }
    /// What an agent did.
    AgentFigures {
        /// Who.
        thing: InsightsThing,
        /// How often they had a conversation.
        conversations: u64,
        /// Those they have still.
        in_progress: u64,
        /// Offers they did not answer in time, or that were taken back.
        missed: u64,
        /// Offers they refused, or that ended because they went away.
        rejected: u64,
        /// How long they were asked before they accepted, on average, in milliseconds.
        ring_ms: Option<u64>,
        /// Talking, on average, in milliseconds.
        talk_ms: Option<u64>,
        /// Filing, on average, in milliseconds.
        wrap_up_ms: Option<u64>,
        /// Talking and filing, on average, in milliseconds.
        handle_ms: Option<u64>,
        /// From the beginning of a segment to their first message, on average, in milliseconds.
        first_response_ms: Option<u64>,
        /// How long customers waited for their answers, on average, in milliseconds.
        response_ms: Option<u64>,
        /// The slowest of them, in milliseconds.
        response_max_ms: Option<u64>,
        /// Messages they wrote.
        messages: u64,
        /// Transfers they asked for.
        transfers_sent: u64,
        /// Transfers to them that were asked for.
        transfers_to: u64,
        /// Transfers that they accepted.
        transfers_accepted: u64,
        /// How long they were available and reachable, in milliseconds.
        available_ms: u64,
        /// How long they were busy, in milliseconds.
        busy_ms: u64,
        /// How long they were away, in milliseconds.
        away_ms: u64,
        /// How long they were there: available, busy or away, in milliseconds.
        signed_in_ms: u64,
        /// `available_ms` for each of `signed_in_ms`, from 0 to 1.
        available_share: Option<f64>,
        /// How often they took more time for filing.
        wrap_up_extensions: u64,
        /// Units they had in use when they refused or missed offers, for each that they have; above 1 where they had more than
        /// their capacity, as when something came back to them.
        load_when_declined: Option<f64>,
        /// From when they were asked to their first message, on average, in milliseconds.
        routed_response_ms: Option<u64>,
        /// Messages of customers while they had the conversation.
        customer_messages: u64,
        /// How long they waited for customers’ answers, on average, in milliseconds.
        customer_response_ms: Option<u64>,
        /// The slowest of them, in milliseconds.
        customer_response_max_ms: Option<u64>,
        /// Conversations that were `successful` or `transferred` at their end and that they had last, counted by when those
        /// were opened.
        successes: u64,
    }
    /// Agents, with what they did.
    AgentsReport {
        /// Each, by name.
        agents: Vec<AgentFigures>,
        /// How current this is.
        lag: InsightsLag,
    }
    /// How many waits were so long.
    WaitBucket {
        /// From how many milliseconds on.
        from_ms: u64,
        /// Below how many milliseconds; nothing for any number.
        below_ms: Option<u64>,
        /// Those that an agent ended by accepting.
        accepted: u64,
        /// Those that the customer ended by leaving.
        abandoned: u64,
    }
    /// How long customers waited until an agent accepted or they left.
    WaitsReport {
        /// From when waits are counted: `queue`, `creation` or `transfer`.
        since: String,
        /// The waits by how long they were, shortest first.
        buckets: Vec<WaitBucket>,
        /// How many were accepted.
        accepted: u64,
        /// How many were abandoned.
        abandoned: u64,
        /// The average of the accepted ones, in milliseconds.
        average_ms: Option<u64>,
        /// Half of the accepted ones lasted at most so long, in milliseconds.
        median_ms: Option<u64>,
        /// Nine of ten accepted ones lasted at most so long, in milliseconds.
        p90_ms: Option<u64>,
        /// 95 of a hundred accepted ones lasted at most so long, in milliseconds.
        p95_ms: Option<u64>,
        /// The longest of the accepted ones, in milliseconds.
        longest_ms: Option<u64>,
        /// Accepted ones of which the queue could say, when they came there, how long they would wait.
        expected_counted: u64,
        /// How long these were expected to wait there, on average, in milliseconds.
        expected_ms: Option<u64>,
        /// How long these did wait there, on average, in milliseconds.
        expected_actual_ms: Option<u64>,
        /// How far what was expected was off, one way or the other, on average, in milliseconds.
        expected_off_ms: Option<u64>,
        /// How many of these waited longer than was expected.
        longer_than_expected: u64,
        /// How current this is.
        lag: InsightsLag,
    }
    /// How often conversations went from one place to another.
    FlowBetween {
        /// Where they were; nothing for the customers from whom they came.
        from: Option<InsightsThing>,
        /// Where they went; nothing for their end.
        to: Option<InsightsThing>,
        /// How often.
        count: u64,
    }
    /// How conversations moved between queues, groups, flows, partners outside and, as one, agents.
    FlowsBetweenReport {
        /// Each way that was gone, most often first.
        flows: Vec<FlowBetween>,
        /// How current this is.
        lag: InsightsLag,
    }
    /// What happened in one stretch of time.
    TrendPoint {
        /// When it began.
        start: Timestamp,
        /// Conversations that came to wait.
        entered: u64,
        /// Waits that were accepted.
        accepted: u64,
        /// Waits that were abandoned.
        abandoned: u64,
        /// How long those who were accepted waited, on average, in milliseconds.
        answer_ms: Option<u64>,
        /// Transfers that were asked for.
        transfers: u64,
        /// Transfers that were successful.
        transfers_successful: u64,
        /// Transfers that failed.
        transfers_failed: u64,
    }
    /// What happened over time.
    TrendReport {
        /// The time zone whose days and hours these are.
        zone: String,
        /// `hour`, `day`, `week` or `month`.
        bucket: String,
        /// Each stretch of time, those without anything included.
        points: Vec<TrendPoint>,
        /// How current this is.
        lag: InsightsLag,
    }
}
