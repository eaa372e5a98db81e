//! The state that routing decides on: open work, the people, and the lines between them.
//!
//! [`RoutingState::apply`] is the only way in which it changes; [`RoutingState::plan`] says what to offer to whom next;
//! [`RoutingState::next_deadline`] says when to look again. It knows no clock, no randomness, no runtime and no storage.
//! What can be computed from the rest (who is free, who waits where, what is due) is an index: it is rebuilt at a start
//! and is no part of the state's identity.

mod apply;
mod capacity;
mod deadlines;
mod line;
mod touched;

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::*;
use serde::Serialize;

use self::capacity::Loads;
use self::deadlines::Deadlines;
pub use self::deadlines::{DEADLINES_HELD, Deadline};
use self::line::Lines;
pub use self::touched::{Changed, Touched};

/// The open work of a workspace, and everything that decides who gets it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RoutingState {
    /// The position of the last event that was applied.
    pub position: u64,
    /// The time of that event.
    pub at: Timestamp,
    /// Every skill.
    pub skills: BTreeSet<SkillId>,
    /// Every person.
    pub agents: BTreeMap<AgentId, Agent>,
    /// Every queue.
    pub queues: BTreeMap<QueueId, Queue>,
    /// Every transfer group.
    pub groups: BTreeMap<GroupId, Group>,
    /// The open conversations.
    pub conversations: BTreeMap<ConversationId, Conversation>,
    /// The segments that run or are in wrap-up.
    pub segments: BTreeMap<SegmentId, Segment>,
    /// The open offers.
    pub offers: BTreeMap<OfferId, Offer>,
    /// The transfers that have not ended.
    pub transfers: BTreeMap<TransferId, Transfer>,
    #[serde(skip)]
    index: Index,
}

/// What can be computed from the rest.
#[derive(Clone, Debug, Default)]
struct Index {
    loads: Loads,
    lines: Lines,
    deadlines: Deadlines,
    touched: Touched,
}

/// What a state is made of when it is not replayed from its log.
#[derive(Clone, Debug, Default)]
pub struct OpenWork {
    /// The position of the last event.
    pub position: u64,
    /// The time of that event.
    pub at: Timestamp,
    /// Every skill.
    pub skills: BTreeSet<SkillId>,
    /// Every person.
    pub agents: Vec<Agent>,
    /// Every queue.
    pub queues: Vec<Queue>,
    /// Every transfer group.
    pub groups: Vec<Group>,
    /// The open conversations.
    pub conversations: Vec<Conversation>,
    /// The segments that run or are in wrap-up.
    pub segments: Vec<Segment>,
    /// The open offers.
    pub offers: Vec<Offer>,
    /// The transfers that have not ended.
    pub transfers: Vec<Transfer>,
}

/// A conversation to offer next, and to whom: nothing is left to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// What to offer.
    pub conversation: ConversationId,
    /// The queue it waits in.
    pub queue: QueueId,
    /// To whom.
    pub agent: AgentId,
}

impl RoutingState {
    /// Builds the state from open work, and its index from the state.
    pub fn from_open_work(work: OpenWork) -> Self {
        let mut state = Self {
            position: work.position,
            at: work.at,
            skills: work.skills,
            agents: work.agents.into_iter().map(|agent| (agent.id, agent)).collect(),
            queues: work.queues.into_iter().map(|queue| (queue.id, queue)).collect(),
            groups: work.groups.into_iter().map(|group| (group.id, group)).collect(),
            conversations: work.conversations.into_iter().map(|open| (open.id, open)).collect(),
            segments: work.segments.into_iter().map(|segment| (segment.id, segment)).collect(),
            offers: work.offers.into_iter().map(|offer| (offer.id, offer)).collect(),
            transfers: work.transfers.into_iter().map(|transfer| (transfer.id, transfer)).collect(),
            index: Index::default(),
        };
        state.rebuild_index();
        state
    }

