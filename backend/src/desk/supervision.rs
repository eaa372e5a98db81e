//! What supervisors do to conversations of others.

use baton_shared::command::Actor;
use baton_shared::policy::TakeOver;
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::offers::owner_changed;
use super::{Answer, Circumstances, Decided, invites, open, person, returns};

pub(super) fn take_over(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
) -> Result<Decided, Refusal> {
    let supervisor = person(actor)?;
    let state = with.state;
    let role = state.agents.get(&supervisor).map(|agent| agent.role);
    if role.is_none_or(|role| role < Role::Supervisor) {
        return Err(Refusal::RoleTooLow { needed: Role::Supervisor });
    }
    let conversation = open(state, conversation)?;
    let from = conversation.owner().ok_or(Refusal::ConversationClosed)?;
    if from == Owner::Agent(supervisor) {
        return Err(Refusal::TargetIsOwner);
    }
    if !state.scope(supervisor).has_conversation(conversation) {
        return Err(Refusal::OutsideTeams);
    }
    match state.policy(conversation).take_over {
        TakeOver::Always => {}
        TakeOver::OnRequest | TakeOver::Never => return Err(Refusal::MayNotTakeOver),
    }
    let mut events = returns::end_all(state, conversation, OfferEnd::Rescinded, TransferEnd::Superseded);
    events.extend(invites::end_for(state, conversation, supervisor, None));
    let wrap_up = match from {
        Owner::Agent(_) => WrapUp::ByItsAgent,
        Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => WrapUp::None,
    };
    let (to, segment) = (Owner::Agent(supervisor), with.ids.segment());
    events.push(owner_changed(conversation, from, to, OwnerCause::TakenOver, wrap_up, segment));
    events.extend(returns::grace_anew(with, supervisor));
    Ok(Decided { events, ..Decided::new(Answer::Accepted { conversation: conversation.id }) })
}
