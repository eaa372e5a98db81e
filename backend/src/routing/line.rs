//! Who waits where, and who is free to serve them: one line for each class of requirements.
//!
//! Everything that asks for the same is one class: the same pool and the same
//! further skills, on the same channel. Each class has a number, so that
//! listing an agent compares numbers and not requirements. A line keeps its conversations in the order in which they are
//! served and its free agents in the order of their idleness, so that a match is the first of both. Which classes an
//! agent can serve is computed when they or the class change; being free or not only lists them there or not.
//!
//! Events only note what is to be looked at again; the lines are put right when the next match is asked for, so that an
//! offer that is made, accepted and followed by its change of owner moves nobody in and out of line three times.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use baton_shared::offer::OFFER_REST;
use baton_shared::queue::{AskedFirst, Priority};
use baton_shared::*;
use rustc_hash::FxHashMap;

use super::{Match, RoutingState, Subject};

/// How many things may be noted before they are looked at without being asked: a replay asks for no match.
const NOTED_MAX: usize = 1_024;

/// A class's number.
type ClassId = u32;
type Rank = (Reverse<Priority>, Timestamp);
type Place = (Reverse<Priority>, Timestamp, Subject);

/// What a conversation asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Class {
    pool: Pool,
    /// Beyond what the pool asks.
    skills: BTreeSet<SkillId>,
    channel: Channel,
}

/// The conversations of a class, and the agents who could serve them at the moment.
#[derive(Clone, Debug)]
struct Line {
    class: Class,
    waiting: BTreeSet<Place>,
    free: BTreeSet<(Timestamp, AgentId)>,
}

/// What comes first in a line, kept side by side with the others' so that someone who becomes free looks at few bytes.
#[derive(Clone, Copy, Debug)]
struct Head {
    channel: Channel,
    first: Option<Place>,
}

/// Which classes an agent can serve, on which channels they have room, and whether the lines list them.
#[derive(Clone, Debug, Default)]
struct Seat {
    able: Vec<ClassId>,
    room: Vec<Channel>,
    idle_since: Timestamp,
    listed: bool,
}

/// Every line.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    classes: BTreeMap<Class, ClassId>,
    lines: Vec<Line>,
    /// The head of each line.
    heads: Vec<Head>,
    seats: FxHashMap<AgentId, Seat>,
    places: FxHashMap<Subject, (ClassId, Rank)>,
    /// Whom to seat again.
    moved: Vec<AgentId>,
    /// What to place again.
    changed: Vec<Subject>,
    /// Who might take something that waits.
    newcomers: Vec<AgentId>,
    /// Lines in which someone free might take something that waits.
    fresh: BTreeSet<ClassId>,
}

impl Lines {
    /// Lists an agent in the lines of the classes they can serve and have room for.
    fn list(&mut self, id: AgentId) {
        let Some(seat) = self.seats.get_mut(&id).filter(|seat| !seat.listed) else { return };
        seat.listed = true;
        for class in &seat.able {
            let line = &mut self.lines[*class as usize];
            if seat.room.contains(&line.class.channel) {
                line.free.insert((seat.idle_since, id));
            }
        }
    }

    fn unlist(&mut self, id: AgentId) {
        let Some(seat) = self.seats.get_mut(&id).filter(|seat| seat.listed) else { return };
        seat.listed = false;
        for class in &seat.able {
            self.lines[*class as usize].free.remove(&(seat.idle_since, id));
        }
    }

    /// Marks the lines in which an agent who is free might take something.
    fn refresh(&mut self, id: AgentId) {
        let Some(seat) = self.seats.get(&id) else { return };
        for class in &seat.able {
            let head = &self.heads[*class as usize];
            if head.first.is_some() && seat.room.contains(&head.channel) {
                self.fresh.insert(*class);
            }
        }
    }
}

impl RoutingState {
    /// Says whether an agent belongs to a pool, can do what it asks, and has the channel.
    fn able(&self, agent: &Agent, class: &Class) -> bool {
        let belongs = match class.pool {
            Pool::Queue(queue) => {
                agent.queues.contains(&queue)
                    && self.queues.get(&queue).is_some_and(|queue| queue.skills.is_subset(&agent.skills))
            }
            Pool::Group(group) => self.groups.get(&group).is_some_and(|group| group.has(&agent.skills)),
            Pool::Agent(named) => named == agent.id,
        };
        belongs
            && class.skills.is_subset(&agent.skills)
            && agent.enabled
            && agent.capacity.contains_key(&class.channel)
    }

