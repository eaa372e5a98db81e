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

mod planning;

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;
use std::hash::BuildHasher;

use baton_shared::queue::Priority;
use baton_shared::*;
use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;

use super::open::{Open, Slot};
use super::seats::{Seat, SeatId, Seats};
use super::sequence::Sequence;
use super::{RoutingState, Subject};

/// How many things may be noted before they are looked at without being asked: a replay asks for no match.
const NOTED_MAX: usize = 1_024;

/// What someone can have room for.
const ROOMS: [(Channel, Work); Channel::ALL.len() * Work::ALL.len()] =
    [(Channel::WebChat, Work::Primary), (Channel::WebChat, Work::Interruptible)];

/// Returns the place of a channel and a kind of work in [`ROOMS`].
const fn room_of(channel: Channel, work: Work) -> u8 {
    (channel as usize * Work::ALL.len() + work as usize) as u8
}

/// A class's number.
type ClassId = u32;
type Rank = (Reverse<Priority>, Timestamp);
type Place = (Reverse<Priority>, Timestamp, Subject, Beside);

/// The slot of the conversation that a subject is about, which tells no two places apart.
#[derive(Clone, Copy, Debug)]
struct Beside(Slot);

impl PartialEq for Beside {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Beside {}

impl PartialOrd for Beside {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Beside {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

/// What a conversation asks for.
#[derive(Clone, Debug)]
struct Class {
    pool: Pool,
    /// Beyond what the pool asks.
    skills: Skills,
    /// How many of the queue's relaxations hold.
    relaxed: u8,
    channel: Channel,
    work: Work,
}

impl Class {
    const fn asked(&self) -> Asked<'_> {
        let Self { pool, skills, relaxed, channel, work } = self;
        Asked { pool: *pool, skills, relaxed: *relaxed, channel: *channel, work: *work }
    }
}

/// What a class asks for, where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Asked<'a> {
    pool: Pool,
    skills: &'a Skills,
    relaxed: u8,
    channel: Channel,
    work: Work,
}

impl Asked<'_> {
    fn class(self) -> Class {
        let Self { pool, skills, relaxed, channel, work } = self;
        Class { pool, skills: skills.clone(), relaxed, channel, work }
    }

    fn hash(&self) -> u64 {
        FxBuildHasher.hash_one(self)
    }
}

/// The conversations of a class, and the agents who could serve them at the moment.
#[derive(Clone, Debug)]
struct Line {
    class: Class,
    waiting: Sequence<Place>,
    free: BTreeSet<(Timestamp, AgentId)>,
}

/// How soon the first of a line is served, kept side by side with the others' so that someone who becomes free looks at few
/// bytes.
#[derive(Clone, Copy, Debug)]
struct Head {
    /// The [`urgency`] of the line's first place, or [`Self::NOTHING`].
    urgency: u64,
    /// Where the conversation stands that is most probably the first.
    slot: Slot,
    /// Which room its conversations ask for, in the order of [`ROOMS`].
    room: u8,
}

impl Head {
    /// Nothing waits: comes after everything that does.
    const NOTHING: u64 = u64::MAX;
}

/// Returns a number that is less for places that are served sooner, and the same only for equal ranks, or for times millions
/// of years away.
fn urgency((Reverse(priority), time, ..): &Place) -> u64 {
    const LATEST: i64 = 1 << 60;
    let after = Priority::Urgent as u64 - *priority as u64;
    after << 61 | (time.as_millis().clamp(-LATEST, LATEST - 1) + LATEST) as u64
}

/// What may have to be put in line or taken out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Placeable {
    Conversation(Slot),
    Invite(InviteId),
}

/// Where a subject is in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    class: ClassId,
    rank: Rank,
}

/// Which classes an agent can serve, on which channels they have room, and whether the lines list them.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    /// Whose it is, once it was computed what they can serve.
    agent: Option<AgentId>,
    /// Ascending; so many that most people's stand here.
    able: SmallVec<[ClassId; 14]>,
    /// How much they may hold as they are, by channel and kind of work in the order of [`ROOMS`].
    limits: [u32; ROOMS.len()],
    /// In the same order.
    room: [bool; ROOMS.len()],
    /// Since when they are idle.
    pub(super) idle_since: Timestamp,
    /// By which time the lines list them.
    listed_by: Timestamp,
    listed: bool,
    /// Whether they might take something that waits.
    newcomer: bool,
}

