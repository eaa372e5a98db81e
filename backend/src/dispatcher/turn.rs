//! One turn: decide, commit, publish, answer.

mod answers;
mod playing;

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baton_shared::command::Actor;
use baton_shared::segment::OwnerCause;
use baton_shared::*;

use tokio::sync::mpsc;

use self::answers::{keep_answer, known_answer, scope};
use super::endings::{Endings, Subject};
use super::leases::Leases;
use super::{CommandError, Parts, Reply, Request};
use crate::clock::Clock;
use crate::conditions::Facts;
use crate::content::{Content, Former};
use crate::desk::{self, Answer, Circumstances, Decided, Judgement};
use crate::feed::{Feed, Published, What};
use crate::following::Head;
use crate::ids::IdSource;
use crate::judging::Judges;
use crate::routing::{DEADLINES_HELD, RoutingState};
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
    judges: Judges,
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
    /// Who is told of the transfers for which a partner is to be asked.
    calls: Option<mpsc::Sender<TransferId>>,
    /// Who is told how far the log goes.
    followers: Option<Head>,
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
    /// The offers made that nobody has looked at for whether they accept themselves.
    made: Vec<OfferId>,
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
            state: RoutingState::from_open_work(loaded.work),
            judges: Judges::new(loaded.definitions, loaded.flows, loaded.queue_names),
            leases: Leases::default(),
            endings: Endings::default(),
            commands: Vec::new(),
            reached: Vec::new(),
            marks: BTreeMap::new(),
            marks_written_at: Timestamp::default(),
            retry_at: None,
            head,
            writer_epoch,
            calls: None,
            followers: None,
        })
    }

    /// Has the transfers for which a partner is to be asked told to `calls`.
    pub fn tell_calls(&mut self, calls: mpsc::Sender<TransferId>) {
        self.calls = Some(calls);
    }

    /// Has those who follow the log told how far it goes.
    pub fn tell_followers(&mut self, head: Head) {
        self.followers = Some(head);
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

    /// Has the next turn write the read marks that wait for their time.
    pub fn write_marks_at_once(&mut self) {
        self.marks_written_at = Timestamp::default();
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
                self.call(&gathered.batch.recorded);
                mark_settling(&mut gathered.published);
                mark_given_back(&mut gathered.published);
                self.feed.publish(gathered.published);
                for (reply, answer) in gathered.replies {
                    drop(reply.send(answer));
                }
            }
            Err(error) => self.recover(error, gathered, now),
        }
    }

    /// Returns the turn's time, which is not before that of any turn in the log.
    pub fn now(&self) -> Timestamp {
        let now = self.clock.now();
        assert!(now >= self.state.at, "the clock begins where the log ends");
        now
    }

    fn decide_due(&mut self, gathered: &mut Gathered, now: Timestamp) {
        while let Some(deadline) = self.state.due(now) {
            let mut with = self.circumstances(now);
            for event in desk::decide_deadline(&mut with, deadline) {
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
        let email = self.free_email(gathered, &command)?;
        if let Command::EndLease { agent } = &command {
            self.leases.end(*agent);
        } else if let Command::BeginLease { agent } = &command {
            self.leases.renew(*agent, now);
        }
        let key_text = key.as_ref().map(|key| key.text.as_str());
        let decided = self.decide(actor, key_text, command, now)?;
        gathered.emails.extend(email);
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
    ) -> Result<Decided, CommandError> {
        let former = self.former(actor, &command).map_err(|_| CommandError::NotCommitted)?;
        let judged = self.judged(&command, now).map_err(|_| CommandError::NotCommitted)?;
        let mut with = Circumstances { key, judged, former, ..self.circumstances(now) };
        let about = Subject::of(&command);
        let decided = desk::decide(&mut with, actor, command);
        decided.map_err(|refusal| self.endings.explain(about, refusal).into())
    }

    /// What is decided without a command.
    const fn circumstances(&mut self, now: Timestamp) -> Circumstances<'_> {
        Circumstances { state: &self.state, now, ids: &mut self.ids, key: None, judged: None, former: None }
    }

    /// Looks up the conversation whose customer begins another one or rates it, in this turn or from before it.
    fn former(&self, actor: Actor, command: &Command) -> Result<Option<Former>, StoreError> {
        let (
            Actor::Customer(earlier),
            Command::StartConversation { .. }
            | Command::LeaveRequest { .. }
            | Command::RateConversation { .. },
        ) = (actor, command)
        else {
            return Ok(None);
        };
        match self.state.conversations.get(&earlier) {
            Some(open) => Ok(Some(Former::of(open))),
            None => self.store.former(earlier),
        }
    }

    /// Asks the expressions of the workflow that a command leads a conversation into, if it does.
    fn judged(&self, command: &Command, now: Timestamp) -> Result<Option<Judgement>, StoreError> {
        if let Command::StartConversation { channel, queue, attributes, .. } = command {
            let entrance =
                self.state.entrance(*channel).and_then(|entrance| self.judges.workflow(entrance.id));
            let queue = self.judges.queue_name(*queue);
            let facts = Facts { attributes, channel: *channel, queue, waiting_secs: 0, now };
            return Ok(entrance.map(|entrance| entrance.judge(&facts, &|text| self.person(text)).judgement));
        }
        let (Command::RequestTransfer { conversation, target: Target::Workflow(workflow), .. }
        | Command::Redirect { conversation, target: Target::Workflow(workflow), .. }) = command
        else {
            return Ok(None);
        };
        let Some(open) = self.state.conversations.get(conversation) else { return Ok(None) };
        let attributes = self.store.attributes(*conversation)?;
        Ok(self.judged_of(*workflow, open, &attributes, now))
    }

    /// Asks a workflow's expressions about a conversation.
    fn judged_of(
        &self,
        workflow: WorkflowId,
        open: &Conversation,
        attributes: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Option<Judgement> {
        let facts = Facts {
            attributes,
            channel: open.channel,
            queue: self.judges.queue_name(open.queue),
            waiting_secs: now.since(open.enqueued_at).as_secs(),
            now,
        };
        Some(self.judges.workflow(workflow)?.judge(&facts, &|text| self.person(text)).judgement)
    }

    /// Returns the person whom an id or an address names.
    fn person(&self, text: &str) -> Option<AgentId> {
        let by_address = || self.store.credentials(text).ok().flatten().map(|found| found.agent);
        text.parse().ok().or_else(by_address)
    }

    /// Returns the address that a command would take, if it takes one; refuses an address that is in use, in the store
    /// or by a command earlier in the turn.
    fn free_email(&self, gathered: &Gathered, command: &Command) -> Result<Option<String>, CommandError> {
        let Command::AddPerson { email, .. } = command else { return Ok(None) };
        let email = email.trim().to_lowercase();
        let stored = self.store.credentials(&email).map_err(|_| CommandError::NotCommitted)?;
        if stored.is_some() || gathered.emails.contains(&email) {
            return Err(Refusal::EmailTaken.into());
        }
        Ok(Some(email))
    }

    /// Applies what was decided, and then whatever routing makes of it.
    fn keep(&mut self, gathered: &mut Gathered, decided: Decided, now: Timestamp) {
        for event in decided.events {
            self.record(gathered, event, now);
        }
        for content in &decided.content {
            if let Content::Workflow(workflow, definition) = content {
                self.judges.set_workflow(*workflow, definition.as_ref().clone());
            } else if let Content::QueueName(queue, name) = content {
                self.judges.set_queue_name(*queue, name);
            } else if let Content::Flow(flow, definition) = content {
                self.judges.set_flow(*flow, definition.as_ref().clone());
            }
        }
        gathered.batch.content.extend(decided.content);
        if let Some((conversation, marks)) = decided.marks {
            self.marks.entry(conversation).or_default().raise(marks);
        }
        self.plan(gathered, now);
    }

    /// Has flows go on, and offers whatever can be offered; where a policy accepts in someone's name, it is accepted at once.
    fn plan(&mut self, gathered: &mut Gathered, now: Timestamp) {
        loop {
            while let Some(offer) = gathered.made.pop() {
                let Some(actor) = desk::accepts_itself(&self.state, offer) else { continue };
                if let Ok(accepted) = self.decide(actor, None, Command::AcceptOffer { offer }, now) {
                    accepted.events.into_iter().for_each(|event| self.record(gathered, event, now));
                }
            }
            while let Some(conversation) = self.state.flow_to_go_on() {
                if !self.play(gathered, conversation, now) {
                    break;
                }
            }
            while let Some(agent) = self.state.finished() {
                self.record(gathered, Event::StatusChanged { agent, status: Status::Offline }, now);
            }
            while let Some((conversation, agent)) = self.state.listens_outside() {
                self.record(gathered, Event::ListeningEnded { conversation, agent }, now);
            }
            let Some(found) = self.state.plan(now) else { return };
            let mut with = self.circumstances(now);
            match desk::decide_offer(&mut with, &found) {
                Some(event) => self.record(gathered, event, now),
                None => return,
            }
        }
    }

    fn record(&mut self, gathered: &mut Gathered, event: Event, now: Timestamp) {
        let recorded = Recorded { position: self.state.position + 1, at: now, event };
        let before = recorded.event.conversation().map(|id| self.state.viewers(id));
        self.state.apply(&recorded);
        self.endings.note(&recorded.event);
        if let Event::OfferMade { offer, .. } = &recorded.event {
            gathered.made.push(*offer);
        }
        if let Event::AgentLost { agent } = &recorded.event {
            self.leases.end(*agent);
        }
        let after = recorded.event.conversation().map(|id| self.state.viewers(id));
        let viewers = after.filter(|after| !after.is_empty()).or(before).unwrap_or_default();
        self.head += 1;
        gathered.published.push(Published {
            seq: self.head,
            at: now,
            viewers,
            settles: false,
            given_back: false,
            what: What::Happened(recorded.event.clone()),
        });
        gathered.batch.recorded.push(recorded);
    }

    /// Tells of the transfers for which a partner is to be asked.
    fn call(&self, recorded: &[Recorded]) {
        let Some(calls) = &self.calls else { return };
        for recorded in recorded {
            if let Event::TransferRequested { transfer, target: Target::External(_), .. } = &recorded.event
                && calls.try_send(*transfer).is_err()
            {
                tracing::warn!(%transfer, "too many transfers wait for partners; this one will expire");
            }
        }
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
                at: now,
                viewers: self.state.viewers(conversation),
                settles: false,
                given_back: false,
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
        if let (Some(followers), Some(last)) = (&self.followers, batch.recorded.last()) {
            followers.committed(last.position, last.at);
        }
        metrics::counter!("baton_commits_total").increment(1);
        metrics::histogram!("baton_commit_events").record(batch.recorded.len() as f64);
        Ok(())
    }

    /// After a commit that failed: nothing of the turn happened, so the state is what the store says it is.
    fn recover(&mut self, error: StoreError, gathered: Gathered, now: Timestamp) {
        crate::vital::end_if_lost(&error);
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
        self.state = RoutingState::from_open_work(loaded.work);
        self.judges = Judges::new(loaded.definitions, loaded.flows, loaded.queue_names);
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

/// Marks the last event of each conversation that changes how it looks: to send the whole once is enough, because
/// whoever resumes before it gets it too.
fn mark_settling(published: &mut [Published]) {
    let mut settled = BTreeSet::new();
    for published in published.iter_mut().rev() {
        let What::Happened(event) = &published.what else { continue };
        if let Event::MessageSent { .. }
        | Event::AsideSent { .. }
        | Event::Whispered { .. }
        | Event::ListenedIn { .. }
        | Event::ListeningEnded { .. }
        | Event::Redirected { .. }
        | Event::TransferDirected { .. }
        | Event::ConversationIdled { .. }
        | Event::WrapUpEnded { .. }
        | Event::WrapUpExtended { .. } = event
        {
            continue;
        }
        published.settles = event.conversation().is_some_and(|conversation| settled.insert(conversation));
    }
}

/// Marks the ends of transfers whose conversations went back to their senders before.
fn mark_given_back(published: &mut [Published]) {
    let mut given_back = BTreeSet::new();
    for published in published {
        let What::Happened(event) = &published.what else { continue };
        if let Event::OwnerChanged { cause, .. } = event
            && let OwnerCause::TakenBack(transfer) | OwnerCause::Returned(transfer) = cause
        {
            given_back.insert(*transfer);
        } else if let Event::TransferEnded { transfer, .. } = event {
            published.given_back = given_back.contains(transfer);
        }
    }
}
