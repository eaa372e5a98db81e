//! Commands in, events out: every rule about who may do what, and what follows from it.
//!
//! Deciding changes nothing and may refuse; what was decided is then applied, committed and published by the
//! [`crate::dispatcher`]. Nothing here knows a clock, a store or the network.

mod conversations;
mod people;
mod transfers;

use baton_shared::command::Actor;
use baton_shared::offer::{OFFER_LASTS, OfferState};
use baton_shared::*;
use serde::{Deserialize, Serialize};

use crate::content::{Content, ReadMarks};
use crate::ids::IdSource;
use crate::routing::{Deadline, Match, RoutingState};

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
}

/// Decides a command, or refuses it.
pub fn decide(with: &mut Circumstances<'_>, actor: Actor, command: Command) -> Result<Decided, Refusal> {
    match command {
        Command::StartConversation { name, text, channel, queue, attributes } => {
            let start = conversations::Start { name, text, channel, queue, attributes };
            conversations::start(with, start)
        }
        Command::SendMessage { conversation, text } => conversations::send(with, actor, conversation, text),
        Command::EndConversation { conversation, disposition, notes } => {
            conversations::end(with, actor, conversation, disposition, notes)
        }
        Command::CompleteWrapUp { segment, disposition, notes } => {
            conversations::complete_wrap_up(with, actor, segment, disposition, notes)
        }
        Command::Mark { conversation, delivered, read } => {
            conversations::mark(with, actor, conversation, delivered, read)
        }
        Command::AcceptOffer { offer } => transfers::accept(with, actor, offer),
        Command::RejectOffer { offer, reason } => transfers::reject(with, actor, offer, reason),
        Command::RequestTransfer { conversation, target, note } => {
            transfers::request(with, actor, conversation, target, note)
        }
        Command::CancelTransfer { conversation, transfer } => {
            transfers::cancel(with, actor, conversation, transfer)
        }
        Command::SetStatus { status } => people::set_status(with, actor, status),
        Command::BeginLease { agent } => people::begin_lease(with, agent),
        Command::EndLease { agent } => people::end_lease(with, agent),
        Command::AddPerson { name, email, password_hash, role, capacity } => {
            people::add(with, people::NewPerson { name, email, password_hash, role, capacity })
        }
        Command::ChangePerson { agent, name, role, enabled, capacity } => {
            people::change(with, agent, people::Settings { name, role, enabled, capacity })
        }
        Command::AddSkill { name } => people::add_skill(with, name),
        Command::GrantSkill { agent, skill } => people::grant_skill(with, agent, skill),
        Command::RevokeSkill { agent, skill } => people::revoke_skill(with, agent, skill),
        Command::AddQueue { name, skills, priority } => people::add_queue(with, name, skills, priority),
        Command::ChangeQueue { queue, name, skills, priority } => {
            people::change_queue(with, queue, name, skills, priority)
        }
        Command::AddMember { queue, agent } => people::add_member(with, queue, agent),
        Command::RemoveMember { queue, agent } => people::remove_member(with, queue, agent),
        Command::AddGroup { name, skills } => people::add_group(with, name, skills),
    }
}

/// Decides what follows when something is due.
pub fn decide_deadline(state: &RoutingState, deadline: Deadline) -> Vec<Event> {
    match deadline {
        Deadline::Offer(offer) => match state.offers.get(&offer) {
            Some(offer) => transfers::end_offer(offer, OfferEnd::TimedOut, TransferEnd::Expired, state),
            None => Vec::new(),
        },
        Deadline::Undo(_) | Deadline::Rest(_) => Vec::new(),
    }
}

/// Turns a match into the offer that makes it known.
pub fn decide_offer(found: &Match, now: Timestamp, ids: &mut IdSource) -> Event {
    Event::OfferMade {
        offer: ids.offer(),
        conversation: found.conversation,
        agent: found.agent,
        cause: OfferCause::Queue(found.queue),
        deadline: now.plus(OFFER_LASTS),
    }
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
        Actor::Customer(_) | Actor::Visitor | Actor::System => {
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

/// Returns the deadline of an open offer, for messages about it.
pub fn offer_deadline(offer: &Offer) -> Option<Timestamp> {
    match offer.state {
        OfferState::Open { deadline } => Some(deadline),
        OfferState::Ended { .. } => None,
    }
}
