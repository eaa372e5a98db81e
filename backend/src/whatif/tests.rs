//! Days made by hand, whose right figures stand beside them.

mod erlang;

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_shared::api::{WhatIfFigures, WhatIfStaffing};
use baton_shared::command::Actor;
use baton_shared::policy::PolicyOverride;
use baton_shared::queue::{Priority, ServiceTarget};
use baton_shared::segment::Disposition;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::*;
use crate::clock::ManualClock;
use crate::dispatcher::{Answer, Parts, Request, Turns};
use crate::feed::Feed;
use crate::ids::IdSource;
use crate::store::sqlite::SqliteStore;

/// When the days begin.
const BEGIN: Timestamp = Timestamp::from_millis(1_795_248_000_000);

/// A day on a store of its own, told by the second.
struct Day {
    turns: Turns,
    store: Arc<SqliteStore>,
    clock: Arc<ManualClock>,
    people: Vec<AgentId>,
    queue: QueueId,
    _data: TempDir,
}

impl Day {
    /// Begins with a queue that is to be answered within 60 s, and people who have room for one conversation each.
    fn begin(people: usize) -> Self {
        let data = TempDir::new().unwrap();
        let (store, clock) =
            (Arc::new(SqliteStore::open(data.path()).unwrap()), Arc::new(ManualClock::at(BEGIN)));
        let ids = IdSource::from_seed(3);
        let parts = Parts { store: store.clone(), clock: clock.clone(), ids, feed: Feed::silent() };
        let turns = Turns::load(parts).unwrap();
        let queue = QueueId::from_bits(0);
        let mut day = Self { turns, store, clock, people: Vec::new(), queue, _data: data };
        day.queue = day.add_queue("Sales");
        for number in 0..people {
            let person = day.add_person(number);
            day.give(Actor::System, Command::AddMember { queue: day.queue, agent: person });
        }
        day
    }

    fn add_queue(&mut self, name: &str) -> QueueId {
        let (name, priority) = (name.to_owned(), Priority::Normal);
        let add = Command::AddQueue { name: name.clone(), skills: Default::default(), priority };
        let queue = self.added(add).parse().unwrap();
        let rules =
            QueueRules { target: Some(ServiceTarget { secs: 60, percent: 80 }), ..QueueRules::default() };
        let rules = Some(Box::new(rules));
        let skills = Default::default();
        self.give(Actor::System, Command::ChangeQueue { queue, name, skills, priority, rules });
        queue
    }

    fn add_person(&mut self, number: usize) -> AgentId {
        let add = Command::AddPerson {
            name: format!("Agent {number}"),
            email: format!("agent-{number}@example.com"),
            password_hash: String::new(),
            role: Role::Agent,
            capacity: BTreeMap::from([(Channel::WebChat, 1)]),
            interruptible: BTreeMap::new(),
        };
        let person = self.added(add).parse().unwrap();
        self.people.push(person);
        self.give(Actor::Person(person), Command::SetStatus { status: Status::Available });
        person
    }

    /// Lets time pass until so many seconds after the beginning.
    fn at(&mut self, secs: u64) -> &mut Self {
        let at = BEGIN.plus(Duration::from_secs(secs));
        while self.clock.now() < at {
            self.clock.advance(Duration::from_secs(10).min(at.since(self.clock.now())));
            self.heard();
            self.turns.take();
        }
        self
    }

    fn heard(&mut self) {
        for person in &self.people {
            self.turns.renew_lease(*person);
        }
    }

    fn customer(&mut self) -> ConversationId {
        let start = Command::StartConversation {
            name: "Ada".to_owned(),
            text: "Hello".to_owned(),
            channel: Channel::WebChat,
            queue: self.queue,
            attributes: BTreeMap::new(),
        };
        let answer = self.give(Actor::Visitor, start);
        let Answer::Started { conversation } = answer else { panic!("none was opened: {answer:?}") };
        conversation
    }

