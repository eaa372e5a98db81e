//! What is due when. Deadlines are data of the things they belong to; this is their order.

use core::time::Duration;

use baton_shared::offer::{OFFER_REST, OfferState};
use baton_shared::*;

use super::open::Slot;
use super::sequence::Sequence;
use super::{RoutingState, Subject};

/// How long after a start no deadline that was running fires and nobody's lease ends.
pub const DEADLINES_HELD: Duration = Duration::from_secs(45);

/// Something that is due at a time. The order of the variants is the order in which equal times are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deadline {
    /// An offer times out.
    Offer(OfferId),
    /// A transfer that nobody accepted expires, or a consultation ends.
    Transfer(TransferId),
    /// An agent was not reachable for too long: what they have goes to its queue.
    Grace(AgentId),
    /// An invitation that nobody accepted expires.
    Invite(InviteId),
    /// A wrap-up ends by itself.
    WrapUp(SegmentId),
    /// A workflow's step asks for less, or the next one begins.
    Step(ConversationId),
    /// A conversation has waited too long in its queue.
    Limit(ConversationId),
    /// A queue asks for less of whoever takes a conversation.
    Relax(ConversationId),
    /// Whoever served a customer last is asked alone no more.
    Alone(ConversationId),
    /// A customer was silent for so long that the conversation is idle.
    Silence(ConversationId),
    /// A queue opens or closes.
    Hours(QueueId),
    /// A flow's time with a conversation is over, or that of a partner whom the customer waits for.
    Held(ConversationId),
    /// A transfer to a queue can be taken back no more; the sender's place is free.
    Undo(TransferId),
    /// An agent who passed a conversation may be offered it again.
    Rest(Subject),
}

/// Deadlines in the order of (due, kind, id).
///
/// Those that ask for no event, but only free an agent or a conversation, are kept apart: all that are due come before
/// the first that asks for one, so that a decision sees everyone who is free at its time.
#[derive(Clone, Debug, Default)]
pub(super) struct Deadlines {
    deciding: Sequence<(Timestamp, Deadline)>,
    freeing: Sequence<(Timestamp, Deadline)>,
}

impl Deadlines {
    /// Returns when something is due next.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let first = |order: &Sequence<(Timestamp, Deadline)>| order.first().map(|(due, _)| due);
        first(&self.deciding).into_iter().chain(first(&self.freeing)).min()
    }

    /// Returns what comes next of what is due at `now`.
    pub(super) fn first_due(&self, now: Timestamp) -> Option<(Timestamp, Deadline)> {
        let due = |order: &Sequence<(Timestamp, Deadline)>| order.first().filter(|(due, _)| *due <= now);
        due(&self.freeing).or_else(|| due(&self.deciding))
    }

    pub(super) fn add(&mut self, due: Timestamp, deadline: Deadline) {
        self.order(deadline).insert((due, deadline));
    }

    pub(super) fn remove(&mut self, due: Timestamp, deadline: Deadline) {
        self.order(deadline).remove(&(due, deadline));
    }

    /// Adds those of a conversation.
    pub(super) fn arm(&mut self, conversation: &Conversation) {
        each_of(conversation, &mut |due, deadline| self.add(due, deadline));
    }

    /// Removes those of a conversation.
    pub(super) fn disarm(&mut self, conversation: &Conversation) {
        each_of(conversation, &mut |due, deadline| self.remove(due, deadline));
    }

    const fn order(&mut self, deadline: Deadline) -> &mut Sequence<(Timestamp, Deadline)> {
        match deadline {
            Deadline::Offer(_)
            | Deadline::Transfer(_)
            | Deadline::Grace(_)
            | Deadline::Invite(_)
            | Deadline::WrapUp(_)
            | Deadline::Step(_)
            | Deadline::Limit(_)
            | Deadline::Relax(_)
            | Deadline::Alone(_)
            | Deadline::Silence(_)
            | Deadline::Hours(_)
            | Deadline::Held(_) => &mut self.deciding,
            Deadline::Undo(_) | Deadline::Rest(_) => &mut self.freeing,
        }
    }
}

/// Returns when a transfer in its present state expires or its consultation ends.
pub(super) const fn transfer_due(state: &TransferState) -> Option<Timestamp> {
    match state {
        TransferState::Seeking { deadline, .. } | TransferState::Enqueued { deadline, .. } => *deadline,
        TransferState::Released { deadline }
        | TransferState::Calling { deadline }
        | TransferState::Consulting { deadline, .. } => Some(*deadline),
        TransferState::Requested | TransferState::Ended { .. } => None,
    }
}

