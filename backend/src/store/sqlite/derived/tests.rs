use baton_shared::{AgentId, Event, Recorded};
use tempfile::TempDir;

use super::*;
use crate::store::Batch;
use crate::store::sqlite::SqliteStore;

const LAYOUT: Layout =
    Layout { file: "test.db", version: 1, schema: "create table things (name text not null) strict;" };

const NOW: Timestamp = Timestamp::from_millis(1_795_248_930_120);

fn store(data: &Path, at: Timestamp) -> SqliteStore {
    let store = SqliteStore::open(data).unwrap();
    let event = Event::AgentLost { agent: AgentId::from_bits(1) };
    let recorded = vec![Recorded { position: 1, at, event }];
    let writer_epoch = store.load().unwrap().writer_epoch;
    store.commit(&Batch { writer_epoch, recorded, at, ..Batch::default() }).unwrap();
    store
}

/// Writes a name and the place of the first event.
fn fill(data: &Path, store: &SqliteStore) {
    let (_, writer) = DerivedFile::open(data, &LAYOUT, store).unwrap();
    writer.execute("insert into things (name) values ('one')", []).unwrap();
    set_place(&writer, Place { position: 1, at: NOW }).unwrap();
}

/// Returns the place and how many names there are.
fn found(data: &Path, layout: &Layout, store: &SqliteStore) -> (u64, i64) {
    let (file, writer) = DerivedFile::open(data, layout, store).unwrap();
    let count = "select count(*) from things";
    let things = file.lend().unwrap().query_row(count, [], |row| row.get(0)).unwrap();
    (place(&writer).unwrap().position, things)
}

#[test]
fn what_was_made_is_there_again_and_is_nobody_elses() {
    let data = TempDir::new().unwrap();
    let store = store(data.path(), NOW);
    fill(data.path(), &store);
    assert_eq!(found(data.path(), &LAYOUT, &store), (1, 1));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(data.path().join("test.db")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}

#[test]
fn another_layout_is_made_anew() {
    let data = TempDir::new().unwrap();
    let store = store(data.path(), NOW);
    fill(data.path(), &store);
    assert_eq!(found(data.path(), &Layout { version: 2, ..LAYOUT }, &store), (0, 0));
}

#[test]
fn a_damaged_file_is_made_anew() {
    let data = TempDir::new().unwrap();
    let store = store(data.path(), NOW);
    for damage in [b"no database at all".to_vec(), vec![0xff; 65_536]] {
        fill(data.path(), &store);
        remove(&data.path().join("test.db")).unwrap();
        std::fs::write(data.path().join("test.db"), damage).unwrap();
        assert_eq!(found(data.path(), &LAYOUT, &store), (0, 0));
    }
}

#[test]
fn what_was_made_of_another_log_is_made_anew() {
    let data = TempDir::new().unwrap();
    let first = store(data.path(), NOW);
    fill(data.path(), &first);
    let other = TempDir::new().unwrap();
    let other_store = store(other.path(), NOW.plus(std::time::Duration::from_millis(1)));
    assert_eq!(found(data.path(), &LAYOUT, &other_store), (0, 0));
    let empty = TempDir::new().unwrap();
    let shorter = SqliteStore::open(empty.path()).unwrap();
    fill(data.path(), &first);
    assert_eq!(found(data.path(), &LAYOUT, &shorter), (0, 0));
}
