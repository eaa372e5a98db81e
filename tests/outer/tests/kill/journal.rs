//! What was asked and what was acknowledged, kept on this side of the connection.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_shared::{AgentId, ConversationId};
use outer::http::{Answer, Request};
use tokio::sync::watch;

/// What kind of command it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A customer opens a conversation.
    Start,
    /// Someone writes.
    Message,
    /// An agent takes an offer.
    Accept,
    /// An agent refuses an offer.
    Reject,
    /// An agent passes a conversation to another.
    TransferToAgent,
    /// An agent passes a conversation to a queue.
    TransferToQueue,
    /// An agent takes a transfer back.
    Cancel,
    /// Someone ends a conversation.
    End,
    /// An agent files a segment.
    WrapUp,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Start,
        Self::Message,
        Self::Accept,
        Self::Reject,
        Self::TransferToAgent,
        Self::TransferToQueue,
        Self::Cancel,
        Self::End,
        Self::WrapUp,
    ];
}

/// A message that was acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its number.
    pub seq: u64,
    /// Its id.
    pub id: String,
}

/// What is known of a conversation.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What its customer proves themselves with, once its start was acknowledged.
    pub token: Option<String>,
    /// Every text that someone tried to say; none is tried twice.
    pub attempted: BTreeSet<String>,
    /// What was acknowledged, by its text: only the author of a message is shown its key.
    pub said: BTreeMap<String, Said>,
    /// Who must own it: the one whose acceptance was acknowledged, until anyone tries to change that.
    pub owner: Option<AgentId>,
    /// Whether anyone tried to end it.
    pub ending: bool,
    /// Whether an end was acknowledged.
    pub ended: bool,
    /// Whether something happened to it since it was looked at last.
    pub touched: bool,
}

/// A command that was acknowledged, to be repeated with the same key.
#[derive(Clone, Debug)]
pub struct Done {
    /// What kind it was.
    pub kind: Kind,
    /// What was asked.
    pub request: Request,
    /// What was answered.
    pub answer: Answer,
}

#[derive(Debug, Default)]
struct State {
    conversations: BTreeMap<ConversationId, Known>,
    done: Vec<Done>,
    counts: BTreeMap<Kind, u64>,
    refusals: BTreeMap<String, u64>,
    in_flight: usize,
    repeated: u64,
    lost: Vec<String>,
    two_owners: Vec<String>,
}

/// Everything that was asked and acknowledged.
#[derive(Debug, Default)]
pub struct Journal {
    state: Mutex<State>,
    acknowledged: watch::Sender<u64>,
}

/// A command that is under way, until this is dropped.
#[derive(Debug)]
pub struct InFlight<'a>(&'a Journal);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
    }
}

impl Journal {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a command is under way.
    pub fn begin(&self) -> InFlight<'_> {
        self.state().in_flight += 1;
        InFlight(self)
    }

    /// Returns how many commands are under way.
    pub fn in_flight(&self) -> usize {
        self.state().in_flight
    }

    /// Returns how many commands were acknowledged, as it grows.
    pub fn count(&self) -> watch::Receiver<u64> {
        self.acknowledged.subscribe()
    }

    /// Notes that a command was acknowledged.
    pub fn acknowledged(&self, kind: Kind, request: Request, answer: &Answer, repeated: bool) {
        let mut state = self.state();
        *state.counts.entry(kind).or_default() += 1;
        state.repeated += u64::from(repeated);
        // Messages are looked for in the transcripts; all else is known by the answer to its key.
        if kind != Kind::Message {
            state.done.push(Done { kind, request, answer: answer.clone() });
        }
        drop(state);
        self.acknowledged.send_modify(|count| *count += 1);
    }

    /// Returns the kinds of commands of which none was acknowledged.
    pub fn missing(&self) -> Vec<Kind> {
        let state = self.state();
        Kind::ALL.into_iter().filter(|kind| !state.counts.contains_key(kind)).collect()
    }

    /// Notes that a command was refused.
    pub fn refused(&self, kind: Kind, answer: &Answer) {
        let mut state = self.state();
        *state.refusals.entry(format!("{kind:?} {}", answer.code())).or_default() += 1;
        if answer.status >= 500 {
            state.lost.push(format!("{kind:?} was answered with {}: {}", answer.status, answer.body));
        }
    }

    /// Changes what is known of a conversation.
    pub fn know(&self, conversation: ConversationId, change: impl FnOnce(&mut Known)) {
        let mut state = self.state();
        let known = state.conversations.entry(conversation).or_default();
        known.touched = true;
        change(known);
    }

    /// Notes that someone is about to do what may change the owner of a conversation.
    pub fn owner_may_change(&self, conversation: ConversationId) {
        self.know(conversation, |known| known.owner = None);
    }

    /// Notes that someone is about to end a conversation.
    pub fn may_end(&self, conversation: ConversationId) {
        self.know(conversation, |known| {
            known.owner = None;
            known.ending = true;
        });
    }

    /// Notes that a conversation has this owner.
    pub fn owned_by(&self, conversation: ConversationId, agent: AgentId) {
        self.know(conversation, |known| known.owner = if known.ending { None } else { Some(agent) });
    }

    /// Returns the conversations that something happened to since the last call, or all of them.
    pub fn to_look_at(&self, all: bool) -> Vec<(ConversationId, Known)> {
        let mut state = self.state();
        let found = state.conversations.iter_mut().filter(|(_, known)| all || known.touched);
        found
            .map(|(id, known)| {
                known.touched = false;
                (*id, known.clone())
            })
            .collect()
    }

    /// Returns the commands to be repeated that were acknowledged since the last call.
    pub fn take_done(&self) -> Vec<Done> {
        std::mem::take(&mut self.state().done)
    }

    /// Notes that something acknowledged is not there, or something is there twice.
    pub fn lost(&self, what: String) {
        self.state().lost.push(what);
    }

    /// Notes that a conversation has two owners.
    pub fn two_owners(&self, what: String) {
        self.state().two_owners.push(what);
    }

    /// Returns what is wrong: what was lost, and what has two owners.
    pub fn faults(&self) -> (Vec<String>, Vec<String>) {
        let state = self.state();
        (state.lost.clone(), state.two_owners.clone())
    }

    /// Returns how often each kind of command was acknowledged, and how many after an attempt was lost on the way.
    pub fn counts(&self) -> (BTreeMap<Kind, u64>, u64) {
        let state = self.state();
        (state.counts.clone(), state.repeated)
    }

    /// Returns how often commands were refused, by kind and code.
    pub fn refusals(&self) -> BTreeMap<String, u64> {
        self.state().refusals.clone()
    }
}
