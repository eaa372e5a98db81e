//! What happened to one conversation, as it can be played again: when the customer came, how much work they were, what
//! was done with them after how much of it, and how long they waited.
//!
//! Work passes while an agent has the conversation and no transfer of it is under way. What was done is written against
//! that clock, so that it can be done after as much work by whoever has the conversation then.

use std::collections::BTreeMap;

use baton_shared::conversation::EndedBy;
use baton_shared::segment::WrapUp;
use baton_shared::*;

/// A conversation, to be played.
#[derive(Clone, Debug)]
pub(super) struct Story {
    /// Which it was.
    pub(super) id: ConversationId,
    /// When the customer came to a queue.
    pub(super) arrives_at: Timestamp,
    /// Who.
    pub(super) contact: ContactId,
    /// How they wrote.
    pub(super) channel: Channel,
    /// To which queue.
    pub(super) queue: QueueId,
    /// What was done, in its order.
    pub(super) deeds: Vec<Deed>,
    /// Each wait, in their order.
    pub(super) waits: Vec<Wait>,
}

/// Something that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Deed {
    /// After how much work, in milliseconds.
    pub(super) work_ms: u64,
    /// What.
    pub(super) what: What,
    /// How long whoever did it filed afterwards, in milliseconds; nothing where that is not known.
    pub(super) filing_ms: Option<u64>,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The customer writes.
    CustomerWrites,
    /// Whoever has it writes.
    OwnerWrites,
    /// Whoever has it passes it on.
    Passes(Passing),
    /// It ends.
    Ends(EndedBy),
}

/// How a conversation is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Passing {
    /// To whom.
    pub(super) target: Target,
    /// In which way.
    pub(super) mode: Mode,
    /// For how long the two talked aside, in milliseconds.
    pub(super) consult_ms: Option<u64>,
    /// After how long the sender or a supervisor called it off, in milliseconds.
    pub(super) called_off_ms: Option<u64>,
}

/// A wait, from when nobody had the conversation until an agent did or it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    /// In which queue it began.
    pub(super) queue: QueueId,
    /// How long it was, or is so far, in milliseconds.
    pub(super) ms: u64,
    /// Whether the customer ended it.
    pub(super) left: bool,
}

/// What an agent did who accepted out of a queue, up to the end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Service {
    /// Out of which queue.
    pub(super) queue: QueueId,
    /// The first of the deeds.
    pub(super) first: usize,
    /// How much work there was before, in milliseconds.
    pub(super) before_ms: u64,
}

/// A conversation while the log is read.
#[derive(Clone, Debug)]
pub(super) struct Telling {
    id: ConversationId,
    contact: ContactId,
    channel: Channel,
    opened_at: Timestamp,
    arrival: Option<(Timestamp, QueueId)>,
    owner: Owner,
    queue: QueueId,
    work_ms: u64,
    working_since: Option<Timestamp>,
    deeds: Vec<Deed>,
    waits: Vec<Wait>,
    waiting_since: Option<Timestamp>,
    transfer: Option<Underway>,
    filing: BTreeMap<SegmentId, (Option<usize>, Timestamp)>,
    services: Vec<Service>,
    /// Whether nothing of what follows is played.
    over: bool,
    request: bool,
}

/// A transfer that is under way.
#[derive(Clone, Copy, Debug)]
struct Underway {
    deed: usize,
    requested_at: Timestamp,
    consult_since: Option<Timestamp>,
}

impl Telling {
    /// Begins with what opened the conversation; nothing for another event.
    pub(super) fn begin(recorded: &Recorded) -> Option<Self> {
        let Event::ConversationOpened { conversation, contact, channel, queue, .. } = &recorded.event else {
            return None;
        };
        Some(Self {
            id: *conversation,
            contact: *contact,
            channel: *channel,
            opened_at: recorded.at,
            arrival: Some((recorded.at, *queue)),
            owner: Owner::Queue(*queue),
            queue: *queue,
            work_ms: 0,
            working_since: None,
            deeds: Vec::new(),
            waits: vec![Wait { queue: *queue, ms: 0, left: false }],
            waiting_since: Some(recorded.at),
            transfer: None,
            filing: BTreeMap::new(),
            services: Vec::new(),
            over: false,
            request: false,
        })
    }

    /// Takes the next event of the conversation.
    pub(super) fn take(&mut self, event: &Event, at: Timestamp) {
        if let Event::WrapUpEnded { segment, .. } = event {
            self.filed(*segment, at);
        }
        if self.over {
            return;
        }
        self.pass_time(at);
        if let Event::OwnerChanged { to, wrap_up, ended, .. } = event {
            self.note_filing(*ended, *wrap_up, at);
            self.owner_changed(*to, at);
        } else if let Event::TransferRequested { from: Sender::Agent(_), target, mode, .. } = event {
            self.passed_on(*target, *mode, at);
        } else if let Event::Redirected { target, .. } = event {
            if let Owner::Agent(_) = self.owner {
                self.passed_on(*target, Mode::Cold, at);
                self.transfer = None;
            }
        } else if let Event::ConsultBegan { .. } = event {
            if let Some(transfer) = &mut self.transfer {
                transfer.consult_since = Some(at);
            }
        } else if let Event::TransferEnded { end, .. } = event {
            self.transfer_ended(*end, at);
        } else if let Event::MessageSent { author, .. } = event {
            self.said(*author);
        } else if let Event::RequestCreated { .. } = event {
            self.request = at == self.opened_at;
        } else if let Event::ConversationClosed { by, ended, wrap_up, .. } = event {
            self.closed(*by, at);
            self.note_filing(*ended, *wrap_up, at);
        }
        let works = matches!(self.owner, Owner::Agent(_)) && self.transfer.is_none() && !self.over;
        self.working_since = works.then_some(at);
    }

