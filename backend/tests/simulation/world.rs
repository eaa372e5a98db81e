//! The people of a small contact centre, what they do next, and what goes wrong.

mod administration;
mod customers;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use baton::clock::{self, Clock, ManualClock};
use baton::dispatcher::{Answer, CommandError, Key, Parts, Request, Turns};
use baton::feed::Feed;
use baton::ids::IdSource;
use baton::routing::RoutingState;
use baton::store::Store;
use baton_shared::command::Actor;
use baton_shared::queue::Priority;
use baton_shared::segment::Disposition;
use baton_shared::*;
use tokio::sync::oneshot;

use crate::assertions::Checker;
use crate::bots::Bots;
use crate::disk::Disk;
use crate::random::Random;
use crate::tally::Tally;
use crate::{lines, reference};

const AGENTS: usize = 7;
const QUEUES: usize = 4;
const SKILLS: usize = 3;
const GROUPS: usize = 3;
const WORKFLOWS: usize = 2;

/// A contact centre, its server, and the disk under it.
pub struct World {
    random: Random,
    /// The machine's clock, which may be set back between two starts.
    machine: Arc<ManualClock>,
    clock: Arc<dyn Clock>,
    disk: Arc<Disk>,
    turns: Turns,
    checker: Checker,
    tally: Tally,
    agents: Vec<AgentId>,
    queues: Vec<QueueId>,
    skills: Vec<SkillId>,
    groups: Vec<GroupId>,
    workflows: Vec<WorkflowId>,
    bots: Bots,
    lowered: BTreeSet<AgentId>,
    /// Conversations whose customers may return.
    earlier: Vec<ConversationId>,
    /// People whose browser is closed for a while.
    gone_until: BTreeMap<AgentId, Timestamp>,
    keys: u64,
    last: Option<(Request, Result<Answer, CommandError>)>,
    counted: usize,
}

impl World {
    /// Sets up people, queues and skills.
    pub fn new(seed: u64) -> Self {
        let machine = Arc::new(ManualClock::at(Timestamp::from_millis(1_795_248_000_000)));
        let disk = Arc::new(Disk::default());
        let (turns, clock) = start(&disk, &machine, seed);
        let mut world = Self {
            random: Random(seed),
            machine,
            clock,
            disk,
            turns,
            checker: Checker::default(),
            tally: Tally::default(),
            agents: Vec::new(),
            queues: Vec::new(),
            skills: Vec::new(),
            groups: Vec::new(),
            workflows: Vec::new(),
            bots: Bots::default(),
            lowered: BTreeSet::new(),
            earlier: Vec::new(),
            gone_until: BTreeMap::new(),
            keys: 0,
            last: None,
            counted: 0,
        };
        world.set_up();
        world
    }

    fn set_up(&mut self) {
        for number in 0..SKILLS {
            let id = self.added(Command::AddSkill { name: format!("skill {number}") });
            self.skills.push(id.parse().unwrap());
        }
        for number in 0..QUEUES {
            let skills = lines::asked(&mut self.random, &self.skills, number % 3);
            let priority = if number == 3 { Priority::High } else { Priority::Normal };
            let id = self.added(Command::AddQueue { name: format!("queue {number}"), skills, priority });
            self.queues.push(id.parse().unwrap());
        }
        // Two lead round in a circle, which has to end somewhere.
        for (queue, next) in [(0, 1), (1, 0)] {
            let (queue, overflow) = (self.queues[queue], queue::Overflow::Queue(self.queues[next]));
            let skills = self.turns.state().queues[&queue].skills.clone();
            let (name, priority) = ("queue".to_owned(), Priority::Normal);
            let rules = Some(Box::new(QueueRules { wait_secs: Some(20), overflow, ..Default::default() }));
            self.give(Actor::System, Command::ChangeQueue { queue, name, skills, priority, rules });
        }
        for number in 0..AGENTS {
            let capacity = BTreeMap::from([(Channel::WebChat, 1 + number as u32 % 4)]);
            let id = self.added(Command::AddPerson {
                name: format!("agent {number}"),
                email: format!("agent-{number}@example.com"),
                password_hash: String::new(),
                role: if number == 0 { Role::Administrator } else { Role::Agent },
                capacity,
                interruptible: Default::default(),
            });
            self.agents.push(id.parse().unwrap());
        }
        let (agents, supervisors) = (self.agents.iter().copied().collect(), [self.agents[0]].into());
        self.added(Command::AddTeam { name: "everyone".to_owned(), agents, supervisors });
        for number in 0..GROUPS {
            self.add_group(number);
        }
        for _ in 0..WORKFLOWS {
            self.add_workflow();
        }
        self.add_external();
        self.add_flow();
        for agent in self.agents.clone() {
            for queue in self.queues.clone() {
                if self.random.chance(80) {
                    self.give(Actor::System, Command::AddMember { queue, agent });
                }
            }
            for skill in self.skills.clone() {
                if self.random.chance(80) {
                    let level = self.random.pick(&lines::LEVELS);
                    self.give(Actor::System, Command::GrantSkill { agent, skill, level });
                }
            }
            self.give(Actor::Person(agent), Command::SetStatus { status: Status::Available });
        }
    }

