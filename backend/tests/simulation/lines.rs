//! Rules of queues made at random.

use baton_shared::queue::{
    AskedFirst, AtClosing, Opening, OpeningHours, Overflow, Relaxation, ServiceTarget, Weekday,
};
use baton_shared::*;

use crate::random::Random;

/// The levels at which skills are had and asked for.
pub const LEVELS: [Level; 4] = [Level::LEAST, Level::LEAST, level(3), level(6)];

const fn level(number: u8) -> Level {
    match Level::new(number) {
        Some(level) => level,
        None => Level::MOST,
    }
}

/// Returns rules for one of these queues, which may ask for less of these skills in time.
pub fn any(random: &mut Random, queues: &[QueueId], queue: QueueId, skills: &[SkillId]) -> Box<QueueRules> {
    let other = random.pick(queues);
    let onwards = if other == queue { Overflow::Request } else { Overflow::Queue(other) };
    let target = ServiceTarget { secs: 1 + random.below(600) as u32, percent: 80 };
    Box::new(QueueRules {
        waiting_max: random.pick(&[None, Some(1), Some(1), Some(3)]),
        wait_secs: random.pick(&[None, Some(20), Some(90)]),
        overflow: random.pick(&[onwards, onwards, Overflow::Request, Overflow::Refuse]),
        target: random.chance(50).then_some(target),
        hours: random.chance(30).then(|| hours(random)),
        asked_first: random.pick(&[AskedFirst::LongestIdle, AskedFirst::LeastLoaded]),
        last_agent_secs: random.pick(&[None, Some(10), Some(40)]),
        at_closing: random.pick(&[AtClosing::Keep, AtClosing::Request]),
        interruptible: random.chance(40),
        relax: if random.chance(60) { relax(random, skills) } else { Vec::new() },
        survey: true,
        unattended_form: random.chance(20),
    })
}

/// Returns what is asked for less and less: some skills at a lower level first, some no more at once.
fn relax(random: &mut Random, skills: &[SkillId]) -> Vec<Relaxation> {
    let mut relax = Vec::new();
    let mut after_secs = 0;
    for skill in skills {
        after_secs += 5 + random.below(20) as u32;
        if random.chance(70) {
            relax.push(Relaxation { after_secs, skill: *skill, level: Level::new(2) });
        }
        after_secs += 15 * random.below(2) as u32;
        if random.chance(70) {
            relax.push(Relaxation { after_secs, skill: *skill, level: None });
        }
    }
    relax
}

/// Returns skills to ask for, the first so many of these, each at any level.
pub fn asked(random: &mut Random, skills: &[SkillId], count: usize) -> Skills {
    let some = skills.iter().take(count);
    some.map(|skill| (*skill, random.pick(&LEVELS))).collect()
}

/// Returns hours of which some begin and end in every half hour of the Saturday that the simulation plays.
fn hours(random: &mut Random) -> OpeningHours {
    let end = 2 + random.below(28) as u16;
    let half =
        |number: u16| Opening { day: Weekday::Saturday, from: number * 30 + end / 2, to: number * 30 + end };
    let others = Weekday::ALL.into_iter().filter(|day| *day != Weekday::Saturday);
    let others = others.map(|day| Opening { day, from: 0, to: 1_440 });
    let weekly = (0..48).map(half).chain(others).collect();
    OpeningHours { zone: "UTC".to_owned(), weekly, closed_on: Default::default() }
}
