//! The people of a small contact centre, what they do next, and what goes wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use baton::clock::{Clock, ManualClock};
use baton::dispatcher::{Answer, CommandError, Key, Parts, Request, Turns};
use baton::feed::Feed;
use baton::ids::IdSource;
use baton::routing::OpenWork;
use baton::store::Store;
use baton_shared::command::Actor;
use baton_shared::queue::Priority;
use baton_shared::segment::Disposition;
use baton_shared::*;
use tokio::sync::oneshot;

use crate::assertions::Checker;
use crate::disk::Disk;

const AGENTS: usize = 7;
const QUEUES: usize = 4;
const SKILLS: usize = 3;

/// What happened in a run, so that a run in which a thing never happened fails.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: BTreeMap<&'static str, u64>,
}

impl Tally {
    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Adds another run's counts.
    pub fn add(&mut self, other: &Self) {
        for (what, count) in &other.counts {
            *self.counts.entry(what).or_default() += count;
        }
    }

    /// Fails if something that the simulation is for never happened.
    pub fn assert_everything_happened(&self) {
        for what in [
            "crash",
            "commit refused",
            "same key again",
            "conversation_opened",
            "message_sent",
            "offer_made",
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
            "taken back",
            "conversation_closed",
            "wrap_up_ended",
            "agent_reached",
            "agent_lost",
            "released",
        ] {
            assert!(self.counts.get(what).is_some_and(|count| *count > 0), "never happened: {what}");
        }
    }
}

/// A contact centre, its server, and the disk under it.
pub struct World {
    random: Random,
    clock: Arc<ManualClock>,
    disk: Arc<Disk>,
    turns: Turns,
    checker: Checker,
    tally: Tally,
    agents: Vec<AgentId>,
    queues: Vec<QueueId>,
    skills: Vec<SkillId>,
    lowered: BTreeSet<AgentId>,
    keys: u64,
    last: Option<(Request, Result<Answer, CommandError>)>,
    counted: usize,
}

