//! Invitations to join a conversation, and those who take part in it.

use baton_shared::command::{Actor, NOTE_CHARS_MAX};
use baton_shared::policy::{Cancel, SAFETY};
use baton_shared::segment::OwnerCause;
use baton_shared::*;

use super::offers::{offer_ended, offer_not_taken, owner_changed, wrap_up_by};
use super::{Answer, Circumstances, Decided, Placement, optional_text, owned, person, transfers};
use crate::content::Content;
use crate::routing::RoutingState;

pub(super) fn invite(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    target: Target,
    note: Option<String>,
) -> Result<Decided, Refusal> {
    let from = person(actor)?;
    let note = optional_text("note", note.as_deref().unwrap_or(""), NOTE_CHARS_MAX)?;
    let state = with.state;
    let conversation = owned(state, conversation, from)?;
    let policy = state.policy(conversation);
    check_policy(state, conversation, &policy, target)?;
    let note = transfers::needed("note", policy.note, note)?;
    let invite = with.ids.invite();
    let mut offered = None;
    match target {
        Target::Agent(agent) => {
            let begins = transfers::placement(state, conversation, from, agent, &policy, false)?;
            // Whoever is not free is waited for; nobody else is asked in their place.
            offered = (begins == Placement::Offer).then_some(agent);
        }
        Target::Group(_) | Target::Queue(_) | Target::Workflow(_) | Target::Flow(_) | Target::External(_) => {
            transfers::check_pool(state, conversation, target)?;
        }
    }
    let deadline = with.now.plus(policy.transfer_lasts().unwrap_or(SAFETY));
    let mut events = vec![Event::InviteMade {
        invite,
        conversation: conversation.id,
        from,
        target,
        policy: Box::new(policy),
        deadline,
    }];
    events.extend(offered.map(|agent| Event::OfferMade {
        offer: with.ids.offer(),
        conversation: conversation.id,
        agent,
        cause: OfferCause::Invite(invite),
        deadline: Some(deadline),
    }));
    let content = note.map(|note| Content::InviteNote(invite, note)).into_iter().collect();
    Ok(Decided { events, content, ..Decided::new(Answer::Invited { invite }) })
}

fn check_policy(
    state: &RoutingState,
    conversation: &Conversation,
    policy: &TransferPolicy,
    target: Target,
) -> Result<(), Refusal> {
    if !policy.enabled {
        return Err(Refusal::TransfersOff);
    }
    if !policy.modes.contains(&Mode::Invite) {
        return Err(Refusal::ModeNotAllowed { mode: Mode::Invite });
    }
    if !policy.targets.contains(&target.kind()) {
        return Err(Refusal::TargetNotAllowed);
    }
    if open(state, conversation) >= usize::from(policy.invites_max) {
        return Err(Refusal::InviteLimit { invites_max: policy.invites_max });
    }
    Ok(())
}

fn open(state: &RoutingState, conversation: &Conversation) -> usize {
    let invites = conversation.invites.iter().filter_map(|invite| state.invites.get(invite));
    invites.filter(|invite| matches!(invite.state, InviteState::Open { .. })).count()
}

/// Says whether someone is invited to a conversation who has not answered.
pub(super) fn any_open(state: &RoutingState, conversation: &Conversation) -> bool {
    open(state, conversation) > 0
}

pub(super) fn cancel(
    with: &Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    invite: InviteId,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let conversation = owned(with.state, conversation, agent)?;
    let invite = with.state.invites.get(&invite).ok_or(Refusal::InviteClosed)?;
    if invite.conversation != conversation.id {
        return Err(Refusal::NotFound { what: "invitation" });
    }
    // Whoever takes part already has accepted: what is ended then is no invitation any more.
    let asked = matches!(invite.state, InviteState::Open { .. });
    match invite.policy.cancel {
        Cancel::Never if asked => return Err(Refusal::MayNotCancel),
        Cancel::UntilAccepted | Cancel::Undo | Cancel::InvitesOnly | Cancel::Never => {}
    }
    Ok(Decided::done(end(with.state, invite, InviteEnd::Cancelled, OfferEnd::Cancelled)))
}

/// Ends an invitation or a participation, with the offers that are out for it.
pub(super) fn end(state: &RoutingState, invite: &Invite, how: InviteEnd, offers_end: OfferEnd) -> Vec<Event> {
    let mut events: Vec<Event> =
        state.invite_offers(invite.id).map(|offer| offer_ended(offer, offers_end)).collect();
    events.push(invite_ended(invite, how));
    events
}

fn invite_ended(invite: &Invite, end: InviteEnd) -> Event {
    Event::InviteEnded {
        invite: invite.id,
        conversation: invite.conversation,
        from: invite.from,
        agent: invite.participant(),
        end,
    }
}

/// Ends every invitation to a conversation that ends.
pub(super) fn end_all(state: &RoutingState, conversation: &Conversation) -> Vec<Event> {
    let invites = conversation.invites.iter().filter_map(|invite| state.invites.get(invite));
    invites.flat_map(|invite| end(state, invite, InviteEnd::Closed, OfferEnd::Rescinded)).collect()
}

/// Ends the participations of someone who can be reached no more.
pub(super) fn end_participations(state: &RoutingState, agent: AgentId) -> Vec<Event> {
    let theirs = state.invites.values().filter(|invite| invite.participant() == Some(agent));
    theirs.map(|invite| invite_ended(invite, InviteEnd::Left)).collect()
}

