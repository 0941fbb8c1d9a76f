//! The connection: creating, watching, re-opening, and its ends.

use super::rig::*;
use crate::action::{SocketEvent, UserAction};
use crate::api::{ApiErrorCode, ApiReply};
use crate::effect::{SocketCommand, StoreCommand};
use crate::panel::{InactiveReason, Outdated, View};
use crate::questions::{ChatQuestion, Question};
use crate::session::Phase;
use crate::timers::{ChatTimer, SessionTimer, TimerId};
use crate::{Action, ApiCall, ClientEvent, Effect, select};
use bandyer_protocol::*;

const OPEN: Effect = Effect::Socket(SocketCommand::Open);
const CLOSE: Effect = Effect::Socket(SocketCommand::Close);

fn error_of(effects: &[Effect]) -> (u32, ApiErrorCode, Option<&'static str>) {
    let replies = replies(effects);
    assert_eq!(replies.len(), 1, "{effects:?}");
    let error = replies[0].1.unwrap_err();
    (replies[0].0, error.code, error.server_code)
}

#[test]
fn create_opens_authenticates_loads_and_replies() {
    let mut rig = Rig::new();
    let effects = rig.api(ApiCall::Create);
    assert!(effects.contains(&OPEN));
    assert_eq!(started(&effects, &TimerId::Session(SessionTimer::Connect)), Some(10_000));
    let effects = rig.act(Action::Socket(SocketEvent::Opened));
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Session(SessionRequest::Authenticate(a))] if a.token.0 == "t" && a.cursor.is_none())
    );
    assert!(!select::is_authenticated(&rig.state));
    let effects = rig.welcome(sync(7, vec![summary("bob", 0, 0)]));
    assert_eq!(replies(&effects), vec![(1, Ok(&ApiReply::Created { user: alias("anna") }))]);
    assert!(effects.contains(&Effect::Store(StoreCommand::Load { user: alias("anna") })));
    assert!(effects.contains(&Effect::StopTimer(TimerId::Session(SessionTimer::Connect))));
    assert!(select::is_authenticated(&rig.state));
    assert_eq!(emitted(&effects), Vec::<&ClientEvent>::new(), "chat_loaded waits for the listeners");
    assert!(matches!(
        emitted(&rig.timer(TimerId::Chat(ChatTimer::Announce)))[..],
        [ClientEvent::ChatLoaded(_)]
    ));
    assert!(emitted(&rig.timer(TimerId::Chat(ChatTimer::Announce))).is_empty());
}

#[test]
fn create_gives_up_on_an_unreachable_server_and_frees_everything() {
    let mut rig = Rig::new();
    rig.api(ApiCall::Create);
    let effects = rig.act(Action::Socket(SocketEvent::Closed));
    assert!(
        started(&effects, &TimerId::Session(SessionTimer::Reconnect)).is_some(),
        "keeps trying until the time is up"
    );
    let effects = rig.timer(TimerId::Session(SessionTimer::Connect));
    assert_eq!(error_of(&effects), (1, ApiErrorCode::ServerNotReachable, None));
    assert_eq!(effects.last(), Some(&Effect::Unmount));
    assert!(rig.timer(TimerId::Session(SessionTimer::Reconnect)).is_empty());
}

#[test]
fn create_is_refused_with_the_servers_word() {
    for (code, expected) in [
        (ErrorCode::InvalidToken, ApiErrorCode::Refused),
        (ErrorCode::TokenExpired, ApiErrorCode::Refused),
        (ErrorCode::UserDeleted, ApiErrorCode::Refused),
        (ErrorCode::TooManySessions, ApiErrorCode::Refused),
        (ErrorCode::UnsupportedProtocol, ApiErrorCode::VersionDeprecated),
        (ErrorCode::MalformedFrame, ApiErrorCode::ConnectionFailed),
    ] {
        let mut rig = Rig::new();
        rig.api(ApiCall::Create);
        rig.act(Action::Socket(SocketEvent::Opened));
        let effects = rig.refuse(|request| *request == Question::Authenticate, code);
        assert_eq!(error_of(&effects), (1, expected, Some(code.as_str())));
        assert!(effects.contains(&CLOSE));
        assert_eq!(effects.last(), Some(&Effect::Unmount));
    }
}

