//! What a change of owners makes of segments.

use baton_shared::queue::AcceptedWait;
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::{Fold, Live, millis};
use crate::insights::rows::{Followed, Kind, Preceded, Reason, SegmentRow, Thing, TransferRow, TransferType};

/// A change of owners, as the event has it.
pub(super) struct Change {
    pub(super) to: Owner,
    pub(super) cause: OwnerCause,
    pub(super) wrap_up: WrapUp,
    pub(super) segment: SegmentId,
    pub(super) ended: SegmentId,
}

/// What a change says about the segments on both of its sides.
struct Meaning {
    followed: Followed,
    preceded: Preceded,
    /// The transfer that made it; nothing where none did.
    passed: Option<Passed>,
}

/// By what a conversation was passed on.
struct Passed {
    kind: TransferType,
    destination: Thing,
    /// When it was asked for.
    at: Option<Timestamp>,
}

impl Fold {
    pub(super) fn owner_changed(&mut self, live: &mut Live, change: &Change, at: Timestamp) {
        let Some(mut before) = live.segment.take() else { return };
        let meaning = meaning(live, &before, change);
        let to = Thing::from(change.to);
        before.followed_by = Some(meaning.followed);
        if let Some(passed) = &meaning.passed {
            before.ended_by_transfer = true;
            before.transfer_type = Some(passed.kind);
            before.destination = Some(passed.destination);
        }
        let carried = carried(&before, &meaning);
        let came_from = Some(before.place);
        let rang = live.rung.take().filter(|(agent, _)| to == Thing::Agent(*agent));
        self.end(live, before, (change.ended, change.wrap_up), at);

        if let (OwnerCause::Accepted(_), Some(Thing::Queue(queue))) = (change.cause, came_from) {
            let waited_ms = millis(at, live.searched_since);
            self.change_line(queue, |line| line.waits.remember(AcceptedWait { at, waited_ms }));
        }
        live.searched_since = at;
        live.written_since = None;
        self.settle(live, change.cause, at);
        let kind = match change.to {
            Owner::Agent(agent) => {
                if live.owners.first() != Some(&agent) {
                    live.owners.insert(0, agent);
                    live.owners.truncate(3);
                }
                live.row.agent = Some(agent);
                Kind::Talk
            }
            Owner::Queue(queue) => {
                live.row.queue = queue;
                Kind::Wait
            }
            Owner::Group(_) => Kind::Wait,
            Owner::Flow(_) => Kind::Bot,
            Owner::External(_) => Kind::External,
        };
        self.changes.conversations.insert(live.row.number, live.row.clone());
        let mut next = self.slice(live, kind, to, at);
        next.id = Some(change.segment.to_string());
        next.came_from = came_from;
        next.preceded_by = Some(meaning.preceded);
        next.ring_ms = rang.map(|(_, ms)| ms);
        if let Some(passed) = carried {
            next.began_from_transfer = true;
            next.transfer_type = Some(passed.kind);
            next.destination = Some(passed.destination);
            next.transfer_at = passed.at;
        }
        self.waits(&next);
        self.begin(live, next);
    }

    /// Notes what giving a conversation back, or to its queue, says about the transfer before.
    fn settle(&mut self, live: &mut Live, cause: OwnerCause, at: Timestamp) {
        match cause {
            OwnerCause::TakenBack(id) | OwnerCause::Returned(id) => {
                // It is of the queue again of which it was when it was passed on.
                if let Some(transfer) = live.transfers.get(&id) {
                    live.row.queue = transfer.queue;
                }
            }
            OwnerCause::Expired(id) => {
                // The policy sent it to its queue, although the sender had it until then.
                if let Some(transfer) = live.transfers.get_mut(&id).filter(|found| found.bounce_back) {
                    transfer.bounce_back = false;
                    let row = transfer.clone();
                    self.write_transfer(&row);
                }
            }
            OwnerCause::Released | OwnerCause::Lost | OwnerCause::Left(_) => {
                // Nobody called it off who would have lost the conversation with it.
                let last = live.last_transfer.and_then(|id| live.transfers.get_mut(&id));
                let last = last.filter(|row| row.ended_at == Some(at) && row.reason == Some(Reason::Sender));
                if let Some(transfer) = last {
                    transfer.reason = Some(Reason::System);
                    let row = transfer.clone();
                    self.write_transfer(&row);
                }
            }
            OwnerCause::Opened
            | OwnerCause::Accepted(_)
            | OwnerCause::Transferred(_)
            | OwnerCause::Parked(_)
            | OwnerCause::TakenOver(_)
            | OwnerCause::Redirected
            | OwnerCause::Routed(_)
            | OwnerCause::Overflowed(_)
            | OwnerCause::Entered(_) => {}
        }
    }

