//! `/docs/api`: the description of the HTTP interface as a page, written once at start. It needs no script and
//! nothing from elsewhere.

mod operation;
mod schema;
mod text;

use crate::openapi::described;
use crate::state::App;
use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use serde_json::Value;
use std::fmt::Write;
use text::{escape, prose};
use utoipa::openapi::OpenApi;

const STYLE: &str = include_str!("api_page/style.css");

const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub fn router(api: &OpenApi) -> Router<App> {
    let document = described(api);
    let json = Bytes::from(document.to_string());
    let page = Bytes::from(page(&document));
    Router::new()
        .route("/openapi.json", get(async move || with(json.clone(), "application/json")))
        .route("/docs/api", get(async move || with(page.clone(), "text/html; charset=utf-8")))
        .route(
            "/docs/api.css",
            get(async || with(Bytes::from_static(STYLE.as_bytes()), "text/css; charset=utf-8")),
        )
}

fn with(body: Bytes, media_type: &'static str) -> Response {
    let mut response = body.into_response();
    let mut set = |name, value| response.headers_mut().insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_TYPE, media_type);
    set(header::CACHE_CONTROL, "no-cache");
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    response
}

/// One operation and where it stands in the document.
struct Entry<'a> {
    method: &'a str,
    path: &'a str,
    operation: &'a Value,
}

impl Entry<'_> {
    fn id(&self) -> String {
        let path: String =
            self.path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        format!("{}{path}", self.method)
    }

    fn tag(&self) -> &str {
        self.operation["tags"][0].as_str().unwrap_or("Other")
    }

    fn summary(&self) -> &str {
        self.operation["summary"].as_str().unwrap_or_default()
    }
}

fn page(document: &Value) -> String {
    let info = &document["info"];
    let title = escape(info["title"].as_str().unwrap_or("API"));
    let entries = entries(document);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"api.css\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#content\">Skip to the operations</a>\n"
    );
    // Writing to a String cannot fail.
    let _ = write!(
        html,
        "{}<main id=\"content\">\n<header class=\"intro\">\n<h1>{title}</h1>\n",
        navigation(document, &entries)
    );
    let _ = write!(
        html,
        "<p class=\"version\">Version {} · OpenAPI {} · <a href=\"../openapi.json\">openapi.json</a></p>\n{}\n</header>\n",
        escape(info["version"].as_str().unwrap_or_default()),
        escape(document["openapi"].as_str().unwrap_or_default()),
        prose(info["description"].as_str().unwrap_or_default()),
    );
    for tag in tags(document) {
        let name = tag["name"].as_str().unwrap_or_default();
        let _ = write!(
            html,
            "<section aria-labelledby=\"tag-{0}\">\n<h2 id=\"tag-{0}\">{0}</h2>\n{1}\n",
            escape(name),
            prose(tag["description"].as_str().unwrap_or_default())
        );
        for entry in entries.iter().filter(|entry| entry.tag() == name) {
            operation::render(&mut html, document, entry);
        }
        html.push_str("</section>\n");
    }
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

fn tags(document: &Value) -> &[Value] {
    document["tags"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn entries(document: &Value) -> Vec<Entry<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            item.as_object().into_iter().flatten().map(move |(method, operation)| Entry {
                method,
                path,
                operation,
            })
        })
        .collect()
}

fn navigation(document: &Value, entries: &[Entry<'_>]) -> String {
    let mut html = String::from("<nav aria-label=\"Operations\">\n");
    for tag in tags(document) {
        let name = tag["name"].as_str().unwrap_or_default();
        let _ = write!(html, "<h2>{}</h2>\n<ul>\n", escape(name));
        for entry in entries.iter().filter(|entry| entry.tag() == name) {
            let _ = writeln!(
                html,
                "<li><a href=\"#{}\"><span class=\"verb {}\">{}</span> {}</a></li>",
                escape(&entry.id()),
                escape(entry.method),
                escape(&entry.method.to_uppercase()),
                escape(entry.summary())
            );
        }
        html.push_str("</ul>\n");
    }
    html.push_str("</nav>\n");
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_document_says_is_shown_and_never_run() {
        let html = page(&json!({
            "openapi": "3.1.0",
            "info": {"title": "T <script>", "version": "1", "description": "a `b<c` d"},
            "tags": [{"name": "Users", "description": "People"}],
            "paths": {"/x/{id}": {"get": {
                "tags": ["Users"], "summary": "Get <b>",
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "ok", "content": {"application/json": {"schema":
                    {"$ref": "#/components/schemas/User"}}}}}
            }}},
            "components": {"schemas": {"User": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "description": "The <i>name</i>"}}}}}
        }));
        assert!(html.contains("T &lt;script&gt;") && html.contains("Get &lt;b&gt;"));
        assert!(html.contains("<code>b&lt;c</code>"));
        assert!(html.contains("The &lt;i&gt;name&lt;/i&gt;"));
        assert!(html.contains("id=\"get-x--id-\"") && html.contains("href=\"#get-x--id-\""));
        assert!(!html.contains("<script") && !html.contains("style=") && !html.contains("//"), "{html}");
    }
}
