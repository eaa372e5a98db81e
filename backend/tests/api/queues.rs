//! Queues that keep waits within bounds.

use std::time::Duration;

use axum::http::StatusCode;
use baton_shared::{Channel, Command, QueueId, Role};
use serde_json::{Value, json};

use crate::app::{Client, Person, TestApp};
use crate::conversations::{accept, desk};

async fn set(admin: &Person<'_>, queue: QueueId, name: &str, rules: Value) {
    let body = json!({"name": name, "skills": [], "priority": "normal", "rules": rules});
    admin.client.put(&format!("/api/queues/{queue}"), &body).await.expect(StatusCode::NO_CONTENT);
}

async fn phase(customer: &Client<'_>) -> Value {
    customer.get("/api/chat").await.expect(StatusCode::OK)["chat"]["phase"].clone()
}

#[tokio::test]
async fn rules_are_read_as_they_were_set_and_stay_where_they_are_left_out() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (first, second) = (app.add_queue("First", &[]).await, app.add_queue("Second", &[]).await);
    let rules = json!({
        "waiting_max": 20, "wait_secs": 300, "overflow": {"kind": "queue", "id": second},
        "target": {"secs": 30, "percent": 80},
    });
    set(&root, first, "First", rules.clone()).await;
    let named = json!({"name": "Renamed", "skills": [], "priority": "high"});
    root.client.put(&format!("/api/queues/{first}"), &named).await.expect(StatusCode::NO_CONTENT);
    let queues = root.client.get("/api/queues").await.expect(StatusCode::OK);
    let found = queues.as_array().unwrap().iter().find(|queue| queue["id"] == json!(first)).unwrap();
    assert_eq!((&found["name"], &found["rules"]), (&json!("Renamed"), &rules));
}

#[tokio::test]
async fn rules_that_make_no_sense_are_refused() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let queue = app.add_queue("Support", &[]).await;
    let put = async |rules: Value| {
        let body = json!({"name": "Support", "skills": [], "priority": "normal", "rules": rules});
        root.client.put(&format!("/api/queues/{queue}"), &body).await
    };
    for wrong in [
        json!({"wait_secs": 0}),
        json!({"waiting_max": 0}),
        json!({"target": {"secs": 10, "percent": 101}}),
        json!({"overflow": {"kind": "queue", "id": queue}}),
    ] {
        put(wrong).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "queue_unusable");
    }
    let nowhere = QueueId::from_bits(9);
    let elsewhere = put(json!({"overflow": {"kind": "queue", "id": nowhere}})).await;
    elsewhere.refused(StatusCode::NOT_FOUND, "not_found");
    put(json!({"wait": 1})).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "unknown_field");
}

#[tokio::test]
async fn a_wait_that_is_too_long_goes_on_in_another_line_and_then_ends_with_a_request() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (first, second) = (app.add_queue("A first", &[]).await, app.add_queue("B second", &[]).await);
    set(&root, first, "A first", json!({"wait_secs": 60, "overflow": {"kind": "queue", "id": second}})).await;
    set(&root, second, "B second", json!({"wait_secs": 30})).await;
    let (customer, _) = app.customer("Carla", "Hello?").await;
    assert_eq!(phase(&customer).await["queue"], "A first");
    app.advance(Duration::from_secs(60));
    app.settle().await;
    assert_eq!(phase(&customer).await["queue"], "B second");
    app.advance(Duration::from_secs(30));
    app.settle().await;
    let ended = json!({"kind": "closed", "by": "system", "request": 1, "answer": null});
    assert_eq!(phase(&customer).await, ended);
    let requests = root.client.get("/api/requests").await.expect(StatusCode::OK);
    assert_eq!(requests[0]["queue"], "B second", "it is answered where it ended");
}

#[tokio::test]
async fn a_full_queue_sends_on_deflects_or_refuses() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (first, second) = (app.add_queue("A first", &[]).await, app.add_queue("B second", &[]).await);
    let limits = |overflow: Value| json!({"waiting_max": 1, "overflow": overflow});
    set(&root, first, "A first", limits(json!({"kind": "queue", "id": second}))).await;
    let (waits, _) = app.customer("Carla", "Hello?").await;
    let (sent_on, _) = app.customer("Dan", "Hello?").await;
    assert_eq!(phase(&waits).await["queue"], "A first");
    assert_eq!(phase(&sent_on).await["queue"], "B second");
    set(&root, first, "A first", limits(json!({"kind": "request"}))).await;
    let (deflected, _) = app.customer("Eve", "Hello?").await;
    assert_eq!(phase(&deflected).await["request"], 1);
    set(&root, first, "A first", limits(json!({"kind": "refuse"}))).await;
    let started = app.anyone().post("/api/chat", &json!({"name": "Fay", "text": "Hello?"})).await;
    started.refused(StatusCode::CONFLICT, "queue_full");
    // Where nowhere is room, waiting is better than being turned away.
    set(&root, first, "A first", limits(json!({"kind": "queue", "id": second}))).await;
    set(&root, second, "B second", limits(json!({"kind": "queue", "id": first}))).await;
    let (crammed, _) = app.customer("Gil", "Hello?").await;
    assert_eq!(phase(&crammed).await["queue"], "A first");
}

#[tokio::test]
async fn whoever_serves_two_queues_takes_what_is_due_first() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let ada = app.person("Ada", Role::Agent).await;
    let slow = app.add_queue("A slow", &[ada.id]).await;
    let quick = app.add_queue("B quick", &[ada.id]).await;
    set(&root, slow, "A slow", json!({"target": {"secs": 600, "percent": 80}})).await;
    set(&root, quick, "B quick", json!({"target": {"secs": 20, "percent": 90}})).await;
    app.customer("Carla", "I came first").await;
    app.advance(Duration::from_secs(5));
    let elsewhere = json!({"waiting_max": 1, "overflow": {"kind": "queue", "id": quick}});
    set(&root, slow, "A slow", elsewhere).await;
    app.customer("Dan", "I am more urgent").await;
    let capacity = [(Channel::WebChat, 1)].into();
    let (agent, name, role) = (ada.id, "Ada".to_owned(), Role::Agent);
    app.system(Command::ChangePerson { agent, name, role, enabled: true, capacity }).await;
    app.make_available(&ada).await;
    accept(&ada).await;
    let threads = desk(&ada).await["conversations"].clone();
    let names: Vec<&str> =
        threads.as_object().unwrap().values().map(|thread| thread["customer"].as_str().unwrap()).collect();
    assert_eq!(names, ["Dan"]);
}