    /// Says whether an agent belongs to a pool and could be offered its work when they are free.
    pub fn serves(&self, agent: &Agent, pool: Pool, channel: Channel) -> bool {
        self.serves_with(agent, pool, &BTreeSet::new(), channel)
    }

    /// Says whether an agent belongs to a pool, can do more than it asks, and could be offered its work when they are free.
    pub fn serves_with(
        &self,
        agent: &Agent,
        pool: Pool,
        skills: &BTreeSet<SkillId>,
        channel: Channel,
    ) -> bool {
        self.able(agent, &Class { pool, skills: skills.clone(), channel })
    }

    /// Computes anew which classes an agent can serve, and lists them where they are free.
    pub(super) fn seat_anew(&mut self, id: AgentId) {
        let Some(agent) = self.agents.get(&id) else { return };
        let able = (0..).zip(&self.index.lines.lines).filter(|(_, line)| self.able(agent, &line.class));
        let able = able.map(|(class, _)| class).collect();
        let lines = &mut self.index.lines;
        lines.unlist(id);
        lines.seats.entry(id).or_default().able = able;
        self.seat(id);
    }

    /// Notes that an agent may have become free, or is free no more.
    pub(super) fn seat(&mut self, id: AgentId) {
        let moved = &mut self.index.lines.moved;
        if moved.last() != Some(&id) {
            moved.push(id);
            if moved.len() > NOTED_MAX {
                self.settle();
            }
        }
    }

    /// Puts the lines right after what was noted.
    pub(super) fn settle(&mut self) {
        let mut changed = std::mem::take(&mut self.index.lines.changed);
        changed.drain(..).for_each(|subject| self.settle_place(subject));
        self.index.lines.changed = changed;
        let mut moved = std::mem::take(&mut self.index.lines.moved);
        moved.drain(..).for_each(|agent| self.settle_seat(agent));
        self.index.lines.moved = moved;
    }

    fn settle_seat(&mut self, id: AgentId) {
        let Some(agent) = self.agents.get(&id) else { return };
        let available = agent.presence.available();
        let loads = &self.index.loads;
        let has_room = |(channel, limit): (&Channel, &u32)| {
            (available && loads.held(id, *channel) + channel.units() <= *limit).then_some(*channel)
        };
        let mut room = agent.capacity.iter().filter_map(has_room);
        let lines = &mut self.index.lines;
        let Some(seat) = lines.seats.get(&id) else { return };
        if seat.idle_since != agent.idle_since || !room.clone().eq(seat.room.iter().copied()) {
            lines.unlist(id);
            let Some(seat) = lines.seats.get_mut(&id) else { return };
            seat.idle_since = agent.idle_since;
            seat.room.clear();
            seat.room.extend(room.by_ref());
        }
        let free = lines.seats.get(&id).is_some_and(|seat| !seat.room.is_empty());
        let known = lines.newcomers.iter().position(|newcomer| *newcomer == id);
        match (free, known) {
            (true, None) => lines.newcomers.push(id),
            (false, Some(place)) => drop(lines.newcomers.swap_remove(place)),
            (true, Some(_)) | (false, None) => {}
        }
    }

    /// Computes anew who can serve a pool, after what it asks for has changed.
    pub(super) fn seat_pool_anew(&mut self, pool: Pool) {
        let concerned = self.index.lines.lines.iter().any(|line| line.class.pool == pool);
        if concerned {
            let everyone: Vec<AgentId> = self.agents.keys().copied().collect();
            everyone.into_iter().for_each(|agent| self.seat_anew(agent));
        }
    }

