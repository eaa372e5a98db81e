//! What browsers are told to allow.

use axum::http::StatusCode;
use baton::http::headers::{CHAT_POLICY, DESK_POLICY, REFERENCE_POLICY};
use baton_shared::Role;

use crate::app::TestApp;

#[tokio::test]
async fn the_desk_allows_nothing_looser_than_compiling_webassembly() {
    let app = TestApp::start();
    let desk = ["/", "/anything/else", "/chat/x", "/chat/x/y"].map(|path| (path, "desk"));
    let administration = ["/admin", "/admin/transfers"].map(|path| (path, "administration"));
    let wall = ("/supervisor", "wall");
    for (path, page) in desk.into_iter().chain(administration).chain([wall]) {
        let answer = app.anyone().get(path).await;
        assert_eq!(answer.body, page, "{path}");
        assert_eq!(answer.header("content-security-policy"), DESK_POLICY, "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
    assert!(!DESK_POLICY.contains("unsafe-inline") && !DESK_POLICY.contains("'unsafe-eval'"));
}

#[tokio::test]
async fn the_chat_may_be_framed_by_configured_sites_only() {
    let app = TestApp::configured(|config| {
        config.chat_frame_ancestors = vec!["https://shop.example".parse().unwrap()];
    });
    for (path, served) in [("/chat", "chat"), ("/chat/", "chat"), ("/chat/widget.js", "widget")] {
        let answer = app.anyone().get(path).await;
        assert_eq!(answer.body, served, "{path}");
        let policy = format!("{CHAT_POLICY} https://shop.example");
        assert_eq!(answer.header("content-security-policy"), policy, "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
    }
    assert!(app.anyone().get("/").await.header("content-security-policy").contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn answers_of_the_api_are_kept_nowhere() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    for path in ["/api/session", "/api/desk", "/api/people", "/api/nothing", "/api/openapi.json"] {
        let answer = ada.client.get(path).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
    }
    let reference = app.anyone().get("/api/docs").await;
    assert_eq!(reference.header("content-security-policy"), REFERENCE_POLICY);
}

#[tokio::test]
async fn the_process_says_that_it_answers_and_that_it_works() {
    let app = TestApp::start();
    for path in ["/healthz", "/readyz"] {
        let answer = app.anyone().get(path).await;
        assert_eq!((answer.status, &answer.body[..]), (StatusCode::OK, b"ok\n".as_slice()), "{path}");
    }
    app.app.stop().await;
    assert_eq!(app.anyone().get("/healthz").await.status, StatusCode::OK);
    app.anyone().get("/readyz").await.refused(StatusCode::SERVICE_UNAVAILABLE, "not_ready");
}
