//! Transfer groups, from their setting up to a conversation that a member accepts.

use axum::http::StatusCode;
use baton_shared::{Command, GroupId, Level, Role};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::conversations::{accept, desk};

#[tokio::test]
async fn a_supervisor_sets_groups_up_and_removes_them() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let lead = app.person("Lead", Role::Supervisor).await.client;
    let skill = admin.post("/api/skills", &json!({"name": "Refunds"})).await.expect(StatusCode::CREATED);
    let skill = &skill["id"];
    let listed = async || lead.get("/api/groups").await.expect(StatusCode::OK);
    let skills = lead.get("/api/skills").await.expect(StatusCode::OK);
    assert_eq!(skills, json!([{"id": skill, "name": "Refunds"}]));

    let short = json!({"name": "Refunds", "skills": [skill]});
    let id = lead.post("/api/groups", &short).await.expect(StatusCode::CREATED)["id"].clone();
    let with = |name: &str, membership: &str, priority: &str, skills: Value| json!({"name": name, "skills": skills, "membership": membership, "priority": priority});
    let mut view = with("Refunds", "all", "normal", json!([skill]));
    view["id"] = id.clone();
    assert_eq!(listed().await, json!([view]));

    let path = format!("/api/groups/{}", id.as_str().unwrap());
    let changed = with("Returns", "any", "high", json!([]));
    lead.put(&path, &changed).await.expect(StatusCode::NO_CONTENT);
    let mut view = changed;
    view["id"] = id;
    assert_eq!(listed().await, json!([view]));

    let unknown = json!({"name": "Returns", "skills": [format!("skl_{}", "0".repeat(26))]});
    lead.put(&path, &unknown).await.refused(StatusCode::NOT_FOUND, "not_found");
    let nameless = json!({"name": " ", "skills": []});
    lead.put(&path, &nameless).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_empty");
    let nowhere = format!("/api/groups/{}", GroupId::from_bits(0));
    lead.put(&nowhere, &short).await.refused(StatusCode::NOT_FOUND, "not_found");
    lead.delete(&path).await.expect(StatusCode::NO_CONTENT);
    lead.delete(&path).await.refused(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(listed().await, json!([]));
}

#[tokio::test]
async fn a_conversation_passed_to_a_group_goes_to_its_members_alone() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let zoe = app.person("Zoe", Role::Agent).await;
    app.add_queue("Support", &[ada.id, bob.id]).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    app.make_available(&bob).await;
    app.make_available(&zoe).await;
    let admin = app.person("Root", Role::Administrator).await.client;
    let added = async |path: &str, body: &Value| {
        admin.post(path, body).await.expect(StatusCode::CREATED)["id"].as_str().unwrap().to_owned()
    };
    let skill = added("/api/skills", &json!({"name": "Refunds"})).await;
    let group = added("/api/groups", &json!({"name": "Refunds", "skills": [skill]})).await;
    let empty = added("/api/groups", &json!({"name": "Vault", "skills": [skill]})).await;
    let path = |rest: &str| format!("/api/conversations/{id}/{rest}");
    let to = |group: &str| json!({"target": {"kind": "group", "id": group}, "summary": "A refund is late."});
    let nobody = ada.client.post(&path("transfers"), &to(&empty)).await;
    nobody.refused(StatusCode::CONFLICT, "nobody_serves");

    app.system(Command::GrantSkill { agent: zoe.id, skill: skill.parse().unwrap(), level: Level::LEAST })
        .await;
    let targets = ada.client.get(&path("transfer-targets")).await.expect(StatusCode::OK);
    let found = targets["groups"].as_array().unwrap().iter().find(|one| one["id"] == json!(group)).unwrap();
    let expected = json!({
        "id": group, "name": "Refunds", "skills": ["Refunds"], "waiting": 0, "available": 1, "free": 4,
        "why_not": null, "outcome": "Offered at once. You are released at once; undo for 5 s.",
    });
    assert_eq!(*found, expected);

    // As long as she is away it waits in the group's line.
    zoe.client.put("/api/presence", &json!({"status": "away"})).await.expect(StatusCode::NO_CONTENT);
    ada.client.post(&path("transfers"), &to(&group)).await.expect(StatusCode::CREATED);
    let phase = customer.get("/api/chat").await.expect(StatusCode::OK)["chat"]["phase"].clone();
    assert_eq!(phase, json!({"kind": "waiting", "queue": "Refunds", "position": 1, "wait_secs": null}));
    zoe.client.put("/api/presence", &json!({"status": "available"})).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk(&bob).await["offers"], json!({}), "he is no member");
    let offers = desk(&zoe).await["offers"].clone();
    let card = offers.as_object().unwrap().values().next().unwrap();
    assert_eq!(card["transfer"]["summary"], "A refund is late.");
    assert_eq!(accept(&zoe).await, id);
    let view = zoe.client.get(&path("")[..path("").len() - 1]).await.expect(StatusCode::OK);
    let handoff = &view["thread"]["handoffs"][0];
    assert_eq!((&handoff["to"], &handoff["summary"]), (&json!("Refunds"), &json!("A refund is late.")));
}