#[test]
fn a_server_in_trouble_is_asked_again_while_there_is_time() {
    let mut rig = Rig::new();
    rig.api(ApiCall::Create);
    rig.act(Action::Socket(SocketEvent::Opened));
    let effects = rig.refuse(|request| *request == Question::Authenticate, ErrorCode::StorageUnavailable);
    assert!(replies(&effects).is_empty());
    assert!(started(&effects, &TimerId::Session(SessionTimer::Reconnect)).is_some());
    assert_eq!(
        error_of(&rig.timer(TimerId::Session(SessionTimer::Connect))).1,
        ApiErrorCode::ConnectionFailed
    );
}

#[test]
fn reconnects_for_ever_with_growing_delays() {
    let mut rig = Rig::connected(vec![]);
    let effects = rig.act(Action::Socket(SocketEvent::Closed));
    assert!(select::is_authenticated(&rig.state) && select::network_down(&rig.state));
    let mut delays = vec![started(&effects, &TimerId::Session(SessionTimer::Reconnect)).unwrap()];
    for _ in 0..20 {
        assert!(rig.timer(TimerId::Session(SessionTimer::Reconnect)).contains(&OPEN));
        delays.push(
            started(
                &rig.act(Action::Socket(SocketEvent::Closed)),
                &TimerId::Session(SessionTimer::Reconnect),
            )
            .unwrap(),
        );
    }
    assert!((750..=1_250).contains(&delays[0]), "{delays:?}");
    assert!(delays[3..].iter().all(|ms| (3_750..=6_250).contains(ms)), "{delays:?}");
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    let effects = rig.act(Action::Socket(SocketEvent::Opened));
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Session(SessionRequest::Authenticate(a))] if a.cursor == Some(Cursor(10)))
    );
    rig.welcome(sync(10, vec![]));
    assert_eq!(rig.state.session.phase, Phase::Connected);
    assert!(!select::network_down(&rig.state));
}

#[test]
fn waking_up_reconnects_at_once_or_asks_for_a_sign_of_life() {
    let mut rig = Rig::connected(vec![]);
    rig.pass(60_000);
    assert_eq!(sent(&rig.act(Action::Awake)), vec![&ClientMessage::Session(SessionRequest::Ping)]);
    assert!(rig.act(Action::Awake).is_empty(), "one ping is enough");
    rig.act(Action::Socket(SocketEvent::Closed));
    assert!(rig.act(Action::Awake).contains(&OPEN));
    assert!(rig.act(Action::Awake).is_empty(), "opening already");
}

#[test]
fn a_silent_line_is_asked_then_given_up() {
    let mut rig = Rig::connected(vec![]);
    rig.pass(12_000);
    rig.told(UserNews::PresenceChanged { users: vec![] });
    rig.pass(8_000);
    let effects = rig.timer(TimerId::Session(SessionTimer::Heartbeat));
    assert_eq!(started(&effects, &TimerId::Session(SessionTimer::Heartbeat)), Some(12_000));
    rig.pass(12_000);
    let effects = rig.timer(TimerId::Session(SessionTimer::Heartbeat));
    assert_eq!(sent(&effects), vec![&ClientMessage::Session(SessionRequest::Ping)]);
    assert_eq!(started(&effects, &TimerId::Session(SessionTimer::Heartbeat)), Some(10_000));
    rig.pass(10_000);
    let effects = rig.timer(TimerId::Session(SessionTimer::Heartbeat));
    assert!(effects.contains(&CLOSE));
    assert!(started(&effects, &TimerId::Session(SessionTimer::Reconnect)).is_some());
    assert_eq!(rig.state.session.phase, Phase::Reconnecting);
}

#[test]
fn a_pong_keeps_the_line() {
    let mut rig = Rig::connected(vec![]);
    rig.pass(20_000);
    rig.timer(TimerId::Session(SessionTimer::Heartbeat));
    rig.pass(50);
    rig.answer(|request| *request == Question::Ping, ServerMessage::Session(SessionNews::Pong));
    rig.pass(9_950);
    assert!(!rig.timer(TimerId::Session(SessionTimer::Heartbeat)).contains(&CLOSE));
    assert_eq!(rig.state.session.phase, Phase::Connected);
}

