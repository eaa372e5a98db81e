//! Scheduled reports.

use baton_shared::api::{Nothing, SchedulesView};
use baton_shared::schedule::ScheduleRun;
use baton_shared::{ReportSchedule, ScheduleId};
use gloo_net::http::{Method, RequestBuilder};

use super::{Failure, as_json, failure, get, read, send, tell};
use crate::browser::{page, random};

const PATH: &str = "/api/insights/schedules";

/// How long a report may take to be made and sent, in milliseconds: as long as the server gives a mail server, and some.
const SENT_WITHIN_MS: u32 = 100_000;

/// Fetches the scheduled reports.
pub async fn schedules() -> Result<SchedulesView, Failure> {
    get(PATH.to_owned()).await
}

/// Schedules a report, or sets what a scheduled one is.
pub async fn save(schedule: Option<ScheduleId>, settings: &ReportSchedule, key: &str) -> Result<(), Failure> {
    let (method, path) = match schedule {
        Some(schedule) => (Method::PUT, format!("{PATH}/{schedule}")),
        None => (Method::POST, PATH.to_owned()),
    };
    send(method, path, Some(key), as_json(settings)).await.map(drop)
}

/// Removes a scheduled report.
pub async fn remove(schedule: ScheduleId) -> Result<(), Failure> {
    let key = random::idempotency_key();
    tell(Method::DELETE, format!("{PATH}/{schedule}"), Some(&key), &Nothing {}).await
}

/// Has a report sent at once, and returns what became of it.
pub async fn send_now(schedule: ScheduleId) -> Result<ScheduleRun, Failure> {
    let path = format!("{PATH}/{schedule}/sending");
    let given_up = page::abort_after(SENT_WITHIN_MS);
    let request = RequestBuilder::new(&path).method(Method::POST).abort_signal(Some(&given_up));
    let answer = request.send().await.map_err(|_| Failure::Unreachable)?;
    let retry_secs = answer.headers().get("Retry-After").and_then(|secs| secs.parse().ok());
    let text = answer.text().await.map_err(|_| Failure::Unreachable)?;
    match answer.status() {
        200..300 => read(&text),
        status => Err(failure(status, retry_secs, &text)),
    }
}
