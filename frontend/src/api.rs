//! One function per endpoint, typed with the shared bodies.

use baton_shared::api::*;
use baton_shared::segment::Disposition;
use baton_shared::{ConversationId, Message, OfferId, SegmentId, Status, Target, TransferId};
use gloo_net::http::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::reading;

/// How long to wait before repeating a request, where the server does not say.
const RETRY_SECS_DEFAULT: u32 = 5;

/// How many messages come in a page. Source: docs/api.md, "Agents".
const PAGE_MESSAGES: u32 = 50;

/// Why a request came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody answered, or nothing that makes sense.
    Unreachable,
    /// Nobody is signed in.
    SignedOut,
    /// The same request may succeed after this many seconds.
    Later {
        /// How many.
        secs: u32,
        /// What the server says.
        sentence: String,
    },
    /// The server refuses.
    Refused {
        /// The stable code.
        code: String,
        /// What the server says.
        sentence: String,
    },
}

impl Failure {
    /// Returns a sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Unreachable => {
                "The server does not answer. Check your connection and try again.".to_owned()
            }
            Self::SignedOut => "You are signed out. Sign in again.".to_owned(),
            Self::Later { secs, sentence } if sentence.is_empty() => format!("Try again in {secs} s."),
            Self::Later { sentence, .. } | Self::Refused { sentence, .. } => sentence.clone(),
        }
    }

    /// Says whether the same request, with the same key, may succeed.
    pub fn passes(&self) -> bool {
        match self {
            Self::Unreachable | Self::Later { .. } => true,
            Self::SignedOut | Self::Refused { .. } => false,
        }
    }
}

/// Signs in.
pub async fn sign_in(email: String, password: String) -> Result<SignedIn, Failure> {
    ask(Method::POST, "/api/session".to_owned(), None, &SignIn { email, password }).await
}

/// Asks who is signed in.
pub async fn session() -> Result<SignedIn, Failure> {
    get("/api/session".to_owned()).await
}

/// Signs out.
pub async fn sign_out() -> Result<(), Failure> {
    send(Method::DELETE, "/api/session".to_owned(), None, None).await.map(drop)
}

/// Fetches the desk.
pub async fn desk() -> Result<DeskSnapshot, Failure> {
    get("/api/desk".to_owned()).await
}

/// Returns the address of the stream after a cursor.
pub fn stream_address(cursor: &str) -> String {
    format!("/api/desk/events?after={}", js_sys::encode_uri_component(cursor))
}

/// Answers a heartbeat.
pub async fn answer_heartbeat(cursor: String) -> Result<(), Failure> {
    tell(Method::POST, "/api/desk/heartbeats".to_owned(), None, &HeartbeatAnswer { cursor }).await
}

/// Chooses a status.
pub async fn choose_status(status: Status) -> Result<(), Failure> {
    tell(Method::PUT, "/api/presence".to_owned(), None, &ChooseStatus { status }).await
}

/// Accepts an offer.
pub async fn accept(offer: OfferId, key: &str) -> Result<Accepted, Failure> {
    ask(Method::POST, format!("/api/offers/{offer}/acceptance"), Some(key), &Nothing {}).await
}

/// Rejects an offer.
pub async fn reject(offer: OfferId, reason: String, key: &str) -> Result<(), Failure> {
    tell(Method::POST, format!("/api/offers/{offer}/rejection"), Some(key), &Rejection { reason }).await
}

/// Fetches a conversation.
pub async fn conversation(id: ConversationId) -> Result<ConversationView, Failure> {
    get(format!("/api/conversations/{id}")).await
}

/// Fetches the page of messages before one.
pub async fn messages_before(id: ConversationId, seq: u32) -> Result<MessagePage, Failure> {
    get(format!("/api/conversations/{id}/messages?before={seq}&limit={PAGE_MESSAGES}")).await
}

/// Finds the messages that contain words.
pub async fn search(id: ConversationId, words: &str) -> Result<MessagePage, Failure> {
    let words = js_sys::encode_uri_component(words);
    get(format!("/api/conversations/{id}/messages?q={words}")).await
}

/// Says something.
pub async fn say(id: ConversationId, text: String, key: &str) -> Result<Message, Failure> {
    ask(Method::POST, format!("/api/conversations/{id}/messages"), Some(key), &NewMessage { text }).await
}

/// Says how far one has read.
pub async fn mark_read(id: ConversationId, read: u32) -> Result<(), Failure> {
    tell(Method::PUT, format!("/api/conversations/{id}/marks"), None, &ReadMark { read }).await
}

/// Says that one is typing.
pub async fn typing(id: ConversationId) -> Result<(), Failure> {
    tell(Method::POST, format!("/api/conversations/{id}/typing"), None, &Nothing {}).await
}

