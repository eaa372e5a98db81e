//! Signing in and out.

use std::time::Duration;

use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use baton::accounts::attempts::{ADDRESS_FAILURES_MAX, ATTEMPTS_WINDOW, PLACE_FAILURES_MAX};
use baton::accounts::{SESSION_AGE_MAX, SESSION_IDLE_MAX};
use baton::http::body::JsonBody;
use baton::http::callers::{CurrentAgent, caller_by_token};
use baton::http::desk::heartbeat;
use baton_shared::api::HeartbeatAnswer;
use baton_shared::{Command, Role};
use serde_json::json;

use crate::app::{Answer, Client, PASSWORD, Proof, TestApp};

async fn sign_in(client: &Client<'_>, email: &str, password: &str) -> Answer {
    client.post("/api/session", &json!({"email": email, "password": password})).await
}

fn with_cookie_of<'a>(app: &'a TestApp, answer: &Answer) -> Client<'a> {
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    Client { app, proof: Proof::Cookie(cookie) }
}

#[tokio::test]
async fn a_person_signs_in_is_known_and_signs_out() {
    let app = TestApp::start();
    let id = app.add_person("Ada", Role::Agent).await;
    let signed_in = sign_in(&app.anyone(), " ADA@example.com ", PASSWORD).await;
    let cookie = signed_in.header("set-cookie").to_owned();
    assert!(cookie.starts_with("baton="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    let ada = with_cookie_of(&app, &signed_in);
    let expected = json!({"id": id, "name": "Ada", "email": "ada@example.com", "role": "agent"});
    assert_eq!(signed_in.expect(StatusCode::OK), expected);
    assert_eq!(ada.get("/api/session").await.expect(StatusCode::OK), expected);
    let signed_out = ada.delete("/api/session").await;
    assert!(signed_out.header("set-cookie").contains("Max-Age=0"));
    signed_out.expect(StatusCode::NO_CONTENT);
    ada.get("/api/session").await.refused(StatusCode::UNAUTHORIZED, "signed_out");
}

#[tokio::test]
async fn through_tls_the_cookie_is_bound_to_the_host() {
    let app = TestApp::configured(|config| config.public_url = Some("https://desk.example".parse().unwrap()));
    app.add_person("Ada", Role::Agent).await;
    let request = app.anyone().request(Method::POST, "/api/session");
    let mut request = request.header(header::CONTENT_TYPE, "application/json");
    request.headers_mut().unwrap().insert(header::HOST, "desk.example".parse().unwrap());
    let body = json!({"email": "ada@example.com", "password": PASSWORD}).to_string();
    let answer = app.send(request.body(body.into()).unwrap()).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-baton="), "{cookie}");
    for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_refused_alike() {
    let app = TestApp::start();
    app.add_person("Ada", Role::Agent).await;
    let wrong = sign_in(&app.anyone(), "ada@example.com", "wrong password").await;
    let unknown = sign_in(&app.anyone(), "bob@example.com", "wrong password").await;
    let short = sign_in(&app.anyone(), "ada@example.com", "short").await;
    wrong.refused(StatusCode::UNAUTHORIZED, "sign_in_failed");
    assert_eq!(wrong, unknown);
    assert_eq!(wrong, short);
    assert_eq!(wrong.header("set-cookie"), "");
}

#[tokio::test]
async fn signing_in_again_ends_the_session_that_the_browser_had() {
    let app = TestApp::start();
    app.add_person("Ada", Role::Agent).await;
    let first = with_cookie_of(&app, &sign_in(&app.anyone(), "ada@example.com", PASSWORD).await);
    let second = with_cookie_of(&app, &sign_in(&first, "ada@example.com", PASSWORD).await);
    first.get("/api/session").await.refused(StatusCode::UNAUTHORIZED, "signed_out");
    second.get("/api/session").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn an_account_that_failed_ten_times_waits_even_with_the_right_password() {
    let app = TestApp::start();
    app.add_person("Ada", Role::Agent).await;
    // Too short a password fails without being hashed, so the test is quick.
    for _ in 0..PLACE_FAILURES_MAX {
        sign_in(&app.anyone(), "ada@example.com", "x")
            .await
            .refused(StatusCode::UNAUTHORIZED, "sign_in_failed");
    }
    let refused = sign_in(&app.anyone(), "ada@example.com", PASSWORD).await;
    refused.refused(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts");
    assert_eq!(refused.header("retry-after"), ATTEMPTS_WINDOW.as_secs().to_string());
    app.advance(ATTEMPTS_WINDOW);
    sign_in(&app.anyone(), "ada@example.com", PASSWORD).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn an_address_that_failed_with_thirty_accounts_waits() {
    let app = TestApp::start();
    for account in 0..ADDRESS_FAILURES_MAX {
        let email = format!("{account}@example.com");
        sign_in(&app.anyone(), &email, "x").await.refused(StatusCode::UNAUTHORIZED, "sign_in_failed");
    }
    let refused = sign_in(&app.anyone(), "another@example.com", "x").await;
    refused.refused(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts");
}

#[tokio::test]
async fn an_unused_session_ends_after_the_idle_limit() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    app.advance(SESSION_IDLE_MAX - Duration::from_secs(1));
    ada.client.get("/api/session").await.expect(StatusCode::OK);
    app.advance(SESSION_IDLE_MAX - Duration::from_secs(1));
    ada.client.get("/api/session").await.expect(StatusCode::OK);
    app.advance(SESSION_IDLE_MAX);
    ada.client.get("/api/session").await.refused(StatusCode::UNAUTHORIZED, "signed_out");
}

#[tokio::test]
async fn a_session_in_use_ends_after_the_absolute_limit() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let step = SESSION_IDLE_MAX / 2;
    let mut passed = step;
    while passed < SESSION_AGE_MAX {
        app.advance(step);
        ada.client.get("/api/session").await.expect(StatusCode::OK);
        passed += step;
    }
    app.advance(step);
    ada.client.get("/api/session").await.refused(StatusCode::UNAUTHORIZED, "signed_out");
}

#[tokio::test]
async fn a_disabled_person_is_signed_out_and_cannot_sign_in() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await;
    let ada = app.person("Ada", Role::Agent).await;
    let settings = json!({"name": "Ada", "role": "agent", "enabled": false, "capacity": 4});
    admin.client.put(&format!("/api/people/{}", ada.id), &settings).await.expect(StatusCode::NO_CONTENT);
    ada.client.get("/api/session").await.refused(StatusCode::UNAUTHORIZED, "signed_out");
    let refused = sign_in(&app.anyone(), "ada@example.com", PASSWORD).await;
    refused.refused(StatusCode::UNAUTHORIZED, "sign_in_failed");
}

#[tokio::test]
async fn signing_out_ends_the_lease_unless_another_browser_has_a_stream() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let other = app.signed_in(ada.id);
    let reachable = async || {
        let desk = app.signed_in(ada.id).get("/api/desk").await.expect(StatusCode::OK);
        desk["desk"]["me"]["presence"]["reachable"].as_bool().unwrap()
    };
    app.system(Command::BeginLease { agent: ada.id }).await;
    let request = other.request(Method::GET, "/api/desk/events").body(axum::body::Body::empty()).unwrap();
    let stream = app.open(request).await;
    ada.client.delete("/api/session").await.expect(StatusCode::NO_CONTENT);
    assert!(reachable().await);
    drop(stream);
    other.delete("/api/session").await.expect(StatusCode::NO_CONTENT);
    assert!(!reachable().await);
}

#[tokio::test]
async fn another_cookie_is_nobody() {
    let app = TestApp::start();
    for cookie in ["baton=", "baton=x", "baton", "other=1; baton=AAAA", "; ;="] {
        let client = Client { app: &app, proof: Proof::Cookie(cookie.to_owned()) };
        client.get("/api/session").await.refused(StatusCode::UNAUTHORIZED, "signed_out");
    }
}

#[tokio::test]
async fn a_heartbeat_that_was_answered_with_a_session_that_has_ended_makes_nobody_reachable() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let Proof::Cookie(cookie) = &ada.client.proof else { panic!("Ada has a cookie") };
    let token = cookie.strip_prefix("baton=").unwrap().to_owned();
    // The session is checked, then ends, and only then is the answer taken in.
    let caller = caller_by_token(token, &app.app).await.unwrap();
    ada.client.delete("/api/session").await.expect(StatusCode::NO_CONTENT);
    let answer = JsonBody(HeartbeatAnswer { cursor: String::new() });
    heartbeat(State(app.app.clone()), CurrentAgent(caller), answer).await.unwrap();
    app.settle().await;
    let desk = app.signed_in(ada.id).get("/api/desk").await.expect(StatusCode::OK);
    assert_eq!(desk["desk"]["me"]["presence"]["reachable"], json!(false));
}
