//! The streams' heads, places and ends; what travels on them is tested where it is made.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use baton::http::streams::{STREAMS_PER_CUSTOMER_MAX, STREAMS_PER_PERSON_MAX};
use baton_shared::Role;
use http_body_util::BodyExt;
use serde_json::json;

use crate::app::{Client, PATIENCE, TestApp};

pub async fn open(client: &Client<'_>, path: &str) -> Response {
    client.app.open(client.request(Method::GET, path).body(Body::empty()).unwrap()).await
}

async fn next_frame(stream: &mut Response) -> Option<String> {
    let frame = stream.body_mut().frame().await?.unwrap();
    Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
}

/// Reads until the stream ends, and fails if it does not.
pub async fn rest(mut stream: Response) -> String {
    let mut text = String::new();
    let whole = async {
        while let Some(frame) = next_frame(&mut stream).await {
            text.push_str(&frame);
        }
    };
    tokio::time::timeout(PATIENCE, whole).await.expect("the stream ends");
    text
}

#[tokio::test]
async fn a_stream_says_hello_and_is_kept_by_no_cache() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let mut stream = open(&ada.client, "/api/desk/events").await;
    assert_eq!(stream.status(), StatusCode::OK);
    let header = |name: &str| stream.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-accel-buffering"), "no");
    assert!(next_frame(&mut stream).await.unwrap().starts_with("event: hello\n"));
}

#[tokio::test]
async fn the_last_event_wins_over_the_address() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let snapshot = ada.client.get("/api/desk").await.expect(StatusCode::OK);
    let cursor = snapshot["cursor"].as_str().unwrap().to_owned();
    let request = ada.client.request(Method::GET, &format!("/api/desk/events?after={cursor}"));
    let request = request.header("last-event-id", "nonsense").body(Body::empty()).unwrap();
    assert!(rest(app.open(request).await).await.contains("event: restart\n"));
    let request = ada.client.request(Method::GET, "/api/desk/events?after=nonsense");
    let request = request.header("last-event-id", &cursor).body(Body::empty()).unwrap();
    let mut stream = app.open(request).await;
    assert!(next_frame(&mut stream).await.unwrap().starts_with("event: hello\n"));
}

#[tokio::test]
async fn signing_out_ends_the_browsers_streams() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let stream = open(&ada.client, "/api/desk/events").await;
    ada.client.delete("/api/session").await.expect(StatusCode::NO_CONTENT);
    rest(stream).await;
}

#[tokio::test]
async fn disabling_a_person_ends_their_streams() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await;
    let ada = app.person("Ada", Role::Agent).await;
    let stream = open(&ada.client, "/api/desk/events").await;
    let settings = json!({"name": "Ada", "role": "agent", "enabled": false, "capacity": 4});
    admin.client.put(&format!("/api/people/{}", ada.id), &settings).await.expect(StatusCode::NO_CONTENT);
    rest(stream).await;
}

#[tokio::test]
async fn a_person_and_a_customer_have_a_limited_number_of_streams() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let ada = app.person("Ada", Role::Agent).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    let readers = [
        (&ada.client, "/api/desk/events", STREAMS_PER_PERSON_MAX),
        (&customer, "/api/chat/events", STREAMS_PER_CUSTOMER_MAX),
    ];
    for (client, path, places) in readers {
        let mut streams = Vec::new();
        for _ in 0..places {
            streams.push(open(client, path).await);
        }
        let refused = client.get(path).await;
        refused.refused(StatusCode::TOO_MANY_REQUESTS, "too_many_streams");
        assert!(!refused.header("retry-after").is_empty());
        streams.pop();
        assert_eq!(open(client, path).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn stopping_ends_every_stream_and_says_when_to_come_again() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let ada = app.person("Ada", Role::Agent).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    let streams = [open(&ada.client, "/api/desk/events").await, open(&customer, "/api/chat/events").await];
    app.app.stop().await;
    let [desk, chat] = streams;
    assert!(rest(desk).await.contains("event: stopping\ndata: {\"after_ms\":"));
    assert!(rest(chat).await.contains("retry: "));
    let late = customer.post("/api/chat/messages", &json!({"text": "Hello?"})).await;
    late.refused(StatusCode::SERVICE_UNAVAILABLE, "stopping");
    assert!(!late.header("retry-after").is_empty());
}
