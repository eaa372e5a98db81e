//! Warm transfers: what is said aside stays between the two who say it. And reading on in what one passed on.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use baton_shared::Role;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::app::{Client, Person, TestApp};
use crate::conversations::{accept, desk};

/// What a stream said so far, up to a heartbeat that comes after what was published before.
async fn told(app: &TestApp, stream: &mut Response) -> String {
    app.advance(baton::feed::HEARTBEAT_EVERY);
    app.app.feed.tick();
    let mut text = String::new();
    let mut beats = 0;
    // The first heartbeat says that the stream is open.
    while beats < 2 {
        let frame = stream.body_mut().frame().await.unwrap().unwrap();
        let frame = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
        beats += usize::from(frame.starts_with("event: heartbeat"));
        text.push_str(&frame);
    }
    text
}

async fn stream(client: &Client<'_>, path: &str) -> Response {
    client.app.open(client.request(Method::GET, path).body(Body::empty()).unwrap()).await
}

/// Ada owns a conversation and asks for Bob, who comes; returns the conversation and the transfer.
async fn consulting(ada: &Person<'_>, bob: &Person<'_>, id: &str) -> String {
    let body = json!({
        "target": {"kind": "agent", "id": bob.id}, "mode": "warm",
        "note": "a quiet note", "summary": "A quiet summary.",
    });
    let made = ada.client.post(&format!("/api/conversations/{id}/transfers"), &body).await;
    let transfer = made.expect(StatusCode::CREATED)["transfer"].as_str().unwrap().to_owned();
    assert_eq!(accept(bob).await, id);
    transfer
}

async fn aside(person: &Person<'_>, transfer: &str, text: &str) -> Value {
    let sent = person.client.post(&format!("/api/transfers/{transfer}/asides"), &json!({"text": text})).await;
    sent.expect(StatusCode::CREATED)
}

