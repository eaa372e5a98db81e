//! Looking back: conversations by what was said in them, and the history of one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use baton_shared::api::{Found, FoundPage, Snippet, Timeline, TimelineEntry};
use baton_shared::*;
use serde::Deserialize;

use super::body::{Asked, Ids};
use super::callers::CurrentSupervisor;
use super::error::ApiError;
use crate::app::App;
use crate::history::{self, Facets};
use crate::routing::{RoutingState, Scope};
use crate::search::{self, Facet, SOUGHT_CHARS_MAX, Searching, Wanted};
use crate::store::sqlite::search::{Hit, Marking};
use crate::store::{Names, Reading, StoreError};

/// How many conversations a page has where nobody says.
const PAGE: u32 = 20;

/// How many conversations a page may have.
const PAGE_MAX: u32 = 50;

/// How many places are shown of each conversation.
const SNIPPETS: u32 = 3;

/// Whether a conversation is open.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpenOrClosed {
    /// Someone answers for it.
    Open,
    /// It has ended.
    Closed,
}

/// What is looked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    /// Words that are all in it, and phrases in quotation marks; the last word, and one that ends in an asterisk, may be the beginning of another. At most 200 characters; without it everything is found.
    #[serde(default)]
    q: String,
    /// A queue that it was in.
    queue: Option<QueueId>,
    /// A person who had it.
    agent: Option<AgentId>,
    /// Opened at this time or later.
    from: Option<Timestamp>,
    /// Opened before this time.
    to: Option<Timestamp>,
    /// How the customer wrote.
    channel: Option<Channel>,
    /// Whether it is open.
    #[param(inline)]
    state: Option<OpenOrClosed>,
    /// Whether a transfer was asked for.
    transferred: Option<bool>,
    /// How good the customer says it was, 1 to 5.
    score: Option<Score>,
    /// Where the page begins: what the page before gave as `next`.
    before: Option<u64>,
    /// How many, at most 50; 20 where it is left out.
    limit: Option<u32>,
}

impl Asking {
    /// Returns what is wanted of the index, or refuses words that are none.
    fn wanted(&self) -> Result<Wanted, Refusal> {
        let chars = self.q.chars().count();
        if chars > SOUGHT_CHARS_MAX {
            return Err(Refusal::TextTooLong { field: "words", chars, chars_max: SOUGHT_CHARS_MAX });
        }
        let sought = search::sought(&self.q);
        if sought.is_empty() && !self.q.trim().is_empty() {
            return Err(Refusal::TextEmpty { field: "words" });
        }
        let facets = [
            self.queue.map(|queue| Facet::Owner(Owner::Queue(queue))),
            self.agent.map(|agent| Facet::Owner(Owner::Agent(agent))),
            self.channel.map(Facet::Channel),
            self.state.map(|state| match state {
                OpenOrClosed::Open => Facet::Open(true),
                OpenOrClosed::Closed => Facet::Open(false),
            }),
            self.transferred.map(Facet::Transferred),
            self.score.map(Facet::Score),
        ];
        Ok(Wanted {
            sought,
            facets: facets.into_iter().flatten().map(|facet| vec![facet]).collect(),
            from: self.from,
            to: self.to,
            before: self.before,
            limit: self.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX),
        })
    }
}

/// Finds conversations by what was said and noted in them, the newest first; supervisors, within their teams
#[utoipa::path(get, path = "/api/search", tag = "Supervisors", params(Asking),
    responses((status = 200, body = FoundPage)))]
pub async fn find(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Asked(asking): Asked<Asking>,
) -> Result<Json<FoundPage>, ApiError> {
    let mut wanted = asking.wanted()?;
    if let Some(within) = search::within(&scope_of(&app, me.id).await?) {
        wanted.facets.push(within);
    }
    Ok(Json(app.with_store(move |app| page(app, wanted)).await?))
}

/// Tells all that happened to a conversation, open or ended, and who was shown what; supervisors, within their teams
#[utoipa::path(get, path = "/api/conversations/{conversation}/timeline", tag = "Supervisors",
    params(("conversation" = ConversationId, Path)), responses((status = 200, body = Timeline)))]
