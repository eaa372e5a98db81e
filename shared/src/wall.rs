//! All that one supervisor sees of the work of their teams, and how it changes.
//!
//! As a desk, a wall changes only through [`Wall::apply`], on both sides: from any snapshot, applying the events after
//! its cursor gives the same as a fresh snapshot. Every event is an upsert of a whole row or the removal of one, so
//! applying one twice changes nothing. Events are sent at most once a second, one for each row that changed meanwhile.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::agent::Presence;
use crate::conversation::Owner;
use crate::ids::{AgentId, ConversationId, QueueId, TransferId};
use crate::queue::ServiceTarget;
use crate::sorted::SortedMap;
use crate::time::Timestamp;
use crate::transfer::Mode;

/// How far back the recent counts of a queue look.
pub const RECENT: Duration = Duration::from_secs(30 * 60);

/// How soon a customer leaves who did not mean to wait.
///
/// Source: Vivocha's outcome "cancelled", below 10 s.
pub const SHORT_ABANDON: Duration = Duration::from_secs(10);

/// All that one supervisor sees of the work of their teams.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Wall {
    /// The queues.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, QueueRow>))]
    pub queues: SortedMap<QueueId, QueueRow>,
    /// The people.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, AgentRow>))]
    pub agents: SortedMap<AgentId, AgentRow>,
    /// The open conversations.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, ConversationRow>))]
    pub conversations: SortedMap<ConversationId, ConversationRow>,
    /// The transfers that have not ended.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, TransferRow>))]
    pub transfers: SortedMap<TransferId, TransferRow>,
    /// How many open conversations of the whole workspace nobody answers for, which is none.
    pub ownerless: u32,
}

/// A queue, as supervisors see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueRow {
    /// Which.
    pub id: QueueId,
    /// What it is called.
    pub name: String,
    /// Whether it is open by its hours.
    pub open: bool,
    /// How many conversations wait in it.
    pub waiting: u32,
    /// Since when the one waits that has waited longest; nothing while none does.
    pub longest_since: Option<Timestamp>,
    /// What a customer is told to expect who comes now, in seconds; nothing below ten acceptances in ten minutes.
    pub expected_secs: Option<u32>,
    /// How many of its conversations agents have.
    pub active: u32,
    /// How many of those who serve it take new work.
    pub available: u32,
    /// How many of them are connected and take no new work.
    pub unavailable: u32,
    /// How many of them are Offline or not connected.
    pub offline: u32,
    /// Which share of its conversations is to be accepted how soon, if that is set.
    pub target: Option<ServiceTarget>,
    /// What happened in the last [`RECENT`].
    pub recent: Counts,
    /// What happened since midnight, in UTC.
    pub today: Counts,
}

/// What happened in a queue in some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counts {
    /// How many conversations came to it.
    pub entered: u32,
    /// How many an agent accepted from it.
    pub accepted: u32,
    /// How many of those were accepted within the target's time; none where no target is set.
    pub in_target: u32,
    /// How many offers of its work were not answered in time.
    pub missed: u32,
    /// How many offers of its work were refused.
    pub rejected: u32,
    /// How many conversations their customers ended while they waited in it.
    pub abandoned: u32,
    /// How many of those had waited less than [`SHORT_ABANDON`].
    pub short_abandoned: u32,
    /// How long those that were abandoned had waited in it, together, in milliseconds.
    pub abandon_ms: u64,
    /// How long those that were accepted had waited in it, together, in milliseconds.
    pub answer_ms: u64,
}

impl Counts {
    /// Returns how many of a hundred were accepted in time, of those that were accepted or abandoned, short abandons
    /// left out; nothing where none was.
    ///
    /// Source: Twilio Flex, "Real-time queues view", SLA.
    pub fn service_level(&self) -> Option<u32> {
        (self.in_target * 100).checked_div(self.accepted + self.abandoned - self.short_abandoned)
    }

    /// Returns how many of a hundred were abandoned, of those that came; nothing where none came.
    pub fn abandoned_share(&self) -> Option<u32> {
        (self.abandoned * 100).checked_div(self.entered)
    }

    /// Returns how many of a hundred were abandoned soon, of those that came; nothing where none came.
    pub fn short_abandoned_share(&self) -> Option<u32> {
        (self.short_abandoned * 100).checked_div(self.entered)
    }

    /// Returns how long those that were abandoned had waited on average; nothing where none was.
    pub fn abandon_time(&self) -> Option<Duration> {
        self.abandon_ms.checked_div(u64::from(self.abandoned)).map(Duration::from_millis)
    }

    /// Returns how long those that were accepted had waited on average; nothing where none was.
    pub fn answer_speed(&self) -> Option<Duration> {
        self.answer_ms.checked_div(u64::from(self.accepted)).map(Duration::from_millis)
    }
}

