//! Setting up external contacts, for administrators; and what partners do with the conversations that they took.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, State};
use axum::http::{HeaderMap, Request, StatusCode};
use baton_shared::api::{
    Added, ExternalClosure, ExternalMessage, ExternalRead, ExternalReturn, ExternalTranscript, ExternalView,
    NewExternal, Nothing,
};
use baton_shared::command::Actor;
use baton_shared::message::MESSAGES_SHOWN;
use baton_shared::{Command, ConversationId, ExternalId, Message, Owner};
use serde::de::DeserializeOwned;

use super::body::{self, Ids, Keyed};
use super::callers::CurrentAdministrator;
use super::error::ApiError;
use super::openapi::KeyParam;
use super::people::added;
use crate::app::App;
use crate::dispatcher::{Answer, Key};
use crate::partners::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, TOLERANCE, is_signed};

/// Lists the external contacts
#[utoipa::path(get, path = "/api/external-contacts", tag = "External contacts",
    responses((status = 200, body = Vec<ExternalView>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    _me: CurrentAdministrator,
) -> Result<Json<Vec<ExternalView>>, ApiError> {
    Ok(Json(app.with_store(|app| app.store.read()?.externals()).await?))
}

/// Adds an external contact
#[utoipa::path(post, path = "/api/external-contacts", tag = "External contacts", params(KeyParam),
    request_body = NewExternal, responses((status = 201, body = Added)))]
pub async fn add(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Keyed { key, body: NewExternal { name, url, secret } }: Keyed<NewExternal>,
) -> Result<(StatusCode, Json<Added>), ApiError> {
    let secret = secret.unwrap_or_default();
    added(app.submit(me.actor(), Some(key), Command::AddExternal { name, url, secret }).await?)
}

/// Sets what an external contact is to be; without a secret the one that there is stays
#[utoipa::path(put, path = "/api/external-contacts/{external}", tag = "External contacts",
    params(("external" = ExternalId, Path), KeyParam), request_body = NewExternal, responses((status = 204)))]
pub async fn change(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Ids(external): Ids<ExternalId>,
    Keyed { key, body: NewExternal { name, url, secret } }: Keyed<NewExternal>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::ChangeExternal { external, name, url, secret }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes an external contact; conversations that it has go back to their queues
#[utoipa::path(delete, path = "/api/external-contacts/{external}", tag = "External contacts",
    params(("external" = ExternalId, Path), KeyParam), responses((status = 204)))]
pub async fn remove(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Ids(external): Ids<ExternalId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::RemoveExternal { external }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns what was said, to the partner who has the conversation; signed
#[utoipa::path(post, path = "/api/external/{conversation}/transcript", tag = "Partners",
    params(("conversation" = ConversationId, Path), SignedParams), request_body = ExternalRead,
    responses((status = 200, body = ExternalTranscript)))]
pub async fn transcript(
    State(app): State<Arc<App>>,
    Signed { partner, conversation, body, .. }: Signed<ExternalRead>,
) -> Result<Json<ExternalTranscript>, ApiError> {
    check_same(body.conversation, conversation)?;
    let read = app.with_store(move |app| {
        let reading = app.store.read()?;
        let found = reading.conversation(conversation)?;
        let Some(open) = found.filter(|open| open.owner() == Some(Owner::External(partner))) else {
            return Ok(None);
        };
        let end = body.after.saturating_add(MESSAGES_SHOWN as u32 + 1);
        let mut messages = reading.messages(conversation, Some(end), MESSAGES_SHOWN as u32)?;
        messages.retain(|message| message.seq > body.after);
        Ok(Some(ExternalTranscript { messages, more: open.last_seq >= end }))
    });
    read.await?.map(Json).ok_or_else(|| ApiError::not_found("conversation"))
}

/// Says something to the customer, as the partner who has the conversation; signed
#[utoipa::path(post, path = "/api/external/{conversation}/messages", tag = "Partners",
    params(("conversation" = ConversationId, Path), SignedParams), request_body = ExternalMessage,
    responses((status = 201, body = Message)))]
