//! A workflow tried out: which steps a conversation would take now, whom each would ask, and what can never happen.
//!
//! The rules are those by which a conversation is led, so that the trial and the decision cannot differ.

use baton_shared::workflow::Step;
use baton_shared::*;

use super::lacks::{Lack, asked_in, lacks};
use super::transfers::room;
use super::workflows::{Judgement, Seeker, Skipped, first_step, planned, skipped};
use crate::routing::RoutingState;

/// What would become of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It would begin at once.
    Begins,
    /// It may follow later.
    Later,
    /// It would be passed over as it begins.
    Skipped(Skipped),
    /// Its expression passes over it.
    ByExpression,
    /// The one person whom it asks is not known.
    NobodyKnown,
}

/// Why someone would not be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// The step asks someone else alone.
    AsksAnother,
    /// They take no conversations of this channel.
    OtherChannel,
    /// They do not belong to the queue.
    NoMember,
    /// They lack skills, or do not have them at the level that is asked for.
    Lacks(Vec<Lack>),
    /// They have the conversation.
    HasIt,
    /// They are not free.
    NotFree(Refusal),
}

/// A step, tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepTrial {
    /// The queue that would own the conversation.
    pub queue: QueueId,
    /// What would become of it.
    pub fate: Fate,
    /// Everyone who may sign in, and why they would not be asked.
    pub people: Vec<(AgentId, Option<WhyNot>)>,
}

/// Tries out the steps that a conversation would take.
pub fn steps(
    state: &RoutingState,
    workflow: &Workflow,
    judged: &Judgement,
    seeker: &Seeker,
) -> Vec<StepTrial> {
    let filter = judged.filter.and_then(|filter| workflow.filters.get(usize::from(filter)));
    let plan = planned(workflow, judged, seeker);
    let first = first_step(state, &plan, 0, seeker).map(|place| plan[place].number);
    let trial = |(number, step): (u16, &Step)| {
        let taken = plan.iter().find(|taken| taken.number == number);
        let fate = match taken {
            None if judged.skips.contains(&(number - 1)) => Fate::ByExpression,
            None => Fate::NobodyKnown,
            Some(taken) => match skipped(state, taken, seeker) {
                Some(why) => Fate::Skipped(why),
                None if first == Some(number) => Fate::Begins,
                None => Fate::Later,
            },
        };
        let named = taken.and_then(|taken| taken.agent);
        let enabled = state.agents.values().filter(|agent| agent.enabled);
        let people = enabled.map(|agent| (agent.id, why_not(state, step, named, seeker, agent)));
        StepTrial { queue: step.queue, fate, people: people.collect() }
    };
    (1..).zip(filter.unwrap_or(&workflow.default)).map(trial).collect()
}

fn why_not(
    state: &RoutingState,
    step: &Step,
    named: Option<AgentId>,
    seeker: &Seeker,
    agent: &Agent,
) -> Option<WhyNot> {
    if named.is_some_and(|named| named != agent.id) {
        return Some(WhyNot::AsksAnother);
    }
    if !agent.capacity.contains_key(&seeker.channel) {
        return Some(WhyNot::OtherChannel);
    }
    if !agent.queues.contains(&step.queue) {
        return Some(WhyNot::NoMember);
    }
    let beyond = step.skills.iter().map(|asked| (asked.skill, asked.level));
    let lacks = lacks(&agent.skills, asked_in(state, step.queue, 0).chain(beyond));
    if !lacks.is_empty() {
        return Some(WhyNot::Lacks(lacks));
    }
    if seeker.excluded.contains(&agent.id) {
        return Some(WhyNot::HasIt);
    }
    room(state, agent, seeker.channel, state.work_in(step.queue)).err().map(WhyNot::NotFree)
}

/// A place in a workflow that nobody could ever serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unserved {
    /// A step, from 0, of a filter, from 0, or of the default.
    Step(Option<usize>, usize),
    /// The fallback queue.
    Fallback,
}

/// Returns the places that nobody could ever serve, whatever the conversation: not even when a step and its
/// queue ask for as little as they ever do.
pub fn unserved(state: &RoutingState, workflow: &Workflow, channel: Channel) -> Vec<Unserved> {
    let serves = |queue: QueueId, skills: &Skills| {
        let able = |agent| state.serves_with(agent, Pool::Queue(queue), skills, u8::MAX, channel);
        state.agents.values().any(able)
    };
    let kept = |step: &Step| {
        let kept = step.skills.iter();
        kept.filter_map(|asked| Some((asked.skill, asked.in_the_end(step.timeout_secs)?))).collect()
    };
    let filters = workflow.filters.iter().enumerate().map(|(place, steps)| (Some(place), steps));
    let steps = filters.chain([(None, &workflow.default)]).flat_map(|(filter, steps)| {
        steps.iter().enumerate().map(move |(place, step)| (Unserved::Step(filter, place), step))
    });
    let found = steps.filter(|(_, step)| !serves(step.queue, &kept(step))).map(|(place, _)| place);
    let fallback = (!serves(workflow.fallback, &Skills::new())).then_some(Unserved::Fallback);
    found.chain(fallback).collect()
}
