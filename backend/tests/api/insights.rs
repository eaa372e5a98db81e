//! Reports: who may ask, what they count of a real conversation, and as what they come.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use baton_shared::Role;
use serde_json::{Value, json};

use crate::app::{Answer, Client, Person, TestApp};
use crate::conversations::{accept, desk};

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
    let six = [
        "conversations_with_transfers",
        "transfer_segments_total",
        "transfer_segments_successful",
        "transfer_segments_failed",
        "transfer_segments_to_agent",
        "transfer_segments_to_queue",
    ];
    assert_eq!(six.map(|key| open[key].as_u64()), [1, 1, 0, 0, 1, 0].map(Some), "plain numbers");
    let past = report(&early, "transfers?from=2026-11-01&to=2026-11-02").await;
    assert_eq!(six.map(|key| past[key].as_u64()), [Some(0); 6]);
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
    for (only, found) in [("early", 1), ("offers_rejected", 0), ("offers_missed", 0), ("to_agent", 1)] {
        let listed = report(&root, &format!("transfers/list?only={only}")).await;
        assert_eq!(listed["transfers"].as_array().unwrap().len(), found, "{only}");
    }
    let waits = report(&root, "segments?kind=queue&only=in_target&target_secs=60").await;
    assert_eq!(waits["segments"].as_array().unwrap().len(), 1);
    let waits = report(&root, "segments?kind=queue&at_least_ms=600000").await;
    assert_eq!(waits["segments"], json!([]));
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
        "waits?table=by_agent",
        "ratings?table=by_sender",
        "ratings/list?score=6",
        "transfers/list?only=in_target",
        "segments?only=early",
        "segments?only=in_queue,never",
        "segments?after=there",
        "segments?queue=agt_00000000000000000000000000",
        "segments?colour=blue",
        "segments?reason=lunch",
        "conversations/list?only=early",
    ] {
        let refused = root.client.get(&format!("/api/insights/{wrong}")).await;
        refused.refused(StatusCode::BAD_REQUEST, "query_invalid");
    }
    let unknown = report(&root, "segments?queue=que_00000000000000000000000000").await;
    assert_eq!(unknown["segments"], json!([]));
}

#[tokio::test]
async fn ratings_are_counted_by_agent_queue_and_transfers_and_listed() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (early, late) =
        (app.person("Early", Role::Supervisor).await, app.person("Late", Role::Supervisor).await);
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    let queue = app.add_queue("Support", &[ada.id]).await;
    let rules = json!({"name": "Support", "skills": [], "priority": "normal", "rules": {"survey": true}});
    root.client.put(&format!("/api/queues/{queue}"), &rules).await.expect(StatusCode::NO_CONTENT);
    app.add_team("Early", early.id, &[bob.id]).await;
    app.make_available(&ada).await;
    for (score, passed_on) in [(5, false), (2, true)] {
        let (customer, _) = app.customer("Carla", "Hello").await;
        let id = accept(&ada).await;
        let closes = if passed_on {
            app.make_available(&bob).await;
            let transfer = json!({"target": {"kind": "agent", "id": bob.id}});
            let path = format!("/api/conversations/{id}/transfers");
            ada.client.post(&path, &transfer).await.expect(StatusCode::CREATED);
            accept(&bob).await;
            &bob
        } else {
            &ada
        };
        let body = json!({"disposition": "resolved", "notes": null});
        let path = format!("/api/conversations/{id}/closure");
        closes.client.post(&path, &body).await.expect(StatusCode::NO_CONTENT);
        let rating = json!({"score": score});
        customer.post("/api/chat/rating", &rating).await.expect(StatusCode::NO_CONTENT);
    }

    let all = report(&root, "ratings").await;
    assert_eq!((&all["rated"], &all["average"]), (&json!(2), &json!(3.5)));
    assert_eq!((&all["score_2"], &all["score_5"], &all["score_1"]), (&json!(1), &json!(1), &json!(0)));
    let cut = |cut: &Value| (cut["thing"]["name"].clone(), cut["average"].clone());
    let by_agent: Vec<_> = all["by_agent"].as_array().unwrap().iter().map(cut).collect();
    assert_eq!(by_agent, [(json!("Ada"), json!(5.0)), (json!("Bob"), json!(2.0))], "the last one who had it");
    assert_eq!(all["by_queue"][0]["rated"], 2);
    let by_transfers: Vec<_> = all["by_transfers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["transfers"], &one["average"]))
        .collect();
    assert_eq!(by_transfers, [(&json!(0), &json!(5.0)), (&json!(1), &json!(2.0))]);
    assert_eq!(report(&early, "ratings").await["rated"], 1, "Bob is in her team");
    assert_eq!(report(&late, "ratings").await["rated"], 0, "she leads no team");

    let listed = report(&root, &format!("ratings/list?agent={}&score=5&transfers=0", ada.id)).await;
    assert_eq!(listed["ratings"].as_array().unwrap().len(), 1);
    assert_eq!((&listed["ratings"][0]["score"], &listed["ratings"][0]["transfers"]), (&json!(5), &json!(0)));
    assert_eq!(report(&root, "ratings/list?transfers=2").await["ratings"], json!([]));
    let page = report(&root, "ratings/list?limit=1").await;
    let rest = report(&root, &format!("ratings/list?after={}", page["next"].as_str().unwrap())).await;
    assert_eq!((&rest["ratings"][0]["score"], &rest["next"]), (&json!(2), &Value::Null));
    let text = csv(&root.client, "ratings?table=by_transfers").await.body;
    let text = String::from_utf8(text.to_vec()).unwrap();
    let head = "transfers,rated,average,score_1,score_2,score_3,score_4,score_5";
    assert_eq!(text.lines().collect::<Vec<_>>(), [head, "0,1,5.0,0,0,0,0,1", "1,1,2.0,0,1,0,0,0"]);
}

