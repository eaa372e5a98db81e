//! One person's desk: the snapshot, the answer to a heartbeat, and the status they choose.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::Command;
use baton_shared::api::{ChooseStatus, DeskSnapshot, DispositionLabel, HeartbeatAnswer};
use baton_shared::segment::Disposition;

use super::body::JsonBody;
use super::callers::CurrentAgent;
use super::error::ApiError;
use super::session::end_lease_of_ended;
use crate::app::App;

/// Returns all that one sees, and where the stream goes on
#[utoipa::path(get, path = "/api/desk", tag = "Desk", responses((status = 200, body = DeskSnapshot)))]
pub async fn desk(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
) -> Result<Json<DeskSnapshot>, ApiError> {
    let snapshot = app.with_store(move |app| {
        let reading = app.store.read()?;
        let Some(desk) = reading.desk(me.id)? else { return Ok(None) };
        Ok(Some(DeskSnapshot { desk, cursor: app.feed.cursor(reading.head()?), now: app.now() }))
    });
    snapshot.await?.map(Json).ok_or_else(|| ApiError::not_found("desk"))
}

/// Answers a heartbeat of the stream, which keeps one reachable
#[utoipa::path(post, path = "/api/desk/heartbeats", tag = "Desk", request_body = HeartbeatAnswer,
    responses((status = 204)))]
pub async fn heartbeat(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    JsonBody(HeartbeatAnswer { .. }): JsonBody<HeartbeatAnswer>,
) -> Result<StatusCode, ApiError> {
    app.dispatcher.answered(me.id);
    // Whoever signed out after the session was checked would be reachable, with nobody there.
    end_lease_of_ended(&app, me.id, me.session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Chooses a status
#[utoipa::path(put, path = "/api/presence", tag = "Desk", request_body = ChooseStatus, responses((status = 204)))]
pub async fn choose_status(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    JsonBody(ChooseStatus { status }): JsonBody<ChooseStatus>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), None, Command::SetStatus { status }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists how a conversation can be filed
#[utoipa::path(get, path = "/api/dispositions", tag = "Conversations",
    responses((status = 200, body = Vec<DispositionLabel>)))]
pub async fn dispositions(_me: CurrentAgent) -> Json<Vec<DispositionLabel>> {
    let all = Disposition::ALL.into_iter();
    Json(all.map(|code| DispositionLabel { code, label: code.label().to_owned() }).collect())
}
