//! What a commit writes, and what it refuses.

use std::collections::BTreeMap;

use baton_shared::agent::Role;
use baton_shared::conversation::{EndedBy, Held};
use baton_shared::offer::OfferState;
use baton_shared::policy::{PolicyOverride, PolicyScope};
use baton_shared::queue::{Membership, Priority};
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
    assert_eq!((loaded.work.position, loaded.work.at, loaded.head), (1, at(1), 7));
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
    let state = ConversationState::Closed { at: at(9), by: EndedBy::Customer, epoch: 1, surveyed: false };
    let closed = Conversation { state, ..open.clone() };
    scene.turn([Row::Conversation(closed.clone())], Vec::new());
    scene.turn([Row::Conversation(closed.clone())], Vec::new());
    assert_eq!(scene.ask(|reading| reading.conversation(closed.id)), Some(closed));
    scene.conflict(&scene.batch([Row::Conversation(open)], Vec::new()));
}

/// Open conversations, segments, offers, transfers and requests come back as they were; what has ended does not.
pub fn only_open_work_is_loaded_and_as_it_was_committed(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let (first, second) = (waiting(1), owned(2));
    let closed_state = ConversationState::Closed { at: at(9), by: EndedBy::Agent, epoch: 1, surveyed: false };
    let closed = Conversation { state: closed_state, ..owned(3) };
    let followed_by = FollowedBy::End(EndedBy::Agent);
    let ended_at = at(9);
    let in_wrap_up =
        Segment { state: SegmentState::WrapUp { ended_at, followed_by, until: None }, ..segment(&owned(3)) };
    let filed = SegmentState::Ended { ended_at, followed_by, disposition: Some(Disposition::Resolved) };
    let filed = Segment { id: SegmentId::from_bits(4), state: filed, ..segment(&owned(3)) };
    let made = offer(1, &first, OfferCause::Queue(BILLING));
    let declined = OfferState::Ended { at: at(9), end: OfferEnd::Declined };
    let declined = Offer { id: OfferId::from_bits(2), state: declined, ..made.clone() };
    let asked = transfer(1, &second, Target::Agent(TWO), offered_to(Target::Agent(TWO), &[], Some(at(60))));
    let undone = TransferState::Ended { at: at(9), end: TransferEnd::Cancelled };
    let undone = transfer(2, &second, Target::Queue(SALES), undone);
    let (group, gone) = (group(1), group(2));
    let team = Team { id: TeamId::from_bits(1), agents: [ONE, TWO].into(), supervisors: [TWO].into() };
    let disbanded = Team { id: TeamId::from_bits(2), ..team.clone() };
    let answered = RequestState::Answered { at: at(9), by: ONE };
    let requests = [
        request(1, &second, RequestState::Open),
        request(2, &second, answered),
        request(3, &second, RequestState::Open),
        request(4, &second, answered),
    ];
    let mut policies = Policies::default();
    policies.queues.insert(SALES, PolicyOverride { undo_secs: Some(9), ..Default::default() });
    let ended = [Row::Conversation(closed), Row::Segment(filed), Row::Offer(declined), Row::Transfer(undone)];
    scene.turn(ended, Vec::new());
    scene.turn(rows(&first).into_iter().chain(rows(&second)), Vec::new());
    let others = [
        Row::Segment(in_wrap_up.clone()),
        Row::Offer(made.clone()),
        Row::Transfer(asked.clone()),
        Row::Skill(SkillId::from_bits(1)),
        Row::Group(group.clone()),
        Row::Group(gone.clone()),
        Row::Team(team.clone()),
        Row::Team(disbanded.clone()),
        Row::Policies(policies.clone()),
    ];
    scene.turn(others.into_iter().chain(requests.clone().map(Row::Request)), Vec::new());
    scene.turn([Row::GroupRemoved(gone.id), Row::TeamRemoved(disbanded.id)], Vec::new());
    drop(scene);

    let loaded = Scene::of(place).loaded;
    assert_eq!((loaded.work.position, loaded.head, loaded.work.at), (5, 5, at(5)));
    let work = loaded.work;
    assert_eq!(work.skills, [SkillId::from_bits(1)].into());
    assert_eq!(work.agents, [ONE, TWO].map(agent));
    assert_eq!(work.queues, [BILLING, SALES].map(queue));
    assert_eq!(work.groups, [group]);
    assert_eq!(work.teams, [team]);
    assert_eq!(work.segments, [segment(&first), segment(&second), in_wrap_up]);
    assert_eq!(work.conversations, [first, second]);
    assert_eq!(work.offers, [made]);
    assert_eq!(work.transfers, [asked]);
    let [open, _, also_open, _] = requests;
    assert_eq!(work.requests, [open, also_open]);
    assert_eq!(work.requests_made, 4);
    assert_eq!(work.policies, policies);
}

