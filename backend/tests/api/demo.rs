//! What a demo begins with.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use baton::app::verify;
use baton::config::DEMO_CHAT_QUEUE;
use baton::demo;
use baton_shared::{Role, Status};
use serde_json::json;

use crate::app::TestApp;

fn demo_app() -> TestApp {
    TestApp::configured(|config| {
        config.demo = true;
        config.chat_queue = Some(DEMO_CHAT_QUEUE.to_owned());
    })
}

#[tokio::test]
async fn a_demo_is_a_working_contact_centre_with_a_past_and_nobody_at_work() {
    let app = demo_app();
    demo::fill(&app.app).await.unwrap();
    let reading = app.app.store.read().unwrap();
    let people = reading.people().unwrap();
    let emails: BTreeSet<_> = people.iter().map(|person| person.email.clone()).collect();
    let agents = (1..=6).map(|number| format!("agent-{number}@demo.example"));
    let others = ["supervisor@demo.example", "admin@demo.example"].map(str::to_owned);
    assert_eq!(emails, agents.chain(others).collect());
    for person in &people {
        assert_eq!(
            (person.presence.status, person.presence.reachable),
            (Status::Offline, false),
            "{}",
            person.name
        );
        let (capacity, queues) = if person.role == Role::Agent { (4, 3) } else { (0, 0) };
        assert_eq!(person.capacity, capacity, "{}", person.name);
        assert_eq!(person.queues.len(), queues, "{}", person.name);
    }
    let queues = reading.queues().unwrap();
    let names: Vec<_> = queues.iter().map(|queue| queue.name.as_str()).collect();
    assert_eq!(names, ["Billing", "Sales", "Technical support"]);
    for queue in &queues {
        let agents = people.iter().filter(|person| person.role == Role::Agent);
        assert!(agents.clone().all(|agent| agent.skills.meet(&queue.skills)), "{}", queue.name);
        assert!(queue.rules.target.is_some(), "{}", queue.name);
        assert_eq!(queue.members, agents.map(|agent| agent.id).collect(), "{}", queue.name);
    }
    let groups: Vec<_> = reading.groups().unwrap().into_iter().map(|group| group.name).collect();
    assert_eq!(groups, ["Refunds"]);
    drop(reading);

    let open = app.app.store.load().unwrap();
    assert!(open.work.position > 100, "there is a past");
    assert!(
        open.work.conversations.is_empty() && open.work.offers.is_empty() && open.work.transfers.is_empty()
    );
    assert!(open.work.segments.is_empty(), "everything is filed");
    let (position, equal) = verify(&*app.app.store).unwrap();
    assert!(equal && position == open.work.position);
}

#[tokio::test]
async fn everyone_of_a_demo_signs_in_and_customers_reach_technical_support() {
    let app = demo_app();
    demo::fill(&app.app).await.unwrap();
    for email in ["agent-6@demo.example", "admin@demo.example"] {
        let body = json!({"email": email, "password": "baton-demo"});
        app.anyone().post("/api/session", &body).await.expect(StatusCode::OK);
    }
    let (_, started) = app.customer("Ada", "Hello").await;
    assert_eq!(started["chat"]["phase"]["queue"], "Technical support");
}

#[tokio::test]
async fn a_demo_that_was_filled_stays_as_it_is() {
    let app = demo_app();
    demo::fill(&app.app).await.unwrap();
    let before = app.app.store.load().unwrap().work.position;
    demo::fill(&app.app).await.unwrap();
    assert_eq!(app.app.store.load().unwrap().work.position, before);
}

#[tokio::test]
async fn a_folder_with_other_people_is_no_demo() {
    let app = demo_app();
    app.add_person("Ada", Role::Administrator).await;
    let refused = demo::fill(&app.app).await.unwrap_err().to_string();
    assert!(refused.contains("--data"), "{refused}");
}
