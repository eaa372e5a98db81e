//! Whether whoever had their way was entitled to it, and whether it led to what it is for.

use baton::routing::RoutingState;
use baton_shared::command::Actor;
use baton_shared::policy::{Cancel, Decline, Exclude, TakeOver};
use baton_shared::*;

use crate::rules::{Broken, Rule, unless};

/// Checks that who had their way was entitled to, and that it led to what it is for.
pub fn check_command(
    before: &RoutingState,
    after: &RoutingState,
    actor: Actor,
    command: &Command,
    now: Timestamp,
    broken: &mut Broken,
) {
    let by = match actor {
        Actor::Person(agent) => Some(agent),
        Actor::Customer(_) | Actor::External(_) | Actor::Visitor | Actor::System => None,
    };
    let owner =
        |state: &RoutingState, id: &ConversationId| state.conversations.get(id).and_then(Conversation::owner);
    let owns = |id: &ConversationId| by.is_some() && owner(before, id) == by.map(Owner::Agent);
    let idle =
        |id: &ConversationId| before.conversations.get(id).is_some_and(|open| open.transfer().is_none());
    let holds = match command {
        Command::AcceptOffer { offer } => before.offers.get(offer).is_some_and(|offer| {
            let open = &before.conversations[&offer.conversation];
            Some(offer.agent) == by && accepted(before, after, open, offer)
        }),
        Command::RejectOffer { offer, .. } => before.offers.get(offer).is_some_and(|found| {
            let transfer = match found.cause {
                OfferCause::Transfer(transfer) => before.transfers.get(&transfer),
                OfferCause::Queue(_) => {
                    let passed_on = before.conversations[&found.conversation].transfer();
                    passed_on.and_then(|transfer| before.transfers.get(&transfer))
                }
                OfferCause::Invite(_) => None,
            };
            let may = transfer.is_none_or(|transfer| transfer.policy.decline != Decline::No);
            Some(found.agent) == by && may && !after.offers.contains_key(offer)
        }),
        Command::RequestTransfer { conversation, target, mode, .. } => {
            let policy = before.conversations.get(conversation).map(|open| before.policy(open));
            let allowed = policy.is_some_and(|policy| {
                policy.enabled && policy.modes.contains(mode) && policy.targets.contains(&target.kind())
            });
            let takes_part = before.conversations.get(conversation).is_some_and(|open| {
                before.participants(open).any(|participant| *target == Target::Agent(participant))
            });
            let other = by.is_none_or(|by| *target != Target::Agent(by)) && !takes_part;
            owns(conversation)
                && idle(conversation)
                && allowed
                && other
                && asks_whom_it_names(before, after, *conversation, *target, by)
        }
        Command::CancelTransfer { conversation, transfer } => {
            let found = before.transfers.get(transfer);
            found.is_some_and(|found| {
                let own = found.from.agent() == by && may_cancel(found, now);
                let leads = found.from.agent() != by && by.is_some_and(|by| leads(before, by, conversation));
                (own || leads)
                    && found.conversation == *conversation
                    && owner(after, conversation) == Some(found.from.owner())
                    && !after.transfers.contains_key(transfer)
            })
        }
        Command::HandOver { conversation, transfer } => {
            let consulted = before.conversations.get(conversation).and_then(|open| before.consulted(open));
            let its = before.transfers.get(transfer).is_some_and(|found| found.conversation == *conversation);
            let leads = by.is_some_and(|by| leads(before, by, conversation));
            (owns(conversation) || leads)
                && its
                && consulted.is_some()
                && owner(after, conversation) == consulted.map(Owner::Agent)
        }
        Command::LeaveConsult { transfer } => before.transfers.get(transfer).is_some_and(|found| {
            let open = &before.conversations[&found.conversation];
            before.consulted(open) == by && owner(after, &open.id) == Some(found.from.owner())
        }),
        Command::EndConversation { conversation, .. } => {
            let own = match actor {
                Actor::Customer(own) => own == *conversation,
                Actor::Person(_) => owns(conversation) && idle(conversation),
                Actor::External(_) | Actor::Visitor | Actor::System => false,
            };
            own && nothing_left(after, *conversation)
        }
        Command::CreateRequest { conversation, .. } => {
            owns(conversation) && idle(conversation) && nothing_left(after, *conversation)
        }
        Command::Invite { conversation, target, .. } => {
            let open = &before.conversations[conversation];
            let policy = before.policy(open);
            let invites = open.invites.iter().filter_map(|invite| before.invites.get(invite));
            let out = invites.filter(|invite| invite.participant().is_none()).count();
            let takes_part = before.participants(open).any(|one| *target == Target::Agent(one));
            owns(conversation)
                && policy.modes.contains(&Mode::Invite)
                && out < usize::from(policy.invites_max)
                && !takes_part
                && by.is_none_or(|by| *target != Target::Agent(by))
        }
        Command::CancelInvite { conversation, invite } => {
            let its = before.invites.get(invite).is_some_and(|found| found.conversation == *conversation);
            owns(conversation) && its && !after.invites.contains_key(invite)
        }
        Command::LeaveConversation { conversation } => {
            let open = &before.conversations[conversation];
            let took_part = before.participants(open).any(|participant| Some(participant) == by);
            let passed = owns(conversation) && idle(conversation);
            let has_owner =
                matches!(owner(after, conversation), Some(Owner::Agent(agent)) if Some(agent) != by);
            (took_part && owner(after, conversation) == owner(before, conversation)) || (passed && has_owner)
        }
        Command::TakeOver { conversation } => {
            let role = by.and_then(|by| before.agents.get(&by)).map(|agent| agent.role);
            let policy = before.conversations.get(conversation).map(|open| before.policy(open));
            role.is_some_and(|role| role >= Role::Supervisor)
                && by.is_some_and(|by| leads(before, by, conversation))
                && policy.is_some_and(|policy| policy.take_over == TakeOver::Always)
                && owner(after, conversation) == by.map(Owner::Agent)
                && !owns(conversation)
        }
        Command::StartConversation { .. }
        | Command::LeaveRequest { .. }
        | Command::SendMessage { .. }
        | Command::ReplyToOffer { .. }
        | Command::AskSender { .. }
        | Command::AnswerReceiver { .. }
        | Command::SetStatus { .. }
        | Command::SendAside { .. }
        | Command::StopListening { .. }
        | Command::ListenIn { .. }
        | Command::Whisper { .. }
        | Command::Join { .. }
        | Command::Redirect { .. }
        | Command::RaiseFlag { .. }
        | Command::LowerFlag { .. }
        | Command::SetStatusOf { .. }
        | Command::SignOut { .. }
        | Command::AnswerRequest { .. }
        | Command::LeaveAddress { .. }
        | Command::RateConversation { .. }
        | Command::CompleteWrapUp { .. }
        | Command::ExtendWrapUp { .. }
        | Command::Mark { .. }
        | Command::AddPerson { .. }
        | Command::ChangePerson { .. }
        | Command::AddSkill { .. }
        | Command::GrantSkill { .. }
        | Command::RevokeSkill { .. }
        | Command::AddQueue { .. }
        | Command::ChangeQueue { .. }
        | Command::AddMember { .. }
        | Command::RemoveMember { .. }
        | Command::AddWorkflow { .. }
        | Command::ChangeWorkflow { .. }
        | Command::RemoveWorkflow { .. }
        | Command::AddFlow { .. }
        | Command::ChangeFlow { .. }
        | Command::RemoveFlow { .. }
        | Command::AddExternal { .. }
        | Command::ChangeExternal { .. }
        | Command::RemoveExternal { .. }
        | Command::AddSchedule { .. }
        | Command::ChangeSchedule { .. }
        | Command::RemoveSchedule { .. }
        | Command::AnswerCall { .. }
        | Command::ReturnConversation { .. }
        | Command::AddGroup { .. }
        | Command::ChangeGroup { .. }
        | Command::RemoveGroup { .. }
        | Command::AddTeam { .. }
        | Command::ChangeTeam { .. }
        | Command::RemoveTeam { .. }
        | Command::SetPolicy { .. }
        | Command::OverridePolicy { .. }
        | Command::BeginLease { .. }
        | Command::EndLease { .. } => true,
    };
    unless(broken, Rule::Entitled, holds);
    let reachable = |state: &RoutingState| {
        by.and_then(|by| state.agents.get(&by)).is_some_and(|agent| agent.presence.reachable)
    };
    unless(broken, Rule::Reachable, !reachable(before) || reachable(after));
}

