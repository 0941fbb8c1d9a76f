//! The statements that read rooms, sessions, the journal and hooks.

use super::SqliteStore;
use crate::sqlite::row::{calls as row, columns};
use bandyer_protocol::{CallAlias, UserAlias};
use bandyer_records::{
    History, HookRecord, JournalFilter, JournalRecord, LiveCall, Period, RoomRecord, SessionFilter,
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

    fn newest(&mut self, order: &str, slice: Slice) {
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

impl History for SqliteStore {
    fn rooms(&self, slice: Slice) -> StoreResult<Vec<RoomRecord>> {
        let sql = select!(room, "WHERE deleted = 0 ORDER BY created_at DESC, id DESC LIMIT ?1 OFFSET ?2");
        self.with_all_participants(self.all(sql, (slice.limit, slice.skip), row::room)?)
    }

    fn rooms_of(&self, user: &UserAlias, slice: Slice) -> StoreResult<Vec<RoomRecord>> {
        let sql = select!(
            room,
            "WHERE deleted = 0 AND id IN (SELECT room FROM room_participant WHERE user = ?1) \
             ORDER BY created_at DESC, id DESC LIMIT ?2 OFFSET ?3"
        );
        let found = self.all(sql, (user.as_str(), slice.limit, slice.skip), row::room)?;
        self.with_all_participants(found)
    }

    fn session(&self, session: &str) -> StoreResult<Option<SessionRecord>> {
        self.one(select!(session, "WHERE id = ?1"), [session], row::session)
    }

    fn sessions(&self, filter: &SessionFilter, slice: Slice) -> StoreResult<Vec<SessionRecord>> {
        let mut query = Query::over(select!(session, "WHERE true"));
        query.within("created_at", filter.period);
        if let Some(room) = &filter.room {
            query.and("room = ?", room.as_str().to_owned());
        }
        if let Some(user) = &filter.user {
            let joined = "id IN (SELECT session FROM journal WHERE user = ? AND kind = 'joined')";
            query.and(joined, user.as_str().to_owned());
        }
        query.newest("created_at DESC, id DESC", slice);
        self.all(&query.sql, params_from_iter(query.values), row::session)
    }

    fn journal(&self, filter: &JournalFilter, slice: Slice) -> StoreResult<Vec<JournalRecord>> {
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
