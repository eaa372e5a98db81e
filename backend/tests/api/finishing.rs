//! The end of a shift and the time for filing: both end by themselves.

use std::time::Duration;

use axum::http::StatusCode;
use baton_shared::segment::WRAP_UP_EXTENSION;
use baton_shared::{Role, Timestamp};
use serde_json::{Value, json};

use crate::app::{Person, TestApp};
use crate::conversations::{accept, desk};

async fn choose(person: &Person<'_>, status: &str) {
    let chosen = person.client.put("/api/presence", &json!({"status": status})).await;
    chosen.expect(StatusCode::NO_CONTENT);
}

async fn status(person: &Person<'_>) -> Value {
    desk(person).await["me"]["presence"]["status"].clone()
}

#[tokio::test]
async fn whoever_finishes_gets_nothing_new_and_is_offline_when_nothing_is_left() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    choose(&bob, "finishing").await;
    assert_eq!(status(&bob).await, "offline", "he has nothing");
    let (customer, _) = app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    app.customer("Dan", "Hello").await;
    assert_eq!(desk(&ada).await["offers"].as_object().unwrap().len(), 1);
    choose(&ada, "finishing").await;
    assert_eq!((status(&ada).await, &desk(&ada).await["offers"]), (json!("finishing"), &json!({})));
    app.customer("Eve", "Hello").await;
    assert_eq!(desk(&ada).await["offers"], json!({}));
    let message = format!("/api/conversations/{id}/messages");
    ada.client.post(&message, &json!({"text": "Still here"})).await.expect(StatusCode::CREATED);
    customer.post("/api/chat/closure", &json!({})).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(status(&ada).await, "offline");
    assert_eq!(desk(&bob).await["people"][ada.id.to_string()]["presence"]["status"], "offline");
    choose(&ada, "available").await;
    assert_eq!(desk(&ada).await["offers"].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn everyone_who_has_nothing_left_is_offline_at_once() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let body = json!({"target": {"kind": "agent", "id": bob.id}});
    ada.client.post(&format!("/api/conversations/{id}/invites"), &body).await.expect(StatusCode::CREATED);
    accept(&bob).await;
    for person in [&ada, &bob] {
        choose(person, "finishing").await;
        assert_eq!(status(person).await, "finishing");
    }
    customer.post("/api/chat/closure", &json!({})).await.expect(StatusCode::NO_CONTENT);
    for person in [&ada, &bob] {
        assert_eq!(status(person).await, "offline");
    }
}

#[tokio::test]
async fn a_wrap_up_ends_in_its_time_unless_more_is_taken() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    let closed = async || {
        let (customer, _) = app.customer("Carla", "Hello").await;
        accept(&ada).await;
        customer.post("/api/chat/closure", &json!({})).await.expect(StatusCode::NO_CONTENT);
        let cards = desk(&ada).await["wrap_ups"].clone();
        let (segment, card) = cards.as_object().unwrap().iter().next().unwrap();
        (format!("/api/wrap-ups/{segment}/extension"), card["until"].clone())
    };
    let pass = async |seconds: u64| {
        for _ in 0..seconds.div_ceil(10) {
            app.advance(Duration::from_secs(10));
            let beat = ada.client.post("/api/desk/heartbeats", &json!({"cursor": ""})).await;
            beat.expect(StatusCode::NO_CONTENT);
        }
        app.settle().await;
    };
    let unfiled = async || desk(&ada).await["wrap_ups"].as_object().unwrap().len();

    let (extension, until) = closed().await;
    assert_eq!(until, Value::Null);
    let timeless = ada.client.post(&extension, &json!({})).await;
    timeless.refused(StatusCode::CONFLICT, "wrap_up_closed");
    let filing = extension.replace("extension", "completion");
    let filed = json!({"disposition": "resolved", "notes": null});
    ada.client.post(&filing, &filed).await.expect(StatusCode::NO_CONTENT);

    admin.put("/api/transfer-policy", &json!({"wrap_up_secs": 30})).await.expect(StatusCode::NO_CONTENT);
    let (extension, until) = closed().await;
    let until: Timestamp = serde_json::from_value(until).unwrap();
    bob.client.post(&extension, &json!({})).await.refused(StatusCode::FORBIDDEN, "not_owner");
    ada.client.post(&extension, &json!({})).await.expect(StatusCode::NO_CONTENT);
    let cards = desk(&ada).await["wrap_ups"].clone();
    let card = cards.as_object().unwrap().values().next().unwrap();
    let longer: Timestamp = serde_json::from_value(card["until"].clone()).unwrap();
    assert_eq!(longer, until.plus(WRAP_UP_EXTENSION));
    pass(80).await;
    assert_eq!(unfiled().await, 1);
    pass(10).await;
    assert_eq!(unfiled().await, 0, "its time is over");
    ada.client.post(&extension, &json!({})).await.refused(StatusCode::CONFLICT, "wrap_up_closed");
    let late = ada.client.post(&extension.replace("extension", "completion"), &filed).await;
    late.refused(StatusCode::CONFLICT, "wrap_up_closed");
}
