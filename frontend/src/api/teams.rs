//! Teams.

use baton_shared::TeamId;
use baton_shared::api::{Added, Nothing, TeamSettings, TeamView};
use gloo_net::http::Method;

use super::{Failure, ask, get, put, tell};
use crate::browser::random;

/// Fetches the teams; for supervisors those that they lead.
pub async fn all() -> Result<Vec<TeamView>, Failure> {
    get("/api/teams".to_owned()).await
}

/// Adds a team; the same `key` adds it once.
pub async fn add(settings: &TeamSettings, key: &str) -> Result<Added, Failure> {
    ask(Method::POST, "/api/teams".to_owned(), Some(key), settings).await
}

/// Sets who is in a team and who leads it.
pub async fn change(team: TeamId, settings: &TeamSettings) -> Result<(), Failure> {
    put(format!("/api/teams/{team}"), settings).await
}

/// Removes a team.
pub async fn remove(team: TeamId) -> Result<(), Failure> {
    let key = random::idempotency_key();
    tell(Method::DELETE, format!("/api/teams/{team}"), Some(&key), &Nothing {}).await
}
