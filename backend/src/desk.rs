//! Commands in, events out: every rule about who may do what, and what follows from it.
//!
//! Deciding changes nothing and may refuse; what was decided is then applied, committed and published by the
//! [`crate::dispatcher`]. Nothing here knows a clock, a store or the network.

mod conversations;
mod externals;
mod flags;
pub mod flows;
mod groups;
mod invites;
pub mod lacks;
mod offers;
pub mod outcomes;
mod overflow;
mod people;
mod policies;
mod ratings;
mod redirection;
mod replies;
mod requests;
mod returning;
mod returns;
mod schedules;
mod supervision;
pub mod targets;
mod teams;
mod transfers;
pub mod trial;
mod whispers;
pub mod why;
pub mod workflows;

use std::collections::BTreeSet;

use baton_shared::command::Actor;
use baton_shared::*;
use serde::{Deserialize, Serialize};

use crate::content::{Content, Former, ReadMarks};
use crate::ids::IdSource;
use crate::routing::{Deadline, Match, RoutingState, Subject};

pub use offers::decline_rule;
pub use overflow::chat_standing;
pub use supervision::may_take_over;
pub use transfers::{Placement, check_pool, may_cancel, placement, room};
pub use workflows::Judgement;

/// What a command answers when it is not refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are named after what they are")]
pub enum Answer {
    /// Nothing to tell.
    Done,
    /// A conversation was opened.
    Started { conversation: ConversationId },
    /// A message was sent.
    Sent { conversation: ConversationId, seq: u32 },
    /// An offer was accepted.
    Accepted { conversation: ConversationId },
    /// A transfer was made.
    Transfer { transfer: TransferId },
    /// An invitation was made.
    Invited { invite: InviteId },
    /// Something was added.
    Added { id: String },
}

/// What a command led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What happened.
    pub events: Vec<Event>,
    /// What was written, and who came.
    pub content: Vec<Content>,
    /// How far a conversation was received and read.
    pub marks: Option<(ConversationId, ReadMarks)>,
    /// What to answer.
    pub answer: Answer,
}

impl Decided {
    fn new(answer: Answer) -> Self {
        Self { events: Vec::new(), content: Vec::new(), marks: None, answer }
    }

    fn done(events: Vec<Event>) -> Self {
        Self { events, ..Self::new(Answer::Done) }
    }
}

/// What a decision is made with.
#[derive(Debug)]
pub struct Circumstances<'a> {
    /// The state, including everything decided earlier in the turn.
    pub state: &'a RoutingState,
    /// The turn's time.
    pub now: Timestamp,
    /// Where ids come from.
    pub ids: &'a mut IdSource,
    /// The command's idempotency key, kept with the message it sends.
    pub key: Option<&'a str>,
    /// How the expressions came out of the workflow that the command leads a conversation into.
    pub judged: Option<Judgement>,
    /// Whose the earlier conversation was whose customer begins another one, or the one that its customer rates.
    pub former: Option<Former>,
}

/// Decides a command, or refuses it.
pub fn decide(with: &mut Circumstances<'_>, actor: Actor, command: Command) -> Result<Decided, Refusal> {
    let mut decided = decide_alone(with, actor, command)?;
    reconcile(with.state, &mut decided.events);
    Ok(decided)
}

