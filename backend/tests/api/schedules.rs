//! Scheduled reports: who sets up which, when each is sent where, and what becomes of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use baton::partners::is_signed;
use baton::schedules::{NO_MAIL, WAITS};
use baton_shared::{Command, Role};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::app::{Client, PATIENCE, Person, TestApp};
use crate::post_office::PostOffice;

const PATH: &str = "/api/insights/schedules";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// A day, after which nobody is signed in who was.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// From when the tests begin until nine o'clock, with a minute to spare.
const UNTIL_NINE: Duration = Duration::from_secs(46 * 60);

/// A daily report of queues at nine.
fn daily(target: Value) -> Value {
    json!({
        "name": "Daily queues", "report": "queues", "period": "yesterday", "zone": "UTC",
        "days": {"kind": "day"}, "minute": 540, "form": "csv", "target": target,
    })
}

fn mail(address: &str) -> Value {
    json!({"kind": "mail", "addresses": [address]})
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

async fn add(client: &Client<'_>, body: &Value) -> String {
    let added = client.post(PATH, body).await.expect(StatusCode::CREATED);
    added["id"].as_str().unwrap().to_owned()
}

/// Waits until the only schedule that someone sees is in some state.
async fn until(client: &Client<'_>, seen: impl Fn(&Value) -> bool) -> Value {
    let look = async {
        loop {
            let listed = client.get(PATH).await.expect(StatusCode::OK);
            if seen(&listed["schedules"][0]) {
                return listed["schedules"][0].clone();
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.expect("the state comes")
}

async fn until_kind(client: &Client<'_>, kind: &str, tries: u64) -> Value {
    until(client, |seen| seen["last"]["outcome"]["kind"] == kind && seen["last"]["tries"] == tries).await
}

/// A program that takes reports, and answers with these in turn and then with success.
struct Receiver {
    url: String,
    posted: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
}

#[derive(Clone)]
struct Door {
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
    posted: mpsc::UnboundedSender<(HeaderMap, Bytes)>,
}

async fn take(State(door): State<Door>, headers: HeaderMap, body: Bytes) -> StatusCode {
    door.posted.send((headers, body)).unwrap();
    door.answers.lock().unwrap().pop_front().unwrap_or(StatusCode::NO_CONTENT)
}

impl Receiver {
    async fn start(answers: impl IntoIterator<Item = StatusCode>) -> Self {
        let (post_in, posted) = mpsc::unbounded_channel();
        let door = Door { answers: Arc::new(Mutex::new(answers.into_iter().collect())), posted: post_in };
        let router = Router::new().route("/reports", post(take)).with_state(door);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/reports", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, posted }
    }

    fn target(&self) -> Value {
        json!({"kind": "webhook", "url": self.url, "secret": SECRET})
    }

    /// Returns the id and the body of what is posted next, whose signature is checked.
    async fn next(&mut self) -> (String, Value) {
        let posted = tokio::time::timeout(PATIENCE, self.posted.recv()).await.expect("something is posted");
        let (headers, body) = posted.unwrap();
        let header = |name: &str| headers[name].to_str().unwrap();
        let (id, at) = (header("webhook-id").to_owned(), header("webhook-timestamp").parse().unwrap());
        assert!(is_signed(SECRET, &id, at, &body, header("webhook-signature")));
        (id, serde_json::from_slice(&body).unwrap())
    }

    fn is_empty(&mut self) -> bool {
        self.posted.try_recv().is_err()
    }
}

fn start_with(office: &PostOffice) -> TestApp {
    let app = TestApp::configured(|config| config.mail = Some(office.server()));
    app.app.send_reports();
    app
}

fn start() -> TestApp {
    let app = TestApp::start();
    app.app.send_reports();
    app
}

/// Two queues with a customer each, and a supervisor whose team serves the first alone.
async fn two_queues(app: &TestApp) -> Person<'_> {
    let lead = app.person("Lead", Role::Supervisor).await;
    let (ada, bob) = (app.add_person("Ada", Role::Agent).await, app.add_person("Bob", Role::Agent).await);
    app.add_queue("Accounts", &[ada]).await;
    let parcels = app.add_queue("Parcels", &[bob]).await;
    app.add_team("Accounts", lead.id, &[ada]).await;
    app.customer("Carla", "My account is empty").await;
    app.system(Command::StartConversation {
        name: "Dora".to_owned(),
        text: "My parcel is lost".to_owned(),
        channel: baton_shared::Channel::WebChat,
        queue: parcels,
        attributes: Default::default(),
    })
    .await;
    lead
}

#[tokio::test]
async fn supervisors_see_and_change_their_own_and_administrators_all() {
    let office = PostOffice::open([]).await;
    let app = start_with(&office);
    let root = app.person("Root", Role::Administrator).await;
    let (lead, other) =
        (app.person("Lead", Role::Supervisor).await, app.person("Other", Role::Supervisor).await);
    let agent = app.person("Ada", Role::Agent).await.client;
    let body = daily(mail("lead@example.com"));
    agent.post(PATH, &body).await.refused(StatusCode::FORBIDDEN, "role_too_low");
    let own = format!("{PATH}/{}", add(&lead.client, &body).await);
    let listed = lead.client.get(PATH).await.expect(StatusCode::OK);
    assert_eq!(listed["mail"], true);
    let seen = &listed["schedules"][0];
    assert_eq!(
        (&seen["owner_name"], &seen["stopped"], &seen["last"]),
        (&json!("Lead"), &Value::Null, &Value::Null)
    );
    assert_eq!(seen["next_at"], "2026-11-21T09:00:00.000Z");
    assert_eq!(seen["settings"], with(body.clone(), "filters", json!({})));
    assert_eq!(root.client.get(PATH).await.expect(StatusCode::OK), listed);
    assert_eq!(other.client.get(PATH).await.expect(StatusCode::OK)["schedules"], json!([]));
    let later = with(body, "minute", json!(600));
    other.client.put(&own, &later).await.refused(StatusCode::NOT_FOUND, "not_found");
    other.client.delete(&own).await.refused(StatusCode::NOT_FOUND, "not_found");
    let sending = format!("{own}/sending");
    other.client.post(&sending, &json!({})).await.refused(StatusCode::NOT_FOUND, "not_found");
    root.client.put(&own, &later).await.expect(StatusCode::NO_CONTENT);
    let seen = until(&lead.client, |seen| seen["settings"]["minute"] == 600).await;
    assert_eq!((&seen["owner_name"], &seen["next_at"]), (&json!("Lead"), &json!("2026-11-21T10:00:00.000Z")));
    lead.client.delete(&own).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(lead.client.get(PATH).await.expect(StatusCode::OK)["schedules"], json!([]));
    let changes = root.client.get("/api/transfer-policy/history").await.expect(StatusCode::OK);
    let told: Vec<_> = changes
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["by"].as_str().unwrap(), change["setup"]["done"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("Lead", "removed"), ("Root", "changed"), ("Lead", "added")]);
    assert_eq!(changes[0]["setup"]["thing"], "schedule");
}

#[tokio::test]
async fn what_could_never_be_sent_is_refused_with_what_to_do() {
    let app = TestApp::configured(|config| config.report_domains = vec!["shop.example".to_owned()]);
    let root = app.person("Root", Role::Administrator).await.client;
    let lead = app.person("Lead", Role::Supervisor).await.client;
    let unusable = async |client: &Client<'_>, body: Value| {
        client.post(PATH, &body).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "schedule_unusable")
    };
    let told = unusable(&root, daily(mail("lead@example.com"))).await;
    assert_eq!(told, NO_MAIL);
    assert!(told.contains("--smtp-host") && told.contains("--mail-from"), "{told}");
    let webhook = |url: &str| daily(json!({"kind": "webhook", "url": url, "secret": SECRET}));
    let told = unusable(&lead, webhook("https://example.com/reports")).await;
    assert!(told.contains("--report-domains"), "{told}");
    for inside in [
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "file:///etc/passwd",
        "https://me:pass@example.com",
    ] {
        unusable(&root, webhook(inside)).await;
    }
    let good = webhook("https://shop.example/reports");
    for (field, value) in [
        ("zone", json!("Europe/Atlantis")),
        ("minute", json!(1440)),
        ("days", json!({"kind": "week", "days": []})),
        ("filters", json!({"from": "2026-01-01"})),
        ("target", json!({"kind": "webhook", "url": "https://shop.example/reports"})),
    ] {
        unusable(&lead, with(good.clone(), field, value)).await;
    }
    for filters in [json!({"queue": "billing"}), json!({"colour": "red"})] {
        let refused = lead.post(PATH, &with(good.clone(), "filters", filters)).await;
        refused.refused(StatusCode::BAD_REQUEST, "query_invalid");
    }
    let waits = with(with(good.clone(), "report", json!("waits")), "filters", json!({"since": "ever"}));
    let told = lead.post(PATH, &waits).await.refused(StatusCode::BAD_REQUEST, "query_invalid");
    assert!(told.contains("`creation`"), "the report itself says what it takes: {told}");
    for _ in 0..20 {
        add(&lead, &good).await;
    }
    lead.post(PATH, &good).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "too_many");
}

