//! Passing a conversation on, consulting someone about it, and taking that back.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{
    AgentTarget, GroupTarget, NewAside, NewTransfer, Nothing, OtherTarget, QueueTarget, TransferMade,
    TransferTargets, WorkflowTarget,
};
use baton_shared::{
    Command, ConversationId, Message, Refusal, Status, Target, TargetKind, TransferId, Workflow,
};

use super::body::{Ids, Keyed};
use super::callers::{CurrentAgent, CurrentSupervisor};
use super::error::ApiError;
use super::openapi::KeyParam;
use super::workflows::Asking;
use crate::app::App;
use crate::desk::Placement;
use crate::desk::outcomes::{
    outcome_for_agent, outcome_for_external, outcome_for_flow, outcome_for_pool, outcome_for_workflow,
};
use crate::desk::targets::{AgentStanding, PoolStanding, Standings, standings, workflow_standing};
use crate::dispatcher::Answer;
use crate::routing::RoutingState;
use crate::store::Names;

/// Lists to whom a conversation could be transferred, who cannot take it and why, and what would happen
#[utoipa::path(get, path = "/api/conversations/{conversation}/transfer-targets", tag = "Transfers",
    params(("conversation" = ConversationId, Path)), responses((status = 200, body = TransferTargets)))]
pub async fn targets(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(id): Ids<ConversationId>,
) -> Result<Json<TransferTargets>, ApiError> {
    let asking = app.with_store(move |app| Asking::about(app, Some(id))).await?;
    let look = move |state: &RoutingState, now| {
        let found = standings(state, id, me.id, now)?;
        let conversation = state.conversations.get(&id)?;
        let standing = |workflow: &Workflow| {
            let judged = asking.judged_of(state, conversation, workflow.id, now)?.judgement;
            Some((workflow.id, workflow_standing(state, conversation, me.id, workflow, &judged, now)))
        };
        let workflows: Vec<_> = state.workflows.values().filter_map(standing).collect();
        Some((found, workflows))
    };
    let found = app.dispatcher.look(look).await?;
    // To everyone else the conversation does not exist: whether it does is not theirs to know.
    let (found, standings) = found.ok_or_else(|| ApiError::not_found("conversation"))?;
    let (names, skills, written) = app
        .with_store(|app| {
            let reading = app.store.read()?;
            Ok((reading.names()?, reading.groups()?, reading.workflows()?))
        })
        .await?;
    let skills_of = |group: &PoolStanding<_>| {
        let found = skills.iter().find(|view| view.id == group.id);
        let skills = found.into_iter().flat_map(|view| &view.skills);
        skills.filter_map(|skill| names.skills.get(skill).cloned()).collect::<Vec<String>>()
    };
    let queue_name = |queue| names.queues.get(&queue).map_or("", String::as_str);
    let has = |kind| found.policy.targets.contains(&kind);
    let mut agents: Vec<AgentTarget> = Vec::new();
    if has(TargetKind::Agent) {
        agents.extend(found.agents.iter().map(|agent| agent_target(&found, agent, &names)));
    }
    // Of those who cannot take it, whoever is there at all comes first.
    agents.sort_by_cached_key(|agent| {
        let gone = !agent.presence.reachable || agent.presence.status == Status::Offline;
        (agent.why_not.is_some(), gone, agent.name.clone())
    });
    let mut groups: Vec<GroupTarget> = Vec::new();
    if has(TargetKind::Group) {
        groups.extend(found.groups.iter().map(|group| GroupTarget {
            id: group.id,
            name: names.groups.get(&group.id).cloned().unwrap_or_default(),
            skills: skills_of(group),
            waiting: group.waiting,
            available: group.available,
            free: group.free,
            why_not: group.refusal.as_ref().map(Refusal::to_string),
            outcome: outcome_for_pool(&found.policy, group, queue_name, found.whose),
        }));
    }
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    let mut queues: Vec<QueueTarget> = Vec::new();
    if has(TargetKind::Queue) {
        queues.extend(found.queues.iter().map(|queue| QueueTarget {
            id: queue.id,
            name: names.queues.get(&queue.id).cloned().unwrap_or_default(),
            waiting: queue.waiting,
            available: queue.available,
            wait_secs: queue.wait_secs,
            why_not: queue.refusal.as_ref().map(Refusal::to_string),
            outcome: outcome_for_pool(&found.policy, queue, queue_name, found.whose),
        }));
    }
    queues.sort_by(|one, other| one.name.cmp(&other.name));
    let mut workflows: Vec<WorkflowTarget> = Vec::new();
    if has(TargetKind::Workflow) {
        let allowed =
            standings.iter().filter(|(_, found)| found.place.refusal != Some(Refusal::TargetNotAllowed));
        workflows.extend(allowed.map(|(id, standing)| {
            let name = written.iter().find(|view| view.id == *id).map(|view| view.name.clone());
            let goes_to = names.queues.get(&standing.place.id).cloned().unwrap_or_default();
            let asks = standing.asks.and_then(|agent| names.agents.get(&agent)).map(String::as_str);
            WorkflowTarget {
                id: *id,
                name: name.unwrap_or_default(),
                why_not: standing.place.refusal.as_ref().map(Refusal::to_string),
                outcome: outcome_for_workflow(&found.policy, standing, asks, queue_name, found.whose),
                goes_to,
            }
        }));
    }
    workflows.sort_by(|one, other| one.name.cmp(&other.name));
    let mut flows: Vec<OtherTarget> = Vec::new();
    if has(TargetKind::Flow) {
        flows.extend(found.flows.iter().map(|id| OtherTarget {
            target: Target::Flow(*id),
            name: names.flows.get(id).cloned().unwrap_or_default(),
            outcome: outcome_for_flow(&found.policy, found.whose),
        }));
    }
    flows.sort_by(|one, other| one.name.cmp(&other.name));
    let mut externals: Vec<OtherTarget> = Vec::new();
    if has(TargetKind::External) {
        externals.extend(found.externals.iter().map(|id| OtherTarget {
            target: Target::External(*id),
            name: names.externals.get(id).cloned().unwrap_or_default(),
            outcome: outcome_for_external(found.whose),
        }));
    }
    externals.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Json(TransferTargets { agents, groups, queues, workflows, flows, externals }))
}

