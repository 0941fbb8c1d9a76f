//! What browsers load: the widget's files, the page of its frame, the demo.

use crate::client::{Api, answer, assert_refused};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A server with a widget folder and a demo folder beside its data.
async fn site(origins: &[&str], demo: bool) -> (Api, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("secret.txt", "the secret");
    write("widget/bandyer-widget.min.js", "plain");
    write("widget/bandyer-widget.min.js.gz", "zipped");
    write("widget/bandyer-widget.min.js.br", "brotli");
    write("widget/a.wasm", "\0asm");
    write("widget/snippets/x-1/inline0.js", "inner");
    write("widget/1.44.0/bandyer-widget.min.js", "older");
    write("widget/.hidden", "hidden");
    write("widget/embed.html", "<html><meta name=\"bandyer-parents\" content=\"\"></html>");
    write("demo/index.html", "<h1>demo</h1>");
    write("demo/iframe.html", "<h1>iframe</h1>");
    let path = folder.path().to_owned();
    let origins = origins.iter().map(ToString::to_string).collect();
    let api = Api::start_with(move |config| {
        config.widget_folder = Some(path.join("widget"));
        config.demo_folder = Some(path.join("demo"));
        config.demo = demo;
        config.origins = origins;
    })
    .await;
    (api, folder)
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn widget_files_are_kept_for_ever_under_their_version_and_checked_otherwise() {
    let (api, _folder) = site(&[], false).await;
    let versioned = api.get(&format!("/sdk/js/chat/{VERSION}/bandyer-widget.min.js")).await;
    assert_eq!(versioned.status(), 200);
    assert_eq!(header(&versioned, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&versioned, "content-type"), "text/javascript; charset=utf-8");
    assert_eq!(header(&versioned, "access-control-allow-origin"), "*");
    assert_eq!(header(&versioned, "cross-origin-resource-policy"), "cross-origin");
    assert_eq!(header(&versioned, "x-content-type-options"), "nosniff");
    assert_eq!(versioned.text().await.unwrap(), "plain");
    let older = api.get("/sdk/js/chat/1.44.0/bandyer-widget.min.js").await;
    assert_eq!(older.text().await.unwrap(), "older");

    let current = api.get("/widget/bandyer-widget.min.js").await;
    assert_eq!(header(&current, "cache-control"), "no-cache");
    let tag = header(&current, "etag").to_owned();
    let again = api.request(Method::GET, "/widget/bandyer-widget.min.js").header("if-none-match", &tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    let other =
        api.request(Method::GET, "/widget/bandyer-widget.min.js").header("if-none-match", "\"other\"");
    assert_eq!(other.send().await.unwrap().status(), 200);
    assert_eq!(header(&api.get("/widget/a.wasm").await, "content-type"), "application/wasm");
    assert_eq!(api.get("/widget/snippets/x-1/inline0.js").await.text().await.unwrap(), "inner");
    let head = api.request(Method::HEAD, "/widget/a.wasm").send().await.unwrap();
    assert_eq!((head.status().as_u16(), header(&head, "content-length")), (200, "4"));
}

#[tokio::test]
async fn the_best_compression_the_browser_takes_is_sent() {
    let (api, _folder) = site(&[], false).await;
    for (accepts, coding, body) in [
        ("gzip, deflate, br, zstd", "br", "brotli"),
        ("gzip", "gzip", "zipped"),
        ("br;q=0, gzip", "gzip", "zipped"),
        ("identity", "", "plain"),
    ] {
        let request =
            api.request(Method::GET, "/widget/bandyer-widget.min.js").header("accept-encoding", accepts);
        let response = request.send().await.unwrap();
        assert_eq!(header(&response, "content-encoding"), coding, "{accepts}");
        assert_eq!(header(&response, "vary"), "accept-encoding");
        assert_eq!(header(&response, "content-type"), "text/javascript; charset=utf-8");
        assert_eq!(response.text().await.unwrap(), body, "{accepts}");
    }
}

/// The status a path gets as it is written: clients tidy `..` away before they ask.
async fn raw(api: &Api, path: &str) -> String {
    let mut stream = TcpStream::connect(api.server.address()).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn nothing_outside_the_folders_can_be_read() {
    let (api, folder) = site(&[], true).await;
    std::os::unix::fs::symlink(folder.path().join("secret.txt"), folder.path().join("widget/link.txt"))
        .unwrap();
    for start in ["/widget/", "/demo/", "/sdk/js/chat/1.45.0/", "/sdk/js/chat/..%2f/", "/sdk/js/chat/../"] {
        for path in [
            "../secret.txt",
            "..%2fsecret.txt",
            "%2e%2e/secret.txt",
            "%2e%2e%2fsecret.txt",
            "..%5csecret.txt",
            "....//secret.txt",
            "snippets/../../secret.txt",
            "%00../secret.txt",
            "/secret.txt",
            "%2fsecret.txt",
            "link.txt",
            ".hidden",
            "",
        ] {
            if (start, path) == ("/demo/", "") {
                continue;
            }
            let answer = raw(&api, &format!("{start}{path}")).await;
            assert!(!answer.contains("the secret") && !answer.contains("hidden\r\n"), "{start}{path}");
            assert!(
                answer.starts_with("HTTP/1.1 404") || answer.starts_with("HTTP/1.1 400"),
                "{start}{path}: {answer}"
            );
        }
    }
    let api_key = format!("/widget/{}", api.data().join("api-key").display());
    assert!(raw(&api, &api_key).await.starts_with("HTTP/1.1 404"));
    assert!(Path::new(&api.data().join("token-secret")).exists());
}

#[tokio::test]
async fn the_page_of_the_frame_is_locked_to_the_allowed_origins() {
    let (api, _folder) = site(&["https://shop.example"], false).await;
    let response = api.get("/embed").await;
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
    assert_eq!(header(&response, "cache-control"), "no-store");
    let policy = header(&response, "content-security-policy").to_owned();
    let host = api.server.address().to_string();
    for part in [
        "default-src 'none'".to_owned(),
        "script-src 'self' 'wasm-unsafe-eval'".to_owned(),
        "style-src 'self'".to_owned(),
        format!("connect-src 'self' ws://{host} wss://{host}"),
        "img-src 'self' blob: data: https:".to_owned(),
        "frame-ancestors 'self' https://shop.example".to_owned(),
    ] {
        assert!(policy.split("; ").any(|one| one.trim() == part), "{part} in {policy}");
    }
    let own = format!("http://{host} https://{host} https://shop.example");
    assert_eq!(
        response.text().await.unwrap(),
        format!("<html><meta name=\"bandyer-parents\" content=\"{own}\"></html>")
    );
    let (_, origins) = answer(api.request(Method::GET, "/embed/origins")).await;
    assert_eq!(origins["origins"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn the_demo_is_there_only_when_asked_for() {
    let (api, _folder) = site(&[], false).await;
    for (method, path) in
        [(Method::POST, "/demo/session?user=alice"), (Method::GET, "/demo/"), (Method::GET, "/")]
    {
        let answer = answer(api.request(method, path)).await;
        assert_refused(&answer, 404, "invalid_request_error", "route_not_found", path);
    }
    assert_eq!(api.rest_get("/rest/user/list").await.1, json!({"user_id_list": []}));
}

#[tokio::test]
async fn the_demo_has_two_users_with_a_chat_and_pages_that_are_never_kept() {
    let (api, _folder) = site(&[], true).await;
    assert_eq!(header(&api.get("/").await, "location"), "/demo/");
    for (path, body) in [("/demo/", "<h1>demo</h1>"), ("/demo/iframe.html", "<h1>iframe</h1>")] {
        let page = api.get(path).await;
        assert_eq!(header(&page, "cache-control"), "no-store", "{path}");
        assert_eq!(page.text().await.unwrap(), body, "{path}");
    }
    let session = async |user: &str, origin: Option<&str>| -> (u16, Value) {
        let request = api.request(Method::POST, &format!("/demo/session?user={user}"));
        answer(if let Some(origin) = origin { request.header("origin", origin) } else { request }).await
    };
    for user in ["alice", "bob"] {
        let (status, body) = session(user, Some("http://localhost:3000")).await;
        assert_eq!((status, &body["user_id"]), (200, &json!(user)));
        let (_, welcome) = crate::socket::Socket::open(&api, body["access_token"].as_str().unwrap()).await;
        assert_eq!(welcome["welcome"]["sync"]["chats"][0]["chat"], "alice#bob");
        assert!(welcome["welcome"]["user"]["first_name"].is_string());
    }
    let name = "invalid_request_error";
    assert_refused(&session("carl", None).await, 400, name, "invalid_user_id", "carl");
    assert_refused(
        &session("alice", Some("https://evil.example")).await,
        403,
        name,
        "origin_not_allowed",
        "evil",
    );
    // A page that points its own domain at this machine is of the same origin as the server, as browsers see it.
    let rebound = api.request(Method::POST, "/demo/session?user=alice").header("host", "evil.example:8080");
    let rebound = answer(rebound.header("origin", "http://evil.example:8080")).await;
    assert_refused(&rebound, 403, name, "origin_not_allowed", "rebound");
    let local = api.request(Method::POST, "/demo/session?user=alice").header("host", "localhost:8080");
    assert_eq!(answer(local.header("origin", "http://localhost:8080")).await.0, 200);
    let missing = answer(api.request(Method::POST, "/demo/session")).await;
    assert_refused(&missing, 422, "validation_error", "validation_error", "nobody");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let (api, _folder) = site(&[], true).await;
    for path in [
        "/",
        "/demo/",
        "/embed",
        "/widget/a.wasm",
        "/healthz",
        "/rest/user/list",
        "/nothing",
        "/docs/api",
        "/openapi.json",
    ] {
        let response = api.get(path).await;
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer", "{path}");
        assert!(!header(&response, "content-security-policy").is_empty(), "{path}");
        assert!(!header(&response, "cache-control").is_empty(), "{path}");
        assert!(!response.headers().contains_key("server"), "{path}");
    }
}
