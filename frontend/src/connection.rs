//! Keeps the desk current: a snapshot, then the stream, then, whatever goes wrong, start again.
//!
//! One tab of a browser leads: it alone holds the stream, answers heartbeats, and passes every frame on.
//! The others take a snapshot of their own and keep it current with the leader's frames:
//! those that come while the snapshot is on its way wait for it, and an event that is applied twice changes nothing.
//! A leader that stays silent, because the browser has frozen it, loses the lead to a tab that is awake.
//! A tab that takes the lead goes on from the cursor that it has applied.

mod words;

use core::time::Duration;

use baton_shared::api::DeskSnapshot;
use baton_shared::{DeskEvent, Timestamp};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Failure};
use crate::attention::Attention;
use crate::browser::event_source::{Frame, Stream};
use crate::browser::storage::Place;
use crate::browser::tabs::{Asking, Tabs};
use crate::browser::{page, random};
use crate::live_desk::LiveDesk;
use crate::outbox::Outbox;
use crate::reading;
use crate::server_clock::{ServerClock, every};
use crate::session::CurrentSession;
use words::{ComeAgain, Heartbeat, Hello, Typing, Word};

/// A stream that says nothing for so long is dead: a heartbeat comes every 20 s, and two may be missed.
const SILENCE_MS_MAX: f64 = 50_000.0;

/// No wait before another try is longer.
const BACKOFF_MS_MAX: f64 = 30_000.0;

/// The longest wait before the second try; it doubles from there.
const BACKOFF_MS_FIRST: f64 = 1_000.0;

/// How long a tab waits for the leader before it asks the server itself.
const LEADER_ANSWERS_MS: u32 = 1_500;

const WATCH_EVERY: Duration = Duration::from_secs(1);

const CHANNEL: &str = "baton-desk";
const LEAD: &str = "baton-stream";
const EVENTS: [&str; 7] = ["hello", "desk", "heartbeat", "typing", "restart", "stopping", "message"];

/// The build that this tab has already reloaded for: once is enough, whatever the server says after it.
const RELOADED_FOR: &str = "baton.reloaded-for";

/// How this page stands with the server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Link {
    /// Nothing has been heard yet.
    Connecting,
    /// The stream speaks.
    Connected,
    /// The stream is gone.
    Lost {
        /// Since when, by the server's clock.
        since: Timestamp,
        /// When the next try is made, by the server's clock.
        retry_at: Timestamp,
    },
}

/// Returns how long to wait before a try: at random up to a limit that doubles, so that a thousand desks
/// do not come back at the same moment.
pub fn backoff_ms(tries: u32, fraction: f64) -> f64 {
    let limit = BACKOFF_MS_FIRST * 2f64.powi(tries.min(10) as i32);
    limit.min(BACKOFF_MS_MAX) * fraction
}

#[derive(Default)]
struct Wire {
    tabs: Option<Tabs>,
    stream: Option<Stream>,
    leading: bool,
    cursor: Option<String>,
    tries: u32,
    /// Rises with each start, so that what belongs to an older one is recognised and dropped.
    start: u32,
    heard_ms: f64,
    build: Option<String>,
    /// Frames that wait for a snapshot that is on its way.
    waiting: Option<Vec<Frame>>,
}

/// The connection; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Connection {
    link: RwSignal<Link>,
    outdated: RwSignal<bool>,
    wire: StoredValue<Wire, LocalStorage>,
    live: LiveDesk,
    clock: ServerClock,
    session: CurrentSession,
    outbox: Outbox,
    attention: Attention,
}

impl Connection {
    /// Makes a connection that is not begun.
    pub fn new(
        live: LiveDesk,
        clock: ServerClock,
        session: CurrentSession,
        outbox: Outbox,
        attention: Attention,
    ) -> Self {
        let connection = Self {
            link: RwSignal::new(Link::Connecting),
            outdated: RwSignal::new(false),
            wire: StoredValue::new_local(Wire::default()),
            live,
            clock,
            session,
            outbox,
            attention,
        };
        connection.join_tabs();
        page::on_online(move || connection.try_now());
        // A stream without a network stays silent for long before anybody can tell that it is dead.
        page::on_offline(move || {
            if connection.leading() {
                connection.lost();
            }
        });
        every(WATCH_EVERY, move || connection.watch());
        connection
    }

    /// Returns how the page stands with the server, and tracks it.
    pub fn link(self) -> Link {
        self.link.get()
    }

    /// Says whether another build serves the desk, and tracks it.
    pub fn outdated(self) -> bool {
        self.outdated.get()
    }

    /// Says whether this tab holds the stream.
    pub fn leading(self) -> bool {
        self.wire.with_value(|wire| wire.leading)
    }

