//! What a call link opens: its call and the chat of its two users, and nothing else of the account.

use crate::client::{Api, answer, assert_refused};
use crate::links::tokens;
use crate::socket::Socket;
use bandyer_protocol::{Attachment, CallAlias, Timestamp, UploadId, UserAlias};
use bandyer_records::{UploadPlace, UploadRecord, Write};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// The token that the page behind anna's link works with.
async fn link_token(api: &Api, link: &str) -> String {
    let (status, body) =
        answer(api.request(Method::POST, "/connect/token").json(&json!({ "token": link }))).await;
    assert_eq!(status, 200, "{body}");
    body["access_token"].as_str().unwrap().to_owned()
}

/// Anna has chats with bob and carl, and a room with bob; answered are her links to it.
async fn house() -> (Api, Value) {
    let api = Api::for_calls().await;
    api.add_chat("anna", "bob").await;
    api.add_chat("anna", "carl").await;
    api.say("bob", "anna", "hello from bob").await;
    api.say("carl", "anna", "a secret").await;
    let room = api.add_room(json!({})).await;
    (api, room)
}

/// Every message a client can say, by the name of its file.
fn everything() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/tests/golden/v2/client");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| {
        let frame = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        (path.file_stem().unwrap().to_string_lossy().into_owned(), frame)
    };
    let mut all: Vec<_> = files.map(read).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// The same, about carl instead of bob.
