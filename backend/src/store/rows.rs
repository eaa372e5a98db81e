//! How things look in columns, whichever database keeps them: ids as 16 bytes, kinds and ends as words.
//!
//! The words are read by people and by reports; what is loaded again is the JSON beside them.

use baton_shared::agent::Role;
use baton_shared::conversation::EndedBy;
use baton_shared::queue::Priority;
use baton_shared::segment::{Disposition, FollowedBy, OwnerCause};
use baton_shared::*;
use serde::de::DeserializeOwned;

use super::{Row, StoreError};
use crate::routing::Changed;

/// An id as 16 bytes, in the order of the ids.
pub type Blob = [u8; 16];

/// An id that is kept as 16 bytes.
pub trait StoredId: Copy {
    /// Returns the bytes.
    fn blob(self) -> Blob;

    /// Returns the id of these bytes.
    fn from_blob(blob: Blob) -> Self;
}

macro_rules! stored_ids {
    ($($id:ident)*) => {$(
        impl StoredId for $id {
            fn blob(self) -> Blob {
                self.bits().to_be_bytes()
            }

            fn from_blob(blob: Blob) -> Self {
                Self::from_bits(u128::from_be_bytes(blob))
            }
        }
    )*};
}

stored_ids! {
    AgentId ContactId ConversationId ExternalId FlowId GroupId InviteId MessageId OfferId QueueId RequestId ScheduleId SegmentId SkillId TeamId TransferId
    WorkflowId
}

/// A kind and the id that goes with it.
pub type Tagged = (&'static str, Blob);

/// Returns the columns of an owner.
pub fn owner(owner: Owner) -> Tagged {
    match owner {
        Owner::Agent(agent) => ("agent", agent.blob()),
        Owner::Queue(queue) => ("queue", queue.blob()),
        Owner::Group(group) => ("group", group.blob()),
        Owner::Flow(flow) => ("flow", flow.blob()),
        Owner::External(external) => ("external", external.blob()),
    }
}

/// Returns the columns of who wrote a message, and what they are where that is no agent; nothing for the customer.
pub fn author(author: Author) -> (Option<Blob>, Option<&'static str>) {
    match author {
        Author::Customer => (None, None),
        Author::Agent(agent) => (Some(agent.blob()), None),
        Author::Flow(flow) => (Some(flow.blob()), Some("flow")),
        Author::External(external) => (Some(external.blob()), Some("external")),
    }
}

/// Returns the columns of a transfer's target.
pub fn target(target: Target) -> Tagged {
    match target {
        Target::Agent(agent) => ("agent", agent.blob()),
        Target::Group(group) => ("group", group.blob()),
        Target::Queue(queue) => ("queue", queue.blob()),
        Target::Workflow(workflow) => ("workflow", workflow.blob()),
        Target::Flow(flow) => ("flow", flow.blob()),
        Target::External(external) => ("external", external.blob()),
    }
}

/// Returns the columns of an offer's cause.
pub fn offer_cause(cause: OfferCause) -> Tagged {
    match cause {
        OfferCause::Queue(queue) => ("queue", queue.blob()),
        OfferCause::Transfer(transfer) => ("transfer", transfer.blob()),
        OfferCause::Invite(invite) => ("invite", invite.blob()),
    }
}

/// Returns the columns of why an owner got a conversation.
pub fn owner_cause(cause: OwnerCause) -> (&'static str, Option<Blob>) {
    match cause {
        OwnerCause::Opened => ("opened", None),
        OwnerCause::Accepted(offer) => ("accepted", Some(offer.blob())),
        OwnerCause::Transferred(transfer) => ("transferred", Some(transfer.blob())),
        OwnerCause::TakenBack(transfer) => ("taken_back", Some(transfer.blob())),
        OwnerCause::Released => ("released", None),
        OwnerCause::Parked(transfer) => ("parked", Some(transfer.blob())),
        OwnerCause::Returned(transfer) => ("returned", Some(transfer.blob())),
        OwnerCause::Expired(transfer) => ("expired", Some(transfer.blob())),
        OwnerCause::Lost => ("lost", None),
        OwnerCause::TakenOver(by) => ("taken_over", by.map(StoredId::blob)),
        OwnerCause::Redirected => ("redirected", None),
        OwnerCause::Left(invite) => ("left", Some(invite.blob())),
        OwnerCause::Routed(workflow) => ("routed", Some(workflow.blob())),
        OwnerCause::Overflowed(queue) => ("overflowed", Some(queue.blob())),
        OwnerCause::Entered(flow) => ("entered", Some(flow.blob())),
    }
}

/// Returns the columns of what ended a segment.
pub fn followed_by(followed_by: FollowedBy) -> (&'static str, Option<Blob>) {
    match followed_by {
        FollowedBy::Owner(cause) => owner_cause(cause),
        FollowedBy::End(EndedBy::Agent) => ("ended_by_agent", None),
        FollowedBy::End(EndedBy::Customer) => ("ended_by_customer", None),
        FollowedBy::End(EndedBy::System) => ("ended_by_system", None),
    }
}

/// Returns the word for who ended a conversation.
pub const fn ended_by(by: EndedBy) -> &'static str {
    match by {
        EndedBy::Agent => "agent",
        EndedBy::Customer => "customer",
        EndedBy::System => "system",
    }
}

