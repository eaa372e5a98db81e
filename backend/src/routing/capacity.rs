//! How much each agent holds: what they own, what they are offered, what they are consulted about, and what they could
//! still take back.
//!
//! Capacity is taken when an offer is made, so that two offers can never meet in the last free place; a policy may say
//! otherwise.

use std::collections::BTreeMap;

use baton_shared::*;
use rustc_hash::FxHashMap;

use super::RoutingState;

#[derive(Clone, Debug, Default)]
struct Load {
    units: BTreeMap<Channel, u32>,
    /// The conversations they own, ascending: few, so that a list is the smallest and fastest.
    owned: Vec<ConversationId>,
    /// The offers, ascending, and how many units each takes.
    offers: Vec<(OfferId, u32)>,
}

/// What a place is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hold {
    Transfer(TransferId),
    Invite(InviteId),
}

/// What each agent holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Loads {
    loads: FxHashMap<AgentId, Load>,
    /// Places that are kept: the sender's of a transfer while it can be taken back, that of whoever is consulted, and that
    /// of a participant.
    holds: BTreeMap<Hold, (AgentId, Channel)>,
}

impl Loads {
    pub(super) fn held(&self, agent: AgentId, channel: Channel) -> u32 {
        self.loads.get(&agent).and_then(|load| load.units.get(&channel)).copied().unwrap_or(0)
    }

    pub(super) fn offers_to(&self, agent: AgentId) -> impl Iterator<Item = OfferId> {
        self.loads.get(&agent).into_iter().flat_map(|load| load.offers.iter().map(|(offer, _)| *offer))
    }

    pub(super) fn owned_by(&self, agent: AgentId) -> impl Iterator<Item = ConversationId> {
        self.loads.get(&agent).into_iter().flat_map(|load| load.owned.iter().copied())
    }

    /// Says whether a place is kept for an agent: they are consulted, take part, or could take a transfer back.
    pub(super) fn keeps_place(&self, agent: AgentId) -> bool {
        self.holds.values().any(|(holder, _)| *holder == agent)
    }

    pub(super) fn own(&mut self, agent: AgentId, conversation: ConversationId, channel: Channel) {
        let load = self.loads.entry(agent).or_default();
        if let Err(place) = load.owned.binary_search(&conversation) {
            load.owned.insert(place, conversation);
        }
        *load.units.entry(channel).or_default() += channel.units();
    }

    pub(super) fn disown(&mut self, agent: AgentId, conversation: ConversationId, channel: Channel) {
        let load = self.loads.entry(agent).or_default();
        if let Ok(place) = load.owned.binary_search(&conversation) {
            load.owned.remove(place);
            give_back(load, channel, channel.units());
        }
    }

    pub(super) fn reserve(&mut self, agent: AgentId, offer: OfferId, channel: Channel, units: u32) {
        let load = self.loads.entry(agent).or_default();
        let place = load.offers.partition_point(|(other, _)| *other < offer);
        load.offers.insert(place, (offer, units));
        *load.units.entry(channel).or_default() += units;
    }

    pub(super) fn release(&mut self, agent: AgentId, offer: OfferId, channel: Channel) {
        let load = self.loads.entry(agent).or_default();
        if let Ok(place) = load.offers.binary_search_by_key(&offer, |(other, _)| *other) {
            let (_, units) = load.offers.remove(place);
            give_back(load, channel, units);
        }
    }

    fn hold(&mut self, hold: Hold, agent: AgentId, channel: Channel) {
        self.holds.insert(hold, (agent, channel));
        *self.loads.entry(agent).or_default().units.entry(channel).or_default() += channel.units();
    }

    fn end_hold(&mut self, hold: Hold) -> Option<AgentId> {
        let (agent, channel) = self.holds.remove(&hold)?;
        give_back(self.loads.entry(agent).or_default(), channel, channel.units());
        Some(agent)
    }
}

fn give_back(load: &mut Load, channel: Channel, given: u32) {
    if let Some(units) = load.units.get_mut(&channel) {
        *units = units.saturating_sub(given);
    }
}

impl RoutingState {
    pub(super) fn rebuild_loads(&mut self) {
        let mut loads = Loads::default();
        for conversation in self.conversations.values() {
            if let Some(Owner::Agent(agent)) = conversation.owner() {
                loads.own(agent, conversation.id, conversation.channel);
            }
        }
        for offer in self.offers.values() {
            if let Some(conversation) = self.conversations.get(&offer.conversation) {
                let units = self.units_of(offer.cause, conversation.channel);
                loads.reserve(offer.agent, offer.id, conversation.channel, units);
            }
        }
        for transfer in self.transfers.values() {
            if let Some(agent) = holder(transfer, self.at)
                && let Some(conversation) = self.conversations.get(&transfer.conversation)
            {
                loads.hold(Hold::Transfer(transfer.id), agent, conversation.channel);
            }
        }
        for invite in self.invites.values() {
            if let Some(agent) = invite.participant()
                && let Some(conversation) = self.conversations.get(&invite.conversation)
            {
                loads.hold(Hold::Invite(invite.id), agent, conversation.channel);
            }
        }
        self.index.loads = loads;
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
        self.index.loads.hold(Hold::Transfer(transfer.id), agent, conversation.channel);
        self.seat(agent);
    }

    /// Keeps a participant's place.
    pub(super) fn hold_for(&mut self, invite: InviteId, agent: AgentId, channel: Channel) {
        self.index.loads.hold(Hold::Invite(invite), agent, channel);
        self.seat(agent);
    }

    pub(super) fn end_hold(&mut self, hold: Hold) {
        if let Some(agent) = self.index.loads.end_hold(hold) {
            self.seat(agent);
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
