//! What people are shown.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_shared::agent::Role;
use baton_shared::chat::ChatAuthor;
use baton_shared::conversation::{EndedBy, Held};
use baton_shared::desk::{Handoff, IncomingTransfer, PendingTransfer, ReturnedTransfer};
use baton_shared::message::MESSAGES_SHOWN;
use baton_shared::offer::{DEADLINE_MARGIN, OfferState};
use baton_shared::queue::{AcceptedWait, Priority};
use baton_shared::segment::{FollowedBy, OwnerCause, SegmentState};
use baton_shared::transfer::TransferState;
use baton_shared::*;

use super::Place;
use super::scene::*;
use crate::store::{Content, Marks, ReadMarks, Row};

/// Sixty messages, the customer's and an agent's in turn.
fn sixty(conversation: &Conversation) -> Vec<Content> {
    let author = |seq| if seq % 2 == 1 { Author::Customer } else { Author::Agent(ONE) };
    let said = |seq| said(conversation.id, seq, author(seq), &format!("Message {seq}"));
    let customer = customer(conversation, "Ada");
    (1..=60).map(said).chain([customer]).collect()
}

fn numbers(messages: &[Message]) -> Vec<u32> {
    messages.iter().map(|message| message.seq).collect()
}

/// A thread shows the last messages, pages the ones before, and each has its author's name.
pub fn messages_come_in_order_and_by_page(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = Conversation { last_seq: 60, ..owned(1) };
    let id = conversation.id;
    scene.turn(rows(&conversation), sixty(&conversation));
    let thread = scene.ask(|reading| reading.thread(id, None)).expect("the thread is there");
    assert_eq!(thread.messages.len(), MESSAGES_SHOWN);
    assert_eq!(numbers(&thread.messages), (11..=60).collect::<Vec<_>>());
    assert!(thread.has_earlier());
    assert_eq!((thread.customer.as_str(), thread.queue.as_str()), ("Ada", "Billing"));
    assert_eq!((thread.segment, thread.opened_at, thread.since), (conversation.segment, at(1), at(1)));
    let before = scene.ask(|reading| reading.messages(id, Some(11), 4));
    assert_eq!(numbers(&before), [7, 8, 9, 10]);
    assert_eq!(numbers(&scene.ask(|reading| reading.messages(id, None, 2))), [59, 60]);
    assert_eq!(numbers(&scene.ask(|reading| reading.messages(id, Some(3), 50))), [1, 2]);
    let second = scene.ask(|reading| reading.message(id, 2)).expect("the message is there");
    assert_eq!((second.author, second.name.as_str()), (Author::Agent(ONE), "Agent One"));
    assert_eq!(
        (second.text.as_str(), second.at, second.client_key.as_deref()),
        ("Message 2", at(2), Some("key-2"))
    );
    assert_eq!((before[0].author, before[0].name.as_str()), (Author::Customer, "Ada"));
    assert_eq!(scene.ask(|reading| reading.message(id, 61)), None);
}

/// Whoever sees a thread up to a message sees nothing of what came after it.
pub fn a_part_of_a_thread_ends_where_it_should(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let held = Held::Agent { agent: ONE, since: at(1), transfer: Some(TransferId::from_bits(40)) };
    let state = ConversationState::Open { held, epoch: 1 };
    let conversation = Conversation { last_seq: 60, state, ..owned(1) };
    let id = conversation.id;
    let completed = TransferState::Ended { at: at(22), end: TransferEnd::Completed };
    let offered = TransferState::Offered { offer: OfferId::from_bits(1), deadline: at(100) };
    let transfers = [
        transfer(20, &conversation, Target::Agent(TWO), completed),
        transfer(30, &conversation, Target::Agent(ONE), completed),
        transfer(40, &conversation, Target::Agent(TWO), offered),
    ];
    let transfers = transfers.map(Row::Transfer);
    scene.turn(rows(&conversation).into_iter().chain(transfers), sixty(&conversation));
    let part = scene.ask(|reading| reading.thread(id, Some(25))).expect("the thread is there");
    assert_eq!(numbers(&part.messages), (1..=25).collect::<Vec<_>>());
    assert_eq!(part.handoffs.iter().map(|handoff| handoff.after_seq).collect::<Vec<_>>(), [20]);
    assert_eq!(part.transfer, None);
    let whole = scene.ask(|reading| reading.thread(id, Some(u32::MAX)));
    assert_eq!(whole, scene.ask(|reading| reading.thread(id, None)));
    let whole = whole.expect("the thread is there");
    assert_eq!(whole.handoffs.iter().map(|handoff| handoff.after_seq).collect::<Vec<_>>(), [20, 30]);
    assert!(whole.transfer.is_some());
}