#[test]
fn an_announced_restart_is_not_shown() {
    let mut rig = Rig::connected(vec![]);
    rig.told(SessionNews::Restarting { reconnect_after_ms: 400 });
    let effects = rig.act(Action::Socket(SocketEvent::Closed));
    assert!((300..=500).contains(&started(&effects, &TimerId::Session(SessionTimer::Reconnect)).unwrap()));
    assert!(!select::network_down(&rig.state));
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    rig.act(Action::Socket(SocketEvent::Closed));
    assert!(select::network_down(&rig.state), "it did not come back in time");
}

#[test]
fn the_token_is_warned_of_then_ends_the_session() {
    let mut rig = Rig::new();
    rig.api(ApiCall::Create);
    rig.act(Action::Socket(SocketEvent::Opened));
    let effects = rig.welcome(sync(1, vec![]));
    assert_eq!(started(&effects, &TimerId::Session(SessionTimer::TokenWarning)), Some(480_000));
    assert_eq!(started(&effects, &TimerId::Session(SessionTimer::TokenExpiry)), Some(600_000));
    let expires_at = rig.now.plus_ms(LIFE_MS);
    rig.pass(480_000);
    assert_eq!(
        emitted(&rig.timer(TimerId::Session(SessionTimer::TokenWarning))),
        vec![&ClientEvent::AccessTokenIsAboutToExpire { expires_at }]
    );
    assert!(emitted(&rig.timer(TimerId::Session(SessionTimer::TokenWarning))).is_empty());
    rig.api(ApiCall::GetUsersStatusList);
    rig.pass(120_000);
    let effects = rig.timer(TimerId::Session(SessionTimer::TokenExpiry));
    assert_eq!(emitted(&effects), vec![&ClientEvent::AccessTokenExpired { expires_at }]);
    assert_eq!(error_of(&effects), (2, ApiErrorCode::NotAuthenticated, None));
    assert!(effects.contains(&CLOSE));
    assert!(!select::is_authenticated(&rig.state));
    assert_eq!(rig.state.panel.view, View::Inactive(InactiveReason::TokenExpired));
    assert!(!effects.contains(&Effect::Unmount));
    let effects = rig.user(UserAction::LeaveInactive);
    assert_eq!(effects.last(), Some(&Effect::Unmount));
}

#[test]
fn a_short_token_is_warned_of_after_two_thirds_of_its_life() {
    let mut rig = Rig::connected(vec![]);
    rig.api(ApiCall::UpdateAccessToken { token: "t2".into() });
    let expires_at = rig.now.plus_ms(90_000);
    let effects = rig.answer(
        |request| matches!(request, Question::RefreshToken(_)),
        ServerMessage::Session(SessionNews::TokenRefreshed { expires_at }),
    );
    assert_eq!(replies(&effects), vec![(2, Ok(&ApiReply::TokenUpdated { expires_at }))]);
    assert_eq!(started(&effects, &TimerId::Session(SessionTimer::TokenWarning)), Some(60_000));
    assert_eq!(started(&effects, &TimerId::Session(SessionTimer::TokenExpiry)), Some(90_000));
    rig.act(Action::Socket(SocketEvent::Closed));
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    let effects = rig.act(Action::Socket(SocketEvent::Opened));
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Session(SessionRequest::Authenticate(a))] if a.token.0 == "t2")
    );
}

#[test]
fn a_refused_token_changes_nothing() {
    let mut rig = Rig::connected(vec![]);
    rig.api(ApiCall::UpdateAccessToken { token: "bad".into() });
    let effects = rig.refuse(|request| matches!(request, Question::RefreshToken(_)), ErrorCode::WrongUser);
    assert_eq!(error_of(&effects), (2, ApiErrorCode::TokenRefused, Some("access_token_invalid_user")));
    assert_eq!(rig.state.session.token, "t");
    assert!(select::is_authenticated(&rig.state));
}

#[test]
fn the_time_until_expiry_goes_by_the_servers_clock_and_survives_a_long_life() {
    let mut rig = Rig::connected(vec![]);
    rig.api(ApiCall::UpdateAccessToken { token: "t2".into() });
    let year = 365 * 86_400_000;
    let expires_at = rig.now.plus_ms(year);
    let effects = rig.answer(
        |request| matches!(request, Question::RefreshToken(_)),
        ServerMessage::Session(SessionNews::TokenRefreshed { expires_at }),
    );
    assert_eq!(started(&effects, &TimerId::Session(SessionTimer::TokenExpiry)), Some(2_000_000_000));
    rig.pass(2_000_000_000);
    let effects = rig.timer(TimerId::Session(SessionTimer::TokenExpiry));
    assert!(emitted(&effects).is_empty());
    assert_eq!(started(&effects, &TimerId::Session(SessionTimer::TokenExpiry)), Some(2_000_000_000));
}

