//! The end of calls, and what comes after.

use super::*;

fn hangs_up(effect: &Effect) -> bool {
    matches!(effect, Effect::Send(envelope) if matches!(envelope.msg, ClientMessage::Call(CallRequest::HangUp { .. })))
}

#[test]
fn hang_up_of_the_call_object_waits_for_the_server_and_works_once() {
    let mut rig = talking(CallType::AudioVideo);
    let hang_up = |call: &str| ApiCall::HangUp { call: call.into() };
    let ended = [ApiErrorCode::Call(CallFailure::HangUpOnEndedCall)];
    assert_eq!(rejections(&rig.api(hang_up("room_2"))), ended, "of another call");
    let effects = rig.api(hang_up("room_1"));
    assert!(replies(&effects).is_empty() && released(&effects));
    assert_eq!(rejections(&rig.api(hang_up("room_1"))), ended);
    let effects = rig.answer(asked!(Close), ServerMessage::Done);
    assert!(matches!(replies(&effects)[..], [(_, Ok(ApiReply::Done))]));
    assert_eq!(told(&effects), ["ended by anna"]);
    assert_eq!(rejections(&rig.api(hang_up("room_1"))), ended);
    // While it rings it stops the ring.
    let mut rig = dialing(CallType::AudioVideo);
    rig.api(hang_up("room_1"));
    let effects = rig.stopped("anna", StopReason::Hangup);
    assert_eq!(told(&effects), ["stopped by anna: hangup"]);
    assert!(matches!(replies(&effects)[..], [(_, Ok(ApiReply::Done))]));
    assert!(replies(&rig.answer(asked!(Close), ServerMessage::Done)).is_empty());
}

#[test]
fn a_hang_up_nobody_confirms_keeps_nobody_waiting_and_is_said_again() {
    let mut rig = talking(CallType::AudioVideo);
    rig.api(ApiCall::HangUp { call: "room_1".into() });
    let request = *rig.state.session.requests.keys().next().unwrap();
    let effects = rig.timer(TimerId::Session(SessionTimer::Request(request)));
    assert!(matches!(replies(&effects)[..], [(_, Ok(ApiReply::Done))]));
    assert!(rig.timer(TimerId::Call(CallTimer::AskAgain)).iter().any(hangs_up));
    assert_eq!(told(&rig.answer(asked!(Close), ServerMessage::Done)), ["ended by anna"]);
}

#[test]
fn every_way_a_session_ends_says_goodbye_and_lets_go() {
    type Rigs = fn() -> Rig;
    let ends: [fn(&mut Rig) -> Vec<Effect>; 4] = [
        |rig| rig.api(ApiCall::Logout),
        |rig| {
            rig.pass(crate::tests::rig::LIFE_MS);
            rig.timer(TimerId::Session(SessionTimer::TokenExpiry))
        },
        |rig| rig.told(SessionNews::ForceDisconnect { reason: DisconnectReason::UserDisabled }),
        |rig| rig.told(ServerMessage::Error(Failure::new(ErrorCode::TokenExpired, "over"))),
    ];
    let rigs: [(Rigs, &str, bool); 4] = [
        (|| talking(CallType::AudioVideo), "ended by anna", true),
        (|| dialing(CallType::AudioVideo), "stopped by anna: error", true),
        (ringing, "stopped by anna: error", false),
        (
            || {
                let mut rig = talking(CallType::AudioVideo);
                rig.user(CallAction::HangUp);
                rig
            },
            "ended by anna",
            false,
        ),
    ];
    for end in ends {
        for (rig, word, speaks) in rigs {
            let mut rig = rig();
            let effects = end(&mut rig);
            let closed = effects.iter().position(|e| matches!(e, Effect::Socket(_))).unwrap();
            let said = effects.iter().position(hangs_up);
            assert_eq!(said.is_some_and(|said| said < closed), speaks);
            assert!(released(&effects) && effects.contains(&Effect::Tone(Tone::Silence)));
            assert_eq!(told(&effects), [word]);
            assert_eq!((rig.state.calls.front(), &rig.state.calls.stage), (None, &Stage::Idle));
        }
    }
}

#[test]
fn a_session_that_ends_answers_every_call_that_waits() {
    let mut rig = rig();
    create(&mut rig, CallType::AudioVideo);
    let effects = rig.api(ApiCall::Logout);
    assert_eq!(rejections(&effects), [ApiErrorCode::Call(CallFailure::Generic)]);
    assert!(released(&effects));
    let mut rig = talking(CallType::AudioVideo);
    rig.api(ApiCall::HangUp { call: "room_1".into() });
    let effects = rig.api(ApiCall::Logout);
    assert_eq!(replies(&effects).len(), 2, "hangUp and logout");
}

fn farewells(effects: &[Effect]) -> Vec<&Farewell> {
    let mut found = Vec::new();
    for effect in effects {
        if let Effect::Farewell(farewell) = effect {
            found.push(&**farewell);
        }
    }
    found
}

