//! The three streams of server-sent events, and who has how many of them open.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Version, header};
use axum::response::{IntoResponse, Response};
use baton_shared::{AgentId, ConversationId};
use bytes::Bytes;
use hyper::body::Frame;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::body::Asked;
use super::callers::{CurrentAgent, CurrentCustomer, CurrentSupervisor, caller};
use super::error::ApiError;
use super::handover::{Frames, Framing, Handover};
use super::wall::Watched;
use crate::accounts::TokenHash;
use crate::app::App;
use crate::feed::{Reader, Watcher};

/// How many streams one person may have open: browsers of all their machines.
pub const STREAMS_PER_PERSON_MAX: usize = 32;

/// How many streams one customer may have open.
pub const STREAMS_PER_CUSTOMER_MAX: usize = 8;

/// When someone with too many streams may try again.
const STREAMS_RETRY: Duration = Duration::from_secs(10);

/// Where a stream goes on.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// The cursor of a snapshot or of the last event that was applied; a `Last-Event-ID` header wins.
    after: Option<String>,
}

/// Streams what changes on one's desk
///
/// Events: `hello`, `desk`, `heartbeat`, `typing`, `restart`; docs/api.md says what each asks for.
#[utoipa::path(get, path = "/api/desk/events", tag = "Desk", params(After),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub async fn desk_events(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Asked(after): Asked<After>,
    connection: Connection,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let place = app.streams.open(StreamOwner::Person(me.id, me.session))?;
    let reader = Reader::Person { agent: me.id, session: me.session };
    let frames = app.feed.subscribe(reader, start(&headers, after)).await;
    // Whoever signed out or was disabled while the stream was being opened must not keep it.
    caller(&headers, &app).await?;
    Ok(connection.stream(frames, place))
}

/// Streams what changes on one's wall
///
/// Events: `hello`, `wall`, `schedules`, `heartbeat`, `restart`; docs/api.md says what each asks for. It counts as the snapshot did
/// that it goes on from, so what is asked of both is the same.
#[utoipa::path(get, path = "/api/supervisor/events", tag = "Supervisors", params(Watched),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub async fn wall_events(
    State(app): State<Arc<App>>,
    CurrentSupervisor(me): CurrentSupervisor,
    Asked(asked): Asked<Watched>,
    connection: Connection,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (after, counting) = asked.parts()?;
    let place = app.streams.open(StreamOwner::Wall(me.id))?;
    let reader = Reader::Wall { watcher: Watcher { agent: me.id, counting }, session: me.session };
    let frames = app.feed.subscribe(reader, start(&headers, After { after })).await;
    // Whoever signed out or was disabled while the stream was being opened must not keep it.
    caller(&headers, &app).await?;
    Ok(connection.stream(frames, place))
}

/// Streams what changes for a customer
///
/// Events: `hello`, `chat`, `line`, `heartbeat`, `typing`, `restart`; docs/api.md says what each asks for.
#[utoipa::path(get, path = "/api/chat/events", tag = "Customers", params(After),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub async fn chat_events(
    State(app): State<Arc<App>>,
    CurrentCustomer(conversation): CurrentCustomer,
    Asked(after): Asked<After>,
    connection: Connection,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let place = app.streams.open(StreamOwner::Customer(conversation))?;
    app.limits.read(conversation, app.now())?;
    let frames = app.feed.subscribe(Reader::Customer(conversation), start(&headers, after)).await;
    Ok(connection.stream(frames, place))
}

fn start(headers: &HeaderMap, after: After) -> Option<String> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    last.map(str::to_owned).or(after.after)
}

/// What a stream has to know of its connection.
pub struct Connection {
    version: Version,
    /// Absent where requests come from a test and not from a connection.
    handover: Option<Handover>,
}

impl FromRequestParts<Arc<App>> for Connection {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self { version: parts.version, handover: parts.extensions.get().cloned() })
    }
}

