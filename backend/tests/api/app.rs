//! A whole server on a store of its own and a clock that stands still, and the people who use it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use baton::accounts::customer_token::{base64, sha256};
use baton::app::{App, Start};
use baton::clock::{Clock, ManualClock};
use baton::config::Config;
use baton::dispatcher::Answer as Outcome;
use baton::http;
use baton::http::assets::Assets;
use baton::store::sqlite::SqliteStore;
use baton::store::{Session, Store};
use baton_shared::command::Actor;
use baton_shared::{AgentId, Channel, Command, QueueId, Role, TeamId, Timestamp};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

/// Where the server seems to listen.
pub const HOST: &str = "127.0.0.1:8080";

/// What the clock says when a server starts.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_248_930_120);

/// How long anything that happens in the background may take before a test fails; nothing waits this long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The password of everyone whom [`TestApp::add_person`] adds.
pub const PASSWORD: &str = "correct horse";

/// A hash of [`PASSWORD`], made once: hashing is slow by design.
const PASSWORD_HASH: &str = include_str!("password.hash");

/// A whole server.
pub struct TestApp {
    pub app: Arc<App>,
    pub clock: Arc<ManualClock>,
    router: Router,
    sessions: AtomicU64,
    _data: TempDir,
}

impl TestApp {
    /// Starts a server in an empty folder.
    pub fn start() -> Self {
        Self::configured(|_| {})
    }

    /// Starts a server in an empty folder, configured otherwise.
    pub fn configured(change: impl FnOnce(&mut Config)) -> Self {
        Self::built(change, |store| Arc::new(store))
    }

    /// Starts a server in an empty folder, with something between it and its store.
    pub fn stored(store: impl FnOnce(SqliteStore) -> Arc<dyn Store>) -> Self {
        Self::built(|_| {}, store)
    }

    fn built(change: impl FnOnce(&mut Config), store: impl FnOnce(SqliteStore) -> Arc<dyn Store>) -> Self {
        let data = TempDir::new().unwrap();
        let mut config = Config::loopback(data.path());
        change(&mut config);
        let store = store(SqliteStore::open(data.path()).unwrap());
        let clock = Arc::new(ManualClock::at(NOW));
        let mut app = App::build(config, store, clock.clone(), Start { boot: 7, id_seed: 8 }).unwrap();
        Arc::get_mut(&mut app).unwrap().assets = pages();
        let router = http::router(app.clone());
        Self { app, clock, router, sessions: AtomicU64::new(1), _data: data }
    }

