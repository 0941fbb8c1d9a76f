//! Activities: what users did, newest first.

#![expect(unused_qualifications, reason = "the macro that describes the route repeats names in full")]

use crate::iso_date::iso;
use crate::refusal::{ErrorEnvelope, Refusal, RestCode};
use crate::rest::arguments::Arguments;
use crate::rest::listing::{Listed, PartQuery, list, period};
use crate::rest::rooms::room_name;
use crate::rest::users::alias;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use bandyer_records::{JournalFilter, JournalKind, JournalRecord, Reader, Slice, StoreResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The public word of everything that is an activity.
const KINDS: [(&str, JournalKind); 10] = [
    ("user_connection", JournalKind::UserOnline),
    ("user_disconnection", JournalKind::UserOffline),
    ("user_start_call", JournalKind::DialStarted),
    ("user_dial_incoming", JournalKind::DialIncoming),
    ("user_dial_timeout", JournalKind::DialTimeout),
    ("user_answer", JournalKind::DialAnswered),
    ("user_hangup", JournalKind::DialDeclined),
    ("user_call_in", JournalKind::Joined),
    ("user_call_out", JournalKind::Left),
    ("user_room_ended", JournalKind::SessionEnded),
];

/// The words of `activity_type`.
pub fn activity_types() -> Vec<&'static str> {
    KINDS.iter().map(|(word, _)| *word).chain([""]).collect()
}

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_activities))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListActivities {
    #[serde(flatten)]
    #[param(ignore)]
    part: PartQuery,
    /// Only what happened then or later.
    #[serde(alias = "filter[date_from]")]
    #[param(example = "2026-01-10T00:00:00.000Z")]
    date_from: Option<String>,
    /// Only what happened then or earlier.
    #[serde(alias = "filter[date_to]")]
    date_to: Option<String>,
    /// Only activities of this type: `user_connection`, `user_disconnection`, `user_start_call`,
    /// `user_dial_incoming`, `user_dial_timeout`, `user_answer`, `user_hangup` (declined), `user_call_in`,
    /// `user_call_out` or `user_room_ended`.
    #[serde(alias = "filter[activity_type]")]
    activity_type: Option<String>,
    /// Only activities of this user.
    #[serde(alias = "filter[user_alias]")]
    user_alias: Option<String>,
    /// Only activities in this room.
    #[serde(alias = "filter[room_alias]")]
    room_alias: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Activities {
    activities: Vec<Activity>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Activity {
    #[schema(example = "user_call_in")]
    activity_type: &'static str,
    creation_date: String,
    /// `null` for what nobody in particular did.
    user_alias: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<ActivityRoom>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ActivityRoom {
    room_alias: String,
    recording: bool,
    users: Vec<String>,
    initiator: Option<String>,
    call_type: &'static str,
}

/// List what users did
#[utoipa::path(
    get, path = "/activity", tag = "Sessions", security(("apikey" = [])),
    params(PartQuery, ListActivities),
    responses(
        (status = 200, body = Listed<Activities>),
        (status = 400, body = ErrorEnvelope, description = "`invalid_param`, `invalid_user_id`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 404, body = ErrorEnvelope, description = "`room_not_found`"),
        (status = 422, body = ErrorEnvelope, description = "`validation_error`"),
    )
)]
async fn list_activities(
    State(app): State<App>,
    Arguments(request): Arguments<ListActivities>,
) -> Result<Json<Listed<Activities>>, Refusal> {
    let filter = JournalFilter {
        kinds: kinds(request.activity_type.as_deref())?,
        user: request.user_alias.as_deref().map(alias).transpose()?,
        room: request.room_alias.as_deref().map(room_name).transpose()?,
        period: period(request.date_from.as_deref(), request.date_to.as_deref())?,
    };
    let read = move |store: &dyn Reader, slice: &Slice| store.journal(&filter, slice);
    let found = list(&app, &request.part, read, activity).await?;
    Ok(Json(found.listed(|activities| Activities { activities })))
}

fn kinds(wanted: Option<&str>) -> Result<Vec<JournalKind>, Refusal> {
    let wanted = wanted.filter(|word| !word.is_empty());
    let kinds: Vec<JournalKind> = KINDS
        .iter()
        .filter(|(word, _)| wanted.is_none_or(|wanted| wanted == *word))
        .map(|(_, kind)| *kind)
        .collect();
    if kinds.is_empty() {
        Err(RestCode::InvalidParam.because("activity_type: no such type"))
    } else {
        Ok(kinds)
    }
}

fn activity(store: &dyn Reader, row: &JournalRecord) -> StoreResult<Option<Activity>> {
    let Some((word, _)) = KINDS.iter().find(|(_, kind)| *kind == row.kind) else { return Ok(None) };
    let room = match &row.room {
        Some(name) => store.room(name)?.map(|room| ActivityRoom {
            room_alias: name.to_string(),
            recording: room.record,
            users: room.participants.iter().map(|one| one.user.to_string()).collect(),
            initiator: room.initiator.as_ref().map(ToString::to_string),
            call_type: room.call_type.as_str(),
        }),
        None => None,
    };
    Ok(Some(Activity {
        activity_type: word,
        creation_date: iso(row.at),
        user_alias: row.user.as_ref().map(ToString::to_string),
        room,
    }))
}
