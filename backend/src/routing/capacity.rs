//! How much each agent holds: what they own, what they are offered, what they are consulted about, and what they could
//! still take back.
//!
//! Capacity is taken when an offer is made, so that two offers can never meet in the last free place; a policy may say
//! otherwise.

use std::collections::BTreeMap;

use baton_shared::*;
use smallvec::SmallVec;

use super::RoutingState;

/// What an agent holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Load {
    /// By channel, in the order of [`Channel::ALL`].
    units: [u32; Channel::ALL.len()],
    /// The conversations they own, ascending: few, so that a list is the smallest and fastest, and stands here.
    owned: SmallVec<[ConversationId; 4]>,
    /// The offers, ascending, and how many units each takes.
    offers: SmallVec<[(OfferId, u32); 1]>,
}

impl Load {
    /// Returns how many units of a channel are held.
    pub(super) const fn held(&self, channel: Channel) -> u32 {
        self.units[channel as usize]
    }

    pub(super) fn offers(&self) -> impl Iterator<Item = OfferId> {
        self.offers.iter().map(|(offer, _)| *offer)
    }

    pub(super) fn owned(&self) -> impl Iterator<Item = ConversationId> {
        self.owned.iter().copied()
    }

    pub(super) fn own(&mut self, conversation: ConversationId, channel: Channel, units: u32) {
        if let Err(place) = self.owned.binary_search(&conversation) {
            self.owned.insert(place, conversation);
        }
        self.take(channel, units);
    }

    pub(super) fn disown(&mut self, conversation: ConversationId, channel: Channel, units: u32) {
        if let Ok(place) = self.owned.binary_search(&conversation) {
            self.owned.remove(place);
            self.give_back(channel, units);
        }
    }

    /// Notes that something they have takes another number of units.
    pub(super) const fn resize(&mut self, channel: Channel, before: u32, after: u32) {
        self.take(channel, after);
        self.give_back(channel, before);
    }

    pub(super) fn reserve(&mut self, offer: OfferId, channel: Channel, units: u32) {
        let place = self.offers.partition_point(|(other, _)| *other < offer);
        self.offers.insert(place, (offer, units));
        self.take(channel, units);
    }

    pub(super) fn release(&mut self, offer: OfferId, channel: Channel) {
        if let Some(place) = self.offers.iter().position(|(other, _)| *other == offer) {
            let (_, units) = self.offers.remove(place);
            self.give_back(channel, units);
        }
    }

    const fn take(&mut self, channel: Channel, units: u32) {
        self.units[channel as usize] += units;
    }

    const fn give_back(&mut self, channel: Channel, units: u32) {
        self.units[channel as usize] = self.units[channel as usize].saturating_sub(units);
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
pub(super) struct Holds(BTreeMap<Hold, (AgentId, Channel)>);

impl Holds {
    /// Says whether a place is kept for an agent: they are consulted, take part, or could take a transfer back.
    pub(super) fn keep_place(&self, agent: AgentId) -> bool {
        self.0.values().any(|(holder, _)| *holder == agent)
    }
}

impl RoutingState {
    pub(super) fn rebuild_loads(&mut self) {
        self.index.seats.grow(self.agents.len());
        let owner = |open: &Conversation| match open.owner() {
            Some(Owner::Agent(agent)) => Some((agent, open.id, open.channel, open.units())),
            Some(Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_)) | None => None,
        };
        let owned: Vec<_> = self.conversations.values().filter_map(owner).collect();
        for (agent, conversation, channel, units) in owned {
            self.change_load(agent, |load| load.own(conversation, channel, units));
        }
        let reserved = |offer: &Offer| {
            let channel = self.conversations.get(&offer.conversation)?.channel;
            Some((offer.agent, offer.id, channel, self.units_of(offer.cause, channel)))
        };
        let offers: Vec<_> = self.offers.values().filter_map(reserved).collect();
        for (agent, offer, channel, units) in offers {
            self.change_load(agent, |load| load.reserve(offer, channel, units));
        }
        let transfers: Vec<TransferId> = self.transfers.keys().copied().collect();
        transfers.into_iter().for_each(|transfer| self.begin_hold(transfer));
        let participant = |invite: &Invite| {
            let channel = self.conversations.get(&invite.conversation)?.channel;
            Some((invite.id, invite.participant()?, channel))
        };
        let participants: Vec<_> = self.invites.values().filter_map(participant).collect();
        for (invite, agent, channel) in participants {
            self.hold_for(invite, agent, channel);
        }
    }

    /// Changes what an agent holds, and notes that they may have become free, or are free no more.
    pub(super) fn change_load(&mut self, agent: AgentId, change: impl FnOnce(&mut Load)) {
        let Some(seat) = self.agents.number(&agent) else { return };
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
        self.hold(Hold::Transfer(transfer.id), agent, conversation.channel);
    }

    /// Keeps a participant's place.
    pub(super) fn hold_for(&mut self, invite: InviteId, agent: AgentId, channel: Channel) {
        self.hold(Hold::Invite(invite), agent, channel);
    }

    fn hold(&mut self, hold: Hold, agent: AgentId, channel: Channel) {
        self.index.holds.0.insert(hold, (agent, channel));
        self.change_load(agent, |load| load.take(channel, channel.units()));
    }

    pub(super) fn end_hold(&mut self, hold: Hold) {
        if let Some((agent, channel)) = self.index.holds.0.remove(&hold) {
            self.change_load(agent, |load| load.give_back(channel, channel.units()));
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
