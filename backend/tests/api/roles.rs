//! Every address, asked by everyone: who may, who may not, and who is not known.

use axum::http::{Method, StatusCode};
use baton_shared::Role;
use serde_json::json;

use crate::app::{Client, Proof, TestApp};
use crate::description::{Operation, operations};

/// Who an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    Anyone,
    SignedIn,
    Supervisors,
    Administrators,
    Customers,
    Partners,
}

/// What only administrators set up.
const ADMINISTERED: [&str; 8] = [
    "/api/external-contacts",
    "/api/flows",
    "/api/people",
    "/api/queues",
    "/api/skills",
    "/api/teams",
    "/api/transfer-policy",
    "/api/workflows",
];

fn audience(operation: &Operation) -> Audience {
    let path = operation.template.as_str();
    match (operation.method.as_str(), path) {
        ("POST", "/api/session" | "/api/chat" | "/api/chat/requests") | ("GET", "/api/chat/opening") => {
            Audience::Anyone
        }
        _ if path.starts_with("/api/chat") => Audience::Customers,
        _ if path.starts_with("/api/external/") => Audience::Partners,
        ("GET", "/api/skills" | "/api/supervisor" | "/api/supervisor/people/{person}" | "/api/teams")
        | ("GET", "/api/search" | "/api/conversations/{conversation}/timeline")
        | ("POST", "/api/conversations/{conversation}/takeover")
        | ("POST", "/api/conversations/{conversation}/listening")
        | ("POST", "/api/conversations/{conversation}/participation")
        | ("POST", "/api/conversations/{conversation}/redirection")
        | ("PUT", "/api/people/{person}/presence")
        | ("DELETE", "/api/people/{person}/sessions")
        | ("PUT" | "DELETE", "/api/people/{person}/skills/{skill}")
        | ("PUT" | "DELETE", "/api/queues/{queue}/members/{person}") => Audience::Supervisors,
        _ if path.starts_with("/api/groups") || path.starts_with("/api/insights/") => Audience::Supervisors,
        _ if ADMINISTERED.iter().any(|mine| path.starts_with(mine)) => Audience::Administrators,
        _ => Audience::SignedIn,
    }
}

/// What the checks before a handler say to someone; nothing means that they let them through.
fn expected(audience: Audience, who: &str) -> Option<(StatusCode, &'static str)> {
    match (audience, who) {
        (Audience::Anyone, _)
        | (Audience::SignedIn, "agent" | "supervisor" | "administrator")
        | (Audience::Supervisors, "supervisor" | "administrator")
        | (Audience::Administrators, "administrator")
        | (Audience::Customers, "customer") => None,
        (Audience::Partners, _) => Some((StatusCode::UNAUTHORIZED, "signature_invalid")),
        (Audience::Customers, _) => Some((StatusCode::UNAUTHORIZED, "token_invalid")),
        (Audience::Supervisors, "agent") | (Audience::Administrators, "agent" | "supervisor") => {
            Some((StatusCode::FORBIDDEN, "role_too_low"))
        }
        (Audience::SignedIn | Audience::Supervisors | Audience::Administrators, _) => {
            Some((StatusCode::UNAUTHORIZED, "signed_out"))
        }
    }
}

#[tokio::test]
async fn every_address_is_answered_to_those_it_is_for_and_to_nobody_else() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let agent = app.add_person("Agent", Role::Agent).await;
    let supervisor = app.add_person("Supervisor", Role::Supervisor).await;
    let administrator = app.add_person("Administrator", Role::Administrator).await;
    let (customer, _) = app.customer("Ada", "Hello").await;
    let forged =
        Client { app: &app, proof: Proof::Token(format!("cnv_{}.{}", "0".repeat(26), "A".repeat(43))) };
    let mut cells = 0;
    for operation in operations().iter().filter(|one| !one.path.ends_with("/events")) {
        let callers = [
            ("nobody", app.anyone()),
            ("agent", app.signed_in(agent)),
            ("supervisor", app.signed_in(supervisor)),
            ("administrator", app.signed_in(administrator)),
            ("customer", customer.clone()),
            ("forger", forged.clone()),
        ];
        for (who, client) in callers {
            let answer = client.json(operation.method.clone(), &operation.path, &json!({})).await;
            let what = format!("{} {} as {who}", operation.method, operation.path);
            match expected(audience(operation), who) {
                Some((status, code)) => {
                    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{what}")
                }
                None => {
                    assert!(
                        !matches!(answer.code().as_str(), "role_too_low" | "signed_out" | "token_invalid"),
                        "{what}"
                    );
                    assert!(!answer.status.is_server_error(), "{what}: {}", answer.status);
                }
            }
            cells += 1;
        }
    }
    assert!(cells >= 380, "{cells}");
}

#[tokio::test]
async fn streams_are_for_those_whose_they_are() {
    let app = TestApp::start();
    app.add_queue("Support", &[]).await;
    let agent = app.person("Agent", Role::Agent).await;
    let (customer, _) = app.customer("Ada", "Hello").await;
    customer.get("/api/desk/events").await.refused(StatusCode::UNAUTHORIZED, "signed_out");
    agent.client.get("/api/chat/events").await.refused(StatusCode::UNAUTHORIZED, "token_invalid");
    app.anyone().get("/api/desk/events").await.refused(StatusCode::UNAUTHORIZED, "signed_out");
}

#[tokio::test]
async fn nobody_sees_the_conversation_of_someone_else() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let bob = app.person("Bob", Role::Supervisor).await;
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    let (_, started) = app.customer("Carla", "Hello").await;
    let id = started["chat"]["conversation"].as_str().unwrap().to_owned();
    let other = format!("cnv_{}", "0".repeat(26));
    let reads = ["", "/messages", "/messages?q=hello", "/transfer-targets"];
    for read in reads {
        let theirs = bob.client.get(&format!("/api/conversations/{id}{read}")).await;
        let nobodys = bob.client.get(&format!("/api/conversations/{other}{read}")).await;
        theirs.refused(StatusCode::NOT_FOUND, "not_found");
        assert_eq!(theirs, nobodys, "whether it exists is not theirs to know");
    }
    let typing = bob.client.post(&format!("/api/conversations/{id}/typing"), &json!({})).await;
    typing.refused(StatusCode::NOT_FOUND, "not_found");
    for (method, path, body) in [
        (Method::POST, "messages", json!({"text": "hi"})),
        (Method::POST, "closure", json!({"disposition": null, "notes": null})),
        (Method::PUT, "marks", json!({"read": 1})),
        (Method::POST, "requests", json!({"note": null})),
        (Method::POST, "leaving", json!({})),
        (Method::POST, "invites", json!({"target": {"kind": "agent", "id": bob.id}})),
        (Method::POST, "transfers", json!({"target": {"kind": "agent", "id": bob.id}})),
    ] {
        let answer = bob.client.json(method, &format!("/api/conversations/{id}/{path}"), &body).await;
        assert!(matches!(answer.code().as_str(), "not_owner" | "not_found"), "{path}: {}", answer.code());
    }
}
