//! People, queues, groups, teams and policies.

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::policy::{PolicyOverride, PolicyScope};
use baton_shared::*;

use super::super::{Deadline, RoutingState};

impl RoutingState {
    pub(super) fn person_added(
        &mut self,
        id: AgentId,
        role: Role,
        capacities: [&BTreeMap<Channel, u32>; 2],
        at: Timestamp,
    ) {
        let agent = Agent {
            id,
            role,
            enabled: true,
            presence: Presence { status: Status::Offline, reachable: false },
            capacity: capacities[0].clone(),
            interruptible: capacities[1].clone(),
            skills: Skills::new(),
            queues: BTreeSet::new(),
            idle_since: at,
            lost_at: None,
        };
        self.agents.insert(agent);
        self.index.touched.agents.insert(id);
        self.seat_anew(id);
    }

    /// Changes what an agent is or can do.
    pub(super) fn change_agent(&mut self, id: AgentId, change: impl FnOnce(&mut Agent)) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        change(agent);
        self.index.touched.agents.insert(id);
        self.seat_anew(id);
    }

    /// Changes intent or reachability; becoming available begins idleness anew.
    pub(super) fn change_presence(&mut self, id: AgentId, at: Timestamp, change: impl FnOnce(&mut Presence)) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        let before = agent.presence.available();
        change(&mut agent.presence);
        if agent.presence.available() && !before {
            agent.idle_since = at;
        }
        if agent.presence.status == Status::Finishing {
            self.index.finishing.insert(id);
        } else {
            self.index.finishing.remove(&id);
        }
        self.index.touched.agents.insert(id);
        self.seat(id);
    }

    pub(super) fn agent_reached(&mut self, id: AgentId, at: Timestamp) {
        let grace = self.grace();
        if let Some(agent) = self.agents.get_mut(&id)
            && let Some(lost_at) = agent.lost_at.take()
        {
            self.index.deadlines.remove(lost_at.plus(grace), Deadline::Grace(id));
        }
        self.change_presence(id, at, |presence| presence.reachable = true);
    }

    pub(super) fn agent_lost(&mut self, id: AgentId, at: Timestamp) {
        let grace = self.grace();
        if let Some(agent) = self.agents.get_mut(&id) {
            agent.lost_at = Some(at);
            self.index.deadlines.add(at.plus(grace), Deadline::Grace(id));
        }
        self.change_presence(id, at, |presence| presence.reachable = false);
    }

    pub(super) fn queue_set(&mut self, id: QueueId, skills: &Skills, priority: queue::Priority) {
        match self.queues.get_mut(&id) {
            Some(queue) => {
                queue.skills.clone_from(skills);
                queue.priority = priority;
            }
            None => {
                self.queues.insert(Queue::new(id, skills.clone(), priority));
            }
        }
        self.index.touched.queues.insert(id);
        self.seat_pool_anew(Pool::Queue(id));
    }

    pub(super) fn group_set(&mut self, group: Group) {
        let id = group.id;
        self.groups.insert(id, group);
        self.index.touched.groups.insert(id);
        self.seat_pool_anew(Pool::Group(id));
    }

    pub(super) fn group_removed(&mut self, id: GroupId) {
        self.groups.remove(&id);
        self.index.touched.removed_groups.insert(id);
        self.seat_pool_anew(Pool::Group(id));
    }

    pub(super) fn team_set(&mut self, team: &Team) {
        self.teams.insert(team.id, team.clone());
        self.index.touched.teams.insert(team.id);
        let groups: Vec<GroupId> = self.groups_of(team.id).map(|group| group.id).collect();
        for group in groups {
            self.seat_pool_anew(Pool::Group(group));
        }
    }

    pub(super) fn team_removed(&mut self, id: TeamId) {
        self.teams.remove(&id);
        self.index.touched.removed_teams.insert(id);
    }

    pub(super) fn policy_set(&mut self, preset: Preset, policy: &TransferPolicy) {
        self.policies.preset = preset;
        self.policies.workspace = policy.clone();
        self.index.touched.policies = true;
        // The grace is of the workspace and holds at once.
        self.rebuild_deadlines();
    }

    pub(super) fn policy_overridden(&mut self, scope: PolicyScope, set: &PolicyOverride) {
        self.policies.set_override(scope, set);
        self.index.touched.policies = true;
    }
}
