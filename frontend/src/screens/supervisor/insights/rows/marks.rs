//! What marks rows: what they are called together, and which transfers a second outcome means.

use baton_shared::api::TransferItem;

use crate::screens::supervisor::insights::asked::{List, Mark, Rows};
use crate::screens::supervisor::insights::words;

/// Says whether a transfer is one of the rows: the server knows one outcome, which may be what the report is narrowed by.
pub fn fits_transfer(rows: &Rows, item: &TransferItem) -> bool {
    rows.mark(Mark::Outcome).is_none_or(|outcome| {
        item.outcome == outcome || (item.outcome != "cancelled" && item.reason.as_deref() == Some(outcome))
    })
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
        "early" => "soon after the sender got it",
        "written_unowned" => "during which the customer wrote to nobody",
        "with_note" => "with a note",
        "with_summary" => "with a summary",
        "summary_edited" => "with a changed summary",
        "note_opened" => "opened before the answer",
        "offers_rejected" => "with a rejected offer",
        "offers_missed" => "with a missed offer",
        "short" => "sooner than counts",
        "in_target" => "within the target",
        "counted" => "that the service level counts",
        "expected" => "with an expected wait",
        "longer_than_expected" => "longer than expected",
        "rung" => "that rang",
        "responded" => "with an answer",
        "filed" => "that were filed",
        "waiting" => "still waiting",
        "left_otherwise" => "that ended otherwise",
        "had" => "of conversations",
        "after_transfer" => "that a transfer led to",
        "in_queue" => "",
        "extended" => "with more time for filing",
        "routed" => "with a first response",
        "customer_responded" => "with an answer of the customer",
        "with_load" => "refused or missed",
        "of_transfer" => "for a transfer",
        "declined" => "refused by hand",
        "without_reason" => "without a reason",
        "status_there" => "signed in",
        "ended" => "that ended",
        "transfers_3_or_more" => "3 transfers or more",
        "success" => "that came to a good end",
        "surveyed" => "whose customers were asked",
        "rated" => "whose customers answered",
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
        List::Ratings => "Ratings",
        List::Conversations => "Conversations",
    };
    let bound = |text: &str| words::lasted(text.parse().unwrap_or(0));
    let parts = rows.marks.iter().map(|(mark, value)| match mark {
        Mark::Outcome if rows.list == List::Transfers => words::outcome(value).to_lowercase(),
        Mark::Outcome if rows.list == List::Conversations => words::ending(value).to_lowercase(),
        Mark::Outcome => format!("followed by {}", words::read_word(value).to_lowercase()),
        Mark::Kind => words::kind(value).to_lowercase(),
        Mark::Agent | Mark::Queue | Mark::Group => name(value),
        Mark::Sender => format!("by {}", name(value)),
        Mark::Receiver => format!("to {}", name(value)),
        Mark::AcceptedBy => format!("accepted by {}", name(value)),
        Mark::Only => {
            let words: Vec<String> = value.split(',').map(only).filter(|word| !word.is_empty()).collect();
            words.join(", ")
        }
        Mark::From => format!("from {}", bound(value)),
        Mark::Below => format!("below {}", bound(value)),
        Mark::Score => format!("{value} of 5"),
        Mark::Reason => "for the same reason".to_owned(),
        Mark::Transfers => words::counted(value.parse().unwrap_or(0), "transfer", "transfers"),
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
            unowned_messages: 0,
            note: false,
            summary: false,
            summary_edited: None,
            note_opened: false,
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
    fn a_title_names_what_marks_the_rows() {
        let rows = transfers().with(Mark::Outcome, "rejected").with(Mark::Receiver, "7");
        let name = |_: &str| "Billing".to_owned();
        assert_eq!(title(&rows, name), "Transfers: failed: rejected to the end, to Billing");
        assert_eq!(title(&transfers(), name), "All transfers");
        let waits = Rows::of(List::Segments).with(Mark::Only, "in_queue");
        assert_eq!(title(&waits, name), "All segments");
        assert_eq!(title(&waits.with(Mark::Only, "short"), name), "Segments: sooner than counts");
        let refused = Rows::of(List::Segments).with(Mark::Reason, "2a").with(Mark::Only, "of_transfer");
        assert_eq!(title(&refused, name), "Segments: for a transfer, for the same reason");
        let turned = Rows::of(List::Conversations).with(Mark::Outcome, "dissuaded");
        assert_eq!(title(&turned, name), "Conversations: turned away");
        let ratings = Rows::of(List::Ratings).with(Mark::Score, "2").with(Mark::Transfers, "1");
        assert_eq!(title(&ratings, name), "Ratings: 2 of 5, 1 transfer");
    }
}
