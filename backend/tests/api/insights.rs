//! Reports: who may ask, what they count of a real conversation, and as what they come.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use baton_shared::Role;
use serde_json::{Value, json};

use crate::app::{Answer, Client, Person, TestApp};
use crate::conversations::accept;

async fn report(person: &Person<'_>, path: &str) -> Value {
    person.client.get(&format!("/api/insights/{path}")).await.expect(StatusCode::OK)
}

async fn csv(client: &Client<'_>, path: &str) -> Answer {
    let request = client.request(Method::GET, &format!("/api/insights/{path}"));
    let request = request.header(header::ACCEPT, "text/csv, */*;q=0.1");
    client.app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_transfer_is_counted_and_listed_as_soon_as_it_is_asked_for() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (early, late) =
        (app.person("Early", Role::Supervisor).await, app.person("Late", Role::Supervisor).await);
    let (ada, bob) = (app.person("=Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.add_team("Early", early.id, &[ada.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    app.make_available(&bob).await;
    let transfer = json!({"target": {"kind": "agent", "id": bob.id}});
    ada.client
        .post(&format!("/api/conversations/{id}/transfers"), &transfer)
        .await
        .expect(StatusCode::CREATED);

    let open = report(&early, "transfers").await;
    assert_eq!((&open["transfer_segments_total"], &open["transfer_segments_open"]), (&json!(1), &json!(1)));
    assert_eq!(open["lag"], json!({"events": 0, "ms": 0, "stopped": false}));
    accept(&bob).await;
    let done = report(&early, "transfers").await;
    assert_eq!(
        (&done["transfer_segments_successful"], &done["transfer_segments_open"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(done["by_receiver"][0]["thing"]["name"], "Bob");
    assert_eq!(report(&late, "transfers").await["transfer_segments_total"], 0, "she leads no team");

    let listed = report(&root, &format!("transfers/list?conversation={id}&outcome=successful")).await;
    assert_eq!(listed["transfers"].as_array().unwrap().len(), 1);
    assert_eq!(listed["transfers"][0]["sender"]["name"], "=Ada");
    let segments = report(&root, "segments?kind=conversation&limit=1").await;
    let hers = &segments["segments"][0];
    assert_eq!((&hers["transfer_type"], &hers["transferred_segment"]), (&json!("cold"), &json!(true)));
    assert_eq!((&hers["destination_type"], &hers["destination"]), (&json!("agent"), &json!("Bob")));
    assert_eq!((&hers["preceded_by"], &hers["followed_by"]), (&json!("queue"), &json!("transfer_to_agent")));
    assert_eq!(report(&root, "queues").await["all"]["accepted"], 1);
    assert_eq!(report(&early, "agents").await["agents"].as_array().unwrap().len(), 2, "she and Ada");
    assert_eq!(report(&root, "waits?since=creation").await["accepted"], 1);
    assert!(!report(&root, "flows-between").await["flows"].as_array().unwrap().is_empty());
    let trend = report(&root, "trend?from=2026-11-20&to=2026-11-22&zone=Europe/Berlin").await;
    let days: Vec<_> = trend["points"].as_array().unwrap().iter().map(|point| &point["transfers"]).collect();
    assert_eq!(days, [0, 1]);

    let table = csv(&early.client, "transfers?table=by_sender").await;
    assert_eq!(
        (table.status, table.header("content-type")),
        (StatusCode::OK, "text/csv; charset=utf-8; header=present")
    );
    let text = String::from_utf8(table.body.to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "thing_kind,thing_id,thing_name,total,successful,failed,cancelled,open");
    assert_eq!(lines[1], format!("agent,{},'=Ada,1,1,0,0,0", ada.id));
    let figures = String::from_utf8(csv(&early.client, "transfers").await.body.to_vec()).unwrap();
    assert!(figures.starts_with("conversations_with_transfers,transfer_segments_total,"), "{figures}");
    assert!(figures.lines().nth(1).unwrap().starts_with("1,1,1,0,1,0,"), "{figures}");
    let page = csv(&root.client, "segments?limit=1").await;
    assert!(!page.header("baton-next").is_empty());
    assert_eq!(String::from_utf8(page.body.to_vec()).unwrap().lines().count(), 2);
}

#[tokio::test]
async fn a_question_that_makes_no_sense_is_refused() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    for wrong in [
        "transfers?from=yesterday",
        "transfers?table=none",
        "trend?zone=Nowhere",
        "trend?bucket=minute",
        "trend?bucket=hour&from=2020-01-01",
        "waits?since=never",
        "segments?after=there",
        "segments?queue=agt_00000000000000000000000000",
        "segments?colour=blue",
    ] {
        let refused = root.client.get(&format!("/api/insights/{wrong}")).await;
        refused.refused(StatusCode::BAD_REQUEST, "query_invalid");
    }
    let unknown = report(&root, "segments?queue=que_00000000000000000000000000").await;
    assert_eq!(unknown["segments"], json!([]));
}
