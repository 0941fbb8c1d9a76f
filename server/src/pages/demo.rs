//! The demo: two users who are there from the start, pages to try the widget on, and tokens for the asking. Only with
//! `--demo`, because it hands out access to whoever asks.

use super::folder::Folder;
use super::served_file::{Caching, served_file};
use crate::origin::{Scheme, at_host, request_host};
use crate::path::Path;
use crate::refusal::{Refusal, RestCode};
use crate::rest::credentials::{Credentials, issue};
use crate::state::App;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bandyer_hub::{AdminFailure, UserChange};
use bandyer_protocol::{ErrorCode, Failure, UserAlias};
use bandyer_records::{Role, UserRecord};
use serde::Deserialize;
use std::net::IpAddr;

/// Alias, first name, last name.
const USERS: [(&str, &str, &str); 2] = [("alice", "Alice", "Ferrari"), ("bob", "Bob", "Novak")];

/// Long enough to look around.
const TOKEN_LIFETIME_S: u64 = 3600;

pub fn router(app: &App) -> Router<App> {
    let router = Router::new().route("/demo/session", post(session));
    let Some(folder) = app.config.demo_folder.clone().map(Folder::on_disk) else { return router };
    let index = folder.clone();
    router
        .route("/", get(async || Redirect::temporary("/demo/")))
        .route("/demo", get(async || Redirect::temporary("/demo/")))
        .route("/demo/", get(async move |headers: HeaderMap| serve(&index, "index.html", &headers).await))
        .route(
            "/demo/{*path}",
            get(async move |Path(path): Path<String>, headers: HeaderMap| {
                serve(&folder, &path, &headers).await
            }),
        )
}

/// Makes sure that the users of the demo and their chat exist.
///
/// # Errors
/// When they cannot be stored.
pub async fn prepare(app: &App) -> Result<(), Failure> {
    let mut aliases = Vec::new();
    for (id, first_name, last_name) in USERS {
        let alias =
            UserAlias::parse(id).map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))?;
        let user = UserRecord {
            first_name: Some(first_name.to_owned()),
            last_name: Some(last_name.to_owned()),
            role: Role::Plus,
            ..UserRecord::new(alias.clone(), app.clock.now())
        };
        // Of a demo that was there before calls were: one of two who call each other has to have that role.
        let plus = UserChange { role: Some(Role::Plus), ..UserChange::default() };
        let kept = match app.hub.create_user(user).await {
            Err(AdminFailure::UserExists) => app.hub.update_user(alias.clone(), plus).await,
            made => made,
        };
        match kept {
            Ok(_) | Err(AdminFailure::UserExists) => aliases.push(alias),
            Err(AdminFailure::Refused(failure)) => return Err(failure),
        }
    }
    if let [alice, bob] = &aliases[..] {
        match app.hub.add_chat(alice.clone(), bob.clone()).await {
            Ok(_) | Err(AdminFailure::UserExists) => {}
            Err(AdminFailure::Refused(failure)) => return Err(failure),
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct Who {
    user: String,
}

/// Only for the demo's own users, and only for pages that may use the server.
async fn session(
    State(app): State<App>,
    headers: HeaderMap,
    who: Result<Query<Who>, QueryRejection>,
) -> Result<Json<Credentials>, Refusal> {
    let Query(who) = who.map_err(|error| RestCode::Validation.because(error.body_text()))?;
    if !app.origins.allows_request(&headers) || !is_own_address(&app, &headers) {
        return Err(RestCode::OriginNotAllowed.into());
    }
    if !USERS.iter().any(|(id, ..)| *id == who.user) {
        return Err(RestCode::InvalidUserId.because("The demo has the users alice and bob"));
    }
    issue(&app, &who.user, None, TOKEN_LIFETIME_S).await.map(Json)
}

/// Whether the server was asked by a name that only its operator can give it. A page elsewhere can point its own
/// domain at this machine and would then count as our own origin; it cannot do that with an address or `localhost`.
fn is_own_address(app: &App, headers: &HeaderMap) -> bool {
    let Some(host) = request_host(headers) else { return false };
    let name =
        host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    let is_address = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    let here = [Scheme::Http, Scheme::Https].into_iter().filter_map(|scheme| at_host(scheme, host));
    let is_configured = || here.into_iter().any(|own| app.origins.lists(&own));
    is_address || name.eq_ignore_ascii_case("localhost") || is_configured()
}

async fn serve(folder: &Folder, path: &str, request: &HeaderMap) -> Response {
    let path = if path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    match served_file(folder, &path, request, Caching::None).await {
        Some(mut response) => {
            // The pages bring their own policy where they show one; only other sites may not frame them.
            response
                .headers_mut()
                .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("frame-ancestors 'self'"));
            response
        }
        None => RestCode::RouteNotFound.into_response(),
    }
}