    fn accept(&mut self, conversation: ConversationId) -> &mut Self {
        let offers = self.turns.state().offers.values();
        let (offer, agent) = offers
            .filter(|offer| offer.conversation == conversation)
            .map(|offer| (offer.id, offer.agent))
            .next()
            .unwrap();
        self.give(Actor::Person(agent), Command::AcceptOffer { offer });
        self
    }

    /// Ends a conversation, which is filed at once.
    fn end(&mut self, conversation: ConversationId) -> &mut Self {
        let owner = self.turns.state().conversations.get(&conversation).unwrap().owner();
        let Some(Owner::Agent(agent)) = owner else { panic!("an agent has it") };
        let (disposition, notes) = (Some(Disposition::Resolved), None);
        self.give(Actor::Person(agent), Command::EndConversation { conversation, disposition, notes });
        self
    }

    fn leave(&mut self, conversation: ConversationId) -> &mut Self {
        let (disposition, notes) = (None, None);
        self.give(
            Actor::Customer(conversation),
            Command::EndConversation { conversation, disposition, notes },
        );
        self
    }

    fn pass_on(&mut self, conversation: ConversationId, target: Target) -> &mut Self {
        let owner = self.turns.state().conversations.get(&conversation).unwrap().owner();
        let Some(Owner::Agent(agent)) = owner else { panic!("an agent has it") };
        let (mode, note, summary, park) = (Mode::Cold, None, None, false);
        let request =
            Command::RequestTransfer { conversation, target, mode, note, summary, edited: None, park };
        self.give(Actor::Person(agent), request);
        self
    }

    fn give(&mut self, actor: Actor, command: Command) -> Answer {
        self.heard();
        let (reply, mut answer) = oneshot::channel();
        self.turns.add(Request { actor, key: None, command }, reply);
        self.turns.take();
        answer.try_recv().unwrap().expect("nothing is refused on this day")
    }

    fn added(&mut self, command: Command) -> String {
        let answer = self.give(Actor::System, command);
        let Answer::Added { id } = answer else { panic!("could not be added: {answer:?}") };
        id
    }

    /// Plays the first hour again.
    fn again(&self, change: WhatIfChange) -> WhatIfReport {
        self.try_again(change, 1).unwrap()
    }

    fn try_again(&self, change: WhatIfChange, seed: u32) -> Result<WhatIfReport, WhatIfError> {
        let (from, to) = (BEGIN, BEGIN.plus(Duration::from_secs(3_600)));
        let asked = Asked { from, to, queue: None, change, seed, scope: Scope::Everything };
        let (halt, _waiter) = Halt::begin(self.clock.clone());
        run(self.store.as_ref(), &asked, &halt)
    }
}

fn more(people: i32) -> WhatIfChange {
    let staffing = vec![WhatIfStaffing { queue: None, team: None, people, percent: 0 }];
    WhatIfChange { staffing, ..WhatIfChange::default() }
}

/// Returns mean, median and 95th of 100 of the waits, in seconds.
fn waits(figures: &WhatIfFigures) -> [Option<u64>; 3] {
    [figures.wait_ms, figures.wait_median_ms, figures.wait_p95_ms].map(|ms| ms.map(|ms| ms / 1_000))
}

/// Two customers and one person: the first is served from 0 to 300 s, the second comes at 60 s and is served from 300
/// to 400 s.
fn two_customers() -> Day {
    let mut day = Day::begin(1);
    let first = day.customer();
    day.accept(first);
    let second = day.at(60).customer();
    day.at(300).end(first).accept(second);
    day.at(400).end(second);
    day
}

#[test]
fn with_a_second_person_nobody_waits() {
    let report = two_customers().again(more(1));
    let WhatIfLine { recorded, as_it_was, what_if, .. } = &report.all;
    // Waits of 0 and 240 s: 120 s on average.
    assert_eq!(waits(recorded), [Some(120), Some(0), Some(240)]);
    assert_eq!(waits(as_it_was), [Some(120), Some(0), Some(240)]);
    assert_eq!(waits(what_if), [Some(0), Some(0), Some(0)]);
    // One of two is answered within 60 s, and then both.
    let levels = [recorded, as_it_was, what_if].map(|figures| figures.service_level);
    assert_eq!(levels, [Some(0.5), Some(0.5), Some(1.0)]);
    assert_eq!([recorded, as_it_was, what_if].map(|figures| figures.conversations), [2, 2, 2]);
    assert_eq!(report.changes, ["1 person more everywhere."]);
}

