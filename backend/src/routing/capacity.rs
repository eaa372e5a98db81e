//! How much each agent holds: what they own, what they are offered, and what they could still take back.
//!
//! Capacity is taken when an offer is made, so that two offers can never meet in the last free place.

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::transfer::TransferState;
use baton_shared::*;

use super::RoutingState;

#[derive(Clone, Debug, Default)]
struct Load {
    units: BTreeMap<Channel, u32>,
    owned: BTreeSet<ConversationId>,
    offers: BTreeSet<OfferId>,
}

/// What each agent holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Loads {
    loads: BTreeMap<AgentId, Load>,
    /// Transfers to a queue that can still be taken back: the sender's place stays theirs.
    undo_holds: BTreeMap<TransferId, (AgentId, Channel)>,
}

impl Loads {
    pub(super) fn held(&self, agent: AgentId, channel: Channel) -> u32 {
        self.loads.get(&agent).and_then(|load| load.units.get(&channel)).copied().unwrap_or(0)
    }

    pub(super) fn offers_to(&self, agent: AgentId) -> impl Iterator<Item = OfferId> {
        self.loads.get(&agent).into_iter().flat_map(|load| load.offers.iter().copied())
    }

    pub(super) fn owned_by(&self, agent: AgentId) -> impl Iterator<Item = ConversationId> {
        self.loads.get(&agent).into_iter().flat_map(|load| load.owned.iter().copied())
    }

    pub(super) fn own(&mut self, agent: AgentId, conversation: ConversationId, channel: Channel) {
        let load = self.loads.entry(agent).or_default();
        load.owned.insert(conversation);
        *load.units.entry(channel).or_default() += channel.units();
    }

    pub(super) fn disown(&mut self, agent: AgentId, conversation: ConversationId, channel: Channel) {
        let load = self.loads.entry(agent).or_default();
        if load.owned.remove(&conversation) {
            give_back(load, channel);
        }
    }

    pub(super) fn reserve(&mut self, agent: AgentId, offer: OfferId, channel: Channel) {
        let load = self.loads.entry(agent).or_default();
        load.offers.insert(offer);
        *load.units.entry(channel).or_default() += channel.units();
    }

    pub(super) fn release(&mut self, agent: AgentId, offer: OfferId, channel: Channel) {
        let load = self.loads.entry(agent).or_default();
        if load.offers.remove(&offer) {
            give_back(load, channel);
        }
    }

    fn hold_for_undo(&mut self, transfer: TransferId, agent: AgentId, channel: Channel) {
        self.undo_holds.insert(transfer, (agent, channel));
        *self.loads.entry(agent).or_default().units.entry(channel).or_default() += channel.units();
    }

    fn end_undo_hold(&mut self, transfer: TransferId) -> Option<AgentId> {
        let (agent, channel) = self.undo_holds.remove(&transfer)?;
        give_back(self.loads.entry(agent).or_default(), channel);
        Some(agent)
    }
}

fn give_back(load: &mut Load, channel: Channel) {
    if let Some(units) = load.units.get_mut(&channel) {
        *units = units.saturating_sub(channel.units());
    }
}

impl RoutingState {
    pub(super) fn rebuild_loads(&mut self) {
        let loads = &mut self.index.loads;
        *loads = Loads::default();
        for conversation in self.conversations.values() {
            if let Some(Owner::Agent(agent)) = conversation.owner() {
                loads.own(agent, conversation.id, conversation.channel);
            }
        }
        for offer in self.offers.values() {
            if let Some(conversation) = self.conversations.get(&offer.conversation) {
                loads.reserve(offer.agent, offer.id, conversation.channel);
            }
        }
        for transfer in self.transfers.values() {
            if let TransferState::Enqueued { .. } = transfer.state
                && let Some(conversation) = self.conversations.get(&transfer.conversation)
            {
                loads.hold_for_undo(transfer.id, transfer.from, conversation.channel);
            }
        }
    }

    pub(super) fn hold_for_undo(&mut self, transfer: TransferId, agent: AgentId, channel: Channel) {
        self.index.loads.hold_for_undo(transfer, agent, channel);
        self.seat(agent);
    }

    pub(super) fn release_undo_hold(&mut self, transfer: TransferId) {
        if let Some(agent) = self.index.loads.end_undo_hold(transfer) {
            self.seat(agent);
        }
    }
}
