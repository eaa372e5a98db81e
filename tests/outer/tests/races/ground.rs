//! What a race is run on: a server with its people, customers who come to it, and moments to act at.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use baton_shared::{AgentId, ConversationId};
use outer::http::{Answer, As, Connection, Request};
use outer::server::{self, Server};
use serde_json::{Value, json};
use tokio::time::Instant;

/// How long anything that must happen may take.
pub const WITHIN: Duration = Duration::from_secs(60);

/// How long before a moment the timer, which counts milliseconds, is not trusted any more.
const LAST_STRETCH: Duration = Duration::from_millis(2);

/// A server with a demo's people.
pub struct Ground {
    folder: tempfile::TempDir,
    server: Server,
    admin: As,
    addresses: AtomicU32,
    keys: AtomicU64,
}

impl Ground {
    /// Starts a server, and sets how transfers go.
    pub async fn prepare(policy: Value) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(server::binary()?);
        command.env("BATON_DEMO", "true");
        let log = folder.path().join("server.log");
        let started = Server::start(command, &folder.path().join("data"), &log);
        let server = started.with_context(|| std::fs::read_to_string(&log).unwrap_or_default())?;
        let (addresses, keys) = (AtomicU32::new(0), AtomicU64::new(0));
        let mut ground = Self { folder, server, admin: As::Nobody, addresses, keys };
        ground.admin = ground.sign_in("admin").await?.1;
        let set = ground.command("PUT", "/api/transfer-policy", &ground.admin, policy);
        let answer = ground.connect().await?.ask(&set).await?;
        ensure!(answer.is_done(), "the policy could not be set: {answer:?}");
        Ok(ground)
    }

    /// Stops the server, and returns where its data is, for as long as the folder is kept.
    pub fn stop(self) -> anyhow::Result<(tempfile::TempDir, PathBuf)> {
        self.server.stop()?;
        let data = self.folder.path().join("data");
        Ok((self.folder, data))
    }

    /// Signs someone of the demo in, and returns who they are.
    pub async fn sign_in(&self, name: &str) -> anyhow::Result<(AgentId, As)> {
        let body = json!({ "email": format!("{name}@demo.example"), "password": "baton-demo" });
        let answer =
            self.connect().await?.ask(&Request::change("POST", "/api/session", As::Nobody, body)).await?;
        let id = answer.body["id"].as_str().and_then(|id| id.parse().ok());
        id.zip(answer.cookie.map(As::Person)).with_context(|| format!("{name} could not sign in"))
    }

    /// Gives an agent of the demo room for so many conversations.
    pub async fn make_room(&self, agent: AgentId, capacity: u32) -> anyhow::Result<()> {
        let path = format!("/api/people/{agent}");
        let body = json!({ "name": "Agent", "role": "agent", "enabled": true, "capacity": capacity });
        let answer = self.connect().await?.ask(&self.command("PUT", &path, &self.admin, body)).await?;
        ensure!(answer.is_done(), "room could not be made: {answer:?}");
        Ok(())
    }

    /// Returns a command with a key that no other has.
    pub fn command(&self, method: &'static str, path: &str, by: &As, body: Value) -> Request {
        let key = self.keys.fetch_add(1, Ordering::Relaxed);
        Request::change(method, path, by.clone(), body).keyed(format!("race-{key:012}"))
    }

    /// Connects from an address of loopback that nobody else asks from, so that limits by address count few.
    pub async fn connect(&self) -> std::io::Result<Connection> {
        let number = self.addresses.fetch_add(1, Ordering::Relaxed);
        let [_, high, middle, low] = (number % 0x00ff_0000 + 0x0001_0002).to_be_bytes();
        Connection::open(self.server.address, IpAddr::from(Ipv4Addr::new(127, high, middle, low))).await
    }

    /// Lets a customer write.
    pub async fn customer(&self) -> anyhow::Result<Customer> {
        let mut connection = self.connect().await?;
        let answer = connection.ask(&self.start()).await?;
        Customer::of(connection, &answer)
    }

    /// Returns the request with which a customer writes first.
    pub fn start(&self) -> Request {
        self.command("POST", "/api/chat", &As::Nobody, json!({ "name": "Ada", "text": "Hello" }))
    }
}

/// A customer who wrote.
#[derive(Debug)]
pub struct Customer {
    connection: Connection,
    token: As,
    /// The conversation they opened.
    pub conversation: ConversationId,
}

impl Customer {
    /// The customer who was answered so.
    pub fn of(connection: Connection, answer: &Answer) -> anyhow::Result<Self> {
        let token = answer.body["token"].as_str().map(|token| As::Customer(token.to_owned()));
        let conversation = answer.body["chat"]["conversation"].as_str().and_then(|id| id.parse().ok());
        let (token, conversation) =
            token.zip(conversation).with_context(|| format!("a customer could not write: {answer:?}"))?;
        Ok(Self { connection, token, conversation })
    }

    /// Returns what the customer is told about where their conversation is.
    pub async fn phase(&mut self) -> anyhow::Result<Value> {
        let mut answer = self.connection.ask(&Request::get("/api/chat", self.token.clone())).await?;
        Ok(answer.body["chat"]["phase"].take())
    }

    /// Ends the conversation.
    pub async fn leave(mut self, ground: &Ground) -> anyhow::Result<()> {
        let end = ground.command("POST", "/api/chat/closure", &self.token, json!({}));
        let answer = self.connection.ask(&end).await?;
        ensure!(answer.is_done(), "a customer could not leave: {answer:?}");
        Ok(())
    }
}

/// Waits until a moment, asks, and gives the connection back with the answer.
pub async fn ask_at(
    moment: Instant,
    mut connection: Connection,
    request: Request,
) -> anyhow::Result<(Answer, Connection)> {
    let soon = moment.checked_sub(LAST_STRETCH).unwrap_or(moment);
    // The moment itself is what the race is about: nothing else is waited for.
    drop(tokio::time::timeout_at(soon, std::future::pending::<()>()).await);
    while Instant::now() < moment {
        tokio::task::yield_now().await;
    }
    Ok((connection.ask(&request).await?, connection))
}
