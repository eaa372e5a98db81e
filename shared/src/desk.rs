//! All that one person sees, and how it changes.
//!
//! A desk changes only through [`Desk::apply`], on both sides: from any snapshot, applying the events after its cursor
//! gives the same as a fresh snapshot. Every event is an upsert of a whole or the removal of one, so applying one twice
//! changes nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::agent::{Presence, Role};
use crate::channel::Channel;
use crate::ids::*;
use crate::message::{Message, insert_by_seq};
use crate::time::Timestamp;
use crate::transfer::{Target, TransferEnd};

/// All that one person sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Desk {
    /// The person.
    pub me: Me,
    /// The conversations they own.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, Thread>))]
    pub conversations: BTreeMap<ConversationId, Thread>,
    /// What is offered to them.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, OfferCard>))]
    pub offers: BTreeMap<OfferId, OfferCard>,
    /// What they have to file.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, WrapUpCard>))]
    pub wrap_ups: BTreeMap<SegmentId, WrapUpCard>,
    /// Everyone who can sign in, themselves included.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, Colleague>))]
    pub people: BTreeMap<AgentId, Colleague>,
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
    pub attributes: BTreeMap<String, String>,
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
    /// The receiver's name.
    pub to: String,
    /// The sender's note.
    pub note: Option<String>,
    /// When it was requested.
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
    /// To whom.
    pub target: Target,
    /// The name of the target.
    pub to: String,
    /// When it was requested.
    pub requested_at: Timestamp,
    /// When it comes back, as shown to people.
    pub deadline: Timestamp,
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
    /// The receiver's reason, where they gave one.
    pub reason: Option<String>,
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
    /// Until when to answer, as shown to people.
    pub deadline: Timestamp,
    /// The sender and their note, where it is a transfer.
    pub transfer: Option<IncomingTransfer>,
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
    /// The sender's note.
    pub note: Option<String>,
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
    /// What ended it, in words: "Transferred to Agent Two", "Ended by the customer".
    pub ended_by: String,
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

    /// Returns how many units of capacity are taken: by what one owns and by what one is offered.
    pub fn load(&self) -> u32 {
        let owned = self.conversations.values().map(|thread| thread.channel.units());
        let offered = self.offers.values().map(|offer| offer.thread.channel.units());
        owned.chain(offered).sum()
    }

    fn threads_mut(&mut self, conversation: ConversationId) -> impl Iterator<Item = &mut Thread> {
        let owned = self.conversations.get_mut(&conversation);
        let offered = self.offers.values_mut().map(|offer| &mut offer.thread);
        owned.into_iter().chain(offered.filter(move |thread| thread.conversation == conversation))
    }
}
