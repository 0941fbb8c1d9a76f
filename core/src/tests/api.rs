//! Public calls: one reply each, whatever happens.

use super::rig::*;
use crate::action::SocketEvent;
use crate::api::{ApiErrorCode, ApiReply};
use crate::options::Options;
use crate::panel::View;
use crate::questions::{ChatQuestion, Question};
use crate::timers::{SessionTimer, TimerId};
use crate::{Action, ApiCall, ApiError, Effect, select};
use bandyer_protocol::*;

fn only(effects: &[Effect]) -> Result<ApiReply, ApiError> {
    let replies = replies(effects);
    assert_eq!(replies.len(), 1, "{effects:?}");
    replies[0].1.cloned().map_err(Clone::clone)
}

fn code(effects: &[Effect]) -> ApiErrorCode {
    only(effects).unwrap_err().code
}

fn compose(user: &str, message: &str, send: bool) -> ApiCall {
    ApiCall::ComposeMessage { user: user.into(), message: message.into(), send }
}

fn chat_added(other: &str) -> ServerMessage {
    ServerMessage::Chat(ChatNews::Added {
        summary: Box::new(summary(other, 0, 0)),
        profile: Box::new(profile(other)),
    })
}

#[test]
fn logout_resolves_in_every_state_and_ends_with_unmount() {
    let mut started = Rig::new();
    started.api(ApiCall::Create);
    let effects = started.api(ApiCall::Logout);
    assert_eq!(replies(&effects).len(), 2, "create is answered too");
    assert_eq!(replies(&effects)[1], (2, Ok(&ApiReply::Done)));
    assert_eq!(effects.last(), Some(&Effect::Unmount));

    let mut reconnecting = Rig::connected(vec![]);
    reconnecting.act(Action::Socket(SocketEvent::Closed));
    let mut expired = Rig::connected(vec![]);
    expired.pass(LIFE_MS);
    expired.timer(TimerId::Session(SessionTimer::TokenExpiry));
    for mut rig in [Rig::new(), Rig::connected(vec![]), reconnecting, expired] {
        let effects = rig.api(ApiCall::Logout);
        assert_eq!(only(&effects), Ok(ApiReply::Done));
        assert_eq!(effects.last(), Some(&Effect::Unmount));
        assert_eq!(only(&rig.api(ApiCall::Logout)), Ok(ApiReply::Done));
        assert_eq!(code(&rig.api(ApiCall::ShowWidget)), ApiErrorCode::NotAuthenticated);
        assert!(rig.act(Action::Awake).is_empty());
    }
}

#[test]
fn calls_that_wait_are_rejected_when_the_session_ends() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    rig.api(ApiCall::GetUser { user: "bob".into() });
    rig.api(ApiCall::AddChat { user: "carl".into() });
    rig.api(ApiCall::RemoveChat { user: "bob".into() });
    rig.api(compose("bob", "hi", true));
    rig.api(ApiCall::UpdateAccessToken { token: "x".into() });
    let effects = rig.api(ApiCall::Logout);
    let mut answered: Vec<u32> = replies(&effects).iter().map(|(call, _)| *call).collect();
    answered.sort_unstable();
    assert_eq!(answered, vec![2, 3, 4, 5, 6, 7]);
    assert!(replies(&effects).iter().filter(|(call, _)| *call < 7).all(|(_, result)| result.is_err()));
}

#[test]
fn add_chat_brings_the_widget_up_once_the_server_agrees() {
    let mut rig = Rig::connected(vec![]);
    rig.api(ApiCall::HideWidget);
    let effects = rig.api(ApiCall::AddChat { user: "bob".into() });
    assert_eq!(sent(&effects), vec![&ClientMessage::Chat(ChatRequest::Add { user: alias("bob") })]);
    assert_eq!((rig.state.panel.adding, rig.state.panel.shown), (1, false));
    let effects = rig.answer(|request| matches!(request, Question::AddChat(_)), chat_added("bob"));
    assert_eq!(only(&effects), Ok(ApiReply::Done));
    assert_eq!(emitted(&effects).len(), 1, "chat_loaded");
    let panel = &rig.state.panel;
    assert_eq!((panel.adding, panel.shown, panel.expanded, &panel.view), (0, true, true, &View::List));
    let again = rig.api(ApiCall::AddChat { user: "bob".into() });
    assert_eq!(sent(&again).len(), 1);
    let effects = rig.answer_with(|request| matches!(request, Question::AddChat(_)), None, chat_added("bob"));
    assert_eq!(only(&effects), Ok(ApiReply::Done));
    assert!(emitted(&effects).is_empty(), "chat_loaded once per chat");
}

