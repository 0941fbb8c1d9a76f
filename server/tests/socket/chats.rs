//! Chats coming and going, and how far they are read.

use crate::client::Client;
use crate::world::{World, alias, chat};
use bandyer_protocol::{ChatNews, ChatRequest, ClientMessage, ErrorCode, PageDirection, Seq, ServerMessage};

#[tokio::test]
async fn adding_a_chat_twice_finds_it_and_tells_nobody() {
    let world = World::start().await;
    let mut anna = world.connect("anna").await;
    let mut bob = world.connect("bob").await;
    let (added, step) = anna.add_chat("bob").await;
    assert!(step.is_some());
    assert_eq!((added.incarnation, added.last_seq, added.created_by.as_str()), (1, Seq(0), "anna"));
    assert_eq!(bob.chat_added().await.chat, added.chat);
    let (again, step) = bob.add_chat("anna").await;
    assert_eq!((again, step), (added, None));
    assert!(anna.is_quiet().await && bob.is_quiet().await);
}

#[tokio::test]
async fn a_chat_needs_somebody_else_who_exists() {
    let world = World::start().await;
    let mut anna = world.connect("anna").await;
    assert_eq!(anna.refused(ChatRequest::Add { user: alias("anna") }).await, ErrorCode::ChatWithSelf);
    assert_eq!(anna.refused(ChatRequest::Add { user: alias("nobody") }).await, ErrorCode::UserNotFound);
}

#[tokio::test]
async fn a_removed_chat_is_gone_for_both_and_comes_back_empty() {
    let world = World::start().await;
    let (mut anna, mut bob) = world.pair().await;
    let chat = chat("anna", "bob");
    anna.send(&chat, "m1", "secret").await;
    bob.event().await;

    let removed = bob.ask(ChatRequest::Remove { chat: chat.clone() }).await;
    assert!(matches!(removed.msg, ServerMessage::Chat(ChatNews::Removed { .. })) && removed.step.is_some());
    assert!(matches!(anna.event().await.msg, ServerMessage::Chat(ChatNews::Removed { .. })));
    let fetch = ClientMessage::Chat(ChatRequest::FetchMessages {
        chat: chat.clone(),
        from: Seq(0),
        direction: PageDirection::After,
        limit: 9,
    });
    assert_eq!(anna.refused(fetch).await, ErrorCode::ChatNotFound);
    assert_eq!(bob.refused(ChatRequest::Remove { chat: chat.clone() }).await, ErrorCode::ChatNotFound);

    let (anew, _) = anna.add_chat("bob").await;
    assert_eq!((anew.incarnation, anew.last_seq, anew.unread, anew.last_message), (2, Seq(0), 0, None));
    let path = world.folder.path().join("chat.db");
    let rows = rusqlite::Connection::open(path).unwrap();
    let count: u32 = rows.query_row("SELECT count(*) FROM message", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 0, "the rows are gone, not hidden");
    assert_eq!(anna.send(&chat, "m2", "fresh").await.0.seq, Seq(1));
}

#[tokio::test]
async fn the_read_marker_moves_forward_only_and_not_beyond_the_last_message() {
    let world = World::start().await;
    let (mut anna, mut bob) = world.pair().await;
    let mut bobs_tablet = world.connect("bob").await;
    let chat = chat("anna", "bob");
    for n in 1..=4 {
        anna.send(&chat, &format!("m{n}"), "text").await;
        bob.event().await;
        bobs_tablet.event().await;
    }
    assert_eq!(unread(&world).await, (0, 4));

    read(&mut bob, 2).await;
    for client in [&mut bob, &mut bobs_tablet, &mut anna] {
        let event = client.event().await;
        assert!(event.step.is_some());
        match event.msg {
            ServerMessage::Chat(ChatNews::ReadMoved { user, seq, .. }) => {
                assert_eq!((user.as_str(), seq), ("bob", Seq(2)))
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(unread(&world).await, (2, 2));

    read(&mut bob, 1).await;
    assert!(anna.is_quiet().await && bob.is_quiet().await);
    assert_eq!(unread(&world).await, (2, 2));

    read(&mut bob, 1000).await;
    assert_eq!(unread(&world).await, (4, 0));
}

async fn read(client: &mut Client, seq: u64) {
    let ask = ClientMessage::Chat(ChatRequest::MarkRead { chat: chat("anna", "bob"), seq: Seq(seq) });
    assert_eq!(client.ask(ask).await.msg, ServerMessage::Done);
}

/// How far bob has read and what is left, as a fresh device of his is told.
async fn unread(world: &World) -> (u64, u32) {
    let bob = world.connect("bob").await;
    let summary = &bob.synced().chats[0];
    (summary.read_seq.0, summary.unread)
}

#[tokio::test]
async fn own_messages_are_never_unread() {
    let world = World::start().await;
    let (mut anna, mut bob) = world.pair().await;
    let chat = chat("anna", "bob");
    anna.send(&chat, "m1", "one").await;
    bob.send(&chat, "m1", "two").await;
    anna.send(&chat, "m2", "three").await;
    let again = world.connect("anna").await;
    assert_eq!(again.synced().chats[0].unread, 1);
    assert_eq!(unread(&world).await, (0, 2));
    let last = again.synced().chats[0].last_message.as_ref().unwrap();
    assert_eq!(last.body.as_text(), "three");
}
