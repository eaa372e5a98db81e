//! Setting up queues, skills and transfer groups; administrators, and for groups supervisors too.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{
    Added, GroupSettings, GroupView, NewQueue, NewSkill, Nothing, QueueSettings, QueueView, Skill,
};
use baton_shared::{AgentId, Command, GroupId, QueueId};

use super::body::{Ids, Keyed};
use super::callers::{CurrentAdministrator, CurrentSupervisor};
use super::error::ApiError;
use super::openapi::KeyParam;
use super::people::added;
use crate::app::App;

/// Lists the queues
#[utoipa::path(get, path = "/api/queues", tag = "Queues", responses((status = 200, body = Vec<QueueView>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    _me: CurrentAdministrator,
) -> Result<Json<Vec<QueueView>>, ApiError> {
    Ok(Json(app.with_store(|app| app.store.read()?.queues()).await?))
}

/// Adds a queue
#[utoipa::path(post, path = "/api/queues", tag = "Queues", params(KeyParam), request_body = NewQueue,
    responses((status = 201, body = Added)))]
pub async fn add(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Keyed { key, body: NewQueue { name, skills, priority } }: Keyed<NewQueue>,
) -> Result<(StatusCode, Json<Added>), ApiError> {
    added(app.submit(me.actor(), Some(key), Command::AddQueue { name, skills, priority }).await?)
}

/// Sets a queue's name, what it asks for, and how it keeps waits within bounds
///
/// What waits in it is measured by its new rules at once, from when it came there.
#[utoipa::path(put, path = "/api/queues/{queue}", tag = "Queues", params(("queue" = QueueId, Path), KeyParam),
    request_body = QueueSettings, responses((status = 204)))]
pub async fn change(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Ids(queue): Ids<QueueId>,
    Keyed { key, body: QueueSettings { name, skills, priority, rules } }: Keyed<QueueSettings>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::ChangeQueue { queue, name, skills, priority, rules }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a person be offered a queue's work
#[utoipa::path(put, path = "/api/queues/{queue}/members/{person}", tag = "Queues",
    params(("queue" = QueueId, Path), ("person" = AgentId, Path), KeyParam), request_body = Nothing,
    responses((status = 204)))]
pub async fn add_member(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids((queue, agent)): Ids<(QueueId, AgentId)>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::AddMember { queue, agent }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Offers a person a queue's work no more
#[utoipa::path(delete, path = "/api/queues/{queue}/members/{person}", tag = "Queues",
    params(("queue" = QueueId, Path), ("person" = AgentId, Path), KeyParam), responses((status = 204)))]
pub async fn remove_member(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids((queue, agent)): Ids<(QueueId, AgentId)>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::RemoveMember { queue, agent }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the skills
#[utoipa::path(get, path = "/api/skills", tag = "Skills and groups", responses((status = 200, body = Vec<Skill>)))]
pub async fn list_skills(
    State(app): State<Arc<App>>,
    _me: CurrentSupervisor,
) -> Result<Json<Vec<Skill>>, ApiError> {
    Ok(Json(app.with_store(|app| app.store.read()?.skills()).await?))
}

/// Adds a skill
#[utoipa::path(post, path = "/api/skills", tag = "Skills and groups", params(KeyParam), request_body = NewSkill,
    responses((status = 201, body = Added)))]
pub async fn add_skill(
    State(app): State<Arc<App>>,
    CurrentAdministrator(me): CurrentAdministrator,
    Keyed { key, body: NewSkill { name } }: Keyed<NewSkill>,
) -> Result<(StatusCode, Json<Added>), ApiError> {
    added(app.submit(me.actor(), Some(key), Command::AddSkill { name }).await?)
}

/// Lists the transfer groups
#[utoipa::path(get, path = "/api/groups", tag = "Skills and groups",
    responses((status = 200, body = Vec<GroupView>)))]
pub async fn list_groups(
    State(app): State<Arc<App>>,
    _me: CurrentSupervisor,
) -> Result<Json<Vec<GroupView>>, ApiError> {
    Ok(Json(app.with_store(|app| app.store.read()?.groups()).await?))
}

/// Adds a transfer group
#[utoipa::path(post, path = "/api/groups", tag = "Skills and groups", params(KeyParam),
    request_body = GroupSettings, responses((status = 201, body = Added)))]
pub async fn add_group(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Keyed { key, body: GroupSettings { name, skills, membership, priority, team } }: Keyed<GroupSettings>,
) -> Result<(StatusCode, Json<Added>), ApiError> {
    let command = Command::AddGroup { name, skills, membership, priority, team };
    added(app.submit(me.actor(), Some(key), command).await?)
}

/// Sets a transfer group's name and what it asks for
#[utoipa::path(put, path = "/api/groups/{group}", tag = "Skills and groups",
    params(("group" = GroupId, Path), KeyParam), request_body = GroupSettings, responses((status = 204)))]
pub async fn change_group(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(group): Ids<GroupId>,
    Keyed { key, body: GroupSettings { name, skills, membership, priority, team } }: Keyed<GroupSettings>,
) -> Result<StatusCode, ApiError> {
    let command = Command::ChangeGroup { group, name, skills, membership, priority, team };
    app.submit(me.actor(), Some(key), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a transfer group; what waits for it goes to its queue
#[utoipa::path(delete, path = "/api/groups/{group}", tag = "Skills and groups",
    params(("group" = GroupId, Path), KeyParam), responses((status = 204)))]
pub async fn remove_group(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(group): Ids<GroupId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::RemoveGroup { group }).await?;
    Ok(StatusCode::NO_CONTENT)
}
