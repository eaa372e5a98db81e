//! A disk that is full for a while: nothing acknowledged is lost, reading goes on, and room is all that it takes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::StatusCode;
use baton::store::sqlite::SqliteStore;
use baton::store::{Batch, Credentials, Loaded, Reading, Session, Store, StoreError, StoredAnswer};
use baton_shared::*;
use serde_json::json;

use crate::app::TestApp;
use crate::conversations::{accept, desk};

/// A store on a disk that is full when it is told so.
struct FullDisk {
    store: SqliteStore,
    is_full: Arc<AtomicBool>,
}

impl FullDisk {
    fn write<T>(&self, write: impl FnOnce(&SqliteStore) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.is_full.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("the disk is full".into()));
        }
        write(&self.store)
    }
}

impl Store for FullDisk {
    fn load(&self) -> Result<Loaded, StoreError> {
        self.store.load()
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.write(|store| store.commit(batch))
    }

    fn answer(&self, scope: &str, key: &str, now: Timestamp) -> Result<Option<StoredAnswer>, StoreError> {
        self.store.answer(scope, key, now)
    }

    fn replay(&self, from: u64, visit: &mut dyn FnMut(Recorded)) -> Result<(), StoreError> {
        self.store.replay(from, visit)
    }

    fn read(&self) -> Result<Box<dyn Reading + '_>, StoreError> {
        self.store.read()
    }

    fn credentials(&self, email: &str) -> Result<Option<Credentials>, StoreError> {
        self.store.credentials(email)
    }

    fn add_session(&self, session: &Session) -> Result<(), StoreError> {
        self.write(|store| store.add_session(session))
    }

    fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        self.store.session(token_hash)
    }

    fn touch_session(&self, token_hash: &[u8; 32], seen_at: Timestamp) -> Result<(), StoreError> {
        self.write(|store| store.touch_session(token_hash, seen_at))
    }

    fn remove_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        self.write(|store| store.remove_session(token_hash))
    }

    fn remove_sessions_of(&self, agent: AgentId) -> Result<(), StoreError> {
        self.write(|store| store.remove_sessions_of(agent))
    }

    fn secret(&self, name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        self.store.secret(name, fresh)
    }

    fn backup(&self, target: &Path) -> Result<(), StoreError> {
        self.store.backup(target)
    }
}

#[tokio::test]
async fn a_full_disk_refuses_what_it_cannot_keep_and_reading_goes_on() {
    let is_full = Arc::new(AtomicBool::new(false));
    let switch = is_full.clone();
    let app = TestApp::stored(|store| Arc::new(FullDisk { store, is_full: switch }));
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let messages = format!("/api/conversations/{id}/messages");

    is_full.store(true, Ordering::SeqCst);
    // Long enough for the use of the session to be noted, which fails and keeps nobody from reading.
    app.clock.advance(std::time::Duration::from_secs(120));
    let refused = ada.client.post(&messages, &json!({"text": "kept?"})).await;
    refused.refused(StatusCode::SERVICE_UNAVAILABLE, "not_committed");
    assert!(!refused.header("retry-after").is_empty());
    let shown = ada.client.get(&messages).await.expect(StatusCode::OK);
    assert_eq!(shown["messages"].as_array().unwrap().len(), 1, "nothing half-written is shown");
    assert_eq!(desk(&ada).await["conversations"].as_object().unwrap().len(), 1);

    is_full.store(false, Ordering::SeqCst);
    ada.client.post(&messages, &json!({"text": "kept"})).await.expect(StatusCode::CREATED);
    let shown = ada.client.get(&messages).await.expect(StatusCode::OK);
    let texts: Vec<_> = shown["messages"].as_array().unwrap().iter().map(|said| &said["text"]).collect();
    assert_eq!(texts, ["Hello", "kept"]);
}
