//! The last part of a call link: whether it is good, and how to make it void.

use crate::links;
use crate::path::Path;
use crate::refusal::{ErrorEnvelope, Refusal};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check_token)).routes(routes!(delete_token))
}

#[derive(Debug, Serialize, ToSchema)]
struct LinkToken {
    token: String,
    /// `ACTIVE_TOKEN` or `NOT_ACTIVE_TOKEN`.
    #[schema(example = "ACTIVE_TOKEN")]
    code: &'static str,
    /// English.
    #[schema(example = "the link is good")]
    message: &'static str,
}

/// Check a call link
#[utoipa::path(
    get, path = "/token/check/{token}", tag = "Rooms", security(("apikey" = [])),
    params(("token" = String, Path, description = "The last part of a call link")),
    responses(
        (status = 200, body = LinkToken),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
    )
)]
async fn check_token(State(app): State<App>, Path(token): Path<String>) -> Result<Json<LinkToken>, Refusal> {
    let wanted = token.clone();
    let found = app.reads.read(move |store| store.room_by_link(&wanted)).await?;
    let (code, message) = match found.map(|(room, _)| links::dead(&room, app.clock.now())) {
        Some(None) => ("ACTIVE_TOKEN", "the link is good"),
        Some(Some(links::DeadLink::Expired)) => ("NOT_ACTIVE_TOKEN", "the link has expired"),
        Some(Some(links::DeadLink::Closed)) => ("NOT_ACTIVE_TOKEN", "the room is closed"),
        Some(Some(links::DeadLink::UsedUp)) => ("NOT_ACTIVE_TOKEN", "the duration of the room is used up"),
        None => ("NOT_ACTIVE_TOKEN", "there is no such link"),
    };
    Ok(Json(LinkToken { token, code, message }))
}

/// Revoke a call link
///
/// The links of the other participants stay good.
#[utoipa::path(
    delete, path = "/token/delete/{token}", tag = "Rooms", security(("apikey" = [])),
    params(("token" = String, Path, description = "The last part of a call link")),
    responses(
        (status = 200, body = LinkToken),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
    )
)]
async fn delete_token(State(app): State<App>, Path(token): Path<String>) -> Result<Json<LinkToken>, Refusal> {
    let revoked = app.hub.revoke_link(token.clone()).await?;
    let message = if revoked { "the link was revoked" } else { "there is no such link" };
    Ok(Json(LinkToken { token, code: "NOT_ACTIVE_TOKEN", message }))
}
