//! Reports on a year of 5 million segments: how long each takes, and what routing loses while they are made.
//!
//! The rows are made by SQLite itself in the file of the reports, spread evenly over the year; the reports are asked as
//! the server asks them: over a week, 30 days and the year, by an administrator, by the supervisor of a team, for one
//! agent and for one queue. Of these four the slowest counts.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use baton::clock::ManualClock;
use baton::following::Head;
use baton::insights::{Bucket, Filter, Insights, Levels, Page, Since, starts, sum_up};
use baton::routing::Scope;
use baton::store::StoreError;
use baton::store::sqlite::SqliteStore;
use baton_shared::{AgentId, QueueId, Timestamp};
use jiff::tz::TimeZone;
use rusqlite::Connection;

use crate::report::{Better, Goal, Pair, Row, say};
use crate::{machine, routing};

/// How many conversations there are; each has a wait and a talk, and most have more.
const CONVERSATIONS: u64 = 1_350_000;

/// How many segments there are at least.
const SEGMENTS: u64 = 5_000_000;

/// How many agents and queues there are; `fill.sql` knows these numbers too.
const AGENTS: u32 = 300;
const QUEUES: u32 = 30;

/// How many people and queues the supervisor of a team sees.
const TEAM_PEOPLE: u32 = 30;
const TEAM_QUEUES: u32 = 3;

/// How often each question is asked; the fastest answer counts, because what else runs only makes it slower.
const TIMES: usize = 5;

/// How long a report may take, in milliseconds.
const LIMIT_MS: f64 = 1_000.0;

/// When the year ends: in the middle of a day.
const NOW: Timestamp = Timestamp::from_millis(1_795_248_000_000);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How far back is asked, in days.
const SPANS: [(&str, u32); 3] = [("a-week", 7), ("30-days", 30), ("a-year", 365)];

/// Makes the rows.
const FILL: &str = include_str!("insights/fill.sql");

/// Measures, and returns the rows.
pub fn run() -> anyhow::Result<Vec<Row>> {
    let data = tempfile::tempdir()?;
    let store = Arc::new(SqliteStore::open(data.path())?);
    drop(open(data.path(), &store)?);
    say(&format!("  filling {CONVERSATIONS} conversations"))?;
    let segments = fill(data.path())?;
    ensure!(segments >= SEGMENTS, "only {segments} segments were made");
    let bytes = std::fs::metadata(data.path().join("insights.db"))?.len();
    say(&format!("  {segments} segments, {} MB", bytes / 1_000_000))?;
    let (insights, stops) = open(data.path(), &store)?;
    let goal = Goal {
        name: "insights",
        unit: "ms",
        better: Better::Lower,
        must: 1.0,
        aim: 0.5,
        reference_version: "1 s".to_owned(),
    };
    let mut rows = Vec::new();
    for (name, report) in REPORTS {
        for (span, days) in SPANS {
            let pairs = askers(days).map(|filter| time(|| report(&insights, &filter)));
            let pairs = pairs.into_iter().collect::<Result<Vec<_>, _>>()?;
            let slowest = pairs.into_iter().max_by(|one, other| one.ours.total_cmp(&other.ours));
            rows.extend(
                slowest.map(|pair| goal.row(format!("insights-{name}-{span}"), &[pair])).transpose()?,
            );
        }
    }
    for (name, list) in LISTS {
        let pair = time(|| list(&insights, &last(365)))?;
        rows.push(goal.row(format!("insights-list-{name}"), &[pair])?);
    }
    let mut rows = goal.worst_first(rows)?;
    rows.push(beside(&insights, &goal)?);
    drop(stops);
    Ok(rows)
}

/// Measures what routing loses while every report is made again and again, over each of the spans.
fn beside(insights: &Insights, goal: &Goal) -> anyhow::Result<Row> {
    let goal = Goal {
        unit: "decisions/s",
        better: Better::Higher,
        must: 0.9,
        aim: 0.95,
        reference_version: "routing with no reports beside it".to_owned(),
        ..goal.clone()
    };
    let mut made = REPORTS.iter().cycle().zip(SPANS.iter().cycle());
    let pairs = routing::beside(&mut || {
        let ((_, report), (_, days)) = made.next().context("they come again and again")?;
        Ok(report(insights, &last(*days))?)
    })?;
    goal.row("insights-beside-routing", &pairs)
}

/// Returns how long the fastest of several answers took, as time of the processor, beside the limit.
fn time(mut ask: impl FnMut() -> Result<(), StoreError>) -> anyhow::Result<Pair> {
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        // A report is one thread's work on pages that are in memory, so it never waits.
        let began = machine::worked();
        ask()?;
        times.push(machine::worked() - began);
    }
    let fastest = times.into_iter().min().context("something was asked")?;
    Ok(Pair { ours: fastest.as_secs_f64() * 1_000.0, reference: LIMIT_MS })
}

/// Returns what asks for everything of so many days.
fn last(days: u32) -> Filter {
    Filter::all(NOW.minus(DAY * days), NOW)
}

