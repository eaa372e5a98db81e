//! What must hold in every state, for every event, and of whoever had their way.

use std::collections::BTreeSet;

use baton::routing::{RoutingState, Subject};
use baton_shared::offer::OFFER_REST;
use baton_shared::policy::{FullTarget, OnExpiry};
use baton_shared::segment::OwnerCause;
use baton_shared::*;

use crate::{clocks, reference};

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// An open conversation has exactly one owner, who is there, and its segment is the owner's.
    OneOwner,
    /// Ownership passes from the owner, and the epoch rises by one with each.
    Epoch,
    /// A conversation has one open transfer at most, and knows it.
    OneTransfer,
    /// An offer is open in one search, ends once, and at most one of a search is accepted.
    OneWinner,
    /// Nobody is offered what they have no room for, and nobody holds more by accepting.
    Capacity,
    /// Whatever waits for one person, a group or an answer has a clock that runs.
    Clock,
    /// Nobody owns a conversation and takes part in it, is consulted about it or is offered it.
    OneRole,
    /// Only who can be reached and takes work is offered something; nobody lost keeps anything beyond the grace.
    Reachable,
    /// Nothing waits that somebody free could take.
    Planned,
    /// What the state has counted is what is there.
    Counted,
    /// Only who may do something does it, and it leads to what it is for.
    Entitled,
}

/// Rules that were broken.
pub type Broken = BTreeSet<Rule>;

/// Notes a rule as broken unless it holds.
pub fn unless(broken: &mut Broken, rule: Rule, holds: bool) {
    if !holds {
        broken.insert(rule);
    }
}

/// Returns what a state between turns breaks.
pub fn check_state(state: &RoutingState, now: Timestamp) -> Broken {
    let mut found = Broken::new();
    let broken = &mut found;
    for conversation in state.conversations.values() {
        check_owner(state, conversation, broken);
        check_transfer(state, conversation, now, broken);
        check_roles(state, conversation, broken);
    }
    for transfer in state.transfers.values() {
        let known = state.conversations.get(&transfer.conversation);
        let is_its = known.and_then(Conversation::transfer) == Some(transfer.id);
        unless(broken, Rule::OneTransfer, is_its);
    }
    for invite in state.invites.values() {
        let known = state.conversations.get(&invite.conversation);
        unless(broken, Rule::OneRole, known.is_some_and(|open| open.invites.contains(&invite.id)));
    }
    check_offers(state, broken);
    check_people(state, now, broken);
    unless(broken, Rule::Planned, reference::next(state, now).is_none());
    found
}

/// Checks what a state counts and waits for as the turn left it: it is made anew of the rest when a state is loaded.
pub fn check_index(state: &RoutingState, now: Timestamp, broken: &mut Broken) {
    for agent in state.agents.values() {
        let owns = |open: &&Conversation| open.owner() == Some(Owner::Agent(agent.id));
        let owned = state.conversations.values().filter(owns).count();
        let offered = state.offers.values().filter(|offer| offer.agent == agent.id).count();
        unless(broken, Rule::Counted, state.offers_to(agent.id).count() == offered);
        unless(broken, Rule::Counted, state.owned_by(agent.id).count() == owned);
        let held = reference::holding(state, agent.id, now).all;
        unless(broken, Rule::Counted, state.held(agent.id, Channel::WebChat) == held);
    }
    unless(broken, Rule::Clock, clocks::all_waited_for(state, now));
}

fn check_owner(state: &RoutingState, conversation: &Conversation, broken: &mut Broken) {
    let there = match conversation.owner() {
        Some(Owner::Agent(agent)) => state.agents.get(&agent).is_some_and(|agent| agent.enabled),
        Some(Owner::Queue(queue)) => state.queues.contains_key(&queue),
        Some(Owner::Group(group)) => state.groups.contains_key(&group),
        Some(Owner::Flow(flow)) => state.flows.contains_key(&flow),
        Some(Owner::External(external)) => state.externals.contains(&external),
        None => false,
    };
    unless(broken, Rule::OneOwner, there);
    let running = state
        .segments()
        .into_values()
        .filter(|segment| segment.conversation == conversation.id && segment.state == SegmentState::Active);
    let running: Vec<Segment> = running.collect();
    let same = running.len() == 1
        && running
            .iter()
            .all(|segment| segment.id == conversation.segment && Some(segment.owner) == conversation.owner());
    unless(broken, Rule::OneOwner, same);
}

