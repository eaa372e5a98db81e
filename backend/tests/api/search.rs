//! Looking back: conversations by what was said in them, and the history of one.

use axum::http::StatusCode;
use baton_shared::Role;
use serde_json::{Value, json};

use crate::app::{Answer, PATIENCE, Person, TestApp};
use crate::conversations::accept;

/// Returns a text as it stands in an address.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte.is_ascii_alphanumeric() || b"_-.".contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// Looks for something once all that was committed is indexed.
async fn ask(app: &TestApp, person: &Person<'_>, question: &[(&str, &str)]) -> Answer {
    assert!(app.app.search.as_ref().unwrap().follower.catch_up(PATIENCE), "the index follows");
    let fields = question.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
    let query: Vec<String> = fields.collect();
    person.client.get(&format!("/api/search?{}", query.join("&"))).await
}

async fn find(app: &TestApp, person: &Person<'_>, question: &[(&str, &str)]) -> Value {
    ask(app, person, question).await.expect(StatusCode::OK)
}

/// Returns the customers of what was found.
async fn names(app: &TestApp, person: &Person<'_>, question: &[(&str, &str)]) -> Vec<String> {
    let found = find(app, person, question).await;
    let name = |found: &Value| found["customer"].as_str().unwrap().to_owned();
    found["conversations"].as_array().unwrap().iter().map(name).collect()
}

