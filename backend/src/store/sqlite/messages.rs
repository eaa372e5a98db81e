//! What was said, by page and by search, and how far it was received and read.

use baton_shared::*;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{WORKSPACE, things};
use crate::store::rows::{StoredId, fold_case};
use crate::store::{ReadMarks, StoreError};

/// The columns of a message, with the name of whoever wrote it, unless that is the customer.
macro_rules! select_messages {
    ($rest:literal) => {
        concat!(
            "select m.seq, m.id, m.agent, coalesce(p.name, case m.author_kind
                 when 'flow' then
                     (select f.name from flows f where f.workspace_id = m.workspace_id and f.id = m.agent)
                 when 'external' then
                     (select e.name from externals e where e.workspace_id = m.workspace_id and e.id = m.agent)
             end), m.text, m.at_ms, m.client_key, m.author_kind
             from messages m
             left join profiles p
                 on m.author_kind is null and p.workspace_id = m.workspace_id and p.agent = m.agent
             where m.workspace_id = ?1 and m.conversation = ?2 ",
            $rest
        )
    };
}

/// The columns of a message that was said aside.
macro_rules! select_asides {
    ($rest:literal) => {
        concat!(
            "select m.seq, m.id, m.agent, p.name, m.text, m.at_ms, m.client_key, null
             from asides m
             left join profiles p on p.workspace_id = m.workspace_id and p.agent = m.agent
             where m.workspace_id = ?1 and m.transfer = ?2 ",
            $rest
        )
    };
}

/// The columns of a message that was whispered.
macro_rules! select_whispers {
    ($rest:literal) => {
        concat!(
            "select m.seq, m.id, m.agent, p.name, m.text, m.at_ms, m.client_key, null
             from whispers m
             left join profiles p on p.workspace_id = m.workspace_id and p.agent = m.agent
             where m.workspace_id = ?1 and m.conversation = ?2 ",
            $rest
        )
    };
}

/// Returns one message.
pub(super) fn one(
    connection: &Connection,
    conversation: ConversationId,
    seq: u32,
) -> Result<Option<Message>, StoreError> {
    let Some(customer) = customer(connection, conversation)? else { return Ok(None) };
    let mut find = connection.prepare_cached(select_messages!("and m.seq = ?3"))?;
    let found = find
        .query_row(params![WORKSPACE, conversation.blob(), seq], |row| message(row, &customer))
        .optional()?;
    Ok(found)
}

/// Returns at most `limit` messages before `before` (or the last ones), oldest first.
pub(super) fn page(
    connection: &Connection,
    conversation: ConversationId,
    before: Option<u32>,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let Some(customer) = customer(connection, conversation)? else { return Ok(Vec::new()) };
    let end = before.map_or(i64::from(u32::MAX) + 1, i64::from);
    before_end(connection, conversation, &customer, end, limit)
}

/// Returns at most `limit` messages whose numbers are less than `end`, oldest first.
pub(super) fn before_end(
    connection: &Connection,
    conversation: ConversationId,
    customer: &str,
    end: i64,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let mut find =
        connection.prepare_cached(select_messages!("and m.seq < ?3 order by m.seq desc limit ?4"))?;
    let found =
        find.query_map(params![WORKSPACE, conversation.blob(), end, limit], |row| message(row, customer))?;
    let mut messages = found.collect::<Result<Vec<_>, _>>()?;
    messages.reverse();
    Ok(messages)
}

/// Returns the number of the last message before a time; 0 where there is none.
pub(super) fn last_before(
    connection: &Connection,
    conversation: ConversationId,
    at: Timestamp,
) -> Result<u32, StoreError> {
    let mut find = connection.prepare_cached(
        "select seq from messages where workspace_id = ?1 and conversation = ?2 and at_ms < ?3
         order by seq desc limit 1",
    )?;
    let found = find.query_row(params![WORKSPACE, conversation.blob(), at.as_millis()], |row| row.get(0));
    Ok(found.optional()?.unwrap_or(0))
}

/// Returns at most `limit` messages whose text contains `words` without regard to case, oldest first.
pub(super) fn search(
    connection: &Connection,
    conversation: ConversationId,
    words: &str,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let Some(customer) = customer(connection, conversation)? else { return Ok(Vec::new()) };
    let (mut sought, mut folded, mut found) = (String::new(), String::new(), Vec::new());
    fold_case(words, &mut sought);
    let mut read = connection.prepare_cached(select_messages!("order by m.seq"))?;
    let mut rows = read.query(params![WORKSPACE, conversation.blob()])?;
    while found.len() < limit as usize
        && let Some(row) = rows.next()?
    {
        fold_case(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?, &mut folded);
        if folded.contains(&sought) {
            found.push(message(row, &customer)?);
        }
    }
    Ok(found)
}

