//! Days, played again in virtual time: the shipped turns decide, and people and customers do what they did.
//!
//! The turns stand on a store in memory and tell nobody; nothing of the running server is read or written here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use baton_shared::command::Actor;
use baton_shared::conversation::EndedBy;
use baton_shared::segment::{Disposition, WrapUp};
use baton_shared::*;
use tokio::sync::oneshot;

use super::chance::{Chance, of_bits};
use super::days::{Days, Shift, begin_counting};
use super::habits::Response;
use super::slate::Slate;
use super::staffing::Setting;
use super::story::{Passing, Story, What, millis};
use super::{Halt, WhatIfError};
use crate::clock::ManualClock;
use crate::dispatcher::{Answer, CommandError, Parts, Request, Turns};
use crate::feed::Feed;
use crate::ids::IdSource;
use crate::insights::counting::{Counted, Counting};
use crate::store::Loaded;

/// How often the browsers of those who are there answer: well within a lease.
const HEARD_EVERY: Duration = Duration::from_secs(20);

/// How long two talk aside where the log does not tell, in milliseconds.
const CONSULT_UNSEEN_MS: u64 = 60_000;

/// After how many steps it is seen whether to go on.
const STEPS_BETWEEN_LOOKS: u64 = 256;

/// What chance is drawn for, so that one draw is not another.
const FOR_OFFERS: u64 = 2;
const FOR_PATIENCE: u64 = 3;

/// What is to happen.
#[derive(Clone, Copy, Debug)]
enum Next {
    Shifts(usize),
    ComesBack(AgentId),
    Arrives(usize),
    Responds(OfferId, AgentId, Response),
    Does(ConversationId, u32),
    HandsOver(ConversationId, TransferId, AgentId),
    CallsOff(ConversationId, TransferId, AgentId),
    Files(SegmentId, AgentId),
    Leaves(ConversationId, usize),
}

impl Next {
    /// Returns what comes first at the same moment: people, customers, what is done, and then who gives up.
    const fn rank(self) -> u8 {
        match self {
            Self::Shifts(_) | Self::ComesBack(_) => 0,
            Self::Arrives(_) => 1,
            Self::Responds(..)
            | Self::Does(..)
            | Self::HandsOver(..)
            | Self::CallsOff(..)
            | Self::Files(..) => 2,
            Self::Leaves(..) => 3,
        }
    }
}

/// A conversation that is being played.
#[derive(Clone, Copy, Debug)]
struct Live {
    story: usize,
    /// The next of its deeds.
    next: usize,
    work_ms: u64,
    working_since: Option<Timestamp>,
    /// Rises when work stops, so that what was to be done then is not done.
    spell: u32,
    waits: usize,
    waiting: bool,
    offers: u64,
}

/// Days being played.
pub(super) struct Play<'a> {
    days: &'a Days,
    setting: &'a Setting,
    chance: Chance,
    turns: Turns,
    slate: Arc<Slate>,
    clock: Arc<ManualClock>,
    now: Timestamp,
    agenda: BTreeMap<(Timestamp, u8, u64), Next>,
    planned: u64,
    live: BTreeMap<ConversationId, Live>,
    here: BTreeSet<AgentId>,
    heard_at: Timestamp,
    /// What people chose last.
    chosen: BTreeMap<AgentId, Status>,
    /// The conversation that is being opened.
    arriving: Option<usize>,
    latest: BTreeMap<ContactId, ConversationId>,
    /// Whether what is written has to be played, because silence matters.
    writes: bool,
    counting: Counting,
    counted: BTreeMap<ConversationId, QueueId>,
}

/// Plays days from their beginning to their end, and returns what they came to.
pub(super) fn play(days: &Days, setting: &Setting, seed: u32, halt: &Halt) -> Result<Counted, WhatIfError> {
    // What is played is not what the server does, so it does not count there.
    metrics::with_local_recorder(&metrics::NoopRecorder, || {
        let mut play = Play::begin(days, setting, seed)?;
        play.run(halt)?;
        Ok(play.counting.finish(&play.counted))
    })
}

