//! What several people do about one conversation: inviting, leaving, taking over, finishing, and filing in time.

use std::time::Duration;

use baton::dispatcher::Answer;
use baton_shared::command::Actor;
use baton_shared::segment::Disposition;
use baton_shared::*;

use crate::play::{self, text};
use crate::stage::Stage;

/// Plays everything, and compares at every end of a part from every cut point in it.
pub fn everything(stage: &mut Stage, queue: QueueId) {
    let lead = stage.lead;
    play::set_policy(stage, Preset::Baton, |policy| policy.grace_secs = 20);
    stage.give(Actor::System, Command::BeginLease { agent: lead }).unwrap();
    for part in [
        invitations_that_come_to_nothing,
        taking_part,
        leaving_it_to_a_participant,
        taking_part_through_a_transfer,
        an_owner_who_is_lost,
        taking_over,
        finishing,
        in_one_way_only,
        asked_as_a_member_alone,
        filing_in_time,
    ] {
        part(stage, queue);
        stage.check_every_cut_point();
    }
    set_status(stage, lead, Status::Offline);
}

fn set_status(stage: &mut Stage, agent: AgentId, status: Status) {
    stage.give(Actor::Person(agent), Command::SetStatus { status }).unwrap();
}

fn status_of(stage: &Stage, agent: AgentId) -> Status {
    stage.desk_of(agent).me.presence.status
}

/// Invites by the owner, which must not be refused.
fn invite(stage: &mut Stage, conversation: ConversationId, target: Target) -> InviteId {
    let owner = stage.owner_of(conversation).unwrap();
    let command = Command::Invite { conversation, target, note: Some(text("You know invoices")) };
    match stage.give(Actor::Person(owner), command) {
        Ok(Answer::Invited { invite }) => invite,
        other => panic!("no invitation: {other:?}"),
    }
}

/// Invites someone, who joins.
fn joined(stage: &mut Stage, conversation: ConversationId, target: Target) -> (InviteId, AgentId) {
    let invite = invite(stage, conversation, target);
    let (offer, agent) = stage.invite_offer_of(invite);
    stage.give(Actor::Person(agent), Command::AcceptOffer { offer }).unwrap();
    assert!(stage.desk_of(agent).joined.contains_key(&conversation));
    (invite, agent)
}

fn cancel(stage: &mut Stage, conversation: ConversationId, invite: InviteId) {
    let owner = stage.owner_of(conversation).unwrap();
    stage.give(Actor::Person(owner), Command::CancelInvite { conversation, invite }).unwrap();
}

fn leave(stage: &mut Stage, conversation: ConversationId, agent: AgentId) {
    stage.give(Actor::Person(agent), Command::LeaveConversation { conversation }).unwrap();
}

fn take_over(stage: &mut Stage, conversation: ConversationId) {
    let lead = stage.lead;
    stage.give(Actor::Person(lead), Command::TakeOver { conversation }).unwrap();
    assert_eq!(stage.owner_of(conversation), Some(lead));
}

fn others_invited(stage: &Stage, conversation: ConversationId) -> usize {
    let owner = stage.owner_of(conversation).unwrap();
    stage.desk_of(owner).conversations[&conversation].invites.len()
}

/// Taken back, refused, over in time, and to someone who is away: by then the queue's member is asked as well.
fn invitations_that_come_to_nothing(stage: &mut Stage, queue: QueueId) {
    let conversation = play::taken(stage, queue);
    let other = stage.other(stage.owner_of(conversation).unwrap());
    let taken_back = invite(stage, conversation, Target::Agent(other));
    let (offer, _) = stage.invite_offer_of(taken_back);
    let card = stage.desk_of(other).offers[&offer].invite.clone();
    assert_eq!(card.and_then(|invite| invite.note), Some(text("You know invoices")));
    play::say(stage, Actor::Customer(conversation), conversation, "Hello?");
    cancel(stage, conversation, taken_back);
    let refused = invite(stage, conversation, Target::Agent(other));
    let (offer, _) = stage.invite_offer_of(refused);
    stage.give(Actor::Person(other), Command::RejectOffer { offer, reason: text("at lunch") }).unwrap();
    let target = Target::Agent(other);
    invite(stage, conversation, target);
    play::pass(stage, 70);
    assert_eq!(others_invited(stage, conversation), 0, "nobody answered in time");
    invite(stage, conversation, Target::Queue(queue));
    set_status(stage, other, Status::Away);
    assert_eq!(others_invited(stage, conversation), 1, "the queue may have someone else");
    play::pass(stage, 70);
    set_status(stage, other, Status::Available);
    play::end(stage, Actor::Customer(conversation), conversation, None);
}