/// A search looks through one conversation, oldest first, and capitals make no difference in any language.
pub fn words_are_found_without_regard_to_case(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let (conversation, other) = (waiting(1), waiting(2));
    let texts = ["Die Straße ist gesperrt", "ΟΔΟΣ ΣΟΦΟΚΛΕΟΥΣ", "Ma ÉCOLE", "100% of 5_000", "STRASSE 5"];
    let content = (1..).zip(texts).map(|(seq, text)| said(conversation.id, seq, Author::Customer, text));
    let elsewhere = said(other.id, 1, Author::Customer, "Straße");
    let content = content.chain([elsewhere]).collect();
    scene.turn(rows(&conversation).into_iter().chain(rows(&other)), content);
    let found =
        |words: &str, limit| numbers(&scene.ask(|reading| reading.search(conversation.id, words, limit)));
    assert_eq!(found("straße", 200), [1, 5]);
    assert_eq!(found("STRASSE", 200), [1, 5]);
    assert_eq!(found("strasse", 1), [1]);
    assert_eq!(found("οδος", 200), [2]);
    assert_eq!(found("école", 200), [3]);
    assert_eq!(found("0% OF 5_", 200), [4]);
    assert_eq!(found("%", 200), [4]);
    assert_eq!(found("nowhere", 200), [] as [u32; 0]);
}

/// An offer comes with its conversation and a deadline that leaves a margin; once it has ended there is none.
pub fn an_offer_shows_an_earlier_deadline_until_it_ends(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = Conversation { last_seq: 60, ..waiting(1) };
    let made = offer(7, &conversation, OfferCause::Queue(BILLING));
    scene.turn(rows(&conversation).into_iter().chain([Row::Offer(made.clone())]), sixty(&conversation));
    let card = scene.ask(|reading| reading.offer(made.id)).expect("the offer is open");
    assert_eq!((card.made_at, card.deadline), (at(7), at(37).minus(DEADLINE_MARGIN)));
    assert_eq!(card.transfer, None);
    assert_eq!(Some(card.thread), scene.ask(|reading| reading.thread(conversation.id, None)));
    let state = OfferState::Ended { at: at(9), end: OfferEnd::TimedOut };
    scene.turn([Row::Offer(Offer { state, ..made.clone() })], Vec::new());
    assert_eq!(scene.ask(|reading| reading.offer(made.id)), None);
}

/// A transfer is shown to its receiver and to whoever is offered what it brought into a queue.
pub fn an_offer_says_who_passes_the_conversation_on(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let sent = owned(1);
    let mut queued = waiting(2);
    let ids = [3, 4].map(OfferId::from_bits);
    let offered = TransferState::Offered { offer: ids[0], deadline: at(63) };
    let enqueued = TransferState::Enqueued { undo_until: at(9) };
    let to_agent = transfer(3, &sent, Target::Agent(TWO), offered);
    let to_queue = transfer(4, &queued, Target::Queue(BILLING), enqueued);
    queued.waiting_mut().expect("it waits").transfer = Some(to_queue.id);
    let offers =
        [offer(3, &sent, OfferCause::Transfer(to_agent.id)), offer(4, &queued, OfferCause::Queue(BILLING))];
    let changed = rows(&sent).into_iter().chain(rows(&queued)).chain(offers.map(Row::Offer));
    let changed = changed.chain([&to_agent, &to_queue].map(|transfer| Row::Transfer(transfer.clone())));
    scene.turn(changed, vec![Content::Note(to_agent.id, "Knows the invoice".to_owned())]);
    let from = || "Agent One".to_owned();
    let incoming = |offer| scene.ask(|reading| reading.offer(offer)).expect("the offer is open").transfer;
    let note = Some("Knows the invoice".to_owned());
    assert_eq!(incoming(ids[0]), Some(IncomingTransfer { transfer: to_agent.id, from: from(), note }));
    assert_eq!(incoming(ids[1]), Some(IncomingTransfer { transfer: to_queue.id, from: from(), note: None }));
    let found = scene.ask(|reading| reading.transfer(to_queue.id));
    assert_eq!(found, Some((to_queue, "Billing".to_owned())));
}