#[tokio::test]
async fn how_long_a_customer_is_told_to_wait_is_compared_with_how_long_they_did() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    let mut told = Vec::new();
    for number in 0..12 {
        let (customer, _) = app.customer("Carla", "Hello").await;
        told.push(
            customer.get("/api/chat").await.expect(StatusCode::OK)["chat"]["phase"]["wait_secs"].clone(),
        );
        app.advance(std::time::Duration::from_millis(2_000 + number * 100));
        let id = accept(&ada).await;
        let body = json!({"disposition": "resolved", "notes": null});
        let path = format!("/api/conversations/{id}/closure");
        ada.client.post(&path, &body).await.expect(StatusCode::NO_CONTENT);
    }
    assert_eq!(told[9], Value::Null, "nine are too few to say");
    assert!(told[10].is_u64());
    let waits = report(&root, "segments?kind=queue&only=expected").await;
    let expected: Vec<_> = waits["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|wait| {
            (json!(wait["expected_ms"].as_u64().unwrap() / 1_000), wait["lasted_ms"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(expected, [(told[10].clone(), 3_000), (told[11].clone(), 3_100)], "as the customer was told");
    let figures = report(&root, "waits").await;
    assert_eq!((&figures["expected_counted"], &figures["longer_than_expected"]), (&json!(2), &json!(2)));
    assert_eq!(figures["expected_actual_ms"], 3_050);
    let off = figures["expected_off_ms"].as_u64().unwrap();
    assert!(figures["expected_ms"].as_u64().unwrap().abs_diff(3_050 - off) <= 1, "all waited longer");
    let text = csv(&root.client, "waits?table=figures").await.body;
    assert!(String::from_utf8(text.to_vec()).unwrap().contains("expected_counted,expected_ms"));
}

/// Returns the summary that is made for whoever has a conversation.
async fn summary(person: &Person<'_>, id: &str) -> String {
    let answer = person.client.get(&format!("/api/conversations/{id}/summary")).await;
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let done = text.rsplit("data: ").next().unwrap();
    let done: Value = serde_json::from_str(done.trim()).unwrap();
    done["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_goes_with_a_transfer_and_why_it_is_refused_are_counted() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "My invoice 4711 is wrong, I want it to be mended.").await;
    let id = accept(&ada).await;
    app.make_available(&bob).await;
    let path = format!("/api/conversations/{id}/transfers");
    let made = summary(&ada, &id).await;
    let wishes = [
        (json!({"summary": made, "note": "Soon, please"}), "At lunch"),
        (json!({"summary": format!("{made} Be quick.")}), "at lunch."),
        (json!({}), ""),
    ];
    for (mut wish, reason) in wishes {
        wish["target"] = json!({"kind": "agent", "id": bob.id});
        ada.client.post(&path, &wish).await.expect(StatusCode::CREATED);
        let offers = desk(&bob).await["offers"].clone();
        let offer = offers.as_object().unwrap().keys().next().unwrap().clone();
        let reading =
            bob.client.post(&format!("/api/offers/{offer}/replies"), &json!({"reply": "reading"})).await;
        assert!(reading.status.is_success(), "{}", reading.status);
        let rejected =
            bob.client.post(&format!("/api/offers/{offer}/rejection"), &json!({"reason": reason})).await;
        rejected.expect(StatusCode::NO_CONTENT);
    }
    let found = report(&root, "transfers").await;
    let carried = ["with_note", "with_summary", "summaries_edited", "notes_opened", "failed_rejected"];
    assert_eq!(carried.map(|key| found[key].as_u64()), [1, 2, 1, 2, 3].map(Some));
    let reasons = found["reasons"].as_array().unwrap();
    assert_eq!((&reasons[0]["reason"], &reasons[0]["count"]), (&json!("at lunch."), &json!(2)));
    assert_eq!(reasons[1], json!({"reason": null, "key": null, "count": 1}));
    let key = reasons[0]["key"].as_str().unwrap();
    for (asked, rows) in [(format!("reason={key}"), 2), ("only=of_transfer,without_reason".to_owned(), 1)] {
        let listed = report(&root, &format!("segments?kind=rejected&{asked}")).await;
        assert_eq!(listed["segments"].as_array().unwrap().len(), rows, "{asked}");
        assert!(listed["segments"][0]["load_used"].is_u64() && listed["segments"][0]["load_limit"].is_u64());
    }
    let edited = report(&root, "transfers/list?only=summary_edited").await;
    assert_eq!(edited["transfers"][0]["summary_edited"], true);
    let text = csv(&root.client, "transfers?table=reasons").await.body;
    let text = String::from_utf8(text.to_vec()).unwrap();
    assert_eq!(text.lines().collect::<Vec<_>>(), ["reason,key,count", &format!("at lunch.,{key},2"), ",,1"]);
}

#[tokio::test]
async fn conversations_are_counted_by_what_they_came_to_and_listed() {
    let app = TestApp::start();
    let root = app.person("Root", Role::Administrator).await;
    let late = app.person("Late", Role::Supervisor).await;
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    // One that comes to a good end, one that the customer leaves at once, one that goes on.
    let (customer, _) = app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let said = ada.client.post(&format!("/api/conversations/{id}/messages"), &json!({"text": "Hello"})).await;
    said.expect(StatusCode::CREATED);
    customer.post("/api/chat/messages", &json!({"text": "Thank you"})).await.expect(StatusCode::CREATED);
    let body = json!({"disposition": "resolved", "notes": null});
    let closed = ada.client.post(&format!("/api/conversations/{id}/closure"), &body).await;
    closed.expect(StatusCode::NO_CONTENT);
    let (leaves, _) = app.customer("Dora", "Hello").await;
    leaves.post("/api/chat/closure", &json!({})).await.expect(StatusCode::NO_CONTENT);
    app.customer("Emma", "Hello").await;

    let found = report(&root, "conversations").await;
    let counts = ["conversations", "successful", "cancelled", "in_progress", "abandoned", "transfers_0"];
    assert_eq!(counts.map(|key| found[key].as_u64()), [3, 1, 1, 1, 0, 3].map(Some));
    assert_eq!((&found["agent_messages"], &found["customer_messages"]), (&json!(0.5), &json!(1.5)), "of two");
    assert_eq!(report(&late, "conversations").await["conversations"], 0, "she leads no team");
    let listed = report(&root, "conversations/list?outcome=successful").await;
    assert_eq!(listed["conversations"][0]["conversation"], id.as_str());
    assert_eq!(listed["conversations"][0]["customer_messages"], 2);
    let ended = report(&root, "conversations/list?only=ended&transfers=0&limit=1").await;
    let next = format!("conversations/list?only=ended&after={}", ended["next"].as_str().unwrap());
    assert_eq!(report(&root, &next).await["conversations"].as_array().unwrap().len(), 1);
    let text = csv(&root.client, "conversations").await.body;
    assert!(String::from_utf8(text.to_vec()).unwrap().starts_with("conversations,in_progress,successful,"));
}
