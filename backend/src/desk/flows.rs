//! Flows: setting them up, giving them conversations, and carrying out what they come to.
//!
//! Scripts were played before: what comes here is what came out, as a [`Played`].

use baton_shared::command::{ATTRIBUTE_CHARS_MAX, Actor, NAME_CHARS_MAX, NOTE_CHARS_MAX};
use baton_shared::conversation::EndedBy;
use baton_shared::flow::{Canned, Check, Does};
use baton_shared::message::MESSAGE_CHARS_MAX;
use baton_shared::policy::{Age, Exclude, SAFETY};
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::workflow::EXPRESSION_CHARS_MAX;
use baton_shared::*;

use super::conversations::{Said, message};
use super::offers::{listening, owner_changed, transfer_ended, wrap_up_by};
use super::policies::who;
use super::transfers::{New, check_allowed, requested};
use super::workflows::{self, Seeker};
use super::{Answer, Circumstances, Decided, checked_text, invites, optional_text};
use crate::conditions::Condition;
use crate::content::Content;
use crate::routing::RoutingState;
use crate::scripts::{ComesTo, Played};

pub(super) fn add(
    with: &mut Circumstances<'_>,
    actor: Actor,
    definition: Box<FlowDefinition>,
) -> Result<Decided, Refusal> {
    let definition = checked(with.state, definition)?;
    let id = with.ids.flow();
    Ok(Decided {
        events: vec![Event::FlowAdded { flow: definition.compiled(id), by: who(actor) }],
        content: vec![Content::Flow(id, definition)],
        ..Decided::new(Answer::Added { id: id.to_string() })
    })
}

pub(super) fn change(
    with: &Circumstances<'_>,
    actor: Actor,
    id: FlowId,
    definition: Box<FlowDefinition>,
) -> Result<Decided, Refusal> {
    if !with.state.flows.contains_key(&id) {
        return Err(Refusal::NotFound { what: "flow" });
    }
    let definition = checked(with.state, definition)?;
    let mut events = vec![Event::FlowChanged { flow: definition.compiled(id), by: who(actor) }];
    events.extend(stopped(with.state, id, FlowEnd::Changed));
    let content = vec![Content::Flow(id, definition)];
    Ok(Decided { events, content, ..Decided::new(Answer::Done) })
}

pub(super) fn remove(with: &Circumstances<'_>, actor: Actor, flow: FlowId) -> Result<Decided, Refusal> {
    if !with.state.flows.contains_key(&flow) {
        return Err(Refusal::NotFound { what: "flow" });
    }
    let mut events = vec![Event::FlowRemoved { flow, by: who(actor) }];
    events.extend(stopped(with.state, flow, FlowEnd::Removed));
    Ok(Decided::done(events))
}

/// Stops a flow for every conversation that it has: each goes to the fallback queue within the turn.
fn stopped(state: &RoutingState, flow: FlowId, end: FlowEnd) -> Vec<Event> {
    let held = state.held_by(Owner::Flow(flow));
    held.into_iter().filter_map(|conversation| flow_ended(conversation, end)).collect()
}

/// Ends the run of a conversation in the flow that has it, if one has it.
pub(super) fn flow_ended(conversation: &Conversation, end: FlowEnd) -> Option<Event> {
    let Run { flow, taken, .. } = conversation.run()?;
    Some(Event::FlowEnded { conversation: conversation.id, flow: *flow, end, taken: *taken })
}

/// Refuses a definition that cannot be used, and says where and why.
fn checked(
    state: &RoutingState,
    mut definition: Box<FlowDefinition>,
) -> Result<Box<FlowDefinition>, Refusal> {
    definition.name = checked_text("name", &definition.name, NAME_CHARS_MAX)?;
    for step in &definition.steps {
        checked_text("step's name", &step.name, NAME_CHARS_MAX)?;
    }
    if let Some(fault) = definition.fault() {
        return Err(Refusal::FlowUnusable { fault });
    }
    for (step, number) in definition.steps.iter().zip(1..) {
        let unusable = |fault: String| Refusal::FlowUnusable {
            fault: format!("Step {number} ({}): {fault}", step.name),
        };
        check_texts(&step.does).map_err(|refusal| unusable(refusal.to_string()))?;
        match &step.does {
            Does::Branch { when, .. } => drop(Condition::compile(when).map_err(unusable)?),
            Does::Transfer { target, .. } => {
                check_there(state, *target).map_err(|refusal| unusable(refusal.to_string()))?;
            }
            Does::Say { .. }
            | Does::Ask { .. }
            | Does::Set { .. }
            | Does::Answer { .. }
            | Does::End { .. } => {}
        }
    }
    check_there(state, Target::Queue(definition.fallback))
        .map_err(|refusal| Refusal::FlowUnusable { fault: format!("Its fallback: {refusal}") })?;
    Ok(definition)
}