/// They write, are sent away, leave by themselves, cannot be reached, and see it end; another invitation ends with it.
fn taking_part(stage: &mut Stage, queue: QueueId) {
    let lead = stage.lead;
    let conversation = play::taken(stage, queue);
    let owner = stage.owner_of(conversation).unwrap();
    let (sent_away, guest) = joined(stage, conversation, Target::Agent(stage.other(owner)));
    for author in [Actor::Person(guest), Actor::Customer(conversation), Actor::Person(owner)] {
        play::say(stage, author, conversation, "The three of us");
    }
    stage.give(Actor::Customer(conversation), Command::Mark { conversation, delivered: 4, read: 4 }).unwrap();
    stage.advance(Duration::from_secs(2));
    cancel(stage, conversation, sent_away);
    joined(stage, conversation, Target::Queue(queue));
    leave(stage, conversation, guest);
    joined(stage, conversation, Target::Agent(guest));
    stage.give(Actor::System, Command::EndLease { agent: guest }).unwrap();
    assert_eq!(others_invited(stage, conversation), 0, "whoever cannot be reached takes no part");
    play::reachable(stage);
    joined(stage, conversation, Target::Agent(guest));
    set_status(stage, lead, Status::Available);
    invite(stage, conversation, Target::Agent(lead));
    play::end(stage, Actor::Customer(conversation), conversation, None);
    assert!(stage.desk_of(guest).joined.is_empty() && stage.desk_of(lead).offers.is_empty());
}

/// The owner leaves, whoever came first goes on, and the other stays a participant.
fn leaving_it_to_a_participant(stage: &mut Stage, queue: QueueId) {
    let lead = stage.lead;
    set_status(stage, lead, Status::Available);
    let conversation = play::taken(stage, queue);
    let owner = stage.owner_of(conversation).unwrap();
    let (_, heir) = joined(stage, conversation, Target::Agent(stage.other(owner)));
    joined(stage, conversation, Target::Agent(lead));
    leave(stage, conversation, owner);
    assert_eq!(stage.owner_of(conversation), Some(heir));
    assert_eq!(stage.desk_of(lead).joined.len(), 1);
    let segment = stage.wrap_up_of(owner);
    let filing = Command::CompleteWrapUp { segment, disposition: Disposition::PassedOn, notes: None };
    stage.give(Actor::Person(owner), filing).unwrap();
    // Whoever left can be invited again, by the one who goes on.
    joined(stage, conversation, Target::Agent(owner));
    play::end(stage, Actor::Person(heir), conversation, Some(Disposition::Resolved));
}

/// A participant stays while the conversation is passed on, is consulted about, and waits in a queue.
fn taking_part_through_a_transfer(stage: &mut Stage, queue: QueueId) {
    let lead = stage.lead;
    set_status(stage, lead, Status::Available);
    let conversation = play::taken(stage, queue);
    joined(stage, conversation, Target::Agent(lead));
    let target = play::the_other(stage, conversation);
    play::transfer(stage, conversation, target, Mode::Cold);
    play::accept(stage, conversation);
    assert_eq!(stage.desk_of(lead).joined.len(), 1);
    let target = play::the_other(stage, conversation);
    let consulted = play::transfer(stage, conversation, target, Mode::Warm);
    play::accept(stage, conversation);
    let owner = stage.owner_of(conversation).unwrap();
    let hand_over = Command::HandOver { conversation, transfer: consulted };
    stage.give(Actor::Person(owner), hand_over).unwrap();
    play::transfer(stage, conversation, Target::Queue(queue), Mode::Cold);
    play::say(stage, Actor::Person(lead), conversation, "I am still here");
    play::accept(stage, conversation);
    leave(stage, conversation, lead);
    play::end(stage, Actor::Customer(conversation), conversation, None);
}

