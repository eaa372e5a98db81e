//! A store that begins with given open work and keeps nothing but what the last turns wrote.

use std::sync::{Mutex, PoisonError};

use baton::routing::OpenWork;
use baton::store::{Batch, Credentials, Former, Loaded, Reading, Session, Store, StoreError, StoredAnswer};
use baton_shared::schedule::ScheduleRun;
use baton_shared::{AgentId, Recorded, ScheduleId, Timestamp};

/// A store for one turn after the other, which is read once.
#[derive(Debug)]
pub struct Slate {
    loaded: Mutex<Option<Loaded>>,
    written: Mutex<Vec<Recorded>>,
}

impl Slate {
    /// Returns a store that holds this open work.
    pub fn holding(work: OpenWork) -> Self {
        let loaded = Mutex::new(Some(Loaded { work, ..Loaded::default() }));
        Self { loaded, written: Mutex::default() }
    }

    /// Takes what was written since the last call.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut *self.written.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn has_none<T>() -> Result<T, StoreError> {
        Err(StoreError::Refused { what: "a slate has no such thing".to_owned() })
    }
}

impl Store for Slate {
    fn load(&self) -> Result<Loaded, StoreError> {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner).take();
        loaded.map_or_else(Self::has_none, Ok)
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.extend(batch.recorded.iter().cloned());
        Ok(())
    }

    fn attributes(
        &self,
        _: baton_shared::ConversationId,
    ) -> Result<std::collections::BTreeMap<String, String>, StoreError> {
        Ok(std::collections::BTreeMap::new())
    }

    fn former(&self, _: baton_shared::ConversationId) -> Result<Option<Former>, StoreError> {
        Ok(None)
    }

    fn answer(&self, _scope: &str, _key: &str, _now: Timestamp) -> Result<Option<StoredAnswer>, StoreError> {
        Ok(None)
    }

    fn replay(&self, _from: u64, _visit: &mut dyn FnMut(Recorded)) -> Result<(), StoreError> {
        Self::has_none()
    }

    fn read(&self) -> Result<Box<dyn Reading + '_>, StoreError> {
        Self::has_none()
    }

    fn credentials(&self, _email: &str) -> Result<Option<Credentials>, StoreError> {
        Ok(None)
    }

    fn add_session(&self, _session: &Session) -> Result<(), StoreError> {
        Self::has_none()
    }

    fn session(&self, _token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        Self::has_none()
    }

    fn touch_session(&self, _token_hash: &[u8; 32], _seen_at: Timestamp) -> Result<(), StoreError> {
        Self::has_none()
    }

    fn remove_session(&self, _token_hash: &[u8; 32]) -> Result<(), StoreError> {
        Self::has_none()
    }

    fn remove_sessions(&self, _agent: AgentId) -> Result<(), StoreError> {
        Self::has_none()
    }

    fn record_run(&self, _schedule: ScheduleId, _run: &ScheduleRun) -> Result<(), StoreError> {
        Ok(())
    }

    fn secret(&self, _name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        Ok(fresh)
    }
}
