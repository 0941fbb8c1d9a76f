//! Drafts, sending, not being able to send.

use super::rig::*;
use crate::action::{ChatAction, Saved, SavedMessage, SocketEvent, UserAction};
use crate::chats::OutgoingState;
use crate::effect::StoreCommand;
use crate::panel::Notice;
use crate::questions::{ChatQuestion, Question};
use crate::timers::{ChatTimer, SessionTimer, TimerId};
use crate::{Action, ApiCall, ClientEvent, Effect};
use bandyer_protocol::*;

fn write(rig: &mut Rig, text: &str) -> Vec<Effect> {
    rig.user(ChatAction::Draft { chat: chat_with("bob"), text: text.into() });
    rig.user(ChatAction::SendDraft { chat: chat_with("bob") })
}

fn is_send(request: &Question) -> bool {
    matches!(request, Question::Chat(ChatQuestion::Send { .. }))
}

/// The stored form of the message under way.
fn stored(rig: &Rig, seq: u64) -> Message {
    let thread = &rig.chat("bob").thread;
    let outgoing = thread.outgoing.iter().find(|outgoing| outgoing.in_flight).unwrap();
    Message { client_id: outgoing.client_id.clone(), ..message("bob", seq, "anna", "x") }
}

fn acknowledge(rig: &mut Rig, seq: u64) -> Vec<Effect> {
    let message = stored(rig, seq);
    rig.answer(is_send, ServerMessage::Chat(ChatNews::MessageAdded { message }))
}

fn states(rig: &Rig) -> Vec<OutgoingState> {
    rig.chat("bob").thread.outgoing.iter().map(|outgoing| outgoing.state).collect()
}

#[test]
fn enter_saves_sends_and_empties_the_composer() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    let effects = write(&mut rig, " hello ");
    assert_eq!(sent_texts(&effects), vec!["hello"]);
    let [
        Effect::Store(StoreCommand::SaveDraft { text, .. }),
        Effect::Store(StoreCommand::SaveMessage(saved)),
        ..,
    ] = &effects[..]
    else {
        panic!("{effects:?}")
    };
    assert_eq!((text.as_str(), saved.text.as_str()), ("", "hello"));
    assert_eq!(rig.chat("bob").draft, "");
    let effects = acknowledge(&mut rig, 1);
    assert!(matches!(emitted(&effects)[..], [ClientEvent::MessageSent(_)]));
    assert!(
        effects.contains(&Effect::Store(StoreCommand::ForgetMessage { client_id: saved.client_id.clone() }))
    );
    assert!(rig.chat("bob").thread.outgoing.is_empty());
}

#[test]
fn blank_is_not_sent_and_too_long_is_kept() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    assert!(sent_texts(&write(&mut rig, " \n ")).is_empty());
    let long = "x".repeat(1_000_000);
    assert!(sent_texts(&write(&mut rig, &long)).is_empty());
    assert_eq!(rig.state.panel.notice, Some(Notice::MessageTooLong));
    assert_eq!(rig.chat("bob").draft, long);
}

#[test]
fn one_chats_messages_go_out_in_order_one_at_a_time() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0), summary("carl", 0, 0)]);
    assert_eq!(sent_texts(&write(&mut rig, "one")), vec!["one"]);
    assert!(sent_texts(&write(&mut rig, "two")).is_empty());
    rig.user(ChatAction::Draft { chat: chat_with("carl"), text: "other".into() });
    let effects = rig.user(ChatAction::SendDraft { chat: chat_with("carl") });
    assert_eq!(sent_texts(&effects), vec!["other"], "another chat does not wait");
    let message = stored(&rig, 1);
    let to_bob = |request: &Question| matches!(request, Question::Chat(ChatQuestion::Send { chat, .. }) if *chat == chat_with("bob"));
    let effects = rig.answer(to_bob, ServerMessage::Chat(ChatNews::MessageAdded { message }));
    assert_eq!(sent_texts(&effects), vec!["two"]);
}

