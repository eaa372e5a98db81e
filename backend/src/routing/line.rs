//! Who waits where, and who is free to serve them: one line for each set of requirements.
//!
//! Each line keeps its conversations in the order in which they are served and its free agents in the order of their
//! idleness, so that a match is the first of both. An agent is listed in every line they can serve at the moment and in
//! no other; a change to an agent touches their lines only.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use baton_shared::offer::OFFER_REST;
use baton_shared::queue::Priority;
use baton_shared::*;

use super::Match;

type LineKey = (QueueId, Channel);
type Place = (Reverse<Priority>, Timestamp, ConversationId);

/// The conversations that ask for the same, and the agents who could serve them.
#[derive(Clone, Debug, Default)]
struct Line {
    waiting: BTreeSet<Place>,
    free: BTreeSet<(Timestamp, AgentId)>,
}

/// Where an agent is listed.
#[derive(Clone, Debug, Default)]
struct Seat {
    idle_since: Timestamp,
    lines: Vec<LineKey>,
}

/// Every line.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    skills: BTreeMap<QueueId, BTreeSet<SkillId>>,
    lines: BTreeMap<LineKey, Line>,
    seats: BTreeMap<AgentId, Seat>,
    places: BTreeMap<ConversationId, (LineKey, Place)>,
    /// Lines in which someone free might take something that waits.
    fresh: BTreeSet<LineKey>,
}

impl Lines {
    pub(super) fn set_queue(&mut self, queue: &Queue) {
        self.skills.insert(queue.id, queue.skills.clone());
    }

    /// Lists an agent where they are free, and looks whether something waits for them.
    pub(super) fn set_agent(&mut self, agent: &Agent, free: impl Fn(Channel) -> bool) {
        self.remove_agent(agent.id);
        if !agent.enabled || !agent.presence.available() {
            return;
        }
        let mut seat = Seat { idle_since: agent.idle_since, lines: Vec::new() };
        for channel in agent.capacity.keys().copied().filter(|channel| free(*channel)) {
            for queue in &agent.queues {
                let able = self.skills.get(queue).is_some_and(|asked| asked.is_subset(&agent.skills));
                if able {
                    let key = (*queue, channel);
                    self.lines.entry(key).or_default().free.insert((agent.idle_since, agent.id));
                    self.fresh.insert(key);
                    seat.lines.push(key);
                }
            }
        }
        if !seat.lines.is_empty() {
            self.seats.insert(agent.id, seat);
        }
    }

    fn remove_agent(&mut self, agent: AgentId) {
        let Some(seat) = self.seats.remove(&agent) else { return };
        for key in seat.lines {
            if let Some(line) = self.lines.get_mut(&key) {
                line.free.remove(&(seat.idle_since, agent));
            }
        }
    }

    /// Puts a conversation in line if it waits and is not offered to anyone, and takes it out otherwise.
    pub(super) fn set_conversation(&mut self, conversation: &Conversation) {
        self.remove_conversation(conversation.id);
        let Some(waiting) = conversation.waiting().filter(|waiting| waiting.offer.is_none()) else { return };
        let key = (waiting.queue, conversation.channel);
        let place = (Reverse(conversation.priority), conversation.enqueued_at, conversation.id);
        self.lines.entry(key).or_default().waiting.insert(place);
        self.places.insert(conversation.id, (key, place));
        self.fresh.insert(key);
    }

    pub(super) fn remove_conversation(&mut self, conversation: ConversationId) {
        if let Some((key, place)) = self.places.remove(&conversation)
            && let Some(line) = self.lines.get_mut(&key)
        {
            line.waiting.remove(&place);
        }
    }

    pub(super) fn look_again_at(&mut self, conversation: ConversationId) {
        if let Some((key, _)) = self.places.get(&conversation) {
            self.fresh.insert(*key);
        }
    }

    /// Returns the next match: the first place, over all lines that may have changed, that someone free can serve.
    pub(super) fn plan(
        &mut self,
        conversations: &BTreeMap<ConversationId, Conversation>,
        now: Timestamp,
    ) -> Option<Match> {
        let mut first: Option<(Place, Match)> = None;
        let mut settled = Vec::new();
        for key in &self.fresh {
            match self.first_of(*key, conversations, now) {
                Some(found) if first.is_none_or(|(place, _)| found.0 < place) => first = Some(found),
                Some(_) => {}
                None => settled.push(*key),
            }
        }
        settled.iter().for_each(|key| {
            self.fresh.remove(key);
        });
        first.map(|(_, found)| found)
    }

    fn first_of(
        &self,
        key: LineKey,
        conversations: &BTreeMap<ConversationId, Conversation>,
        now: Timestamp,
    ) -> Option<(Place, Match)> {
        let line = self.lines.get(&key).filter(|line| !line.free.is_empty())?;
        line.waiting.iter().find_map(|place| {
            let agent = self.agent_for(key, conversations.get(&place.2)?, now)?;
            Some((*place, Match { conversation: place.2, queue: key.0, agent }))
        })
    }

    /// Returns who should be offered a conversation of this line: the one idle longest of those who did not pass it;
    /// where all did, the one whose rest ended first.
    fn agent_for(&self, key: LineKey, conversation: &Conversation, now: Timestamp) -> Option<AgentId> {
        let free = &self.lines.get(&key)?.free;
        let passed = &conversation.waiting()?.passed;
        if let Some((_, agent)) = free.iter().find(|(_, agent)| !passed.contains_key(agent)) {
            return Some(*agent);
        }
        let rested = passed.iter().filter(|(agent, passed_at)| {
            passed_at.plus(OFFER_REST) <= now
                && self.seats.get(agent).is_some_and(|seat| free.contains(&(seat.idle_since, **agent)))
        });
        rested.min_by_key(|(agent, passed_at)| (**passed_at, **agent)).map(|(agent, _)| *agent)
    }
}
