//! One turn: decide, commit, publish, answer.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;

use baton_shared::command::Actor;
use baton_shared::*;

use super::endings::{Endings, Subject};
use super::leases::Leases;
use super::{CommandError, Key, Parts, Reply, Request};
use crate::clock::Clock;
use crate::desk::{self, Answer, Circumstances, Decided};
use crate::feed::{Feed, Published, What};
use crate::ids::IdSource;
use crate::routing::{Changed, DEADLINES_HELD, OpenWork, RoutingState};
use crate::store::{Batch, Loaded, Marks, ReadMarks, Row, Store, StoreError, StoredAnswer};

/// How often a conversation's read marks are written at most.
const MARKS_WRITTEN_EVERY: Duration = Duration::from_secs(1);

/// How long after a commit that failed the next turn is tried if nobody asks sooner.
const RETRIED_AFTER: Duration = Duration::from_secs(1);

/// The routing state and everything around it that a turn needs.
///
/// The dispatcher's thread drives it; a simulation can drive it by hand.
pub struct Turns {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: IdSource,
    feed: Feed,
    state: RoutingState,
    leases: Leases,
    endings: Endings,
    commands: Vec<(Request, Reply)>,
    reached: Vec<AgentId>,
    marks: BTreeMap<ConversationId, ReadMarks>,
    marks_written_at: Timestamp,
    /// After a commit that failed: when to see what routing makes of the state.
    retry_at: Option<Timestamp>,
    head: u64,
    writer_epoch: u64,
}

/// What one turn has gathered so far.
#[derive(Default)]
struct Gathered {
    batch: Batch,
    published: Vec<Published>,
    replies: Vec<(Reply, Result<Answer, CommandError>)>,
    /// Answers given in this turn, by scope and key: the same key twice has one effect.
    answers: BTreeMap<(String, String), ([u8; 32], Answer)>,
    /// Answers that the turn's keys had before it; nothing if the store could not be asked.
    earlier: Option<BTreeMap<(String, String), StoredAnswer>>,
    emails: Vec<String>,
}

/// Builds the routing state from what a store loaded.
pub fn state_of(loaded: Loaded) -> RoutingState {
    RoutingState::from_open_work(OpenWork {
        position: loaded.position,
        at: loaded.at,
        skills: loaded.skills,
        agents: loaded.agents,
        queues: loaded.queues,
        groups: loaded.groups,
        conversations: loaded.conversations,
        segments: loaded.segments,
        offers: loaded.offers,
        transfers: loaded.transfers,
    })
}

impl Turns {
    /// Loads the open work.
    pub fn load(parts: Parts) -> Result<Self, StoreError> {
        let loaded = parts.store.load()?;
        let (head, writer_epoch) = (loaded.head, loaded.writer_epoch);
        Ok(Self {
            store: parts.store,
            clock: parts.clock,
            ids: parts.ids,
            feed: parts.feed,
            state: state_of(loaded),
            leases: Leases::default(),
            endings: Endings::default(),
            commands: Vec::new(),
            reached: Vec::new(),
            marks: BTreeMap::new(),
            marks_written_at: Timestamp::default(),
            retry_at: None,
            head,
            writer_epoch,
        })
    }

    /// Logs the start: running deadlines and leases are held, so that an outage costs nobody anything.
    pub fn record_start(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        self.ids.set_now(now);
        let mut gathered = Gathered::default();
        let held_until = now.plus(DEADLINES_HELD);
        self.record(&mut gathered, Event::ServerStarted { held_until }, now);
        let reachable: Vec<AgentId> = self
            .state
            .agents
            .values()
            .filter(|agent| agent.presence.reachable)
            .map(|agent| agent.id)
            .collect();
        for agent in reachable {
            self.leases.renew(agent, now);
        }
        self.decide_due(&mut gathered, now);
        self.commit(&mut gathered, now)?;
        self.feed.begin(self.head);
        Ok(())
    }

    /// Returns the clock that turns are timed by.
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Returns the state as the last turn left it.
    pub const fn state(&self) -> &RoutingState {
        &self.state
    }

    /// Queues a command for the next turn.
    pub fn add(&mut self, request: Request, reply: Reply) {
        self.commands.push((request, reply));
    }

    /// Returns how many commands wait for the next turn.
    pub fn waiting(&self) -> usize {
        self.commands.len()
    }