    /// Returns what can be played, with the services that went to their end; nothing where no agent was ever to have it.
    pub(super) fn finish(mut self, at: Timestamp) -> Option<(Story, Vec<Service>)> {
        self.pass_time(at);
        let (arrives_at, queue) = self.arrival?;
        let ended = self.deeds.last().is_some_and(|deed| matches!(deed.what, What::Ends(_)));
        let services = if ended { self.services } else { Vec::new() };
        let Self { id, contact, channel, deeds, waits, .. } = self;
        Some((Story { id, arrives_at, contact, channel, queue, deeds, waits }, services))
    }

    /// Returns when the customer opened it.
    pub(super) const fn opened_at(&self) -> Timestamp {
        self.opened_at
    }

    /// Returns the queue whose wait was the last that happened, and how much work was done before it.
    pub(super) fn waits_on(&self) -> Option<(QueueId, u64)> {
        let waited = self.owner.waits().then_some(self.waits.last()?);
        waited.map(|wait| (wait.queue, self.work_ms))
    }

    fn pass_time(&mut self, at: Timestamp) {
        if let Some(since) = &mut self.working_since {
            self.work_ms += millis(at, *since);
            *since = at;
        }
        if let (Some(since), Some(wait)) = (self.waiting_since, self.waits.last_mut()) {
            wait.ms = millis(at, since);
        }
    }

    fn owner_changed(&mut self, to: Owner, at: Timestamp) {
        let waited = self.owner.waits();
        if let Owner::Queue(queue) = to {
            self.queue = queue;
        }
        if let Owner::Flow(_) | Owner::External(_) = to {
            self.waiting_since = None;
            if self.services.is_empty() && self.deeds.is_empty() {
                // It comes to people once the bot is through with it.
                self.arrival = None;
                self.waits.clear();
            } else {
                self.ends(EndedBy::System);
            }
        } else if to.waits() && !waited {
            self.arrival.get_or_insert((at, self.queue));
            self.waits.push(Wait { queue: self.queue, ms: 0, left: false });
            self.waiting_since = Some(at);
        } else if let Owner::Agent(_) = to {
            self.arrival.get_or_insert((at, self.queue));
            self.waiting_since = None;
            if waited {
                let queue = self.waits.last().map_or(self.queue, |wait| wait.queue);
                let service = Service { queue, first: self.deeds.len(), before_ms: self.work_ms };
                self.services.push(service);
            }
        }
        self.owner = to;
    }

    fn passed_on(&mut self, target: Target, mode: Mode, at: Timestamp) {
        if let Target::Flow(_) | Target::External(_) = target {
            self.ends(EndedBy::System);
            return;
        }
        let passing = Passing { target, mode, consult_ms: None, called_off_ms: None };
        self.deed(What::Passes(passing));
        let deed = self.deeds.len() - 1;
        self.transfer = Some(Underway { deed, requested_at: at, consult_since: None });
    }

    fn transfer_ended(&mut self, end: TransferEnd, at: Timestamp) {
        let Some(Underway { deed, requested_at, consult_since }) = self.transfer.take() else { return };
        let Some(Deed { what: What::Passes(passing), .. }) = self.deeds.get_mut(deed) else { return };
        passing.consult_ms = consult_since.map(|since| millis(at, since));
        match end {
            TransferEnd::Cancelled | TransferEnd::CalledOff => {
                passing.called_off_ms = Some(millis(at, requested_at));
            }
            TransferEnd::Completed
            | TransferEnd::Returned
            | TransferEnd::Expired
            | TransferEnd::Abandoned
            | TransferEnd::Superseded
            | TransferEnd::Failed => {}
        }
    }

    fn said(&mut self, author: Author) {
        let by_owner = match author {
            Author::Agent(agent) => self.owner == Owner::Agent(agent),
            Author::Customer | Author::Flow(_) | Author::External(_) => false,
        };
        if self.working_since.is_some() && (author == Author::Customer || by_owner) {
            self.deed(if by_owner { What::OwnerWrites } else { What::CustomerWrites });
        }
    }

    fn closed(&mut self, by: EndedBy, at: Timestamp) {
        let by_itself = self.request && at == self.opened_at && by == EndedBy::Customer;
        if by_itself {
            // A question that was left while nobody was there never waited.
            self.arrival = None;
        }
        if let (true, Some(wait)) = (self.owner.waits(), self.waits.last_mut()) {
            wait.left = by == EndedBy::Customer;
            self.waiting_since = None;
            self.over = true;
        } else {
            self.ends(by);
        }
    }

    fn ends(&mut self, by: EndedBy) {
        self.deed(What::Ends(by));
        self.over = true;
    }

    fn deed(&mut self, what: What) {
        self.deeds.push(Deed { work_ms: self.work_ms, what, filing_ms: None });
    }

    fn note_filing(&mut self, segment: SegmentId, wrap_up: WrapUp, at: Timestamp) {
        let last = self.deeds.iter().rposition(|deed| matches!(deed.what, What::Passes(_) | What::Ends(_)));
        match wrap_up {
            WrapUp::ByItsAgent => drop(self.filing.insert(segment, (last, at))),
            WrapUp::None => {}
        }
    }

    fn filed(&mut self, segment: SegmentId, at: Timestamp) {
        let Some((Some(deed), since)) = self.filing.remove(&segment) else { return };
        if let Some(deed) = self.deeds.get_mut(deed) {
            deed.filing_ms = Some(millis(at, since));
        }
    }
}

/// Returns the milliseconds between two times, 0 where the second is later.
pub(super) fn millis(at: Timestamp, since: Timestamp) -> u64 {
    u64::try_from(at.since(since).as_millis()).unwrap_or(u64::MAX)
}
