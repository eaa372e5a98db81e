//! The state that routing decides on: open work, the people, and the lines between them.
//!
//! [`RoutingState::apply`] is the only way in which it changes; [`RoutingState::plan`] says what to offer to whom next;
//! [`RoutingState::next_deadline`] says when to look again. It knows no clock, no randomness, no runtime and no storage.
//! What can be computed from the rest (who is free, who waits where, what is due) is an index: it is rebuilt at a start
//! and is no part of the state's identity.

mod apply;
mod canonical;
mod capacity;
mod deadlines;
mod line;
mod open;
mod recent;
mod register;
mod scope;
mod seats;
mod sequence;
mod table;
mod touched;
mod waits;

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::*;

use self::apply::oversight::Unsure;
use self::capacity::{Hold, Holds};
use self::deadlines::Deadlines;
pub use self::deadlines::{DEADLINES_HELD, Deadline};
use self::line::Lines;
pub use self::open::Conversations;
use self::open::Open;
pub use self::register::Register;
pub use self::scope::Scope;
use self::seats::Seats;
pub use self::table::Table;
pub use self::touched::{Changed, Filed, NoAnswer, Talk, Touched, Unanswered};
use self::waits::Waits;

/// The open work of a workspace, and everything that decides who gets it.
#[derive(Clone, Debug, Default)]
pub struct RoutingState {
    /// The position of the last event that was applied.
    pub position: u64,
    /// The time of that event.
    pub at: Timestamp,
    /// Every skill.
    pub skills: BTreeSet<SkillId>,
    /// Every person.
    pub agents: Register<AgentId, Agent>,
    /// Every queue.
    pub queues: Register<QueueId, Queue>,
    /// Every transfer group.
    pub groups: BTreeMap<GroupId, Group>,
    /// The open conversations, with the segments that run.
    pub conversations: Conversations,
    /// The segments in wrap-up.
    pub wrap_ups: Table<SegmentId, Segment>,
    /// The open offers.
    pub offers: Table<OfferId, Offer>,
    /// The transfers that have not ended.
    pub transfers: BTreeMap<TransferId, Transfer>,
    /// The invitations that have not ended.
    pub invites: BTreeMap<InviteId, Invite>,
    /// The requests that nobody has answered.
    pub requests: BTreeMap<RequestId, Request>,
    /// How many requests were created so far.
    pub requests_made: u32,
    /// How transfers go.
    pub policies: Policies,
    /// Every workflow.
    pub workflows: BTreeMap<WorkflowId, Workflow>,
    /// Every flow.
    pub flows: BTreeMap<FlowId, Flow>,
    /// Every external contact.
    pub externals: BTreeSet<ExternalId>,
    /// Every scheduled report, and whose it is.
    pub schedules: BTreeMap<ScheduleId, AgentId>,
    /// Every team.
    pub teams: BTreeMap<TeamId, Team>,
    index: Index,
}

/// What can be computed from the rest.
#[derive(Clone, Debug, Default)]
struct Index {
    seats: Seats,
    holds: Holds,
    lines: Lines,
    deadlines: Deadlines,
    /// Those who become Offline once what they have is done.
    finishing: BTreeSet<AgentId>,
    waits: Waits,
    /// The conversations that a flow goes on with, without waiting for anyone.
    going_on: BTreeSet<ConversationId>,
    /// Where it is to be seen whether supervisors still oversee what they listen in on.
    unsure: Unsure,
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
    /// The invitations that have not ended.
    pub invites: Vec<Invite>,
    /// The requests that nobody has answered.
    pub requests: Vec<Request>,
    /// How many requests were created so far.
    pub requests_made: u32,
    /// How transfers go.
    pub policies: Policies,
    /// Every workflow.
    pub workflows: Vec<Workflow>,
    /// Every flow.
    pub flows: Vec<Flow>,
    /// Every external contact.
    pub externals: BTreeSet<ExternalId>,
    /// Every scheduled report, and whose it is.
    pub schedules: BTreeMap<ScheduleId, AgentId>,
    /// Every team.
    pub teams: Vec<Team>,
}

/// What someone is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// To own a conversation.
    Conversation(ConversationId),
    /// To take part in one.
    Invite(InviteId),
}

