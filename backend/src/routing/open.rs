//! The open conversations, each beside its place in line.

use std::ops::Index;

use baton_shared::*;
use serde::{Serialize, Serializer};

use super::line::Placed;
use super::table::Table;

/// The open conversations, found by hash and listed in the order of their ids.
///
/// Beside each stands where it is in line, which is an index and no part of the state: whoever moves a conversation has
/// both at hand with one look-up.
#[derive(Clone, Debug, Default)]
pub struct Conversations {
    table: Table<ConversationId, Open>,
}

#[derive(Clone, Debug)]
struct Open {
    conversation: Conversation,
    placed: Option<Placed>,
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

    /// Returns where the one with an id is in line, for writing.
    pub(super) fn placed_mut(&mut self, id: &ConversationId) -> Option<&mut Option<Placed>> {
        self.table.get_mut(id).map(|open| &mut open.placed)
    }

    /// Puts one in that is not in line, in the place of the one that had its id.
    pub fn insert(&mut self, id: ConversationId, conversation: Conversation) {
        self.table.insert(id, Open { conversation, placed: None });
    }

    /// Takes one out, with its place in line.
    pub(super) fn remove(&mut self, id: &ConversationId) -> Option<(Conversation, Option<Placed>)> {
        self.table.remove(id).map(|open| (open.conversation, open.placed))
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

impl FromIterator<(ConversationId, Conversation)> for Conversations {
    fn from_iter<All: IntoIterator<Item = (ConversationId, Conversation)>>(all: All) -> Self {
        let mut conversations = Self::default();
        all.into_iter().for_each(|(id, conversation)| conversations.insert(id, conversation));
        conversations
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
