//! `POST /client/ice`: the STUN and TURN servers for whoever wants to try them before a call.

use crate::auth::bearer::{Bearer, require_admitted};
use crate::refusal::{ErrorEnvelope, Refusal};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use bandyer_protocol::{IceServer, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(give))
}

#[derive(Serialize, ToSchema)]
pub struct IceAnswer {
    /// What goes into `RTCConfiguration.iceServers`, once `{host}` in the addresses is replaced by the host of this
    /// server.
    #[schema(value_type = Vec<IceServerObject>)]
    ice_servers: Vec<IceServer>,
    /// Until when the credentials open a relay, in milliseconds since 1970. A relay that is open stays open as
    /// long as the user may use the server.
    #[schema(value_type = i64)]
    expires_at: Timestamp,
}

/// [`IceServer`], described.
#[derive(Serialize, ToSchema)]
#[schema(as = IceServer)]
struct IceServerObject {
    #[schema(example = json!(["turn:{host}:3478?transport=udp"]))]
    urls: Vec<String>,
    /// Absent where none is needed, with the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<String>,
}

/// STUN and TURN servers
///
/// With credentials for the user of the token, for some minutes. A widget gets them with each call; this is for pages
/// that check whether a call would connect.
#[utoipa::path(
    post, path = "/client/ice", tag = "Widget", security(("access_token" = [])),
    responses(
        (status = 200, body = IceAnswer),
        (status = 401, body = ErrorEnvelope,
            description = "`access_token_invalid`, `access_token_expired`, `user_deleted`, `user_disabled`"),
        (status = 403, body = ErrorEnvelope, description = "`out_of_scope`"),
        (status = 429, body = ErrorEnvelope, description = "`rate_limited`"),
    )
)]
pub async fn give(State(app): State<App>, bearer: Bearer) -> Result<Json<IceAnswer>, Refusal> {
    // Within a call they come with the call.
    let token = bearer.whole_account()?;
    app.sockets.admit(&token)?;
    let now = app.clock.now();
    let expires_at = now.plus_ms(i64::from(app.ice.ttl_s) * 1000);
    let relay_ends = expires_at.plus_ms(i64::from(app.config.turn_lifetime_s) * 1000);
    let purpose = app.relay_rights.try_out(&token.user, relay_ends);
    // Once more, now that a dismissal would take the right back.
    if let Err(refusal) = require_admitted(&app.reads, &token.user, Some(token.issued_at)).await {
        app.relay_rights.dismiss(&token.user);
        return Err(refusal);
    }
    Ok(Json(IceAnswer { ice_servers: app.ice.servers(&token.user, &purpose, now), expires_at }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bandyer_protocol::secret::Secret;

    #[test]
    fn the_described_shape_is_the_one_that_travels() {
        let text = || "x".to_owned();
        let server =
            IceServer { urls: vec![text()], username: Some(text()), credential: Some(Secret(text())) };
        let described =
            IceServerObject { urls: vec![text()], username: Some(text()), credential: Some(text()) };
        assert_eq!(serde_json::to_value(server).unwrap(), serde_json::to_value(described).unwrap());
    }
}
