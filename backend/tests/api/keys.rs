//! Idempotency keys: the same command twice has one effect.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use baton_shared::Role;
use serde_json::{Value, json};

use crate::app::{Answer, Client, Proof, TestApp};
use crate::conversations::{accept, desk};
use crate::description::operations;

async fn send(client: &Client<'_>, path: &str, key: &str, body: &Value) -> Answer {
    let mut request = client.request(Method::POST, path).header(header::CONTENT_TYPE, "application/json");
    request.headers_mut().unwrap().insert("idempotency-key", key.parse().unwrap());
    client.app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_has_one_effect() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let (customer, _) = app.customer("Ada", "Hello").await;
    let body = json!({"text": "Is anyone there?"});
    let first =
        send(&customer, "/api/chat/messages", "key-of-mine-1", &body).await.expect(StatusCode::CREATED);
    let again =
        send(&customer, "/api/chat/messages", "key-of-mine-1", &body).await.expect(StatusCode::CREATED);
    assert_eq!(first, again);
    assert_eq!(first["client_key"], "key-of-mine-1");
    let chat = customer.get("/api/chat").await.expect(StatusCode::OK);
    assert_eq!(chat["chat"]["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_conversation_opened_twice_with_one_key_is_one() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let body = json!({"name": "Ada", "text": "Hello"});
    let first = send(&app.anyone(), "/api/chat", "key-of-mine-1", &body).await.expect(StatusCode::CREATED);
    let again = send(&app.anyone(), "/api/chat", "key-of-mine-1", &body).await.expect(StatusCode::CREATED);
    assert_eq!(first["token"], again["token"]);
}

#[tokio::test]
async fn whoever_reads_a_conversation_cannot_begin_it_again() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    let body = json!({"name": "Carla", "text": "Hello"});
    let started = send(&app.anyone(), "/api/chat", "key-of-the-start", &body).await;
    let started = started.expect(StatusCode::CREATED);
    let customer = Client { app: &app, proof: Proof::Token(started["token"].as_str().unwrap().to_owned()) };
    send(&customer, "/api/chat/messages", "key-of-the-next", &json!({"text": "Hello?"})).await;
    let id = accept(&ada).await;
    let page = ada.client.get(&format!("/api/conversations/{id}/messages")).await.expect(StatusCode::OK);
    let (desk, page) = (desk(&ada).await.to_string(), page);
    let keys: Vec<_> = page["messages"].as_array().unwrap().iter().map(|one| &one["client_key"]).collect();
    assert_eq!(keys, [&Value::Null, &json!("key-of-the-next")]);
    assert!(!desk.contains("key-of-the-start"), "the key of the start is as good as the token: {desk}");
    // What they do see begins another conversation, or none.
    for key in ["key-of-the-next", id.as_str()] {
        let again = send(&app.anyone(), "/api/chat", key, &body).await.expect(StatusCode::CREATED);
        assert_ne!(again["token"], started["token"]);
        assert_ne!(again["chat"]["conversation"], started["chat"]["conversation"]);
    }
}

#[tokio::test]
async fn the_same_key_with_another_body_or_address_is_refused() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let (customer, _) = app.customer("Ada", "Hello").await;
    send(&customer, "/api/chat/messages", "key-of-mine-1", &json!({"text": "a"}))
        .await
        .expect(StatusCode::CREATED);
    let other_body = send(&customer, "/api/chat/messages", "key-of-mine-1", &json!({"text": "b"})).await;
    other_body.refused(StatusCode::UNPROCESSABLE_ENTITY, "key_reused");
    let other_address = send(&customer, "/api/chat/closure", "key-of-mine-1", &json!({})).await;
    other_address.refused(StatusCode::UNPROCESSABLE_ENTITY, "key_reused");
}

#[tokio::test]
async fn keys_of_two_people_do_not_meet() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let (ada, _) = app.customer("Ada", "Hello").await;
    let (bob, _) = app.customer("Bob", "Hello").await;
    for customer in [&ada, &bob] {
        let sent = send(customer, "/api/chat/messages", "the-same-key", &json!({"text": "a"})).await;
        assert_eq!(sent.expect(StatusCode::CREATED)["seq"], 2);
    }
}

#[tokio::test]
async fn every_command_asks_for_a_key_of_the_right_form() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await;
    app.add_queue("Support", &[]).await;
    let (customer, _) = app.customer("Ada", "Hello").await;
    let mut commands = 0;
    for operation in operations() {
        let parameters = operation.value["parameters"].as_array().cloned().unwrap_or_default();
        if !parameters.iter().any(|one| one["name"] == "Idempotency-Key") {
            continue;
        }
        commands += 1;
        let client = if operation.path.starts_with("/api/chat") { &customer } else { &admin.client };
        let long = "k".repeat(65);
        let keys =
            [(None, "key_missing"), (Some("short"), "key_invalid"), (Some(long.as_str()), "key_invalid")];
        for (key, code) in keys.into_iter().chain([(Some("with space 1"), "key_invalid")]) {
            let mut request = client.request(operation.method.clone(), &operation.path);
            request.headers_mut().unwrap().remove("idempotency-key");
            let request =
                key.into_iter().fold(request, |request, key| request.header("idempotency-key", key));
            let answer = app.send(request.body(Body::empty()).unwrap()).await;
            answer.refused(StatusCode::BAD_REQUEST, code);
        }
    }
    assert_eq!(commands, 65);
}
