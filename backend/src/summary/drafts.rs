//! Which summaries were made, to tell whether a sender changed one before it was sent; their words are not kept.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_shared::{AgentId, ConversationId};

/// How many summaries are known at most; of more, those that were made first are forgotten.
const DRAFTS_MAX: usize = 8_192;

type Made = HashMap<(AgentId, ConversationId), u64>;

/// What stands for the last summary that was made for each agent and conversation.
#[derive(Debug, Default)]
pub struct Drafts {
    hasher: RandomState,
    /// The newer half, and the older one.
    made: Mutex<(Made, Made)>,
}

impl Drafts {
    /// Notes a summary that was made.
    pub fn note(&self, agent: AgentId, conversation: ConversationId, summary: &str) {
        let mut made = self.made();
        if made.0.len() >= DRAFTS_MAX / 2 {
            made.1 = std::mem::take(&mut made.0);
        }
        made.0.insert((agent, conversation), self.hasher.hash_one(summary.trim()));
    }

    /// Says whether a summary is another than the last one that was made; nothing where none is known.
    pub fn is_edited(&self, agent: AgentId, conversation: ConversationId, summary: &str) -> Option<bool> {
        let (made, key) = (self.made(), (agent, conversation));
        let last = *made.0.get(&key).or_else(|| made.1.get(&key))?;
        drop(made);
        Some(last != self.hasher.hash_one(summary.trim()))
    }

    fn made(&self) -> MutexGuard<'_, (Made, Made)> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_edited_where_it_is_another_than_was_made() {
        let drafts = Drafts::default();
        let [ada, bob] = [1, 2].map(AgentId::from_bits);
        let conversation = ConversationId::from_bits(3);
        drafts.note(ada, conversation, "Carla waits for an invoice.\n");
        let edited = |agent, text| drafts.is_edited(agent, conversation, text);
        assert_eq!(edited(ada, "Carla waits for an invoice."), Some(false));
        assert_eq!(edited(ada, "Carla waits for two invoices."), Some(true));
        assert_eq!(edited(bob, "Carla waits for an invoice."), None, "none was made for him");
    }

    #[test]
    fn the_first_ones_are_forgotten_where_there_are_too_many() {
        let drafts = Drafts::default();
        let conversation = ConversationId::from_bits(3);
        let agents = (0..=DRAFTS_MAX as u128).map(AgentId::from_bits);
        agents.for_each(|agent| drafts.note(agent, conversation, "text"));
        assert_eq!(drafts.is_edited(AgentId::from_bits(0), conversation, "text"), None);
        let last = AgentId::from_bits(DRAFTS_MAX as u128);
        assert_eq!(drafts.is_edited(last, conversation, "text"), Some(false));
        let made = drafts.made();
        assert!(made.0.len() + made.1.len() <= DRAFTS_MAX);
    }
}
