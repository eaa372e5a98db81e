//! What a commit writes, and what it refuses.

use std::collections::BTreeMap;

use baton_shared::agent::Role;
use baton_shared::conversation::{EndedBy, Held};
use baton_shared::offer::OfferState;
use baton_shared::queue::Priority;
use baton_shared::segment::{Disposition, FollowedBy, OwnerCause, SegmentState, WrapUp};
use baton_shared::transfer::TransferState;
use baton_shared::*;

use super::Place;
use super::scene::*;
use crate::store::{Batch, Content, Row};

/// A batch of which one part is refused changes nothing, and what follows it goes on from the same position.
pub fn a_batch_is_written_whole_or_not_at_all(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = owned(1);
    scene.turn(rows(&conversation), vec![customer(&conversation, "Ada")]);
    let other = waiting(2);
    let stale = Conversation { state: waiting(1).state, ..conversation.clone() };
    let content = vec![customer(&other, "Bob"), said(other.id, 1, Author::Customer, "Hello?")];
    scene.conflict(
        &scene.batch([Row::Conversation(other.clone()), Row::Conversation(stale)], content.clone()),
    );
    assert_eq!(scene.ask(|reading| reading.conversation(other.id)), None);
    assert_eq!(scene.ask(|reading| reading.messages(other.id, None, 9)), []);
    scene.turn(rows(&other), content);
    assert_eq!(
        scene.ask(|reading| reading.message(other.id, 1)).map(|message| message.name),
        Some("Bob".to_owned())
    );
}

/// A batch begins one after the last position and counts on from there.
pub fn positions_follow_each_other_without_a_gap(place: &dyn Place) {
    let mut scene = Scene::of(place);
    let mut late = scene.batch([], Vec::new());
    late.recorded[0].position = 2;
    scene.conflict(&late);
    let mut torn = scene.batch([], Vec::new());
    torn.recorded.push(Recorded { position: 3, ..torn.recorded[0].clone() });
    scene.conflict(&torn);
    let first = scene.batch([], Vec::new());
    scene.commit(&first);
    scene.conflict(&first);
    let silent = Batch { recorded: Vec::new(), head: 7, ..scene.batch([], Vec::new()) };
    scene.commit(&silent);
    let loaded = scene.store.load().expect("it can be loaded");
    assert_eq!((loaded.position, loaded.at, loaded.head), (1, at(1), 7));
}

/// Whoever opened the store before the last one writes nothing.
pub fn an_earlier_writer_is_refused(place: &dyn Place) {
    let earlier = Scene::of(place).loaded.writer_epoch;
    let mut scene = Scene::of(place);
    assert!(scene.loaded.writer_epoch > earlier);
    scene.conflict(&Batch { writer_epoch: earlier, ..scene.batch([], Vec::new()) });
    scene.turn([], Vec::new());
}

/// A conversation whose stored epoch is higher is not written.
pub fn an_epoch_never_goes_back(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = owned(1);
    scene.turn(rows(&conversation), Vec::new());
    scene.conflict(&scene.batch([Row::Conversation(waiting(1))], Vec::new()));
    let held = Held::Agent { agent: TWO, since: at(9), transfer: None };
    let ahead = Conversation { state: ConversationState::Open { held, epoch: 4 }, ..conversation };
    scene.turn([Row::Conversation(ahead.clone())], Vec::new());
    assert_eq!(scene.ask(|reading| reading.conversation(ahead.id)), Some(ahead));
}

/// In one epoch a conversation has one owner: agents and queues with the same bits are different owners.
pub fn an_owner_never_changes_within_an_epoch(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = owned(1);
    scene.turn(rows(&conversation), Vec::new());
    let with =
        |held| Conversation { state: ConversationState::Open { held, epoch: 1 }, ..conversation.clone() };
    let other = with(Held::Agent { agent: TWO, since: at(9), transfer: None });
    scene.conflict(&scene.batch([Row::Conversation(other)], Vec::new()));
    let place_in_line = waiting(1).waiting().cloned().expect("it waits");
    scene.conflict(&scene.batch([Row::Conversation(with(Held::Queue(place_in_line)))], Vec::new()));
    let same = with(Held::Agent { agent: ONE, since: at(1), transfer: Some(TransferId::from_bits(1)) });
    scene.turn([Row::Conversation(same.clone())], Vec::new());
    assert_eq!(scene.ask(|reading| reading.conversation(same.id)), Some(same));
}

