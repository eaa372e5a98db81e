use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::search::sought;
use crate::store::contract::scene::{BILLING, customer, rows, said, waiting};
use crate::store::sqlite::SqliteStore;
use crate::store::{Batch, Content};

/// A store and what was committed to it.
struct Centre {
    data: TempDir,
    store: SqliteStore,
    writer_epoch: u64,
    position: u64,
}

impl Centre {
    fn begin() -> Self {
        let data = TempDir::new().unwrap();
        let store = SqliteStore::open(data.path()).unwrap();
        let writer_epoch = store.load().unwrap().writer_epoch;
        Self { data, store, writer_epoch, position: 0 }
    }

    /// Commits an event with what belongs to it.
    fn turn(&mut self, event: Event, conversation: Option<&Conversation>, content: Vec<Content>) {
        self.position += 1;
        let at = Timestamp::from_millis(1_795_248_000_000 + self.position.cast_signed());
        let batch = Batch {
            writer_epoch: self.writer_epoch,
            recorded: vec![Recorded { position: self.position, at, event }],
            rows: conversation.into_iter().flat_map(rows).collect(),
            content,
            head: self.position,
            at,
            ..Batch::default()
        };
        self.store.commit(&batch).unwrap();
    }

    /// Opens a conversation, whose customer is called Ada.
    fn opens(&mut self, number: u64) -> Conversation {
        let conversation = waiting(number);
        let Conversation { id, contact, channel, segment, .. } = conversation;
        let opened =
            Event::ConversationOpened { conversation: id, contact, channel, queue: BILLING, segment };
        let content = vec![customer(&conversation, "Ada")];
        self.turn(opened, Some(&conversation), content);
        conversation
    }

    fn says(&mut self, conversation: &Conversation, seq: u32, text: &str) {
        let (id, message) = (conversation.id, MessageId::from_bits(seq.into()));
        let sent = Event::MessageSent { conversation: id, message, seq, author: Author::Customer };
        self.turn(sent, None, vec![said(id, seq, Author::Customer, text)]);
    }

    /// Opens the index and takes what it has not.
    fn indexed(&self) -> (SearchIndex, Indexer) {
        let (index, mut indexer) = open(self.data.path(), &self.store).unwrap();
        let events = self.store.log_page(indexer.place().position, EVENTS_PER_PAGE).unwrap();
        indexer.take(&events, &self.store).unwrap();
        (index, indexer)
    }
}

fn found(index: &SearchIndex, words: &str) -> Vec<ConversationId> {
    let wanted = Wanted { sought: sought(words), limit: 9, ..Wanted::default() };
    index.find(&wanted).unwrap().into_iter().map(|hit| hit.conversation).collect()
}

fn erase(data: &Path, text: &str) {
    let connection = Connection::open(data.join("baton.db")).unwrap();
    let erased = connection.execute("update messages set text = '' where text = ?1", [text]).unwrap();
    assert_eq!(erased, 1);
}

#[test]
fn what_is_added_is_found_and_what_was_erased_is_not() {
    let mut centre = Centre::begin();
    let first = centre.opens(1);
    let second = centre.opens(2);
    centre.says(&first, 1, "a yellow submarine");
    centre.says(&second, 1, "a red bicycle");
    let (index, indexer) = centre.indexed();
    assert_eq!(indexer.place().position, 4);
    assert_eq!((index.stale().unwrap(), found(&index, "ada")), (0, vec![second.id, first.id]));
    assert_eq!(found(&index, "submarine"), [first.id]);
    assert_eq!(index.positions(first.id).unwrap(), [1, 3]);
    drop(indexer);

    erase(centre.data.path(), "a yellow submarine");
    centre.says(&first, 2, "hello again");
    let (index, _) = centre.indexed();
    assert_eq!(found(&index, "submarine"), []);
    assert_eq!(found(&index, "again"), [first.id]);
    assert_eq!(index.positions(first.id).unwrap(), [1, 3, 5]);
}