#[test]
fn offline_is_pending_and_goes_out_once_in_order() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    write(&mut rig, "one");
    let first = rig.chat("bob").thread.outgoing[0].client_id.clone();
    rig.act(Action::Socket(SocketEvent::Closed));
    assert!(sent(&write(&mut rig, "two")).is_empty());
    assert_eq!(states(&rig), vec![OutgoingState::Pending; 2]);
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    rig.act(Action::Socket(SocketEvent::Opened));
    let effects = rig.welcome(sync(10, vec![summary("bob", 0, 0)]));
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Chat(ChatRequest::SendMessage { client_id, .. })] if *client_id == first),
        "the same id, or it would be stored twice"
    );
    assert_eq!(sent_texts(&acknowledge(&mut rig, 1)), vec!["two"]);
}

#[test]
fn a_message_stored_just_before_the_line_broke_is_sent_and_announced_once() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    write(&mut rig, "one");
    let message = stored(&rig, 1);
    let last = ChatSummary { last_message: Some(message.clone()), ..summary("bob", 1, 0) };
    let effects = rig.reconnect(sync(11, vec![last]));
    assert!(emitted(&effects).is_empty());
    let effects = rig.answer_with(
        is_send,
        None,
        ServerMessage::Chat(ChatNews::MessageAdded { message: message.clone() }),
    );
    assert_eq!(emitted(&effects), vec![&ClientEvent::MessageSent(message.clone())]);
    let page = ServerMessage::Chat(ChatNews::Messages {
        chat: chat_with("bob"),
        messages: vec![message],
        has_more: false,
    });
    let effects = rig.answer(|request| matches!(request, Question::Chat(ChatQuestion::Gap(_))), page);
    assert!(emitted(&effects).is_empty());
    assert!(rig.chat("bob").thread.outgoing.is_empty());
}

#[test]
fn after_a_reload_the_outbox_goes_out_before_anything_newer() {
    let mut rig = Rig::new();
    rig.api(ApiCall::Create);
    rig.act(Action::Socket(SocketEvent::Opened));
    rig.welcome(sync(10, vec![summary("bob", 0, 0)]));
    assert!(sent_texts(&write(&mut rig, "three")).is_empty(), "the storage was not read yet");
    let saved = |id: &str, text: &str| SavedMessage {
        chat: chat_with("bob"),
        client_id: ClientMessageId::parse(id).unwrap(),
        text: text.into(),
        at: Timestamp(5),
    };
    let gone = ChatId::parse("anna#gone").unwrap();
    let lost = SavedMessage { chat: gone.clone(), ..saved("old-9", "lost") };
    let outbox = vec![saved("old-1", "one"), lost, saved("old-2", "two")];
    let drafts = vec![(chat_with("bob"), "half a".to_owned()), (gone, "x".to_owned())];
    let effects = rig.act(Action::Restored(Saved { outbox, drafts }));
    assert_eq!(sent_texts(&effects), vec!["one"]);
    assert_eq!(sent_texts(&acknowledge(&mut rig, 1)), vec!["two"]);
    assert_eq!(sent_texts(&acknowledge(&mut rig, 2)), vec!["three"]);
    assert_eq!(rig.chat("bob").draft, "half a");
    assert!(rig.act(Action::Restored(Saved::default())).is_empty());
}

#[test]
fn a_message_that_was_stored_before_the_reload_is_not_pending_any_more() {
    let mut rig = Rig::connected(vec![summary("bob", 7, 0)]);
    rig.state.chats = {
        let mut chats = crate::chats::Chats::clone(&rig.state.chats);
        chats.restored = false;
        chats.into()
    };
    let saved = SavedMessage {
        chat: chat_with("bob"),
        client_id: ClientMessageId::parse("old-1").unwrap(),
        text: "x".into(),
        at: Timestamp(5),
    };
    rig.act(Action::Restored(Saved { outbox: vec![saved], drafts: vec![] }));
    let message = stored(&rig, 4);
    let effects = rig.answer_with(is_send, None, ServerMessage::Chat(ChatNews::MessageAdded { message }));
    assert!(matches!(emitted(&effects)[..], [ClientEvent::MessageSent(message)] if message.seq == Seq(4)));
    assert!(rig.chat("bob").thread.outgoing.is_empty());
    assert_eq!(rig.chat("bob").last_seq, Seq(7));
}

