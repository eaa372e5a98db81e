//! The one who writes reports: rows and the place in the log, in one transaction.

use std::collections::HashMap;

use baton_shared::*;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::fold::{Changes, Fold, Kept, Rated};
use super::reasons;
use super::rows::{ConversationRow, SegmentRow, Thing, TransferRow};
use super::sums::{Added, FROM_AGENTS, FROM_OUTSIDE};
use crate::following::{Place, Projection};
use crate::store::sqlite::derived::{self, DerivedFile};
use crate::store::{Names, Store, StoreError};

/// Reports, as they follow the log.
pub(super) struct Writing {
    file: std::sync::Arc<DerivedFile>,
    writer: Connection,
    place: Place,
    fold: Fold,
    /// The numbers of what rows name.
    numbers: HashMap<Thing, i64>,
    /// What everything is called; nothing before it was read.
    names: Option<Names>,
}

impl Writing {
    /// Goes on where a file was left.
    pub(super) fn resume(file: std::sync::Arc<DerivedFile>, writer: Connection) -> Result<Self, StoreError> {
        let (segment, conversation) =
            writer.query_row("select segment, conversation from numbers", [], |row| {
                Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, i64>(1)?.cast_unsigned()))
            })?;
        let fold = Fold::resume(kept(&writer)?, segment, conversation)
            .map_err(|error| StoreError::Corrupt { what: format!("what is kept for reports: {error}") })?;
        let place = derived::place(&writer)?;
        Ok(Self { file, writer, place, fold, numbers: HashMap::new(), names: None })
    }

    fn read_names(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        self.names = Some(store.read()?.names()?);
        // Numbers are looked up anew, and names with them.
        self.numbers.clear();
        Ok(())
    }
}

impl Projection for Writing {
    fn name(&self) -> &'static str {
        "insights"
    }

    fn place(&self) -> Place {
        self.place
    }

    fn take(&mut self, events: &[Recorded], store: &dyn Store) -> Result<(), StoreError> {
        let Some(last) = events.last() else { return Ok(()) };
        if self.names.is_none() || events.iter().any(|one| may_rename(&one.event)) {
            self.read_names(store)?;
        }
        events.iter().for_each(|event| self.fold.apply(event));
        let mut changes = self.fold.take_changes();
        reasons::take(&mut changes, store)?;
        let place = Place { position: last.position, at: last.at };
        let transaction = self.writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let names = self.names.get_or_insert_default();
        Tables { transaction: &transaction, numbers: &mut self.numbers, names }.write(&changes)?;
        let (segment, conversation) = self.fold.last_numbers();
        transaction
            .prepare_cached("update numbers set segment = ?1, conversation = ?2")?
            .execute(params![segment.cast_signed(), conversation.cast_signed()])?;
        derived::set_place(&transaction, place)?;
        transaction.commit()?;
        self.place = place;
        Ok(())
    }

    fn discard(&mut self) {
        self.file.discard();
    }
}

/// Says whether something may be called otherwise after an event.
fn may_rename(event: &Event) -> bool {
    let presence =
        matches!(event, Event::StatusChanged { .. } | Event::AgentReached { .. } | Event::AgentLost { .. });
    event.conversation().is_none() && !presence
}

fn kept(connection: &Connection) -> Result<Vec<(String, Kept)>, StoreError> {
    let mut find = connection.prepare("select id, body from kept order by id")?;
    let mut rows = find.query([])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get(1)?;
        let thing = serde_json::from_str(&body)
            .map_err(|error| StoreError::Corrupt { what: format!("what is kept for reports: {error}") })?;
        kept.push((row.get(0)?, thing));
    }
    Ok(kept)
}

/// The tables, in a transaction.
struct Tables<'a> {
    transaction: &'a Transaction<'a>,
    numbers: &'a mut HashMap<Thing, i64>,
    names: &'a Names,
}

