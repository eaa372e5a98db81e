//! What goes with transfers, what becomes of conversations, and what is measured at the edges, on conversations made by
//! hand.

use baton_shared::api::{ConversationsReport, RejectionReason};
use baton_shared::conversation::EndedBy;
use baton_shared::offer::OfferState;
use baton_shared::rating::Score;
use baton_shared::segment::OwnerCause;

use super::definitions::{ADA, BILLING, BOB, SALES, asks_bob, bob_accepts, with_ada};
use super::*;

const PAGE: Page = Page { after: None, limit: 100 };

/// Counts the transfers that words stand for.
fn transfers_that(scene: &Scene, words: &[&str]) -> Vec<usize> {
    let listed = |word: &&str| {
        let filter = Filter { only: vec![(*word).to_owned()], ..all() };
        scene.insights.transfer_list(&filter, PAGE).unwrap().transfers.len()
    };
    words.iter().map(listed).collect()
}

/// Counts the segments that words stand for.
fn segments_that(scene: &Scene, words: &[&str]) -> Vec<usize> {
    let listed = |word: &&str| {
        let only = word.split(',').map(str::to_owned).collect();
        scene.insights.segments(&Filter { only, ..all() }, PAGE).unwrap().segments.len()
    };
    words.iter().map(listed).collect()
}

fn has_rules(story: &mut Story, queue: QueueId, rules: QueueRules) {
    story.at(0).note(Event::QueueRulesSet { queue, rules: Box::new(rules), by: None });
}

#[test]
fn what_goes_with_a_transfer_is_counted_and_whether_it_was_opened() {
    let mut story = Story::new();
    let note = |note, summary, edited| Carried { note, summary, edited };
    // Nothing; a note; a summary as it was made; both, with a summary that was changed; a summary of which nothing was made.
    let carried = [
        note(false, false, None),
        note(true, false, None),
        note(false, true, Some(false)),
        note(true, true, Some(true)),
        note(false, true, None),
    ];
    for (place, carried) in carried.into_iter().enumerate() {
        let id = with_ada(&mut story);
        story.carried = carried;
        let asked = asks_bob(&mut story, id);
        // The first has nothing to open; the second, the third and the fourth are opened.
        if place < 4 {
            story.at(65).reads((id, asked.1, BOB));
        }
        story.at(70);
        bob_accepts(&mut story, id, asked);
    }
    let scene = Scene::of(&story);
    let report = scene.insights.transfers(&all()).unwrap();
    assert_eq!((report.with_note, report.with_summary), (2, 3));
    assert_eq!((report.summaries_edited, report.notes_opened), (1, 3));
    let words = ["with_note", "with_summary", "summary_edited", "note_opened"];
    assert_eq!(transfers_that(&scene, &words), [2, 3, 1, 3]);
    let listed = scene.insights.transfer_list(&all(), PAGE).unwrap().transfers;
    let edited: Vec<_> = listed.iter().map(|one| one.summary_edited).collect();
    assert_eq!(edited, [None, None, Some(false), Some(true), None]);
}

#[test]
fn who_calls_a_transfer_off_is_the_sender_a_supervisor_or_the_server() {
    let mut story = Story::new();
    // Taken back by Ada, called off by a supervisor, taken over by one.
    for end in [TransferEnd::Cancelled, TransferEnd::CalledOff, TransferEnd::Superseded] {
        let id = with_ada(&mut story);
        let (transfer, offer) = asks_bob(&mut story, id);
        story.at(70).offer_ends((id, offer, BOB), OfferEnd::Cancelled);
        story.ends(id, transfer, end);
    }
    // Ada may not sign in any more: her conversation goes to its queue, and with it the transfer is over.
    let id = with_ada(&mut story);
    let (transfer, offer) = asks_bob(&mut story, id);
    story.at(80).offer_ends((id, offer, BOB), OfferEnd::Cancelled);
    story.ends(id, transfer, TransferEnd::Cancelled);
    story.passes(id, Owner::Queue(BILLING), OwnerCause::Released);
    let scene = Scene::of(&story);
    let report = scene.insights.transfers(&all()).unwrap();
    assert_eq!(report.transfer_segments_cancelled, 4);
    let by = [report.cancelled_by_sender, report.cancelled_by_supervisor, report.cancelled_by_system];
    assert_eq!(by, [1, 2, 1]);
    for (word, number) in [("sender", 1), ("supervisor", 2), ("system", 1)] {
        let filter = Filter { outcome: Some(word.to_owned()), ..all() };
        assert_eq!(scene.insights.transfer_list(&filter, PAGE).unwrap().transfers.len(), number, "{word}");
    }
}

