//! How calls begin, and how they do not.

use super::*;

fn hidden() -> Rig {
    let mut rig =
        Rig::with(Options { hidden: true, chat: true, tools: Tools::ALL, ..Options::default() }, "5eed");
    rig.api(ApiCall::Create);
    rig.act(Action::Socket(SocketEvent::Opened));
    rig.welcome(sync(10, vec![summary("bob", 0, 0)]));
    rig
}

fn join(rig: &mut Rig) -> Vec<Effect> {
    rig.api(ApiCall::JoinCallUrl { url: "https://x/connect/rest-call-handler/t".into() })
}

/// The call a promise was resolved with.
fn resolved(effects: &[Effect]) -> Option<CallInfo> {
    replies(effects).into_iter().find_map(|(_, reply)| match reply {
        Ok(ApiReply::Call(info)) => Some(info.clone()),
        _ => None,
    })
}

#[test]
fn a_created_call_asks_for_devices_first_and_shows_itself() {
    let mut rig = hidden();
    let effects = create(&mut rig, CallType::AudioVideo);
    assert_eq!(opens(&effects), [(true, true)]);
    assert!(matches!(effects[0], Effect::Media(_)), "before anything else, in the turn of the click");
    assert!(rig.state.panel.shown && rig.state.panel.expanded);
    assert_eq!(select::call_front(&rig.state), Some(CallFront::Dial));
    assert_eq!(select::call_peer(&rig.state).unwrap().alias, alias("bob"));
    let effects = rig.answer(asked!(Create), entry("anna", CallPhase::Dialing, CallType::AudioVideo));
    assert_eq!(resolved(&effects).unwrap().direction, Direction::Outgoing);
    assert_eq!(told(&effects), ["call outgoing"]);
    assert!(effects.contains(&Effect::Tone(Tone::RingBack)));
    assert!(effects.iter().any(|e| matches!(e, Effect::Rtc(RtcCommand::Open { offers: true, .. }))));
    assert_eq!(select::call_status(&rig.state, &call_alias()), "dialing");
    // Stopped: hidden again, as before.
    rig.user(CallAction::HangUp);
    let effects = rig.answer(asked!(Close), ServerMessage::Done);
    assert_eq!(told(&effects), ["stopped by anna: hangup"]);
    assert!(!rig.state.panel.shown && !rig.state.panel.expanded);
    assert_eq!(select::call_status(&rig.state, &call_alias()), "ended");
}

#[test]
fn what_a_call_is_like_is_chosen_by_the_call_and_else_by_the_options() {
    let mut rig = rig();
    rig.set(|options| {
        (options.call_type, options.record, options.is_admin) = (CallType::AudioUpgradable, true, true);
        options.recording_type = RecordingType::Manual;
    });
    let users = vec!["bob".to_owned()];
    let effects = rig.api(ApiCall::CreateCall { users: users.clone(), choice: CallChoice::default() });
    let wanted = CallTerms {
        call_type: CallType::AudioUpgradable,
        record: true,
        recording_type: RecordingType::Manual,
        is_admin: true,
        tools: None,
    };
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Create { terms, callee, .. })] if *terms == wanted && callee == &alias("bob"))
    );
    assert_eq!(opens(&effects), [(true, false)], "no camera in an audio call");
    rig.refuse(asked!(Create), ErrorCode::CalleeBusy);
    let choice = CallChoice {
        call_type: Some(CallType::AudioVideo),
        record: Some(false),
        recording_type: Some(RecordingType::Automatic),
        is_admin: Some(false),
    };
    let effects = rig.api(ApiCall::CreateCall { users, choice });
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Create { terms, .. })] if *terms == CallTerms::default())
    );
}

