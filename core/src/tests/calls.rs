//! Calls as the host page and the person see them: rings, answers, ends.

use super::rig::{Rig, alias, profile, summary, sync};
use crate::action::{MediaEvent, RtcEvent, UserAction};
use crate::api::{ApiErrorCode, CallChoice};
use crate::calls::{
    CallFailure, CallFront, CallQuestion, Link, MediaProblem, MediaSlot, MediaWant, Source, Stage,
};
use crate::effect::{MediaCommand, RtcCommand, Tone};
use crate::options::Options;
use crate::session::Request;
use crate::{Action, ApiCall, ApiReply, ClientEvent, Effect, select};
use bandyer_protocol::*;

fn call_alias() -> CallAlias {
    CallAlias::parse("room_1").unwrap()
}

fn call(initiator: &str, call_type: CallType) -> Call {
    let other = if initiator == "anna" { "bob" } else { "anna" };
    Call {
        call: call_alias(),
        initiator: Some(alias(initiator)),
        participants: [alias(initiator), alias(other)],
        call_type,
        record: false,
        recording_type: RecordingType::Automatic,
        live: true,
        created_at: Timestamp(1_000_000),
    }
}

fn entry(initiator: &str, phase: CallPhase, call_type: CallType) -> ServerMessage {
    ServerMessage::CallEntered(Box::new(CallEntry {
        call: call(initiator, call_type),
        phase,
        seat: SessionId::parse("s1").unwrap(),
        peer: profile("bob"),
        ice_servers: Vec::new(),
        is_admin: false,
    }))
}

fn rig() -> Rig {
    Rig::connected(vec![summary("bob", 0, 0)])
}

fn create(rig: &mut Rig, call_type: CallType) -> Vec<Effect> {
    let choice = CallChoice { call_type: Some(call_type), ..CallChoice::default() };
    rig.api(ApiCall::CreateCall { users: vec!["bob".into()], choice })
}

fn is_create(request: &Request) -> bool {
    matches!(request, Request::Calls(CallQuestion::Create(_)))
}

fn is_close(request: &Request) -> bool {
    matches!(request, Request::Calls(CallQuestion::Close(_)))
}

/// anna calls bob, and it rings there.
fn dialing(call_type: CallType) -> Rig {
    let mut rig = rig();
    create(&mut rig, call_type);
    rig.answer(is_create, entry("anna", CallPhase::Dialing, call_type));
    rig
}

/// The same, accepted by bob, both in.
fn talking(call_type: CallType) -> Rig {
    let mut rig = dialing(call_type);
    rig.told(ServerMessage::DialAnswered { call: call_alias(), by: alias("bob") });
    rig.told(ServerMessage::CallStarted { call: call_alias(), at: rig.now });
    rig
}

fn dialed(rig: &mut Rig) -> Vec<Effect> {
    let dial = Dial { call: call("bob", CallType::AudioVideo), caller: profile("bob") };
    rig.told(ServerMessage::Dialed(Box::new(dial)))
}

fn events(effects: &[Effect]) -> Vec<&ClientEvent> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Emit(event) = effect { Some(event) } else { None })
        .collect()
}

fn opens(effects: &[Effect]) -> Vec<(bool, bool)> {
    let open = |effect: &Effect| match effect {
        Effect::Media(MediaCommand::Open { mic, camera, .. }) => Some((*mic, *camera)),
        _ => None,
    };
    effects.iter().filter_map(open).collect()
}

fn released(effects: &[Effect]) -> bool {
    effects.contains(&Effect::Media(MediaCommand::ReleaseAll))
        && effects.contains(&Effect::Rtc(RtcCommand::Close))
}

fn rejections(effects: &[Effect]) -> Vec<ApiErrorCode> {
    let code = |effect: &Effect| match effect {
        Effect::Reply(_, Err(error)) => Some(error.code),
        _ => None,
    };
    effects.iter().filter_map(code).collect()
}

