//! `POST /client/call-window`: the token for the window that a call has of its own. It opens that call and the chat of its
//! two users, and may take the user's place in the call.

use crate::auth::bearer::Bearer;
use crate::auth::token::AccessToken;
use crate::handovers::{Handover, MAX_BYTES};
use crate::refusal::{ErrorEnvelope, Refusal, RestCode};
use crate::rest::arguments::Arguments;
use crate::rest::credentials::{Credentials, issue};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use bandyer_hub::Scope;
use bandyer_hub::scope::out_of_scope;
use bandyer_protocol::{CallAlias, ChatId, UserAlias};
use bandyer_records::{Reader, StoreResult};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Seconds. Long enough for most calls; the window asks for another one in time.
const LIFETIME_S: u64 = 3600;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(give_token))
}

#[derive(Debug, Deserialize, ToSchema)]
struct WindowRequest {
    /// The alias of the call.
    #[schema(example = "room_027b9312e9a5")]
    call: String,
    /// With `handover`: 32 hexadecimal digits nobody can guess. The window takes it with them, once, within a minute.
    #[serde(default)]
    code: Option<String>,
    /// What the window is to show, where the page that opened it cannot tell it. At most 64 KB as JSON.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    handover: Option<Handover>,
}

/// The token for the window of a call
///
/// For a call that the user of the token is in. A window renews its own token here.
#[utoipa::path(
    post, path = "/client/call-window", tag = "Widget", security(("access_token" = [])),
    request_body = WindowRequest,
    responses(
        (status = 200, body = Credentials),
        (status = 400, body = ErrorEnvelope, description = "`invalid_json`"),
        (status = 401, body = ErrorEnvelope,
            description = "`access_token_invalid`, `access_token_expired`, `user_deleted`, `user_disabled`"),
        (status = 403, body = ErrorEnvelope, description = "`out_of_scope`"),
        (status = 404, body = ErrorEnvelope, description = "`room_not_found`"),
        (status = 422, body = ErrorEnvelope, description = "`validation_error`"),
        (status = 429, body = ErrorEnvelope, description = "`rate_limited`"),
    )
)]
async fn give_token(
    State(app): State<App>,
    Bearer(token): Bearer,
    Arguments(request): Arguments<WindowRequest>,
) -> Result<Json<Credentials>, Refusal> {
    app.sockets.admit(&token)?;
    let call = CallAlias::parse(&request.call).map_err(|_| RestCode::RoomNotFound)?;
    let scope = scope(&app, &token, call).await?;
    let credentials = issue(&app, token.user.as_str(), Some(scope), LIFETIME_S).await?;
    if let (Some(code), Some(mut what)) = (request.code, request.handover) {
        what.insert("accessToken".to_owned(), credentials.access_token.clone().into());
        let fits = serde_json::to_vec(&what).is_ok_and(|bytes| bytes.len() <= MAX_BYTES);
        if !fits || !app.handovers.leave(&code, &token.user, what, app.clock.now()) {
            return Err(RestCode::Validation.because("the code or what is handed over cannot be taken"));
        }
    }
    Ok(Json(credentials))
}

/// Of an account, any call of the user; of a window, its own, as long as it goes on.
async fn scope(app: &App, token: &AccessToken, call: CallAlias) -> Result<Scope, Refusal> {
    if let Some(scope) = &token.scope
        && !(scope.window && scope.call == call)
    {
        return Err(out_of_scope().into());
    }
    let (user, wanted) = (token.user.clone(), call.clone());
    let peer = app.reads.read(move |store| peer_in(store, &wanted, &user)).await?;
    let peer = peer.ok_or(RestCode::RoomNotFound)?;
    let chat = ChatId::between(&token.user, &peer).ok_or(RestCode::RoomNotFound)?;
    Ok(Scope { call, chat, window: true })
}

fn peer_in(store: &dyn Reader, call: &CallAlias, user: &UserAlias) -> StoreResult<Option<UserAlias>> {
    let live = store.live_calls()?.into_iter().find(|live| &live.call.call == call);
    Ok(live.and_then(|live| live.call.other(user).cloned()))
}