/// Whoever takes part has it when its owner cannot be reached for too long.
fn an_owner_who_is_lost(stage: &mut Stage, queue: QueueId) {
    let conversation = play::taken(stage, queue);
    let owner = stage.owner_of(conversation).unwrap();
    let (_, guest) = joined(stage, conversation, Target::Agent(stage.other(owner)));
    stage.give(Actor::System, Command::EndLease { agent: owner }).unwrap();
    for _ in 0..3 {
        stage.turns.renew_lease(guest);
        stage.turns.renew_lease(stage.lead);
        stage.advance(Duration::from_secs(10));
    }
    assert_eq!(stage.owner_of(conversation), Some(guest));
    play::reachable(stage);
    play::end(stage, Actor::Customer(conversation), conversation, None);
}

/// From an agent, from the queue, in the middle of a transfer, of a consultation, and by a participant.
fn taking_over(stage: &mut Stage, queue: QueueId) {
    let lead = stage.lead;
    set_status(stage, lead, Status::Available);
    let conversation = play::taken(stage, queue);
    let owner = stage.owner_of(conversation).unwrap();
    take_over(stage, conversation);
    let segment = stage.wrap_up_of(owner);
    let filing = Command::CompleteWrapUp { segment, disposition: Disposition::PassedOn, notes: None };
    stage.give(Actor::Person(owner), filing).unwrap();
    play::end(stage, Actor::Person(lead), conversation, Some(Disposition::Resolved));

    let conversation = stage.customer_comes(queue);
    assert!(!stage.offers_of(conversation).is_empty());
    take_over(stage, conversation);
    play::end(stage, Actor::Person(lead), conversation, Some(Disposition::Resolved));

    let conversation = play::taken(stage, queue);
    let target = play::the_other(stage, conversation);
    play::transfer(stage, conversation, target, Mode::Cold);
    take_over(stage, conversation);
    assert_eq!(stage.desk_of(stage.one).offers.len() + stage.desk_of(stage.two).offers.len(), 0);
    play::end(stage, Actor::Customer(conversation), conversation, None);

    let conversation = play::taken(stage, queue);
    let target = play::the_other(stage, conversation);
    play::transfer(stage, conversation, target, Mode::Warm);
    let consulted = play::accept(stage, conversation);
    joined(stage, conversation, Target::Agent(lead));
    take_over(stage, conversation);
    assert!(stage.desk_of(consulted).consults.is_empty() && stage.desk_of(lead).joined.is_empty());
    play::end(stage, Actor::Customer(conversation), conversation, None);
}

/// Offline at once, after the last conversation, and after the last participation.
fn finishing(stage: &mut Stage, queue: QueueId) {
    let lead = stage.lead;
    set_status(stage, lead, Status::Available);
    set_status(stage, lead, Status::Finishing);
    assert_eq!(status_of(stage, lead), Status::Offline, "they have nothing");
    let conversation = play::taken(stage, queue);
    let owner = stage.owner_of(conversation).unwrap();
    let (_, guest) = joined(stage, conversation, Target::Agent(stage.other(owner)));
    for agent in [owner, guest] {
        set_status(stage, agent, Status::Finishing);
        assert_eq!(status_of(stage, agent), Status::Finishing);
    }
    play::end(stage, Actor::Customer(conversation), conversation, None);
    for agent in [owner, guest] {
        assert_eq!(status_of(stage, agent), Status::Offline);
        set_status(stage, agent, Status::Available);
    }
}

/// A wrap-up that is extended ends by itself all the same.
fn filing_in_time(stage: &mut Stage, queue: QueueId) {
    play::set_policy(stage, Preset::Baton, |policy| policy.wrap_up_secs = Some(30));
    let conversation = play::taken(stage, queue);
    let owner = stage.owner_of(conversation).unwrap();
    play::end(stage, Actor::Person(owner), conversation, None);
    let segments: Vec<SegmentId> = stage
        .desk_of(owner)
        .wrap_ups
        .into_values()
        .filter(|card| card.conversation == conversation)
        .map(|card| card.segment)
        .collect();
    let is_there = |stage: &Stage| stage.desk_of(owner).wrap_ups.contains_key(&segments[0]);
    let extend = Command::ExtendWrapUp { segment: segments[0] };
    stage.give(Actor::Person(owner), extend).unwrap();
    play::pass(stage, 60);
    assert!(is_there(stage), "it was given more time");
    play::pass(stage, 40);
    assert!(!is_there(stage), "its time is over");
}

