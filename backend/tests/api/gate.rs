//! Changes come from the server's own pages only, and only requests that are meant for this server are answered.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use baton_shared::Role;

use crate::app::{Client, HOST, TestApp};
use crate::description::{Operation, operations};

/// What a browser may say about where a request comes from, and whether it is our own page.
const SITES: &[(Option<&str>, Option<&str>, bool)] = &[
    (Some("same-origin"), None, true),
    (Some("same-origin"), Some("http://127.0.0.1:8080"), true),
    (Some("none"), None, true),
    (None, Some("http://127.0.0.1:8080"), true),
    (None, None, false),
    (None, Some("null"), false),
    (None, Some(""), false),
    (None, Some("http://127.0.0.1"), false),
    (None, Some("http://127.0.0.1:80800"), false),
    (None, Some("http://127.0.0.1:8080/"), false),
    (None, Some("https://127.0.0.1:8080"), false),
    (None, Some("http://localhost:8080"), false),
    (None, Some("http://evil.example"), false),
    (None, Some("http://127.0.0.1:8080.evil.example"), false),
    (Some("cross-site"), None, false),
    (Some("cross-site"), Some("http://127.0.0.1:8080"), false),
    (Some("same-site"), None, false),
    (Some("same-site"), Some("http://127.0.0.1:8080"), false),
    (Some(""), Some("http://127.0.0.1:8080"), false),
    (Some("Same-Origin"), None, false),
    (Some("same-origin, cross-site"), None, false),
];

fn request(
    client: &Client<'_>,
    operation: &Operation,
    site: Option<&str>,
    origin: Option<&str>,
) -> Request<Body> {
    let mut request = client.request(operation.method.clone(), &operation.path);
    let headers = request.headers_mut().unwrap();
    headers.remove("sec-fetch-site");
    if let Some(site) = site {
        headers.insert("sec-fetch-site", site.parse().unwrap());
    }
    if let Some(origin) = origin {
        headers.insert(header::ORIGIN, origin.parse().unwrap());
    }
    request.header(header::CONTENT_TYPE, "application/json").body(Body::from("{}")).unwrap()
}

fn changes() -> impl Iterator<Item = Operation> {
    operations().into_iter().filter(|one| one.method != Method::GET && !one.path.starts_with("/api/chat"))
}

#[tokio::test]
async fn every_change_with_a_cookie_from_another_site_is_refused() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await;
    let mut tried = 0;
    for operation in changes() {
        for (site, origin, is_ours) in SITES {
            // Signing out would leave the rest of the table without a session.
            if operation.template == "/api/session" && operation.method == Method::DELETE && *is_ours {
                continue;
            }
            let answer = app.send(request(&admin.client, &operation, *site, *origin)).await;
            let is_refused = answer.code() == "cross_site";
            assert_eq!(is_refused, !is_ours, "{} {} {site:?} {origin:?}", operation.method, operation.path);
            tried += 1;
        }
    }
    assert!(tried >= 22 * SITES.len(), "{tried}");
}

#[tokio::test]
async fn signing_in_from_another_site_is_refused_without_a_cookie_too() {
    let app = TestApp::start();
    let operation =
        changes().find(|one| one.template == "/api/session" && one.method == Method::POST).unwrap();
    let answer = app.send(request(&app.anyone(), &operation, Some("cross-site"), None)).await;
    let detail = answer.refused(StatusCode::FORBIDDEN, "cross_site");
    assert!(detail.contains("`Origin`"), "{detail}");
}

#[tokio::test]
async fn customers_may_come_from_anywhere() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let (customer, _) = app.customer("Ada", "Hello").await;
    for operation in operations().into_iter().filter(|one| one.path.starts_with("/api/chat")) {
        if operation.path.ends_with("/events") {
            continue;
        }
        let answer =
            app.send(request(&customer, &operation, Some("cross-site"), Some("http://shop.example"))).await;
        assert_ne!(answer.code(), "cross_site", "{}", operation.path);
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{}", operation.path);
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{}", operation.path);
    }
    let preflight = customer.request(Method::OPTIONS, "/api/chat/messages").body(Body::empty()).unwrap();
    let answer = app.send(preflight).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.header("access-control-allow-headers").contains("idempotency-key"));
}

#[tokio::test]
async fn nothing_else_answers_other_sites() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await;
    for operation in operations().into_iter().filter(|one| !one.path.starts_with("/api/chat")) {
        if operation.path.ends_with("/events") {
            continue;
        }
        let answer = app.send(request(&admin.client, &operation, Some("cross-site"), None)).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{}", operation.path);
    }
}

#[tokio::test]
async fn only_our_own_names_are_answered() {
    let app = TestApp::configured(|config| config.public_url = Some("https://desk.example".parse().unwrap()));
    let status = async |host: &str, path: &str| {
        let request = Request::builder().uri(path).header(header::HOST, host).body(Body::empty()).unwrap();
        app.send(request).await.code()
    };
    for host in ["127.0.0.1:8080", "localhost", "[::1]:8080", "desk.example", "DESK.example:443"] {
        assert_eq!(status(host, "/api/session").await, "signed_out", "{host}");
    }
    for host in ["evil.example", "desk.example.evil.example", "desk.example:8443", "10.0.0.1", ""] {
        assert_eq!(status(host, "/api/session").await, "wrong_host", "{host}");
        assert_eq!(status(host, "/healthz").await, "", "{host}");
    }
    let nameless = Request::builder().uri("/api/session").body(Body::empty()).unwrap();
    app.send(nameless).await.refused(StatusCode::MISDIRECTED_REQUEST, "wrong_host");
}

#[tokio::test]
async fn through_a_proxy_the_public_origin_is_our_own() {
    let app = TestApp::configured(|config| config.public_url = Some("https://desk.example".parse().unwrap()));
    let code = async |host: &str, origin: &str| {
        let request = Request::builder().method(Method::POST).uri("/api/session").header(header::HOST, host);
        let request = request.header(header::ORIGIN, origin).body(Body::empty()).unwrap();
        app.send(request).await.code()
    };
    assert_eq!(code("desk.example", "https://desk.example").await, "wrong_shape");
    assert_eq!(code("desk.example", "http://desk.example").await, "cross_site");
    assert_eq!(code("desk.example", "https://evil.example").await, "cross_site");
    assert_eq!(code(HOST, "http://127.0.0.1:8080").await, "wrong_shape");
}