#[tokio::test]
async fn the_customer_sees_nothing_of_a_consultation() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (customer, _) = app.customer("Carla", "Is my tariff right?").await;
    let id = accept(&ada).await;
    let path = |rest: &str| format!("/api/conversations/{id}{rest}");
    let before = customer.get("/api/chat").await.expect(StatusCode::OK)["chat"].clone();
    let mut open = stream(&customer, "/api/chat/events").await;

    let transfer = consulting(&ada, &bob, &id).await;
    let first = aside(&ada, &transfer, "a quiet question").await;
    assert_eq!((&first["seq"], &first["name"]), (&json!(1), &json!("Ada")));
    assert_eq!(aside(&bob, &transfer, "a quiet answer").await["seq"], 2);
    let consult = desk(&bob).await["consults"][&transfer].clone();
    assert_eq!((&consult["from_name"], &consult["agent_name"]), (&json!("Ada"), &json!("Bob")));
    assert_eq!((&consult["note"], &consult["summary"]), (&json!("a quiet note"), &json!("A quiet summary.")));
    let texts: Vec<_> = consult["aside"].as_array().unwrap().iter().map(|one| &one["text"]).collect();
    assert_eq!(texts, ["a quiet question", "a quiet answer"]);
    assert_eq!(consult["thread"]["messages"][0]["text"], "Is my tariff right?");
    let asking = desk(&ada).await["consults"][&transfer].clone();
    assert_eq!((&asking["thread"], &asking["aside"]), (&Value::Null, &consult["aside"]));
    bob.client.get(&path("")).await.expect(StatusCode::OK);

    // Only its owner writes to the customer meanwhile, and only the two write aside.
    let written = bob.client.post(&path("/messages"), &json!({"text": "Hello"})).await;
    written.refused(StatusCode::FORBIDDEN, "not_owner");
    let eve = app.person("Eve", Role::Administrator).await;
    let heard = eve.client.post(&format!("/api/transfers/{transfer}/asides"), &json!({"text": "Hm"})).await;
    heard.refused(StatusCode::FORBIDDEN, "not_owner");
    for body in [json!({"text": " "}), json!({"text": "a".repeat(8_001)})] {
        let refused = ada.client.post(&format!("/api/transfers/{transfer}/asides"), &body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let after = customer.get("/api/chat").await.expect(StatusCode::OK)["chat"].clone();
    assert_eq!(after, before);
    let said = told(&app, &mut open).await;
    assert!(!said.contains("quiet") && !said.contains("Bob"), "{said}");
    assert!(!said.contains("event: chat"), "nothing happened that concerns her: {said}");
    let paged = customer.get("/api/chat/messages").await.expect(StatusCode::OK);
    assert_eq!(paged["messages"].as_array().unwrap().len(), 1);

    let handover = path(&format!("/transfers/{transfer}/handover"));
    let theirs = bob.client.post(&handover, &json!({})).await;
    theirs.refused(StatusCode::FORBIDDEN, "not_owner");
    ada.client.post(&handover, &json!({})).await.expect(StatusCode::NO_CONTENT);
    let phase = customer.get("/api/chat").await.expect(StatusCode::OK)["chat"]["phase"].clone();
    assert_eq!(phase, json!({"kind": "active", "agent": "Bob"}));
    let owned = desk(&bob).await;
    assert_eq!(owned["consults"], json!({}));
    assert_eq!(owned["conversations"][&id]["handoffs"][0]["summary"], "A quiet summary.");
    let over = bob.client.post(&format!("/api/transfers/{transfer}/asides"), &json!({"text": "Hm"})).await;
    assert_eq!(over.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_was_said_aside_stays_with_the_conversation_and_has_the_time_of_the_handover() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (customer, _) = app.customer("Carla", "Is my tariff right?").await;
    let id = accept(&ada).await;
    let transfer = consulting(&ada, &bob, &id).await;
    let said = aside(&ada, &transfer, "a quiet question").await;
    app.advance(Duration::from_secs(2));
    customer.post("/api/chat/messages", &json!({"text": "Hello?"})).await.expect(StatusCode::CREATED);
    app.advance(Duration::from_secs(1));
    let handover = format!("/api/conversations/{id}/transfers/{transfer}/handover");
    ada.client.post(&handover, &json!({})).await.expect(StatusCode::NO_CONTENT);
    let handoff = desk(&bob).await["conversations"][&id]["handoffs"][0].clone();
    assert_eq!(handoff["aside"][0]["text"], "a quiet question");
    assert_eq!(handoff["after_seq"], 2, "not when it was asked for");
    assert!(handoff["at"].as_str() > said["at"].as_str(), "{handoff}");
    let heard = customer.get("/api/chat").await.expect(StatusCode::OK).to_string();
    assert!(!heard.contains("quiet"), "{heard}");
}

#[tokio::test]
async fn a_consultation_can_be_taken_back_or_left() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let conversation = format!("/api/conversations/{id}");
    let transfer = consulting(&ada, &bob, &id).await;
    let leaving = format!("/api/transfers/{transfer}/leaving");
    ada.client.post(&leaving, &json!({})).await.refused(StatusCode::FORBIDDEN, "not_owner");
    bob.client.post(&leaving, &json!({})).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(bob.client.post(&leaving, &json!({})).await.status, StatusCode::CONFLICT);
    bob.client.get(&conversation).await.refused(StatusCode::NOT_FOUND, "not_found");

    let transfer = consulting(&ada, &bob, &id).await;
    let taken_back = ada.client.delete(&format!("{conversation}/transfers/{transfer}")).await;
    taken_back.expect(StatusCode::NO_CONTENT);
    for person in [&ada, &bob] {
        assert_eq!(desk(person).await["consults"], json!({}));
    }
    assert_eq!(desk(&ada).await["conversations"][&id]["transfer"], Value::Null);
    bob.client.get(&conversation).await.refused(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn who_passed_it_on_reads_on_without_writing_until_they_stop() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id, bob.id]).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    app.make_available(&bob).await;
    admin.put("/api/transfer-policy", &json!({"preset": "superoffice"})).await.expect(StatusCode::NO_CONTENT);
    let conversation = format!("/api/conversations/{id}");
    let body = json!({"target": {"kind": "agent", "id": bob.id}});
    ada.client.post(&format!("{conversation}/transfers"), &body).await.expect(StatusCode::CREATED);
    accept(&bob).await;
    app.advance(Duration::from_secs(1));
    customer.post("/api/chat/messages", &json!({"text": "Who are you?"})).await.expect(StatusCode::CREATED);
    let reads = desk(&ada).await["listening"].clone();
    assert_eq!(reads[&id]["messages"][1]["text"], "Who are you?");
    ada.client.get(&conversation).await.expect(StatusCode::OK);
    let written = ada.client.post(&format!("{conversation}/messages"), &json!({"text": "Psst"})).await;
    written.refused(StatusCode::FORBIDDEN, "not_owner");
    let listening = format!("{conversation}/listening");
    ada.client.delete(&listening).await.expect(StatusCode::NO_CONTENT);
    ada.client.delete(&listening).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk(&ada).await["listening"], json!({}));
    ada.client.get(&conversation).await.refused(StatusCode::NOT_FOUND, "not_found");
}
