//! What people are shown of passing on: offers, transfers, consultations, handoffs, groups and requests.

use std::collections::BTreeMap;

use baton_shared::api::RequestView;
use baton_shared::conversation::EndedBy;
use baton_shared::desk::{
    Asked, CancelUntil, Handoff, IncomingTransfer, PendingPhase, PendingTransfer, ReturnedTransfer,
    TransferChoices,
};
use baton_shared::offer::{DEADLINE_MARGIN, OfferState};
use baton_shared::policy::{Cancel, Decline, Need, PolicyOverride};
use baton_shared::*;

use super::Place;
use super::scene::*;
use crate::store::{Content, Row, Sight};

/// An offer comes with its conversation and a deadline that leaves a margin; once it has ended there is none.
pub fn an_offer_shows_an_earlier_deadline_until_it_ends(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = Conversation { last_seq: 60, ..waiting(1) };
    let made = offer(7, &conversation, OfferCause::Queue(BILLING));
    scene.turn(rows(&conversation).into_iter().chain([Row::Offer(made.clone())]), sixty(&conversation));
    let card = scene.ask(|reading| reading.offer(made.id)).expect("the offer is open");
    assert_eq!((card.made_at, card.deadline), (at(7), Some(at(37).minus(DEADLINE_MARGIN))));
    assert_eq!((card.transfer, card.decline), (None, Decline::Yes));
    assert_eq!(Some(card.thread), scene.ask(|reading| reading.thread(conversation.id, Sight::Whole)));
    let state = OfferState::Ended { at: at(9), end: OfferEnd::TimedOut };
    scene.turn([Row::Offer(Offer { state, ..made.clone() })], Vec::new());
    assert_eq!(scene.ask(|reading| reading.offer(made.id)), None);
    let lasting = Offer { state: OfferState::Open { deadline: None }, ..offer(8, &conversation, made.cause) };
    scene.turn([Row::Offer(lasting.clone())], Vec::new());
    let card = scene.ask(|reading| reading.offer(lasting.id)).expect("the offer is open");
    assert_eq!(card.deadline, None);
}

/// A transfer is shown to its receiver and to whoever is offered what it brought into a queue.
pub fn an_offer_says_who_passes_the_conversation_on(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let sent = owned(1);
    let mut queued = waiting(2);
    let ids = [3, 4].map(OfferId::from_bits);
    let to_agent = transfer(3, &sent, Target::Agent(TWO), offered_to(Target::Agent(TWO), &[], Some(at(63))));
    let policy = TransferPolicy { decline: Decline::No, attributes_in_offer: false, ..Default::default() };
    let to_agent = Transfer { policy, mode: Mode::Warm, by: Some(TWO), ..to_agent };
    let enqueued = TransferState::Enqueued { undo_until: at(9), deadline: None };
    let policy = TransferPolicy { decline: Decline::NeedReason, ..Default::default() };
    let to_queue = Transfer { policy, ..transfer(4, &queued, Target::Queue(BILLING), enqueued) };
    queued.waiting_mut().expect("it waits").transfer = Some(Box::new(to_queue.id));
    let offers =
        [offer(3, &sent, OfferCause::Transfer(to_agent.id)), offer(4, &queued, OfferCause::Queue(BILLING))];
    let changed = rows(&sent).into_iter().chain(rows(&queued)).chain(offers.map(Row::Offer));
    let changed = changed.chain([&to_agent, &to_queue].map(|transfer| Row::Transfer(transfer.clone())));
    let attributes: BTreeMap<_, _> = [("page".to_owned(), "/prices".to_owned())].into();
    let content = vec![
        Content::Note(to_agent.id, "Knows the invoice".to_owned()),
        Content::Summary(to_queue.id, "The invoice is wrong".to_owned()),
        Content::Attributes(sent.id, attributes.clone()),
        Content::Attributes(queued.id, attributes.clone()),
    ];
    scene.turn(changed, content);
    let card = |offer| scene.ask(|reading| reading.offer(offer)).expect("the offer is open");
    let incoming = |transfer: &Transfer, note: Option<&str>, summary: Option<&str>| IncomingTransfer {
        transfer: transfer.id,
        from: "Agent One".to_owned(),
        by: transfer.by.map(|_| "Agent Two".to_owned()),
        mode: transfer.mode,
        note: note.map(str::to_owned),
        summary: summary.map(str::to_owned),
    };
    let named = card(ids[0]);
    assert_eq!(named.transfer, Some(incoming(&to_agent, Some("Knows the invoice"), None)));
    assert_eq!((named.decline, named.thread.attributes), (Decline::No, Default::default()));
    let from_queue = card(ids[1]);
    assert_eq!(from_queue.transfer, Some(incoming(&to_queue, None, Some("The invoice is wrong"))));
    assert_eq!(
        (from_queue.decline, from_queue.thread.attributes),
        (Decline::NeedReason, attributes.into_iter().collect())
    );
    let found = scene.ask(|reading| reading.transfer(to_queue.id));
    assert_eq!(found, Some((to_queue, "Billing".to_owned())));
}

