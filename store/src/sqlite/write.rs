//! The statements that write. Parameters are `?N`: SQLite numbers `$N` by where they first stand, not by N.

mod board;
mod calls;

use bandyer_protocol::{ChatId, Message, MessageBody};
use bandyer_records::{ChatRecord, UploadRecord, UserRecord, Write};
use rusqlite::{Connection, Error, Result, params};

pub fn apply(connection: &Connection, write: &Write) -> Result<()> {
    match write {
        Write::PutUser(user) => put_user(connection, user),
        Write::PutChat(chat) => put_chat(connection, chat),
        Write::AddMessage(message) => add_message(connection, message),
        Write::AddUpload(upload) => add_upload(connection, upload),
        Write::DropUpload(upload) => {
            connection.prepare_cached("DELETE FROM upload WHERE id = ?1")?.execute([upload.as_str()])?;
            Ok(())
        }
        Write::KeepUpload(upload) => {
            let sql = "UPDATE upload SET sent = 1 WHERE id = ?1";
            connection.prepare_cached(sql)?.execute([upload.as_str()])?;
            Ok(())
        }
        Write::ClearChat(chat) => clear_chat(connection, chat),
        Write::PutRoom(room) => calls::put_room(connection, room),
        Write::PutSession(session) => calls::put_session(connection, session),
        Write::PutLiveCall(live) => calls::put_live_call(connection, live),
        Write::DropLiveCall(call) => calls::drop_live_call(connection, call),
        Write::AddJournal(row) => calls::add_journal(connection, row),
        Write::DropJournal { before, most } => calls::drop_journal(connection, *before, *most),
        Write::PutHook(hook) => calls::put_hook(connection, hook),
        Write::MoveHook { key, position, failing_since } => {
            calls::move_hook(connection, key, *position, *failing_since)
        }
        Write::DropHook(key) => calls::drop_hook(connection, key),
        Write::PutBoard(board) => board::put_board(connection, board),
        Write::PutShape(record) => board::put_shape(connection, record),
        Write::ClearPage { room, page, number } => board::clear_page(connection, room, page, *number),
        Write::ForgetErased { room, upto } => board::forget_erased(connection, room, *upto),
        Write::PutBoardDevice(device) => board::put_device(connection, device),
        Write::DropBoard(room) => board::drop_board(connection, room),
        Write::AllCanVideo(can_video) => {
            let sql = "UPDATE user SET can_video = ?1 WHERE deleted = 0";
            connection.prepare_cached(sql)?.execute([can_video])?;
            Ok(())
        }
    }
}

fn put_user(connection: &Connection, user: &UserRecord) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO user (alias, role, active, deleted, can_video, language, first_name, \
               last_name, nickname, email, image, created_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    connection.prepare_cached(sql)?.execute(params![
        user.alias.as_str(),
        user.role.as_str(),
        user.active,
        user.deleted,
        user.can_video,
        user.language,
        user.first_name,
        user.last_name,
        user.nickname,
        user.email,
        user.image,
        user.created_at.0,
    ])?;
    Ok(())
}

fn put_chat(connection: &Connection, chat: &ChatRecord) -> Result<()> {
    let sql = "INSERT INTO chat (id, first, second, incarnation, created_at, created_by, removed, revision, \
               last_seq, first_read, second_read, first_unread, second_unread) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
               ON CONFLICT (id) DO UPDATE SET incarnation = excluded.incarnation, \
               created_at = excluded.created_at, created_by = excluded.created_by, \
               removed = excluded.removed, revision = excluded.revision, last_seq = excluded.last_seq, \
               first_read = excluded.first_read, second_read = excluded.second_read, \
               first_unread = excluded.first_unread, second_unread = excluded.second_unread";
    connection.prepare_cached(sql)?.execute(params![
        chat.id.as_str(),
        chat.users[0].as_str(),
        chat.users[1].as_str(),
        chat.incarnation,
        chat.created_at.0,
        chat.created_by.as_str(),
        chat.removed,
        chat.revision.0,
        chat.last_seq.0,
        chat.read[0].0,
        chat.read[1].0,
        chat.unread[0],
        chat.unread[1],
    ])?;
    Ok(())
}

/// Stands before the type of a call in the body of a note, when the call was declined.
pub(super) const DECLINED: &str = "declined ";

fn add_message(connection: &Connection, message: &Message) -> Result<()> {
    let json;
    let (kind, body) = match &message.body {
        MessageBody::Text(text) => (0, text.as_str()),
        MessageBody::File(attachment) => {
            let sent = "UPDATE upload SET sent = 1 WHERE id = ?1";
            connection.prepare_cached(sent)?.execute([attachment.upload.as_str()])?;
            json = json_of(attachment)?;
            (1, json.as_str())
        }
        MessageBody::MissedCall(call_type) => (2, call_type.as_str()),
        MessageBody::DeclinedCall(call_type) => {
            json = [DECLINED, call_type.as_str()].concat();
            (2, json.as_str())
        }
        MessageBody::Unknown => {
            return Err(Error::ToSqlConversionFailure("a message of an unknown kind".into()));
        }
    };
    let sql = "INSERT INTO message (chat, seq, sender, client_id, kind, body, at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    connection.prepare_cached(sql)?.execute(params![
        message.chat.as_str(),
        message.seq.0,
        message.sender.as_str(),
        message.client_id.as_str(),
        kind,
        body,
        message.at.0,
    ])?;
    Ok(())
}

fn add_upload(connection: &Connection, upload: &UploadRecord) -> Result<()> {
    let sql = "INSERT INTO upload (id, chat, owner, name, size, media_type, picture, created_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let attachment = &upload.attachment;
    connection.prepare_cached(sql)?.execute(params![
        attachment.upload.as_str(),
        upload.place.as_str(),
        upload.owner.as_str(),
        attachment.name,
        attachment.size,
        attachment.media_type,
        attachment.picture,
        upload.created_at.0,
    ])?;
    Ok(())
}

fn clear_chat(connection: &Connection, chat: &ChatId) -> Result<()> {
    connection.prepare_cached("DELETE FROM message WHERE chat = ?1")?.execute([chat.as_str()])?;
    connection.prepare_cached("DELETE FROM upload WHERE chat = ?1")?.execute([chat.as_str()])?;
    Ok(())
}

fn json_of(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::ToSqlConversionFailure(Box::new(error)))
}