/// Says whether an acceptance made its agent what the offer was for, and ended everybody else's.
fn accepted(before: &RoutingState, after: &RoutingState, open: &Conversation, offer: &Offer) -> bool {
    let Some(now_open) = after.conversations.get(&open.id) else { return false };
    if let OfferCause::Invite(invite) = offer.cause {
        return after.invites.get(&invite).and_then(Invite::participant) == Some(offer.agent)
            && now_open.owner() == open.owner();
    }
    let others = before.open_offers(open).filter(|other| other.id != offer.id);
    let rescinded = others.into_iter().all(|other| !after.offers.contains_key(&other.id));
    let transfer = open.transfer().and_then(|transfer| before.transfers.get(&transfer));
    let warm = transfer.is_some_and(|transfer| transfer.mode == Mode::Warm)
        && matches!(open.owner(), Some(Owner::Agent(_)));
    let led = if warm {
        after.consulted(now_open) == Some(offer.agent) && now_open.owner() == open.owner()
    } else {
        now_open.owner() == Some(Owner::Agent(offer.agent)) && now_open.transfer().is_none()
    };
    rescinded && led
}

/// Says whether a transfer's search leaves its sender out where the policy does, and nobody whom it names.
fn asks_whom_it_names(
    before: &RoutingState,
    after: &RoutingState,
    id: ConversationId,
    target: Target,
    by: Option<AgentId>,
) -> bool {
    let Some(policy) = before.conversations.get(&id).map(|open| before.policy(open)) else { return false };
    let Some(search) = after.conversations.get(&id).and_then(|open| after.search(open)) else { return true };
    let to_sender = by.is_some_and(|by| search.offers.contains_key(&by));
    let names = match (target, search.pool) {
        (Target::Agent(named), Pool::Agent(_)) => !search.passed.contains_key(&named),
        (
            Target::Agent(_)
            | Target::Group(_)
            | Target::Queue(_)
            | Target::Workflow(_)
            | Target::Flow(_)
            | Target::External(_),
            _,
        ) => true,
    };
    names && (policy.exclude == Exclude::Nobody || !to_sender)
}

