//! Rings: who hears of them, and the one word about how each ended.

use super::*;

fn declined(by: &str) -> ServerMessage {
    ServerMessage::Call(CallNews::Declined { call: call_alias(), by: alias(by), reason: DeclineReason::None })
}

#[test]
fn a_ring_comes_in_front_of_everything() {
    let mut rig = rig();
    rig.api(ApiCall::HideWidget);
    let effects = dialed(&mut rig);
    assert!(rig.state.panel.shown && rig.state.panel.expanded);
    assert!(effects.contains(&Effect::Tone(Tone::Ring)));
    assert_eq!(told(&effects), ["call incoming"]);
    rig.user(CallAction::BackToChat);
    assert_eq!(rig.state.calls.front(), Some(CallFront::Dial), "there is no way around it");
    assert_eq!(select::call_peer(&rig.state).unwrap().alias, alias("bob"));
    // Over: hidden and collapsed again, as before.
    let effects = rig.stopped("bob", StopReason::Hangup);
    assert_eq!(told(&effects), ["stopped by bob: hangup"]);
    assert!(effects.contains(&Effect::Tone(Tone::Silence)));
    assert!(!rig.state.panel.shown && !rig.state.panel.expanded);
}

#[test]
fn nothing_of_the_callee_is_opened_or_said_before_the_accept() {
    let mut rig = rig();
    let effects = dialed(&mut rig);
    assert!(media_commands(&effects).is_empty() && !effects.iter().any(|e| matches!(e, Effect::Rtc(_))));
    for action in [
        UserAction::Call(CallAction::ToggleMic),
        UserAction::Call(CallAction::ToggleCamera),
        UserAction::Call(CallAction::AskAgain(MediaWant::Mic)),
        UserAction::Call(CallAction::AskAgain(MediaWant::Camera)),
        UserAction::Call(CallAction::ShareScreen(ScreenKind::Static)),
        UserAction::Call(CallAction::ChooseCamera("d2".into())),
    ] {
        let effects = rig.user(action.clone());
        assert!(media_commands(&effects).is_empty() && sent(&effects).is_empty(), "{action:?}");
    }
    let round = rig.state.calls.round;
    assert!(rig.says("c").is_empty(), "what a service of an earlier call says is not heard");
    assert!(rig.told(CallNews::Signaled { call: call_alias(), signal: candidate("c") }).is_empty());
    let effects = rig.user(CallAction::Accept);
    assert!(matches!(effects[0], Effect::Media(MediaCommand::Open { mic: true, camera: true, .. })));
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Accept { .. })]));
    assert!(effects.contains(&Effect::Tone(Tone::Silence)));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Rtc(_))), "not before the server says who was first");
    assert!(said(&rig.opened(MediaWant::Mic)).is_empty());
    let effects = rig.answer(asked!(Accept), entry("bob", CallPhase::Connected, CallType::AudioVideo));
    assert_eq!(told(&effects), ["answered by anna"]);
    let open = RtcCommand::Open { round, offers: false, offer_number: 1, ice_servers: Vec::new() };
    assert!(effects.contains(&Effect::Rtc(open)));
    let media = MediaState { mic: true, camera: false, screen: false };
    assert_eq!(said(&effects), [Signal::Media(media)]);
    assert_eq!(told(&rig.began()), ["started"]);
}

#[test]
fn what_the_caller_offers_is_taken_in_while_it_rings_and_answered_with_the_accept() {
    let mut rig = ringing();
    let round = rig.state.calls.round;
    let offer = || Signal::Description { kind: SdpKind::Offer, number: 7, sdp: "v=0".into() };
    let prepare = Effect::Rtc(RtcCommand::Prepare { round, number: 7, offer: "v=0".into() });
    assert_eq!(
        rig.told(ServerMessage::Call(CallNews::Signaled { call: call_alias(), signal: offer() })),
        [prepare]
    );
    let effects = rig.user(CallAction::Decline);
    assert!(effects.contains(&Effect::Rtc(RtcCommand::Close)), "nothing is left of it");
    // Of a call that does not ring here, nothing is taken in.
    assert!(rig.told(CallNews::Signaled { call: call_alias(), signal: offer() }).is_empty());
}

#[test]
fn an_audio_ring_opens_no_camera_and_neither_does_a_user_without_the_right_to_video() {
    let mut rig = rig();
    let call = call("bob", CallType::AudioUpgradable);
    rig.told(CallNews::Dialed(Box::new(Dial { call, caller: profile("bob") })));
    assert_eq!(opens(&rig.user(CallAction::Accept)), [(true, false)]);
    let mut rig = ringing();
    let mut me = (**rig.state.users.me.as_ref().unwrap()).clone();
    me.profile.can_video = false;
    Rc::make_mut(&mut rig.state.users).me = Some(Rc::new(me));
    assert_eq!(opens(&rig.user(CallAction::Accept)), [(true, false)]);
}

