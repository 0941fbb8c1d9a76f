//! New tokens: given with a line and without, once and twice, good and bad.

use super::rig::*;
use crate::action::SocketEvent;
use crate::api::{ApiErrorCode, ApiReply};
use crate::questions::Question;
use crate::timers::{SessionTimer, TimerId};
use crate::{Action, ApiCall, ClientEvent, Effect, select};
use bandyer_protocol::*;

/// Gives a token; the number of the call is the rig's next.
fn give(rig: &mut Rig, token: &str) -> Vec<Effect> {
    rig.api(ApiCall::UpdateAccessToken { token: token.into() })
}

fn lose_line(rig: &mut Rig) {
    rig.act(Action::Socket(SocketEvent::Closed));
}

/// Opens the next line; returns the token it is opened with.
fn open_line(rig: &mut Rig) -> String {
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    let effects = rig.act(Action::Socket(SocketEvent::Opened));
    match sent(&effects)[..] {
        [ClientMessage::Session(SessionRequest::Authenticate(request))] => request.token.0.clone(),
        _ => panic!("no token but {effects:?}"),
    }
}

fn is_refresh(question: &Question) -> bool {
    matches!(question, Question::RefreshToken(_))
}

fn is_authenticate(question: &Question) -> bool {
    *question == Question::Authenticate
}

fn refused_with(effects: &[Effect]) -> Vec<(u32, ApiErrorCode)> {
    replies(effects).iter().filter_map(|(call, reply)| Some((*call, reply.err()?.code))).collect()
}

fn updated(effects: &[Effect]) -> Vec<u32> {
    let is_updated = |reply: &Result<&ApiReply, _>| matches!(reply, Ok(ApiReply::TokenUpdated { .. }));
    replies(effects).iter().filter(|(_, reply)| is_updated(reply)).map(|(call, _)| *call).collect()
}

#[test]
fn a_token_given_while_the_line_is_down_opens_the_next_line_and_is_answered_by_it() {
    let mut rig = Rig::connected(vec![]);
    lose_line(&mut rig);
    let effects = give(&mut rig, "new");
    assert!(replies(&effects).is_empty() && sent(&effects).is_empty());
    assert_eq!(effects, [], "nothing gives it up after a while");
    // The old one runs out meanwhile.
    rig.pass(LIFE_MS + 1_000);
    let effects = rig.timer(TimerId::Session(SessionTimer::TokenExpiry));
    assert!(emitted(&effects).is_empty());
    assert!(select::is_authenticated(&rig.state));
    assert_eq!(open_line(&mut rig), "new");
    let expires_at = rig.now.plus_ms(LIFE_MS);
    let effects = rig.welcome(sync(1, vec![]));
    assert_eq!(replies(&effects), vec![(2, Ok(&ApiReply::TokenUpdated { expires_at }))]);
    assert!(sent(&effects).is_empty(), "it need not be said again");
    assert_eq!(started(&effects, &TimerId::Session(SessionTimer::TokenExpiry)), Some(LIFE_MS as u32));
    lose_line(&mut rig);
    assert_eq!(open_line(&mut rig), "new");
}

#[test]
fn of_two_given_the_newer_opens_the_line_and_both_are_answered() {
    let mut rig = Rig::connected(vec![]);
    lose_line(&mut rig);
    give(&mut rig, "second");
    give(&mut rig, "third");
    assert_eq!(open_line(&mut rig), "third");
    assert_eq!(updated(&rig.welcome(sync(1, vec![]))), [2, 3]);
}

#[test]
fn a_bad_one_is_refused_and_the_session_goes_on_with_what_is_good() {
    for code in [ErrorCode::InvalidToken, ErrorCode::TokenExpired] {
        let mut rig = Rig::connected(vec![]);
        lose_line(&mut rig);
        give(&mut rig, "good");
        give(&mut rig, "bad");
        assert_eq!(open_line(&mut rig), "bad");
        let effects = rig.refuse(is_authenticate, code);
        assert_eq!(refused_with(&effects), [(3, ApiErrorCode::TokenRefused)]);
        assert!(select::is_authenticated(&rig.state));
        assert_eq!(open_line(&mut rig), "good");
        assert_eq!(updated(&rig.welcome(sync(1, vec![]))), [2]);
    }
    let mut rig = Rig::connected(vec![]);
    lose_line(&mut rig);
    give(&mut rig, "bad");
    open_line(&mut rig);
    rig.refuse(is_authenticate, ErrorCode::InvalidToken);
    assert_eq!(open_line(&mut rig), "t", "the one the session had");
}

#[test]
fn one_too_long_for_a_frame_is_refused_like_any_bad_one() {
    let mut rig = Rig::connected(vec![]);
    lose_line(&mut rig);
    give(&mut rig, &"x".repeat(100_000));
    rig.timer(TimerId::Session(SessionTimer::Reconnect));
    let effects = rig.act(Action::Socket(SocketEvent::Opened));
    assert_eq!(refused_with(&effects), [(2, ApiErrorCode::TokenRefused)]);
    assert_eq!(open_line(&mut rig), "t");
}

