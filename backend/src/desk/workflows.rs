//! Workflows: which steps a conversation takes, and when the next one begins.
//!
//! Expressions were judged before: what comes here is how they came out, as a [`Judgement`].

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use baton_shared::command::{Actor, NAME_CHARS_MAX};
use baton_shared::policy::Exclude;
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::workflow::{KnownAgent, KnownBy, Lowered, Lowering, SkipIf, Step, StepSkill};
use baton_shared::*;

use super::offers::{listening, owner_changed};
use super::people::check_skills;
use super::policies::who;
use super::transfers::{New, requested, room};
use super::{Answer, Circumstances, Decided, checked_text, offers};
use crate::conditions::Condition;
use crate::content::Content;
use crate::routing::RoutingState;

/// How a workflow's expressions came out for a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The first filter that matched, from 0; nothing for none.
    pub filter: Option<u16>,
    /// The steps of that filter that an expression passes over, from 0.
    pub skips: BTreeSet<u16>,
    /// The people whom the conversation's attributes name, by step.
    pub known: BTreeMap<u16, AgentId>,
}

/// Why a step is passed over as it would begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// The one person it asks does not serve its queue, or has it already.
    KnownAgentCannot,
    /// Nobody whom it asks is free.
    NobodyAvailable,
}

pub(super) fn add(
    with: &mut Circumstances<'_>,
    actor: Actor,
    definition: Box<Definition>,
) -> Result<Decided, Refusal> {
    let definition = checked(with.state, definition)?;
    let id = with.ids.workflow();
    Ok(Decided {
        events: vec![Event::WorkflowAdded { workflow: Box::new(definition.compiled(id)), by: who(actor) }],
        content: vec![Content::Workflow(id, definition)],
        ..Decided::new(Answer::Added { id: id.to_string() })
    })
}

pub(super) fn change(
    with: &Circumstances<'_>,
    actor: Actor,
    id: WorkflowId,
    definition: Box<Definition>,
) -> Result<Decided, Refusal> {
    if !with.state.workflows.contains_key(&id) {
        return Err(Refusal::NotFound { what: "workflow" });
    }
    let definition = checked(with.state, definition)?;
    Ok(Decided {
        events: vec![Event::WorkflowChanged { workflow: Box::new(definition.compiled(id)), by: who(actor) }],
        content: vec![Content::Workflow(id, definition)],
        ..Decided::new(Answer::Done)
    })
}

pub(super) fn remove(
    with: &Circumstances<'_>,
    actor: Actor,
    workflow: WorkflowId,
) -> Result<Decided, Refusal> {
    if !with.state.workflows.contains_key(&workflow) {
        return Err(Refusal::NotFound { what: "workflow" });
    }
    Ok(Decided::done(vec![Event::WorkflowRemoved { workflow, by: who(actor) }]))
}

/// Refuses a definition that cannot be used, and says where and why.
fn checked(state: &RoutingState, mut definition: Box<Definition>) -> Result<Box<Definition>, Refusal> {
    definition.name = checked_text("name", &definition.name, NAME_CHARS_MAX)?;
    for filter in &mut definition.filters {
        filter.name = checked_text("filter's name", &filter.name, NAME_CHARS_MAX)?;
    }
    if let Some(fault) = definition.fault() {
        return Err(Refusal::WorkflowUnusable { fault });
    }
    let unusable =
        |place: String, fault: String| Refusal::WorkflowUnusable { fault: format!("{place}: {fault}") };
    for (number, filter) in definition.filters.iter().enumerate() {
        let compiled = Condition::compile(&filter.when);
        compiled.map_err(|fault| unusable(definition.place(Some(number)), fault))?;
    }
    for (filter, steps) in definition.branches() {
        for (step, number) in steps.iter().zip(1..) {
            let place = || format!("{}, step {number}", definition.place(filter));
            if let Some(SkipIf::When { expression }) = &step.skip_if {
                Condition::compile(expression).map_err(|fault| unusable(place(), fault))?;
            }
            if let Some(KnownAgent::Attribute { name }) = &step.known_agent {
                checked_text("attribute's name", name, NAME_CHARS_MAX)?;
            }
            check_skills(state, step.skills.iter().map(|asked| asked.skill))?;
        }
    }
    let queues = definition.branches().flat_map(|(_, steps)| steps).map(|step| step.queue);
    if queues.chain([definition.fallback]).all(|queue| state.queues.contains_key(&queue)) {
        return Ok(definition);
    }
    Err(Refusal::NotFound { what: "queue" })
}

