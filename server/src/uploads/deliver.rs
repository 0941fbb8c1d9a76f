//! `GET /client/uploads/{id}` and the links to it: hands a file to those it was sent to, always as a download.

#![expect(unused_qualifications, reason = "the macro that describes the route repeats names in full")]

use super::file_name;
use super::range::{Part, part};
use super::receive::{not_stored, wait};
use crate::auth::bearer::{Bearer, reaches, require_admitted};
use crate::auth::download_link::LINK_LIFETIME_MS;
use crate::auth::token::AccessToken;
use crate::files::content;
use crate::path::Path;
use crate::refusal::{ErrorEnvelope, Refusal, RestCode};
use crate::slots::Slot;
use crate::state::App;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bandyer_hub::Scope;
use bandyer_protocol::upload::DownloadLink;
use bandyer_protocol::{Attachment, Timestamp, UploadId, UserAlias};
use bandyer_records::{UploadPlace, UploadRecord};
use futures_util::StreamExt;
use serde::Deserialize;
use std::io::{self, SeekFrom};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;
use utoipa::IntoParams;

/// Bytes read from the disk at once.
const CHUNK_BYTES: usize = 64 * 1024;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LinkQuery {
    /// With `until` and `sig`: the signed link, in place of the access token.
    #[serde(rename = "for")]
    user: Option<String>,
    until: Option<i64>,
    sig: Option<String>,
}

/// Download a file
///
/// For the two users of the chat it was sent in. A browser always saves it, whatever it is. Takes a `Range`.
#[utoipa::path(
    get, path = "/client/uploads/{id}", tag = "Widget", security(("access_token" = []), ()),
    params(("id" = String, Path, description = "The upload"), LinkQuery),
    responses(
        (status = 200, content_type = "application/octet-stream", description = "The file"),
        (status = 206, content_type = "application/octet-stream", description = "The part asked for"),
        (status = 401, body = ErrorEnvelope,
            description = "`access_token_invalid`, `access_token_expired`, `user_deleted`, `user_disabled`"),
        (status = 403, body = ErrorEnvelope, description = "`link_invalid`"),
        (status = 404, body = ErrorEnvelope, description = "`upload_not_found`"),
        (status = 429, body = ErrorEnvelope, description = "`rate_limited`: too many at once"),
        (status = 416, body = ErrorEnvelope, description = "`range_not_satisfiable`"),
    )
)]
pub async fn download(
    State(app): State<App>,
    Path(id): Path<String>,
    link: Result<Query<LinkQuery>, QueryRejection>,
    request: Request,
) -> Result<Response, Refusal> {
    let id = UploadId::parse(&id).map_err(|_| RestCode::UploadNotFound)?;
    let Query(link) = link.map_err(|_| RestCode::LinkInvalid)?;
    let (mut parts, _) = request.into_parts();
    let (user, scope) = match link {
        LinkQuery { user: None, until: None, sig: None } => {
            let Bearer(token) = Bearer::from_request_parts(&mut parts, &app).await?;
            app.sockets.admit(&token)?;
            (token.user, token.scope)
        }
        LinkQuery { user: Some(user), until: Some(until), sig: Some(sig) } => {
            // Who made the link could reach the file.
            (linked_user(&app, &id, &user, Timestamp(until), &sig).await?, None)
        }
        LinkQuery { .. } => return Err(RestCode::LinkInvalid.into()),
    };
    let record = own_upload(&app, &user, scope.as_ref(), id).await?;
    let Some(slot) = app.uploads.downloads.take(&user) else {
        return Err(wait("Too many downloads at once", 1000));
    };
    let file = app.uploads.folder.read(record.id()).await.map_err(not_stored)?;
    send(file, slot, &record.attachment, &parts.headers).await
}

