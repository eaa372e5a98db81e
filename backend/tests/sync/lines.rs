//! Queues that set bounds to waits: what overflows, where to, and what the customer sees of it.

use baton_shared::command::Actor;
use baton_shared::queue::{AtClosing, Opening, OpeningHours, Overflow, Relaxation, Weekday};
use baton_shared::*;

use crate::play::{self, text};
use crate::stage::Stage;

/// Plays everything, and compares at every end of a part from every cut point in it.
pub fn everything(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    play::set_policy(stage, Preset::Baton, |_| {});
    for part in [
        from_line_to_line,
        ending_with_a_request,
        round_and_round,
        by_the_hours,
        returning,
        silent,
        asking_for_less,
        rating,
    ] {
        part(stage, billing, sales);
        set_rules(stage, billing, QueueRules::default());
        set_rules(stage, sales, QueueRules::default());
        stage.check_every_cut_point();
    }
}

/// Offered to someone who knows too little once the queue asks for less, and to nobody before.
fn asking_for_less(stage: &mut Stage, billing: QueueId, _: QueueId) {
    let skill = play::add_skill(stage, "Portuguese");
    let level = |number| Level::new(number).unwrap();
    let (one, system) = (stage.one, Actor::System);
    stage.give(system, Command::GrantSkill { agent: one, skill, level: level(4) }).unwrap();
    let relax = |after_secs, level| Relaxation { after_secs, skill, level };
    let relax = vec![relax(20, Some(level(5))), relax(40, Some(level(4)))];
    let rules = Some(Box::new(QueueRules { relax, ..Default::default() }));
    let (name, priority) = (text("Billing"), Default::default());
    let skills = [(skill, level(7))].into_iter().collect();
    stage.give(system, Command::ChangeQueue { queue: billing, name, skills, priority, rules }).unwrap();
    let conversation = stage.customer_comes(billing);
    play::pass(stage, 20);
    assert!(stage.offers_of(conversation).is_empty(), "nobody knows enough");
    play::pass(stage, 20);
    assert_eq!(stage.offer_of(conversation).1, one);
    play::accept(stage, conversation);
    play::end(stage, Actor::Customer(conversation), conversation, None);
}

/// Asked of whoever was served, once it has ended, and taken once.
fn rating(stage: &mut Stage, billing: QueueId, _: QueueId) {
    set_rules(stage, billing, QueueRules { survey: true, ..Default::default() });
    let survey = |stage: &Stage, conversation| match stage.phase_of(conversation) {
        Phase::Closed { survey, .. } => survey,
        other @ (Phase::Waiting { .. } | Phase::Active { .. } | Phase::Transferring { .. }) => {
            panic!("{other:?} is not over")
        }
    };
    let unserved = stage.customer_comes(billing);
    play::end(stage, Actor::Customer(unserved), unserved, None);
    assert_eq!(survey(stage, unserved), None, "nobody served them");
    let conversation = play::taken(stage, billing);
    play::end(stage, Actor::Customer(conversation), conversation, None);
    assert_eq!(survey(stage, conversation), Some(Survey::Asked));
    let comment = Some(text("Quick and friendly"));
    let rate = Command::RateConversation { conversation, score: Score::BEST, comment };
    stage.give(Actor::Customer(conversation), rate.clone()).unwrap();
    assert_eq!(survey(stage, conversation), Some(Survey::Answered));
    assert!(stage.give(Actor::Customer(conversation), rate).is_err(), "it is taken once");
    set_rules(stage, billing, QueueRules { survey: true, last_agent_secs: Some(15), ..Default::default() });
    let again = stage.customer_returns(conversation, billing);
    stage.offer_of(again);
    play::end(stage, Actor::Customer(again), again, None);
    assert_eq!(survey(stage, again), None, "who served them last was only asked");
}

fn set_rules(stage: &mut Stage, queue: QueueId, rules: QueueRules) {
    let name = if queue == stage.queue { text("Billing") } else { text("Sales") };
    let (skills, priority, rules) = (Default::default(), Default::default(), Some(Box::new(rules)));
    stage.give(Actor::System, Command::ChangeQueue { queue, name, skills, priority, rules }).unwrap();
}

fn to_the_other(wait_secs: u32, other: QueueId) -> QueueRules {
    QueueRules { wait_secs: Some(wait_secs), overflow: Overflow::Queue(other), ..Default::default() }
}

fn nobody_is_there(stage: &mut Stage) {
    for agent in [stage.one, stage.two] {
        stage.give(Actor::Person(agent), Command::SetStatus { status: Status::Away }).unwrap();
    }
}

fn queue_shown(stage: &Stage, conversation: ConversationId) -> String {
    let Phase::Waiting { queue, .. } = stage.phase_of(conversation) else { panic!("it does not wait") };
    queue
}

/// After a transfer, which has failed by then, and accepted in the other line.
fn from_line_to_line(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let conversation = play::taken(stage, billing);
    set_rules(stage, billing, to_the_other(30, sales));
    nobody_is_there(stage);
    play::transfer(stage, conversation, Target::Queue(billing), Mode::Cold);
    play::pass(stage, 20);
    assert_eq!(queue_shown(stage, conversation), "Billing");
    let age = stage.turns.state().conversations[&conversation].ranked_at;
    play::pass(stage, 10);
    assert_eq!(queue_shown(stage, conversation), "Sales");
    let moved = &stage.turns.state().conversations[&conversation];
    assert_eq!(
        (moved.ranked_at, moved.transfer()),
        (age, None),
        "it keeps its age, and its transfer is over"
    );
    play::reachable(stage);
    play::accept(stage, conversation);
    play::end(stage, Actor::Customer(conversation), conversation, None);
}

