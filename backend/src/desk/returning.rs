//! Customers who return: they stay the contact that they were, and whoever served them last is asked first.

use core::time::Duration;

use baton_shared::*;

use super::Circumstances;
use crate::routing::RoutingState;

/// Asks whoever served the customer last alone, where the queue's rules say so and they are there to be asked.
pub(super) fn asked(
    with: &Circumstances<'_>,
    conversation: ConversationId,
    queue: QueueId,
    channel: Channel,
) -> Option<Event> {
    let secs = with.state.queues.get(&queue)?.rules.last_agent_secs?;
    let agent = with.state.agents.get(&with.former?.agent?)?;
    let there = agent.presence.available() && with.state.serves(agent, Pool::Queue(queue), channel);
    let until = with.now.plus(Duration::from_secs(u64::from(secs)));
    there.then_some(Event::LastAgentAsked { conversation, agent: agent.id, until })
}

/// Asks everyone for what waits for a person alone who will not take it: they are gone, take no new work, or do not serve
/// the queue any more. For what they are offered that follows from the end of the offer.
pub(super) fn gone(
    state: &RoutingState,
    agent: AgentId,
    not_taken: impl Fn(&Conversation) -> bool,
) -> Vec<Event> {
    let waits = state.alone_with(agent).into_iter().filter(|waits| not_taken(waits));
    waits.filter(|waits| state.open_offers(waits).next().is_none()).filter_map(refused).collect()
}

/// Asks everyone once the one who was asked alone does not take the conversation.
pub(super) fn refused(conversation: &Conversation) -> Option<Event> {
    let alone = conversation.waiting()?.alone_until().is_some();
    alone.then_some(Event::EveryoneAsked { conversation: conversation.id })
}