    /// Begins or renews a person's lease.
    pub fn renew_lease(&mut self, agent: AgentId) {
        if self.leases.renew(agent, self.clock.now()) {
            self.reached.push(agent);
        }
    }

    /// Returns when the next turn is needed even if nobody asks.
    pub fn next_due(&self) -> Option<Timestamp> {
        let marks = (!self.marks.is_empty()).then(|| self.marks_written_at.plus(MARKS_WRITTEN_EVERY));
        let due = [self.state.next_deadline(), self.leases.first_end(), marks];
        // A store that fails would be asked again at once for what is due: it is left alone for a moment.
        self.retry_at.or_else(|| due.into_iter().flatten().min())
    }

    /// Decides what is due and what was asked, commits it, publishes it, and answers.
    pub fn take(&mut self) {
        let now = self.now();
        self.ids.set_now(now);
        let mut gathered = Gathered { earlier: self.earlier_answers(now), ..Gathered::default() };
        self.decide_due(&mut gathered, now);
        for (request, reply) in std::mem::take(&mut self.commands) {
            let answer = self.decide_command(&mut gathered, request, now);
            gathered.replies.push((reply, answer));
        }
        self.gather_marks(&mut gathered, now);
        let outcome = self.commit(&mut gathered, now);
        match outcome {
            Ok(()) => {
                self.retry_at = None;
                self.feed.publish(gathered.published);
                for (reply, answer) in gathered.replies {
                    drop(reply.send(answer));
                }
            }
            Err(error) => self.recover(error, gathered, now),
        }
    }

    /// The turn's time: it never runs backwards over the log.
    fn now(&self) -> Timestamp {
        self.clock.now().max(self.state.at)
    }

    fn decide_due(&mut self, gathered: &mut Gathered, now: Timestamp) {
        while let Some(deadline) = self.state.due(now) {
            for event in desk::decide_deadline(&self.state, deadline) {
                self.record(gathered, event, now);
            }
            self.plan(gathered, now);
        }
        self.plan(gathered, now);
        for agent in self.leases.ended(now) {
            self.decide_lease(gathered, Command::EndLease { agent }, now);
        }
        for agent in std::mem::take(&mut self.reached) {
            self.decide_lease(gathered, Command::BeginLease { agent }, now);
        }
    }

    fn decide_lease(&mut self, gathered: &mut Gathered, command: Command, now: Timestamp) {
        let decided = self.decide(Actor::System, None, command, now);
        if let Ok(decided) = decided {
            self.keep(gathered, decided, now);
        }
    }

    fn decide_command(
        &mut self,
        gathered: &mut Gathered,
        request: Request,
        now: Timestamp,
    ) -> Result<Answer, CommandError> {
        let Request { actor, key, command } = request;
        let scope = scope(actor);
        if let Some(answer) = known_answer(gathered, &scope, key.as_ref())? {
            return Ok(answer);
        }
        self.check_email(gathered, &command)?;
        if let Command::EndLease { agent } = &command {
            self.leases.end(*agent);
        } else if let Command::BeginLease { agent } = &command {
            self.leases.renew(*agent, now);
        }
        let key_text = key.as_ref().map(|key| key.text.as_str());
        let decided = self.decide(actor, key_text, command, now)?;
        let answer = decided.answer.clone();
        if let Some(key) = key {
            keep_answer(gathered, scope, key, &answer, now);
        }
        self.keep(gathered, decided, now);
        Ok(answer)
    }

    fn decide(
        &mut self,
        actor: Actor,
        key: Option<&str>,
        command: Command,
        now: Timestamp,
    ) -> Result<Decided, Refusal> {
        let mut with = Circumstances { state: &self.state, now, ids: &mut self.ids, key };
        let about = Subject::of(&command);
        desk::decide(&mut with, actor, command).map_err(|refusal| self.endings.explain(about, refusal))
    }

    /// Asks the store once for the answers that the waiting commands' keys have; nothing if it cannot tell.
    fn earlier_answers(&self, now: Timestamp) -> Option<BTreeMap<(String, String), StoredAnswer>> {
        let key_of = |(request, _): &(Request, Reply)| {
            request.key.as_ref().map(|key| (scope(request.actor), key.text.clone()))
        };
        let keys: Vec<_> = self.commands.iter().filter_map(key_of).collect();
        if keys.is_empty() {
            return Some(BTreeMap::new());
        }
        match self.store.answers(&keys, now) {
            Ok(answers) => {
                let found = keys.into_iter().zip(answers);
                Some(found.filter_map(|(key, answer)| answer.map(|answer| (key, answer))).collect())
            }
            Err(error) => {
                tracing::warn!(error = %crate::telemetry::chain(&error), "the answers to keys could not be read");
                None
            }
        }
    }

