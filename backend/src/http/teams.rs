//! Setting up teams.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{Added, Nothing, TeamSettings, TeamView};
use baton_shared::{Command, Role, TeamId};

use super::body::{Ids, Keyed};
use super::callers::{CurrentAdministrator, CurrentSupervisor};
use super::error::ApiError;
use super::openapi::KeyParam;
use super::people::added;
use crate::app::App;

/// Lists the teams; supervisors see those that they lead
#[utoipa::path(get, path = "/api/teams", tag = "People", responses((status = 200, body = Vec<TeamView>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
) -> Result<Json<Vec<TeamView>>, ApiError> {
    let mut teams = app.with_store(|app| app.store.read()?.teams()).await?;
    teams.retain(|team| me.role == Role::Administrator || team.supervisors.contains(&me.id));
    Ok(Json(teams))
}

/// Adds a team
#[utoipa::path(post, path = "/api/teams", tag = "People", params(KeyParam), request_body = TeamSettings,
    responses((status = 201, body = Added)))]
pub async fn add(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Keyed { key, body: TeamSettings { name, agents, supervisors } }: Keyed<TeamSettings>,
) -> Result<(StatusCode, Json<Added>), ApiError> {
    added(app.submit(me.actor(), Some(key), Command::AddTeam { name, agents, supervisors }).await?)
}

/// Sets a team's name, its agents and who leads them
#[utoipa::path(put, path = "/api/teams/{team}", tag = "People",
    params(("team" = TeamId, Path), KeyParam), request_body = TeamSettings, responses((status = 204)))]
pub async fn change(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Ids(team): Ids<TeamId>,
    Keyed { key, body: TeamSettings { name, agents, supervisors } }: Keyed<TeamSettings>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::ChangeTeam { team, name, agents, supervisors }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a team
#[utoipa::path(delete, path = "/api/teams/{team}", tag = "People",
    params(("team" = TeamId, Path), KeyParam), responses((status = 204)))]
pub async fn remove(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Ids(team): Ids<TeamId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::RemoveTeam { team }).await?;
    Ok(StatusCode::NO_CONTENT)
}
