//! Workflows made at random.

use baton_shared::queue::Priority;
use baton_shared::workflow::{FilterDefinition, KnownAgent, Lowering, SkipIf, StepDefinition, StepSkill};
use baton_shared::*;

use crate::lines::LEVELS;
use crate::random::Random;
use crate::ways::EXPRESSIONS;

/// Returns a workflow over these queues and skills.
pub fn any(random: &mut Random, queues: &[QueueId], skills: &[SkillId]) -> Box<Definition> {
    let filters = (0..random.below(4)).map(|number| FilterDefinition {
        name: format!("filter {number}"),
        when: random.pick(&EXPRESSIONS).0.to_owned(),
        steps: steps(random, queues, skills),
    });
    let filters = filters.collect();
    Box::new(Definition {
        name: "workflow".to_owned(),
        entrance: random.chance(50).then_some(Channel::WebChat),
        filters,
        default: steps(random, queues, skills),
        fallback: random.pick(queues),
    })
}

fn steps(random: &mut Random, queues: &[QueueId], skills: &[SkillId]) -> Vec<StepDefinition> {
    let count = random.below(4);
    (1..=count).map(|number| step(random, queues, skills, number == count)).collect()
}

fn step(random: &mut Random, queues: &[QueueId], skills: &[SkillId], last: bool) -> StepDefinition {
    let asked: Vec<SkillId> = skills.iter().copied().filter(|_| random.chance(25)).collect();
    let asked = asked.into_iter().map(|skill| {
        let level = random.pick(&LEVELS);
        let lower = (1..u8::from(level)).rev().zip([3, 6]);
        let lower =
            lower.filter_map(|(lower, after_secs)| Some(Lowering { after_secs, level: Level::new(lower)? }));
        let relax = if random.chance(50) { lower.collect() } else { Vec::new() };
        StepSkill { skill, level, relax, drop_after_secs: random.pick(&[None, Some(7), Some(20)]) }
    });
    let skills = asked.collect();
    let named = KnownAgent::Attribute { name: "agent".to_owned() };
    let known_agent = random.pick(&[None, None, Some(KnownAgent::Last), Some(named)]);
    let expression = random.pick(&EXPRESSIONS).0.to_owned();
    let limited = known_agent.is_some() || !last || random.chance(60);
    StepDefinition {
        queue: random.pick(queues),
        skills,
        priority: random.pick(&[None, None, Some(Priority::High), Some(Priority::Normal)]),
        timeout_secs: limited.then(|| 5 + random.below(60) as u32),
        skip_if: random.pick(&[None, Some(SkipIf::NobodyAvailable), Some(SkipIf::When { expression })]),
        known_agent,
    }
}