fn leaves_room_1(effects: &[Effect]) -> bool {
    let call = |farewell: &&Farewell| matches!(&farewell.leaves, Leaves::Call { call, .. } if call.as_str() == "room_1");
    matches!(farewells(effects)[..], [ref farewell] if call(farewell))
}

#[test]
fn a_page_that_is_left_before_the_answer_names_the_ring_by_its_key() {
    let mut rig = rig();
    create(&mut rig, CallType::AudioVideo);
    let effects = rig.act(Action::Leaving);
    assert!(matches!(farewells(&effects)[..], [Farewell { leaves: Leaves::Ring { .. }, .. }]));
}

#[test]
fn a_page_that_is_left_hangs_up_at_once() {
    for mut rig in [talking(CallType::AudioVideo), dialing(CallType::AudioVideo)] {
        let effects = rig.act(Action::Leaving);
        assert!(effects.iter().any(hangs_up) && released(&effects));
        assert!(leaves_room_1(&effects), "and past the socket, which may be gone");
        assert!(
            leaves_room_1(&rig.act(Action::Leaving)),
            "the red button a moment before may not have been heard"
        );
    }
    let mut rig = talking(CallType::AudioVideo);
    rig.cut();
    assert!(leaves_room_1(&rig.act(Action::Leaving)), "a line that is down is not the network");
    let mut rig = ringing();
    assert!(rig.act(Action::Leaving).is_empty(), "others of this user may still take it");
    rig.user(CallAction::Accept);
    assert!(rig.act(Action::Leaving).iter().any(hangs_up), "but not one that was accepted here");
}

#[test]
fn the_widget_goes_back_to_how_it_was_but_not_under_somebodys_eyes() {
    let over = |rig: &mut Rig| rig.ended("bob", EndReason::HungUp);
    let visible = |rig: &Rig| (rig.state.panel.shown, rig.state.panel.expanded);
    let mut rig = talking(CallType::AudioVideo);
    over(&mut rig);
    assert_eq!(visible(&rig), (true, false), "collapsed, as before");
    // What was open before stays open.
    let mut rig = self::rig();
    rig.api(ApiCall::OpenWidget);
    dialed(&mut rig);
    rig.stopped("bob", StopReason::Hangup);
    assert_eq!(visible(&rig), (true, true));
    // Closed by hand during the call: it is not opened by its end.
    let mut rig = self::rig();
    rig.api(ApiCall::OpenWidget);
    create(&mut rig, CallType::AudioOnly);
    rig.answer(asked!(Create), entry("anna", CallPhase::Dialing, CallType::AudioOnly));
    rig.user(PanelAction::Toggle);
    rig.stopped("anna", StopReason::DialTimeout);
    assert_eq!(visible(&rig), (true, false));
    // Somebody reads a chat meanwhile.
    let mut rig = talking(CallType::AudioVideo);
    rig.user(CallAction::BackToChat);
    over(&mut rig);
    assert_eq!(visible(&rig), (true, true));
    // The host page has its own wishes.
    let mut rig = talking(CallType::AudioVideo);
    rig.api(ApiCall::OpenWidget);
    rig.api(ApiCall::HideWidget);
    rig.api(ApiCall::ShowWidget);
    over(&mut rig);
    assert_eq!(visible(&rig), (true, true));
    rig.api(ApiCall::HideWidget);
    dialed(&mut rig);
    rig.api(ApiCall::HideWidget);
    rig.stopped("bob", StopReason::Hangup);
    assert_eq!(visible(&rig), (false, true));
}

#[test]
fn a_call_that_broke_says_so_and_one_that_ended_does_not() {
    for (reason, front) in [
        (EndReason::Vanished, Some(CallFront::Failure(CallFailure::ConnectionLost))),
        (EndReason::HungUp, None),
        (EndReason::Closed, None),
        (EndReason::Duration, None),
    ] {
        let mut rig = talking(CallType::AudioVideo);
        let effects = rig.ended("bob", reason);
        assert_eq!(told(&effects), ["ended by bob"]);
        assert_eq!(rig.state.calls.front(), front, "{reason:?}");
    }
}

