//! `POST /rest/sdk/credentials`, and the apikey in front of everything under `/rest`.

use crate::client::{API_KEY, Api, answer, assert_refused};
use crate::socket::Socket;
use reqwest::Method;
use serde_json::json;

const PATH: &str = "/rest/sdk/credentials";

#[tokio::test]
async fn a_token_comes_with_its_expiry_and_opens_a_socket() {
    let api = Api::with_users(&["anna"]).await;
    let (status, body) = api.rest(Method::POST, PATH, json!({"user_id": "anna", "expires_in": 86400})).await;
    assert_eq!(status, 200);
    assert_eq!(body.as_object().unwrap().len(), 3);
    assert_eq!(body["user_id"], "anna");
    let expires_at = body["expires_at"].as_str().unwrap();
    assert!(expires_at.len() == 24 && expires_at.ends_with("Z") && expires_at.contains('T'), "{expires_at}");
    let (_, welcome) = Socket::open(&api, body["access_token"].as_str().unwrap()).await;
    assert_eq!(welcome["welcome"]["user"]["alias"], "anna");
    let lives = welcome["welcome"]["expires_at"].as_i64().unwrap()
        - welcome["welcome"]["issued_at"].as_i64().unwrap();
    assert_eq!(lives, 86_400_000);
}

#[tokio::test]
async fn a_token_lives_six_minutes_when_nothing_is_said() {
    let api = Api::with_users(&["anna"]).await;
    let (_, welcome) = Socket::open(&api, &api.token("anna").await).await;
    let lives = welcome["welcome"]["expires_at"].as_i64().unwrap()
        - welcome["welcome"]["issued_at"].as_i64().unwrap();
    assert_eq!(lives, 360_000);
}

#[tokio::test]
async fn a_lifetime_out_of_range_is_refused() {
    let api = Api::with_users(&["anna"]).await;
    for expires_in in [json!(359), json!(86401), json!(0), json!("12")] {
        let body = json!({"user_id": "anna", "expires_in": expires_in});
        api.rest_refused(Method::POST, PATH, body, 422, "validation_error", "invalid_token_expirations")
            .await;
    }
    for expires_in in [json!(360), json!(86400), json!("400"), json!(null)] {
        let body = json!({"user_id": "anna", "expires_in": expires_in});
        assert_eq!(api.rest(Method::POST, PATH, body).await.0, 200, "{expires_in}");
    }
}

#[tokio::test]
async fn whoever_may_not_speak_gets_no_token() {
    let api = Api::with_users(&["anna", "bob"]).await;
    let refused = async |user: &str, code: &str| {
        api.rest_refused(Method::POST, PATH, json!({"user_id": user}), 400, "invalid_request_error", code)
            .await;
    };
    refused("nobody", "invalid_user_id").await;
    refused("", "invalid_user_id").await;
    refused("<script>", "invalid_user_id").await;
    api.rest(Method::PUT, "/rest/user/update/anna", json!({"active": false})).await;
    refused("anna", "user_disabled").await;
    api.rest(Method::DELETE, "/rest/user/delete/bob", json!({})).await;
    refused("bob", "invalid_user_id").await;
}

#[tokio::test]
async fn a_body_that_makes_no_sense_is_refused_by_name() {
    let api = Api::with_users(&["anna"]).await;
    for body in [json!({}), json!({"user_id": 7}), json!({"user_id": "anna", "expires_in": "soon"})] {
        api.rest_refused(Method::POST, PATH, body, 422, "validation_error", "validation_error").await;
    }
    let send = |body: &'static str| api.request(Method::POST, PATH).header("apikey", API_KEY).body(body);
    for body in ["{user_id: \"anna\"}", "[]", "\"anna\"", "{\"user_id\":", "\u{0}"] {
        let answer = answer(send(body)).await;
        assert_refused(&answer, 400, "invalid_request_error", "invalid_json", body);
    }
    // Many callers forget the content type.
    assert_eq!(answer(send("{\"user_id\": \"anna\"}")).await.0, 200);
    let huge = api.request(Method::POST, PATH).header("apikey", API_KEY).body(vec![b' '; 300_000]);
    assert_refused(&answer(huge).await, 413, "invalid_request_error", "body_too_large", "huge");
}

#[tokio::test]
async fn nothing_is_to_be_had_without_the_key() {
    let api = Api::with_users(&["anna"]).await;
    for (method, path) in [
        (Method::POST, PATH),
        (Method::GET, "/rest/user/list"),
        (Method::DELETE, "/rest/user/delete/anna"),
        (Method::PUT, "/rest/user/avatar/update/anna"),
        (Method::GET, "/rest/chat/messages"),
        (Method::GET, "/rest/no/such/route"),
    ] {
        for key in [
            None,
            Some(""),
            Some("wrong"),
            Some("the-api-key-of-the-test"),
            Some("the-api-key-of-the-testsx"),
        ] {
            let request = api.request(method.clone(), path);
            let request = if let Some(key) = key { request.header("apikey", key) } else { request };
            assert_refused(&answer(request).await, 401, "invalid_api_key", "invalid_api_key", path);
        }
    }
}

#[tokio::test]
async fn unknown_routes_and_methods_answer_in_the_envelope() {
    let api = Api::start().await;
    let name = "invalid_request_error";
    api.rest_refused(Method::GET, "/rest/no/such/route", json!({}), 404, name, "route_not_found").await;
    api.rest_refused(Method::GET, "/rest/user", json!({}), 404, name, "route_not_found").await;
    api.rest_refused(Method::GET, PATH, json!({}), 405, name, "method_not_allowed").await;
    api.rest_refused(Method::GET, "/nothing/here", json!({}), 404, name, "route_not_found").await;
}

#[tokio::test]
async fn a_token_opens_nothing_once_its_time_is_over() {
    let api = Api::with_users(&["anna"]).await;
    let token = api.token("anna").await;
    let ask = async || answer(api.request(Method::POST, "/client/ice").bearer_auth(&token)).await;
    api.clock.turn(355_000);
    assert_eq!(ask().await.0, 200);
    api.clock.turn(5_000);
    assert_refused(&ask().await, 401, "invalid_access_token", "access_token_expired", "six minutes later");
}
