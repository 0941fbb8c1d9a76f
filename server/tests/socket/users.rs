//! What the host site does to users while they are there.

use crate::client::text_message;
use crate::world::{World, alias, chat};
use bandyer_hub::{AdminFailure, UserChange};
use bandyer_protocol::{
    ChatNews, ChatRequest, DisconnectReason, ErrorCode, ServerMessage, SessionNews, UserRequest,
};
use bandyer_records::UserRecord;
use bandyer_server::clock;

#[tokio::test]
async fn a_deleted_user_is_thrown_out_and_stays_out_while_the_other_keeps_the_chat() {
    let world = World::start().await;
    let (mut anna, mut bob) = world.pair().await;
    let mut tablet = world.connect("bob").await;
    let chat = chat("anna", "bob");
    bob.send(&chat, "b1", "remember me").await;
    let token = world.token("bob");
    world.server.app().hub.delete_user(alias("bob")).await.unwrap();

    for client in [&mut bob, &mut tablet] {
        loop {
            match client.event().await.msg {
                ServerMessage::Session(SessionNews::ForceDisconnect { reason }) => {
                    break assert_eq!(reason, DisconnectReason::UserDeleted);
                }
                ServerMessage::Chat(ChatNews::MessageAdded { .. }) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(client.closed().await, Some(1008));
    }
    let mut again = world.knock().await;
    let refused = again.authenticate(&token, None).await;
    assert_eq!(crate::client::failure(refused).code, ErrorCode::UserDeleted);
    assert_eq!(again.closed().await, Some(1008));

    assert_eq!(anna.thread(&chat).await.len(), 1);
    assert_eq!(anna.refused(text_message(&chat, "a1", "hello?")).await, ErrorCode::UserNotFound);
    assert_eq!(anna.refused(ChatRequest::Add { user: alias("bob") }).await, ErrorCode::UserNotFound);
    assert_eq!(anna.refused(UserRequest::Get { user: alias("bob") }).await, ErrorCode::UserNotFound);

    let same_name = UserRecord::new(alias("bob"), clock::now());
    assert_eq!(world.server.app().hub.create_user(same_name).await, Err(AdminFailure::UserExists));
    let record = world.server.app().reads.read(|reader| reader.user(&alias("bob"))).await.unwrap().unwrap();
    assert_eq!((record.deleted, record.email), (true, None));
}

#[tokio::test]
async fn a_deactivated_user_is_thrown_out_until_activated_again() {
    let world = World::start().await;
    let mut anna = world.connect("anna").await;
    let set_active = |active| UserChange { active: Some(active), ..UserChange::default() };
    let hub = &world.server.app().hub;
    hub.update_user(alias("anna"), set_active(false)).await.unwrap();
    assert_eq!(
        anna.event().await.msg,
        ServerMessage::Session(SessionNews::ForceDisconnect { reason: DisconnectReason::UserDisabled })
    );
    assert_eq!(anna.closed().await, Some(1008));

    let mut again = world.knock().await;
    let refused = again.authenticate(&world.token("anna"), None).await;
    assert_eq!(crate::client::failure(refused).code, ErrorCode::UserDisabled);
    hub.update_user(alias("anna"), set_active(true)).await.unwrap();
    world.connect("anna").await;
}

#[tokio::test]
async fn the_host_site_writes_and_removes_like_a_user() {
    let world = World::start().await;
    let mut bob = world.connect("bob").await;
    let hub = &world.server.app().hub;
    let users = || (alias("anna"), alias("bob"));
    let (anna, b) = users();
    let missing = hub.send_message(anna, b, "too early".to_owned()).await.unwrap_err();
    assert_eq!(missing.code(), Some(ErrorCode::ChatNotFound));

    hub.add_chat(users().0, users().1).await.unwrap();
    assert_eq!(bob.chat_added().await.created_by, alias("anna"));
    let sent = hub.send_message(users().0, users().1, "from the site".to_owned()).await.unwrap();
    assert_eq!(crate::client::message(&bob.event().await), sent);
    hub.remove_chat([users().1, users().0]).await.unwrap();
    assert!(matches!(bob.event().await.msg, ServerMessage::Chat(ChatNews::Removed { .. })));

    let online = hub.online().await.unwrap();
    assert_eq!(online.len(), 1);
    assert_eq!(hub.set_all_can_video(false).await, Ok(3));
    let anna = world.connect("anna").await;
    assert!(!anna.welcome.unwrap().user.can_video);
}

#[tokio::test]
async fn a_user_may_have_so_many_sockets() {
    let world = World::with(|config| config.sessions_per_user = 2).await;
    let first = world.connect("anna").await;
    let _second = world.connect("anna").await;
    let mut third = world.knock().await;
    let refused = third.authenticate(&world.token("anna"), None).await;
    assert_eq!(crate::client::failure(refused).code, ErrorCode::TooManySessions);
    assert_eq!(third.closed().await, Some(1008));
    drop(first);
    for _ in 0..100 {
        let mut again = world.knock().await;
        if let ServerMessage::Session(SessionNews::Welcome(_)) =
            again.authenticate(&world.token("anna"), None).await.msg
        {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the place of a closed socket stays taken");
}
