//! Whether the router, run for a very long day, waits and loses as queueing theory says it must.
//!
//! Customers come as a Poisson stream, agents answer for exponential times, and who waits longer than an exponential
//! patience leaves: the queue M/M/n+M, Erlang-A. Its waits are known exactly. The shipped turns run it at virtual time,
//! one agent a conversation, offers accepted at once; a place that is lost, or work that waits while someone is free,
//! moves the figures far beyond what chance explains.
//!
//! Source: Garnett, Mandelbaum and Reiman, "Designing a call center with impatient customers", Manufacturing & Service
//! Operations Management 4(3), 2002; the stationary distribution of the birth-death process is computed here.
//!
//! `BATON_ERLANG=long` runs 1,000,000 arrivals and asks for 2 %. The short form runs 60,000 and asks for four standard
//! errors of its own batch means, and at most 10 %. `BATON_SEED` chooses the seed, which is printed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "model/slate.rs"]
mod slate;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;
use std::time::Duration;

use baton::clock::ManualClock;
use baton::dispatcher::{Answer, Parts, Request, Turns};
use baton::feed::Feed;
use baton::ids::IdSource;
use baton::routing::OpenWork;
use baton_shared::command::Actor;
use baton_shared::queue::Priority;
use baton_shared::segment::Disposition;
use baton_shared::*;
use slate::Slate;
use tokio::sync::oneshot;

const AGENTS: usize = 10;

/// One customer every 30 s, who is answered for 300 s: as much as ten agents can do, so that patience decides.
const ARRIVALS_EVERY_MS: f64 = 30_000.0;
const SERVICE_MS: f64 = 300_000.0;
const PATIENCE_MS: f64 = 300_000.0;

/// Into how many parts a run is cut to see how much its figures vary by chance.
const BATCHES: usize = 20;

/// What is measured, and computed.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    waits: f64,
    abandons: f64,
    mean_wait_ms: f64,
}

impl Figures {
    const fn each(self) -> [(&'static str, f64); 3] {
        [("P(wait)", self.waits), ("P(abandon)", self.abandons), ("mean wait in ms", self.mean_wait_ms)]
    }
}

/// Returns the exact figures, from the stationary distribution of how many customers are there.
fn erlang_a() -> Figures {
    let (arrival, service, patience) = (1.0 / ARRIVALS_EVERY_MS, 1.0 / SERVICE_MS, 1.0 / PATIENCE_MS);
    let mut weights = vec![1.0];
    // Beyond this many customers there is no weight that a double could tell from nothing.
    for customers in 1..400usize {
        let served = customers.min(AGENTS) as f64 * service;
        let leaving = customers.saturating_sub(AGENTS) as f64 * patience;
        weights.push(weights[customers - 1] * arrival / (served + leaving));
    }
    let all: f64 = weights.iter().sum();
    let waiting = weights.iter().enumerate().skip(AGENTS);
    let waits = waiting.clone().map(|(_, weight)| weight).sum::<f64>() / all;
    let in_line = waiting.map(|(customers, weight)| (customers - AGENTS) as f64 * weight).sum::<f64>() / all;
    // By Little's law the line is as long as customers come often and wait long; each in it leaves at the same rate.
    Figures { waits, abandons: in_line * patience / arrival, mean_wait_ms: in_line / arrival }
}

/// What is to happen, in the order of its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Arrives,
    Ends(ConversationId, AgentId),
    LosesPatience(ConversationId),
}

struct Day {
    turns: Turns,
    slate: Arc<Slate>,
    clock: Arc<ManualClock>,
    now: Timestamp,
    random: Random,
    agents: Vec<AgentId>,
    queue: QueueId,
    next: BinaryHeap<Reverse<(Timestamp, Next)>>,
    waiting: BTreeMap<ConversationId, Timestamp>,
    /// For each customer how long they waited, and whether they left.
    outcomes: Vec<(u64, bool)>,
}

