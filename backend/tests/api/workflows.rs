//! Workflows, from their setting up and their dry run to the conversations that go through them.

use std::time::Duration;

use axum::http::StatusCode;
use baton_shared::{AgentId, Command, QueueId, Role, SkillId};
use serde_json::{Value, json};

use crate::app::{Client, Person, TestApp};
use crate::conversations::{accept, desk};

/// A queue of gold customers and one for everyone else.
struct Centre<'a> {
    admin: Client<'a>,
    gold: QueueId,
    everyone: QueueId,
}

async fn centre<'a>(app: &'a TestApp, gold: &[AgentId], everyone: &[AgentId]) -> Centre<'a> {
    let admin = app.person("Root", Role::Administrator).await.client;
    let gold = app.add_queue("Gold", gold).await;
    let everyone = app.add_queue("Support", everyone).await;
    Centre { admin, gold, everyone }
}

impl Centre<'_> {
    fn workflow(&self, entrance: Option<&str>) -> Value {
        json!({
            "name": "By tier",
            "entrance": entrance,
            "filters": [{
                "name": "Gold",
                "when": "attributes.tier == \"gold\"",
                "steps": [
                    {"queue": self.gold, "timeout_secs": 30, "priority": "high"},
                    {"queue": self.everyone},
                ],
            }],
            "default": [],
            "fallback": self.everyone,
        })
    }

    async fn add(&self, workflow: &Value) -> String {
        let added = self.admin.post("/api/workflows", workflow).await.expect(StatusCode::CREATED);
        added["id"].as_str().unwrap().to_owned()
    }

    async fn dry_run(&self, id: &str, body: &Value) -> Value {
        self.admin.post(&format!("/api/workflows/{id}/dry-run"), body).await.expect(StatusCode::OK)
    }
}

async fn offers(person: &Person<'_>) -> usize {
    desk(person).await["offers"].as_object().unwrap().len()
}