/// A conversation to offer next, and to whom: nothing is left to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// What it is offered for.
    pub subject: Subject,
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
            agents: work.agents.into_iter().collect(),
            queues: work.queues.into_iter().collect(),
            groups: work.groups.into_iter().map(|group| (group.id, group)).collect(),
            conversations: Conversations::default(),
            wrap_ups: Table::default(),
            offers: work.offers.into_iter().collect(),
            transfers: work.transfers.into_iter().map(|transfer| (transfer.id, transfer)).collect(),
            invites: work.invites.into_iter().map(|invite| (invite.id, invite)).collect(),
            requests: work.requests.into_iter().map(|request| (request.id, request)).collect(),
            requests_made: work.requests_made,
            policies: work.policies,
            workflows: work.workflows.into_iter().map(|workflow| (workflow.id, workflow)).collect(),
            flows: work.flows.into_iter().map(|flow| (flow.id, flow)).collect(),
            externals: work.externals,
            schedules: work.schedules,
            teams: work.teams.into_iter().map(|team| (team.id, team)).collect(),
            index: Index::default(),
        };
        state.begin(work.conversations, work.segments);
        state.rebuild_index();
        state
    }

    /// Opens conversations, each with the segment that runs in it.
    fn begin(&mut self, conversations: Vec<Conversation>, segments: Vec<Segment>) {
        for conversation in conversations {
            let id = conversation.id;
            self.conversations.open(id, || Open { conversation, running: None, placed: None });
        }
        for segment in segments {
            let runs = |open: &&mut Open| open.conversation.segment == segment.id;
            match self.conversations.open_mut(&segment.conversation).filter(runs) {
                Some(open) if segment.state == SegmentState::Active => open.running = Some(segment.into()),
                Some(_) | None => drop(self.wrap_ups.insert(segment)),
            }
        }
    }

    /// Returns the segments that run or are in wrap-up.
    pub fn segments(&self) -> BTreeMap<SegmentId, Segment> {
        let segments = self.conversations.segments().chain(self.wrap_ups.values().cloned());
        segments.map(|segment| (segment.id, segment)).collect()
    }

    /// Returns when something is due next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.index.deadlines.next_due()
    }

    /// Takes the next deadline that is due at `now` out of the index, in the order of (due, kind, id).
    ///
    /// The deadline of an offer, a transfer, an invitation, a step, a limit, of hours, of silence or of a bot's time comes
    /// again until its end is applied; an agent's grace ends once; the others ask for no event.
    pub fn due(&mut self, now: Timestamp) -> Option<Deadline> {
        loop {
            let (due, deadline) = self.index.deadlines.first_due(now)?;
            match deadline {
                Deadline::Offer(_)
                | Deadline::Transfer(_)
                | Deadline::Invite(_)
                | Deadline::WrapUp(_)
                | Deadline::Step(_)
                | Deadline::Limit(_)
                | Deadline::Relax(_)
                | Deadline::Alone(_)
                | Deadline::Silence(_)
                | Deadline::Hours(_)
                | Deadline::Held(_) => {
                    return Some(deadline);
                }
                Deadline::Grace(_) => {
                    self.index.deadlines.remove(due, deadline);
                    return Some(deadline);
                }
                Deadline::Undo(transfer) => {
                    self.index.deadlines.remove(due, deadline);
                    self.end_hold(Hold::Transfer(transfer));
                }
                Deadline::Rest(subject) => {
                    self.index.deadlines.remove(due, deadline);
                    self.place_subject(subject);
                }
            }
        }
    }

    /// Returns how many units of a channel an agent holds: owned, offered, and kept free for taking a transfer back.
    pub fn held(&self, agent: AgentId, channel: Channel) -> u32 {
        self.seat_of(agent).map_or(0, |seat| seat.load.held(channel))
    }

    /// Returns how many units of a channel an agent holds that count against a kind of work: of primary work those of its own
    /// kind, of interruptible work all.
    pub fn taken(&self, agent: AgentId, channel: Channel, work: Work) -> u32 {
        self.seat_of(agent).map_or(0, |seat| seat.load.taken(channel, work))
    }

    /// Returns which capacity the conversations of a queue take up that come into it.
    pub fn work_in(&self, queue: QueueId) -> Work {
        self.queues.get(&queue).map(|queue| queue.rules.work()).unwrap_or_default()
    }

    /// Returns the agents who may see a conversation: its owner, those it is offered to, the one who is consulted about it,
    /// participants, whoever is invited, and former owners who read on.
    pub fn viewers(&self, conversation: ConversationId) -> Vec<AgentId> {
        let Some(open) = self.conversations.get(&conversation) else { return Vec::new() };
        let mut viewers: BTreeSet<AgentId> = open.listeners.iter().copied().collect();
        viewers.extend(open.overheard_by());
        if let Some(Owner::Agent(agent)) = open.owner() {
            viewers.insert(agent);
        }
        viewers.extend(self.search(open).into_iter().flat_map(|search| search.offers.keys().copied()));
        viewers.extend(self.consulted(open));
        viewers.extend(self.participants(open));
        for invite in open.invites.iter().filter_map(|invite| self.invites.get(invite)) {
            if let InviteState::Open { search, .. } = &invite.state {
                viewers.extend(search.offers.keys().copied());
            }
        }
        viewers.into_iter().collect()
    }

    /// Returns the open search for a conversation's next owner: its queue's, or that of a transfer away from its owner.
    pub fn search<'a>(&'a self, conversation: &'a Conversation) -> Option<&'a Search> {
        if let Some(waiting) = conversation.waiting() {
            return Some(&waiting.search);
        }
        match &self.transfers.get(&conversation.transfer()?)?.state {
            TransferState::Seeking { search, .. } => Some(search),
            TransferState::Requested
            | TransferState::Released { .. }
            | TransferState::Enqueued { .. }
            | TransferState::Calling { .. }
            | TransferState::Consulting { .. }
            | TransferState::Ended { .. } => None,
        }
    }

    /// Returns the open search for a subject.
    pub fn search_of(&self, subject: Subject) -> Option<&Search> {
        match subject {
            Subject::Conversation(conversation) => self.search(self.conversations.get(&conversation)?),
            Subject::Invite(invite) => match &self.invites.get(&invite)?.state {
                InviteState::Open { search, .. } => Some(search),
                InviteState::Joined { .. } | InviteState::Ended { .. } => None,
            },
        }
    }

    /// Returns the conversation that a subject is about.
    pub fn conversation_of(&self, subject: Subject) -> Option<&Conversation> {
        let conversation = match subject {
            Subject::Conversation(conversation) => conversation,
            Subject::Invite(invite) => self.invites.get(&invite)?.conversation,
        };
        self.conversations.get(&conversation)
    }

    /// Returns those who take part in a conversation beside its owner.
    pub fn participants(&self, conversation: &Conversation) -> impl Iterator<Item = AgentId> {
        conversation.invites.iter().filter_map(|invite| self.invites.get(invite)?.participant())
    }

    /// Returns whom the owner of a conversation consults about it.
    pub fn consulted(&self, conversation: &Conversation) -> Option<AgentId> {
        match self.transfers.get(&conversation.transfer()?)?.state {
            TransferState::Consulting { agent, .. } => Some(agent),
            TransferState::Requested
            | TransferState::Seeking { .. }
            | TransferState::Released { .. }
            | TransferState::Enqueued { .. }
            | TransferState::Calling { .. }
            | TransferState::Ended { .. } => None,
        }
    }

    /// Returns the offers that are out for a conversation, in the order of the people.
    pub fn open_offers<'a>(&'a self, conversation: &'a Conversation) -> impl Iterator<Item = &'a Offer> {
        let offers = self.search(conversation).into_iter().flat_map(|search| search.offers.values());
        offers.filter_map(|offer| self.offers.get(offer))
    }

    /// Returns the offers that are out for an invitation, in the order of the people.
    pub fn invite_offers(&self, invite: InviteId) -> impl Iterator<Item = &Offer> {
        let offers =
            self.search_of(Subject::Invite(invite)).into_iter().flat_map(|search| search.offers.values());
        offers.filter_map(|offer| self.offers.get(offer))
    }

    /// Returns the policy that holds for a conversation at the moment.
    pub fn policy(&self, conversation: &Conversation) -> TransferPolicy {
        self.policies.holding(conversation.queue, conversation.channel).into_owned()
    }

    /// Returns the open offers to an agent, in the order of their ids.
    pub fn offers_to(&self, agent: AgentId) -> impl Iterator<Item = &Offer> {
        let offers = self.seat_of(agent).into_iter().flat_map(|seat| seat.load.offers());
        offers.filter_map(|offer| self.offers.get(&offer))
    }

    /// Returns the open conversations that an agent owns, in the order of their ids.
    pub fn owned_by(&self, agent: AgentId) -> impl Iterator<Item = &Conversation> {
        let owned = self.seat_of(agent).into_iter().flat_map(|seat| seat.load.owned());
        owned.filter_map(|id| self.conversations.get(&id))
    }

    /// Returns someone who is Finishing and has nothing left.
    pub fn finished(&self) -> Option<AgentId> {
        let idle = |agent: &&AgentId| {
            self.owned_by(**agent).next().is_none() && !self.index.holds.keep_place(**agent)
        };
        self.index.finishing.iter().find(idle).copied()
    }

    /// Says whether a customer rated a conversation since the last call of [`Self::take_touched`].
    pub fn is_rated(&self, conversation: ConversationId) -> bool {
        self.index.touched.ratings.iter().any(|rating| rating.conversation == conversation)
    }

    /// Takes the things that changed since the last call, as they are now.
    pub fn take_touched(&mut self) -> Touched {
        self.index.touched.take()
    }

    fn rebuild_index(&mut self) {
        self.index = Index::default();
        self.rebuild_loads();
        self.rebuild_deadlines();
        self.rebuild_waits();
        for slot in self.conversations.slots() {
            self.place(slot);
            self.note_going_on(slot);
        }
        let invites: Vec<InviteId> = self.invites.keys().copied().collect();
        invites.into_iter().for_each(|invite| self.place_subject(Subject::Invite(invite)));
        self.settle();
        let agents: Vec<AgentId> = self.agents.keys().copied().collect();
        agents.into_iter().for_each(|agent| self.seat_anew(agent));
        let finishing = self.agents.values().filter(|agent| agent.presence.status == Status::Finishing);
        self.index.finishing = finishing.map(|agent| agent.id).collect();
    }
}
