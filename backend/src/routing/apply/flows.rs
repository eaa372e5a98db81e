//! Flows and external contacts, and how far conversations come with them.

use core::time::Duration;

use baton_shared::external::SILENCE_LASTS;
use baton_shared::*;

use super::super::RoutingState;
use super::super::open::{Open, Slot};
use super::conversations::Change;

impl RoutingState {
    /// Returns the flow in which new conversations of a channel begin.
    pub fn flow_entrance(&self, channel: Channel) -> Option<&Flow> {
        self.flows.values().find(|flow| flow.entrance == Some(channel))
    }

    /// Returns a conversation that a flow goes on with, without waiting for anyone.
    pub fn flow_to_go_on(&self) -> Option<ConversationId> {
        self.index.going_on.first().copied()
    }

    /// Returns the open conversations that a flow or a partner has, in the order of their ids.
    pub fn held_by(&self, owner: Owner) -> Vec<&Conversation> {
        self.conversations.matching(|open| open.owner() == Some(owner))
    }

    /// Sets what a flow is; where it becomes an entrance, every other flow and workflow stops being it.
    pub(super) fn flow_set(&mut self, set: &Flow) {
        if let Some(channel) = set.entrance {
            self.close_entrances(channel);
        }
        self.index.touched.flows.insert(set.id);
        self.flows.insert(set.id, set.clone());
    }

    pub(super) fn flow_removed(&mut self, id: FlowId) {
        self.flows.remove(&id);
        self.index.touched.removed_flows.insert(id);
    }

    pub(super) fn external_set(&mut self, id: ExternalId) {
        self.externals.insert(id);
        self.index.touched.externals.insert(id);
    }

    pub(super) fn external_removed(&mut self, id: ExternalId) {
        self.externals.remove(&id);
        self.index.touched.removed_externals.insert(id);
    }

    /// Has no new conversation of a channel begin in a flow or a workflow.
    pub(super) fn close_entrances(&mut self, channel: Channel) {
        for flow in self.flows.values_mut().filter(|flow| flow.entrance == Some(channel)) {
            flow.entrance = None;
            self.index.touched.flows.insert(flow.id);
        }
        for workflow in self.workflows.values_mut().filter(|other| other.entrance == Some(channel)) {
            workflow.entrance = None;
            self.index.touched.workflows.insert(workflow.id);
        }
    }

    /// Returns how a conversation is held by a flow that it comes to: steps that it was taken through before count on.
    pub(super) fn begun(&self, change: &Change, slot: Slot, flow: FlowId, at: Timestamp) -> Held {
        let conversation = self.conversations.at(slot).map(|open| &open.conversation);
        let transfer = change.carried();
        let (lasts_secs, fallback) = match (self.flows.get(&flow), conversation) {
            (Some(flow), _) => (flow.lasts_secs, flow.fallback),
            (None, conversation) => (0, conversation.map_or(QueueId::from_bits(0), |open| open.queue)),
        };
        Held::Flow(Box::new(Run {
            flow,
            fallback,
            deadline: at.plus(Duration::from_secs(u64::from(lasts_secs))),
            taken: conversation.and_then(Conversation::run).map_or(0, |run| run.taken),
            transfer,
            stand: Stand::Begins,
        }))
    }

    pub(super) fn flow_asked(&mut self, id: ConversationId, step: u16, tries: u8, taken: u16) {
        self.change_run(id, |run| {
            run.taken = taken;
            run.stand = Stand::Asks { step, tries, answer: None };
        });
    }

    pub(super) fn flow_ended(&mut self, id: ConversationId, end: FlowEnd, taken: u16) {
        self.change_run(id, |run| {
            run.taken = taken;
            run.stand = Stand::Stopped { end };
        });
    }

    /// Notes who spoke: a flow may have its answer, and a partner has given one or owes one.
    pub(super) fn spoken(&mut self, id: ConversationId, seq: u32, author: Author, at: Timestamp) {
        let Some(slot) = self.conversations.slot(&id) else { return };
        self.disarm(slot);
        if let Some(Open { conversation, .. }) = self.conversations.at_mut(slot)
            && let ConversationState::Open { held, .. } = &mut conversation.state
        {
            match (held, author) {
                (Held::Flow(run), Author::Customer) => {
                    if let Stand::Asks { answer, .. } = &mut run.stand {
                        answer.get_or_insert(seq);
                    }
                }
                (Held::External { answer_by, .. }, Author::Customer) => {
                    answer_by.get_or_insert(at.plus(SILENCE_LASTS));
                }
                (Held::External { answer_by, .. }, Author::External(_)) => *answer_by = None,
                (
                    Held::Agent { .. } | Held::Queue(_) | Held::Flow(_) | Held::External { .. },
                    Author::Customer | Author::Agent(_) | Author::Flow(_) | Author::External(_),
                ) => {}
            }
        }
        self.arm(slot);
        self.note_going_on(slot);
    }

    /// Changes how far a conversation came in the flow that has it, with the deadline that it has there.
    pub(super) fn change_run(&mut self, id: ConversationId, change: impl FnOnce(&mut Run)) {
        let Some(slot) = self.conversations.slot(&id) else { return };
        self.disarm(slot);
        if let Some(run) = self.conversations.at_mut(slot).and_then(|open| open.conversation.run_mut()) {
            change(run);
            self.index.touched.conversations.insert(id);
        }
        self.arm(slot);
        self.note_going_on(slot);
    }

    /// Notes whether a flow goes on with a conversation.
    pub(in super::super) fn note_going_on(&mut self, slot: Slot) {
        let Some(Open { conversation, .. }) = self.conversations.at(slot) else { return };
        if conversation.run().is_some_and(Run::goes_on) {
            self.index.going_on.insert(conversation.id);
        } else {
            self.index.going_on.remove(&conversation.id);
        }
    }
}
