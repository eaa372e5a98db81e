//! Reports, as JSON or as tables in CSV.

pub mod made;
mod tables;
pub mod what_if;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use baton_shared::api::{
    AgentsReport, ConversationsPage, ConversationsReport, FlowsBetweenReport, QueuesReport, RatingsPage,
    RatingsReport, SegmentsPage, TransfersPage, TransfersReport, TrendReport, WaitsReport,
};
use baton_shared::rating::Score;
use baton_shared::*;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use self::tables::Table;
use super::body::Asked;
use super::callers::{Caller, CurrentSupervisor};
use super::error::ApiError;
use crate::app::App;
use crate::insights::{
    Bucket, Filter, Insights, Levels, POINTS_MAX, Page, Since, is_mark_of_conversations, is_mark_of_segments,
    is_mark_of_transfers, starts,
};
use crate::store::StoreError;

/// How many rows a page of a list has at most.
pub const ROWS_MAX: u32 = 10_000;

/// How many rows a page of a list has unless another number is asked for.
pub const ROWS: u32 = 100;

/// How far back a report goes that says nothing about its beginning.
const RANGE: core::time::Duration = core::time::Duration::from_secs(30 * 24 * 60 * 60);

/// What a report is of.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// What began from then on: a time in RFC 3339, or a day or a time in `zone`; 30 days before `to` without it.
    from: Option<String>,
    /// What began before then, in the same forms; until now without it.
    to: Option<String>,
    /// The time zone of days, such as `Europe/Berlin`; `UTC` without it.
    zone: Option<String>,
    /// Only conversations of this queue.
    queue: Option<QueueId>,
    /// Only what this agent did or was asked, and transfers from or to them.
    agent: Option<AgentId>,
    /// Only what waited for this group, and transfers to it.
    group: Option<GroupId>,
    /// Only conversations of this channel.
    channel: Option<Channel>,
    /// Only transfers of this outcome or reason, segments that were followed by this, and conversations that came to this.
    outcome: Option<String>,
    /// Of segments: only those of this kind.
    kind: Option<String>,
    /// Of transfers: only those by this id.
    sender: Option<String>,
    /// Of transfers: only those to this id.
    receiver: Option<String>,
    /// Of transfers: only those that this agent accepted.
    accepted_by: Option<AgentId>,
    /// Only what is of this conversation.
    conversation: Option<ConversationId>,
    /// Of lists: only the rows that these words stand for, separated by commas, such as `early` or `in_target`.
    only: Option<String>,
    /// Of segments: only those that ended and lasted at least so many milliseconds, counted as `since` says.
    at_least_ms: Option<u64>,
    /// Of segments: only those that ended and lasted less than so many milliseconds, counted as `since` says.
    below_ms: Option<u64>,
    /// Of ratings: only those with this score, from 1 to 5.
    score: Option<Score>,
    /// Of conversations, and of ratings of such: only those that were passed on so often.
    transfers: Option<u32>,
    /// Of segments: only offers that were refused for this reason, by its `key`.
    reason: Option<String>,
    /// Of queues: within how many seconds is in time, instead of each queue's own target.
    target_secs: Option<u32>,
    /// Of queues: who leaves within so many seconds does not count against the service level; 10 without it.
    short_secs: Option<u32>,
    /// Of waits: from when they count, `queue`, `creation` or `transfer`; `queue` without it.
    since: Option<String>,
    /// Of trends: `hour`, `day`, `week` or `month`; `day` without it.
    bucket: Option<String>,
    /// Of lists: what the page before said as `next`.
    after: Option<String>,
    /// Of lists: how many rows at most, up to 10,000; 100 without it.
    limit: Option<u32>,
    /// In CSV. Of what became of transfers: `figures`, `by_sender`, `by_receiver` or `reasons`; of waits: `buckets` or `figures`; of
    /// ratings: `figures`, `by_agent`, `by_queue` or `by_transfers`. The first of them without it.
    table: Option<String>,
}

fn wrong(what: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "query_invalid", what)
}

fn time_zone(name: Option<&str>) -> Result<TimeZone, ApiError> {
    let found = TimeZone::get(name.unwrap_or("UTC"));
    found.map_err(|_| wrong("`zone` is the name of a time zone, such as `Europe/Berlin`."))
}

