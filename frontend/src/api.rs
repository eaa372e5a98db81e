//! One function per endpoint, typed with the shared bodies.

use std::collections::BTreeMap;

use baton_shared::api::*;
use baton_shared::policy::Preset;
use baton_shared::segment::Disposition;
use baton_shared::{
    AgentId, ConversationId, GroupId, InviteId, Level, Message, OfferId, QueueId, RequestId, SegmentId,
    ShortReply, SkillId, Status, TransferId,
};
use gloo_net::http::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::browser::{page, random};
use crate::reading;

pub mod insights;
pub mod schedules;
pub mod teams;

/// How long what is asked for may take to arrive whole, in milliseconds; a connection that is dead looks slow.
const READ_WITHIN_MS: u32 = 20_000;

/// How long a change may take to be answered, in milliseconds: short enough to try again before an offer has ended.
const CHANGED_WITHIN_MS: u32 = 10_000;

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
            Self::Later { sentence, .. } | Self::Refused { sentence, .. } => reading::quoted(sentence),
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

/// What is asked of the server to change something; the same change can be asked for again with the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    method: Method,
    path: String,
    body: Option<String>,
}

impl Change {
    const fn new(method: Method, path: String, body: Option<String>) -> Self {
        Self { method, path, body }
    }

    fn post(path: String, body: &impl Serialize) -> Self {
        Self::new(Method::POST, path, as_json(body))
    }

