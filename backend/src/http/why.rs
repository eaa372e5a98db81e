//! Why a conversation is where it is, and who would be asked if it went elsewhere.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use baton_shared::api::{WhyOffer, WhyPerson, WhyView};
use baton_shared::conversation::EndedBy;
use baton_shared::queue::{AskedFirst, Membership};
use baton_shared::{Conversation, ConversationId, ConversationState, Owner, Pool, Sender, Target};

use super::body::Ids;
use super::callers::CurrentAgent;
use super::error::ApiError;
use crate::app::App;
use crate::desk::why::{Rule, Sought, StepNow, Verdict, Why, why, why_target};
use crate::routing::RoutingState;
use crate::store::{Names, Reading, StoreError};

/// Explains where a conversation is: the rule, whom it was offered to and how that ended, and what stands in whose way
///
/// For those who see the conversation, and for those who lead a team that it is, or was, the work of. Of a conversation
/// that has ended it says by whom, and by which rule it was offered to whom.
#[utoipa::path(get, path = "/api/conversations/{conversation}/why", tag = "Conversations",
    params(("conversation" = ConversationId, Path)), responses((status = 200, body = WhyView)))]
pub async fn show(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(id): Ids<ConversationId>,
) -> Result<Json<WhyView>, ApiError> {
    let look = move |state: &RoutingState, now| (why(state, id, me.id, now), state.scope(me.id));
    let (found, scope) = app.dispatcher.look(look).await?;
    let view = app.with_store(move |app| {
        let reading = app.store.read()?;
        let Some(conversation) = reading.conversation(id)? else { return Ok(None) };
        if !scope.had_conversation(&conversation) && reading.sight(me.id, id)?.is_none() {
            return Ok(None);
        }
        let offers = reading.offers_of(id)?;
        match (found, ended(&conversation)) {
            (Some(found), _) => Ok(Some(told(&*reading, &found, offers)?)),
            (None, Some(rule)) => Ok(Some(WhyView { rule, ahead: 0, people: Vec::new(), more: 0, offers })),
            // It was opened since the state was looked at.
            (None, None) => Ok(None),
        }
    });
    view.await?.map(Json).ok_or_else(|| ApiError::not_found("conversation"))
}

/// Explains who would be asked if a conversation were passed on to a person, a group or a queue, and what stands in whose way
///
/// For its owner and the supervisors of its teams. `target` is the id of the person, the group or the queue.
#[utoipa::path(get, path = "/api/conversations/{conversation}/transfer-targets/{target}/why", tag = "Transfers",
    params(("conversation" = ConversationId, Path), ("target" = String, Path)),
    responses((status = 200, body = WhyView)))]
pub async fn target(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids((id, target)): Ids<(ConversationId, String)>,
) -> Result<Json<WhyView>, ApiError> {
    let none = || ApiError::not_found("target");
    let target = named(&target).ok_or_else(none)?;
    let found = app.dispatcher.look(move |state, now| why_target(state, id, me.id, target, now)).await?;
    let found = found.ok_or_else(none)?;
    Ok(Json(app.with_store(move |app| told(&*app.store.read()?, &found, Vec::new())).await?))
}

/// Returns the target that an id names, if it is one among whom someone can be looked for.
fn named(id: &str) -> Option<Target> {
    let agent = id.parse().map(Target::Agent);
    agent.or_else(|_| id.parse().map(Target::Group)).or_else(|_| id.parse().map(Target::Queue)).ok()
}

/// Says when a conversation ended, and by whom; nothing if it is open.
fn ended(conversation: &Conversation) -> Option<String> {
    let ConversationState::Closed { at, by, .. } = &conversation.state else { return None };
    let by = match by {
        EndedBy::Agent => "by whoever had it",
        EndedBy::Customer => "by the customer",
        EndedBy::System => "by a rule",
    };
    Some(format!("It ended at {at}, {by}."))
}

/// Puts an explanation in words.
fn told(reading: &dyn Reading, found: &Why, offers: Vec<WhyOffer>) -> Result<WhyView, StoreError> {
    let names = reading.names()?;
    let filter = match found.rule.map(|rule| rule.sought) {
        Some(Sought::Step(StepNow { workflow, filter: Some(filter), .. })) => {
            let view = reading.workflow(workflow)?;
            let filters = view.map(|view| view.filters).unwrap_or_default();
            filters.into_iter().nth(usize::from(filter)).map(|filter| filter.name)
        }
        Some(_) | None => None,
    };
    let person = |(agent, verdict): &(_, Verdict)| WhyPerson {
        name: called(names.agents.get(agent)),
        eligible: matches!(verdict, Verdict::Asked | Verdict::Eligible { .. }),
        reason: verdict.in_words(|skill| names.skills.get(&skill).map_or("", String::as_str)),
    };
    Ok(WhyView {
        rule: match &found.rule {
            Some(rule) => said(rule, &names, filter.as_deref()),
            None => held(found.owner, &names),
        },
        ahead: found.ahead,
        people: found.people.iter().map(person).collect(),
        more: u32::try_from(found.more).unwrap_or(u32::MAX),
        offers,
    })
}

