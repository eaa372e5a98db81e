//! The routing state that the server runs on, told what happens by events; what it plans is offered and accepted at once.

use core::time::Duration;

use baton::routing::{Match, OpenWork, RoutingState, Subject};
use baton_shared::conversation::EndedBy;
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::workspace::{CAPACITY, Line, Matched, Person, Routes, Step, Workspace};
use super::{ids, oracle};

/// How long an offer lasts.
const OFFER_LASTS: Duration = Duration::from_secs(20);

/// After how many steps what has changed is taken, as the server does when it commits.
const COMMITS_AFTER: u32 = 64;

/// The routing state.
pub struct Engine {
    state: RoutingState,
    steps: u32,
    checked_every: Option<u32>,
    /// How many plans were compared with the oracle.
    pub checked: u32,
}

fn agent((number, person): (u32, &Person)) -> Agent {
    let status = if person.available { Status::Available } else { Status::Offline };
    Agent {
        id: ids::agent(number),
        role: Role::Agent,
        enabled: true,
        presence: Presence { status, reachable: person.available },
        capacity: [(Channel::WebChat, CAPACITY as u32)].into(),
        interruptible: [].into(),
        skills: ids::skills(person.skills).collect(),
        queues: person.queues.iter().map(|queue| ids::queue(*queue)).collect(),
        idle_since: ids::first_idle_since(number),
        lost_at: None,
    }
}

fn queue((number, line): (u32, &Line)) -> Queue {
    Queue::new(ids::queue(number), ids::skills(line.skills).collect(), line.priority)
}

impl Engine {
    /// Seats everyone who takes work.
    pub fn of(workspace: &Workspace) -> Self {
        let work = OpenWork {
            skills: ids::skills(u64::MAX).collect(),
            agents: (0..).zip(&workspace.people).map(agent).collect(),
            queues: (0..).zip(&workspace.lines).map(queue).collect(),
            ..OpenWork::default()
        };
        let state = RoutingState::from_open_work(work);
        Self { state, steps: 0, checked_every: None, checked: 0 }
    }

    /// From now on compares one plan in so many with the oracle.
    pub const fn check_every(&mut self, plans: u32) {
        self.checked_every = Some(plans);
    }

    /// Returns how many conversations are open.
    pub fn open(&self) -> usize {
        self.state.conversations.len()
    }

    const fn next_position(&self) -> u64 {
        self.state.position + 1
    }

    // Events are written where they are read: moving one costs as much as a look-up.
    fn opened(&mut self, conversation: ConversationId, queue: QueueId, at: Timestamp) {
        let bits = conversation.bits();
        self.state.apply(&Recorded {
            position: self.next_position(),
            at,
            event: Event::ConversationOpened {
                conversation,
                contact: ContactId::from_bits(bits),
                channel: Channel::WebChat,
                queue,
                segment: SegmentId::from_bits(bits),
            },
        });
    }

    fn ended(&mut self, conversation: ConversationId, agent: AgentId, at: Timestamp) {
        let Some(open) = self.state.conversations.get(&conversation) else { return };
        let ended = open.segment;
        self.state.apply(&Recorded {
            position: self.next_position(),
            at,
            event: Event::ConversationClosed {
                conversation,
                from: Owner::Agent(agent),
                by: EndedBy::Agent,
                ended,
                wrap_up: WrapUp::None,
            },
        });
    }

    /// Offers what was planned, and has it accepted.
    fn offered(&mut self, found: Match, at: Timestamp) -> Option<Matched> {
        let Subject::Conversation(conversation) = found.subject else { return None };
        let agent = found.agent;
        let open = self.state.conversations.get(&conversation)?;
        let (queue, ended) = (open.queue, open.segment);
        let segment = ids::bits(at, conversation.bits() as u32);
        let offer = OfferId::from_bits(segment);
        let (cause, deadline) = (OfferCause::Queue(queue), Some(at.plus(OFFER_LASTS)));
        self.state.apply(&Recorded {
            position: self.next_position(),
            at,
            event: Event::OfferMade { offer, conversation, agent, cause, deadline },
        });
        self.state.apply(&Recorded {
            position: self.next_position(),
            at,
            event: Event::OfferEnded { offer, conversation, agent, end: OfferEnd::Accepted, load: None },
        });
        self.state.apply(&Recorded {
            position: self.next_position(),
            at,
            event: Event::OwnerChanged {
                conversation,
                from: Owner::Queue(queue),
                to: Owner::Agent(agent),
                epoch: 2,
                cause: OwnerCause::Accepted(offer),
                ended,
                wrap_up: WrapUp::None,
                segment: SegmentId::from_bits(segment),
            },
        });
        Some(Matched { conversation, agent })
    }

    fn plan(&mut self, at: Timestamp) -> Option<Match> {
        let check = self.checked_every.is_some_and(|every| self.steps.is_multiple_of(every));
        let expected = check.then(|| oracle::next(&self.state));
        let found = self.state.plan(at);
        if let Some(expected) = expected {
            self.checked += 1;
            assert_eq!(found, expected, "routing and its oracle disagree");
        }
        found
    }
}

impl Routes for Engine {
    fn take(&mut self, step: Step, at: Timestamp) -> Option<Matched> {
        match step {
            Step::Arrives { conversation, queue } => self.opened(conversation, queue, at),
            Step::Ends { conversation, agent } => self.ended(conversation, agent, at),
        }
        let mut matched = None;
        while let Some(found) = self.plan(at) {
            assert_eq!(matched, None, "one step makes room for one conversation");
            matched = self.offered(found, at);
        }
        self.steps += 1;
        if self.steps.is_multiple_of(COMMITS_AFTER) {
            drop(self.state.take_touched());
        }
        matched
    }
}