/// Every kind of event comes back as it was, from any position on.
pub fn the_log_reads_back_as_it_was_written(place: &dyn Place) {
    let mut scene = Scene::of(place);
    let recorded =
        (1..).zip(every_event().into_iter().chain(every_event_of_bots())).map(|(position, event)| {
            let at = at(position / 2);
            Recorded { position, at, event }
        });
    let recorded: Vec<_> = recorded.collect();
    scene.commit(&Batch { recorded: recorded.clone(), ..scene.batch([], Vec::new()) });
    assert_eq!(scene.log_from(0), recorded);
    assert_eq!(scene.log_from(20), recorded[19..]);
    assert_eq!(scene.log_from(recorded.len() as u64 + 1), []);
}

/// What is about no conversation comes back without the rest, by page.
pub fn what_is_about_no_conversation_is_read_alone(place: &dyn Place) {
    let mut scene = Scene::of(place);
    let events = (1..).zip(every_event().into_iter().chain(every_event_of_bots()));
    let recorded: Vec<Recorded> =
        events.map(|(position, event)| Recorded { position, at: at(position / 2), event }).collect();
    scene.commit(&Batch { recorded: recorded.clone(), ..scene.batch([], Vec::new()) });
    let apart: Vec<Recorded> =
        recorded.into_iter().filter(|recorded| recorded.event.conversation().is_none()).collect();
    assert!(apart.len() > 2, "there are such events");
    assert_eq!(scene.store.set_up_page(0, 1_000).expect("the log can be read"), apart);
    let page = scene.store.set_up_page(apart[0].position, 2).expect("the log can be read");
    assert_eq!(page, apart[1..3]);
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
        Content::TeamName(TeamId::from_bits(9), text()),
        Content::Note(TransferId::from_bits(9), text()),
        Content::Summary(TransferId::from_bits(9), text()),
        Content::InviteNote(InviteId::from_bits(9), text()),
        Content::RequestNote(RequestId::from_bits(9), text()),
        Content::RequestAnswer(RequestId::from_bits(9), text()),
        Content::Address(ContactId::from_bits(9), text()),
        Content::Reason(OfferId::from_bits(9), text()),
        Content::WrapUpNotes(SegmentId::from_bits(9), text()),
    ];
    for orphan in orphans {
        scene.conflict(&scene.batch([], vec![orphan]));
    }
}

