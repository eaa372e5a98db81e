//! A copy of the reports that other programs can open.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, params};

use super::LAYOUT;
use crate::store::StoreError;
use crate::store::sqlite::derived;

/// What a copy has beside the tables: what people read.
const VIEWS: &str = include_str!("export.sql");

/// Writes a copy of the reports in a data folder, as they are at one moment, to a new file, whether a server is using
/// them or not.
///
/// It is read from the file of the reports, never from the live database.
pub fn export(data_dir: &Path, target: &Path) -> Result<(), StoreError> {
    let path = data_dir.join(LAYOUT.file);
    if !path.is_file() {
        let folder = data_dir.display();
        let what = format!(
            "There are no reports in `{folder}`; start a server there once, or name another with --data."
        );
        return Err(StoreError::Refused { what });
    }
    if target.exists() {
        let what = format!("`{}` is there already; name a new file for the export.", target.display());
        return Err(StoreError::Refused { what });
    }
    let Some(name) = target.to_str() else {
        let what = format!("`{}` is not a name in UTF-8; choose another for the export.", target.display());
        return Err(StoreError::Refused { what });
    };
    derived::make_private(target).map_err(|error| StoreError::Refused {
        what: format!("`{name}` cannot be written; name another file. ({error})"),
    })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let copied = Connection::open_with_flags(&path, flags)
        .and_then(|source| source.execute("vacuum into ?1", params![name]))
        .and_then(|_| Connection::open(target))
        .and_then(|copy| copy.execute_batch(VIEWS));
    copied.map_err(|error| StoreError::Refused {
        what: format!(
            "`{name}` could not be written; make room for it and begin again with a new file. ({error})"
        ),
    })
}
