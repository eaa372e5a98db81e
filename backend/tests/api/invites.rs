//! Inviting others to a conversation: they join, write to the customer, leave, and go on with it when its owner leaves.

use axum::http::StatusCode;
use baton_shared::{ConversationId, InviteId, Role};
use serde_json::{Value, json};

use crate::app::{Client, Person, TestApp};
use crate::conversations::{accept, desk};

fn to_agent(person: &Person<'_>) -> Value {
    json!({"target": {"kind": "agent", "id": person.id}})
}

/// Invites someone, and returns the address of the invitation.
async fn invite(owner: &Person<'_>, conversation: &str, body: &Value) -> String {
    let path = format!("/api/conversations/{conversation}/invites");
    let made = owner.client.post(&path, body).await.expect(StatusCode::CREATED);
    format!("{path}/{}", made["invite"].as_str().unwrap())
}

async fn leave(person: &Person<'_>, conversation: &str) -> crate::app::Answer {
    person.client.post(&format!("/api/conversations/{conversation}/leaving"), &json!({})).await
}

async fn say(client: &Client<'_>, conversation: &str, text: &str) -> crate::app::Answer {
    client.post(&format!("/api/conversations/{conversation}/messages"), &json!({"text": text})).await
}

async fn phase(customer: &Client<'_>) -> Value {
    customer.get("/api/chat").await.expect(StatusCode::OK)["chat"]["phase"].clone()
}

#[tokio::test]
async fn whoever_is_invited_joins_writes_to_the_customer_and_leaves() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (customer, _) = app.customer("Carla", "My invoice is wrong").await;
    let id = accept(&ada).await;
    let conversation = format!("/api/conversations/{id}");
    let body = json!({"target": {"kind": "agent", "id": bob.id}, "note": " You know invoices "});
    let invitation = invite(&ada, &id, &body).await;
    assert!(invitation.rsplit_once('/').is_some_and(|(_, id)| id.parse::<InviteId>().is_ok()));

    let offers = desk(&bob).await["offers"].clone();
    let card = offers.as_object().unwrap().values().next().unwrap();
    assert_eq!(card["invite"]["from"], "Ada");
    assert_eq!((&card["invite"]["note"], &card["transfer"]), (&json!("You know invoices"), &Value::Null));
    assert_eq!(card["thread"]["messages"][0]["text"], "My invoice is wrong");
    let shown = desk(&ada).await["conversations"][&id]["invites"][0].clone();
    assert_eq!((&shown["to"], &shown["joined"]), (&json!("Bob"), &Value::Null));
    assert_eq!(shown["asked"], json!(["Bob"]));
    say(&bob.client, &id, "Hello").await.refused(StatusCode::FORBIDDEN, "not_owner");

    assert_eq!(accept(&bob).await, id);
    let owner = desk(&ada).await;
    let shown = &owner["conversations"][&id]["invites"][0];
    assert_eq!((&shown["joined"], &shown["deadline"]), (&json!("Bob"), &Value::Null));
    let theirs = desk(&bob).await;
    assert_eq!((&theirs["conversations"], &theirs["joined"][&id]["owner"]), (&json!({}), &json!("Ada")));
    assert_eq!(phase(&customer).await, json!({"kind": "active", "agent": "Ada"}), "she stays its owner");
    say(&bob.client, &id, "I look into it").await.expect(StatusCode::CREATED);
    let seen = customer.get("/api/chat").await.expect(StatusCode::OK)["chat"]["messages"][1].clone();
    assert_eq!((&seen["name"], &seen["text"]), (&json!("Bob"), &json!("I look into it")));
    assert_eq!(desk(&ada).await["conversations"][&id]["messages"][1]["name"], "Bob");
    bob.client.get(&conversation).await.expect(StatusCode::OK);

    // What only its owner may do.
    for (path, body) in [
        ("closure", json!({"disposition": null, "notes": null})),
        ("transfers", to_agent(&ada)),
        ("invites", to_agent(&ada)),
        ("requests", json!({})),
    ] {
        let refused = bob.client.post(&format!("{conversation}/{path}"), &body).await;
        refused.refused(StatusCode::FORBIDDEN, "not_owner");
    }
    bob.client.delete(&invitation).await.refused(StatusCode::FORBIDDEN, "not_owner");

    leave(&bob, &id).await.expect(StatusCode::NO_CONTENT);
    leave(&bob, &id).await.refused(StatusCode::FORBIDDEN, "not_owner");
    assert_eq!(desk(&bob).await["joined"], json!({}));
    assert_eq!(desk(&ada).await["conversations"][&id]["invites"], json!([]));
    bob.client.get(&conversation).await.refused(StatusCode::NOT_FOUND, "not_found");
    say(&bob.client, &id, "And").await.refused(StatusCode::FORBIDDEN, "not_owner");
    assert_eq!(desk(&bob).await["wrap_ups"], json!({}), "they never owned it");
}

