//! Strangers who take more than their share: connections, bodies that never come, answers nobody reads, guessed keys.

use crate::client::{API_KEY, Api, answer, assert_refused};
use crate::connections::{knock, until_closed};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

const ASK: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

/// The status of an answer to somebody who comes for it and goes.
async fn status_of(api: &Api, request: &str) -> u16 {
    let mut stream = knock(api, &request.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)).await;
    let answer = until_closed(&mut stream).await;
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// Waits until a request is answered so; a place is free a moment after who held it went.
async fn until_answered(api: &Api, request: &str, status: u16) {
    let wait = async {
        while status_of(api, request).await != status {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("answered so in time");
}

/// Begins a socket that never signs in, as if a proxy brought it.
async fn open_socket(api: &Api, forwarded: &str) -> TcpStream {
    let request = format!(
        "GET /client/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{forwarded}\r\n"
    );
    let stream = knock(api, &request).await;
    let mut head = [0; 12];
    let mut read = 0;
    while read < head.len() {
        stream.readable().await.unwrap();
        match stream.try_read(&mut head[read..]) {
            Ok(more) => read += more,
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
        }
    }
    assert_eq!(String::from_utf8_lossy(&head), "HTTP/1.1 101");
    stream
}

#[tokio::test]
async fn an_address_holds_so_many_connections_and_is_told_when_there_are_more() {
    let api = Api::start_with(|config| {
        (config.connections_per_address, config.trusted_proxies) = (3, vec![]);
    })
    .await;
    let (silent, socket) = (knock(&api, "").await, open_socket(&api, "").await);
    let _second_socket = open_socket(&api, "X-Forwarded-For: 203.0.113.7\r\n").await;
    // What nobody trustworthy says does not count.
    let mut fourth = knock(&api, "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.8\r\n\r\n").await;
    let refused = until_closed(&mut fourth).await;
    assert!(refused.starts_with("HTTP/1.1 429"), "{refused}");
    let body: Value = serde_json::from_str(refused.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_refused(&(429, body), 429, "rate_limit_error", "too_many_connections", "the fourth");
    drop(silent);
    until_answered(&api, ASK, 200).await;
    drop(socket);
    let _third = knock(&api, "").await;
    until_answered(&api, ASK, 200).await;
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_address_it_names_counts() {
    let api = Api::start_with(|config| config.connections_per_address = 2).await;
    let from = |list: &str| format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {list}\r\n\r\n");
    let held = [
        open_socket(&api, "X-Forwarded-For: 203.0.113.7\r\n").await,
        open_socket(&api, "X-Forwarded-For: 6.6.6.6, 203.0.113.7\r\n").await,
    ];
    assert_eq!(status_of(&api, &from("203.0.113.7")).await, 429);
    assert_eq!(status_of(&api, &from("198.51.100.1, 203.0.113.7")).await, 429, "an invented one in front");
    assert_eq!(status_of(&api, &from("203.0.113.8")).await, 200, "somebody else");
    assert_eq!(status_of(&api, ASK).await, 200, "nobody is named");
    drop(held);
    until_answered(&api, &from("203.0.113.7"), 200).await;
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up_and_its_connection_free_again() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.wasm"), vec![7; 8 * 1024 * 1024]).unwrap();
    let widget = folder.path().to_owned();
    let api = Api::start_with(move |config| {
        config.widget_folder = Some(widget);
        (config.answer_ms, config.connections_per_address, config.trusted_proxies) = (300, 4, vec![]);
    })
    .await;
    let mut idle = Vec::new();
    for _ in 0..4 {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(2048).unwrap();
        let mut stream = socket.connect(api.server.address()).await.unwrap();
        stream
            .write_all("GET /widget/a.wasm HTTP/1.1\r\nHost: x\r\n\r\n".repeat(8).as_bytes())
            .await
            .unwrap();
        idle.push(stream);
    }
    until_answered(&api, ASK, 200).await;
    drop(idle);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let api = Api::start_with(|config| config.body_ms = 300).await;
    api.add_users(&["anna"]).await;
    let key = format!("apikey: {API_KEY}\r\n");
    for (head, expected) in [
        ("POST /connect/token HTTP/1.1\r\nHost: x\r\n".to_owned(), "408"),
        (format!("POST /rest/user/create HTTP/1.1\r\nHost: x\r\n{key}"), "408"),
        (format!("GET /rest/session/list HTTP/1.1\r\nHost: x\r\n{key}"), "408"),
        (
            format!(
                "PUT /rest/user/avatar/update/anna HTTP/1.1\r\nHost: x\r\n{key}\
                 Content-Type: multipart/form-data; boundary=b\r\n"
            ),
            "408",
        ),
        // These do not read the body, and answer without it.
        ("POST /rest/user/create HTTP/1.1\r\nHost: x\r\n".to_owned(), "401"),
        ("GET /healthz HTTP/1.1\r\nHost: x\r\n".to_owned(), "200"),
    ] {
        for body in ["", "{\"a\": 1"] {
            let mut stream = knock(&api, &format!("{head}Content-Length: 1000\r\n\r\n{body}")).await;
            let answer = until_closed(&mut stream).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {expected}")), "{head}: {answer}");
            assert!(expected != "408" || answer.contains("\"body_timeout\""), "{head}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_byte_now_and_then_does_not_keep_a_request_open() {
    let api = Api::start_with(|config| config.body_ms = 500).await;
    let stream = knock(&api, "POST /connect/token HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n").await;
    let (mut read, mut write) = stream.into_split();
    let drip = tokio::spawn(async move {
        while write.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut answer = vec![0; 12];
    let heard = tokio::io::AsyncReadExt::read_exact(&mut read, &mut answer);
    tokio::time::timeout(Duration::from_secs(20), heard).await.expect("an answer in time").unwrap();
    assert_eq!(answer, b"HTTP/1.1 408");
    drip.abort();
}

#[tokio::test]
async fn strangers_may_send_a_thousand_bytes_and_the_key_more() {
    let api = Api::with_users(&["anna"]).await;
    let large = json!({"token": "x".repeat(2000)});
    let refused = answer(api.request(Method::POST, "/connect/token").json(&large)).await;
    assert_refused(&refused, 413, "invalid_request_error", "body_too_large", "two thousand");
    let small = answer(api.request(Method::POST, "/connect/token").json(&json!({"token": "x"}))).await;
    assert_refused(&small, 403, "invalid_request_error", "link_invalid", "few");
    let filler = json!({"user_id": "anna", "filler": "x".repeat(200_000)});
    assert_eq!(api.rest(Method::POST, "/rest/sdk/credentials", filler).await.0, 200);
    let beyond = json!({"user_id": "anna", "filler": "x".repeat(270_000)});
    let name = "invalid_request_error";
    api.rest_refused(Method::POST, "/rest/sdk/credentials", beyond, 413, name, "body_too_large").await;
}

#[tokio::test]
async fn guessing_the_key_is_slowed_down_and_counted_and_the_right_key_works_on() {
    let api = Api::start_with(|config| config.wrong_keys_per_minute = 5).await;
    let guess = async |from: &str| {
        let request = api.request(Method::GET, "/rest/user/list").header("apikey", "guess");
        let response = request.header("x-forwarded-for", from).send().await.unwrap();
        let retry_after = response.headers().contains_key("retry-after");
        (response.status().as_u16(), retry_after)
    };
    let mut answers = Vec::new();
    for _ in 0..30 {
        answers.push(guess("203.0.113.7").await);
    }
    assert_eq!(answers[..5], [(401, false); 5]);
    // One more comes back each twelve seconds.
    let slowed = answers[5..].iter().filter(|answer| **answer == (429, true)).count();
    assert!(slowed >= 20, "{answers:?}");
    assert_eq!(guess("203.0.113.8").await, (401, false), "another address");
    assert_eq!(api.rest_get("/rest/user/list").await.0, 200);
    let metrics = api.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("bandyer_refusals_total{code=\"invalid_api_key\"}"), "{metrics}");
}