#[test]
fn every_refusal_of_the_server_has_its_public_string_and_view() {
    for (code, failure) in [
        (ErrorCode::InitiatorNotAvailable, CallFailure::InitiatorNotAvailable),
        (ErrorCode::CalleeBusy, CallFailure::UsersBusy),
        (ErrorCode::VideoNotPermitted, CallFailure::InvalidPermissionCanVideo),
        (ErrorCode::NoPlusUser, CallFailure::Generic),
        (ErrorCode::UserNotFound, CallFailure::Generic),
        (ErrorCode::RateLimited, CallFailure::Generic),
    ] {
        let mut rig = rig();
        create(&mut rig, CallType::AudioVideo);
        let effects = rig.refuse(asked!(Create), code);
        assert_eq!(rejections(&effects), [ApiErrorCode::Call(failure)]);
        assert!(released(&effects) && told(&effects).is_empty());
        assert_eq!(rig.state.calls.front(), Some(CallFront::Failure(failure)));
        assert!(rig.state.panel.expanded);
        // A new call may start from there.
        assert!(rejections(&create(&mut rig, CallType::AudioOnly)).is_empty());
        assert_eq!(rig.state.calls.front(), Some(CallFront::Dial));
    }
}

#[test]
fn every_refusal_of_a_link_has_its_public_string_and_view() {
    for (code, failure, view) in [
        (ErrorCode::CallLinkInvalid, CallFailure::JoinInvalidUrl, CallFailure::JoinInvalidUrl),
        (ErrorCode::CallLinkForeign, CallFailure::JoinInvalidUrl, CallFailure::JoinInvalidUrl),
        (ErrorCode::InvalidRequest, CallFailure::JoinInvalidUrl, CallFailure::JoinInvalidUrl),
        (ErrorCode::CallTooLarge, CallFailure::JoinInvalidMtm, CallFailure::JoinInvalidMtm),
        (ErrorCode::InitiatorNotAvailable, CallFailure::JoinRequestFailed, CallFailure::JoinRequestFailed),
        (ErrorCode::CalleeBusy, CallFailure::JoinRequestFailed, CallFailure::JoinRequestFailed),
        (ErrorCode::StorageUnavailable, CallFailure::JoinRequestFailed, CallFailure::JoinRequestFailed),
        (ErrorCode::AlreadyInCall, CallFailure::Generic, CallFailure::AlreadyInCall),
    ] {
        let mut rig = hidden();
        join(&mut rig);
        assert!(rig.state.panel.shown && rig.state.panel.expanded, "before the request ends");
        let effects = rig.refuse(asked!(Join), code);
        assert_eq!(rejections(&effects), [ApiErrorCode::Call(failure)]);
        assert_eq!(rig.state.calls.front(), Some(CallFront::Failure(view)));
        rig.user(CallAction::DismissFailure);
        assert!(!rig.state.panel.shown, "a hidden widget is hidden again");
    }
}

#[test]
fn silence_of_the_server_is_a_refusal_and_a_late_answer_is_a_call_to_be_left() {
    for joining in [false, true] {
        let mut rig = rig();
        let effects = if joining { join(&mut rig) } else { create(&mut rig, CallType::AudioOnly) };
        let request = *rig.state.session.requests.keys().next().unwrap();
        assert!(started(&effects, &TimerId::Session(SessionTimer::Request(request))).is_some());
        let failure = if joining { CallFailure::JoinRequestFailed } else { CallFailure::Generic };
        let effects = rig.timer(TimerId::Session(SessionTimer::Request(request)));
        assert_eq!(rejections(&effects), [ApiErrorCode::Call(failure)]);
        let effects = rig.told(entry("anna", CallPhase::Dialing, CallType::AudioOnly));
        assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::HangUp { .. })]));
        assert!(told(&effects).is_empty());
    }
}

#[test]
fn what_cannot_be_a_call_is_not_asked_for() {
    let bad = |rig: &mut Rig, users: &[&str], call_type| {
        let users = users.iter().map(ToString::to_string).collect();
        rig.api(ApiCall::CreateCall {
            users,
            choice: CallChoice { call_type: Some(call_type), ..CallChoice::default() },
        })
    };
    let mut rig = rig();
    for users in [&[][..], &["bob", "carl"], &["anna"], &["no such alias"], &[""]] {
        let effects = bad(&mut rig, users, CallType::AudioOnly);
        assert_eq!(rejections(&effects), [ApiErrorCode::Call(CallFailure::Generic)], "{users:?}");
        assert!(sent(&effects).is_empty() && opens(&effects).is_empty());
        assert_eq!(rig.state.calls.front(), Some(CallFront::Failure(CallFailure::Generic)));
    }
    let effects = rig.api(ApiCall::JoinCallUrl { url: " ".into() });
    assert_eq!(rejections(&effects), [ApiErrorCode::Call(CallFailure::JoinInvalidUrl)]);
    let mut me = (**rig.state.users.me.as_ref().unwrap()).clone();
    me.profile.can_video = false;
    Rc::make_mut(&mut rig.state.users).me = Some(Rc::new(me));
    let effects = bad(&mut rig, &["bob"], CallType::AudioVideo);
    assert_eq!(rejections(&effects), [ApiErrorCode::Call(CallFailure::InvalidPermissionCanVideo)]);
    assert!(opens(&effects).is_empty());
    assert!(rejections(&bad(&mut rig, &["bob"], CallType::AudioUpgradable)).is_empty());
}

