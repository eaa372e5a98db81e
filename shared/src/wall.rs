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
    /// The queues together.
    pub all_queues: AllQueues,
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
    /// What happened since the day began.
    pub today: Counts,
}

/// All queues of a wall together: sums, the longest wait of any, and averages of all that is averaged.
///
/// Source: Twilio Flex, "Real-time queues view", roll-up; a service level is weighted by what it counts, which is what
/// the sums come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AllQueues {
    /// How many conversations wait.
    pub waiting: u32,
    /// Since when the one waits that has waited longest; nothing while none does.
    pub longest_since: Option<Timestamp>,
    /// How many conversations agents have.
    pub active: u32,
    /// How many of those who serve any of them take new work; whoever serves several counts once.
    pub available: u32,
    /// How many of those are connected and take no new work.
    pub unavailable: u32,
    /// How many of those are Offline or not connected.
    pub offline: u32,
    /// What happened in the last [`RECENT`].
    pub recent: Counts,
    /// What happened since the day began.
    pub today: Counts,
}

impl AllQueues {
    /// Adds what a queue says but for its people, who may serve others too.
    pub fn add(&mut self, queue: &QueueRow) {
        self.waiting += queue.waiting;
        self.longest_since = match (self.longest_since, queue.longest_since) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.active += queue.active;
        self.recent.add(&queue.recent);
        self.today.add(&queue.today);
    }
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
    /// How many the service level counts: accepted, or abandoned and not soon; none where no target is set.
    pub level_counted: u32,
    /// How many offers of its conversations were not answered in time, or were taken back.
    pub missed: u32,
    /// How many offers of its conversations were refused, or were made to someone who went away.
    pub rejected: u32,
    /// How many conversations their customers ended while they waited in it.
    pub abandoned: u32,
    /// How many of those had waited so short that they do not count; less than [`SHORT_ABANDON`] unless it is asked otherwise.
    pub short_abandoned: u32,
    /// How long those that were abandoned had waited in it, together, in milliseconds.
    pub abandon_ms: u64,
    /// How long those that were accepted had waited in it, together, in milliseconds.
    pub answer_ms: u64,
    /// How many times an agent was done with a conversation of it, or passed it on.
    pub completed: u32,
    /// How long the agents had had them, together, in milliseconds; what a customer was put off for is part of it.
    pub talk_ms: u64,
    /// How many of those were filed.
    pub filed: u32,
    /// How long they were filed, together, in milliseconds.
    pub wrap_up_ms: u64,
}

impl Counts {
    /// Adds what happened elsewhere.
    pub const fn add(&mut self, other: &Self) {
        self.entered += other.entered;
        self.accepted += other.accepted;
        self.in_target += other.in_target;
        self.level_counted += other.level_counted;
        self.missed += other.missed;
        self.rejected += other.rejected;
        self.abandoned += other.abandoned;
        self.short_abandoned += other.short_abandoned;
        self.abandon_ms += other.abandon_ms;
        self.answer_ms += other.answer_ms;
        self.completed += other.completed;
        self.talk_ms += other.talk_ms;
        self.filed += other.filed;
        self.wrap_up_ms += other.wrap_up_ms;
    }

    /// Returns how many of a hundred were accepted in time, of those that were accepted or abandoned, short abandons
    /// left out; nothing where none was, or no target is set.
    ///
    /// Source: Twilio Flex, "Real-time queues view", SLA.
    pub fn service_level(&self) -> Option<u32> {
        (self.in_target * 100).checked_div(self.level_counted)
    }

    /// Returns how long agents had a conversation and filed it on average; nothing where none was completed.
    ///
    /// Source: Twilio Flex, "Real-time queues view", average handle time.
    pub fn handle_time(&self) -> Option<Duration> {
        mean(self.talk_ms + self.wrap_up_ms, self.completed)
    }

    /// Returns how long agents had a conversation on average; nothing where none was completed.
    pub fn talk_time(&self) -> Option<Duration> {
        mean(self.talk_ms, self.completed)
    }

    /// Returns how long a conversation was filed on average; nothing where none was.
    pub fn wrap_up_time(&self) -> Option<Duration> {
        mean(self.wrap_up_ms, self.filed)
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
        mean(self.abandon_ms, self.abandoned)
    }

    /// Returns how long those that were accepted had waited on average; nothing where none was.
    pub fn answer_speed(&self) -> Option<Duration> {
        mean(self.answer_ms, self.accepted)
    }
}