impl Standing {
    const fn has_room(&self, room: u8) -> bool {
        self.room[room as usize]
    }

    /// Returns how the lines list them.
    pub(super) const fn listed_as(&self, agent: AgentId) -> (Timestamp, AgentId) {
        (self.listed_by, agent)
    }
}

/// Every line.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    /// By what they ask for.
    classes: HashTable<ClassId>,
    /// The classes of each pool.
    of_pool: FxHashMap<Pool, Vec<ClassId>>,
    lines: Vec<Line>,
    /// The head of each line.
    heads: Vec<Head>,
    /// Where invitations are in line; conversations have it beside them.
    invites: FxHashMap<InviteId, Placed>,
    /// Whom to seat again.
    moved: Vec<SeatId>,
    /// What to place again.
    changed: Vec<Placeable>,
    /// Who might take something that waits.
    newcomers: Vec<SeatId>,
    /// Lines in which someone free might take something that waits.
    fresh: BTreeSet<ClassId>,
}

impl Lines {
    /// Lists an agent in the lines of the classes they can serve and have room for.
    fn list(&mut self, seats: &mut Seats, seat: SeatId, agent: AgentId) {
        let standing = &mut seats[seat].standing;
        if standing.listed {
            return;
        }
        standing.listed = true;
        for class in &standing.able {
            if standing.has_room(self.heads[*class as usize].room) {
                self.lines[*class as usize].free.insert(standing.listed_as(agent));
            }
        }
    }

    fn unlist(&mut self, seats: &mut Seats, seat: SeatId, agent: AgentId) {
        let standing = &mut seats[seat].standing;
        if standing.listed {
            standing.listed = false;
            for class in &standing.able {
                self.lines[*class as usize].free.remove(&standing.listed_as(agent));
            }
        }
    }

    /// Marks the lines in which an agent who is free might take something.
    fn refresh(&mut self, standing: &Standing) {
        for class in &standing.able {
            let head = &self.heads[*class as usize];
            if head.urgency != Head::NOTHING && standing.has_room(head.room) {
                self.fresh.insert(*class);
            }
        }
    }

    /// Puts a subject in line.
    fn enter(&mut self, Placed { class, rank: (priority, ranked_at) }: Placed, subject: Subject, slot: Slot) {
        let place = (priority, ranked_at, subject, Beside(slot));
        self.lines[class as usize].waiting.insert(place);
        let head = &mut self.heads[class as usize];
        if urgency(&place) < head.urgency {
            (head.urgency, head.slot) = (urgency(&place), slot);
        }
    }

    /// Takes a subject out of line, if it is in one.
    pub(super) fn leave(&mut self, placed: Option<Placed>, subject: Subject) {
        let Some(Placed { class, rank: (priority, ranked_at) }) = placed else { return };
        let place = (priority, ranked_at, subject, Beside(Slot::ANY));
        let waiting = &mut self.lines[class as usize].waiting;
        waiting.remove(&place);
        let head = &mut self.heads[class as usize];
        if head.urgency == urgency(&place) {
            let first = waiting.first();
            (head.urgency, head.slot) = first.map_or((Head::NOTHING, Slot::ANY), |first| {
                let (.., Beside(slot)) = first;
                (urgency(&first), slot)
            });
        }
    }

    /// Puts a subject in line where it is wanted, and marks the line if someone free might take it.
    fn move_to(&mut self, subject: Subject, slot: Slot, before: Option<Placed>, wanted: Option<Placed>) {
        if before != wanted {
            self.leave(before, subject);
        }
        let Some(placed) = wanted else { return };
        if before != wanted {
            self.enter(placed, subject, slot);
        }
        if !self.lines[placed.class as usize].free.is_empty() {
            self.fresh.insert(placed.class);
        }
    }

    /// Returns the first place of a line.
    fn first(&self, class: ClassId) -> Option<Place> {
        self.lines[class as usize].waiting.first()
    }

    /// Returns the number of the class that asks for something, if somebody asked for it before.
    fn class_of(&self, asked: &Asked<'_>) -> Option<ClassId> {
        let is_it = |class: &ClassId| self.lines[*class as usize].class.asked() == *asked;
        self.classes.find(asked.hash(), is_it).copied()
    }

