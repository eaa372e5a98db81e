//! The customer's side: a bearer token, no cookie.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{
    ChatAddress, ChatMarks, ChatMessagePage, ChatOpening, ChatSnapshot, ChatStarted, MessagePage, NewChat,
    NewLeftRequest, NewMessage, NewRating, Nothing,
};
use baton_shared::chat::ChatAuthor;
use baton_shared::command::Actor;
use baton_shared::queue::Standing;
use baton_shared::{Author, Channel, ChatMessage, Command, ConversationId, Message};
use serde::Deserialize;

use super::body::{Asked, JsonBody, Keyed};
use super::callers::{CameFrom, CurrentCustomer, Returning};
use super::conversations::{page, sent};
use super::error::ApiError;
use super::openapi::KeyParam;
use crate::app::App;
use crate::desk;
use crate::dispatcher::Answer;
use crate::routing::RoutingState;

/// Which messages.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// Only messages before this number; without it the last ones.
    before: Option<u32>,
    /// How many, at most 50.
    limit: Option<u32>,
}

/// Opens a conversation
///
/// With the token of an earlier conversation the customer stays the contact that they were, and whoever served them last may
/// be asked first.
#[utoipa::path(post, path = "/api/chat", tag = "Customers", params(KeyParam), request_body = NewChat,
    responses((status = 201, body = ChatStarted)))]
pub async fn start(
    State(app): State<Arc<App>>,
    CameFrom(address): CameFrom,
    returning: Returning,
    Keyed { key, body: NewChat { name, text, attributes } }: Keyed<NewChat>,
) -> Result<(StatusCode, Json<ChatStarted>), ApiError> {
    app.limits.chat(address, app.now())?;
    let queue = app.with_store(App::chat_queue).await?.ok_or_else(no_queue)?;
    let command = Command::StartConversation { name, text, channel: Channel::WebChat, queue, attributes };
    started(&app, app.submit(returning.actor(), Some(key), command).await?).await
}

/// Says whether conversations can be opened at the moment, by the hours of the queues in which one might begin
#[utoipa::path(get, path = "/api/chat/opening", tag = "Customers", responses((status = 200, body = ChatOpening)))]
pub async fn opening(
    State(app): State<Arc<App>>,
    CameFrom(from): CameFrom,
) -> Result<Json<ChatOpening>, ApiError> {
    app.limits.opening(from, app.now())?;
    let queue = app.with_store(App::chat_queue).await?.ok_or_else(no_queue)?;
    let look = move |state: &RoutingState, _| desk::chat_standing(state, Channel::WebChat, queue);
    let Standing { open, until } = app.dispatcher.look(look).await?;
    Ok(Json(ChatOpening { open, opens_at: until.filter(|_| !open) }))
}

/// Leaves a question that is answered later, under a number
///
/// It is for the times at which no conversation can be opened: outside the hours, or where too many people wait.
#[utoipa::path(post, path = "/api/chat/requests", tag = "Customers", params(KeyParam), request_body = NewLeftRequest,
    responses((status = 201, body = ChatStarted)))]
pub async fn leave_request(
    State(app): State<Arc<App>>,
    CameFrom(from): CameFrom,
    returning: Returning,
    Keyed { key, body: NewLeftRequest { name, address, text } }: Keyed<NewLeftRequest>,
) -> Result<(StatusCode, Json<ChatStarted>), ApiError> {
    app.limits.chat(from, app.now())?;
    let queue = app.with_store(App::chat_queue).await?.ok_or_else(no_queue)?;
    let command = Command::LeaveRequest { name, address, text, channel: Channel::WebChat, queue };
    started(&app, app.submit(returning.actor(), Some(key), command).await?).await
}

async fn started(app: &Arc<App>, answer: Answer) -> Result<(StatusCode, Json<ChatStarted>), ApiError> {
    let Answer::Started { conversation } = answer else { return Err(ApiError::unexpected(&answer)) };
    let ChatSnapshot { chat, cursor, now } = snapshot(app, conversation).await?;
    let token = app.accounts.customer_token(conversation);
    Ok((StatusCode::CREATED, Json(ChatStarted { token, chat, cursor, now })))
}

/// Returns all that the customer sees, and where the stream goes on
#[utoipa::path(get, path = "/api/chat", tag = "Customers", responses((status = 200, body = ChatSnapshot)))]
pub async fn show(
    State(app): State<Arc<App>>,
    CurrentCustomer(conversation): CurrentCustomer,
) -> Result<Json<ChatSnapshot>, ApiError> {
    app.limits.read(conversation, app.now())?;
    snapshot(&app, conversation).await.map(Json)
}

/// Returns a page of messages
#[utoipa::path(get, path = "/api/chat/messages", tag = "Customers", params(Before),
    responses((status = 200, body = ChatMessagePage)))]
pub async fn messages(
    State(app): State<Arc<App>>,
    CurrentCustomer(conversation): CurrentCustomer,
    Asked(Before { before, limit }): Asked<Before>,
) -> Result<Json<ChatMessagePage>, ApiError> {
    app.limits.read(conversation, app.now())?;
    let page =
        app.with_store(move |app| page(&*app.store.read()?, conversation, before.unwrap_or(u32::MAX), limit));
    let MessagePage { messages, more } = page.await?;
    let messages = messages.into_iter().map(as_customers_see_it).collect();
    Ok(Json(ChatMessagePage { messages, more }))
}