impl<'a> Play<'a> {
    fn begin(days: &'a Days, setting: &'a Setting, seed: u32) -> Result<Self, WhatIfError> {
        let loaded = Loaded { work: setting.set_up.clone(), ..days.written.clone() };
        let (slate, clock) = (Arc::new(Slate::holding(loaded)), Arc::new(ManualClock::at(days.begin)));
        let parts = Parts {
            store: slate.clone(),
            clock: clock.clone(),
            ids: IdSource::from_seed(u64::from(seed)),
            feed: Feed::silent(),
        };
        let people = &setting.set_up.agents;
        let here = people.iter().filter(|agent| agent.presence.reachable).map(|agent| agent.id);
        let mut play = Self {
            days,
            setting,
            chance: Chance(seed),
            turns: Turns::load(parts)?,
            slate,
            clock,
            now: days.begin,
            agenda: BTreeMap::new(),
            planned: 0,
            live: BTreeMap::new(),
            here: here.collect(),
            heard_at: days.begin,
            chosen: people.iter().map(|agent| (agent.id, agent.presence.status)).collect(),
            arriving: None,
            latest: BTreeMap::new(),
            writes: silence_matters(&setting.set_up.policies),
            counting: Counting::default(),
            counted: BTreeMap::new(),
        };
        begin_counting(&mut play.counting, people.iter(), setting.set_up.queues.iter(), days.begin);
        play.hear();
        for (place, (at, ..)) in setting.shifts.iter().enumerate() {
            play.plan(*at, Next::Shifts(place));
        }
        for (place, story) in days.stories.iter().enumerate() {
            play.plan(story.arrives_at, Next::Arrives(place));
        }
        Ok(play)
    }

    fn run(&mut self, halt: &Halt) -> Result<(), WhatIfError> {
        for step in 0u64.. {
            if step.is_multiple_of(STEPS_BETWEEN_LOOKS) {
                halt.check()?;
            }
            let planned = self.agenda.first_key_value().map(|((at, ..), _)| *at);
            let due = self.turns.state().next_deadline();
            let Some(at) = planned.into_iter().chain(due).min().filter(|at| *at < self.days.end) else {
                break;
            };
            self.pass_time(at);
            if planned == Some(at)
                && let Some((_, next)) = self.agenda.pop_first()
            {
                self.happens(next);
            } else {
                self.turns.take();
                self.look();
            }
        }
        Ok(())
    }

    fn plan(&mut self, at: Timestamp, next: Next) {
        self.planned += 1;
        self.agenda.insert((at, next.rank(), self.planned), next);
    }

    fn plan_in(&mut self, ms: u64, next: Next) {
        self.plan(self.now.plus(Duration::from_millis(ms)), next);
    }

    fn pass_time(&mut self, at: Timestamp) {
        self.clock.advance(at.since(self.now));
        self.now = self.now.max(at);
        if self.now.since(self.heard_at) >= HEARD_EVERY {
            self.hear();
        }
    }

    fn hear(&mut self) {
        self.heard_at = self.now;
        for agent in &self.here {
            self.turns.renew_lease(*agent);
        }
    }