/// For whom steps are looked for.
#[derive(Clone, Debug)]
pub struct Seeker {
    /// How the customer writes.
    pub channel: Channel,
    /// Who is not asked, because they pass it on or rest.
    pub excluded: BTreeSet<AgentId>,
    /// The agent who had it last.
    pub last_agent: Option<AgentId>,
    /// The queue in which it waits, and how many of its relaxations hold.
    pub relaxed: Option<(QueueId, u8)>,
}

impl Seeker {
    /// Returns how many relaxations of a queue hold as a step in it begins.
    fn relaxed_in(&self, queue: QueueId) -> u8 {
        self.relaxed.filter(|(waits_in, _)| *waits_in == queue).map_or(0, |(_, relaxed)| relaxed)
    }
}

/// Returns the steps of a workflow that a conversation takes along.
pub fn planned(workflow: &Workflow, judged: &Judgement, seeker: &Seeker) -> Vec<PlannedStep> {
    let filter = judged.filter.and_then(|filter| workflow.filters.get(usize::from(filter)));
    let steps = filter.unwrap_or(&workflow.default);
    let plan = |(place, step): (u16, &Step)| {
        let agent = match step.known_agent {
            None => None,
            Some(KnownBy::Last) => Some(seeker.last_agent?),
            Some(KnownBy::Attribute) => Some(*judged.known.get(&place)?),
        };
        (!judged.skips.contains(&place)).then(|| PlannedStep {
            number: place + 1,
            queue: step.queue,
            agent,
            skills: step.skills.clone(),
            priority: step.priority,
            timeout_secs: step.timeout_secs,
            skip_if_nobody: step.skip_if_nobody,
        })
    };
    (0..).zip(steps).filter_map(plan).collect()
}

fn skills_of(skills: &[StepSkill]) -> Skills {
    skills.iter().map(|asked| (asked.skill, asked.level)).collect()
}

/// Says whether an agent is one of those whom a step asks.
pub fn asks(state: &RoutingState, step: &PlannedStep, seeker: &Seeker, agent: &Agent) -> bool {
    let (queue, relaxed) = (Pool::Queue(step.queue), seeker.relaxed_in(step.queue));
    step.agent.is_none_or(|named| named == agent.id)
        && state.serves_with(agent, queue, &skills_of(&step.skills), relaxed, seeker.channel)
}

/// Says why a step would be passed over if it began now; nothing if it would not be.
pub fn skipped(state: &RoutingState, step: &PlannedStep, seeker: &Seeker) -> Option<Skipped> {
    let asked = |agent: &&Agent| asks(state, step, seeker, agent) && !seeker.excluded.contains(&agent.id);
    let mut asked = state.agents.values().filter(asked).peekable();
    if step.agent.is_some() && asked.peek().is_none() {
        return Some(Skipped::KnownAgentCannot);
    }
    let work = state.work_in(step.queue);
    let nobody = step.skip_if_nobody && !asked.any(|agent| room(state, agent, seeker.channel, work).is_ok());
    nobody.then_some(Skipped::NobodyAvailable)
}

/// Returns the first step from a place on that is not passed over.
pub fn first_step(
    state: &RoutingState,
    steps: &[PlannedStep],
    from: usize,
    seeker: &Seeker,
) -> Option<usize> {
    (from..steps.len()).find(|place| skipped(state, &steps[*place], seeker).is_none())
}

/// The beginning of a conversation's way through a workflow.
pub(super) struct Way {
    /// The queue that owns the conversation at first.
    pub(super) queue: QueueId,
    workflow: WorkflowId,
    filter: Option<u16>,
    steps: Vec<PlannedStep>,
    first: Option<usize>,
    fallback: QueueId,
}

