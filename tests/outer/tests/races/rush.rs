//! Fifty customers write at the same moment to one agent with room for four.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use baton_shared::{OfferId, Status};
use outer::random::Random;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::book::Book;
use crate::ground::{Customer, Ground, ask_at};
use crate::seat::{Seat, Seen, snapshot};
use crate::tally::Tally;

/// How many customers write at once.
const CUSTOMERS: usize = 50;

/// For how many the agent has room: as everyone in the demo.
const ROOM: usize = 4;

/// How long after everything is prepared they write.
const SOON: Duration = Duration::from_millis(5);

/// By how many microseconds each misses the moment at most.
const MISSED_MICROS_MAX: u64 = 3_000;

/// Plays so many rounds.
pub fn run(rounds: u64, mut random: Random) -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    let mut tally = Tally::of((1..=CUSTOMERS).map(|number| format!("customer {number}")));
    let ground = runtime.block_on(async {
        let ground = Arc::new(Ground::prepare(json!({ "wrap_up_secs": 1 })).await?);
        let agent = Arc::new(Seat::take(&ground, ground.sign_in("agent-1").await?, Status::Available).await?);
        let accepting = tokio::spawn(accept_all(ground.clone(), agent.clone()));
        for _ in 0..rounds {
            play(&ground, &agent, &mut random, &mut tally).await?;
        }
        let most = agent.now(|seen| seen.most);
        ensure!(most == ROOM, "the agent was seen with {most} conversations and offers");
        accepting.abort();
        ensure!(accepting.await.is_err_and(|ended| ended.is_cancelled()), "the agent accepts to the end");
        anyhow::Ok(ground)
    })?;
    drop(runtime);
    let (_folder, data) = Arc::into_inner(ground).context("everyone has left")?.stop()?;
    Book::read(&data, None)?;
    println!("rush: {rounds} rounds of {CUSTOMERS} conversations, never more than {ROOM} at once; {tally}");
    tally.check(rounds)
}

/// Accepts whatever is offered, as soon as it is.
async fn accept_all(ground: Arc<Ground>, agent: Arc<Seat>) -> anyhow::Result<()> {
    let mut connection = ground.connect().await?;
    let mut answered: BTreeSet<OfferId> = BTreeSet::new();
    loop {
        let fresh = |seen: &Seen| seen.desk.offers.keys().copied().find(|offer| !answered.contains(offer));
        let offer = agent.find(fresh).await;
        // Between two rounds nothing is offered for a while.
        let Ok(offer) = offer else { continue };
        let path = format!("/api/offers/{offer}/acceptance");
        connection.ask(&ground.command("POST", &path, &agent.me, json!({}))).await?;
        answered.insert(offer);
    }
}

async fn play(
    ground: &Arc<Ground>,
    agent: &Seat,
    random: &mut Random,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let mut connections = Vec::new();
    for _ in 0..CUSTOMERS {
        connections.push(ground.connect().await?);
    }
    let moment = Instant::now() + SOON;
    let mut writing = JoinSet::new();
    for (number, connection) in connections.into_iter().enumerate() {
        let at = moment + Duration::from_micros(random.below(MISSED_MICROS_MAX));
        let start = ground.start();
        writing.spawn(async move {
            let (answer, connection) = ask_at(at, connection, start).await?;
            anyhow::Ok((number, Customer::of(connection, &answer)?))
        });
    }
    let mut customers = Vec::new();
    while let Some(wrote) = writing.join_next().await {
        customers.push(wrote??);
    }
    agent.wait(|seen| seen.desk.conversations.len() == ROOM && seen.desk.offers.is_empty()).await?;
    let desk = snapshot(ground, &agent.me).await?.desk;
    ensure!(desk.conversations.len() + desk.offers.len() == ROOM, "a snapshot shows too much or too little");
    let (served, waiting): (Vec<_>, Vec<_>) = customers
        .into_iter()
        .partition(|(_, customer)| desk.conversations.contains_key(&customer.conversation));
    ensure!(served.len() == ROOM, "{} of this round's customers are served", served.len());
    served.iter().for_each(|(number, _)| tally.won(*number));
    // Those who wait leave first, so that nobody comes up into the next round.
    for leaving in [waiting, served] {
        let mut ends = JoinSet::new();
        for (_, customer) in leaving {
            let ground = ground.clone();
            ends.spawn(async move { customer.leave(&ground).await });
        }
        while let Some(left) = ends.join_next().await {
            left??;
        }
    }
    agent.wait(|seen| seen.desk.conversations.is_empty() && seen.desk.offers.is_empty()).await
}
