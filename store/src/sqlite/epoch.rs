//! Which life of the database this is. A backup that is put back is another life: what was written after it is gone, and what
//! is written from then on bears the same numbers. Nothing inside the database can tell, since it goes back as a whole.
//!
//! So a witness stands beside it, `chat.db.epoch`, with the newest revision there ever was. When the database is behind its
//! witness, has none, or is in another file than it says it is, it gets a new epoch, and every device reads everything anew.
//! One epoch too many costs one full list per device; one too few, wrong conversations.

use super::failure;
use bandyer_protocol::{Cursor, Epoch};
use bandyer_records::{StoreError, StoreResult};
use rusqlite::{Connection, OptionalExtension};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The mark on the database, and the witness that is kept up to date with it.
pub struct Life {
    epoch: Epoch,
    witness: File,
    /// The newest revision applied, committed or not.
    newest: Cursor,
    /// The newest one the witness knows of.
    known: Cursor,
}

/// What a witness says.
#[derive(Debug, PartialEq, Eq)]
struct Testimony {
    epoch: String,
    revision: Cursor,
}

impl Life {
    /// Goes on with the life there was, or begins another.
    pub fn begin(connection: &Connection, path: &Path, latest: Cursor) -> StoreResult<Self> {
        let mut witness = open_witness(path).map_err(|error| unavailable(path, &error))?;
        let said = read_witness(&mut witness);
        let home = home(path).map_err(|error| unavailable(path, &error))?;
        let kept = marked(connection, &home).map_err(failure)?;
        let goes_on = kept.filter(|epoch| {
            said.as_ref().is_some_and(|said| said.epoch == *epoch && said.revision <= latest)
        });
        let epoch = match goes_on {
            Some(epoch) => epoch,
            None => mark(connection, &home).map_err(failure)?,
        };
        let epoch = Epoch::parse(&epoch).map_err(|error| StoreError::Defect(format!("epoch: {error}")))?;
        let mut life = Self { epoch, witness, newest: latest, known: latest };
        life.write(latest).map_err(|error| unavailable(path, &error))?;
        Ok(life)
    }

    /// A change with that revision was applied.
    pub fn applied(&mut self, revision: Cursor) {
        self.newest = self.newest.max(revision);
    }

    /// What was applied is forgotten.
    pub fn rolled_back(&mut self) {
        self.newest = self.known;
    }

    /// What was applied is committed. The witness is not flushed to the disk: a server that is killed loses nothing of it, and
    /// after a power cut it is behind by some seconds, which a backup younger than that would have to fall into.
    pub fn committed(&mut self) {
        if self.newest > self.known {
            match self.write(self.newest) {
                Ok(()) => self.known = self.newest,
                Err(error) => tracing::warn!(%error, "the witness of the database could not be written"),
            }
        }
    }

    /// Always as long as before, so that it needs no room on a full disk.
    fn write(&mut self, revision: Cursor) -> std::io::Result<()> {
        let text = format!("{} {:020}\n", self.epoch, revision.0);
        self.witness.seek(SeekFrom::Start(0))?;
        self.witness.write_all(text.as_bytes())
    }
}

fn unavailable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("{}: {error}", witness_path(path).display()))
}

fn witness_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".epoch");
    name.into()
}

fn open_witness(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(witness_path(path))
}

/// `None` for a new one, or one that was cut short.
fn read_witness(witness: &mut File) -> Option<Testimony> {
    let mut text = String::new();
    witness.read_to_string(&mut text).ok()?;
    let (epoch, revision) = text.strip_suffix('\n')?.split_once(' ')?;
    Some(Testimony { epoch: epoch.to_owned(), revision: Cursor(revision.parse().ok()?) })
}

/// What tells this file from another that was put in its place.
fn home(path: &Path) -> std::io::Result<String> {
    let file = std::fs::metadata(path)?;
    let born = file.created().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    Ok(format!("{}:{}", number(&file), born.map_or(0, |since| since.as_nanos())))
}

