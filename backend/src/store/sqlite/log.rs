//! The log in its order, read as today's events.

use baton_shared::event::EVENT_VERSION;
use baton_shared::*;
use rusqlite::{Connection, Row, params};

use super::WORKSPACE;
use crate::store::StoreError;

/// Reads the log from a position on and hands each event to `visit`.
pub(super) fn replay(
    connection: &Connection,
    from: u64,
    visit: &mut dyn FnMut(Recorded),
) -> Result<(), StoreError> {
    read_from(connection, from, i64::MAX, visit)
}

/// Returns at most `limit` events after a position.
pub(super) fn page(connection: &Connection, after: u64, limit: usize) -> Result<Vec<Recorded>, StoreError> {
    let mut page = Vec::new();
    read_from(connection, after + 1, i64::try_from(limit).unwrap_or(i64::MAX), &mut |recorded| {
        page.push(recorded);
    })?;
    Ok(page)
}

fn read_from(
    connection: &Connection,
    from: u64,
    limit: i64,
    visit: &mut dyn FnMut(Recorded),
) -> Result<(), StoreError> {
    let mut read = connection.prepare_cached(
        "select position, at_ms, name, version, body from log
         where workspace_id = ?1 and position >= ?2 order by position limit ?3",
    )?;
    let mut rows = read.query(params![WORKSPACE, from.cast_signed(), limit])?;
    let mut expected = from.max(1);
    while let Some(row) = rows.next()? {
        let position = row.get::<_, i64>(0)?.cast_unsigned();
        if position != expected {
            let what = format!("the log goes from position {} to {position}", expected.saturating_sub(1));
            return Err(StoreError::Corrupt { what });
        }
        let (name, body) = (row.get_ref(2)?, row.get_ref(4)?);
        let name = name.as_str().map_err(rusqlite::Error::from)?;
        let body = body.as_str().map_err(rusqlite::Error::from)?;
        let event = read_event(name, row.get(3)?, body)
            .map_err(|why| StoreError::Corrupt { what: format!("position {position} of the log: {why}") })?;
        visit(Recorded { position, at: Timestamp::from_millis(row.get(1)?), event });
        expected += 1;
    }
    Ok(())
}

/// Returns the events at some positions, in the order of these.
pub(super) fn at(connection: &Connection, positions: &[u64]) -> Result<Vec<Recorded>, StoreError> {
    let mut read = connection.prepare_cached(
        "select at_ms, name, version, body from log where workspace_id = ?1 and position = ?2",
    )?;
    let mut events = Vec::with_capacity(positions.len());
    for position in positions.iter().copied() {
        let corrupt =
            |why: &str| StoreError::Corrupt { what: format!("position {position} of the log: {why}") };
        let mut rows = read.query(params![WORKSPACE, position.cast_signed()])?;
        let Some(row) = rows.next()? else { return Err(corrupt("there is no event")) };
        let (name, body) = (row.get_ref(1)?, row.get_ref(3)?);
        let name = name.as_str().map_err(rusqlite::Error::from)?;
        let body = body.as_str().map_err(rusqlite::Error::from)?;
        let event = read_event(name, row.get(2)?, body).map_err(|why| corrupt(&why))?;
        events.push(Recorded { position, at: Timestamp::from_millis(row.get(0)?), event });
    }
    Ok(events)
}

