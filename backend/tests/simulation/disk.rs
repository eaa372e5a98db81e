//! A disk that keeps what was committed, loses nothing else, and refuses a commit when told to.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use baton::routing::OpenWork;
use baton::store::{
    Batch, Content, Credentials, Former, Loaded, Reading, Row, Session, Store, StoreError, StoredAnswer,
};
use baton_shared::schedule::ScheduleRun;
use baton_shared::*;

#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub log: Vec<Recorded>,
    pub loaded: Loaded,
    agents: BTreeMap<AgentId, Agent>,
    queues: BTreeMap<QueueId, Queue>,
    groups: BTreeMap<GroupId, Group>,
    conversations: BTreeMap<ConversationId, Conversation>,
    segments: BTreeMap<SegmentId, Segment>,
    offers: BTreeMap<OfferId, Offer>,
    transfers: BTreeMap<TransferId, Transfer>,
    invites: BTreeMap<InviteId, Invite>,
    requests: BTreeMap<RequestId, baton_shared::Request>,
    workflows: BTreeMap<WorkflowId, Workflow>,
    flows: BTreeMap<FlowId, Flow>,
    pub attributes: BTreeMap<ConversationId, BTreeMap<String, String>>,
    pub ratings: BTreeMap<ConversationId, Rating>,
    answers: BTreeMap<(String, String), StoredAnswer>,
}

#[derive(Debug, Default)]
pub struct Disk {
    kept: Mutex<Kept>,
    failing: Mutex<bool>,
}

impl Disk {
    pub fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap()
    }

    pub fn fail_next_commit(&self) {
        *self.failing.lock().unwrap() = true;
    }

    pub fn failing(&self) -> bool {
        *self.failing.lock().unwrap()
    }

    pub fn has_room_again(&self) {
        *self.failing.lock().unwrap() = false;
    }

    fn not_simulated<T>() -> Result<T, StoreError> {
        Err(StoreError::Refused { what: "the simulated disk has no such thing".to_owned() })
    }
}

impl Kept {
    fn write(&mut self, row: &Row) {
        match row.clone() {
            Row::Skill(skill) => {
                self.loaded.work.skills.insert(skill);
            }
            Row::Agent(agent) => {
                self.agents.insert(agent.id, agent);
            }
            Row::Queue(queue) => {
                self.queues.insert(queue.id, queue);
            }
            Row::Group(group) => {
                self.groups.insert(group.id, group);
            }
            Row::GroupRemoved(group) => {
                self.groups.remove(&group);
            }
            Row::Team(team) => {
                self.loaded.work.teams.retain(|known| known.id != team.id);
                self.loaded.work.teams.push(team);
            }
            Row::TeamRemoved(team) => self.loaded.work.teams.retain(|known| known.id != team),
            Row::Workflow(workflow) => {
                self.workflows.insert(workflow.id, workflow);
            }
            Row::WorkflowRemoved(workflow) => {
                self.workflows.remove(&workflow);
            }
            Row::Flow(flow) => {
                self.flows.insert(flow.id, flow);
            }
            Row::FlowRemoved(flow) => {
                self.flows.remove(&flow);
            }
            Row::External(external) => {
                self.loaded.work.externals.insert(external);
            }
            Row::ExternalRemoved(external) => {
                self.loaded.work.externals.remove(&external);
            }
            Row::Schedule { schedule, owner } => {
                self.loaded.work.schedules.insert(schedule, owner);
            }
            Row::ScheduleRemoved(schedule) => {
                self.loaded.work.schedules.remove(&schedule);
            }
            Row::Policies(policies) => self.loaded.work.policies = policies,
            // What walls count is no part of the state.
            Row::Listener { .. }
            | Row::WhispersForgotten(_)
            | Row::Talk(_)
            | Row::Filed(_)
            | Row::Unanswered(_) => {}
            Row::Invite(invite) => {
                self.invites.insert(invite.id, invite);
            }
            Row::Request(request) => {
                self.loaded.work.requests_made = self.loaded.work.requests_made.max(request.number);
                self.requests.insert(request.id, request);
            }
            Row::Conversation(conversation) => {
                let stored = self.conversations.get(&conversation.id).map(Conversation::epoch);
                assert!(stored.is_none_or(|stored| stored <= conversation.epoch()), "an epoch went back");
                self.conversations.insert(conversation.id, conversation);
            }
            Row::Segment(segment) => {
                self.segments.insert(segment.id, segment);
            }
            Row::Offer(offer) => {
                self.offers.insert(offer.id, offer);
            }
            Row::Transfer(transfer) => {
                self.transfers.insert(transfer.id, transfer);
            }
            Row::Rating(rating) => {
                let earlier = self.ratings.insert(rating.conversation, rating);
                assert_eq!(earlier, None, "a conversation is rated once");
            }
        }
    }
}

