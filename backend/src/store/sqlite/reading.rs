//! A read transaction's answers; each is put together in the module that knows its kind.

use std::collections::BTreeMap;

use baton_shared::api::{
    ExternalView, FlowView, GroupView, Person, QueueView, RequestView, Skill, TeamView, WhyOffer,
    WorkflowView,
};
use baton_shared::desk::{Colleague, Consult, Me, OfferCard, Thread, WrapUpCard};
use baton_shared::*;
use rusqlite::{OptionalExtension, params};

use super::readers::Reader;
use super::{
    WORKSPACE, bots, chats, log, messages, people, requests, schedules, texts, things, threads, walls,
};
use crate::history::Texts;
use crate::store::rows::StoredId;
use crate::store::{Names, Partner, ReadMarks, Reading, Scheduled, Sight, StoreError, WallRows};

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
            consults: Default::default(),
            joined: Default::default(),
            listening: Default::default(),
            wrap_ups: Default::default(),
            people: people::colleagues(self)?,
        };
        let own = params![WORKSPACE, agent.blob()];
        let owned = "select id from conversations indexed by conversations_open
                     where workspace_id = ?1 and owner_kind = 'agent' and owner_id = ?2";
        for id in things::id_list(self, owned, own)? {
            desk.conversations.insert(id, things::there(threads::thread(self, id, Sight::Whispered)?, id)?);
        }
        let offered = "select id from offers indexed by offers_open
                       where workspace_id = ?1 and agent = ?2 and ended_at is null";
        for id in things::id_list(self, offered, own)? {
            desk.offers.insert(id, things::there(threads::offer(self, id)?, id)?);
        }
        let consulted = "select id from transfers indexed by transfers_consulting
                         where workspace_id = ?1 and consulted = ?2 and consulted is not null";
        for id in things::id_list(self, consulted, own)? {
            desk.consults.extend(threads::consult(self, id, agent)?.map(|consult| (id, consult)));
        }
        let asked = desk.conversations.values().filter_map(|thread| thread.transfer.as_ref());
        for id in asked.map(|transfer| transfer.transfer).collect::<Vec<TransferId>>() {
            desk.consults.extend(threads::consult(self, id, agent)?.map(|consult| (id, consult)));
        }
        let joined = "select conversation from invites indexed by invites_joined
                      where workspace_id = ?1 and participant = ?2 and participant is not null";
        for id in things::id_list(self, joined, own)? {
            desk.joined.insert(id, threads::heard_by(self, id, agent)?);
        }
        let listening = "select conversation from listeners where workspace_id = ?1 and agent = ?2";
        for id in things::id_list(self, listening, own)? {
            desk.listening.insert(id, threads::heard_by(self, id, agent)?);
        }
        let to_file = "select id from segments indexed by segments_open
                       where workspace_id = ?1 and owner_kind = 'agent' and owner_id = ?2
                           and state <> 'ended' and state = 'wrap_up'";
        for id in things::id_list(self, to_file, own)? {
            desk.wrap_ups.insert(id, things::there(threads::wrap_up(self, id)?, id)?);
        }
        Ok(Some(desk))
    }

    fn whisper(&self, conversation: ConversationId, seq: u32) -> Result<Option<Message>, StoreError> {
        messages::whisper(self, conversation, seq)
    }

    fn flag(&self, conversation: ConversationId) -> Result<Option<String>, StoreError> {
        messages::flag(self, conversation)
    }

    fn me(&self, agent: AgentId) -> Result<Option<Me>, StoreError> {
        people::me(self, agent)
    }

    fn colleague(&self, agent: AgentId) -> Result<Option<Colleague>, StoreError> {
        people::colleague(self, agent)
    }

    fn thread(&self, conversation: ConversationId, sight: Sight) -> Result<Option<Thread>, StoreError> {
        threads::thread(self, conversation, sight)
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

    fn sight(&self, agent: AgentId, conversation: ConversationId) -> Result<Option<Sight>, StoreError> {
        let found = things::conversation(self, conversation)?;
        let sees = found.is_some_and(|conversation| {
            let reads_on = conversation.listeners.contains(&agent) || conversation.is_overheard_by(agent);
            conversation.owner() == Some(Owner::Agent(agent)) || reads_on
        });
        let this = params![WORKSPACE, agent.blob(), conversation.blob()];
        let mut offered = self.prepare_cached(
            "select 1 from offers indexed by offers_open
             where workspace_id = ?1 and agent = ?2 and conversation = ?3 and ended_at is null",
        )?;
        let mut consulted = self.prepare_cached(
            "select 1 from transfers indexed by transfers_consulting
             where workspace_id = ?1 and consulted = ?2 and consulted is not null and conversation = ?3",
        )?;
        let mut joined = self.prepare_cached(
            "select 1 from invites indexed by invites_joined
             where workspace_id = ?1 and participant = ?2 and participant is not null and conversation = ?3",
        )?;
        let sees = sees || requests::may_answer(self, agent, conversation)?;
        if sees || offered.exists(this)? || consulted.exists(this)? || joined.exists(this)? {
            return Ok(Some(Sight::Whole));
        }
        let mut filed = self.prepare_cached(
            "select last_seq, ended_at from segments indexed by segments_open
             where workspace_id = ?1 and owner_kind = 'agent' and owner_id = ?2 and conversation = ?3
                 and state <> 'ended' and state = 'wrap_up'
             order by last_seq desc, ended_at desc limit 1",
        )?;
        let part = filed.query_row(this, |row| {
            Ok(Sight::Until { last_seq: row.get(0)?, at: Timestamp::from_millis(row.get(1)?) })
        });
        Ok(part.optional()?)
    }

    fn chat(&self, conversation: ConversationId, now: Timestamp) -> Result<Option<ChatView>, StoreError> {
        chats::chat(self, conversation, now)
    }

    fn phase(&self, conversation: ConversationId, now: Timestamp) -> Result<Option<Phase>, StoreError> {
        chats::phase(self, conversation, now)
    }

    fn reason(&self, offer: OfferId) -> Result<Option<String>, StoreError> {
        texts::reason(self, offer)
    }

    fn transfer_notes(&self, transfer: TransferId) -> Result<(Option<String>, Option<String>), StoreError> {
        let noted = things::transfer(self, transfer)?;
        Ok(noted.map_or((None, None), |noted| (noted.note, noted.summary)))
    }

    fn transfer(&self, transfer: TransferId) -> Result<Option<(Transfer, String)>, StoreError> {
        let Some(noted) = things::transfer(self, transfer)? else { return Ok(None) };
        let name = things::target_name(self, noted.transfer.target)?;
        Ok(Some((noted.transfer, name)))
    }

    fn consult(&self, transfer: TransferId, viewer: AgentId) -> Result<Option<Consult>, StoreError> {
        threads::consult(self, transfer, viewer)
    }

    fn aside(&self, transfer: TransferId, seq: u32) -> Result<Option<Message>, StoreError> {
        messages::aside(self, transfer, seq)
    }

    fn offers_of(&self, conversation: ConversationId) -> Result<Vec<WhyOffer>, StoreError> {
        threads::offers_of(self, conversation)
    }

    fn invite(&self, invite: InviteId) -> Result<Option<Invite>, StoreError> {
        Ok(things::invite(self, invite)?.map(|(invite, _)| invite))
    }

    fn names(&self) -> Result<Names, StoreError> {
        people::names(self)
    }

    fn policies(&self) -> Result<Policies, StoreError> {
        things::policies(self)
    }

    fn policy_changes(&self) -> Result<Vec<Recorded>, StoreError> {
        log::policy_changes(self)
    }

    fn events(&self, positions: &[u64]) -> Result<Vec<Recorded>, StoreError> {
        log::at(self, positions)
    }

    fn texts(&self, conversation: ConversationId, events: &[Recorded]) -> Result<Option<Texts>, StoreError> {
        texts::texts(self, conversation, events)
    }

    fn requests(&self, agent: AgentId, limit: u32) -> Result<Vec<RequestView>, StoreError> {
        requests::requests(self, agent, limit)
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

    fn wall_rows(&self, since: Timestamp) -> Result<WallRows, StoreError> {
        walls::wall_rows(self, since)
    }

    fn customer(&self, conversation: ConversationId) -> Result<Option<String>, StoreError> {
        walls::customer(self, conversation)
    }

    fn teams(&self) -> Result<Vec<TeamView>, StoreError> {
        people::teams(self)
    }

    fn groups(&self) -> Result<Vec<GroupView>, StoreError> {
        people::groups(self)
    }

    fn workflows(&self) -> Result<Vec<WorkflowView>, StoreError> {
        let workflows = things::workflows(self)?.into_iter();
        Ok(workflows.map(|(workflow, definition)| WorkflowView::new(workflow.id, definition)).collect())
    }

    fn workflow(&self, workflow: WorkflowId) -> Result<Option<WorkflowView>, StoreError> {
        Ok(self.workflows()?.into_iter().find(|found| found.id == workflow))
    }

    fn flows(&self) -> Result<Vec<FlowView>, StoreError> {
        let flows = bots::flows(self)?.into_iter();
        Ok(flows.map(|(flow, definition)| FlowView::new(flow.id, definition)).collect())
    }

    fn flow(&self, flow: FlowId) -> Result<Option<FlowView>, StoreError> {
        Ok(self.flows()?.into_iter().find(|found| found.id == flow))
    }

    fn schedules(&self) -> Result<Vec<Scheduled>, StoreError> {
        schedules::all(self)
    }

    fn externals(&self) -> Result<Vec<ExternalView>, StoreError> {
        bots::externals(self)
    }

    fn partner(&self, external: ExternalId) -> Result<Option<Partner>, StoreError> {
        bots::partner(self, external)
    }

    fn attributes(&self, conversation: ConversationId) -> Result<BTreeMap<String, String>, StoreError> {
        Ok(things::attributes(self, conversation)?.into_iter().collect())
    }
}
