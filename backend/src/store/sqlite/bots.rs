//! Flows and external contacts with what is written in them.

use baton_shared::api::ExternalView;
use baton_shared::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::WORKSPACE;
use crate::store::rows::{self, StoredId};
use crate::store::{Partner, StoreError};

/// Returns every flow with what is written in it, by name.
pub(super) fn flows(connection: &Connection) -> Result<Vec<(Flow, FlowDefinition)>, StoreError> {
    let mut find = connection.prepare_cached(
        "select body, definition from flows
         where workspace_id = ?1 and removed = 0 and definition is not null order by name, id",
    )?;
    let mut found = find.query(params![WORKSPACE])?;
    let mut flows = Vec::new();
    while let Some(row) = found.next()? {
        let text = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
        let flow: Flow = rows::from_body("flows", text(0)?)?;
        let mut definition: FlowDefinition = rows::from_body("flows", text(1)?)?;
        // Another flow or workflow may have become the entrance since this one was written.
        definition.entrance = flow.entrance;
        flows.push((flow, definition));
    }
    Ok(flows)
}

/// Returns every external contact, by name.
pub(super) fn externals(connection: &Connection) -> Result<Vec<ExternalView>, StoreError> {
    let mut find = connection.prepare_cached(
        "select id, name, url from externals where workspace_id = ?1 and removed = 0 order by name, id",
    )?;
    let found = find.query_map(params![WORKSPACE], |row| {
        let url: Option<String> = row.get(2)?;
        Ok(ExternalView {
            id: ExternalId::from_blob(row.get(0)?),
            name: row.get(1)?,
            url: url.unwrap_or_default(),
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Returns where an external contact is asked.
pub(super) fn partner(connection: &Connection, id: ExternalId) -> Result<Option<Partner>, StoreError> {
    let mut find = connection.prepare_cached(
        "select name, url, secret from externals
         where workspace_id = ?1 and id = ?2 and removed = 0 and url is not null and secret is not null",
    )?;
    let found = find.query_row(params![WORKSPACE, id.blob()], |row| {
        Ok(Partner { name: row.get(0)?, url: row.get(1)?, secret: row.get(2)? })
    });
    Ok(found.optional()?)
}
