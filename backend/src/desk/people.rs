//! Presence, people, queues, skills.

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::command::{Actor, NAME_CHARS_MAX};
use baton_shared::queue::{Overflow, Priority};
use baton_shared::segment::OwnerCause;
use baton_shared::*;

use super::policies::who;
use super::supervision::supervisor;
use super::{
    Answer, Circumstances, Decided, checked_text, invites, offers, overflow, person, returning, returns,
    transfers,
};
use crate::content::Content;
use crate::hours;
use crate::routing::{RoutingState, Subject};

/// A person to add.
pub(super) struct NewPerson {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) password_hash: String,
    pub(super) role: Role,
    pub(super) capacity: BTreeMap<Channel, u32>,
    pub(super) interruptible: BTreeMap<Channel, u32>,
}

/// What a person is to be.
pub(super) struct Settings {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) enabled: bool,
    pub(super) capacity: BTreeMap<Channel, u32>,
    pub(super) interruptible: BTreeMap<Channel, u32>,
}

fn known(state: &RoutingState, agent: AgentId) -> Result<&Agent, Refusal> {
    state.agents.get(&agent).ok_or(Refusal::NotFound { what: "person" })
}

pub(super) fn set_status(
    with: &mut Circumstances<'_>,
    actor: Actor,
    status: Status,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let events = has_status(with, agent, status)?;
    Ok(Decided::done(events))
}

/// Gives someone a status, with what follows from it; nothing follows where they have it already.
fn has_status(with: &mut Circumstances<'_>, agent: AgentId, status: Status) -> Result<Vec<Event>, Refusal> {
    if known(with.state, agent)?.presence.status == status {
        return Ok(Vec::new());
    }
    let mut events = vec![Event::StatusChanged { agent, status }];
    if !status.takes_work() {
        events.extend(offers::withdraw(with, agent));
    }
    Ok(events)
}

/// Returns the event that says who directs someone of their teams, or refuses whoever may not; the server itself may.
fn directed(state: &RoutingState, actor: Actor, agent: AgentId) -> Result<Option<Event>, Refusal> {
    let directed = known(state, agent)?;
    if actor == Actor::System {
        return Ok(None);
    }
    let by = supervisor(state, actor)?;
    if !state.scope(by).has_person(agent) {
        return Err(Refusal::OutsideTeams);
    }
    if state.agents.get(&by).is_none_or(|by| by.role < directed.role) {
        return Err(Refusal::RoleTooLow { needed: directed.role });
    }
    Ok(Some(Event::PersonDirected { agent, by }))
}

/// Puts who directed it before what changed; where nothing changed, nothing happened.
fn by_direction(directed: Option<Event>, changed: Vec<Event>) -> Decided {
    let directed = directed.filter(|_| !changed.is_empty());
    Decided::done(directed.into_iter().chain(changed).collect())
}

pub(super) fn set_status_of(
    with: &mut Circumstances<'_>,
    actor: Actor,
    agent: AgentId,
    status: Status,
) -> Result<Decided, Refusal> {
    let directed = directed(with.state, actor, agent)?;
    let changed = has_status(with, agent, status)?;
    Ok(by_direction(directed, changed))
}

/// Ends someone's lease; that their sessions end is for whoever keeps those.
pub(super) fn sign_out(
    with: &mut Circumstances<'_>,
    actor: Actor,
    agent: AgentId,
) -> Result<Decided, Refusal> {
    let mut events: Vec<Event> = directed(with.state, actor, agent)?.into_iter().collect();
    events.extend(end_lease(with, agent)?.events);
    Ok(Decided::done(events))
}

pub(super) fn begin_lease(with: &Circumstances<'_>, agent: AgentId) -> Result<Decided, Refusal> {
    let known = known(with.state, agent)?;
    if known.presence.reachable || !known.enabled {
        return Ok(Decided::done(Vec::new()));
    }
    Ok(Decided::done(vec![Event::AgentReached { agent }]))
}

pub(super) fn end_lease(with: &mut Circumstances<'_>, agent: AgentId) -> Result<Decided, Refusal> {
    if !known(with.state, agent)?.presence.reachable {
        return Ok(Decided::done(Vec::new()));
    }
    let mut events = vec![Event::AgentLost { agent }];
    events.extend(offers::withdraw(with, agent));
    events.extend(transfers::end_consults(with.state, agent));
    events.extend(invites::end_participations(with.state, agent));
    Ok(Decided::done(events))
}

