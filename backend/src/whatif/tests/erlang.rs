//! Whether days that are played with more people come to what queueing theory says of as many people.
//!
//! Days are made in which customers come as a Poisson stream, are answered for exponential times and leave after an
//! exponential patience: the queue M/M/n+M, Erlang-A. Played with two people more, they must wait and leave as in
//! M/M/(n+2)+M, although nothing about the customers is known but what the log shows.
//!
//! Source: Garnett, Mandelbaum and Reiman, "Designing a call center with impatient customers", Manufacturing & Service
//! Operations Management 4(3), 2002.

use std::sync::Mutex;

use super::*;
use baton_shared::schedule::ScheduleRun;

use crate::seeded::Seeded;
use crate::store::{Batch, Credentials, Former, Loaded, Reading, Session, Store, StoreError, StoredAnswer};
use crate::whatif::slate::Slate;

const PEOPLE: usize = 8;
const CUSTOMERS: usize = 6_000;
const ARRIVALS_EVERY_MS: f64 = 37_500.0;
const SERVICE_MS: f64 = 300_000.0;
const PATIENCE_MS: f64 = 300_000.0;

/// A log that is only read.
struct Log(Mutex<Vec<Recorded>>);

impl Log {
    fn has_none<T>() -> Result<T, StoreError> {
        Err(StoreError::Refused { what: "there is only a log".to_owned() })
    }
}

impl Store for Log {
    fn load(&self) -> Result<Loaded, StoreError> {
        Self::has_none()
    }

    fn commit(&self, _batch: &Batch) -> Result<(), StoreError> {
        Self::has_none()
    }

    fn answer(&self, _scope: &str, _key: &str, _now: Timestamp) -> Result<Option<StoredAnswer>, StoreError> {
        Self::has_none()
    }

    fn attributes(&self, _conversation: ConversationId) -> Result<BTreeMap<String, String>, StoreError> {
        Self::has_none()
    }

    fn former(&self, _conversation: ConversationId) -> Result<Option<Former>, StoreError> {
        Self::has_none()
    }

    fn replay(&self, from: u64, visit: &mut dyn FnMut(Recorded)) -> Result<(), StoreError> {
        self.0.lock().unwrap().iter().filter(|recorded| recorded.position >= from).cloned().for_each(visit);
        Ok(())
    }

    fn log_page(&self, after: u64, limit: usize) -> Result<Vec<Recorded>, StoreError> {
        let log = self.0.lock().unwrap();
        Ok(log.iter().skip(after as usize).take(limit).cloned().collect())
    }

    fn read(&self) -> Result<Box<dyn Reading + '_>, StoreError> {
        Self::has_none()
    }

    fn credentials(&self, _email: &str) -> Result<Option<Credentials>, StoreError> {
        Self::has_none()
    }

    fn add_session(&self, _session: &Session) -> Result<(), StoreError> {
        Self::has_none()
    }

    fn session(&self, _token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        Self::has_none()
    }

    fn touch_session(&self, _token_hash: &[u8; 32], _seen_at: Timestamp) -> Result<(), StoreError> {
        Self::has_none()
    }

    fn remove_session(&self, _token_hash: &[u8; 32]) -> Result<(), StoreError> {
        Self::has_none()
    }

    fn remove_sessions(&self, _agent: AgentId) -> Result<(), StoreError> {
        Self::has_none()
    }

    fn record_run(&self, _schedule: ScheduleId, _run: &ScheduleRun) -> Result<(), StoreError> {
        Self::has_none()
    }

    fn secret(&self, _name: &str, _fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        Self::has_none()
    }
}

/// What is to happen next, in the order of its time.
#[derive(Clone, Copy, Debug)]
enum Next {
    Comes,
    Ends(ConversationId, AgentId),
    LosesPatience(ConversationId),
}

/// Days whose customers come, are answered and leave as the theory has it.
struct Stream {
    turns: Turns,
    slate: Arc<Slate>,
    clock: Arc<ManualClock>,
    seeded: Seeded,
    agenda: BTreeMap<(Timestamp, u64), Next>,
    planned: u64,
    people: Vec<AgentId>,
    log: Vec<Recorded>,
}

impl Stream {
    fn begin(seed: u64) -> Self {
        let (slate, clock) = (Arc::new(Slate::holding(Loaded::default())), Arc::new(ManualClock::at(BEGIN)));
        let (ids, seeded) = (IdSource::from_seed(seed), Seeded::from_seed(seed));
        let parts = Parts { store: slate.clone(), clock: clock.clone(), ids, feed: Feed::silent() };
        let turns = Turns::load(parts).unwrap();
        let (agenda, people, log) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { turns, slate, clock, seeded, agenda, planned: 0, people, log }
    }