impl Store for Disk {
    fn load(&self) -> Result<Loaded, StoreError> {
        let kept = self.kept();
        let open_segment = |segment: &&Segment| match segment.state {
            SegmentState::Active | SegmentState::WrapUp { .. } => true,
            SegmentState::Ended { .. } => false,
        };
        let open_offer = |offer: &&Offer| matches!(offer.state, offer::OfferState::Open { .. });
        let open_transfer =
            |transfer: &&Transfer| !matches!(transfer.state, transfer::TransferState::Ended { .. });
        let open_request =
            |request: &&baton_shared::Request| request.state == baton_shared::RequestState::Open;
        let work = OpenWork {
            agents: kept.agents.values().cloned().collect(),
            queues: kept.queues.values().cloned().collect(),
            groups: kept.groups.values().cloned().collect(),
            conversations: kept
                .conversations
                .values()
                .filter(|open| open.owner().is_some())
                .cloned()
                .collect(),
            segments: kept.segments.values().filter(open_segment).cloned().collect(),
            offers: kept.offers.values().filter(open_offer).cloned().collect(),
            transfers: kept.transfers.values().filter(open_transfer).cloned().collect(),
            invites: kept
                .invites
                .values()
                .filter(|invite| !matches!(invite.state, InviteState::Ended { .. }))
                .cloned()
                .collect(),
            requests: kept.requests.values().filter(open_request).cloned().collect(),
            workflows: kept.workflows.values().cloned().collect(),
            flows: kept.flows.values().cloned().collect(),
            ..kept.loaded.work.clone()
        };
        Ok(Loaded { work, ..kept.loaded.clone() })
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        if std::mem::take(&mut *self.failing.lock().unwrap()) {
            return Err(StoreError::Unavailable("the disk is full".into()));
        }
        let mut kept = self.kept();
        for recorded in &batch.recorded {
            assert_eq!(recorded.position, kept.loaded.work.position + 1, "the log has no gaps");
            assert!(recorded.at >= kept.loaded.work.at, "time never runs backwards in the log");
            kept.loaded.work.position = recorded.position;
            kept.loaded.work.at = recorded.at;
            kept.log.push(recorded.clone());
        }
        batch.rows.iter().for_each(|row| kept.write(row));
        for content in &batch.content {
            if let Content::Attributes(conversation, attributes) = content {
                kept.attributes.insert(*conversation, attributes.clone());
            } else if let Content::Workflow(workflow, definition) = content {
                kept.loaded.definitions.insert(*workflow, definition.as_ref().clone());
            } else if let Content::Flow(flow, definition) = content {
                kept.loaded.flows.insert(*flow, definition.as_ref().clone());
            } else if let Content::QueueName(queue, name) = content {
                kept.loaded.queue_names.insert(*queue, name.clone());
            }
        }
        for answer in &batch.answers {
            kept.answers.insert((answer.scope.clone(), answer.key.clone()), answer.clone());
        }
        kept.loaded.head = batch.head;
        Ok(())
    }

    fn answer(&self, scope: &str, key: &str, _now: Timestamp) -> Result<Option<StoredAnswer>, StoreError> {
        Ok(self.kept().answers.get(&(scope.to_owned(), key.to_owned())).cloned())
    }

    fn attributes(&self, conversation: ConversationId) -> Result<BTreeMap<String, String>, StoreError> {
        Ok(self.kept().attributes.get(&conversation).cloned().unwrap_or_default())
    }

    fn former(&self, conversation: ConversationId) -> Result<Option<Former>, StoreError> {
        let kept = self.kept();
        let rated = kept.ratings.contains_key(&conversation);
        Ok(kept.conversations.get(&conversation).map(|found| Former { rated, ..Former::of(found) }))
    }

    fn replay(&self, from: u64, visit: &mut dyn FnMut(Recorded)) -> Result<(), StoreError> {
        self.kept().log.iter().filter(|recorded| recorded.position >= from).cloned().for_each(visit);
        Ok(())
    }

    fn read(&self) -> Result<Box<dyn Reading + '_>, StoreError> {
        Self::not_simulated()
    }

    fn credentials(&self, _email: &str) -> Result<Option<Credentials>, StoreError> {
        Ok(None)
    }

    fn add_session(&self, _session: &Session) -> Result<(), StoreError> {
        Self::not_simulated()
    }

    fn session(&self, _token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        Self::not_simulated()
    }

    fn touch_session(&self, _token_hash: &[u8; 32], _seen_at: Timestamp) -> Result<(), StoreError> {
        Self::not_simulated()
    }

    fn remove_session(&self, _token_hash: &[u8; 32]) -> Result<(), StoreError> {
        Self::not_simulated()
    }

    fn remove_sessions(&self, _agent: AgentId) -> Result<(), StoreError> {
        Self::not_simulated()
    }

    fn record_run(&self, _schedule: ScheduleId, _run: &ScheduleRun) -> Result<(), StoreError> {
        Ok(())
    }

    fn secret(&self, _name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        Ok(fresh)
    }
}
