//! How much each agent holds: what they own, what they are offered, what they are consulted about, and what they could
//! still take back.
//!
//! Capacity is taken when an offer is made, so that two offers can never meet in the last free place; a policy may say
//! otherwise.

use std::collections::BTreeMap;

use baton_shared::*;
use smallvec::SmallVec;

use super::RoutingState;
use super::seats::SeatId;

/// What an agent holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Load {
    /// By channel, in the order of [`Channel::ALL`].
    units: [u32; Channel::ALL.len()],
    /// Those of `units` that are interruptible work.
    interruptible: [u32; Channel::ALL.len()],
    /// The conversations they own, ascending: few, so that a list is the smallest and fastest, and stands here.
    owned: SmallVec<[ConversationId; 4]>,
    /// The offers, ascending, and how many units of what each takes.
    offers: SmallVec<[(OfferId, u32, Work); 1]>,
}

impl Load {
    /// Returns how many units of a channel are held.
    pub(super) const fn held(&self, channel: Channel) -> u32 {
        self.units[channel as usize]
    }

    /// Returns how many units of a channel count against a kind of work: of primary work all of its own kind, of interruptible
    /// work all.
    pub(super) const fn taken(&self, channel: Channel, work: Work) -> u32 {
        let held = self.units[channel as usize];
        match work {
            Work::Primary => held.saturating_sub(self.interruptible[channel as usize]),
            Work::Interruptible => held,
        }
    }

    pub(super) fn offers(&self) -> impl Iterator<Item = OfferId> {
        self.offers.iter().map(|(offer, ..)| *offer)
    }

    pub(super) fn owned(&self) -> impl Iterator<Item = ConversationId> {
        self.owned.iter().copied()
    }

    pub(super) fn own(&mut self, conversation: ConversationId, channel: Channel, units: u32, work: Work) {
        if let Err(place) = self.owned.binary_search(&conversation) {
            self.owned.insert(place, conversation);
        }
        self.take(channel, units, work);
    }

    pub(super) fn disown(&mut self, conversation: ConversationId, channel: Channel, units: u32, work: Work) {
        if let Ok(place) = self.owned.binary_search(&conversation) {
            self.owned.remove(place);
            self.give_back(channel, units, work);
        }
    }

    /// Notes that something they have takes another number of units.
    pub(super) const fn resize(&mut self, channel: Channel, before: u32, after: u32, work: Work) {
        self.take(channel, after, work);
        self.give_back(channel, before, work);
    }

    pub(super) fn reserve(&mut self, offer: OfferId, channel: Channel, units: u32, work: Work) {
        let place = self.offers.partition_point(|(other, ..)| *other < offer);
        self.offers.insert(place, (offer, units, work));
        self.take(channel, units, work);
    }

    pub(super) fn release(&mut self, offer: OfferId, channel: Channel) {
        if let Some(place) = self.offers.iter().position(|(other, ..)| *other == offer) {
            let (_, units, work) = self.offers.remove(place);
            self.give_back(channel, units, work);
        }
    }

    const fn take(&mut self, channel: Channel, units: u32, work: Work) {
        self.units[channel as usize] += units;
        if let Work::Interruptible = work {
            self.interruptible[channel as usize] += units;
        }
    }

    const fn give_back(&mut self, channel: Channel, units: u32, work: Work) {
        self.units[channel as usize] = self.units[channel as usize].saturating_sub(units);
        if let Work::Interruptible = work {
            self.interruptible[channel as usize] = self.interruptible[channel as usize].saturating_sub(units);
        }
    }
}

/// What a place is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hold {
    Transfer(TransferId),
    Invite(InviteId),
}

/// Places that are kept: the sender's of a transfer while it can be taken back, that of whoever is consulted, and that
/// of a participant.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds(BTreeMap<Hold, (AgentId, Channel, Work)>);

impl Holds {
    /// Says whether a place is kept for an agent: they are consulted, take part, or could take a transfer back.
    pub(super) fn keep_place(&self, agent: AgentId) -> bool {
        self.0.values().any(|(holder, ..)| *holder == agent)
    }
}

