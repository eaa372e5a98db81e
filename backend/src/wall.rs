//! What supervisors see of the work, kept up to date beside the routing.
//!
//! A board is a second routing state, on another thread than the dispatcher's, to which the same events are applied;
//! beside it stand the few words and numbers that rows show and the state does not know. So a wall costs the dispatcher
//! nothing, and there is none while nobody watches one; the store keeps one row for each talk and for each offer that was
//! not answered, from which whoever begins to watch knows the day so far. What changed since the last look is known row by
//! row; only the queues, of which there are few, are made anew each time.

mod counting;
pub(crate) mod facts;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use baton_shared::offer::DEADLINE_MARGIN;
use baton_shared::wall::{AgentRow, AllQueues, ConversationRow, FlagView, QueueRow, Standing, TransferRow};
use baton_shared::*;

pub use self::counting::{Counting, DAY_MAX, Day};
use self::facts::{Facts, facts_of, filed_of};
use crate::desk::may_take_over;
use crate::routing::{Changed, RoutingState, Scope, Unanswered};
use crate::store::{Names, Reading, Store, StoreError, WallRows};

/// What a conversation's row shows beside its state.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    customer: String,
    last_message_at: Timestamp,
    /// What was written with the last flag.
    flag: Option<String>,
}

/// The rows that may look otherwise than before.
#[derive(Clone, Debug, Default)]
pub struct Stirred {
    agents: BTreeSet<AgentId>,
    conversations: BTreeSet<ConversationId>,
    transfers: BTreeSet<TransferId>,
}

/// What one wall shows: whose work, and of which day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What is overseen.
    pub scope: Scope,
    /// How it is counted.
    pub counting: Counting,
    /// From when on, and until when the view holds.
    pub day: Day,
}

/// The work of a workspace, as it is shown.
#[derive(Debug)]
pub struct Board {
    state: RoutingState,
    /// The number on the streams of the last event that is in the state.
    state_head: u64,
    /// The number of the last event that is in the rest.
    rest_head: u64,
    names: Names,
    known: HashMap<ConversationId, Known>,
    present_since: BTreeMap<AgentId, Timestamp>,
    facts: Facts,
    changed: bool,
    /// Who may have another load than before, beside those whom the state says.
    stirred: BTreeSet<ConversationId>,
}

impl Board {
    /// Reads everything.
    pub fn load(store: &dyn Store, now: Timestamp) -> Result<Self, StoreError> {
        let loaded = store.load()?;
        let reading = store.read()?;
        let WallRows { spoken, present_since, facts } = reading.wall_rows(now.minus(DAY_MAX))?;
        let mut board = Self {
            state: RoutingState::from_open_work(loaded.work),
            state_head: loaded.head,
            // What was committed between the two is in the rows already, and comes to the state with its event.
            rest_head: reading.head()?,
            names: Names::default(),
            known: HashMap::new(),
            present_since: present_since.into_iter().collect(),
            facts: Facts::default(),
            changed: false,
            stirred: BTreeSet::new(),
        };
        drop(board.state.take_touched());
        for (conversation, customer, last_message_at) in spoken {
            let flagged = board.state.conversations.get(&conversation).and_then(Conversation::flag);
            let flag = if flagged.is_some() { reading.flag(conversation)? } else { None };
            board.known.insert(conversation, Known { customer, last_message_at, flag });
        }
        facts.iter().for_each(|fact| board.facts.note(fact));
        board.read_names(reading.as_ref())?;
        Ok(board)
    }

    /// Reads anew what everything is called.
    pub fn read_names(&mut self, reading: &dyn Reading) -> Result<(), StoreError> {
        self.names = reading.names()?;
        Ok(())
    }