/// The sender sees to whom a conversation is on its way, who is asked, and until when they may take it back.
pub fn an_open_transfer_shows_its_target(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = leaving(&owned(1), TransferId::from_bits(3));
    let id = conversation.id;
    let asked = offer(5, &conversation, OfferCause::Transfer(TransferId::from_bits(3)));
    let target = Target::Agent(TWO);
    let sent = transfer(3, &conversation, target, offered_to(target, &[&asked], Some(at(63))));
    let both = [Row::Transfer(sent.clone()), Row::Offer(asked.clone())];
    scene.turn(rows(&conversation).into_iter().chain(both), Vec::new());
    let shown = |scene: &Scene| scene.ask(|reading| reading.thread(id, Sight::Whole)).expect("it is there");
    let pending = PendingTransfer {
        transfer: sent.id,
        by: None,
        target,
        to: "Agent Two".to_owned(),
        mode: Mode::Cold,
        phase: PendingPhase::Offered,
        asked: vec![Asked { offer: Some(asked.id), ..Asked::named("Agent Two".to_owned()) }],
        requested_at: at(3),
        deadline: Some(at(63).minus(DEADLINE_MARGIN)),
        cancel_until: CancelUntil::Accepted,
    };
    let thread = shown(&scene);
    assert_eq!((thread.handoffs, thread.returned), (Vec::new(), None));
    assert_eq!(thread.transfer, Some(pending.clone()));

    // A supervisor asked for it.
    scene.turn([Row::Transfer(Transfer { by: Some(TWO), ..sent.clone() })], Vec::new());
    let by_two = PendingTransfer { by: Some("Agent Two".to_owned()), ..pending.clone() };
    assert_eq!(shown(&scene).transfer, Some(by_two));

    // Nobody is asked yet, it has no time of its own, and it can be taken back for a moment only.
    let policy = TransferPolicy { cancel: Cancel::Undo, undo_secs: 5, ..Default::default() };
    let state = offered_to(Target::Queue(SALES), &[], None);
    let (target, mode) = (Target::Queue(SALES), Mode::Warm);
    scene.turn([Row::Transfer(Transfer { policy, state, target, mode, ..sent.clone() })], Vec::new());
    let waits = PendingTransfer {
        target,
        to: "Sales".to_owned(),
        mode,
        phase: PendingPhase::Waiting,
        asked: Vec::new(),
        deadline: None,
        cancel_until: CancelUntil::Time(at(8)),
        ..pending.clone()
    };
    assert_eq!(shown(&scene).transfer, Some(waits.clone()));
    let policy = TransferPolicy { cancel: Cancel::Never, ..Default::default() };
    let state = TransferState::Consulting { agent: TWO, since: at(4), deadline: at(604), last_seq: 0 };
    let talking = Transfer { policy: policy.clone(), state, target, mode, ..sent.clone() };
    scene.turn([Row::Transfer(talking)], Vec::new());
    let consulting = PendingTransfer {
        phase: PendingPhase::Consulting,
        asked: vec![Asked::named("Agent Two".to_owned())],
        deadline: Some(at(604).minus(DEADLINE_MARGIN)),
        cancel_until: CancelUntil::Accepted,
        ..waits
    };
    assert_eq!(shown(&scene).transfer, Some(consulting));
    let state = offered_to(Target::Agent(TWO), &[&asked], Some(at(63)));
    scene.turn([Row::Transfer(Transfer { policy, state, ..sent })], Vec::new());
    let never = PendingTransfer { cancel_until: CancelUntil::Never, ..pending };
    assert_eq!(shown(&scene).transfer, Some(never.clone()));

    // What the receiver lets the sender know, and what both wrote.
    let replies = [Reply::Seen, Reply::Soon, Reply::Asked, Reply::Answered].into();
    let replied = Offer { replies, ..asked };
    let words = [
        Content::Question(replied.id, "Which invoice?".to_owned()),
        Content::QuestionAnswer(replied.id, "The last.".to_owned()),
    ];
    scene.turn([Row::Offer(replied.clone())], words.into());
    let told = Asked {
        name: "Agent Two".to_owned(),
        offer: Some(replied.id),
        reply: Some(Reply::Soon),
        question: Some("Which invoice?".to_owned()),
        answer: Some("The last.".to_owned()),
    };
    assert_eq!(shown(&scene).transfer, Some(PendingTransfer { asked: vec![told], ..never }));
    let card = scene.ask(|reading| reading.offer(replied.id)).expect("it is open");
    assert_eq!(
        (card.question.as_deref(), card.answer.as_deref()),
        (Some("Which invoice?"), Some("The last."))
    );
    assert_eq!(card.may_reply, [Reply::Reading]);
}

