//! All that one person sees, and how it changes.
//!
//! A desk changes only through [`Desk::apply`], on both sides: from any snapshot, applying the events after its cursor
//! gives the same as a fresh snapshot. Every event is an upsert of a whole or the removal of one, so applying one twice
//! changes nothing.

use serde::{Deserialize, Serialize};

use crate::agent::{Presence, Role};
use crate::channel::Channel;
use crate::ids::*;
use crate::message::{Message, insert_by_seq};
use crate::offer::Reply;
use crate::policy::{Decline, Need, TransferPolicy};
use crate::sorted::SortedMap;
use crate::time::Timestamp;
use crate::transfer::{Mode, Target, TargetKind, TransferEnd};

/// All that one person sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Desk {
    /// The person.
    pub me: Me,
    /// The conversations they own.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, Thread>))]
    pub conversations: SortedMap<ConversationId, Thread>,
    /// What is offered to them.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, OfferCard>))]
    pub offers: SortedMap<OfferId, OfferCard>,
    /// What they are consulted about, and what they consult someone about.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, Consult>))]
    pub consults: SortedMap<TransferId, Consult>,
    /// The conversations they take part in beside the owner.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, Thread>))]
    pub joined: SortedMap<ConversationId, Thread>,
    /// The conversations they passed on and read on in.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, Thread>))]
    pub listening: SortedMap<ConversationId, Thread>,
    /// What they have to file.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, WrapUpCard>))]
    pub wrap_ups: SortedMap<SegmentId, WrapUpCard>,
    /// Everyone who can sign in, themselves included.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, Colleague>))]
    pub people: SortedMap<AgentId, Colleague>,
}

/// The person whose desk it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Who.
    pub id: AgentId,
    /// What they are called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What they chose, and whether they can be reached.
    pub presence: Presence,
    /// How many units of chat they can hold.
    pub capacity: u32,
}

/// Another person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Colleague {
    /// Who.
    pub id: AgentId,
    /// What they are called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What they chose, and whether they can be reached.
    pub presence: Presence,
}

/// A conversation as staff see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Thread {
    /// Which.
    pub conversation: ConversationId,
    /// The running segment.
    pub segment: SegmentId,
    /// The customer's name.
    pub customer: String,
    /// The name of the queue it came from last.
    pub queue: String,
    /// How the customer writes.
    pub channel: Channel,
    /// When the customer opened it.
    pub opened_at: Timestamp,
    /// When its owner got it.
    pub since: Timestamp,
    /// What is known about it: kept through every transfer.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, String>))]
    pub attributes: SortedMap<String, String>,
    /// The last messages, at most [`crate::message::MESSAGES_SHOWN`] in a snapshot.
    pub messages: Vec<Message>,
    /// The transfers so far that changed the owner, oldest first, with their notes.
    pub handoffs: Vec<Handoff>,
    /// How far the owner has read.
    pub read: u32,
    /// How far the customer's page has received.
    pub customer_delivered: u32,
    /// How far the customer has read.
    pub customer_read: u32,
    /// The open transfer away from its owner.
    pub transfer: Option<PendingTransfer>,
    /// The owner's last transfer of it, if that came back.
    pub returned: Option<ReturnedTransfer>,
    /// The name of its owner, for those who are not.
    pub owner: Option<String>,
    /// Who takes part beside the owner, and who is invited to.
    pub invites: Vec<InviteView>,
    /// How it may be passed on.
    pub choices: TransferChoices,
    /// The message of the flag that is up, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    /// What supervisors whispered to its owner and the owner answered, for these alone, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub whispers: Vec<Message>,
}

/// An invitation that has not ended, or who takes part by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteView {
    /// Which.
    pub invite: InviteId,
    /// The name of whom it is meant for.
    pub to: String,
    /// Who invited.
    pub from: String,
    /// The name of who takes part by it; nothing while it is open.
    pub joined: Option<String>,
    /// The names of those it is offered to at the moment.
    pub asked: Vec<String>,
    /// When it expires, as shown to people; nothing once someone takes part.
    pub deadline: Option<Timestamp>,
}

/// Who invites one to join, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncomingInvite {
    /// Which.
    pub invite: InviteId,
    /// The name of who invites.
    pub from: String,
    /// Their note.
    pub note: Option<String>,
}