    /// Begins: asks the other tabs for the desk, and waits for the lead.
    pub fn begin(self) {
        self.heard();
        self.link.set(Link::Connecting);
        self.say(&Word::Ask);
        self.ask_for_lead(Asking::Waits);
        spawn_local(async move {
            gloo_timers::future::TimeoutFuture::new(LEADER_ANSWERS_MS).await;
            let waits = self.wire.with_value(|wire| wire.waiting.is_some());
            if !self.leading() && !waits && self.live.peek(|_| ()).is_none() {
                self.look().await;
            }
        });
    }

    /// Ends: gives the lead away and forgets the desk.
    pub fn end(self) {
        self.wire.update_value(|wire| {
            wire.start += 1;
            wire.stream = None;
            wire.leading = false;
            wire.cursor = None;
            wire.waiting = None;
            wire.tries = 0;
            if let Some(tabs) = &wire.tabs {
                tabs.release();
            }
        });
        self.live.clear();
        self.link.set(Link::Connecting);
    }

    /// Tells the other tabs that somebody signed in, or that a session ended.
    pub fn tell_session_changed(self) {
        self.say(&Word::SessionChanged);
    }

    /// Tells the other tabs that the person has signed out.
    pub fn tell_left(self) {
        self.say(&Word::Left);
    }

    /// Tries again at once.
    pub fn try_now(self) {
        let lost = matches!(self.link.get_untracked(), Link::Lost { .. });
        if lost && self.leading() {
            self.connect();
        } else if lost {
            self.say(&Word::Ask);
        }
    }

    fn join_tabs(self) {
        let tabs = Tabs::join(CHANNEL, move |text| {
            if let Ok(word) = reading::read(&text) {
                self.heed(word);
            }
        });
        self.wire.update_value(|wire| wire.tabs = Some(tabs));
    }

    fn heed(self, word: Word) {
        match word {
            Word::SessionChanged => self.ask_session(),
            Word::Left => self.session.leave(),
            Word::Ask if self.leading() => self.tell_here(false),
            Word::Here { build, anew } if !self.leading() && self.signed_in() => self.follow(build, anew),
            Word::Frame(frame) if !self.leading() => self.take_or_wait(frame),
            Word::Lost { since, retry_at } if !self.leading() => {
                self.heard();
                self.link.set(Link::Lost { since, retry_at });
            }
            Word::Ask | Word::Here { .. } | Word::Frame(_) | Word::Lost { .. } => {}
        }
    }

    fn ask_session(self) {
        spawn_local(async move {
            match api::session().await {
                Ok(person) => self.session.signed_in(person),
                Err(Failure::SignedOut) => self.session.signed_out(),
                Err(_) => {}
            }
        });
    }

    fn signed_in(self) -> bool {
        matches!(self.session.peek(), crate::session::Session::SignedIn(_))
    }

    fn say(self, word: &Word) {
        let text = serde_json::to_string(word).unwrap_or_default();
        self.wire.with_value(|wire| {
            if let Some(tabs) = &wire.tabs {
                tabs.say(&text);
            }
        });
    }

    fn tell_here(self, anew: bool) {
        let (there, build) = self.wire.with_value(|wire| (wire.cursor.is_some(), wire.build.clone()));
        if there {
            self.say(&Word::Here { build, anew });
        }
    }

    /// Follows a leader: takes a snapshot where there is none, or where the leader has started again.
    fn follow(self, build: Option<String>, anew: bool) {
        self.heard();
        let waits = self.wire.with_value(|wire| wire.waiting.is_some());
        let lost = self.link.get_untracked() != Link::Connected;
        if !waits && (anew || lost || self.live.peek(|_| ()).is_none()) {
            spawn_local(self.look());
        }
        self.link.set(Link::Connected);
        if let Some(build) = build {
            self.compare_build(&build);
        }
    }

    /// Takes a snapshot in a tab that does not lead, and the frames that came meanwhile.
    async fn look(self) {
        self.wire.update_value(|wire| wire.waiting = Some(Vec::new()));
        let start = self.wire.with_value(|wire| wire.start);
        let answer = api::desk().await;
        // The answer may be to someone who has signed out since, or to a tab that leads by now.
        if self.wire.with_value(|wire| wire.start != start) {
            return;
        }
        let waiting = self.wire.try_update_value(|wire| wire.waiting.take()).flatten().unwrap_or_default();
        match answer {
            Ok(snapshot) => {
                self.adopt(snapshot);
                waiting.iter().for_each(|frame| self.take(frame));
            }
            Err(Failure::SignedOut) => self.session.signed_out(),
            Err(_) => self.link.set(Link::Lost { since: self.clock.peek(), retry_at: self.clock.peek() }),
        }
    }

    fn take_or_wait(self, frame: Frame) {
        let now = self.wire.try_update_value(|wire| match &mut wire.waiting {
            Some(waiting) => {
                waiting.push(frame);
                None
            }
            None => Some(frame),
        });
        if let Some(frame) = now.flatten() {
            self.take(&frame);
        }
    }

