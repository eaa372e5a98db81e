//! The same figures from the whole log at once, slowly, and random work on which both must agree.

mod further;

use std::collections::BTreeSet;

use baton_shared::conversation::EndedBy;
use baton_shared::queue::ServiceTarget;
use baton_shared::rating::Score;
use baton_shared::segment::OwnerCause;

use self::further::{slow_answer, slow_carried, slow_conversation, slow_length, slow_owner};
use super::story::Known;
use super::*;
use crate::seeded::Seeded;

const QUEUES: u64 = 3;
const AGENTS: u64 = 4;

/// What is open in a conversation of random work, beside what a story knows.
#[derive(Clone, Copy, Default)]
struct Open {
    offer: Option<(OfferId, AgentId)>,
    transfer: Option<TransferId>,
}

fn agent(random: &mut Seeded) -> AgentId {
    AgentId::from_bits(100 + u128::from(random.below(AGENTS)))
}

fn queue(random: &mut Seeded) -> QueueId {
    QueueId::from_bits(200 + u128::from(random.below(QUEUES)))
}

/// Returns a log of so many random steps, which are at most so many milliseconds apart.
pub(super) fn random_work(random: &mut Seeded, (steps, apart_ms): (usize, u64)) -> Story {
    let mut story = Story::new();
    let mut opened: Vec<(ConversationId, Open)> = Vec::new();
    let mut filing: Vec<(ConversationId, SegmentId, AgentId)> = Vec::new();
    let mut ended: Vec<ConversationId> = Vec::new();
    let target = Some(ServiceTarget { secs: 20, percent: 80 });
    let rules = Box::new(QueueRules { survey: true, target, ..QueueRules::default() });
    story.note(Event::QueueRulesSet { queue: QueueId::from_bits(200), rules, by: None });
    for _ in 0..steps {
        story.later(random.below(apart_ms));
        ended.extend(opened.iter().map(|(id, _)| *id).filter(|id| !story.known[id].open));
        opened.retain(|(id, _)| story.known[id].open);
        if let Some(conversation) = ended.pop().filter(|_| random.below(2) == 0) {
            story.note(Event::ConversationRated { conversation, score: Score::BEST });
        }
        let [note, summary] = [(); 2].map(|()| random.below(2) == 0);
        let edited = (summary && random.below(2) == 0).then(|| random.below(2) == 0);
        story.carried = Carried { note, summary, edited };
        story.load = Some(Load { used: random.below(4) as u32, limit: 3 }).filter(|load| load.used > 0);
        if opened.is_empty() || (opened.len() < 12 && random.below(6) == 0) {
            let queue = queue(random);
            opened.push((story.open(queue), Open::default()));
            continue;
        }
        if !filing.is_empty() && random.below(5) == 0 {
            let (id, segment, agent) = filing[0];
            if random.below(3) == 0 {
                story.extends(id, segment, agent);
                continue;
            }
            filing.swap_remove(0);
            if random.below(4) == 0 {
                story.leaves_unfiled(id, segment, agent);
            } else {
                story.files(id, segment, agent);
            }
            continue;
        }
        let place = random.below(opened.len() as u64) as usize;
        let (id, open) = &mut opened[place];
        let before = story.known[id];
        match before.owner {
            Owner::Queue(waits) => wait(&mut story, random, (*id, waits), open),
            Owner::Agent(owner) => talk(&mut story, random, (*id, owner), open),
            Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => unreachable!("nothing goes there"),
        }
        let after = story.known[id];
        if let Some(found) = to_file(before, after) {
            filing.push((*id, before.segment, found));
        }
    }
    story
}

/// Returns who files the segment that ended, where an agent handed over to an agent or had it at the end.
fn to_file(before: Known, after: Known) -> Option<AgentId> {
    let Owner::Agent(agent) = before.owner else { return None };
    let passed = after.segment != before.segment && matches!(after.owner, Owner::Agent(_));
    (passed || !after.open).then_some(agent)
}

