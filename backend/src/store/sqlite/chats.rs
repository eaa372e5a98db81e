//! Conversations as their customers see them: names and texts, nothing else.

use baton_shared::chat::{ChatAuthor, ChatMessage};
use baton_shared::conversation::Held;
use baton_shared::message::MESSAGES_SHOWN;
use baton_shared::*;
use rusqlite::{Connection, params};

use super::{WORKSPACE, messages, ratings, requests, things};
use crate::store::StoreError;
use crate::store::rows::{self, StoredId};

/// Returns all that a customer sees.
pub(super) fn chat(
    connection: &Connection,
    id: ConversationId,
    now: Timestamp,
) -> Result<Option<ChatView>, StoreError> {
    let Some(conversation) = things::conversation(connection, id)? else { return Ok(None) };
    let name = things::contact_name(connection, conversation.contact)?;
    let messages = messages::page(connection, id, None, MESSAGES_SHOWN as u32)?;
    Ok(Some(ChatView {
        conversation: id,
        name,
        phase: phase_of(connection, &conversation, now)?,
        more: messages.first().is_some_and(|first| first.seq > 1),
        messages: messages.into_iter().map(for_customer).collect(),
        read: messages::marks(connection, id)?.agent_read,
    }))
}

fn for_customer(message: Message) -> ChatMessage {
    ChatMessage {
        seq: message.seq,
        id: message.id,
        from: match message.author {
            Author::Customer => ChatAuthor::Customer,
            Author::Agent(_) | Author::External(_) => ChatAuthor::Agent,
            Author::Flow(_) => ChatAuthor::Bot,
        },
        name: message.name,
        text: message.text,
        at: message.at,
        client_key: message.client_key,
    }
}

/// Returns what is happening to a customer's conversation.
pub(super) fn phase(
    connection: &Connection,
    id: ConversationId,
    now: Timestamp,
) -> Result<Option<Phase>, StoreError> {
    match things::conversation(connection, id)? {
        Some(conversation) => phase_of(connection, &conversation, now).map(Some),
        None => Ok(None),
    }
}

fn phase_of(
    connection: &Connection,
    conversation: &Conversation,
    now: Timestamp,
) -> Result<Phase, StoreError> {
    match &conversation.state {
        ConversationState::Open { held: Held::Queue(waiting), .. } => {
            let (name, wait) = match waiting.search.pool {
                Pool::Queue(queue) => {
                    let wait = things::queue(connection, queue)?.and_then(|queue| queue.estimated_wait(now));
                    (things::queue_name(connection, queue)?, wait)
                }
                Pool::Group(group) => (things::group_name(connection, group)?, None),
                Pool::Agent(agent) => (things::agent_name(connection, agent)?, None),
            };
            Ok(Phase::Waiting {
                queue: name,
                position: Some(position(connection, conversation)?),
                wait_secs: wait.map(|wait| wait.as_secs()),
            })
        }
        ConversationState::Open { held: Held::Agent { agent, transfer, .. }, .. } => {
            let agent = things::agent_name(connection, *agent)?;
            let Some(id) = transfer else { return Ok(Phase::Active { agent }) };
            let noted = things::there(things::transfer(connection, *id)?, id)?;
            // The customer sees nothing of a consultation.
            if noted.transfer.mode == Mode::Warm || !noted.transfer.policy.tell_customer {
                return Ok(Phase::Active { agent });
            }
            Ok(Phase::Transferring { agent, to: things::target_name(connection, noted.transfer.target)? })
        }
        ConversationState::Open { held: Held::Flow(run), .. } => {
            Ok(Phase::Active { agent: things::flow_name(connection, run.flow)? })
        }
        ConversationState::Open { held: Held::External { external, .. }, .. } => {
            Ok(Phase::Active { agent: things::external_name(connection, *external)? })
        }
        ConversationState::Closed { by, .. } => {
            let (request, answer) = requests::request_of(connection, conversation.id)?.unzip();
            let survey = ratings::survey(connection, conversation)?;
            Ok(Phase::Closed { by: *by, request, answer: answer.flatten(), survey })
        }
    }
}

/// Returns a conversation's place in line, from 1, in the order in which the work of its queue or group is offered.
fn position(connection: &Connection, conversation: &Conversation) -> Result<u32, StoreError> {
    let Some((owner_kind, owner_id)) = conversation.owner().map(rows::owner) else { return Ok(1) };
    let mut count = connection.prepare_cached(
        "select 1
             + (select count(*) from conversations indexed by conversations_open
                where workspace_id = ?1 and owner_kind = ?6 and owner_id = ?2 and owner_id is not null and priority > ?3)
             + (select count(*) from conversations indexed by conversations_open
                where workspace_id = ?1 and owner_kind = ?6 and owner_id = ?2 and owner_id is not null and priority = ?3
                    and (ranked_at, id) < (?4, ?5))",
    )?;
    let place = count.query_row(
        params![
            WORKSPACE,
            owner_id,
            rows::priority(conversation.priority),
            conversation.ranked_at.as_millis(),
            conversation.id.blob(),
            owner_kind,
        ],
        |row| row.get(0),
    )?;
    Ok(place)
}
