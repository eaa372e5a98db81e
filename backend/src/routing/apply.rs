//! How an event changes the state. Nothing here can refuse: an event about something unknown changes nothing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use baton_shared::conversation::EndedBy;
use baton_shared::offer::OfferState;
use baton_shared::queue::AcceptedWait;
use baton_shared::segment::{FollowedBy, OwnerCause, WrapUp};
use baton_shared::transfer::TransferState;
use baton_shared::*;

use super::RoutingState;

/// A change of owner, taken out of its event.
struct Change {
    conversation: ConversationId,
    from: Owner,
    to: Owner,
    epoch: conversation::Epoch,
    cause: OwnerCause,
    ended: SegmentId,
    wrap_up: WrapUp,
    segment: SegmentId,
}

impl RoutingState {
    /// Changes the state as the event says.
    pub fn apply(&mut self, recorded: &Recorded) {
        self.position = recorded.position;
        self.at = recorded.at;
        let at = recorded.at;
        match &recorded.event {
            Event::ServerStarted { held_until } => self.hold_deadlines(*held_until),
            Event::PersonAdded { agent, role, capacity } => self.person_added(*agent, *role, capacity, at),
            Event::PersonChanged { agent, role, enabled, capacity } => self.change_agent(*agent, |changed| {
                changed.role = *role;
                changed.enabled = *enabled;
                changed.capacity.clone_from(capacity);
            }),
            Event::SkillAdded { skill } => {
                self.skills.insert(*skill);
                self.index.touched.skills.insert(*skill);
            }
            Event::SkillGranted { agent, skill } => self.change_agent(*agent, |changed| {
                changed.skills.insert(*skill);
            }),
            Event::SkillRevoked { agent, skill } => self.change_agent(*agent, |changed| {
                changed.skills.remove(skill);
            }),
            Event::QueueAdded { queue, skills, priority }
            | Event::QueueChanged { queue, skills, priority } => {
                self.queue_set(*queue, skills, *priority);
            }
            Event::MemberAdded { queue, agent } => self.change_agent(*agent, |changed| {
                changed.queues.insert(*queue);
            }),
            Event::MemberRemoved { queue, agent } => self.change_agent(*agent, |changed| {
                changed.queues.remove(queue);
            }),
            Event::GroupAdded { group, skills } => {
                self.groups.insert(*group, Group { id: *group, skills: skills.clone() });
                self.index.touched.groups.insert(*group);
            }
            Event::StatusChanged { agent, status } => {
                self.change_presence(*agent, at, |presence| presence.status = *status);
            }
            Event::AgentReached { agent } => {
                self.change_presence(*agent, at, |presence| presence.reachable = true);
            }
            Event::AgentLost { agent } => {
                self.change_presence(*agent, at, |presence| presence.reachable = false);
            }
            Event::ConversationOpened { conversation, contact, channel, queue, segment } => {
                self.conversation_opened(*conversation, *contact, *channel, *queue, *segment, at);
            }
            Event::MessageSent { conversation, seq, .. } => {
                if let Some(open) = self.conversations.get_mut(conversation) {
                    open.last_seq = *seq;
                    self.index.touched.conversations.insert(*conversation);
                }
            }
            Event::OfferMade { offer, conversation, agent, cause, deadline } => self.offer_made(Offer {
                id: *offer,
                conversation: *conversation,
                agent: *agent,
                cause: *cause,
                made_at: at,
                state: OfferState::Open { deadline: *deadline },
            }),
            Event::OfferEnded { offer, end, .. } => self.offer_ended(*offer, *end, at),
            Event::TransferRequested { transfer, conversation, from, target } => {
                self.transfer_requested(*transfer, *conversation, *from, *target, at);
            }
            Event::TransferEnqueued { transfer, undo_until, .. } => {
                self.transfer_enqueued(*transfer, *undo_until)
            }
            Event::TransferEnded { transfer, end, .. } => self.transfer_ended(*transfer, *end, at),
            Event::OwnerChanged { conversation, from, to, epoch, cause, ended, wrap_up, segment } => {
                let change = Change {
                    conversation: *conversation,
                    from: *from,
                    to: *to,
                    epoch: *epoch,
                    cause: *cause,
                    ended: *ended,
                    wrap_up: *wrap_up,
                    segment: *segment,
                };
                self.owner_changed(&change, at);
            }
            Event::ConversationClosed { conversation, from, by, ended, wrap_up } => {
                self.conversation_closed(*conversation, *from, *by, *ended, *wrap_up, at);
            }
            Event::WrapUpEnded { segment, disposition, .. } => self.wrap_up_ended(*segment, *disposition),
        }
    }