#[test]
fn force_disconnect_ends_the_session_with_its_reason() {
    let mut rig = Rig::connected(vec![]);
    let reason = DisconnectReason::UserDisabled;
    let effects = rig.told(SessionNews::ForceDisconnect { reason });
    assert_eq!(emitted(&effects), vec![&ClientEvent::ForceDisconnect { reason }]);
    assert_eq!(rig.state.panel.view, View::Inactive(InactiveReason::Disconnected(reason)));
    assert!(!select::is_authenticated(&rig.state));
    assert!(rig.act(Action::Socket(SocketEvent::Closed)).is_empty());
    assert!(rig.act(Action::Awake).is_empty());
}

#[test]
fn a_token_refused_on_reconnecting_ends_the_session() {
    for (code, view) in [
        (ErrorCode::TokenExpired, View::Inactive(InactiveReason::TokenExpired)),
        (ErrorCode::UserDeleted, View::Inactive(InactiveReason::Disconnected(DisconnectReason::UserDeleted))),
    ] {
        let mut rig = Rig::connected(vec![]);
        rig.act(Action::Socket(SocketEvent::Closed));
        rig.timer(TimerId::Session(SessionTimer::Reconnect));
        rig.act(Action::Socket(SocketEvent::Opened));
        rig.refuse(|request| *request == Question::Authenticate, code);
        assert_eq!(rig.state.panel.view, view);
    }
}

#[test]
fn a_missed_step_is_asked_for_once_and_nothing_of_it_shows_before() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0), summary("carl", 0, 0)]);
    let added = |other: &str, seq| {
        ServerMessage::Chat(ChatNews::MessageAdded { message: message(other, seq, other, "x") })
    };
    let effects = rig.event_after_loss(added("bob", 2));
    assert_eq!(sent(&effects), vec![&ClientMessage::Session(SessionRequest::Resync { cursor: Cursor(10) })]);
    assert!(emitted(&effects).is_empty());
    assert!(sent(&rig.event(added("bob", 3))).is_empty(), "asked already");
    let mut missed = sync(rig.cursor, vec![summary("bob", 3, 2), summary("carl", 1, 1)]);
    missed.complete = false;
    let effects = rig.answer(
        |request| *request == Question::Resync,
        ServerMessage::Session(SessionNews::Synced(Box::new(missed))),
    );
    assert_eq!(sent(&effects).len(), 2, "both chats have a gap to close: {effects:?}");
    assert!(emitted(&effects).is_empty());
    assert!(emitted(&rig.event(added("bob", 4))).is_empty(), "nothing passes the gap");
    let page = (2..=4).map(|seq| message("bob", seq, "bob", "x")).collect();
    let chat = chat_with("bob");
    let effects = rig.answer(
        |request| matches!(request, Question::Chat(ChatQuestion::Gap(id)) if *id == chat),
        ServerMessage::Chat(ChatNews::Messages { chat: chat_with("bob"), messages: page, has_more: false }),
    );
    let seqs: Vec<u64> = emitted(&effects)
        .into_iter()
        .map(|event| match event {
            ClientEvent::MessageReceived(message) => message.seq.0,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seqs, vec![2, 3, 4]);
    assert_eq!(rig.chat("bob").unread, 3);
}

#[test]
fn an_event_seen_before_is_ignored() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    rig.cursor = 5;
    let effects = rig.event(ChatNews::MessageAdded { message: message("bob", 2, "bob", "x") });
    assert!(effects.is_empty());
    assert_eq!(rig.chat("bob").last_seq, Seq(1));
}

#[test]
fn a_question_too_long_for_a_frame_is_refused_here() {
    let mut rig = Rig::connected(vec![]);
    let effects = rig.api(ApiCall::UpdateAccessToken { token: "x".repeat(100_000) });
    assert!(sent(&effects).is_empty());
    assert_eq!(error_of(&effects).1, ApiErrorCode::TokenRefused);
    let effects = rig.api(ApiCall::JoinCallUrl { url: "x".repeat(100_000) });
    assert!(sent(&effects).is_empty());
    assert_eq!(error_of(&effects).1, ApiErrorCode::Call(crate::calls::CallFailure::JoinInvalidUrl));
}

