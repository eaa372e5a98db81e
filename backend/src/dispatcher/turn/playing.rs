//! What a turn does with the conversations that flows have: play their scripts as far as they go.

use std::collections::BTreeMap;

use baton_shared::*;

use super::{Gathered, Turns};
use crate::conditions::Facts;
use crate::content::Content;
use crate::desk::{self, Circumstances, Judgement};
use crate::scripts::{ComesTo, Heard, Played};
use crate::store::StoreError;

impl Turns {
    /// Plays the flow that has a conversation until it waits for someone or is through, and says whether anything happened.
    pub(super) fn play(
        &mut self,
        gathered: &mut Gathered,
        conversation: ConversationId,
        now: Timestamp,
    ) -> bool {
        let played = self.played(gathered, conversation, now).unwrap_or_else(|error| {
            if let Some(error) = error {
                tracing::warn!(error = %crate::telemetry::chain(&error), "a flow could not be played");
            }
            let taken = self.state.conversations.get(&conversation).and_then(Conversation::run);
            let comes_to = ComesTo::GivesUp { end: FlowEnd::Unreadable };
            let note = FlowEnd::Unreadable.in_words().map(str::to_owned);
            let taken = taken.map_or(0, |run| run.taken);
            Played { says: Vec::new(), attributes: None, taken, comes_to, note }
        });
        let judged = self.judged_on(gathered, conversation, &played, now);
        let mut with = Circumstances { judged, ..self.circumstances(now) };
        let Some(decided) = desk::flows::carry_out(&mut with, conversation, played) else { return false };
        for event in decided.events {
            self.record(gathered, event, now);
        }
        gathered.batch.content.extend(decided.content);
        true
    }

    /// Plays a script on what was said and is known; the error is that of the store, or nothing where there is no script.
    fn played(
        &self,
        gathered: &Gathered,
        conversation: ConversationId,
        now: Timestamp,
    ) -> Result<Played, Option<StoreError>> {
        let open = self.state.conversations.get(&conversation).ok_or(None)?;
        let run = open.run().ok_or(None)?;
        let script = self.judges.flow(run.flow).ok_or(None)?;
        let attributes = self.known(gathered, conversation)?;
        let answer = match run.stand {
            Stand::Asks { answer: Some(seq), .. } => self.said(gathered, conversation, seq)?,
            Stand::Begins | Stand::Asks { answer: None, .. } | Stand::Calls | Stand::Stopped { .. } => None,
        };
        let last = match &answer {
            Some(answer) => answer.clone(),
            None if script.listens() => self.said_last(gathered, open)?,
            None => String::new(),
        };
        let facts = Facts {
            attributes: &attributes,
            channel: open.channel,
            queue: self.judges.queue_name(open.queue),
            waiting_secs: now.since(open.enqueued_at).as_secs(),
            now,
        };
        Ok(script.play(run, &Heard { facts, last: &last, answer: answer.as_deref() }))
    }

    /// Asks the expressions of the workflow that a flow passes a conversation on to, if it does.
    fn judged_on(
        &self,
        gathered: &Gathered,
        conversation: ConversationId,
        played: &Played,
        now: Timestamp,
    ) -> Option<Judgement> {
        let ComesTo::Transfers { target: Target::Workflow(workflow) } = played.comes_to else { return None };
        let open = self.state.conversations.get(&conversation)?;
        let before = self.known(gathered, conversation).unwrap_or_default();
        let attributes = played.attributes.as_ref().unwrap_or(&before);
        self.judged_of(workflow, open, attributes, now)
    }

    /// Returns what is known about a conversation, with what the turn noted.
    fn known(
        &self,
        gathered: &Gathered,
        conversation: ConversationId,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let noted = gathered.batch.content.iter().rev().find_map(|content| {
            if let Content::Attributes(of, attributes) = content
                && *of == conversation
            {
                return Some(attributes.clone());
            }
            None
        });
        noted.map_or_else(|| self.store.attributes(conversation), Ok)
    }

    /// Returns what was said in a message, which may be of this turn.
    fn said(
        &self,
        gathered: &Gathered,
        conversation: ConversationId,
        number: u32,
    ) -> Result<Option<String>, StoreError> {
        let of_this_turn = gathered.batch.content.iter().find_map(|content| {
            if let Content::Message { conversation: of, seq, text, .. } = content
                && (*of, *seq) == (conversation, number)
            {
                return Some(text.clone());
            }
            None
        });
        match of_this_turn {
            Some(text) => Ok(Some(text)),
            None => Ok(self.store.read()?.message(conversation, number)?.map(|message| message.text)),
        }
    }

    /// Returns what the customer said last; nothing is empty, not missing.
    fn said_last(&self, gathered: &Gathered, open: &Conversation) -> Result<String, StoreError> {
        let of_this_turn = gathered.batch.content.iter().rev().find_map(|content| {
            if let Content::Message { conversation, author: Author::Customer, text, .. } = content
                && *conversation == open.id
            {
                return Some(text.clone());
            }
            None
        });
        if let Some(text) = of_this_turn {
            return Ok(text);
        }
        let limit = message::MESSAGES_SHOWN as u32;
        let messages = self.store.read()?.messages(open.id, None, limit)?;
        let last = messages.into_iter().rev().find(|message| message.author == Author::Customer);
        Ok(last.map(|message| message.text).unwrap_or_default())
    }
}