fn wait(story: &mut Story, random: &mut Seeded, (id, waits): (ConversationId, QueueId), open: &mut Open) {
    match (open.offer, random.below(8)) {
        (None, 0..4) => {
            let agent = agent(random);
            open.offer = Some((story.offers(id, agent, OfferCause::Queue(waits)), agent));
        }
        (Some((offer, agent)), 0..3) => {
            story.offer_ends((id, offer, agent), OfferEnd::Accepted);
            if let Some(transfer) = open.transfer.take() {
                story.ends(id, transfer, TransferEnd::Completed);
            }
            story.passes(id, Owner::Agent(agent), OwnerCause::Accepted(offer));
            open.offer = None;
        }
        (Some((offer, agent)), 3) => {
            let end = if random.below(2) == 0 { OfferEnd::Declined } else { OfferEnd::TimedOut };
            story.offer_ends((id, offer, agent), end);
            open.offer = None;
        }
        (offer, 4) => {
            let next = queue(random);
            rescind(story, (id, offer), open);
            end(story, id, open, TransferEnd::Failed);
            story.passes(id, Owner::Queue(next), OwnerCause::Overflowed(waits));
        }
        (_, 5) => story.says(id, Author::Customer),
        (offer, 6) => {
            rescind(story, (id, offer), open);
            end(story, id, open, TransferEnd::Failed);
            story.deflects(id);
        }
        (offer, _) => {
            rescind(story, (id, offer), open);
            end(story, id, open, TransferEnd::Abandoned);
            story.closes(id, EndedBy::Customer);
        }
    }
}

fn rescind(story: &mut Story, (id, offer): (ConversationId, Option<(OfferId, AgentId)>), open: &mut Open) {
    if let Some((offer, agent)) = offer {
        story.offer_ends((id, offer, agent), OfferEnd::Rescinded);
    }
    open.offer = None;
}

fn end(story: &mut Story, id: ConversationId, open: &mut Open, how: TransferEnd) {
    if let Some(transfer) = open.transfer.take() {
        story.ends(id, transfer, how);
    }
}

fn talk(story: &mut Story, random: &mut Seeded, (id, owner): (ConversationId, AgentId), open: &mut Open) {
    if let (Some((offer, agent)), Some(transfer)) = (open.offer, open.transfer) {
        if random.below(3) == 0 {
            story.reads((id, offer, agent));
        }
        let (offer_end, transfer_end) = match random.below(6) {
            0 | 1 => (OfferEnd::Accepted, TransferEnd::Completed),
            2 => (OfferEnd::Declined, TransferEnd::Returned),
            3 => (OfferEnd::TimedOut, TransferEnd::Expired),
            4 => (OfferEnd::Cancelled, TransferEnd::Cancelled),
            _ => return story.says(id, Author::Customer),
        };
        story.offer_ends((id, offer, agent), offer_end);
        end(story, id, open, transfer_end);
        if offer_end == OfferEnd::Accepted {
            story.passes(id, Owner::Agent(agent), OwnerCause::Transferred(transfer));
        }
        open.offer = None;
        return;
    }
    match random.below(8) {
        0 | 1 => story.says(id, Author::Customer),
        2 | 3 => story.says(id, Author::Agent(owner)),
        4 | 5 => {
            let to = agent(random);
            if to != owner {
                let transfer = story.asks(id, Target::Agent(to), Mode::Cold);
                open.transfer = Some(transfer);
                open.offer = Some((story.offers(id, to, OfferCause::Transfer(transfer)), to));
            }
        }
        6 => open.transfer = Some(story.sends_to_queue(id, queue(random))),
        _ => story.closes(id, EndedBy::Agent),
    }
}

/// The figures of a log, each found by looking through all of it.
#[derive(Debug, PartialEq, Eq)]
struct Figures {
    six: [u64; 6],
    cancelled: u64,
    open: u64,
    ping_pongs: u64,
    to_accept_sum: u64,
    entered: u64,
    accepted: u64,
    abandoned: u64,
    waited_ms: u64,
    talked_ms: u64,
    filed_ms: u64,
    missed: u64,
    rejected: u64,
    /// Transfers with a note, with a summary, with a changed one, and with something that was opened.
    carried: [u64; 4],
    /// What customers wrote to nobody during transfers.
    unowned: u64,
    extensions: u64,
    load: (u64, u64),
    ahead: u64,
    /// How long the slowest answer of a customer took.
    slowest_ms: u64,
    /// What conversations came to, by the order of their endings, and how often they were passed on.
    endings: [u64; 8],
    hops: [u64; 4],
    asked: u64,
    answered: u64,
}