fn decide_alone(with: &mut Circumstances<'_>, actor: Actor, command: Command) -> Result<Decided, Refusal> {
    match command {
        Command::StartConversation { name, text, channel, queue, attributes } => {
            let start = conversations::Start { name, text, channel, queue, attributes };
            conversations::start(with, start)
        }
        Command::LeaveRequest { name, address, text, channel, queue } => {
            conversations::leave_request(with, conversations::Left { name, address, text, channel, queue })
        }
        Command::SendMessage { conversation, text } => conversations::send(with, actor, conversation, text),
        Command::EndConversation { conversation, disposition, notes } => {
            conversations::end(with, actor, conversation, disposition, notes)
        }
        Command::CompleteWrapUp { segment, disposition, notes } => {
            conversations::complete_wrap_up(with, actor, segment, disposition, notes)
        }
        Command::ExtendWrapUp { segment } => conversations::extend_wrap_up(with, actor, segment),
        Command::TakeOver { conversation } => supervision::take_over(with, actor, conversation),
        Command::ListenIn { conversation } => supervision::listen_in(with, actor, conversation),
        Command::Whisper { conversation, text } => whispers::whisper(with, actor, conversation, &text),
        Command::Join { conversation } => supervision::join(with, actor, conversation),
        Command::Redirect { conversation, target, note } => {
            redirection::redirect(with, actor, conversation, target, note)
        }
        Command::RaiseFlag { conversation, text } => flags::raise(with, actor, conversation, &text),
        Command::LowerFlag { conversation } => flags::lower(with, actor, conversation),
        Command::SetStatusOf { agent, status } => people::set_status_of(with, actor, agent, status),
        Command::SignOut { agent } => people::sign_out(with, actor, agent),
        Command::Mark { conversation, delivered, read } => {
            conversations::mark(with, actor, conversation, delivered, read)
        }
        Command::AcceptOffer { offer } => offers::accept(with, actor, offer),
        Command::RejectOffer { offer, reason } => offers::reject(with, actor, offer, reason),
        Command::ReplyToOffer { offer, reply } => replies::reply(with, actor, offer, reply),
        Command::AskSender { offer, text } => replies::ask(with, actor, offer, &text),
        Command::AnswerReceiver { offer, text } => replies::answer(with, actor, offer, &text),
        Command::RequestTransfer { conversation, target, mode, note, summary, edited, park } => {
            let wish = transfers::Wish { conversation, target, mode, note, summary, edited, park, by: None };
            transfers::request(with, actor, wish)
        }
        Command::HandOver { conversation, transfer } => {
            transfers::hand_over(with, actor, conversation, transfer)
        }
        Command::LeaveConsult { transfer } => transfers::leave_consult(with, actor, transfer),
        Command::SendAside { transfer, text } => transfers::send_aside(with, actor, transfer, text),
        Command::Invite { conversation, target, note } => {
            invites::invite(with, actor, conversation, target, note)
        }
        Command::CancelInvite { conversation, invite } => invites::cancel(with, actor, conversation, invite),
        Command::LeaveConversation { conversation } => invites::leave(with, actor, conversation),
        Command::StopListening { conversation } => transfers::stop_listening(with, actor, conversation),
        Command::CreateRequest { conversation, note } => requests::create(with, actor, conversation, note),
        Command::AnswerRequest { request, text } => requests::answer(with, actor, request, text),
        Command::LeaveAddress { conversation, address } => {
            requests::leave_address(with, actor, conversation, address)
        }
        Command::CancelTransfer { conversation, transfer } => {
            transfers::cancel(with, actor, conversation, transfer)
        }
        Command::SetStatus { status } => people::set_status(with, actor, status),
        Command::BeginLease { agent } => people::begin_lease(with, agent),
        Command::EndLease { agent } => people::end_lease(with, agent),
        Command::AddPerson { name, email, password_hash, role, capacity, interruptible } => {
            let new = people::NewPerson { name, email, password_hash, role, capacity, interruptible };
            people::add(with, new)
        }
        Command::ChangePerson { agent, name, role, enabled, capacity, interruptible } => {
            people::change(with, agent, people::Settings { name, role, enabled, capacity, interruptible })
        }
        Command::AddSkill { name } => people::add_skill(with, name),
        Command::GrantSkill { agent, skill, level } => people::grant_skill(with, actor, agent, skill, level),
        Command::RevokeSkill { agent, skill } => people::revoke_skill(with, actor, agent, skill),
        Command::AddQueue { name, skills, priority } => people::add_queue(with, name, skills, priority),
        Command::ChangeQueue { queue, name, skills, priority, rules } => {
            people::change_queue(with, actor, people::QueueChange { queue, name, skills, priority, rules })
        }
        Command::AddMember { queue, agent } => people::add_member(with, actor, queue, agent),
        Command::RemoveMember { queue, agent } => people::remove_member(with, actor, queue, agent),
        Command::AddGroup { name, skills, membership, priority, team } => {
            groups::add(with, actor, groups::Settings { name, skills, membership, priority, team })
        }
        Command::ChangeGroup { group, name, skills, membership, priority, team } => {
            let settings = groups::Settings { name, skills, membership, priority, team };
            groups::change(with, actor, group, settings)
        }
        Command::RemoveGroup { group } => groups::remove(with, actor, group),
        Command::AddWorkflow { definition } => workflows::add(with, actor, definition),
        Command::ChangeWorkflow { workflow, definition } => {
            workflows::change(with, actor, workflow, definition)
        }
        Command::RemoveWorkflow { workflow } => workflows::remove(with, actor, workflow),
        Command::AddFlow { definition } => flows::add(with, actor, definition),
        Command::ChangeFlow { flow, definition } => flows::change(with, actor, flow, definition),
        Command::RemoveFlow { flow } => flows::remove(with, actor, flow),
        Command::AddExternal { name, url, secret } => {
            externals::add(with, actor, externals::Settings { name, url, secret: Some(secret) })
        }
        Command::ChangeExternal { external, name, url, secret } => {
            externals::change(with, actor, external, externals::Settings { name, url, secret })
        }
        Command::RemoveExternal { external } => externals::remove(with, actor, external),
        Command::AddSchedule { settings } => schedules::add(with, actor, settings),
        Command::ChangeSchedule { schedule, settings } => schedules::change(with, actor, schedule, settings),
        Command::RemoveSchedule { schedule } => schedules::remove(with, actor, schedule),
        Command::AddTeam { name, agents, supervisors } => {
            teams::add(with, actor, teams::Settings { name, agents, supervisors })
        }
        Command::ChangeTeam { team, name, agents, supervisors } => {
            teams::change(with, actor, team, teams::Settings { name, agents, supervisors })
        }
        Command::RemoveTeam { team } => teams::remove(with, actor, team),
        Command::AnswerCall { transfer, answer } => externals::answer(with, actor, transfer, answer),
        Command::ReturnConversation { conversation, note } => {
            externals::give_back(with, actor, conversation, note)
        }
        Command::SetPolicy { preset, policy } => policies::set(with, actor, preset, policy),
        Command::OverridePolicy { scope, set } => policies::set_override(with, actor, scope, set),
        Command::RateConversation { conversation, score, comment } => {
            ratings::rate(with, actor, conversation, score, comment)
        }
    }
}

