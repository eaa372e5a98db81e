//! What the agent looks at: which conversation, which pane, which dialog.

use baton_shared::{ConversationId, Desk, OfferId, SegmentId};
use leptos::prelude::*;

/// An entry of the list of conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// A conversation one owns.
    Owned(ConversationId),
    /// A segment to be filed.
    WrapUp(SegmentId, ConversationId),
}

impl Entry {
    /// Returns the conversation it is about.
    pub const fn conversation(self) -> ConversationId {
        match self {
            Self::Owned(conversation) | Self::WrapUp(_, conversation) => conversation,
        }
    }
}

/// A dialog over the desk; at most one is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialogShown {
    /// To whom to transfer.
    Transfer(ConversationId),
    /// Whether to end.
    EndConversation(ConversationId),
    /// Why to reject.
    Reject(OfferId),
    /// The list of shortcuts.
    Shortcuts,
    /// The choices about the page.
    Settings,
}

/// Which of two panes a narrow screen shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The list of conversations.
    List,
    /// The conversation.
    Thread,
}

/// What the agent looks at; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Viewing {
    /// The conversation.
    pub entry: RwSignal<Option<Entry>>,
    /// The pane.
    pub pane: RwSignal<Pane>,
    /// The dialog.
    pub dialog: RwSignal<Option<DialogShown>>,
    /// Whether the search over the conversation is open.
    pub search: RwSignal<bool>,
    /// Whether an owned conversation is being wrapped up.
    pub wrapping_up: RwSignal<bool>,
    /// Whether the details are open where there is no room for them.
    pub details: RwSignal<bool>,
    /// A conversation that was accepted while the agent was typing in another.
    pub accepted: RwSignal<Option<ConversationId>>,
    /// Whether something is typed in the conversation that is open.
    pub typed: RwSignal<bool>,
}

impl Viewing {
    /// Starts with nothing chosen.
    pub fn nothing() -> Self {
        Self {
            entry: RwSignal::new(None),
            pane: RwSignal::new(Pane::List),
            dialog: RwSignal::new(None),
            search: RwSignal::new(false),
            wrapping_up: RwSignal::new(false),
            details: RwSignal::new(false),
            accepted: RwSignal::new(None),
            typed: RwSignal::new(false),
        }
    }

    /// Opens an entry in the thread.
    pub fn open(self, entry: Entry) {
        if self.accepted.get_untracked() == Some(entry.conversation()) {
            self.accepted.set(None);
        }
        if self.entry.get_untracked() != Some(entry) {
            self.search.set(false);
            self.wrapping_up.set(false);
            self.details.set(false);
            self.entry.set(Some(entry));
        }
        self.pane.set(Pane::Thread);
    }

    /// Opens a conversation that was accepted, unless the agent is typing in another; says whether it did.
    pub fn open_accepted(self, conversation: ConversationId) -> bool {
        let elsewhere = self.entry.get_untracked().is_some_and(|entry| entry.conversation() != conversation);
        if elsewhere && self.typed.get_untracked() {
            self.accepted.set(Some(conversation));
            return false;
        }
        self.open(Entry::Owned(conversation));
        true
    }

    /// Forgets everything.
    pub fn clear(self) {
        self.entry.set(None);
        self.pane.set(Pane::List);
        self.dialog.set(None);
        self.search.set(false);
        self.wrapping_up.set(false);
        self.accepted.set(None);
        self.typed.set(false);
    }
}

/// Returns the entries of the list, the newest first, those to be filed last.
/// Nothing moves when a message comes, so that nothing moves away from under the pointer.
pub fn entries(desk: &Desk) -> Vec<Entry> {
    let mut owned: Vec<_> =
        desk.conversations.values().map(|thread| (thread.since, Entry::Owned(thread.conversation))).collect();
    let mut to_file: Vec<_> = desk
        .wrap_ups
        .values()
        .map(|card| (card.ended_at, Entry::WrapUp(card.segment, card.conversation)))
        .collect();
    owned.sort_by(|one, other| other.cmp(one));
    to_file.sort_by(|one, other| other.cmp(one));
    owned.into_iter().chain(to_file).map(|(_, entry)| entry).collect()
}

/// Returns what to look at when the desk has changed: the same, or what has become of it.
pub fn followed(entry: Entry, desk: &Desk) -> Option<Entry> {
    let conversation = entry.conversation();
    let owned = desk.conversations.contains_key(&conversation);
    let there = match entry {
        Entry::Owned(_) => owned,
        Entry::WrapUp(segment, _) => desk.wrap_ups.contains_key(&segment),
    };
    if there {
        return Some(entry);
    }
    let to_file = desk.wrap_ups.values().filter(|card| card.conversation == conversation);
    let last = to_file.max_by_key(|card| card.ended_at).map(|card| Entry::WrapUp(card.segment, conversation));
    if owned { Some(Entry::Owned(conversation)) } else { last }
}

/// Returns the entry that is so many places after another, going round.
pub fn neighbour(entries: &[Entry], entry: Option<Entry>, step: isize) -> Option<Entry> {
    let count = isize::try_from(entries.len()).ok().filter(|count| *count > 0)?;
    let place = entry
        .and_then(|entry| entries.iter().position(|known| *known == entry))
        .and_then(|place| isize::try_from(place).ok());
    let next = match place {
        Some(place) => (place + step).rem_euclid(count),
        None if step < 0 => count - 1,
        None => 0,
    };
    entries.get(usize::try_from(next).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(bits: u128) -> Entry {
        Entry::Owned(ConversationId::from_bits(bits))
    }

    #[test]
    fn the_next_entry_goes_round() {
        let entries = [owned(1), owned(2), owned(3)];
        assert_eq!(neighbour(&entries, Some(owned(3)), 1), Some(owned(1)));
        assert_eq!(neighbour(&entries, Some(owned(1)), -1), Some(owned(3)));
        assert_eq!(neighbour(&entries, None, 1), Some(owned(1)));
        assert_eq!(neighbour(&entries, Some(owned(9)), -1), Some(owned(3)));
        assert_eq!(neighbour(&[], Some(owned(9)), 1), None);
    }
}
