//! Whose request this is: the access token in the `Authorization` header of the widget's HTTP requests.

use crate::app::App;
use crate::clock;
use crate::rest::refusal::{Refusal, RestCode};
use axum::extract::FromRequestParts;
use axum::http::{header, request::Parts};
use bandyer_protocol::{Timestamp, UserAlias};

/// The user a valid token was given to, who still exists and is active.
pub struct Bearer(pub UserAlias);

impl FromRequestParts<App> for Bearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) =
            header.and_then(|text| text.split_once(' ')).ok_or(RestCode::InvalidAccessToken)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(RestCode::InvalidAccessToken.into());
        }
        let token = app.tokens.verify(token.trim(), clock::now())?;
        require_active(app, token.user, Some(token.issued_at)).await.map(Self)
    }
}

/// Lets a user through who exists and is active; a token has to be younger than its user.
///
/// # Errors
/// `user_deleted`, `user_disabled`, `access_token_invalid`, `storage_unavailable`.
pub async fn require_active(
    app: &App,
    alias: UserAlias,
    issued_at: Option<Timestamp>,
) -> Result<UserAlias, Refusal> {
    let asked = alias.clone();
    let user = app.reads.read(move |store| store.user(&asked)).await?.ok_or(RestCode::InvalidAccessToken)?;
    // Tokens count whole seconds.
    let is_older = |issued: Timestamp| issued.plus_ms(999) < user.created_at;
    if user.deleted {
        Err(RestCode::TokenUserDeleted.into())
    } else if !user.active {
        Err(RestCode::TokenUserDisabled.into())
    } else if issued_at.is_some_and(is_older) {
        Err(RestCode::InvalidAccessToken.into())
    } else {
        Ok(alias)
    }
}
