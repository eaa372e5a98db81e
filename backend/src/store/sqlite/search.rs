//! The index of words: a file of its own that follows the log.
//!
//! It keeps no text: the words of each conversation point to it, and what is shown is read where it was written. A
//! conversation is indexed as one text, anew whenever something was added to it, so that what was erased from the rows
//! is found no more once it is indexed again. What else is looked for (owners, channel, state, transfers, score) stands
//! in a second column as words that nobody types, so that one index answers everything.
//! For each conversation the positions of its events in the log are kept too, from which its history is told.

mod marking;
mod positions;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use baton_shared::*;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::derived::{self, DerivedFile, Layout};
use crate::following::{EVENTS_PER_PAGE, Place, Projection};
use crate::history::{self, Facets};
use crate::search::{Facet, Sought, Wanted};
use crate::store::rows::StoredId;
use crate::store::{Reading, Store, StoreError};

pub use marking::Marking;

const LAYOUT: Layout = Layout {
    file: "search.db",
    version: 2,
    schema: "
        create table conversations (
            number integer primary key,
            conversation blob not null unique,
            opened_at integer not null,
            -- Where its events stand in the log, as `positions` packs them.
            positions blob not null,
            -- Whether something was added to it since it was indexed.
            stale integer not null
        ) strict;
        create index conversations_by_time on conversations (opened_at);
        create index conversations_stale on conversations (number) where stale = 1;
        create virtual table words using fts5 (
            text, facets, content = '', contentless_delete = 1, prefix = '2 3 4',
            tokenize = 'unicode61 remove_diacritics 2'
        );
        create virtual table vocabulary using fts5vocab (words, instance);",
};

/// Indexes a conversation, for the first time or anew.
const WRITE: &str = "insert or replace into words (rowid, text, facets) values (?1, ?2, ?3)";

/// How many conversations are read and indexed in one transaction.
const INDEXED_AT_ONCE: u32 = 100;

/// How many of these transactions follow a page of events; the next page is taken after that.
const INDEXINGS_PER_PAGE: usize = 20;

/// The index, for those who look for something; cheap to clone.
#[derive(Clone, Debug)]
pub struct SearchIndex {
    file: Arc<DerivedFile>,
}

/// What keeps the index current.
#[derive(Debug)]
pub struct Indexer {
    writer: Connection,
    file: Arc<DerivedFile>,
    place: Place,
}

/// A conversation that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its place in the list of what is found: the later, the higher.
    pub number: u64,
    /// Which.
    pub conversation: ConversationId,
    /// Where its events stand in the log, in their order.
    pub positions: Vec<u64>,
}

/// A conversation to be indexed.
#[derive(Clone, Debug)]
pub struct Document {
    /// Which.
    pub conversation: ConversationId,
    /// Where its events stand in the log, in their order.
    pub positions: Vec<u64>,
    /// All that was written in it.
    pub text: String,
    /// What else is known of it.
    pub facets: Facets,
}

/// Opens the index of a data folder, or begins an empty one.
pub fn open(data_dir: &Path, store: &dyn Store) -> Result<(SearchIndex, Indexer), StoreError> {
    let (file, writer) = DerivedFile::open(data_dir, &LAYOUT, store)?;
    let (file, place) = (Arc::new(file), derived::place(&writer)?);
    Ok((SearchIndex { file: file.clone() }, Indexer { writer, file, place }))
}

impl SearchIndex {
    /// Returns the conversations that are wanted, the newest first.
    pub fn find(&self, wanted: &Wanted) -> Result<Vec<Hit>, StoreError> {
        let reader = self.file.lend()?;
        let first = match wanted.from {
            Some(from) => number(&reader, FIRST, from)?,
            None => Some(0),
        };
        let last = match wanted.to {
            Some(to) => number(&reader, LAST, to)?,
            None => Some(i64::MAX - 1),
        };
        let (Some(first), Some(last)) = (first, last) else { return Ok(Vec::new()) };
        let end = wanted.before.map_or(i64::MAX, u64::cast_signed).min(last + 1);
        let mut find = reader.prepare_cached(
            "select rowid from words where words match ?1 and rowid >= ?2 and rowid < ?3
             order by rowid desc limit ?4",
        )?;
        let expression = expression(&reader, wanted)?;
        let found = find.query_map(params![expression, first, end, wanted.limit], |row| row.get(0))?;
        let mut one =
            reader.prepare_cached("select conversation, positions from conversations where number = ?1")?;
        let mut hits = Vec::new();
        for number in found {
            let number: i64 = number?;
            let (conversation, packed): (_, Vec<u8>) =
                one.query_row(params![number], |row| Ok((row.get(0)?, row.get(1)?)))?;
            hits.push(Hit {
                number: number.cast_unsigned(),
                conversation: ConversationId::from_blob(conversation),
                positions: positions::unpack(&packed),
            });
        }
        Ok(hits)
    }

