//! Workflows: how conversations enter them, go from step to step, and come out, and what administrators do meanwhile.

use std::time::Duration;

use baton::dispatcher::Answer;
use baton_shared::command::Actor;
use baton_shared::queue::Priority;
use baton_shared::workflow::{FilterDefinition, KnownAgent, Lowering, SkipIf, StepDefinition, StepSkill};
use baton_shared::*;

use crate::play::{self, text};
use crate::stage::Stage;

/// Plays everything, and compares at every end of a part from every cut point in it.
pub fn everything(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    play::set_policy(stage, Preset::Baton, |_| {});
    for part in [
        from_step_to_step,
        leaving_on_the_way,
        passed_on_to_a_workflow,
        asking_whoever_had_it_last,
        set_up_while_it_is_used,
    ] {
        part(stage, billing, sales);
        stage.check_every_cut_point();
    }
}

/// Adds a workflow that asks, in one queue, for a skill that nobody has, soon for less of it and then for none, and then
/// asks in another.
pub fn add(stage: &mut Stage, entrance: Option<Channel>, first: QueueId, then: QueueId) -> WorkflowId {
    let skill = match stage.give(Actor::System, Command::AddSkill { name: text("Italian") }) {
        Ok(Answer::Added { id }) => id.parse().unwrap(),
        other => panic!("no skill: {other:?}"),
    };
    let relax = vec![Lowering { after_secs: 5, level: Level::LEAST }];
    let asked = StepSkill { skill, level: Level::MOST, relax, drop_after_secs: Some(10) };
    let steps = vec![
        StepDefinition { skills: vec![asked], ..step(first) },
        StepDefinition { priority: Some(Priority::High), ..step(then) },
    ];
    let when = text("attributes.page == '/pricing'");
    let filters = vec![FilterDefinition { name: text("Prices"), when, steps }];
    added(stage, Definition { filters, entrance, ..definition(first) })
}

fn step(queue: QueueId) -> StepDefinition {
    StepDefinition {
        queue,
        skills: Vec::new(),
        priority: None,
        timeout_secs: Some(20),
        skip_if: None,
        known_agent: None,
    }
}

fn definition(fallback: QueueId) -> Definition {
    Definition { name: text("Way"), entrance: None, filters: Vec::new(), default: Vec::new(), fallback }
}

fn added(stage: &mut Stage, definition: Definition) -> WorkflowId {
    match stage.give(Actor::System, Command::AddWorkflow { definition: Box::new(definition) }) {
        Ok(Answer::Added { id }) => id.parse().unwrap(),
        other => panic!("no workflow: {other:?}"),
    }
}

fn remove(stage: &mut Stage, workflow: WorkflowId) {
    stage.give(Actor::System, Command::RemoveWorkflow { workflow }).unwrap();
}

fn queue_of(stage: &Stage, conversation: ConversationId) -> QueueId {
    stage.turns.state().conversations[&conversation].queue
}

/// Returns the place of the step that a conversation is in, if it is on its way through a workflow.
fn step_of(stage: &Stage, conversation: ConversationId) -> Option<u16> {
    let waiting = stage.turns.state().conversations[&conversation].waiting()?;
    Some(waiting.route.as_ref()?.step)
}

/// From the entrance to the last step, and out of it into the queue that takes what is left.
fn from_step_to_step(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let workflow = add(stage, Some(Channel::WebChat), sales, billing);
    let conversation = stage.customer_comes(billing);
    assert_eq!((step_of(stage, conversation), queue_of(stage, conversation)), (Some(0), sales));
    assert!(stage.offers_of(conversation).is_empty(), "nobody has the skill");
    stage.advance(Duration::from_secs(5));
    assert!(stage.offers_of(conversation).is_empty(), "less of the skill is asked for, but some");
    play::pass(stage, 10);
    assert_eq!(stage.offers_of(conversation).len(), 1, "the skill is asked for no more");
    play::say(stage, Actor::Customer(conversation), conversation, "Is anyone there?");
    play::pass(stage, 10);
    assert_eq!((step_of(stage, conversation), queue_of(stage, conversation)), (Some(1), billing));
    play::pass(stage, 20);
    assert_eq!((step_of(stage, conversation), queue_of(stage, conversation)), (None, sales));
    play::accept(stage, conversation);
    play::end(stage, Actor::Customer(conversation), conversation, None);
    remove(stage, workflow);
}

