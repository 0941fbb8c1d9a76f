//! `POST /client/uploads`: takes the bytes of a file into a chat.

#![expect(unused_qualifications, reason = "the macro that describes the route repeats names in full")]

use super::file_name;
use crate::auth::bearer::{Bearer, reaches, require_admitted};
use crate::files::Disk;
use crate::files::PartialFile;
use crate::files::content;
use crate::refusal::{ErrorEnvelope, Refusal, RestCode};
use crate::state::App;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use bandyer_hub::scope::out_of_scope;
use bandyer_protocol::{Attachment, CallAlias, ChatId, UploadId, UploadReceipt, UserAlias};
use bandyer_records::{UploadPlace, UploadRecord};
use futures_util::StreamExt;
use serde::Deserialize;
use std::io;
use std::time::Duration;
use utoipa::IntoParams;
use uuid::Uuid;

/// A sender that is silent for longer is given up.
const SILENCE: Duration = Duration::from_secs(30);

/// Bytes a user may have uploaded and not sent yet, as a multiple of the upload limit. They are cleared after a day.
const UNSENT_UPLOADS: u64 = 10;

/// After so many bytes of a file the disk is looked at again.
const LOOK_EVERY: u64 = 4 * 1024 * 1024;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadTarget {
    /// Id of the chat the file is for, its `#` written as `%23`.
    #[param(example = "alice#bob")]
    chat: Option<String>,
    /// Alias of the call the file is for, instead of a chat.
    #[param(example = "room_027b9312e9a5")]
    call: Option<String>,
    /// Name of the file, for display. Path parts, control and direction characters are removed.
    #[serde(default)]
    #[param(example = "holiday.jpg")]
    name: String,
}

/// Upload a file
///
/// The body is the file itself. What it is, is told by its content; only PNG, JPEG, GIF and WebP count as pictures.
/// The answer goes into the message that sends it. A file that is not sent is cleared after a day.
#[utoipa::path(
    post, path = "/client/uploads", tag = "Widget", security(("access_token" = [])),
    params(UploadTarget),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = super::ReceiptObject),
        (status = 400, body = ErrorEnvelope, description = "`upload_incomplete`"),
        (status = 401, body = ErrorEnvelope,
            description = "`access_token_invalid`, `access_token_expired`, `user_deleted`, `user_disabled`"),
        (status = 403, body = ErrorEnvelope, description = "`out_of_scope`"),
        (status = 404, body = ErrorEnvelope, description = "`chat_not_found`, `call_not_found`"),
        (status = 408, body = ErrorEnvelope, description = "`upload_stalled`"),
        (status = 413, body = ErrorEnvelope, description = "`upload_too_large`, `upload_quota_exceeded`"),
        (status = 422, body = ErrorEnvelope, description = "`validation_error`"),
        (status = 429, body = ErrorEnvelope, description = "`rate_limited`: too many at once, too many requests, or too much unsent"),
        (status = 503, body = ErrorEnvelope, description = "`storage_unavailable`"),
        (status = 507, body = ErrorEnvelope, description = "`storage_full`"),
    )
)]
pub async fn upload(
    State(app): State<App>,
    Bearer(token): Bearer,
    target: Result<Query<UploadTarget>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<UploadReceipt>, Refusal> {
    let Query(target) = target.map_err(|error| RestCode::Validation.because(error.body_text()))?;
    let user = token.user.clone();
    let place = own_place(&app, &user, &target).await?;
    if !reaches(token.scope.as_ref(), &place) {
        return Err(out_of_scope().into());
    }
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|size| size > app.config.upload_bytes) {
        return Err(RestCode::UploadTooLarge.into());
    }
    app.sockets.admit(&token)?;
    let Some(slot) = app.uploads.running.take(&user) else {
        return Err(wait("Too many uploads at once", 1000));
    };
    let most = require_room(&app, &user, announced.unwrap_or(0)).await?;

    let id = UploadId::parse(&Uuid::new_v4().simple().to_string()).map_err(|_| RestCode::Internal)?;
    let mut file = app.uploads.folder.begin(&id).await.map_err(not_stored)?;
    let copied = slot.over().run_until_cancelled(copy(body, &mut file, &most, &app.uploads.disk)).await;
    let Some(copied) = copied else {
        // With the reason: they were deleted, or deactivated.
        require_admitted(&app.reads, &user, Some(token.issued_at)).await?;
        return Err(RestCode::UploadIncomplete.into());
    };
    copied?;
    let kind = content::sniff(file.head());
    let attachment = Attachment {
        upload: id.clone(),
        name: file_name::clean(&target.name),
        size: file.size(),
        media_type: kind.media_type,
        picture: kind.picture,
    };
    file.finish().await.map_err(not_stored)?;
    let record =
        UploadRecord { place, owner: user, attachment: attachment.clone(), created_at: app.clock.now() };
    if let Err(failure) = app.hub.add_upload(record).await {
        app.uploads.folder.remove(&id).await;
        let refusal = Refusal::from(failure);
        // The chat was there a moment ago and is not any more.
        return Err(if refusal.code == RestCode::ChatNotFound {
            RestCode::ChatNotThere.into()
        } else {
            refusal
        });
    }
    Ok(Json(UploadReceipt { attachment }))
}

