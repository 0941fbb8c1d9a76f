//! Too much of everything.

use crate::client::{failure, message, text_message};
use crate::world::{World, alias, chat};
use bandyer_protocol::{
    ChatNews, ClientEnvelope, ClientMessage, ErrorCode, PROTOCOL_VERSION, RequestId, SOCKET_PATH,
    ServerEnvelope, ServerMessage, SessionNews, SessionRequest, UserRequest,
};
use bandyer_server::Config;
use futures_util::{SinkExt, StreamExt};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn of_ten_thousand_messages_at_once_each_is_stored_or_refused_by_name() {
    let defaults = Config::default();
    let world = World::with(|config| {
        config.messages_per_second = defaults.messages_per_second;
        config.message_burst = defaults.message_burst;
    })
    .await;
    let (anna, _bob) = world.pair().await;
    let chat = chat("anna", "bob");
    let (mut sender, mut receiver) = anna.socket.split();
    let to = chat.clone();
    let sending = tokio::spawn(async move {
        for n in 0..10_000u32 {
            let msg = text_message(&to, &format!("m{n}"), &format!("text {n}"));
            let envelope = ClientEnvelope { v: PROTOCOL_VERSION, id: RequestId(1000 + n), msg };
            sender.send(Message::Text(serde_json::to_string(&envelope).unwrap().into())).await.unwrap();
        }
        sender
    });
    let mut stored = HashMap::new();
    let mut refused = 0;
    while stored.len() + refused < 10_000 {
        let frame = timeout(Duration::from_secs(20), receiver.next()).await.unwrap();
        let Some(Ok(Message::Text(text))) = frame else {
            continue;
        };
        let envelope: ServerEnvelope = serde_json::from_str(&text).unwrap();
        match (&envelope.re, &envelope.msg) {
            (Some(_), ServerMessage::Chat(ChatNews::MessageAdded { message })) => {
                assert!(stored.insert(message.seq, message.clone()).is_none());
            }
            (Some(_), ServerMessage::Error(failure)) => {
                assert_eq!(failure.code, ErrorCode::RateLimited);
                assert!(failure.retry_after_ms.is_some_and(|wait| (1..=1000).contains(&wait)));
                refused += 1;
            }
            (Some(_), other) => panic!("{other:?}"),
            (None, _) => {}
        }
    }
    assert!(stored.len() >= 200 && refused > 0, "{} stored, {refused} refused", stored.len());
    let ping = ClientEnvelope {
        v: PROTOCOL_VERSION,
        id: RequestId(1),
        msg: ClientMessage::Session(SessionRequest::Ping),
    };
    let mut sender = sending.await.unwrap();
    sender.send(Message::Text(serde_json::to_string(&ping).unwrap().into())).await.unwrap();
    assert!(matches!(receiver.next().await, Some(Ok(Message::Text(_)))), "the socket lives");

    let thread = world.connect("bob").await.thread(&chat).await;
    assert_eq!(thread.len(), stored.len());
    assert!(thread.iter().all(|message| stored.get(&message.seq) == Some(message)));
}

#[tokio::test]
async fn a_limit_is_the_users_on_all_devices_and_passes() {
    let world = World::with(|config| {
        config.messages_per_second = 1;
        config.message_burst = 3;
    })
    .await;
    let (mut anna, mut bob) = world.pair().await;
    let mut tablet = world.connect("anna").await;
    let chat = chat("anna", "bob");
    for n in 0..3 {
        anna.send(&chat, &format!("m{n}"), "text").await;
    }
    let refused = failure(tablet.ask(text_message(&chat, "t1", "too much")).await);
    assert_eq!(refused.code, ErrorCode::RateLimited);
    bob.send(&chat, "b1", "others may").await;
    sleep(Duration::from_millis(refused.retry_after_ms.unwrap().into())).await;
    tablet.send(&chat, "t1", "now it goes").await;
}