/// The end of a conversation is no change of owner, and it is final in that epoch.
pub fn a_conversation_ends_within_its_epoch(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let open = owned(1);
    scene.turn(rows(&open), Vec::new());
    let state = ConversationState::Closed { at: at(9), by: EndedBy::Customer, epoch: 1 };
    let closed = Conversation { state, ..open.clone() };
    scene.turn([Row::Conversation(closed.clone())], Vec::new());
    scene.turn([Row::Conversation(closed.clone())], Vec::new());
    assert_eq!(scene.ask(|reading| reading.conversation(closed.id)), Some(closed));
    scene.conflict(&scene.batch([Row::Conversation(open)], Vec::new()));
}

/// Open conversations, segments, offers and transfers come back as they were; what has ended does not.
pub fn only_open_work_is_loaded_and_as_it_was_committed(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let (first, second) = (waiting(1), owned(2));
    let closed_state = ConversationState::Closed { at: at(9), by: EndedBy::Agent, epoch: 1 };
    let closed = Conversation { state: closed_state, ..owned(3) };
    let followed_by = FollowedBy::End(EndedBy::Agent);
    let ended_at = at(9);
    let in_wrap_up = Segment { state: SegmentState::WrapUp { ended_at, followed_by }, ..segment(&owned(3)) };
    let filed = SegmentState::Ended { ended_at, followed_by, disposition: Some(Disposition::Resolved) };
    let filed = Segment { id: SegmentId::from_bits(4), state: filed, ..segment(&owned(3)) };
    let made = offer(1, &first, OfferCause::Queue(BILLING));
    let declined = OfferState::Ended { at: at(9), end: OfferEnd::Declined };
    let declined = Offer { id: OfferId::from_bits(2), state: declined, ..made.clone() };
    let offered = TransferState::Offered { offer: made.id, deadline: at(60) };
    let asked = transfer(1, &second, Target::Agent(TWO), offered);
    let undone = TransferState::Ended { at: at(9), end: TransferEnd::Cancelled };
    let undone = transfer(2, &second, Target::Queue(SALES), undone);
    let group = Group { id: GroupId::from_bits(1), skills: [SkillId::from_bits(1)].into() };
    let ended = [Row::Conversation(closed), Row::Segment(filed), Row::Offer(declined), Row::Transfer(undone)];
    scene.turn(ended, Vec::new());
    scene.turn(rows(&first).into_iter().chain(rows(&second)), Vec::new());
    let others = [
        Row::Segment(in_wrap_up.clone()),
        Row::Offer(made.clone()),
        Row::Transfer(asked.clone()),
        Row::Skill(SkillId::from_bits(1)),
        Row::Group(group.clone()),
    ];
    scene.turn(others, Vec::new());
    drop(scene);

    let loaded = Scene::of(place).loaded;
    assert_eq!((loaded.position, loaded.head, loaded.at), (4, 4, at(4)));
    assert_eq!(loaded.skills, [SkillId::from_bits(1)].into());
    assert_eq!(loaded.agents, [ONE, TWO].map(agent));
    assert_eq!(loaded.queues, [BILLING, SALES].map(queue));
    assert_eq!(loaded.groups, [group]);
    assert_eq!(loaded.segments, [segment(&first), segment(&second), in_wrap_up]);
    assert_eq!(loaded.conversations, [first, second]);
    assert_eq!(loaded.offers, [made]);
    assert_eq!(loaded.transfers, [asked]);
}

/// Every kind of event comes back as it was, from any position on.
pub fn the_log_reads_back_as_it_was_written(place: &dyn Place) {
    let mut scene = Scene::of(place);
    let recorded = (1..).zip(every_event()).map(|(position, event)| {
        let at = at(position / 2);
        Recorded { position, at, event }
    });
    let recorded: Vec<_> = recorded.collect();
    scene.commit(&Batch { recorded: recorded.clone(), ..scene.batch([], Vec::new()) });
    assert_eq!(scene.log_from(0), recorded);
    assert_eq!(scene.log_from(20), recorded[19..]);
    assert_eq!(scene.log_from(recorded.len() as u64 + 1), []);
}

