//! Files beside the database that are made from it: reports, an index of words.
//!
//! Such a file can be thrown away at any time. One of another layout, of another log or a damaged one is replaced by an
//! empty one, and whoever fills it begins at the first event. It is written without waiting for the disk: what a power
//! failure takes is made again.

use std::path::{Path, PathBuf};

use baton_shared::Timestamp;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};

use super::opening::{self, BUSY_TIMEOUT, STATEMENTS_KEPT};
use super::readers::{Lent, Readers};
use crate::following::Place;
use crate::store::{Store, StoreError};

/// Marks a file as one that was made from the log: "Batd".
const APPLICATION_ID: i64 = 0x4261_7464;

/// The settings of the connection that writes.
const SETTINGS: &str = "
    pragma journal_mode = wal;
    pragma synchronous = normal;
    pragma wal_autocheckpoint = 4000;
    pragma cache_size = -32000;
    pragma temp_store = memory;
    pragma mmap_size = 0;
    pragma trusted_schema = off;
    pragma foreign_keys = off;";

/// How far the file goes, in the transaction that brought it there.
const PLACE: &str = "
    create table followed (position integer not null, at_ms integer not null) strict;
    insert into followed (position, at_ms) values (0, 0);";

/// What a derived file is like.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// What it is called in the data folder.
    pub file: &'static str,
    /// The version of the schema, above 0; a file of any other is made anew.
    pub version: u32,
    /// The statements that make an empty one; the table `followed` is made beside them.
    pub schema: &'static str,
}

/// A derived file, for those who read it.
#[derive(Debug)]
pub struct DerivedFile {
    path: PathBuf,
    readers: Readers,
}

impl DerivedFile {
    /// Opens a file for those who read it and the one who writes it; where it does not fit the layout or the log of
    /// `store`, an empty one takes its place.
    pub fn open(
        data_dir: &Path,
        layout: &Layout,
        store: &dyn Store,
    ) -> Result<(Self, Connection), StoreError> {
        let path = data_dir.join(layout.file);
        let fits = open_fitting(&path, layout)
            .map(|writer| writer.filter(|writer| follows(writer, store).unwrap_or(false)));
        let writer = match fits {
            Ok(Some(writer)) => writer,
            Ok(None) => open_empty(&path, layout)?,
            Err(error) => {
                tracing::warn!(file = layout.file, %error, "a file that is made from the log is made anew");
                open_empty(&path, layout)?
            }
        };
        Ok((Self { readers: Readers::of(&path), path }, writer))
    }

    /// Lends a connection that cannot write, for some questions.
    pub fn lend(&self) -> Result<Lent<'_>, StoreError> {
        self.readers.lend()
    }

    /// Returns where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes a file that is damaged, so that the next start makes it anew.
    pub fn discard(&self) {
        if let Err(error) = remove(&self.path) {
            tracing::warn!(file = %self.path.display(), %error, "a damaged file cannot be removed; remove it");
        }
    }
}

/// Makes an empty file that only its owner can read, unless it is there.
pub fn make_private(path: &Path) -> std::io::Result<()> {
    opening::make_private(path)
}

/// Returns how far a file goes.
pub fn place(connection: &Connection) -> Result<Place, StoreError> {
    let mut find = connection.prepare_cached("select position, at_ms from followed")?;
    Ok(find.query_row([], |row| {
        Ok(Place { position: row.get::<_, i64>(0)?.cast_unsigned(), at: Timestamp::from_millis(row.get(1)?) })
    })?)
}

/// Notes how far a file goes, in the transaction that brought it there.
pub fn set_place(connection: &Connection, place: Place) -> Result<(), StoreError> {
    let mut update = connection.prepare_cached("update followed set position = ?1, at_ms = ?2")?;
    update.execute(params![place.position.cast_signed(), place.at.as_millis()])?;
    Ok(())
}

/// Opens a file that is there and of this layout.
fn open_fitting(path: &Path, layout: &Layout) -> Result<Option<Connection>, StoreError> {
    if !path.is_file() {
        return Ok(None);
    }
    let writer = open_writer(path)?;
    let version: u32 = writer.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let owner: i64 = writer.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if owner != APPLICATION_ID || version != layout.version {
        return Ok(None);
    }
    writer.execute_batch(SETTINGS)?;
    Ok(Some(writer))
}

/// Says whether the log has an event of that time where the file stands: a backup that was restored may not.
fn follows(writer: &Connection, store: &dyn Store) -> Result<bool, StoreError> {
    let place = place(writer)?;
    let Some(before) = place.position.checked_sub(1) else { return Ok(true) };
    let found = store.log_page(before, 1)?;
    Ok(found.first().is_some_and(|found| found.position == place.position && found.at == place.at))
}

/// Makes an empty file in place of what is there.
fn open_empty(path: &Path, layout: &Layout) -> Result<Connection, StoreError> {
    let unavailable = |error: std::io::Error| StoreError::Unavailable(error.into());
    remove(path).map_err(unavailable)?;
    opening::make_private(path).map_err(unavailable)?;
    let mut writer = open_writer(path)?;
    writer.execute_batch(SETTINGS)?;
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(PLACE)?;
    transaction.execute_batch(layout.schema)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", layout.version)?;
    transaction.commit()?;
    Ok(writer)
}

fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

/// Removes a file with what SQLite keeps beside it.
fn remove(path: &Path) -> std::io::Result<()> {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(PathBuf::from(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
