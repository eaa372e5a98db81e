//! Durable conversations: opened, queued, offered and accepted by the engine, each step on the disk before it is
//! answered, beside SQLite alone writing the same rows in the same batches.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use baton::app::{App, Start};
use baton::clock::SystemClock;
use baton::config::Config;
use baton::dispatcher::{Answer, Key};
use baton::store::sqlite::SqliteStore;
use baton_shared::command::Actor;
use baton_shared::*;

use crate::machine;
use crate::raw_sqlite::{self, Rows};
use crate::recording::{Recording, Written};
use crate::report::{Better, Goal, PAIRS, Pair, Row, per_second, say};

/// How many conversations are under way at the same time.
const IN_FLIGHT: u64 = 256;

/// How many conversations a measurement consists of.
const CONVERSATIONS: u64 = 10_240;

/// How many people take them in turn.
const PEOPLE: u64 = 64;

/// How much the disk's speed may change over a pair, as a factor.
const DISK_CHANGE_MAX: f64 = 2.0;

/// How often a pair is measured again because the disk's speed changed.
const REPETITIONS_MAX: usize = 10;

/// Measures, and returns the rows.
pub fn run() -> anyhow::Result<Vec<Row>> {
    let goal = Goal {
        name: "durable",
        unit: "rows/s",
        better: Better::Higher,
        must: 0.4,
        aim: 0.7,
        reference_version: format!("SQLite {}", raw_sqlite::version()),
    };
    std::fs::create_dir_all("target/bench")?;
    let mut pairs = Vec::new();
    let mut conversations = Vec::new();
    let mut repetitions = 0;
    while pairs.len() < PAIRS {
        // Beside the results, so that it is a disk and not memory.
        let folder = tempfile::tempdir_in("target/bench")?;
        let before = machine::durable_writes(folder.path())?;
        let (pair, time) = measure(folder.path())?;
        let after = machine::durable_writes(folder.path())?;
        say(&format!(
            "  ours {:.0}, reference {:.0} rows/s, ratio {:.3}; {:.0} conversations/s; disk {before:.0} and {after:.0} fsyncs/s",
            pair.ours,
            pair.reference,
            pair.ratio(),
            per_second(CONVERSATIONS, time)
        ))?;
        if before.max(after) > DISK_CHANGE_MAX * before.min(after) {
            repetitions += 1;
            ensure!(repetitions <= REPETITIONS_MAX, "the disk's speed changes too much to measure anything");
            say("  the disk's speed changed; this pair does not count")?;
            continue;
        }
        pairs.push(pair);
        conversations.push(time);
    }
    let row = goal.row("durable", &pairs)?;
    conversations.sort_unstable();
    let median = conversations[conversations.len() / 2];
    say(&format!("  {:.0} conversations/s in the median", per_second(CONVERSATIONS, median)))?;
    Ok(vec![row])
}

/// Measures the engine and then the reference; also returns how long the engine took.
fn measure(folder: &Path) -> anyhow::Result<(Pair, Duration)> {
    let (time, batches) = run_engine(&folder.join("ours"))?;
    let rows = Rows::read(&folder.join("ours/baton.db"), &batches)?;
    let reference = rows.write(&folder.join("reference.db"))?;
    let pair = Pair { ours: per_second(rows.count(), time), reference: per_second(rows.count(), reference) };
    Ok((pair, time))
}

fn run_engine(data: &Path) -> anyhow::Result<(Duration, Vec<Vec<Written>>)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let store = Arc::new(Recording::of(SqliteStore::open(data)?));
    let app = App::build(
        Config::loopback(data),
        store.clone(),
        Arc::new(SystemClock::start()),
        Start { boot: 1, id_seed: 2 },
    )?;
    let time = runtime.block_on(async {
        let queue = fill(&app).await?;
        store.take_batches();
        let began = machine::now();
        let mut workers = tokio::task::JoinSet::new();
        for worker in 0..IN_FLIGHT {
            workers.spawn(open_and_accept(app.clone(), store.clone(), queue, worker));
        }
        while let Some(ended) = workers.join_next().await {
            ended??;
        }
        let time = began.elapsed();
        app.stop().await;
        anyhow::Ok(time)
    })?;
    Ok((time, store.take_batches()))
}

/// Adds a queue and the people who take its conversations.
async fn fill(app: &App) -> anyhow::Result<QueueId> {
    let run = |command| app.submit(Actor::System, None, command);
    let name = "Technical support".to_owned();
    let queue = Command::AddQueue { name, skills: Default::default(), priority: Default::default() };
    let queue: QueueId = added(run(queue).await?)?;
    for number in 0..PEOPLE {
        let person = Command::AddPerson {
            name: format!("Agent {number}"),
            email: format!("agent-{number}@example.com"),
            password_hash: "nobody signs in".to_owned(),
            role: Role::Agent,
            capacity: [(Channel::WebChat, u32::MAX)].into(),
            interruptible: Default::default(),
        };
        let agent: AgentId = added(run(person).await?)?;
        run(Command::AddMember { queue, agent }).await?;
        run(Command::BeginLease { agent }).await?;
        app.submit(Actor::Person(agent), None, Command::SetStatus { status: Status::Available }).await?;
    }
    Ok(queue)
}

fn added<Id: std::str::FromStr>(answer: Answer) -> anyhow::Result<Id> {
    let Answer::Added { id } = answer else {
        bail!("something was to be added, and the answer is {answer:?}")
    };
    id.parse().map_err(|_| anyhow::anyhow!("`{id}` is no id of the kind added"))
}

/// One of those who work at the same time: opens a conversation, accepts it, and opens the next.
async fn open_and_accept(
    app: Arc<App>,
    store: Arc<Recording>,
    queue: QueueId,
    worker: u64,
) -> anyhow::Result<()> {
    for number in 0..CONVERSATIONS / IN_FLIGHT {
        let key = |step: &str| {
            Some(Key { text: format!("{step}-{worker:08}-{number:08}"), body_hash: [number as u8; 32] })
        };
        let start = Command::StartConversation {
            name: "Ada Lovelace".to_owned(),
            text: "My invoice of October shows the same item twice. Can you have a look at it?".to_owned(),
            channel: Channel::WebChat,
            queue,
            attributes: Default::default(),
        };
        let answer = app.submit(Actor::Visitor, key("start"), start).await?;
        let Answer::Started { conversation } = answer else { bail!("a start was answered with {answer:?}") };
        let offer = store.take_offer(conversation);
        let (offer, agent) =
            offer.context("everyone can take a conversation, and this one was offered to nobody")?;
        app.submit(Actor::Person(agent), key("accept"), Command::AcceptOffer { offer }).await?;
    }
    Ok(())
}