/// Decides what follows when something is due.
pub fn decide_deadline(with: &mut Circumstances<'_>, deadline: Deadline) -> Vec<Event> {
    let mut events = decide_due(with, deadline);
    reconcile(with.state, &mut events);
    events
}

/// Makes one of what was decided for several offers or conversations on the same state: requests are numbered one after the
/// other, and what ends with its conversation ends once.
fn reconcile(state: &RoutingState, events: &mut Vec<Event>) {
    if !events.iter().any(|event| matches!(event, Event::RequestCreated { .. })) {
        return;
    }
    let (mut made, mut offers, mut invites) = (state.requests_made, BTreeSet::new(), BTreeSet::new());
    events.retain_mut(|event| {
        if let Event::RequestCreated { number, .. } = event {
            made += 1;
            *number = made;
        }
        if let Event::OfferEnded { offer, .. } = event {
            return offers.insert(*offer);
        }
        if let Event::InviteEnded { invite, .. } = event {
            return invites.insert(*invite);
        }
        true
    });
}

fn decide_due(with: &mut Circumstances<'_>, deadline: Deadline) -> Vec<Event> {
    match deadline {
        Deadline::Offer(offer) => match with.state.offers.get(&offer) {
            Some(offer) => offers::end_offer(with, offer, OfferEnd::TimedOut),
            None => Vec::new(),
        },
        Deadline::Transfer(transfer) => returns::expire(with, transfer),
        Deadline::Grace(agent) => returns::lose(with, agent),
        Deadline::Invite(invite) => invites::expire(with.state, invite),
        Deadline::Step(conversation) => workflows::due(with, conversation),
        Deadline::Limit(conversation) => overflow::due(with, conversation),
        Deadline::Relax(conversation) => overflow::relaxed(with, conversation),
        Deadline::Hours(queue) => overflow::hours_turned(with, queue),
        Deadline::Silence(conversation) => conversations::silent(with.state, conversation),
        Deadline::Alone(conversation) => vec![Event::EveryoneAsked { conversation }],
        Deadline::Held(conversation) => flows::time_over(with, conversation),
        Deadline::WrapUp(segment) => conversations::wrap_up_over(with.state, segment),
        Deadline::Undo(_) | Deadline::Rest(_) => Vec::new(),
    }
}

