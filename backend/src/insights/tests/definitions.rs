//! Each definition on conversations made by hand, with the right numbers beside them.

use baton_shared::conversation::EndedBy;
use baton_shared::queue::ServiceTarget;
use baton_shared::rating::Score;
use baton_shared::segment::OwnerCause;

use super::*;

pub(super) const BILLING: QueueId = QueueId::from_bits(1);
pub(super) const SALES: QueueId = QueueId::from_bits(2);
const REFUNDS: GroupId = GroupId::from_bits(3);
pub(super) const ADA: AgentId = AgentId::from_bits(11);
pub(super) const BOB: AgentId = AgentId::from_bits(12);

/// A conversation that Ada has since second 10, after 4 seconds of ringing.
pub(super) fn with_ada(story: &mut Story) -> ConversationId {
    story.at(0);
    let id = story.open(BILLING);
    story.at(6).accepts(id, ADA, 4_000);
    id
}

/// Has Ada ask Bob at second 60; he is offered it at once.
pub(super) fn asks_bob(story: &mut Story, id: ConversationId) -> (TransferId, OfferId) {
    let transfer = story.at(60).asks(id, Target::Agent(BOB), Mode::Cold);
    let offer = story.offers(id, BOB, OfferCause::Transfer(transfer));
    (transfer, offer)
}

pub(super) fn bob_accepts(story: &mut Story, id: ConversationId, (transfer, offer): (TransferId, OfferId)) {
    story.offer_ends((id, offer, BOB), OfferEnd::Accepted);
    story.ends(id, transfer, TransferEnd::Completed);
    story.passes(id, Owner::Agent(BOB), OwnerCause::Transferred(transfer));
}

fn six(scene: &Scene) -> [u64; 6] {
    let report = scene.insights.transfers(&all()).unwrap();
    [
        report.conversations_with_transfers,
        report.transfer_segments_total,
        report.transfer_segments_successful,
        report.transfer_segments_failed,
        report.transfer_segments_to_agent,
        report.transfer_segments_to_queue,
    ]
}

#[test]
fn a_transfer_that_another_agent_accepts_is_one_successful_transfer_segment() {
    let mut story = Story::new();
    let id = with_ada(&mut story);
    let first = story.known[&id].segment;
    story.at(30).says(id, Author::Agent(ADA));
    story.at(50).says(id, Author::Customer);
    let asked = asks_bob(&mut story, id);
    story.at(65).says(id, Author::Customer);
    story.at(75);
    bob_accepts(&mut story, id, asked);
    story.at(80).says(id, Author::Agent(BOB));
    let second = story.known[&id].segment;
    story.at(85).files(id, first, ADA);
    story.at(100).closes(id, EndedBy::Agent);
    story.at(130).files(id, second, BOB);
    let scene = Scene::of(&story);

    assert_eq!(six(&scene), [1, 1, 1, 0, 1, 0]);
    let report = scene.insights.transfers(&all()).unwrap();
    assert_eq!((report.to_offer_ms, report.to_accept_ms), (Some(0), Some(15_000)));
    assert_eq!((report.request_to_accept_ms, report.request_to_reply_ms), (Some(15_000), Some(20_000)));
    assert_eq!((report.within_two_minutes, report.customer_messages), (1, 1), "asked 50 s after she got it");
    assert_eq!((report.offers, report.offers_per_transfer, report.chain_longest), (1, Some(1.0), 1));

    let wait = &segments(&scene, "queue")[0];
    assert_eq!((wait.lasted_ms, wait.followed_by.as_deref()), (10_000, Some("accepted")), "ringing included");
    assert_eq!((wait.preceded_by.as_deref(), wait.transferred_segment), (Some("none"), false));
    let talks = segments(&scene, "conversation");
    let (hers, his) = (&talks[0], &talks[1]);
    assert_eq!((hers.ring_ms, hers.lasted_ms, hers.wrap_up_ms), (Some(4_000), 65_000, Some(10_000)));
    assert_eq!(hers.preceded_by.as_deref(), Some("queue"));
    assert_eq!(hers.followed_by.as_deref(), Some("transfer_to_agent"));
    assert_eq!(hers.transfer_type.as_deref(), Some("cold"));
    assert_eq!((hers.began_from_transfer, hers.ended_by_transfer), (false, true));
    assert_eq!(hers.destination_type.as_deref(), Some("agent"));
    assert_eq!(hers.destination_id, Some(BOB.to_string()));
    // She had it at 10 and first wrote at 30, when the customer had waited for her for 20 s.
    assert_eq!((hers.first_response_ms, hers.response_ms), (Some(20_000), Some(20_000)));
    assert_eq!((his.began_from_transfer, his.ended_by_transfer), (true, false));
    assert_eq!(his.preceded_by.as_deref(), Some("cold_transfer"));
    assert_eq!(his.followed_by.as_deref(), Some("end"));
    assert_eq!((his.lasted_ms, his.wrap_up_ms), (25_000, Some(30_000)));
    // The customer wrote at 50, but he had it at 75 and answered at 80.
    assert_eq!((his.response_ms, his.response_max_ms), (Some(5_000), Some(5_000)));
    assert_eq!((his.agent_messages, his.customer_messages), (Some(1), Some(0)));
    assert_eq!(segments(&scene, "transfer").len(), 1, "one transfer is one transfer segment");
}