fn check_transfer(state: &RoutingState, conversation: &Conversation, now: Timestamp, broken: &mut Broken) {
    let open = state.transfers.values().filter(|transfer| transfer.conversation == conversation.id);
    let open: Vec<&Transfer> = open.collect();
    unless(broken, Rule::OneTransfer, open.len() <= 1);
    unless(broken, Rule::OneTransfer, open.first().map(|transfer| transfer.id) == conversation.transfer());
    let owner = conversation.owner();
    for transfer in open {
        let fits = match &transfer.state {
            TransferState::Seeking { .. } | TransferState::Consulting { .. } => {
                owner == Some(transfer.from.owner())
            }
            TransferState::Released { .. } | TransferState::Enqueued { .. } => {
                matches!(owner, Some(Owner::Queue(_) | Owner::Group(_)))
            }
            TransferState::Requested | TransferState::Calling { .. } | TransferState::Ended { .. } => false,
        };
        unless(broken, Rule::OneTransfer, fits);
        let runs = match &transfer.state {
            TransferState::Released { deadline }
            | TransferState::Calling { deadline }
            | TransferState::Consulting { deadline, .. } => *deadline > now,
            TransferState::Seeking { deadline, .. } => deadline.is_none_or(|deadline| deadline > now),
            TransferState::Enqueued { deadline, .. } => {
                deadline.map_or(matches!(owner, Some(Owner::Queue(_))), |deadline| deadline > now)
            }
            TransferState::Requested | TransferState::Ended { .. } => true,
        };
        unless(broken, Rule::Clock, runs);
    }
    if let Some(Pool::Agent(_)) = conversation.waiting().map(|waiting| waiting.search.pool) {
        let transfer = conversation.transfer().and_then(|transfer| state.transfers.get(&transfer));
        let released = transfer.is_some_and(|one| matches!(one.state, TransferState::Released { .. }));
        unless(broken, Rule::Clock, released);
    }
}

fn check_roles(state: &RoutingState, conversation: &Conversation, broken: &mut Broken) {
    let mut roles: Vec<AgentId> = state.participants(conversation).collect();
    roles.extend(match conversation.owner() {
        Some(Owner::Agent(agent)) => Some(agent),
        Some(Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_)) | None => None,
    });
    let consulted = state.consulted(conversation).map(Owner::Agent);
    unless(broken, Rule::OneRole, consulted.is_none() || consulted != conversation.owner());
    let once: BTreeSet<AgentId> = roles.iter().copied().collect();
    unless(broken, Rule::OneRole, once.len() == roles.len());
    let to_owner = |offer: &Offer| {
        offer.conversation == conversation.id && conversation.owner() == Some(Owner::Agent(offer.agent))
    };
    unless(broken, Rule::OneRole, !state.offers.values().any(to_owner));
}

fn check_offers(state: &RoutingState, broken: &mut Broken) {
    let subjects = state.conversations.keys().map(|id| Subject::Conversation(*id));
    let mut held_out = 0;
    for subject in subjects.chain(state.invites.keys().map(|id| Subject::Invite(*id))) {
        let Some(search) = state.search_of(subject) else { continue };
        for (agent, offer) in search.offers.iter() {
            let fits = state.offers.get(offer).is_some_and(|offer| {
                let for_invite = match offer.cause {
                    OfferCause::Invite(invite) => subject == Subject::Invite(invite),
                    OfferCause::Queue(_) | OfferCause::Transfer(_) => {
                        subject == Subject::Conversation(offer.conversation)
                    }
                };
                offer.agent == *agent && for_invite
            });
            unless(broken, Rule::OneWinner, fits);
            held_out += 1;
        }
        unless(broken, Rule::OneWinner, search.offers.len() <= usize::from(search.at_once));
    }
    unless(broken, Rule::OneWinner, held_out == state.offers.len());
    for offer in state.offers.values() {
        let fits = match offer.cause {
            OfferCause::Transfer(transfer) => state.transfers.contains_key(&transfer),
            OfferCause::Invite(invite) => state.invites.contains_key(&invite),
            OfferCause::Queue(queue) => state.queues.contains_key(&queue),
        };
        unless(broken, Rule::OneWinner, fits);
    }
}

