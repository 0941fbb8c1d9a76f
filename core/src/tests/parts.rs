//! A long list of chats that comes in parts.

use super::rig::{Rig, alias, chat_with, emitted, message, replies, sent, summary, sync};
use crate::action::{ChatAction, PanelAction, SocketEvent};
use crate::questions::{ChatQuestion, Question};
use crate::timers::{ChatTimer, SessionTimer, TimerId};
use crate::{Action, ApiCall, ApiReply, ClientEvent, Effect};
use bandyer_protocol::*;

fn part(cursor: u64, chats: Vec<ChatSummary>) -> Sync {
    Sync { complete: false, more: true, ..sync(cursor, chats) }
}

fn last(cursor: u64, chats: Vec<ChatSummary>) -> Sync {
    Sync { complete: false, ..sync(cursor, chats) }
}

fn first(cursor: u64, chats: Vec<ChatSummary>) -> Sync {
    Sync { more: true, ..sync(cursor, chats) }
}

fn synced(rig: &mut Rig, sync: Sync) -> Vec<Effect> {
    rig.cursor = sync.cursor.0;
    rig.answer(|request| *request == Question::Resync, SessionNews::Synced(Box::new(sync)).into())
}

fn resync(cursor: u64) -> ClientMessage {
    SessionRequest::Resync { cursor: Cursor(cursor) }.into()
}

fn chats(rig: &Rig) -> Vec<&str> {
    let me = alias("anna");
    rig.state.chats.by_id.keys().map(|id| id.as_str()).filter(|id| id.starts_with(me.as_str())).collect()
}

fn opened() -> Rig {
    let mut rig = Rig::new();
    rig.api(ApiCall::Create);
    rig.act(Action::Socket(SocketEvent::Opened));
    rig
}

#[test]
fn create_is_answered_when_the_whole_list_is_here() {
    let mut rig = opened();
    let effects = rig.welcome(first(3, vec![summary("bob", 3, 1)]));
    assert_eq!(sent(&effects), vec![&resync(3)]);
    assert!(replies(&effects).is_empty());
    assert!(!rig.state.chats.loaded);
    let effects = synced(&mut rig, part(5, vec![summary("carl", 1, 0)]));
    assert_eq!(sent(&effects), vec![&resync(5)]);
    assert!(replies(&effects).is_empty() && emitted(&effects).is_empty());

    let there =
        Sync { present: vec![(alias("bob"), Presence::Online)], ..last(8, vec![summary("dora", 2, 2)]) };
    let effects = synced(&mut rig, there);
    assert_eq!(replies(&effects), vec![(1, Ok(&ApiReply::Created { user: alias("anna") }))]);
    assert!(sent(&effects).is_empty() && emitted(&effects).is_empty(), "the first list is no news");
    assert_eq!(chats(&rig).len(), 3);
    assert_eq!(rig.state.users.presence(&alias("bob")), Presence::Online);
    assert_eq!(emitted(&rig.timer(TimerId::Chat(ChatTimer::Announce))).len(), 3);
}

#[test]
fn a_line_that_breaks_between_two_parts_goes_on_where_it_was() {
    let mut rig = opened();
    rig.welcome(first(3, vec![summary("bob", 3, 1)]));
    synced(&mut rig, part(5, vec![summary("carl", 1, 0)]));
    rig.act(Action::Socket(SocketEvent::Closed));
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    let effects = rig.act(Action::Socket(SocketEvent::Opened));
    let asked = sent(&effects);
    let Some(ClientMessage::Session(SessionRequest::Authenticate(request))) = asked.first() else {
        panic!("{asked:?}")
    };
    assert_eq!(request.cursor, Some(Cursor(5)));
    let effects = rig.welcome(last(8, vec![summary("dora", 2, 2)]));
    assert_eq!(replies(&effects), vec![(1, Ok(&ApiReply::Created { user: alias("anna") }))]);
    assert_eq!(chats(&rig), ["anna#bob", "anna#carl", "anna#dora"]);
}

#[test]
fn what_is_told_between_two_parts_is_heard_with_a_later_one() {
    let mut rig = opened();
    rig.welcome(first(3, vec![summary("bob", 3, 0)]));
    // Its step does not join: there is a part between.
    rig.cursor = 8;
    let told = rig.event(ChatNews::MessageAdded { message: message("bob", 4, "bob", "x") });
    assert!(sent(&told).is_empty() && emitted(&told).is_empty());
    let effects = synced(&mut rig, last(9, vec![summary("carl", 0, 0), summary("bob", 4, 1)]));
    let gap = ClientMessage::Chat(ChatRequest::FetchMessages {
        chat: chat_with("bob"),
        from: Seq(3),
        direction: PageDirection::After,
        limit: Limits::default().page_size,
    });
    assert_eq!(sent(&effects), vec![&gap]);
    let effects = rig.event(ChatNews::MessageAdded { message: message("carl", 1, "carl", "y") });
    assert!(matches!(emitted(&effects)[..], [ClientEvent::MessageReceived(_)]), "the next step joins");
}

#[test]
fn a_list_from_the_beginning_takes_away_what_no_part_of_it_names() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0), summary("carl", 1, 0), summary("dora", 1, 0)]);
    rig.reconnect(first(2, vec![summary("bob", 1, 0)]));
    assert_eq!(chats(&rig), ["anna#bob", "anna#carl", "anna#dora"], "a later part may name them");
    synced(&mut rig, last(4, vec![summary("dora", 1, 0)]));
    assert_eq!(chats(&rig), ["anna#bob", "anna#dora"]);
}

#[test]
fn of_a_long_last_message_the_list_has_the_beginning_until_the_conversation_opens() {
    let text = |rig: &Rig| rig.chat("bob").last_message.as_ref().map(|last| last.body.as_text().to_owned());
    let whole = "x".repeat(PREVIEW_CHARS + 1);
    let mut long = summary("bob", 1, 0);
    long.cut = true;
    let mut rig = Rig::connected(vec![long.clone()]);
    assert_eq!(text(&rig).as_deref(), Some("hi"));
    rig.user(PanelAction::Toggle);
    rig.user(ChatAction::Open(chat_with("bob")));
    let messages = vec![message("bob", 1, "bob", &whole)];
    rig.answer(
        |request| matches!(request, Question::Chat(ChatQuestion::Older(_))),
        ChatNews::Messages { chat: chat_with("bob"), messages, has_more: false }.into(),
    );
    assert_eq!(text(&rig), Some(whole.clone()));
    rig.reconnect(sync(20, vec![long]));
    assert_eq!(text(&rig), Some(whole), "what is known whole stays whole");
}

#[test]
fn a_receipt_tells_the_whole_message_not_its_beginning() {
    let mut rig = Rig::connected(vec![ChatSummary { cut: true, ..summary("bob", 1, 0) }]);
    let read = ChatNews::ReadMoved { chat: chat_with("bob"), user: alias("bob"), seq: Seq(1) };
    let effects = rig.event(read);
    assert!(emitted(&effects).is_empty(), "{effects:?}");
    assert!(matches!(sent(&effects)[..], [ClientMessage::Chat(ChatRequest::FetchMessages { limit: 1, .. })]));
}
