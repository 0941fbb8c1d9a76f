//! A backup that was put back: a device that saw more than it holds is told so, whatever was written since.

use crate::client::Client;
use crate::world::{World, alias, chat};
use bandyer_protocol::{ChatRequest, Cursor, MessageBody};
use bandyer_server::Server;
use std::path::{Path, PathBuf};

/// As `docs/operations.md` says.
fn back_up(world: &World) -> PathBuf {
    let copy = world.folder.path().join("backup.db");
    let database = rusqlite::Connection::open(world.folder.path().join("chat.db")).unwrap();
    database.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
    copy
}

async fn put_back(world: World, copy: &Path) -> World {
    let World { server, clock, folder } = world;
    let config = (*server.app().config).clone();
    server.stop().await;
    let database = folder.path().join("chat.db");
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(database.with_file_name(format!("chat.db{ending}")));
    }
    // A file of its own: this very process may still have the other one open.
    std::fs::remove_file(&database).unwrap();
    std::fs::copy(copy, &database).unwrap();
    World { server: Server::start(config).await.unwrap(), clock, folder }
}

async fn texts(client: &mut Client) -> Vec<String> {
    let thread = client.thread(&chat("anna", "bob")).await;
    let text = |body: MessageBody| match body {
        MessageBody::Text(text) => text,
        other => panic!("{other:?}"),
    };
    thread.into_iter().map(|message| text(message.body)).collect()
}

#[tokio::test]
async fn whoever_saw_what_was_lost_reads_everything_anew() {
    let world = World::start().await;
    let (mut anna, _bob) = world.pair().await;
    let epoch = anna.epoch();
    anna.send(&chat("anna", "bob"), "m1", "kept").await;
    let copy = back_up(&world);
    anna.send(&chat("anna", "bob"), "m2", "lost").await;
    anna.add_chat("carl").await;
    anna.ask(ChatRequest::Remove { chat: chat("anna", "carl") }).await;
    let lost = world.connect("anna").await.synced().cursor;

    let world = put_back(world, &copy).await;
    // More than there was before: no cursor tells that anything was lost.
    let mut bob = world.connect("bob").await;
    for n in 0..10 {
        bob.send(&chat("anna", "bob"), &format!("n{n}"), &format!("new {n}")).await;
    }
    assert!(world.connect("bob").await.synced().cursor > lost);
    let mut back = world.knock().await;
    let welcome = back.sign_in(&world.token("anna"), Some((lost, epoch.clone()))).await;
    assert_ne!(welcome.epoch, epoch);
    assert!(welcome.sync.complete);
    let chats: Vec<_> = welcome.sync.chats.iter().map(|summary| summary.chat.clone()).collect();
    assert_eq!(chats, [chat("anna", "bob")]);
    assert_eq!(texts(&mut back).await.len(), 11);

    // From then on it is a database like any other, over restarts too.
    let (cursor, epoch) = (welcome.sync.cursor, welcome.epoch);
    let world = world.restart().await;
    let mut back = world.knock().await;
    let welcome = back.sign_in(&world.token("anna"), Some((cursor, epoch.clone()))).await;
    assert_eq!((welcome.epoch, welcome.sync.complete), (epoch, false));
    assert!(welcome.sync.chats.is_empty());
}

#[tokio::test]
async fn a_cursor_of_no_epoch_is_not_believed() {
    let world = World::start().await;
    let (mut anna, _bob) = world.pair().await;
    anna.send(&chat("anna", "bob"), "m1", "one").await;
    for epoch in ["0", "another"] {
        let epoch = bandyer_protocol::Epoch::parse(epoch).unwrap();
        let mut back = world.knock().await;
        let sync = back.sign_in(&world.token("anna"), Some((Cursor(1), epoch))).await.sync;
        assert!(sync.complete);
        assert_eq!(sync.profiles[0].alias, alias("bob"));
    }
}
