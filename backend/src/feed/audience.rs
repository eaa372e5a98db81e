//! Who may see what: the one table from events to what each audience is sent.
//!
//! An event that gives someone sight of a conversation carries all they may see of it; one that takes sight away is
//! sent to them too. The audiences of one event never overlap, so a reader gets at most one frame for each number.

use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::{Published, What};
use crate::store::{Reading, StoreError};

/// Who is sent a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// These people.
    People(Vec<AgentId>),
    /// Everyone who is signed in but this person.
    StaffBut(AgentId),
    /// The customer of this conversation.
    Customer(ConversationId),
}

/// What an audience is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// To people.
    Desk(Vec<DeskEvent>),
    /// To a customer.
    Chat(Vec<ChatEvent>),
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
    frames: Vec<(Audience, Sent)>,
}

/// Says who is sent what.
pub(super) fn project(
    reading: &dyn Reading,
    published: &Published,
    now: Timestamp,
) -> Result<Projected, StoreError> {
    let mut table = Table { reading, now, frames: Vec::new() };
    match &published.what {
        What::Read(conversation) => table.read_on(*conversation, &published.viewers)?,
        What::Happened(event) => match event {
            Event::PersonChanged { .. } | Event::QueueChanged { .. } => return Ok(Projected::Restart),
            Event::PersonAdded { agent, .. }
            | Event::StatusChanged { agent, .. }
            | Event::AgentReached { agent }
            | Event::AgentLost { agent } => table.person(*agent)?,
            Event::MessageSent { conversation, seq, .. } => {
                table.message(*conversation, *seq, &published.viewers)?;
            }
            Event::OfferMade { offer, conversation, agent, cause, .. } => {
                table.offer_made(*offer, *conversation, *agent, *cause, &published.viewers)?;
            }
            Event::OfferEnded { offer, agent, end, .. } => {
                table.desk(*agent, vec![DeskEvent::OfferHidden { offer: *offer, end: *end }]);
            }
            Event::TransferEnded { conversation, from, end, .. } => {
                table.transfer_ended(*conversation, *from, *end)?;
            }
            Event::OwnerChanged { conversation, from, to, cause, ended, wrap_up, .. } => {
                table.owner_left(*conversation, *from, *ended, *wrap_up)?;
                table.owner_came(*conversation, *to, *cause)?;
            }
            Event::ConversationClosed { conversation, from, ended, wrap_up, .. } => {
                table.owner_left(*conversation, *from, *ended, *wrap_up)?;
                table.phase(*conversation, Some("The conversation has ended".to_owned()))?;
            }
            Event::WrapUpEnded { segment, agent, .. } => {
                table.desk(*agent, vec![DeskEvent::WrapUpHidden { segment: *segment }]);
            }
            Event::ServerStarted { .. }
            | Event::SkillAdded { .. }
            | Event::SkillGranted { .. }
            | Event::SkillRevoked { .. }
            | Event::QueueAdded { .. }
            | Event::MemberAdded { .. }
            | Event::MemberRemoved { .. }
            | Event::GroupAdded { .. }
            | Event::ConversationOpened { .. }
            | Event::TransferRequested { .. }
            | Event::TransferEnqueued { .. } => {}
        },
    }
    Ok(Projected::Frames(table.frames))
}

impl Table<'_> {
    fn desk(&mut self, agent: AgentId, events: Vec<DeskEvent>) {
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
            Author::Agent(_) => chat::ChatAuthor::Agent,
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

    fn offer_made(
        &mut self,
        offer: OfferId,
        conversation: ConversationId,
        agent: AgentId,
        cause: OfferCause,
        viewers: &[AgentId],
    ) -> Result<(), StoreError> {
        if let Some(offer) = self.reading.offer(offer)? {
            self.desk(agent, vec![DeskEvent::OfferShown { offer }]);
        }
        let OfferCause::Transfer(transfer) = cause else { return Ok(()) };
        for sender in viewers.iter().copied().filter(|viewer| *viewer != agent) {
            let shown = self.shown_to(sender, conversation)?;
            self.desk(sender, shown);
        }
        let notice = self.reading.transfer(transfer)?.map(|(_, to)| format!("Transferring you to {to}"));
        self.phase(conversation, notice)
    }

    /// The conversation as its owner sees it; nothing if this person owns it no more.
    fn shown_to(&self, agent: AgentId, conversation: ConversationId) -> Result<Vec<DeskEvent>, StoreError> {
        let owner = self.reading.conversation(conversation)?.and_then(|open| open.owner());
        if owner != Some(Owner::Agent(agent)) {
            return Ok(Vec::new());
        }
        let thread = self.reading.thread(conversation, None)?;
        Ok(thread.map(|thread| DeskEvent::ThreadShown { thread }).into_iter().collect())
    }

    fn transfer_ended(
        &mut self,
        conversation: ConversationId,
        from: AgentId,
        end: TransferEnd,
    ) -> Result<(), StoreError> {
        let stays = match end {
            TransferEnd::Returned | TransferEnd::Cancelled | TransferEnd::Expired => true,
            TransferEnd::Completed | TransferEnd::Abandoned => false,
        };
        if !stays {
            return Ok(());
        }
        let shown = self.shown_to(from, conversation)?;
        if shown.is_empty() {
            return Ok(());
        }
        self.desk(from, shown);
        let sender = self.reading.me(from)?;
        self.phase(conversation, sender.map(|sender| format!("{} is still with you", sender.name)))
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
        let notice = match to {
            Owner::Agent(agent) => {
                let shown = self.shown_to(agent, conversation)?;
                self.desk(agent, shown);
                let name = self.reading.me(agent)?.map(|agent| agent.name).unwrap_or_default();
                match cause {
                    OwnerCause::TakenBack(_) => format!("{name} is back with you"),
                    OwnerCause::Opened
                    | OwnerCause::Accepted(_)
                    | OwnerCause::Transferred(_)
                    | OwnerCause::Released => format!("{name} has joined"),
                }
            }
            Owner::Queue(_) => match self.reading.phase(conversation, self.now)? {
                Some(Phase::Waiting { queue, .. }) => format!("Transferring you to {queue}"),
                Some(Phase::Active { .. } | Phase::Transferring { .. } | Phase::Closed { .. }) | None => {
                    return Ok(());
                }
            },
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
