//! Ids as the server makes them, and times.

use baton_shared::*;

/// When the first step is taken, in milliseconds.
const BEGINS_AT: i64 = 1 << 40;

/// Returns the time of a step; there is one each millisecond.
pub fn time_of(step: usize) -> Timestamp {
    Timestamp::from_millis(BEGINS_AT + step as i64)
}

/// Returns since when an agent is idle before the first step.
pub fn first_idle_since(agent: u32) -> Timestamp {
    Timestamp::from_millis(BEGINS_AT / 2 + i64::from(agent))
}

/// Returns the bits of an id: 48 of time, 48 that look random, and a number to know it by.
pub fn bits(at: Timestamp, number: u32) -> u128 {
    let millis = at.as_millis() as u64;
    let mixed = (u64::from(number) ^ millis << 20).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
    u128::from(millis & ((1 << 48) - 1)) << 80 | u128::from(mixed) << 32 | u128::from(number)
}

/// Returns the number that an id's bits hold.
pub const fn number(bits: u128) -> usize {
    bits as u32 as usize
}

/// Returns an agent's id.
pub fn agent(number: u32) -> AgentId {
    AgentId::from_bits(bits(first_idle_since(number), number))
}

/// Returns a queue's id.
pub fn queue(number: u32) -> QueueId {
    QueueId::from_bits(bits(Timestamp::from_millis(BEGINS_AT / 4 + i64::from(number)), number))
}

/// Returns a set of skills, of their bits.
pub fn skills(set: u64) -> impl Iterator<Item = SkillId> {
    (0..64)
        .filter(move |skill| set >> skill & 1 == 1)
        .map(|skill| SkillId::from_bits(u128::from(skill as u8)))
}