fn check_people(state: &RoutingState, now: Timestamp, broken: &mut Broken) {
    let grace = core::time::Duration::from_secs(u64::from(state.policies.workspace.grace_secs));
    for agent in state.agents.values() {
        let offered = state.offers.values().filter(|offer| offer.agent == agent.id).count();
        let owned = || {
            state.conversations.values().filter(|open| open.owner() == Some(Owner::Agent(agent.id))).count()
        };
        unless(broken, Rule::Reachable, offered == 0 || agent.presence.available());
        if agent.presence.reachable {
            unless(broken, Rule::Clock, agent.lost_at.is_none());
            continue;
        }
        let waited_for = agent.lost_at.is_some_and(|lost_at| lost_at.plus(grace) > now);
        unless(broken, Rule::Reachable, owned() == 0 || waited_for);
        let aside = state.conversations.values().any(|conversation| {
            state.consulted(conversation) == Some(agent.id)
                || state.participants(conversation).any(|participant| participant == agent.id)
        });
        unless(broken, Rule::Reachable, !aside);
    }
}

/// Checks an event on the state that it changes.
pub fn check_event(before: &RoutingState, recorded: &Recorded, broken: &mut Broken) {
    match &recorded.event {
        Event::OwnerChanged { conversation, from, epoch, ended, .. } => {
            let open = before.conversations.get(conversation);
            let fits = open.is_some_and(|open| {
                open.owner() == Some(*from) && open.epoch() + 1 == *epoch && open.segment == *ended
            });
            unless(broken, Rule::Epoch, fits);
        }
        Event::ConversationClosed { conversation, from, .. } => {
            let open = before.conversations.get(conversation);
            unless(broken, Rule::Epoch, open.is_some_and(|open| open.owner() == Some(*from)));
        }
        Event::OfferMade { conversation, agent, cause, .. } => {
            check_offer(before, *conversation, *agent, *cause, recorded.at, broken);
        }
        Event::OfferEnded { offer, agent, .. } => {
            let open = before.offers.get(offer).is_some_and(|offer| offer.agent == *agent);
            unless(broken, Rule::OneWinner, open);
        }
        Event::TransferRequested { conversation, from, .. } => {
            let open = before.conversations.get(conversation);
            let free =
                open.is_some_and(|open| open.transfer().is_none() && open.owner() == Some(from.owner()));
            unless(broken, Rule::OneTransfer, free);
        }
        Event::TransferEnded { transfer, end, .. } => {
            let ended = before.transfers.get(transfer);
            unless(broken, Rule::OneTransfer, ended.is_some());
            // Whoever was consulted had answered: what ends then comes back, and did not expire.
            let consulted =
                ended.is_some_and(|ended| matches!(ended.state, TransferState::Consulting { .. }));
            unless(broken, Rule::Entitled, !(consulted && *end == TransferEnd::Expired));
        }
        Event::TransferEnqueued { transfer, .. }
        | Event::TransferRerouted { transfer, .. }
        | Event::ConsultBegan { transfer, .. } => {
            unless(broken, Rule::OneTransfer, before.transfers.contains_key(transfer));
        }
        Event::ParticipantJoined { invite, .. } | Event::InviteEnded { invite, .. } => {
            unless(broken, Rule::OneWinner, before.invites.contains_key(invite));
        }
        Event::WorkflowAdded { .. }
        | Event::WorkflowChanged { .. }
        | Event::WorkflowRemoved { .. }
        | Event::FlowAdded { .. }
        | Event::FlowChanged { .. }
        | Event::FlowRemoved { .. }
        | Event::ExternalAdded { .. }
        | Event::ExternalChanged { .. }
        | Event::ExternalRemoved { .. }
        | Event::ScheduleAdded { .. }
        | Event::ScheduleChanged { .. }
        | Event::ScheduleRemoved { .. }
        | Event::FlowAsked { .. }
        | Event::FlowEnded { .. }
        | Event::WorkflowEntered { .. }
        | Event::StepEntered { .. }
        | Event::SkillsDropped { .. }
        | Event::SkillsLowered { .. }
        | Event::QueueRelaxed { .. }
        | Event::StepsEnded { .. }
        | Event::ServerStarted { .. }
        | Event::PersonAdded { .. }
        | Event::PersonChanged { .. }
        | Event::SkillAdded { .. }
        | Event::SkillGranted { .. }
        | Event::SkillRevoked { .. }
        | Event::QueueAdded { .. }
        | Event::QueueChanged { .. }
        | Event::QueueRulesSet { .. }
        | Event::QueueOpened { .. }
        | Event::QueueClosed { .. }
        | Event::LimitLifted { .. }
        | Event::LastAgentAsked { .. }
        | Event::EveryoneAsked { .. }
        | Event::ConversationIdled { .. }
        | Event::MemberAdded { .. }
        | Event::MemberRemoved { .. }
        | Event::GroupAdded { .. }
        | Event::GroupChanged { .. }
        | Event::GroupRemoved { .. }
        | Event::TeamAdded { .. }
        | Event::TeamChanged { .. }
        | Event::TeamRemoved { .. }
        | Event::PolicySet { .. }
        | Event::PolicyOverridden { .. }
        | Event::StatusChanged { .. }
        | Event::AgentReached { .. }
        | Event::AgentLost { .. }
        | Event::ConversationOpened { .. }
        | Event::MessageSent { .. }
        | Event::OfferReplied { .. }
        | Event::AsideSent { .. }
        | Event::InviteMade { .. }
        | Event::ListenedIn { .. }
        | Event::Whispered { .. }
        | Event::Redirected { .. }
        | Event::TransferDirected { .. }
        | Event::FlagRaised { .. }
        | Event::FlagLowered { .. }
        | Event::PersonDirected { .. }
        | Event::ListeningBegan { .. }
        | Event::ListeningEnded { .. }
        | Event::WrapUpExtended { .. }
        | Event::RequestCreated { .. }
        | Event::RequestAnswered { .. }
        | Event::WrapUpEnded { .. }
        | Event::ConversationRated { .. } => {}
    }
}

