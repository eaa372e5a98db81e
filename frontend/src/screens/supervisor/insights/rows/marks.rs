//! What marks rows: which of those that the server sends are meant, and what they are called together.

use baton_shared::api::{SegmentItem, TransferItem};

use crate::screens::supervisor::insights::asked::{List, Mark, Rows};
use crate::screens::supervisor::insights::words;

/// Says whether the page itself must look for the rows among those that the server sends.
pub fn leaves_out(rows: &Rows) -> bool {
    [Mark::Only, Mark::From, Mark::Below].iter().any(|mark| rows.marks.contains_key(mark))
}

/// Says whether a transfer is one of the rows.
pub fn fits_transfer(rows: &Rows, item: &TransferItem) -> bool {
    let outcome = rows.mark(Mark::Outcome).is_none_or(|outcome| {
        item.outcome == outcome || (item.outcome != "cancelled" && item.reason.as_deref() == Some(outcome))
    });
    let only = rows.mark(Mark::Only).is_none_or(|only| match only {
        "ping_pong" => item.ping_pong,
        "bounce_back" => item.bounce_back,
        "chained" => item.hop > 1,
        "offered" => item.to_offer_ms.is_some(),
        "accepted" => item.to_accept_ms.is_some(),
        "replied" => item.request_to_reply_ms.is_some(),
        "written" => item.customer_messages > 0,
        "warm" => item.transfer_type == "warm",
        other => other.strip_prefix("to_").is_some_and(|kind| item.receiver.kind == kind),
    });
    outcome && only
}

/// Says whether a segment is one of the rows.
pub fn fits_segment(rows: &Rows, item: &SegmentItem) -> bool {
    let bound = |mark: Mark| rows.mark(mark).and_then(|text| text.parse::<u64>().ok());
    let from = bound(Mark::From).is_none_or(|from_ms| item.lasted_ms >= from_ms);
    let below = bound(Mark::Below).is_none_or(|below_ms| item.lasted_ms < below_ms);
    let is = |followed: &str| item.followed_by.as_deref() == Some(followed);
    let only = rows.mark(Mark::Only).is_none_or(|only| match only {
        "in_queue" => item.group.is_none(),
        "waiting" => item.ended_at.is_none(),
        "left_otherwise" => {
            item.ended_at.is_some() && !["accepted", "abandon", "overflow"].iter().any(|end| is(end))
        }
        "had" => ["conversation", "conversation_in_progress"].contains(&item.kind.as_str()),
        "after_transfer" => item.began_from_transfer,
        other => other.strip_prefix("status_").is_some_and(is),
    });
    from && below && only
}

/// Returns what something that rows say themselves is called.
fn only(word: &str) -> String {
    let known = match word {
        "ping_pong" => "ping-pong",
        "bounce_back" => "bounce-backs",
        "chained" => "after an earlier one",
        "offered" => "offered to someone",
        "accepted" => "accepted",
        "replied" => "with a reply",
        "written" => "during which the customer wrote",
        "warm" => "consulted first",
        "waiting" => "still waiting",
        "left_otherwise" => "that ended otherwise",
        "had" => "of conversations",
        "after_transfer" => "that a transfer led to",
        "in_queue" => "",
        "to_agent" => "to agents",
        "to_queue" => "to queues",
        "to_group" => "to groups",
        "to_workflow" => "to workflows",
        "to_bot" => "to flows",
        "to_external" => "to contacts outside",
        other => return words::read_word(other.strip_prefix("status_").unwrap_or(other)).to_lowercase(),
    };
    known.to_owned()
}

