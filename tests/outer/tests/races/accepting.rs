//! Two acceptances of one conversation: by two people it is offered to, or by one person in two browsers.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use baton_shared::Status;
use outer::http::{As, Request};
use outer::random::Random;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::book::Book;
use crate::ground::{Ground, ask_at};
use crate::seat::{Seat, snapshot};
use crate::tally::Tally;

/// How long after everything is prepared the two act.
const SOON: Duration = Duration::from_millis(3);

/// By how many microseconds the two miss the moment at most.
const MISSED_MICROS_MAX: u64 = 400;

/// Where the two acceptances come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    TwoPeople,
    TwoBrowsers,
}

/// Plays so many rounds, half of them of each kind.
pub fn run(rounds: u64, mut random: Random) -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    let mut people = Tally::of(["the first person".to_owned(), "the second person".to_owned()]);
    let mut browsers = Tally::of(["the first browser".to_owned(), "the second browser".to_owned()]);
    let ground = runtime.block_on(async {
        // Offered to two at once, the first who accepts wins; what is filed is filed by the server.
        let ground = Arc::new(Ground::prepare(json!({ "offers_at_once": 2, "wrap_up_secs": 1 })).await?);
        let first = Seat::take(&ground, ground.sign_in("agent-1").await?, Status::Available).await?;
        let second = Seat::take(&ground, ground.sign_in("agent-2").await?, Status::Available).await?;
        let (_, elsewhere) = ground.sign_in("agent-1").await?;
        for round in 0..rounds {
            let (from, tally) = match round % 2 {
                0 => (From::TwoPeople, &mut people),
                _ => (From::TwoBrowsers, &mut browsers),
            };
            tally.won(play(&ground, [&first, &second], &elsewhere, from, &mut random).await?);
        }
        drop((first, second));
        anyhow::Ok(ground)
    })?;
    drop(runtime);
    let (_folder, data) = Arc::into_inner(ground).expect("everyone has left").stop()?;
    Book::read(&data, None)?;
    println!("accepting: {rounds} rounds, one acceptance each; {people}; {browsers}");
    people.check(rounds / 2)?;
    browsers.check(rounds / 2)
}

/// Plays a round, and returns which of the two acceptances was the one.
async fn play(
    ground: &Arc<Ground>,
    seats: [&Seat; 2],
    elsewhere: &As,
    from: From,
    random: &mut Random,
) -> anyhow::Result<usize> {
    let mut customer = ground.customer().await?;
    let conversation = customer.conversation;
    let [one, two] = [
        seats[0].find(|seen| seen.offer_of(conversation)).await?,
        seats[1].find(|seen| seen.offer_of(conversation)).await?,
    ];
    let acceptances = match from {
        From::TwoPeople => [(one, &seats[0].me), (two, &seats[1].me)],
        From::TwoBrowsers => [(one, &seats[0].me), (one, elsewhere)],
    };
    let moment = Instant::now() + SOON;
    let mut requests: Vec<(Instant, Request)> = Vec::new();
    for (offer, by) in acceptances {
        let missed = Duration::from_micros(random.below(MISSED_MICROS_MAX));
        let path = format!("/api/offers/{offer}/acceptance");
        requests.push((moment + missed, ground.command("POST", &path, by, json!({}))));
    }
    let (Some((late, second)), Some((early, first))) = (requests.pop(), requests.pop()) else {
        anyhow::bail!("two acceptances were prepared");
    };
    let (at_one, at_two) = (ground.connect().await?, ground.connect().await?);
    let (first, second) =
        tokio::join!(tokio::spawn(ask_at(early, at_one, first)), tokio::spawn(ask_at(late, at_two, second)));
    let answers = [first??.0, second??.0];
    let winner = usize::from(answers[1].is_done());
    ensure!(answers[winner].is_done() && !answers[1 - winner].is_done(), "one acceptance wins: {answers:?}");
    let refusal = &answers[1 - winner];
    ensure!((refusal.status, refusal.code()) == (409, "offer_closed"), "the other is refused: {refusal:?}");

    let (owner, other) = match (from, winner) {
        (From::TwoPeople, 1) => (seats[1], seats[0]),
        (From::TwoPeople | From::TwoBrowsers, _) => (seats[0], seats[1]),
    };
    owner.wait(|seen| seen.owns(conversation) && seen.offer_of(conversation).is_none()).await?;
    other.wait(|seen| seen.offer_of(conversation).is_none()).await?;
    ensure!(!other.now(|seen| seen.owns(conversation)), "{conversation} is on two desks");
    let (mine, theirs) = (snapshot(ground, &owner.me).await?, snapshot(ground, &other.me).await?);
    ensure!(mine.desk.conversations.contains_key(&conversation), "the winner does not have {conversation}");
    ensure!(!theirs.desk.conversations.contains_key(&conversation), "both have {conversation}");
    let (phase, name) = (customer.phase().await?, owner.now(|seen| seen.desk.me.name.clone()));
    ensure!(phase == json!({ "kind": "active", "agent": name }), "the customer is told {phase}");
    customer.leave(ground).await?;
    Ok(winner)
}
