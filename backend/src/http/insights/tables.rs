//! Reports as tables that spreadsheets open.

use serde_json::Value;

/// A table of a report: where its rows are, and what is in its columns.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The field that holds the rows; nothing where the report is the one row.
    rows: Option<&'static str>,
    /// The fields of a row; a dot leads into a field of a field.
    columns: &'static [&'static str],
}

/// What became of transfers, in one row.
pub const FIGURES: Table = Table {
    rows: None,
    columns: &[
        "conversations_with_transfers",
        "transfer_segments_total",
        "transfer_segments_successful",
        "transfer_segments_failed",
        "transfer_segments_to_agent",
        "transfer_segments_to_queue",
        "transfer_segments_to_group",
        "transfer_segments_to_workflow",
        "transfer_segments_to_bot",
        "transfer_segments_to_external",
        "transfer_segments_cancelled",
        "transfer_segments_open",
        "failed_rejected",
        "failed_returned",
        "failed_expired",
        "failed_abandoned",
        "failed_other",
        "cancelled_by_sender",
        "cancelled_by_supervisor",
        "cancelled_by_system",
        "mode_cold",
        "mode_warm",
        "ping_pongs",
        "bounce_backs",
        "within_two_minutes",
        "chain_longest",
        "chained",
        "offers",
        "offers_rejected",
        "offers_missed",
        "customer_messages",
        "unowned_messages",
        "unowned_conversations",
        "with_note",
        "with_summary",
        "summaries_edited",
        "notes_opened",
        "offers_per_transfer",
        "to_offer_ms",
        "to_accept_ms",
        "request_to_accept_ms",
        "request_to_reply_ms",
    ],
};

const CUT: &[&str] =
    &["thing.kind", "thing.id", "thing.name", "total", "successful", "failed", "cancelled", "open"];

/// Transfers by who passed on.
pub const BY_SENDER: Table = Table { rows: Some("by_sender"), columns: CUT };

/// Transfers by whom it was passed on to.
pub const BY_RECEIVER: Table = Table { rows: Some("by_receiver"), columns: CUT };

/// Why offers for transfers were refused.
pub const REASONS: Table = Table { rows: Some("reasons"), columns: &["reason", "key", "count"] };

/// What became of conversations, in one row.
pub const CONVERSATIONS: Table = Table {
    rows: None,
    columns: &[
        "conversations",
        "in_progress",
        "successful",
        "transferred",
        "no_interaction",
        "cancelled",
        "abandoned",
        "dissuaded",
        "unfinalized",
        "transfers_0",
        "transfers_1",
        "transfers_2",
        "transfers_3_or_more",
        "transfers_per_conversation",
        "agent_messages",
        "customer_messages",
        "response_ms",
        "response_max_ms",
        "customer_response_ms",
        "customer_response_max_ms",
    ],
};

/// Conversations.
pub const CONVERSATION_LIST: Table = Table {
    rows: Some("conversations"),
    columns: &[
        "conversation",
        "opened_at",
        "ended_at",
        "outcome",
        "agent.id",
        "agent.name",
        "queue.id",
        "queue.name",
        "channel",
        "transfers",
        "agent_messages",
        "customer_messages",
        "response_ms",
        "response_max_ms",
        "customer_response_ms",
        "customer_response_max_ms",
        "surveyed",
        "rated",
    ],
};

/// Transfers.
pub const TRANSFERS: Table = Table {
    rows: Some("transfers"),
    columns: &[
        "id",
        "conversation",
        "requested_at",
        "ended_at",
        "transfer_type",
        "sender.kind",
        "sender.id",
        "sender.name",
        "receiver.kind",
        "receiver.id",
        "receiver.name",
        "queue.id",
        "queue.name",
        "channel",
        "outcome",
        "reason",
        "hop",
        "ping_pong",
        "bounce_back",
        "offers",
        "accepted_by.id",
        "accepted_by.name",
        "to_offer_ms",
        "to_accept_ms",
        "request_to_accept_ms",
        "request_to_reply_ms",
        "customer_messages",
        "unowned_messages",
        "note",
        "summary",
        "summary_edited",
        "note_opened",
    ],
};

/// Segments.
pub const SEGMENTS: Table = Table {
    rows: Some("segments"),
    columns: &[
        "id",
        "conversation",
        "kind",
        "started_at",
        "ended_at",
        "lasted_ms",
        "agent.id",
        "agent.name",
        "queue.id",
        "queue.name",
        "group.id",
        "group.name",
        "channel",
        "transfer_type",
        "transferred_segment",
        "began_from_transfer",
        "ended_by_transfer",
        "destination_type",
        "destination_id",
        "destination",
        "preceded_by",
        "followed_by",
        "ring_ms",
        "first_response_ms",
        "response_ms",
        "response_max_ms",
        "agent_messages",
        "customer_messages",
        "wrap_up_ms",
        "expected_ms",
        "extensions",
        "customer_response_ms",
        "customer_response_max_ms",
        "ahead",
        "load_used",
        "load_limit",
    ],
};

