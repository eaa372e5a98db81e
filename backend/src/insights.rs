//! Reports about what happened, for supervisors and administrators.
//!
//! A projection makes rows of the log, in a file of its own: `fold` says what an event adds to what is known, `writing`
//! writes it, `asking` finds rows again, and each of `reports` counts them. The definitions stand with the types of the
//! answers, in `baton_shared::api`.
//! Whole days of a report are counted by the sums that `sums` keeps beside the rows, and the rest by the rows.

mod asking;
pub(crate) mod counting;
mod export;
mod fold;
mod reasons;
mod reports;
mod rows;
mod sums;
mod writing;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use baton_shared::Timestamp;
use baton_shared::api::{
    AgentsReport, ConversationsPage, ConversationsReport, FlowsBetweenReport, InsightsLag, QueuesReport,
    RatingsPage, RatingsReport, SegmentsPage, TransfersPage, TransfersReport, TrendReport, WaitsReport,
};
use rusqlite::Transaction;

use crate::clock::Clock;
use crate::following::{Follower, Head};
use crate::store::sqlite::derived::{DerivedFile, Layout};
use crate::store::{Store, StoreError};

pub use asking::{Filter, is_mark_of_conversations, is_mark_of_segments, is_mark_of_transfers};
pub use export::export;
pub use reports::lists::Page;
pub use reports::queues::Levels;
pub use reports::trend::{Bucket, POINTS_MAX, starts};
pub use reports::waits::Since;
pub use sums::{SHORT_MS, sum_up};

/// What the file of the reports is like; a change of the schema or of a definition is a new version.
const LAYOUT: Layout =
    Layout { file: "insights.db", version: 3, schema: include_str!("insights/schema.sql") };

/// How long an answer waits for what was committed before it was asked for.
const CURRENT_WITHIN: Duration = Duration::from_millis(500);

/// Reports that follow the log.
pub struct Insights {
    file: Arc<DerivedFile>,
    follower: Follower,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Insights {
    /// Opens the reports in a data folder, and begins to follow the log.
    pub fn start(
        data_dir: &Path,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        head: &Head,
    ) -> Result<Self, StoreError> {
        let (file, writer) = DerivedFile::open(data_dir, &LAYOUT, store.as_ref())?;
        let file = Arc::new(file);
        let writing = writing::Writing::resume(file.clone(), writer)?;
        let follower = Follower::start(writing, store.clone(), clock.clone(), head)
            .map_err(|error| StoreError::Unavailable(error.into()))?;
        Ok(Self { file, follower, store, clock })
    }

    /// Waits until everything is taken that was committed before, at most for a time; says whether it is. It blocks.
    pub fn catch_up(&self, within: Duration) -> bool {
        self.follower.catch_up(within)
    }

    /// Returns what keeps them current.
    pub fn follower(&self) -> Follower {
        self.follower.clone()
    }

    /// Runs a report on the rows of one moment, as current as they are to be had soon. It blocks.
    fn report<Report>(
        &self,
        report: impl FnOnce(&Transaction<'_>, InsightsLag) -> Result<Report, StoreError>,
    ) -> Result<Report, StoreError> {
        self.follower.catch_up(CURRENT_WITHIN);
        let lent = self.file.lend()?;
        let moment = lent.unchecked_transaction()?;
        let lag = self.follower.lag();
        report(&moment, InsightsLag { events: lag.events, ms: lag.ms, stopped: lag.stopped })
    }

    /// Returns what became of transfers.
    pub fn transfers(&self, filter: &Filter) -> Result<TransfersReport, StoreError> {
        let words = |offer| self.store.read()?.reason(offer);
        self.report(|rows, lag| reports::transfers::report(rows, filter, words, lag))
    }

    /// Returns what became of conversations.
    pub fn conversations(&self, filter: &Filter) -> Result<ConversationsReport, StoreError> {
        self.report(|rows, lag| reports::conversations::report(rows, filter, lag))
    }

    /// Returns conversations, the first that was opened first.
    pub fn conversation_list(&self, filter: &Filter, page: Page) -> Result<ConversationsPage, StoreError> {
        self.report(|rows, lag| reports::conversations::list(rows, filter, page, lag))
    }

    /// Returns transfers, the first that was asked for first.
    pub fn transfer_list(&self, filter: &Filter, page: Page) -> Result<TransfersPage, StoreError> {
        self.report(|rows, lag| reports::lists::transfers(rows, filter, page, lag))
    }

    /// Returns segments, the first that began first.
    pub fn segments(&self, filter: &Filter, page: Page) -> Result<SegmentsPage, StoreError> {
        let now = self.clock.now();
        self.report(|rows, lag| reports::lists::segments(rows, filter, page, now, lag))
    }

    /// Returns what happened in queues and to what waited for groups.
    pub fn queues(&self, filter: &Filter, levels: Levels) -> Result<QueuesReport, StoreError> {
        self.report(|rows, lag| reports::queues::report(rows, &asking::parts(filter), levels, lag))
    }

    /// Returns what agents did.
    pub fn agents(&self, filter: &Filter) -> Result<AgentsReport, StoreError> {
        let now = self.clock.now();
        self.report(|rows, lag| reports::agents::report(rows, (filter, &asking::parts(filter)), now, lag))
    }

    /// Returns how long customers waited.
    pub fn waits(&self, filter: &Filter, since: Since) -> Result<WaitsReport, StoreError> {
        self.report(|rows, lag| reports::waits::report(rows, filter, since, lag))
    }

    /// Returns how conversations moved.
    pub fn flows_between(&self, filter: &Filter) -> Result<FlowsBetweenReport, StoreError> {
        self.report(|rows, lag| reports::moves::report(rows, &asking::parts(filter), lag))
    }

    /// Returns what customers said of conversations.
    pub fn ratings(&self, filter: &Filter) -> Result<RatingsReport, StoreError> {
        self.report(|rows, lag| reports::ratings::report(rows, filter, lag))
    }

    /// Returns ratings, the first that was given first.
    pub fn rating_list(&self, filter: &Filter, page: Page) -> Result<RatingsPage, StoreError> {
        self.report(|rows, lag| reports::ratings::list(rows, filter, page, lag))
    }

    /// Returns what happened in each stretch of time, which begin at `starts`.
    pub fn trend(
        &self,
        filter: &Filter,
        zone: &str,
        bucket: Bucket,
        starts: &[Timestamp],
    ) -> Result<TrendReport, StoreError> {
        self.report(|rows, lag| reports::trend::report(rows, filter, (zone, bucket, starts), lag))
    }
}

#[cfg(test)]
mod tests;
