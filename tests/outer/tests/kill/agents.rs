//! Agents at their desks, as a browser keeps them: a snapshot, the stream, an answer to each heartbeat, and the work.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baton_shared::api::DeskSnapshot;
use baton_shared::desk::Thread;
use baton_shared::*;
use outer::http::{As, Events, Request, ServerEvent};
use outer::random::Random;
use serde_json::{Value, json};

use crate::customers::{FAREWELL, key, said};
use crate::journal::Kind;
use crate::load::{Caller, Load};

/// Something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    Accept(OfferId, ConversationId),
    Reject(OfferId),
    Reply(ConversationId, u32),
    PassToAgent(ConversationId, AgentId),
    PassToQueue(ConversationId, QueueId),
    Cancel(ConversationId, TransferId),
    End(ConversationId),
    File(SegmentId),
}

/// An agent at work.
pub struct Agent {
    caller: Caller,
    me: As,
    id: AgentId,
    queues: Vec<QueueId>,
    random: Random,
    /// What was dealt with, though the desk may not show it yet.
    dealt_with: BTreeSet<String>,
    /// The last message of each conversation that was dealt with.
    answered: BTreeMap<ConversationId, u32>,
}

impl Agent {
    /// An agent who has signed in.
    pub fn new(load: Arc<Load>, me: As, id: AgentId, queues: Vec<QueueId>, random: Random) -> Self {
        let (dealt_with, answered) = (BTreeSet::new(), BTreeMap::new());
        Self { caller: Caller::new(load), me, id, queues, random, dealt_with, answered }
    }

    /// Works until everyone comes to an end, over every outage.
    pub async fn work(mut self) {
        while !self.caller.load.is_stopping() {
            // A stream that breaks is begun again with a fresh snapshot, as in a browser.
            drop(self.sit_down().await);
        }
    }

    async fn sit_down(&mut self) -> std::io::Result<()> {
        let (answer, _) = self.caller.ask(&Request::get("/api/desk", self.me.clone())).await;
        assert_ne!(answer.status, 401, "a session was lost");
        let DeskSnapshot { mut desk, cursor, .. } = serde_json::from_value(answer.body)?;
        if desk.me.presence.status != Status::Available {
            let available = json!({ "status": Status::Available });
            let request = Request::change("PUT", "/api/presence", self.me.clone(), available);
            self.caller.ask(&request).await;
        }
        let path = format!("/api/desk/events?after={cursor}");
        let mut events = self.caller.stream(path, self.me.clone()).await?;
        loop {
            while let Some(event) = at_hand(&mut events).await? {
                self.hear(&mut desk, event).await?;
            }
            if self.caller.load.is_stopping() {
                return Ok(());
            }
            if let Some(task) = self.choose(&desk) {
                self.deal_with(task).await;
                continue;
            }
            let load = self.caller.load.clone();
            let event = tokio::select! {
                event = events.next() => event?,
                () = load.stopped() => return Ok(()),
            };
            match event {
                Some(event) => self.hear(&mut desk, event).await?,
                None => return Ok(()),
            }
        }
    }

    async fn hear(&mut self, desk: &mut Desk, event: ServerEvent) -> std::io::Result<()> {
        match event.name.as_str() {
            "desk" => {
                let changes: Vec<DeskEvent> = serde_json::from_str(&event.data)?;
                changes.iter().for_each(|change| desk.apply(change));
            }
            "heartbeat" => {
                let beat: Value = serde_json::from_str(&event.data)?;
                let body = json!({ "cursor": beat["head"] });
                self.caller
                    .ask(&Request::change("POST", "/api/desk/heartbeats", self.me.clone(), body))
                    .await;
            }
            "restart" => return Err(std::io::ErrorKind::ConnectionReset.into()),
            _ => {}
        }
        Ok(())
    }

    /// Chooses what to do next; nothing if there is nothing to do.
    fn choose(&mut self, desk: &Desk) -> Option<Task> {
        let mut tasks: Vec<Task> = desk.wrap_ups.keys().map(|segment| Task::File(*segment)).collect();
        for card in desk.offers.values() {
            let reject = self.random.percent(10);
            tasks.push(if reject {
                Task::Reject(card.offer)
            } else {
                Task::Accept(card.offer, card.thread.conversation)
            });
        }
        tasks.retain(|task| !self.dealt_with.contains(&subject(task)));
        for thread in desk.conversations.values() {
            let task = self.choose_in(thread, desk);
            tasks.extend(task);
        }
        self.random.one_of(&tasks).copied()
    }

    /// Chooses what to do in a conversation of one's own.
    fn choose_in(&mut self, thread: &Thread, desk: &Desk) -> Option<Task> {
        let conversation = thread.conversation;
        if let Some(pending) = &thread.transfer {
            let cancel = Task::Cancel(conversation, pending.transfer);
            let undecided = self.dealt_with.insert(format!("pending {}", pending.transfer));
            return (undecided && self.random.percent(40)).then_some(cancel);
        }
        let by_customer = |message: &&Message| message.author == Author::Customer;
        let last = thread.messages.iter().rev().find(by_customer)?;
        if self.answered.get(&conversation) >= Some(&last.seq) {
            return None;
        }
        let colleagues: Vec<AgentId> = desk
            .people
            .values()
            .filter(|person| {
                person.id != self.id && person.role == Role::Agent && person.presence.available()
            })
            .map(|person| person.id)
            .collect();
        let choice = self.random.below(100);
        let colleague = self.random.one_of(&colleagues).copied();
        let queue = self.random.one_of(&self.queues).copied();
        let task = match (choice, colleague, queue) {
            (0..20, Some(colleague), _) => Task::PassToAgent(conversation, colleague),
            (20..30, _, Some(queue)) => Task::PassToQueue(conversation, queue),
            _ if last.text == FAREWELL => Task::End(conversation),
            _ => Task::Reply(conversation, last.seq),
        };
        let otherwise =
            if last.text == FAREWELL { Task::End(conversation) } else { Task::Reply(conversation, last.seq) };
        let tasks = [task, otherwise];
        tasks.into_iter().find(|task| !self.dealt_with.contains(&subject(task)))
    }

