//! Scheduled reports, sent: a task that looks when something is due, and sends it once.
//!
//! What a schedule is stands in rows that commands change; what became of it is recorded after each attempt. A server that
//! ends between the two sends again after its start, under the same id, so that whoever gets it twice can tell. What was
//! due while the server stood still is made up for once.
//! Deliberately absent: a list of what is due. It follows from the rows and the clock whenever something changed.

mod rules;
mod sending;
pub mod timing;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use baton_shared::schedule::{RunOutcome, ScheduleRun};
use baton_shared::{ScheduleId, Timestamp};
use tokio::sync::{Notify, Semaphore};
use tokio::time::timeout;

use self::timing::Next;
use crate::app::App;
use crate::config::Config;
use crate::mail::Mailer;
use crate::partners;
use crate::store::{Scheduled, StoreError};
use crate::telemetry::chain;

pub use rules::{Failure, NO_MAIL, check_target, owner};

/// How long it is waited before each further attempt; after the last one it is given up.
pub const WAITS: [Duration; 5] = [
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(4 * 60 * 60),
];

/// How many reports are made and sent at once; more wait.
const SENDS_AT_ONCE_MAX: usize = 4;

/// How long it is waited before the store is asked again that could not be read, or did not keep what became of a run;
/// each further wait is twice as long, up to the most.
const ASKED_AGAIN: Duration = Duration::from_secs(1);
const ASKED_AGAIN_MAX: Duration = Duration::from_secs(60);

/// How long whoever wants a report sent at once waits for it where it is being sent already: most often that is about to end.
const SENT_ALREADY_MAX: Duration = Duration::from_secs(2);

/// What scheduled reports are sent with.
pub struct Schedules {
    /// What hands mail over; nothing where no mail server is configured.
    pub mailer: Option<Mailer>,
    /// Made when something is posted first: it reads every certificate that the machine trusts.
    client: OnceLock<reqwest::Client>,
    changed: Notify,
    /// Something is not being sent any more.
    ended: Notify,
    stopped: AtomicBool,
    sending: Mutex<BTreeSet<ScheduleId>>,
    places: Semaphore,
}

/// A report that is being sent, until this is dropped: nobody else sends it meanwhile.
struct Sending {
    schedules: Arc<Schedules>,
    schedule: ScheduleId,
}

impl Drop for Sending {
    fn drop(&mut self) {
        let mut sending = self.schedules.sending.lock().unwrap_or_else(PoisonError::into_inner);
        sending.remove(&self.schedule);
        drop(sending);
        self.schedules.ended.notify_waiters();
        self.schedules.wake();
    }
}

impl Schedules {
    /// Returns what reports are sent with.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let mailer = |server| Mailer::new(server, config.public_url.as_ref());
        Ok(Self {
            mailer: config.mail.as_ref().map(mailer).transpose()?,
            client: OnceLock::new(),
            changed: Notify::new(),
            ended: Notify::new(),
            stopped: AtomicBool::new(false),
            sending: Mutex::default(),
            places: Semaphore::new(SENDS_AT_ONCE_MAX),
        })
    }

    /// Lets it be looked again what is due: a schedule changed, or the time did.
    pub fn wake(&self) {
        self.changed.notify_one();
    }

    /// Lets nothing more be sent.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        self.wake();
    }

    /// Returns what reports are posted with.
    fn client(&self) -> reqwest::Result<&reqwest::Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = partners::client()?;
        Ok(self.client.get_or_init(|| client))
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// Begins to send a report, unless it is being sent already.
    fn begin(self: &Arc<Self>, schedule: ScheduleId) -> Option<Sending> {
        let mut sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        sending.insert(schedule).then(|| Sending { schedules: self.clone(), schedule })
    }

    /// Begins to send a report once it is not being sent any more.
    async fn begin_next(self: &Arc<Self>, schedule: ScheduleId) -> Sending {
        loop {
            let ended = self.ended.notified();
            if let Some(sending) = self.begin(schedule) {
                return sending;
            }
            ended.await;
        }
    }
}

/// Sends what is due, until the server stops.
pub async fn serve(app: Weak<App>) {
    let mut wait_again = ASKED_AGAIN;
    loop {
        let Some(running) = app.upgrade() else { return };
        let schedules = running.schedules.clone();
        if schedules.is_stopped() {
            return;
        }
        let wait = match begin_due(&running).await {
            Ok(next) => {
                wait_again = ASKED_AGAIN;
                next.and_then(|at| running.clock.until(at))
            }
            Err(error) => {
                tracing::error!(error = %chain(&error), "the scheduled reports could not be read");
                wait_again = (wait_again * 2).min(ASKED_AGAIN_MAX);
                Some(wait_again)
            }
        };
        // Whoever waits keeps nothing open.
        drop(running);
        match wait {
            Some(wait) => drop(timeout(wait, schedules.changed.notified()).await),
            None => schedules.changed.notified().await,
        }
    }
}