/// A message's number is taken once.
pub fn a_message_is_written_once(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let conversation = waiting(1);
    let hello = said(conversation.id, 1, Author::Customer, "Hello?");
    scene.turn(rows(&conversation), vec![hello.clone()]);
    scene.conflict(&scene.batch([], vec![hello]));
}

/// A name, a note or a reason goes to something that is there.
pub fn content_without_its_thing_is_refused(place: &dyn Place) {
    let scene = Scene::staffed(place);
    let text = || "text".to_owned();
    let orphans = [
        Content::SkillName(SkillId::from_bits(9), text()),
        Content::QueueName(QueueId::from_bits(9), text()),
        Content::GroupName(GroupId::from_bits(9), text()),
        Content::Note(TransferId::from_bits(9), text()),
        Content::Reason(OfferId::from_bits(9), text()),
        Content::WrapUpNotes(SegmentId::from_bits(9), text()),
    ];
    for orphan in orphans {
        scene.conflict(&scene.batch([], vec![orphan]));
    }
}

/// One event of every kind.
fn every_event() -> Vec<Event> {
    let (conversation, segment) = (ConversationId::from_bits(1), SegmentId::from_bits(1));
    let (offer, transfer, skill) = (OfferId::from_bits(1), TransferId::from_bits(1), SkillId::from_bits(1));
    let (agent, queue, role, group) = (ONE, BILLING, Role::Supervisor, GroupId::from_bits(u128::MAX));
    let capacity: BTreeMap<_, _> = [(Channel::WebChat, 4)].into();
    let priority = Priority::Urgent;
    let ended = SegmentId::from_bits(2);
    let (contact, channel, message) = (ContactId::from_bits(1), Channel::WebChat, MessageId::from_bits(1));
    vec![
        Event::ServerStarted { held_until: at(45) },
        Event::PersonAdded { agent, role, capacity: capacity.clone() },
        Event::PersonChanged { agent, role, enabled: false, capacity },
        Event::SkillAdded { skill },
        Event::SkillGranted { agent, skill },
        Event::SkillRevoked { agent, skill },
        Event::QueueAdded { queue, skills: [skill].into(), priority },
        Event::QueueChanged { queue, skills: Default::default(), priority },
        Event::MemberAdded { queue, agent },
        Event::MemberRemoved { queue, agent },
        Event::GroupAdded { group, skills: [skill].into() },
        Event::StatusChanged { agent, status: Status::Away },
        Event::AgentReached { agent },
        Event::AgentLost { agent },
        Event::ConversationOpened { conversation, contact, channel, queue, segment },
        Event::MessageSent { conversation, message, seq: u32::MAX, author: Author::Agent(agent) },
        Event::MessageSent { conversation, message, seq: 1, author: Author::Customer },
        Event::OfferMade { offer, conversation, agent, cause: OfferCause::Queue(queue), deadline: at(30) },
        Event::OfferEnded { offer, conversation, agent, end: OfferEnd::TargetGone },
        Event::TransferRequested { transfer, conversation, from: agent, target: Target::Queue(queue) },
        Event::TransferEnqueued { transfer, conversation, undo_until: at(5) },
        Event::TransferEnded { transfer, conversation, from: agent, end: TransferEnd::Abandoned },
        Event::OwnerChanged {
            conversation,
            from: Owner::Queue(queue),
            to: Owner::Agent(agent),
            epoch: 1,
            cause: OwnerCause::Accepted(offer),
            ended,
            wrap_up: WrapUp::ByItsAgent,
            segment,
        },
        Event::ConversationClosed {
            conversation,
            from: Owner::Agent(agent),
            by: EndedBy::System,
            ended,
            wrap_up: WrapUp::None,
        },
        Event::WrapUpEnded { segment, conversation, agent, disposition: Some(Disposition::FollowUp) },
    ]
}
