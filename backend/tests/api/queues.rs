//! Queues that keep waits within bounds.

use std::time::Duration;

use axum::http::StatusCode;
use baton::clock::Clock;
use baton_shared::{Channel, Command, QueueId, Role, Timestamp};
use serde_json::{Value, json};

use crate::app::{Client, Person, Proof, TestApp};
use crate::conversations::{accept, desk};

async fn set(admin: &Person<'_>, queue: QueueId, name: &str, rules: Value) {
    let body = json!({"name": name, "skills": [], "priority": "normal", "rules": rules});
    admin.client.put(&format!("/api/queues/{queue}"), &body).await.expect(StatusCode::NO_CONTENT);
}

async fn phase(customer: &Client<'_>) -> Value {
    customer.get("/api/chat").await.expect(StatusCode::OK)["chat"]["phase"].clone()
}

#[tokio::test]
async fn rules_are_read_as_they_were_set_and_stay_where_they_are_left_out() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (first, second) = (app.add_queue("First", &[]).await, app.add_queue("Second", &[]).await);
    let rules = json!({
        "waiting_max": 20, "wait_secs": 300, "overflow": {"kind": "queue", "id": second},
        "target": {"secs": 30, "percent": 80}, "at_closing": "keep",
        "asked_first": "longest_idle",
    });
    set(&root, first, "First", rules.clone()).await;
    let named = json!({"name": "Renamed", "skills": [], "priority": "high"});
    root.client.put(&format!("/api/queues/{first}"), &named).await.expect(StatusCode::NO_CONTENT);
    let queues = root.client.get("/api/queues").await.expect(StatusCode::OK);
    let found = queues.as_array().unwrap().iter().find(|queue| queue["id"] == json!(first)).unwrap();
    assert_eq!((&found["name"], &found["rules"]), (&json!("Renamed"), &rules));
}

#[tokio::test]
async fn rules_that_make_no_sense_are_refused() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let queue = app.add_queue("Support", &[]).await;
    let put = async |rules: Value| {
        let body = json!({"name": "Support", "skills": [], "priority": "normal", "rules": rules});
        root.client.put(&format!("/api/queues/{queue}"), &body).await
    };
    for wrong in [
        json!({"wait_secs": 0}),
        json!({"waiting_max": 0}),
        json!({"target": {"secs": 10, "percent": 101}}),
        json!({"overflow": {"kind": "queue", "id": queue}}),
    ] {
        put(wrong).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "queue_unusable");
    }
    let nowhere = QueueId::from_bits(9);
    let elsewhere = put(json!({"overflow": {"kind": "queue", "id": nowhere}})).await;
    elsewhere.refused(StatusCode::UNPROCESSABLE_ENTITY, "queue_unusable");
    put(json!({"wait": 1})).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "unknown_field");
}

#[tokio::test]
async fn a_wait_that_is_too_long_goes_on_in_another_line_and_then_ends_with_a_request() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let ada = app.person("Ada", Role::Agent).await;
    let (first, second) = (app.add_queue("A first", &[]).await, app.add_queue("B second", &[ada.id]).await);
    set(&root, first, "A first", json!({"wait_secs": 60, "overflow": {"kind": "queue", "id": second}})).await;
    set(&root, second, "B second", json!({"wait_secs": 30})).await;
    let (customer, _) = app.customer("Carla", "Hello?").await;
    assert_eq!(phase(&customer).await["queue"], "A first");
    app.advance(Duration::from_secs(60));
    app.settle().await;
    assert_eq!(phase(&customer).await["queue"], "B second");
    app.advance(Duration::from_secs(30));
    app.settle().await;
    let ended = json!({"kind": "closed", "by": "system", "request": 1, "answer": null});
    assert_eq!(phase(&customer).await, ended);
    let requests = root.client.get("/api/requests").await.expect(StatusCode::OK);
    assert_eq!(requests[0]["queue"], "B second", "it is answered where it ended");
}

