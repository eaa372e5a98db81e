//! What the agent has said and the server has not confirmed.
//!
//! A message keeps its key from the first try to the last, so that however often it is sent it is said once.
//! Messages of one conversation go out one after the other, so that they arrive in the order they were written.

use baton_shared::{ConversationId, Timestamp};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use crate::api::{self, Failure};
use crate::browser::random;
use crate::browser::storage::Place;
use crate::reading;
use crate::session::{CurrentSession, PERSONAL, Session};

/// Where a message stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Waits for its turn, or for the connection.
    Waiting,
    /// On its way.
    Sending,
    /// Confirmed with this number; it goes once the desk shows it.
    Said(u32),
    /// Refused; the sentence says why.
    Refused(String),
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The key that makes it one message, however often it is sent.
    pub key: String,
    /// Where it is said.
    pub conversation: ConversationId,
    /// What is said.
    pub text: String,
    /// When it was written.
    pub at: Timestamp,
    /// Where it stands.
    pub progress: Progress,
}

/// The messages on their way, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    messages: Vec<Outgoing>,
}

impl Queue {
    /// Adds a message.
    pub fn add(&mut self, key: String, conversation: ConversationId, text: String, at: Timestamp) {
        self.messages.push(Outgoing { key, conversation, text, at, progress: Progress::Waiting });
    }

    /// Returns the messages of a conversation, oldest first.
    pub fn of(&self, conversation: ConversationId) -> Vec<Outgoing> {
        self.messages.iter().filter(|message| message.conversation == conversation).cloned().collect()
    }

    /// Takes the next message to send and marks it as on its way; one at a time for each conversation.
    pub fn take_next(&mut self) -> Option<Outgoing> {
        let place = (0..self.messages.len()).find(|place| {
            let message = &self.messages[*place];
            message.progress == Progress::Waiting
                && !self.messages[..*place].iter().any(|earlier| {
                    earlier.conversation == message.conversation
                        && matches!(earlier.progress, Progress::Waiting | Progress::Sending)
                })
        })?;
        self.messages[place].progress = Progress::Sending;
        Some(self.messages[place].clone())
    }

    /// Notes how a try ended.
    pub fn tried(&mut self, key: &str, outcome: &Result<u32, Failure>) {
        if let Some(message) = self.find(key) {
            message.progress = match outcome {
                Ok(seq) => Progress::Said(*seq),
                // Whoever signs in again says it then.
                Err(Failure::SignedOut) => Progress::Waiting,
                Err(failure) if failure.passes() => Progress::Waiting,
                Err(failure) => Progress::Refused(failure.sentence()),
            };
        }
    }

    /// Puts a refused message back in line, with its key.
    pub fn retry(&mut self, key: &str) {
        if let Some(message) = self.find(key) {
            message.progress = Progress::Waiting;
        }
    }

    /// Removes a message: the desk shows it, or the agent gives it up.
    pub fn remove(&mut self, key: &str) {
        self.messages.retain(|message| message.key != key);
    }

    /// Puts back in line what was on its way when the page was left.
    pub fn resume(&mut self) {
        for message in &mut self.messages {
            if message.progress == Progress::Sending {
                message.progress = Progress::Waiting;
            }
        }
    }

    fn find(&mut self, key: &str) -> Option<&mut Outgoing> {
        self.messages.iter_mut().find(|message| message.key == key)
    }
}

/// How long to wait after a try that came to nothing, in milliseconds.
const RETRY_MS: u32 = 3_000;

const KEPT: &str = "outbox";

/// The outbox of this tab; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Outbox {
    queue: RwSignal<Queue>,
    session: CurrentSession,
}

impl Outbox {
    /// Takes up what was on its way before a reload.
    pub fn load(session: CurrentSession) -> Self {
        let outbox = Self { queue: RwSignal::default(), session };
        outbox.take_up();
        outbox
    }

    /// Takes up what is kept for the person who is signed in.
    pub fn take_up(self) {
        let kept = Place::Tab.get(&format!("{PERSONAL}{KEPT}"));
        let mut queue: Queue = kept.and_then(|kept| reading::read(&kept).ok()).unwrap_or_default();
        queue.resume();
        self.queue.set(queue);
    }

    /// Returns the messages of a conversation, oldest first, and tracks them.
    pub fn of(self, conversation: ConversationId) -> Vec<Outgoing> {
        self.queue.with(|queue| queue.of(conversation))
    }

