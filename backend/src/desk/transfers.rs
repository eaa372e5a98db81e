//! Transfers: pass on, consult, hand over, take back.

use baton_shared::command::{Actor, NOTE_CHARS_MAX, SUMMARY_CHARS_MAX};
use baton_shared::message::MESSAGE_CHARS_MAX;
use baton_shared::policy::{Allowed, Cancel, FullTarget, Need, Release, SAFETY, allows_agent};
use baton_shared::segment::OwnerCause;
use baton_shared::*;

use super::offers::{listening, offer_ended, owner_changed, passed_on, transfer_ended, wrap_up_by};
use super::{
    Answer, Circumstances, Decided, checked_text, externals, flows, invites, optional_text, owned, person,
    returns, supervision, workflows,
};
use crate::content::Content;
use crate::routing::RoutingState;

/// A transfer to make.
pub(super) struct Wish {
    pub(super) conversation: ConversationId,
    pub(super) target: Target,
    pub(super) mode: Mode,
    pub(super) note: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) edited: Option<bool>,
    pub(super) park: bool,
    /// Who asks for it in the owner's place.
    pub(super) by: Option<AgentId>,
}

/// Where the search for a named receiver begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// They are offered it at once.
    Offer,
    /// It waits for them.
    Wait,
    /// The next eligible member of the conversation's queue is offered it.
    Next,
}

pub(super) fn request(with: &mut Circumstances<'_>, actor: Actor, wish: Wish) -> Result<Decided, Refusal> {
    let from = person(actor)?;
    let conversation = owned(with.state, wish.conversation, from)?;
    if conversation.transfer().is_some() {
        return Err(Refusal::TransferOpen);
    }
    pass_on(with, conversation, from, wish)
}

/// Decides a transfer away from the owner of a conversation, of which none other is open.
pub(super) fn pass_on(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    from: AgentId,
    wish: Wish,
) -> Result<Decided, Refusal> {
    let note = optional_text("note", wish.note.as_deref().unwrap_or(""), NOTE_CHARS_MAX)?;
    let summary = optional_text("summary", wish.summary.as_deref().unwrap_or(""), SUMMARY_CHARS_MAX)?;
    let state = with.state;
    let policy = state.policy(conversation);
    check_policy(&policy, conversation, &wish)?;
    if policy.release == Release::Request && wish.mode == Mode::Cold && invites::any_open(state, conversation)
    {
        return Err(Refusal::InviteOpen);
    }
    let note = needed("note", policy.note, note)?;
    let summary = needed("summary", policy.summary, summary)?;
    let transfer = with.ids.transfer();
    let edited = wish.edited.filter(|_| summary.is_some());
    let carried = Carried { note: note.is_some(), summary: summary.is_some(), edited };
    let mut content: Vec<Content> = note.map(|note| Content::Note(transfer, note)).into_iter().collect();
    content.extend(summary.map(|summary| Content::Summary(transfer, summary)));
    let new = New { transfer, conversation, from, by: wish.by, policy, carried };
    let events = match wish.target {
        Target::Agent(agent) => to_agent(with, new, agent, wish.mode, wish.park)?,
        Target::Workflow(_) | Target::Flow(_) | Target::External(_) if wish.mode == Mode::Warm => {
            return Err(Refusal::NotOnePlace);
        }
        Target::Flow(flow) => flows::transfer(with, &new, flow)?,
        Target::External(external) => externals::call(with, &new, external)?,
        Target::Workflow(workflow) => workflows::transfer(with, new, workflow)?,
        Target::Group(_) | Target::Queue(_) if wish.mode == Mode::Warm => {
            check_pool(state, conversation, wish.target)?;
            vec![requested(with, &new, wish.target, wish.mode, None, lasts(&new.policy, false))]
        }
        Target::Group(group) => {
            // A group has no limits of its own, so the transfer's go on.
            let lasts = new.policy.transfer_lasts().unwrap_or(SAFETY);
            to_pool(with, new, wish.target, Owner::Group(group), Some(lasts))?
        }
        Target::Queue(queue) => to_pool(with, new, wish.target, Owner::Queue(queue), None)?,
    };
    Ok(Decided { events, content, ..Decided::new(Answer::Transfer { transfer }) })
}

