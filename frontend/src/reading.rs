//! How the desk reads what the server writes.
//!
//! Every text becomes a [`Value`] first and every type is read from that:
//! a type that is read from two sources is compiled twice, and the desk is to be light.
//! For the same reason [`values`] reads it, and events are told apart here and not by their derived reader, which keeps a copy of its own.

use baton_shared::{DeskEvent, WallEvent};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

mod values;

use values::Reader;
pub use values::Unreadable;

/// Reads a text.
pub fn read<Type: DeserializeOwned>(text: &str) -> Result<Type, Unreadable> {
    Type::deserialize(Reader(parse(text)?))
}

/// Reads the events of one frame.
pub fn read_events(text: &str) -> Result<Vec<DeskEvent>, Unreadable> {
    let Value::Array(events) = parse(text)? else { return Err(Unreadable("events come in a list")) };
    events.into_iter().map(read_event).collect()
}

/// Reads the events of one frame of a wall.
pub fn read_wall_events(text: &str) -> Result<Vec<WallEvent>, Unreadable> {
    let Value::Array(events) = parse(text)? else { return Err(Unreadable("events come in a list")) };
    events.into_iter().map(read_wall_event).collect()
}

/// Returns a sentence with quotation marks around what the server names between backticks, as programs read it.
pub fn quoted(sentence: &str) -> String {
    let mut text = String::with_capacity(sentence.len());
    for (place, part) in sentence.split('`').enumerate() {
        if place > 0 {
            text.push(if place % 2 == 1 { '“' } else { '”' });
        }
        text.push_str(part);
    }
    text
}

fn read_wall_event(event: Value) -> Result<WallEvent, Unreadable> {
    let Value::Object(mut fields) = event else { return Err(Unreadable("an event is an object")) };
    let kind = fields.remove("type");
    Ok(match kind.as_ref().and_then(Value::as_str).unwrap_or_default() {
        "queue_shown" => WallEvent::QueueShown { queue: take(&mut fields, "queue")? },
        "all_queues_shown" => WallEvent::AllQueuesShown { all_queues: take(&mut fields, "all_queues")? },
        "agent_shown" => WallEvent::AgentShown { agent: take(&mut fields, "agent")? },
        "conversation_shown" => {
            WallEvent::ConversationShown { conversation: take(&mut fields, "conversation")? }
        }
        "conversation_hidden" => {
            WallEvent::ConversationHidden { conversation: take(&mut fields, "conversation")? }
        }
        "transfer_shown" => WallEvent::TransferShown { transfer: take(&mut fields, "transfer")? },
        "transfer_hidden" => WallEvent::TransferHidden { transfer: take(&mut fields, "transfer")? },
        "ownerless_counted" => WallEvent::OwnerlessCounted { ownerless: take(&mut fields, "ownerless")? },
        _ => return Err(Unreadable("an event of another build")),
    })
}

fn parse(text: &str) -> Result<Value, Unreadable> {
    serde_json::from_str(text).map_err(|_| Unreadable("a text that is no JSON"))
}

fn read_event(event: Value) -> Result<DeskEvent, Unreadable> {
    let Value::Object(mut fields) = event else { return Err(Unreadable("an event is an object")) };
    let kind = fields.remove("type");
    Ok(match kind.as_ref().and_then(Value::as_str).unwrap_or_default() {
        "thread_shown" => DeskEvent::ThreadShown { thread: take(&mut fields, "thread")? },
        "thread_hidden" => DeskEvent::ThreadHidden { conversation: take(&mut fields, "conversation")? },
        "message_added" => DeskEvent::MessageAdded {
            conversation: take(&mut fields, "conversation")?,
            message: take(&mut fields, "message")?,
        },
        "marks_changed" => DeskEvent::MarksChanged {
            conversation: take(&mut fields, "conversation")?,
            read: take(&mut fields, "read")?,
            customer_delivered: take(&mut fields, "customer_delivered")?,
            customer_read: take(&mut fields, "customer_read")?,
        },
        "offer_shown" => DeskEvent::OfferShown { offer: take(&mut fields, "offer")? },
        "offer_hidden" => {
            DeskEvent::OfferHidden { offer: take(&mut fields, "offer")?, end: take(&mut fields, "end")? }
        }
        "consult_shown" => DeskEvent::ConsultShown { consult: take(&mut fields, "consult")? },
        "consult_hidden" => DeskEvent::ConsultHidden { transfer: take(&mut fields, "transfer")? },
        "whisper_added" => DeskEvent::WhisperAdded {
            conversation: take(&mut fields, "conversation")?,
            message: take(&mut fields, "message")?,
        },
        "aside_added" => DeskEvent::AsideAdded {
            transfer: take(&mut fields, "transfer")?,
            message: take(&mut fields, "message")?,
        },
        "joined_shown" => DeskEvent::JoinedShown { thread: take(&mut fields, "thread")? },
        "joined_hidden" => DeskEvent::JoinedHidden { conversation: take(&mut fields, "conversation")? },
        "listening_shown" => DeskEvent::ListeningShown { thread: take(&mut fields, "thread")? },
        "listening_hidden" => DeskEvent::ListeningHidden { conversation: take(&mut fields, "conversation")? },
        "wrap_up_shown" => DeskEvent::WrapUpShown { wrap_up: take(&mut fields, "wrap_up")? },
        "wrap_up_hidden" => DeskEvent::WrapUpHidden { segment: take(&mut fields, "segment")? },
        "person_shown" => DeskEvent::PersonShown { person: take(&mut fields, "person")? },
        "me_changed" => DeskEvent::MeChanged { me: take(&mut fields, "me")? },
        _ => return Err(Unreadable("an event of another build")),
    })
}