#[test]
fn a_question_that_closed_the_line_for_its_length_is_not_repeated() {
    let mut rig = Rig::connected(vec![]);
    rig.api(ApiCall::UpdateAccessToken { token: "x".repeat(9_000) });
    rig.api(ApiCall::GetUsersStatusList);
    let effects = rig.told(ServerMessage::Error(Failure::new(ErrorCode::FrameTooLarge, "too large")));
    assert_eq!(error_of(&effects).1, ApiErrorCode::TokenRefused);
    let effects = rig.reconnect(sync(10, vec![]));
    assert_eq!(sent(&effects), vec![&ClientMessage::User(UserRequest::ListOnline)]);
}

/// The line broke, the server was updated meanwhile, and the page comes back.
fn back_at_another_version(v: u16) -> (Rig, Vec<Effect>) {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    rig.act(Action::Socket(SocketEvent::Closed));
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    rig.act(Action::Socket(SocketEvent::Opened));
    let asked = rig.asked();
    let effects = rig.version(v, Some(asked), ErrorCode::UnsupportedProtocol);
    (rig, effects)
}

#[test]
fn a_page_too_old_says_so_once_and_does_not_come_back() {
    let newer = PROTOCOL_VERSION + 1;
    let (mut rig, effects) = back_at_another_version(newer);
    assert_eq!(rig.state.panel.view, View::Inactive(InactiveReason::Outdated(Outdated::Page)));
    assert!(effects.contains(&CLOSE));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::StartTimer(..))), "{effects:?}");
    assert!(!rig.state.session.is_authenticated());
    for action in [Action::Awake, Action::Socket(SocketEvent::Closed)] {
        assert_eq!(rig.act(action), []);
    }
    assert_eq!(rig.timer(TimerId::Session(SessionTimer::Reconnect)), []);
    let gone = rig.user(UserAction::LeaveInactive);
    assert_eq!(gone.last(), Some(&Effect::Unmount));

    // It may also be told over a line that is up.
    let mut rig = Rig::connected(vec![]);
    rig.version(newer, None, ErrorCode::UnsupportedProtocol);
    assert_eq!(rig.state.panel.view, View::Inactive(InactiveReason::Outdated(Outdated::Page)));
}

#[test]
fn a_server_older_than_the_page_is_not_asked_for_ever_either() {
    let (rig, effects) = back_at_another_version(PROTOCOL_VERSION - 1);
    assert_eq!(rig.state.panel.view, View::Inactive(InactiveReason::Outdated(Outdated::Server)));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::StartTimer(..))), "{effects:?}");
}

#[test]
fn a_welcome_that_cannot_be_read_is_not_asked_for_again() {
    let mut rig = Rig::connected(vec![]);
    rig.act(Action::Socket(SocketEvent::Closed));
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    rig.act(Action::Socket(SocketEvent::Opened));
    rig.answer(|question| *question == Question::Authenticate, ServerMessage::Unknown);
    assert_eq!(rig.state.panel.view, View::Inactive(InactiveReason::Outdated(Outdated::Page)));

    let mut rig = Rig::new();
    rig.api(ApiCall::Create);
    rig.act(Action::Socket(SocketEvent::Opened));
    let effects = rig.answer(|question| *question == Question::Authenticate, ServerMessage::Unknown);
    assert_eq!(error_of(&effects), (1, ApiErrorCode::VersionDeprecated, None));
    assert_eq!(effects.last(), Some(&Effect::Unmount));
}

#[test]
fn unknown_news_is_passed_over_and_its_step_counts() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    assert_eq!(rig.event(ServerMessage::Unknown), []);
    assert_eq!(rig.told(ServerMessage::Unknown), []);
    let effects = rig.event(ChatNews::MessageAdded { message: message("bob", 2, "bob", "after it") });
    assert!(sent(&effects).is_empty(), "nothing was missed: {effects:?}");
    assert_eq!(rig.chat("bob").last_seq, Seq(2));
}

#[test]
fn an_unknown_answer_fails_the_one_request_by_name() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    rig.api(ApiCall::GetUser { user: "bob".into() });
    let effects = rig.answer(|question| matches!(question, Question::GetUser(_)), ServerMessage::Unknown);
    assert_eq!(error_of(&effects).2, Some("unknown_message"));
    assert!(rig.state.session.is_online());
}
