//! The SQLite store: one writing connection for the hub, read-only ones for pages.

mod read;
mod row;
mod write;

use crate::Store;
use bandyer_records::{StoreError, StoreResult, Write};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Each one brings the schema one version further; `user_version` counts how many have run.
const MIGRATIONS: [&str; 3] = [
    include_str!("sqlite/migrations/0001_chat.sql"),
    include_str!("sqlite/migrations/0002_calls.sql"),
    include_str!("sqlite/migrations/0004_talk.sql"),
];

pub struct SqliteStore {
    connection: Connection,
    /// True between the first write of a batch and its end.
    writing: bool,
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
        let mut connection = prepared(path, settings).map_err(failure)?;
        migrate(&mut connection)?;
        limit_pages(&connection, settings.max_kb).map_err(failure)?;
        Ok(Self { connection, writing: false })
    }

    /// Opens a database that `open` has prepared before.
    ///
    /// # Errors
    /// When there is none.
    pub fn open_read_only(path: &Path) -> StoreResult<Self> {
        let connection = read_only(path).map_err(failure)?;
        Ok(Self { connection, writing: false })
    }
}

fn prepared(path: &Path, settings: SqliteSettings) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_millis(settings.busy_ms.into()))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // A commit returns only when the write-ahead log is on the disk.
    connection.pragma_update(None, "synchronous", "full")?;
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
        Ok(())
    }
}

impl Store for SqliteStore {
    fn apply(&mut self, write: &Write) -> StoreResult<()> {
        self.begin().and_then(|()| write::apply(&self.connection, write)).map_err(failure)
    }

    fn commit(&mut self) -> StoreResult<()> {
        self.end().map_err(failure)
    }

    fn roll_back(&mut self) {
        self.writing = false;
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
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
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
        assert!(matches!(store.apply(&write), Err(StoreError::Unavailable(_))));
        store.roll_back();
        assert!(store.probe().is_err());
        other.execute_batch("ROLLBACK").unwrap();
        store.apply(&write).unwrap();
        store.commit().unwrap();
        store.probe().unwrap();
    }
}