#[test]
fn what_customers_write_while_nobody_has_the_conversation_is_told_apart() {
    let mut story = Story::new();
    // Ada still has this one while Bob is asked: one message, and she could answer it.
    let kept = with_ada(&mut story);
    asks_bob(&mut story, kept);
    story.at(62).says(kept, Author::Customer);
    // These wait in Sales meanwhile: two messages, and none.
    let waits = with_ada(&mut story);
    story.at(60).sends_to_queue(waits, SALES);
    story.at(63).says(waits, Author::Customer);
    story.at(64).says(waits, Author::Customer);
    let silent = with_ada(&mut story);
    story.at(60).sends_to_queue(silent, SALES);
    let scene = Scene::of(&story);
    let report = scene.insights.transfers(&all()).unwrap();
    assert_eq!(report.customer_messages, 3);
    assert_eq!((report.unowned_messages, report.unowned_conversations), (2, 1));
    assert_eq!(transfers_that(&scene, &["written", "written_unowned"]), [2, 1]);
}

/// An offer that was refused, as a row that a reason can be written to.
fn refused(offer: OfferId, conversation: ConversationId) -> Row {
    Row::Offer(Offer {
        id: offer,
        conversation,
        agent: BOB,
        cause: OfferCause::Queue(BILLING),
        work: Work::Primary,
        made_at: NOW,
        state: OfferState::Ended { at: NOW, end: OfferEnd::Declined },
        replies: Default::default(),
    })
}

#[test]
fn refusals_of_transfers_are_counted_by_their_reasons() {
    let mut story = Story::new();
    let reasons = [Some("At lunch"), Some("at  lunch."), None, Some("Not my product"), Some("At lunch")];
    let (mut rows, mut content) = (Vec::new(), Vec::new());
    for (place, reason) in reasons.into_iter().enumerate() {
        let id = with_ada(&mut story);
        // The last one is refused out of the queue and is no transfer.
        let (transfer, offer) = match place {
            4 => (None, story.offers(id, BOB, OfferCause::Queue(BILLING))),
            _ => {
                let (transfer, offer) = asks_bob(&mut story, id);
                (Some(transfer), offer)
            }
        };
        story.at(70).offer_ends((id, offer, BOB), OfferEnd::Declined);
        if let Some(transfer) = transfer {
            story.ends(id, transfer, TransferEnd::Returned);
        }
        rows.push(refused(offer, id));
        content.extend(reason.map(|reason| Content::Reason(offer, reason.to_owned())));
    }
    // Who goes away refuses nothing.
    let id = with_ada(&mut story);
    let (_, offer) = asks_bob(&mut story, id);
    story.at(70).offer_ends((id, offer, BOB), OfferEnd::TargetGone);
    let scene = Scene::empty();
    scene.tell_with(&story.recorded, rows, content);

    let found = scene.insights.transfers(&all()).unwrap().reasons;
    let counts: Vec<_> = found.iter().map(|one| (one.reason.as_deref(), one.count)).collect();
    assert_eq!(
        counts[0],
        (Some("at  lunch."), 2),
        "the words of the last one, the most frequent reason first"
    );
    assert_eq!(counts.len(), 3);
    assert!(counts.contains(&(None, 1)) && counts.contains(&(Some("Not my product"), 1)));
    let rows = |reason: &RejectionReason| {
        let only = ["of_transfer", if reason.key.is_some() { "declined" } else { "without_reason" }];
        let reason = reason.key.as_ref().map(|key| i64::from_str_radix(key, 16).unwrap());
        let filter = Filter { reason, only: only.map(str::to_owned).to_vec(), ..all() };
        scene.insights.segments(&filter, PAGE).unwrap().segments.len() as u64
    };
    assert!(found.iter().all(|reason| rows(reason) == reason.count));
    let filter = Filter { agent: Some(ADA), ..all() };
    assert_eq!(scene.insights.transfers(&filter).unwrap().reasons, [], "she refused none");
    let by = |sender: AgentId| Filter { sender: Some(sender.to_string()), ..all() };
    assert_eq!(scene.insights.transfers(&by(ADA)).unwrap().reasons, found);
    assert_eq!(scene.insights.transfers(&by(BOB)).unwrap().reasons, [], "he passed none on");
}

