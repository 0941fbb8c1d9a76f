//! Files of chats: in, out, and away again.

use crate::client::{Api, answer, assert_refused, files};
use crate::socket::Socket;
use reqwest::header::HeaderMap;
use reqwest::{Body, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub const INVALID: &str = "invalid_request_error";
pub const TOKEN: &str = "invalid_access_token";
pub const CHAT: &str = "anna%23bob";

/// A 1×1 GIF.
pub const GIF: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\
    \x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;";

/// Anna, bob and carl; anna and bob have a chat.
pub async fn house() -> (Api, String) {
    let api = Api::with_users(&["anna", "bob", "carl"]).await;
    api.add_chat("anna", "bob").await;
    let token = api.token("anna").await;
    (api, token)
}

pub fn posting(api: &Api, token: &str, name: &str, body: impl Into<Body>) -> RequestBuilder {
    let request = api.request(Method::POST, &format!("/client/uploads?chat={CHAT}"));
    request.query(&[("name", name)]).bearer_auth(token).body(body)
}

/// Uploads, and answers what the server made of it.
pub async fn upload(api: &Api, token: &str, name: &str, bytes: &[u8]) -> Value {
    let (status, body) = answer(posting(api, token, name, bytes.to_vec())).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["attachment"]["size"], bytes.len());
    body["attachment"].clone()
}

pub fn path(attachment: &Value) -> String {
    format!("/client/uploads/{}", attachment["upload"].as_str().unwrap())
}

pub async fn download(api: &Api, token: &str, attachment: &Value) -> Response {
    api.request(Method::GET, &path(attachment)).bearer_auth(token).send().await.unwrap()
}

pub fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

pub fn left_behind(api: &Api) -> (usize, usize) {
    let folder = api.data().join("uploads");
    (files(&folder.join("complete")).len(), files(&folder.join("partial")).len())
}

#[tokio::test]
async fn a_file_goes_in_is_sent_and_comes_out_at_the_other_side() {
    let (api, token) = house().await;
    let attachment = upload(&api, &token, "tiny.gif", GIF).await;
    assert_eq!((&attachment["media_type"], &attachment["picture"]), (&json!("image/gif"), &json!(true)));

    let (mut anna, _) = Socket::open(&api, &token).await;
    let lie = json!({"upload": attachment["upload"], "name": "x.exe", "size": 1, "media_type": "text/html", "picture": false});
    let sent = anna
        .ask(json!({"chat": {"send_message": {"chat": "anna#bob", "client_id": "1", "body": {"file": lie}}}}))
        .await;
    assert_eq!(sent["chat"]["message_added"]["message"]["body"]["file"], attachment);

    let response = download(&api, &api.token("bob").await, &attachment).await;
    let headers = response.headers().clone();
    assert_eq!(response.status(), 200);
    assert_eq!(text(&headers, "content-type"), "image/gif");
    assert_eq!(text(&headers, "content-length"), GIF.len().to_string());
    assert_eq!(response.bytes().await.unwrap(), GIF);
    let (_, list) = api.rest_get("/rest/chat/messages?users=anna,bob").await;
    assert_eq!(
        (&list["messages"][0]["type"], &list["messages"][0]["body"]),
        (&json!("file"), &json!("tiny.gif"))
    );
}

#[tokio::test]
async fn what_could_run_a_script_downloads_and_never_renders() {
    let (api, token) = house().await;
    for (name, bytes, media_type) in [
        ("logo.svg", &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..], "image/svg+xml"),
        ("logo.png", b"<?xml version='1.0'?><svg onload='alert(1)'/>", "image/svg+xml"),
        ("page.html", b"<!doctype html><script>alert(1)</script>", "text/html"),
        ("page.jpg", b"<html><script>alert(1)</script></html>", "text/html"),
        ("feed.xml", b"<?xml version='1.0'?><a/>", "text/xml"),
        ("run.js", b"alert(document.cookie)", "text/plain"),
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        ("empty", b"", "application/octet-stream"),
    ] {
        let attachment = upload(&api, &token, name, bytes).await;
        assert_eq!(
            (&attachment["media_type"], &attachment["picture"]),
            (&json!(media_type), &json!(false)),
            "{name}"
        );
        let response = download(&api, &token, &attachment).await;
        let headers = response.headers();
        assert_eq!(text(headers, "content-type"), "application/octet-stream", "{name}");
        assert!(text(headers, "content-disposition").starts_with("attachment; filename=\""), "{name}");
        assert_eq!(text(headers, "x-content-type-options"), "nosniff", "{name}");
        assert_eq!(text(headers, "content-security-policy"), "sandbox; default-src 'none'", "{name}");
        assert_eq!(response.bytes().await.unwrap(), bytes, "{name}");
    }
}