fn agent(number: u32) -> AgentId {
    AgentId::from_bits(number.into())
}

fn queue(number: u32) -> QueueId {
    QueueId::from_bits(number.into())
}

/// Returns what an administrator asks for, what the supervisor of a team does, and what is asked for an agent and for a
/// queue.
fn askers(days: u32) -> [Filter; 4] {
    let people = (0..TEAM_PEOPLE).map(|place| agent(place * AGENTS / TEAM_PEOPLE)).collect();
    let queues = (0..TEAM_QUEUES).map(queue).collect();
    [
        last(days),
        Filter { scope: Scope::Teams { people, queues, groups: BTreeSet::new() }, ..last(days) },
        Filter { agent: Some(agent(17)), ..last(days) },
        Filter { queue: Some(queue(3)), ..last(days) },
    ]
}

type Report = fn(&Insights, &Filter) -> Result<(), StoreError>;

/// What the dashboards ask.
const REPORTS: [(&str, Report); 10] = [
    ("transfers", |insights, filter| insights.transfers(filter).map(drop)),
    ("queues", |insights, filter| insights.queues(filter, Levels::USUAL).map(drop)),
    ("queues-with-a-target", |insights, filter| {
        insights.queues(filter, Levels { target_ms: Some(30_000), short_ms: 5_000 }).map(drop)
    }),
    ("agents", |insights, filter| insights.agents(filter).map(drop)),
    ("conversations", |insights, filter| insights.conversations(filter).map(drop)),
    ("waits", |insights, filter| insights.waits(filter, Since::Queue).map(drop)),
    ("waits-since-creation", |insights, filter| insights.waits(filter, Since::Creation).map(drop)),
    ("ratings", |insights, filter| insights.ratings(filter).map(drop)),
    ("flows-between", |insights, filter| insights.flows_between(filter).map(drop)),
    ("trend", |insights, filter| {
        let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
        let days = starts(filter.from, filter.to, Bucket::Day, &zone).unwrap_or_default();
        insights.trend(filter, "Europe/Berlin", Bucket::Day, &days).map(drop)
    }),
];

/// The first rows behind a figure of the year.
const PAGE: Page = Page { after: None, limit: 100 };

/// What is listed behind the figures.
const LISTS: [(&str, Report); 7] = [
    ("segments", |insights, filter| insights.segments(filter, PAGE).map(drop)),
    ("segments-in-the-middle", |insights, filter| {
        let middle = filter.from.plus(DAY * 180).as_millis();
        insights.segments(filter, Page { after: Some((middle, 0)), limit: 100 }).map(drop)
    }),
    ("segments-of-an-agent", |insights, filter| {
        insights.segments(&Filter { agent: Some(agent(17)), ..filter.clone() }, PAGE).map(drop)
    }),
    ("segments-of-a-queue-that-nobody-rejected", |insights, filter| {
        let rare = Filter { queue: Some(queue(3)), kind: Some("revoked".to_owned()), ..filter.clone() };
        insights.segments(&rare, PAGE).map(drop)
    }),
    ("waits-abandoned", |insights, filter| {
        let (kind, outcome) = (Some("queue".to_owned()), Some("abandon".to_owned()));
        insights.segments(&Filter { kind, outcome, ..filter.clone() }, PAGE).map(drop)
    }),
    ("conversations-that-nobody-had", |insights, filter| {
        let rare = Filter { outcome: Some("dissuaded".to_owned()), ..filter.clone() };
        insights.conversation_list(&rare, PAGE).map(drop)
    }),
    ("transfers-of-an-agent", |insights, filter| {
        insights
            .transfer_list(&Filter { sender: Some(agent(25).to_string()), ..filter.clone() }, PAGE)
            .map(drop)
    }),
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
    file.pragma_update(None, "temp_store", "memory")?;
    let year = DAY * 365;
    let began = NOW.minus(year).as_millis();
    let step = year.as_millis() / u128::from(CONVERSATIONS);
    let transaction = file.transaction()?;
    for number in 0..AGENTS {
        let sql = "insert into things (number, kind, id, name) values (?1, 'agent', ?2, 'Agent ' || ?1)";
        transaction.execute(sql, rusqlite::params![1 + number, agent(number).to_string()])?;
    }
    for number in 0..QUEUES {
        let sql = "insert into things (number, kind, id, name) values (?1, 'queue', ?2, 'Queue ' || ?1)";
        transaction.execute(sql, rusqlite::params![1_000 + number, queue(number).to_string()])?;
    }
    transaction.execute_batch(
        &FILL
            .replace(":conversations", &CONVERSATIONS.to_string())
            .replace(":began", &began.to_string())
            .replace(":step", &step.to_string()),
    )?;
    sum_up(&transaction)?;
    let segments: i64 = transaction
        .query_row("select count(*) from segment_rows", [], |row| row.get(0))
        .context("no rows")?;
    transaction.commit()?;
    Ok(segments.unsigned_abs())
}
