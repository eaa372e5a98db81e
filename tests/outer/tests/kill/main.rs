//! The server is killed under load, again and again, and nothing it acknowledged is lost.
//!
//! Customers and agents work against the real process and write down what was acknowledged to them ([`journal`]).
//! At a random moment the process gets SIGKILL. The log is then replayed, the server is started on the same folder
//! and compared with the journal ([`checks`]), and everyone goes on: what was under way is repeated with the same key.
//!
//! `BATON_KILLS` says how often (10 unless given), `BATON_SEED` repeats the choices of a run,
//! and `BATON_BIN` names the server.

mod agents;
mod checks;
mod customers;
mod journal;
mod load;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use baton_shared::api::QueueView;
use baton_shared::{AgentId, QueueId};
use outer::http::{As, Connection, Request};
use outer::random::Random;
use outer::server::{self, Server, environment};
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinSet;

use agents::Agent;
use checks::Inspector;
use load::Load;

/// How often the server is killed unless `BATON_KILLS` says otherwise.
const KILLS: u64 = 10;

/// How many customers write at the same time: almost as many as the agents can hold, so that some agents are full and
/// others can be passed to.
const CUSTOMERS: usize = 20;

/// How many commands are acknowledged between two kills at most.
const ACKNOWLEDGED_BETWEEN_KILLS_MAX: u64 = 250;

/// How long the load may take to bring the next kill about; it takes a second.
const KILL_WITHIN: Duration = Duration::from_secs(120);

/// How long after the moment chosen by count the kill comes at most, so that it falls into any phase of a commit.
const LATER_MICROS_MAX: u64 = 8_000;

/// How long everyone may take to come to an end.
const END_WITHIN: Duration = Duration::from_secs(60);

#[test]
fn what_was_acknowledged_survives_sigkill_under_load() -> anyhow::Result<()> {
    let number = |name: &str| environment(name).map(|text| text.parse::<u64>()).transpose();
    let kills = number("BATON_KILLS")?.unwrap_or(KILLS);
    let seed = number("BATON_SEED")?.unwrap_or_else(|| std::process::id().into());
    println!("seed {seed}");
    let mut trial = Trial::begin(seed)?;
    for _ in 0..kills {
        trial.kill()?;
    }
    let (text, verdict) = trial.end(kills)?;
    println!("{text}");
    verdict
}

/// Everything that a run consists of.
struct Trial {
    folder: tempfile::TempDir,
    binary: PathBuf,
    runtime: Runtime,
    random: Random,
    server: Option<Server>,
    up: watch::Sender<Option<SocketAddr>>,
    stop: watch::Sender<bool>,
    load: Arc<Load>,
    people: BTreeMap<AgentId, As>,
    workers: JoinSet<()>,
    /// How many kills hit commands that were under way.
    kills_in_flight: u64,
    /// How many commands had been acknowledged at the last start.
    acknowledged_before: u64,
}

impl Trial {
    /// Starts the server and everyone who asks it.
    fn begin(seed: u64) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let binary = server::binary()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let server = start(&binary, folder.path())?;
        let (up, announced) = watch::channel(Some(server.address));
        let (stop, stopping) = watch::channel(false);
        let load = Arc::new(Load::new(announced, stopping));
        let (people, queues) = runtime.block_on(sign_in(server.address, &load))?;

