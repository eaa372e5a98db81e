//! What must hold after every step, checked over the log as it was committed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use baton::routing::{OpenWork, RoutingState, Subject};
use baton_shared::*;

use crate::disk::Kept;
use crate::{reference, ways};

/// Reads the log once, event by event, beside a state of its own.
#[derive(Default)]
pub struct Checker {
    replayed: RoutingState,
    read: usize,
    owners: BTreeMap<ConversationId, (Owner, u32)>,
    offers_open: BTreeSet<OfferId>,
    offers_ended: BTreeSet<OfferId>,
    messages: BTreeMap<ConversationId, u32>,
    /// Conversations that entered a workflow and are in none of its steps so far.
    entering: BTreeSet<ConversationId>,
    /// People to whom a policy or a return gave more than they have room for.
    stretched: BTreeSet<AgentId>,
}

impl Checker {
    /// Checks the events that were committed since the last call.
    pub fn read_on(&mut self, kept: &Kept) {
        for recorded in &kept.log[self.read..] {
            self.check_event(recorded);
            self.check_way(recorded, kept);
            self.replayed.apply(recorded);
        }
        self.read = kept.log.len();
    }

    /// Checks that a conversation goes through a workflow as the reference says: the filter that matches, the first step
    /// that may begin, none before its time, and the fallback queue at the end.
    fn check_way(&mut self, recorded: &Recorded, kept: &Kept) {
        let (state, at) = (&self.replayed, recorded.at);
        if let Event::WorkflowEntered { conversation, workflow, filter, .. } = &recorded.event {
            let definition = &kept.loaded.definitions[workflow];
            let expected = ways::matching(definition, &kept.attributes[conversation]);
            assert_eq!(*filter, expected, "the first filter that matches decides");
            self.entering.insert(*conversation);
        }
        let (id, begun) = if let Event::StepEntered { conversation, step, deadline, .. } = &recorded.event {
            (conversation, Some((usize::from(*step), *deadline)))
        } else if let Event::StepsEnded { conversation, .. } = &recorded.event {
            (conversation, None)
        } else {
            return;
        };
        let conversation = &state.conversations[id];
        let waiting = conversation.waiting().unwrap();
        let route = waiting.route.as_ref().unwrap();
        let entering = self.entering.remove(id);
        let from = if entering { 0 } else { usize::from(route.step) + 1 };
        let excluded = waiting.search.passed.keys().copied().collect();
        let expected = (from..route.steps.len())
            .find(|place| ways::may_begin(state, &route.steps[*place], &excluded, at));
        assert_eq!(begun.map(|(place, _)| place), expected, "the first step that may begin begins");
        let queue = expected.map_or(route.fallback, |place| route.steps[place].queue);
        assert_eq!(conversation.owner(), Some(Owner::Queue(queue)), "its queue is the owner");
        if !entering && route.current().is_some_and(|step| step.agent.is_none()) {
            assert!(route.deadline.is_some_and(|deadline| deadline <= at), "a step has its whole time");
        }
        if let Some((place, deadline)) = begun {
            let lasts = route.steps[place].timeout_secs.map(|secs| Duration::from_secs(u64::from(secs)));
            assert_eq!(deadline, lasts.map(|lasts| at.plus(lasts)));
        }
    }