/// The way in which a conversation may be passed on is that of the policy that holds for it.
pub fn a_thread_says_how_it_may_be_passed_on(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = owned(1);
    scene.turn(rows(&conversation), Vec::new());
    let shown = |scene: &Scene| {
        let thread = scene.ask(|reading| reading.thread(conversation.id, Sight::Whole));
        thread.expect("it is there").choices
    };
    assert_eq!(shown(&scene), TransferChoices::from(&TransferPolicy::default()));
    let workspace = Preset::Vivocha.policy();
    let mut policies = Policies { preset: Preset::Vivocha, workspace, ..Default::default() };
    let set = PolicyOverride { note: Some(Need::Required), ..Default::default() };
    policies.queues.insert(BILLING, set);
    scene.turn([Row::Policies(policies.clone())], Vec::new());
    let choices = shown(&scene);
    assert_eq!((choices.modes, choices.note), ([Mode::Cold].into(), Need::Required));
    assert_eq!(choices.targets, [TargetKind::Agent, TargetKind::Group]);
    assert_eq!(scene.ask(|reading| reading.policies()), policies);
    policies.channels.insert(Channel::WebChat, PolicyOverride { enabled: Some(false), ..Default::default() });
    scene.turn([Row::Policies(policies)], Vec::new());
    assert_eq!(shown(&scene).modes, []);
}