impl Figures {
    /// Returns those of which random work must tell something.
    fn told(&self) -> Vec<u64> {
        let further =
            [self.unowned, self.extensions, self.load.0, self.ahead, self.slowest_ms, self.answered];
        self.carried.iter().chain(&self.endings).chain(&self.hops).chain(&further).copied().collect()
    }
}

fn between(from: Timestamp, to: Timestamp) -> u64 {
    to.since(from).as_millis() as u64
}

/// Returns the first event after a position for which something holds, with what it says.
fn after<T>(log: &[Recorded], position: u64, says: impl Fn(&Recorded) -> Option<T>) -> Option<T> {
    log.iter().filter(|one| one.position > position).find_map(says)
}

fn slow(log: &[Recorded], filter: &Filter) -> Figures {
    let mut found = Figures {
        six: [0; 6],
        cancelled: 0,
        open: 0,
        ping_pongs: 0,
        to_accept_sum: 0,
        entered: 0,
        accepted: 0,
        abandoned: 0,
        waited_ms: 0,
        talked_ms: 0,
        filed_ms: 0,
        missed: 0,
        rejected: 0,
        carried: [0; 4],
        unowned: 0,
        extensions: 0,
        load: (0, 0),
        ahead: 0,
        slowest_ms: 0,
        endings: [0; 8],
        hops: [0; 4],
        asked: 0,
        answered: 0,
    };
    let mut conversations = BTreeSet::new();
    for one in log.iter().filter(|one| one.at >= filter.from && one.at < filter.to) {
        slow_transfer(log, one, &mut found, &mut conversations);
        slow_slice(log, one, &mut found);
        slow_conversation(log, one, &mut found);
        if let Event::OfferMade { offer, .. } = &one.event {
            let how = after(log, one.position, |later| {
                if let Event::OfferEnded { offer: ended, end, load, .. } = &later.event
                    && ended == offer
                {
                    Some((*end, *load))
                } else {
                    None
                }
            });
            let Some((how, load)) = how else { continue };
            found.missed += u64::from(matches!(how, OfferEnd::TimedOut | OfferEnd::Cancelled));
            found.rejected += u64::from(how == OfferEnd::Declined);
            found.load.0 += load.map_or(0, |load| u64::from(load.used));
            found.load.1 += load.map_or(0, |load| u64::from(load.limit));
        }
    }
    found.six[0] = conversations.len() as u64;
    found
}

fn slow_transfer(
    log: &[Recorded],
    one: &Recorded,
    found: &mut Figures,
    conversations: &mut BTreeSet<ConversationId>,
) {
    let Event::TransferRequested { transfer, conversation, target, from, carried, .. } = &one.event else {
        return;
    };
    conversations.insert(*conversation);
    found.six[1] += 1;
    found.six[4] += u64::from(matches!(target, Target::Agent(_)));
    found.six[5] += u64::from(matches!(target, Target::Queue(_)));
    let end = after(log, one.position, |later| {
        if let Event::TransferEnded { transfer: ended, end, .. } = &later.event
            && ended == transfer
        {
            Some((*end, later.position))
        } else {
            None
        }
    });
    slow_carried(
        log,
        (one.position, end.map_or(u64::MAX, |(_, ended)| ended)),
        *conversation,
        *carried,
        found,
    );
    match end {
        None => found.open += 1,
        Some((TransferEnd::Completed, ended)) => {
            found.six[2] += 1;
            let accepted = log.iter().rev().filter(|before| before.position < ended).find_map(|before| {
                let Event::OfferEnded { conversation: of, offer, agent, end, .. } = &before.event else {
                    return None;
                };
                let accepts = of == conversation && *end == OfferEnd::Accepted;
                accepts.then_some((*offer, *agent, before.at))
            });
            let (offer, agent, at) = accepted.unwrap();
            let made = log.iter().find_map(|made| {
                if let Event::OfferMade { offer: made_as, .. } = &made.event
                    && *made_as == offer
                {
                    Some(made.at)
                } else {
                    None
                }
            });
            found.to_accept_sum += between(made.unwrap(), at);
            let earlier = log.iter().rev().filter(|before| before.position < one.position);
            let had_before = earlier
                .filter_map(|before| had(before, *conversation))
                .find(|had| from.agent() != Some(*had));
            found.ping_pongs += u64::from(had_before == Some(agent));
        }
        Some((TransferEnd::Cancelled | TransferEnd::Superseded | TransferEnd::CalledOff, _)) => {
            found.cancelled += 1
        }
        Some(_) => found.six[3] += 1,
    }
}

