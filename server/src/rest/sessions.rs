//! Sessions: each time that people met in a room, and who came and went.

#![expect(unused_qualifications, reason = "the macro that describes the route repeats names in full")]

use crate::iso_date::iso;
use crate::path::Path;
use crate::refusal::{ErrorEnvelope, Refusal, RestCode};
use crate::rest::arguments::Arguments;
use crate::rest::listing::{Listed, PartQuery, list, period};
use crate::rest::rooms::room_name;
use crate::rest::users::known_user;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use bandyer_records::{JournalKind, JournalRecord, Reader, SessionFilter, SessionRecord, Slice, StoreResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_sessions))
        .routes(routes!(get_session))
        .routes(routes!(list_connections))
        .routes(routes!(list_sessions_of_user))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListSessions {
    #[serde(flatten)]
    #[param(ignore)]
    part: PartQuery,
    /// Only sessions that began then or later.
    #[param(example = "2026-01-10T00:00:00.000Z")]
    start_date: Option<String>,
    /// Only sessions that began then or earlier.
    end_date: Option<String>,
    /// Only sessions of this room.
    room_id: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Sessions {
    /// Newest first.
    sessions: Vec<SessionObject>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SessionObject {
    session_id: String,
    creation_date: String,
    /// Seconds, or `null` as long as it goes on.
    duration: Option<u64>,
    /// How many users were in it.
    connected_participants: usize,
    room_id: String,
    /// Always `null`: this server has no broadcasts.
    #[schema(value_type = Option<String>)]
    broadcast_id: (),
}

#[derive(Debug, Serialize, ToSchema)]
struct OneSession {
    session: SessionObject,
}

#[derive(Debug, Serialize, ToSchema)]
struct ConnectionList {
    session_id: String,
    /// Oldest first.
    connections: Vec<Connection>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Connection {
    user_id: String,
    event: ConnectionEvent,
    timestamp: String,
}

/// What a user did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub enum ConnectionEvent {
    #[serde(rename = "user_connect")]
    Connect,
    #[serde(rename = "user_disconnect")]
    Disconnect,
    /// The user vanished without leaving.
    #[serde(rename = "user_crashed")]
    Crashed,
}

/// The coming or going that a row of the journal tells of.
pub fn event_of(row: &JournalRecord) -> Option<ConnectionEvent> {
    match row.kind {
        JournalKind::Joined => Some(ConnectionEvent::Connect),
        JournalKind::Left if crashed(row) => Some(ConnectionEvent::Crashed),
        JournalKind::Left => Some(ConnectionEvent::Disconnect),
        JournalKind::UserOnline
        | JournalKind::UserOffline
        | JournalKind::DialStarted
        | JournalKind::DialIncoming
        | JournalKind::DialTimeout
        | JournalKind::DialAnswered
        | JournalKind::DialDeclined
        | JournalKind::DialStopped
        | JournalKind::SessionStarted
        | JournalKind::SessionEnded
        | JournalKind::RoomCreated
        | JournalKind::RoomDisabled
        | JournalKind::RoomDeleted
        | JournalKind::Feedback
        | JournalKind::MessageSent => None,
    }
}

fn crashed(row: &JournalRecord) -> bool {
    #[derive(Deserialize)]
    struct Data {
        #[serde(default)]
        crashed: bool,
    }
    serde_json::from_str::<Data>(&row.data).is_ok_and(|data| data.crashed)
}

/// Everybody who came in, in the order they first did.
pub fn distinct_users(rows: &[JournalRecord]) -> Vec<String> {
    let mut users: Vec<String> = Vec::new();
    for row in rows.iter().filter(|row| row.kind == JournalKind::Joined) {
        if let Some(user) = row.user.as_ref().map(ToString::to_string)
            && !users.contains(&user)
        {
            users.push(user);
        }
    }
    users
}

fn object(store: &dyn Reader, session: &SessionRecord) -> StoreResult<SessionObject> {
    let rows = store.journal_of_session(&session.session)?;
    Ok(SessionObject {
        session_id: session.session.clone(),
        creation_date: iso(session.created_at),
        duration: session.ended_at.map(|end| session.talked_ms(end) / 1000),
        connected_participants: distinct_users(&rows).len(),
        room_id: session.room.to_string(),
        broadcast_id: (),
    })
}

async fn found(
    app: &App,
    request: &ListSessions,
    mut filter: SessionFilter,
) -> Result<Json<Listed<Sessions>>, Refusal> {
    filter.period = period(request.start_date.as_deref(), request.end_date.as_deref())?;
    filter.room = request.room_id.as_deref().map(room_name).transpose()?;
    let read = move |store: &dyn Reader, slice: &Slice| store.sessions(&filter, slice);
    let found = list(app, &request.part, read, |store, session| object(store, session).map(Some)).await?;
    Ok(Json(found.listed(|sessions| Sessions { sessions })))
}

/// List all sessions
#[utoipa::path(
    get, path = "/session/list", tag = "Sessions", security(("apikey" = [])),
    params(PartQuery, ListSessions),
    responses(
        (status = 200, body = Listed<Sessions>),
        (status = 400, body = ErrorEnvelope, description = "`invalid_param`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 404, body = ErrorEnvelope, description = "`room_not_found`"),
        (status = 422, body = ErrorEnvelope, description = "`validation_error`"),
    )
)]
async fn list_sessions(
    State(app): State<App>,
    Arguments(request): Arguments<ListSessions>,
) -> Result<Json<Listed<Sessions>>, Refusal> {
    found(&app, &request, SessionFilter::default()).await
}

/// List the sessions a user was in
#[utoipa::path(
    get, path = "/user/{user_id}/session/list", tag = "Sessions", security(("apikey" = [])),
    params(("user_id" = String, Path, description = "The user"), PartQuery, ListSessions),
    responses(
        (status = 200, body = Listed<Sessions>),
        (status = 400, body = ErrorEnvelope, description = "`invalid_user_id`, `invalid_param`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 404, body = ErrorEnvelope, description = "`room_not_found`"),
        (status = 422, body = ErrorEnvelope, description = "`validation_error`"),
    )
)]
async fn list_sessions_of_user(
    State(app): State<App>,
    Path(user_id): Path<String>,
    Arguments(request): Arguments<ListSessions>,
) -> Result<Json<Listed<Sessions>>, Refusal> {
    let user = Some(known_user(&app, &user_id).await?.alias);
    found(&app, &request, SessionFilter { user, ..SessionFilter::default() }).await
}

