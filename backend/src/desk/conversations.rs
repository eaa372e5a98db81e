//! Opening, talking, ending, filing.

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::command::{
    ADDRESS_CHARS_MAX, ATTRIBUTE_CHARS_MAX, ATTRIBUTES_MAX, Actor, NAME_CHARS_MAX, NOTE_CHARS_MAX,
};
use baton_shared::conversation::EndedBy;
use baton_shared::message::MESSAGE_CHARS_MAX;
use baton_shared::queue::Overflow;
use baton_shared::segment::{Disposition, WRAP_UP_EXTENSION, WrapUp};
use baton_shared::*;

use super::flows;
use super::requests::{self, Ending};
use super::workflows::{self, Seeker};
use super::{
    Answer, Circumstances, Decided, checked_text, invites, open, optional_text, overflow, person, returning,
    returns,
};
use crate::content::{Content, ReadMarks};
use crate::routing::RoutingState;

/// A conversation to open.
pub(super) struct Start {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) channel: Channel,
    pub(super) queue: QueueId,
    pub(super) attributes: BTreeMap<String, String>,
}

pub(super) fn start(with: &mut Circumstances<'_>, start: Start) -> Result<Decided, Refusal> {
    let name = checked_text("name", &start.name, NAME_CHARS_MAX)?;
    let text = checked_text("message", &start.text, MESSAGE_CHARS_MAX)?;
    check_attributes(&start.attributes)?;
    let entrance = with.state.entrance(start.channel);
    let seeker = Seeker {
        channel: start.channel,
        excluded: BTreeSet::new(),
        last_agent: with.former.and_then(|former| former.agent),
        relaxed: None,
    };
    let mut way = entrance.map(|workflow| workflows::way(with, workflow, &seeker));
    if !with.state.queues.contains_key(&start.queue) {
        return Err(Refusal::NotFound { what: "queue" });
    }
    let mut queue = way.as_ref().map_or(start.queue, |way| way.queue);
    // What begins in a flow waits in no queue: the limit of a wait counts once the flow passes it on to one, as for a
    // transfer, which is never turned away.
    let in_flow = with.state.flow_entrance(start.channel).is_some();
    let shut = |queue: &Queue| overflow::shut(with.state, queue, start.channel).is_some();
    if !in_flow && with.state.queues.get(&queue).is_none_or(shut) {
        return Err(Refusal::QueueClosed);
    }
    let full = !in_flow && !with.state.has_room(queue);
    let mut deflected = false;
    match full.then(|| overflow::beyond(with.state, queue, start.channel, &BTreeSet::new())).flatten() {
        // What another queue takes is no more on the way that a workflow found for it.
        Some(Overflow::Queue(next)) => (queue, way) = (next, None),
        Some(Overflow::Request) => (deflected, way) = (true, None),
        Some(Overflow::Refuse) => return Err(Refusal::QueueFull),
        // Where nowhere is room, waiting is better than being turned away.
        None => {}
    }
    let (conversation, contact, segment) = (with.ids.conversation(), contact(with), with.ids.segment());
    let channel = start.channel;
    let opened = Event::ConversationOpened { conversation, contact, channel, queue, segment };
    // The key of the start is as good as the customer's token, so it is not kept where staff can see it.
    let first = Said { seq: 1, author: Author::Customer, text, client_key: None };
    let (sent, said) = message(with, conversation, first);
    let entered = flows::entered(with, conversation, &opened);
    let mut events: Vec<Event> = [opened].into_iter().chain(entered).collect();
    if way.is_none() && !deflected && !in_flow {
        events.extend(returning::asked(with, conversation, queue, channel));
    }
    events.extend(way.into_iter().flat_map(|way| workflows::entered(with.now, conversation, way)));
    events.push(sent);
    if deflected {
        let (from, by) = (Owner::Queue(queue), EndedBy::System);
        let ending = Ending { conversation, contact, queue, segment, from, by };
        events.extend(requests::end_with_request(with, &ending, with.state.requests_made + 1).1);
    }
    Ok(Decided {
        events,
        content: vec![
            Content::Contact(contact, name),
            Content::Attributes(conversation, start.attributes),
            said,
        ],
        ..Decided::new(Answer::Started { conversation })
    })
}

/// Returns the contact that a customer who returns was, or a new one.
fn contact(with: &mut Circumstances<'_>) -> ContactId {
    match with.former {
        Some(former) => former.contact,
        None => with.ids.contact(),
    }
}

/// A question that is left instead of opening a conversation.
pub(super) struct Left {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) text: String,
    pub(super) channel: Channel,
    pub(super) queue: QueueId,
}

