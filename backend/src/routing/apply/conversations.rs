//! Conversations, their owners and their segments.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use baton_shared::conversation::EndedBy;
use baton_shared::external::SILENCE_LASTS;
use baton_shared::offer::OFFER_REST;
use baton_shared::policy::{Age, Exclude, SAFETY};
use baton_shared::queue::AcceptedWait;
use baton_shared::segment::{FollowedBy, OwnerCause, WrapUp};
use baton_shared::*;

use super::super::open::{Open, Running, Slot};
use super::super::{Deadline, Filed, RoutingState, Subject, Talk};

/// A conversation's opening, taken out of its event.
pub(super) struct Opening {
    pub(super) conversation: ConversationId,
    pub(super) contact: ContactId,
    pub(super) channel: Channel,
    pub(super) queue: QueueId,
    pub(super) segment: SegmentId,
    pub(super) at: Timestamp,
}

/// A change of owner, taken out of its event.
pub(super) struct Change {
    pub(super) conversation: ConversationId,
    pub(super) from: Owner,
    pub(super) to: Owner,
    pub(super) epoch: conversation::Epoch,
    pub(super) cause: OwnerCause,
    pub(super) ended: SegmentId,
    pub(super) wrap_up: WrapUp,
    pub(super) segment: SegmentId,
}

impl Change {
    /// Returns the transfer that goes on with the new owner.
    pub(super) const fn carried(&self) -> Option<TransferId> {
        match self.cause {
            OwnerCause::Transferred(transfer) | OwnerCause::Parked(transfer) => Some(transfer),
            OwnerCause::Opened
            | OwnerCause::Accepted(_)
            | OwnerCause::TakenBack(_)
            | OwnerCause::Released
            | OwnerCause::Returned(_)
            | OwnerCause::Expired(_)
            | OwnerCause::Left(_)
            | OwnerCause::TakenOver(_)
            | OwnerCause::Redirected
            | OwnerCause::Routed(_)
            | OwnerCause::Overflowed(_)
            | OwnerCause::Entered(_)
            | OwnerCause::Lost => None,
        }
    }
}

impl RoutingState {
    pub(super) fn conversation_opened(&mut self, opening: Opening) {
        let Opening { conversation: id, contact, channel, queue, segment, at } = opening;
        let at_once = self.policies.holding(queue, channel).offers_at_once;
        let waiting = Waiting::begin(Search::begin(Pool::Queue(queue), at, at_once), None);
        let found = self.queues.get(&queue);
        let bounded = found.is_some_and(|queue| queue.rules.bound_waits());
        let priority = found.map(|queue| queue.priority).unwrap_or_default();
        let work = found.map(|queue| queue.rules.work()).unwrap_or_default();
        let owner = Owner::Queue(queue);
        let preceded_by = OwnerCause::Opened;
        let running = Running { owner, started_at: at, preceded_by, last_seq: 0 };
        self.index.touched.conversations.insert(id);
        self.index.touched.running.insert(id);
        let conversation = || Conversation {
            id,
            contact,
            channel,
            queue,
            priority,
            work,
            enqueued_at: at,
            ranked_at: at,
            segment,
            last_seq: 0,
            owners: FewSet::new(),
            last_agent: None,
            invites: Rare::new(),
            listeners: Rare::new(),
            oversight: None,
            hops: 0,
            silence: None,
            state: ConversationState::Open { held: Held::Queue(waiting), epoch: 1 },
        };
        let open = || Open { conversation: conversation(), running: Some(running), placed: None };
        let slot = self.conversations.open(id, open);
        if bounded {
            self.set_limit(slot);
            self.arm(slot);
        }
        self.place(slot);
    }

