//! Requests: what is answered later, under a number.

use axum::http::StatusCode;
use baton_shared::{RequestId, Role};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::conversations::{accept, desk};

#[tokio::test]
async fn a_conversation_ends_with_a_request_that_someone_else_answers() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let (eve, sam) = (app.person("Eve", Role::Agent).await, app.person("Sam", Role::Supervisor).await);
    app.add_queue("Support", &[ada.id, bob.id]).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "My parcel is lost").await;
    let id = accept(&ada).await;
    let creation = format!("/api/conversations/{id}/requests");
    bob.client.post(&creation, &json!({})).await.refused(StatusCode::FORBIDDEN, "not_owner");
    let created = ada.client.post(&creation, &json!({"note": "Ask the courier"})).await;
    let request = created.expect(StatusCode::CREATED)["id"].as_str().unwrap().to_owned();
    ada.client.post(&creation, &json!({})).await.refused(StatusCode::CONFLICT, "conversation_closed");
    let parts = desk(&ada).await["wrap_ups"].clone();
    assert_eq!(parts.as_object().unwrap().len(), 1, "her part is to be filed");
    let part = parts.as_object().unwrap().values().next().unwrap();
    assert_eq!(part["ended_by"], "Ended by you with request 1");
    let phase = async || customer.get("/api/chat").await.expect(StatusCode::OK)["chat"]["phase"].clone();
    let numbered = json!({"kind": "closed", "by": "agent", "request": 1, "answer": null});
    assert_eq!(phase().await, numbered);

    let leave = async |address: &str| customer.put("/api/chat/address", &json!({"address": address})).await;
    for wrong in ["carla", "carla@example", "@example.com", "car la@example.com"] {
        leave(wrong).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "email_invalid");
    }
    leave("").await.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_empty");
    let long = format!("{}@example.com", "a".repeat(250));
    leave(&long).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_too_long");
    leave(" carla@example.com ").await.expect(StatusCode::NO_CONTENT);

    let list = bob.client.get("/api/requests").await.expect(StatusCode::OK);
    let mut expected = json!([{
        "id": request, "number": 1, "conversation": id, "customer": "Carla", "address": "carla@example.com",
        "queue": "Support", "note": "Ask the courier", "created_at": list[0]["created_at"],
        "answered_at": null, "answered_by": null, "answer": null,
    }]);
    assert_eq!(list, expected);
    let path = format!("/api/requests/{request}/answer");
    assert_eq!(
        sam.client.get("/api/requests").await.expect(StatusCode::OK),
        expected,
        "supervisors see every queue"
    );
    assert_eq!(
        eve.client.get("/api/requests").await.expect(StatusCode::OK),
        json!([]),
        "it is not her queue's"
    );
    eve.client.post(&path, &json!({"text": "No idea"})).await.refused(StatusCode::FORBIDDEN, "not_owner");
    let empty = bob.client.post(&path, &json!({"text": " "})).await;
    empty.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_empty");
    bob.client.post(&path, &json!({"text": "It was found"})).await.expect(StatusCode::NO_CONTENT);
    let again = bob.client.post(&path, &json!({"text": "Again"})).await;
    again.refused(StatusCode::CONFLICT, "request_closed");
    let nobodys = format!("/api/requests/{}/answer", RequestId::from_bits(0));
    let none = bob.client.post(&nobodys, &json!({"text": "Again"})).await;
    none.refused(StatusCode::CONFLICT, "request_closed");
    let list = bob.client.get("/api/requests").await.expect(StatusCode::OK);
    expected[0]["answered_at"] = list[0]["answered_at"].clone();
    expected[0]["answered_by"] = json!("Bob");
    expected[0]["answer"] = json!("It was found");
    assert_eq!(list, expected);
    assert_ne!(list[0]["answered_at"], Value::Null);
    let answered = json!({"kind": "closed", "by": "agent", "request": 1, "answer": "It was found"});
    assert_eq!(phase().await, answered);
}

#[tokio::test]
async fn a_conversation_that_is_being_passed_on_becomes_no_request() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let body = json!({"target": {"kind": "agent", "id": bob.id}});
    ada.client.post(&format!("/api/conversations/{id}/transfers"), &body).await.expect(StatusCode::CREATED);
    let refused = ada.client.post(&format!("/api/conversations/{id}/requests"), &json!({})).await;
    refused.refused(StatusCode::CONFLICT, "transfer_open");
    // Where nothing is to be answered later, an address is of no use once the conversation has ended.
    customer.post("/api/chat/closure", &json!({})).await.expect(StatusCode::NO_CONTENT);
    let late = customer.put("/api/chat/address", &json!({"address": "carla@example.com"})).await;
    late.refused(StatusCode::CONFLICT, "conversation_closed");
}
