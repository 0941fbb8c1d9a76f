//! Rows to records. What the database holds was checked on its way in; anything else is a defect.

pub mod board;
pub mod calls;

use bandyer_protocol::{
    Attachment, CallType, ChatId, ClientMessageId, Cursor, Message, MessageBody, Seq, Timestamp, UploadId,
    UserAlias,
};
use bandyer_records::{ChatRecord, Role, UploadPlace, UploadRecord, UserRecord};
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Error, Result, Row};

/// The columns of a table in the order the functions below read them, as a literal for `concat!`.
macro_rules! columns {
    (user) => {
        "alias, role, active, deleted, can_video, language, first_name, last_name, nickname, email, image, created_at"
    };
    (chat) => {
        "id, first, second, incarnation, created_at, created_by, removed, revision, last_seq, first_read, \
         second_read, first_unread, second_unread"
    };
    (message) => {
        "chat, seq, sender, client_id, kind, body, at"
    };
    (upload) => {
        "id, chat, owner, name, size, media_type, picture, created_at"
    };
    (room) => {
        "id, initiator, call_type, record, recording_type, direct, live, dialed, description, duration_s, used_ms, \
         created_at, expires_at, disabled, deleted"
    };
    (session) => {
        "id, room, created_at, ended_at, talked_ms, talking_since"
    };
    (journal) => {
        "id, at, kind, user, room, session, data"
    };
    (board) => {
        "room, number, pages, shapes, bytes, erased_shapes, erased_bytes, forgotten"
    };
    (board_shape) => {
        "room, changed, erased, body"
    };
    (hook) => {
        "version, url, events, position, failing_since"
    };
}
pub(super) use columns;

fn parsed<T, E>(row: &Row<'_>, index: usize, parse: impl Fn(&str) -> std::result::Result<T, E>) -> Result<T> {
    let broken = |_| Error::FromSqlConversionFailure(index, Type::Text, Box::new(FromSqlError::InvalidType));
    parse(row.get_ref(index)?.as_str()?).map_err(broken)
}

fn alias(row: &Row<'_>, index: usize) -> Result<UserAlias> {
    parsed(row, index, UserAlias::parse)
}

fn time(row: &Row<'_>, index: usize) -> Result<Timestamp> {
    row.get(index).map(Timestamp)
}

fn seq(row: &Row<'_>, index: usize) -> Result<Seq> {
    row.get(index).map(Seq)
}

pub fn user(row: &Row<'_>) -> Result<UserRecord> {
    Ok(UserRecord {
        alias: alias(row, 0)?,
        role: parsed(row, 1, |text| Role::parse(text).ok_or(()))?,
        active: row.get(2)?,
        deleted: row.get(3)?,
        can_video: row.get(4)?,
        language: row.get(5)?,
        first_name: row.get(6)?,
        last_name: row.get(7)?,
        nickname: row.get(8)?,
        email: row.get(9)?,
        image: row.get(10)?,
        created_at: time(row, 11)?,
    })
}

pub fn chat(row: &Row<'_>) -> Result<ChatRecord> {
    Ok(ChatRecord {
        id: parsed(row, 0, ChatId::parse)?,
        users: [alias(row, 1)?, alias(row, 2)?],
        incarnation: row.get(3)?,
        created_at: time(row, 4)?,
        created_by: alias(row, 5)?,
        removed: row.get(6)?,
        revision: row.get(7).map(Cursor)?,
        last_seq: seq(row, 8)?,
        read: [seq(row, 9)?, seq(row, 10)?],
        unread: [row.get(11)?, row.get(12)?],
    })
}

/// What the server notes of a call.
fn noted_call(text: &str) -> Option<MessageBody> {
    match text.strip_prefix(super::write::DECLINED) {
        Some(call_type) => CallType::parse(call_type).map(MessageBody::DeclinedCall),
        None => CallType::parse(text).map(MessageBody::MissedCall),
    }
}

pub fn message(row: &Row<'_>) -> Result<Message> {
    let body = match row.get::<_, u8>(4)? {
        0 => MessageBody::Text(row.get(5)?),
        2 => parsed(row, 5, |text| noted_call(text).ok_or(()))?,
        _ => MessageBody::File(parsed(row, 5, |text| serde_json::from_str(text))?),
    };
    Ok(Message {
        chat: parsed(row, 0, ChatId::parse)?,
        seq: seq(row, 1)?,
        sender: alias(row, 2)?,
        client_id: parsed(row, 3, ClientMessageId::parse)?,
        body,
        at: time(row, 6)?,
    })
}

pub fn upload(row: &Row<'_>) -> Result<UploadRecord> {
    let attachment = Attachment {
        upload: upload_id(row)?,
        name: row.get(3)?,
        size: row.get(4)?,
        media_type: row.get(5)?,
        picture: row.get(6)?,
    };
    Ok(UploadRecord {
        place: parsed(row, 1, UploadPlace::parse)?,
        owner: alias(row, 2)?,
        attachment,
        created_at: time(row, 7)?,
    })
}

pub fn upload_id(row: &Row<'_>) -> Result<UploadId> {
    parsed(row, 0, UploadId::parse)
}

pub fn alias_only(row: &Row<'_>) -> Result<UserAlias> {
    alias(row, 0)
}
