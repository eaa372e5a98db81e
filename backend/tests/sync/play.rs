//! Everything that two agents, their customers and those who set them up can do, once each.

use std::collections::BTreeSet;
use std::time::Duration;

use baton::dispatcher::Answer;
use baton_shared::command::Actor;
use baton_shared::policy::{AfterRelease, OnDecline, PolicyOverride, PolicyScope};
use baton_shared::queue::{Membership, Priority};
use baton_shared::segment::Disposition;
use baton_shared::*;

use crate::stage::{self, Stage};
use crate::{acting, bots, lines, schedules, together, workflows};

/// Returns words to be said or written.
pub fn text(words: &str) -> String {
    words.to_owned()
}

/// Plays everything, and compares at every end of a part from every cut point in it.
pub fn everything(stage: &mut Stage) {
    let (one, two) = (stage.one, stage.two);
    let billing = stage.queue;
    let sales = add_queue(stage, "Sales");
    for agent in [one, two] {
        stage.give(Actor::System, Command::AddMember { queue: sales, agent }).unwrap();
    }
    reachable(stage);
    let conversation = offer_and_talk(stage, billing);
    transfer_to_an_agent(stage, conversation);
    transfer_to_a_queue(stage, conversation, sales);
    waiting_for_someone(stage, conversation);
    consultations(stage, conversation);
    endings(stage, billing);
    requests(stage, billing);
    groups(stage, billing);
    stage.check_every_cut_point();
    for part in [reading_on, next_in_the_queue, released_at_once, broadcast_until_a_request, lost] {
        part(stage, billing);
        stage.check_every_cut_point();
    }
    together::everything(stage, billing);
    acting::everything(stage, billing, sales);
    workflows::everything(stage, billing, sales);
    lines::everything(stage, billing, sales);
    bots::everything(stage, billing, sales);
    schedules::everything(stage);
    overrides(stage, billing);
    administration(stage, sales);
}

/// Adds a queue that asks for nothing.
pub fn add_queue(stage: &mut Stage, name: &str) -> QueueId {
    let (skills, priority) = (Skills::new(), Priority::Normal);
    match stage.give(Actor::System, Command::AddQueue { name: text(name), skills, priority }) {
        Ok(Answer::Added { id }) => id.parse().unwrap(),
        other => panic!("no queue: {other:?}"),
    }
}

/// Adds a group to which everyone belongs.
pub fn add_group(stage: &mut Stage, name: &str) -> GroupId {
    let (skills, membership, priority) = (BTreeSet::new(), Membership::Any, Priority::High);
    match stage
        .give(Actor::System, Command::AddGroup { name: text(name), skills, membership, priority, team: None })
    {
        Ok(Answer::Added { id }) => id.parse().unwrap(),
        other => panic!("no group: {other:?}"),
    }
}

/// Takes a preset's values, with some changed; every person starts again, unless these are the values that hold already.
pub fn set_policy(stage: &mut Stage, preset: Preset, change: impl FnOnce(&mut TransferPolicy)) {
    let mut policy = Box::new(preset.policy());
    change(&mut policy);
    let policies = &stage.turns.state().policies;
    let changes = (policies.preset, &policies.workspace) != (preset, &*policy);
    let restarted = stage.restarts_everyone(|stage| {
        stage.give(Actor::System, Command::SetPolicy { preset, policy }).unwrap();
    });
    assert_eq!(restarted, changes, "what a policy changes stands in every view");
}

/// Makes both agents reachable and available.
pub fn reachable(stage: &mut Stage) {
    for agent in [stage.one, stage.two] {
        stage.give(Actor::System, Command::BeginLease { agent }).unwrap();
        stage.give(Actor::Person(agent), Command::SetStatus { status: Status::Available }).unwrap();
    }
}

/// Makes the supervisor reachable and available.
pub fn lead_is_available(stage: &mut Stage) {
    let agent = stage.lead;
    stage.give(Actor::System, Command::BeginLease { agent }).unwrap();
    stage.give(Actor::Person(agent), Command::SetStatus { status: Status::Available }).unwrap();
}

