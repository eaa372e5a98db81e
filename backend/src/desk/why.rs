//! Why a conversation is where it is: among whom someone is looked for, and what stands in each one's way.

use core::cmp::Reverse;

use baton_shared::offer::OFFER_REST;
use baton_shared::queue::{AskedFirst, Membership};
use baton_shared::*;

use super::lacks::{self, Lack, asked_in, lacks};
use super::targets::{passed_on_by, turn_in};
use crate::routing::{RoutingState, Subject};

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

/// The step of a workflow in which someone is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepNow {
    /// Of which workflow.
    pub workflow: WorkflowId,
    /// Which of its filters matched, from 0; nothing for none.
    pub filter: Option<u16>,
    /// Which step, from 1.
    pub number: u16,
    /// When the next one begins.
    pub until: Option<Timestamp>,
}

/// What brought a conversation to where someone is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// Its customer, or a limit of its queue: it waits for whoever serves the queue.
    Waits,
    /// Whoever served its customer last is asked alone for a while.
    Alone {
        /// Until when.
        until: Timestamp,
    },
    /// A workflow.
    Step(StepNow),
    /// Someone passes it on.
    PassedOn {
        /// By whom.
        by: Sender,
        /// To whom.
        to: Target,
    },
    /// Someone invites another to join it.
    Invited {
        /// By whom.
        by: AgentId,
    },
}

/// The rule by which someone is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Among whom.
    pub pool: Pool,
    /// What for.
    pub sought: Sought,
    /// Which of a group's skills its members have, where it is one.
    pub membership: Membership,
    /// Which of those who are free is asked first.
    pub asked_first: AskedFirst,
    /// Within how many seconds the queue wants it accepted, if it says so.
    pub target_secs: Option<u32>,
    /// To how many people at once it may be offered.
    pub at_once: u8,
    /// How many of the queue's relaxations hold.
    pub relaxed: u8,
}

/// Why a conversation is where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Who owns it.
    pub owner: Owner,
    /// By which rule someone is looked for, if someone is.
    pub rule: Option<Rule>,
    /// How many others of the same pool are asked before it.
    pub ahead: u32,
    /// Everyone who belongs to the pool, and what stands in their way; at most [`PEOPLE_NAMED_MAX`].
    pub people: Vec<(AgentId, Verdict)>,
    /// How many more there are.
    pub more: usize,
}

/// Explains an open conversation to someone; nothing if it is not open.
///
/// Whoever is asked to join it is told how they came to be asked. Otherwise the search for its next owner goes before one
/// for someone to join.
pub fn why(
    state: &RoutingState,
    conversation: ConversationId,
    viewer: AgentId,
    now: Timestamp,
) -> Option<Why> {
    let conversation = state.conversations.get(&conversation)?;
    let owner = conversation.owner()?;
    let own = Subject::Conversation(conversation.id);
    let invites = || conversation.invites.iter().map(|invite| Subject::Invite(*invite));
    let search_of = |subject: Subject| state.search_of(subject).map(|search| (subject, search));
    let asked =
        |subject: Subject| search_of(subject).filter(|(_, search)| search.offers.contains_key(&viewer));
    let found = invites().find_map(asked).or_else(|| search_of(own));
    let Some((subject, search)) = found.or_else(|| invites().find_map(search_of)) else {
        return Some(Why { owner, rule: None, ahead: 0, people: Vec::new(), more: 0 });
    };
    let work = match subject {
        Subject::Conversation(_) => conversation.work,
        Subject::Invite(invite) => state.invites.get(&invite).map_or(conversation.work, |invite| invite.work),
    };
    let (people, more) = people(state, conversation, search, work, now);
    let rule = rule(state, search, sought(state, conversation, subject));
    Some(Why { owner, rule: Some(rule), ahead: ahead(state, conversation, subject, search), people, more })
}

/// Explains who would be asked if the owner of a conversation passed it on to a person, a group or a queue now; nothing if
/// there is no such target, or it is no owner who asks.
pub fn why_target(
    state: &RoutingState,
    conversation: ConversationId,
    viewer: AgentId,
    to: Target,
    now: Timestamp,
) -> Option<Why> {
    let (conversation, owner) = passed_on_by(state, conversation, viewer)?;
    let (there, work) = match to {
        Target::Agent(agent) => (state.agents.contains_key(&agent), conversation.work),
        Target::Group(group) => (state.groups.contains_key(&group), conversation.work),
        Target::Queue(queue) => (state.queues.contains_key(&queue), state.work_in(queue)),
        Target::Workflow(_) | Target::Flow(_) | Target::External(_) => return None,
    };
    let pool = to.pool().filter(|_| there)?;
    let search = Search::begin(pool, now, state.policy(conversation).offers_at_once);
    let (people, more) = people(state, conversation, &search, work, now);
    let rule = rule(state, &search, Sought::PassedOn { by: Sender::Agent(owner), to });
    let turn = turn_in(state, conversation, pool, now);
    let before = |other: &&Conversation| {
        let asked = other.waiting().is_some_and(|waiting| waiting.search.pool == pool);
        asked && (Reverse(other.priority), other.ranked_at) <= turn
    };
    let ahead = u32::try_from(state.conversations.values().filter(before).count()).unwrap_or(u32::MAX);
    Some(Why { owner: Owner::Agent(owner), rule: Some(rule), ahead, people, more })
}

