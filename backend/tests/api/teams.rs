//! Teams, from their setting up to what their supervisors may do.

use axum::http::StatusCode;
use baton_shared::{Command, Role, TeamId};
use serde_json::{Value, json};

use crate::app::{Answer, Person, TestApp};
use crate::conversations::accept;

async fn take_over(person: &Person<'_>, conversation: &str) -> Answer {
    person.client.post(&format!("/api/conversations/{conversation}/takeover"), &json!({})).await
}

#[tokio::test]
async fn an_administrator_sets_teams_up_and_removes_them() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await;
    let lead = app.person("Lead", Role::Supervisor).await;
    let ada = app.person("Ada", Role::Agent).await;
    let listed = async || admin.client.get("/api/teams").await.expect(StatusCode::OK);
    let with = |name: &str, agents: Value, supervisors: Value| json!({"name": name, "agents": agents, "supervisors": supervisors});
    assert_eq!(listed().await, json!([]));

    let early = with("Early", json!([ada.id]), json!([lead.id]));
    let id = admin.client.post("/api/teams", &early).await.expect(StatusCode::CREATED)["id"].clone();
    let mut view = early.clone();
    view["id"] = id.clone();
    assert_eq!(listed().await, json!([view]));
    let path = format!("/api/teams/{}", id.as_str().unwrap());
    let late = with("Late", json!([]), json!([admin.id, lead.id]));
    admin.client.put(&path, &late).await.expect(StatusCode::NO_CONTENT);
    let mut view = late;
    view["id"] = id;
    assert_eq!(listed().await, json!([view]));

    let led_by_an_agent = with("Late", json!([]), json!([ada.id]));
    let refused = admin.client.put(&path, &led_by_an_agent).await;
    refused.refused(StatusCode::UNPROCESSABLE_ENTITY, "not_supervisor");
    let unknown = with("Late", json!([format!("agt_{}", "0".repeat(26))]), json!([]));
    admin.client.put(&path, &unknown).await.refused(StatusCode::NOT_FOUND, "not_found");
    let nameless = with(" ", json!([]), json!([]));
    admin.client.put(&path, &nameless).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_empty");
    let nowhere = format!("/api/teams/{}", TeamId::from_bits(0));
    admin.client.put(&nowhere, &early).await.refused(StatusCode::NOT_FOUND, "not_found");
    admin.client.delete(&path).await.expect(StatusCode::NO_CONTENT);
    admin.client.delete(&path).await.refused(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(listed().await, json!([]));
}

#[tokio::test]
async fn a_supervisor_takes_over_what_their_teams_have_to_do_with_and_nothing_else() {
    let app = TestApp::start();
    let early = app.person("Early", Role::Supervisor).await;
    let late = app.person("Late", Role::Supervisor).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let queue = app.add_queue("Support", &[ada.id, bob.id]).await;
    let waiting = async || {
        let (_, started) = app.customer("Carla", "Hello").await;
        started["chat"]["conversation"].as_str().unwrap().to_owned()
    };
    let outside = async |lead: &Person<'_>, id: &str| {
        take_over(lead, id).await.refused(StatusCode::FORBIDDEN, "outside_teams");
        let why = lead.client.get(&format!("/api/conversations/{id}/why")).await;
        why.refused(StatusCode::NOT_FOUND, "not_found");
    };
    let first = waiting().await;
    outside(&early, &first).await;

    app.add_team("Early", early.id, &[ada.id]).await;
    app.add_team("Late", late.id, &[bob.id]).await;
    app.make_available(&ada).await;
    let owned = accept(&ada).await;
    assert_eq!(owned, first);
    outside(&late, &owned).await;
    take_over(&early, &owned).await.expect(StatusCode::NO_CONTENT);
    outside(&late, &owned).await;

    // What waits is for both to see, as long as an agent of each may be offered it.
    ada.client.put("/api/presence", &json!({"status": "away"})).await.expect(StatusCode::NO_CONTENT);
    let second = waiting().await;
    app.system(Command::RemoveMember { queue, agent: bob.id }).await;
    outside(&late, &second).await;
    app.system(Command::AddMember { queue, agent: bob.id }).await;
    late.client.get(&format!("/api/conversations/{second}/why")).await.expect(StatusCode::OK);
    take_over(&late, &second).await.expect(StatusCode::NO_CONTENT);
}
