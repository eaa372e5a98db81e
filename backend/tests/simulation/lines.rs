//! Rules of queues made at random.

use baton_shared::queue::{AskedFirst, AtClosing, Opening, OpeningHours, Overflow, ServiceTarget, Weekday};
use baton_shared::*;

use crate::random::Random;

/// Returns rules for one of these queues.
pub fn any(random: &mut Random, queues: &[QueueId], queue: QueueId) -> Box<QueueRules> {
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
    })
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