async fn close(person: &Person<'_>, id: &str, notes: &str) {
    let body = json!({"disposition": "resolved", "notes": notes});
    let path = format!("/api/conversations/{id}/closure");
    person.client.post(&path, &body).await.expect(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn conversations_are_found_by_what_was_said_and_noted_in_them() {
    let app = TestApp::start();
    let (root, ada) = (app.person("Root", Role::Administrator).await, app.person("Ada", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "My parcel is lost").await;
    let id = accept(&ada).await;
    let message = format!("/api/conversations/{id}/messages");
    let said = json!({"text": "The café sent the INVOICE <b>twice</b>"});
    ada.client.post(&message, &said).await.expect(StatusCode::CREATED);
    close(&ada, &id, "Refunded at once").await;
    app.customer("Dan", "Good morning").await;
    let is_found = async |words: &str| names(&app, &root, &[("q", words)]).await == ["Carla"];
    for words in [
        "parcel",
        "PARCEL",
        "parcel invoice",
        "cafe",
        "CAFÉ",
        "\"parcel is lost\"",
        "parc",
        "inv* lost",
        "refunded",
        "carla",
        "invoice \"parcel is\"",
        "b twice",
    ] {
        assert!(is_found(words).await, "{words}");
    }
    for words in ["parcels", "\"lost parcel\"", "parcel morning", "arcel", "NOT morning", "parcel OR morning"]
    {
        assert!(!is_found(words).await, "{words}");
    }
    assert_eq!(names(&app, &root, &[]).await, ["Dan", "Carla"], "all, the newest first");
    let found = find(&app, &root, &[("q", "invoice")]).await["conversations"][0].clone();
    assert_eq!(found["agents"], json!(["Ada"]));
    assert_eq!((&found["queue"], &found["transfers"]), (&json!("Support"), &json!(0)));
    let part = |text: &str, hit: bool| json!({"text": text, "hit": hit});
    let parts = [part("The café sent the ", false), part("INVOICE", true), part(" <b>twice</b>", false)];
    assert_eq!(found["snippets"][0]["parts"], json!(parts), "plain text, and no markup");
    assert_eq!(found["snippets"][0]["sentence"], "Ada wrote");
    drop(customer);
}

#[tokio::test]
async fn nothing_that_is_typed_breaks_the_question() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    app.add_queue("Support", &[]).await;
    app.customer("Carla", "a \"b\" NEAR c").await;
    for words in [
        "\"",
        "\"\"\"",
        "NEAR(",
        "a AND",
        "OR",
        "NOT",
        "text:a",
        "facets:every",
        "-a",
        "^a",
        "a* *",
        "{a b}:c",
        "a + b",
        "'; drop table words; --",
        "\u{1}\u{2}",
        "%",
        "(((",
        "a\u{0}b",
        "😀 a",
    ] {
        let status = ask(&app, &root, &[("q", words)]).await.status;
        let fine = status == StatusCode::OK || status == StatusCode::UNPROCESSABLE_ENTITY;
        assert!(fine, "{words:?}: {status}");
    }
    ask(&app, &root, &[("q", "***")]).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_empty");
    let long = "a".repeat(201);
    ask(&app, &root, &[("q", &long)]).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_too_long");
    for wrong in [("score", "6"), ("state", "ajar"), ("from", "yesterday"), ("queue", "Support"), ("x", "1")]
    {
        ask(&app, &root, &[wrong]).await.refused(StatusCode::BAD_REQUEST, "query_invalid");
    }
    assert_eq!(names(&app, &root, &[("q", "\"b near\"")]).await, ["Carla"]);
}

#[tokio::test]
async fn what_is_found_is_narrowed_and_comes_by_pages() {
    let app = TestApp::start();
    let (root, ada) = (app.person("Root", Role::Administrator).await, app.person("Ada", Role::Agent).await);
    let bob = app.person("Bob", Role::Agent).await;
    let queue = app.add_queue("Support", &[ada.id]).await;
    let other = app.add_queue("Other", &[]).await;
    let rules = json!({"name": "Support", "skills": [], "priority": "normal", "rules": {"survey": true}});
    root.client.put(&format!("/api/queues/{queue}"), &rules).await.expect(StatusCode::NO_CONTENT);
    let other_rules = json!({"name": "Zother", "skills": [], "priority": "normal"});
    root.client.put(&format!("/api/queues/{other}"), &other_rules).await.expect(StatusCode::NO_CONTENT);
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (carla, _) = app.customer("Carla", "Hello").await;
    let first = accept(&ada).await;
    let body = json!({"target": {"kind": "agent", "id": bob.id}, "note": "Knows the zebra"});
    let path = format!("/api/conversations/{first}/transfers");
    ada.client.post(&path, &body).await.expect(StatusCode::CREATED);
    accept(&bob).await;
    close(&bob, &first, "").await;
    carla
        .post("/api/chat/rating", &json!({"score": 2, "comment": "Slow"}))
        .await
        .expect(StatusCode::NO_CONTENT);
    app.advance(std::time::Duration::from_secs(3_600));
    app.make_available(&ada).await;
    app.customer("Dan", "Hello").await;
    let (ada_id, bob_id) = (ada.id.to_string(), bob.id.to_string());
    let (queue_id, other_id) = (queue.to_string(), other.to_string());
    let later = app.clock_text(-60);
    for (narrowed, expected) in [
        (("queue", queue_id.as_str()), vec!["Dan", "Carla"]),
        (("queue", other_id.as_str()), vec![]),
        (("agent", bob_id.as_str()), vec!["Carla"]),
        (("agent", ada_id.as_str()), vec!["Carla"]),
        (("state", "open"), vec!["Dan"]),
        (("state", "closed"), vec!["Carla"]),
        (("transferred", "true"), vec!["Carla"]),
        (("transferred", "false"), vec!["Dan"]),
        (("score", "2"), vec!["Carla"]),
        (("score", "5"), vec![]),
        (("channel", "web_chat"), vec!["Dan", "Carla"]),
        (("from", later.as_str()), vec!["Dan"]),
        (("to", later.as_str()), vec!["Carla"]),
        (("q", "zebra"), vec!["Carla"]),
        (("q", "slow"), vec!["Carla"]),
    ] {
        assert_eq!(names(&app, &root, &[narrowed]).await, expected, "{narrowed:?}");
        let with_words = names(&app, &root, &[narrowed, ("limit", "9")]).await;
        assert_eq!(with_words, expected, "{narrowed:?}");
    }
    let page = find(&app, &root, &[("limit", "1")]).await;
    assert_eq!(page["conversations"][0]["customer"], "Dan");
    let next = page["next"].to_string();
    let page = find(&app, &root, &[("limit", "1"), ("before", &next)]).await;
    assert_eq!((&page["conversations"][0]["customer"], &page["next"]), (&json!("Carla"), &Value::Null));
    assert_eq!(page["conversations"][0]["score"], 2);
}

#[tokio::test]
async fn supervisors_look_back_at_what_their_teams_had_to_do_with() {
    let app = TestApp::start();
    let lead = app.person("Lead", Role::Supervisor).await;
    let other = app.person("Other", Role::Supervisor).await;
    let none = app.person("None", Role::Supervisor).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_team("Early", lead.id, &[ada.id]).await;
    app.add_team("Late", other.id, &[bob.id]).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    let (_, _) = app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    assert_eq!(names(&app, &lead, &[("q", "hello")]).await, ["Carla"]);
    assert_eq!(names(&app, &other, &[("q", "hello")]).await, [""; 0]);
    assert_eq!(names(&app, &none, &[]).await, [""; 0]);
    let path = format!("/api/conversations/{id}/timeline");
    lead.client.get(&path).await.expect(StatusCode::OK);
    other.client.get(&path).await.refused(StatusCode::NOT_FOUND, "not_found");
    none.client.get(&path).await.refused(StatusCode::NOT_FOUND, "not_found");
    ada.client.get(&path).await.refused(StatusCode::FORBIDDEN, "role_too_low");
    let body = json!({"target": {"kind": "agent", "id": bob.id}});
    ada.client.post(&format!("/api/conversations/{id}/transfers"), &body).await.expect(StatusCode::CREATED);
    assert_eq!(names(&app, &other, &[]).await, [""; 0], "an offer alone is no part of it");
    accept(&bob).await;
    assert_eq!(names(&app, &other, &[]).await, ["Carla"], "their agent had it");
    other.client.get(&path).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_timeline_tells_what_happened_and_who_was_shown_what() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    app.customer("Carla", "My parcel is lost").await;
    let id = accept(&ada).await;
    let transfers = format!("/api/conversations/{id}/transfers");
    let body = json!({"target": {"kind": "agent", "id": bob.id}, "note": "Look at the address"});
    ada.client.post(&transfers, &body).await.expect(StatusCode::CREATED);
    let offer =
        crate::conversations::desk(&bob).await["offers"].as_object().unwrap().keys().next().unwrap().clone();
    let reason = json!({"reason": "I am at lunch"});
    bob.client.post(&format!("/api/offers/{offer}/rejection"), &reason).await.expect(StatusCode::NO_CONTENT);
    let message = format!("/api/conversations/{id}/messages");
    ada.client.post(&message, &json!({"text": "One moment"})).await.expect(StatusCode::CREATED);
    close(&ada, &id, "Found it").await;
    assert!(app.app.search.as_ref().unwrap().follower.catch_up(PATIENCE));
    let told = root.client.get(&format!("/api/conversations/{id}/timeline")).await.expect(StatusCode::OK);
    assert_eq!((&told["customer"], &told["queue"]), (&json!("Carla"), &json!("Support")));
    assert_ne!(told["closed_at"], Value::Null);
    let entries = told["entries"].as_array().unwrap();
    let entry = |entry: &Value| {
        let seen = entry["seen_by"].as_array().unwrap().iter().map(|seen| seen["name"].as_str().unwrap());
        let words = |key: &str| entry[key].as_str().unwrap_or("").to_owned();
        (words("kind"), words("sentence"), words("text"), seen.collect::<Vec<_>>().join(", "))
    };
    let row = |kind: &str, sentence: &str, text: &str, seen: &str| {
        (kind.to_owned(), sentence.to_owned(), text.to_owned(), seen.to_owned())
    };
    let found: Vec<_> = entries.iter().map(entry).collect();
    let expected = [
        row("owner", "Carla opened it in Support", "", ""),
        row("message", "Carla wrote", "My parcel is lost", "Ada, Bob"),
        row("offer", "Offered to Ada from Support", "", ""),
        row("offer", "Ada accepted", "", ""),
        row("owner", "Ada has it: accepted from the line", "", ""),
        row("transfer", "Ada transferred it to Bob", "", ""),
        row("note", "Ada wrote a note", "Look at the address", "Bob"),
        row("offer", "Offered to Bob for a transfer", "", ""),
        row("offer", "Bob declined", "I am at lunch", "Ada"),
        row("transfer", "The transfer came back", "", ""),
        row("message", "Ada wrote", "One moment", ""),
        row("owner", "Ada ended it", "", ""),
        row("filing", "Ada filed it as Resolved", "Found it", ""),
    ];
    assert_eq!(found, expected);
    let position = |entry: &Value| entry["position"].as_u64().unwrap();
    assert!(entries.windows(2).all(|two| position(&two[0]) <= position(&two[1])));
    let unknown = format!("/api/conversations/cnv_{}/timeline", "0".repeat(26));
    root.client.get(&unknown).await.refused(StatusCode::NOT_FOUND, "not_found");
}
