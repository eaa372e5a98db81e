//! Who may see what: the one table from events to what each audience is sent.
//!
//! An event that gives someone sight of a conversation carries all they may see of it; one that takes sight away is
//! sent to them too. The audiences of one event never overlap, so a reader gets at most one frame for each number.

use baton_shared::desk::Thread;
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::{Published, Watcher, What};
use crate::store::{Reading, Sight, StoreError};

/// Who is sent a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// These people.
    People(Vec<AgentId>),
    /// Everyone who is signed in but this person.
    StaffBut(AgentId),
    /// The customer of this conversation.
    Customer(ConversationId),
    /// This supervisor, of their teams' work.
    Wall(Watcher),
}

/// What an audience is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// To people.
    Desk(Vec<DeskEvent>),
    /// To a customer.
    Chat(Vec<ChatEvent>),
    /// To a supervisor.
    Wall(Vec<WallEvent>),
}

/// What becomes of something published.
pub(super) enum Projected {
    /// These audiences are sent this.
    Frames(Vec<(Audience, Sent)>),
    /// Names that stand in everyone's view changed: everyone starts again.
    Restart,
}

/// Gathers what one event sends to whom.
struct Table<'a> {
    reading: &'a dyn Reading,
    now: Timestamp,
    given_back: bool,
    frames: Vec<(Audience, Sent)>,
}

/// Says who is sent what.
pub(super) fn project(
    reading: &dyn Reading,
    published: &Published,
    now: Timestamp,
) -> Result<Projected, StoreError> {
    let mut table = Table { reading, now, given_back: published.given_back, frames: Vec::new() };
    match &published.what {
        What::Read(conversation) => table.read_on(*conversation, &published.viewers)?,
        What::Happened(event) => {
            if let Event::PersonChanged { .. }
            | Event::QueueChanged { .. }
            | Event::GroupChanged { .. }
            | Event::WorkflowChanged { .. }
            | Event::FlowChanged { .. }
            | Event::ExternalChanged { .. }
            | Event::PolicySet { .. }
            | Event::PolicyOverridden { .. } = event
            {
                return Ok(Projected::Restart);
            }
            table.happened(event, &published.viewers)?;
            if published.settles
                && let Some(conversation) = event.conversation()
            {
                table.refresh(conversation)?;
            }
        }
    }
    Ok(Projected::Frames(table.frames))
}

