//! Setting up people, queues, skills and groups.

use axum::http::StatusCode;
use baton_shared::Role;
use serde_json::{Value, json};

use crate::app::TestApp;

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
