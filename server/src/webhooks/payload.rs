//! What a hook is told: a row of the journal as the public events it stands for.

use super::event::HookEvent;
use crate::iso_date::iso;
use crate::links::user_urls::{UserUrl, user_urls};
use bandyer_protocol::{ChatId, MessageBody, Seq};
use bandyer_records::{HookRecord, HookVersion, JournalKind, JournalRecord, Reader, RoomRecord, StoreResult};
use serde::Deserialize;
use serde_json::{Value, json};

/// One event, ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    pub event: HookEvent,
    /// Empty for what happened in no room.
    pub room_id: String,
    pub body: Value,
}

/// What else a row may hold.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Data {
    origin: String,
    connected: Option<u32>,
    rating: u8,
    message: String,
}

/// The events of the row that the hook waits for. None when what the row refers to is gone.
pub fn payloads(store: &dyn Reader, row: &JournalRecord, hook: &HookRecord) -> StoreResult<Vec<Payload>> {
    let version = hook.key.version;
    let events: &[HookEvent] = match row.kind {
        JournalKind::DialStarted => &[HookEvent::CallIncoming],
        JournalKind::SessionStarted => &[HookEvent::SessionStarted],
        JournalKind::SessionEnded => &[HookEvent::SessionEnded, HookEvent::CallEnded],
        JournalKind::Joined => &[HookEvent::UserConnected],
        JournalKind::Left => &[HookEvent::UserDisconnected],
        JournalKind::RoomCreated => &[HookEvent::RoomCreated],
        JournalKind::RoomDisabled => &[HookEvent::RoomDisabled],
        JournalKind::RoomDeleted => &[HookEvent::RoomDeleted],
        JournalKind::Feedback => &[HookEvent::RoomNewFeedback],
        JournalKind::MessageSent => &[HookEvent::MessageSent],
        JournalKind::UserOnline
        | JournalKind::UserOffline
        | JournalKind::DialIncoming
        | JournalKind::DialTimeout
        | JournalKind::DialAnswered
        | JournalKind::DialDeclined
        | JournalKind::DialStopped => &[],
    };
    let mut payloads = Vec::new();
    let wanted = |event: &HookEvent| event.is_in(version) && hook.events.contains_key(event.as_str());
    for event in events.iter().copied().filter(wanted) {
        if let Some(data) = data(store, row, event, version)? {
            payloads.push(wrapped(row, event, version, data));
        }
    }
    Ok(payloads)
}

fn wrapped(row: &JournalRecord, event: HookEvent, version: HookVersion, data: Value) -> Payload {
    let room_id = row.room.as_ref().map(ToString::to_string).unwrap_or_default();
    let body = match version {
        HookVersion::V0 => {
            // Events of calls carry an object, all the others a text that holds one.
            let data = match event {
                HookEvent::CallIncoming | HookEvent::CallEnded => data,
                HookEvent::RoomCreated
                | HookEvent::RoomDisabled
                | HookEvent::RoomDeleted
                | HookEvent::RoomNewFeedback
                | HookEvent::SessionStarted
                | HookEvent::SessionResumed
                | HookEvent::SessionPaused
                | HookEvent::SessionEnded
                | HookEvent::UserConnected
                | HookEvent::UserDisconnected
                | HookEvent::RecordingAvailable
                | HookEvent::MessageSent
                | HookEvent::UploadTagAdded
                | HookEvent::UploadTagRemoved => Value::String(data.to_string()),
            };
            json!({ "event": event.as_str(), "room_id": room_id, "data": data })
        }
        HookVersion::V1 => json!({
            "event": event.as_str(),
            "event_version": "1.0",
            "namespace": "webhook",
            "timestamp": row.at.0,
            "data": data,
        }),
    };
    Payload { event, room_id, body }
}

fn data(
    store: &dyn Reader,
    row: &JournalRecord,
    event: HookEvent,
    version: HookVersion,
) -> StoreResult<Option<Value>> {
    if event == HookEvent::MessageSent {
        return message(store, row);
    }
    let Some(name) = &row.room else { return Ok(None) };
    let Some(room) = store.room(name)? else { return Ok(None) };
    let data: Data = serde_json::from_str(&row.data).unwrap_or_default();
    Ok(match event {
        HookEvent::CallIncoming => Some(call_incoming(&room)),
        HookEvent::CallEnded => Some(json!({ "room_id": name })),
        HookEvent::RoomCreated => Some(room_created(&room, &data.origin, version)),
        HookEvent::RoomDisabled => Some(room_closed(&room, &data.origin, version, "disabled")),
        HookEvent::RoomDeleted => Some(room_closed(&room, &data.origin, version, "deleted")),
        HookEvent::RoomNewFeedback => Some(json!({
            "room_id": name,
            "session_id": row.session,
            "user_id": row.user,
            "rating": data.rating,
            "message": data.message,
        })),
        HookEvent::SessionStarted => Some(session(&room, row, version, Some(data.connected.unwrap_or(2)))),
        HookEvent::SessionEnded => Some(session(&room, row, version, None)),
        HookEvent::UserConnected | HookEvent::UserDisconnected => {
            user(store, row, version, data.connected.unwrap_or(0))?
        }
        // Nothing of this server causes them.
        HookEvent::SessionResumed
        | HookEvent::SessionPaused
        | HookEvent::RecordingAvailable
        | HookEvent::UploadTagAdded
        | HookEvent::UploadTagRemoved
        | HookEvent::MessageSent => None,
    })
}

