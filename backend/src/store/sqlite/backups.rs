//! Copies of the database, and the way back from one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};

use super::failure::refused;
use super::{DATABASE, WORKSPACE, opening, readers};
use crate::store::{LOG_ID, StoreError};

/// Writes a copy of the database in a data folder to a new file, whether a server is using it or not.
pub fn backup(data_dir: &Path, target: &Path) -> Result<(), StoreError> {
    let path = data_dir.join(DATABASE);
    if !path.is_file() {
        let folder = data_dir.display();
        let what = format!("There is no database in `{folder}`; name the data folder with --data.");
        return Err(StoreError::Refused { what });
    }
    copy(&path, target)
}

/// Writes a copy of a database, as it is at one moment, to a new file.
pub(super) fn copy(path: &Path, target: &Path) -> Result<(), StoreError> {
    if target.exists() {
        let what = format!("`{}` is there already; name a new file for the backup.", target.display());
        return Err(StoreError::Refused { what });
    }
    let unfinished = unfinished(target)?;
    let connection = readers::open_reader(path)?;
    opening::schema_of(&connection, path)?;
    let private = opening::make_private(&unfinished);
    private.map_err(|error| refused("`{}` cannot be written; name another file.", &unfinished, &error))?;
    // Nothing that was erased is in the copy: it is written anew, not page by page.
    connection.execute("vacuum into ?1", params![text(&unfinished)?])?;
    drop(connection);
    check(&unfinished)?;
    finish(&unfinished, target)
}

/// Puts a backup into a data folder that has no database.
///
/// The log gets a new identity, `log_id`, so that places in the streams of before are unknown, and everyone has to sign
/// in again: a sign-in that has ended since the backup must not come back to life.
pub fn restore(backup: &Path, data_dir: &Path, log_id: [u8; 32]) -> Result<(), StoreError> {
    opening::make_folder(data_dir)?;
    let _lock = opening::lock(data_dir)?;
    let path = data_dir.join(DATABASE);
    if path.exists() {
        let folder = data_dir.display();
        let what = format!("There is a database in `{folder}` already; name an empty folder with --data.");
        return Err(StoreError::Refused { what });
    }
    check(backup)?;
    let unfinished = unfinished(&path)?;
    let cannot_copy =
        |error| refused("The backup cannot be copied to `{}`; make room for it.", &unfinished, &error);
    fs::copy(backup, &unfinished).map_err(cannot_copy)?;
    let connection = Connection::open_with_flags(&unfinished, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute(
        "insert or replace into secrets (workspace_id, name, value) values (?1, ?2, ?3)",
        params![WORKSPACE, LOG_ID, log_id],
    )?;
    connection.execute("delete from sessions", [])?;
    drop(connection);
    finish(&unfinished, &path)
}

/// Refuses a file that is not a whole database of Baton's.
fn check(copy: &Path) -> Result<(), StoreError> {
    let unusable =
        |error: rusqlite::Error| refused("`{}` cannot be read; choose another backup.", copy, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(copy, flags).map_err(unusable)?;
    let steps = opening::schema_of(&connection, copy)?;
    let found: String =
        connection.query_row("pragma integrity_check(1)", [], |row| row.get(0)).map_err(unusable)?;
    let copy = copy.display();
    if steps == 0 {
        return Err(StoreError::Refused { what: format!("`{copy}` is empty; choose another backup.") });
    }
    if found != "ok" {
        return Err(StoreError::Refused {
            what: format!("`{copy}` is damaged ({found}); choose another backup."),
        });
    }
    Ok(())
}

/// Returns where a file is written until it is whole; what an earlier attempt left there is removed.
fn unfinished(target: &Path) -> Result<PathBuf, StoreError> {
    let mut name = target.as_os_str().to_owned();
    name.push(".part");
    let path = PathBuf::from(name);
    match fs::remove_file(&path) {
        Ok(()) => Ok(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(path),
        Err(error) => Err(refused("`{}` is in the way; remove it.", &path, &error)),
    }
}

/// Gives a whole file its name, durably.
fn finish(unfinished: &Path, target: &Path) -> Result<(), StoreError> {
    let durable = || {
        File::open(unfinished)?.sync_all()?;
        fs::rename(unfinished, target)?;
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    };
    durable()
        .map_err(|error: std::io::Error| refused("`{}` cannot be written; make room for it.", target, &error))
}

fn text(path: &Path) -> Result<&str, StoreError> {
    path.to_str().ok_or_else(|| StoreError::Refused {
        what: format!("`{}` is not a name in UTF-8; choose another for the backup.", path.display()),
    })
}
