//! What supervisors do to conversations of others, within their teams.

use baton_shared::command::Actor;
use baton_shared::policy::{SAFETY, TakeOver};
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::offers::owner_changed;
use super::{Answer, Circumstances, Decided, invites, open, person, returns};
use crate::routing::RoutingState;

/// Returns an open conversation and the supervisor who oversees it, or refuses whoever does not.
pub(super) fn overseen(
    state: &RoutingState,
    actor: Actor,
    conversation: ConversationId,
) -> Result<(AgentId, &Conversation), Refusal> {
    let supervisor = supervisor(state, actor)?;
    let conversation = open(state, conversation)?;
    match state.scope(supervisor).has_conversation(conversation) {
        true => Ok((supervisor, conversation)),
        false => Err(Refusal::OutsideTeams),
    }
}

/// Returns who asks, or refuses them for not being a supervisor.
pub(super) fn supervisor(state: &RoutingState, actor: Actor) -> Result<AgentId, Refusal> {
    let supervisor = person(actor)?;
    let role = state.agents.get(&supervisor).map(|agent| agent.role);
    match role.is_some_and(|role| role >= Role::Supervisor) {
        true => Ok(supervisor),
        false => Err(Refusal::RoleTooLow { needed: Role::Supervisor }),
    }
}

/// Returns what tells that a supervisor decides about a transfer in its sender's place, or refuses whoever may not.
pub(super) fn directed(state: &RoutingState, actor: Actor, transfer: &Transfer) -> Result<Event, Refusal> {
    let conversation = transfer.conversation;
    match overseen(state, actor, conversation) {
        Ok((agent, _)) => Ok(Event::TransferDirected { transfer: transfer.id, conversation, agent }),
        Err(Refusal::RoleTooLow { .. }) => Err(Refusal::NotOwner),
        Err(refusal) => Err(refusal),
    }
}

/// Says whether a supervisor joined a conversation unasked, so that they see what is whispered.
pub(super) fn joined_unasked(state: &RoutingState, conversation: &Conversation, supervisor: AgentId) -> bool {
    let invites = conversation.invites.iter().filter_map(|invite| state.invites.get(invite));
    invites.filter(|invite| invite.is_unasked()).any(|invite| invite.participant() == Some(supervisor))
}

/// Refuses a supervisor who has the conversation already, as its owner or beside the owner.
pub(super) fn check_apart(
    state: &RoutingState,
    conversation: &Conversation,
    supervisor: AgentId,
) -> Result<(), Refusal> {
    if conversation.owner() == Some(Owner::Agent(supervisor)) {
        return Err(Refusal::TargetIsOwner);
    }
    let takes_part = state.participants(conversation).any(|participant| participant == supervisor);
    if takes_part || state.consulted(conversation) == Some(supervisor) {
        return Err(Refusal::TargetTakesPart);
    }
    Ok(())
}

pub(super) fn listen_in(
    with: &Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
) -> Result<Decided, Refusal> {
    let (agent, open) = overseen(with.state, actor, conversation)?;
    check_apart(with.state, open, agent)?;
    let begins = (!open.is_overheard_by(agent)).then_some(Event::ListenedIn { conversation, agent });
    Ok(Decided::done(begins.into_iter().collect()))
}

pub(super) fn join(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
) -> Result<Decided, Refusal> {
    let state = with.state;
    let (agent, open) = overseen(state, actor, conversation)?;
    check_apart(state, open, agent)?;
    let Some(Owner::Agent(_)) = open.owner() else { return Err(Refusal::NotWithAgent) };
    // Whoever takes part can be reached: the conversation may become theirs.
    let presence = state.agents.get(&agent).map(|agent| agent.presence);
    if let Some(Presence { status, reachable: false }) = presence {
        return Err(Refusal::TargetUnavailable { status, reachable: false });
    }
    let invite = with.ids.invite();
    let mut events = invites::end_for(state, open, agent, None);
    events.extend(open.is_overheard_by(agent).then_some(Event::ListeningEnded { conversation, agent }));
    events.push(Event::InviteMade {
        invite,
        conversation,
        from: agent,
        target: Target::Agent(agent),
        policy: Box::new(state.policy(open)),
        deadline: with.now.plus(SAFETY),
    });
    events.push(Event::ParticipantJoined { invite, conversation, agent });
    Ok(Decided { events, ..Decided::new(Answer::Invited { invite }) })
}

pub(super) fn take_over(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
) -> Result<Decided, Refusal> {
    let state = with.state;
    let supervisor = supervisor(state, actor)?;
    let conversation = open(state, conversation)?;
    let from = conversation.owner().ok_or(Refusal::ConversationClosed)?;
    if from == Owner::Agent(supervisor) {
        return Err(Refusal::TargetIsOwner);
    }
    if !state.scope(supervisor).has_conversation(conversation) {
        return Err(Refusal::OutsideTeams);
    }
    if !may_take_over(&state.policy(conversation), conversation) {
        return Err(Refusal::MayNotTakeOver);
    }
    let mut events = returns::end_all(state, conversation, OfferEnd::Rescinded, TransferEnd::Superseded);
    events.extend(invites::end_for(state, conversation, supervisor, None));
    let wrap_up = match from {
        Owner::Agent(_) => WrapUp::ByItsAgent,
        Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => WrapUp::None,
    };
    let (to, segment) = (Owner::Agent(supervisor), with.ids.segment());
    let cause = OwnerCause::TakenOver(Some(supervisor));
    events.push(owner_changed(conversation, from, to, cause, wrap_up, segment));
    events.extend(returns::grace_anew(with, supervisor));
    Ok(Decided { events, ..Decided::new(Answer::Accepted { conversation: conversation.id }) })
}

/// Says whether a policy lets supervisors take a conversation over: where only at its agent's wish, while a flag is up.
pub fn may_take_over(policy: &TransferPolicy, conversation: &Conversation) -> bool {
    match policy.take_over {
        TakeOver::Always => true,
        TakeOver::OnRequest => conversation.flag().is_some(),
        TakeOver::Never => false,
    }
}
