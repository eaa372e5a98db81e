//! What must hold after every step, checked over the log as it was committed.

use std::collections::{BTreeMap, BTreeSet};

use baton::routing::{OpenWork, RoutingState};
use baton_shared::*;

use crate::reference;

/// Reads the log once, event by event, beside a state of its own.
#[derive(Default)]
pub struct Checker {
    replayed: RoutingState,
    read: usize,
    owners: BTreeMap<ConversationId, (Owner, u32)>,
    offers_open: BTreeSet<OfferId>,
    offers_ended: BTreeSet<OfferId>,
    messages: BTreeMap<ConversationId, u32>,
}

impl Checker {
    /// Checks the events that were committed since the last call.
    pub fn read_on(&mut self, log: &[Recorded]) {
        for recorded in &log[self.read..] {
            self.check_event(recorded);
            self.replayed.apply(recorded);
        }
        self.read = log.len();
    }

    fn check_event(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::ConversationOpened { conversation, queue, .. } => {
                let before = self.owners.insert(*conversation, (Owner::Queue(*queue), 1));
                assert_eq!(before, None, "a conversation is opened once");
            }
            Event::OwnerChanged { conversation, from, to, epoch, .. } => {
                let (owner, last) = self.owners[conversation];
                assert_eq!(owner, *from, "ownership passes from the owner");
                assert_eq!(*epoch, last + 1, "the epoch rises by one with each owner");
                self.owners.insert(*conversation, (*to, *epoch));
            }
            Event::ConversationClosed { conversation, from, .. } => {
                let owner = self.owners.remove(conversation).map(|(owner, _)| owner);
                assert_eq!(owner, Some(*from), "the owner's conversation ends");
            }
            Event::MessageSent { conversation, seq, .. } => {
                let last = self.messages.entry(*conversation).or_default();
                assert_eq!(*seq, *last + 1, "messages count without gaps, each once");
                *last = *seq;
            }
            Event::OfferMade { offer, conversation, agent, cause, .. } => {
                assert!(self.offers_open.insert(*offer), "an offer is made once");
                self.check_offer(*conversation, *agent, *cause, recorded.at);
            }
            Event::OfferEnded { offer, .. } => {
                assert!(self.offers_open.remove(offer), "an open offer ends");
                assert!(self.offers_ended.insert(*offer), "an offer ends once");
            }
            Event::ServerStarted { .. }
            | Event::PersonAdded { .. }
            | Event::PersonChanged { .. }
            | Event::SkillAdded { .. }
            | Event::SkillGranted { .. }
            | Event::SkillRevoked { .. }
            | Event::QueueAdded { .. }
            | Event::QueueChanged { .. }
            | Event::MemberAdded { .. }
            | Event::MemberRemoved { .. }
            | Event::GroupAdded { .. }
            | Event::StatusChanged { .. }
            | Event::AgentReached { .. }
            | Event::AgentLost { .. }
            | Event::TransferRequested { .. }
            | Event::TransferEnqueued { .. }
            | Event::TransferEnded { .. }
            | Event::WrapUpEnded { .. } => {}
        }
    }

    fn check_offer(&self, conversation: ConversationId, agent: AgentId, cause: OfferCause, at: Timestamp) {
        match cause {
            OfferCause::Queue(_) => {
                let expected = reference::next(&self.replayed, at);
                assert_eq!(
                    expected,
                    Some((conversation, agent)),
                    "the reference would have chosen otherwise"
                );
            }
            OfferCause::Transfer(_) => {
                let target = &self.replayed.agents[&agent];
                assert!(target.presence.available(), "a transfer is offered to someone who is there");
            }
        }
    }

    /// Checks what must hold between turns.
    pub fn check_rest(&self, state: &RoutingState, now: Timestamp, lowered: &BTreeSet<AgentId>) {
        assert_eq!(reference::next(state, now), None, "somebody free could take something that waits");
        for agent in state.agents.values().filter(|agent| !lowered.contains(&agent.id)) {
            let held = reference::held(state, agent.id, now);
            let limit = agent.capacity.get(&Channel::WebChat).copied().unwrap_or(0);
            assert!(held <= limit, "{:?} holds {held} of {limit}", agent.id);
        }
        for conversation in state.conversations.values() {
            let known = self.owners.get(&conversation.id).map(|(owner, _)| *owner);
            assert_eq!(conversation.owner(), known, "every open conversation has the owner the log says");
        }
        for agent in state.agents.values() {
            let owned =
                state.conversations.values().filter(|open| open.owner() == Some(Owner::Agent(agent.id)));
            assert_eq!(owned.count(), state.owned_by(agent.id).count(), "capacity is released once");
            let offered = state.offers.values().filter(|offer| offer.agent == agent.id).count();
            assert_eq!(offered, state.offers_to(agent.id).count());
        }
    }

    /// Checks that the log from its beginning gives the state, byte for byte, and that the rows do too.
    pub fn check_replay(&self, state: &RoutingState, from_rows: OpenWork) {
        let canonical = |state: &RoutingState| String::from_utf8(state.canonical()).unwrap();
        assert_eq!(canonical(&self.replayed), canonical(state), "the log gives the state");
        assert_eq!(
            canonical(&RoutingState::from_open_work(from_rows)),
            canonical(state),
            "the rows give it too"
        );
    }

    /// Says whether every conversation that was opened is closed.
    pub fn all_closed(&self) -> bool {
        self.owners.is_empty()
    }
}
