//! Conversations as the log has them, made by hand.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_shared::conversation::EndedBy;
use baton_shared::segment::{Disposition, OwnerCause, WrapUp};
use baton_shared::*;

/// When every story begins.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_795_248_930_120);

/// A conversation, as far as its next event needs it.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) owner: Owner,
    pub(super) segment: SegmentId,
    epoch: u32,
    seq: u32,
    pub(super) open: bool,
}

/// A log in the making.
pub(super) struct Story {
    pub(super) recorded: Vec<Recorded>,
    pub(super) known: BTreeMap<ConversationId, Known>,
    /// What goes with the next transfers.
    pub(super) carried: Carried,
    /// What is in use where the next offers are not accepted.
    pub(super) load: Option<Load>,
    now: Timestamp,
    ids: u128,
}

impl Story {
    pub(super) fn new() -> Self {
        let (carried, load) = (Carried::default(), None);
        Self { recorded: Vec::new(), known: BTreeMap::new(), carried, load, now: NOW, ids: 1_000 }
    }

    /// Goes on so many seconds after the beginning.
    pub(super) fn at(&mut self, secs: u64) -> &mut Self {
        self.now = NOW.plus(Duration::from_secs(secs));
        self
    }

    /// Goes on so much later.
    pub(super) fn later(&mut self, ms: u64) {
        self.now = self.now.plus(Duration::from_millis(ms));
    }

    pub(super) fn note(&mut self, event: Event) {
        let position = self.recorded.len() as u64 + 1;
        self.recorded.push(Recorded { position, at: self.now, event });
    }

    fn id(&mut self) -> u128 {
        self.ids += 1;
        self.ids
    }

    pub(super) fn open(&mut self, queue: QueueId) -> ConversationId {
        let conversation = ConversationId::from_bits(self.id());
        let (contact, segment) = (ContactId::from_bits(self.id()), SegmentId::from_bits(self.id()));
        let owner = Owner::Queue(queue);
        self.known.insert(conversation, Known { owner, segment, epoch: 1, seq: 0, open: true });
        let channel = Channel::WebChat;
        self.note(Event::ConversationOpened { conversation, contact, channel, queue, segment });
        self.says(conversation, Author::Customer);
        conversation
    }

    pub(super) fn says(&mut self, conversation: ConversationId, author: Author) {
        let message = MessageId::from_bits(self.id());
        let known = self.known.get_mut(&conversation).unwrap();
        known.seq += 1;
        let seq = known.seq;
        self.note(Event::MessageSent { conversation, message, seq, author });
    }

    pub(super) fn offers(
        &mut self,
        conversation: ConversationId,
        agent: AgentId,
        cause: OfferCause,
    ) -> OfferId {
        let offer = OfferId::from_bits(self.id());
        self.note(Event::OfferMade { offer, conversation, agent, cause, deadline: None });
        offer
    }

    pub(super) fn offer_ends(
        &mut self,
        (conversation, offer, agent): (ConversationId, OfferId, AgentId),
        end: OfferEnd,
    ) {
        let load = match end {
            OfferEnd::Declined | OfferEnd::TimedOut | OfferEnd::TargetGone => self.load,
            OfferEnd::Accepted | OfferEnd::Cancelled | OfferEnd::Rescinded => None,
        };
        self.note(Event::OfferEnded { offer, conversation, agent, end, load });
    }

    /// Has whoever is asked open what goes with it.
    pub(super) fn reads(&mut self, (conversation, offer, agent): (ConversationId, OfferId, AgentId)) {
        let (reply, until) = (Reply::Reading, None);
        self.note(Event::OfferReplied { offer, conversation, agent, reply, until });
    }

    pub(super) fn passes(&mut self, conversation: ConversationId, to: Owner, cause: OwnerCause) {
        let segment = SegmentId::from_bits(self.id());
        let known = self.known.get_mut(&conversation).unwrap();
        let (from, ended) = (known.owner, known.segment);
        known.epoch += 1;
        (known.owner, known.segment) = (to, segment);
        let epoch = known.epoch;
        let handed_over = matches!((from, to), (Owner::Agent(_), Owner::Agent(_)));
        let wrap_up = if handed_over { WrapUp::ByItsAgent } else { WrapUp::None };
        self.note(Event::OwnerChanged { conversation, from, to, epoch, cause, ended, wrap_up, segment });
    }

