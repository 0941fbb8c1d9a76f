//! The page in the window that a call has of its own. Its address says nothing: what it needs comes from the page that
//! opened it, or, where the two are cut off from each other, from here, once.

use super::view;
use super::words::Language;
use super::{file, html_page};
use crate::pages::embed::{parents, referring_origin};
use crate::refusal::{Refusal, RestCode};
use crate::rest::arguments::Arguments;
use crate::state::App;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

/// As the original's. In the widget, as a link, it leads to the call its user is in.
const PATH: &str = "/connect/call/call-from-widget/true";
/// A code and the braces around it.
const MAX_REQUEST: usize = 256;

const SCRIPT: &str = include_str!("window.js");

pub fn router() -> Router<App> {
    Router::new()
        .route(PATH, get(page))
        .route("/connect/call/handover", post(hand_over).layer(DefaultBodyLimit::max(MAX_REQUEST)))
        .route("/connect/window.js", get(async || file("window.js", SCRIPT)))
}

async fn page(State(app): State<App>, headers: HeaderMap) -> Response {
    let language = Language::chosen(None, &headers, None);
    // Origins hold no character that HTML would read, see `Origin::parse`.
    let openers = parents(&app.origins, &headers);
    // A page of a stranger may leave something here, too, and lead somebody to it: nothing that happens then without a
    // click may open a camera.
    let trusted =
        referring_origin(&headers).is_some_and(|origin| app.origins.allows(&origin.to_string(), &headers));
    let mut response = html_page(&headers, StatusCode::OK, view::window(language, &openers, trusted));
    let set = response.headers_mut();
    // With any other word the page that opened it would be cut off.
    set.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("unsafe-none"),
    );
    set.insert(header::VARY, HeaderValue::from_static("referer, host, accept-language"));
    response
}

#[derive(Deserialize)]
struct HandoverRequest {
    code: String,
}

async fn hand_over(
    State(app): State<App>,
    headers: HeaderMap,
    Arguments(request): Arguments<HandoverRequest>,
) -> Result<Response, Refusal> {
    if !app.origins.allows_request(&headers) {
        return Err(RestCode::OriginNotAllowed.into());
    }
    // A window that is quicker than the page that opened it asks again.
    let nothing = || StatusCode::NO_CONTENT.into_response();
    Ok(app
        .handovers
        .take(&request.code, app.clock.now())
        .map_or_else(nothing, |what| Json(what).into_response()))
}
