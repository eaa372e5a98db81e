//! Conversations, offers and wrap-ups as staff see them.

use baton_shared::conversation::{EndedBy, Held};
use baton_shared::desk::{
    Handoff, IncomingTransfer, OfferCard, PendingTransfer, ReturnedTransfer, Thread, WrapUpCard,
};
use baton_shared::message::MESSAGES_SHOWN;
use baton_shared::offer::{DEADLINE_MARGIN, OfferState};
use baton_shared::segment::{FollowedBy, OwnerCause, SegmentState};
use baton_shared::transfer::{TRANSFER_LASTS, TransferState};
use baton_shared::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::{WORKSPACE, messages, things};
use crate::store::StoreError;
use crate::store::rows::{self, StoredId};

/// A transfer and its note.
type Noted = (Transfer, Option<String>);

/// Returns a conversation, open or closed, with its last messages up to `seq_max`.
pub(super) fn thread(
    connection: &Connection,
    id: ConversationId,
    seq_max: Option<u32>,
) -> Result<Option<Thread>, StoreError> {
    let Some(conversation) = things::conversation(connection, id)? else { return Ok(None) };
    let segment = things::there(things::segment(connection, conversation.segment)?, conversation.segment)?;
    let transfers = transfers_of(connection, id)?;
    let marks = messages::marks(connection, id)?;
    let customer = things::contact_name(connection, conversation.contact)?;
    let end = i64::from(seq_max.unwrap_or(u32::MAX)) + 1;
    let mut handoffs = handoffs(connection, &transfers)?;
    // Whoever sees only a part sees nothing of what was passed on after it, or is about to be.
    let whole = seq_max.is_none_or(|max| max == u32::MAX);
    handoffs.retain(|handoff| whole || handoff.after_seq <= seq_max.unwrap_or(u32::MAX));
    let (transfer, returned) = match whole {
        false => (None, None),
        true => (
            pending(connection, &conversation, &transfers)?,
            returned(connection, &conversation, &segment, &transfers)?,
        ),
    };
    Ok(Some(Thread {
        conversation: id,
        segment: segment.id,
        queue: things::queue_name(connection, conversation.queue)?,
        channel: conversation.channel,
        opened_at: conversation.enqueued_at,
        since: segment.started_at,
        attributes: things::attributes(connection, id)?,
        messages: messages::before_end(connection, id, &customer, end, MESSAGES_SHOWN as u32)?,
        customer,
        handoffs,
        read: marks.agent_read,
        customer_delivered: marks.customer_delivered,
        customer_read: marks.customer_read,
        transfer,
        returned,
    }))
}

/// Returns a conversation's transfers, oldest first.
fn transfers_of(connection: &Connection, conversation: ConversationId) -> Result<Vec<Noted>, StoreError> {
    let mut find = connection.prepare_cached(
        "select body, note from transfers indexed by transfers_of_conversations
         where workspace_id = ?1 and conversation = ?2 order by requested_at, id",
    )?;
    let mut found = find.query(params![WORKSPACE, conversation.blob()])?;
    let mut transfers = Vec::new();
    while let Some(row) = found.next()? {
        let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        transfers.push((rows::from_body("transfers", body)?, row.get(1)?));
    }
    Ok(transfers)
}

/// Returns the transfers that changed the owner.
fn handoffs(connection: &Connection, transfers: &[Noted]) -> Result<Vec<Handoff>, StoreError> {
    let changed_owner = |transfer: &Transfer| match transfer.state {
        TransferState::Enqueued { .. } | TransferState::Ended { end: TransferEnd::Completed, .. } => true,
        TransferState::Requested | TransferState::Offered { .. } | TransferState::Ended { .. } => false,
    };
    let mut handoffs = Vec::new();
    for (transfer, note) in transfers.iter().filter(|(transfer, _)| changed_owner(transfer)) {
        handoffs.push(Handoff {
            transfer: transfer.id,
            from: things::agent_name(connection, transfer.from)?,
            to: things::target_name(connection, transfer.target)?,
            note: note.clone(),
            at: transfer.requested_at,
            after_seq: messages::last_seq_at(connection, transfer.conversation, transfer.requested_at)?,
        });
    }
    Ok(handoffs)
}

/// Returns the open transfer away from the owner.
fn pending(
    connection: &Connection,
    conversation: &Conversation,
    transfers: &[Noted],
) -> Result<Option<PendingTransfer>, StoreError> {
    let open = match &conversation.state {
        ConversationState::Open { held: Held::Agent { transfer, .. }, .. } => *transfer,
        ConversationState::Open { held: Held::Queue(_), .. } | ConversationState::Closed { .. } => None,
    };
    let Some((transfer, _)) = transfers.iter().find(|(transfer, _)| Some(transfer.id) == open) else {
        return Ok(None);
    };
    let deadline = match transfer.state {
        TransferState::Offered { deadline, .. } => deadline,
        TransferState::Requested => transfer.requested_at.plus(TRANSFER_LASTS),
        TransferState::Enqueued { .. } | TransferState::Ended { .. } => return Ok(None),
    };
    Ok(Some(PendingTransfer {
        transfer: transfer.id,
        target: transfer.target,
        to: things::target_name(connection, transfer.target)?,
        requested_at: transfer.requested_at,
        deadline: deadline.minus(DEADLINE_MARGIN),
    }))
}

