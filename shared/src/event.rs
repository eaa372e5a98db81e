//! What happened, as the log keeps it: ids, states, times and numbers, never what people wrote or who they are.
//!
//! Events are facts in the past tense; applying them never fails. They are never rewritten: a new meaning is a new
//! version, read through an upcast.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::agent::{Role, Status};
use crate::channel::Channel;
use crate::conversation::{EndedBy, Epoch, Owner};
use crate::flow::{Flow, FlowEnd};
use crate::ids::*;
use crate::invite::InviteEnd;
use crate::message::Author;
use crate::offer::{Load, OfferCause, OfferEnd, Reply};
use crate::policy::{PolicyOverride, PolicyScope, Preset, TransferPolicy};
use crate::queue::{Membership, Priority, QueueRules};
use crate::rating::Score;
use crate::search::Pool;
use crate::segment::{Disposition, OwnerCause, WrapUp};
use crate::skill::{Level, Skills};
use crate::team::Team;
use crate::time::Timestamp;
use crate::transfer::{Carried, Mode, Sender, Target, TransferEnd};
use crate::workflow::{Lowered, PlannedStep, Workflow};

/// The version in which events are written today.
pub const EVENT_VERSION: u32 = 1;

/// How transfers went before there were policies: an event of that time is read with it.
fn before_policies() -> Box<TransferPolicy> {
    Box::new(TransferPolicy { lift_secs: 0, ..TransferPolicy::default() })
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its place in the log, from 1, without gaps.
    pub position: u64,
    /// When it was decided; never before the event at the position before.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are named after what they are; the variants say what happened")]
pub enum Event {
    /// The server started; deadlines that were running end no sooner than `held_until`.
    ServerStarted { held_until: Timestamp },
    /// A person was added, at first offline.
    PersonAdded {
        agent: AgentId,
        role: Role,
        capacity: BTreeMap<Channel, u32>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        interruptible: BTreeMap<Channel, u32>,
    },
    /// A person's role, right to sign in or capacity was set.
    PersonChanged {
        agent: AgentId,
        role: Role,
        enabled: bool,
        capacity: BTreeMap<Channel, u32>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        interruptible: BTreeMap<Channel, u32>,
    },
    /// A skill can be granted and asked for.
    SkillAdded { skill: SkillId },
    /// A person has a skill, at a level.
    SkillGranted {
        agent: AgentId,
        skill: SkillId,
        #[serde(default, skip_serializing_if = "Level::is_least")]
        level: Level,
    },
    /// A person has a skill no more.
    SkillRevoked { agent: AgentId, skill: SkillId },
    /// A queue was added.
    QueueAdded { queue: QueueId, skills: Skills, priority: Priority },
    /// What a queue asks for was set.
    QueueChanged { queue: QueueId, skills: Skills, priority: Priority },
    /// How a queue keeps waits within bounds was set, and by whom.
    QueueRulesSet { queue: QueueId, rules: Box<QueueRules>, by: Option<AgentId> },
    /// A queue's opening time began, and until when it stays open.
    QueueOpened { queue: QueueId, until: Option<Timestamp> },
    /// A queue's opening time ended, and until when it stays closed.
    QueueClosed { queue: QueueId, until: Option<Timestamp> },
    /// A person may be offered a queue's work.
    MemberAdded { queue: QueueId, agent: AgentId },
    /// A person is offered a queue's work no more.
    MemberRemoved { queue: QueueId, agent: AgentId },
    /// A transfer group was added, and by whom.
    GroupAdded {
        group: GroupId,
        skills: BTreeSet<SkillId>,
        #[serde(default)]
        membership: Membership,
        #[serde(default)]
        priority: Priority,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AgentId>,
    },
    /// Who belongs to a transfer group and how urgent it is was set, and by whom.
    GroupChanged {
        group: GroupId,
        skills: BTreeSet<SkillId>,
        membership: Membership,
        priority: Priority,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AgentId>,
    },
    /// A transfer group was removed, and by whom; what waits for it goes to its queue.
    GroupRemoved {
        group: GroupId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AgentId>,
    },
    /// A workflow was added, and by whom.
    WorkflowAdded { workflow: Box<Workflow>, by: Option<AgentId> },
    /// What a workflow is was set, and by whom.
    WorkflowChanged { workflow: Box<Workflow>, by: Option<AgentId> },
    /// A workflow was removed, and by whom.
    WorkflowRemoved { workflow: WorkflowId, by: Option<AgentId> },
    /// A flow was added, and by whom.
    FlowAdded { flow: Flow, by: Option<AgentId> },
    /// What a flow is was set, and by whom.
    FlowChanged { flow: Flow, by: Option<AgentId> },
    /// A flow was removed, and by whom.
    FlowRemoved { flow: FlowId, by: Option<AgentId> },
    /// An external contact was added, and by whom.
    ExternalAdded { external: ExternalId, by: Option<AgentId> },
    /// What an external contact is was set, and by whom.
    ExternalChanged { external: ExternalId, by: Option<AgentId> },
    /// An external contact was removed, and by whom.
    ExternalRemoved { external: ExternalId, by: Option<AgentId> },
    /// A report was scheduled; whoever did it is whose it is.
    ScheduleAdded { schedule: ScheduleId, by: AgentId },
    /// What a scheduled report is was set, and by whom.
    ScheduleChanged { schedule: ScheduleId, by: AgentId },
    /// A scheduled report was removed, and by whom.
    ScheduleRemoved { schedule: ScheduleId, by: AgentId },
    /// A team was added, and by whom.
    TeamAdded { team: Box<Team>, by: Option<AgentId> },
    /// Who is in a team or leads it was set, and by whom.
    TeamChanged { team: Box<Team>, by: Option<AgentId> },
    /// A team was removed, and by whom.
    TeamRemoved { team: TeamId, by: Option<AgentId> },
    /// How transfers go was set for the workspace, and by whom.
    PolicySet { preset: Preset, policy: Box<TransferPolicy>, by: Option<AgentId> },
    /// How transfers go was set for a queue or a channel, and by whom; an empty override takes it away.
    PolicyOverridden { scope: PolicyScope, set: Box<PolicyOverride>, by: Option<AgentId> },
    /// A person chose a status.
    StatusChanged { agent: AgentId, status: Status },
    /// A browser of this person answers heartbeats.
    AgentReached { agent: AgentId },
    /// No browser of this person answers any more, or they signed out.
    AgentLost { agent: AgentId },
    /// A customer opened a conversation, which waits in a queue.
    ConversationOpened {
        conversation: ConversationId,
        contact: ContactId,
        channel: Channel,
        queue: QueueId,
        segment: SegmentId,
    },
    /// Someone said something.
    MessageSent { conversation: ConversationId, message: MessageId, seq: u32, author: Author },
    /// A conversation was offered.
    OfferMade {
        offer: OfferId,
        conversation: ConversationId,
        agent: AgentId,
        cause: OfferCause,
        deadline: Option<Timestamp>,
    },
    /// An offer ended; `load` is what its agent had in use of the capacity it counts against, itself included where it takes
    /// room, if they refused or missed it.
    OfferEnded {
        offer: OfferId,
        conversation: ConversationId,
        agent: AgentId,
        end: OfferEnd,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        load: Option<Load>,
    },
    /// The receiver of a transfer let its sender know something, or was answered; `until` is when the offer ends now, if
    /// it ends later for it.
    OfferReplied {
        offer: OfferId,
        conversation: ConversationId,
        agent: AgentId,
        reply: Reply,
        until: Option<Timestamp>,
    },
    /// An agent, or a bot that has the conversation, asked for a transfer; where the one it is meant for is passed over,
    /// `pool` says who is asked instead. An event without `carried` says nothing of note and summary. Where a supervisor
    /// asked for it in the agent's place, `by` says who.
    TransferRequested {
        transfer: TransferId,
        conversation: ConversationId,
        from: Sender,
        target: Target,
        #[serde(default)]
        mode: Mode,
        #[serde(default = "before_policies")]
        policy: Box<TransferPolicy>,
        #[serde(default)]
        pool: Option<Pool>,
        #[serde(default)]
        deadline: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "Carried::is_nothing")]
        carried: Carried,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AgentId>,
    },
    /// A transfer reached its queue or group.
    TransferEnqueued {
        transfer: TransferId,
        conversation: ConversationId,
        undo_until: Timestamp,
        #[serde(default)]
        deadline: Option<Timestamp>,
    },
    /// A waiting conversation entered a workflow: which filter matched, from 0, and the steps it takes along.
    WorkflowEntered {
        conversation: ConversationId,
        workflow: WorkflowId,
        filter: Option<u16>,
        steps: Vec<PlannedStep>,
        fallback: QueueId,
    },
    /// A step of the way through a workflow began; each skill is asked for until its time, if it has one, at the least
    /// level where `levels` has no other, and from a time on at that of `lowering`, the soonest first.
    StepEntered {
        conversation: ConversationId,
        workflow: WorkflowId,
        step: u16,
        pool: Pool,
        skills: BTreeMap<SkillId, Option<Timestamp>>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        levels: BTreeMap<SkillId, Level>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lowering: Vec<Lowered>,
        priority: Option<Priority>,
        deadline: Option<Timestamp>,
    },
    /// A flow asks something in a step, from 0, for the how-many-eth time, after as many steps as were taken.
    FlowAsked { conversation: ConversationId, flow: FlowId, step: u16, tries: u8, taken: u16 },
    /// A flow is through with a conversation, or could not go on with it, after as many steps; what becomes of it follows in the same turn.
    FlowEnded { conversation: ConversationId, flow: FlowId, end: FlowEnd, taken: u16 },
    /// Skills that a step asked for are asked for no more.
    SkillsDropped { conversation: ConversationId, skills: BTreeSet<SkillId> },
    /// Skills that a step asks for are asked for at lower levels.
    SkillsLowered { conversation: ConversationId, levels: BTreeMap<SkillId, Level> },
    /// A queue asks for less of whoever takes a conversation that waits in it: so many of its relaxations hold.
    QueueRelaxed { conversation: ConversationId, queue: QueueId, relaxed: u8 },
    /// No step is left: everyone in the queue that owns the conversation is asked.
    StepsEnded { conversation: ConversationId, workflow: WorkflowId },
    /// The customer was silent so long that the conversation takes no room of its agent until they write.
    ConversationIdled { conversation: ConversationId, agent: AgentId },
    /// Whoever served the customer last is asked alone until a time.
    LastAgentAsked { conversation: ConversationId, agent: AgentId, until: Timestamp },
    /// Everyone who serves the queue is asked, no more only whoever served the customer last.
    EveryoneAsked { conversation: ConversationId },
    /// Nowhere is room for a conversation that waited too long: it waits on where it is, without a limit.
    LimitLifted { conversation: ConversationId },
    /// The next owner is looked for elsewhere; a released sender gets it back no more.
    TransferRerouted { transfer: TransferId, conversation: ConversationId, pool: Pool },
    /// The receiver of a warm transfer came: the two talk aside.
    ConsultBegan {
        transfer: TransferId,
        conversation: ConversationId,
        from: AgentId,
        agent: AgentId,
        deadline: Timestamp,
    },
    /// Someone said something aside.
    AsideSent {
        transfer: TransferId,
        conversation: ConversationId,
        message: MessageId,
        seq: u32,
        author: AgentId,
    },
    /// An agent invited someone to join.
    InviteMade {
        invite: InviteId,
        conversation: ConversationId,
        from: AgentId,
        target: Target,
        policy: Box<TransferPolicy>,
        deadline: Timestamp,
    },
    /// Someone takes part.
    ParticipantJoined { invite: InviteId, conversation: ConversationId, agent: AgentId },
    /// An invitation or a participation ended; `agent` took part, if someone did.
    InviteEnded {
        invite: InviteId,
        conversation: ConversationId,
        from: AgentId,
        agent: Option<AgentId>,
        end: InviteEnd,
    },
    /// A former owner reads on.
    ListeningBegan { conversation: ConversationId, agent: AgentId },
    /// A former owner reads on no more.
    ListeningEnded { conversation: ConversationId, agent: AgentId },
    /// A supervisor began to listen in, unnoticed.
    ListenedIn { conversation: ConversationId, agent: AgentId },
    /// A supervisor whispered to the owner, or the owner answered; `segment` is the owner's.
    Whispered {
        conversation: ConversationId,
        segment: SegmentId,
        message: MessageId,
        seq: u32,
        author: AgentId,
    },
    /// A supervisor passed on what someone else has or what waits; what became of it follows in the same turn.
    Redirected { conversation: ConversationId, agent: AgentId, target: Target },
    /// A supervisor called off someone's transfer, or handed the conversation over to the one who is consulted; what became
    /// of it follows in the same turn.
    TransferDirected { transfer: TransferId, conversation: ConversationId, agent: AgentId },
    /// An agent asked supervisors for help.
    FlagRaised { conversation: ConversationId, agent: AgentId },
    /// The agent or a supervisor lowered the flag.
    FlagLowered { conversation: ConversationId, agent: AgentId },
    /// A supervisor changed someone's status, skills or queues, or signed them out; what changed follows in the same turn.
    PersonDirected { agent: AgentId, by: AgentId },
    /// A transfer ended.
    TransferEnded {
        transfer: TransferId,
        conversation: ConversationId,
        from: Sender,
        end: TransferEnd,
        /// Who was being consulted, if someone was.
        #[serde(default)]
        consulted: Option<AgentId>,
    },
    /// Another owner answers for the conversation: `ended` is the segment before, `segment` the new one.
    OwnerChanged {
        conversation: ConversationId,
        from: Owner,
        to: Owner,
        epoch: Epoch,
        cause: OwnerCause,
        ended: SegmentId,
        wrap_up: WrapUp,
        segment: SegmentId,
    },
    /// The conversation ended.
    ConversationClosed {
        conversation: ConversationId,
        from: Owner,
        by: EndedBy,
        ended: SegmentId,
        wrap_up: WrapUp,
    },
    /// A wrap-up lasts longer.
    WrapUpExtended { segment: SegmentId, conversation: ConversationId, agent: AgentId, until: Timestamp },
    /// A numbered request was created from a conversation.
    RequestCreated {
        request: RequestId,
        number: u32,
        conversation: ConversationId,
        contact: ContactId,
        queue: QueueId,
    },
    /// A request was answered.
    RequestAnswered { request: RequestId, conversation: ConversationId, agent: AgentId },
    /// A segment is filed, or needs no filing because its agent has the conversation again.
    WrapUpEnded {
        segment: SegmentId,
        conversation: ConversationId,
        agent: AgentId,
        disposition: Option<Disposition>,
    },
    /// A customer said how good a conversation was that had ended.
    ConversationRated { conversation: ConversationId, score: Score },
}