/// Says which rows these are: "Transfers: failed, by Agent One". `name` tells what an id is called.
pub fn title(rows: &Rows, name: impl Fn(&str) -> String) -> String {
    let what = match rows.list {
        List::Transfers => "Transfers",
        List::Segments => "Segments",
    };
    let bound = |text: &str| words::lasted(text.parse().unwrap_or(0));
    let parts = rows.marks.iter().map(|(mark, value)| match mark {
        Mark::Outcome if rows.list == List::Transfers => words::outcome(value).to_lowercase(),
        Mark::Outcome => format!("followed by {}", words::read_word(value).to_lowercase()),
        Mark::Kind => words::kind(value).to_lowercase(),
        Mark::Agent | Mark::Queue | Mark::Group => name(value),
        Mark::Sender => format!("by {}", name(value)),
        Mark::Receiver => format!("to {}", name(value)),
        Mark::AcceptedBy => format!("accepted by {}", name(value)),
        Mark::Only => only(value),
        Mark::From => format!("from {}", bound(value)),
        Mark::Below => format!("below {}", bound(value)),
    });
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        format!("All {}", what.to_lowercase())
    } else {
        format!("{what}: {}", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_shared::api::InsightsThing;
    use baton_shared::{ConversationId, Timestamp, TransferId};

    fn thing(kind: &str) -> InsightsThing {
        InsightsThing { kind: kind.to_owned(), id: "7".to_owned(), name: "Billing".to_owned() }
    }

    fn transfer(outcome: &str, reason: Option<&str>) -> TransferItem {
        TransferItem {
            id: TransferId::from_bits(1),
            conversation: ConversationId::from_bits(1),
            requested_at: Timestamp::default(),
            ended_at: None,
            transfer_type: "cold".to_owned(),
            sender: thing("agent"),
            receiver: thing("queue"),
            queue: None,
            channel: "web_chat".to_owned(),
            outcome: outcome.to_owned(),
            reason: reason.map(str::to_owned),
            hop: 1,
            ping_pong: false,
            bounce_back: true,
            offers: 1,
            accepted_by: None,
            to_offer_ms: Some(0),
            to_accept_ms: None,
            request_to_accept_ms: None,
            request_to_reply_ms: None,
            customer_messages: 0,
        }
    }

    fn wait(lasted_ms: u64, followed_by: Option<&str>) -> SegmentItem {
        SegmentItem {
            id: None,
            conversation: None,
            kind: "queue".to_owned(),
            started_at: Timestamp::default(),
            ended_at: followed_by.map(|_| Timestamp::default()),
            lasted_ms,
            agent: None,
            queue: Some(thing("queue")),
            group: None,
            channel: None,
            transfer_type: None,
            transferred_segment: false,
            began_from_transfer: false,
            ended_by_transfer: false,
            destination_type: None,
            destination_id: None,
            destination: None,
            preceded_by: None,
            followed_by: followed_by.map(str::to_owned),
            ring_ms: None,
            first_response_ms: None,
            response_ms: None,
            response_max_ms: None,
            agent_messages: None,
            customer_messages: None,
            wrap_up_ms: None,
        }
    }

    fn transfers() -> Rows {
        Rows::of(List::Transfers)
    }

    #[test]
    fn a_transfer_fits_by_its_outcome_and_by_why_it_failed() {
        let failed = transfer("failed", Some("rejected"));
        for (outcome, fits) in [("failed", true), ("rejected", true), ("expired", false), ("open", false)] {
            assert_eq!(fits_transfer(&transfers().with(Mark::Outcome, outcome), &failed), fits, "{outcome}");
        }
    }

    #[test]
    fn a_transfer_fits_by_what_it_says_itself() {
        let failed = transfer("failed", Some("rejected"));
        let fits = |word: &str| fits_transfer(&transfers().with(Mark::Only, word), &failed);
        assert!(fits("bounce_back") && fits("to_queue") && fits("offered"));
        assert!(
            !fits("ping_pong") && !fits("to_agent") && !fits("chained") && !fits("accepted") && !fits("moon")
        );
    }

    #[test]
    fn a_wait_fits_by_its_length_the_lower_bound_included() {
        let rows = Rows::of(List::Segments).with(Mark::From, "5000").with(Mark::Below, "10000");
        let fits = |ms| fits_segment(&rows, &wait(ms, Some("accepted")));
        assert_eq!([4_999, 5_000, 9_999, 10_000].map(fits), [false, true, true, false]);
    }

    #[test]
    fn a_wait_that_goes_on_has_not_ended_otherwise() {
        let fits = |word: &str, followed| {
            fits_segment(&Rows::of(List::Segments).with(Mark::Only, word), &wait(1, followed))
        };
        assert!(fits("waiting", None) && !fits("left_otherwise", None));
        assert!(!fits("waiting", Some("routed")) && fits("left_otherwise", Some("routed")));
        assert!(!fits("left_otherwise", Some("abandon")));
    }

    #[test]
    fn a_title_names_what_marks_the_rows() {
        let rows = transfers().with(Mark::Outcome, "rejected").with(Mark::Receiver, "7");
        let name = |_: &str| "Billing".to_owned();
        assert_eq!(title(&rows, name), "Transfers: failed: rejected to the end, to Billing");
        assert_eq!(title(&transfers(), name), "All transfers");
        assert_eq!(title(&Rows::of(List::Segments).with(Mark::Only, "in_queue"), name), "All segments");
    }
}
