//! The statements that read rooms, sessions, the journal and hooks.

use super::SqliteStore;
use crate::sqlite::row::{calls as row, columns};
use bandyer_protocol::{CallAlias, UserAlias};
use bandyer_records::{
    History, HookRecord, JournalFilter, JournalRecord, LiveCall, Mark, Period, RoomRecord, SessionFilter,
    SessionRecord, Slice, StoreResult,
};
use rusqlite::params_from_iter;
use rusqlite::types::Value;

macro_rules! select {
    ($table:ident, $rest:literal) => {
        concat!("SELECT ", columns!($table), " FROM ", stringify!($table), " ", $rest)
    };
}

/// A statement with the conditions that were asked for and no others, so that each set of them finds its index.
struct Query {
    sql: String,
    values: Vec<Value>,
}

impl Query {
    fn over(select: &str) -> Self {
        Self { sql: select.to_owned(), values: Vec::new() }
    }

    fn and(&mut self, condition: &str, value: impl Into<Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self.values.push(value.into());
    }

    fn within(&mut self, column: &str, period: Period) {
        if let Some(from) = period.from {
            self.and(&format!("{column} >= ?"), from.0);
        }
        if let Some(to) = period.to {
            self.and(&format!("{column} <= ?"), to.0);
        }
    }

    /// Only rows behind the mark; the order is `created_at DESC, id DESC`.
    fn behind(&mut self, slice: &Slice) {
        if let Some(mark) = &slice.after {
            self.sql.push_str(" AND (created_at, id) < (?, ?)");
            self.values.extend([mark.at.0.into(), Value::from(mark.id.clone())]);
        }
    }

    fn newest(&mut self, order: &str, slice: &Slice) {
        self.sql.push_str(&format!(" ORDER BY {order} LIMIT ? OFFSET ?"));
        self.values.extend([slice.limit, slice.skip].map(Value::from));
    }
}

impl SqliteStore {
    pub(super) fn find_room(&self, room: &CallAlias) -> StoreResult<Option<RoomRecord>> {
        let found = self.one(select!(room, "WHERE id = ?1"), [room.as_str()], row::room)?;
        found.map(|room| self.with_participants(room)).transpose()
    }

    pub(super) fn find_link(&self, link: &str) -> StoreResult<Option<(RoomRecord, UserAlias)>> {
        let sql = "SELECT room, user FROM room_participant WHERE link = ?1";
        let Some((room, user)) = self.one(sql, [link], row::link_owner)? else {
            return Ok(None);
        };
        Ok(self.find_room(&room)?.map(|room| (room, user)))
    }

    pub(super) fn all_live_calls(&self) -> StoreResult<Vec<LiveCall>> {
        self.all("SELECT call FROM live_call ORDER BY id", [], row::live_call)
    }

    fn with_participants(&self, mut room: RoomRecord) -> StoreResult<RoomRecord> {
        let sql =
            "SELECT user, is_admin, tools, link FROM room_participant WHERE room = ?1 ORDER BY position";
        room.participants = self.all(sql, [room.room.as_str()], row::participant)?;
        Ok(room)
    }

    fn with_all_participants(&self, rooms: Vec<RoomRecord>) -> StoreResult<Vec<RoomRecord>> {
        rooms.into_iter().map(|room| self.with_participants(room)).collect()
    }
}

/// The row of the journal that a mark stands for; nothing stands behind what is no number.
fn number(mark: &Mark) -> i64 {
    mark.id.parse().unwrap_or(0)
}

impl History for SqliteStore {
    fn rooms(&self, slice: &Slice) -> StoreResult<Vec<RoomRecord>> {
        let mut query = Query::over(select!(room, "WHERE deleted = 0"));
        query.behind(slice);
        query.newest("created_at DESC, id DESC", slice);
        self.with_all_participants(self.all(&query.sql, params_from_iter(query.values), row::room)?)
    }

    fn rooms_of(&self, user: &UserAlias, slice: &Slice) -> StoreResult<Vec<RoomRecord>> {
        let mut query = Query::over(select!(room, "WHERE deleted = 0"));
        let theirs = "id IN (SELECT room FROM room_participant WHERE user = ?)";
        query.and(theirs, user.as_str().to_owned());
        query.behind(slice);
        query.newest("created_at DESC, id DESC", slice);
        let found = self.all(&query.sql, params_from_iter(query.values), row::room)?;
        self.with_all_participants(found)
    }

    fn session(&self, session: &str) -> StoreResult<Option<SessionRecord>> {
        self.one(select!(session, "WHERE id = ?1"), [session], row::session)
    }

    fn sessions(&self, filter: &SessionFilter, slice: &Slice) -> StoreResult<Vec<SessionRecord>> {
        let mut query = Query::over(select!(session, "WHERE true"));
        query.within("created_at", filter.period);
        if let Some(room) = &filter.room {
            query.and("room = ?", room.as_str().to_owned());
        }
        if let Some(user) = &filter.user {
            let joined = "id IN (SELECT session FROM journal WHERE user = ? AND kind = 'joined')";
            query.and(joined, user.as_str().to_owned());
        }
        query.behind(slice);
        query.newest("created_at DESC, id DESC", slice);
        self.all(&query.sql, params_from_iter(query.values), row::session)
    }

    fn journal(&self, filter: &JournalFilter, slice: &Slice) -> StoreResult<Vec<JournalRecord>> {
        let mut query = Query::over(select!(journal, "WHERE true"));
        query.within("at", filter.period);
        if let Some(room) = &filter.room {
            query.and("room = ?", room.as_str().to_owned());
        }
        if let Some(user) = &filter.user {
            query.and("user = ?", user.as_str().to_owned());
        }
        let kinds: Vec<String> = filter.kinds.iter().map(|kind| format!("'{}'", kind.as_str())).collect();
        query.sql.push_str(&match kinds.as_slice() {
            [kind] => format!(" AND kind = {kind}"),
            // Most rows are of one of them: reading the newest rows beats collecting all of each kind.
            several => format!(" AND +kind IN ({})", several.join(", ")),
        });
        if let Some(mark) = &slice.after {
            query.and("id < ?", number(mark));
        }
        query.newest("id DESC", slice);
        self.all(&query.sql, params_from_iter(query.values), row::journal)
    }

    fn journal_of_session(&self, session: &str) -> StoreResult<Vec<JournalRecord>> {
        self.all(select!(journal, "WHERE session = ?1 ORDER BY id"), [session], row::journal)
    }

    fn journal_after(&self, after: u64, limit: u32) -> StoreResult<Vec<JournalRecord>> {
        self.all(select!(journal, "WHERE id > ?1 ORDER BY id LIMIT ?2"), (after, limit), row::journal)
    }

    fn journal_end(&self) -> StoreResult<u64> {
        let last =
            self.one("SELECT seq FROM sqlite_sequence WHERE name = 'journal'", [], |row| row.get(0))?;
        Ok(last.unwrap_or(0))
    }

    fn hooks(&self) -> StoreResult<Vec<HookRecord>> {
        self.all(select!(hook, "ORDER BY version, url"), [], row::hook)
    }
}