#[test]
fn load_is_the_share_of_the_time_in_which_someone_has_a_conversation() {
    let report = two_customers().again(more(1));
    let WhatIfLine { recorded, as_it_was, what_if, .. } = &report.all;
    let percent = |share: Option<f64>| share.map(|share| (share * 10_000.0).round() as u64);
    // 400 of 3,600 s are 11.11 %.
    for figures in [recorded, as_it_was] {
        assert_eq!((figures.people, percent(figures.busy_share)), (1, Some(1_111)));
    }
    // 300 s and 100 s of 3,600 s each: 8.33 % and 2.78 %, 5.56 % on average.
    assert_eq!((what_if.people, percent(what_if.busy_share)), (2, Some(556)));
    assert_eq!(percent(what_if.busy_share_max), Some(833));
}

#[test]
fn whoever_left_is_served_where_there_is_someone() {
    let mut day = Day::begin(1);
    let first = day.customer();
    day.accept(first);
    let second = day.at(60).customer();
    day.at(150).leave(second);
    day.at(300).end(first);
    let report = day.again(more(1));
    let WhatIfLine { recorded, as_it_was, what_if, .. } = &report.all;
    for figures in [recorded, as_it_was] {
        assert_eq!((figures.accepted, figures.abandoned, figures.abandoned_share), (1, 1, Some(0.5)));
        // Waits of 0 and 90 s.
        assert_eq!(figures.wait_ms, Some(45_000));
    }
    assert_eq!((what_if.accepted, what_if.abandoned, what_if.unfinished), (2, 0, 0));
    // Both are 300 s of work, the second drawn from the first: 300 s each of 3,600 s.
    assert!(what_if.busy_share.is_some_and(|share| (share - 300.0 / 3_600.0).abs() < 1e-9), "{what_if:?}");
}

#[test]
fn without_anyone_nobody_is_served() {
    let report = two_customers().again(more(-5));
    let what_if = &report.all.what_if;
    // Nobody was ever seen to leave, so nobody does.
    assert_eq!((what_if.conversations, what_if.accepted, what_if.abandoned), (2, 0, 0));
    assert_eq!((what_if.unfinished, what_if.people), (2, 0));
    assert_eq!(report.changes, ["1 person fewer everywhere."]);
}

/// Someone passes a conversation on after 100 s to a colleague who does not answer; after 60 s it comes back, and is
/// 100 s more of work.
fn a_transfer_that_returns() -> Day {
    let mut day = Day::begin(1);
    let colleague = day.add_person(9);
    let first = day.customer();
    day.accept(first);
    day.at(100).pass_on(first, Target::Agent(colleague));
    day.at(260).end(first);
    day
}

#[test]
fn a_transfer_returns_as_it_did_and_is_not_made_where_the_policy_forbids_it() {
    let switches = PolicyOverride { enabled: Some(false), ..PolicyOverride::default() };
    let report = a_transfer_that_returns().again(WhatIfChange { switches, ..WhatIfChange::default() });
    let WhatIfLine { recorded, what_if, .. } = &report.all;
    assert_eq!((recorded.transfers, recorded.transfers_failed, recorded.returns), (1, 1, 1));
    // An offer to the owner, and one to the colleague.
    assert_eq!((recorded.offers, recorded.offers_missed), (2, 1));
    assert_eq!((what_if.transfers, what_if.returns, what_if.unfinished), (0, 0, 0));
    assert_eq!(report.changes, ["The switch enabled is false."]);
    // 260 s of the first, during which it was theirs, and now 200 s: the time of the transfer is no work.
    let busy_ms =
        |figures: &WhatIfFigures| figures.busy_share_max.map(|share| (share * 3_600_000.0).round() as u64);
    assert_eq!((busy_ms(recorded), busy_ms(what_if)), (Some(260_000), Some(200_000)));
}