#[test]
fn add_chat_fails_with_its_code_for_anybody_else() {
    let mut rig = Rig::connected(vec![]);
    for (user, server_code) in [("", "user_not_found"), ("a b", "user_not_found"), ("anna", "chat_with_self")]
    {
        let error = only(&rig.api(ApiCall::AddChat { user: user.into() })).unwrap_err();
        assert_eq!((error.code, error.server_code), (ApiErrorCode::CreateChat, Some(server_code)));
    }
    rig.api(ApiCall::AddChat { user: "nobody".into() });
    let effects = rig.refuse(|request| matches!(request, Question::AddChat(_)), ErrorCode::UserNotFound);
    assert_eq!(code(&effects), ApiErrorCode::CreateChat);
    assert_eq!(rig.state.panel.adding, 0);
    assert!(!rig.state.panel.expanded);
}

#[test]
fn remove_chat_forgets_the_chat_and_goes_back_to_the_list_quietly() {
    let mut rig = Rig::connected(vec![summary("bob", 3, 1)]);
    rig.api(ApiCall::SelectChat { user: "bob".into() });
    rig.api(ApiCall::RemoveChat { user: "bob".into() });
    let removed = ServerMessage::Chat(ChatNews::Removed { chat: chat_with("bob") });
    let effects = rig.answer(|request| matches!(request, Question::RemoveChat { .. }), removed);
    assert_eq!(only(&effects), Ok(ApiReply::Done));
    assert!(select::chats(&rig.state).is_empty());
    assert_eq!((&rig.state.panel.view, rig.state.panel.notice), (&View::List, None));
    assert_eq!(code(&rig.api(ApiCall::RemoveChat { user: "bob".into() })), ApiErrorCode::ChatNotFound);
}

#[test]
fn a_chat_removed_by_the_other_side_answers_whoever_waits_for_it() {
    let mut rig = Rig::connected(vec![summary("bob", 3, 1)]);
    rig.api(ApiCall::SelectChat { user: "bob".into() });
    rig.api(compose("bob", "hi", true));
    rig.api(ApiCall::RemoveChat { user: "bob".into() });
    let effects = rig.event(ChatNews::Removed { chat: chat_with("bob") });
    let replies = replies(&effects);
    assert_eq!(replies.len(), 2);
    assert!(matches!(replies[0], (3, Err(error)) if error.code == ApiErrorCode::ChatNotFound));
    assert_eq!(replies[1], (4, Ok(&ApiReply::Done)));
    assert_eq!(rig.state.panel.notice, Some(crate::panel::Notice::ChatRemoved));
    assert!(rig.state.session.requests.is_empty());
}

#[test]
fn select_chat_neither_shows_nor_opens() {
    let mut rig = Rig::connected(vec![summary("bob", 3, 2)]);
    rig.api(ApiCall::HideWidget);
    let effects = rig.api(ApiCall::SelectChat { user: "bob".into() });
    assert_eq!(only(&effects), Ok(ApiReply::Done));
    assert_eq!(rig.state.panel.view, View::Conversation(chat_with("bob")));
    assert!(!rig.state.panel.shown && !rig.state.panel.expanded);
    assert_eq!(rig.chat("bob").unread, 2);
    assert_eq!(code(&rig.api(ApiCall::SelectChat { user: "carl".into() })), ApiErrorCode::ChatNotFound);
}

#[test]
fn compose_without_sending_shows_opens_selects_and_fills_in() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    rig.api(ApiCall::HideWidget);
    assert_eq!(only(&rig.api(compose("bob", "draft", false))), Ok(ApiReply::Done));
    assert!(rig.state.panel.shown && rig.state.panel.expanded);
    assert_eq!(select::selected_chat(&rig.state), Some(&chat_with("bob")));
    assert_eq!(rig.chat("bob").draft, "draft");
}

#[test]
fn compose_and_send_is_answered_when_stored_and_leaves_the_draft_alone() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    rig.api(compose("bob", "draft", false));
    let effects = rig.api(compose("bob", "now", true));
    assert!(replies(&effects).is_empty());
    assert_eq!(sent_texts(&effects), vec!["now"]);
    let mut stored = message("bob", 1, "anna", "now");
    stored.client_id = rig.chat("bob").thread.outgoing[0].client_id.clone();
    let effects = rig.answer(
        |request| matches!(request, Question::Chat(ChatQuestion::Send { .. })),
        ServerMessage::Chat(ChatNews::MessageAdded { message: stored }),
    );
    assert_eq!(only(&effects), Ok(ApiReply::Done));
    assert_eq!(rig.chat("bob").draft, "draft");
}

#[test]
fn compose_refuses_blank_and_endless_messages() {
    let mut rig = Rig::connected(vec![summary("bob", 0, 0)]);
    assert_eq!(code(&rig.api(compose("bob", "", true))), ApiErrorCode::InvalidMessage);
    assert_eq!(code(&rig.api(compose("bob", " \n", true))), ApiErrorCode::InvalidMessage);
    assert_eq!(code(&rig.api(compose("bob", &"é".repeat(10_001), true))), ApiErrorCode::InvalidMessage);
    assert_eq!(code(&rig.api(compose("carl", "hi", true))), ApiErrorCode::ChatNotFound);
    assert_eq!(sent_texts(&rig.api(compose("bob", &"é".repeat(10_000), true))).len(), 1);
}

