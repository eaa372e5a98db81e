//! Which things a turn changed, so that only they are written.

use std::collections::BTreeSet;

use baton_shared::*;

use super::RoutingState;

/// The things that changed; those that ended in the turn are kept as they were at their end.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    pub(super) skills: BTreeSet<SkillId>,
    pub(super) agents: BTreeSet<AgentId>,
    pub(super) queues: BTreeSet<QueueId>,
    pub(super) groups: BTreeSet<GroupId>,
    pub(super) conversations: BTreeSet<ConversationId>,
    pub(super) segments: BTreeSet<SegmentId>,
    pub(super) offers: BTreeSet<OfferId>,
    pub(super) transfers: BTreeSet<TransferId>,
    pub(super) closed_conversations: Vec<Conversation>,
    pub(super) ended_segments: Vec<Segment>,
    pub(super) ended_offers: Vec<Offer>,
    pub(super) ended_transfers: Vec<Transfer>,
}

/// A thing that changed, as it is after the turn.
#[expect(missing_docs, reason = "each variant is the thing it names")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    Skill(SkillId),
    Agent(Agent),
    Queue(Queue),
    Group(Group),
    Conversation(Conversation),
    Segment(Segment),
    Offer(Offer),
    Transfer(Transfer),
}

impl Touched {
    /// Returns the changed things as they are in `state`, or as they ended.
    pub fn into_changes(self, state: &RoutingState) -> Vec<Changed> {
        let mut changes = Vec::new();
        changes.extend(self.skills.into_iter().map(Changed::Skill));
        changes.extend(present(&self.agents, &state.agents).map(Changed::Agent));
        changes.extend(present(&self.queues, &state.queues).map(Changed::Queue));
        changes.extend(present(&self.groups, &state.groups).map(Changed::Group));
        changes.extend(self.closed_conversations.into_iter().map(Changed::Conversation));
        changes.extend(present(&self.conversations, &state.conversations).map(Changed::Conversation));
        changes.extend(self.ended_segments.into_iter().map(Changed::Segment));
        changes.extend(present(&self.segments, &state.segments).map(Changed::Segment));
        changes.extend(self.ended_offers.into_iter().map(Changed::Offer));
        changes.extend(present(&self.offers, &state.offers).map(Changed::Offer));
        changes.extend(self.ended_transfers.into_iter().map(Changed::Transfer));
        changes.extend(present(&self.transfers, &state.transfers).map(Changed::Transfer));
        changes
    }
}

fn present<Id: Ord, Thing: Clone>(
    ids: &BTreeSet<Id>,
    things: &std::collections::BTreeMap<Id, Thing>,
) -> impl Iterator<Item = Thing> {
    ids.iter().filter_map(|id| things.get(id).cloned())
}
