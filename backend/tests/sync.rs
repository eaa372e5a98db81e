//! For every command: a snapshot and the events after its cursor give the same as a fresh snapshot, for everyone who
//! looks, from every cut point.
//!
//! The idea is that of Zulip's `verify_action` (docs/subsystems/events-system.md): the same code that a browser runs
//! applies the events, and the same code that serves a fresh page says what should have come out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "sync/stage.rs"]
mod stage;

use std::collections::BTreeSet;
use std::time::Duration;

use baton::dispatcher::Answer;
use baton_shared::command::Actor;
use baton_shared::queue::Priority;
use baton_shared::segment::Disposition;
use baton_shared::*;
use stage::{Random, Stage};

/// Says which command it is; a new command does not compile until it is named here and played below.
fn command_name(command: &Command) -> &'static str {
    match command {
        Command::StartConversation { .. } => "start_conversation",
        Command::SendMessage { .. } => "send_message",
        Command::EndConversation { .. } => "end_conversation",
        Command::SetStatus { .. } => "set_status",
        Command::AcceptOffer { .. } => "accept_offer",
        Command::RejectOffer { .. } => "reject_offer",
        Command::RequestTransfer { .. } => "request_transfer",
        Command::CancelTransfer { .. } => "cancel_transfer",
        Command::CompleteWrapUp { .. } => "complete_wrap_up",
        Command::Mark { .. } => "mark",
        Command::AddPerson { .. } => "add_person",
        Command::ChangePerson { .. } => "change_person",
        Command::AddSkill { .. } => "add_skill",
        Command::GrantSkill { .. } => "grant_skill",
        Command::RevokeSkill { .. } => "revoke_skill",
        Command::AddQueue { .. } => "add_queue",
        Command::ChangeQueue { .. } => "change_queue",
        Command::AddMember { .. } => "add_member",
        Command::RemoveMember { .. } => "remove_member",
        Command::AddGroup { .. } => "add_group",
        Command::BeginLease { .. } => "begin_lease",
        Command::EndLease { .. } => "end_lease",
    }
}

/// How many names [`command_name`] knows.
const COMMANDS: usize = 22;

/// Says which event it is; a new event does not compile until it is named here and happens below.
fn event_name(event: &Event) -> &'static str {
    match event {
        Event::ServerStarted { .. }
        | Event::PersonAdded { .. }
        | Event::PersonChanged { .. }
        | Event::SkillAdded { .. }
        | Event::SkillGranted { .. }
        | Event::SkillRevoked { .. }
        | Event::QueueAdded { .. }
        | Event::QueueChanged { .. }
        | Event::MemberAdded { .. }
        | Event::MemberRemoved { .. }
        | Event::GroupAdded { .. }
        | Event::StatusChanged { .. }
        | Event::AgentReached { .. }
        | Event::AgentLost { .. }
        | Event::ConversationOpened { .. }
        | Event::MessageSent { .. }
        | Event::OfferMade { .. }
        | Event::OfferEnded { .. }
        | Event::TransferRequested { .. }
        | Event::TransferEnqueued { .. }
        | Event::TransferEnded { .. }
        | Event::OwnerChanged { .. }
        | Event::ConversationClosed { .. }
        | Event::WrapUpEnded { .. } => event.name(),
    }
}

/// How many names [`event_name`] knows.
const EVENTS: usize = 24;

/// Says which change of a desk it is; a new one does not compile until it is named here and happens below.
fn desk_event_name(event: &DeskEvent) -> &'static str {
    match event {
        DeskEvent::ThreadShown { .. } => "thread_shown",
        DeskEvent::ThreadHidden { .. } => "thread_hidden",
        DeskEvent::MessageAdded { .. } => "message_added",
        DeskEvent::MarksChanged { .. } => "marks_changed",
        DeskEvent::OfferShown { .. } => "offer_shown",
        DeskEvent::OfferHidden { .. } => "offer_hidden",
        DeskEvent::WrapUpShown { .. } => "wrap_up_shown",
        DeskEvent::WrapUpHidden { .. } => "wrap_up_hidden",
        DeskEvent::PersonShown { .. } => "person_shown",
        DeskEvent::MeChanged { .. } => "me_changed",
    }
}

