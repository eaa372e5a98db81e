//! Offers and transfers.

use baton_shared::offer::{OFFER_REST, OfferState};
use baton_shared::*;

use super::super::capacity::Hold;
use super::super::open::{Open, Slot};
use super::super::{Deadline, NoAnswer, RoutingState, Subject, Unanswered};

impl RoutingState {
    /// Returns the open search for a conversation's next owner, for writing.
    fn search_mut(&mut self, slot: Slot) -> Option<&mut Search> {
        let Open { conversation, .. } = self.conversations.at_mut(slot)?;
        if conversation.waiting().is_some() {
            self.index.touched.conversations.insert(conversation.id);
            return conversation.waiting_mut().map(|waiting| &mut waiting.search);
        }
        let transfer = self.transfers.get_mut(&conversation.transfer()?)?;
        self.index.touched.transfers.insert(transfer.id);
        match &mut transfer.state {
            TransferState::Seeking { search, .. } => Some(search),
            TransferState::Requested
            | TransferState::Released { .. }
            | TransferState::Enqueued { .. }
            | TransferState::Calling { .. }
            | TransferState::Consulting { .. }
            | TransferState::Ended { .. } => None,
        }
    }

    /// Returns the search that an offer belongs to, for writing.
    fn search_of_offer_mut(&mut self, offer: &Offer, slot: Option<Slot>) -> Option<&mut Search> {
        let invite = match offer.cause {
            OfferCause::Invite(invite) => invite,
            OfferCause::Queue(_) | OfferCause::Transfer(_) => return self.search_mut(slot?),
        };
        self.index.touched.invites.insert(invite);
        match &mut self.invites.get_mut(&invite)?.state {
            InviteState::Open { search, .. } => Some(search),
            InviteState::Joined { .. } | InviteState::Ended { .. } => None,
        }
    }

    pub(super) fn offer_made(&mut self, mut offer: Offer) {
        let Some(slot) = self.conversations.slot(&offer.conversation) else { return };
        let Some(Open { conversation, .. }) = self.conversations.at(slot) else { return };
        let channel = conversation.channel;
        let work = self.work_of(subject(&offer), conversation);
        offer.work = work;
        if let Some(search) = self.search_of_offer_mut(&offer, Some(slot)) {
            search.offers.insert(offer.agent, offer.id);
        }
        let units = self.units_of(offer.cause, channel);
        self.change_load(offer.agent, |load| load.reserve(offer.id, channel, units, work));
        if let OfferState::Open { deadline: Some(deadline) } = offer.state {
            self.index.deadlines.add(deadline, Deadline::Offer(offer.id));
        }
        self.index.touched.offers.insert(offer.id);
        let cause = offer.cause;
        self.offers.insert(offer);
        self.place_for(cause, Some(slot));
    }

    pub(super) fn offer_ended(&mut self, id: OfferId, end: OfferEnd, at: Timestamp) {
        let Some(mut offer) = self.offers.remove(&id) else { return };
        if let OfferState::Open { deadline: Some(deadline) } = offer.state {
            self.index.deadlines.remove(deadline, Deadline::Offer(id));
        }
        offer.state = OfferState::Ended { at, end };
        let slot = self.conversations.slot(&offer.conversation);
        if let Some(open) = slot.and_then(|slot| self.conversations.at(slot)) {
            let channel = open.conversation.channel;
            let queue = open.conversation.queue;
            self.change_load(offer.agent, |load| load.release(id, channel));
            if let Some(answer) = NoAnswer::of(end) {
                let unanswered = Unanswered { offer: id, queue, agent: offer.agent, ended_at: at, answer };
                self.index.touched.unanswered.push(unanswered);
            }
        }
        let passed = match end {
            OfferEnd::Declined | OfferEnd::TimedOut => true,
            OfferEnd::Accepted | OfferEnd::Cancelled | OfferEnd::Rescinded | OfferEnd::TargetGone => false,
        };
        let subject = subject(&offer);
        if let (OfferEnd::Accepted, Subject::Conversation(id)) = (end, subject)
            && let Some(Open { conversation, .. }) = slot.and_then(|slot| self.conversations.at_mut(slot))
            && conversation.work != offer.work
        {
            // It may have come into another queue meanwhile; whoever accepts has room for what they were offered.
            conversation.work = offer.work;
            self.index.touched.conversations.insert(id);
        }
        if let Some(search) = self.search_of_offer_mut(&offer, slot) {
            search.offers.remove(&offer.agent);
            if passed {
                search.passed.change(|passed| passed.insert(offer.agent, at));
                self.index.deadlines.add(at.plus(OFFER_REST), Deadline::Rest(subject));
            }
        }
        self.place_for(offer.cause, slot);
        self.index.touched.ended_offers.push(offer);
    }

    /// Notes that what an offer is made for may have to be put in line or taken out of it.
    fn place_for(&mut self, cause: OfferCause, slot: Option<Slot>) {
        match (cause, slot) {
            (OfferCause::Invite(invite), _) => self.place_subject(Subject::Invite(invite)),
            (OfferCause::Queue(_) | OfferCause::Transfer(_), Some(slot)) => self.place(slot),
            (OfferCause::Queue(_) | OfferCause::Transfer(_), None) => {}
        }
    }