/// Finds a conversation's way through a workflow.
pub(super) fn way(with: &Circumstances<'_>, workflow: &Workflow, seeker: &Seeker) -> Way {
    let judged = with.judged.clone().unwrap_or_default();
    let steps = planned(workflow, &judged, seeker);
    let first = first_step(with.state, &steps, 0, seeker);
    let queue = first.map_or(workflow.fallback, |first| steps[first].queue);
    Way { queue, workflow: workflow.id, filter: judged.filter, steps, first, fallback: workflow.fallback }
}

/// Lets a conversation that waits in the way's first queue enter the workflow.
pub(super) fn entered(now: Timestamp, conversation: ConversationId, way: Way) -> Vec<Event> {
    let Way { workflow, filter, steps, first, fallback, .. } = way;
    let begins = match first {
        Some(first) => step_entered(now, conversation, workflow, first, &steps[first]),
        None => Event::StepsEnded { conversation, workflow },
    };
    vec![Event::WorkflowEntered { conversation, workflow, filter, steps, fallback }, begins]
}

fn step_entered(
    now: Timestamp,
    conversation: ConversationId,
    workflow: WorkflowId,
    place: usize,
    step: &PlannedStep,
) -> Event {
    let after = |secs: u32| now.plus(Duration::from_secs(u64::from(secs)));
    // Whoever is asked by name had the skills when they were chosen.
    let asked: &[StepSkill] = if step.agent.is_some() { &[] } else { &step.skills };
    let skills = asked.iter().map(|asked| (asked.skill, asked.drop_after_secs.map(after))).collect();
    let levels = asked.iter().map(|asked| (asked.skill, asked.level)).filter(|(_, level)| !level.is_least());
    let lowered = |skill: SkillId| {
        move |lowering: &Lowering| Lowered { at: after(lowering.after_secs), skill, level: lowering.level }
    };
    let lowering = asked.iter().flat_map(|asked| asked.relax.iter().map(lowered(asked.skill)));
    let mut lowering: Vec<Lowered> = lowering.collect();
    lowering.sort_by_key(|lowered| (lowered.at, lowered.skill));
    Event::StepEntered {
        conversation,
        workflow,
        step: u16::try_from(place).unwrap_or(u16::MAX),
        pool: step.agent.map_or(Pool::Queue(step.queue), Pool::Agent),
        skills,
        levels: levels.collect(),
        lowering,
        priority: step.priority,
        deadline: step.timeout_secs.map(after),
    }
}

/// Passes a conversation on to a workflow.
pub(super) fn transfer(
    with: &mut Circumstances<'_>,
    new: New<'_>,
    workflow: WorkflowId,
) -> Result<Vec<Event>, Refusal> {
    let (state, conversation) = (with.state, new.conversation);
    let seeker = seeker_for(conversation, new.from, &new.policy);
    let judged = with.judged.clone().unwrap_or_default();
    let workflow = check(state, conversation, workflow, &judged, &seeker)?;
    let way = way(with, workflow, &seeker);
    let (from, to) = (Owner::Agent(new.from), Owner::Queue(way.queue));
    let (cause, wrap_up) = (OwnerCause::Transferred(new.transfer), offers::wrap_up_by(&new.policy));
    let segment = with.ids.segment();
    let mut events = vec![
        requested(with, &new, Target::Workflow(workflow.id), Mode::Cold, None, None),
        owner_changed(conversation, from, to, cause, wrap_up, segment),
        Event::TransferEnqueued {
            transfer: new.transfer,
            conversation: conversation.id,
            undo_until: with.now.plus(new.policy.undo_lasts()),
            deadline: None,
        },
    ];
    events.extend(entered(with.now, conversation.id, way));
    events.extend(listening(conversation.id, new.from, &new.policy));
    Ok(events)
}

/// Returns for whom the steps of a workflow are looked for when an agent passes a conversation on.
pub fn seeker_for(conversation: &Conversation, from: AgentId, policy: &TransferPolicy) -> Seeker {
    let last_agent = conversation.last_agent.filter(|last| *last != from);
    let excluded = match policy.exclude {
        Exclude::Nobody => BTreeSet::new(),
        Exclude::Sender => BTreeSet::from([from]),
        Exclude::Participants => conversation.owners.iter().copied().collect(),
    };
    Seeker { channel: conversation.channel, excluded, last_agent, relaxed: None }
}

