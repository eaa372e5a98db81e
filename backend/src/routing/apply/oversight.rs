//! What supervisors have to do with conversations.

use std::collections::BTreeSet;

use baton_shared::*;

use super::super::RoutingState;

/// Where the supervisors who listen in may oversee the conversation no more.
#[derive(Clone, Debug, Default)]
pub struct Unsure {
    /// Everywhere: teams, or what their people do, changed.
    pub(in crate::routing) all: bool,
    /// In these, which have another owner than before.
    pub(in crate::routing) conversations: BTreeSet<ConversationId>,
}

impl RoutingState {
    pub(super) fn listened_in(&mut self, id: ConversationId, agent: AgentId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        conversation.listeners.change(|listeners| listeners.remove(&agent));
        conversation.oversee(|oversight| {
            oversight.listeners.insert(agent);
        });
        self.index.touched.conversations.insert(id);
        self.index.touched.listeners.insert((id, agent), true);
    }

    /// Ends someone's listening in.
    pub(super) fn listened_on(&mut self, id: ConversationId, agent: AgentId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        conversation.oversee(|oversight| {
            oversight.listeners.remove(&agent);
        });
    }

    pub(super) fn whispered(&mut self, id: ConversationId, segment: SegmentId, seq: u32) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        conversation.oversee(|oversight| {
            oversight.whispers = seq;
            oversight.whispered_in = Some(segment);
        });
        self.index.touched.conversations.insert(id);
    }

    pub(super) fn set_flag(&mut self, id: ConversationId, flag: Option<Flag>) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        conversation.oversee(|oversight| oversight.flag = flag);
        self.index.touched.conversations.insert(id);
    }

    /// Takes someone who listens in on a conversation that they oversee no more; nothing once there is nobody.
    pub fn listens_outside(&mut self) -> Option<(ConversationId, AgentId)> {
        let unsure = std::mem::take(&mut self.index.unsure);
        let overheard = |open: &&Conversation| open.overheard_by().next().is_some();
        let found = if unsure.all {
            self.conversations.values().filter(overheard).find_map(|open| self.outside(open))
        } else {
            let these = unsure.conversations.iter().filter_map(|id| self.conversations.get(id));
            these.filter(overheard).find_map(|open| self.outside(open))
        };
        if found.is_some() {
            // There may be others: they are looked for once this one has stopped.
            self.index.unsure = unsure;
        }
        found
    }

    fn outside(&self, open: &Conversation) -> Option<(ConversationId, AgentId)> {
        let outside = |agent: &AgentId| !self.scope(*agent).has_conversation(open);
        open.overheard_by().find(outside).map(|agent| (open.id, agent))
    }
}

/// Says whether an event may change what supervisors oversee, other than by changing an owner.
pub(super) fn moves_scopes(event: &Event) -> bool {
    matches!(
        event,
        Event::PersonChanged { .. }
            | Event::SkillGranted { .. }
            | Event::SkillRevoked { .. }
            | Event::MemberAdded { .. }
            | Event::MemberRemoved { .. }
            | Event::GroupAdded { .. }
            | Event::GroupChanged { .. }
            | Event::GroupRemoved { .. }
            | Event::TeamAdded { .. }
            | Event::TeamChanged { .. }
            | Event::TeamRemoved { .. }
    )
}
