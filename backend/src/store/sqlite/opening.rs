//! From a folder to a database that can be written: the lock, the checks and the schema.
//!
//! Whatever stands in the way is refused in one sentence that names the path and says what to do.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};

use super::failure::refused;
use super::{LOCK, WORKSPACE};
use crate::store::StoreError;

/// The schema, step by step; a step is never changed once it was released.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/sqlite/0001_start.sql"),
    include_str!("../../../migrations/sqlite/0002_teams.sql"),
    include_str!("../../../migrations/sqlite/0003_presence.sql"),
    include_str!("../../../migrations/sqlite/0004_history.sql"),
    include_str!("../../../migrations/sqlite/0005_ratings.sql"),
    include_str!("../../../migrations/sqlite/0006_acting.sql"),
    include_str!("../../../migrations/sqlite/0007_schedules.sql"),
    include_str!("../../../migrations/sqlite/0008_counted.sql"),
];

/// Marks a file as Baton's, so that another program's database is not taken for it: "Batn".
const APPLICATION_ID: i64 = 0x4261_746e;

/// The first release without the fault that could damage a database in WAL mode (<https://sqlite.org/wal.html>).
const SQLITE_MIN: i32 = 3_051_003;

/// What every SQLite database begins with (<https://sqlite.org/fileformat.html>).
const HEADER: &[u8; 16] = b"SQLite format 3\0";

/// How long a connection waits for another: a check-point or a copy, never another server.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many statements a connection keeps prepared.
pub(super) const STATEMENTS_KEPT: usize = 128;

/// The settings of the connection that writes, which decide about durability and speed.
///
/// The journal's size has no limit: a file that keeps its size is written over, which costs half of growing it.
pub const SETTINGS: &str = "
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma fullfsync = on;
    pragma checkpoint_fullfsync = on;
    pragma wal_autocheckpoint = 4000;
    pragma cache_size = -16000;
    pragma temp_store = memory;
    pragma mmap_size = 0;
    pragma trusted_schema = off;
    pragma foreign_keys = off;";

/// Refuses a SQLite with known faults.
pub(super) fn refuse_old_sqlite() -> Result<(), StoreError> {
    if rusqlite::version_number() >= SQLITE_MIN {
        return Ok(());
    }
    let found = rusqlite::version();
    let what = format!("This Baton was built with SQLite {found}; build it with 3.51.3 or newer.");
    Err(StoreError::Refused { what })
}

/// Makes the data folder, for its owner alone, unless it is there.
pub(super) fn make_folder(data_dir: &Path) -> Result<(), StoreError> {
    if data_dir.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let make = || {
        builder.create(data_dir)?;
        // The folder is to outlive a power failure as its files do.
        let parent = data_dir.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    };
    make().map_err(|error: std::io::Error| {
        refused("The data folder `{}` cannot be made; choose another with --data.", data_dir, &error)
    })
}

/// Makes an empty file that only its owner can read, unless it is there.
pub(super) fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Takes the folder for this process until the file is closed.
pub(super) fn lock(data_dir: &Path) -> Result<File, StoreError> {
    let opened = OpenOptions::new().create(true).truncate(false).write(true).open(data_dir.join(LOCK));
    let file = opened.map_err(|error| {
        refused("Make the data folder `{}` writable for Baton, or choose another.", data_dir, &error)
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let folder = data_dir.display();
            let what = format!(
                "Another Baton is using the data folder `{folder}`; stop it first, or choose another with --data."
            );
            Err(StoreError::Refused { what })
        }
        Err(TryLockError::Error(error)) => {
            Err(refused("The data folder `{}` cannot be locked; put it on a local disk.", data_dir, &error))
        }
    }
}

/// Opens the database for writing, durably: a commit is on the disk when it returns.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    refuse_other_files(path)?;
    make_private(path).map_err(|error| refused("Make `{}` writable for Baton.", path, &error))?;
    let unusable = |error: rusqlite::Error| unusable(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags).map_err(unusable)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(unusable)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    keep_plans(&connection).map_err(unusable)?;
    // Before anything is set, because that would change the file.
    schema_of(&connection, path)?;
    connection.execute_batch(SETTINGS).map_err(unusable)?;
    let mode: String =
        connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(unusable)?;
    if mode != "wal" || connection.is_readonly("main").map_err(unusable)? {
        let path = path.display();
        let what = format!("Make `{path}` writable for Baton and put it on a local disk.");
        return Err(StoreError::Refused { what });
    }
    Ok(connection)
}

/// Plans each statement once: otherwise SQLite plans it anew whenever a value in a range changes.
pub(super) fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Refuses a file that SQLite has not written; an empty one is about to become a database.
fn refuse_other_files(path: &Path) -> Result<(), StoreError> {
    let mut header = Vec::with_capacity(HEADER.len());
    match File::open(path) {
        Ok(file) => {
            let read = file.take(HEADER.len() as u64).read_to_end(&mut header);
            read.map_err(|error| refused("Make `{}` readable for Baton.", path, &error))?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(refused("Make `{}` readable for Baton.", path, &error)),
    }
    if header.is_empty() || header == HEADER {
        return Ok(());
    }
    let path = path.display();
    let what = format!("`{path}` is not a database; move it away, or restore a backup into an empty folder.");
    Err(StoreError::Refused { what })
}

/// Refuses a database that cannot be opened.
pub(super) fn unusable(path: &Path, error: &rusqlite::Error) -> StoreError {
    let code = error.sqlite_error_code();
    let sentence = if code == Some(ErrorCode::DatabaseCorrupt) || code == Some(ErrorCode::NotADatabase) {
        "The database `{}` is damaged; restore a backup into an empty folder."
    } else if code == Some(ErrorCode::DiskFull) {
        "There is no room for the database `{}`; make some and start again."
    } else {
        "The database `{}` cannot be opened; see to the cause and start again."
    };
    refused(sentence, path, error)
}

/// Refuses another program's database and one of a newer Baton; returns how many steps of the schema it has.
pub(super) fn schema_of(connection: &Connection, path: &Path) -> Result<u32, StoreError> {
    let unusable = |error: rusqlite::Error| unusable(path, &error);
    let version: u32 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(unusable)?;
    let owner: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(unusable)?;
    let tables: i64 =
        connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0)).map_err(unusable)?;
    let path = path.display();
    if owner != APPLICATION_ID && (version, tables) != (0, 0) {
        let what = format!("`{path}` belongs to another program; choose another folder with --data.");
        return Err(StoreError::Refused { what });
    }
    let known = MIGRATIONS.len() as u32;
    if version > known {
        let what = format!(
            "`{path}` was written by a newer Baton (schema {version}, this one knows {known}); start that one, or \
             restore a backup that this one made."
        );
        return Err(StoreError::Refused { what });
    }
    Ok(version)
}

/// Brings the schema up to date, each step whole or not at all.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let done = schema_of(connection, path)?;
    for (number, step) in (1..).zip(MIGRATIONS).skip(done as usize) {
        apply(connection, step, number).map_err(|error| {
            let sentence =
                "The schema of `{}` could not be brought up to date; make room on the disk and start again.";
            refused(sentence, path, &error)
        })?;
    }
    Ok(())
}

fn apply(connection: &mut Connection, step: &str, number: u32) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(step)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", number)?;
    transaction.commit()
}

/// Takes the next writer epoch: from here on every earlier writer is refused.
pub(super) fn begin_epoch(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row(
        "update workspaces set writer_epoch = writer_epoch + 1 where workspace_id = ?1 returning writer_epoch",
        params![WORKSPACE],
        |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()),
    )
}
