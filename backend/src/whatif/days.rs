//! The days as the log has them: who worked when, which customers came, and what became of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use baton_shared::*;

use super::chance::{Chance, of_bits};
use super::habits::Habits;
use super::patience::{Patience, Seen};
use super::story::{Deed, Service, Story, Telling, What, millis};
use super::{CONVERSATIONS_MAX, Halt, WhatIfError};
use crate::insights::counting::{Counted, Counting};
use crate::routing::{OpenWork, RoutingState};
use crate::store::{Loaded, Store, StoreError};

/// How long before the days the play begins, so that they begin with lines and people as they were, and how long after
/// them it goes on, so that what came in them comes to its end.
/// Source: Law, "Simulation modeling and analysis", chapter 9 (warm-up by deletion of the beginning).
pub(super) const AROUND: Duration = Duration::from_secs(4 * 60 * 60);

/// With fewer customers of a queue who left at different times, patience is that of everyone.
const LEFT_MIN: usize = 20;

/// How long someone stays away whom an unanswered offer sent away, where nobody was in the days.
const AWAY_UNSEEN_MS: u64 = 5 * 60_000;

/// How much work a conversation is where nobody was served at all.
const WORK_UNSEEN_MS: u64 = 10 * 60_000;

/// How many events are read at once.
const EVENTS_AT_ONCE: usize = 5_000;

/// A change of whether someone can be given work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shift {
    /// They chose a status.
    Status(Status),
    /// A browser of theirs answers.
    Reached,
    /// None does any more.
    Lost,
}

/// Some days, read from the log.
pub(super) struct Days {
    /// When the play begins.
    pub(super) begin: Timestamp,
    /// Since when customers count.
    pub(super) from: Timestamp,
    /// Until when they do.
    pub(super) to: Timestamp,
    /// When the play ends.
    pub(super) end: Timestamp,
    /// What was set up when the days ended, with people as they were when the play begins.
    pub(super) set_up: OpenWork,
    /// What people did, in its order.
    pub(super) shifts: Vec<(Timestamp, AgentId, Shift)>,
    /// Each conversation, in the order in which they came.
    pub(super) stories: Vec<Story>,
    /// How people answered offers.
    pub(super) habits: Habits,
    /// How patient customers were.
    pub(super) patience: Patiences,
    /// How long someone stayed away whom an unanswered offer sent away, in milliseconds.
    pub(super) away_ms: u64,
    /// How long filing lasted on average, in milliseconds.
    pub(super) filing_ms: u64,
    /// What the log comes to.
    pub(super) recorded: Counted,
    /// Conversations of the days that are not played.
    pub(super) not_played: u64,
    /// For how long everyone was there in the days, in milliseconds.
    pub(super) there_ms: BTreeMap<AgentId, u64>,
    /// What is known about each conversation, where a workflow may ask for it.
    pub(super) attributes: BTreeMap<ConversationId, BTreeMap<String, String>>,
    /// What is written in workflows, as it is today.
    pub(super) written: Loaded,
}

/// How patient customers were, in queues where enough left and everywhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Patiences {
    of: BTreeMap<QueueId, Patience>,
    everywhere: Patience,
}

impl Patiences {
    fn estimate(stories: &[Story]) -> Self {
        let mut of: BTreeMap<QueueId, Vec<Seen>> = BTreeMap::new();
        for wait in stories.iter().flat_map(|story| &story.waits) {
            of.entry(wait.queue).or_default().push(Seen { ms: wait.ms, left: wait.left });
        }
        let everywhere = Patience::estimate(of.values().flatten().copied().collect());
        let of = of.into_iter().map(|(queue, seen)| (queue, Patience::estimate(seen)));
        Self { of: of.filter(|(_, patience)| patience.steps() >= LEFT_MIN).collect(), everywhere }
    }

    /// Returns that of a queue.
    pub(super) fn of(&self, queue: QueueId) -> &Patience {
        self.of.get(&queue).unwrap_or(&self.everywhere)
    }
}

