//! Acceptance, cancelling, the deadline and a supervisor's take-over on one transfer.
//!
//! The shortest deadline is a second, so many conversations are raced for side by side. A take-over that comes after
//! another outcome is not refused: it takes the conversation from whoever has it by then, so that in the end the supervisor
//! always does, and what tells who won the transfer is how its offer ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use baton::clock::{Clock, SystemClock};
use baton_shared::offer::OfferEnd;
use baton_shared::*;
use outer::http::Answer;
use outer::random::Random;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::book::Book;
use crate::ground::{Customer, Ground, ask_at};
use crate::seat::Seat;
use crate::tally::Tally;

/// How many conversations are raced for at the same time.
const AT_ONCE: u64 = 50;

/// How long a transfer lasts: the shortest that a policy allows.
const LASTS: Duration = Duration::from_secs(1);

/// Within how many microseconds the contenders act.
const SPREAD_MICROS: u64 = 12_000;

/// By how many microseconds everyone acts earlier after the deadline has won; they act later by a third of it otherwise,
/// so that it wins about a quarter.
const STEP_MICROS: i64 = 1_500;

/// Who wants to decide about a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contender {
    Acceptance,
    Cancelling,
    Deadline,
    TakeOver,
}

/// A race that is over.
#[derive(Debug)]
struct Raced {
    transfer: TransferId,
    winner: Contender,
}

/// Everyone at a race.
struct Scene {
    ground: Arc<Ground>,
    agents: [Seat; 2],
    supervisor: Seat,
    clock: SystemClock,
    /// How much earlier than the deadline everyone acts, in microseconds.
    earlier: AtomicI64,
}

/// Plays so many rounds.
pub fn run(rounds: u64, mut random: Random) -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    let (ground, supervisor, races) = runtime.block_on(async {
        let scene = Arc::new(Scene::set().await?);
        let mut races: Vec<Raced> = Vec::new();
        let mut playing: JoinSet<anyhow::Result<Raced>> = JoinSet::new();
        for _ in 0..rounds {
            if playing.len() as u64 >= AT_ONCE {
                races.push(playing.join_next().await.context("some are played")???);
            }
            playing.spawn(play(scene.clone(), random.branch()));
        }
        while let Some(raced) = playing.join_next().await {
            races.push(raced??);
        }
        let (ground, supervisor) = (scene.ground.clone(), scene.supervisor.id);
        anyhow::Ok((ground, supervisor, races))
    })?;
    drop(runtime);
    let (_folder, data) = Arc::into_inner(ground).context("everyone has left")?.stop()?;
    let book = Book::read(&data, Some(supervisor))?;
    let names = ["acceptance", "cancelling", "the deadline", "the take-over"];
    let mut tally = Tally::of(names.map(str::to_owned));
    for Raced { transfer, winner } in races {
        let end = book.transfers.get(&transfer);
        let expected = match winner {
            Contender::Acceptance => TransferEnd::Completed,
            Contender::Cancelling => TransferEnd::Cancelled,
            Contender::Deadline => TransferEnd::Expired,
            Contender::TakeOver => TransferEnd::Superseded,
        };
        ensure!(end == Some(&expected), "{winner:?} won {transfer}, and the log says {end:?}");
        tally.won(winner as usize);
    }
    println!("four ways: {rounds} rounds, one end each; {tally}");
    tally.check(rounds)
}

impl Scene {
    async fn set() -> anyhow::Result<Self> {
        let policy = json!({ "transfer_secs": LASTS.as_secs(), "wrap_up_secs": 1 });
        let ground = Arc::new(Ground::prepare(policy).await?);
        let (one, two) = (ground.sign_in("agent-1").await?, ground.sign_in("agent-2").await?);
        // Room for every conversation on one side, so that no transfer is refused for want of it.
        ground.make_room(one.0, 4 * AT_ONCE as u32).await?;
        ground.make_room(two.0, 4 * AT_ONCE as u32).await?;
        let agents = [
            Seat::take(&ground, one, Status::Available).await?,
            Seat::take(&ground, two, Status::Available).await?,
        ];
        let supervisor = Seat::take(&ground, ground.sign_in("supervisor").await?, Status::Busy).await?;
        Ok(Self { ground, agents, supervisor, clock: SystemClock::start(), earlier: AtomicI64::new(20_000) })
    }

    /// Lets an agent have a conversation, and returns their number.
    async fn owned(&self, conversation: ConversationId) -> anyhow::Result<usize> {
        let [one, two] = &self.agents;
        let (number, offer) = tokio::select! {
            offer = one.find(|seen| seen.offer_of(conversation)) => (0, offer?),
            offer = two.find(|seen| seen.offer_of(conversation)) => (1, offer?),
        };
        let agent = &self.agents[number];
        let path = format!("/api/offers/{offer}/acceptance");
        let accept = self.ground.command("POST", &path, &agent.me, json!({}));
        let answer = self.ground.connect().await?.ask(&accept).await?;
        ensure!(answer.is_done(), "the first offer is accepted: {answer:?}");
        agent.wait(|seen| seen.owns(conversation)).await?;
        Ok(number)
    }