#[test]
fn a_created_call_asks_for_devices_first_and_shows_itself() {
    let mut rig = Rig::with(Options { hidden: true, chat: true, ..Options::default() }, "5eed");
    rig.api(ApiCall::Create);
    rig.act(Action::Socket(crate::action::SocketEvent::Opened));
    rig.welcome(sync(10, vec![summary("bob", 0, 0)]));
    let effects = create(&mut rig, CallType::AudioVideo);
    assert_eq!(opens(&effects), [(true, true)]);
    assert!(matches!(effects[0], Effect::Media(_)), "before anything else, in the turn of the click");
    assert!(rig.state.panel.shown && rig.state.panel.expanded);
    assert_eq!(rig.state.calls.front(), Some(CallFront::Dial));
    let effects = rig.answer(is_create, entry("anna", CallPhase::Dialing, CallType::AudioVideo));
    assert!(effects.iter().any(|e| matches!(e, Effect::Reply(_, Ok(ApiReply::Call(_))))));
    assert!(matches!(events(&effects)[..], [ClientEvent::IncomingCall(_)]));
    assert!(effects.contains(&Effect::Tone(Tone::RingBack)));
    assert!(effects.iter().any(|e| matches!(e, Effect::Rtc(RtcCommand::Open { polite: false, .. }))));
    assert_eq!(select::call_status(&rig.state, &call_alias()), "dialing");
    // Stopped: hidden again, as before.
    rig.user(UserAction::HangUp);
    let effects = rig.answer(is_close, ServerMessage::Done);
    let ended = events(&effects);
    assert!(
        matches!(ended[..], [ClientEvent::CallDialStopped { reason: StopReason::Hangup, .. }]),
        "{ended:?}"
    );
    assert!(!rig.state.panel.shown && !rig.state.panel.expanded);
    assert_eq!(select::call_status(&rig.state, &call_alias()), "ended");
}

#[test]
fn an_answered_call_starts_and_ends_with_one_event_each() {
    let mut rig = dialing(CallType::AudioVideo);
    let effects = rig.told(ServerMessage::DialAnswered { call: call_alias(), by: alias("bob") });
    assert!(
        matches!(events(&effects)[..], [ClientEvent::CallDialAnswered { executor, .. }] if executor == &alias("bob"))
    );
    assert!(effects.contains(&Effect::Tone(Tone::Silence)));
    let effects = rig.told(ServerMessage::CallStarted { call: call_alias(), at: rig.now });
    assert!(matches!(events(&effects)[..], [ClientEvent::CallStarted(_)]));
    assert!(events(&rig.told(ServerMessage::CallStarted { call: call_alias(), at: rig.now })).is_empty());
    assert_eq!(select::call_status(&rig.state, &call_alias()), "connected");
    let over =
        ServerMessage::CallEnded { call: call_alias(), by: Some(alias("bob")), reason: EndReason::HungUp };
    let effects = rig.told(over.clone());
    assert!(released(&effects));
    assert!(
        matches!(events(&effects)[..], [ClientEvent::CallEnded { executor: Some(by), .. }] if by == &alias("bob"))
    );
    assert!(rig.told(over).is_empty());
    assert_eq!(rig.state.calls.stage, Stage::Idle);
}

#[test]
fn nothing_of_the_callee_is_opened_before_the_accept() {
    let mut rig = rig();
    let effects = dialed(&mut rig);
    assert!(opens(&effects).is_empty() && !effects.iter().any(|e| matches!(e, Effect::Rtc(_))));
    assert!(effects.contains(&Effect::Tone(Tone::Ring)));
    assert!(matches!(events(&effects)[..], [ClientEvent::IncomingCall(_)]));
    assert_eq!(rig.state.calls.front(), Some(CallFront::Dial));
    let effects = rig.user(UserAction::AcceptDial);
    assert!(matches!(effects[0], Effect::Media(MediaCommand::Open { mic: true, camera: true, .. })));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Rtc(_))), "not before the server says who was first");
    let effects = rig.answer(
        |request| matches!(request, Request::Calls(CallQuestion::Accept(_))),
        entry("bob", CallPhase::Connected, CallType::AudioVideo),
    );
    assert!(effects.iter().any(|e| matches!(e, Effect::Rtc(RtcCommand::Open { polite: true, .. }))));
    assert!(
        matches!(events(&effects)[..], [ClientEvent::CallDialAnswered { executor, .. }] if executor == &alias("anna"))
    );
}

