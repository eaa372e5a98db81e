//! What a supervisor sees of the work of their teams.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use baton_shared::api::WallSnapshot;

use super::callers::CurrentSupervisor;
use super::error::ApiError;
use crate::app::App;

/// Returns all that one oversees, and where the stream goes on
///
/// Queues, people, open conversations and transfers: of one's teams, for administrators everything.
#[utoipa::path(get, path = "/api/supervisor", tag = "Supervisors", responses((status = 200, body = WallSnapshot)))]
pub async fn show(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
) -> Result<Json<WallSnapshot>, ApiError> {
    let (wall, cursor) = app.feed.wall(me.id).await.ok_or_else(ApiError::unavailable)?;
    Ok(Json(WallSnapshot { wall, cursor, now: app.now() }))
}
