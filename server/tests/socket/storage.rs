//! A database that cannot be written: named refusals, no holes, and recovery without help.

use crate::client::{failure, text_message};
use crate::world::{World, alias, chat};
use bandyer_hub::AdminFailure;
use bandyer_protocol::{ChatNews, ChatRequest, ErrorCode, ServerMessage, SessionNews, Timestamp};
use bandyer_records::UserRecord;
use rusqlite::Connection;

async fn status(world: &World, path: &str) -> u16 {
    reqwest::get(format!("http://{}{path}", world.address())).await.unwrap().status().as_u16()
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
    assert_eq!(status(&world, "/readyz").await, 503);
    assert_eq!(status(&world, "/healthz").await, 200);
    assert_eq!(anna.thread(&chat).await.len(), 1, "reading goes on");
    assert!(bob.is_quiet().await);

    lock.execute_batch("ROLLBACK").unwrap();
    let (sent, step) = anna.send(&chat, "m2", "during").await;
    assert_eq!(sent.seq.0, 2, "no hole");
    assert_eq!(step.unwrap().prev, before.cursor, "the steps still join");
    assert_eq!(bob.event().await.step.unwrap().prev, before.cursor);
    assert_eq!(status(&world, "/readyz").await, 200);
    world.server.app().hub.create_user(user).await.unwrap();
}

#[tokio::test]
async fn nobody_connects_half_while_the_database_is_locked() {
    let world = World::with(|config| config.busy_ms = 20).await;
    let (mut anna, mut bob) = world.pair().await;
    let lock = Connection::open(world.folder.path().join("chat.db")).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Reads are possible, so a device may come; whether it shares a batch with a failing write is chance.
    for n in 0..20 {
        let post = anna.post(text_message(&chat("anna", "bob"), &format!("m{n}"), "x")).await;
        let mut device = world.knock().await;
        match device.authenticate(&world.token("carl"), None).await.msg {
            ServerMessage::Session(SessionNews::Welcome(_)) => assert!(device.is_quiet().await),
            ServerMessage::Error(failure) => {
                assert_eq!(failure.code, ErrorCode::StorageUnavailable);
                assert_eq!(device.closed().await, Some(1008));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(failure(anna.reply_to(post).await).code, ErrorCode::StorageUnavailable);
    }
    lock.execute_batch("ROLLBACK").unwrap();
    assert_eq!(anna.send(&chat("anna", "bob"), "m0", "x").await.0.seq.0, 1);
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