    /// Takes what was committed, with its number on the streams.
    pub fn take(
        &mut self,
        seq: u64,
        event: &Event,
        at: Timestamp,
        reading: &dyn Reading,
    ) -> Result<(), StoreError> {
        if seq > self.rest_head {
            for fact in facts_of(&self.state, event, at) {
                self.facts.note(&fact);
            }
            if let Some(filed) = filed_of(&self.state, event, at) {
                self.facts.note_filed(&filed);
            }
        }
        if seq <= self.state_head {
            return Ok(());
        }
        let presence =
            |state: &RoutingState, agent: &AgentId| state.agents.get(agent).map(|one| one.presence);
        let person = changes_presence(event);
        let before = person.and_then(|agent| presence(&self.state, &agent));
        let position = self.state.position + 1;
        self.state.apply(&Recorded { position, at, event: event.clone() });
        if let Some(agent) = person
            && presence(&self.state, &agent) != before
        {
            self.present_since.insert(agent, at);
        }
        if let Event::ConversationOpened { conversation, .. } = event {
            let customer = reading.customer(*conversation)?.unwrap_or_default();
            self.known.insert(*conversation, Known { customer, last_message_at: at, flag: None });
        } else if let Event::ConversationClosed { conversation, .. } = event {
            self.known.remove(conversation);
            self.stirred.insert(*conversation);
        } else if let Event::FlagRaised { conversation, .. } = event
            && let Some(known) = self.known.get_mut(conversation)
        {
            known.flag = reading.flag(*conversation)?;
        } else if let Event::MessageSent { conversation, .. } = event
            && let Some(known) = self.known.get_mut(conversation)
        {
            known.last_message_at = known.last_message_at.max(at);
        }
        self.changed = true;
        Ok(())
    }

    /// Says whether anything was taken since [`Board::stirred`] was called last.
    pub const fn changed(&self) -> bool {
        self.changed
    }

    /// Returns when rows change by themselves that were made at a time.
    pub fn next_change(&self, made: Timestamp) -> Option<Timestamp> {
        // An estimate holds at its last moment still.
        let estimates = self.state.queues.values().filter_map(|queue| queue.estimated_until(made));
        let estimates = estimates.map(|until| until.plus(Duration::from_millis(1)));
        estimates.chain(self.facts.next_change(made)).min()
    }

    /// Returns what a person is shown on a day, counted as they want it.
    pub fn view(&self, person: AgentId, counting: &Counting, now: Timestamp) -> View {
        View { scope: self.state.scope(person), counting: counting.clone(), day: counting.day(now) }
    }

    /// Takes the rows that may look otherwise than at the last call, and forgets what no day reaches any more.
    pub fn stirred(&mut self, now: Timestamp) -> Stirred {
        self.changed = false;
        self.facts.forget(now);
        let mut stirred = Stirred { conversations: std::mem::take(&mut self.stirred), ..Stirred::default() };
        for changed in self.state.take_touched().into_changes(&self.state) {
            match changed {
                Changed::Agent(agent) => {
                    stirred.agents.insert(agent.id);
                }
                Changed::Conversation(open) => {
                    stirred.conversations.insert(open.id);
                    stirred.transfers.extend(open.transfer());
                    stirred.agents.extend(owning_agent(open.owner()));
                }
                Changed::Segment(segment) => stirred.agents.extend(owning_agent(Some(segment.owner))),
                Changed::Offer(Offer { agent, .. }) | Changed::Unanswered(Unanswered { agent, .. }) => {
                    stirred.agents.insert(agent);
                }
                Changed::Transfer(transfer) => {
                    stirred.transfers.insert(transfer.id);
                }
                Changed::Skill(_)
                | Changed::Queue(_)
                | Changed::Group(_)
                | Changed::GroupRemoved(_)
                | Changed::Team(_)
                | Changed::TeamRemoved(_)
                | Changed::Policies(_)
                | Changed::Workflow(_)
                | Changed::WorkflowRemoved(_)
                | Changed::Flow(_)
                | Changed::FlowRemoved(_)
                | Changed::External(_)
                | Changed::ExternalRemoved(_)
                | Changed::Schedule { .. }
                | Changed::ScheduleRemoved(_)
                | Changed::Listener { .. }
                | Changed::WhispersForgotten(_)
                | Changed::Request(_)
                | Changed::Talk(_)
                | Changed::Filed(_)
                | Changed::Rating(_)
                | Changed::Invite(_) => {}
            }
        }
        stirred
    }

