//! Going down in order.

use crate::client::{Client, Heard, text_message};
use crate::world::{World, chat};
use bandyer_protocol::{ChatNews, ErrorCode, ServerMessage, SessionNews, UserNews};
use std::time::{Duration, Instant};

/// How many messages are answered until the server says when to come back, and closes.
async fn until_goodbye(mut client: Client) -> u64 {
    let mut answered = 0;
    loop {
        let envelope = client.hear_envelope().await;
        match envelope.msg {
            ServerMessage::Session(SessionNews::Restarting { reconnect_after_ms }) => {
                assert_eq!(reconnect_after_ms, 1000);
                break;
            }
            ServerMessage::Chat(ChatNews::MessageAdded { .. }) => {
                answered += u64::from(envelope.re.is_some())
            }
            ServerMessage::User(UserNews::PresenceChanged { .. }) => {}
            ServerMessage::Error(failure) => assert_eq!(failure.code, ErrorCode::ShuttingDown),
            other => panic!("{other:?}"),
        }
    }
    match client.hear().await {
        Heard::Closed(Some(frame)) => assert_eq!(u16::from(frame.code), 1012),
        other => panic!("{other:?}"),
    }
    answered
}

#[tokio::test]
async fn a_restart_is_announced_and_everything_is_there_afterwards() {
    // Long enough that waiting for the silent one would show.
    let world = World::with(|config| config.shutdown_ms = 120_000).await;
    let (mut anna, mut bob) = world.pair().await;
    let silent = world.knock().await;
    let chat = chat("anna", "bob");
    anna.send(&chat, "m1", "before").await;
    bob.event().await;
    let (cursor, epoch) = (world.connect("bob").await.synced().cursor, bob.epoch());

    // What the server has read is stored and answered before the goodbye; what it has not read is neither.
    for n in 0..300 {
        anna.post(text_message(&chat, &format!("w{n}"), "on the way")).await;
    }
    let (answered, _, world) = tokio::join!(until_goodbye(anna), until_goodbye(bob), async {
        let started = Instant::now();
        let world = world.restart().await;
        assert!(started.elapsed() < Duration::from_secs(60), "the silent one is not waited for");
        world
    });
    drop(silent);
    let mut bob = world.knock().await;
    let sync = bob.sign_in(&world.token("bob"), Some((cursor, epoch))).await.sync;
    assert!(!sync.complete);
    assert_eq!((sync.chats.len(), sync.chats[0].last_seq.0), (1, 1 + answered));
}
