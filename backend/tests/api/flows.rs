//! Flows, from their setting up to the people who get what they collected.

use std::time::Duration;

use axum::http::StatusCode;
use baton::clock::Clock;
use baton_shared::{AgentId, QueueId, Role};
use serde_json::{Value, json};

use crate::app::{Client, Person, TestApp};
use crate::conversations::{accept, desk};

/// An administrator, a queue in which someone answers, and one for what a flow cannot go on with.
struct Centre<'a> {
    admin: Client<'a>,
    sales: QueueId,
    fallback: QueueId,
}

async fn centre<'a>(app: &'a TestApp, people: &[AgentId]) -> Centre<'a> {
    let admin = app.person("Root", Role::Administrator).await.client;
    let fallback = app.add_queue("Everything", people).await;
    let sales = app.add_queue("Sales", people).await;
    Centre { admin, sales, fallback }
}

impl Centre<'_> {
    /// A flow that greets, asks for an address, and passes on.
    fn flow(&self, entrance: Option<&str>) -> Value {
        json!({
            "name": "Reception",
            "entrance": entrance,
            "fallback": self.fallback,
            "steps": [
                {"name": "hello", "does": {"kind": "say", "text": "Hello, I am a machine."}},
                {"name": "mail", "does": {
                    "kind": "ask", "text": "What is your address?", "attribute": "mail",
                    "check": {"kind": "email"}, "again": "That is no address.", "tries": 2,
                }},
                {"name": "vip?", "does": {
                    "kind": "branch", "when": "attributes.mail.endsWith('@vip.example')", "then": "bye",
                }},
                {"name": "go", "does": {
                    "kind": "transfer", "target": {"kind": "queue", "id": self.sales}, "note": "Wants to buy.",
                }},
                {"name": "bye", "does": {"kind": "end", "text": "We will write to {mail}."}},
            ],
        })
    }

    async fn add(&self, flow: &Value) -> String {
        let added = self.admin.post("/api/flows", flow).await.expect(StatusCode::CREATED);
        added["id"].as_str().unwrap().to_owned()
    }
}

/// Returns what was said, each with its author's kind and name.
async fn said(customer: &Client<'_>) -> Vec<(String, String, String)> {
    let chat = customer.get("/api/chat").await.expect(StatusCode::OK)["chat"].clone();
    let text = |message: &Value, field: &str| message[field].as_str().unwrap().to_owned();
    let messages = chat["messages"].as_array().unwrap();
    let parts = |message: &Value| (text(message, "from"), text(message, "name"), text(message, "text"));
    messages.iter().map(parts).collect()
}

async fn phase(customer: &Client<'_>) -> Value {
    customer.get("/api/chat").await.expect(StatusCode::OK)["chat"]["phase"].clone()
}

async fn answer(customer: &Client<'_>, text: &str) {
    customer.post("/api/chat/messages", &json!({"text": text})).await.expect(StatusCode::CREATED);
}

/// Returns the one offer that someone has.
async fn offer(person: &Person<'_>) -> Value {
    let offers = desk(person).await["offers"].clone();
    let offers = offers.as_object().unwrap();
    assert_eq!(offers.len(), 1, "{offers:?}");
    offers.values().next().unwrap().clone()
}

