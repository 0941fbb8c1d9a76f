//! `POST /rest/sdk/credentials`: an access token for one user, to be handed to that user's browser.

use crate::iso_date::iso;
use crate::refusal::{ErrorEnvelope, Refusal, RestCode};
use crate::rest::arguments::{Arguments, lenient};
use crate::rest::users::known_user;
use crate::state::App;
use axum::Json;
use axum::extract::State;
use bandyer_hub::Scope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long a token may live, in seconds, and how long it lives when nothing is said.
const LIFETIME_S: std::ops::RangeInclusive<u64> = 360..=86_400;
const DEFAULT_LIFETIME_S: u64 = 360;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_credentials))
}

#[derive(Debug, Deserialize, ToSchema)]
struct CredentialsRequest {
    /// The user that will speak with the token.
    #[schema(example = "usr_anna")]
    user_id: String,
    /// Seconds until the token expires, 360 to 86400.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[schema(value_type = Option<u64>, minimum = 360, maximum = 86400, default = 360)]
    expires_in: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Credentials {
    /// For the widget's `accessToken` option. Whoever holds it is that user until it expires.
    pub access_token: String,
    #[schema(example = "2026-01-10T11:41:19.000Z")]
    pub expires_at: String,
    #[schema(example = "usr_anna")]
    pub user_id: String,
}

/// Make an access token
///
/// Ask for it from your own server, never from a browser: the apikey must not leave your premises.
#[utoipa::path(
    post, path = "/sdk/credentials", tag = "Credentials", security(("apikey" = [])),
    request_body = CredentialsRequest,
    responses(
        (status = 200, body = Credentials),
        (status = 400, body = ErrorEnvelope, description = "`invalid_user_id`, `user_disabled`, `invalid_json`"),
        (status = 401, body = ErrorEnvelope, description = "`invalid_api_key`"),
        (status = 422, body = ErrorEnvelope, description = "`invalid_token_expirations`, `validation_error`"),
    )
)]
async fn create_credentials(
    State(app): State<App>,
    Arguments(request): Arguments<CredentialsRequest>,
) -> Result<Json<Credentials>, Refusal> {
    let lifetime = request.expires_in.map_or(Some(DEFAULT_LIFETIME_S), |asked| u64::try_from(asked).ok());
    let lifetime = lifetime.filter(|s| LIFETIME_S.contains(s)).ok_or(RestCode::InvalidTokenExpirations)?;
    issue(&app, &request.user_id, None, lifetime).await.map(Json)
}

/// A token for an existing, active user: for the whole account, or for a call alone.
pub async fn issue(
    app: &App,
    user: &str,
    scope: Option<Scope>,
    lifetime_s: u64,
) -> Result<Credentials, Refusal> {
    let user = known_user(app, user).await?;
    if !user.active {
        return Err(RestCode::UserDisabled.into());
    }
    let lifetime_s = u32::try_from(lifetime_s).map_err(|_| RestCode::InvalidTokenExpirations)?;
    let (access_token, expires_at) =
        app.tokens.issue_within(scope, &user.alias, app.clock.now(), lifetime_s)?;
    Ok(Credentials { access_token, expires_at: iso(expires_at), user_id: user.alias.to_string() })
}
