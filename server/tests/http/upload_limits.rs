//! How much one user may ask of the files at once, and who may ask at all.

use crate::client::{Api, answer, assert_refused};
use crate::uploads::*;
use reqwest::Method;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn a_user_may_not_run_too_many_uploads_at_once() {
    let (api, token) = house().await;
    let mut running = Vec::new();
    for _ in 0..6 {
        let mut stream = TcpStream::connect(api.server.address()).await.unwrap();
        let head = format!(
            "POST /client/uploads?chat={CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Content-Length: 10\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        running.push(stream);
    }
    until(|| left_behind(&api) == (0, 6)).await;
    let response = posting(&api, &token, "x", "x").send().await.unwrap();
    assert_eq!(text(response.headers(), "retry-after"), "1");
    let refused = (response.status().as_u16(), response.json().await.unwrap());
    assert_refused(&refused, 429, "rate_limit_error", "rate_limited", "the seventh");
    drop(running);
    until(|| left_behind(&api) == (0, 0)).await;
    upload(&api, &token, "x", b"x").await;
}

#[tokio::test]
async fn a_user_may_not_hold_on_to_too_many_downloads() {
    let (api, token) = house().await;
    let attachment = upload(&api, &token, "big", &vec![1; 20_000_000]).await;
    let mut held = Vec::new();
    for _ in 0..32 {
        // The body is not read: it waits in the server.
        held.push(download(&api, &token, &attachment).await);
    }
    assert_eq!(download(&api, &token, &attachment).await.status(), 429);
    assert_eq!(download(&api, &api.token("bob").await, &attachment).await.status(), 200);
    drop(held);
    let start = Instant::now();
    while download(&api, &token, &attachment).await.status() != 200 {
        assert!(start.elapsed() < Duration::from_secs(10), "no place was freed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_is_not_sent_cannot_fill_the_disk() {
    let api = Api::start_with(|config| config.upload_bytes = 100).await;
    api.add_users(&["anna", "bob"]).await;
    api.add_chat("anna", "bob").await;
    let token = api.token("anna").await;
    for _ in 0..11 {
        upload(&api, &token, "x", &[0; 100]).await;
    }
    let refused = answer(posting(&api, &token, "x", "x")).await;
    assert_refused(&refused, 429, "rate_limit_error", "rate_limited", "over ten times the limit");
}

#[tokio::test]
async fn a_folder_that_takes_nothing_is_storage_unavailable() {
    let (api, token) = house().await;
    std::fs::remove_dir_all(api.data().join("uploads")).unwrap();
    let refused = answer(posting(&api, &token, "x", "x")).await;
    assert_refused(&refused, 503, "service_unavailable", "storage_unavailable", "no folder");
    std::fs::create_dir_all(api.data().join("uploads/partial")).unwrap();
    std::fs::create_dir_all(api.data().join("uploads/complete")).unwrap();
    upload(&api, &token, "x", b"x").await;
}

#[tokio::test]
async fn only_pages_of_allowed_origins_may_use_it_from_a_script() {
    let api = Api::start_with(|config| config.origins = vec!["https://shop.example".to_owned()]).await;
    let preflight = async |origin: &str| {
        let request = api.request(Method::OPTIONS, "/client/uploads").header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        request
            .header("access-control-request-headers", "authorization")
            .send()
            .await
            .unwrap()
            .headers()
            .clone()
    };
    let allowed = preflight("https://shop.example").await;
    assert_eq!(text(&allowed, "access-control-allow-origin"), "https://shop.example");
    assert!(text(&allowed, "access-control-allow-headers").contains("authorization"));
    assert!(!allowed.contains_key("access-control-allow-credentials"));
    let own = format!("http://{}", api.server.address());
    assert_eq!(text(&preflight(&own).await, "access-control-allow-origin"), own);
    for foreign in
        ["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"]
    {
        assert!(!preflight(foreign).await.contains_key("access-control-allow-origin"), "{foreign}");
    }
}
