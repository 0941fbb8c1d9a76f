//! The widget's own files, for pages of any origin: under their version, kept for ever, and under `/widget`, always
//! the current ones.

use super::folder::Folder;
use super::served_file::{Caching, served_file};
use crate::path::Path;
use crate::refusal::RestCode;
use crate::state::App;
use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// The version these files have.
const VERSION: &str = env!("CARGO_PKG_VERSION");

pub fn router(folder: Folder) -> Router<App> {
    let current = folder.clone();
    Router::new()
        .route(
            "/widget/{*path}",
            get(async move |Path(path): Path<String>, headers: HeaderMap| {
                serve(&current, &path, &headers, Caching::Revalidate).await
            }),
        )
        .route(
            "/sdk/js/chat/{version}/{*path}",
            get(async move |Path((version, path)): Path<(String, String)>, headers: HeaderMap| {
                if version == VERSION {
                    serve(&folder, &path, &headers, Caching::Forever).await
                } else {
                    // A folder of that name keeps an older version alive next to the current one.
                    serve(&folder, &format!("{version}/{path}"), &headers, Caching::Forever).await
                }
            }),
        )
}

async fn serve(folder: &Folder, path: &str, request: &HeaderMap, caching: Caching) -> Response {
    let Some(mut response) = served_file(folder, path, request, caching).await else {
        return RestCode::RouteNotFound.into_response();
    };
    let mut set = |name, value| response.headers_mut().insert(name, HeaderValue::from_static(value));
    set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    set(HeaderName::from_static("timing-allow-origin"), "*");
    response
}
