//! A contact centre full of people who have signed in, served by the real server.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use baton::accounts::customer_token::{base64, sha256};
use baton::app::{App, Start};
use baton::clock::SystemClock;
use baton::config::Config;
use baton::dispatcher::Answer;
use baton::http::callers::PLAIN_COOKIE;
use baton::store::Session;
use baton::store::sqlite::SqliteStore;
use baton_shared::command::Actor;
use baton_shared::{AgentId, Channel, Command, Role};
use outer::http::{As, Request};
use outer::server::Server;
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::machine;

/// How many people are added at the same time.
const ADDED_AT_ONCE: usize = 256;

/// What a name is filled up with, so that an event about a person has about 300 bytes.
const LONG_NAME: &str =
    " of the second floor, who answers in English, German and French and knows all invoices";

/// A data folder with many people, each with a session.
pub struct Centre {
    folder: TempDir,
    cookies: Vec<String>,
    /// Who has chosen how often.
    choices: RefCell<BTreeMap<usize, u64>>,
}

impl Centre {
    /// Adds so many people to an empty data folder.
    ///
    /// Everything goes through the engine but for the passwords, which would take most of the time: nobody signs in,
    /// the sessions are put into the store.
    pub fn with_people(count: usize) -> anyhow::Result<Self> {
        std::fs::create_dir_all("target/bench")?;
        let folder = tempfile::tempdir_in("target/bench")?;
        let store = Arc::new(SqliteStore::open(&data_of(&folder))?);
        let clock = Arc::new(SystemClock::start());
        let app = App::build(
            Config::loopback(&data_of(&folder)),
            store.clone(),
            clock,
            Start { boot: 1, id_seed: 2 },
        )?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let cookies = runtime.block_on(async {
            let mut cookies = Vec::new();
            let mut adding = JoinSet::new();
            for number in 0..count {
                adding.spawn(add_person(app.clone(), number));
                if adding.len() >= ADDED_AT_ONCE || number + 1 == count {
                    for added in adding.join_all().await {
                        cookies.push(added?);
                    }
                    adding = JoinSet::new();
                }
            }
            app.stop().await;
            anyhow::Ok(cookies)
        })?;
        drop((app, runtime));
        // The folder is free once the engine's threads have let go of the store.
        while Arc::strong_count(&store) > 1 {
            std::thread::yield_now();
        }
        Ok(Self { folder, cookies, choices: RefCell::default() })
    }

    /// Starts the built server on the folder.
    pub fn serve(&self) -> anyhow::Result<Server> {
        let command = machine::on_the_servers_processor(&outer::server::binary()?);
        let log = self.folder.path().join("server.log");
        let started = Server::start(command, &data_of(&self.folder), &log);
        started.with_context(|| std::fs::read_to_string(&log).unwrap_or_default())
    }

    /// Returns the request with which someone's page opens its stream.
    pub fn stream(&self, person: usize, host: SocketAddr) -> String {
        Request::get("/api/desk/events", self.by(person)).text(host)
    }

    /// Returns the request with which someone chooses another status than before, so that everyone is told.
    pub fn status(&self, person: usize, host: SocketAddr) -> String {
        let mut choices = self.choices.borrow_mut();
        let choice = choices.entry(person).or_default();
        *choice += 1;
        let status = if choice.is_multiple_of(2) { "busy" } else { "away" };
        Request::change("PUT", "/api/presence", self.by(person), json!({ "status": status })).text(host)
    }

    fn by(&self, person: usize) -> As {
        As::Person(self.cookies[person].clone())
    }
}

fn data_of(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

/// Adds a person and a session of theirs, and returns its cookie.
async fn add_person(app: Arc<App>, number: usize) -> anyhow::Result<String> {
    let person = Command::AddPerson {
        name: format!("Agent {number:05}{LONG_NAME}"),
        email: format!("agent-{number}@example.com"),
        password_hash: "nobody signs in".to_owned(),
        role: Role::Agent,
        capacity: [(Channel::WebChat, 4)].into(),
        interruptible: Default::default(),
    };
    let answer = app.submit(Actor::System, None, person).await?;
    let Answer::Added { id } = answer else { anyhow::bail!("a person was to be added: {answer:?}") };
    let agent: AgentId = id.parse().map_err(|_| anyhow::anyhow!("`{id}` is no person's id"))?;
    let mut token = [7; 32];
    token[..8].copy_from_slice(&(number as u64).to_be_bytes());
    let now = app.now();
    let session = Session { token_hash: sha256(&token), agent, created_at: now, seen_at: now };
    app.store.add_session(&session)?;
    Ok(format!("{PLAIN_COOKIE}={}", base64(&token)))
}
