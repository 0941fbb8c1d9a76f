//! Users: create, update, list, get, delete, avatar, permissions.

use crate::path::Path;
use crate::refusal::{ErrorEnvelope, Refusal, RestCode};
use crate::rest::arguments::Arguments;
use crate::rest::user_fields::{CreateUser, PermissionsUpdate, UpdateUser, UserObject};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use bandyer_hub::UserChange;
use bandyer_protocol::UserAlias;
use bandyer_records::UserRecord;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_user))
        .routes(routes!(update_user))
        .routes(routes!(update_all_permissions))
        .routes(routes!(delete_user))
        .routes(routes!(list_users))
        .routes(routes!(get_user))
}

/// The user of that id, as long as it was not deleted.
///
/// # Errors
/// `invalid_user_id`, `storage_unavailable`.
pub async fn known_user(app: &App, id: &str) -> Result<UserRecord, Refusal> {
    let alias = alias(id)?;
    let found = app.reads.read(move |store| store.user(&alias)).await?;
    found.filter(|user| !user.deleted).ok_or_else(|| RestCode::InvalidUserId.into())
}

/// What is no alias names nobody.
pub fn alias(id: &str) -> Result<UserAlias, RestCode> {
    UserAlias::parse(id).map_err(|_| RestCode::InvalidUserId)
}

#[derive(Debug, Serialize, ToSchema)]
struct CreatedUser {
    user: UserObject,
    id: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct OneUser {
    user: UserObject,
}

#[derive(Debug, Serialize, ToSchema)]
struct UserIdList {
    /// Newest first.
    user_id_list: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct DeletedUser {
    id: String,
    #[schema(example = "user deleted")]
    message: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
struct UpdatedPermissions {
    users: PermissionsCount,
}

#[derive(Debug, Serialize, ToSchema)]
struct PermissionsCount {
    /// How many users there are.
    count: u32,
    can_video: bool,
}

/// Create a user
///
/// Without an `id` one is made up. An id that was once deleted is not given again.
#[utoipa::path(
    post, path = "/user/create", tag = "Users", security(("apikey" = [])),
    request_body = CreateUser,
    responses(
        (status = 200, body = CreatedUser),
        (status = 400, body = ErrorEnvelope, description = "`user_id_already_exists`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 422, body = ErrorEnvelope, description = "`role_validation_error`, `email_validation_error`, \
            `id_validation_error`, `name_validation_error`, `language_validation_error`, `validation_error`"),
    )
)]
async fn create_user(
    State(app): State<App>,
    Arguments(request): Arguments<CreateUser>,
) -> Result<Json<CreatedUser>, Refusal> {
    let id = request.id.clone().unwrap_or_else(|| format!("usr_{}", Uuid::new_v4().simple()));
    let alias = UserAlias::parse(&id)
        .map_err(|invalid| RestCode::UserIdValidation.because(format!("The id {invalid}")))?;
    let user = app.hub.create_user(request.record(alias, app.clock.now())?).await?;
    Ok(Json(CreatedUser { user: UserObject::of(&user), id: user.alias.to_string() }))
}

/// Update a user
///
/// What is left out stays as it is; `null` clears it. `active: false` deactivates: the user's sessions end at once
/// with `force_disconnect` (`user_disabled`), and no access token of theirs is accepted until `active: true`.
#[utoipa::path(
    put, path = "/user/update/{user_id}", tag = "Users", security(("apikey" = [])),
    params(("user_id" = String, Path, description = "The user")),
    request_body = UpdateUser,
    responses(
        (status = 200, body = OneUser),
        (status = 400, body = ErrorEnvelope, description = "`invalid_user_id`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 422, body = ErrorEnvelope, description = "`role_validation_error`, `email_validation_error`, \
            `name_validation_error`, `language_validation_error`, `validation_error`"),
    )
)]
async fn update_user(
    State(app): State<App>,
    Path(user_id): Path<String>,
    Arguments(request): Arguments<UpdateUser>,
) -> Result<Json<OneUser>, Refusal> {
    let user = app.hub.update_user(alias(&user_id)?, request.change()?).await?;
    Ok(Json(OneUser { user: UserObject::of(&user) }))
}

/// Allow or forbid video for everybody
#[utoipa::path(
    put, path = "/user/update/all/permissions", tag = "Users", security(("apikey" = [])),
    request_body = PermissionsUpdate,
    responses(
        (status = 200, body = UpdatedPermissions),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 422, body = ErrorEnvelope, description = "`validation_error`"),
    )
)]
async fn update_all_permissions(
    State(app): State<App>,
    Arguments(request): Arguments<PermissionsUpdate>,
) -> Result<Json<UpdatedPermissions>, Refusal> {
    let can_video = request.can_video.ok_or_else(|| RestCode::Validation.because("can_video is required"))?;
    let count = app.hub.set_all_can_video(can_video).await?;
    Ok(Json(UpdatedPermissions { users: PermissionsCount { count, can_video } }))
}

/// Delete a user
///
/// The user's sessions end at once with `force_disconnect` (`user_deleted`). The id is never given again.
#[utoipa::path(
    delete, path = "/user/delete/{user_id}", tag = "Users", security(("apikey" = [])),
    params(("user_id" = String, Path, description = "The user")),
    responses(
        (status = 200, body = DeletedUser),
        (status = 400, body = ErrorEnvelope, description = "`invalid_user_id`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
    )
)]
async fn delete_user(
    State(app): State<App>,
    Path(user_id): Path<String>,
) -> Result<Json<DeletedUser>, Refusal> {
    let user = known_user(&app, &user_id).await?;
    app.hub.delete_user(user.alias.clone()).await?;
    if let Some(image) = user.image {
        app.avatars.remove(&image).await;
    }
    Ok(Json(DeletedUser { id: user_id, message: "user deleted" }))
}

/// List the ids of all users
#[utoipa::path(
    get, path = "/user/list", tag = "Users", security(("apikey" = [])),
    responses(
        (status = 200, body = UserIdList),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
    )
)]
async fn list_users(State(app): State<App>) -> Result<Json<UserIdList>, Refusal> {
    let aliases = app.reads.read(|store| store.aliases()).await?;
    Ok(Json(UserIdList { user_id_list: aliases.iter().map(ToString::to_string).collect() }))
}

/// Get a user
#[utoipa::path(
    get, path = "/user/list/{user_id}", tag = "Users", security(("apikey" = [])),
    params(("user_id" = String, Path, description = "The user")),
    responses(
        (status = 200, body = OneUser),
        (status = 400, body = ErrorEnvelope, description = "`invalid_user_id`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
    )
)]
async fn get_user(State(app): State<App>, Path(user_id): Path<String>) -> Result<Json<OneUser>, Refusal> {
    Ok(Json(OneUser { user: UserObject::of(&known_user(&app, &user_id).await?) }))
}

/// Sets the picture of a user and answers the user as it is then.
///
/// # Errors
/// `invalid_user_id`, `storage_unavailable`.
pub async fn set_image(app: &App, alias: UserAlias, path: String) -> Result<UserRecord, Refusal> {
    let change = UserChange { image: Some(Some(path)), ..UserChange::default() };
    Ok(app.hub.update_user(alias, change).await?)
}