fn slow_slice(log: &[Recorded], one: &Recorded, found: &mut Figures) {
    let (conversation, owner, segment) =
        if let Event::ConversationOpened { conversation, queue, segment, .. } = &one.event {
            (*conversation, Owner::Queue(*queue), *segment)
        } else if let Event::OwnerChanged { conversation, to, segment, .. } = &one.event {
            (*conversation, *to, *segment)
        } else {
            return;
        };
    let waits = matches!(owner, Owner::Queue(_));
    match owner {
        Owner::Queue(queue) => {
            // One that comes back to the queue it was in has left it before.
            let stays = slow_owner(log, conversation, one.position) == Some(owner);
            found.ahead += slow_length(log, queue, one.position) - u64::from(stays);
        }
        Owner::Agent(agent) => {
            found.slowest_ms = found.slowest_ms.max(slow_answer(log, one.position, conversation, agent));
        }
        Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => {}
    }
    found.entered += u64::from(waits);
    let ended = after(log, one.position, |later| {
        if let Event::OwnerChanged { ended, cause, .. } = &later.event {
            let accepted = matches!(cause, OwnerCause::Accepted(_));
            return (*ended == segment).then_some((later.at, accepted, false));
        }
        let Event::ConversationClosed { ended, by, .. } = &later.event else { return None };
        (*ended == segment).then_some((later.at, false, *by == EndedBy::Customer))
    });
    let Some((at, accepted, left)) = ended else { return };
    if waits {
        found.accepted += u64::from(accepted);
        found.abandoned += u64::from(left);
        found.waited_ms += if accepted { between(one.at, at) } else { 0 };
        return;
    }
    found.talked_ms += between(one.at, at);
    let extended = |later: &&Recorded| matches!(&later.event, Event::WrapUpExtended { segment: extended, .. } if *extended == segment);
    found.extensions += log.iter().filter(extended).count() as u64;
    let filed = after(log, one.position, |later| {
        let Event::WrapUpEnded { segment: filed, conversation: of, .. } = &later.event else { return None };
        (*filed == segment && *of == conversation).then(|| between(at, later.at))
    });
    found.filed_ms += filed.unwrap_or(0);
}

/// Returns the agent who got a conversation with an event, if it says so.
fn had(one: &Recorded, conversation: ConversationId) -> Option<AgentId> {
    let Event::OwnerChanged { conversation: of, to: Owner::Agent(agent), .. } = &one.event else {
        return None;
    };
    (*of == conversation).then_some(*agent)
}

