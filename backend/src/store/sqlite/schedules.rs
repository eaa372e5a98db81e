//! Scheduled reports with what became of them. Runs are written one by one, outside the batches, because no turn decides
//! them.

use std::collections::BTreeMap;

use baton_shared::schedule::{RunOutcome, ScheduleRun};
use baton_shared::*;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::WORKSPACE;
use crate::store::rows::{self, StoredId};
use crate::store::{RUNS_KEPT, Scheduled, StoreError};

/// Returns whose each scheduled report is.
pub(super) fn owners(connection: &Connection) -> Result<BTreeMap<ScheduleId, AgentId>, StoreError> {
    let mut find = connection
        .prepare_cached("select id, owner from schedules where workspace_id = ?1 and removed = 0")?;
    let found = find.query_map(params![WORKSPACE], |row| {
        Ok((ScheduleId::from_blob(row.get(0)?), AgentId::from_blob(row.get(1)?)))
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Returns every scheduled report, by name.
pub(super) fn all(connection: &Connection) -> Result<Vec<Scheduled>, StoreError> {
    let mut find = connection.prepare_cached(
        "select id, owner, definition, secret, since_ms from schedules
         where workspace_id = ?1 and removed = 0 and definition is not null order by name, id",
    )?;
    let mut found = find.query(params![WORKSPACE])?;
    let mut schedules = Vec::new();
    while let Some(row) = found.next()? {
        let id = ScheduleId::from_blob(row.get(0)?);
        let text = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        schedules.push(Scheduled {
            id,
            owner: AgentId::from_blob(row.get(1)?),
            settings: rows::from_body("schedules", text)?,
            secret: row.get(3)?,
            since: Timestamp::from_millis(row.get(4)?),
            last: run(connection, id, "order by at_ms desc, due_ms desc limit 1")?,
            last_due: run(connection, id, "and asked = 0 order by due_ms desc limit 1")?,
        });
    }
    Ok(schedules)
}

fn run(connection: &Connection, id: ScheduleId, which: &str) -> Result<Option<ScheduleRun>, StoreError> {
    let mut find = connection.prepare_cached(&format!(
        "select due_ms, asked, tries, at_ms, outcome from schedule_runs
         where workspace_id = ?1 and schedule = ?2 {which}"
    ))?;
    let read = |row: &Row<'_>| {
        let time = |column| row.get(column).map(Timestamp::from_millis);
        Ok((time(0)?, row.get(1)?, row.get(2)?, time(3)?, row.get::<_, String>(4)?))
    };
    let found = find.query_row(params![WORKSPACE, id.blob()], read).optional()?;
    let Some((due_at, asked, tries, at, outcome)) = found else { return Ok(None) };
    let outcome: RunOutcome = rows::from_body("schedule_runs", &outcome)?;
    Ok(Some(ScheduleRun { due_at, asked, tries, at, outcome }))
}

/// Keeps what became of a run, in place of what was known of it, and forgets the oldest; of a report that is no more
/// nothing is kept.
pub(super) fn record(connection: &Connection, id: ScheduleId, run: &ScheduleRun) -> Result<(), StoreError> {
    // An outcome of texts and a time always becomes JSON.
    let outcome = serde_json::to_string(&run.outcome).unwrap_or_default();
    let transaction = connection.unchecked_transaction()?;
    transaction
        .prepare_cached(
            "insert or replace into schedule_runs
                 (workspace_id, schedule, due_ms, asked, tries, at_ms, outcome)
             select ?1, ?2, ?3, ?4, ?5, ?6, ?7 from schedules
             where workspace_id = ?1 and id = ?2 and removed = 0",
        )?
        .execute(params![
            WORKSPACE,
            id.blob(),
            run.due_at.as_millis(),
            run.asked,
            run.tries,
            run.at.as_millis(),
            outcome
        ])?;
    transaction
        .prepare_cached(
            "delete from schedule_runs where workspace_id = ?1 and schedule = ?2 and asked = ?3 and due_ms not in (
                 select due_ms from schedule_runs where workspace_id = ?1 and schedule = ?2 and asked = ?3
                 order by due_ms desc limit ?4)",
        )?
        .execute(params![WORKSPACE, id.blob(), run.asked, RUNS_KEPT as i64])?;
    Ok(transaction.commit()?)
}