/// Fetches to whom a conversation could be transferred.
pub async fn transfer_targets(id: ConversationId) -> Result<TransferTargets, Failure> {
    get(format!("/api/conversations/{id}/transfer-targets")).await
}

/// Transfers a conversation.
pub async fn transfer(
    id: ConversationId,
    target: Target,
    note: Option<String>,
    key: &str,
) -> Result<TransferMade, Failure> {
    let body = NewTransfer { target, note };
    ask(Method::POST, format!("/api/conversations/{id}/transfers"), Some(key), &body).await
}

/// Takes a transfer back.
pub async fn cancel_transfer(id: ConversationId, transfer: TransferId, key: &str) -> Result<(), Failure> {
    let path = format!("/api/conversations/{id}/transfers/{transfer}");
    send(Method::DELETE, path, Some(key), None).await.map(drop)
}

/// Ends a conversation; with a disposition its segment is filed at once.
pub async fn close(
    id: ConversationId,
    disposition: Option<Disposition>,
    notes: Option<String>,
    key: &str,
) -> Result<(), Failure> {
    let body = Closure { disposition, notes };
    tell(Method::POST, format!("/api/conversations/{id}/closure"), Some(key), &body).await
}

/// Files a segment.
pub async fn file_wrap_up(
    segment: SegmentId,
    disposition: Disposition,
    notes: Option<String>,
    key: &str,
) -> Result<(), Failure> {
    let body = WrapUpCompletion { disposition, notes };
    tell(Method::POST, format!("/api/wrap-ups/{segment}/completion"), Some(key), &body).await
}

async fn get<Answer: DeserializeOwned>(path: String) -> Result<Answer, Failure> {
    read(&send(Method::GET, path, None, None).await?)
}

async fn ask<Answer: DeserializeOwned>(
    method: Method,
    path: String,
    key: Option<&str>,
    body: &impl Serialize,
) -> Result<Answer, Failure> {
    read(&send(method, path, key, written(body)).await?)
}

async fn tell(method: Method, path: String, key: Option<&str>, body: &impl Serialize) -> Result<(), Failure> {
    send(method, path, key, written(body)).await.map(drop)
}

fn written(body: &impl Serialize) -> Option<String> {
    serde_json::to_string(body).ok()
}

fn read<Answer: DeserializeOwned>(text: &str) -> Result<Answer, Failure> {
    reading::read(text).map_err(|error| {
        crate::browser::page::report_fault(&format!("an answer could not be read: {error}"));
        Failure::Unreachable
    })
}

async fn send(
    method: Method,
    path: String,
    key: Option<&str>,
    body: Option<String>,
) -> Result<String, Failure> {
    let mut request = RequestBuilder::new(&path).method(method);
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    let request = match body {
        Some(body) => request.header("Content-Type", "application/json").body(body),
        None => request.build(),
    };
    let answer = request.map_err(|_| Failure::Unreachable)?.send().await.map_err(|_| Failure::Unreachable)?;
    let retry_secs = answer.headers().get("Retry-After").and_then(|secs| secs.parse().ok());
    let text = answer.text().await.map_err(|_| Failure::Unreachable)?;
    match answer.status() {
        200..300 => Ok(text),
        status => Err(failure(status, retry_secs, &text)),
    }
}

fn failure(status: u16, retry_secs: Option<u32>, text: &str) -> Failure {
    let problem = reading::read::<Problem>(text).ok();
    let (code, sentence) = problem.map_or_else(Default::default, |problem| (problem.code, problem.detail));
    match status {
        401 if code != "sign_in_failed" => Failure::SignedOut,
        429 | 500.. => Failure::Later { secs: retry_secs.unwrap_or(RETRY_SECS_DEFAULT), sentence },
        _ if sentence.is_empty() => {
            Failure::Refused { code, sentence: format!("The server refused this (status {status}).") }
        }
        _ => Failure::Refused { code, sentence },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(code: &str) -> String {
        format!(r#"{{"type":"about:blank","title":"t","status":409,"code":"{code}","detail":"Do it so."}}"#)
    }

    #[test]
    fn a_refusal_tells_what_the_server_says() {
        let refused = failure(409, None, &problem("offer_closed"));
        assert_eq!(refused.sentence(), "Do it so.");
        assert!(!refused.passes());
    }

    #[test]
    fn a_wrong_password_is_no_sign_out() {
        assert!(matches!(failure(401, None, &problem("sign_in_failed")), Failure::Refused { .. }));
        assert_eq!(failure(401, None, &problem("signed_out")), Failure::SignedOut);
        assert_eq!(failure(401, None, "no json"), Failure::SignedOut);
    }

    #[test]
    fn a_limit_says_how_long_to_wait() {
        assert!(matches!(failure(429, Some(30), "{}"), Failure::Later { secs: 30, .. }));
        assert!(matches!(failure(503, None, "{}"), Failure::Later { secs: RETRY_SECS_DEFAULT, .. }));
    }
}