/// Returns the newest transfer if it came back to the one who is the owner still.
fn returned(
    connection: &Connection,
    conversation: &Conversation,
    segment: &Segment,
    transfers: &[Noted],
) -> Result<Option<ReturnedTransfer>, StoreError> {
    let Some((transfer, _)) = transfers.last() else { return Ok(None) };
    let of_this_segment = conversation.owner() == Some(Owner::Agent(transfer.from))
        && segment.owner == Owner::Agent(transfer.from)
        && transfer.requested_at >= segment.started_at;
    let TransferState::Ended { at, end: end @ (TransferEnd::Returned | TransferEnd::Expired) } =
        transfer.state
    else {
        return Ok(None);
    };
    if !of_this_segment {
        return Ok(None);
    }
    let mut find = connection.prepare_cached(
        "select reason from offers indexed by offers_of_transfers
         where workspace_id = ?1 and cause = 'transfer' and cause_id = ?2
         order by made_at desc limit 1",
    )?;
    let reason: Option<Option<String>> =
        find.query_row(params![WORKSPACE, transfer.id.blob()], |row| row.get(0)).optional()?;
    Ok(Some(ReturnedTransfer {
        transfer: transfer.id,
        to: things::target_name(connection, transfer.target)?,
        end,
        reason: reason.flatten().filter(|reason| !reason.is_empty()),
        at,
    }))
}

/// Returns an open offer with all that its receiver may see.
pub(super) fn offer(connection: &Connection, id: OfferId) -> Result<Option<OfferCard>, StoreError> {
    let Some(offer) = things::offer(connection, id)? else { return Ok(None) };
    let OfferState::Open { deadline } = offer.state else { return Ok(None) };
    let conversation =
        things::there(things::conversation(connection, offer.conversation)?, offer.conversation)?;
    let transfer = match offer.cause {
        OfferCause::Transfer(transfer) => Some(transfer),
        OfferCause::Queue(_) => conversation.waiting().and_then(|waiting| waiting.transfer),
    };
    let transfer = match transfer {
        Some(id) => {
            let (transfer, note) = things::there(things::transfer(connection, id)?, id)?;
            Some(IncomingTransfer {
                transfer: id,
                from: things::agent_name(connection, transfer.from)?,
                note,
            })
        }
        None => None,
    };
    Ok(Some(OfferCard {
        offer: id,
        made_at: offer.made_at,
        deadline: deadline.minus(DEADLINE_MARGIN),
        transfer,
        thread: things::there(thread(connection, offer.conversation, None)?, offer.conversation)?,
    }))
}

/// Returns a segment that is to be filed.
pub(super) fn wrap_up(connection: &Connection, id: SegmentId) -> Result<Option<WrapUpCard>, StoreError> {
    let Some(segment) = things::segment(connection, id)? else { return Ok(None) };
    let SegmentState::WrapUp { ended_at, followed_by } = segment.state else { return Ok(None) };
    let conversation =
        things::there(things::conversation(connection, segment.conversation)?, segment.conversation)?;
    Ok(Some(WrapUpCard {
        segment: id,
        conversation: segment.conversation,
        customer: things::contact_name(connection, conversation.contact)?,
        started_at: segment.started_at,
        ended_at,
        ended_by: in_words(connection, followed_by)?,
    }))
}

/// Says what ended a segment to the agent whose it was.
fn in_words(connection: &Connection, followed_by: FollowedBy) -> Result<String, StoreError> {
    let transfer = |id| things::there(things::transfer(connection, id)?, id).map(|(transfer, _)| transfer);
    Ok(match followed_by {
        FollowedBy::Owner(OwnerCause::Transferred(id)) => {
            format!("Transferred to {}", things::target_name(connection, transfer(id)?.target)?)
        }
        FollowedBy::Owner(OwnerCause::TakenBack(id)) => {
            format!("Taken back by {}", things::agent_name(connection, transfer(id)?.from)?)
        }
        FollowedBy::Owner(OwnerCause::Released) => "Returned to the queue".to_owned(),
        FollowedBy::Owner(OwnerCause::Opened | OwnerCause::Accepted(_)) => "Passed on".to_owned(),
        FollowedBy::End(EndedBy::Customer) => "Ended by the customer".to_owned(),
        FollowedBy::End(EndedBy::Agent) => "Ended by you".to_owned(),
        FollowedBy::End(EndedBy::System) => "Ended by the system".to_owned(),
    })
}
