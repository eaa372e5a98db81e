//! How transfers go, as administrators set it, and what it does to those who transfer.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use baton_shared::policy::{Preset, SWITCHES};
use baton_shared::{QueueId, Role};
use serde_json::{Value, json};

use crate::app::{Client, TestApp};
use crate::conversations::{accept, desk};

const POLICY: &str = "/api/transfer-policy";

async fn policy(admin: &Client<'_>) -> Value {
    admin.get(POLICY).await.expect(StatusCode::OK)
}

async fn set(admin: &Client<'_>, body: &Value) {
    admin.put(POLICY, body).await.expect(StatusCode::NO_CONTENT);
}

/// Returns the presets' words and values, in the order of the list.
async fn presets(admin: &Client<'_>) -> Vec<(String, Value)> {
    let all = admin.get(&format!("{POLICY}/presets")).await.expect(StatusCode::OK);
    let word = |one: &Value| one["preset"].as_str().unwrap().to_owned();
    all.as_array().unwrap().iter().map(|one| (word(one), one["policy"].clone())).collect()
}

/// Returns a policy without what is no switch.
fn switches(policy: &Value) -> BTreeMap<String, Value> {
    let mut switches: BTreeMap<String, Value> = serde_json::from_value(policy.clone()).unwrap();
    switches.remove("preset");
    switches.remove("changed");
    switches
}

#[tokio::test]
async fn a_new_workspace_begins_with_the_safe_default() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let found = policy(&admin).await;
    assert_eq!((&found["preset"], &found["changed"]), (&json!("baton"), &json!(false)));
    let names: Vec<_> = switches(&found).into_keys().collect();
    let mut expected: Vec<_> = SWITCHES.iter().map(|(_, name)| *name).collect();
    expected.sort_unstable();
    assert_eq!(names, expected, "every switch by its name");
}

#[tokio::test]
async fn a_preset_is_chosen_by_its_name() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let presets = presets(&admin).await;
    let words: Vec<_> = presets.iter().map(|(word, _)| word.as_str()).collect();
    assert_eq!(words, ["flex", "flex_plugin", "salesforce", "superoffice", "vivocha", "baton"]);
    for (word, values) in &presets {
        set(&admin, &json!({"preset": word})).await;
        let found = policy(&admin).await;
        assert_eq!((&found["preset"], &found["changed"]), (&json!(word), &json!(false)));
        assert_eq!(switches(&found), switches(values), "{word}");
    }
}

#[tokio::test]
async fn every_switch_is_set_by_its_name_and_the_others_stay() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    // A value that differs from the default, for every switch; those in which no preset differs are chosen here.
    let chosen = json!({
        "enabled": false, "summary": "required", "attributes_in_offer": false,
        "auto_accept": true, "undo_secs": 9, "consult_secs": 300, "grace_secs": 60, "notice_secs": 0,
        "wrap_up_secs": 90, "keep_whispers": true,
    });
    let presets = presets(&admin).await;
    let mut expected = switches(&policy(&admin).await);
    for (_, name) in SWITCHES {
        let before = expected[*name].clone();
        let of_presets = presets.iter().map(|(_, values)| values[*name].clone());
        let mut others = chosen.get(name).cloned().into_iter().chain(of_presets).filter(|one| *one != before);
        let value = others.next().unwrap_or_else(|| panic!("no other value for `{name}` is known here"));
        set(&admin, &json!({*name: value})).await;
        expected.insert((*name).to_owned(), value);
        let found = policy(&admin).await;
        assert_eq!(switches(&found), expected, "{name}");
        assert_eq!((&found["preset"], &found["changed"]), (&json!("baton"), &json!(true)));
    }
    // A switch that may be set to nothing is told apart from one that is not mentioned.
    set(&admin, &json!({"transfer_secs": 45})).await;
    set(&admin, &json!({"transfer_secs": null})).await;
    assert_eq!(policy(&admin).await["transfer_secs"], Value::Null);
    set(&admin, &json!({})).await;
    assert_eq!(policy(&admin).await["transfer_secs"], Value::Null);
}