    /// Returns all that is shown of a view.
    pub fn wall(&self, view: &View, now: Timestamp) -> Wall {
        let scope = &view.scope;
        let queues = self.queues(&view.counting, view.day, now);
        let all_queues = self.all_queues(scope, &queues);
        let queues = queues.into_iter().filter(|row| scope.has_queue(row.id));
        let agents = self.state.agents.keys().filter_map(|agent| self.agent_row(view, *agent));
        let conversations = self.state.conversations.keys();
        let conversations = conversations.filter_map(|open| self.conversation_row(scope, *open));
        let transfers = self.state.transfers.keys().filter_map(|id| self.transfer_row(scope, *id));
        Wall {
            queues: queues.map(|row| (row.id, row)).collect(),
            agents: agents.map(|row| (row.id, row)).collect(),
            conversations: conversations.map(|row| (row.id, row)).collect(),
            transfers: transfers.map(|row| (row.id, row)).collect(),
            all_queues,
            ownerless: self.ownerless(),
        }
    }

    /// Brings the wall of a view up to date with rows that may have changed, and returns how it changed.
    pub fn update(
        &self,
        wall: &mut Wall,
        view: &View,
        stirred: &Stirred,
        queues: &[QueueRow],
    ) -> Vec<WallEvent> {
        let scope = &view.scope;
        let mut events = Vec::new();
        for row in queues.iter().filter(|row| scope.has_queue(row.id)) {
            if wall.queues.get(&row.id) != Some(row) {
                events.push(WallEvent::QueueShown { queue: row.clone() });
            }
        }
        let all_queues = self.all_queues(scope, queues);
        if all_queues != wall.all_queues {
            events.push(WallEvent::AllQueuesShown { all_queues });
        }
        for agent in &stirred.agents {
            let row = self.agent_row(view, *agent);
            if row.as_ref() != wall.agents.get(agent) {
                events.extend(row.map(|agent| WallEvent::AgentShown { agent }));
            }
        }
        for conversation in &stirred.conversations {
            match (self.conversation_row(scope, *conversation), wall.conversations.get(conversation)) {
                (Some(row), shown) if shown != Some(&row) => {
                    events.push(WallEvent::ConversationShown { conversation: row });
                }
                (None, Some(_)) => {
                    events.push(WallEvent::ConversationHidden { conversation: *conversation });
                }
                (Some(_), _) | (None, None) => {}
            }
        }
        // A transfer is seen by its conversation, so what takes sight of the one takes sight of the other.
        let theirs = wall.transfers.values().filter(|row| stirred.conversations.contains(&row.conversation));
        let transfers: BTreeSet<TransferId> =
            theirs.map(|row| row.id).chain(stirred.transfers.iter().copied()).collect();
        for transfer in transfers {
            match (self.transfer_row(scope, transfer), wall.transfers.get(&transfer)) {
                (Some(row), shown) if shown != Some(&row) => {
                    events.push(WallEvent::TransferShown { transfer: row });
                }
                (None, Some(_)) => events.push(WallEvent::TransferHidden { transfer }),
                (Some(_), _) | (None, None) => {}
            }
        }
        let ownerless = self.ownerless();
        if ownerless != wall.ownerless {
            events.push(WallEvent::OwnerlessCounted { ownerless });
        }
        events.iter().for_each(|event| wall.apply(event));
        events
    }

    /// Returns a row for each queue, counted in one way over a day.
    pub fn queues(&self, counting: &Counting, day: Day, now: Timestamp) -> Vec<QueueRow> {
        let row = |queue: &Queue| (queue.id, self.queue_row(queue, counting, (day.from, now)));
        let mut rows: BTreeMap<QueueId, QueueRow> = self.state.queues.values().map(row).collect();
        for agent in self.state.agents.values().filter(|agent| agent.enabled) {
            for queue in &agent.queues {
                let Some(row) = rows.get_mut(queue).filter(|_| self.serves(agent, *queue)) else { continue };
                *match Turnout::of(agent) {
                    Turnout::Available => &mut row.available,
                    Turnout::Unavailable => &mut row.unavailable,
                    Turnout::Offline => &mut row.offline,
                } += 1;
            }
        }
        for open in self.state.conversations.values() {
            if let (Some(Owner::Agent(_)), Some(row)) = (open.owner(), rows.get_mut(&open.queue)) {
                row.active += 1;
            }
            let Some(Owner::Queue(queue)) = open.owner() else { continue };
            let Some(row) = rows.get_mut(&queue) else { continue };
            row.waiting += 1;
            let earlier = row.longest_since.is_none_or(|since| open.ranked_at < since);
            row.longest_since = if earlier { Some(open.ranked_at) } else { row.longest_since };
        }
        rows.into_values().collect()
    }

