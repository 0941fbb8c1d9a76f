//! The statements that write rooms, sessions, the journal and hooks.

use super::json_of;
use bandyer_protocol::{CallAlias, Timestamp, UserAlias};
use bandyer_records::{HookKey, HookRecord, JournalRecord, LiveCall, RoomRecord, SessionRecord};
use rusqlite::{Connection, OptionalExtension, Result, params};
use std::collections::BTreeMap;

pub fn put_room(connection: &Connection, room: &RoomRecord) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO room (id, initiator, call_type, record, recording_type, direct, live, dialed, \
               description, duration_s, used_ms, created_at, expires_at, disabled, deleted) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    connection.prepare_cached(sql)?.execute(params![
        room.room.as_str(),
        room.initiator.as_ref().map(UserAlias::as_str),
        room.call_type.as_str(),
        room.record,
        room.recording_type.as_str(),
        room.direct,
        room.live,
        room.dialed,
        room.description,
        room.duration_s,
        room.used_ms,
        room.created_at.0,
        room.expires_at.map(|at| at.0),
        room.disabled,
        room.deleted,
    ])?;
    put_participants(connection, room)
}

fn put_participants(connection: &Connection, room: &RoomRecord) -> Result<()> {
    let drop = "DELETE FROM room_participant WHERE room = ?1";
    connection.prepare_cached(drop)?.execute([room.room.as_str()])?;
    let sql = "INSERT INTO room_participant (room, position, user, is_admin, tools, link) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut insert = connection.prepare_cached(sql)?;
    for (position, one) in room.participants.iter().enumerate() {
        let (user, room) = (one.user.as_str(), room.room.as_str());
        let tools = one.tools.map(|tools| tools.to_object().to_string());
        insert.execute(params![room, position, user, one.is_admin, tools, one.link])?;
    }
    Ok(())
}

pub fn put_session(connection: &Connection, session: &SessionRecord) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO session (id, room, created_at, ended_at, talked_ms, talking_since) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(sql)?.execute(params![
        session.session,
        session.room.as_str(),
        session.created_at.0,
        session.ended_at.map(|at| at.0),
        session.talked_ms,
        session.talking_since.map(|at| at.0),
    ])?;
    Ok(())
}

pub fn put_live_call(connection: &Connection, live: &LiveCall) -> Result<()> {
    let json = json_of(live)?;
    let sql = "INSERT OR REPLACE INTO live_call (id, call) VALUES (?1, ?2)";
    connection.prepare_cached(sql)?.execute((live.call.call.as_str(), json))?;
    Ok(())
}

pub fn drop_live_call(connection: &Connection, call: &CallAlias) -> Result<()> {
    connection.prepare_cached("DELETE FROM live_call WHERE id = ?1")?.execute([call.as_str()])?;
    Ok(())
}

pub fn add_journal(connection: &Connection, row: &JournalRecord) -> Result<()> {
    let sql = "INSERT INTO journal (at, kind, user, room, session, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(sql)?.execute(params![
        row.at.0,
        row.kind.as_str(),
        row.user.as_ref().map(UserAlias::as_str),
        row.room.as_ref().map(CallAlias::as_str),
        row.session,
        row.data,
    ])?;
    Ok(())
}

pub fn drop_journal(connection: &Connection, before: Timestamp, most: u32) -> Result<()> {
    // Rows stand in the order of time: looking for the first one to keep reads none but those that go.
    let oldest = "SELECT id, at FROM journal ORDER BY id LIMIT ?1";
    let kept = format!("SELECT id FROM ({oldest}) WHERE at >= ?2 ORDER BY id LIMIT 1");
    let kept: Option<u64> =
        connection.prepare_cached(&kept)?.query_row(params![most, before.0], |row| row.get(0)).optional()?;
    match kept {
        Some(kept) => connection.prepare_cached("DELETE FROM journal WHERE id < ?1")?.execute([kept])?,
        None => {
            let drop = format!("DELETE FROM journal WHERE id IN (SELECT id FROM ({oldest}))");
            connection.prepare_cached(&drop)?.execute([most])?
        }
    };
    drop_unanswered_rooms(connection, before, most)
}

/// Rooms of rings that nobody answered: without the journal nothing refers to them.
fn drop_unanswered_rooms(connection: &Connection, before: Timestamp, most: u32) -> Result<()> {
    let empty = "SELECT id FROM room WHERE dialed AND deleted = 0 AND created_at < ?1 \
                 AND NOT EXISTS (SELECT 1 FROM session WHERE session.room = room.id) \
                 AND NOT EXISTS (SELECT 1 FROM live_call WHERE live_call.id = room.id) \
                 ORDER BY created_at, id LIMIT ?2";
    for drop in [
        format!("DELETE FROM board_shape WHERE room IN ({empty})"),
        format!("DELETE FROM board_device WHERE room IN ({empty})"),
        format!("DELETE FROM board WHERE room IN ({empty})"),
        format!("DELETE FROM room_participant WHERE room IN ({empty})"),
        format!("DELETE FROM room WHERE id IN ({empty})"),
    ] {
        connection.prepare_cached(&drop)?.execute(params![before.0, most])?;
    }
    Ok(())
}

pub fn put_hook(connection: &Connection, hook: &HookRecord) -> Result<()> {
    let events: BTreeMap<&str, i64> =
        hook.events.iter().map(|(event, since)| (event.as_str(), since.0)).collect();
    let sql = "INSERT INTO hook (version, url, events, position, failing_since) VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT (version, url) DO UPDATE SET events = excluded.events";
    connection.prepare_cached(sql)?.execute(params![
        hook.key.version.as_str(),
        hook.key.url,
        json_of(&events)?,
        hook.position,
        hook.failing_since.map(|at| at.0),
    ])?;
    Ok(())
}

pub fn move_hook(
    connection: &Connection,
    key: &HookKey,
    position: u64,
    failing_since: Option<Timestamp>,
) -> Result<()> {
    let sql = "UPDATE hook SET position = ?3, failing_since = ?4 WHERE version = ?1 AND url = ?2";
    let since = failing_since.map(|at| at.0);
    connection.prepare_cached(sql)?.execute(params![key.version.as_str(), key.url, position, since])?;
    Ok(())
}

pub fn drop_hook(connection: &Connection, key: &HookKey) -> Result<()> {
    let sql = "DELETE FROM hook WHERE version = ?1 AND url = ?2";
    connection.prepare_cached(sql)?.execute((key.version.as_str(), &key.url))?;
    Ok(())
}
