//! Which pages may use the server, over every way in: the socket, the frame, and requests of scripts.

use crate::client::{API_KEY, Api};
use crate::connections::{knock, until_closed};
use bandyer_protocol::secret::Secret;
use bandyer_server::{Config, Server};

/// Whether a page of `origin` gets through the socket's door, asked with these headers besides.
async fn opens(api: &Api, origin: &str, headers: &str) -> bool {
    let request = format!(
        "GET /client/socket HTTP/1.1\r\nOrigin: {origin}\r\n{headers}Upgrade: websocket\r\nConnection: upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    let mut stream = knock(api, &request).await;
    let mut status = [0; 12];
    tokio::io::AsyncReadExt::read_exact(&mut stream, &mut status).await.unwrap();
    match &status {
        b"HTTP/1.1 101" => true,
        b"HTTP/1.1 403" => false,
        other => panic!("{}", String::from_utf8_lossy(other)),
    }
}

#[tokio::test]
async fn the_own_origin_is_known_behind_a_proxy_on_any_port() {
    let api = Api::start().await;
    for (host, origin, own) in [
        ("chat.example:443", "https://chat.example", true),
        ("chat.example:8443", "https://chat.example:8443", true),
        ("chat.example", "https://chat.example:8443", false),
        ("chat.example:8443", "https://evil.example:8443", false),
        ("chat.example", "evil://chat.example", false),
        ("chat.example", "javascript://chat.example", false),
    ] {
        assert_eq!(opens(&api, origin, &format!("Host: {host}\r\n")).await, own, "{origin} at {host}");
    }
    let https = "Host: chat.example\r\nX-Forwarded-Proto: https\r\n";
    assert!(opens(&api, "https://chat.example", https).await);
    assert!(!opens(&api, "http://chat.example", https).await);
}

#[tokio::test]
async fn the_public_address_is_the_own_one_whatever_the_proxy_passes_on() {
    let api =
        Api::start_with(|config| config.public_url = Some("https://chat.example:8443/".to_owned())).await;
    assert!(opens(&api, "https://chat.example:8443", "Host: chat.example\r\n").await);
    assert!(opens(&api, "https://chat.example:8443", "Host: backend\r\n").await);
    assert!(!opens(&api, "http://chat.example:8443", "Host: chat.example:8443\r\n").await);
    assert!(!opens(&api, "https://other.example:8443", "Host: chat.example\r\n").await);
}

#[tokio::test]
async fn who_is_not_trusted_says_nothing_about_the_scheme() {
    let api = Api::start_with(|config| config.trusted_proxies = vec![]).await;
    assert!(opens(&api, "http://chat.example", "Host: chat.example\r\nX-Forwarded-Proto: https\r\n").await);
}

#[tokio::test]
async fn configured_origins_are_read_as_browsers_write_them_everywhere() {
    let written = ["https://bücher.example", "https://a.example:443", "HTTPS://B.example/"];
    let browsers = ["https://xn--bcher-kva.example", "https://a.example", "https://b.example"];
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("embed.html"), "<meta name=\"bandyer-parents\" content=\"\">").unwrap();
    let widget = folder.path().to_owned();
    let api = Api::start_with(move |config| {
        config.origins = written.map(str::to_owned).to_vec();
        config.widget_folder = Some(widget);
    })
    .await;
    let header = |response: &reqwest::Response, name: &str| {
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    let embed = api.get("/embed").await;
    let policy = header(&embed, "content-security-policy");
    let page = embed.text().await.unwrap();
    for origin in browsers {
        assert!(opens(&api, origin, "Host: chat.example\r\n").await, "{origin}");
        let request = api.request(reqwest::Method::POST, "/client/ice").header("origin", origin);
        let answer = request.send().await.unwrap();
        assert_eq!(header(&answer, "access-control-allow-origin"), origin);
        assert!(policy.split(' ').any(|one| one == origin), "{origin} in {policy}");
        assert!(page.contains(origin), "{origin} in {page}");
    }
    assert!(!policy.contains('*') && policy.is_ascii(), "{policy}");
}

#[tokio::test]
async fn an_origin_that_can_never_match_stops_the_start_and_is_named() {
    for origin in [
        "*",
        "https://*",
        "https://*.shop.example",
        "http://*:*",
        "https://shop.example/path",
        "shop.example",
        "null",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            data: folder.path().join("data"),
            listen: ([127, 0, 0, 1], 0).into(),
            api_key: Some(Secret(API_KEY.to_owned())),
            origins: vec!["https://good.example".to_owned(), origin.to_owned()],
            ..Config::default()
        };
        let Err(told) = Server::start(config).await.map(drop) else { panic!("{origin} was taken") };
        let told = told.to_string();
        assert!(told.contains("origins") && told.contains(origin), "{told}");
    }
}

#[tokio::test]
async fn a_refused_socket_says_why_in_the_form_of_every_refusal() {
    let api = Api::start().await;
    for (headers, code) in [
        ("Origin: https://evil.example\r\n", "origin_not_allowed"),
        ("", "websocket_required"),
        ("Upgrade: websocket\r\nConnection: upgrade\r\n", "websocket_required"),
    ] {
        let request = format!("GET /client/socket HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 0\r\n\r\n");
        let mut stream = knock(&api, &request.replacen("Host: x", "Host: x\r\nX-A: b", 1)).await;
        tokio::io::AsyncWriteExt::shutdown(&mut stream).await.unwrap();
        let answer = until_closed(&mut stream).await;
        assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{headers}: {answer}");
    }
}
