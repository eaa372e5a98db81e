//! What customers are told in passing: who goes, who comes, and that they are not forgotten.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use baton::feed::HEARTBEAT_EVERY;
use baton_shared::{Command, Role};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::app::{Client, PATIENCE, Person, TestApp};
use crate::conversations::{accept, desk};
use crate::streams::open;

async fn next_frame(stream: &mut Response) -> String {
    let frame = tokio::time::timeout(PATIENCE, stream.body_mut().frame()).await.expect("more comes");
    String::from_utf8(frame.unwrap().unwrap().into_data().unwrap().to_vec()).unwrap()
}

/// Reads a stream up to its next heartbeat.
async fn up_to_a_heartbeat(stream: &mut Response) -> String {
    let mut text = String::new();
    while !text.contains("event: heartbeat") {
        text.push_str(&next_frame(stream).await);
    }
    text
}

fn gather(value: &Value, notices: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            notices.extend(fields.get("notice").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| gather(field, notices));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, notices)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A customer's page that listens, and where it stopped.
struct Page<'a> {
    customer: Client<'a>,
    cursor: String,
}

impl Page<'_> {
    /// Returns what the customer was told since the last call: a stream begins with what is kept, then a heartbeat. What is
    /// told is read when it is published, so each step is listened to before the next.
    async fn told(&mut self) -> Vec<String> {
        let mut stream = open(&self.customer, &format!("/api/chat/events?after={}", self.cursor)).await;
        let text = up_to_a_heartbeat(&mut stream).await;
        assert!(!text.contains("event: restart"), "{text}");
        let mut notices = Vec::new();
        for line in text.lines() {
            let data = line.strip_prefix("data: ").and_then(|data| serde_json::from_str(data).ok());
            gather(&data.unwrap_or(Value::Null), &mut notices);
        }
        self.cursor = cursor(&self.customer).await;
        notices
    }
}

async fn cursor(customer: &Client<'_>) -> String {
    let chat = customer.get("/api/chat").await.expect(StatusCode::OK);
    chat["cursor"].as_str().unwrap().to_owned()
}

async fn pass(by: &Person<'_>, conversation: &str, target: &Value) -> String {
    let path = format!("/api/conversations/{conversation}/transfers");
    let made = by.client.post(&path, &json!({"target": target})).await.expect(StatusCode::CREATED);
    made["transfer"].as_str().unwrap().to_owned()
}

async fn take_back(by: &Person<'_>, conversation: &str, transfer: &str) {
    let path = format!("/api/conversations/{conversation}/transfers/{transfer}");
    by.client.delete(&path).await.expect(StatusCode::NO_CONTENT);
}

async fn reject(by: &Person<'_>) {
    let offers = desk(by).await["offers"].clone();
    let offer = offers.as_object().unwrap().keys().next().unwrap().clone();
    let rejected = by.client.post(&format!("/api/offers/{offer}/rejection"), &json!({"reason": ""})).await;
    rejected.expect(StatusCode::NO_CONTENT);
}

/// Plays the same under a policy: a transfer to Bob that he rejects, one to his queue that is taken back, one that he
/// accepts, and one to Ada whose sender is released at once. Returns what the customer was told of each.
async fn passed_about(policy: &Value) -> [Vec<String>; 5] {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    let tickets = json!({"kind": "queue", "id": app.add_queue("Tickets", &[bob.id]).await});
    let [to_ada, to_bob] = [&ada, &bob].map(|person| json!({"kind": "agent", "id": person.id}));
    admin.put("/api/transfer-policy", policy).await.expect(StatusCode::NO_CONTENT);
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    let cursor = self::cursor(&customer).await;
    let mut page = Page { customer, cursor };
    let id = accept(&ada).await;
    let came = page.told().await;
    pass(&ada, &id, &to_bob).await;
    let mut rejected = page.told().await;
    reject(&bob).await;
    rejected.extend(page.told().await);
    let transfer = pass(&ada, &id, &tickets).await;
    let mut taken_back = page.told().await;
    take_back(&ada, &id, &transfer).await;
    taken_back.extend(page.told().await);
    pass(&ada, &id, &tickets).await;
    let mut accepted = page.told().await;
    accept(&bob).await;
    accepted.extend(page.told().await);
    admin.put("/api/transfer-policy", &json!({"release": "request"})).await.expect(StatusCode::NO_CONTENT);
    // A change of policy has every page start again.
    page.cursor = self::cursor(&page.customer).await;
    pass(&bob, &id, &to_ada).await;
    let mut released = page.told().await;
    accept(&ada).await;
    released.extend(page.told().await);
    [came, rejected, taken_back, accepted, released]
}

#[tokio::test]
async fn a_customer_is_told_to_whom_they_are_passed_on_and_who_is_back() {
    let [came, rejected, taken_back, accepted, released] = passed_about(&json!({})).await;
    assert_eq!(came, ["Ada has joined"]);
    assert_eq!(rejected, ["Transferring you to Bob", "Ada is still with you"]);
    assert_eq!(taken_back, ["Transferring you to Tickets", "Ada is back with you"]);
    assert_eq!(accepted, ["Transferring you to Tickets", "Bob has joined"]);
    assert_eq!(released, ["Transferring you to Ada", "Ada has joined"]);
}

#[tokio::test]
async fn a_customer_who_is_to_be_told_nothing_hears_only_who_has_joined() {
    let [came, rejected, taken_back, accepted, released] =
        passed_about(&json!({"tell_customer": false})).await;
    assert_eq!(came, ["Ada has joined"]);
    assert_eq!(rejected, [""; 0]);
    assert_eq!(taken_back, ["Ada has joined"]);
    assert_eq!(accepted, ["Bob has joined"]);
    assert_eq!(released, ["Ada has joined"]);
}

#[tokio::test]
async fn a_customer_whose_agent_is_lost_is_told_so() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    accept(&ada).await;
    let cursor = self::cursor(&customer).await;
    let mut page = Page { customer, cursor };
    app.system(Command::EndLease { agent: ada.id }).await;
    app.advance(Duration::from_secs(119));
    app.settle().await;
    assert_eq!(page.told().await, [""; 0]);
    app.advance(Duration::from_secs(1));
    app.settle().await;
    assert_eq!(page.told().await, ["Your agent was disconnected. Someone else will be with you soon"]);
}

/// Returns how often a customer who waits for two minutes is told that they are not forgotten.
async fn reassured(policy: &Value) -> usize {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    app.add_queue("Support", &[]).await;
    admin.put("/api/transfer-policy", policy).await.expect(StatusCode::NO_CONTENT);
    let (customer, _) = app.customer("Carla", "Hello").await;
    let mut stream = open(&customer, "/api/chat/events").await;
    let mut text = up_to_a_heartbeat(&mut stream).await;
    // The first heartbeat after they came begins their wait, and what is due comes right after a heartbeat.
    for _ in 0..8 {
        app.advance(HEARTBEAT_EVERY);
        app.app.feed.tick();
        text.push_str(&up_to_a_heartbeat(&mut stream).await);
    }
    text.matches("You are still in line. Thank you for waiting").count()
}

#[tokio::test]
async fn a_customer_who_waits_is_told_from_time_to_time_that_they_are_not_forgotten() {
    assert_eq!(reassured(&json!({})).await, 2, "every 60 s");
    assert_eq!(reassured(&json!({"notice_secs": 120})).await, 1);
    assert_eq!(reassured(&json!({"notice_secs": 0})).await, 0);
}
