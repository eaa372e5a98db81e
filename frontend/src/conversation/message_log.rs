//! The log of a conversation: a window over rows, held at the bottom while the agent reads there.
//!
//! Only the rows near the viewport are in the page; two spacers stand for the others.
//! Heights are measured before the browser paints, so that nothing jumps when an estimate was wrong.
//! The browser's own search cannot find what is not in the page; the desk has its own.

use std::collections::HashMap;

use leptos::html;
use leptos::prelude::*;
use leptos::tachys::renderer::types::Element;

use crate::browser::dates::LocalDays;
use crate::browser::layout::{self, SizeWatch};
use crate::browser::page;
use crate::conversation::message_row::{Content, RowContext, row_view};
use crate::conversation::rows::{Kind, Row, rows};
use crate::conversation::transcript::Transcript;
use crate::conversation::window::Heights;
use crate::outbox::Outgoing;
use crate::reactive::effect;

/// How far beyond the viewport rows are in the page, in pixels.
const BEYOND: f64 = 300.0;

/// How near to the bottom counts as reading there, in pixels.
const AT_BOTTOM: f64 = 48.0;

/// How near to the first row earlier messages are asked for.
const EARLIER_ROWS: usize = 15;

/// About how many pixels a character takes; only estimates need it.
const CHAR_WIDTH: f64 = 7.5;

/// The height of a viewport that is not there yet, in pixels.
const VIEWPORT: f64 = 800.0;

#[derive(Clone)]
struct Shown {
    key: u64,
    content: Content,
}

/// Where the agent reads.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// At the bottom, wherever that goes.
    Bottom,
    /// At a row, so many pixels below its top.
    Row(u64, f64),
}

struct Scroll {
    rows: Vec<Row>,
    heights: Heights,
    measured: HashMap<u64, f64>,
    first: usize,
    place: Place,
    /// Where the viewport stood when it was last looked at or moved.
    top: f64,
    /// Whether the viewport has yet to follow: until then what the browser tells of it is out of date.
    sent: bool,
}

/// What a log shows and whom it tells.
#[derive(Clone, Copy)]
pub struct LogSource {
    /// The messages at hand.
    pub transcript: RwSignal<Transcript>,
    /// The messages on their way.
    pub outgoing: Signal<Vec<Outgoing>>,
    /// All up to this number was read when the log was opened.
    pub read_at_opening: u32,
    /// A message to go to.
    pub go_to: RwSignal<Option<u32>>,
    /// Whether the customer is typing.
    pub typing: Signal<Option<String>>,
    /// Asks for earlier messages.
    pub on_earlier: Callback<()>,
    /// Tells up to which number the messages were on screen.
    pub on_seen: Callback<u32>,
}

#[derive(Clone, Copy)]
struct Log {
    source: LogSource,
    scroll: StoredValue<Scroll>,
    shown: RwSignal<Vec<Shown>>,
    viewport: NodeRef<html::Div>,
    above: NodeRef<html::Div>,
    list: NodeRef<html::Div>,
    below: NodeRef<html::Div>,
}

/// The log of a conversation.
#[component]
pub fn MessageLog(
    /// What it shows and whom it tells.
    source: LogSource,
    /// What its rows share.
    rows: RowContext,
) -> impl IntoView {
    let log = Log::new(source);
    effect(move || log.rebuild());
    effect(move || {
        if let Some(seq) = source.go_to.get() {
            log.go_to(seq);
        }
    });
    let watches = StoredValue::new_local(Vec::new());
    effect(move || {
        let parts = (log.viewport.get(), log.list.get());
        if let (Some(viewport), Some(list)) = parts {
            let watch =
                [SizeWatch::of(&viewport, move || log.settle()), SizeWatch::of(&list, move || log.settle())];
            watches.set_value(watch.into_iter().flatten().collect());
            log.refresh();
        }
    });
    view! {
        <div
            id="messages"
            class="log"
            role="log"
            aria-label="Messages"
            aria-live="off"
            tabindex="0"
            node_ref=log.viewport
            on:scroll=move |_| log.scrolled()
        >
            <div node_ref=log.above></div>
            <div class="log__rows" node_ref=log.list>
                <For each=move || log.shown.get() key=|shown| shown.key let(shown)>
                    {row_view(shown.key, shown.content, rows)}
                </For>
            </div>
            <div node_ref=log.below></div>
            {move || {
                source
                    .typing
                    .get()
                    .map(|name| view! { <p class="log__typing">{format!("{name} is typing…")}</p> })
            }}
        </div>
    }
}