/// How a conversation may be passed on, by the policy that holds for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferChoices {
    /// In which ways; none where transfers are turned off.
    pub modes: Vec<Mode>,
    /// To which kinds of target.
    pub targets: Vec<TargetKind>,
    /// Whether a note is asked for.
    pub note: Need,
    /// Whether a summary is asked for.
    pub summary: Need,
    /// How long a transfer to a queue or group can be undone, in seconds; 0 for not at all.
    pub undo_secs: u64,
}

impl From<&TransferPolicy> for TransferChoices {
    fn from(policy: &TransferPolicy) -> Self {
        let modes = policy.modes.iter().filter(|_| policy.enabled);
        Self {
            modes: modes.copied().collect(),
            targets: policy.targets.iter().copied().collect(),
            note: policy.note,
            summary: policy.summary,
            undo_secs: policy.undo_lasts().as_secs(),
        }
    }
}

impl Thread {
    /// Returns how many of the customer's messages the owner has not read, of those at hand.
    pub fn unread(&self) -> usize {
        self.messages
            .iter()
            .rev()
            .take_while(|message| message.seq > self.read)
            .filter(|message| message.author == crate::message::Author::Customer)
            .count()
    }

    /// Says whether there are messages before those at hand.
    pub fn has_earlier(&self) -> bool {
        self.messages.first().is_some_and(|message| message.seq > 1)
    }
}

/// A transfer that changed the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Handoff {
    /// Which.
    pub transfer: TransferId,
    /// The sender's name.
    pub from: String,
    /// The name of the supervisor who asked for it in the sender's place, if one did.
    pub by: Option<String>,
    /// The receiver's name.
    pub to: String,
    /// The sender's note.
    pub note: Option<String>,
    /// The summary that was sent with it.
    pub summary: Option<String>,
    /// What the two said aside before it, where the receiver was consulted first: the last of it, oldest first, at most
    /// [`crate::message::MESSAGES_SHOWN`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aside: Vec<Message>,
    /// When it was requested, or handed over where the receiver was consulted first.
    pub at: Timestamp,
    /// The last message before it.
    pub after_seq: u32,
}

/// A transfer that its sender can still cancel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingTransfer {
    /// Which.
    pub transfer: TransferId,
    /// The name of the supervisor who asked for it in the owner's place, if one did.
    pub by: Option<String>,
    /// To whom.
    pub target: Target,
    /// The name of the target.
    pub to: String,
    /// In which way.
    pub mode: Mode,
    /// Where it stands.
    pub phase: PendingPhase,
    /// Those it is offered to at the moment, or who is consulted.
    pub asked: Vec<Asked>,
    /// When it was requested.
    pub requested_at: Timestamp,
    /// When it comes back, as shown to people; nothing if it waits until it is answered.
    pub deadline: Option<Timestamp>,
    /// Until when the sender may take it back.
    pub cancel_until: CancelUntil,
}

/// Someone whom a transfer is offered to, as its sender sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Asked {
    /// Their name.
    pub name: String,
    /// The offer; nothing once they are consulted.
    pub offer: Option<OfferId>,
    /// What they last let the sender know, beside a question.
    pub reply: Option<Reply>,
    /// What they asked.
    pub question: Option<String>,
    /// What the sender answered.
    pub answer: Option<String>,
}

impl Asked {
    /// Returns someone of whom nothing but the name is known.
    pub const fn named(name: String) -> Self {
        Self { name, offer: None, reply: None, question: None, answer: None }
    }
}

/// Until when a sender may take a transfer back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CancelUntil {
    /// Until it is accepted.
    Accepted,
    /// Until a time.
    Time(Timestamp),
    /// Not at all.
    Never,
}

/// Where a transfer stands that is open and whose sender is still the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PendingPhase {
    /// Nobody is asked at the moment: it waits for someone to be free.
    Waiting,
    /// Someone is asked.
    Offered,
    /// The receiver came and is consulted aside.
    Consulting,
}

