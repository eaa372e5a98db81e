//! Signing in and out.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use baton_shared::api::{Nothing, SignIn, SignedIn};
use baton_shared::command::Actor;
use baton_shared::{AgentId, Command};

use super::body::JsonBody;
use super::callers::{Caller, CameFrom, CurrentAgent, caller, caller_by_token, cookie_name};
use super::error::ApiError;
use crate::accounts::{SESSION_AGE_MAX, TokenHash};
use crate::app::App;
use crate::config::Config;

/// Signs in
///
/// Sets the session cookie; the session that this browser had before ends.
#[utoipa::path(post, path = "/api/session", tag = "Signing in", request_body = SignIn,
    responses((status = 200, body = SignedIn)))]
pub async fn sign_in(
    State(app): State<Arc<App>>,
    CameFrom(address): CameFrom,
    headers: HeaderMap,
    JsonBody(body): JsonBody<SignIn>,
) -> Result<(HeaderMap, Json<SignedIn>), ApiError> {
    let new = app.accounts.sign_in(&body.email, body.password, address).await?;
    if let Ok(before) = caller(&headers, &app).await {
        end_session(&app, before.id, before.session).await?;
    }
    let cookie = cookie(&app.config, &new.token, SESSION_AGE_MAX)?;
    let me = caller_by_token(new.token, &app).await?;
    Ok((HeaderMap::from_iter([(header::SET_COOKIE, cookie)]), Json(signed_in(me))))
}

/// Returns who is signed in
#[utoipa::path(get, path = "/api/session", tag = "Signing in", responses((status = 200, body = SignedIn)))]
pub async fn current(CurrentAgent(me): CurrentAgent) -> Json<SignedIn> {
    Json(signed_in(me))
}

/// Signs out
///
/// Ends this browser's session and its streams.
#[utoipa::path(delete, path = "/api/session", tag = "Signing in", responses((status = 204)))]
pub async fn sign_out(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    JsonBody(Nothing {}): JsonBody<Nothing>,
) -> Result<(StatusCode, HeaderMap), ApiError> {
    end_session(&app, me.id, me.session).await?;
    let cookie = cookie(&app.config, "", Duration::ZERO)?;
    Ok((StatusCode::NO_CONTENT, HeaderMap::from_iter([(header::SET_COOKIE, cookie)])))
}

/// Ends a session, its streams, and the person's lease where no other browser of theirs keeps it up.
pub async fn end_session(app: &Arc<App>, agent: AgentId, session: TokenHash) -> Result<(), ApiError> {
    app.with_store(move |app| app.accounts.sign_out(&session)).await?;
    app.feed.close_session(session);
    if !app.streams.has_other(agent, &session) {
        end_lease(app, agent).await?;
    }
    Ok(())
}

/// Ends a person's lease where a heartbeat was answered with a session that had ended meanwhile.
pub async fn end_lease_of_ended(app: &Arc<App>, agent: AgentId, session: TokenHash) -> Result<(), ApiError> {
    let goes_on = app.with_store(move |app| app.accounts.session_by_hash(&session)).await?.is_some();
    if goes_on || app.streams.has_other(agent, &session) { Ok(()) } else { end_lease(app, agent).await }
}

async fn end_lease(app: &Arc<App>, agent: AgentId) -> Result<(), ApiError> {
    use crate::dispatcher::CommandError;
    match app.submit(Actor::System, None, Command::EndLease { agent }).await {
        // A refusal says that there was no lease to end.
        Ok(_) | Err(CommandError::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn signed_in(me: Caller) -> SignedIn {
    SignedIn { id: me.id, name: me.name, email: me.email, role: me.role }
}

fn cookie(config: &Config, token: &str, lasts: Duration) -> Result<HeaderValue, ApiError> {
    let secure = if config.is_https() { "Secure; " } else { "" };
    let name = cookie_name(config);
    let secs = lasts.as_secs();
    HeaderValue::try_from(format!("{name}={token}; {secure}HttpOnly; SameSite=Lax; Path=/; Max-Age={secs}"))
        .map_err(|_| ApiError::internal())
}