/// Get a session
#[utoipa::path(
    get, path = "/session/{session_id}", tag = "Sessions", security(("apikey" = [])),
    params(("session_id" = String, Path, description = "The session")),
    responses(
        (status = 200, body = OneSession),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 404, body = ErrorEnvelope, description = "`session_not_found`"),
    )
)]
async fn get_session(
    State(app): State<App>,
    Path(session_id): Path<String>,
) -> Result<Json<OneSession>, Refusal> {
    let read = app
        .reads
        .read(move |store| store.session(&session_id)?.map(|session| object(store, &session)).transpose());
    let session = read.await?.ok_or(RestCode::SessionNotFound)?;
    Ok(Json(OneSession { session }))
}

/// List who came and went
#[utoipa::path(
    get, path = "/session/{session_id}/connection/list", tag = "Sessions", security(("apikey" = [])),
    params(("session_id" = String, Path, description = "The session")),
    responses(
        (status = 200, body = ConnectionList),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 404, body = ErrorEnvelope, description = "`session_not_found`"),
    )
)]
async fn list_connections(
    State(app): State<App>,
    Path(session_id): Path<String>,
) -> Result<Json<ConnectionList>, Refusal> {
    let wanted = session_id.clone();
    let read = app.reads.read(move |store| {
        let known = store.session(&wanted)?;
        known.map(|session| store.journal_of_session(&session.session)).transpose()
    });
    let rows = read.await?.ok_or(RestCode::SessionNotFound)?;
    let connection = |row: &JournalRecord| {
        let (user_id, event) = (row.user.as_ref()?.to_string(), event_of(row)?);
        Some(Connection { user_id, event, timestamp: iso(row.at) })
    };
    Ok(Json(ConnectionList { session_id, connections: rows.iter().filter_map(connection).collect() }))
}
