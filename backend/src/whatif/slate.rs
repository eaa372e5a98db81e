//! A store in memory for turns that are thrown away: it begins with given open work, and hands out what turns wrote.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_shared::schedule::ScheduleRun;
use baton_shared::*;

use crate::store::{
    Batch, Content, Credentials, Former, Loaded, Reading, Row, Session, Store, StoreError, StoredAnswer,
};

/// What turns wrote since it was taken, and what they ask for.
#[derive(Default)]
struct Kept {
    loaded: Option<Loaded>,
    written: Vec<Recorded>,
    attributes: BTreeMap<ConversationId, BTreeMap<String, String>>,
    former: BTreeMap<ConversationId, Former>,
}

/// The store; it can be loaded once.
#[derive(Default)]
pub(super) struct Slate(Mutex<Kept>);

impl Slate {
    /// Returns a store that holds this.
    pub(super) fn holding(loaded: Loaded) -> Self {
        Self(Mutex::new(Kept { loaded: Some(loaded), ..Kept::default() }))
    }

    /// Takes what was written since the last call.
    pub(super) fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.kept().written)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_none<T>() -> Result<T, StoreError> {
        Err(StoreError::Refused { what: "days that are played again have no such thing".to_owned() })
    }
}

impl Store for Slate {
    fn load(&self) -> Result<Loaded, StoreError> {
        self.kept().loaded.take().map_or_else(Self::has_none, Ok)
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut kept = self.kept();
        kept.written.extend(batch.recorded.iter().cloned());
        for row in &batch.rows {
            if let Row::Conversation(conversation) = row
                && conversation.owner().is_none()
            {
                kept.attributes.remove(&conversation.id);
                kept.former.insert(conversation.id, Former::of(conversation));
            }
        }
        for content in &batch.content {
            if let Content::Attributes(conversation, attributes) = content
                && !attributes.is_empty()
            {
                kept.attributes.insert(*conversation, attributes.clone());
            }
        }
        Ok(())
    }

    fn answer(&self, _scope: &str, _key: &str, _now: Timestamp) -> Result<Option<StoredAnswer>, StoreError> {
        Ok(None)
    }

    fn attributes(&self, conversation: ConversationId) -> Result<BTreeMap<String, String>, StoreError> {
        Ok(self.kept().attributes.get(&conversation).cloned().unwrap_or_default())
    }

    fn former(&self, conversation: ConversationId) -> Result<Option<Former>, StoreError> {
        Ok(self.kept().former.get(&conversation).copied())
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
        Self::has_none()
    }

    fn secret(&self, _name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        Ok(fresh)
    }
}