/// What is gathered while the log is read.
struct Reading {
    begin: Timestamp,
    from: Timestamp,
    to: Timestamp,
    end: Timestamp,
    set_up: RoutingState,
    positions: u64,
    presences: Option<BTreeMap<AgentId, Presence>>,
    shifts: Vec<(Timestamp, AgentId, Shift)>,
    telling: BTreeMap<ConversationId, Telling>,
    order: Vec<ConversationId>,
    opened_in_days: usize,
    habits: Habits,
    missed: BTreeMap<AgentId, Timestamp>,
    sent_away: BTreeMap<AgentId, Timestamp>,
    away: Vec<u64>,
    counting: Counting,
    last: Timestamp,
}

impl Days {
    /// Reads the days from a store; `seed` is for the work of whoever was never served.
    pub(super) fn read(
        store: &dyn Store,
        (from, to): (Timestamp, Timestamp),
        chance: Chance,
        halt: &Halt,
    ) -> Result<Self, WhatIfError> {
        let (begin, end) = (from.minus(AROUND), to.plus(AROUND));
        let mut reading = Reading {
            begin,
            from,
            to,
            end,
            set_up: RoutingState::default(),
            positions: 0,
            presences: None,
            shifts: Vec::new(),
            telling: BTreeMap::new(),
            order: Vec::new(),
            opened_in_days: 0,
            habits: Habits::default(),
            missed: BTreeMap::new(),
            sent_away: BTreeMap::new(),
            away: Vec::new(),
            counting: Counting::default(),
            last: begin,
        };
        let mut after = last_before(store, begin)?;
        let mut set_up = 0;
        'before: loop {
            halt.check()?;
            let page = store.set_up_page(set_up, EVENTS_AT_ONCE)?;
            let Some(last) = page.last() else { break };
            set_up = last.position;
            for recorded in page {
                if recorded.position > after {
                    break 'before;
                }
                reading.take(&recorded);
            }
        }
        loop {
            halt.check()?;
            let page = store.log_page(after, EVENTS_AT_ONCE)?;
            let Some(last) = page.last() else { break };
            (after, reading.last) = (last.position, last.at.max(reading.last));
            for recorded in page.iter().filter(|recorded| recorded.at < end) {
                reading.take(recorded);
            }
            if reading.opened_in_days > CONVERSATIONS_MAX {
                return Err(WhatIfError::TooMany);
            }
            if last.at >= end {
                break;
            }
        }
        Ok(reading.finish(chance))
    }

    /// Reads what workflows are to judge: their expressions, and what is known about the conversations.
    pub(super) fn read_what_is_written(&mut self, store: &dyn Store, halt: &Halt) -> Result<(), WhatIfError> {
        if self.set_up.workflows.is_empty() {
            return Ok(());
        }
        self.written = Loaded { work: OpenWork::default(), ..store.load()? };
        for story in &self.stories {
            halt.check()?;
            self.attributes.insert(story.id, store.attributes(story.id)?);
        }
        Ok(())
    }
}

/// Returns the position of the last event before a time; 0 where there is none.
fn last_before(store: &dyn Store, time: Timestamp) -> Result<u64, StoreError> {
    let at = |position: u64| -> Result<Option<Timestamp>, StoreError> {
        let page = store.log_page(position - 1, 1)?;
        Ok(page.first().map(|recorded| recorded.at))
    };
    let earlier = |position: u64| Ok::<_, StoreError>(at(position)?.is_some_and(|at| at < time));
    // Beyond the end there is nothing that is earlier, so the end is found as any other time is.
    let mut after = 1;
    while earlier(after)? {
        after *= 2;
    }
    let mut before = after / 2;
    while after - before > 1 {
        let middle = before.midpoint(after);
        if earlier(middle)? {
            before = middle;
        } else {
            after = middle;
        }
    }
    Ok(before)
}

impl Reading {
    fn take(&mut self, recorded: &Recorded) {
        let in_play = recorded.at >= self.begin;
        if in_play && self.presences.is_none() {
            self.begin_play();
        }
        match recorded.event.conversation() {
            None => self.set_up(recorded, in_play),
            Some(conversation) if in_play => self.of_conversation(recorded, conversation),
            Some(_) => {}
        }
        if in_play {
            self.counting.take(recorded);
        }
    }