/// Returns what was said aside about a transfer, oldest first.
pub(super) fn asides(connection: &Connection, transfer: TransferId) -> Result<Vec<Message>, StoreError> {
    let mut find = connection.prepare_cached(select_asides!("order by m.seq"))?;
    let found = find.query_map(params![WORKSPACE, transfer.blob()], |row| message(row, ""))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Returns one message that was said aside.
pub(super) fn aside(
    connection: &Connection,
    transfer: TransferId,
    seq: u32,
) -> Result<Option<Message>, StoreError> {
    let mut find = connection.prepare_cached(select_asides!("and m.seq = ?3"))?;
    let found =
        find.query_row(params![WORKSPACE, transfer.blob(), seq], |row| message(row, "")).optional()?;
    Ok(found)
}

/// Returns what was whispered to the owner of a segment, oldest first.
pub(super) fn whispers(
    connection: &Connection,
    conversation: ConversationId,
    segment: SegmentId,
) -> Result<Vec<Message>, StoreError> {
    let mut find = connection.prepare_cached(select_whispers!("and m.segment = ?3 order by m.seq"))?;
    let found =
        find.query_map(params![WORKSPACE, conversation.blob(), segment.blob()], |row| message(row, ""))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Returns one message that was whispered.
pub(super) fn whisper(
    connection: &Connection,
    conversation: ConversationId,
    seq: u32,
) -> Result<Option<Message>, StoreError> {
    let mut find = connection.prepare_cached(select_whispers!("and m.seq = ?3"))?;
    let found =
        find.query_row(params![WORKSPACE, conversation.blob(), seq], |row| message(row, "")).optional()?;
    Ok(found)
}

/// Returns what was written with the last flag of a conversation.
pub(super) fn flag(
    connection: &Connection,
    conversation: ConversationId,
) -> Result<Option<String>, StoreError> {
    let mut find = connection.prepare_cached(
        "select text from flags where workspace_id = ?1 and conversation = ?2
         order by raised_at desc limit 1",
    )?;
    Ok(find.query_row(params![WORKSPACE, conversation.blob()], |row| row.get(0)).optional()?)
}

/// Returns how far a conversation has been received and read.
pub(super) fn marks(connection: &Connection, conversation: ConversationId) -> Result<ReadMarks, StoreError> {
    let mut find = connection.prepare_cached(
        "select agent_read, customer_delivered, customer_read from read_marks
         where workspace_id = ?1 and conversation = ?2",
    )?;
    let found = find.query_row(params![WORKSPACE, conversation.blob()], |row| {
        Ok(ReadMarks { agent_read: row.get(0)?, customer_delivered: row.get(1)?, customer_read: row.get(2)? })
    });
    Ok(found.optional()?.unwrap_or_default())
}

/// Returns the customer's name; nothing if there is no such conversation.
fn customer(connection: &Connection, conversation: ConversationId) -> Result<Option<String>, StoreError> {
    match things::conversation(connection, conversation)? {
        Some(conversation) => things::contact_name(connection, conversation.contact).map(Some),
        None => Ok(None),
    }
}

fn message(row: &Row<'_>, customer: &str) -> rusqlite::Result<Message> {
    let id: Option<_> = row.get(2)?;
    let kind: Option<String> = row.get(7)?;
    let author = match (id, kind.as_deref()) {
        (Some(id), Some("flow")) => Author::Flow(FlowId::from_blob(id)),
        (Some(id), Some("external")) => Author::External(ExternalId::from_blob(id)),
        (Some(id), _) => Author::Agent(AgentId::from_blob(id)),
        (None, _) => Author::Customer,
    };
    let name: Option<String> = row.get(3)?;
    let name = if author == Author::Customer { customer.to_owned() } else { name.unwrap_or_default() };
    Ok(Message {
        seq: row.get(0)?,
        id: MessageId::from_blob(row.get(1)?),
        author,
        name,
        text: row.get(4)?,
        at: Timestamp::from_millis(row.get(5)?),
        client_key: row.get(6)?,
    })
}