/// How many names [`desk_event_name`] knows.
const DESK_EVENTS: usize = 10;

fn text(words: &str) -> String {
    words.to_owned()
}

#[test]
fn every_command_leaves_every_desk_as_a_fresh_snapshot_shows_it() {
    let mut stage = Stage::new();
    play_everything(&mut stage);
    stage.check_every_cut_point();

    let commands: BTreeSet<_> = stage.given.iter().map(command_name).collect();
    assert_eq!(commands.len(), COMMANDS, "every command was played: {commands:?}");
    let events: BTreeSet<_> = stage.log().iter().map(|recorded| event_name(&recorded.event)).collect();
    assert_eq!(events.len(), EVENTS, "every event happened: {events:?}");
    let changes: BTreeSet<_> = stage.seen.iter().map(desk_event_name).collect();
    assert_eq!(changes.len(), DESK_EVENTS, "every change of a desk was seen: {changes:?}");
}

fn play_everything(stage: &mut Stage) {
    let (one, two) = (stage.one, stage.two);
    let billing = stage.queue;
    let sales = add_queue(stage, "Sales");
    for agent in [one, two] {
        stage.give(Actor::System, Command::AddMember { queue: sales, agent }).unwrap();
    }
    play_status_and_leases(stage);
    let conversation = play_offer_and_talk(stage, billing);
    play_transfer_to_an_agent(stage, conversation);
    play_transfer_to_a_queue(stage, conversation, sales);
    play_endings(stage, billing);
    play_administration(stage, sales);
}

fn add_queue(stage: &mut Stage, name: &str) -> QueueId {
    let (skills, priority) = (BTreeSet::new(), Priority::Normal);
    match stage.give(Actor::System, Command::AddQueue { name: text(name), skills, priority }) {
        Ok(Answer::Added { id }) => id.parse().unwrap(),
        other => panic!("no queue: {other:?}"),
    }
}

fn play_status_and_leases(stage: &mut Stage) {
    for agent in [stage.one, stage.two] {
        stage.give(Actor::System, Command::BeginLease { agent }).unwrap();
        stage.give(Actor::Person(agent), Command::SetStatus { status: Status::Available }).unwrap();
    }
}

/// A customer comes, Agent One declines, misses nothing, and accepts the next time; they talk and read.
fn play_offer_and_talk(stage: &mut Stage, queue: QueueId) -> ConversationId {
    let conversation = stage.customer_comes(queue);
    let (offer, agent) = stage.offer_of(conversation);
    stage.give(Actor::Person(agent), Command::RejectOffer { offer, reason: text("") }).unwrap();
    let (offer, agent) = stage.offer_of(conversation);
    stage
        .give(Actor::Customer(conversation), Command::SendMessage { conversation, text: text("Hello?") })
        .unwrap();
    stage.give(Actor::Person(agent), Command::AcceptOffer { offer }).unwrap();
    for number in 0..60 {
        let actor = if number % 2 == 0 { Actor::Person(agent) } else { Actor::Customer(conversation) };
        let said = Command::SendMessage { conversation, text: format!("line {number} 🚀\n<b>") };
        stage.give(actor, said).unwrap();
    }
    stage.give(Actor::Person(agent), Command::Mark { conversation, delivered: 0, read: 60 }).unwrap();
    stage.advance(Duration::from_secs(2));
    stage
        .give(Actor::Customer(conversation), Command::Mark { conversation, delivered: 61, read: 40 })
        .unwrap();
    stage.advance(Duration::from_secs(2));
    conversation
}

