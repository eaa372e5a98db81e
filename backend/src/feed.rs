//! Tells everyone what they may see, as it happens and again after a lost connection.
//!
//! One thread keeps the streams. It turns each committed event into frames, one for each audience, written once;
//! keeps the last of them for readers who come back; and sends heartbeats on the same path, so that a stream that is
//! silent is known to be dead. A reader who cannot be brought up to date, or is too slow, is told to start again and is
//! never skipped.

mod audience;
mod frames;
mod spread;
mod streams;
mod walls;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use baton_shared::command::Actor;
use baton_shared::*;
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::store::Store;
use crate::wall::Counting;

pub use streams::{HEARTBEAT_EVERY, LINE_EVERY};
pub use walls::{WALL_EVERY, WALL_KEPT};

/// How many frames wait for one reader at most; a reader who is slower is disconnected.
pub const FRAMES_WAITING_MAX: usize = 256;

/// How many bytes of frames wait for one reader at most, except for a single frame that is larger.
pub const BYTES_WAITING_MAX: usize = 1024 * 1024;

/// How many messages wait for the thread at most.
const MESSAGES_WAITING_MAX: usize = 8_192;

/// Who watches a wall, and how it counts for them.
///
/// The same person may watch several at once, each counted otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Watcher {
    /// Who.
    pub agent: AgentId,
    /// How.
    pub counting: Counting,
}

/// Whose stream it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A person's, in one browser.
    Person {
        /// Who.
        agent: AgentId,
        /// The hash of the browser's session token, so that signing out ends its streams.
        session: [u8; 32],
    },
    /// A supervisor's wall, in one browser.
    Wall {
        /// Whose, and how it counts.
        watcher: Watcher,
        /// As for a person's stream.
        session: [u8; 32],
    },
    /// A customer's.
    Customer(ConversationId),
}

/// Something that was committed, with its number on the streams and the agents who may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its number.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Who owns the conversation it is about or is offered it.
    pub viewers: Vec<AgentId>,
    /// Whether it is the last of its turn that changes how its conversation looks, so that those who see the conversation
    /// are sent it as a whole.
    pub settles: bool,
    /// Whether it ends a transfer whose conversation went back to the sender in the same turn, which the customer was told
    /// then.
    pub given_back: bool,
    /// What it is.
    pub what: What,
}

/// What was committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An event of the log.
    Happened(Event),
    /// A conversation was received or read further.
    Read(ConversationId),
}

enum Message {
    Begin(u64),
    Publish(Vec<Published>),
    Subscribe(Reader, Option<String>, mpsc::Sender<Bytes>),
    Wall(Watcher, oneshot::Sender<Option<(Wall, u64)>>),
    Typing(ConversationId, Actor),
    ScheduleRan,
    CloseSession([u8; 32]),
    ClosePerson(AgentId),
    Tick,
    Stop,
}

/// A handle to the thread; cheap to clone.
#[derive(Clone, Debug)]
pub struct Feed {
    messages: SyncSender<Message>,
    /// The number up to which events may have been committed: a cursor beyond it is not ours.
    reserved: Arc<AtomicU64>,
    boot: Arc<str>,
}

/// What the thread is made with.
pub struct Parts {
    /// Where what is shown is read.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Tells this start from every other: cursors of another start are unknown.
    pub boot: u64,
    /// The name of the build, which a page compares with its own.
    pub build: String,
}

impl Feed {
    /// Starts the thread.
    pub fn start(parts: Parts) -> std::io::Result<Self> {
        let (messages, waiting) = sync_channel(MESSAGES_WAITING_MAX);
        let reserved = Arc::new(AtomicU64::new(0));
        let boot: Arc<str> = format!("{:016x}", parts.boot).into();
        let mut streams = streams::Streams::new(parts, boot.clone(), reserved.clone());
        std::thread::Builder::new().name("feed".to_owned()).spawn(move || streams.run(&waiting))?;
        Ok(Self { messages, reserved, boot })
    }

    /// Makes a feed that tells nobody, for work without readers: the first administrator, a simulation.
    pub fn silent() -> Self {
        let (messages, _) = sync_channel(1);
        Self { messages, reserved: Arc::new(AtomicU64::new(0)), boot: "silent".into() }
    }

    /// Returns the text of the cursor that stands after the event with this number.
    pub fn cursor(&self, head: u64) -> String {
        frames::cursor(&self.boot, head)
    }

    /// Opens a stream after a cursor, or from the present; its frames are whole server-sent events.
    ///
    /// The stream ends when the reader is too slow, must start again, signed out, or the server stops.
    #[expect(clippy::unused_async, reason = "opening a stream may come to wait, as on more than one node")]
    pub async fn subscribe(&self, reader: Reader, after: Option<String>) -> mpsc::Receiver<Bytes> {
        let (frames, stream) = mpsc::channel(FRAMES_WAITING_MAX);
        // Where the thread is too busy, the stream ends at once and the client comes again.
        drop(self.messages.try_send(Message::Subscribe(reader, after, frames)));
        stream
    }

    /// Returns all that a person sees of the work of their teams, and the cursor that it stands for; nothing where it
    /// cannot be read at the moment.
    pub async fn wall(&self, watcher: Watcher) -> Option<(Wall, String)> {
        let (reply, answer) = oneshot::channel();
        self.messages.try_send(Message::Wall(watcher, reply)).ok()?;
        let (wall, tail) = answer.await.ok()??;
        Some((wall, self.cursor(tail)))
    }

    /// Tells the other side that someone is typing; lost where nobody listens.
    pub fn typing(&self, conversation: ConversationId, actor: Actor) {
        drop(self.messages.try_send(Message::Typing(conversation, actor)));
    }

    /// Tells those who watch a wall that something became of a scheduled report; lost where nobody listens.
    pub fn schedule_ran(&self) {
        drop(self.messages.try_send(Message::ScheduleRan));
    }

    /// Ends the streams of a session.
    pub fn close_session(&self, session: [u8; 32]) {
        drop(self.messages.send(Message::CloseSession(session)));
    }

    /// Ends the streams of a person.
    pub fn close_person(&self, agent: AgentId) {
        drop(self.messages.send(Message::ClosePerson(agent)));
    }

    /// Looks at the clock; needed only where the clock is moved by hand.
    pub fn tick(&self) {
        drop(self.messages.send(Message::Tick));
    }

    /// Ends all streams, each with a different time after which to come again, and the thread, once what was said
    /// before has been heard.
    pub async fn stop(&self) {
        let messages = self.messages.clone();
        // Where much waits, there is no room for the word at once.
        drop(tokio::task::spawn_blocking(move || messages.send(Message::Stop).is_ok()).await);
    }

    /// Says with which number the streams begin.
    pub(crate) fn begin(&self, head: u64) {
        drop(self.messages.send(Message::Begin(head)));
    }

    /// Notes that numbers up to `head` are about to be committed.
    pub(crate) fn reserve(&self, head: u64) {
        self.reserved.fetch_max(head, Ordering::SeqCst);
    }

    /// Publishes what was committed, in the order of its numbers.
    pub(crate) fn publish(&self, published: Vec<Published>) {
        if !published.is_empty() {
            drop(self.messages.send(Message::Publish(published)));
        }
    }
}
