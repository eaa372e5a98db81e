//! Rules of queues made at random.

use baton_shared::queue::{Overflow, ServiceTarget};
use baton_shared::*;

use crate::random::Random;

/// Returns rules for one of these queues.
pub fn any(random: &mut Random, queues: &[QueueId], queue: QueueId) -> Box<QueueRules> {
    let other = random.pick(queues);
    let onwards = if other == queue { Overflow::Request } else { Overflow::Queue(other) };
    let target = ServiceTarget { secs: 1 + random.below(600) as u32, percent: 80 };
    Box::new(QueueRules {
        waiting_max: random.pick(&[None, None, Some(1), Some(3)]),
        wait_secs: random.pick(&[None, Some(20), Some(90)]),
        overflow: random.pick(&[onwards, onwards, onwards, Overflow::Request, Overflow::Refuse]),
        target: random.chance(50).then_some(target),
    })
}
