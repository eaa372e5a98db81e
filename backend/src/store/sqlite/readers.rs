//! Connections that only read, opened when they are needed and kept for the next.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, params};

use super::WORKSPACE;
use super::opening::{BUSY_TIMEOUT, STATEMENTS_KEPT, keep_plans};
use crate::store::StoreError;

/// How many connections are kept open while nobody reads. There is no limit to those in use: whoever waited for one
/// while holding another would wait for ever.
const IDLE_MAX: usize = 8;

/// The connections that are not in use.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Readers of the database at `path`, none of them open.
    pub(super) fn of(path: &Path) -> Self {
        Self { path: path.to_owned(), idle: Mutex::new(Vec::new()) }
    }

    /// Lends a connection for one question.
    pub(super) fn lend(&self) -> Result<Lent<'_>, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_reader(&self.path)?,
        };
        Ok(Lent { connection: Some(connection), readers: self })
    }

    /// Begins a read transaction; its moment is this one, not that of its first question.
    pub(super) fn begin(&self) -> Result<Reader<'_>, StoreError> {
        let lent = self.lend()?;
        lent.prepare_cached("begin deferred")?.execute([])?;
        let mut reader = Reader { lent, head: 0 };
        let head: i64 = reader
            .prepare_cached("select head from workspaces where workspace_id = ?1")?
            .query_row(params![WORKSPACE], |row| row.get(0))?;
        reader.head = head.cast_unsigned();
        Ok(reader)
    }
}

/// Opens a connection that cannot write.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    keep_plans(&connection)?;
    connection.execute_batch(
        "pragma cache_size = -4000; pragma temp_store = memory; pragma mmap_size = 0; pragma trusted_schema = off;",
    )?;
    Ok(connection)
}

/// A connection that goes back to where it came from when this is dropped.
#[derive(Debug)]
pub struct Lent<'a> {
    connection: Option<Connection>,
    readers: &'a Readers,
}

impl Deref for Lent<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("the connection is given back only when it is dropped")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut idle = self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.extend(self.connection.take());
        }
    }
}

/// A read transaction, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    lent: Lent<'a>,
    head: u64,
}

impl Reader<'_> {
    /// Returns the number of the last event on the streams at the moment of this transaction.
    pub(super) const fn stream_head(&self) -> u64 {
        self.head
    }
}

impl Deref for Reader<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.lent
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let ended = self.prepare_cached("rollback").and_then(|mut end| end.execute([]));
        if ended.is_err() {
            // A connection that cannot end its transaction is closed.
            self.lent.connection = None;
        }
    }
}