/// Rejected with a reason, cancelled, expired, and at last accepted.
fn play_transfer_to_an_agent(stage: &mut Stage, conversation: ConversationId) {
    let sender = stage.owner_of(conversation).unwrap();
    let target = Target::Agent(stage.other(sender));
    let request =
        |note: Option<&str>| Command::RequestTransfer { conversation, target, note: note.map(str::to_owned) };
    stage.give(Actor::Person(sender), request(Some("knows invoices"))).unwrap();
    let (offer, agent) = stage.offer_of(conversation);
    stage.give(Actor::Person(agent), Command::RejectOffer { offer, reason: text("at lunch") }).unwrap();
    let Ok(Answer::Transfer { transfer }) = stage.give(Actor::Person(sender), request(None)) else {
        panic!("no transfer")
    };
    stage.give(Actor::Person(sender), Command::CancelTransfer { conversation, transfer }).unwrap();
    stage.give(Actor::Person(sender), request(None)).unwrap();
    for _ in 0..2 {
        stage.keep_leases();
        stage.advance(Duration::from_secs(31));
    }
    stage.keep_leases();
    stage.give(Actor::Person(sender), request(Some("third time"))).unwrap();
    stage
        .give(
            Actor::Customer(conversation),
            Command::SendMessage { conversation, text: text("Still there?") },
        )
        .unwrap();
    let (offer, agent) = stage.offer_of(conversation);
    stage.give(Actor::Person(agent), Command::AcceptOffer { offer }).unwrap();
    let segment = stage.wrap_up_of(sender);
    let (disposition, notes) = (Disposition::PassedOn, Some(text("handed over")));
    stage.give(Actor::Person(sender), Command::CompleteWrapUp { segment, disposition, notes }).unwrap();
}

/// Taken back within the undo time, then left there until somebody accepts.
fn play_transfer_to_a_queue(stage: &mut Stage, conversation: ConversationId, queue: QueueId) {
    let sender = stage.owner_of(conversation).unwrap();
    let request = Command::RequestTransfer {
        conversation,
        target: Target::Queue(queue),
        note: Some(text("wants a quote")),
    };
    let Ok(Answer::Transfer { transfer }) = stage.give(Actor::Person(sender), request.clone()) else {
        panic!("no transfer")
    };
    stage.give(Actor::Person(sender), Command::CancelTransfer { conversation, transfer }).unwrap();
    stage.give(Actor::Person(sender), request).unwrap();
    let (offer, agent) = stage.offer_of(conversation);
    stage.give(Actor::Person(agent), Command::AcceptOffer { offer }).unwrap();
}

/// By the agent, by the customer in the middle of a transfer, and by a customer who waits.
fn play_endings(stage: &mut Stage, queue: QueueId) {
    let open: Vec<ConversationId> = stage.turns.state().conversations.keys().copied().collect();
    for conversation in open {
        let owner = stage.owner_of(conversation).unwrap();
        let (disposition, notes) = (Some(Disposition::Resolved), None);
        let end = Command::EndConversation { conversation, disposition, notes };
        stage.give(Actor::Person(owner), end).unwrap();
    }
    let (disposition, notes) = (None, None);
    let conversation = stage.customer_comes(queue);
    let (offer, agent) = stage.offer_of(conversation);
    stage.give(Actor::Person(agent), Command::AcceptOffer { offer }).unwrap();
    let target = Target::Agent(stage.other(agent));
    stage.give(Actor::Person(agent), Command::RequestTransfer { conversation, target, note: None }).unwrap();
    let end = Command::EndConversation { conversation, disposition, notes: notes.clone() };
    stage.give(Actor::Customer(conversation), end).unwrap();

    let conversation = stage.customer_comes(queue);
    let end = Command::EndConversation { conversation, disposition, notes };
    stage.give(Actor::Customer(conversation), end).unwrap();
}