#[tokio::test]
async fn a_policy_that_was_read_can_be_sent_back() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    set(&admin, &json!({"preset": "vivocha", "offer_secs": 20, "allowed": "queue_members"})).await;
    let found = policy(&admin).await;
    assert_eq!((&found["preset"], &found["changed"]), (&json!("vivocha"), &json!(true)));
    set(&admin, &found).await;
    assert_eq!(policy(&admin).await, found);
    set(&admin, &json!({"preset": "baton"})).await;
    set(&admin, &found).await;
    assert_eq!(policy(&admin).await, found, "and later too");
}

#[tokio::test]
async fn a_policy_that_makes_no_sense_is_refused_and_changes_nothing() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let before = policy(&admin).await;
    for (body, code) in [
        (json!({"preset": "flex", "colour": "blue"}), "unknown_field"),
        (json!({"preset": "zendesk"}), "wrong_shape"),
        (json!({"preset": 3}), "wrong_shape"),
        (json!({"decline": "maybe"}), "wrong_shape"),
        (json!({"offer_secs": -1}), "wrong_shape"),
        (json!({"enabled": null}), "wrong_shape"),
        (json!({"modes": ["cold", "lukewarm"]}), "wrong_shape"),
        (json!({"offer_secs": 0}), "policy_unusable"),
        (json!({"transfer_secs": 86_401}), "policy_unusable"),
        (json!({"offers_at_once": 51}), "policy_unusable"),
        (json!({"modes": []}), "policy_unusable"),
    ] {
        admin.put(POLICY, &body).await.refused(StatusCode::UNPROCESSABLE_ENTITY, code);
    }
    assert_eq!(policy(&admin).await, before);
    set(&admin, &json!({"enabled": false, "modes": []})).await;
}

#[tokio::test]
async fn only_administrators_see_and_set_it() {
    let app = TestApp::start();
    for role in [Role::Agent, Role::Supervisor] {
        let other = app.person(&format!("{role:?}"), role).await.client;
        for path in [POLICY, "/api/transfer-policy/presets", "/api/transfer-policy/overrides"] {
            other.get(path).await.refused(StatusCode::FORBIDDEN, "role_too_low");
        }
        let set = other.put(POLICY, &json!({"preset": "flex"})).await;
        set.refused(StatusCode::FORBIDDEN, "role_too_low");
    }
}