    /// Notes what the receiver of a transfer let its sender know; both go on until the offer's new end.
    pub(super) fn offer_replied(&mut self, id: OfferId, reply: Reply, until: Option<Timestamp>) {
        let Some(offer) = self.offers.get_mut(&id) else { return };
        offer.replies.insert(reply);
        self.index.touched.offers.insert(id);
        let (OfferState::Open { deadline: Some(before) }, Some(until)) = (offer.state, until) else { return };
        offer.state = OfferState::Open { deadline: Some(until) };
        let cause = offer.cause;
        self.index.deadlines.remove(before, Deadline::Offer(id));
        self.index.deadlines.add(until, Deadline::Offer(id));
        let OfferCause::Transfer(transfer) = cause else { return };
        let Some(state) = self.transfers.get(&transfer).map(|transfer| transfer.state.clone()) else {
            return;
        };
        if let TransferState::Seeking { search, deadline: Some(deadline) } = state {
            let deadline = Some(deadline.max(until));
            self.set_transfer_state(transfer, TransferState::Seeking { search, deadline });
        }
    }

    pub(super) fn transfer_requested(&mut self, transfer: Transfer) {
        let (id, conversation) = (transfer.id, transfer.conversation);
        self.transfers.insert(id, transfer);
        self.index.touched.transfers.insert(id);
        self.set_transfer(conversation, Some(id));
        self.arm_transfer(id);
        self.place_subject(Subject::Conversation(conversation));
    }

    /// Notes on a conversation that an agent or a flow owns which transfer away from them is open.
    fn set_transfer(&mut self, conversation: ConversationId, set: Option<TransferId>) {
        let Some(slot) = self.conversations.slot(&conversation) else { return };
        let Some(Open { conversation, .. }) = self.conversations.at_mut(slot) else { return };
        match &mut conversation.state {
            ConversationState::Open { held: Held::Agent { transfer, .. }, .. } => *transfer = set,
            ConversationState::Open { held: Held::Flow(run), .. } => {
                // Whom a flow passes a conversation on to at once becomes the owner next; whom it asks may not.
                run.transfer = set;
                if set.is_some() {
                    run.stand = Stand::Calls;
                }
            }
            ConversationState::Open { held: Held::Queue(_) | Held::External { .. }, .. }
            | ConversationState::Closed { .. } => return,
        }
        self.index.touched.conversations.insert(conversation.id);
        self.note_going_on(slot);
    }

    /// Takes a transfer to another state, with the deadlines and the place that it keeps there.
    pub(super) fn set_transfer_state(&mut self, id: TransferId, state: TransferState) {
        self.disarm_transfer(id);
        self.end_hold(Hold::Transfer(id));
        let Some(transfer) = self.transfers.get_mut(&id) else { return };
        transfer.state = state;
        let conversation = transfer.conversation;
        self.index.touched.transfers.insert(id);
        self.arm_transfer(id);
        self.begin_hold(id);
        self.place_subject(Subject::Conversation(conversation));
    }

    /// Looks for the next owner elsewhere; whoever was asked already counts as asked there too.
    pub(super) fn transfer_rerouted(&mut self, id: TransferId, conversation: ConversationId, pool: Pool) {
        let Some(slot) = self.conversations.slot(&conversation) else { return };
        let at = self.at;
        if let Some(search) = self.search_mut(slot) {
            search.pool = pool;
            search.skills = Skills::new();
            search.since = at;
        }
        let released = self.transfers.get(&id).filter(|transfer| match transfer.state {
            TransferState::Released { .. } => true,
            TransferState::Requested
            | TransferState::Seeking { .. }
            | TransferState::Enqueued { .. }
            | TransferState::Calling { .. }
            | TransferState::Consulting { .. }
            | TransferState::Ended { .. } => false,
        });
        if released.is_some() {
            let undo_until = self.at;
            self.set_transfer_state(id, TransferState::Enqueued { undo_until, deadline: None });
        }
        self.disarm(slot);
        self.set_limit(slot);
        self.arm(slot);
        self.place(slot);
    }

    pub(super) fn aside_sent(&mut self, id: TransferId, seq: u32) {
        let Some(transfer) = self.transfers.get_mut(&id) else { return };
        if let TransferState::Consulting { last_seq, .. } = &mut transfer.state {
            *last_seq = seq;
            self.index.touched.transfers.insert(id);
        }
    }

    pub(super) fn set_listener(&mut self, id: ConversationId, agent: AgentId, listens: bool) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        conversation.listeners.change(|listeners| match listens {
            true => listeners.insert(agent),
            false => listeners.remove(&agent),
        });
        self.index.touched.conversations.insert(id);
        self.index.touched.listeners.insert((id, agent), listens);
    }

    pub(super) fn transfer_ended(&mut self, id: TransferId, end: TransferEnd, at: Timestamp) {
        self.disarm_transfer(id);
        self.end_hold(Hold::Transfer(id));
        let Some(mut transfer) = self.transfers.remove(&id) else { return };
        transfer.state = TransferState::Ended { at, end };
        self.set_transfer(transfer.conversation, None);
        if let Some(conversation) = self.conversations.get_mut(&transfer.conversation) {
            if end == TransferEnd::Completed {
                conversation.hops = conversation.hops.saturating_add(1);
            }
            if let Some(waiting) = conversation.waiting_mut() {
                waiting.transfer = None;
            }
            self.index.touched.conversations.insert(transfer.conversation);
        }
        self.place_subject(Subject::Conversation(transfer.conversation));
        self.index.touched.ended_transfers.push(transfer);
    }
}

/// Returns what an offer is made for.
const fn subject(offer: &Offer) -> Subject {
    match offer.cause {
        OfferCause::Invite(invite) => Subject::Invite(invite),
        OfferCause::Queue(_) | OfferCause::Transfer(_) => Subject::Conversation(offer.conversation),
    }
}