#[test]
fn feedback_is_asked_for_after_a_call_that_was_looked_at() {
    let asked = |rig: &mut Rig| {
        rig.set(|options| options.feedback = true);
        rig.ended("bob", EndReason::HungUp);
        rig.state.calls.front()
    };
    let mut rig = connected(CallType::AudioVideo);
    assert_eq!(asked(&mut rig), Some(CallFront::Feedback));
    let effects = rig.user(CallAction::SendFeedback { rating: 9, comment: " good ".into() });
    let feedback = Feedback { rating: 5, comment: "good".into() };
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Rate { feedback: f, .. })] if *f == feedback)
    );
    rig.answer(asked!(Rate), ServerMessage::Done);
    assert!(rig.state.calls.feedback.as_ref().unwrap().sent);
    assert!(sent(&rig.user(CallAction::SendFeedback { rating: 1, comment: String::new() })).is_empty());
    rig.user(CallAction::CloseFeedback);
    assert_eq!(rig.state.calls.front(), None);
    assert!(!rig.state.panel.expanded, "as before the call");
    // Not when the chat was in front, and not after a ring alone.
    let mut rig = connected(CallType::AudioVideo);
    rig.user(CallAction::BackToChat);
    assert_eq!(asked(&mut rig), None);
    let mut rig = dialing(CallType::AudioVideo);
    assert_eq!(asked(&mut rig), None);
    // Nor after one that never connected.
    let mut rig = talking(CallType::AudioVideo);
    assert_eq!(asked(&mut rig), None);
    // Hung up here it is asked for at once.
    let mut rig = connected(CallType::AudioVideo);
    rig.set(|options| options.feedback = true);
    rig.user(CallAction::HangUp);
    assert_eq!(rig.state.calls.front(), Some(CallFront::Feedback));
    rig.ended("anna", EndReason::HungUp);
    assert_eq!(rig.state.calls.front(), Some(CallFront::Feedback));
}

#[test]
fn feedback_that_did_not_get_there_is_kept_to_be_sent_again() {
    let mut rig = connected(CallType::AudioVideo);
    rig.set(|options| options.feedback = true);
    rig.ended("bob", EndReason::HungUp);
    let long = "x".repeat(2_000);
    let nothing = rig.user(CallAction::SendFeedback { rating: 0, comment: long.clone() });
    assert!(nothing.is_empty(), "a rating nobody gave");
    let effects = rig.user(CallAction::SendFeedback { rating: 1, comment: long });
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Rate { feedback, .. })] if feedback.rating == 1 && feedback.comment.len() == 1_000)
    );
    rig.refuse(asked!(Rate), ErrorCode::StorageUnavailable);
    assert!(!rig.state.calls.feedback.as_ref().unwrap().sent);
    assert_eq!(rig.state.panel.notice, Some(crate::panel::Notice::NotSent));
    rig.user(CallAction::SendFeedback { rating: 4, comment: String::new() });
    rig.refuse(asked!(Rate), ErrorCode::InvalidRequest);
    assert!(
        rig.state.calls.feedback.as_ref().unwrap().sent,
        "it was rated before: nothing is left to be sent"
    );
    // A late answer about an earlier call thanks nobody for this one.
    rig.user(CallAction::CloseFeedback);
    assert_eq!(rig.state.calls.feedback, None);
}

#[test]
fn a_new_call_puts_the_feedback_of_the_last_away() {
    let mut rig = talking(CallType::AudioVideo);
    rig.set(|options| options.feedback = true);
    rig.ended("bob", EndReason::HungUp);
    create(&mut rig, CallType::AudioOnly);
    assert_eq!(rig.state.calls.front(), Some(CallFront::Dial));
    rig.refuse(asked!(Create), ErrorCode::CalleeBusy);
    assert_eq!(rig.state.calls.front(), Some(CallFront::Failure(CallFailure::UsersBusy)));
}

#[test]
fn full_screen_is_left_with_the_call_and_with_the_way_to_the_chat() {
    let mut rig = talking(CallType::AudioVideo);
    rig.user(CallAction::ToggleFullScreen);
    assert!(rig.state.calls.full_screen);
    rig.user(CallAction::BackToChat);
    assert!(!rig.state.calls.full_screen);
    rig.user(CallAction::BackToCall);
    rig.user(CallAction::ToggleFullScreen);
    rig.ended("bob", EndReason::HungUp);
    assert!(!rig.state.calls.full_screen);
    rig.user(CallAction::ToggleFullScreen);
    assert!(!rig.state.calls.full_screen);
}

#[test]
fn a_missed_call_is_a_message_nobody_wrote() {
    let mut rig = rig();
    let missed = Message {
        body: MessageBody::MissedCall(CallType::AudioVideo),
        ..crate::tests::rig::message("bob", 1, "bob", "")
    };
    let effects = rig.event(ChatNews::MessageAdded { message: missed.clone() });
    assert!(emitted(&effects).is_empty());
    assert_eq!(select::unread_messages(&rig.state), [(chat_with("bob"), 1)]);
    assert_eq!(rig.chat("bob").last_message.as_ref(), Some(&missed));
    assert_eq!(select::last_received(&rig.state), None);
    rig.user(PanelAction::Toggle);
    rig.user(ChatAction::Open(chat_with("bob")));
    let messages = ServerMessage::Chat(ChatNews::Messages {
        chat: chat_with("bob"),
        messages: vec![missed],
        has_more: false,
    });
    rig.answer(|request| matches!(request, Question::Chat(_)), messages);
    let rows = select::rows(&rig.state, &chat_with("bob")).unwrap();
    let row = |at| {
        rows.get(at).map(|row| matches!(&row, crate::chats::Row::Stored(m) if m.body.as_text().is_empty()))
    };
    assert!((0..rows.len()).any(|at| row(at) == Some(true)));
}
