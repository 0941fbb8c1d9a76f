//! What may be set for webhooks, and what is refused.

use crate::client::Api;
use crate::receiver::Receiver;
use crate::webhooks::{INVALID, VALIDATION, api};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn private_addresses_are_refused_at_once_or_when_a_name_leads_there() {
    let api = Api::for_calls().await;
    let receiver = Receiver::start([]).await;
    let port = receiver.address.port();
    let body = |url: String| json!({"post_event_webhook_url": url, "webhook_filters": ["on_room_created"]});
    let path = "/rest/v1/hook/configure";
    for host in
        ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.8", "100.64.0.1", "0.0.0.0"]
    {
        let body = body(format!("http://{host}:{port}/"));
        api.rest_refused(Method::POST, path, body, 422, VALIDATION, "webhook_url_not_public").await;
    }
    // What looks like a name is looked at when it is used.
    for host in ["localhost", "0x7f000001", "2130706433"] {
        let (status, _) = api.rest(Method::POST, path, body(format!("http://{host}:{port}/"))).await;
        assert_eq!(status, 200, "{host}");
    }
    api.add_room(json!({})).await;
    let tried = async {
        while api
            .server
            .app()
            .reads
            .read(|store| store.hooks())
            .await
            .unwrap()
            .iter()
            .any(|hook| hook.failing_since.is_none())
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), tried).await.expect("each is tried and fails");
    assert_eq!(receiver.unasked(), 0);
    let metrics = api.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("bandyer_webhooks_total{result=\"not_public\"}"), "{metrics}");
}

#[tokio::test]
async fn a_wrong_setting_is_refused_by_its_name() {
    let api = api().await;
    let good =
        json!({"post_event_webhook_url": "https://shop.example/", "webhook_filters": ["on_room_created"]});
    for (field, value, code) in [
        ("post_event_webhook_url", json!("shop.example"), "invalid_webhook_url"),
        ("post_event_webhook_url", json!("file:///etc/passwd"), "invalid_webhook_url"),
        ("post_event_webhook_url", json!(7), "validation_error"),
        ("webhook_method", json!("PUT"), "invalid_webhook_method"),
        ("webhook_filters", json!(["on_full_moon"]), "invalid_webhook_filters"),
        ("webhook_filters", json!(["on_call_ended"]), "invalid_webhook_filters"),
        ("webhook_filters", json!("on_room_created"), "validation_error"),
        ("webhook_filters", json!(null), "validation_error"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        api.rest_refused(Method::POST, "/rest/v1/hook/configure", body, 422, VALIDATION, code).await;
    }
    api.rest_refused(Method::GET, "/rest/v2/hook", json!({}), 404, INVALID, "route_not_found").await;
    api.rest_refused(Method::POST, "/rest/v2/hook/configure", good, 404, INVALID, "route_not_found").await;
    let objects = json!([{"event": "on_room_created"}]);
    for number in 0..20 {
        let url = format!("https://shop.example/{number}");
        let body = json!({"post_event_webhook_url": url, "webhook_filters": objects});
        assert_eq!(api.rest(Method::POST, "/rest/v1/hook/configure", body).await.0, 200);
    }
    let body = json!({"post_event_webhook_url": "https://shop.example/21", "webhook_filters": objects});
    api.rest_refused(Method::POST, "/rest/v1/hook/configure", body, 400, INVALID, "too_many_webhooks").await;
}
