//! What customers said of conversations that had ended.

use baton_shared::rating::Survey;
use baton_shared::*;
use rusqlite::{Connection, params};

use super::WORKSPACE;
use crate::store::StoreError;
use crate::store::rows::StoredId;

/// Says whether the customer has said what they say of a conversation.
pub(super) fn is_rated(connection: &Connection, conversation: ConversationId) -> Result<bool, StoreError> {
    let mut find =
        connection.prepare_cached("select 1 from ratings where workspace_id = ?1 and conversation = ?2")?;
    Ok(find.exists(params![WORKSPACE, conversation.blob()])?)
}

/// Returns how far the customer of a conversation that has ended is asked about it; nothing where they are not.
pub(super) fn survey(
    connection: &Connection,
    conversation: &Conversation,
) -> Result<Option<Survey>, StoreError> {
    if is_rated(connection, conversation.id)? {
        return Ok(Some(Survey::Answered));
    }
    Ok(conversation.is_surveyed().then_some(Survey::Asked))
}
