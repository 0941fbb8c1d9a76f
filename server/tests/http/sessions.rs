//! Sessions over REST: when people met, who came and went.

use crate::client::Api;
use bandyer_protocol::{CallAlias, Timestamp, UserAlias};
use bandyer_records::{JournalKind, JournalRecord, SessionRecord, Write};
use reqwest::Method;
use serde_json::json;

const INVALID: &str = "invalid_request_error";

/// 2026-01-10T00:00:00.000Z, in milliseconds.
const MIDNIGHT: i64 = 1_768_003_200_000;

pub fn at(offset_ms: i64) -> Timestamp {
    Timestamp(MIDNIGHT + offset_ms)
}

pub fn row(
    kind: JournalKind,
    user: Option<&str>,
    room: &str,
    session: &str,
    offset_ms: i64,
) -> JournalRecord {
    JournalRecord {
        id: 0,
        at: at(offset_ms),
        kind,
        user: user.map(|user| UserAlias::parse(user).unwrap()),
        room: Some(CallAlias::parse(room).unwrap()),
        session: Some(session.to_owned()),
        data: "{}".to_owned(),
    }
}

/// What a session leaves behind, its participants aside.
pub fn call_in(room: &str, session: &str, from: i64, to: Option<i64>) -> Vec<Write> {
    vec![Write::PutSession(SessionRecord {
        session: session.to_owned(),
        room: CallAlias::parse(room).unwrap(),
        created_at: at(from),
        ended_at: to.map(at),
        talked_ms: to.map_or(0, |to| u64::try_from(at(to).since(at(from))).unwrap()),
        talking_since: to.is_none().then(|| at(from)),
    })]
}

/// What one user leaves behind who comes and goes.
pub fn stay(room: &str, session: &str, user: &str, from: i64, to: Option<i64>, crashed: bool) -> Vec<Write> {
    let joined = row(JournalKind::Joined, Some(user), room, session, from);
    let left = to.map(|to| JournalRecord {
        data: json!({"crashed": crashed}).to_string(),
        ..row(JournalKind::Left, Some(user), room, session, to)
    });
    [Some(joined), left].into_iter().flatten().map(Write::AddJournal).collect()
}

/// Two sessions in one room and one that goes on in another.
async fn three_sessions(api: &Api) -> [String; 2] {
    let mut names = Vec::new();
    for description in ["first", "second"] {
        let room = api.add_room(json!({"description": description})).await;
        names.push(room["room_id"].as_str().unwrap().to_owned());
    }
    let [one, two] = [names[0].clone(), names[1].clone()];
    let mut writes = call_in(&one, "s1", 0, Some(90_500));
    writes.extend(stay(&one, "s1", "anna", 0, Some(90_500), false));
    writes.extend(stay(&one, "s1", "bob", 500, Some(90_000), true));
    writes.extend(call_in(&one, "s2", 100_000, Some(101_000)));
    writes.extend(stay(&one, "s2", "bob", 100_000, Some(101_000), false));
    writes.extend(call_in(&two, "s3", 200_000, None));
    writes.extend(stay(&two, "s3", "anna", 200_000, None, false));
    api.write(writes).await;
    [one, two]
}

async fn listed(api: &Api, path: &str) -> Vec<String> {
    let (status, list) = api.rest_get(path).await;
    assert_eq!(status, 200, "{list}");
    list["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["session_id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn sessions_are_listed_by_time_room_and_user() {
    let api = Api::for_calls().await;
    let [one, two] = three_sessions(&api).await;
    let (_, list) = api.rest_get("/rest/session/list").await;
    assert_eq!(
        list,
        json!({"skip": 0, "limit": 20, "has_more": false, "count": 3, "sessions": [
            {"session_id": "s3", "creation_date": "2026-01-10T00:03:20.000Z", "duration": null,
                "connected_participants": 1, "room_id": two, "broadcast_id": null},
            {"session_id": "s2", "creation_date": "2026-01-10T00:01:40.000Z", "duration": 1,
                "connected_participants": 1, "room_id": one, "broadcast_id": null},
            {"session_id": "s1", "creation_date": "2026-01-10T00:00:00.000Z", "duration": 90,
                "connected_participants": 2, "room_id": one, "broadcast_id": null},
        ]})
    );
    assert_eq!(listed(&api, "/rest/session/list?skip=1&limit=1").await, ["s2"]);
    assert_eq!(listed(&api, &format!("/rest/session/list?room_id={one}")).await, ["s2", "s1"]);
    assert_eq!(listed(&api, "/rest/session/list?start_date=2026-01-10T00:01:40.000Z").await, ["s3", "s2"]);
    assert_eq!(listed(&api, "/rest/session/list?end_date=2026-01-10T00:01:40.000Z").await, ["s2", "s1"]);
    assert_eq!(listed(&api, "/rest/session/list?start_date=2026-01-11").await, [""; 0]);
    assert_eq!(listed(&api, "/rest/user/bob/session/list").await, ["s2", "s1"]);
    assert_eq!(listed(&api, "/rest/user/anna/session/list?end_date=2026-01-10T00:00:01Z").await, ["s1"]);
    assert_eq!(listed(&api, "/rest/user/carl/session/list").await, [""; 0]);
    for (path, status, code) in [
        ("/rest/session/list?start_date=yesterday", 400, "invalid_param"),
        ("/rest/session/list?limit=0", 400, "invalid_param"),
        ("/rest/user/nobody/session/list", 400, "invalid_user_id"),
    ] {
        api.rest_refused(Method::GET, path, json!({}), status, INVALID, code).await;
    }
}

#[tokio::test]
async fn a_session_tells_who_came_and_went_and_how() {
    let api = Api::for_calls().await;
    three_sessions(&api).await;
    let (status, one) = api.rest_get("/rest/session/s1").await;
    assert_eq!(
        (status, &one["session"]["session_id"], &one["session"]["duration"]),
        (200, &json!("s1"), &json!(90))
    );
    let (status, list) = api.rest_get("/rest/session/s1/connection/list").await;
    assert_eq!(status, 200);
    assert_eq!(
        list,
        json!({"session_id": "s1", "connections": [
            {"user_id": "anna", "event": "user_connect", "timestamp": "2026-01-10T00:00:00.000Z"},
            {"user_id": "anna", "event": "user_disconnect", "timestamp": "2026-01-10T00:01:30.500Z"},
            {"user_id": "bob", "event": "user_connect", "timestamp": "2026-01-10T00:00:00.500Z"},
            {"user_id": "bob", "event": "user_crashed", "timestamp": "2026-01-10T00:01:30.000Z"},
        ]})
    );
    for path in ["/rest/session/s9", "/rest/session/s9/connection/list"] {
        api.rest_refused(Method::GET, path, json!({}), 404, INVALID, "session_not_found").await;
    }
}
