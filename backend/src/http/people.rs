//! Setting up people and what they can do; administrators only.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{Added, NewPerson, Nothing, Person, PersonSettings, SkillGrant};
use baton_shared::{AgentId, Channel, Command, SkillId};

use super::body::{Ids, Keyed};
use super::callers::{CurrentAdministrator, CurrentSupervisor};
use super::error::ApiError;
use super::openapi::KeyParam;
use crate::app::App;
use crate::dispatcher::Answer;

/// Lists everyone who can sign in
#[utoipa::path(get, path = "/api/people", tag = "People", responses((status = 200, body = Vec<Person>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    _me: CurrentAdministrator,
) -> Result<Json<Vec<Person>>, ApiError> {
    Ok(Json(app.with_store(|app| app.store.read()?.people()).await?))
}

/// Adds a person
#[utoipa::path(post, path = "/api/people", tag = "People", params(KeyParam), request_body = NewPerson,
    responses((status = 201, body = Added)))]
pub async fn add(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Keyed { key, body }: Keyed<NewPerson>,
) -> Result<(StatusCode, Json<Added>), ApiError> {
    let NewPerson { name, email, password, role, capacity, interruptible_capacity } = body;
    let (capacity, interruptible) = (of_chats(Some(capacity)), of_chats(interruptible_capacity));
    let password_hash = app.accounts.hash_password(password).await?;
    let command = Command::AddPerson { name, email, password_hash, role, capacity, interruptible };
    added(app.submit(me.actor(), Some(key), command).await?)
}

/// Returns a person
#[utoipa::path(get, path = "/api/people/{person}", tag = "People", params(("person" = AgentId, Path)),
    responses((status = 200, body = Person)))]
pub async fn show(
    State(app): State<Arc<App>>,
    _me: CurrentAdministrator,
    Ids(id): Ids<AgentId>,
) -> Result<Json<Person>, ApiError> {
    let person = app.with_store(move |app| app.store.read()?.person(id)).await?;
    person.map(Json).ok_or_else(|| ApiError::not_found("person"))
}

/// Sets what a person is and may do
///
/// A person who is disabled is signed out everywhere at once.
#[utoipa::path(put, path = "/api/people/{person}", tag = "People", params(("person" = AgentId, Path), KeyParam),
    request_body = PersonSettings, responses((status = 204)))]
pub async fn change(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Ids(agent): Ids<AgentId>,
    Keyed { key, body }: Keyed<PersonSettings>,
) -> Result<StatusCode, ApiError> {
    let PersonSettings { name, role, enabled, capacity, interruptible_capacity } = body;
    let (capacity, interruptible) = (of_chats(Some(capacity)), of_chats(interruptible_capacity));
    let command = Command::ChangePerson { agent, name, role, enabled, capacity, interruptible };
    app.submit(me.actor(), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a person a skill at a level
///
/// Without a level it is 1; what was there before is replaced.
#[utoipa::path(put, path = "/api/people/{person}/skills/{skill}", tag = "People",
    params(("person" = AgentId, Path), ("skill" = SkillId, Path), KeyParam), request_body = SkillGrant,
    responses((status = 204)))]
pub async fn grant(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids((agent, skill)): Ids<(AgentId, SkillId)>,
    Keyed { key, body: SkillGrant { level } }: Keyed<SkillGrant>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::GrantSkill { agent, skill, level }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a skill from a person
#[utoipa::path(delete, path = "/api/people/{person}/skills/{skill}", tag = "People",
    params(("person" = AgentId, Path), ("skill" = SkillId, Path), KeyParam), responses((status = 204)))]
pub async fn revoke(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids((agent, skill)): Ids<(AgentId, SkillId)>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::RevokeSkill { agent, skill }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Turns the answer to an addition into the answer of its address.
pub(super) fn added(answer: Answer) -> Result<(StatusCode, Json<Added>), ApiError> {
    let Answer::Added { id } = answer else { return Err(ApiError::unexpected(&answer)) };
    Ok((StatusCode::CREATED, Json(Added { id })))
}

fn of_chats(units: Option<u32>) -> BTreeMap<Channel, u32> {
    units.map(|units| (Channel::WebChat, units)).into_iter().collect()
}