#[test]
fn without_a_line_nobody_is_called() {
    let mut rig = rig();
    rig.cut();
    let effects = create(&mut rig, CallType::AudioVideo);
    assert_eq!(rejections(&effects), [ApiErrorCode::Call(CallFailure::Generic)]);
    assert!(opens(&effects).is_empty());
    assert_eq!(rejections(&join(&mut rig)), [ApiErrorCode::Call(CallFailure::JoinRequestFailed)]);
}

#[test]
fn a_second_call_is_refused_and_leaves_the_first_alone() {
    for mut rig in [talking(CallType::AudioVideo), dialing(CallType::AudioVideo), ringing()] {
        let before = rig.state.calls.clone();
        let effects = create(&mut rig, CallType::AudioVideo);
        assert_eq!(rejections(&effects), [ApiErrorCode::Call(CallFailure::AnotherCallInProgress)]);
        let effects = join(&mut rig);
        assert_eq!(rejections(&effects), [ApiErrorCode::Call(CallFailure::AnotherCallInProgress)]);
        assert_eq!(effects.len(), 1);
        rig.told(CallNews::Dialed(Box::new(other_ring())));
        assert_eq!(rig.state.calls, before, "a ring during a call is not heard either");
    }
}

#[test]
fn a_link_leads_straight_into_the_call_view() {
    for (phase, live, initiator, events) in [
        (CallPhase::Waiting, false, "anna", &[][..]),
        (CallPhase::Dialing, true, "anna", &["call outgoing"]),
        (CallPhase::Connected, false, "bob", &["started"]),
        (CallPhase::Connected, true, "bob", &["call incoming", "started"]),
    ] {
        let mut rig = rig();
        assert!(opens(&join(&mut rig)).is_empty(), "what is sent is not known yet");
        let ServerMessage::Call(CallNews::Entered(mut entered)) =
            entry(initiator, phase, CallType::AudioVideo)
        else {
            panic!()
        };
        entered.call.live = live;
        let effects = rig.answer(asked!(Join), ServerMessage::Call(CallNews::Entered(entered)));
        assert_eq!(told(&effects), events, "{phase:?}");
        assert_eq!(opens(&effects), [(true, true)]);
        let direction = if initiator == "anna" { Direction::Outgoing } else { Direction::Incoming };
        assert_eq!(resolved(&effects).unwrap().direction, direction);
        let own = initiator == "anna";
        assert!(
            effects
                .iter()
                .any(|e| matches!(e, Effect::Rtc(RtcCommand::Open { offers, .. }) if *offers == own))
        );
        assert_eq!(rig.state.calls.front(), Some(CallFront::Call));
        let connected = phase == CallPhase::Connected;
        assert_eq!(active(&rig).link, if connected { Link::Connecting } else { Link::Waiting });
        // The other one comes, and the server says so to both.
        let rest = rig.began();
        assert_eq!(told(&rest), if connected { &[][..] } else { &["started"] });
        assert_eq!(active(&rig).link, Link::Connecting);
    }
}

#[test]
fn a_link_nobody_started_has_no_outgoing_side() {
    let mut rig = rig();
    join(&mut rig);
    let ServerMessage::Call(CallNews::Entered(mut entered)) =
        entry("anna", CallPhase::Waiting, CallType::AudioOnly)
    else {
        panic!()
    };
    entered.call.initiator = None;
    let effects = rig.answer(asked!(Join), ServerMessage::Call(CallNews::Entered(entered)));
    assert_eq!(resolved(&effects).unwrap().direction, Direction::Incoming);
    assert!(
        effects.iter().any(|e| matches!(e, Effect::Rtc(RtcCommand::Open { offers: true, .. }))),
        "the server says so"
    );
}

