//! What the receiver of a transfer lets its sender know before they decide, and a question with its answer.

use std::time::Duration;

use axum::http::StatusCode;
use baton_shared::Role;
use serde_json::{Value, json};

use crate::app::{Answer, Person, TestApp};
use crate::conversations::{accept, desk};

/// Passes a conversation on to somebody, and returns the offer.
async fn passed(from: &Person<'_>, conversation: &str, target: Value, to: &Person<'_>) -> String {
    let body = json!({"target": target, "note": "Billed twice."});
    let path = format!("/api/conversations/{conversation}/transfers");
    from.client.post(&path, &body).await.expect(StatusCode::CREATED);
    let offers = desk(to).await["offers"].clone();
    offers.as_object().unwrap().keys().next().unwrap().clone()
}

async fn asked(sender: &Person<'_>, conversation: &str) -> Value {
    desk(sender).await["conversations"][conversation]["transfer"]["asked"][0].clone()
}

async fn reply(to: &Person<'_>, offer: &str, reply: &str) -> Answer {
    to.client.post(&format!("/api/offers/{offer}/replies"), &json!({"reply": reply})).await
}

/// Half a minute passes, in which everyone's page answers.
async fn half_a_minute(app: &TestApp, everyone: &[&Person<'_>]) {
    app.advance(Duration::from_secs(30));
    for person in everyone {
        let answered = person.client.post("/api/desk/heartbeats", &json!({"cursor": ""})).await;
        answered.expect(StatusCode::NO_CONTENT);
    }
    app.settle().await;
}

#[tokio::test]
async fn the_sender_sees_that_it_is_seen_being_read_and_decided_soon() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "My invoice is wrong.").await;
    let id = accept(&ada).await;
    app.make_available(&bob).await;
    let offer = passed(&ada, &id, json!({"kind": "agent", "id": bob.id}), &bob).await;
    assert_eq!(asked(&ada, &id).await["reply"], Value::Null);
    let may = desk(&bob).await["offers"][&offer]["may_reply"].clone();
    assert_eq!(may, json!(["seen", "reading", "soon", "asked"]));

    reply(&bob, &offer, "asked").await.refused(StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape");
    reply(&bob, &offer, "seen").await.expect(StatusCode::NO_CONTENT);
    reply(&bob, &offer, "seen").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(asked(&ada, &id).await["reply"], "seen");
    reply(&bob, &offer, "reading").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(asked(&ada, &id).await["reply"], "reading");

    // A minute is over, and the two minutes that were asked for are not.
    half_a_minute(&app, &[&ada, &bob]).await;
    reply(&bob, &offer, "soon").await.expect(StatusCode::NO_CONTENT);
    reply(&bob, &offer, "soon").await.refused(StatusCode::CONFLICT, "replied_already");
    assert_eq!(asked(&ada, &id).await["reply"], "soon");
    for _ in 0..3 {
        half_a_minute(&app, &[&ada, &bob]).await;
    }
    assert_eq!(accept(&bob).await, id);

    reply(&bob, &offer, "soon").await.refused(StatusCode::CONFLICT, "offer_closed");
    // What a page tells by itself may come too late.
    reply(&bob, &offer, "seen").await.expect(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_receiver_asks_once_and_is_answered() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "My invoice is wrong.").await;
    let id = accept(&ada).await;
    app.make_available(&bob).await;
    let offer = passed(&ada, &id, json!({"kind": "agent", "id": bob.id}), &bob).await;
    let (question, answer) = (format!("/api/offers/{offer}/question"), format!("/api/offers/{offer}/answer"));
    let text = |text: &str| json!({ "text": text });

    ada.client.post(&answer, &text("Yes")).await.refused(StatusCode::CONFLICT, "nothing_asked");
    let too_long = "a".repeat(301);
    for wrong in [" ", too_long.as_str()] {
        let refused = bob.client.post(&question, &text(wrong)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    ada.client.post(&question, &text("Mine?")).await.refused(StatusCode::FORBIDDEN, "not_your_offer");
    bob.client.post(&question, &text("Which invoice?")).await.expect(StatusCode::NO_CONTENT);
    bob.client.post(&question, &text("And when?")).await.refused(StatusCode::CONFLICT, "replied_already");
    assert_eq!(asked(&ada, &id).await["question"], "Which invoice?");

    let eve = app.person("Eve", Role::Agent).await;
    eve.client.post(&answer, &text("All")).await.refused(StatusCode::NOT_FOUND, "not_found");
    ada.client.post(&answer, &text("The last one.")).await.expect(StatusCode::NO_CONTENT);
    ada.client.post(&answer, &text("Or not.")).await.refused(StatusCode::CONFLICT, "nothing_asked");
    let card = desk(&bob).await["offers"][&offer].clone();
    assert_eq!((&card["question"], &card["answer"]), (&json!("Which invoice?"), &json!("The last one.")));
    assert_eq!(asked(&ada, &id).await["answer"], "The last one.");
}

#[tokio::test]
async fn nobody_is_told_where_the_sender_has_let_go() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let queue = app.add_queue("Support", &[ada.id, bob.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "My invoice is wrong.").await;
    let id = accept(&ada).await;
    app.make_available(&bob).await;
    let offer = passed(&ada, &id, json!({"kind": "queue", "id": queue}), &bob).await;
    assert_eq!(desk(&bob).await["offers"][&offer]["may_reply"], json!([]));
    reply(&bob, &offer, "soon").await.refused(StatusCode::CONFLICT, "sender_released");
    let question = format!("/api/offers/{offer}/question");
    let refused = bob.client.post(&question, &json!({"text": "Why?"})).await;
    refused.refused(StatusCode::CONFLICT, "sender_released");
}
