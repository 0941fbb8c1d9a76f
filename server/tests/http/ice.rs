//! What pages are told of STUN and TURN, and that it works.

use crate::client::{Api, answer, assert_refused};
use bandyer_turn::probe::{Failed, Probe};
use reqwest::Method;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

async fn ask(api: &Api, token: &str) -> (u16, Value) {
    answer(api.request(Method::POST, "/client/ice").bearer_auth(token)).await
}

#[tokio::test]
async fn the_credentials_a_page_gets_open_a_relay() {
    let api = Api::with_users(&["anna"]).await;
    let (status, body) = ask(&api, &api.token("anna").await).await;
    assert_eq!(status, 200, "{body}");
    let address = api.server.turn().unwrap().addresses()[0];
    let port = address.port();
    assert_eq!(body["ice_servers"][0], json!({"urls": [format!("stun:{{host}}:{port}")]}));
    let turn = &body["ice_servers"][1];
    assert_eq!(
        turn["urls"],
        json!([format!("turn:{{host}}:{port}?transport=udp"), format!("turn:{{host}}:{port}?transport=tcp")])
    );
    let (name, password) = (turn["username"].as_str().unwrap(), turn["credential"].as_str().unwrap());
    let (expiry, id) = name.split_once(':').unwrap();
    assert!(id.starts_with("anna:"), "{id}");
    assert_eq!(body["expires_at"].as_i64().unwrap() / 1000, expiry.parse::<i64>().unwrap());
    Probe::over_udp(address, name, password).await.unwrap().allocate().await.unwrap();
    Probe::over_tcp(address, name, password).await.unwrap().allocate().await.unwrap();
    let metrics = api.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("bandyer_turn_allocations"), "{metrics}");
    assert!(!metrics.contains(password) && !metrics.contains("anna"));
}

async fn relay_of(api: &Api, body: &Value) -> Result<SocketAddr, Failed> {
    let turn = &body["ice_servers"][1];
    let (name, password) = (turn["username"].as_str().unwrap(), turn["credential"].as_str().unwrap());
    let address = api.server.turn().unwrap().addresses()[0];
    Probe::over_udp(address, name, password).await.unwrap().allocate().await
}

#[tokio::test]
async fn who_may_use_the_server_no_more_has_no_relay_of_a_trial_either() {
    let api = Api::with_users(&["anna", "bob"]).await;
    let (_, body) = ask(&api, &api.token("anna").await).await;
    let (_, other) = ask(&api, &api.token("bob").await).await;
    relay_of(&api, &body).await.unwrap();
    relay_of(&api, &other).await.unwrap();
    let set = async |active: bool| {
        let (status, _) = api.rest(Method::PUT, "/rest/user/update/anna", json!({"active": active})).await;
        assert_eq!(status, 200);
    };
    set(false).await;
    while api.server.turn().unwrap().counts().allocations > 1 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(relay_of(&api, &body).await, Err(Failed::Refused(401)));
    relay_of(&api, &other).await.unwrap();
    set(true).await;
    assert_eq!(relay_of(&api, &body).await, Err(Failed::Refused(401)), "what was given out before");
    let (_, body) = ask(&api, &api.token("anna").await).await;
    relay_of(&api, &body).await.unwrap();
}

#[tokio::test]
async fn servers_of_others_are_told_as_configured() {
    let api = Api::start_with(|config| {
        config.turn_url = vec!["turns:turn.example.com:443?transport=tcp".to_owned()];
        config.stun_url = vec!["stun:stun.example.com".to_owned()];
        config.turn_secret = Some(bandyer_protocol::secret::Secret("the-secret-of-coturn".to_owned()));
    })
    .await;
    assert!(api.server.turn().is_none());
    api.add_users(&["anna"]).await;
    let (_, body) = ask(&api, &api.token("anna").await).await;
    assert_eq!(body["ice_servers"][0], json!({"urls": ["stun:stun.example.com"]}));
    let turn = &body["ice_servers"][1];
    assert_eq!(turn["urls"], json!(["turns:turn.example.com:443?transport=tcp"]));
    let name = turn["username"].as_str().unwrap();
    assert_eq!(turn["credential"], bandyer_hub::ice::credential("the-secret-of-coturn", name));
}

#[tokio::test]
async fn nobody_without_a_token_gets_any_and_nobody_too_many() {
    let api = Api::start_with(|config| {
        config.request_burst = 3;
        config.requests_per_second = 1;
    })
    .await;
    api.add_users(&["anna"]).await;
    let refused = ask(&api, "nonsense").await;
    assert_refused(&refused, 401, "invalid_access_token", "access_token_invalid", "nonsense");
    let token = api.token("anna").await;
    for _ in 0..3 {
        assert_eq!(ask(&api, &token).await.0, 200);
    }
    assert_refused(&ask(&api, &token).await, 429, "rate_limit_error", "rate_limited", "the fourth");
}

#[tokio::test]
async fn a_server_whose_turn_port_is_taken_starts_without_unless_it_was_asked_for() {
    let taken = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let config = bandyer_server::Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: folder.path().to_owned(),
        turn: Some(vec![address.clone()]),
        ..bandyer_server::Config::default()
    };
    let error = bandyer_server::Server::start(config).await.err().unwrap().to_string();
    assert!(error.contains(&address) && error.contains("TURN"), "{error}");
    let off = Api::start_with(|config| config.turn = Some(vec!["off".to_owned()])).await;
    assert!(off.server.turn().is_none());
    off.add_users(&["anna"]).await;
    assert_eq!(ask(&off, &off.token("anna").await).await.1["ice_servers"], json!([]));
}
