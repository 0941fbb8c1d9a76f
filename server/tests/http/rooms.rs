//! Rooms over REST: made, listed, looked into, closed.

use crate::client::Api;
use crate::sessions::{call_in, stay};
use reqwest::Method;
use serde_json::{Value, json};

const CREATE: &str = "/rest/room/create";
const INVALID: &str = "invalid_request_error";
const VALIDATION: &str = "validation_error";

fn last_part(url: &Value) -> String {
    url.as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_room_is_made_with_a_link_for_each_participant() {
    let api = Api::for_calls().await;
    let body = json!({
        "participants": [
            {"user_id": "bob", "tools": {"chat": true, "whiteboard": {"wb_pen": true}}},
            {"user_id": "anna", "is_admin": true},
        ],
        "recording": true, "recording_type": "manual", "call_type": "audio_upgradable", "directCall": true,
        "description": "Your appointment", "live": true, "initiatorAlias": "anna", "duration": 600,
    });
    let (status, answer) = api.rest(Method::POST, CREATE, body).await;
    assert_eq!(status, 200, "{answer}");
    let room = &answer["room"];
    let urls = &room["user_urls"];
    assert_eq!(
        *room,
        json!({"room_id": room["room_id"], "record": 1, "duration": 600, "directCall": true,
            "call_type": "audio_upgradable", "live": true, "description": "Your appointment", "user_urls": urls})
    );
    assert!(room["room_id"].as_str().unwrap().starts_with("room_"));
    assert_eq!(
        (&urls[0]["user"], &urls[0]["is_admin"]),
        (&json!("anna"), &json!(true)),
        "the initiator first"
    );
    assert_eq!((&urls[1]["user"], &urls[1]["is_admin"]), (&json!("bob"), &json!(false)));
    let start = format!("http://{}/connect/direct-rest-call-handler/", api.server.address());
    for url in [&urls[0]["url"], &urls[1]["url"]] {
        assert!(url.as_str().unwrap().starts_with(&start), "{url}");
        assert!(last_part(url).len() >= 22, "at least 128 random bits in base64");
    }
    assert_ne!(urls[0]["url"], urls[1]["url"]);
    assert_eq!((&urls[0]["tools"]["chat"], &urls[0]["tools"]["whiteboard"]), (&json!(true), &json!(true)));
    let bobs = &urls[1]["tools"];
    assert_eq!(
        (&bobs["chat"], &bobs["snapshot"], &bobs["file_upload"]),
        (&json!(true), &json!(false), &json!(false))
    );
    assert_eq!(
        (&bobs["whiteboard"]["wb_pen"], &bobs["whiteboard"]["wb_text"]),
        (&json!(true), &json!(false))
    );
}

#[tokio::test]
async fn everything_but_the_participants_may_be_left_out_or_written_in_the_old_way() {
    let api = Api::for_calls().await;
    let room = api.add_room(json!({})).await;
    assert_eq!(
        (&room["record"], &room["duration"], &room["call_type"], &room["description"]),
        (&json!(0), &Value::Null, &json!("audio_video"), &Value::Null)
    );
    assert_eq!((&room["directCall"], &room["live"]), (&json!(false), &json!(false)));
    let url = room["user_urls"][0]["url"].as_str().unwrap();
    assert!(url.contains("/connect/rest-call-handler/"), "{url}");

    let old = json!({"user_list_in_call": ["anna", "bob"], "record": "1", "live": "1"});
    let (status, answer) = api.rest(Method::POST, CREATE, old).await;
    let room = &answer["room"];
    assert_eq!((status, &room["record"], &room["live"]), (200, &json!(1), &json!(true)), "{answer}");
    assert_eq!(room["user_urls"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_wrong_field_is_refused_by_its_name() {
    let api = Api::for_calls().await;
    let many: Vec<_> = (0..26).map(|n| json!({"user_id": format!("u{n}")})).collect();
    for (field, value, status, name, code) in [
        ("participants", json!([{"user_id": "anna"}]), 422, VALIDATION, "invalid_participants"),
        ("participants", json!([]), 422, VALIDATION, "invalid_participants"),
        ("participants", json!(null), 422, VALIDATION, "invalid_participants"),
        ("participants", json!(many), 422, VALIDATION, "invalid_participants"),
        ("participants", json!(["anna", "anna"]), 422, VALIDATION, "invalid_participants"),
        ("participants", json!("anna"), 422, VALIDATION, "validation_error"),
        ("participants", json!([{"user": "anna"}, {"user": "bob"}]), 422, VALIDATION, "validation_error"),
        ("participants", json!(["anna", "nobody"]), 400, INVALID, "invalid_user_id"),
        ("participants", json!(["anna", "a b"]), 400, INVALID, "invalid_user_id"),
        ("participants", json!(["bob", "carl"]), 400, INVALID, "no_plus_user"),
        ("participants", json!(["anna", {"user_id": "bob", "tools": []}]), 422, VALIDATION, "invalid_tools"),
        (
            "participants",
            json!(["anna", {"user_id": "bob", "tools": {"chat": "on"}}]),
            422,
            VALIDATION,
            "invalid_tools",
        ),
        ("call_type", json!("smoke_signals"), 422, VALIDATION, "invalid_call_type"),
        ("recording_type", json!("sometimes"), 422, VALIDATION, "invalid_recording_type"),
        ("recording", json!("maybe"), 422, VALIDATION, "validation_error"),
        ("duration", json!(59), 422, VALIDATION, "invalid_duration"),
        ("duration", json!(-60), 422, VALIDATION, "invalid_duration"),
        ("duration", json!(i64::MAX), 422, VALIDATION, "invalid_duration"),
        ("description", json!("x".repeat(1001)), 422, VALIDATION, "invalid_description"),
        ("initiatorAlias", json!("carl"), 422, VALIDATION, "invalid_initiator"),
    ] {
        let mut body = json!({"participants": ["anna", "bob"]});
        body[field] = value;
        api.rest_refused(Method::POST, CREATE, body, status, name, code).await;
    }
    api.rest(Method::PUT, "/rest/user/update/bob", json!({"active": false})).await;
    let body = json!({"participants": ["anna", "bob"]});
    api.rest_refused(Method::POST, CREATE, body, 400, INVALID, "user_disabled").await;
    assert_eq!(api.rest_get("/rest/room/list").await.1["count"], 0);
}

#[tokio::test]
async fn the_newest_room_is_listed_first_part_by_part() {
    let api = Api::for_calls().await;
    let mut names = Vec::new();
    for text in ["one", "two", "three"] {
        names.push(api.add_room(json!({"description": text})).await["room_id"].clone());
        Api::next_moment().await;
    }
    let (status, list) = api.rest_get("/rest/room/list?limit=2").await;
    assert_eq!(status, 200);
    let first = &list["rooms"][0];
    assert_eq!(
        *first,
        json!({"room_id": names[2], "record": 0, "call_type": "audio_video", "live": false, "description": "three",
            "status": "NOT_RUNNING", "creationDate": first["creationDate"]})
    );
    assert!(first["creationDate"].as_str().unwrap().ends_with('Z'));
    let head = json!([list["skip"], list["limit"], list["has_more"], list["count"]]);
    assert_eq!(head, json!([0, 2, true, 2]));
    let (_, list) = api.rest_get("/rest/room/list?limit=2&skip=2").await;
    assert_eq!((&list["has_more"], &list["count"]), (&json!(false), &json!(1)));
    assert_eq!(list["rooms"][0]["room_id"], names[0]);
    for wrong in ["limit=0", "limit=101", "skip=99999999999"] {
        api.rest_refused(
            Method::GET,
            &format!("/rest/room/list?{wrong}"),
            json!({}),
            400,
            INVALID,
            "invalid_param",
        )
        .await;
    }

    let (_, of_bob) = api.rest_get("/rest/user/room/list/bob?filter[limit]=1&filter[skip]=1").await;
    let (date, next) = (&of_bob["room_list"][0]["creation_date"], &of_bob["next_cursor"]);
    assert!(next.is_string(), "{of_bob}");
    assert_eq!(
        of_bob,
        json!({"room_list": [{"room_id": names[1], "creation_date": date}], "next_cursor": next})
    );
    assert_eq!(api.rest_get("/rest/user/room/list/carl").await.1, json!({"room_list": []}));
    let path = "/rest/user/room/list/nobody";
    api.rest_refused(Method::GET, path, json!({}), 400, INVALID, "invalid_user_id").await;
}

#[tokio::test]
async fn info_tells_who_was_in_it_and_for_how_long() {
    let api = Api::for_calls().await;
    let room = api.add_room(json!({"duration": 7200})).await;
    let name = room["room_id"].as_str().unwrap();
    let minute = 60_000;
    let mut first = call_in(name, "s1", 0, Some(61 * minute));
    first.extend(stay(name, "s1", "anna", 0, Some(61 * minute), false));
    first.extend(stay(name, "s1", "bob", minute, Some(2 * minute), true));
    first.extend(stay(name, "s1", "bob", 3 * minute, Some(61 * minute), false));
    api.write(first).await;
    let (status, answer) = api.rest_get(&format!("/rest/room/info/{name}")).await;
    assert_eq!(status, 200, "{answer}");
    let info = &answer["room"];
    assert_eq!((&info["user_urls"], &info["status"]), (&room["user_urls"], &json!("NOT_RUNNING")));
    assert_eq!((&info["duration"], &info["directCall"]), (&json!(7200), &json!(false)));
    let sessions = &info["dialInfo"]["sessions"];
    assert_eq!(
        json!([
            sessions["number"],
            sessions["hours"],
            sessions["minutes"],
            sessions["seconds"],
            sessions["users"]
        ]),
        json!([1, 1, 1, 0, ["anna", "bob"]])
    );
    let details = &sessions["details"][0];
    assert_eq!(json!([details["session"], details["hours"], details["minutes"]]), json!(["s1", 1, 1]));
    let events: Vec<_> = details["userEvents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["user"].as_str().unwrap(), one["event"].as_str().unwrap()))
        .collect();
    assert_eq!(
        events,
        [
            "anna user_connect",
            "anna user_disconnect",
            "bob user_connect",
            "bob user_crashed",
            "bob user_connect",
            "bob user_disconnect"
        ]
    );
    let stays: Vec<_> = details["userActivities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["user"].as_str().unwrap(), one["seconds"].as_u64().unwrap()))
        .collect();
    assert_eq!(stays, [("anna", 3660), ("bob", 60), ("bob", 3480)]);

    api.write(call_in(name, "s2", 62 * minute, None)).await;
    let (_, answer) = api.rest_get(&format!("/rest/room/info/{name}")).await;
    assert_eq!(answer["room"]["status"], "RUNNING");
    assert_eq!(answer["room"]["dialInfo"]["sessions"]["details"][0]["session"], "s2");
    assert_eq!(api.rest_get("/rest/room/list").await.1["rooms"][0]["status"], "RUNNING");
    api.rest_refused(Method::GET, "/rest/room/info/room_x", json!({}), 404, INVALID, "room_not_found").await;
    api.rest_refused(Method::GET, "/rest/room/info/a%20b", json!({}), 404, INVALID, "room_not_found").await;
}

#[tokio::test]
async fn a_disabled_room_stays_known_and_a_deleted_one_does_not() {
    let api = Api::for_calls().await;
    let room = api.add_room(json!({})).await;
    let name = room["room_id"].as_str().unwrap();
    let token = last_part(&room["user_urls"][1]["url"]);
    for _ in 0..2 {
        let (status, answer) = api.rest(Method::PUT, &format!("/rest/room/disable/{name}"), json!({})).await;
        assert_eq!((status, answer), (200, json!({"room": {"room_id": name, "message": "room disabled"}})));
    }
    let (_, list) = api.rest_get("/rest/room/list").await;
    assert_eq!(
        (&list["rooms"][0]["status"], &list["rooms"][0]["disabled"]),
        (&json!("CLOSED"), &json!(true))
    );
    assert_eq!(api.rest_get("/rest/user/room/list/bob").await.1["room_list"][0]["disabled"], true);
    assert_eq!(api.rest_get(&format!("/rest/token/check/{token}")).await.1["code"], "NOT_ACTIVE_TOKEN");

    let path = format!("/rest/room/delete/{name}");
    let (status, answer) = api.rest(Method::DELETE, &path, json!({})).await;
    assert_eq!((status, answer), (200, json!({"room": {"room_id": name, "message": "room deleted"}})));
    assert_eq!(api.rest_get("/rest/room/list").await.1["count"], 0);
    for (method, path) in [
        (Method::GET, format!("/rest/room/info/{name}")),
        (Method::PUT, format!("/rest/room/disable/{name}")),
        (Method::DELETE, path),
        (Method::DELETE, "/rest/room/delete/room_x".to_owned()),
    ] {
        api.rest_refused(method, &path, json!({}), 404, INVALID, "room_not_found").await;
    }
}
