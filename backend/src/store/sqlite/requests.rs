//! Requests as staff see them.

use baton_shared::api::RequestView;
use baton_shared::*;
use rusqlite::{Connection, params};

use super::{WORKSPACE, things};
use crate::store::StoreError;
use crate::store::rows::StoredId;

/// Says whether a person answers the requests of a queue.
fn serves(agent: &Agent, queue: QueueId) -> bool {
    agent.role >= Role::Supervisor || agent.queues.contains(&queue)
}

/// Says whether a conversation ended with a request that a person may answer.
pub(super) fn may_answer(
    connection: &Connection,
    agent: AgentId,
    conversation: ConversationId,
) -> Result<bool, StoreError> {
    let Some(agent) = things::agent(connection, agent)? else { return Ok(false) };
    let mut find = connection.prepare_cached(
        "select queue from requests indexed by requests_of_conversations
         where workspace_id = ?1 and conversation = ?2",
    )?;
    let mut found = find.query(params![WORKSPACE, conversation.blob()])?;
    while let Some(row) = found.next()? {
        if serves(&agent, QueueId::from_blob(row.get(0)?)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the requests of the queues that a person belongs to, for supervisors those of every queue: the open ones first,
/// then the newest; at most `limit`.
pub(super) fn requests(
    connection: &Connection,
    agent: AgentId,
    limit: u32,
) -> Result<Vec<RequestView>, StoreError> {
    let Some(agent) = things::agent(connection, agent)? else { return Ok(Vec::new()) };
    let mut find = connection.prepare_cached(
        "select r.id, r.number, r.conversation, c.name, c.address, q.name, r.note, r.created_at, r.answered_at,
                p.name, r.answer, r.queue
         from requests r
         left join contacts c on c.workspace_id = r.workspace_id and c.id = r.contact
         left join queues q on q.workspace_id = r.workspace_id and q.id = r.queue
         left join profiles p on p.workspace_id = r.workspace_id and p.agent = r.answered_by
         where r.workspace_id = ?1
         order by r.answered_at is not null, r.number desc",
    )?;
    let mut found = find.query(params![WORKSPACE])?;
    let mut requests = Vec::new();
    while requests.len() < limit as usize
        && let Some(row) = found.next()?
    {
        if !serves(&agent, QueueId::from_blob(row.get(11)?)) {
            continue;
        }
        let text = |column| row.get::<_, Option<String>>(column).map(Option::unwrap_or_default);
        let answered_at: Option<i64> = row.get(8)?;
        requests.push(RequestView {
            id: RequestId::from_blob(row.get(0)?),
            number: row.get(1)?,
            conversation: ConversationId::from_blob(row.get(2)?),
            customer: text(3)?,
            address: row.get(4)?,
            queue: text(5)?,
            note: row.get(6)?,
            created_at: Timestamp::from_millis(row.get(7)?),
            answered_at: answered_at.map(Timestamp::from_millis),
            answered_by: row.get(9)?,
            answer: row.get(10)?,
        });
    }
    Ok(requests)
}

/// Returns the number of the request that a conversation ended with, and its answer.
pub(super) fn request_of(
    connection: &Connection,
    conversation: ConversationId,
) -> Result<Option<(u32, Option<String>)>, StoreError> {
    let mut find = connection.prepare_cached(
        "select number, answer from requests indexed by requests_of_conversations
         where workspace_id = ?1 and conversation = ?2 order by number desc limit 1",
    )?;
    let mut found = find.query(params![WORKSPACE, conversation.blob()])?;
    match found.next()? {
        Some(row) => Ok(Some((row.get(0)?, row.get(1)?))),
        None => Ok(None),
    }
}
