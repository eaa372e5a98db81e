//! The wall: what a supervisor sees of the work of their teams, and what they do not.

use axum::http::StatusCode;
use baton_shared::{Role, Wall};
use serde_json::json;

use crate::app::{Person, TestApp};
use crate::conversations::{accept, desk};
use crate::streams::{open, rest};

async fn wall(person: &Person<'_>) -> Wall {
    let snapshot = person.client.get("/api/supervisor").await.expect(StatusCode::OK);
    assert!(snapshot["cursor"].is_string() && snapshot["now"].is_string());
    serde_json::from_value(snapshot["wall"].clone()).unwrap()
}

fn customers(wall: &Wall) -> Vec<&str> {
    wall.conversations.values().map(|row| row.customer.as_str()).collect()
}

fn people(wall: &Wall) -> Vec<&str> {
    wall.agents.values().map(|row| row.name.as_str()).collect()
}

#[tokio::test]
async fn a_supervisor_sees_the_work_of_their_teams_and_an_administrator_everything() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (early, late) =
        (app.person("Early", Role::Supervisor).await, app.person("Late", Role::Supervisor).await);
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id, bob.id]).await;
    app.add_queue("Travel", &[bob.id]).await;
    assert_eq!(wall(&early).await, Wall::default(), "whoever leads no team oversees nothing");
    app.add_team("Early", early.id, &[ada.id]).await;
    app.add_team("Late", late.id, &[bob.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    ada.client.put("/api/presence", &json!({"status": "busy"})).await.expect(StatusCode::NO_CONTENT);
    app.customer("Dan", "Hello").await;

    let hers = wall(&early).await;
    assert_eq!((customers(&hers), people(&hers)), (vec!["Carla", "Dan"], vec!["Early", "Ada"]));
    let names: Vec<_> = hers.queues.values().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Support"]);
    let row = hers.conversations.values().next().unwrap();
    assert_eq!((row.owner_name.as_str(), row.queue.as_str(), row.may_take_over), ("Ada", "Support", true));
    let queue = hers.queues.values().next().unwrap();
    assert_eq!((queue.waiting, queue.available, queue.unavailable, queue.offline), (1, 0, 1, 1));
    assert_eq!((queue.recent.entered, queue.recent.accepted, queue.today), (2, 1, queue.recent));
    let agent = hers.agents.get(&ada.id).unwrap();
    assert_eq!((agent.load, agent.capacity, agent.conversations), (1, 4, 1));

    let his = wall(&late).await;
    assert_eq!((customers(&his), people(&his)), (vec!["Dan"], vec!["Late", "Bob"]));
    assert_eq!(his.queues.len(), 2);
    let all = wall(&root).await;
    assert_eq!((all.queues.len(), all.agents.len(), customers(&all)), (2, 5, vec!["Carla", "Dan"]));
    assert_eq!([hers.ownerless, his.ownerless, all.ownerless], [0; 3]);

    let transfer = json!({"target": {"kind": "agent", "id": bob.id}});
    app.make_available(&bob).await;
    let path = format!("/api/conversations/{id}/transfers");
    ada.client.post(&path, &transfer).await.expect(StatusCode::CREATED);
    let hers = wall(&early).await;
    let row = hers.transfers.values().next().unwrap();
    assert_eq!((row.from.as_str(), row.to.as_str(), row.customer.as_str()), ("Ada", "Bob", "Carla"));
    assert!(row.deadline.is_some());
    assert_eq!(wall(&late).await.transfers.len(), 0, "it is hers until he accepts");
}

#[tokio::test]
async fn a_wall_is_told_what_changes_and_nothing_of_others() {
    let app = TestApp::start();
    let (early, late) =
        (app.person("Early", Role::Supervisor).await, app.person("Late", Role::Supervisor).await);
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.add_team("Early", early.id, &[ada.id]).await;
    app.add_team("Late", late.id, &[bob.id]).await;
    let mut streams = Vec::new();
    for lead in [&early, &late] {
        let cursor = lead.client.get("/api/supervisor").await.expect(StatusCode::OK)["cursor"].clone();
        let path = format!("/api/supervisor/events?after={}", cursor.as_str().unwrap());
        streams.push(open(&lead.client, &path).await);
    }
    app.make_available(&ada).await;
    app.customer("Carla", "Hello").await;
    accept(&ada).await;
    app.advance(std::time::Duration::from_secs(2));
    app.app.feed.tick();
    app.settle().await;
    app.app.stop().await;
    let late = rest(streams.pop().unwrap()).await;
    let early = rest(streams.pop().unwrap()).await;
    assert!(
        early.contains("event: wall\n") && early.contains("Carla") && early.contains("\"Ada\""),
        "{early}"
    );
    assert!(!late.contains("Carla") && !late.contains("Ada"), "{late}");
}

#[tokio::test]
async fn a_wall_begins_anew_where_it_cannot_go_on() {
    let app = TestApp::start();
    let lead = app.person("Lead", Role::Supervisor).await;
    let ada = app.person("Ada", Role::Agent).await;
    let unseen = rest(open(&lead.client, "/api/supervisor/events?after=nonsense").await).await;
    assert!(unseen.contains("event: restart\n"), "{unseen}");
    let cursor = lead.client.get("/api/supervisor").await.expect(StatusCode::OK)["cursor"].clone();
    let path = format!("/api/supervisor/events?after={}", cursor.as_str().unwrap());
    let watching = open(&lead.client, &path).await;
    app.add_team("Early", lead.id, &[ada.id]).await;
    let told = rest(watching).await;
    assert!(told.contains("event: restart\n"), "whom they lead has changed: {told}");
    assert_eq!(people(&wall(&lead).await), ["Lead", "Ada"]);
    assert_eq!(desk(&lead).await["me"]["name"], "Lead");
    ada.client.get("/api/supervisor").await.refused(StatusCode::FORBIDDEN, "role_too_low");
    ada.client.get("/api/supervisor/events").await.refused(StatusCode::FORBIDDEN, "role_too_low");
    lead.client.delete("/api/session").await.expect(StatusCode::NO_CONTENT);
    app.anyone().get("/api/supervisor/events").await.refused(StatusCode::UNAUTHORIZED, "signed_out");
}