/// Refuses a target that is not there.
fn check_there(state: &RoutingState, target: Target) -> Result<(), Refusal> {
    let (there, what) = match target {
        Target::Agent(agent) => (state.agents.contains_key(&agent), "person"),
        Target::Group(group) => (state.groups.contains_key(&group), "group"),
        Target::Queue(queue) => (state.queues.contains_key(&queue), "queue"),
        Target::Workflow(workflow) => (state.workflows.contains_key(&workflow), "workflow"),
        Target::Flow(flow) => (state.flows.contains_key(&flow), "flow"),
        Target::External(external) => (state.externals.contains(&external), "external contact"),
    };
    if there { Ok(()) } else { Err(Refusal::NotFound { what }) }
}

/// Refuses texts that are empty or too long.
fn check_texts(does: &Does) -> Result<(), Refusal> {
    let says = |text: &str| checked_text("text", text, MESSAGE_CHARS_MAX).map(drop);
    let names = |name: &str| checked_text("attribute's name", name, NAME_CHARS_MAX).map(drop);
    match does {
        Does::Say { text } => says(text),
        Does::Ask { text, attribute, check, again, .. } => {
            says(text)?;
            names(attribute)?;
            again.as_deref().map_or(Ok(()), says)?;
            match check {
                Some(Check::Choice { of }) => {
                    let choice = |text: &String| checked_text("choice", text, ATTRIBUTE_CHARS_MAX).map(drop);
                    of.iter().try_for_each(choice)
                }
                Some(Check::Email | Check::Number) | None => Ok(()),
            }
        }
        Does::Set { attribute, value } => {
            names(attribute)?;
            optional_text("value", value, ATTRIBUTE_CHARS_MAX).map(drop)
        }
        Does::Branch { when, .. } => checked_text("expression", when, EXPRESSION_CHARS_MAX).map(drop),
        Does::Answer { answers, .. } => answers.iter().try_for_each(|Canned { keywords, text }| {
            says(text)?;
            keywords.iter().try_for_each(|word| checked_text("keyword", word, NAME_CHARS_MAX).map(drop))
        }),
        Does::Transfer { note, .. } => {
            optional_text("note", note.as_deref().unwrap_or(""), NOTE_CHARS_MAX).map(drop)
        }
        Does::End { text } => text.as_deref().map_or(Ok(()), says),
    }
}

/// Gives a new conversation to the flow that is its channel's entrance, if one is.
pub(super) fn entered(
    with: &mut Circumstances<'_>,
    conversation: ConversationId,
    opened: &Event,
) -> Option<Event> {
    let Event::ConversationOpened { channel, queue, segment, .. } = opened else { return None };
    let flow = with.state.flow_entrance(*channel)?.id;
    Some(Event::OwnerChanged {
        conversation,
        from: Owner::Queue(*queue),
        to: Owner::Flow(flow),
        epoch: 2,
        cause: OwnerCause::Entered(flow),
        ended: *segment,
        wrap_up: WrapUp::None,
        segment: with.ids.segment(),
    })
}

/// Passes a conversation on to a flow.
pub(super) fn transfer(
    with: &mut Circumstances<'_>,
    new: &New<'_>,
    flow: FlowId,
) -> Result<Vec<Event>, Refusal> {
    check(with.state, new.conversation, Target::Flow(flow))?;
    let (from, to) = (Owner::Agent(new.from), Owner::Flow(flow));
    let (cause, wrap_up) = (OwnerCause::Transferred(new.transfer), wrap_up_by(&new.policy));
    let segment = with.ids.segment();
    let mut events = vec![
        requested(with, new, Target::Flow(flow), Mode::Cold, None, None),
        owner_changed(new.conversation, from, to, cause, wrap_up, segment),
        Event::TransferEnqueued {
            transfer: new.transfer,
            conversation: new.conversation.id,
            undo_until: with.now.plus(new.policy.undo_lasts()),
            deadline: None,
        },
    ];
    events.extend(listening(new.conversation.id, new.from, &new.policy));
    Ok(events)
}