/// Whoever gets a conversation is not asked to join it any more and takes no part in it beside that: neither by a second
/// invitation, by a transfer to someone invited, by joining what one is offered or consulted about, nor by taking over.
fn in_one_way_only(stage: &mut Stage, queue: QueueId) {
    let (lead, conversation) = (stage.lead, play::taken(stage, queue));
    set_status(stage, lead, Status::Available);
    let owner = stage.owner_of(conversation).unwrap();
    let guest = stage.other(owner);
    let target = Target::Agent(guest);
    let takes_no_part = |stage: &Stage, agent: AgentId| {
        let state = stage.turns.state();
        assert!(state.participants(&state.conversations[&conversation]).all(|other| other != agent));
        assert!(stage.desk_of(agent).offers.is_empty());
    };
    for twice in [target, Target::Queue(queue)] {
        invite(stage, conversation, twice);
        joined(stage, conversation, target);
        assert_eq!(stage.turns.state().held(guest, Channel::WebChat), 1);
        assert!(stage.desk_of(guest).offers.is_empty());
        leave(stage, conversation, guest);
    }
    invite(stage, conversation, target);
    play::transfer(stage, conversation, target, Mode::Cold);
    play::accept(stage, conversation);
    takes_no_part(stage, guest);
    let (owner, guest) = (guest, owner);
    let target = Target::Agent(guest);
    play::transfer(stage, conversation, target, Mode::Cold);
    joined(stage, conversation, target);
    play::accept(stage, conversation);
    takes_no_part(stage, guest);
    let (owner, guest) = (guest, owner);
    let target = Target::Agent(guest);
    let transfer = play::transfer(stage, conversation, target, Mode::Warm);
    play::accept(stage, conversation);
    joined(stage, conversation, target);
    stage.give(Actor::Person(owner), Command::HandOver { conversation, transfer }).unwrap();
    takes_no_part(stage, guest);
    invite(stage, conversation, Target::Agent(lead));
    take_over(stage, conversation);
    takes_no_part(stage, lead);
    play::end(stage, Actor::Customer(conversation), conversation, None);
}

/// Whoever belongs to a queue or group no more is not asked to join in its name, and a group that is removed asks nobody.
fn asked_as_a_member_alone(stage: &mut Stage, queue: QueueId) {
    let conversation = play::taken(stage, queue);
    let owner = stage.owner_of(conversation).unwrap();
    let agent = stage.other(owner);
    // They are asked by name as well, which has nothing to do with the queue.
    invite(stage, conversation, Target::Agent(agent));
    let by_queue = invite(stage, conversation, Target::Queue(queue));
    assert_eq!(stage.invite_offer_of(by_queue).1, agent);
    stage.give(Actor::System, Command::RemoveMember { queue, agent }).unwrap();
    assert_eq!(stage.desk_of(agent).offers.len(), 1);
    stage.give(Actor::System, Command::AddMember { queue, agent }).unwrap();

    let group = play::add_group(stage, "Those who know");
    let by_group = invite(stage, conversation, Target::Group(group));
    assert!(stage.turns.state().invite_offers(by_group).next().is_some());
    let Ok(Answer::Added { id }) = stage.give(Actor::System, Command::AddSkill { name: text("Knowing") })
    else {
        panic!("no skill")
    };
    let changed = Command::ChangeGroup {
        group,
        name: text("Those who know"),
        skills: [id.parse().unwrap()].into(),
        membership: Default::default(),
        priority: Default::default(),
        team: None,
    };
    stage.give(Actor::System, changed).unwrap();
    assert!(stage.turns.state().invite_offers(by_group).next().is_none(), "nobody belongs to it any more");
    stage.give(Actor::System, Command::RemoveGroup { group }).unwrap();
    assert!(!stage.turns.state().invites.contains_key(&by_group));
    play::end(stage, Actor::Customer(conversation), conversation, None);
}