/// Returns an average, rounded to the nearest millisecond as that of a report.
fn mean(sum_ms: u64, number: u32) -> Option<Duration> {
    let number = u64::from(number);
    (sum_ms + number / 2).checked_div(number).map(Duration::from_millis)
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
    /// How many offers they have not answered yet.
    #[serde(default)]
    pub offers: u32,
    /// How many offers they did not answer in time, or were taken back from them, since the day began.
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
            Self::Offered => "Offered, not answered yet",
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
    /// What is counted of all queues together changed.
    AllQueuesShown { all_queues: AllQueues },
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
            WallEvent::AllQueuesShown { all_queues } => self.all_queues = *all_queues,
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
        let counts =
            Counts { accepted: 6, in_target: 5, abandoned: 2, level_counted: 8, ..Counts::default() };
        assert_eq!(counts.service_level(), Some(62));
        let counts =
            Counts { short_abandoned: 1, level_counted: 7, entered: 9, abandon_ms: 50_000, ..counts };
        assert_eq!(counts.service_level(), Some(71), "who left at once is not counted");
        assert_eq!((counts.abandoned_share(), counts.short_abandoned_share()), (Some(22), Some(11)));
        assert_eq!(counts.abandon_time(), Some(Duration::from_secs(25)));
        assert_eq!(
            Counts { entered: 3, accepted: 2, ..Counts::default() }.service_level(),
            None,
            "no target"
        );
    }

    #[test]
    fn averages_are_of_those_that_have_the_value() {
        let counts = Counts { accepted: 4, answer_ms: 10_000, ..Counts::default() };
        assert_eq!(counts.answer_speed(), Some(Duration::from_millis(2_500)));
        let handled = Counts { completed: 4, talk_ms: 400_000, filed: 2, wrap_up_ms: 60_000, ..counts };
        assert_eq!(handled.talk_time(), Some(Duration::from_secs(100)));
        assert_eq!(handled.wrap_up_time(), Some(Duration::from_secs(30)), "of the two that were filed");
        assert_eq!(handled.handle_time(), Some(Duration::from_secs(115)), "of all four");
        let none = Counts::default();
        assert_eq!([none.answer_speed(), none.handle_time(), none.wrap_up_time()], [None; 3]);
    }

    fn queue(waiting: u32, since: Option<i64>, today: Counts) -> QueueRow {
        QueueRow {
            id: QueueId::from_bits(waiting.into()),
            name: String::new(),
            open: true,
            waiting,
            longest_since: since.map(Timestamp::from_millis),
            expected_secs: None,
            active: 2,
            available: 1,
            unavailable: 0,
            offline: 0,
            target: None,
            recent: Counts::default(),
            today,
        }
    }

    #[test]
    fn all_queues_together_weigh_each_by_what_it_counts() {
        // 9 of 10 in time and 0 of 2; 60 s for each of 10 answers and 120 s for each of 2.
        let large = Counts {
            accepted: 10,
            in_target: 9,
            level_counted: 10,
            answer_ms: 600_000,
            completed: 3,
            talk_ms: 90_000,
            ..Counts::default()
        };
        let small = Counts {
            accepted: 2,
            level_counted: 2,
            answer_ms: 240_000,
            completed: 1,
            talk_ms: 30_000,
            filed: 1,
            wrap_up_ms: 40_000,
            ..Counts::default()
        };
        // Nothing is said of in time where no target is set.
        let free = Counts { accepted: 100, ..Counts::default() };
        let mut all = AllQueues::default();
        for row in [queue(3, Some(5_000), large), queue(1, Some(2_000), small), queue(0, None, free)] {
            all.add(&row);
        }
        assert_eq!((all.waiting, all.active), (4, 6));
        assert_eq!(all.longest_since, Some(Timestamp::from_millis(2_000)), "the longest of any");
        assert_eq!(all.today.service_level(), Some(75), "9 of 12, and not the mean of 90 and 0");
        let all_but_free = Counts { accepted: 12, ..all.today };
        assert_eq!(all_but_free.answer_speed(), Some(Duration::from_secs(70)));
        assert_eq!(all.today.handle_time(), Some(Duration::from_secs(40)), "160 s by 4");
        assert_eq!(all.available, 0, "people are counted apart, because they may serve several");
    }
}
