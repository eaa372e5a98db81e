//! Conversations as staff see and work on them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{Closure, ConversationView, MessagePage, NewMessage, Nothing, ReadMark};
use baton_shared::{Command, ConversationId, Message, Owner};
use serde::Deserialize;

use super::body::{Asked, Ids, JsonBody, Keyed};
use super::callers::CurrentAgent;
use super::error::ApiError;
use super::openapi::KeyParam;
use crate::app::App;
use crate::dispatcher::Answer;
use crate::store::{Reading, StoreError};

/// How many messages a page holds at most, and unless another number is asked for.
pub const PAGE_MESSAGES_MAX: u32 = 50;

/// How many messages a search finds at most.
pub const FOUND_MESSAGES_MAX: u32 = 200;

/// Which messages.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Only messages before this number; without it the last ones.
    before: Option<u32>,
    /// How many, at most 50.
    limit: Option<u32>,
    /// Only messages that contain these words, oldest first, at most 200; `before` and `limit` do not count then.
    q: Option<String>,
}

/// Returns a conversation that one owns, is offered or files
#[utoipa::path(get, path = "/api/conversations/{conversation}", tag = "Conversations",
    params(("conversation" = ConversationId, Path)), responses((status = 200, body = ConversationView)))]
pub async fn show(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(id): Ids<ConversationId>,
) -> Result<Json<ConversationView>, ApiError> {
    let view = app.with_store(move |app| {
        let reading = app.store.read()?;
        let Some(sight) = reading.sight(me.id, id)? else { return Ok(None) };
        let Some(conversation) = reading.conversation(id)? else { return Ok(None) };
        let Some(thread) = reading.thread(id, sight)? else { return Ok(None) };
        let owner = conversation.owner();
        let name = owner.map(|owner| owner_name(&*reading, owner)).transpose()?.flatten();
        Ok(Some(ConversationView { thread, closed: owner.is_none(), owner: name }))
    });
    view.await?.map(Json).ok_or_else(|| ApiError::not_found("conversation"))
}

fn owner_name(reading: &dyn Reading, owner: Owner) -> Result<Option<String>, StoreError> {
    match owner {
        Owner::Agent(agent) => Ok(reading.colleague(agent)?.map(|colleague| colleague.name)),
        Owner::Queue(queue) => Ok(reading.names()?.queues.remove(&queue)),
        Owner::Group(group) => Ok(reading.names()?.groups.remove(&group)),
        Owner::Flow(flow) => Ok(reading.names()?.flows.remove(&flow)),
        Owner::External(external) => Ok(reading.names()?.externals.remove(&external)),
    }
}

/// Returns a page of messages, or those that contain some words
#[utoipa::path(get, path = "/api/conversations/{conversation}/messages", tag = "Conversations",
    params(("conversation" = ConversationId, Path), Which), responses((status = 200, body = MessagePage)))]
pub async fn messages(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(id): Ids<ConversationId>,
    Asked(which): Asked<Which>,
) -> Result<Json<MessagePage>, ApiError> {
    let page = app.with_store(move |app| {
        let reading = app.store.read()?;
        let Some(sight) = reading.sight(me.id, id)? else { return Ok(None) };
        let seq_max = sight.last_seq();
        match which.q {
            Some(words) => found(&*reading, id, &words, seq_max),
            None => {
                let end = seq_max.saturating_add(1);
                let before = which.before.map_or(end, |before| before.min(end));
                page(&*reading, id, before, which.limit)
            }
        }
        .map(Some)
    });
    page.await?.map(Json).ok_or_else(|| ApiError::not_found("conversation"))
}

/// Returns the messages before a number, as many as a page holds.
pub(super) fn page(
    reading: &dyn Reading,
    id: ConversationId,
    before: u32,
    limit: Option<u32>,
) -> Result<MessagePage, StoreError> {
    let limit = limit.unwrap_or(PAGE_MESSAGES_MAX).clamp(1, PAGE_MESSAGES_MAX);
    let messages = reading.messages(id, Some(before), limit)?;
    // Messages count from 1 without gaps.
    let more = messages.first().is_some_and(|message| message.seq > 1);
    Ok(MessagePage { messages, more })
}

fn found(
    reading: &dyn Reading,
    id: ConversationId,
    words: &str,
    seq_max: u32,
) -> Result<MessagePage, StoreError> {
    let mut messages = reading.search(id, words, FOUND_MESSAGES_MAX)?;
    messages.retain(|message| message.seq <= seq_max);
    // The oldest are found first, so none that may be seen is behind one that may not.
    let more = messages.len() == FOUND_MESSAGES_MAX as usize;
    Ok(MessagePage { messages, more })
}

/// Says something
#[utoipa::path(post, path = "/api/conversations/{conversation}/messages", tag = "Conversations",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = NewMessage,
    responses((status = 201, body = Message)))]
pub async fn send(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: NewMessage { text } }: Keyed<NewMessage>,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    let command = Command::SendMessage { conversation, text };
    let answer = app.submit(me.actor(), Some(key), command).await?;
    Ok((StatusCode::CREATED, Json(sent(&app, answer).await?)))
}

/// Returns the message that a command sent.
pub(super) async fn sent(app: &Arc<App>, answer: Answer) -> Result<Message, ApiError> {
    let Answer::Sent { conversation, seq } = answer else { return Err(ApiError::unexpected(&answer)) };
    let message = app.with_store(move |app| app.store.read()?.message(conversation, seq)).await?;
    message.ok_or_else(|| ApiError::not_found("message"))
}

/// Says how far one has read
#[utoipa::path(put, path = "/api/conversations/{conversation}/marks", tag = "Conversations",
    params(("conversation" = ConversationId, Path)), request_body = ReadMark, responses((status = 204)))]
pub async fn mark(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(conversation): Ids<ConversationId>,
    JsonBody(ReadMark { read }): JsonBody<ReadMark>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), None, Command::Mark { conversation, delivered: read, read }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that one is typing
#[utoipa::path(post, path = "/api/conversations/{conversation}/typing", tag = "Conversations",
    params(("conversation" = ConversationId, Path)), request_body = Nothing, responses((status = 204)))]
pub async fn typing(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(id): Ids<ConversationId>,
    JsonBody(Nothing {}): JsonBody<Nothing>,
) -> Result<StatusCode, ApiError> {
    let found = app.with_store(move |app| app.store.read()?.conversation(id)).await?;
    check_owner(found.and_then(|conversation| conversation.owner()), &me)?;
    app.feed.typing(id, me.actor());
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a conversation
///
/// With a disposition the wrap-up is completed too.
#[utoipa::path(post, path = "/api/conversations/{conversation}/closure", tag = "Conversations",
    params(("conversation" = ConversationId, Path), KeyParam), request_body = Closure, responses((status = 204)))]
pub async fn close(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(conversation): Ids<ConversationId>,
    Keyed { key, body: Closure { disposition, notes } }: Keyed<Closure>,
) -> Result<StatusCode, ApiError> {
    let command = Command::EndConversation { conversation, disposition, notes };
    app.submit(me.actor(), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses what only the owner of a conversation may do or know.
pub(super) fn check_owner(owner: Option<Owner>, me: &super::callers::Caller) -> Result<(), ApiError> {
    // To everyone else the conversation does not exist: whether it does is not theirs to know.
    if owner == Some(Owner::Agent(me.id)) { Ok(()) } else { Err(ApiError::not_found("conversation")) }
}
