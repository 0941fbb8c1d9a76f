//! `/embed`: our own page for an `<iframe>` on a host page whose policy forbids WebAssembly. Only the allowed origins
//! may frame it, and it learns which they are.

use super::folder::Folder;
use super::served_file::{Caching, served_file};
use crate::origin::{Origin, OriginPolicy, request_host};
use crate::refusal::RestCode;
use crate::state::App;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

/// Where the page says who may embed it.
const PARENTS: &str = "<meta name=\"bandyer-parents\" content=\"\">";

/// The page is a screenful of HTML.
const MAX_PAGE_BYTES: usize = 256 * 1024;

pub fn router(folder: Folder) -> Router<App> {
    Router::new()
        .route(
            "/embed",
            get(async move |State(app): State<App>, headers: HeaderMap| page(&folder, &app, &headers).await),
        )
        .route("/embed/origins", get(origins))
}

async fn origins(State(app): State<App>, headers: HeaderMap) -> Json<Value> {
    Json(json!({ "origins": parents(&app.origins, &headers) }))
}

async fn page(folder: &Folder, app: &App, request: &HeaderMap) -> Response {
    let Some(found) = served_file(folder, "embed.html", &HeaderMap::new(), Caching::None).await else {
        return RestCode::RouteNotFound.into_response();
    };
    let (mut parts, body) = found.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_PAGE_BYTES).await else {
        return RestCode::Internal.into_response();
    };
    // Origins hold no character that HTML would read, see `Origin::parse`.
    let list = parents(&app.origins, request).join(" ");
    let html = String::from_utf8_lossy(&bytes)
        .replace(PARENTS, &format!("<meta name=\"bandyer-parents\" content=\"{list}\">"));
    parts.headers.remove(header::ETAG);
    parts.headers.remove(header::CONTENT_LENGTH);
    if let Ok(policy) = HeaderValue::from_str(&policy(&app.origins, request)) {
        parts.headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let mut response = Response::from_parts(parts, Body::from(html));
    let mut set = |name, value| response.headers_mut().insert(name, HeaderValue::from_static(value));
    set(header::VARY, "referer, host");
    // The frame asks for what a call needs; the page around it decides with its `allow` attribute.
    set(
        header::HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()",
    );
    set(header::HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    response
}

/// The origins whose pages may embed this one: the configured ones, our own, and with the demo the page of this
/// machine that is asking.
pub(super) fn parents(policy: &OriginPolicy, request: &HeaderMap) -> Vec<String> {
    let own = policy.own(request).into_iter().map(|origin| origin.to_string());
    let mut list: Vec<String> = policy.configured().chain(own).collect();
    if policy.allows_loopback()
        && let Some(origin) = referring_origin(request)
        && policy.lists(&origin)
    {
        list.push(origin.to_string());
    }
    list.sort();
    list.dedup();
    list
}

fn policy(origins: &OriginPolicy, request: &HeaderMap) -> String {
    // `'self'` covers WebSockets only in newer browsers.
    let sockets = request_host(request).map(|host| format!(" ws://{host} wss://{host}")).unwrap_or_default();
    let configured: Vec<String> = origins.configured().collect();
    let loopback = if origins.allows_loopback() {
        " http://localhost:* http://127.0.0.1:* https://localhost:*"
    } else {
        ""
    };
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         connect-src 'self'{sockets}; img-src 'self' blob: data: https:; media-src 'self' blob:; font-src 'self'; \
         worker-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'self' {}{loopback}",
        configured.join(" ")
    )
}

pub(super) fn referring_origin(request: &HeaderMap) -> Option<Origin> {
    let referer = request.get(header::REFERER)?.to_str().ok()?;
    let (scheme, rest) = referer.split_once("://")?;
    Origin::parse(&format!("{scheme}://{}", rest.split(['/', '?', '#']).next()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn only_configured_origins_and_our_own_may_embed() {
        let shop = OriginPolicy::new(&["https://shop.example".to_owned()], None, false).unwrap();
        let request = asking(&[(header::HOST, "chat.example"), (header::REFERER, "http://localhost:3000/x")]);
        assert_eq!(
            parents(&shop, &request),
            ["http://chat.example", "https://chat.example", "https://shop.example"]
        );
        assert!(policy(&shop, &request).ends_with("frame-ancestors 'self' https://shop.example"));
        assert!(policy(&shop, &request).contains("connect-src 'self' ws://chat.example wss://chat.example;"));
    }

    #[test]
    fn the_demo_lets_pages_of_this_machine_embed_and_no_others() {
        let demo = OriginPolicy::new(&[], None, true).unwrap();
        let from = |referer| parents(&demo, &asking(&[(header::REFERER, referer)]));
        assert_eq!(from("http://localhost:3000/page?x"), ["http://localhost:3000"]);
        assert_eq!(from("https://evil.example/"), Vec::<String>::new());
        assert_eq!(from("http://localhost:3000\"><script>"), Vec::<String>::new());
    }

    #[test]
    fn a_made_up_host_reaches_neither_page_nor_policy() {
        let none = OriginPolicy::default();
        let request = asking(&[(header::HOST, "x; script-src *")]);
        assert_eq!(parents(&none, &request), Vec::<String>::new());
        assert!(!policy(&none, &request).contains("script-src *"));
    }
}
