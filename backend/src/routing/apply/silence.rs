//! Customers who are silent: their conversations take no room until they write again.

use core::time::Duration;

use baton_shared::*;

use super::super::RoutingState;
use super::super::open::{Open, Slot};

impl RoutingState {
    /// Somebody on this side wrote to the customer: from now on a customer who says nothing is silent, where the policy
    /// counts it.
    pub(super) fn customer_answered(&mut self, id: ConversationId, at: Timestamp) {
        let Some(slot) = self.conversations.slot(&id) else { return };
        let Some(Open { conversation, .. }) = self.conversations.at(slot) else { return };
        let owned = matches!(conversation.owner(), Some(Owner::Agent(_)));
        if !owned || conversation.silence.as_deref() == Some(&Silence::Idle) {
            return;
        }
        let idle_secs = self.policies.holding(conversation.queue, conversation.channel).idle_secs;
        let from = idle_secs.map(|secs| at.plus(Duration::from_secs(u64::from(secs))));
        self.disarm(slot);
        self.set_silence(slot, from.map(Silence::From));
        self.arm(slot);
    }

    /// The customer waits for a word: they wrote, or someone has the conversation who has said nothing yet.
    pub(super) fn end_silence(&mut self, slot: Slot) {
        self.set_silence(slot, None);
    }

    fn set_silence(&mut self, slot: Slot, silence: Option<Silence>) {
        let Some(Open { conversation, .. }) = self.conversations.at_mut(slot) else { return };
        if conversation.silence.as_deref() != silence.as_ref() {
            conversation.silence = silence.map(Box::new);
            self.index.touched.conversations.insert(conversation.id);
        }
    }

    /// The customer wrote: a conversation that was idle takes its room again, even beyond the limit.
    pub(super) fn customer_spoke(&mut self, id: ConversationId) {
        let Some(slot) = self.conversations.slot(&id) else { return };
        let Some(Open { conversation, .. }) = self.conversations.at(slot) else { return };
        let Some(Owner::Agent(agent)) = conversation.owner() else { return };
        let (channel, before, work) = (conversation.channel, conversation.units(), conversation.work);
        self.disarm(slot);
        self.end_silence(slot);
        self.arm(slot);
        if before != channel.units() {
            self.change_load(agent, |load| load.resize(channel, before, channel.units(), work));
        }
    }

    /// A conversation takes no room any more until its customer writes.
    pub(super) fn conversation_idled(&mut self, id: ConversationId) {
        let Some(slot) = self.conversations.slot(&id) else { return };
        self.disarm(slot);
        let Some(Open { conversation, .. }) = self.conversations.at_mut(slot) else { return };
        let before = conversation.units();
        conversation.silence = Some(Box::new(Silence::Idle));
        let (channel, owner, work) = (conversation.channel, conversation.owner(), conversation.work);
        self.index.touched.conversations.insert(id);
        if let Some(Owner::Agent(agent)) = owner {
            self.change_load(agent, |load| load.resize(channel, before, 0, work));
        }
    }
}