    /// Returns someone who is not signed in.
    pub fn anyone(&self) -> Client<'_> {
        Client { app: self, proof: Proof::Nothing }
    }

    /// Adds a person and signs them in.
    pub async fn person(&self, name: &str, role: Role) -> Person<'_> {
        let id = self.add_person(name, role).await;
        Person { id, client: self.signed_in(id) }
    }

    /// Adds a person whose address is their name at `example.com`.
    pub async fn add_person(&self, name: &str, role: Role) -> AgentId {
        let command = Command::AddPerson {
            name: name.to_owned(),
            email: format!("{}@example.com", name.to_lowercase().replace(' ', "-")),
            password_hash: PASSWORD_HASH.trim().to_owned(),
            role,
            capacity: [(Channel::WebChat, 4)].into(),
            interruptible: Default::default(),
        };
        self.add(command).await.parse().unwrap()
    }

    /// Adds a queue whose members are these people.
    pub async fn add_queue(&self, name: &str, members: &[AgentId]) -> QueueId {
        let command =
            Command::AddQueue { name: name.to_owned(), skills: [].into(), priority: Default::default() };
        let queue = self.add(command).await.parse().unwrap();
        for agent in members {
            self.system(Command::AddMember { queue, agent: *agent }).await;
        }
        queue
    }

    /// Adds a team of these agents with one leader.
    pub async fn add_team(&self, name: &str, leader: AgentId, agents: &[AgentId]) -> TeamId {
        let (name, agents) = (name.to_owned(), agents.iter().copied().collect());
        self.add(Command::AddTeam { name, agents, supervisors: [leader].into() }).await.parse().unwrap()
    }

    /// Makes a person available, as if a browser of theirs answered heartbeats.
    pub async fn make_available(&self, person: &Person<'_>) {
        let body = json!({"status": "available"});
        person.client.put("/api/presence", &body).await.expect(StatusCode::NO_CONTENT);
        self.system(Command::BeginLease { agent: person.id }).await;
    }

    /// Begins a session of a person without a password.
    pub fn signed_in(&self, agent: AgentId) -> Client<'_> {
        let number = self.sessions.fetch_add(1, Ordering::Relaxed);
        let token = sha256(&number.to_be_bytes());
        let now = self.clock.now();
        let session = Session { token_hash: sha256(&token), agent, created_at: now, seen_at: now };
        self.app.store.add_session(&session).unwrap();
        Client { app: self, proof: Proof::Cookie(format!("baton={}", base64(&token))) }
    }

    /// Returns a customer who opened a conversation, and what the server answered.
    pub async fn customer(&self, name: &str, text: &str) -> (Client<'_>, Value) {
        let started = self.anyone().post("/api/chat", &json!({"name": name, "text": text})).await;
        let started = started.expect(StatusCode::CREATED);
        let token = started["token"].as_str().unwrap().to_owned();
        (Client { app: self, proof: Proof::Token(token) }, started)
    }

    /// Gives a command as the server itself.
    pub async fn system(&self, command: Command) -> Outcome {
        self.app.submit(Actor::System, None, command).await.unwrap()
    }

    /// Moves the clock and lets the dispatcher see it.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.app.dispatcher.wake();
        self.app.schedules.wake();
    }

    /// Stops the server and starts another one on what it kept, after some time; sessions go on.
    pub async fn started_again(self, after: Duration) -> Self {
        let Self { app, clock, router, sessions, _data: data } = self;
        app.stop().await;
        let config = app.config.clone();
        drop((app, router));
        clock.advance(after);
        let opened = async {
            loop {
                // The server lets go of its folder once its last thread has ended.
                match SqliteStore::open(data.path()) {
                    Ok(store) => return store,
                    Err(_) => tokio::task::yield_now().await,
                }
            }
        };
        let store = tokio::time::timeout(PATIENCE, opened).await.expect("the folder becomes free");
        let start = Start { boot: 9, id_seed: 10 };
        let mut app = App::build(config, Arc::new(store), clock.clone(), start).unwrap();
        Arc::get_mut(&mut app).unwrap().assets = pages();
        let router = http::router(app.clone());
        Self { app, clock, router, sessions, _data: data }
    }

    /// Returns the clock's time, moved by so many seconds, as the API writes times.
    pub fn clock_text(&self, secs: i64) -> String {
        let now = self.clock.now().as_millis();
        serde_json::to_value(Timestamp::from_millis(now + secs * 1_000)).unwrap().as_str().unwrap().to_owned()
    }

    /// Returns once the dispatcher has taken in everything that was said before.
    pub async fn settle(&self) {
        assert!(self.app.is_ready().await);
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends a request and returns the head of its answer, for bodies that do not end.
    pub async fn open(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn add(&self, command: Command) -> String {
        let added = self.system(command).await;
        let Outcome::Added { id } = added else { panic!("{added:?}") };
        id
    }
}

/// Returns a web application as small as one can be.
fn pages() -> Assets {
    let files = [
        ("index.html", "desk"),
        ("admin.html", "administration"),
        ("supervisor.html", "wall"),
        ("chat/chat.html", "chat"),
        ("chat/widget.js", "widget"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), Bytes::from_static(text.as_bytes())));
    Assets::from_files(files.into())
}

/// Someone who is signed in.
pub struct Person<'a> {
    pub id: AgentId,
    pub client: Client<'a>,
}

/// How someone proves who they are.
#[derive(Clone)]
pub enum Proof {
    Nothing,
    Cookie(String),
    Token(String),
}

/// Someone's browser.
#[derive(Clone)]
pub struct Client<'a> {
    pub app: &'a TestApp,
    pub proof: Proof,
}

impl Client<'_> {
    /// Returns a request as this browser would send it, with a new idempotency key.
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        static KEYS: AtomicU64 = AtomicU64::new(0);
        let key = format!("test-key-{}", KEYS.fetch_add(1, Ordering::Relaxed));
        let request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        let request = request.header("sec-fetch-site", "same-origin").header("idempotency-key", key);
        match &self.proof {
            Proof::Nothing => request,
            Proof::Cookie(cookie) => request.header(header::COOKIE, cookie),
            Proof::Token(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.app.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.json(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.json(Method::PUT, path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.app.send(self.request(Method::DELETE, path).body(Body::empty()).unwrap()).await
    }

    pub async fn json(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = self.request(method, path).header(header::CONTENT_TYPE, "application/json");
        self.app.send(request.body(Body::from(body.to_string())).unwrap()).await
    }
}

/// What the server answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// Returns the body of an answer with this status.
    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() { Value::Null } else { serde_json::from_slice(&self.body).unwrap() }
    }

    /// Checks that this is a refusal in the form of problem details, and returns its sentence.
    #[track_caller]
    pub fn refused(&self, status: StatusCode, code: &str) -> String {
        let problem: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        assert_eq!((self.status, problem["code"].as_str()), (status, Some(code)), "{problem}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["status"], status.as_u16());
        assert_eq!(problem["type"], "about:blank");
        let fields: BTreeMap<String, Value> = serde_json::from_value(problem.clone()).unwrap();
        assert_eq!(fields.len(), 5, "{problem}");
        problem["detail"].as_str().unwrap().to_owned()
    }

    pub fn code(&self) -> String {
        let problem: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        problem["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &'static str) -> &str {
        let value = self.headers.get(HeaderName::from_static(name));
        value.map_or("", |value: &HeaderValue| value.to_str().unwrap())
    }
}
