//! The statements that read.

mod board;
mod calls;

use super::{SqliteStore, failure, row};
use bandyer_protocol::{
    CallAlias, ChatId, ClientMessageId, Cursor, Epoch, Message, PageDirection, Seq, Timestamp, UploadId,
    UserAlias,
};
use bandyer_records::{
    CallFiles, ChatRecord, LiveCall, Reader, RoomRecord, StoreError, StoreResult, UploadRecord, UserRecord,
};
use rusqlite::{OptionalExtension, Params, Result, Row};

impl SqliteStore {
    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: fn(&Row<'_>) -> Result<T>,
    ) -> StoreResult<Option<T>> {
        let statement = self.connection.prepare_cached(sql);
        statement.and_then(|mut statement| statement.query_row(params, map).optional()).map_err(failure)
    }

    fn all<T>(&self, sql: &str, params: impl Params, map: fn(&Row<'_>) -> Result<T>) -> StoreResult<Vec<T>> {
        let statement = self.connection.prepare_cached(sql);
        statement.and_then(|mut statement| statement.query_map(params, map)?.collect()).map_err(failure)
    }
}

macro_rules! select {
    ($table:ident, $rest:literal) => {
        concat!("SELECT ", row::columns!($table), " FROM ", stringify!($table), " ", $rest)
    };
}

impl Reader for SqliteStore {
    fn room(&self, room: &CallAlias) -> StoreResult<Option<RoomRecord>> {
        self.find_room(room)
    }

    fn room_by_link(&self, link: &str) -> StoreResult<Option<(RoomRecord, UserAlias)>> {
        self.find_link(link)
    }

    fn live_calls(&self) -> StoreResult<Vec<LiveCall>> {
        self.all_live_calls()
    }

    fn user(&self, alias: &UserAlias) -> StoreResult<Option<UserRecord>> {
        self.one(select!(user, "WHERE alias = ?1"), [alias.as_str()], row::user)
    }

    fn aliases(&self) -> StoreResult<Vec<UserAlias>> {
        let sql = "SELECT alias FROM user WHERE deleted = 0 ORDER BY created_at DESC, alias";
        self.all(sql, [], row::alias_only)
    }

    fn chat(&self, chat: &ChatId) -> StoreResult<Option<ChatRecord>> {
        self.one(select!(chat, "WHERE id = ?1"), [chat.as_str()], row::chat)
    }

    fn chats_of(&self, user: &UserAlias) -> StoreResult<Vec<ChatRecord>> {
        let sql = select!(chat, "WHERE first = ?1 OR second = ?1 ORDER BY revision");
        self.all(sql, [user.as_str()], row::chat)
    }

    fn chats_after(&self, user: &UserAlias, after: Cursor, limit: u32) -> StoreResult<Vec<ChatRecord>> {
        // Each half by its own index: no more is read than is wanted.
        let sql = concat!(
            "SELECT * FROM (",
            select!(chat, "WHERE first = ?1 AND revision > ?2 ORDER BY revision LIMIT ?3"),
            ") UNION ALL SELECT * FROM (",
            select!(chat, "WHERE second = ?1 AND revision > ?2 ORDER BY revision LIMIT ?3"),
            ") ORDER BY revision LIMIT ?3"
        );
        let after = i64::try_from(after.0).unwrap_or(i64::MAX);
        self.all(sql, (user.as_str(), after, limit), row::chat)
    }

    fn cursor_of(&self, user: &UserAlias) -> StoreResult<Cursor> {
        let sql = "SELECT max(coalesce((SELECT max(revision) FROM chat WHERE first = ?1), 0),
                   coalesce((SELECT max(revision) FROM chat WHERE second = ?1), 0))";
        let revision = self.one(sql, [user.as_str()], |row| row.get(0))?;
        Ok(Cursor(revision.unwrap_or(0)))
    }

    fn peers_of(&self, user: &UserAlias) -> StoreResult<Vec<UserAlias>> {
        let sql = "SELECT second FROM chat WHERE first = ?1 AND removed = 0
                   UNION ALL SELECT first FROM chat WHERE second = ?1 AND removed = 0 ORDER BY 1";
        self.all(sql, [user.as_str()], row::alias_only)
    }

    fn opened_by(&self, user: &UserAlias) -> StoreResult<u32> {
        let sql = "SELECT count(*) FROM chat WHERE created_by = ?1 AND removed = 0";
        Ok(self.one(sql, [user.as_str()], |row| row.get(0))?.unwrap_or(0))
    }

    fn message(&self, chat: &ChatId, seq: Seq) -> StoreResult<Option<Message>> {
        let sql = select!(message, "WHERE chat = ?1 AND seq = ?2");
        self.one(sql, (chat.as_str(), seq.0), row::message)
    }

    fn message_by_client_id(&self, sender: &UserAlias, id: &ClientMessageId) -> StoreResult<Option<Message>> {
        let sql = select!(message, "WHERE sender = ?1 AND client_id = ?2");
        self.one(sql, (sender.as_str(), id.as_str()), row::message)
    }

