//! Races on the real server: several who want what only one can have, at the same moment, thousands of times.
//!
//! Two people accept one conversation; acceptance, cancelling, the deadline and a supervisor meet on one transfer; fifty
//! customers write to one agent with room for four. Each round has one outcome, everyone else is refused with a stable
//! code, and each contender wins at least one round in a hundred: a race that only one can win would show nothing.
//! Afterwards the log is read, and says the same ([`book`]).
//!
//! `BATON_ROUNDS` says how many rounds (1,000 unless given), `BATON_SEED` repeats the choices of a run, and `BATON_BIN`
//! names the server. Reading order: [`ground`], [`seat`], the races ([`accepting`], [`four_ways`], [`rush`]), [`book`].

#![expect(clippy::print_stdout, reason = "a run tells its seed and who won how often")]

mod accepting;
mod book;
mod four_ways;
mod ground;
mod rush;
mod seat;
mod tally;

use std::sync::{Mutex, PoisonError};

use outer::random::Random;
use outer::server::environment;

/// How many rounds are played unless `BATON_ROUNDS` says otherwise.
const ROUNDS: u64 = 1_000;

/// Held by the race that is run: two at once would be in each other's way.
static GROUND: Mutex<()> = Mutex::new(());

/// Returns how many rounds to play, and what chooses in them, after printing its seed.
fn chosen() -> anyhow::Result<(u64, Random)> {
    let number = |name: &str| environment(name).map(|text| text.parse::<u64>()).transpose();
    let rounds = number("BATON_ROUNDS")?.unwrap_or(ROUNDS);
    let seed = number("BATON_SEED")?.unwrap_or_else(|| std::process::id().into());
    println!("seed {seed}");
    Ok((rounds, Random::from_seed(seed)))
}

#[test]
fn one_of_two_acceptances_of_a_conversation_wins() -> anyhow::Result<()> {
    let _alone = GROUND.lock().unwrap_or_else(PoisonError::into_inner);
    let (rounds, random) = chosen()?;
    accepting::run(rounds, random)
}

#[test]
fn acceptance_cancelling_deadline_and_take_over_give_a_transfer_one_end() -> anyhow::Result<()> {
    let _alone = GROUND.lock().unwrap_or_else(PoisonError::into_inner);
    let (rounds, random) = chosen()?;
    four_ways::run(rounds, random)
}

#[test]
fn fifty_customers_at_once_never_fill_an_agent_beyond_their_capacity() -> anyhow::Result<()> {
    let _alone = GROUND.lock().unwrap_or_else(PoisonError::into_inner);
    let (rounds, random) = chosen()?;
    rush::run(rounds, random)
}
