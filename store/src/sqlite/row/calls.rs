//! Rows of rooms, sessions, the journal and hooks to records.

use super::{alias, parsed, time};
use bandyer_protocol::{CallAlias, CallType, RecordingType, Timestamp, Tools, UserAlias};
use bandyer_records::{
    HookKey, HookRecord, HookVersion, JournalKind, JournalRecord, LiveCall, RoomParticipant, RoomRecord,
    SessionRecord,
};
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Error, Result, Row};
use std::collections::BTreeMap;

fn optional<T, E>(
    row: &Row<'_>,
    index: usize,
    parse: impl Fn(&str) -> std::result::Result<T, E>,
) -> Result<Option<T>> {
    let broken = |_| Error::FromSqlConversionFailure(index, Type::Text, Box::new(FromSqlError::InvalidType));
    row.get_ref(index)?.as_str_or_null()?.map(|text| parse(text).map_err(broken)).transpose()
}

fn optional_time(row: &Row<'_>, index: usize) -> Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(index)?.map(Timestamp))
}

/// The room without its participants, which have a table of their own.
pub fn room(row: &Row<'_>) -> Result<RoomRecord> {
    Ok(RoomRecord {
        room: parsed(row, 0, CallAlias::parse)?,
        initiator: optional(row, 1, UserAlias::parse)?,
        participants: Vec::new(),
        call_type: parsed(row, 2, |text| CallType::parse(text).ok_or(()))?,
        record: row.get(3)?,
        recording_type: parsed(row, 4, |text| RecordingType::parse(text).ok_or(()))?,
        direct: row.get(5)?,
        live: row.get(6)?,
        dialed: row.get(7)?,
        description: row.get(8)?,
        duration_s: row.get(9)?,
        used_ms: row.get(10)?,
        created_at: time(row, 11)?,
        expires_at: optional_time(row, 12)?,
        disabled: row.get(13)?,
        deleted: row.get(14)?,
    })
}

pub fn participant(row: &Row<'_>) -> Result<RoomParticipant> {
    let tools = optional(row, 2, |text| {
        let written = serde_json::from_str(text).map_err(|_| ())?;
        Tools::from_object(&written).map_err(|_| ())
    })?;
    Ok(RoomParticipant { user: alias(row, 0)?, is_admin: row.get(1)?, tools, link: row.get(3)? })
}

pub fn link_owner(row: &Row<'_>) -> Result<(CallAlias, UserAlias)> {
    Ok((parsed(row, 0, CallAlias::parse)?, alias(row, 1)?))
}

pub fn session(row: &Row<'_>) -> Result<SessionRecord> {
    Ok(SessionRecord {
        session: row.get(0)?,
        room: parsed(row, 1, CallAlias::parse)?,
        created_at: time(row, 2)?,
        ended_at: optional_time(row, 3)?,
        talked_ms: row.get(4)?,
        talking_since: optional_time(row, 5)?,
    })
}

pub fn live_call(row: &Row<'_>) -> Result<LiveCall> {
    parsed(row, 0, |text| serde_json::from_str(text))
}

pub fn journal(row: &Row<'_>) -> Result<JournalRecord> {
    Ok(JournalRecord {
        id: row.get(0)?,
        at: time(row, 1)?,
        kind: parsed(row, 2, |text| JournalKind::parse(text).ok_or(()))?,
        user: optional(row, 3, UserAlias::parse)?,
        room: optional(row, 4, CallAlias::parse)?,
        session: row.get(5)?,
        data: row.get(6)?,
    })
}

pub fn hook(row: &Row<'_>) -> Result<HookRecord> {
    let events: BTreeMap<String, i64> = parsed(row, 2, |text| serde_json::from_str(text))?;
    Ok(HookRecord {
        key: HookKey {
            version: parsed(row, 0, |text| HookVersion::parse(text).ok_or(()))?,
            url: row.get(1)?,
        },
        events: events.into_iter().map(|(event, since)| (event, Timestamp(since))).collect(),
        position: row.get(3)?,
        failing_since: optional_time(row, 4)?,
    })
}