#[tokio::test]
async fn an_administrator_sets_flows_up_and_removes_them() {
    let app = TestApp::start();
    let centre = centre(&app, &[]).await;
    let lead = app.person("Lead", Role::Supervisor).await.client;
    lead.get("/api/flows").await.refused(StatusCode::FORBIDDEN, "role_too_low");
    let id = centre.add(&centre.flow(Some("web_chat"))).await;
    let path = format!("/api/flows/{id}");
    let shown = centre.admin.get(&path).await.expect(StatusCode::OK);
    assert_eq!((&shown["name"], &shown["lasts_secs"]), (&json!("Reception"), &json!(900)));
    assert_eq!(shown["steps"][1]["does"]["check"], json!({"kind": "email"}));

    // Conversations begin in one place only: a workflow that becomes the entrance takes over, and so does another flow.
    let workflow = json!({"name": "Way", "entrance": "web_chat", "fallback": centre.fallback});
    centre.admin.post("/api/workflows", &workflow).await.expect(StatusCode::CREATED);
    assert_eq!(centre.admin.get(&path).await.expect(StatusCode::OK)["entrance"], Value::Null);
    centre.admin.put(&path, &centre.flow(Some("web_chat"))).await.expect(StatusCode::NO_CONTENT);
    let workflows = centre.admin.get("/api/workflows").await.expect(StatusCode::OK);
    assert_eq!(workflows[0]["entrance"], Value::Null);

    centre.admin.delete(&path).await.expect(StatusCode::NO_CONTENT);
    centre.admin.get(&path).await.refused(StatusCode::NOT_FOUND, "not_found");
    centre.admin.delete(&path).await.refused(StatusCode::NOT_FOUND, "not_found");
    centre.admin.put(&path, &centre.flow(None)).await.refused(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_with_its_place() {
    let app = TestApp::start();
    let centre = centre(&app, &[]).await;
    let refused = async |change: &dyn Fn(&mut Value)| {
        let mut flow = centre.flow(None);
        change(&mut flow);
        let answer = centre.admin.post("/api/flows", &flow).await;
        answer.refused(StatusCode::UNPROCESSABLE_ENTITY, "flow_unusable")
    };
    let said = refused(&|flow| flow["steps"][2]["does"]["then"] = json!("nowhere")).await;
    assert_eq!(said, "Step 3 (vip?): There is no step `nowhere`.");
    let said = refused(&|flow| flow["steps"][2]["does"]["when"] = json!("mail == 1")).await;
    assert!(said.starts_with("Step 3 (vip?): Line 1, column 1: nothing is called `mail`"), "{said}");
    let said = refused(&|flow| flow["steps"][1]["does"]["tries"] = json!(9)).await;
    assert!(said.starts_with("Step 2 (mail): Give `tries`"), "{said}");
    let said = refused(&|flow| flow["lasts_secs"] = json!(0)).await;
    assert!(said.starts_with("Give `lasts_secs`"), "{said}");
    let said = refused(&|flow| flow["steps"] = json!([])).await;
    assert_eq!(said, "Give the flow a step.");
    let said = refused(&|flow| {
        flow["steps"][3]["does"]["target"]["id"] = json!(QueueId::from_bits(0));
    })
    .await;
    assert_eq!(said, "Step 4 (go): There is no such queue.");
    let mut unknown = centre.flow(None);
    unknown["steps"][0]["does"]["kind"] = json!("dance");
    centre.admin.post("/api/flows", &unknown).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape");
}

#[tokio::test]
async fn a_flow_greets_asks_and_hands_over_what_it_collected() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let centre = centre(&app, &[ada.id]).await;
    app.make_available(&ada).await;
    centre.add(&centre.flow(Some("web_chat"))).await;
    let (customer, _) = app.customer("Carla", "I want to buy").await;
    let bot = |text: &str| ("bot".to_owned(), "Reception".to_owned(), text.to_owned());
    let heard = said(&customer).await;
    assert_eq!(heard[1..], [bot("Hello, I am a machine."), bot("What is your address?")]);
    assert_eq!(phase(&customer).await, json!({"kind": "active", "agent": "Reception"}));
    assert_eq!(desk(&ada).await["offers"], json!({}), "nobody is asked yet");

    answer(&customer, "none of your business").await;
    assert_eq!(said(&customer).await.last(), Some(&bot("That is no address.")));
    answer(&customer, "carla@example.com").await;
    let offered = offer(&ada).await;
    let transfer = &offered["transfer"];
    assert_eq!(transfer["from"], "Reception");
    assert_eq!(transfer["note"], "Wants to buy.\nCollected: mail = carla@example.com");
    assert_eq!(offered["thread"]["attributes"]["mail"], "carla@example.com");
    assert_eq!(offered["thread"]["queue"], "Sales");
    let id = accept(&ada).await;
    let thread = ada.client.get(&format!("/api/conversations/{id}")).await.expect(StatusCode::OK);
    let authors = thread["thread"]["messages"].as_array().unwrap().iter();
    let kinds: Vec<&str> = authors.map(|message| message["author"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["customer", "flow", "flow", "customer", "flow", "customer"]);
    assert_eq!(thread["thread"]["handoffs"][0]["from"], "Reception");
}

#[tokio::test]
async fn a_flow_that_was_not_understood_or_ran_out_of_time_goes_to_its_fallback_queue() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let centre = centre(&app, &[ada.id]).await;
    app.make_available(&ada).await;
    centre.add(&centre.flow(Some("web_chat"))).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    answer(&customer, "what?").await;
    answer(&customer, "who?").await;
    let offered = offer(&ada).await;
    assert_eq!(offered["thread"]["queue"], "Everything");
    assert_eq!(offered["transfer"]["note"], "The flow stopped: it did not understand an answer.");
    accept(&ada).await;

    let (customer, _) = app.customer("Dora", "Hello").await;
    for _ in 0..30 {
        app.advance(Duration::from_secs(30));
        app.make_available(&ada).await;
    }
    app.advance(Duration::from_secs(1));
    app.settle().await;
    assert_eq!(phase(&customer).await["kind"], "waiting");
    let offered = offer(&ada).await;
    assert_eq!(offered["transfer"]["note"], "The flow stopped: its time was over.");
}

#[tokio::test]
async fn a_flow_ends_a_conversation_as_it_is_written() {
    let app = TestApp::start();
    let centre = centre(&app, &[]).await;
    centre.add(&centre.flow(Some("web_chat"))).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    answer(&customer, "carla@vip.example").await;
    assert_eq!(said(&customer).await.last().unwrap().2, "We will write to carla@vip.example.");
    assert_eq!(phase(&customer).await["by"], "system");
}

#[tokio::test]
async fn an_agent_passes_a_conversation_on_to_a_flow_where_the_policy_allows_it() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let centre = centre(&app, &[ada.id]).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    let id = accept(&ada).await;
    let flow = centre.add(&centre.flow(None)).await;
    let path = |rest: &str| format!("/api/conversations/{id}/{rest}");
    let targets = ada.client.get(&path("transfer-targets")).await.expect(StatusCode::OK);
    let expected = json!([{
        "target": {"kind": "flow", "id": flow}, "name": "Reception",
        "outcome": "Begins at once. You are released at once; undo for 5 s.",
    }]);
    assert_eq!(targets["flows"], expected);
    let body = |mode: &str| json!({"target": {"kind": "flow", "id": flow}, "mode": mode});
    let warm = ada.client.post(&path("transfers"), &body("warm")).await;
    warm.refused(StatusCode::CONFLICT, "not_one_place");
    let invited = ada.client.post(&path("invites"), &json!({"target": {"kind": "flow", "id": flow}})).await;
    assert!(invited.status.is_client_error());

    let set = async |targets: Value| {
        let mut policy = centre.admin.get("/api/transfer-policy").await.expect(StatusCode::OK);
        policy["targets"] = targets;
        centre.admin.put("/api/transfer-policy", &policy).await
    };
    let answer_to = set(json!(["agent", "queue"])).await;
    assert!(answer_to.status.is_success(), "{answer_to:?}");
    let targets = ada.client.get(&path("transfer-targets")).await.expect(StatusCode::OK);
    assert_eq!(targets["flows"], json!([]));
    let refused = ada.client.post(&path("transfers"), &body("cold")).await;
    refused.refused(StatusCode::CONFLICT, "target_not_allowed");
    assert!(set(json!(["agent", "flow"])).await.status.is_success());

    ada.client.post(&path("transfers"), &body("cold")).await.expect(StatusCode::CREATED);
    assert_eq!(phase(&customer).await, json!({"kind": "active", "agent": "Reception"}));
    assert_eq!(desk(&ada).await["conversations"], json!({}));
    answer(&customer, "carla@example.com").await;
    let offered = offer(&ada).await;
    assert_eq!(offered["transfer"]["from"], "Reception");
}

