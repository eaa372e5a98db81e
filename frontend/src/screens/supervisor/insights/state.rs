//! What the parts of the reports share: what is asked, the days it means, and answers that stay current.

use core::time::Duration;
use std::sync::Arc;

use baton_shared::ConversationId;
use baton_shared::api::InsightsLag;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

use super::asked::{Asked, Rows, query};
use super::days::Day;
use super::figures::{Figure, Line};
use crate::api::{self, Failure};
use crate::app::DeskContext;
use crate::browser::{dates, page, zones};
use crate::live_wall::LiveWall;
use crate::server_clock::ServerClock;
use crate::session::CurrentSession;

/// How long after a change of the wall the answer is asked for anew; the reports are a moment behind the wall.
const ANEW_AFTER: Duration = Duration::from_millis(500);

/// Up to so many days are shown by the hour.
const DAYS_BY_HOUR_MAX: i64 = 2;

/// Up to so many days are shown by the day.
const DAYS_BY_DAY_MAX: i64 = 92;

/// Up to so many days are shown by the week.
const DAYS_BY_WEEK_MAX: i64 = 730;

/// Shows what happened to a conversation; in the context of the reports where there is a place to show it.
#[derive(Clone, Copy)]
pub struct OpenConversation(pub Callback<ConversationId>);

/// The reports; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Insights {
    /// What is asked.
    pub asked: RwSignal<Asked>,
    /// Whose queues and people can be chosen, and what tells that something has happened.
    pub live: LiveWall,
    /// How far the report on screen was behind when it was made; nothing before the first answer.
    pub lag: RwSignal<Option<InsightsLag>>,
    clock: ServerClock,
    session: CurrentSession,
    /// Rises whenever something happened since.
    turn: RwSignal<u32>,
    /// How long the slowest answer to the last question took, in milliseconds.
    took_ms: StoredValue<f64>,
}

impl Insights {
    /// Begins with what the page's address asks, and follows the Back button and the wall for as long as the owner lives.
    pub fn follow(context: DeskContext, live: LiveWall) -> Self {
        let asked = Asked::read(&page::query());
        if asked.is_none() {
            page::replace_address(&Asked::default().address());
        }
        let insights = Self {
            asked: RwSignal::new(asked.unwrap_or_default()),
            live,
            lag: RwSignal::new(None),
            clock: context.clock,
            session: context.session,
            turn: RwSignal::new(0),
            took_ms: StoredValue::new(0.0),
        };
        let stepped = window_event_listener(leptos::ev::popstate, move |_| {
            if let Some(asked) = Asked::read(&page::query()) {
                insights.asked.set(asked);
            }
        });
        on_cleanup(move || stepped.remove());
        let waiting = StoredValue::new(false);
        Effect::new(move |before: Option<()>| {
            insights.live.read(|_| ());
            if before.is_some() {
                insights.soon(waiting);
            }
        });
        insights
    }

    /// Asks something else, as a step that the Back button takes back.
    pub fn go(self, asked: Asked) {
        if self.asked.with_untracked(|now| *now == asked) {
            return;
        }
        page::go_to(&asked.address());
        self.asked.set(asked);
    }

    /// Asks what a change makes of what is asked now.
    pub fn change(self, change: impl FnOnce(&mut Asked)) {
        let mut asked = self.asked.get_untracked();
        change(&mut asked);
        self.go(asked);
    }

    /// Asks for the answers anew.
    pub fn again(self) {
        self.turn.update(|turn| *turn = turn.wrapping_add(1));
    }

    fn soon(self, waiting: StoredValue<bool>) {
        if waiting.try_get_value() != Some(false) {
            return;
        }
        waiting.set_value(true);
        // Reports that are long to count keep the server busy half of the time at most.
        let after = ANEW_AFTER.max(Duration::from_millis(self.took_ms.get_value() as u64));
        set_timeout(
            move || {
                if waiting.try_set_value(false).is_none() {
                    self.again();
                }
            },
            after,
        );
    }

    /// Returns the zone whose days are meant, and tracks it.
    pub fn zone(self) -> String {
        self.asked.with(|asked| asked.zone.clone()).unwrap_or_else(own_zone)
    }

    /// Returns the first day that is asked for and the last, and tracks them.
    pub fn days(self) -> (Day, Day) {
        let now = self.clock.peek();
        let today = Day::at(now, zones::offset_ms(&self.zone(), now));
        self.asked.with(|asked| asked.range.days(today))
    }

