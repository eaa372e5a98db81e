//! Skills at levels: who has them, who asks for them, and what is asked for less and less.

use std::time::Duration;

use axum::http::StatusCode;
use baton_shared::{QueueId, Role};
use serde_json::{Value, json};

use crate::app::{Person, TestApp};
use crate::conversations::{accept, desk};

async fn add(admin: &Person<'_>, address: &str, body: Value) -> String {
    let added = admin.client.post(address, &body).await.expect(StatusCode::CREATED);
    added["id"].as_str().unwrap().to_owned()
}

async fn grant(admin: &Person<'_>, person: &Person<'_>, skill: &str, body: Value) {
    let address = format!("/api/people/{}/skills/{skill}", person.id);
    admin.client.put(&address, &body).await.expect(StatusCode::NO_CONTENT);
}

async fn skills_of(admin: &Person<'_>, person: &Person<'_>) -> Value {
    let found = admin.client.get(&format!("/api/people/{}", person.id)).await;
    found.expect(StatusCode::OK)["skills"].clone()
}

async fn set(admin: &Person<'_>, queue: QueueId, skills: Value, rules: Value) {
    let body = json!({"name": "Support", "skills": skills, "priority": "normal", "rules": rules});
    admin.client.put(&format!("/api/queues/{queue}"), &body).await.expect(StatusCode::NO_CONTENT);
}

async fn offers(person: &Person<'_>) -> usize {
    desk(person).await["offers"].as_object().unwrap().len()
}

