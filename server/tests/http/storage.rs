//! How much may be stored, and for how long.

use crate::client::{Api, answer, assert_refused, files};
use crate::links::tokens;
use crate::scopes::join;
use bandyer_server::uploads;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const REFUSED: &str = "invalid_request_error";

async fn give(api: &Api, token: &str, place: &str, bytes: usize) -> (u16, Value) {
    let request = api.request(Method::POST, &format!("/client/uploads?{place}&name=x"));
    answer(request.bearer_auth(token).body(vec![b'x'; bytes])).await
}

fn id(given: &(u16, Value)) -> String {
    assert_eq!(given.0, 200, "{}", given.1);
    given.1["attachment"]["upload"].as_str().unwrap().to_owned()
}

async fn house(change: impl FnOnce(&mut bandyer_server::Config)) -> (Api, String) {
    let api = Api::for_calls_with(change).await;
    api.add_chat("anna", "bob").await;
    let token = api.token("anna").await;
    (api, token)
}

const CHAT: &str = "chat=anna%23bob";

#[tokio::test]
async fn uploads_count_as_requests() {
    let (api, token) = house(|config| {
        config.requests_per_second = 1;
        config.request_burst = 3;
        config.unsent_uploads = 1000;
    })
    .await;
    let mut codes = Vec::new();
    for _ in 0..8 {
        codes.push(give(&api, &token, CHAT, 0).await);
    }
    for stored in &codes[..3] {
        id(stored);
    }
    let refused = codes.iter().find(|(status, _)| *status != 200).unwrap();
    assert_refused(refused, 429, "rate_limit_error", "rate_limited", "uploads");
}

#[tokio::test]
async fn a_user_may_leave_so_many_files_unsent() {
    let (api, token) = house(|config| config.unsent_uploads = 2).await;
    id(&give(&api, &token, CHAT, 0).await);
    id(&give(&api, &token, CHAT, 0).await);
    assert_refused(&give(&api, &token, CHAT, 0).await, 429, "rate_limit_error", "rate_limited", "third");
    id(&give(&api, &api.token("bob").await, CHAT, 0).await);
}

#[tokio::test]
async fn a_user_stores_so_many_bytes_and_all_users_together() {
    let (api, anna) = house(|config| {
        config.user_bytes = 100;
        config.stored_bytes = 150;
    })
    .await;
    let bob = api.token("bob").await;
    id(&give(&api, &anna, CHAT, 60).await);
    assert_refused(&give(&api, &anna, CHAT, 41).await, 413, REFUSED, "upload_quota_exceeded", "41");
    id(&give(&api, &anna, CHAT, 40).await);
    assert_refused(&give(&api, &anna, CHAT, 1).await, 413, REFUSED, "upload_quota_exceeded", "1");
    let full =
        |answer: &(u16, Value)| assert_refused(answer, 507, "service_unavailable", "storage_full", "all");
    full(&give(&api, &bob, CHAT, 51).await);
    id(&give(&api, &bob, CHAT, 50).await);
    full(&give(&api, &bob, CHAT, 1).await);
    // Nothing is left of what was refused.
    assert_eq!(files(&api.data().join("uploads/partial")).len(), 0);
    assert_eq!(api.rest(Method::POST, "/rest/chat/remove", json!({"users": ["anna", "bob"]})).await.0, 200);
    api.add_chat("anna", "bob").await;
    id(&give(&api, &bob, CHAT, 100).await);
}

#[tokio::test]
async fn on_a_disk_that_is_nearly_full_files_are_refused_and_all_else_goes_on() {
    let (api, token) = house(|_| {}).await;
    let ready = async || api.get("/readyz").await.status().as_u16();
    id(&give(&api, &token, CHAT, 1).await);
    assert_eq!(ready().await, 200);
    api.server.app().uploads.disk.keep_free(u64::MAX / 2);
    let refused = give(&api, &token, CHAT, 1).await;
    assert_refused(&refused, 507, "service_unavailable", "storage_full", "upload");
    assert_eq!(ready().await, 503);
    api.say("anna", "bob", "messages are stored").await;
    assert_eq!(api.rest(Method::POST, "/rest/chat/remove", json!({"users": ["anna", "bob"]})).await.0, 200);
    gone(&api, 0).await;
    api.server.app().uploads.disk.keep_free(0);
    assert_eq!(ready().await, 200);
}