    pub(super) fn owner_changed(&mut self, change: &Change, at: Timestamp) {
        let Some(slot) = self.conversations.slot(&change.conversation) else { return };
        let Some(Open { conversation, .. }) = self.conversations.at(slot) else { return };
        let (channel, last_seq) = (conversation.channel, conversation.last_seq);
        let was_of = conversation.queue;
        let (units, work) = (conversation.units(), conversation.work);
        let taken_up = match change.to {
            Owner::Queue(queue) => self.work_in(queue),
            Owner::Agent(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => work,
        };
        let wrap_up_secs = self.policy_of(change).map_or_else(
            || self.policies.holding(conversation.queue, channel).wrap_up_secs,
            |policy| policy.wrap_up_secs,
        );
        self.remember_wait(change, slot, at);
        let held = match change.to {
            Owner::Agent(agent) => Held::Agent { agent, since: at, transfer: None },
            Owner::Queue(queue) => Held::Queue(self.place_in_line(change, slot, Pool::Queue(queue), at)),
            Owner::Group(group) => Held::Queue(self.place_in_line(change, slot, Pool::Group(group), at)),
            Owner::Flow(flow) => self.begun(change, slot, flow, at),
            Owner::External(external) => {
                Held::External { external, since: at, answer_by: Some(at.plus(SILENCE_LASTS)) }
            }
        };
        self.disarm(slot);
        let ended = (FollowedBy::Owner(change.cause), change.wrap_up, wrap_up_secs);
        let Some(Open { conversation, running, .. }) = self.conversations.at_mut(slot) else { return };
        let over = running.take_if(|_| conversation.segment == change.ended);
        if let Owner::Agent(agent) = change.from {
            conversation.last_agent = Some(agent);
        }
        // Leaving it to a participant passes it on as a transfer does.
        if let OwnerCause::Left(_) = change.cause {
            conversation.hops = conversation.hops.saturating_add(1);
        }
        match change.to {
            Owner::Agent(agent) => {
                conversation.owners.insert(agent);
                let listens_in = conversation.is_overheard_by(agent);
                if listens_in {
                    conversation.oversee(|oversight| {
                        oversight.listeners.remove(&agent);
                    });
                }
                let read_on = conversation.listeners.contains(&agent);
                if read_on {
                    conversation.listeners.change(|listeners| listeners.remove(&agent));
                }
                if read_on || listens_in {
                    self.index.touched.listeners.insert((change.conversation, agent), false);
                }
                if let OwnerCause::TakenBack(transfer) | OwnerCause::Returned(transfer) = change.cause
                    && let Some(transfer) = self.transfers.get(&transfer)
                {
                    conversation.queue = transfer.queue;
                    conversation.work = transfer.work;
                }
            }
            Owner::Queue(queue) => {
                conversation.queue = queue;
                conversation.work = taken_up;
            }
            Owner::Flow(_) | Owner::External(_) => {}
            Owner::Group(group) => {
                let least = self.groups.get(&group).map(|group| group.priority).unwrap_or_default();
                conversation.priority = conversation.priority.max(least);
            }
        }
        let overheard = conversation.overheard_by().next().is_some();
        let takes_up = conversation.work;
        conversation.state = ConversationState::Open { held, epoch: change.epoch };
        conversation.segment = change.segment;
        let (owner, preceded_by) = (change.to, change.cause);
        let seat = match owner {
            Owner::Agent(agent) => self.agents.number(&agent),
            Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => None,
        };
        *running = Some(Running { owner, started_at: at, preceded_by, last_seq });
        for passed_at in conversation.waiting().into_iter().flat_map(|waiting| waiting.search.passed.values())
        {
            self.index
                .deadlines
                .add(passed_at.plus(OFFER_REST), Deadline::Rest(Subject::Conversation(change.conversation)));
        }
        if let Some(over) = over {
            let over = Running { last_seq, ..over };
            self.note_talk(&over, change.ended, was_of, at);
            self.end_segment(&over, (change.ended, change.conversation), ended, at);
        }
        self.index.touched.conversations.insert(change.conversation);
        self.index.touched.running.insert(change.conversation);
        if overheard {
            self.index.unsure.conversations.insert(change.conversation);
        }
        self.set_limit(slot);
        self.end_silence(slot);
        self.arm(slot);
        self.note_going_on(slot);
        self.place(slot);
        if let Owner::Agent(agent) = change.from {
            self.change_load(agent, |load| load.disown(change.conversation, channel, units, work));
        }
        if let (Owner::Agent(agent), Some(seat)) = (change.to, seat) {
            self.begin_idleness(seat, agent, at);
            let load = &mut self.index.seats[seat].load;
            load.own(change.conversation, channel, channel.units(), takes_up);
            self.note_seat(seat);
        }
    }

    /// Returns the policy under which a conversation is passed on, of the moment that was asked for; nothing where nobody
    /// passes it on. A transfer that is complete and the part of an heir have ended just before the owner changes.
    fn policy_of(&self, change: &Change) -> Option<&TransferPolicy> {
        let touched = &self.index.touched;
        if let OwnerCause::Left(invite) = change.cause {
            let ended = || touched.ended_invites.iter().rev().find(|ended| ended.id == invite);
            return self.invites.get(&invite).or_else(ended).map(|invite| &invite.policy);
        }
        let transfer = change.carried()?;
        let ended = || touched.ended_transfers.iter().rev().find(|ended| ended.id == transfer);
        self.transfers.get(&transfer).or_else(ended).map(|transfer| &transfer.policy)
    }

    /// Remembers how long a queue let a conversation wait, for the estimate of its wait.
    fn remember_wait(&mut self, change: &Change, slot: Slot, at: Timestamp) {
        let (OwnerCause::Accepted(_), Owner::Queue(queue)) = (change.cause, change.from) else { return };
        let waiting = self.conversations.at(slot).and_then(|open| open.conversation.waiting());
        if let (Some(waiting), Some(queue)) = (waiting, self.queues.get_mut(&queue)) {
            let waited_ms = at.since(waiting.search.since).as_millis() as u64;
            queue.remember(AcceptedWait { at, waited_ms });
            self.index.touched.queues.insert(queue.id);
        }
    }

    /// Gives a conversation its place in line: at its age, unless the policy says otherwise; whoever passed it on rests as
    /// if they had declined it.
    fn place_in_line(&mut self, change: &Change, slot: Slot, owner_pool: Pool, at: Timestamp) -> Waiting {
        let moved = self.conversations.at(slot).and_then(|open| open.conversation.waiting());
        if let (OwnerCause::Routed(_), Some(before)) = (change.cause, moved) {
            let mut moved = before.clone();
            moved.search.pool = owner_pool;
            moved.search.since = at;
            return moved;
        }
        if let (OwnerCause::Overflowed(left), Some(before)) = (change.cause, moved) {
            let mut moved = before.clone();
            moved.search.pool = owner_pool;
            moved.search.since = at;
            moved.limit.get_or_insert_default().left.insert(left);
            return moved;
        }
        let carried = change.carried();
        let sender = match change.from {
            Owner::Agent(agent) => Some(agent),
            Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => None,
        };
        let Some(Open { conversation, .. }) = self.conversations.at(slot) else {
            return Waiting::begin(Search::begin(owner_pool, at, 1), None);
        };
        let transfer = carried.and_then(|transfer| self.transfers.get(&transfer));
        let policy = match transfer {
            Some(transfer) => transfer.policy.clone(),
            None => self.policies.holding(conversation.queue, conversation.channel).into_owned(),
        };
        let excluded: BTreeSet<AgentId> = match (transfer, policy.exclude) {
            (None, _) | (Some(_), Exclude::Sender) => sender.into_iter().collect(),
            (Some(_), Exclude::Nobody) => BTreeSet::new(),
            (Some(_), Exclude::Participants) => conversation.owners.iter().copied().collect(),
        };
        let mut search = Search::begin(owner_pool, at, policy.offers_at_once);
        // A released sender's search goes on as it was: for the one it is meant for, with those who passed already.
        let mut passed: Rare<BTreeMap<AgentId, Timestamp>> = Rare::new();
        if let (OwnerCause::Parked(_), Some(transfer)) = (change.cause, transfer)
            && let TransferState::Seeking { search: before, .. } = &transfer.state
        {
            search.pool = before.pool;
            search.offers.clone_from(&before.offers);
            passed.clone_from(&before.passed);
        }
        // Whoever it is meant for is asked, even if they had it before.
        let left_out = excluded.into_iter().filter(|agent| search.pool != Pool::Agent(*agent));
        passed.change(|passed| passed.extend(left_out.map(|agent| (agent, at))));
        search.passed = passed;
        let parked = transfer.filter(|_| matches!(change.cause, OwnerCause::Parked(_)));
        let release = parked.map(|transfer| {
            let deadline = match transfer.state {
                TransferState::Seeking { deadline: Some(deadline), .. } => deadline,
                TransferState::Seeking { deadline: None, .. }
                | TransferState::Requested
                | TransferState::Released { .. }
                | TransferState::Enqueued { .. }
                | TransferState::Calling { .. }
                | TransferState::Consulting { .. }
                | TransferState::Ended { .. } => at.plus(SAFETY),
            };
            (transfer.id, TransferState::Released { deadline })
        });
        let counts_from = match (transfer, policy.age) {
            (Some(_), Age::Restart) => at,
            (Some(_), Age::Original) => conversation.enqueued_at,
            (None, _) => conversation.ranked_at,
        };
        let lift = transfer.map_or(Duration::ZERO, |_| Duration::from_secs(u64::from(policy.lift_secs)));
        let ranked_at = counts_from.minus(lift);
        if let Some(Open { conversation, .. }) = self.conversations.at_mut(slot) {
            conversation.ranked_at = ranked_at;
        }
        if let Some((transfer, state)) = release {
            self.disarm_transfer(transfer);
            if let Some(transfer) = self.transfers.get_mut(&transfer) {
                transfer.state = state;
                self.index.touched.transfers.insert(transfer.id);
            }
            self.arm_transfer(transfer);
        }
        Waiting::begin(search, carried)
    }

    pub(super) fn conversation_closed(
        &mut self,
        id: ConversationId,
        from: Owner,
        by: EndedBy,
        ended: SegmentId,
        wrap_up: WrapUp,
        at: Timestamp,
    ) {
        let seat = match from {
            Owner::Agent(agent) => self.agents.number(&agent),
            Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => None,
        };
        // They are changed last: until then their memory has come.
        if let Some(seat) = seat {
            self.index.seats.prefetch(seat);
            self.agents.prefetch(seat);
        }
        let Some(slot) = self.conversations.slot(&id) else { return };
        let Some(Open { conversation, running, placed }) = self.conversations.at_mut(slot) else { return };
        self.index.deadlines.disarm(conversation);
        self.index.lines.leave(*placed, Subject::Conversation(id));
        let policy = self.policies.holding(conversation.queue, conversation.channel);
        let (wrap_up_secs, keeps) = (policy.wrap_up_secs, policy.keep_whispers);
        let over = running.filter(|_| conversation.segment == ended);
        let over = over.map(|over| Running { last_seq: conversation.last_seq, ..over });
        let served = !conversation.owners.is_empty();
        let surveyed = served && self.queues.get(&conversation.queue).is_some_and(|queue| queue.rules.survey);
        conversation.state = ConversationState::Closed { at, by, epoch: conversation.epoch() + 1, surveyed };
        let oversight = conversation.oversight.take().map(|oversight| *oversight).unwrap_or_default();
        let listeners = std::mem::take(&mut conversation.listeners);
        for agent in listeners.iter().chain(&oversight.listeners) {
            self.index.touched.listeners.insert((id, *agent), false);
        }
        if oversight.whispers > 0 && !keeps {
            self.index.touched.forgotten.push(id);
        }
        if let Owner::Agent(agent) = from {
            conversation.last_agent = Some(agent);
        }
        let (channel, units, work) = (conversation.channel, conversation.units(), conversation.work);
        let queue = conversation.queue;
        let closed = self.conversations.remove(&id).map(|open| open.conversation);
        self.index.touched.closed_conversations.extend(closed);
        self.index.going_on.remove(&id);
        self.index.unsure.conversations.remove(&id);
        if let Some(over) = over {
            self.note_talk(&over, ended, queue, at);
            self.end_segment(&over, (ended, id), (FollowedBy::End(by), wrap_up, wrap_up_secs), at);
        }
        if let Some(seat) = seat {
            self.change_load_of(seat, |load| load.disown(id, channel, units, work));
        }
    }

    pub(super) fn request_created(&mut self, request: Request) {
        self.requests_made = self.requests_made.max(request.number);
        self.index.touched.requests.push(request.clone());
        self.requests.insert(request.id, request);
    }

    pub(super) fn request_answered(&mut self, id: RequestId, state: RequestState) {
        let Some(mut request) = self.requests.remove(&id) else { return };
        request.state = state;
        self.index.touched.requests.push(request);
    }

    /// Notes that an agent has a conversation no more, which was of a queue.
    fn note_talk(&mut self, over: &Running, segment: SegmentId, queue: QueueId, ended_at: Timestamp) {
        match over.owner {
            Owner::Agent(_) => {
                let talk = Talk { segment, queue, started_at: over.started_at, ended_at };
                self.index.touched.talks.push(talk);
            }
            Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => {}
        }
    }

    /// Ends a segment that ran until now.
    #[inline(never)]
    fn end_segment(
        &mut self,
        over: &Running,
        (id, conversation): (SegmentId, ConversationId),
        (followed_by, wrap_up, lasts_secs): (FollowedBy, WrapUp, Option<u32>),
        at: Timestamp,
    ) {
        match wrap_up {
            WrapUp::ByItsAgent => {
                let until = lasts_secs.map(|secs| at.plus(Duration::from_secs(u64::from(secs))));
                if let Some(until) = until {
                    self.index.deadlines.add(until, Deadline::WrapUp(id));
                }
                let state = SegmentState::WrapUp { ended_at: at, followed_by, until };
                self.index.touched.wrap_ups.insert(id);
                self.wrap_ups.insert(over.segment(id, conversation, state));
            }
            WrapUp::None => {
                let state = SegmentState::Ended { ended_at: at, followed_by, disposition: None };
                self.keep_ended(over.segment(id, conversation, state));
            }
        }
    }

    pub(super) fn wrap_up_ended(
        &mut self,
        id: SegmentId,
        disposition: Option<segment::Disposition>,
        at: Timestamp,
    ) {
        let Some(mut segment) = self.wrap_ups.remove(&id) else { return };
        if let SegmentState::WrapUp { ended_at, followed_by, until } = segment.state {
            if let Some(until) = until {
                self.index.deadlines.remove(until, Deadline::WrapUp(id));
            }
            segment.state = SegmentState::Ended { ended_at, followed_by, disposition };
            self.index.touched.filed.push(Filed { segment: id, ended_at, filed_at: at });
        }
        self.keep_ended(segment);
    }

    pub(super) fn wrap_up_extended(&mut self, id: SegmentId, longer: Timestamp) {
        let Some(segment) = self.wrap_ups.get_mut(&id) else { return };
        if let SegmentState::WrapUp { until: Some(until), .. } = &mut segment.state {
            self.index.deadlines.remove(*until, Deadline::WrapUp(id));
            *until = longer;
            self.index.deadlines.add(longer, Deadline::WrapUp(id));
            self.index.touched.wrap_ups.insert(id);
        }
    }

    fn keep_ended(&mut self, segment: Segment) {
        self.index.touched.ended_segments.push(segment);
    }
}
