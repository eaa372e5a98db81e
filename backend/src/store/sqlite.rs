//! Everything in one SQLite file: one writer, many readers, and a lock against a second server.
//!
//! Reading order: `opening` (the folder, the lock, the schema), `writer` (one batch, one transaction),
//! `readers` and `reading` (what people are shown, in `threads`, `chats`, `people` and `messages`),
//! `log` (the truth, in order) and `backups`.
//!
//! A statement that is to use an index beside the key names it: left alone, the planner takes the workspace, with which
//! every key begins, for a choice among many, and reads the whole history.
//!
//! Deliberately absent: caches. What a read transaction finds in the file is the answer.

mod backups;
mod bots;
mod chats;
pub mod derived;
mod failure;
mod log;
mod messages;
mod opening;
mod people;
mod ratings;
mod readers;
mod reading;
mod requests;
mod schedules;
pub mod search;
mod sessions;
mod texts;
mod things;
mod threads;
mod walls;
mod writer;

#[cfg(test)]
mod faults;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_shared::schedule::ScheduleRun;
use baton_shared::*;
use rusqlite::{Connection, OptionalExtension, params};

pub use backups::{backup, restore};
pub use opening::SETTINGS;

use self::readers::Readers;
use self::writer::Writer;
use super::{
    ANSWER_KEPT, Batch, Credentials, Former, KeyScope, Loaded, Reading, Session, Store, StoreError,
    StoredAnswer,
};

/// The one workspace there is; it is in every key so that there can be more.
const WORKSPACE: i64 = 1;

/// The database's name in the data folder.
const DATABASE: &str = "baton.db";

/// The name of the file that a running server keeps locked.
const LOCK: &str = "baton.lock";

/// A data folder that this process has to itself.
///
/// The fields are in the order in which they are to be closed: the writer after the readers, so that it can leave the
/// database as one file, and the lock last.
#[derive(Debug)]
pub struct SqliteStore {
    readers: Readers,
    writer: Mutex<Writer>,
    writer_epoch: u64,
    _lock: File,
}

/// Says whether a data folder holds a database.
pub fn is_there(data_dir: &Path) -> bool {
    data_dir.join(DATABASE).is_file()
}

impl SqliteStore {
    /// Opens the store in a folder, which is made if it is not there; refused in a sentence that says what to do.
    pub fn open(data_dir: &Path) -> Result<Self, StoreError> {
        opening::refuse_old_sqlite()?;
        opening::make_folder(data_dir)?;
        let lock = opening::lock(data_dir)?;
        let path = data_dir.join(DATABASE);
        let mut connection = opening::open_writer(&path)?;
        opening::migrate(&mut connection, &path)?;
        let writer_epoch =
            opening::begin_epoch(&connection).map_err(|error| opening::unusable(&path, &error))?;
        Ok(Self {
            readers: Readers::of(&path),
            writer: Mutex::new(Writer::new(connection)),
            writer_epoch,
            _lock: lock,
        })
    }

    /// Sets the password of whoever signs in with an address, and ends their sign-ins; false if nobody does.
    ///
    /// It is for the one who runs the server while it stands still, and is no turn: who someone is is not in the log.
    pub fn set_password(&self, email: &str, password_hash: &str) -> Result<bool, StoreError> {
        let Some(found) = self.credentials(email)? else { return Ok(false) };
        self.writer()
            .run(|connection| sessions::set_password(connection, found.agent, password_hash))
            .map(|()| true)
    }

    /// A panic rolls the transaction back, so the writer behind it is as good as before.
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for SqliteStore {
    fn load(&self) -> Result<Loaded, StoreError> {
        things::load(&*self.readers.begin()?, self.writer_epoch)
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.writer().commit(batch)
    }

    fn answer(&self, scope: &str, key: &str, now: Timestamp) -> Result<Option<StoredAnswer>, StoreError> {
        answer(&*self.readers.lend()?, scope, key, now)
    }

    /// All are of one read transaction: beginning one costs as much as a question.
    fn answers(
        &self,
        keys: &[(KeyScope, String)],
        now: Timestamp,
    ) -> Result<Vec<Option<StoredAnswer>>, StoreError> {
        let reader = self.readers.begin()?;
        keys.iter().map(|(scope, key)| answer(&reader, scope, key, now)).collect()
    }

    fn attributes(&self, conversation: ConversationId) -> Result<BTreeMap<String, String>, StoreError> {
        Ok(things::attributes(&*self.readers.lend()?, conversation)?.into_iter().collect())
    }

    fn former(&self, conversation: ConversationId) -> Result<Option<Former>, StoreError> {
        let reader = self.readers.lend()?;
        let Some(found) = things::conversation(&reader, conversation)? else { return Ok(None) };
        Ok(Some(Former { rated: ratings::is_rated(&reader, conversation)?, ..Former::of(&found) }))
    }

    fn replay(&self, from: u64, visit: &mut dyn FnMut(Recorded)) -> Result<(), StoreError> {
        log::replay(&*self.readers.begin()?, from, visit)
    }

    fn log_page(&self, after: u64, limit: usize) -> Result<Vec<Recorded>, StoreError> {
        log::page(&*self.readers.lend()?, after, limit)
    }

    fn set_up_page(&self, after: u64, limit: usize) -> Result<Vec<Recorded>, StoreError> {
        log::set_up_page(&*self.readers.lend()?, after, limit)
    }

    fn read(&self) -> Result<Box<dyn Reading + '_>, StoreError> {
        Ok(Box::new(self.readers.begin()?))
    }

    fn credentials(&self, email: &str) -> Result<Option<Credentials>, StoreError> {
        people::credentials(&*self.readers.lend()?, email)
    }

    fn add_session(&self, session: &Session) -> Result<(), StoreError> {
        self.writer().run(|connection| sessions::add(connection, session))
    }

    fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        sessions::find(&*self.readers.lend()?, token_hash)
    }

    fn touch_session(&self, token_hash: &[u8; 32], seen_at: Timestamp) -> Result<(), StoreError> {
        self.writer().run(|connection| sessions::touch(connection, token_hash, seen_at))
    }

    fn remove_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        self.writer().run(|connection| sessions::remove(connection, token_hash))
    }

    fn remove_sessions(&self, agent: AgentId) -> Result<(), StoreError> {
        self.writer().run(|connection| sessions::remove_all(connection, agent))
    }

    fn record_run(&self, schedule: ScheduleId, run: &ScheduleRun) -> Result<(), StoreError> {
        self.writer().run(|connection| schedules::record(connection, schedule, run))
    }

    fn secret(&self, name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        self.writer().run(|connection| sessions::secret(connection, name, fresh))
    }
}

fn answer(
    connection: &Connection,
    scope: &str,
    key: &str,
    now: Timestamp,
) -> Result<Option<StoredAnswer>, StoreError> {
    let mut find = connection.prepare_cached(
        "select body_hash, answer, at_ms from answers where workspace_id = ?1 and scope = ?2 and key = ?3",
    )?;
    let found = find
        .query_row(params![WORKSPACE, scope, key], |row| {
            Ok(StoredAnswer {
                scope: scope.to_owned(),
                key: key.to_owned(),
                body_hash: row.get(0)?,
                answer: row.get(1)?,
                at: Timestamp::from_millis(row.get(2)?),
            })
        })
        .optional()?;
    Ok(found.filter(|answer| now.since(answer.at) < ANSWER_KEPT))
}