#[test]
fn get_user_and_status_list_pass_the_servers_answer_on() {
    let mut rig = Rig::connected(vec![]);
    rig.api(ApiCall::GetUser { user: "bob".into() });
    let effects = rig.answer(
        |request| matches!(request, Question::GetUser(_)),
        ServerMessage::User(UserNews::Status { user: alias("bob"), status: Presence::Busy }),
    );
    assert_eq!(only(&effects), Ok(ApiReply::User { user: alias("bob"), status: Presence::Busy }));
    rig.api(ApiCall::GetUser { user: "nobody".into() });
    let effects = rig.refuse(|request| matches!(request, Question::GetUser(_)), ErrorCode::UserNotFound);
    assert_eq!(code(&effects), ApiErrorCode::UserNotFound);
    assert_eq!(code(&rig.api(ApiCall::GetUser { user: "".into() })), ApiErrorCode::UserNotFound);
    rig.api(ApiCall::GetUsersStatusList);
    let users = vec![(alias("anna"), Presence::Online)];
    let effects = rig.answer(
        |request| matches!(request, Question::ListOnline(_)),
        ServerMessage::User(UserNews::Online { users: users.clone() }),
    );
    assert_eq!(only(&effects), Ok(ApiReply::Users { users }));
}

#[test]
fn a_call_made_while_offline_is_asked_on_reconnecting_and_given_up_in_time() {
    let mut rig = Rig::connected(vec![]);
    rig.act(Action::Socket(SocketEvent::Closed));
    let effects = rig.api(ApiCall::GetUser { user: "bob".into() });
    assert!(sent(&effects).is_empty() && replies(&effects).is_empty());
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    rig.act(Action::Socket(SocketEvent::Opened));
    let effects = rig.welcome(sync(10, vec![]));
    assert_eq!(sent(&effects), vec![&ClientMessage::User(UserRequest::Get { user: alias("bob") })]);
    let id = *rig.state.session.requests.keys().last().unwrap();
    assert_eq!(
        code(&rig.timer(TimerId::Session(SessionTimer::Request(id)))),
        ApiErrorCode::UserRequestFailed
    );
    assert!(rig.timer(TimerId::Session(SessionTimer::Request(id))).is_empty());
}

#[test]
fn a_removal_that_happened_while_the_line_was_down_is_not_asked_again() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    rig.api(ApiCall::RemoveChat { user: "bob".into() });
    let effects = rig.reconnect(Sync { removed: vec![chat_with("bob")], ..sync(12, vec![]) });
    assert_eq!(only(&effects), Ok(ApiReply::Done));
    assert!(sent(&effects).is_empty());
    let mut anew = Rig::connected(vec![summary("bob", 1, 0)]);
    anew.api(ApiCall::RemoveChat { user: "bob".into() });
    let second = ChatSummary { incarnation: 2, ..summary("bob", 0, 0) };
    let effects = anew.reconnect(sync(13, vec![second]));
    assert_eq!(only(&effects), Ok(ApiReply::Done));
    assert!(sent(&effects).is_empty(), "the new chat must not be removed");
}

#[test]
fn without_the_chat_module_chat_calls_are_refused_and_no_chat_shows() {
    let mut rig = Rig::with(Options { chat: false, ..Options::default() }, "5eed");
    rig.api(ApiCall::Create);
    rig.act(Action::Socket(SocketEvent::Opened));
    rig.welcome(sync(10, vec![summary("bob", 3, 2)]));
    rig.event(ChatNews::MessageAdded { message: message("bob", 4, "bob", "x") });
    assert!(select::chats(&rig.state).is_empty());
    assert_eq!(select::chat_list(&rig.state), select::ChatList::ChatOff);
    let error = only(&rig.api(ApiCall::AddChat { user: "bob".into() })).unwrap_err();
    assert_eq!(
        (error.code, error.message.as_str()),
        (ApiErrorCode::NotPermitted, "Chat module not initialized")
    );
    assert_eq!(only(&rig.api(ApiCall::OpenWidget)), Ok(ApiReply::True));
}

#[test]
fn before_create_only_the_extension_address_can_be_set() {
    let mut rig = Rig::new();
    assert_eq!(code(&rig.api(ApiCall::OpenWidget)), ApiErrorCode::NotAuthenticated);
    assert_eq!(only(&rig.api(ApiCall::SetExtensionUrl { url: "u".into() })), Ok(ApiReply::Done));
    assert_eq!(rig.state.options.screen_sharing_extension_url, "u");
}
