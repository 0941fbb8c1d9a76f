//! Paths that cannot be read, or that no client could write.

use crate::client::{API_KEY, Api, assert_refused};
use crate::connections::{knock, until_closed};
use reqwest::Method;
use serde_json::{Value, json};

/// What a raw request is answered: clients tidy a path before they send it.
async fn raw(api: &Api, token: &str, method: &str, path: &str) -> (u16, Option<Value>) {
    let keys = format!("apikey: {API_KEY}\r\nAuthorization: Bearer {token}\r\n");
    let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{keys}");
    let request = format!("{head}Content-Length: 0\r\nConnection: close\r\n\r\n");
    let answer = until_closed(&mut knock(api, &request).await).await;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let body = answer.split("\r\n\r\n").nth(1).and_then(|body| serde_json::from_str(body).ok());
    (status, body)
}

#[tokio::test]
async fn a_path_that_is_not_utf8_is_refused_like_everything_else_on_every_route() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().to_owned();
    let api = Api::start_with(move |config| {
        (config.demo, config.demo_folder, config.widget_folder) = (true, Some(here.clone()), Some(here));
    })
    .await;
    let token = api.token("alice").await;
    let document: Value = api.get("/openapi.json").await.json().await.unwrap();
    let mut routes: Vec<(String, String)> = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys().filter(|_| path.contains('{')) {
            routes.push((method.to_uppercase(), path.clone()));
        }
    }
    assert!(routes.len() > 15, "{routes:?}");
    for page in [
        "/widget/{}",
        "/sdk/js/chat/{}/x",
        "/sdk/js/chat/1/{}",
        "/demo/{}",
        "/connect/rest-call-handler/{}",
        "/connect/direct-rest-call-handler/{}",
    ] {
        routes.push(("GET".to_owned(), page.to_owned()));
    }
    for (method, route) in routes {
        let mut path = String::new();
        for part in route.split('/').skip(1) {
            path.push('/');
            path.push_str(if part.starts_with('{') { "%ff" } else { part });
        }
        let (status, body) = raw(&api, &token, &method, &path).await;
        let answer = (status, body.unwrap_or_default());
        assert_refused(&answer, 400, "invalid_request_error", "invalid_param", &format!("{method} {path}"));
    }
}

#[tokio::test]
async fn nobody_gets_a_name_that_clients_take_out_of_an_address() {
    let api = Api::start().await;
    for id in [".", ".."] {
        let body = json!({"id": id, "role": "basic"});
        let name = "validation_error";
        api.rest_refused(Method::POST, "/rest/user/create", body, 422, name, "id_validation_error").await;
    }
    // Whatever else is taken can be asked for, by a client that follows the standard of URLs.
    for id in ["...", ".a", "a.", "a..b", "-", "_", "~", "%2e", "list", "create"] {
        let (status, _) =
            api.rest(Method::POST, "/rest/user/create", json!({"id": id, "role": "basic"})).await;
        let reached =
            api.rest(Method::PUT, &format!("/rest/user/update/{id}"), json!({"active": false})).await;
        assert_eq!(status == 200, reached.0 == 200, "{id}: {status}, {reached:?}");
    }
}

#[tokio::test]
async fn names_are_cleaned_of_what_only_misleads() {
    let api = Api::start().await;
    let body =
        json!({"id": "anna", "role": "basic", "firstname": "\u{200b}\u{202e}", "lastname": "Ros\u{202e}si"});
    let (_, made) = api.rest(Method::POST, "/rest/user/create", body).await;
    assert_eq!((&made["user"]["firstName"], &made["user"]["lastName"]), (&Value::Null, &json!("Rossi")));
    api.add_users(&["bob"]).await;
    let blank = json!({"users": ["anna", "bob"], "sender": "anna", "message": "\u{200b}\u{200d} \u{3164}"});
    let name = "invalid_request_error";
    api.rest_refused(Method::POST, "/rest/chat/messages", blank, 400, name, "send_message_error").await;
}
