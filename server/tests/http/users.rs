//! Users: created, changed, listed, deactivated, deleted.

use crate::client::Api;
use crate::socket::Socket;
use reqwest::Method;
use serde_json::{Value, json};

const CREATE: &str = "/rest/user/create";
const INVALID: &str = "invalid_request_error";
const VALIDATION: &str = "validation_error";

#[tokio::test]
async fn a_user_is_created_as_told() {
    let api = Api::start().await;
    let body = json!({"id": "usr.1_a-B", "role": "plus", "can_video": 0, "language": "it",
        "firstname": "Anna", "lastname": "<b>Rossi</b>", "nickname": "anni", "email": "anna@example.com"});
    let (status, created) = api.rest(Method::POST, CREATE, body).await;
    assert_eq!(
        (status, &created["id"], &created["user"]["id"]),
        (200, &json!("usr.1_a-B"), &json!("usr.1_a-B"))
    );
    let (status, read) = api.rest_get("/rest/user/list/usr.1_a-B").await;
    assert_eq!(status, 200);
    let date = read["user"]["creation_date"].clone();
    assert!(date.as_str().is_some_and(|date| date.ends_with("Z")));
    assert_eq!(
        read,
        json!({"user": {"id": "usr.1_a-B", "role": "plus", "active": true, "can_video": false, "language": "it",
            "firstName": "Anna", "lastName": "<b>Rossi</b>", "nickname": "anni", "email": "anna@example.com",
            "avatar_url": null, "creation_date": date}})
    );
}

#[tokio::test]
async fn an_id_is_made_up_when_none_is_given() {
    let api = Api::start().await;
    let (_, first) = api.rest(Method::POST, CREATE, json!({"role": "basic"})).await;
    let (_, second) = api.rest(Method::POST, CREATE, json!({"role": "basic"})).await;
    assert!(first["id"].as_str().unwrap().starts_with("usr_"));
    assert_ne!(first["id"], second["id"]);
    assert_eq!(first["user"]["can_video"], true);
}