impl Log {
    fn new(source: LogSource) -> Self {
        let scroll = Scroll {
            rows: Vec::new(),
            heights: Heights::default(),
            measured: HashMap::new(),
            first: 0,
            place: Place::Bottom,
            top: 0.0,
            sent: false,
        };
        Self {
            source,
            scroll: StoredValue::new(scroll),
            shown: RwSignal::new(Vec::new()),
            viewport: NodeRef::new(),
            above: NodeRef::new(),
            list: NodeRef::new(),
            below: NodeRef::new(),
        }
    }

    /// Makes the rows anew when the messages have changed.
    fn rebuild(self) {
        let line_chars = (self.viewport_size().0 * 0.7 / CHAR_WIDTH) as usize;
        self.source.transcript.with(|transcript| {
            self.source.outgoing.with(|outgoing| {
                let mut days = LocalDays::default();
                let rows = rows(transcript, outgoing, self.source.read_at_opening, &mut |at| days.of(at));
                self.scroll.update_value(|scroll| {
                    scroll
                        .take_rows(rows, |kind| Content::of(transcript, outgoing, kind).estimate(line_chars));
                });
            });
        });
        self.refresh();
    }

    /// Puts the rows near the viewport into the page.
    fn refresh(self) {
        let (_, viewport) = self.viewport_size();
        let window = self.scroll.try_update_value(|scroll| {
            let window = match scroll.place {
                Place::Bottom => scroll.heights.last_window(viewport, BEYOND),
                Place::Row(..) => scroll.heights.window(scroll.wanted_top(viewport), viewport, BEYOND),
            };
            scroll.first = window.start;
            window
        });
        let Some(window) = window else { return };
        if window.start < EARLIER_ROWS && self.source.transcript.with_untracked(Transcript::has_earlier) {
            self.source.on_earlier.run(());
        }
        let wanted = self.scroll.with_value(|scroll| scroll.rows[window].to_vec());
        let known = self.shown.with_untracked(|shown| {
            shown.len() == wanted.len() && shown.iter().zip(&wanted).all(|(shown, row)| shown.key == row.key)
        });
        if !known {
            let shown = self.source.transcript.with_untracked(|transcript| {
                self.source.outgoing.with_untracked(|outgoing| {
                    let shown = |row: &Row| Shown {
                        key: row.key,
                        content: Content::of(transcript, outgoing, row.kind),
                    };
                    wanted.iter().map(shown).collect()
                })
            });
            self.shown.set(shown);
        }
        self.place_spacers();
        request_animation_frame(move || self.settle());
    }

    /// Measures what is in the page and puts it where the agent reads; runs before the browser paints.
    fn settle(self) {
        // A frame that was asked for before the agent left for another conversation.
        if self.scroll.is_disposed() {
            return;
        }
        let (Some(viewport), Some(list)) = (self.viewport.get_untracked(), self.list.get_untracked()) else {
            return;
        };
        // A log that is not displayed has no heights, and nobody reads in it.
        if viewport.client_height() == 0 {
            self.scroll.update_value(|scroll| scroll.sent = true);
            return;
        }
        self.notice_scroll(&viewport);
        let measured = layout::row_heights(&list);
        let Some(moved) = self.scroll.try_update_value(|scroll| scroll.measure(&measured)) else { return };
        self.place_spacers();
        let height = f64::from(viewport.client_height());
        let top = self.scroll.with_value(|scroll| match scroll.place {
            Place::Bottom => f64::from(viewport.scroll_height()),
            Place::Row(..) => scroll.wanted_top(height),
        });
        if (f64::from(viewport.scroll_top()) - top).abs() >= 1.0 {
            viewport.set_scroll_top(top.round() as i32);
        }
        self.scroll.update_value(|scroll| {
            scroll.top = f64::from(viewport.scroll_top());
            scroll.sent = false;
        });
        self.tell_seen(top, height);
        if moved {
            self.refresh();
        }
    }

    fn scrolled(self) {
        let Some(viewport) = self.viewport.get_untracked() else { return };
        self.notice_scroll(&viewport);
        self.refresh();
    }