/// Returns at most `limit` events after a position that are about no conversation.
///
/// Most events are about one. They are told by how its id stands in the body, which costs a fraction of reading them.
pub(super) fn set_up_page(
    connection: &Connection,
    after: u64,
    limit: usize,
) -> Result<Vec<Recorded>, StoreError> {
    let mut read = connection.prepare_cached(
        "select position, at_ms, name, version, body from log
         where workspace_id = ?1 and position > ?2 and instr(body, '\"conversation\":\"cnv_') = 0
         order by position limit ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = read.query(params![WORKSPACE, after.cast_signed(), limit])?;
    let mut page = Vec::new();
    while let Some(row) = rows.next()? {
        page.push(recorded(row)?);
    }
    Ok(page)
}

/// Reads a row of position, time, name, version and body.
fn recorded(row: &Row<'_>) -> Result<Recorded, StoreError> {
    let position = row.get::<_, i64>(0)?.cast_unsigned();
    let (name, body) = (row.get_ref(2)?, row.get_ref(4)?);
    let name = name.as_str().map_err(rusqlite::Error::from)?;
    let body = body.as_str().map_err(rusqlite::Error::from)?;
    let event = read_event(name, row.get(3)?, body)
        .map_err(|why| StoreError::Corrupt { what: format!("position {position} of the log: {why}") })?;
    Ok(Recorded { position, at: Timestamp::from_millis(row.get(1)?), event })
}

/// Returns the changes of how transfers go, and of what they need, oldest first.
pub(super) fn policy_changes(connection: &Connection) -> Result<Vec<Recorded>, StoreError> {
    let mut read = connection.prepare_cached(
        "select position, at_ms, name, version, body from log indexed by log_of_setup
         where workspace_id = ?1 and name in ('policy_set', 'policy_overridden', 'queue_rules_set', 'group_added',
            'group_changed', 'group_removed', 'workflow_added', 'workflow_changed', 'workflow_removed', 'flow_added',
            'flow_changed', 'flow_removed', 'external_added', 'external_changed', 'external_removed', 'schedule_added', 'schedule_changed',
            'schedule_removed')
         order by position",
    )?;
    let mut rows = read.query(params![WORKSPACE])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        changes.push(recorded(row)?);
    }
    Ok(changes)
}

/// Reads an event that was written in some version as one of today's.
fn read_event(name: &str, version: u32, body: &str) -> Result<Event, String> {
    let unknown =
        || format!("`{name}` in version {version} is unknown; this log was written by a newer Baton");
    let event: Event = match version {
        EVENT_VERSION => serde_json::from_str(body).map_err(|error| {
            // What serde says about a tag that it does not know; the event's own fields never have variants' names.
            let tag_unknown = error.to_string().starts_with(&format!("unknown variant `{name}`"));
            if tag_unknown { unknown() } else { format!("`{name}` cannot be read: {error}") }
        })?,
        // An older version goes through its upcast here, one arm for each: the body of then in, today's event out.
        _ => return Err(unknown()),
    };
    if event.name() == name { Ok(event) } else { Err(format!("`{name}` holds a `{}`", event.name())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_of_a_newer_baton_is_refused_by_its_name() {
        let newer_name = read_event("agent_promoted", EVENT_VERSION, r#"{"type":"agent_promoted"}"#);
        assert!(newer_name.is_err_and(|why| why.contains("`agent_promoted`") && why.contains("newer Baton")));
        let newer_version = read_event("agent_lost", EVENT_VERSION + 1, "{}");
        assert!(newer_version.is_err_and(|why| why.contains("version 2 is unknown")));
    }

    #[test]
    fn who_took_over_is_read_where_it_is_known() {
        let (agent, id) = (AgentId::from_bits(1), |bits| SegmentId::from_bits(bits));
        for (known, by) in [(format!(r#","id":"{agent}""#), Some(agent)), (String::new(), None)] {
            let body = format!(
                r#"{{"type":"owner_changed","conversation":"{}","from":{{"kind":"agent","id":"{agent}"}},
                "to":{{"kind":"agent","id":"{agent}"}},"epoch":2,"cause":{{"kind":"taken_over"{known}}},
                "ended":"{}","wrap_up":"none","segment":"{}"}}"#,
                ConversationId::from_bits(1),
                id(1),
                id(2)
            );
            let read = read_event("owner_changed", EVENT_VERSION, &body);
            let expected = segment::OwnerCause::TakenOver(by);
            assert!(matches!(read, Ok(Event::OwnerChanged { cause, .. }) if cause == expected), "{read:?}");
        }
    }

    #[test]
    fn an_event_under_another_name_is_refused() {
        let agent = AgentId::from_bits(1);
        let body = format!(r#"{{"type":"agent_lost","agent":"{agent}"}}"#);
        assert!(read_event("agent_lost", 1, &body).is_ok());
        assert!(read_event("agent_reached", 1, &body).is_err_and(|why| why.contains("holds a `agent_lost`")));
    }
}
