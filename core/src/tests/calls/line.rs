//! Lines that are lost and come back.

use super::*;

fn refused(rig: &mut Rig, code: ErrorCode, retry_after_ms: Option<u32>) -> Vec<Effect> {
    let signals =
        |asked: &crate::session::Asked| matches!(asked.question, Question::Call(CallQuestion::Signal(_)));
    let first = rig.state.session.requests.iter().find(|(_, asked)| signals(asked)).map(|(id, _)| *id);
    let msg = ServerMessage::Error(Failure { retry_after_ms, ..Failure::new(code, "no") });
    let frame = ServerEnvelope { v: PROTOCOL_VERSION, re: first, step: None, msg };
    rig.act(Action::Server(Box::new(frame)))
}

#[test]
fn a_cut_line_keeps_the_call_and_says_again_what_was_not_confirmed() {
    let mut rig = talking(CallType::AudioVideo);
    assert_eq!(said(&rig.says("sent, not confirmed")), [candidate("sent, not confirmed")]);
    rig.cut();
    for text in ["c0", "c1"] {
        assert!(said(&rig.says(text)).is_empty());
    }
    assert_eq!(rig.state.calls.front(), Some(CallFront::Call));
    let effects = rig.back();
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Resume { seat, .. })] if seat.as_str() == "s1"),
        "its place first"
    );
    assert!(said(&rig.says("c2")).is_empty());
    let effects = resumed(&mut rig, CallPhase::Connected);
    let texts = ["sent, not confirmed", "c0", "c1", "c2"];
    let media = Signal::Media(MediaState::default());
    let expected: Vec<Signal> = texts.into_iter().map(candidate).chain([media]).collect();
    assert_eq!(said(&effects), expected);
    assert!(
        told(&effects).is_empty() && !effects.iter().any(|e| matches!(e, Effect::Rtc(_))),
        "media went on"
    );
    assert_eq!(said(&rig.says("c3")), [candidate("c3")]);
}

#[test]
fn a_call_that_ended_meanwhile_ends_here_too() {
    let mut rig = talking(CallType::AudioVideo);
    rig.cut();
    rig.back();
    let effects = rig.refuse(asked!(Resume), ErrorCode::CallNotFound);
    assert!(released(&effects));
    assert_eq!(told(&effects), ["ended"]);
    assert_eq!(rig.state.calls.front(), Some(CallFront::Failure(CallFailure::ConnectionLost)));
}

#[test]
fn a_call_that_ends_while_its_place_is_asked_for_leaves_the_next_one_its_voice() {
    let mut rig = talking(CallType::AudioVideo);
    rig.cut();
    rig.back();
    assert_eq!(told(&rig.ended("bob", EndReason::HungUp)), ["ended by bob"]);
    create(&mut rig, CallType::AudioVideo);
    let effects = rig.answer(asked!(Create), entry("anna", CallPhase::Dialing, CallType::AudioVideo));
    assert_eq!(said(&effects), [Signal::Media(MediaState::default())]);
    assert_eq!(said(&rig.says("c")), [candidate("c")]);
}

#[test]
fn a_server_that_has_no_time_to_resume_is_asked_again() {
    let mut rig = talking(CallType::AudioVideo);
    rig.cut();
    rig.back();
    rig.refuse(asked!(Resume), ErrorCode::StorageUnavailable);
    assert!(matches!(rig.state.calls.stage, Stage::Active(_)));
    let effects = rig.timer(TimerId::Call(CallTimer::AskAgain));
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Resume { .. })]));
}