/// A transfer that is about to be requested.
pub(super) struct New<'a> {
    pub(super) transfer: TransferId,
    pub(super) conversation: &'a Conversation,
    pub(super) from: AgentId,
    pub(super) by: Option<AgentId>,
    pub(super) policy: TransferPolicy,
    pub(super) carried: Carried,
}

/// Refuses what the policy that holds does not allow.
fn check_policy(policy: &TransferPolicy, conversation: &Conversation, wish: &Wish) -> Result<(), Refusal> {
    if !policy.enabled {
        return Err(Refusal::TransfersOff);
    }
    if !policy.modes.contains(&wish.mode) {
        return Err(Refusal::ModeNotAllowed { mode: wish.mode });
    }
    if !policy.targets.contains(&wish.target.kind()) {
        return Err(Refusal::TargetNotAllowed);
    }
    if wish.mode == Mode::Invite {
        return Err(Refusal::ModeNotAllowed { mode: wish.mode });
    }
    check_hops(policy, conversation)
}

/// Refuses to pass a conversation on once more than the policy allows.
pub(super) const fn check_hops(policy: &TransferPolicy, conversation: &Conversation) -> Result<(), Refusal> {
    if policy.hops_max > 0 && conversation.hops >= policy.hops_max {
        return Err(Refusal::HopLimit { hops_max: policy.hops_max });
    }
    Ok(())
}

/// Returns what the policy asks for, nothing where it has no place for it, or refuses its absence.
pub(super) fn needed(
    field: &'static str,
    need: Need,
    given: Option<String>,
) -> Result<Option<String>, Refusal> {
    match (need, given) {
        (Need::Off, _) => Ok(None),
        (Need::Optional, given) => Ok(given),
        (Need::Required, Some(given)) => Ok(Some(given)),
        (Need::Required, None) => Err(Refusal::TextEmpty { field }),
    }
}

/// Returns how long a transfer may stay unaccepted while its sender owns the conversation: one that waits for a named
/// person has the safety time at least.
fn lasts(policy: &TransferPolicy, waits: bool) -> Option<core::time::Duration> {
    policy.transfer_lasts().map(|lasts| if waits { lasts.max(SAFETY) } else { lasts })
}

pub(super) fn requested(
    with: &Circumstances<'_>,
    new: &New<'_>,
    target: Target,
    mode: Mode,
    pool: Option<Pool>,
    lasts: Option<core::time::Duration>,
) -> Event {
    Event::TransferRequested {
        transfer: new.transfer,
        conversation: new.conversation.id,
        from: Sender::Agent(new.from),
        target,
        mode,
        policy: Box::new(new.policy.clone()),
        pool,
        deadline: lasts.map(|lasts| with.now.plus(lasts)),
        carried: new.carried,
        by: new.by,
    }
}

fn to_agent(
    with: &mut Circumstances<'_>,
    new: New<'_>,
    agent: AgentId,
    mode: Mode,
    park: bool,
) -> Result<Vec<Event>, Refusal> {
    let placement = placement(with.state, new.conversation, new.from, agent, &new.policy, park)?;
    let target = Target::Agent(agent);
    let pool = match placement {
        Placement::Offer | Placement::Wait => None,
        Placement::Next => Some(Pool::Queue(new.conversation.queue)),
    };
    let lasts = lasts(&new.policy, placement == Placement::Wait);
    let mut events = vec![requested(with, &new, target, mode, pool, lasts)];
    let release = match new.policy.release {
        Release::Request => true,
        Release::AcceptOrFull => placement == Placement::Wait,
        Release::Accept => false,
    };
    let conversation = new.conversation;
    if release && mode == Mode::Cold {
        let (owner, to) = (Owner::Agent(new.from), Owner::Queue(conversation.queue));
        let (cause, wrap_up) = (OwnerCause::Parked(new.transfer), wrap_up_by(&new.policy));
        let segment = with.ids.segment();
        events.push(owner_changed(conversation, owner, to, cause, wrap_up, segment));
        events.extend(listening(conversation.id, new.from, &new.policy));
    }
    if placement == Placement::Offer {
        events.push(Event::OfferMade {
            offer: with.ids.offer(),
            conversation: conversation.id,
            agent,
            cause: OfferCause::Transfer(new.transfer),
            deadline: new.policy.named_offer_lasts().map(|lasts| with.now.plus(lasts)),
        });
    }
    Ok(events)
}