impl Day {
    fn new(seed: u64) -> Self {
        let now = Timestamp::from_millis(1_795_248_000_000);
        let (slate, clock) = (Arc::new(Slate::holding(OpenWork::default())), Arc::new(ManualClock::at(now)));
        let ids = IdSource::from_seed(seed);
        let parts = Parts { store: slate.clone(), clock: clock.clone(), ids, feed: Feed::silent() };
        let mut day = Self {
            turns: Turns::load(parts).unwrap(),
            slate,
            clock,
            now,
            random: Random(seed),
            agents: Vec::new(),
            queue: QueueId::from_bits(0),
            next: BinaryHeap::new(),
            waiting: BTreeMap::new(),
            outcomes: Vec::new(),
        };
        let policy = TransferPolicy { auto_accept: true, ..TransferPolicy::default() };
        day.give(Actor::System, Command::SetPolicy { preset: Preset::Baton, policy: Box::new(policy) });
        let (name, priority) = ("queue".to_owned(), Priority::Normal);
        day.queue = day.added(Command::AddQueue { name, skills: Skills::new(), priority }).parse().unwrap();
        for number in 0..AGENTS {
            let agent = day.added(Command::AddPerson {
                name: format!("agent {number}"),
                email: format!("agent-{number}@example.com"),
                password_hash: String::new(),
                role: Role::Agent,
                capacity: BTreeMap::from([(Channel::WebChat, 1)]),
                interruptible: Default::default(),
            });
            let (agent, queue) = (agent.parse().unwrap(), day.queue);
            day.agents.push(agent);
            day.give(Actor::System, Command::AddMember { queue, agent });
            day.give(Actor::Person(agent), Command::SetStatus { status: Status::Available });
        }
        day.next.push(Reverse((now, Next::Arrives)));
        day
    }

    fn run(&mut self, arrivals: usize) {
        while self.outcomes.len() < arrivals {
            let Some(Reverse((at, next))) = self.next.pop() else { return };
            self.clock.advance(at.since(self.now));
            self.now = at;
            match next {
                Next::Arrives => self.arrive(),
                Next::Ends(conversation, agent) => {
                    let (disposition, notes) = (Some(Disposition::Resolved), None);
                    let end = Command::EndConversation { conversation, disposition, notes };
                    self.give(Actor::Person(agent), end);
                }
                Next::LosesPatience(conversation) => {
                    if let Some(since) = self.waiting.remove(&conversation) {
                        let (disposition, notes) = (None, None);
                        let end = Command::EndConversation { conversation, disposition, notes };
                        self.give(Actor::Customer(conversation), end);
                        self.outcomes.push((at.since(since).as_millis() as u64, true));
                    }
                }
            }
        }
    }

    fn arrive(&mut self) {
        let until_next = self.random.exponential(ARRIVALS_EVERY_MS);
        self.next.push(Reverse((self.now.plus(until_next), Next::Arrives)));
        let (name, text) = ("Ada".to_owned(), "Hello".to_owned());
        let (channel, queue, attributes) = (Channel::WebChat, self.queue, BTreeMap::new());
        self.give(Actor::Visitor, Command::StartConversation { name, text, channel, queue, attributes });
    }

    /// Gives a command, and notes who came and who was answered.
    fn give(&mut self, actor: Actor, command: Command) -> Answer {
        for agent in &self.agents {
            self.turns.renew_lease(*agent);
        }
        let (reply, mut answer) = oneshot::channel();
        self.turns.add(Request { actor, key: None, command }, reply);
        self.turns.take();
        for recorded in self.slate.take() {
            if let Event::ConversationOpened { conversation, .. } = recorded.event {
                self.waiting.insert(conversation, recorded.at);
                let patience = self.random.exponential(PATIENCE_MS);
                self.next.push(Reverse((self.now.plus(patience), Next::LosesPatience(conversation))));
            }
            if let Event::OwnerChanged { conversation, to: Owner::Agent(agent), .. } = recorded.event {
                let since = self.waiting.remove(&conversation).expect("who is answered waited");
                self.outcomes.push((recorded.at.since(since).as_millis() as u64, false));
                let service = self.random.exponential(SERVICE_MS);
                self.next.push(Reverse((self.now.plus(service), Next::Ends(conversation, agent))));
            }
        }
        answer.try_recv().unwrap().expect("nothing is refused on this day")
    }

