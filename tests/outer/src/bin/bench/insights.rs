//! Reports on a year of 5 million segments: how long each takes, and what routing loses while they are made.
//!
//! The rows are made by SQLite itself in the file of the reports, spread evenly over the year; the reports are asked as
//! the server asks them. A dashboard shows 30 days unless it is asked otherwise, and a year at most is asked here.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use baton::clock::ManualClock;
use baton::following::Head;
use baton::insights::{Bucket, Filter, Insights, Levels, Page, Since, starts};
use baton::store::StoreError;
use baton::store::sqlite::SqliteStore;
use baton_shared::{AgentId, QueueId, Timestamp};
use jiff::tz::TimeZone;
use rusqlite::Connection;

use crate::report::{Better, Goal, Pair, Row, say};
use crate::{machine, routing};

/// How many conversations there are; each has a wait and a talk, and most have more.
const CONVERSATIONS: u64 = 1_500_000;

/// How many segments there are at least.
const SEGMENTS: u64 = 5_000_000;

/// How often each report is made; the slowest counts.
const TIMES: usize = 3;

/// How long a report may take, in milliseconds.
const LIMIT_MS: f64 = 1_000.0;

/// When the year ends.
const NOW: Timestamp = Timestamp::from_millis(1_795_248_000_000);

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Makes the rows; there are 300 agents and 30 queues.
const FILL: &str = include_str!("insights/fill.sql");

/// Measures, and returns the rows.
pub fn run() -> anyhow::Result<Vec<Row>> {
    let data = tempfile::tempdir()?;
    let store = Arc::new(SqliteStore::open(data.path())?);
    drop(open(data.path(), &store)?);
    say(&format!("  filling {CONVERSATIONS} conversations"))?;
    let segments = fill(data.path())?;
    ensure!(segments >= SEGMENTS, "only {segments} segments were made");
    say(&format!("  {segments} segments"))?;
    let insights = open(data.path(), &store)?.0;
    let goal = Goal {
        name: "insights",
        unit: "ms",
        better: Better::Lower,
        must: 1.0,
        aim: 0.5,
        reference_version: "1 s".to_owned(),
    };
    let mut rows = Vec::new();
    for (span, since) in [("30-days", MONTH), ("a-year", YEAR)] {
        for (name, report) in REPORTS {
            let filter = Filter::all(NOW.minus(since), NOW);
            let mut slowest = Duration::ZERO;
            for _ in 0..TIMES {
                let began = machine::now();
                report(&insights, &filter)?;
                slowest = slowest.max(began.elapsed());
            }
            let pair = Pair { ours: slowest.as_secs_f64() * 1_000.0, reference: LIMIT_MS };
            rows.push(goal.row(format!("insights-{name}-{span}"), &[pair])?);
        }
    }
    let mut rows = goal.worst_first(rows)?;
    let losing = Goal {
        unit: "decisions/s",
        better: Better::Higher,
        must: 0.9,
        aim: 0.95,
        reference_version: "routing with no reports beside it".to_owned(),
        ..goal
    };
    let month = Filter::all(NOW.minus(MONTH), NOW);
    let pairs = routing::beside(&|| {
        for (_, report) in REPORTS {
            report(&insights, &month)?;
        }
        Ok(())
    })?;
    rows.push(losing.row("insights-beside-routing", &pairs)?);
    Ok(rows)
}

type Report = fn(&Insights, &Filter) -> Result<(), StoreError>;

/// What the dashboards ask.
const REPORTS: [(&str, Report); 7] = [
    ("transfers", |insights, filter| insights.transfers(filter).map(drop)),
    ("queues", |insights, filter| {
        insights.queues(filter, Levels { target_ms: None, short_ms: 10_000 }).map(drop)
    }),
    ("agents", |insights, filter| insights.agents(filter).map(drop)),
    ("waits", |insights, filter| insights.waits(filter, Since::Queue).map(drop)),
    ("flows-between", |insights, filter| insights.flows_between(filter).map(drop)),
    ("trend", |insights, filter| {
        let days = starts(filter.from, filter.to, Bucket::Day, &TimeZone::UTC).unwrap_or_default();
        insights.trend(filter, "UTC", Bucket::Day, &days).map(drop)
    }),
    ("segments", |insights, filter| insights.segments(filter, Page { after: None, limit: 100 }).map(drop)),
];

/// Opens the reports as the server does; the second is what ends what follows the log.
fn open(data: &Path, store: &Arc<SqliteStore>) -> anyhow::Result<(Insights, Stops)> {
    let head = Head::default();
    let insights = Insights::start(data, store.clone(), Arc::new(ManualClock::at(NOW)), &head)?;
    Ok((insights, Stops(head)))
}

struct Stops(Head);

impl Drop for Stops {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Fills the file of the reports, and returns how many segments it has.
fn fill(data: &Path) -> anyhow::Result<u64> {
    let mut file = Connection::open(data.join("insights.db"))?;
    file.busy_timeout(Duration::from_secs(60))?;
    let began = NOW.minus(YEAR).as_millis();
    let step = i64::try_from(YEAR.as_millis() as u64 / CONVERSATIONS)?;
    let texts: Vec<String> = (0..300).map(|number| AgentId::from_bits(number).to_string()).collect();
    let transaction = file.transaction()?;
    for (number, id) in (1..).zip(&texts) {
        let sql = "insert into things (number, kind, id, name) values (?1, 'agent', ?2, 'Agent ' || ?1)";
        transaction.execute(sql, rusqlite::params![number, id])?;
    }
    for number in 0..30_i64 {
        let id = QueueId::from_bits(number.unsigned_abs().into()).to_string();
        let sql = "insert into things (number, kind, id, name) values (?1, 'queue', ?2, 'Queue ' || ?1)";
        transaction.execute(sql, rusqlite::params![1_000 + number, id])?;
    }
    transaction.execute_batch(
        &FILL
            .replace(":conversations", &CONVERSATIONS.to_string())
            .replace(":began", &began.to_string())
            .replace(":step", &step.to_string()),
    )?;
    let segments: i64 = transaction
        .query_row("select count(*) from segment_rows", [], |row| row.get(0))
        .context("no rows")?;
    transaction.commit()?;
    Ok(segments.unsigned_abs())
}
