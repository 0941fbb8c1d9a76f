//! A database that cannot be written: named refusals, no holes, and recovery without help.

use crate::calls;
use crate::client::{failure, text_message};
use crate::world::{World, alias, chat};
use bandyer_hub::AdminFailure;
use bandyer_protocol::{ChatNews, ChatRequest, ErrorCode, ServerMessage, Timestamp, UserAlias};
use bandyer_records::UserRecord;
use rusqlite::Connection;
use std::time::{Duration, Instant};

async fn status(world: &World, path: &str) -> u16 {
    reqwest::get(format!("http://{}{path}", world.address())).await.unwrap().status().as_u16()
}

/// An answer of `/readyz` is good for a second.
async fn becomes(world: &World, expected: u16) {
    let began = Instant::now();
    while status(world, "/readyz").await != expected {
        assert!(began.elapsed() < Duration::from_secs(20), "/readyz never answers {expected}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_locked_database_refuses_writes_and_recovers() {
    let world = World::with(|config| config.busy_ms = 20).await;
    let (mut anna, mut bob) = world.pair().await;
    let chat = chat("anna", "bob");
    let before = anna.send(&chat, "m1", "before").await.1.unwrap();
    bob.event().await;
    assert_eq!(status(&world, "/readyz").await, 200);

    let lock = Connection::open(world.folder.path().join("chat.db")).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    for n in 2..5 {
        let refused = failure(anna.ask(text_message(&chat, &format!("m{n}"), "during")).await);
        assert_eq!((refused.code, refused.retry_after_ms), (ErrorCode::StorageUnavailable, Some(1000)));
    }
    let user = UserRecord::new(alias("dora"), Timestamp(0));
    match world.server.app().hub.create_user(user.clone()).await {
        Err(AdminFailure::Refused(failure)) => assert_eq!(failure.code, ErrorCode::StorageUnavailable),
        other => panic!("{other:?}"),
    }
    becomes(&world, 503).await;
    assert_eq!(status(&world, "/healthz").await, 200);
    assert_eq!(anna.thread(&chat).await.len(), 1, "reading goes on");
    assert!(bob.is_quiet().await);

    lock.execute_batch("ROLLBACK").unwrap();
    let (sent, step) = anna.send(&chat, "m2", "during").await;
    assert_eq!(sent.seq.0, 2, "no hole");
    assert_eq!(step.unwrap().prev, before.cursor, "the steps still join");
    assert_eq!(bob.event().await.step.unwrap().prev, before.cursor);
    becomes(&world, 200).await;
    world.server.app().hub.create_user(user).await.unwrap();
}

#[tokio::test]
async fn a_device_comes_in_while_the_database_is_locked() {
    let world = World::with(|config| config.busy_ms = 50).await;
    let (mut anna, mut bob) = world.pair().await;
    let lock = Connection::open(world.folder.path().join("chat.db")).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Reads are possible. While the first write waits for the lock, the second and the device come into one batch.
    for n in 0..10 {
        let mut device = world.knock().await;
        let mut posts = Vec::new();
        for which in ["first", "second"] {
            let text = text_message(&chat("anna", "bob"), &format!("{which}{n}"), "x");
            posts.push(anna.post(text).await);
        }
        device.sign_in(&world.token("carl"), None).await;
        assert!(device.is_quiet().await);
        for post in posts {
            assert_eq!(failure(anna.reply_to(post).await).code, ErrorCode::StorageUnavailable);
        }
    }
    lock.execute_batch("ROLLBACK").unwrap();
    assert_eq!(anna.send(&chat("anna", "bob"), "m", "x").await.0.seq.0, 1);
    bob.event().await;
}

#[tokio::test]
async fn a_full_disk_refuses_messages_until_there_is_room() {
    let world = World::with(|config| config.database_kb = Some(400)).await;
    let (mut anna, mut bob) = world.pair().await;
    anna.add_chat("carl").await;
    let (full, other) = (chat("anna", "bob"), chat("anna", "carl"));
    let text = "x".repeat(9000);
    let mut stored = 0;
    let code = loop {
        let reply = anna.ask(text_message(&full, &format!("m{stored}"), &text)).await;
        match reply.msg {
            ServerMessage::Chat(ChatNews::MessageAdded { message }) => {
                stored += 1;
                assert_eq!(message.seq.0, stored);
                bob.event().await;
            }
            ServerMessage::Error(failure) => break failure.code,
            other => panic!("{other:?}"),
        }
        assert!(stored < 1000, "the disk is never full");
    };
    assert_eq!(code, ErrorCode::StorageUnavailable);
    assert_eq!(anna.refused(text_message(&other, "o1", &text)).await, ErrorCode::StorageUnavailable);
    assert_eq!(anna.thread(&full).await.len() as u64, stored, "what was acknowledged is there");
    assert!(bob.is_quiet().await, "what was refused reached nobody");

    anna.ask(ChatRequest::Remove { chat: full }).await;
    assert_eq!(anna.send(&other, "o1", &text).await.0.seq.0, 1);
}

/// Waits until the server believes that these and no others are there.
async fn only(world: &World, names: &[&str]) {
    let expected: Vec<UserAlias> = names.iter().map(|name| alias(name)).collect();
    let limit = Instant::now() + Duration::from_secs(30);
    loop {
        let online = world.server.app().hub.online().await.unwrap();
        let there: Vec<UserAlias> = online.into_iter().map(|(user, _)| user).collect();
        if there == expected {
            return;
        }
        assert!(Instant::now() < limit, "{there:?} are there, not {expected:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn whoever_leaves_while_the_database_is_locked_is_gone() {
    let world = calls::world(|config| {
        config.busy_ms = 200;
        config.call_grace_ms = 300;
    })
    .await;
    let mut eve = world.connect("eve").await;
    eve.add_chat("anna").await;
    for round in 0..3 {
        // Nobody is left busy from the round before.
        let (ann, ben, _) = calls::talk(&world).await;
        let lock = Connection::open(world.folder.path().join("chat.db")).unwrap();
        lock.execute_batch("BEGIN IMMEDIATE").unwrap();
        // The first one waits for the lock; the second stands before the sockets that close, in one batch with them.
        let mut posts = Vec::new();
        for n in 0..2 {
            let text = text_message(&chat("eve", "anna"), &format!("m{round}-{n}"), "x");
            posts.push(eve.post(text).await);
        }
        drop((ann, ben));
        for post in posts {
            assert_eq!(failure(eve.reply_to(post).await).code, ErrorCode::StorageUnavailable);
        }
        lock.execute_batch("ROLLBACK").unwrap();
        only(&world, &["eve"]).await;
        calls_are_over(&world).await;
    }
}

async fn calls_are_over(world: &World) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !world.server.app().reads.read(|reader| reader.live_calls()).await.unwrap().is_empty() {
        assert!(Instant::now() < limit, "a call without anybody goes on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn whoever_leaves_while_the_disk_is_full_is_gone() {
    let world = World::with(|config| config.database_kb = Some(400)).await;
    let (mut anna, bob) = world.pair().await;
    let (text, full) = ("x".repeat(9000), chat("anna", "bob"));
    let mut stored = 0;
    while let ServerMessage::Chat(ChatNews::MessageAdded { .. }) =
        anna.ask(text_message(&full, &format!("m{stored}"), &text)).await.msg
    {
        stored += 1;
        assert!(stored < 1000, "the disk is never full");
    }
    let mut carls = Vec::new();
    for _ in 0..5 {
        carls.push(world.connect("carl").await);
    }
    let mut posts = Vec::new();
    for n in 0..20 {
        posts.push(anna.post(text_message(&full, &format!("f{n}"), &text)).await);
    }
    drop((bob, carls));
    for post in posts {
        assert_eq!(failure(anna.reply_to(post).await).code, ErrorCode::StorageUnavailable);
    }
    only(&world, &["anna"]).await;
}