    fn ask_for_lead(self, asking: Asking) {
        self.wire.with_value(|wire| {
            if let Some(tabs) = &wire.tabs {
                tabs.lead(LEAD, asking, move || self.take_lead(), move || self.lose_lead());
            }
        });
    }

    /// Asks a leader that has fallen silent for a word, and takes the lead where none comes:
    /// it may be frozen, or busy for long, and the browser leaves the lock with it.
    fn take_over(self) {
        let now = self.clock.peek();
        self.link.set(Link::Lost { since: now, retry_at: now });
        self.say(&Word::Ask);
        spawn_local(async move {
            gloo_timers::future::TimeoutFuture::new(LEADER_ANSWERS_MS).await;
            if self.silent() && !self.leading() && self.signed_in() {
                self.ask_for_lead(Asking::Takes);
            }
        });
    }

    /// Follows the tab that has taken the lead away while this one did not answer.
    fn lose_lead(self) {
        self.wire.update_value(|wire| {
            wire.start += 1;
            wire.stream = None;
            wire.leading = false;
        });
        self.link.set(Link::Connecting);
        self.ask_for_lead(Asking::Waits);
        self.say(&Word::Ask);
    }

    fn take_lead(self) {
        if self.signed_in() {
            self.wire.update_value(|wire| wire.leading = true);
            self.connect();
        }
    }

    fn connect(self) {
        let start = self
            .wire
            .try_update_value(|wire| {
                wire.start += 1;
                wire.stream = None;
                wire.waiting = None;
                wire.heard_ms = page::monotonic_ms();
                wire.start
            })
            .unwrap_or_default();
        spawn_local(async move {
            let knock = match self.wire.with_value(|wire| wire.cursor.clone()) {
                // The stream cannot say why it was refused; this can.
                Some(_) => api::session().await.map(|_| None),
                None => api::desk().await.map(Some),
            };
            if self.current(start) {
                self.connected(start, knock);
            }
        });
    }

    fn connected(self, start: u32, knock: Result<Option<DeskSnapshot>, Failure>) {
        match knock {
            Ok(snapshot) => {
                if let Some(snapshot) = snapshot {
                    self.adopt(snapshot);
                    self.tell_here(true);
                }
                self.open_stream(start);
            }
            Err(Failure::SignedOut) => {
                self.session.signed_out();
                self.tell_session_changed();
            }
            Err(_) => self.lost(),
        }
    }

    fn adopt(self, snapshot: DeskSnapshot) {
        self.clock.set(snapshot.now);
        self.wire.update_value(|wire| wire.cursor = Some(snapshot.cursor));
        self.live.replace(snapshot.desk);
        self.attention.look_over();
    }

    fn open_stream(self, start: u32) {
        let Some(cursor) = self.wire.with_value(|wire| wire.cursor.clone()) else { return };
        let on_frame = move |frame: Frame| {
            if self.current(start) {
                self.say(&Word::Frame(frame.clone()));
                self.take(&frame);
            }
        };
        let on_broken = move || {
            // A stream must not be dropped by its own callback.
            spawn_local(async move {
                if self.current(start) {
                    self.lost();
                }
            });
        };
        let stream = Stream::open(&api::stream_address(&cursor), &EVENTS, on_frame, on_broken);
        self.heard();
        self.wire.update_value(|wire| wire.stream = stream);
    }

    fn current(self, start: u32) -> bool {
        self.wire.with_value(|wire| wire.start == start && wire.leading)
    }

    fn heard(self) {
        self.wire.update_value(|wire| wire.heard_ms = page::monotonic_ms());
    }

    fn silent(self) -> bool {
        self.wire.with_value(|wire| page::monotonic_ms() - wire.heard_ms > SILENCE_MS_MAX)
    }

    /// Takes one event, from the stream or from the leader.
    fn take(self, frame: &Frame) {
        self.heard();
        let taken = match frame.event.as_str() {
            "hello" => reading::read(&frame.data).map(|hello| self.greet(hello)),
            "desk" => reading::read_events(&frame.data).map(|events| {
                self.apply(&events, &frame.id);
            }),
            "heartbeat" => reading::read(&frame.data).map(|Heartbeat { now }| {
                self.clock.set(now);
                self.answer_heartbeat();
            }),
            "typing" => reading::read(&frame.data).map(|Typing { conversation }| {
                self.live.customer_types(conversation, self.clock.peek());
            }),
            "restart" => reading::read(&frame.data).map(|ComeAgain { after_ms }| self.restart(after_ms)),
            "stopping" => reading::read(&frame.data).map(|ComeAgain { after_ms }| self.leave(after_ms)),
            // Whatever this build does not know.
            _ => {
                self.restart(0);
                Ok(())
            }
        };
        if let Err(error) = taken {
            page::report_fault(&format!("an event could not be read: {error}"));
            self.restart(0);
        }
    }