    /// Notes who is there, and what queues ask for, when the play begins.
    fn begin_play(&mut self) {
        let (agents, queues) = (self.set_up.agents.values(), self.set_up.queues.values());
        begin_counting(&mut self.counting, agents, queues, self.begin);
        let presences = self.set_up.agents.values().map(|agent| (agent.id, agent.presence));
        self.presences = Some(presences.collect());
    }

    fn set_up(&mut self, recorded: &Recorded, in_play: bool) {
        if in_play {
            self.shift(recorded);
        }
        let presence = matches!(
            recorded.event,
            Event::StatusChanged { .. } | Event::AgentReached { .. } | Event::AgentLost { .. }
        );
        // What is set up after the days does not hold in them.
        if recorded.at < self.to && !(in_play && presence) {
            self.positions += 1;
            self.set_up.apply(&Recorded { position: self.positions, ..recorded.clone() });
            self.set_up.take_touched();
        }
    }

    fn shift(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        if let Event::StatusChanged { agent, status } = &recorded.event {
            // Being sent away by an unanswered offer is nothing that the person did; the play does it by its own policy.
            if self.missed.get(agent) == Some(&at) {
                self.sent_away.insert(*agent, at);
                return;
            }
            if let (Status::Available, Some(since)) = (status, self.sent_away.remove(agent)) {
                self.away.push(millis(at, since));
            }
            self.shifts.push((at, *agent, Shift::Status(*status)));
        } else if let Event::AgentReached { agent } = &recorded.event {
            self.shifts.push((at, *agent, Shift::Reached));
        } else if let Event::AgentLost { agent } = &recorded.event {
            self.shifts.push((at, *agent, Shift::Lost));
        }
    }

    fn of_conversation(&mut self, recorded: &Recorded, conversation: ConversationId) {
        self.habits.take(recorded);
        if let Event::OfferEnded { agent, end: OfferEnd::TimedOut, .. } = &recorded.event {
            self.missed.insert(*agent, recorded.at);
        }
        if let Some(telling) = Telling::begin(recorded) {
            self.opened_in_days += usize::from((self.from..self.to).contains(&recorded.at));
            self.order.push(conversation);
            self.telling.insert(conversation, telling);
        } else if let Some(telling) = self.telling.get_mut(&conversation) {
            telling.take(&recorded.event, recorded.at);
        }
    }

    fn finish(mut self, chance: Chance) -> Days {
        if self.presences.is_none() {
            self.begin_play();
        }
        let presences = self.presences.take().unwrap_or_default();
        let mut told: Vec<Told> = Vec::new();
        let mut not_played = 0;
        for id in &self.order {
            let Some(telling) = self.telling.remove(id) else { continue };
            let (opened_at, waits_on) = (telling.opened_at(), telling.waits_on());
            match telling.finish(self.last) {
                Some((story, services)) => told.push(Told { story, services, waits_on }),
                None => not_played += u64::from((self.from..self.to).contains(&opened_at)),
            }
        }
        let mut stories = with_work_for_all(told, chance);
        stories.sort_by_key(|story| (story.arrives_at, story.id));
        let came = |story: &&Story| (self.from..self.to).contains(&story.arrives_at);
        let counted = stories.iter().filter(came).map(|story| (story.id, story.queue)).collect();
        let filing: Vec<u64> =
            stories.iter().flat_map(|story| &story.deeds).filter_map(|deed| deed.filing_ms).collect();
        let recorded = self.counting.finish(&counted);
        Days {
            begin: self.begin,
            from: self.from,
            to: self.to,
            end: self.end,
            set_up: as_it_begins(&self.set_up, &presences, &self.shifts, self.begin),
            shifts: self.shifts,
            patience: Patiences::estimate(&stories),
            stories,
            habits: self.habits,
            away_ms: median(self.away).unwrap_or(AWAY_UNSEEN_MS),
            filing_ms: filing.iter().sum::<u64>().checked_div(filing.len() as u64).unwrap_or(0),
            there_ms: there(&recorded, self.from, self.to),
            recorded,
            not_played,
            attributes: BTreeMap::new(),
            written: Loaded::default(),
        }
    }
}

/// A conversation as it was told, and where it waited when nothing more was told of it, after how much work.
struct Told {
    story: Story,
    services: Vec<Service>,
    waits_on: Option<(QueueId, u64)>,
}

