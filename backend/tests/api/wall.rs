//! The wall: what a supervisor sees of the work of their teams, and what they do not.

use std::time::Duration;

use axum::http::StatusCode;
use baton_shared::{Role, Wall};
use serde_json::json;

use crate::app::{Person, TestApp};
use crate::conversations::{accept, desk};
use crate::streams::{open, rest};

/// What a webhook would be signed with.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

async fn wall(person: &Person<'_>) -> Wall {
    counted(person, "").await
}

/// Returns the wall of a person, counted as some parameters say.
async fn counted(person: &Person<'_>, query: &str) -> Wall {
    let path = format!("/api/supervisor?{query}");
    let snapshot = person.client.get(&path).await.expect(StatusCode::OK);
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
    let his = wall(&late).await;
    assert_eq!(his.transfers.len(), 0, "it is hers until he accepts");
    let agent = his.agents.get(&bob.id).unwrap();
    assert_eq!((agent.load, agent.conversations, agent.offers), (2, 0, 2), "both ring with him");
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
    app.advance(Duration::from_secs(2));
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
async fn a_wall_that_is_opened_again_is_told_that_what_it_shows_has_gone() {
    let app = TestApp::start();
    let lead = app.person("Lead", Role::Administrator).await;
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    assert!(customers(&wall(&lead).await).is_empty());
    app.customer("Dan", "First").await;
    app.app.feed.tick();
    app.settle().await;
    // It comes after what changed was told last, and goes before it is told again.
    let (carla, _) = app.customer("Carla", "Hello").await;
    let snapshot = lead.client.get("/api/supervisor").await.expect(StatusCode::OK);
    let shown: Wall = serde_json::from_value(snapshot["wall"].clone()).unwrap();
    assert!(customers(&shown).contains(&"Carla"));
    let path = format!("/api/supervisor/events?after={}", snapshot["cursor"].as_str().unwrap());
    let watching = open(&lead.client, &path).await;
    carla.post("/api/chat/closure", &json!({})).await.expect(StatusCode::NO_CONTENT);
    app.advance(Duration::from_secs(2));
    app.app.feed.tick();
    app.settle().await;
    assert_eq!(customers(&wall(&lead).await), ["Dan"]);
    app.app.stop().await;
    let told = rest(watching).await;
    assert!(told.contains("conversation_hidden"), "{told}");
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

#[tokio::test]
async fn what_agents_had_and_filed_is_counted_of_its_queue_and_of_all() {
    let app = TestApp::start();
    let lead = app.person("Lead", Role::Administrator).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let support = app.add_queue("Support", &[ada.id, bob.id]).await;
    let travel = app.add_queue("Travel", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    // Ada or Bob has it for 30 s after 5 s of waiting, and files it for 8 s; it is of the first queue.
    app.customer("Carla", "Hello").await;
    app.advance(Duration::from_secs(5));
    let hers = desk(&ada).await["offers"].as_object().is_some_and(|offers| !offers.is_empty());
    let owner = if hers { &ada } else { &bob };
    let id = accept(owner).await;
    app.advance(Duration::from_secs(30));
    let closure = json!({"disposition": null, "notes": null});
    let path = format!("/api/conversations/{id}/closure");
    owner.client.post(&path, &closure).await.expect(StatusCode::NO_CONTENT);
    let unfiled = wall(&lead).await.all_queues.today;
    assert_eq!((unfiled.completed, unfiled.talk_ms, unfiled.filed), (1, 30_000, 0));
    app.advance(Duration::from_secs(8));
    let cards = desk(owner).await["wrap_ups"].clone();
    let segment = cards.as_object().unwrap().keys().next().unwrap().clone();
    let filing = json!({"disposition": "resolved", "notes": null});
    let path = format!("/api/wrap-ups/{segment}/completion");
    owner.client.post(&path, &filing).await.expect(StatusCode::NO_CONTENT);

    let shown = wall(&lead).await;
    let today = shown.queues.get(&support).unwrap().today;
    let times = [today.answer_speed(), today.talk_time(), today.wrap_up_time(), today.handle_time()];
    assert_eq!(times, [5, 30, 8, 38].map(|secs| Some(Duration::from_secs(secs))));
    assert_eq!((today.completed, today.level_counted), (1, 0), "no target is set");
    assert_eq!(shown.queues.get(&travel).unwrap().today, Default::default());
    let all = shown.all_queues;
    assert_eq!((all.today, all.recent), (today, today));
    // Ada serves both queues, and is one person.
    assert_eq!(all.available, 2);
    let available: Vec<u32> = shown.queues.values().map(|row| row.available).collect();
    assert_eq!(available.iter().sum::<u32>(), 3);

    // A target of one's own, and who leaves sooner.
    let strict = counted(&lead, "target_secs=4").await.all_queues.today;
    assert_eq!((strict.in_target, strict.level_counted), (0, 1));
    let mild = counted(&lead, "target_secs=5").await.all_queues.today;
    assert_eq!(mild.service_level(), Some(100));
    // A wall that begins to be watched now is made of rows alone, and says the same.
    let lead = lead.id;
    let app = app.started_again(Duration::from_secs(1)).await;
    let again = app.signed_in(lead).get("/api/supervisor").await.expect(StatusCode::OK);
    assert_eq!(serde_json::from_value::<Wall>(again["wall"].clone()).unwrap().all_queues.today, today);
}

#[tokio::test]
async fn a_day_begins_when_and_where_its_supervisor_says() {
    // It is 08:15:30 in UTC.
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    app.add_queue("Support", &[]).await;
    app.customer("Carla", "Hello").await;
    app.advance(Duration::from_secs(60 * 60));
    app.customer("Dan", "Hello").await;
    for (query, entered) in [
        ("", 2),
        ("zone=Europe/Madrid", 2),
        ("day_begins=09:00", 1),
        ("day_begins=09:00&zone=Europe%2FMadrid", 2),
        ("day_begins=10:10&zone=Europe/Madrid", 1),
        ("day_begins=09:20", 2),
    ] {
        let shown = counted(&root, query).await;
        assert_eq!(
            (shown.all_queues.today.entered, shown.all_queues.recent.entered),
            (entered, 1),
            "{query}"
        );
    }
    for wrong in [
        "zone=Mars/Olympus",
        "day_begins=25:00",
        "day_begins=noon",
        "target_secs=0",
        "target_secs=86401",
        "short_secs=86401",
        "short_secs=-1",
        "day=today",
    ] {
        for path in [format!("/api/supervisor?{wrong}"), format!("/api/supervisor/events?{wrong}")] {
            root.client.get(&path).await.refused(StatusCode::BAD_REQUEST, "query_invalid");
        }
    }
}

#[tokio::test]
async fn a_wall_begins_anew_when_its_day_does_and_others_go_on() {
    // It is 08:15:30 in UTC, and the day of the first begins at 08:16.
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    app.add_queue("Support", &[]).await;
    app.customer("Carla", "Hello").await;
    let mut streams = Vec::new();
    for query in ["day_begins=08:16", "day_begins=08:17"] {
        let path = format!("/api/supervisor?{query}");
        let snapshot = root.client.get(&path).await.expect(StatusCode::OK);
        assert_eq!(snapshot["wall"]["all_queues"]["today"]["entered"], 1);
        let path = format!("/api/supervisor/events?after={}&{query}", snapshot["cursor"].as_str().unwrap());
        streams.push(open(&root.client, &path).await);
    }
    app.advance(Duration::from_secs(31));
    app.app.feed.tick();
    let later = streams.pop().unwrap();
    let told = rest(streams.pop().unwrap()).await;
    assert!(told.contains("event: restart\n"), "{told}");
    assert_eq!(counted(&root, "day_begins=08:16").await.all_queues.today.entered, 0);
    assert_eq!(counted(&root, "day_begins=08:17").await.all_queues.today.entered, 1);
    app.app.stop().await;
    let told = rest(later).await;
    assert!(!told.contains("event: restart\n") && told.contains("event: stopping\n"), "{told}");
}

#[tokio::test]
async fn a_wall_hears_that_something_became_of_a_scheduled_report() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let cursor = root.client.get("/api/supervisor").await.expect(StatusCode::OK)["cursor"].clone();
    let path = format!("/api/supervisor/events?after={}", cursor.as_str().unwrap());
    let watching = open(&root.client, &path).await;
    let addresses = json!({"kind": "webhook", "url": "https://reports.invalid/", "secret": SECRET});
    let schedule = json!({
        "name": "Daily queues", "report": "queues", "filters": {}, "period": "yesterday", "zone": "UTC",
        "days": {"kind": "day"}, "minute": 480, "form": "json", "target": addresses,
    });
    let added = root.client.post("/api/insights/schedules", &schedule).await.expect(StatusCode::CREATED);
    let told = rest(watching).await;
    assert!(told.contains("event: restart\n"), "what is scheduled changed: {told}");
    let cursor = root.client.get("/api/supervisor").await.expect(StatusCode::OK)["cursor"].clone();
    let path = format!("/api/supervisor/events?after={}", cursor.as_str().unwrap());
    let watching = open(&root.client, &path).await;
    let sending = format!("/api/insights/schedules/{}/sending", added["id"].as_str().unwrap());
    let sent = root.client.post(&sending, &json!({})).await.expect(StatusCode::OK);
    assert_eq!(sent["outcome"]["kind"], "failed");
    app.app.stop().await;
    let told = rest(watching).await;
    assert!(told.contains("event: schedules\ndata: {}\n"), "{told}");
}
