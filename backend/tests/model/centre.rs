//! A contact centre with three people and two customers, in which everyone tries everything.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use baton::clock::ManualClock;
use baton::desk::{self, Circumstances};
use baton::dispatcher::{Answer, Parts, Request, Turns};
use baton::feed::Feed;
use baton::ids::IdSource;
use baton::routing::{OpenWork, RoutingState};
use baton_shared::command::Actor;
use baton_shared::conversation::EndedBy;
use baton_shared::policy::OnMissed;
use baton_shared::queue::{Membership, Priority};
use baton_shared::segment::{Disposition, OwnerCause};
use baton_shared::*;
use stateright::{Model, Property};
use tokio::sync::oneshot;

use crate::canonical::{LONG_AGO, PRESENT, TICK, canonical};
use crate::rights;
use crate::rules::{self, Broken, Rule};
use crate::slate::Slate;

/// What may still happen that could happen for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Left {
    /// How many transfers may still be requested.
    pub transfers: u8,
    /// How many invitations may still be made.
    pub invites: u8,
    /// How often someone may still be lost, or go away.
    pub absences: u8,
    /// How often a supervisor may still take a conversation over.
    pub overtakings: u8,
}

/// To what a conversation is passed besides people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pools {
    /// To the queue.
    Queue,
    /// To the queue and the group.
    QueueAndGroup,
}

/// What is explored.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The policy's name.
    pub name: &'static str,
    /// How transfers go.
    pub policy: TransferPolicy,
    /// How many conversations each person can hold.
    pub capacity: [u32; 3],
    /// How many customers come.
    pub customers: usize,
    /// What conversations are passed to, besides people.
    pub pools: Pools,
    /// What may happen how often.
    pub left: Left,
    /// What must happen on some path.
    pub reached: &'static [&'static str],
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Someone asks for something.
    Asks(Actor, Command),
    /// Time passes.
    Tick,
}

/// A state between turns.
#[derive(Clone)]
pub struct Node {
    work: Arc<OpenWork>,
    /// Made of the open work where it is asked for: most nodes are found to be known before.
    state: Arc<OnceLock<RoutingState>>,
    left: Left,
    /// What the way here broke.
    broken: Broken,
    /// What the state itself breaks.
    breaks: Arc<OnceLock<Broken>>,
    print: u64,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.print == other.print
    }
}

impl Hash for Node {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.print.hash(hasher);
    }
}

impl core::fmt::Debug for Node {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let state = self.state();
        writeln!(f, "broken {:?} and {:?}, left {:?}", self.broken, self.breaks(), self.left)?;
        for agent in state.agents.values() {
            let held = state.held(agent.id, Channel::WebChat);
            writeln!(f, "  {:?} {:?} lost {:?} holds {held}", agent.id, agent.presence, agent.lost_at)?;
        }
        for open in state.conversations.values() {
            writeln!(f, "  {:?} {:?}", open.id, open.state)?;
        }
        for transfer in state.transfers.values() {
            writeln!(f, "  {:?} to {:?}: {:?}", transfer.id, transfer.target, transfer.state)?;
        }
        for invite in state.invites.values() {
            writeln!(f, "  {:?} to {:?}: {:?}", invite.id, invite.target, invite.state)?;
        }
        for offer in state.offers.values() {
            writeln!(f, "  {:?} {:?} {:?} {:?}", offer.id, offer.agent, offer.cause, offer.state)?;
        }
        Ok(())
    }
}

impl Node {
    fn of(work: OpenWork, left: Left, broken: Broken) -> Self {
        let print = print_of(&work, left, &broken);
        Self { work: Arc::new(work), state: Arc::default(), left, broken, breaks: Arc::default(), print }
    }

    fn state(&self) -> &RoutingState {
        self.state.get_or_init(|| {
            let mut state = RoutingState::from_open_work(self.work.as_ref().clone());
            // What a turn would do first: places that are kept no more are free.
            while state.due(PRESENT).is_some() {}
            state
        })
    }

    fn breaks(&self) -> &Broken {
        self.breaks.get_or_init(|| rules::check_state(self.state(), PRESENT))
    }

    fn keeps(&self, rule: Rule) -> bool {
        !self.broken.contains(&rule) && !self.breaks().contains(&rule)
    }
}