#[test]
fn how_a_transfer_ends_is_one_of_four_outcomes_that_sum_to_the_total() {
    let mut story = Story::new();
    let ends = [
        (OfferEnd::Declined, TransferEnd::Returned),
        (OfferEnd::TargetGone, TransferEnd::Returned),
        (OfferEnd::TimedOut, TransferEnd::Expired),
        (OfferEnd::Rescinded, TransferEnd::Abandoned),
        (OfferEnd::Rescinded, TransferEnd::Failed),
        (OfferEnd::Cancelled, TransferEnd::Cancelled),
        (OfferEnd::Rescinded, TransferEnd::Superseded),
    ];
    for (offer_end, end) in ends {
        let id = with_ada(&mut story);
        let (transfer, offer) = asks_bob(&mut story, id);
        story.at(70).offer_ends((id, offer, BOB), offer_end);
        story.ends(id, transfer, end);
        if end == TransferEnd::Abandoned {
            story.closes(id, EndedBy::Customer);
        }
    }
    let id = with_ada(&mut story);
    asks_bob(&mut story, id);
    let id = with_ada(&mut story);
    let asked = asks_bob(&mut story, id);
    bob_accepts(&mut story, id, asked);
    let scene = Scene::of(&story);

    assert_eq!(six(&scene), [9, 9, 1, 5, 9, 0]);
    let report = scene.insights.transfers(&all()).unwrap();
    assert_eq!((report.transfer_segments_cancelled, report.transfer_segments_open), (2, 1));
    let failed = [
        report.failed_rejected,
        report.failed_returned,
        report.failed_expired,
        report.failed_abandoned,
        report.failed_other,
    ];
    assert_eq!(failed, [1; 5]);
    assert_eq!(report.bounce_backs, 4, "Ada had all that failed but the one whose customer left");
    assert_eq!((report.offers, report.offers_rejected, report.offers_missed), (9, 1, 1));
    // Missed: not answered in time or taken back; rejected: refused or gone; the others were revoked.
    let kinds = ["missed", "rejected", "revoked"].map(|kind| segments(&scene, kind).len());
    assert_eq!(kinds, [2, 2, 3]);
    for (outcome, number) in
        [("successful", 1), ("failed", 5), ("cancelled", 2), ("open", 1), ("rejected", 1), ("supervisor", 1)]
    {
        let filter = Filter { outcome: Some(outcome.to_owned()), ..all() };
        let found = scene.insights.transfer_list(&filter, Page { after: None, limit: 100 }).unwrap();
        assert_eq!(found.transfers.len(), number, "{outcome}");
    }
}