impl World {
    /// Sets up people, queues and skills.
    pub fn new(seed: u64) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_795_248_000_000)));
        let disk = Arc::new(Disk::default());
        let turns = start(&disk, &clock, seed);
        let mut world = Self {
            random: Random(seed),
            clock,
            disk,
            turns,
            checker: Checker::default(),
            tally: Tally::default(),
            agents: Vec::new(),
            queues: Vec::new(),
            skills: Vec::new(),
            lowered: BTreeSet::new(),
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
            let skills = self.skills.iter().copied().take(number % 3).collect();
            let priority = if number == 3 { Priority::High } else { Priority::Normal };
            let id = self.added(Command::AddQueue { name: format!("queue {number}"), skills, priority });
            self.queues.push(id.parse().unwrap());
        }
        for number in 0..AGENTS {
            let capacity = BTreeMap::from([(Channel::WebChat, 1 + number as u32 % 4)]);
            let id = self.added(Command::AddPerson {
                name: format!("agent {number}"),
                email: format!("agent-{number}@example.com"),
                password_hash: String::new(),
                role: if number == 0 { Role::Administrator } else { Role::Agent },
                capacity,
            });
            self.agents.push(id.parse().unwrap());
        }
        for agent in self.agents.clone() {
            for queue in self.queues.clone() {
                if self.random.chance(80) {
                    self.give(Actor::System, Command::AddMember { queue, agent });
                }
            }
            for skill in self.skills.clone() {
                if self.random.chance(80) {
                    self.give(Actor::System, Command::GrantSkill { agent, skill });
                }
            }
            self.give(Actor::Person(agent), Command::SetStatus { status: Status::Available });
        }
    }

    /// Lets one thing happen, and checks that everything still holds.
    pub fn step(&mut self) {
        self.clock.advance(Duration::from_millis(self.random.below(9_000)));
        self.answer_heartbeats();
        match self.random.below(100) {
            0..=1 => self.crash(),
            2..=3 => {
                self.tally.count("commit refused");
                self.disk.fail_next_commit();
                self.customer_arrives();
                assert!(!self.disk.failing(), "a commit was refused");
            }
            4..=6 => self.repeat_last(),
            7..=18 => self.customer_arrives(),
            19..=37 => self.someone_writes(),
            38..=66 => self.someone_answers_an_offer(),
            67..=78 => self.someone_passes_on(),
            79..=86 => self.someone_ends(),
            87..=92 => self.someone_files(),
            93..=97 => self.someone_changes_status(),
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
            self.clock.advance(Duration::from_secs(3));
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
        self.checker.check_replay(self.turns.state(), open_work(loaded));
        self.tally
    }

    /// Agents end what they own; customers whom nobody can serve leave.
    fn end_if_owned_or_hopeless(&mut self, conversation: ConversationId) {
        let Some(open) = self.turns.state().conversations.get(&conversation) else { return };
        let actor = match open.owner() {
            Some(Owner::Agent(agent)) if open.transfer().is_none() => Actor::Person(agent),
            Some(Owner::Agent(_)) => return,
            Some(Owner::Queue(_)) | None => Actor::Customer(conversation),
        };
        self.give(actor, Command::EndConversation { conversation, disposition: None, notes: None });
    }

    /// Returns the log as it was committed.
    pub fn log(&self) -> Vec<Recorded> {
        self.disk.kept().log.clone()
    }

    fn check(&mut self) {
        let disk = self.disk.clone();
        let kept = disk.kept();
        self.checker.read_on(&kept.log);
        for recorded in &kept.log[self.counted..] {
            count_event(&mut self.tally, &recorded.event);
        }
        self.counted = kept.log.len();
        drop(kept);
        self.checker.check_rest(
            self.turns.state(),
            self.clock.now().max(self.turns.state().at),
            &self.lowered,
        );
    }

    fn crash(&mut self) {
        self.tally.count("crash");
        self.disk.has_room_again();
        let seed = self.random.below(u64::MAX);
        let before = self.disk.load().unwrap();
        let disk = self.disk.clone();
        self.checker.read_on(&disk.kept().log);
        let state = baton::dispatcher::state_of(before.clone());
        self.checker.check_replay(&state, open_work(before));
        self.turns = start(&self.disk, &self.clock, seed);
    }

    fn answer_heartbeats(&mut self) {
        for agent in self.agents.clone() {
            if self.random.chance(30) {
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

    fn customer_arrives(&mut self) {
        let queue = self.random.pick(&self.queues);
        let attributes = BTreeMap::from([("page".to_owned(), "/help".to_owned())]);
        let (name, text) = ("Ada".to_owned(), "Hello".to_owned());
        let channel = Channel::WebChat;
        self.give(Actor::Visitor, Command::StartConversation { name, text, channel, queue, attributes });
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
        if !transfers.is_empty() && self.random.chance(35) {
            let Transfer { id: transfer, conversation, from, .. } = self.random.pick(&transfers);
            self.give(Actor::Person(from), Command::CancelTransfer { conversation, transfer });
            return;
        }
        let Some((conversation, actor)) = self.any_conversation() else { return };
        let target = if self.random.chance(60) {
            Target::Agent(self.random.pick(&self.agents))
        } else {
            Target::Queue(self.random.pick(&self.queues))
        };
        let note = Some("please go on".to_owned());
        self.give(actor, Command::RequestTransfer { conversation, target, note });
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
            .segments
            .values()
            .filter(|segment| matches!(segment.state, SegmentState::WrapUp { .. }))
            .map(|segment| (segment.id, segment.owner))
            .collect();
        if wrap_ups.is_empty() {
            return;
        }
        if let (segment, Owner::Agent(agent)) = self.random.pick(&wrap_ups) {
            let disposition = Disposition::PassedOn;
            self.give(Actor::Person(agent), Command::CompleteWrapUp { segment, disposition, notes: None });
        }
    }

    fn someone_changes_status(&mut self) {
        let agent = self.random.pick(&self.agents);
        let status = if self.random.chance(60) { Status::Available } else { self.random.pick(&Status::ALL) };
        self.give(Actor::Person(agent), Command::SetStatus { status });
    }

    fn administrator_acts(&mut self) {
        let (agent, queue) = (self.random.pick(&self.agents), self.random.pick(&self.queues));
        let skill = self.random.pick(&self.skills);
        let command = match self.random.below(6) {
            0 => Command::AddMember { queue, agent },
            1 => Command::RemoveMember { queue, agent },
            2 => Command::GrantSkill { agent, skill },
            3 => Command::RevokeSkill { agent, skill },
            4 => Command::ChangeQueue {
                queue,
                name: "queue".to_owned(),
                skills: self.skills.iter().copied().take(self.random.below(3) as usize).collect(),
                priority: self.random.pick(&[Priority::Low, Priority::Normal, Priority::Urgent]),
            },
            _ => self.change_person(agent),
        };
        self.give(Actor::System, command);
    }

    /// A smaller capacity never takes away what somebody holds already.
    fn change_person(&mut self, agent: AgentId) -> Command {
        let limit = 1 + self.random.below(4) as u32;
        self.lowered.insert(agent);
        Command::ChangePerson {
            agent,
            name: "agent".to_owned(),
            role: if agent == self.agents[0] { Role::Administrator } else { Role::Agent },
            enabled: self.random.chance(70),
            capacity: BTreeMap::from([(Channel::WebChat, limit)]),
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

fn start(disk: &Arc<Disk>, clock: &Arc<ManualClock>, seed: u64) -> Turns {
    let parts = Parts {
        store: disk.clone(),
        clock: clock.clone(),
        ids: IdSource::from_seed(seed),
        feed: Feed::silent(),
    };
    let mut turns = Turns::load(parts).unwrap();
    turns.record_start().unwrap();
    turns
}

fn open_work(loaded: baton::store::Loaded) -> OpenWork {
    OpenWork {
        position: loaded.position,
        at: loaded.at,
        skills: loaded.skills,
        agents: loaded.agents,
        queues: loaded.queues,
        groups: loaded.groups,
        conversations: loaded.conversations,
        segments: loaded.segments,
        offers: loaded.offers,
        transfers: loaded.transfers,
    }
}

fn count_event(tally: &mut Tally, event: &Event) {
    tally.count(event.name());
    if let Event::OfferEnded { end, .. } = event {
        tally.count(match end {
            OfferEnd::Accepted => "offer accepted",
            OfferEnd::Declined => "offer declined",
            OfferEnd::TimedOut => "offer timed_out",
            OfferEnd::Cancelled => "offer cancelled",
            OfferEnd::Rescinded => "offer rescinded",
            OfferEnd::TargetGone => "offer target_gone",
        });
    }
    if let Event::TransferEnded { end, .. } = event {
        tally.count(match end {
            TransferEnd::Completed => "transfer completed",
            TransferEnd::Returned => "transfer returned",
            TransferEnd::Cancelled => "transfer cancelled",
            TransferEnd::Expired => "transfer expired",
            TransferEnd::Abandoned => "transfer abandoned",
        });
    }
    if let Event::OwnerChanged { cause, .. } = event {
        tally.count(match cause {
            segment::OwnerCause::Opened => "opened",
            segment::OwnerCause::Accepted(_) => "accepted from the queue",
            segment::OwnerCause::Transferred(_) => "transferred",
            segment::OwnerCause::TakenBack(_) => "taken back",
            segment::OwnerCause::Released => "released",
        });
    }
}

/// SplitMix64, so that a seed gives the same run on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize].clone()
    }
}