#[test]
fn filing_longer_capacity_in_use_and_answers_of_both_sides_are_measured() {
    let mut story = Story::new();
    // Asked at 6 for 4 s; the customer waits since 0. Ada writes at 15 and at 20, the customer at 50 and at 52.
    let id = with_ada(&mut story);
    story.at(15).says(id, Author::Agent(ADA));
    story.at(20).says(id, Author::Agent(ADA));
    story.at(50).says(id, Author::Customer);
    story.at(52).says(id, Author::Customer);
    story.at(60).says(id, Author::Agent(ADA));
    story.at(70).says(id, Author::Customer);
    let segment = story.known[&id].segment;
    story.at(80).closes(id, EndedBy::Agent);
    story.at(100).extends(id, segment, ADA);
    story.at(150).extends(id, segment, ADA);
    story.at(200).files(id, segment, ADA);
    // Bob refuses with 2 of 3 in use, and misses with 3 of 3; what is not taken back by anybody counts nothing.
    let other = story.at(210).open(BILLING);
    for (end, load) in [
        (OfferEnd::Declined, Some(Load { used: 2, limit: 3 })),
        (OfferEnd::TimedOut, Some(Load { used: 3, limit: 3 })),
        (OfferEnd::Rescinded, Some(Load { used: 3, limit: 3 })),
    ] {
        let offer = story.offers(other, BOB, OfferCause::Queue(BILLING));
        story.load = load;
        story.offer_ends((other, offer, BOB), end);
    }
    let scene = Scene::of(&story);
    let agents = scene.insights.agents(&all()).unwrap().agents;
    let of = |agent: AgentId| agents.iter().find(|one| one.thing.id == agent.to_string()).unwrap().clone();
    let (ada, bob) = (of(ADA), of(BOB));
    assert_eq!((ada.wrap_up_extensions, ada.successes), (2, 1));
    // Accepted at 10, wrote at 15: 5 s from accepting, 9 s from being asked.
    assert_eq!((ada.first_response_ms, ada.routed_response_ms), (Some(5_000), Some(9_000)));
    // She wrote at 15 and was answered at 50, and at 60 and 70.
    assert_eq!((ada.customer_response_ms, ada.customer_response_max_ms), (Some(22_500), Some(35_000)));
    // From 10, when she got it, to 15, and from 50 to 60.
    assert_eq!((ada.response_ms, ada.response_max_ms), (Some(7_500), Some(10_000)));
    assert_eq!((ada.messages, ada.customer_messages), (3, 3));
    assert_eq!((bob.load_when_declined, ada.load_when_declined), (Some(0.8333), None), "5 of 6");
    let queue = scene.insights.queues(&all(), Levels::USUAL).unwrap().all;
    assert_eq!((queue.wrap_up_extensions, queue.load_when_declined), (2, Some(0.8333)));
    let words = ["extended", "routed", "customer_responded", "with_load"];
    assert_eq!(segments_that(&scene, &words), [1, 1, 1, 2]);
    let talk = &segments(&scene, "conversation")[0];
    assert_eq!((talk.extensions, talk.customer_response_ms), (Some(2), Some(22_500)));
    let rejected = &segments(&scene, "rejected")[0];
    assert_eq!((rejected.load_used, rejected.load_limit), (Some(2), Some(3)));

    let all_of_it = scene.insights.conversations(&all()).unwrap();
    assert_eq!((all_of_it.agent_messages, all_of_it.customer_messages), (Some(3.0), Some(4.0)), "one ended");
    assert_eq!((all_of_it.response_ms, all_of_it.response_max_ms), (Some(7_500), Some(10_000)));
    assert_eq!(
        (all_of_it.customer_response_ms, all_of_it.customer_response_max_ms),
        (Some(22_500), Some(35_000))
    );
}

