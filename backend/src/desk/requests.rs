//! Requests: what cannot be answered now is answered later, under a number.

use baton_shared::command::{ADDRESS_CHARS_MAX, Actor, NOTE_CHARS_MAX};
use baton_shared::conversation::EndedBy;
use baton_shared::message::MESSAGE_CHARS_MAX;
use baton_shared::segment::WrapUp;
use baton_shared::*;

use super::{Answer, Circumstances, Decided, checked_text, invites, optional_text, owned, person};
use crate::content::Content;
use crate::scripts::is_address;

/// Creates a request with a number from a conversation and ends it; what is under way for it has been ended before.
pub(super) fn deflect(with: &mut Circumstances<'_>, conversation: &Conversation, number: u32) -> Vec<Event> {
    let Some(from) = conversation.owner() else { return Vec::new() };
    end_with_request(with, &Ending::of(conversation, from, EndedBy::System), number).1
}

/// A conversation that ends with a request.
pub(super) struct Ending {
    pub(super) conversation: ConversationId,
    pub(super) contact: ContactId,
    pub(super) queue: QueueId,
    pub(super) segment: SegmentId,
    pub(super) from: Owner,
    pub(super) by: EndedBy,
}

impl Ending {
    const fn of(conversation: &Conversation, from: Owner, by: EndedBy) -> Self {
        let Conversation { id, contact, queue, segment, .. } = conversation;
        Self { conversation: *id, contact: *contact, queue: *queue, segment: *segment, from, by }
    }
}

/// Creates a request with a number from a conversation and ends it.
pub(super) fn end_with_request(
    with: &mut Circumstances<'_>,
    ending: &Ending,
    number: u32,
) -> (RequestId, Vec<Event>) {
    let request = with.ids.request();
    let Ending { conversation, contact, queue, segment, from, by } = *ending;
    let wrap_up = match from {
        Owner::Agent(_) => WrapUp::ByItsAgent,
        Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => WrapUp::None,
    };
    let mut events = vec![Event::RequestCreated { request, number, conversation, contact, queue }];
    let open = with.state.conversations.get(&conversation);
    events.extend(open.into_iter().flat_map(|open| invites::end_all(with.state, open)));
    events.push(Event::ConversationClosed { conversation, from, by, ended: segment, wrap_up });
    (request, events)
}

pub(super) fn create(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    note: Option<String>,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let note = optional_text("note", note.as_deref().unwrap_or(""), NOTE_CHARS_MAX)?;
    let conversation = owned(with.state, conversation, agent)?;
    if conversation.transfer().is_some() {
        return Err(Refusal::TransferOpen);
    }
    let from = Owner::Agent(agent);
    let (request, events) =
        end_with_request(with, &Ending::of(conversation, from, EndedBy::Agent), with.state.requests_made + 1);
    let content = note.map(|note| Content::RequestNote(request, note)).into_iter().collect();
    Ok(Decided { events, content, ..Decided::new(Answer::Added { id: request.to_string() }) })
}

pub(super) fn answer(
    with: &Circumstances<'_>,
    actor: Actor,
    request: RequestId,
    text: String,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let text = checked_text("answer", &text, MESSAGE_CHARS_MAX)?;
    let open = with.state.requests.get(&request).ok_or(Refusal::RequestClosed)?;
    let conversation = open.conversation;
    let serves = with
        .state
        .agents
        .get(&agent)
        .is_some_and(|agent| agent.role >= Role::Supervisor || agent.queues.contains(&open.queue));
    if !serves {
        return Err(Refusal::NotOwner);
    }
    Ok(Decided {
        events: vec![Event::RequestAnswered { request, conversation, agent }],
        content: vec![Content::RequestAnswer(request, text)],
        ..Decided::new(Answer::Done)
    })
}

/// Refuses what is no e-mail address.
pub(super) fn check_address(address: &str) -> Result<(), Refusal> {
    if is_address(address) { Ok(()) } else { Err(Refusal::EmailInvalid) }
}

pub(super) fn leave_address(
    with: &Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    address: String,
) -> Result<Decided, Refusal> {
    let address = checked_text("address", &address, ADDRESS_CHARS_MAX)?;
    if actor != Actor::Customer(conversation) {
        return Err(Refusal::NotOwner);
    }
    check_address(&address)?;
    let open = with.state.conversations.get(&conversation).map(|open| open.contact);
    let requested = || {
        let mut requests = with.state.requests.values();
        requests.find(|request| request.conversation == conversation).map(|request| request.contact)
    };
    let contact = open.or_else(requested).ok_or(Refusal::ConversationClosed)?;
    Ok(Decided { content: vec![Content::Address(contact, address)], ..Decided::new(Answer::Done) })
}