#[test]
fn an_outgoing_ring_goes_on_over_a_cut_and_learns_what_happened() {
    let cut = || {
        let mut rig = dialing(CallType::AudioVideo);
        rig.cut();
        rig.back();
        rig
    };
    let mut rig = cut();
    assert!(told(&resumed(&mut rig, CallPhase::Dialing)).is_empty());
    assert_eq!(told(&rig.answered("bob")), ["answered by bob"]);
    let mut rig = cut();
    assert_eq!(told(&resumed(&mut rig, CallPhase::Connected)), ["answered by bob", "started"]);
    assert_eq!(rig.state.calls.front(), Some(CallFront::Call));
    let mut rig = cut();
    let effects = rig.refuse(asked!(Resume), ErrorCode::CallNotFound);
    assert_eq!(told(&effects), ["stopped by anna: error"]);
    assert!(released(&effects));
    assert_eq!(rig.state.calls.front(), None);
}

#[test]
fn an_incoming_ring_is_as_the_welcome_says() {
    // It still rings.
    let mut rig = ringing();
    rig.cut();
    rig.ringing = Some(ring());
    assert!(told(&rig.back()).is_empty());
    assert_eq!(rig.state.calls.front(), Some(CallFront::Dial));
    // It does not.
    rig.cut();
    rig.ringing = None;
    let effects = rig.back();
    assert_eq!(told(&effects), ["stopped by bob: error"]);
    assert!(effects.contains(&Effect::Tone(Tone::Silence)));
    // It rings since this device was away.
    rig.cut();
    rig.ringing = Some(ring());
    let effects = rig.back();
    assert_eq!(told(&effects), ["call incoming"]);
    assert!(effects.contains(&Effect::Tone(Tone::Ring)));
    // Now it is another ring.
    rig.cut();
    rig.ringing = Some(other_ring());
    assert_eq!(told(&rig.back()), ["stopped by bob: error", "call incoming"]);
}

#[test]
fn a_page_that_is_loaded_while_it_rings_rings_too() {
    let mut rig = Rig::new();
    rig.api(ApiCall::Create);
    rig.act(Action::Socket(SocketEvent::Opened));
    rig.ringing = Some(ring());
    let effects = rig.welcome(sync(10, vec![summary("bob", 0, 0)]));
    assert_eq!(told(&effects), ["call incoming"]);
    assert!(rig.state.panel.expanded);
}

#[test]
fn an_accept_lost_with_the_line_is_asked_again_while_it_rings() {
    let mut rig = ringing();
    rig.user(CallAction::Accept);
    rig.cut();
    rig.ringing = Some(ring());
    let effects = rig.back();
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Accept { .. })]));
    let effects = rig.answer(asked!(Accept), entry("bob", CallPhase::Connected, CallType::AudioVideo));
    assert_eq!(told(&effects), ["answered by anna"]);
    assert_eq!(told(&rig.began()), ["started"]);
}

#[test]
fn an_accept_whose_answer_was_lost_is_found_in_the_place_it_took() {
    let mut rig = ringing();
    rig.user(CallAction::Accept);
    rig.cut();
    let effects = rig.back();
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Resume { seat, .. })] if seat.as_str() == "s1")
    );
    let effects = rig.answer(asked!(Resume), entry("bob", CallPhase::Connected, CallType::AudioVideo));
    assert_eq!(told(&effects), ["answered by anna", "started"]);
    assert!(effects.iter().any(|e| matches!(e, Effect::Rtc(RtcCommand::Open { offers: false, .. }))));
    let media = Signal::Media(MediaState::default());
    assert_eq!(said(&effects), [media], "once");
}

#[test]
fn an_accept_without_a_line_is_asked_when_there_is_one() {
    let mut rig = ringing();
    rig.cut();
    let effects = rig.user(CallAction::Accept);
    assert_eq!(opens(&effects), [(true, true)], "in the turn of the click");
    assert!(sent(&effects).is_empty() && told(&effects).is_empty());
    rig.ringing = Some(ring());
    assert!(matches!(sent(&rig.back())[..], [ClientMessage::Call(CallRequest::Accept { .. })]));
}