#[tokio::test]
async fn a_flow_takes_conversations_while_its_queues_are_closed_and_full() {
    let app = TestApp::start();
    let ada = app.person("Ada", Role::Agent).await;
    let centre = centre(&app, &[ada.id]).await;
    let (waits, _) = app.customer("Bob", "Hello").await;
    assert_eq!(phase(&waits).await["queue"], "Everything");
    let set = async |queue: QueueId, name: &str, rules: &Value| {
        let body = json!({"name": name, "skills": [], "priority": "normal", "rules": rules});
        centre.admin.put(&format!("/api/queues/{queue}"), &body).await.expect(StatusCode::NO_CONTENT);
    };
    // Open on one day in the week only, which is not that of the test.
    let hours = json!({"zone": "UTC", "weekly": [{"day": another_day(&app), "from": 0, "to": 1440}]});
    let closed = json!({"waiting_max": 1, "wait_secs": 60, "overflow": {"kind": "refuse"}, "hours": hours});
    let full = json!({"waiting_max": 1, "overflow": {"kind": "refuse"}});
    let opening = async || app.anyone().get("/api/chat/opening").await.expect(StatusCode::OK)["open"].clone();
    let start = json!({"name": "Carla", "text": "Hello"});
    set(centre.fallback, "Everything", &full).await;
    app.anyone().post("/api/chat", &start).await.refused(StatusCode::CONFLICT, "queue_full");
    for (queue, name) in [(centre.fallback, "Everything"), (centre.sales, "Sales")] {
        set(queue, name, &closed).await;
    }
    app.anyone().post("/api/chat", &start).await.refused(StatusCode::CONFLICT, "queue_closed");
    assert_eq!(opening().await, false);

    centre.add(&centre.flow(Some("web_chat"))).await;
    assert_eq!(opening().await, true);
    let (carla, _) = app.customer("Carla", "Hello").await;
    let (dora, _) = app.customer("Dora", "Hello").await;
    for customer in [&carla, &dora] {
        assert_eq!(phase(customer).await, json!({"kind": "active", "agent": "Reception"}));
        answer(customer, "carla@example.com").await;
        assert_eq!(phase(customer).await["queue"], "Sales", "it takes what is passed on to it");
    }
    // From there on the queue's limit of a wait counts as for everyone.
    app.advance(Duration::from_secs(60));
    app.settle().await;
    assert_eq!(phase(&carla).await["kind"], "closed");
    assert_eq!(phase(&waits).await["kind"], "closed");
}

/// Returns the day of the week after the test's.
fn another_day(app: &TestApp) -> &'static str {
    // The first day that clocks count is a Thursday.
    let days = ["friday", "saturday", "sunday", "monday", "tuesday", "wednesday", "thursday"];
    let today = app.clock.now().as_millis() / 86_400_000;
    days[usize::try_from(today % 7).unwrap()]
}