    /// Asks for it under an idempotency key, and returns the answer as it came.
    pub async fn send(&self, key: &str) -> Result<String, Failure> {
        send(self.method.clone(), self.path.clone(), Some(key), self.body.clone()).await
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
pub fn choose_status(status: Status) -> Change {
    Change::new(Method::PUT, "/api/presence".to_owned(), as_json(&ChooseStatus { status }))
}

/// Accepts an offer.
pub fn accept(offer: OfferId) -> Change {
    Change::post(format!("/api/offers/{offer}/acceptance"), &Nothing {})
}

/// Rejects an offer.
pub fn reject(offer: OfferId, reason: String) -> Change {
    Change::post(format!("/api/offers/{offer}/rejection"), &Rejection { reason })
}

/// Lets the sender of a transfer know something.
pub fn reply(offer: OfferId, reply: ShortReply) -> Change {
    Change::post(format!("/api/offers/{offer}/replies"), &NewReply { reply })
}

/// Asks the sender of a transfer, or answers its receiver.
pub fn ask_or_answer(offer: OfferId, what: &'static str, text: String) -> Change {
    Change::post(format!("/api/offers/{offer}/{what}"), &NewMessage { text })
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

/// Asks why a conversation is where it is, or who would be asked if it went to one of its targets.
pub async fn why(of: String) -> Result<WhyView, Failure> {
    get(format!("/api/conversations/{of}/why")).await
}

/// Fetches to whom a conversation could be transferred.
pub async fn transfer_targets(id: ConversationId) -> Result<TransferTargets, Failure> {
    get(format!("/api/conversations/{id}/transfer-targets")).await
}

/// Transfers a conversation.
pub fn transfer(id: ConversationId, body: &NewTransfer) -> Change {
    Change::post(format!("/api/conversations/{id}/transfers"), body)
}

/// Invites someone to join a conversation.
pub fn invite(id: ConversationId, body: &NewInvite) -> Change {
    Change::post(format!("/api/conversations/{id}/invites"), body)
}

/// Takes an invitation back, or ends a participation.
pub fn cancel_invite(id: ConversationId, invite: InviteId) -> Change {
    let path = format!("/api/conversations/{id}/invites/{invite}");
    Change::new(Method::DELETE, path, None)
}

/// Leaves a conversation that one takes part in, or leaves an own one to a participant.
pub fn leave_conversation(id: ConversationId) -> Change {
    Change::post(format!("/api/conversations/{id}/leaving"), &Nothing {})
}

/// Takes a transfer back.
pub fn cancel_transfer(id: ConversationId, transfer: TransferId) -> Change {
    let path = format!("/api/conversations/{id}/transfers/{transfer}");
    Change::new(Method::DELETE, path, None)
}

/// Ends a conversation; with a disposition its segment is filed at once.
pub fn close(id: ConversationId, disposition: Option<Disposition>, notes: Option<String>) -> Change {
    let body = Closure { disposition, notes };
    Change::post(format!("/api/conversations/{id}/closure"), &body)
}

/// Takes more time to file a segment.
pub fn extend_wrap_up(segment: SegmentId) -> Change {
    Change::post(format!("/api/wrap-ups/{segment}/extension"), &Nothing {})
}

/// Files a segment.
pub fn file_wrap_up(segment: SegmentId, disposition: Disposition, notes: Option<String>) -> Change {
    let body = WrapUpCompletion { disposition, notes };
    Change::post(format!("/api/wrap-ups/{segment}/completion"), &body)
}

/// Returns the address of the stream that makes a summary of a conversation.
pub fn summary_address(id: ConversationId) -> String {
    format!("/api/conversations/{id}/summary")
}

/// Gives a conversation to the person who is consulted about it.
pub fn hand_over(id: ConversationId, transfer: TransferId) -> Change {
    let path = format!("/api/conversations/{id}/transfers/{transfer}/handover");
    Change::post(path, &Nothing {})
}

/// Stops being consulted.
pub fn leave_consult(transfer: TransferId) -> Change {
    Change::post(format!("/api/transfers/{transfer}/leaving"), &Nothing {})
}

/// Says something aside.
pub fn say_aside(transfer: TransferId, text: String) -> Change {
    Change::post(format!("/api/transfers/{transfer}/asides"), &NewAside { text })
}

/// Stops reading on in a conversation that one passed on.
pub fn stop_listening(id: ConversationId) -> Change {
    Change::new(Method::DELETE, format!("/api/conversations/{id}/listening"), None)
}

/// Asks supervisors for help with a conversation.
pub fn raise_flag(id: ConversationId, text: String) -> Change {
    Change::post(format!("/api/conversations/{id}/flag"), &NewFlag { text })
}

/// Lowers a conversation's flag.
pub fn lower_flag(id: ConversationId) -> Change {
    Change::new(Method::DELETE, format!("/api/conversations/{id}/flag"), as_json(&Nothing {}))
}

/// Says what only the owner and supervisors see.
pub fn whisper(id: ConversationId, text: String) -> Change {
    Change::post(format!("/api/conversations/{id}/whispers"), &NewWhisper { text })
}

/// Passes on what someone else has or what waits.
pub fn redirect(id: ConversationId, body: &Redirection) -> Change {
    Change::post(format!("/api/conversations/{id}/redirection"), body)
}

/// Ends a conversation with a request that is answered later.
pub fn create_request(id: ConversationId, note: Option<String>) -> Change {
    Change::post(format!("/api/conversations/{id}/requests"), &NewRequest { note })
}

/// Fetches the requests, the open ones first.
pub async fn requests() -> Result<Vec<RequestView>, Failure> {
    get("/api/requests".to_owned()).await
}

/// Answers a request.
pub fn answer_request(request: RequestId, text: String) -> Change {
    Change::post(format!("/api/requests/{request}/answer"), &RequestAnswer { text })
}

/// How transfers go, as administrators see it: values stay JSON, because the page makes its controls from a table.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
pub struct PolicyValues {
    /// The preset that the values were taken from.
    pub preset: Preset,
    /// Every switch by its name.
    #[serde(alias = "policy")]
    pub values: Map<String, Value>,
}

/// What queues and channels set differently, by their ids and names.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[expect(missing_docs, reason = "the fields are named after what sets something differently")]
pub struct OverrideValues {
    pub queues: BTreeMap<String, Map<String, Value>>,
    pub channels: BTreeMap<String, Map<String, Value>>,
}

/// Fetches how transfers go.
pub async fn transfer_policy() -> Result<PolicyValues, Failure> {
    let mut values: Map<String, Value> = get("/api/transfer-policy".to_owned()).await?;
    values.remove("changed");
    let preset = values.remove("preset").and_then(|preset| serde_json::from_value(preset).ok());
    preset.map(|preset| PolicyValues { preset, values }).ok_or(Failure::Unreachable)
}

/// Fetches the presets with their values.
pub async fn transfer_presets() -> Result<Vec<PolicyValues>, Failure> {
    get("/api/transfer-policy/presets".to_owned()).await
}

/// Fetches what queues and channels set differently.
pub async fn policy_overrides() -> Result<OverrideValues, Failure> {
    get("/api/transfer-policy/overrides".to_owned()).await
}

/// Sets how transfers go: from a preset, or from what holds now, with these switches set differently.
pub async fn set_transfer_policy(preset: Option<Preset>, values: Map<String, Value>) -> Result<(), Failure> {
    let mut body = values;
    if let Some(preset) = preset {
        body.insert("preset".to_owned(), serde_json::to_value(preset).unwrap_or_default());
    }
    put("/api/transfer-policy".to_owned(), &body).await
}

/// Sets what a part sets differently: `queues/ID` or `channels/NAME`.
pub async fn set_override(part: String, values: Map<String, Value>) -> Result<(), Failure> {
    put(format!("/api/transfer-policy/{part}"), &values).await
}

/// Fetches the changes of how transfers go, the newest first.
pub async fn policy_history() -> Result<Vec<PolicyChange>, Failure> {
    get("/api/transfer-policy/history".to_owned()).await
}

/// Fetches the wall.
pub async fn wall(counting: &str) -> Result<WallSnapshot, Failure> {
    get(format!("/api/supervisor?{counting}")).await
}

/// Returns the address of the wall's stream after a cursor, counted as the snapshot was.
pub fn wall_stream_address(cursor: &str, counting: &str) -> String {
    format!("/api/supervisor/events?after={}&{counting}", js_sys::encode_uri_component(cursor))
}

/// Begins to listen in.
pub fn listen_in(id: ConversationId) -> Change {
    Change::post(format!("/api/conversations/{id}/listening"), &Nothing {})
}

/// Takes part without being invited.
pub fn join(id: ConversationId) -> Change {
    Change::post(format!("/api/conversations/{id}/participation"), &Nothing {})
}

/// Fetches what one can change of a person of one's teams.
pub async fn directed_person(id: AgentId) -> Result<DirectedPerson, Failure> {
    get(format!("/api/supervisor/people/{id}")).await
}

/// Chooses a status for someone.
pub fn set_status_of(id: AgentId, status: Status) -> Change {
    Change::new(Method::PUT, format!("/api/people/{id}/presence"), as_json(&ChooseStatus { status }))
}

/// Signs someone out everywhere.
pub fn sign_out_person(id: AgentId) -> Change {
    Change::new(Method::DELETE, format!("/api/people/{id}/sessions"), as_json(&Nothing {}))
}

/// Gives someone a skill at a level, or takes it away.
pub fn set_skill(id: AgentId, skill: SkillId, level: Option<Level>) -> Change {
    let path = format!("/api/people/{id}/skills/{skill}");
    match level {
        Some(level) => Change::new(Method::PUT, path, as_json(&SkillGrant { level })),
        None => Change::new(Method::DELETE, path, as_json(&Nothing {})),
    }
}

/// Offers someone a queue's work, or no more.
pub fn set_member(queue: QueueId, id: AgentId, member: bool) -> Change {
    let method = if member { Method::PUT } else { Method::DELETE };
    Change::new(method, format!("/api/queues/{queue}/members/{id}"), as_json(&Nothing {}))
}

/// Finds conversations; the question as it stands in an address.
pub async fn find_conversations(query: &str) -> Result<FoundPage, Failure> {
    get(format!("/api/search?{query}")).await
}

/// Fetches all that happened to a conversation.
pub async fn timeline(id: ConversationId) -> Result<Timeline, Failure> {
    get(format!("/api/conversations/{id}/timeline")).await
}

/// Takes a conversation over.
pub fn take_over(id: ConversationId) -> Change {
    Change::post(format!("/api/conversations/{id}/takeover"), &Nothing {})
}

/// Fetches the queues.
pub async fn queues() -> Result<Vec<QueueView>, Failure> {
    get("/api/queues".to_owned()).await
}

/// Sets what a queue is.
pub async fn change_queue(queue: QueueId, settings: &QueueSettings) -> Result<(), Failure> {
    put(format!("/api/queues/{queue}"), settings).await
}

/// Fetches the people.
pub async fn people() -> Result<Vec<Person>, Failure> {
    get("/api/people".to_owned()).await
}

/// Fetches the skills.
pub async fn skills() -> Result<Vec<Skill>, Failure> {
    get("/api/skills".to_owned()).await
}

/// Fetches the transfer groups.
pub async fn groups() -> Result<Vec<GroupView>, Failure> {
    get("/api/groups".to_owned()).await
}

/// Adds a transfer group.
pub async fn add_group(settings: &GroupSettings, key: &str) -> Result<Added, Failure> {
    ask(Method::POST, "/api/groups".to_owned(), Some(key), settings).await
}

/// Sets what a transfer group is.
pub async fn change_group(group: GroupId, settings: &GroupSettings) -> Result<(), Failure> {
    put(format!("/api/groups/{group}"), settings).await
}

/// Removes a transfer group.
pub async fn remove_group(group: GroupId) -> Result<(), Failure> {
    let key = random::idempotency_key();
    tell(Method::DELETE, format!("/api/groups/{group}"), Some(&key), &Nothing {}).await
}

/// What is written down as JSON, with its id and its name.
pub type Written = Map<String, Value>;

/// Fetches what is written down at an address, by name.
pub async fn written(path: &'static str) -> Result<Vec<Written>, Failure> {
    get(path.to_owned()).await
}

/// Writes something down as it is, new or in the place of what there is.
pub async fn write(path: &'static str, id: Option<String>, text: String, key: String) -> Result<(), Failure> {
    let (method, path) = match id {
        Some(id) => (Method::PUT, format!("{path}/{id}")),
        None => (Method::POST, path.to_owned()),
    };
    send(method, path, Some(&key), Some(text)).await.map(drop)
}

/// Removes what is written down.
pub async fn unwrite(path: &'static str, id: String) -> Result<(), Failure> {
    send(Method::DELETE, format!("{path}/{id}"), Some(&random::idempotency_key()), None).await.map(drop)
}

/// Tries a workflow out.
pub async fn dry_run(workflow: String, body: DryRun) -> Result<DryRunView, Failure> {
    ask(Method::POST, format!("/api/workflows/{workflow}/dry-run"), None, &body).await
}

/// Puts something in the place of what is there; doing so twice changes nothing, so each try has a key of its own.
async fn put(path: String, body: &impl Serialize) -> Result<(), Failure> {
    tell(Method::PUT, path, Some(&random::idempotency_key()), body).await
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
    read(&send(method, path, key, as_json(body)).await?)
}

async fn tell(method: Method, path: String, key: Option<&str>, body: &impl Serialize) -> Result<(), Failure> {
    send(method, path, key, as_json(body)).await.map(drop)
}

fn as_json(body: &impl Serialize) -> Option<String> {
    serde_json::to_string(body).ok()
}

/// Reads an answer.
pub fn read<Answer: DeserializeOwned>(text: &str) -> Result<Answer, Failure> {
    reading::read(text).map_err(|error| {
        page::report_fault(&format!("an answer could not be read: {error}"));
        Failure::Unreachable
    })
}

async fn send(
    method: Method,
    path: String,
    key: Option<&str>,
    body: Option<String>,
) -> Result<String, Failure> {
    let within_ms = if method == Method::GET { READ_WITHIN_MS } else { CHANGED_WITHIN_MS };
    let given_up = page::abort_after(within_ms);
    let mut request = RequestBuilder::new(&path).method(method).abort_signal(Some(&given_up));
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