#[test]
fn another_device_that_accepts_or_declines_stops_this_one() {
    let mut rig = rig();
    dialed(&mut rig);
    let effects = rig.told(ServerMessage::DialAnswered { call: call_alias(), by: alias("anna") });
    assert!(matches!(
        events(&effects)[..],
        [ClientEvent::CallDialStopped { reason: StopReason::AnsweredOnAnotherDevice, .. }]
    ));
    dialed(&mut rig);
    let declined =
        ServerMessage::DialDeclined { call: call_alias(), by: alias("anna"), reason: DeclineReason::None };
    let effects = rig.told(declined);
    assert!(matches!(
        events(&effects)[..],
        [ClientEvent::CallDialStopped { reason: StopReason::DeclinedOnAnotherDevice, .. }]
    ));
    assert_eq!(rig.state.calls.stage, Stage::Idle);
    assert!(!rig.state.panel.expanded, "collapsed again, as before");
}

#[test]
fn a_declined_call_tells_both_sides_who_did_it() {
    let mut rig = rig();
    dialed(&mut rig);
    rig.user(UserAction::DeclineDial);
    let effects = rig.answer(is_close, ServerMessage::Done);
    assert!(matches!(
        events(&effects)[..],
        [ClientEvent::CallDialDeclined { executor, reason: DeclineReason::None, .. }] if executor == &alias("anna")
    ));
    let mut rig = dialing(CallType::AudioOnly);
    let declined =
        ServerMessage::DialDeclined { call: call_alias(), by: alias("bob"), reason: DeclineReason::None };
    let effects = rig.told(declined);
    assert!(
        matches!(events(&effects)[..], [ClientEvent::CallDialDeclined { executor, .. }] if executor == &alias("bob"))
    );
    assert!(released(&effects));
}

#[test]
fn every_refusal_of_the_server_has_its_public_string_and_view() {
    for (code, failure) in [
        (ErrorCode::InitiatorNotAvailable, CallFailure::InitiatorNotAvailable),
        (ErrorCode::CalleeBusy, CallFailure::UsersBusy),
        (ErrorCode::VideoNotPermitted, CallFailure::InvalidPermissionCanVideo),
        (ErrorCode::NoPlusUser, CallFailure::Generic),
        (ErrorCode::UserNotFound, CallFailure::Generic),
    ] {
        let mut rig = rig();
        create(&mut rig, CallType::AudioVideo);
        let effects = rig.answer(is_create, ServerMessage::Error(Failure::new(code, "no")));
        assert_eq!(rejections(&effects), [ApiErrorCode::Call(failure)]);
        assert!(released(&effects));
        assert_eq!(rig.state.calls.front(), Some(CallFront::Failure(failure)));
        assert!(rig.state.panel.expanded);
        // A new call may start from there.
        assert!(rejections(&create(&mut rig, CallType::AudioOnly)).is_empty());
    }
    for (code, failure) in [
        (ErrorCode::CallLinkInvalid, CallFailure::JoinInvalidUrl),
        (ErrorCode::CallLinkForeign, CallFailure::JoinInvalidUrl),
        (ErrorCode::CallTooLarge, CallFailure::JoinInvalidMtm),
        (ErrorCode::InitiatorNotAvailable, CallFailure::JoinRequestFailed),
        (ErrorCode::AlreadyInCall, CallFailure::Generic),
    ] {
        let mut rig = rig();
        rig.api(ApiCall::JoinCallUrl { url: "https://x/connect/rest-call-handler/t".into() });
        assert!(rig.state.panel.expanded, "before the request ends");
        let effects = rig.answer(
            |request| matches!(request, Request::Calls(CallQuestion::Join(_))),
            ServerMessage::Error(Failure::new(code, "no")),
        );
        assert_eq!(rejections(&effects), [ApiErrorCode::Call(failure)]);
    }
}

#[test]
fn a_second_call_is_refused_and_leaves_the_first_alone() {
    let mut rig = talking(CallType::AudioVideo);
    let effects = create(&mut rig, CallType::AudioVideo);
    assert_eq!(rejections(&effects), [ApiErrorCode::Call(CallFailure::AnotherCallInProgress)]);
    assert_eq!(rig.state.calls.front(), Some(CallFront::Call));
    assert!(dialed(&mut rig).is_empty(), "a ring during a call is not heard");
}

#[test]
fn a_camera_that_fails_leaves_the_microphone() {
    let mut rig = dialing(CallType::AudioVideo);
    let round = rig.state.calls.round;
    let failed =
        |want| MediaEvent::Failed { round, want, problem: MediaProblem::Refused, labelled_mic: true };
    rig.act(Action::Media(failed(MediaWant::Camera)));
    let effects = rig.act(Action::Media(failed(MediaWant::Mic)));
    assert_eq!(opens(&effects), [(true, false)], "the microphone alone");
    rig.act(Action::Media(MediaEvent::Opened { round, want: MediaWant::Mic, device: None }));
    assert_eq!(rig.state.calls.local.mic, Source::On);
    assert_eq!(rig.state.calls.local.camera, Source::Failed(MediaProblem::Refused));
    // What an earlier call's devices say is not heard.
    let late = MediaEvent::Opened { round: round.wrapping_sub(1), want: MediaWant::Camera, device: None };
    assert!(rig.act(Action::Media(late)).is_empty());
}