/// The sender sees to whom a conversation is on its way, and until when they may take it back.
pub fn an_open_transfer_shows_its_target(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let offered = TransferState::Offered { offer: OfferId::from_bits(1), deadline: at(63) };
    let sent = transfer(3, &owned(1), Target::Agent(TWO), offered);
    let held = Held::Agent { agent: ONE, since: at(1), transfer: Some(sent.id) };
    let conversation = Conversation { state: ConversationState::Open { held, epoch: 1 }, ..owned(1) };
    scene.turn(rows(&conversation).into_iter().chain([Row::Transfer(sent.clone())]), Vec::new());
    let thread = scene.ask(|reading| reading.thread(conversation.id, None)).expect("the thread is there");
    let pending = PendingTransfer {
        transfer: sent.id,
        target: Target::Agent(TWO),
        to: "Agent Two".to_owned(),
        requested_at: at(3),
        deadline: at(63).minus(DEADLINE_MARGIN),
    };
    assert_eq!((thread.transfer, thread.handoffs, thread.returned), (Some(pending), Vec::new(), None));
}

/// The last transfer of the present segment is shown with its reason if it came back, until there is another.
pub fn a_transfer_that_came_back_shows_its_reason(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = owned(1);
    let end = TransferEnd::Returned;
    let returned = transfer(3, &conversation, Target::Agent(TWO), TransferState::Ended { at: at(8), end });
    let state = OfferState::Ended { at: at(8), end: OfferEnd::Declined };
    let declined = Offer { state, ..offer(4, &conversation, OfferCause::Transfer(returned.id)) };
    let changed = [Row::Transfer(returned.clone()), Row::Offer(declined.clone())];
    scene.turn(
        rows(&conversation).into_iter().chain(changed),
        vec![Content::Reason(declined.id, "At lunch".to_owned())],
    );
    let shown = |scene: &Scene| {
        scene.ask(|reading| reading.thread(conversation.id, None)).expect("it is there").returned
    };
    let to = || "Agent Two".to_owned();
    let reason = Some("At lunch".to_owned());
    assert_eq!(
        shown(&scene),
        Some(ReturnedTransfer { transfer: returned.id, to: to(), end, reason, at: at(8) })
    );

    let end = TransferEnd::Expired;
    let expired = transfer(9, &conversation, Target::Agent(TWO), TransferState::Ended { at: at(69), end });
    scene.turn([Row::Transfer(expired.clone())], Vec::new());
    assert_eq!(
        shown(&scene),
        Some(ReturnedTransfer { transfer: expired.id, to: to(), end, reason: None, at: at(69) })
    );
    let end = TransferEnd::Cancelled;
    let cancelled = transfer(70, &conversation, Target::Agent(TWO), TransferState::Ended { at: at(71), end });
    scene.turn([Row::Transfer(cancelled)], Vec::new());
    assert_eq!(shown(&scene), None);

    // What came back in an earlier segment of the same owner is past.
    let earlier = waiting(2);
    let end = TransferEnd::Returned;
    let past = transfer(100, &earlier, Target::Agent(TWO), TransferState::Ended { at: at(101), end });
    let later = Segment { started_at: at(200), ..segment(&owned(2)) };
    scene.turn([Row::Conversation(owned(2)), Row::Segment(later), Row::Transfer(past)], Vec::new());
    assert_eq!(scene.ask(|reading| reading.thread(earlier.id, None)).expect("it is there").returned, None);
}

