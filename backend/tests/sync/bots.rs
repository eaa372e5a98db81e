//! Flows and external contacts: how conversations come to them, what they do with them, and how they leave.

use baton::dispatcher::Answer;
use baton_shared::command::Actor;
use baton_shared::*;
use serde_json::{Value, json};

use crate::play::{self, text};
use crate::random::Random;
use crate::stage::Stage;

/// What a contact of the test signs with.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Plays everything, and compares at every end of a part from every cut point in it.
pub fn everything(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    play::set_policy(stage, Preset::Baton, |_| {});
    for part in [
        greeted_asked_and_passed_on,
        answered_and_ended,
        passed_on_to_a_flow_and_taken_back,
        time_over,
        changed_and_removed_on_the_way,
        from_flow_to_flow,
        asking_a_partner,
        a_partner_says_nothing,
        a_partner_is_removed,
        a_flow_asks_a_partner,
    ] {
        part(stage, billing, sales);
        stage.check_every_cut_point();
    }
}

/// Adds a flow with these steps.
pub fn add_flow(
    stage: &mut Stage,
    name: &str,
    entrance: Option<Channel>,
    fallback: QueueId,
    steps: &Value,
) -> FlowId {
    let definition = definition(name, entrance, fallback, steps);
    match stage.give(Actor::System, Command::AddFlow { definition }) {
        Ok(Answer::Added { id }) => id.parse().unwrap(),
        other => panic!("no flow: {other:?}"),
    }
}

fn definition(
    name: &str,
    entrance: Option<Channel>,
    fallback: QueueId,
    steps: &Value,
) -> Box<FlowDefinition> {
    let definition = json!({
        "name": name, "entrance": entrance, "lasts_secs": 60, "fallback": fallback, "steps": steps,
    });
    Box::new(serde_json::from_value(definition).unwrap())
}

/// Steps that greet, ask for a topic, and pass on to a queue.
pub fn steps(queue: QueueId) -> Value {
    json!([
        {"name": "hello", "does": {"kind": "say", "text": "Hello, I am a machine."}},
        {"name": "topic", "does": {
            "kind": "ask", "text": "Invoice or parcel?", "attribute": "topic", "tries": 2,
            "check": {"kind": "choice", "of": ["invoice", "parcel"]},
        }},
        {"name": "thanks", "does": {"kind": "say", "text": "Your {topic}, I see."}},
        {"name": "go", "does": {"kind": "transfer", "target": {"kind": "queue", "id": queue}}},
    ])
}

/// Returns what a partner does about a conversation that they are asked to take, or have.
pub fn next(stage: &Stage, random: &mut Random, conversation: ConversationId) -> Option<(Actor, Command)> {
    let state = stage.turns.state();
    let open = state.conversations.get(&conversation)?;
    let transfer = open.transfer().and_then(|transfer| state.transfers.get(&transfer));
    if let Some(transfer) = transfer.filter(|one| matches!(one.state, TransferState::Calling { .. })) {
        let answer = match random.below(3) {
            0 => CallAnswer::Decline { reason: text("busy") },
            _ => CallAnswer::Accept,
        };
        return Some((Actor::System, Command::AnswerCall { transfer: transfer.id, answer }));
    }
    let Some(Owner::External(external)) = open.owner() else { return None };
    let command = match random.below(4) {
        0 => Command::ReturnConversation { conversation, note: None },
        1 => Command::SendMessage { conversation, text: text("From afar") },
        _ => return None,
    };
    Some((Actor::External(external), command))
}

fn remove_flow(stage: &mut Stage, flow: FlowId) {
    stage.give(Actor::System, Command::RemoveFlow { flow }).unwrap();
}

/// Adds an external contact.
pub fn add_external(stage: &mut Stage) -> ExternalId {
    let (name, url, secret) = (text("Partner"), text("https://partner.example.com"), text(SECRET));
    match stage.give(Actor::System, Command::AddExternal { name, url, secret }) {
        Ok(Answer::Added { id }) => id.parse().unwrap(),
        other => panic!("no external contact: {other:?}"),
    }
}

fn owner(stage: &Stage, conversation: ConversationId) -> Owner {
    stage.turns.state().conversations[&conversation].owner().unwrap()
}