    fn happens(&mut self, next: Next) {
        match next {
            Next::Shifts(place) => self.shifts(place),
            Next::ComesBack(agent) => {
                if self.chosen.get(&agent) == Some(&Status::Available) {
                    self.ask(Actor::Person(agent), Command::SetStatus { status: Status::Available });
                }
            }
            Next::Arrives(story) => self.arrives(story),
            Next::Responds(offer, agent, response) => {
                let accept = Command::AcceptOffer { offer };
                match response {
                    Response::Accepts => self.ask(Actor::Person(agent), accept),
                    Response::Rejects => {
                        let reject = Command::RejectOffer { offer, reason: "as in the days".to_owned() };
                        // Whoever would have refused accepts where nobody may refuse.
                        if self.turns.state().offers.get(&offer).is_some()
                            && self.give(Actor::Person(agent), reject).is_err()
                        {
                            self.ask(Actor::Person(agent), accept);
                        }
                    }
                    Response::Misses => {}
                }
            }
            Next::Does(conversation, spell) => self.does(conversation, spell),
            Next::HandsOver(conversation, transfer, agent) => {
                self.ask(Actor::Person(agent), Command::HandOver { conversation, transfer });
            }
            Next::CallsOff(conversation, transfer, agent) => {
                self.ask(Actor::Person(agent), Command::CancelTransfer { conversation, transfer });
            }
            Next::Files(segment, agent) => {
                let (disposition, notes) = (Disposition::Resolved, None);
                self.ask(Actor::Person(agent), Command::CompleteWrapUp { segment, disposition, notes });
            }
            Next::Leaves(conversation, wait) => {
                let waits = |live: &Live| live.waiting && live.waits == wait;
                if self.live.get(&conversation).is_some_and(waits) {
                    self.end(Actor::Customer(conversation), conversation);
                }
            }
        }
    }

    fn shifts(&mut self, place: usize) {
        let Some((_, agent, shift)) = self.setting.shifts.get(place).copied() else { return };
        match shift {
            Shift::Status(status) => {
                self.chosen.insert(agent, status);
                self.ask(Actor::Person(agent), Command::SetStatus { status });
            }
            Shift::Reached => {
                self.here.insert(agent);
                self.turns.renew_lease(agent);
                self.turns.take();
                self.look();
            }
            Shift::Lost => {
                self.here.remove(&agent);
                self.ask(Actor::System, Command::EndLease { agent });
            }
        }
    }

    fn arrives(&mut self, place: usize) {
        let Some(story) = self.days.stories.get(place) else { return };
        let earlier = self.latest.get(&story.contact).copied();
        let start = Command::StartConversation {
            name: "Customer".to_owned(),
            text: "Hello".to_owned(),
            channel: story.channel,
            queue: story.queue,
            attributes: self.days.attributes.get(&story.id).cloned().unwrap_or_default(),
        };
        self.arriving = Some(place);
        self.ask(earlier.map_or(Actor::Visitor, Actor::Customer), start);
        self.arriving = None;
    }

    /// Does the next thing with a conversation, if its agent still works on it.
    fn does(&mut self, conversation: ConversationId, spell: u32) {
        let now = self.now;
        let Some(live) = self.live.get_mut(&conversation).filter(|live| live.spell == spell) else { return };
        let Some(since) = live.working_since.replace(now) else { return };
        live.work_ms += millis(now, since);
        let Some(deed) = self.days.stories[live.story].deeds.get(live.next).copied() else { return };
        live.next += 1;
        let open = self.turns.state().conversations.get(&conversation);
        let Some(Owner::Agent(owner)) = open.and_then(Conversation::owner) else { return };
        let write = || Command::SendMessage { conversation, text: "Yes".to_owned() };
        match deed.what {
            What::CustomerWrites => self.ask(Actor::Customer(conversation), write()),
            What::OwnerWrites => self.ask(Actor::Person(owner), write()),
            What::Passes(passing) => self.passes(conversation, owner, passing),
            What::Ends(EndedBy::Agent) => self.end(Actor::Person(owner), conversation),
            What::Ends(EndedBy::Customer) => self.end(Actor::Customer(conversation), conversation),
            What::Ends(EndedBy::System) => self.end(Actor::System, conversation),
        }
        if self.live.get(&conversation).is_some_and(|live| live.spell == spell) {
            self.plan_deed(conversation);
        }
    }

