//! What supervisors do to the work of their teams, and cannot do to that of others.

use axum::http::StatusCode;
use baton_shared::{Recorded, Role};
use serde_json::{Value, json};

use crate::app::{PATIENCE, Person, TestApp};
use crate::conversations::{accept, desk};

/// Two teams, each with a supervisor and an agent; the early one's agent has a conversation.
struct Teams<'a> {
    app: &'a TestApp,
    early: Person<'a>,
    late: Person<'a>,
    ada: Person<'a>,
    bob: Person<'a>,
    conversation: String,
}

impl<'a> Teams<'a> {
    async fn set_up(app: &'a TestApp) -> Self {
        let (early, late) =
            (app.person("Early", Role::Supervisor).await, app.person("Late", Role::Supervisor).await);
        let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
        app.add_queue("Support", &[ada.id]).await;
        app.add_queue("Travel", &[bob.id]).await;
        app.add_team("Early", early.id, &[ada.id]).await;
        app.add_team("Late", late.id, &[bob.id]).await;
        app.make_available(&ada).await;
        app.make_available(&bob).await;
        app.customer("Carla", "Hello").await;
        let conversation = accept(&ada).await;
        Self { app, early, late, ada, bob, conversation }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/conversations/{}/{rest}", self.conversation)
    }

    /// Asks as the supervisor of the other team, who must be refused, and then as the one of this team.
    async fn only_early(&self, rest: &str, body: Value, status: StatusCode) -> Value {
        let path = self.path(rest);
        self.late.client.post(&path, &body).await.refused(StatusCode::FORBIDDEN, "outside_teams");
        self.ada.client.post(&path, &body).await.refused(StatusCode::FORBIDDEN, "role_too_low");
        self.early.client.post(&path, &body).await.expect(status)
    }

    async fn wall(&self, of: &Person<'_>) -> Value {
        of.client.get("/api/supervisor").await.expect(StatusCode::OK)["wall"].clone()
    }

    fn happened(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        let mut note = |recorded: Recorded| names.push(recorded.event.name());
        self.app.app.store.replay(1, &mut note).unwrap();
        names
    }

    fn thread(&self, desk: &Value, part: &str) -> Value {
        desk[part][&self.conversation].clone()
    }
}

#[tokio::test]
async fn a_supervisor_listens_in_unnoticed_and_it_is_kept_that_they_did() {
    let app = TestApp::start();
    let teams = Teams::set_up(&app).await;
    let before = desk(&teams.ada).await;
    teams.only_early("listening", json!({}), StatusCode::NO_CONTENT).await;
    assert_eq!(desk(&teams.ada).await, before, "the agent sees nothing of it");
    let heard = teams.thread(&desk(&teams.early).await, "listening");
    assert_eq!(heard["messages"][0]["text"], "Hello");
    assert_eq!(desk(&teams.late).await["listening"], json!({}));
    assert!(teams.happened().contains(&"listened_in"));
    let says = json!({"text": "I am here too"});
    let written = teams.early.client.post(&teams.path("messages"), &says).await;
    written.refused(StatusCode::FORBIDDEN, "not_owner");

    teams.early.client.delete(&teams.path("listening")).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk(&teams.early).await["listening"], json!({}));
    assert_eq!(teams.happened().last(), Some(&"listening_ended"));
}

