//! `baton demo-customers`: customers who write to a running server, wait, answer, thank, and sometimes give up.

use std::io::Write;
use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, timeout_at};

use super::client::{Client, Events, With};
use super::scenarios::{GOODBYES, NAMES, NUDGES, SCENARIOS, Scenario};
use crate::config::CustomersArgs;
use crate::seeded::Seeded;

/// How long a customer reads and types before they answer, at least and at most.
const ANSWERS_AFTER: (u64, u64) = (3, 12);

/// How long a customer waits in line or for an answer before they ask, at least and at most.
const NUDGES_AFTER: (u64, u64) = (60, 120);

/// How long a customer who asked goes on waiting before they leave, at least and at most.
const LEAVES_AFTER: (u64, u64) = (120, 300);

/// Plays customers until Ctrl-C, or until as many as asked for have left.
pub async fn play(args: CustomersArgs) -> anyhow::Result<()> {
    let client = Client::of(&args.server)?;
    client.check().await?;
    let mut dice = Dice(Seeded::from_seed(args.seed));
    let mut begin = tokio::time::interval(Duration::from_secs(60) / args.rate);
    begin.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut playing = JoinSet::new();
    let mut begun = 0;
    loop {
        let more = args.count.is_none_or(|count| begun < count);
        tokio::select! {
            _ = tokio::signal::ctrl_c() => return Ok(()),
            _ = begin.tick(), if more => {
                begun += 1;
                let customer = Customer::new(client.clone(), begun as usize, Dice(Seeded::from_seed(dice.next())));
                playing.spawn(customer.play());
            }
            Some(played) = playing.join_next(), if !playing.is_empty() => played?,
            else => return Ok(()),
        }
    }
}

/// What a customer does next if nothing happens before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Answer,
    Nudge,
    Leave,
}

struct Customer {
    client: Client,
    dice: Dice,
    name: &'static str,
    scenario: &'static Scenario,
    token: String,
    replies_given: usize,
    /// The number of the last message seen, so that none is answered twice after a reconnect.
    seen: u64,
    next: Next,
    due: Instant,
}

impl Customer {
    fn new(client: Client, number: usize, mut dice: Dice) -> Self {
        // In turn, so that two who write at the same time can be told apart.
        let name = NAMES[number % NAMES.len()];
        let scenario = &SCENARIOS[dice.below(SCENARIOS.len() as u64) as usize];
        let mut customer = Self {
            client,
            dice,
            name,
            scenario,
            token: String::new(),
            replies_given: 0,
            seen: 0,
            next: Next::Nudge,
            due: Instant::now(),
        };
        customer.plan(Next::Nudge, NUDGES_AFTER);
        customer
    }

    /// Plays to the end; what goes wrong for one customer ends this one only.
    async fn play(mut self) {
        if let Err(error) = self.converse().await {
            self.say(&format!("stops: {error:#}"));
        }
    }

    async fn converse(&mut self) -> anyhow::Result<()> {
        let text = self.dice.pick(self.scenario.opening);
        let body = json!({"name": self.name, "text": text, "attributes": {"page": self.scenario.page}});
        let key = self.dice.key();
        let with = With { key: Some(&key), body: Some(&body), token: None };
        let started = self.client.send(Method::POST, "/api/chat", with).await?;
        self.token = started["token"].as_str().unwrap_or_default().to_owned();
        self.say(&format!("writes: {text}"));
        self.seen = 1;
        let mut cursor = started["cursor"].clone();
        loop {
            let events = self.client.events(&self.token, cursor.as_str().unwrap_or_default()).await?;
            if self.follow(events).await? {
                return Ok(());
            }
            let snapshot = self.call(Method::GET, "/api/chat", None).await?;
            for message in snapshot["chat"]["messages"].as_array().into_iter().flatten() {
                self.hear(message);
            }
            if snapshot["chat"]["phase"]["kind"] == "closed" {
                return Ok(());
            }
            cursor = snapshot["cursor"].clone();
        }
    }