    /// Passes a conversation on as it was; where the policy refuses that, so that the person is waited for, or in the
    /// other way; where it refuses these too, its owner goes on with it.
    fn passes(&mut self, conversation: ConversationId, owner: AgentId, passing: Passing) {
        let other = if passing.mode == Mode::Warm { Mode::Cold } else { Mode::Warm };
        for (mode, park) in [(passing.mode, false), (passing.mode, true), (other, false), (other, true)] {
            let request = Command::RequestTransfer {
                conversation,
                target: passing.target,
                mode,
                note: Some("as in the days".to_owned()),
                summary: Some("as in the days".to_owned()),
                edited: None,
                park,
            };
            if let Ok(Answer::Transfer { transfer }) = self.give(Actor::Person(owner), request) {
                if let Some(ms) = passing.called_off_ms {
                    self.plan_in(ms, Next::CallsOff(conversation, transfer, owner));
                }
                return;
            }
        }
    }

    fn end(&mut self, actor: Actor, conversation: ConversationId) {
        self.ask(actor, Command::EndConversation { conversation, disposition: None, notes: None });
    }

    /// Asks for something that may come too late, and then has no effect.
    fn ask(&mut self, actor: Actor, command: Command) {
        drop(self.give(actor, command));
    }

    fn give(&mut self, actor: Actor, command: Command) -> Result<Answer, CommandError> {
        let (reply, mut answer) = oneshot::channel();
        self.turns.add(Request { actor, key: None, command }, reply);
        self.turns.take();
        self.look();
        answer.try_recv().unwrap_or(Err(CommandError::NotCommitted))
    }

    /// Looks at what a turn led to, and plans what people make of it.
    fn look(&mut self) {
        let (mut touched, mut missed) = (BTreeSet::new(), BTreeSet::new());
        for recorded in self.slate.take() {
            self.counting.take(&recorded);
            touched.extend(recorded.event.conversation());
            if let Event::StatusChanged { agent, status } = &recorded.event {
                if missed.contains(agent) && !status.takes_work() {
                    self.plan_in(self.days.away_ms, Next::ComesBack(*agent));
                }
            } else if let Event::OfferEnded { agent, end: OfferEnd::TimedOut, .. } = &recorded.event {
                missed.insert(*agent);
            } else {
                self.look_at(&recorded.event);
            }
        }
        for conversation in touched {
            self.follow(conversation);
        }
    }

    fn look_at(&mut self, event: &Event) {
        if let Event::ConversationOpened { conversation, .. } = event {
            self.opened(*conversation);
        } else if let Event::OfferMade { offer, conversation, agent, cause, deadline } = event {
            match cause {
                OfferCause::Queue(_) | OfferCause::Transfer(_) => {
                    self.offered(*offer, *conversation, *agent, deadline.is_some());
                }
                OfferCause::Invite(_) => {}
            }
        } else if let Event::ConsultBegan { transfer, conversation, from, .. } = event {
            let aside = self.last_done(*conversation).and_then(|deed| match deed.what {
                What::Passes(passing) => passing.consult_ms,
                What::CustomerWrites | What::OwnerWrites | What::Ends(_) => None,
            });
            self.plan_in(
                aside.unwrap_or(CONSULT_UNSEEN_MS),
                Next::HandsOver(*conversation, *transfer, *from),
            );
        } else if let Event::OwnerChanged { conversation, from, ended, wrap_up, .. }
        | Event::ConversationClosed { conversation, from, ended, wrap_up, .. } = event
            && let (Owner::Agent(agent), WrapUp::ByItsAgent) = (from, wrap_up)
        {
            let filing = self.last_done(*conversation).and_then(|deed| deed.filing_ms);
            self.plan_in(filing.unwrap_or(self.days.filing_ms), Next::Files(*ended, *agent));
        }
    }

    fn opened(&mut self, conversation: ConversationId) {
        let Some(place) = self.arriving else { return };
        let story = &self.days.stories[place];
        self.latest.insert(story.contact, conversation);
        if (self.days.from..self.days.to).contains(&story.arrives_at) {
            self.counted.insert(conversation, story.queue);
        }
        let live = Live {
            story: place,
            next: 0,
            work_ms: 0,
            working_since: None,
            spell: 0,
            waits: 0,
            waiting: false,
            offers: 0,
        };
        self.live.insert(conversation, live);
    }

