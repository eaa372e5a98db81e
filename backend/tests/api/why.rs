//! What "Why?" says: the rule that holds, in words, for what waits, for invitations, for targets, and after the end.

use std::time::Duration;

use axum::http::StatusCode;
use baton_shared::{Command, Level, Role};
use serde_json::{Value, json};

use crate::app::{Person, TestApp};
use crate::conversations::accept;
use crate::supervision::{named, why};

async fn rules(admin: &Person<'_>, queue: baton_shared::QueueId, name: &str, rules: Value) {
    let body = json!({"name": name, "skills": [], "priority": "normal", "rules": rules});
    admin.client.put(&format!("/api/queues/{queue}"), &body).await.expect(StatusCode::NO_CONTENT);
}

async fn started(app: &TestApp, name: &str) -> String {
    let (_, started) = app.customer(name, "Hello").await;
    started["chat"]["conversation"].as_str().unwrap().to_owned()
}

/// Returns whom a conversation was offered to, and by which rule.
fn offered(why: &Value) -> Vec<(&str, &str)> {
    let offers = why["offers"].as_array().unwrap().iter();
    offers.map(|one| (one["to"].as_str().unwrap(), one["rule"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn the_rule_of_a_queue_is_the_one_that_its_settings_make() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let ada = app.person("Ada", Role::Agent).await;
    let queue = app.add_queue("Support", &[ada.id]).await;
    let id = started(&app, "Carla").await;
    let idle = "The members of Support are asked: priority first, then age; of those who are free, whoever is \
                idle longest.";
    assert_eq!(why(&root, &id).await["rule"], idle);
    rules(
        &root,
        queue,
        "Support",
        json!({"asked_first": "least_loaded", "target": {"secs": 20, "percent": 80}}),
    )
    .await;
    let loaded = "The members of Support are asked: priority first, then age, measured by the target of 20 s; of \
                  those who are free, whoever has the least share of their room taken.";
    assert_eq!(why(&root, &id).await["rule"], loaded);
}

#[tokio::test]
async fn the_rule_names_the_workflow_its_filter_and_its_step() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (gold, all) = (app.add_queue("Gold", &[]).await, app.add_queue("Support", &[]).await);
    let workflow = json!({
        "name": "By tier", "entrance": "web_chat", "default": [{"queue": all}], "fallback": all,
        "filters": [
            {"name": "None", "when": "1 == 2", "steps": [{"queue": all}]},
            {"name": "Gold", "when": "attributes.tier == \"gold\"", "steps": [
                {"queue": gold, "timeout_secs": 30}, {"queue": all},
            ]},
        ],
    });
    root.client.post("/api/workflows", &workflow).await.expect(StatusCode::CREATED);
    let body = json!({"name": "Carla", "text": "Hello", "attributes": {"tier": "gold"}});
    let begun = app.anyone().post("/api/chat", &body).await.expect(StatusCode::CREATED);
    let id = begun["chat"]["conversation"].as_str().unwrap().to_owned();
    let first = why(&root, &id).await["rule"].as_str().unwrap().to_owned();
    let begins = "It is in the workflow By tier: step 1 of filter 2, “Gold”. The members of Gold are asked:";
    assert!(first.starts_with(begins), "{first}");
    assert!(first.contains(" The next step begins at "), "{first}");
    app.advance(Duration::from_secs(30));
    app.settle().await;
    let second = why(&root, &id).await["rule"].as_str().unwrap().to_owned();
    let begins =
        "It is in the workflow By tier: step 2 of filter 2, “Gold”. The members of Support are asked:";
    assert!(second.starts_with(begins), "{second}");
    assert!(!second.contains("next step"), "{second}");
    let plain = started(&app, "Dan").await;
    let default = why(&root, &plain).await["rule"].as_str().unwrap().to_owned();
    assert!(default.starts_with("It is in the workflow By tier: step 1 of its default. "), "{default}");
}

#[tokio::test]
async fn whoever_is_invited_is_told_of_the_invitation_and_not_that_nobody_is_looked_for() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    started(&app, "Carla").await;
    let id = accept(&ada).await;
    assert_eq!(why(&ada, &id).await["rule"], "Ada has it; nobody else is looked for.");
    // Each offer has a time of its own, by which they are told in their order.
    app.advance(Duration::from_secs(1));
    let invite = json!({"target": {"kind": "agent", "id": bob.id}});
    let path = format!("/api/conversations/{id}/invites");
    ada.client.post(&path, &invite).await.expect(StatusCode::CREATED);
    for person in [&bob, &ada] {
        let told = why(person, &id).await;
        assert_eq!(told["rule"], "Ada invites someone to join. It is meant for Bob alone.");
        assert_eq!(named(&told), [("Bob".to_owned(), true, "Is asked now".to_owned())]);
    }
    // A search for the next owner goes before it, but not for whoever is asked to join.
    let cid = app.person("Cid", Role::Agent).await;
    app.make_available(&cid).await;
    app.advance(Duration::from_secs(1));
    let transfer = json!({"target": {"kind": "agent", "id": cid.id}});
    let path = format!("/api/conversations/{id}/transfers");
    ada.client.post(&path, &transfer).await.expect(StatusCode::CREATED);
    let passed_on = "Ada passes it on to Cid. It is meant for Cid alone.";
    assert_eq!(
        (&why(&ada, &id).await["rule"], &why(&cid, &id).await["rule"]),
        (&json!(passed_on), &json!(passed_on))
    );
    let told = why(&bob, &id).await;
    assert_eq!(told["rule"], "Ada invites someone to join. It is meant for Bob alone.");
    let expected = [("Ada", "From Support"), ("Bob", "Invited by Ada"), ("Cid", "Passed on by Ada to Cid")];
    assert_eq!(offered(&told), expected);
}

#[tokio::test]
async fn a_conversation_that_has_ended_is_explained_from_the_log_to_those_who_led_it() {
    let app = TestApp::start();
    let (lead, other) =
        (app.person("Lead", Role::Supervisor).await, app.person("Other", Role::Supervisor).await);
    let (ada, zoe) = (app.person("Ada", Role::Agent).await, app.person("Zoe", Role::Agent).await);
    let root = app.person("Root", Role::Administrator).await;
    app.add_team("Early", lead.id, &[ada.id]).await;
    app.add_team("Late", other.id, &[zoe.id]).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    customer.post("/api/chat/closure", &json!({})).await.expect(StatusCode::NO_CONTENT);
    for person in [&lead, &root, &ada] {
        let told = why(person, &id).await;
        let rule = told["rule"].as_str().unwrap();
        assert!(rule.starts_with("It ended at ") && rule.ends_with(", by the customer."), "{rule}");
        assert_eq!((&told["people"], &told["ahead"]), (&json!([]), &json!(0)));
        assert_eq!(offered(&told), [("Ada", "From Support")]);
        assert_eq!(told["offers"][0]["end"], "accepted");
    }
    let hidden = other.client.get(&format!("/api/conversations/{id}/why")).await;
    hidden.refused(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn a_target_names_everyone_with_what_stands_in_their_way() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let zoe = app.person("Zoe", Role::Agent).await;
    let sales = app.add_queue("Sales", &[bob.id, zoe.id]).await;
    app.add_queue("Arrivals", &[ada.id]).await;
    app.make_available(&ada).await;
    started(&app, "Carla").await;
    let id = accept(&ada).await;
    app.make_available(&bob).await;
    app.system(Command::BeginLease { agent: zoe.id }).await;
    zoe.client.put("/api/presence", &json!({"status": "away"})).await.expect(StatusCode::NO_CONTENT);
    let skill = json!({"name": "Refunds"});
    let skill = root.client.post("/api/skills", &skill).await.expect(StatusCode::CREATED)["id"].clone();
    let group = json!({"name": "Refunds", "skills": [skill], "membership": "any"});
    let group = root.client.post("/api/groups", &group).await.expect(StatusCode::CREATED)["id"].clone();
    let skill = skill.as_str().unwrap().parse().unwrap();
    app.system(Command::GrantSkill { agent: zoe.id, skill, level: Level::LEAST }).await;
    let path = |target: &str| format!("/api/conversations/{id}/transfer-targets/{target}/why");
    let asked = async |target: &str| ada.client.get(&path(target)).await.expect(StatusCode::OK);

    let queue = asked(&sales.to_string()).await;
    let rule = queue["rule"].as_str().unwrap();
    assert!(rule.starts_with("Ada passes it on to Sales. The members of Sales are asked: "), "{rule}");
    let people = named(&queue);
    assert!(people[0].1 && people[0].2.starts_with("Could take it; idle since "), "{people:?}");
    let away = ("Zoe".to_owned(), false, "Is Away and takes no new conversations".to_owned());
    assert_eq!((people[0].0.as_str(), &people[1], people.len()), ("Bob", &away, 2));
    let refunds = asked(group.as_str().unwrap()).await;
    let rule = refunds["rule"].as_str().unwrap();
    assert!(rule.contains("Whoever has any skill of Refunds is asked: "), "{rule}");
    assert_eq!((named(&refunds), &refunds["offers"]), (vec![away], &json!([])));
    let person = asked(&bob.id.to_string()).await;
    assert_eq!(person["rule"], "Ada passes it on to Bob. It is meant for Bob alone.");

    let not_his = bob.client.get(&path(&sales.to_string())).await;
    not_his.refused(StatusCode::NOT_FOUND, "not_found");
    let none = ada.client.get(&path(&format!("que_{}", "0".repeat(26)))).await;
    none.refused(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn what_a_queue_does_with_those_who_wait_is_part_of_the_outcome() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Arrivals", &[ada.id]).await;
    let sales = app.add_queue("Sales", &[bob.id]).await;
    let trade = app.add_queue("Trade", &[bob.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    started(&app, "Carla").await;
    let id = accept(&ada).await;
    let outcome = async || {
        let path = format!("/api/conversations/{id}/transfer-targets");
        let targets = ada.client.get(&path).await.expect(StatusCode::OK);
        let queues = targets["queues"].as_array().unwrap();
        let found = queues.iter().find(|queue| queue["id"] == json!(sales)).unwrap();
        found["outcome"].as_str().unwrap().to_owned()
    };
    let released = "You are released at once; undo for 5 s.";
    assert_eq!(outcome().await, format!("Offered at once. {released}"));
    rules(&root, sales, "Sales", json!({"wait_secs": 90, "overflow": {"kind": "queue", "id": trade}})).await;
    assert_eq!(outcome().await, format!("Offered at once; goes to Trade after 90 s. {released}"));
    rules(&root, sales, "Sales", json!({"wait_secs": 90})).await;
    assert_eq!(outcome().await, format!("Offered at once; becomes a request after 90 s. {released}"));
    let hours = |minutes: (u16, u16)| {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let weekly = days.map(|day| json!({"day": day, "from": minutes.0, "to": minutes.1}));
        json!({"zone": "UTC", "weekly": weekly})
    };
    let daily = json!({"hours": hours((0, 1_439)), "at_closing": "request"});
    rules(&root, sales, "Sales", daily).await;
    let closes = "Offered at once; becomes a request when the queue closes.";
    assert_eq!(outcome().await, format!("{closes} {released}"));
    // The clock of the test stands in the morning.
    rules(&root, sales, "Sales", json!({"hours": hours((0, 1))})).await;
    assert_eq!(outcome().await, format!("The queue is closed. Offered at once. {released}"));
}
