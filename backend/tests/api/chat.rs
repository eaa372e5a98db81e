//! The customer's side.

use std::time::Duration;

use axum::http::StatusCode;
use baton::http::limits::{
    CHATS_PER_MINUTE, MARKS_PER_TEN_SECS, MESSAGES_PER_TEN_SECS, READS_PER_TEN_SECS, TYPING_PER_TEN_SECS,
};
use baton_shared::{ConversationId, Role};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::conversations::accept;
use crate::streams::{open, rest};

#[tokio::test]
async fn a_customer_opens_a_conversation_writes_and_ends_it() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let (customer, started) = app.customer("Ada", "Hello").await;
    assert_eq!(started["chat"]["phase"]["kind"], "waiting");
    assert_eq!(started["chat"]["phase"]["queue"], "Support");
    assert_eq!(started["chat"]["phase"]["position"], 1);
    let sent =
        customer.post("/api/chat/messages", &json!({"text": "Anyone?"})).await.expect(StatusCode::CREATED);
    assert_eq!((&sent["seq"], &sent["from"], &sent["name"]), (&json!(2), &json!("customer"), &json!("Ada")));
    customer.put("/api/chat/marks", &json!({"delivered": 2, "read": 2})).await.expect(StatusCode::NO_CONTENT);
    customer.post("/api/chat/typing", &json!({})).await.expect(StatusCode::NO_CONTENT);
    customer.post("/api/chat/closure", &json!({})).await.expect(StatusCode::NO_CONTENT);
    let chat = customer.get("/api/chat").await.expect(StatusCode::OK);
    assert_eq!(
        chat["chat"]["phase"],
        json!({"kind": "closed", "by": "customer", "request": null, "answer": null})
    );
    let late = customer.post("/api/chat/messages", &json!({"text": "Wait"})).await;
    late.refused(StatusCode::CONFLICT, "conversation_closed");
}

#[tokio::test]
async fn pages_of_messages_go_back_to_the_first() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let (customer, _) = app.customer("Ada", "1").await;
    for number in 2..=9 {
        app.advance(Duration::from_secs(1));
        let body = json!({"text": number.to_string()});
        customer.post("/api/chat/messages", &body).await.expect(StatusCode::CREATED);
    }
    let seqs = |page: &Value| -> Vec<u64> {
        page["messages"].as_array().unwrap().iter().map(|message| message["seq"].as_u64().unwrap()).collect()
    };
    let last = customer.get("/api/chat/messages?limit=4").await.expect(StatusCode::OK);
    assert_eq!((seqs(&last), &last["more"]), (vec![6, 7, 8, 9], &json!(true)));
    let first = customer.get("/api/chat/messages?before=6&limit=50").await.expect(StatusCode::OK);
    assert_eq!((seqs(&first), &first["more"]), (vec![1, 2, 3, 4, 5], &json!(false)));
    let none = customer.get("/api/chat/messages?before=1").await.expect(StatusCode::OK);
    assert_eq!((seqs(&none), &none["more"]), (vec![], &json!(false)));
}

#[tokio::test]
async fn without_a_queue_the_administrator_is_told_to_add_one() {
    let app = TestApp::start();
    let answer = app.anyone().post("/api/chat", &json!({"name": "Ada", "text": "Hello"})).await;
    answer.refused(StatusCode::CONFLICT, "no_queue");
}

#[tokio::test]
async fn conversations_begin_in_the_configured_queue_or_the_first_by_name() {
    let app = TestApp::configured(|config| config.chat_queue = Some("Technical support".to_owned()));
    app.add_queue("Sales", &[]).await;
    app.add_queue("Billing", &[]).await;
    let (_, started) = app.customer("Ada", "Hello").await;
    assert_eq!(started["chat"]["phase"]["queue"], "Billing");
    app.add_queue("Technical support", &[]).await;
    let (_, started) = app.customer("Ada", "Hello").await;
    assert_eq!(started["chat"]["phase"]["queue"], "Technical support");
}

#[tokio::test]
async fn texts_have_their_limits() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let long_name = json!({"name": "a".repeat(101), "text": "Hello"});
    let long_text = json!({"name": "Ada", "text": "a".repeat(8_001)});
    for body in [long_name, long_text] {
        let answer = app.anyone().post("/api/chat", &body).await;
        answer.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_too_long");
    }
    let answer = app.anyone().post("/api/chat", &json!({"name": "Ada", "text": " "})).await;
    answer.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_empty");
    let many: serde_json::Map<_, _> = (0..33).map(|number| (number.to_string(), json!("a"))).collect();
    let answer =
        app.anyone().post("/api/chat", &json!({"name": "Ada", "text": "a", "attributes": many})).await;
    answer.refused(StatusCode::UNPROCESSABLE_ENTITY, "too_many");
}

