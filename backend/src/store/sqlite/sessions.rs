//! Sign-ins and secrets: written one by one, outside the batches, because no turn decides them.

use baton_shared::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::WORKSPACE;
use crate::accounts::SESSION_AGE_MAX;
use crate::store::rows::StoredId;
use crate::store::{Session, StoreError};

/// Keeps a sign-in, and forgets those that were abandoned: a browser that never comes back ends none.
pub(super) fn add(connection: &Connection, session: &Session) -> Result<(), StoreError> {
    connection
        .prepare_cached("delete from sessions where workspace_id = ?1 and created_at <= ?2")?
        .execute(params![WORKSPACE, session.created_at.minus(SESSION_AGE_MAX).as_millis()])?;
    connection
        .prepare_cached(
            "insert or replace into sessions (workspace_id, token_hash, agent, created_at, seen_at)
             values (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            WORKSPACE,
            session.token_hash,
            session.agent.blob(),
            session.created_at.as_millis(),
            session.seen_at.as_millis(),
        ])?;
    Ok(())
}

/// Returns a sign-in by the hash of its token.
pub(super) fn find(connection: &Connection, token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
    let mut find = connection.prepare_cached(
        "select agent, created_at, seen_at from sessions where workspace_id = ?1 and token_hash = ?2",
    )?;
    let session = find.query_row(params![WORKSPACE, token_hash], |row| {
        Ok(Session {
            token_hash: *token_hash,
            agent: AgentId::from_blob(row.get(0)?),
            created_at: Timestamp::from_millis(row.get(1)?),
            seen_at: Timestamp::from_millis(row.get(2)?),
        })
    });
    Ok(session.optional()?)
}

/// Remembers when a sign-in was last used; one that ended stays ended.
pub(super) fn touch(
    connection: &Connection,
    token_hash: &[u8; 32],
    seen_at: Timestamp,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("update sessions set seen_at = ?3 where workspace_id = ?1 and token_hash = ?2")?
        .execute(params![WORKSPACE, token_hash, seen_at.as_millis()])?;
    Ok(())
}

/// Ends a sign-in.
pub(super) fn remove(connection: &Connection, token_hash: &[u8; 32]) -> Result<(), StoreError> {
    connection
        .prepare_cached("delete from sessions where workspace_id = ?1 and token_hash = ?2")?
        .execute(params![WORKSPACE, token_hash])?;
    Ok(())
}

/// Ends every sign-in of a person.
pub(super) fn remove_all(connection: &Connection, agent: AgentId) -> Result<(), StoreError> {
    connection
        .prepare_cached("delete from sessions where workspace_id = ?1 and agent = ?2")?
        .execute(params![WORKSPACE, agent.blob()])?;
    Ok(())
}

/// Sets a person's password and ends their sign-ins, both or neither.
pub(super) fn set_password(
    connection: &Connection,
    agent: AgentId,
    password_hash: &str,
) -> Result<(), StoreError> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute(
        "update profiles set password_hash = ?3 where workspace_id = ?1 and agent = ?2",
        params![WORKSPACE, agent.blob(), password_hash],
    )?;
    transaction.execute(
        "delete from sessions where workspace_id = ?1 and agent = ?2",
        params![WORKSPACE, agent.blob()],
    )?;
    Ok(transaction.commit()?)
}

/// Returns a secret; the first one kept under its name wins.
pub(super) fn secret(connection: &Connection, name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
    connection
        .prepare_cached("insert or ignore into secrets (workspace_id, name, value) values (?1, ?2, ?3)")?
        .execute(params![WORKSPACE, name, fresh])?;
    let kept = connection
        .prepare_cached("select value from secrets where workspace_id = ?1 and name = ?2")?
        .query_row(params![WORKSPACE, name], |row| row.get(0))?;
    Ok(kept)
}