#[tokio::test]
async fn supervisors_have_reports_mailed_to_people_and_to_allowed_domains_only() {
    let office = PostOffice::open([]).await;
    let app = TestApp::configured(|config| {
        config.mail = Some(office.server());
        config.report_domains = vec!["shop.example".to_owned()];
    });
    let root = app.person("Root", Role::Administrator).await.client;
    let lead = app.person("Lead", Role::Supervisor).await.client;
    app.add_person("Ada", Role::Agent).await;
    for allowed in ["ada@example.com", "Boss@Shop.example"] {
        add(&lead, &daily(mail(allowed))).await;
    }
    for outside in ["eve@example.com", "boss@shop.example.org"] {
        let refused = lead.post(PATH, &daily(mail(outside))).await;
        refused.refused(StatusCode::UNPROCESSABLE_ENTITY, "schedule_unusable");
        add(&root, &daily(mail(outside))).await;
    }
    let own = add(&lead, &daily(mail("lead@example.com"))).await;
    let change = root.put(&format!("{PATH}/{own}"), &daily(mail("eve@example.com"))).await;
    let told = change.refused(StatusCode::UNPROCESSABLE_ENTITY, "schedule_unusable");
    assert!(told.contains("ask an administrator"), "it stays a supervisor's: {told}");
}

