//! Clients that hold on to what others need: connections, places, the hub's time.

use crate::client::Api;
use crate::socket::Socket;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub async fn knock(api: &Api, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(api.server.address()).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// Everything until the server hangs up.
pub async fn until_closed(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let closing = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut all));
    // A reset is a way of hanging up too.
    let _ = closing.await.expect("the server hangs up");
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test]
async fn who_says_nothing_or_says_it_too_slowly_is_let_go() {
    let api = Api::start_with(|config| config.request_ms = 200).await;
    for start in ["", "GET / HTTP/1.1\r\nHost: x\r\n", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"] {
        until_closed(&mut knock(&api, start).await).await;
    }
}

#[tokio::test]
async fn a_socket_is_not_bound_by_the_time_of_a_request() {
    let api = Api::start_with(|config| config.request_ms = 200).await;
    api.add_users(&["anna"]).await;
    let (mut socket, _) = Socket::open(&api, &api.token("anna").await).await;
    // One that began later is let go: the time of a request is over.
    until_closed(&mut knock(&api, "").await).await;
    assert_eq!(socket.ask(serde_json::json!({"session": "ping"})).await["session"], "pong");
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let api = Api::start().await;
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Filler: {}\r\n\r\n", "x".repeat(1_000_000));
    let answer = until_closed(&mut knock(&api, &head).await).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn coming_back_over_and_over_is_limited_by_name() {
    let api = Api::start_with(|config| {
        config.request_burst = 5;
        config.requests_per_second = 1;
    })
    .await;
    api.add_users(&["anna", "bob"]).await;
    let token = api.token("anna").await;
    let mut refused = 0;
    for _ in 0..10 {
        let (_, reply) = Socket::open(&api, &token).await;
        match reply["error"]["code"].as_str() {
            None => assert!(reply["welcome"].is_object()),
            Some(code) => {
                assert_eq!(code, "rate_limited");
                assert!(reply["error"]["retry_after_ms"].as_u64().is_some_and(|ms| ms > 0));
                refused += 1;
            }
        }
    }
    assert!(refused >= 4, "{refused}");
    let (_, reply) = Socket::open(&api, &api.token("bob").await).await;
    assert!(reply["welcome"].is_object(), "a limit is one user's");
}

#[cfg(unix)]
#[tokio::test]
async fn the_data_folder_is_for_its_owner_only_also_when_it_was_there() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let set = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let api = Api::start_with(|config| {
        std::fs::create_dir(&config.data).unwrap();
        set(&config.data, 0o755);
        std::fs::write(config.data.join("token-secret"), "0123456789abcdef0123456789abcdef").unwrap();
        set(&config.data.join("token-secret"), 0o644);
    })
    .await;
    api.add_users(&["anna", "bob"]).await;
    api.add_chat("anna", "bob").await;
    let upload = api.request(reqwest::Method::POST, "/client/uploads?chat=anna%23bob").body("text");
    assert_eq!(upload.bearer_auth(api.token("anna").await).send().await.unwrap().status(), 200);
    let mut open = vec![api.data()];
    let mut seen = 0;
    while let Some(path) = open.pop() {
        seen += 1;
        if path.is_dir() {
            assert_eq!(mode(&path), 0o700, "{}", path.display());
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
    assert!(seen >= 8, "{seen}");
}
