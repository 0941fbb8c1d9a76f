//! Webhooks: set, told in order, signed, tried again, and never to a private address.

use crate::client::{API_KEY, Api};
use crate::receiver::{Receiver, Reply, Told};
use crate::sessions::{at, call_in, row};
use crate::socket::Socket;
use bandyer_records::{JournalKind, JournalRecord, Write};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::Duration;

pub const INVALID: &str = "invalid_request_error";
pub const VALIDATION: &str = "validation_error";
const ALL_V1: [&str; 9] = [
    "on_room_created",
    "on_room_disabled",
    "on_room_deleted",
    "on_room_new_feedback",
    "on_session_started",
    "on_session_ended",
    "on_user_connected",
    "on_user_disconnected",
    "on_message_sent",
];

pub async fn api() -> Api {
    Api::for_calls_with(|config| config.webhook_allow_private = true).await
}

pub async fn configure(api: &Api, version: &str, url: &str, events: &[&str]) -> Value {
    let body = json!({"post_event_webhook_url": url, "webhook_method": "POST", "webhook_filters": events});
    let (status, answer) = api.rest(Method::POST, &format!("/rest/{version}/hook/configure"), body).await;
    assert_eq!(status, 200, "{answer}");
    answer["active_webhooks"].clone()
}

fn hex(message: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(API_KEY.as_bytes()).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As a receiver would check it, from the header and the bytes of the body alone.
fn assert_signed(told: &Told) {
    let (time, signature) = told.header("bandyer-signature").split_once(",v0=").unwrap();
    let time = time.strip_prefix("t=").unwrap();
    assert_eq!(signature, hex(format!("{time}.{}", told.raw).as_bytes()));
    let age = bandyer_server::clock::now().0 - time.parse::<i64>().unwrap();
    assert!((0..60_000).contains(&age), "signed {age} ms ago");
}

/// A call of anna and bob as the journal tells it.
fn one_call(room: &str) -> Vec<Write> {
    let with = |kind, user, offset, data: Value| JournalRecord {
        data: data.to_string(),
        ..row(kind, user, room, "s1", offset)
    };
    let mut writes = call_in(room, "s1", 0, Some(9000));
    writes.extend(
        [
            with(JournalKind::DialStarted, Some("anna"), 0, json!({})),
            with(JournalKind::DialIncoming, Some("bob"), 0, json!({})),
            with(JournalKind::Joined, Some("anna"), 1000, json!({"connected": 1})),
            with(JournalKind::Joined, Some("bob"), 2000, json!({"connected": 2})),
            with(JournalKind::SessionStarted, None, 2000, json!({})),
            with(JournalKind::Left, Some("bob"), 9000, json!({"connected": 1, "crashed": true})),
            with(JournalKind::SessionEnded, None, 9000, json!({})),
            with(JournalKind::Feedback, Some("bob"), 9500, json!({"rating": 4, "message": "fine"})),
        ]
        .map(Write::AddJournal),
    );
    writes
}

#[tokio::test]
async fn version_1_tells_calls_rooms_messages_and_feedback_in_their_order_and_signs_them() {
    let api = api().await;
    let receiver = Receiver::start([]).await;
    configure(&api, "v1", &receiver.url("/hook?key=1"), &ALL_V1).await;
    let fields =
        json!({"initiatorAlias": "anna", "recording": true, "duration": 600, "description": "Hello"});
    let room = api.add_room(fields).await;
    let name = room["room_id"].as_str().unwrap();
    api.write(one_call(name)).await;
    api.add_chat("anna", "bob").await;
    let sent = api.say("bob", "anna", "hi \u{1F600}").await;
    api.rest(Method::PUT, &format!("/rest/room/disable/{name}"), json!({})).await;
    api.rest(Method::DELETE, &format!("/rest/room/delete/{name}"), json!({})).await;

    let told = receiver.told(10).await;
    let events: Vec<String> = told.iter().map(Told::event).collect();
    assert_eq!(
        events,
        [
            "on_room_created",
            "on_user_connected",
            "on_user_connected",
            "on_session_started",
            "on_user_disconnected",
            "on_session_ended",
            "on_room_new_feedback",
            "on_message_sent",
            "on_room_disabled",
            "on_room_deleted"
        ]
    );
    told.iter().for_each(assert_form_of_version_1);
    let data: Vec<Value> = told.iter().map(|one| one.body()["data"].clone()).collect();
    assert_eq!(
        data[0],
        json!({"room_id": name, "recording": true, "recording_type": "automatic", "duration": 600,
            "call_type": "audio_video", "live": false, "description": "Hello", "participants": room["user_urls"]})
    );
    assert_eq!(
        data[2],
        json!({"room_id": name, "session_id": "s1", "user_id": "bob", "connected_users_count": 2})
    );
    assert_eq!(told[2].body()["timestamp"], at(2000).0);
    assert_eq!(
        data[3],
        json!({"room_id": name, "session_id": "s1", "connected_participants": 2,
            "timestamp": "2026-01-10T00:00:02.000Z", "duration": {"total_duration": 600, "elapsed_time": 0}})
    );
    assert_eq!(
        data[5],
        json!({"room_id": name, "session_id": "s1", "timestamp": "2026-01-10T00:00:09.000Z",
            "duration": {"total_duration": 600, "elapsed_time": 0}})
    );
    assert_eq!(
        data[6],
        json!({"room_id": name, "session_id": "s1", "user_id": "bob", "rating": 4, "message": "fine"})
    );
    assert_message_and_end(&data[7..], &room, &sent);
}

fn assert_form_of_version_1(one: &Told) {
    assert_eq!(one.request_line, "POST /hook?key=1 HTTP/1.1");
    assert_eq!(one.header("content-type"), "application/json");
    assert_signed(one);
    let body = one.body();
    assert_eq!((&body["event_version"], &body["namespace"]), (&json!("1.0"), &json!("webhook")));
    assert_eq!(body.as_object().unwrap().len(), 5, "{body}");
}

/// A message, and a room that is disabled and then deleted.
fn assert_message_and_end(data: &[Value], room: &Value, sent: &Value) {
    let name = &room["room_id"];
    assert_eq!(
        data[0],
        json!({"id": data[0]["id"], "channel_id": "anna#bob", "participants": ["anna", "bob"],
            "body": "hi \u{1F600}", "type": "text", "creation_date": sent["timestamp"], "sender": "bob", "index": 1,
            "attributes": "{}"})
    );
    let links: Vec<Value> = room["user_urls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!({"user_id": one["user"], "link": one["url"]}))
        .collect();
    assert_eq!(data[1], json!({"room_id": name, "disabled_links": links}));
    assert_eq!(data[2], json!({"room_id": name, "deleted_links": links}));
}

#[tokio::test]
async fn version_0_tells_calls_as_objects_and_the_rest_as_texts() {
    let api = api().await;
    let receiver = Receiver::start([]).await;
    let events =
        ["on_call_incoming", "on_call_ended", "on_room_created", "on_session_ended", "on_user_connected"];
    configure(&api, "v0", &receiver.url("/"), &events).await;
    let room = api.add_room(json!({"initiatorAlias": "anna", "live": true, "directCall": true})).await;
    let name = room["room_id"].as_str().unwrap();
    api.write(one_call(name)).await;
    let told = receiver.told(6).await;
    let order: Vec<String> = told.iter().map(Told::event).collect();
    assert_eq!(
        order,
        [
            "on_room_created",
            "on_call_incoming",
            "on_user_connected",
            "on_user_connected",
            "on_session_ended",
            "on_call_ended"
        ]
    );
    for one in &told {
        assert_eq!(one.header("room-id-hmac"), hex(name.as_bytes()));
        assert_eq!(one.header("bandyer-signature"), "");
        assert_eq!((&one.body()["room_id"], one.body().as_object().unwrap().len()), (&json!(name), 3));
    }
    let inside = |index: usize| -> Value {
        serde_json::from_str(told[index].body()["data"].as_str().unwrap()).unwrap()
    };
    assert_eq!(
        inside(0),
        json!({"room_id": name, "record": 0, "recording_type": "automatic", "duration": null, "live": true,
            "directCall": true, "description": null, "user_urls": room["user_urls"]})
    );
    let incoming = &told[1].body()["data"];
    let options = &incoming["options"];
    assert_eq!(
        *incoming,
        json!({"initiator": "anna", "roomAlias": name,
            "users": [{"user": {"userAlias": "anna"}, "status": "dialing"},
                {"user": {"userAlias": "bob"}, "status": "ringing"}],
            "options": {"duration": null, "record": false, "recordingType": "automatic",
                "creationDate": options["creationDate"], "callType": "audio_video", "live": true}})
    );
    assert_eq!(
        inside(2),
        json!({"user_id": "anna", "first_name": "Anna", "last_name": "Rossi", "email": null,
            "room": {"room_id": name, "connected_users": 1}, "timestamp": "2026-01-10T00:00:01.000Z"})
    );
    assert_eq!(told[5].body()["data"], json!({"room_id": name}));
}

#[tokio::test]
async fn what_is_not_answered_2xx_is_tried_again_later_and_everything_else_waits() {
    let api = api().await;
    let receiver = Receiver::start([Reply::Status(500), Reply::Status(404), Reply::Status(204)]).await;
    configure(&api, "v1", &receiver.url("/"), &["on_room_created"]).await;
    let first = api.add_room(json!({})).await;
    let second = api.add_room(json!({})).await;
    let told = receiver.told(4).await;
    let rooms: Vec<Value> = told.iter().map(|one| one.body()["data"]["room_id"].clone()).collect();
    let (first, second) = (&first["room_id"], &second["room_id"]);
    assert_eq!([&rooms[0], &rooms[1], &rooms[2], &rooms[3]], [first, first, first, second]);
    let waits: Vec<f64> = told.windows(2).map(|two| (two[1].at - two[0].at).as_secs_f64()).collect();
    assert!(waits[0] >= 0.9 && waits[1] >= 1.9, "{waits:?}");
    assert_eq!(told[0].header("bandyer-delivery"), told[2].header("bandyer-delivery"), "one event, one id");
    assert_ne!(told[2].header("bandyer-delivery"), told[3].header("bandyer-delivery"));
    let third = api.add_room(json!({})).await;
    let next = receiver.told(1).await;
    assert_eq!(next[0].body()["data"]["room_id"], third["room_id"], "what was taken is not told again");
    let metrics = api.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("bandyer_webhooks_total{result=\"refused\"}"), "{metrics}");
    assert!(metrics.contains("bandyer_webhooks_total{result=\"delivered\"}"));
}

#[tokio::test]
async fn every_2xx_counts_as_taken() {
    let api = api().await;
    let receiver = Receiver::start([201, 202, 204, 299].map(Reply::Status)).await;
    configure(&api, "v1", &receiver.url("/"), &["on_room_created"]).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(api.add_room(json!({})).await["room_id"].clone());
    }
    let told = receiver.told(5).await;
    let rooms: Vec<Value> = told.iter().map(|one| one.body()["data"]["room_id"].clone()).collect();
    assert_eq!(rooms, made, "each once, in order");
}