#[tokio::test]
async fn other_requests_and_broken_frames_are_limited_too() {
    let world = World::with(|config| {
        config.requests_per_second = 1;
        // Connecting counts as ten.
        config.request_burst = 15;
    })
    .await;
    let mut anna = world.connect("anna").await;
    let mut codes = Vec::new();
    for _ in 0..8 {
        anna.post_text("{").await;
    }
    while codes.len() < 8 {
        if let ServerMessage::Error(failure) = anna.hear_envelope().await.msg {
            codes.push(failure.code);
        }
    }
    assert_eq!(codes[4], ErrorCode::MalformedFrame);
    assert_eq!(codes[5..], [ErrorCode::RateLimited; 3]);
    assert_eq!(anna.refused(UserRequest::ListOnline).await, ErrorCode::RateLimited);
}

#[tokio::test]
async fn who_reads_too_slowly_is_cut_off_with_a_reason_and_loses_nothing() {
    let world = World::with(|config| {
        // However busy the machine: the reason is heard by who reads again before the line is given up.
        (config.backlog_bytes, config.answer_ms) = (300_000, 600_000);
    })
    .await;
    let (mut anna, mut bob) = world.pair().await;
    let chat = chat("anna", "bob");
    let text = "\u{1F600}".repeat(10_000);
    // A few at once go into one commit; more would make anna's own answers wait.
    for four in 0..100 {
        let mut posted = Vec::new();
        for n in four * 4..four * 4 + 4 {
            posted.push(anna.post(text_message(&chat, &format!("m{n}"), &text)).await);
        }
        for id in posted {
            anna.reply_to(id).await;
        }
    }
    assert_eq!(bob.closed().await, Some(1013));
    let mut back = world.connect("bob").await;
    assert_eq!(back.synced().chats[0].last_seq.0, 400);
    assert_eq!(back.thread(&chat).await.len(), 400);
    assert_eq!(message(&anna.ask(text_message(&chat, "m399", &text)).await).seq.0, 400);
}

#[tokio::test]
async fn a_socket_that_stops_answering_is_let_go_and_an_idle_one_is_kept() {
    let world = World::with(|config| config.heartbeat_ms = 500).await;
    let mut idle = world.connect("anna").await;
    let mut dead = world.connect("bob").await;
    // Reading answers the server's pings; the dead one does not read.
    let reading = async {
        loop {
            idle.socket.next().await.expect("the idle one is let go").expect("the idle one is let go");
        }
    };
    let hub = &world.server.app().hub;
    let gone = async {
        while hub.online().await.unwrap().iter().any(|(user, _)| *user == alias("bob")) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = reading => {}
        () = gone => {}
        () = sleep(Duration::from_secs(60)) => panic!("the dead one is never let go"),
    }
    assert_eq!(idle.ask(SessionRequest::Ping).await.msg, ServerMessage::Session(SessionNews::Pong));
    assert_eq!(dead.closed().await, None);
}

#[tokio::test]
async fn there_is_a_place_for_so_many_sockets() {
    let world = World::with(|config| config.sockets = 2).await;
    let (_one, two) = (world.knock().await, world.knock().await);
    let url = format!("ws://{}{SOCKET_PATH}", world.address());
    assert!(tokio_tungstenite::connect_async(&url).await.is_err());
    drop(two);
    for _ in 0..100 {
        if tokio_tungstenite::connect_async(&url).await.is_ok() {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("the place of a closed socket stays taken");
}

#[tokio::test]
async fn a_flood_that_never_pauses_ends_the_socket_with_its_reason() {
    let world = World::with(|config| {
        config.requests_per_second = 1;
        config.request_burst = 20;
    })
    .await;
    let anna = world.connect("anna").await;
    let (mut sender, mut receiver) = anna.socket.split();
    let flooding = tokio::spawn(async move {
        let frames = 0..40_000;
        for _ in frames {
            // The line is cut in the middle of it.
            if sender.send(Message::Text("{".into())).await.is_err() {
                return;
            }
        }
    });
    let closed = loop {
        match timeout(Duration::from_secs(60), receiver.next()).await.unwrap() {
            Some(Ok(Message::Close(frame))) => break frame,
            Some(Ok(_)) => {}
            Some(Err(_)) | None => break None,
        }
    };
    let closed = closed.map(|frame| (u16::from(frame.code), frame.reason.to_string()));
    assert_eq!(closed, Some((1008, "rate_limited".to_owned())));
    flooding.await.unwrap();
    world.connect("bob").await;
}
