//! The things that changed, each in one row that replaces what was there.

use baton_shared::conversation::ConversationState;
use baton_shared::offer::OfferState;
use baton_shared::segment::SegmentState;
use baton_shared::*;
use rusqlite::params;

use super::{Writing, body};
use crate::routing::{Filed, NoAnswer, Talk, Unanswered};
use crate::store::rows::{self, StoredId};
use crate::store::sqlite::WORKSPACE;
use crate::store::{COUNTED_KEPT, Row, StoreError};

impl Writing<'_> {
    /// Writes a thing as it is after the turn.
    pub(super) fn row(&mut self, row: &Row) -> Result<(), StoreError> {
        match row {
            Row::Agent(agent) => self.agent(agent),
            Row::Skill(skill) => self.skill(*skill),
            Row::Queue(queue) => self.queue(queue),
            Row::Group(group) => self.group(group),
            Row::GroupRemoved(group) => self.group_removed(*group),
            Row::Team(team) => self.team(team),
            Row::TeamRemoved(team) => self.team_removed(*team),
            Row::Workflow(workflow) => self.workflow(workflow),
            Row::WorkflowRemoved(workflow) => self.workflow_removed(*workflow),
            Row::Flow(flow) => self.flow(flow),
            Row::FlowRemoved(flow) => self.flow_removed(*flow),
            Row::External(external) => self.external(*external),
            Row::ExternalRemoved(external) => self.external_removed(*external),
            Row::Schedule { schedule, owner } => self.schedule(*schedule, *owner),
            Row::ScheduleRemoved(schedule) => self.schedule_removed(*schedule),
            Row::Policies(policies) => self.policies(policies),
            Row::Listener { conversation, agent, listens } => self.listener(*conversation, *agent, *listens),
            Row::WhispersForgotten(_) => Ok(()),
            Row::Request(request) => self.request(request),
            Row::Invite(invite) => self.invite(invite),
            Row::Conversation(conversation) => self.conversation(conversation),
            Row::Segment(segment) => self.segment(segment),
            Row::Talk(talk) => self.talk(talk),
            Row::Filed(filed) => self.filed(filed),
            Row::Offer(offer) => self.offer(offer),
            Row::Unanswered(unanswered) => self.unanswered(unanswered),
            Row::Transfer(transfer) => self.transfer(transfer),
            Row::Rating(rating) => self.rating(rating),
        }
    }

    fn agent(&mut self, agent: &Agent) -> Result<(), StoreError> {
        let body = body(self.body, agent)?;
        self.statements.run(
            "insert into agents (workspace_id, id, role, enabled, body, present_since)
             values (?1, ?2, ?3, ?4, ?5, ?6)
             on conflict (workspace_id, id) do update set
                 role = excluded.role, enabled = excluded.enabled, body = excluded.body,
                 present_since = iif(
                     json_extract(body, '$.presence') is json_extract(excluded.body, '$.presence'),
                     present_since, excluded.present_since)",
            params![
                WORKSPACE,
                agent.id.blob(),
                rows::role(agent.role),
                agent.enabled,
                body,
                self.at.as_millis()
            ],
        )?;
        if !agent.enabled {
            // In the same transaction, so that no sign-in comes back to life when the person may sign in again.
            self.statements.run(
                "delete from sessions where workspace_id = ?1 and agent = ?2",
                params![WORKSPACE, agent.id.blob()],
            )?;
        }
        Ok(())
    }

    fn skill(&mut self, skill: SkillId) -> Result<(), StoreError> {
        self.statements.run(
            "insert or ignore into skills (workspace_id, id) values (?1, ?2)",
            params![WORKSPACE, skill.blob()],
        )?;
        Ok(())
    }

    fn queue(&mut self, queue: &Queue) -> Result<(), StoreError> {
        let body = body(self.body, queue)?;
        self.statements.run(
            "insert into queues (workspace_id, id, body) values (?1, ?2, ?3)
             on conflict (workspace_id, id) do update set body = excluded.body",
            params![WORKSPACE, queue.id.blob(), body],
        )?;
        Ok(())
    }

    fn group(&mut self, group: &Group) -> Result<(), StoreError> {
        let body = body(self.body, group)?;
        self.statements.run(
            "insert into groups (workspace_id, id, body) values (?1, ?2, ?3)
             on conflict (workspace_id, id) do update set body = excluded.body",
            params![WORKSPACE, group.id.blob(), body],
        )?;
        Ok(())
    }

    fn group_removed(&mut self, group: GroupId) -> Result<(), StoreError> {
        self.statements.run(
            "update groups set removed = 1 where workspace_id = ?1 and id = ?2",
            params![WORKSPACE, group.blob()],
        )?;
        Ok(())
    }

    fn team(&mut self, team: &Team) -> Result<(), StoreError> {
        let body = body(self.body, team)?;
        self.statements.run(
            "insert into teams (workspace_id, id, body) values (?1, ?2, ?3)
             on conflict (workspace_id, id) do update set body = excluded.body",
            params![WORKSPACE, team.id.blob(), body],
        )?;
        Ok(())
    }

    fn team_removed(&mut self, team: TeamId) -> Result<(), StoreError> {
        self.statements
            .run("delete from teams where workspace_id = ?1 and id = ?2", params![WORKSPACE, team.blob()])?;
        Ok(())
    }

    fn workflow(&mut self, workflow: &Workflow) -> Result<(), StoreError> {
        let body = body(self.body, workflow)?;
        self.statements.run(
            "insert into workflows (workspace_id, id, body) values (?1, ?2, ?3)
             on conflict (workspace_id, id) do update set body = excluded.body",
            params![WORKSPACE, workflow.id.blob(), body],
        )?;
        Ok(())
    }

    fn workflow_removed(&mut self, workflow: WorkflowId) -> Result<(), StoreError> {
        self.statements.run(
            "update workflows set removed = 1 where workspace_id = ?1 and id = ?2",
            params![WORKSPACE, workflow.blob()],
        )?;
        Ok(())
    }

    fn flow(&mut self, flow: &Flow) -> Result<(), StoreError> {
        let body = body(self.body, flow)?;
        self.statements.run(
            "insert into flows (workspace_id, id, body) values (?1, ?2, ?3)
             on conflict (workspace_id, id) do update set body = excluded.body",
            params![WORKSPACE, flow.id.blob(), body],
        )?;
        Ok(())
    }

    fn flow_removed(&mut self, flow: FlowId) -> Result<(), StoreError> {
        self.statements.run(
            "update flows set removed = 1 where workspace_id = ?1 and id = ?2",
            params![WORKSPACE, flow.blob()],
        )?;
        Ok(())
    }

    fn external(&mut self, external: ExternalId) -> Result<(), StoreError> {
        self.statements.run(
            "insert or ignore into externals (workspace_id, id) values (?1, ?2)",
            params![WORKSPACE, external.blob()],
        )?;
        Ok(())
    }

    fn external_removed(&mut self, external: ExternalId) -> Result<(), StoreError> {
        self.statements.run(
            "update externals set removed = 1, url = null, secret = null where workspace_id = ?1 and id = ?2",
            params![WORKSPACE, external.blob()],
        )?;
        Ok(())
    }

    fn schedule(&mut self, schedule: ScheduleId, owner: AgentId) -> Result<(), StoreError> {
        self.statements.run(
            "insert or ignore into schedules (workspace_id, id, owner) values (?1, ?2, ?3)",
            params![WORKSPACE, schedule.blob(), owner.blob()],
        )?;
        Ok(())
    }

    fn schedule_removed(&mut self, schedule: ScheduleId) -> Result<(), StoreError> {
        self.statements.run(
            "update schedules set removed = 1, definition = null, secret = null
             where workspace_id = ?1 and id = ?2",
            params![WORKSPACE, schedule.blob()],
        )?;
        self.statements.run(
            "delete from schedule_runs where workspace_id = ?1 and schedule = ?2",
            params![WORKSPACE, schedule.blob()],
        )?;
        Ok(())
    }

    fn policies(&mut self, policies: &Policies) -> Result<(), StoreError> {
        let body = body(self.body, policies)?;
        self.statements
            .run("update workspaces set policies = ?2 where workspace_id = ?1", params![WORKSPACE, body])?;
        Ok(())
    }

    /// Forgets the whispers that are not kept.
    pub(super) fn forget_whispers(&mut self, batch: &[Row]) -> Result<(), StoreError> {
        for row in batch {
            if let Row::WhispersForgotten(conversation) = row {
                let sql = "delete from whispers where workspace_id = ?1 and conversation = ?2";
                self.statements.run(sql, params![WORKSPACE, conversation.blob()])?;
            }
        }
        Ok(())
    }

    fn listener(
        &mut self,
        conversation: ConversationId,
        agent: AgentId,
        listens: bool,
    ) -> Result<(), StoreError> {
        let sql = if listens {
            "insert or ignore into listeners (workspace_id, agent, conversation) values (?1, ?2, ?3)"
        } else {
            "delete from listeners where workspace_id = ?1 and agent = ?2 and conversation = ?3"
        };
        self.statements.run(sql, params![WORKSPACE, agent.blob(), conversation.blob()])?;
        Ok(())
    }

    fn invite(&mut self, invite: &Invite) -> Result<(), StoreError> {
        let (target_kind, target_id) = rows::target(invite.target);
        let ended_at = match invite.state {
            InviteState::Open { .. } | InviteState::Joined { .. } => None,
            InviteState::Ended { at, .. } => Some(at.as_millis()),
        };
        let body = body(self.body, invite)?;
        self.statements.run(
            include_str!("invite.sql"),
            params![
                WORKSPACE,
                invite.id.blob(),
                invite.conversation.blob(),
                invite.from.blob(),
                target_kind,
                target_id,
                invite.made_at.as_millis(),
                invite.word(),
                invite.participant().map(StoredId::blob),
                ended_at,
                body,
            ],
        )?;
        Ok(())
    }

    fn request(&mut self, request: &Request) -> Result<(), StoreError> {
        let (answered_at, answered_by) = match request.state {
            RequestState::Open => (None, None),
            RequestState::Answered { at, by } => (Some(at.as_millis()), Some(by.blob())),
        };
        let body = body(self.body, request)?;
        self.statements.run(
            include_str!("request.sql"),
            params![
                WORKSPACE,
                request.id.blob(),
                request.number,
                request.conversation.blob(),
                request.contact.blob(),
                request.queue.blob(),
                request.created_at.as_millis(),
                answered_at,
                answered_by,
                body,
            ],
        )?;
        Ok(())
    }

    /// Writes a conversation unless the stored one has another owner in the same epoch or a higher epoch.
    fn conversation(&mut self, conversation: &Conversation) -> Result<(), StoreError> {
        let (owner_kind, owner_id) = conversation.owner().map(rows::owner).unzip();
        let body = body(self.body, conversation)?;
        // Most writes leave the owner and the place in line as they are, and with them the index.
        let kept = self.statements.run(
            "update conversations set body = ?8
             where workspace_id = ?1 and id = ?2 and epoch = ?3 and owner_kind is ?4 and owner_id is ?5
                 and queue = ?6 and priority = ?7 and closed_at is null",
            params![
                WORKSPACE,
                conversation.id.blob(),
                conversation.epoch(),
                owner_kind,
                owner_id,
                conversation.queue.blob(),
                rows::priority(conversation.priority),
                body,
            ],
        )?;
        if kept == 1 {
            return Ok(());
        }
        let (closed_at, closed_by) = match conversation.state {
            ConversationState::Open { .. } => (None, None),
            ConversationState::Closed { at, by, .. } => (Some(at.as_millis()), Some(rows::ended_by(by))),
        };
        let written = self.statements.run(
            include_str!("conversation.sql"),
            params![
                WORKSPACE,
                conversation.id.blob(),
                conversation.contact.blob(),
                rows::channel(conversation.channel),
                conversation.queue.blob(),
                owner_kind,
                owner_id,
                conversation.epoch(),
                rows::priority(conversation.priority),
                conversation.ranked_at.as_millis(),
                closed_at,
                closed_by,
                body,
            ],
        )?;
        if written == 1 {
            return Ok(());
        }
        let (id, epoch) = (conversation.id, conversation.epoch());
        Err(StoreError::Conflict {
            what: format!("`{id}` has another owner than this writer knows in epoch {epoch}"),
        })
    }

    fn segment(&mut self, segment: &Segment) -> Result<(), StoreError> {
        let (owner_kind, owner_id) = rows::owner(segment.owner);
        let (preceded_by, preceded_by_id) = rows::owner_cause(segment.preceded_by);
        let (state, ended, disposition) = match segment.state {
            SegmentState::Active => ("active", None, None),
            SegmentState::WrapUp { ended_at, followed_by, .. } => {
                ("wrap_up", Some((ended_at, followed_by)), None)
            }
            SegmentState::Ended { ended_at, followed_by, disposition } => {
                ("ended", Some((ended_at, followed_by)), disposition)
            }
        };
        let (followed_by, followed_by_id) = ended.map(|(_, next)| rows::followed_by(next)).unzip();
        let body = body(self.body, segment)?;
        self.statements.run(
            include_str!("segment.sql"),
            params![
                WORKSPACE,
                segment.id.blob(),
                segment.conversation.blob(),
                owner_kind,
                owner_id,
                segment.started_at.as_millis(),
                preceded_by,
                preceded_by_id,
                state,
                ended.map(|(at, _)| at.as_millis()),
                followed_by,
                followed_by_id.flatten(),
                disposition.map(rows::disposition),
                segment.last_seq,
                body,
            ],
        )?;
        Ok(())
    }

    fn talk(&mut self, talk: &Talk) -> Result<(), StoreError> {
        self.statements.run(
            "insert into talks (workspace_id, ended_at, segment, queue, started_at) values (?1, ?2, ?3, ?4, ?5)",
            params![
                WORKSPACE,
                talk.ended_at.as_millis(),
                talk.segment.blob(),
                talk.queue.blob(),
                talk.started_at.as_millis(),
            ],
        )?;
        // Two for each that comes, so that what is old goes in time and no turn has much to remove.
        self.statements.run(
            "delete from talks where workspace_id = ?1 and (ended_at, segment) in (
                 select ended_at, segment from talks
                 where workspace_id = ?1 and ended_at < ?2 order by ended_at limit 2)",
            params![WORKSPACE, talk.ended_at.minus(COUNTED_KEPT).as_millis()],
        )?;
        Ok(())
    }

    fn filed(&mut self, filed: &Filed) -> Result<(), StoreError> {
        self.statements.run(
            "update talks set filed_at = ?4 where workspace_id = ?1 and ended_at = ?2 and segment = ?3",
            params![WORKSPACE, filed.ended_at.as_millis(), filed.segment.blob(), filed.filed_at.as_millis()],
        )?;
        Ok(())
    }

    fn unanswered(&mut self, unanswered: &Unanswered) -> Result<(), StoreError> {
        let missed = match unanswered.answer {
            NoAnswer::Missed => true,
            NoAnswer::Rejected => false,
        };
        self.statements.run(
            "insert into unanswered (workspace_id, ended_at, offer, queue, agent, missed)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                WORKSPACE,
                unanswered.ended_at.as_millis(),
                unanswered.offer.blob(),
                unanswered.queue.blob(),
                unanswered.agent.blob(),
                missed,
            ],
        )?;
        self.statements.run(
            "delete from unanswered where workspace_id = ?1 and (ended_at, offer) in (
                 select ended_at, offer from unanswered
                 where workspace_id = ?1 and ended_at < ?2 order by ended_at limit 2)",
            params![WORKSPACE, unanswered.ended_at.minus(COUNTED_KEPT).as_millis()],
        )?;
        Ok(())
    }

    fn offer(&mut self, offer: &Offer) -> Result<(), StoreError> {
        let (cause, cause_id) = rows::offer_cause(offer.cause);
        let (deadline, ended_at, ended_as) = match offer.state {
            OfferState::Open { deadline } => (deadline.map(Timestamp::as_millis), None, None),
            OfferState::Ended { at, end } => (None, Some(at.as_millis()), Some(end.word())),
        };
        let body = body(self.body, offer)?;
        self.statements.run(
            include_str!("offer.sql"),
            params![
                WORKSPACE,
                offer.id.blob(),
                offer.conversation.blob(),
                offer.agent.blob(),
                cause,
                cause_id,
                offer.made_at.as_millis(),
                deadline,
                ended_at,
                ended_as,
                body,
            ],
        )?;
        Ok(())
    }

    fn rating(&mut self, rating: &Rating) -> Result<(), StoreError> {
        self.statements.run(
            "insert or ignore into ratings (workspace_id, conversation, score, at_ms) values (?1, ?2, ?3, ?4)",
            params![WORKSPACE, rating.conversation.blob(), u8::from(rating.score), rating.at.as_millis()],
        )?;
        Ok(())
    }

    fn transfer(&mut self, transfer: &Transfer) -> Result<(), StoreError> {
        let (target_kind, target_id) = rows::target(transfer.target);
        let (from_kind, from_id) = rows::owner(transfer.from.owner());
        let (consulted, ended_at, ended_as) = match &transfer.state {
            TransferState::Requested
            | TransferState::Seeking { .. }
            | TransferState::Released { .. }
            | TransferState::Enqueued { .. }
            | TransferState::Calling { .. } => (None, None, None),
            TransferState::Consulting { agent, .. } => (Some(agent.blob()), None, None),
            TransferState::Ended { at, end } => (None, Some(at.as_millis()), Some(end.word())),
        };
        let body = body(self.body, transfer)?;
        self.statements.run(
            include_str!("transfer.sql"),
            params![
                WORKSPACE,
                transfer.id.blob(),
                transfer.conversation.blob(),
                from_kind,
                from_id,
                target_kind,
                target_id,
                rows::mode(transfer.mode),
                transfer.requested_at.as_millis(),
                transfer.word(),
                consulted,
                ended_at,
                ended_as,
                body,
            ],
        )?;
        Ok(())
    }
}