fn asked(stage: &Stage, conversation: ConversationId) -> (u16, u8) {
    let run = stage.turns.state().conversations[&conversation].run().unwrap();
    let Stand::Asks { step, tries, answer: None } = run.stand else { panic!("nothing is asked: {run:?}") };
    (step, tries)
}

fn closed(stage: &Stage, conversation: ConversationId) -> bool {
    !stage.turns.state().conversations.contains_key(&conversation)
}

/// From the entrance through a wrong answer and a right one to a person, who hangs on to nothing of the flow.
fn greeted_asked_and_passed_on(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let flow = add_flow(stage, "Reception", Some(Channel::WebChat), billing, &steps(sales));
    let conversation = stage.customer_comes(billing);
    assert_eq!((owner(stage, conversation), asked(stage, conversation)), (Owner::Flow(flow), (1, 1)));
    let opened = stage.turns.state().conversations[&conversation].enqueued_at;
    play::say(stage, Actor::Customer(conversation), conversation, "What?");
    assert_eq!(asked(stage, conversation), (1, 2));
    play::say(stage, Actor::Customer(conversation), conversation, "Parcel");
    assert_eq!(owner(stage, conversation), Owner::Queue(sales));
    assert_eq!(stage.turns.state().conversations[&conversation].ranked_at, opened, "at its original age");
    play::accept(stage, conversation);
    play::end(stage, Actor::Customer(conversation), conversation, None);

    // Not understood as often as may be.
    let conversation = stage.customer_comes(billing);
    play::say(stage, Actor::Customer(conversation), conversation, "What?");
    play::say(stage, Actor::Customer(conversation), conversation, "Who are you?");
    assert_eq!(owner(stage, conversation), Owner::Queue(billing));
    play::accept(stage, conversation);
    play::end(stage, Actor::Customer(conversation), conversation, None);

    // Left by the customer.
    let conversation = stage.customer_comes(billing);
    play::end(stage, Actor::Customer(conversation), conversation, None);
    remove_flow(stage, flow);
}

fn answered_and_ended(stage: &mut Stage, billing: QueueId, _sales: QueueId) {
    let steps = json!([
        {"name": "faq", "does": {"kind": "answer", "otherwise": "bye", "answers": [
            {"keywords": ["invoice"], "text": "Invoices are sent on Mondays."},
        ]}},
        {"name": "bye", "does": {"kind": "end", "text": "Goodbye!"}},
    ]);
    let flow = add_flow(stage, "Answers", Some(Channel::WebChat), billing, &steps);
    let conversation = stage.customer_comes(billing);
    assert!(closed(stage, conversation), "it ended what it could answer");
    remove_flow(stage, flow);
}

fn passed_on_to_a_flow_and_taken_back(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let flow = add_flow(stage, "Reception", None, billing, &steps(sales));
    let conversation = play::taken(stage, billing);
    let sender = stage.owner_of(conversation).unwrap();
    let transfer = play::transfer(stage, conversation, Target::Flow(flow), Mode::Cold);
    assert_eq!(owner(stage, conversation), Owner::Flow(flow));
    stage.give(Actor::Person(sender), Command::CancelTransfer { conversation, transfer }).unwrap();
    assert_eq!(stage.owner_of(conversation), Some(sender));
    play::transfer(stage, conversation, Target::Flow(flow), Mode::Cold);
    play::pass(stage, 10);
    play::say(stage, Actor::Customer(conversation), conversation, "invoice");
    assert_eq!(owner(stage, conversation), Owner::Queue(sales));
    play::accept(stage, conversation);
    // A supervisor takes it out of the flow.
    play::transfer(stage, conversation, Target::Flow(flow), Mode::Cold);
    play::lead_is_available(stage);
    let lead = stage.lead;
    stage.give(Actor::Person(lead), Command::TakeOver { conversation }).unwrap();
    assert_eq!(stage.owner_of(conversation), Some(lead));
    play::end(stage, Actor::Customer(conversation), conversation, None);
    stage.give(Actor::Person(lead), Command::SetStatus { status: Status::Offline }).unwrap();
    remove_flow(stage, flow);
}

fn time_over(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let flow = add_flow(stage, "Reception", Some(Channel::WebChat), sales, &steps(billing));
    let conversation = stage.customer_comes(billing);
    play::pass(stage, 50);
    assert_eq!(owner(stage, conversation), Owner::Flow(flow));
    play::pass(stage, 20);
    assert_eq!(owner(stage, conversation), Owner::Queue(sales));
    play::accept(stage, conversation);
    play::end(stage, Actor::Customer(conversation), conversation, None);
    remove_flow(stage, flow);
}