#[test]
fn a_ring_answered_at_a_link_is_told_as_an_answer() {
    let mut rig = rig();
    join(&mut rig);
    rig.answer(asked!(Join), entry("anna", CallPhase::Dialing, CallType::AudioVideo));
    assert_eq!(told(&rig.answered("bob")), ["answered by bob"]);
    assert_eq!(told(&rig.began()), ["started"]);
    // And when it is declined, the call is over.
    let mut rig = self::rig();
    join(&mut rig);
    rig.answer(asked!(Join), entry("anna", CallPhase::Dialing, CallType::AudioVideo));
    let declined = ServerMessage::Call(CallNews::Declined {
        call: call_alias(),
        by: alias("bob"),
        reason: DeclineReason::None,
    });
    let effects = rig.told(declined);
    assert_eq!(told(&effects), ["declined by bob: none"]);
    assert!(released(&effects) && rig.state.calls.stage == Stage::Idle);
}

#[test]
fn chats_are_not_selected_under_a_call() {
    let mut rig = talking(CallType::AudioVideo);
    let select_bob = || ApiCall::SelectChat { user: "bob".into() };
    let compose = |send| ApiCall::ComposeMessage { user: "bob".into(), message: "hi".into(), send };
    assert!(select::view_blocks_chat(&rig.state));
    assert_eq!(rejections(&rig.api(select_bob())), [ApiErrorCode::NotPermitted]);
    assert_eq!(rejections(&rig.api(compose(false))), [ApiErrorCode::NotPermitted]);
    assert!(rejections(&rig.api(compose(true))).is_empty(), "sending needs no view");
    assert!(rejections(&rig.api(ApiCall::AddChat { user: "carl".into() })).is_empty());
    rig.user(CallAction::BackToChat);
    assert!(rejections(&rig.api(select_bob())).is_empty());
    assert_eq!(select::chat_in_front(&rig.state), Some(&chat_with("bob")));
    rig.user(CallAction::BackToCall);
    assert_eq!(select::chat_in_front(&rig.state), None, "what arrives now is not read");
    // The views after a call, and the ones that tell of an error, are in front too.
    let mut rig = self::rig();
    create(&mut rig, CallType::AudioOnly);
    assert_eq!(rejections(&rig.api(select_bob())), [ApiErrorCode::NotPermitted]);
    rig.refuse(asked!(Create), ErrorCode::CalleeBusy);
    assert_eq!(rejections(&rig.api(select_bob())), [ApiErrorCode::NotPermitted]);
    rig.user(CallAction::DismissFailure);
    assert!(rejections(&rig.api(select_bob())).is_empty());
    assert!(rig.state.panel.expanded, "back to the chat, not away from it");
}

#[test]
fn a_message_under_a_call_is_unread_until_the_chat_is_in_front_again() {
    let mut rig = rig();
    rig.user(PanelAction::Toggle);
    rig.user(ChatAction::Open(chat_with("bob")));
    create(&mut rig, CallType::AudioOnly);
    rig.answer(asked!(Create), entry("anna", CallPhase::Dialing, CallType::AudioOnly));
    let effects =
        rig.event(ChatNews::MessageAdded { message: crate::tests::rig::message("bob", 1, "bob", "hi") });
    assert_eq!(select::unread_chats(&rig.state), 1);
    assert!(sent(&rig.look("bob", 1)).is_empty());
    assert!(
        !sent(&effects)
            .iter()
            .any(|message| matches!(message, ClientMessage::Chat(ChatRequest::MarkRead { .. })))
    );
    let effects = rig.user(CallAction::BackToChat);
    assert!(
        sent(&effects)
            .iter()
            .any(|message| matches!(message, ClientMessage::Chat(ChatRequest::MarkRead { .. })))
    );
    assert_eq!(select::unread_chats(&rig.state), 0);
}

