//! What a change makes of what was set up: another policy, copies of people, and people who are left out.

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::api::{WhatIfChange, WhatIfStaffing};
use baton_shared::*;

use super::days::{Days, Shift};
use super::habits::Habits;
use super::{Named, PEOPLE_MAX, WhatIfError};
use crate::ids::IdSource;
use crate::routing::OpenWork;

/// Where everybody is, in words.
const EVERYWHERE: &str = "everywhere";

/// What days are played with.
pub(super) struct Setting {
    /// What is set up, with everyone as they are when the play begins.
    pub(super) set_up: OpenWork,
    /// What people do, in its order.
    pub(super) shifts: Vec<(Timestamp, AgentId, Shift)>,
    /// How people answer offers.
    pub(super) habits: Habits,
}

impl Setting {
    /// Returns the days as they were.
    pub(super) fn as_it_was(days: &Days) -> Self {
        Self { set_up: days.set_up.clone(), shifts: days.shifts.clone(), habits: days.habits.clone() }
    }

    /// Returns the days under a change, with a sentence for everything that was changed.
    pub(super) fn under(
        days: &Days,
        change: &WhatIfChange,
        names: &impl Named,
    ) -> Result<(Self, Vec<String>), WhatIfError> {
        let mut setting = Self::as_it_was(days);
        let mut changes = setting.change_policy(change)?;
        // Copies are of people as they were, whatever was changed before.
        let mut ids = IdSource::from_seed(0);
        ids.set_now(days.begin);
        for staffing in &change.staffing {
            changes.extend(setting.change_staffing(days, staffing, names, &mut ids)?);
        }
        Ok((setting, changes))
    }

    fn change_policy(&mut self, change: &WhatIfChange) -> Result<Vec<String>, WhatIfError> {
        let policies = &mut self.set_up.policies;
        let mut changes = Vec::new();
        if let Some(preset) = change.preset {
            policies.preset = preset;
            policies.workspace = preset.policy();
            changes.push(format!("Transfers go as with the preset {}.", preset.label()));
        }
        if !change.switches.is_empty() {
            policies.workspace = change.switches.over(&policies.workspace);
            let set = serde_json::to_value(&change.switches).unwrap_or_default();
            for (name, value) in set.as_object().into_iter().flatten() {
                changes.push(format!("The switch {name} is {value}."));
            }
        }
        match policies.fault() {
            Some(fault) => Err(WhatIfError::Refused(fault.to_owned())),
            None => Ok(changes),
        }
    }

    fn change_staffing(
        &mut self,
        days: &Days,
        staffing: &WhatIfStaffing,
        names: &impl Named,
        ids: &mut IdSource,
    ) -> Result<Option<String>, WhatIfError> {
        let (whose, among) = self.meant(days, staffing, names)?;
        let (people, percent) = (i64::from(staffing.people), i64::from(staffing.percent));
        if people != 0 && percent != 0 {
            return Err(WhatIfError::refused("Say how many people or how many of a hundred, not both."));
        }
        let share = |percent: i64| (percent * among.len() as i64 + 50 * percent.signum()) / 100;
        let number = if percent == 0 { people } else { share(percent) };
        let count = usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX);
        if number == 0 {
            return Ok(None);
        }
        if among.is_empty() {
            let who = if whose == EVERYWHERE { "Nobody".to_owned() } else { format!("Nobody {whose}") };
            let what = format!("{who} was there in these days. Choose other days or other people.");
            return Err(WhatIfError::Refused(what));
        }
        if number > 0 {
            if count > PEOPLE_MAX {
                return Err(WhatIfError::Refused(format!("Add at most {PEOPLE_MAX} people.")));
            }
            among.iter().cycle().take(count).for_each(|agent| self.copy(*agent, ids));
            return Ok(Some(format!("{} more {whose}.", people_in_words(count))));
        }
        let left_out: BTreeSet<AgentId> = among.iter().take(count).copied().collect();
        self.leave_out(&left_out);
        Ok(Some(format!("{} fewer {whose}.", people_in_words(left_out.len()))))
    }

    /// Returns who is meant, in words and by their ids: those who were there in the days, whoever was there for about as
    /// long as the others first.
    fn meant(
        &self,
        days: &Days,
        staffing: &WhatIfStaffing,
        names: &impl Named,
    ) -> Result<(String, Vec<AgentId>), WhatIfError> {
        let team = match (staffing.queue, staffing.team) {
            (Some(_), Some(_)) => return Err(WhatIfError::refused("Name a queue or a team, not both.")),
            (None, Some(team)) => {
                let found = self.set_up.teams.iter().find(|found| found.id == team);
                Some(found.ok_or(WhatIfError::NotFound("team"))?)
            }
            (_, None) => None,
        };
        if let Some(queue) = staffing.queue
            && !self.set_up.queues.iter().any(|found| found.id == queue)
        {
            return Err(WhatIfError::NotFound("queue"));
        }
        let whose = match (staffing.queue, staffing.team) {
            (Some(queue), _) => format!("in {}", names.queue(queue)),
            (None, Some(team)) => format!("in the team {}", names.team(team)),
            (None, None) => EVERYWHERE.to_owned(),
        };
        let there: BTreeMap<AgentId, u64> = self
            .set_up
            .agents
            .iter()
            .filter(|agent| staffing.queue.is_none_or(|queue| agent.queues.contains(&queue)))
            .filter(|agent| team.is_none_or(|team| team.agents.contains(&agent.id)))
            .filter(|agent| !agent.queues.is_empty())
            .filter_map(|agent| Some((agent.id, days.there_ms.get(&agent.id).copied().filter(|ms| *ms > 0)?)))
            .collect();
        let mean = there.values().sum::<u64>().checked_div(there.len() as u64).unwrap_or(0);
        let mut among: Vec<AgentId> = there.keys().copied().collect();
        among.sort_by_key(|agent| (there[agent].abs_diff(mean), *agent));
        Ok((whose, among))
    }

    /// Adds someone who is what this person is and works when they work.
    fn copy(&mut self, of: AgentId, ids: &mut IdSource) {
        let id = ids.agent();
        let Some(agent) = self.set_up.agents.iter().find(|agent| agent.id == of).cloned() else { return };
        self.set_up.agents.push(Agent { id, ..agent });
        for team in self.set_up.teams.iter_mut().filter(|team| team.agents.contains(&of)) {
            team.agents.insert(id);
        }
        let theirs = self.shifts.iter().filter(|(_, agent, _)| *agent == of);
        let copied: Vec<_> = theirs.map(|(at, _, shift)| (*at, id, *shift)).collect();
        self.shifts.extend(copied);
        self.shifts.sort_by_key(|(at, ..)| *at);
        self.habits.copy(of, id);
    }

    fn leave_out(&mut self, people: &BTreeSet<AgentId>) {
        self.shifts.retain(|(_, agent, _)| !people.contains(agent));
        for agent in self.set_up.agents.iter_mut().filter(|agent| people.contains(&agent.id)) {
            agent.presence = Presence { status: Status::Offline, reachable: false };
        }
    }
}

fn people_in_words(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}