/// Handoffs are the transfers that reached someone, oldest first, each after the last message before it.
pub fn handoffs_are_the_transfers_that_changed_the_owner(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = Conversation { last_seq: 60, ..waiting(1) };
    let ended = |second, end| TransferState::Ended { at: at(second), end };
    let transfers = [
        transfer(30, &conversation, Target::Queue(SALES), TransferState::Enqueued { undo_until: at(35) }),
        transfer(12, &conversation, Target::Agent(TWO), ended(13, TransferEnd::Returned)),
        transfer(20, &conversation, Target::Agent(TWO), ended(25, TransferEnd::Completed)),
        transfer(14, &conversation, Target::Agent(TWO), ended(15, TransferEnd::Cancelled)),
        transfer(16, &conversation, Target::Agent(TWO), ended(17, TransferEnd::Expired)),
    ];
    let mut content = sixty(&conversation);
    content.push(Content::Note(transfers[2].id, "A note".to_owned()));
    let [queued, _, accepted, ..] = [0, 1, 2].map(|number: usize| transfers[number].id);
    scene.turn(rows(&conversation).into_iter().chain(transfers.map(Row::Transfer)), content);
    let thread = scene.ask(|reading| reading.thread(conversation.id, None)).expect("the thread is there");
    let handoff = |transfer, to: &str, note: Option<&str>, second| Handoff {
        transfer,
        from: "Agent One".to_owned(),
        to: to.to_owned(),
        note: note.map(str::to_owned),
        at: at(second),
        after_seq: second as u32,
    };
    let expected = [handoff(accepted, "Agent Two", Some("A note"), 20), handoff(queued, "Sales", None, 30)];
    assert_eq!(thread.handoffs, expected);
    assert_eq!((thread.transfer, thread.returned), (None, None));
}

/// Each end of an agent's segment has its words; a segment that runs or is filed has no card.
pub fn a_wrap_up_says_in_words_what_ended_the_segment(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = owned(1);
    let completed = TransferState::Ended { at: at(9), end: TransferEnd::Completed };
    let to_agent = transfer(3, &conversation, Target::Agent(TWO), completed);
    let to_queue = transfer(4, &conversation, Target::Queue(SALES), completed);
    let ends = [
        (FollowedBy::Owner(OwnerCause::Transferred(to_agent.id)), "Transferred to Agent Two"),
        (FollowedBy::Owner(OwnerCause::Transferred(to_queue.id)), "Transferred to Sales"),
        (FollowedBy::Owner(OwnerCause::Released), "Returned to the queue"),
        (FollowedBy::End(EndedBy::Customer), "Ended by the customer"),
        (FollowedBy::End(EndedBy::Agent), "Ended by you"),
        (FollowedBy::End(EndedBy::System), "Ended by the system"),
    ];
    let transfers = [to_agent, to_queue].map(Row::Transfer);
    let ada = customer(&conversation, "Ada");
    scene.turn(rows(&conversation).into_iter().chain(transfers), vec![ada]);
    assert_eq!(scene.ask(|reading| reading.wrap_up(conversation.segment)), None);
    for (followed_by, words) in ends {
        let ended_at = at(9);
        let wrap_up =
            Segment { state: SegmentState::WrapUp { ended_at, followed_by }, ..segment(&conversation) };
        scene.turn([Row::Segment(wrap_up.clone())], Vec::new());
        let card = scene.ask(|reading| reading.wrap_up(wrap_up.id)).expect("it is to be filed");
        assert_eq!(card.ended_by, words);
        assert_eq!((card.customer.as_str(), card.started_at, card.ended_at), ("Ada", at(1), at(9)));
        let state = SegmentState::Ended { ended_at, followed_by, disposition: None };
        scene.turn([Row::Segment(Segment { state, ..wrap_up.clone() })], Vec::new());
        assert_eq!(scene.ask(|reading| reading.wrap_up(wrap_up.id)), None);
    }
}