impl RoutingState {
    pub(super) fn rebuild_loads(&mut self) {
        self.index.seats.grow(self.agents.len());
        let owner = |open: &Conversation| match open.owner() {
            Some(Owner::Agent(agent)) => Some((agent, open.id, (open.channel, open.units(), open.work))),
            Some(Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_)) | None => None,
        };
        let owned: Vec<_> = self.conversations.values().filter_map(owner).collect();
        for (agent, conversation, (channel, units, work)) in owned {
            self.change_load(agent, |load| load.own(conversation, channel, units, work));
        }
        let reserved = |offer: &Offer| {
            let channel = self.conversations.get(&offer.conversation)?.channel;
            Some((offer.agent, offer.id, (channel, self.units_of(offer.cause, channel), offer.work)))
        };
        let offers: Vec<_> = self.offers.values().filter_map(reserved).collect();
        for (agent, offer, (channel, units, work)) in offers {
            self.change_load(agent, |load| load.reserve(offer, channel, units, work));
        }
        let transfers: Vec<TransferId> = self.transfers.keys().copied().collect();
        transfers.into_iter().for_each(|transfer| self.begin_hold(transfer));
        let participant = |invite: &Invite| {
            let channel = self.conversations.get(&invite.conversation)?.channel;
            Some((invite.id, invite.participant()?, channel, invite.work))
        };
        let participants: Vec<_> = self.invites.values().filter_map(participant).collect();
        for (invite, agent, channel, work) in participants {
            self.hold_for(invite, agent, channel, work);
        }
    }

    /// Changes what an agent holds, and notes that they may have become free, or are free no more.
    pub(super) fn change_load(&mut self, agent: AgentId, change: impl FnOnce(&mut Load)) {
        if let Some(seat) = self.agents.number(&agent) {
            self.change_load_of(seat, change);
        }
    }

    /// Changes what the agent of a seat holds, and notes that they may have become free, or are free no more.
    pub(super) fn change_load_of(&mut self, seat: SeatId, change: impl FnOnce(&mut Load)) {
        change(&mut self.index.seats[seat].load);
        self.note_seat(seat);
    }

    /// Returns how much room an offer takes.
    pub(super) fn units_of(&self, cause: OfferCause, channel: Channel) -> u32 {
        let takes_none = match cause {
            OfferCause::Queue(_) | OfferCause::Invite(_) => false,
            OfferCause::Transfer(transfer) => {
                self.transfers.get(&transfer).is_some_and(|transfer| !transfer.policy.reserve_capacity)
            }
        };
        if takes_none { 0 } else { channel.units() }
    }

    /// Begins the hold that a transfer in its present state has.
    pub(super) fn begin_hold(&mut self, transfer: TransferId) {
        let Some(transfer) = self.transfers.get(&transfer) else { return };
        let Some(agent) = holder(transfer, self.at) else { return };
        let Some(conversation) = self.conversations.get(&transfer.conversation) else { return };
        self.hold(Hold::Transfer(transfer.id), agent, conversation.channel, transfer.work);
    }

    /// Keeps a participant's place.
    pub(super) fn hold_for(&mut self, invite: InviteId, agent: AgentId, channel: Channel, work: Work) {
        self.hold(Hold::Invite(invite), agent, channel, work);
    }

    fn hold(&mut self, hold: Hold, agent: AgentId, channel: Channel, work: Work) {
        self.index.holds.0.insert(hold, (agent, channel, work));
        self.change_load(agent, |load| load.take(channel, channel.units(), work));
    }

    pub(super) fn end_hold(&mut self, hold: Hold) {
        if let Some((agent, channel, work)) = self.index.holds.0.remove(&hold) {
            self.change_load(agent, |load| load.give_back(channel, channel.units(), work));
        }
    }
}

/// Returns the agent whose place a transfer keeps.
fn holder(transfer: &Transfer, now: Timestamp) -> Option<AgentId> {
    match &transfer.state {
        TransferState::Enqueued { undo_until, .. } => (*undo_until > now).then_some(transfer.from.agent()?),
        TransferState::Consulting { agent, .. } => Some(*agent),
        TransferState::Requested
        | TransferState::Seeking { .. }
        | TransferState::Released { .. }
        | TransferState::Calling { .. }
        | TransferState::Ended { .. } => None,
    }
}