#[test]
fn a_bad_one_after_the_old_one_ran_out_ends_the_session_once() {
    let mut rig = Rig::connected(vec![]);
    let expires_at = rig.now.plus_ms(LIFE_MS);
    lose_line(&mut rig);
    give(&mut rig, "bad");
    rig.pass(LIFE_MS + 1);
    rig.timer(TimerId::Session(SessionTimer::TokenExpiry));
    open_line(&mut rig);
    let effects = rig.refuse(is_authenticate, ErrorCode::InvalidToken);
    assert_eq!(refused_with(&effects), [(2, ApiErrorCode::TokenRefused)]);
    assert_eq!(emitted(&effects), vec![&ClientEvent::AccessTokenExpired { expires_at }]);
    assert!(!select::is_authenticated(&rig.state));
}

#[test]
fn another_users_token_takes_nobody_into_another_account() {
    let mut rig = Rig::connected(vec![summary("bob", 1, 0)]);
    lose_line(&mut rig);
    give(&mut rig, "of carl");
    assert_eq!(open_line(&mut rig), "of carl");
    let effects = rig.welcome_as("carl", sync(1, vec![]));
    assert_eq!(refused_with(&effects), [(2, ApiErrorCode::TokenRefused)]);
    assert!(effects.contains(&Effect::Socket(crate::effect::SocketCommand::Close)));
    let me = rig.state.users.me.as_ref().map(|me| me.profile.alias.clone());
    assert_eq!(me, Some(alias("anna")));
    assert!(rig.state.chats.by_id.contains_key(&chat_with("bob")));
    assert_eq!(open_line(&mut rig), "t");
}

#[test]
fn one_given_while_a_line_is_being_opened_is_told_over_it() {
    let mut rig = Rig::connected(vec![]);
    lose_line(&mut rig);
    assert_eq!(open_line(&mut rig), "t");
    assert_eq!(give(&mut rig, "new"), []);
    let effects = rig.welcome(sync(1, vec![]));
    let new = SessionRequest::RefreshToken { token: Secret("new".into()) };
    assert_eq!(sent(&effects), vec![&ClientMessage::Session(new)]);
    assert!(replies(&effects).is_empty());
    let expires_at = rig.now.plus_ms(LIFE_MS);
    let effects = rig.answer(is_refresh, SessionNews::TokenRefreshed { expires_at }.into());
    assert_eq!(updated(&effects), [2]);

    // And when the old one turns out to have run out, it opens another.
    let mut rig = Rig::connected(vec![]);
    lose_line(&mut rig);
    open_line(&mut rig);
    give(&mut rig, "new");
    rig.refuse(is_authenticate, ErrorCode::TokenExpired);
    assert_eq!(open_line(&mut rig), "new");
    assert_eq!(updated(&rig.welcome(sync(1, vec![]))), [2]);
}

#[test]
fn one_whose_answer_was_lost_with_the_line_opens_the_next() {
    let mut rig = Rig::connected(vec![]);
    assert_eq!(sent(&give(&mut rig, "new")).len(), 1);
    lose_line(&mut rig);
    assert_eq!(open_line(&mut rig), "new");
    assert_eq!(updated(&rig.welcome(sync(1, vec![]))), [2]);
}

#[test]
fn one_on_its_way_when_the_old_one_runs_out_keeps_the_session() {
    let mut rig = Rig::connected(vec![]);
    give(&mut rig, "new");
    rig.pass(LIFE_MS + 1);
    assert_eq!(rig.timer(TimerId::Session(SessionTimer::TokenExpiry)), []);
    // The server was faster, and ends the line.
    rig.told(ServerMessage::Error(Failure::new(ErrorCode::TokenExpired, "it ran out")));
    assert!(select::is_authenticated(&rig.state));
    assert_eq!(open_line(&mut rig), "new");
    assert_eq!(updated(&rig.welcome(sync(1, vec![]))), [2]);
}

#[test]
fn after_the_session_has_expired_a_token_is_refused_at_once() {
    let mut rig = Rig::connected(vec![]);
    rig.pass(LIFE_MS + 1);
    rig.timer(TimerId::Session(SessionTimer::TokenExpiry));
    assert_eq!(refused_with(&give(&mut rig, "late")), [(2, ApiErrorCode::NotAuthenticated)]);
}

#[test]
fn whoever_waits_when_the_session_ends_is_told() {
    let mut rig = Rig::connected(vec![]);
    lose_line(&mut rig);
    give(&mut rig, "new");
    let effects = rig.api(ApiCall::Logout);
    assert_eq!(refused_with(&effects), [(2, ApiErrorCode::NotAuthenticated)]);
}