/// A person sees all while they are offered or own a conversation, their own part while they file it, then nothing.
pub fn sight_begins_with_an_offer_and_ends_with_the_filing(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = waiting(1);
    let sight = |scene: &Scene, agent| scene.ask(|reading| reading.sight(agent, conversation.id));
    scene.turn(rows(&conversation), Vec::new());
    assert_eq!(sight(&scene, TWO), None);
    let made = offer(2, &conversation, OfferCause::Queue(BILLING));
    scene.turn([Row::Offer(made.clone())], Vec::new());
    assert_eq!((sight(&scene, TWO), sight(&scene, ONE)), (Some(u32::MAX), None));

    let accepted = OfferState::Ended { at: at(3), end: OfferEnd::Accepted };
    let held = Held::Agent { agent: TWO, since: at(3), transfer: None };
    let taken = Conversation { state: ConversationState::Open { held, epoch: 1 }, ..conversation.clone() };
    let running = Segment { id: SegmentId::from_bits(9), last_seq: 4, ..segment(&taken) };
    scene.turn(
        [
            Row::Offer(Offer { state: accepted, ..made }),
            Row::Conversation(taken),
            Row::Segment(running.clone()),
        ],
        Vec::new(),
    );
    assert_eq!(sight(&scene, TWO), Some(u32::MAX));

    let (ended_at, followed_by) = (at(9), FollowedBy::End(EndedBy::Customer));
    let state = ConversationState::Closed { at: ended_at, by: EndedBy::Customer, epoch: 1 };
    let closed = Conversation { state, segment: running.id, ..conversation.clone() };
    let wrap_up = Segment { state: SegmentState::WrapUp { ended_at, followed_by }, ..running };
    scene.turn([Row::Conversation(closed), Row::Segment(wrap_up.clone())], Vec::new());
    assert_eq!(sight(&scene, TWO), Some(4));
    let thread = scene.ask(|reading| reading.thread(conversation.id, Some(4)));
    assert_eq!(thread.map(|thread| thread.segment), Some(wrap_up.id));
    let state = SegmentState::Ended { ended_at, followed_by, disposition: None };
    scene.turn([Row::Segment(Segment { state, ..wrap_up })], Vec::new());
    assert_eq!(sight(&scene, TWO), None);
}

/// A desk holds what its person owns, is offered and has to file, and everyone who can sign in; nothing of others' work.
pub fn a_desk_holds_ones_own_work(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let (mine, queued) = (owned(1), waiting(2));
    let made = offer(3, &queued, OfferCause::Queue(BILLING));
    let attributes: BTreeMap<_, _> = [("page".to_owned(), "/prices".to_owned())].into();
    let content = vec![Content::Attributes(mine.id, attributes.clone()), customer(&mine, "Ada")];
    let disabled = Agent { enabled: false, ..agent(AgentId::from_bits(3)) };
    let others = [Row::Offer(made.clone()), Row::Agent(disabled.clone())];
    scene.turn(rows(&mine).into_iter().chain(rows(&queued)).chain(others), content);
    let followed_by = FollowedBy::Owner(OwnerCause::Opened);
    let state = SegmentState::WrapUp { ended_at: at(9), followed_by };
    let wrap_up = Segment { id: SegmentId::from_bits(9), state, ..segment(&mine) };
    scene.turn([Row::Segment(wrap_up.clone())], Vec::new());
    let marks = ReadMarks { agent_read: 1, customer_delivered: 3, customer_read: 2 };
    scene.mark(Marks { conversation: mine.id, marks });

    let (one, two) = scene.ask(|reading| Ok((reading.desk(ONE)?, reading.desk(TWO)?)));
    let (one, two) = (one.expect("the person is there"), two.expect("the person is there"));
    assert_eq!(one.conversations.keys().collect::<Vec<_>>(), [&mine.id]);
    assert_eq!(one.wrap_ups.keys().collect::<Vec<_>>(), [&wrap_up.id]);
    assert!(one.offers.is_empty() && two.conversations.is_empty() && two.wrap_ups.is_empty());
    assert_eq!(two.offers.keys().collect::<Vec<_>>(), [&made.id]);
    assert_eq!((one.load(), two.load()), (1, 1));
    let thread = &one.conversations[&mine.id];
    assert_eq!((thread.read, thread.customer_delivered, thread.customer_read), (1, 3, 2));
    assert_eq!(thread.attributes, attributes);
    assert_eq!(one.people, two.people);
    assert_eq!(one.people.keys().collect::<Vec<_>>(), [&ONE, &TWO]);
    assert_eq!((one.me.name.as_str(), one.me.role, one.me.capacity), ("Agent One", Role::Agent, 2));
    assert_eq!(Some(&one.people[&TWO]), scene.ask(|reading| reading.colleague(TWO)).as_ref());
    assert_eq!(Some(two.me), scene.ask(|reading| reading.me(TWO)));
    assert_eq!(scene.ask(|reading| reading.colleague(disabled.id)), None);
    assert_eq!(scene.ask(|reading| reading.desk(AgentId::from_bits(9))), None);
}