/// Returns the workflow, or refuses one that is not there, is not allowed, or whose way nobody could ever serve.
pub fn check<'a>(
    state: &'a RoutingState,
    conversation: &Conversation,
    workflow: WorkflowId,
    judged: &Judgement,
    seeker: &Seeker,
) -> Result<&'a Workflow, Refusal> {
    let found = state.workflows.get(&workflow).ok_or(Refusal::NotFound { what: "workflow" })?;
    super::transfers::check_allowed(state, conversation, Target::Workflow(workflow))?;
    let fallback = Pool::Queue(found.fallback);
    let steps = planned(found, judged, seeker);
    let served = state.agents.values().any(|agent| {
        state.serves_in_time(agent, fallback, seeker.channel)
            || steps.iter().any(|step| asks(state, step, seeker, agent))
    });
    if served { Ok(found) } else { Err(Refusal::NobodyServes) }
}

/// Decides what follows when something about a conversation's way through a workflow is due.
pub(super) fn due(with: &mut Circumstances<'_>, conversation: ConversationId) -> Vec<Event> {
    let Some(waiting) = with.state.conversations.get(&conversation) else { return Vec::new() };
    let Some(route) = waiting.waiting().and_then(|waiting| waiting.route.as_deref()) else {
        return Vec::new();
    };
    if route.deadline.is_some_and(|deadline| deadline <= with.now) {
        return next(with, waiting, route, None);
    }
    let dropped = route.dropping.iter().filter(|(_, time)| **time <= with.now);
    let skills: BTreeSet<SkillId> = dropped.map(|(skill, _)| *skill).collect();
    let lowered = route.lowering.iter().filter(|lowered| lowered.at <= with.now);
    // The latest of a skill is the lowest, and stands last.
    let levels = lowered.filter(|lowered| !skills.contains(&lowered.skill));
    let levels: BTreeMap<SkillId, Level> = levels.map(|lowered| (lowered.skill, lowered.level)).collect();
    let dropped = (!skills.is_empty()).then_some(Event::SkillsDropped { conversation, skills });
    let lowered = (!levels.is_empty()).then_some(Event::SkillsLowered { conversation, levels });
    dropped.into_iter().chain(lowered).collect()
}

/// Decides what follows when the one person whom a step asks does not take the conversation.
pub(super) fn refused(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    agent: AgentId,
) -> Vec<Event> {
    let route = conversation.waiting().and_then(|waiting| waiting.route.as_deref());
    let asked_alone = route.and_then(Route::current).is_some_and(|step| step.agent == Some(agent));
    match route {
        Some(route) if asked_alone => next(with, conversation, route, Some(agent)),
        Some(_) | None => Vec::new(),
    }
}

/// Begins the next step that is not passed over, or leaves the conversation to everyone in the fallback queue; `refused`
/// is who does not take it.
fn next(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    route: &Route,
    refused: Option<AgentId>,
) -> Vec<Event> {
    let passed = conversation.waiting().into_iter().flat_map(|waiting| waiting.search.passed.keys().copied());
    let excluded: BTreeSet<AgentId> = passed.chain(refused).collect();
    let waited = conversation.waiting().map(|waiting| with.now.since(waiting.search.since));
    let queue = with.state.queues.get(&conversation.queue).zip(waited);
    let relaxed = queue.map(|(queue, waited)| (queue.id, queue.rules.relaxed_after(waited)));
    let seeker = Seeker { channel: conversation.channel, excluded, last_agent: None, relaxed };
    let next = first_step(with.state, &route.steps, usize::from(route.step) + 1, &seeker);
    let queue = next.map_or(route.fallback, |place| route.steps[place].queue);
    let mut events = Vec::new();
    if queue != conversation.queue {
        let (from, to) = (Owner::Queue(conversation.queue), Owner::Queue(queue));
        let (cause, segment) = (OwnerCause::Routed(route.workflow), with.ids.segment());
        events.push(owner_changed(conversation, from, to, cause, WrapUp::None, segment));
    }
    let (id, workflow) = (conversation.id, route.workflow);
    events.push(match next {
        Some(place) => step_entered(with.now, id, workflow, place, &route.steps[place]),
        None => Event::StepsEnded { conversation: id, workflow },
    });
    events
}