fn endings(report: &ConversationsReport) -> [u64; 8] {
    [
        report.in_progress,
        report.successful,
        report.transferred,
        report.no_interaction,
        report.cancelled,
        report.abandoned,
        report.dissuaded,
        report.unfinalized,
    ]
}

/// Has both sides write, at second 20.
fn talk(story: &mut Story, id: ConversationId) {
    story.at(20).says(id, Author::Agent(ADA));
    story.says(id, Author::Customer);
}

#[test]
fn a_conversation_comes_to_one_of_eight_ends() {
    let mut story = Story::new();
    let ends = |story: &mut Story, id: ConversationId, agent: AgentId| {
        let segment = story.known[&id].segment;
        story.at(100).closes(id, EndedBy::Agent);
        story.at(110).files(id, segment, agent);
    };
    // Waits; Ada has it.
    story.at(0).open(BILLING);
    with_ada(&mut story);
    // Both wrote, three messages.
    let good = with_ada(&mut story);
    talk(&mut story, good);
    ends(&mut story, good, ADA);
    // The same, and Bob had it at the end.
    let passed = with_ada(&mut story);
    talk(&mut story, passed);
    let asked = asks_bob(&mut story, passed);
    bob_accepts(&mut story, passed, asked);
    ends(&mut story, passed, BOB);
    // A transfer that came to nothing makes no difference.
    let refused = with_ada(&mut story);
    talk(&mut story, refused);
    let (transfer, offer) = asks_bob(&mut story, refused);
    story.offer_ends((refused, offer, BOB), OfferEnd::Declined);
    story.ends(refused, transfer, TransferEnd::Returned);
    ends(&mut story, refused, ADA);
    // Ada wrote nothing; the customer left after one of hers.
    let silent = with_ada(&mut story);
    ends(&mut story, silent, ADA);
    let short = with_ada(&mut story);
    story.at(20).says(short, Author::Agent(ADA));
    let segment = story.known[&short].segment;
    story.at(30).closes(short, EndedBy::Customer);
    story.at(40).files(short, segment, ADA);
    // Left after 9 s, after 10 s; after 5 s in the queue where a transfer led.
    for secs in [9, 10] {
        let left = story.at(0).open(BILLING);
        story.at(secs).closes(left, EndedBy::Customer);
    }
    let led = with_ada(&mut story);
    talk(&mut story, led);
    let transfer = story.at(60).sends_to_queue(led, SALES);
    story.at(65).ends(led, transfer, TransferEnd::Abandoned);
    story.closes(led, EndedBy::Customer);
    // Turned away with a form out of the queue.
    let turned = story.at(0).open(BILLING);
    story.at(30).deflects(turned);
    // Ended and not filed yet, or not in time.
    for late in [false, true] {
        let unfiled = with_ada(&mut story);
        talk(&mut story, unfiled);
        let segment = story.known[&unfiled].segment;
        story.at(100).closes(unfiled, EndedBy::Agent);
        if late {
            story.at(400).leaves_unfiled(unfiled, segment, ADA);
        }
    }
    let scene = Scene::of(&story);

    let report = scene.insights.conversations(&all()).unwrap();
    assert_eq!(endings(&report), [2, 2, 1, 2, 2, 1, 1, 2]);
    assert_eq!(endings(&report).iter().sum::<u64>(), report.conversations, "each is one of them");
    let hops = [report.transfers_0, report.transfers_1, report.transfers_2, report.transfers_3_or_more];
    assert_eq!((hops, report.transfers_per_conversation), ([10, 3, 0, 0], Some(0.23)));
    for (word, number) in [("successful", 2), ("cancelled", 2), ("in_progress", 2), ("unfinalized", 2)] {
        let filter = Filter { outcome: Some(word.to_owned()), ..all() };
        let found = scene.insights.conversation_list(&filter, PAGE).unwrap().conversations;
        assert!(found.len() == number && found.iter().all(|one| one.outcome == word), "{word}");
    }
    let agents = scene.insights.agents(&all()).unwrap().agents;
    let successes = agents.iter().map(|one| one.successes).collect::<Vec<_>>();
    assert_eq!((agents.len(), successes.iter().sum::<u64>()), (2, 3), "two of hers and one of his");
    let once = Filter { transfers: Some(1), ..all() };
    assert_eq!(scene.insights.conversation_list(&once, PAGE).unwrap().conversations.len(), 3);
}