#[test]
fn a_transfer_to_a_queue_is_undecided_until_an_agent_accepts_or_the_customer_leaves() {
    let mut story = Story::new();
    let (taken, left, overflows) = (with_ada(&mut story), with_ada(&mut story), with_ada(&mut story));
    let mut transfers = Vec::new();
    for id in [taken, left, overflows] {
        transfers.push(story.at(60).sends_to_queue(id, SALES));
    }
    let undecided = Scene::of(&story);
    assert_eq!(six(&undecided), [3, 3, 0, 0, 0, 3]);
    assert_eq!(undecided.insights.transfers(&all()).unwrap().transfer_segments_open, 3);

    let offer = story.at(65).offers(taken, BOB, OfferCause::Queue(SALES));
    story.at(90).offer_ends((taken, offer, BOB), OfferEnd::Accepted);
    story.ends(taken, transfers[0], TransferEnd::Completed);
    story.passes(taken, Owner::Agent(BOB), OwnerCause::Accepted(offer));
    story.at(95).ends(left, transfers[1], TransferEnd::Abandoned);
    story.closes(left, EndedBy::Customer);
    story.at(99).ends(overflows, transfers[2], TransferEnd::Failed);
    story.passes(overflows, Owner::Queue(BILLING), OwnerCause::Overflowed(SALES));
    let scene = Scene::of(&story);
    assert_eq!(six(&scene), [3, 3, 1, 2, 0, 3]);
    let report = scene.insights.transfers(&all()).unwrap();
    assert_eq!((report.to_offer_ms, report.to_accept_ms), (Some(5_000), Some(25_000)));
    assert_eq!((report.failed_abandoned, report.failed_other, report.bounce_backs), (1, 1, 0));
    // A conversation that is transferred to a queue normally has four segments: a wait and a talk, twice.
    let of = Filter { conversation: Some(taken), ..all() };
    let found = scene.insights.segments(&of, Page { after: None, limit: 100 }).unwrap().segments;
    let kinds: Vec<_> = found.iter().map(|one| (one.kind.as_str(), one.began_from_transfer)).collect();
    let expected = [
        ("queue", false),
        ("conversation", false),
        ("transfer", false),
        ("queue", true),
        ("conversation_in_progress", true),
    ];
    assert_eq!(kinds, expected);
    // It waited 30 s in Sales: 90 s after it was opened, and 30 s after the transfer was asked for.
    let waits = |since| {
        let of = Filter { queue: Some(SALES), conversation: Some(taken), ..all() };
        scene.insights.waits(&of, since).unwrap().longest_ms
    };
    let found = [Since::Queue, Since::Creation, Since::Transfer].map(waits);
    assert_eq!(found, [Some(30_000), Some(90_000), Some(30_000)]);
}

#[test]
fn a_conversation_that_comes_back_to_whoever_had_it_before_is_a_ping_pong() {
    let mut story = Story::new();
    let id = with_ada(&mut story);
    let asked = asks_bob(&mut story, id);
    bob_accepts(&mut story, id, asked);
    let back = story.at(300).asks(id, Target::Agent(ADA), Mode::Warm);
    let offer = story.offers(id, ADA, OfferCause::Transfer(back));
    story.at(310).offer_ends((id, offer, ADA), OfferEnd::Accepted);
    story.at(320).ends(id, back, TransferEnd::Completed);
    story.passes(id, Owner::Agent(ADA), OwnerCause::Transferred(back));
    let scene = Scene::of(&story);
    assert_eq!(six(&scene), [1, 2, 2, 0, 2, 0]);
    let report = scene.insights.transfers(&all()).unwrap();
    assert_eq!((report.ping_pongs, report.chain_longest, report.chained), (1, 2, 1));
    assert_eq!((report.mode_cold, report.mode_warm, report.within_two_minutes), (1, 1, 1));
    let talks = segments(&scene, "conversation_in_progress");
    assert_eq!(talks[0].preceded_by.as_deref(), Some("warm_transfer"));
}

#[test]
fn a_queue_is_measured_by_what_waited_in_it() {
    let mut story = Story::new();
    let target = Some(ServiceTarget { secs: 20, percent: 80 });
    let rules = Box::new(QueueRules { target, ..QueueRules::default() });
    story.at(0).note(Event::QueueRulesSet { queue: BILLING, rules, by: None });
    // Accepted after 10 s, after 30 s, left after 5 s, left after 40 s, overflowed after 50 s, still waiting.
    let ids = [(); 6].map(|()| story.at(0).open(BILLING));
    story.at(5).closes(ids[2], EndedBy::Customer);
    story.at(8).accepts(ids[0], ADA, 2_000);
    story.at(25).accepts(ids[1], BOB, 5_000);
    story.at(40).closes(ids[3], EndedBy::Customer);
    story.at(50).passes(ids[4], Owner::Queue(SALES), OwnerCause::Overflowed(BILLING));
    let talk = story.known[&ids[0]].segment;
    story.at(70).closes(ids[0], EndedBy::Customer);
    story.at(75).files(ids[0], talk, ADA);
    let scene = Scene::of(&story);
    let levels = Levels { target_ms: None, short_ms: 10_000 };
    let report = scene.insights.queues(&all(), levels).unwrap();
    let billing = &report.queues[0];
    assert_eq!(billing.thing.as_ref().unwrap().id, BILLING.to_string());
    assert_eq!((billing.entered, billing.accepted, billing.abandoned), (6, 2, 2));
    assert_eq!((billing.short_abandoned, billing.overflowed, billing.waiting), (1, 1, 1));
    // Two accepted and one who left late count; one was accepted within 20 s.
    assert_eq!((billing.accepted_in_target, billing.level_counted), (1, 3));
    assert_eq!(billing.service_level, Some(0.3333));
    assert_eq!(
        (billing.answer_ms, billing.answer_max_ms, billing.abandon_ms),
        (Some(20_000), Some(30_000), Some(22_500))
    );
    assert_eq!((billing.completed, billing.talk_ms, billing.wrap_up_ms), (1, Some(60_000), Some(5_000)));
    assert_eq!(billing.handle_ms, Some(65_000));
    let stricter = Levels { target_ms: Some(5_000), short_ms: 0 };
    let report = scene.insights.queues(&all(), stricter).unwrap();
    assert_eq!((report.all.accepted_in_target, report.all.level_counted), (0, 4));
    assert_eq!((report.all.entered, report.all.waiting), (7, 2), "Sales has the one that overflowed");
}

