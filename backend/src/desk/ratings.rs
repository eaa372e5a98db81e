//! What a customer says of a conversation that has ended.

use baton_shared::command::Actor;
use baton_shared::rating::{COMMENT_CHARS_MAX, Score};
use baton_shared::*;

use super::{Circumstances, Decided, optional_text};
use crate::content::Content;

pub(super) fn rate(
    with: &Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    score: Score,
    comment: Option<String>,
) -> Result<Decided, Refusal> {
    let comment = optional_text("comment", comment.as_deref().unwrap_or(""), COMMENT_CHARS_MAX)?;
    if actor != Actor::Customer(conversation) {
        return Err(Refusal::NotOwner);
    }
    if with.state.conversations.contains_key(&conversation) {
        return Err(Refusal::NotEnded);
    }
    let former = with.former.ok_or(Refusal::NotFound { what: "conversation" })?;
    if former.rated || with.state.is_rated(conversation) {
        return Err(Refusal::RatedAlready);
    }
    if !former.surveyed {
        return Err(Refusal::SurveyOff);
    }
    let mut decided = Decided::done(vec![Event::ConversationRated { conversation, score }]);
    decided.content.extend(comment.map(|comment| Content::RatingComment(conversation, comment)));
    Ok(decided)
}