    /// Returns the classes of a pool.
    fn classes_of(&self, pool: Pool) -> impl Iterator<Item = ClassId> {
        self.of_pool.get(&pool).into_iter().flatten().copied()
    }
}

impl RoutingState {
    /// Says whether an agent belongs to a pool, can do what it asks, and has the channel.
    fn able(&self, agent: &Agent, class: &Class) -> bool {
        let belongs = match class.pool {
            Pool::Queue(queue) => {
                agent.queues.contains(&queue)
                    && self
                        .queues
                        .get(&queue)
                        .is_some_and(|queue| queue.is_met_by(&agent.skills, class.relaxed))
            }
            Pool::Group(group) => self.groups.get(&group).is_some_and(|group| self.belongs(agent, group)),
            Pool::Agent(named) => named == agent.id,
        };
        belongs
            && agent.skills.meet(&class.skills)
            && agent.enabled
            && agent.capacity.contains_key(&class.channel)
    }

    /// Says whether an agent belongs to a pool and could be offered its work when they are free.
    pub fn serves(&self, agent: &Agent, pool: Pool, channel: Channel) -> bool {
        self.serves_with(agent, pool, &Skills::new(), 0, channel)
    }

    /// Says whether an agent belongs to a pool and could be offered its work when they are free, once it asks for as little
    /// as it ever does.
    pub fn serves_in_time(&self, agent: &Agent, pool: Pool, channel: Channel) -> bool {
        self.serves_with(agent, pool, &Skills::new(), u8::MAX, channel)
    }

    /// Says whether an agent belongs to a pool, can do more than it asks once so many of its relaxations hold, and could be
    /// offered its work when they are free.
    pub fn serves_with(
        &self,
        agent: &Agent,
        pool: Pool,
        skills: &Skills,
        relaxed: u8,
        channel: Channel,
    ) -> bool {
        self.able(agent, &Class { pool, skills: skills.clone(), relaxed, channel, work: Work::Primary })
    }

    /// Computes anew which classes an agent can serve, and lists them where they are free.
    pub(super) fn seat_anew(&mut self, id: AgentId) {
        self.index.seats.grow(self.agents.len());
        let Some(seat) = self.agents.number(&id) else { return };
        let able = self.classes_for(&self.agents[&id]);
        self.index.lines.unlist(&mut self.index.seats, seat, id);
        self.index.seats[seat].standing.able = able;
        self.take_in(seat);
        self.note_seat(seat);
    }

    /// Takes in what routing has to know of the agent of a seat: how much they may hold, and since when they are idle.
    fn take_in(&mut self, seat: SeatId) {
        let Some(agent) = self.agents.numbered(seat) else { return };
        let standing = &mut self.index.seats[seat].standing;
        standing.agent = Some(agent.id);
        standing.idle_since = agent.idle_since;
        let limit = |(channel, work)| if agent.presence.available() { agent.limit(channel, work) } else { 0 };
        standing.limits = ROOMS.map(limit);
    }

    /// Begins the idleness of the agent of a seat anew.
    pub(super) fn begin_idleness(&mut self, seat: SeatId, id: AgentId, at: Timestamp) {
        let Some(agent) = self.agents.numbered_mut(seat) else { return };
        agent.idle_since = at;
        self.index.touched.agents.insert(id);
        self.index.seats[seat].standing.idle_since = at;
    }

    /// Returns which classes an agent can serve, ascending.
    fn classes_for(&self, agent: &Agent) -> SmallVec<[ClassId; 14]> {
        let lines = &self.index.lines;
        let pools = agent.queues.iter().map(|queue| Pool::Queue(*queue));
        let pools = pools.chain(self.groups.keys().map(|group| Pool::Group(*group)));
        let classes = pools.chain([Pool::Agent(agent.id)]).flat_map(|pool| lines.classes_of(pool));
        let mut able: SmallVec<[ClassId; 14]> =
            classes.filter(|class| self.able(agent, &lines.lines[*class as usize].class)).collect();
        able.sort_unstable();
        able
    }

