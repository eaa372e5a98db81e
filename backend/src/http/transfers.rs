//! Passing a conversation on, and taking that back.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{AgentTarget, NewTransfer, Nothing, QueueTarget, TransferMade, TransferTargets};
use baton_shared::{AgentId, Command, ConversationId, TransferId};

use super::body::{Ids, Keyed};
use super::callers::CurrentAgent;
use super::conversations::check_owner;
use super::error::ApiError;
use super::openapi::KeyParam;
use crate::app::App;
use crate::dispatcher::Answer;

/// Lists to whom a conversation could be transferred, and who cannot take it and why
#[utoipa::path(get, path = "/api/conversations/{conversation}/transfer-targets", tag = "Transfers",
    params(("conversation" = ConversationId, Path)), responses((status = 200, body = TransferTargets)))]
pub async fn targets(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(id): Ids<ConversationId>,
) -> Result<Json<TransferTargets>, ApiError> {
    let found = app.with_store(move |app| {
        let reading = app.store.read()?;
        Ok((reading.conversation(id)?, reading.transfer_targets(app.now())?))
    });
    let (conversation, (agents, queues)) = found.await?;
    check_owner(conversation.and_then(|conversation| conversation.owner()), &me)?;
    Ok(Json(TransferTargets { agents: able_first(agents, me.id), queues: by_name(queues) }))
}

/// Says in a few words why someone cannot take a conversation, and puts those who can first; its owner has it already.
fn able_first(mut agents: Vec<AgentTarget>, owner: AgentId) -> Vec<AgentTarget> {
    agents.retain(|agent| agent.id != owner);
    for agent in &mut agents {
        agent.why_not = why_not(agent);
    }
    agents.sort_by(|one, other| {
        (one.why_not.is_some(), &one.name).cmp(&(other.why_not.is_some(), &other.name))
    });
    agents
}

fn why_not(agent: &AgentTarget) -> Option<String> {
    let AgentTarget { presence, held, limit, .. } = agent;
    if !presence.reachable {
        Some("Not connected".to_owned())
    } else if !presence.available() {
        Some(format!("{} takes no new conversations", presence.status.label()))
    } else if held >= limit {
        Some("Holds as many as they can".to_owned())
    } else {
        None
    }
}

fn by_name(mut queues: Vec<QueueTarget>) -> Vec<QueueTarget> {
    queues.sort_by(|one, other| one.name.cmp(&other.name));
    queues
}

/// Passes a conversation on
#[utoipa::path(post, path = "/api/conversations/{conversation}/transfers", tag = "Transfers",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = NewTransfer,
    responses((status = 201, body = TransferMade)))]
pub async fn request(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: NewTransfer { target, note } }: Keyed<NewTransfer>,
) -> Result<(StatusCode, Json<TransferMade>), ApiError> {
    let command = Command::RequestTransfer { conversation, target, note };
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
