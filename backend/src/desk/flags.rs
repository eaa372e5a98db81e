//! Flags, by which agents ask supervisors for help.

use baton_shared::command::{Actor, FLAG_CHARS_MAX};
use baton_shared::*;

use super::supervision::overseen;
use super::{Answer, Circumstances, Decided, checked_text, open, owned, person};
use crate::content::Content;

pub(super) fn raise(
    with: &Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    text: &str,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let text = checked_text("message", text, FLAG_CHARS_MAX)?;
    if owned(with.state, conversation, agent)?.flag().is_some() {
        return Err(Refusal::FlagUp);
    }
    let content = vec![Content::Flag { conversation, at: with.now, agent, text }];
    let events = vec![Event::FlagRaised { conversation, agent }];
    Ok(Decided { events, content, ..Decided::new(Answer::Done) })
}

pub(super) fn lower(
    with: &Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let open = open(with.state, conversation)?;
    if open.owner() != Some(Owner::Agent(agent)) {
        overseen(with.state, actor, conversation)?;
    }
    let lowered = open.flag().map(|_| Event::FlagLowered { conversation, agent });
    Ok(Decided::done(lowered.into_iter().collect()))
}