        let mut random = Random::from_seed(seed);
        let mut workers = JoinSet::new();
        for (id, by) in &people {
            let agent = Agent::new(load.clone(), by.clone(), *id, queues.clone(), random.branch());
            workers.spawn_on(agent.work(), runtime.handle());
        }
        for _ in 0..CUSTOMERS {
            workers.spawn_on(customers::visit(load.clone(), random.branch()), runtime.handle());
        }
        let server = Some(server);
        Ok(Self {
            folder,
            binary,
            runtime,
            random,
            server,
            up,
            stop,
            load,
            people,
            workers,
            kills_in_flight: 0,
            acknowledged_before: 0,
        })
    }

    /// Kills the server at a random moment under load, checks what is left, and starts it again.
    fn kill(&mut self) -> anyhow::Result<()> {
        let more = 1 + self.random.below(ACKNOWLEDGED_BETWEEN_KILLS_MAX);
        let later = Duration::from_micros(self.random.below(LATER_MICROS_MAX));
        let wanted = self.acknowledged_before + more;
        let mut count = self.load.journal.count();
        self.runtime.block_on(async {
            let reached = tokio::time::timeout(KILL_WITHIN, count.wait_for(|count| *count >= wanted)).await;
            reached
                .with_context(|| format!("the load stands still: {:?}", self.load.journal.refusals()))??;
            // The moment itself is the fault: it may be any.
            drop(tokio::time::timeout(later, std::future::pending::<()>()).await);
            anyhow::Ok(())
        })?;

        let server = self.server.take().context("a server runs between two kills")?;
        let in_flight = self.load.journal.in_flight();
        server.kill()?;
        self.up.send_replace(None);
        let acknowledged = *count.borrow();
        ensure!(acknowledged > self.acknowledged_before || in_flight > 0, "a kill hit no work");
        self.kills_in_flight += u64::from(in_flight > 0);

        checks::log_and_rows_agree(&self.binary, &self.data())?;
        let server = start(&self.binary, self.folder.path())?;
        self.runtime.block_on(async {
            Inspector::open(&self.load, &self.people, server.address).await?.inspect(false).await
        })?;
        self.acknowledged_before = *count.borrow();
        self.up.send_replace(Some(server.address));
        self.server = Some(server);
        Ok(())
    }

    /// Lets everyone come to an end, checks everything once more, and returns how it went.
    fn end(mut self, kills: u64) -> anyhow::Result<(String, anyhow::Result<()>)> {
        // A run that saw only some kinds of commands would show little.
        let mut count = self.load.journal.count();
        let all_kinds = count.wait_for(|_| self.load.journal.missing().is_empty());
        // What is waited for is let go of at once: it keeps the count from growing.
        let seen =
            self.runtime.block_on(async { tokio::time::timeout(KILL_WITHIN, all_kinds).await.is_ok() });
        ensure!(seen, "nothing of these kinds was ever done: {:?}", self.load.journal.missing());

        self.stop.send_replace(true);
        let workers = &mut self.workers;
        self.runtime.block_on(async {
            let all = async {
                while let Some(ended) = workers.join_next().await {
                    ended?;
                }
                anyhow::Ok(())
            };
            tokio::time::timeout(END_WITHIN, all).await.context("some commands were never answered")?
        })?;
        let server = self.server.take().context("a server runs after the last kill")?;
        self.runtime.block_on(async {
            Inspector::open(&self.load, &self.people, server.address).await?.inspect(true).await
        })?;
        server.stop()?;
        checks::log_and_rows_agree(&self.binary, &self.data())?;
        Ok(self.how_it_went(kills))
    }

    /// Returns what to print, the last line for programs, and fails if anything is wrong.
    fn how_it_went(&self, kills: u64) -> (String, anyhow::Result<()>) {
        let (lost, two_owners) = self.load.journal.faults();
        let (counts, repeated) = self.load.journal.counts();
        let acknowledged: u64 = counts.values().sum();
        let mut text: String = lost.iter().chain(&two_owners).map(|fault| format!("{fault}\n")).collect();
        text += &format!("acknowledged {counts:?}\nrefused {:?}\n", self.load.journal.refusals());
        text += &format!(
            "{} kills hit commands under way; {repeated} commands were repeated with their key and done\n",
            self.kills_in_flight
        );
        let (lost, two_owners) = (lost.len(), two_owners.len());
        text += &format!("kills {kills}, acknowledged {acknowledged}, lost {lost}, two owners {two_owners}");
        let verdict = if lost + two_owners > 0 {
            Err(anyhow!("see above; repeat it with BATON_SEED"))
        } else if kills > 0 && repeated == 0 {
            Err(anyhow!("no kill hit a command under way"))
        } else {
            Ok(())
        };
        (text, verdict)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

fn start(binary: &Path, folder: &Path) -> anyhow::Result<Server> {
    let mut command = Command::new(binary);
    command.env("BATON_DEMO", "true");
    let log = folder.join("server.log");
    let started = Server::start(command, &folder.join("data"), &log);
    started.with_context(|| std::fs::read_to_string(&log).unwrap_or_default())
}

/// Signs everyone in, and returns who they are and which queues there are.
async fn sign_in(
    address: SocketAddr,
    load: &Arc<Load>,
) -> anyhow::Result<(BTreeMap<AgentId, As>, Vec<QueueId>)> {
    let mut connection = Connection::open(address, load.fresh_address()).await?;
    let mut people = BTreeMap::new();
    for number in 1..=6 {
        let (id, by) = sign_in_as(&mut connection, &format!("agent-{number}@demo.example")).await?;
        people.insert(id, by);
    }
    let (_, admin) = sign_in_as(&mut connection, "admin@demo.example").await?;
    let queues = connection.ask(&Request::get("/api/queues", admin)).await?;
    let queues: Vec<QueueView> = serde_json::from_value(queues.body)?;
    Ok((people, queues.into_iter().map(|queue| queue.id).collect()))
}

async fn sign_in_as(connection: &mut Connection, email: &str) -> anyhow::Result<(AgentId, As)> {
    let body = json!({ "email": email, "password": "baton-demo" });
    let answer = connection.ask(&Request::change("POST", "/api/session", As::Nobody, body)).await?;
    let id = answer.body["id"].as_str().and_then(|id| id.parse().ok());
    match (id, answer.cookie) {
        (Some(id), Some(cookie)) => Ok((id, As::Person(cookie))),
        _ => bail!("{email} could not sign in: {} {}", answer.status, answer.body),
    }
}