#[tokio::test]
async fn a_customer_who_sends_more_than_anyone_types_has_to_wait() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let (customer, _) = app.customer("Ada", "Hello").await;
    for _ in 0..MESSAGES_PER_TEN_SECS {
        customer.post("/api/chat/messages", &json!({"text": "a"})).await.expect(StatusCode::CREATED);
    }
    let refused = customer.post("/api/chat/messages", &json!({"text": "a"})).await;
    refused.refused(StatusCode::TOO_MANY_REQUESTS, "too_many_messages");
    assert_eq!(refused.header("retry-after"), "1");
    app.advance(Duration::from_secs(1));
    customer.post("/api/chat/messages", &json!({"text": "a"})).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn a_customer_who_marks_or_reads_more_than_any_page_does_has_to_wait() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let (customer, _) = app.customer("Ada", "Hello").await;
    let marks = json!({"delivered": 1, "read": 1});
    for _ in 0..MARKS_PER_TEN_SECS {
        customer.put("/api/chat/marks", &marks).await.expect(StatusCode::NO_CONTENT);
    }
    let refused = customer.put("/api/chat/marks", &marks).await;
    refused.refused(StatusCode::TOO_MANY_REQUESTS, "too_many_marks");
    for _ in 0..READS_PER_TEN_SECS / 2 {
        customer.get("/api/chat").await.expect(StatusCode::OK);
        customer.get("/api/chat/messages").await.expect(StatusCode::OK);
    }
    for path in ["/api/chat", "/api/chat/messages", "/api/chat/events"] {
        customer.get(path).await.refused(StatusCode::TOO_MANY_REQUESTS, "too_many_reads");
    }
    app.advance(Duration::from_secs(1));
    customer.put("/api/chat/marks", &marks).await.expect(StatusCode::NO_CONTENT);
    customer.get("/api/chat").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn read_marks_that_wait_to_be_written_are_written_at_the_stop() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    customer.post("/api/chat/messages", &json!({"text": "Anyone?"})).await.expect(StatusCode::CREATED);
    let id: ConversationId = accept(&ada).await.parse().unwrap();
    let written = || app.app.store.read().unwrap().marks(id).unwrap().agent_read;
    let path = format!("/api/conversations/{id}/marks");
    ada.client.put(&path, &json!({"read": 2})).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(written(), 0, "marks were written in this second already");
    app.app.stop().await;
    assert_eq!(written(), 2);
}

#[tokio::test]
async fn an_agent_is_told_of_typing_no_more_often_than_pages_say_it() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    accept(&ada).await;
    let stream = open(&ada.client, "/api/desk/events").await;
    for _ in 0..TYPING_PER_TEN_SECS * 2 {
        customer.post("/api/chat/typing", &json!({})).await.expect(StatusCode::NO_CONTENT);
    }
    app.app.stop().await;
    let told = rest(stream).await.matches("event: typing\n").count();
    assert_eq!(told, TYPING_PER_TEN_SECS as usize);
}

#[tokio::test]
async fn an_address_that_opens_too_many_conversations_has_to_wait() {
    let app = TestApp::start();
    let body = json!({"name": "Ada", "text": "Hello"});
    for _ in 0..CHATS_PER_MINUTE {
        // Without a queue nothing is opened, and the attempt counts all the same.
        app.anyone().post("/api/chat", &body).await.refused(StatusCode::CONFLICT, "no_queue");
    }
    app.anyone().post("/api/chat", &body).await.refused(StatusCode::TOO_MANY_REQUESTS, "too_many_chats");
}

#[tokio::test]
async fn a_customer_sees_no_notes_no_ids_and_no_presence_of_staff() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (customer, started) = app.customer("Carla", "Hello").await;
    let id = started["chat"]["conversation"].as_str().unwrap();
    let desk = ada.client.get("/api/desk").await.expect(StatusCode::OK);
    let offer = desk["desk"]["offers"].as_object().unwrap().keys().next().unwrap().clone();
    ada.client.post(&format!("/api/offers/{offer}/acceptance"), &json!({})).await.expect(StatusCode::OK);
    let body = json!({"target": {"kind": "agent", "id": bob.id}, "note": "a secret note"});
    ada.client.post(&format!("/api/conversations/{id}/transfers"), &body).await.expect(StatusCode::CREATED);
    let seen = customer.get("/api/chat").await;
    let text = String::from_utf8(seen.body.to_vec()).unwrap();
    assert!(!text.contains("agt_") && !text.contains("secret") && !text.contains("available"), "{text}");
    let phase = &seen.expect(StatusCode::OK)["chat"]["phase"];
    assert_eq!(*phase, json!({"kind": "transferring", "agent": "Ada", "to": "Bob"}));
}
