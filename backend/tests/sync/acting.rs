//! What a supervisor does to the work of others, and how agents ask for it.

use baton_shared::command::Actor;
use baton_shared::*;

use crate::play::{self, text};
use crate::stage::Stage;

/// Plays what supervisors can do.
pub fn everything(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    play::reachable(stage);
    let lead = stage.lead;
    stage.give(Actor::Person(lead), Command::SetStatus { status: Status::Away }).unwrap();
    let conversation = play::taken(stage, billing);
    flags(stage, conversation);
    listening_and_whispering(stage, conversation);
    joining(stage, conversation);
    stage.check_every_cut_point();
    out_of_sight(stage, conversation);
    called_off(stage, conversation);
    redirected(stage, conversation);
    waiting_elsewhere(stage, billing, sales);
    stage.check_every_cut_point();
    people(stage, billing);
    play::reachable(stage);
    stage.check_every_cut_point();
}

fn whisper(stage: &mut Stage, agent: AgentId, conversation: ConversationId, words: &str) {
    stage.give(Actor::Person(agent), Command::Whisper { conversation, text: text(words) }).unwrap();
}

fn flags(stage: &mut Stage, conversation: ConversationId) {
    let (owner, lead) = (stage.owner_of(conversation).unwrap(), stage.lead);
    let raise = |words: &str| Command::RaiseFlag { conversation, text: text(words) };
    stage.give(Actor::Person(owner), raise("A refund is beyond me")).unwrap();
    let flag = |stage: &Stage| stage.desk_of(owner).conversations[&conversation].flag.clone();
    assert_eq!(flag(stage).as_deref(), Some("A refund is beyond me"));
    assert!(stage.give(Actor::Person(owner), raise("Twice")).is_err());
    stage.give(Actor::Person(lead), Command::LowerFlag { conversation }).unwrap();
    assert_eq!(flag(stage), None);
    stage.give(Actor::Person(owner), raise("Still beyond me")).unwrap();
    stage.give(Actor::Person(owner), Command::LowerFlag { conversation }).unwrap();
    stage.give(Actor::Person(owner), raise("And again")).unwrap();
}

fn listening_and_whispering(stage: &mut Stage, conversation: ConversationId) {
    let (owner, lead) = (stage.owner_of(conversation).unwrap(), stage.lead);
    stage.give(Actor::Person(lead), Command::ListenIn { conversation }).unwrap();
    assert!(stage.desk_of(lead).listening.contains_key(&conversation));
    let answers = Command::Whisper { conversation, text: text("Is anybody there?") };
    assert!(stage.give(Actor::Person(owner), answers).is_err(), "that would show who listens in");
    play::say(stage, Actor::Customer(conversation), conversation, "Are you still there?");
    whisper(stage, lead, conversation, "Offer ten euros");
    whisper(stage, owner, conversation, "I will");
    let heard = |stage: &Stage| stage.desk_of(owner).conversations[&conversation].whispers.len();
    assert_eq!((heard(stage), stage.desk_of(lead).listening[&conversation].whispers.len()), (2, 2));
    stage.give(Actor::Person(lead), Command::StopListening { conversation }).unwrap();
    whisper(stage, lead, conversation, "And thank them");
    assert!(stage.desk_of(lead).listening.contains_key(&conversation), "whoever whispers hears the answer");
}

fn joining(stage: &mut Stage, conversation: ConversationId) {
    let lead = stage.lead;
    stage.give(Actor::System, Command::BeginLease { agent: lead }).unwrap();
    stage.give(Actor::Person(lead), Command::Join { conversation }).unwrap();
    let desk = stage.desk_of(lead);
    assert_eq!((desk.listening.len(), desk.joined[&conversation].whispers.len()), (0, 3));
    play::say(stage, Actor::Person(lead), conversation, "I am the supervisor");
    whisper(stage, stage.owner_of(conversation).unwrap(), conversation, "Thanks");
    stage.give(Actor::Person(lead), Command::LeaveConversation { conversation }).unwrap();
    assert!(stage.desk_of(lead).joined.is_empty());
}