fn about_carl(frame: &Value) -> Value {
    let text = frame.to_string().replace("anna#bob", "anna#carl").replace("\"bob\"", "\"carl\"");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn no_message_reaches_beyond_the_call_and_its_chat() {
    let (api, room) = house().await;
    let (mut narrow, welcome) = Socket::open(&api, &link_token(&api, &tokens(&room)[0]).await).await;
    let text = welcome.to_string();
    assert!(text.contains("hello from bob") && !text.contains("carl") && !text.contains("secret"), "{text}");

    let mut answered = BTreeSet::new();
    for (name, frame) in everything() {
        let reply = narrow.ask_frame(about_carl(&frame)).await.to_string();
        assert!(!reply.contains("carl") && !reply.contains("secret"), "{name}: {reply}");
        if !reply.contains("out_of_scope") {
            answered.insert(name);
        }
    }
    let about_nobody =
        ["authenticate", "authenticate_again", "join_call", "list_online", "ping", "refresh_token", "resync"];
    assert_eq!(answered, about_nobody.map(str::to_owned).into());
    let (_, chat) = api.rest_get("/rest/chat/messages?users=anna,carl").await;
    assert_eq!(chat["messages"].as_array().unwrap().len(), 1, "nothing was sent: {chat}");
}

#[tokio::test]
async fn within_its_call_and_chat_a_link_is_as_good_as_an_account() {
    let (api, room) = house().await;
    let link = tokens(&room)[0].clone();
    let (mut narrow, _) = Socket::open(&api, &link_token(&api, &link).await).await;
    let ours = room["room_id"].as_str().unwrap();
    let mut refused = BTreeSet::new();
    for (name, frame) in everything() {
        let frame = frame.to_string().replace("room_027b9312e9a5", ours);
        let reply = narrow.ask_frame(serde_json::from_str(&frame).unwrap()).await.to_string();
        if reply.contains("out_of_scope") {
            refused.insert(name);
        }
    }
    // A call of one's own, another page's place, and removing what belongs to both.
    assert_eq!(
        refused,
        ["cancel_call", "create_call", "create_call_with_tools", "remove_chat", "take_call"]
            .map(str::to_owned)
            .into()
    );
}

#[tokio::test]
async fn a_link_hears_of_nothing_but_its_call_and_chat() {
    let (api, room) = house().await;
    let link = link_token(&api, &tokens(&room)[0]).await;
    let (mut narrow, _) = Socket::open(&api, &link).await;
    let (mut whole, _) = Socket::open(&api, &api.token("anna").await).await;
    let (mut bob, _) = Socket::open(&api, &api.token("bob").await).await;
    let (mut carl, _) = Socket::open(&api, &api.token("carl").await).await;
    carl.say("anna#carl", "c1", "another secret").await;
    api.add_users(&["dora"]).await;
    api.add_chat("anna", "dora").await;
    api.say("dora", "anna", "a third secret").await;
    let (status, _) = api.rest(Method::POST, "/rest/chat/remove", json!({"users": ["anna", "dora"]})).await;
    assert_eq!(status, 200);
    carl.ask_frame(everything_named("typing", "anna#carl")).await;
    bob.say("anna#bob", "b1", "for both").await;

    let mut heard = String::new();
    while !heard.contains("for both") {
        heard.push_str(&narrow.next().await.unwrap().to_string());
    }
    for secret in ["secret", "carl", "dora"] {
        assert!(!heard.contains(secret), "{secret}: {heard}");
    }
    assert!(heard.contains("\"bob\",\"online\"") || heard.contains("bob"), "{heard}");
    let mut heard = String::new();
    while !heard.contains("for both") {
        heard.push_str(&whole.next().await.unwrap().to_string());
    }
    assert!(heard.contains("another secret") && heard.contains("dora"), "{heard}");
}

/// A message from its file, about that chat.
fn everything_named(name: &str, chat: &str) -> Value {
    let (_, frame) = everything().into_iter().find(|(file, _)| file == name).unwrap();
    serde_json::from_str(&frame.to_string().replace("anna#bob", chat)).unwrap()
}

#[tokio::test]
async fn steps_of_a_link_join_whatever_happens_elsewhere_in_the_account() {
    let (api, room) = house().await;
    let (mut narrow, welcome) = Socket::open(&api, &link_token(&api, &tokens(&room)[0]).await).await;
    let text = welcome.to_string();
    let (_, cursor) = text.split_once("\"cursor\":").unwrap();
    let mut at: u64 = cursor.split([',', '}']).next().unwrap().parse().unwrap();
    for n in 0..3 {
        api.say("carl", "anna", &format!("a secret {n}")).await;
        api.say("bob", "anna", &format!("hello {n}")).await;
        let step = loop {
            let frame = narrow.next().await.unwrap();
            if frame["step"].is_object() {
                break frame["step"].clone();
            }
        };
        assert_eq!(step["prev"], at);
        at = step["cursor"].as_u64().unwrap();
    }
}

#[tokio::test]
async fn a_renewed_token_opens_no_more_and_a_session_grows_by_none() {
    let (api, room) = house().await;
    let link = tokens(&room)[0].clone();
    let (mut narrow, _) = Socket::open(&api, &link_token(&api, &link).await).await;
    let mut renew = everything().into_iter().find(|(name, _)| name == "refresh_token").unwrap().1;
    let mut with = |token: String| {
        let old = "header.claims.signature";
        renew = serde_json::from_str(&renew.to_string().replace(old, &token)).unwrap();
        let frame = renew.clone();
        renew = serde_json::from_str(&renew.to_string().replace(&token, old)).unwrap();
        frame
    };
    let renewed = narrow.ask_frame(with(link_token(&api, &link).await)).await.to_string();
    assert!(renewed.contains("token_refreshed"), "{renewed}");
    for other in [api.token("anna").await, link_token(&api, &tokens(&api.add_room(json!({})).await)[0]).await]
    {
        let refused = narrow.ask_frame(with(other)).await.to_string();
        assert!(refused.contains("access_token_invalid_user"), "{refused}");
    }
    let reply = narrow.ask_frame(about_carl(&everything_named("typing", "anna#bob"))).await.to_string();
    assert!(reply.contains("out_of_scope"), "{reply}");
}

#[tokio::test]
async fn those_with_a_link_take_no_place_from_the_user() {
    let api = Api::for_calls_with(|config| config.sessions_per_user = 2).await;
    let room = api.add_room(json!({})).await;
    let link = link_token(&api, &tokens(&room)[0]).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        open.push(Socket::open(&api, &link).await);
    }
    let (_, refused) = Socket::open(&api, &link).await;
    assert!(refused.to_string().contains("too_many_sessions"), "{refused}");
    let (_anna, welcome) = Socket::open(&api, &api.token("anna").await).await;
    assert!(welcome.to_string().contains("welcome"), "{welcome}");
}