#[tokio::test]
async fn a_full_queue_sends_on_deflects_or_refuses() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let ada = app.person("Ada", Role::Agent).await;
    let (first, second) = (app.add_queue("A first", &[]).await, app.add_queue("B second", &[ada.id]).await);
    let limits = |overflow: Value| json!({"waiting_max": 1, "overflow": overflow});
    set(&root, first, "A first", limits(json!({"kind": "queue", "id": second}))).await;
    let (waits, _) = app.customer("Carla", "Hello?").await;
    let (sent_on, _) = app.customer("Dan", "Hello?").await;
    assert_eq!(phase(&waits).await["queue"], "A first");
    assert_eq!(phase(&sent_on).await["queue"], "B second");
    set(&root, first, "A first", limits(json!({"kind": "request"}))).await;
    let (deflected, _) = app.customer("Eve", "Hello?").await;
    assert_eq!(phase(&deflected).await["request"], 1);
    set(&root, first, "A first", limits(json!({"kind": "refuse"}))).await;
    let started = app.anyone().post("/api/chat", &json!({"name": "Fay", "text": "Hello?"})).await;
    started.refused(StatusCode::CONFLICT, "queue_full");
    // Where nowhere is room, waiting is better than being turned away.
    set(&root, first, "A first", limits(json!({"kind": "queue", "id": second}))).await;
    set(&root, second, "B second", limits(json!({"kind": "queue", "id": first}))).await;
    let (crammed, _) = app.customer("Gil", "Hello?").await;
    assert_eq!(phase(&crammed).await["queue"], "A first");
    // A queue that nobody serves takes nothing from another.
    let nobody = app.add_queue("C nobody", &[]).await;
    set(&root, first, "A first", limits(json!({"kind": "queue", "id": nobody}))).await;
    let (kept, _) = app.customer("Hal", "Hello?").await;
    assert_eq!(
        phase(&kept).await["request"],
        2,
        "beyond a queue without an overflow of its own is a request"
    );
}

#[tokio::test]
async fn whoever_serves_two_queues_takes_what_is_due_first() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let ada = app.person("Ada", Role::Agent).await;
    let slow = app.add_queue("A slow", &[ada.id]).await;
    let quick = app.add_queue("B quick", &[ada.id]).await;
    set(&root, slow, "A slow", json!({"target": {"secs": 600, "percent": 80}})).await;
    set(&root, quick, "B quick", json!({"target": {"secs": 20, "percent": 90}})).await;
    app.customer("Carla", "I came first").await;
    app.advance(Duration::from_secs(5));
    let elsewhere = json!({"waiting_max": 1, "overflow": {"kind": "queue", "id": quick}});
    set(&root, slow, "A slow", elsewhere).await;
    app.customer("Dan", "I am more urgent").await;
    let capacity = [(Channel::WebChat, 1)].into();
    let (agent, name, role) = (ada.id, "Ada".to_owned(), Role::Agent);
    app.system(Command::ChangePerson {
        agent,
        name,
        role,
        enabled: true,
        capacity,
        interruptible: Default::default(),
    })
    .await;
    app.make_available(&ada).await;
    accept(&ada).await;
    let threads = desk(&ada).await["conversations"].clone();
    let names: Vec<&str> =
        threads.as_object().unwrap().values().map(|thread| thread["customer"].as_str().unwrap()).collect();
    assert_eq!(names, ["Dan"]);
}

/// Hours in UTC on every day from one minute to another.
fn daily(from: u16, to: u16) -> Value {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let weekly: Vec<Value> = days.iter().map(|day| json!({"day": day, "from": from, "to": to})).collect();
    json!({"zone": "UTC", "weekly": weekly})
}