    /// Follows the stream until the customer has left (true) or it has to be opened again (false).
    async fn follow(&mut self, mut events: Events) -> anyhow::Result<bool> {
        loop {
            match timeout_at(self.due, events.next()).await {
                Ok(Ok(Some((name, data)))) if name == "chat" => {
                    for event in data.as_array().into_iter().flatten() {
                        if self.notice(event).await? {
                            return Ok(true);
                        }
                    }
                }
                Ok(Ok(Some((name, _)))) if name == "restart" => return Ok(false),
                Ok(Ok(Some(_))) => {}
                Ok(Ok(None) | Err(_)) => return Ok(false),
                Err(_) => {
                    if self.act().await? {
                        return Ok(true);
                    }
                }
            }
        }
    }

    /// Takes in what happened; true means that the conversation has ended.
    async fn notice(&mut self, event: &Value) -> anyhow::Result<bool> {
        match event["type"].as_str() {
            Some("message_added") => {
                if self.hear(&event["message"]) {
                    let body = json!({"delivered": self.seen, "read": self.seen});
                    self.call(Method::PUT, "/api/chat/marks", Some(&body)).await?;
                    self.call(Method::POST, "/api/chat/typing", Some(&json!({}))).await?;
                }
            }
            Some("phase_changed") => {
                if let Some(notice) = event["notice"].as_str() {
                    self.say(&format!("sees: {notice}"));
                }
                if event["phase"]["kind"] == "closed" {
                    return Ok(true);
                }
            }
            Some(_) | None => {}
        }
        Ok(false)
    }

    /// Takes in a message; true means that it is new and from an agent.
    fn hear(&mut self, message: &Value) -> bool {
        let seq = message["seq"].as_u64().unwrap_or(0);
        if seq <= self.seen {
            return false;
        }
        self.seen = seq;
        if message["from"] == "customer" {
            return false;
        }
        let (name, text) = (message["name"].as_str().unwrap_or(""), message["text"].as_str().unwrap_or(""));
        self.say(&format!("is told by {name}: {text}"));
        self.plan(Next::Answer, ANSWERS_AFTER);
        true
    }

    /// Does what was planned; true means that the customer has left.
    async fn act(&mut self) -> anyhow::Result<bool> {
        match self.next {
            Next::Answer => match self.scenario.replies.get(self.replies_given) {
                Some(variations) => {
                    self.replies_given += 1;
                    let text = self.dice.pick(variations);
                    self.write(text).await?;
                    self.plan(Next::Nudge, NUDGES_AFTER);
                    Ok(false)
                }
                None => self.leave(self.scenario.thanks, "thanks and leaves").await,
            },
            Next::Nudge => {
                let text = self.dice.pick(NUDGES);
                self.write(text).await?;
                self.plan(Next::Leave, LEAVES_AFTER);
                Ok(false)
            }
            Next::Leave => self.leave(GOODBYES, "gives up").await,
        }
    }

    async fn leave(&mut self, words: &[&'static str], how: &str) -> anyhow::Result<bool> {
        let text = self.dice.pick(words);
        self.write(text).await?;
        self.call(Method::POST, "/api/chat/closure", Some(&json!({}))).await?;
        self.say(how);
        Ok(true)
    }

    async fn write(&mut self, text: &str) -> anyhow::Result<()> {
        let sent = self.call(Method::POST, "/api/chat/messages", Some(&json!({"text": text}))).await?;
        self.seen = self.seen.max(sent["seq"].as_u64().unwrap_or(0));
        self.say(&format!("writes: {text}"));
        Ok(())
    }

    async fn call(&mut self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let key = self.dice.key();
        let with = With { token: Some(&self.token), key: Some(&key), body };
        self.client.send(method, path, with).await
    }

    fn plan(&mut self, next: Next, (at_least, at_most): (u64, u64)) {
        let secs = at_least + self.dice.below(at_most - at_least + 1);
        self.next = next;
        self.due = Instant::now() + Duration::from_secs(secs);
    }

    fn say(&self, what: &str) {
        // Whoever reads along may have gone; the customers go on.
        let _ = writeln!(std::io::stdout().lock(), "{} {what}", self.name);
    }
}

/// What a customer leaves to chance: the same seed plays the same customers.
struct Dice(Seeded);

impl Dice {
    const fn next(&mut self) -> u64 {
        self.0.next()
    }

    const fn below(&mut self, end: u64) -> u64 {
        self.0.below(end)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// An idempotency key. Two runs with one seed must not meet in one server, so chance has a part in it.
    fn key(&mut self) -> String {
        let chance = getrandom::u64().unwrap_or(0);
        format!("demo-{:016x}{chance:016x}", self.next())
    }
}
