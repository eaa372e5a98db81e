//! An agent's work, from the offer to the filing.

use axum::http::StatusCode;
use baton_shared::{Command, Role};
use serde_json::{Value, json};

use crate::app::{Person, TestApp};

pub async fn desk(person: &Person<'_>) -> Value {
    person.client.get("/api/desk").await.expect(StatusCode::OK)["desk"].clone()
}

fn only_key(map: &Value) -> String {
    let keys: Vec<_> = map.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 1, "{map}");
    keys[0].clone()
}

pub async fn accept(person: &Person<'_>) -> String {
    let offer = only_key(&desk(person).await["offers"]);
    let accepted = person.client.post(&format!("/api/offers/{offer}/acceptance"), &json!({})).await;
    accepted.expect(StatusCode::OK)["conversation"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_read_mark_that_comes_after_the_end_is_no_error_and_changes_nothing() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "My bill is wrong").await;
    let id = accept(&ada).await;
    customer.post("/api/chat/closure", &json!({})).await.expect(StatusCode::NO_CONTENT);
    let marks = || app.app.store.read().unwrap().marks(id.parse().unwrap()).unwrap();
    let before = marks();
    let path = format!("/api/conversations/{id}/marks");
    ada.client.put(&path, &json!({"read": 1})).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(marks(), before);
}

#[tokio::test]
async fn a_conversation_is_offered_accepted_answered_transferred_and_filed() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (customer, _) = app.customer("Carla", "My bill is wrong").await;
    let id = accept(&ada).await;
    let path = |rest: &str| format!("/api/conversations/{id}{rest}");

    let sent = ada.client.post(&path("/messages"), &json!({"text": "Hello Carla"})).await;
    let sent = sent.expect(StatusCode::CREATED);
    assert_eq!(
        (&sent["seq"], &sent["author"]["kind"], &sent["name"]),
        (&json!(2), &json!("agent"), &json!("Ada"))
    );
    ada.client.put(&path("/marks"), &json!({"read": 2})).await.expect(StatusCode::NO_CONTENT);
    ada.client.post(&path("/typing"), &json!({})).await.expect(StatusCode::NO_CONTENT);
    let view = ada.client.get(&path("")).await.expect(StatusCode::OK);
    assert_eq!((&view["owner"], &view["closed"]), (&json!("Ada"), &json!(false)));
    let found = ada.client.get(&path("/messages?q=BILL")).await.expect(StatusCode::OK);
    assert_eq!(found["messages"].as_array().unwrap().len(), 1);

    let body = json!({"target": {"kind": "agent", "id": bob.id}, "note": "Knows bills"});
    let transfer = ada.client.post(&path("/transfers"), &body).await.expect(StatusCode::CREATED);
    assert!(transfer["transfer"].as_str().unwrap().starts_with("trf_"));
    let offer = &desk(&bob).await["offers"];
    assert_eq!(offer[&only_key(offer)]["transfer"]["note"], "Knows bills");
    assert_eq!(accept(&bob).await, id);

    let segment = only_key(&desk(&ada).await["wrap_ups"]);
    let filing = json!({"disposition": "passed_on", "notes": null});
    ada.client
        .post(&format!("/api/wrap-ups/{segment}/completion"), &filing)
        .await
        .expect(StatusCode::NO_CONTENT);
    let closure = json!({"disposition": "resolved", "notes": "Bill corrected"});
    bob.client.post(&path("/closure"), &closure).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk(&bob).await["wrap_ups"], json!({}));
    let chat = customer.get("/api/chat").await.expect(StatusCode::OK);
    assert_eq!(
        chat["chat"]["phase"],
        json!({"kind": "closed", "by": "agent", "request": null, "answer": null})
    );
}

#[tokio::test]
async fn an_offer_can_be_rejected_without_a_reason() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "Hello").await;
    let offer = only_key(&desk(&ada).await["offers"]);
    let path = format!("/api/offers/{offer}/rejection");
    ada.client.post(&path, &json!({"reason": ""})).await.expect(StatusCode::NO_CONTENT);
    let again = ada.client.post(&path, &json!({"reason": ""})).await;
    let found = again.refused(StatusCode::CONFLICT, "offer_closed");
    assert!(found.contains("declined"), "a refusal names what was found: {found}");
}

#[tokio::test]
async fn a_transfer_is_taken_back_by_deleting_it() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let path = format!("/api/conversations/{id}/transfers");
    let body = json!({"target": {"kind": "agent", "id": bob.id}, "note": null});
    let made = ada.client.post(&path, &body).await.expect(StatusCode::CREATED);
    let transfer = format!("{path}/{}", made["transfer"].as_str().unwrap());
    ada.client.delete(&transfer).await.expect(StatusCode::NO_CONTENT);
    ada.client.delete(&transfer).await.refused(StatusCode::CONFLICT, "transfer_closed");
    assert_eq!(desk(&bob).await["offers"], json!({}));
}

#[tokio::test]
async fn transfer_targets_say_who_cannot_take_it_and_why() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let busy = app.person("Busy", Role::Agent).await;
    let able = app.person("Zoe", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.add_queue("Trade", &[]).await;
    app.make_available(&ada).await;
    app.make_available(&able).await;
    app.system(Command::BeginLease { agent: busy.id }).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let targets = ada.client.get(&format!("/api/conversations/{id}/transfer-targets")).await;
    let targets = targets.expect(StatusCode::OK);
    let agents = targets["agents"].as_array().unwrap();
    let names: Vec<_> = agents.iter().map(|agent| agent["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Zoe", "Busy"], "the owner is no target");
    assert_eq!(agents[0]["why_not"], Value::Null);
    assert!(agents[1]["why_not"].as_str().unwrap().contains("Offline"));
    let queues: Vec<_> = targets["queues"].as_array().unwrap().iter().map(|queue| &queue["name"]).collect();
    assert_eq!(queues, ["Support", "Trade"]);
}

#[tokio::test]
async fn dispositions_come_with_their_words() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let all = ada.client.get("/api/dispositions").await.expect(StatusCode::OK);
    assert_eq!(all[0], json!({"code": "resolved", "label": "Resolved"}));
    assert_eq!(all.as_array().unwrap().len(), 5);
}