/// Begins to send what is due; returns when something is due next.
async fn begin_due(app: &Arc<App>) -> Result<Option<Timestamp>, StoreError> {
    let all = app.with_store(|app| app.store.read()?.schedules()).await?;
    let now = app.now();
    let mut soonest = None;
    for scheduled in all {
        match timing::next(&scheduled, now) {
            Next::Now { .. } => {
                if let Some(sending) = app.schedules.begin(scheduled.id) {
                    tokio::spawn(send_due(app.clone(), sending));
                }
            }
            Next::At(at) => soonest = Some(soonest.map_or(at, |soonest: Timestamp| soonest.min(at))),
            Next::Never => {}
        }
    }
    Ok(soonest)
}

/// Sends a report that is due still, now that nobody else sends it.
async fn send_due(app: Arc<App>, sending: Sending) {
    // The semaphore is never closed, so there is always a place to come.
    let _place = app.schedules.places.acquire().await;
    let schedule = sending.schedule;
    let found = app.with_store(move |app| find(app, schedule)).await;
    let Ok(Some(scheduled)) = found.inspect_err(|error| {
        tracing::error!(error = %chain(error), "a scheduled report could not be read");
    }) else {
        return;
    };
    let Next::Now { due_at, tries } = timing::next(&scheduled, app.now()) else { return };
    let id = format!("{schedule}-{}", due_at.as_millis());
    let sent = sending::attempt(&app, &scheduled, due_at, &id).await;
    let outcome = outcome(sent, tries, app.now());
    let run = ScheduleRun { due_at, asked: false, tries: tries + 1, at: app.now(), outcome };
    record(&app, schedule, run).await;
}

/// Returns what becomes of an attempt after so many others.
fn outcome(sent: Result<(), Failure>, tries: u32, now: Timestamp) -> RunOutcome {
    match (sent, WAITS.get(tries as usize)) {
        (Ok(()), _) => RunOutcome::Sent,
        (Err(Failure { sentence: reason, passes: true, .. }), Some(wait)) => {
            RunOutcome::Retrying { reason, next_at: now.plus(*wait) }
        }
        (Err(Failure { sentence: reason, .. }), _) => RunOutcome::Failed { reason },
    }
}

/// Keeps what became of a run; it is not sent again because nothing can be kept for a moment.
async fn record(app: &Arc<App>, schedule: ScheduleId, run: ScheduleRun) {
    let counted = match &run.outcome {
        RunOutcome::Sent => "sent",
        RunOutcome::Retrying { .. } => "retrying",
        RunOutcome::Failed { .. } => "failed",
    };
    metrics::counter!("baton_scheduled_reports_total", "outcome" => counted).increment(1);
    let mut wait = ASKED_AGAIN;
    loop {
        let kept = run.clone();
        let written = app.with_store(move |app| app.store.record_run(schedule, &kept)).await;
        let Err(error) = written else { return app.feed.schedule_ran() };
        tracing::error!(error = %chain(&error), %schedule, "what became of a report could not be kept");
        if app.schedules.is_stopped() {
            return;
        }
        drop(timeout(wait, std::future::pending::<()>()).await);
        wait = (wait * 2).min(ASKED_AGAIN_MAX);
    }
}

fn find(app: &App, schedule: ScheduleId) -> Result<Option<Scheduled>, StoreError> {
    Ok(app.store.read()?.schedules()?.into_iter().find(|scheduled| scheduled.id == schedule))
}

/// Sends a report at once, as if it were due now, and returns what became of it; nothing where it is being sent already, and
/// longer than two seconds.
pub async fn send_now(app: &Arc<App>, scheduled: &Scheduled) -> Option<ScheduleRun> {
    let schedule = scheduled.id;
    let _sending = timeout(SENT_ALREADY_MAX, app.schedules.begin_next(schedule)).await.ok()?;
    let due_at = app.now();
    let id = format!("{schedule}-{}-asked", due_at.as_millis());
    let outcome = match sending::attempt(app, scheduled, due_at, &id).await {
        Ok(()) => RunOutcome::Sent,
        Err(failure) => RunOutcome::Failed { reason: failure.sentence },
    };
    let run = ScheduleRun { due_at, asked: true, tries: 1, at: app.now(), outcome };
    record(app, schedule, run.clone()).await;
    Some(run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_that_may_go_well_later_is_repeated_a_few_times_and_no_other() {
        let now = Timestamp::from_millis(0);
        let failed = |passes| Err(Failure { code: "late", sentence: "Late.".to_owned(), passes });
        let mut waited = Duration::ZERO;
        for (tries, wait) in (0..).zip(WAITS) {
            let expected = RunOutcome::Retrying { reason: "Late.".to_owned(), next_at: now.plus(wait) };
            assert_eq!(outcome(failed(true), tries, now), expected);
            waited += wait;
        }
        // A report is due once a day at most, so that it is given up before the next one.
        assert!(waited < Duration::from_secs(12 * 60 * 60));
        let given_up = RunOutcome::Failed { reason: "Late.".to_owned() };
        assert_eq!(outcome(failed(true), WAITS.len() as u32, now), given_up);
        assert_eq!(outcome(failed(false), 0, now), given_up);
        assert_eq!(outcome(Ok(()), 3, now), RunOutcome::Sent);
    }
}
