//! One form for all states that behave the same: ids renamed in their order, and times as far from the present as it
//! matters.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use baton::routing::{OpenWork, RoutingState};
use baton_shared::conversation::Held;
use baton_shared::offer::{OFFER_REST, OfferState};
use baton_shared::policy::Exclude;
use baton_shared::segment::{FollowedBy, OwnerCause};
use baton_shared::*;

/// How far the clock moves at a time: every timer of a configuration is a whole number of these.
pub const TICK: Duration = Duration::from_secs(30);

/// No deadline is further away than this; the safety time, which is longer, ends by then.
const FARTHEST: Duration = Duration::from_secs(90);

/// The present of every canonical state.
pub const PRESENT: Timestamp = Timestamp::from_millis(1_795_248_000_000);

/// When customers came: long before anything else.
pub const LONG_AGO: Timestamp = PRESENT.minus(Duration::from_secs(10 * 3_600));

/// Before this lies only what [`LONG_AGO`] is the time of.
const EARLIEST_RECENT: Timestamp = PRESENT.minus(Duration::from_secs(5 * 3_600));

/// Where times begin of which only the order matters.
const ORDERED: Timestamp = PRESENT.minus(Duration::from_secs(3_600));

/// Renames whatever a state mentions.
struct Names {
    now: Timestamp,
    grace: Duration,
    keeps_owners: bool,
    segments: BTreeMap<SegmentId, SegmentId>,
    offers: BTreeMap<OfferId, OfferId>,
    transfers: BTreeMap<TransferId, TransferId>,
    invites: BTreeMap<InviteId, InviteId>,
    idle: Order,
    ranked: Order,
    joined: Order,
}

/// Times of which only the order matters.
struct Order(Vec<Timestamp>);

impl Order {
    fn of(times: impl Iterator<Item = Timestamp>) -> Self {
        Self(times.collect::<BTreeSet<Timestamp>>().into_iter().collect())
    }

    fn place(&self, time: Timestamp) -> Timestamp {
        let before = self.0.partition_point(|other| *other < time) as u64;
        ORDERED.plus(Duration::from_millis(before))
    }
}

/// Returns open work that behaves at [`PRESENT`] as the state does at `now`.
pub fn canonical(state: &RoutingState, now: Timestamp) -> OpenWork {
    let names = Names::of(state, now);
    OpenWork {
        position: 0,
        at: PRESENT,
        skills: state.skills.clone(),
        agents: state.agents.values().map(|agent| names.agent(agent)).collect(),
        // Accepted waits are for the estimate that people see; no decision reads them.
        queues: state.queues.values().map(|queue| Queue { accepted: [].into(), ..queue.clone() }).collect(),
        groups: state.groups.values().cloned().collect(),
        conversations: state.conversations.values().map(|open| names.conversation(open)).collect(),
        segments: state.segments().values().filter_map(|segment| names.segment(segment)).collect(),
        offers: state.offers.values().map(|offer| names.offer(offer)).collect(),
        transfers: state.transfers.values().map(|transfer| names.transfer(transfer)).collect(),
        invites: state.invites.values().map(|invite| names.invite(invite)).collect(),
        // A request lives on after its conversation and touches nothing else.
        requests: Vec::new(),
        requests_made: 0,
        workflows: Vec::new(),
        flows: Vec::new(),
        externals: BTreeSet::new(),
        schedules: BTreeMap::new(),
        teams: state.teams.values().cloned().collect(),
        policies: state.policies.clone(),
    }
}

impl Names {
    fn of(state: &RoutingState, now: Timestamp) -> Self {
        let policy = &state.policies.workspace;
        let since = state.invites.values().filter_map(|invite| match &invite.state {
            InviteState::Open { search, .. } => Some(search.since),
            InviteState::Joined { .. } | InviteState::Ended { .. } => None,
        });
        let ranked = state.conversations.values().map(|open| open.ranked_at);
        let joined = state.invites.values().filter_map(|invite| match &invite.state {
            InviteState::Joined { since, .. } => Some(*since),
            InviteState::Open { .. } | InviteState::Ended { .. } => None,
        });
        Self {
            now,
            grace: Duration::from_secs(u64::from(policy.grace_secs)),
            keeps_owners: policy.exclude == Exclude::Participants,
            segments: renamed(state.segments().keys(), SegmentId::from_bits),
            offers: renamed(state.offers.keys(), OfferId::from_bits),
            transfers: renamed(state.transfers.keys(), TransferId::from_bits),
            invites: renamed(state.invites.keys(), InviteId::from_bits),
            idle: Order::of(state.agents.values().map(|agent| agent.idle_since)),
            ranked: Order::of(ranked.chain(since).filter(|time| *time > EARLIEST_RECENT)),
            joined: Order::of(joined),
        }
    }

