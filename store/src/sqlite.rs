//! The SQLite store: one writing connection for the hub, read-only ones for pages.

mod epoch;
mod read;
mod removal;
mod row;
mod write;

use crate::Store;
use bandyer_records::{Reader, StoreError, StoreResult, Write};
use epoch::Life;
use removal::Removed;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Each one brings the schema one version further; `user_version` counts how many have run.
const MIGRATIONS: [&str; 7] = [
    include_str!("sqlite/migrations/0001_chat.sql"),
    include_str!("sqlite/migrations/0002_calls.sql"),
    include_str!("sqlite/migrations/0003_limits.sql"),
    include_str!("sqlite/migrations/0004_talk.sql"),
    include_str!("sqlite/migrations/0005_epoch.sql"),
    include_str!("sqlite/migrations/0006_board.sql"),
    include_str!("sqlite/migrations/0007_owner.sql"),
];

pub struct SqliteStore {
    connection: Connection,
    /// True between the first write of a batch and its end.
    writing: bool,
    /// For how long a lock is waited for; `None` where nothing is written.
    busy: Option<Duration>,
    removed: Removed,
    /// `None` for a reader.
    life: Option<Life>,
}

/// How the writing connection behaves.
#[derive(Debug, Clone, Copy)]
pub struct SqliteSettings {
    /// How long a locked database is waited for.
    pub busy_ms: u32,
    /// Most disk space, in KiB.
    pub max_kb: Option<u32>,
}

impl SqliteStore {
    /// Opens the database for writing, creating or upgrading it.
    ///
    /// # Errors
    /// When the file is no database, or was written by a newer version.
    pub fn open(path: &Path, settings: SqliteSettings) -> StoreResult<Self> {
        let busy = Duration::from_millis(settings.busy_ms.into());
        let mut connection = prepared(path, busy).map_err(failure)?;
        migrate(&mut connection)?;
        limit_pages(&connection, settings.max_kb).map_err(failure)?;
        if let Err(error) = removal::empty_log(&connection) {
            tracing::warn!(%error, "the log of an earlier run stays as it is");
        }
        let removed = Removed::default();
        let mut store = Self { connection, writing: false, busy: Some(busy), removed, life: None };
        let latest = store.latest_revision()?;
        store.life = Some(Life::begin(&store.connection, path, latest)?);
        Ok(store)
    }

    /// Opens a database that `open` has prepared before.
    ///
    /// # Errors
    /// When there is none.
    pub fn open_read_only(path: &Path) -> StoreResult<Self> {
        let connection = read_only(path).map_err(failure)?;
        Ok(Self { connection, writing: false, busy: None, removed: Removed::default(), life: None })
    }
}

fn prepared(path: &Path, busy: Duration) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(busy)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // A commit returns only when the write-ahead log is on the disk.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "secure_delete", "on")?;
    connection.pragma_update(None, "cache_size", -32_000)?;
    connection.pragma_update(None, "wal_autocheckpoint", 8000)?;
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(1))?;
    connection.pragma_update(None, "cache_size", -8000)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn limit_pages(connection: &Connection, max_kb: Option<u32>) -> rusqlite::Result<()> {
    let Some(kb) = max_kb else { return Ok(()) };
    let page: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    connection.pragma_update(None, "max_page_count", u64::from(kb) * 1024 / u64::from(page))
}

fn migrate(connection: &mut Connection) -> StoreResult<()> {
    let version: usize =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failure)?;
    if version > MIGRATIONS.len() {
        return Err(StoreError::Defect(format!("the database has version {version}, of a newer server")));
    }
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(version) {
        run_migration(connection, sql, index + 1).map_err(failure)?;
    }
    Ok(())
}

fn run_migration(connection: &mut Connection, sql: &str, version: usize) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(sql)?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()
}

impl SqliteStore {
    fn begin(&mut self) -> rusqlite::Result<()> {
        if !self.writing {
            self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            self.writing = true;
        }
        Ok(())
    }

    fn end(&mut self) -> rusqlite::Result<()> {
        if self.writing {
            self.connection.prepare_cached("COMMIT")?.execute([])?;
            self.writing = false;
        }
        if let Some(busy) = self.busy {
            self.removed.after_commit(&self.connection, busy);
        }
        Ok(())
    }
}

/// A copy of the folder of a server that has stopped is whole, whatever was or was not copied beside the database.
impl Drop for SqliteStore {
    fn drop(&mut self) {
        if self.busy.is_none() {
            return;
        }
        self.roll_back();
        if let Err(error) = self.removed.at_the_end(&self.connection) {
            tracing::warn!(%error, "the database was not tidied up");
        }
    }
}