/// Says something.
pub fn say(stage: &mut Stage, actor: Actor, conversation: ConversationId, words: &str) {
    stage.give(actor, Command::SendMessage { conversation, text: text(words) }).unwrap();
}

/// Lets time pass with everyone there.
pub fn pass(stage: &mut Stage, seconds: u64) {
    for _ in 0..seconds.div_ceil(10) {
        stage.keep_leases();
        stage.advance(Duration::from_secs(10));
    }
}

/// Asks for a transfer by the owner, which must not be refused.
pub fn transfer(stage: &mut Stage, conversation: ConversationId, target: Target, mode: Mode) -> TransferId {
    let sender = stage.owner_of(conversation).unwrap();
    let (note, summary) = (Some(text("knows invoices")), Some(text("The invoice is wrong.")));
    let request =
        Command::RequestTransfer { conversation, target, mode, note, summary, edited: None, park: false };
    match stage.give(Actor::Person(sender), request) {
        Ok(Answer::Transfer { transfer }) => transfer,
        other => panic!("no transfer: {other:?}"),
    }
}

/// The other of the two agents, as a target.
pub fn the_other(stage: &Stage, conversation: ConversationId) -> Target {
    Target::Agent(stage.other(stage.owner_of(conversation).unwrap()))
}

/// Takes what is offered first, and returns who did.
pub fn accept(stage: &mut Stage, conversation: ConversationId) -> AgentId {
    let (offer, agent) = stage.offer_of(conversation);
    stage.give(Actor::Person(agent), Command::AcceptOffer { offer }).unwrap();
    agent
}

fn reject(stage: &mut Stage, conversation: ConversationId, reason: &str) -> AgentId {
    let (offer, agent) = stage.offer_of(conversation);
    stage.give(Actor::Person(agent), Command::RejectOffer { offer, reason: text(reason) }).unwrap();
    agent
}

/// Ends a conversation.
pub fn end(stage: &mut Stage, actor: Actor, conversation: ConversationId, disposition: Option<Disposition>) {
    let command = Command::EndConversation { conversation, disposition, notes: None };
    stage.give(actor, command).unwrap();
}

/// A customer comes and someone accepts.
pub fn taken(stage: &mut Stage, queue: QueueId) -> ConversationId {
    let conversation = stage.customer_comes(queue);
    accept(stage, conversation);
    conversation
}