impl Tables<'_> {
    fn write(&mut self, changes: &Changes) -> Result<(), StoreError> {
        for row in changes.conversations.values() {
            self.conversation(row)?;
        }
        let mut added = Added::default();
        for row in changes.segments.values() {
            self.segment(row, &mut added)?;
        }
        added.write(self.transaction)?;
        for row in changes.transfers.values() {
            self.transfer(row)?;
        }
        for rating in &changes.ratings {
            self.rating(rating)?;
        }
        for (id, kept) in &changes.kept {
            self.keep(id, kept.as_ref())?;
        }
        Ok(())
    }

    fn keep(&self, id: &str, kept: Option<&Kept>) -> Result<(), StoreError> {
        let Some(kept) = kept else {
            self.transaction.prepare_cached("delete from kept where id = ?1")?.execute([id])?;
            return Ok(());
        };
        let body = serde_json::to_string(kept).map_err(|error| StoreError::Unavailable(error.into()))?;
        let mut write =
            self.transaction.prepare_cached("insert or replace into kept (id, body) values (?1, ?2)")?;
        write.execute(params![id, body])?;
        Ok(())
    }

    fn name(&self, thing: Thing) -> String {
        let name = match thing {
            Thing::Agent(id) => self.names.agents.get(&id),
            Thing::Queue(id) => self.names.queues.get(&id),
            Thing::Group(id) => self.names.groups.get(&id),
            Thing::Workflow(id) => self.names.workflows.get(&id),
            Thing::Flow(id) => self.names.flows.get(&id),
            Thing::External(id) => self.names.externals.get(&id),
        };
        name.cloned().unwrap_or_default()
    }

    /// Returns the number of something, which it is given where it has none.
    fn number(&mut self, thing: Thing) -> Result<i64, StoreError> {
        if let Some(number) = self.numbers.get(&thing) {
            return Ok(*number);
        }
        let number = self
            .transaction
            .prepare_cached(
                "insert into things (kind, id, name) values (?1, ?2, ?3)
                 on conflict (id) do update set name = excluded.name returning number",
            )?
            .query_row(params![thing.kind(), thing.id(), self.name(thing)], |row| row.get(0))?;
        self.numbers.insert(thing, number);
        Ok(number)
    }

    fn maybe(&mut self, thing: Option<Thing>) -> Result<Option<i64>, StoreError> {
        thing.map(|thing| self.number(thing)).transpose()
    }

    fn conversation(&mut self, row: &ConversationRow) -> Result<(), StoreError> {
        let queue = self.number(Thing::Queue(row.queue))?;
        let agent = self.maybe(row.agent.map(Thing::Agent))?;
        let mut write = self.transaction.prepare_cached(
            "insert or replace into conversations
                 (number, id, opened_at, closed_at, closed_by, channel, queue, transfers, agent, outcome,
                 agent_messages, customer_messages, responses, response_ms, response_max_ms, customer_responses,
                 customer_response_ms, customer_response_max_ms, surveyed, rated)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                 coalesce((select c.rated from conversations c where c.number = ?1), 0))",
        )?;
        write.execute(params![
            row.number.cast_signed(),
            row.id.to_string(),
            row.opened_at.as_millis(),
            row.closed_at.map(Timestamp::as_millis),
            row.closed_by.map(crate::store::rows::ended_by),
            crate::store::rows::channel(row.channel),
            queue,
            row.transfers,
            agent,
            row.outcome.word(),
            row.agent_messages,
            row.customer_messages,
            row.responses.number,
            row.responses.sum_ms.cast_signed(),
            row.responses.max_ms.cast_signed(),
            row.customer_responses.number,
            row.customer_responses.sum_ms.cast_signed(),
            row.customer_responses.max_ms.cast_signed(),
            row.surveyed,
        ])?;
        Ok(())
    }

    /// Writes a rating with what its conversation was like at the end, which may have been forgotten but as a row.
    fn rating(&self, rating: &Rated) -> Result<(), StoreError> {
        let mut write = self.transaction.prepare_cached(
            "insert or replace into rating_rows (rated_at, conversation, score, agent, queue, channel, transfers)
             select ?2, number, ?3, agent, queue, channel, transfers from conversations where id = ?1",
        )?;
        let score = u8::from(rating.score);
        write.execute(params![rating.conversation.to_string(), rating.at.as_millis(), score])?;
        let mut note = self.transaction.prepare_cached("update conversations set rated = 1 where id = ?1")?;
        note.execute([rating.conversation.to_string()])?;
        Ok(())
    }

    fn segment(&mut self, row: &SegmentRow, added: &mut Added) -> Result<(), StoreError> {
        let (place, queue) = (self.number(row.place)?, self.maybe(row.queue.map(Thing::Queue))?);
        let (came_from, destination) = (self.maybe(row.came_from)?, self.maybe(row.destination)?);
        let from = match row.came_from {
            Some(Thing::Agent(_)) => FROM_AGENTS,
            Some(_) | None => came_from.unwrap_or(FROM_OUTSIDE),
        };
        added.take(self.transaction, row, (place, from, queue.unwrap_or(0)))?;
        let mut write = self.transaction.prepare_cached(
            "insert or replace into segment_rows (kind, started_at, number, ended_at, place, queue, followed_by,
                 target_ms, ring_ms, wrap_up_ms, first_response_ms, responses, response_ms, response_max_ms,
                 agent_messages, came_from, closes, created_at, transfer_at, channel, conversation,
                 customer_messages, transfer_type, began_from_transfer, ended_by_transfer, destination,
                 destination_name, preceded_by, id, expected_ms, extensions, customer_responses, customer_response_ms,
                 customer_response_max_ms, ahead, load_used, load_limit, for_transfer, reason)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                 ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39)",
        )?;
        write.execute(params![
            row.kind as i64,
            row.started_at.as_millis(),
            row.number.cast_signed(),
            row.ended_at.map(Timestamp::as_millis),
            place,
            queue,
            row.followed_by.map(super::rows::Followed::word),
            row.target_ms.map(u64::cast_signed),
            row.ring_ms.map(u64::cast_signed),
            row.wrap_up_ms.map(u64::cast_signed),
            row.first_response_ms.map(u64::cast_signed),
            row.responses,
            row.response_ms.cast_signed(),
            row.response_max_ms.cast_signed(),
            row.agent_messages,
            came_from,
            row.closes,
            row.created_at.map(Timestamp::as_millis),
            row.transfer_at.map(Timestamp::as_millis),
            row.channel.map(crate::store::rows::channel),
            row.conversation.map(u64::cast_signed),
            row.customer_messages,
            row.transfer_type.map(super::rows::TransferType::word),
            row.began_from_transfer,
            row.ended_by_transfer,
            destination,
            row.destination.map(|thing| self.name(thing)),
            row.preceded_by.map(super::rows::Preceded::word),
            row.id,
            row.expected_ms.map(u64::cast_signed),
            row.extensions,
            row.customer_responses,
            row.customer_response_ms.cast_signed(),
            row.customer_response_max_ms.cast_signed(),
            row.ahead.map(u64::cast_signed),
            row.load.map(|load| load.used),
            row.load.map(|load| load.limit),
            row.for_transfer.map(u64::cast_signed),
            row.reason,
        ])?;
        Ok(())
    }

    fn transfer(&mut self, row: &TransferRow) -> Result<(), StoreError> {
        let (sender, receiver) = (self.number(row.sender)?, self.number(row.receiver)?);
        let queue = self.number(Thing::Queue(row.queue))?;
        let accepted_by = self.maybe(row.accepted_by.map(Thing::Agent))?;
        let mut write = self.transaction.prepare_cached(
            "insert or replace into transfer_rows (requested_at, number, conversation, ended_at, outcome, reason,
                 transfer_type, sender, receiver, receiver_kind, queue, channel, hop, early, ping_pong, bounce_back,
                 offers, offers_rejected, offers_missed, accepted_by, to_offer_ms, to_accept_ms,
                 request_to_accept_ms, request_to_reply_ms, customer_messages, receiver_name, id, note, summary, edited, opened,
                 unowned_messages)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                 ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32)",
        )?;
        write.execute(params![
            row.requested_at.as_millis(),
            row.number.cast_signed(),
            row.conversation.cast_signed(),
            row.ended_at.map(Timestamp::as_millis),
            row.outcome.word(),
            row.reason.map(super::rows::Reason::word),
            row.transfer_type.word(),
            sender,
            receiver,
            row.receiver.kind(),
            queue,
            crate::store::rows::channel(row.channel),
            row.hop,
            row.early,
            row.ping_pong,
            row.bounce_back,
            row.offers,
            row.offers_rejected,
            row.offers_missed,
            accepted_by,
            row.to_offer_ms.map(u64::cast_signed),
            row.to_accept_ms.map(u64::cast_signed),
            row.request_to_accept_ms.map(u64::cast_signed),
            row.request_to_reply_ms.map(u64::cast_signed),
            row.customer_messages,
            self.name(row.receiver),
            row.id.to_string(),
            row.carried.note,
            row.carried.summary,
            row.carried.edited,
            row.opened,
            row.unowned_messages,
        ])?;
        Ok(())
    }
}
