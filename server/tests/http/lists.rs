//! Lists read part by part while new entries come in.

use crate::client::Api;
use crate::sessions::{call_in, row, stay};
use bandyer_records::{JournalKind, Write};
use reqwest::Method;
use serde_json::{Value, json};

/// Reads a list to its end by its cursor, two entries at a time; between the parts `grow` adds to it.
async fn read_all(api: &Api, path: &str, list: &str, key: &str, grow: impl AsyncFn(usize)) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for turn in 0..20 {
        let sign = if path.contains('?') { '&' } else { '?' };
        let (status, part) = api.rest_get(&format!("{path}{sign}limit=2{cursor}")).await;
        assert_eq!(status, 200, "{part}");
        let entries = part[list].as_array().unwrap();
        seen.extend(entries.iter().map(|entry| entry[key].as_str().unwrap().to_owned()));
        let Some(next) = part.get("next_cursor").and_then(Value::as_str) else { return seen };
        assert!(part.get("has_more").is_none_or(|more| more == true), "{part}");
        cursor = format!("&cursor={next}");
        grow(turn).await;
    }
    panic!("no end: {seen:?}");
}

#[tokio::test]
async fn sessions_are_listed_once_each_whatever_begins_meanwhile() {
    let api = Api::for_calls().await;
    let room = api.add_room(json!({})).await["room_id"].as_str().unwrap().to_owned();
    let begin = async |name: &str, at: i64| {
        let mut writes = call_in(&room, name, at, Some(at + 10));
        writes.extend(stay(&room, name, "anna", at, Some(at + 10), false));
        api.write(writes).await;
    };
    // Three of one moment, so that a part ends among them.
    for (name, at) in [("s1", 1), ("s2", 2), ("s3", 2), ("s4", 2), ("s5", 3)] {
        begin(name, at * 1000).await;
    }
    let grow = async |turn: usize| {
        for n in 0..3 {
            begin(&format!("new{turn}-{n}"), 1_000_000 + 1000 * n).await;
        }
    };
    let seen = read_all(&api, "/rest/session/list", "sessions", "session_id", &grow).await;
    assert_eq!(seen, ["s5", "s4", "s3", "s2", "s1"]);
    let of_anna = "/rest/user/anna/session/list?end_date=2026-01-10T00:00:10.000Z";
    assert_eq!(
        read_all(&api, of_anna, "sessions", "session_id", &grow).await,
        ["s5", "s4", "s3", "s2", "s1"]
    );
}

#[tokio::test]
async fn rooms_are_listed_once_each_whatever_is_made_meanwhile() {
    let api = Api::for_calls().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(api.add_room(json!({})).await["room_id"].as_str().unwrap().to_owned());
    }
    let grow = async |_| drop(api.add_room(json!({})).await);
    let mut seen = read_all(&api, "/rest/room/list", "rooms", "room_id", &grow).await;
    seen.sort();
    made.sort();
    assert_eq!(seen, made);
    let of_bob = read_all(&api, "/rest/user/room/list/bob", "room_list", "room_id", &grow).await;
    let count = |name: &String| of_bob.iter().filter(|one| *one == name).count();
    assert!(made.iter().all(|name| count(name) == 1), "{of_bob:?}");
}

#[tokio::test]
async fn activities_are_listed_once_each_whatever_happens_meanwhile() {
    let api = Api::for_calls().await;
    let write = async |at: i64| {
        let row = row(JournalKind::DialStarted, Some("anna"), "room_1", "s", at);
        api.write(vec![Write::AddJournal(row)]).await;
    };
    for at in 0..5 {
        write(at).await;
    }
    let grow = async |_| write(9).await;
    let seen =
        read_all(&api, "/rest/activity?activity_type=user_start_call", "activities", "creation_date", grow)
            .await;
    let moments: Vec<String> = (0..5).rev().map(|ms| format!("2026-01-10T00:00:00.00{ms}Z")).collect();
    assert_eq!(seen, moments);
}

#[tokio::test]
async fn a_cursor_of_somebody_else_is_refused_by_name() {
    let api = Api::for_calls().await;
    for path in ["/rest/session/list", "/rest/room/list", "/rest/activity", "/rest/user/room/list/anna"] {
        let path = format!("{path}?cursor=nonsense");
        let name = "invalid_request_error";
        api.rest_refused(Method::GET, &path, json!({}), 400, name, "invalid_param").await;
    }
}
