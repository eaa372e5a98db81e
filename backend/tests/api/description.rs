//! The machine-readable description and the readable reference.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use baton::http;
use serde_json::Value;

use crate::app::TestApp;

/// Every address of docs/api.md that belongs in the description; the list is kept by hand, so that an address that
/// disappears from the code is noticed.
const ADDRESSES: &[&str] = &[
    "DELETE /api/conversations/{conversation}/flag",
    "DELETE /api/conversations/{conversation}/invites/{invite}",
    "DELETE /api/conversations/{conversation}/listening",
    "DELETE /api/conversations/{conversation}/transfers/{transfer}",
    "DELETE /api/external-contacts/{external}",
    "DELETE /api/flows/{flow}",
    "DELETE /api/groups/{group}",
    "DELETE /api/insights/schedules/{schedule}",
    "DELETE /api/people/{person}/sessions",
    "DELETE /api/people/{person}/skills/{skill}",
    "DELETE /api/queues/{queue}/members/{person}",
    "DELETE /api/session",
    "DELETE /api/teams/{team}",
    "DELETE /api/workflows/{workflow}",
    "GET /api/chat",
    "GET /api/chat/events",
    "GET /api/chat/messages",
    "GET /api/chat/opening",
    "GET /api/conversations/{conversation}",
    "GET /api/conversations/{conversation}/messages",
    "GET /api/conversations/{conversation}/summary",
    "GET /api/conversations/{conversation}/timeline",
    "GET /api/conversations/{conversation}/transfer-targets",
    "GET /api/conversations/{conversation}/transfer-targets/{target}/why",
    "GET /api/conversations/{conversation}/why",
    "GET /api/desk",
    "GET /api/desk/events",
    "GET /api/dispositions",
    "GET /api/external-contacts",
    "GET /api/flows",
    "GET /api/flows/{flow}",
    "GET /api/groups",
    "GET /api/insights/agents",
    "GET /api/insights/conversations",
    "GET /api/insights/conversations/list",
    "GET /api/insights/flows-between",
    "GET /api/insights/queues",
    "GET /api/insights/ratings",
    "GET /api/insights/ratings/list",
    "GET /api/insights/schedules",
    "GET /api/insights/segments",
    "GET /api/insights/transfers",
    "GET /api/insights/transfers/list",
    "GET /api/insights/trend",
    "GET /api/insights/waits",
    "GET /api/people",
    "GET /api/people/{person}",
    "GET /api/queues",
    "GET /api/requests",
    "GET /api/search",
    "GET /api/session",
    "GET /api/skills",
    "GET /api/supervisor",
    "GET /api/supervisor/events",
    "GET /api/supervisor/people/{person}",
    "GET /api/teams",
    "GET /api/transfer-policy",
    "GET /api/transfer-policy/history",
    "GET /api/transfer-policy/overrides",
    "GET /api/transfer-policy/presets",
    "GET /api/workflows",
    "GET /api/workflows/{workflow}",
    "POST /api/chat",
    "POST /api/chat/closure",
    "POST /api/chat/messages",
    "POST /api/chat/rating",
    "POST /api/chat/requests",
    "POST /api/chat/typing",
    "POST /api/conversations/{conversation}/closure",
    "POST /api/conversations/{conversation}/flag",
    "POST /api/conversations/{conversation}/invites",
    "POST /api/conversations/{conversation}/leaving",
    "POST /api/conversations/{conversation}/listening",
    "POST /api/conversations/{conversation}/messages",
    "POST /api/conversations/{conversation}/participation",
    "POST /api/conversations/{conversation}/redirection",
    "POST /api/conversations/{conversation}/requests",
    "POST /api/conversations/{conversation}/takeover",
    "POST /api/conversations/{conversation}/transfers",
    "POST /api/conversations/{conversation}/transfers/{transfer}/handover",
    "POST /api/conversations/{conversation}/typing",
    "POST /api/conversations/{conversation}/whispers",
    "POST /api/desk/heartbeats",
    "POST /api/external-contacts",
    "POST /api/external/{conversation}/closure",
    "POST /api/external/{conversation}/messages",
    "POST /api/external/{conversation}/return",
    "POST /api/external/{conversation}/transcript",
    "POST /api/flows",
    "POST /api/groups",
    "POST /api/insights/schedules",
    "POST /api/insights/schedules/{schedule}/sending",
    "POST /api/insights/what-if",
    "POST /api/offers/{offer}/acceptance",
    "POST /api/offers/{offer}/answer",
    "POST /api/offers/{offer}/question",
    "POST /api/offers/{offer}/rejection",
    "POST /api/offers/{offer}/replies",
    "POST /api/people",
    "POST /api/queues",
    "POST /api/requests/{request}/answer",
    "POST /api/session",
    "POST /api/skills",
    "POST /api/teams",
    "POST /api/transfers/{transfer}/asides",
    "POST /api/transfers/{transfer}/leaving",
    "POST /api/workflows",
    "POST /api/workflows/{workflow}/dry-run",
    "POST /api/wrap-ups/{segment}/completion",
    "POST /api/wrap-ups/{segment}/extension",
    "PUT /api/chat/address",
    "PUT /api/chat/marks",
    "PUT /api/conversations/{conversation}/marks",
    "PUT /api/external-contacts/{external}",
    "PUT /api/flows/{flow}",
    "PUT /api/groups/{group}",
    "PUT /api/insights/schedules/{schedule}",
    "PUT /api/people/{person}",
    "PUT /api/people/{person}/presence",
    "PUT /api/people/{person}/skills/{skill}",
    "PUT /api/presence",
    "PUT /api/queues/{queue}",
    "PUT /api/queues/{queue}/members/{person}",
    "PUT /api/teams/{team}",
    "PUT /api/transfer-policy",
    "PUT /api/transfer-policy/channels/web_chat",
    "PUT /api/transfer-policy/queues/{queue}",
    "PUT /api/workflows/{workflow}",
];