/// A customer sees names, texts and one of four phases.
pub fn a_customer_sees_what_is_happening(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = Conversation { last_seq: 60, ..waiting(1) };
    let id = conversation.id;
    scene.turn(rows(&conversation), sixty(&conversation));
    let phase = |scene: &Scene| scene.ask(|reading| reading.phase(id, at(100))).expect("it is there");
    let queue = "Billing".to_owned();
    assert_eq!(phase(&scene), Phase::Waiting { queue, position: Some(1), wait_secs: None });
    let chat = scene.ask(|reading| reading.chat(id, at(100))).expect("the chat is there");
    assert_eq!((chat.name.as_str(), chat.more, chat.messages.len()), ("Ada", true, MESSAGES_SHOWN));
    assert_eq!((chat.messages[0].from, chat.messages[0].name.as_str()), (ChatAuthor::Customer, "Ada"));
    assert_eq!((chat.messages[1].from, chat.messages[1].name.as_str()), (ChatAuthor::Agent, "Agent One"));
    assert_eq!(chat.phase, phase(&scene));

    let agent = || "Agent One".to_owned();
    scene.turn([Row::Conversation(Conversation { last_seq: 60, ..owned(1) })], Vec::new());
    assert_eq!(phase(&scene), Phase::Active { agent: agent() });
    let offered = TransferState::Offered { offer: OfferId::from_bits(1), deadline: at(63) };
    let sent = transfer(3, &conversation, Target::Agent(TWO), offered);
    let held = Held::Agent { agent: ONE, since: at(1), transfer: Some(sent.id) };
    let state = ConversationState::Open { held, epoch: 1 };
    scene.turn([Row::Conversation(Conversation { state, ..owned(1) }), Row::Transfer(sent)], Vec::new());
    assert_eq!(phase(&scene), Phase::Transferring { agent: agent(), to: "Agent Two".to_owned() });
    let state = ConversationState::Closed { at: at(9), by: EndedBy::System, epoch: 1 };
    scene.turn([Row::Conversation(Conversation { state, ..owned(1) })], Vec::new());
    assert_eq!(phase(&scene), Phase::Closed { by: EndedBy::System });
    assert_eq!(scene.ask(|reading| reading.chat(ConversationId::from_bits(99), at(100))), None);
}

/// A place in line counts those of a higher priority and the older ones of the same, in the same queue.
pub fn places_in_line_go_by_priority_and_age(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let with = |number, priority| Conversation { priority, ..waiting(number) };
    let same_age = Conversation { enqueued_at: at(2), ..with(5, Priority::Normal) };
    let line = [
        with(4, Priority::Urgent),
        with(1, Priority::Normal),
        with(2, Priority::Normal),
        same_age,
        with(3, Priority::Low),
    ];
    let mut elsewhere = with(6, Priority::Urgent);
    elsewhere.queue = SALES;
    elsewhere.waiting_mut().expect("it waits").queue = SALES;
    scene.turn(line.iter().chain([&elsewhere, &owned(7)]).flat_map(rows), Vec::new());
    for (expected, conversation) in (1..).zip(&line) {
        let phase = scene.ask(|reading| reading.phase(conversation.id, at(100)));
        let queue = "Billing".to_owned();
        assert_eq!(phase, Some(Phase::Waiting { queue, position: Some(expected), wait_secs: None }));
    }
    let accepted = (1..=10).map(|_| AcceptedWait { at: at(90), waited_ms: 95_000 }).collect();
    scene.turn([Row::Queue(Queue { accepted, ..queue(SALES) })], Vec::new());
    let phase = scene.ask(|reading| reading.phase(elsewhere.id, at(100)));
    let queue = "Sales".to_owned();
    assert_eq!(phase, Some(Phase::Waiting { queue, position: Some(1), wait_secs: Some(95) }));
}