fn play_administration(stage: &mut Stage, queue: QueueId) {
    let (one, two) = (stage.one, stage.two);
    let Ok(Answer::Added { id }) = stage.give(Actor::System, Command::AddSkill { name: text("French") })
    else {
        panic!("no skill")
    };
    let skill: SkillId = id.parse().unwrap();
    let skills = BTreeSet::from([skill]);
    stage.give(Actor::System, Command::GrantSkill { agent: one, skill }).unwrap();
    stage.give(Actor::System, Command::RevokeSkill { agent: one, skill }).unwrap();
    stage.give(Actor::System, Command::AddGroup { name: text("Refunds"), skills: skills.clone() }).unwrap();
    stage.give(Actor::System, Command::RemoveMember { queue, agent: two }).unwrap();
    let priority = Priority::High;
    stage.give(Actor::System, Command::ChangeQueue { queue, name: text("Vente"), skills, priority }).unwrap();
    let capacity = stage::capacity(2);
    let change = Command::ChangePerson {
        agent: two,
        name: text("Agent Deux"),
        role: Role::Agent,
        enabled: true,
        capacity: capacity.clone(),
    };
    stage.give(Actor::System, change).unwrap();
    stage.give(Actor::System, Command::EndLease { agent: two }).unwrap();
    stage
        .give(
            Actor::System,
            Command::AddPerson {
                name: text("Agent Three"),
                email: text("three@example.com"),
                password_hash: text(""),
                role: Role::Agent,
                capacity,
            },
        )
        .unwrap();
}

#[test]
fn whatever_people_do_every_desk_stays_as_a_fresh_snapshot_shows_it() {
    for seed in 1..=4 {
        let mut stage = Stage::new();
        let mut random = Random(seed);
        play_status_and_leases(&mut stage);
        eprintln!("seed {seed}");
        for _ in 0..80 {
            play_at_random(&mut stage, &mut random);
        }
        stage.check_every_cut_point();
    }
}

fn play_at_random(stage: &mut Stage, random: &mut Random) {
    let agent = if random.below(2) == 0 { stage.one } else { stage.two };
    let open: Vec<ConversationId> = stage.turns.state().conversations.keys().copied().collect();
    let conversation = open.get(random.below(open.len().max(1) as u64) as usize).copied();
    let offers: Vec<Offer> = stage.turns.state().offers.values().cloned().collect();
    let owner = conversation.and_then(|open| stage.owner_of(open));
    match (random.below(10), conversation) {
        (0..=1, _) | (_, None) => {
            stage.customer_comes(stage.queue);
        }
        (2..=4, _) if !offers.is_empty() => {
            let offer = &offers[random.below(offers.len() as u64) as usize];
            let command = match random.below(4) {
                0 => Command::RejectOffer { offer: offer.id, reason: text("no") },
                _ => Command::AcceptOffer { offer: offer.id },
            };
            drop(stage.give(Actor::Person(offer.agent), command));
        }
        (5, Some(conversation)) => {
            let actor = owner.map_or(Actor::Customer(conversation), Actor::Person);
            drop(stage.give(actor, Command::SendMessage { conversation, text: text("Well") }));
        }
        (6, Some(conversation)) => {
            let target = match random.below(2) {
                0 => Target::Queue(stage.queue),
                _ => Target::Agent(stage.other(owner.unwrap_or(agent))),
            };
            let actor = Actor::Person(owner.unwrap_or(agent));
            drop(stage.give(actor, Command::RequestTransfer { conversation, target, note: Some(text("n")) }));
        }
        (7, Some(conversation)) => {
            let actor = owner.map_or(Actor::Customer(conversation), Actor::Person);
            let (disposition, notes) = (None, None);
            drop(stage.give(actor, Command::EndConversation { conversation, disposition, notes }));
        }
        (8, _) => {
            let status = if random.below(3) == 0 { Status::Away } else { Status::Available };
            stage.give(Actor::Person(agent), Command::SetStatus { status }).unwrap();
        }
        (_, Some(_)) => {
            stage.keep_leases();
            stage.advance(Duration::from_secs(random.below(40)));
        }
    }
}
