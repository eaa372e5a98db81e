//! The wall as the server tells it, and the only code that writes it: a snapshot, then the stream, then, whatever goes
//! wrong, start again.
//!
//! Unlike a desk, a wall has a stream in each tab: few people watch one, and they watch it in one tab.

use core::time::Duration;

use baton_shared::api::WallSnapshot;
use baton_shared::{Timestamp, Wall, WallEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

use crate::api::{self, Failure};
use crate::app::DeskContext;
use crate::browser::event_source::{Frame, Stream};
use crate::browser::{page, random};
use crate::connection::backoff_ms;
use crate::reading;
use crate::screens::supervisor::counting::Counting;
use crate::server_clock::{ServerClock, every};
use crate::session::CurrentSession;

/// A stream that says nothing for so long is dead: a heartbeat comes every 20 s, and two may be missed.
const SILENCE_MS_MAX: f64 = 50_000.0;

const WATCH_EVERY: Duration = Duration::from_secs(1);

const EVENTS: [&str; 6] = ["hello", "wall", "schedules", "heartbeat", "restart", "stopping"];

/// How the page stands with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WallLink {
    /// Nothing has been heard yet.
    Connecting,
    /// The stream speaks.
    Connected,
    /// The stream is gone; what is shown is old.
    Lost,
}

#[derive(Default)]
struct Wire {
    stream: Option<Stream>,
    cursor: Option<String>,
    tries: u32,
    /// Rises with each start, so that what belongs to an older one is recognised and dropped.
    start: u32,
    heard_ms: f64,
}

/// The server's time, in the first word of a stream and in a heartbeat.
#[derive(Deserialize)]
struct Now {
    now: Timestamp,
}

#[derive(Deserialize)]
struct ComeAgain {
    after_ms: u32,
}

/// The wall; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct LiveWall {
    wall: RwSignal<Option<Wall>>,
    link: RwSignal<WallLink>,
    wire: StoredValue<Wire, LocalStorage>,
    clock: ServerClock,
    session: CurrentSession,
    /// How the wall counts.
    counting: RwSignal<Counting>,
    /// Rises whenever something may have become of a scheduled report.
    schedules: RwSignal<u32>,
}

impl LiveWall {
    /// Begins to watch, for as long as the owner lives.
    pub fn watch(context: DeskContext) -> Self {
        let live = Self {
            wall: RwSignal::new(None),
            link: RwSignal::new(WallLink::Connecting),
            wire: StoredValue::new_local(Wire::default()),
            clock: context.clock,
            session: context.session,
            counting: RwSignal::new(Counting::load()),
            schedules: RwSignal::new(0),
        };
        live.connect();
        every(WATCH_EVERY, move || {
            let silent = live.wire.with_value(|wire| page::monotonic_ms() - wire.heard_ms > SILENCE_MS_MAX);
            if silent && live.link.get_untracked() == WallLink::Connected {
                live.lost();
            }
        });
        let offline = window_event_listener(leptos::ev::offline, move |_| live.lost());
        let online = window_event_listener(leptos::ev::online, move |_| {
            if live.link.get_untracked() == WallLink::Lost {
                live.connect();
            }
        });
        on_cleanup(move || {
            offline.remove();
            online.remove();
        });
        live
    }

    /// Reads something of the wall, and tracks it; nothing before the first snapshot.
    pub fn read<Answer>(self, read: impl FnOnce(&Wall) -> Answer) -> Option<Answer> {
        self.wall.with(|wall| wall.as_ref().map(read))
    }

    /// Returns how the page stands with the server, and tracks it.
    pub fn link(self) -> WallLink {
        self.link.get()
    }

    /// Returns how the wall counts, and tracks it.
    pub fn counting(self) -> Counting {
        self.counting.get()
    }

    /// Counts otherwise from now on, in this browser; what is shown stays until the server has counted anew.
    pub fn count(self, counting: Counting) {
        counting.keep();
        self.counting.set(counting);
        self.come_again(0, true);
    }

    /// Tracks what becomes of scheduled reports.
    pub fn track_schedules(self) {
        self.schedules.track();
    }

