//! What must be true after a kill, seen from outside: through the API, and in the log.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, bail};
use baton_shared::api::{ChatMessagePage, DeskSnapshot};
use baton_shared::{AgentId, ChatMessage, ConversationId};
use outer::http::{As, Connection, Request};
use serde_json::Value;

use crate::journal::{Done, Kind, Known, Said};
use crate::load::Load;

/// Checks that the database is whole, and that replaying the log gives what its rows say. Nobody may use the folder.
pub fn log_and_rows_agree(binary: &Path, data: &Path) -> anyhow::Result<()> {
    let verified = Command::new(binary).args(["verify", "--data"]).arg(data).output()?;
    if !verified.status.success() {
        bail!("`baton verify` failed: {}", String::from_utf8_lossy(&verified.stderr));
    }
    let database = rusqlite::Connection::open(data.join("baton.db"))?;
    let found: String = database.query_row("pragma integrity_check", [], |row| row.get(0))?;
    if found != "ok" {
        bail!("the database is damaged: {found}");
    }
    Ok(())
}

/// Looks at a server that nobody else asks anything, and compares it with the journal.
pub struct Inspector<'a> {
    load: &'a Arc<Load>,
    people: &'a BTreeMap<AgentId, As>,
    connection: Connection,
}

impl<'a> Inspector<'a> {
    /// An inspector of the server at `address`.
    pub async fn open(
        load: &'a Arc<Load>,
        people: &'a BTreeMap<AgentId, As>,
        address: SocketAddr,
    ) -> anyhow::Result<Self> {
        let connection = Connection::open(address, load.fresh_address()).await?;
        Ok(Self { load, people, connection })
    }

    /// Checks what happened since the last time, or everything; whatever is wrong goes to the journal.
    pub async fn inspect(mut self, everything: bool) -> anyhow::Result<()> {
        let desks = self.desks().await?;
        for (conversation, known) in self.load.journal.to_look_at(everything) {
            self.check_owner(conversation, &known, &desks);
            if let Some(token) = known.token.clone() {
                self.check_transcript(conversation, &known, As::Customer(token)).await?;
            }
        }
        for done in self.load.journal.take_done() {
            self.check_answer(done).await?;
        }
        Ok(())
    }

    /// Returns who has which conversation on their desk.
    async fn desks(&mut self) -> anyhow::Result<BTreeMap<ConversationId, AgentId>> {
        let mut owners = BTreeMap::new();
        for (agent, by) in self.people {
            let answer = self.connection.ask(&Request::get("/api/desk", by.clone())).await?;
            if answer.status == 401 {
                self.load.journal.lost(format!("the session of {agent} was lost"));
                continue;
            }
            let snapshot: DeskSnapshot =
                serde_json::from_value(answer.body).context("a desk cannot be read")?;
            for conversation in snapshot.desk.conversations.keys() {
                if let Some(other) = owners.insert(*conversation, *agent) {
                    self.load.journal.two_owners(format!("{conversation} is owned by {agent} and {other}"));
                }
            }
        }
        Ok(owners)
    }

    fn check_owner(
        &self,
        conversation: ConversationId,
        known: &Known,
        desks: &BTreeMap<ConversationId, AgentId>,
    ) {
        let owner = desks.get(&conversation);
        if known.ended && owner.is_some() {
            self.load.journal.lost(format!("the end of {conversation} was lost"));
        }
        if let Some(agent) = known.owner
            && owner != Some(&agent)
        {
            self.load.journal.lost(format!("{conversation} belongs to {agent}, and is owned by {owner:?}"));
        }
    }

    async fn check_transcript(
        &mut self,
        conversation: ConversationId,
        known: &Known,
        customer: As,
    ) -> anyhow::Result<()> {
        let chat = self.connection.ask(&Request::get("/api/chat", customer.clone())).await?;
        if chat.status != 200 {
            self.load.journal.lost(format!("{conversation} was lost: {}", chat.status));
            return Ok(());
        }
        let is_closed = chat.body["chat"]["phase"]["kind"] == "closed";
        if known.ended != is_closed && (known.ended || !known.ending) {
            self.load.journal.lost(format!("{conversation} is {}", chat.body["chat"]["phase"]));
        }
        let messages = self.transcript(customer).await?;
        faults_of(&messages, known)
            .for_each(|fault| self.load.journal.lost(format!("{conversation}: {fault}")));
        Ok(())
    }

    async fn transcript(&mut self, customer: As) -> anyhow::Result<Vec<ChatMessage>> {
        let mut messages: Vec<ChatMessage> = Vec::new();
        loop {
            let before = messages.first().map_or(String::new(), |first| format!("before={}&", first.seq));
            let request = Request::get(format!("/api/chat/messages?{before}limit=50"), customer.clone());
            let answer = self.connection.ask(&request).await?;
            let page: ChatMessagePage =
                serde_json::from_value(answer.body).context("messages cannot be read")?;
            let (mut earlier, more) = (page.messages, page.more);
            let progress = !earlier.is_empty();
            earlier.append(&mut messages);
            messages = earlier;
            if !more || !progress {
                return Ok(messages);
            }
        }
    }

    /// Repeats a command with its key: the answer is the same, which it can be only if it was kept.
    async fn check_answer(&mut self, done: Done) -> anyhow::Result<()> {
        let Done { kind, request, answer } = done;
        let again = self.connection.ask(&request).await?;
        // The answer to a start shows the conversation as it is, so only the conversation itself is the same.
        let essence = |body: &Value| {
            if kind == Kind::Start { body["chat"]["conversation"].clone() } else { body.clone() }
        };
        if again.status != answer.status || essence(&again.body) != essence(&answer.body) {
            let (before, after) = (answer.body, again.body);
            self.load.journal.lost(format!("{kind:?} {}: {before}, and again: {after}", request.path));
        }
        Ok(())
    }
}

/// Compares a transcript with what was acknowledged and what was attempted.
fn faults_of(messages: &[ChatMessage], known: &Known) -> impl Iterator<Item = String> {
    let mut faults = Vec::new();
    let numbers: Vec<u64> = messages.iter().map(|message| message.seq.into()).collect();
    if numbers != (1..=messages.len() as u64).collect::<Vec<_>>() {
        faults.push(format!("the numbers are {numbers:?}"));
    }
    let ids: BTreeSet<_> = messages.iter().map(|message| message.id).collect();
    if ids.len() != messages.len() {
        faults.push("an id is there twice".to_owned());
    }
    let mut by_text: BTreeMap<&str, &ChatMessage> = BTreeMap::new();
    for message in messages {
        if !known.attempted.contains(&message.text) {
            faults.push(format!("nobody said `{}`", message.text));
        }
        if by_text.insert(&message.text, message).is_some() {
            faults.push(format!("`{}` is there twice", message.text));
        }
    }
    for (text, said) in &known.said {
        let found = by_text.get(text.as_str());
        let found = found.map(|message| Said { seq: message.seq.into(), id: message.id.to_string() });
        if found.as_ref() != Some(said) {
            faults.push(format!("{said:?}, `{text}`, is {found:?}"));
        }
    }
    faults.into_iter()
}