fn check_offer(
    before: &RoutingState,
    conversation: ConversationId,
    agent: AgentId,
    cause: OfferCause,
    now: Timestamp,
    broken: &mut Broken,
) {
    let (Some(open), Some(agent)) = (before.conversations.get(&conversation), before.agents.get(&agent))
    else {
        broken.insert(Rule::OneWinner);
        return;
    };
    let (subject, policy) = match cause {
        OfferCause::Queue(_) => (Subject::Conversation(conversation), None),
        OfferCause::Transfer(transfer) => {
            let policy = before.transfers.get(&transfer).map(|transfer| &transfer.policy);
            (Subject::Conversation(conversation), policy)
        }
        OfferCause::Invite(invite) => {
            (Subject::Invite(invite), before.invites.get(&invite).map(|invite| &invite.policy))
        }
    };
    let Some(search) = before.search_of(subject) else {
        broken.insert(Rule::OneWinner);
        return;
    };
    unless(broken, Rule::OneWinner, search.open() && !search.offers.contains_key(&agent.id));
    let others = || {
        before.agents.values().any(|other| {
            other.id != agent.id
                && other.presence.available()
                && !search.passed.contains_key(&other.id)
                && !search.offers.contains_key(&other.id)
                && open.owner() != Some(Owner::Agent(other.id))
                && before.participants(open).all(|participant| participant != other.id)
                && reference::holding(before, other.id, now).all < other.capacity[&Channel::WebChat]
                && before.serves(other, search.pool, open.channel)
        })
    };
    let named = search.pool == Pool::Agent(agent.id);
    let rested = search.passed.get(&agent.id).is_none_or(|at| at.plus(OFFER_REST) <= now && !others());
    unless(broken, Rule::Planned, (rested || named) && before.serves(agent, search.pool, open.channel));
    unless(broken, Rule::Reachable, agent.presence.available());
    let takes_part = before.participants(open).any(|participant| participant == agent.id);
    unless(broken, Rule::OneRole, open.owner() != Some(Owner::Agent(agent.id)) && !takes_part);
    let stretches = named && policy.is_some_and(|policy| policy.full_target == FullTarget::Offer);
    let room = reference::holding(before, agent.id, now).all < agent.capacity[&Channel::WebChat];
    unless(broken, Rule::Capacity, room || stretches);
}