fn changed_and_removed_on_the_way(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let entrance = Some(Channel::WebChat);
    let flow = add_flow(stage, "Reception", entrance, billing, &steps(sales));
    let conversation = stage.customer_comes(billing);
    let restarted = stage.restarts_everyone(|stage| {
        let definition = definition("Reception", entrance, sales, &steps(billing));
        stage.give(Actor::System, Command::ChangeFlow { flow, definition }).unwrap();
    });
    assert!(restarted, "a flow's name stands in every view");
    assert_eq!(owner(stage, conversation), Owner::Queue(billing), "the fallback of when it began");
    stage.check_every_cut_point();
    play::end(stage, Actor::Customer(conversation), conversation, None);
    let conversation = stage.customer_comes(billing);
    remove_flow(stage, flow);
    assert_eq!(owner(stage, conversation), Owner::Queue(sales));
    play::end(stage, Actor::Customer(conversation), conversation, None);
}

/// Two flows that pass on to each other, which ends at the limit of steps, and one whose target nobody serves.
fn from_flow_to_flow(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let one = add_flow(stage, "One", None, sales, &steps(billing));
    let to = |flow: FlowId| json!([{"name": "on", "does": {"kind": "transfer", "target": {"kind": "flow", "id": flow}}}]);
    let two = add_flow(stage, "Two", Some(Channel::WebChat), billing, &to(one));
    stage.restarts_everyone(|stage| {
        let definition = definition("One", None, sales, &to(two));
        stage.give(Actor::System, Command::ChangeFlow { flow: one, definition }).unwrap();
    });
    let conversation = stage.customer_comes(billing);
    assert!(matches!(owner(stage, conversation), Owner::Queue(_)), "it goes round no longer");
    play::end(stage, Actor::Customer(conversation), conversation, None);
    let nobody = play::add_queue(stage, "Nobody");
    let unserved =
        json!([{"name": "on", "does": {"kind": "transfer", "target": {"kind": "queue", "id": nobody}}}]);
    let three = add_flow(stage, "Three", Some(Channel::WebChat), sales, &unserved);
    let conversation = stage.customer_comes(billing);
    assert_eq!(owner(stage, conversation), Owner::Queue(sales));
    play::end(stage, Actor::Customer(conversation), conversation, None);
    let agent = stage.one;
    let to_agent =
        json!([{"name": "on", "does": {"kind": "transfer", "target": {"kind": "agent", "id": agent}}}]);
    let four = add_flow(stage, "Four", Some(Channel::WebChat), sales, &to_agent);
    let conversation = stage.customer_comes(billing);
    assert_eq!(stage.offer_of(conversation).1, agent);
    play::accept(stage, conversation);
    play::end(stage, Actor::Customer(conversation), conversation, None);
    for flow in [one, two, three, four] {
        remove_flow(stage, flow);
    }
}

/// Declined, taken back, expired, and at last accepted; then the partner answers and gives it back.
fn asking_a_partner(stage: &mut Stage, billing: QueueId, _sales: QueueId) {
    let external = add_external(stage);
    let target = Target::External(external);
    let conversation = play::taken(stage, billing);
    let sender = stage.owner_of(conversation).unwrap();
    let declined = play::transfer(stage, conversation, target, Mode::Cold);
    let answer = CallAnswer::Decline { reason: text("closed today") };
    stage.give(Actor::System, Command::AnswerCall { transfer: declined, answer }).unwrap();
    assert_eq!(stage.owner_of(conversation), Some(sender));
    let cancelled = play::transfer(stage, conversation, target, Mode::Cold);
    let cancel = Command::CancelTransfer { conversation, transfer: cancelled };
    stage.give(Actor::Person(sender), cancel).unwrap();
    let late = Command::AnswerCall { transfer: cancelled, answer: CallAnswer::Accept };
    assert!(stage.give(Actor::System, late).is_err(), "it was taken back");
    play::transfer(stage, conversation, target, Mode::Cold);
    play::pass(stage, 70);
    assert_eq!(stage.owner_of(conversation), Some(sender), "nobody answered in time");
    let transfer = play::transfer(stage, conversation, target, Mode::Cold);
    stage.give(Actor::System, Command::AnswerCall { transfer, answer: CallAnswer::Accept }).unwrap();
    assert_eq!(owner(stage, conversation), Owner::External(external));
    play::say(stage, Actor::Customer(conversation), conversation, "Are you there?");
    play::say(stage, Actor::External(external), conversation, "Yes, from afar.");
    stage
        .give(
            Actor::External(external),
            Command::ReturnConversation { conversation, note: Some(text("done")) },
        )
        .unwrap();
    assert_eq!(owner(stage, conversation), Owner::Queue(billing));
    play::accept(stage, conversation);
    let again = play::transfer(stage, conversation, target, Mode::Cold);
    stage.give(Actor::System, Command::AnswerCall { transfer: again, answer: CallAnswer::Accept }).unwrap();
    play::end(stage, Actor::External(external), conversation, None);
    let (name, url) = (text("Partner"), text("https://partner.example.com/new"));
    stage.restarts_everyone(|stage| {
        stage.give(Actor::System, Command::ChangeExternal { external, name, url, secret: None }).unwrap();
    });
    stage.give(Actor::System, Command::RemoveExternal { external }).unwrap();
}

