//! Inviting others to join a conversation, and leaving it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{InviteMade, NewInvite, Nothing};
use baton_shared::{Command, ConversationId, InviteId};

use super::body::{Ids, Keyed};
use super::callers::CurrentAgent;
use super::error::ApiError;
use super::openapi::KeyParam;
use crate::app::App;
use crate::dispatcher::Answer;

/// Invites someone to join a conversation; its owner stays
#[utoipa::path(post, path = "/api/conversations/{conversation}/invites", tag = "Transfers",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = NewInvite,
    responses((status = 201, body = InviteMade)))]
pub async fn make(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: NewInvite { target, note } }: Keyed<NewInvite>,
) -> Result<(StatusCode, Json<InviteMade>), ApiError> {
    let answer = app.submit(me.actor(), Some(key), Command::Invite { conversation, target, note }).await?;
    let Answer::Invited { invite } = answer else { return Err(ApiError::unexpected(&answer)) };
    Ok((StatusCode::CREATED, Json(InviteMade { invite })))
}

/// Takes an invitation back, or ends a participation
#[utoipa::path(delete, path = "/api/conversations/{conversation}/invites/{invite}", tag = "Transfers",
    params(("conversation" = ConversationId, Path), ("invite" = InviteId, Path), KeyParam),
    responses((status = 204)))]
pub async fn cancel(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids((conversation, invite)): Ids<(ConversationId, InviteId)>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::CancelInvite { conversation, invite }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves a conversation that one takes part in; its owner leaves it to a participant
#[utoipa::path(post, path = "/api/conversations/{conversation}/leaving", tag = "Transfers",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = Nothing,
    responses((status = 204)))]
pub async fn leave(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::LeaveConversation { conversation }).await?;
    Ok(StatusCode::NO_CONTENT)
}