    /// Returns what the queues of a scope come to; whoever serves several of them counts once.
    fn all_queues(&self, scope: &Scope, queues: &[QueueRow]) -> AllQueues {
        let mut all = AllQueues::default();
        queues.iter().filter(|row| scope.has_queue(row.id)).for_each(|row| all.add(row));
        for agent in self.state.agents.values().filter(|agent| agent.enabled) {
            let serves = |queue: &QueueId| scope.has_queue(*queue) && self.serves(agent, *queue);
            if agent.queues.iter().any(serves) {
                *match Turnout::of(agent) {
                    Turnout::Available => &mut all.available,
                    Turnout::Unavailable => &mut all.unavailable,
                    Turnout::Offline => &mut all.offline,
                } += 1;
            }
        }
        all
    }

    /// Says whether someone who belongs to a queue can be given its work.
    fn serves(&self, agent: &Agent, queue: QueueId) -> bool {
        self.state.queues.get(&queue).is_some_and(|queue| queue.is_met_by(&agent.skills, 0))
    }

    fn queue_row(&self, queue: &Queue, counting: &Counting, (from, now): (Timestamp, Timestamp)) -> QueueRow {
        let (recent, today) = self.facts.counts(queue, counting, (from, now));
        QueueRow {
            id: queue.id,
            name: self.names.queues.get(&queue.id).cloned().unwrap_or_default(),
            open: queue.is_open(),
            waiting: 0,
            longest_since: None,
            expected_secs: queue
                .estimated_wait(now)
                .map(|wait| u32::try_from(wait.as_secs()).unwrap_or(u32::MAX)),
            active: 0,
            available: 0,
            unavailable: 0,
            offline: 0,
            target: queue.rules.target,
            recent,
            today,
        }
    }

    fn agent_row(&self, view: &View, id: AgentId) -> Option<AgentRow> {
        let agent = self.state.agents.get(&id).filter(|agent| agent.enabled && view.scope.has_person(id))?;
        let owned = self.state.owned_by(id).map(Conversation::units).sum::<u32>();
        let offered =
            |offer: &Offer| self.state.conversations.get(&offer.conversation).map(Conversation::units);
        let offered = self.state.offers_to(id).filter_map(offered).sum::<u32>();
        Some(AgentRow {
            id,
            name: self.names.agents.get(&id).cloned().unwrap_or_default(),
            presence: agent.presence,
            since: self.present_since.get(&id).copied().unwrap_or(agent.idle_since),
            load: owned + offered,
            capacity: agent.capacity.values().sum(),
            conversations: u32::try_from(self.state.owned_by(id).count()).unwrap_or(u32::MAX),
            offers: u32::try_from(self.state.offers_to(id).count()).unwrap_or(u32::MAX),
            missed: self.facts.missed_by(id, view.day.from),
        })
    }

    fn conversation_row(&self, scope: &Scope, id: ConversationId) -> Option<ConversationRow> {
        let open = self.state.conversations.get(&id).filter(|open| scope.has_conversation(open))?;
        let owner = open.owner()?;
        let known = self.known.get(&id);
        let policy = self.state.policies.holding(open.queue, open.channel);
        Some(ConversationRow {
            id,
            customer: known.map(|known| known.customer.clone()).unwrap_or_default(),
            owner,
            owner_name: self.owner_name(owner),
            queue: self.names.queues.get(&open.queue).cloned().unwrap_or_default(),
            opened_at: open.enqueued_at,
            last_message_at: known.map_or(open.enqueued_at, |known| known.last_message_at),
            may_take_over: may_take_over(&policy, open),
            flag: self.flag_view(open),
        })
    }

    fn flag_view(&self, open: &Conversation) -> Option<FlagView> {
        let Flag { agent, at } = open.flag()?;
        let text = self.known.get(&open.id).and_then(|known| known.flag.clone());
        Some(FlagView { by: self.owner_name(Owner::Agent(agent)), text: text.unwrap_or_default(), at })
    }

