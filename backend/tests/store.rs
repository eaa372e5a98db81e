//! The contract of the store on SQLite, and what only SQLite has: a folder, a lock and a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use baton::store::contract::Place;
use baton::store::contract::scene::{self, Scene};
use baton::store::sqlite::{self, SqliteStore};
use baton::store::{Session, Store, StoreError};
use tempfile::TempDir;

baton::store_contract!(Folder::new());

/// A folder of its own for a store, and room for copies beside it.
struct Folder {
    root: TempDir,
    free: AtomicU32,
}

impl Folder {
    fn new() -> Self {
        Self { root: tempfile::tempdir().expect("a folder can be made"), free: AtomicU32::new(0) }
    }

    fn data_dir(&self) -> PathBuf {
        self.root.path().join("data")
    }

    fn database(&self) -> PathBuf {
        self.data_dir().join("baton.db")
    }

    /// Makes a store and closes it.
    fn used(self) -> Self {
        drop(self.open());
        self
    }

    /// Returns the sentence with which opening is refused.
    fn refusal(&self) -> String {
        match SqliteStore::open(&self.data_dir()) {
            Err(StoreError::Refused { what }) => what,
            other => panic!("{other:?} should be refused"),
        }
    }
}

impl Place for Folder {
    fn open(&self) -> Box<dyn Store> {
        Box::new(SqliteStore::open(&self.data_dir()).expect("the store opens"))
    }

    fn free_path(&self) -> PathBuf {
        self.root.path().join(format!("free-{}", self.free.fetch_add(1, Ordering::Relaxed)))
    }

    fn backup(&self, target: &Path) -> Result<(), StoreError> {
        sqlite::backup(&self.data_dir(), target)
    }

    fn restored(&self, backup: &Path) -> Result<Box<dyn Place>, StoreError> {
        let folder = Self::new();
        sqlite::restore(backup, &folder.data_dir())?;
        Ok(Box::new(folder))
    }

    fn restore_over(&self, backup: &Path) -> Result<(), StoreError> {
        sqlite::restore(backup, &self.data_dir())
    }
}

#[test]
fn a_second_server_is_refused_until_the_first_has_ended() {
    let folder = Folder::new();
    let first = folder.open();
    let refusal = folder.refusal();
    assert!(refusal.starts_with("Another Baton is using the data folder"), "{refusal}");
    assert!(refusal.contains(&folder.data_dir().display().to_string()), "{refusal}");
    drop(first);
    folder.open();
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = Folder::new().used();
    let connection = rusqlite::Connection::open(folder.database()).unwrap();
    connection.pragma_update(None, "user_version", 9_999).unwrap();
    drop(connection);
    let refusal = folder.refusal();
    assert!(refusal.contains("was written by a newer Baton (schema 9999"), "{refusal}");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    fs::create_dir(folder.data_dir()).unwrap();
    fs::write(folder.database(), "dear diary, this is no database").unwrap();
    assert!(folder.refusal().contains("is not a database; move it away"));
    assert_eq!(fs::read(folder.database()).unwrap(), b"dear diary, this is no database");
}

#[test]
fn a_damaged_database_is_refused() {
    let folder = Folder::new().used();
    let mut bytes = fs::read(folder.database()).unwrap();
    bytes[100..4_096].fill(0x5a);
    fs::write(folder.database(), bytes).unwrap();
    assert!(folder.refusal().contains("restore a backup into an empty folder"));
}

#[test]
fn another_programs_database_is_refused() {
    let folder = Folder::new();
    fs::create_dir(folder.data_dir()).unwrap();
    let connection = rusqlite::Connection::open(folder.database()).unwrap();
    connection.execute_batch("create table recipes (name text)").unwrap();
    drop(connection);
    let before = fs::read(folder.database()).unwrap();
    assert!(folder.refusal().contains("belongs to another program"));
    assert_eq!(fs::read(folder.database()).unwrap(), before);
}

#[test]
fn a_folder_that_cannot_be_made_or_written_is_refused() {
    let folder = Folder::new();
    let file = folder.free_path();
    fs::write(&file, "").unwrap();
    let refused = SqliteStore::open(&file.join("data"));
    assert!(matches!(refused, Err(StoreError::Refused { what }) if what.contains("cannot be made")));
    // The lock cannot be written: whoever runs this may be allowed to write anywhere, but not to a folder.
    fs::create_dir_all(folder.data_dir().join("baton.lock")).unwrap();
    assert!(folder.refusal().starts_with("Make the data folder"));
}

#[test]
fn an_empty_file_becomes_a_database() {
    let folder = Folder::new();
    fs::create_dir(folder.data_dir()).unwrap();
    fs::write(folder.database(), "").unwrap();
    folder.open();
}

#[test]
fn a_closed_store_is_one_file_for_its_owner_alone() {
    let folder = Folder::new().used();
    let mut names: Vec<_> =
        fs::read_dir(folder.data_dir()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["baton.db", "baton.lock"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let backup = folder.free_path();
        sqlite::backup(&folder.data_dir(), &backup).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.data_dir()), 0o700);
        assert_eq!([mode(&folder.database()), mode(&backup)], [0o600; 2]);
        // Wherever the backup has been, and whoever may read it there.
        fs::set_permissions(&backup, fs::Permissions::from_mode(0o644)).unwrap();
        let restored = Folder::new();
        sqlite::restore(&backup, &restored.data_dir()).unwrap();
        assert_eq!(mode(&restored.database()), 0o600);
    }
}

#[test]
fn a_damaged_backup_is_refused_and_leaves_nothing_behind() {
    let folder = Folder::new();
    let (backup, damaged) = (folder.free_path(), folder.free_path());
    folder.open();
    sqlite::backup(&folder.data_dir(), &backup).unwrap();
    let bytes = fs::read(&backup).unwrap();
    fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
    let elsewhere = Folder::new();
    for wrong in [damaged, elsewhere.free_path()] {
        let refused = sqlite::restore(&wrong, &elsewhere.data_dir());
        assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
        assert!(!elsewhere.database().exists());
    }
    sqlite::restore(&backup, &elsewhere.data_dir()).unwrap();
    elsewhere.open();
}

#[test]
fn a_folder_is_copied_with_and_without_a_server() {
    let folder = Folder::new();
    let store = folder.open();
    sqlite::backup(&folder.data_dir(), &folder.free_path()).unwrap();
    drop(store);
    sqlite::backup(&folder.data_dir(), &folder.free_path()).unwrap();
    let empty = Folder::new();
    let refused = sqlite::backup(&empty.data_dir(), &empty.free_path());
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
}

#[test]
fn a_new_password_signs_its_person_out_and_nobody_else() {
    let folder = Folder::new();
    let scene = Scene::staffed(&folder);
    let session = |number: u8, agent| Session {
        token_hash: [number; 32],
        agent,
        created_at: scene::at(1),
        seen_at: scene::at(1),
    };
    for one in [session(1, scene::ONE), session(2, scene::TWO)] {
        scene.store.add_session(&one).unwrap();
    }
    drop(scene);
    let store = SqliteStore::open(&folder.data_dir()).unwrap();
    assert!(!store.set_password("nobody@example.com", "new hash").unwrap());
    assert!(store.set_password("agent.ONE@example.com", "new hash").unwrap());
    let hash_of = |email: &str| store.credentials(email).unwrap().unwrap().password_hash;
    assert_eq!(hash_of("agent.one@example.com"), "new hash");
    assert_ne!(hash_of("agent.two@example.com"), "new hash");
    assert_eq!(store.session(&[1; 32]).unwrap(), None);
    assert!(store.session(&[2; 32]).unwrap().is_some());
}