#[tokio::test]
async fn a_redirect_a_dead_line_and_an_endless_answer_lead_nowhere() {
    let api = api().await;
    let elsewhere = Receiver::start([]).await;
    let receiver = Receiver::start([Reply::Redirect(elsewhere.url("/inside"))]).await;
    configure(&api, "v1", &receiver.url("/"), &["on_room_created"]).await;
    api.add_room(json!({})).await;
    let told = receiver.told(2).await;
    assert_eq!(told[0].raw, told[1].raw, "a redirect is a failure");
    assert_eq!(elsewhere.unasked(), 0, "and nobody followed it before the next attempt");

    receiver.then(Reply::Endless);
    api.add_room(json!({})).await;
    api.add_room(json!({})).await;
    let told = receiver.told(2).await;
    assert_ne!(told[0].raw, told[1].raw, "an answer without an end holds nobody up");

    receiver.then(Reply::Silence(Duration::from_secs(30)));
    api.add_room(json!({})).await;
    let told = receiver.told(2).await;
    let waited = told[1].at - told[0].at;
    // Five seconds of patience, and the pause after a failure; far from the thirty it was silent.
    assert!((Duration::from_millis(5900)..Duration::from_secs(25)).contains(&waited), "{waited:?}");
}

#[tokio::test]
async fn a_hook_goes_on_where_it_stopped_when_the_server_comes_back() {
    let mut api = api().await;
    let receiver = Receiver::start([]).await;
    configure(&api, "v1", &receiver.url("/"), &["on_room_created", "on_message_sent"]).await;
    let first = api.add_room(json!({})).await;
    assert_eq!(receiver.told(1).await[0].body()["data"]["room_id"], first["room_id"]);
    receiver.then(Reply::Status(500));
    let second = api.add_room(json!({})).await;
    receiver.told(1).await;
    api.restart().await;
    let told = receiver.told(1).await;
    assert_eq!(told[0].body()["data"]["room_id"], second["room_id"]);
    api.add_chat("anna", "bob").await;
    api.say("anna", "bob", "still told").await;
    assert_eq!(receiver.told(1).await[0].body()["data"]["body"], "still told");
    assert_eq!(receiver.unasked(), 0);
}

