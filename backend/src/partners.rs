//! External contacts, asked: the one place from which something is sent to a partner, and where what they send is checked.
//!
//! A transfer to a partner is a row with a deadline. It is asked for here, over and over with the same id until it is
//! answered or its time is over, also after a restart; what the partner says comes back as a command, so it stands in the
//! log. Both ways are signed as in Standard Webhooks (<https://www.standardwebhooks.com>, version 1): HMAC-SHA256 over
//! the message's id, its time and its body.
//! Deliberately absent: redirects, and addresses beyond those that [`baton_shared::external::url_fault`] lets through.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use baton_shared::command::Actor;
use baton_shared::external::SECRET_PREFIX;
use baton_shared::*;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, redirect};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use crate::app::App;
use crate::dispatcher::CommandError;
use crate::routing::RoutingState;
use crate::store::{Partner, Sight, StoreError};

/// The header with a message's id, the same whenever it is sent again.
pub const ID_HEADER: &str = "webhook-id";

/// The header with the time at which a message is sent, in seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";

/// The header with a message's signatures.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// How far a message's time may be from the server's.
pub const TOLERANCE: Duration = Duration::from_secs(300);

/// How many transfers may wait to be asked for; one that finds no place expires.
pub const CALLS_WAITING_MAX: usize = 1_024;

/// How many partners are asked at once; more wait.
const CALLS_AT_ONCE_MAX: usize = 64;

/// How long one request may take.
const REQUEST_WITHIN: Duration = Duration::from_secs(15);

/// How long it is waited before the second request; each further wait is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// How many signatures of one message are looked at: a secret that is being replaced needs two.
const SIGNATURES_MAX: usize = 4;

/// How many bytes an answer may have.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Why there is no answer yet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// The partner could not be reached.
    #[error("the partner cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// It did not say in time.
    #[error("the partner had not answered in time")]
    Late,
    /// It answered with something else than success.
    #[error("the partner answered with status {0}")]
    Refused(u16),
    /// The answer is none.
    #[error("the partner's answer is no decision")]
    Broken,
}

/// What a partner is asked.
#[derive(Serialize)]
struct Asked {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Timestamp,
    data: Data,
}

#[derive(Serialize)]
struct Data {
    transfer: TransferId,
    conversation: ConversationId,
    /// Below which the partner reads on and answers.
    address: String,
    answer_by: Timestamp,
    customer: String,
    channel: Channel,
    queue: String,
    note: Option<String>,
    summary: Option<String>,
    attributes: BTreeMap<String, String>,
    messages: Vec<Message>,
}

/// What a partner answers.
#[derive(Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
enum Decision {
    Accept,
    Decline {
        #[serde(default)]
        reason: String,
    },
}

/// A call that is to be made, read from the store.
struct Call {
    partner: Partner,
    body: Vec<u8>,
    deadline: Timestamp,
}

/// Asks partners for the transfers that come, and for those that were open at the start.
pub async fn serve(app: Arc<App>, mut calls: mpsc::Receiver<TransferId>) -> anyhow::Result<()> {
    let client = client()?;
    let places = Arc::new(Semaphore::new(CALLS_AT_ONCE_MAX));
    let open = |state: &RoutingState, _| {
        let calling = |transfer: &&Transfer| matches!(transfer.state, TransferState::Calling { .. });
        state.transfers.values().filter(calling).map(|transfer| transfer.id).collect::<Vec<_>>()
    };
    for transfer in app.dispatcher.look(open).await? {
        tokio::spawn(call(app.clone(), client.clone(), places.clone(), transfer));
    }
    while let Some(transfer) = calls.recv().await {
        tokio::spawn(call(app.clone(), client.clone(), places.clone(), transfer));
    }
    Ok(())
}

/// Returns what posts signed messages: it follows no redirects.
pub(crate) fn client() -> reqwest::Result<Client> {
    // Another part of the program may have chosen one already, which does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(redirect::Policy::none()).build()
}