impl Event {
    /// Returns the conversation it is about, if it is about one.
    pub const fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::ConversationOpened { conversation, .. }
            | Self::MessageSent { conversation, .. }
            | Self::OfferMade { conversation, .. }
            | Self::OfferEnded { conversation, .. }
            | Self::OfferReplied { conversation, .. }
            | Self::TransferRequested { conversation, .. }
            | Self::TransferEnqueued { conversation, .. }
            | Self::TransferRerouted { conversation, .. }
            | Self::WorkflowEntered { conversation, .. }
            | Self::StepEntered { conversation, .. }
            | Self::FlowAsked { conversation, .. }
            | Self::FlowEnded { conversation, .. }
            | Self::SkillsDropped { conversation, .. }
            | Self::SkillsLowered { conversation, .. }
            | Self::QueueRelaxed { conversation, .. }
            | Self::StepsEnded { conversation, .. }
            | Self::LimitLifted { conversation }
            | Self::ConversationIdled { conversation, .. }
            | Self::LastAgentAsked { conversation, .. }
            | Self::EveryoneAsked { conversation }
            | Self::ConsultBegan { conversation, .. }
            | Self::AsideSent { conversation, .. }
            | Self::InviteMade { conversation, .. }
            | Self::ParticipantJoined { conversation, .. }
            | Self::InviteEnded { conversation, .. }
            | Self::ListeningBegan { conversation, .. }
            | Self::ListeningEnded { conversation, .. }
            | Self::ListenedIn { conversation, .. }
            | Self::Whispered { conversation, .. }
            | Self::Redirected { conversation, .. }
            | Self::TransferDirected { conversation, .. }
            | Self::FlagRaised { conversation, .. }
            | Self::FlagLowered { conversation, .. }
            | Self::TransferEnded { conversation, .. }
            | Self::OwnerChanged { conversation, .. }
            | Self::ConversationClosed { conversation, .. }
            | Self::WrapUpExtended { conversation, .. }
            | Self::RequestCreated { conversation, .. }
            | Self::RequestAnswered { conversation, .. }
            | Self::WrapUpEnded { conversation, .. }
            | Self::ConversationRated { conversation, .. } => Some(*conversation),
            Self::ServerStarted { .. }
            | Self::PersonAdded { .. }
            | Self::PersonChanged { .. }
            | Self::SkillAdded { .. }
            | Self::SkillGranted { .. }
            | Self::SkillRevoked { .. }
            | Self::QueueAdded { .. }
            | Self::QueueChanged { .. }
            | Self::QueueRulesSet { .. }
            | Self::QueueOpened { .. }
            | Self::QueueClosed { .. }
            | Self::MemberAdded { .. }
            | Self::MemberRemoved { .. }
            | Self::GroupAdded { .. }
            | Self::GroupChanged { .. }
            | Self::GroupRemoved { .. }
            | Self::WorkflowAdded { .. }
            | Self::WorkflowChanged { .. }
            | Self::WorkflowRemoved { .. }
            | Self::FlowAdded { .. }
            | Self::FlowChanged { .. }
            | Self::FlowRemoved { .. }
            | Self::ExternalAdded { .. }
            | Self::ExternalChanged { .. }
            | Self::ExternalRemoved { .. }
            | Self::ScheduleAdded { .. }
            | Self::ScheduleChanged { .. }
            | Self::ScheduleRemoved { .. }
            | Self::TeamAdded { .. }
            | Self::TeamChanged { .. }
            | Self::TeamRemoved { .. }
            | Self::PolicySet { .. }
            | Self::PolicyOverridden { .. }
            | Self::StatusChanged { .. }
            | Self::AgentReached { .. }
            | Self::AgentLost { .. }
            | Self::PersonDirected { .. } => None,
        }
    }

    /// Returns the stable name under which the log keeps it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ServerStarted { .. } => "server_started",
            Self::PersonAdded { .. } => "person_added",
            Self::PersonChanged { .. } => "person_changed",
            Self::SkillAdded { .. } => "skill_added",
            Self::SkillGranted { .. } => "skill_granted",
            Self::SkillRevoked { .. } => "skill_revoked",
            Self::QueueAdded { .. } => "queue_added",
            Self::QueueChanged { .. } => "queue_changed",
            Self::QueueRulesSet { .. } => "queue_rules_set",
            Self::QueueOpened { .. } => "queue_opened",
            Self::QueueClosed { .. } => "queue_closed",
            Self::MemberAdded { .. } => "member_added",
            Self::MemberRemoved { .. } => "member_removed",
            Self::GroupAdded { .. } => "group_added",
            Self::GroupChanged { .. } => "group_changed",
            Self::GroupRemoved { .. } => "group_removed",
            Self::WorkflowAdded { .. } => "workflow_added",
            Self::WorkflowChanged { .. } => "workflow_changed",
            Self::WorkflowRemoved { .. } => "workflow_removed",
            Self::FlowAdded { .. } => "flow_added",
            Self::FlowChanged { .. } => "flow_changed",
            Self::FlowRemoved { .. } => "flow_removed",
            Self::ExternalAdded { .. } => "external_added",
            Self::ExternalChanged { .. } => "external_changed",
            Self::ExternalRemoved { .. } => "external_removed",
            Self::ScheduleAdded { .. } => "schedule_added",
            Self::ScheduleChanged { .. } => "schedule_changed",
            Self::ScheduleRemoved { .. } => "schedule_removed",
            Self::TeamAdded { .. } => "team_added",
            Self::TeamChanged { .. } => "team_changed",
            Self::TeamRemoved { .. } => "team_removed",
            Self::PolicySet { .. } => "policy_set",
            Self::PolicyOverridden { .. } => "policy_overridden",
            Self::StatusChanged { .. } => "status_changed",
            Self::AgentReached { .. } => "agent_reached",
            Self::AgentLost { .. } => "agent_lost",
            Self::ConversationOpened { .. } => "conversation_opened",
            Self::MessageSent { .. } => "message_sent",
            Self::OfferMade { .. } => "offer_made",
            Self::OfferEnded { .. } => "offer_ended",
            Self::OfferReplied { .. } => "offer_replied",
            Self::TransferRequested { .. } => "transfer_requested",
            Self::TransferEnqueued { .. } => "transfer_enqueued",
            Self::TransferRerouted { .. } => "transfer_rerouted",
            Self::WorkflowEntered { .. } => "workflow_entered",
            Self::StepEntered { .. } => "step_entered",
            Self::FlowAsked { .. } => "flow_asked",
            Self::FlowEnded { .. } => "flow_ended",
            Self::SkillsDropped { .. } => "skills_dropped",
            Self::SkillsLowered { .. } => "skills_lowered",
            Self::QueueRelaxed { .. } => "queue_relaxed",
            Self::StepsEnded { .. } => "steps_ended",
            Self::LimitLifted { .. } => "limit_lifted",
            Self::ConversationIdled { .. } => "conversation_idled",
            Self::LastAgentAsked { .. } => "last_agent_asked",
            Self::EveryoneAsked { .. } => "everyone_asked",
            Self::ConsultBegan { .. } => "consult_began",
            Self::AsideSent { .. } => "aside_sent",
            Self::InviteMade { .. } => "invite_made",
            Self::ParticipantJoined { .. } => "participant_joined",
            Self::InviteEnded { .. } => "invite_ended",
            Self::ListeningBegan { .. } => "listening_began",
            Self::ListeningEnded { .. } => "listening_ended",
            Self::ListenedIn { .. } => "listened_in",
            Self::Whispered { .. } => "whispered",
            Self::Redirected { .. } => "redirected",
            Self::TransferDirected { .. } => "transfer_directed",
            Self::FlagRaised { .. } => "flag_raised",
            Self::FlagLowered { .. } => "flag_lowered",
            Self::PersonDirected { .. } => "person_directed",
            Self::TransferEnded { .. } => "transfer_ended",
            Self::OwnerChanged { .. } => "owner_changed",
            Self::ConversationClosed { .. } => "conversation_closed",
            Self::WrapUpExtended { .. } => "wrap_up_extended",
            Self::RequestCreated { .. } => "request_created",
            Self::RequestAnswered { .. } => "request_answered",
            Self::WrapUpEnded { .. } => "wrap_up_ended",
            Self::ConversationRated { .. } => "conversation_rated",
        }
    }
}