/// By a customer who waits in a step, and by a supervisor who takes it over.
fn leaving_on_the_way(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let lead = stage.lead;
    let workflow = add(stage, Some(Channel::WebChat), sales, billing);
    let conversation = stage.customer_comes(billing);
    play::end(stage, Actor::Customer(conversation), conversation, None);
    play::lead_is_available(stage);
    let conversation = stage.customer_comes(billing);
    stage.give(Actor::Person(lead), Command::TakeOver { conversation }).unwrap();
    play::pass(stage, 60);
    assert_eq!(stage.owner_of(conversation), Some(lead), "its steps ended with the waiting");
    play::end(stage, Actor::Customer(conversation), conversation, None);
    stage.give(Actor::Person(lead), Command::SetStatus { status: Status::Offline }).unwrap();
    remove(stage, workflow);
}

/// Taken back, refused by the one who is asked, and accepted in the next step.
fn passed_on_to_a_workflow(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let workflow = add(stage, None, sales, billing);
    let target = Target::Workflow(workflow);
    let conversation = play::taken(stage, billing);
    let sender = stage.owner_of(conversation).unwrap();
    let undone = play::transfer(stage, conversation, target, Mode::Cold);
    let cancel = Command::CancelTransfer { conversation, transfer: undone };
    stage.give(Actor::Person(sender), cancel).unwrap();
    assert_eq!(stage.owner_of(conversation), Some(sender));
    play::transfer(stage, conversation, target, Mode::Cold);
    assert_eq!(step_of(stage, conversation), Some(0));
    play::pass(stage, 10);
    let (offer, asked) = stage.offer_of(conversation);
    assert_eq!(asked, stage.other(sender), "whoever passes it on is not asked");
    stage.give(Actor::Person(asked), Command::RejectOffer { offer, reason: text("at lunch") }).unwrap();
    play::pass(stage, 30);
    assert_eq!(step_of(stage, conversation), None);
    play::accept(stage, conversation);
    play::end(stage, Actor::Customer(conversation), conversation, None);
    remove(stage, workflow);
}

/// They refuse it, so the next begins; a step whose expression holds, and one in which nobody is free, are passed over.
fn asking_whoever_had_it_last(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let skill = *stage.turns.state().skills.first().expect("a skill was added");
    let expression = text("channel == 'web_chat'");
    let default = vec![
        StepDefinition { skip_if: Some(SkipIf::When { expression }), ..step(billing) },
        StepDefinition { known_agent: Some(KnownAgent::Last), ..step(sales) },
        StepDefinition {
            skills: vec![StepSkill { skill, level: Level::LEAST, relax: Vec::new(), drop_after_secs: None }],
            skip_if: Some(SkipIf::NobodyAvailable),
            ..step(sales)
        },
        StepDefinition { timeout_secs: None, ..step(billing) },
    ];
    let workflow = added(stage, Definition { default, ..definition(sales) });
    let conversation = play::taken(stage, billing);
    let last = stage.owner_of(conversation).unwrap();
    let target = play::the_other(stage, conversation);
    play::transfer(stage, conversation, target, Mode::Cold);
    play::accept(stage, conversation);
    play::transfer(stage, conversation, Target::Workflow(workflow), Mode::Cold);
    assert_eq!((step_of(stage, conversation), queue_of(stage, conversation)), (Some(0), sales));
    let (offer, asked) = stage.offer_of(conversation);
    assert_eq!(asked, last);
    stage.give(Actor::Person(asked), Command::RejectOffer { offer, reason: text("") }).unwrap();
    assert_eq!((step_of(stage, conversation), queue_of(stage, conversation)), (Some(2), billing));
    play::pass(stage, 60);
    play::accept(stage, conversation);
    play::end(stage, Actor::Customer(conversation), conversation, None);
    remove(stage, workflow);
}

/// A change and a removal leave alone what is on its way; a change is read in every view, for its name is new.
fn set_up_while_it_is_used(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let workflow = add(stage, None, sales, billing);
    let conversation = play::taken(stage, billing);
    play::transfer(stage, conversation, Target::Workflow(workflow), Mode::Cold);
    play::pass(stage, 10);
    assert_eq!(stage.offers_of(conversation).len(), 1);
    let changed = Definition { name: text("Another way"), ..definition(billing) };
    let restarted = stage.restarts_everyone(|stage| {
        let definition = Box::new(changed);
        stage.give(Actor::System, Command::ChangeWorkflow { workflow, definition }).unwrap();
    });
    assert!(restarted, "a workflow's name stands in every view");
    assert_eq!(step_of(stage, conversation), Some(0));
    stage.check_every_cut_point();
    remove(stage, workflow);
    play::say(stage, Actor::Customer(conversation), conversation, "Hello?");
    play::pass(stage, 10);
    assert_eq!((step_of(stage, conversation), queue_of(stage, conversation)), (Some(1), billing));
    play::accept(stage, conversation);
    play::end(stage, Actor::Customer(conversation), conversation, None);
}
