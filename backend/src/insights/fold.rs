//! From events to rows: what each event adds to what is known of its conversation or person.
//!
//! It knows no clock and no storage. What a conversation needs to be gone on with is kept while it is open or being
//! filed; everything else about it is in rows.

mod endings;
mod owners;
mod passing;

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::conversation::EndedBy;
use baton_shared::queue::Priority;
use baton_shared::rating::Score;
use baton_shared::segment::{Disposition, WrapUp};
use baton_shared::*;
use serde::{Deserialize, Serialize};

use super::rows::{
    Answers, ConversationRow, Ending, Followed, Kind, Preceded, SegmentRow, Thing, TransferRow,
};

/// What goes on in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Live {
    row: ConversationRow,
    /// The segment of its owner; nothing once it is closed.
    segment: Option<SegmentRow>,
    /// Segments that are being filed.
    filing: BTreeMap<SegmentId, SegmentRow>,
    offers: BTreeMap<OfferId, LiveOffer>,
    /// The transfers that are under way, and the last one.
    transfers: BTreeMap<TransferId, TransferRow>,
    last_transfer: Option<TransferId>,
    /// The agents who had it, the last one first.
    owners: Vec<AgentId>,
    /// Since when the customer waits for an answer.
    unanswered_since: Option<Timestamp>,
    /// Since when its owner waits for an answer of the customer.
    written_since: Option<Timestamp>,
    /// Whether another owner got it by a transfer.
    passed_on: bool,
    /// Whether a request was made of it.
    requested: bool,
    /// The segment with which it ended, while that is being filed.
    last: Option<SegmentId>,
    /// Who accepted last, and how long they had been asked.
    rung: Option<(AgentId, u64)>,
    /// From when its wait counts for what is expected of the next ones.
    searched_since: Timestamp,
}

/// An offer that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct LiveOffer {
    agent: AgentId,
    made_at: Timestamp,
    /// The transfer it is made for, also where that waits in a queue.
    transfer: Option<TransferId>,
}

/// A person's presence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    status: Status,
    reachable: bool,
    spell: SegmentRow,
}

/// What is known to go on with, as it is kept beside the rows under the id that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kept {
    /// A conversation.
    Conversation(Box<Live>),
    /// A person.
    Person(Box<Person>),
    /// A queue.
    Line(Box<Line>),
}

/// What is known of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// Within how long it is to be answered, in milliseconds.
    target_ms: Option<u64>,
    /// Whether customers are asked how good it was.
    survey: bool,
    /// What it remembers of waits that were accepted, from which the next are expected as they are in the routing.
    waits: Queue,
}

/// What a customer said of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rated {
    pub(super) conversation: ConversationId,
    pub(super) score: Score,
    pub(super) at: Timestamp,
}

/// What is to be written after some events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// Segments as they are now, by their numbers.
    pub(super) segments: BTreeMap<u64, SegmentRow>,
    /// Transfers as they are now, by the numbers of their segments.
    pub(super) transfers: BTreeMap<u64, TransferRow>,
    /// Conversations as they are now, by their numbers.
    pub(super) conversations: BTreeMap<u64, ConversationRow>,
    /// What customers said, in the order of the log.
    pub(super) ratings: Vec<Rated>,
    /// What is to be kept, or nothing where it is to be forgotten, by the id that it is about.
    pub(super) kept: BTreeMap<String, Option<Kept>>,
}

/// Everything that is known to go on with.
#[derive(Clone, Debug, Default)]
pub(super) struct Fold {
    conversations: BTreeMap<ConversationId, Live>,
    people: BTreeMap<AgentId, Person>,
    lines: BTreeMap<QueueId, Line>,
    /// How many wait in each queue and for each group.
    waiting: BTreeMap<Thing, u64>,
    last_segment: u64,
    last_conversation: u64,
    changes: Changes,
    /// The conversations whose state is to be kept anew.
    touched: BTreeSet<ConversationId>,
}

impl Fold {
    /// Goes on from what was kept; the numbers are the last ones in use.
    pub(super) fn resume(
        kept: Vec<(String, Kept)>,
        last_segment: u64,
        last_conversation: u64,
    ) -> Result<Self, InvalidId> {
        let mut fold = Self { last_segment, last_conversation, ..Self::default() };
        for (key, kept) in kept {
            match kept {
                Kept::Conversation(live) => {
                    if let Some(wait) = live.segment.as_ref().filter(|segment| segment.kind == Kind::Wait) {
                        *fold.waiting.entry(wait.place).or_default() += 1;
                    }
                    fold.conversations.insert(key.parse()?, *live);
                }
                Kept::Person(person) => {
                    fold.people.insert(key.parse()?, *person);
                }
                Kept::Line(line) => {
                    fold.lines.insert(key.parse()?, *line);
                }
            }
        }
        Ok(fold)
    }

