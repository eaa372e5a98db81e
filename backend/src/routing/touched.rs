//! Which things a turn changed, so that only they are written.

use std::collections::BTreeMap;

use baton_shared::*;

use super::RoutingState;

/// Ids of things that changed, some of them several times; some of the things have ended since.
#[derive(Clone, Debug)]
pub(super) struct Noted<Id>(Vec<Id>);

impl<Id> Default for Noted<Id> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<Id: Copy + Ord> Noted<Id> {
    pub(super) fn insert(&mut self, id: Id) {
        if self.0.last() != Some(&id) {
            self.0.push(id);
        }
    }

    /// Returns an empty list with room for more than this one had.
    fn as_roomy(&self) -> Self {
        Self(roomier(&self.0))
    }

    /// Returns each id once, in their order.
    fn once(mut self) -> Vec<Id> {
        self.0.sort_unstable();
        self.0.dedup();
        self.0
    }
}

/// The things that changed; those that ended in the turn are kept as they were at their end.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    pub(super) skills: Noted<SkillId>,
    pub(super) agents: Noted<AgentId>,
    pub(super) queues: Noted<QueueId>,
    pub(super) groups: Noted<GroupId>,
    pub(super) removed_groups: Noted<GroupId>,
    pub(super) teams: Noted<TeamId>,
    pub(super) removed_teams: Noted<TeamId>,
    pub(super) policies: bool,
    pub(super) workflows: Noted<WorkflowId>,
    pub(super) removed_workflows: Noted<WorkflowId>,
    pub(super) flows: Noted<FlowId>,
    pub(super) removed_flows: Noted<FlowId>,
    pub(super) externals: Noted<ExternalId>,
    pub(super) removed_externals: Noted<ExternalId>,
    pub(super) schedules: Noted<ScheduleId>,
    pub(super) removed_schedules: Noted<ScheduleId>,
    pub(super) listeners: BTreeMap<(ConversationId, AgentId), bool>,
    pub(super) invites: Noted<InviteId>,
    pub(super) ended_invites: Vec<Invite>,
    pub(super) requests: Vec<Request>,
    pub(super) conversations: Noted<ConversationId>,
    /// The conversations of the segments that began.
    pub(super) running: Noted<ConversationId>,
    pub(super) wrap_ups: Noted<SegmentId>,
    pub(super) offers: Noted<OfferId>,
    pub(super) transfers: Noted<TransferId>,
    pub(super) closed_conversations: Vec<Conversation>,
    /// The conversations whose whispers are not kept.
    pub(super) forgotten: Vec<ConversationId>,
    pub(super) ended_segments: Vec<Segment>,
    /// What agents had and have no more.
    pub(super) talks: Vec<Talk>,
    /// What of those, of this turn's or earlier ones, was filed.
    pub(super) filed: Vec<Filed>,
    pub(super) unanswered: Vec<Unanswered>,
    pub(super) ended_offers: Vec<Offer>,
    pub(super) ended_transfers: Vec<Transfer>,
    pub(super) ratings: Vec<Rating>,
}

/// A time for which an agent had a conversation, and which is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Talk {
    /// The agent's segment.
    pub segment: SegmentId,
    /// Of which queue the conversation was.
    pub queue: QueueId,
    /// From when on.
    pub started_at: Timestamp,
    /// Until when.
    pub ended_at: Timestamp,
}

/// The filing of what an agent had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The agent's segment.
    pub segment: SegmentId,
    /// Until when they had the conversation.
    pub ended_at: Timestamp,
    /// Until when they filed it.
    pub filed_at: Timestamp,
}

/// An offer that ended without being accepted, for a reason that lies with the one who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// Which.
    pub offer: OfferId,
    /// Of which queue the conversation was.
    pub queue: QueueId,
    /// Who was asked.
    pub agent: AgentId,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How.
    pub answer: NoAnswer,
}

/// What of an offer that was not accepted is counted.
///
/// Source: Twilio Flex, segments of the kinds "Missed" and "Rejected".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// It was not answered in time, or was taken back.
    Missed,
    /// It was refused, or whoever was asked went away.
    Rejected,
}

impl NoAnswer {
    /// Returns what an end is counted as; nothing where it says nothing of the one who was asked.
    pub const fn of(end: OfferEnd) -> Option<Self> {
        match end {
            OfferEnd::TimedOut | OfferEnd::Cancelled => Some(Self::Missed),
            OfferEnd::Declined | OfferEnd::TargetGone => Some(Self::Rejected),
            OfferEnd::Accepted | OfferEnd::Rescinded => None,
        }
    }
}

/// A thing that changed, as it is after the turn.
#[expect(missing_docs, reason = "each variant is the thing it names, each field what it is named after")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    Skill(SkillId),
    Agent(Agent),
    Queue(Queue),
    Group(Group),
    GroupRemoved(GroupId),
    Team(Team),
    TeamRemoved(TeamId),
    Policies(Policies),
    Workflow(Workflow),
    WorkflowRemoved(WorkflowId),
    Flow(Flow),
    FlowRemoved(FlowId),
    External(ExternalId),
    ExternalRemoved(ExternalId),
    Schedule { schedule: ScheduleId, owner: AgentId },
    ScheduleRemoved(ScheduleId),
    Listener { conversation: ConversationId, agent: AgentId, listens: bool },
    WhispersForgotten(ConversationId),
    Request(Request),
    Invite(Invite),
    Conversation(Conversation),
    Segment(Segment),
    Talk(Talk),
    Filed(Filed),
    Offer(Offer),
    Unanswered(Unanswered),
    Transfer(Transfer),
    Rating(Rating),
}