/// Turns a match into the offer that makes it known; nothing if the conversation is gone.
pub fn decide_offer(with: &mut Circumstances<'_>, found: &Match) -> Option<Event> {
    let conversation = with.state.conversation_of(found.subject)?;
    if let Subject::Invite(invite) = found.subject {
        let policy = &with.state.invites.get(&invite)?.policy;
        let deadline = Some(with.now.plus(policy.offer_lasts()));
        let (offer, cause) = (with.ids.offer(), OfferCause::Invite(invite));
        let (conversation, agent) = (conversation.id, found.agent);
        return Some(Event::OfferMade { offer, conversation, agent, cause, deadline });
    }
    let policy = offers::offer_policy(with.state, conversation);
    let transfer = conversation.transfer().and_then(|transfer| with.state.transfers.get(&transfer));
    let meant = transfer.filter(|transfer| returns::undecided(transfer));
    let named = with.state.search(conversation)?.pool == Pool::Agent(found.agent);
    let alone = conversation.waiting().and_then(Waiting::alone_until);
    let lasts = match named && alone.is_none() {
        true => policy.named_offer_lasts(),
        false => Some(policy.offer_lasts()),
    };
    // An offer to whoever is asked alone ends with that: then everyone is asked.
    let ends = |lasts| alone.map_or(with.now.plus(lasts), |until| until.min(with.now.plus(lasts)));
    // Whoever a step asks alone has its whole time.
    let step = conversation.waiting().and_then(|waiting| waiting.route.as_ref()?.deadline).filter(|_| named);
    Some(Event::OfferMade {
        offer: with.ids.offer(),
        conversation: conversation.id,
        agent: found.agent,
        cause: meant.map_or(OfferCause::Queue(conversation.queue), |meant| OfferCause::Transfer(meant.id)),
        deadline: step.or(lasts.map(ends)),
    })
}

/// Says whether the policy accepts an offer in the name of the person it is made to.
pub fn accepts_itself(state: &RoutingState, offer: OfferId) -> Option<Actor> {
    let offer = state.offers.get(&offer)?;
    let conversation = state.conversations.get(&offer.conversation)?;
    offers::offer_policy(state, conversation).auto_accept.then_some(Actor::Person(offer.agent))
}

/// Returns the text without surrounding white space, or refuses it for being empty or too long.
fn checked_text(field: &'static str, text: &str, chars_max: usize) -> Result<String, Refusal> {
    let text = optional_text(field, text, chars_max)?;
    text.ok_or(Refusal::TextEmpty { field })
}

/// Returns the text without surrounding white space, nothing if it is empty, or refuses it for being too long.
fn optional_text(field: &'static str, text: &str, chars_max: usize) -> Result<Option<String>, Refusal> {
    let text = text.trim();
    let chars = text.chars().count();
    if chars > chars_max {
        return Err(Refusal::TextTooLong { field, chars, chars_max });
    }
    Ok(if text.is_empty() { None } else { Some(text.to_owned()) })
}

fn open(state: &RoutingState, conversation: ConversationId) -> Result<&Conversation, Refusal> {
    state.conversations.get(&conversation).ok_or(Refusal::ConversationClosed)
}

fn person(actor: Actor) -> Result<AgentId, Refusal> {
    match actor {
        Actor::Person(agent) => Ok(agent),
        Actor::Customer(_) | Actor::External(_) | Actor::Visitor | Actor::System => {
            Err(Refusal::RoleTooLow { needed: Role::Agent })
        }
    }
}

/// Returns the conversation if this person owns it.
fn owned(
    state: &RoutingState,
    conversation: ConversationId,
    agent: AgentId,
) -> Result<&Conversation, Refusal> {
    let open = open(state, conversation)?;
    if open.owner() == Some(Owner::Agent(agent)) { Ok(open) } else { Err(Refusal::NotOwner) }
}
