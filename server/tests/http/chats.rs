//! Chats over REST: added, listed, removed.

use crate::client::Api;
use crate::socket::Socket;
use reqwest::Method;
use serde_json::{Value, json};

const INVALID: &str = "invalid_request_error";

async fn chats_of(api: &Api, user: &str) -> Value {
    let (status, body) = api.rest_get(&format!("/rest/user/{user}/chat/list")).await;
    assert_eq!((status, &body["user_id"]), (200, &json!(user)), "{body}");
    body["chat_list"].clone()
}

#[tokio::test]
async fn a_chat_is_added_once_and_seen_by_both() {
    let api = Api::with_users(&["anna", "bob"]).await;
    let (mut socket, _) = Socket::open(&api, &api.token("bob").await).await;
    for _ in 0..2 {
        let (status, body) =
            api.rest(Method::POST, "/rest/chat/add", json!({"users": ["bob", "anna"]})).await;
        assert_eq!((status, &body["chat"]), (200, &json!({"users": ["bob", "anna"]})));
        assert!(body["message"].is_string());
    }
    let added = async {
        loop {
            let frame = socket.next().await.unwrap();
            if frame["msg"]["chat"]["added"].is_object() {
                return frame["msg"]["chat"]["added"]["summary"]["chat"].clone();
            }
        }
    };
    assert_eq!(added.await, "anna#bob");
    let empty = json!([{"users": ["anna", "bob"], "unread_messages_count": 0, "last_message": null}]);
    assert_eq!(chats_of(&api, "anna").await, empty);
    assert_eq!(chats_of(&api, "bob").await, empty);
}

#[tokio::test]
async fn the_list_counts_what_is_unread_and_shows_the_last_message() {
    let api = Api::with_users(&["anna", "bob", "carl"]).await;
    api.say("anna", "bob", "one").await;
    let sent = api.say("anna", "bob", "two").await;
    api.add_chat("bob", "carl").await;
    let list = chats_of(&api, "bob").await;
    assert_eq!(list[0]["users"], json!(["bob", "carl"]));
    assert_eq!(
        list[1],
        json!({"users": ["anna", "bob"], "unread_messages_count": 2,
            "last_message": {"index": 2, "body": "two", "from": "anna", "date": sent["timestamp"], "type": "text"}})
    );
    assert_eq!(chats_of(&api, "anna").await[0]["unread_messages_count"], 0);
    assert_eq!(chats_of(&api, "carl").await.as_array().unwrap().len(), 1);
    let path = "/rest/user/nobody/chat/list";
    api.rest_refused(Method::GET, path, json!({}), 400, INVALID, "invalid_user_id").await;
}

#[tokio::test]
async fn removing_deletes_the_messages_for_both_for_good() {
    let api = Api::with_users(&["anna", "bob"]).await;
    api.say("anna", "bob", "secret").await;
    let (status, body) = api.rest(Method::POST, "/rest/chat/remove", json!({"users": ["anna", "bob"]})).await;
    assert_eq!((status, &body["chat"]), (200, &json!({"users": ["anna", "bob"]})));
    assert_eq!(chats_of(&api, "anna").await, json!([]));
    let again = json!({"users": ["anna", "bob"]});
    api.rest_refused(Method::POST, "/rest/chat/remove", again.clone(), 400, INVALID, "chat_not_found").await;
    api.rest_refused(Method::GET, "/rest/chat/messages", again, 400, INVALID, "chat_not_found").await;
    let fresh = api.say("bob", "anna", "hello again").await;
    assert_eq!(fresh["index"], 1);
    let (_, page) = api.rest_get("/rest/chat/messages?users=anna,bob").await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn wrong_users_are_refused_by_name() {
    let api = Api::with_users(&["anna", "bob"]).await;
    for path in ["/rest/chat/add", "/rest/chat/remove"] {
        for users in
            [json!([]), json!(["anna"]), json!(["anna", "anna"]), json!(["anna", "bob", "carl"]), json!(null)]
        {
            let body = json!({"users": users});
            api.rest_refused(Method::POST, path, body, 400, INVALID, "invalid_users_length").await;
        }
        api.rest_refused(Method::POST, path, json!({}), 400, INVALID, "invalid_users_length").await;
        let spaced = json!({"users": ["anna", "b o b"]});
        api.rest_refused(Method::POST, path, spaced, 400, INVALID, "invalid_user_id").await;
        let number = json!({"users": ["anna", 7]});
        api.rest_refused(Method::POST, path, number, 422, "validation_error", "validation_error").await;
    }
    for users in [json!(["anna", "nobody"]), json!(["nobody", "anna"])] {
        let body = json!({"users": users});
        api.rest_refused(Method::POST, "/rest/chat/add", body, 400, INVALID, "invalid_user_id").await;
    }
}