#[test]
fn conversations_are_told_apart_by_how_often_they_were_passed_on() {
    let mut story = Story::new();
    for hops in [0, 0, 1, 2, 3, 5] {
        let id = with_ada(&mut story);
        for _ in 0..hops {
            let (transfer, offer) = asks_bob(&mut story, id);
            story.offer_ends((id, offer, BOB), OfferEnd::Declined);
            story.ends(id, transfer, TransferEnd::Returned);
        }
    }
    let scene = Scene::of(&story);
    let report = scene.insights.conversations(&all()).unwrap();
    let hops = [report.transfers_0, report.transfers_1, report.transfers_2, report.transfers_3_or_more];
    assert_eq!((hops, report.transfers_per_conversation), ([2, 1, 1, 2], Some(1.83)), "11 for 6");
    let more = Filter { only: vec!["transfers_3_or_more".to_owned()], ..all() };
    assert_eq!(scene.insights.conversation_list(&more, PAGE).unwrap().conversations.len(), 2);
}

#[test]
fn a_queue_is_as_long_as_what_waits_there_when_another_comes() {
    let mut story = Story::new();
    let first = story.at(0).open(BILLING);
    story.at(1).open(BILLING);
    // Another queue has a length of its own.
    story.at(2).open(SALES);
    story.at(3).accepts(first, ADA, 1_000);
    story.at(5).open(BILLING);
    // Comes to Billing behind two who wait there.
    story.at(60).sends_to_queue(first, BILLING);
    let scene = Scene::of(&story);
    let report = scene.insights.queues(&all(), Levels::USUAL).unwrap();
    let ahead: Vec<_> = report.queues.iter().map(|one| (one.ahead, one.ahead_max)).collect();
    // None, one, one, two; and none.
    assert_eq!(ahead, [(Some(1.0), Some(2)), (Some(0.0), Some(0))]);
    let waits: Vec<_> = segments(&scene, "queue").iter().map(|wait| wait.ahead).collect();
    assert_eq!(waits, [Some(0), Some(1), Some(0), Some(1), Some(2)]);
}

#[test]
fn who_is_asked_for_a_rating_and_who_answers_are_counted() {
    let mut story = Story::new();
    has_rules(&mut story, BILLING, QueueRules { survey: true, ..QueueRules::default() });
    // Two that Ada had, of which one is rated; one that nobody had; one of a queue that asks nothing.
    for rated in [true, false] {
        let id = with_ada(&mut story);
        story.at(50).closes(id, EndedBy::Customer);
        if rated {
            story.at(55).note(Event::ConversationRated { conversation: id, score: Score::BEST });
        }
    }
    let left = story.at(0).open(BILLING);
    story.at(30).closes(left, EndedBy::Customer);
    let elsewhere = story.at(0).open(SALES);
    story.at(5).accepts(elsewhere, BOB, 0);
    story.at(60).closes(elsewhere, EndedBy::Agent);
    let mut scene = Scene::of(&story);
    let asked = |scene: &Scene, filter: &Filter| {
        let report = scene.insights.ratings(filter).unwrap();
        (report.asked, report.answered, report.answered_share)
    };
    assert_eq!(asked(&scene, &all()), (2, 1, Some(0.5)));
    scene.restart();
    assert_eq!(asked(&scene, &Filter { agent: Some(ADA), ..all() }), (2, 1, Some(0.5)));
    assert_eq!(asked(&scene, &Filter { agent: Some(BOB), ..all() }), (0, 0, None));
    for (word, number) in [("surveyed", 2), ("rated", 1)] {
        let filter = Filter { only: vec![word.to_owned()], ..all() };
        assert_eq!(scene.insights.conversation_list(&filter, PAGE).unwrap().conversations.len(), number);
    }
}