impl Touched {
    /// Takes what changed, and leaves room for as much of what changes with each conversation.
    pub(super) fn take(&mut self) -> Self {
        let empty = Self {
            agents: self.agents.as_roomy(),
            queues: self.queues.as_roomy(),
            conversations: self.conversations.as_roomy(),
            running: self.running.as_roomy(),
            wrap_ups: self.wrap_ups.as_roomy(),
            offers: self.offers.as_roomy(),
            closed_conversations: roomier(&self.closed_conversations),
            ended_segments: roomier(&self.ended_segments),
            talks: roomier(&self.talks),
            filed: roomier(&self.filed),
            ended_offers: roomier(&self.ended_offers),
            ..Self::default()
        };
        std::mem::replace(self, empty)
    }

    /// Returns the changed things as they are in `state`, or as they ended.
    pub fn into_changes(self, state: &RoutingState) -> Vec<Changed> {
        let mut changes = Vec::new();
        changes.extend(self.skills.once().into_iter().map(Changed::Skill));
        changes.extend(present(self.agents, |id| state.agents.get(id)).map(Changed::Agent));
        changes.extend(present(self.queues, |id| state.queues.get(id)).map(Changed::Queue));
        changes.extend(present(self.groups, |id| state.groups.get(id)).map(Changed::Group));
        changes.extend(self.removed_groups.once().into_iter().map(Changed::GroupRemoved));
        changes.extend(present(self.teams, |id| state.teams.get(id)).map(Changed::Team));
        changes.extend(self.removed_teams.once().into_iter().map(Changed::TeamRemoved));
        changes.extend(self.policies.then(|| Changed::Policies(state.policies.clone())));
        changes.extend(present(self.workflows, |id| state.workflows.get(id)).map(Changed::Workflow));
        changes.extend(self.removed_workflows.once().into_iter().map(Changed::WorkflowRemoved));
        changes.extend(present(self.flows, |id| state.flows.get(id)).map(Changed::Flow));
        changes.extend(self.removed_flows.once().into_iter().map(Changed::FlowRemoved));
        changes.extend(self.externals.once().into_iter().map(Changed::External));
        changes.extend(self.removed_externals.once().into_iter().map(Changed::ExternalRemoved));
        let owned = |schedule| state.schedules.get(&schedule).map(|owner| (schedule, *owner));
        let scheduled = self.schedules.once().into_iter().filter_map(owned);
        changes.extend(scheduled.map(|(schedule, owner)| Changed::Schedule { schedule, owner }));
        changes.extend(self.removed_schedules.once().into_iter().map(Changed::ScheduleRemoved));
        changes.extend(
            self.listeners.into_iter().map(|((conversation, agent), listens)| Changed::Listener {
                conversation,
                agent,
                listens,
            }),
        );
        changes.extend(self.forgotten.into_iter().map(Changed::WhispersForgotten));
        changes.extend(self.requests.into_iter().map(Changed::Request));
        changes.extend(self.closed_conversations.into_iter().map(Changed::Conversation));
        changes
            .extend(present(self.conversations, |id| state.conversations.get(id)).map(Changed::Conversation));
        changes.extend(self.ended_segments.into_iter().map(Changed::Segment));
        changes.extend(present(self.wrap_ups, |id| state.wrap_ups.get(id)).map(Changed::Segment));
        let running = self.running.once().into_iter();
        changes.extend(running.filter_map(|id| state.conversations.running(&id)).map(Changed::Segment));
        changes.extend(self.talks.into_iter().map(Changed::Talk));
        changes.extend(self.filed.into_iter().map(Changed::Filed));
        changes.extend(self.unanswered.into_iter().map(Changed::Unanswered));
        changes.extend(self.ended_offers.into_iter().map(Changed::Offer));
        changes.extend(present(self.offers, |id| state.offers.get(id)).map(Changed::Offer));
        changes.extend(self.ended_invites.into_iter().map(Changed::Invite));
        changes.extend(present(self.invites, |id| state.invites.get(id)).map(Changed::Invite));
        changes.extend(self.ended_transfers.into_iter().map(Changed::Transfer));
        changes.extend(present(self.transfers, |id| state.transfers.get(id)).map(Changed::Transfer));
        changes.extend(self.ratings.into_iter().map(Changed::Rating));
        changes
    }
}

/// Returns an empty list with room for half as many again as another has, so that it seldom grows in the next turn.
fn roomier<Thing>(before: &[Thing]) -> Vec<Thing> {
    Vec::with_capacity(before.len() + before.len() / 2)
}

fn present<'a, Id: Copy + Ord, Thing: Clone + 'a>(
    noted: Noted<Id>,
    thing: impl Fn(&Id) -> Option<&'a Thing>,
) -> impl Iterator<Item = Thing> {
    noted.once().into_iter().filter_map(move |id| thing(&id).cloned())
}
