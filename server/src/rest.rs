//! The REST API for the host site's own server: everything under `/rest`, behind the apikey.

mod activities;
pub mod arguments;
mod avatar_picture;
pub mod avatars;
mod chats;
pub mod credentials;
mod hooks;
mod link_tokens;
mod listing;
mod message_page;
mod messages;
mod pair;
pub mod rooms;
mod sessions;
mod user_fields;
pub mod users;

pub use activities::activity_types;

use crate::auth::wrong_keys::WrongKeys;
use crate::door::ClientAddress;
use crate::refusal::{Refusal, RestCode};
use crate::state::App;
use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The routes below `/rest` and their description.
pub fn router(app: &App) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(credentials::router())
        .merge(users::router())
        .merge(avatars::router())
        .merge(chats::router())
        .merge(messages::router())
        .merge(rooms::router())
        .merge(link_tokens::router())
        .merge(sessions::router())
        .merge(activities::router())
        .merge(hooks::router())
        .fallback(async || Refusal::from(RestCode::RouteNotFound))
        .layer(from_fn_with_state((app.clone(), Arc::new(WrongKeys::new(&app.config))), require_api_key))
}

/// Stands in front of every route, also of those that do not exist: without the key nothing is to be learned here.
async fn require_api_key(
    State((app, wrong_keys)): State<(App, Arc<WrongKeys>)>,
    from: Option<Extension<ClientAddress>>,
    request: Request,
    next: Next,
) -> Response {
    let offered = request.headers().get("apikey").and_then(|value| value.to_str().ok());
    if offered.is_some_and(|key| app.api_key.matches(key)) {
        next.run(request).await
    } else {
        wrong_keys.refuse(from.map(|Extension(ClientAddress(address))| address)).into_response()
    }
}