/// What happened in queues.
pub const QUEUES: Table = Table {
    rows: Some("queues"),
    columns: &[
        "thing.kind",
        "thing.id",
        "thing.name",
        "entered",
        "accepted",
        "abandoned",
        "short_abandoned",
        "overflowed",
        "left_otherwise",
        "waiting",
        "accepted_in_target",
        "level_counted",
        "service_level",
        "answer_ms",
        "answer_max_ms",
        "abandon_ms",
        "abandoned_share",
        "short_abandoned_share",
        "missed",
        "rejected",
        "completed",
        "handle_ms",
        "talk_ms",
        "wrap_up_ms",
        "wrap_up_extensions",
        "ahead",
        "ahead_max",
        "load_when_declined",
    ],
};

/// What agents did.
pub const AGENTS: Table = Table {
    rows: Some("agents"),
    columns: &[
        "thing.id",
        "thing.name",
        "conversations",
        "in_progress",
        "missed",
        "rejected",
        "ring_ms",
        "talk_ms",
        "wrap_up_ms",
        "handle_ms",
        "first_response_ms",
        "response_ms",
        "response_max_ms",
        "messages",
        "transfers_sent",
        "transfers_to",
        "transfers_accepted",
        "available_ms",
        "busy_ms",
        "away_ms",
        "signed_in_ms",
        "available_share",
        "wrap_up_extensions",
        "load_when_declined",
        "routed_response_ms",
        "customer_messages",
        "customer_response_ms",
        "customer_response_max_ms",
        "successes",
    ],
};

/// How long customers waited.
pub const WAITS: Table =
    Table { rows: Some("buckets"), columns: &["from_ms", "below_ms", "accepted", "abandoned"] };

/// How long customers waited, in one row, with what was expected.
pub const WAIT_FIGURES: Table = Table {
    rows: None,
    columns: &[
        "since",
        "accepted",
        "abandoned",
        "average_ms",
        "median_ms",
        "p90_ms",
        "p95_ms",
        "longest_ms",
        "expected_counted",
        "expected_ms",
        "expected_actual_ms",
        "expected_off_ms",
        "longer_than_expected",
    ],
};

/// What customers said, in one row.
pub const RATINGS: Table = Table {
    rows: None,
    columns: &[
        "rated",
        "average",
        "score_1",
        "score_2",
        "score_3",
        "score_4",
        "score_5",
        "asked",
        "answered",
        "answered_share",
    ],
};

const RATED: &[&str] =
    &["thing.id", "thing.name", "rated", "average", "score_1", "score_2", "score_3", "score_4", "score_5"];

/// What customers said, by the last agent.
pub const RATINGS_BY_AGENT: Table = Table { rows: Some("by_agent"), columns: RATED };

/// What customers said, by queue.
pub const RATINGS_BY_QUEUE: Table = Table { rows: Some("by_queue"), columns: RATED };

/// What customers said, by how often it was passed on.
pub const RATINGS_BY_TRANSFERS: Table = Table {
    rows: Some("by_transfers"),
    columns: &["transfers", "rated", "average", "score_1", "score_2", "score_3", "score_4", "score_5"],
};

/// Ratings.
pub const RATING_LIST: Table = Table {
    rows: Some("ratings"),
    columns: &[
        "conversation",
        "rated_at",
        "score",
        "agent.id",
        "agent.name",
        "queue.id",
        "queue.name",
        "channel",
        "transfers",
    ],
};

/// How conversations moved.
pub const FLOWS: Table = Table {
    rows: Some("flows"),
    columns: &["from.kind", "from.id", "from.name", "to.kind", "to.id", "to.name", "count"],
};

/// What happened over time.
pub const TREND: Table = Table {
    rows: Some("points"),
    columns: &[
        "start",
        "entered",
        "accepted",
        "abandoned",
        "answer_ms",
        "transfers",
        "transfers_successful",
        "transfers_failed",
    ],
};