#[test]
fn the_buttons_of_a_conversation_follow_the_options_and_the_line() {
    use select::{CallBlocked, CallButton, CallButtons};
    let buttons = |rig: &Rig| match select::call_buttons(&rig.state) {
        CallButtons::Start(buttons) => Some(buttons),
        CallButtons::BackToCall => None,
    };
    let of = |types: &[CallType], blocked| -> Option<Vec<CallButton>> {
        Some(types.iter().map(|call_type| CallButton { call_type: *call_type, blocked }).collect())
    };
    let mut rig = rig();
    for (option, types) in [
        (CallType::AudioOnly, &[CallType::AudioOnly][..]),
        (CallType::AudioUpgradable, &[CallType::AudioUpgradable]),
        (CallType::AudioVideo, &[CallType::AudioUpgradable, CallType::AudioVideo]),
    ] {
        rig.set(|options| options.call_type = option);
        assert_eq!(buttons(&rig), of(types, None));
    }
    rig.cut();
    assert_eq!(
        buttons(&rig),
        of(&[CallType::AudioUpgradable, CallType::AudioVideo], Some(CallBlocked::Offline))
    );
    let rig = talking(CallType::AudioOnly);
    assert_eq!(buttons(&rig), None, "back to the call instead");
}

#[test]
fn a_button_calls_the_other_user_of_its_chat() {
    let mut rig = rig();
    let effects = rig.user(CallAction::Start { chat: chat_with("bob"), call_type: CallType::AudioOnly });
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Create { callee, .. })] if callee == &alias("bob"))
    );
    assert!(replies(&effects).is_empty());
    let effects = rig.refuse(asked!(Create), ErrorCode::CalleeBusy);
    assert!(replies(&effects).is_empty());
    assert_eq!(rig.state.calls.front(), Some(CallFront::Failure(CallFailure::UsersBusy)));
}

#[test]
fn a_call_given_up_before_the_server_answered_is_hung_up_when_it_does() {
    let mut rig = rig();
    create(&mut rig, CallType::AudioVideo);
    let effects = rig.user(CallAction::HangUp);
    assert_eq!(rejections(&effects), [ApiErrorCode::Call(CallFailure::Generic)]);
    assert!(released(&effects));
    assert_eq!(rig.state.calls.front(), None);
    let effects = rig.answer(asked!(Create), entry("anna", CallPhase::Dialing, CallType::AudioVideo));
    assert!(matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::HangUp { .. })]));
    let mut events = told(&effects);
    events.extend(told(&rig.stopped("anna", StopReason::Hangup)));
    events.extend(told(&rig.answer(asked!(Close), ServerMessage::Done)));
    assert!(events.is_empty(), "the page never knew of it");
    assert_eq!(rig.state.calls.stage, Stage::Idle);
    // The same when the server refuses: there is nobody left to be told.
    create(&mut rig, CallType::AudioVideo);
    rig.user(CallAction::HangUp);
    rig.refuse(asked!(Create), ErrorCode::CalleeBusy);
    assert_eq!((rig.state.calls.front(), &rig.state.calls.stage), (None, &Stage::Idle));
}

#[test]
fn fewer_tools_are_asked_for_and_what_the_room_gives_counts() {
    let few = Tools::NONE.with(Tool::FileUpload, true).with(Tool::WbPen, true);
    let mut rig = rig();
    rig.set(|options| options.tools = few);
    let effects = create(&mut rig, CallType::AudioVideo);
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Create { terms, .. })] if terms.tools == Some(few))
    );
    let mut rig = ringing();
    rig.set(|options| options.tools = few);
    let effects = rig.user(CallAction::Accept);
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Accept { tools, .. })] if *tools == Some(few))
    );
    let mut rig = hidden();
    let effects = join(&mut rig);
    assert!(
        matches!(sent(&effects)[..], [ClientMessage::Call(CallRequest::Join { tools: None, .. })]),
        "all of them"
    );
    let ServerMessage::Call(CallNews::Entered(mut entry)) =
        entry("bob", CallPhase::Waiting, CallType::AudioVideo)
    else {
        panic!("no entry")
    };
    entry.tools = few;
    rig.answer(asked!(Join), ServerMessage::Call(CallNews::Entered(entry)));
    assert_eq!(rig.state.calls.tools(&rig.state.options), few);
    rig.user(CallAction::ShareScreen(ScreenKind::Static));
    assert_eq!(rig.state.calls.local.screen, Source::Off, "the room does not give it");
}
