//! Calls that never connect, and what the server is told of those that do.

use super::*;
use crate::action::RtcProblem;
use bandyer_protocol::call::HangUpReason;

fn failed(rig: &mut Rig, problem: RtcProblem) -> Vec<Effect> {
    let round = rig.state.calls.round;
    rig.act(Action::Rtc(RtcEvent::Failed { round, problem }))
}

/// Why the server was asked to end it.
fn reasons(effects: &[Effect]) -> Vec<HangUpReason> {
    let reason = |message: &ClientMessage| match message {
        ClientMessage::Call(CallRequest::HangUp { reason, .. }) => Some(*reason),
        _ => None,
    };
    sent(effects).into_iter().filter_map(reason).collect()
}

fn front(rig: &Rig) -> Option<CallFront> {
    rig.state.calls.front()
}

#[test]
fn a_call_that_never_connects_is_given_up_within_half_a_minute_with_the_reason() {
    let mut rig = dialing(CallType::AudioVideo);
    rig.set(|options| options.feedback = true);
    rig.answered("bob");
    let wait = started(&rig.began(), &TimerId::Call(CallTimer::GiveUpRtc)).unwrap();
    assert!((20_000..=30_000).contains(&wait), "{wait} ms");
    let effects = rig.timer(TimerId::Call(CallTimer::GiveUpRtc));
    assert!(released(&effects));
    assert_eq!(reasons(&effects), [HangUpReason::NoWay]);
    assert_eq!(
        front(&rig),
        Some(CallFront::Failure(CallFailure::CannotConnect)),
        "and nobody is asked to rate it"
    );
    assert_eq!(told(&rig.ended("anna", EndReason::NoWay)), ["ended by anna"]);
    assert_eq!(front(&rig), Some(CallFront::Failure(CallFailure::CannotConnect)));
}

#[test]
fn the_other_side_is_told_why_too() {
    let reasons = [
        (EndReason::NoWay, CallFailure::CannotConnect),
        (EndReason::NoWebrtc, CallFailure::PeerNoWebrtc),
        (EndReason::Vanished, CallFailure::ConnectionLost),
    ];
    for (reason, failure) in reasons {
        let mut rig = talking(CallType::AudioVideo);
        let effects = rig.ended("bob", reason);
        assert!(released(&effects));
        assert_eq!(told(&effects), ["ended by bob"]);
        assert_eq!(front(&rig), Some(CallFront::Failure(failure)));
    }
}

#[test]
fn a_call_that_connected_is_never_given_up() {
    let mut rig = talking(CallType::AudioVideo);
    let round = rig.state.calls.round;
    let effects = rig.act(Action::Rtc(RtcEvent::Connected { round }));
    assert!(effects.contains(&Effect::StopTimer(TimerId::Call(CallTimer::GiveUpRtc))));
    rig.act(Action::Rtc(RtcEvent::Broken { round }));
    assert!(sent(&rig.timer(TimerId::Call(CallTimer::GiveUpRtc))).is_empty());
    failed(&mut rig, RtcProblem::Negotiation);
    assert_eq!(active(&rig).link, Link::Reconnecting, "it is looked for on");
}

#[test]
fn a_side_whose_line_is_down_is_waited_for() {
    let mut rig = talking(CallType::AudioVideo);
    let line = |up| ServerMessage::Call(CallNews::PeerLine { call: call_alias(), up });
    rig.told(line(false));
    rig.timer(TimerId::Call(CallTimer::GiveUpRtc));
    assert_eq!(front(&rig), Some(CallFront::Call));
    assert!(
        started(&rig.told(line(true)), &TimerId::Call(CallTimer::GiveUpRtc)).is_some(),
        "there is another try"
    );
    rig.cut();
    rig.timer(TimerId::Call(CallTimer::GiveUpRtc));
    assert_eq!(front(&rig), Some(CallFront::Call));
    rig.back();
    let effects = rig.answer(asked!(Resume), entry("anna", CallPhase::Connected, CallType::AudioVideo));
    assert!(started(&effects, &TimerId::Call(CallTimer::GiveUpRtc)).is_some());
    assert_eq!(reasons(&rig.timer(TimerId::Call(CallTimer::GiveUpRtc))), [HangUpReason::NoWay]);
}

#[test]
fn a_link_at_whose_end_nobody_is_yet_is_not_given_up() {
    let mut rig = rig();
    rig.api(ApiCall::JoinCallUrl { url: "https://x/t".into() });
    let effects = rig.answer(asked!(Join), entry("anna", CallPhase::Waiting, CallType::AudioVideo));
    assert!(started(&effects, &TimerId::Call(CallTimer::GiveUpRtc)).is_none());
    assert!(started(&rig.began(), &TimerId::Call(CallTimer::GiveUpRtc)).is_some());
}

