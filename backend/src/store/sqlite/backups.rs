//! Copies of the database, and the way back from one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};

use super::failure::refused;
use super::{DATABASE, opening, readers};
use crate::store::StoreError;

/// Writes a copy of the database in a data folder, as it is at one moment, to a new file, whether a server is using it
/// or not.
pub fn backup(data_dir: &Path, target: &Path) -> Result<(), StoreError> {
    let path = data_dir.join(DATABASE);
    if !path.is_file() {
        let folder = data_dir.display();
        let what = format!("There is no database in `{folder}`; name the data folder with --data.");
        return Err(StoreError::Refused { what });
    }
    if target.exists() {
        let what = format!("`{}` is there already; name a new file for the backup.", target.display());
        return Err(StoreError::Refused { what });
    }
    let unfinished = unfinished(target)?;
    let connection = readers::open_reader(&path)?;
    opening::schema_of(&connection, &path)?;
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
/// Everyone has to sign in again: a sign-in that has ended since the backup must not come back to life.
pub fn restore(backup: &Path, data_dir: &Path) -> Result<(), StoreError> {
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
    copy_privately(backup, &unfinished).map_err(cannot_copy)?;
    let connection = Connection::open_with_flags(&unfinished, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute("delete from sessions", [])?;
    drop(connection);
    finish(&unfinished, &path)
}

/// Copies what a file holds but not who may read it.
fn copy_privately(from: &Path, to: &Path) -> std::io::Result<()> {
    opening::make_private(to)?;
    let mut to = File::options().write(true).open(to)?;
    std::io::copy(&mut File::open(from)?, &mut to).map(drop)
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
