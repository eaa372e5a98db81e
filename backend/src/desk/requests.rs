//! Requests: what cannot be answered now is answered later, under a number.

use baton_shared::command::{ADDRESS_CHARS_MAX, Actor, NOTE_CHARS_MAX};
use baton_shared::conversation::EndedBy;
use baton_shared::message::MESSAGE_CHARS_MAX;
use baton_shared::segment::WrapUp;
use baton_shared::*;

use super::{Answer, Circumstances, Decided, checked_text, invites, optional_text, owned, person};
use crate::content::Content;
use crate::scripts::is_address;

/// Creates a request from a conversation and ends it; what is under way for it has been ended before.
pub(super) fn deflect(with: &mut Circumstances<'_>, conversation: &Conversation) -> Vec<Event> {
    let Some(from) = conversation.owner() else { return Vec::new() };
    end_with_request(with, conversation, from, EndedBy::System).1
}

fn end_with_request(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    from: Owner,
    by: EndedBy,
) -> (RequestId, Vec<Event>) {
    let request = with.ids.request();
    let created = Event::RequestCreated {
        request,
        number: with.state.requests_made + 1,
        conversation: conversation.id,
        contact: conversation.contact,
        queue: conversation.queue,
    };
    let wrap_up = match from {
        Owner::Agent(_) => WrapUp::ByItsAgent,
        Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => WrapUp::None,
    };
    let (id, ended) = (conversation.id, conversation.segment);
    let mut events = vec![created];
    events.extend(invites::end_all(with.state, conversation));
    events.push(Event::ConversationClosed { conversation: id, from, by, ended, wrap_up });
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
    let (request, events) = end_with_request(with, conversation, from, EndedBy::Agent);
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
    if !is_address(&address) {
        return Err(Refusal::EmailInvalid);
    }
    let open = with.state.conversations.get(&conversation).map(|open| open.contact);
    let requested = || {
        let mut requests = with.state.requests.values();
        requests.find(|request| request.conversation == conversation).map(|request| request.contact)
    };
    let contact = open.or_else(requested).ok_or(Refusal::ConversationClosed)?;
    Ok(Decided { content: vec![Content::Address(contact, address)], ..Decided::new(Answer::Done) })
}
