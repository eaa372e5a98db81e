//! The one loop that decides: commands and deadlines in, committed events out.
//!
//! One thread owns a workspace's routing state. In each turn what is due comes first, then the commands that waited
//! while the turn before was committed; each is decided on a state that includes the events of those before it, and
//! everything that was decided is committed together. Nothing is answered or published until the commit is durable, so
//! a turn that fails leaves no trace: the state is built anew from the store and whoever waited may ask again.

mod endings;
mod leases;
mod turn;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};

use baton_shared::command::Actor;
use baton_shared::*;
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::feed::Feed;
use crate::following::Head;
use crate::ids::IdSource;
use crate::routing::RoutingState;
use crate::store::{Store, StoreError};

pub use crate::desk::Answer;
pub use turn::Turns;

/// How many commands may wait for a turn; beyond that a command is answered with [`CommandError::Busy`].
pub const COMMANDS_WAITING_MAX: usize = 4_096;

/// How many commands are decided in one turn at most.
pub const COMMANDS_PER_TURN_MAX: usize = 1_024;

/// An idempotency key, made by the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// 8 to 64 characters from `A-Z a-z 0-9 _ -`.
    pub text: String,
    /// What the command's body was, so that the same key with another body is refused.
    pub body_hash: [u8; 32],
}

/// A command, who gives it, and under which key.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub actor: Actor,
    /// The key, for commands that are not naturally repeatable.
    pub key: Option<Key>,
    /// What is asked.
    pub command: Command,
}

/// Why a command had no effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// A rule forbids it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key was used for something else.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// The store could not commit; the same key may be used again.
    #[error("the store could not commit")]
    NotCommitted,
    /// Too many commands wait.
    #[error("too many commands wait")]
    Busy,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
}

/// Where a command's answer goes.
pub type Reply = oneshot::Sender<Result<Answer, CommandError>>;

/// What is done with the state between two turns.
type Glance = Box<dyn FnOnce(&RoutingState, Timestamp) + Send>;

enum Input {
    Command(Box<Request>, Reply),
    Answered(AgentId),
    Look(Glance),
    Wake,
    Stop,
}

/// A handle to the loop; cheap to clone.
#[derive(Clone, Debug)]
pub struct Dispatcher {
    inputs: SyncSender<Input>,
}

/// What the loop is made with.
pub struct Parts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub ids: IdSource,
    /// Who is told.
    pub feed: Feed,
}

impl Dispatcher {
    /// Loads the open work and starts the loop on a thread of its own.
    pub fn start(parts: Parts) -> Result<Self, StoreError> {
        Self::run(Turns::load(parts)?)
    }

    /// As [`Dispatcher::start`]; the transfers for which a partner is to be asked are told to `calls` once they are
    /// durable. One that finds no place there expires.
    pub fn start_calling(
        parts: Parts,
        calls: mpsc::Sender<TransferId>,
        head: Head,
    ) -> Result<Self, StoreError> {
        let mut turns = Turns::load(parts)?;
        turns.tell_calls(calls);
        turns.tell_followers(head);
        Self::run(turns)
    }

    fn run(mut turns: Turns) -> Result<Self, StoreError> {
        let (inputs, waiting) = sync_channel(COMMANDS_WAITING_MAX);
        turns.record_start()?;
        std::thread::Builder::new()
            .name("dispatcher".to_owned())
            .spawn(move || run(&mut turns, &waiting))
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        Ok(Self { inputs })
    }

    /// Gives a command and waits until it is durable or refused.
    pub async fn submit(&self, request: Request) -> Result<Answer, CommandError> {
        let (reply, answer) = oneshot::channel();
        match self.inputs.try_send(Input::Command(Box::new(request), reply)) {
            Ok(()) => answer.await.unwrap_or(Err(CommandError::Stopping)),
            Err(TrySendError::Full(_)) => Err(CommandError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(CommandError::Stopping),
        }
    }

    /// Looks at the state as the last turn left it, at the loop's time.
    pub async fn look<Seen: Send + 'static>(
        &self,
        look: impl FnOnce(&RoutingState, Timestamp) -> Seen + Send + 'static,
    ) -> Result<Seen, CommandError> {
        let (reply, seen) = oneshot::channel();
        let look = move |state: &RoutingState, now| drop(reply.send(look(state, now)));
        match self.inputs.try_send(Input::Look(Box::new(look))) {
            Ok(()) => seen.await.map_err(|_| CommandError::Stopping),
            Err(TrySendError::Full(_)) => Err(CommandError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(CommandError::Stopping),
        }
    }

    /// Notes that a browser of this person answered a heartbeat: their lease begins or goes on.
    ///
    /// When the loop is too busy to hear of it, the next heartbeat says it again.
    pub fn answered(&self, agent: AgentId) {
        drop(self.inputs.try_send(Input::Answered(agent)));
    }

    /// Makes the loop look at the clock; needed only where the clock is moved by hand.
    pub fn wake(&self) {
        drop(self.inputs.try_send(Input::Wake));
    }

    /// Ends the loop after everything that waits has been decided and committed.
    pub async fn stop(&self) {
        let inputs = self.inputs.clone();
        // Where much waits, there is no room for the word at once.
        drop(tokio::task::spawn_blocking(move || inputs.send(Input::Stop)).await);
    }
}

fn run(turns: &mut Turns, waiting: &Receiver<Input>) {
    let _guard = crate::vital::VitalThread("dispatcher");
    loop {
        let Some(first) = wait(turns, waiting) else { return };
        let mut stopping = false;
        let mut next = Some(first);
        while let Some(input) = next {
            match input {
                Input::Command(request, reply) => turns.add(*request, reply),
                Input::Answered(agent) => turns.renew_lease(agent),
                Input::Look(look) => look(turns.state(), turns.now()),
                Input::Wake => {}
                Input::Stop => stopping = true,
            }
            next = if turns.waiting() < COMMANDS_PER_TURN_MAX { waiting.try_recv().ok() } else { None };
        }
        if stopping {
            turns.write_marks_at_once();
        }
        turns.take();
        if stopping {
            return;
        }
    }
}

/// Waits for an input or for the next deadline; nothing means that every handle is gone.
fn wait(turns: &Turns, waiting: &Receiver<Input>) -> Option<Input> {
    match turns.next_due().and_then(|due| turns.clock().until(due)) {
        Some(timeout) => match waiting.recv_timeout(timeout) {
            Ok(input) => Some(input),
            Err(RecvTimeoutError::Timeout) => Some(Input::Wake),
            Err(RecvTimeoutError::Disconnected) => None,
        },
        None => waiting.recv().ok(),
    }
}