    /// Returns the number of a class; the first who asks for it makes it.
    fn class(&mut self, class: Class) -> ClassId {
        if let Some(known) = self.index.lines.classes.get(&class) {
            return *known;
        }
        let lines = &mut self.index.lines;
        let number = u32::try_from(lines.lines.len()).expect("there are fewer classes than numbers for them");
        lines.classes.insert(class.clone(), number);
        lines.heads.push(Head { channel: class.channel, first: None });
        lines.lines.push(Line { class: class.clone(), waiting: BTreeSet::new(), free: BTreeSet::new() });
        // Without a seat they are not counted yet, and are seated once everything is in line.
        let seats = &self.index.lines.seats;
        let seated = self.agents.values().filter(|agent| seats.contains_key(&agent.id));
        let able: Vec<AgentId> =
            seated.filter(|agent| self.able(agent, &class)).map(|agent| agent.id).collect();
        let lines = &mut self.index.lines;
        for id in able {
            let Some(seat) = lines.seats.get_mut(&id) else { continue };
            seat.able.push(number);
            if seat.listed && seat.room.contains(&class.channel) {
                lines.lines[number as usize].free.insert((seat.idle_since, id));
            }
        }
        number
    }

    /// Puts a conversation in line if someone is looked for who may be offered it, and takes it out otherwise.
    pub(super) fn place(&mut self, id: ConversationId) {
        self.place_subject(Subject::Conversation(id));
    }

    /// Notes that a subject may have to be put in line or taken out of it, or may be offered to someone it was not offered
    /// to before.
    pub(super) fn place_subject(&mut self, subject: Subject) {
        let changed = &mut self.index.lines.changed;
        if changed.last() != Some(&subject) {
            changed.push(subject);
            if changed.len() > NOTED_MAX {
                self.settle();
            }
        }
    }

    /// Returns what a subject asks for and how it ranks, if someone is looked for who may be offered it.
    fn place_of(&self, subject: Subject) -> Option<(Class, Rank)> {
        let conversation = self.conversation_of(subject)?;
        let search = self.search_for(subject, conversation)?;
        let ranked_at = match subject {
            Subject::Conversation(_) => conversation.ranked_at,
            Subject::Invite(_) => search.since,
        };
        let class = Class { pool: search.pool, skills: search.skills.clone(), channel: conversation.channel };
        let accept_by = ranked_at.plus(self.index.waits.target(search.pool));
        search.open().then_some((class, (Reverse(conversation.priority), accept_by)))
    }

    /// Puts a subject in line if someone is looked for who may be offered it, and takes it out otherwise.
    fn settle_place(&mut self, subject: Subject) {
        let wanted = self.place_of(subject).map(|(class, rank)| (self.class(class), rank));
        let lines = &mut self.index.lines;
        let before = match wanted {
            Some(place) => lines.places.insert(subject, place),
            None => lines.places.remove(&subject),
        };
        if before != wanted {
            if let Some((class, (priority, ranked_at))) = before {
                let waiting = &mut lines.lines[class as usize].waiting;
                waiting.remove(&(priority, ranked_at, subject));
                lines.heads[class as usize].first = waiting.first().copied();
            }
            if let Some((class, (priority, ranked_at))) = wanted {
                let waiting = &mut lines.lines[class as usize].waiting;
                waiting.insert((priority, ranked_at, subject));
                lines.heads[class as usize].first = waiting.first().copied();
            }
        }
        lines.fresh.extend(wanted.map(|(class, _)| class));
    }

    /// Returns the next conversation to offer, or nothing when every line is as short as it can be.
    ///
    /// Lines are served by priority, then by the time at which their queue's target wants them accepted, then id; each conversation goes to the eligible agent who has been idle
    /// longest, or to the least loaded one where its queue says so. Source: first come, first served, longest idle server (Adan and Weiss, "A skill based parallel service
    /// system under FCFS-ALIS", 2014).
    pub fn plan(&mut self, now: Timestamp) -> Option<Match> {
        self.settle();
        // Someone who becomes free alone, while nothing else could be matched, need not be listed to be given something.
        if let ([newcomer], true) = (self.index.lines.newcomers.as_slice(), self.index.lines.fresh.is_empty())
        {
            let agent = *newcomer;
            let found = self.first_for(agent, now);
            if found.is_none() {
                self.index.lines.newcomers.clear();
                self.index.lines.list(agent);
            }
            return found.map(|(_, _, subject)| Match { subject, agent });
        }
        for newcomer in std::mem::take(&mut self.index.lines.newcomers) {
            self.index.lines.list(newcomer);
            self.index.lines.refresh(newcomer);
        }
        self.first_of_all(now).map(|((_, _, subject), agent)| Match { subject, agent })
    }