/// Opens a conversation with the question and ends it with a request at once, so that it is read and answered like any.
pub(super) fn leave_request(with: &mut Circumstances<'_>, left: Left) -> Result<Decided, Refusal> {
    let name = checked_text("name", &left.name, NAME_CHARS_MAX)?;
    let text = checked_text("message", &left.text, MESSAGE_CHARS_MAX)?;
    let address = checked_text("address", &left.address, ADDRESS_CHARS_MAX)?;
    requests::check_address(&address)?;
    let (channel, queue) = (left.channel, left.queue);
    if !with.state.queues.contains_key(&queue) {
        return Err(Refusal::NotFound { what: "queue" });
    }
    let (conversation, contact, segment) = (with.ids.conversation(), contact(with), with.ids.segment());
    let first = Said { seq: 1, author: Author::Customer, text, client_key: None };
    let (sent, said) = message(with, conversation, first);
    let mut events = vec![Event::ConversationOpened { conversation, contact, channel, queue, segment }, sent];
    let (from, by) = (Owner::Queue(queue), EndedBy::Customer);
    let ending = Ending { conversation, contact, queue, segment, from, by };
    events.extend(requests::end_with_request(with, &ending, with.state.requests_made + 1).1);
    Ok(Decided {
        events,
        content: vec![Content::Contact(contact, name), Content::Address(contact, address), said],
        ..Decided::new(Answer::Started { conversation })
    })
}

fn check_attributes(attributes: &BTreeMap<String, String>) -> Result<(), Refusal> {
    if attributes.len() > ATTRIBUTES_MAX {
        return Err(Refusal::TooMany { what: "attributes", max: ATTRIBUTES_MAX });
    }
    for (name, value) in attributes {
        checked_text("attribute's name", name, NAME_CHARS_MAX)?;
        optional_text("attribute", value, ATTRIBUTE_CHARS_MAX)?;
    }
    Ok(())
}

pub(super) fn send(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    text: String,
) -> Result<Decided, Refusal> {
    let text = checked_text("message", &text, MESSAGE_CHARS_MAX)?;
    let talking = open(with.state, conversation)?;
    let author = match actor {
        Actor::Customer(own) if own == conversation => Author::Customer,
        Actor::Person(agent)
            if talking.owner() == Some(Owner::Agent(agent))
                || with.state.participants(talking).any(|participant| participant == agent) =>
        {
            Author::Agent(agent)
        }
        Actor::External(external) if talking.owner() == Some(Owner::External(external)) => {
            Author::External(external)
        }
        Actor::Customer(_) | Actor::External(_) | Actor::Person(_) | Actor::Visitor | Actor::System => {
            return Err(Refusal::NotOwner);
        }
    };
    let seq = talking.last_seq + 1;
    let client_key = with.key.map(str::to_owned);
    let (sent, said) = message(with, conversation, Said { seq, author, text, client_key });
    // Who writes has read what was written before.
    let marks = match author {
        Author::Customer => ReadMarks { customer_delivered: seq, customer_read: seq, ..ReadMarks::default() },
        Author::Agent(_) | Author::Flow(_) | Author::External(_) => {
            ReadMarks { agent_read: seq, ..ReadMarks::default() }
        }
    };
    Ok(Decided {
        events: vec![sent],
        content: vec![said],
        marks: Some((conversation, marks)),
        ..Decided::new(Answer::Sent { conversation, seq })
    })
}

/// Something to be said.
pub(super) struct Said {
    pub(super) seq: u32,
    pub(super) author: Author,
    pub(super) text: String,
    pub(super) client_key: Option<String>,
}

pub(super) fn message(
    with: &mut Circumstances<'_>,
    conversation: ConversationId,
    said: Said,
) -> (Event, Content) {
    let id = with.ids.message();
    let Said { seq, author, text, client_key } = said;
    let sent = Event::MessageSent { conversation, message: id, seq, author };
    (sent, Content::Message { conversation, seq, id, author, text, at: with.now, client_key })
}

