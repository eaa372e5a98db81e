//! How people answered what was offered to them, and how soon.

use std::collections::BTreeMap;

use baton_shared::*;

use super::chance::{Chance, of_bits};

/// With fewer offers than this, someone answers as everyone together did.
const OFFERS_MIN: usize = 5;

/// How soon an offer is accepted where none was made in the days, in milliseconds.
const UNSEEN_MS: u64 = 5_000;

/// What someone does with an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Response {
    /// They accept it.
    Accepts,
    /// They refuse it.
    Rejects,
    /// They do not answer it in its time.
    Misses,
}

/// How people answered.
#[derive(Clone, Debug, Default)]
pub(super) struct Habits {
    open: BTreeMap<OfferId, Timestamp>,
    of: BTreeMap<AgentId, Vec<(Response, u64)>>,
    everyone: Vec<(Response, u64)>,
}

impl Habits {
    /// Takes the next event of the log.
    pub(super) fn take(&mut self, recorded: &Recorded) {
        if let Event::OfferMade { offer, cause: OfferCause::Queue(_) | OfferCause::Transfer(_), .. } =
            &recorded.event
        {
            self.open.insert(*offer, recorded.at);
        } else if let Event::OfferEnded { offer, agent, end, .. } = &recorded.event
            && let Some(made_at) = self.open.remove(offer)
        {
            let response = match end {
                OfferEnd::Accepted => Response::Accepts,
                OfferEnd::Declined => Response::Rejects,
                OfferEnd::TimedOut => Response::Misses,
                // Nobody knows what the person would have done.
                OfferEnd::Cancelled | OfferEnd::Rescinded | OfferEnd::TargetGone => return,
            };
            let after_ms = u64::try_from(recorded.at.since(made_at).as_millis()).unwrap_or(u64::MAX);
            self.of.entry(*agent).or_default().push((response, after_ms));
            self.everyone.push((response, after_ms));
        }
    }

    /// Lets someone answer as someone else did.
    pub(super) fn copy(&mut self, of: AgentId, to: AgentId) {
        if let Some(theirs) = self.of.get(&of).cloned() {
            self.of.insert(to, theirs);
        }
    }

    /// Returns what someone does with an offer and after how many milliseconds, drawn from what they did.
    pub(super) fn response(&self, agent: AgentId, chance: Chance, what: &[u64]) -> (Response, u64) {
        let theirs = self.of.get(&agent).filter(|theirs| theirs.len() >= OFFERS_MIN);
        let seen = theirs.unwrap_or(&self.everyone);
        if seen.is_empty() {
            return (Response::Accepts, UNSEEN_MS);
        }
        let drawn_for: Vec<u64> = what.iter().copied().chain([of_bits(agent.bits())]).collect();
        seen[chance.place(seen.len(), &drawn_for)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(habits: &mut Habits, number: u128, agent: AgentId, end: OfferEnd, after_ms: i64) {
        let (offer, conversation) = (OfferId::from_bits(number), ConversationId::from_bits(number));
        let cause = OfferCause::Queue(QueueId::from_bits(1));
        let events = [
            (0, Event::OfferMade { offer, conversation, agent, cause, deadline: None }),
            (after_ms, Event::OfferEnded { offer, conversation, agent, end, load: None }),
        ];
        for (at, event) in events {
            habits.take(&Recorded { position: 1, at: Timestamp::from_millis(at), event });
        }
    }

    #[test]
    fn someone_answers_as_they_did_and_whoever_was_asked_seldom_as_everyone_did() {
        let (quick, seldom) = (AgentId::from_bits(1), AgentId::from_bits(2));
        let mut habits = Habits::default();
        assert_eq!(habits.response(quick, Chance(1), &[0]), (Response::Accepts, UNSEEN_MS));
        (0..5).for_each(|number| offered(&mut habits, number, quick, OfferEnd::Accepted, 2_000));
        offered(&mut habits, 9, seldom, OfferEnd::TimedOut, 30_000);
        offered(&mut habits, 10, quick, OfferEnd::Rescinded, 1);
        let answers =
            |agent| (0..200).map(|drawn| habits.response(agent, Chance(1), &[drawn])).collect::<Vec<_>>();
        assert!(answers(quick).iter().all(|answer| *answer == (Response::Accepts, 2_000)));
        // One of the six offers of everyone was missed: of 200 draws about 33.
        let missed = answers(seldom).iter().filter(|(response, _)| *response == Response::Misses).count();
        assert!((15..55).contains(&missed), "{missed} of 200 are missed");
    }
}
