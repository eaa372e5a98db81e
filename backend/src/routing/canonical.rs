//! The canonical form: equal byte for byte for equal states, however each keeps what it knows.

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::*;
use serde::Serialize;

use super::register::Register;
use super::table::Table;
use super::{Conversations, RoutingState};

/// A state without its index, every segment in one map.
#[derive(Serialize)]
struct Canonical<'a> {
    position: u64,
    at: Timestamp,
    skills: &'a BTreeSet<SkillId>,
    agents: &'a Register<AgentId, Agent>,
    queues: &'a Register<QueueId, Queue>,
    groups: &'a BTreeMap<GroupId, Group>,
    conversations: &'a Conversations,
    segments: BTreeMap<SegmentId, Segment>,
    offers: &'a Table<OfferId, Offer>,
    transfers: &'a BTreeMap<TransferId, Transfer>,
    invites: &'a BTreeMap<InviteId, Invite>,
    requests: &'a BTreeMap<RequestId, Request>,
    requests_made: u32,
    policies: &'a Policies,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    workflows: &'a BTreeMap<WorkflowId, Workflow>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    flows: &'a BTreeMap<FlowId, Flow>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    externals: &'a BTreeSet<ExternalId>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    schedules: &'a BTreeMap<ScheduleId, AgentId>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    teams: &'a BTreeMap<TeamId, Team>,
}

impl RoutingState {
    /// Returns the canonical form, equal byte for byte for equal states: JSON of ordered maps, without the index.
    pub fn canonical(&self) -> Vec<u8> {
        let canonical = Canonical {
            position: self.position,
            at: self.at,
            skills: &self.skills,
            agents: &self.agents,
            queues: &self.queues,
            groups: &self.groups,
            conversations: &self.conversations,
            segments: self.segments(),
            offers: &self.offers,
            transfers: &self.transfers,
            invites: &self.invites,
            requests: &self.requests,
            requests_made: self.requests_made,
            policies: &self.policies,
            workflows: &self.workflows,
            flows: &self.flows,
            externals: &self.externals,
            schedules: &self.schedules,
            teams: &self.teams,
        };
        serde_json::to_vec(&canonical).expect("a state holds nothing that JSON cannot write")
    }
}