    /// Returns the numbers of the last segment and of the last conversation.
    pub(super) const fn last_numbers(&self) -> (u64, u64) {
        (self.last_segment, self.last_conversation)
    }

    /// Takes what is to be written since the last call.
    pub(super) fn take_changes(&mut self) -> Changes {
        let mut changes = std::mem::take(&mut self.changes);
        for id in std::mem::take(&mut self.touched) {
            let live = self.conversations.get(&id).cloned().map(|live| Kept::Conversation(Box::new(live)));
            changes.kept.insert(id.to_string(), live);
        }
        changes
    }

    /// Takes the next event.
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        self.of_people(&recorded.event, at);
        let Some(id) = recorded.event.conversation() else { return };
        if let Event::ConversationOpened { channel, queue, segment, .. } = &recorded.event {
            self.opened(id, (*channel, *queue), *segment, at);
            return;
        }
        if let Event::ConversationRated { conversation, score } = recorded.event {
            self.changes.ratings.push(Rated { conversation, score, at });
        }
        let Some(mut live) = self.conversations.remove(&id) else { return };
        let touched = self.of_conversation(&mut live, &recorded.event, at);
        let over = live.segment.is_none() && live.filing.is_empty() && live.offers.is_empty();
        if !over {
            self.conversations.insert(id, live);
        }
        if touched || over {
            self.touched.insert(id);
        }
    }

    /// Takes an event of a conversation that is open or being filed; says whether it changed anything.
    fn of_conversation(&mut self, live: &mut Live, event: &Event, at: Timestamp) -> bool {
        if let Event::MessageSent { author, .. } = event {
            self.said(live, *author, at);
        } else if let Event::OfferMade { offer, agent, cause, .. } = event {
            self.offered(live, *offer, *agent, *cause, at);
        } else if let Event::OfferEnded { offer, end, load, .. } = event {
            self.offer_ended(live, *offer, (*end, *load), at);
        } else if let Event::OfferReplied { offer, reply: Reply::Reading, .. } = event {
            self.note_opened(live, *offer);
        } else if let Event::TransferRequested { transfer, from, target, mode, carried, .. } = event {
            self.transfer_requested(live, (*transfer, *from), (*target, *mode, *carried), at);
        } else if let Event::TransferEnded { transfer, end, consulted, .. } = event {
            self.transfer_ended(live, *transfer, *end, *consulted, at);
        } else if let Event::OwnerChanged { to, cause, wrap_up, segment, ended, .. } = event {
            let (to, cause, wrap_up) = (*to, *cause, *wrap_up);
            let change = owners::Change { to, cause, wrap_up, segment: *segment, ended: *ended };
            self.owner_changed(live, &change, at);
        } else if let Event::ConversationClosed { by, wrap_up, ended, .. } = event {
            self.closed(live, *by, (*ended, *wrap_up), at);
        } else if let Event::WrapUpEnded { segment, disposition, .. } = event {
            self.filed(live, *segment, *disposition, at);
        } else if let Event::WrapUpExtended { segment, .. } = event {
            self.extended(live, *segment);
        } else if let Event::RequestCreated { .. } = event {
            live.requested = true;
        } else if let Event::TransferRerouted { .. }
        | Event::StepsEnded { .. }
        | Event::LastAgentAsked { .. }
        | Event::EveryoneAsked { .. } = event
        {
            live.searched_since = at;
        } else {
            return false;
        }
        true
    }

    fn opened(
        &mut self,
        id: ConversationId,
        (channel, queue): (Channel, QueueId),
        segment: SegmentId,
        at: Timestamp,
    ) {
        self.last_conversation += 1;
        let row = ConversationRow {
            number: self.last_conversation,
            id,
            opened_at: at,
            closed_at: None,
            closed_by: None,
            channel,
            queue,
            agent: None,
            transfers: 0,
            outcome: Ending::InProgress,
            agent_messages: 0,
            customer_messages: 0,
            responses: Answers::default(),
            customer_responses: Answers::default(),
            surveyed: false,
        };
        self.changes.conversations.insert(row.number, row.clone());
        let mut live = Live {
            row,
            segment: None,
            filing: BTreeMap::new(),
            offers: BTreeMap::new(),
            transfers: BTreeMap::new(),
            last_transfer: None,
            owners: Vec::new(),
            unanswered_since: None,
            written_since: None,
            passed_on: false,
            requested: false,
            last: None,
            rung: None,
            searched_since: at,
        };
        let mut began = self.slice(&live, Kind::Wait, Thing::Queue(queue), at);
        began.id = Some(segment.to_string());
        began.preceded_by = Some(Preceded::Nothing);
        self.waits(&began);
        self.begin(&mut live, began);
        self.conversations.insert(id, live);
        self.touched.insert(id);
    }

    /// Returns a new segment of a conversation.
    fn slice(&mut self, live: &Live, kind: Kind, place: Thing, at: Timestamp) -> SegmentRow {
        self.last_segment += 1;
        let line = match place {
            Thing::Queue(queue) if kind == Kind::Wait => self.lines.get(&queue),
            Thing::Queue(_)
            | Thing::Agent(_)
            | Thing::Group(_)
            | Thing::Workflow(_)
            | Thing::Flow(_)
            | Thing::External(_) => None,
        };
        let expected = line.and_then(|line| line.waits.estimated_wait(at));
        SegmentRow {
            conversation: Some(live.row.number),
            queue: Some(live.row.queue),
            channel: Some(live.row.channel),
            created_at: Some(live.row.opened_at),
            target_ms: line.and_then(|line| line.target_ms),
            expected_ms: expected.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
            ahead: (kind == Kind::Wait).then(|| self.waiting.get(&place).copied().unwrap_or(0)),
            ..SegmentRow::begin(self.last_segment, kind, place, at)
        }
    }

    /// Writes a segment as it is.
    fn write(&mut self, row: &SegmentRow) {
        self.changes.segments.insert(row.number, row.clone());
    }

    /// Gives a conversation its next segment.
    fn begin(&mut self, live: &mut Live, row: SegmentRow) {
        self.write(&row);
        live.segment = Some(row);
    }

    /// Notes that one more waits.
    fn waits(&mut self, segment: &SegmentRow) {
        if segment.kind == Kind::Wait {
            *self.waiting.entry(segment.place).or_default() += 1;
        }
    }

    /// Counts a message of the customer for the transfer that is under way.
    fn written_meanwhile(&mut self, live: &mut Live) {
        let unowned = live.segment.as_ref().is_some_and(|segment| segment.kind == Kind::Wait);
        let under_way = live.transfers.values_mut().find(|transfer| transfer.ended_at.is_none());
        if let Some(transfer) = under_way {
            transfer.customer_messages += 1;
            transfer.unowned_messages += u32::from(unowned);
            self.changes.transfers.insert(transfer.number, transfer.clone());
        }
    }

    fn said(&mut self, live: &mut Live, author: Author, at: Timestamp) {
        match author {
            Author::Customer => {
                self.written_meanwhile(live);
                live.row.customer_messages += 1;
            }
            Author::Agent(_) | Author::Flow(_) | Author::External(_) => live.row.agent_messages += 1,
        }
        let Some(mut segment) = live.segment.take() else { return };
        let by_owner = match (author, segment.place) {
            (Author::Customer, _) => {
                segment.customer_messages += 1;
                live.unanswered_since.get_or_insert(at);
                if let Some(since) = live.written_since.take() {
                    let answered_ms = millis(at, since);
                    segment.customer_responses += 1;
                    segment.customer_response_ms += answered_ms;
                    segment.customer_response_max_ms = segment.customer_response_max_ms.max(answered_ms);
                    live.row.customer_responses.take(answered_ms);
                }
                false
            }
            (Author::Agent(agent), Thing::Agent(owner)) => agent == owner,
            (Author::Flow(_), Thing::Flow(_)) | (Author::External(_), Thing::External(_)) => true,
            (Author::Agent(_) | Author::Flow(_) | Author::External(_), _) => false,
        };
        let waited_since = match author {
            Author::Customer => None,
            Author::Agent(_) | Author::Flow(_) | Author::External(_) => live.unanswered_since.take(),
        };
        if by_owner {
            segment.agent_messages += 1;
            live.written_since.get_or_insert(at);
            let since_start = millis(at, segment.started_at);
            segment.first_response_ms.get_or_insert(since_start);
            // Nobody answers for the time before they had it.
            if let Some(since) = waited_since.map(|since| since.max(segment.started_at)) {
                let waited_ms = millis(at, since);
                segment.responses += 1;
                segment.response_ms += waited_ms;
                segment.response_max_ms = segment.response_max_ms.max(waited_ms);
                live.row.responses.take(waited_ms);
            }
        }
        self.begin(live, segment);
        if by_owner {
            self.replied(live, at);
        }
    }

    fn closed(&mut self, live: &mut Live, by: EndedBy, (ended, wrap_up): (SegmentId, WrapUp), at: Timestamp) {
        live.row.closed_at = Some(at);
        live.row.closed_by = Some(by);
        let survey = self.lines.get(&live.row.queue).is_some_and(|line| line.survey);
        live.row.surveyed = survey && live.row.agent.is_some();
        live.last = (wrap_up == WrapUp::ByItsAgent).then_some(ended);
        if let Some(segment) = &live.segment {
            live.row.outcome = endings::of(live, segment, by, at);
        }
        self.changes.conversations.insert(live.row.number, live.row.clone());
        let Some(mut segment) = live.segment.take() else { return };
        segment.closes = true;
        let left = segment.kind == Kind::Wait && by == EndedBy::Customer;
        segment.followed_by = Some(if left { Followed::Abandon } else { Followed::End });
        self.end(live, segment, (ended, wrap_up), at);
    }

    /// Ends a segment, which its agent may have to file.
    fn end(
        &mut self,
        live: &mut Live,
        mut segment: SegmentRow,
        (id, wrap_up): (SegmentId, WrapUp),
        at: Timestamp,
    ) {
        segment.ended_at = Some(at);
        self.write(&segment);
        if let (Kind::Wait, Some(waiting)) = (segment.kind, self.waiting.get_mut(&segment.place)) {
            *waiting = waiting.saturating_sub(1);
        }
        match wrap_up {
            WrapUp::ByItsAgent => {
                live.filing.insert(id, segment);
            }
            WrapUp::None => {}
        }
    }

    fn filed(&mut self, live: &mut Live, segment: SegmentId, said: Option<Disposition>, at: Timestamp) {
        let Some(mut row) = live.filing.remove(&segment) else { return };
        row.wrap_up_ms = row.ended_at.map(|ended| millis(at, ended));
        self.write(&row);
        // What was not filed in its time stays unfiled.
        if live.last == Some(segment) && said.is_some() {
            live.row.outcome = endings::served(live);
            self.changes.conversations.insert(live.row.number, live.row.clone());
        }
    }

    fn extended(&mut self, live: &mut Live, segment: SegmentId) {
        let Some(row) = live.filing.get_mut(&segment) else { return };
        row.extensions += 1;
        let row = row.clone();
        self.write(&row);
    }

    fn of_people(&mut self, event: &Event, at: Timestamp) {
        if let Event::QueueRulesSet { queue, rules, .. } = event {
            let target_ms = rules.target.map(|target| u64::from(target.secs) * 1_000);
            self.change_line(*queue, |line| {
                line.target_ms = target_ms;
                line.survey = rules.survey;
            });
        } else if let Event::PersonAdded { agent, .. } = event {
            self.present(*agent, at, |_| {});
        } else if let Event::StatusChanged { agent, status } = event {
            self.present(*agent, at, |person| person.status = *status);
        } else if let Event::AgentReached { agent } = event {
            self.present(*agent, at, |person| person.reachable = true);
        } else if let Event::AgentLost { agent } = event {
            self.present(*agent, at, |person| person.reachable = false);
        }
    }

    fn change_line(&mut self, queue: QueueId, change: impl FnOnce(&mut Line)) {
        let begun = || Line {
            target_ms: None,
            survey: false,
            waits: Queue::new(queue, Skills::new(), Priority::default()),
        };
        let line = self.lines.entry(queue).or_insert_with(begun);
        change(line);
        self.changes.kept.insert(queue.to_string(), Some(Kept::Line(Box::new(line.clone()))));
    }

    /// Changes a person's presence; a new spell begins where it looks otherwise than before.
    fn present(&mut self, agent: AgentId, at: Timestamp, change: impl FnOnce(&mut Person)) {
        let known = self.people.remove(&agent);
        let mut person = known.unwrap_or_else(|| Person {
            status: Status::Offline,
            reachable: false,
            spell: self.spell(agent, Followed::Offline, at),
        });
        change(&mut person);
        let looks = match (person.reachable, person.status) {
            (false, _) | (true, Status::Offline) => Followed::Offline,
            (true, Status::Available) => Followed::Available,
            (true, Status::Away) => Followed::Away,
            (true, Status::Busy | Status::Finishing) => Followed::Busy,
        };
        if person.spell.followed_by != Some(looks) {
            person.spell.ended_at = Some(at);
            self.write(&person.spell);
            person.spell = self.spell(agent, looks, at);
        }
        self.changes.kept.insert(agent.to_string(), Some(Kept::Person(Box::new(person.clone()))));
        self.people.insert(agent, person);
    }

    fn spell(&mut self, agent: AgentId, looks: Followed, at: Timestamp) -> SegmentRow {
        self.last_segment += 1;
        let begun = SegmentRow::begin(self.last_segment, Kind::Presence, Thing::Agent(agent), at);
        let spell = SegmentRow { followed_by: Some(looks), ..begun };
        self.write(&spell);
        spell
    }
}

/// Returns the milliseconds between two times, 0 where the second is later.
fn millis(at: Timestamp, since: Timestamp) -> u64 {
    u64::try_from(at.since(since).as_millis()).unwrap_or(u64::MAX)
}
