//! What SQLite's errors mean for those above: try later, end the process, or repair.

use std::path::Path;

use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_FSYNC};

use crate::store::StoreError;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let Some(code) = error.sqlite_error_code() else {
            // Not from SQLite itself: a column or a row is not what the schema says.
            return Self::Corrupt { what: format!("a row cannot be read: {error}") };
        };
        let extended = error.sqlite_extended_error_code();
        if extended == Some(SQLITE_IOERR_FSYNC) || extended == Some(SQLITE_IOERR_DIR_FSYNC) {
            // What an earlier write left in the cache of the system may be gone; a second fsync would not notice.
            return Self::DurabilityUnknown(error.into());
        }
        if code == ErrorCode::DatabaseCorrupt || code == ErrorCode::NotADatabase {
            return Self::Corrupt { what: format!("the database file is damaged: {error}") };
        }
        if code == ErrorCode::ConstraintViolation {
            return Self::Conflict { what: error.to_string() };
        }
        Self::Unavailable(error.into())
    }
}

/// Refuses with a sentence that ends in what the system said.
pub(super) fn refused(sentence: &str, path: &Path, error: &dyn std::error::Error) -> StoreError {
    StoreError::Refused { what: format!("{} ({error})", sentence.replace("{}", &path.display().to_string())) }
}