/// Returns what someone is looked for.
fn sought(state: &RoutingState, conversation: &Conversation, subject: Subject) -> Sought {
    if let Subject::Invite(invite) = subject
        && let Some(invite) = state.invites.get(&invite)
    {
        return Sought::Invited { by: invite.from };
    }
    let waiting = conversation.waiting();
    if let Some(until) = waiting.and_then(Waiting::alone_until) {
        return Sought::Alone { until };
    }
    if let Some(route) = waiting.and_then(|waiting| waiting.route.as_deref())
        && let Some(step) = route.current()
    {
        let Route { workflow, filter, deadline, .. } = *route;
        return Sought::Step(StepNow { workflow, filter, number: step.number, until: deadline });
    }
    let transfer = conversation.transfer().and_then(|transfer| state.transfers.get(&transfer));
    transfer.map_or(Sought::Waits, |transfer| Sought::PassedOn { by: transfer.from, to: transfer.target })
}

fn rule(state: &RoutingState, search: &Search, sought: Sought) -> Rule {
    let rules = match search.pool {
        Pool::Queue(queue) => state.queues.get(&queue).map(|queue| &queue.rules),
        Pool::Group(_) | Pool::Agent(_) => None,
    };
    let group = match search.pool {
        Pool::Group(group) => state.groups.get(&group),
        Pool::Queue(_) | Pool::Agent(_) => None,
    };
    Rule {
        pool: search.pool,
        sought,
        membership: group.map(|group| group.membership).unwrap_or_default(),
        asked_first: rules.map(|rules| rules.asked_first).unwrap_or_default(),
        target_secs: rules.and_then(|rules| rules.target).map(|target| target.secs),
        at_once: search.at_once,
        relaxed: search.relaxed,
    }
}

/// Returns how many others are asked before a subject: conversations by their age, invitations by theirs.
fn ahead(state: &RoutingState, conversation: &Conversation, subject: Subject, search: &Search) -> u32 {
    let place = |conversation: &Conversation, subject: Subject, search: &Search| {
        let counts_from = match subject {
            Subject::Conversation(_) => conversation.ranked_at,
            Subject::Invite(_) => search.since,
        };
        (Reverse(conversation.priority), counts_from, subject)
    };
    let own = place(conversation, subject, search);
    let others = state.conversations.values().map(|other| Subject::Conversation(other.id));
    let others = others.chain(state.invites.keys().copied().map(Subject::Invite));
    let before = |other: &Subject| {
        let found = state.conversation_of(*other).zip(state.search_of(*other));
        found.is_some_and(|(of, asked)| asked.pool == search.pool && place(of, *other, asked) < own)
    };
    u32::try_from(others.filter(before).count()).unwrap_or(u32::MAX)
}

/// Returns everyone who belongs to the pool of a search, whoever could take it first, and how many more there are.
fn people(
    state: &RoutingState,
    conversation: &Conversation,
    search: &Search,
    work: Work,
    now: Timestamp,
) -> (Vec<(AgentId, Verdict)>, usize) {
    let belongs = |agent: &&Agent| match search.pool {
        Pool::Queue(queue) => agent.queues.contains(&queue),
        Pool::Group(_) => state.serves(agent, search.pool, conversation.channel),
        Pool::Agent(named) => agent.id == named,
    };
    let everyone = state.agents.values().filter(belongs);
    let mut people: Vec<(AgentId, Verdict)> =
        everyone.map(|agent| (agent.id, verdict(state, conversation, search, agent, (work, now)))).collect();
    people.sort_by(|(one, said), (other, told)| (said, one).cmp(&(told, other)));
    let more = people.len().saturating_sub(PEOPLE_NAMED_MAX);
    people.truncate(PEOPLE_NAMED_MAX);
    (people, more)
}

fn verdict(
    state: &RoutingState,
    conversation: &Conversation,
    search: &Search,
    agent: &Agent,
    (work, now): (Work, Timestamp),
) -> Verdict {
    let limit = agent.limit(conversation.channel, work);
    let held = state.taken(agent.id, conversation.channel, work);
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