/// After a wait, while it is offered, and at once where as many wait as may.
fn ending_with_a_request(stage: &mut Stage, billing: QueueId, _: QueueId) {
    set_rules(stage, billing, QueueRules { wait_secs: Some(10), ..Default::default() });
    let conversation = stage.customer_comes(billing);
    assert_eq!(stage.offers_of(conversation).len(), 1);
    play::pass(stage, 10);
    assert!(matches!(stage.phase_of(conversation), Phase::Closed { request: Some(_), .. }));
    nobody_is_there(stage);
    set_rules(stage, billing, QueueRules { waiting_max: Some(1), ..Default::default() });
    let first = stage.customer_comes(billing);
    let second = stage.customer_comes(billing);
    assert!(matches!(stage.phase_of(second), Phase::Closed { request: Some(_), .. }));
    play::end(stage, Actor::Customer(first), first, None);
    play::reachable(stage);
}

/// Two queues that overflow into each other: it goes round once, and waits on.
fn round_and_round(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    nobody_is_there(stage);
    set_rules(stage, billing, to_the_other(20, sales));
    set_rules(stage, sales, to_the_other(20, billing));
    let conversation = stage.customer_comes(billing);
    play::pass(stage, 100);
    assert_eq!(queue_shown(stage, conversation), "Sales");
    play::reachable(stage);
    play::accept(stage, conversation);
    play::end(stage, Actor::Customer(conversation), conversation, None);
}

/// Closed at once for those who come, and for those who wait by what the rules say; then a question is left.
fn by_the_hours(stage: &mut Stage, billing: QueueId, _: QueueId) {
    nobody_is_there(stage);
    let waits = stage.customer_comes(billing);
    let always = Weekday::ALL.map(|day| Opening { day, from: 0, to: 1_440 });
    // The stage is played on a day in November.
    let closed_on = (18..=30).map(|day| format!("2026-11-{day}"));
    let hours =
        |closed_on| Some(OpeningHours { zone: text("UTC"), weekly: always.into_iter().collect(), closed_on });
    set_rules(stage, billing, QueueRules { hours: hours(Default::default()), ..Default::default() });
    let mut closed = QueueRules { hours: hours(closed_on.collect()), ..Default::default() };
    set_rules(stage, billing, closed.clone());
    assert_eq!(queue_shown(stage, waits), "Billing", "who waits is kept");
    let (name, message, channel, queue) = (text("Ada"), text("Hello?"), Channel::WebChat, billing);
    let start = Command::StartConversation {
        name: name.clone(),
        text: message.clone(),
        channel,
        queue,
        attributes: Default::default(),
    };
    assert!(stage.give(Actor::Visitor, start).is_err(), "it is closed");
    let left =
        Command::LeaveRequest { name, address: text("ada@example.com"), text: message, channel, queue };
    stage.give(Actor::Visitor, left).unwrap();
    closed.at_closing = AtClosing::Request;
    set_rules(stage, billing, closed);
    assert!(matches!(stage.phase_of(waits), Phase::Closed { request: Some(_), .. }));
    play::reachable(stage);
}

/// Offered first to whoever served them last, who declines, does not answer in time, or accepts.
fn returning(stage: &mut Stage, billing: QueueId, _: QueueId) {
    let first = QueueRules { last_agent_secs: Some(15), ..Default::default() };
    set_rules(stage, billing, first);
    for way in ["declined", "waited for", "accepted"] {
        let earlier = play::taken(stage, billing);
        let served = stage.owner_of(earlier).unwrap();
        let contact = stage.turns.state().conversations[&earlier].contact;
        play::end(stage, Actor::Customer(earlier), earlier, None);
        let again = stage.customer_returns(earlier, billing);
        assert_eq!(stage.turns.state().conversations[&again].contact, contact);
        let (offer, asked) = stage.offer_of(again);
        assert_eq!(asked, served, "whoever served them last is asked first");
        assert_ne!(queue_shown(stage, again), "Billing");
        let decline = Command::RejectOffer { offer, reason: text("") };
        match way {
            "declined" => drop(stage.give(Actor::Person(asked), decline).unwrap()),
            "waited for" => {
                play::pass(stage, 20);
                assert_eq!(queue_shown(stage, again), "Billing", "then everyone is asked");
                drop(stage.give(Actor::Person(asked), decline));
            }
            _ => {}
        }
        let accepted = play::accept(stage, again);
        assert_eq!(accepted == served, way == "accepted", "{way}");
        play::end(stage, Actor::Customer(again), again, None);
    }
}

/// A silent customer's conversation takes no room, until they write.
fn silent(stage: &mut Stage, billing: QueueId, _: QueueId) {
    play::set_policy(stage, Preset::Baton, |policy| policy.idle_secs = Some(20));
    let conversation = play::taken(stage, billing);
    let owner = stage.owner_of(conversation).unwrap();
    let held = |stage: &Stage| stage.turns.state().held(owner, Channel::WebChat);
    let before = held(stage);
    play::say(stage, Actor::Customer(conversation), conversation, "Still here");
    play::pass(stage, 30);
    assert_eq!(held(stage), before, "they wait for an answer");
    play::say(stage, Actor::Person(owner), conversation, "Hello");
    play::pass(stage, 10);
    assert_eq!(held(stage), before);
    play::pass(stage, 10);
    assert_eq!(held(stage), before - 1, "they were silent");
    play::say(stage, Actor::Person(owner), conversation, "Are you there?");
    assert_eq!(held(stage), before - 1);
    play::say(stage, Actor::Customer(conversation), conversation, "Yes");
    assert_eq!(held(stage), before);
    play::end(stage, Actor::Customer(conversation), conversation, None);
    play::set_policy(stage, Preset::Baton, |_| {});
}