    fn added(&mut self, command: Command) -> String {
        let answer = self.give(Actor::System, command);
        let Answer::Added { id } = answer else { panic!("could not be added: {answer:?}") };
        id
    }
}

fn measured(outcomes: &[(u64, bool)]) -> Figures {
    let all = outcomes.len() as f64;
    Figures {
        waits: outcomes.iter().filter(|(waited_ms, _)| *waited_ms > 0).count() as f64 / all,
        abandons: outcomes.iter().filter(|(_, left)| *left).count() as f64 / all,
        mean_wait_ms: outcomes.iter().map(|(waited_ms, _)| *waited_ms as f64).sum::<f64>() / all,
    }
}

/// Returns the standard error of a figure, from how much it differs between the parts of a run.
fn standard_error(outcomes: &[(u64, bool)], of: impl Fn(Figures) -> f64) -> f64 {
    let parts: Vec<f64> =
        outcomes.chunks(outcomes.len() / BATCHES).take(BATCHES).map(|part| of(measured(part))).collect();
    let mean = parts.iter().sum::<f64>() / BATCHES as f64;
    let spread = parts.iter().map(|part| (part - mean).powi(2)).sum::<f64>() / (BATCHES - 1) as f64;
    (spread / BATCHES as f64).sqrt()
}

#[expect(clippy::disallowed_methods, reason = "the seed and the length of a run come from outside")]
fn chosen(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[test]
fn the_router_waits_and_loses_as_erlang_a_says() {
    let seed = chosen("BATON_SEED").and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let long = chosen("BATON_ERLANG").is_some_and(|form| form == "long");
    let arrivals = if long { 1_000_000 } else { 60_000 };
    let mut day = Day::new(seed);
    day.run(arrivals);
    let (exact, found) = (erlang_a(), measured(&day.outcomes));
    eprintln!("{arrivals} arrivals from BATON_SEED={seed}");
    for (number, ((name, exact), (_, found))) in exact.each().into_iter().zip(found.each()).enumerate() {
        let error = standard_error(&day.outcomes, |part| part.each()[number].1) / exact;
        let off = (found - exact).abs() / exact;
        let (found_off, error_of) = (off * 100.0, error * 100.0);
        eprintln!(
            "{name}: {found:.4}, exactly {exact:.4}, off {found_off:.2} %, standard error {error_of:.2} %"
        );
        let most = if long { 0.02 } else { (4.0 * error).min(0.1) };
        assert!(off <= most, "{name} is {found}, and should be {exact} within {most}");
    }
}

#[test]
fn the_closed_form_has_the_known_value_where_patience_equals_service() {
    // With patience as long as service every customer leaves at the same rate: how many are there is Poisson.
    let offered: f64 = SERVICE_MS / ARRIVALS_EVERY_MS;
    let mut term = (-offered).exp();
    let mut below = 0.0;
    for customers in 0..AGENTS {
        below += term;
        term *= offered / (customers + 1) as f64;
    }
    assert!((erlang_a().waits - (1.0 - below)).abs() < 1e-12);
}

/// SplitMix64, so that a seed gives the same run on every machine.
struct Random(u64);

impl Random {
    /// Returns a number above 0 and up to 1.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        ((mixed >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    fn exponential(&mut self, mean_ms: f64) -> Duration {
        Duration::from_millis((-self.unit().ln() * mean_ms).round() as u64)
    }
}
