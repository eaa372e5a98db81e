//! Transfer groups, from their setting up to a conversation that a member accepts.

use axum::http::StatusCode;
use baton_shared::{Command, GroupId, Level, Role, TeamId};
use serde_json::{Value, json};

use crate::app::{Answer, Person, TestApp};
use crate::conversations::{accept, desk};

#[tokio::test]
async fn a_supervisor_sets_the_groups_of_their_teams_up_and_removes_them() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let lead = app.person("Lead", Role::Supervisor).await;
    let team = app.add_team("Early", lead.id, &[]).await;
    let lead = lead.client;
    let skill = admin.post("/api/skills", &json!({"name": "Refunds"})).await.expect(StatusCode::CREATED);
    let skill = &skill["id"];
    let listed = async || lead.get("/api/groups").await.expect(StatusCode::OK);
    let skills = lead.get("/api/skills").await.expect(StatusCode::OK);
    assert_eq!(skills, json!([{"id": skill, "name": "Refunds"}]));
    let teams = lead.get("/api/teams").await.expect(StatusCode::OK);
    assert_eq!(teams[0]["id"], json!(team));

    let short = json!({"name": "Refunds", "skills": [skill], "team": team});
    let id = lead.post("/api/groups", &short).await.expect(StatusCode::CREATED)["id"].clone();
    let with = |name: &str, membership: &str, priority: &str, skills: Value| json!({"name": name, "skills": skills, "membership": membership, "priority": priority, "team": team});
    let mut view = with("Refunds", "all", "normal", json!([skill]));
    view["id"] = id.clone();
    assert_eq!(listed().await, json!([view]));

    let path = format!("/api/groups/{}", id.as_str().unwrap());
    let changed = with("Returns", "any", "high", json!([]));
    lead.put(&path, &changed).await.expect(StatusCode::NO_CONTENT);
    let mut view = changed;
    view["id"] = id;
    assert_eq!(listed().await, json!([view]));

    let unknown = json!({"name": "Returns", "skills": [format!("skl_{}", "0".repeat(26))], "team": team});
    lead.put(&path, &unknown).await.refused(StatusCode::NOT_FOUND, "not_found");
    let nameless = json!({"name": " ", "skills": [], "team": team});
    lead.put(&path, &nameless).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_empty");
    let nowhere = format!("/api/groups/{}", GroupId::from_bits(0));
    lead.put(&nowhere, &short).await.refused(StatusCode::NOT_FOUND, "not_found");
    lead.delete(&path).await.expect(StatusCode::NO_CONTENT);
    lead.delete(&path).await.refused(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(listed().await, json!([]));
}

#[tokio::test]
async fn a_supervisor_defines_no_groups_but_those_of_their_teams_and_the_history_says_who_did() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (early, late) =
        (app.person("Early", Role::Supervisor).await, app.person("Late", Role::Supervisor).await);
    let (ours, theirs) =
        (app.add_team("Early", early.id, &[]).await, app.add_team("Late", late.id, &[]).await);
    let group = |name: &str, team: Option<TeamId>| json!({"name": name, "skills": [], "team": team});
    let outside = |answer: Answer| drop(answer.refused(StatusCode::FORBIDDEN, "outside_teams"));
    outside(early.client.post("/api/groups", &group("All", None)).await);
    outside(early.client.post("/api/groups", &group("Theirs", Some(theirs))).await);
    let nowhere = group("Nobody's", Some(TeamId::from_bits(0)));
    early.client.post("/api/groups", &nowhere).await.refused(StatusCode::NOT_FOUND, "not_found");
    let added = async |person: &Person<'_>, body: Value| {
        let id = person.client.post("/api/groups", &body).await.expect(StatusCode::CREATED)["id"].clone();
        format!("/api/groups/{}", id.as_str().unwrap())
    };
    let everyone = added(&root, group("All", None)).await;
    let own = added(&early, group("Ours", Some(ours))).await;
    outside(early.client.put(&everyone, &group("All", Some(ours))).await);
    outside(early.client.delete(&everyone).await);
    outside(late.client.put(&own, &group("Ours", Some(theirs))).await);
    outside(late.client.delete(&own).await);
    outside(early.client.put(&own, &group("Ours", Some(theirs))).await);
    early.client.put(&own, &group("Our own", Some(ours))).await.expect(StatusCode::NO_CONTENT);

    let team = format!("/api/teams/{ours}");
    root.client.delete(&team).await.refused(StatusCode::CONFLICT, "team_has_groups");
    early.client.delete(&own).await.expect(StatusCode::NO_CONTENT);
    root.client.delete(&team).await.expect(StatusCode::NO_CONTENT);

    let history = root.client.get("/api/transfer-policy/history").await.expect(StatusCode::OK);
    let told = |change: &Value| {
        (change["by"].clone(), change["setup"]["done"].clone(), change["setup"]["name"].clone())
    };
    let told: Vec<_> = history.as_array().unwrap().iter().map(told).collect();
    let expected = [
        ("Early", "removed", "Our own"),
        ("Early", "changed", "Our own"),
        ("Early", "added", "Our own"),
        ("Root", "added", "All"),
    ];
    assert_eq!(told, expected.map(|(by, done, name)| (json!(by), json!(done), json!(name))));
}

#[tokio::test]
async fn only_agents_of_its_team_belong_to_a_teams_group() {
    let app = TestApp::start();
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let zoe = app.person("Zoe", Role::Agent).await;
    let lead = app.person("Lead", Role::Supervisor).await;
    app.add_queue("Support", &[ada.id]).await;
    let team = app.add_team("Early", lead.id, &[bob.id]).await;
    let body = json!({"name": "Ours", "skills": [], "team": team});
    let group = lead.client.post("/api/groups", &body).await.expect(StatusCode::CREATED)["id"].clone();
    app.make_available(&ada).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    app.make_available(&bob).await;
    app.make_available(&zoe).await;
    let transfer = json!({"target": {"kind": "group", "id": group}});
    let path = format!("/api/conversations/{id}/transfers");
    ada.client.post(&path, &transfer).await.expect(StatusCode::CREATED);
    let offers = async |person: &Person<'_>| desk(person).await["offers"].as_object().unwrap().len();
    assert_eq!((offers(&bob).await, offers(&zoe).await), (1, 0), "she is of no team");

    // Who leaves the team loses the offer, and who comes is asked.
    let other = Command::ChangeTeam {
        team,
        name: "Early".to_owned(),
        agents: [zoe.id].into(),
        supervisors: [lead.id].into(),
    };
    app.system(other).await;
    assert_eq!((offers(&bob).await, offers(&zoe).await), (0, 1));
    assert_eq!(accept(&zoe).await, id);
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
        "why_not": null,
        "outcome": "Offered at once; returns to you after 60 s. You are released at once; undo for 5 s.",
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