async fn chat(app: &TestApp, attributes: Value) {
    let body = json!({"name": "Carla", "text": "Hello", "attributes": attributes});
    app.anyone().post("/api/chat", &body).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn an_administrator_sets_workflows_up_and_removes_them() {
    let app = TestApp::start();
    let centre = centre(&app, &[], &[]).await;
    let lead = app.person("Lead", Role::Supervisor).await.client;
    lead.get("/api/workflows").await.refused(StatusCode::FORBIDDEN, "role_too_low");
    let id = centre.add(&centre.workflow(Some("web_chat"))).await;
    let path = format!("/api/workflows/{id}");
    let shown = centre.admin.get(&path).await.expect(StatusCode::OK);
    assert_eq!((&shown["name"], &shown["filters"][0]["name"]), (&json!("By tier"), &json!("Gold")));
    assert_eq!(shown["filters"][0]["when"], "attributes.tier == \"gold\"");
    assert_eq!(shown["entrance"], "web_chat");

    // Conversations begin in one place only: another entrance takes over.
    let other = centre.add(&centre.workflow(Some("web_chat"))).await;
    let entrances = centre.admin.get("/api/workflows").await.expect(StatusCode::OK);
    let entrance_of = |id: &str| {
        let found = entrances.as_array().unwrap().iter().find(|view| view["id"] == json!(id));
        found.unwrap()["entrance"].clone()
    };
    assert_eq!((entrance_of(&id), entrance_of(&other)), (Value::Null, json!("web_chat")));

    let mut changed = centre.workflow(None);
    changed["name"] = json!("Renamed");
    centre.admin.put(&path, &changed).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(centre.admin.get(&path).await.expect(StatusCode::OK)["name"], "Renamed");
    centre.admin.delete(&path).await.expect(StatusCode::NO_CONTENT);
    centre.admin.get(&path).await.refused(StatusCode::NOT_FOUND, "not_found");
    centre.admin.put(&path, &changed).await.refused(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_with_its_place() {
    let app = TestApp::start();
    let centre = centre(&app, &[], &[]).await;
    let refused = async |change: &dyn Fn(&mut Value)| {
        let mut workflow = centre.workflow(None);
        change(&mut workflow);
        let answer = centre.admin.post("/api/workflows", &workflow).await;
        answer.refused(StatusCode::UNPROCESSABLE_ENTITY, "workflow_unusable")
    };
    let said = refused(&|workflow| workflow["filters"][0]["when"] = json!("tier == 'gold'")).await;
    assert!(said.starts_with("Filter 1 (Gold): Line 1, column 1: nothing is called `tier`"), "{said}");
    let said = refused(&|workflow| workflow["filters"][0]["steps"][0]["timeout_secs"] = Value::Null).await;
    assert!(said.starts_with("Filter 1 (Gold), step 1: Give it a time"), "{said}");
    let skip = json!({"kind": "when", "expression": "hour >"});
    let said = refused(&|workflow| workflow["filters"][0]["steps"][1]["skip_if"] = skip.clone()).await;
    assert!(said.starts_with("Filter 1 (Gold), step 2: Line 1, column"), "{said}");
    let mut nowhere = centre.workflow(None);
    nowhere["fallback"] = json!(QueueId::from_bits(0));
    centre.admin.post("/api/workflows", &nowhere).await.refused(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn new_conversations_begin_in_the_entrance_and_go_on_when_a_step_is_over() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let centre = centre(&app, &[ada.id], &[bob.id]).await;
    centre.add(&centre.workflow(Some("web_chat"))).await;
    app.make_available(&bob).await;
    chat(&app, json!({"tier": "silver"})).await;
    assert_eq!(offers(&bob).await, 1, "what matches nothing goes to the fallback queue at once");
    accept(&bob).await;

    chat(&app, json!({"tier": "gold"})).await;
    assert_eq!(offers(&bob).await, 0, "the first step asks the gold queue alone");
    app.advance(Duration::from_secs(29));
    assert_eq!(offers(&bob).await, 0);
    app.advance(Duration::from_secs(2));
    app.make_available(&bob).await;
    assert_eq!(offers(&bob).await, 1, "then everyone");
    drop(ada);
}

#[tokio::test]
async fn a_conversation_is_passed_on_to_a_workflow() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let centre = centre(&app, &[bob.id], &[ada.id]).await;
    let id = centre.add(&centre.workflow(None)).await;
    app.make_available(&ada).await;
    let body = json!({"name": "Carla", "text": "Hello", "attributes": {"tier": "gold"}});
    app.system(Command::ChangeQueue {
        queue: centre.everyone,
        name: "A".to_owned(),
        skills: [].into(),
        priority: Default::default(),
        rules: None,
    })
    .await;
    app.anyone().post("/api/chat", &body).await.expect(StatusCode::CREATED);
    let conversation = accept(&ada).await;
    app.make_available(&bob).await;
    let path = |rest: &str| format!("/api/conversations/{conversation}/{rest}");
    let targets = ada.client.get(&path("transfer-targets")).await.expect(StatusCode::OK);
    let expected = json!([{
        "id": id, "name": "By tier", "goes_to": "Gold", "why_not": null,
        "outcome": "Goes to Gold. Offered at once. You are released at once; undo for 5 s.",
    }]);
    assert_eq!(targets["workflows"], expected);
    let target = json!({"kind": "workflow", "id": id});
    let warm = ada.client.post(&path("transfers"), &json!({"target": target, "mode": "warm"})).await;
    warm.refused(StatusCode::CONFLICT, "not_one_place");
    ada.client.post(&path("transfers"), &json!({"target": target})).await.expect(StatusCode::CREATED);
    assert_eq!(accept(&bob).await, conversation);
}

#[tokio::test]
async fn a_dry_run_says_what_matches_who_is_asked_and_what_never_can() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let centre = centre(&app, &[ada.id], &[ada.id, bob.id]).await;
    app.make_available(&bob).await;
    let skill = centre.admin.post("/api/skills", &json!({"name": "Dutch"})).await.expect(StatusCode::CREATED);
    let dutch: SkillId = skill["id"].as_str().unwrap().parse().unwrap();
    let step = |queue: QueueId| json!({"queue": queue});
    let workflow = json!({
        "name": "By tier",
        "filters": [
            {"name": "Fax", "when": "channel == 'fax'", "steps": [step(centre.gold)]},
            {"name": "Gold", "when": "attributes.tier == 'gold'", "steps": [
                {"queue": centre.gold, "timeout_secs": 10, "skip_if": {"kind": "nobody_available"}},
                {"queue": centre.everyone, "timeout_secs": 20, "known_agent": {"kind": "attribute", "name": "agent"}},
                {"queue": centre.everyone},
            ]},
            {"name": "All", "when": "true", "steps": [{"queue": centre.everyone, "skills": [{"skill": dutch}]}]},
            {"name": "Late", "when": "attributes.tier == 'late'", "steps": []},
        ],
        "fallback": centre.everyone,
    });
    let id = centre.add(&workflow).await;
    let known = json!({"attributes": {"tier": "gold", "agent": bob.id}});
    let trial = centre.dry_run(&id, &known).await;
    let matched: Vec<&Value> =
        trial["filters"].as_array().unwrap().iter().map(|filter| &filter["matched"]).collect();
    assert_eq!(matched, [&json!(false), &json!(true), &Value::Null, &Value::Null]);
    assert_eq!(
        (&trial["filter"], &trial["outcome"]),
        (&json!(2), &json!("Filter 2 (Gold), step 2: goes to Support."))
    );
    let steps = trial["steps"].as_array().unwrap();
    let begins: Vec<&Value> = steps.iter().map(|step| &step["begins"]).collect();
    assert_eq!(begins, [&json!(false), &json!(true), &json!(false)]);
    assert_eq!(steps[0]["why"], "Passed over as long as nobody whom it asks is free.");
    assert_eq!(steps[1]["eligible"], json!([{"id": bob.id, "name": "Bob", "why_not": null}]));
    let why_not = |step: &Value, name: &str| {
        let others = step["others"].as_array().unwrap();
        others.iter().find(|person| person["name"] == json!(name)).unwrap()["why_not"].clone()
    };
    assert_eq!(why_not(&steps[0], "Bob"), "Does not belong to the queue.");
    assert_eq!(why_not(&steps[1], "Ada"), "The step asks someone else alone.");
    let warnings: Vec<&str> =
        trial["warnings"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let expected = [
        "Filter 1 (Fax) never matches: no channel is called `fax`.",
        "Filter 4 (Late) is never asked: Filter 3 (All) always matches.",
        "Filter 3 (All), step 1: nobody belongs to Support who can do what it asks.",
    ];
    assert_eq!(warnings, expected);

    let unknown = centre.dry_run(&id, &json!({"attributes": {}})).await;
    assert_eq!(unknown["filter"], 3);
    assert_eq!(unknown["filters"][1]["why"], "There is no attribute `tier`. That counts as not true.");
    assert_eq!(why_not(&unknown["steps"][0], "Bob"), "Lacks Dutch.");
    let nobody = json!({"conversation": format!("cnv_{}", "0".repeat(26))});
    let path = format!("/api/workflows/{id}/dry-run");
    centre.admin.post(&path, &nobody).await.refused(StatusCode::NOT_FOUND, "not_found");
}