#[test]
fn a_refused_microphone_is_asked_for_again_while_the_call_goes_on() {
    let mut rig = talking(CallType::AudioOnly);
    let round = rig.state.calls.round;
    let refused = MediaEvent::Failed {
        round,
        want: MediaWant::Mic,
        problem: MediaProblem::Refused,
        labelled_mic: false,
    };
    let effects = rig.act(Action::Media(refused));
    assert!(
        effects.iter().any(|e| matches!(e, Effect::StartTimer(crate::timers::TimerId::AskMicAgain, 1_000)))
    );
    assert_eq!(opens(&rig.timer(crate::timers::TimerId::AskMicAgain)), [(true, false)]);
    assert!(matches!(rig.state.calls.stage, Stage::Active(_)));
}

#[test]
fn audio_becomes_video_only_with_the_servers_word_and_never_in_an_audio_only_call() {
    let mut rig = talking(CallType::AudioUpgradable);
    assert!(opens(&rig.user(UserAction::ToggleCamera)).is_empty());
    let effects = rig
        .answer(|request| matches!(request, Request::Calls(CallQuestion::Upgrade(_))), ServerMessage::Done);
    assert_eq!(opens(&effects), [(false, true)]);
    let mut rig = talking(CallType::AudioOnly);
    assert!(opens(&rig.user(UserAction::ToggleCamera)).is_empty());
}