    /// Returns the first place of all lines that someone free can serve, and who should.
    fn first_of_all(&mut self, now: Timestamp) -> Option<(Place, AgentId)> {
        let mut first: Option<(Place, AgentId)> = None;
        let mut settled = Vec::new();
        for class in &self.index.lines.fresh {
            let line = &self.index.lines.lines[*class as usize];
            match self.index.lines.heads[*class as usize].first {
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

    /// Returns the first place of all lines that an agent can serve.
    fn first_for(&self, agent: AgentId, now: Timestamp) -> Option<Place> {
        let seat = self.index.lines.seats.get(&agent)?;
        let heads = seat.able.iter().filter_map(|class| {
            let head = &self.index.lines.heads[*class as usize];
            Some((head.first.filter(|_| seat.room.contains(&head.channel))?, *class))
        });
        // The line with the first head is looked into first: most often nothing else has to be.
        let soonest = heads.clone().min()?;
        let mut first: Option<Place> = None;
        for (head, class) in std::iter::once(soonest).chain(heads) {
            if first.is_none_or(|first| head < first) {
                let waiting = self.index.lines.lines[class as usize].waiting.iter();
                let mut sooner = waiting.take_while(|place| first.is_none_or(|first| **place < first));
                first = sooner.find(|place| self.may_have(agent, place.2, now)).copied().or(first);
            }
        }
        first
    }

    /// Says whether a subject can be offered to someone who can serve its line and has room.
    fn may_have(&self, agent: AgentId, subject: Subject, now: Timestamp) -> bool {
        let Some(conversation) = self.conversation_of(subject) else { return false };
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

    /// Returns the open search for a subject, of the conversation that the subject is about.
    fn search_for<'a>(&'a self, subject: Subject, conversation: &'a Conversation) -> Option<&'a Search> {
        match subject {
            Subject::Conversation(_) => self.search(conversation),
            Subject::Invite(_) => self.search_of(subject),
        }
    }

    fn asked_first(&self, pool: Pool) -> AskedFirst {
        match pool {
            Pool::Queue(queue) => {
                self.queues.get(&queue).map(|queue| queue.rules.asked_first).unwrap_or_default()
            }
            Pool::Group(_) | Pool::Agent(_) => AskedFirst::default(),
        }
    }

    /// Returns which share of an agent's room on a channel is taken, in parts of 2^32.
    fn share_taken(&self, agent: AgentId, channel: Channel) -> u64 {
        let limit = self.agents.get(&agent).and_then(|agent| agent.capacity.get(&channel)).copied();
        (u64::from(self.held(agent, channel)) << 32) / u64::from(limit.unwrap_or(1).max(1))
    }

    /// Returns the first place of a line that someone free can serve.
    fn first_of(&self, line: &Line, now: Timestamp) -> Option<(Place, AgentId)> {
        if line.free.is_empty() {
            return None;
        }
        line.waiting.iter().find_map(|place| Some((*place, self.agent_for(line, place.2, now)?)))
    }

    /// Returns who should be offered a subject: of those who are free, neither own the conversation nor take part in it and
    /// are not asked already, the one idle longest or least loaded who did not pass it; where all did, the one whose rest ended first.
    fn agent_for(&self, line: &Line, subject: Subject, now: Timestamp) -> Option<AgentId> {
        let conversation = self.conversation_of(subject)?;
        let search = self.search_for(subject, conversation)?;
        let askable = |agent: AgentId| self.askable(agent, search, conversation);
        let fresh = |agent: &AgentId| askable(*agent) && !search.passed.contains_key(agent);
        let mut free = line.free.iter().map(|(_, agent)| *agent).filter(fresh);
        let first = match self.asked_first(line.class.pool) {
            AskedFirst::LongestIdle => free.next(),
            // Of equals the first is found, who has been idle longest.
            AskedFirst::LeastLoaded => free.min_by_key(|agent| self.share_taken(*agent, line.class.channel)),
        };
        if first.is_some() {
            return first;
        }
        let rested = search.passed.iter().filter(|(agent, passed_at)| {
            passed_at.plus(OFFER_REST) <= now
                && askable(**agent)
                && self
                    .index
                    .lines
                    .seats
                    .get(agent)
                    .is_some_and(|seat| line.free.contains(&(seat.idle_since, **agent)))
        });
        rested.min_by_key(|(agent, passed_at)| (**passed_at, **agent)).map(|(agent, _)| *agent)
    }
}
