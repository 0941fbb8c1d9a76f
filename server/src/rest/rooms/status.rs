//! How a room stands, and what happened in it.

use crate::iso_date::iso;
use crate::links;
use crate::rest::sessions::{ConnectionEvent, distinct_users, event_of};
use bandyer_protocol::Timestamp;
use bandyer_records::{
    JournalKind, JournalRecord, Reader, RoomRecord, SessionFilter, SessionRecord, Slice, StoreResult,
};
use serde::Serialize;
use utoipa::ToSchema;

/// More sessions of one room than this are not told one by one.
const MAX_DETAILS: u32 = 100;

/// The newest session, as long as it goes on.
pub fn running(store: &dyn Reader, room: &RoomRecord) -> StoreResult<Option<SessionRecord>> {
    let newest = store.sessions(&of_room(room), &Slice::newest(1))?;
    Ok(newest.into_iter().find(|session| session.ended_at.is_none()))
}

fn of_room(room: &RoomRecord) -> SessionFilter {
    SessionFilter { room: Some(room.room.clone()), ..SessionFilter::default() }
}

/// The public word for how a room stands.
pub fn word(room: &RoomRecord, running: Option<&SessionRecord>, now: Timestamp) -> &'static str {
    if running.is_some() {
        "RUNNING"
    } else if links::dead(room, now).is_some() {
        "CLOSED"
    } else {
        "NOT_RUNNING"
    }
}

/// Seconds two were connected, up to now.
pub fn used_s(room: &RoomRecord, running: Option<&SessionRecord>, now: Timestamp) -> u64 {
    let open = running.map_or(0, |session| session.talked_ms(now));
    (room.used_ms + open) / 1000
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DialInfo {
    sessions: Sessions,
}

/// All sessions of a room together.
#[derive(Debug, Serialize, ToSchema)]
struct Sessions {
    /// How many there were.
    number: usize,
    hours: u64,
    minutes: u64,
    seconds: u64,
    /// Everybody who was in one of them.
    users: Vec<String>,
    /// Newest first, at most 100.
    details: Vec<SessionDetails>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SessionDetails {
    session: String,
    #[serde(rename = "creationDate")]
    creation_date: String,
    hours: u64,
    minutes: u64,
    seconds: u64,
    users: Vec<String>,
    #[serde(rename = "userEvents")]
    user_events: Vec<UserEvent>,
    #[serde(rename = "userActivities")]
    user_activities: Vec<UserActivity>,
}

#[derive(Debug, Serialize, ToSchema)]
struct UserEvent {
    user: String,
    timestamp: String,
    event: ConnectionEvent,
}

/// One stay of one user.
#[derive(Debug, Serialize, ToSchema)]
struct UserActivity {
    user: String,
    #[serde(rename = "startTime")]
    start_time: String,
    /// `null` as long as the user is there.
    #[serde(rename = "stopTime")]
    stop_time: Option<String>,
    seconds: u64,
}

/// What happened in a room.
pub fn dial_info(store: &dyn Reader, room: &RoomRecord, now: Timestamp) -> StoreResult<DialInfo> {
    let sessions = store.sessions(&of_room(room), &Slice::newest(MAX_DETAILS))?;
    let mut details = Vec::with_capacity(sessions.len());
    let (mut total, mut all_users) = (0, Vec::new());
    for session in &sessions {
        let rows = store.journal_of_session(&session.session)?;
        let seconds = session.talked_ms(now) / 1000;
        let users = distinct_users(&rows);
        total += seconds;
        all_users.extend(users.iter().cloned());
        let (hours, minutes, rest) = clock(seconds);
        details.push(SessionDetails {
            session: session.session.clone(),
            creation_date: iso(session.created_at),
            hours,
            minutes,
            seconds: rest,
            users,
            user_events: user_events(&rows),
            user_activities: user_activities(&rows, now),
        });
    }
    all_users.sort();
    all_users.dedup();
    let (hours, minutes, seconds) = clock(total);
    let sessions = Sessions { number: details.len(), hours, minutes, seconds, users: all_users, details };
    Ok(DialInfo { sessions })
}

fn seconds_between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.since(from)).unwrap_or(0) / 1000
}

fn clock(seconds: u64) -> (u64, u64, u64) {
    (seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn user_events(rows: &[JournalRecord]) -> Vec<UserEvent> {
    let event = |row: &JournalRecord| {
        let (user, event) = (row.user.as_ref()?.to_string(), event_of(row)?);
        Some(UserEvent { user, timestamp: iso(row.at), event })
    };
    rows.iter().filter_map(event).collect()
}

/// Pairs each coming with the next going of the same user.
fn user_activities(rows: &[JournalRecord], now: Timestamp) -> Vec<UserActivity> {
    let stay = |(index, came): (usize, &JournalRecord)| {
        let user = came.user.as_ref().filter(|_| came.kind == JournalKind::Joined)?;
        let mut later = rows.iter().skip(index + 1);
        let went = later.find(|row| row.kind == JournalKind::Left && row.user.as_ref() == Some(user));
        Some(UserActivity {
            user: user.to_string(),
            start_time: iso(came.at),
            stop_time: went.map(|row| iso(row.at)),
            seconds: seconds_between(came.at, went.map_or(now, |row| row.at)),
        })
    };
    rows.iter().enumerate().filter_map(stay).collect()
}
