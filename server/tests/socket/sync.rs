//! Coming back: everything since a cursor, never a silent hole; and who is there.

use crate::client::Client;
use crate::world::{World, alias, chat};
use bandyer_protocol::{
    ChatRequest, ClientMessage, Cursor, ErrorCode, Presence, Seq, ServerMessage, SessionNews, SessionRequest,
    UserNews, UserRequest,
};

#[tokio::test]
async fn a_device_that_was_away_gets_what_changed_and_what_was_removed() {
    let world = World::start().await;
    let (mut anna, mut bob) = world.pair().await;
    anna.add_chat("carl").await;
    anna.send(&chat("anna", "carl"), "c1", "unchanged later").await;
    let away = world.connect("anna").await.synced().clone();
    assert!(away.complete);
    assert_eq!(away.chats.len(), 2);
    assert_eq!(away.profiles.len(), 2);

    bob.send(&chat("anna", "bob"), "b1", "while you were out").await;
    bob.send(&chat("anna", "bob"), "b2", "and again").await;
    anna.ask(ChatRequest::Remove { chat: chat("anna", "carl") }).await;

    let mut back = world.knock().await;
    let sync = back.sign_in(&world.token("anna"), Some((away.cursor, anna.epoch()))).await.sync;
    assert!(!sync.complete);
    assert_eq!(sync.removed, [chat("anna", "carl")]);
    assert_eq!(sync.chats.len(), 1);
    assert_eq!((sync.chats[0].last_seq, sync.chats[0].unread), (Seq(2), 2));
    assert!(sync.cursor > away.cursor);

    let nothing = resync(&mut back, sync.cursor).await;
    assert_eq!((nothing.chats.len(), nothing.removed.len(), nothing.cursor), (0, 0, sync.cursor));
    let everything = resync(&mut back, Cursor(0)).await;
    assert_eq!((everything.chats.len(), everything.removed.len()), (1, 1));

    let step = back.send(&chat("anna", "bob"), "a1", "I am back").await.1.unwrap();
    assert_eq!(step.prev, sync.cursor, "the next step joins the sync");
}

async fn resync(client: &mut Client, cursor: Cursor) -> bandyer_protocol::Sync {
    match client.ask(SessionRequest::Resync { cursor }).await.msg {
        ServerMessage::Session(SessionNews::Synced(sync)) => *sync,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_cursor_of_the_future_gets_the_whole_list() {
    let world = World::start().await;
    let (anna, _bob) = world.pair().await;
    let mut back = world.knock().await;
    let future = (Cursor(1_000_000), anna.epoch());
    let sync = back.sign_in(&world.token("anna"), Some(future)).await.sync;
    assert!(sync.complete);
    assert_eq!(sync.chats.len(), 1);
}

#[tokio::test]
async fn steps_join_for_everybody_whatever_happens_elsewhere() {
    let world = World::start().await;
    let (mut anna, mut bob) = world.pair().await;
    let mut carl = world.connect("carl").await;
    carl.add_chat("bob").await;
    let mut at = anna.welcome.as_ref().unwrap().sync.cursor;
    // The chat was added after anna came.
    at = at.max(world.connect("anna").await.synced().cursor);
    for n in 0..10 {
        carl.send(&chat("bob", "carl"), &format!("c{n}"), "to bob").await;
        let step = anna.send(&chat("anna", "bob"), &format!("a{n}"), "to bob").await.1.unwrap();
        assert_eq!(step.prev, at);
        at = step.cursor;
    }
    let mut last = bob.event().await.step.unwrap().cursor;
    for _ in 0..20 {
        let step = bob.event().await.step.unwrap();
        assert_eq!(step.prev, last);
        last = step.cursor;
    }
}

#[tokio::test]
async fn presence_is_told_to_everybody_and_asked_for() {
    let world = World::with(|config| config.presence_grace_ms = 50).await;
    let mut anna = world.connect("anna").await;
    let status = |user: &str| ClientMessage::User(UserRequest::Get { user: alias(user) });
    assert_eq!(anna.refused(status("nobody")).await, ErrorCode::UserNotFound);
    let offline = ServerMessage::User(UserNews::Status { user: alias("bob"), status: Presence::Offline });
    assert_eq!(anna.ask(status("bob")).await.msg, offline);

    let bob = world.connect("bob").await;
    let second = world.connect("bob").await;
    assert_eq!(heard_of(&mut anna, "bob").await, Presence::Online);
    match anna.ask(UserRequest::ListOnline).await.msg {
        ServerMessage::User(UserNews::Online { users }) => {
            assert_eq!(users, [(alias("anna"), Presence::Online), (alias("bob"), Presence::Online)]);
        }
        other => panic!("{other:?}"),
    }
    drop(bob);
    drop(second);
    assert_eq!(heard_of(&mut anna, "bob").await, Presence::Offline);
    assert_eq!(anna.ask(status("bob")).await.msg, offline);
}

async fn heard_of(client: &mut Client, name: &str) -> Presence {
    loop {
        let envelope = client.hear_envelope().await;
        if let ServerMessage::User(UserNews::PresenceChanged { users }) = envelope.msg
            && let Some((_, presence)) = users.into_iter().find(|(user, _)| user.as_str() == name)
        {
            assert_eq!(envelope.step, None);
            return presence;
        }
    }
}

#[tokio::test]
async fn those_present_in_own_chats_are_in_the_welcome() {
    let world = World::start().await;
    let (_anna, _bob) = world.pair().await;
    let _carl = world.connect("carl").await;
    let anna = world.connect("anna").await;
    assert_eq!(anna.synced().present, [(alias("bob"), Presence::Online)]);
}