#[tokio::test]
async fn a_closed_queue_lets_nobody_in_and_takes_questions_until_it_opens() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let queue = app.add_queue("Support", &[]).await;
    let opening = async || app.anyone().get("/api/chat/opening").await.expect(StatusCode::OK);
    assert_eq!(opening().await, json!({"open": true, "opens_at": null}), "a queue without hours is open");
    // From midnight to the minute that is now, so that it opens again at midnight.
    let now = app.clock.now();
    let minute = u16::try_from(now.as_millis() / 60_000 % 1_440).unwrap();
    assert!(minute > 0, "the test's day has begun");
    let (waits, _) = app.customer("Carla", "I came before").await;
    set(&root, queue, "Support", json!({"hours": daily(0, minute)})).await;
    let found = opening().await;
    assert_eq!(found["open"], false);
    let midnight = found["opens_at"].as_str().unwrap();
    assert!(midnight.ends_with("T00:00:00.000Z"), "{midnight}");
    assert_eq!(phase(&waits).await["kind"], "waiting", "who waits is kept");
    let body = json!({"name": "Dan", "text": "Hello?"});
    app.anyone().post("/api/chat", &body).await.refused(StatusCode::CONFLICT, "queue_closed");

    let left = json!({"name": "Dan", "address": "dan@example.com", "text": "Hello?"});
    let wrong = json!({"name": "Dan", "address": "dan", "text": "Hello?"});
    let refused = app.anyone().post("/api/chat/requests", &wrong).await;
    refused.refused(StatusCode::UNPROCESSABLE_ENTITY, "email_invalid");
    let answer = app.anyone().post("/api/chat/requests", &left).await.expect(StatusCode::CREATED);
    assert_eq!(answer["chat"]["phase"]["request"], 1);
    let requests = root.client.get("/api/requests").await.expect(StatusCode::OK);
    let shown = ["queue", "customer", "address"].map(|field| requests[0][field].as_str().unwrap());
    assert_eq!(shown, ["Support", "Dan", "dan@example.com"]);

    let midnight: Timestamp = midnight.parse().unwrap();
    app.advance(midnight.since(now));
    app.settle().await;
    assert_eq!(opening().await["open"], true);
    app.customer("Dan", "Hello again").await;
}

#[tokio::test]
async fn who_waits_when_a_queue_closes_gets_a_number_each_if_it_says_so() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let queue = app.add_queue("Support", &[]).await;
    let minute = u16::try_from(app.clock.now().as_millis() / 60_000 % 1_440).unwrap();
    set(&root, queue, "Support", json!({"hours": daily(0, minute + 5), "at_closing": "request"})).await;
    let (carla, _) = app.customer("Carla", "Hello?").await;
    let (dan, _) = app.customer("Dan", "Hello?").await;
    app.advance(Duration::from_secs(300));
    app.settle().await;
    let numbers = [phase(&carla).await["request"].clone(), phase(&dan).await["request"].clone()];
    assert_eq!(numbers, [json!(1), json!(2)]);
}

#[tokio::test]
async fn what_was_passed_on_to_a_closed_queue_waits_on_when_another_of_its_rules_changes() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("A first", &[ada.id]).await;
    let closed = app.add_queue("B closed", &[bob.id]).await;
    let minute = u16::try_from(app.clock.now().as_millis() / 60_000 % 1_440).unwrap();
    let rules = |waiting_max: u32| json!({"hours": daily(0, minute), "at_closing": "request", "waiting_max": waiting_max});
    set(&root, closed, "B closed", rules(20)).await;
    app.make_available(&ada).await;
    let (carla, _) = app.customer("Carla", "Hello?").await;
    let id = accept(&ada).await;
    let body = json!({"target": {"kind": "queue", "id": closed}});
    ada.client.post(&format!("/api/conversations/{id}/transfers"), &body).await.expect(StatusCode::CREATED);
    set(&root, closed, "B closed", rules(30)).await;
    assert_eq!(phase(&carla).await["kind"], "waiting");
}

#[tokio::test]
async fn hours_that_make_no_sense_are_refused() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let queue = app.add_queue("Support", &[]).await;
    let nowhere = json!({"zone": "Europe/Atlantis", "weekly": daily(0, 10)["weekly"]});
    let closed_on = |day: &str| json!({"zone": "UTC", "weekly": daily(0, 10)["weekly"], "closed_on": [day]});
    let (no_day, otherwise) = (closed_on("2026-02-30"), closed_on("20261225"));
    for hours in [nowhere, no_day, otherwise, daily(10, 10), json!({"zone": "UTC", "weekly": []})] {
        let rules = json!({"hours": hours});
        let body = json!({"name": "Support", "skills": [], "priority": "normal", "rules": rules});
        let refused = root.client.put(&format!("/api/queues/{queue}"), &body).await;
        refused.refused(StatusCode::UNPROCESSABLE_ENTITY, "queue_unusable");
    }
}

