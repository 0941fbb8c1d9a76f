//! Call links: good, expired, revoked.

use crate::client::Api;
use reqwest::Method;
use serde_json::{Value, json};

/// The last part of the link of each participant.
pub fn tokens(room: &Value) -> Vec<String> {
    let urls = room["user_urls"].as_array().unwrap().iter();
    urls.map(|one| one["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
}

async fn code(api: &Api, token: &str) -> Value {
    let (status, answer) = api.rest_get(&format!("/rest/token/check/{token}")).await;
    assert_eq!((status, &answer["token"]), (200, &json!(token)));
    assert!(answer["message"].as_str().is_some_and(|text| !text.is_empty()));
    answer["code"].clone()
}

#[tokio::test]
async fn one_link_is_revoked_and_the_others_stay() {
    let api = Api::for_calls().await;
    let room = api.add_room(json!({})).await;
    let [anna, bob] = &tokens(&room)[..] else { panic!("two links") };
    assert_eq!(code(&api, anna).await, "ACTIVE_TOKEN");
    assert_eq!(code(&api, "made-up").await, "NOT_ACTIVE_TOKEN");
    for _ in 0..2 {
        let (status, answer) =
            api.rest(Method::DELETE, &format!("/rest/token/delete/{anna}"), json!({})).await;
        assert_eq!(
            (status, &answer["code"], &answer["token"]),
            (200, &json!("NOT_ACTIVE_TOKEN"), &json!(anna))
        );
    }
    assert_eq!(code(&api, anna).await, "NOT_ACTIVE_TOKEN");
    assert_eq!(code(&api, bob).await, "ACTIVE_TOKEN");
    let path = format!("/rest/room/info/{}", room["room_id"].as_str().unwrap());
    let (_, info) = api.rest_get(&path).await;
    assert_eq!(info["room"]["user_urls"][0]["url"], Value::Null);
    assert_eq!(info["room"]["user_urls"][1]["url"], room["user_urls"][1]["url"]);
}

#[tokio::test]
async fn a_link_expires() {
    let api = Api::for_calls_with(|config| config.link_lifetime_s = 1).await;
    let token = tokens(&api.add_room(json!({})).await).remove(0);
    assert_eq!(code(&api, &token).await, "ACTIVE_TOKEN");
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(code(&api, &token).await, "NOT_ACTIVE_TOKEN");
    assert_eq!(api.rest_get("/rest/room/list").await.1["rooms"][0]["status"], "CLOSED");
}

#[tokio::test]
async fn links_start_with_the_configured_address_or_the_one_that_was_asked() {
    let configured =
        Api::for_calls_with(|config| config.public_url = Some("https://chat.example/".to_owned())).await;
    let room = configured.add_room(json!({})).await;
    let url = room["user_urls"][0]["url"].as_str().unwrap();
    assert!(url.starts_with("https://chat.example/connect/rest-call-handler/"), "{url}");

    let api = Api::for_calls().await;
    let made_from = async |headers: &[(&str, &str)]| {
        let body = json!({"participants": ["anna", "bob"]});
        let mut request =
            api.request(Method::POST, "/rest/room/create").header("apikey", crate::client::API_KEY);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (_, answer) = crate::client::answer(request.json(&body)).await;
        let url = answer["room"]["user_urls"][0]["url"].as_str().unwrap().to_owned();
        url.split("/connect").next().unwrap().to_owned()
    };
    assert_eq!(made_from(&[("host", "chat.example")]).await, "https://chat.example");
    let proxied = [("host", "chat.lan"), ("x-forwarded-proto", "http")];
    assert_eq!(made_from(&proxied).await, "http://chat.lan");
    assert_eq!(made_from(&[("host", "localhost:3000")]).await, "http://localhost:3000");
    let made_up = made_from(&[("host", "evil\"><script>")]).await;
    assert!(made_up.starts_with("http://127.0.0.1"), "{made_up}");
}