    /// Returns the word for the stretches of time that a trend is shown in, and tracks the days.
    pub fn bucket(self) -> &'static str {
        let (first, last) = self.days();
        let count = last.since(first) + 1;
        let buckets = [(DAYS_BY_HOUR_MAX, "hour"), (DAYS_BY_DAY_MAX, "day"), (DAYS_BY_WEEK_MAX, "week")];
        buckets.iter().find(|(most, _)| count <= *most).map_or("month", |(_, bucket)| bucket)
    }

    /// Returns the address of a report of what is asked, as [`api::insights::report`] takes it, and tracks it.
    pub fn path(self, report: &str, further: &[(&'static str, &str)]) -> String {
        let parameters = self.asked.with(Asked::parameters);
        self.with_days(report, parameters, further)
    }

    /// Returns the address of rows, and tracks what is asked.
    pub fn rows_path(self, list: &str, rows: &Rows, further: &[(&'static str, &str)]) -> String {
        let parameters = self.asked.with(|asked| asked.row_parameters(rows));
        self.with_days(list, parameters, further)
    }

    fn with_days(
        self,
        path: &str,
        parameters: Vec<(&'static str, String)>,
        further: &[(&'static str, &str)],
    ) -> String {
        let (first, last) = self.days();
        let mut pairs =
            vec![("from", first.to_string()), ("to", last.plus(1).to_string()), ("zone", self.zone())];
        pairs.extend(parameters);
        pairs.extend(further.iter().map(|(name, value)| (*name, (*value).to_owned())));
        format!("{path}{}", query(&pairs))
    }

    /// Fetches something whenever its address changes or something has happened.
    pub fn fetch<Found: DeserializeOwned + HasLag + Send + Sync + 'static>(
        self,
        path: impl Fn() -> String + Send + Sync + 'static,
    ) -> Fetched<Found> {
        let path = Memo::new(move |_| {
            self.turn.track();
            path()
        });
        let fetched = Fetched {
            found: RwSignal::new(None),
            failure: RwSignal::new(None),
            old: RwSignal::new(false),
            busy: RwSignal::new(false),
        };
        // The number of the last question: an answer to an earlier one is old.
        let asked = StoredValue::new(0_u32);
        // Whether something has happened since it was asked.
        let overtaken = StoredValue::new(false);
        Effect::new(move |before: Option<String>| {
            let path = path.get();
            self.turn.track();
            if before.as_ref() != Some(&path) {
                fetched.old.set(true);
            } else if fetched.busy.get_untracked() {
                overtaken.set_value(true);
                return path;
            }
            overtaken.set_value(false);
            let number = asked.get_value() + 1;
            asked.set_value(number);
            fetched.busy.set(true);
            let sent = path.clone();
            spawn_local(async move {
                let began_ms = page::monotonic_ms();
                let answer = api::insights::report::<Found>(&sent).await;
                if asked.try_get_value() == Some(number) {
                    self.took_ms.set_value(page::monotonic_ms() - began_ms);
                    self.take(fetched, answer);
                    if overtaken.get_value() {
                        set_timeout(move || self.again_if_there(), ANEW_AFTER);
                    }
                }
            });
            path
        });
        fetched
    }

    fn take<Found: HasLag + Send + Sync + 'static>(
        self,
        fetched: Fetched<Found>,
        answer: Result<Found, Failure>,
    ) {
        fetched.busy.set(false);
        fetched.old.set(false);
        match answer {
            Ok(found) => {
                let lag = found.lag().clone();
                if lag.events > 0 && !lag.stopped {
                    set_timeout(move || self.again_if_there(), ANEW_AFTER);
                }
                self.lag.set(Some(lag));
                fetched.failure.set(None);
                fetched.found.set(Some(Arc::new(found)));
            }
            Err(Failure::SignedOut) => self.session.signed_out(),
            Err(failure) => {
                fetched.found.set(None);
                fetched.failure.set(Some(failure.sentence()));
            }
        }
    }

    /// Asks for the answers anew, unless the reports are gone from the page.
    fn again_if_there(self) {
        let _gone = self.turn.try_update(|turn| *turn = turn.wrapping_add(1));
    }

    /// Tells that what was fetched besides a report has failed.
    pub fn failed(self, failure: &Failure) -> Option<String> {
        match failure {
            Failure::SignedOut => {
                self.session.signed_out();
                None
            }
            Failure::Unreachable | Failure::Later { .. } | Failure::Refused { .. } => {
                Some(failure.sentence())
            }
        }
    }
}

/// Returns the browser's own zone; UTC where it does not tell.
pub fn own_zone() -> String {
    let zone = dates::zone();
    if zones::is_known(&zone) { zone } else { "UTC".to_owned() }
}

/// Something fetched, as it comes; a handle that can be copied.
pub struct Fetched<Found: 'static> {
    /// The last answer; nothing before the first.
    pub found: RwSignal<Option<Arc<Found>>>,
    /// Why there is none, as a sentence.
    pub failure: RwSignal<Option<String>>,
    /// Whether it is the answer to something that was asked before.
    pub old: RwSignal<bool>,
    /// Whether an answer is awaited.
    busy: RwSignal<bool>,
}

impl<Found: Send + Sync + 'static> Fetched<Found> {
    /// Returns something of the answer, which tells on only when it differs; nothing before the first answer.
    pub fn read<Value: PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&Found) -> Value + Send + Sync + 'static,
    ) -> Memo<Option<Value>> {
        Memo::new(move |_| self.found.with(|found| found.as_ref().map(|found| read(found))))
    }

    /// Returns a figure of the answer.
    pub fn figure(self, read: impl Fn(&Found) -> Figure + Send + Sync + 'static) -> Memo<Figure> {
        Memo::new(move |_| {
            self.found.with(|found| found.as_ref().map_or_else(Figure::nothing, |found| read(found)))
        })
    }

    /// Returns rows of a table from the answer.
    pub fn lines(self, read: impl Fn(&Found) -> Vec<Line> + Send + Sync + 'static) -> Memo<Arc<Vec<Line>>> {
        Memo::new(move |_| {
            Arc::new(self.found.with(|found| found.as_ref().map(|found| read(found)).unwrap_or_default()))
        })
    }
}

impl<Found> Clone for Fetched<Found> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Found> Copy for Fetched<Found> {}

/// An answer that says how current it is.
pub trait HasLag {
    /// Returns how current it is.
    fn lag(&self) -> &InsightsLag;
}

macro_rules! has_lag {
    ($($answer:ident)*) => {$(
        impl HasLag for baton_shared::api::$answer {
            fn lag(&self) -> &InsightsLag {
                &self.lag
            }
        }
    )*};
}

has_lag! {
    TransfersReport TransfersPage SegmentsPage QueuesReport AgentsReport WaitsReport FlowsBetweenReport TrendReport
    RatingsReport RatingsPage ConversationsReport ConversationsPage
}