    /// Refuses an address that is in use, in the store or by a command earlier in the turn.
    fn check_email(&self, gathered: &mut Gathered, command: &Command) -> Result<(), CommandError> {
        let Command::AddPerson { email, .. } = command else { return Ok(()) };
        let email = email.trim().to_lowercase();
        let stored = self.store.credentials(&email).map_err(|_| CommandError::NotCommitted)?;
        if stored.is_some() || gathered.emails.contains(&email) {
            return Err(Refusal::EmailTaken.into());
        }
        gathered.emails.push(email);
        Ok(())
    }

    /// Applies what was decided, and then whatever routing makes of it.
    fn keep(&mut self, gathered: &mut Gathered, decided: Decided, now: Timestamp) {
        for event in decided.events {
            self.record(gathered, event, now);
        }
        gathered.batch.content.extend(decided.content);
        if let Some((conversation, marks)) = decided.marks {
            self.marks.entry(conversation).or_default().raise(marks);
        }
        self.plan(gathered, now);
    }

    fn plan(&mut self, gathered: &mut Gathered, now: Timestamp) {
        while let Some(found) = self.state.plan(now) {
            let event = desk::decide_offer(&found, now, &mut self.ids);
            self.record(gathered, event, now);
        }
    }

    fn record(&mut self, gathered: &mut Gathered, event: Event, now: Timestamp) {
        let recorded = Recorded { position: self.state.position + 1, at: now, event };
        let before = conversation_of(&recorded.event).map(|id| self.state.viewers(id));
        self.state.apply(&recorded);
        self.endings.note(&recorded.event);
        let after = conversation_of(&recorded.event).map(|id| self.state.viewers(id));
        let viewers = after.filter(|after| !after.is_empty()).or(before).unwrap_or_default();
        self.head += 1;
        gathered.published.push(Published {
            seq: self.head,
            viewers,
            what: What::Happened(recorded.event.clone()),
        });
        gathered.batch.recorded.push(recorded);
    }

    /// Adds the read marks whose time to be written has come.
    fn gather_marks(&mut self, gathered: &mut Gathered, now: Timestamp) {
        if self.marks.is_empty() || now < self.marks_written_at.plus(MARKS_WRITTEN_EVERY) {
            return;
        }
        self.marks_written_at = now;
        for (conversation, marks) in std::mem::take(&mut self.marks) {
            self.head += 1;
            gathered.batch.marks.push(Marks { conversation, marks });
            gathered.published.push(Published {
                seq: self.head,
                viewers: self.state.viewers(conversation),
                what: What::Read(conversation),
            });
        }
    }

    fn commit(&mut self, gathered: &mut Gathered, now: Timestamp) -> Result<(), StoreError> {
        let batch = &mut gathered.batch;
        let changes = self.state.take_touched().into_changes(&self.state);
        if batch.recorded.is_empty() && batch.marks.is_empty() && batch.answers.is_empty() {
            return Ok(());
        }
        batch.rows = changes.into_iter().map(Row::from).collect();
        batch.writer_epoch = self.writer_epoch;
        batch.head = self.head;
        batch.at = now;
        self.feed.reserve(self.head);
        self.store.commit(batch)?;
        metrics::counter!("baton_commits_total").increment(1);
        metrics::histogram!("baton_commit_events").record(batch.recorded.len() as f64);
        Ok(())
    }

    /// After a commit that failed: nothing of the turn happened, so the state is what the store says it is.
    fn recover(&mut self, error: StoreError, gathered: Gathered, now: Timestamp) {
        if let StoreError::DurabilityUnknown(_) = error {
            tracing::error!(error = %crate::telemetry::chain(&error), "the process ends: a write may be lost");
            std::process::abort();
        }
        tracing::warn!(error = %crate::telemetry::chain(&error), "a turn was not committed");
        self.retry_at = Some(now.plus(RETRIED_AFTER));
        match self.store.load() {
            Ok(loaded) => self.begin_again(loaded, now),
            Err(error) => {
                tracing::error!(error = %crate::telemetry::chain(&error), "the process ends: the state is unknown");
                std::process::abort();
            }
        }
        for unwritten in gathered.batch.marks {
            self.marks.entry(unwritten.conversation).or_default().raise(unwritten.marks);
        }
        for (reply, _) in gathered.replies {
            drop(reply.send(Err(CommandError::NotCommitted)));
        }
    }

