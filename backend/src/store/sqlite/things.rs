//! Things by their ids, and the open work that a start needs.

use std::collections::BTreeSet;

use baton_shared::*;
use rusqlite::{Connection, OptionalExtension, Params, params};
use serde::de::DeserializeOwned;

use super::{WORKSPACE, people};
use crate::routing::OpenWork;
use crate::store::rows::{self, Blob, StoredId};
use crate::store::{Loaded, StoreError};

/// Everything there is of a kind, in the order of the ids.
const EVERY: &str = "where workspace_id = ?1 order by id";

/// Returns the open work, in the order of the ids.
pub(super) fn load(connection: &Connection, writer_epoch: u64) -> Result<Loaded, StoreError> {
    let number = |value: i64| value.cast_unsigned();
    let (position, at, head) = connection.query_row(
        "select position, at_ms, head from workspaces where workspace_id = ?1",
        params![WORKSPACE],
        |row| Ok((number(row.get(0)?), Timestamp::from_millis(row.get(1)?), number(row.get(2)?))),
    )?;
    let mut work = OpenWork {
        position,
        at,
        skills: ids(connection, "select id from skills where workspace_id = ?1")?,
        agents: bodies(connection, "agents", EVERY)?,
        queues: bodies(connection, "queues", EVERY)?,
        groups: bodies(connection, "groups", "where workspace_id = ?1 and removed = 0 order by id")?,
        conversations: bodies(
            connection,
            "conversations",
            "indexed by conversations_open where workspace_id = ?1 and owner_id is not null",
        )?,
        segments: bodies(
            connection,
            "segments",
            "indexed by segments_open where workspace_id = ?1 and state <> 'ended'",
        )?,
        offers: bodies(
            connection,
            "offers",
            "indexed by offers_open where workspace_id = ?1 and ended_at is null",
        )?,
        transfers: bodies(
            connection,
            "transfers",
            "indexed by transfers_open where workspace_id = ?1 and ended_at is null",
        )?,
        invites: bodies(
            connection,
            "invites",
            "indexed by invites_open where workspace_id = ?1 and ended_at is null order by id",
        )?,
        requests: bodies(connection, "requests", "where workspace_id = ?1 and answered_at is null")?,
        requests_made: connection.query_row(
            "select coalesce(max(number), 0) from requests where workspace_id = ?1",
            params![WORKSPACE],
            |row| row.get(0),
        )?,
        policies: policies(connection)?,
        workflows: bodies(connection, "workflows", "where workspace_id = ?1 and removed = 0 order by id")?,
        flows: bodies(connection, "flows", "where workspace_id = ?1 and removed = 0 order by id")?,
        externals: ids(connection, "select id from externals where workspace_id = ?1 and removed = 0")?,
        schedules: super::schedules::owners(connection)?,
        teams: bodies(connection, "teams", EVERY)?,
    };
    work.conversations.sort_unstable_by_key(|conversation| conversation.id);
    work.segments.sort_unstable_by_key(|segment| segment.id);
    work.offers.sort_unstable_by_key(|offer| offer.id);
    work.transfers.sort_unstable_by_key(|transfer| transfer.id);
    let definitions = workflows(connection)?.into_iter().map(|(workflow, written)| (workflow.id, written));
    let definitions = definitions.collect();
    let queue_names = people::names(connection)?.queues;
    let flows = super::bots::flows(connection)?.into_iter().map(|(flow, written)| (flow.id, written));
    let flows = flows.collect();
    Ok(Loaded { head, writer_epoch, work, definitions, flows, queue_names })
}

/// Returns every workflow with what is written in it, by name.
pub(super) fn workflows(connection: &Connection) -> Result<Vec<(Workflow, Definition)>, StoreError> {
    let mut find = connection.prepare_cached(
        "select body, definition from workflows
         where workspace_id = ?1 and removed = 0 and definition is not null order by name, id",
    )?;
    let mut found = find.query(params![WORKSPACE])?;
    let mut workflows = Vec::new();
    while let Some(row) = found.next()? {
        let text = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
        let workflow: Workflow = rows::from_body("workflows", text(0)?)?;
        let mut definition: Definition = rows::from_body("workflows", text(1)?)?;
        // Another workflow may have become the entrance since this one was written.
        definition.entrance = workflow.entrance;
        workflows.push((workflow, definition));
    }
    Ok(workflows)
}

