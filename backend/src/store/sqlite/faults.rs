//! What goes wrong below: a full disk, a lost write.

use baton_shared::*;
use rusqlite::ffi;

use super::SqliteStore;
use crate::store::contract::scene::{self, said};
use crate::store::{Batch, Session, Store, StoreError};

impl SqliteStore {
    /// Lets the database grow by so many pages and no further, as a disk would that is full.
    fn leave_room_for(&self, pages: i64) {
        let writer = self.writer();
        let used: i64 = writer
            .connection()
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .expect("the size can be read");
        let sql = format!("pragma max_page_count = {}", used + pages);
        writer.connection().query_row(&sql, [], |_| Ok(())).expect("the limit can be set");
    }
}

fn message(epoch: u64, seq: u64) -> Batch {
    let conversation = ConversationId::from_bits(1);
    let event = Event::AgentReached { agent: scene::ONE };
    Batch {
        writer_epoch: epoch,
        recorded: vec![Recorded { position: seq, at: scene::at(seq), event }],
        content: vec![said(conversation, seq as u32, Author::Customer, &"Long. ".repeat(1_000))],
        head: seq,
        at: scene::at(seq),
        ..Batch::default()
    }
}

#[test]
fn a_full_disk_loses_nothing_and_is_over_when_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let store = SqliteStore::open(folder.path()).expect("the store opens");
    let epoch = store.load().expect("it loads").writer_epoch;
    store.leave_room_for(20);
    let committed = (1..).take_while(|seq| store.commit(&message(epoch, *seq)).is_ok()).count() as u64;
    assert!(committed > 2);
    let refused = store.commit(&message(epoch, committed + 1));
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(store.load().expect("a full store can be read").work.position, committed);
    store.leave_room_for(1_000);
    store.commit(&message(epoch, committed + 1)).expect("there is room again");
    let mut seen = 0;
    store.replay(1, &mut |recorded| seen = recorded.position).expect("the log can be read");
    assert_eq!(seen, committed + 1);
}

#[test]
fn after_a_write_that_may_be_lost_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let store = SqliteStore::open(folder.path()).expect("the store opens");
    let epoch = store.load().expect("it loads").writer_epoch;
    // As when the use of a sign-in is noted, outside the batches.
    let failed = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_IOERR_FSYNC), None);
    let lost: Result<(), _> = store.writer().run(|_| Err(failed.into()));
    assert!(matches!(lost, Err(StoreError::DurabilityUnknown(_))), "{lost:?}");
    let at = Timestamp::default();
    let session = Session { token_hash: [1; 32], agent: scene::ONE, created_at: at, seen_at: at };
    for refused in [
        store.commit(&message(epoch, 1)),
        store.add_session(&session),
        store.touch_session(&[1; 32], at),
        store.remove_session(&[1; 32]),
        store.secret("name", [1; 32]).map(drop),
    ] {
        assert!(matches!(refused, Err(StoreError::DurabilityUnknown(_))), "{refused:?}");
    }
    assert_eq!(store.load().expect("it loads").work.position, 0);
    assert_eq!(store.session(&[1; 32]).expect("it can be read"), None);
}

#[test]
fn only_a_failed_fsync_leaves_durability_unknown() {
    let meant = |code| StoreError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
    for code in [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_DIR_FSYNC] {
        assert!(matches!(meant(code), StoreError::DurabilityUnknown(_)));
    }
    for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_READONLY, ffi::SQLITE_BUSY] {
        assert!(matches!(meant(code), StoreError::Unavailable(_)));
    }
    assert!(matches!(meant(ffi::SQLITE_CORRUPT), StoreError::Corrupt { .. }));
    assert!(matches!(meant(ffi::SQLITE_CONSTRAINT_UNIQUE), StoreError::Conflict { .. }));
}