#[cfg(unix)]
fn number(file: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(file)
}

#[cfg(not(unix))]
fn number(_file: &Metadata) -> u64 {
    0
}

/// The epoch the database bears, if it was given in this very file.
fn marked(connection: &Connection, home: &str) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT epoch FROM epoch WHERE id = 1 AND home = ?1";
    connection.query_row(sql, [home], |row| row.get(0)).optional()
}

fn mark(connection: &Connection, home: &str) -> rusqlite::Result<String> {
    let sql = "INSERT INTO epoch (id, epoch, home) VALUES (1, lower(hex(randomblob(8))), ?1) \
               ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, home = excluded.home RETURNING epoch";
    connection.query_row(sql, [home], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use crate::suite;
    use crate::{SqliteSettings, SqliteStore, Store};
    use bandyer_protocol::Epoch;
    use bandyer_records::{Reader, Write};
    use std::path::{Path, PathBuf};

    const SETTINGS: SqliteSettings = SqliteSettings { busy_ms: 10, max_kb: None };

    fn open(path: &Path) -> SqliteStore {
        SqliteStore::open(path, SETTINGS).unwrap()
    }

    fn write(store: &mut SqliteStore, revision: u64) {
        store.apply(&Write::PutChat(suite::chat("anna", "bob", revision))).unwrap();
        store.commit().unwrap();
    }

    fn epoch(path: &Path) -> Epoch {
        open(path).epoch().unwrap()
    }

    /// What SQLite's own backup makes, in a file of its own.
    fn back_up(path: &Path, to: &str) -> PathBuf {
        let copy = path.with_file_name(to);
        let source = rusqlite::Connection::open(path).unwrap();
        source.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        copy
    }

    #[test]
    fn a_restart_is_the_same_life() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chat.db");
        let mut store = open(&path);
        let first = store.epoch().unwrap();
        write(&mut store, 1);
        drop(store);
        assert_eq!(epoch(&path), first);
        let mut store = open(&path);
        write(&mut store, 2);
        // Not committed: the witness must not know of it.
        store.apply(&Write::PutChat(suite::chat("anna", "bob", 9))).unwrap();
        store.roll_back();
        write(&mut store, 3);
        drop(store);
        assert_eq!(epoch(&path), first);
    }

    #[test]
    fn a_backup_put_back_is_another_life_however_it_was_put() {
        let ways: [fn(&Path, &Path); 2] = [
            |copy, path| {
                std::fs::copy(copy, path).unwrap();
            },
            |copy, path| std::fs::rename(copy, path).unwrap(),
        ];
        for put in ways {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("chat.db");
            let mut store = open(&path);
            let first = store.epoch().unwrap();
            write(&mut store, 5);
            let copy = back_up(&path, "copy.db");
            write(&mut store, 6);
            drop(store);
            put(&copy, &path);
            let second = epoch(&path);
            assert_ne!(second, first);
            assert_eq!(epoch(&path), second, "once");
        }
    }

    #[test]
    fn a_backup_of_the_last_moment_is_another_life_when_the_file_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chat.db");
        let mut store = open(&path);
        let first = store.epoch().unwrap();
        write(&mut store, 5);
        drop(store);
        let copy = back_up(&path, "copy.db");
        std::fs::remove_file(&path).unwrap();
        std::fs::rename(copy, &path).unwrap();
        assert_ne!(epoch(&path), first);
    }

    #[test]
    fn without_its_witness_a_database_begins_another_life() {
        for text in
            [None, Some(""), Some("x"), Some("0123 notanumber\n"), Some("otherepoch 00000000000000000000\n")]
        {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("chat.db");
            let first = epoch(&path);
            let witness = folder.path().join("chat.db.epoch");
            match text {
                None => std::fs::remove_file(&witness).unwrap(),
                Some(text) => std::fs::write(&witness, text).unwrap(),
            }
            let second = epoch(&path);
            assert_ne!(second, first, "{text:?}");
            assert_eq!(epoch(&path), second, "{text:?}");
        }
    }
}