/// Says whether nothing of a conversation that ended is under way.
fn nothing_left(after: &RoutingState, id: ConversationId) -> bool {
    !after.conversations.contains_key(&id)
        && after.offers.values().all(|offer| offer.conversation != id)
        && after.transfers.values().all(|transfer| transfer.conversation != id)
        && after.invites.values().all(|invite| invite.conversation != id)
        && after.agents.keys().all(|agent| after.owned_by(*agent).all(|open| open.id != id))
}

/// Until when a transfer may be taken back, as the policy's words say.
fn may_cancel(transfer: &Transfer, now: Timestamp) -> bool {
    let undo = core::time::Duration::from_secs(u64::from(transfer.policy.undo_secs));
    let within_undo = transfer.requested_at.plus(undo) > now;
    let consulting = matches!(transfer.state, TransferState::Consulting { .. });
    let enqueued = matches!(transfer.state, TransferState::Enqueued { .. });
    consulting
        || match transfer.policy.cancel {
            Cancel::UntilAccepted => !enqueued || within_undo,
            Cancel::Undo => within_undo,
            Cancel::InvitesOnly | Cancel::Never => false,
        }
}

/// Says whether someone leads a team that has a conversation's owner, or a member of the queue or group that has it.
fn leads(state: &RoutingState, by: AgentId, conversation: &ConversationId) -> bool {
    let held = state.conversations.get(conversation).and_then(Conversation::owner);
    let answers = |agent: &AgentId| match held {
        Some(Owner::Agent(owner)) => owner == *agent,
        Some(Owner::Queue(queue)) => state.agents[agent].queues.contains(&queue),
        Some(Owner::Group(group)) => state.belongs(&state.agents[agent], &state.groups[&group]),
        Some(Owner::Flow(_) | Owner::External(_)) | None => false,
    };
    state.teams.values().any(|team| team.supervisors.contains(&by) && team.agents.iter().any(answers))
}
