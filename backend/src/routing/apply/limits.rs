//! The bounds that queues set to waits.

use core::time::Duration;

use baton_shared::queue::Standing;
use baton_shared::*;

use super::super::open::{Open, Slot};
use super::super::{Deadline, RoutingState};

impl RoutingState {
    /// Sets a queue's rules; what waits in it is measured by them at once, from when it came there.
    pub(super) fn queue_rules_set(&mut self, id: QueueId, rules: &QueueRules) {
        let Some(queue) = self.queues.get_mut(&id) else { return };
        let asks_otherwise = queue.rules.relax != rules.relax;
        queue.rules = rules.clone();
        let before = queue.standing.take();
        self.index.touched.queues.insert(id);
        self.disarm_hours(id, before);
        self.watch(id);
        for conversation in self.waiting_in(id) {
            let Some(slot) = self.conversations.slot(&conversation) else { continue };
            self.disarm(slot);
            self.set_limit(slot);
            self.arm(slot);
        }
        if asks_otherwise {
            self.seat_pool_anew(Pool::Queue(id));
        }
        for subject in self.sought_in(Pool::Queue(id)) {
            self.place_subject(subject);
        }
    }

    /// Sets whether a queue is open, and until when.
    pub(super) fn set_standing(&mut self, id: QueueId, open: bool, until: Option<Timestamp>) {
        let Some(queue) = self.queues.get_mut(&id) else { return };
        let before = queue.standing.replace(Standing { open, until });
        self.index.touched.queues.insert(id);
        self.disarm_hours(id, before);
        if let Some(until) = until {
            self.index.deadlines.add(until, Deadline::Hours(id));
        }
    }

    fn disarm_hours(&mut self, id: QueueId, standing: Option<Standing>) {
        if let Some(until) = standing.and_then(|standing| standing.until) {
            self.index.deadlines.remove(until, Deadline::Hours(id));
        }
    }

    /// Sets until when a conversation may wait where it is, and how much is asked for by then.
    pub(super) fn set_limit(&mut self, slot: Slot) {
        let Some(Open { conversation: open, .. }) = self.conversations.at(slot) else { return };
        if open.waiting().is_none() {
            return;
        }
        let overflows_at = self.limit_of(open);
        let relaxed = self.relaxed_by_now(open);
        let relaxes_at = self.relaxes_next(open, relaxed);
        let Some(Open { conversation, .. }) = self.conversations.at_mut(slot) else { return };
        let id = conversation.id;
        let Some(waiting) = conversation.waiting_mut() else { return };
        let before = (waiting.overflows_at(), waiting.relaxes_at(), waiting.search.relaxed);
        if before == (overflows_at, relaxes_at, relaxed) {
            return;
        }
        waiting.search.relaxed = relaxed;
        let limit = waiting.limit.get_or_insert_default();
        (limit.overflows_at, limit.relaxes_at) = (overflows_at, relaxes_at);
        waiting.limit.take_if(|limit| **limit == WaitLimit::default());
        self.index.touched.conversations.insert(id);
    }

    /// Returns how many relaxations of its queue hold for a conversation by the time that it has waited there.
    fn relaxed_by_now(&self, conversation: &Conversation) -> u8 {
        let asked = conversation.waiting().map(|waiting| (waiting.search.pool, waiting.search.since));
        match asked {
            Some((Pool::Queue(queue), since)) => {
                self.queues.get(&queue).map_or(0, |queue| queue.rules.relaxed_after(self.at.since(since)))
            }
            Some((Pool::Group(_) | Pool::Agent(_), _)) | None => 0,
        }
    }

    /// Returns when one more relaxation of its queue holds for a conversation for which so many do.
    fn relaxes_next(&self, conversation: &Conversation, relaxed: u8) -> Option<Timestamp> {
        let search = &conversation.waiting()?.search;
        let Pool::Queue(queue) = search.pool else { return None };
        let next = self.queues.get(&queue)?.rules.relax.get(usize::from(relaxed))?;
        Some(search.since.plus(next.waited()))
    }

    /// Asks for as little as so many relaxations of its queue leave.
    pub(super) fn queue_relaxed(&mut self, id: ConversationId, relaxed: u8) {
        let Some(slot) = self.conversations.slot(&id) else { return };
        self.disarm(slot);
        let relaxes_at = self.conversations.get(&id).and_then(|open| self.relaxes_next(open, relaxed));
        if let Some(waiting) = self.conversations.get_mut(&id).and_then(Conversation::waiting_mut) {
            waiting.search.relaxed = relaxed;
            waiting.limit.get_or_insert_default().relaxes_at = relaxes_at;
            waiting.limit.take_if(|limit| **limit == WaitLimit::default());
            self.index.touched.conversations.insert(id);
        }
        self.arm(slot);
        self.place(slot);
    }

    /// Returns until when a conversation may wait where it is; workflows and transfers that nobody has decided have times
    /// of their own.
    fn limit_of(&self, conversation: &Conversation) -> Option<Timestamp> {
        let waiting = conversation.waiting()?;
        let Pool::Queue(queue) = waiting.search.pool else { return None };
        let transfer = waiting.transfer().and_then(|transfer| self.transfers.get(&transfer));
        let released =
            transfer.is_some_and(|transfer| matches!(transfer.state, TransferState::Released { .. }));
        let secs =
            self.queues.get(&queue)?.rules.wait_secs.filter(|_| waiting.route.is_none() && !released)?;
        Some(waiting.search.since.plus(Duration::from_secs(u64::from(secs))))
    }

    /// Asks one person alone until a time, or everyone who serves the queue again; whoever was asked already counts as asked.
    pub(super) fn ask_alone(&mut self, id: ConversationId, alone: Option<(AgentId, Timestamp)>) {
        let Some(slot) = self.conversations.slot(&id) else { return };
        self.disarm(slot);
        let at = self.at;
        if let Some(Open { conversation, .. }) = self.conversations.at_mut(slot) {
            let queue = conversation.queue;
            // Whoever is asked stays the one to ask when the customer leaves unserved and returns.
            conversation.last_agent = alone.map(|(agent, _)| agent).or(conversation.last_agent);
            if let Some(waiting) = conversation.waiting_mut() {
                waiting.search.pool = alone.map_or(Pool::Queue(queue), |(agent, _)| Pool::Agent(agent));
                waiting.search.since = at;
                waiting.limit.get_or_insert_default().alone_until = alone.map(|(_, until)| until);
                waiting.limit.take_if(|limit| **limit == WaitLimit::default());
                self.index.touched.conversations.insert(id);
            }
        }
        self.set_limit(slot);
        self.arm(slot);
        self.place(slot);
    }

    /// Lets a conversation wait on without a limit.
    pub(super) fn lift_limit(&mut self, id: ConversationId) {
        let Some(slot) = self.conversations.slot(&id) else { return };
        self.disarm(slot);
        if let Some(waiting) =
            self.conversations.at_mut(slot).and_then(|open| open.conversation.waiting_mut())
        {
            if let Some(limit) = &mut waiting.limit {
                limit.overflows_at = None;
            }
            waiting.limit.take_if(|limit| **limit == WaitLimit::default());
            self.index.touched.conversations.insert(id);
        }
        self.arm(slot);
    }
}
