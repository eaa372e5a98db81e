//! What a wall shows beside the open work.

use baton_shared::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::WORKSPACE;
use crate::store::rows::{Blob, StoredId};
use crate::store::{Fact, Happening, StoreError, WallRows};

/// How long a conversation may have waited to be counted when its wait ended.
const WAITED_MAX: core::time::Duration = core::time::Duration::from_secs(24 * 60 * 60);

/// Returns what a wall shows beside the open work, with what is counted since a time.
pub(super) fn wall_rows(connection: &Connection, since: Timestamp) -> Result<WallRows, StoreError> {
    let mut facts = waits(connection, since)?;
    facts.extend(unanswered(connection, since)?);
    facts.extend(talks(connection, since)?);
    facts.sort_by_key(|fact| fact.at);
    Ok(WallRows { spoken: spoken(connection)?, present_since: present_since(connection)?, facts })
}

/// Returns the name of a conversation's customer.
pub(super) fn customer(
    connection: &Connection,
    conversation: ConversationId,
) -> Result<Option<String>, StoreError> {
    let mut find = connection.prepare_cached(
        "select k.name from conversations c
         join contacts k on k.workspace_id = c.workspace_id and k.id = c.contact
         where c.workspace_id = ?1 and c.id = ?2",
    )?;
    Ok(find.query_row(params![WORKSPACE, conversation.blob()], |row| row.get(0)).optional()?)
}

fn spoken(connection: &Connection) -> Result<Vec<(ConversationId, String, Timestamp)>, StoreError> {
    let mut find = connection.prepare_cached(
        "select c.id, k.name, coalesce(
             (select m.at_ms from messages m where m.workspace_id = c.workspace_id and m.conversation = c.id
              order by m.seq desc limit 1), 0)
         from conversations c indexed by conversations_open
         join contacts k on k.workspace_id = c.workspace_id and k.id = c.contact
         where c.workspace_id = ?1 and c.owner_id is not null",
    )?;
    let found = find.query_map(params![WORKSPACE], |row| {
        let id = ConversationId::from_blob(row.get(0)?);
        Ok((id, row.get(1)?, Timestamp::from_millis(row.get(2)?)))
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn present_since(connection: &Connection) -> Result<Vec<(AgentId, Timestamp)>, StoreError> {
    let mut find = connection.prepare_cached(
        "select id, present_since from agents where workspace_id = ?1 and present_since > 0",
    )?;
    let found = find.query_map(params![WORKSPACE], |row| {
        Ok((AgentId::from_blob(row.get(0)?), Timestamp::from_millis(row.get(1)?)))
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Returns the least id that is made at a time, so that what was made since is found without an index of its own.
fn first_id(time: Timestamp) -> Blob {
    let millis = u128::from(time.as_millis().max(0).unsigned_abs());
    SegmentId::from_bits(millis << 80).blob()
}

fn waits(connection: &Connection, since: Timestamp) -> Result<Vec<Fact>, StoreError> {
    let mut find = connection.prepare_cached(
        "select owner_id, started_at, ended_at, followed_by from segments
         where workspace_id = ?1 and id >= ?2 and owner_kind = 'queue'",
    )?;
    let mut found = find.query(params![WORKSPACE, first_id(since.minus(WAITED_MAX))])?;
    let mut facts = Vec::new();
    while let Some(row) = found.next()? {
        let queue = QueueId::from_blob(row.get(0)?);
        let started_at = Timestamp::from_millis(row.get(1)?);
        if started_at >= since {
            facts.push(Fact { at: started_at, queue, what: Happening::Entered });
        }
        let ended_at: Option<i64> = row.get(2)?;
        let Some(at) = ended_at.map(Timestamp::from_millis).filter(|at| *at >= since) else { continue };
        let followed_by: Option<String> = row.get(3)?;
        let waited_ms = u64::try_from(at.since(started_at).as_millis()).unwrap_or(u64::MAX);
        let what = match followed_by.as_deref() {
            Some("accepted" | "transferred") => Happening::Accepted { waited_ms },
            Some("ended_by_customer") => Happening::Abandoned { waited_ms },
            _ => continue,
        };
        facts.push(Fact { at, queue, what });
    }
    Ok(facts)
}

fn unanswered(connection: &Connection, since: Timestamp) -> Result<Vec<Fact>, StoreError> {
    let mut find = connection.prepare_cached(
        "select ended_at, queue, agent, missed from unanswered where workspace_id = ?1 and ended_at >= ?2",
    )?;
    let found = find.query_map(params![WORKSPACE, since.as_millis()], |row| {
        let agent = AgentId::from_blob(row.get(2)?);
        let what = if row.get(3)? { Happening::Missed { agent } } else { Happening::Rejected };
        let queue = QueueId::from_blob(row.get(1)?);
        Ok(Fact { at: Timestamp::from_millis(row.get(0)?), queue, what })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn talks(connection: &Connection, since: Timestamp) -> Result<Vec<Fact>, StoreError> {
    let mut find = connection.prepare_cached(
        "select ended_at, segment, queue, ended_at - started_at, filed_at - ended_at from talks
         where workspace_id = ?1 and ended_at >= ?2",
    )?;
    let found = find.query_map(params![WORKSPACE, since.as_millis()], |row| {
        let segment = SegmentId::from_blob(row.get(1)?);
        let (talk_ms, filed_ms): (i64, Option<i64>) = (row.get(3)?, row.get(4)?);
        let (talk_ms, wrap_up_ms) = (talk_ms.cast_unsigned(), filed_ms.map(i64::cast_unsigned));
        let what = Happening::Talked { segment, talk_ms, wrap_up_ms };
        let queue = QueueId::from_blob(row.get(2)?);
        Ok(Fact { at: Timestamp::from_millis(row.get(0)?), queue, what })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}
