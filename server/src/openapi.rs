//! The documented HTTP interface: its routes and the OpenAPI 3.1 description come out of the same place, so that
//! neither can exist without the other.

mod strict;

use crate::app::App;
use crate::rest::refusal::{Refusal, RestCode};
use crate::{ice, rest, uploads};
use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header, request::Parts};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi as _};
use utoipa_axum::router::OpenApiRouter;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Bandyer chat server API",
        description = "Two audiences share this interface. Your own server uses everything under `/rest`, with the \
            `apikey` header; the key must never reach a browser. The widget uses everything under `/client`, with \
            an access token that your server asked for.\n\n\
            Every refusal has the same form: `{\"error\": {\"name\", \"code\", \"reason\"}}`. Programs match on \
            `code`; `reason` is English for a log. Any route may also answer `rate_limited` (429), \
            `storage_unavailable` (503) and `shutting_down` (503): nothing was stored then, and the same request may \
            be sent again.\n\n\
            Dates are ISO 8601 in UTC with milliseconds. Parameters may be sent in the query or as a JSON object in \
            the body, whatever the method.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "Credentials", description = "Access tokens for the widget."),
        (name = "Users", description = "Who can chat. Users are named by you."),
        (name = "Chats", description = "One-to-one chats and their messages."),
        (name = "Rooms", description = "Calls by link, and who may come in."),
        (name = "Sessions", description = "What happened: who met whom, when, for how long."),
        (name = "Webhooks", description = "What your server is told by itself."),
        (name = "Widget", description = "What the widget itself uses over HTTP; the rest goes over its WebSocket."),
    ),
    modifiers(&Schemes)
)]
struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let key = ApiKeyValue::with_description("apikey", "The key of your server.");
        components.add_security_scheme("apikey", SecurityScheme::ApiKey(ApiKey::Header(key)));
        let token = Http::new(HttpAuthScheme::Bearer);
        components.add_security_scheme("access_token", SecurityScheme::Http(token));
    }
}

/// The routes, and what describes them.
pub fn documented(app: &App) -> (Router<App>, OpenApi) {
    let client = OpenApiRouter::new()
        .merge(uploads::router())
        .merge(ice::router())
        .merge(rest::avatars::public_router());
    let (client, widget) = client.split_for_parts();
    // Before the layer: otherwise the answer to a wrong method, and with it every preflight, would pass it by.
    let client = client.method_not_allowed_fallback(wrong_method).layer(cors(app));
    let (rest, mut document) =
        OpenApiRouter::with_openapi(Document::openapi()).nest("/rest", rest::router(app)).split_for_parts();
    document.merge(widget);
    (rest.method_not_allowed_fallback(wrong_method).merge(client), document)
}

/// The description as it is served.
pub fn described(document: &OpenApi) -> Value {
    strict::complete(serde_json::to_value(document).unwrap_or_default())
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
