//! What is offered next, and to whom, of what stands in the lines.

use baton_shared::offer::OFFER_REST;
use baton_shared::queue::AskedFirst;
use baton_shared::*;

use super::super::open::Open;
use super::super::seats::SeatId;
use super::super::{Match, RoutingState, Subject};
use super::{Beside, Class, ClassId, Head, Line, Place, Standing};

impl RoutingState {
    /// Returns the next conversation to offer, or nothing when every line is as short as it can be.
    ///
    /// Lines are served by priority, then by the time at which their queue's target wants them accepted, then id; each
    /// conversation goes to the eligible agent who has been idle longest, or to the least loaded one where its queue says
    /// so. Source: first come, first served, longest idle server (Adan and Weiss, "A skill based parallel service system
    /// under FCFS-ALIS", 2014).
    pub fn plan(&mut self, now: Timestamp) -> Option<Match> {
        self.settle();
        // Someone who becomes free alone, while nothing else could be matched, need not be listed to be given something.
        if let ([newcomer], true) = (self.index.lines.newcomers.as_slice(), self.index.lines.fresh.is_empty())
        {
            let seat = *newcomer;
            let agent = self.index.seats[seat].standing.agent?;
            let found = self.first_for(seat, agent, now);
            match found {
                Some((.., Beside(slot))) => self.conversations.expect(slot),
                None => drop(self.list_newcomers()),
            }
            return found.map(|(_, _, subject, _)| Match { subject, agent });
        }
        for seat in self.list_newcomers() {
            self.index.lines.refresh(&self.index.seats[seat].standing);
        }
        self.first_of_all(now).map(|((_, _, subject, _), agent)| Match { subject, agent })
    }

    /// Lists those who became free, and returns them.
    fn list_newcomers(&mut self) -> Vec<SeatId> {
        // An empty list keeps its room.
        if self.index.lines.newcomers.is_empty() {
            return Vec::new();
        }
        let newcomers = std::mem::take(&mut self.index.lines.newcomers);
        for seat in &newcomers {
            let standing = &mut self.index.seats[*seat].standing;
            standing.newcomer = false;
            let Some(agent) = standing.agent else { continue };
            self.index.lines.list(&mut self.index.seats, *seat, agent);
        }
        newcomers
    }

    /// Returns the first place of all lines that someone free can serve, and who should.
    fn first_of_all(&mut self, now: Timestamp) -> Option<(Place, AgentId)> {
        let mut first: Option<(Place, AgentId)> = None;
        let mut settled = Vec::new();
        for class in &self.index.lines.fresh {
            let line = &self.index.lines.lines[*class as usize];
            match line.waiting.first() {
                Some(next) if first.is_some_and(|(place, _)| place < next) => {}
                Some(_) => match self.first_of(line, now) {
                    Some(found) if first.is_none_or(|(place, _)| found.0 < place) => first = Some(found),
                    Some(_) => {}
                    None => settled.push(*class),
                },
                None => settled.push(*class),
            }
        }
        for class in settled {
            self.index.lines.fresh.remove(&class);
        }
        first
    }

    /// Returns the first of the first places of all lines that an agent can serve.
    fn soonest(&self, standing: &Standing) -> Option<Place> {
        let lines = &self.index.lines;
        let (mut least, mut soonest): (u64, Option<ClassId>) = (Head::NOTHING, None);
        for class in &standing.able {
            let head = lines.heads[*class as usize];
            // Only places of the same rank have to be looked at themselves.
            let later = |class, soonest| lines.first(class) >= lines.first(soonest);
            if head.urgency > least
                || head.urgency == least && soonest.is_none_or(|soonest| later(*class, soonest))
                || !standing.has_room(head.room)
            {
                continue;
            }
            (least, soonest) = (head.urgency, Some(*class));
        }
        let soonest = soonest?;
        self.conversations.prefetch_all_at(lines.heads[soonest as usize].slot);
        lines.first(soonest)
    }

    /// Returns the first place of all lines that an agent can serve.
    fn first_for(&self, seat: SeatId, agent: AgentId, now: Timestamp) -> Option<Place> {
        let standing = &self.index.seats[seat].standing;
        // Most often they may have the first of all heads, and nothing else has to be looked at.
        let soonest = self.soonest(standing)?;
        if self.may_have(agent, &soonest, now) {
            return Some(soonest);
        }
        let mut first: Option<Place> = None;
        let lines = &self.index.lines;
        let with_room = |class: &&ClassId| standing.has_room(lines.heads[**class as usize].room);
        for class in standing.able.iter().filter(with_room) {
            let waiting = lines.lines[*class as usize].waiting.iter();
            let mut sooner = waiting.take_while(|place| first.is_none_or(|first| **place < first));
            first = sooner.find(|place| self.may_have(agent, place, now)).copied().or(first);
        }
        first
    }

