//! What routing should do, said slowly: try everyone with everything, in order, and take the first that fits.

use baton::routing::RoutingState;
use baton_shared::offer::OFFER_REST;
use baton_shared::*;

/// Counts what an agent holds: owned, offered, or passed to a queue so lately that it can be taken back.
pub fn held(state: &RoutingState, agent: AgentId, now: Timestamp) -> u32 {
    let owned = state.conversations.values().filter(|open| open.owner() == Some(Owner::Agent(agent))).count();
    let offered = state.offers.values().filter(|offer| offer.agent == agent).count();
    let undoable = state.transfers.values().filter(|transfer| match transfer.state {
        transfer::TransferState::Enqueued { undo_until } => transfer.from == agent && undo_until > now,
        transfer::TransferState::Requested
        | transfer::TransferState::Offered { .. }
        | transfer::TransferState::Ended { .. } => false,
    });
    (owned + offered + undoable.count()) as u32
}

/// Says whether an agent may be offered a conversation at all.
pub fn eligible(state: &RoutingState, agent: &Agent, conversation: &Conversation, now: Timestamp) -> bool {
    let Some(waiting) = conversation.waiting() else { return false };
    let asked = &state.queues[&waiting.queue].skills;
    let limit = agent.capacity.get(&conversation.channel).copied().unwrap_or(0);
    agent.enabled
        && agent.presence.reachable
        && agent.presence.status == Status::Available
        && agent.queues.contains(&waiting.queue)
        && asked.is_subset(&agent.skills)
        && held(state, agent.id, now) < limit
}

/// Returns who should be offered a conversation, or nothing if nobody may be.
pub fn agent_for(state: &RoutingState, conversation: &Conversation, now: Timestamp) -> Option<AgentId> {
    let passed = &conversation.waiting()?.passed;
    let mut free: Vec<&Agent> =
        state.agents.values().filter(|agent| eligible(state, agent, conversation, now)).collect();
    free.sort_by_key(|agent| (agent.idle_since, agent.id));
    if let Some(fresh) = free.iter().find(|agent| !passed.contains_key(&agent.id)) {
        return Some(fresh.id);
    }
    let mut rested: Vec<&Agent> =
        free.into_iter().filter(|agent| passed[&agent.id].plus(OFFER_REST) <= now).collect();
    rested.sort_by_key(|agent| (passed[&agent.id], agent.id));
    rested.first().map(|agent| agent.id)
}

/// Returns what should be offered next, over all queues: the first by priority, age and id that somebody may take.
pub fn next(state: &RoutingState, now: Timestamp) -> Option<(ConversationId, AgentId)> {
    let mut waiting: Vec<&Conversation> = state
        .conversations
        .values()
        .filter(|conversation| conversation.waiting().is_some_and(|waiting| waiting.offer.is_none()))
        .collect();
    waiting.sort_by_key(|one| (core::cmp::Reverse(one.priority), one.enqueued_at, one.id));
    waiting.iter().find_map(|one| Some((one.id, agent_for(state, one, now)?)))
}
