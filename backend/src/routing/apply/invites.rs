//! Invitations and participants.

use baton_shared::*;

use super::super::capacity::Hold;
use super::super::{Deadline, RoutingState, Subject};

impl RoutingState {
    pub(super) fn invite_made(&mut self, invite: Invite) {
        let id = invite.id;
        let Some(conversation) = self.conversations.get_mut(&invite.conversation) else { return };
        conversation.invites.change(|invites| invites.insert(id));
        self.index.touched.conversations.insert(invite.conversation);
        self.index.touched.invites.insert(id);
        if let InviteState::Open { deadline, .. } = invite.state {
            self.index.deadlines.add(deadline, Deadline::Invite(id));
        }
        self.invites.insert(id, invite);
        self.place_subject(Subject::Invite(id));
    }

    pub(super) fn participant_joined(&mut self, id: InviteId, agent: AgentId, since: Timestamp) {
        self.disarm_invite(id);
        let Some(invite) = self.invites.get_mut(&id) else { return };
        invite.state = InviteState::Joined { agent, since };
        self.index.touched.invites.insert(id);
        let (work, channel) =
            (invite.work, self.conversations.get(&invite.conversation).map(|open| open.channel));
        if let Some(seat) = self.agents.number(&agent) {
            self.begin_idleness(seat, agent, since);
        }
        if let Some(channel) = channel {
            self.hold_for(id, agent, channel, work);
        }
        self.place_subject(Subject::Invite(id));
    }

    pub(super) fn invite_ended(&mut self, id: InviteId, end: InviteEnd, at: Timestamp) {
        self.disarm_invite(id);
        self.end_hold(Hold::Invite(id));
        let Some(mut invite) = self.invites.remove(&id) else { return };
        if let Some(conversation) = self.conversations.get_mut(&invite.conversation) {
            conversation.invites.change(|invites| invites.remove(&id));
            self.index.touched.conversations.insert(invite.conversation);
        }
        invite.state = InviteState::Ended { at, end };
        self.place_subject(Subject::Invite(id));
        self.index.touched.ended_invites.push(invite);
    }

    fn disarm_invite(&mut self, id: InviteId) {
        if let Some(InviteState::Open { deadline, .. }) = self.invites.get(&id).map(|invite| &invite.state) {
            self.index.deadlines.remove(*deadline, Deadline::Invite(id));
        }
    }
}
