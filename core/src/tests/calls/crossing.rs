//! What crosses on its way: two things done at once, and what the server had said before it heard of either.

use super::*;

#[test]
fn a_stop_that_crosses_the_answer_is_a_call_hung_up() {
    let mut rig = dialing(CallType::AudioVideo);
    rig.user(CallAction::HangUp);
    let mut events = told(&rig.answered("bob"));
    events.extend(told(&rig.began()));
    events.extend(told(&rig.ended("anna", EndReason::HungUp)));
    events.extend(told(&rig.answer(asked!(Close), ServerMessage::Done)));
    assert_eq!(events, ["answered by bob", "started", "ended by anna"]);
}

#[test]
fn a_stop_that_crosses_the_decline_is_a_decline() {
    let mut rig = dialing(CallType::AudioVideo);
    rig.user(CallAction::HangUp);
    let declined = ServerMessage::Call(CallNews::Declined {
        call: call_alias(),
        by: alias("bob"),
        reason: DeclineReason::None,
    });
    assert_eq!(told(&rig.told(declined)), ["declined by bob: none"]);
    assert!(told(&rig.refuse(asked!(Close), ErrorCode::CallNotFound)).is_empty());
}

#[test]
fn an_accept_that_crosses_the_stop_is_a_ring_that_stopped() {
    let mut rig = ringing();
    rig.user(CallAction::Accept);
    let effects = rig.stopped("bob", StopReason::Hangup);
    assert_eq!(told(&effects), ["stopped by bob: hangup"]);
    assert!(released(&effects));
    assert!(
        rig.refuse(asked!(Accept), ErrorCode::CallNotFound).iter().all(|e| matches!(e, Effect::StopTimer(_)))
    );
    assert_eq!(rig.state.calls.front(), None);
}

#[test]
fn a_decline_that_crosses_another_devices_accept_only_stops_ringing() {
    let mut rig = ringing();
    rig.user(CallAction::Decline);
    assert_eq!(told(&rig.answered("anna")), ["stopped by anna: answered_on_another_device"]);
    assert!(told(&rig.refuse(asked!(Close), ErrorCode::DialOver)).is_empty());
}

#[test]
fn a_call_hung_up_before_its_accept_was_confirmed_was_a_call() {
    let mut rig = ringing();
    rig.user(CallAction::Accept);
    let effects = rig.user(CallAction::HangUp);
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::HangUp { .. })]),
        "a decline would come too late"
    );
    assert!(released(&effects));
    let effects = rig.answer(asked!(Accept), entry("bob", CallPhase::Connected, CallType::AudioVideo));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Rtc(_) | Effect::Media(_))));
    let mut events = told(&effects);
    events.extend(told(&rig.began()));
    events.extend(told(&rig.ended("anna", EndReason::HungUp)));
    events.extend(told(&rig.answer(asked!(Close), ServerMessage::Done)));
    assert_eq!(events, ["answered by anna", "started", "ended by anna"]);
}

#[test]
fn both_hang_up_at_once() {
    let mut rig = talking(CallType::AudioVideo);
    rig.user(CallAction::HangUp);
    assert_eq!(told(&rig.ended("bob", EndReason::HungUp)), ["ended by bob"], "the server's word");
    assert!(told(&rig.refuse(asked!(Close), ErrorCode::CallNotFound)).is_empty());
}

#[test]
fn both_call_at_once_and_the_faster_one_rings() {
    let mut rig = rig();
    create(&mut rig, CallType::AudioVideo);
    assert!(told(&dialed(&mut rig)).is_empty(), "not while the own call may still be one");
    assert_eq!(rig.state.calls.front(), Some(CallFront::Dial));
    let effects = rig.refuse(asked!(Create), ErrorCode::InitiatorNotAvailable);
    assert_eq!(rejections(&effects), [ApiErrorCode::Call(CallFailure::InitiatorNotAvailable)]);
    assert_eq!(told(&effects), ["call incoming"]);
    let releases = effects.iter().position(|e| *e == Effect::Media(MediaCommand::ReleaseAll));
    let rings = effects.iter().position(|e| *e == Effect::Tone(Tone::Ring));
    assert!(releases.unwrap() < rings.unwrap(), "the camera of the own call is off while it rings");
    assert!(matches!(&rig.state.calls.stage, Stage::Dial(dial) if dial.is_unanswered()));
    rig.user(CallAction::Accept);
    let effects = rig.answer(asked!(Accept), entry("bob", CallPhase::Connected, CallType::AudioVideo));
    assert_eq!(told(&effects), ["answered by anna"]);
}

#[test]
fn a_ring_that_was_over_before_the_own_call_began_is_not_heard_of() {
    let mut rig = rig();
    create(&mut rig, CallType::AudioVideo);
    dialed(&mut rig);
    assert!(told(&rig.stopped("bob", StopReason::Hangup)).is_empty());
    let ServerMessage::Call(CallNews::Entered(mut entered)) =
        entry("anna", CallPhase::Dialing, CallType::AudioVideo)
    else {
        panic!()
    };
    entered.call.call = CallAlias::parse("room_3").unwrap();
    let effects = rig.answer(asked!(Create), ServerMessage::Call(CallNews::Entered(entered)));
    assert_eq!(told(&effects), ["call outgoing"]);
}

#[test]
fn a_link_opened_while_its_call_rings_is_the_answer() {
    let mut rig = rig();
    rig.api(ApiCall::JoinCallUrl { url: "https://x/t".into() });
    dialed(&mut rig);
    let effects = rig.answer(asked!(Join), entry("bob", CallPhase::Connected, CallType::AudioVideo));
    assert_eq!(told(&effects), ["call incoming", "answered by anna", "started"]);
}

#[test]
fn the_next_ring_may_be_faster_than_the_confirmation_of_the_end() {
    let mut rig = talking(CallType::AudioVideo);
    rig.user(CallAction::HangUp);
    let effects = rig.told(CallNews::Dialed(Box::new(other_ring())));
    assert_eq!(told(&effects), ["ended by anna", "call incoming"]);
    // The late confirmation is not about the ring.
    let late = rig.answer(asked!(Close), ServerMessage::Done);
    assert!(told(&late).is_empty());
    assert_eq!(rig.state.calls.front(), Some(CallFront::Dial));
}

#[test]
fn an_answer_to_an_earlier_call_changes_nothing_in_the_next() {
    let mut rig = ringing();
    rig.user(CallAction::Accept);
    rig.stopped("bob", StopReason::Hangup);
    rig.told(CallNews::Dialed(Box::new(other_ring())));
    rig.user(CallAction::Accept);
    let first = *rig.state.session.requests.keys().next().unwrap();
    let refused = ServerMessage::Error(Failure::new(ErrorCode::DialOver, "over"));
    let frame = ServerEnvelope { v: PROTOCOL_VERSION, re: Some(first), step: None, msg: refused };
    let effects = rig.act(Action::Server(Box::new(frame)));
    assert!(told(&effects).is_empty());
    assert!(matches!(&rig.state.calls.stage, Stage::Dial(dial) if !dial.is_unanswered()));
}
