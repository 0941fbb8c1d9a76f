//! What users did, over REST.

use crate::client::Api;
use crate::sessions::row;
use crate::socket::Socket;
use bandyer_records::{JournalKind, JournalRecord, Write};
use reqwest::Method;
use serde_json::json;

const INVALID: &str = "invalid_request_error";

async fn found(api: &Api, query: &str) -> Vec<String> {
    let (status, list) = api.rest_get(&format!("/rest/activity?{query}")).await;
    assert_eq!(status, 200, "{list}");
    let words = list["activities"].as_array().unwrap().iter();
    words.map(|one| one["activity_type"].as_str().unwrap().to_owned()).collect()
}

/// One call, from the first ring to the end, with rows that are no activities in between.
async fn one_call(api: &Api) -> String {
    let room = api.add_room(json!({"initiatorAlias": "anna", "recording": true})).await;
    let name = room["room_id"].as_str().unwrap().to_owned();
    let rows = [
        (JournalKind::DialStarted, Some("anna")),
        (JournalKind::DialIncoming, Some("bob")),
        (JournalKind::SessionStarted, None),
        (JournalKind::DialAnswered, Some("bob")),
        (JournalKind::Joined, Some("anna")),
        (JournalKind::Left, Some("anna")),
        (JournalKind::Feedback, Some("anna")),
        (JournalKind::SessionEnded, None),
    ];
    let rows = (0..).zip(rows).map(|(at, (kind, user))| row(kind, user, &name, "s1", at * 1000));
    let online = JournalRecord {
        room: None,
        session: None,
        ..row(JournalKind::UserOnline, Some("bob"), "x", "s", 9000)
    };
    let writes: Vec<_> = rows.chain([online]).map(Write::AddJournal).collect();
    api.write(writes).await;
    name
}

#[tokio::test]
async fn activities_are_told_newest_first_with_their_room() {
    let api = Api::for_calls().await;
    let name = one_call(&api).await;
    let (_, mut list) = api.rest_get("/rest/activity?limit=2").await;
    assert!(list.as_object_mut().unwrap().remove("next_cursor").is_some_and(|cursor| cursor.is_string()));
    assert_eq!(
        list,
        json!({"skip": 0, "limit": 2, "has_more": true, "count": 2, "activities": [
            {"activity_type": "user_connection", "creation_date": "2026-01-10T00:00:09.000Z", "user_alias": "bob"},
            {"activity_type": "user_room_ended", "creation_date": "2026-01-10T00:00:07.000Z", "user_alias": null,
                "room": {"room_alias": name, "recording": true, "users": ["anna", "bob"], "initiator": "anna",
                    "call_type": "audio_video"}},
        ]})
    );
    let all = [
        "user_connection",
        "user_room_ended",
        "user_call_out",
        "user_call_in",
        "user_answer",
        "user_dial_incoming",
        "user_start_call",
    ];
    assert_eq!(found(&api, "").await, all);
    assert_eq!(found(&api, "skip=5").await, all[5..]);
}

#[tokio::test]
async fn activities_are_filtered_by_everything_there_is() {
    let api = Api::for_calls().await;
    let name = one_call(&api).await;
    assert_eq!(found(&api, "user_alias=bob").await, ["user_connection", "user_answer", "user_dial_incoming"]);
    assert_eq!(found(&api, "activity_type=user_call_in").await, ["user_call_in"]);
    assert_eq!(
        found(&api, "filter[activity_type]=user_answer&filter[user_alias]=bob").await,
        ["user_answer"]
    );
    assert_eq!(
        found(&api, &format!("room_alias={name}&user_alias=bob")).await,
        ["user_answer", "user_dial_incoming"]
    );
    assert_eq!(found(&api, "room_alias=room_other").await, [""; 0]);
    let period = "date_from=2026-01-10T00:00:03.000Z&date_to=2026-01-10T00:00:04.000Z";
    assert_eq!(found(&api, period).await, ["user_call_in", "user_answer"]);
    for (query, code) in [
        ("activity_type=user_sleeping", "invalid_param"),
        ("activity_type=message_sent", "invalid_param"),
        ("date_to=tomorrow", "invalid_param"),
        ("user_alias=a%20b", "invalid_user_id"),
    ] {
        let path = format!("/rest/activity?{query}");
        api.rest_refused(Method::GET, &path, json!({}), 400, INVALID, code).await;
    }
}

#[tokio::test]
async fn who_comes_and_goes_and_calls_is_written_down() {
    let api = Api::for_calls().await;
    let (mut anna, _) = Socket::open(&api, &api.token("anna").await).await;
    let (mut bob, _) = Socket::open(&api, &api.token("bob").await).await;
    let (other_tab, _) = Socket::open(&api, &api.token("bob").await).await;
    drop(other_tab);
    let terms =
        json!({"call_type": "audio_only", "record": false, "recording_type": "automatic", "is_admin": false});
    let created = anna.ask(json!({"call": {"create": {"key": "k1", "callee": "bob", "terms": terms}}})).await;
    let call = created["call"]["entered"]["call"]["call"].as_str().expect("a call").to_owned();
    let declined = bob.ask(json!({"call": {"decline": {"call": call, "reason": "none"}}})).await;
    assert_eq!(declined, "done");
    drop(anna);
    let last = async || found(&api, "limit=1").await.pop();
    for _ in 0..200 {
        if last().await.as_deref() == Some("user_disconnection") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let mut all = found(&api, "").await;
    all.sort();
    assert_eq!(
        all,
        [
            "user_connection",
            "user_connection",
            "user_dial_incoming",
            "user_disconnection",
            "user_hangup",
            "user_start_call"
        ]
    );
    assert_eq!(
        found(&api, "user_alias=anna").await,
        ["user_disconnection", "user_start_call", "user_connection"]
    );
    let (_, list) = api.rest_get("/rest/activity?activity_type=user_hangup").await;
    assert_eq!(
        (&list["activities"][0]["user_alias"], &list["activities"][0]["room"]["room_alias"]),
        (&json!("bob"), &json!(call))
    );
    assert_eq!(list["activities"][0]["room"]["call_type"], "audio_only");
}

#[tokio::test]
async fn what_happened_is_forgotten_after_some_days() {
    let api = Api::start_with(|config| config.journal_days = 30).await;
    let now = api.clock.now();
    let row = |minutes: i64| {
        let at = now.plus_ms(-minutes * 60_000);
        Write::AddJournal(JournalRecord { at, ..row(JournalKind::UserOnline, Some("bob"), "x", "s", 0) })
    };
    // More than are dropped at once.
    api.write((1..=2500).map(row).collect()).await;
    let last_day = 24 * 3600 * 1000;
    api.clock.turn(29 * last_day);
    api.write(vec![row(-60 * 24)]).await;
    assert_eq!(found(&api, "skip=2500").await.len(), 1);
    api.clock.turn(last_day);
    let forgotten = async {
        while !found(&api, "skip=1").await.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), forgotten).await.expect("forgotten in time");
    assert_eq!(found(&api, "").await, ["user_connection"], "what is not as old");
}
