//! The window of a call: its token, what it may do, and what is left for it under a code.

use crate::client::{Api, answer, assert_refused};
use crate::links::tokens;
use crate::socket::Socket;
use reqwest::Method;
use serde_json::{Value, json};

const CODE: &str = "00112233445566778899aabbccddeeff";

async fn ask(api: &Api, token: &str, body: &Value) -> (u16, Value) {
    answer(api.request(Method::POST, "/client/call-window").bearer_auth(token).json(body)).await
}

async fn take(api: &Api, code: &str) -> (u16, Value) {
    let request = api.request(Method::POST, "/connect/call/handover").json(&json!({ "code": code }));
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

/// The next event of calls by that name.
async fn hears(socket: &mut Socket, name: &str) -> Value {
    loop {
        let frame = socket.next().await.expect("an event");
        if !frame["msg"]["call"][name].is_null() {
            return frame["msg"]["call"][name].clone();
        }
    }
}

/// anna calls bob, who answers; her page, his, her token and the name of the call.
async fn talking(api: &Api) -> (Socket, Socket, String, String) {
    let token = api.token("anna").await;
    let (mut anna, _) = Socket::open(api, &token).await;
    let (mut bob, _) = Socket::open(api, &api.token("bob").await).await;
    let terms =
        json!({"call_type": "audio_only", "record": false, "recording_type": "manual", "is_admin": false});
    let created = json!({"call": {"create": {"key": "k1", "callee": "bob", "terms": terms}}});
    let entry = anna.ask(created).await["call"]["entered"].clone();
    let call = entry["call"]["call"].as_str().unwrap().to_owned();
    bob.ask(json!({"call": {"accept": {"call": call}}})).await;
    hears(&mut anna, "started").await;
    (anna, bob, token, call)
}

async fn window_token(api: &Api, token: &str, call: &str) -> String {
    let (status, body) = ask(api, token, &json!({ "call": call })).await;
    assert_eq!(status, 200, "{body}");
    body["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_window_takes_the_place_of_its_page_which_goes_on_hearing_of_the_call_and_may_end_it() {
    let api = Api::for_calls().await;
    let (mut anna, mut bob, token, call) = talking(&api).await;
    let (mut window, _) = Socket::open(&api, &window_token(&api, &token, &call).await).await;
    let entry = window.ask(json!({"call": "take"})).await["call"]["entered"].clone();
    assert_eq!((entry["phase"].as_str(), entry["call"]["call"].as_str()), (Some("connected"), Some(&*call)));
    assert_eq!(hears(&mut anna, "elsewhere").await["window"], true);
    let moved = hears(&mut bob, "peer_moved").await;
    assert_eq!(moved["offers"], false);
    // A page that comes later finds it, and the seat is the window's.
    let (mut later, welcome) = Socket::open(&api, &token).await;
    assert_eq!(welcome["welcome"]["elsewhere"]["call"]["call"], *call);
    let stale = anna.ask(json!({"call": {"upgrade": {"call": call}}})).await;
    assert_eq!(stale["error"]["code"], "call_not_found");
    let ended = later.ask(json!({"call": {"hang_up": {"call": call}}})).await;
    assert_eq!(ended, "done");
    for socket in [&mut window, &mut anna, &mut bob] {
        assert_eq!(hears(socket, "ended").await["by"], "anna");
    }
}

#[tokio::test]
async fn a_window_loaded_anew_is_back_and_one_that_is_left_has_hung_up() {
    let api = Api::for_calls_with(|config| config.call_grace_ms = 300).await;
    let (_anna, mut bob, token, call) = talking(&api).await;
    let narrow = window_token(&api, &token, &call).await;
    for _ in 0..2 {
        let (mut window, _) = Socket::open(&api, &narrow).await;
        let entry = window.ask(json!({"call": "take"})).await;
        assert_eq!(entry["call"]["entered"]["phase"], "connected", "{entry}");
        hears(&mut bob, "peer_moved").await;
        assert_eq!(window.ask(json!({"call": {"step_out": {"call": call}}})).await, "done");
        assert_eq!(hears(&mut bob, "peer_line").await["up"], false);
    }
    let ended = hears(&mut bob, "ended").await;
    assert_eq!((ended["by"].as_str(), ended["reason"].as_str()), (Some("anna"), Some("hung_up")));
}

#[tokio::test]
async fn a_side_that_was_away_hears_afterwards_that_the_other_one_moved() {
    let api = Api::for_calls().await;
    let (mut anna, mut bob, token, call) = talking(&api).await;
    let taken = bob.ask(json!({"call": "take"})).await;
    let seat = taken["call"]["entered"]["seat"].clone();
    drop(bob);
    while hears(&mut anna, "peer_line").await["up"] != false {}
    let (mut window, _) = Socket::open(&api, &window_token(&api, &token, &call).await).await;
    window.ask(json!({"call": "take"})).await;
    let (mut back, _) = Socket::open(&api, &api.token("bob").await).await;
    back.ask(json!({"call": {"resume": {"call": call, "seat": seat}}})).await;
    hears(&mut back, "peer_moved").await;
}

#[tokio::test]
async fn the_token_is_for_who_is_in_the_call_and_opens_nothing_else() {
    let api = Api::for_calls().await;
    let (_anna, _bob, token, call) = talking(&api).await;
    let body = json!({ "call": call });
    let not_found = |answer: &(u16, Value), what: &str| {
        assert_refused(answer, 404, "invalid_request_error", "room_not_found", what);
    };
    not_found(&ask(&api, &api.token("carl").await, &body).await, "somebody else");
    not_found(&ask(&api, &token, &json!({"call": "room_that_is_none"})).await, "another room");
    let idle = api.add_room(json!({})).await;
    not_found(&ask(&api, &token, &json!({ "call": idle["room_id"] })).await, "nobody is in");

    let narrow = window_token(&api, &token, &call).await;
    assert_eq!(ask(&api, &narrow, &body).await.0, 200, "it renews itself");
    let other = ask(&api, &narrow, &json!({ "call": idle["room_id"] })).await;
    assert_refused(&other, 403, "invalid_access_token", "out_of_scope", "another call");
    // A link is for whoever has it: it takes nobody's place.
    let link = json!({ "token": tokens(&idle)[0] });
    let (_, linked) = answer(api.request(Method::POST, "/connect/token").json(&link)).await;
    let linked = linked["access_token"].as_str().unwrap();
    assert_refused(&ask(&api, linked, &body).await, 403, "invalid_access_token", "out_of_scope", "a link");
    let (mut socket, _) = Socket::open(&api, linked).await;
    assert_eq!(socket.ask(json!({"call": "take"})).await["error"]["code"], "out_of_scope");
}

#[tokio::test]
async fn what_is_left_under_a_code_is_taken_once() {
    let api = Api::for_calls().await;
    let (_anna, _bob, token, call) = talking(&api).await;
    assert_eq!(take(&api, CODE).await.0, 204, "nothing yet");
    let left = json!({"call": call, "code": CODE, "handover": {"language": "it", "accessToken": "mine"}});
    assert_eq!(ask(&api, &token, &left).await.0, 200);
    let (status, found) = take(&api, CODE).await;
    assert_eq!((status, found["language"].as_str()), (200, Some("it")));
    let (mut window, _) = Socket::open(&api, found["accessToken"].as_str().unwrap()).await;
    assert_eq!(window.ask(json!({"call": "take"})).await["call"]["entered"]["phase"], "connected");
    assert_eq!(take(&api, CODE).await.0, 204, "a second time");

    let refused = |answer: &(u16, Value), what: &str| {
        assert_refused(answer, 422, "validation_error", "validation_error", what);
    };
    let guessed = json!({"call": call, "code": "1", "handover": {}});
    refused(&ask(&api, &token, &guessed).await, "a code that can be guessed");
    let large = json!({"call": call, "code": CODE, "handover": {"users": "x".repeat(70_000)}});
    refused(&ask(&api, &token, &large).await, "too large");
}

#[tokio::test]
async fn the_page_of_the_window_keeps_its_opener_and_says_who_that_may_be() {
    let api = Api::start_with(|config| config.origins = vec!["https://shop.example".to_owned()]).await;
    let response = api.get("/connect/call/call-from-widget/true").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cross-origin-opener-policy"], "unsafe-none");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{policy}");
    let page = response.text().await.unwrap();
    assert!(page.contains("https://shop.example") && page.contains("window.js"), "{page}");
}

#[tokio::test]
async fn only_who_is_led_there_by_an_allowed_page_enters_without_a_click() {
    let api = Api::start_with(|config| config.origins = vec!["https://shop.example".to_owned()]).await;
    for (referer, trusted) in [
        (None, false),
        (Some("https://shop.example/basket?x=1"), true),
        (Some("https://shop.example"), true),
        (Some("https://evil.example/https://shop.example"), false),
        (Some("https://shop.example.evil.example/"), false),
        (Some("https://shop.example@evil.example/"), false),
        (Some("http://shop.example/"), false),
        (Some("null"), false),
    ] {
        let mut request = api.request(Method::GET, "/connect/call/call-from-widget/true");
        if let Some(referer) = referer {
            request = request.header("referer", referer);
        }
        let page = request.send().await.unwrap().text().await.unwrap();
        let (_, data) = page.split_once("id=\"call-data\">").unwrap();
        let data: Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
        assert_eq!(data["trusted"], trusted, "{referer:?}");
    }
}