#[test]
fn a_cut_line_keeps_the_call_and_says_again_what_was_not_confirmed() {
    let mut rig = talking(CallType::AudioVideo);
    let round = rig.state.calls.round;
    let candidate = |n: u32| Signal::Candidate { candidate: format!("c{n}"), mid: None, line: None };
    rig.act(Action::Socket(crate::action::SocketEvent::Closed));
    for n in 0..3 {
        rig.act(Action::Rtc(RtcEvent::Signal { round, signal: candidate(n) }));
    }
    assert_eq!(rig.state.calls.front(), Some(CallFront::Call));
    rig.reconnect(sync(10, vec![summary("bob", 0, 0)]));
    let effects = rig.answer(
        |request| matches!(request, Request::Calls(CallQuestion::Resume(_))),
        entry("anna", CallPhase::Connected, CallType::AudioVideo),
    );
    let said: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send(envelope) => match &envelope.msg {
                ClientMessage::Signal { signal, .. } => Some(signal.clone()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    let media = Signal::Media(MediaState::default());
    assert_eq!(said, [candidate(0), candidate(1), candidate(2), media]);
    assert!(events(&effects).is_empty());
}

#[test]
fn a_call_that_ended_meanwhile_ends_here_too() {
    let mut rig = talking(CallType::AudioVideo);
    rig.reconnect(sync(10, vec![summary("bob", 0, 0)]));
    let effects = rig.answer(
        |request| matches!(request, Request::Calls(CallQuestion::Resume(_))),
        ServerMessage::Error(Failure::new(ErrorCode::CallNotFound, "over")),
    );
    assert!(released(&effects));
    assert!(matches!(events(&effects)[..], [ClientEvent::CallEnded { executor: None, .. }]));
    assert_eq!(rig.state.calls.front(), Some(CallFront::Failure(CallFailure::ConnectionLost)));
}

#[test]
fn a_broken_connection_is_started_over_until_it_works() {
    let mut rig = talking(CallType::AudioVideo);
    let round = rig.state.calls.round;
    rig.act(Action::Rtc(RtcEvent::Connected { round }));
    rig.act(Action::Rtc(RtcEvent::Broken { round }));
    let is_ice = |request: &Request| matches!(request, Request::Calls(CallQuestion::IceServers(_)));
    let effects = rig.answer(is_ice, ServerMessage::IceServers { servers: Vec::new() });
    assert!(effects.iter().any(|e| matches!(e, Effect::Rtc(RtcCommand::Restart { .. }))));
    rig.timer(crate::timers::TimerId::RestartRtc);
    rig.answer(is_ice, ServerMessage::IceServers { servers: Vec::new() });
    rig.act(Action::Rtc(RtcEvent::Connected { round }));
    assert!(rig.timer(crate::timers::TimerId::RestartRtc).is_empty());
    let Stage::Active(active) = &rig.state.calls.stage else { panic!() };
    assert_eq!(active.link, Link::Connected);
}

#[test]
fn logging_out_says_goodbye_to_the_call_and_lets_go_of_everything() {
    let mut rig = talking(CallType::AudioVideo);
    let effects = rig.api(ApiCall::Logout);
    let hang_up = |effect: &Effect| match effect {
        Effect::Send(envelope) => matches!(envelope.msg, ClientMessage::HangUp { .. }),
        _ => false,
    };
    let said = effects.iter().position(hang_up).unwrap();
    let closed = effects.iter().position(|e| matches!(e, Effect::Socket(_))).unwrap();
    assert!(said < closed);
    assert!(released(&effects));
    assert!(events(&effects).iter().any(|e| matches!(e, ClientEvent::CallEnded { .. })));
}

#[test]
fn feedback_is_asked_for_after_a_call_that_was_looked_at() {
    let mut rig = talking(CallType::AudioVideo);
    std::rc::Rc::make_mut(&mut rig.state.options).feedback = true;
    let over = ServerMessage::CallEnded { call: call_alias(), by: None, reason: EndReason::HungUp };
    rig.told(over.clone());
    assert_eq!(rig.state.calls.front(), Some(CallFront::Feedback));
    rig.user(UserAction::SendFeedback { rating: 9, comment: " good ".into() });
    rig.answer(|request| matches!(request, Request::Calls(CallQuestion::Rate(_))), ServerMessage::Done);
    assert!(rig.state.calls.feedback.as_ref().unwrap().sent);
    rig.user(UserAction::CloseFeedback);
    assert_eq!(rig.state.calls.front(), None);
    // Not when the chat was in front.
    let mut rig = talking(CallType::AudioVideo);
    std::rc::Rc::make_mut(&mut rig.state.options).feedback = true;
    rig.user(UserAction::BackToChat);
    rig.told(over);
    assert_eq!(rig.state.calls.front(), None);
}

#[test]
fn chats_are_not_selected_under_a_call() {
    let mut rig = talking(CallType::AudioVideo);
    let effects = rig.api(ApiCall::SelectChat { user: "bob".into() });
    assert_eq!(rejections(&effects), [ApiErrorCode::NotPermitted]);
    rig.user(UserAction::BackToChat);
    assert!(rejections(&rig.api(ApiCall::SelectChat { user: "bob".into() })).is_empty());
    assert_eq!(select::chat_in_front(&rig.state), Some(&super::rig::chat_with("bob")));
    rig.user(UserAction::BackToCall);
    assert_eq!(select::chat_in_front(&rig.state), None, "what arrives now is not read");
}

#[test]
fn what_the_other_side_sends_is_shown() {
    let mut rig = talking(CallType::AudioVideo);
    let round = rig.state.calls.round;
    let media = MediaState { mic: false, camera: true, screen: false };
    rig.told(ServerMessage::Signaled { call: call_alias(), signal: Signal::Media(media) });
    rig.act(Action::Rtc(RtcEvent::Stream { round, slot: MediaSlot::PeerCamera, live: true }));
    let Stage::Active(active) = &rig.state.calls.stage else { panic!() };
    assert_eq!(active.peer, media);
    assert!(active.peer_streams.camera);
}

#[test]
fn a_call_given_up_before_the_server_answered_is_hung_up_when_it_does() {
    let mut rig = rig();
    create(&mut rig, CallType::AudioVideo);
    let effects = rig.user(UserAction::HangUp);
    assert_eq!(rejections(&effects), [ApiErrorCode::Call(CallFailure::Generic)]);
    assert!(released(&effects));
    let effects = rig.answer(is_create, entry("anna", CallPhase::Dialing, CallType::AudioVideo));
    assert!(effects.iter().any(|effect| match effect {
        Effect::Send(envelope) => matches!(envelope.msg, ClientMessage::HangUp { .. }),
        _ => false,
    }));
    assert!(events(&rig.answer(is_close, ServerMessage::Done)).is_empty(), "the page never knew of it");
    assert_eq!(rig.state.calls.stage, Stage::Idle);
}