pub async fn timeline(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Ids(conversation): Ids<ConversationId>,
) -> Result<Json<Timeline>, ApiError> {
    let scope = scope_of(&app, me.id).await?;
    let told = app.with_store(move |app| {
        let searching = searching(app)?;
        let positions = searching.index.positions(conversation)?;
        let reading = app.store.read()?;
        let Some(known) = Known::read(&*reading, conversation, &positions)? else { return Ok(None) };
        if !search::may_look_back(&scope, &known.facets.owners) {
            return Ok(None);
        }
        let names = reading.names()?;
        Ok(Some(Timeline {
            conversation,
            customer: known.texts.customer.clone(),
            queue: known.queue(&names),
            channel: known.facets.channel,
            opened_at: known.facets.opened_at,
            closed_at: known.facets.closed_at,
            score: known.facets.score,
            entries: known.entries(&names),
            lag_ms: searching.follower.lag().ms,
        }))
    });
    // To everyone else the conversation does not exist: whether it does is not theirs to know.
    told.await?.map(Json).ok_or_else(|| ApiError::not_found("conversation"))
}

async fn scope_of(app: &App, person: AgentId) -> Result<Scope, ApiError> {
    Ok(app.dispatcher.look(move |state: &RoutingState, _| state.scope(person)).await?)
}

/// Returns the index, if there is one.
fn searching(app: &App) -> Result<&Searching, StoreError> {
    app.search.as_ref().ok_or_else(|| StoreError::Unavailable("there is no index of words".into()))
}

/// What is known of a conversation.
struct Known {
    events: Vec<Recorded>,
    texts: history::Texts,
    facets: Facets,
}

impl Known {
    /// Reads it; nothing where the conversation is unknown.
    fn read(
        reading: &dyn Reading,
        conversation: ConversationId,
        positions: &[u64],
    ) -> Result<Option<Self>, StoreError> {
        let events = reading.events(positions)?;
        let Some(texts) = reading.texts(conversation, &events)? else { return Ok(None) };
        let facets = Facets::of(&events);
        Ok((!events.is_empty()).then_some(Self { events, texts, facets }))
    }

    fn entries(&self, names: &Names) -> Vec<TimelineEntry> {
        history::entries(&self.events, &self.texts, names)
    }

    fn queue(&self, names: &Names) -> String {
        self.facets.queue.and_then(|queue| names.queues.get(&queue).cloned()).unwrap_or_default()
    }
}

fn page(app: &App, wanted: Wanted) -> Result<FoundPage, StoreError> {
    let searching = searching(app)?;
    let lag_ms = searching.follower.lag().ms;
    // Whoever oversees nothing finds nothing.
    if wanted.facets.iter().any(Vec::is_empty) {
        return Ok(FoundPage { conversations: Vec::new(), next: None, lag_ms });
    }
    let limit = wanted.limit;
    let mut hits = searching.index.find(&Wanted { limit: limit + 1, ..wanted.clone() })?;
    let more = hits.len() > limit as usize;
    hits.truncate(limit as usize);
    let next = hits.last().filter(|_| more).map(|last| last.number);
    let marking = match wanted.sought.is_empty() {
        true => None,
        false => Some(Marking::of(&wanted.sought)?),
    };
    let reading = app.store.read()?;
    let names = reading.names()?;
    let mut conversations = Vec::with_capacity(hits.len());
    for Hit { conversation, positions, .. } in hits {
        let Some(known) = Known::read(&*reading, conversation, &positions)? else { continue };
        let name = |agent| names.agents.get(&agent).cloned();
        conversations.push(Found {
            conversation,
            customer: known.texts.customer.clone(),
            queue: known.queue(&names),
            channel: known.facets.channel,
            agents: known.facets.agents().filter_map(name).collect(),
            opened_at: known.facets.opened_at,
            closed_at: known.facets.closed_at,
            transfers: known.facets.transfers,
            score: known.facets.score,
            snippets: match &marking {
                Some(marking) => snippets(marking, known.entries(&names))?,
                None => Vec::new(),
            },
        });
    }
    Ok(FoundPage { conversations, next, lag_ms })
}

/// Returns the places with the most of the words.
fn snippets(marking: &Marking, entries: Vec<TimelineEntry>) -> Result<Vec<Snippet>, StoreError> {
    let written: Vec<TimelineEntry> = entries.into_iter().filter(|entry| entry.text.is_some()).collect();
    let texts: Vec<&str> = written.iter().filter_map(|entry| entry.text.as_deref()).collect();
    let marked = marking.mark(&texts, SNIPPETS)?.into_iter();
    let snippets = marked.filter_map(|(place, parts)| {
        let entry = written.get(place)?;
        Some(Snippet { kind: entry.kind, at: entry.at, sentence: entry.sentence.clone(), parts })
    });
    Ok(snippets.collect())
}
