//! What every request handler may use. Knows no handler: they know this.

use crate::auth::api_key::ApiKey;
use crate::auth::token::TokenKeys;
use crate::avatar_folder::AvatarFolder;
use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::Outboxes;
use crate::engine::HubHandle;
use crate::files::Files;
use crate::handovers::Handovers;
use crate::origin::OriginPolicy;
use crate::read_pool::ReadPool;
use crate::relay_rights::RelayRights;
use crate::sockets::Sockets;
use crate::webhooks::Webhooks;
use axum::extract::FromRef;
use bandyer_hub::ice::IceSettings;
use std::sync::Arc;

/// The state of the axum router; cheap to clone.
#[derive(Clone, FromRef)]
pub struct App {
    pub config: Arc<Config>,
    pub clock: Clock,
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
    pub uploads: Files,
    pub avatars: AvatarFolder,
    pub webhooks: Webhooks,
    pub relay_rights: RelayRights,
    /// What widgets are told of STUN and TURN.
    pub ice: Arc<IceSettings>,
    /// What pages leave for the windows of their calls.
    pub handovers: Arc<Handovers>,
}