/// Returns what stands in someone's way to a conversation.
async fn reason(admin: &Person<'_>, conversation: &str, name: &str) -> String {
    let why = admin.client.get(&format!("/api/conversations/{conversation}/why")).await;
    let why = why.expect(StatusCode::OK);
    let mut people = why["people"].as_array().unwrap().iter();
    people.find(|person| person["name"] == name).unwrap()["reason"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_has_a_skill_at_the_level_that_was_set_last() {
    let app = TestApp::start();
    let (root, ada) = (app.person("Root", Role::Administrator).await, app.person("Ada", Role::Agent).await);
    let skill = add(&root, "/api/skills", json!({"name": "German"})).await;
    for (body, expected) in [
        (json!({}), json!([skill])),
        (json!({"level": 7}), json!([{"skill": skill, "level": 7}])),
        (json!({"level": 10}), json!([{"skill": skill, "level": 10}])),
        (json!({"level": 1}), json!([skill])),
    ] {
        grant(&root, &ada, &skill, body).await;
        assert_eq!(skills_of(&root, &ada).await, expected);
    }
    let address = format!("/api/people/{}/skills/{skill}", ada.id);
    for wrong in [json!({"level": 0}), json!({"level": 11}), json!({"level": 2.5}), json!({"level": "7"})] {
        let refused = root.client.put(&address, &wrong).await;
        refused.refused(StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape");
    }
    let queue = app.add_queue("Support", &[]).await;
    let body = json!({"name": "Support", "skills": [{"skill": skill, "level": 11}], "priority": "normal"});
    let refused = root.client.put(&format!("/api/queues/{queue}"), &body).await;
    refused.refused(StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape");
}

#[tokio::test]
async fn a_queue_asks_for_a_level_and_for_less_the_longer_a_customer_waits() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let queue = app.add_queue("Support", &[ada.id, bob.id]).await;
    let german = add(&root, "/api/skills", json!({"name": "German"})).await;
    grant(&root, &ada, &german, json!({"level": 4})).await;
    let skills = json!([{"skill": german, "level": 7}]);
    let relax = json!([{"after_secs": 10, "skill": german, "level": 4}, {"after_secs": 25, "skill": german}]);
    set(&root, queue, skills.clone(), json!({"relax": relax})).await;
    let queues = root.client.get("/api/queues").await.expect(StatusCode::OK);
    assert_eq!((&queues[0]["skills"], &queues[0]["rules"]["relax"]), (&skills, &relax));
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (_, started) = app.customer("Carla", "Guten Tag").await;
    let conversation = started["chat"]["conversation"].as_str().unwrap();
    assert_eq!(reason(&root, conversation, "Ada").await, "Needs German at 7, has 4");
    assert_eq!(reason(&root, conversation, "Bob").await, "Needs German at 7, has none");
    app.advance(Duration::from_secs(9));
    app.settle().await;
    assert_eq!(offers(&ada).await, 0);
    app.advance(Duration::from_secs(1));
    app.settle().await;
    assert_eq!((offers(&ada).await, offers(&bob).await), (1, 0), "at 4 she knows enough");
    assert_eq!(reason(&root, conversation, "Bob").await, "Needs German at 4, has none");
    // She knows too little from now on, so it is offered to her no more.
    grant(&root, &ada, &german, json!({"level": 3})).await;
    assert_eq!(offers(&ada).await, 0);
    assert_eq!(reason(&root, conversation, "Ada").await, "Needs German at 4, has 3");
    app.advance(Duration::from_secs(15));
    app.settle().await;
    assert_eq!(offers(&bob).await, 1, "nobody is asked for it any more");
    assert_eq!(accept(&bob).await, conversation);
}

#[tokio::test]
async fn rules_hold_at_once_for_those_who_wait() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let ada = app.person("Ada", Role::Agent).await;
    let queue = app.add_queue("Support", &[ada.id]).await;
    let german = add(&root, "/api/skills", json!({"name": "German"})).await;
    let skills = json!([german]);
    set(&root, queue, skills.clone(), json!({})).await;
    app.make_available(&ada).await;
    app.customer("Carla", "Guten Tag").await;
    app.advance(Duration::from_secs(20));
    let relax = |after_secs: u32| json!({"relax": [{"after_secs": after_secs, "skill": german}]});
    set(&root, queue, skills.clone(), relax(30)).await;
    assert_eq!(offers(&ada).await, 0);
    set(&root, queue, skills.clone(), relax(15)).await;
    assert_eq!(offers(&ada).await, 1, "the wait counts from its beginning");
    set(&root, queue, skills, json!({})).await;
    assert_eq!(offers(&ada).await, 0, "she cannot do what is asked again");
}

#[tokio::test]
async fn relaxations_that_ask_for_more_again_are_refused() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let queue = app.add_queue("Support", &[]).await;
    let german = add(&root, "/api/skills", json!({"name": "German"})).await;
    let put = async |relax: Value| {
        let rules = json!({"relax": relax});
        let body = json!({"name": "Support", "skills": [german], "priority": "normal", "rules": rules});
        root.client.put(&format!("/api/queues/{queue}"), &body).await
    };
    let at = |after_secs: u32, level: u32| json!({"after_secs": after_secs, "skill": german, "level": level});
    for wrong in [json!([at(0, 3)]), json!([at(10, 3), at(20, 5)]), json!([at(20, 3), at(10, 2)])] {
        put(wrong).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "queue_unusable");
    }
    let unknown = json!([{"after_secs": 10, "skill": format!("skl_{}", "0".repeat(26))}]);
    put(unknown).await.refused(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn a_step_asks_for_a_level_and_for_less_in_time() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let ada = app.person("Ada", Role::Agent).await;
    let queue = app.add_queue("Support", &[ada.id]).await;
    let german = add(&root, "/api/skills", json!({"name": "German"})).await;
    grant(&root, &ada, &german, json!({"level": 3})).await;
    let relax = |levels: [u32; 2]| json!([{"after_secs": 10, "level": levels[0]}, {"after_secs": 20, "level": levels[1]}]);
    let workflow = |levels: [u32; 2]| {
        let skill = json!({"skill": german, "level": 8, "relax": relax(levels)});
        let step = json!({"queue": queue, "skills": [skill]});
        json!({"name": "German first", "entrance": "web_chat", "default": [step], "fallback": queue})
    };
    let refused = root.client.post("/api/workflows", &workflow([5, 6])).await;
    refused.refused(StatusCode::UNPROCESSABLE_ENTITY, "workflow_unusable");
    let id = add(&root, "/api/workflows", workflow([5, 3])).await;
    let trial = root.client.post(&format!("/api/workflows/{id}/dry-run"), &json!({"attributes": {}})).await;
    let trial = trial.expect(StatusCode::OK);
    assert_eq!(trial["warnings"], json!([]), "in the end she can be asked");
    let others = trial["steps"][0]["others"].as_array().unwrap();
    let why = others.iter().find(|person| person["name"] == "Ada").map(|person| &person["why_not"]);
    assert_eq!(why, Some(&json!("Needs German at 8, has 3.")));
    app.make_available(&ada).await;
    let (_, started) = app.customer("Carla", "Guten Tag").await;
    let conversation = started["chat"]["conversation"].as_str().unwrap();
    for (secs, asked) in [(0, 8), (10, 5)] {
        app.advance(Duration::from_secs(secs));
        app.settle().await;
        assert_eq!(reason(&root, conversation, "Ada").await, format!("Needs German at {asked}, has 3"));
    }
    app.advance(Duration::from_secs(10));
    app.settle().await;
    assert_eq!(accept(&ada).await, conversation);
}