/// Each of the two who hold a consultation sees both names, the note and what is said aside; the one who is asked sees the
/// conversation too, and nobody else sees anything.
pub fn a_consultation_is_seen_by_the_two_who_hold_it(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let third = AgentId::from_bits(3);
    let conversation = leaving(&Conversation { last_seq: 60, ..owned(1) }, TransferId::from_bits(30));
    let id = conversation.id;
    let state = TransferState::Consulting { agent: TWO, since: at(31), deadline: at(631), last_seq: 2 };
    let warm = Transfer { mode: Mode::Warm, ..transfer(30, &conversation, Target::Queue(SALES), state) };
    let mut content = sixty(&conversation);
    content.push(Content::Note(warm.id, "Knows tariffs?".to_owned()));
    content.push(Content::Summary(warm.id, "The invoice is wrong".to_owned()));
    content.push(aside(warm.id, 2, ONE, "Thank you"));
    content.push(aside(warm.id, 1, TWO, "They can have it"));
    let changed = rows(&conversation).into_iter().chain([Row::Transfer(warm.clone())]);
    scene.turn(changed.chain([Row::Agent(agent(third))]), content);
    let consult = |scene: &Scene, viewer| scene.ask(|reading| reading.consult(warm.id, viewer));

    let asked = consult(&scene, TWO).expect("they are consulted");
    assert_eq!((asked.transfer, asked.conversation), (warm.id, id));
    assert_eq!((asked.from, asked.from_name.as_str()), (ONE, "Agent One"));
    assert_eq!((asked.agent, asked.agent_name.as_str()), (TWO, "Agent Two"));
    assert_eq!(asked.note.as_deref(), Some("Knows tariffs?"));
    assert_eq!(asked.summary.as_deref(), Some("The invoice is wrong"));
    assert_eq!((asked.since, asked.deadline), (at(31), at(631).minus(DEADLINE_MARGIN)));
    assert_eq!(asked.thread, scene.ask(|reading| reading.thread(id, Sight::Whole)));
    assert_eq!(numbers(&asked.aside), [1, 2]);
    let first = &asked.aside[0];
    assert_eq!((first.author, first.name.as_str()), (Author::Agent(TWO), "Agent Two"));
    assert_eq!((first.text.as_str(), first.at), ("They can have it", at(1)));
    assert_eq!(first.client_key.as_deref(), Some("aside-1"));
    assert_eq!(scene.ask(|reading| reading.aside(warm.id, 1)).as_ref(), Some(first));
    assert_eq!(scene.ask(|reading| reading.aside(warm.id, 3)), None);

    let mut asking = consult(&scene, ONE).expect("they ask");
    assert_eq!(asking.thread, None);
    asking.thread.clone_from(&asked.thread);
    assert_eq!(asking, asked);
    assert_eq!(consult(&scene, third), None);
    let desk = |scene: &Scene, agent| {
        let desk = scene.ask(|reading| reading.desk(agent)).expect("the person is there");
        desk.consults.into_keys().collect::<Vec<_>>()
    };
    assert_eq!([ONE, TWO, third].map(|agent| desk(&scene, agent)), [vec![warm.id], vec![warm.id], vec![]]);
    assert_eq!(scene.ask(|reading| reading.desk(TWO)).map(|desk| desk.load()), Some(1));

    // Nothing of it is said in the conversation itself, by page, by search or to the customer.
    assert_eq!(scene.ask(|reading| reading.search(id, "They can have it", 9)), []);
    assert_eq!(scene.ask(|reading| reading.messages(id, None, 100)).len(), 60);
    let chat = scene.ask(|reading| reading.chat(id, at(100))).expect("the chat is there");
    assert_eq!(chat.phase, Phase::Active { agent: "Agent One".to_owned() });
    let ended = TransferState::Ended { at: at(40), end: TransferEnd::Returned };
    scene.turn([Row::Transfer(Transfer { state: ended, ..warm.clone() })], Vec::new());
    assert_eq!([ONE, TWO].map(|agent| consult(&scene, agent)), [None, None]);
    assert_eq!([ONE, TWO].map(|agent| desk(&scene, agent)), [vec![], vec![]]);
    let handoffs =
        |scene: &Scene| scene.ask(|reading| reading.thread(id, Sight::Whole)).expect("it is there").handoffs;
    assert_eq!(handoffs(&scene), []);

    // Whoever gets it by a consultation, and all who have it later, read what was said aside about it.
    let ended = TransferState::Ended { at: at(40), end: TransferEnd::Completed };
    scene.turn([Row::Transfer(Transfer { state: ended, ..warm.clone() })], Vec::new());
    let [handed_over] = &handoffs(&scene)[..] else { panic!("it was handed over once") };
    assert_eq!(handed_over.aside, asked.aside);
    assert_eq!((handed_over.at, handed_over.after_seq), (at(40), 39), "not when it was asked for");
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
        vec![
            Content::Reason(declined.id, "At lunch".to_owned()),
            Content::Note(returned.id, "Knows the invoice".to_owned()),
        ],
    );
    let shown = |scene: &Scene| {
        scene.ask(|reading| reading.thread(conversation.id, Sight::Whole)).expect("it is there").returned
    };
    let to = || "Agent Two".to_owned();
    let reason = Some("At lunch".to_owned());
    assert_eq!(scene.ask(|reading| reading.reason(declined.id)), reason);
    assert_eq!(scene.ask(|reading| reading.reason(OfferId::from_bits(99))), None, "there is no such offer");
    assert_eq!(
        shown(&scene),
        Some(ReturnedTransfer {
            transfer: returned.id,
            to: to(),
            end,
            declined: true,
            reason,
            note: Some("Knows the invoice".to_owned()),
            at: at(8)
        })
    );

    let end = TransferEnd::Expired;
    let expired = transfer(9, &conversation, Target::Agent(TWO), TransferState::Ended { at: at(69), end });
    scene.turn([Row::Transfer(expired.clone())], Vec::new());
    assert_eq!(
        shown(&scene),
        Some(ReturnedTransfer {
            transfer: expired.id,
            to: to(),
            end,
            declined: false,
            reason: None,
            note: None,
            at: at(69)
        })
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
    assert_eq!(
        scene.ask(|reading| reading.thread(earlier.id, Sight::Whole)).expect("it is there").returned,
        None
    );
}

