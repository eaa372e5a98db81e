//! Transfer groups.

use std::collections::BTreeSet;

use baton_shared::command::{Actor, NAME_CHARS_MAX};
use baton_shared::queue::{Membership, Priority};
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::people::check_skills;
use super::policies::who;
use super::{Answer, Circumstances, Decided, checked_text, invites, offers, returns};
use crate::content::Content;
use crate::routing::{RoutingState, Scope};

/// What a group is to be.
pub(super) struct Settings {
    pub(super) name: String,
    pub(super) skills: BTreeSet<SkillId>,
    pub(super) membership: Membership,
    pub(super) priority: Priority,
    pub(super) team: Option<TeamId>,
}

impl Settings {
    fn checked(self, state: &RoutingState, actor: Actor) -> Result<Self, Refusal> {
        let name = checked_text("name", &self.name, NAME_CHARS_MAX)?;
        check_skills(state, self.skills.iter().copied())?;
        if self.team.is_some_and(|team| !state.teams.contains_key(&team)) {
            return Err(Refusal::NotFound { what: "team" });
        }
        check_leads(state, actor, self.team)?;
        Ok(Self { name, ..self })
    }
}

/// Refuses whoever may not define the groups of a team, or those that are no team's.
fn check_leads(state: &RoutingState, actor: Actor, team: Option<TeamId>) -> Result<(), Refusal> {
    let Actor::Person(person) = actor else { return Ok(()) };
    let leads = match team {
        Some(team) => state.leads(person, team),
        None => state.scope(person) == Scope::Everything,
    };
    if leads { Ok(()) } else { Err(Refusal::OutsideTeams) }
}

pub(super) fn add(
    with: &mut Circumstances<'_>,
    actor: Actor,
    settings: Settings,
) -> Result<Decided, Refusal> {
    let Settings { name, skills, membership, priority, team } = settings.checked(with.state, actor)?;
    let group = with.ids.group();
    Ok(Decided {
        events: vec![Event::GroupAdded { group, skills, membership, priority, team, by: who(actor) }],
        content: vec![Content::GroupName(group, name)],
        ..Decided::new(Answer::Added { id: group.to_string() })
    })
}

pub(super) fn change(
    with: &mut Circumstances<'_>,
    actor: Actor,
    id: GroupId,
    settings: Settings,
) -> Result<Decided, Refusal> {
    let state = with.state;
    check_leads(state, actor, known(state, id)?.team)?;
    let Settings { name, skills, membership, priority, team } = settings.checked(state, actor)?;
    let becomes = Group { id, skills: skills.clone(), membership, priority, team };
    let stays = |agent: &Agent| state.belongs(agent, &becomes);
    let mut events =
        vec![Event::GroupChanged { group: id, skills, membership, priority, team, by: who(actor) }];
    events.extend(offers_ended(with, id, stays));
    let content = vec![Content::GroupName(id, name)];
    Ok(Decided { events, content, ..Decided::new(Answer::Done) })
}

/// Ends the offers to those who belong to a group no more, whatever was offered to them for it.
pub(super) fn offers_ended(
    with: &mut Circumstances<'_>,
    group: GroupId,
    stays: impl Fn(&Agent) -> bool,
) -> Vec<Event> {
    let state = with.state;
    let outside = |offer: &&Offer| !state.agents.get(&offer.agent).is_some_and(&stays);
    let transferred = waiting_for(state, group).flat_map(|conversation| state.open_offers(conversation));
    let invited = invited(state, group).flat_map(|invite| state.invite_offers(invite.id));
    let gone: Vec<&Offer> = transferred.chain(invited).filter(outside).collect();
    gone.into_iter().flat_map(|offer| offers::end_offer(with, offer, OfferEnd::TargetGone)).collect()
}

pub(super) fn remove(with: &mut Circumstances<'_>, actor: Actor, group: GroupId) -> Result<Decided, Refusal> {
    let state = with.state;
    check_leads(state, actor, known(state, group)?.team)?;
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
    events.push(Event::GroupRemoved { group, by: who(actor) });
    Ok(Decided::done(events))
}

fn known(state: &RoutingState, group: GroupId) -> Result<&Group, Refusal> {
    state.groups.get(&group).ok_or(Refusal::NotFound { what: "group" })
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
