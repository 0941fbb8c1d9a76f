//! What every request handler may use.

use crate::config::Config;
use crate::engine::HubHandle;
use crate::origin::OriginPolicy;
use crate::secrets::ApiKey;
use crate::store::ReadPool;
use crate::token::TokenKeys;
use crate::ws::Sockets;
use axum::Router;
use axum::extract::FromRef;
use bandyer_protocol::SOCKET_PATH;
use std::sync::Arc;

/// The state of the axum router; cheap to clone.
#[derive(Clone, FromRef)]
pub struct App {
    pub config: Arc<Config>,
    /// Changes, and everything live: presence, sockets.
    pub hub: HubHandle,
    /// Reads of what is stored.
    pub reads: ReadPool,
    pub tokens: Arc<TokenKeys>,
    pub api_key: ApiKey,
    pub origins: Arc<OriginPolicy>,
    pub sockets: Arc<Sockets>,
}

/// Everything the server answers.
pub fn router(app: App) -> Router {
    Router::new()
        .route(SOCKET_PATH, axum::routing::get(crate::ws::upgrade))
        .merge(crate::health::router())
        .merge(crate::rest::router(&app))
        .merge(crate::uploads::router(&app))
        .merge(crate::pages::router(&app))
        .with_state(app)
}