    /// Takes in how an agent's presence has changed, and notes that they may have become free, or are free no more.
    pub(super) fn seat(&mut self, id: AgentId) {
        if let Some(seat) = self.agents.number(&id) {
            self.take_in(seat);
            self.note_seat(seat);
        }
    }

    /// Notes that the agent of a seat may have become free, or is free no more.
    pub(super) fn note_seat(&mut self, seat: SeatId) {
        let moved = &mut self.index.lines.moved;
        if moved.last() != Some(&seat) {
            moved.push(seat);
            if moved.len() > NOTED_MAX {
                self.settle();
            }
        }
    }

    /// Puts the lines right after what was noted.
    pub(super) fn settle(&mut self) {
        let mut settled = 0;
        while let Some(placeable) = self.index.lines.changed.get(settled) {
            match *placeable {
                Placeable::Conversation(slot) => self.settle_conversation(slot),
                Placeable::Invite(invite) => self.settle_invite(invite),
            }
            settled += 1;
        }
        self.index.lines.changed.clear();
        let mut seated = 0;
        while let Some(seat) = self.index.lines.moved.get(seated) {
            self.settle_seat(*seat);
            seated += 1;
        }
        self.index.lines.moved.clear();
    }

    fn settle_seat(&mut self, seat: SeatId) {
        let (lines, seats) = (&mut self.index.lines, &mut self.index.seats);
        let Seat { load, standing } = &seats[seat];
        let Some(agent) = standing.agent else { return };
        let mut room = [false; ROOMS.len()];
        for ((room, (channel, work)), limit) in room.iter_mut().zip(ROOMS).zip(standing.limits) {
            *room = load.taken(channel, work) + channel.units() <= limit;
        }
        if standing.listed && (standing.listed_by != standing.idle_since || standing.room != room) {
            lines.unlist(seats, seat, agent);
        }
        let standing = &mut seats[seat].standing;
        standing.listed_by = standing.idle_since;
        standing.room = room;
        let free = room.contains(&true);
        match (free, standing.newcomer) {
            (true, false) => lines.newcomers.push(seat),
            (false, true) => lines.newcomers.retain(|newcomer| *newcomer != seat),
            (true, true) | (false, false) => {}
        }
        standing.newcomer = free;
    }

    /// Computes anew who can serve a pool, after what it asks for has changed.
    pub(super) fn seat_pool_anew(&mut self, pool: Pool) {
        if self.index.lines.of_pool.contains_key(&pool) {
            let everyone: Vec<AgentId> = self.agents.keys().copied().collect();
            everyone.into_iter().for_each(|agent| self.seat_anew(agent));
        }
    }

    /// Returns the number of a class; the first who asks for it makes it.
    fn class(&mut self, class: Class) -> ClassId {
        self.index.lines.class_of(&class.asked()).unwrap_or_else(|| self.make_class(class))
    }

    fn make_class(&mut self, class: Class) -> ClassId {
        let able = self.seats_for(&class);
        let lines = &mut self.index.lines;
        let number = u32::try_from(lines.lines.len()).expect("there are fewer classes than numbers for them");
        let room = room_of(class.channel, class.work);
        lines.heads.push(Head { urgency: Head::NOTHING, slot: Slot::ANY, room });
        let mut free = BTreeSet::new();
        for (seat, agent) in able {
            let standing = &mut self.index.seats[seat].standing;
            standing.able.push(number);
            if standing.listed && standing.has_room(room) {
                free.insert(standing.listed_as(agent));
            }
        }
        lines.of_pool.entry(class.pool).or_default().push(number);
        let hash = class.asked().hash();
        lines.lines.push(Line { class, waiting: Sequence::default(), free });
        let hash_of = |class: &ClassId| lines.lines[*class as usize].class.asked().hash();
        lines.classes.insert_unique(hash, number, hash_of);
        number
    }

    /// Returns who can serve a class, of those whose standing is known; the others are seated once everything is in line.
    fn seats_for(&self, class: &Class) -> Vec<(SeatId, AgentId)> {
        let able = |agent: &&Agent| self.able(agent, class);
        let seated = |agent: &Agent| Some((self.agents.number(&agent.id)?, agent.id));
        let known = |(seat, _): &(SeatId, AgentId)| self.index.seats[*seat].standing.agent.is_some();
        match class.pool {
            Pool::Agent(named) => {
                self.agents.get(&named).into_iter().filter(able).filter_map(seated).filter(known).collect()
            }
            Pool::Queue(_) | Pool::Group(_) => {
                self.agents.values().filter(able).filter_map(seated).filter(known).collect()
            }
        }
    }

