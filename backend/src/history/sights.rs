//! Who could see a conversation when: from the offer of it until it ended, while one owned it, was consulted, took part or
//! read on.

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::segment::OwnerCause;
use baton_shared::*;

use super::{Reach, Told};

/// What brought someone the sight of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Owning,
    Offer(OfferId),
    Consult(TransferId),
    Joining(InviteId),
    Listening,
}

/// When something happened, and where in the log: of what happened in one moment, that says what was first.
type Moment = (u64, Timestamp);

/// A time for which someone saw a conversation.
struct Spell {
    agent: AgentId,
    by: By,
    from: Moment,
    until: Option<Moment>,
}

/// Who saw a conversation when.
#[derive(Default)]
pub(super) struct Sights {
    spells: Vec<Spell>,
    causes: BTreeMap<OfferId, OfferCause>,
    /// When each transfer that was passed on was.
    passed_on: BTreeMap<TransferId, Moment>,
}

impl Sights {
    /// Notes whom an event gives sight of the conversation, and from whom it takes it.
    pub(super) fn note(&mut self, recorded: &Recorded) {
        let at = (recorded.position, recorded.at);
        let event = &recorded.event;
        if let Event::OfferMade { offer, agent, cause, .. } = event {
            self.causes.insert(*offer, *cause);
            self.begin(*agent, By::Offer(*offer), at);
        } else if let Event::OfferEnded { offer, .. } = event {
            self.end(|spell| spell.by == By::Offer(*offer), at);
        } else if let Event::OwnerChanged { to, cause, .. } = event {
            self.end(|spell| spell.by == By::Owning, at);
            if let OwnerCause::Transferred(transfer) | OwnerCause::Parked(transfer) = cause {
                self.passed_on.entry(*transfer).or_insert(at);
            }
            if let Owner::Agent(agent) = to {
                self.begin(*agent, By::Owning, at);
            }
        } else if let Event::TransferEnqueued { transfer, .. } = event {
            self.passed_on.entry(*transfer).or_insert(at);
        } else if let Event::ConsultBegan { transfer, agent, .. } = event {
            self.begin(*agent, By::Consult(*transfer), at);
        } else if let Event::TransferEnded { transfer, .. } = event {
            self.end(|spell| spell.by == By::Consult(*transfer), at);
        } else if let Event::ParticipantJoined { invite, agent, .. } = event {
            self.begin(*agent, By::Joining(*invite), at);
        } else if let Event::InviteEnded { invite, .. } = event {
            self.end(|spell| spell.by == By::Joining(*invite), at);
        } else if let Event::ListeningBegan { agent, .. } | Event::ListenedIn { agent, .. } = event {
            self.begin(*agent, By::Listening, at);
        } else if let Event::ListeningEnded { agent, .. } = event {
            self.end(|spell| spell.by == By::Listening && spell.agent == *agent, at);
        } else if let Event::ConversationClosed { .. } = event {
            self.end(|_| true, at);
        }
    }

    fn begin(&mut self, agent: AgentId, by: By, from: Moment) {
        self.spells.push(Spell { agent, by, from, until: None });
    }

    fn end(&mut self, ends: impl Fn(&Spell) -> bool, at: Moment) {
        let open = self.spells.iter_mut().filter(|spell| spell.until.is_none());
        open.filter(|spell| ends(spell)).for_each(|spell| spell.until = Some(at));
    }

    /// Returns who was shown a text, but for its writer, each with when first, in that order.
    pub(super) fn of(&self, told: &Told) -> Vec<(AgentId, Timestamp)> {
        let told_at = (told.position, told.at);
        let mut first: BTreeMap<AgentId, Moment> = BTreeMap::new();
        let mut see = |agent: AgentId, at: Moment| {
            first.entry(agent).and_modify(|known| *known = at.min(*known)).or_insert(at);
        };
        let asked = |spell: &&Spell| match (told.reach, spell.by) {
            (Reach::Transfer(transfer), By::Offer(offer)) => {
                self.causes.get(&offer) == Some(&OfferCause::Transfer(transfer))
            }
            (Reach::Transfer(transfer), By::Consult(consult)) => transfer == consult,
            (Reach::Invite(invite), By::Offer(offer)) => {
                self.causes.get(&offer) == Some(&OfferCause::Invite(invite))
            }
            (Reach::Invite(invite), By::Joining(joined)) => invite == joined,
            (Reach::Conversation | Reach::Transfer(_) | Reach::Invite(_) | Reach::Only(_), _) => false,
        };
        let after = |since: Moment| {
            let reaches = move |spell: &&Spell| spell.until.is_none_or(|until| until > since);
            self.spells.iter().filter(reaches).map(move |spell| (spell.agent, spell.from.max(since)))
        };
        match told.reach {
            Reach::Only(person) => person.into_iter().for_each(|person| see(person, told_at)),
            Reach::Conversation => after(told_at).for_each(|(agent, at)| see(agent, at)),
            Reach::Transfer(transfer) => {
                let passed_on = self.passed_on.get(&transfer).copied().into_iter();
                passed_on.flat_map(after).for_each(|(agent, at)| see(agent, at));
            }
            Reach::Invite(_) => {}
        }
        for spell in self.spells.iter().filter(asked) {
            see(spell.agent, spell.from.max(told_at));
        }
        let mut seen: Vec<(AgentId, Moment)> = first.into_iter().collect();
        let writer: BTreeSet<AgentId> = told.by.into_iter().collect();
        seen.retain(|(agent, _)| !writer.contains(agent));
        seen.sort_by_key(|(agent, at)| (*at, *agent));
        seen.into_iter().map(|(agent, (_, at))| (agent, at)).collect()
    }
}
