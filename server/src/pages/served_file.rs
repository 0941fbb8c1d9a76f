//! Turns a file of a folder into an HTTP answer: media type, compression, caching, revalidation.

use super::folder::{Coding, Folder};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// How long a browser may keep a file without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// The address holds the version: what lies there never changes.
    Forever,
    /// Kept, but checked each time.
    Revalidate,
    /// Not kept at all.
    None,
}

impl Caching {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Caching::Forever => "public, max-age=31536000, immutable",
            Caching::Revalidate => "no-cache",
            Caching::None => "no-store",
        })
    }
}

/// The file at `path` as an answer to a request with these headers; `None` when there is no such file.
pub async fn served_file(
    folder: &Folder,
    path: &str,
    request: &HeaderMap,
    caching: Caching,
) -> Option<Response> {
    let found = folder.find(path, &accepted(request)).await?;
    let tag = format!("\"{}{}\"", found.mark, found.coding.suffix());
    let unchanged = request
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag));
    let mut response = if unchanged && caching != Caching::None {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut full = Body::from(found.bytes).into_response();
        full.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
        if let Some(token) = found.coding.token() {
            full.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
        }
        full
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, caching.header());
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Some(response)
}

/// Which compressions the browser takes, best first.
fn accepted(request: &HeaderMap) -> Vec<Coding> {
    let text = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |token: &str| {
        text.split(',').any(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            let refused = entry.replace(' ', "").split_once(";q=").is_some_and(|(_, q)| q.parse() == Ok(0.0));
            parts.next().is_some_and(|name| name.eq_ignore_ascii_case(token)) && !refused
        })
    };
    let mut codings = Vec::new();
    if takes("br") {
        codings.push(Coding::Brotli);
    }
    if takes("gzip") {
        codings.push(Coding::Gzip);
    }
    codings
}

/// By the ending of the name; unknown endings download.
pub fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" | "mjs" | "cjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "ts" | "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(encodings: &'static str) -> Vec<Coding> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(encodings));
        accepted(&headers)
    }

    #[test]
    fn brotli_goes_first_and_a_refused_coding_is_not_used() {
        assert_eq!(asking("gzip, deflate, br"), [Coding::Brotli, Coding::Gzip]);
        assert_eq!(asking("br;q=0, gzip;q=0.5"), [Coding::Gzip]);
        assert_eq!(asking("BR; q=0.000"), []);
        assert_eq!(asking("identity"), []);
        assert_eq!(accepted(&HeaderMap::new()), []);
    }
}
