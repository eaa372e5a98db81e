//! External contacts: a partner who is asked over a webhook, and what they do with what they took.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use baton::clock::Clock;
use baton::partners::{is_signed, sign};
use baton_shared::Role;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::app::{Answer, Client, HOST, PATIENCE, Person, TestApp};
use crate::conversations::{accept, desk};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_SECRET: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What a partner was asked: the headers and the body.
type Asked = (HeaderMap, Bytes);

#[derive(Clone)]
struct Desk {
    answers: Arc<Mutex<VecDeque<(StatusCode, Value)>>>,
    asked: mpsc::UnboundedSender<Asked>,
}

/// A partner's server, which gives these answers in turn and then none.
struct Partner {
    url: String,
    asked: mpsc::UnboundedReceiver<Asked>,
}

impl Partner {
    async fn start(answers: impl IntoIterator<Item = (StatusCode, Value)>) -> Self {
        let (asked, calls) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        let router = Router::new().route("/baton", post(answer)).with_state(Desk { answers, asked });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/baton", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, asked: calls }
    }

    /// Returns what is asked next.
    async fn next(&mut self) -> Asked {
        tokio::time::timeout(PATIENCE, self.asked.recv()).await.expect("the partner is asked").unwrap()
    }
}

async fn answer(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Response {
    desk.asked.send((headers, body)).unwrap();
    let answer = desk.answers.lock().unwrap().pop_front();
    match answer {
        Some((status, body)) => (status, body.to_string()).into_response(),
        None => std::future::pending().await,
    }
}

fn accepts() -> (StatusCode, Value) {
    (StatusCode::OK, json!({"decision": "accept"}))
}

fn declines(reason: &str) -> (StatusCode, Value) {
    (StatusCode::OK, json!({"decision": "decline", "reason": reason}))
}

/// An agent with a conversation, and a contact that is the partner.
struct Scene<'a> {
    ada: Person<'a>,
    customer: Client<'a>,
    id: String,
    contact: String,
}

async fn scene<'a>(app: &'a TestApp, partner: &Partner) -> Scene<'a> {
    app.app.ask_partners();
    let admin = app.person("Root", Role::Administrator).await.client;
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "My parcel is lost").await;
    let id = accept(&ada).await;
    let body = json!({"name": "Parcel service", "url": partner.url, "secret": SECRET});
    let added = admin.post("/api/external-contacts", &body).await.expect(StatusCode::CREATED);
    Scene { ada, customer, id, contact: added["id"].as_str().unwrap().to_owned() }
}