/// Asks for one transfer until it is answered or over.
async fn call(app: Arc<App>, client: Client, places: Arc<Semaphore>, transfer: TransferId) {
    let mut wait = FIRST_WAIT;
    loop {
        // The semaphore is never closed, so there is always a place to come; nobody waits in one.
        let place = places.acquire().await;
        let found = app.with_store(move |app| prepared(app, transfer)).await;
        let call = match found {
            Ok(Some(call)) => call,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(error = %crate::telemetry::chain(&error), "a partner could not be asked");
                drop(place);
                pause(wait).await;
                wait *= 2;
                continue;
            }
        };
        let left = call.deadline.since(app.now());
        if left.is_zero() {
            return;
        }
        match ask(&client, &call, transfer, app.now(), left.min(REQUEST_WITHIN)).await {
            Ok(answer) => return taken_in(&app, transfer, answer, call.deadline).await,
            Err(error) => {
                tracing::warn!(%transfer, error = %crate::telemetry::chain(&error), "a partner did not answer");
            }
        }
        drop(place);
        pause(wait).await;
        wait *= 2;
    }
}

/// Waits between two requests; what ends the asking is the transfer's own deadline.
async fn pause(wait: Duration) {
    let _ = timeout(wait, std::future::pending::<()>()).await;
}

/// Takes a partner's answer in; what the partner said is not lost because nothing can be committed for a moment.
async fn taken_in(app: &App, transfer: TransferId, answer: CallAnswer, deadline: Timestamp) {
    let mut wait = FIRST_WAIT;
    loop {
        let command = Command::AnswerCall { transfer, answer: answer.clone() };
        let Err(error) = app.submit(Actor::System, None, command).await else { return };
        match error {
            CommandError::NotCommitted | CommandError::Busy if app.now() < deadline => {
                tracing::warn!(%transfer, error = %crate::telemetry::chain(&error), "a partner's answer waits");
            }
            // It was taken back, or expired, while the partner thought about it.
            CommandError::NotCommitted
            | CommandError::Busy
            | CommandError::Refused(_)
            | CommandError::KeyReused
            | CommandError::Stopping => {
                tracing::info!(%transfer, error = %crate::telemetry::chain(&error), "a partner's answer came too late");
                return;
            }
        }
        pause(wait).await;
        wait *= 2;
    }
}

/// Reads what is to be asked; nothing where nobody is to be asked any more. It blocks.
fn prepared(app: &App, id: TransferId) -> Result<Option<Call>, StoreError> {
    let reading = app.store.read()?;
    let Some((transfer, _)) = reading.transfer(id)? else { return Ok(None) };
    let TransferState::Calling { deadline } = transfer.state else { return Ok(None) };
    let Target::External(external) = transfer.target else { return Ok(None) };
    let Some(partner) = reading.partner(external)? else { return Ok(None) };
    let Some(thread) = reading.thread(transfer.conversation, Sight::Whole)? else { return Ok(None) };
    let (note, summary) = reading.transfer_notes(id)?;
    let base = app.config.public_url.as_ref().map(ToString::to_string).unwrap_or_default();
    let asked = Asked {
        kind: "transfer.requested",
        timestamp: transfer.requested_at,
        data: Data {
            transfer: id,
            conversation: transfer.conversation,
            address: format!("{base}/api/external/{}", transfer.conversation),
            answer_by: deadline,
            customer: thread.customer,
            channel: thread.channel,
            queue: thread.queue,
            note,
            summary,
            attributes: thread.attributes.into_iter().collect(),
            messages: thread.messages,
        },
    };
    // Texts, numbers, lists and maps always become JSON.
    let body = serde_json::to_vec(&asked).unwrap_or_default();
    Ok(Some(Call { partner, body, deadline }))
}

