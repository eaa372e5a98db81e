//! What people wrote and who they are; it goes to rows that are there already, except for names and messages.

use std::collections::BTreeMap;

use baton_shared::*;
use rusqlite::{Params, params};

use super::{Writing, body};
use crate::store::rows::{self, StoredId};
use crate::store::sqlite::WORKSPACE;
use crate::store::{Content, StoreError};

impl Writing<'_> {
    /// Writes what someone wrote, or who they are.
    pub(super) fn content(&mut self, content: &Content) -> Result<(), StoreError> {
        match content {
            Content::Profile { agent, name, credentials } => self.profile(*agent, name, credentials.as_ref()),
            Content::SkillName(skill, name) => {
                let sql = "update skills set name = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, skill.blob(), name], skill)
            }
            Content::QueueName(queue, name) => {
                let sql = "update queues set name = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, queue.blob(), name], queue)
            }
            Content::GroupName(group, name) => {
                let sql = "update groups set name = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, group.blob(), name], group)
            }
            Content::TeamName(team, name) => {
                let sql = "update teams set name = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, team.blob(), name], team)
            }
            Content::Workflow(workflow, definition) => {
                let sql =
                    "update workflows set name = ?3, definition = ?4 where workspace_id = ?1 and id = ?2";
                let written = body(self.body, definition)?.to_owned();
                self.set(sql, params![WORKSPACE, workflow.blob(), definition.name, written], workflow)
            }
            Content::Flow(flow, definition) => {
                let sql = "update flows set name = ?3, definition = ?4 where workspace_id = ?1 and id = ?2";
                let written = body(self.body, definition)?.to_owned();
                self.set(sql, params![WORKSPACE, flow.blob(), definition.name, written], flow)
            }
            Content::External { external, name, url, secret } => {
                let sql = "update externals set name = ?3, url = ?4, secret = coalesce(?5, secret)
                           where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, external.blob(), name, url, secret], external)
            }
            Content::Schedule { schedule, settings, secret } => {
                // Who is written to by mail has no secret, and one that is left out stays as it is.
                let sql = "update schedules set name = ?3, definition = ?4, since_ms = ?5,
                               secret = iif(?6, coalesce(?7, secret), null)
                           where workspace_id = ?1 and id = ?2";
                let written = body(self.body, settings)?.to_owned();
                let (since, signs) =
                    (self.at.as_millis(), matches!(settings.target, ReportTarget::Webhook { .. }));
                let values =
                    params![WORKSPACE, schedule.blob(), settings.name, written, since, signs, secret];
                self.set(sql, values, schedule)
            }
            Content::Contact(contact, name) => {
                let sql = "insert into contacts (workspace_id, id, name) values (?1, ?2, ?3)
                           on conflict (workspace_id, id) do update set name = excluded.name";
                self.set(sql, params![WORKSPACE, contact.blob(), name], contact)
            }
            Content::Attributes(conversation, attributes) => self.attributes(*conversation, attributes),
            Content::Message { conversation, seq, id, author, text, at, client_key } => {
                let (agent, kind) = rows::author(*author);
                let sql = "insert into messages
                               (workspace_id, conversation, seq, id, agent, author_kind, text, at_ms, client_key)
                           values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
                let (conversation, message, at) = (conversation.blob(), id.blob(), at.as_millis());
                let written =
                    params![WORKSPACE, conversation, seq, message, agent, kind, text, at, client_key];
                self.set(sql, written, id)
            }
            Content::Note(transfer, note) => {
                let sql = "update transfers set note = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, transfer.blob(), note], transfer)
            }
            Content::TransferReason(transfer, reason) => {
                let sql = "update transfers set reason = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, transfer.blob(), reason], transfer)
            }
            Content::Summary(transfer, summary) => {
                let sql = "update transfers set summary = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, transfer.blob(), summary], transfer)
            }
            Content::Aside { transfer, seq, id, author, text, at, client_key } => {
                let sql =
                    "insert into asides (workspace_id, transfer, seq, id, agent, text, at_ms, client_key)
                           values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
                let (transfer, message, agent, at) =
                    (transfer.blob(), id.blob(), author.blob(), at.as_millis());
                self.set(sql, params![WORKSPACE, transfer, seq, message, agent, text, at, client_key], id)
            }
            Content::Whisper { conversation, seq, segment, id, author, text, at, client_key } => {
                let sql = "insert into whispers
                               (workspace_id, conversation, seq, segment, id, agent, text, at_ms, client_key)
                           values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
                let (conversation, segment, message) = (conversation.blob(), segment.blob(), id.blob());
                let (agent, at) = (author.blob(), at.as_millis());
                let written =
                    params![WORKSPACE, conversation, seq, segment, message, agent, text, at, client_key];
                self.set(sql, written, id)
            }
            Content::Flag { conversation, at, agent, text } => {
                // A flag may be raised, lowered and raised again at the same moment.
                let sql = "insert or replace into flags (workspace_id, conversation, raised_at, agent, text)
                           values (?1, ?2, ?3, ?4, ?5)";
                let written = params![WORKSPACE, conversation.blob(), at.as_millis(), agent.blob(), text];
                self.set(sql, written, conversation)
            }
            Content::InviteNote(invite, note) => {
                let sql = "update invites set note = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, invite.blob(), note], invite)
            }
            Content::RequestNote(request, note) => {
                let sql = "update requests set note = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, request.blob(), note], request)
            }
            Content::RequestAnswer(request, answer) => {
                let sql = "update requests set answer = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, request.blob(), answer], request)
            }
            Content::Address(contact, address) => {
                let sql = "update contacts set address = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, contact.blob(), address], contact)
            }
            Content::Reason(offer, reason) => {
                let sql = "update offers set reason = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, offer.blob(), reason], offer)
            }
            Content::Question(offer, question) => {
                let sql = "update offers set question = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, offer.blob(), question], offer)
            }
            Content::QuestionAnswer(offer, answer) => {
                let sql = "update offers set answer = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, offer.blob(), answer], offer)
            }
            Content::WrapUpNotes(segment, notes) => {
                let sql = "update segments set notes = ?3 where workspace_id = ?1 and id = ?2";
                self.set(sql, params![WORKSPACE, segment.blob(), notes], segment)
            }
            Content::RatingComment(conversation, comment) => {
                let sql = "update ratings set comment = ?3 where workspace_id = ?1 and conversation = ?2";
                self.set(sql, params![WORKSPACE, conversation.blob(), comment], conversation)
            }
        }
    }

    /// Runs a statement that must change one row.
    fn set(
        &mut self,
        sql: &'static str,
        parameters: impl Params,
        of: &dyn std::fmt::Display,
    ) -> Result<(), StoreError> {
        if self.statements.run(sql, parameters)? == 1 {
            return Ok(());
        }
        Err(StoreError::Conflict { what: format!("there is no `{of}` to write to") })
    }

    fn profile(
        &mut self,
        agent: AgentId,
        name: &str,
        credentials: Option<&(String, String)>,
    ) -> Result<(), StoreError> {
        let email = credentials.map(|(email, _)| email);
        let folded = email.map(|email| email.to_lowercase());
        let hash = credentials.map(|(_, hash)| hash);
        let sql = "insert into profiles (workspace_id, agent, name, email, email_folded, password_hash)
                   values (?1, ?2, ?3, ?4, ?5, ?6)
                   on conflict (workspace_id, agent) do update set
                       name = excluded.name,
                       email = coalesce(excluded.email, email),
                       email_folded = coalesce(excluded.email_folded, email_folded),
                       password_hash = coalesce(excluded.password_hash, password_hash)";
        self.set(sql, params![WORKSPACE, agent.blob(), name, email, folded, hash], &agent)
    }

    fn attributes(
        &mut self,
        conversation: ConversationId,
        attributes: &BTreeMap<String, String>,
    ) -> Result<(), StoreError> {
        self.statements.run(
            "delete from attributes where workspace_id = ?1 and conversation = ?2",
            params![WORKSPACE, conversation.blob()],
        )?;
        let mut insert = self.transaction.prepare_cached(
            "insert into attributes (workspace_id, conversation, name, value) values (?1, ?2, ?3, ?4)",
        )?;
        for (name, value) in attributes {
            insert.execute(params![WORKSPACE, conversation.blob(), name, value])?;
        }
        Ok(())
    }
}
