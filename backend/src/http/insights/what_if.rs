//! Past days, played again under a change.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use baton_shared::api::{WhatIfReport, WhatIfStaffing, WhatIfWish};
use baton_shared::*;
use serde_json::json;

use super::{answer, tables, time, wants_csv, wrong};
use crate::app::App;
use crate::http::body::JsonBody;
use crate::http::callers::{Caller, CurrentSupervisor};
use crate::http::error::ApiError;
use crate::routing::Scope;
use crate::whatif::{self, Asked, CONVERSATIONS_MAX, Halt, WhatIfError};

/// How many changes of staffing a wish has at most.
const STAFFINGS_MAX: usize = 50;

/// When it is worth asking again while someone else's days are played.
const STAGE_FREE_AFTER: core::time::Duration = core::time::Duration::from_secs(10);

/// Plays past days again under another policy or with other people
///
/// Everything that happened is played through the router that serves customers, on a state of its own: once as it was, so
/// that the error of the model can be seen, and once with the change. It can take up to a minute and a half, and only one
/// at a time is played; a request that is given up stops it.
#[utoipa::path(post, path = "/api/insights/what-if", tag = "Insights", request_body = WhatIfWish,
    responses((status = 200, content((WhatIfReport = "application/json"), (String = "text/csv")))))]
pub async fn what_if(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    JsonBody(wish): JsonBody<WhatIfWish>,
) -> Result<Response, ApiError> {
    let zone = wish.zone.as_deref();
    let (from, to) = (time(&wish.from, zone)?, time(&wish.to, zone)?);
    if wish.change.staffing.len() > STAFFINGS_MAX {
        return Err(wrong(&format!("Change the staffing in at most {STAFFINGS_MAX} places.")));
    }
    let scope = scope(&app, &me, &wish.change.staffing).await?;
    if wish.queue.is_some_and(|queue| !scope.has_queue(queue)) {
        return Err(ApiError::not_found("queue"));
    }
    let on_stage = app.stage.enter().ok_or_else(|| {
        let what = "Other days are being played at the moment. Try again once they are over.";
        ApiError::too_many("what_if_running", what, STAGE_FREE_AFTER)
    })?;
    let seed = wish.seed.unwrap_or(1);
    let asked = Asked { from, to, queue: wish.queue, change: wish.change, seed, scope };
    let (halt, waiter) = Halt::begin(app.clock.clone());
    let report = app
        .with_store(move |app| {
            let report = whatif::run(app.store.as_ref(), &asked, &halt);
            drop(on_stage);
            Ok(report)
        })
        .await?;
    drop(waiter);
    told(&headers, &report.map_err(refused)?)
}

/// Returns what whoever asks may see, or refuses to change the staffing of what they may not.
async fn scope(app: &Arc<App>, me: &Caller, staffing: &[WhatIfStaffing]) -> Result<Scope, ApiError> {
    let (id, queues, teams) = (
        me.id,
        staffing.iter().filter_map(|staffing| staffing.queue).collect::<Vec<QueueId>>(),
        staffing.iter().filter_map(|staffing| staffing.team).collect::<Vec<TeamId>>(),
    );
    let look = app.dispatcher.look(move |state, _| {
        let scope = state.scope(id);
        let unseen_queue = queues.iter().any(|queue| !scope.has_queue(*queue));
        let unseen_team = teams.iter().any(|team| !state.leads(id, *team));
        (scope, unseen_queue, unseen_team)
    });
    match look.await? {
        (_, true, _) => Err(ApiError::not_found("queue")),
        (_, _, true) => Err(ApiError::not_found("team")),
        (scope, false, false) => Ok(scope),
    }
}

/// Returns what is told of days that were not played.
fn refused(error: WhatIfError) -> ApiError {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    match error {
        WhatIfError::Store(error) => error.into(),
        WhatIfError::Refused(sentence) => ApiError::new(status, "what_if_invalid", sentence),
        WhatIfError::NotFound(what) => ApiError::not_found(what),
        WhatIfError::TooMany => {
            let what = format!(
                "Customers opened more than {CONVERSATIONS_MAX} conversations then. Choose fewer days."
            );
            ApiError::new(status, "what_if_too_large", what)
        }
        WhatIfError::TooLong => {
            let what = "It took too long to play these days. Choose fewer days.";
            ApiError::new(status, "what_if_too_large", what)
        }
        WhatIfError::Stopped => ApiError::unavailable(),
    }
}

/// Answers as JSON, or with a table in CSV whose first row is of all.
fn told(headers: &HeaderMap, report: &WhatIfReport) -> Result<Response, ApiError> {
    if wants_csv(headers) {
        let lines: Vec<_> = std::iter::once(&report.all).chain(&report.queues).collect();
        return answer(headers, &json!({ "lines": lines }), tables::WHAT_IF);
    }
    answer(headers, report, tables::WHAT_IF)
}