fn to_pool(
    with: &mut Circumstances<'_>,
    new: New<'_>,
    target: Target,
    to: Owner,
    lasts: Option<core::time::Duration>,
) -> Result<Vec<Event>, Refusal> {
    let (conversation, policy) = (new.conversation, &new.policy);
    check_pool(with.state, conversation, target)?;
    let (from, cause) = (Owner::Agent(new.from), OwnerCause::Transferred(new.transfer));
    let segment = with.ids.segment();
    let mut events = vec![
        requested(with, &new, target, Mode::Cold, None, None),
        owner_changed(conversation, from, to, cause, wrap_up_by(policy), segment),
        Event::TransferEnqueued {
            transfer: new.transfer,
            conversation: conversation.id,
            undo_until: with.now.plus(policy.undo_lasts()),
            deadline: lasts.map(|lasts| with.now.plus(lasts)),
        },
    ];
    events.extend(listening(conversation.id, new.from, policy));
    Ok(events)
}

/// Refuses a queue or group that is not there, is not allowed, or that nobody could ever serve.
pub fn check_pool(state: &RoutingState, conversation: &Conversation, target: Target) -> Result<(), Refusal> {
    let there = match target {
        Target::Agent(agent) => state.agents.contains_key(&agent),
        Target::Group(group) => state.groups.contains_key(&group),
        Target::Queue(queue) => state.queues.contains_key(&queue),
        Target::Workflow(_) | Target::Flow(_) | Target::External(_) => return Err(Refusal::NotOnePlace),
    };
    if !there {
        let what = match target {
            Target::Agent(_) => "person",
            Target::Group(_) => "group",
            Target::Queue(_) => "queue",
            Target::Workflow(_) => "workflow",
            Target::Flow(_) => "flow",
            Target::External(_) => "external contact",
        };
        return Err(Refusal::NotFound { what });
    }
    check_allowed(state, conversation, target)?;
    let Some(pool) = target.pool() else { return Err(Refusal::NotOnePlace) };
    let served = state.agents.values().any(|agent| state.serves_in_time(agent, pool, conversation.channel));
    if served { Ok(()) } else { Err(Refusal::NobodyServes) }
}

/// Refuses a target other than a person that the policy does not allow.
pub(super) fn check_allowed(
    state: &RoutingState,
    conversation: &Conversation,
    target: Target,
) -> Result<(), Refusal> {
    match state.policy(conversation).allowed {
        Allowed::Everything | Allowed::QueueMembers => Ok(()),
        Allowed::Only(targets) if targets.contains(&target) => Ok(()),
        Allowed::Only(_) => Err(Refusal::TargetNotAllowed),
    }
}

/// Says where the search for a named receiver begins, or refuses them.
pub fn placement(
    state: &RoutingState,
    conversation: &Conversation,
    from: AgentId,
    target: AgentId,
    policy: &TransferPolicy,
    park: bool,
) -> Result<Placement, Refusal> {
    if target == from {
        return Err(Refusal::TargetIsOwner);
    }
    if state.participants(conversation).any(|participant| participant == target) {
        return Err(Refusal::TargetTakesPart);
    }
    let agent = state.agents.get(&target).filter(|agent| agent.enabled);
    let agent = agent.ok_or(Refusal::NotFound { what: "person" })?;
    if !allows_agent(&policy.allowed, target, agent.queues.contains(&conversation.queue)) {
        return Err(Refusal::TargetNotAllowed);
    }
    if !agent.capacity.contains_key(&conversation.channel) {
        return Err(Refusal::TargetFull { held: 0, limit: 0 });
    }
    let found = room(state, agent, conversation.channel, conversation.work);
    let Err(refusal) = found else { return Ok(Placement::Offer) };
    match policy.full_target {
        FullTarget::Wait => Ok(Placement::Wait),
        FullTarget::Next => Ok(Placement::Next),
        FullTarget::Offer if agent.presence.available() => Ok(Placement::Offer),
        FullTarget::Refuse | FullTarget::Offer if park => Ok(Placement::Wait),
        FullTarget::Refuse | FullTarget::Offer => Err(refusal),
    }
}