/// Returns the invitation of whoever becomes the owner when the owner goes: the first who came of those who take part. All
/// of them can be reached: whoever cannot takes part no more.
pub(super) fn heir<'a>(
    state: &'a RoutingState,
    conversation: &Conversation,
) -> Option<(&'a Invite, AgentId)> {
    let invites = conversation.invites.iter().filter_map(|invite| state.invites.get(invite));
    let joined = invites.filter_map(|invite| match invite.state {
        InviteState::Joined { agent, since } => Some((since, invite, agent)),
        InviteState::Open { .. } | InviteState::Ended { .. } => None,
    });
    joined.min_by_key(|(since, invite, _)| (*since, invite.id)).map(|(_, invite, agent)| (invite, agent))
}

/// Leaves a conversation to a participant.
pub(super) fn leave_to(
    with: &mut Circumstances<'_>,
    conversation: &Conversation,
    owner: AgentId,
    invite: &Invite,
    heir: AgentId,
) -> Vec<Event> {
    let (from, to) = (Owner::Agent(owner), Owner::Agent(heir));
    let (cause, wrap_up) = (OwnerCause::Left(invite.id), wrap_up_by(&invite.policy));
    let segment = with.ids.segment();
    let mut events = end_for(with.state, conversation, heir, None);
    events.push(owner_changed(conversation, from, to, cause, wrap_up, segment));
    events
}

/// Ends whatever someone was invited to a conversation by that becomes theirs, or that they join by `but`: their part in
/// it, what they are asked, and every invitation that is meant for them alone.
pub(super) fn end_for(
    state: &RoutingState,
    conversation: &Conversation,
    agent: AgentId,
    but: Option<InviteId>,
) -> Vec<Event> {
    let mut events = Vec::new();
    let invites = conversation.invites.iter().filter_map(|invite| state.invites.get(invite));
    for invite in invites.filter(|invite| Some(invite.id) != but) {
        let asked = state.invite_offers(invite.id).filter(|offer| offer.agent == agent);
        events.extend(asked.map(|offer| offer_ended(offer, OfferEnd::Rescinded)));
        let end = match invite.state {
            InviteState::Joined { agent: joined, .. } => (joined == agent).then_some(InviteEnd::TookOver),
            InviteState::Open { .. } => {
                (invite.target == Target::Agent(agent)).then_some(InviteEnd::Cancelled)
            }
            InviteState::Ended { .. } => None,
        };
        events.extend(end.map(|end| invite_ended(invite, end)));
    }
    events
}

pub(super) fn leave(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
) -> Result<Decided, Refusal> {
    let agent = person(actor)?;
    let state = with.state;
    let conversation = super::open(state, conversation)?;
    if conversation.owner() == Some(Owner::Agent(agent)) {
        if conversation.transfer().is_some() {
            return Err(Refusal::TransferOpen);
        }
        let (invite, heir) = heir(state, conversation).ok_or(Refusal::LastParticipant)?;
        transfers::check_hops(&invite.policy, conversation)?;
        return Ok(Decided::done(leave_to(with, conversation, agent, invite, heir)));
    }
    let mut invites = conversation.invites.iter().filter_map(|invite| state.invites.get(invite));
    let theirs = invites.find(|invite| invite.participant() == Some(agent)).ok_or(Refusal::NotOwner)?;
    Ok(Decided::done(vec![invite_ended(theirs, InviteEnd::Left)]))
}

/// Lets whoever accepted an invitation take part.
pub(super) fn join(state: &RoutingState, offer: &Offer, invite: InviteId) -> Vec<Event> {
    let mut events = vec![offer_ended(offer, OfferEnd::Accepted)];
    let others = state.invite_offers(invite).filter(|other| other.id != offer.id);
    events.extend(others.map(|other| offer_ended(other, OfferEnd::Rescinded)));
    let (conversation, agent) = (offer.conversation, offer.agent);
    let joins = state.conversations.get(&conversation);
    events.extend(joins.into_iter().flat_map(|joins| end_for(state, joins, agent, Some(invite))));
    events.push(Event::ParticipantJoined { invite, conversation, agent });
    events
}

/// Says what follows when an offer to join ends without being accepted: an invitation of one person ends with it.
pub(super) fn not_joined(state: &RoutingState, offer: &Offer, invite: InviteId, end: OfferEnd) -> Vec<Event> {
    let Some(invite) = state.invites.get(&invite) else { return Vec::new() };
    match invite.target {
        Target::Agent(_) => {
            let how = if end == OfferEnd::TimedOut { InviteEnd::Expired } else { InviteEnd::Declined };
            vec![offer_not_taken(state, offer, end), invite_ended(invite, how)]
        }
        Target::Group(_) | Target::Queue(_) | Target::Workflow(_) | Target::Flow(_) | Target::External(_) => {
            vec![offer_not_taken(state, offer, end)]
        }
    }
}

/// Decides what becomes of an invitation whose time is over.
pub(super) fn expire(state: &RoutingState, invite: InviteId) -> Vec<Event> {
    let Some(invite) = state.invites.get(&invite) else { return Vec::new() };
    end(state, invite, InviteEnd::Expired, OfferEnd::TimedOut)
}
