//! Clients that hold on to what others need: connections, places, the hub's time.

use crate::client::Api;
use crate::socket::Socket;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn knock(api: &Api, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(api.server.address()).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// Everything until the server hangs up.
async fn until_closed(stream: &mut TcpStream) -> String {
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
    tokio::time::sleep(Duration::from_millis(600)).await;
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
async fn the_data_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let api = Api::start().await;
    assert_eq!(std::fs::metadata(api.data()).unwrap().permissions().mode() & 0o777, 0o700);
}
