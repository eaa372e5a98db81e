//! A store that remembers which rows each batch wrote, and which offers it made; the work itself is the real store's.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton::content::Content;
use baton::store::sqlite::SqliteStore;
use baton::store::{
    Batch, Credentials, Former, KeyScope, Loaded, Reading, Row, Session, Store, StoreError, StoredAnswer,
};
use baton_shared::schedule::ScheduleRun;
use baton_shared::*;

/// One row that a batch wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// An event, by its position.
    Event(u64),
    /// A thing or a name, by its table and id.
    Thing(&'static str, [u8; 16]),
    /// A message, by its conversation and number.
    Message([u8; 16], u32),
    /// The answer to a key, by whose key it is and the key.
    Answer(String, String),
}

/// The offers of conversations that wait to be accepted.
pub type Offers = BTreeMap<ConversationId, (OfferId, AgentId)>;

/// The real store, and what it wrote.
pub struct Recording {
    store: SqliteStore,
    batches: Mutex<Vec<Vec<Written>>>,
    offers: Mutex<Offers>,
}

impl Recording {
    /// Records what `store` writes.
    pub const fn of(store: SqliteStore) -> Self {
        Self { store, batches: Mutex::new(Vec::new()), offers: Mutex::new(Offers::new()) }
    }

    /// Takes out the batches written so far.
    pub fn take_batches(&self) -> Vec<Vec<Written>> {
        std::mem::take(&mut lock(&self.batches))
    }

    /// Takes out the offer that was made of a conversation.
    pub fn take_offer(&self, conversation: ConversationId) -> Option<(OfferId, AgentId)> {
        lock(&self.offers).remove(&conversation)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lists the rows that a batch writes.
fn written_by(batch: &Batch) -> Vec<Written> {
    let events = batch.recorded.iter().map(|recorded| Written::Event(recorded.position));
    let things = batch.rows.iter().filter_map(|row| {
        Some(match row {
            Row::Agent(agent) => Written::Thing("agents", agent.id.bits().to_be_bytes()),
            Row::Skill(skill) => Written::Thing("skills", skill.bits().to_be_bytes()),
            Row::Queue(queue) => Written::Thing("queues", queue.id.bits().to_be_bytes()),
            Row::Group(group) => Written::Thing("groups", group.id.bits().to_be_bytes()),
            Row::Conversation(open) => Written::Thing("conversations", open.id.bits().to_be_bytes()),
            Row::Segment(segment) => Written::Thing("segments", segment.id.bits().to_be_bytes()),
            Row::Offer(offer) => Written::Thing("offers", offer.id.bits().to_be_bytes()),
            Row::Transfer(transfer) => Written::Thing("transfers", transfer.id.bits().to_be_bytes()),
            // None of these is part of what is measured.
            Row::GroupRemoved(_)
            | Row::Policies(_)
            | Row::Listener { .. }
            | Row::WhispersForgotten(_)
            | Row::Request(_)
            | Row::Rating(_)
            | Row::Invite(_)
            | Row::Workflow(_)
            | Row::WorkflowRemoved(_)
            | Row::Flow(_)
            | Row::FlowRemoved(_)
            | Row::External(_)
            | Row::ExternalRemoved(_)
            | Row::Schedule { .. }
            | Row::ScheduleRemoved(_)
            | Row::Team(_)
            | Row::TeamRemoved(_)
            | Row::Talk(_)
            | Row::Filed(_)
            | Row::Unanswered(_) => return None,
        })
    });
    let content = batch.content.iter().filter_map(|content| match content {
        Content::Contact(contact, _) => Some(Written::Thing("contacts", contact.bits().to_be_bytes())),
        Content::Message { conversation, seq, .. } => {
            Some(Written::Message(conversation.bits().to_be_bytes(), *seq))
        }
        // Without attributes nothing is written for them.
        Content::Attributes(..) => None,
        // None of these is part of what is measured.
        Content::Profile { .. }
        | Content::SkillName(..)
        | Content::QueueName(..)
        | Content::GroupName(..)
        | Content::TeamName(..)
        | Content::Workflow(..)
        | Content::Flow(..)
        | Content::External { .. }
        | Content::Schedule { .. }
        | Content::TransferReason(..)
        | Content::Note(..)
        | Content::Whisper { .. }
        | Content::Flag { .. }
        | Content::RatingComment(..)
        | Content::Summary(..)
        | Content::Aside { .. }
        | Content::InviteNote(..)
        | Content::RequestNote(..)
        | Content::RequestAnswer(..)
        | Content::Address(..)
        | Content::Reason(..)
        | Content::Question(..)
        | Content::QuestionAnswer(..)
        | Content::WrapUpNotes(..) => None,
    });
    let answers = batch.answers.iter().map(|given| Written::Answer(given.scope.clone(), given.key.clone()));
    events.chain(things).chain(content).chain(answers).collect()
}

impl Store for Recording {
    fn load(&self) -> Result<Loaded, StoreError> {
        self.store.load()
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.store.commit(batch)?;
        lock(&self.batches).push(written_by(batch));
        let mut offers = lock(&self.offers);
        for recorded in &batch.recorded {
            if let Event::OfferMade { offer, conversation, agent, .. } = recorded.event {
                offers.insert(conversation, (offer, agent));
            }
        }
        Ok(())
    }

    fn answer(&self, scope: &str, key: &str, now: Timestamp) -> Result<Option<StoredAnswer>, StoreError> {
        self.store.answer(scope, key, now)
    }

    fn answers(
        &self,
        keys: &[(KeyScope, String)],
        now: Timestamp,
    ) -> Result<Vec<Option<StoredAnswer>>, StoreError> {
        self.store.answers(keys, now)
    }

    fn attributes(&self, conversation: ConversationId) -> Result<BTreeMap<String, String>, StoreError> {
        self.store.attributes(conversation)
    }

    fn former(&self, conversation: ConversationId) -> Result<Option<Former>, StoreError> {
        self.store.former(conversation)
    }

    fn replay(&self, from: u64, visit: &mut dyn FnMut(Recorded)) -> Result<(), StoreError> {
        self.store.replay(from, visit)
    }

    fn read(&self) -> Result<Box<dyn Reading + '_>, StoreError> {
        self.store.read()
    }

    fn credentials(&self, email: &str) -> Result<Option<Credentials>, StoreError> {
        self.store.credentials(email)
    }

    fn add_session(&self, session: &Session) -> Result<(), StoreError> {
        self.store.add_session(session)
    }

    fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        self.store.session(token_hash)
    }

    fn touch_session(&self, token_hash: &[u8; 32], seen_at: Timestamp) -> Result<(), StoreError> {
        self.store.touch_session(token_hash, seen_at)
    }

    fn remove_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        self.store.remove_session(token_hash)
    }

    fn remove_sessions(&self, agent: AgentId) -> Result<(), StoreError> {
        self.store.remove_sessions(agent)
    }

    fn record_run(&self, schedule: ScheduleId, run: &ScheduleRun) -> Result<(), StoreError> {
        self.store.record_run(schedule, run)
    }

    fn secret(&self, name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        self.store.secret(name, fresh)
    }
}
