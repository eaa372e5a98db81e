//! Conversations, offers and wrap-ups as staff see them.

use baton_shared::api::WhyOffer;
use baton_shared::conversation::{EndedBy, Held};
use baton_shared::desk::{
    Asked, CancelUntil, Consult, Handoff, IncomingInvite, IncomingTransfer, InviteView, OfferCard,
    PendingPhase, PendingTransfer, ReturnedTransfer, Thread, TransferChoices, WrapUpCard,
};
use baton_shared::message::MESSAGES_SHOWN;
use baton_shared::offer::{DEADLINE_MARGIN, OfferState};
use baton_shared::policy::{Cancel, Decline};
use baton_shared::segment::{FollowedBy, OwnerCause, SegmentState};
use baton_shared::*;
use rusqlite::{Connection, params};

use super::things::Noted;
use super::{WORKSPACE, messages, requests, things};
use crate::store::rows::{self, StoredId};
use crate::store::{Sight, StoreError};

/// Returns a conversation, open or closed, with its last messages that can be seen.
pub(super) fn thread(
    connection: &Connection,
    id: ConversationId,
    sight: Sight,
) -> Result<Option<Thread>, StoreError> {
    let Some(conversation) = things::conversation(connection, id)? else { return Ok(None) };
    let segment = things::there(things::segment(connection, conversation.segment)?, conversation.segment)?;
    let transfers = transfers_of(connection, id)?;
    let marks = messages::marks(connection, id)?;
    let customer = things::contact_name(connection, conversation.contact)?;
    let end = i64::from(sight.last_seq()) + 1;
    let mut handoffs = handoffs(connection, &transfers)?;
    // Whoever sees only a part sees nothing of what was passed on after it, or is about to be.
    handoffs.retain(|handoff| sight.reaches(handoff.at));
    let whispers = match sight {
        Sight::Whispered if conversation.whispers() > 0 => messages::whispers(connection, id, segment.id)?,
        Sight::Whispered | Sight::Whole | Sight::Until { .. } => Vec::new(),
    };
    let flag = match (sight, conversation.flag()) {
        (Sight::Whispered | Sight::Whole, Some(_)) => messages::flag(connection, id)?,
        (Sight::Whispered | Sight::Whole | Sight::Until { .. }, _) => None,
    };
    let (transfer, returned, invites) = match sight {
        Sight::Until { .. } => (None, None, Vec::new()),
        Sight::Whispered | Sight::Whole => (
            pending(connection, &conversation, &transfers)?,
            returned(connection, &conversation, &segment, &transfers)?,
            invites(connection, &conversation)?,
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
        owner: match conversation.owner() {
            Some(Owner::Agent(agent)) => Some(things::agent_name(connection, agent)?),
            Some(Owner::Flow(flow)) => Some(things::flow_name(connection, flow)?),
            Some(Owner::External(external)) => Some(things::external_name(connection, external)?),
            Some(Owner::Queue(_) | Owner::Group(_)) | None => None,
        },
        invites,
        choices: TransferChoices::from(
            things::policies(connection)?.holding(conversation.queue, conversation.channel).as_ref(),
        ),
        flag,
        whispers,
    }))
}

/// Returns a conversation as someone sees it who does not own it.
pub(super) fn heard_by(
    connection: &Connection,
    id: ConversationId,
    agent: AgentId,
) -> Result<Thread, StoreError> {
    let conversation = things::there(things::conversation(connection, id)?, id)?;
    let whispered = hears_whispers(connection, &conversation, agent)?;
    let sight = if whispered { Sight::Whispered } else { Sight::Whole };
    things::there(thread(connection, id, sight)?, id)
}