#[tokio::test]
async fn whoever_listens_in_stops_where_another_team_gets_the_conversation() {
    let app = TestApp::start();
    let teams = Teams::set_up(&app).await;
    teams.early.client.post(&teams.path("listening"), &json!({})).await.expect(StatusCode::NO_CONTENT);
    let transfer = json!({"target": {"kind": "agent", "id": teams.bob.id}});
    teams.ada.client.post(&teams.path("transfers"), &transfer).await.expect(StatusCode::CREATED);
    assert_ne!(desk(&teams.early).await["listening"], json!({}), "it is hers until he accepts");
    accept(&teams.bob).await;
    assert_eq!(desk(&teams.early).await["listening"], json!({}));
    let page = teams.early.client.get(&teams.path("messages")).await;
    page.refused(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn a_whisper_is_for_the_agent_alone_and_kept_where_the_policy_says_so() {
    for kept in [false, true] {
        let app = TestApp::start();
        let teams = Teams::set_up(&app).await;
        let admin = app.person("Root", Role::Administrator).await.client;
        admin
            .put("/api/transfer-policy", &json!({"keep_whispers": kept}))
            .await
            .expect(StatusCode::NO_CONTENT);
        let whisper = |text: &str| json!({"text": text});
        let path = teams.path("whispers");
        let unasked = teams.ada.client.post(&path, &whisper("Anybody?")).await;
        unasked.refused(StatusCode::CONFLICT, "nobody_whispered");
        teams.late.client.post(&path, &whisper("Psst")).await.refused(StatusCode::FORBIDDEN, "outside_teams");
        teams.bob.client.post(&path, &whisper("Psst")).await.refused(StatusCode::FORBIDDEN, "role_too_low");
        let said = teams.early.client.post(&path, &whisper("Offer ten euros")).await;
        assert_eq!(said.expect(StatusCode::CREATED)["name"], "Early");
        let heard = teams.thread(&desk(&teams.ada).await, "conversations");
        assert_eq!(heard["whispers"][0]["text"], "Offer ten euros");
        teams.ada.client.post(&path, &whisper("I will")).await.expect(StatusCode::CREATED);
        let answered = teams.thread(&desk(&teams.early).await, "listening");
        assert_eq!(answered["whispers"].as_array().map(Vec::len), Some(2));
        let shown = teams.ada.client.get(&teams.path("messages")).await.expect(StatusCode::OK);
        assert_eq!(shown["messages"].as_array().map(Vec::len), Some(1), "the conversation itself has none");

        let done = json!({"disposition": "resolved", "notes": null});
        teams.ada.client.post(&teams.path("closure"), &done).await.expect(StatusCode::NO_CONTENT);
        let id = teams.conversation.parse().unwrap();
        let left = app.app.store.read().unwrap().whisper(id, 1).unwrap();
        assert_eq!(left.is_some(), kept);
        assert!(app.app.search.as_ref().unwrap().follower.catch_up(PATIENCE), "the index follows");
        let timeline = teams.early.client.get(&teams.path("timeline")).await.expect(StatusCode::OK);
        let entries = timeline["entries"].as_array().unwrap();
        let whispered = entries.iter().find(|entry| entry["sentence"] == "Early whispered").unwrap();
        let text = if kept { json!("Offer ten euros") } else { Value::Null };
        assert_eq!(whispered["text"], text, "what is forgotten is told nowhere");
        assert_eq!(teams.happened().iter().filter(|name| **name == "whispered").count(), 2);
    }
}

#[tokio::test]
async fn a_supervisor_joins_and_writes_to_the_customer_beside_the_agent() {
    let app = TestApp::start();
    let teams = Teams::set_up(&app).await;
    teams.early.client.post(&teams.path("listening"), &json!({})).await.expect(StatusCode::NO_CONTENT);
    teams.only_early("participation", json!({}), StatusCode::CREATED).await;
    let again = teams.early.client.post(&teams.path("participation"), &json!({})).await;
    again.refused(StatusCode::CONFLICT, "target_takes_part");
    let says = json!({"text": "I am the supervisor"});
    teams.early.client.post(&teams.path("messages"), &says).await.expect(StatusCode::CREATED);
    let hers = desk(&teams.early).await;
    assert_eq!(hers["listening"], json!({}), "whoever takes part is seen");
    let theirs = teams.thread(&hers, "joined");
    assert_eq!(theirs["messages"][1]["name"], "Early");
    let hers = teams.thread(&desk(&teams.ada).await, "conversations");
    assert_eq!(hers["invites"][0]["joined"], "Early");
    teams.early.client.post(&teams.path("leaving"), &json!({})).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk(&teams.early).await["joined"], json!({}));
}

#[tokio::test]
async fn a_supervisor_calls_off_what_their_team_transfers_and_ends_its_consultations() {
    let app = TestApp::start();
    let teams = Teams::set_up(&app).await;
    let to_bob = |mode: &str| json!({"target": {"kind": "agent", "id": teams.bob.id}, "mode": mode});
    let ask = async |mode| {
        let asked = teams.ada.client.post(&teams.path("transfers"), &to_bob(mode)).await;
        asked.expect(StatusCode::CREATED)["transfer"].as_str().unwrap().to_owned()
    };
    let cold = teams.path(&format!("transfers/{}", ask("cold").await));
    teams.late.client.delete(&cold).await.refused(StatusCode::FORBIDDEN, "outside_teams");
    teams.bob.client.delete(&cold).await.refused(StatusCode::FORBIDDEN, "not_owner");
    teams.early.client.delete(&cold).await.expect(StatusCode::NO_CONTENT);
    let hers = teams.thread(&desk(&teams.ada).await, "conversations");
    assert_eq!(hers["returned"]["end"], "called_off");
    assert!(teams.happened().contains(&"transfer_directed"));

    let warm = ask("warm").await;
    accept(&teams.bob).await;
    let over = format!("transfers/{warm}/handover");
    let path = teams.path(&over);
    teams.late.client.post(&path, &json!({})).await.refused(StatusCode::FORBIDDEN, "outside_teams");
    teams.bob.client.post(&path, &json!({})).await.refused(StatusCode::FORBIDDEN, "not_owner");
    teams.early.client.post(&path, &json!({})).await.expect(StatusCode::NO_CONTENT);
    let his = teams.thread(&desk(&teams.bob).await, "conversations");
    assert_eq!(his["messages"][0]["text"], "Hello", "it is his");
}

#[tokio::test]
async fn a_flag_asks_the_supervisors_of_the_team_and_lets_them_take_over() {
    let app = TestApp::start();
    let teams = Teams::set_up(&app).await;
    let admin = app.person("Root", Role::Administrator).await.client;
    admin
        .put("/api/transfer-policy", &json!({"take_over": "on_request"}))
        .await
        .expect(StatusCode::NO_CONTENT);
    let flag = json!({"text": "A refund is beyond me"});
    let path = teams.path("flag");
    teams.bob.client.post(&path, &flag).await.refused(StatusCode::FORBIDDEN, "not_owner");
    teams.ada.client.post(&path, &flag).await.expect(StatusCode::NO_CONTENT);
    teams.ada.client.post(&path, &flag).await.refused(StatusCode::CONFLICT, "flag_up");
    let row = teams.thread(&teams.wall(&teams.early).await, "conversations");
    assert_eq!((&row["flag"]["by"], &row["flag"]["text"]), (&json!("Ada"), &json!("A refund is beyond me")));
    assert_eq!(row["may_take_over"], true);
    teams.late.client.delete(&path).await.refused(StatusCode::FORBIDDEN, "outside_teams");
    teams.early.client.delete(&path).await.expect(StatusCode::NO_CONTENT);
    assert!(desk(&teams.ada).await["conversations"][&teams.conversation].get("flag").is_none());
    let late = teams.early.client.post(&teams.path("takeover"), &json!({})).await;
    late.refused(StatusCode::CONFLICT, "may_not_take_over");
    teams.ada.client.post(&path, &flag).await.expect(StatusCode::NO_CONTENT);
    teams.early.client.post(&teams.path("takeover"), &json!({})).await.expect(StatusCode::NO_CONTENT);
    let names = teams.happened();
    assert!(names.contains(&"flag_raised") && names.contains(&"flag_lowered"));
}

#[tokio::test]
async fn a_supervisor_passes_on_what_an_agent_has_and_what_waits() {
    let app = TestApp::start();
    let teams = Teams::set_up(&app).await;
    let cid = app.person("Cid", Role::Agent).await;
    let upgrades = app.add_queue("Upgrades", &[teams.ada.id]).await;
    app.make_available(&cid).await;
    let to = |person: &Person<'_>| json!({"target": {"kind": "agent", "id": person.id}});
    let asked = teams.ada.client.post(&teams.path("transfers"), &to(&teams.bob)).await;
    asked.expect(StatusCode::CREATED);
    let targets = teams.path("transfer-targets");
    teams.late.client.get(&targets).await.refused(StatusCode::NOT_FOUND, "not_found");
    let listed = teams.early.client.get(&targets).await.expect(StatusCode::OK);
    let names: Vec<_> = listed["agents"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert!(names.contains(&&json!("Cid")) && !names.contains(&&json!("Ada")), "{names:?}");
    teams.only_early("redirection", to(&cid), StatusCode::NO_CONTENT).await;
    assert_eq!(desk(&teams.bob).await["offers"], json!({}), "what was under way is over");
    let hers = teams.thread(&desk(&teams.ada).await, "conversations");
    assert_eq!(hers["transfer"]["by"], "Early", "she did not ask for it");
    let his = desk(&cid).await["offers"].clone();
    let offer = his.as_object().unwrap().values().next().unwrap();
    assert_eq!((&offer["transfer"]["from"], &offer["transfer"]["by"]), (&json!("Ada"), &json!("Early")));
    assert_eq!(accept(&cid).await, teams.conversation);
    let his = teams.thread(&desk(&cid).await, "conversations");
    assert_eq!((&his["handoffs"][0]["from"], &his["handoffs"][0]["by"]), (&json!("Ada"), &json!("Early")));
    let hers = desk(&teams.ada).await["wrap_ups"].clone();
    let card = hers.as_object().unwrap().values().next().unwrap();
    assert_eq!(card["news"], "Early transferred Carla to Cid.");

    app.customer("Dan", "Is anybody there?").await;
    let offers = desk(&teams.ada).await["offers"].clone();
    let offer = offers.as_object().unwrap().values().next().unwrap();
    let waits = offer["thread"]["conversation"].as_str().unwrap();
    let path = format!("/api/conversations/{waits}/redirection");
    let queue = json!({"target": {"kind": "queue", "id": upgrades}});
    teams.late.client.post(&path, &queue).await.refused(StatusCode::FORBIDDEN, "outside_teams");
    teams.early.client.post(&path, &queue).await.expect(StatusCode::NO_CONTENT);
    let row = teams.wall(&teams.early).await["conversations"][waits].clone();
    assert_eq!(row["owner_name"], "Upgrades");
    teams.early.client.post(&path, &to(&cid)).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(desk(&teams.ada).await["offers"], json!({}), "one person is asked alone");
    assert_eq!(accept(&cid).await, waits);
}

#[tokio::test]
async fn a_supervisor_directs_the_people_of_their_teams_and_nobody_else() {
    let app = TestApp::start();
    let teams = Teams::set_up(&app).await;
    let admin = app.person("Root", Role::Administrator).await.client;
    let skill = admin.post("/api/skills", &json!({"name": "Refunds"})).await.expect(StatusCode::CREATED);
    let skill = skill["id"].as_str().unwrap().to_owned();
    let (ada, early, late) = (teams.ada.id, &teams.early.client, &teams.late.client);
    let person = format!("/api/supervisor/people/{ada}");
    late.get(&person).await.refused(StatusCode::FORBIDDEN, "outside_teams");
    let found = early.get(&person).await.expect(StatusCode::OK);
    let queue = found["queues"][0].clone();
    assert_eq!((&queue["name"], &queue["member"]), (&json!("Support"), &json!(true)));
    assert_eq!(found["queues"].as_array().map(Vec::len), Some(1), "other teams' queues are not theirs");
    assert_eq!(found["skills"][0]["level"], Value::Null);

    let (status, level) = (json!({"status": "busy"}), json!({"level": 3}));
    let presence = format!("/api/people/{ada}/presence");
    let has = format!("/api/people/{ada}/skills/{skill}");
    let member = format!("/api/queues/{}/members/{ada}", queue["id"].as_str().unwrap());
    for (path, body) in [(&presence, &status), (&has, &level), (&member, &json!({}))] {
        late.put(path, body).await.refused(StatusCode::FORBIDDEN, "outside_teams");
        early.put(path, body).await.expect(StatusCode::NO_CONTENT);
    }
    let found = early.get(&person).await.expect(StatusCode::OK);
    assert_eq!((&found["status"], &found["skills"][0]["level"]), (&json!("busy"), &json!(3)));
    let sessions = format!("/api/people/{ada}/sessions");
    for path in [&has, &member, &sessions] {
        late.delete(path).await.refused(StatusCode::FORBIDDEN, "outside_teams");
        early.delete(path).await.expect(StatusCode::NO_CONTENT);
    }
    teams.ada.client.get("/api/desk").await.refused(StatusCode::UNAUTHORIZED, "signed_out");
    let row = teams.wall(&teams.early).await["agents"][ada.to_string()].clone();
    assert_eq!(row["presence"], json!({"status": "busy", "reachable": false}));
    let far = format!("/api/queues/{}/members/{ada}", app.add_queue("Far", &[]).await);
    early.put(&far, &json!({})).await.refused(StatusCode::FORBIDDEN, "outside_teams");
    let directed = teams.happened().iter().filter(|name| **name == "person_directed").count();
    assert_eq!(directed, 5, "what changed nothing is not kept");
}
