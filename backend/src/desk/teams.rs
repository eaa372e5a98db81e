//! Teams, as administrators set them up.

use std::collections::BTreeSet;

use baton_shared::command::{Actor, NAME_CHARS_MAX};
use baton_shared::team::TEAM_PEOPLE_MAX;
use baton_shared::*;

use super::policies::who;
use super::{Answer, Circumstances, Decided, checked_text, groups};
use crate::content::Content;
use crate::routing::RoutingState;

/// What a team is to be.
pub(super) struct Settings {
    pub(super) name: String,
    pub(super) agents: BTreeSet<AgentId>,
    pub(super) supervisors: BTreeSet<AgentId>,
}

impl Settings {
    fn checked(self, state: &RoutingState, id: TeamId) -> Result<(Box<Team>, Vec<Content>), Refusal> {
        let name = checked_text("name", &self.name, NAME_CHARS_MAX)?;
        if self.agents.len().max(self.supervisors.len()) > TEAM_PEOPLE_MAX {
            return Err(Refusal::TooMany { what: "people", max: TEAM_PEOPLE_MAX });
        }
        let role = |agent: &AgentId| state.agents.get(agent).map(|agent| agent.role);
        if self.agents.union(&self.supervisors).any(|agent| role(agent).is_none()) {
            return Err(Refusal::NotFound { what: "person" });
        }
        if self.supervisors.iter().any(|leader| role(leader) < Some(Role::Supervisor)) {
            return Err(Refusal::NotSupervisor);
        }
        let team = Team { id, agents: self.agents, supervisors: self.supervisors };
        Ok((Box::new(team), vec![Content::TeamName(id, name)]))
    }
}

pub(super) fn add(
    with: &mut Circumstances<'_>,
    actor: Actor,
    settings: Settings,
) -> Result<Decided, Refusal> {
    let id = with.ids.team();
    let (team, content) = settings.checked(with.state, id)?;
    let events = vec![Event::TeamAdded { team, by: who(actor) }];
    Ok(Decided { events, content, ..Decided::new(Answer::Added { id: id.to_string() }) })
}

pub(super) fn change(
    with: &mut Circumstances<'_>,
    actor: Actor,
    team: TeamId,
    settings: Settings,
) -> Result<Decided, Refusal> {
    let state = with.state;
    check_known(state, team)?;
    let (team, content) = settings.checked(state, team)?;
    let mut events = vec![Event::TeamChanged { team: team.clone(), by: who(actor) }];
    for group in state.groups_of(team.id) {
        let stays = |agent: &Agent| team.agents.contains(&agent.id) && group.asks_no_more_than(&agent.skills);
        events.extend(groups::offers_ended(with, group.id, stays));
    }
    Ok(Decided { events, content, ..Decided::new(Answer::Done) })
}

pub(super) fn remove(with: &Circumstances<'_>, actor: Actor, team: TeamId) -> Result<Decided, Refusal> {
    check_known(with.state, team)?;
    if with.state.groups_of(team).next().is_some() {
        return Err(Refusal::TeamHasGroups);
    }
    Ok(Decided::done(vec![Event::TeamRemoved { team, by: who(actor) }]))
}

fn check_known(state: &RoutingState, team: TeamId) -> Result<(), Refusal> {
    if state.teams.contains_key(&team) { Ok(()) } else { Err(Refusal::NotFound { what: "team" }) }
}