    /// Has an agent be offered and accept what waits in a queue.
    pub(super) fn accepts(&mut self, conversation: ConversationId, agent: AgentId, rings_ms: u64) {
        let Owner::Queue(queue) = self.known[&conversation].owner else { panic!("it waits in no queue") };
        let offer = self.offers(conversation, agent, OfferCause::Queue(queue));
        self.later(rings_ms);
        self.offer_ends((conversation, offer, agent), OfferEnd::Accepted);
        self.passes(conversation, Owner::Agent(agent), OwnerCause::Accepted(offer));
    }

    pub(super) fn asks(&mut self, conversation: ConversationId, target: Target, mode: Mode) -> TransferId {
        let transfer = TransferId::from_bits(self.id());
        let from = match self.known[&conversation].owner {
            Owner::Agent(agent) => Sender::Agent(agent),
            Owner::Flow(flow) => Sender::Flow(flow),
            Owner::External(external) => Sender::External(external),
            Owner::Queue(_) | Owner::Group(_) => panic!("nobody has it"),
        };
        let (policy, carried) = (Box::default(), self.carried);
        let (pool, deadline) = (None, None);
        self.note(Event::TransferRequested {
            transfer,
            conversation,
            from,
            target,
            mode,
            policy,
            pool,
            deadline,
            carried,
            by: None,
        });
        transfer
    }

    pub(super) fn ends(&mut self, conversation: ConversationId, transfer: TransferId, end: TransferEnd) {
        let from = self.recorded.iter().find_map(|one| {
            if let Event::TransferRequested { transfer: asked, from, .. } = &one.event
                && *asked == transfer
            {
                Some(*from)
            } else {
                None
            }
        });
        let from = from.unwrap();
        self.note(Event::TransferEnded { transfer, conversation, from, end, consulted: None });
    }

    /// Has a sender pass a conversation on to a queue, where it waits.
    pub(super) fn sends_to_queue(&mut self, conversation: ConversationId, queue: QueueId) -> TransferId {
        let transfer = self.asks(conversation, Target::Queue(queue), Mode::Cold);
        self.passes(conversation, Owner::Queue(queue), OwnerCause::Transferred(transfer));
        let (undo_until, deadline) = (self.now, None);
        self.note(Event::TransferEnqueued { transfer, conversation, undo_until, deadline });
        transfer
    }

    pub(super) fn closes(&mut self, conversation: ConversationId, by: EndedBy) {
        let known = self.known.get_mut(&conversation).unwrap();
        known.open = false;
        let (from, ended) = (known.owner, known.segment);
        let wrap_up = if matches!(from, Owner::Agent(_)) { WrapUp::ByItsAgent } else { WrapUp::None };
        self.note(Event::ConversationClosed { conversation, from, by, ended, wrap_up });
    }

    /// Has the server end a conversation with a request.
    pub(super) fn deflects(&mut self, conversation: ConversationId) {
        let (request, contact) = (RequestId::from_bits(self.id()), ContactId::from_bits(self.id()));
        let (number, queue) = (1, QueueId::from_bits(1));
        self.note(Event::RequestCreated { request, number, conversation, contact, queue });
        self.closes(conversation, EndedBy::System);
    }

    /// Has an agent take more time for filing.
    pub(super) fn extends(&mut self, conversation: ConversationId, segment: SegmentId, agent: AgentId) {
        let until = self.now.plus(Duration::from_secs(60));
        self.note(Event::WrapUpExtended { segment, conversation, agent, until });
    }

    pub(super) fn files(&mut self, conversation: ConversationId, segment: SegmentId, agent: AgentId) {
        let disposition = Some(Disposition::Resolved);
        self.note(Event::WrapUpEnded { segment, conversation, agent, disposition });
    }

    /// Has the time pass in which an agent could have filed.
    pub(super) fn leaves_unfiled(
        &mut self,
        conversation: ConversationId,
        segment: SegmentId,
        agent: AgentId,
    ) {
        self.note(Event::WrapUpEnded { segment, conversation, agent, disposition: None });
    }
}