    /// Returns where the events of a conversation stand in the log, in their order; none where it is unknown.
    pub fn positions(&self, conversation: ConversationId) -> Result<Vec<u64>, StoreError> {
        let reader = self.file.lend()?;
        let mut find =
            reader.prepare_cached("select positions from conversations where conversation = ?1")?;
        let packed: Option<Vec<u8>> =
            find.query_row(params![conversation.blob()], |row| row.get(0)).optional()?;
        Ok(packed.as_deref().map(positions::unpack).unwrap_or_default())
    }

    /// Returns how many conversations wait to be indexed, again or for the first time.
    pub fn stale(&self) -> Result<u64, StoreError> {
        let reader = self.file.lend()?;
        let mut count = reader.prepare_cached(
            "select count(*) from conversations indexed by conversations_stale where stale = 1",
        )?;
        Ok(count.query_row([], |row| row.get::<_, i64>(0))?.cast_unsigned())
    }
}

/// Finds the first conversation of a span of time, and the last one before its end: numbers rise with time.
const FIRST: &str =
    "select number from conversations where opened_at >= ?1 order by opened_at, number limit 1";
const LAST: &str =
    "select number from conversations where opened_at < ?1 order by opened_at desc, number desc limit 1";

fn number(reader: &Connection, sql: &'static str, at: Timestamp) -> Result<Option<i64>, StoreError> {
    Ok(reader.prepare_cached(sql)?.query_row(params![at.as_millis()], |row| row.get(0)).optional()?)
}

/// From how many letters on the words that begin with them are looked up: the index answers for fewer at once.
const LOOKED_UP_FROM: usize = 5;

/// How many words are looked up for a beginning; where there are more, the index gathers them itself.
const LOOKED_UP_MAX: usize = 200;

/// Returns the words of the index that begin so; nothing where that is not worth it.
///
/// FTS5 gathers every place of every word with a beginning that it keeps no index of before it returns the first one.
/// Of words that are named it reads only as far as it is asked.
fn words_beginning(reader: &Connection, beginning: &str) -> Result<Option<Vec<String>>, StoreError> {
    // Of other letters only the tokenizer knows what they are in the index.
    if beginning.len() < LOOKED_UP_FROM || !beginning.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let beginning = beginning.to_ascii_lowercase();
    let mut next = reader.prepare_cached("select term from vocabulary where term >= ?1 limit 1")?;
    let (mut from, mut words) = (beginning.clone(), Vec::new());
    while words.len() < LOOKED_UP_MAX {
        let word: Option<String> = next.query_row([&from], |row| row.get(0)).optional()?;
        let Some(word) = word.filter(|word| word.starts_with(&beginning)) else { return Ok(Some(words)) };
        // No word holds this character, so it leads to the next one.
        from = format!("{word}\u{1}");
        words.push(word);
    }
    Ok(None)
}

/// Returns what is wanted in the syntax of the index: nothing in it comes from outside but words in quotation marks.
fn expression(reader: &Connection, wanted: &Wanted) -> Result<String, StoreError> {
    let any = |facets: &Vec<Facet>| {
        let words: Vec<String> = facets.iter().map(|facet| format!("\"{}\"", word_of(*facet))).collect();
        format!("({})", words.join(" OR "))
    };
    let mut facets: Vec<String> = wanted.facets.iter().map(any).collect();
    if facets.is_empty() {
        facets.push(format!("\"{EVERY}\""));
    }
    let facets = format!("facets : ({})", facets.join(" AND "));
    if wanted.sought.is_empty() {
        return Ok(facets);
    }
    let mut parts = Vec::with_capacity(wanted.sought.len());
    for sought in &wanted.sought {
        let words = match sought {
            Sought::Phrase(_) => None,
            Sought::Beginning(word) => words_beginning(reader, word)?.filter(|words| !words.is_empty()),
        };
        parts.push(match words {
            Some(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                format!("({})", words.join(" OR "))
            }
            None => words_of(std::slice::from_ref(sought), ""),
        });
    }
    Ok(format!("text : ({}) AND {facets}", parts.join(" AND ")))
}

