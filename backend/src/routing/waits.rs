//! Which conversations wait in the queues that set bounds, and how soon each queue's should be accepted.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use baton_shared::queue::TARGET_ASSUMED;
use baton_shared::*;

use super::{RoutingState, Subject};

/// What the rules of queues have to be looked up for; queues without rules cost nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Waits {
    /// The conversations that wait in each queue with rules.
    waiting: BTreeMap<QueueId, BTreeSet<ConversationId>>,
    /// The targets of the queues that have one.
    targets: BTreeMap<QueueId, Duration>,
    /// Whom a conversation waits for alone for a while, because they served its customer last.
    alone: BTreeSet<(AgentId, ConversationId)>,
}

impl Waits {
    /// Returns how long after it began to count as waiting something should be accepted that is looked for in a pool.
    pub(super) fn target(&self, pool: Pool) -> Duration {
        match pool {
            Pool::Queue(queue) => self.targets.get(&queue).copied().unwrap_or(TARGET_ASSUMED),
            Pool::Group(_) | Pool::Agent(_) => TARGET_ASSUMED,
        }
    }
}

/// Returns the queue in which a conversation waits for everyone who serves it.
fn queue_of(conversation: &Conversation) -> Option<QueueId> {
    match conversation.waiting()?.search.pool {
        Pool::Queue(queue) => Some(queue),
        Pool::Group(_) | Pool::Agent(_) => None,
    }
}

/// Returns whom a conversation waits for alone for a while.
fn alone_of(conversation: &Conversation) -> Option<(AgentId, ConversationId)> {
    let waiting = conversation.waiting()?;
    waiting.alone_until()?;
    match waiting.search.pool {
        Pool::Agent(agent) => Some((agent, conversation.id)),
        Pool::Queue(_) | Pool::Group(_) => None,
    }
}

impl RoutingState {
    /// Returns the conversations that wait for a person alone because they served the customer last, in the order of their ids.
    pub fn alone_with(&self, agent: AgentId) -> Vec<&Conversation> {
        let (first, last) = (ConversationId::from_bits(0), ConversationId::from_bits(u128::MAX));
        let found = self.index.waits.alone.range((agent, first)..=(agent, last));
        found.filter_map(|(_, conversation)| self.conversations.get(conversation)).collect()
    }

    /// Returns the conversations that wait in a queue for everyone who serves it, in the order of their ids.
    pub fn waiting_in(&self, queue: QueueId) -> Vec<ConversationId> {
        match self.index.waits.waiting.get(&queue) {
            Some(waiting) => waiting.iter().copied().collect(),
            None => self.found_waiting_in(queue),
        }
    }

    /// Says whether fewer conversations wait in a queue than may.
    pub fn has_room(&self, queue: QueueId) -> bool {
        let Some(found) = self.queues.get(&queue) else { return false };
        let Some(limit) = found.rules.waiting_max else { return true };
        let waiting = self.index.waits.waiting.get(&queue).map_or(0, BTreeSet::len);
        waiting < limit as usize
    }

    fn found_waiting_in(&self, queue: QueueId) -> Vec<ConversationId> {
        let found = self.conversations.matching(|conversation| queue_of(conversation) == Some(queue));
        found.into_iter().map(|conversation| conversation.id).collect()
    }

    /// Changes what an event says, and notes it where its conversation waits in another queue than before, or for another one alone.
    pub(super) fn watching(&mut self, event: &Event, change: impl FnOnce(&mut Self)) {
        let waits = &self.index.waits;
        if waits.waiting.is_empty() && waits.alone.is_empty() {
            return change(self);
        }
        let Some(id) = event.conversation() else { return change(self) };
        let places = |state: &Self| {
            let conversation = state.conversations.get(&id);
            (conversation.and_then(queue_of), conversation.and_then(alone_of))
        };
        let (before, alone_before) = places(self);
        change(self);
        let (after, alone_after) = places(self);
        let Waits { waiting, alone, .. } = &mut self.index.waits;
        if alone_before != alone_after {
            alone_before.map(|left| alone.remove(&left));
            alone.extend(alone_after);
        }
        if before == after {
            return;
        }
        if let Some(left) = before.and_then(|queue| waiting.get_mut(&queue)) {
            left.remove(&id);
        }
        if let Some(reached) = after.and_then(|queue| waiting.get_mut(&queue)) {
            reached.insert(id);
        }
    }

    /// Notes what a queue's rules have to be looked up for.
    pub(super) fn watch(&mut self, id: QueueId) {
        let Some(Queue { rules, .. }) = self.queues.get(&id) else { return };
        let (watched, target) = (!rules.is_default(), rules.target.map(|_| rules.target_lasts()));
        let waits = &mut self.index.waits;
        match target {
            Some(target) => waits.targets.insert(id, target),
            None => waits.targets.remove(&id),
        };
        if !watched {
            waits.waiting.remove(&id);
        } else if !waits.waiting.contains_key(&id) {
            let waiting = self.found_waiting_in(id).into_iter().collect();
            self.index.waits.waiting.insert(id, waiting);
        }
    }

    pub(super) fn rebuild_waits(&mut self) {
        let ruled = self.queues.values().filter(|queue| !queue.rules.is_default());
        let ruled: Vec<(QueueId, Option<Duration>)> =
            ruled.map(|queue| (queue.id, queue.rules.target.map(|_| queue.rules.target_lasts()))).collect();
        let mut waits = Waits::default();
        for (queue, target) in ruled {
            waits.waiting.insert(queue, BTreeSet::new());
            waits.targets.extend(target.map(|target| (queue, target)));
        }
        if !waits.waiting.is_empty() {
            for conversation in self.conversations.values() {
                let queue = queue_of(conversation);
                if let Some(waiting) = queue.and_then(|queue| waits.waiting.get_mut(&queue)) {
                    waiting.insert(conversation.id);
                }
            }
        }
        waits.alone.extend(self.conversations.values().filter_map(alone_of));
        self.index.waits = waits;
    }

    /// Returns everything for which someone of a pool is looked for.
    pub(super) fn sought_in(&self, pool: Pool) -> Vec<Subject> {
        let conversations =
            self.conversations.matching(|open| self.search(open).is_some_and(|search| search.pool == pool));
        let conversations = conversations.into_iter().map(|open| Subject::Conversation(open.id));
        let invites = self.invites.keys().map(|invite| Subject::Invite(*invite));
        let invites =
            invites.filter(|invite| self.search_of(*invite).is_some_and(|search| search.pool == pool));
        conversations.chain(invites).collect()
    }
}
