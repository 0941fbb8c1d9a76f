//! Avatars: set by REST, served to everybody who knows the unguessable address.

use crate::path::Path;
use crate::refusal::{ErrorEnvelope, Refusal, RestCode};
use crate::rest::arguments::in_time;
use crate::rest::avatar_picture::{Avatar, make_avatar};
use crate::rest::users::{known_user, set_image};
use crate::state::App;
use axum::Json;
use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Largest file accepted.
const MAX_BYTES: usize = 500_000;

/// Decoding takes memory and a processor: only so many at once.
static DECODERS: Semaphore = Semaphore::const_new(2);

pub fn router() -> OpenApiRouter<App> {
    // The form's own lines and the other fields come on top of the file.
    OpenApiRouter::new().routes(routes!(update_avatar)).layer(DefaultBodyLimit::max(MAX_BYTES + 64 * 1024))
}

pub fn public_router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_avatar))
}

#[derive(Debug, Serialize, ToSchema)]
struct AvatarAnswer {
    /// Relative to the server's origin.
    #[schema(example = "/client/avatars/0b0b7c0a6f5e4f0e8f6b.jpg")]
    avatar_url: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form in the API document")]
struct AvatarForm {
    /// PNG, JPEG or WebP by content, at most 500 kB; cut square and scaled to 300×300.
    #[schema(value_type = String, format = Binary)]
    avatar: Vec<u8>,
}

/// Set the avatar of a user
#[utoipa::path(
    put, path = "/user/avatar/update/{user_id}", tag = "Users", security(("apikey" = [])),
    params(("user_id" = String, Path, description = "The user")),
    request_body(content = AvatarForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = AvatarAnswer),
        (status = 400, body = ErrorEnvelope, description = "`invalid_user_id`, `upload_error`, `file_not_found`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 422, body = ErrorEnvelope,
            description = "`invalid_file`, `wrong_file_dimension`, `error_processing_image`"),
    )
)]
async fn update_avatar(
    State(app): State<App>,
    Path(user_id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<AvatarAnswer>, Refusal> {
    let user = known_user(&app, &user_id).await?;
    let bytes = in_time(&app, read_form(form.map_err(|_| RestCode::UploadError)?)).await??;
    let avatar = decode(bytes).await?;
    let avatar_url = app.avatars.add(&avatar.bytes, avatar.extension).await.map_err(|error| {
        tracing::error!(%error, "an avatar could not be stored");
        RestCode::StorageUnavailable
    })?;
    if let Err(refusal) = set_image(&app, user.alias, avatar_url.clone()).await {
        app.avatars.remove(&avatar_url).await;
        return Err(refusal);
    }
    if let Some(old) = user.image {
        app.avatars.retire(&old).await;
    }
    Ok(Json(AvatarAnswer { avatar_url }))
}

async fn read_form(mut form: Multipart) -> Result<Vec<u8>, RestCode> {
    while let Some(field) = form.next_field().await.map_err(|_| RestCode::UploadError)? {
        if field.name() == Some("avatar") {
            return read_field(field).await;
        }
    }
    Err(RestCode::FileNotFound)
}

async fn read_field(mut field: Field<'_>) -> Result<Vec<u8>, RestCode> {
    let mut bytes = Vec::new();
    loop {
        match field.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= MAX_BYTES => bytes.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(RestCode::InvalidFile),
            Ok(None) if bytes.is_empty() => return Err(RestCode::FileNotFound),
            Ok(None) => return Ok(bytes),
            Err(_) => return Err(RestCode::UploadError),
        }
    }
}

async fn decode(bytes: Vec<u8>) -> Result<Avatar, Refusal> {
    let _permit = DECODERS.acquire().await.map_err(|_| RestCode::ShuttingDown)?;
    let made = tokio::task::spawn_blocking(move || make_avatar(&bytes)).await;
    Ok(made.map_err(|_| RestCode::ErrorProcessingImage)??)
}

/// An avatar
#[utoipa::path(
    get, path = "/client/avatars/{file}", tag = "Widget",
    params(("file" = String, Path, description = "As in `avatar_url`")),
    responses(
        (status = 200, content_type = "image/jpeg", description = "The picture, 300×300, JPEG or PNG"),
        (status = 404, body = ErrorEnvelope, description = "`upload_not_found`"),
    )
)]
async fn get_avatar(State(app): State<App>, Path(file): Path<String>) -> Result<Response, Refusal> {
    let bytes = app.avatars.read(&file).await.ok_or(RestCode::UploadNotFound)?;
    let media_type = if file.ends_with(".png") { "image/png" } else { "image/jpeg" };
    let mut response = bytes.into_response();
    let mut set = |name, value| response.headers_mut().insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_TYPE, media_type);
    set(header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    set(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    // Widgets live on pages of other sites, and show this in an `img`.
    set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    Ok(response)
}