impl Table<'_> {
    /// Sends what an event takes away, what only it tells, and what the customer is told.
    fn happened(&mut self, event: &Event, viewers: &[AgentId]) -> Result<(), StoreError> {
        match event {
            Event::PersonAdded { agent, .. }
            | Event::StatusChanged { agent, .. }
            | Event::AgentReached { agent }
            | Event::AgentLost { agent } => self.person(*agent),
            Event::MessageSent { conversation, seq, .. } => self.message(*conversation, *seq, viewers),
            Event::AsideSent { transfer, seq, .. } => self.aside(*transfer, *seq),
            Event::TransferRequested { conversation, .. } => self.transferring(*conversation),
            Event::TransferRerouted { transfer, conversation, .. } => {
                self.sent_on(*conversation, Some(*transfer))
            }
            Event::OfferEnded { offer, agent, end, .. } => {
                self.desk(*agent, vec![DeskEvent::OfferHidden { offer: *offer, end: *end }]);
                Ok(())
            }
            Event::TransferEnded { transfer, conversation, from, end, consulted } => {
                let Some(from) = from.agent() else { return Ok(()) };
                for agent in consulted.iter().flat_map(|consulted| [from, *consulted]) {
                    self.desk(agent, vec![DeskEvent::ConsultHidden { transfer: *transfer }]);
                }
                self.stayed(*transfer, *conversation, from, *end)
            }
            Event::OwnerChanged { conversation, from, to, cause, ended, wrap_up, .. } => {
                self.owner_left(*conversation, *from, *ended, *wrap_up)?;
                self.owner_came(*conversation, *to, *cause)
            }
            Event::ParticipantJoined { conversation, agent, .. } => {
                let name = self.reading.me(*agent)?.map(|agent| agent.name).unwrap_or_default();
                self.phase(*conversation, Some(format!("{name} has joined")))
            }
            Event::InviteEnded { conversation, agent: Some(agent), end, .. } => {
                self.desk(*agent, vec![DeskEvent::JoinedHidden { conversation: *conversation }]);
                let name = self.reading.me(*agent)?.map(|agent| agent.name).unwrap_or_default();
                match end {
                    InviteEnd::Left | InviteEnd::Cancelled => {
                        self.phase(*conversation, Some(format!("{name} has left")))
                    }
                    InviteEnd::Declined | InviteEnd::Expired | InviteEnd::TookOver | InviteEnd::Closed => {
                        Ok(())
                    }
                }
            }
            Event::ListenedIn { conversation, agent } => {
                // Nobody else is sent anything, so that nobody can notice.
                let open = self.reading.conversation(*conversation)?;
                if open.is_some_and(|open| open.is_overheard_by(*agent))
                    && let Some(thread) = self.reading.thread(*conversation, Sight::Whispered)?
                {
                    self.desk(*agent, vec![DeskEvent::ListeningShown { thread }]);
                }
                Ok(())
            }
            Event::Whispered { conversation, segment, seq, .. } => {
                self.whisper(*conversation, *segment, *seq)
            }
            Event::ListeningEnded { conversation, agent } => {
                self.desk(*agent, vec![DeskEvent::ListeningHidden { conversation: *conversation }]);
                Ok(())
            }
            Event::ConversationClosed { conversation, from, ended, wrap_up, .. } => {
                self.owner_left(*conversation, *from, *ended, *wrap_up)?;
                let hidden = DeskEvent::ListeningHidden { conversation: *conversation };
                viewers.iter().for_each(|viewer| self.desk(*viewer, vec![hidden.clone()]));
                self.phase(*conversation, Some("The conversation has ended".to_owned()))
            }
            // Who is asked alone is who the customer waits for.
            Event::EveryoneAsked { conversation } | Event::LastAgentAsked { conversation, .. } => {
                self.phase(*conversation, None)
            }
            Event::RequestAnswered { conversation, .. } => {
                self.phase(*conversation, Some("Your request has been answered".to_owned()))
            }
            Event::ConversationRated { conversation, .. } => {
                self.phase(*conversation, Some("Thank you for your rating".to_owned()))
            }
            Event::WrapUpExtended { segment, agent, .. } => {
                let card = self.reading.wrap_up(*segment)?;
                self.desk(
                    *agent,
                    card.map(|wrap_up| DeskEvent::WrapUpShown { wrap_up }).into_iter().collect(),
                );
                Ok(())
            }
            Event::WrapUpEnded { segment, agent, .. } => {
                self.desk(*agent, vec![DeskEvent::WrapUpHidden { segment: *segment }]);
                Ok(())
            }
            Event::ServerStarted { .. }
            | Event::PersonChanged { .. }
            | Event::SkillAdded { .. }
            | Event::SkillGranted { .. }
            | Event::SkillRevoked { .. }
            | Event::QueueAdded { .. }
            | Event::QueueChanged { .. }
            | Event::QueueRulesSet { .. }
            | Event::QueueOpened { .. }
            | Event::QueueClosed { .. }
            | Event::MemberAdded { .. }
            | Event::MemberRemoved { .. }
            | Event::GroupAdded { .. }
            | Event::GroupChanged { .. }
            | Event::GroupRemoved { .. }
            | Event::WorkflowAdded { .. }
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
            | Event::TeamAdded { .. }
            | Event::TeamChanged { .. }
            | Event::TeamRemoved { .. }
            | Event::FlowAsked { .. }
            | Event::FlowEnded { .. }
            | Event::PolicySet { .. }
            | Event::PolicyOverridden { .. }
            | Event::ConversationOpened { .. }
            | Event::OfferMade { .. }
            | Event::OfferReplied { .. }
            | Event::TransferEnqueued { .. }
            | Event::WorkflowEntered { .. }
            | Event::StepEntered { .. }
            | Event::SkillsDropped { .. }
            | Event::SkillsLowered { .. }
            | Event::QueueRelaxed { .. }
            | Event::StepsEnded { .. }
            | Event::LimitLifted { .. }
            | Event::ConversationIdled { .. }
            | Event::ConsultBegan { .. }
            | Event::InviteMade { .. }
            | Event::InviteEnded { agent: None, .. }
            | Event::ListeningBegan { .. }
            | Event::Redirected { .. }
            | Event::TransferDirected { .. }
            | Event::FlagRaised { .. }
            | Event::FlagLowered { .. }
            | Event::PersonDirected { .. }
            | Event::RequestCreated { .. } => Ok(()),
        }
    }

    /// Sends a conversation as it is now to everyone who sees it, each in the form in which they do.
    fn refresh(&mut self, id: ConversationId) -> Result<(), StoreError> {
        let Some(conversation) = self.reading.conversation(id)? else { return Ok(()) };
        let transfer = match conversation.transfer() {
            Some(transfer) => self.reading.transfer(transfer)?.map(|(transfer, _)| transfer),
            None => None,
        };
        let mut offers: Vec<(AgentId, OfferId)> = Vec::new();
        let asked = |search: &Search| -> Vec<(AgentId, OfferId)> {
            search.offers.iter().map(|(agent, offer)| (*agent, *offer)).collect()
        };
        offers.extend(conversation.waiting().into_iter().flat_map(|waiting| asked(&waiting.search)));
        if let Some(transfer) = &transfer {
            match &transfer.state {
                TransferState::Seeking { search, .. } => offers.extend(asked(search)),
                TransferState::Consulting { agent, .. } => {
                    for viewer in transfer.from.agent().into_iter().chain([*agent]) {
                        let consult = self.reading.consult(transfer.id, viewer)?;
                        let shown = consult.map(|consult| DeskEvent::ConsultShown { consult });
                        self.desk(viewer, shown.into_iter().collect());
                    }
                }
                TransferState::Requested
                | TransferState::Released { .. }
                | TransferState::Enqueued { .. }
                | TransferState::Calling { .. }
                | TransferState::Ended { .. } => {}
            }
        }
        let mut participants: Vec<(AgentId, bool)> = Vec::new();
        for invite in conversation.invites.iter() {
            let Some(invite) = self.reading.invite(*invite)? else { continue };
            let unasked = invite.is_unasked();
            match invite.state {
                InviteState::Open { search, .. } => offers.extend(asked(&search)),
                InviteState::Joined { agent, .. } => participants.push((agent, unasked)),
                InviteState::Ended { .. } => {}
            }
        }
        for (agent, offer) in offers {
            let shown = self.reading.offer(offer)?.map(|offer| DeskEvent::OfferShown { offer });
            self.desk(agent, shown.into_iter().collect());
        }
        let owner = match conversation.owner() {
            Some(Owner::Agent(agent)) => Some(agent),
            Some(Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_)) | None => None,
        };
        let read_on = conversation.listeners.is_empty() && conversation.overheard_by().next().is_none();
        if owner.is_none() && read_on && participants.is_empty() {
            return Ok(());
        }
        let Some(thread) = self.reading.thread(id, Sight::Whispered)? else { return Ok(()) };
        let whole = Thread { whispers: Vec::new(), ..thread.clone() };
        for (participant, unasked) in participants {
            let thread = if unasked { thread.clone() } else { whole.clone() };
            self.desk(participant, vec![DeskEvent::JoinedShown { thread }]);
        }
        for listener in conversation.listeners.iter() {
            self.desk(*listener, vec![DeskEvent::ListeningShown { thread: whole.clone() }]);
        }
        for supervisor in conversation.overheard_by() {
            self.desk(supervisor, vec![DeskEvent::ListeningShown { thread: thread.clone() }]);
        }
        if let Some(owner) = owner {
            self.desk(owner, vec![DeskEvent::ThreadShown { thread }]);
        }
        Ok(())
    }

    fn aside(&mut self, transfer: TransferId, seq: u32) -> Result<(), StoreError> {
        let Some((found, _)) = self.reading.transfer(transfer)? else { return Ok(()) };
        let TransferState::Consulting { agent, .. } = found.state else { return Ok(()) };
        let Some(message) = self.reading.aside(transfer, seq)? else { return Ok(()) };
        let added = DeskEvent::AsideAdded { transfer, message };
        let people = found.from.agent().into_iter().chain([agent]).collect();
        self.frames.push((Audience::People(people), Sent::Desk(vec![added])));
        Ok(())
    }

    /// Sends a whisper to the owner for whom or by whom it was said, and to the supervisors who hear it.
    fn whisper(&mut self, id: ConversationId, segment: SegmentId, seq: u32) -> Result<(), StoreError> {
        let Some(open) = self.reading.conversation(id)?.filter(|open| open.segment == segment) else {
            return Ok(());
        };
        let Some(message) = self.reading.whisper(id, seq)? else { return Ok(()) };
        let owner = match open.owner() {
            Some(Owner::Agent(agent)) => Some(agent),
            Some(Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_)) | None => None,
        };
        let mut people: Vec<AgentId> = owner.into_iter().chain(open.overheard_by()).collect();
        for invite in open.invites.iter() {
            let invite = self.reading.invite(*invite)?.filter(Invite::is_unasked);
            people.extend(invite.and_then(|invite| invite.participant()));
        }
        let added = DeskEvent::WhisperAdded { conversation: id, message };
        self.frames.push((Audience::People(people), Sent::Desk(vec![added])));
        Ok(())
    }

    fn desk(&mut self, agent: AgentId, events: Vec<DeskEvent>) {
        if events.is_empty() {
            return;
        }
        let known = self.frames.iter_mut().find_map(|(audience, sent)| match (audience, sent) {
            (Audience::People(people), Sent::Desk(known)) if *people == [agent] => Some(known),
            _ => None,
        });
        if let Some(known) = known {
            known.extend(events);
            return;
        }
        self.frames.push((Audience::People(vec![agent]), Sent::Desk(events)));
    }

    fn person(&mut self, agent: AgentId) -> Result<(), StoreError> {
        let (Some(person), Some(me)) = (self.reading.colleague(agent)?, self.reading.me(agent)?) else {
            return Ok(());
        };
        let shown = DeskEvent::PersonShown { person };
        self.frames.push((Audience::StaffBut(agent), Sent::Desk(vec![shown.clone()])));
        self.desk(agent, vec![shown, DeskEvent::MeChanged { me }]);
        Ok(())
    }

    fn message(
        &mut self,
        conversation: ConversationId,
        seq: u32,
        viewers: &[AgentId],
    ) -> Result<(), StoreError> {
        let Some(message) = self.reading.message(conversation, seq)? else { return Ok(()) };
        let from = match message.author {
            Author::Customer => chat::ChatAuthor::Customer,
            Author::Agent(_) | Author::External(_) => chat::ChatAuthor::Agent,
            Author::Flow(_) => chat::ChatAuthor::Bot,
        };
        let seen_by_customer = ChatMessage {
            seq,
            id: message.id,
            from,
            name: message.name.clone(),
            text: message.text.clone(),
            at: message.at,
            client_key: message.client_key.clone(),
        };
        let added = ChatEvent::MessageAdded { message: seen_by_customer };
        self.frames.push((Audience::Customer(conversation), Sent::Chat(vec![added])));
        if !viewers.is_empty() {
            let added = DeskEvent::MessageAdded { conversation, message };
            self.frames.push((Audience::People(viewers.to_vec()), Sent::Desk(vec![added])));
        }
        Ok(())
    }

    fn read_on(&mut self, conversation: ConversationId, viewers: &[AgentId]) -> Result<(), StoreError> {
        let marks = self.reading.marks(conversation)?;
        let read = ChatEvent::MarksChanged { read: marks.agent_read };
        self.frames.push((Audience::Customer(conversation), Sent::Chat(vec![read])));
        if !viewers.is_empty() {
            let changed = DeskEvent::MarksChanged {
                conversation,
                read: marks.agent_read,
                customer_delivered: marks.customer_delivered,
                customer_read: marks.customer_read,
            };
            self.frames.push((Audience::People(viewers.to_vec()), Sent::Desk(vec![changed])));
        }
        Ok(())
    }

    /// Tells the customer that they are being passed on, where the policy says so; never that someone is consulted.
    fn transferring(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        match self.reading.phase(conversation, self.now)? {
            Some(Phase::Transferring { to, .. }) => {
                self.phase(conversation, Some(format!("Transferring you to {to}")))
            }
            Some(Phase::Waiting { .. } | Phase::Active { .. } | Phase::Closed { .. }) | None => Ok(()),
        }
    }

    /// Tells the customer where they wait now, unless they are passed on by a transfer that is kept from them: then they
    /// only see that they wait. Nothing while an agent still answers.
    fn sent_on(
        &mut self,
        conversation: ConversationId,
        transfer: Option<TransferId>,
    ) -> Result<(), StoreError> {
        let told = self.told_of(transfer)?;
        match self.reading.phase(conversation, self.now)? {
            Some(Phase::Waiting { queue, .. }) => {
                self.phase(conversation, told.then(|| format!("Transferring you to {queue}")))
            }
            Some(Phase::Active { .. } | Phase::Transferring { .. } | Phase::Closed { .. }) | None => Ok(()),
        }
    }

    /// Tells the customer that they wait in another line now.
    fn waits_elsewhere(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        match self.reading.phase(conversation, self.now)? {
            Some(Phase::Waiting { queue, .. }) => {
                self.phase(conversation, Some(format!("{queue} will help you. You keep your place in line")))
            }
            Some(Phase::Active { .. } | Phase::Transferring { .. } | Phase::Closed { .. }) | None => Ok(()),
        }
    }

    /// Tells the customer that a transfer came to nothing and their agent is still there, unless they were told that the agent
    /// is back.
    fn stayed(
        &mut self,
        transfer: TransferId,
        conversation: ConversationId,
        from: AgentId,
        end: TransferEnd,
    ) -> Result<(), StoreError> {
        let stays = match end {
            TransferEnd::Returned
            | TransferEnd::Cancelled
            | TransferEnd::CalledOff
            | TransferEnd::Expired
            | TransferEnd::Failed => true,
            TransferEnd::Completed | TransferEnd::Abandoned | TransferEnd::Superseded => false,
        };
        let owner = self.reading.conversation(conversation)?.and_then(|open| open.owner());
        let told = self.told_of(Some(transfer))?;
        if !stays || self.given_back || !told || owner != Some(Owner::Agent(from)) {
            return Ok(());
        }
        let sender = self.reading.me(from)?;
        self.phase(conversation, sender.map(|sender| format!("{} is still with you", sender.name)))
    }

    /// Says whether the customer is told of what a transfer does; of what happens without one they always are.
    fn told_of(&self, transfer: Option<TransferId>) -> Result<bool, StoreError> {
        let Some(transfer) = transfer else { return Ok(true) };
        Ok(self.reading.transfer(transfer)?.is_some_and(|(transfer, _)| tells(&transfer)))
    }

    fn owner_left(
        &mut self,
        conversation: ConversationId,
        from: Owner,
        ended: SegmentId,
        wrap_up: WrapUp,
    ) -> Result<(), StoreError> {
        let Owner::Agent(agent) = from else { return Ok(()) };
        let mut events = vec![DeskEvent::ThreadHidden { conversation }];
        match wrap_up {
            WrapUp::None => {}
            WrapUp::ByItsAgent => {
                let card = self.reading.wrap_up(ended)?;
                events.extend(card.map(|wrap_up| DeskEvent::WrapUpShown { wrap_up }));
            }
        }
        self.desk(agent, events);
        Ok(())
    }

    fn owner_came(
        &mut self,
        conversation: ConversationId,
        to: Owner,
        cause: OwnerCause,
    ) -> Result<(), StoreError> {
        let notice = match (to, cause) {
            (Owner::Agent(agent), cause) => {
                self.desk(agent, vec![DeskEvent::ListeningHidden { conversation }]);
                let name = self.reading.me(agent)?.map(|agent| agent.name).unwrap_or_default();
                match cause {
                    OwnerCause::TakenBack(transfer) | OwnerCause::Returned(transfer) => {
                        match self.told_of(Some(transfer))? {
                            true => format!("{name} is back with you"),
                            false => format!("{name} has joined"),
                        }
                    }
                    OwnerCause::TakenOver(_)
                    | OwnerCause::Redirected
                    | OwnerCause::Opened
                    | OwnerCause::Accepted(_)
                    | OwnerCause::Transferred(_)
                    | OwnerCause::Released
                    | OwnerCause::Parked(_)
                    | OwnerCause::Expired(_)
                    | OwnerCause::Routed(_)
                    | OwnerCause::Overflowed(_)
                    | OwnerCause::Entered(_)
                    | OwnerCause::Lost => format!("{name} has joined"),
                    OwnerCause::Left(_) => format!("{name} goes on with you"),
                }
            }
            (Owner::Flow(_) | Owner::External(_), _) => match self.reading.phase(conversation, self.now)? {
                Some(Phase::Active { agent }) => format!("{agent} has joined"),
                Some(Phase::Waiting { .. } | Phase::Transferring { .. } | Phase::Closed { .. }) | None => {
                    return Ok(());
                }
            },
            // Which of its queues a workflow tries is nothing to tell the customer of.
            (Owner::Queue(_) | Owner::Group(_), OwnerCause::Routed(_)) => {
                return self.phase(conversation, None);
            }
            (Owner::Queue(_) | Owner::Group(_), OwnerCause::Overflowed(_)) => {
                return self.waits_elsewhere(conversation);
            }
            (Owner::Queue(_) | Owner::Group(_), OwnerCause::Lost | OwnerCause::Released) => {
                "Your agent was disconnected. Someone else will be with you soon".to_owned()
            }
            (
                Owner::Queue(_) | Owner::Group(_),
                OwnerCause::Transferred(transfer)
                | OwnerCause::TakenBack(transfer)
                | OwnerCause::Parked(transfer)
                | OwnerCause::Returned(transfer)
                | OwnerCause::Expired(transfer),
            ) => return self.sent_on(conversation, Some(transfer)),
            (
                Owner::Queue(_) | Owner::Group(_),
                OwnerCause::Opened
                | OwnerCause::TakenOver(_)
                | OwnerCause::Redirected
                | OwnerCause::Accepted(_)
                | OwnerCause::Left(_)
                | OwnerCause::Entered(_),
            ) => return self.sent_on(conversation, None),
        };
        self.phase(conversation, Some(notice))
    }

    fn phase(&mut self, conversation: ConversationId, notice: Option<String>) -> Result<(), StoreError> {
        let Some(phase) = self.reading.phase(conversation, self.now)? else { return Ok(()) };
        let changed = ChatEvent::PhaseChanged { phase, notice };
        self.frames.push((Audience::Customer(conversation), Sent::Chat(vec![changed])));
        Ok(())
    }
}

/// Says whether the customer is told of a transfer.
const fn tells(transfer: &Transfer) -> bool {
    transfer.policy.tell_customer && !matches!(transfer.mode, Mode::Warm)
}