#[test]
fn an_answered_call_starts_and_ends_with_one_event_each() {
    let mut rig = dialing(CallType::AudioVideo);
    let effects = rig.answered("bob");
    assert_eq!(told(&effects), ["answered by bob"]);
    assert!(effects.contains(&Effect::Tone(Tone::Silence)));
    assert_eq!(select::call_status(&rig.state, &call_alias()), "dialing");
    assert_eq!(told(&rig.began()), ["started"]);
    for again in [rig.began(), rig.answered("bob"), rig.stopped("anna", StopReason::DialTimeout)] {
        assert!(told(&again).is_empty());
    }
    assert_eq!(select::call_status(&rig.state, &call_alias()), "connected");
    let effects = rig.ended("bob", EndReason::HungUp);
    assert!(released(&effects));
    assert_eq!(told(&effects), ["ended by bob"]);
    assert!(rig.ended("bob", EndReason::HungUp).is_empty());
    assert_eq!(rig.state.calls.stage, Stage::Idle);
}

#[test]
fn each_end_of_an_outgoing_ring_is_told_once_with_who_did_it() {
    for (message, word) in [
        (declined("bob"), "declined by bob: none"),
        (stop("anna", StopReason::DialTimeout), "stopped by anna: dial_timeout"),
        (stop("bob", StopReason::Error), "stopped by bob: error"),
    ] {
        let mut rig = dialing(CallType::AudioOnly);
        let effects = rig.told(message.clone());
        assert_eq!(told(&effects), [word]);
        assert!(released(&effects) && effects.contains(&Effect::Tone(Tone::Silence)));
        assert!(rig.told(message).is_empty());
        rig.user(PanelAction::DismissNotice);
        assert!(!rig.state.panel.expanded, "collapsed again, as before");
    }
}

fn stop(by: &str, reason: StopReason) -> ServerMessage {
    ServerMessage::Call(CallNews::Stopped { call: call_alias(), by: alias(by), reason })
}

#[test]
fn each_end_of_an_incoming_ring_is_told_once_with_who_did_it() {
    for (message, word) in [
        (
            ServerMessage::Call(CallNews::Answered { call: call_alias(), by: alias("anna") }),
            "stopped by anna: answered_on_another_device",
        ),
        (declined("anna"), "stopped by anna: declined_on_another_device"),
        (stop("bob", StopReason::Hangup), "stopped by bob: hangup"),
        (stop("bob", StopReason::DialTimeout), "stopped by bob: dial_timeout"),
    ] {
        let mut rig = ringing();
        let effects = rig.told(message.clone());
        assert_eq!(told(&effects), [word]);
        assert!(effects.contains(&Effect::Tone(Tone::Silence)));
        assert_eq!((rig.state.calls.front(), &rig.state.calls.stage), (None, &Stage::Idle));
        assert!(rig.told(message).is_empty());
    }
}

#[test]
fn a_decline_is_told_once_whether_its_event_or_its_answer_comes_first() {
    let mut rig = ringing();
    let effects = rig.user(CallAction::Decline);
    assert!(matches!(
        sent(&effects)[..],
        [ClientMessage::Call(CallRequest::Decline { reason: DeclineReason::None, .. })]
    ));
    assert!(effects.contains(&Effect::Tone(Tone::Silence)) && told(&effects).is_empty());
    assert_eq!(rig.state.calls.front(), None, "gone at once");
    assert_eq!(told(&rig.answer(asked!(Close), ServerMessage::Done)), ["declined by anna: none"]);
    let mut rig = ringing();
    rig.user(CallAction::Decline);
    assert_eq!(told(&rig.told(declined("anna"))), ["declined by anna: none"]);
    assert!(told(&rig.answer(asked!(Close), ServerMessage::Done)).is_empty());
}

#[test]
fn who_accepts_too_late_is_told_why() {
    // Another device was faster.
    let mut rig = ringing();
    rig.user(CallAction::Accept);
    let effects = rig.answered("anna");
    assert_eq!(told(&effects), ["stopped by anna: answered_on_another_device"]);
    assert!(released(&effects));
    assert!(told(&rig.refuse(asked!(Accept), ErrorCode::DialOver)).is_empty());
    assert_eq!(rig.state.calls.front(), Some(CallFront::Failure(CallFailure::ActionAlreadyTaken)));
    // Nobody says why.
    let mut rig = ringing();
    rig.user(CallAction::Accept);
    assert_eq!(told(&rig.refuse(asked!(Accept), ErrorCode::DialOver)), ["stopped by bob: error"]);
    assert_eq!(rig.state.calls.front(), Some(CallFront::Failure(CallFailure::ActionAlreadyTaken)));
}

#[test]
fn an_accept_the_server_has_no_time_for_is_asked_again() {
    let mut rig = ringing();
    rig.user(CallAction::Accept);
    let busy = Failure { retry_after_ms: Some(300), ..Failure::new(ErrorCode::RateLimited, "too many") };
    let effects = rig.answer(asked!(Accept), ServerMessage::Error(busy));
    assert_eq!(started(&effects, &TimerId::Call(CallTimer::AskAgain)), Some(300));
    let effects = rig.timer(TimerId::Call(CallTimer::AskAgain));
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Accept { .. })]));
    let effects = rig.answer(asked!(Accept), entry("bob", CallPhase::Connected, CallType::AudioVideo));
    assert_eq!(told(&effects), ["answered by anna"]);
}