/// Returns a conversation that a new contact has.
fn with_a_partner(stage: &mut Stage, billing: QueueId) -> (ConversationId, ExternalId) {
    let external = add_external(stage);
    let conversation = play::taken(stage, billing);
    let transfer = play::transfer(stage, conversation, Target::External(external), Mode::Cold);
    stage.give(Actor::System, Command::AnswerCall { transfer, answer: CallAnswer::Accept }).unwrap();
    (conversation, external)
}

fn a_partner_says_nothing(stage: &mut Stage, billing: QueueId, _sales: QueueId) {
    let (conversation, external) = with_a_partner(stage, billing);
    play::pass(stage, 890);
    assert_eq!(owner(stage, conversation), Owner::External(external));
    play::pass(stage, 20);
    assert_eq!(owner(stage, conversation), Owner::Queue(billing), "nobody waits for ever");
    play::end(stage, Actor::Customer(conversation), conversation, None);
    stage.give(Actor::System, Command::RemoveExternal { external }).unwrap();
}

fn a_partner_is_removed(stage: &mut Stage, billing: QueueId, _sales: QueueId) {
    let (conversation, external) = with_a_partner(stage, billing);
    let other = play::taken(stage, billing);
    let sender = stage.owner_of(other).unwrap();
    play::transfer(stage, other, Target::External(external), Mode::Cold);
    stage.give(Actor::System, Command::RemoveExternal { external }).unwrap();
    assert_eq!(owner(stage, conversation), Owner::Queue(billing));
    assert_eq!(stage.owner_of(other), Some(sender));
    for conversation in [conversation, other] {
        play::end(stage, Actor::Customer(conversation), conversation, None);
    }
}

/// Accepted; declined and not answered, so that the flow gives the conversation up.
fn a_flow_asks_a_partner(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let external = add_external(stage);
    let steps = json!([
        {"name": "hello", "does": {"kind": "say", "text": "One moment."}},
        {"name": "on", "does": {"kind": "transfer", "target": {"kind": "external", "id": external}}},
    ]);
    let flow = add_flow(stage, "Reception", Some(Channel::WebChat), sales, &steps);
    for (answer, expected) in [
        (Some(CallAnswer::Accept), Owner::External(external)),
        (Some(CallAnswer::Decline { reason: text("") }), Owner::Queue(sales)),
        (None, Owner::Queue(sales)),
    ] {
        let conversation = stage.customer_comes(billing);
        assert_eq!(owner(stage, conversation), Owner::Flow(flow));
        play::say(stage, Actor::Customer(conversation), conversation, "Hello?");
        let transfer = stage.turns.state().conversations[&conversation].transfer().unwrap();
        match answer {
            Some(answer) => {
                stage.give(Actor::System, Command::AnswerCall { transfer, answer }).unwrap();
            }
            None => play::pass(stage, 70),
        }
        assert_eq!(owner(stage, conversation), expected);
        play::end(stage, Actor::Customer(conversation), conversation, None);
    }
    remove_flow(stage, flow);
    stage.give(Actor::System, Command::RemoveExternal { external }).unwrap();
}