    /// Lets one thing happen, and checks that everything still holds.
    pub fn step(&mut self) {
        self.machine.advance(Duration::from_millis(self.random.below(9_000)));
        self.answer_heartbeats();
        match self.random.below(100) {
            0..=1 => self.crash(),
            2..=3 => {
                self.tally.count("commit refused");
                self.disk.fail_next_commit();
                self.customer_arrives();
                if self.disk.failing() {
                    // A queue without room turned the customer away, which commits nothing.
                    self.give(Actor::System, Command::AddSkill { name: "skill".to_owned() });
                }
                assert!(!self.disk.failing(), "a commit was refused");
            }
            4..=6 => self.repeat_last(),
            7..=16 => self.customer_arrives(),
            17..=27 => self.someone_writes(),
            28..=56 => self.someone_answers_an_offer(),
            57..=80 => self.someone_passes_on(),
            81..=86 => self.someone_ends(),
            87..=92 => self.someone_files(),
            93..=96 => self.someone_changes_status(),
            97 => {
                self.someone_stops_listening();
                self.someone_takes_over();
            }
            _ => self.administrator_acts(),
        }
        self.turns.take();
        self.check();
    }

    /// Ends the day: everyone comes, everything is answered, and nothing may be left open.
    pub fn finish(mut self) -> Tally {
        for _ in 0..2_000 {
            if self.turns.state().conversations.is_empty() {
                break;
            }
            self.machine.advance(Duration::from_secs(3));
            for agent in self.agents.clone() {
                self.turns.renew_lease(agent);
                self.give(Actor::Person(agent), Command::SetStatus { status: Status::Available });
            }
            let offers: Vec<(OfferId, AgentId)> =
                self.turns.state().offers.values().map(|offer| (offer.id, offer.agent)).collect();
            for (offer, agent) in offers {
                self.give(Actor::Person(agent), Command::AcceptOffer { offer });
            }
            let open: Vec<ConversationId> = self.turns.state().conversations.keys().copied().collect();
            for conversation in open {
                self.end_if_owned_or_hopeless(conversation);
            }
            self.check();
        }
        self.turns.take();
        self.check();
        assert!(self.checker.all_closed(), "every conversation can be brought to its end");
        let loaded = self.disk.load().unwrap();
        self.checker.check_replay(self.turns.state(), loaded.work);
        self.tally
    }