fn take<Type: DeserializeOwned>(fields: &mut Map<String, Value>, name: &str) -> Result<Type, Unreadable> {
    Type::deserialize(Reader(fields.remove(name).unwrap_or(Value::Null)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::rows::tests::{message, thread};
    use baton_shared::desk::{
        Colleague, Consult, IncomingInvite, IncomingTransfer, Me, OfferCard, WrapUpCard,
    };
    use baton_shared::policy::Decline;
    use baton_shared::{
        AgentId, ConversationId, InviteId, Mode, OfferEnd, OfferId, Presence, Reply, Role, SegmentId, Status,
        Timestamp, TransferId,
    };

    const ADA: ConversationId = ConversationId::from_bits(1);

    /// One event of each kind; a new kind makes the match below fail to compile.
    fn events() -> Vec<DeskEvent> {
        let presence = Presence { status: Status::Busy, reachable: true };
        let (id, name, role) = (AgentId::from_bits(1), "One".to_owned(), Role::Agent);
        let at = Timestamp::default();
        let thread = thread(1..=2);
        let (offer, segment) = (OfferId::from_bits(1), SegmentId::from_bits(1));
        let transfer = TransferId::from_bits(1);
        let incoming = IncomingTransfer {
            transfer,
            from: name.clone(),
            by: Some(name.clone()),
            mode: Mode::Warm,
            note: Some("a note".to_owned()),
            summary: None,
        };
        let card = OfferCard {
            offer,
            made_at: at,
            deadline: None,
            decline: Decline::NeedReason,
            meant: false,
            transfer: Some(incoming),
            may_reply: vec![Reply::Soon],
            question: Some("a question".to_owned()),
            answer: None,
            invite: Some(IncomingInvite { invite: InviteId::from_bits(1), from: name.clone(), note: None }),
            thread: thread.clone(),
        };
        let consult = Consult {
            transfer,
            conversation: ADA,
            from: id,
            from_name: name.clone(),
            agent: AgentId::from_bits(2),
            agent_name: "Two".to_owned(),
            note: None,
            summary: Some("a summary".to_owned()),
            since: at,
            deadline: at,
            aside: vec![message(1)],
            thread: Some(thread.clone()),
        };
        let wrap_up = WrapUpCard {
            segment,
            conversation: ADA,
            customer: "Ada".to_owned(),
            started_at: at,
            ended_at: at,
            until: Some(at),
            ended_by: "Ended by you".to_owned(),
            news: None,
        };
        vec![
            DeskEvent::ThreadShown { thread: thread.clone() },
            DeskEvent::ThreadHidden { conversation: ADA },
            DeskEvent::MessageAdded { conversation: ADA, message: message(3) },
            DeskEvent::MarksChanged { conversation: ADA, read: 3, customer_delivered: 2, customer_read: 1 },
            DeskEvent::OfferShown { offer: card },
            DeskEvent::OfferHidden { offer, end: OfferEnd::TimedOut },
            DeskEvent::WrapUpShown { wrap_up },
            DeskEvent::WrapUpHidden { segment },
            DeskEvent::PersonShown { person: Colleague { id, name: name.clone(), role, presence } },
            DeskEvent::MeChanged { me: Me { id, name, role, presence, capacity: 4 } },
            DeskEvent::ConsultShown { consult },
            DeskEvent::ConsultHidden { transfer },
            DeskEvent::AsideAdded { transfer, message: message(2) },
            DeskEvent::ListeningShown { thread: thread.clone() },
            DeskEvent::ListeningHidden { conversation: ADA },
            DeskEvent::JoinedShown { thread },
            DeskEvent::JoinedHidden { conversation: ADA },
            DeskEvent::WhisperAdded { conversation: ADA, message: message(4) },
        ]
    }

    fn place(event: &DeskEvent) -> usize {
        match event {
            DeskEvent::ThreadShown { .. } => 0,
            DeskEvent::ThreadHidden { .. } => 1,
            DeskEvent::MessageAdded { .. } => 2,
            DeskEvent::MarksChanged { .. } => 3,
            DeskEvent::OfferShown { .. } => 4,
            DeskEvent::OfferHidden { .. } => 5,
            DeskEvent::WrapUpShown { .. } => 6,
            DeskEvent::WrapUpHidden { .. } => 7,
            DeskEvent::PersonShown { .. } => 8,
            DeskEvent::MeChanged { .. } => 9,
            DeskEvent::ConsultShown { .. } => 10,
            DeskEvent::ConsultHidden { .. } => 11,
            DeskEvent::AsideAdded { .. } => 12,
            DeskEvent::ListeningShown { .. } => 13,
            DeskEvent::ListeningHidden { .. } => 14,
            DeskEvent::JoinedShown { .. } => 15,
            DeskEvent::JoinedHidden { .. } => 16,
            DeskEvent::WhisperAdded { .. } => 17,
        }
    }

    #[test]
    fn what_a_sentence_names_stands_between_quotation_marks() {
        assert_eq!(quoted("Give a name such as `a`, or `b`."), "Give a name such as “a”, or “b”.");
    }

    #[test]
    fn every_event_reads_as_it_was_written() {
        let events = events();
        assert!(events.iter().enumerate().all(|(at, event)| place(event) == at));
        let text = serde_json::to_string(&events).expect("events can be written");
        assert_eq!(read_events(&text).expect("events can be read"), events);
    }

    #[test]
    fn an_event_of_another_build_is_no_event() {
        assert!(read_events(r#"[{"type":"moon_risen"}]"#).is_err());
        assert!(read_events(r#"[{"type":"thread_hidden"}]"#).is_err());
        assert!(read_events("{}").is_err());
    }
}