/// Says whether someone sees what is whispered: the owner, supervisors who listen in, and those who joined unasked.
pub(super) fn hears_whispers(
    connection: &Connection,
    conversation: &Conversation,
    agent: AgentId,
) -> Result<bool, StoreError> {
    if conversation.owner() == Some(Owner::Agent(agent)) || conversation.is_overheard_by(agent) {
        return Ok(true);
    }
    for invite in conversation.invites.iter() {
        let (invite, _) = things::there(things::invite(connection, *invite)?, invite)?;
        if invite.is_unasked() && invite.participant() == Some(agent) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the invitations to a conversation that have not ended.
fn invites(connection: &Connection, conversation: &Conversation) -> Result<Vec<InviteView>, StoreError> {
    let mut views = Vec::new();
    for id in conversation.invites.iter() {
        let (invite, _) = things::there(things::invite(connection, *id)?, id)?;
        let name = |agent| things::agent_name(connection, agent);
        let (joined, asked, deadline) = match &invite.state {
            InviteState::Open { search, deadline } => {
                let asked = search.offers.keys().map(|agent| name(*agent)).collect::<Result<_, _>>()?;
                (None, asked, Some(deadline.minus(DEADLINE_MARGIN)))
            }
            InviteState::Joined { agent, .. } => (Some(name(*agent)?), Vec::new(), None),
            InviteState::Ended { .. } => continue,
        };
        let (to, from) = (things::target_name(connection, invite.target)?, name(invite.from)?);
        views.push(InviteView { invite: *id, to, from, joined, asked, deadline });
    }
    Ok(views)
}

/// Returns a conversation's transfers, oldest first.
fn transfers_of(connection: &Connection, conversation: ConversationId) -> Result<Vec<Noted>, StoreError> {
    let mut find = connection.prepare_cached(
        "select body, note, summary from transfers indexed by transfers_of_conversations
         where workspace_id = ?1 and conversation = ?2 order by requested_at, id",
    )?;
    let mut found = find.query(params![WORKSPACE, conversation.blob()])?;
    let mut transfers = Vec::new();
    while let Some(row) = found.next()? {
        transfers.push(things::noted(row)?);
    }
    Ok(transfers)
}

/// Returns the transfers that changed the owner.
fn handoffs(connection: &Connection, transfers: &[Noted]) -> Result<Vec<Handoff>, StoreError> {
    let changed_owner = |noted: &&Noted| match noted.transfer.state {
        TransferState::Released { .. }
        | TransferState::Enqueued { .. }
        | TransferState::Ended { end: TransferEnd::Completed, .. } => true,
        TransferState::Requested
        | TransferState::Seeking { .. }
        | TransferState::Calling { .. }
        | TransferState::Consulting { .. }
        | TransferState::Ended { .. } => false,
    };
    let mut handoffs = Vec::new();
    for Noted { transfer, note, summary } in transfers.iter().filter(changed_owner) {
        let (at, after_seq) = match (transfer.mode, &transfer.state) {
            // What is said in the same moment may come before or after; what was said earlier stays what it is.
            (Mode::Warm, TransferState::Ended { at, .. }) => {
                (*at, messages::last_before(connection, transfer.conversation, *at)?)
            }
            (Mode::Cold | Mode::Warm | Mode::Invite, _) => (transfer.requested_at, transfer.after_seq),
        };
        handoffs.push(Handoff {
            transfer: transfer.id,
            from: things::sender_name(connection, transfer.from)?,
            by: supervisor_name(connection, transfer)?,
            to: things::target_name(connection, transfer.target)?,
            note: note.clone(),
            summary: summary.clone(),
            aside: said_aside(connection, transfer)?,
            at,
            after_seq,
        });
    }
    Ok(handoffs)
}

/// Returns what was said aside before a transfer, for whoever has the conversation after it.
fn said_aside(connection: &Connection, transfer: &Transfer) -> Result<Vec<Message>, StoreError> {
    let mut said = match transfer.mode {
        Mode::Warm => messages::asides(connection, transfer.id)?,
        Mode::Cold | Mode::Invite => Vec::new(),
    };
    said.drain(..said.len().saturating_sub(MESSAGES_SHOWN));
    Ok(said)
}

/// Returns the name of the supervisor who asked for a transfer in its sender's place, if one did.
fn supervisor_name(connection: &Connection, transfer: &Transfer) -> Result<Option<String>, StoreError> {
    transfer.by.map(|by| things::agent_name(connection, by)).transpose()
}

/// Returns the open transfer away from the owner.
fn pending(
    connection: &Connection,
    conversation: &Conversation,
    transfers: &[Noted],
) -> Result<Option<PendingTransfer>, StoreError> {
    let open = match &conversation.state {
        ConversationState::Open { held: Held::Agent { transfer, .. }, .. } => *transfer,
        ConversationState::Open { held: Held::Queue(_) | Held::Flow(_) | Held::External { .. }, .. }
        | ConversationState::Closed { .. } => None,
    };
    let Some(Noted { transfer, .. }) = transfers.iter().find(|noted| Some(noted.transfer.id) == open) else {
        return Ok(None);
    };
    let mut asked = Vec::new();
    let (phase, deadline) = match &transfer.state {
        TransferState::Seeking { search, deadline } => {
            for (agent, offer) in search.offers.iter() {
                asked.push(asked_of(connection, *agent, *offer)?);
            }
            let phase = if asked.is_empty() { PendingPhase::Waiting } else { PendingPhase::Offered };
            (phase, *deadline)
        }
        TransferState::Calling { deadline } => {
            asked.push(Asked::named(things::target_name(connection, transfer.target)?));
            (PendingPhase::Offered, Some(*deadline))
        }
        TransferState::Consulting { agent, deadline, .. } => {
            asked.push(Asked::named(things::agent_name(connection, *agent)?));
            (PendingPhase::Consulting, Some(*deadline))
        }
        TransferState::Requested
        | TransferState::Released { .. }
        | TransferState::Enqueued { .. }
        | TransferState::Ended { .. } => return Ok(None),
    };
    let undo_until = transfer.requested_at.plus(transfer.policy.undo_lasts());
    Ok(Some(PendingTransfer {
        transfer: transfer.id,
        by: supervisor_name(connection, transfer)?,
        target: transfer.target,
        to: things::target_name(connection, transfer.target)?,
        mode: transfer.mode,
        phase,
        asked,
        requested_at: transfer.requested_at,
        deadline: deadline.map(|deadline| deadline.minus(DEADLINE_MARGIN)),
        cancel_until: match (&transfer.state, transfer.policy.cancel) {
            (TransferState::Consulting { .. }, _) | (_, Cancel::UntilAccepted) => CancelUntil::Accepted,
            (_, Cancel::Undo) => CancelUntil::Time(undo_until),
            (_, Cancel::InvitesOnly | Cancel::Never) => CancelUntil::Never,
        },
    }))
}

/// Returns someone whom a transfer is offered to, with what they let the sender know.
fn asked_of(connection: &Connection, agent: AgentId, id: OfferId) -> Result<Asked, StoreError> {
    let offer = things::there(things::offer(connection, id)?, id)?;
    let told = |reply: &&Reply| matches!(reply, Reply::Seen | Reply::Reading | Reply::Soon);
    let (question, answer) = question_of(connection, &offer)?;
    Ok(Asked {
        name: things::agent_name(connection, agent)?,
        offer: Some(id),
        reply: offer.replies.iter().filter(told).max().copied(),
        question,
        answer,
    })
}

/// Returns what the receiver of a transfer asked, and what the sender answered.
fn question_of(
    connection: &Connection,
    offer: &Offer,
) -> Result<(Option<String>, Option<String>), StoreError> {
    if !offer.replies.contains(&Reply::Asked) {
        return Ok((None, None));
    }
    let mut find = connection
        .prepare_cached("select question, answer from offers where workspace_id = ?1 and id = ?2")?;
    Ok(find.query_row(params![WORKSPACE, offer.id.blob()], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Returns the newest transfer if it came back to the one who is the owner still.
fn returned(
    connection: &Connection,
    conversation: &Conversation,
    segment: &Segment,
    transfers: &[Noted],
) -> Result<Option<ReturnedTransfer>, StoreError> {
    let Some(Noted { transfer, note, .. }) = transfers.last() else { return Ok(None) };
    let TransferState::Ended {
        at,
        end: end @ (TransferEnd::Returned | TransferEnd::CalledOff | TransferEnd::Expired),
    } = transfer.state
    else {
        return Ok(None);
    };
    let back = [OwnerCause::Returned(transfer.id), OwnerCause::TakenBack(transfer.id)];
    let came_back = back.contains(&segment.preceded_by);
    let of_this_segment = conversation.owner() == Some(transfer.from.owner())
        && segment.owner == transfer.from.owner()
        && (came_back || transfer.requested_at >= segment.started_at);
    if !of_this_segment {
        return Ok(None);
    }
    let mut find = connection.prepare_cached(
        "select coalesce(
             (select reason from transfers where workspace_id = ?1 and id = ?2),
             (select reason from offers indexed by offers_of_transfers
              where workspace_id = ?1 and cause = 'transfer' and cause_id = ?2
              order by reason is null, ended_at desc, made_at desc limit 1)
         ), coalesce(
             (select ended_as = 'declined' from offers indexed by offers_of_transfers
              where workspace_id = ?1 and cause = 'transfer' and cause_id = ?2
              order by ended_at desc, made_at desc limit 1),
             false
         )",
    )?;
    let (reason, declined): (Option<String>, bool) =
        find.query_row(params![WORKSPACE, transfer.id.blob()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Some(ReturnedTransfer {
        transfer: transfer.id,
        to: things::target_name(connection, transfer.target)?,
        end,
        declined,
        reason: reason.filter(|reason| !reason.is_empty()),
        note: note.clone(),
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
        OfferCause::Queue(_) => conversation.waiting().and_then(|waiting| waiting.transfer()),
        OfferCause::Invite(_) => None,
    };
    let mut thread =
        things::there(thread(connection, offer.conversation, Sight::Whole)?, offer.conversation)?;
    let mut decline = Decline::Yes;
    let mut may_reply = Vec::new();
    let mut pool = conversation.waiting().map(|waiting| waiting.search.pool);
    let transfer = match transfer {
        Some(id) => {
            let Noted { transfer, note, summary } = things::there(things::transfer(connection, id)?, id)?;
            decline = transfer.policy.decline;
            if let TransferState::Seeking { search, .. } = &transfer.state {
                pool = Some(search.pool);
            }
            if let OfferCause::Transfer(_) = offer.cause {
                may_reply = offer.may_reply(Some(&transfer));
            }
            if !transfer.policy.attributes_in_offer {
                thread.attributes.clear();
            }
            Some(IncomingTransfer {
                transfer: id,
                from: things::sender_name(connection, transfer.from)?,
                by: supervisor_name(connection, &transfer)?,
                mode: transfer.mode,
                note,
                summary,
            })
        }
        None => None,
    };
    let invite = match offer.cause {
        OfferCause::Invite(id) => {
            let (invite, note) = things::there(things::invite(connection, id)?, id)?;
            let from = things::agent_name(connection, invite.from)?;
            Some(IncomingInvite { invite: id, from, note })
        }
        OfferCause::Queue(_) | OfferCause::Transfer(_) => None,
    };
    let (question, answer) = question_of(connection, &offer)?;
    Ok(Some(OfferCard {
        offer: id,
        made_at: offer.made_at,
        deadline: deadline.map(|deadline| deadline.minus(DEADLINE_MARGIN)),
        decline,
        meant: invite.is_none() && pool == Some(Pool::Agent(offer.agent)),
        transfer,
        may_reply,
        question,
        answer,
        invite,
        thread,
    }))
}

/// Returns a consultation as one of the two who hold it sees it.
pub(super) fn consult(
    connection: &Connection,
    id: TransferId,
    viewer: AgentId,
) -> Result<Option<Consult>, StoreError> {
    let Some(Noted { transfer, note, summary }) = things::transfer(connection, id)? else { return Ok(None) };
    let TransferState::Consulting { agent, since, deadline, .. } = transfer.state else { return Ok(None) };
    // Only people consult someone.
    let Some(from) = transfer.from.agent() else { return Ok(None) };
    if viewer != agent && viewer != from {
        return Ok(None);
    }
    let thread = match viewer == agent {
        true => thread(connection, transfer.conversation, Sight::Whole)?,
        false => None,
    };
    Ok(Some(Consult {
        transfer: id,
        conversation: transfer.conversation,
        from,
        from_name: things::agent_name(connection, from)?,
        agent,
        agent_name: things::agent_name(connection, agent)?,
        note,
        summary,
        since,
        deadline: deadline.minus(DEADLINE_MARGIN),
        aside: messages::asides(connection, id)?,
        thread,
    }))
}

/// Returns a segment that is to be filed.
pub(super) fn wrap_up(connection: &Connection, id: SegmentId) -> Result<Option<WrapUpCard>, StoreError> {
    let Some(segment) = things::segment(connection, id)? else { return Ok(None) };
    let SegmentState::WrapUp { ended_at, followed_by, until } = segment.state else { return Ok(None) };
    let conversation =
        things::there(things::conversation(connection, segment.conversation)?, segment.conversation)?;
    let customer = things::contact_name(connection, conversation.contact)?;
    Ok(Some(WrapUpCard {
        segment: id,
        conversation: segment.conversation,
        news: news(connection, followed_by, &customer)?,
        customer,
        started_at: segment.started_at,
        ended_at,
        until: until.map(|until| until.minus(DEADLINE_MARGIN)),
        ended_by: in_words(connection, &conversation, followed_by)?,
    }))
}

/// Says what a supervisor did that ended a segment.
fn news(
    connection: &Connection,
    followed_by: FollowedBy,
    customer: &str,
) -> Result<Option<String>, StoreError> {
    let FollowedBy::Owner(cause) = followed_by else { return Ok(None) };
    if let OwnerCause::TakenOver(Some(by)) = cause {
        return Ok(Some(format!("{} took over {customer}.", things::agent_name(connection, by)?)));
    }
    let (OwnerCause::Transferred(id) | OwnerCause::Parked(id)) = cause else { return Ok(None) };
    let transfer = things::there(things::transfer(connection, id)?, id)?.transfer;
    let Some(by) = supervisor_name(connection, &transfer)? else { return Ok(None) };
    let to = things::target_name(connection, transfer.target)?;
    Ok(Some(format!("{by} transferred {customer} to {to}.")))
}

/// Says what ended a segment to the agent whose it was.
fn in_words(
    connection: &Connection,
    conversation: &Conversation,
    followed_by: FollowedBy,
) -> Result<String, StoreError> {
    let transfer = |id| things::there(things::transfer(connection, id)?, id).map(|noted| noted.transfer);
    Ok(match followed_by {
        FollowedBy::Owner(OwnerCause::Transferred(id) | OwnerCause::Parked(id)) => {
            let transfer = transfer(id)?;
            let by = supervisor_name(connection, &transfer)?.map(|by| format!(" by {by}"));
            let to = things::target_name(connection, transfer.target)?;
            format!("Transferred to {to}{}", by.unwrap_or_default())
        }
        FollowedBy::Owner(OwnerCause::TakenBack(id)) => {
            format!("Taken back by {}", things::sender_name(connection, transfer(id)?.from)?)
        }
        FollowedBy::Owner(OwnerCause::Left(id)) => {
            let invite = things::there(things::invite(connection, id)?, id)?.0;
            format!("Left to {}", things::target_name(connection, invite.target)?)
        }
        FollowedBy::Owner(OwnerCause::TakenOver(Some(by))) => {
            format!("Taken over by {}", things::agent_name(connection, by)?)
        }
        FollowedBy::Owner(OwnerCause::TakenOver(None)) => "Taken over by a supervisor".to_owned(),
        FollowedBy::Owner(OwnerCause::Redirected) => "Passed on by a supervisor".to_owned(),
        FollowedBy::Owner(OwnerCause::Released | OwnerCause::Lost | OwnerCause::Expired(_)) => {
            "Returned to the queue".to_owned()
        }
        FollowedBy::Owner(
            OwnerCause::Opened
            | OwnerCause::Accepted(_)
            | OwnerCause::Returned(_)
            | OwnerCause::Routed(_)
            | OwnerCause::Overflowed(_)
            | OwnerCause::Entered(_),
        ) => "Passed on".to_owned(),
        FollowedBy::End(EndedBy::Customer) => "Ended by the customer".to_owned(),
        FollowedBy::End(EndedBy::Agent) => match requests::request_of(connection, conversation.id)? {
            Some((number, _)) => format!("Ended by you with request {number}"),
            None => "Ended by you".to_owned(),
        },
        FollowedBy::End(EndedBy::System) => "Ended by the system".to_owned(),
    })
}

/// Returns whom a conversation was offered to, oldest first.
pub(super) fn offers_of(
    connection: &Connection,
    conversation: ConversationId,
) -> Result<Vec<WhyOffer>, StoreError> {
    let transfers = transfers_of(connection, conversation)?;
    let mut find = connection.prepare_cached(
        "select p.name, o.made_at, o.deadline, o.ended_as, o.ended_at, o.reason, o.body
         from offers o indexed by offers_of_conversations
         left join profiles p on p.workspace_id = o.workspace_id and p.agent = o.agent
         where o.workspace_id = ?1 and o.conversation = ?2 order by o.made_at, o.id",
    )?;
    let at = |millis: Option<i64>| millis.map(Timestamp::from_millis);
    let mut found = find.query(params![WORKSPACE, conversation.blob()])?;
    let mut offers = Vec::new();
    while let Some(row) = found.next()? {
        let body = row.get_ref(6)?.as_str().map_err(rusqlite::Error::from)?;
        offers.push(WhyOffer {
            to: row.get::<_, Option<String>>(0)?.unwrap_or_default(),
            rule: offered_by(connection, &rows::from_body("offers", body)?, &transfers)?,
            at: Timestamp::from_millis(row.get(1)?),
            deadline: at(row.get(2)?),
            end: row.get(3)?,
            ended_at: at(row.get(4)?),
            reason: row.get(5)?,
        });
    }
    Ok(offers)
}

/// Says by which rule an offer was made, in a few words; at most one of a conversation's transfers was open then.
fn offered_by(connection: &Connection, offer: &Offer, transfers: &[Noted]) -> Result<String, StoreError> {
    let open_then = |transfer: &Transfer| {
        let ended = match transfer.state {
            TransferState::Ended { at, .. } => Some(at),
            TransferState::Requested
            | TransferState::Seeking { .. }
            | TransferState::Released { .. }
            | TransferState::Enqueued { .. }
            | TransferState::Calling { .. }
            | TransferState::Consulting { .. } => None,
        };
        transfer.requested_at <= offer.made_at && ended.is_none_or(|ended| offer.made_at < ended)
    };
    let mut transfers = transfers.iter().map(|noted| &noted.transfer);
    let (transfer, queue) = match offer.cause {
        OfferCause::Invite(invite) => {
            let invite = things::there(things::invite(connection, invite)?, invite)?.0;
            return Ok(format!("Invited by {}", things::agent_name(connection, invite.from)?));
        }
        OfferCause::Transfer(id) => (transfers.find(|transfer| transfer.id == id), None),
        OfferCause::Queue(queue) => (transfers.find(|transfer| open_then(transfer)), Some(queue)),
    };
    match (transfer, queue) {
        (Some(transfer), _) => {
            let from = things::sender_name(connection, transfer.from)?;
            Ok(format!("Passed on by {from} to {}", things::target_name(connection, transfer.target)?))
        }
        (None, Some(queue)) => Ok(format!("From {}", things::queue_name(connection, queue)?)),
        (None, None) => Ok(String::new()),
    }
}