/// A consultation, as the two who hold it see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consult {
    /// The warm transfer it belongs to.
    pub transfer: TransferId,
    /// About which conversation.
    pub conversation: ConversationId,
    /// The one who asks, and owns the conversation.
    pub from: AgentId,
    /// Their name.
    pub from_name: String,
    /// The one who is asked.
    pub agent: AgentId,
    /// Their name.
    pub agent_name: String,
    /// The sender's note.
    pub note: Option<String>,
    /// The summary that was sent with it.
    pub summary: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// When it ends by itself, as shown to people.
    pub deadline: Timestamp,
    /// What was said aside, oldest first; the customer never sees it.
    pub aside: Vec<Message>,
    /// The conversation, for the one who is asked; the other has it already.
    pub thread: Option<Thread>,
}

/// A transfer that came back to its sender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReturnedTransfer {
    /// Which.
    pub transfer: TransferId,
    /// The name of the target.
    pub to: String,
    /// How it ended.
    pub end: TransferEnd,
    /// Whether the one who was asked last rejected it.
    pub declined: bool,
    /// The receiver's reason, where they gave one.
    pub reason: Option<String>,
    /// The sender's note, to begin with when they pass it on again.
    pub note: Option<String>,
    /// When it came back.
    pub at: Timestamp,
}

/// An offer, with all that the receiver may see of the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferCard {
    /// Which.
    pub offer: OfferId,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when to answer, as shown to people; nothing if it lasts until it is answered.
    pub deadline: Option<Timestamp>,
    /// Whether it may be refused, and how.
    pub decline: Decline,
    /// Whether it is meant for its receiver alone, and not for whoever serves a queue or belongs to a group.
    pub meant: bool,
    /// The sender and their note, where it is a transfer.
    pub transfer: Option<IncomingTransfer>,
    /// What its receiver may still let the sender know; nothing where the sender has let go of it.
    pub may_reply: Vec<Reply>,
    /// What the receiver asked the sender.
    pub question: Option<String>,
    /// What the sender answered.
    pub answer: Option<String>,
    /// Who invites, where it is an invitation to join.
    pub invite: Option<IncomingInvite>,
    /// The conversation.
    pub thread: Thread,
}

/// Who passes a conversation on, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncomingTransfer {
    /// Which.
    pub transfer: TransferId,
    /// The sender's name.
    pub from: String,
    /// The name of the supervisor who asked for it in the sender's place, if one did.
    pub by: Option<String>,
    /// In which way.
    pub mode: Mode,
    /// The sender's note.
    pub note: Option<String>,
    /// The summary that was sent with it.
    pub summary: Option<String>,
}

/// A segment to be filed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WrapUpCard {
    /// Which.
    pub segment: SegmentId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// The customer's name.
    pub customer: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// When it ends by itself, as shown to people; nothing if it does not.
    pub until: Option<Timestamp>,
    /// What ended it, in words: "Transferred to Agent Two", "Ended by the customer".
    pub ended_by: String,
    /// What a supervisor did that ended it, in a sentence: "Supervisor took over Ada."; nothing where it was no supervisor.
    pub news: Option<String>,
}

/// How a desk changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are named after what they are; the variants say what changed")]
pub enum DeskEvent {
    /// One owns this conversation, or something other than its messages and marks changed.
    ThreadShown { thread: Thread },
    /// One owns this conversation no more.
    ThreadHidden { conversation: ConversationId },
    /// Someone said something in a conversation that one owns or is offered.
    MessageAdded { conversation: ConversationId, message: Message },
    /// Someone read on.
    MarksChanged { conversation: ConversationId, read: u32, customer_delivered: u32, customer_read: u32 },
    /// A conversation is offered.
    OfferShown { offer: OfferCard },
    /// An offer is over.
    OfferHidden { offer: OfferId, end: crate::offer::OfferEnd },
    /// One takes part in a consultation, or something other than its messages changed.
    ConsultShown { consult: Consult },
    /// A consultation is over.
    ConsultHidden { transfer: TransferId },
    /// Someone said something aside.
    AsideAdded { transfer: TransferId, message: Message },
    /// One takes part in this conversation, or something other than its messages and marks changed.
    JoinedShown { thread: Thread },
    /// One takes part in it no more.
    JoinedHidden { conversation: ConversationId },
    /// One reads on in a conversation that one passed on.
    ListeningShown { thread: Thread },
    /// One reads on in it no more.
    ListeningHidden { conversation: ConversationId },
    /// A supervisor whispered to the owner, or the owner answered.
    WhisperAdded { conversation: ConversationId, message: Message },
    /// A segment is to be filed.
    WrapUpShown { wrap_up: WrapUpCard },
    /// A segment is filed.
    WrapUpHidden { segment: SegmentId },
    /// Someone was added or changed.
    PersonShown { person: Colleague },
    /// One's own role, status or capacity changed.
    MeChanged { me: Me },
}