    /// Returns the next conversation to offer, or nothing when every line is as short as it can be.
    ///
    /// Lines are served by priority, then age, then id; each conversation goes to the eligible agent who has been idle
    /// longest. Source: first come, first served, longest idle server (Adan and Weiss, "A skill based parallel service
    /// system under FCFS-ALIS", 2014).
    pub fn plan(&mut self, now: Timestamp) -> Option<Match> {
        self.index.lines.plan(&self.conversations, now)
    }

    /// Returns when something is due next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.index.deadlines.next_due()
    }

    /// Takes the next deadline that is due at `now` out of the index, in the order of (due, kind, id).
    ///
    /// An offer's deadline comes again until its end is applied; the others ask for no event.
    pub fn due(&mut self, now: Timestamp) -> Option<Deadline> {
        loop {
            let (due, deadline) = self.index.deadlines.first_due(now)?;
            match deadline {
                Deadline::Offer(_) => return Some(deadline),
                Deadline::Undo(transfer) => {
                    self.index.deadlines.remove(due, deadline);
                    self.release_undo_hold(transfer);
                }
                Deadline::Rest(conversation) => {
                    self.index.deadlines.remove(due, deadline);
                    self.index.lines.look_again_at(conversation);
                }
            }
        }
    }

    /// Returns how many units of a channel an agent holds: owned, offered, and kept free for taking a transfer back.
    pub fn held(&self, agent: AgentId, channel: Channel) -> u32 {
        self.index.loads.held(agent, channel)
    }

    /// Returns the agents who may see a conversation: its owner, and those it is offered to.
    pub fn viewers(&self, conversation: ConversationId) -> Vec<AgentId> {
        let Some(open) = self.conversations.get(&conversation) else { return Vec::new() };
        let offered = self.open_offer(open).map(|offer| offer.agent);
        let owner = match open.owner() {
            Some(Owner::Agent(agent)) => Some(agent),
            Some(Owner::Queue(_)) | None => None,
        };
        owner.into_iter().chain(offered).collect()
    }

    /// Returns the offer that is out for a conversation, from its queue or by a transfer.
    pub fn open_offer(&self, conversation: &Conversation) -> Option<&Offer> {
        if let Some(waiting) = conversation.waiting() {
            return self.offers.get(&waiting.offer?);
        }
        match self.transfers.get(&conversation.transfer()?)?.state {
            transfer::TransferState::Offered { offer, .. } => self.offers.get(&offer),
            transfer::TransferState::Requested
            | transfer::TransferState::Enqueued { .. }
            | transfer::TransferState::Ended { .. } => None,
        }
    }

    /// Returns the open offers to an agent, in the order of their ids.
    pub fn offers_to(&self, agent: AgentId) -> impl Iterator<Item = &Offer> {
        self.index.loads.offers_to(agent).filter_map(|offer| self.offers.get(&offer))
    }

    /// Returns the open conversations that an agent owns, in the order of their ids.
    pub fn owned_by(&self, agent: AgentId) -> impl Iterator<Item = &Conversation> {
        self.index.loads.owned_by(agent).filter_map(|id| self.conversations.get(&id))
    }

    /// Takes the things that changed since the last call, as they are now.
    pub fn take_touched(&mut self) -> Touched {
        std::mem::take(&mut self.index.touched)
    }

    /// Returns the canonical form, equal byte for byte for equal states: JSON of ordered maps, without the index.
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a state holds nothing that JSON cannot write")
    }

    fn rebuild_index(&mut self) {
        self.index = Index::default();
        for queue in self.queues.values() {
            self.index.lines.set_queue(queue);
        }
        self.rebuild_loads();
        self.rebuild_deadlines();
        for conversation in self.conversations.values() {
            self.index.lines.set_conversation(conversation);
        }
        let agents: Vec<AgentId> = self.agents.keys().copied().collect();
        for agent in agents {
            self.seat(agent);
        }
    }

    /// Lists an agent in the lines they can serve at the moment, and nowhere else.
    fn seat(&mut self, agent: AgentId) {
        let Some(agent) = self.agents.get(&agent) else { return };
        let free = |channel: Channel| {
            let limit = agent.capacity.get(&channel).copied().unwrap_or(0);
            self.index.loads.held(agent.id, channel) + channel.units() <= limit
        };
        self.index.lines.set_agent(agent, free);
    }
}