    /// A deadline: how far away it is.
    fn due(&self, at: Timestamp) -> Timestamp {
        PRESENT.plus(at.since(self.now).min(FARTHEST))
    }

    /// A time that matters until `lasts` later: how long ago it is.
    fn ago(&self, at: Timestamp, lasts: Duration) -> Timestamp {
        PRESENT.minus(self.now.since(at).min(lasts))
    }

    fn rank(&self, at: Timestamp) -> Timestamp {
        if at > EARLIEST_RECENT { self.ranked.place(at) } else { at }
    }

    fn agent(&self, agent: &Agent) -> Agent {
        Agent {
            idle_since: self.idle.place(agent.idle_since),
            lost_at: agent.lost_at.map(|at| self.ago(at, self.grace)),
            ..agent.clone()
        }
    }

    fn search(&self, search: &Search, since: Timestamp) -> Search {
        let rested = |at: Timestamp| self.now.since(at) >= OFFER_REST;
        let order: Vec<Timestamp> = {
            let at: BTreeSet<Timestamp> = search.passed.values().copied().filter(|at| rested(*at)).collect();
            at.into_iter().collect()
        };
        let passed = |at: Timestamp| {
            if !rested(at) {
                return self.ago(at, OFFER_REST);
            }
            let later = order.len() - order.partition_point(|other| *other < at);
            PRESENT.minus(OFFER_REST + Duration::from_millis(later as u64))
        };
        Search {
            pool: search.pool,
            skills: search.skills.clone(),
            relaxed: search.relaxed,
            since,
            at_once: search.at_once,
            offers: search
                .offers
                .iter()
                .map(|(agent, offer)| (*agent, known(&self.offers, *offer)))
                .collect(),
            passed: search.passed.iter().map(|(agent, at)| (*agent, passed(*at))).collect(),
        }
    }

    fn conversation(&self, open: &Conversation) -> Conversation {
        let held = match &open.state {
            ConversationState::Open { held: Held::Agent { agent, transfer, .. }, .. } => Held::Agent {
                agent: *agent,
                since: PRESENT,
                transfer: transfer.map(|transfer| known(&self.transfers, transfer)),
            },
            ConversationState::Open { held: Held::Queue(waiting), .. } => Held::Queue(Waiting {
                search: self.search(&waiting.search, PRESENT),
                transfer: waiting.transfer().map(|transfer| Box::new(known(&self.transfers, transfer))),
                route: None,
                // No queue of the model sets bounds.
                limit: None,
            }),
            ConversationState::Open { held: Held::Flow(_) | Held::External { .. }, .. } => {
                panic!("the model has neither flows nor external contacts")
            }
            ConversationState::Closed { .. } => panic!("a state holds open conversations only"),
        };
        Conversation {
            ranked_at: self.rank(open.ranked_at),
            segment: known(&self.segments, open.segment),
            // Messages are numbered, which is all that the rules about ownership do with them.
            last_seq: 0,
            owners: if self.keeps_owners { open.owners.clone() } else { FewSet::new() },
            invites: open.invites.iter().map(|invite| known(&self.invites, *invite)).collect(),
            // Who reads on may do nothing.
            listeners: Rare::new(),
            oversight: None,
            // Only workflows ask for it, and the model has none.
            last_agent: None,
            hops: 0,
            state: ConversationState::Open { held, epoch: 1 },
            ..open.clone()
        }
    }