    pub(super) fn write_transfer(&mut self, row: &TransferRow) {
        self.changes.transfers.insert(row.number, row.clone());
    }
}

/// Returns the transfer that the next segment began from: also whoever accepts from the line that it led to began from it.
fn carried(before: &SegmentRow, meaning: &Meaning) -> Option<Passed> {
    if let Some(Passed { kind, destination, at }) = &meaning.passed {
        return Some(Passed { kind: *kind, destination: *destination, at: *at });
    }
    let goes_on = before.kind == Kind::Wait && before.began_from_transfer;
    let goes_on = goes_on && matches!(meaning.followed, Followed::Accepted | Followed::Routed);
    let (kind, destination) = (before.transfer_type?, before.destination?);
    goes_on.then_some(Passed { kind, destination, at: before.transfer_at })
}

fn meaning(live: &Live, before: &SegmentRow, change: &Change) -> Meaning {
    let plain = |followed, preceded| Meaning { followed, preceded, passed: None };
    let by = |id: TransferId| live.transfers.get(&id);
    let given_back = |preceded| {
        let passed = Passed { kind: TransferType::Return, destination: change.to.into(), at: None };
        Meaning { followed: Followed::Return, preceded, passed: Some(passed) }
    };
    match change.cause {
        OwnerCause::Opened => plain(Followed::End, Preceded::Nothing),
        OwnerCause::Accepted(_) => plain(Followed::Accepted, Preceded::Queue),
        // The sender was released before: it was accepted from the line in which it waited.
        OwnerCause::Transferred(_) if before.kind == Kind::Wait => plain(Followed::Accepted, Preceded::Queue),
        OwnerCause::Transferred(id) | OwnerCause::Parked(id) => match by(id) {
            Some(transfer) => passed_on(transfer),
            None => plain(Followed::ToQueue, Preceded::ColdTransfer),
        },
        OwnerCause::TakenBack(_) | OwnerCause::Returned(_) => given_back(Preceded::Return),
        OwnerCause::Released => plain(Followed::Released, Preceded::Released),
        OwnerCause::Expired(_) => plain(Followed::Expired, Preceded::Expired),
        OwnerCause::Lost => plain(Followed::Lost, Preceded::Lost),
        OwnerCause::Left(_) => plain(Followed::Invite, Preceded::Invite),
        OwnerCause::TakenOver(_) => {
            let passed = Passed { kind: TransferType::Takeover, destination: change.to.into(), at: None };
            Meaning { followed: Followed::Takeover, preceded: Preceded::Takeover, passed: Some(passed) }
        }
        OwnerCause::Redirected => {
            let passed = Passed { kind: TransferType::Redirect, destination: change.to.into(), at: None };
            Meaning { followed: Followed::Redirect, preceded: Preceded::Redirect, passed: Some(passed) }
        }
        OwnerCause::Routed(_) => plain(Followed::Routed, Preceded::Routed),
        OwnerCause::Overflowed(_) => plain(Followed::Overflow, Preceded::Overflow),
        OwnerCause::Entered(_) => plain(Followed::Bot, Preceded::Nothing),
    }
}

fn passed_on(transfer: &TransferRow) -> Meaning {
    let followed = match transfer.receiver {
        Thing::Agent(_) => Followed::ToAgent,
        Thing::Queue(_) => Followed::ToQueue,
        Thing::Group(_) => Followed::ToGroup,
        Thing::Workflow(_) => Followed::ToWorkflow,
        Thing::Flow(_) => Followed::ToBot,
        Thing::External(_) => Followed::ToExternal,
    };
    let preceded = match transfer.transfer_type {
        TransferType::Warm => Preceded::WarmTransfer,
        TransferType::BotHandoff => Preceded::Bot,
        TransferType::Cold
        | TransferType::Invite
        | TransferType::External
        | TransferType::Takeover
        | TransferType::Redirect
        | TransferType::Return => Preceded::ColdTransfer,
    };
    let passed = Passed {
        kind: transfer.transfer_type,
        destination: transfer.receiver,
        at: Some(transfer.requested_at),
    };
    Meaning { followed, preceded, passed: Some(passed) }
}

/// Returns how long ago a segment began.
pub(super) fn lasted(segment: Option<&SegmentRow>, at: Timestamp) -> Option<u64> {
    segment.map(|segment| millis(at, segment.started_at))
}