impl Store for SqliteStore {
    fn apply(&mut self, write: &Write) -> StoreResult<()> {
        self.begin().and_then(|()| write::apply(&self.connection, write)).map_err(failure)?;
        if write.removes() {
            self.removed.note();
        }
        if let (Write::PutChat(chat), Some(life)) = (write, &mut self.life) {
            life.applied(chat.revision);
        }
        Ok(())
    }

    fn commit(&mut self) -> StoreResult<()> {
        self.end().map_err(failure)?;
        if let Some(life) = &mut self.life {
            life.committed();
        }
        Ok(())
    }

    fn roll_back(&mut self) {
        self.writing = false;
        if let Some(life) = &mut self.life {
            life.rolled_back();
        }
        // Some errors have ended the transaction already.
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }

    fn probe(&mut self) -> StoreResult<()> {
        let proof = self.connection.execute("UPDATE probe SET n = n + 1 WHERE id = 1", []);
        proof.map(|_| ()).map_err(failure)
    }
}

/// Whether it is worth a retry.
fn failure(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked(error.to_string()),
        Some(
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::OutOfMemory
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::FileLockingProtocolFailed,
        ) => StoreError::Unavailable(error.to_string()),
        _ => StoreError::Defect(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite;
    use bandyer_protocol::{CallType, ChatId, ClientMessageId, Message, MessageBody, PageDirection, Seq};
    use bandyer_records::Reader;

    fn open(folder: &Path) -> SqliteStore {
        SqliteStore::open(&folder.join("chat.db"), SqliteSettings { busy_ms: 10, max_kb: None }).unwrap()
    }

    #[test]
    fn passes_the_store_suite() {
        suite::run(|| {
            let folder = tempfile::tempdir().unwrap();
            let store = open(folder.path());
            (store, folder)
        });
    }

    #[test]
    fn what_somebody_stores_is_added_up_without_reading_the_uploads() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        for which in ["WHERE owner = 'anna'", ""] {
            let sql = format!("EXPLAIN QUERY PLAN SELECT coalesce(sum(size), 0) FROM upload {which}");
            let plan: String = store.connection.query_row(&sql, [], |row| row.get(3)).unwrap();
            assert!(plan.contains("USING COVERING INDEX upload_by_owner"), "{plan}");
        }
    }

    #[test]
    fn what_was_committed_is_there_after_opening_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        store.apply(&Write::PutUser(suite::user("anna"))).unwrap();
        store.commit().unwrap();
        store.apply(&Write::PutUser(suite::user("bob"))).unwrap();
        drop(store);
        let store = open(folder.path());
        assert_eq!(store.user(&suite::alias("anna")).unwrap(), Some(suite::user("anna")));
        assert_eq!(store.user(&suite::alias("bob")).unwrap(), None);
    }

    #[test]
    fn a_database_of_a_newer_server_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path()));
        let path = folder.path().join("chat.db");
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let opened = SqliteStore::open(&path, SqliteSettings { busy_ms: 10, max_kb: None });
        assert!(matches!(opened, Err(StoreError::Defect(_))));
    }

    #[test]
    fn a_database_from_before_calls_is_taken_along_with_its_messages() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chat.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(MIGRATIONS[0]).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        let insert = "INSERT INTO message (chat, seq, sender, client_id, kind, body, at) \
                      VALUES ('anna#bob', ?1, 'anna', ?2, 0, ?3, 7)";
        for seq in 1..=1000 {
            old.execute(insert, (seq, format!("m{seq}"), format!("text {seq}"))).unwrap();
        }
        drop(old);
        let mut store = open(folder.path());
        let chat = ChatId::parse("anna#bob").unwrap();
        let messages = store.messages(&chat, Seq(0), PageDirection::After, 2000).unwrap();
        assert_eq!(messages.len(), 1000);
        let last = &messages[999];
        assert_eq!((last.seq, &last.body), (Seq(1000), &MessageBody::Text("text 1000".to_owned())));
        assert_eq!(store.message_by_client_id(&last.sender, &last.client_id).unwrap().as_ref(), Some(last));
        let again = Message { seq: Seq(1001), ..last.clone() };
        assert!(store.apply(&Write::AddMessage(again.clone())).is_err(), "client ids are still unique");
        store.roll_back();
        let missed = Message {
            client_id: ClientMessageId::parse("call").unwrap(),
            body: MessageBody::MissedCall(CallType::AudioVideo),
            ..again
        };
        store.apply(&Write::AddMessage(missed.clone())).unwrap();
        store.commit().unwrap();
        assert_eq!(store.message(&chat, Seq(1001)).unwrap(), Some(missed));
    }

    #[test]
    fn a_lock_held_by_someone_else_is_unavailability_and_passes() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        let other = Connection::open(folder.path().join("chat.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let write = Write::PutUser(suite::user("anna"));
        assert!(matches!(store.apply(&write), Err(StoreError::Locked(_))));
        store.roll_back();
        assert!(store.probe().is_err());
        other.execute_batch("ROLLBACK").unwrap();
        store.apply(&write).unwrap();
        store.commit().unwrap();
        store.probe().unwrap();
    }

    fn bytes(folder: &Path) -> Vec<u8> {
        let files =
            ["chat.db", "chat.db-wal"].map(|name| std::fs::read(folder.join(name)).unwrap_or_default());
        files.concat()
    }

    fn copies(folder: &Path, text: &str) -> usize {
        bytes(folder).windows(text.len()).filter(|window| *window == text.as_bytes()).count()
    }

    /// Rows of several chats side by side are moved about in their pages while they grow.
    fn write_a_lot(store: &mut SqliteStore, chat: &ChatId, text: &str, upto: u64) {
        let [first, ..] = chat.as_str().split('#').collect::<Vec<_>>()[..] else { panic!("no chat") };
        for seq in 1..=upto {
            let message = Message {
                chat: chat.clone(),
                seq: Seq(seq),
                sender: suite::alias(first),
                client_id: ClientMessageId::parse(&format!("{}-{seq}", chat.as_str().replace('#', "-")))
                    .unwrap(),
                body: MessageBody::Text(text.repeat(1 + (seq as usize * 7) % 40)),
                at: bandyer_protocol::Timestamp(7),
            };
            store.apply(&Write::AddMessage(message)).unwrap();
            if seq % 10 == 0 {
                store.commit().unwrap();
            }
        }
        store.commit().unwrap();
    }

    #[test]
    fn what_was_removed_is_in_no_byte_of_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        let chat = |text: &str| ChatId::parse(text).unwrap();
        for (name, text) in
            [("anna#dan", "kept text "), ("anna#bob", "secret text "), ("anna#carl", "kept text ")]
        {
            write_a_lot(&mut store, &chat(name), text, 300);
        }
        let user = bandyer_records::UserRecord {
            email: Some("bob@secret.example".to_owned()),
            ..suite::user("bob")
        };
        store.apply(&Write::PutUser(user.clone())).unwrap();
        store.commit().unwrap();
        assert!(copies(folder.path(), "secret") > 300);
        store.apply(&Write::ClearChat(chat("anna#bob"))).unwrap();
        store.apply(&Write::PutUser(user.erased())).unwrap();
        store.commit().unwrap();
        assert_eq!(
            std::fs::metadata(folder.path().join("chat.db-wal")).unwrap().len(),
            0,
            "the log is empty"
        );
        drop(store);
        assert_eq!(copies(folder.path(), "secret"), 0);
        assert!(copies(folder.path(), "kept text") > 300);
    }

    #[test]
    fn a_dropped_board_is_in_no_byte_of_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        for turn in 0..3 {
            for at in 0..200 {
                for (room, text) in [("r1", "secret text "), ("r2", "kept text ")] {
                    let record =
                        suite::board::note(room, &format!("s{at}"), &text.repeat(1 + (at + turn) % 20));
                    store.apply(&Write::PutShape(Box::new(record))).unwrap();
                }
            }
            store.commit().unwrap();
        }
        assert!(copies(folder.path(), "secret") > 200);
        store.apply(&Write::DropBoard(bandyer_protocol::CallAlias::parse("r1").unwrap())).unwrap();
        store.commit().unwrap();
        drop(store);
        assert_eq!(copies(folder.path(), "secret"), 0);
        assert!(copies(folder.path(), "kept text") > 200);
    }

    #[test]
    fn a_reader_in_the_middle_only_delays_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        write_a_lot(&mut store, &ChatId::parse("anna#bob").unwrap(), "secret text ", 20);
        let reader = Connection::open(folder.path().join("chat.db")).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM message").unwrap();
        store.apply(&Write::ClearChat(ChatId::parse("anna#bob").unwrap())).unwrap();
        store.commit().unwrap();
        assert!(copies(folder.path(), "secret") > 0);
        reader.execute_batch("COMMIT").unwrap();
        store.commit().unwrap();
        assert_eq!(copies(folder.path(), "secret"), 0);
    }

    #[test]
    fn the_file_of_a_closed_database_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        let reader = SqliteStore::open_read_only(&folder.path().join("chat.db")).unwrap();
        store.apply(&Write::PutUser(suite::user("anna"))).unwrap();
        store.commit().unwrap();
        reader.user(&suite::alias("anna")).unwrap();
        drop(store);
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(folder.path().join("chat.db"), copy.path().join("chat.db")).unwrap();
        assert_eq!(open(copy.path()).user(&suite::alias("anna")).unwrap(), Some(suite::user("anna")));
    }
}
