//! Reports for those who do not ask over HTTP: what the report's address would answer to someone, made by the same code.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use baton_shared::schedule::{ReportForm, ReportKind};
use baton_shared::{ReportSchedule, Timestamp};
use http_body_util::{BodyExt, Limited};
use serde_json::Value;

use super::{ROWS_MAX, Report, wrong};
use crate::app::App;
use crate::http::body::Asked;
use crate::http::callers::{Caller, CurrentSupervisor};
use crate::http::error::ApiError;

/// How many bytes a report may have that is sent: mail servers take little more than twice as many.
pub const REPORT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Parameters of a report and their values.
pub type Parameters = Vec<(String, String)>;

/// Returns what a scheduled report asks its address for a stretch of time.
pub fn query(settings: &ReportSchedule, from: Timestamp, to: Timestamp) -> Parameters {
    let own = [("from", from.to_string()), ("to", to.to_string()), ("zone", settings.zone.clone())];
    let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
    settings.filters.clone().into_iter().chain(own).collect()
}

/// Refuses a schedule whose report would be refused.
pub async fn check(app: &Arc<App>, me: &Caller, settings: &ReportSchedule) -> Result<(), ApiError> {
    let now = app.now();
    // A moment without anything is asked for, and refused as any other would be.
    let mut asked = query(settings, now, now);
    asked.push(("limit".to_owned(), "1".to_owned()));
    answer(app, me, settings, &asked).await.map(drop)
}

/// Returns a report as someone may see it, of a list every page, as text of its form.
pub async fn report(
    app: &Arc<App>,
    me: &Caller,
    settings: &ReportSchedule,
    query: &Parameters,
) -> Result<Vec<u8>, ApiError> {
    let rows = match settings.report {
        ReportKind::TransferList => "transfers",
        ReportKind::Segments => "segments",
        ReportKind::RatingList => "ratings",
        ReportKind::ConversationList => "conversations",
        ReportKind::Transfers
        | ReportKind::Queues
        | ReportKind::Agents
        | ReportKind::Conversations
        | ReportKind::Waits
        | ReportKind::Ratings
        | ReportKind::FlowsBetween
        | ReportKind::Trend => return read(answer(app, me, settings, query).await?, REPORT_BYTES_MAX).await,
    };
    let (mut whole, mut after) = (Whole::default(), None);
    loop {
        let mut page = query.clone();
        page.push(("limit".to_owned(), ROWS_MAX.to_string()));
        page.extend(after.map(|after| ("after".to_owned(), after)));
        let response = answer(app, me, settings, &page).await?;
        after = match settings.form {
            ReportForm::Csv => whole.take_table(response).await?,
            ReportForm::Json => whole.take_rows(response, rows).await?,
        };
        if after.is_none() {
            return whole.written(settings.form);
        }
    }
}

/// A list that is put together of its pages.
#[derive(Default)]
struct Whole {
    bytes: usize,
    table: Vec<u8>,
    list: Option<Value>,
}

impl Whole {
    /// Takes a page of a table, the line of names only once; returns what the next one is asked with.
    async fn take_table(&mut self, response: Response) -> Result<Option<String>, ApiError> {
        let next =
            response.headers().get("baton-next").and_then(|next| next.to_str().ok()).map(str::to_owned);
        let page = read(response, REPORT_BYTES_MAX - self.table.len()).await?;
        let names = match self.table.is_empty() {
            true => 0,
            false => page.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1),
        };
        self.table.extend_from_slice(&page[names..]);
        Ok(next)
    }

    /// Takes a page of rows; returns what the next one is asked with.
    async fn take_rows(&mut self, response: Response, rows: &str) -> Result<Option<String>, ApiError> {
        let page = read(response, REPORT_BYTES_MAX - self.bytes).await?;
        self.bytes += page.len();
        let mut page: Value = serde_json::from_slice(&page).map_err(|_| ApiError::internal())?;
        let next = page["next"].take().as_str().map(str::to_owned);
        match &mut self.list {
            None => self.list = Some(page),
            Some(list) => {
                if let (Some(all), Value::Array(more)) = (list[rows].as_array_mut(), page[rows].take()) {
                    all.extend(more);
                }
            }
        }
        Ok(next)
    }

    fn written(self, form: ReportForm) -> Result<Vec<u8>, ApiError> {
        match form {
            ReportForm::Csv => Ok(self.table),
            ReportForm::Json => serde_json::to_vec(&self.list).map_err(|_| ApiError::internal()),
        }
    }
}