    fn check_event(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::ConversationOpened { conversation, queue, .. } => {
                let before = self.owners.insert(*conversation, (Owner::Queue(*queue), 1));
                assert_eq!(before, None, "a conversation is opened once");
            }
            Event::OwnerChanged { conversation, from, to, epoch, cause, .. } => {
                let (owner, last) = self.owners[conversation];
                assert_eq!(owner, *from, "ownership passes from the owner");
                assert_eq!(*epoch, last + 1, "the epoch rises by one with each owner");
                self.owners.insert(*conversation, (*to, *epoch));
                if let (
                    Owner::Agent(agent),
                    segment::OwnerCause::Returned(_)
                    | segment::OwnerCause::TakenBack(_)
                    | segment::OwnerCause::TakenOver,
                ) = (to, cause)
                {
                    self.stretched.insert(*agent);
                }
            }
            Event::ConversationClosed { conversation, from, .. } => {
                let owner = self.owners.remove(conversation).map(|(owner, _)| owner);
                assert_eq!(owner, Some(*from), "the owner's conversation ends");
            }
            Event::MessageSent { conversation, seq, .. } => {
                let last = self.messages.entry(*conversation).or_default();
                assert_eq!(*seq, *last + 1, "messages count without gaps, each once");
                *last = *seq;
            }
            Event::OfferMade { offer, conversation, agent, cause, .. } => {
                assert!(self.offers_open.insert(*offer), "an offer is made once");
                self.check_offer(*conversation, *agent, *cause, recorded.at);
            }
            Event::OfferEnded { offer, .. } => {
                assert!(self.offers_open.remove(offer), "an open offer ends");
                assert!(self.offers_ended.insert(*offer), "an offer ends once");
            }
            Event::OfferReplied { offer, .. } => {
                assert!(self.offers_open.contains(offer), "a reply is about an open offer");
            }
            Event::ServerStarted { .. }
            | Event::PersonAdded { .. }
            | Event::PersonChanged { .. }
            | Event::SkillAdded { .. }
            | Event::SkillGranted { .. }
            | Event::SkillRevoked { .. }
            | Event::QueueAdded { .. }
            | Event::QueueChanged { .. }
            | Event::MemberAdded { .. }
            | Event::MemberRemoved { .. }
            | Event::GroupAdded { .. }
            | Event::GroupChanged { .. }
            | Event::GroupRemoved { .. }
            | Event::WorkflowAdded { .. }
            | Event::WorkflowChanged { .. }
            | Event::WorkflowRemoved { .. }
            | Event::WorkflowEntered { .. }
            | Event::StepEntered { .. }
            | Event::SkillsDropped { .. }
            | Event::StepsEnded { .. }
            | Event::FlowAdded { .. }
            | Event::FlowChanged { .. }
            | Event::FlowRemoved { .. }
            | Event::ExternalAdded { .. }
            | Event::ExternalChanged { .. }
            | Event::ExternalRemoved { .. }
            | Event::FlowAsked { .. }
            | Event::FlowEnded { .. }
            | Event::PolicySet { .. }
            | Event::PolicyOverridden { .. }
            | Event::TransferRerouted { .. }
            | Event::ConsultBegan { .. }
            | Event::AsideSent { .. }
            | Event::InviteMade { .. }
            | Event::ParticipantJoined { .. }
            | Event::InviteEnded { .. }
            | Event::ListeningBegan { .. }
            | Event::ListeningEnded { .. }
            | Event::WrapUpExtended { .. }
            | Event::RequestCreated { .. }
            | Event::RequestAnswered { .. }
            | Event::StatusChanged { .. }
            | Event::AgentReached { .. }
            | Event::AgentLost { .. }
            | Event::TransferRequested { .. }
            | Event::TransferEnqueued { .. }
            | Event::TransferEnded { .. }
            | Event::WrapUpEnded { .. } => {}
        }
    }

    fn check_offer(
        &mut self,
        conversation: ConversationId,
        agent: AgentId,
        cause: OfferCause,
        at: Timestamp,
    ) {
        if let OfferCause::Transfer(transfer) = cause {
            let transfer = &self.replayed.transfers[&transfer];
            let roomy = transfer.policy.full_target == policy::FullTarget::Offer;
            if roomy || !transfer.policy.reserve_capacity {
                self.stretched.insert(agent);
            }
            // The one it is meant for is offered it with the request, before anything that waits.
            if transfer.requested_at == at && transfer.target == Target::Agent(agent) {
                let target = &self.replayed.agents[&agent];
                assert!(target.presence.available(), "a transfer is offered to someone who is there");
                return;
            }
        }
        let subject = match cause {
            OfferCause::Invite(invite) => Subject::Invite(invite),
            OfferCause::Queue(_) | OfferCause::Transfer(_) => Subject::Conversation(conversation),
        };
        if let OfferCause::Invite(invite) = cause {
            let invite = &self.replayed.invites[&invite];
            if invite.policy.full_target == policy::FullTarget::Offer {
                self.stretched.insert(agent);
            }
            if invite.made_at == at && invite.target == Target::Agent(agent) {
                return;
            }
        }
        let expected = reference::next(&self.replayed, at);
        assert_eq!(expected, Some((subject, agent)), "the reference would have chosen otherwise");
    }

    /// Checks what must hold between turns.
    pub fn check_rest(&self, state: &RoutingState, now: Timestamp, lowered: &BTreeSet<AgentId>) {
        assert_eq!(reference::next(state, now), None, "somebody free could take something that waits");
        for agent in state.agents.values().filter(|agent| !lowered.contains(&agent.id)) {
            if self.stretched.contains(&agent.id) {
                continue;
            }
            let held = reference::held(state, agent.id, now);
            let limit = agent.capacity.get(&Channel::WebChat).copied().unwrap_or(0);
            assert!(held <= limit, "{:?} holds {held} of {limit}", agent.id);
        }
        for conversation in state.conversations.values() {
            let known = self.owners.get(&conversation.id).map(|(owner, _)| *owner);
            assert_eq!(conversation.owner(), known, "every open conversation has the owner the log says");
            check_clock(state, conversation);
        }
        for agent in state.agents.values() {
            let owned =
                state.conversations.values().filter(|open| open.owner() == Some(Owner::Agent(agent.id)));
            assert_eq!(owned.count(), state.owned_by(agent.id).count(), "capacity is released once");
            let offered = state.offers.values().filter(|offer| offer.agent == agent.id).count();
            assert_eq!(offered, state.offers_to(agent.id).count());
        }
    }

    /// Checks that the log from its beginning gives the state, byte for byte, and that the rows do too.
    pub fn check_replay(&self, state: &RoutingState, from_rows: OpenWork) {
        let canonical = |state: &RoutingState| String::from_utf8(state.canonical()).unwrap();
        assert_eq!(canonical(&self.replayed), canonical(state), "the log gives the state");
        assert_eq!(
            canonical(&RoutingState::from_open_work(from_rows)),
            canonical(state),
            "the rows give it too"
        );
    }

    /// Says whether every conversation that was opened is closed.
    pub fn all_closed(&self) -> bool {
        self.owners.is_empty()
    }
}

/// A conversation whose sender was released before anyone accepted always has a running clock, and an open transfer is
/// always the one its conversation knows of.
fn check_clock(state: &RoutingState, conversation: &Conversation) {
    let open = state.transfers.values().filter(|transfer| transfer.conversation == conversation.id);
    let open: Vec<&Transfer> = open.collect();
    assert!(open.len() <= 1, "at most one transfer is open");
    assert_eq!(open.first().map(|transfer| transfer.id), conversation.transfer());
    for invite in state.invites.values().filter(|invite| invite.conversation == conversation.id) {
        assert!(conversation.invites.contains(&invite.id), "a conversation knows its invitations");
        let owner = invite.participant().map(Owner::Agent);
        assert!(owner.is_none() || owner != conversation.owner(), "the owner is not a participant too");
    }
    let named = conversation.waiting().is_some_and(|waiting| matches!(waiting.search.pool, Pool::Agent(_)));
    if named {
        let route = conversation.waiting().and_then(|waiting| waiting.route.as_ref());
        let clock =
            open.first().is_some_and(|transfer| matches!(transfer.state, TransferState::Released { .. }))
                || route.is_some_and(|route| route.deadline.is_some());
        assert!(clock, "nobody waits for one person without a clock");
    }
}
