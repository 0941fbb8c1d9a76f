//! What is believed when the server's database went back to a backup.

use super::*;

/// The server's database went back to a backup, and new things happened in it.
fn went_back(rig: &mut Rig, chats: Vec<ChatSummary>) -> Vec<Effect> {
    rig.epoch = Epoch::parse("second").unwrap();
    rig.reconnect(Sync { complete: true, ..sync(12, chats) })
}

#[test]
fn after_the_database_went_back_nothing_of_before_is_believed() {
    let mut rig = Rig::connected(vec![summary("bob", 3, 0), summary("carl", 1, 0)]);
    open(&mut rig);
    page(&mut rig, 1, 3, false);
    rig.event(added("bob", 4, "bob"));
    rig.user(ChatAction::Draft { chat: chat_with("bob"), text: "half a".into() });
    rig.act(Action::Socket(SocketEvent::Closed));
    rig.api(ApiCall::ComposeMessage { user: "bob".into(), message: "unsent".into(), send: true });
    // Messages 3 and 4 are gone, another 3 was written; carl's chat is of the lost time, dora's of the new one.
    let mut other = summary("bob", 3, 1);
    other.last_message = Some(message("bob", 3, "bob", "another"));
    let effects = went_back(&mut rig, vec![other, summary("dora", 1, 1)]);
    assert!(!rig.state.chats.by_id.contains_key(&chat_with("carl")));
    assert!(rig.state.chats.by_id.contains_key(&chat_with("dora")));
    let chat = rig.chat("bob");
    assert_eq!((chat.last_seq, chat.heard), (Seq(3), Seq(3)), "numbers go back too");
    assert_eq!(chat.last_message.as_ref().unwrap().body, MessageBody::Text("another".into()));
    assert_eq!(chat.draft, "half a");
    assert!(seqs(&rig).is_empty());
    assert!(sent(&effects).contains(&&fetch(4, PageDirection::Before, 30)), "{effects:?}");
    assert_eq!(sent_texts(&effects), ["unsent"]);
    assert!(emitted(&effects).iter().all(|event| !matches!(event, ClientEvent::MessageReceived(_))));
    page(&mut rig, 1, 3, false);
    assert_eq!(seqs(&rig), [1, 2, 3]);
    rig.event(added("bob", 4, "bob"));
    assert_eq!(seqs(&rig), [1, 2, 3, 4]);
}

#[test]
fn a_list_that_goes_back_is_believed_even_when_the_server_does_not_know_that_it_did() {
    let mut rig = Rig::connected(vec![summary("bob", 3, 0)]);
    open(&mut rig);
    page(&mut rig, 1, 3, false);
    rig.reconnect(Sync { complete: true, ..sync(7, vec![summary("bob", 2, 0)]) });
    assert_eq!(rig.chat("bob").last_seq, Seq(2));
    assert!(seqs(&rig).is_empty());
}

#[test]
fn the_same_database_is_joined_on_to() {
    let mut rig = Rig::connected(vec![summary("bob", 3, 0)]);
    open(&mut rig);
    page(&mut rig, 1, 3, false);
    let effects = rig.reconnect(Sync { complete: false, ..sync(10, vec![]) });
    assert_eq!(seqs(&rig), [1, 2, 3]);
    assert!(sent(&effects).is_empty());
    rig.act(Action::Socket(SocketEvent::Closed));
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    let effects = rig.act(Action::Socket(SocketEvent::Opened));
    let [ClientMessage::Session(SessionRequest::Authenticate(request))] = sent(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((request.cursor, request.epoch.as_ref()), (Some(Cursor(10)), Some(&rig.epoch)));
}
