//! Going down in order.

use crate::client::{Heard, text_message};
use crate::world::{World, chat};
use bandyer_protocol::{ChatNews, ServerMessage, SessionNews, UserNews};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_restart_is_announced_and_everything_is_there_afterwards() {
    let world = World::start().await;
    let (mut anna, mut bob) = world.pair().await;
    let silent = world.knock().await;
    let chat = chat("anna", "bob");
    anna.send(&chat, "m1", "before").await;
    bob.event().await;
    let (cursor, epoch) = (world.connect("bob").await.synced().cursor, bob.epoch());

    let posted = anna.post(text_message(&chat, "m2", "on the way")).await;
    // Once the server has read it, it is stored before the goodbye.
    let (sent, world) = tokio::join!(anna.reply_to(posted), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let started = Instant::now();
        let world = world.restart().await;
        assert!(started.elapsed() < Duration::from_secs(4));
        world
    });
    assert_eq!(crate::client::message(&sent).seq.0, 2);
    for mut client in [anna, bob] {
        loop {
            match client.hear_envelope().await.msg {
                ServerMessage::Session(SessionNews::Restarting { reconnect_after_ms }) => {
                    break assert_eq!(reconnect_after_ms, 1000);
                }
                ServerMessage::Chat(ChatNews::MessageAdded { .. })
                | ServerMessage::User(UserNews::PresenceChanged { .. }) => {}
                other => panic!("{other:?}"),
            }
        }
        match client.hear().await {
            Heard::Closed(Some(frame)) => assert_eq!(u16::from(frame.code), 1012),
            other => panic!("{other:?}"),
        }
    }
    drop(silent);
    let mut bob = world.knock().await;
    let sync = bob.sign_in(&world.token("bob"), Some((cursor, epoch))).await.sync;
    assert!(!sync.complete);
    assert_eq!((sync.chats.len(), sync.chats[0].last_seq.0), (1, 2));
}
