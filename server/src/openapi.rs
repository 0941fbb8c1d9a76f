//! The OpenAPI 3.1 description of the HTTP interface, but for its routes, which describe themselves.

mod strict;

use serde_json::Value;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi as _};

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

/// What is described of the interface as a whole, before any route.
pub fn document() -> OpenApi {
    Document::openapi()
}

/// The description as it is served.
pub fn described(document: &OpenApi) -> Value {
    strict::complete(serde_json::to_value(document).unwrap_or_default())
}