#[test]
fn an_agent_is_measured_by_what_they_had_and_were_asked() {
    let mut story = Story::new();
    story.at(0).note(Event::AgentReached { agent: ADA });
    story.note(Event::StatusChanged { agent: ADA, status: Status::Available });
    let id = with_ada(&mut story);
    let asked = asks_bob(&mut story, id);
    story.at(70);
    bob_accepts(&mut story, id, asked);
    let other = story.at(80).open(BILLING);
    let offer = story.offers(other, ADA, OfferCause::Queue(BILLING));
    story.at(90).offer_ends((other, offer, ADA), OfferEnd::TimedOut);
    story.at(100).note(Event::StatusChanged { agent: ADA, status: Status::Away });
    story.at(130).note(Event::AgentLost { agent: ADA });
    story.at(200).note(Event::AgentReached { agent: ADA });
    let scene = Scene::of(&story);
    let report = scene.insights.agents(&all()).unwrap();
    let of = |agent: AgentId| {
        let found = report.agents.iter().find(|one| one.thing.id == agent.to_string());
        found.unwrap().clone()
    };
    let (ada, bob) = (of(ADA), of(BOB));
    assert_eq!((ada.conversations, ada.in_progress, ada.missed, ada.rejected), (1, 0, 1, 0));
    assert_eq!((ada.transfers_sent, ada.transfers_to, bob.transfers_to), (1, 0, 1));
    assert_eq!((bob.in_progress, bob.transfers_accepted), (1, 1));
    assert_eq!((ada.ring_ms, ada.talk_ms), (Some(4_000), Some(60_000)));
    assert_eq!((ada.available_ms, ada.away_ms, ada.busy_ms), (100_000, 30_000, 0));
    let spells = segments(&scene, "agent_status");
    let spells: Vec<_> = spells.iter().map(|one| one.followed_by.as_deref().unwrap()).collect();
    assert_eq!(spells, ["offline", "available", "away", "offline"]);
    assert_eq!(segments(&scene, "agent_status_in_progress").len(), 1);
}

#[test]
fn ways_between_places_and_trends_count_each_move_once() {
    let mut story = Story::new();
    let id = with_ada(&mut story);
    let transfer = story.at(60).sends_to_queue(id, SALES);
    story.at(62).ends(id, transfer, TransferEnd::Abandoned);
    story.closes(id, EndedBy::Customer);
    let group = with_ada(&mut story);
    let transfer = story.at(3_700).asks(group, Target::Group(REFUNDS), Mode::Cold);
    story.passes(group, Owner::Group(REFUNDS), OwnerCause::Transferred(transfer));
    let scene = Scene::of(&story);
    let mut flows: Vec<_> = scene
        .insights
        .flows_between(&all())
        .unwrap()
        .flows
        .into_iter()
        .map(|flow| (flow.from.map(|thing| thing.kind), flow.to.map(|thing| thing.kind), flow.count))
        .collect();
    flows.sort();
    let kind = |kind: &str| Some(kind.to_owned());
    let expected = [
        (None, kind("queue"), 2),
        (kind("agent"), kind("group"), 1),
        (kind("agent"), kind("queue"), 1),
        (kind("queue"), None, 1),
        (kind("queue"), kind("agent"), 2),
    ];
    assert_eq!(flows, expected);
    let hour =
        starts(NOW, NOW.plus(Duration::from_secs(4_000)), Bucket::Hour, &jiff::tz::TimeZone::UTC).unwrap();
    let trend = scene.insights.trend(&all(), "UTC", Bucket::Hour, &hour).unwrap();
    let points: Vec<_> = trend
        .points
        .iter()
        .map(|point| {
            (point.entered, point.accepted, point.abandoned, point.transfers, point.transfers_failed)
        })
        .collect();
    assert_eq!(points, [(3, 2, 1, 1, 1), (1, 0, 0, 1, 0)]);

    let of_the_group = Filter { group: Some(REFUNDS), ..all() };
    let page = Page { after: None, limit: 100 };
    let listed = scene.insights.conversation_list(&of_the_group, page).unwrap().conversations;
    let listed: Vec<_> = listed.iter().map(|listed| listed.conversation).collect();
    assert_eq!(listed, [group], "those that waited for it");
}