    /// Takes over where the agent has scrolled to, also when the browser has not told it yet.
    fn notice_scroll(self, viewport: &Element) {
        let top = f64::from(viewport.scroll_top());
        let left = f64::from(viewport.scroll_height() - viewport.client_height()) - top;
        self.scroll.update_value(|scroll| {
            if !scroll.sent && (scroll.top - top).abs() >= 1.0 {
                scroll.top = top;
                scroll.read_at(top, left);
            }
        });
    }

    fn go_to(self, seq: u32) {
        let row = self.scroll.with_value(|scroll| {
            let wanted =
                |row: &&Row| row.key >> 3 == u64::from(seq) && matches!(row.kind, Kind::Message { .. });
            scroll.rows.iter().find(wanted).map(|row| row.key)
        });
        if let Some(key) = row {
            let above = self.viewport_size().1 / 3.0;
            self.scroll.update_value(|scroll| {
                scroll.place = Place::Row(key, -above);
                scroll.sent = true;
            });
            self.source.go_to.set(None);
            self.refresh();
        }
    }

    fn tell_seen(self, top: f64, height: f64) {
        if page::hidden() {
            return;
        }
        let seen = self.scroll.with_value(|scroll| {
            let last = match scroll.place {
                Place::Bottom => scroll.rows.len(),
                Place::Row(..) => scroll.heights.row_at(top + height),
            };
            scroll.rows[..last.min(scroll.rows.len())].iter().rev().find_map(|row| match row.kind {
                Kind::Message { place, .. } => Some(place),
                Kind::Day(_) | Kind::Unread | Kind::Handoff(_) | Kind::Outgoing(_) => None,
            })
        });
        let seq = seen.and_then(|place| {
            self.source
                .transcript
                .with_untracked(|transcript| transcript.messages().get(place).map(|message| message.seq))
        });
        if let Some(seq) = seq {
            self.source.on_seen.run(seq);
        }
    }

    fn place_spacers(self) {
        let (above, below) = self.scroll.with_value(|scroll| {
            let end = (scroll.first + self.shown.with_untracked(Vec::len)).min(scroll.rows.len());
            let above = scroll.heights.before(scroll.first);
            (above, scroll.heights.total() - scroll.heights.before(end))
        });
        for (spacer, height) in [(self.above, above), (self.below, below)] {
            if let Some(spacer) = spacer.get_untracked() {
                layout::set_height(&spacer, height.max(0.0));
            }
        }
    }

    fn viewport_size(self) -> (f64, f64) {
        let size = self
            .viewport
            .get_untracked()
            .map(|viewport| (f64::from(viewport.client_width()), f64::from(viewport.client_height())));
        size.filter(|(_, height)| *height > 0.0).unwrap_or((VIEWPORT, VIEWPORT))
    }
}

impl Scroll {
    fn take_rows(&mut self, rows: Vec<Row>, estimate: impl Fn(Kind) -> f64) {
        let same = self.rows.iter().zip(&rows).take_while(|(known, row)| known.key == row.key).count();
        self.heights.truncate(same);
        for row in &rows[same..] {
            let height = self.measured.get(&row.key).copied().unwrap_or_else(|| estimate(row.kind));
            self.heights.push(height);
        }
        self.rows = rows;
    }

    fn measure(&mut self, measured: &[(u64, f64)]) -> bool {
        let mut moved = false;
        let first = self.first;
        for (key, height) in measured {
            self.measured.insert(*key, *height);
            let near = self.rows.iter().enumerate().skip(first.saturating_sub(2)).take(measured.len() + 4);
            let row = near.clone().find(|(_, row)| row.key == *key).map(|(row, _)| row);
            if let Some(row) = row {
                moved |= self.heights.set(row, *height).abs() > 0.5;
            }
        }
        moved
    }

    /// Returns how far from the top the viewport is to stand.
    fn wanted_top(&self, viewport: f64) -> f64 {
        match self.place {
            Place::Bottom => (self.heights.total() - viewport).max(0.0),
            Place::Row(key, into) => {
                let row = self.rows.iter().position(|row| row.key == key);
                row.map_or(0.0, |row| (self.heights.before(row) + into).max(0.0))
            }
        }
    }

    /// Notes where the agent has scrolled to.
    fn read_at(&mut self, top: f64, left: f64) {
        let row = self.heights.row_at(top);
        self.place = match self.rows.get(row) {
            Some(known) if left > AT_BOTTOM => Place::Row(known.key, top - self.heights.before(row)),
            _ => Place::Bottom,
        };
    }
}