/// Refuses a person who cannot be reached, takes no work, or holds as much as they can of what counts against it.
pub fn room(state: &RoutingState, agent: &Agent, channel: Channel, work: Work) -> Result<(), Refusal> {
    let Presence { status, reachable } = agent.presence;
    if !agent.presence.available() {
        return Err(Refusal::TargetUnavailable { status, reachable });
    }
    let held = state.taken(agent.id, channel, work);
    let limit = agent.limit(channel, work);
    if held + channel.units() > limit {
        return Err(Refusal::TargetFull { held, limit });
    }
    Ok(())
}

/// Says whether the sender may take a transfer back at this time.
pub fn may_cancel(transfer: &Transfer, now: Timestamp) -> bool {
    let undo = transfer.requested_at.plus(transfer.policy.undo_lasts());
    match (&transfer.state, transfer.policy.cancel) {
        (TransferState::Ended { .. }, _) => false,
        (TransferState::Consulting { .. }, _) => true,
        (_, Cancel::Never | Cancel::InvitesOnly) => false,
        (TransferState::Enqueued { undo_until, .. }, Cancel::UntilAccepted | Cancel::Undo) => {
            now < *undo_until
        }
        (
            TransferState::Requested | TransferState::Seeking { .. } | TransferState::Calling { .. },
            Cancel::UntilAccepted,
        ) => true,
        (TransferState::Released { .. }, Cancel::UntilAccepted) => true,
        (
            TransferState::Requested
            | TransferState::Seeking { .. }
            | TransferState::Calling { .. }
            | TransferState::Released { .. },
            Cancel::Undo,
        ) => now < undo,
    }
}

pub(super) fn cancel(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    transfer: TransferId,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let state = with.state;
    let transfer = state.transfers.get(&transfer).ok_or(Refusal::TransferClosed { end: None })?;
    if transfer.conversation != conversation {
        return Err(Refusal::NotFound { what: "transfer" });
    }
    let conversation = super::open(state, conversation)?;
    if transfer.from.agent() == Some(agent) {
        if !may_cancel(transfer, with.now) {
            let undo_over = matches!(transfer.state, TransferState::Enqueued { .. })
                && transfer.policy.cancel == Cancel::UntilAccepted;
            return Err(if undo_over { Refusal::UndoOver } else { Refusal::MayNotCancel });
        }
        return Ok(Decided::done(back(with, conversation, transfer, TransferEnd::Cancelled)?));
    }
    let mut events = vec![supervision::directed(state, actor, transfer)?];
    let gone = transfer.from.agent().is_none() || waits(transfer) && !returns::can_take_back(state, transfer);
    if gone {
        return Err(Refusal::SenderGone);
    }
    events.extend(back(with, conversation, transfer, TransferEnd::CalledOff)?);
    Ok(Decided::done(events))
}

/// Says whether the sender of a transfer has the conversation no more, while nobody else has accepted it.
const fn waits(transfer: &Transfer) -> bool {
    matches!(transfer.state, TransferState::Enqueued { .. } | TransferState::Released { .. })
}

/// Ends a transfer so that its sender has the conversation.
fn back(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    transfer: &Transfer,
    end: TransferEnd,
) -> Result<Vec<Event>, Refusal> {
    let from = conversation.owner().ok_or(Refusal::ConversationClosed)?;
    let waits = waits(transfer);
    let offers_end = if waits { OfferEnd::Rescinded } else { OfferEnd::Cancelled };
    let offers = with.state.open_offers(conversation);
    let mut events: Vec<Event> = offers.map(|offer| offer_ended(offer, offers_end)).collect();
    if waits {
        let cause = OwnerCause::TakenBack(transfer.id);
        events.extend(returns::back_to_sender(with, conversation, from, transfer, cause));
        let sender = transfer.from.agent();
        events.extend(sender.and_then(|sender| returns::grace_anew(with, sender)));
    }
    events.push(transfer_ended(transfer, end));
    Ok(events)
}

