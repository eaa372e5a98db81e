//! What people are shown.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_shared::agent::Role;
use baton_shared::chat::ChatAuthor;
use baton_shared::conversation::{EndedBy, Held};
use baton_shared::message::MESSAGES_SHOWN;
use baton_shared::offer::OfferState;
use baton_shared::queue::{AcceptedWait, Priority};
use baton_shared::segment::{FollowedBy, OwnerCause, SegmentState};
use baton_shared::*;

use super::Place;
use super::scene::*;
use crate::store::{Content, Marks, ReadMarks, Row, Sight};

/// A thread shows the last messages, pages the ones before, and each has its author's name.
pub fn messages_come_in_order_and_by_page(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = Conversation { last_seq: 60, ..owned(1) };
    let id = conversation.id;
    scene.turn(rows(&conversation), sixty(&conversation));
    let thread = scene.ask(|reading| reading.thread(id, Sight::Whole)).expect("the thread is there");
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

/// Whoever sees a thread until their part of it ended sees nothing of what came after it.
pub fn a_part_of_a_thread_ends_where_it_should(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = leaving(&Conversation { last_seq: 60, ..owned(1) }, TransferId::from_bits(40));
    let id = conversation.id;
    let completed = TransferState::Ended { at: at(22), end: TransferEnd::Completed };
    let sought = offered_to(Target::Agent(TWO), &[], Some(at(100)));
    let transfers = [
        transfer(20, &conversation, Target::Agent(TWO), completed.clone()),
        transfer(30, &conversation, Target::Agent(ONE), completed),
        transfer(40, &conversation, Target::Agent(TWO), sought),
    ];
    let transfers = transfers.map(Row::Transfer);
    scene.turn(rows(&conversation).into_iter().chain(transfers), sixty(&conversation));
    let until = Sight::Until { last_seq: 25, at: at(25) };
    let part = scene.ask(|reading| reading.thread(id, until)).expect("the thread is there");
    assert_eq!(numbers(&part.messages), (1..=25).collect::<Vec<_>>());
    assert_eq!(part.handoffs.iter().map(|handoff| handoff.after_seq).collect::<Vec<_>>(), [20]);
    assert_eq!(part.transfer, None);
    let whole = scene.ask(|reading| reading.thread(id, Sight::Whole)).expect("the thread is there");
    assert_eq!(whole.handoffs.iter().map(|handoff| handoff.after_seq).collect::<Vec<_>>(), [20, 30]);
    assert!(whole.transfer.is_some());
}

/// What is passed on after a part ended is not of that part, even where nobody wrote in between.
pub fn a_part_of_a_thread_is_cut_by_time_too(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = Conversation { last_seq: 2, ..owned(1) };
    let id = conversation.id;
    let completed = |second| TransferState::Ended { at: at(second), end: TransferEnd::Completed };
    let mine = transfer(10, &conversation, Target::Agent(TWO), completed(12));
    let later = transfer(13, &conversation, Target::Agent(ONE), completed(14));
    let content = vec![
        said(id, 1, Author::Customer, "Hello?"),
        said(id, 2, Author::Agent(ONE), "One moment"),
        Content::Note(mine.id, "Mine".to_owned()),
        Content::Note(later.id, "Not for the one before".to_owned()),
        Content::Summary(later.id, "Nor this".to_owned()),
    ];
    let transfers = [mine, later].map(Row::Transfer);
    scene.turn(rows(&conversation).into_iter().chain(transfers), content);
    let seen = |last_second| {
        let until = Sight::Until { last_seq: 2, at: at(last_second) };
        let part = scene.ask(|reading| reading.thread(id, until)).expect("the thread is there");
        assert_eq!(numbers(&part.messages), [1, 2]);
        part.handoffs.into_iter().filter_map(|handoff| handoff.note).collect::<Vec<_>>()
    };
    assert_eq!(seen(12), ["Mine"]);
    assert_eq!(seen(13), ["Mine", "Not for the one before"]);
    assert_eq!(seen(9), [] as [&str; 0]);
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

/// Each end of an agent's segment has its words; a segment that runs or is filed has no card.
pub fn a_wrap_up_says_in_words_what_ended_the_segment(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = owned(1);
    let completed = TransferState::Ended { at: at(9), end: TransferEnd::Completed };
    let to_agent = transfer(3, &conversation, Target::Agent(TWO), completed.clone());
    let to_queue = transfer(4, &conversation, Target::Queue(SALES), completed);
    let by_two = Transfer { id: TransferId::from_bits(5), by: Some(TWO), ..to_queue.clone() };
    let ends = [
        (FollowedBy::Owner(OwnerCause::Transferred(to_agent.id)), "Transferred to Agent Two"),
        (FollowedBy::Owner(OwnerCause::Transferred(to_queue.id)), "Transferred to Sales"),
        (FollowedBy::Owner(OwnerCause::Parked(to_agent.id)), "Transferred to Agent Two"),
        (FollowedBy::Owner(OwnerCause::Transferred(by_two.id)), "Transferred to Sales by Agent Two"),
        (FollowedBy::Owner(OwnerCause::Released), "Returned to the queue"),
        (FollowedBy::Owner(OwnerCause::Lost), "Returned to the queue"),
        (FollowedBy::Owner(OwnerCause::Expired(to_queue.id)), "Returned to the queue"),
        (FollowedBy::End(EndedBy::Customer), "Ended by the customer"),
        (FollowedBy::End(EndedBy::Agent), "Ended by you"),
        (FollowedBy::End(EndedBy::System), "Ended by the system"),
    ];
    let told = FollowedBy::Owner(OwnerCause::Transferred(by_two.id));
    let transfers = [to_agent, to_queue, by_two].map(Row::Transfer);
    let ada = customer(&conversation, "Ada");
    scene.turn(rows(&conversation).into_iter().chain(transfers), vec![ada]);
    assert_eq!(scene.ask(|reading| reading.wrap_up(conversation.segment)), None);
    for (followed_by, words) in ends {
        let ended_at = at(9);
        let wrap_up = Segment {
            state: SegmentState::WrapUp { ended_at, followed_by, until: None },
            ..segment(&conversation)
        };
        scene.turn([Row::Segment(wrap_up.clone())], Vec::new());
        let card = scene.ask(|reading| reading.wrap_up(wrap_up.id)).expect("it is to be filed");
        assert_eq!(card.ended_by, words);
        let news = (followed_by == told).then_some("Agent Two transferred Ada to Sales.");
        assert_eq!(card.news.as_deref(), news);
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
    assert_eq!((sight(&scene, TWO), sight(&scene, ONE)), (Some(Sight::Whole), None));

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
    assert_eq!(sight(&scene, TWO), Some(Sight::Whole));

    let (ended_at, followed_by) = (at(9), FollowedBy::End(EndedBy::Customer));
    let state = ConversationState::Closed { at: ended_at, by: EndedBy::Customer, epoch: 1, surveyed: false };
    let closed = Conversation { state, segment: running.id, ..conversation.clone() };
    let wrap_up = Segment { state: SegmentState::WrapUp { ended_at, followed_by, until: None }, ..running };
    scene.turn([Row::Conversation(closed), Row::Segment(wrap_up.clone())], Vec::new());
    let part = Sight::Until { last_seq: 4, at: ended_at };
    assert_eq!(sight(&scene, TWO), Some(part));
    let thread = scene.ask(|reading| reading.thread(conversation.id, part));
    assert_eq!(thread.map(|thread| thread.segment), Some(wrap_up.id));
    let state = SegmentState::Ended { ended_at, followed_by, disposition: None };
    scene.turn([Row::Segment(Segment { state, ..wrap_up })], Vec::new());
    assert_eq!(sight(&scene, TWO), None);
}

/// Whoever is consulted or reads on sees all of a conversation for as long as they are or do.
pub fn sight_is_of_who_is_consulted_and_who_reads_on(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let third = AgentId::from_bits(3);
    let conversation = leaving(&owned(1), TransferId::from_bits(2));
    let sight = |scene: &Scene, agent| scene.ask(|reading| reading.sight(agent, conversation.id));
    let state = TransferState::Consulting { agent: TWO, since: at(3), deadline: at(603), last_seq: 0 };
    let warm = Transfer { mode: Mode::Warm, ..transfer(2, &conversation, Target::Agent(TWO), state) };
    let changed = rows(&conversation).into_iter().chain([Row::Transfer(warm.clone())]);
    scene.turn(changed.chain([Row::Agent(agent(third))]), Vec::new());
    assert_eq!(sight(&scene, TWO), Some(Sight::Whole));
    assert_eq!(sight(&scene, third), None);
    let other = owned(7);
    scene.turn(rows(&other), Vec::new());
    assert_eq!(scene.ask(|reading| reading.sight(TWO, other.id)), None);
    let ended = TransferState::Ended { at: at(9), end: TransferEnd::Completed };
    scene.turn([Row::Transfer(Transfer { state: ended, ..warm })], Vec::new());
    assert_eq!(sight(&scene, TWO), None);

    // The sender reads on and files their part at the same time: reading on goes further.
    let id = conversation.id;
    let held = Held::Agent { agent: TWO, since: at(9), transfer: None };
    let state = ConversationState::Open { held, epoch: 2 };
    let passed_on = Conversation { state, listeners: [ONE].into_iter().collect(), ..owned(1) };
    let followed_by = FollowedBy::Owner(OwnerCause::Transferred(TransferId::from_bits(2)));
    let state = SegmentState::WrapUp { ended_at: at(9), followed_by, until: None };
    let part = Segment { id: SegmentId::from_bits(9), state, ..segment(&owned(1)) };
    let listener = |listens| Row::Listener { conversation: id, agent: ONE, listens };
    let changed = [Row::Conversation(passed_on.clone()), Row::Segment(part), listener(true)];
    scene.turn(changed, vec![customer(&passed_on, "Ada")]);
    let reads_on = |scene: &Scene| scene.ask(|reading| reading.desk(ONE)).expect("it is there").listening;
    assert_eq!(sight(&scene, ONE), Some(Sight::Whole));
    let whole = scene.ask(|reading| reading.thread(id, Sight::Whole));
    assert_eq!(reads_on(&scene).get(&id), whole.as_ref());
    let closed = Conversation { listeners: Rare::new(), ..passed_on };
    scene.turn([Row::Conversation(closed), listener(false)], Vec::new());
    assert_eq!(sight(&scene, ONE), Some(Sight::Until { last_seq: 0, at: at(9) }));
    assert!(reads_on(&scene).is_empty());
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
    let state = SegmentState::WrapUp { ended_at: at(9), followed_by, until: None };
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
    assert_eq!(thread.attributes, attributes.into_iter().collect());
    assert_eq!(one.people, two.people);
    assert_eq!(one.people.keys().collect::<Vec<_>>(), [&ONE, &TWO]);
    assert_eq!((one.me.name.as_str(), one.me.role, one.me.capacity), ("Agent One", Role::Agent, 2));
    assert_eq!(Some(&one.people[&TWO]), scene.ask(|reading| reading.colleague(TWO)).as_ref());
    assert_eq!(Some(two.me), scene.ask(|reading| reading.me(TWO)));
    assert_eq!(scene.ask(|reading| reading.colleague(disabled.id)), None);
    assert_eq!(scene.ask(|reading| reading.desk(AgentId::from_bits(9))), None);
}

/// A customer sees names, texts and one of four phases, and nothing of a consultation.
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
    let sought = offered_to(Target::Agent(TWO), &[], Some(at(63)));
    let sent = transfer(3, &conversation, Target::Agent(TWO), sought);
    let passing = leaving(&owned(1), sent.id);
    scene.turn([Row::Conversation(passing), Row::Transfer(sent.clone())], Vec::new());
    assert_eq!(phase(&scene), Phase::Transferring { agent: agent(), to: "Agent Two".to_owned() });
    let silent = TransferPolicy { tell_customer: false, ..Default::default() };
    scene.turn([Row::Transfer(Transfer { policy: silent, ..sent.clone() })], Vec::new());
    assert_eq!(phase(&scene), Phase::Active { agent: agent() });
    scene.turn([Row::Transfer(Transfer { mode: Mode::Warm, ..sent })], Vec::new());
    assert_eq!(phase(&scene), Phase::Active { agent: agent() });
    let state = ConversationState::Closed { at: at(9), by: EndedBy::System, epoch: 1, surveyed: false };
    scene.turn([Row::Conversation(Conversation { state, ..owned(1) })], Vec::new());
    assert_eq!(
        phase(&scene),
        Phase::Closed { by: EndedBy::System, request: None, answer: None, survey: None }
    );
    assert_eq!(scene.ask(|reading| reading.chat(ConversationId::from_bits(99), at(100))), None);
}

/// A place in line counts those of a higher priority and the older ones of the same, in the same queue.
pub fn places_in_line_go_by_priority_and_age(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let with = |number, priority| Conversation { priority, ..waiting(number) };
    let same_age = Conversation { ranked_at: at(2), ..with(5, Priority::Normal) };
    let line = [
        with(4, Priority::Urgent),
        with(1, Priority::Normal),
        with(2, Priority::Normal),
        same_age,
        with(3, Priority::Low),
    ];
    let mut elsewhere = with(6, Priority::Urgent);
    elsewhere.queue = SALES;
    elsewhere.waiting_mut().expect("it waits").search.pool = Pool::Queue(SALES);
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

/// What waits for a group has its place among what waits for that group, even if a queue has the same bits.
pub fn places_in_line_are_counted_for_a_group_too(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let [refunds, escalations] = [1, 2].map(group);
    let for_group = |number, group: &Group| {
        let mut conversation = waiting(number);
        let search = Search::begin(Pool::Group(group.id), at(number), 1);
        conversation.waiting_mut().expect("it waits").search = search;
        conversation
    };
    let first = for_group(4, &refunds);
    // It was asked to wait as if it had come earlier than the one above.
    let second = Conversation { ranked_at: at(3), ..for_group(5, &refunds) };
    let elsewhere = for_group(2, &escalations);
    let queued = waiting(1);
    let all = [&first, &second, &elsewhere, &queued];
    let groups = [Row::Group(refunds.clone()), Row::Group(escalations.clone())];
    let content = vec![
        Content::GroupName(refunds.id, "Refunds".to_owned()),
        Content::GroupName(escalations.id, "Escalations".to_owned()),
    ];
    scene.turn(all.into_iter().flat_map(rows).chain(groups), content);
    let waits = |conversation: &Conversation| {
        scene.ask(|reading| reading.phase(conversation.id, at(100))).expect("it is there")
    };
    let expected =
        |name: &str, place| Phase::Waiting { queue: name.to_owned(), position: Some(place), wait_secs: None };
    assert_eq!(waits(&second), expected("Refunds", 1));
    assert_eq!(waits(&first), expected("Refunds", 2));
    assert_eq!(waits(&elsewhere), expected("Escalations", 1));
    assert_eq!(waits(&queued), expected("Billing", 1));
}

/// People, queues, skills, groups and teams come by name, with what belongs to them.
pub fn everything_that_has_a_name_is_listed_by_it(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let [refunds, escalations] = [1, 2].map(GroupId::from_bits);
    let [languages, accounts] = [1, 2].map(SkillId::from_bits);
    let group = |id| Row::Group(Group { id, skills: [languages].into(), ..group(1) });
    let [late, early] = [1, 2].map(TeamId::from_bits);
    let team = |id| Row::Team(Team { id, agents: [ONE].into(), supervisors: [TWO].into() });
    let changed = [
        group(refunds),
        group(escalations),
        Row::Skill(languages),
        Row::Skill(accounts),
        team(late),
        team(early),
    ];
    let content = vec![
        Content::GroupName(refunds, "Refunds".to_owned()),
        Content::GroupName(escalations, "Escalations".to_owned()),
        Content::SkillName(languages, "Languages".to_owned()),
        Content::SkillName(accounts, "Accounts".to_owned()),
        Content::TeamName(late, "Late".to_owned()),
        Content::TeamName(early, "Early".to_owned()),
        profile(ONE, "Zed"),
        Content::QueueName(BILLING, "Zero interest".to_owned()),
    ];
    scene.turn(changed, content);
    let later = at(1).plus(Duration::from_secs(1));
    scene.turn([Row::Queue(Queue { priority: Priority::High, ..queue(BILLING) })], Vec::new());
    assert!(scene.loaded.work.at < later);
    let people = scene.ask(|reading| reading.people());
    let names: Vec<_> = people.iter().map(|person| (person.name.as_str(), person.email.as_str())).collect();
    assert_eq!(names, [("Agent Two", "Agent.Two@example.com"), ("Zed", "Zed@example.com")]);
    assert_eq!(
        (people[0].capacity, people[0].enabled, &people[0].queues),
        (2, true, &[BILLING, SALES].into())
    );
    assert_eq!((&people[0].skills, people[0].interruptible_capacity), (&skill_at(7), Some(5)));
    assert_eq!(scene.ask(|reading| reading.person(TWO)).as_ref(), people.first());
    let queues = scene.ask(|reading| reading.queues());
    let names: Vec<_> = queues.iter().map(|queue| (queue.name.as_str(), queue.priority)).collect();
    assert_eq!(names, [("Sales", Priority::Normal), ("Zero interest", Priority::High)]);
    assert_eq!(queues[0].members, [ONE, TWO].into());
    assert_eq!(queues[0].skills, skill_at(3));
    let skills = scene.ask(|reading| reading.skills());
    assert_eq!(skills.iter().map(|skill| skill.name.as_str()).collect::<Vec<_>>(), ["Accounts", "Languages"]);
    let groups = scene.ask(|reading| reading.groups());
    assert_eq!(
        groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(),
        ["Escalations", "Refunds"]
    );
    assert_eq!(groups[0].skills, [languages].into());
    let teams = scene.ask(|reading| reading.teams());
    assert_eq!(teams.iter().map(|team| team.name.as_str()).collect::<Vec<_>>(), ["Early", "Late"]);
    assert_eq!((&teams[1].agents, &teams[1].supervisors), (&[ONE].into(), &[TWO].into()));
}
