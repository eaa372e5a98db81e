//! One batch, one transaction, on the one connection that writes.

mod content;
mod things;

use baton_shared::Timestamp;
use baton_shared::event::EVENT_VERSION;
use rusqlite::{
    CachedStatement, Connection, OptionalExtension, Params, Transaction, TransactionBehavior, params,
};
use serde::Serialize;

use super::WORKSPACE;
use crate::store::rows::StoredId;
use crate::store::{ANSWER_KEPT, Batch, Marks, StoreError, StoredAnswer};

/// How many expired answers a commit removes at least, where there are any.
const ANSWERS_PRUNED: usize = 4;

/// The connection that writes.
#[derive(Debug)]
pub(super) struct Writer {
    connection: Connection,
    /// Room for a body on its way into its row.
    body: Vec<u8>,
    /// Set when a write may or may not have become durable; nothing is written after that.
    lost: bool,
}

impl Writer {
    /// The writer on this connection.
    pub(super) const fn new(connection: Connection) -> Self {
        Self { connection, body: Vec::new(), lost: false }
    }

    /// Returns the connection, to look at it.
    #[cfg(test)]
    pub(super) const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Writes a batch, whole or not at all; what it returns after a failure says which of the two is known.
    pub(super) fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        self.guarded(|writer| writer.write(batch))
    }

    /// Writes what is not part of a batch.
    pub(super) fn run<T>(
        &mut self,
        write: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.guarded(|writer| write(&writer.connection))
    }

    /// Writes unless an earlier write may be lost, and remembers whether this one may be.
    fn guarded<T>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.lost {
            return Err(StoreError::DurabilityUnknown("an earlier write was lost".into()));
        }
        let written = write(self);
        self.lost = matches!(written, Err(StoreError::DurabilityUnknown(_)));
        written
    }

    fn write(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let statements = Statements { transaction: &transaction, held: Vec::new() };
        let body = &mut self.body;
        let mut writing = Writing { transaction: &transaction, statements, body, at: batch.at };
        writing.advance(batch)?;
        writing.log(batch)?;
        for row in &batch.rows {
            writing.row(row)?;
        }
        for content in &batch.content {
            writing.content(content)?;
        }
        // What is forgotten may have been said in the same turn.
        writing.forget_whispers(&batch.rows)?;
        writing.answers(&batch.answers)?;
        writing.marks(&batch.marks)?;
        writing.prune_answers(batch)?;
        drop(writing);
        Ok(transaction.commit()?)
    }
}

/// The statements of a transaction, each prepared once: finding one in the connection's cache costs half as much as
/// running it.
struct Statements<'a> {
    transaction: &'a Transaction<'a>,
    held: Vec<(&'static str, CachedStatement<'a>)>,
}

impl Statements<'_> {
    /// Runs a statement, and returns how many rows it changed.
    fn run(&mut self, sql: &'static str, parameters: impl Params) -> rusqlite::Result<usize> {
        // The same text is the same place in the program, which is told sooner than the text itself.
        let held = self.held.iter().position(|(known, _)| std::ptr::eq(*known, sql));
        let place = match held {
            Some(place) => place,
            None => {
                self.held.push((sql, self.transaction.prepare_cached(sql)?));
                self.held.len() - 1
            }
        };
        self.held[place].1.execute(parameters)
    }
}

/// A transaction that is being filled.
struct Writing<'a> {
    transaction: &'a Transaction<'a>,
    statements: Statements<'a>,
    body: &'a mut Vec<u8>,
    /// When the turn was taken.
    at: Timestamp,
}

