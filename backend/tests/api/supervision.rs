//! What supervisors do to conversations of others, and why a conversation is where it is.

use axum::http::StatusCode;
use baton_shared::{Command, Role};
use serde_json::{Value, json};

use crate::app::{Answer, Person, TestApp};
use crate::conversations::{accept, desk};

async fn take_over(person: &Person<'_>, conversation: &str) -> Answer {
    person.client.post(&format!("/api/conversations/{conversation}/takeover"), &json!({})).await
}

pub async fn why(person: &Person<'_>, conversation: &str) -> Value {
    let found = person.client.get(&format!("/api/conversations/{conversation}/why")).await;
    found.expect(StatusCode::OK)
}

/// Returns whom an explanation names, whether they could take it, and the reason.
pub fn named(why: &Value) -> Vec<(String, bool, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let person = |one: &Value| (text(&one["name"]), one["eligible"].as_bool().unwrap(), text(&one["reason"]));
    why["people"].as_array().unwrap().iter().map(person).collect()
}

#[tokio::test]
async fn a_supervisor_takes_a_conversation_over_and_its_former_owner_files_it() {
    let app = TestApp::start();
    let lead = app.person("Lead", Role::Supervisor).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_team("Early", lead.id, &[ada.id]).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let body = json!({"target": {"kind": "agent", "id": bob.id}});
    ada.client.post(&format!("/api/conversations/{id}/transfers"), &body).await.expect(StatusCode::CREATED);
    take_over(&bob, &id).await.refused(StatusCode::FORBIDDEN, "role_too_low");
    take_over(&ada, &id).await.refused(StatusCode::FORBIDDEN, "role_too_low");

    take_over(&lead, &id).await.expect(StatusCode::NO_CONTENT);
    take_over(&lead, &id).await.refused(StatusCode::CONFLICT, "target_is_owner");
    let phase = customer.get("/api/chat").await.expect(StatusCode::OK)["chat"]["phase"].clone();
    assert_eq!(phase, json!({"kind": "active", "agent": "Lead"}));
    assert_eq!(desk(&bob).await["offers"], json!({}), "what was under way is over");
    assert_eq!(desk(&lead).await["conversations"][&id]["transfer"], Value::Null);
    let hers = desk(&ada).await;
    assert_eq!(hers["conversations"], json!({}));
    let (segment, card) = hers["wrap_ups"].as_object().unwrap().iter().next().unwrap();
    assert_eq!(card["ended_by"], "Taken over by Lead");
    assert_eq!(card["news"], "Lead took over Carla.");
    let message = format!("/api/conversations/{id}/messages");
    let late = ada.client.post(&message, &json!({"text": "Wait"})).await;
    late.refused(StatusCode::FORBIDDEN, "not_owner");
    lead.client.post(&message, &json!({"text": "I am the supervisor"})).await.expect(StatusCode::CREATED);
    let filing = format!("/api/wrap-ups/{segment}/completion");
    let filed = json!({"disposition": "passed_on", "notes": null});
    lead.client.post(&filing, &filed).await.refused(StatusCode::FORBIDDEN, "not_owner");
    ada.client.post(&filing, &filed).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk(&ada).await["wrap_ups"], json!({}));
    lead.client
        .post(&format!("/api/conversations/{id}/closure"), &json!({"disposition": "resolved", "notes": null}))
        .await
        .expect(StatusCode::NO_CONTENT);
    take_over(&lead, &id).await.refused(StatusCode::CONFLICT, "conversation_closed");
}

