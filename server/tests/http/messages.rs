//! Messages over REST: sent in a user's name, read page by page.

use crate::client::{API_KEY, Api, answer};
use crate::socket::Socket;
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/rest/chat/messages";
const INVALID: &str = "invalid_request_error";

fn indexes(page: &Value) -> Vec<u64> {
    page["messages"].as_array().unwrap().iter().map(|message| message["index"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_message_is_stored_and_delivered_like_any_other() {
    let api = Api::with_users(&["anna", "bob"]).await;
    let (mut socket, _) = Socket::open(&api, &api.token("bob").await).await;
    let text = "<img src=x onerror=alert(1)> \u{1F600} \"quoted\"";
    let body = json!({"users": ["bob", "anna"], "sender": "anna", "message": text});
    let (status, sent) = api.rest(Method::POST, PATH, body).await;
    assert_eq!(status, 200, "{sent}");
    let timestamp = sent["timestamp"].clone();
    assert!(timestamp.as_str().is_some_and(|date| date.len() == 24 && date.ends_with('Z')));
    assert_eq!(
        sent,
        json!({"users": ["bob", "anna"], "sender": "anna", "index": 1, "message": text, "timestamp": timestamp})
    );
    loop {
        let frame = socket.next().await.unwrap();
        if frame["msg"]["chat"]["message_added"].is_object() {
            assert_eq!(frame["msg"]["chat"]["message_added"]["message"]["body"]["text"], text);
            break;
        }
    }
}

#[tokio::test]
async fn pages_go_both_ways_and_do_not_shift() {
    let api = Api::with_users(&["anna", "bob"]).await;
    for n in 1..=7 {
        api.say(
            if n % 2 == 0 { "anna" } else { "bob" },
            if n % 2 == 0 { "bob" } else { "anna" },
            &format!("m{n}"),
        )
        .await;
    }
    let (status, first) = api.rest_get(&format!("{PATH}?users[]=anna&users[]=bob&page_size=3")).await;
    assert_eq!((status, indexes(&first)), (200, vec![1, 2, 3]));
    assert_eq!(first["messages"][1]["from"], "anna");
    assert_eq!(first["meta"]["previous"], Value::Null);

    let (_, newest) = api.rest_get(&format!("{PATH}?users=bob&users=anna&page_size=3&order=desc")).await;
    assert_eq!(indexes(&newest), [7, 6, 5]);
    api.say("anna", "bob", "m8").await;
    let (_, second) = api.rest_get(newest["meta"]["next"].as_str().unwrap()).await;
    assert_eq!(indexes(&second), [4, 3, 2]);
    let (_, third) = api.rest_get(second["meta"]["next"].as_str().unwrap()).await;
    assert_eq!((indexes(&third), &third["meta"]["next"]), (vec![1], &Value::Null));
    let (_, back) = api.rest_get(third["meta"]["previous"].as_str().unwrap()).await;
    assert_eq!(indexes(&back), [4, 3, 2]);
    let (_, beyond) = api.rest_get(&format!("{PATH}?users=anna,bob&page_number=99")).await;
    assert_eq!(indexes(&beyond), Vec::<u64>::new());
    let meta = beyond["meta"].as_object().unwrap();
    assert_eq!((meta["page_number"].as_u64(), meta["page_size"].as_u64()), (Some(99), Some(50)));
}

#[tokio::test]
async fn parameters_may_come_as_a_body_too() {
    let api = Api::with_users(&["anna", "bob"]).await;
    api.say("anna", "bob", "hello").await;
    let body = json!({"users": ["anna", "bob"], "page_size": 1, "page_number": 0, "order": "asc"});
    let (status, page) = answer(api.request(Method::GET, PATH).header("apikey", API_KEY).json(&body)).await;
    assert_eq!((status, indexes(&page)), (200, vec![1]));
}

#[tokio::test]
async fn reading_is_refused_by_name() {
    let api = Api::with_users(&["anna", "bob", "carl"]).await;
    api.say("anna", "bob", "hello").await;
    for (query, status, name, code) in [
        ("", 400, INVALID, "invalid_users_length"),
        ("users=anna", 400, INVALID, "invalid_users_length"),
        ("users=anna,anna", 400, INVALID, "invalid_users_length"),
        ("users=anna,nobody", 400, INVALID, "invalid_user_id"),
        ("users=anna,b%20b", 400, INVALID, "invalid_user_id"),
        ("users=anna,carl", 400, INVALID, "chat_not_found"),
        ("users=anna,bob&order=up", 400, INVALID, "invalid_param"),
        ("users=anna,bob&page_size=0", 400, INVALID, "invalid_param"),
        ("users=anna,bob&page_size=101", 400, INVALID, "invalid_param"),
        ("users=anna,bob&page_token=nonsense", 400, INVALID, "invalid_param"),
        ("users=anna,bob&page_token=p1-99", 400, INVALID, "invalid_param"),
        ("users=anna,bob&page_token=p9-1", 400, INVALID, "invalid_param"),
        ("users=anna,bob&page_number=-1", 422, "validation_error", "validation_error"),
        ("users=anna,bob&page_size=many", 422, "validation_error", "validation_error"),
    ] {
        let path = format!("{PATH}?{query}");
        let answer = api.rest_get(&path).await;
        crate::client::assert_refused(&answer, status, name, code, &path);
    }
}

#[tokio::test]
async fn sending_is_refused_by_name() {
    let api = Api::with_users(&["anna", "bob", "carl"]).await;
    let message =
        |users: Value, sender: &str, text: &str| json!({"users": users, "sender": sender, "message": text});
    let both = || json!(["anna", "bob"]);
    for (body, code) in [
        (message(json!(["anna"]), "anna", "x"), "invalid_users_length"),
        (message(json!(["anna", "nobody"]), "anna", "x"), "invalid_user_id"),
        (message(both(), "carl", "x"), "user_not_a_member"),
        (message(both(), "", "x"), "user_not_a_member"),
        (message(both(), "anna", ""), "send_message_error"),
        (message(both(), "anna", " \n\t "), "send_message_error"),
        (message(both(), "anna", &"x".repeat(10_001)), "send_message_error"),
    ] {
        api.rest_refused(Method::POST, PATH, body, 400, INVALID, code).await;
    }
    let million = message(both(), "anna", &"x".repeat(1_000_000));
    api.rest_refused(Method::POST, PATH, million, 413, INVALID, "body_too_large").await;
    let missing = json!({"users": ["anna", "bob"], "sender": "anna"});
    api.rest_refused(Method::POST, PATH, missing, 422, "validation_error", "validation_error").await;
    assert_eq!(api.say("anna", "bob", &"\u{1F600}".repeat(10_000)).await["index"], 1);
}