#[test]
fn a_create_whose_answer_was_lost_is_asked_again_under_the_same_key() {
    let mut rig = rig();
    let effects = create(&mut rig, CallType::AudioVideo);
    let first = sent(&effects)[0].clone();
    rig.cut();
    let effects = rig.back();
    assert_eq!(sent(&effects), [&first]);
    // Meanwhile bob has answered.
    let effects = rig.answer(asked!(Create), entry("anna", CallPhase::Connected, CallType::AudioVideo));
    assert_eq!(told(&effects), ["call outgoing", "answered by bob", "started"]);
    assert_eq!(replies(&effects).len(), 1);
}

/// The call was asked for, the line was lost, and no answer came in time.
fn unanswered() -> Rig {
    let mut rig = rig();
    create(&mut rig, CallType::AudioVideo);
    rig.cut();
    let of_create = |asked: &&crate::session::Asked| asked!(Create)(&asked.question);
    let requests = &rig.state.session.requests;
    let id = *requests.iter().find(|(_, asked)| of_create(asked)).unwrap().0;
    assert_eq!(
        rejections(&rig.timer(TimerId::Session(SessionTimer::Request(id)))).len(),
        1,
        "the host page is told"
    );
    assert_eq!(rig.state.calls.stage, Stage::Idle);
    rig
}

#[test]
fn a_call_that_was_never_answered_for_is_given_up_before_the_next_one_is_made() {
    let mut rig = unanswered();
    assert!(
        matches!(sent(&rig.back())[..], [ClientMessage::Call(CallRequest::Cancel { .. })]),
        "it may ring over there"
    );
    let effects = create(&mut rig, CallType::AudioVideo);
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Create { .. })]),
        "and nobody has to wait"
    );
    rig.answer(asked!(Cancel), ServerMessage::Done);
    rig.answer(asked!(Create), entry("anna", CallPhase::Dialing, CallType::AudioVideo));
    rig.cut();
    let effects = rig.back();
    assert!(
        !sent(&effects)
            .iter()
            .any(|message| matches!(message, ClientMessage::Call(CallRequest::Cancel { .. })))
    );
    assert!(matches!(rig.state.calls.stage, Stage::Dial(_)));
}

#[test]
fn giving_up_is_said_until_the_server_has_heard() {
    let mut rig = unanswered();
    rig.back();
    rig.cut();
    assert!(matches!(sent(&rig.back())[..], [ClientMessage::Call(CallRequest::Cancel { .. })]));
    let effects = rig.refuse(asked!(Cancel), ErrorCode::StorageUnavailable);
    assert!(started(&effects, &TimerId::Call(CallTimer::AskAgain)).is_some());
    assert!(matches!(
        sent(&rig.timer(TimerId::Call(CallTimer::AskAgain)))[..],
        [ClientMessage::Call(CallRequest::Cancel { .. })]
    ));
    rig.answer(asked!(Cancel), ServerMessage::Done);
    rig.cut();
    assert!(sent(&rig.back()).is_empty());
}

#[test]
fn who_logs_out_or_leaves_before_the_answer_stops_the_ring() {
    let cancels = |effects: &[Effect]| {
        sent(effects)
            .iter()
            .filter(|message| matches!(message, ClientMessage::Call(CallRequest::Cancel { .. })))
            .count()
    };
    let mut rig = rig();
    create(&mut rig, CallType::AudioVideo);
    assert_eq!(cancels(&rig.api(ApiCall::Logout)), 1);
    let mut rig = super::rig();
    create(&mut rig, CallType::AudioVideo);
    assert_eq!(cancels(&rig.act(Action::Leaving)), 1);
}

#[test]
fn what_was_ended_without_a_line_is_ended_at_the_server_with_the_next() {
    let mut rig = talking(CallType::AudioVideo);
    rig.cut();
    let effects = rig.api(ApiCall::HangUp { call: call_alias().to_string() });
    assert!(released(&effects));
    assert!(
        matches!(replies(&effects)[..], [(_, Ok(ApiReply::Done))]),
        "nobody waits for a line to come back"
    );
    assert_eq!(rig.state.calls.front(), None);
    let effects = rig.back();
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Resume { .. })]),
        "nobody else may end it"
    );
    let effects = resumed(&mut rig, CallPhase::Connected);
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::HangUp { .. })]));
    let mut events = told(&rig.ended("anna", EndReason::HungUp));
    events.extend(told(&rig.answer(asked!(Close), ServerMessage::Done)));
    assert_eq!(events, ["ended by anna"]);
}