/// Returns what is looked for in the syntax of the index.
fn words_of(sought: &[Sought], joined_by: &str) -> String {
    let quoted = sought.iter().map(|sought| match sought {
        Sought::Phrase(words) => format!("\"{}\"", words.replace('"', "")),
        Sought::Beginning(word) => format!("\"{}\"*", word.replace('"', "")),
    });
    quoted.collect::<Vec<_>>().join(joined_by)
}

/// The word that stands with every conversation.
const EVERY: &str = "every";

/// Returns the one word that stands for a facet.
fn word_of(facet: Facet) -> String {
    let id = |id: String| id.replace('_', "");
    match facet {
        Facet::Owner(Owner::Agent(agent)) => id(agent.to_string()),
        Facet::Owner(Owner::Queue(queue)) => id(queue.to_string()),
        Facet::Owner(Owner::Group(group)) => id(group.to_string()),
        Facet::Owner(Owner::Flow(flow)) => id(flow.to_string()),
        Facet::Owner(Owner::External(external)) => id(external.to_string()),
        Facet::Channel(Channel::WebChat) => "webchat".to_owned(),
        Facet::Open(true) => "open".to_owned(),
        Facet::Open(false) => "closed".to_owned(),
        Facet::Transferred(true) => "transferred".to_owned(),
        Facet::Transferred(false) => "untransferred".to_owned(),
        Facet::Score(score) => format!("score{score}"),
    }
}

/// Returns the words that stand for all that is known of a conversation.
fn words_of_facets(facets: &Facets) -> String {
    let known = [
        Facet::Channel(facets.channel),
        Facet::Open(facets.closed_at.is_none()),
        Facet::Transferred(facets.transfers > 0),
    ];
    let owners = facets.owners.iter().map(|owner| Facet::Owner(*owner));
    let words = known.into_iter().chain(owners).chain(facets.score.map(Facet::Score)).map(word_of);
    words.chain([EVERY.to_owned()]).collect::<Vec<_>>().join(" ")
}

impl Projection for Indexer {
    fn name(&self) -> &'static str {
        "search"
    }

    fn place(&self) -> Place {
        self.place
    }

    fn take(&mut self, events: &[Recorded], store: &dyn Store) -> Result<(), StoreError> {
        if let Some(place) = self.note(events)? {
            self.place = place;
        }
        // More is to come: what is read now would be read again for it.
        if events.len() < EVENTS_PER_PAGE {
            for _ in 0..INDEXINGS_PER_PAGE {
                if !self.index_some(store)? {
                    break;
                }
            }
        }
        Ok(())
    }

    fn go_on(&mut self, store: &dyn Store) -> Result<bool, StoreError> {
        self.index_some(store)
    }

    fn discard(&mut self) {
        self.file.discard();
    }
}

impl Indexer {
    /// Adds conversations that no log has, each for the first time, in the order in which they were opened.
    pub fn load(&mut self, documents: &[Document]) -> Result<(), StoreError> {
        let transaction = self.writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut add = transaction.prepare_cached(
            "insert into conversations (conversation, opened_at, positions, stale) values (?1, ?2, ?3, 0)",
        )?;
        let mut write = transaction.prepare_cached(WRITE)?;
        for document in documents {
            let mut packed = Vec::new();
            positions::append(&mut packed, &document.positions);
            let opened_at = document.facets.opened_at.as_millis();
            add.execute(params![document.conversation.blob(), opened_at, packed])?;
            let number = transaction.last_insert_rowid();
            write.execute(params![number, document.text, words_of_facets(&document.facets)])?;
        }
        drop((add, write));
        Ok(transaction.commit()?)
    }