    /// Says something.
    pub fn say(self, conversation: ConversationId, text: String, at: Timestamp) {
        self.change(|queue| queue.add(random::idempotency_key(), conversation, text, at));
        self.flush();
    }

    /// Tries a refused message again.
    pub fn retry(self, key: &str) {
        self.change(|queue| queue.retry(key));
        self.flush();
    }

    /// Gives up a message, or lets go of one that the desk shows.
    pub fn remove(self, key: &str) {
        self.change(|queue| queue.remove(key));
    }

    /// Sends whatever waits; called for a new message and when the connection is back.
    pub fn flush(self) {
        if self.session.peek() == Session::SignedOut {
            return;
        }
        while let Some(next) = self.queue.try_update(Queue::take_next).flatten() {
            spawn_local(self.deliver(next));
        }
    }

    async fn deliver(self, message: Outgoing) {
        let outcome = api::say(message.conversation, message.text, &message.key).await.map(|said| said.seq);
        self.change(|queue| queue.tried(&message.key, &outcome));
        match outcome {
            Err(Failure::SignedOut) => self.session.signed_out(),
            Err(Failure::Unreachable) => gloo_timers::future::TimeoutFuture::new(RETRY_MS).await,
            Err(Failure::Later { secs, .. }) => {
                gloo_timers::future::TimeoutFuture::new(secs.saturating_mul(1_000)).await;
            }
            Ok(_) | Err(Failure::Refused { .. }) => {}
        }
        self.flush();
    }

    fn change(self, change: impl FnOnce(&mut Queue)) {
        self.queue.update(change);
        let kept = self.queue.with_untracked(|queue| serde_json::to_string(queue).unwrap_or_default());
        Place::Tab.set(&format!("{PERSONAL}{KEPT}"), &kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: ConversationId = ConversationId::from_bits(1);
    const BEN: ConversationId = ConversationId::from_bits(2);

    fn queue(messages: &[(&str, ConversationId)]) -> Queue {
        let mut queue = Queue::default();
        for (key, conversation) in messages {
            queue.add((*key).to_owned(), *conversation, (*key).to_owned(), Timestamp::default());
        }
        queue
    }

    fn taken(queue: &mut Queue) -> Vec<String> {
        std::iter::from_fn(|| queue.take_next()).map(|message| message.key).collect()
    }

    #[test]
    fn messages_of_one_conversation_go_out_one_after_the_other() {
        let mut queue = queue(&[("a1", ADA), ("a2", ADA), ("b1", BEN)]);
        assert_eq!(taken(&mut queue), ["a1", "b1"]);
        queue.tried("a1", &Ok(7));
        assert_eq!(taken(&mut queue), ["a2"]);
    }

    #[test]
    fn a_lost_connection_keeps_the_message_and_its_key() {
        let mut queue = queue(&[("a1", ADA)]);
        taken(&mut queue);
        queue.tried("a1", &Err(Failure::Unreachable));
        assert_eq!(taken(&mut queue), ["a1"]);
    }

    #[test]
    fn a_session_that_ends_keeps_the_message_and_its_key() {
        let mut queue = queue(&[("a1", ADA)]);
        taken(&mut queue);
        queue.tried("a1", &Err(Failure::SignedOut));
        assert_eq!(taken(&mut queue), ["a1"]);
    }

    #[test]
    fn a_refused_message_waits_for_retry_and_lets_the_next_one_pass() {
        let mut queue = queue(&[("a1", ADA), ("a2", ADA)]);
        taken(&mut queue);
        let refusal = Failure::Refused { code: "x".to_owned(), sentence: "Too long.".to_owned() };
        queue.tried("a1", &Err(refusal));
        assert_eq!(queue.of(ADA)[0].progress, Progress::Refused("Too long.".to_owned()));
        assert_eq!(taken(&mut queue), ["a2"]);
        queue.tried("a2", &Ok(1));
        queue.retry("a1");
        assert_eq!(taken(&mut queue), ["a1"]);
    }

    #[test]
    fn what_was_on_its_way_at_a_reload_is_sent_again_with_the_same_key() {
        let mut queue = queue(&[("a1", ADA)]);
        taken(&mut queue);
        queue.resume();
        assert_eq!(taken(&mut queue), ["a1"]);
    }
}