#[test]
fn rate_limited_waits_and_tries_again_in_order() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    write(&mut rig, "one");
    write(&mut rig, "two");
    let failure = Failure { retry_after_ms: Some(700), ..Failure::new(ErrorCode::RateLimited, "slow down") };
    let effects = rig.answer(is_send, ServerMessage::Error(failure));
    assert_eq!(started(&effects, &TimerId::Chat(ChatTimer::Resend)), Some(700));
    assert!(sent_texts(&effects).is_empty(), "the second must not overtake the first");
    assert_eq!(states(&rig), vec![OutgoingState::Pending; 2]);
    assert!(sent_texts(&write(&mut rig, "three")).is_empty());
    assert_eq!(sent_texts(&rig.timer(TimerId::Chat(ChatTimer::Resend))), vec!["one"]);
}

#[test]
fn storage_trouble_is_tried_once_more_then_shown_with_a_way_to_retry() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    rig.api(ApiCall::ComposeMessage { user: "bob".into(), message: "one".into(), send: true });
    assert!(replies(&rig.refuse(is_send, ErrorCode::StorageUnavailable)).is_empty());
    assert_eq!(sent_texts(&rig.timer(TimerId::Chat(ChatTimer::Resend))), vec!["one"]);
    let effects = rig.refuse(is_send, ErrorCode::StorageUnavailable);
    assert_eq!(replies(&effects)[0].1.unwrap_err().server_code, Some("storage_unavailable"));
    assert_eq!(states(&rig), vec![OutgoingState::Failed]);
    let client_id = rig.chat("bob").thread.outgoing[0].client_id.clone();
    let effects = rig.user(ChatAction::Retry { chat: chat_with("bob"), client_id });
    assert_eq!(sent_texts(&effects), vec!["one"]);
    acknowledge(&mut rig, 1);
    assert!(states(&rig).is_empty());
}

#[test]
fn a_refused_message_fails_and_does_not_hold_up_the_next() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    write(&mut rig, "one");
    write(&mut rig, "two");
    let effects = rig.refuse(is_send, ErrorCode::InvalidMessage);
    assert_eq!(sent_texts(&effects), vec!["two"]);
    assert_eq!(states(&rig), vec![OutgoingState::Failed, OutgoingState::Pending]);
    let client_id = rig.chat("bob").thread.outgoing[0].client_id.clone();
    let effects = rig.user(ChatAction::Discard { chat: chat_with("bob"), client_id: client_id.clone() });
    assert!(effects.contains(&Effect::Store(StoreCommand::ForgetMessage { client_id })));
    assert_eq!(states(&rig), vec![OutgoingState::Pending]);
    let under_way = rig.chat("bob").thread.outgoing[0].client_id.clone();
    rig.user(ChatAction::Discard { chat: chat_with("bob"), client_id: under_way });
    assert_eq!(states(&rig).len(), 1, "what is being sent cannot be taken back");
}

#[test]
fn no_answer_in_time_sends_it_again() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    write(&mut rig, "one");
    let id = *rig.state.session.requests.keys().last().unwrap();
    rig.timer(TimerId::Session(SessionTimer::Request(id)));
    assert_eq!(sent_texts(&rig.timer(TimerId::Chat(ChatTimer::Resend))), vec!["one"]);
}

#[test]
fn drafts_are_kept_per_chat_and_saved_now_and_then() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0), summary("carl", 0, 0)]);
    let draft = |other: &str, text: &str| {
        UserAction::Chat(ChatAction::Draft { chat: chat_with(other), text: text.into() })
    };
    assert_eq!(started(&rig.user(draft("bob", "a")), &TimerId::Chat(ChatTimer::SaveDrafts)), Some(500));
    assert_eq!(started(&rig.user(draft("bob", "ab")), &TimerId::Chat(ChatTimer::SaveDrafts)), None);
    rig.user(draft("carl", "c"));
    let effects = rig.timer(TimerId::Chat(ChatTimer::SaveDrafts));
    let save = |other: &str, text: &str| {
        Effect::Store(StoreCommand::SaveDraft { chat: chat_with(other), text: text.into() })
    };
    assert_eq!(effects, vec![save("bob", "ab"), save("carl", "c")]);
    assert!(rig.timer(TimerId::Chat(ChatTimer::SaveDrafts)).is_empty());
    rig.user(draft("bob", "abc"));
    assert!(rig.api(ApiCall::Logout).contains(&save("bob", "abc")), "log-out loses no draft");
}

