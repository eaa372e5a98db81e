//! Workflows, and the ways of conversations through them.

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::queue::Priority;
use baton_shared::workflow::Lowered;
use baton_shared::*;

use super::super::{RoutingState, Subject};

/// A step's beginning, taken out of its event.
pub(super) struct Begun<'a> {
    pub(super) step: u16,
    pub(super) pool: Pool,
    pub(super) skills: &'a BTreeMap<SkillId, Option<Timestamp>>,
    pub(super) levels: &'a BTreeMap<SkillId, Level>,
    pub(super) lowering: &'a [Lowered],
    pub(super) priority: Option<Priority>,
    pub(super) deadline: Option<Timestamp>,
}

impl RoutingState {
    /// Returns the workflow in which new conversations of a channel begin.
    pub fn entrance(&self, channel: Channel) -> Option<&Workflow> {
        self.workflows.values().find(|workflow| workflow.entrance == Some(channel))
    }

    /// Sets what a workflow is; where it becomes an entrance, every other workflow and flow stops being it.
    pub(super) fn workflow_set(&mut self, set: &Workflow) {
        if let Some(channel) = set.entrance {
            self.close_entrances(channel);
        }
        self.index.touched.workflows.insert(set.id);
        self.workflows.insert(set.id, set.clone());
    }

    pub(super) fn workflow_removed(&mut self, id: WorkflowId) {
        self.workflows.remove(&id);
        self.index.touched.removed_workflows.insert(id);
    }

    pub(super) fn workflow_entered(&mut self, id: ConversationId, route: Route) {
        self.change_waiting(id, |waiting| waiting.route = Some(Box::new(route)));
    }

    /// Begins a step: whoever was asked already counts as asked, and an offer that is out stands.
    pub(super) fn step_entered(&mut self, id: ConversationId, begun: &Begun<'_>) {
        self.change_waiting(id, |waiting| {
            waiting.search.pool = begun.pool;
            let level = |skill: &SkillId| begun.levels.get(skill).copied().unwrap_or_default();
            waiting.search.skills = begun.skills.keys().map(|skill| (*skill, level(skill))).collect();
            if let Some(route) = &mut waiting.route {
                route.step = begun.step;
                route.deadline = begun.deadline;
                let dropped = |(skill, time): (&SkillId, &Option<Timestamp>)| Some((*skill, (*time)?));
                route.dropping = begun.skills.iter().filter_map(dropped).collect();
                route.lowering = begun.lowering.to_vec();
            }
        });
        if let (Some(priority), Some(conversation)) = (begun.priority, self.conversations.get_mut(&id)) {
            conversation.priority = priority;
            self.place_subject(Subject::Conversation(id));
        }
    }

    pub(super) fn skills_dropped(&mut self, id: ConversationId, skills: &BTreeSet<SkillId>) {
        self.change_waiting(id, |waiting| {
            skills.iter().for_each(|skill| waiting.search.skills.remove(skill));
            if let Some(route) = &mut waiting.route {
                route.dropping.retain(|skill, _| !skills.contains(skill));
                route.lowering.retain(|lowered| !skills.contains(&lowered.skill));
            }
        });
    }

    pub(super) fn skills_lowered(&mut self, id: ConversationId, levels: &BTreeMap<SkillId, Level>) {
        self.change_waiting(id, |waiting| {
            for (skill, level) in levels {
                waiting.search.skills.insert(*skill, *level);
            }
            if let Some(route) = &mut waiting.route {
                let lower =
                    |lowered: &Lowered| levels.get(&lowered.skill).is_none_or(|now| lowered.level < *now);
                route.lowering.retain(lower);
            }
        });
    }

    /// Leaves a conversation to everyone in the queue that owns it.
    pub(super) fn steps_ended(&mut self, id: ConversationId) {
        let Some(queue) = self.conversations.get(&id).map(|open| open.queue) else { return };
        let at = self.at;
        self.change_waiting(id, |waiting| {
            waiting.search.pool = Pool::Queue(queue);
            waiting.search.skills = Skills::new();
            // The queue's own limit counts from here.
            waiting.search.since = at;
            waiting.route = None;
        });
    }

    /// Changes a place in line, with its deadline and the line that it is in.
    fn change_waiting(&mut self, id: ConversationId, change: impl FnOnce(&mut Waiting)) {
        let Some(slot) = self.conversations.slot(&id) else { return };
        self.disarm(slot);
        if let Some(waiting) =
            self.conversations.at_mut(slot).and_then(|open| open.conversation.waiting_mut())
        {
            change(waiting);
            self.index.touched.conversations.insert(id);
        }
        self.set_limit(slot);
        self.arm(slot);
        self.place(slot);
    }
}