    /// Notes where events stand, and which conversations are to be indexed for them.
    fn note(&mut self, events: &[Recorded]) -> Result<Option<Place>, StoreError> {
        let Some(last) = events.last() else { return Ok(None) };
        let transaction = self.writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut by_conversation: BTreeMap<ConversationId, Vec<&Recorded>> = BTreeMap::new();
        // New ones in the order of the log, so that the newest has the highest number.
        for recorded in events {
            let Some(conversation) = recorded.event.conversation() else { continue };
            if let Event::ConversationOpened { .. } = &recorded.event {
                transaction
                    .prepare_cached(
                        "insert into conversations (conversation, opened_at, positions, stale)
                         values (?1, ?2, x'', 1)",
                    )?
                    .execute(params![conversation.blob(), recorded.at.as_millis()])?;
            }
            by_conversation.entry(conversation).or_default().push(recorded);
        }
        let mut find = transaction
            .prepare_cached("select number, positions, stale from conversations where conversation = ?1")?;
        let mut update = transaction
            .prepare_cached("update conversations set positions = ?2, stale = ?3 where number = ?1")?;
        for (conversation, events) in by_conversation {
            let known: Option<(i64, Vec<u8>, bool)> = find
                .query_row(params![conversation.blob()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()?;
            let Some((number, mut packed, stale)) = known else { continue };
            let events_at: Vec<u64> = events.iter().map(|recorded| recorded.position).collect();
            positions::append(&mut packed, &events_at);
            let stale = stale || events.iter().any(|recorded| adds(&recorded.event));
            update.execute(params![number, packed, stale])?;
        }
        drop((find, update));
        let place = Place { position: last.position, at: last.at };
        derived::set_place(&transaction, place)?;
        transaction.commit()?;
        Ok(Some(place))
    }

    /// Indexes some of the conversations that are to be, the newest first; false where there are none.
    fn index_some(&mut self, store: &dyn Store) -> Result<bool, StoreError> {
        let mut find = self.writer.prepare_cached(
            "select number, conversation, positions from conversations indexed by conversations_stale
             where stale = 1 order by number desc limit ?1",
        )?;
        let found = find.query_map(params![INDEXED_AT_ONCE], |row| {
            let packed: Vec<u8> = row.get(2)?;
            Ok((row.get(0)?, ConversationId::from_blob(row.get(1)?), positions::unpack(&packed)))
        })?;
        let stale: Vec<(i64, ConversationId, Vec<u64>)> = found.collect::<Result<_, _>>()?;
        drop(find);
        if stale.is_empty() {
            return Ok(false);
        }
        let mut documents = Vec::with_capacity(stale.len());
        let reading = store.read()?;
        for (number, conversation, positions) in stale {
            documents.push((number, document(&*reading, conversation, &positions)?));
        }
        drop(reading);
        let transaction = self.writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut write = transaction.prepare_cached(WRITE)?;
        let mut done = transaction.prepare_cached("update conversations set stale = 0 where number = ?1")?;
        for (number, (text, facets)) in documents {
            write.execute(params![number, text, facets])?;
            done.execute(params![number])?;
        }
        drop((write, done));
        transaction.commit()?;
        Ok(true)
    }
}

/// Returns the text of a conversation and the words that stand for what else is known of it.
fn document(
    reading: &dyn Reading,
    conversation: ConversationId,
    positions: &[u64],
) -> Result<(String, String), StoreError> {
    let events = reading.events(positions)?;
    let texts = reading.texts(conversation, &events)?.unwrap_or_default();
    let facets = Facets::of(&events);
    Ok((history::all_words(&texts), words_of_facets(&facets)))
}

/// Says whether an event adds words to a conversation, or changes what else is looked for.
fn adds(event: &Event) -> bool {
    if let Event::ConversationOpened { .. }
    | Event::MessageSent { .. }
    | Event::AsideSent { .. }
    | Event::TransferRequested { .. }
    | Event::TransferEnded { .. }
    | Event::OfferReplied { .. }
    | Event::OfferEnded { end: OfferEnd::Declined, .. }
    | Event::InviteMade { .. }
    | Event::OwnerChanged { .. }
    | Event::ConversationClosed { .. }
    | Event::WrapUpEnded { .. }
    | Event::RequestCreated { .. }
    | Event::RequestAnswered { .. }
    | Event::ConversationRated { .. } = event
    {
        return true;
    }
    false
}
