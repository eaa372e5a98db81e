//! What is offered: taking it and refusing it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{Accepted, NewMessage, NewReply, Nothing, Rejection, WrapUpCompletion};
use baton_shared::{Command, OfferId, SegmentId};

use super::body::{Ids, Keyed};
use super::callers::CurrentAgent;
use super::error::ApiError;
use super::openapi::KeyParam;
use crate::app::App;
use crate::dispatcher::Answer;

/// Accepts an offer
#[utoipa::path(post, path = "/api/offers/{offer}/acceptance", tag = "Offers",
    params(("offer" = OfferId, Path), KeyParam), request_body = Nothing, responses((status = 200, body = Accepted)))]
pub async fn accept(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(offer): Ids<OfferId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<Json<Accepted>, ApiError> {
    let answer = app.submit(me.actor(), Some(key), Command::AcceptOffer { offer }).await?;
    let Answer::Accepted { conversation } = answer else { return Err(ApiError::unexpected(&answer)) };
    Ok(Json(Accepted { conversation }))
}

/// Rejects an offer
#[utoipa::path(post, path = "/api/offers/{offer}/rejection", tag = "Offers",
    params(("offer" = OfferId, Path), KeyParam), request_body = Rejection, responses((status = 204)))]
pub async fn reject(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(offer): Ids<OfferId>,
    Keyed { key, body: Rejection { reason } }: Keyed<Rejection>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::RejectOffer { offer, reason }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets the sender of a transfer know that it is seen, being read, or decided within two minutes
///
/// Each is told once; `soon` lets the offer last two minutes from then.
#[utoipa::path(post, path = "/api/offers/{offer}/replies", tag = "Offers",
    params(("offer" = OfferId, Path), KeyParam), request_body = NewReply, responses((status = 204)))]
pub async fn reply(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(offer): Ids<OfferId>,
    Keyed { key, body: NewReply { reply } }: Keyed<NewReply>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::ReplyToOffer { offer, reply }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks the sender of a transfer, once
#[utoipa::path(post, path = "/api/offers/{offer}/question", tag = "Offers",
    params(("offer" = OfferId, Path), KeyParam), request_body = NewMessage, responses((status = 204)))]
pub async fn ask(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(offer): Ids<OfferId>,
    Keyed { key, body: NewMessage { text } }: Keyed<NewMessage>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::AskSender { offer, text }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers what the receiver of one's transfer asked
#[utoipa::path(post, path = "/api/offers/{offer}/answer", tag = "Offers",
    params(("offer" = OfferId, Path), KeyParam), request_body = NewMessage, responses((status = 204)))]
pub async fn answer(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(offer): Ids<OfferId>,
    Keyed { key, body: NewMessage { text } }: Keyed<NewMessage>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::AnswerReceiver { offer, text }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a minute more for filing a segment
#[utoipa::path(post, path = "/api/wrap-ups/{segment}/extension", tag = "Wrap-ups",
    params(("segment" = SegmentId, Path), KeyParam), request_body = Nothing, responses((status = 204)))]
pub async fn extend_wrap_up(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(segment): Ids<SegmentId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::ExtendWrapUp { segment }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Files a segment
#[utoipa::path(post, path = "/api/wrap-ups/{segment}/completion", tag = "Wrap-ups",
    params(("segment" = SegmentId, Path), KeyParam), request_body = WrapUpCompletion, responses((status = 204)))]
pub async fn complete_wrap_up(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(segment): Ids<SegmentId>,
    Keyed { key, body: WrapUpCompletion { disposition, notes } }: Keyed<WrapUpCompletion>,
) -> Result<StatusCode, ApiError> {
    let command = Command::CompleteWrapUp { segment, disposition, notes };
    app.submit(me.actor(), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}
