//! Why a conversation is where it is: among whom someone is looked for, and what stands in each one's way.

use baton_shared::offer::OFFER_REST;
use baton_shared::*;

use super::lacks::{self, Lack, asked_in, lacks};
use crate::routing::RoutingState;

/// How many people an explanation names at most; those who could take it first.
pub const PEOPLE_NAMED_MAX: usize = 50;

/// What a person is to a search for the next owner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "the fields are named after what they are; the variants say what stands in the way"
)]
pub enum Verdict {
    /// They are asked.
    Asked,
    /// Nothing: they are next, or wait for their turn to be asked.
    Eligible { idle_since: Timestamp },
    /// They passed it, and are asked again if nobody else can be.
    Passed { at: Timestamp, again_from: Timestamp },
    /// They hold as much as they can.
    Full { held: u32, limit: u32 },
    /// They take no new work.
    Unavailable { status: Status },
    /// They cannot be reached.
    NotConnected,
    /// They own it.
    Owner,
    /// They take part in it.
    TakesPart,
    /// They cannot do what is asked, or not well enough.
    Lacks(Vec<Lack>),
    /// They take no conversations of this channel.
    OtherChannel,
    /// They may not sign in.
    Disabled,
}

/// Why a conversation is where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Who owns it.
    pub owner: Owner,
    /// Among whom someone is looked for, if someone is.
    pub pool: Option<Pool>,
    /// How many others of the same pool are asked before it.
    pub ahead: u32,
    /// Everyone who belongs to the pool, and what stands in their way; at most [`PEOPLE_NAMED_MAX`].
    pub people: Vec<(AgentId, Verdict)>,
    /// How many more there are.
    pub more: usize,
}

/// Explains an open conversation; nothing if it is not open.
pub fn why(state: &RoutingState, conversation: ConversationId, now: Timestamp) -> Option<Why> {
    let conversation = state.conversations.get(&conversation)?;
    let owner = conversation.owner()?;
    let Some(search) = state.search(conversation) else {
        return Some(Why { owner, pool: None, ahead: 0, people: Vec::new(), more: 0 });
    };
    let belongs = |agent: &&Agent| match search.pool {
        Pool::Queue(queue) => agent.queues.contains(&queue),
        Pool::Group(_) => state.serves(agent, search.pool, conversation.channel),
        Pool::Agent(named) => agent.id == named,
    };
    let everyone = state.agents.values().filter(belongs);
    let mut people: Vec<(AgentId, Verdict)> =
        everyone.map(|agent| (agent.id, verdict(state, conversation, search, agent, now))).collect();
    people.sort_by(|(one, said), (other, told)| (said, one).cmp(&(told, other)));
    let more = people.len().saturating_sub(PEOPLE_NAMED_MAX);
    people.truncate(PEOPLE_NAMED_MAX);
    let before = |other: &&Conversation| {
        let place = |one: &Conversation| (core::cmp::Reverse(one.priority), one.ranked_at, one.id);
        state.search(other).is_some_and(|other| other.pool == search.pool)
            && place(other) < place(conversation)
    };
    let ahead = u32::try_from(state.conversations.values().filter(before).count()).unwrap_or(u32::MAX);
    Some(Why { owner, pool: Some(search.pool), ahead, people, more })
}

fn verdict(
    state: &RoutingState,
    conversation: &Conversation,
    search: &Search,
    agent: &Agent,
    now: Timestamp,
) -> Verdict {
    let limit = agent.limit(conversation.channel, conversation.work);
    let held = state.taken(agent.id, conversation.channel, conversation.work);
    if search.offers.contains_key(&agent.id) {
        return Verdict::Asked;
    }
    if conversation.owner() == Some(Owner::Agent(agent.id)) {
        return Verdict::Owner;
    }
    if state.participants(conversation).any(|participant| participant == agent.id) {
        return Verdict::TakesPart;
    }
    if !agent.enabled {
        return Verdict::Disabled;
    }
    if !agent.capacity.contains_key(&conversation.channel) {
        return Verdict::OtherChannel;
    }
    let of_queue = match search.pool {
        Pool::Queue(queue) => Some(queue),
        // Whoever belongs to a group can do what it asks, and whoever is asked by name is asked as they are.
        Pool::Group(_) | Pool::Agent(_) => None,
    };
    let of_queue = of_queue.into_iter().flat_map(|queue| asked_in(state, queue, search.relaxed));
    let lacks = lacks(&agent.skills, of_queue.chain(search.skills.iter()));
    if !lacks.is_empty() {
        return Verdict::Lacks(lacks);
    }
    if !agent.presence.reachable {
        return Verdict::NotConnected;
    }
    if !agent.presence.available() {
        return Verdict::Unavailable { status: agent.presence.status };
    }
    if held + conversation.channel.units() > limit {
        return Verdict::Full { held, limit };
    }
    match search.passed.get(&agent.id) {
        Some(at) => Verdict::Passed { at: *at, again_from: at.plus(OFFER_REST).max(now) },
        None => Verdict::Eligible { idle_since: agent.idle_since },
    }
}

impl Verdict {
    /// Returns what stands in the way, in words; `skill` says what one is called.
    pub fn in_words<'a>(&self, skill: impl Fn(SkillId) -> &'a str) -> String {
        match self {
            Self::Asked => "Is asked now".to_owned(),
            Self::Eligible { idle_since } => format!("Could take it; idle since {idle_since}"),
            Self::Passed { at, again_from } => {
                format!("Passed it at {at}; asked again from {again_from} if nobody else can be")
            }
            Self::Full { held, limit } => format!("Holds {held} of {limit} conversations"),
            Self::Unavailable { status } => format!("Is {} and takes no new conversations", status.label()),
            Self::NotConnected => "Is not connected".to_owned(),
            Self::Owner => "Has the conversation".to_owned(),
            Self::TakesPart => "Takes part already".to_owned(),
            Self::Lacks(lacks) => lacks::in_words(lacks, skill),
            Self::OtherChannel => "Takes no conversations of this channel".to_owned(),
            Self::Disabled => "May not sign in".to_owned(),
        }
    }
}