/// A person, as supervisors see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentRow {
    /// Who.
    pub id: AgentId,
    /// Their name.
    pub name: String,
    /// Intent and reachability.
    pub presence: Presence,
    /// Since when both are as they are.
    pub since: Timestamp,
    /// How many units of capacity are taken by what they own and are offered.
    pub load: u32,
    /// How many there are.
    pub capacity: u32,
    /// How many conversations they own.
    pub conversations: u32,
    /// How many offers they did not answer in time since midnight, in UTC.
    pub missed: u32,
}

/// An open conversation, as supervisors see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationRow {
    /// Which.
    pub id: ConversationId,
    /// The customer's name.
    pub customer: String,
    /// Who owns it.
    pub owner: Owner,
    /// What the owner is called.
    pub owner_name: String,
    /// The name of the queue that it waits in or came from last.
    pub queue: String,
    /// When the customer opened it.
    pub opened_at: Timestamp,
    /// When something was said last.
    pub last_message_at: Timestamp,
    /// Whether its transfer policy lets supervisors take it over.
    pub may_take_over: bool,
    /// The flag that is up, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<FlagView>,
}

/// A flag by which an agent asks for help, as supervisors see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlagView {
    /// The name of who raised it.
    pub by: String,
    /// What they wrote.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// A transfer that has not ended, as supervisors see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferRow {
    /// Which.
    pub id: TransferId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// The customer's name.
    pub customer: String,
    /// What the sender is called.
    pub from: String,
    /// What the target is called.
    pub to: String,
    /// In which way.
    pub mode: Mode,
    /// Where it stands.
    pub stands: Standing,
    /// When it was requested.
    pub requested_at: Timestamp,
    /// When what it stands at ends by itself, as shown to people; nothing if it does not.
    pub deadline: Option<Timestamp>,
}

/// Where a transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nobody is asked at the moment: it waits for someone to be free.
    Waiting,
    /// Someone is asked.
    Offered,
    /// The sender is released, and it waits for whom it was meant for.
    Released,
    /// It waits in a queue or group, which is the owner.
    Enqueued,
    /// A partner outside is asked.
    Calling,
    /// The receiver came and is consulted aside.
    Consulting,
}

impl Standing {
    /// Returns the words shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waits for someone to be free",
            Self::Offered => "Offered",
            Self::Released => "Waits, sender released",
            Self::Enqueued => "In line",
            Self::Calling => "Partner is asked",
            Self::Consulting => "Consulting",
        }
    }
}

/// How a wall changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are named after what they are; the variants say what changed")]
pub enum WallEvent {
    /// A queue or what is counted of it changed.
    QueueShown { queue: QueueRow },
    /// A person changed.
    AgentShown { agent: AgentRow },
    /// A conversation came or changed.
    ConversationShown { conversation: ConversationRow },
    /// A conversation ended, or is the work of one's teams no more.
    ConversationHidden { conversation: ConversationId },
    /// A transfer came or changed.
    TransferShown { transfer: TransferRow },
    /// A transfer ended, or is the work of one's teams no more.
    TransferHidden { transfer: TransferId },
    /// The number of conversations without an owner changed.
    OwnerlessCounted { ownerless: u32 },
}

impl Wall {
    /// Changes the wall as the event says; an event about something unknown changes nothing.
    pub fn apply(&mut self, event: &WallEvent) {
        match event {
            WallEvent::QueueShown { queue } => {
                self.queues.insert(queue.id, queue.clone());
            }
            WallEvent::AgentShown { agent } => {
                self.agents.insert(agent.id, agent.clone());
            }
            WallEvent::ConversationShown { conversation } => {
                self.conversations.insert(conversation.id, conversation.clone());
            }
            WallEvent::ConversationHidden { conversation } => {
                self.conversations.remove(conversation);
            }
            WallEvent::TransferShown { transfer } => {
                self.transfers.insert(transfer.id, transfer.clone());
            }
            WallEvent::TransferHidden { transfer } => {
                self.transfers.remove(transfer);
            }
            WallEvent::OwnerlessCounted { ownerless } => self.ownerless = *ownerless,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_level_counts_those_who_left_against_the_queue() {
        let counts = Counts { accepted: 6, in_target: 5, abandoned: 2, ..Counts::default() };
        assert_eq!(counts.service_level(), Some(62));
        let counts = Counts { short_abandoned: 1, entered: 9, abandon_ms: 50_000, ..counts };
        assert_eq!(counts.service_level(), Some(71), "who left at once is not counted");
        assert_eq!((counts.abandoned_share(), counts.short_abandoned_share()), (Some(22), Some(11)));
        assert_eq!(counts.abandon_time(), Some(Duration::from_secs(25)));
        assert_eq!(Counts { entered: 3, ..Counts::default() }.service_level(), None);
    }

    #[test]
    fn the_speed_of_answer_is_the_mean_wait_of_those_accepted() {
        let counts = Counts { accepted: 4, answer_ms: 10_000, ..Counts::default() };
        assert_eq!(counts.answer_speed(), Some(Duration::from_millis(2_500)));
        assert_eq!(Counts::default().answer_speed(), None);
    }
}