/// Make a download link
///
/// The link works without a token, for this user and this file, for one minute.
#[utoipa::path(
    post, path = "/client/uploads/{id}/link", tag = "Widget", security(("access_token" = [])),
    params(("id" = String, Path, description = "The upload")),
    responses(
        (status = 200, body = super::LinkObject),
        (status = 401, body = ErrorEnvelope,
            description = "`access_token_invalid`, `access_token_expired`, `user_deleted`, `user_disabled`"),
        (status = 404, body = ErrorEnvelope, description = "`upload_not_found`"),
        (status = 429, body = ErrorEnvelope, description = "`rate_limited`"),
    )
)]
pub async fn make_link(
    State(app): State<App>,
    Bearer(token): Bearer,
    Path(id): Path<String>,
) -> Result<Json<DownloadLink>, Refusal> {
    let id = UploadId::parse(&id).map_err(|_| RestCode::UploadNotFound)?;
    app.sockets.admit(&token)?;
    let AccessToken { user, scope, .. } = token;
    let record = own_upload(&app, &user, scope.as_ref(), id).await?;
    let expires_at = app.clock.now().plus_ms(LINK_LIFETIME_MS);
    Ok(Json(DownloadLink { path: app.uploads.links.path(record.id(), &user, expires_at), expires_at }))
}

async fn linked_user(
    app: &App,
    id: &UploadId,
    user: &str,
    until: Timestamp,
    signature: &str,
) -> Result<UserAlias, Refusal> {
    let user = UserAlias::parse(user).map_err(|_| RestCode::LinkInvalid)?;
    if !app.uploads.links.check(id, &user, until, signature, app.clock.now()) {
        return Err(RestCode::LinkInvalid.into());
    }
    require_admitted(&app.reads, &user, None).await?;
    Ok(user)
}

/// The upload, for the participants of its chat or call; to everybody else it does not exist.
async fn own_upload(
    app: &App,
    user: &UserAlias,
    scope: Option<&Scope>,
    id: UploadId,
) -> Result<UploadRecord, Refusal> {
    let reader = user.clone();
    let found = app.reads.read(move |store| {
        let Some(upload) = store.upload(&id)? else { return Ok(None) };
        let allowed = match &upload.place {
            UploadPlace::Chat(chat) => chat.other(&reader).is_some(),
            UploadPlace::Call(call) => {
                let room = store.room(call)?;
                room.is_some_and(|room| room.participants.iter().any(|one| one.user == reader))
            }
        };
        Ok(Some(upload).filter(|_| allowed))
    });
    let found = found.await?.filter(|upload| reaches(scope, &upload.place));
    found.ok_or_else(|| RestCode::UploadNotFound.into())
}

async fn send(
    mut file: File,
    slot: Slot<UserAlias>,
    attachment: &Attachment,
    request: &HeaderMap,
) -> Result<Response, Refusal> {
    let size = attachment.size;
    let tag = format!("\"{}\"", attachment.upload);
    let text = |name: HeaderName| request.get(name).and_then(|value| value.to_str().ok());
    // A range of another version of the file would be of no use; there is only one version.
    let same_file = text(header::IF_RANGE).is_none_or(|known| known == tag);
    let wanted = part(text(header::RANGE).filter(|_| same_file), size);
    let (status, first, length) = match wanted {
        Part::Whole => (StatusCode::OK, 0, size),
        Part::Bytes { first, last } => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        Part::OutOfReach => {
            let mut response = RestCode::RangeNotSatisfiable.into_response();
            put(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{size}"));
            return Ok(response);
        }
    };
    file.seek(SeekFrom::Start(first)).await.map_err(not_stored)?;
    // The place is free again when the last byte is out, or the reader gone. Whoever may read no more is cut off, so that
    // nobody takes the part for the whole.
    let stream = ReaderStream::with_capacity(file.take(length), CHUNK_BYTES).map(move |chunk| {
        if slot.over().is_cancelled() { Err(io::Error::other("the reader was dismissed")) } else { chunk }
    });
    let mut response = (status, Body::from_stream(stream)).into_response();
    let headers = response.headers_mut();
    if status == StatusCode::PARTIAL_CONTENT {
        put(headers, header::CONTENT_RANGE, &format!("bytes {first}-{}/{size}", first + length - 1));
    }
    put(headers, header::CONTENT_LENGTH, &length.to_string());
    put(headers, header::CONTENT_TYPE, content::served_type(&attachment.media_type));
    put(headers, header::CONTENT_DISPOSITION, &file_name::attachment(&attachment.name));
    put(headers, header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, header::CACHE_CONTROL, "private, no-store");
    put(headers, header::ACCEPT_RANGES, "bytes");
    put(headers, header::ETAG, &tag);
    // Widgets live on pages of other sites, and show pictures in an `img`.
    put(headers, HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    Ok(response)
}

/// All values are made here out of visible ASCII.
fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