    /// Says whether a subject can be offered to someone who can serve its line and has room.
    fn may_have(&self, agent: AgentId, (_, _, subject, Beside(slot)): &Place, now: Timestamp) -> bool {
        let (subject, slot) = (*subject, *slot);
        let Some(Open { conversation, .. }) = self.conversations.at(slot) else { return false };
        let Some(search) = self.search_for(subject, conversation) else { return false };
        let rested = search.passed.get(&agent).is_none_or(|passed_at| passed_at.plus(OFFER_REST) <= now);
        rested && self.askable(agent, search, conversation)
    }

    /// Says whether someone neither owns a conversation nor takes part in it, and is not asked already.
    fn askable(&self, agent: AgentId, search: &Search, conversation: &Conversation) -> bool {
        conversation.owner() != Some(Owner::Agent(agent))
            && !search.offers.contains_key(&agent)
            && (conversation.invites.is_empty()
                || !self.participants(conversation).any(|participant| participant == agent))
    }

    fn asked_first(&self, pool: Pool) -> AskedFirst {
        match pool {
            Pool::Queue(queue) => {
                self.queues.get(&queue).map(|queue| queue.rules.asked_first).unwrap_or_default()
            }
            Pool::Group(_) | Pool::Agent(_) => AskedFirst::default(),
        }
    }

    /// Returns which capacity an offer of a subject takes up.
    pub(in super::super) fn work_of(&self, subject: Subject, conversation: &Conversation) -> Work {
        match subject {
            Subject::Conversation(_) => conversation.work,
            Subject::Invite(invite) => {
                self.invites.get(&invite).map_or(conversation.work, |invite| invite.work)
            }
        }
    }

    /// Returns which share of an agent's room for a kind of work on a channel is taken, in parts of 2^32.
    fn share_taken(&self, agent: AgentId, channel: Channel, work: Work) -> u64 {
        let limit = self.agents.get(&agent).map_or(1, |agent| agent.limit(channel, work));
        (u64::from(self.taken(agent, channel, work)) << 32) / u64::from(limit.max(1))
    }

    /// Returns the first place of a line that someone free can serve.
    fn first_of(&self, line: &Line, now: Timestamp) -> Option<(Place, AgentId)> {
        if line.free.is_empty() {
            return None;
        }
        line.waiting.iter().find_map(|place| Some((*place, self.agent_for(line, place, now)?)))
    }

    /// Returns who should be offered a subject: of those who are free, neither own the conversation nor take part in it and
    /// are not asked already, the one idle longest or least loaded who did not pass it; where all did, the one whose rest
    /// ended first.
    fn agent_for(
        &self,
        line: &Line,
        (_, _, subject, Beside(slot)): &Place,
        now: Timestamp,
    ) -> Option<AgentId> {
        let (subject, slot) = (*subject, *slot);
        let Open { conversation, .. } = self.conversations.at(slot)?;
        let search = self.search_for(subject, conversation)?;
        let askable = |agent: AgentId| self.askable(agent, search, conversation);
        let fresh = |agent: &AgentId| askable(*agent) && !search.passed.contains_key(agent);
        let mut free = line.free.iter().map(|(_, agent)| *agent).filter(fresh);
        let first = match self.asked_first(line.class.pool) {
            AskedFirst::LongestIdle => free.next(),
            // Of equals the first is found, who has been idle longest.
            AskedFirst::LeastLoaded => {
                let Class { channel, work, .. } = line.class;
                free.min_by_key(|agent| self.share_taken(*agent, channel, work))
            }
        };
        if first.is_some() {
            return first;
        }
        let rested = search.passed.iter().filter(|(agent, passed_at)| {
            passed_at.plus(OFFER_REST) <= now
                && askable(**agent)
                && self
                    .seat_of(**agent)
                    .is_some_and(|seat| line.free.contains(&seat.standing.listed_as(**agent)))
        });
        rested.min_by_key(|(agent, passed_at)| (**passed_at, **agent)).map(|(agent, _)| *agent)
    }
}