/// One event of every kind that bots and partners bring.
fn every_event_of_bots() -> Vec<Event> {
    let (flow, external, agent) = (FlowId::from_bits(1), ExternalId::from_bits(1), ONE);
    let (conversation, transfer) = (ConversationId::from_bits(1), TransferId::from_bits(1));
    let (message, segment) = (MessageId::from_bits(1), SegmentId::from_bits(3));
    let (ended, schedule) = (SegmentId::from_bits(2), ScheduleId::from_bits(1));
    let bot = Flow { id: flow, entrance: Some(Channel::WebChat), lasts_secs: 900, fallback: BILLING };
    vec![
        Event::FlowAdded { flow: bot.clone(), by: None },
        Event::FlowChanged { flow: bot, by: Some(agent) },
        Event::FlowRemoved { flow, by: Some(agent) },
        Event::ExternalAdded { external, by: None },
        Event::ExternalChanged { external, by: Some(agent) },
        Event::ExternalRemoved { external, by: Some(agent) },
        Event::ScheduleAdded { schedule, by: agent },
        Event::ScheduleChanged { schedule, by: agent },
        Event::ScheduleRemoved { schedule, by: agent },
        Event::FlowAsked { conversation, flow, step: u16::MAX, tries: 3, taken: 100 },
        Event::FlowEnded { conversation, flow, end: FlowEnd::NotUnderstood, taken: 7 },
        Event::TransferRequested {
            transfer,
            conversation,
            from: Sender::Flow(flow),
            target: Target::External(external),
            mode: Mode::Cold,
            policy: Box::default(),
            pool: None,
            deadline: Some(at(60)),
            carried: Carried::default(),
            by: None,
        },
        Event::TransferEnded {
            transfer,
            conversation,
            from: Sender::External(external),
            end: TransferEnd::Completed,
            consulted: None,
        },
        Event::MessageSent { conversation, message, seq: 2, author: Author::Flow(flow) },
        Event::MessageSent { conversation, message, seq: 3, author: Author::External(external) },
        Event::OwnerChanged {
            conversation,
            from: Owner::Flow(flow),
            to: Owner::External(external),
            epoch: 2,
            cause: OwnerCause::Entered(flow),
            ended,
            wrap_up: WrapUp::None,
            segment,
        },
    ]
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
    let (request, invite) = (RequestId::from_bits(1), InviteId::from_bits(1));
    let team = Box::new(Team { id: TeamId::from_bits(1), agents: [ONE].into(), supervisors: [TWO].into() });
    // One switch that is set to nothing, and others that are not set at all.
    let set = PolicyOverride { transfer_secs: Some(None), ..Default::default() };
    vec![
        Event::ServerStarted { held_until: at(45) },
        Event::PersonAdded { agent, role, capacity: capacity.clone(), interruptible: Default::default() },
        Event::PersonChanged {
            agent,
            role,
            enabled: false,
            capacity,
            interruptible: [(Channel::WebChat, 6)].into(),
        },
        Event::SkillAdded { skill },
        Event::SkillGranted { agent, skill, level: Level::LEAST },
        Event::SkillGranted { agent, skill, level: Level::MOST },
        Event::SkillRevoked { agent, skill },
        Event::QueueAdded { queue, skills: [skill].into(), priority },
        Event::QueueChanged { queue, skills: [(skill, Level::MOST)].into_iter().collect(), priority },
        Event::QueueRelaxed { conversation, queue, relaxed: 2 },
        Event::QueueRulesSet { queue, rules: Box::default(), by: Some(agent) },
        Event::LimitLifted { conversation },
        Event::ConversationIdled { conversation, agent },
        Event::LastAgentAsked { conversation, agent, until: at(8) },
        Event::EveryoneAsked { conversation },
        Event::QueueOpened { queue, until: Some(at(9)) },
        Event::QueueClosed { queue, until: None },
        Event::MemberAdded { queue, agent },
        Event::MemberRemoved { queue, agent },
        Event::GroupAdded {
            group,
            skills: [skill].into(),
            membership: Membership::Any,
            priority,
            team: Some(team.id),
            by: Some(agent),
        },
        Event::GroupChanged {
            group,
            skills: Default::default(),
            membership: Membership::All,
            priority,
            team: None,
            by: Some(agent),
        },
        Event::GroupRemoved { group, by: Some(agent) },
        Event::TeamAdded { team: team.clone(), by: None },
        Event::TeamChanged { team: team.clone(), by: Some(agent) },
        Event::TeamRemoved { team: team.id, by: Some(agent) },
        Event::PolicySet {
            preset: Preset::Salesforce,
            policy: Box::new(Preset::Salesforce.policy()),
            by: Some(agent),
        },
        Event::PolicyOverridden { scope: PolicyScope::Queue(queue), set: Box::new(set.clone()), by: None },
        Event::PolicyOverridden { scope: PolicyScope::Channel(channel), set: Box::default(), by: None },
        Event::StatusChanged { agent, status: Status::Away },
        Event::AgentReached { agent },
        Event::AgentLost { agent },
        Event::ConversationOpened { conversation, contact, channel, queue, segment },
        Event::MessageSent { conversation, message, seq: u32::MAX, author: Author::Agent(agent) },
        Event::MessageSent { conversation, message, seq: 1, author: Author::Customer },
        Event::OfferMade { offer, conversation, agent, cause: OfferCause::Queue(queue), deadline: None },
        Event::OfferEnded {
            offer,
            conversation,
            agent,
            end: OfferEnd::TargetGone,
            load: Some(Load { used: 2, limit: 3 }),
        },
        Event::TransferRequested {
            transfer,
            conversation,
            from: Sender::Agent(agent),
            target: Target::Agent(TWO),
            mode: Mode::Warm,
            policy: Box::new(Preset::Vivocha.policy()),
            pool: Some(Pool::Queue(queue)),
            deadline: Some(at(60)),
            carried: Carried { note: true, summary: true, edited: Some(true) },
            by: Some(TWO),
        },
        Event::TransferEnqueued { transfer, conversation, undo_until: at(5), deadline: None },
        Event::TransferRerouted { transfer, conversation, pool: Pool::Group(group) },
        Event::ConsultBegan { transfer, conversation, from: agent, agent: TWO, deadline: at(600) },
        Event::AsideSent { transfer, conversation, message, seq: 1, author: TWO },
        Event::InviteMade {
            invite,
            conversation,
            from: agent,
            target: Target::Group(group),
            policy: Box::new(Preset::Salesforce.policy()),
            deadline: at(60),
        },
        Event::ParticipantJoined { invite, conversation, agent: TWO },
        Event::InviteEnded { invite, conversation, from: agent, agent: Some(TWO), end: InviteEnd::TookOver },
        Event::InviteEnded { invite, conversation, from: agent, agent: None, end: InviteEnd::Declined },
        Event::ListenedIn { conversation, agent },
        Event::Whispered { conversation, segment, message, seq: 1, author: TWO },
        Event::Redirected { conversation, agent, target: Target::Agent(TWO) },
        Event::TransferDirected { transfer, conversation, agent },
        Event::FlagRaised { conversation, agent },
        Event::FlagLowered { conversation, agent },
        Event::PersonDirected { agent, by: TWO },
        Event::ListeningBegan { conversation, agent },
        Event::ListeningEnded { conversation, agent },
        Event::TransferEnded {
            transfer,
            conversation,
            from: Sender::Agent(agent),
            end: TransferEnd::Abandoned,
            consulted: Some(TWO),
        },
        Event::RequestCreated { request, number: 7, conversation, contact, queue },
        Event::RequestAnswered { request, conversation, agent },
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
        Event::OwnerChanged {
            conversation,
            from: Owner::Agent(agent),
            to: Owner::Agent(TWO),
            epoch: 2,
            cause: OwnerCause::Left(invite),
            ended,
            wrap_up: WrapUp::None,
            segment,
        },
        Event::OwnerChanged {
            conversation,
            from: Owner::Agent(TWO),
            to: Owner::Agent(agent),
            epoch: 3,
            cause: OwnerCause::TakenOver(Some(agent)),
            ended,
            wrap_up: WrapUp::None,
            segment,
        },
        Event::ConversationClosed {
            conversation,
            from: Owner::Agent(agent),
            by: EndedBy::System,
            ended,
            wrap_up: WrapUp::None,
        },
        Event::WrapUpExtended { segment, conversation, agent, until: at(90) },
        Event::WrapUpEnded { segment, conversation, agent, disposition: Some(Disposition::FollowUp) },
        Event::ConversationRated { conversation, score: Score::BEST },
    ]
}