    /// Returns the moment at which a transfer that was offered at a time expires.
    fn deadline(&self, made_at: Timestamp) -> Instant {
        Instant::now() + made_at.plus(LASTS).since(self.clock.now())
    }

    /// Learns from a round when to act in the next.
    fn learn(&self, winner: Contender) {
        let change = match winner {
            Contender::Deadline => STEP_MICROS,
            Contender::Acceptance | Contender::Cancelling | Contender::TakeOver => -STEP_MICROS / 3,
        };
        self.earlier.fetch_add(change, Ordering::Relaxed);
    }
}

async fn play(scene: Arc<Scene>, mut random: Random) -> anyhow::Result<Raced> {
    let ground = &scene.ground;
    let mut customer = ground.customer().await?;
    let conversation = customer.conversation;
    let sending = scene.owned(conversation).await?;
    let (sender, receiver) = (&scene.agents[sending], &scene.agents[1 - sending]);

    let body = json!({ "target": { "kind": "agent", "id": receiver.id }, "note": null });
    let path = format!("/api/conversations/{conversation}/transfers");
    let answer = ground.connect().await?.ask(&ground.command("POST", &path, &sender.me, body)).await?;
    let transfer = answer.body["transfer"].as_str().and_then(|id| id.parse::<TransferId>().ok());
    let transfer = transfer.with_context(|| format!("a transfer is refused: {answer:?}"))?;
    let (offer, made_at) = receiver
        .find(|seen| {
            let offer = seen.offer_of(conversation)?;
            Some((offer, seen.desk.offers.get(&offer)?.made_at))
        })
        .await?;

    let earlier = scene.earlier.load(Ordering::Relaxed).max(0).cast_unsigned();
    let begin = scene.deadline(made_at) - Duration::from_micros(earlier);
    let mut moment = || begin + Duration::from_micros(random.below(SPREAD_MICROS));
    let (at_accept, at_cancel, at_take) = (moment(), moment(), moment());
    let accept = format!("/api/offers/{offer}/acceptance");
    let accept = ground.command("POST", &accept, &receiver.me, json!({}));
    let cancel = format!("/api/conversations/{conversation}/transfers/{transfer}");
    let cancel = ground.command("DELETE", &cancel, &sender.me, json!({}));
    let take = format!("/api/conversations/{conversation}/takeover");
    let take = ground.command("POST", &take, &scene.supervisor.me, json!({}));
    let (one, two, three) = (ground.connect().await?, ground.connect().await?, ground.connect().await?);
    let (accept, cancel, take) = tokio::join!(
        tokio::spawn(ask_at(at_accept, one, accept)),
        tokio::spawn(ask_at(at_cancel, two, cancel)),
        tokio::spawn(ask_at(at_take, three, take))
    );
    let (accept, cancel, take) = (accept??.0, cancel??.0, take??.0);

    let end = receiver.find(|seen| seen.ended.get(&offer).copied()).await?;
    let winner = winner(end, &accept, &cancel)?;
    ensure!(take.is_done(), "a take-over is refused: {take:?}");
    seen_afterwards(&scene, &mut customer).await?;
    customer.leave(ground).await?;
    scene.learn(winner);
    Ok(Raced { transfer, winner })
}

/// Returns who won, as the offer's end says; fails where the answers say otherwise.
fn winner(end: OfferEnd, accept: &Answer, cancel: &Answer) -> anyhow::Result<Contender> {
    let winner = match end {
        OfferEnd::Accepted => Contender::Acceptance,
        OfferEnd::Cancelled => Contender::Cancelling,
        OfferEnd::TimedOut => Contender::Deadline,
        OfferEnd::Rescinded => Contender::TakeOver,
        OfferEnd::Declined | OfferEnd::TargetGone => bail!("an offer ended {end:?}"),
    };
    let as_said = |contender: Contender, answer: &Answer, codes: &[&str]| {
        let refused = matches!(answer.status, 403 | 404 | 409) && codes.contains(&answer.code());
        let right = if winner == contender { answer.is_done() } else { refused };
        ensure!(right, "{winner:?} won, and {contender:?} was answered {answer:?}");
        Ok(())
    };
    as_said(Contender::Acceptance, accept, &["offer_closed", "not_found"])?;
    as_said(Contender::Cancelling, cancel, &["transfer_closed", "not_owner", "not_found"])?;
    Ok(winner)
}

/// Checks that the supervisor has the conversation, and nobody else.
async fn seen_afterwards(scene: &Scene, customer: &mut Customer) -> anyhow::Result<()> {
    let conversation = customer.conversation;
    scene.supervisor.wait(|seen| seen.owns(conversation)).await?;
    for agent in &scene.agents {
        agent.wait(|seen| !seen.owns(conversation) && seen.offer_of(conversation).is_none()).await?;
    }
    let name = scene.supervisor.now(|seen| seen.desk.me.name.clone());
    let phase = customer.phase().await?;
    ensure!(phase == json!({ "kind": "active", "agent": name }), "the customer is told {phase}");
    Ok(())
}