/// Days that were played again: all of them in the first row, which names no queue, and each queue.
pub const WHAT_IF: Table = Table {
    rows: Some("lines"),
    columns: &[
        "queue.id",
        "queue.name",
        "recorded.conversations",
        "recorded.unfinished",
        "recorded.accepted",
        "recorded.abandoned",
        "recorded.abandoned_share",
        "recorded.wait_ms",
        "recorded.wait_median_ms",
        "recorded.wait_p95_ms",
        "recorded.accepted_in_target",
        "recorded.level_counted",
        "recorded.service_level",
        "recorded.transfers",
        "recorded.transfers_successful",
        "recorded.transfers_failed",
        "recorded.transfers_cancelled",
        "recorded.returns",
        "recorded.offers",
        "recorded.offers_missed",
        "recorded.offers_rejected",
        "recorded.offers_per_conversation",
        "recorded.people",
        "recorded.busy_share",
        "recorded.busy_share_max",
        "as_it_was.conversations",
        "as_it_was.unfinished",
        "as_it_was.accepted",
        "as_it_was.abandoned",
        "as_it_was.abandoned_share",
        "as_it_was.wait_ms",
        "as_it_was.wait_median_ms",
        "as_it_was.wait_p95_ms",
        "as_it_was.accepted_in_target",
        "as_it_was.level_counted",
        "as_it_was.service_level",
        "as_it_was.transfers",
        "as_it_was.transfers_successful",
        "as_it_was.transfers_failed",
        "as_it_was.transfers_cancelled",
        "as_it_was.returns",
        "as_it_was.offers",
        "as_it_was.offers_missed",
        "as_it_was.offers_rejected",
        "as_it_was.offers_per_conversation",
        "as_it_was.people",
        "as_it_was.busy_share",
        "as_it_was.busy_share_max",
        "what_if.conversations",
        "what_if.unfinished",
        "what_if.accepted",
        "what_if.abandoned",
        "what_if.abandoned_share",
        "what_if.wait_ms",
        "what_if.wait_median_ms",
        "what_if.wait_p95_ms",
        "what_if.accepted_in_target",
        "what_if.level_counted",
        "what_if.service_level",
        "what_if.transfers",
        "what_if.transfers_successful",
        "what_if.transfers_failed",
        "what_if.transfers_cancelled",
        "what_if.returns",
        "what_if.offers",
        "what_if.offers_missed",
        "what_if.offers_rejected",
        "what_if.offers_per_conversation",
        "what_if.people",
        "what_if.busy_share",
        "what_if.busy_share_max",
    ],
};

impl Table {
    /// Writes the table of a report as CSV (RFC 4180), with a line of names.
    pub fn text(&self, report: &Value) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(self.columns.iter().map(|column| column.replace('.', "_")))?;
        let rows = match self.rows {
            Some(rows) => report[rows].as_array().map(Vec::as_slice).unwrap_or_default(),
            None => std::slice::from_ref(report),
        };
        for row in rows {
            writer.write_record(self.columns.iter().map(|column| cell(field(row, column))))?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    }
}

/// Returns what stands in a column of a row.
fn field<'a>(row: &'a Value, column: &str) -> &'a Value {
    column.split('.').fold(row, |value, name| &value[name])
}

/// Writes a value; a text that a spreadsheet would take for a formula is written behind an apostrophe.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => format!("'{text}"),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_quoted_where_they_must_be_and_never_become_formulas() {
        let cut = |name: &str| {
            let thing = json!({"kind": "agent", "id": "agt_1", "name": name});
            json!({"thing": thing, "total": 2, "successful": 1, "failed": 1, "cancelled": 0, "open": 0})
        };
        let report = json!({"by_sender": [cut("=1+1"), cut("Ada, \"the\" agent"), cut("@a"), cut("Bob")]});
        let text = String::from_utf8(BY_SENDER.text(&report).unwrap()).unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(
            lines,
            [
                "thing_kind,thing_id,thing_name,total,successful,failed,cancelled,open",
                "agent,agt_1,'=1+1,2,1,1,0,0",
                "agent,agt_1,\"Ada, \"\"the\"\" agent\",2,1,1,0,0",
                "agent,agt_1,'@a,2,1,1,0,0",
                "agent,agt_1,Bob,2,1,1,0,0",
                "",
            ]
        );
    }

    #[test]
    fn a_table_of_nothing_has_its_names_and_nothing_is_an_empty_cell() {
        let text = String::from_utf8(WAITS.text(&json!({"buckets": []})).unwrap()).unwrap();
        assert_eq!(text, "from_ms,below_ms,accepted,abandoned\r\n");
        let last = json!({"buckets": [{"from_ms": 5, "below_ms": null, "accepted": 1, "abandoned": 0}]});
        let text = String::from_utf8(WAITS.text(&last).unwrap()).unwrap();
        assert!(text.ends_with("\r\n5,,1,0\r\n"), "{text}");
    }
}