    fn offered(&mut self, offer: OfferId, conversation: ConversationId, agent: AgentId, ends: bool) {
        let Some(live) = self.live.get_mut(&conversation) else { return };
        live.offers += 1;
        let drawn_for = [FOR_OFFERS, key(&self.days.stories[live.story]), live.offers];
        match self.setting.habits.response(agent, self.chance, &drawn_for) {
            (Response::Misses, _) if ends => {}
            // An offer that never ends is found in the end.
            (Response::Misses, ms) => self.plan_in(ms, Next::Responds(offer, agent, Response::Accepts)),
            (response, ms) => self.plan_in(ms, Next::Responds(offer, agent, response)),
        }
    }

    /// Returns what was done last with a conversation that may be filed.
    fn last_done(&self, conversation: ConversationId) -> Option<super::story::Deed> {
        let live = self.live.get(&conversation)?;
        let done = self.days.stories[live.story].deeds.get(..live.next)?;
        done.iter().rfind(|deed| matches!(deed.what, What::Passes(_) | What::Ends(_))).copied()
    }

    /// Has work and patience begin and end with who has a conversation.
    fn follow(&mut self, conversation: ConversationId) {
        let open = self.turns.state().conversations.get(&conversation);
        let seen = open.and_then(|open| Some((open.owner()?, open.transfer().is_some(), open.queue)));
        let Some((owner, passed_on, queue)) = seen else {
            self.live.remove(&conversation);
            return;
        };
        let now = self.now;
        let Some(live) = self.live.get_mut(&conversation) else { return };
        let began_to_wait = owner.waits() && !live.waiting;
        live.waiting = owner.waits();
        let works = matches!(owner, Owner::Agent(_)) && !passed_on;
        let begins = match (works, live.working_since) {
            (true, None) => {
                live.working_since = Some(now);
                true
            }
            (false, Some(since)) => {
                live.work_ms += millis(now, since);
                live.working_since = None;
                live.spell += 1;
                false
            }
            (true, Some(_)) | (false, None) => false,
        };
        if begins {
            self.plan_deed(conversation);
        }
        if began_to_wait {
            self.plan_leaving(conversation, queue);
        }
    }

    fn plan_deed(&mut self, conversation: ConversationId) {
        let Some(live) = self.live.get_mut(&conversation) else { return };
        let deeds = &self.days.stories[live.story].deeds;
        let plays = |what: What| self.writes || !matches!(what, What::CustomerWrites | What::OwnerWrites);
        while deeds.get(live.next).is_some_and(|deed| !plays(deed.what)) {
            live.next += 1;
        }
        let Some(deed) = deeds.get(live.next) else { return };
        let (ms, spell) = (deed.work_ms.saturating_sub(live.work_ms), live.spell);
        self.plan_in(ms, Next::Does(conversation, spell));
    }

    fn plan_leaving(&mut self, conversation: ConversationId, queue: QueueId) {
        let Some(live) = self.live.get_mut(&conversation) else { return };
        let story = &self.days.stories[live.story];
        let draw = self.chance.draw(&[FOR_PATIENCE, key(story), live.waits as u64]);
        let patience = self.days.patience.of(queue);
        let patient_ms = match story.waits.get(live.waits) {
            Some(wait) if wait.left => Some(wait.ms),
            Some(wait) => patience.of_who_waited(wait.ms, draw),
            None => patience.of_who_waited(0, draw),
        };
        live.waits += 1;
        let wait = live.waits;
        if let Some(ms) = patient_ms {
            self.plan_in(ms, Next::Leaves(conversation, wait));
        }
    }
}

/// Returns what stands for a conversation in draws.
const fn key(story: &Story) -> u64 {
    of_bits(story.id.bits())
}

/// Says whether a policy lets conversations take no room when the customer is silent.
fn silence_matters(policies: &Policies) -> bool {
    let overrides = policies.queues.values().chain(policies.channels.values());
    policies.workspace.idle_secs.is_some()
        || overrides.into_iter().any(|set| set.idle_secs.flatten().is_some())
}