impl Desk {
    /// Changes the desk as the event says; an event about something unknown changes nothing.
    pub fn apply(&mut self, event: &DeskEvent) {
        match event {
            DeskEvent::ThreadShown { thread } => {
                self.conversations.insert(thread.conversation, thread.clone());
            }
            DeskEvent::ThreadHidden { conversation } => {
                self.conversations.remove(conversation);
            }
            DeskEvent::MessageAdded { conversation, message } => {
                for thread in self.threads_mut(*conversation) {
                    insert_by_seq(&mut thread.messages, message.clone());
                }
            }
            DeskEvent::MarksChanged { conversation, read, customer_delivered, customer_read } => {
                for thread in self.threads_mut(*conversation) {
                    thread.read = *read;
                    thread.customer_delivered = *customer_delivered;
                    thread.customer_read = *customer_read;
                }
            }
            DeskEvent::OfferShown { offer } => {
                self.offers.insert(offer.offer, offer.clone());
            }
            DeskEvent::OfferHidden { offer, .. } => {
                self.offers.remove(offer);
            }
            DeskEvent::ConsultShown { consult } => {
                self.consults.insert(consult.transfer, consult.clone());
            }
            DeskEvent::ConsultHidden { transfer } => {
                self.consults.remove(transfer);
            }
            DeskEvent::AsideAdded { transfer, message } => {
                if let Some(consult) = self.consults.get_mut(transfer) {
                    insert_by_seq(&mut consult.aside, message.clone());
                }
            }
            DeskEvent::JoinedShown { thread } => {
                self.joined.insert(thread.conversation, thread.clone());
            }
            DeskEvent::JoinedHidden { conversation } => {
                self.joined.remove(conversation);
            }
            DeskEvent::ListeningShown { thread } => {
                self.listening.insert(thread.conversation, thread.clone());
            }
            DeskEvent::ListeningHidden { conversation } => {
                self.listening.remove(conversation);
            }
            DeskEvent::WhisperAdded { conversation, message } => {
                let theirs = [&mut self.conversations, &mut self.joined, &mut self.listening];
                for thread in theirs.into_iter().filter_map(|threads| threads.get_mut(conversation)) {
                    insert_by_seq(&mut thread.whispers, message.clone());
                }
            }
            DeskEvent::WrapUpShown { wrap_up } => {
                self.wrap_ups.insert(wrap_up.segment, wrap_up.clone());
            }
            DeskEvent::WrapUpHidden { segment } => {
                self.wrap_ups.remove(segment);
            }
            DeskEvent::PersonShown { person } => {
                self.people.insert(person.id, person.clone());
            }
            DeskEvent::MeChanged { me } => self.me = me.clone(),
        }
    }

    /// Returns how many units of capacity are taken: by what one owns, takes part in, is offered and is consulted about.
    pub fn load(&self) -> u32 {
        let owned = self.conversations.values().map(|thread| thread.channel.units());
        let offered = self.offers.values().map(|offer| offer.thread.channel.units());
        let consulted = self.consults.values().filter_map(|consult| consult.thread.as_ref());
        let joined = self.joined.values().map(|thread| thread.channel.units());
        owned.chain(offered).chain(joined).chain(consulted.map(|thread| thread.channel.units())).sum()
    }

    fn threads_mut(&mut self, conversation: ConversationId) -> impl Iterator<Item = &mut Thread> {
        let owned = self.conversations.get_mut(&conversation);
        let joined = self.joined.get_mut(&conversation);
        let listening = self.listening.get_mut(&conversation);
        let offered = self.offers.values_mut().map(|offer| &mut offer.thread);
        let consulted = self.consults.values_mut().filter_map(|consult| consult.thread.as_mut());
        let others = offered.chain(consulted).filter(move |thread| thread.conversation == conversation);
        owned.into_iter().chain(joined).chain(listening).chain(others)
    }
}