/// Says each of the deadlines that a conversation has: by its wait, by its customer's silence, or by the time that a bot or a
/// partner has with it.
fn each_of(conversation: &Conversation, each: &mut dyn FnMut(Timestamp, Deadline)) {
    let id = conversation.id;
    if let Some(due) = conversation.idle_from() {
        each(due, Deadline::Silence(id));
    }
    if let Some(due) = conversation.held_until() {
        each(due, Deadline::Held(id));
    }
    let Some(waiting) = conversation.waiting() else { return };
    if let Some(due) = waiting.route.as_ref().and_then(|route| route.due()) {
        each(due, Deadline::Step(id));
    }
    if let Some(due) = waiting.overflows_at() {
        each(due, Deadline::Limit(id));
    }
    if let Some(due) = waiting.relaxes_at() {
        each(due, Deadline::Relax(id));
    }
    if let Some(due) = waiting.alone_until() {
        each(due, Deadline::Alone(id));
    }
}

impl RoutingState {
    pub(super) fn rebuild_deadlines(&mut self) {
        let mut deadlines = Deadlines::default();
        for offer in self.offers.values() {
            if let OfferState::Open { deadline: Some(deadline) } = offer.state {
                deadlines.add(deadline, Deadline::Offer(offer.id));
            }
        }
        for transfer in self.transfers.values() {
            if let Some(due) = transfer_due(&transfer.state) {
                deadlines.add(due, Deadline::Transfer(transfer.id));
            }
            if let TransferState::Enqueued { undo_until, .. } = transfer.state {
                deadlines.add(undo_until, Deadline::Undo(transfer.id));
            }
        }
        let subjects = self.conversations.keys().map(|id| Subject::Conversation(*id));
        for subject in subjects.chain(self.invites.keys().map(|id| Subject::Invite(*id))) {
            for passed_at in self.search_of(subject).into_iter().flat_map(|search| search.passed.values()) {
                deadlines.add(passed_at.plus(OFFER_REST), Deadline::Rest(subject));
            }
        }
        for conversation in self.conversations.values() {
            deadlines.arm(conversation);
        }
        for invite in self.invites.values() {
            if let InviteState::Open { deadline, .. } = invite.state {
                deadlines.add(deadline, Deadline::Invite(invite.id));
            }
        }
        for segment in self.wrap_ups.values() {
            if let SegmentState::WrapUp { until: Some(until), .. } = segment.state {
                deadlines.add(until, Deadline::WrapUp(segment.id));
            }
        }
        for queue in self.queues.values() {
            if let Some(until) = queue.standing.and_then(|standing| standing.until) {
                deadlines.add(until, Deadline::Hours(queue.id));
            }
        }
        for agent in self.agents.values() {
            if let Some(lost_at) = agent.lost_at {
                deadlines.add(lost_at.plus(self.grace()), Deadline::Grace(agent.id));
            }
        }
        self.index.deadlines = deadlines;
    }

    /// Returns how long an agent who is lost keeps what they have.
    pub(super) fn grace(&self) -> Duration {
        Duration::from_secs(u64::from(self.policies.workspace.grace_secs))
    }

    /// Says whether an agent can be reached, or is lost so shortly that what they have is kept for them.
    pub fn waits_for(&self, agent: AgentId, now: Timestamp) -> bool {
        let lost = |agent: &Agent| agent.lost_at.is_some_and(|lost_at| lost_at.plus(self.grace()) > now);
        self.agents.get(&agent).is_some_and(|agent| agent.presence.reachable || lost(agent))
    }

    /// Adds the deadlines of a conversation.
    pub(super) fn arm(&mut self, slot: Slot) {
        if let Some(open) = self.conversations.at(slot) {
            self.index.deadlines.arm(&open.conversation);
        }
    }

    /// Removes the deadlines of a conversation.
    pub(super) fn disarm(&mut self, slot: Slot) {
        if let Some(open) = self.conversations.at(slot) {
            self.index.deadlines.disarm(&open.conversation);
        }
    }