    fn play(mut self) -> (Log, Timestamp) {
        let policy = Box::new(TransferPolicy { auto_accept: true, ..TransferPolicy::default() });
        self.give(Actor::System, Command::SetPolicy { preset: Preset::Baton, policy });
        let (name, skills, priority) = ("Sales".to_owned(), Default::default(), Priority::Normal);
        let queue = self.added(Command::AddQueue { name, skills, priority }).parse().unwrap();
        for number in 0..PEOPLE {
            let agent = self.added(Command::AddPerson {
                name: format!("Agent {number}"),
                email: format!("agent-{number}@example.com"),
                password_hash: String::new(),
                role: Role::Agent,
                capacity: BTreeMap::from([(Channel::WebChat, 1)]),
                interruptible: BTreeMap::new(),
            });
            let agent = agent.parse().unwrap();
            self.people.push(agent);
            self.give(Actor::System, Command::AddMember { queue, agent });
            self.give(Actor::Person(agent), Command::SetStatus { status: Status::Available });
        }
        self.plan(0.0, Next::Comes);
        let (mut came, mut last) = (0, BEGIN);
        while let Some(((at, _), next)) = self.agenda.pop_first() {
            self.clock.advance(at.since(self.clock.now()));
            match next {
                Next::Comes if came < CUSTOMERS => {
                    (came, last) = (came + 1, at);
                    let until_next = self.exponential(ARRIVALS_EVERY_MS);
                    self.plan(until_next, Next::Comes);
                    let (name, text) = ("Ada".to_owned(), "Hello".to_owned());
                    let (channel, attributes) = (Channel::WebChat, BTreeMap::new());
                    let start = Command::StartConversation { name, text, channel, queue, attributes };
                    self.give(Actor::Visitor, start);
                }
                Next::Comes => {}
                Next::Ends(conversation, agent) => {
                    let (disposition, notes) = (Some(Disposition::Resolved), None);
                    let end = Command::EndConversation { conversation, disposition, notes };
                    self.give(Actor::Person(agent), end);
                }
                Next::LosesPatience(conversation) => {
                    let open = self.turns.state().conversations.get(&conversation);
                    if open.and_then(Conversation::owner).is_some_and(Owner::waits) {
                        let (disposition, notes) = (None, None);
                        let end = Command::EndConversation { conversation, disposition, notes };
                        self.give(Actor::Customer(conversation), end);
                    }
                }
            }
        }
        (Log(Mutex::new(self.log)), last.plus(Duration::from_millis(1)))
    }

    fn plan(&mut self, ms: f64, next: Next) {
        self.planned += 1;
        let at = self.clock.now().plus(Duration::from_millis(ms.round() as u64));
        self.agenda.insert((at, self.planned), next);
    }

    fn exponential(&mut self, mean_ms: f64) -> f64 {
        let unit = ((self.seeded.next() >> 11) + 1) as f64 / (1u64 << 53) as f64;
        -unit.ln() * mean_ms
    }

    fn give(&mut self, actor: Actor, command: Command) -> Answer {
        for person in &self.people {
            self.turns.renew_lease(*person);
        }
        let (reply, mut answer) = oneshot::channel();
        self.turns.add(Request { actor, key: None, command }, reply);
        self.turns.take();
        for recorded in self.slate.take() {
            if let Event::ConversationOpened { conversation, .. } = recorded.event {
                let patience = self.exponential(PATIENCE_MS);
                self.plan(patience, Next::LosesPatience(conversation));
            } else if let Event::OwnerChanged { conversation, to: Owner::Agent(agent), .. } = recorded.event {
                let service = self.exponential(SERVICE_MS);
                self.plan(service, Next::Ends(conversation, agent));
            }
            self.log.push(recorded);
        }
        answer.try_recv().unwrap().expect("nothing is refused in these days")
    }

    fn added(&mut self, command: Command) -> String {
        let answer = self.give(Actor::System, command);
        let Answer::Added { id } = answer else { panic!("could not be added: {answer:?}") };
        id
    }
}

/// Returns the share who leave and the mean wait in seconds with so many people, from the stationary distribution of how
/// many customers are there.
fn erlang_a(people: usize) -> (f64, f64) {
    let (arrival, service, patience) = (1.0 / ARRIVALS_EVERY_MS, 1.0 / SERVICE_MS, 1.0 / PATIENCE_MS);
    let mut weights = vec![1.0];
    for customers in 1..400usize {
        let served = customers.min(people) as f64 * service;
        let leaving = customers.saturating_sub(people) as f64 * patience;
        weights.push(weights[customers - 1] * arrival / (served + leaving));
    }
    let all: f64 = weights.iter().sum();
    let in_line = weights.iter().enumerate().skip(people);
    let in_line = in_line.map(|(customers, weight)| (customers - people) as f64 * weight).sum::<f64>() / all;
    (in_line * patience / arrival, in_line / arrival / 1_000.0)
}

struct Nameless;

impl Named for Nameless {
    fn queue(&self, queue: QueueId) -> String {
        queue.to_string()
    }

    fn team(&self, team: TeamId) -> String {
        team.to_string()
    }
}

#[test]
fn with_more_people_customers_wait_and_leave_as_erlang_a_says() {
    let (log, to) = Stream::begin(1).play();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(BEGIN));
    let (halt, _waiter) = Halt::begin(clock);
    let days = Days::read(&log, (BEGIN, to), Chance(1), &halt).unwrap();
    assert_eq!(days.stories.len(), CUSTOMERS);
    let cut = Cut { queues: None, people: None, from: days.from, to: days.to };
    for (more_people, most) in [(0, 0.2), (2, 0.4)] {
        let (setting, _) = Setting::under(&days, &more(more_people), &Nameless).unwrap();
        let played = cut.figures(&play::play(&days, &setting, 1, &halt).unwrap());
        let (left, wait_secs) = erlang_a(PEOPLE + more_people as usize);
        let (found_left, found_secs) =
            (played.abandoned_share.unwrap(), played.wait_ms.unwrap() as f64 / 1_000.0);
        eprintln!(
            "{more_people} more: {found_left:.4} leave, exactly {left:.4}; {found_secs:.1} s, exactly {wait_secs:.1} s"
        );
        for (found, exact) in [(found_left, left), (found_secs, wait_secs)] {
            assert!((found - exact).abs() <= most * exact, "{found} should be {exact} within {most}");
        }
    }
}
