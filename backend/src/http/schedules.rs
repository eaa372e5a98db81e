//! Setting up scheduled reports: supervisors their own, administrators all.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_shared::api::{Added, Nothing, ScheduleView, SchedulesView};
use baton_shared::schedule::ScheduleRun;
use baton_shared::*;
use jiff::tz::TimeZone;

use super::body::{Ids, JsonBody, Keyed};
use super::callers::{Caller, CurrentSupervisor};
use super::error::ApiError;
use super::insights::made;
use super::openapi::KeyParam;
use super::people::added;
use crate::app::App;
use crate::schedules::timing::{self, Next};
use crate::schedules::{Failure, check_target, owner, send_now};
use crate::store::Scheduled;

/// Lists the scheduled reports; supervisors see their own
#[utoipa::path(get, path = "/api/insights/schedules", tag = "Insights",
    responses((status = 200, body = SchedulesView)))]
pub async fn list(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
) -> Result<Json<SchedulesView>, ApiError> {
    let (all, names) = app
        .with_store(|app| {
            let reading = app.store.read()?;
            Ok((reading.schedules()?, reading.names()?))
        })
        .await?;
    let mut schedules = Vec::new();
    for scheduled in all.into_iter().filter(|scheduled| may(&me, scheduled)) {
        let stopped = stopped(&app, &scheduled).await.map(|failure| failure.sentence);
        let next_at = match timing::next(&scheduled, app.now()) {
            Next::Now { due_at, .. } => Some(due_at),
            Next::At(at) => Some(at),
            Next::Never => None,
        };
        schedules.push(ScheduleView {
            id: scheduled.id,
            owner: scheduled.owner,
            owner_name: names.agents.get(&scheduled.owner).cloned().unwrap_or_default(),
            settings: scheduled.settings,
            next_at: next_at.filter(|_| stopped.is_none()),
            stopped,
            last: scheduled.last,
        });
    }
    let (mail, domains) = (app.schedules.mailer.is_some(), app.config.report_domains.clone());
    Ok(Json(SchedulesView { schedules, mail, domains }))
}

/// Schedules a report, which is then sent at its times
#[utoipa::path(post, path = "/api/insights/schedules", tag = "Insights", params(KeyParam),
    request_body = ReportSchedule, responses((status = 201, body = Added)))]
pub async fn add(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Keyed { key, body: settings }: Keyed<ReportSchedule>,
) -> Result<(StatusCode, Json<Added>), ApiError> {
    check(&app, &me, &settings).await?;
    let settings = Box::new(settings);
    let answer = app.submit(me.actor(), Some(key), Command::AddSchedule { settings }).await?;
    app.schedules.wake();
    added(answer)
}

/// Sets what a scheduled report is to be; without a secret the one that there is stays
#[utoipa::path(put, path = "/api/insights/schedules/{schedule}", tag = "Insights",
    params(("schedule" = ScheduleId, Path), KeyParam), request_body = ReportSchedule, responses((status = 204)))]
pub async fn change(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(schedule): Ids<ScheduleId>,
    Keyed { key, body: settings }: Keyed<ReportSchedule>,
) -> Result<StatusCode, ApiError> {
    let scheduled = find(&app, &me, schedule).await?;
    // It stays a report of whoever scheduled it, so it must be one that they may have.
    let owner = owner(&app, scheduled.owner).await.map_err(unusable)?;
    check(&app, &owner, &settings).await?;
    if let ReportTarget::Webhook { secret: None, .. } = settings.target
        && scheduled.secret.is_none()
    {
        return Err(Refusal::ScheduleUnusable { fault: "Give a secret to sign with." }.into());
    }
    let settings = Box::new(settings);
    app.submit(me.actor(), Some(key), Command::ChangeSchedule { schedule, settings }).await?;
    app.schedules.wake();
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a scheduled report
#[utoipa::path(delete, path = "/api/insights/schedules/{schedule}", tag = "Insights",
    params(("schedule" = ScheduleId, Path), KeyParam), responses((status = 204)))]
pub async fn remove(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(schedule): Ids<ScheduleId>,
    Keyed { key, body: Nothing {} }: Keyed<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.submit(me.actor(), Some(key), Command::RemoveSchedule { schedule }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a report at once, as if it were due now, and says what became of it
#[utoipa::path(post, path = "/api/insights/schedules/{schedule}/sending", tag = "Insights",
    params(("schedule" = ScheduleId, Path)), responses((status = 200, body = ScheduleRun)))]
pub async fn send(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(schedule): Ids<ScheduleId>,
    JsonBody(Nothing {}): JsonBody<Nothing>,
) -> Result<Json<ScheduleRun>, ApiError> {
    let scheduled = find(&app, &me, schedule).await?;
    app.limits.sending(me.id, app.now())?;
    // Whoever asks may go away; what became of it is kept all the same.
    let sent = tokio::spawn(async move { send_now(&app, &scheduled).await });
    let run = sent.await.map_err(|_| ApiError::internal())?;
    run.map(Json).ok_or_else(|| {
        ApiError::new(
            StatusCode::CONFLICT,
            "schedule_busy",
            "This report is being sent at this moment. Look again soon.",
        )
    })
}

/// Says whether someone sees a scheduled report and may change it.
fn may(me: &Caller, scheduled: &Scheduled) -> bool {
    me.role == Role::Administrator || scheduled.owner == me.id
}

async fn find(app: &Arc<App>, me: &Caller, schedule: ScheduleId) -> Result<Scheduled, ApiError> {
    let all = app.with_store(|app| app.store.read()?.schedules()).await?;
    let found = all.into_iter().find(|scheduled| scheduled.id == schedule && may(me, scheduled));
    found.ok_or_else(|| ApiError::not_found("scheduled report"))
}

/// Says why a report is not sent, if it is not.
async fn stopped(app: &Arc<App>, scheduled: &Scheduled) -> Option<Failure> {
    match owner(app, scheduled.owner).await {
        Ok(owner) => check_target(app, owner.role, &scheduled.settings.target).await.err(),
        Err(failure) => Some(failure),
    }
}

/// Refuses what its owner may not have, and what would fail whenever it is due.
async fn check(app: &Arc<App>, owner: &Caller, settings: &ReportSchedule) -> Result<(), ApiError> {
    if let Some(fault) = settings.fault() {
        return Err(Refusal::ScheduleUnusable { fault }.into());
    }
    if TimeZone::get(&settings.zone).is_err() {
        let fault = "There is no such time zone. Give a name such as `Europe/Madrid`.";
        return Err(Refusal::ScheduleUnusable { fault }.into());
    }
    check_target(app, owner.role, &settings.target).await.map_err(unusable)?;
    made::check(app, owner, settings).await
}

fn unusable(failure: Failure) -> ApiError {
    let status = match failure.passes {
        true => StatusCode::SERVICE_UNAVAILABLE,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    ApiError::new(status, "schedule_unusable", failure.sentence)
}