/// Handoffs are the transfers that reached someone, oldest first, each after the last message before it.
pub fn handoffs_are_the_transfers_that_changed_the_owner(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = Conversation { last_seq: 60, ..waiting(1) };
    let ended = |second, end| TransferState::Ended { at: at(second), end };
    let transfers = [
        transfer(
            30,
            &conversation,
            Target::Queue(SALES),
            TransferState::Enqueued { undo_until: at(35), deadline: None },
        ),
        transfer(12, &conversation, Target::Agent(TWO), ended(13, TransferEnd::Returned)),
        Transfer {
            by: Some(TWO),
            ..transfer(20, &conversation, Target::Agent(TWO), ended(25, TransferEnd::Completed))
        },
        transfer(14, &conversation, Target::Agent(TWO), ended(15, TransferEnd::Cancelled)),
        transfer(16, &conversation, Target::Agent(TWO), ended(17, TransferEnd::Expired)),
        transfer(40, &conversation, Target::Agent(TWO), TransferState::Released { deadline: at(99) }),
    ];
    let mut content = sixty(&conversation);
    content.push(Content::Note(transfers[2].id, "A note".to_owned()));
    content.push(Content::Summary(transfers[2].id, "A summary".to_owned()));
    let released = transfers[5].id;
    let [queued, _, accepted, ..] = [0, 1, 2].map(|number: usize| transfers[number].id);
    scene.turn(rows(&conversation).into_iter().chain(transfers.map(Row::Transfer)), content);
    let thread =
        scene.ask(|reading| reading.thread(conversation.id, Sight::Whole)).expect("the thread is there");
    let handoff = |transfer, to: &str, note: Option<&str>, second| Handoff {
        transfer,
        from: "Agent One".to_owned(),
        by: (transfer == accepted).then(|| "Agent Two".to_owned()),
        to: to.to_owned(),
        note: note.map(str::to_owned),
        summary: note.map(|_| "A summary".to_owned()),
        aside: Vec::new(),
        at: at(second),
        after_seq: second as u32,
    };
    let expected = [
        handoff(accepted, "Agent Two", Some("A note"), 20),
        handoff(queued, "Sales", None, 30),
        handoff(released, "Agent Two", None, 40),
    ];
    assert_eq!(thread.handoffs, expected);
    assert_eq!((thread.transfer, thread.returned), (None, None));
}

/// A group that was removed is not listed or loaded, and what was passed to it before still has its name.
pub fn a_removed_group_keeps_its_name(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let [gone, stays] = [1, 2].map(group);
    let conversation = owned(1);
    let completed = TransferState::Ended { at: at(9), end: TransferEnd::Completed };
    let passed_on = transfer(3, &conversation, Target::Group(gone.id), completed);
    let names = vec![
        Content::GroupName(gone.id, "Refunds".to_owned()),
        Content::GroupName(stays.id, "Escalations".to_owned()),
    ];
    let groups = [Row::Group(gone.clone()), Row::Group(stays.clone()), Row::Transfer(passed_on)];
    scene.turn(rows(&conversation).into_iter().chain(groups), names);
    scene.turn([Row::GroupRemoved(gone.id)], Vec::new());
    let listed = scene.ask(|reading| reading.groups());
    assert_eq!(listed.iter().map(|group| group.id).collect::<Vec<_>>(), [stays.id]);
    assert_eq!((listed[0].membership, listed[0].priority), (stays.membership, stays.priority));
    assert_eq!(scene.store.load().expect("it can be loaded").work.groups, [stays]);
    let thread = scene.ask(|reading| reading.thread(conversation.id, Sight::Whole)).expect("it is there");
    assert_eq!(thread.handoffs[0].to, "Refunds");
    let names = scene.ask(|reading| reading.names());
    assert_eq!(names.groups.get(&gone.id).map(String::as_str), Some("Refunds"));
    assert_eq!(names.agents.get(&TWO).map(String::as_str), Some("Agent Two"));
    assert_eq!(names.queues.get(&SALES).map(String::as_str), Some("Sales"));
}