/// Reads a time, or a day or a time in a zone.
fn time(text: &str, zone: Option<&str>) -> Result<Timestamp, ApiError> {
    let day = |date: jiff::civil::DateTime| {
        let zoned = date.to_zoned(time_zone(zone)?);
        zoned.map(|zoned| zoned.timestamp()).map_err(|_| wrong("That day is in no calendar."))
    };
    // A plus sign in an address means a blank.
    let time = match (text.replace(' ', "+").parse(), text.parse()) {
        (Ok(time), _) => time,
        (Err(_), Ok(date)) => day(date)?,
        (Err(_), Err(_)) => {
            let what =
                "`from` and `to` are times such as `2026-11-21T09:30:00Z`, or days such as `2026-11-21`.";
            return Err(wrong(what));
        }
    };
    Ok(Timestamp::from_millis(jiff::Timestamp::as_millisecond(time)))
}

impl Report {
    fn time_zone(&self) -> Result<TimeZone, ApiError> {
        time_zone(self.zone.as_deref())
    }

    fn time(&self, text: &str) -> Result<Timestamp, ApiError> {
        time(text, self.zone.as_deref())
    }

    /// Returns which rows are wanted, as far as whoever asks may see them.
    async fn filter(&self, app: &Arc<App>, me: &Caller) -> Result<Filter, ApiError> {
        let id = me.id;
        let scope = app.dispatcher.look(move |state, _| state.scope(id)).await?;
        // What begins in this millisecond counts.
        let now = Timestamp::from_millis(app.now().as_millis() + 1);
        let to = self.to.as_deref().map(|text| self.time(text)).transpose()?.unwrap_or(now);
        let from = self.from.as_deref().map(|text| self.time(text)).transpose()?;
        Ok(Filter {
            from: from.unwrap_or(to.minus(RANGE)),
            to,
            queue: self.queue,
            agent: self.agent,
            group: self.group,
            channel: self.channel,
            kind: self.kind.clone(),
            outcome: self.outcome.clone(),
            sender: self.sender.clone(),
            receiver: self.receiver.clone(),
            accepted_by: self.accepted_by,
            conversation: self.conversation,
            only: self.only().map(str::to_owned).collect(),
            lasted: (self.at_least_ms, self.below_ms),
            since: self.since()?,
            levels: self.levels(),
            score: self.score,
            transfers: self.transfers,
            reason: self.reason()?,
            scope,
        })
    }

    fn only(&self) -> impl Iterator<Item = &str> {
        self.only.iter().flat_map(|words| words.split(',')).map(str::trim)
    }

    /// Refuses words that stand for no rows of a list.
    fn check_only(&self, is_mark: fn(&str) -> bool) -> Result<(), ApiError> {
        match self.only().find(|word| !is_mark(word)) {
            Some(word) => Err(wrong(&format!("`only` knows no `{word}` here."))),
            None => Ok(()),
        }
    }

    fn since(&self) -> Result<Since, ApiError> {
        let word = self.since.as_deref().unwrap_or("queue");
        Since::of_word(word).ok_or_else(|| wrong("`since` is `queue`, `creation` or `transfer`."))
    }

    fn reason(&self) -> Result<Option<i64>, ApiError> {
        let read = |text: &String| i64::from_str_radix(text, 16);
        let key = self.reason.as_ref().map(read).transpose();
        key.map_err(|_| wrong("`reason` is the `key` of a reason."))
    }

    fn levels(&self) -> Levels {
        let millis = |secs: u32| u64::from(secs) * 1_000;
        let short_ms = self.short_secs.map_or(Levels::USUAL.short_ms, millis);
        Levels { target_ms: self.target_secs.map(millis), short_ms }
    }

    fn page(&self) -> Result<Page, ApiError> {
        let limit = self.limit.unwrap_or(ROWS).clamp(1, ROWS_MAX) as usize;
        let place =
            |text: &String| Page::place(text).ok_or_else(|| wrong("`after` is what a page said as `next`."));
        Ok(Page { after: self.after.as_ref().map(place).transpose()?, limit })
    }
}

/// Runs a report beside the requests; without reports the server says so.
async fn run<T: Send + 'static>(
    app: &Arc<App>,
    report: impl FnOnce(&Insights) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, ApiError> {
    let found = app.with_store(move |app| app.insights.as_ref().map(report).transpose()).await?;
    found.ok_or_else(ApiError::unavailable)
}

fn wants_csv(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = accepted.flat_map(|value| value.split(',')).filter_map(|value| value.split(';').next());
    kinds.any(|kind| kind.trim().eq_ignore_ascii_case("text/csv"))
}