pub(super) fn add(with: &mut Circumstances<'_>, new: NewPerson) -> Result<Decided, Refusal> {
    let name = checked_text("name", &new.name, NAME_CHARS_MAX)?;
    let email = checked_text("address", &new.email, NAME_CHARS_MAX)?;
    let valid = email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if !valid || email.contains(char::is_whitespace) {
        return Err(Refusal::EmailInvalid);
    }
    let agent = with.ids.agent();
    let credentials = Some((email, new.password_hash));
    Ok(Decided {
        events: vec![Event::PersonAdded {
            agent,
            role: new.role,
            capacity: new.capacity,
            interruptible: new.interruptible,
        }],
        content: vec![Content::Profile { agent, name, credentials }],
        ..Decided::new(Answer::Added { id: agent.to_string() })
    })
}

pub(super) fn change(
    with: &mut Circumstances<'_>,
    agent: AgentId,
    settings: Settings,
) -> Result<Decided, Refusal> {
    let name = checked_text("name", &settings.name, NAME_CHARS_MAX)?;
    let changed = known(with.state, agent)?;
    let administers = |agent: &Agent| agent.enabled && agent.role == Role::Administrator;
    let stays = settings.enabled && settings.role == Role::Administrator;
    let others = with.state.agents.values().filter(|other| other.id != agent && administers(other));
    if administers(changed) && !stays && others.count() == 0 {
        return Err(Refusal::LastAdministrator);
    }
    let Settings { role, enabled, capacity, interruptible, .. } = settings;
    let mut events = vec![Event::PersonChanged { agent, role, enabled, capacity, interruptible }];
    if !enabled {
        let state = with.state;
        events.extend(offers::withdraw(with, agent));
        events.extend(transfers::end_consults(state, agent));
        events.extend(invites::end_participations(state, agent));
        for conversation in state.owned_by(agent) {
            let (offers_end, transfer_end) = (OfferEnd::Cancelled, TransferEnd::Cancelled);
            events.extend(returns::end_all(state, conversation, offers_end, transfer_end));
            match invites::heir(state, conversation).filter(|(_, heir)| *heir != agent) {
                Some((invite, heir)) => {
                    events.extend(invites::leave_to(with, conversation, agent, invite, heir));
                }
                None => events.push(returns::to_its_queue(with, conversation, agent, OwnerCause::Released)),
            }
        }
        for transfer in state.transfers.values() {
            events.extend(returns::give_up(with, transfer, agent));
        }
        let unfiled = |segment: &Segment| {
            segment.owner == Owner::Agent(agent) && matches!(segment.state, SegmentState::WrapUp { .. })
        };
        events.extend(state.wrap_ups.matching(unfiled).into_iter().map(|segment| Event::WrapUpEnded {
            segment: segment.id,
            conversation: segment.conversation,
            agent,
            disposition: None,
        }));
        if changed.presence.reachable {
            events.push(Event::AgentLost { agent });
        }
    }
    let content = vec![Content::Profile { agent, name, credentials: None }];
    Ok(Decided { events, content, ..Decided::new(Answer::Done) })
}

pub(super) fn add_skill(with: &mut Circumstances<'_>, name: String) -> Result<Decided, Refusal> {
    let name = checked_text("name", &name, NAME_CHARS_MAX)?;
    let skill = with.ids.skill();
    Ok(Decided {
        events: vec![Event::SkillAdded { skill }],
        content: vec![Content::SkillName(skill, name)],
        ..Decided::new(Answer::Added { id: skill.to_string() })
    })
}

pub(super) fn check_skills(
    state: &RoutingState,
    skills: impl IntoIterator<Item = SkillId>,
) -> Result<(), Refusal> {
    let known = skills.into_iter().all(|skill| state.skills.contains(&skill));
    if known { Ok(()) } else { Err(Refusal::NotFound { what: "skill" }) }
}