/// One operation of the description.
pub struct Operation {
    pub method: Method,
    /// The address with an id of the right kind in each place.
    pub path: String,
    /// The address as it is described.
    pub template: String,
    pub value: Value,
}

/// Returns every operation that the description lists.
pub fn operations() -> Vec<Operation> {
    let api = serde_json::to_value(http::description()).unwrap();
    let mut operations = Vec::new();
    for (template, item) in api["paths"].as_object().unwrap() {
        for (method, value) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            let path = with_ids(template);
            operations.push(Operation { method, path, template: template.clone(), value: value.clone() });
        }
    }
    operations
}

fn with_ids(template: &str) -> String {
    let prefixes = [
        ("{conversation}", "cnv"),
        ("{external}", "ext"),
        ("{flow}", "flw"),
        ("{group}", "grp"),
        ("{invite}", "inv"),
        ("{offer}", "ofr"),
        ("{person}", "agt"),
        ("{queue}", "que"),
        ("{request}", "req"),
        ("{schedule}", "sch"),
        ("{segment}", "seg"),
        ("{skill}", "skl"),
        ("{team}", "tea"),
        ("{transfer}", "trf"),
        ("{workflow}", "wfl"),
    ];
    prefixes.iter().fold(template.to_owned(), |path, (place, prefix)| {
        path.replace(place, &format!("{prefix}_{}", "0".repeat(26)))
    })
}

#[test]
fn the_description_lists_every_address() {
    let described: BTreeSet<String> =
        operations().iter().map(|one| format!("{} {}", one.method, one.template)).collect();
    let expected: BTreeSet<String> = ADDRESSES.iter().map(|address| (*address).to_owned()).collect();
    assert_eq!(described, expected);
}

#[test]
fn every_operation_has_a_name_of_its_own_a_summary_and_a_form_of_refusal() {
    let mut names = BTreeSet::new();
    for Operation { value, template, .. } in operations() {
        let name = value["operationId"].as_str().unwrap().to_owned();
        assert!(names.insert(name), "{template}");
        assert!(!value["summary"].as_str().unwrap().is_empty(), "{template}");
        let refusal = &value["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(refusal, "#/components/schemas/Problem", "{template}");
    }
}

#[test]
fn every_reference_in_the_description_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    found.insert(reference.clone());
                }
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let api = serde_json::to_value(http::description()).unwrap();
    let mut found = BTreeSet::new();
    references(&api, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let path = reference.strip_prefix('#').unwrap();
        assert!(api.pointer(path).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn the_description_and_the_reference_are_served_to_anyone() {
    let app = TestApp::start();
    let api = app.anyone().get("/api/openapi.json").await.expect(StatusCode::OK);
    assert_eq!(api["openapi"], "3.1.0");
    let page = app.anyone().get("/api/docs").await;
    let html = String::from_utf8(page.body.to_vec()).unwrap();
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(!html.contains("<script") && !html.contains("style="), "the reference has no script");
    for Operation { template, .. } in operations() {
        assert!(html.contains(&format!("<code>{template}</code>")), "{template}");
    }
    let style = app.anyone().get("/api/docs.css").await;
    assert!(style.header("content-type").starts_with("text/css"));
}
