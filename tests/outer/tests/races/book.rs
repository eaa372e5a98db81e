//! What the log says after a race: every offer, transfer and conversation had one fate, and nobody held too much.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::ensure;
use baton::store::Store;
use baton::store::sqlite::SqliteStore;
use baton_shared::*;

/// The log, read to its end.
#[derive(Debug, Default)]
pub struct Book {
    /// How each transfer ended.
    pub transfers: BTreeMap<TransferId, TransferEnd>,
    /// Who owned what, once and in the end.
    owners: BTreeMap<ConversationId, (Owner, u32)>,
    offers: BTreeMap<OfferId, AgentId>,
    /// What everyone holds, and may hold.
    held: BTreeMap<AgentId, (u32, u32)>,
    may_be_full: Option<AgentId>,
    faults: Vec<String>,
    events: u64,
}

impl Book {
    /// Reads the log of a data folder that nobody uses; `may_be_full` may take over more than they have room for.
    pub fn read(data: &Path, may_be_full: Option<AgentId>) -> anyhow::Result<Self> {
        let mut book = Self { may_be_full, ..Self::default() };
        SqliteStore::open(data)?.replay(0, &mut |recorded| book.enter(&recorded))?;
        ensure!(book.faults.is_empty(), "the log says: {:?}", &book.faults[..book.faults.len().min(10)]);
        ensure!(book.offers.is_empty(), "{} offers never ended", book.offers.len());
        ensure!(book.owners.is_empty(), "{} conversations never ended", book.owners.len());
        ensure!(book.events > 0, "the log is empty");
        Ok(book)
    }

    fn enter(&mut self, recorded: &Recorded) {
        self.events += 1;
        let position = recorded.position;
        let event = &recorded.event;
        if let Event::PersonAdded { agent, capacity, .. } | Event::PersonChanged { agent, capacity, .. } =
            event
        {
            let limit = capacity.get(&Channel::WebChat).copied().unwrap_or(0);
            self.held.entry(*agent).or_default().1 = limit;
        } else if let Event::ConversationOpened { conversation, queue, .. } = event {
            self.owners.insert(*conversation, (Owner::Queue(*queue), 1));
        } else if let Event::OfferMade { offer, agent, .. } = event {
            if self.offers.insert(*offer, *agent).is_some() {
                self.faults.push(format!("{offer} was made twice, at {position}"));
            }
            self.take(*agent, position);
        } else if let Event::OfferEnded { offer, .. } = event {
            match self.offers.remove(offer) {
                Some(agent) => self.give_back(agent),
                None => self.faults.push(format!("{offer} ended, but was not open, at {position}")),
            }
        } else if let Event::TransferEnded { transfer, end, .. } = event {
            if let Some(before) = self.transfers.insert(*transfer, *end) {
                self.faults.push(format!("{transfer} ended {before:?} and {end:?}, at {position}"));
            }
        } else if let Event::OwnerChanged { conversation, from, to, epoch, .. } = event {
            let before = self.owners.insert(*conversation, (*to, *epoch));
            if before != Some((*from, epoch - 1)) {
                self.faults.push(format!("{conversation} was {before:?}, at {position}"));
            }
            self.passed(Some(*from), Some(*to), position);
        } else if let Event::ConversationClosed { conversation, from, .. } = event {
            if self.owners.remove(conversation).is_none_or(|(owner, _)| owner != *from) {
                self.faults.push(format!("{conversation} was closed without its owner, at {position}"));
            }
            self.passed(Some(*from), None, position);
        }
    }

    fn passed(&mut self, from: Option<Owner>, to: Option<Owner>, position: u64) {
        if let Some(Owner::Agent(agent)) = from {
            self.give_back(agent);
        }
        if let Some(Owner::Agent(agent)) = to {
            self.take(agent, position);
        }
    }

    fn take(&mut self, agent: AgentId, position: u64) {
        let (held, limit) = self.held.entry(agent).or_default();
        *held += 1;
        if held > limit && self.may_be_full != Some(agent) {
            self.faults.push(format!("{agent} holds {held} of {limit}, at {position}"));
        }
    }

    fn give_back(&mut self, agent: AgentId) {
        let (held, _) = self.held.entry(agent).or_default();
        *held = held.saturating_sub(1);
    }
}