pub(super) fn grant_skill(
    with: &mut Circumstances<'_>,
    actor: Actor,
    agent: AgentId,
    skill: SkillId,
    level: Level,
) -> Result<Decided, Refusal> {
    let directed = directed(with.state, actor, agent)?;
    check_skills(with.state, [skill])?;
    if known(with.state, agent)?.skills.level(skill) == Some(level) {
        return Ok(Decided::done(Vec::new()));
    }
    let mut events = vec![Event::SkillGranted { agent, skill, level }];
    events.extend(withdraw_unmet(with, agent, skill, Some(level)));
    Ok(by_direction(directed, events))
}

pub(super) fn revoke_skill(
    with: &mut Circumstances<'_>,
    actor: Actor,
    agent: AgentId,
    skill: SkillId,
) -> Result<Decided, Refusal> {
    let directed = directed(with.state, actor, agent)?;
    if !known(with.state, agent)?.skills.contains(&skill) {
        return Ok(Decided::done(Vec::new()));
    }
    let mut events = vec![Event::SkillRevoked { agent, skill }];
    events.extend(withdraw_unmet(with, agent, skill, None));
    Ok(by_direction(directed, events))
}

/// Ends the offers to an agent that ask for more of a skill than they have from now on.
fn withdraw_unmet(
    with: &mut Circumstances<'_>,
    agent: AgentId,
    skill: SkillId,
    has: Option<Level>,
) -> Vec<Event> {
    let state = with.state;
    let too_much = |(asked, level): (SkillId, Level)| asked == skill && has.is_none_or(|has| has < level);
    withdraw_queue_offers(with, agent, |queue, search| {
        let queue = state.queues.get(queue).into_iter();
        search.skills.iter().chain(queue.flat_map(|queue| queue.asks(search.relaxed))).any(too_much)
    })
}

/// Ends the offers to an agent from queues that they serve no more, and asks everyone for what waits for them alone there.
fn withdraw_queue_offers(
    with: &mut Circumstances<'_>,
    agent: AgentId,
    served_no_more: impl Fn(&QueueId, &Search) -> bool,
) -> Vec<Event> {
    let state = with.state;
    let lost_alone = |conversation: &Conversation| {
        let alone = conversation.waiting().and_then(Waiting::alone_until).is_some();
        alone && state.search(conversation).is_some_and(|search| served_no_more(&conversation.queue, search))
    };
    let from_queue = |offer: &&Offer| {
        let subject = match offer.cause {
            OfferCause::Queue(_) | OfferCause::Transfer(_) => Subject::Conversation(offer.conversation),
            OfferCause::Invite(invite) => Subject::Invite(invite),
        };
        state.search_of(subject).is_some_and(|search| match search.pool {
            Pool::Queue(queue) => served_no_more(&queue, search),
            Pool::Agent(_) => state.conversations.get(&offer.conversation).is_some_and(lost_alone),
            Pool::Group(_) => false,
        })
    };
    let offers = state.offers_to(agent).filter(from_queue);
    let ended = offers.flat_map(|offer| offers::end_offer(with, offer, OfferEnd::TargetGone));
    let mut events: Vec<Event> = ended.collect();
    events.extend(returning::gone(state, agent, lost_alone));
    events
}

pub(super) fn add_queue(
    with: &mut Circumstances<'_>,
    name: String,
    skills: Skills,
    priority: Priority,
) -> Result<Decided, Refusal> {
    let name = checked_text("name", &name, NAME_CHARS_MAX)?;
    check_skills(with.state, skills.ids())?;
    let queue = with.ids.queue();
    Ok(Decided {
        events: vec![Event::QueueAdded { queue, skills, priority }],
        content: vec![Content::QueueName(queue, name)],
        ..Decided::new(Answer::Added { id: queue.to_string() })
    })
}

/// What a queue is to be; without rules those that hold stay.
pub(super) struct QueueChange {
    pub(super) queue: QueueId,
    pub(super) name: String,
    pub(super) skills: Skills,
    pub(super) priority: Priority,
    pub(super) rules: Option<Box<QueueRules>>,
}

const fn closes(event: &Event) -> Option<ConversationId> {
    if let Event::ConversationClosed { conversation, .. } = event { Some(*conversation) } else { None }
}

