//! The open conversations, each beside its running segment and its place in line.

use std::ops::Index;

use baton_shared::segment::OwnerCause;
use baton_shared::*;
use prefetch_index::prefetch_index;
use serde::{Serialize, Serializer};

use super::line::Placed;
use super::table::{Identified, Table};

/// The open conversations, found by hash and listed in the order of their ids.
///
/// Beside each stands the segment that runs in it, and where it is in line, which is an index and no part of the state: an
/// event about a conversation looks it up once, and then has everything at hand by the number of its slot.
#[derive(Clone, Debug, Default)]
pub struct Conversations {
    table: Table<ConversationId, Open>,
}

/// The number of the slot in which a conversation stands while it is open; afterwards another one may have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(u32);

impl Slot {
    /// Stands for a slot where none is asked for; nothing is in it.
    pub(super) const ANY: Self = Self(u32::MAX);
}

/// What is kept of an open conversation, in as few lines of the processor's memory as it takes.
#[repr(align(64))]
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) conversation: Conversation,
    pub(super) running: Option<Running>,
    pub(super) placed: Option<Placed>,
}

/// What is known of the segment that runs, beyond its conversation's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Running {
    pub(super) owner: Owner,
    pub(super) started_at: Timestamp,
    pub(super) preceded_by: OwnerCause,
    pub(super) last_seq: u32,
}

impl From<Segment> for Running {
    fn from(segment: Segment) -> Self {
        let Segment { owner, started_at, preceded_by, last_seq, .. } = segment;
        Self { owner, started_at, preceded_by, last_seq }
    }
}

impl Running {
    /// Returns the segment in a state.
    pub(super) const fn segment(
        &self,
        id: SegmentId,
        conversation: ConversationId,
        state: SegmentState,
    ) -> Segment {
        let Self { owner, started_at, preceded_by, last_seq } = *self;
        Segment { id, conversation, owner, started_at, preceded_by, last_seq, state }
    }
}

impl Identified<ConversationId> for Open {
    fn id(&self) -> &ConversationId {
        &self.conversation.id
    }

    fn prefetch(&self) {
        let Self { conversation, running: _, placed } = self;
        // They stand in different lines of it.
        prefetch(&conversation.last_agent);
        prefetch(&conversation.queue);
        prefetch(&conversation.invites);
        prefetch(placed);
    }
}

/// Asks for the memory of something.
fn prefetch<Thing>(thing: &Thing) {
    prefetch_index(std::slice::from_ref(thing), 0);
}

impl Open {
    fn segment(&self) -> Option<Segment> {
        let Conversation { id, segment, .. } = self.conversation;
        Some(self.running?.segment(segment, id, SegmentState::Active))
    }
}

impl Conversations {
    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Says whether there are none.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Says whether there is one with an id.
    pub fn contains_key(&self, id: &ConversationId) -> bool {
        self.table.contains_key(id)
    }

    /// Returns the one with an id.
    pub fn get(&self, id: &ConversationId) -> Option<&Conversation> {
        self.table.get(id).map(|open| &open.conversation)
    }

    /// Returns the one with an id, for writing.
    pub fn get_mut(&mut self, id: &ConversationId) -> Option<&mut Conversation> {
        self.table.get_mut(id).map(|open| &mut open.conversation)
    }

    /// Returns the segment that runs in the one with an id.
    pub fn running(&self, id: &ConversationId) -> Option<Segment> {
        self.table.get(id)?.segment()
    }

    /// Returns the segments that run, in the order of the conversations' ids.
    pub fn segments(&self) -> impl Iterator<Item = Segment> {
        self.table.values().filter_map(Open::segment)
    }

    /// Returns what is kept of the one with an id, for writing.
    pub(super) fn open_mut(&mut self, id: &ConversationId) -> Option<&mut Open> {
        self.table.get_mut(id)
    }

    /// Returns the slots of all of them, in the order of their ids.
    pub(super) fn slots(&self) -> Vec<Slot> {
        self.keys().filter_map(|id| self.slot(id)).collect()
    }

    /// Returns the slot of the one with an id.
    pub(super) fn slot(&self, id: &ConversationId) -> Option<Slot> {
        self.table.place(id).map(Slot)
    }

    /// Notes that the next look-ups are for what is in a slot.
    pub(super) fn expect(&self, slot: Slot) {
        self.table.expect(slot.0);
    }

    /// Asks for the first memory of what is in a slot, which is looked at later.
    pub(super) fn prefetch_at(&self, slot: Slot) {
        self.table.prefetch_at(slot.0);
    }

    /// Asks for all memory of what is in a slot, which is looked at next.
    pub(super) fn prefetch_all_at(&self, slot: Slot) {
        self.table.prefetch_all_at(slot.0);
    }

    /// Returns what is in a slot, if something is.
    pub(super) fn at(&self, slot: Slot) -> Option<&Open> {
        self.table.at(slot.0)
    }

    /// Returns what is in a slot, for writing.
    pub(super) fn at_mut(&mut self, slot: Slot) -> Option<&mut Open> {
        self.table.at_mut(slot.0)
    }

    /// Puts one in, in the place of the one that had its id, and returns its slot.
    pub(super) fn open(&mut self, id: ConversationId, open: impl FnOnce() -> Open) -> Slot {
        Slot(self.table.put(id, open).0)
    }

    /// Takes one out, with what is kept beside it.
    pub(super) fn remove(&mut self, id: &ConversationId) -> Option<Open> {
        self.table.remove(id)
    }

    /// Returns those for which `holds` is true, in the order of their ids.
    pub fn matching(&self, holds: impl Fn(&Conversation) -> bool) -> Vec<&Conversation> {
        self.table
            .matching(|open| holds(&open.conversation))
            .into_iter()
            .map(|open| &open.conversation)
            .collect()
    }

    /// Returns all of them, in the order of their ids.
    pub fn values(&self) -> impl Iterator<Item = &Conversation> {
        self.table.values().map(|open| &open.conversation)
    }

    /// Returns all of them for writing, in no order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Conversation> {
        self.table.values_mut().map(|open| &mut open.conversation)
    }

    /// Returns all ids, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &ConversationId> {
        self.table.keys()
    }
}

impl Index<&ConversationId> for Conversations {
    type Output = Conversation;

    fn index(&self, id: &ConversationId) -> &Conversation {
        self.get(id).expect("the one that is asked for is there")
    }
}

impl Serialize for Conversations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.values().map(|conversation| (conversation.id, conversation)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_conversation_is_six_lines_of_memory() {
        assert_eq!(size_of::<Option<Open>>(), 6 * 64);
    }
}