fn call_incoming(room: &RoomRecord) -> Value {
    let status = |user| if Some(user) == room.initiator.as_ref() { "dialing" } else { "ringing" };
    let users: Vec<Value> = room
        .participants
        .iter()
        .map(|one| json!({ "user": { "userAlias": one.user }, "status": status(&one.user) }))
        .collect();
    json!({
        "initiator": room.initiator,
        "users": users,
        "roomAlias": room.room,
        "options": {
            "duration": room.duration_s,
            "record": room.record,
            "recordingType": room.recording_type.as_str(),
            "creationDate": iso(room.created_at),
            "callType": room.call_type.as_str(),
            "live": room.live,
        },
    })
}

fn room_created(room: &RoomRecord, origin: &str, version: HookVersion) -> Value {
    let recording_type = room.recording_type.as_str();
    match version {
        HookVersion::V0 => json!({
            "room_id": room.room,
            "record": u8::from(room.record),
            "recording_type": recording_type,
            "duration": room.duration_s,
            "live": room.live,
            "directCall": room.direct,
            "description": room.description,
            "user_urls": user_urls(room, origin),
        }),
        HookVersion::V1 => json!({
            "room_id": room.room,
            "recording": room.record,
            "recording_type": recording_type,
            "duration": room.duration_s,
            "call_type": room.call_type.as_str(),
            "live": room.live,
            "description": room.description,
            "participants": user_urls(room, origin),
        }),
    }
}

fn room_closed(room: &RoomRecord, origin: &str, version: HookVersion, word: &str) -> Value {
    let links: Vec<Value> = user_urls(room, origin)
        .into_iter()
        .filter_map(|UserUrl { user, url, .. }| Some(json!({ "user_id": user, "link": url? })))
        .collect();
    match version {
        HookVersion::V0 => json!({ "room_id": room.room, "message": format!("room {word}") }),
        HookVersion::V1 => json!({ "room_id": room.room, format!("{word}_links"): links }),
    }
}

/// `connected` is set for a session that begins.
fn session(room: &RoomRecord, row: &JournalRecord, version: HookVersion, connected: Option<u32>) -> Value {
    let mut data = json!({ "room_id": room.room, "timestamp": iso(row.at) });
    let used_s = room.used_ms / 1000;
    match version {
        HookVersion::V0 => data["connected_users"] = connected.unwrap_or(0).into(),
        HookVersion::V1 => {
            data["session_id"] = json!(row.session);
            if let Some(connected) = connected {
                data["connected_participants"] = connected.into();
            }
        }
    }
    if let Some(total) = room.duration_s {
        data["duration"] = match version {
            HookVersion::V0 => {
                json!({ "total_duration": total, "duration_remained": u64::from(total).saturating_sub(used_s) })
            }
            HookVersion::V1 => json!({ "total_duration": total, "elapsed_time": used_s }),
        };
    }
    data
}

fn user(
    store: &dyn Reader,
    row: &JournalRecord,
    version: HookVersion,
    connected: u32,
) -> StoreResult<Option<Value>> {
    let Some(alias) = &row.user else { return Ok(None) };
    Ok(Some(match version {
        HookVersion::V0 => {
            let user = store.user(alias)?;
            let of = |field: fn(&bandyer_records::UserRecord) -> &Option<String>| user.as_ref().map(field);
            json!({
                "user_id": alias,
                "first_name": of(|user| &user.first_name),
                "last_name": of(|user| &user.last_name),
                "email": of(|user| &user.email),
                "room": { "room_id": row.room, "connected_users": connected },
                "timestamp": iso(row.at),
            })
        }
        HookVersion::V1 => json!({
            "room_id": row.room,
            "session_id": row.session,
            "user_id": alias,
            "connected_users_count": connected,
        }),
    }))
}

/// The text stands in the chat alone; a chat that was removed meanwhile has nothing to tell any more.
fn message(store: &dyn Reader, row: &JournalRecord) -> StoreResult<Option<Value>> {
    #[derive(Deserialize)]
    struct Place {
        chat: ChatId,
        seq: Seq,
    }
    let Ok(place) = serde_json::from_str::<Place>(&row.data) else { return Ok(None) };
    let Some(message) = store.message(&place.chat, place.seq)? else { return Ok(None) };
    // A chat that was removed and begun anew counts from one again: another message may stand in that place.
    if message.at != row.at || Some(&message.sender) != row.user.as_ref() {
        return Ok(None);
    }
    let kind = match message.body {
        MessageBody::Text(_) => "text",
        MessageBody::File(_) => "file",
        MessageBody::MissedCall(_) | MessageBody::DeclinedCall(_) | MessageBody::Unknown => return Ok(None),
    };
    Ok(Some(json!({
        "id": message.client_id,
        "channel_id": message.chat,
        "participants": message.chat.participants(),
        "body": message.body.as_text(),
        "type": kind,
        "creation_date": iso(message.at),
        "sender": message.sender,
        "index": message.seq,
        "attributes": "{}",
    })))
}
