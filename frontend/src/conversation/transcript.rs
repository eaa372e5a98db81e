//! The messages of one conversation that the page has at hand: always a run without gaps that ends with the last.

use baton_shared::Message;
use baton_shared::desk::{Handoff, Thread};

/// The messages at hand, oldest first, and the transfers so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    messages: Vec<Message>,
    handoffs: Vec<Handoff>,
}

impl Transcript {
    /// Returns the messages, oldest first.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Returns the transfers, oldest first.
    pub fn handoffs(&self) -> &[Handoff] {
        &self.handoffs
    }

    /// Returns the number of the first message at hand.
    pub fn first_seq(&self) -> Option<u32> {
        self.messages.first().map(|message| message.seq)
    }

    /// Returns the number of the last message.
    pub fn last_seq(&self) -> u32 {
        self.messages.last().map_or(0, |message| message.seq)
    }

    /// Says whether there are messages before those at hand.
    pub fn has_earlier(&self) -> bool {
        self.first_seq().is_some_and(|seq| seq > 1)
    }

    /// Says whether it takes anything from a thread, and takes it.
    pub fn absorb(&mut self, thread: &Thread) -> bool {
        let mut changed = self.handoffs != thread.handoffs;
        if changed {
            self.handoffs.clone_from(&thread.handoffs);
        }
        let Some(first) = thread.messages.first() else { return changed };
        if first.seq > self.last_seq() + 1 {
            // What lies between is not at hand, so what lies before it is of no use until it is loaded again.
            self.messages.clear();
        }
        for message in &thread.messages {
            match self.messages.binary_search_by_key(&message.seq, |known| known.seq) {
                Ok(place) if self.messages[place] == *message => continue,
                Ok(place) => self.messages[place] = message.clone(),
                Err(place) => self.messages.insert(place, message.clone()),
            }
            changed = true;
        }
        changed
    }

    /// Takes a page of earlier messages, if it joins those at hand.
    pub fn absorb_earlier(&mut self, mut page: Vec<Message>) {
        let joins = match (page.last(), self.first_seq()) {
            (Some(last), Some(first)) => last.seq + 1 == first,
            _ => false,
        };
        if joins {
            page.append(&mut self.messages);
            self.messages = page;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::rows::tests::{message, thread};

    fn seqs(transcript: &Transcript) -> Vec<u32> {
        transcript.messages().iter().map(|message| message.seq).collect()
    }

    #[test]
    fn pages_and_news_join_to_one_run() {
        let mut transcript = Transcript::default();
        assert!(transcript.absorb(&thread(3..=4)));
        transcript.absorb_earlier(vec![message(1), message(2)]);
        assert!(transcript.absorb(&thread(4..=5)));
        assert_eq!(seqs(&transcript), [1, 2, 3, 4, 5]);
        assert!(!transcript.absorb(&thread(4..=5)));
        assert!(!transcript.has_earlier());
    }

    #[test]
    fn a_gap_drops_what_lies_before_it() {
        let mut transcript = Transcript::default();
        transcript.absorb(&thread(1..=2));
        transcript.absorb(&thread(4..=5));
        assert_eq!(seqs(&transcript), [4, 5]);
        assert!(transcript.has_earlier());
    }

    #[test]
    fn a_page_that_does_not_join_is_dropped() {
        let mut transcript = Transcript::default();
        transcript.absorb(&thread(5..=6));
        transcript.absorb_earlier(vec![message(1), message(2)]);
        assert_eq!(seqs(&transcript), [5, 6]);
    }
}
