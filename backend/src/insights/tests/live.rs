//! What walls count as it happens is what reports count of the log.

use baton_shared::conversation::EndedBy;
use baton_shared::queue::{QueueRules, ServiceTarget};
use baton_shared::wall::Counts;

use super::reference::random_work;
use super::*;
use crate::routing::RoutingState;
use crate::seeded::Seeded;
use crate::wall::Counting;
use crate::wall::facts::{Facts, facts_of, filed_of};

const SUPPORT: QueueId = QueueId::from_bits(1);
const ADA: AgentId = AgentId::from_bits(11);
const BOB: AgentId = AgentId::from_bits(12);

/// A queue that is to be answered within 20 s.
fn queue(id: QueueId) -> Queue {
    let mut queue = Queue::new(id, Default::default(), Default::default());
    queue.rules.target = Some(ServiceTarget { secs: 20, percent: 80 });
    queue
}

/// Says in a story what [`queue`] says.
fn sets_target(story: &mut Story, queue: QueueId) {
    let rules = Box::new(QueueRules { target: self::queue(queue).rules.target, ..QueueRules::default() });
    story.note(Event::QueueRulesSet { queue, rules, by: None });
}

/// Returns what a wall counts of a log, event by event.
fn live(log: &[Recorded]) -> Facts {
    let (mut state, mut facts) = (RoutingState::default(), Facts::default());
    for Recorded { event, at, .. } in log {
        facts_of(&state, event, *at).iter().for_each(|fact| facts.note(fact));
        filed_of(&state, event, *at).iter().for_each(|filed| facts.note_filed(filed));
        state.apply(&Recorded { position: state.position + 1, at: *at, event: event.clone() });
    }
    facts
}

/// Returns what is counted of a queue in the last half hour of a log, and in all of it.
fn counts(log: &[Recorded], id: QueueId) -> (Counts, Counts) {
    let now = log.last().map_or(NOW, |last| last.at);
    live(log).counts(&queue(id), &Counting::default(), (NOW, now))
}

#[test]
fn a_conversation_that_two_agents_had_counts_twice_with_its_filing() {
    let mut story = Story::new();
    story.at(0);
    let id = story.open(SUPPORT);
    story.at(10).accepts(id, ADA, 5_000);
    let hers = story.known[&id].segment;
    // Ada has it from 15 to 75, and files it for 20 s; Bob has it from 75 to 175 and files it for 30 s.
    let transfer = story.at(60).asks(id, Target::Agent(BOB), Mode::Cold);
    let offer = story.offers(id, BOB, OfferCause::Transfer(transfer));
    story.at(75).offer_ends((id, offer, BOB), OfferEnd::Accepted);
    story.ends(id, transfer, TransferEnd::Completed);
    story.passes(id, Owner::Agent(BOB), segment::OwnerCause::Transferred(transfer));
    let his = story.known[&id].segment;
    story.at(95).files(id, hers, ADA);
    story.at(175).closes(id, EndedBy::Agent);
    let unfiled = counts(&story.recorded, SUPPORT).1;
    assert_eq!(
        (unfiled.completed, unfiled.talk_ms, unfiled.filed, unfiled.wrap_up_ms),
        (2, 160_000, 1, 20_000)
    );
    assert_eq!(unfiled.handle_time(), Some(Duration::from_secs(90)), "(60 + 100 + 20) s by 2");
    story.at(205).files(id, his, BOB);
    // Who is done at once with the next one takes no time to file it.
    let next = story.at(300).open(SUPPORT);
    story.at(301).accepts(next, ADA, 0);
    let segment = story.known[&next].segment;
    story.at(311).closes(next, EndedBy::Customer);
    story.files(next, segment, ADA);
    let (recent, today) = counts(&story.recorded, SUPPORT);
    assert_eq!(recent, today);
    assert_eq!((today.entered, today.accepted, today.completed, today.filed), (2, 2, 3, 3));
    assert_eq!(today.talk_time(), Some(Duration::from_millis(56_667)), "(60 + 100 + 10) s by 3");
    assert_eq!(today.wrap_up_time(), Some(Duration::from_millis(16_667)), "(20 + 30 + 0) s by 3");
    assert_eq!(today.handle_time(), Some(Duration::from_millis(73_333)), "220 s by 3");
    // 2,000 s later only what is half an hour old at most is left.
    story.at(2_000).open(SUPPORT);
    let (recent, today) = counts(&story.recorded, SUPPORT);
    assert_eq!((recent.completed, recent.talk_ms, recent.wrap_up_ms), (1, 10_000, 0));
    assert_eq!(today.completed, 3);
}

#[test]
fn what_a_wall_counts_is_what_a_report_counts_of_the_same_log() {
    let fresh: u64 = std::process::id().into();
    for seed in [11, 12, 13, fresh] {
        eprintln!("seed {seed}");
        let mut random = Seeded::from_seed(seed);
        let mut story = Story::new();
        let queues: Vec<QueueId> = (0..3).map(|number| QueueId::from_bits(200 + number)).collect();
        queues.iter().for_each(|queue| sets_target(&mut story, *queue));
        let first = story.recorded.len() as u64;
        let work = random_work(&mut random, (700, 20_000)).recorded;
        story.recorded.extend(work.into_iter().map(|one| Recorded { position: one.position + first, ..one }));
        let report = Scene::of(&story).insights.queues(&all(), Levels::USUAL).unwrap();
        let mut completed = 0;
        for figures in &report.queues {
            let id: QueueId = figures.thing.as_ref().unwrap().id.parse().unwrap();
            let today = counts(&story.recorded, id).1;
            completed += today.completed;
            let ms = |time: Option<Duration>| time.map(|time| time.as_millis() as u64);
            let numbers = [
                (today.entered, figures.entered),
                (today.accepted, figures.accepted),
                (today.abandoned, figures.abandoned),
                (today.short_abandoned, figures.short_abandoned),
                (today.in_target, figures.accepted_in_target),
                (today.level_counted, figures.level_counted),
                (today.missed, figures.missed),
                (today.rejected, figures.rejected),
                (today.completed, figures.completed),
            ];
            numbers
                .iter()
                .for_each(|(live, reported)| assert_eq!(u64::from(*live), *reported, "{numbers:?}"));
            assert_eq!(ms(today.answer_speed()), figures.answer_ms);
            assert_eq!(ms(today.abandon_time()), figures.abandon_ms);
            assert_eq!(ms(today.handle_time()), figures.handle_ms);
            assert_eq!(ms(today.talk_time()), figures.talk_ms);
            assert_eq!(ms(today.wrap_up_time()), figures.wrap_up_ms);
        }
        assert!(report.queues.len() == queues.len() && completed > 20, "much happened");
    }
}
