//! What supervisors say to an agent beside a conversation, and what the agent answers; the customer never sees it.

use baton_shared::command::Actor;
use baton_shared::message::MESSAGE_CHARS_MAX;
use baton_shared::*;

use super::supervision::{check_apart, joined_unasked, overseen};
use super::{Answer, Circumstances, Decided, checked_text, open, person};
use crate::content::Content;

pub(super) fn whisper(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    text: &str,
) -> Result<Decided, Refusal> {
    let author = person(actor)?;
    let text = checked_text("message", text, MESSAGE_CHARS_MAX)?;
    let state = with.state;
    let begins = match open(state, conversation)?.owner() {
        Some(Owner::Agent(owner)) if owner == author => {
            answers(open(state, conversation)?)?;
            None
        }
        owner => {
            let (agent, open) = overseen(state, actor, conversation)?;
            let Some(Owner::Agent(_)) = owner else { return Err(Refusal::NotWithAgent) };
            hears(with, open, agent)?
        }
    };
    let open = open(state, conversation)?;
    let (segment, seq, message) = (open.segment, open.whispers() + 1, with.ids.message());
    let client_key = with.key.map(str::to_owned);
    let content =
        Content::Whisper { conversation, seq, segment, id: message, author, text, at: with.now, client_key };
    let mut events: Vec<Event> = begins.into_iter().collect();
    events.push(Event::Whispered { conversation, segment, message, seq, author });
    Ok(Decided { events, content: vec![content], ..Decided::new(Answer::Sent { conversation, seq }) })
}

/// Refuses an owner to whom nobody whispered: otherwise it would show who listens in.
fn answers(open: &Conversation) -> Result<(), Refusal> {
    if open.is_whispered_to() { Ok(()) } else { Err(Refusal::NobodyWhispered) }
}

/// Has a supervisor who whispers hear the answer too.
fn hears(with: &Circumstances<'_>, open: &Conversation, agent: AgentId) -> Result<Option<Event>, Refusal> {
    if open.is_overheard_by(agent) || joined_unasked(with.state, open, agent) {
        return Ok(None);
    }
    check_apart(with.state, open, agent)?;
    Ok(Some(Event::ListenedIn { conversation: open.id, agent }))
}
