//! Removed for good: nothing of it in the files of a server that has stopped.

use crate::world::{World, alias, chat};
use bandyer_hub::UserChange;
use bandyer_server::Server;

fn copies(bytes: &[u8], text: &str) -> usize {
    bytes.windows(text.len()).filter(|window| *window == text.as_bytes()).count()
}

#[tokio::test]
async fn removed_chats_and_users_are_in_no_file_and_the_copy_of_one_file_is_whole() {
    let world = World::start().await;
    let (mut anna, _bob) = world.pair().await;
    anna.add_chat("carl").await;
    for n in 0..40 {
        anna.send(&chat("anna", "bob"), &format!("b{n}"), &format!("a secret of the two, number {n}")).await;
        anna.send(&chat("anna", "carl"), &format!("c{n}"), &format!("kept for carl, number {n}")).await;
    }
    let hub = &world.server.app().hub;
    let email = Some(Some("bob@secret.example".to_owned()));
    hub.update_user(alias("bob"), UserChange { email, ..UserChange::default() }).await.unwrap();
    hub.remove_chat([alias("anna"), alias("bob")]).await.unwrap();
    hub.delete_user(alias("bob")).await.unwrap();
    let World { server, clock, folder } = world;
    let config = (*server.app().config).clone();
    server.stop().await;

    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            assert_eq!(copies(&std::fs::read(&path).unwrap(), "secret of the two"), 0, "{}", path.display());
            assert_eq!(copies(&std::fs::read(&path).unwrap(), "bob@secret"), 0, "{}", path.display());
        }
    }
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("chat.db"), copy.path().join("chat.db")).unwrap();
    let config = bandyer_server::Config { data: copy.path().to_owned(), ..config };
    let world = World { server: Server::start(config).await.unwrap(), clock, folder: copy };
    let mut anna = world.connect("anna").await;
    assert_eq!(anna.thread(&chat("anna", "carl")).await.len(), 40);
}