    /// Puts a conversation in line if someone is looked for who may be offered it, and takes it out otherwise.
    pub(super) fn place(&mut self, slot: Slot) {
        self.note_place(Placeable::Conversation(slot));
    }

    /// Notes that a subject may have to be put in line or taken out of it, or may be offered to someone it was not offered
    /// to before.
    pub(super) fn place_subject(&mut self, subject: Subject) {
        match subject {
            Subject::Conversation(id) => {
                if let Some(slot) = self.conversations.slot(&id) {
                    self.place(slot);
                }
            }
            Subject::Invite(id) => self.note_place(Placeable::Invite(id)),
        }
    }

    fn note_place(&mut self, placeable: Placeable) {
        let changed = &mut self.index.lines.changed;
        if changed.last() != Some(&placeable) {
            changed.push(placeable);
            if changed.len() > NOTED_MAX {
                self.settle();
            }
        }
    }

    /// Returns what a subject asks for and how it ranks, if someone is looked for who may be offered it.
    fn place_of<'a>(&'a self, subject: Subject, conversation: &'a Conversation) -> Option<(Asked<'a>, Rank)> {
        let search = self.search_for(subject, conversation)?;
        let ranked_at = match subject {
            Subject::Conversation(_) => conversation.ranked_at,
            Subject::Invite(_) => search.since,
        };
        let (skills, channel) = (&search.skills, conversation.channel);
        let work = self.work_of(subject, conversation);
        let asked = Asked { pool: search.pool, skills, relaxed: search.relaxed, channel, work };
        let accept_by = ranked_at.plus(self.index.waits.target(search.pool));
        search.open().then_some((asked, (Reverse(conversation.priority), accept_by)))
    }

    /// Puts a conversation in line if someone is looked for who may be offered it, and takes it out otherwise.
    fn settle_conversation(&mut self, slot: Slot) {
        // What is closed left its line when it was.
        let Some(Open { conversation, placed: before, .. }) = self.conversations.at(slot) else { return };
        let (subject, before) = (Subject::Conversation(conversation.id), *before);
        let wanted = self.place_of(subject, conversation);
        let wanted = match wanted.map(|(asked, rank)| (self.index.lines.class_of(&asked), asked, rank)) {
            Some((Some(class), _, rank)) => Some(Placed { class, rank }),
            Some((None, asked, rank)) => {
                let class = asked.class();
                Some(Placed { class: self.make_class(class), rank })
            }
            None => None,
        };
        if before != wanted
            && let Some(open) = self.conversations.at_mut(slot)
        {
            open.placed = wanted;
        }
        self.index.lines.move_to(subject, slot, before, wanted);
        // What is first now came long ago, and is looked at soon.
        if let Some(Placed { class, .. }) = before.filter(|_| before != wanted) {
            self.conversations.prefetch_at(self.index.lines.heads[class as usize].slot);
        }
    }

    fn settle_invite(&mut self, invite: InviteId) {
        let subject = Subject::Invite(invite);
        let conversation = self.conversation_of(subject);
        let slot = conversation.and_then(|conversation| self.conversations.slot(&conversation.id));
        let asked = conversation.and_then(|conversation| self.place_of(subject, conversation));
        let asked = asked.map(|(asked, rank)| (asked.class(), rank));
        let wanted = asked.map(|(class, rank)| Placed { class: self.class(class), rank });
        let invites = &mut self.index.lines.invites;
        let before = match wanted {
            Some(placed) => invites.insert(invite, placed),
            None => invites.remove(&invite),
        };
        self.index.lines.move_to(subject, slot.unwrap_or(Slot::ANY), before, wanted);
    }

    /// Returns the open search for a subject, of the conversation that the subject is about.
    fn search_for<'a>(&'a self, subject: Subject, conversation: &'a Conversation) -> Option<&'a Search> {
        match subject {
            Subject::Conversation(_) => self.search(conversation),
            Subject::Invite(_) => self.search_of(subject),
        }
    }
}