/// Sets a queue's rules if they are others than those that hold, and opens or closes it by them.
fn set_rules(
    with: &mut Circumstances<'_>,
    actor: Actor,
    queue: QueueId,
    rules: Box<QueueRules>,
) -> Result<Vec<Event>, Refusal> {
    let state = with.state;
    if let Some(fault) = rules.fault(queue).or_else(|| hours::fault(rules.hours.as_ref()?)) {
        return Err(Refusal::QueueUnusable { fault });
    }
    check_skills(state, rules.relax.iter().map(|relaxation| relaxation.skill))?;
    if let Overflow::Queue(next) = rules.overflow
        && !state.queues.contains_key(&next)
    {
        return Err(Refusal::QueueUnusable {
            fault: "The queue that takes what is too much is not there. Choose another.",
        });
    }
    let before = state.queues.get(&queue);
    if before.is_some_and(|queue| queue.rules == *rules) {
        return Ok(Vec::new());
    }
    // What waits in a queue that is closed already waits there on purpose, unless just these rules change.
    let closes = before.is_some_and(|queue| {
        let Queue { rules: old, .. } = queue;
        queue.is_open() || old.hours != rules.hours || old.at_closing != rules.at_closing
    });
    let judged = overflow::judge_hours(with, queue, &rules, closes);
    let mut events = vec![Event::QueueRulesSet { queue, rules, by: who(actor) }];
    events.extend(judged);
    Ok(events)
}

pub(super) fn change_queue(
    with: &mut Circumstances<'_>,
    actor: Actor,
    change: QueueChange,
) -> Result<Decided, Refusal> {
    let QueueChange { queue, name, skills, priority, rules } = change;
    let name = checked_text("name", &name, NAME_CHARS_MAX)?;
    check_skills(with.state, skills.ids())?;
    let (state, now) = (with.state, with.now);
    let mut changed = state.queues.get(&queue).cloned().ok_or(Refusal::NotFound { what: "queue" })?;
    changed.skills = skills.clone();
    if let Some(rules) = &rules {
        changed.rules.clone_from(rules);
    }
    let lacks = |agent: &Agent, search: &Search| {
        !changed.is_met_by(&agent.skills, changed.rules.relaxed_after(now.since(search.since)))
    };
    let mut withdrawn = Vec::new();
    for agent in state.agents.values() {
        let served_no_more = |served: &QueueId, search: &Search| *served == queue && lacks(agent, search);
        withdrawn.extend(withdraw_queue_offers(with, agent.id, served_no_more));
    }
    let ruled = match rules {
        Some(rules) => set_rules(with, actor, queue, rules)?,
        None => Vec::new(),
    };
    // What ends because the queue closes ends with its offers.
    let closed: BTreeSet<ConversationId> = ruled.iter().filter_map(closes).collect();
    let goes_on = |event: &Event| event.conversation().is_none_or(|id| !closed.contains(&id));
    let mut events = vec![Event::QueueChanged { queue, skills, priority }];
    events.extend(withdrawn.into_iter().filter(goes_on));
    events.extend(ruled);
    let content = vec![Content::QueueName(queue, name)];
    Ok(Decided { events, content, ..Decided::new(Answer::Done) })
}

pub(super) fn add_member(
    with: &Circumstances<'_>,
    actor: Actor,
    queue: QueueId,
    agent: AgentId,
) -> Result<Decided, Refusal> {
    let directed = directed(with.state, actor, agent)?;
    if !with.state.queues.contains_key(&queue) {
        return Err(Refusal::NotFound { what: "queue" });
    }
    // Otherwise supervisors could put any queue among what they oversee.
    if let Actor::Person(by) = actor
        && !with.state.scope(by).has_queue(queue)
    {
        return Err(Refusal::OutsideTeams);
    }
    let member = known(with.state, agent)?.queues.contains(&queue);
    let events = if member { Vec::new() } else { vec![Event::MemberAdded { queue, agent }] };
    Ok(by_direction(directed, events))
}

pub(super) fn remove_member(
    with: &mut Circumstances<'_>,
    actor: Actor,
    queue: QueueId,
    agent: AgentId,
) -> Result<Decided, Refusal> {
    let directed = directed(with.state, actor, agent)?;
    if !known(with.state, agent)?.queues.contains(&queue) {
        return Ok(Decided::done(Vec::new()));
    }
    let mut events = vec![Event::MemberRemoved { queue, agent }];
    events.extend(withdraw_queue_offers(with, agent, |served, _| *served == queue));
    Ok(by_direction(directed, events))
}