fn called(name: Option<&String>) -> String {
    name.cloned().unwrap_or_default()
}

/// Says who has a conversation for which nobody is looked for.
fn held(owner: Owner, names: &Names) -> String {
    match owner {
        Owner::Agent(agent) => {
            format!("{} has it; nobody else is looked for.", called(names.agents.get(&agent)))
        }
        Owner::Queue(queue) => format!("It waits in {}.", called(names.queues.get(&queue))),
        Owner::Group(group) => format!("It waits for {}.", called(names.groups.get(&group))),
        Owner::Flow(flow) => {
            format!("The flow {} has it; nobody else is looked for.", called(names.flows.get(&flow)))
        }
        Owner::External(external) => {
            format!("{} has it; nobody else is looked for.", called(names.externals.get(&external)))
        }
    }
}

/// Says by which rule someone is looked for; `filter` is the name of the workflow's filter that matched.
fn said(rule: &Rule, names: &Names, filter: Option<&str>) -> String {
    let (begins, asks) = (begins(rule.sought, names, filter), asks(rule, names));
    let together = match (rule.at_once, rule.pool) {
        (0 | 1, _) | (_, Pool::Agent(_)) => String::new(),
        (at_once, Pool::Queue(_) | Pool::Group(_)) => {
            format!(" Up to {at_once} are asked at once; the first who accepts gets it.")
        }
    };
    let relaxed = match rule.relaxed {
        0 => String::new(),
        relaxed => format!(" The queue asks for less by now: relaxation {relaxed} holds."),
    };
    let next = match rule.sought {
        Sought::Step(StepNow { until: Some(until), .. }) => format!(" The next step begins at {until}."),
        Sought::Step(_)
        | Sought::Waits
        | Sought::Alone { .. }
        | Sought::PassedOn { .. }
        | Sought::Invited { .. } => String::new(),
    };
    format!("{begins}{asks}{together}{relaxed}{next}")
}

/// Says what brought a conversation to where someone is looked for, if there is something to say.
fn begins(sought: Sought, names: &Names, filter: Option<&str>) -> String {
    match sought {
        Sought::Waits | Sought::Alone { .. } => String::new(),
        Sought::Step(StepNow { workflow, filter: matched, number, .. }) => {
            let workflow = called(names.workflows.get(&workflow));
            let steps = match (matched, filter) {
                (Some(matched), Some(name)) => format!("filter {}, “{name}”", matched + 1),
                (Some(matched), None) => format!("filter {}", matched + 1),
                (None, _) => "its default".to_owned(),
            };
            format!("It is in the workflow {workflow}: step {number} of {steps}. ")
        }
        Sought::PassedOn { by, to } => {
            format!("{} passes it on to {}. ", sender(by, names), target_name(to, names))
        }
        Sought::Invited { by } => format!("{} invites someone to join. ", called(names.agents.get(&by))),
    }
}

/// Says who is asked, and in which order.
fn asks(rule: &Rule, names: &Names) -> String {
    let first = match rule.asked_first {
        AskedFirst::LongestIdle => "whoever is idle longest",
        AskedFirst::LeastLoaded => "whoever has the least share of their room taken",
    };
    let order = match rule.target_secs {
        Some(secs) => format!("priority first, then age, measured by the target of {secs} s"),
        None => "priority first, then age".to_owned(),
    };
    let order = format!("{order}; of those who are free, {first}");
    match (rule.pool, rule.sought) {
        (Pool::Queue(queue), _) => {
            format!("The members of {} are asked: {order}.", called(names.queues.get(&queue)))
        }
        (Pool::Group(group), _) => {
            let skills = match rule.membership {
                Membership::All => "every skill",
                Membership::Any => "any skill",
            };
            format!("Whoever has {skills} of {} is asked: {order}.", called(names.groups.get(&group)))
        }
        (Pool::Agent(agent), Sought::Alone { until }) => {
            let agent = called(names.agents.get(&agent));
            format!("{agent} served the customer last and is asked alone until {until}.")
        }
        (Pool::Agent(agent), Sought::Step(_)) => {
            format!("{} is asked alone.", called(names.agents.get(&agent)))
        }
        (Pool::Agent(agent), Sought::Waits | Sought::PassedOn { .. } | Sought::Invited { .. }) => {
            format!("It is meant for {} alone.", called(names.agents.get(&agent)))
        }
    }
}

fn sender(sender: Sender, names: &Names) -> String {
    match sender {
        Sender::Agent(agent) => called(names.agents.get(&agent)),
        Sender::Flow(flow) => called(names.flows.get(&flow)),
        Sender::External(external) => called(names.externals.get(&external)),
    }
}

fn target_name(target: Target, names: &Names) -> String {
    match target {
        Target::Agent(agent) => called(names.agents.get(&agent)),
        Target::Group(group) => called(names.groups.get(&group)),
        Target::Queue(queue) => called(names.queues.get(&queue)),
        Target::Workflow(workflow) => called(names.workflows.get(&workflow)),
        Target::Flow(flow) => called(names.flows.get(&flow)),
        Target::External(external) => called(names.externals.get(&external)),
    }
}