#[test]
fn an_index_that_was_removed_is_made_anew_without_what_was_erased() {
    let mut centre = Centre::begin();
    let first = centre.opens(1);
    centre.says(&first, 1, "a yellow submarine");
    centre.says(&first, 2, "a red bicycle");
    let (index, indexer) = centre.indexed();
    drop((index, indexer));
    erase(centre.data.path(), "a yellow submarine");
    for end in ["", "-wal", "-shm"] {
        let path = centre.data.path().join(format!("search.db{end}"));
        drop(std::fs::remove_file(path));
    }
    let (index, _) = centre.indexed();
    assert_eq!((found(&index, "yellow"), found(&index, "bicycle")), (vec![], vec![first.id]));
    assert_eq!(index.positions(first.id).unwrap(), [1, 2, 3]);
}

#[test]
fn while_more_is_to_come_nothing_is_indexed_and_then_all_is() {
    let mut centre = Centre::begin();
    let first = centre.opens(1);
    for seq in 1..u32::try_from(EVENTS_PER_PAGE).unwrap() {
        centre.says(&first, seq, "hello");
    }
    let (index, mut indexer) = centre.indexed();
    assert_eq!((index.stale().unwrap(), found(&index, "hello")), (1, vec![]));
    assert!(indexer.go_on(&centre.store).unwrap());
    assert!(!indexer.go_on(&centre.store).unwrap());
    assert_eq!((index.stale().unwrap(), found(&index, "hello")), (0, vec![first.id]));
}

#[test]
fn a_beginning_finds_every_word_that_begins_so_however_many_there_are() {
    let mut centre = Centre::begin();
    let first = centre.opens(1);
    let second = centre.opens(2);
    let third = centre.opens(3);
    centre.says(&first, 1, "Invoices, Überweisungen");
    centre.says(&second, 1, "an invoice, invoiced");
    // So many that they are not looked up one by one.
    let many: Vec<String> = (0..2 * LOOKED_UP_MAX).map(|number| format!("parcel{number}x")).collect();
    centre.says(&third, 1, &many.join(" "));
    let (index, _) = centre.indexed();
    for (words, expected) in [
        ("invo", vec![second.id, first.id]),
        ("invoice", vec![second.id, first.id]),
        ("INVOICED", vec![second.id]),
        ("invoicing", vec![]),
        ("überweis", vec![first.id]),
        ("uberweis", vec![first.id]),
        ("parcel", vec![third.id]),
        ("parcel399", vec![third.id]),
        ("closed", vec![]),
    ] {
        assert_eq!(found(&index, words), expected, "{words}");
    }
    let reader = index.file.lend().unwrap();
    assert_eq!(words_beginning(&reader, "invoice").unwrap().unwrap(), ["invoice", "invoiced", "invoices"]);
    assert_eq!(words_beginning(&reader, "parcel").unwrap(), None);
}

#[test]
fn a_span_of_time_holds_what_was_opened_in_it() {
    let mut centre = Centre::begin();
    let opened: Vec<ConversationId> = (1..=4).map(|number| centre.opens(number).id).collect();
    let (index, _) = centre.indexed();
    let at = |position: i64| Some(Timestamp::from_millis(1_795_248_000_000 + position));
    for (from, to, expected) in [
        (None, None, &opened[..]),
        (at(2), None, &opened[1..]),
        (at(2), at(4), &opened[1..3]),
        (None, at(1), &[]),
        (at(5), None, &[]),
    ] {
        let wanted = Wanted { sought: sought("ada"), from, to, limit: 9, ..Wanted::default() };
        let mut hits: Vec<_> = index.find(&wanted).unwrap().into_iter().map(|hit| hit.conversation).collect();
        hits.reverse();
        assert_eq!(hits, expected, "{from:?} {to:?}");
    }
}