/// Checks that nobody holds more than they have room for by what happened, but for what is given back to them.
pub fn check_held(
    before: &RoutingState,
    after: &RoutingState,
    now: Timestamp,
    log: &[Recorded],
    broken: &mut Broken,
) {
    let policy = &after.policies.workspace;
    if policy.full_target == FullTarget::Offer || !policy.reserve_capacity {
        return;
    }
    for agent in after.agents.values() {
        let held = after.held(agent.id, Channel::WebChat);
        let given_back = || {
            log.iter().any(|recorded| {
                let Event::OwnerChanged { to, cause, .. } = recorded.event else { return false };
                let back = matches!(
                    cause,
                    OwnerCause::Returned(_) | OwnerCause::TakenBack(_) | OwnerCause::TakenOver(_)
                );
                back && to == Owner::Agent(agent.id)
            })
        };
        let before = reference::holding(before, agent.id, now).all;
        let limit = agent.capacity[&Channel::WebChat];
        unless(broken, Rule::Capacity, held <= limit || held <= before || given_back());
    }
}

/// Checks a turn as a whole: of one search at most one offer is accepted, who only wants to consult someone does not
/// lose the conversation by waiting, and nothing comes back where the policy says otherwise.
pub fn check_turn(before: &RoutingState, log: &[Recorded], broken: &mut Broken) {
    let mut taken: BTreeSet<ConversationId> = BTreeSet::new();
    for recorded in log {
        if let Event::OfferEnded { conversation, end: OfferEnd::Accepted, .. } = recorded.event {
            unless(broken, Rule::OneWinner, taken.insert(conversation));
        }
        if let Event::OwnerChanged { from: Owner::Agent(_), cause: OwnerCause::Expired(transfer), .. } =
            recorded.event
        {
            let mode = before.transfers.get(&transfer).map(|transfer| transfer.mode);
            unless(broken, Rule::Entitled, mode != Some(Mode::Warm));
        }
        if let Event::OwnerChanged { cause: OwnerCause::Returned(transfer), .. } = recorded.event {
            let policy = before.transfers.get(&transfer).map(|transfer| &transfer.policy);
            let returns =
                |policy: &TransferPolicy| policy.return_to_sender || policy.on_expiry == OnExpiry::Return;
            unless(broken, Rule::Entitled, policy.is_none_or(returns));
        }
    }
}

/// Returns who refused or missed an offer by this event, and for what.
pub fn passed_by(before: &RoutingState, event: &Event) -> Option<(Subject, AgentId)> {
    let Event::OfferEnded { offer, agent, end: OfferEnd::Declined | OfferEnd::TimedOut, .. } = event else {
        return None;
    };
    let offer = before.offers.get(offer)?;
    let subject = match offer.cause {
        OfferCause::Queue(_) | OfferCause::Transfer(_) => Subject::Conversation(offer.conversation),
        OfferCause::Invite(invite) => Subject::Invite(invite),
    };
    Some((subject, *agent))
}

/// Checks that a search remembers who refused or missed its offer.
pub fn check_passed(after: &RoutingState, passed: Option<(Subject, AgentId)>, broken: &mut Broken) {
    if let Some((subject, agent)) = passed {
        let search = after.search_of(subject);
        unless(broken, Rule::Planned, search.is_none_or(|search| search.passed.contains_key(&agent)));
    }
}