#[tokio::test]
async fn a_wrong_field_is_refused_by_its_name() {
    let api = Api::with_users(&["anna"]).await;
    for (field, value, code) in [
        ("role", json!("king"), "role_validation_error"),
        ("role", json!(null), "role_validation_error"),
        ("email", json!("no address"), "email_validation_error"),
        ("firstname", json!("x".repeat(33)), "name_validation_error"),
        ("lastname", json!("x".repeat(33)), "name_validation_error"),
        ("nickname", json!("x".repeat(17)), "name_validation_error"),
        ("language", json!("english please"), "language_validation_error"),
        ("can_video", json!("maybe"), "validation_error"),
        ("id", json!("with space"), "id_validation_error"),
        ("id", json!("a#b"), "id_validation_error"),
        ("id", json!(""), "id_validation_error"),
        ("id", json!("x".repeat(129)), "id_validation_error"),
    ] {
        let mut body = json!({"id": "new", "role": "basic"});
        body[field] = value;
        api.rest_refused(Method::POST, CREATE, body, 422, VALIDATION, code).await;
    }
    let missing = json!({"id": "new"});
    api.rest_refused(Method::POST, CREATE, missing, 422, VALIDATION, "role_validation_error").await;
    let again = json!({"id": "anna", "role": "basic"});
    api.rest_refused(Method::POST, CREATE, again, 400, INVALID, "user_id_already_exists").await;
    assert_eq!(api.rest_get("/rest/user/list").await.1, json!({"user_id_list": ["anna"]}));
    let longest = json!({"id": "x".repeat(128), "role": "basic"});
    assert_eq!(api.rest(Method::POST, CREATE, longest).await.0, 200);
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_nothing_else() {
    let api = Api::start().await;
    let body = json!({"id": "anna", "role": "basic", "firstname": "Anna", "nickname": "anni"});
    let (_, before) = api.rest(Method::POST, CREATE, body).await;
    let change = json!({"role": "plus", "nickname": null, "can_video": false});
    let (status, after) = api.rest(Method::PUT, "/rest/user/update/anna", change).await;
    assert_eq!(status, 200);
    let mut expected = before["user"].clone();
    expected["role"] = json!("plus");
    expected["nickname"] = Value::Null;
    expected["can_video"] = json!(false);
    assert_eq!(after["user"], expected);
    for (change, status, name, code) in [
        (json!({"role": "king"}), 422, VALIDATION, "role_validation_error"),
        (json!({"email": "x"}), 422, VALIDATION, "email_validation_error"),
        (json!({"active": "perhaps"}), 422, VALIDATION, "validation_error"),
    ] {
        api.rest_refused(Method::PUT, "/rest/user/update/anna", change, status, name, code).await;
    }
    api.rest_refused(Method::PUT, "/rest/user/update/bob", json!({}), 400, INVALID, "invalid_user_id").await;
    api.rest_refused(Method::PUT, "/rest/user/update/a%20b", json!({}), 400, INVALID, "invalid_user_id")
        .await;
    assert_eq!(api.rest_get("/rest/user/list/anna").await.1["user"], expected);
}

/// Reads until the socket says it was ended, and why.
async fn disconnect_reason(socket: &mut Socket) -> Value {
    let mut reason = Value::Null;
    while let Some(frame) = socket.next().await {
        if frame["msg"]["session"]["force_disconnect"].is_object() {
            reason = frame["msg"]["session"]["force_disconnect"]["reason"].clone();
        }
    }
    reason
}

#[tokio::test]
async fn deactivating_throws_the_user_out_until_it_is_undone() {
    let api = Api::with_users(&["anna"]).await;
    let token = api.token("anna").await;
    let (mut socket, _) = Socket::open(&api, &token).await;
    let (status, body) = api.rest(Method::PUT, "/rest/user/update/anna", json!({"active": false})).await;
    assert_eq!((status, &body["user"]["active"]), (200, &json!(false)));
    assert_eq!(disconnect_reason(&mut socket).await, "user_disabled");
    let (_, refused) = Socket::open(&api, &token).await;
    assert_eq!(refused["error"]["code"], "user_disabled");
    api.rest(Method::PUT, "/rest/user/update/anna", json!({"active": true})).await;
    let (_, welcome) = Socket::open(&api, &token).await;
    assert_eq!(welcome["welcome"]["user"]["alias"], "anna");
}

#[tokio::test]
async fn deleting_throws_the_user_out_for_good() {
    let api = Api::with_users(&["anna", "bob"]).await;
    let token = api.token("anna").await;
    let (mut socket, _) = Socket::open(&api, &token).await;
    let (status, body) = api.rest(Method::DELETE, "/rest/user/delete/anna", json!({})).await;
    assert_eq!((status, &body["id"]), (200, &json!("anna")));
    assert!(body["message"].is_string());
    assert_eq!(disconnect_reason(&mut socket).await, "user_deleted");
    let (_, refused) = Socket::open(&api, &token).await;
    assert_eq!(refused["error"]["code"], "user_deleted");
    api.rest_refused(Method::DELETE, "/rest/user/delete/anna", json!({}), 400, INVALID, "invalid_user_id")
        .await;
    api.rest_refused(Method::GET, "/rest/user/list/anna", json!({}), 400, INVALID, "invalid_user_id").await;
    assert_eq!(api.rest_get("/rest/user/list").await.1, json!({"user_id_list": ["bob"]}));
    // A token made for the first anna must never speak for a second one.
    let again = json!({"id": "anna", "role": "basic"});
    api.rest_refused(Method::POST, CREATE, again, 400, INVALID, "user_id_already_exists").await;
}

#[tokio::test]
async fn video_is_allowed_and_forbidden_for_everybody() {
    let api = Api::with_users(&["anna", "bob"]).await;
    let path = "/rest/user/update/all/permissions";
    let (status, body) = api.rest(Method::PUT, path, json!({"can_video": 0})).await;
    assert_eq!((status, body), (200, json!({"users": {"count": 2, "can_video": false}})));
    for user in ["anna", "bob"] {
        assert_eq!(api.rest_get(&format!("/rest/user/list/{user}")).await.1["user"]["can_video"], false);
    }
    api.rest_refused(Method::PUT, path, json!({}), 422, VALIDATION, "validation_error").await;
}

#[tokio::test]
async fn the_newest_user_is_listed_first() {
    let api = Api::start().await;
    for user in ["c", "a", "b"] {
        api.add_users(&[user]).await;
        Api::next_moment().await;
    }
    assert_eq!(api.rest_get("/rest/user/list").await.1, json!({"user_id_list": ["b", "a", "c"]}));
}
