//! The desk as the server tells it, and the only code that writes it.
//!
//! Events are applied in the callback that brings them, one by one; screens are told at most once a frame,
//! so that a burst costs no more than one.

use core::time::Duration;

use baton_shared::desk::{Consult, Me, Thread};
use baton_shared::{AgentId, Author, ConversationId, Desk, DeskEvent, SortedMap, Timestamp, TransferId};
use leptos::prelude::*;

use crate::browser::page;
use crate::reactive::memo;
use crate::viewing::Entry;

/// How long "typing…" is shown after the customer's last key. Source: docs/api.md, "The desk of one person".
const TYPING_SHOWN: Duration = Duration::from_secs(5);

/// The desk; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct LiveDesk {
    desk: RwSignal<Option<Desk>>,
    typing: RwSignal<SortedMap<ConversationId, Timestamp>>,
    /// The number of the last message aside that was on screen, by consultation; there are few, so a list will do.
    asides_seen: RwSignal<Vec<(TransferId, u32)>>,
    /// The transfers that came to a consultation.
    consulted: StoredValue<Vec<TransferId>>,
    notice_is_due: StoredValue<bool>,
}

impl LiveDesk {
    /// Starts without a desk.
    pub fn absent() -> Self {
        Self {
            desk: RwSignal::new(None),
            typing: RwSignal::default(),
            asides_seen: RwSignal::default(),
            consulted: StoredValue::default(),
            notice_is_due: StoredValue::new(false),
        }
    }

    /// Puts a whole desk in the place of what was there.
    pub fn replace(self, desk: Desk) {
        self.note_consulted(&desk);
        self.desk.set(Some(desk));
    }

    /// Forgets the desk.
    pub fn clear(self) {
        self.desk.set(None);
        self.typing.set(SortedMap::new());
        self.asides_seen.set(Vec::new());
    }

    /// Applies events in order.
    pub fn apply(self, events: &[DeskEvent]) {
        self.desk.update_untracked(|desk| {
            if let Some(desk) = desk {
                for event in events {
                    desk.apply(event);
                }
                self.note_consulted(desk);
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

    fn note_consulted(self, desk: &Desk) {
        self.consulted.update_value(|consulted| {
            for transfer in desk.consults.keys() {
                if !consulted.contains(transfer) {
                    consulted.push(*transfer);
                }
            }
        });
    }

    /// Notes that what was said aside was on screen up to this number.
    pub fn aside_seen(self, transfer: TransferId, seq: u32) {
        let known = self.asides_seen.with_untracked(|seen| seen_up_to(seen, transfer));
        if seq > known {
            self.asides_seen.update(|seen| {
                seen.retain(|(other, _)| *other != transfer);
                seen.push((transfer, seq));
            });
        }
    }

    /// Returns how many messages aside of a consultation are unread, and tracks them.
    pub fn unread_aside(self, transfer: TransferId) -> usize {
        let seen = self.asides_seen.with(|seen| seen_up_to(seen, transfer));
        let unread = |desk: &Desk| {
            desk.consults.get(&transfer).map_or(0, |consult| unread_aside(consult, desk.me.id, seen))
        };
        self.read(unread).unwrap_or(0)
    }

    /// Returns in how many consultations something is unread, and tracks them.
    pub fn unread_asides(self) -> usize {
        let unread = |desk: &Desk| {
            self.asides_seen.with(|seen| {
                let seen = |consult: &Consult| seen_up_to(seen, consult.transfer);
                let consults = desk.consults.values();
                consults.filter(|consult| unread_aside(consult, desk.me.id, seen(consult)) > 0).count()
            })
        };
        self.read(unread).unwrap_or(0)
    }

    /// Says whether a transfer came to a consultation that this page knows of.
    pub fn was_consulted(self, transfer: TransferId) -> bool {
        self.consulted.with_value(|consulted| consulted.contains(&transfer))
    }

    /// Returns a part of what an entry shows that changes only when that part does.
    pub fn watch_entry<T: Clone + PartialEq + Send + Sync + 'static>(
        self,
        entry: Entry,
        read: fn(&Thread) -> T,
    ) -> Memo<Option<T>> {
        memo(move || self.read(|desk| entry.thread(desk).map(read)).flatten())
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
        memo(move || self.read_thread(conversation, read))
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

fn seen_up_to(seen: &[(TransferId, u32)], transfer: TransferId) -> u32 {
    seen.iter().find(|(known, _)| *known == transfer).map_or(0, |(_, seq)| *seq)
}

/// Returns how many messages aside one has not read; whoever answers has read what was said before.
pub fn unread_aside(consult: &Consult, me: AgentId, seen: u32) -> usize {
    let mine = |author: Author| author == Author::Agent(me);
    let answered = consult.aside.iter().rev().find(|message| mine(message.author));
    let seen = seen.max(answered.map_or(0, |answer| answer.seq));
    consult.aside.iter().filter(|message| message.seq > seen && !mine(message.author)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::rows::tests::message;
    use crate::viewing::tests::consult;

    #[test]
    fn what_was_seen_or_answered_aside_is_not_unread() {
        let (me, other) = (AgentId::from_bits(1), AgentId::from_bits(2));
        let mut consult = consult();
        consult.aside = (1..=4).map(message).collect();
        for (message, author) in consult.aside.iter_mut().zip([other, me, other, other]) {
            message.author = Author::Agent(author);
        }
        assert_eq!([0, 3, 4].map(|seen| unread_aside(&consult, me, seen)), [2, 1, 0]);
        assert_eq!(unread_aside(&consult, other, 0), 0, "they answered last");
    }
}