/// Returns a transfer whose receiver is being consulted, and that receiver.
fn consulting(state: &RoutingState, transfer: TransferId) -> Result<(&Transfer, AgentId, u32), Refusal> {
    let transfer = state.transfers.get(&transfer).ok_or(Refusal::TransferClosed { end: None })?;
    match transfer.state {
        TransferState::Consulting { agent, last_seq, .. } => Ok((transfer, agent, last_seq)),
        TransferState::Requested
        | TransferState::Seeking { .. }
        | TransferState::Released { .. }
        | TransferState::Enqueued { .. }
        | TransferState::Calling { .. }
        | TransferState::Ended { .. } => Err(Refusal::NotConsulting),
    }
}

pub(super) fn hand_over(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    transfer: TransferId,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let state = with.state;
    let conversation = super::open(state, conversation)?;
    let Some(Owner::Agent(owner)) = conversation.owner() else { return Err(Refusal::NotOwner) };
    let (transfer, consulted, _) = consulting(state, transfer)?;
    if transfer.conversation != conversation.id {
        return Err(Refusal::NotFound { what: "transfer" });
    }
    let mut events = Vec::new();
    if owner != agent {
        events.push(supervision::directed(state, actor, transfer)?);
    }
    events.push(transfer_ended(transfer, TransferEnd::Completed));
    events.extend(passed_on(with, conversation, owner, consulted, transfer));
    Ok(Decided::done(events))
}

pub(super) fn leave_consult(
    with: &Circumstances<'_>,
    actor: Actor,
    transfer: TransferId,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let (transfer, consulted, _) = consulting(with.state, transfer)?;
    if consulted != agent {
        return Err(Refusal::NotOwner);
    }
    Ok(Decided::done(vec![transfer_ended(transfer, TransferEnd::Returned)]))
}

/// Ends the consultations of someone who can be reached no more: their askers go on alone.
pub(super) fn end_consults(state: &RoutingState, agent: AgentId) -> Vec<Event> {
    let consulted = state.transfers.values().filter(|transfer| match transfer.state {
        TransferState::Consulting { agent: consulted, .. } => consulted == agent,
        TransferState::Requested
        | TransferState::Seeking { .. }
        | TransferState::Released { .. }
        | TransferState::Enqueued { .. }
        | TransferState::Calling { .. }
        | TransferState::Ended { .. } => false,
    });
    consulted.map(|transfer| transfer_ended(transfer, TransferEnd::Returned)).collect()
}

pub(super) fn send_aside(
    with: &mut Circumstances<'_>,
    actor: Actor,
    transfer: TransferId,
    text: String,
) -> Result<Decided, Refusal> {
    let author = person(actor)?;
    let text = checked_text("message", &text, MESSAGE_CHARS_MAX)?;
    let (transfer, consulted, last_seq) = consulting(with.state, transfer)?;
    if author != consulted && Some(author) != transfer.from.agent() {
        return Err(Refusal::NotOwner);
    }
    let (transfer, conversation, seq) = (transfer.id, transfer.conversation, last_seq + 1);
    let message = with.ids.message();
    let client_key = with.key.map(str::to_owned);
    let content = Content::Aside { transfer, seq, id: message, author, text, at: with.now, client_key };
    Ok(Decided {
        events: vec![Event::AsideSent { transfer, conversation, message, seq, author }],
        content: vec![content],
        ..Decided::new(Answer::Sent { conversation, seq })
    })
}

pub(super) fn stop_listening(
    with: &Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let open = super::open(with.state, conversation)?;
    let listens = open.listeners.contains(&agent) || open.is_overheard_by(agent);
    let ended = listens.then_some(Event::ListeningEnded { conversation, agent });
    Ok(Decided::done(ended.into_iter().collect()))
}