/// A workflow is returned, loaded and named as it was written, except for whether it is an entrance, which routing knows;
/// one that was removed is so no more, and what is known about a conversation is returned for its expressions.
pub fn a_workflow_is_returned_as_it_was_written(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let [gone, stays] = [1, 2].map(WorkflowId::from_bits);
    let definition = |name: &str| Definition {
        name: name.to_owned(),
        entrance: Some(Channel::WebChat),
        filters: Vec::new(),
        default: Vec::new(),
        fallback: BILLING,
    };
    let written = |id, name| Content::Workflow(id, Box::new(definition(name)));
    let row = |id| Row::Workflow(Workflow { entrance: None, ..definition("").compiled(id) });
    let conversation = waiting(1);
    let known = std::collections::BTreeMap::from([("tier".to_owned(), "gold".to_owned())]);
    let attributes = Content::Attributes(conversation.id, known.clone());
    let content = vec![written(gone, "Sales"), written(stays, "Support"), attributes];
    scene.turn(rows(&conversation).into_iter().chain([row(gone), row(stays)]), content);
    scene.turn([Row::WorkflowRemoved(gone)], Vec::new());
    let expected = Definition { entrance: None, ..definition("Support") };
    let view = api::WorkflowView::new(stays, expected.clone());
    assert_eq!(scene.ask(|reading| reading.workflows()), std::slice::from_ref(&view));
    assert_eq!(scene.ask(|reading| reading.workflow(stays)), Some(view));
    assert_eq!(scene.ask(|reading| reading.workflow(gone)), None);
    let loaded = scene.store.load().expect("it can be loaded");
    assert_eq!(loaded.work.workflows, [expected.compiled(stays)]);
    assert_eq!(loaded.definitions, [(stays, expected)].into());
    assert_eq!(loaded.queue_names.get(&SALES).map(String::as_str), Some("Sales"));
    assert_eq!(scene.ask(|reading| reading.attributes(conversation.id)), known);
    assert_eq!(scene.store.attributes(conversation.id).expect("they can be read"), known);
}

/// Requests are listed with whose they are and what became of them, the open ones first, then the newest; the customer sees
/// the number and the answer.
pub fn requests_are_listed_until_and_after_they_are_answered(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let closed = |number| {
        let state = ConversationState::Closed { at: at(9), by: EndedBy::Agent, epoch: 1, surveyed: false };
        Conversation { state, ..owned(number) }
    };
    let conversations = [1, 2, 3].map(closed);
    let [first, second, third] =
        [0, 1, 2].map(|place: usize| request(place as u32 + 1, &conversations[place], RequestState::Open));
    let content = vec![
        customer(&conversations[0], "Ada"),
        customer(&conversations[1], "Bob"),
        Content::Address(conversations[0].contact, "ada@example.com".to_owned()),
        Content::RequestNote(first.id, "Call back".to_owned()),
    ];
    let requests = [&first, &second, &third].map(|request| Row::Request(request.clone()));
    scene.turn(conversations.iter().cloned().map(Row::Conversation).chain(requests), content);
    let phase = |scene: &Scene, conversation: &Conversation| {
        scene.ask(|reading| reading.phase(conversation.id, at(100))).expect("it is there")
    };
    let by = EndedBy::Agent;
    let listed = scene.ask(|reading| reading.requests(ONE, 9));
    assert_eq!(listed.iter().map(|request| request.number).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(
        phase(&scene, &conversations[1]),
        Phase::Closed { by, request: Some(2), answer: None, survey: None }
    );
    let state = RequestState::Answered { at: at(20), by: TWO };
    let answer = Content::RequestAnswer(first.id, "It is corrected".to_owned());
    scene.turn([Row::Request(Request { state, ..first.clone() })], vec![answer]);
    let state = RequestState::Answered { at: at(21), by: ONE };
    scene.turn([Row::Request(Request { state, ..third })], Vec::new());

    let listed = scene.ask(|reading| reading.requests(ONE, 9));
    assert_eq!(listed.iter().map(|request| request.number).collect::<Vec<_>>(), [2, 3, 1]);
    let open = RequestView {
        id: second.id,
        number: 2,
        conversation: conversations[1].id,
        customer: "Bob".to_owned(),
        address: None,
        queue: "Billing".to_owned(),
        note: None,
        created_at: at(2),
        answered_at: None,
        answered_by: None,
        answer: None,
    };
    assert_eq!(listed[0], open);
    let answered = RequestView {
        id: first.id,
        number: 1,
        conversation: conversations[0].id,
        customer: "Ada".to_owned(),
        address: Some("ada@example.com".to_owned()),
        note: Some("Call back".to_owned()),
        created_at: at(1),
        answered_at: Some(at(20)),
        answered_by: Some("Agent Two".to_owned()),
        answer: Some("It is corrected".to_owned()),
        ..open
    };
    assert_eq!(listed[2], answered);
    assert_eq!(scene.ask(|reading| reading.requests(ONE, 1)).len(), 1);
    let answer = Some("It is corrected".to_owned());
    assert_eq!(
        phase(&scene, &conversations[0]),
        Phase::Closed { by, request: Some(1), answer, survey: None }
    );
}