#[tokio::test]
async fn a_hook_hears_of_what_it_asked_for_since_it_asked() {
    let api = api().await;
    let (one, two) = (Receiver::start([]).await, Receiver::start([]).await);
    api.add_room(json!({"description": "before"})).await;
    configure(&api, "v1", &one.url("/"), &["on_room_created", "on_room_disabled"]).await;
    configure(&api, "v1", &two.url("/"), &["on_room_created"]).await;
    let active = configure(&api, "v0", &two.url("/"), &["on_room_deleted"]).await;
    assert_eq!(
        active,
        json!([{"post_event_webhook_url": two.url("/"), "webhook_method": "POST", "event": "on_room_deleted",
            "creation_date": active[0]["creation_date"]}])
    );
    let (_, list) = api.rest_get("/rest/v1/hook").await;
    assert_eq!(list.as_object().unwrap().len(), 2);
    assert_eq!(list[one.url("/")][1]["event"], "on_room_disabled");
    assert_eq!(api.rest_get("/rest/v0/hook").await.1[two.url("/")], active);

    configure(&api, "v1", &one.url("/"), &["on_room_disabled"]).await;
    let room = api.add_room(json!({})).await;
    let name = room["room_id"].as_str().unwrap();
    api.rest(Method::PUT, &format!("/rest/room/disable/{name}"), json!({})).await;
    assert_eq!(one.told(1).await[0].event(), "on_room_disabled");
    assert_eq!(two.told(1).await[0].event(), "on_room_created");

    assert_eq!(configure(&api, "v1", &two.url("/"), &[]).await, json!([]));
    assert_eq!(api.rest_get("/rest/v1/hook").await.1.as_object().unwrap().len(), 1);
    let three = Receiver::start([]).await;
    configure(&api, "v1", &three.url("/"), &["on_room_created"]).await;
    api.add_room(json!({})).await;
    three.told(1).await;
    assert_eq!((one.unasked(), two.unasked()), (0, 0));
}