/// A customer comes, Agent One declines, misses nothing, and accepts the next time; they talk and read.
fn offer_and_talk(stage: &mut Stage, queue: QueueId) -> ConversationId {
    let conversation = stage.customer_comes(queue);
    reject(stage, conversation, "");
    say(stage, Actor::Customer(conversation), conversation, "Hello?");
    let agent = accept(stage, conversation);
    for number in 0..60 {
        let actor = if number % 2 == 0 { Actor::Person(agent) } else { Actor::Customer(conversation) };
        say(stage, actor, conversation, &format!("line {number} 🚀\n<b>"));
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
fn transfer_to_an_agent(stage: &mut Stage, conversation: ConversationId) {
    let sender = stage.owner_of(conversation).unwrap();
    let target = the_other(stage, conversation);
    transfer(stage, conversation, target, Mode::Cold);
    reject(stage, conversation, "at lunch");
    let cancelled = transfer(stage, conversation, target, Mode::Cold);
    let cancel = Command::CancelTransfer { conversation, transfer: cancelled };
    stage.give(Actor::Person(sender), cancel).unwrap();
    transfer(stage, conversation, target, Mode::Cold);
    pass(stage, 70);
    assert_eq!(stage.owner_of(conversation), Some(sender), "nobody answered in time");
    transfer(stage, conversation, target, Mode::Cold);
    say(stage, Actor::Customer(conversation), conversation, "Still there?");
    replies(stage, conversation, sender);
    accept(stage, conversation);
    let segment = stage.wrap_up_of(sender);
    let (disposition, notes) = (Disposition::PassedOn, Some(text("handed over")));
    stage.give(Actor::Person(sender), Command::CompleteWrapUp { segment, disposition, notes }).unwrap();
}

/// Seen, being read, soon; a question and its answer.
fn replies(stage: &mut Stage, conversation: ConversationId, sender: AgentId) {
    let (offer, agent) = stage.offer_of(conversation);
    for reply in [ShortReply::Seen, ShortReply::Reading, ShortReply::Soon] {
        stage.give(Actor::Person(agent), Command::ReplyToOffer { offer, reply }).unwrap();
    }
    stage.give(Actor::Person(agent), Command::AskSender { offer, text: text("Which invoice?") }).unwrap();
    stage.give(Actor::Person(sender), Command::AnswerReceiver { offer, text: text("The last") }).unwrap();
    pass(stage, 100);
    assert_eq!(stage.offer_of(conversation).0, offer, "two minutes are longer than one");
}

/// Taken back within the undo time, then left there until somebody accepts.
fn transfer_to_a_queue(stage: &mut Stage, conversation: ConversationId, queue: QueueId) {
    let sender = stage.owner_of(conversation).unwrap();
    let undone = transfer(stage, conversation, Target::Queue(queue), Mode::Cold);
    let cancel = Command::CancelTransfer { conversation, transfer: undone };
    stage.give(Actor::Person(sender), cancel).unwrap();
    transfer(stage, conversation, Target::Queue(queue), Mode::Cold);
    accept(stage, conversation);
}

/// Left to wait for someone who is away, until they come.
fn waiting_for_someone(stage: &mut Stage, conversation: ConversationId) {
    let sender = stage.owner_of(conversation).unwrap();
    let away = stage.other(sender);
    stage.give(Actor::Person(away), Command::SetStatus { status: Status::Away }).unwrap();
    let request = Command::RequestTransfer {
        conversation,
        target: Target::Agent(away),
        mode: Mode::Cold,
        note: None,
        summary: None,
        edited: None,
        park: true,
    };
    stage.give(Actor::Person(sender), request).unwrap();
    assert!(stage.offers_of(conversation).is_empty(), "it waits");
    say(stage, Actor::Customer(conversation), conversation, "Who is it going to be?");
    stage.give(Actor::Person(away), Command::SetStatus { status: Status::Available }).unwrap();
    accept(stage, conversation);
}

/// Consulted and taken back, left by the one who was asked, over in time, and handed over.
fn consultations(stage: &mut Stage, conversation: ConversationId) {
    let sender = stage.owner_of(conversation).unwrap();
    let target = the_other(stage, conversation);
    let consult = |stage: &mut Stage, target| {
        let consult = transfer(stage, conversation, target, Mode::Warm);
        let asked = accept(stage, conversation);
        for (author, words) in [(sender, "Can they have it?"), (asked, "Yes")] {
            let aside = Command::SendAside { transfer: consult, text: text(words) };
            stage.give(Actor::Person(author), aside).unwrap();
        }
        say(stage, Actor::Customer(conversation), conversation, "Hm?");
        say(stage, Actor::Person(sender), conversation, "One moment");
        (consult, asked)
    };
    let (taken_back, asked) = consult(stage, target);
    assert_eq!(stage.desk_of(asked).consults.len(), 1);
    assert!(matches!(stage.phase_of(conversation), Phase::Active { .. }), "the customer sees nothing of it");
    let cancel = Command::CancelTransfer { conversation, transfer: taken_back };
    stage.give(Actor::Person(sender), cancel).unwrap();
    let (left, asked) = consult(stage, Target::Queue(stage.queue));
    stage.give(Actor::Person(asked), Command::LeaveConsult { transfer: left }).unwrap();
    consult(stage, target);
    pass(stage, 620);
    assert_eq!(stage.owner_of(conversation), Some(sender), "the consultation is over");
    let (handed_over, asked) = consult(stage, target);
    let command = Command::HandOver { conversation, transfer: handed_over };
    stage.give(Actor::Person(sender), command).unwrap();
    assert_eq!(stage.owner_of(conversation), Some(asked));
    // And one that the customer does not wait for.
    let target = the_other(stage, conversation);
    transfer(stage, conversation, target, Mode::Warm);
    accept(stage, conversation);
    end(stage, Actor::Customer(conversation), conversation, None);
}

/// By the agent, by the customer in the middle of a transfer, and by a customer who waits.
fn endings(stage: &mut Stage, queue: QueueId) {
    let conversation = taken(stage, queue);
    let owner = stage.owner_of(conversation).unwrap();
    end(stage, Actor::Person(owner), conversation, Some(Disposition::Resolved));
    let conversation = taken(stage, queue);
    let target = the_other(stage, conversation);
    transfer(stage, conversation, target, Mode::Cold);
    end(stage, Actor::Customer(conversation), conversation, None);
    let conversation = stage.customer_comes(queue);
    end(stage, Actor::Customer(conversation), conversation, None);
}

/// Created by the agent, with the customer's address left before and after, and answered by the other agent.
fn requests(stage: &mut Stage, queue: QueueId) {
    let conversation = taken(stage, queue);
    let owner = stage.owner_of(conversation).unwrap();
    let address = |address: &str| Command::LeaveAddress { conversation, address: text(address) };
    stage.give(Actor::Customer(conversation), address("ada@example.com")).unwrap();
    let create = Command::CreateRequest { conversation, note: Some(text("call back")) };
    let Ok(Answer::Added { id }) = stage.give(Actor::Person(owner), create) else { panic!("no request") };
    let request = id.parse().unwrap();
    assert!(matches!(stage.phase_of(conversation), Phase::Closed { request: Some(1), answer: None, .. }));
    stage.give(Actor::Customer(conversation), address("ada@work.example.com")).unwrap();
    let answer = Command::AnswerRequest { request, text: text("It is corrected") };
    stage.give(Actor::Person(stage.other(owner)), answer).unwrap();
    let Phase::Closed { answer: Some(answer), .. } = stage.phase_of(conversation) else {
        panic!("no answer")
    };
    assert_eq!(answer, "It is corrected");
}

/// Taken back, accepted by a member, offered to someone who belongs to it no more, expired, and a group that is removed.
fn groups(stage: &mut Stage, queue: QueueId) {
    let group = add_group(stage, "Refunds");
    let target = Target::Group(group);
    let conversation = taken(stage, queue);
    let sender = stage.owner_of(conversation).unwrap();
    let undone = transfer(stage, conversation, target, Mode::Cold);
    stage.give(Actor::Person(sender), Command::CancelTransfer { conversation, transfer: undone }).unwrap();
    transfer(stage, conversation, target, Mode::Cold);
    accept(stage, conversation);
    transfer(stage, conversation, target, Mode::Cold);
    pass(stage, 70);
    // Whoever sent it has it again, or the queue had to offer it to someone.
    if stage.owner_of(conversation).is_none() {
        accept(stage, conversation);
    }
    transfer(stage, conversation, target, Mode::Cold);
    assert!(!stage.offers_of(conversation).is_empty());
    stage.check_every_cut_point();

    let Ok(Answer::Added { id }) = stage.give(Actor::System, Command::AddSkill { name: text("Refunds") })
    else {
        panic!("no skill")
    };
    let (name, skills) = (text("Refunds"), BTreeSet::from([id.parse().unwrap()]));
    let (membership, priority) = (Membership::All, Priority::Urgent);
    let changed = Command::ChangeGroup { group, name, skills, membership, priority, team: None };
    let restarted = stage.restarts_everyone(|stage| {
        stage.give(Actor::System, changed).unwrap();
    });
    assert!(restarted, "a group's name stands in every view");
    assert!(stage.offers_of(conversation).is_empty(), "nobody belongs to it any more");
    stage.give(Actor::System, Command::RemoveGroup { group }).unwrap();
    accept(stage, conversation);
    let owner = stage.owner_of(conversation).unwrap();
    end(stage, Actor::Person(owner), conversation, Some(Disposition::Resolved));
}

/// A sender who reads on: until they stop, until it is theirs again, and until it ends.
fn reading_on(stage: &mut Stage, queue: QueueId) {
    set_policy(stage, Preset::Baton, |policy| policy.after_release = AfterRelease::Listen);
    let conversation = taken(stage, queue);
    let sender = stage.owner_of(conversation).unwrap();
    let target = the_other(stage, conversation);
    transfer(stage, conversation, target, Mode::Cold);
    accept(stage, conversation);
    say(stage, Actor::Customer(conversation), conversation, "Are you new?");
    assert_eq!(stage.desk_of(sender).listening.len(), 1);
    stage.give(Actor::Person(sender), Command::StopListening { conversation }).unwrap();
    say(stage, Actor::Customer(conversation), conversation, "Hello?");
    let receiver = stage.owner_of(conversation).unwrap();
    transfer(stage, conversation, Target::Agent(sender), Mode::Cold);
    accept(stage, conversation);
    assert_eq!(stage.desk_of(receiver).listening.len(), 1);
    transfer(stage, conversation, Target::Agent(receiver), Mode::Warm);
    accept(stage, conversation);
    let (transfer, _) = stage.turns.state().transfers.first_key_value().map(|(id, one)| (*id, one)).unwrap();
    stage.give(Actor::Person(sender), Command::HandOver { conversation, transfer }).unwrap();
    assert_eq!(stage.desk_of(receiver).listening.len(), 0, "it is theirs again");
    assert_eq!(stage.desk_of(sender).listening.len(), 1);
    stage.give(Actor::Customer(conversation), Command::Mark { conversation, delivered: 3, read: 3 }).unwrap();
    stage.advance(Duration::from_secs(2));
    end(stage, Actor::Customer(conversation), conversation, None);
    assert_eq!(stage.desk_of(sender).listening.len(), 0, "it has ended");
}

/// A refusal that goes on to the next in the queue.
fn next_in_the_queue(stage: &mut Stage, queue: QueueId) {
    set_policy(stage, Preset::Flex, |policy| assert_eq!(policy.on_decline, OnDecline::Next));
    let conversation = taken(stage, queue);
    let sender = stage.owner_of(conversation).unwrap();
    let target = the_other(stage, conversation);
    let sought = transfer(stage, conversation, target, Mode::Cold);
    reject(stage, conversation, "");
    assert!(stage.offers_of(conversation).is_empty(), "nobody else is there");
    stage.give(Actor::Person(sender), Command::CancelTransfer { conversation, transfer: sought }).unwrap();
    end(stage, Actor::Customer(conversation), conversation, None);
}

/// A sender who is released at the request: accepted, and refused so that the queue gets it.
fn released_at_once(stage: &mut Stage, queue: QueueId) {
    set_policy(stage, Preset::FlexPlugin, |_| {});
    let conversation = taken(stage, queue);
    let target = the_other(stage, conversation);
    transfer(stage, conversation, target, Mode::Cold);
    assert_eq!(stage.owner_of(conversation), None, "nobody owns it before it is accepted");
    say(stage, Actor::Customer(conversation), conversation, "Hello?");
    accept(stage, conversation);
    let target = the_other(stage, conversation);
    transfer(stage, conversation, target, Mode::Cold);
    reject(stage, conversation, "");
    pass(stage, 40);
    accept(stage, conversation);
    end(stage, Actor::Customer(conversation), conversation, None);
}

/// Offered to several at once, of whom nobody accepts: it becomes a request.
fn broadcast_until_a_request(stage: &mut Stage, queue: QueueId) {
    set_policy(stage, Preset::Vivocha, |policy| {
        policy.return_to_sender = false;
        policy.exclude = policy::Exclude::Nobody;
        policy.offer_secs = 90;
    });
    let conversation = stage.customer_comes(queue);
    assert_eq!(stage.offers_of(conversation).len(), 2, "both are asked");
    accept(stage, conversation);
    let group = add_group(stage, "Everyone");
    transfer(stage, conversation, Target::Group(group), Mode::Cold);
    assert_eq!(stage.offers_of(conversation).len(), 2, "both are asked");
    reject(stage, conversation, "");
    assert_eq!(stage.offers_of(conversation).len(), 1, "the other may still take it");
    pass(stage, 70);
    assert!(matches!(stage.phase_of(conversation), Phase::Closed { request: Some(_), .. }));
    reachable(stage);
}

/// An agent who is lost for good, once while they consult someone and once while nobody is asked.
fn lost(stage: &mut Stage, queue: QueueId) {
    set_policy(stage, Preset::Baton, |policy| policy.grace_secs = 20);
    let conversation = taken(stage, queue);
    let target = the_other(stage, conversation);
    transfer(stage, conversation, target, Mode::Warm);
    let asked = accept(stage, conversation);
    let asking = stage.other(asked);
    stage.give(Actor::System, Command::EndLease { agent: asking }).unwrap();
    for _ in 0..3 {
        stage.turns.renew_lease(asked);
        stage.advance(Duration::from_secs(10));
    }
    assert_eq!(stage.owner_of(conversation), Some(asked), "the customer is not left alone");
    stage.give(Actor::System, Command::BeginLease { agent: asking }).unwrap();
    stage.give(Actor::System, Command::EndLease { agent: asked }).unwrap();
    for _ in 0..3 {
        stage.turns.renew_lease(asking);
        stage.advance(Duration::from_secs(10));
    }
    assert_eq!(accept(stage, conversation), asking);
    reachable(stage);
    end(stage, Actor::Customer(conversation), conversation, None);
}

/// A queue and a channel that set a switch differently; what is open shows it at once.
fn overrides(stage: &mut Stage, queue: QueueId) {
    let conversation = taken(stage, queue);
    let owner = stage.owner_of(conversation).unwrap();
    let note = |stage: &Stage| stage.desk_of(owner).conversations[&conversation].choices.note;
    for (scope, need) in [
        (PolicyScope::Queue(queue), policy::Need::Required),
        (PolicyScope::Channel(Channel::WebChat), policy::Need::Off),
    ] {
        let set = Box::new(PolicyOverride { note: Some(need), ..Default::default() });
        let restarted = stage.restarts_everyone(|stage| {
            stage.give(Actor::System, Command::OverridePolicy { scope, set }).unwrap();
        });
        assert!(restarted, "what a policy changes stands in every view");
        assert_eq!(note(stage), need);
    }
    for scope in [PolicyScope::Channel(Channel::WebChat), PolicyScope::Queue(queue)] {
        let set = Box::default();
        stage.give(Actor::System, Command::OverridePolicy { scope, set }).unwrap();
    }
    assert_eq!(note(stage), policy::Need::Optional);
    end(stage, Actor::Customer(conversation), conversation, None);
}

/// Adds a skill that nobody has.
pub fn add_skill(stage: &mut Stage, name: &str) -> SkillId {
    match stage.give(Actor::System, Command::AddSkill { name: text(name) }) {
        Ok(Answer::Added { id }) => id.parse().unwrap(),
        other => panic!("no skill: {other:?}"),
    }
}

fn administration(stage: &mut Stage, queue: QueueId) {
    let (one, two) = (stage.one, stage.two);
    let skill = add_skill(stage, "French");
    let (team, supervisors) = (stage.team, BTreeSet::from([stage.lead]));
    let change = Command::ChangeTeam { team, name: text("Early"), agents: [one].into(), supervisors };
    stage.give(Actor::System, change).unwrap();
    stage.give(Actor::System, Command::RemoveTeam { team }).unwrap();
    let skills = Skills::from([skill]);
    stage.give(Actor::System, Command::GrantSkill { agent: one, skill, level: Level::MOST }).unwrap();
    stage.give(Actor::System, Command::RevokeSkill { agent: one, skill }).unwrap();
    stage.give(Actor::System, Command::RemoveMember { queue, agent: two }).unwrap();
    let priority = Priority::High;
    stage
        .give(
            Actor::System,
            Command::ChangeQueue { queue, name: text("Vente"), skills, priority, rules: None },
        )
        .unwrap();
    let capacity = stage::capacity(2);
    let change = Command::ChangePerson {
        agent: two,
        name: text("Agent Deux"),
        role: Role::Agent,
        enabled: true,
        capacity: capacity.clone(),
        interruptible: Default::default(),
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
                interruptible: Default::default(),
            },
        )
        .unwrap();
}