/// Refuses a flow or an external contact that is not there or that the policy does not allow.
pub fn check(state: &RoutingState, conversation: &Conversation, target: Target) -> Result<(), Refusal> {
    check_there(state, target)?;
    check_allowed(state, conversation, target)
}

/// Decides what follows when a flow's time with a conversation is over, or that of a partner whom the customer waits for.
pub(super) fn time_over(with: &mut Circumstances<'_>, conversation: ConversationId) -> Vec<Event> {
    let Some(conversation) = with.state.conversations.get(&conversation) else { return Vec::new() };
    match conversation.owner() {
        Some(Owner::Flow(_)) => flow_ended(conversation, FlowEnd::TimeOver).into_iter().collect(),
        Some(Owner::External(external)) => {
            give(with, conversation, Sender::External(external), Target::Queue(conversation.queue))
                .map_or_else(|_| Vec::new(), |given| given.events)
        }
        Some(Owner::Agent(_) | Owner::Queue(_) | Owner::Group(_)) | None => Vec::new(),
    }
}

/// Carries out what a flow that has a conversation came to.
pub fn carry_out(
    with: &mut Circumstances<'_>,
    conversation: ConversationId,
    played: Played,
) -> Option<Decided> {
    let state = with.state;
    let conversation = state.conversations.get(&conversation)?;
    let run = conversation.run()?;
    let (id, flow) = (conversation.id, run.flow);
    let mut decided = Decided::done(Vec::new());
    for (text, seq) in played.says.into_iter().zip(conversation.last_seq + 1..) {
        let said = Said { seq, author: Author::Flow(flow), text, client_key: None };
        let (sent, said) = message(with, id, said);
        decided.events.push(sent);
        decided.content.push(said);
    }
    let known = played.attributes.map(|attributes| Content::Attributes(id, attributes));
    decided.content.extend(known);
    let (taken, mut note) = (played.taken, played.note);
    let ended = |end| Event::FlowEnded { conversation: id, flow, end, taken };
    let given = match played.comes_to {
        ComesTo::Asks { step, tries } => {
            decided.events.push(Event::FlowAsked { conversation: id, flow, step, tries, taken });
            return Some(decided);
        }
        ComesTo::Ends => {
            decided.events.push(ended(FlowEnd::Ended));
            decided.events.extend(own_transfer_ended(state, conversation));
            decided.events.extend(invites::end_all(state, conversation));
            let (from, by, ended) = (Owner::Flow(flow), EndedBy::System, conversation.segment);
            let wrap_up = WrapUp::None;
            decided.events.push(Event::ConversationClosed { conversation: id, from, by, ended, wrap_up });
            return Some(decided);
        }
        ComesTo::Transfers { target } => {
            let given = check_served(state, conversation, target)
                .and_then(|()| give(with, conversation, Sender::Flow(flow), target));
            match (&given, target) {
                // Whom it asks may not take it, so it is not through yet.
                (Ok(_), Target::External(_)) => {}
                (Ok(_), _) => decided.events.push(ended(FlowEnd::PassedOn)),
                (Err(_), _) => decided.events.push(ended(FlowEnd::TargetRefused)),
            }
            if given.is_err() {
                let why = FlowEnd::TargetRefused.in_words().map(str::to_owned);
                note = why.into_iter().chain(note).reduce(|why, note| format!("{why}\n{note}"));
            }
            given
        }
        ComesTo::GivesUp { end } => {
            // What stopped it from outside stands in the log already.
            if !matches!(run.stand, Stand::Stopped { .. }) {
                decided.events.push(ended(end));
            }
            Err(Refusal::NobodyServes)
        }
    };
    let fallback = Target::Queue(run.fallback);
    let given = match given {
        Ok(given) => given,
        Err(_) => give(with, conversation, Sender::Flow(flow), fallback).ok()?,
    };
    decided.events.extend(given.events);
    let note = note.map(|note| note.chars().take(NOTE_CHARS_MAX).collect());
    decided.content.extend(note.map(|note| Content::Note(given.transfer, note)));
    Some(decided)
}

/// Refuses a queue or a group that nobody could ever serve.
fn check_served(state: &RoutingState, conversation: &Conversation, target: Target) -> Result<(), Refusal> {
    let pool = match target {
        Target::Queue(queue) => Pool::Queue(queue),
        Target::Group(group) => Pool::Group(group),
        Target::Agent(_) | Target::Workflow(_) | Target::Flow(_) | Target::External(_) => return Ok(()),
    };
    let served = state.agents.values().any(|agent| state.serves_in_time(agent, pool, conversation.channel));
    if served { Ok(()) } else { Err(Refusal::NobodyServes) }
}

