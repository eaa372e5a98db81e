//! Customers who come, return, find it full or closed, and leave a question.

use std::collections::BTreeMap;

use baton::dispatcher::{Answer, CommandError};
use baton_shared::command::Actor;
use baton_shared::*;

use super::World;

impl World {
    pub(super) fn customer_arrives(&mut self) {
        let queue = self.random.pick(&self.queues);
        let mut attributes = BTreeMap::from([("page".to_owned(), "/help".to_owned())]);
        let tier = self.random.pick(&[None, Some("gold"), Some("silver")]);
        attributes.extend(tier.map(|tier| ("tier".to_owned(), tier.to_owned())));
        if self.random.chance(50) {
            attributes.insert("agent".to_owned(), self.random.pick(&self.agents).to_string());
        }
        let (name, text) = ("Ada".to_owned(), "Hello".to_owned());
        let channel = Channel::WebChat;
        let actor = match self.random.chance(40) && !self.earlier.is_empty() {
            true => Actor::Customer(self.random.pick(&self.earlier)),
            false => Actor::Visitor,
        };
        if let Actor::Customer(conversation) = actor {
            self.customer_rates(conversation);
        }
        self.give(actor, Command::StartConversation { name, text, channel, queue, attributes });
        if let Some((_, Ok(Answer::Started { conversation }))) = &self.last {
            self.earlier.push(*conversation);
        }
        match &self.last {
            Some((_, Ok(Answer::Started { conversation })))
                if !self.turns.state().conversations.contains_key(conversation) =>
            {
                self.tally.count("deflected at once");
            }
            Some((_, Err(CommandError::Refused(Refusal::QueueFull)))) => self.tally.count("turned away"),
            Some((_, Err(CommandError::Refused(Refusal::QueueClosed)))) => {
                self.tally.count("found it closed");
                self.someone_leaves_a_question(queue);
            }
            _ => {}
        }
    }

    /// Has the customer of an earlier conversation rate it, which is taken once and only when it is over.
    fn customer_rates(&mut self, conversation: ConversationId) {
        let rated = self.disk.kept().ratings.contains_key(&conversation);
        let rate = Command::RateConversation { conversation, score: Score::BEST, comment: None };
        self.give(Actor::Customer(conversation), rate);
        match &self.last {
            Some((_, Ok(_))) => {
                assert!(!rated, "a conversation is rated once");
                let open = self.turns.state().conversations.contains_key(&conversation);
                assert!(!open, "only what has ended is rated");
            }
            Some((_, Err(CommandError::Refused(Refusal::RatedAlready)))) => {
                assert!(rated, "the first rating is taken");
                self.tally.count("rated twice");
            }
            Some((_, Err(_))) | None => {}
        }
    }

    fn someone_leaves_a_question(&mut self, queue: QueueId) {
        if self.turns.state().queues[&queue].is_open() {
            return;
        }
        let (name, address) = ("Ada".to_owned(), "ada@example.com".to_owned());
        let (text, channel) = ("Hello".to_owned(), Channel::WebChat);
        self.give(Actor::Visitor, Command::LeaveRequest { name, address, text, channel, queue });
        if let Some((_, Ok(_))) = &self.last {
            self.tally.count("left a question");
        }
    }
}