/// Returns the word for a channel.
pub const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::WebChat => "web_chat",
    }
}

/// Returns the word for a role.
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Supervisor => "supervisor",
        Role::Administrator => "administrator",
    }
}

/// Returns the number of a priority; a higher one goes first.
pub const fn priority(priority: Priority) -> u8 {
    match priority {
        Priority::Low => 0,
        Priority::Normal => 1,
        Priority::High => 2,
        Priority::Urgent => 3,
    }
}

/// Returns the word for what a segment was about.
pub const fn disposition(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Resolved => "resolved",
        Disposition::FollowUp => "follow_up",
        Disposition::PassedOn => "passed_on",
        Disposition::NoReply => "no_reply",
        Disposition::Spam => "spam",
    }
}

/// Returns the word for the way in which a conversation is passed on.
pub const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Cold => "cold",
        Mode::Warm => "warm",
        Mode::Invite => "invite",
    }
}

/// Reads a thing from its JSON.
pub fn from_body<Thing: DeserializeOwned>(table: &str, body: &str) -> Result<Thing, StoreError> {
    serde_json::from_str(body)
        .map_err(|error| StoreError::Corrupt { what: format!("a row of `{table}` cannot be read: {error}") })
}

/// Returns a text in which case makes no difference, in `folded`, whose room is used again.
///
/// Upper case first makes one of the pairs that lower case alone keeps apart, such as the two small sigmas.
pub fn fold_case(text: &str, folded: &mut String) {
    folded.clear();
    folded.extend(text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase));
}

impl From<Changed> for Row {
    fn from(changed: Changed) -> Self {
        match changed {
            Changed::Skill(skill) => Self::Skill(skill),
            Changed::Agent(agent) => Self::Agent(agent),
            Changed::Queue(queue) => Self::Queue(queue),
            Changed::Group(group) => Self::Group(group),
            Changed::GroupRemoved(group) => Self::GroupRemoved(group),
            Changed::Team(team) => Self::Team(team),
            Changed::TeamRemoved(team) => Self::TeamRemoved(team),
            Changed::Workflow(workflow) => Self::Workflow(workflow),
            Changed::WorkflowRemoved(workflow) => Self::WorkflowRemoved(workflow),
            Changed::Flow(flow) => Self::Flow(flow),
            Changed::FlowRemoved(flow) => Self::FlowRemoved(flow),
            Changed::External(external) => Self::External(external),
            Changed::ExternalRemoved(external) => Self::ExternalRemoved(external),
            Changed::Schedule { schedule, owner } => Self::Schedule { schedule, owner },
            Changed::ScheduleRemoved(schedule) => Self::ScheduleRemoved(schedule),
            Changed::Policies(policies) => Self::Policies(policies),
            Changed::Listener { conversation, agent, listens } => {
                Self::Listener { conversation, agent, listens }
            }
            Changed::WhispersForgotten(conversation) => Self::WhispersForgotten(conversation),
            Changed::Invite(invite) => Self::Invite(invite),
            Changed::Request(request) => Self::Request(request),
            Changed::Conversation(conversation) => Self::Conversation(conversation),
            Changed::Segment(segment) => Self::Segment(segment),
            Changed::Talk(talk) => Self::Talk(talk),
            Changed::Filed(filed) => Self::Filed(filed),
            Changed::Offer(offer) => Self::Offer(offer),
            Changed::Unanswered(unanswered) => Self::Unanswered(unanswered),
            Changed::Transfer(transfer) => Self::Transfer(transfer),
            Changed::Rating(rating) => Self::Rating(rating),
        }
    }
}