/// The chat or the call that the file is for.
async fn own_place(app: &App, user: &UserAlias, target: &UploadTarget) -> Result<UploadPlace, Refusal> {
    match (&target.chat, &target.call) {
        (Some(chat), None) => own_chat(app, user, chat).await.map(UploadPlace::Chat),
        (None, Some(call)) => own_call(app, user, call).await.map(UploadPlace::Call),
        _ => Err(RestCode::Validation.because("either chat or call must be given")),
    }
}

/// A call of the user's room that is not closed. Whether it goes on is asked when the file is shared.
async fn own_call(app: &App, user: &UserAlias, text: &str) -> Result<CallAlias, Refusal> {
    let call = CallAlias::parse(text).map_err(|_| RestCode::CallNotThere)?;
    let asked = call.clone();
    let room = app.reads.read(move |store| store.room(&asked)).await?;
    let open = room.is_some_and(|room| {
        !room.disabled && !room.deleted && room.participants.iter().any(|one| &one.user == user)
    });
    if open { Ok(call) } else { Err(RestCode::CallNotThere.into()) }
}

async fn own_chat(app: &App, user: &UserAlias, text: &str) -> Result<ChatId, Refusal> {
    let chat = ChatId::parse(text).map_err(|_| RestCode::ChatNotThere)?;
    if chat.other(user).is_none() {
        return Err(RestCode::ChatNotThere.into());
    }
    let asked = chat.clone();
    let found = app.reads.read(move |store| store.chat(&asked)).await?;
    if found.is_some_and(|chat| !chat.removed) { Ok(chat) } else { Err(RestCode::ChatNotThere.into()) }
}

/// How large a file may become, and what is said of one that becomes larger.
struct Most {
    bytes: u64,
    beyond: RestCode,
}

/// Whether the user, and the server, have room for one more file of at least `size` bytes.
async fn require_room(app: &App, user: &UserAlias, size: u64) -> Result<Most, Refusal> {
    let (config, owner) = (&app.config, user.clone());
    let total = config.stored_bytes > 0;
    let read = app.reads.read(move |store| {
        let all = if total { store.all_stored_bytes()? } else { 0 };
        let unsent = (store.unsent_count(&owner)?, store.unsent_bytes(&owner)?);
        Ok((unsent, store.stored_bytes(&owner)?, all))
    });
    let ((unsent, unsent_bytes), own, all) = read.await?;
    if unsent >= config.unsent_uploads || unsent_bytes > config.upload_bytes.saturating_mul(UNSENT_UPLOADS) {
        return Err(wait("Too much was uploaded and not sent", 3_600_000));
    }
    let left = |limit: u64, used: u64| if limit == 0 { u64::MAX } else { limit.saturating_sub(used) };
    let most = [
        Most { bytes: config.upload_bytes, beyond: RestCode::UploadTooLarge },
        Most { bytes: left(config.user_bytes, own), beyond: RestCode::UploadQuota },
        Most { bytes: left(config.stored_bytes, all), beyond: RestCode::StorageFull },
    ];
    let [first, rest @ ..] = most;
    let most = rest.into_iter().fold(first, |least, one| if one.bytes < least.bytes { one } else { least });
    if size > most.bytes || most.bytes == 0 {
        return Err(most.beyond.into());
    }
    if app.uploads.disk.has_room_for(size) { Ok(most) } else { Err(RestCode::StorageFull.into()) }
}

async fn copy(body: Body, file: &mut PartialFile, most: &Most, disk: &Disk) -> Result<(), Refusal> {
    let mut stream = body.into_data_stream();
    let mut looked_at = 0;
    loop {
        let next = tokio::time::timeout(SILENCE, stream.next()).await.map_err(|_| RestCode::UploadStalled)?;
        let Some(chunk) = next else { return Ok(()) };
        let chunk = chunk.map_err(|_| RestCode::UploadIncomplete)?;
        if file.size() + chunk.len() as u64 > most.bytes {
            return Err(most.beyond.into());
        }
        file.write(&chunk).await.map_err(not_stored)?;
        if file.size() - looked_at >= LOOK_EVERY {
            looked_at = file.size();
            if !disk.has_room_for(0) {
                return Err(RestCode::StorageFull.into());
            }
        }
    }
}

pub(super) fn wait(reason: &'static str, ms: u32) -> Refusal {
    Refusal { retry_after_ms: Some(ms), ..RestCode::RateLimited.because(reason) }
}

pub(super) fn not_stored(error: io::Error) -> Refusal {
    tracing::error!(%error, "the upload folder failed");
    RestCode::StorageUnavailable.into()
}