#[tokio::test]
async fn an_owner_leaves_it_to_a_participant_and_the_last_one_stays() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    leave(&ada, &id).await.refused(StatusCode::CONFLICT, "last_participant");
    invite(&ada, &id, &to_agent(&bob)).await;
    leave(&ada, &id).await.refused(StatusCode::CONFLICT, "last_participant");
    accept(&bob).await;
    let transfers = format!("/api/conversations/{id}/transfers");
    let taken = ada.client.post(&transfers, &to_agent(&bob)).await;
    taken.refused(StatusCode::CONFLICT, "target_takes_part");

    leave(&ada, &id).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(phase(&customer).await, json!({"kind": "active", "agent": "Bob"}));
    let theirs = desk(&bob).await;
    assert_eq!((&theirs["joined"], &theirs["conversations"][&id]["invites"]), (&json!({}), &json!([])));
    let hers = desk(&ada).await;
    assert_eq!(hers["conversations"], json!({}));
    let to_file = hers["wrap_ups"].as_object().unwrap().values().next().unwrap();
    assert_eq!(to_file["ended_by"], "Left to Bob");
    say(&ada.client, &id, "Hello").await.refused(StatusCode::FORBIDDEN, "not_owner");
    leave(&bob, &id).await.refused(StatusCode::CONFLICT, "last_participant");
    let nowhere = leave(&bob, &ConversationId::from_bits(0).to_string()).await;
    nowhere.refused(StatusCode::CONFLICT, "conversation_closed");
}

#[tokio::test]
async fn an_invitation_is_refused_taken_back_or_runs_out() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let away = app.person("Zoe", Role::Agent).await;
    let queue = app.add_queue("Support", &[ada.id, bob.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    app.make_available(&bob).await;
    let open = async || desk(&ada).await["conversations"][&id]["invites"].as_array().unwrap().len();

    invite(&ada, &id, &to_agent(&bob)).await;
    let offer = desk(&bob).await["offers"].as_object().unwrap().keys().next().unwrap().clone();
    let rejection = bob.client.post(&format!("/api/offers/{offer}/rejection"), &json!({"reason": ""})).await;
    rejection.expect(StatusCode::NO_CONTENT);
    assert_eq!(open().await, 0);

    let taken_back = invite(&ada, &id, &json!({"target": {"kind": "queue", "id": queue}})).await;
    assert_eq!(desk(&bob).await["offers"].as_object().unwrap().len(), 1);
    ada.client.delete(&taken_back).await.expect(StatusCode::NO_CONTENT);
    ada.client.delete(&taken_back).await.refused(StatusCode::CONFLICT, "invite_closed");
    assert_eq!((open().await, &desk(&bob).await["offers"]), (0, &json!({})));

    let sent_away = invite(&ada, &id, &to_agent(&bob)).await;
    accept(&bob).await;
    ada.client.delete(&sent_away).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk(&bob).await["joined"], json!({}));

    invite(&ada, &id, &to_agent(&bob)).await;
    for _ in 0..4 {
        app.advance(std::time::Duration::from_secs(15));
        for person in [&ada, &bob] {
            let beat = person.client.post("/api/desk/heartbeats", &json!({"cursor": ""})).await;
            beat.expect(StatusCode::NO_CONTENT);
        }
        app.settle().await;
    }
    assert_eq!((open().await, &desk(&bob).await["offers"]), (0, &json!({})), "nobody answered in time");

    let path = format!("/api/conversations/{id}/invites");
    for (body, status, code) in [
        (to_agent(&away), StatusCode::CONFLICT, "target_unavailable"),
        (to_agent(&ada), StatusCode::CONFLICT, "target_is_owner"),
        (json!({"target": {"kind": "flow", "id": queue}}), StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape"),
        (json!({}), StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape"),
    ] {
        ada.client.post(&path, &body).await.refused(status, code);
    }
    let mut long = to_agent(&bob);
    long["note"] = json!("a".repeat(2_001));
    ada.client.post(&path, &long).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_too_long");
    bob.client.post(&path, &to_agent(&ada)).await.refused(StatusCode::FORBIDDEN, "not_owner");
    assert_eq!(open().await, 0);
}

#[tokio::test]
async fn a_policy_says_whether_and_how_often_others_are_invited() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let zoe = app.person("Zoe", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    app.make_available(&zoe).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let path = format!("/api/conversations/{id}/invites");
    let set = async |policy: Value| {
        admin.put("/api/transfer-policy", &policy).await.expect(StatusCode::NO_CONTENT);
    };
    set(json!({"invites_max": 1})).await;
    invite(&ada, &id, &to_agent(&bob)).await;
    ada.client.post(&path, &to_agent(&zoe)).await.refused(StatusCode::CONFLICT, "invite_limit");
    accept(&bob).await;
    ada.client.post(&path, &to_agent(&bob)).await.refused(StatusCode::CONFLICT, "target_takes_part");
    // Only those that nobody answered count.
    invite(&ada, &id, &to_agent(&zoe)).await;
    accept(&zoe).await;
    leave(&zoe, &id).await.expect(StatusCode::NO_CONTENT);
    for (policy, code) in [
        (json!({"invites_max": 0}), "invite_limit"),
        (json!({"invites_max": 1, "modes": ["cold"]}), "mode_not_allowed"),
        (json!({"modes": ["invite"], "targets": ["queue"]}), "target_not_allowed"),
        (json!({"targets": ["agent"], "allowed": "queue_members"}), "target_not_allowed"),
        (json!({"enabled": false}), "transfers_off"),
    ] {
        set(policy).await;
        ada.client.post(&path, &to_agent(&zoe)).await.refused(StatusCode::CONFLICT, code);
    }
}
