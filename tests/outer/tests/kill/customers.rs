//! Customers: each opens one conversation after the other, writes, and ends it or lets an agent end it.

use std::sync::Arc;

use baton_shared::ConversationId;
use outer::http::{As, Request};
use outer::random::Random;
use serde_json::{Value, json};

use crate::journal::{Kind, Said};
use crate::load::{Caller, Load};

/// With this a customer asks the agent to end the conversation.
pub const FAREWELL: &str = "That was all, thank you.";

/// Opens conversations until everyone comes to an end.
pub async fn visit(load: Arc<Load>, mut random: Random) {
    while !load.is_stopping() {
        let mut customer = Customer::arrive(load.clone(), &mut random).await;
        for _ in 0..random.below(6) {
            let text = format!("Question {}", random.next());
            customer.say(&text, &mut random).await;
        }
        if random.percent(40) {
            customer.leave(&mut random).await;
        } else {
            customer.say(FAREWELL, &mut random).await;
            customer.wait_for_end().await;
        }
    }
}

/// Makes a key that nobody else makes.
pub fn key(random: &mut Random) -> String {
    format!("{:016x}{:016x}", random.next(), random.next())
}

/// Reads what a message's sender is told.
pub fn said(body: &Value) -> Said {
    Said { seq: body["seq"].as_u64().unwrap_or(0), id: body["id"].as_str().unwrap_or("").to_owned() }
}

struct Customer {
    caller: Caller,
    conversation: ConversationId,
    me: As,
}

impl Customer {
    async fn arrive(load: Arc<Load>, random: &mut Random) -> Self {
        let mut caller = Caller::new(load);
        let text = format!("Hello {}", random.next());
        let request =
            Request::change("POST", "/api/chat", As::Nobody, json!({ "name": "Ada", "text": text }))
                .keyed(key(random));
        let answer = caller.command(Kind::Start, request).await;
        assert!(answer.is_done(), "a conversation could not be opened: {answer:?}");
        let token = answer.body["token"].as_str().unwrap_or("").to_owned();
        let conversation = answer.body["chat"]["conversation"].as_str().and_then(|id| id.parse().ok());
        let conversation = conversation.expect("an opened conversation has an id");
        let messages = answer.body["chat"]["messages"].as_array().cloned().unwrap_or_default();
        let first = messages.iter().find(|message| message["text"] == text.as_str()).map(said);
        caller.load.journal.know(conversation, |known| {
            known.token = Some(token.clone());
            known.attempted.insert(text.clone());
            // After an outage the agents may have answered already, so the first message is not the only one.
            known.said.extend(first.map(|first| (text, first)));
        });
        Self { caller, conversation, me: As::Customer(token) }
    }

    async fn say(&mut self, text: &str, random: &mut Random) {
        self.caller.load.journal.know(self.conversation, |known| known.attempted.extend([text.to_owned()]));
        let request = Request::change("POST", "/api/chat/messages", self.me.clone(), json!({ "text": text }))
            .keyed(key(random));
        let answer = self.caller.command(Kind::Message, request).await;
        if answer.is_done() {
            let said = said(&answer.body);
            self.caller
                .load
                .journal
                .know(self.conversation, |known| known.said.extend([(text.to_owned(), said)]));
        }
    }

    async fn leave(&mut self, random: &mut Random) {
        self.caller.load.journal.may_end(self.conversation);
        let request =
            Request::change("POST", "/api/chat/closure", self.me.clone(), json!({})).keyed(key(random));
        if self.caller.command(Kind::End, request).await.is_done() {
            self.caller.load.journal.know(self.conversation, |known| known.ended = true);
        }
    }

    /// Waits until the agent has ended the conversation, over every outage, or until everyone comes to an end.
    async fn wait_for_end(&mut self) {
        let load = self.caller.load.clone();
        while !load.is_stopping() {
            tokio::select! {
                ended = self.watch_for_end() => if ended { return },
                () = load.stopped() => return,
            }
        }
    }

    /// Follows the conversation until its end; says no when the stream ended first.
    async fn watch_for_end(&mut self) -> bool {
        let (answer, _) = self.caller.ask(&Request::get("/api/chat", self.me.clone())).await;
        if answer.body["chat"]["phase"]["kind"] == "closed" {
            return true;
        }
        let cursor = answer.body["cursor"].as_str().unwrap_or("");
        let path = format!("/api/chat/events?after={cursor}");
        let Ok(mut events) = self.caller.stream(path, self.me.clone()).await else { return false };
        while let Ok(Some(event)) = events.next().await {
            let changes: Value = serde_json::from_str(&event.data).unwrap_or_default();
            let ended = |change: &Value| change["phase"]["kind"] == "closed";
            if event.name == "chat" && changes.as_array().is_some_and(|changes| changes.iter().any(ended)) {
                return true;
            }
        }
        false
    }
}
