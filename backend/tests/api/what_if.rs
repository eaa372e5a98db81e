//! Past days, played again: for whom, what is refused, and that nothing of the running server changes.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use baton::routing::RoutingState;
use baton_shared::{QueueId, Role};
use serde_json::{Value, json};

use crate::app::{Client, Person, TestApp};
use crate::conversations::accept;

const ADDRESS: &str = "/api/insights/what-if";

/// The days around the clock's beginning.
fn days(change: &Value) -> Value {
    json!({"from": "2026-11-21", "to": "2026-11-22", "change": change})
}

/// What stands beside a wish for one more person.
fn one_more() -> Value {
    json!({"staffing": [{"people": 1}]})
}

/// Ada has room for four in Support; Carla is answered at once, and ends after a minute.
async fn a_day(app: &TestApp) -> (Person<'_>, QueueId) {
    let ada = app.person("Ada", Role::Agent).await;
    let support = app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    app.advance(Duration::from_secs(30));
    ada.client.put("/api/presence", &json!({"status": "available"})).await;
    let path = format!("/api/conversations/{id}/closure");
    ada.client.post(&path, &json!({"disposition": "resolved"})).await.expect(StatusCode::NO_CONTENT);
    (ada, support)
}

async fn played(client: &Client<'_>, change: &Value) -> Value {
    client.post(ADDRESS, &days(change)).await.expect(StatusCode::OK)
}

fn names(report: &Value) -> Vec<&str> {
    report["queues"].as_array().unwrap().iter().map(|line| line["queue"]["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn days_are_played_as_they_were_and_with_one_person_more() {
    let app = TestApp::start();
    a_day(&app).await;
    let root = app.person("Root", Role::Administrator).await;
    let before = state(&app).await;
    let report = played(&root.client, &one_more()).await;
    for column in ["recorded", "as_it_was", "what_if"] {
        let figures = &report["all"][column];
        assert_eq!(
            (&figures["conversations"], &figures["accepted"]),
            (&json!(1), &json!(1)),
            "{column}: {figures}"
        );
    }
    assert_eq!(report["all"]["what_if"]["people"], 2);
    assert_eq!((&report["seed"], &report["changes"][0]), (&json!(1), &json!("1 person more everywhere.")));
    assert_eq!(names(&report), ["Support"]);
    assert!(report["assumptions"].as_array().unwrap().len() > 5);
    assert_eq!(report, played(&root.client, &one_more()).await, "the same seed gives the same answer");
    assert_eq!(before, state(&app).await, "nothing of the running server changed");
}

/// Returns the log's end and the state, as it stands in memory and in rows.
async fn state(app: &TestApp) -> (u64, Vec<u8>, Vec<u8>) {
    let rows = RoutingState::from_open_work(app.app.store.load().unwrap().work).canonical();
    app.app.dispatcher.look(move |state, _| (state.position, state.canonical(), rows)).await.unwrap()
}

#[tokio::test]
async fn a_supervisor_sees_the_queues_of_their_teams_and_changes_only_their_staffing() {
    let app = TestApp::start();
    let (ada, support) = a_day(&app).await;
    let bob = app.person("Bob", Role::Agent).await;
    let travel = app.add_queue("Travel", &[bob.id]).await;
    let lead = app.person("Lead", Role::Supervisor).await;
    let idle = app.person("Idle", Role::Supervisor).await;
    let team = app.add_team("Late", lead.id, &[bob.id]).await;
    let other = app.add_team("Early", idle.id, &[]).await;

    let hers = played(&lead.client, &json!({})).await;
    assert_eq!((names(&hers), &hers["all"]["recorded"]["conversations"]), (vec![], &json!(0)));
    app.system(baton_shared::Command::AddMember { queue: support, agent: bob.id }).await;
    let hers = played(&lead.client, &json!({"staffing": [{"queue": support, "percent": 100}]})).await;
    assert_eq!((names(&hers), &hers["all"]["recorded"]["conversations"]), (vec!["Support"], &json!(1)));
    assert_eq!(hers["changes"], json!(["1 person more in Support."]));

    let unseen = [json!({"queue": travel, "people": 1}), json!({"team": other, "people": 1})];
    for staffing in &unseen {
        let change = json!({"staffing": [staffing]});
        let refused = idle.client.post(ADDRESS, &days(&change)).await;
        let allowed = staffing["team"].is_string();
        assert_eq!(refused.status == StatusCode::NOT_FOUND, !allowed, "{staffing}: {}", refused.status);
        let refused = lead.client.post(ADDRESS, &days(&change)).await;
        assert_eq!(refused.status == StatusCode::NOT_FOUND, allowed, "{staffing}: {}", refused.status);
    }
    let nobody = json!({"staffing": [{"team": team, "people": 1}]});
    let sentence = lead
        .client
        .post(ADDRESS, &days(&nobody))
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, "what_if_invalid");
    assert!(sentence.contains("Nobody in the team Late was there"), "{sentence}");
    let mut of_support = days(&json!({}));
    of_support["queue"] = json!(support);
    idle.client.post(ADDRESS, &of_support).await.refused(StatusCode::NOT_FOUND, "not_found");
    ada.client.post(ADDRESS, &days(&json!({}))).await.refused(StatusCode::FORBIDDEN, "role_too_low");
}

#[tokio::test]
async fn what_cannot_be_played_is_refused_with_what_to_do() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let refused = |body: Value| {
        let client = root.client.clone();
        async move { client.post(ADDRESS, &body).await }
    };
    let backwards = json!({"from": "2026-11-22", "to": "2026-11-21"});
    refused(backwards).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "what_if_invalid");
    let no_day = json!({"from": "soon", "to": "2026-11-21"});
    refused(no_day).await.refused(StatusCode::BAD_REQUEST, "query_invalid");
    let switches = days(&json!({"switches": {"offers_at_once": 0}}));
    let sentence = refused(switches).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "what_if_invalid");
    assert_eq!(sentence, "Offer to 1 to 50 people at once.");
    let unknown = days(&json!({"switches": {"wings": true}}));
    refused(unknown).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "unknown_field");

    let busy = app.app.stage.enter();
    assert!(busy.is_some());
    let again = refused(days(&json!({}))).await;
    again.refused(StatusCode::TOO_MANY_REQUESTS, "what_if_running");
    assert_eq!(again.header("retry-after"), "10");
    drop(busy);
    refused(days(&json!({}))).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn the_figures_come_as_a_table_too() {
    let app = TestApp::start();
    a_day(&app).await;
    let root = app.person("Root", Role::Administrator).await;
    let request = root.client.request(Method::POST, ADDRESS).header(header::ACCEPT, "text/csv");
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let answer = app.send(request.body(Body::from(days(&one_more()).to_string())).unwrap()).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (StatusCode::OK, "text/csv; charset=utf-8; header=present")
    );
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let lines: Vec<Vec<&str>> = text.trim_end().split("\r\n").map(|line| line.split(',').collect()).collect();
    let column = |name: &str| lines[0].iter().position(|head| *head == name).unwrap();
    assert_eq!(lines.len(), 3, "the names, all, and one queue: {text}");
    assert_eq!((lines[1][column("queue_name")], lines[2][column("queue_name")]), ("", "Support"));
    assert_eq!((lines[1][column("recorded_people")], lines[1][column("what_if_people")]), ("1", "2"));
}
