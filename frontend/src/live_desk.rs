//! The desk as the server tells it, and the only code that writes it.
//!
//! Events are applied in the callback that brings them, one by one; screens are told at most once a frame,
//! so that a burst costs no more than one.

use core::time::Duration;
use std::collections::BTreeMap;

use baton_shared::desk::{Me, Thread};
use baton_shared::{AgentId, ConversationId, Desk, DeskEvent, Timestamp};
use leptos::prelude::*;

use crate::browser::page;

/// How long "typing…" is shown after the customer's last key. Source: docs/api.md, "The desk of one person".
const TYPING_SHOWN: Duration = Duration::from_secs(5);

/// The desk; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct LiveDesk {
    desk: RwSignal<Option<Desk>>,
    typing: RwSignal<BTreeMap<ConversationId, Timestamp>>,
    notice_is_due: StoredValue<bool>,
}

impl LiveDesk {
    /// Starts without a desk.
    pub fn absent() -> Self {
        Self {
            desk: RwSignal::new(None),
            typing: RwSignal::default(),
            notice_is_due: StoredValue::new(false),
        }
    }

    /// Puts a whole desk in the place of what was there.
    pub fn replace(self, desk: Desk) {
        self.desk.set(Some(desk));
    }

    /// Forgets the desk.
    pub fn clear(self) {
        self.desk.set(None);
        self.typing.set(BTreeMap::new());
    }

    /// Applies events in order.
    pub fn apply(self, events: &[DeskEvent]) {
        self.desk.update_untracked(|desk| {
            if let Some(desk) = desk {
                for event in events {
                    desk.apply(event);
                }
            }
        });
        self.tell_screens();
    }

    /// Notes that a customer is typing.
    pub fn customer_types(self, conversation: ConversationId, now: Timestamp) {
        self.typing.update(|typing| {
            typing.insert(conversation, now.plus(TYPING_SHOWN));
        });
    }

    /// Notes that a customer has sent what they were typing.
    pub fn customer_wrote(self, conversation: ConversationId) {
        if self.typing.with_untracked(|typing| typing.contains_key(&conversation)) {
            self.typing.update(|typing| {
                typing.remove(&conversation);
            });
        }
    }

    /// Says whether a customer is typing at this time, and tracks it.
    pub fn is_typing(self, conversation: ConversationId, now: Timestamp) -> bool {
        self.typing.with(|typing| typing.get(&conversation).is_some_and(|until| *until > now))
    }

    /// Says whether the desk is there, and tracks it.
    pub fn present(self) -> bool {
        self.desk.with(Option::is_some)
    }

    /// Reads the desk, if it is there, and tracks it.
    pub fn read<T>(self, read: impl FnOnce(&Desk) -> T) -> Option<T> {
        self.desk.with(|desk| desk.as_ref().map(read))
    }

    /// Reads the desk, if it is there.
    pub fn peek<T>(self, read: impl FnOnce(&Desk) -> T) -> Option<T> {
        self.desk.with_untracked(|desk| desk.as_ref().map(read))
    }

    /// Reads an own conversation, if it is there, and tracks the desk.
    pub fn read_thread<T>(self, conversation: ConversationId, read: impl FnOnce(&Thread) -> T) -> Option<T> {
        self.read(|desk| desk.conversations.get(&conversation).map(read)).flatten()
    }

    /// Returns a part of an own conversation that changes only when that part does.
    pub fn watch_thread<T: Clone + PartialEq + Send + Sync + 'static>(
        self,
        conversation: ConversationId,
        read: fn(&Thread) -> T,
    ) -> Memo<Option<T>> {
        Memo::new(move |_| self.read_thread(conversation, read))
    }

    /// Returns who sits at the desk, and tracks it.
    pub fn me(self) -> Option<Me> {
        self.read(|desk| desk.me.clone())
    }

    /// Returns the id of who sits at the desk.
    pub fn my_id(self) -> Option<AgentId> {
        self.peek(|desk| desk.me.id)
    }

    fn tell_screens(self) {
        if page::hidden() {
            // A hidden page gets no frames, and its title has to change nevertheless.
            self.desk.notify();
        } else if !self.notice_is_due.get_value() {
            self.notice_is_due.set_value(true);
            request_animation_frame(move || {
                self.notice_is_due.set_value(false);
                self.desk.notify();
            });
        }
    }
}
