//! How workflows should go, said slowly: each filter is tried in its order, and each person for a step.

use std::collections::{BTreeMap, BTreeSet};

use baton::routing::RoutingState;
use baton_shared::*;

use crate::reference::{Holding, asked, can, holding};

/// What an expression means for a conversation of which this is known.
type Meaning = fn(&BTreeMap<String, String>) -> bool;

/// The expressions that workflows of the simulation are made of, and what each means.
pub const EXPRESSIONS: [(&str, Meaning); 5] = [
    ("true", |_| true),
    ("attributes.tier == \"gold\"", |known| known.get("tier").is_some_and(|tier| tier == "gold")),
    ("attributes.tier != \"gold\"", |known| known.get("tier").is_some_and(|tier| tier != "gold")),
    ("!has(attributes.tier)", |known| !known.contains_key("tier")),
    ("waiting_secs < 0", |_| false),
];

/// Returns the first filter of a workflow that matches.
pub fn matching(definition: &Definition, attributes: &BTreeMap<String, String>) -> Option<u16> {
    let means = |when: &str| EXPRESSIONS.iter().find(|(text, _)| *text == when).unwrap().1;
    let place = definition.filters.iter().position(|filter| means(&filter.when)(attributes))?;
    Some(place as u16)
}

/// Says whether a step may begin: someone whom it asks by name serves its queue, and where it wants someone free, there
/// is someone; `passing_on` is who passes it on and how much they held with it, `relaxed` how many relaxations of the
/// queue hold by then.
pub fn may_begin(
    state: &RoutingState,
    step: &PlannedStep,
    excluded: &BTreeSet<AgentId>,
    passing_on: Option<(AgentId, Holding)>,
    relaxed: u8,
    now: Timestamp,
) -> bool {
    let of_queue = asked(&state.queues[&step.queue], relaxed);
    let asked = |agent: &&Agent| {
        step.agent.is_none_or(|named| named == agent.id)
            && agent.enabled
            && agent.capacity.contains_key(&Channel::WebChat)
            && agent.queues.contains(&step.queue)
            && of_queue.iter().all(|(skill, level)| can(agent, *skill, *level))
            && step.skills.iter().all(|asked| can(agent, asked.skill, asked.level.into()))
            && !excluded.contains(&agent.id)
    };
    let asked: Vec<&Agent> = state.agents.values().filter(asked).collect();
    let free = asked.iter().any(|agent| {
        let held = match passing_on {
            Some((sender, held)) if sender == agent.id => held,
            Some(_) | None => holding(state, agent.id, now),
        };
        agent.presence.available() && held.leaves_room(agent, state.queues[&step.queue].rules.work())
    });
    (step.agent.is_none() || !asked.is_empty()) && (!step.skip_if_nobody || free)
}
