//! What a supervisor sees of the work of their teams.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::WallSnapshot;
use serde::Deserialize;

use super::body::Asked;
use super::callers::CurrentSupervisor;
use super::error::ApiError;
use crate::app::App;
use crate::feed::Watcher;
use crate::wall::Counting;

/// How long a queue may be asked to take at most, or a customer who did not mean to wait, in seconds.
const SECS_MAX: u32 = 86_400;

/// How a wall counts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// The time zone by whose clocks a day begins, such as `Europe/Berlin`; `UTC` without it.
    zone: Option<String>,
    /// When a day begins, such as `06:30`; `00:00` without it.
    day_begins: Option<String>,
    /// Within how many seconds is in time, 1 to 86400, instead of each queue's own target.
    target_secs: Option<u32>,
    /// Who leaves within so many seconds, 0 to 86400, does not count against the service level; 10 without it.
    short_secs: Option<u32>,
}

/// How a wall counts, and where its stream goes on.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Watched {
    /// The cursor of a snapshot or of the last event that was applied; a `Last-Event-ID` header wins.
    after: Option<String>,
    /// As of the snapshot.
    zone: Option<String>,
    /// As of the snapshot.
    day_begins: Option<String>,
    /// As of the snapshot.
    target_secs: Option<u32>,
    /// As of the snapshot.
    short_secs: Option<u32>,
}

impl Watched {
    /// Returns where the stream goes on, and how it counts.
    pub fn parts(self) -> Result<(Option<String>, Counting), ApiError> {
        let Self { after, zone, day_begins, target_secs, short_secs } = self;
        Ok((after, Counted { zone, day_begins, target_secs, short_secs }.try_into()?))
    }
}

fn wrong(what: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "query_invalid", what)
}

impl TryFrom<Counted> for Counting {
    type Error = ApiError;

    fn try_from(counted: Counted) -> Result<Self, ApiError> {
        let Counted { zone, day_begins, target_secs, short_secs } = counted;
        let time = day_begins.as_deref().unwrap_or("00:00");
        let begins = jiff::civil::Time::strptime("%H:%M", time);
        let begins = begins.map_err(|_| wrong("`day_begins` is a time of the day, such as `06:30`."))?;
        let minute = begins.hour().unsigned_abs() as u16 * 60 + begins.minute().unsigned_abs() as u16;
        let counting = Self::default().in_zone(zone.as_deref().unwrap_or("UTC"), minute);
        let counting =
            counting.ok_or_else(|| wrong("`zone` is the name of a time zone, such as `Europe/Berlin`."))?;
        if !target_secs.is_none_or(|secs| (1..=SECS_MAX).contains(&secs)) {
            return Err(wrong("`target_secs` is a number from 1 to 86400."));
        }
        let counting = counting.with_target(target_secs);
        match short_secs {
            Some(secs) if secs > SECS_MAX => Err(wrong("`short_secs` is a number from 0 to 86400.")),
            Some(secs) => Ok(counting.with_short(secs)),
            None => Ok(counting),
        }
    }
}

/// Returns all that one oversees, and where the stream goes on
///
/// Queues, people, open conversations and transfers: of one's teams, for administrators everything.
#[utoipa::path(get, path = "/api/supervisor", tag = "Supervisors", params(Counted),
    responses((status = 200, body = WallSnapshot)))]
pub async fn show(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Asked(counted): Asked<Counted>,
) -> Result<Json<WallSnapshot>, ApiError> {
    let watcher = Watcher { agent: me.id, counting: counted.try_into()? };
    let (wall, cursor) = app.feed.wall(watcher).await.ok_or_else(ApiError::unavailable)?;
    Ok(Json(WallSnapshot { wall, cursor, now: app.now() }))
}