/// A transfer by a bot or a partner.
pub(super) struct Given {
    pub(super) transfer: TransferId,
    pub(super) events: Vec<Event>,
}

/// Ends the transfer that brought a conversation to a flow, or by which the flow asks a partner.
fn own_transfer_ended(state: &RoutingState, conversation: &Conversation) -> Option<Event> {
    let transfer = state.transfers.get(&conversation.transfer()?)?;
    let end = match transfer.state {
        TransferState::Calling { .. } => TransferEnd::Expired,
        TransferState::Requested
        | TransferState::Seeking { .. }
        | TransferState::Released { .. }
        | TransferState::Enqueued { .. }
        | TransferState::Consulting { .. }
        | TransferState::Ended { .. } => TransferEnd::Completed,
    };
    Some(transfer_ended(transfer, end))
}

/// Passes on what a bot or a partner has, at its original age; refuses a target that could never take it.
pub(super) fn give(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    from: Sender,
    target: Target,
) -> Result<Given, Refusal> {
    let state = with.state;
    let policy = TransferPolicy {
        age: Age::Original,
        lift_secs: 0,
        return_to_sender: false,
        ..state.policy(conversation)
    };
    let transfer = with.ids.transfer();
    let mut events: Vec<Event> = own_transfer_ended(state, conversation).into_iter().collect();
    let asks = |deadline: Option<core::time::Duration>| Event::TransferRequested {
        transfer,
        conversation: conversation.id,
        from,
        target,
        mode: Mode::Cold,
        policy: Box::new(policy.clone()),
        pool: None,
        deadline: deadline.map(|lasts| with.now.plus(lasts)),
        carried: Carried::default(),
        by: None,
    };
    let mut way = None;
    // What is asked, whose it becomes, why, and how long it may stay there.
    let (asked, to, cause, lasts) = match target {
        Target::External(_) => {
            check_there(state, target)?;
            events.push(asks(Some(external::CALL_LASTS)));
            return Ok(Given { transfer, events });
        }
        Target::Agent(agent) => {
            let there = state.agents.get(&agent).filter(|agent| agent.enabled);
            there.ok_or(Refusal::NotFound { what: "person" })?;
            let asked = asks(Some(policy.transfer_lasts().unwrap_or(SAFETY)));
            let queue = conversation.run().map_or(conversation.queue, |run| run.fallback);
            (asked, Owner::Queue(queue), OwnerCause::Parked(transfer), None)
        }
        Target::Group(group) => {
            check_there(state, target)?;
            let lasts = policy.transfer_lasts().unwrap_or(SAFETY);
            (asks(None), Owner::Group(group), OwnerCause::Transferred(transfer), Some(lasts))
        }
        Target::Queue(queue) => {
            check_there(state, target)?;
            (asks(None), Owner::Queue(queue), OwnerCause::Transferred(transfer), None)
        }
        Target::Workflow(workflow) => {
            let excluded = match policy.exclude {
                Exclude::Nobody | Exclude::Sender => [].into(),
                Exclude::Participants => conversation.owners.iter().copied().collect(),
            };
            let last_agent = conversation.last_agent;
            let seeker = Seeker { channel: conversation.channel, excluded, last_agent, relaxed: None };
            let workflow = state.workflows.get(&workflow).ok_or(Refusal::NotFound { what: "workflow" })?;
            let found = workflows::way(with, workflow, &seeker);
            let to = Owner::Queue(found.queue);
            way = Some(found);
            (asks(None), to, OwnerCause::Transferred(transfer), None)
        }
        Target::Flow(flow) => {
            check_there(state, target)?;
            (asks(None), Owner::Flow(flow), OwnerCause::Transferred(transfer), None)
        }
    };
    let segment = with.ids.segment();
    events.push(asked);
    events.push(owner_changed(conversation, from.owner(), to, cause, WrapUp::None, segment));
    if let OwnerCause::Transferred(_) = cause {
        events.push(Event::TransferEnqueued {
            transfer,
            conversation: conversation.id,
            undo_until: with.now,
            deadline: lasts.map(|lasts| with.now.plus(lasts)),
        });
    }
    events.extend(way.into_iter().flat_map(|way| workflows::entered(with.now, conversation.id, way)));
    Ok(Given { transfer, events })
}