#[tokio::test]
async fn a_customer_who_returns_is_offered_to_whoever_served_them_and_then_to_all() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let queue = app.add_queue("Support", &[ada.id, bob.id]).await;
    set(&root, queue, "Support", json!({"last_agent_secs": 30})).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    accept(&ada).await;
    customer.post("/api/chat/closure", &json!({})).await.expect(StatusCode::NO_CONTENT);
    app.make_available(&bob).await;
    let start = json!({"name": "Carla", "text": "Me again"});
    let offers = async |person: &Person<'_>| desk(person).await["offers"].as_object().unwrap().len();
    let again = customer.post("/api/chat", &start).await.expect(StatusCode::CREATED);
    assert_eq!(
        (offers(&ada).await, offers(&bob).await),
        (1, 0),
        "Bob has been idle longer, but Ada knows her"
    );
    assert_eq!(again["chat"]["phase"]["queue"], "Ada");
    let offer = desk(&ada).await["offers"].as_object().unwrap().keys().next().unwrap().clone();
    let rejected = ada.client.post(&format!("/api/offers/{offer}/rejection"), &json!({"reason": ""})).await;
    rejected.expect(StatusCode::NO_CONTENT);
    assert_eq!((offers(&ada).await, offers(&bob).await), (0, 1));
    // A token that proves nothing makes a new customer of whoever shows it.
    let nobody = Client { app: &app, proof: Proof::Token("cnv_forged".to_owned()) };
    nobody.post("/api/chat", &start).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn everyone_is_asked_as_soon_as_the_one_who_is_waited_for_alone_goes() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let (agent, name, role) = (ada.id, "Ada".to_owned(), Role::Agent);
    let (capacity, interruptible) = ([(Channel::WebChat, 1)].into(), Default::default());
    app.system(Command::ChangePerson { agent, name, role, enabled: true, capacity, interruptible }).await;
    let queue = app.add_queue("Support", &[ada.id, bob.id]).await;
    set(&root, queue, "Support", json!({"last_agent_secs": 600})).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    accept(&ada).await;
    customer.post("/api/chat/closure", &json!({})).await.expect(StatusCode::NO_CONTENT);
    app.customer("Dan", "Hello").await;
    accept(&ada).await;
    app.make_available(&bob).await;
    let start = json!({"name": "Carla", "text": "Me again"});
    customer.post("/api/chat", &start).await.expect(StatusCode::CREATED);
    let offers = async |person: &Person<'_>| desk(person).await["offers"].as_object().unwrap().len();
    assert_eq!((offers(&ada).await, offers(&bob).await), (0, 0), "Ada is full, and waited for");
    ada.client.put("/api/presence", &json!({"status": "away"})).await.expect(StatusCode::NO_CONTENT);
    assert_eq!((offers(&ada).await, offers(&bob).await), (0, 1));
}

#[tokio::test]
async fn the_least_loaded_is_asked_first_where_the_queue_says_so() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let queue = app.add_queue("Support", &[ada.id, bob.id]).await;
    let capacity = [(Channel::WebChat, 8)].into();
    let (agent, name, role) = (bob.id, "Bob".to_owned(), Role::Agent);
    app.system(Command::ChangePerson {
        agent,
        name,
        role,
        enabled: true,
        capacity,
        interruptible: Default::default(),
    })
    .await;
    let offers = async |person: &Person<'_>| desk(person).await["offers"].as_object().unwrap().len();
    for person in [&ada, &bob] {
        app.make_available(person).await;
        app.advance(Duration::from_secs(1));
    }
    set(&root, queue, "Support", json!({"asked_first": "least_loaded"})).await;
    for _ in 0..6 {
        app.customer("Carla", "Hello").await;
    }
    assert_eq!(
        (offers(&ada).await, offers(&bob).await),
        (2, 4),
        "each has the same share of their room taken"
    );
}
