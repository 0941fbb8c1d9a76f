//! `POST /client/farewell`: the last word of a page whose socket is gone before it can speak. It comes as a beacon, which
//! has no headers of its own: the token stands in the body, and the content type is not looked at.

use crate::auth::bearer::require_admitted;
use crate::refusal::Refusal;
use crate::rest::arguments::Arguments;
use crate::state::App;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::post;
use bandyer_hub::scope::out_of_scope;
use bandyer_protocol::{FAREWELL_PATH, Farewell, Leaves};

/// The longest token, and a few words.
const MAX_BODY_BYTES: usize = 16 * 1024;

pub fn router() -> Router<App> {
    Router::new().route(FAREWELL_PATH, post(hear)).layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}

async fn hear(
    State(app): State<App>,
    Arguments(Farewell { token, leaves }): Arguments<Farewell>,
) -> Result<StatusCode, Refusal> {
    let token = app.tokens.verify(&token.0, app.clock.now())?;
    require_admitted(&app.reads, &token.user, Some(token.issued_at)).await?;
    let within = token.scope.as_ref().is_none_or(|scope| match &leaves {
        Leaves::Call { call, .. } | Leaves::ForAMoment { call, .. } => call == &scope.call,
        // Who has a link does not call.
        Leaves::Ring { .. } => false,
    });
    if !within {
        return Err(out_of_scope().into());
    }
    app.sockets.admit(&token)?;
    app.hub.leave(token.user, leaves).await?;
    Ok(StatusCode::NO_CONTENT)
}
