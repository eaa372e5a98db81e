//! Whose work a person oversees: the one rule behind everything that supervisors see and do.

use std::collections::BTreeSet;

use baton_shared::*;

use super::RoutingState;

/// What of a workspace someone oversees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything: an administrator.
    Everything,
    /// What their teams have to do with; empty for whoever leads none.
    Teams {
        /// Everyone in a team that they lead.
        people: BTreeSet<AgentId>,
        /// The queues that an agent of theirs is a member of.
        queues: BTreeSet<QueueId>,
        /// The groups that an agent of theirs is a member of.
        groups: BTreeSet<GroupId>,
    },
}

impl Scope {
    /// Says whether a person is in it.
    pub fn has_person(&self, agent: AgentId) -> bool {
        match self {
            Self::Everything => true,
            Self::Teams { people, .. } => people.contains(&agent),
        }
    }

    /// Says whether a queue is in it.
    pub fn has_queue(&self, queue: QueueId) -> bool {
        match self {
            Self::Everything => true,
            Self::Teams { queues, .. } => queues.contains(&queue),
        }
    }

    /// Says whether a conversation is in it: by the person who owns it, by the queue or group in which it waits, and by
    /// its queue while a flow or a partner outside has it.
    pub fn has_conversation(&self, conversation: &Conversation) -> bool {
        let Self::Teams { people, queues, groups } = self else { return true };
        match conversation.owner() {
            Some(Owner::Agent(agent)) => people.contains(&agent),
            Some(Owner::Queue(queue)) => queues.contains(&queue),
            Some(Owner::Group(group)) => groups.contains(&group),
            Some(Owner::Flow(_) | Owner::External(_)) => queues.contains(&conversation.queue),
            None => false,
        }
    }

    /// Says whether a conversation is in it or was when it ended: by whoever owned it at any time, or by its last queue.
    pub fn had_conversation(&self, conversation: &Conversation) -> bool {
        let Self::Teams { people, queues, .. } = self else { return true };
        if conversation.owner().is_some() {
            return self.has_conversation(conversation);
        }
        queues.contains(&conversation.queue) || conversation.owners.iter().any(|owner| people.contains(owner))
    }
}

impl RoutingState {
    /// Says whether someone belongs to a group: of its team, if it is a team's, and with its skills.
    pub fn belongs(&self, agent: &Agent, group: &Group) -> bool {
        let in_team =
            |team: TeamId| self.teams.get(&team).is_some_and(|team| team.agents.contains(&agent.id));
        group.asks_no_more_than(&agent.skills) && group.team.is_none_or(in_team)
    }

    /// Returns the groups of a team.
    pub fn groups_of(&self, team: TeamId) -> impl Iterator<Item = &Group> {
        self.groups.values().filter(move |group| group.team == Some(team))
    }

    /// Says whether a person leads a team, or leads everybody.
    pub fn leads(&self, person: AgentId, team: TeamId) -> bool {
        match self.agents.get(&person).filter(|found| found.enabled).map(|found| found.role) {
            Some(Role::Administrator) => true,
            Some(Role::Supervisor) => {
                self.teams.get(&team).is_some_and(|team| team.supervisors.contains(&person))
            }
            Some(Role::Agent) | None => false,
        }
    }

    /// Returns what a person oversees, by their role and the teams that they lead.
    pub fn scope(&self, person: AgentId) -> Scope {
        let (mut people, mut queues, mut groups) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        match self.agents.get(&person).filter(|found| found.enabled).map(|found| found.role) {
            Some(Role::Administrator) => return Scope::Everything,
            Some(Role::Supervisor) => {}
            Some(Role::Agent) | None => return Scope::Teams { people, queues, groups },
        }
        for team in self.teams.values().filter(|team| team.supervisors.contains(&person)) {
            people.extend(team.people());
            for agent in team.agents.iter().filter_map(|agent| self.agents.get(agent)) {
                queues.extend(&agent.queues);
                let theirs = self.groups.values().filter(|group| self.belongs(agent, group));
                groups.extend(theirs.map(|group| group.id));
            }
        }
        Scope::Teams { people, queues, groups }
    }
}
