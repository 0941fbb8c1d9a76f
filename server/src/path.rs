//! The parts of a path that a route names. What cannot be read is refused in the form of every other refusal.

use crate::refusal::{Refusal, RestCode};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// In place of axum's own, which answers plain text.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        #[expect(clippy::disallowed_types, reason = "the one place that turns its refusal into ours")]
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(read)) => Ok(Self(read)),
            Err(rejection) => Err(RestCode::InvalidParam.because(rejection.body_text())),
        }
    }
}
