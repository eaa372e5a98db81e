//! A read transaction's answers; each is put together in the module that knows its kind.

use baton_shared::api::{AgentTarget, GroupView, Person, QueueTarget, QueueView, Skill};
use baton_shared::desk::{Colleague, Me, OfferCard, Thread, WrapUpCard};
use baton_shared::*;
use rusqlite::{OptionalExtension, params};

use super::readers::Reader;
use super::{WORKSPACE, chats, messages, people, things, threads};
use crate::store::rows::StoredId;
use crate::store::{ReadMarks, Reading, StoreError};

impl Reading for Reader<'_> {
    fn head(&self) -> Result<u64, StoreError> {
        Ok(self.stream_head())
    }

    fn desk(&self, agent: AgentId) -> Result<Option<Desk>, StoreError> {
        let Some(me) = people::me(self, agent)? else { return Ok(None) };
        let mut desk = Desk {
            me,
            conversations: Default::default(),
            offers: Default::default(),
            wrap_ups: Default::default(),
            people: people::colleagues(self)?,
        };
        let own = params![WORKSPACE, agent.blob()];
        let owned = "select id from conversations indexed by conversations_open
                     where workspace_id = ?1 and owner_kind = 'agent' and owner_id = ?2";
        for id in things::id_list(self, owned, own)? {
            desk.conversations.insert(id, things::there(threads::thread(self, id, None)?, id)?);
        }
        let offered = "select id from offers indexed by offers_open
                       where workspace_id = ?1 and agent = ?2 and ended_at is null";
        for id in things::id_list(self, offered, own)? {
            desk.offers.insert(id, things::there(threads::offer(self, id)?, id)?);
        }
        let to_file = "select id from segments indexed by segments_open
                       where workspace_id = ?1 and owner_kind = 'agent' and owner_id = ?2
                           and state <> 'ended' and state = 'wrap_up'";
        for id in things::id_list(self, to_file, own)? {
            desk.wrap_ups.insert(id, things::there(threads::wrap_up(self, id)?, id)?);
        }
        Ok(Some(desk))
    }

    fn me(&self, agent: AgentId) -> Result<Option<Me>, StoreError> {
        people::me(self, agent)
    }

    fn colleague(&self, agent: AgentId) -> Result<Option<Colleague>, StoreError> {
        people::colleague(self, agent)
    }

    fn thread(
        &self,
        conversation: ConversationId,
        seq_max: Option<u32>,
    ) -> Result<Option<Thread>, StoreError> {
        threads::thread(self, conversation, seq_max)
    }

    fn offer(&self, offer: OfferId) -> Result<Option<OfferCard>, StoreError> {
        threads::offer(self, offer)
    }

    fn wrap_up(&self, segment: SegmentId) -> Result<Option<WrapUpCard>, StoreError> {
        threads::wrap_up(self, segment)
    }

    fn marks(&self, conversation: ConversationId) -> Result<ReadMarks, StoreError> {
        messages::marks(self, conversation)
    }

    fn message(&self, conversation: ConversationId, seq: u32) -> Result<Option<Message>, StoreError> {
        messages::one(self, conversation, seq)
    }

    fn messages(
        &self,
        conversation: ConversationId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        messages::page(self, conversation, before, limit)
    }

    fn search(
        &self,
        conversation: ConversationId,
        words: &str,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        messages::search(self, conversation, words, limit)
    }

    fn conversation(&self, conversation: ConversationId) -> Result<Option<Conversation>, StoreError> {
        things::conversation(self, conversation)
    }

    fn sight(&self, agent: AgentId, conversation: ConversationId) -> Result<Option<u32>, StoreError> {
        let owns = things::conversation(self, conversation)?
            .is_some_and(|conversation| conversation.owner() == Some(Owner::Agent(agent)));
        let this = params![WORKSPACE, agent.blob(), conversation.blob()];
        let mut offered = self.prepare_cached(
            "select 1 from offers indexed by offers_open
             where workspace_id = ?1 and agent = ?2 and conversation = ?3 and ended_at is null",
        )?;
        if owns || offered.exists(this)? {
            return Ok(Some(u32::MAX));
        }
        let mut filed = self.prepare_cached(
            "select max(last_seq) from segments indexed by segments_open
             where workspace_id = ?1 and owner_kind = 'agent' and owner_id = ?2 and conversation = ?3
                 and state <> 'ended' and state = 'wrap_up'",
        )?;
        let last: Option<Option<u32>> = filed.query_row(this, |row| row.get(0)).optional()?;
        Ok(last.flatten())
    }

    fn chat(&self, conversation: ConversationId, now: Timestamp) -> Result<Option<ChatView>, StoreError> {
        chats::chat(self, conversation, now)
    }

    fn phase(&self, conversation: ConversationId, now: Timestamp) -> Result<Option<Phase>, StoreError> {
        chats::phase(self, conversation, now)
    }

    fn transfer(&self, transfer: TransferId) -> Result<Option<(Transfer, String)>, StoreError> {
        let Some((transfer, _)) = things::transfer(self, transfer)? else { return Ok(None) };
        let name = things::target_name(self, transfer.target)?;
        Ok(Some((transfer, name)))
    }

    fn transfer_targets(&self, now: Timestamp) -> Result<(Vec<AgentTarget>, Vec<QueueTarget>), StoreError> {
        people::transfer_targets(self, now)
    }

    fn person(&self, agent: AgentId) -> Result<Option<Person>, StoreError> {
        people::person(self, agent)
    }

    fn people(&self) -> Result<Vec<Person>, StoreError> {
        people::people(self)
    }

    fn queues(&self) -> Result<Vec<QueueView>, StoreError> {
        people::queues(self)
    }

    fn skills(&self) -> Result<Vec<Skill>, StoreError> {
        people::skills(self)
    }

    fn groups(&self) -> Result<Vec<GroupView>, StoreError> {
        people::groups(self)
    }
}