#[tokio::test]
async fn a_report_is_mailed_once_at_its_time_each_day() {
    let mut office = PostOffice::open([]).await;
    let app = start_with(&office);
    let root = app.add_person("Root", Role::Administrator).await;
    two_queues(&app).await;
    let id = add(
        &app.signed_in(root),
        &daily(json!({"kind": "mail", "addresses": ["a@example.com", "b@example.com"]})),
    )
    .await;
    app.advance(UNTIL_NINE);
    let first = office.next().await;
    assert_eq!(first.from, "baton@shop.example");
    assert_eq!(first.to, ["a@example.com", "b@example.com"]);
    assert_eq!(first.header("Subject"), "Daily queues: 2026-11-20");
    assert_eq!(first.header("Message-ID"), format!("<{id}-1795251600000@shop.example>"));
    assert!(first.text.contains("filename=\"queues-2026-11-20.csv\""), "{}", first.text);
    assert!(!first.text.contains("Accounts"), "nothing happened on that day: {}", first.text);
    let seen = until_kind(&app.signed_in(root), "sent", 1).await;
    assert_eq!(seen["last"]["due_at"], "2026-11-21T09:00:00.000Z");
    assert_eq!(seen["next_at"], "2026-11-22T09:00:00.000Z");
    app.advance(Duration::from_secs(60 * 60));
    assert!(office.is_empty());
    app.advance(DAY);
    let second = office.next().await;
    assert_eq!(second.header("Subject"), "Daily queues: 2026-11-21");
    assert!(
        second.text.contains(",Accounts,1,0,0,0") && second.text.contains(",Parcels,1,"),
        "{}",
        second.text
    );
    until(&app.signed_in(root), |seen| seen["last"]["due_at"] == "2026-11-22T09:00:00.000Z").await;
    assert!(office.is_empty());
}