    /// What is in wrap-up matters only while a transfer may bring the conversation back to its agent.
    fn segment(&self, segment: &Segment) -> Option<Segment> {
        let state = match segment.state {
            SegmentState::Active => SegmentState::Active,
            SegmentState::WrapUp { followed_by: FollowedBy::Owner(cause), .. } => {
                let cause = match cause {
                    OwnerCause::Transferred(id) => OwnerCause::Transferred(*self.transfers.get(&id)?),
                    OwnerCause::Parked(id) => OwnerCause::Parked(*self.transfers.get(&id)?),
                    OwnerCause::Opened
                    | OwnerCause::Accepted(_)
                    | OwnerCause::TakenBack(_)
                    | OwnerCause::Released
                    | OwnerCause::Returned(_)
                    | OwnerCause::Expired(_)
                    | OwnerCause::Lost
                    | OwnerCause::TakenOver(_)
                    | OwnerCause::Redirected
                    | OwnerCause::Routed(_)
                    | OwnerCause::Overflowed(_)
                    | OwnerCause::Entered(_)
                    | OwnerCause::Left(_) => return None,
                };
                SegmentState::WrapUp { ended_at: PRESENT, followed_by: FollowedBy::Owner(cause), until: None }
            }
            SegmentState::WrapUp { followed_by: FollowedBy::End(_), .. } | SegmentState::Ended { .. } => {
                return None;
            }
        };
        Some(Segment {
            id: known(&self.segments, segment.id),
            started_at: PRESENT,
            preceded_by: OwnerCause::Opened,
            last_seq: 0,
            state,
            ..segment.clone()
        })
    }

    fn offer(&self, offer: &Offer) -> Offer {
        let cause = match offer.cause {
            OfferCause::Queue(queue) => OfferCause::Queue(queue),
            OfferCause::Transfer(id) => OfferCause::Transfer(known(&self.transfers, id)),
            OfferCause::Invite(id) => OfferCause::Invite(known(&self.invites, id)),
        };
        let state = match offer.state {
            OfferState::Open { deadline } => OfferState::Open { deadline: deadline.map(|at| self.due(at)) },
            OfferState::Ended { .. } => panic!("a state holds open offers only"),
        };
        Offer { id: known(&self.offers, offer.id), made_at: PRESENT, cause, state, ..offer.clone() }
    }

    fn transfer(&self, transfer: &Transfer) -> Transfer {
        let state = match &transfer.state {
            TransferState::Requested => TransferState::Requested,
            TransferState::Seeking { search, deadline } => TransferState::Seeking {
                search: self.search(search, PRESENT),
                deadline: deadline.map(|at| self.due(at)),
            },
            TransferState::Released { deadline } => TransferState::Released { deadline: self.due(*deadline) },
            TransferState::Enqueued { undo_until, deadline } => TransferState::Enqueued {
                undo_until: self.due(*undo_until),
                deadline: deadline.map(|at| self.due(at)),
            },
            TransferState::Consulting { agent, deadline, .. } => TransferState::Consulting {
                agent: *agent,
                since: PRESENT,
                deadline: self.due(*deadline),
                last_seq: 0,
            },
            TransferState::Calling { .. } => panic!("the model has no external contacts"),
            TransferState::Ended { .. } => panic!("a state holds open transfers only"),
        };
        let requested_at = self.ago(transfer.requested_at, transfer.policy.undo_lasts());
        Transfer {
            id: known(&self.transfers, transfer.id),
            requested_at,
            after_seq: 0,
            state,
            ..transfer.clone()
        }
    }

    fn invite(&self, invite: &Invite) -> Invite {
        let state = match &invite.state {
            InviteState::Open { search, deadline } => InviteState::Open {
                search: self.search(search, self.ranked.place(search.since)),
                deadline: self.due(*deadline),
            },
            InviteState::Joined { agent, since } => {
                InviteState::Joined { agent: *agent, since: self.joined.place(*since) }
            }
            InviteState::Ended { .. } => panic!("a state holds open invitations only"),
        };
        Invite { id: known(&self.invites, invite.id), made_at: PRESENT, state, ..invite.clone() }
    }
}

/// Gives ids of one kind the numbers from 1, in their order.
fn renamed<'a, Id: Ord + Copy + 'a>(
    ids: impl Iterator<Item = &'a Id>,
    named: fn(u128) -> Id,
) -> BTreeMap<Id, Id> {
    ids.copied().zip((1u128..).map(named)).collect()
}

fn known<Id: Ord + Copy + core::fmt::Debug>(names: &BTreeMap<Id, Id>, id: Id) -> Id {
    *names.get(&id).unwrap_or_else(|| panic!("{id:?} is mentioned, but is not there"))
}