    /// Agents end what they own; customers whom nobody can serve leave.
    fn end_if_owned_or_hopeless(&mut self, conversation: ConversationId) {
        let Some(open) = self.turns.state().conversations.get(&conversation) else { return };
        let actor = match open.owner() {
            Some(Owner::Agent(agent)) => match open.transfer() {
                None => Actor::Person(agent),
                Some(transfer) => {
                    self.give(Actor::Person(agent), Command::CancelTransfer { conversation, transfer });
                    if self.random.chance(90) {
                        return;
                    }
                    Actor::Customer(conversation)
                }
            },
            Some(Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_)) | None => {
                Actor::Customer(conversation)
            }
        };
        self.give(actor, Command::EndConversation { conversation, disposition: None, notes: None });
    }

    /// Returns the log as it was committed.
    pub fn log(&self) -> Vec<Recorded> {
        self.disk.kept().log.clone()
    }

    /// Returns the server's state, as canonical JSON.
    pub fn canonical(&self) -> Vec<u8> {
        self.turns.state().canonical()
    }

    fn check(&mut self) {
        let disk = self.disk.clone();
        let kept = disk.kept();
        self.checker.read_on(&kept);
        for recorded in &kept.log[self.counted..] {
            self.tally.count_event(&recorded.event);
        }
        self.counted = kept.log.len();
        drop(kept);
        let (state, now) = (self.turns.state(), self.clock.now());
        let interrupted = |agent: &&Agent| {
            let limits = Work::ALL.map(|work| agent.limit(Channel::WebChat, work));
            let held = reference::holding(state, agent.id, now);
            !self.lowered.contains(&agent.id) && held.all > limits[0].max(limits[1])
        };
        if state.agents.values().any(|agent| interrupted(&agent)) {
            self.tally.count("interrupted");
        }
        self.checker.check_rest(self.turns.state(), self.clock.now(), &self.lowered);
    }

    fn crash(&mut self) {
        self.tally.count("crash");
        self.disk.has_room_again();
        let seed = self.random.below(u64::MAX);
        let before = self.disk.load().unwrap();
        let disk = self.disk.clone();
        self.checker.read_on(&disk.kept());
        let state = RoutingState::from_open_work(before.work.clone());
        self.checker.check_replay(&state, before.work);
        if seed.is_multiple_of(2) {
            self.tally.count("clock set back");
            self.machine = Arc::new(ManualClock::at(self.machine.now().minus(Duration::from_secs(3_600))));
        }
        (self.turns, self.clock) = start(&self.disk, &self.machine, seed);
    }

    fn answer_heartbeats(&mut self) {
        let now = self.clock.now();
        if self.random.chance(1) {
            let until = now.plus(Duration::from_secs(100 + self.random.below(300)));
            self.gone_until.insert(self.random.pick(&self.agents), until);
        }
        for agent in self.agents.clone() {
            let gone = self.gone_until.get(&agent).is_some_and(|until| *until > now);
            if !gone && self.random.chance(45) {
                self.turns.renew_lease(agent);
            }
        }
    }

    fn repeat_last(&mut self) {
        let Some((request, answer)) = self.last.clone() else { return };
        let again = self.submit(request);
        if let Ok(answer) = answer {
            assert_eq!(again, Ok(answer), "the same key gives the same answer");
            self.tally.count("same key again");
        }
    }

    fn any_conversation(&mut self) -> Option<(ConversationId, Actor)> {
        let open: Vec<&Conversation> = self.turns.state().conversations.values().collect();
        if open.is_empty() {
            return None;
        }
        let chosen = open[self.random.below(open.len() as u64) as usize];
        let actor = match chosen.owner() {
            Some(Owner::Agent(agent)) if self.random.chance(60) => Actor::Person(agent),
            _ => Actor::Customer(chosen.id),
        };
        Some((chosen.id, actor))
    }

    fn someone_writes(&mut self) {
        if let Some((actor, command)) = self.bots.someone_acts(&mut self.random, self.turns.state()) {
            self.give(actor, command);
        }
        if let Some((conversation, actor)) = self.any_conversation() {
            self.give(actor, Command::SendMessage { conversation, text: "Yes".to_owned() });
        }
    }

    fn someone_answers_an_offer(&mut self) {
        let offers: Vec<(OfferId, AgentId)> =
            self.turns.state().offers.values().map(|offer| (offer.id, offer.agent)).collect();
        if offers.is_empty() {
            return;
        }
        let (offer, agent) = self.random.pick(&offers);
        if self.random.chance(15) {
            let command = match self.random.below(3) {
                0 => Command::ReplyToOffer { offer, reply: ShortReply::Seen },
                1 => Command::ReplyToOffer { offer, reply: ShortReply::Soon },
                _ => Command::AskSender { offer, text: "which one?".to_owned() },
            };
            self.give(Actor::Person(agent), command);
            return;
        }
        let agent = if self.random.chance(95) { agent } else { self.random.pick(&self.agents) };
        let command = if self.random.chance(65) {
            Command::AcceptOffer { offer }
        } else {
            Command::RejectOffer { offer, reason: "at lunch".to_owned() }
        };
        self.give(Actor::Person(agent), command);
    }

    fn someone_passes_on(&mut self) {
        let transfers: Vec<Transfer> = self.turns.state().transfers.values().cloned().collect();
        if !transfers.is_empty() && self.random.chance(45) {
            let Transfer { id: transfer, conversation, from, state, .. } = self.random.pick(&transfers);
            let command = match (state, self.random.below(6)) {
                (TransferState::Consulting { .. }, 0..=1) => Command::HandOver { conversation, transfer },
                (TransferState::Consulting { .. }, 2..=4) => {
                    Command::SendAside { transfer, text: "who is it?".to_owned() }
                }
                (TransferState::Consulting { agent, .. }, _) => {
                    self.give(Actor::Person(agent), Command::LeaveConsult { transfer });
                    return;
                }
                _ => Command::CancelTransfer { conversation, transfer },
            };
            self.give(from.agent().map_or(Actor::System, Actor::Person), command);
            return;
        }
        let invites: Vec<Invite> = self.turns.state().invites.values().cloned().collect();
        if !invites.is_empty() && self.random.chance(25) {
            let invite = self.random.pick(&invites);
            let conversation = invite.conversation;
            let owner = self.turns.state().conversations[&conversation].owner();
            let leave = Command::LeaveConversation { conversation };
            match (owner, invite.participant(), self.random.below(3)) {
                (Some(Owner::Agent(owner)), Some(_), 0) => self.give(Actor::Person(owner), leave),
                (_, Some(participant), 1) => self.give(Actor::Person(participant), leave),
                (Some(Owner::Agent(owner)), _, _) => {
                    let invite = invite.id;
                    self.give(Actor::Person(owner), Command::CancelInvite { conversation, invite });
                }
                _ => {}
            }
            return;
        }
        let Some((conversation, actor)) = self.any_conversation() else { return };
        let target = match self.random.below(12) {
            10..=11 => self.bots.target(&mut self.random),
            0..=4 => Target::Agent(self.random.pick(&self.agents)),
            5 => Target::Workflow(self.random.pick(&self.workflows)),
            6..=7 => Target::Queue(self.random.pick(&self.queues)),
            _ => Target::Group(self.random.pick(&self.groups)),
        };
        if self.random.chance(25) {
            self.give(actor, Command::Invite { conversation, target, note: None });
            return;
        }
        let mode = if self.random.chance(40) { Mode::Warm } else { Mode::Cold };
        let note = Some("please go on".to_owned());
        let summary = Some("wants a refund".to_owned());
        let park = self.random.chance(30);
        self.give(
            actor,
            Command::RequestTransfer { conversation, target, mode, note, summary, edited: None, park },
        );
    }

    fn someone_ends(&mut self) {
        if let Some((conversation, actor)) = self.any_conversation() {
            let disposition = self.random.chance(30).then_some(Disposition::Resolved);
            self.give(actor, Command::EndConversation { conversation, disposition, notes: None });
        }
    }

    fn someone_files(&mut self) {
        let wrap_ups: Vec<(SegmentId, Owner)> = self
            .turns
            .state()
            .wrap_ups
            .values()
            .filter(|segment| matches!(segment.state, SegmentState::WrapUp { .. }))
            .map(|segment| (segment.id, segment.owner))
            .collect();
        if wrap_ups.is_empty() {
            return;
        }
        if let (segment, Owner::Agent(agent)) = self.random.pick(&wrap_ups) {
            if self.random.chance(20) {
                self.give(Actor::Person(agent), Command::ExtendWrapUp { segment });
                return;
            }
            let disposition = Disposition::PassedOn;
            self.give(Actor::Person(agent), Command::CompleteWrapUp { segment, disposition, notes: None });
        }
    }

    fn someone_changes_status(&mut self) {
        let agent = self.random.pick(&self.agents);
        let status = if self.random.chance(80) { Status::Available } else { self.random.pick(&Status::ALL) };
        self.give(Actor::Person(agent), Command::SetStatus { status });
    }

    fn someone_takes_over(&mut self) {
        if let Some((conversation, _)) = self.any_conversation() {
            self.give(Actor::Person(self.agents[0]), Command::TakeOver { conversation });
        }
    }

    fn someone_stops_listening(&mut self) {
        let listeners = self.turns.state().conversations.values();
        let listeners = listeners.flat_map(|open| open.listeners.iter().map(|agent| (open.id, *agent)));
        let listeners: Vec<(ConversationId, AgentId)> = listeners.collect();
        if !listeners.is_empty() {
            let (conversation, agent) = self.random.pick(&listeners);
            self.give(Actor::Person(agent), Command::StopListening { conversation });
        }
    }

    fn give(&mut self, actor: Actor, command: Command) {
        self.keys += 1;
        let key = Some(Key { text: format!("key-{:08}", self.keys), body_hash: [0; 32] });
        let request = Request { actor, key, command };
        let answer = self.submit(request.clone());
        self.last = Some((request, answer));
    }

    fn added(&mut self, command: Command) -> String {
        match self.submit(Request { actor: Actor::System, key: None, command }) {
            Ok(Answer::Added { id }) => id,
            other => panic!("could not be added: {other:?}"),
        }
    }

    fn submit(&mut self, request: Request) -> Result<Answer, CommandError> {
        let (reply, mut answer) = oneshot::channel();
        self.turns.add(request, reply);
        self.turns.take();
        answer.try_recv().expect("a turn answers every command")
    }
}

fn start(disk: &Arc<Disk>, machine: &Arc<ManualClock>, seed: u64) -> (Turns, Arc<dyn Clock>) {
    let clock = clock::from_no_earlier_than(disk.load().unwrap().work.at, machine.clone());
    let parts = Parts {
        store: disk.clone(),
        clock: clock.clone(),
        ids: IdSource::from_seed(seed),
        feed: Feed::silent(),
    };
    let mut turns = Turns::load(parts).unwrap();
    turns.record_start().unwrap();
    (turns, clock)
}