    /// Adds the deadlines that a transfer in its present state has.
    pub(super) fn arm_transfer(&mut self, id: TransferId) {
        let Some(transfer) = self.transfers.get(&id) else { return };
        if let Some(due) = transfer_due(&transfer.state) {
            self.index.deadlines.add(due, Deadline::Transfer(id));
        }
        if let TransferState::Enqueued { undo_until, .. } = transfer.state {
            self.index.deadlines.add(undo_until, Deadline::Undo(id));
        }
    }

    /// Removes the deadlines that a transfer in its present state has.
    pub(super) fn disarm_transfer(&mut self, id: TransferId) {
        let Some(transfer) = self.transfers.get(&id) else { return };
        if let Some(due) = transfer_due(&transfer.state) {
            self.index.deadlines.remove(due, Deadline::Transfer(id));
        }
        if let TransferState::Enqueued { undo_until, .. } = transfer.state {
            self.index.deadlines.remove(undo_until, Deadline::Undo(id));
        }
    }

    /// Moves every running deadline that asks for an event to `held_until` where it would fire sooner; a queue's hours are
    /// those of the wall.
    pub(super) fn hold_deadlines(&mut self, held_until: Timestamp) {
        for offer in self.offers.values_mut() {
            if let OfferState::Open { deadline: Some(deadline) } = &mut offer.state
                && *deadline < held_until
            {
                *deadline = held_until;
                self.index.touched.offers.insert(offer.id);
            }
        }
        for transfer in self.transfers.values_mut() {
            let deadline = match &mut transfer.state {
                TransferState::Seeking { deadline, .. } | TransferState::Enqueued { deadline, .. } => {
                    deadline.as_mut()
                }
                TransferState::Released { deadline }
                | TransferState::Calling { deadline }
                | TransferState::Consulting { deadline, .. } => Some(deadline),
                TransferState::Requested | TransferState::Ended { .. } => None,
            };
            if let Some(deadline) = deadline.filter(|deadline| **deadline < held_until) {
                *deadline = held_until;
                self.index.touched.transfers.insert(transfer.id);
            }
        }
        for conversation in self.conversations.values_mut() {
            let id = conversation.id;
            let held = match &mut conversation.state {
                ConversationState::Open { held: Held::Flow(run), .. } => Some(&mut run.deadline),
                ConversationState::Open { held: Held::External { answer_by, .. }, .. } => answer_by.as_mut(),
                ConversationState::Open { held: Held::Agent { .. } | Held::Queue(_), .. }
                | ConversationState::Closed { .. } => None,
            };
            if let Some(held) = held.filter(|held| **held < held_until) {
                *held = held_until;
                self.index.touched.conversations.insert(id);
            }
            if let Some(Silence::From(time)) = conversation.silence.as_deref_mut()
                && *time < held_until
            {
                *time = held_until;
                self.index.touched.conversations.insert(id);
            }
            let Some(waiting) = conversation.waiting_mut() else { continue };
            let route = waiting.route.iter_mut();
            let of_steps = route.flat_map(|route| {
                let lowering = route.lowering.iter_mut().map(|lowered| &mut lowered.at);
                route.dropping.values_mut().chain(lowering).chain(route.deadline.as_mut())
            });
            let limit = waiting.limit.iter_mut();
            let of_limit = limit.flat_map(|limit| {
                let WaitLimit { overflows_at, alone_until, relaxes_at, left: _ } = &mut **limit;
                [overflows_at, alone_until, relaxes_at].into_iter().flatten()
            });
            let times = of_steps.chain(of_limit);
            for time in times.filter(|time| **time < held_until) {
                *time = held_until;
                self.index.touched.conversations.insert(id);
            }
        }
        for invite in self.invites.values_mut() {
            if let InviteState::Open { deadline, .. } = &mut invite.state
                && *deadline < held_until
            {
                *deadline = held_until;
                self.index.touched.invites.insert(invite.id);
            }
        }
        for segment in self.wrap_ups.values_mut() {
            if let SegmentState::WrapUp { until: Some(until), .. } = &mut segment.state
                && *until < held_until
            {
                *until = held_until;
                self.index.touched.wrap_ups.insert(segment.id);
            }
        }
        let lost_no_sooner = held_until.minus(self.grace());
        for agent in self.agents.values_mut() {
            if let Some(lost_at) = agent.lost_at.as_mut().filter(|lost_at| **lost_at < lost_no_sooner) {
                *lost_at = lost_no_sooner;
                self.index.touched.agents.insert(agent.id);
            }
        }
        self.rebuild_deadlines();
    }
}
