//! Which handler answers what: the one file that knows them all.

use crate::openapi::document;
use crate::refusal::{Refusal, RestCode};
use crate::state::App;
use crate::{call_window, farewell, health, ice, pages, rest, uploads, ws};
use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header, request::Parts};
use bandyer_protocol::SOCKET_PATH;
use std::sync::Arc;
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let (api, document) = documented(&app);
    Router::new()
        .route(SOCKET_PATH, axum::routing::get(ws::upgrade))
        .merge(farewell::router())
        .merge(health::router())
        .merge(api)
        .merge(pages::router(&app, &document))
        .fallback(async || Refusal::from(RestCode::RouteNotFound))
        .method_not_allowed_fallback(async || Refusal::from(RestCode::MethodNotAllowed))
        .layer(axum::middleware::from_fn(pages::secure))
        .with_state(app)
}

/// The documented routes and their description, which come out of the same place, so that neither can exist without the
/// other.
fn documented(app: &App) -> (Router<App>, OpenApi) {
    let client = OpenApiRouter::new()
        .merge(uploads::router())
        .merge(ice::router())
        .merge(call_window::router())
        .merge(rest::avatars::public_router());
    let (client, widget) = client.split_for_parts();
    // Before the layer: otherwise the answer to a wrong method, and with it every preflight, would pass it by.
    let client = client.method_not_allowed_fallback(wrong_method).layer(cors(app));
    let (rest, mut document) =
        OpenApiRouter::with_openapi(document()).nest("/rest", rest::router(app)).split_for_parts();
    document.merge(widget);
    (rest.method_not_allowed_fallback(wrong_method).merge(client), document)
}

async fn wrong_method() -> Refusal {
    RestCode::MethodNotAllowed.into()
}

/// Pages of the allowed origins may upload and download from a script.
fn cors(app: &App) -> CorsLayer {
    let origins = Arc::clone(&app.origins);
    let allowed = move |origin: &HeaderValue, parts: &Parts| {
        origin.to_str().is_ok_and(|origin| origins.allows(origin, &parts.headers))
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::RANGE])
        .expose_headers([
            header::CONTENT_DISPOSITION,
            header::CONTENT_RANGE,
            header::RETRY_AFTER,
            HeaderName::from_static("content-length"),
        ])
        .max_age(Duration::from_secs(3600))
}
