//! What customers said of conversations that had ended.

use baton_shared::rating::Survey;
use baton_shared::*;
use rusqlite::{Connection, params};

use super::{WORKSPACE, things};
use crate::store::StoreError;
use crate::store::rows::StoredId;

/// Says whether the customer has said what they say of a conversation.
pub(super) fn is_rated(connection: &Connection, conversation: ConversationId) -> Result<bool, StoreError> {
    let mut find =
        connection.prepare_cached("select 1 from ratings where workspace_id = ?1 and conversation = ?2")?;
    Ok(find.exists(params![WORKSPACE, conversation.blob()])?)
}

/// Returns how far the customer of a conversation that has ended is asked about it; nothing where nobody served them, or
/// their queue does not ask.
pub(super) fn survey(
    connection: &Connection,
    conversation: &Conversation,
) -> Result<Option<Survey>, StoreError> {
    if is_rated(connection, conversation.id)? {
        return Ok(Some(Survey::Answered));
    }
    let queue = things::queue(connection, conversation.queue)?;
    let asks = queue.is_some_and(|queue| queue.rules.survey) && conversation.last_agent.is_some();
    Ok(asks.then_some(Survey::Asked))
}
