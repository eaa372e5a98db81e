//! Transfer groups.

use std::collections::BTreeSet;

use baton_shared::command::NAME_CHARS_MAX;
use baton_shared::queue::{Membership, Priority};
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::people::check_skills;
use super::{Answer, Circumstances, Decided, checked_text, invites, offers, returns};
use crate::content::Content;
use crate::routing::RoutingState;

/// What a group asks of its members.
pub(super) struct Asks {
    pub(super) skills: BTreeSet<SkillId>,
    pub(super) membership: Membership,
    pub(super) priority: Priority,
}

pub(super) fn add(with: &mut Circumstances<'_>, name: String, asks: Asks) -> Result<Decided, Refusal> {
    let name = checked_text("name", &name, NAME_CHARS_MAX)?;
    check_skills(with.state, asks.skills.iter().copied())?;
    let group = with.ids.group();
    let Asks { skills, membership, priority } = asks;
    Ok(Decided {
        events: vec![Event::GroupAdded { group, skills, membership, priority }],
        content: vec![Content::GroupName(group, name)],
        ..Decided::new(Answer::Added { id: group.to_string() })
    })
}

pub(super) fn change(
    with: &mut Circumstances<'_>,
    id: GroupId,
    name: String,
    asks: Asks,
) -> Result<Decided, Refusal> {
    let name = checked_text("name", &name, NAME_CHARS_MAX)?;
    check_skills(with.state, asks.skills.iter().copied())?;
    if !with.state.groups.contains_key(&id) {
        return Err(Refusal::NotFound { what: "group" });
    }
    let Asks { skills, membership, priority } = asks;
    let becomes = Group { id, skills: skills.clone(), membership, priority };
    let state = with.state;
    let outside = |agent: AgentId| state.agents.get(&agent).is_none_or(|agent| !becomes.has(&agent.skills));
    let mut events = vec![Event::GroupChanged { group: id, skills, membership, priority }];
    for conversation in waiting_for(state, id) {
        for offer in state.open_offers(conversation).filter(|offer| outside(offer.agent)) {
            events.extend(offers::end_offer(with, offer, OfferEnd::TargetGone));
        }
    }
    for invite in invited(state, id) {
        let gone = state.invite_offers(invite.id).filter(|offer| outside(offer.agent));
        events.extend(gone.flat_map(|offer| offers::end_offer(with, offer, OfferEnd::TargetGone)));
    }
    let content = vec![Content::GroupName(id, name)];
    Ok(Decided { events, content, ..Decided::new(Answer::Done) })
}

pub(super) fn remove(with: &mut Circumstances<'_>, group: GroupId) -> Result<Decided, Refusal> {
    let state = with.state;
    if !state.groups.contains_key(&group) {
        return Err(Refusal::NotFound { what: "group" });
    }
    let mut events = Vec::new();
    for conversation in waiting_for(state, group) {
        events.extend(returns::end_all(state, conversation, OfferEnd::Rescinded, TransferEnd::Failed));
        if conversation.owner() == Some(Owner::Group(group)) {
            let (from, to) = (Owner::Group(group), Owner::Queue(conversation.queue));
            let segment = with.ids.segment();
            let cause = OwnerCause::Released;
            events.push(offers::owner_changed(conversation, from, to, cause, WrapUp::None, segment));
        }
    }
    for invite in invited(state, group) {
        events.extend(invites::end(state, invite, InviteEnd::Cancelled, OfferEnd::Rescinded));
    }
    events.push(Event::GroupRemoved { group });
    Ok(Decided::done(events))
}

/// Returns the invitations that someone of a group may still accept.
fn invited(state: &RoutingState, group: GroupId) -> impl Iterator<Item = &Invite> {
    let looks = move |invite: &&Invite| match &invite.state {
        InviteState::Open { search, .. } => search.pool == Pool::Group(group),
        InviteState::Joined { .. } | InviteState::Ended { .. } => false,
    };
    state.invites.values().filter(looks)
}

/// Returns the conversations for which someone of a group is looked for.
fn waiting_for(state: &RoutingState, group: GroupId) -> impl Iterator<Item = &Conversation> {
    let looks = |conversation: &Conversation| {
        state.search(conversation).is_some_and(|search| search.pool == Pool::Group(group))
    };
    state.conversations.matching(looks).into_iter()
}