    fn transfer_row(&self, scope: &Scope, id: TransferId) -> Option<TransferRow> {
        let transfer = self.state.transfers.get(&id)?;
        let open = self.state.conversations.get(&transfer.conversation)?;
        if !scope.has_conversation(open) {
            return None;
        }
        let (stands, deadline) = match &transfer.state {
            TransferState::Requested => (Standing::Waiting, None),
            TransferState::Seeking { search, deadline } if search.offers.is_empty() => {
                (Standing::Waiting, *deadline)
            }
            TransferState::Seeking { deadline, .. } => (Standing::Offered, *deadline),
            TransferState::Released { deadline } => (Standing::Released, Some(*deadline)),
            TransferState::Enqueued { deadline, .. } => (Standing::Enqueued, *deadline),
            TransferState::Calling { deadline } => (Standing::Calling, Some(*deadline)),
            TransferState::Consulting { deadline, .. } => (Standing::Consulting, Some(*deadline)),
            TransferState::Ended { .. } => return None,
        };
        Some(TransferRow {
            id,
            conversation: transfer.conversation,
            customer: self.known.get(&open.id).map(|known| known.customer.clone()).unwrap_or_default(),
            from: self.owner_name(transfer.from.owner()),
            to: self.target_name(transfer.target),
            mode: transfer.mode,
            stands,
            requested_at: transfer.requested_at,
            deadline: deadline.map(|deadline| deadline.minus(DEADLINE_MARGIN)),
        })
    }

    fn owner_name(&self, owner: Owner) -> String {
        let name = match owner {
            Owner::Agent(agent) => self.names.agents.get(&agent),
            Owner::Queue(queue) => self.names.queues.get(&queue),
            Owner::Group(group) => self.names.groups.get(&group),
            Owner::Flow(flow) => self.names.flows.get(&flow),
            Owner::External(external) => self.names.externals.get(&external),
        };
        name.cloned().unwrap_or_default()
    }

    fn target_name(&self, target: Target) -> String {
        match target {
            Target::Agent(agent) => self.owner_name(Owner::Agent(agent)),
            Target::Queue(queue) => self.owner_name(Owner::Queue(queue)),
            Target::Group(group) => self.owner_name(Owner::Group(group)),
            Target::Flow(flow) => self.owner_name(Owner::Flow(flow)),
            Target::External(external) => self.owner_name(Owner::External(external)),
            Target::Workflow(workflow) => self.names.workflows.get(&workflow).cloned().unwrap_or_default(),
        }
    }

    /// Returns how many open conversations belong to nobody who is there to answer for them.
    fn ownerless(&self) -> u32 {
        let state = &self.state;
        let answered = |open: &Conversation| match open.owner() {
            Some(Owner::Agent(agent)) => state.agents.get(&agent).is_some_and(|agent| agent.enabled),
            Some(Owner::Queue(queue)) => state.queues.contains_key(&queue),
            Some(Owner::Group(group)) => state.groups.contains_key(&group),
            Some(Owner::Flow(flow)) => state.flows.contains_key(&flow),
            Some(Owner::External(external)) => state.externals.contains(&external),
            None => false,
        };
        let count = state.conversations.values().filter(|open| !answered(open)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

/// Whether someone who serves a queue is there for it.
enum Turnout {
    /// They take new work.
    Available,
    /// They are connected and take no new work.
    Unavailable,
    /// They are Offline or not connected.
    Offline,
}

impl Turnout {
    fn of(agent: &Agent) -> Self {
        if agent.presence.available() {
            Self::Available
        } else if agent.presence.status == Status::Offline || !agent.presence.reachable {
            Self::Offline
        } else {
            Self::Unavailable
        }
    }
}

const fn changes_presence(event: &Event) -> Option<AgentId> {
    if let Event::StatusChanged { agent, .. }
    | Event::AgentReached { agent }
    | Event::AgentLost { agent }
    | Event::PersonAdded { agent, .. } = event
    {
        Some(*agent)
    } else {
        None
    }
}

const fn owning_agent(owner: Option<Owner>) -> Option<AgentId> {
    match owner {
        Some(Owner::Agent(agent)) => Some(agent),
        Some(Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_)) | None => None,
    }
}
