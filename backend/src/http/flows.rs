//! Setting up flows; administrators only.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{Added, FlowView, Nothing};
use baton_shared::{Command, FlowDefinition, FlowId};

use super::body::{Ids, Keyed};
use super::callers::CurrentAdministrator;
use super::error::ApiError;
use super::openapi::KeyParam;
use super::people::added;
use crate::app::App;

/// Lists the flows
#[utoipa::path(get, path = "/api/flows", tag = "Flows", responses((status = 200, body = Vec<FlowView>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    _me: CurrentAdministrator,
) -> Result<Json<Vec<FlowView>>, ApiError> {
    Ok(Json(app.with_store(|app| app.store.read()?.flows()).await?))
}

/// Adds a flow
#[utoipa::path(post, path = "/api/flows", tag = "Flows", params(KeyParam), request_body = FlowDefinition,
    responses((status = 201, body = Added)))]
pub async fn add(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Keyed { key, body: definition }: Keyed<FlowDefinition>,
) -> Result<(StatusCode, Json<Added>), ApiError> {
    let command = Command::AddFlow { definition: Box::new(definition) };
    added(app.submit(me.actor(), Some(key), command).await?)
}

/// Returns a flow
#[utoipa::path(get, path = "/api/flows/{flow}", tag = "Flows", params(("flow" = FlowId, Path)),
    responses((status = 200, body = FlowView)))]
pub async fn show(
    State(app): State<Arc<App>>,
    _me: CurrentAdministrator,
    Ids(flow): Ids<FlowId>,
) -> Result<Json<FlowView>, ApiError> {
    let found = app.with_store(move |app| app.store.read()?.flow(flow)).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("flow"))
}

/// Sets what a flow is to be; conversations that are on their way through it go to its fallback queue
#[utoipa::path(put, path = "/api/flows/{flow}", tag = "Flows", params(("flow" = FlowId, Path), KeyParam),
    request_body = FlowDefinition, responses((status = 204)))]
pub async fn change(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Ids(flow): Ids<FlowId>,
    Keyed { key, body: definition }: Keyed<FlowDefinition>,
) -> Result<StatusCode, ApiError> {
    let command = Command::ChangeFlow { flow, definition: Box::new(definition) };
    app.submit(me.actor(), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a flow; conversations that are on their way through it go to its fallback queue
#[utoipa::path(delete, path = "/api/flows/{flow}", tag = "Flows", params(("flow" = FlowId, Path), KeyParam),
    responses((status = 204)))]
pub async fn remove(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Ids(flow): Ids<FlowId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::RemoveFlow { flow }).await?;
    Ok(StatusCode::NO_CONTENT)
}