impl Writing<'_> {
    /// Moves the workspace on, if the batch comes from its writer and follows the last event.
    fn advance(&self, batch: &Batch) -> Result<(), StoreError> {
        let before = batch.recorded.first().map(|first| first.position.cast_signed() - 1);
        let last = batch.recorded.last();
        let moved = self
            .transaction
            .prepare_cached(
                "update workspaces
                 set position = coalesce(?4, position), at_ms = coalesce(?5, at_ms), head = ?6
                 where workspace_id = ?1 and writer_epoch = ?2 and position = coalesce(?3, position)",
            )?
            .execute(params![
                WORKSPACE,
                batch.writer_epoch.cast_signed(),
                before,
                last.map(|last| last.position.cast_signed()),
                last.map(|last| last.at.as_millis()),
                batch.head.cast_signed(),
            ])?;
        if moved == 1 { Ok(()) } else { Err(self.why_not_advanced(batch)?) }
    }

    fn why_not_advanced(&self, batch: &Batch) -> Result<StoreError, StoreError> {
        let stored: Option<(i64, i64)> = self
            .transaction
            .query_row(
                "select writer_epoch, position from workspaces where workspace_id = ?1",
                params![WORKSPACE],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let what = match stored {
            None => format!("there is no workspace {WORKSPACE}"),
            Some((epoch, _)) if epoch.cast_unsigned() != batch.writer_epoch => {
                format!("the writer's epoch is {epoch}, this writer's is {}", batch.writer_epoch)
            }
            Some((_, position)) => {
                let first = batch.recorded.first().map_or(0, |first| first.position);
                format!("the log ends at position {position}, and this batch begins at {first}")
            }
        };
        Ok(StoreError::Conflict { what })
    }

    fn log(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let mut insert = self.transaction.prepare_cached(
            "insert into log (workspace_id, position, at_ms, name, version, body) values (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let positions = batch.recorded.first().map_or(0, |first| first.position)..;
        for (recorded, position) in batch.recorded.iter().zip(positions) {
            if recorded.position != position {
                let found = recorded.position;
                return Err(StoreError::Conflict {
                    what: format!("position {position} is missing before {found}"),
                });
            }
            let body = body(self.body, &recorded.event)?;
            let name = recorded.event.name();
            insert.execute(params![
                WORKSPACE,
                position.cast_signed(),
                recorded.at.as_millis(),
                name,
                EVENT_VERSION,
                body
            ])?;
        }
        Ok(())
    }

    fn answers(&self, answers: &[StoredAnswer]) -> Result<(), StoreError> {
        let mut insert = self.transaction.prepare_cached(
            "insert or replace into answers (workspace_id, scope, key, body_hash, answer, at_ms)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for given in answers {
            let StoredAnswer { scope, key, body_hash, answer, at } = given;
            insert.execute(params![WORKSPACE, scope, key, body_hash, answer, at.as_millis()])?;
        }
        Ok(())
    }

    fn marks(&self, marks: &[Marks]) -> Result<(), StoreError> {
        let mut write = self.transaction.prepare_cached(
            "insert into read_marks (workspace_id, conversation, agent_read, customer_delivered, customer_read)
             values (?1, ?2, ?3, ?4, ?5)
             on conflict (workspace_id, conversation) do update set
                 agent_read = max(agent_read, excluded.agent_read),
                 customer_delivered = max(customer_delivered, excluded.customer_delivered),
                 customer_read = max(customer_read, excluded.customer_read)",
        )?;
        for Marks { conversation, marks } in marks {
            let (read, delivered, customer_read) =
                (marks.agent_read, marks.customer_delivered, marks.customer_read);
            write.execute(params![WORKSPACE, conversation.blob(), read, delivered, customer_read])?;
        }
        Ok(())
    }

    /// Removes expired answers, faster than new ones come in.
    fn prune_answers(&self, batch: &Batch) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "delete from answers
                 where number in (select number from answers order by number limit ?1) and at_ms <= ?2",
            )?
            .execute(params![
                (ANSWERS_PRUNED + 2 * batch.answers.len()) as i64,
                batch.at.minus(ANSWER_KEPT).as_millis()
            ])?;
        Ok(())
    }
}

/// Writes a thing as JSON into `room`, whose memory is used again.
fn body<'a>(room: &'a mut Vec<u8>, thing: &impl Serialize) -> Result<&'a str, StoreError> {
    room.clear();
    serde_json::to_writer(&mut *room, thing).map_err(|error| StoreError::Unavailable(error.into()))?;
    std::str::from_utf8(room).map_err(|error| StoreError::Unavailable(error.into()))
}