    fn greet(self, hello: Hello) {
        self.clock.set(hello.now);
        self.wire.update_value(|wire| {
            wire.tries = 0;
            wire.build = Some(hello.build.clone());
        });
        self.link.set(Link::Connected);
        self.compare_build(&hello.build);
        self.answer_heartbeat();
        self.outbox.flush();
    }

    fn apply(self, events: &[DeskEvent], cursor: &str) {
        if self.live.peek(|_| ()).is_none() {
            return;
        }
        self.attention.heed(events);
        self.live.apply(events);
        self.wire.update_value(|wire| wire.cursor = Some(cursor.to_owned()));
    }

    fn answer_heartbeat(self) {
        let cursor = self.wire.with_value(|wire| wire.cursor.clone().filter(|_| wire.leading));
        if let Some(cursor) = cursor {
            spawn_local(async move {
                if api::answer_heartbeat(cursor).await == Err(Failure::SignedOut) {
                    self.session.signed_out();
                    self.tell_session_changed();
                }
            });
        }
    }

    /// Drops what the page knows, and after a while starts as on the first day.
    fn restart(self, after_ms: u32) {
        if !self.leading() {
            return;
        }
        // Taken up after this callback, because the stream must not be dropped inside it.
        spawn_local(async move {
            let start = self.wire.try_update_value(|wire| {
                wire.start += 1;
                wire.stream = None;
                wire.cursor = None;
                wire.start
            });
            gloo_timers::future::TimeoutFuture::new(after_ms).await;
            if start.is_some_and(|start| self.current(start)) {
                self.connect();
            }
        });
    }

    /// Gives the stream of a server that is stopping up, and comes again when it says.
    fn leave(self, after_ms: u32) {
        if self.leading() {
            spawn_local(async move { self.lost_for(f64::from(after_ms)) });
        }
    }

    fn lost(self) {
        let tries = self.wire.with_value(|wire| wire.tries);
        self.lost_for(backoff_ms(tries, random::fraction()));
    }

    /// Notes that the stream is gone, and plans the next try.
    fn lost_for(self, wait_ms: f64) {
        let now = self.clock.peek();
        let since = match self.link.get_untracked() {
            Link::Lost { since, .. } => since,
            Link::Connecting | Link::Connected => now,
        };
        self.wire.update_value(|wire| {
            wire.start += 1;
            wire.stream = None;
            wire.tries += 1;
        });
        let retry_at = now.plus(Duration::from_millis(wait_ms as u64));
        self.link.set(Link::Lost { since, retry_at });
        self.say(&Word::Lost { since, retry_at });
    }

    /// Looks once a second whether the stream has fallen silent, or a try is due.
    fn watch(self) {
        self.reload_if_outdated();
        let silent = self.silent();
        match (self.link.get_untracked(), self.leading()) {
            (_, false) if silent && self.signed_in() => self.take_over(),
            (Link::Connecting | Link::Connected, true) if silent => self.lost(),
            (Link::Lost { retry_at, .. }, true) if retry_at <= self.clock.peek() => {
                let connecting = self.wire.with_value(|wire| wire.stream.is_some());
                if !connecting || silent {
                    self.link.update(|link| postpone(link, self.clock.peek()));
                    self.connect();
                }
            }
            _ => {}
        }
    }

    fn compare_build(self, served: &str) {
        let other = page::build().is_some_and(|mine| mine != served);
        if other && Place::Tab.get(RELOADED_FOR).as_deref() != Some(served) {
            Place::Tab.set(RELOADED_FOR, served);
            self.outdated.set(true);
        }
    }

    fn reload_if_outdated(self) {
        if self.outdated.get_untracked() && self.attention.nothing_is_at_stake() {
            page::reload();
        }
    }
}

/// Keeps a try that has begun from being begun again while it runs.
fn postpone(link: &mut Link, now: Timestamp) {
    if let Link::Lost { retry_at, .. } = link {
        *retry_at = now.plus(Duration::from_millis(BACKOFF_MS_MAX as u64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_before_a_try_doubles_up_to_half_a_minute() {
        let limits: Vec<u64> = (0..7).map(|tries| backoff_ms(tries, 1.0) as u64).collect();
        assert_eq!(limits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        assert!(backoff_ms(u32::MAX, 0.5) <= BACKOFF_MS_MAX);
    }

    #[test]
    fn desks_that_were_cut_off_together_come_back_spread_out() {
        assert!(backoff_ms(3, 0.0).abs() < 1e-9);
        assert!((backoff_ms(3, 0.5) - 4_000.0).abs() < 1e-9);
    }
}