fn agent_target(found: &Standings, agent: &AgentStanding, names: &Names) -> AgentTarget {
    let queue = names.queues.get(&found.queue).map_or("its queue", String::as_str);
    let begins = match &agent.placement {
        Ok(placement) => *placement,
        Err(_) => Placement::Wait,
    };
    AgentTarget {
        id: agent.id,
        name: names.agents.get(&agent.id).cloned().unwrap_or_default(),
        presence: agent.presence,
        held: agent.held,
        limit: agent.limit,
        why_not: agent.placement.as_ref().err().map(|refusal| short(agent, refusal)),
        may_park: agent.may_park,
        outcome: outcome_for_agent(&found.policy, begins, queue, found.whose),
    }
}

/// Says in a few words why someone cannot take a conversation now.
fn short(agent: &AgentStanding, refusal: &Refusal) -> String {
    if let Refusal::TargetUnavailable { reachable: false, .. } = refusal {
        "Not connected".to_owned()
    } else if let Refusal::TargetUnavailable { .. } = refusal {
        format!("{} takes no new conversations", agent.presence.status.label())
    } else if let Refusal::TargetFull { .. } = refusal {
        "Holds as many as they can".to_owned()
    } else {
        refusal.to_string()
    }
}

/// Passes a conversation on
///
/// `mode` is `cold` (the receiver takes over) or `warm` (the receiver is consulted aside first).
#[utoipa::path(post, path = "/api/conversations/{conversation}/transfers", tag = "Transfers",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = NewTransfer,
    responses((status = 201, body = TransferMade)))]
pub async fn request(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: NewTransfer { target, mode, note, summary, park } }: Keyed<NewTransfer>,
) -> Result<(StatusCode, Json<TransferMade>), ApiError> {
    let edited = summary.as_ref().and_then(|summary| app.drafts.is_edited(me.id, conversation, summary));
    let command = Command::RequestTransfer { conversation, target, mode, note, summary, edited, park };
    let answer = app.submit(me.actor(), Some(key), command).await?;
    let Answer::Transfer { transfer } = answer else { return Err(ApiError::unexpected(&answer)) };
    Ok((StatusCode::CREATED, Json(TransferMade { transfer })))
}

/// Takes a transfer back
#[utoipa::path(delete, path = "/api/conversations/{conversation}/transfers/{transfer}", tag = "Transfers",
    params(("conversation" = ConversationId, Path), ("transfer" = TransferId, Path), KeyParam),
    responses((status = 204)))]
pub async fn cancel(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids((conversation, transfer)): Ids<(ConversationId, TransferId)>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    let command = Command::CancelTransfer { conversation, transfer };
    app.submit(me.actor(), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hands a conversation over to the person who was consulted
#[utoipa::path(post, path = "/api/conversations/{conversation}/transfers/{transfer}/handover", tag = "Transfers",
    params(("conversation" = ConversationId, Path), ("transfer" = TransferId, Path), KeyParam),
    request_body = Nothing, responses((status = 204)))]
pub async fn hand_over(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids((conversation, transfer)): Ids<(ConversationId, TransferId)>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::HandOver { conversation, transfer }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a conversation over from whoever has it; supervisors only
#[utoipa::path(post, path = "/api/conversations/{conversation}/takeover", tag = "Transfers",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = Nothing,
    responses((status = 204)))]
pub async fn take_over(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::TakeOver { conversation }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops being consulted
#[utoipa::path(post, path = "/api/transfers/{transfer}/leaving", tag = "Transfers",
    params(("transfer" = TransferId, Path), KeyParam), request_body = Nothing, responses((status = 204)))]
pub async fn leave(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(transfer): Ids<TransferId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::LeaveConsult { transfer }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says something aside, to the other of the two who consult
#[utoipa::path(post, path = "/api/transfers/{transfer}/asides", tag = "Transfers",
    params(("transfer" = TransferId, Path), KeyParam), request_body = NewAside,
    responses((status = 201, body = Message)))]
pub async fn send_aside(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(transfer): Ids<TransferId>,
    Keyed { key, body: NewAside { text } }: Keyed<NewAside>,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    let answer = app.submit(me.actor(), Some(key), Command::SendAside { transfer, text }).await?;
    let Answer::Sent { seq, .. } = answer else { return Err(ApiError::unexpected(&answer)) };
    let message = app.with_store(move |app| app.store.read()?.aside(transfer, seq)).await?;
    Ok((StatusCode::CREATED, Json(message.ok_or_else(|| ApiError::not_found("message"))?)))
}

/// Stops reading on in a conversation that one passed on
#[utoipa::path(delete, path = "/api/conversations/{conversation}/listening", tag = "Transfers",
    params(("conversation" = ConversationId, Path), KeyParam), responses((status = 204)))]
pub async fn stop_listening(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::StopListening { conversation }).await?;
    Ok(StatusCode::NO_CONTENT)
}