fn print_of(work: &OpenWork, left: Left, broken: &Broken) -> u64 {
    let mut hasher = DefaultHasher::new();
    (left, broken, &work.agents, &work.conversations, &work.segments, &work.offers).hash(&mut hasher);
    for transfer in &work.transfers {
        // Its policy is the same in every state.
        let Transfer {
            id,
            conversation,
            from,
            by,
            target,
            mode,
            queue,
            work,
            policy: _,
            requested_at,
            after_seq,
            state,
        } = transfer;
        let sent = (id, conversation, from, by, target, mode);
        (sent, queue, work, requested_at, after_seq, state).hash(&mut hasher);
    }
    for invite in &work.invites {
        let Invite { id, conversation, from, target, work, policy: _, made_at, state } = invite;
        (id, conversation, from, target, work, made_at, state).hash(&mut hasher);
    }
    hasher.finish()
}

/// The model: the shipped turns, tried with everything in every state.
pub struct Centre {
    setting: Setting,
    seen: Mutex<BTreeSet<&'static str>>,
    /// From where one comes to which states without a customer giving up.
    ways: Mutex<Vec<(u64, u64)>>,
    ended: Mutex<HashSet<u64>>,
}

impl Centre {
    /// Returns the model of a setting.
    pub fn of(setting: Setting) -> Self {
        Self { setting, seen: Mutex::default(), ways: Mutex::default(), ended: Mutex::default() }
    }

    fn has_seen(&self, what: &str) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).contains(what)
    }

    /// Returns how many of the states that were left have no way to the end of every conversation.
    pub fn stranded(&self) -> usize {
        let ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        let mut back: HashMap<u64, Vec<u64>> = HashMap::new();
        for (from, to) in ways.iter() {
            back.entry(*to).or_default().push(*from);
        }
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ending: HashSet<u64> = ended.clone();
        let mut next: Vec<u64> = ended.clone().into_iter().collect();
        while let Some(state) = next.pop() {
            for from in back.get(&state).into_iter().flatten() {
                if ending.insert(*from) {
                    next.push(*from);
                }
            }
        }
        let left: HashSet<u64> = ways.iter().map(|(from, _)| *from).collect();
        left.difference(&ending).count()
    }

    fn see(&self, log: &[Recorded]) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.extend(log.iter().filter_map(|recorded| ending(&recorded.event)));
    }
}

/// Returns what an event is the end of.
fn ending(event: &Event) -> Option<&'static str> {
    if let Event::OfferEnded { end, .. } = event {
        return Some(match end {
            OfferEnd::Accepted => "offer accepted",
            OfferEnd::Declined => "offer declined",
            OfferEnd::TimedOut => "offer timed_out",
            OfferEnd::Cancelled => "offer cancelled",
            OfferEnd::Rescinded => "offer rescinded",
            OfferEnd::TargetGone => "offer target_gone",
        });
    }
    if let Event::TransferEnded { end, .. } = event {
        return Some(match end {
            TransferEnd::Completed => "transfer completed",
            TransferEnd::Returned => "transfer returned",
            TransferEnd::Cancelled => "transfer cancelled",
            TransferEnd::Expired => "transfer expired",
            TransferEnd::Abandoned => "transfer abandoned",
            TransferEnd::Superseded => "transfer superseded",
            TransferEnd::CalledOff => "transfer called off",
            TransferEnd::Failed => "transfer failed",
        });
    }
    if let Event::InviteEnded { end, .. } = event {
        return Some(match end {
            InviteEnd::Left => "invite left",
            InviteEnd::Cancelled => "invite cancelled",
            InviteEnd::Declined => "invite declined",
            InviteEnd::Expired => "invite expired",
            InviteEnd::TookOver => "invite took_over",
            InviteEnd::Closed => "invite closed",
        });
    }
    if let Event::ConversationClosed { by, .. } = event {
        return Some(match by {
            EndedBy::Agent => "closed by agent",
            EndedBy::Customer => "closed by customer",
            EndedBy::System => "closed by system",
        });
    }
    None
}

macro_rules! reached {
    ($($what:literal,)*) => {
        [$(Property::sometimes($what, |centre: &Centre, _: &Node| centre.has_seen($what)),)*]
    };
}

macro_rules! hold {
    ($($rule:ident: $says:literal,)*) => {
        [$(Property::always($says, |_: &Centre, node: &Node| node.keeps(Rule::$rule)),)*]
    };
}