/// Whoever leads the team no more hears it no more.
fn out_of_sight(stage: &mut Stage, conversation: ConversationId) {
    let (lead, team) = (stage.lead, stage.team);
    stage.give(Actor::Person(lead), Command::ListenIn { conversation }).unwrap();
    let agents = [stage.one, stage.two];
    let set = |supervisors: &[AgentId]| Command::ChangeTeam {
        team,
        name: text("Team"),
        agents: agents.into(),
        supervisors: supervisors.iter().copied().collect(),
    };
    stage.give(Actor::System, set(&[])).unwrap();
    assert!(stage.desk_of(lead).listening.is_empty());
    assert!(stage.give(Actor::Person(lead), Command::ListenIn { conversation }).is_err());
    stage.give(Actor::System, set(&[lead])).unwrap();
}

/// A supervisor decides about a transfer of someone else's.
fn called_off(stage: &mut Stage, conversation: ConversationId) {
    let (owner, lead) = (stage.owner_of(conversation).unwrap(), stage.lead);
    let other = stage.other(owner);
    let transfer = play::transfer(stage, conversation, Target::Agent(other), Mode::Cold);
    assert!(stage.desk_of(other).offers.values().any(|card| card.meant), "they are asked by name");
    stage.give(Actor::Person(lead), Command::CancelTransfer { conversation, transfer }).unwrap();
    let returned = |stage: &Stage| stage.desk_of(owner).conversations[&conversation].returned.clone();
    assert_eq!(returned(stage).map(|returned| returned.end), Some(TransferEnd::CalledOff));
    stage.check_every_cut_point();
}

/// What an agent has goes on in their name, and what was under way is over.
fn redirected(stage: &mut Stage, conversation: ConversationId) {
    let (owner, lead) = (stage.owner_of(conversation).unwrap(), stage.lead);
    let other = stage.other(owner);
    play::transfer(stage, conversation, Target::Agent(other), Mode::Cold);
    stage.give(Actor::Person(lead), Command::ListenIn { conversation }).unwrap();
    let (target, note) = (Target::Agent(other), Some(text("knows refunds")));
    stage.give(Actor::Person(lead), Command::Redirect { conversation, target, note }).unwrap();
    let superseded = |recorded: &Recorded| {
        matches!(recorded.event, Event::TransferEnded { end: TransferEnd::Superseded, .. })
    };
    assert!(stage.log().iter().any(superseded));
    assert_eq!(play::accept(stage, conversation), other);
    assert!(stage.desk_of(other).conversations[&conversation].whispers.is_empty(), "they were not for them");
    play::end(stage, Actor::Customer(conversation), conversation, None);
    assert!(stage.desk_of(lead).listening.is_empty());
}

/// What waits goes to another line, and to a person who is asked alone.
fn waiting_elsewhere(stage: &mut Stage, billing: QueueId, sales: QueueId) {
    let lead = stage.lead;
    let conversation = stage.customer_comes(billing);
    let redirect = |target| Command::Redirect { conversation, target, note: None };
    stage.give(Actor::Person(lead), redirect(Target::Queue(sales))).unwrap();
    assert!(stage.give(Actor::Person(lead), redirect(Target::Queue(sales))).is_err(), "it is there already");
    let (_, asked) = stage.offer_of(conversation);
    let other = stage.other(asked);
    stage.give(Actor::Person(lead), redirect(Target::Agent(other))).unwrap();
    assert_eq!(stage.offers_of(conversation).iter().map(|(_, agent)| *agent).collect::<Vec<_>>(), [other]);
    assert_eq!(play::accept(stage, conversation), other);
    play::end(stage, Actor::Customer(conversation), conversation, None);
}

fn people(stage: &mut Stage, billing: QueueId) {
    let (lead, agent) = (stage.lead, stage.one);
    let skill = play::add_skill(stage, "Refunds");
    let level = Level::default();
    for command in [
        Command::SetStatusOf { agent, status: Status::Busy },
        Command::GrantSkill { agent, skill, level },
        Command::RevokeSkill { agent, skill },
        Command::RemoveMember { queue: billing, agent },
        Command::AddMember { queue: billing, agent },
        Command::SignOut { agent },
    ] {
        stage.give(Actor::Person(lead), command).unwrap();
    }
    let desk = stage.desk_of(agent);
    assert_eq!(desk.me.presence, Presence { status: Status::Busy, reachable: false });
}
