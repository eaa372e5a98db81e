//! What people wrote in and about a conversation, for whoever looks back at it.

use baton_shared::*;
use rusqlite::{Connection, OptionalExtension, params};

use super::{WORKSPACE, messages, things};
use crate::history::Texts;
use crate::store::StoreError;
use crate::store::rows::StoredId;

/// Returns all that was written; `events` is the conversation's part of the log, which names what has texts.
pub(super) fn texts(
    connection: &Connection,
    id: ConversationId,
    events: &[Recorded],
) -> Result<Option<Texts>, StoreError> {
    let Some(conversation) = things::conversation(connection, id)? else { return Ok(None) };
    let customer = things::contact_name(connection, conversation.contact)?;
    let mut texts = Texts { customer, ..Texts::default() };
    let mut said = connection
        .prepare_cached("select seq, text from messages where workspace_id = ?1 and conversation = ?2")?;
    let mut found = said.query(params![WORKSPACE, id.blob()])?;
    while let Some(row) = found.next()? {
        texts.messages.insert(row.get(0)?, row.get(1)?);
    }
    let flag = "select text from flags where workspace_id = ?1 and conversation = ?2 and raised_at = ?3";
    let mut flag = connection.prepare_cached(flag)?;
    for Recorded { position, at, event } in events {
        add(connection, &mut texts, event)?;
        if let Event::FlagRaised { conversation, .. } = event {
            let raised = params![WORKSPACE, conversation.blob(), at.as_millis()];
            let text = flag.query_row(raised, |row| row.get(0)).optional()?;
            texts.flags.extend(text.map(|text| (*position, text)));
        }
    }
    let comment = "select comment from ratings where workspace_id = ?1 and conversation = ?2";
    texts.comment = columns(connection, comment, id)?.and_then(|[comment]| comment);
    Ok(Some(texts))
}

/// Adds what was written with an event.
fn add(connection: &Connection, texts: &mut Texts, event: &Event) -> Result<(), StoreError> {
    if let Event::TransferRequested { transfer, .. } = event {
        let sql = "select note, summary, reason from transfers where workspace_id = ?1 and id = ?2";
        texts.transfers.extend(columns(connection, sql, *transfer)?.map(|found| (*transfer, found)));
    } else if let Event::ConsultBegan { transfer, .. } = event {
        let asides = messages::asides(connection, *transfer)?.into_iter();
        texts.asides.extend(asides.map(|aside| ((*transfer, aside.seq), aside.text)));
    } else if let Event::Whispered { conversation, seq, .. } = event {
        let whisper = messages::whisper(connection, *conversation, *seq)?;
        texts.whispers.extend(whisper.map(|whisper| (*seq, whisper.text)));
    } else if let Event::OfferMade { offer, .. } = event {
        let sql = "select reason, question, answer from offers where workspace_id = ?1 and id = ?2";
        texts.offers.extend(columns(connection, sql, *offer)?.map(|found| (*offer, found)));
    } else if let Event::InviteMade { invite, .. } = event {
        let sql = "select note from invites where workspace_id = ?1 and id = ?2";
        let note = columns(connection, sql, *invite)?.and_then(|[note]| note);
        texts.invites.extend(note.map(|note| (*invite, note)));
    } else if let Event::WrapUpEnded { segment, .. } = event {
        let sql = "select notes from segments where workspace_id = ?1 and id = ?2";
        let notes = columns(connection, sql, *segment)?.and_then(|[notes]| notes);
        texts.filings.extend(notes.map(|notes| (*segment, notes)));
    } else if let Event::RequestCreated { request, .. } = event {
        let sql = "select note, answer from requests where workspace_id = ?1 and id = ?2";
        texts.requests.extend(columns(connection, sql, *request)?.map(|found| (*request, found)));
    }
    Ok(())
}

/// Returns why an offer was refused.
pub(super) fn reason(connection: &Connection, offer: OfferId) -> Result<Option<String>, StoreError> {
    let sql = "select reason from offers where workspace_id = ?1 and id = ?2";
    Ok(columns(connection, sql, offer)?.and_then(|[reason]| reason))
}

/// Returns some columns of a thing; nothing if there is no such thing.
fn columns<const COUNT: usize>(
    connection: &Connection,
    sql: &'static str,
    id: impl StoredId,
) -> Result<Option<[Option<String>; COUNT]>, StoreError> {
    let mut find = connection.prepare_cached(sql)?;
    let found = find.query_row(params![WORKSPACE, id.blob()], |row| {
        let mut columns = [const { None }; COUNT];
        for (place, column) in columns.iter_mut().enumerate() {
            *column = row.get(place)?;
        }
        Ok(columns)
    });
    Ok(found.optional()?)
}
