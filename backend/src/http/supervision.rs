//! What supervisors do within their teams, and how agents ask them for help.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{
    ChooseStatus, DirectedPerson, InviteMade, NewFlag, NewWhisper, Nothing, QueueChoice, Redirection,
    SkillChoice,
};
use baton_shared::{AgentId, Command, ConversationId, Message, Refusal};

use super::body::{Ids, Keyed};
use super::callers::{CurrentAgent, CurrentSupervisor};
use super::error::ApiError;
use super::openapi::KeyParam;
use crate::app::App;
use crate::dispatcher::Answer;

/// Begins to read a conversation of one's teams unnoticed
///
/// Neither its agent nor the customer sees it; its history shows it. `DELETE` stops.
#[utoipa::path(post, path = "/api/conversations/{conversation}/listening", tag = "Supervisors",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = Nothing,
    responses((status = 204)))]
pub async fn listen_in(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::ListenIn { conversation }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whispers to the agent of a conversation of one's teams, or answers as that agent
///
/// The customer never sees it. A supervisor who did not listen in begins to.
#[utoipa::path(post, path = "/api/conversations/{conversation}/whispers", tag = "Supervisors",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = NewWhisper,
    responses((status = 201, body = Message)))]
pub async fn whisper(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: NewWhisper { text } }: Keyed<NewWhisper>,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    let answer = app.submit(me.actor(), Some(key), Command::Whisper { conversation, text }).await?;
    let Answer::Sent { seq, .. } = answer else { return Err(ApiError::unexpected(&answer)) };
    let message = app.with_store(move |app| app.store.read()?.whisper(conversation, seq)).await?;
    Ok((StatusCode::CREATED, Json(message.ok_or_else(|| ApiError::not_found("message"))?)))
}

/// Takes part in a conversation of one's teams beside its agent
///
/// One is connected from then on, as long as heartbeats of a stream are answered.
#[utoipa::path(post, path = "/api/conversations/{conversation}/participation", tag = "Supervisors",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = Nothing,
    responses((status = 201, body = InviteMade)))]
pub async fn join(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<(StatusCode, Json<InviteMade>), ApiError> {
    app.dispatcher.answered(me.id);
    let answer = app.submit(me.actor(), Some(key), Command::Join { conversation }).await?;
    let Answer::Invited { invite } = answer else { return Err(ApiError::unexpected(&answer)) };
    Ok((StatusCode::CREATED, Json(InviteMade { invite })))
}

/// Passes on a conversation of one's teams that someone else has or that waits
///
/// What an agent has is transferred in their name, and a transfer that is under way is superseded. What waits is put in
/// the other queue or group, or offered to the person alone first.
#[utoipa::path(post, path = "/api/conversations/{conversation}/redirection", tag = "Supervisors",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = Redirection,
    responses((status = 204)))]
pub async fn redirect(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: Redirection { target, note } }: Keyed<Redirection>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::Redirect { conversation, target, note }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks supervisors for help with a conversation that one has
#[utoipa::path(post, path = "/api/conversations/{conversation}/flag", tag = "Conversations",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = NewFlag,
    responses((status = 204)))]
pub async fn raise_flag(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: NewFlag { text } }: Keyed<NewFlag>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::RaiseFlag { conversation, text }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lowers the flag of a conversation that one has, or of one of one's teams
#[utoipa::path(delete, path = "/api/conversations/{conversation}/flag", tag = "Conversations",
    params(("conversation" = ConversationId, Path), KeyParam), responses((status = 204)))]
pub async fn lower_flag(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::LowerFlag { conversation }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns what one can change of a person of one's teams
#[utoipa::path(get, path = "/api/supervisor/people/{person}", tag = "Supervisors",
    params(("person" = AgentId, Path)), responses((status = 200, body = DirectedPerson)))]
pub async fn person(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(id): Ids<AgentId>,
) -> Result<Json<DirectedPerson>, ApiError> {
    let names = app.with_store(|app| app.store.read()?.names()).await?;
    let look = move |state: &crate::routing::RoutingState, _now| {
        let scope = state.scope(me.id);
        let agent = state.agents.get(&id).ok_or(Refusal::NotFound { what: "person" })?;
        if !scope.has_person(id) {
            return Err(Refusal::OutsideTeams);
        }
        let name = |name: Option<&String>| name.cloned().unwrap_or_default();
        let skill = |skill| SkillChoice {
            id: skill,
            name: name(names.skills.get(&skill)),
            level: agent.skills.level(skill),
        };
        let queue = |queue| QueueChoice {
            id: queue,
            name: name(names.queues.get(&queue)),
            member: agent.queues.contains(&queue),
        };
        let mut skills: Vec<SkillChoice> = state.skills.iter().copied().map(skill).collect();
        let overseen = state.queues.keys().copied().filter(|queue| scope.has_queue(*queue));
        let mut queues: Vec<QueueChoice> = overseen.map(queue).collect();
        skills.sort_by(|one, other| one.name.cmp(&other.name));
        queues.sort_by(|one, other| one.name.cmp(&other.name));
        let (name, status) = (name(names.agents.get(&id)), agent.presence.status);
        Ok(DirectedPerson { id, name, status, skills, queues })
    };
    Ok(Json(app.dispatcher.look(look).await??))
}

/// Chooses a status for a person of one's teams
#[utoipa::path(put, path = "/api/people/{person}/presence", tag = "Supervisors",
    params(("person" = AgentId, Path), KeyParam), request_body = ChooseStatus, responses((status = 204)))]
pub async fn set_status(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(agent): Ids<AgentId>,
    Keyed { key, body: ChooseStatus { status } }: Keyed<ChooseStatus>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::SetStatusOf { agent, status }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs a person of one's teams out everywhere
#[utoipa::path(delete, path = "/api/people/{person}/sessions", tag = "Supervisors",
    params(("person" = AgentId, Path), KeyParam), responses((status = 204)))]
pub async fn sign_out(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(agent): Ids<AgentId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key.clone()), Command::SignOut { agent }).await?;
    app.with_store(move |app| app.accounts.sign_out_everywhere(agent)).await?;
    app.feed.close_person(agent);
    Ok(StatusCode::NO_CONTENT)
}
