//! Someone at their desk, as a browser keeps it: a snapshot, the stream, an answer to each heartbeat.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use baton_shared::api::DeskSnapshot;
use baton_shared::offer::OfferEnd;
use baton_shared::{AgentId, ConversationId, Desk, DeskEvent, OfferId, Status};
use outer::http::{As, Request};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::ground::{Ground, WITHIN};

/// What someone sees.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Their desk.
    pub desk: Desk,
    /// How each offer ended.
    pub ended: BTreeMap<OfferId, OfferEnd>,
    /// How much they were seen to hold at most.
    pub most: usize,
}

impl Seen {
    /// Returns the offer of a conversation, if there is one.
    pub fn offer_of(&self, conversation: ConversationId) -> Option<OfferId> {
        let mut offers = self.desk.offers.iter();
        offers.find(|(_, card)| card.thread.conversation == conversation).map(|(offer, _)| *offer)
    }

    /// Says whether the desk owns a conversation.
    pub fn owns(&self, conversation: ConversationId) -> bool {
        self.desk.conversations.contains_key(&conversation)
    }

    fn count(&mut self) {
        self.most = self.most.max(self.desk.offers.len() + self.desk.conversations.len());
    }
}

/// Someone at their desk; they leave when this is dropped.
#[derive(Debug)]
pub struct Seat {
    /// Who.
    pub id: AgentId,
    /// As whom they ask.
    pub me: As,
    seen: watch::Receiver<Seen>,
    keeper: JoinHandle<()>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl Seat {
    /// Seats someone who signed in, and waits until their stream is open and their status chosen.
    pub async fn take(ground: &Arc<Ground>, (id, me): (AgentId, As), status: Status) -> anyhow::Result<Self> {
        let snapshot = snapshot(ground, &me).await?;
        let first = Seen { desk: snapshot.desk, ended: BTreeMap::new(), most: 0 };
        let (told, seen) = watch::channel(first);
        let keeper = tokio::spawn({
            let (ground, me) = (ground.clone(), me.clone());
            async move {
                // A stream that breaks or asks to be begun again is, with a fresh snapshot.
                while !told.is_closed() {
                    drop(keep(&ground, &me, &told).await);
                }
            }
        });
        let seat = Self { id, me, seen, keeper };
        let chosen = Request::change("PUT", "/api/presence", seat.me.clone(), json!({ "status": status }));
        ground.connect().await?.ask(&chosen).await?;
        seat.wait(|seen| seen.desk.me.presence.status == status && seen.desk.me.presence.reachable).await?;
        Ok(seat)
    }

    /// Waits until the desk shows something.
    pub async fn wait(&self, shown: impl FnMut(&Seen) -> bool) -> anyhow::Result<()> {
        let mut seen = self.seen.clone();
        let waited = tokio::time::timeout(WITHIN, seen.wait_for(shown)).await;
        drop(waited.context("a desk never showed what it should")??);
        Ok(())
    }

    /// Waits until the desk shows something, and returns what.
    pub async fn find<T>(&self, mut find: impl FnMut(&Seen) -> Option<T>) -> anyhow::Result<T> {
        let mut found = None;
        self.wait(|seen| {
            found = find(seen);
            found.is_some()
        })
        .await?;
        found.context("it was found a moment ago")
    }

    /// Returns something of what is seen now.
    pub fn now<T>(&self, of: impl FnOnce(&Seen) -> T) -> T {
        of(&self.seen.borrow())
    }
}

/// Returns the desk as the server has it.
pub async fn snapshot(ground: &Ground, me: &As) -> anyhow::Result<DeskSnapshot> {
    let answer = ground.connect().await?.ask(&Request::get("/api/desk", me.clone())).await?;
    serde_json::from_value(answer.body).context("a desk cannot be read")
}

async fn keep(ground: &Ground, me: &As, told: &watch::Sender<Seen>) -> anyhow::Result<()> {
    let DeskSnapshot { desk, cursor, .. } = snapshot(ground, me).await?;
    told.send_modify(|seen| seen.desk = desk);
    let path = format!("/api/desk/events?after={cursor}");
    let mut events = ground.connect().await?.stream(&Request::get(path, me.clone())).await?;
    let mut answering = ground.connect().await?;
    while let Some(event) = events.next().await? {
        match event.name.as_str() {
            "desk" => {
                let changes: Vec<DeskEvent> = serde_json::from_str(&event.data)?;
                told.send_modify(|seen| {
                    for change in &changes {
                        if let DeskEvent::OfferHidden { offer, end } = change {
                            seen.ended.insert(*offer, *end);
                        }
                        seen.desk.apply(change);
                    }
                    seen.count();
                });
            }
            "heartbeat" => {
                let beat: Value = serde_json::from_str(&event.data)?;
                let body = json!({ "cursor": beat["head"] });
                let beat = Request::change("POST", "/api/desk/heartbeats", me.clone(), body);
                answering.ask(&beat).await?;
            }
            "restart" => return Ok(()),
            _ => {}
        }
    }
    Ok(())
}