/// Returns the same figures from the reports: sums from the listed rows, counts from the figures.
fn reported(scene: &Scene, filter: &Filter) -> Figures {
    let transfers = scene.insights.transfers(filter).unwrap();
    let listed =
        scene.insights.transfer_list(filter, Page { after: None, limit: 100_000 }).unwrap().transfers;
    let queues = scene.insights.queues(filter, Levels::USUAL).unwrap().all;
    let (agents, ratings) =
        (scene.insights.agents(filter).unwrap().agents, scene.insights.ratings(filter).unwrap());
    let conversations = scene.insights.conversations(filter).unwrap();
    let rows = scene.insights.segments(filter, Page { after: None, limit: 100_000 }).unwrap().segments;
    let ended = |kind: &'static str| {
        rows.iter().filter(move |row| row.kind == kind && row.ended_at.is_some()).cloned()
    };
    assert_eq!(listed.len() as u64, transfers.transfer_segments_total, "what is counted is listed");
    assert_eq!(rows.iter().filter(|row| row.kind == "transfer").count(), listed.len());
    assert_eq!(
        transfers.transfer_segments_total,
        transfers.transfer_segments_successful
            + transfers.transfer_segments_failed
            + transfers.transfer_segments_cancelled
            + transfers.transfer_segments_open
    );
    let successful = listed.iter().filter(|one| one.outcome == "successful");
    Figures {
        six: [
            transfers.conversations_with_transfers,
            transfers.transfer_segments_total,
            transfers.transfer_segments_successful,
            transfers.transfer_segments_failed,
            transfers.transfer_segments_to_agent,
            transfers.transfer_segments_to_queue,
        ],
        cancelled: transfers.transfer_segments_cancelled,
        open: transfers.transfer_segments_open,
        ping_pongs: transfers.ping_pongs,
        to_accept_sum: successful.filter_map(|one| one.to_accept_ms).sum(),
        entered: queues.entered,
        accepted: queues.accepted,
        abandoned: queues.abandoned,
        waited_ms: ended("queue")
            .filter(|row| row.followed_by.as_deref() == Some("accepted"))
            .map(|row| row.lasted_ms)
            .sum(),
        talked_ms: ended("conversation").map(|row| row.lasted_ms).sum(),
        filed_ms: ended("conversation").filter_map(|row| row.wrap_up_ms).sum(),
        missed: queues.missed,
        rejected: queues.rejected,
        carried: [
            transfers.with_note,
            transfers.with_summary,
            transfers.summaries_edited,
            transfers.notes_opened,
        ],
        unowned: transfers.unowned_messages,
        extensions: queues.wrap_up_extensions,
        load: rows.iter().fold((0, 0), |(used, limit), row| {
            let number = |units: Option<u32>| u64::from(units.unwrap_or(0));
            (used + number(row.load_used), limit + number(row.load_limit))
        }),
        ahead: rows.iter().filter_map(|row| row.ahead).sum(),
        slowest_ms: agents.iter().filter_map(|agent| agent.customer_response_max_ms).max().unwrap_or(0),
        endings: [
            conversations.in_progress,
            conversations.successful,
            conversations.transferred,
            conversations.no_interaction,
            conversations.cancelled,
            conversations.abandoned,
            conversations.dissuaded,
            conversations.unfinalized,
        ],
        hops: [
            conversations.transfers_0,
            conversations.transfers_1,
            conversations.transfers_2,
            conversations.transfers_3_or_more,
        ],
        asked: ratings.asked,
        answered: ratings.answered,
    }
}

#[test]
fn live_figures_equal_those_from_the_whole_log() {
    let fresh: u64 = std::process::id().into();
    let mut tells = [0; 22];
    // The second half goes on for days, which are counted by their sums.
    for (seed, apart_ms) in [(1, 20_000), (2, 20_000), (3, 1_500_000), (4, 1_500_000), (fresh, 1_500_000)] {
        let mut random = Seeded::from_seed(seed);
        let story = random_work(&mut random, (700, apart_ms));
        let mut scene = Scene::empty();
        let (mut told, end) = (0, story.recorded.len());
        let mut parts = 0;
        while told < end {
            let next = (told + 1 + random.below(120) as usize).min(end);
            scene.tell(&story.recorded[told..next]);
            told = next;
            parts += 1;
            // What was kept is enough to go on with.
            if parts % 4 == 0 {
                scene.restart();
                scene.head.committed(told as u64, story.recorded[told - 1].at);
            }
            if parts % 3 == 0 || told == end {
                let known = &story.recorded[..told];
                let last = known[told - 1].at;
                let middle = NOW.plus(last.since(NOW) / 2);
                for filter in [all(), Filter::all(NOW, middle), Filter::all(middle, last)] {
                    let found = slow(known, &filter);
                    assert_eq!(reported(&scene, &filter), found, "seed {seed}, {told} events");
                    for (all, more) in tells.iter_mut().zip(found.told()) {
                        *all += more;
                    }
                }
            }
        }
    }
    assert!(tells.iter().all(|count| *count > 0), "random work tells something of each figure: {tells:?}");
}