    /// Takes a snapshot where there is no cursor to go on from, and opens the stream.
    fn connect(self) {
        let begun = self.wire.try_update_value(|wire| {
            wire.start += 1;
            wire.stream = None;
            wire.heard_ms = page::monotonic_ms();
            (wire.start, wire.cursor.is_some())
        });
        let Some((start, goes_on)) = begun else { return };
        let counting = self.counting.get_untracked();
        spawn_local(async move {
            let knock = if goes_on {
                // The stream cannot say why it was refused; this can.
                api::session().await.map(|_| None)
            } else {
                api::wall(&counting.query()).await.map(Some)
            };
            if self.current(start) {
                self.connected(start, knock);
            }
        });
    }

    fn connected(self, start: u32, knock: Result<Option<WallSnapshot>, Failure>) {
        match knock {
            Ok(snapshot) => {
                if let Some(WallSnapshot { wall, cursor, now }) = snapshot {
                    self.clock.set(now);
                    self.wire.update_value(|wire| wire.cursor = Some(cursor));
                    self.wall.set(Some(wall));
                }
                self.open_stream(start);
            }
            Err(Failure::SignedOut) => self.session.signed_out(),
            // A browser may know a zone that the server does not.
            Err(Failure::Refused { code, .. })
                if code == "query_invalid" && self.counting.get_untracked() != Counting::plain() =>
            {
                self.counting.set(Counting::plain());
                self.come_again(0, true);
            }
            Err(_) => self.lost(),
        }
    }

    fn open_stream(self, start: u32) {
        let Some(cursor) = self.wire.with_value(|wire| wire.cursor.clone()) else { return };
        let on_frame = move |frame: Frame| {
            if self.current(start) {
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
        let counting = self.counting.with_untracked(Counting::query);
        let address = api::wall_stream_address(&cursor, &counting);
        let stream = Stream::open(&address, &EVENTS, on_frame, on_broken);
        self.wire.update_value(|wire| wire.stream = stream);
    }

    /// Says whether a start is the last one; never once the page has gone.
    fn current(self, start: u32) -> bool {
        self.wire.try_with_value(|wire| wire.start == start).unwrap_or(false)
    }

    fn take(self, frame: &Frame) {
        self.wire.update_value(|wire| wire.heard_ms = page::monotonic_ms());
        let taken = match frame.event.as_str() {
            "hello" => reading::read(&frame.data).map(|Now { now }| {
                self.clock.set(now);
                self.wire.update_value(|wire| wire.tries = 0);
                self.link.set(WallLink::Connected);
                // Nothing was heard until now.
                self.schedules.update(|heard| *heard = heard.wrapping_add(1));
            }),
            "schedules" => {
                self.schedules.update(|heard| *heard = heard.wrapping_add(1));
                Ok(())
            }
            "wall" => reading::read_wall_events(&frame.data).map(|events| self.apply(&events, &frame.id)),
            "heartbeat" => reading::read(&frame.data).map(|Now { now }| self.clock.set(now)),
            "stopping" => reading::read(&frame.data).map(|ComeAgain { after_ms }| {
                self.come_again(after_ms, false);
            }),
            // A restart, or whatever this build does not know.
            _ => {
                let after_ms = reading::read(&frame.data).map_or(0, |ComeAgain { after_ms }| after_ms);
                self.come_again(after_ms, true);
                Ok(())
            }
        };
        if let Err(error) = taken {
            page::report_fault(&format!("an event could not be read: {error}"));
            self.come_again(0, true);
        }
    }

    fn apply(self, events: &[WallEvent], cursor: &str) {
        self.wall.update(|wall| {
            if let Some(wall) = wall {
                events.iter().for_each(|event| wall.apply(event));
            }
        });
        if !cursor.is_empty() {
            self.wire.update_value(|wire| wire.cursor = Some(cursor.to_owned()));
        }
    }

    fn lost(self) {
        self.link.set(WallLink::Lost);
        let tries = self.wire.try_update_value(|wire| {
            wire.tries += 1;
            wire.tries - 1
        });
        let wait_ms = backoff_ms(tries.unwrap_or_default(), random::fraction());
        self.come_again(wait_ms as u32, false);
    }

    /// Gives the stream up and comes again after a while, from the beginning or from where it was.
    fn come_again(self, after_ms: u32, anew: bool) {
        // Taken up after this callback, because the stream must not be dropped inside it.
        spawn_local(async move {
            let start = self.wire.try_update_value(|wire| {
                wire.start += 1;
                wire.stream = None;
                if anew {
                    wire.cursor = None;
                }
                wire.start
            });
            gloo_timers::future::TimeoutFuture::new(after_ms).await;
            if start.is_some_and(|start| self.current(start)) {
                self.connect();
            }
        });
    }
}
