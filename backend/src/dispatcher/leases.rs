//! Who can be reached, and until when. Renewing a lease is not logged; its beginning and its end are.

use core::time::Duration;
use std::collections::BTreeMap;

use baton_shared::{AgentId, Timestamp};

/// How long after the last answered heartbeat a person counts as reachable: two heartbeats of 20 s and some slack.
pub const LEASE_LASTS: Duration = Duration::from_secs(45);

/// The leases of everyone who is reachable.
#[derive(Clone, Debug, Default)]
pub(super) struct Leases {
    until: BTreeMap<AgentId, Timestamp>,
}

impl Leases {
    /// Begins or renews a lease, and says whether it began.
    pub(super) fn renew(&mut self, agent: AgentId, now: Timestamp) -> bool {
        self.until.insert(agent, now.plus(LEASE_LASTS)).is_none()
    }

    /// Begins a lease where there is none.
    pub(super) fn begin(&mut self, agent: AgentId, now: Timestamp) {
        self.until.entry(agent).or_insert(now.plus(LEASE_LASTS));
    }

    pub(super) fn end(&mut self, agent: AgentId) {
        self.until.remove(&agent);
    }

    /// Forgets the leases of those who are not reachable after all; their next answer begins them again.
    pub(super) fn keep(&mut self, reachable: impl Fn(AgentId) -> bool) {
        self.until.retain(|agent, _| reachable(*agent));
    }

    pub(super) fn first_end(&self) -> Option<Timestamp> {
        self.until.values().min().copied()
    }

    /// Takes out the leases that have ended, in the order of (end, id).
    pub(super) fn ended(&mut self, now: Timestamp) -> Vec<AgentId> {
        let mut ended: Vec<(Timestamp, AgentId)> = self
            .until
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(agent, until)| (*until, *agent))
            .collect();
        ended.sort_unstable();
        ended.iter().for_each(|(_, agent)| self.end(*agent));
        ended.into_iter().map(|(_, agent)| agent).collect()
    }
}