/// Answers as it was asked: as JSON, or with one of the report's tables as CSV.
fn answer(headers: &HeaderMap, report: &impl Serialize, table: Table) -> Result<Response, ApiError> {
    let mut response = if wants_csv(headers) {
        let report = serde_json::to_value(report).map_err(|_| ApiError::internal())?;
        let text = table.text(&report).map_err(|_| ApiError::internal())?;
        let mut response =
            ([(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")], text).into_response();
        if let Some(next) = report["next"].as_str().and_then(|next| HeaderValue::from_str(next).ok()) {
            response.headers_mut().insert("baton-next", next);
        }
        response
    } else {
        Json(report).into_response()
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// Says what became of transfers
///
/// Counted are transfers that were asked for in the stretch of time; as CSV the figures, or one of the cuts.
#[utoipa::path(get, path = "/api/insights/transfers", tag = "Insights", params(Report),
    responses((status = 200, content((TransfersReport = "application/json"), (String = "text/csv")))))]
pub async fn transfers(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    Asked(asked): Asked<Report>,
) -> Result<Response, ApiError> {
    let table = match asked.table.as_deref() {
        None | Some("figures") => tables::FIGURES,
        Some("by_sender") => tables::BY_SENDER,
        Some("by_receiver") => tables::BY_RECEIVER,
        Some("reasons") => tables::REASONS,
        Some(_) => return Err(wrong("`table` is `figures`, `by_sender`, `by_receiver` or `reasons`.")),
    };
    let filter = asked.filter(&app, &me).await?;
    answer(&headers, &run(&app, move |insights| insights.transfers(&filter)).await?, table)
}

/// Lists transfers, the first that was asked for first
///
/// With the same filter these are the transfers that the figures count. In CSV the header `Baton-Next` says what to send as `after`.
#[utoipa::path(get, path = "/api/insights/transfers/list", tag = "Insights", params(Report),
    responses((status = 200, content((TransfersPage = "application/json"), (String = "text/csv")))))]
pub async fn transfer_list(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    Asked(asked): Asked<Report>,
) -> Result<Response, ApiError> {
    asked.check_only(is_mark_of_transfers)?;
    let (filter, page) = (asked.filter(&app, &me).await?, asked.page()?);
    let found = run(&app, move |insights| insights.transfer_list(&filter, page)).await?;
    answer(&headers, &found, tables::TRANSFERS)
}

/// Lists segments, the first that began first
///
/// Waits, conversations with an agent, offers that were not accepted, transfers and presences. In CSV the header
/// `Baton-Next` says what to send as `after`.
#[utoipa::path(get, path = "/api/insights/segments", tag = "Insights", params(Report),
    responses((status = 200, content((SegmentsPage = "application/json"), (String = "text/csv")))))]
pub async fn segments(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    Asked(asked): Asked<Report>,
) -> Result<Response, ApiError> {
    asked.check_only(is_mark_of_segments)?;
    let (filter, page) = (asked.filter(&app, &me).await?, asked.page()?);
    let found = run(&app, move |insights| insights.segments(&filter, page)).await?;
    answer(&headers, &found, tables::SEGMENTS)
}

/// Says what became of conversations
///
/// Counted by when they were opened: what they came to, how often they were passed on, and what was written in those that
/// ended.
#[utoipa::path(get, path = "/api/insights/conversations", tag = "Insights", params(Report),
    responses((status = 200, content((ConversationsReport = "application/json"), (String = "text/csv")))))]
pub async fn conversations(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    Asked(asked): Asked<Report>,
) -> Result<Response, ApiError> {
    let filter = asked.filter(&app, &me).await?;
    let found = run(&app, move |insights| insights.conversations(&filter)).await?;
    answer(&headers, &found, tables::CONVERSATIONS)
}

/// Lists conversations, the first that was opened first
///
/// With the same filter these are the conversations that the figures count. In CSV the header `Baton-Next` says what to send as `after`.
#[utoipa::path(get, path = "/api/insights/conversations/list", tag = "Insights", params(Report),
    responses((status = 200, content((ConversationsPage = "application/json"), (String = "text/csv")))))]
pub async fn conversation_list(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    Asked(asked): Asked<Report>,
) -> Result<Response, ApiError> {
    asked.check_only(is_mark_of_conversations)?;
    let (filter, page) = (asked.filter(&app, &me).await?, asked.page()?);
    let found = run(&app, move |insights| insights.conversation_list(&filter, page)).await?;
    answer(&headers, &found, tables::CONVERSATION_LIST)
}

/// Says what happened in queues and to what waited for groups
#[utoipa::path(get, path = "/api/insights/queues", tag = "Insights", params(Report),
    responses((status = 200, content((QueuesReport = "application/json"), (String = "text/csv")))))]
pub async fn queues(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    Asked(asked): Asked<Report>,
) -> Result<Response, ApiError> {
    let levels = asked.levels();
    let filter = asked.filter(&app, &me).await?;
    answer(&headers, &run(&app, move |insights| insights.queues(&filter, levels)).await?, tables::QUEUES)
}

