//! What a log comes to by the definitions of reports, where it is in no file: one that was played and is thrown away.
//!
//! The rows are those that reports count; of each only what is counted is kept.

use std::collections::BTreeMap;

use baton_shared::*;

use super::fold::Fold;
use super::rows::{Followed, Kind, Outcome, SegmentRow, Thing, TransferRow};

/// After how many events the rows are looked through, so that few of them are held at once.
const EVENTS_AT_ONCE: u32 = 2_000;

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitEnd {
    /// An agent accepted.
    Accepted,
    /// The customer left.
    Abandoned,
    /// It went on elsewhere, or the conversation was ended.
    Otherwise,
}

/// A wait in a queue or for a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Waited {
    /// Of which queue the conversation was.
    pub(crate) queue: QueueId,
    /// How long; nothing while it goes on.
    pub(crate) lasted_ms: Option<u64>,
    /// Within how long its queue was to be answered.
    pub(crate) target_ms: Option<u64>,
    /// How it ended.
    pub(crate) end: WaitEnd,
}

/// What became of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passed {
    /// It is under way.
    Open,
    /// Another participant became owner.
    Successful,
    /// It ended otherwise; `back` where the sender had the conversation after it.
    Failed {
        /// Whether it came back.
        back: bool,
    },
    /// It was called off.
    Cancelled,
}

/// What was made of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offered {
    /// It was made; every offer is this too.
    Made,
    /// It was not answered in time, or taken back.
    Missed,
    /// It was refused, or its agent went away.
    Rejected,
}

/// When someone had a conversation or filed it, or was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// Who.
    pub(crate) agent: AgentId,
    /// Since when.
    pub(crate) from: Timestamp,
    /// Until when; nothing while it goes on.
    pub(crate) to: Option<Timestamp>,
    /// Of which queue the conversation was; nothing where someone was there.
    pub(crate) queue: Option<QueueId>,
}

/// What a log came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted {
    /// Each conversation with the queue that it counts for, and whether it is open.
    pub(crate) conversations: Vec<(QueueId, bool)>,
    /// Waits.
    pub(crate) waits: Vec<Waited>,
    /// Transfers, with the queue that each came from.
    pub(crate) transfers: Vec<(QueueId, Passed)>,
    /// Offers, with the queue of each one's conversation.
    pub(crate) offers: Vec<(QueueId, Offered)>,
    /// Conversations with their agents, all of them.
    pub(crate) busy: Vec<Stretch>,
    /// Presences of people who could have been given work or had some.
    pub(crate) there: Vec<Stretch>,
}

/// Counts a log, one event after the other.
#[derive(Debug, Default)]
pub(crate) struct Counting {
    fold: Fold,
    events: u32,
    conversations: BTreeMap<u64, (ConversationId, bool)>,
    waits: BTreeMap<u64, (u64, Waited)>,
    transfers: BTreeMap<u64, (u64, QueueId, Passed)>,
    made: Vec<ConversationId>,
    offers: BTreeMap<u64, (u64, QueueId, Offered)>,
    busy: BTreeMap<u64, Stretch>,
    there: BTreeMap<u64, Stretch>,
}

impl Counting {
    /// Takes the next event.
    pub(crate) fn take(&mut self, recorded: &Recorded) {
        self.fold.apply(recorded);
        if let Event::OfferMade { conversation, cause, .. } = &recorded.event {
            match cause {
                OfferCause::Queue(_) | OfferCause::Transfer(_) => self.made.push(*conversation),
                OfferCause::Invite(_) => {}
            }
        }
        self.events += 1;
        if self.events.is_multiple_of(EVENTS_AT_ONCE) {
            self.look_through();
        }
    }

    /// Returns what the log came to of the conversations named, each with the queue that it counts for.
    pub(crate) fn finish(mut self, counted: &BTreeMap<ConversationId, QueueId>) -> Counted {
        self.look_through();
        let of: BTreeMap<u64, (QueueId, bool)> = self
            .conversations
            .iter()
            .filter_map(|(number, (id, open))| Some((*number, (*counted.get(id)?, *open))))
            .collect();
        let offers = self.offers.into_values().filter(|(number, ..)| of.contains_key(number));
        let made = self.made.iter().filter_map(|id| counted.get(id));
        Counted {
            waits: self
                .waits
                .into_values()
                .filter_map(|(number, wait)| of.contains_key(&number).then_some(wait))
                .collect(),
            transfers: self
                .transfers
                .into_values()
                .filter_map(|(number, queue, passed)| of.contains_key(&number).then_some((queue, passed)))
                .collect(),
            offers: made
                .map(|queue| (*queue, Offered::Made))
                .chain(offers.map(|(_, queue, offered)| (queue, offered)))
                .collect(),
            busy: self.busy.into_values().collect(),
            there: self.there.into_values().collect(),
            conversations: of.into_values().collect(),
        }
    }

    fn look_through(&mut self) {
        let changes = self.fold.take_changes();
        for (number, row) in changes.conversations {
            self.conversations.insert(number, (row.id, row.closed_at.is_none()));
        }
        for (number, row) in changes.transfers {
            self.transfers.insert(number, (row.conversation, row.queue, passed(&row)));
        }
        for (number, row) in changes.segments {
            self.segment(number, &row);
        }
    }

    fn segment(&mut self, number: u64, row: &SegmentRow) {
        let place = || Some((row.conversation?, row.queue?));
        match row.kind {
            Kind::Wait => {
                let Some((conversation, queue)) = place() else { return };
                let lasted_ms = row.ended_at.map(|ended| millis(ended, row.started_at));
                let end = match row.followed_by {
                    Some(Followed::Accepted) => WaitEnd::Accepted,
                    Some(Followed::Abandon) => WaitEnd::Abandoned,
                    Some(_) | None => WaitEnd::Otherwise,
                };
                let wait = Waited { queue, lasted_ms, target_ms: row.target_ms, end };
                self.waits.insert(number, (conversation, wait));
            }
            Kind::Missed | Kind::Rejected => {
                let Some((conversation, queue)) = place() else { return };
                let offered = if row.kind == Kind::Missed { Offered::Missed } else { Offered::Rejected };
                self.offers.insert(number, (conversation, queue, offered));
            }
            Kind::Talk => {
                let Thing::Agent(agent) = row.place else { return };
                let filing = core::time::Duration::from_millis(row.wrap_up_ms.unwrap_or(0));
                let to = row.ended_at.map(|ended| ended.plus(filing));
                self.busy.insert(number, Stretch { agent, from: row.started_at, to, queue: row.queue });
            }
            Kind::Presence => {
                let Thing::Agent(agent) = row.place else { return };
                if let Some(Followed::Available | Followed::Busy) = row.followed_by {
                    let stretch = Stretch { agent, from: row.started_at, to: row.ended_at, queue: None };
                    self.there.insert(number, stretch);
                }
            }
            Kind::Revoked | Kind::Bot | Kind::External | Kind::Transfer => {}
        }
    }
}

const fn passed(row: &TransferRow) -> Passed {
    match row.outcome {
        Outcome::Open => Passed::Open,
        Outcome::Successful => Passed::Successful,
        Outcome::Failed => Passed::Failed { back: row.bounce_back },
        Outcome::Cancelled => Passed::Cancelled,
    }
}

/// Returns the milliseconds between two times, 0 where the second is later.
fn millis(at: Timestamp, since: Timestamp) -> u64 {
    u64::try_from(at.since(since).as_millis()).unwrap_or(u64::MAX)
}