    async fn deal_with(&mut self, task: Task) {
        self.dealt_with.insert(subject(&task));
        match task {
            Task::Accept(offer, conversation) => self.accept(offer, conversation).await,
            Task::Reject(offer) => {
                let path = format!("/api/offers/{offer}/rejection");
                self.command(Kind::Reject, "POST", path, json!({ "reason": "Not mine" })).await;
            }
            Task::Reply(conversation, seq) => {
                self.answered.insert(conversation, seq);
                self.reply(conversation, seq).await;
            }
            Task::PassToAgent(conversation, colleague) => {
                self.pass(Kind::TransferToAgent, conversation, Target::Agent(colleague)).await;
            }
            Task::PassToQueue(conversation, queue) => {
                self.pass(Kind::TransferToQueue, conversation, Target::Queue(queue)).await;
            }
            Task::Cancel(conversation, transfer) => self.cancel(conversation, transfer).await,
            Task::End(conversation) => self.end(conversation).await,
            Task::File(segment) => {
                let path = format!("/api/wrap-ups/{segment}/completion");
                let body = json!({ "disposition": "resolved", "notes": null });
                self.command(Kind::WrapUp, "POST", path, body).await;
            }
        }
    }

    async fn accept(&mut self, offer: OfferId, conversation: ConversationId) {
        self.caller.load.journal.owner_may_change(conversation);
        if self.command(Kind::Accept, "POST", format!("/api/offers/{offer}/acceptance"), json!({})).await {
            self.caller.load.journal.owned_by(conversation, self.id);
        }
    }

    async fn reply(&mut self, conversation: ConversationId, seq: u32) {
        let text = format!("An answer to number {seq}, {}", self.random.next());
        self.caller.load.journal.know(conversation, |known| known.attempted.extend([text.clone()]));
        let path = format!("/api/conversations/{conversation}/messages");
        let request = Request::change("POST", path, self.me.clone(), json!({ "text": text }))
            .keyed(key(&mut self.random));
        let answer = self.caller.command(Kind::Message, request).await;
        if answer.is_done() {
            let said = said(&answer.body);
            self.caller.load.journal.know(conversation, |known| known.said.extend([(text, said)]));
        }
    }

    async fn pass(&mut self, kind: Kind, conversation: ConversationId, target: Target) {
        self.caller.load.journal.owner_may_change(conversation);
        let path = format!("/api/conversations/{conversation}/transfers");
        let body = json!({ "target": target, "note": "As agreed" });
        let request = Request::change("POST", path, self.me.clone(), body).keyed(key(&mut self.random));
        let answer = self.caller.command(kind, request).await;
        let transfer = answer.body["transfer"].as_str().and_then(|id| id.parse().ok());
        if let Some(transfer) = transfer
            && kind == Kind::TransferToQueue
            && self.random.percent(50)
        {
            self.cancel(conversation, transfer).await;
        }
    }

    async fn cancel(&mut self, conversation: ConversationId, transfer: TransferId) {
        self.caller.load.journal.owner_may_change(conversation);
        let path = format!("/api/conversations/{conversation}/transfers/{transfer}");
        if self.command(Kind::Cancel, "DELETE", path, json!({})).await {
            self.caller.load.journal.owned_by(conversation, self.id);
        }
    }

    async fn end(&mut self, conversation: ConversationId) {
        self.caller.load.journal.may_end(conversation);
        let path = format!("/api/conversations/{conversation}/closure");
        let disposition = if self.random.percent(50) { Some("resolved") } else { None };
        let body = json!({ "disposition": disposition, "notes": null });
        if self.command(Kind::End, "POST", path, body).await {
            self.caller.load.journal.know(conversation, |known| known.ended = true);
        } else {
            // It was passed on meanwhile, and may come back.
            self.dealt_with.remove(&subject(&Task::End(conversation)));
        }
    }

    async fn command(&mut self, kind: Kind, method: &'static str, path: String, body: Value) -> bool {
        let request = Request::change(method, path, self.me.clone(), body).keyed(key(&mut self.random));
        self.caller.command(kind, request).await.is_done()
    }
}

/// What a task is about: it is done once.
fn subject(task: &Task) -> String {
    match task {
        Task::Accept(offer, _) | Task::Reject(offer) => offer.to_string(),
        Task::Reply(conversation, seq) => format!("{conversation} {seq}"),
        Task::PassToAgent(conversation, _) | Task::PassToQueue(conversation, _) => {
            format!("pass {conversation}")
        }
        Task::Cancel(_, transfer) => format!("cancel {transfer}"),
        Task::End(conversation) => format!("end {conversation}"),
        Task::File(segment) => segment.to_string(),
    }
}

/// Returns the next event if it has come already.
async fn at_hand(events: &mut Events) -> std::io::Result<Option<ServerEvent>> {
    tokio::select! {
        biased;
        event = events.next() => match event? {
            Some(event) => Ok(Some(event)),
            None => Err(std::io::ErrorKind::UnexpectedEof.into()),
        },
        () = std::future::ready(()) => Ok(None),
    }
}