    fn person_added(&mut self, id: AgentId, role: Role, capacity: &BTreeMap<Channel, u32>, at: Timestamp) {
        let agent = Agent {
            id,
            role,
            enabled: true,
            presence: Presence { status: Status::Offline, reachable: false },
            capacity: capacity.clone(),
            skills: BTreeSet::new(),
            queues: BTreeSet::new(),
            idle_since: at,
        };
        self.agents.insert(id, agent);
        self.index.touched.agents.insert(id);
    }

    fn change_agent(&mut self, id: AgentId, change: impl FnOnce(&mut Agent)) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        change(agent);
        self.index.touched.agents.insert(id);
        self.seat(id);
    }

    /// Changes intent or reachability; becoming available begins idleness anew.
    fn change_presence(&mut self, id: AgentId, at: Timestamp, change: impl FnOnce(&mut Presence)) {
        self.change_agent(id, |agent| {
            let before = agent.presence.available();
            change(&mut agent.presence);
            if agent.presence.available() && !before {
                agent.idle_since = at;
            }
        });
    }

    fn queue_set(&mut self, id: QueueId, skills: &BTreeSet<SkillId>, priority: queue::Priority) {
        let queue = self.queues.entry(id).or_insert_with(|| Queue {
            id,
            skills: BTreeSet::new(),
            priority,
            accepted: VecDeque::new(),
        });
        queue.skills.clone_from(skills);
        queue.priority = priority;
        self.index.lines.set_queue(queue);
        self.index.touched.queues.insert(id);
        let members: Vec<AgentId> =
            self.agents.values().filter(|agent| agent.queues.contains(&id)).map(|agent| agent.id).collect();
        for member in members {
            self.seat(member);
        }
    }

    fn conversation_opened(
        &mut self,
        id: ConversationId,
        contact: ContactId,
        channel: Channel,
        queue: QueueId,
        segment: SegmentId,
        at: Timestamp,
    ) {
        let waiting = Waiting { queue, since: at, offer: None, passed: BTreeMap::new(), transfer: None };
        let conversation = Conversation {
            id,
            contact,
            channel,
            queue,
            priority: self.queues.get(&queue).map(|queue| queue.priority).unwrap_or_default(),
            enqueued_at: at,
            segment,
            last_seq: 0,
            state: ConversationState::Open { held: Held::Queue(waiting), epoch: 1 },
        };
        self.begin_segment(Segment {
            id: segment,
            conversation: id,
            owner: Owner::Queue(queue),
            started_at: at,
            preceded_by: OwnerCause::Opened,
            last_seq: 0,
            state: SegmentState::Active,
        });
        self.index.lines.set_conversation(&conversation);
        self.index.touched.conversations.insert(id);
        self.conversations.insert(id, conversation);
    }

    fn offer_made(&mut self, offer: Offer) {
        let Some(conversation) = self.conversations.get_mut(&offer.conversation) else { return };
        let OfferState::Open { deadline } = offer.state else { return };
        match offer.cause {
            OfferCause::Queue(_) => {
                if let Some(waiting) = conversation.waiting_mut() {
                    waiting.offer = Some(offer.id);
                }
                self.index.lines.set_conversation(conversation);
                self.index.touched.conversations.insert(conversation.id);
            }
            OfferCause::Transfer(transfer) => {
                if let Some(transfer) = self.transfers.get_mut(&transfer) {
                    transfer.state = TransferState::Offered { offer: offer.id, deadline };
                    self.index.touched.transfers.insert(transfer.id);
                }
            }
        }
        self.index.loads.reserve(offer.agent, offer.id, conversation.channel);
        self.index.deadlines.add(deadline, super::Deadline::Offer(offer.id));
        self.index.touched.offers.insert(offer.id);
        let agent = offer.agent;
        self.offers.insert(offer.id, offer);
        self.seat(agent);
    }

    fn offer_ended(&mut self, id: OfferId, end: OfferEnd, at: Timestamp) {
        let Some(mut offer) = self.offers.remove(&id) else { return };
        if let OfferState::Open { deadline } = offer.state {
            self.index.deadlines.remove(deadline, super::Deadline::Offer(id));
        }
        offer.state = OfferState::Ended { at, end };
        self.index.touched.offers.remove(&id);
        if let Some(conversation) = self.conversations.get_mut(&offer.conversation) {
            self.index.loads.release(offer.agent, id, conversation.channel);
            if let Some(waiting) = conversation.waiting_mut().filter(|waiting| waiting.offer == Some(id)) {
                waiting.offer = None;
                let passed = match end {
                    OfferEnd::Declined | OfferEnd::TimedOut => true,
                    OfferEnd::Accepted | OfferEnd::Cancelled | OfferEnd::Rescinded | OfferEnd::TargetGone => {
                        false
                    }
                };
                if passed {
                    waiting.passed.insert(offer.agent, at);
                    let rested = at.plus(offer::OFFER_REST);
                    self.index.deadlines.add(rested, super::Deadline::Rest(conversation.id));
                }
                self.index.lines.set_conversation(conversation);
                self.index.touched.conversations.insert(conversation.id);
            }
        }
        self.seat(offer.agent);
        self.index.touched.ended_offers.push(offer);
    }

    fn transfer_requested(
        &mut self,
        id: TransferId,
        conversation: ConversationId,
        from: AgentId,
        target: Target,
        at: Timestamp,
    ) {
        let state = TransferState::Requested;
        self.transfers.insert(id, Transfer { id, conversation, from, target, requested_at: at, state });
        self.index.touched.transfers.insert(id);
        self.set_transfer(conversation, Some(id));
    }

    /// Notes on a conversation that an agent owns which transfer away from them is open.
    fn set_transfer(&mut self, conversation: ConversationId, set: Option<TransferId>) {
        let Some(conversation) = self.conversations.get_mut(&conversation) else { return };
        if let ConversationState::Open { held: Held::Agent { transfer, .. }, .. } = &mut conversation.state {
            *transfer = set;
            self.index.touched.conversations.insert(conversation.id);
        }
    }

    fn transfer_enqueued(&mut self, id: TransferId, undo_until: Timestamp) {
        let Some(transfer) = self.transfers.get_mut(&id) else { return };
        transfer.state = TransferState::Enqueued { undo_until };
        self.index.touched.transfers.insert(id);
        let (from, conversation) = (transfer.from, transfer.conversation);
        if let Some(conversation) = self.conversations.get(&conversation) {
            let channel = conversation.channel;
            self.index.deadlines.add(undo_until, super::Deadline::Undo(id));
            self.hold_for_undo(id, from, channel);
        }
    }

    fn transfer_ended(&mut self, id: TransferId, end: TransferEnd, at: Timestamp) {
        let Some(mut transfer) = self.transfers.remove(&id) else { return };
        if let TransferState::Enqueued { undo_until } = transfer.state {
            self.index.deadlines.remove(undo_until, super::Deadline::Undo(id));
            self.release_undo_hold(id);
        }
        transfer.state = TransferState::Ended { at, end };
        self.index.touched.transfers.remove(&id);
        self.set_transfer(transfer.conversation, None);
        if let Some(waiting) =
            self.conversations.get_mut(&transfer.conversation).and_then(Conversation::waiting_mut)
        {
            waiting.transfer = None;
            self.index.touched.conversations.insert(transfer.conversation);
        }
        self.index.touched.ended_transfers.push(transfer);
    }

    fn owner_changed(&mut self, change: &Change, at: Timestamp) {
        let Some(conversation) = self.conversations.get_mut(&change.conversation) else { return };
        let (channel, last_seq) = (conversation.channel, conversation.last_seq);
        if let (OwnerCause::Accepted(_), Some(waiting)) = (change.cause, conversation.waiting())
            && let Some(queue) = self.queues.get_mut(&waiting.queue)
        {
            queue.remember(AcceptedWait { at, waited_ms: at.since(waiting.since).as_millis() as u64 });
            self.index.touched.queues.insert(queue.id);
        }
        let held = match change.to {
            Owner::Agent(agent) => Held::Agent { agent, since: at, transfer: None },
            Owner::Queue(queue) => {
                conversation.queue = queue;
                Held::Queue(place_in_queue(change, queue, at))
            }
        };
        conversation.state = ConversationState::Open { held, epoch: change.epoch };
        conversation.segment = change.segment;
        if let Some(waiting) = conversation.waiting() {
            for passed_at in waiting.passed.values() {
                let rested = passed_at.plus(offer::OFFER_REST);
                self.index.deadlines.add(rested, super::Deadline::Rest(conversation.id));
            }
        }
        self.index.lines.set_conversation(conversation);
        self.index.touched.conversations.insert(change.conversation);
        self.end_segment(change.ended, last_seq, FollowedBy::Owner(change.cause), change.wrap_up, at);
        self.begin_segment(Segment {
            id: change.segment,
            conversation: change.conversation,
            owner: change.to,
            started_at: at,
            preceded_by: change.cause,
            last_seq,
            state: SegmentState::Active,
        });
        if let Owner::Agent(agent) = change.from {
            self.index.loads.disown(agent, change.conversation, channel);
            self.seat(agent);
        }
        if let Owner::Agent(agent) = change.to {
            self.index.loads.own(agent, change.conversation, channel);
            self.change_agent(agent, |agent| agent.idle_since = at);
        }
    }

    fn conversation_closed(
        &mut self,
        id: ConversationId,
        from: Owner,
        by: EndedBy,
        ended: SegmentId,
        wrap_up: WrapUp,
        at: Timestamp,
    ) {
        let Some(mut conversation) = self.conversations.remove(&id) else { return };
        conversation.state = ConversationState::Closed { at, by, epoch: conversation.epoch() + 1 };
        self.index.lines.remove_conversation(id);
        self.end_segment(ended, conversation.last_seq, FollowedBy::End(by), wrap_up, at);
        self.index.touched.conversations.remove(&id);
        if let Owner::Agent(agent) = from {
            self.index.loads.disown(agent, id, conversation.channel);
            self.seat(agent);
        }
        self.index.touched.closed_conversations.push(conversation);
    }

    fn begin_segment(&mut self, segment: Segment) {
        self.index.touched.segments.insert(segment.id);
        self.segments.insert(segment.id, segment);
    }

    fn end_segment(
        &mut self,
        id: SegmentId,
        last_seq: u32,
        followed_by: FollowedBy,
        wrap_up: WrapUp,
        at: Timestamp,
    ) {
        let Some(mut segment) = self.segments.remove(&id) else { return };
        segment.last_seq = last_seq;
        match wrap_up {
            WrapUp::ByItsAgent => {
                segment.state = SegmentState::WrapUp { ended_at: at, followed_by };
                self.begin_segment(segment);
            }
            WrapUp::None => {
                segment.state = SegmentState::Ended { ended_at: at, followed_by, disposition: None };
                self.keep_ended(segment);
            }
        }
    }

    fn wrap_up_ended(&mut self, id: SegmentId, disposition: Option<segment::Disposition>) {
        let Some(mut segment) = self.segments.remove(&id) else { return };
        if let SegmentState::WrapUp { ended_at, followed_by } = segment.state {
            segment.state = SegmentState::Ended { ended_at, followed_by, disposition };
        }
        self.keep_ended(segment);
    }

    fn keep_ended(&mut self, segment: Segment) {
        self.index.touched.segments.remove(&segment.id);
        self.index.touched.ended_segments.push(segment);
    }
}

/// A conversation that comes to a queue keeps its age; whoever passed it on rests as if they had declined it.
fn place_in_queue(change: &Change, queue: QueueId, at: Timestamp) -> Waiting {
    let passed = match change.from {
        Owner::Agent(agent) => BTreeMap::from([(agent, at)]),
        Owner::Queue(_) => BTreeMap::new(),
    };
    let transfer = match change.cause {
        OwnerCause::Transferred(transfer) => Some(transfer),
        OwnerCause::Opened | OwnerCause::Accepted(_) | OwnerCause::TakenBack(_) | OwnerCause::Released => {
            None
        }
    };
    Waiting { queue, since: at, offer: None, passed, transfer }
}