/// Returns how transfers go.
pub(super) fn policies(connection: &Connection) -> Result<Policies, StoreError> {
    let mut find = connection.prepare_cached("select policies from workspaces where workspace_id = ?1")?;
    let body: Option<String> = find.query_row(params![WORKSPACE], |row| row.get(0))?;
    body.map_or_else(|| Ok(Policies::default()), |body| rows::from_body("workspaces", &body))
}

fn bodies<Thing: DeserializeOwned>(
    connection: &Connection,
    table: &str,
    which: &str,
) -> Result<Vec<Thing>, StoreError> {
    let mut find = connection.prepare_cached(&format!("select body from {table} {which}"))?;
    let mut found = find.query(params![WORKSPACE])?;
    let mut things = Vec::new();
    while let Some(row) = found.next()? {
        let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        things.push(rows::from_body(table, body)?);
    }
    Ok(things)
}

fn ids<Id: StoredId + Ord>(connection: &Connection, sql: &str) -> Result<BTreeSet<Id>, StoreError> {
    let mut find = connection.prepare_cached(sql)?;
    let found = find.query_map(params![WORKSPACE], |row| Ok(Id::from_blob(row.get(0)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Returns the ids that a statement finds, in its order.
pub(super) fn id_list<Id: StoredId>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
) -> Result<Vec<Id>, StoreError> {
    let mut find = connection.prepare_cached(sql)?;
    let found = find.query_map(parameters, |row| Ok(Id::from_blob(row.get(0)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Returns a conversation, open or closed.
pub(super) fn conversation(
    connection: &Connection,
    id: ConversationId,
) -> Result<Option<Conversation>, StoreError> {
    body(
        connection,
        "conversations",
        "select body from conversations where workspace_id = ?1 and id = ?2",
        id,
    )
}

/// Returns a segment, running or over.
pub(super) fn segment(connection: &Connection, id: SegmentId) -> Result<Option<Segment>, StoreError> {
    body(connection, "segments", "select body from segments where workspace_id = ?1 and id = ?2", id)
}

/// Returns an offer, open or ended.
pub(super) fn offer(connection: &Connection, id: OfferId) -> Result<Option<Offer>, StoreError> {
    body(connection, "offers", "select body from offers where workspace_id = ?1 and id = ?2", id)
}

/// Returns an invitation and its note.
pub(super) fn invite(
    connection: &Connection,
    id: InviteId,
) -> Result<Option<(Invite, Option<String>)>, StoreError> {
    let mut find =
        connection.prepare_cached("select body, note from invites where workspace_id = ?1 and id = ?2")?;
    let mut found = find.query(params![WORKSPACE, id.blob()])?;
    let Some(row) = found.next()? else { return Ok(None) };
    let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(Some((rows::from_body("invites", body)?, row.get(1)?)))
}

/// Returns a person.
pub(super) fn agent(connection: &Connection, id: AgentId) -> Result<Option<Agent>, StoreError> {
    body(connection, "agents", "select body from agents where workspace_id = ?1 and id = ?2", id)
}

/// Returns a queue.
pub(super) fn queue(connection: &Connection, id: QueueId) -> Result<Option<Queue>, StoreError> {
    body(connection, "queues", "select body from queues where workspace_id = ?1 and id = ?2", id)
}

/// A transfer with what its sender wrote.
pub(super) struct Noted {
    pub(super) transfer: Transfer,
    pub(super) note: Option<String>,
    pub(super) summary: Option<String>,
}

/// Reads a transfer from the columns `body, note, summary`.
pub(super) fn noted(row: &rusqlite::Row<'_>) -> Result<Noted, StoreError> {
    let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(Noted { transfer: rows::from_body("transfers", body)?, note: row.get(1)?, summary: row.get(2)? })
}

/// Returns a transfer with what its sender wrote.
pub(super) fn transfer(connection: &Connection, id: TransferId) -> Result<Option<Noted>, StoreError> {
    let mut find = connection
        .prepare_cached("select body, note, summary from transfers where workspace_id = ?1 and id = ?2")?;
    let mut found = find.query(params![WORKSPACE, id.blob()])?;
    found.next()?.map(noted).transpose()
}

fn body<Thing: DeserializeOwned>(
    connection: &Connection,
    table: &str,
    sql: &str,
    id: impl StoredId,
) -> Result<Option<Thing>, StoreError> {
    let mut find = connection.prepare_cached(sql)?;
    let mut found = find.query(params![WORKSPACE, id.blob()])?;
    let Some(row) = found.next()? else { return Ok(None) };
    let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
    rows::from_body(table, body).map(Some)
}

/// Returns what a thing names, which must be there.
pub(super) fn there<Thing>(thing: Option<Thing>, id: impl std::fmt::Display) -> Result<Thing, StoreError> {
    thing.ok_or_else(|| StoreError::Corrupt { what: format!("`{id}` is named but not there") })
}

/// Returns a person's name; nothing is empty, not missing.
pub(super) fn agent_name(connection: &Connection, id: AgentId) -> Result<String, StoreError> {
    name(connection, "select name from profiles where workspace_id = ?1 and agent = ?2", id.blob())
}

/// Returns a queue's name.
pub(super) fn queue_name(connection: &Connection, id: QueueId) -> Result<String, StoreError> {
    name(connection, "select name from queues where workspace_id = ?1 and id = ?2", id.blob())
}

/// Returns a group's name.
pub(super) fn group_name(connection: &Connection, id: GroupId) -> Result<String, StoreError> {
    name(connection, "select name from groups where workspace_id = ?1 and id = ?2", id.blob())
}

/// Returns a workflow's name.
pub(super) fn workflow_name(connection: &Connection, id: WorkflowId) -> Result<String, StoreError> {
    name(connection, "select name from workflows where workspace_id = ?1 and id = ?2", id.blob())
}

/// Returns a flow's name.
pub(super) fn flow_name(connection: &Connection, id: FlowId) -> Result<String, StoreError> {
    name(connection, "select name from flows where workspace_id = ?1 and id = ?2", id.blob())
}

/// Returns an external contact's name.
pub(super) fn external_name(connection: &Connection, id: ExternalId) -> Result<String, StoreError> {
    name(connection, "select name from externals where workspace_id = ?1 and id = ?2", id.blob())
}

/// Returns a customer's name.
pub(super) fn contact_name(connection: &Connection, id: ContactId) -> Result<String, StoreError> {
    name(connection, "select name from contacts where workspace_id = ?1 and id = ?2", id.blob())
}

/// Returns the name of a transfer's target.
pub(super) fn target_name(connection: &Connection, target: Target) -> Result<String, StoreError> {
    match target {
        Target::Agent(agent) => agent_name(connection, agent),
        Target::Group(group) => group_name(connection, group),
        Target::Queue(queue) => queue_name(connection, queue),
        Target::Workflow(workflow) => workflow_name(connection, workflow),
        Target::Flow(flow) => flow_name(connection, flow),
        Target::External(external) => external_name(connection, external),
    }
}

/// Returns the name of who passed a conversation on.
pub(super) fn sender_name(connection: &Connection, sender: Sender) -> Result<String, StoreError> {
    match sender {
        Sender::Agent(agent) => agent_name(connection, agent),
        Sender::Flow(flow) => flow_name(connection, flow),
        Sender::External(external) => external_name(connection, external),
    }
}

/// A name that was erased reads as an empty one.
fn name(connection: &Connection, sql: &str, id: Blob) -> Result<String, StoreError> {
    let found =
        connection.prepare_cached(sql)?.query_row(params![WORKSPACE, id], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_default())
}

/// Returns what is known about a conversation.
pub(super) fn attributes(
    connection: &Connection,
    id: ConversationId,
) -> Result<SortedMap<String, String>, StoreError> {
    let mut find = connection
        .prepare_cached("select name, value from attributes where workspace_id = ?1 and conversation = ?2")?;
    let found = find.query_map(params![WORKSPACE, id.blob()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}
