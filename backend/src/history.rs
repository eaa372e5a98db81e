//! What happened to a conversation, told from its part of the log and from what people wrote, which is kept apart.
//!
//! Deliberately absent: any state of its own. What is told is what the log and the rows hold at the moment of the
//! question, so what was erased is gone from here as well.

mod sights;
mod telling;

use std::collections::BTreeMap;

use baton_shared::api::{Seen, TimelineEntry, TimelineKind};
use baton_shared::*;

use self::sights::Sights;
use self::telling::Telling;
use crate::store::Names;

/// What people wrote in and about a conversation, by what it belongs to.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// The customer's name.
    pub customer: String,
    /// What was said, by its number.
    pub messages: BTreeMap<u32, String>,
    /// A transfer's note, its summary, and why a partner outside did not take it.
    pub transfers: BTreeMap<TransferId, [Option<String>; 3]>,
    /// What was said aside, by the transfer and its number there.
    pub asides: BTreeMap<(TransferId, u32), String>,
    /// What was whispered and is kept, by its number.
    pub whispers: BTreeMap<u32, String>,
    /// What agents wrote with their flags, by the position of the event.
    pub flags: BTreeMap<u64, String>,
    /// The reason of a rejection, what the receiver asked the sender, and what the sender answered.
    pub offers: BTreeMap<OfferId, [Option<String>; 3]>,
    /// Notes of invitations.
    pub invites: BTreeMap<InviteId, String>,
    /// Agents' notes on their segments.
    pub filings: BTreeMap<SegmentId, String>,
    /// A request's note and its answer.
    pub requests: BTreeMap<RequestId, [Option<String>; 2]>,
    /// What the customer said about their rating.
    pub comment: Option<String>,
}

/// What of a conversation can be looked for beside its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facets {
    /// Everyone who owned it, in the order in which they first did.
    pub owners: Vec<Owner>,
    /// The queue that owned it last.
    pub queue: Option<QueueId>,
    /// How the customer wrote.
    pub channel: Channel,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it ended, if it has.
    pub closed_at: Option<Timestamp>,
    /// How many transfers were asked for.
    pub transfers: u32,
    /// How good the customer says it was.
    pub score: Option<Score>,
}

impl Facets {
    /// Gathers them from a conversation's part of the log.
    pub fn of(events: &[Recorded]) -> Self {
        let mut facets = Self {
            owners: Vec::new(),
            queue: None,
            channel: Channel::WebChat,
            opened_at: Timestamp::default(),
            closed_at: None,
            transfers: 0,
            score: None,
        };
        for Recorded { at, event, .. } in events {
            if let Event::ConversationOpened { channel, queue, .. } = event {
                (facets.channel, facets.opened_at) = (*channel, *at);
                facets.add_owner(Owner::Queue(*queue));
            } else if let Event::OwnerChanged { to, .. } = event {
                facets.add_owner(*to);
            } else if let Event::TransferRequested { .. } = event {
                facets.transfers += 1;
            } else if let Event::ConversationClosed { .. } = event {
                facets.closed_at = Some(*at);
            } else if let Event::ConversationRated { score, .. } = event {
                facets.score = Some(*score);
            }
        }
        facets
    }

    fn add_owner(&mut self, owner: Owner) {
        if let Owner::Queue(queue) = owner {
            self.queue = Some(queue);
        }
        if !self.owners.contains(&owner) {
            self.owners.push(owner);
        }
    }

    /// Returns the people among the owners.
    pub fn agents(&self) -> impl Iterator<Item = AgentId> {
        self.owners.iter().filter_map(|owner| match owner {
            Owner::Agent(agent) => Some(*agent),
            Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => None,
        })
    }
}

/// Returns everything that was written, as one text.
pub fn all_words(texts: &Texts) -> String {
    let written = [&texts.customer].into_iter().chain(texts.messages.values());
    let optional = texts.transfers.values().flatten().chain(texts.offers.values().flatten());
    let optional = optional.chain(texts.requests.values().flatten()).chain([&texts.comment]).flatten();
    let filed = texts.asides.values().chain(texts.invites.values()).chain(texts.filings.values());
    written.chain(optional).chain(filed).map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// Tells what happened to a conversation, in its order.
pub fn entries(events: &[Recorded], texts: &Texts, names: &Names) -> Vec<TimelineEntry> {
    let (mut sights, mut telling) = (Sights::default(), Telling::new(texts, names));
    for recorded in events {
        sights.note(recorded);
        telling.tell(recorded);
    }
    let name = |agent| names.agents.get(&agent).cloned().unwrap_or_default();
    let told = telling.told.into_iter().map(|told| {
        let seen = if told.text.is_some() { sights.of(&told) } else { Vec::new() };
        TimelineEntry {
            position: told.position,
            at: told.at,
            kind: told.kind,
            sentence: told.sentence,
            text: told.text,
            seen_by: seen.into_iter().map(|(agent, at)| Seen { agent, name: name(agent), at }).collect(),
        }
    });
    told.collect()
}

/// Something to be told.
struct Told {
    position: u64,
    at: Timestamp,
    kind: TimelineKind,
    sentence: String,
    text: Option<String>,
    /// Who wrote the text, if that was a person.
    by: Option<AgentId>,
    reach: Reach,
}

/// Who is shown a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Whoever sees the conversation at the time or later.
    Conversation,
    /// Whoever is offered the transfer or consulted about it, and who sees the conversation once it was passed on.
    Transfer(TransferId),
    /// Whoever is asked to join, and who sees the conversation beside its owner after that.
    Invite(InviteId),
    /// This person, at once; nothing for nobody on a desk.
    Only(Option<AgentId>),
}
