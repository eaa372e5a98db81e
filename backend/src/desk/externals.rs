//! External contacts: setting them up, asking them, and what they do with what they took.
//!
//! Asking itself is done beside the core; what they answer comes here as a command.

use baton_shared::command::{Actor, NAME_CHARS_MAX, NOTE_CHARS_MAX, REASON_CHARS_MAX};
use baton_shared::external::{CALL_LASTS, URL_CHARS_MAX, secret_fault, url_fault};
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::flows::{self, flow_ended, give};
use super::offers::{listening, owner_changed, transfer_ended, wrap_up_by};
use super::policies::who;
use super::transfers::{New, requested};
use super::{Answer, Circumstances, Decided, checked_text, open, optional_text};
use crate::content::Content;
use crate::routing::RoutingState;

/// What an external contact is to be.
pub(super) struct Settings {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) secret: Option<String>,
}

impl Settings {
    fn checked(self, external: ExternalId) -> Result<Content, Refusal> {
        let name = checked_text("name", &self.name, NAME_CHARS_MAX)?;
        let url = checked_text("address", &self.url, URL_CHARS_MAX)?;
        let fault = url_fault(&url).or(self.secret.as_deref().and_then(secret_fault));
        if let Some(fault) = fault {
            return Err(Refusal::ExternalUnusable { fault });
        }
        Ok(Content::External { external, name, url, secret: self.secret })
    }
}

pub(super) fn add(
    with: &mut Circumstances<'_>,
    actor: Actor,
    settings: Settings,
) -> Result<Decided, Refusal> {
    let external = with.ids.external();
    let content = vec![settings.checked(external)?];
    let events = vec![Event::ExternalAdded { external, by: who(actor) }];
    Ok(Decided { events, content, ..Decided::new(Answer::Added { id: external.to_string() }) })
}

pub(super) fn change(
    with: &Circumstances<'_>,
    actor: Actor,
    external: ExternalId,
    settings: Settings,
) -> Result<Decided, Refusal> {
    if !with.state.externals.contains(&external) {
        return Err(Refusal::NotFound { what: "external contact" });
    }
    let content = vec![settings.checked(external)?];
    let events = vec![Event::ExternalChanged { external, by: who(actor) }];
    Ok(Decided { events, content, ..Decided::new(Answer::Done) })
}

/// Removes a contact: what it has goes back to its queue, and what it is asked to take stays where it is.
pub(super) fn remove(
    with: &mut Circumstances<'_>,
    actor: Actor,
    external: ExternalId,
) -> Result<Decided, Refusal> {
    let state = with.state;
    if !state.externals.contains(&external) {
        return Err(Refusal::NotFound { what: "external contact" });
    }
    let mut events = Vec::new();
    for transfer in state.transfers.values().filter(|transfer| calls(transfer, external)) {
        events.extend(not_taken(state, transfer, TransferEnd::Failed));
    }
    for held in state.held_by(Owner::External(external)) {
        let queue = Target::Queue(held.queue);
        events.extend(give(with, held, Sender::External(external), queue)?.events);
    }
    events.push(Event::ExternalRemoved { external, by: who(actor) });
    Ok(Decided::done(events))
}

fn calls(transfer: &Transfer, external: ExternalId) -> bool {
    matches!(transfer.state, TransferState::Calling { .. }) && transfer.target == Target::External(external)
}

/// Asks a partner to take a conversation, which stays where it is until they answer.
pub(super) fn call(
    with: &Circumstances<'_>,
    new: &New<'_>,
    external: ExternalId,
) -> Result<Vec<Event>, Refusal> {
    let target = Target::External(external);
    flows::check(with.state, new.conversation, target)?;
    Ok(vec![requested(with, new, target, Mode::Cold, None, Some(CALL_LASTS))])
}

/// Ends a transfer that a partner did not take: the sender goes on, or the flow that asked gives the conversation up.
pub(super) fn not_taken(state: &RoutingState, transfer: &Transfer, end: TransferEnd) -> Vec<Event> {
    let conversation = state.conversations.get(&transfer.conversation);
    let refused = conversation.and_then(|conversation| flow_ended(conversation, FlowEnd::TargetRefused));
    [transfer_ended(transfer, end)].into_iter().chain(refused).collect()
}

pub(super) fn answer(
    with: &mut Circumstances<'_>,
    actor: Actor,
    transfer: TransferId,
    answer: CallAnswer,
) -> Result<Decided, Refusal> {
    match actor {
        Actor::System => {}
        Actor::Person(_) | Actor::Customer(_) | Actor::External(_) | Actor::Visitor => {
            return Err(Refusal::NotOwner);
        }
    }
    let state = with.state;
    let closed = Refusal::TransferClosed { end: None };
    let transfer = state.transfers.get(&transfer).ok_or(closed.clone())?;
    let Target::External(external) = transfer.target else { return Err(closed) };
    if !calls(transfer, external) {
        return Err(closed);
    }
    let conversation = open(state, transfer.conversation)?;
    match answer {
        CallAnswer::Decline { reason } => {
            let reason: String = reason.trim().chars().take(REASON_CHARS_MAX).collect();
            let reason = (!reason.is_empty()).then_some(Content::TransferReason(transfer.id, reason));
            let events = not_taken(state, transfer, TransferEnd::Returned);
            Ok(Decided { events, content: reason.into_iter().collect(), ..Decided::new(Answer::Done) })
        }
        CallAnswer::Accept => {
            let from = conversation.owner().ok_or(Refusal::ConversationClosed)?;
            let wrap_up = match from {
                Owner::Agent(_) => wrap_up_by(&transfer.policy),
                Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => WrapUp::None,
            };
            let (to, cause) = (Owner::External(external), OwnerCause::Transferred(transfer.id));
            let mut events: Vec<Event> = flow_ended(conversation, FlowEnd::PassedOn).into_iter().collect();
            events.push(transfer_ended(transfer, TransferEnd::Completed));
            events.push(owner_changed(conversation, from, to, cause, wrap_up, with.ids.segment()));
            let sender = transfer.from.agent();
            events.extend(sender.and_then(|agent| listening(conversation.id, agent, &transfer.policy)));
            Ok(Decided { events, ..Decided::new(Answer::Accepted { conversation: conversation.id }) })
        }
    }
}

/// Gives what a partner has back to the queue it is of.
pub(super) fn give_back(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    note: Option<String>,
) -> Result<Decided, Refusal> {
    let note = optional_text("note", note.as_deref().unwrap_or(""), NOTE_CHARS_MAX)?;
    let conversation = open(with.state, conversation)?;
    let external = match actor {
        Actor::External(external) if conversation.owner() == Some(Owner::External(external)) => external,
        Actor::External(_) | Actor::Person(_) | Actor::Customer(_) | Actor::Visitor | Actor::System => {
            return Err(Refusal::NotOwner);
        }
    };
    let given = give(with, conversation, Sender::External(external), Target::Queue(conversation.queue))?;
    let content = note.map(|note| Content::Note(given.transfer, note)).into_iter().collect();
    Ok(Decided { events: given.events, content, ..Decided::new(Answer::Done) })
}
