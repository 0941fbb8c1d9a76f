//! Users who may use the server no more, in the middle of something.

use crate::client::{Api, answer, assert_refused};
use crate::uploads::{TOKEN, download, house, left_behind, posting, upload};
use reqwest::{Body, Method};
use serde_json::json;
use std::time::Duration;

/// More than the buffers between two sockets hold.
const MUCH: usize = 48 * 1024 * 1024;

async fn deactivate(api: &Api, user: &str) {
    let path = format!("/rest/user/update/{user}");
    assert_eq!(api.rest(Method::PUT, &path, json!({"active": false})).await.0, 200);
}

#[tokio::test]
async fn a_download_breaks_off_when_its_reader_may_use_the_server_no_more() {
    let (api, token) = house().await;
    let attachment = upload(&api, &token, "much.bin", &vec![7; MUCH]).await;
    let (mut reading, mut other) =
        (download(&api, &token, &attachment).await, download(&api, &token, &attachment).await);
    assert!(reading.chunk().await.unwrap().is_some() && other.chunk().await.unwrap().is_some());
    deactivate(&api, "anna").await;
    for response in [&mut reading, &mut other] {
        while let Ok(chunk) = response.chunk().await {
            assert!(chunk.is_some(), "the whole file came");
        }
    }
}

#[tokio::test]
async fn an_upload_breaks_off_when_its_sender_may_use_the_server_no_more() {
    let (api, token) = house().await;
    let (sender, parts) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let parts = futures_util::stream::unfold(parts, async |mut parts| Some((parts.recv().await?, parts)));
    sender.send(Ok(vec![7; 1000])).await.unwrap();
    let sending = tokio::spawn(answer(posting(&api, &token, "slow.bin", Body::wrap_stream(parts))));
    while left_behind(&api) != (0, 1) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    deactivate(&api, "anna").await;
    assert_refused(&sending.await.unwrap(), 401, TOKEN, "user_disabled", "in the middle of a file");
    drop(sender);
    while left_behind(&api) != (0, 0) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
