//! A disk that is full for a while: nothing acknowledged is lost, reading goes on, and room is all that it takes; and one
//! that does worse.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use baton::accounts::SESSION_TOUCHED_EVERY;
use baton::accounts::attempts::PLACE_FAILURES_MAX;
use baton::store::sqlite::SqliteStore;
use baton::store::{Batch, Credentials, Former, Loaded, Reading, Session, Store, StoreError, StoredAnswer};
use baton_shared::schedule::ScheduleRun;
use baton_shared::*;
use serde_json::json;

use crate::app::{PASSWORD, Proof, TestApp};
use crate::conversations::{accept, desk};

/// What is wrong with a disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fault {
    #[default]
    None,
    /// Nothing can be written.
    Full,
    /// A sign-in cannot be looked up.
    Unreadable,
    /// What is written may be lost.
    Loses,
}

/// A store on a disk that fails when it is told to.
struct FaultyDisk {
    store: SqliteStore,
    fault: Arc<Mutex<Fault>>,
}

impl FaultyDisk {
    fn write<T>(&self, write: impl FnOnce(&SqliteStore) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match *self.fault.lock().unwrap() {
            Fault::None | Fault::Unreadable => write(&self.store),
            Fault::Full => Err(StoreError::Unavailable("the disk is full".into())),
            Fault::Loses => Err(StoreError::DurabilityUnknown("a flush failed".into())),
        }
    }
}

/// Starts a server on such a disk.
fn start() -> (TestApp, Arc<Mutex<Fault>>) {
    let fault = Arc::<Mutex<Fault>>::default();
    let shared = fault.clone();
    (TestApp::stored(|store| Arc::new(FaultyDisk { store, fault: shared })), fault)
}

impl Store for FaultyDisk {
    fn load(&self) -> Result<Loaded, StoreError> {
        self.store.load()
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.write(|store| store.commit(batch))
    }

    fn answer(&self, scope: &str, key: &str, now: Timestamp) -> Result<Option<StoredAnswer>, StoreError> {
        self.store.answer(scope, key, now)
    }

    fn attributes(&self, conversation: ConversationId) -> Result<BTreeMap<String, String>, StoreError> {
        self.store.attributes(conversation)
    }

    fn former(&self, conversation: ConversationId) -> Result<Option<Former>, StoreError> {
        self.store.former(conversation)
    }

    fn replay(&self, from: u64, visit: &mut dyn FnMut(Recorded)) -> Result<(), StoreError> {
        self.store.replay(from, visit)
    }

    fn read(&self) -> Result<Box<dyn Reading + '_>, StoreError> {
        self.store.read()
    }

    fn credentials(&self, email: &str) -> Result<Option<Credentials>, StoreError> {
        if *self.fault.lock().unwrap() == Fault::Unreadable {
            return Err(StoreError::Unavailable("the disk does not answer".into()));
        }
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

    fn remove_sessions(&self, agent: AgentId) -> Result<(), StoreError> {
        self.write(|store| store.remove_sessions(agent))
    }

    fn record_run(&self, schedule: ScheduleId, run: &ScheduleRun) -> Result<(), StoreError> {
        self.write(|store| store.record_run(schedule, run))
    }

    fn secret(&self, name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        self.store.secret(name, fresh)
    }
}

#[tokio::test]
async fn a_full_disk_refuses_what_it_cannot_keep_and_reading_goes_on() {
    let (app, fault) = start();
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let messages = format!("/api/conversations/{id}/messages");

    *fault.lock().unwrap() = Fault::Full;
    // Long enough for the use of the session to be noted, which fails and keeps nobody from reading.
    app.clock.advance(std::time::Duration::from_secs(120));
    let refused = ada.client.post(&messages, &json!({"text": "kept?"})).await;
    refused.refused(StatusCode::SERVICE_UNAVAILABLE, "not_committed");
    assert!(!refused.header("retry-after").is_empty());
    let shown = ada.client.get(&messages).await.expect(StatusCode::OK);
    assert_eq!(shown["messages"].as_array().unwrap().len(), 1, "nothing half-written is shown");
    assert_eq!(desk(&ada).await["conversations"].as_object().unwrap().len(), 1);

    *fault.lock().unwrap() = Fault::None;
    ada.client.post(&messages, &json!({"text": "kept"})).await.expect(StatusCode::CREATED);
    let shown = ada.client.get(&messages).await.expect(StatusCode::OK);
    let texts: Vec<_> = shown["messages"].as_array().unwrap().iter().map(|said| &said["text"]).collect();
    assert_eq!(texts, ["Hello", "kept"]);
}

#[tokio::test]
async fn sign_ins_that_could_not_be_checked_do_not_count_as_failed() {
    let (app, fault) = start();
    app.add_person("Ada", Role::Agent).await;
    let right = json!({"email": "ada@example.com", "password": PASSWORD});
    *fault.lock().unwrap() = Fault::Unreadable;
    for _ in 0..=PLACE_FAILURES_MAX {
        let refused = app.anyone().post("/api/session", &right).await;
        refused.refused(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable");
    }
    *fault.lock().unwrap() = Fault::None;
    app.anyone().post("/api/session", &right).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_use_of_a_session_that_may_be_lost_is_not_passed_over() {
    let (app, fault) = start();
    let ada = app.person("Ada", Role::Agent).await;
    let Proof::Cookie(cookie) = &ada.client.proof else { panic!("Ada has a cookie") };
    let token = cookie.strip_prefix("baton=").unwrap();
    app.clock.advance(SESSION_TOUCHED_EVERY);
    *fault.lock().unwrap() = Fault::Loses;
    let found = app.app.accounts.session(token);
    assert!(matches!(found, Err(StoreError::DurabilityUnknown(_))), "{found:?}");
}
