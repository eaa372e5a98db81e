//! Primary and interruptible capacity.

use axum::http::StatusCode;
use baton_shared::{QueueId, Role};
use serde_json::{Value, json};

use crate::app::{Person, TestApp};
use crate::conversations::{accept, desk};

async fn set_queue(admin: &Person<'_>, queue: QueueId, interruptible: bool) {
    let rules = json!({"interruptible": interruptible});
    let body = json!({"name": "Support", "skills": [], "priority": "normal", "rules": rules});
    admin.client.put(&format!("/api/queues/{queue}"), &body).await.expect(StatusCode::NO_CONTENT);
}

async fn set_capacity(admin: &Person<'_>, person: &Person<'_>, capacity: u32, interruptible: Value) {
    let body = json!({"name": "Ada", "role": "agent", "enabled": true, "capacity": capacity, "interruptible_capacity": interruptible});
    let put = admin.client.put(&format!("/api/people/{}", person.id), &body).await;
    put.expect(StatusCode::NO_CONTENT);
}

async fn offers(person: &Person<'_>) -> usize {
    desk(person).await["offers"].as_object().unwrap().len()
}

#[tokio::test]
async fn an_interruptible_capacity_is_read_as_it_was_set() {
    let app = TestApp::start();
    let (root, ada) = (app.person("Root", Role::Administrator).await, app.person("Ada", Role::Agent).await);
    let read = async || {
        let found = root.client.get(&format!("/api/people/{}", ada.id)).await.expect(StatusCode::OK);
        (found["capacity"].clone(), found["interruptible_capacity"].clone())
    };
    assert_eq!(read().await.1, Value::Null);
    set_capacity(&root, &ada, 2, json!(5)).await;
    assert_eq!(read().await, (json!(2), json!(5)));
    set_capacity(&root, &ada, 3, Value::Null).await;
    assert_eq!(read().await, (json!(3), Value::Null));
    let queue = app.add_queue("Support", &[]).await;
    set_queue(&root, queue, true).await;
    let queues = root.client.get("/api/queues").await.expect(StatusCode::OK);
    assert_eq!(queues[0]["rules"]["interruptible"], true);
}

#[tokio::test]
async fn urgent_work_finds_room_beside_what_may_be_interrupted_and_not_the_other_way_round() {
    let app = TestApp::start();
    let (root, ada) = (app.person("Root", Role::Administrator).await, app.person("Ada", Role::Agent).await);
    let queue = app.add_queue("Support", &[ada.id]).await;
    set_capacity(&root, &ada, 1, json!(2)).await;
    set_queue(&root, queue, true).await;
    app.make_available(&ada).await;
    for _ in 0..2 {
        app.customer("Carla", "When it suits you").await;
        accept(&ada).await;
    }
    let (_, started) = app.customer("Dan", "When it suits you").await;
    assert_eq!(offers(&ada).await, 0, "she holds two of two");
    let waits = started["chat"]["conversation"].as_str().unwrap();
    let why = root.client.get(&format!("/api/conversations/{waits}/why")).await.expect(StatusCode::OK);
    assert_eq!(why["people"][0]["reason"], "Holds 2 of 2 conversations");
    // What waits already stays what it was as it came.
    set_queue(&root, queue, false).await;
    assert_eq!(offers(&ada).await, 0);
    app.customer("Eve", "At once, please").await;
    let urgent = accept(&ada).await;
    let (_, started) = app.customer("Fay", "At once, please").await;
    assert_eq!(offers(&ada).await, 0, "she holds one urgent conversation of one");
    let urgent_too = started["chat"]["conversation"].as_str().unwrap();
    let why = root.client.get(&format!("/api/conversations/{urgent_too}/why")).await.expect(StatusCode::OK);
    assert_eq!(why["people"][0]["reason"], "Holds 1 of 1 conversations");
    let closure = format!("/api/conversations/{urgent}/closure");
    let body = json!({"disposition": "resolved", "notes": null});
    ada.client.post(&closure, &body).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(accept(&ada).await, urgent_too, "an urgent one takes the place of an urgent one");
    assert_eq!(offers(&ada).await, 0, "everything that she holds counts against what may be interrupted");
}
