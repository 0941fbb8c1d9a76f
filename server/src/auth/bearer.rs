//! Whose request this is: the access token in the `Authorization` header of the widget's HTTP requests.

use crate::auth::token::{AccessToken, TokenKeys};
use crate::clock::Clock;
use crate::read_pool::ReadPool;
use crate::refusal::{Refusal, RestCode};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::{header, request::Parts};
use bandyer_hub::scope::{out_of_scope, stands};
use bandyer_hub::{Scope, admitted};
use bandyer_protocol::{ErrorCode, Timestamp, UserAlias};
use bandyer_records::UploadPlace;
use std::sync::Arc;

/// A valid token of a user who still exists and is active.
pub struct Bearer(pub AccessToken);

impl<S> FromRequestParts<S> for Bearer
where
    S: Send + Sync,
    Arc<TokenKeys>: FromRef<S>,
    ReadPool: FromRef<S>,
    Clock: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) =
            header.and_then(|text| text.split_once(' ')).ok_or(RestCode::InvalidAccessToken)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(RestCode::InvalidAccessToken.into());
        }
        let token = Arc::<TokenKeys>::from_ref(state).verify(token.trim(), Clock::from_ref(state).now())?;
        let reads = ReadPool::from_ref(state);
        require_admitted(&reads, &token.user, Some(token.issued_at)).await?;
        require_open(&reads, token.scope.as_ref()).await?;
        Ok(Self(token))
    }
}

impl Bearer {
    /// # Errors
    /// `out_of_scope` when the token opens a call only.
    pub fn whole_account(self) -> Result<AccessToken, Refusal> {
        if self.0.scope.is_some() { Err(out_of_scope().into()) } else { Ok(self.0) }
    }
}

/// Whether what lies in that place is within the scope; without one, everything is.
pub fn reaches(scope: Option<&Scope>, place: &UploadPlace) -> bool {
    scope.is_none_or(|scope| match place {
        UploadPlace::Chat(chat) => chat == &scope.chat,
        UploadPlace::Call(call) => call == &scope.call,
    })
}

/// Lets through who may have a session, with a token made at that time.
///
/// # Errors
/// `user_deleted`, `user_disabled`, `access_token_invalid`, `storage_unavailable`.
pub async fn require_admitted(
    reads: &ReadPool,
    alias: &UserAlias,
    issued_at: Option<Timestamp>,
) -> Result<(), Refusal> {
    let asked = alias.clone();
    let user = reads.read(move |store| store.user(&asked)).await?;
    match admitted(user.as_ref(), issued_at) {
        Ok(_) => Ok(()),
        // Elsewhere in REST these two are about somebody else.
        Err(failure) if failure.code == ErrorCode::UserDeleted => Err(RestCode::TokenUserDeleted.into()),
        Err(failure) if failure.code == ErrorCode::UserDisabled => Err(RestCode::TokenUserDisabled.into()),
        Err(failure) => Err(failure.into()),
    }
}

/// What a link opened ends with its room.
async fn require_open(reads: &ReadPool, scope: Option<&Scope>) -> Result<(), Refusal> {
    let Some(scope) = scope else { return Ok(()) };
    let call = scope.call.clone();
    let room = reads.read(move |store| store.room(&call)).await?;
    Ok(stands(room.as_ref())?)
}
