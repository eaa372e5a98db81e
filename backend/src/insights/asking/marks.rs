//! Words for the rows that a figure counts and no column alone tells.

use rusqlite::types::Value;

use crate::insights::reports::queues::Levels;

/// Returns the condition on transfers that a word stands for.
pub(in crate::insights) fn of_transfers(word: &str) -> Option<&'static str> {
    Some(match word {
        "ping_pong" => "ping_pong",
        "bounce_back" => "bounce_back",
        "chained" => "hop > 1",
        "early" => "early",
        "offered" => "to_offer_ms is not null",
        "offers_rejected" => "offers_rejected > 0",
        "offers_missed" => "offers_missed > 0",
        "accepted" => "to_accept_ms is not null",
        "replied" => "request_to_reply_ms is not null",
        "written" => "customer_messages > 0",
        "written_unowned" => "unowned_messages > 0",
        "with_note" => "note",
        "with_summary" => "summary",
        "summary_edited" => "edited = 1",
        "note_opened" => "opened",
        "warm" => "transfer_type = 'warm'",
        "to_agent" => "receiver_kind = 'agent'",
        "to_queue" => "receiver_kind = 'queue'",
        "to_group" => "receiver_kind = 'group'",
        "to_workflow" => "receiver_kind = 'workflow'",
        "to_bot" => "receiver_kind = 'bot'",
        "to_external" => "receiver_kind = 'external'",
        _ => return None,
    })
}

/// Returns the condition on segments that a word stands for, with its values.
pub(in crate::insights) fn of_segments(word: &str, levels: Levels) -> Option<(&'static str, Vec<Value>)> {
    let target = || levels.target_ms.map_or(Value::Null, |ms| Value::Integer(ms.cast_signed()));
    let short = || Value::Integer(levels.short_ms.cast_signed());
    let plain = |text| Some((text, Vec::new()));
    match word {
        "in_queue" => plain("place in (select number from things where things.kind = 'queue')"),
        "waiting" => plain("kind = 1 and ended_at is null"),
        "left_otherwise" => plain(
            "kind = 1 and ended_at is not null
                and (followed_by is null or followed_by not in ('accepted', 'abandon', 'overflow'))",
        ),
        "short" => {
            let text = "kind = 1 and followed_by = 'abandon' and ended_at - started_at < ?";
            Some((text, vec![short()]))
        }
        "in_target" => {
            let text =
                "kind = 1 and followed_by = 'accepted' and ended_at - started_at <= coalesce(?, target_ms)";
            Some((text, vec![target()]))
        }
        "counted" => {
            let text = "kind = 1 and coalesce(?, target_ms) is not null
                and (followed_by = 'accepted' or (followed_by = 'abandon' and ended_at - started_at >= ?))";
            Some((text, vec![target(), short()]))
        }
        "expected" => plain("kind = 1 and followed_by = 'accepted' and expected_ms is not null"),
        "longer_than_expected" => {
            plain("kind = 1 and followed_by = 'accepted' and ended_at - started_at > expected_ms")
        }
        "had" => plain("kind = 2"),
        "ended" => plain("ended_at is not null"),
        "filed" => plain("wrap_up_ms is not null"),
        "rung" => plain("ring_ms is not null"),
        "responded" => plain("responses > 0"),
        "replied" => plain("first_response_ms is not null"),
        "after_transfer" => plain("transfer_at is not null"),
        "extended" => plain("extensions > 0"),
        "routed" => plain("ring_ms is not null and first_response_ms is not null"),
        "customer_responded" => plain("customer_responses > 0"),
        "with_load" => plain("load_limit is not null"),
        "of_transfer" => plain("for_transfer is not null"),
        "declined" => plain("reason is not null"),
        "without_reason" => plain("reason = 0"),
        "status_there" => plain("kind = 9 and followed_by in ('available', 'busy', 'away')"),
        "status_available" => plain("kind = 9 and followed_by = 'available'"),
        "status_busy" => plain("kind = 9 and followed_by = 'busy'"),
        "status_away" => plain("kind = 9 and followed_by = 'away'"),
        "status_offline" => plain("kind = 9 and followed_by = 'offline'"),
        _ => None,
    }
}

/// Returns the condition on conversations that a word stands for.
pub(in crate::insights) fn of_conversations(word: &str) -> Option<&'static str> {
    Some(match word {
        "ended" => "outcome <> 'in_progress'",
        "transfers_3_or_more" => "transfers >= 3",
        "responded" => "outcome <> 'in_progress' and responses > 0",
        "customer_responded" => "outcome <> 'in_progress' and customer_responses > 0",
        "success" => "outcome in ('successful', 'transferred')",
        "surveyed" => "surveyed = 1",
        "rated" => "surveyed = 1 and rated = 1",
        _ => return None,
    })
}