#[test]
fn a_preset_decides_what_an_unanswered_transfer_comes_to() {
    let day = a_transfer_that_returns();
    let flex = day.again(WhatIfChange { preset: Some(Preset::Flex), ..WhatIfChange::default() });
    assert_eq!(flex.changes, ["Transfers go as with the preset Flex."]);
    assert_eq!(flex.all.what_if.transfers, 1);
    // Flex lets nobody return to the sender: whoever is meant becomes Offline, and others of the queue are asked.
    assert_eq!(flex.all.what_if.returns, 0);
}

#[test]
fn the_same_seed_gives_the_same_answer_and_nothing_is_written() {
    let mut day = Day::begin(2);
    let mut open = Vec::new();
    for number in 0..40u64 {
        day.at(number * 20);
        let conversation = day.customer();
        let offered = day.turns.state().offers.values().any(|offer| offer.conversation == conversation);
        if offered {
            day.accept(conversation);
            open.push(conversation);
        } else if number % 3 == 0 {
            day.at(number * 20 + 15).leave(conversation);
        }
        if number % 4 == 3 && !open.is_empty() {
            let ended = open.remove(0);
            day.end(ended);
        }
    }
    let head = |day: &Day| day.store.load().unwrap().work;
    let before = head(&day);
    let (one, same) = (day.try_again(more(-1), 7).unwrap(), day.try_again(more(-1), 7).unwrap());
    assert_eq!(one, same);
    assert!(one.all.recorded.abandoned > 0, "someone left: {:?}", one.all.recorded);
    let after = head(&day);
    assert_eq!((before.position, before.at), (after.position, after.at));
    let canonical = |work| crate::routing::RoutingState::from_open_work(work).canonical();
    assert_eq!(canonical(before), canonical(after));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let day = two_customers();
    let staffing =
        |staffing| day.try_again(WhatIfChange { staffing: vec![staffing], ..WhatIfChange::default() }, 1);
    let both = WhatIfStaffing { queue: None, team: None, people: 1, percent: 10 };
    assert!(matches!(staffing(both), Err(WhatIfError::Refused(why)) if why.contains("not both")));
    let nowhere = Some(QueueId::from_bits(9));
    let unknown = WhatIfStaffing { queue: nowhere, team: None, people: 1, percent: 0 };
    assert!(matches!(staffing(unknown), Err(WhatIfError::NotFound("queue"))));
    let many = WhatIfStaffing { queue: None, team: None, people: 100_000, percent: 0 };
    assert!(matches!(staffing(many), Err(WhatIfError::Refused(_))));
    let switches = PolicyOverride { offers_at_once: Some(0), ..PolicyOverride::default() };
    let impossible = day.try_again(WhatIfChange { switches, ..WhatIfChange::default() }, 1);
    assert!(matches!(impossible, Err(WhatIfError::Refused(why)) if why.contains("Offer to")));
}

#[test]
fn it_stops_once_nobody_waits_for_it_and_when_it_lasts_too_long() {
    let day = two_customers();
    let asked = Asked {
        from: BEGIN,
        to: BEGIN.plus(Duration::from_secs(3_600)),
        queue: None,
        change: WhatIfChange::default(),
        seed: 1,
        scope: Scope::Everything,
    };
    let (halt, waiter) = Halt::begin(day.clock.clone());
    drop(waiter);
    assert!(matches!(run(day.store.as_ref(), &asked, &halt), Err(WhatIfError::Stopped)));
    let (halt, _waiter) = Halt::begin(day.clock.clone());
    day.clock.advance(LASTS_MAX + Duration::from_millis(1));
    assert!(matches!(run(day.store.as_ref(), &asked, &halt), Err(WhatIfError::TooLong)));
}

#[test]
fn one_at_a_time_is_on_the_stage() {
    let stage = Stage::default();
    let first = stage.enter();
    assert!(first.is_some() && stage.enter().is_none());
    drop(first);
    assert!(stage.enter().is_some());
}