#[tokio::test]
async fn even_a_picture_is_sent_as_a_download() {
    let (api, token) = house().await;
    let attachment = upload(&api, &token, "tiny.gif", GIF).await;
    let response = download(&api, &token, &attachment).await;
    assert_eq!(
        text(response.headers(), "content-disposition"),
        "attachment; filename=\"tiny.gif\"; filename*=UTF-8''tiny.gif"
    );
    assert_eq!(text(response.headers(), "content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(text(response.headers(), "cache-control"), "private, no-store");
}

#[tokio::test]
async fn a_hostile_name_is_made_harmless() {
    let (api, token) = house().await;
    for (name, clean, header) in [
        ("../../../etc/passwd", "passwd", "attachment; filename=\"passwd\"; filename*=UTF-8''passwd"),
        ("C:\\evil\\a.exe", "a.exe", "attachment; filename=\"a.exe\"; filename*=UTF-8''a.exe"),
        (
            "x\r\nSet-Cookie: a=b\r\n\r\n<html>",
            "xSet-Cookie: a=b<html>",
            "attachment; filename=\"xSet-Cookie: a=b<html>\"; filename*=UTF-8''xSet-Cookie%3A%20a%3Db%3Chtml%3E",
        ),
        (
            "a\"; filename=\"b.html",
            "a\"; filename=\"b.html",
            "attachment; filename=\"a__ filename=_b.html\"; filename*=UTF-8''a%22%3B%20filename%3D%22b.html",
        ),
        (
            "photo\u{202e}gpj.exe",
            "photogpj.exe",
            "attachment; filename=\"photogpj.exe\"; filename*=UTF-8''photogpj.exe",
        ),
        ("\u{0}\u{7f}", "file", "attachment; filename=\"file\"; filename*=UTF-8''file"),
        ("..", "file", "attachment; filename=\"file\"; filename*=UTF-8''file"),
        ("", "file", "attachment; filename=\"file\"; filename*=UTF-8''file"),
        ("é.txt", "é.txt", "attachment; filename=\"_.txt\"; filename*=UTF-8''%C3%A9.txt"),
    ] {
        let attachment = upload(&api, &token, name, b"x").await;
        assert_eq!(attachment["name"], clean, "{name:?}");
        let response = download(&api, &token, &attachment).await;
        assert_eq!(text(response.headers(), "content-disposition"), header, "{name:?}");
        assert!(!response.headers().contains_key("set-cookie"));
    }
    let long = upload(&api, &token, &format!("{}.pdf", "x".repeat(5000)), b"x").await;
    assert_eq!(long["name"].as_str().unwrap().chars().count(), 255);
    assert!(long["name"].as_str().unwrap().ends_with(".pdf"));
}

#[tokio::test]
async fn whoever_does_not_take_part_sees_nothing() {
    let (api, token) = house().await;
    let attachment = upload(&api, &token, "a.txt", b"secret").await;
    let carl = api.token("carl").await;
    let link = format!("{}/link", path(&attachment));
    for (method, path) in [(Method::GET, path(&attachment)), (Method::POST, link.clone())] {
        let foreign = answer(api.request(method.clone(), &path).bearer_auth(&carl)).await;
        assert_refused(&foreign, 404, INVALID, "upload_not_found", "carl");
        let nobody = answer(api.request(method.clone(), &path)).await;
        assert_refused(&nobody, 401, TOKEN, "access_token_invalid", "nobody");
        let key = answer(api.request(method, &path).header("apikey", crate::client::API_KEY)).await;
        assert_refused(&key, 401, TOKEN, "access_token_invalid", "the apikey is no token");
    }
    // Carl can neither put a file into a chat that is not his nor send anna's file into his own.
    let into = answer(posting(&api, &carl, "x", "x")).await;
    assert_refused(&into, 404, INVALID, "chat_not_found", "into a foreign chat");
    api.add_chat("anna", "carl").await;
    let (mut socket, _) = Socket::open(&api, &carl).await;
    let file =
        json!({"upload": attachment["upload"], "name": "a", "size": 6, "media_type": "x", "picture": false});
    let theft =
        json!({"chat": {"send_message": {"chat": "anna#carl", "client_id": "1", "body": {"file": file}}}});
    assert_eq!(socket.ask(theft).await["error"]["code"], "upload_not_found");
}

#[tokio::test]
async fn tokens_are_checked_in_every_way() {
    let (api, token) = house().await;
    let mut forged = token.clone();
    forged.replace_range(token.len() - 5.., "AAAAA");
    let none = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm5hIn0.";
    for (header, code) in [
        (format!("Bearer {forged}"), "access_token_invalid"),
        (format!("Bearer {none}"), "access_token_invalid"),
        (format!("Basic {token}"), "access_token_invalid"),
        (token.clone(), "access_token_invalid"),
        (String::new(), "access_token_invalid"),
    ] {
        let request = posting(&api, "", "x", "x").header("authorization", &header);
        let request = request.try_clone().map_or(request, |_| {
            api.request(Method::POST, &format!("/client/uploads?chat={CHAT}"))
                .header("authorization", header)
                .body("x")
        });
        assert_refused(&answer(request).await, 401, TOKEN, code, code);
    }
    let in_url = api.request(Method::POST, &format!("/client/uploads?chat={CHAT}&access_token={token}"));
    assert_refused(&answer(in_url).await, 401, TOKEN, "access_token_invalid", "a token in the address");
    api.rest(Method::PUT, "/rest/user/update/anna", json!({"active": false})).await;
    assert_refused(&answer(posting(&api, &token, "x", "x")).await, 401, TOKEN, "user_disabled", "disabled");
    api.rest(Method::DELETE, "/rest/user/delete/anna", json!({})).await;
    assert_refused(&answer(posting(&api, &token, "x", "x")).await, 401, TOKEN, "user_deleted", "deleted");
    assert_eq!(left_behind(&api), (0, 0));
}

#[tokio::test]
async fn a_chat_that_is_not_there_takes_no_file() {
    let (api, token) = house().await;
    for chat in ["anna%23carl", "bob%23carl", "bob%23anna", "anna", "", "..%2f..", "anna%23anna"] {
        let request = api.request(Method::POST, &format!("/client/uploads?chat={chat}&name=x"));
        let answer = answer(request.bearer_auth(&token).body("x")).await;
        assert_refused(&answer, 404, INVALID, "chat_not_found", chat);
    }
    let without = answer(api.request(Method::POST, "/client/uploads").bearer_auth(&token).body("x")).await;
    assert_refused(&without, 422, "validation_error", "validation_error", "no chat");
    for id in ["nothing", "..", "..%2f..%2fchat.db", "%00"] {
        let answer =
            answer(api.request(Method::GET, &format!("/client/uploads/{id}")).bearer_auth(&token)).await;
        assert!(answer.0 == 404, "{id}: {answer:?}");
    }
    assert_eq!(left_behind(&api), (0, 0));
}

#[tokio::test]
async fn one_byte_over_150_megabytes_is_refused_while_it_streams() {
    const LIMIT: usize = 157_286_400;
    let (api, token) = house().await;
    let chunk = bytes::Bytes::from(vec![7u8; 1024 * 1024]);
    let stream = |last: &'static [u8]| {
        let whole =
            std::iter::repeat_n(chunk.clone(), LIMIT / chunk.len()).chain([bytes::Bytes::from_static(last)]);
        // A stream has no length: only counting helps.
        Body::wrap_stream(futures_util::stream::iter(whole.map(Ok::<_, std::io::Error>)))
    };
    let over = answer(posting(&api, &token, "big", stream(b"x"))).await;
    assert_refused(&over, 413, INVALID, "upload_too_large", "150 MB + 1");
    assert_eq!(left_behind(&api), (0, 0));
    let (status, body) = answer(posting(&api, &token, "big", stream(b""))).await;
    assert_eq!((status, &body["attachment"]["size"]), (200, &json!(LIMIT)));
    assert_eq!(left_behind(&api), (1, 0));
}

#[tokio::test]
async fn an_announced_size_over_the_limit_is_refused_before_a_byte_is_read() {
    let (api, token) = house().await;
    let mut stream = TcpStream::connect(api.server.address()).await.unwrap();
    let head = format!(
        "POST /client/uploads?chat={CHAT}&name=x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: 157286401\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let read =
        tokio::time::timeout(Duration::from_secs(30), stream.read(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("upload_too_large"), "{answer}");
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing_behind() {
    let (api, token) = house().await;
    let mut stream = TcpStream::connect(api.server.address()).await.unwrap();
    let head = format!(
        "POST /client/uploads?chat={CHAT}&name=x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: 1000000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&[1; 5000]).await.unwrap();
    until(|| left_behind(&api) == (0, 1)).await;
    drop(stream);
    until(|| left_behind(&api) == (0, 0)).await;
}

pub async fn until(true_at_last: impl Fn() -> bool) {
    let start = Instant::now();
    while !true_at_last() {
        assert!(start.elapsed() < Duration::from_secs(10), "not within ten seconds");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_link_downloads_without_a_token_until_something_changes() {
    let (api, token) = house().await;
    let attachment = upload(&api, &token, "a.txt", b"hello").await;
    let bob = api.token("bob").await;
    let (status, link) =
        answer(api.request(Method::POST, &format!("{}/link", path(&attachment))).bearer_auth(&bob)).await;
    assert_eq!(status, 200);
    let link = link["path"].as_str().unwrap();
    assert!(!link.contains(&bob) && link.starts_with(&path(&attachment)), "{link}");
    let response = api.get(link).await;
    assert_eq!(response.status(), 200);
    assert!(text(response.headers(), "content-disposition").starts_with("attachment"));
    assert_eq!(response.text().await.unwrap(), "hello");
    api.clock.turn(30_000);
    assert_eq!(api.get(link).await.status(), 200);
    api.clock.turn(31_000);
    let late = answer(api.request(Method::GET, link)).await;
    assert_refused(&late, 403, INVALID, "link_invalid", "a minute later");
    api.clock.turn(-61_000);

    for forged in [
        link.replace("for=bob", "for=carl"),
        link.replace("until=1", "until=2"),
        link[..link.len() - 1].to_owned(),
        link.split("&sig").next().unwrap().to_owned(),
        link.replace("until=", "until=x"),
        format!("{}?sig=00", path(&attachment)),
    ] {
        let answer = answer(api.request(Method::GET, &forged)).await;
        assert_refused(&answer, 403, INVALID, "link_invalid", &forged);
    }
    api.rest(Method::PUT, "/rest/user/update/bob", json!({"active": false})).await;
    assert_refused(&answer(api.request(Method::GET, link)).await, 401, TOKEN, "user_disabled", "disabled");
}

#[tokio::test]
async fn a_part_can_be_asked_for() {
    let (api, token) = house().await;
    let attachment = upload(&api, &token, "a.txt", b"0123456789").await;
    let part = async |range: &str, if_range: Option<&str>| {
        let request = api.request(Method::GET, &path(&attachment)).bearer_auth(&token).header("range", range);
        let request = if let Some(tag) = if_range { request.header("if-range", tag) } else { request };
        let response = request.send().await.unwrap();
        let range = text(response.headers(), "content-range").to_owned();
        (response.status().as_u16(), range, response.text().await.unwrap())
    };
    let whole = (200, String::new(), "0123456789".to_owned());
    assert_eq!(part("bytes=2-4", None).await, (206, "bytes 2-4/10".into(), "234".into()));
    assert_eq!(part("bytes=-3", None).await, (206, "bytes 7-9/10".into(), "789".into()));
    assert_eq!(part("bytes=8-99", None).await, (206, "bytes 8-9/10".into(), "89".into()));
    assert_eq!(part("bytes=0-1,5-6", None).await, whole);
    assert_eq!(part("bytes=2-4", Some("\"another\"")).await, whole);
    let tag = format!("\"{}\"", attachment["upload"].as_str().unwrap());
    assert_eq!(part("bytes=2-4", Some(&tag)).await.0, 206);
    let (status, range, body) = part("bytes=10-", None).await;
    assert_eq!((status, range.as_str()), (416, "bytes */10"));
    assert!(body.contains("range_not_satisfiable"));
}

#[tokio::test]
async fn removing_a_chat_deletes_its_files() {
    let (api, token) = house().await;
    let attachment = upload(&api, &token, "a.txt", b"secret").await;
    assert_eq!(left_behind(&api), (1, 0));
    api.rest(Method::POST, "/rest/chat/remove", json!({"users": ["anna", "bob"]})).await;
    let gone = answer(api.request(Method::GET, &path(&attachment)).bearer_auth(&token)).await;
    assert_refused(&gone, 404, INVALID, "upload_not_found", "gone");
    until(|| left_behind(&api) == (0, 0)).await;
}

#[tokio::test]
async fn files_nobody_sent_go_after_a_day_and_strays_after_an_hour() {
    let (api, token) = house().await;
    let kept = upload(&api, &token, "kept", b"1").await;
    let (mut anna, _) = Socket::open(&api, &token).await;
    let body = json!({"file": kept});
    anna.ask(json!({"chat": {"send_message": {"chat": "anna#bob", "client_id": "1", "body": body}}})).await;
    let unsent = upload(&api, &token, "unsent", b"2").await;
    let complete = api.data().join("uploads/complete");
    std::fs::write(complete.join("stray"), "no record").unwrap();
    let old = std::time::SystemTime::now() - Duration::from_secs(7200);
    std::fs::File::options().write(true).open(complete.join("stray")).unwrap().set_modified(old).unwrap();

    bandyer_server::uploads::clean(api.server.app(), api.clock.now()).await;
    assert!(!complete.join("stray").exists());
    assert_eq!(left_behind(&api), (2, 0));
    api.clock.turn(25 * 3600 * 1000);
    until(|| left_behind(&api) == (1, 0)).await;
    let token = api.token("anna").await;
    assert_eq!(download(&api, &token, &unsent).await.status(), 404);
    assert_eq!(download(&api, &token, &kept).await.status(), 200);
}
