//! Plays the demo's past: conversations that are closed, each made by the commands that people would have given.
//!
//! They run at the same time, so that one commit holds a step of each and the start is quick on a slow disk.

use std::sync::Arc;

use anyhow::{Context, bail};
use baton_shared::command::Actor;
use baton_shared::transfer::Target;
use baton_shared::{AgentId, Channel, Command, ConversationId, Mode, OfferId, QueueId, Refusal, Status};
use tokio::task::JoinSet;

use super::Centre;
use super::transcripts::{Line, TRANSCRIPTS, Transcript};
use crate::app::App;
use crate::dispatcher::{Answer, CommandError};

/// How often an offer is looked for: it is made in the commit that opened the conversation or freed an agent.
const LOOKS_FOR_OFFER_MAX: usize = 200;

pub(super) async fn play(app: &Arc<App>, centre: &Centre) -> anyhow::Result<()> {
    for agent in &centre.agents {
        set_status(app, *agent, Status::Available).await?;
        app.submit(Actor::System, None, Command::BeginLease { agent: *agent }).await?;
    }
    let mut playing = JoinSet::new();
    for transcript in TRANSCRIPTS {
        let queue = centre.queues.iter().find(|(name, _)| *name == transcript.queue);
        let (_, queue) = queue.with_context(|| format!("there is no queue `{}`", transcript.queue))?;
        let player = Player { app: app.clone(), agents: centre.agents.clone(), queue: *queue };
        playing.spawn(async move { player.play(transcript).await });
    }
    while let Some(played) = playing.join_next().await {
        played??;
    }
    for agent in &centre.agents {
        set_status(app, *agent, Status::Offline).await?;
        app.submit(Actor::System, None, Command::EndLease { agent: *agent }).await?;
    }
    Ok(())
}

async fn set_status(app: &Arc<App>, agent: AgentId, status: Status) -> anyhow::Result<()> {
    app.submit(Actor::Person(agent), None, Command::SetStatus { status }).await?;
    Ok(())
}

struct Player {
    app: Arc<App>,
    agents: Vec<AgentId>,
    queue: QueueId,
}

impl Player {
    async fn play(&self, transcript: &Transcript) -> anyhow::Result<()> {
        let conversation = self.start(transcript).await?;
        let customer = Actor::Customer(conversation);
        let mut owner = self.accept(conversation).await?;
        for line in transcript.lines {
            match line {
                Line::Customer(text) => self.send(customer, conversation, text).await?,
                Line::Agent(text) => self.send(Actor::Person(owner), conversation, text).await?,
                Line::Transfer(note) => owner = self.transfer(conversation, owner, note).await?,
            }
        }
        let command = Command::EndConversation {
            conversation,
            disposition: Some(transcript.disposition),
            notes: transcript.notes.map(str::to_owned),
        };
        self.run(Actor::Person(owner), command).await?;
        Ok(())
    }

    async fn start(&self, transcript: &Transcript) -> anyhow::Result<ConversationId> {
        let command = Command::StartConversation {
            name: transcript.customer.to_owned(),
            text: transcript.opening.to_owned(),
            channel: Channel::WebChat,
            queue: self.queue,
            attributes: [("page".to_owned(), transcript.page.to_owned())].into(),
        };
        let answer = self.run(Actor::Visitor, command).await?;
        let Answer::Started { conversation } = answer else {
            bail!("a conversation was to be opened, and the answer is {answer:?}");
        };
        Ok(conversation)
    }

    /// Accepts the conversation as whoever is offered it, and returns who that is.
    async fn accept(&self, conversation: ConversationId) -> anyhow::Result<AgentId> {
        let (agent, offer) = self.find_offer(conversation).await?;
        self.run(Actor::Person(agent), Command::AcceptOffer { offer }).await?;
        Ok(agent)
    }

    async fn transfer(
        &self,
        conversation: ConversationId,
        from: AgentId,
        note: &str,
    ) -> anyhow::Result<AgentId> {
        self.request_transfer(conversation, from, note).await?;
        let to = self.accept(conversation).await?;
        self.file_what_is_left(from).await?;
        Ok(to)
    }

    /// Asks colleagues in turn, beginning with the next one, until one has room.
    async fn request_transfer(
        &self,
        conversation: ConversationId,
        from: AgentId,
        note: &str,
    ) -> anyhow::Result<()> {
        let place = self.agents.iter().position(|agent| *agent == from).unwrap_or(0);
        let (before, after) = self.agents.split_at(place);
        for colleague in after.iter().skip(1).chain(before) {
            let target = Target::Agent(*colleague);
            let command = Command::RequestTransfer {
                conversation,
                target,
                mode: Mode::Cold,
                note: Some(note.to_owned()),
                summary: None,
                edited: None,
                park: false,
            };
            match self.app.submit(Actor::Person(from), None, command).await {
                Ok(_) => return Ok(()),
                Err(CommandError::Refused(Refusal::TargetFull { .. })) => {}
                Err(error) => return Err(error.into()),
            }
        }
        bail!("no colleague has room for {conversation}")
    }

    async fn file_what_is_left(&self, agent: AgentId) -> anyhow::Result<()> {
        let desk = self.app.with_store(move |app| app.store.read()?.desk(agent)).await?;
        for segment in desk.context("an agent has no desk")?.wrap_ups.into_keys() {
            let disposition = baton_shared::segment::Disposition::PassedOn;
            // Two conversations of one agent may file the same segment: the second finds it filed.
            let command = Command::CompleteWrapUp { segment, disposition, notes: None };
            let _ = self.app.submit(Actor::Person(agent), None, command).await;
        }
        Ok(())
    }

    async fn find_offer(&self, conversation: ConversationId) -> anyhow::Result<(AgentId, OfferId)> {
        for _ in 0..LOOKS_FOR_OFFER_MAX {
            let agents = self.agents.clone();
            let found = self.app.with_store(move |app| {
                let reading = app.store.read()?;
                for agent in agents {
                    let offers = reading.desk(agent)?.map(|desk| desk.offers).unwrap_or_default();
                    let offer = offers.into_values().find(|offer| offer.thread.conversation == conversation);
                    if let Some(offer) = offer {
                        return Ok(Some((agent, offer.offer)));
                    }
                }
                Ok(None)
            });
            if let Some(found) = found.await? {
                return Ok(found);
            }
        }
        bail!("nobody was offered {conversation}")
    }

    async fn send(&self, actor: Actor, conversation: ConversationId, text: &str) -> anyhow::Result<()> {
        self.run(actor, Command::SendMessage { conversation, text: text.to_owned() }).await?;
        Ok(())
    }

    async fn run(&self, actor: Actor, command: Command) -> anyhow::Result<Answer> {
        Ok(self.app.submit(actor, None, command).await?)
    }
}
