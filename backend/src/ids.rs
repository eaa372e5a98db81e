//! The only source of ids.

use baton_shared::*;

use crate::seeded::Seeded;

/// Makes ids: the present in milliseconds, and 80 bits from a generator with a seed.
///
/// Ids are not secrets: whatever must not be guessed has a token of its own.
#[derive(Clone, Debug)]
pub struct IdSource {
    seeded: Seeded,
    now: Timestamp,
}

macro_rules! makers {
    ($($(#[$doc:meta])* $maker:ident -> $id:ident;)*) => {$(
        $(#[$doc])*
        pub fn $maker(&mut self) -> $id {
            $id::from_bits(self.bits())
        }
    )*};
}

impl IdSource {
    /// Makes a source that gives the same ids for the same seed and times.
    pub const fn from_seed(seed: u64) -> Self {
        Self { seeded: Seeded::from_seed(seed), now: Timestamp::from_millis(0) }
    }

    /// Sets the time that the next ids carry.
    pub const fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    makers! {
        /// Makes an id for a person.
        agent -> AgentId;
        /// Makes an id for a customer.
        contact -> ContactId;
        /// Makes an id for a conversation.
        conversation -> ConversationId;
        /// Makes an id for an external contact.
        external -> ExternalId;
        /// Makes an id for a flow.
        flow -> FlowId;
        /// Makes an id for a transfer group.
        group -> GroupId;
        /// Makes an id for an invitation.
        invite -> InviteId;
        /// Makes an id for a message.
        message -> MessageId;
        /// Makes an id for an offer.
        offer -> OfferId;
        /// Makes an id for a queue.
        queue -> QueueId;
        /// Makes an id for a request.
        request -> RequestId;
        /// Makes an id for a scheduled report.
        schedule -> ScheduleId;
        /// Makes an id for a segment.
        segment -> SegmentId;
        /// Makes an id for a skill.
        skill -> SkillId;
        /// Makes an id for a team.
        team -> TeamId;
        /// Makes an id for a transfer.
        transfer -> TransferId;
        /// Makes an id for a workflow.
        workflow -> WorkflowId;
    }

    fn bits(&mut self) -> u128 {
        let millis = (self.now.as_millis() as u128) & ((1 << 48) - 1);
        let chosen =
            (u128::from(self.seeded.next()) << 64 | u128::from(self.seeded.next())) & ((1 << 80) - 1);
        millis << 80 | chosen
    }
}