impl Scene<'_> {
    async fn transfer(&self) -> String {
        let body = json!({
            "target": {"kind": "external", "id": self.contact}, "note": "Please look", "summary": "A lost parcel.",
        });
        let path = format!("/api/conversations/{}/transfers", self.id);
        let made = self.ada.client.post(&path, &body).await.expect(StatusCode::CREATED);
        made["transfer"].as_str().unwrap().to_owned()
    }

    async fn phase(&self) -> Value {
        self.customer.get("/api/chat").await.expect(StatusCode::OK)["chat"]["phase"].clone()
    }

    /// Waits until the agent sees their conversation in some state.
    async fn until(&self, seen: impl Fn(&Value) -> bool) -> Value {
        let look = async {
            loop {
                let thread = desk(&self.ada).await["conversations"][&self.id].clone();
                if seen(&thread) {
                    return thread;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.expect("the state comes")
    }
}

/// What a partner sends, signed with a secret at a time.
async fn signed(app: &TestApp, path: &str, body: &Value, key: &str, secret: &str, at_secs: i64) -> Answer {
    let body = body.to_string();
    let signature = sign(secret, key, at_secs, body.as_bytes()).unwrap();
    let request = Request::post(path)
        .header("host", HOST)
        .header("content-type", "application/json")
        .header("webhook-id", key)
        .header("webhook-timestamp", at_secs)
        .header("webhook-signature", signature);
    app.send(request.body(Body::from(body)).unwrap()).await
}

fn now_secs(app: &TestApp) -> i64 {
    app.clock.now().as_millis() / 1_000
}

#[tokio::test]
async fn contacts_are_set_up_without_ever_showing_their_secret() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let path = "/api/external-contacts";
    let contact = |url: &str, secret: Value| json!({"name": "Partner", "url": url, "secret": secret});
    let url = "https://partner.example.com/baton";
    for (body, code) in [
        (contact("http://partner.example.com", json!(SECRET)), "external_unusable"),
        (contact("http://169.254.169.254/latest", json!(SECRET)), "external_unusable"),
        (contact("file:///etc/passwd", json!(SECRET)), "external_unusable"),
        (contact(url, json!("whsec_short")), "external_unusable"),
        (contact(url, Value::Null), "external_unusable"),
    ] {
        admin.post(path, &body).await.refused(StatusCode::UNPROCESSABLE_ENTITY, code);
    }
    let added = admin.post(path, &contact(url, json!(SECRET))).await.expect(StatusCode::CREATED);
    let id = added["id"].as_str().unwrap();
    let listed = admin.get(path).await.expect(StatusCode::OK);
    assert_eq!(listed, json!([{"id": id, "name": "Partner", "url": url}]));
    let own = format!("{path}/{id}");
    let moved = json!({"name": "Partner", "url": "https://partner.example.com/new"});
    admin.put(&own, &moved).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(admin.get(path).await.expect(StatusCode::OK)[0]["url"], "https://partner.example.com/new");
    admin.delete(&own).await.expect(StatusCode::NO_CONTENT);
    admin.delete(&own).await.refused(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(admin.get(path).await.expect(StatusCode::OK), json!([]));
}

#[tokio::test]
async fn a_partner_is_asked_with_a_signature_and_takes_the_conversation() {
    let app = TestApp::start();
    let mut partner = Partner::start([accepts()]).await;
    let scene = scene(&app, &partner).await;
    let path = format!("/api/conversations/{}/transfer-targets", scene.id);
    let targets = scene.ada.client.get(&path).await.expect(StatusCode::OK);
    assert_eq!(targets["externals"][0]["outcome"], "Asked at once; returns to you after 60 s.");
    let transfer = scene.transfer().await;
    let (headers, body) = partner.next().await;
    let header = |name: &str| headers[name].to_str().unwrap();
    assert_eq!(header("webhook-id"), transfer);
    let at: i64 = header("webhook-timestamp").parse().unwrap();
    assert!(is_signed(SECRET, &transfer, at, &body, header("webhook-signature")));
    let asked: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(asked["type"], "transfer.requested");
    let data = &asked["data"];
    assert_eq!((&data["conversation"], &data["transfer"]), (&json!(scene.id), &json!(transfer)));
    assert_eq!((&data["note"], &data["summary"]), (&json!("Please look"), &json!("A lost parcel.")));
    assert_eq!(data["messages"][0]["text"], "My parcel is lost");
    assert_eq!(data["customer"], "Carla");

    scene.until(Value::is_null).await;
    assert_eq!(scene.phase().await, json!({"kind": "active", "agent": "Parcel service"}));
}

#[tokio::test]
async fn a_partner_who_declines_leaves_it_where_it_was_and_says_why() {
    let app = TestApp::start();
    let partner = Partner::start([declines("closed today")]).await;
    let scene = scene(&app, &partner).await;
    scene.transfer().await;
    let thread = scene.until(|thread| thread["returned"].is_object()).await;
    assert_eq!(thread["returned"]["reason"], "closed today");
    assert_eq!(
        (&thread["returned"]["to"], &thread["returned"]["end"]),
        (&json!("Parcel service"), &json!("returned"))
    );
    assert_eq!(scene.phase().await, json!({"kind": "active", "agent": "Ada"}));
}

#[tokio::test]
async fn a_partner_who_does_not_answer_in_time_leaves_it_where_it_was() {
    let app = TestApp::start();
    let mut partner = Partner::start([]).await;
    let scene = scene(&app, &partner).await;
    scene.transfer().await;
    partner.next().await;
    let pending = scene.until(|thread| thread["transfer"].is_object()).await;
    assert_eq!(pending["transfer"]["to"], "Parcel service");
    for _ in 0..3 {
        app.advance(Duration::from_secs(20));
        app.make_available(&scene.ada).await;
    }
    app.advance(Duration::from_secs(1));
    let thread = scene.until(|thread| thread["returned"].is_object()).await;
    assert_eq!(thread["returned"]["end"], "expired");
}

#[tokio::test]
async fn a_partner_who_fails_is_asked_again_with_the_same_id() {
    let app = TestApp::start();
    let broken = (StatusCode::INTERNAL_SERVER_ERROR, json!({}));
    let mut partner = Partner::start([broken, (StatusCode::OK, json!("nonsense")), accepts()]).await;
    let scene = scene(&app, &partner).await;
    let transfer = scene.transfer().await;
    for _ in 0..3 {
        let (headers, _) = partner.next().await;
        assert_eq!(headers["webhook-id"], transfer.as_str());
    }
    scene.until(Value::is_null).await;
}

#[tokio::test]
async fn a_partner_reads_answers_and_gives_back() {
    let app = TestApp::start();
    let partner = Partner::start([accepts()]).await;
    let scene = scene(&app, &partner).await;
    scene.transfer().await;
    scene.until(Value::is_null).await;
    let (id, now) = (&scene.id, now_secs(&app));
    let path = |rest: &str| format!("/api/external/{id}/{rest}");
    let body = json!({"conversation": id, "text": "We found it."});
    let say = async |key: &str, secret: &str, at: i64| {
        signed(&app, &path("messages"), &body, key, secret, at).await
    };
    let message = say("message-1", SECRET, now).await.expect(StatusCode::CREATED);
    assert_eq!(
        (&message["author"]["kind"], &message["name"]),
        (&json!("external"), &json!("Parcel service"))
    );
    let again = say("message-1", SECRET, now).await.expect(StatusCode::CREATED);
    assert_eq!(again["seq"], message["seq"], "a repetition says nothing twice");
    for answer in [
        say("message-2", OTHER_SECRET, now).await,
        say("message-3", SECRET, now - 301).await,
        say("message-4", SECRET, now + 301).await,
        say("short", SECRET, now).await,
    ] {
        answer.refused(StatusCode::UNAUTHORIZED, "signature_invalid");
    }
    let elsewhere = json!({"conversation": format!("cnv_{}", "0".repeat(26)), "text": "We found it."});
    let replayed = signed(&app, &path("messages"), &elsewhere, "message-5", SECRET, now).await;
    replayed.refused(StatusCode::UNAUTHORIZED, "signature_invalid");

    scene
        .customer
        .post("/api/chat/messages", &json!({"text": "Thank you"}))
        .await
        .expect(StatusCode::CREATED);
    let read = async |after: u64, key: &str| {
        let body = json!({"conversation": id, "after": after});
        signed(&app, &path("transcript"), &body, key, SECRET, now).await
    };
    let transcript = read(1, "reading-1").await.expect(StatusCode::OK);
    let texts: Vec<&str> =
        transcript["messages"].as_array().unwrap().iter().filter_map(|one| one["text"].as_str()).collect();
    assert_eq!((texts, &transcript["more"]), (vec!["We found it.", "Thank you"], &json!(false)));

    let back = json!({"conversation": id, "note": "Call them tomorrow"});
    let given = signed(&app, &path("return"), &back, "return-01", SECRET, now).await;
    given.expect(StatusCode::NO_CONTENT);
    let offers = desk(&scene.ada).await["offers"].clone();
    let offer = offers.as_object().unwrap().values().next().unwrap().clone();
    assert_eq!(offer["transfer"]["from"], "Parcel service");
    assert_eq!(offer["transfer"]["note"], "Call them tomorrow");
    read(0, "reading-2").await.refused(StatusCode::NOT_FOUND, "not_found");
    say("message-6", SECRET, now).await.refused(StatusCode::FORBIDDEN, "not_owner");
}

#[tokio::test]
async fn a_partner_ends_a_conversation() {
    let app = TestApp::start();
    let partner = Partner::start([accepts()]).await;
    let scene = scene(&app, &partner).await;
    scene.transfer().await;
    scene.until(Value::is_null).await;
    let path = format!("/api/external/{}/closure", scene.id);
    let body = json!({"conversation": scene.id});
    let ended = signed(&app, &path, &body, "closure-1", SECRET, now_secs(&app)).await;
    ended.expect(StatusCode::NO_CONTENT);
    assert_eq!(scene.phase().await["kind"], "closed");
    let late = signed(&app, &path, &body, "closure-2", SECRET, now_secs(&app)).await;
    late.refused(StatusCode::CONFLICT, "conversation_closed");
}

#[tokio::test]
async fn what_was_asked_before_a_restart_is_asked_again_after_it() {
    let app = TestApp::start();
    let mut partner = Partner::start([accepts()]).await;
    let scene = {
        let admin = app.person("Root", Role::Administrator).await.client;
        let ada = app.person("Ada", Role::Agent).await;
        app.add_queue("Support", &[ada.id]).await;
        app.make_available(&ada).await;
        let (customer, _) = app.customer("Carla", "My parcel is lost").await;
        let id = accept(&ada).await;
        let body = json!({"name": "Parcel service", "url": partner.url, "secret": SECRET});
        let added = admin.post("/api/external-contacts", &body).await.expect(StatusCode::CREATED);
        Scene { ada, customer, id, contact: added["id"].as_str().unwrap().to_owned() }
    };
    // Nobody asks yet, as if the server had been stopped before it could; then it is started.
    let transfer = scene.transfer().await;
    *app.app.calls.lock().unwrap() = {
        let (_, none) = mpsc::channel(1);
        Some(none)
    };
    app.app.ask_partners();
    let (headers, _) = partner.next().await;
    assert_eq!(headers["webhook-id"], transfer.as_str());
    scene.until(Value::is_null).await;
}