#[test]
fn typing_is_told_at_most_every_five_seconds_per_chat() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0), summary("carl", 0, 0)]);
    let typed = |rig: &mut Rig, other: &str, text: &str| {
        let effects = rig.user(ChatAction::Draft { chat: chat_with(other), text: text.into() });
        sent(&effects).len()
    };
    assert_eq!(typed(&mut rig, "bob", "a"), 1);
    assert_eq!(typed(&mut rig, "bob", "ab"), 0);
    assert_eq!(typed(&mut rig, "carl", "a"), 1);
    rig.pass(4_999);
    assert_eq!(typed(&mut rig, "bob", "abc"), 0);
    rig.pass(1);
    assert_eq!(typed(&mut rig, "bob", "abc"), 0, "nothing changed");
    assert_eq!(typed(&mut rig, "bob", ""), 0, "deleting everything is not typing");
    assert_eq!(typed(&mut rig, "bob", "d"), 1);
}

#[test]
fn a_message_too_large_for_a_frame_fails_instead_of_breaking_every_line() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    write(&mut rig, "large");
    rig.told(ServerMessage::Error(Failure::new(ErrorCode::FrameTooLarge, "too large")));
    assert_eq!(states(&rig), vec![OutgoingState::Failed]);
    assert!(sent_texts(&rig.reconnect(sync(10, vec![summary("bob", 0, 0)]))).is_empty());
}

#[test]
fn an_acknowledgement_from_beyond_a_gap_waits_until_the_gap_is_closed() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    write(&mut rig, "one");
    let message = stored(&rig, 1);
    let step = CursorStep { prev: Cursor(12), cursor: Cursor(13) };
    let reply = ServerMessage::Chat(ChatNews::MessageAdded { message: message.clone() });
    let effects = rig.answer_with(is_send, Some(step), reply);
    assert!(emitted(&effects).is_empty());
    assert_eq!(sent(&effects), vec![&ClientMessage::Session(SessionRequest::Resync { cursor: Cursor(10) })]);
    // The chat was removed and created anew meanwhile, and the message is the first of its new life.
    let last_message = Some(message.clone());
    let anew = ChatSummary { incarnation: 2, last_message, unread: 0, ..summary("bob", 1, 0) };
    let synced = ServerMessage::Session(SessionNews::Synced(Box::new(sync(13, vec![anew]))));
    let effects = rig.answer(|request| *request == Question::Resync, synced);
    assert!(sent_texts(&effects).is_empty());
    let page = ServerMessage::Chat(ChatNews::Messages {
        chat: chat_with("bob"),
        messages: vec![message.clone()],
        has_more: false,
    });
    let effects = rig.answer(|request| matches!(request, Question::Chat(ChatQuestion::Gap(_))), page);
    assert_eq!(emitted(&effects), vec![&ClientEvent::MessageSent(message)]);
    assert!(rig.chat("bob").thread.outgoing.is_empty());
}

#[test]
fn an_acknowledged_message_from_beyond_a_gap_is_settled_by_closing_it() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    rig.api(ApiCall::ComposeMessage { user: "bob".into(), message: "one".into(), send: true });
    let message = stored(&rig, 3);
    let step = CursorStep { prev: Cursor(12), cursor: Cursor(13) };
    rig.answer_with(
        is_send,
        Some(step),
        ServerMessage::Chat(ChatNews::MessageAdded { message: message.clone() }),
    );
    let synced = Sync { complete: false, ..sync(13, vec![summary("bob", 3, 1)]) };
    let effects = rig.answer(
        |request| *request == Question::Resync,
        ServerMessage::Session(SessionNews::Synced(Box::new(synced))),
    );
    assert!(sent_texts(&effects).is_empty(), "not sent again over the same line");
    let messages = vec![super::rig::message("bob", 2, "bob", "x"), message];
    let page = ServerMessage::Chat(ChatNews::Messages { chat: chat_with("bob"), messages, has_more: false });
    let effects = rig.answer(|request| matches!(request, Question::Chat(ChatQuestion::Gap(_))), page);
    assert_eq!(emitted(&effects).len(), 2);
    assert_eq!(replies(&effects).len(), 1);
    assert!(rig.chat("bob").thread.outgoing.is_empty());
}
