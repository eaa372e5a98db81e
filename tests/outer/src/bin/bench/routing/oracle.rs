//! What is to be offered next, said slowly: everything that waits, in its order, and everyone for the first of it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use baton::routing::{Match, RoutingState, Subject};
use baton_shared::*;

/// Returns the first conversation that someone free can take, and who of them has been idle longest; it knows of queues
/// and offers, and of neither transfers nor invitations.
pub fn next(state: &RoutingState) -> Option<Match> {
    let mut held: BTreeMap<AgentId, u32> = BTreeMap::new();
    let mut waiting: Vec<(&Conversation, QueueId)> = Vec::new();
    for conversation in state.conversations.values() {
        match conversation.owner() {
            Some(Owner::Agent(agent)) => *held.entry(agent).or_default() += 1,
            Some(Owner::Queue(queue)) => waiting.push((conversation, queue)),
            Some(Owner::Group(_) | Owner::Flow(_) | Owner::External(_)) | None => {}
        }
    }
    state.offers.values().for_each(|offer| *held.entry(offer.agent).or_default() += 1);
    let has_room = |agent: &&Agent| {
        let limit = agent.capacity.get(&Channel::WebChat).copied().unwrap_or(0);
        agent.presence.available() && held.get(&agent.id).copied().unwrap_or(0) < limit
    };
    let mut free: Vec<&Agent> = state.agents.values().filter(has_room).collect();
    free.sort_by_key(|agent| (agent.idle_since, agent.id));
    waiting.retain(|(conversation, _)| conversation.waiting().is_some_and(|waiting| waiting.search.open()));
    waiting.sort_by_key(|(open, _)| (Reverse(open.priority), open.ranked_at, open.id));
    waiting.iter().find_map(|(conversation, queue)| {
        let skills = &state.queues.get(queue)?.skills;
        let able = |agent: &&&Agent| agent.queues.contains(queue) && agent.skills.meet(skills);
        let agent = free.iter().find(able)?.id;
        Some(Match { subject: Subject::Conversation(conversation.id), agent })
    })
}
