//! What bad input gets: always a refusal that names the rule, never a fault of the server.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use baton::http::body::{BODY_BYTES_MAX, BODY_LEVELS_MAX};
use baton_shared::Role;
use serde_json::json;

use crate::app::{Answer, Client, TestApp};
use crate::description::operations;

async fn send(client: &Client<'_>, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = client.request(method, path).header(header::CONTENT_TYPE, kind);
    client.app.send(request.body(body.into()).unwrap()).await
}

async fn post_chat(app: &TestApp, body: impl Into<Body>) -> Answer {
    send(&app.anyone(), Method::POST, "/api/chat", "application/json", body).await
}

#[tokio::test]
async fn a_body_that_is_no_json_is_malformed() {
    let app = TestApp::start();
    for body in ["{", "{\"name\":", "nonsense", "{\"name\":\"a\" \"text\":\"b\"}", "\u{feff}{}", "[1,", "''"]
    {
        post_chat(&app, body).await.refused(StatusCode::BAD_REQUEST, "malformed");
    }
}

#[tokio::test]
async fn a_body_of_another_shape_says_what_is_missing() {
    let app = TestApp::start();
    for body in
        ["[]", "null", "1", "\"text\"", "{}", "", r#"{"name":1,"text":"b"}"#, r#"{"name":"a","name":"b"}"#]
    {
        post_chat(&app, body).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape");
    }
    let detail =
        post_chat(&app, r#"{"name":"a"}"#).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape");
    assert!(detail.contains("missing field `text`"), "{detail}");
}

#[tokio::test]
async fn an_unknown_field_is_refused() {
    let app = TestApp::start();
    let refused = post_chat(&app, r#"{"name":"a","text":"b","admin":true}"#).await;
    let detail = refused.refused(StatusCode::UNPROCESSABLE_ENTITY, "unknown_field");
    assert!(detail.contains("`admin`"), "{detail}");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read_to_its_end() {
    let app = TestApp::start();
    let text = "a".repeat(BODY_BYTES_MAX);
    let body = json!({"name": "a", "text": text}).to_string();
    post_chat(&app, body).await.refused(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
    let small = "a".repeat(BODY_BYTES_MAX / 2);
    let body = json!({"name": "a", "text": small}).to_string();
    assert_ne!(post_chat(&app, body).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_body_that_is_not_utf8_is_refused() {
    let app = TestApp::start();
    post_chat(&app, b"{\"name\":\"\xff\xfe\",\"text\":\"b\"}".to_vec())
        .await
        .refused(StatusCode::BAD_REQUEST, "not_utf8");
}

#[tokio::test]
async fn a_body_that_is_nested_deeper_than_the_limit_is_refused() {
    let app = TestApp::start();
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    post_chat(&app, nested(BODY_LEVELS_MAX + 1)).await.refused(StatusCode::BAD_REQUEST, "too_deep");
    post_chat(&app, nested(100_000)).await.refused(StatusCode::BAD_REQUEST, "too_deep");
    post_chat(&app, "[".repeat(100_000)).await.refused(StatusCode::BAD_REQUEST, "too_deep");
    post_chat(&app, nested(BODY_LEVELS_MAX)).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape");
}

#[tokio::test]
async fn only_json_is_taken() {
    let app = TestApp::start();
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/jsonx"]
    {
        let answer = send(&app.anyone(), Method::POST, "/api/chat", kind, "{}").await;
        answer.refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json");
    }
    for kind in ["application/json; charset=utf-8", "Application/JSON"] {
        let answer = send(&app.anyone(), Method::POST, "/api/chat", kind, "{}").await;
        answer.refused(StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape");
    }
}

#[tokio::test]
async fn nonsense_at_every_address_is_a_refusal_and_changes_nothing() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await;
    app.add_queue("Support", &[]).await;
    let (customer, _) = app.customer("Ada", "Hello").await;
    let before = app.app.store.read().unwrap().head().unwrap();
    let bodies: [&[u8]; 7] = [
        b"{",
        b"[]",
        b"{\"nonsense\":1}",
        b"\xff\xff",
        b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        b"{\"\\ud800\":1}",
        b"1e999",
    ];
    for operation in operations().iter().filter(|one| one.method != Method::GET) {
        for body in bodies {
            let client = if operation.path.starts_with("/api/chat") { &customer } else { &admin.client };
            let answer =
                send(client, operation.method.clone(), &operation.path, "application/json", body.to_vec())
                    .await;
            let what = format!("{} {} {:?}", operation.method, operation.path, String::from_utf8_lossy(body));
            assert!(answer.status.is_client_error(), "{what}: {}", answer.status);
            answer.refused(answer.status, &answer.code());
        }
    }
    assert_eq!(app.app.store.read().unwrap().head().unwrap(), before);
}

#[tokio::test]
async fn an_id_that_is_none_does_not_exist() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await;
    for id in
        ["x", "agt_", "cnv_00000000000000000000000000", "agt_8zzzzzzzzzzzzzzzzzzzzzzzzz", "%ff", "..%2f"]
    {
        admin.client.get(&format!("/api/people/{id}")).await.refused(StatusCode::NOT_FOUND, "not_found");
    }
}

#[tokio::test]
async fn a_query_that_is_none_is_refused() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let (customer, _) = app.customer("Ada", "Hello").await;
    for query in ["before=x", "before=-1", "limit=99999999999", "nonsense=1", "before=1&before=2"] {
        let answer = customer.get(&format!("/api/chat/messages?{query}")).await;
        answer.refused(StatusCode::BAD_REQUEST, "query_invalid");
    }
}

#[tokio::test]
async fn an_address_that_is_in_no_table_is_a_refusal_in_json() {
    let app = TestApp::start();
    for path in
        ["/api", "/api/", "/api/nothing", "/api/people/x/y/z", "/api//people", "/api/session/", "/missing.js"]
    {
        app.anyone().get(path).await.refused(StatusCode::NOT_FOUND, "no_such_address");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let app = TestApp::start();
    let answer = send(&app.anyone(), Method::PATCH, "/api/desk", "application/json", "{}").await;
    answer.refused(StatusCode::METHOD_NOT_ALLOWED, "wrong_method");
    assert_eq!(answer.header("allow"), "GET,HEAD");
    let answer = send(&app.anyone(), Method::OPTIONS, "/api/desk", "application/json", "").await;
    assert_eq!((answer.status, answer.header("allow")), (StatusCode::NO_CONTENT, "GET,HEAD"));
    let answer = send(&app.anyone(), Method::HEAD, "/api/openapi.json", "application/json", "").await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
}