impl Model for Centre {
    type State = Node;
    type Action = Step;

    fn init_states(&self) -> Vec<Node> {
        let (state, now) = opened(&self.setting);
        vec![Node::of(canonical(&state, now), self.setting.left, Broken::new())]
    }

    fn actions(&self, node: &Node, steps: &mut Vec<Step>) {
        if node.broken.is_empty() && node.breaks().is_empty() && !node.work.conversations.is_empty() {
            steps.push(Step::Tick);
            attempts(&self.setting, node, steps);
        }
    }

    fn next_state(&self, node: &Node, step: Step) -> Option<Node> {
        let state = node.state();
        if let Step::Asks(actor, command) = &step {
            let mut ids = IdSource::from_seed(1);
            ids.set_now(PRESENT);
            let mut with =
                Circumstances { state, now: PRESENT, ids: &mut ids, key: None, judged: None, former: None };
            let decided = desk::decide(&mut with, *actor, command.clone()).ok()?;
            if decided.events.is_empty() {
                return None;
            }
        }
        let (turns, log, now) = turn(node, &step);
        let after = turns.state();
        self.see(&log);
        let mut broken = Broken::new();
        let mut replayed = state.clone();
        let mut left = node.left;
        for recorded in &log {
            rules::check_event(&replayed, recorded, &mut broken);
            let passed = rules::passed_by(&replayed, &recorded.event);
            replayed.apply(recorded);
            rules::check_passed(&replayed, passed, &mut broken);
            spend(&mut left, &recorded.event, &step);
        }
        rules::check_index(after, now, &mut broken);
        rules::check_held(state, after, now, &log, &mut broken);
        rules::check_turn(state, &log, &mut broken);
        if let Step::Asks(actor, command) = &step {
            rights::check_command(state, after, *actor, command, now, &mut broken);
        }
        let next = Node::of(canonical(after, now), left, broken);
        let gives_up = matches!(step, Step::Asks(Actor::Customer(_), _));
        if !gives_up {
            self.ways.lock().unwrap_or_else(PoisonError::into_inner).push((node.print, next.print));
        }
        if next.work.conversations.is_empty() {
            self.ended.lock().unwrap_or_else(PoisonError::into_inner).insert(next.print);
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties: Vec<Property<Self>> = hold! {
            OneOwner: "a conversation has exactly one owner or is closed",
            Epoch: "ownership passes from the owner, one epoch after the other",
            OneTransfer: "at most one transfer of a conversation is open",
            OneWinner: "an offer ends once, and one of a search is accepted at most",
            Capacity: "capacity is kept",
            Clock: "whatever waits for someone has a clock",
            OneRole: "nobody is owner and participant",
            Reachable: "only who can be reached has anything",
            Planned: "nothing waits that somebody free could take",
            Counted: "what is counted is there",
            Entitled: "only who may do something does it",
        }
        .into();
        let all = reached! {
            "offer accepted",
            "offer declined",
            "offer timed_out",
            "offer cancelled",
            "offer rescinded",
            "offer target_gone",
            "transfer completed",
            "transfer returned",
            "transfer cancelled",
            "transfer expired",
            "transfer abandoned",
            "transfer failed",
            "transfer superseded",
            "invite left",
            "invite cancelled",
            "invite declined",
            "invite expired",
            "invite took_over",
            "invite closed",
            "closed by agent",
            "closed by customer",
            "closed by system",
        };
        let expected = |property: &Property<Self>| self.setting.reached.contains(&property.name);
        properties.extend(all.into_iter().filter(expected));
        properties
    }
}

/// Counts what may happen only so often.
fn spend(left: &mut Left, event: &Event, step: &Step) {
    if let Event::TransferRequested { .. } = event {
        left.transfers = left.transfers.saturating_sub(1);
    } else if let Event::InviteMade { .. } = event {
        left.invites = left.invites.saturating_sub(1);
    } else if let Event::OwnerChanged { cause: OwnerCause::TakenOver(_), .. } = event {
        left.overtakings -= 1;
    } else if let (Event::AgentLost { .. }, Step::Asks(Actor::System, _)) = (event, step) {
        left.absences -= 1;
    } else if let (Event::StatusChanged { status, .. }, Step::Asks(..)) = (event, step)
        && !status.takes_work()
    {
        left.absences -= 1;
    }
}

/// Lets one turn pass: the shipped one, on a store that holds this state.
fn turn(node: &Node, step: &Step) -> (Turns, Vec<Recorded>, Timestamp) {
    let slate = Arc::new(Slate::holding(node.work.as_ref().clone()));
    let now = if *step == Step::Tick { PRESENT.plus(TICK) } else { PRESENT };
    let mut turns = turns(&slate, &Arc::new(ManualClock::at(now)), 1);
    if let Step::Asks(actor, command) = step {
        let answer = submit(&mut turns, *actor, command.clone());
        assert!(answer.is_some(), "what was decided once is decided again");
    } else {
        turns.take();
    }
    // The loop takes the next turn at once where something is due already.
    while turns.next_due().is_some_and(|due| due <= now) {
        turns.take();
    }
    (turns, slate.take(), now)
}

fn turns(slate: &Arc<Slate>, clock: &Arc<ManualClock>, seed: u64) -> Turns {
    let ids = IdSource::from_seed(seed);
    let parts = Parts { store: slate.clone(), clock: clock.clone(), ids, feed: Feed::silent() };
    Turns::load(parts).expect("a slate can be read")
}

fn submit(turns: &mut Turns, actor: Actor, command: Command) -> Option<Answer> {
    let (reply, mut answer) = oneshot::channel();
    turns.add(Request { actor, key: None, command }, reply);
    turns.take();
    answer.try_recv().expect("a turn answers every command").ok()
}

/// Sets up the people, lets the customers come, and returns the state and its time.
fn opened(setting: &Setting) -> (RoutingState, Timestamp) {
    let clock = Arc::new(ManualClock::at(LONG_AGO));
    let mut turns = turns(&Arc::new(Slate::holding(OpenWork::default())), &clock, 2);
    let policy = Box::new(setting.policy.clone());
    added(&mut turns, Command::SetPolicy { preset: Preset::Baton, policy });
    let (name, priority) = ("Everyone".to_owned(), Priority::Normal);
    let queue = added(&mut turns, Command::AddQueue { name: name.clone(), skills: Skills::new(), priority });
    let queue: QueueId = queue.parse().expect("it is an id");
    let skills = BTreeSet::new();
    added(&mut turns, Command::AddGroup { name, skills, membership: Membership::All, priority, team: None });
    for (number, units) in setting.capacity.into_iter().enumerate() {
        let agent = added(
            &mut turns,
            Command::AddPerson {
                name: format!("agent {number}"),
                email: format!("agent-{number}@example.com"),
                password_hash: String::new(),
                role: if number == 2 { Role::Supervisor } else { Role::Agent },
                capacity: BTreeMap::from([(Channel::WebChat, units)]),
                interruptible: Default::default(),
            },
        );
        let agent: AgentId = agent.parse().expect("it is an id");
        added(&mut turns, Command::AddMember { queue, agent });
        added(&mut turns, Command::BeginLease { agent });
        submit(&mut turns, Actor::Person(agent), Command::SetStatus { status: Status::Available });
    }
    let agents: BTreeSet<AgentId> = turns.state().agents.keys().copied().collect();
    let supervises = |agent: &Agent| agent.role == Role::Supervisor;
    let supervisors = turns.state().agents.values().filter(|agent| supervises(agent)).map(|agent| agent.id);
    let (name, supervisors) = ("Everyone".to_owned(), supervisors.collect());
    added(&mut turns, Command::AddTeam { name, agents, supervisors });
    for _ in 0..setting.customers {
        clock.advance(core::time::Duration::from_secs(1));
        submit(
            &mut turns,
            Actor::Visitor,
            Command::StartConversation {
                name: "Ada".to_owned(),
                text: "Hello".to_owned(),
                channel: Channel::WebChat,
                queue,
                attributes: BTreeMap::new(),
            },
        );
    }
    let state = turns.state().clone();
    let now = state.at;
    (state, now)
}

fn added(turns: &mut Turns, command: Command) -> String {
    match submit(turns, Actor::System, command) {
        Some(Answer::Added { id }) => id,
        Some(_) => String::new(),
        None => panic!("a centre can be set up"),
    }
}

/// Everything that everyone may try, whether they are entitled to it or not.
fn attempts(setting: &Setting, node: &Node, steps: &mut Vec<Step>) {
    let state = node.state();
    for agent in state.agents.values() {
        let mut system = |command| steps.push(Step::Asks(Actor::System, command));
        let (id, left) = (agent.id, node.left.absences > 0);
        if !agent.presence.reachable {
            system(Command::BeginLease { agent: id });
        } else if left {
            system(Command::EndLease { agent: id });
        }
        let mut person = |command| steps.push(Step::Asks(Actor::Person(id), command));
        if agent.presence.status != Status::Available {
            person(Command::SetStatus { status: Status::Available });
        } else if left {
            person(Command::SetStatus { status: Status::Away });
        }
        for offer in state.offers.keys() {
            person(Command::AcceptOffer { offer: *offer });
            person(Command::RejectOffer { offer: *offer, reason: "no".to_owned() });
        }
        for open in state.conversations.values() {
            attempts_at(setting, node, open, id, &mut person);
        }
    }
    for by in state.conversations.keys() {
        for conversation in state.conversations.keys() {
            let (conversation, disposition, notes) = (*conversation, None, None);
            let end = Command::EndConversation { conversation, disposition, notes };
            steps.push(Step::Asks(Actor::Customer(*by), end));
        }
    }
}

/// Everything that someone may try with a conversation.
fn attempts_at(
    setting: &Setting,
    node: &Node,
    open: &Conversation,
    by: AgentId,
    person: &mut impl FnMut(Command),
) {
    let (state, conversation) = (node.state(), open.id);
    let disposition = Some(Disposition::Resolved);
    person(Command::EndConversation { conversation, disposition, notes: None });
    person(Command::CreateRequest { conversation, note: None });
    if node.left.overtakings > 0 {
        person(Command::TakeOver { conversation });
    }
    for transfer in state.transfers.keys().copied() {
        person(Command::CancelTransfer { conversation, transfer });
        person(Command::HandOver { conversation, transfer });
        person(Command::LeaveConsult { transfer });
    }
    for invite in state.invites.keys().copied() {
        person(Command::CancelInvite { conversation, invite });
    }
    if !state.invites.is_empty() {
        person(Command::LeaveConversation { conversation });
    }
    let owner = open.owner() == Some(Owner::Agent(by));
    let targets = state.agents.keys().copied().map(Target::Agent);
    let targets = targets.chain(state.queues.keys().copied().map(Target::Queue));
    let groups = state.groups.keys().copied().map(Target::Group);
    let groups = groups.filter(|_| setting.pools == Pools::QueueAndGroup);
    let targets: Vec<Target> = targets.chain(groups).collect();
    let asked = state.invites.values().any(|invite| invite.participant().is_none());
    // Those who may not are tried with one target; it is not the target that they fail on.
    let targets = if owner { targets } else { targets[..1].to_vec() };
    for target in targets {
        if node.left.invites > 0 || asked {
            person(Command::Invite { conversation, target, note: None });
        }
        if node.left.transfers == 0 && open.transfer().is_none() {
            continue;
        }
        for mode in [Mode::Cold, Mode::Warm] {
            // Where a policy lets everything wait, or nothing, the wish to let it wait changes nothing.
            let park = setting.policy.full_target == policy::FullTarget::Refuse && mode == Mode::Cold;
            for park in [false, park].into_iter().take(1 + usize::from(park)) {
                let (note, summary, edited) = (None, None, None);
                person(Command::RequestTransfer { conversation, target, mode, note, summary, edited, park });
            }
        }
    }
}

/// Returns a preset with timers that are whole ticks: the order in which they end is kept.
///
/// Where it is not large, a missed offer leaves the person who missed it where they are; that they are away afterwards
/// is the same to everything else as that they went away.
pub fn in_ticks(preset: Preset, large: bool) -> TransferPolicy {
    let preset = preset.policy();
    let away = large && preset.on_missed != OnMissed::Stay;
    TransferPolicy {
        undo_secs: 30,
        offer_secs: 30,
        transfer_secs: preset.transfer_secs.map(|_| 60),
        consult_secs: 60,
        grace_secs: 60,
        // Silence changes only how much room is taken, which the simulation checks.
        idle_secs: None,
        // What is counted up has no end: how often a conversation may be passed on is shown with the presets.
        hops_max: 0,
        on_missed: if away { OnMissed::Away } else { OnMissed::Stay },
        ..preset
    }
}
