//! One report, made and sent: by mail, or over a signed webhook.

use std::sync::Arc;
use std::time::Duration;

use baton_shared::schedule::{ReportForm, ReportKind};
use baton_shared::*;
use serde::Serialize;
use serde_json::Value;
use tokio::time::timeout;

use super::rules::{self, Failure};
use super::timing::{self, Stretch};
use crate::app::App;
use crate::http::insights::made;
use crate::mail::{Enclosed, Letter, MailError};
use crate::partners::{self, CallError, Signing};
use crate::store::Scheduled;
use crate::telemetry::chain;

/// How long whoever takes a report over a webhook may take.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);

/// How long a report waits for what was committed before it was due.
const CURRENT_WITHIN: Duration = Duration::from_secs(30);

/// What is posted to a webhook.
#[derive(Serialize)]
struct Posted<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    schedule: ScheduleId,
    name: &'a str,
    report: ReportKind,
    due_at: Timestamp,
    from: Timestamp,
    to: Timestamp,
    zone: &'a str,
    form: ReportForm,
    /// The report itself where it is JSON, its text where it is CSV.
    content: Value,
}

/// Makes a report for the time before `due_at` as its owner may see it, and sends it under an id.
pub(super) async fn attempt(
    app: &Arc<App>,
    scheduled: &Scheduled,
    due_at: Timestamp,
    id: &str,
) -> Result<(), Failure> {
    let settings = &scheduled.settings;
    let owner = rules::owner(app, scheduled.owner).await?;
    rules::check_target(app, owner.role, &settings.target).await?;
    let stretch =
        timing::stretch(settings, due_at).ok_or_else(|| Failure::lasting("There is no such time zone."))?;
    check_current(app).await?;
    let query = made::query(settings, stretch.from, stretch.to);
    let report = made::report(app, &owner, settings, &query).await?;
    let sent = match &settings.target {
        ReportTarget::Mail { addresses } => mail(app, settings, (addresses, id), stretch, report).await,
        ReportTarget::Webhook { url, .. } => {
            let secret = scheduled.secret.as_deref().unwrap_or_default();
            let body = posted(app, scheduled, due_at, stretch, report)?;
            post(app, Signing { url, secret, id, body }).await
        }
    };
    sent.inspect_err(|failure| {
        tracing::warn!(schedule = %scheduled.id, code = failure.code, "a report was not sent");
    })
}

/// Waits until the reports know everything that happened before.
async fn check_current(app: &Arc<App>) -> Result<(), Failure> {
    let Some(follower) = app.insights.as_ref().map(crate::insights::Insights::follower) else {
        return Err(Failure::passing("The server has no reports at the moment; its log says why."));
    };
    let current = tokio::task::spawn_blocking(move || follower.catch_up(CURRENT_WITHIN)).await;
    match current {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(Failure::passing("The reports did not know yet what happened.")),
    }
}

async fn mail(
    app: &App,
    settings: &ReportSchedule,
    (addresses, id): (&[String], &str),
    stretch: Stretch,
    report: Vec<u8>,
) -> Result<(), Failure> {
    let Some(mailer) = &app.schedules.mailer else { return Err(Failure::lasting(rules::NO_MAIL)) };
    let days = days(stretch);
    let subject = format!("{}: {days}", settings.name);
    let (ending, media) = match settings.form {
        ReportForm::Csv => ("csv", "text/csv; charset=utf-8"),
        ReportForm::Json => ("json", "application/json"),
    };
    let name = format!("{}-{}.{ending}", settings.report.word().replace('/', "-"), days.replace(' ', "-"));
    let place = app
        .config
        .public_url
        .as_ref()
        .map_or_else(String::new, |url| format!(" at {url}/supervisor?report=schedules"));
    let text = format!(
        "{}\n\nReport: {}\nDays: {days}, {}\n\nBaton sends this by itself. Supervisors change or end it under Insights, \
         Scheduled reports{place}.\n",
        settings.name,
        settings.report.label(),
        settings.zone,
    );
    let file = Enclosed { name, media, content: report };
    let letter = Letter { id, to: addresses, subject: &subject, text, file: Some(file), at: app.now() };
    mailer.send(letter).await.map_err(|error| {
        tracing::info!(error = %chain(&error), "a letter was not taken");
        let (code, sentence) = match &error {
            MailError::Unwritable => {
                ("mail_unwritable", "An address is none that mail can be sent to.".to_owned())
            }
            MailError::Refused { code } => {
                ("mail_refused", format!("The mail server refused it with {code}."))
            }
            MailError::Deferred { code } => {
                ("mail_deferred", format!("The mail server could not take it and answered with {code}."))
            }
            MailError::Late => ("mail_late", "The mail server did not answer in time.".to_owned()),
            MailError::Unreachable(_) => {
                ("mail_unreachable", "The mail server cannot be reached.".to_owned())
            }
        };
        Failure { code, sentence, passes: error.passes() }
    })
}

/// Returns the days of a report, as `2026-11-21` or `2026-11-16 to 2026-11-22`.
fn days(stretch: Stretch) -> String {
    match stretch.first == stretch.last {
        true => stretch.first.to_string(),
        false => format!("{} to {}", stretch.first, stretch.last),
    }
}

fn posted(
    app: &App,
    scheduled: &Scheduled,
    due_at: Timestamp,
    stretch: Stretch,
    report: Vec<u8>,
) -> Result<Vec<u8>, Failure> {
    let settings = &scheduled.settings;
    let broken = || Failure::lasting("The report could not be written.");
    let content = match settings.form {
        ReportForm::Csv => Value::String(String::from_utf8(report).map_err(|_| broken())?),
        ReportForm::Json => serde_json::from_slice(&report).map_err(|_| broken())?,
    };
    let data = Data {
        schedule: scheduled.id,
        name: &settings.name,
        report: settings.report,
        due_at,
        from: stretch.from,
        to: stretch.to,
        zone: &settings.zone,
        form: settings.form,
        content,
    };
    serde_json::to_vec(&Posted { kind: "report.made", timestamp: app.now(), data }).map_err(|_| broken())
}

async fn post(app: &App, message: Signing<'_>) -> Result<(), Failure> {
    let client = app.schedules.client().map_err(|error| {
        tracing::error!(error = %chain(&error), "nothing can be posted");
        Failure::passing("The server cannot post anything; its log says why.")
    })?;
    let answered = timeout(TAKEN_WITHIN, partners::post(client, message, app.now())).await;
    let error = match answered.unwrap_or(Err(CallError::Late)) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    tracing::info!(error = %chain(&error), "a report was not taken over a webhook");
    Err(match error {
        CallError::Unreachable(_) => Failure::passing("The webhook cannot be reached."),
        CallError::Late => Failure::passing("The webhook did not answer in time."),
        CallError::Refused(status) => {
            Failure::passing(&format!("The webhook answered with status {status}."))
        }
        CallError::Broken => Failure::lasting("There is no secret to sign with. Give one."),
    })
}