async fn ask(
    client: &Client,
    call: &Call,
    transfer: TransferId,
    now: Timestamp,
    within: Duration,
) -> Result<CallAnswer, CallError> {
    let id = transfer.to_string();
    let Partner { url, secret, .. } = &call.partner;
    let message = Signing { url, secret, id: &id, body: call.body.clone() };
    let answered = async {
        let mut response = post(client, message, now).await?;
        let mut answer = Vec::new();
        while let Some(part) = response.chunk().await.map_err(unreachable)? {
            answer.extend_from_slice(&part);
            if answer.len() > ANSWER_BYTES_MAX {
                return Err(CallError::Broken);
            }
        }
        serde_json::from_slice::<Decision>(&answer).map_err(|_| CallError::Broken)
    };
    match timeout(within, answered).await.map_err(|_| CallError::Late)?? {
        Decision::Accept => Ok(CallAnswer::Accept),
        Decision::Decline { reason } => Ok(CallAnswer::Decline { reason }),
    }
}

/// A message that is signed and posted.
pub(crate) struct Signing<'a> {
    /// Where to.
    pub(crate) url: &'a str,
    /// What it is signed with.
    pub(crate) secret: &'a str,
    /// The same whenever it is sent again.
    pub(crate) id: &'a str,
    /// What it says, as JSON.
    pub(crate) body: Vec<u8>,
}

/// Signs a message and posts it; returns an answer of success, whose body is not read yet.
pub(crate) async fn post(
    client: &Client,
    message: Signing<'_>,
    now: Timestamp,
) -> Result<Response, CallError> {
    let Signing { url, secret, id, body } = message;
    let at = now.as_millis() / 1_000;
    let signature = sign(secret, id, at, &body).ok_or(CallError::Broken)?;
    let request = client
        .post(url)
        .header(CONTENT_TYPE, "application/json")
        .header(ID_HEADER, id)
        .header(TIMESTAMP_HEADER, at)
        .header(SIGNATURE_HEADER, signature)
        .body(body);
    let response = request.send().await.map_err(unreachable)?;
    if response.status().is_success() {
        Ok(response)
    } else {
        Err(CallError::Refused(response.status().as_u16()))
    }
}

/// Says that a partner cannot be reached, without the address, which may be nobody's business in the log.
fn unreachable(error: reqwest::Error) -> CallError {
    CallError::Unreachable(error.without_url())
}

/// Returns the signature of a message; nothing where the secret is none.
pub fn sign(secret: &str, id: &str, at_secs: i64, body: &[u8]) -> Option<String> {
    let code = code(secret, id, at_secs, body)?.finalize().into_bytes();
    Some(format!("v1,{}", STANDARD.encode(code)))
}

/// Says whether one of a message's signatures is of this secret; it takes the same time whatever differs.
pub fn is_signed(secret: &str, id: &str, at_secs: i64, body: &[u8], signatures: &str) -> bool {
    // The body is gone through once, however many signatures are sent along.
    let Some(code) = code(secret, id, at_secs, body) else { return false };
    let given = signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,"));
    given
        .take(SIGNATURES_MAX)
        .filter_map(|text| STANDARD.decode(text).ok())
        .any(|given| code.clone().verify_slice(&given).is_ok())
}

fn code(secret: &str, id: &str, at_secs: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
    let key = STANDARD.decode(secret.strip_prefix(SECRET_PREFIX)?).ok()?;
    let mut code = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    code.update(format!("{id}.{at_secs}.").as_bytes());
    code.update(body);
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    #[test]
    fn a_message_is_signed_as_in_the_published_example() {
        let signature = sign(SECRET, ID, AT, BODY);
        assert_eq!(signature.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_signature_is_of_the_secret_the_id_the_time_and_the_body() {
        let signature = sign(SECRET, ID, AT, BODY).expect("the secret is one");
        let several = format!("v1,AAAA v2,zzz {signature}");
        assert!(is_signed(SECRET, ID, AT, BODY, &several));
        assert!(!is_signed(SECRET, "msg_other", AT, BODY, &signature));
        assert!(!is_signed(SECRET, ID, AT + 1, BODY, &signature));
        assert!(!is_signed(SECRET, ID, AT, b"{}", &signature));
        assert!(!is_signed("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ID, AT, BODY, &signature));
        assert!(!is_signed(SECRET, ID, AT, BODY, ""));
        let many = format!("{}{signature}", "v1,AAAA ".repeat(SIGNATURES_MAX));
        assert!(!is_signed(SECRET, ID, AT, BODY, &many));
    }
}