#[tokio::test]
async fn a_waiting_conversation_is_taken_over_unless_the_policy_forbids_it() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await;
    let lead = app.person("Lead", Role::Supervisor).await;
    let ada = app.person("Ada", Role::Agent).await;
    app.add_team("Early", lead.id, &[ada.id]).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    let (_, started) = app.customer("Carla", "Hello").await;
    let id = started["chat"]["conversation"].as_str().unwrap().to_owned();
    for rule in ["never", "on_request"] {
        let set = admin.client.put("/api/transfer-policy", &json!({"take_over": rule})).await;
        set.expect(StatusCode::NO_CONTENT);
        take_over(&lead, &id).await.refused(StatusCode::CONFLICT, "may_not_take_over");
    }
    assert_eq!(desk(&ada).await["offers"].as_object().unwrap().len(), 1, "nothing changed");
    let set = admin.client.put("/api/transfer-policy", &json!({"take_over": "always"})).await;
    set.expect(StatusCode::NO_CONTENT);
    take_over(&admin, &id).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk(&ada).await["offers"], json!({}));
    assert_eq!(desk(&ada).await["wrap_ups"], json!({}), "she never owned it");
    assert_eq!(desk(&admin).await["conversations"].as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn why_names_the_rule_everyone_with_a_reason_and_what_was_offered() {
    let app = TestApp::start();
    let lead = app.person("Lead", Role::Supervisor).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let (cid, dora) = (app.person("Cid", Role::Agent).await, app.person("Dora", Role::Agent).await);
    let eve = app.person("Eve", Role::Agent).await;
    app.add_team("Early", lead.id, &[ada.id, eve.id]).await;
    app.add_queue("Support", &[ada.id, bob.id, cid.id, dora.id]).await;
    app.make_available(&ada).await;
    app.system(Command::BeginLease { agent: cid.id }).await;
    cid.client.put("/api/presence", &json!({"status": "away"})).await.expect(StatusCode::NO_CONTENT);
    let (_, started) = app.customer("Carla", "Hello").await;
    let id = started["chat"]["conversation"].as_str().unwrap().to_owned();
    app.make_available(&bob).await;
    let path = format!("/api/conversations/{id}/why");

    let waits = why(&lead, &id).await;
    assert!(waits["rule"].as_str().unwrap().starts_with("The members of Support are asked"), "{waits}");
    assert_eq!((&waits["ahead"], &waits["more"]), (&json!(0), &json!(0)));
    let people = named(&waits);
    let of = |name: &str| people.iter().find(|(one, _, _)| one == name).unwrap().clone();
    assert_eq!(of("Ada"), ("Ada".to_owned(), true, "Is asked now".to_owned()));
    assert!(of("Bob").1 && of("Bob").2.starts_with("Could take it; idle since"), "{people:?}");
    assert_eq!(of("Cid"), ("Cid".to_owned(), false, "Is Away and takes no new conversations".to_owned()));
    assert_eq!(of("Dora"), ("Dora".to_owned(), false, "Is not connected".to_owned()));
    assert_eq!(people.len(), 4, "whoever belongs to the queue, and nobody else");
    assert_eq!((people[0].0.as_str(), people[1].0.as_str()), ("Ada", "Bob"), "who could take it comes first");
    let offer = waits["offers"][0].clone();
    assert_eq!(
        (&offer["to"], &offer["end"], &offer["ended_at"]),
        (&json!("Ada"), &Value::Null, &Value::Null)
    );

    // Whom it is offered to sees it; to an agent who does not, it does not exist.
    assert_eq!(why(&ada, &id).await, waits);
    let none = eve.client.get(&format!("/api/conversations/cnv_{}/why", "0".repeat(26))).await;
    none.refused(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(eve.client.get(&path).await, none, "whether it exists is not theirs to know");

    app.advance(std::time::Duration::from_secs(1));
    let offer = desk(&ada).await["offers"].as_object().unwrap().keys().next().unwrap().clone();
    let rejection = json!({"reason": "at lunch"});
    ada.client
        .post(&format!("/api/offers/{offer}/rejection"), &rejection)
        .await
        .expect(StatusCode::NO_CONTENT);
    ada.client.get(&path).await.refused(StatusCode::NOT_FOUND, "not_found");
    let passed = why(&lead, &id).await;
    let people = named(&passed);
    let ada_now = people.iter().find(|(one, _, _)| one == "Ada").unwrap();
    assert!(!ada_now.1 && ada_now.2.starts_with("Passed it at"), "{people:?}");
    let told: Vec<_> = passed["offers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["to"].as_str(), one["end"].as_str(), one["reason"].as_str()))
        .collect();
    assert_eq!(told, [(Some("Ada"), Some("declined"), Some("at lunch")), (Some("Bob"), None, None)]);

    assert_eq!(accept(&bob).await, id);
    let owned = why(&bob, &id).await;
    assert_eq!(owned["rule"], "Bob has it; nobody else is looked for.");
    assert_eq!((&owned["people"], &owned["offers"][1]["end"]), (&json!([]), &json!("accepted")));
    app.make_available(&eve).await;
    let transfer = json!({"target": {"kind": "agent", "id": eve.id}});
    bob.client
        .post(&format!("/api/conversations/{id}/transfers"), &transfer)
        .await
        .expect(StatusCode::CREATED);
    let meant = why(&eve, &id).await;
    assert_eq!(meant["rule"], "Bob passes it on to Eve. It is meant for Eve alone.");
    assert_eq!(named(&meant), [("Eve".to_owned(), true, "Is asked now".to_owned())]);
}

#[tokio::test]
async fn why_counts_what_is_asked_for_before_it() {
    let app = TestApp::start();
    let lead = app.person("Lead", Role::Supervisor).await;
    app.add_queue("Support", &[lead.id]).await;
    app.add_team("Early", lead.id, &[lead.id]).await;
    let mut ids = Vec::new();
    for name in ["Carla", "Dan"] {
        let (_, started) = app.customer(name, "Hello").await;
        ids.push(started["chat"]["conversation"].as_str().unwrap().to_owned());
        app.advance(std::time::Duration::from_secs(1));
    }
    assert_eq!(why(&lead, &ids[0]).await["ahead"], 0);
    assert_eq!(why(&lead, &ids[1]).await["ahead"], 1);
}
