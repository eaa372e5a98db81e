//! The reference of `durable`: SQLite alone, with the same schema, settings, rows and batches, and nothing around it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use baton::store::sqlite::SETTINGS;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use crate::machine::now;
use crate::recording::Written;

/// The rows of one transaction: for each its statement and its values.
type Batch = Vec<(usize, Vec<Value>)>;

/// Rows to be written, and the statements that write them.
pub struct Rows {
    schema: Vec<String>,
    statements: Vec<String>,
    batches: Vec<Batch>,
}

impl Rows {
    /// Reads the rows of these batches from the database that the store left behind, as they are in the end.
    pub fn read(database: &Path, batches: &[Vec<Written>]) -> anyhow::Result<Self> {
        let source = Connection::open(database)?;
        source.execute_batch("begin")?;
        let mut schema = source.prepare("select sql from sqlite_schema where sql is not null")?;
        let schema = schema.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut statements = Vec::new();
        let mut by_table: BTreeMap<&str, usize> = BTreeMap::new();
        let mut rows = Vec::new();
        for batch in batches {
            let mut row_of = |written: &Written| {
                let (table, values) = values_of(&source, written)?;
                let number = match by_table.get(table) {
                    Some(number) => *number,
                    None => {
                        statements.push(upsert(&source, table)?);
                        by_table.insert(table, statements.len() - 1);
                        statements.len() - 1
                    }
                };
                anyhow::Ok((number, values))
            };
            rows.push(batch.iter().map(&mut row_of).collect::<anyhow::Result<Batch>>()?);
        }
        Ok(Self { schema, statements, batches: rows })
    }

    /// Returns how many rows there are.
    pub fn count(&self) -> u64 {
        self.batches.iter().map(|batch| batch.len() as u64).sum()
    }

    /// Writes everything to a new database, a transaction for each batch, and returns how long that took.
    pub fn write(&self, database: &Path) -> anyhow::Result<Duration> {
        let connection = Connection::open(database)?;
        connection.execute_batch(SETTINGS)?;
        self.schema.iter().try_for_each(|step| connection.execute_batch(step))?;
        connection.execute(
            "insert into workspaces (workspace_id, writer_epoch, position, at_ms, head) values (1, 1, 0, 0, 0)",
            [],
        )?;
        let mut statements =
            self.statements.iter().map(|sql| connection.prepare(sql)).collect::<Result<Vec<_>, _>>()?;
        let mut begin = connection.prepare("begin immediate")?;
        let mut commit = connection.prepare("commit")?;
        let mut advance = connection.prepare("update workspaces set position = ?1 where workspace_id = 1")?;
        let began = now();
        for (number, batch) in (1i64..).zip(&self.batches) {
            begin.execute([])?;
            advance.execute(params![number])?;
            for (statement, values) in batch {
                statements[*statement].execute(params_from_iter(values))?;
            }
            commit.execute([])?;
        }
        Ok(began.elapsed())
    }
}

/// Returns the version of SQLite.
pub fn version() -> &'static str {
    rusqlite::version()
}

/// Returns the statement that writes a whole row of a table, whether it is there or not.
fn upsert(source: &Connection, table: &str) -> anyhow::Result<String> {
    let mut columns = source.prepare("select name, pk from pragma_table_info(?1)")?;
    let columns = columns.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let columns: Vec<(String, u32)> = columns.collect::<Result<_, _>>()?;
    let (key, rest): (Vec<_>, Vec<_>) = columns.iter().partition(|(_, place)| *place > 0);
    let names = |columns: &[(String, u32)]| {
        columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let places = vec!["?"; columns.len()].join(", ");
    let key = key.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let set = rest.iter().map(|(name, _)| format!("{name} = excluded.{name}")).collect::<Vec<_>>().join(", ");
    Ok(format!(
        "insert into {table} ({}) values ({places}) on conflict ({key}) do update set {set}",
        names(&columns)
    ))
}

fn values_of(source: &Connection, written: &Written) -> anyhow::Result<(&'static str, Vec<Value>)> {
    let blob = |id: &[u8; 16]| Value::Blob(id.to_vec());
    let (table, keyed_by, key) = match written {
        Written::Event(position) => ("log", "position = ?1", vec![Value::Integer(position.cast_signed())]),
        Written::Thing(table, id) => (*table, "id = ?1", vec![blob(id)]),
        Written::Message(conversation, seq) => {
            let key = vec![blob(conversation), Value::Integer((*seq).into())];
            ("messages", "conversation = ?1 and seq = ?2", key)
        }
        Written::Answer(scope, key) => {
            let key = vec![Value::Text(scope.clone()), Value::Text(key.clone())];
            ("answers", "scope = ?1 and key = ?2", key)
        }
    };
    let mut find =
        source.prepare_cached(&format!("select * from {table} where workspace_id = 1 and {keyed_by}"))?;
    let width = find.column_count();
    let row = find
        .query_row(params_from_iter(key), |row| (0..width).map(|column| row.get(column)).collect())
        .optional()?;
    Ok((table, row.with_context(|| format!("`{written:?}` is not in the database"))?))
}
