//! What goes with transfers, what becomes of conversations, and how long lines are, found by looking through the whole log.

use std::collections::BTreeMap;

use super::*;

/// Counts what went with a transfer that lasted between two positions, and what was written to nobody meanwhile.
pub(super) fn slow_carried(
    log: &[Recorded],
    (began, ended): (u64, u64),
    conversation: ConversationId,
    carried: Carried,
    found: &mut Figures,
) {
    let during = |one: &&Recorded| one.position > began && one.position < ended;
    let own = |one: &&Recorded| one.event.conversation() == Some(conversation);
    let opened = log
        .iter()
        .filter(during)
        .filter(own)
        .any(|one| matches!(one.event, Event::OfferReplied { reply: Reply::Reading, .. }));
    found.carried[0] += u64::from(carried.note);
    found.carried[1] += u64::from(carried.summary);
    found.carried[2] += u64::from(carried.edited == Some(true));
    found.carried[3] += u64::from(opened && (carried.note || carried.summary));
    let mut waits = false;
    for one in log.iter().filter(during).filter(own) {
        if let Event::OwnerChanged { to, .. } = &one.event {
            waits = matches!(to, Owner::Queue(_));
        } else if let Event::MessageSent { author: Author::Customer, .. } = &one.event {
            found.unowned += u64::from(waits);
        }
    }
}

/// Counts what a conversation came to that is opened.
pub(super) fn slow_conversation(log: &[Recorded], one: &Recorded, found: &mut Figures) {
    let Event::ConversationOpened { conversation, queue, .. } = &one.event else { return };
    let (mut queue, mut since, mut served) = (*queue, one.at, false);
    let (mut transfers, mut passed, mut ours, mut theirs) = (0, false, 0, 0);
    let (mut closed, mut filed, mut rated) = (None, false, false);
    for own in log.iter().filter(|own| own.event.conversation() == Some(*conversation)) {
        if let Event::OwnerChanged { to, .. } = &own.event {
            since = own.at;
            match to {
                Owner::Queue(next) => queue = *next,
                Owner::Agent(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => served = true,
            }
        } else if let Event::TransferRequested { .. } = &own.event {
            transfers += 1;
        } else if let Event::TransferEnded { end: TransferEnd::Completed, .. } = &own.event {
            passed = true;
        } else if let Event::MessageSent { author, .. } = &own.event {
            *(if *author == Author::Customer { &mut theirs } else { &mut ours }) += 1;
        } else if let Event::ConversationClosed { from, by, ended, .. } = &own.event {
            closed = Some((*from, *by, *ended, between(since, own.at)));
        } else if let Event::WrapUpEnded { segment, disposition: Some(_), .. } = &own.event {
            filed |= closed.is_some_and(|(_, _, ended, _)| ended == *segment);
        } else if let Event::ConversationRated { .. } = &own.event {
            rated = true;
        }
    }
    let ending = match closed {
        None => 0,
        Some((Owner::Queue(_), EndedBy::Customer, _, ms)) => 4 + usize::from(ms >= 10_000),
        Some((Owner::Queue(_), ..)) => 6,
        Some(_) if !filed => 7,
        Some(_) if ours == 0 || theirs == 0 || ours + theirs < 3 => 3,
        Some(_) => 1 + usize::from(passed),
    };
    found.endings[ending] += 1;
    found.hops[transfers.min(3)] += 1;
    let asked = closed.is_some() && served && queue == QueueId::from_bits(200);
    found.asked += u64::from(asked);
    found.answered += u64::from(asked && rated);
}

/// Returns how many wait in a queue before a position.
pub(super) fn slow_length(log: &[Recorded], queue: QueueId, position: u64) -> u64 {
    let mut owners = BTreeMap::new();
    for one in log.iter().filter(|one| one.position < position) {
        if let Event::ConversationOpened { conversation, queue, .. } = &one.event {
            owners.insert(*conversation, Owner::Queue(*queue));
        } else if let Event::OwnerChanged { conversation, to, .. } = &one.event {
            owners.insert(*conversation, *to);
        } else if let Event::ConversationClosed { conversation, .. } = &one.event {
            owners.remove(conversation);
        }
    }
    owners.values().filter(|owner| **owner == Owner::Queue(queue)).count() as u64
}

/// Returns how long the slowest answer of the customer took in an agent's segment that began at a position.
pub(super) fn slow_answer(log: &[Recorded], began: u64, conversation: ConversationId, agent: AgentId) -> u64 {
    let (mut since, mut slowest) = (None, 0);
    for one in log.iter().filter(|one| one.position > began) {
        if one.event.conversation() != Some(conversation) {
            continue;
        }
        if let Event::OwnerChanged { .. } | Event::ConversationClosed { .. } = &one.event {
            break;
        }
        let Event::MessageSent { author, .. } = &one.event else { continue };
        if *author == Author::Agent(agent) {
            since.get_or_insert(one.at);
        } else if *author == Author::Customer {
            slowest = slowest.max(since.take().map_or(0, |since| between(since, one.at)));
        }
    }
    slowest
}

/// Returns who had a conversation before a position.
pub(super) fn slow_owner(log: &[Recorded], conversation: ConversationId, position: u64) -> Option<Owner> {
    log.iter().rev().filter(|one| one.position < position).find_map(|one| {
        if let Event::ConversationOpened { conversation: of, queue, .. } = &one.event {
            return (*of == conversation).then_some(Owner::Queue(*queue));
        }
        let Event::OwnerChanged { conversation: of, to, .. } = &one.event else { return None };
        (*of == conversation).then_some(*to)
    })
}