async fn read(response: Response, bytes_max: usize) -> Result<Vec<u8>, ApiError> {
    let body = Limited::new(response.into_body(), bytes_max).collect().await;
    body.map(|body| body.to_bytes().to_vec()).map_err(|_| {
        ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "report_too_large",
            "The report has more than 8 MB. Choose a shorter period, or filters.",
        )
    })
}

/// Asks a report's address, as the one who may see it.
async fn answer(
    app: &Arc<App>,
    me: &Caller,
    settings: &ReportSchedule,
    query: &Parameters,
) -> Result<Response, ApiError> {
    // The parameters are read as those in an address are.
    let address = reqwest::Url::parse_with_params("http://localhost/", query);
    let address: Option<Uri> = address.ok().and_then(|url| url.as_str().parse().ok());
    let address = address.ok_or_else(|| wrong("The filters cannot be read."))?;
    let Query(report) = Query::<Report>::try_from_uri(&address)
        .map_err(|rejection| wrong(&format!("{}.", rejection.body_text())))?;
    let accepted = match settings.form {
        ReportForm::Csv => "text/csv",
        ReportForm::Json => "application/json",
    };
    let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accepted))]);
    let (app, me, asked) = (State(app.clone()), CurrentSupervisor(me.clone()), Asked(report));
    match settings.report {
        ReportKind::Transfers => super::transfers(app, me, headers, asked).await,
        ReportKind::TransferList => super::transfer_list(app, me, headers, asked).await,
        ReportKind::Segments => super::segments(app, me, headers, asked).await,
        ReportKind::Queues => super::queues(app, me, headers, asked).await,
        ReportKind::Agents => super::agents(app, me, headers, asked).await,
        ReportKind::Conversations => super::conversations(app, me, headers, asked).await,
        ReportKind::ConversationList => super::conversation_list(app, me, headers, asked).await,
        ReportKind::Waits => super::waits(app, me, headers, asked).await,
        ReportKind::Ratings => super::ratings(app, me, headers, asked).await,
        ReportKind::RatingList => super::rating_list(app, me, headers, asked).await,
        ReportKind::FlowsBetween => super::flows_between(app, me, headers, asked).await,
        ReportKind::Trend => super::trend(app, me, headers, asked).await,
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn the_pages_of_a_list_become_one() {
        let mut table = Whole::default();
        let page = |text: &'static str, next: &'static str| ([("baton-next", next)], text).into_response();
        assert_eq!(
            table.take_table(page("id,kind\r\na,queue\r\n", "1.2")).await.unwrap().as_deref(),
            Some("1.2")
        );
        let last = "id,kind\r\nb,\"one\nline\"\r\n".into_response();
        assert_eq!(table.take_table(last).await.unwrap(), None);
        let written = table.written(ReportForm::Csv).unwrap();
        assert_eq!(written, b"id,kind\r\na,queue\r\nb,\"one\nline\"\r\n");

        let mut list = Whole::default();
        let page = |id: &str, next: Value| {
            json!({"segments": [{"id": id}], "next": next}).to_string().into_response()
        };
        assert_eq!(
            list.take_rows(page("a", json!("1.2")), "segments").await.unwrap().as_deref(),
            Some("1.2")
        );
        assert_eq!(list.take_rows(page("b", Value::Null), "segments").await.unwrap(), None);
        let written: Value = serde_json::from_slice(&list.written(ReportForm::Json).unwrap()).unwrap();
        assert_eq!(written, json!({"segments": [{"id": "a"}, {"id": "b"}], "next": null}));
    }

    #[tokio::test]
    async fn a_report_that_is_too_large_to_be_sent_is_refused() {
        let mut table = Whole::default();
        let half = || vec![b'a'; REPORT_BYTES_MAX / 2 + 1].into_response();
        table.take_table(half()).await.unwrap();
        let refused = table.take_table(half()).await.unwrap_err();
        assert_eq!(refused.code(), "report_too_large");
    }
}
