//! Rooms for links: make, list, look into, close.

mod fields;
mod status;

use crate::iso_date::iso;
use crate::links;
use crate::path::Path;
use crate::refusal::{ErrorEnvelope, Refusal, RestCode};
use crate::rest::arguments::Arguments;
use crate::rest::listing::{Listed, PartQuery, list};
use crate::rest::users::known_user;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use bandyer_protocol::{CallAlias, Timestamp};
use bandyer_records::{Reader, Role, RoomRecord, Slice, StoreResult};
use fields::{CreateRoom, RoomObject};
use serde::Serialize;
use status::DialInfo;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_room))
        .routes(routes!(list_rooms))
        .routes(routes!(room_info))
        .routes(routes!(disable_room))
        .routes(routes!(delete_room))
        .routes(routes!(list_rooms_of_user))
}

#[derive(Debug, Serialize, ToSchema)]
struct CreatedRoom {
    room: RoomObject,
}

#[derive(Debug, Serialize, ToSchema)]
struct Rooms {
    /// Newest first.
    rooms: Vec<ListedRoom>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ListedRoom {
    room_id: String,
    /// 0 or 1.
    record: u8,
    call_type: &'static str,
    live: bool,
    description: Option<String>,
    /// `NOT_RUNNING`, `RUNNING`, or `CLOSED` when its links are void.
    #[schema(example = "NOT_RUNNING")]
    status: &'static str,
    #[serde(rename = "creationDate")]
    creation_date: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct RoomInfo {
    room: RoomInfoObject,
}

#[derive(Debug, Serialize, ToSchema)]
struct RoomInfoObject {
    #[serde(flatten)]
    room: RoomObject,
    #[serde(rename = "initiatorAlias")]
    initiator: Option<String>,
    #[serde(rename = "creationDate")]
    creation_date: String,
    /// Seconds that two were connected.
    #[serde(rename = "durationUsed")]
    duration_used: u64,
    /// `NOT_RUNNING`, `RUNNING`, or `CLOSED` when its links are void.
    status: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
    #[serde(rename = "dialInfo")]
    dial_info: DialInfo,
}

#[derive(Debug, Serialize, ToSchema)]
struct ClosedRoom {
    room: RoomMessage,
}

#[derive(Debug, Serialize, ToSchema)]
struct RoomMessage {
    room_id: String,
    /// What happened, in English.
    #[schema(example = "room disabled")]
    message: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
struct UserRooms {
    /// Newest first.
    room_list: Vec<UserRoom>,
    /// For `cursor` of the next request, as long as there is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct UserRoom {
    room_id: String,
    creation_date: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
}

/// Create a room
///
/// Answers one link per participant. A link signs its user in: hand each one to its user only.
#[utoipa::path(
    post, path = "/room/create", tag = "Rooms", security(("apikey" = [])),
    request_body = CreateRoom,
    responses(
        (status = 200, body = CreatedRoom),
        (status = 400, body = ErrorEnvelope, description = "`invalid_user_id`, `user_disabled`, `no_plus_user`, \
            `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 422, body = ErrorEnvelope, description = "`invalid_participants`, `invalid_tools`, \
            `invalid_call_type`, `invalid_recording_type`, `invalid_duration`, `invalid_description`, \
            `invalid_initiator`, `validation_error`"),
    )
)]
async fn create_room(
    State(app): State<App>,
    headers: HeaderMap,
    Arguments(request): Arguments<CreateRoom>,
) -> Result<Json<CreatedRoom>, Refusal> {
    let now = app.clock.now();
    let lifetime_ms = i64::from(app.config.link_lifetime_s) * 1000;
    let room = request.record(now, Timestamp(now.0 + lifetime_ms))?;
    check_users(&app, &room).await?;
    let origin = links::origin(&app.config, &headers);
    let room = app.hub.create_room(room, origin.clone()).await?;
    Ok(Json(CreatedRoom { room: RoomObject::of(&room, &origin) }))
}

async fn check_users(app: &App, room: &RoomRecord) -> Result<(), Refusal> {
    let mut has_plus = false;
    for one in &room.participants {
        let user = known_user(app, one.user.as_str()).await?;
        if !user.active {
            return Err(RestCode::UserDisabled.because(format!("The user {} is deactivated", user.alias)));
        }
        has_plus |= user.role == Role::Plus;
    }
    if has_plus { Ok(()) } else { Err(RestCode::NoPlusUser.into()) }
}

/// List all rooms
#[utoipa::path(
    get, path = "/room/list", tag = "Rooms", security(("apikey" = [])),
    params(PartQuery),
    responses(
        (status = 200, body = Listed<Rooms>),
        (status = 400, body = ErrorEnvelope, description = "`invalid_param`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 422, body = ErrorEnvelope, description = "`validation_error`"),
    )
)]
async fn list_rooms(
    State(app): State<App>,
    Arguments(part): Arguments<PartQuery>,
) -> Result<Json<Listed<Rooms>>, Refusal> {
    let now = app.clock.now();
    let show = move |store: &dyn Reader, room: &RoomRecord| listed(store, room, now).map(Some);
    let found = list(&app, &part, |store, slice| store.rooms(slice), show);
    Ok(Json(found.await?.listed(|rooms| Rooms { rooms })))
}

fn listed(store: &dyn Reader, room: &RoomRecord, now: Timestamp) -> StoreResult<ListedRoom> {
    let running = status::running(store, room)?;
    Ok(ListedRoom {
        room_id: room.room.to_string(),
        record: room.record.into(),
        call_type: room.call_type.as_str(),
        live: room.live,
        description: room.description.clone(),
        status: status::word(room, running.as_ref(), now),
        creation_date: iso(room.created_at),
        disabled: room.disabled,
    })
}

/// Look into a room
///
/// Its links, and who was in it when.
#[utoipa::path(
    get, path = "/room/info/{room_id}", tag = "Rooms", security(("apikey" = [])),
    params(("room_id" = String, Path, description = "The room")),
    responses(
        (status = 200, body = RoomInfo),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 404, body = ErrorEnvelope, description = "`room_not_found`"),
    )
)]
async fn room_info(
    State(app): State<App>,
    Path(room_id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<RoomInfo>, Refusal> {
    let name = room_name(&room_id)?;
    let origin = links::origin(&app.config, &headers);
    let read = app.reads.read(move |store| {
        let Some(room) = store.room(&name)?.filter(|room| !room.deleted) else { return Ok(None) };
        let now = app.clock.now();
        let running = status::running(store, &room)?;
        Ok(Some(RoomInfoObject {
            room: RoomObject::of(&room, &origin),
            initiator: room.initiator.as_ref().map(ToString::to_string),
            creation_date: iso(room.created_at),
            duration_used: status::used_s(&room, running.as_ref(), now),
            status: status::word(&room, running.as_ref(), now),
            disabled: room.disabled,
            dial_info: status::dial_info(store, &room, now)?,
        }))
    });
    let room = read.await?.ok_or(RestCode::RoomNotFound)?;
    Ok(Json(RoomInfo { room }))
}

/// Disable a room
///
/// A call in it ends, its links lead nowhere any more; what happened in it stays known.
#[utoipa::path(
    put, path = "/room/disable/{room_id}", tag = "Rooms", security(("apikey" = [])),
    params(("room_id" = String, Path, description = "The room")),
    responses(
        (status = 200, body = ClosedRoom),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 404, body = ErrorEnvelope, description = "`room_not_found`"),
    )
)]
async fn disable_room(
    State(app): State<App>,
    Path(room_id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ClosedRoom>, Refusal> {
    let origin = links::origin(&app.config, &headers);
    app.hub.disable_room(room_name(&room_id)?, origin).await?;
    Ok(Json(ClosedRoom { room: RoomMessage { room_id, message: "room disabled" } }))
}

/// Delete a room
///
/// As disabling it, and it is in no list any more.
#[utoipa::path(
    delete, path = "/room/delete/{room_id}", tag = "Rooms", security(("apikey" = [])),
    params(("room_id" = String, Path, description = "The room")),
    responses(
        (status = 200, body = ClosedRoom),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 404, body = ErrorEnvelope, description = "`room_not_found`"),
    )
)]
async fn delete_room(
    State(app): State<App>,
    Path(room_id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ClosedRoom>, Refusal> {
    let origin = links::origin(&app.config, &headers);
    app.hub.delete_room(room_name(&room_id)?, origin).await?;
    Ok(Json(ClosedRoom { room: RoomMessage { room_id, message: "room deleted" } }))
}

/// List the rooms of a user
#[utoipa::path(
    get, path = "/user/room/list/{user_id}", tag = "Rooms", security(("apikey" = [])),
    params(("user_id" = String, Path, description = "The user"), PartQuery),
    responses(
        (status = 200, body = UserRooms),
        (status = 400, body = ErrorEnvelope, description = "`invalid_user_id`, `invalid_param`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 422, body = ErrorEnvelope, description = "`validation_error`"),
    )
)]
async fn list_rooms_of_user(
    State(app): State<App>,
    Path(user_id): Path<String>,
    Arguments(part): Arguments<PartQuery>,
) -> Result<Json<UserRooms>, Refusal> {
    let user = known_user(&app, &user_id).await?.alias;
    let read = move |store: &dyn Reader, slice: &Slice| store.rooms_of(&user, slice);
    let found = list(&app, &part, read, |_, room: &RoomRecord| {
        Ok(Some(UserRoom {
            room_id: room.room.to_string(),
            creation_date: iso(room.created_at),
            disabled: room.disabled,
        }))
    });
    let found = found.await?;
    Ok(Json(UserRooms { room_list: found.items, next_cursor: found.next_cursor }))
}

/// What is no name names no room.
pub fn room_name(id: &str) -> Result<CallAlias, RestCode> {
    CallAlias::parse(id).map_err(|_| RestCode::RoomNotFound)
}