#[tokio::test]
async fn a_channel_goes_before_a_queue_and_a_queue_before_the_workspace() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let ada = app.person("Ada", Role::Agent).await;
    let queue = app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let note = async || desk(&ada).await["conversations"][&id]["choices"]["note"].clone();
    let (of_queue, of_chat) = (format!("{POLICY}/queues/{queue}"), format!("{POLICY}/channels/web_chat"));
    let overrides = async || admin.get(&format!("{POLICY}/overrides")).await.expect(StatusCode::OK);
    assert_eq!((note().await, overrides().await), (json!("optional"), json!({"queues": {}, "channels": {}})));

    let given = json!({"note": "required", "transfer_secs": null});
    admin.put(&of_queue, &given).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(note().await, "required");
    admin.put(&of_chat, &json!({"note": "off"})).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(note().await, "off");
    let both = json!({"queues": {queue.to_string(): given}, "channels": {"web_chat": {"note": "off"}}});
    assert_eq!(overrides().await, both, "what was set, and nothing else");
    set(&admin, &json!({"note": "optional"})).await;
    assert_eq!(note().await, "off");

    for path in [&of_chat, &of_queue] {
        admin.put(path, &json!({})).await.expect(StatusCode::NO_CONTENT);
    }
    assert_eq!((note().await, overrides().await), (json!("optional"), json!({"queues": {}, "channels": {}})));
    let unknown = admin.put(&of_queue, &json!({"colour": "blue"})).await;
    unknown.refused(StatusCode::UNPROCESSABLE_ENTITY, "unknown_field");
    let unusable = admin.put(&of_chat, &json!({"targets": []})).await;
    unusable.refused(StatusCode::UNPROCESSABLE_ENTITY, "policy_unusable");
    // Whoever is lost may have conversations of several queues.
    for path in [&of_chat, &of_queue] {
        let refused = admin.put(path, &json!({"grace_secs": 60})).await;
        refused.refused(StatusCode::UNPROCESSABLE_ENTITY, "policy_unusable");
    }
    let nowhere = format!("{POLICY}/queues/{}", QueueId::from_bits(0));
    admin.put(&nowhere, &json!({"note": "off"})).await.refused(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn a_change_governs_later_requests_alone() {
    let app = TestApp::start();
    let admin = app.person("Root", Role::Administrator).await.client;
    let (ada, bob) = (app.person("Ada", Role::Agent).await, app.person("Bob", Role::Agent).await);
    app.add_queue("Support", &[ada.id]).await;
    app.make_available(&ada).await;
    app.make_available(&bob).await;
    app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let path = format!("/api/conversations/{id}/transfers");
    let body = json!({"target": {"kind": "agent", "id": bob.id}});
    let reject = async || {
        let offers = desk(&bob).await["offers"].clone();
        let (offer, card) = offers.as_object().unwrap().iter().next().unwrap();
        let path = format!("/api/offers/{offer}/rejection");
        (card["decline"].clone(), bob.client.post(&path, &json!({"reason": ""})).await)
    };
    ada.client.post(&path, &body).await.expect(StatusCode::CREATED);
    set(&admin, &json!({"decline": "no"})).await;
    let (rule, answer) = reject().await;
    assert_eq!((rule, answer.status), (json!("ask_reason"), StatusCode::NO_CONTENT));

    ada.client.post(&path, &body).await.expect(StatusCode::CREATED);
    let (rule, answer) = reject().await;
    assert_eq!(rule, "no");
    answer.refused(StatusCode::CONFLICT, "may_not_decline");
    assert_eq!(accept(&bob).await, id);
    set(&admin, &json!({"decline": "need_reason"})).await;
    let back = json!({"target": {"kind": "agent", "id": ada.id}});
    bob.client.post(&path, &back).await.expect(StatusCode::CREATED);
    let offer = desk(&ada).await["offers"].as_object().unwrap().keys().next().unwrap().clone();
    let rejection = format!("/api/offers/{offer}/rejection");
    let answer = ada.client.post(&rejection, &json!({"reason": " "})).await;
    answer.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_empty");
    ada.client.post(&rejection, &json!({"reason": "At lunch"})).await.expect(StatusCode::NO_CONTENT);

    set(&admin, &json!({"enabled": false})).await;
    bob.client.post(&path, &back).await.refused(StatusCode::CONFLICT, "transfers_off");
    assert_eq!(desk(&bob).await["conversations"][&id]["choices"]["modes"], json!([]));
    set(&admin, &json!({"enabled": true, "modes": ["cold"], "targets": ["queue"], "note": "required"})).await;
    bob.client.post(&path, &back).await.refused(StatusCode::CONFLICT, "target_not_allowed");
    let warm = json!({"target": {"kind": "agent", "id": ada.id}, "mode": "warm"});
    bob.client.post(&path, &warm).await.refused(StatusCode::CONFLICT, "mode_not_allowed");
    let queue = desk_queue(&bob.client, &id).await;
    let wordless = json!({"target": {"kind": "queue", "id": queue}});
    bob.client.post(&path, &wordless).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_empty");
    let noted = json!({"target": {"kind": "queue", "id": queue}, "note": "As before"});
    bob.client.post(&path, &noted).await.expect(StatusCode::CREATED);
}

/// Returns the only queue to which a conversation could be passed on.
async fn desk_queue(client: &Client<'_>, conversation: &str) -> Value {
    let path = format!("/api/conversations/{conversation}/transfer-targets");
    let targets = client.get(&path).await.expect(StatusCode::OK);
    assert_eq!(targets["agents"], json!([]), "kinds that are not allowed are not listed");
    targets["queues"][0]["id"].clone()
}

#[test]
fn the_names_of_the_presets_are_those_that_people_read() {
    let labels: Vec<_> = Preset::ALL.iter().map(|preset| preset.label()).collect();
    assert_eq!(labels, ["Flex", "Flex plugin", "Salesforce", "SuperOffice", "Vivocha", "Baton"]);
}