#[tokio::test]
async fn no_route_reaches_beyond_the_call_and_its_chat() {
    let (api, room) = house().await;
    let link = tokens(&room)[0].clone();
    let (whole, narrow) = (api.token("anna").await, link_token(&api, &link).await);
    let _waiting = join(&api, &narrow, &link).await;
    let give = async |token: &str, query: &str| {
        let request = api.request(Method::POST, &format!("/client/uploads?{query}&name=x"));
        answer(request.bearer_auth(token).body("text")).await
    };
    let refused = |answer: &(u16, Value), what: &str| {
        assert_refused(answer, 403, "invalid_access_token", "out_of_scope", what);
    };
    let id = |answer: &Value| answer["attachment"]["upload"].as_str().unwrap().to_owned();
    let other_room = api.add_room(json!({})).await;
    let other_call = format!("call={}", other_room["room_id"].as_str().unwrap());
    let own_call = format!("call={}", room["room_id"].as_str().unwrap());
    refused(&give(&narrow, "chat=anna%23carl").await, "upload");
    refused(&give(&narrow, &other_call).await, "upload");
    let foreign = [id(&give(&whole, "chat=anna%23carl").await.1), shared_in(&api, &other_room).await];
    for place in ["chat=anna%23bob", &own_call] {
        let (status, given) = give(&narrow, place).await;
        assert_eq!(status, 200, "{given}");
        let path = format!("/client/uploads/{}", id(&given));
        assert_eq!(api.request(Method::GET, &path).bearer_auth(&narrow).send().await.unwrap().status(), 200);
    }
    for id in foreign {
        let path = format!("/client/uploads/{id}");
        let download = answer(api.request(Method::GET, &path).bearer_auth(&narrow)).await;
        assert_refused(&download, 404, "invalid_request_error", "upload_not_found", "download");
        let link = answer(api.request(Method::POST, &format!("{path}/link")).bearer_auth(&narrow)).await;
        assert_refused(&link, 404, "invalid_request_error", "upload_not_found", "link");
    }
    refused(&answer(api.request(Method::POST, "/client/ice").bearer_auth(&narrow)).await, "ice");
    let window = api.request(Method::POST, "/client/call-window").bearer_auth(&narrow);
    refused(&answer(window.json(&json!({"call": room["room_id"]}))).await, "a window");

    // These are all the routes that take the token.
    let document: Value = api.get("/openapi.json").await.json().await.unwrap();
    let mut routes = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, route) in methods.as_object().unwrap() {
            if route["security"].to_string().contains("access_token") {
                routes.insert(format!("{method} {path}"));
            }
        }
    }
    let walked = [
        "get /client/uploads/{id}",
        "post /client/call-window",
        "post /client/ice",
        "post /client/uploads",
        "post /client/uploads/{id}/link",
    ];
    assert_eq!(routes, walked.map(str::to_owned).into());
}

/// Waits in the call of a link, as long as the socket is open.
pub async fn join(api: &Api, token: &str, link: &str) -> Socket {
    let (mut socket, _) = Socket::open(api, token).await;
    let (_, join) = everything().into_iter().find(|(name, _)| name == "join_call").unwrap();
    let join = join.to_string().replace("rest-call-handler/t\"", &format!("rest-call-handler/{link}\""));
    let joined = socket.ask_frame(serde_json::from_str(&join).unwrap()).await.to_string();
    assert!(joined.contains("waiting"), "{joined}");
    socket
}

/// A file that anna gave in another call of hers.
async fn shared_in(api: &Api, room: &Value) -> String {
    let upload = UploadId::parse("given-elsewhere").unwrap();
    let call = CallAlias::parse(room["room_id"].as_str().unwrap()).unwrap();
    let attachment = Attachment {
        upload: upload.clone(),
        name: "x".to_owned(),
        size: 1,
        media_type: "text/plain".to_owned(),
        picture: false,
    };
    let record = UploadRecord {
        place: UploadPlace::Call(call),
        owner: UserAlias::parse("anna").unwrap(),
        attachment,
        created_at: Timestamp(0),
    };
    api.write(vec![Write::AddUpload(record)]).await;
    upload.to_string()
}

#[tokio::test]
async fn what_a_link_opened_ends_with_its_room() {
    for (method, close) in [(Method::PUT, "disable"), (Method::DELETE, "delete")] {
        let (api, room) = house().await;
        let token = link_token(&api, &tokens(&room)[0]).await;
        let (mut narrow, _) = Socket::open(&api, &token).await;
        let (mut whole, _) = Socket::open(&api, &api.token("anna").await).await;
        let path = format!("/rest/room/{close}/{}", room["room_id"].as_str().unwrap());
        assert_eq!(api.rest(method, &path, json!({})).await.0, 200);

        let mut heard = String::new();
        while let Some(frame) = narrow.next().await {
            heard = frame.to_string();
        }
        assert!(heard.contains("access_token_invalid"), "{heard}");
        let (_, again) = Socket::open(&api, &token).await;
        assert!(again.to_string().contains("access_token_invalid"), "{again}");
        let upload = api.request(Method::POST, "/client/uploads?chat=anna%23bob").bearer_auth(&token);
        let refused = answer(upload.body("x")).await;
        assert_refused(&refused, 401, "invalid_access_token", "access_token_invalid", close);
        whole.say("anna#bob", "1", "the account goes on").await;
    }
}