/// Says something
#[utoipa::path(post, path = "/api/chat/messages", tag = "Customers", params(KeyParam), request_body = NewMessage,
    responses((status = 201, body = ChatMessage)))]
pub async fn send(
    State(app): State<Arc<App>>,
    CurrentCustomer(conversation): CurrentCustomer,
    Keyed { key, body: NewMessage { text } }: Keyed<NewMessage>,
) -> Result<(StatusCode, Json<ChatMessage>), ApiError> {
    app.limits.message(conversation, app.now())?;
    let command = Command::SendMessage { conversation, text };
    let answer = app.submit(Actor::Customer(conversation), Some(key), command).await?;
    Ok((StatusCode::CREATED, Json(as_customers_see_it(sent(&app, answer).await?))))
}

/// Says how far the page has received and the customer has read
#[utoipa::path(put, path = "/api/chat/marks", tag = "Customers", request_body = ChatMarks, responses((status = 204)))]
pub async fn mark(
    State(app): State<Arc<App>>,
    CurrentCustomer(conversation): CurrentCustomer,
    JsonBody(ChatMarks { delivered, read }): JsonBody<ChatMarks>,
) -> Result<StatusCode, ApiError> {
    app.limits.mark(conversation, app.now())?;
    let command = Command::Mark { conversation, delivered, read };
    app.submit(Actor::Customer(conversation), None, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that the customer is typing
#[utoipa::path(post, path = "/api/chat/typing", tag = "Customers", request_body = Nothing, responses((status = 204)))]
pub async fn typing(
    State(app): State<Arc<App>>,
    CurrentCustomer(conversation): CurrentCustomer,
    JsonBody(Nothing {}): JsonBody<Nothing>,
) -> StatusCode {
    // Nobody misses a sign of typing, so one too many is not worth an error.
    if app.limits.typing(conversation, app.now()) {
        app.feed.typing(conversation, Actor::Customer(conversation));
    }
    StatusCode::NO_CONTENT
}

/// Leaves an address at which the customer can be reached, for a request that is answered later
#[utoipa::path(put, path = "/api/chat/address", tag = "Customers", params(KeyParam), request_body = ChatAddress,
    responses((status = 204)))]
pub async fn leave_address(
    State(app): State<Arc<App>>,
    CurrentCustomer(conversation): CurrentCustomer,
    Keyed { key, body: ChatAddress { address } }: Keyed<ChatAddress>,
) -> Result<StatusCode, ApiError> {
    let command = Command::LeaveAddress { conversation, address };
    app.submit(Actor::Customer(conversation), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the conversation
#[utoipa::path(post, path = "/api/chat/closure", tag = "Customers", params(KeyParam), request_body = Nothing,
    responses((status = 204)))]
pub async fn close(
    State(app): State<Arc<App>>,
    CurrentCustomer(conversation): CurrentCustomer,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    let command = Command::EndConversation { conversation, disposition: None, notes: None };
    app.submit(Actor::Customer(conversation), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says how good the conversation was that has ended
///
/// One answer is taken, where the queue asks (`survey` in its rules) and an agent served the customer.
#[utoipa::path(post, path = "/api/chat/rating", tag = "Customers", params(KeyParam), request_body = NewRating,
    responses((status = 204)))]
pub async fn rate(
    State(app): State<Arc<App>>,
    CurrentCustomer(conversation): CurrentCustomer,
    Keyed { key, body: NewRating { score, comment } }: Keyed<NewRating>,
) -> Result<StatusCode, ApiError> {
    app.limits.message(conversation, app.now())?;
    let command = Command::RateConversation { conversation, score, comment };
    app.submit(Actor::Customer(conversation), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells other sites' pages that they may call these addresses; there is no cookie that could be misused.
pub fn allowed_from_anywhere() -> (StatusCode, [(&'static str, &'static str); 3]) {
    let allowed = [
        ("access-control-allow-methods", "GET, POST, PUT"),
        ("access-control-allow-headers", "authorization, content-type, idempotency-key, last-event-id"),
        ("access-control-max-age", "86400"),
    ];
    (StatusCode::NO_CONTENT, allowed)
}

async fn snapshot(app: &Arc<App>, conversation: ConversationId) -> Result<ChatSnapshot, ApiError> {
    let snapshot = app.with_store(move |app| {
        let reading = app.store.read()?;
        let Some(chat) = reading.chat(conversation, app.now())? else { return Ok(None) };
        Ok(Some(ChatSnapshot { chat, cursor: app.feed.cursor(reading.head()?), now: app.now() }))
    });
    snapshot.await?.ok_or_else(|| ApiError::not_found("conversation"))
}

fn as_customers_see_it(message: Message) -> ChatMessage {
    let Message { seq, id, author, name, text, at, client_key } = message;
    let from = match author {
        Author::Customer => ChatAuthor::Customer,
        Author::Agent(_) | Author::External(_) => ChatAuthor::Agent,
        Author::Flow(_) => ChatAuthor::Bot,
    };
    ChatMessage { seq, id, from, name, text, at, client_key }
}

fn no_queue() -> ApiError {
    ApiError::new(
        StatusCode::CONFLICT,
        "no_queue",
        "There is no queue in which a conversation could wait. An administrator adds one first.",
    )
}