#[tokio::test]
async fn a_webhook_gets_what_the_reports_address_answers() {
    let mut receiver = Receiver::start([]).await;
    let app = start();
    let root = app.add_person("Root", Role::Administrator).await;
    two_queues(&app).await;
    for (form, report) in [("json", "queues"), ("csv", "queues"), ("json", "segments"), ("csv", "segments")] {
        let body = with(with(daily(receiver.target()), "form", json!(form)), "report", json!(report));
        let id = add(&app.signed_in(root), &body).await;
        app.customer("Eve", "Whose day the next report is of").await;
        app.advance(DAY);
        let (message, posted) = receiver.next().await;
        assert!(message.starts_with(&id), "{message}");
        assert_eq!(posted["type"], "report.made");
        let data = &posted["data"];
        assert_eq!((&data["schedule"], &data["name"]), (&json!(id), &json!("Daily queues")));
        assert_eq!((&data["report"], &data["form"]), (&json!(report), &json!(form)));
        let (from, to) = (data["from"].as_str().unwrap(), data["to"].as_str().unwrap());
        let address = format!("/api/insights/{report}?from={from}&to={to}");
        let client = app.signed_in(root);
        let request = client.request(axum::http::Method::GET, &address);
        let accept = if form == "csv" { "text/csv" } else { "application/json" };
        let answer =
            app.send(request.header("accept", accept).body(axum::body::Body::empty()).unwrap()).await;
        let expected = match form {
            "csv" => Value::String(String::from_utf8(answer.body.to_vec()).unwrap()),
            _ => answer.expect(StatusCode::OK),
        };
        assert_eq!(data["content"], expected);
        until_kind(&app.signed_in(root), "sent", 1).await;
        app.signed_in(root).delete(&format!("{PATH}/{id}")).await.expect(StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn a_report_holds_what_whoever_scheduled_it_may_see() {
    let mut receiver = Receiver::start([]).await;
    let app = TestApp::configured(|config| config.report_domains = vec!["127.0.0.1".to_owned()]);
    app.app.send_reports();
    let root = app.add_person("Root", Role::Administrator).await;
    let lead = two_queues(&app).await;
    let own = add(&lead.client, &with(daily(receiver.target()), "form", json!("json"))).await;
    app.advance(UNTIL_NINE);
    receiver.next().await;
    app.advance(DAY);
    let (_, posted) = receiver.next().await;
    let names = |posted: &Value| -> Vec<String> {
        let queues = posted["data"]["content"]["queues"].as_array().unwrap();
        queues.iter().map(|queue| queue["thing"]["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&posted), ["Accounts"]);
    // What was posted is not yet noted as sent, and until then nobody has it sent once more.
    until(&app.signed_in(root), |seen| seen["last"]["due_at"] == "2026-11-22T09:00:00.000Z").await;
    // An administrator who has it sent gets no more of it than its owner would.
    let sent =
        app.signed_in(root).post(&format!("{PATH}/{own}/sending"), &json!({})).await.expect(StatusCode::OK);
    assert_eq!((&sent["outcome"]["kind"], &sent["asked"]), (&json!("sent"), &json!(true)));
    let (message, posted) = receiver.next().await;
    assert!(message.ends_with("-asked"), "{message}");
    assert_eq!(names(&posted), ["Accounts"]);
}

#[tokio::test]
async fn what_is_not_taken_is_sent_again_under_its_id_and_given_up_in_the_end() {
    let broken = [StatusCode::SERVICE_UNAVAILABLE; WAITS.len() + 1];
    let mut receiver = Receiver::start(broken).await;
    let app = start();
    let root = app.add_person("Root", Role::Administrator).await;
    add(&app.signed_in(root), &daily(receiver.target())).await;
    app.advance(UNTIL_NINE);
    let (first, _) = receiver.next().await;
    for (tries, wait) in (1..).zip(WAITS) {
        let seen = until_kind(&app.signed_in(root), "retrying", tries).await;
        assert_eq!(seen["last"]["outcome"]["reason"], "The webhook answered with status 503.");
        assert_eq!(seen["next_at"], seen["last"]["outcome"]["next_at"]);
        app.advance(wait - Duration::from_secs(1));
        assert!(receiver.is_empty(), "it waits {wait:?}");
        app.advance(Duration::from_secs(1));
        let (again, _) = receiver.next().await;
        assert_eq!(again, first);
    }
    let seen = until_kind(&app.signed_in(root), "failed", WAITS.len() as u64 + 1).await;
    assert_eq!(seen["next_at"], "2026-11-22T09:00:00.000Z");
    app.advance(DAY);
    let (next, _) = receiver.next().await;
    assert_ne!(next, first);
    until_kind(&app.signed_in(root), "sent", 1).await;
}

#[tokio::test]
async fn a_mail_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not() {
    let mut office = PostOffice::open(["451 later", "550 <lead@example.com> is nobody"]).await;
    let app = start_with(&office);
    let root = app.person("Root", Role::Administrator).await.client;
    add(&root, &daily(mail("lead@example.com"))).await;
    app.advance(UNTIL_NINE);
    let seen = until_kind(&root, "retrying", 1).await;
    let reason = "The mail server could not take it and answered with 451.";
    assert_eq!(seen["last"]["outcome"]["reason"], reason);
    app.advance(WAITS[0]);
    let seen = until_kind(&root, "failed", 2).await;
    assert_eq!(seen["last"]["outcome"]["reason"], "The mail server refused it with 550.");
    assert_eq!(office.refusals_left(), 0);
    app.advance(DAY);
    assert_eq!(office.next().await.to, ["lead@example.com"]);
}

#[tokio::test]
async fn the_report_of_someone_who_left_is_not_sent_and_says_so() {
    let mut receiver = Receiver::start([]).await;
    let app = start();
    let root = app.person("Root", Role::Administrator).await;
    let gone = app.person("Gone", Role::Administrator).await;
    let own = add(&gone.client, &daily(receiver.target())).await;
    let leave =
        |enabled: bool, role: &str| json!({"name": "Gone", "role": role, "enabled": enabled, "capacity": 4});
    let path = format!("/api/people/{}", gone.id);
    root.client.put(&path, &leave(false, "administrator")).await.expect(StatusCode::NO_CONTENT);
    let seen = until(&root.client, |seen| seen["stopped"].is_string()).await;
    assert!(seen["stopped"].as_str().unwrap().contains("has left"), "{seen}");
    assert_eq!(seen["next_at"], Value::Null);
    app.advance(UNTIL_NINE);
    let seen = until_kind(&root.client, "failed", 1).await;
    assert_eq!(seen["last"]["outcome"]["reason"], seen["stopped"]);
    let sent = root.client.post(&format!("{PATH}/{own}/sending"), &json!({})).await.expect(StatusCode::OK);
    assert_eq!(sent["outcome"]["kind"], "failed");
    let change = root.client.put(&format!("{PATH}/{own}"), &daily(receiver.target())).await;
    change.refused(StatusCode::UNPROCESSABLE_ENTITY, "schedule_unusable");
    // Who is back as a supervisor may not have it sent there.
    root.client.put(&path, &leave(true, "supervisor")).await.expect(StatusCode::NO_CONTENT);
    let seen =
        until(&root.client, |seen| !seen["stopped"].as_str().unwrap_or_default().contains("left")).await;
    assert!(seen["stopped"].as_str().unwrap().contains("--report-domains"), "{seen}");
    assert!(receiver.is_empty());
}

#[tokio::test]
async fn what_was_due_while_the_server_stood_still_is_sent_once() {
    let mut receiver = Receiver::start([]).await;
    let app = start();
    let root = app.add_person("Root", Role::Administrator).await;
    add(&app.signed_in(root), &daily(receiver.target())).await;
    app.advance(UNTIL_NINE);
    let (first, _) = receiver.next().await;
    until_kind(&app.signed_in(root), "sent", 1).await;
    let app = app.started_again(DAY * 3).await;
    app.app.send_reports();
    let (late, posted) = receiver.next().await;
    assert_ne!(late, first);
    assert_eq!(posted["data"]["due_at"], "2026-11-24T09:00:00.000Z");
    until(&app.signed_in(root), |seen| seen["last"]["due_at"] == "2026-11-24T09:00:00.000Z").await;
    let app = app.started_again(Duration::from_secs(60)).await;
    app.app.send_reports();
    // Had anything been due, it would have come before the next one.
    app.advance(DAY);
    let (_, posted) = receiver.next().await;
    assert_eq!(posted["data"]["due_at"], "2026-11-25T09:00:00.000Z");
}

#[tokio::test]
async fn what_was_not_taken_before_a_restart_is_sent_again_after_it() {
    let mut receiver = Receiver::start([StatusCode::BAD_GATEWAY]).await;
    let app = start();
    let root = app.add_person("Root", Role::Administrator).await;
    add(&app.signed_in(root), &daily(receiver.target())).await;
    app.advance(UNTIL_NINE);
    let (first, _) = receiver.next().await;
    until_kind(&app.signed_in(root), "retrying", 1).await;
    let app = app.started_again(WAITS[0]).await;
    app.app.send_reports();
    let (again, _) = receiver.next().await;
    assert_eq!(again, first);
    until_kind(&app.signed_in(root), "sent", 2).await;
}

#[tokio::test]
async fn a_report_is_tried_out_at_once_but_not_without_end() {
    let mut receiver = Receiver::start([StatusCode::NOT_FOUND]).await;
    let app = start();
    let root = app.person("Root", Role::Administrator).await.client;
    let own = add(&root, &daily(receiver.target())).await;
    let sending = format!("{PATH}/{own}/sending");
    let sent = root.post(&sending, &json!({})).await.expect(StatusCode::OK);
    assert_eq!(sent["outcome"], json!({"kind": "failed", "reason": "The webhook answered with status 404."}));
    assert_eq!(until_kind(&root, "failed", 1).await["next_at"], "2026-11-21T09:00:00.000Z");
    let sent = root.post(&sending, &json!({})).await.expect(StatusCode::OK);
    assert_eq!(sent["outcome"]["kind"], "sent");
    receiver.next().await;
    let (_, posted) = receiver.next().await;
    assert_eq!(posted["data"]["from"], "2026-11-20T00:00:00.000Z");
    // Another secret is signed with at once, and none leaves it as it is.
    let same = with(daily(json!({"kind": "webhook", "url": receiver.url})), "minute", json!(541));
    root.put(&format!("{PATH}/{own}"), &same).await.expect(StatusCode::NO_CONTENT);
    for _ in 0..4 {
        root.post(&sending, &json!({})).await.expect(StatusCode::OK);
        receiver.next().await;
    }
    root.post(&sending, &json!({})).await.refused(StatusCode::TOO_MANY_REQUESTS, "too_many_sendings");
}