#[tokio::test]
async fn a_crowd_that_asks_whether_the_server_is_ready_commits_once() {
    let (api, _) = house(|_| {}).await;
    let count = || {
        let database = rusqlite::Connection::open(api.data().join("chat.db")).unwrap();
        database.query_row("SELECT n FROM probe", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let (before, began) = (count(), std::time::Instant::now());
    for _ in 0..200 {
        assert_eq!(api.get("/readyz").await.status().as_u16(), 200);
    }
    let seconds = i64::try_from(began.elapsed().as_secs()).unwrap();
    assert!(count() - before <= seconds + 1, "{} commits in {seconds} s", count() - before);
}

/// Waits until so many files are left on the disk.
async fn gone(api: &Api, left: usize) {
    let folder = api.data().join("uploads/complete");
    for _ in 0..500 {
        if files(&folder).len() == left {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("files stay: {:?}", files(&folder));
}

/// Anna and bob have a call, in which anna has given a file; answered are the room, the file and her token.
async fn given(change: impl FnOnce(&mut bandyer_server::Config)) -> (Api, Value, String, String) {
    let (api, token) = house(change).await;
    let room = api.add_room(json!({})).await;
    let _waiting = join(&api, &token, &tokens(&room)[0]).await;
    let place = format!("call={}", room["room_id"].as_str().unwrap());
    let file = id(&give(&api, &token, &place, 5).await);
    (api, room, file, token)
}

async fn download(api: &Api, token: &str, file: &str) -> u16 {
    let request = api.request(Method::GET, &format!("/client/uploads/{file}")).bearer_auth(token);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn files_of_a_call_go_with_its_room() {
    let (api, room, file, token) = given(|_| {}).await;
    let id = room["room_id"].as_str().unwrap();
    let close = async |method: Method, what: &str| {
        assert_eq!(api.rest(method, &format!("/rest/room/{what}/{id}"), json!({})).await.0, 200, "{what}");
    };
    close(Method::PUT, "disable").await;
    assert_eq!(download(&api, &token, &file).await, 200, "a room that is closed is still known");
    close(Method::DELETE, "delete").await;
    assert_eq!(download(&api, &token, &file).await, 404);
    gone(&api, 0).await;
}

#[tokio::test]
async fn files_of_a_call_go_with_the_chat_of_its_users() {
    let (api, _, file, token) = given(|_| {}).await;
    assert_eq!(api.rest(Method::POST, "/rest/chat/remove", json!({"users": ["anna", "bob"]})).await.0, 200);
    assert_eq!(download(&api, &token, &file).await, 404);
    gone(&api, 0).await;
}

#[tokio::test]
async fn files_of_a_call_go_with_who_gave_them() {
    let (api, _, file, _) = given(|_| {}).await;
    let bob = api.token("bob").await;
    assert_eq!(download(&api, &bob, &file).await, 200);
    assert_eq!(api.rest(Method::DELETE, "/rest/user/delete/anna", json!({})).await.0, 200);
    assert_eq!(download(&api, &bob, &file).await, 404);
    gone(&api, 0).await;
}

#[tokio::test]
async fn files_of_calls_are_kept_for_some_days() {
    let (api, _, file, token) = given(|config| config.call_file_days = 3).await;
    let day = 24 * 3600 * 1000;
    // Unsent ones go after a day: this one was given.
    let kept = bandyer_protocol::UploadId::parse(&file).unwrap();
    api.write(vec![bandyer_records::Write::KeepUpload(kept)]).await;
    uploads::clean(api.server.app(), api.clock.now().plus_ms(2 * day)).await;
    assert_eq!(download(&api, &token, &file).await, 200);
    // The server sees to it by itself.
    api.clock.turn(4 * day);
    gone(&api, 0).await;
    assert_eq!(download(&api, &api.token("anna").await, &file).await, 404);
}