#[tokio::test]
async fn messages_are_not_written_down_for_nobody() {
    let api = api().await;
    let receiver = Receiver::start([]).await;
    let end = async || api.server.app().reads.read(|store| store.journal_end()).await.unwrap();
    api.add_chat("anna", "bob").await;
    let before = end().await;
    api.say("anna", "bob", "nobody listens").await;
    assert_eq!(end().await, before);
    configure(&api, "v1", &receiver.url("/"), &["on_message_sent"]).await;
    api.say("anna", "bob", "now").await;
    assert_eq!(end().await, before + 1);
    assert_eq!(receiver.told(1).await[0].body()["data"]["index"], 2);
    configure(&api, "v1", &receiver.url("/"), &[]).await;
    api.say("anna", "bob", "and again").await;
    assert_eq!(end().await, before + 1);
}

#[tokio::test]
async fn a_call_by_link_is_told_as_it_happens_and_ends_with_its_room() {
    let api = api().await;
    let receiver = Receiver::start([]).await;
    configure(&api, "v1", &receiver.url("/"), &ALL_V1).await;
    let fields = json!({"initiatorAlias": "anna", "duration": 600});
    let room = api.add_room(fields).await;
    let name = room["room_id"].as_str().unwrap();
    let link = |index: usize| json!({"call": {"join": {"link": room["user_urls"][index]["url"]}}});
    let (mut anna, _) = Socket::open(&api, &api.token("anna").await).await;
    let (mut bob, _) = Socket::open(&api, &api.token("bob").await).await;
    let foreign = bob.ask(link(0)).await;
    assert_eq!(foreign["error"]["code"], "call_link_of_another_user", "{foreign}");
    let first = anna.ask(link(0)).await;
    assert_eq!(first["call"]["entered"]["phase"], "waiting", "{first}");
    let second = bob.ask(link(1)).await;
    assert_eq!(second["call"]["entered"]["phase"], "connected", "{second}");
    let info = async || api.rest_get(&format!("/rest/room/info/{name}")).await.1["room"].clone();
    assert_eq!(info().await["status"], "RUNNING");

    let disabled = api.rest(Method::PUT, &format!("/rest/room/disable/{name}"), json!({})).await;
    assert_eq!(disabled.0, 200);
    let ended = async {
        loop {
            let frame = bob.next().await.unwrap();
            if frame["msg"]["call"]["ended"].is_object() {
                return frame["msg"]["call"]["ended"]["reason"].clone();
            }
        }
    };
    assert_eq!(ended.await, "closed");
    let rated = bob
        .ask(json!({"call": {"rate": {"call": name, "feedback": {"rating": 5, "comment": "clear"}}}}))
        .await;
    assert_eq!(rated, "done");
    assert_eq!(anna.ask(link(0)).await["error"]["code"], "call_link_invalid");

    let told = receiver.told(9).await;
    let events: Vec<String> = told.iter().map(Told::event).collect();
    assert_eq!(events[0], "on_room_created");
    assert_eq!(events[1..].iter().filter(|event| *event == "on_user_connected").count(), 2);
    let end = [
        "on_user_disconnected",
        "on_user_disconnected",
        "on_session_ended",
        "on_room_disabled",
        "on_room_new_feedback",
    ];
    assert_eq!(events[4..], end);
    assert_eq!(told[8].body()["data"]["rating"], 5);
    let info = info().await;
    assert_eq!((&info["status"], &info["dialInfo"]["sessions"]["number"]), (&json!("CLOSED"), &json!(1)));
    let sessions = &info["dialInfo"]["sessions"]["details"][0];
    assert_eq!(sessions["users"], json!(["anna", "bob"]));
    assert_eq!(told[1].body()["data"]["session_id"], sessions["session"]);
}
