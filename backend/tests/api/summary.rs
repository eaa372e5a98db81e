//! Summaries: who gets them, and what becomes of them when a model is asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use baton::config::{Secret, SummaryModel};
use baton_shared::Role;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::app::{Person, TestApp};
use crate::conversations::accept;

const WISH: &str = "I want a refund for order 99887766, mail me at carla@example.com";

/// Returns the agent who owns a conversation that begins with [`WISH`], and its id.
async fn owned(app: &TestApp) -> (Person<'_>, String) {
    let ada = app.person("Ada", Role::Agent).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", WISH).await;
    let id = accept(&ada).await;
    let path = format!("/api/conversations/{id}/messages");
    let answer = json!({"text": "Thank you. I'll call you tomorrow about the refund."});
    ada.client.post(&path, &answer).await.expect(StatusCode::CREATED);
    (ada, id)
}

/// Reads a summary to its end: the texts of its parts, and the data of `done`.
async fn summary_of(person: &Person<'_>, id: &str) -> (Vec<String>, Value) {
    let answer = person.client.get(&format!("/api/conversations/{id}/summary")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let events: Vec<(&str, Value)> = text
        .trim_end()
        .split("\n\n")
        .map(|event| {
            let (name, data) = event.split_once('\n').unwrap();
            let data = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
            (name.strip_prefix("event: ").unwrap(), data)
        })
        .collect();
    let ((last, done), parts) = events.split_last().unwrap();
    assert_eq!(*last, "done");
    let texts = parts.iter().map(|(name, data)| {
        assert_eq!(*name, "part");
        data["text"].as_str().unwrap().to_owned()
    });
    (texts.collect(), done.clone())
}

#[tokio::test]
async fn the_owner_gets_the_extract_in_parts_and_then_whole() {
    let app = TestApp::start();
    let (ada, id) = owned(&app).await;
    let (parts, done) = summary_of(&ada, &id).await;
    assert_eq!(done["made_by"], "extract");
    let text = done["text"].as_str().unwrap();
    assert_eq!(parts.concat(), text);
    assert!(text.contains("Carla wants a refund for order 99887766"), "{text}");
    assert!(text.contains("Ada will call Carla tomorrow about the refund."), "{text}");
}

#[tokio::test]
async fn who_may_not_see_a_conversation_gets_no_summary() {
    let app = TestApp::start();
    let (_, id) = owned(&app).await;
    let path = format!("/api/conversations/{id}/summary");
    let other = app.person("Eve", Role::Agent).await;
    other.client.get(&path).await.refused(StatusCode::NOT_FOUND, "not_found");
    let admin = app.person("Root", Role::Administrator).await;
    admin.client.get(&path).await.refused(StatusCode::NOT_FOUND, "not_found");
    app.anyone().get(&path).await.refused(StatusCode::UNAUTHORIZED, "signed_out");
}

/// The requests that a model got.
type Asked = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// A model on loopback, and what it was asked.
struct FakeModel {
    base: String,
    asked: Asked,
    serving: JoinHandle<()>,
}

impl Drop for FakeModel {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl FakeModel {
    async fn start() -> Self {
        let asked: Asked = Arc::default();
        let router =
            Router::new().route("/{kind}/chat/completions", post(complete)).with_state(asked.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, asked, serving }
    }

    /// Returns a server whose model behaves in some way, and is given this long.
    fn app(&self, kind: &str, within: Duration) -> TestApp {
        let model = SummaryModel {
            url: format!("{}/{kind}", self.base),
            model: "small".to_owned(),
            key: Some(Secret::new("hush".to_owned())),
            first_within: within,
            whole_within: within,
        };
        TestApp::configured(|config| config.summary_model = Some(model))
    }
}

/// A piece of an answer as OpenAI-compatible servers stream it.
fn chunk(text: &str) -> String {
    format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": {"content": text}}]}))
}

async fn complete(
    State(asked): State<Asked>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    asked.lock().unwrap().push((headers, serde_json::from_slice(&body).unwrap()));
    let role =
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\r\n\r\n: comment\n";
    let begun =
        format!("{role}{}{}", chunk("Carla wants money for [NUM"), chunk("BER_1]; write to [EMAIL_1]."));
    match kind.as_str() {
        "good" => {
            format!("{begun}data: {{\"choices\":[],\"usage\":{{}}}}\n\ndata: [DONE]\n\n").into_response()
        }
        "silent" => std::future::pending().await,
        "cut" => begun.into_response(),
        "nonsense" => format!("{begun}data: <html>\n\n").into_response(),
        "empty" => format!("{role}data: [DONE]\n\n").into_response(),
        "endless" => "x".repeat(200_000).into_response(),
        "talkative" => chunk(&"more ".repeat(1_000)).into_response(),
        "moved" => (StatusCode::TEMPORARY_REDIRECT, [("location", "/good/chat/completions")]).into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[tokio::test]
async fn a_model_gets_no_identifiers_and_the_agent_gets_them_back() {
    let model = FakeModel::start().await;
    let app = model.app("good", Duration::from_secs(30));
    let (ada, id) = owned(&app).await;
    let (parts, done) = summary_of(&ada, &id).await;
    let text = "Carla wants money for 99887766; write to carla@example.com.";
    assert_eq!(done, json!({"made_by": "model", "text": text}));
    assert_eq!(parts.concat(), text);

    let asked = model.asked.lock().unwrap();
    let [(headers, body)] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(headers["authorization"], "Bearer hush");
    assert_eq!((&body["model"], &body["stream"]), (&json!("small"), &json!(true)));
    let sent = body["messages"][1]["content"].as_str().unwrap();
    assert_eq!(
        sent,
        "Customer: I want a refund for order [NUMBER_1], mail me at [EMAIL_1]\n\
         Agent: Thank you. I'll call you tomorrow about the refund.\n"
    );
}

#[tokio::test]
async fn a_model_that_fails_leaves_the_extract() {
    let model = FakeModel::start().await;
    let kinds = ["failing", "cut", "nonsense", "empty", "endless", "talkative", "moved"];
    for kind in kinds {
        let app = model.app(kind, Duration::from_secs(30));
        let (ada, id) = owned(&app).await;
        let (_, done) = summary_of(&ada, &id).await;
        assert_eq!(done["made_by"], "extract", "{kind}");
        assert!(done["text"].as_str().unwrap().contains("Carla wants a refund"), "{kind}: {done}");
    }
    assert_eq!(model.asked.lock().unwrap().len(), kinds.len(), "nothing is asked twice, or elsewhere");
}

#[tokio::test]
async fn a_model_that_says_nothing_in_time_leaves_the_extract() {
    let model = FakeModel::start().await;
    let app = model.app("silent", Duration::from_millis(50));
    let (ada, id) = owned(&app).await;
    let (parts, done) = summary_of(&ada, &id).await;
    assert_eq!(done["made_by"], "extract");
    assert_eq!(parts.concat(), done["text"]);
}

#[tokio::test]
async fn a_model_that_is_not_there_leaves_the_extract() {
    let model = FakeModel::start().await;
    let app = model.app("good", Duration::from_secs(30));
    model.serving.abort();
    // The port is closed once the task is gone.
    while !model.serving.is_finished() {
        tokio::task::yield_now().await;
    }
    let (ada, id) = owned(&app).await;
    assert_eq!(summary_of(&ada, &id).await.1["made_by"], "extract");
}