/// Gives whoever was waiting when the log ends, or left, the work of someone who was served out of the same queue.
fn with_work_for_all(mut told: Vec<Told>, chance: Chance) -> Vec<Story> {
    let mut services: BTreeMap<QueueId, Vec<(usize, Service)>> = BTreeMap::new();
    for (place, told) in told.iter().enumerate() {
        for service in &told.services {
            services.entry(service.queue).or_default().push((place, *service));
        }
    }
    let everywhere: Vec<(usize, Service)> = services.values().flatten().copied().collect();
    for place in 0..told.len() {
        let Some((queue, work_ms)) = told[place].waits_on else { continue };
        let seen = services.get(&queue).unwrap_or(&everywhere);
        let deeds = if seen.is_empty() {
            let what = What::Ends(conversation::EndedBy::Agent);
            vec![Deed { work_ms: work_ms + WORK_UNSEEN_MS, what, filing_ms: None }]
        } else {
            let drawn_for = [u64::from(u8::MAX), of_bits(told[place].story.id.bits())];
            let (of, service) = seen[chance.place(seen.len(), &drawn_for)];
            let later = |deed: &Deed| Deed { work_ms: work_ms + deed.work_ms - service.before_ms, ..*deed };
            told[of].story.deeds[service.first..].iter().map(later).collect()
        };
        told[place].story.deeds.extend(deeds);
    }
    told.into_iter().map(|told| told.story).collect()
}

/// Returns what was set up, with everyone as they were when the play begins and no work.
fn as_it_begins(
    set_up: &RoutingState,
    presences: &BTreeMap<AgentId, Presence>,
    shifts: &[(Timestamp, AgentId, Shift)],
    begin: Timestamp,
) -> OpenWork {
    let worked: BTreeSet<AgentId> = shifts.iter().map(|(_, agent, _)| *agent).collect();
    let nobody = Presence { status: Status::Offline, reachable: false };
    let agents = set_up.agents.values().map(|agent| Agent {
        presence: presences.get(&agent.id).copied().unwrap_or(nobody),
        // Whoever may not sign in when the days end could when they worked in them.
        enabled: agent.enabled || worked.contains(&agent.id),
        idle_since: begin,
        lost_at: None,
        ..agent.clone()
    });
    let queues = set_up.queues.values().map(|queue| Queue { accepted: Default::default(), ..queue.clone() });
    OpenWork {
        at: begin,
        skills: set_up.skills.clone(),
        agents: agents.collect(),
        queues: queues.collect(),
        groups: set_up.groups.values().cloned().collect(),
        policies: set_up.policies.clone(),
        workflows: set_up.workflows.values().cloned().collect(),
        // What bots say and partners do is not played, so customers come to a queue at once.
        flows: set_up.flows.values().map(|flow| Flow { entrance: None, ..flow.clone() }).collect(),
        externals: set_up.externals.clone(),
        teams: set_up.teams.values().cloned().collect(),
        ..OpenWork::default()
    }
}

/// Tells a count who is there, and within how long queues are to be answered, when the play begins.
pub(super) fn begin_counting<'a>(
    counting: &mut Counting,
    agents: impl Iterator<Item = &'a Agent>,
    queues: impl Iterator<Item = &'a Queue>,
    at: Timestamp,
) {
    let mut tell = |event| counting.take(&Recorded { position: 0, at, event });
    for queue in queues {
        let rules = Box::new(queue.rules.clone());
        tell(Event::QueueRulesSet { queue: queue.id, rules, by: None });
    }
    for agent in agents {
        tell(Event::StatusChanged { agent: agent.id, status: agent.presence.status });
        if agent.presence.reachable {
            tell(Event::AgentReached { agent: agent.id });
        }
    }
}

/// Returns for how long each person was there in the days.
fn there(counted: &Counted, from: Timestamp, to: Timestamp) -> BTreeMap<AgentId, u64> {
    let mut there = BTreeMap::new();
    for stretch in &counted.there {
        let until = stretch.to.unwrap_or(to).min(to);
        *there.entry(stretch.agent).or_default() += millis(until, stretch.from.max(from));
    }
    there
}

fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}