#[test]
fn an_accept_nobody_answers_is_asked_again() {
    let mut rig = ringing();
    rig.user(CallAction::Accept);
    let request = *rig.state.session.requests.keys().next().unwrap();
    let effects = rig.timer(TimerId::Session(SessionTimer::Request(request)));
    assert!(told(&effects).is_empty());
    let effects = rig.timer(TimerId::Call(CallTimer::AskAgain));
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Accept { .. })]));
    let effects = rig.answer(asked!(Accept), entry("bob", CallPhase::Connected, CallType::AudioVideo));
    assert_eq!(told(&effects), ["answered by anna"]);
}

#[test]
fn a_ring_in_front_of_the_feedback_view_leaves_it_there() {
    let mut rig = connected(CallType::AudioVideo);
    rig.set(|options| options.feedback = true);
    rig.ended("bob", EndReason::HungUp);
    rig.told(CallNews::Dialed(Box::new(other_ring())));
    assert_eq!(rig.state.calls.front(), Some(CallFront::Dial));
    let call = other_ring().call.call;
    rig.told(CallNews::Stopped { call, by: alias("carl"), reason: StopReason::Hangup });
    assert_eq!(rig.state.calls.front(), Some(CallFront::Feedback));
}

#[test]
fn a_host_page_answers_and_declines_what_rings_by_its_call_object() {
    let call = || call_alias().to_string();
    let answer = || ApiCall::AnswerCall { call: call() };
    let decline = || ApiCall::DeclineCall { call: call() };
    let refused = |effects: &[Effect], failure: CallFailure| {
        let replies = replies(effects);
        let [(_, Err(error))] = &replies[..] else { panic!("{replies:?}") };
        assert_eq!((error.code, error.message.as_str()), (ApiErrorCode::Call(failure), failure.as_str()));
    };
    // Answered: when this device is in.
    let mut rig = ringing();
    let effects = rig.api(answer());
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Accept { .. })]));
    assert_eq!(opens(&effects), [(true, true)]);
    assert!(replies(&effects).is_empty());
    refused(&rig.api(answer()), CallFailure::NotRinging);
    let effects = rig.answer(asked!(Accept), entry("bob", CallPhase::Connected, CallType::AudioVideo));
    assert!(matches!(replies(&effects)[..], [(_, Ok(ApiReply::Done))]));
    refused(&rig.api(decline()), CallFailure::NotRinging);
    // Another device was faster; or the caller gave up meanwhile.
    let mut rig = ringing();
    rig.api(answer());
    refused(&rig.refuse(asked!(Accept), ErrorCode::CallNotFound), CallFailure::AnswerFailed);
    let mut rig = ringing();
    rig.api(answer());
    refused(&rig.stopped("bob", StopReason::Hangup), CallFailure::NotRinging);
    // Declined.
    let mut rig = ringing();
    let effects = rig.api(decline());
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Decline { .. })]));
    let effects = rig.answer(asked!(Close), ServerMessage::Done);
    assert!(matches!(replies(&effects)[..], [(_, Ok(ApiReply::Done))]));
    assert_eq!(told(&effects), ["declined by anna: none"]);
    // Of one's own call there is nothing to answer, nor of another one.
    let mut rig = dialing(CallType::AudioOnly);
    refused(&rig.api(answer()), CallFailure::NotRinging);
    let mut rig = ringing();
    refused(&rig.api(ApiCall::AnswerCall { call: "room_9".into() }), CallFailure::NotRinging);
}

#[test]
fn the_caller_is_told_why_it_rings_no_more_and_the_panel_stays_until_it_was_said() {
    use crate::panel::Notice;
    let ends = [
        (declined("bob"), Notice::CallDeclined),
        (stop("anna", StopReason::DialTimeout), Notice::CallUnanswered),
    ];
    for (end, notice) in ends {
        let mut rig = dialing(CallType::AudioOnly);
        rig.told(end.clone());
        assert_eq!((rig.state.panel.notice, rig.state.panel.expanded), (Some(notice), true));
        rig.timer(TimerId::NoticeEnds);
        assert!(!rig.state.panel.expanded, "closed before the call, closed after it");
        // Who goes on in it meanwhile is not interrupted.
        let mut rig = dialing(CallType::AudioOnly);
        rig.told(end);
        rig.user(ChatAction::Open(chat_with("bob")));
        rig.timer(TimerId::NoticeEnds);
        assert!(rig.state.panel.expanded);
    }
    // The one who declined knows, and so does the one who stopped.
    let mut rig = ringing();
    rig.told(declined("anna"));
    assert_eq!(rig.state.panel.notice, None);
    let mut rig = dialing(CallType::AudioOnly);
    rig.user(CallAction::HangUp);
    rig.stopped("anna", StopReason::Hangup);
    assert_eq!(rig.state.panel.notice, None);
}