pub(super) fn end(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    disposition: Option<Disposition>,
    notes: Option<String>,
) -> Result<Decided, Refusal> {
    let notes = optional_text("notes", notes.as_deref().unwrap_or(""), NOTE_CHARS_MAX)?;
    let ending = open(with.state, conversation)?;
    let owner = ending.owner().ok_or(Refusal::ConversationClosed)?;
    let by = match actor {
        Actor::Customer(own) if own == conversation => EndedBy::Customer,
        Actor::System => EndedBy::System,
        Actor::Person(agent) if owner == Owner::Agent(agent) => EndedBy::Agent,
        Actor::External(external) if owner == Owner::External(external) => EndedBy::Agent,
        Actor::Customer(_) | Actor::External(_) | Actor::Person(_) | Actor::Visitor => {
            return Err(Refusal::NotOwner);
        }
    };
    if by == EndedBy::Agent && ending.transfer().is_some() {
        return Err(Refusal::TransferOpen);
    }
    let (offers_end, transfer_end) = (OfferEnd::Rescinded, TransferEnd::Abandoned);
    let mut events = returns::end_all(with.state, ending, offers_end, transfer_end);
    events.extend(invites::end_all(with.state, ending));
    let wrap_up = match owner {
        Owner::Agent(_) => WrapUp::ByItsAgent,
        Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => WrapUp::None,
    };
    let segment = ending.segment;
    events.push(Event::ConversationClosed { conversation, from: owner, by, ended: segment, wrap_up });
    let mut decided = Decided::done(events);
    if let (EndedBy::Agent, Owner::Agent(agent), Some(_)) = (by, owner, disposition) {
        decided.events.push(Event::WrapUpEnded { segment, conversation, agent, disposition });
    }
    if by == EndedBy::Agent {
        decided.content.extend(notes.map(|notes| Content::WrapUpNotes(segment, notes)));
    }
    Ok(decided)
}

pub(super) fn complete_wrap_up(
    with: &Circumstances<'_>,
    actor: Actor,
    segment: SegmentId,
    disposition: Disposition,
    notes: Option<String>,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let notes = optional_text("notes", notes.as_deref().unwrap_or(""), NOTE_CHARS_MAX)?;
    let filed = with.state.wrap_ups.get(&segment).ok_or(Refusal::WrapUpClosed)?;
    if filed.owner != Owner::Agent(agent) {
        return Err(Refusal::NotOwner);
    }
    match filed.state {
        SegmentState::WrapUp { .. } => {}
        SegmentState::Active | SegmentState::Ended { .. } => return Err(Refusal::WrapUpClosed),
    }
    let conversation = filed.conversation;
    let disposition = Some(disposition);
    let mut decided = Decided::done(vec![Event::WrapUpEnded { segment, conversation, agent, disposition }]);
    decided.content.extend(notes.map(|notes| Content::WrapUpNotes(segment, notes)));
    Ok(decided)
}

pub(super) fn extend_wrap_up(
    with: &Circumstances<'_>,
    actor: Actor,
    segment: SegmentId,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let filed = with.state.wrap_ups.get(&segment).ok_or(Refusal::WrapUpClosed)?;
    if filed.owner != Owner::Agent(agent) {
        return Err(Refusal::NotOwner);
    }
    let SegmentState::WrapUp { until: Some(until), .. } = filed.state else {
        return Err(Refusal::WrapUpClosed);
    };
    let (conversation, until) = (filed.conversation, until.plus(WRAP_UP_EXTENSION));
    Ok(Decided::done(vec![Event::WrapUpExtended { segment, conversation, agent, until }]))
}

/// Ends a wrap-up whose time is over; what was not filed stays unfiled.
pub(super) fn wrap_up_over(state: &RoutingState, segment: SegmentId) -> Vec<Event> {
    let Some(filed) = state.wrap_ups.get(&segment) else { return Vec::new() };
    let Owner::Agent(agent) = filed.owner else { return Vec::new() };
    vec![Event::WrapUpEnded { segment, conversation: filed.conversation, agent, disposition: None }]
}

/// Lets a conversation take no room any more whose customer was silent for too long.
pub(super) fn silent(state: &RoutingState, conversation: ConversationId) -> Vec<Event> {
    match state.conversations.get(&conversation).and_then(Conversation::owner) {
        Some(Owner::Agent(agent)) => vec![Event::ConversationIdled { conversation, agent }],
        Some(Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_)) | None => Vec::new(),
    }
}

pub(super) fn mark(
    with: &Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    delivered: u32,
    read: u32,
) -> Result<Decided, Refusal> {
    // A page tells by itself how far was read, and may do so just as the conversation ends.
    let Ok(marked) = open(with.state, conversation) else { return Ok(Decided::done(Vec::new())) };
    let (delivered, read) = (delivered.min(marked.last_seq), read.min(marked.last_seq));
    let marks = match actor {
        Actor::Customer(own) if own == conversation => {
            ReadMarks { customer_delivered: delivered.max(read), customer_read: read, ..ReadMarks::default() }
        }
        Actor::Person(agent) if marked.owner() == Some(Owner::Agent(agent)) => {
            ReadMarks { agent_read: read, ..ReadMarks::default() }
        }
        Actor::Customer(_) | Actor::External(_) | Actor::Person(_) | Actor::Visitor | Actor::System => {
            return Err(Refusal::NotOwner);
        }
    };
    Ok(Decided { marks: Some((conversation, marks)), ..Decided::new(Answer::Done) })
}