impl Connection {
    fn stream(self, waiting: mpsc::Receiver<Bytes>, place: Place) -> Response {
        let framing = if self.version == Version::HTTP_11 { Framing::Chunks } else { Framing::Close };
        let body = match self.handover {
            Some(handover) => handover.leave(Frames { waiting, framing, place }),
            None => Body::new(StreamBody { frames: waiting, _place: place }),
        };
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // Proxies that gather answers before they pass them on are told not to.
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }
}

/// A body that passes the feed's frames on as they are.
struct StreamBody {
    frames: mpsc::Receiver<Bytes>,
    _place: Place,
}

impl hyper::body::Body for StreamBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.frames.poll_recv(context).map(|frame| frame.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// Whose stream it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StreamOwner {
    /// A person, in one browser.
    Person(AgentId, TokenHash),
    /// A customer.
    Customer(ConversationId),
    /// A supervisor who watches, and need not be at their desk.
    Wall(AgentId),
}

/// Who has how many streams open.
#[derive(Debug, Default)]
pub struct Streams {
    open: Mutex<BTreeMap<StreamOwner, usize>>,
}

impl Streams {
    /// Takes a place for one more stream; dropping the place gives it back.
    pub fn open(self: &Arc<Self>, owner: StreamOwner) -> Result<Place, ApiError> {
        let mut open = self.lock();
        let (taken, places) = match owner {
            StreamOwner::Person(agent, _) => {
                (of_person(&open, agent).map(|(_, n)| n).sum(), STREAMS_PER_PERSON_MAX)
            }
            StreamOwner::Customer(_) => (open.get(&owner).copied().unwrap_or(0), STREAMS_PER_CUSTOMER_MAX),
            StreamOwner::Wall(_) => (open.get(&owner).copied().unwrap_or(0), STREAMS_PER_PERSON_MAX),
        };
        if taken >= places {
            return Err(ApiError::too_many(
                "too_many_streams",
                "Too many streams are open. Close some pages first.",
                STREAMS_RETRY,
            ));
        }
        *open.entry(owner).or_insert(0) += 1;
        Ok(Place { streams: self.clone(), owner })
    }

    /// Says whether a person has a stream open in another browser than this session's.
    pub fn has_other(&self, agent: AgentId, session: &TokenHash) -> bool {
        of_person(&self.lock(), agent).any(|(other, _)| other != session)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<StreamOwner, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn of_person(
    open: &BTreeMap<StreamOwner, usize>,
    agent: AgentId,
) -> impl Iterator<Item = (&TokenHash, usize)> {
    let range = StreamOwner::Person(agent, [0; 32])..=StreamOwner::Person(agent, [0xff; 32]);
    open.range(range).filter_map(|(owner, count)| match owner {
        StreamOwner::Person(_, session) => Some((session, *count)),
        StreamOwner::Customer(_) | StreamOwner::Wall(_) => None,
    })
}

/// A place that an open stream takes.
#[derive(Debug)]
pub struct Place {
    streams: Arc<Streams>,
    owner: StreamOwner,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        if let Some(count) = open.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_a_limited_number_of_streams_over_all_browsers() {
        let streams = Arc::<Streams>::default();
        let (me, other) = (AgentId::from_bits(1), AgentId::from_bits(2));
        let open = |number: usize| streams.open(StreamOwner::Person(me, [(number % 2) as u8; 32]));
        let mut places: Vec<_> = (0..STREAMS_PER_PERSON_MAX).map(|number| open(number).unwrap()).collect();
        assert_eq!(open(0).unwrap_err().code(), "too_many_streams");
        assert!(streams.open(StreamOwner::Person(other, [0; 32])).is_ok());
        assert!(streams.has_other(me, &[0; 32]));
        places.pop();
        assert!(open(0).is_ok());
        drop(places);
        assert!(streams.lock().is_empty());
    }
}
