//! The summary that an agent gets when about to pass a conversation on, streamed as it is written.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use baton_shared::api::{SummaryDone, SummaryMaker, SummaryPart};
use baton_shared::{AgentId, Author, ConversationId, Message};
use bytes::Bytes;
use hyper::body::Frame;
use serde::Serialize;
use tokio::sync::mpsc;

use super::body::Ids;
use super::callers::CurrentAgent;
use super::error::ApiError;
use super::streams::{Place, StreamOwner};
use crate::app::App;
use crate::store::StoreError;
use crate::summary::model::{Model, ModelError};
use crate::summary::{SUMMARY_WORDS_MAX, Said, Speaker, summarise};
use crate::telemetry::chain;

/// How many messages are summarised: of a longer conversation the last ones.
pub const SUMMARISED_MESSAGES_MAX: u32 = 2_000;

/// How many events wait for a reader; the model waits with them.
const EVENTS_WAITING_MAX: usize = 16;

/// Streams a summary of a conversation that one owns, is offered or files
///
/// Events: `part` with text to append, then `done` with the whole, which replaces what was appended.
#[utoipa::path(get, path = "/api/conversations/{conversation}/summary", tag = "Conversations",
    params(("conversation" = ConversationId, Path)),
    responses((status = 200, content_type = "text/event-stream", body = SummaryDone)))]
pub async fn summary(
    State(app): State<Arc<App>>,
    CurrentAgent(me): CurrentAgent,
    Ids(id): Ids<ConversationId>,
) -> Result<Response, ApiError> {
    let place = app.streams.open(StreamOwner::Person(me.id, me.session))?;
    let made = app.with_store(move |app| {
        let said = said(app, me.id, id)?;
        Ok(said.map(|said| (summarise(&said, SUMMARY_WORDS_MAX).text, said)))
    });
    let (extract, said) = made.await?.ok_or_else(|| ApiError::not_found("conversation"))?;
    let (events, waiting) = mpsc::channel(EVENTS_WAITING_MAX);
    let model = app.summary_model.clone();
    tokio::spawn(async move {
        let made = |text: &str| app.drafts.note(me.id, id, text);
        // A send fails once the reader is gone, and then there is nothing left to do.
        let _ = tell(model, &said, extract, &events, &made).await;
    });
    let mut response = Body::new(Events { waiting, _place: place }).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// Returns what one may see of a conversation; nothing if that is nothing. It blocks.
fn said(app: &App, me: AgentId, id: ConversationId) -> Result<Option<Vec<Said>>, StoreError> {
    let reading = app.store.read()?;
    let Some(sight) = reading.sight(me, id)? else { return Ok(None) };
    let messages = reading.messages(id, Some(sight.last_seq().saturating_add(1)), SUMMARISED_MESSAGES_MAX)?;
    Ok(Some(messages.into_iter().map(as_said).collect()))
}

fn as_said(message: Message) -> Said {
    let by = match message.author {
        Author::Customer => Speaker::Customer,
        Author::Agent(_) | Author::Flow(_) | Author::External(_) => Speaker::Agent,
    };
    Said { by, name: message.name, text: message.text }
}

/// Says that the reader is gone.
struct Gone;

/// Tells the summary, and `made` before: the model's where there is one and it can, the extract otherwise.
async fn tell(
    model: Option<Arc<Model>>,
    said: &[Said],
    extract: String,
    events: &mpsc::Sender<Bytes>,
    made: &(dyn Fn(&str) + Sync),
) -> Result<(), Gone> {
    if let Some(model) = model
        && !said.is_empty()
    {
        match written(&model, said, events).await? {
            Ok(text) => {
                made(&text);
                return done(events, SummaryMaker::Model, text).await;
            }
            Err(error) => {
                tracing::warn!(error = %chain(&error), "the extract stands in for the model's summary");
            }
        }
    }
    for line in extract.split_inclusive('\n') {
        part(events, line.to_owned()).await?;
    }
    made(&extract);
    done(events, SummaryMaker::Extract, extract).await
}

/// Has the model write, and passes each part on.
async fn written(
    model: &Model,
    said: &[Said],
    events: &mpsc::Sender<Bytes>,
) -> Result<Result<String, ModelError>, Gone> {
    let (parts, arriving) = mpsc::channel(1);
    let writing = async move {
        let written = model.summarise(said, SUMMARY_WORDS_MAX, &parts).await;
        // The other side ends with it.
        drop(parts);
        written
    };
    let passing_on = async move {
        // Dropped at its end, so that the model stops once the reader is gone.
        let mut arriving = arriving;
        while let Some(text) = arriving.recv().await {
            part(events, text).await?;
        }
        Ok(())
    };
    let (written, passed_on) = tokio::join!(writing, passing_on);
    passed_on.map(|()| written)
}

async fn part(events: &mpsc::Sender<Bytes>, text: String) -> Result<(), Gone> {
    send(events, "part", &SummaryPart { text }).await
}

async fn done(events: &mpsc::Sender<Bytes>, made_by: SummaryMaker, text: String) -> Result<(), Gone> {
    let label = match made_by {
        SummaryMaker::Extract => "extract",
        SummaryMaker::Model => "model",
    };
    metrics::counter!("baton_summaries_total", "made_by" => label).increment(1);
    send(events, "done", &SummaryDone { made_by, text }).await
}

async fn send(events: &mpsc::Sender<Bytes>, name: &str, data: &impl Serialize) -> Result<(), Gone> {
    // Texts always become JSON, in which a line break is written as `\n`.
    let data = serde_json::to_string(data).unwrap_or_default();
    events.send(format!("event: {name}\ndata: {data}\n\n").into()).await.map_err(|_| Gone)
}

/// A body of events, which ends with the last one.
struct Events {
    waiting: mpsc::Receiver<Bytes>,
    _place: Place,
}

impl hyper::body::Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.waiting.poll_recv(context).map(|event| event.map(|bytes| Ok(Frame::data(bytes))))
    }
}
