//! Requests: what is answered later.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{Added, NewRequest, RequestAnswer, RequestView};
use baton_shared::{Command, ConversationId, RequestId};

use super::body::{Ids, Keyed};
use super::callers::CurrentAgent;
use super::error::ApiError;
use super::openapi::KeyParam;
use super::people::added;
use crate::app::App;

/// How many requests a list holds at most.
const REQUESTS_MAX: u32 = 200;

/// Lists the requests of one's queues, for supervisors of every queue, the open ones first, at most 200
#[utoipa::path(get, path = "/api/requests", tag = "Requests", responses((status = 200, body = Vec<RequestView>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
) -> Result<Json<Vec<RequestView>>, ApiError> {
    Ok(Json(app.with_store(move |app| app.store.read()?.requests(me.id, REQUESTS_MAX)).await?))
}

/// Ends a conversation with a request that is answered later
#[utoipa::path(post, path = "/api/conversations/{conversation}/requests", tag = "Requests",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = NewRequest,
    responses((status = 201, body = Added)))]
pub async fn create(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: NewRequest { note } }: Keyed<NewRequest>,
) -> Result<(StatusCode, Json<Added>), ApiError> {
    added(app.submit(me.actor(), Some(key), Command::CreateRequest { conversation, note }).await?)
}

/// Answers a request
#[utoipa::path(post, path = "/api/requests/{request}/answer", tag = "Requests",
    params(("request" = RequestId, Path), KeyParam), request_body = RequestAnswer, responses((status = 204)))]
pub async fn answer(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(request): Ids<RequestId>,
    Keyed { key, body: RequestAnswer { text } }: Keyed<RequestAnswer>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::AnswerRequest { request, text }).await?;
    Ok(StatusCode::NO_CONTENT)
}