/// Says what agents did
#[utoipa::path(get, path = "/api/insights/agents", tag = "Insights", params(Report),
    responses((status = 200, content((AgentsReport = "application/json"), (String = "text/csv")))))]
pub async fn agents(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    Asked(asked): Asked<Report>,
) -> Result<Response, ApiError> {
    let filter = asked.filter(&app, &me).await?;
    answer(&headers, &run(&app, move |insights| insights.agents(&filter)).await?, tables::AGENTS)
}

/// Says how long customers waited
#[utoipa::path(get, path = "/api/insights/waits", tag = "Insights", params(Report),
    responses((status = 200, content((WaitsReport = "application/json"), (String = "text/csv")))))]
pub async fn waits(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    Asked(asked): Asked<Report>,
) -> Result<Response, ApiError> {
    let table = match asked.table.as_deref() {
        None | Some("buckets") => tables::WAITS,
        Some("figures") => tables::WAIT_FIGURES,
        Some(_) => return Err(wrong("`table` is `buckets` or `figures`.")),
    };
    let (since, filter) = (asked.since()?, asked.filter(&app, &me).await?);
    answer(&headers, &run(&app, move |insights| insights.waits(&filter, since)).await?, table)
}

/// Says what customers said of conversations that had ended
///
/// Counted by when they said so, by the last agent, by queue and by how often the conversation was passed on; as CSV the
/// figures, or one of the cuts.
#[utoipa::path(get, path = "/api/insights/ratings", tag = "Insights", params(Report),
    responses((status = 200, content((RatingsReport = "application/json"), (String = "text/csv")))))]
pub async fn ratings(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    Asked(asked): Asked<Report>,
) -> Result<Response, ApiError> {
    let table = match asked.table.as_deref() {
        None | Some("figures") => tables::RATINGS,
        Some("by_agent") => tables::RATINGS_BY_AGENT,
        Some("by_queue") => tables::RATINGS_BY_QUEUE,
        Some("by_transfers") => tables::RATINGS_BY_TRANSFERS,
        Some(_) => {
            return Err(wrong("`table` is `figures`, `by_agent`, `by_queue` or `by_transfers`."));
        }
    };
    let filter = asked.filter(&app, &me).await?;
    answer(&headers, &run(&app, move |insights| insights.ratings(&filter)).await?, table)
}

/// Lists ratings, the first that was given first
///
/// With the same filter these are the ratings that the figures count. In CSV the header `Baton-Next` says what to send as `after`.
#[utoipa::path(get, path = "/api/insights/ratings/list", tag = "Insights", params(Report),
    responses((status = 200, content((RatingsPage = "application/json"), (String = "text/csv")))))]
pub async fn rating_list(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    Asked(asked): Asked<Report>,
) -> Result<Response, ApiError> {
    let (filter, page) = (asked.filter(&app, &me).await?, asked.page()?);
    let found = run(&app, move |insights| insights.rating_list(&filter, page)).await?;
    answer(&headers, &found, tables::RATING_LIST)
}

/// Says how conversations moved between queues, groups, flows, partners outside and agents
#[utoipa::path(get, path = "/api/insights/flows-between", tag = "Insights", params(Report),
    responses((status = 200, content((FlowsBetweenReport = "application/json"), (String = "text/csv")))))]
pub async fn flows_between(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    Asked(asked): Asked<Report>,
) -> Result<Response, ApiError> {
    let filter = asked.filter(&app, &me).await?;
    answer(&headers, &run(&app, move |insights| insights.flows_between(&filter)).await?, tables::FLOWS)
}

/// Says what happened over time
#[utoipa::path(get, path = "/api/insights/trend", tag = "Insights", params(Report),
    responses((status = 200, content((TrendReport = "application/json"), (String = "text/csv")))))]
pub async fn trend(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    headers: HeaderMap,
    Asked(asked): Asked<Report>,
) -> Result<Response, ApiError> {
    let word = asked.bucket.as_deref().unwrap_or("day");
    let bucket =
        Bucket::of_word(word).ok_or_else(|| wrong("`bucket` is `hour`, `day`, `week` or `month`."))?;
    let (filter, zone) = (asked.filter(&app, &me).await?, asked.time_zone()?);
    let name = asked.zone.unwrap_or_else(|| "UTC".to_owned());
    let starts = starts(filter.from, filter.to, bucket, &zone).ok_or_else(|| {
        wrong(&format!("That is more than {POINTS_MAX} points; ask for a shorter time or a longer `bucket`."))
    })?;
    let found = run(&app, move |insights| insights.trend(&filter, &name, bucket, &starts)).await?;
    answer(&headers, &found, tables::TREND)
}