/// Targets are the enabled people who can be given work, and the queues with those who wait and those who are free.
pub fn transfer_targets_count_what_is_held_and_who_is_free(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let (disabled, supervisor) = (AgentId::from_bits(3), AgentId::from_bits(4));
    let away = AgentId::from_bits(5);
    let presence = Presence { status: Status::Away, reachable: true };
    let people = [
        Agent { enabled: false, ..agent(disabled) },
        Agent { queues: Default::default(), capacity: Default::default(), ..agent(supervisor) },
        Agent { presence, queues: [SALES].into(), ..agent(away) },
    ];
    let queued = waiting(3);
    let offers = [offer(1, &queued, OfferCause::Queue(BILLING))];
    let changed = rows(&owned(1)).into_iter().chain(rows(&owned(2))).chain(rows(&queued));
    let changed = changed.chain(offers.map(Row::Offer)).chain(people.map(Row::Agent));
    scene.turn(changed, vec![profile(away, "Agent Away")]);
    let (agents, queues) = scene.ask(|reading| reading.transfer_targets(at(100)));
    let found: Vec<_> = agents.iter().map(|agent| (agent.id, agent.held, agent.limit)).collect();
    assert_eq!(found, [(away, 0, 2), (ONE, 2, 2), (TWO, 1, 2)]);
    assert!(agents.iter().all(|agent| agent.why_not.is_none()));
    let found: Vec<_> =
        queues.iter().map(|queue| (queue.name.as_str(), queue.waiting, queue.available)).collect();
    // The first agent is full and the third is away; the second has room.
    assert_eq!(found, [("Billing", 1, 1), ("Sales", 0, 1)]);
}

/// People, queues, skills and groups come by name, with what belongs to them.
pub fn everything_that_has_a_name_is_listed_by_it(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let [refunds, escalations] = [1, 2].map(GroupId::from_bits);
    let [languages, accounts] = [1, 2].map(SkillId::from_bits);
    let group = |id| Row::Group(Group { id, skills: [languages].into() });
    let changed = [group(refunds), group(escalations), Row::Skill(languages), Row::Skill(accounts)];
    let content = vec![
        Content::GroupName(refunds, "Refunds".to_owned()),
        Content::GroupName(escalations, "Escalations".to_owned()),
        Content::SkillName(languages, "Languages".to_owned()),
        Content::SkillName(accounts, "Accounts".to_owned()),
        profile(ONE, "Zed"),
        Content::QueueName(BILLING, "Zero interest".to_owned()),
    ];
    scene.turn(changed, content);
    let later = at(1).plus(Duration::from_secs(1));
    scene.turn([Row::Queue(Queue { priority: Priority::High, ..queue(BILLING) })], Vec::new());
    assert!(scene.loaded.at < later);
    let people = scene.ask(|reading| reading.people());
    let names: Vec<_> = people.iter().map(|person| (person.name.as_str(), person.email.as_str())).collect();
    assert_eq!(names, [("Agent Two", "Agent.Two@example.com"), ("Zed", "Zed@example.com")]);
    assert_eq!(
        (people[0].capacity, people[0].enabled, &people[0].queues),
        (2, true, &[BILLING, SALES].into())
    );
    assert_eq!(scene.ask(|reading| reading.person(TWO)).as_ref(), people.first());
    let queues = scene.ask(|reading| reading.queues());
    let names: Vec<_> = queues.iter().map(|queue| (queue.name.as_str(), queue.priority)).collect();
    assert_eq!(names, [("Sales", Priority::Normal), ("Zero interest", Priority::High)]);
    assert_eq!(queues[0].members, [ONE, TWO].into());
    let skills = scene.ask(|reading| reading.skills());
    assert_eq!(skills.iter().map(|skill| skill.name.as_str()).collect::<Vec<_>>(), ["Accounts", "Languages"]);
    let groups = scene.ask(|reading| reading.groups());
    assert_eq!(
        groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(),
        ["Escalations", "Refunds"]
    );
    assert_eq!(groups[0].skills, [languages].into());
}