pub async fn send(
    State(app): State<Arc<App>>,
    Signed { partner, conversation, key, body }: Signed<ExternalMessage>,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    check_same(body.conversation, conversation)?;
    let command = Command::SendMessage { conversation, text: body.text };
    let answer = app.submit(Actor::External(partner), Some(key), command).await?;
    let Answer::Sent { seq, .. } = answer else { return Err(ApiError::unexpected(&answer)) };
    let message = app.with_store(move |app| app.store.read()?.message(conversation, seq)).await?;
    Ok((StatusCode::CREATED, Json(message.ok_or_else(|| ApiError::not_found("message"))?)))
}

/// Gives the conversation back to its queue, as the partner who has it; signed
#[utoipa::path(post, path = "/api/external/{conversation}/return", tag = "Partners",
    params(("conversation" = ConversationId, Path), SignedParams), request_body = ExternalReturn,
    responses((status = 204)))]
pub async fn give_back(
    State(app): State<Arc<App>>,
    Signed { partner, conversation, key, body }: Signed<ExternalReturn>,
) -> Result<StatusCode, ApiError> {
    check_same(body.conversation, conversation)?;
    let command = Command::ReturnConversation { conversation, note: body.note };
    app.submit(Actor::External(partner), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the conversation, as the partner who has it; signed
#[utoipa::path(post, path = "/api/external/{conversation}/closure", tag = "Partners",
    params(("conversation" = ConversationId, Path), SignedParams), request_body = ExternalClosure,
    responses((status = 204)))]
pub async fn close(
    State(app): State<Arc<App>>,
    Signed { partner, conversation, key, body }: Signed<ExternalClosure>,
) -> Result<StatusCode, ApiError> {
    check_same(body.conversation, conversation)?;
    let command = Command::EndConversation { conversation, disposition: None, notes: None };
    app.submit(Actor::External(partner), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses a body that was signed for another conversation: the address is not part of what is signed.
fn check_same(named: ConversationId, addressed: ConversationId) -> Result<(), ApiError> {
    if named == addressed { Ok(()) } else { Err(unsigned()) }
}

/// The headers that a partner signs with.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is described and not read")]
pub struct SignedParams {
    /// The message's id, the same whenever it is sent again: 8 to 64 characters from `A-Z a-z 0-9 _ -`.
    #[param(rename = "webhook-id")]
    id: String,
    /// When it is sent, in seconds since 1970; at most five minutes from the server's time.
    #[param(rename = "webhook-timestamp")]
    timestamp: i64,
    /// `v1,` and the HMAC-SHA256 of `ID.TIMESTAMP.BODY` in base 64; several stand apart by a space.
    #[param(rename = "webhook-signature")]
    signature: String,
}

/// What a partner signed.
#[derive(Debug)]
pub struct Signed<T> {
    /// Who.
    partner: ExternalId,
    /// The conversation in the address.
    conversation: ConversationId,
    /// The message's id, with the hash of what it was sent with.
    key: Key,
    /// What was sent.
    body: T,
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Signed<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request<Body>, app: &Arc<App>) -> Result<Self, ApiError> {
        let (mut parts, sent) = request.into_parts();
        let Ids(conversation) = Ids::<ConversationId>::from_request_parts(&mut parts, app).await?;
        let bytes = body::read(&parts.headers, sent).await?;
        let text = |name| header(&parts.headers, name).ok_or_else(unsigned);
        let id = body::key_in(&parts.headers, ID_HEADER).map_err(|_| unsigned())?;
        let at: i64 = text(TIMESTAMP_HEADER)?.parse().map_err(|_| unsigned())?;
        let signatures = text(SIGNATURE_HEADER)?.to_owned();
        let apart = (app.now().as_millis() / 1_000).abs_diff(at);
        if apart > TOLERANCE.as_secs() {
            return Err(unsigned());
        }
        let (signed, named) = (bytes.clone(), id.clone());
        let partner = app.with_store(move |app| {
            let reading = app.store.read()?;
            for view in reading.externals()? {
                let partner = reading.partner(view.id)?;
                let by_them = |secret: &str| is_signed(secret, &named, at, &signed, &signatures);
                if partner.is_some_and(|partner| by_them(&partner.secret)) {
                    return Ok(Some(view.id));
                }
            }
            Ok(None)
        });
        let partner = partner.await?.ok_or_else(unsigned)?;
        let key = body::key_of(id, &parts, &bytes);
        Ok(Self { partner, conversation, key, body: body::parse(&bytes)? })
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn unsigned() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "signature_invalid",
        "Sign the body as in Standard Webhooks, with the contact's secret, the present time and an id of 8 to 64 characters.",
    )
}