#[test]
fn a_supervisor_counts_what_their_teams_had_and_nothing_of_others() {
    let mut story = Story::new();
    let id = with_ada(&mut story);
    let asked = asks_bob(&mut story, id);
    bob_accepts(&mut story, id, asked);
    let scene = Scene::of(&story);
    let counted = |people: &[AgentId], queues: &[QueueId]| {
        let (people, queues) = (people.iter().copied().collect(), queues.iter().copied().collect());
        let scope = crate::routing::Scope::Teams { people, queues, groups: Default::default() };
        let filter = Filter { scope, ..all() };
        let page = Page { after: None, limit: 100 };
        (
            scene.insights.transfers(&filter).unwrap().transfer_segments_total,
            scene.insights.segments(&filter, page).unwrap().segments.len(),
            scene.insights.agents(&filter).unwrap().agents.len(),
        )
    };
    assert_eq!(counted(&[], &[]), (0, 0, 0));
    assert_eq!(counted(&[ADA], &[]), (1, 2, 1), "her conversation and the transfer");
    assert_eq!(counted(&[BOB], &[]), (1, 2, 1), "his, and the transfer that brought it");
    assert_eq!(counted(&[], &[BILLING]), (0, 1, 0), "the wait");
    assert_eq!(counted(&[ADA, BOB], &[BILLING]), (1, 4, 2));
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    let mut story = Story::new();
    for _ in 0..5 {
        let id = with_ada(&mut story);
        let asked = asks_bob(&mut story, id);
        bob_accepts(&mut story, id, asked);
    }
    let scene = Scene::of(&story);
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = scene.insights.segments(&all(), Page { after, limit: 3 }).unwrap();
        seen.extend(page.segments.into_iter().map(|one| (one.started_at, one.id)));
        let Some(next) = page.next else { break };
        after = Page::place(&next);
    }
    assert_eq!(seen.len(), 20, "a wait, two talks and a transfer of each");
    assert!(seen.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    let ids: std::collections::BTreeSet<_> = seen.into_iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), 20);
}

#[test]
fn an_export_holds_the_same_rows_for_other_programs() {
    let mut story = Story::new();
    let id = with_ada(&mut story);
    let asked = asks_bob(&mut story, id);
    bob_accepts(&mut story, id, asked);
    story.at(100).closes(id, EndedBy::Agent);
    story.note(Event::ConversationRated { conversation: id, score: Score::BEST });
    let scene = Scene::of(&story);
    let target = scene.data.path().join("reports.sqlite");
    export(scene.data.path(), &target).unwrap();
    let copy = rusqlite::Connection::open(&target).unwrap();
    let found: (String, String, String, i64) = copy
        .query_row("select conversation, outcome, destination_id, to_accept_ms from transfers", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .unwrap();
    assert_eq!(found, (id.to_string(), "successful".to_owned(), BOB.to_string(), 0));
    let kinds = "select group_concat(kind, ' ' order by started_at, kind) from segments";
    let kinds: String = copy.query_row(kinds, [], |row| row.get(0)).unwrap();
    assert_eq!(kinds, "queue conversation conversation transfer");
    let rating = copy.query_row("select conversation, score, agent_id, transfers from ratings", [], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    });
    assert_eq!(rating, Ok((id.to_string(), 5, BOB.to_string(), 1)));
    assert!(export(scene.data.path(), &target).is_err(), "nothing is written over");
    assert!(export(&scene.data.path().join("nowhere"), &scene.data.path().join("other")).is_err());
}
