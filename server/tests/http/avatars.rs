//! Avatars: sent as a form, made anew, served to everybody.

use crate::client::{API_KEY, Api, answer, assert_refused, files};
use crate::socket::Socket;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::io::Cursor;

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::RgbImage::new(width, height)
        .write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png)
        .unwrap();
    bytes
}

async fn send(api: &Api, user: &str, field: &'static str, bytes: Vec<u8>) -> (u16, Value) {
    let form = Form::new().part(field, Part::bytes(bytes).file_name("../../me.png"));
    let path = format!("/rest/user/avatar/update/{user}");
    answer(api.request(Method::PUT, &path).header("apikey", API_KEY).multipart(form)).await
}

#[tokio::test]
async fn an_avatar_is_a_square_of_300_that_everybody_may_see() {
    let api = Api::with_users(&["anna"]).await;
    let (status, body) = send(&api, "anna", "avatar", png(640, 480)).await;
    assert_eq!(status, 200, "{body}");
    let path = body["avatar_url"].as_str().unwrap();
    let response = api.get(path).await;
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/jpeg");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(header("cross-origin-resource-policy"), "cross-origin");
    let picture = image::load_from_memory(&response.bytes().await.unwrap()).unwrap();
    assert_eq!((picture.width(), picture.height()), (300, 300));
    assert_eq!(api.rest_get("/rest/user/list/anna").await.1["user"]["avatar_url"], path);
}

#[tokio::test]
async fn an_old_avatar_stays_a_while_for_those_who_still_show_it() {
    let api = Api::with_users(&["anna"]).await;
    let (_, first) = send(&api, "anna", "avatar", png(10, 10)).await;
    let (_, second) = send(&api, "anna", "avatar", png(20, 20)).await;
    assert_ne!(first["avatar_url"], second["avatar_url"]);
    let status = async |avatar: &Value| api.get(avatar["avatar_url"].as_str().unwrap()).await.status();
    assert_eq!(status(&first).await, 200);
    assert_eq!(status(&second).await, 200);
    api.server.app().avatars.forget_retired(api.clock.now().plus_ms(-60_000)).await;
    assert_eq!(status(&first).await, 200, "it was retired just now");
    api.clock.turn(3_600_000);
    while status(&first).await == 200 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let old = answer(api.request(Method::GET, first["avatar_url"].as_str().unwrap())).await;
    assert_refused(&old, 404, "invalid_request_error", "upload_not_found", "old avatar");
    assert_eq!(status(&second).await, 200);
    api.request(Method::DELETE, "/rest/user/delete/anna").header("apikey", API_KEY).send().await.unwrap();
    assert_eq!(status(&second).await, 404);
    assert_eq!(files(&api.data().join("avatars")), ["retired"]);
    assert_eq!(files(&api.data().join("avatars/retired")), Vec::<String>::new());
}

#[tokio::test]
async fn whoever_shows_a_user_hears_of_a_new_name_and_picture() {
    let api = Api::with_users(&["anna", "bob", "carl"]).await;
    api.add_chat("anna", "bob").await;
    let mut sockets = Vec::new();
    for name in ["anna", "bob", "carl"] {
        sockets.push(Socket::open_knowing(&api, &api.token(name).await, &["profiles"]).await.0);
    }
    let (mut old, _) = Socket::open(&api, &api.token("bob").await).await;
    let change = json!({"firstName": "Anna", "lastName": "Neri"});
    assert_eq!(api.rest(Method::PUT, "/rest/user/update/anna", change).await.0, 200);
    let (_, avatar) = send(&api, "anna", "avatar", png(10, 10)).await;
    for socket in &mut sockets[..2] {
        let renamed = socket.news("changed").await;
        assert_eq!((&renamed["alias"], &renamed["last_name"]), (&json!("anna"), &json!("Neri")));
        assert_eq!(socket.news("changed").await["image"], avatar["avatar_url"]);
    }
    // What changes nothing that is shown is no news, and neither are strangers.
    assert_eq!(api.rest(Method::PUT, "/rest/user/update/anna", json!({"role": "plus"})).await.0, 200);
    for socket in sockets.iter_mut().chain([&mut old]) {
        let answer = socket.ask(json!({"session": "ping"})).await;
        assert_eq!(answer["session"], "pong");
        assert_eq!(socket.heard("changed"), 0);
    }
}

#[tokio::test]
async fn what_is_no_picture_of_the_right_kind_is_refused() {
    let api = Api::with_users(&["anna"]).await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    let mut big = png(8, 8);
    big.resize(500_001, 0);
    let mut damaged = png(64, 64);
    damaged.truncate(60);
    for (bytes, code) in [
        (svg, "invalid_file"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec(), "invalid_file"),
        (big, "invalid_file"),
        (damaged, "error_processing_image"),
        (png(9000, 1), "wrong_file_dimension"),
    ] {
        assert_refused(&send(&api, "anna", "avatar", bytes).await, 422, "validation_error", code, code);
    }
    let name = "invalid_request_error";
    assert_refused(&send(&api, "anna", "avatar", Vec::new()).await, 400, name, "file_not_found", "empty");
    assert_refused(
        &send(&api, "anna", "picture", png(8, 8)).await,
        400,
        name,
        "file_not_found",
        "other field",
    );
    assert_refused(
        &send(&api, "bob", "avatar", png(8, 8)).await,
        400,
        name,
        "invalid_user_id",
        "unknown user",
    );
    let no_form =
        api.request(Method::PUT, "/rest/user/avatar/update/anna").header("apikey", API_KEY).body("x");
    assert_refused(&answer(no_form).await, 400, name, "upload_error", "no form");
    assert_eq!(files(&api.data().join("avatars")), ["retired"]);
}

#[tokio::test]
async fn no_other_file_can_be_read_as_an_avatar() {
    let api = Api::start().await;
    for path in ["..%2f..%2fapi-key", "%2e%2e%2fchat.db", "chat.db", "x.jpg", "%00.png"] {
        let answer = answer(api.request(Method::GET, &format!("/client/avatars/{path}"))).await;
        assert_refused(&answer, 404, "invalid_request_error", "upload_not_found", path);
    }
}
