//! Removed for good: not in the database's pages, not in its free space, not in the log beside it.
//!
//! Freed bytes are overwritten (`secure_delete`). Older copies of a page stay in the write-ahead log until it is emptied,
//! and a page that was once split may keep a copy of a row that moved: the log is emptied after each removal, the file
//! is written anew when it is closed.

use rusqlite::{Connection, Result};
use std::time::Duration;

/// A larger database, in bytes, is not written anew at the end: it would take longer than a server may take to stop.
const MOST_REWRITTEN: u64 = 128 * 1024 * 1024;

/// How long closing waits for readers.
const AT_THE_END: Duration = Duration::from_secs(1);

/// What was removed, and where it may still be found.
#[derive(Debug, Default)]
pub struct Removed {
    in_log: bool,
    in_file: bool,
}

impl Removed {
    pub fn note(&mut self) {
        *self = Self { in_log: true, in_file: true };
    }

    /// To be called after each commit. A reader in the middle of something keeps the log: it is tried again with the
    /// next one, for nobody waits here.
    pub fn after_commit(&mut self, connection: &Connection, busy: Duration) {
        if !self.in_log {
            return;
        }
        match without_waiting(connection, busy) {
            Ok(emptied) => self.in_log = !emptied,
            Err(error) => tracing::warn!(%error, "the log still has what was removed"),
        }
    }

    /// The file alone is the whole database then.
    pub fn at_the_end(&self, connection: &Connection) -> Result<()> {
        connection.busy_timeout(AT_THE_END)?;
        if self.in_file && size(connection)? <= MOST_REWRITTEN {
            connection.execute_batch("VACUUM")?;
        }
        empty_log(connection).map(|_| ())
    }
}

fn without_waiting(connection: &Connection, busy: Duration) -> Result<bool> {
    connection.busy_timeout(Duration::ZERO)?;
    let emptied = empty_log(connection);
    connection.busy_timeout(busy)?;
    emptied
}

/// Moves the log into the file and cuts it off. False when a reader still needs it.
pub fn empty_log(connection: &Connection) -> Result<bool> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(row.get::<_, i64>(0)? == 0))
}

fn size(connection: &Connection) -> Result<u64> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    Ok(pragma("page_count")? * pragma("page_size")?)
}
