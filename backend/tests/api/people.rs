//! Setting up people, queues, skills and groups.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use baton_shared::Role;
use serde_json::{Value, json};

use crate::app::{Person, TestApp};

fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_administrator_sets_up_a_contact_centre() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let body = json!({"name": "Ada", "email": "ada@example.com", "password": "correct horse", "role": "agent", "capacity": 3});
    let ada = id(&admin.post("/api/people", &body).await.expect(StatusCode::CREATED));
    let skill = id(&admin.post("/api/skills", &json!({"name": "French"})).await.expect(StatusCode::CREATED));
    let body = json!({"name": "Sales", "skills": [skill], "priority": "high"});
    let queue = id(&admin.post("/api/queues", &body).await.expect(StatusCode::CREATED));
    admin
        .post("/api/groups", &json!({"name": "Refunds", "skills": [skill]}))
        .await
        .expect(StatusCode::CREATED);
    let (granted, member) =
        (format!("/api/people/{ada}/skills/{skill}"), format!("/api/queues/{queue}/members/{ada}"));
    admin.put(&granted, &json!({})).await.expect(StatusCode::NO_CONTENT);
    admin.put(&member, &json!({})).await.expect(StatusCode::NO_CONTENT);

    let person = admin.get(&format!("/api/people/{ada}")).await.expect(StatusCode::OK);
    assert_eq!((&person["skills"], &person["queues"]), (&json!([skill]), &json!([queue])));
    assert_eq!((&person["capacity"], &person["enabled"]), (&json!(3), &json!(true)));
    let queues = admin.get("/api/queues").await.expect(StatusCode::OK);
    assert_eq!((&queues[0]["members"], &queues[0]["priority"]), (&json!([ada]), &json!("high")));
    assert_eq!(admin.get("/api/skills").await.expect(StatusCode::OK)[0]["name"], "French");
    assert_eq!(admin.get("/api/groups").await.expect(StatusCode::OK)[0]["name"], "Refunds");

    let body = json!({"name": "Sales team", "skills": [], "priority": "normal"});
    admin.put(&format!("/api/queues/{queue}"), &body).await.expect(StatusCode::NO_CONTENT);
    admin.delete(&member).await.expect(StatusCode::NO_CONTENT);
    admin.delete(&granted).await.expect(StatusCode::NO_CONTENT);
    let queues = admin.get("/api/queues").await.expect(StatusCode::OK);
    assert_eq!((&queues[0]["members"], &queues[0]["name"]), (&json!([]), &json!("Sales team")));
}

#[tokio::test]
async fn a_person_is_refused_with_the_rule_that_is_broken() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let person = |email: &str, password: &str| json!({"name": "Ada", "email": email, "password": password, "role": "agent", "capacity": 3});
    let add = async |body: Value| admin.post("/api/people", &body).await;
    add(person("ada@example.com", "short"))
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, "password_length");
    add(person("ada", "correct horse")).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "email_invalid");
    add(person("ROOT@example.com", "correct horse")).await.refused(StatusCode::CONFLICT, "email_taken");
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await;
    let path = format!("/api/people/{}", admin.id);
    for (role, enabled) in [("agent", true), ("administrator", false)] {
        let body = json!({"name": "Root", "role": role, "enabled": enabled, "capacity": 1});
        admin.client.put(&path, &body).await.refused(StatusCode::CONFLICT, "last_administrator");
    }
    admin.client.get("/api/session").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_key_that_is_repeated_signs_nobody_out_again() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await;
    let ada = app.add_person("Ada", Role::Agent).await;
    let set = async |enabled: bool, key: &str| {
        let settings = json!({"name": "Ada", "role": "agent", "enabled": enabled, "capacity": 4});
        let mut request = admin.client.request(Method::PUT, &format!("/api/people/{ada}"));
        request.headers_mut().unwrap().insert("idempotency-key", key.parse().unwrap());
        let request = request.header(header::CONTENT_TYPE, "application/json");
        let answer = app.send(request.body(Body::from(settings.to_string())).unwrap()).await;
        answer.expect(StatusCode::NO_CONTENT);
    };
    set(false, "key-to-disable").await;
    set(true, "key-to-enable").await;
    let client = app.signed_in(ada);
    let person = Person { id: ada, client };
    app.make_available(&person).await;
    set(false, "key-to-disable").await;
    person.client.get("/api/session").await.expect(StatusCode::OK);
    let desk = person.client.get("/api/desk").await.expect(StatusCode::OK);
    assert_eq!(desk["desk"]["me"]["presence"]["reachable"], json!(true));
}

#[tokio::test]
async fn a_sign_in_that_ended_with_its_person_does_not_come_back_with_them() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await;
    let ada = app.person("Ada", Role::Agent).await;
    for enabled in [false, true] {
        let settings = json!({"name": "Ada", "role": "agent", "enabled": enabled, "capacity": 4});
        let path = format!("/api/people/{}", ada.id);
        admin.client.put(&path, &settings).await.expect(StatusCode::NO_CONTENT);
    }
    ada.client.get("/api/session").await.refused(StatusCode::UNAUTHORIZED, "signed_out");
    let back = Person { id: ada.id, client: app.signed_in(ada.id) };
    back.client.post("/api/desk/heartbeats", &json!({"cursor": ""})).await.expect(StatusCode::NO_CONTENT);
    app.settle().await;
    let desk = back.client.get("/api/desk").await.expect(StatusCode::OK);
    assert_eq!(desk["desk"]["me"]["presence"]["reachable"], json!(true), "a new lease begins");
}