#[test]
fn a_browser_without_webrtc_says_so_at_once_on_either_side() {
    let mut rig = dialing(CallType::AudioVideo);
    let effects = failed(&mut rig, RtcProblem::Unsupported);
    assert!(released(&effects));
    assert_eq!(reasons(&effects), [HangUpReason::NoWebrtc]);
    assert_eq!(front(&rig), Some(CallFront::Failure(CallFailure::NoWebrtc)));
    // The callee: not while it rings, which another device may answer.
    let mut rig = ringing();
    assert!(failed(&mut rig, RtcProblem::Unsupported).is_empty());
    assert_eq!(front(&rig), Some(CallFront::Dial));
    rig.user(CallAction::Accept);
    rig.answer(asked!(Accept), entry("bob", CallPhase::Connected, CallType::AudioVideo));
    let effects = failed(&mut rig, RtcProblem::Unsupported);
    assert!(released(&effects));
    assert_eq!(reasons(&effects), [HangUpReason::NoWebrtc]);
    assert_eq!(front(&rig), Some(CallFront::Failure(CallFailure::NoWebrtc)));
}

#[test]
fn descriptions_that_nobody_understands_end_a_call_that_was_not_there_yet() {
    let mut rig = talking(CallType::AudioVideo);
    assert_eq!(reasons(&failed(&mut rig, RtcProblem::Negotiation)), [HangUpReason::NoWay]);
    assert_eq!(front(&rig), Some(CallFront::Failure(CallFailure::CannotConnect)));
    // What is said of an earlier call is not heard.
    let mut rig = talking(CallType::AudioVideo);
    let round = rig.state.calls.round.wrapping_sub(1);
    let late = RtcEvent::Failed { round, problem: RtcProblem::Negotiation };
    assert!(rig.act(Action::Rtc(late)).is_empty());
}

#[test]
fn a_description_the_server_will_never_take_ends_a_call_that_was_not_there_yet() {
    let mut rig = talking(CallType::AudioVideo);
    let round = rig.state.calls.round;
    let signal = Signal::Description { kind: SdpKind::Offer, number: 1, sdp: "x".into() };
    rig.act(Action::Rtc(RtcEvent::Signal { round, signal }));
    let effects = rig.refuse(asked!(Signal), ErrorCode::InvalidSignal);
    assert_eq!(reasons(&effects), [HangUpReason::NoWay]);
    assert_eq!(front(&rig), Some(CallFront::Failure(CallFailure::CannotConnect)));
}

#[test]
fn no_quality_is_shown_of_a_connection_that_is_not_there() {
    let mut rig = talking(CallType::AudioVideo);
    let round = rig.state.calls.round;
    let good = |rig: &mut Rig| {
        rig.act(Action::Rtc(RtcEvent::Quality { round, quality: Quality::Good }));
        active(rig).quality
    };
    assert_eq!(good(&mut rig), Quality::Unknown);
    rig.act(Action::Rtc(RtcEvent::Connected { round }));
    assert_eq!(good(&mut rig), Quality::Good);
    rig.act(Action::Rtc(RtcEvent::Broken { round }));
    assert_eq!(active(&rig).quality, Quality::Unknown);
    assert_eq!(good(&mut rig), Quality::Unknown);
}

#[test]
fn pages_that_hear_frames_know_it_of_each_other() {
    let mut rig = connected(CallType::AudioVideo);
    let round = rig.state.calls.round;
    let hello = || Frame::Hello { v: PROTOCOL_VERSION };
    let heard = |rig: &mut Rig| rig.act(Action::Rtc(RtcEvent::Frame { round, frame: hello() }));
    assert!(!active(&rig).hears_frames);
    assert_eq!(heard(&mut rig), [Effect::Rtc(RtcCommand::Frame(hello()))], "the first greeting may be lost");
    assert!(active(&rig).hears_frames);
    assert!(heard(&mut rig).is_empty(), "and that is enough");
    rig.act(Action::Rtc(RtcEvent::FrameLost { round }));
    assert!(!active(&rig).hears_frames);
}

/// What the server was told of the connection.
fn reported(effects: &[Effect]) -> Vec<bool> {
    let report = |message: &ClientMessage| match message {
        ClientMessage::Call(CallRequest::ReportMedia { connected, .. }) => Some(*connected),
        _ => None,
    };
    sent(effects).into_iter().filter_map(report).collect()
}

#[test]
fn the_server_is_told_when_the_browsers_are_connected_until_it_has_heard() {
    let mut rig = talking(CallType::AudioVideo);
    let round = rig.state.calls.round;
    assert_eq!(active(&rig).connected_at, None, "the clock does not run");
    assert_eq!(reported(&rig.act(Action::Rtc(RtcEvent::Connected { round }))), [true]);
    assert!(active(&rig).connected_at.is_some());
    let effects = rig.refuse(asked!(Link), ErrorCode::RateLimited);
    assert!(started(&effects, &TimerId::Call(CallTimer::AskAgain)).is_some());
    assert_eq!(reported(&rig.timer(TimerId::Call(CallTimer::AskAgain))), [true]);
    rig.answer(asked!(Link), ServerMessage::Done);
    assert!(reported(&rig.timer(TimerId::Call(CallTimer::AskAgain))).is_empty(), "it knows");
    assert_eq!(reported(&rig.act(Action::Rtc(RtcEvent::Broken { round }))), [false]);
    // A server that was started anew knows nothing of it.
    rig.act(Action::Rtc(RtcEvent::Connected { round }));
    rig.cut();
    rig.back();
    let effects = rig.answer(asked!(Resume), entry("anna", CallPhase::Connected, CallType::AudioVideo));
    assert_eq!(reported(&effects), [true]);
}
