//! A server whose log ends after what the machine's clock says, as when that clock was set back between two starts.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use baton::clock::Clock;
use baton::store::sqlite::SqliteStore;
use baton::store::{Batch, Store};
use baton_shared::TransferPolicy;
use baton_shared::{Event, Recorded, Role, Timestamp};
use serde_json::json;

use crate::app::{NOW, TestApp};
use crate::conversations::desk;

/// When the log ends: an hour after what the clock says.
const LOGGED: Timestamp = NOW.plus(Duration::from_secs(3_600));

/// Starts a server on a store whose last event is an hour ahead.
fn start_behind() -> TestApp {
    TestApp::stored(|store: SqliteStore| {
        let loaded = store.load().unwrap();
        let event = Event::ServerStarted { held_until: LOGGED };
        let batch = Batch {
            writer_epoch: loaded.writer_epoch,
            recorded: vec![Recorded { position: loaded.work.position + 1, at: LOGGED, event }],
            head: loaded.head + 1,
            at: LOGGED,
            ..Batch::default()
        };
        store.commit(&batch).unwrap();
        Arc::new(store)
    })
}

#[tokio::test]
async fn time_goes_on_from_the_last_event() {
    let app = start_behind();
    assert_eq!(app.clock.now(), NOW);
    assert_eq!(app.app.now(), LOGGED);
    app.advance(Duration::from_secs(10));
    assert_eq!(app.app.now(), LOGGED.plus(Duration::from_secs(10)));
}

#[tokio::test]
async fn offers_end_in_time_and_leases_hold() {
    let app = start_behind();
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "Hello").await;
    let offered = async || desk(&ada).await["offers"].as_object().unwrap().len();
    assert_eq!(offered().await, 1);
    for _ in 0..2 {
        app.advance(TransferPolicy::default().offer_lasts() / 3);
        let answered = ada.client.post("/api/desk/heartbeats", &json!({"cursor": ""})).await;
        answered.expect(StatusCode::NO_CONTENT);
        app.settle().await;
        assert_eq!(offered().await, 1, "the lease holds");
    }
    app.advance(TransferPolicy::default().offer_lasts() / 3);
    app.settle().await;
    assert_eq!(offered().await, 0, "nobody answered in time");
}