    fn messages(
        &self,
        chat: &ChatId,
        from: Seq,
        direction: PageDirection,
        limit: u32,
    ) -> StoreResult<Vec<Message>> {
        let params = (chat.as_str(), i64::try_from(from.0).unwrap_or(i64::MAX), limit);
        match direction {
            PageDirection::After => {
                let sql = select!(message, "WHERE chat = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3");
                self.all(sql, params, row::message)
            }
            PageDirection::Before => {
                let sql = select!(message, "WHERE chat = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3");
                let mut messages = self.all(sql, params, row::message)?;
                messages.reverse();
                Ok(messages)
            }
        }
    }

    fn count_between(&self, chat: &ChatId, sender: &UserAlias, after: Seq, upto: Seq) -> StoreResult<u32> {
        let sql = "SELECT count(*) FROM message WHERE chat = ?1 AND seq > ?2 AND seq <= ?3 AND sender = ?4";
        let count = self.one(sql, (chat.as_str(), after.0, upto.0, sender.as_str()), |row| row.get(0))?;
        Ok(count.unwrap_or(0))
    }

    fn upload(&self, id: &UploadId) -> StoreResult<Option<UploadRecord>> {
        self.one(select!(upload, "WHERE id = ?1"), [id.as_str()], row::upload)
    }

    fn uploads_of(&self, chat: &ChatId) -> StoreResult<Vec<UploadId>> {
        self.all("SELECT id FROM upload WHERE chat = ?1 ORDER BY id", [chat.as_str()], row::upload_id)
    }

    fn unsent_uploads(&self, before: Timestamp) -> StoreResult<Vec<UploadId>> {
        let sql = "SELECT id FROM upload WHERE sent = 0 AND created_at < ?1 ORDER BY id";
        self.all(sql, [before.0], row::upload_id)
    }

    fn unsent_bytes(&self, owner: &UserAlias) -> StoreResult<u64> {
        let sql = "SELECT coalesce(sum(size), 0) FROM upload WHERE sent = 0 AND owner = ?1";
        let bytes = self.one(sql, [owner.as_str()], |row| row.get(0))?;
        Ok(bytes.unwrap_or(0))
    }

    fn epoch(&self) -> StoreResult<Epoch> {
        let epoch = self.one("SELECT epoch FROM epoch WHERE id = 1", [], |row| row.get::<_, String>(0))?;
        let parsed = epoch.map(|epoch| Epoch::parse(&epoch)).transpose();
        Ok(parsed.map_err(|error| StoreError::Defect(format!("epoch: {error}")))?.unwrap_or_default())
    }

    fn unsent_count(&self, owner: &UserAlias) -> StoreResult<u32> {
        let sql = "SELECT count(*) FROM upload WHERE sent = 0 AND owner = ?1";
        Ok(self.one(sql, [owner.as_str()], |row| row.get(0))?.unwrap_or(0))
    }

    fn stored_bytes(&self, owner: &UserAlias) -> StoreResult<u64> {
        let sql = "SELECT coalesce(sum(size), 0) FROM upload WHERE owner = ?1";
        Ok(self.one(sql, [owner.as_str()], |row| row.get(0))?.unwrap_or(0))
    }

    fn all_stored_bytes(&self) -> StoreResult<u64> {
        let sql = "SELECT coalesce(sum(size), 0) FROM upload";
        Ok(self.one(sql, [], |row| row.get(0))?.unwrap_or(0))
    }

    fn call_uploads(&self, which: &CallFiles) -> StoreResult<Vec<UploadId>> {
        // Only names of chats have a `#` in them.
        match which {
            CallFiles::In(call) => {
                let sql = "SELECT id FROM upload WHERE chat = ?1 ORDER BY id";
                self.all(sql, [call.as_str()], row::upload_id)
            }
            CallFiles::Between([first, second]) => {
                let sql = "SELECT u.id FROM room_participant a JOIN room_participant b ON b.room = a.room
                           JOIN upload u ON u.chat = a.room WHERE a.user = ?1 AND b.user = ?2 ORDER BY u.id";
                self.all(sql, [first.as_str(), second.as_str()], row::upload_id)
            }
            CallFiles::By(owner) => {
                let sql = "SELECT id FROM upload WHERE owner = ?1 AND instr(chat, '#') = 0 ORDER BY id";
                self.all(sql, [owner.as_str()], row::upload_id)
            }
            CallFiles::Before(before) => {
                let sql = "SELECT id FROM upload WHERE created_at < ?1 AND instr(chat, '#') = 0 ORDER BY id";
                self.all(sql, [before.0], row::upload_id)
            }
        }
    }

    fn latest_revision(&self) -> StoreResult<Cursor> {
        let revision = self.one("SELECT coalesce(max(revision), 0) FROM chat", [], |row| row.get(0))?;
        Ok(Cursor(revision.unwrap_or(0)))
    }
}
