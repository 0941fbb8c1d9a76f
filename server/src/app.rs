//! What every request handler may use.

use crate::config::Config;
use crate::delivery::Outboxes;
use crate::engine::HubHandle;
use crate::origin::OriginPolicy;
use crate::read_pool::ReadPool;
use crate::rest::avatars::AvatarFolder;
use crate::rest::refusal::{Refusal, RestCode};
use crate::secrets::ApiKey;
use crate::token::TokenKeys;
use crate::uploads::Uploads;
use crate::webhooks::Webhooks;
use crate::ws::Sockets;
use axum::Router;
use axum::extract::FromRef;
use bandyer_hub::ice::IceSettings;
use bandyer_protocol::SOCKET_PATH;
use std::sync::Arc;

/// The state of the axum router; cheap to clone.
#[derive(Clone, FromRef)]
pub struct App {
    pub config: Arc<Config>,
    /// Changes, and everything live: presence, sockets.
    pub hub: HubHandle,
    /// What the hub has for each socket.
    pub outboxes: Outboxes,
    /// Reads of what is stored.
    pub reads: ReadPool,
    pub tokens: Arc<TokenKeys>,
    pub api_key: ApiKey,
    pub origins: Arc<OriginPolicy>,
    pub sockets: Arc<Sockets>,
    pub uploads: Uploads,
    pub avatars: AvatarFolder,
    pub webhooks: Webhooks,
    /// What widgets are told of STUN and TURN.
    pub ice: Arc<IceSettings>,
}

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let (api, document) = crate::openapi::documented(&app);
    Router::new()
        .route(SOCKET_PATH, axum::routing::get(crate::ws::upgrade))
        .merge(crate::health::router())
        .merge(api)
        .merge(crate::pages::router(&app, &document))
        .fallback(async || Refusal::from(RestCode::RouteNotFound))
        .method_not_allowed_fallback(async || Refusal::from(RestCode::MethodNotAllowed))
        .layer(axum::middleware::from_fn(crate::pages::secure))
        .with_state(app)
}