#[test]
fn a_ring_stopped_without_a_line_and_answered_meanwhile_was_a_call() {
    let mut rig = dialing(CallType::AudioVideo);
    rig.cut();
    rig.user(CallAction::HangUp);
    rig.back();
    assert_eq!(told(&resumed(&mut rig, CallPhase::Connected)), ["answered by bob", "started"]);
    assert_eq!(told(&rig.ended("anna", EndReason::HungUp)), ["ended by anna"]);
}

#[test]
fn a_ring_declined_without_a_line_is_declined_with_the_next_or_was_over() {
    let declined = || {
        let mut rig = ringing();
        rig.cut();
        assert!(sent(&rig.user(CallAction::Decline)).is_empty());
        rig
    };
    let mut rig = declined();
    rig.ringing = Some(ring());
    let effects = rig.back();
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Decline { .. })]));
    assert!(told(&effects).is_empty(), "it rings no more");
    assert_eq!(rig.state.calls.front(), None);
    assert_eq!(told(&rig.answer(asked!(Close), ServerMessage::Done)), ["declined by anna: none"]);
    let mut rig = declined();
    assert_eq!(told(&rig.back()), ["stopped by bob: error"]);
    // Said, but the answer was lost.
    let mut rig = ringing();
    rig.user(CallAction::Decline);
    rig.cut();
    assert_eq!(told(&rig.back()), ["declined by anna: none"]);
}

#[test]
fn a_hang_up_the_server_has_no_time_for_is_said_again() {
    let mut rig = talking(CallType::AudioVideo);
    rig.user(CallAction::HangUp);
    let effects = rig.refuse(asked!(Close), ErrorCode::RateLimited);
    assert!(told(&effects).is_empty());
    assert!(started(&effects, &TimerId::Call(CallTimer::AskAgain)).is_some());
    let effects = rig.timer(TimerId::Call(CallTimer::AskAgain));
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::HangUp { .. })]));
    assert_eq!(told(&rig.answer(asked!(Close), ServerMessage::Done)), ["ended by anna"]);
}

#[test]
fn a_call_is_over_when_something_else_rings_after_a_cut() {
    for (mut rig, word) in
        [(talking(CallType::AudioVideo), "ended"), (dialing(CallType::AudioVideo), "stopped by anna: error")]
    {
        rig.cut();
        rig.ringing = Some(other_ring());
        let effects = rig.back();
        assert_eq!(told(&effects), [word, "call incoming"]);
        assert!(
            !sent(&effects)
                .iter()
                .any(|message| matches!(message, ClientMessage::Call(CallRequest::Resume { .. })))
        );
    }
}

#[test]
fn signals_that_have_to_wait_overtake_nothing() {
    let mut rig = talking(CallType::AudioVideo);
    for text in ["a", "b"] {
        rig.says(text);
    }
    let effects = refused(&mut rig, ErrorCode::RateLimited, Some(200));
    assert_eq!(started(&effects, &TimerId::Call(CallTimer::AskAgain)), Some(200));
    assert!(said(&rig.says("c")).is_empty());
    assert_eq!(said(&rig.timer(TimerId::Call(CallTimer::AskAgain))), ["a", "b", "c"].map(candidate));
    assert_eq!(said(&rig.says("d")), [candidate("d")]);
}

#[test]
fn a_signal_the_server_will_never_take_is_given_up() {
    let mut rig = talking(CallType::AudioVideo);
    rig.says("a");
    refused(&mut rig, ErrorCode::InvalidSignal, None);
    rig.cut();
    rig.back();
    assert!(!said(&resumed(&mut rig, CallPhase::Connected)).contains(&candidate("a")));
}