    /// Takes the store's word for the state; leases follow it, so that nobody stays reachable without one.
    fn begin_again(&mut self, loaded: Loaded, now: Timestamp) {
        self.head = loaded.head;
        self.state = state_of(loaded);
        drop(self.state.take_touched());
        let reachable: Vec<AgentId> = self
            .state
            .agents
            .values()
            .filter(|agent| agent.presence.reachable)
            .map(|agent| agent.id)
            .collect();
        self.leases.keep(|agent| reachable.contains(&agent));
        for agent in reachable {
            self.leases.begin(agent, now);
        }
    }
}

/// Returns the answer that a key already has, in this turn or from before it.
fn known_answer(gathered: &Gathered, scope: &str, key: Option<&Key>) -> Result<Option<Answer>, CommandError> {
    let Some(key) = key else { return Ok(None) };
    let kept_under = (scope.to_owned(), key.text.clone());
    if let Some((body_hash, answer)) = gathered.answers.get(&kept_under) {
        return if *body_hash == key.body_hash {
            Ok(Some(answer.clone()))
        } else {
            Err(CommandError::KeyReused)
        };
    }
    let Some(earlier) = &gathered.earlier else { return Err(CommandError::NotCommitted) };
    match earlier.get(&kept_under) {
        Some(stored) if stored.body_hash != key.body_hash => Err(CommandError::KeyReused),
        Some(stored) => {
            serde_json::from_str(&stored.answer).map(Some).map_err(|_| CommandError::NotCommitted)
        }
        None => Ok(None),
    }
}

fn keep_answer(gathered: &mut Gathered, scope: String, key: Key, answer: &Answer, now: Timestamp) {
    let text = serde_json::to_string(answer).expect("an answer holds nothing that JSON cannot write");
    gathered.batch.answers.push(StoredAnswer {
        scope: scope.clone(),
        key: key.text.clone(),
        body_hash: key.body_hash,
        answer: text,
        at: now,
    });
    gathered.answers.insert((scope, key.text), (key.body_hash, answer.clone()));
}

/// Whose key it is.
fn scope(actor: Actor) -> String {
    match actor {
        Actor::Person(agent) => agent.to_string(),
        Actor::Customer(conversation) => conversation.to_string(),
        Actor::Visitor => "visitor".to_owned(),
        Actor::System => "system".to_owned(),
    }
}

/// Returns the conversation that an event is about.
fn conversation_of(event: &Event) -> Option<ConversationId> {
    match event {
        Event::ConversationOpened { conversation, .. }
        | Event::MessageSent { conversation, .. }
        | Event::OfferMade { conversation, .. }
        | Event::OfferEnded { conversation, .. }
        | Event::TransferRequested { conversation, .. }
        | Event::TransferEnqueued { conversation, .. }
        | Event::TransferEnded { conversation, .. }
        | Event::OwnerChanged { conversation, .. }
        | Event::ConversationClosed { conversation, .. }
        | Event::WrapUpEnded { conversation, .. } => Some(*conversation),
        Event::ServerStarted { .. }
        | Event::PersonAdded { .. }
        | Event::PersonChanged { .. }
        | Event::SkillAdded { .. }
        | Event::SkillGranted { .. }
        | Event::SkillRevoked { .. }
        | Event::QueueAdded { .. }
        | Event::QueueChanged { .. }
        | Event::MemberAdded { .. }
        | Event::MemberRemoved { .. }
        | Event::GroupAdded { .. }
        | Event::StatusChanged { .. }
        | Event::AgentReached { .. }
        | Event::AgentLost { .. } => None,
    }
}

impl From<Changed> for Row {
    fn from(changed: Changed) -> Self {
        match changed {
            Changed::Skill(skill) => Self::Skill(skill),
            Changed::Agent(agent) => Self::Agent(agent),
            Changed::Queue(queue) => Self::Queue(queue),
            Changed::Group(group) => Self::Group(group),
            Changed::Conversation(conversation) => Self::Conversation(conversation),
            Changed::Segment(segment) => Self::Segment(segment),
            Changed::Offer(offer) => Self::Offer(offer),
            Changed::Transfer(transfer) => Self::Transfer(transfer),
        }
    }
}
